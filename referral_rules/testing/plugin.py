"""A pytest plugin with the options of ``referral_rules.testing.conformance``.

Load it with ``-p referral_rules.testing.plugin``.
"""

import pytest

from referral_rules.testing._options import examples, headers, ruleset, service_url

__all__ = ["pytest_addoption", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the conformance suite."""
    group = parser.getgroup("referral-rules", "conformance with the referral rules")
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
        "--referral-rules", metavar="NAME|FILE", help="built-in ruleset, or a ruleset file (default: partner-center)"
    )
    group.addoption(
        "--referral-examples", metavar="N", type=int, default=100, help="examples for each law (default: %(default)s)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse options that cannot be used."""
    if examples(config) < 1:
        raise pytest.UsageError("--referral-examples: must be 1 or more")
    if headers(config) and service_url(config) is None:
        raise pytest.UsageError("--referral-header: needs --referral-service")
    ruleset(config)
