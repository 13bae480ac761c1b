"""The HTTP cases, and a check of answers."""

from collections.abc import Mapping
from typing import Any

from referral_rules import Ruleset, http
from referral_rules.testing._suite import Exchange, answer_differences, exchanges

from .casefiles import CASES

__all__ = ["FOLDER", "Exchange", "check_answer", "exchanges", "with_stored"]

FOLDER = CASES / "http"


def check_answer(
    case: Exchange, status: int, headers: Mapping[str, str], body: bytes, after: dict[str, Any] | None
) -> None:
    """Fail if an answer, or the referral that is stored after it, differs from the case."""
    response = http.Response(status, dict(headers), body)
    assert list(answer_differences(case, response, after, Ruleset.load("partner-center"), own=True)) == []


def with_stored(case: Exchange, stored: dict[str, Any] | None) -> Exchange:
    """The case with another stored referral, such as the one that a service created for it."""
    return Exchange(case.description, stored, case.headers, case.body, case.expected, case.own)
