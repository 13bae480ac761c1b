"""The case files hold, word for word."""

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
from jsonschema import Draft202012Validator

from referral_rules import PatchRejected, Diagnostic, Code
from referral_rules.catalog import schema

from .casefiles import CASES, Case, case_files, cases, load, ruleset

ALL = list(cases())
REPORT = Draft202012Validator(schema("report"))


def found(violations: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
    return [{"code": each.code.value, "op_index": each.op_index, "path": each.path} for each in violations]


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_the_case_holds(case: Case) -> None:
    rules = ruleset(case.ruleset)
    before = copy.deepcopy((case.patch, case.referral))
    report = rules.check(case.patch, case.referral) if case.known else rules.check(case.patch)
    assert found(report.errors) == case.expected.get("violations", [])
    assert found(report.warnings) == case.expected.get("warnings", [])
    assert list(REPORT.iter_errors(report.to_dict())) == []
    if case.known:
        assert_applied(case)
    assert (case.patch, case.referral) == before


def assert_applied(case: Case) -> None:
    rules = ruleset(case.ruleset)
    if "violations" in case.expected:
        with pytest.raises(PatchRejected) as caught:
            rules.apply(case.patch, case.referral)
        assert caught.value.report == rules.check(case.patch, case.referral)
    else:
        updated = rules.apply(case.patch, case.referral)
        assert updated == case.expected["referral"]
        assert json.dumps(updated, sort_keys=True) == json.dumps(case.expected["referral"], sort_keys=True)


# jsonpatch knows no absent member that counts as null.
STANDARD = [case for case in ALL if "referral" in case.expected and "absent-is-null" not in case.ruleset]


@pytest.mark.parametrize("case", STANDARD, ids=lambda case: case.name)
def test_the_case_agrees_with_jsonpatch(case: Case) -> None:
    assert jsonpatch.apply_patch(case.referral, case.patch) == case.expected["referral"]


@pytest.mark.parametrize("case", [case for case in ALL if "violations" in case.expected], ids=lambda case: case.name)
def test_a_refusal_says_what_to_do(case: Case) -> None:
    rules = ruleset(case.ruleset)
    report = rules.check(case.patch, case.referral) if case.known else rules.check(case.patch)
    for violation in report.violations:
        assert violation.message.endswith((".", "?", "]", "..."))
        assert violation.hint is None or violation.message.endswith(violation.hint)


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_the_file_fits_the_schema_of_cases(path: Path) -> None:
    validator = Draft202012Validator(load(CASES / "case.schema.json"))
    assert list(validator.iter_errors(load(path))) == []


def test_every_code_is_expected_at_least_twice() -> None:
    counted = Counter(
        violation["code"]
        for path in case_files()
        for case in load(path)["cases"]
        for violation in case["expected"].get("violations", []) + case["expected"].get("warnings", [])
    )
    assert {code.value for code in Code if counted[code.value] < 2} == set()


def test_every_path_of_both_rulesets_meets_each_operation() -> None:
    met = {
        (case.ruleset, operation["path"].replace("/0/", "/*/"), operation["op"])
        for case in ALL
        if case.file.endswith(("paths", "paths-2023-10"))
        for operation in case.patch
    }
    for name in ("partner-center-2020-09", "partner-center-2023-10"):
        for path in ruleset(name).paths:
            assert {(name, path.path, "add"), (name, path.path, "replace")} <= met
