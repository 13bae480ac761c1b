"""The cases of the HTTP exchange, and a judge of answers."""

from collections.abc import Mapping
from typing import Any

from referral_rules import Ruleset, http
from referral_rules.testing.cases import Exchange, exchanges
from referral_rules.testing.requests import flaws

from .casefiles import CASES

__all__ = ["FOLDER", "Exchange", "exchanges", "judge"]

FOLDER = CASES / "http"


def judge(case: Exchange, status: int, headers: Mapping[str, str], body: bytes, after: dict[str, Any] | None) -> None:
    """Fail if an answer, or the referral that is stored after it, is not as the case says."""
    response = http.Response(status, dict(headers), body)
    assert list(flaws(case, response, after, Ruleset.load("partner-center"), own=True)) == []
