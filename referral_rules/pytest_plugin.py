"""Lets pytest name the service that ``referral_rules.testing.conformance`` holds against the rules.

Imports nothing of the test kit: pytest loads it in every run.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

__all__ = ["pytest_addoption"]


def pytest_addoption(parser: "pytest.Parser") -> None:
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
        "--referral-rules",
        metavar="NAME|FILE",
        default="partner-center",
        help="built-in ruleset, or file of one (default: %(default)s)",
    )
    group.addoption(
        "--referral-examples", metavar="N", type=int, default=100, help="examples for each law (default: %(default)s)"
    )
