"""Whole reports, word for word: the wording is not public, yet it is what people read, so a change of it shows here."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from referral_rules import Finding, Report, Ruleset, RulesetError, http

from .casefiles import CASES, load, ruleset

FILE = load(CASES / "reports" / "reports.json")
RULESETS = load(CASES / "reports" / "findings.json")["rulesets"]
EXCHANGES = load(CASES / "reports" / "answers.json")["exchanges"]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
FEW = 5
"""What is allowed is listed as it is, if there is so little of it; else the file has its number."""


def judged(case: dict[str, Any]) -> Report:
    name = case.get("ruleset", "partner-center")
    rules = Ruleset.from_dict(FILE["rulesets"][name]) if name in FILE["rulesets"] else ruleset(name)
    named = isinstance(case.get("referral"), str)
    referral: Any = FILE["referrals"][case["referral"]] if named else case.get("referral")
    if "patch" not in case:
        return rules.check_referral(referral)
    return rules.check(case["patch"], referral) if "referral" in case else rules.check(case["patch"])


def told(report: Report) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(json.dumps([each.to_dict() for each in report.violations]))
    for each in found:
        if len(each["details"].get("allowed", ())) > FEW:
            each["details"]["allowed"] = len(each["details"]["allowed"])
    return found


@pytest.mark.parametrize("case", FILE["cases"], ids=[case["description"] for case in FILE["cases"]])
def test_a_report_says_what_it_said_before(case: dict[str, Any]) -> None:
    assert told(judged(case)) == case["report"]


def test_everything_that_is_allowed_is_listed() -> None:
    rules = ruleset("partner-center")
    (found,) = rules.check([{"op": "add", "path": "/zzz", "value": 1}]).errors
    assert found.details["allowed"] == [rule.path for rule in rules.paths]
    (found,) = rules.check([{"op": "add", "path": "/details/currency", "value": "usd"}]).errors
    assert found.details["allowed"] == rules.document["resource"]["$defs"]["Currency"]["enum"]


def findings(document: Any) -> tuple[Finding, ...]:
    try:
        Ruleset.from_dict(document)
    except RulesetError as error:
        return error.findings
    return ()


@pytest.mark.parametrize("case", RULESETS, ids=[case["description"] for case in RULESETS])
def test_a_ruleset_is_refused_with_the_place_the_problem_and_the_cure(case: dict[str, Any]) -> None:
    assert [list(found) for found in findings(case["document"])] == case["findings"]


@pytest.mark.parametrize("case", EXCHANGES, ids=[case["description"] for case in EXCHANGES])
def test_an_answer_says_what_it_said_before(case: dict[str, Any]) -> None:
    request = http.Request(case["headers"], case["body"].encode())
    size = case.get("size", http.BODY_BYTES)
    outcome = http.exchange(request, case["stored"], entity_tag=lambda: '"2"', now=lambda: MOMENT, body_bytes=size)
    status, headers, body = outcome.response
    told = {"status": status, "headers": headers, "body": json.loads(body) if body else None}
    assert told == case["answer"]
    assert outcome.referral == case["referral"]
