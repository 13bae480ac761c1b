"""The case files hold, word for word."""

import copy
import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonpatch
import pytest
from jsonschema import Draft202012Validator

from referral_rules import Code, Diagnostic, Evaluation, PatchRejected
from referral_rules import _catalog as catalog

from .casefiles import CASES, Case, case_files, cases, load, ruleset

ALL = list(cases())
REPORT = Draft202012Validator(catalog.schema("report"))


def arguments(case: Case) -> tuple[Any, ...]:
    patch = case.patch if case.text is None else case.text
    return (patch, case.referral) if case.known else (patch,)


def judged(case: Case) -> Evaluation:
    evaluate = case.rules.evaluate if case.text is None else case.rules.evaluate_json
    return evaluate(*arguments(case))


def expected(diagnostics: tuple[Diagnostic, ...]) -> list[dict[str, Any]]:
    return [{"code": each.code.value, "op_index": each.op_index, "path": each.path} for each in diagnostics]


def written(referral: Any) -> str:
    """The referral as text, in which 1 and true differ, and the order of members does not."""
    return json.dumps(referral, sort_keys=True)


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_the_case_holds(case: Case) -> None:
    before = copy.deepcopy(arguments(case))
    evaluation = judged(case)
    assert expected(evaluation.report.errors) == case.expected.get("errors", [])
    assert expected(evaluation.report.warnings) == case.expected.get("warnings", [])
    assert list(REPORT.iter_errors(evaluation.report.to_dict())) == []
    assert written(evaluation.referral) == written(case.expected.get("referral") if case.known else None)
    if case.known:
        assert_applied(case, evaluation)
    assert repr(arguments(case)) == repr(before)


def assert_applied(case: Case, evaluation: Evaluation) -> None:
    apply = case.rules.apply if case.text is None else case.rules.apply_json
    if evaluation.ok:
        assert apply(*arguments(case)) == evaluation.referral
    else:
        with pytest.raises(PatchRejected) as caught:
            apply(*arguments(case))
        assert caught.value.report == evaluation.report


# jsonpatch does not know absent members that count as null.
STANDARD = [case for case in ALL if "referral" in case.expected and case.rules.document.get("absentMembers") != "null"]


@pytest.mark.parametrize("case", STANDARD, ids=lambda case: case.name)
def test_the_case_agrees_with_jsonpatch(case: Case) -> None:
    assert jsonpatch.apply_patch(case.referral, case.patch) == case.expected["referral"]


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_the_file_fits_the_schema_of_cases(path: Path) -> None:
    validator = Draft202012Validator(load(CASES / "case.schema.json"))
    assert list(validator.iter_errors(load(path))) == []


def test_every_code_is_expected_at_least_twice() -> None:
    listed = (case.expected.get("errors", []) + case.expected.get("warnings", []) for case in ALL)
    counted = Counter(each["code"] for diagnostics in listed for each in diagnostics)
    assert {code.value for code in Code if counted[code.value] < 2} == set()


def test_every_path_of_both_rulesets_meets_each_operation() -> None:
    met = {
        (case.rules.name, operation["path"].replace("/0/", "/*/"), operation["op"])
        for case in ALL
        if case.file.endswith(("paths", "paths-2020-09", "paths-2023-10"))
        for operation in case.patch
    }
    for name in catalog.built_in_names():
        for rule in ruleset(name).paths:
            assert {(name, rule.path, "add"), (name, rule.path, "replace")} <= met
