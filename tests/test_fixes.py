"""A refusal says what to do: with its fix the diagnostic is gone, and the words quote nothing private."""

import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given

from referral_rules import Code, Diagnostic, Report, Ruleset, Severity, Stage

from .stages import op, own, the_only
from .strategies import LATEST, patches, referrals
from .test_cases import ALL
from .test_cases import judged as evaluated
from .test_reports import FILE, judged, ruleset

PRIVATE_NAME = "Jane Doe"
STAGES = [*Stage]


def fixed(patch: list[Any], found: Diagnostic) -> list[Any]:
    """The patch with the fix of a diagnostic: members of its operation changed, or operations added."""
    fix = found.details["fix"]
    assert fix.keys() <= {"change", "add"}
    changed = copy.deepcopy(patch)
    if "change" in fix:
        assert found.op_index is not None
        changed[found.op_index] |= fix["change"]
    return changed + [dict(operation) for operation in fix.get("add", ())]


def assert_fixes_help(rules: Ruleset, patch: Any, *referral: Any) -> Counter[str]:
    """Follow each fix in a report; return how many there were, by code."""
    report = rules.check(patch, *referral)
    followed: Counter[str] = Counter()
    for found in report:
        if "fix" in found.details:
            after = rules.check(fixed(patch, found), *referral)
            left = [each for each in after.errors if each.op_index == found.op_index]
            assert found.code not in {each.code for each in left}, str(found)
            # What is wrong with the operation then is found at a later stage, and nothing is with those added.
            assert all(STAGES.index(each.code.stage) >= STAGES.index(found.code.stage) for each in left), str(found)
            assert all(each.op_index is None or each.op_index < len(patch) for each in after.errors), str(found)
            followed[found.code.value] += 1
    return followed


def test_a_fix_in_the_reports_helps() -> None:
    followed: Counter[str] = Counter()
    for case in FILE["cases"]:
        if isinstance(case.get("patch"), list):
            stored = case.get("referral")
            referral = FILE["referrals"][stored] if isinstance(stored, str) else stored
            known = (referral,) if "referral" in case else ()
            followed += assert_fixes_help(ruleset(case.get("ruleset", "partner-center")), case["patch"], *known)
    assert followed.keys() == {
        *("op_not_supported", "invalid_pointer", "path_not_allowed", "op_not_allowed", "value_invalid"),
        *("target_missing", "substatus_not_allowed"),
    }
    assert min(followed.values()) >= 1


def test_add_is_the_fix_only_if_the_path_takes_it() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("replace",)})
    found = the_only(rules, op("replace", "/a"), {})
    assert "fix" not in found.details
    assert found.hint == "No patch can create it. Read the referral again, or leave this operation out."


def test_a_substatus_that_is_absent_is_to_be_added() -> None:
    patch, stored = op("replace", "/status", "Active"), {"status": "New"}
    found = the_only(LATEST, patch, stored)
    assert LATEST.check(fixed(patch, found), stored).ok


@given(patches(), referrals())
def test_a_fix_helps(patch: Any, referral: Any) -> None:
    assert_fixes_help(LATEST, patch, referral)
    assert_fixes_help(LATEST, patch)


@cache
def all_reports() -> list[Report]:
    return [*map(judged, FILE["cases"]), *(evaluated(case).report for case in ALL)]


def test_every_code_has_at_least_two_cases() -> None:
    counted = Counter(found.code for report in all_reports() for found in report)
    assert {code for code in Code if counted[code] < 2} == set()


def test_every_message_is_a_sentence() -> None:
    for report in all_reports():
        for found in report:
            assert re.fullmatch(r"\S.*[^\s.!?]", found.message), found.message
            assert found.hint is None or re.fullmatch(r"[A-Z\"/].*[^.][.?]", found.hint), found.hint
            position = "" if found.op_index is None else f"operation {found.op_index}: "
            assert str(found) == f"{position}{found.message}." + (f" {found.hint}" if found.hint else "")
            assert not re.search(r"\b(?:set|to|at|has) None\b|\(\)|\{\}|  ", str(found)), str(found)


def strings_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings_in(item)


def test_no_message_quotes_the_referral_of_its_case() -> None:
    for case in ALL:
        stored = case.referral if case.known and isinstance(case.referral, dict) else {}
        # A status and a substatus are quoted; a short string may be part of a word.
        rest = {name: value for name, value in stored.items() if name not in ("status", "substatus")}
        private = [text for text in strings_in(rest) if len(text) > 3]
        for found in evaluated(case).report:
            assert [text for text in private if text in str(found)] == []


HINTLESS = {"invalid_json", "member_type"}


def test_an_error_has_a_hint_unless_its_message_says_it_all() -> None:
    hinted = {found.code.value for report in all_reports() for found in report if found.hint}
    errors = {code.value for code in Code if code.severity is Severity.ERROR}
    assert errors - hinted == HINTLESS


PRIVATE_VALUES: list[dict[str, Any]] = [
    {"op": "add", "path": "/details/notes", "value": [PRIVATE_NAME]},
    {"op": "add", "path": "/details/currency", "value": PRIVATE_NAME},
    {"op": "add", "path": "/details/closingDateTime", "value": PRIVATE_NAME},
    {"op": "add", "path": "/details/dealValue", "value": PRIVATE_NAME},
    {"op": "add", "path": "/team/-", "value": {"email": [PRIVATE_NAME], "contactPreference": PRIVATE_NAME}},
    {"op": "add", "path": "/team", "value": PRIVATE_NAME},
    {"op": "add", "path": "/team/0/email", "value": PRIVATE_NAME},
    {"op": "add", "path": "/registrations/-", "value": {"type": PRIVATE_NAME}},
    {"op": "add", "path": "/details/notes", "value": {PRIVATE_NAME}},
    {"op": PRIVATE_NAME.encode(), "path": "/details/notes", "value": PRIVATE_NAME},
]


def test_no_report_quotes_a_value() -> None:
    stored: dict[str, Any] = {"details": {"notes": PRIVATE_NAME}, "team": PRIVATE_NAME, "registrations": [PRIVATE_NAME]}
    report = LATEST.check(PRIVATE_VALUES, stored)
    assert len(report.errors) >= len(PRIVATE_VALUES)
    assert PRIVATE_NAME not in json.dumps(report.to_dict())
    assert PRIVATE_NAME not in repr(report.diagnostics)
    stored = {
        "name": [PRIVATE_NAME],
        "status": [PRIVATE_NAME],
        "team": [{"email": {PRIVATE_NAME: 1}}],
        "details": PRIVATE_NAME,
    }
    assert PRIVATE_NAME not in json.dumps(LATEST.check_referral(stored).to_dict())


@pytest.mark.parametrize("status", ["\x1b[2J", "\n", "\u202e"], ids=ascii)
def test_a_stored_status_cannot_move_a_cursor(status: str) -> None:
    patch = [{"op": "replace", "path": "/status", "value": "New"}]
    (found,) = LATEST.check(patch, {"status": status, "substatus": status})
    assert status not in str(found)
