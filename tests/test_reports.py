"""Whole reports and findings, word for word. The wording is not public, yet people read it: a change shows here.

``python -m tests.test_reports`` writes the expected reports and findings anew; read the whole diff before it is
committed.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from referral_rules import Report, Ruleset, RulesetError

from .casefiles import CASES, load

REPORTS, FINDINGS = CASES / "reports" / "reports.json", CASES / "reports" / "findings.json"
FILE = load(REPORTS)
REFUSED_RULESETS = load(FINDINGS)["rulesets"]
FEW = 5
"""A longer list of what is allowed is in the file by its length."""


def ruleset(named: str | dict[str, Any]) -> Ruleset:
    return Ruleset.load(named) if isinstance(named, str) else Ruleset.from_dict(named)


def judged(case: dict[str, Any]) -> Report:
    rules = ruleset(case.get("ruleset", "partner-center"))
    stored = case.get("referral")
    referral: Any = FILE["referrals"][stored] if isinstance(stored, str) else stored
    known = (referral,) if "referral" in case else ()
    if "text" in case:
        return rules.check_json(case["text"], *known)
    return rules.check(case["patch"], *known) if "patch" in case else rules.check_referral(referral)


def written(report: Report) -> list[dict[str, Any]]:
    diagnostics: list[dict[str, Any]] = json.loads(json.dumps([each.to_dict() for each in report]))
    for each in diagnostics:
        if len(each["details"].get("allowed", ())) > FEW:
            each["details"]["allowed"] = len(each["details"]["allowed"])
    return diagnostics


def findings(document: Any) -> list[list[str]]:
    try:
        Ruleset.from_dict(document)
    except RulesetError as error:
        return [[found.place, found.problem, found.fix] for found in error.findings]
    return []


@pytest.mark.parametrize("case", FILE["cases"], ids=[case["description"] for case in FILE["cases"]])
def test_a_report_is_the_same_word_for_word(case: dict[str, Any]) -> None:
    assert written(judged(case)) == case["report"]


@pytest.mark.parametrize("case", REFUSED_RULESETS, ids=[case["description"] for case in REFUSED_RULESETS])
def test_the_findings_in_a_ruleset_are_the_same_word_for_word(case: dict[str, Any]) -> None:
    assert findings(case["document"]) == case["findings"]


def _write_anew() -> None:
    cases = [{**case, "report": written(judged(case))} for case in FILE["cases"]]
    refused = [{**case, "findings": findings(case["document"])} for case in REFUSED_RULESETS]
    _dump(REPORTS, FILE | {"cases": cases}, "cases", "report")
    _dump(FINDINGS, load(FINDINGS) | {"rulesets": refused}, "rulesets", "findings")


def _dump(file: Path, document: dict[str, Any], cases: str, reports: str) -> None:
    """One member of a case in each line, and one diagnostic or finding, so that a diff shows what has changed."""
    head = "".join(f"  {_line(name)}: {_line(value)},\n" for name, value in document.items() if name != cases)
    body = ",\n".join("    {\n" + ",\n".join(_members(case, reports)) + "\n    }" for case in document[cases])
    file.write_text(f"{{\n{head}  {_line(cases)}: [\n{body}\n  ]\n}}\n", encoding="utf-8")


def _members(case: dict[str, Any], reports: str) -> Iterator[str]:
    for name, value in case.items():
        listed = ",\n".join(f"        {_line(each)}" for each in value) if name == reports else ""
        yield f"      {_line(name)}: " + (f"[\n{listed}\n      ]" if listed else _line(value))


_line = json.dumps


if __name__ == "__main__":
    _write_anew()
