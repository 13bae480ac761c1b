"""The values of the pytest plugin's options."""

import re
from functools import cache
from typing import Any

import pytest

from referral_rules import Ruleset, _catalog

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 section 5.6.2


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
