"""A pytest plugin with the options of ``referral_rules.testing.conformance``.

Load it with ``-p referral_rules.testing.plugin``.
"""

import re
from functools import cache
from typing import Any

import pytest

from referral_rules import Ruleset, _catalog

__all__ = ["examples", "headers", "pytest_addoption", "pytest_configure", "ruleset", "service_url"]

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the conformance suite."""
    group = parser.getgroup("referral-rules", "conformance with the rules of referrals")
    group.addoption(
        "--referral-service",
        metavar="URL",
        help="base URL of the service to test; without it, this package's own engine and exchange are tested",
    )
    group.addoption(
        "--referral-header",
        metavar="NAME:VALUE",
        action="append",
        default=[],
        help="header field to send with each request, such as Authorization; may be repeated",
    )
    group.addoption(
        "--referral-rules", metavar="NAME|FILE", help="built-in ruleset, or file of one (default: partner-center)"
    )
    group.addoption(
        "--referral-examples", metavar="N", type=int, default=100, help="examples for each law (default: %(default)s)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that cannot be used."""
    if examples(config) < 1:
        raise pytest.UsageError("--referral-examples: must be 1 or more")
    if headers(config) and service_url(config) is None:
        raise pytest.UsageError("--referral-header: name the service to send it to with --referral-service")
    ruleset(config)


def _option(config: pytest.Config, name: str) -> Any:
    return config.getoption(name)


def service_url(config: pytest.Config) -> str | None:
    """The base URL of the service to test, if there is one."""
    url: str | None = _option(config, "--referral-service")
    return url


def examples(config: pytest.Config) -> int:
    """The number of examples for each law."""
    number: int = _option(config, "--referral-examples")
    return number


def headers(config: pytest.Config) -> dict[str, str]:
    """The header fields to send.

    Raises:
        pytest.UsageError: one of them is not a header field.
    """
    pairs = [header.partition(":") for header in _option(config, "--referral-header")]
    if not all(colon and _TOKEN.fullmatch(name.strip()) and value.isascii() for name, colon, value in pairs):
        expected = "a name, a colon and a value, in ASCII, such as 'Authorization: Bearer ...'"
        raise pytest.UsageError(f"--referral-header: expected {expected}")
    return {name.strip(): value.strip() for name, _, value in pairs}


@cache
def _loaded(name: str | None) -> Ruleset:
    if name is None or _catalog.ruleset_path(name) is not None:
        return Ruleset.load(_catalog.NEWEST if name is None else name)
    return Ruleset.from_file(name)


def ruleset(config: pytest.Config) -> Ruleset:
    """The ruleset that the service should follow.

    Raises:
        pytest.UsageError: it cannot be read, or something is wrong with it.
    """
    try:
        return _loaded(_option(config, "--referral-rules"))
    except ValueError as error:
        raise pytest.UsageError(f"--referral-rules: {error}") from None
