"""Lets pytest name the service that ``referral_rules.testing.conformance`` holds against the rules.

Imports nothing of the package until one of the options is used: pytest loads it in every run.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from referral_rules import Ruleset

__all__ = ["headers", "pytest_addoption", "pytest_configure", "ruleset"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the conformance suite."""
    group = parser.getgroup("referral-rules", "conformance with the rules of referrals")
    group.addoption(
        "--referral-service",
        metavar="URL",
        help="base URL of the service to hold against the rules; without it, the package's own engine and exchange",
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
    if config.getoption("--referral-examples") < 1:
        raise pytest.UsageError("--referral-examples: a number from 1")
    if headers(config) and config.getoption("--referral-service") is None:
        raise pytest.UsageError("--referral-header: name the service that gets it with --referral-service")
    if config.getoption("--referral-rules") is not None:
        ruleset(config)


def headers(config: pytest.Config) -> dict[str, str]:
    """The header fields to send.

    Raises:
        pytest.UsageError: they are none.
    """
    pairs = [header.partition(":") for header in config.getoption("--referral-header")]
    if not all(colon and _is_token(name.strip()) and value.isascii() for name, colon, value in pairs):
        problem = "a name, a colon and a value, in ASCII, such as 'Authorization: Bearer ...'"
        raise pytest.UsageError(f"--referral-header: {problem}")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _is_token(name: str) -> bool:
    from referral_rules.http import _fields as fields

    return re.fullmatch(fields.TOKEN, name) is not None


@cache
def _loaded(name: str | None) -> "Ruleset":
    from referral_rules import Ruleset, catalog

    known = name is None or _catalog.ruleset_path(name) is not None
    return Ruleset.load(_catalog.NEWEST if name is None else name) if known else Ruleset.from_file(str(name))


def ruleset(config: pytest.Config) -> "Ruleset":
    """The ruleset to hold a service against.

    Raises:
        pytest.UsageError: it cannot be read, or something is wrong with it.
    """
    try:
        return _loaded(config.getoption("--referral-rules"))
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"--referral-rules: {error}") from None
