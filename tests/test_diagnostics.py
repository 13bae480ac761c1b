"""The table of codes is total; a diagnostic, a report and an exception say the same in every form."""

import json
import pickle
import re
from typing import Any

import pytest

from referral_rules import (
    Code,
    Diagnostic,
    Finding,
    PatchRejected,
    Report,
    Ruleset,
    RulesetError,
    Severity,
    Stage,
    apply,
    check,
)
from referral_rules._codes import TABLE
from referral_rules._reports import in_order

PATCH: list[dict[str, Any]] = [
    {"op": "remove", "path": "/details/notes"},
    {"op": "add", "path": "/team/-", "value": {"Email": "a"}},
    {"op": "add", "path": "/details/currency", "value": "usd"},
]
REPORT = check(PATCH, {"team": []})
FINDINGS = (Finding("/name", "is wrong", "correct it"), Finding("", "is empty", "write one"))

# The table of codes.


def test_each_code_has_its_row() -> None:
    assert [*TABLE] == [*Code]


@pytest.mark.parametrize("code", Code)
def test_a_code_is_answered_by_its_stage(code: Code) -> None:
    row = TABLE[code]
    statuses = {Stage.TARGET: 409, Stage.TRANSITION: 409, Stage.WARNINGS: None}
    assert (row.answer and row.answer.status) == statuses.get(code.stage, 400)
    assert code.severity is (Severity.WARNING if code.stage is Stage.WARNINGS else Severity.ERROR)
    assert row.culprit in {None, "op", "path", "value"}


def test_the_warnings_are_a_closed_set() -> None:
    warnings = {code.value for code in Code if code.severity is Severity.WARNING}
    assert warnings == {"terminal_state", "reason_expected", "set_by_service", "one_way", "unknown_member"}


# A diagnostic.


def test_the_text_of_a_diagnostic_has_its_position_its_message_and_its_hint() -> None:
    found = REPORT.errors[1]
    assert str(found) == f"operation 2: {found.message}. {found.hint}"
    assert found.message.startswith("/details/currency must be an ISO 4217 currency code")
    assert found.hint == 'Did you mean "USD"?'
    (whole,) = check({}).errors  # type: ignore[arg-type]
    assert str(whole) == f"{whole.message}. {whole.hint}"
    bare = Diagnostic(Code.MEMBER_TYPE, 0, "/a", "RFC 6902 section 4", {"member": "op", "got": "null"})
    assert str(bare) == 'operation 0: "op" must be a string, not null.'


@pytest.mark.parametrize(
    ("operation", "culprit"),
    [
        (7, None),
        ({"op": 1, "path": "/team", "value": []}, "op"),
        ({"op": "add", "value": []}, "path"),
        ({"op": "add", "path": "/team"}, "value"),
        ({"op": "add", "path": "/" + "a" * 2000, "value": 1}, "path"),
        ({"op": "drop", "path": "/team"}, "op"),
        ({"op": "add", "path": "/nothing", "value": 1}, "path"),
        ({"op": "add", "path": "/team", "value": 1}, "value"),
        ({"op": "replace", "path": "/team", "value": []}, "path"),
        ({"op": "add", "path": "/status", "value": "Closed"}, "value"),
    ],
    ids=str,
)
def test_the_culprit_is_the_member_that_is_wrong(operation: Any, culprit: str | None) -> None:
    (found,) = check([operation], {"status": "New", "substatus": "Pending"}).errors
    assert found.culprit == culprit


def test_a_long_path_is_cut() -> None:
    (found,) = check([{"op": "add", "path": f"/{'a' * 500}", "value": 1}]).errors
    assert found.path == f"/{'a' * 198}…"
    assert len(found.message) < 300


# A report.


def test_a_report_has_errors_and_warnings_in_the_order_of_operations() -> None:
    assert [found.op_index for found in REPORT] == [0, 1, 2]
    assert [found.op_index for found in REPORT.errors] == [0, 2]
    assert [found.op_index for found in REPORT.warnings] == [1]
    assert REPORT.codes == (Code.OP_NOT_SUPPORTED, Code.UNKNOWN_MEMBER, Code.VALUE_INVALID)
    assert not REPORT.ok
    assert not REPORT


def test_warnings_alone_do_not_refuse() -> None:
    report = check(PATCH[1:2], {"team": []})
    assert (report.ok, report.errors, [*report.warnings]) == (True, (), [*report])
    assert report


def test_the_patch_as_a_whole_comes_before_its_first_operation() -> None:
    report = check(PATCH, [])  # type: ignore[arg-type]
    assert [found.op_index for found in report] == [None, 0, 1, 2]
    first, whole = (Diagnostic(Code.NOT_JSON, index, None, "") for index in (0, None))
    assert in_order([first, whole]) == (whole, first)


def test_diagnostics_of_one_operation_keep_their_order() -> None:
    listed = [Diagnostic(code, index, None, "") for index in (1, 0) for code in (Code.NOT_JSON, Code.INVALID_JSON)]
    assert [found.code for found in in_order(listed)] == [Code.NOT_JSON, Code.INVALID_JSON] * 2


def test_each_code_is_counted_once() -> None:
    assert check([7, 8]).codes == (Code.NOT_AN_OBJECT,)  # type: ignore[list-item]


def test_a_report_prints_each_diagnostic_in_a_line() -> None:
    assert str(REPORT).splitlines() == [
        "refused",
        *(f"{found.severity.value}[{found.code.value}]: {found}" for found in REPORT),
    ]
    assert str(Report()) == "accepted"
    assert repr(REPORT) == "<Report: 2 errors, 1 warning>"


def test_a_report_comes_back_from_json() -> None:
    written = json.loads(json.dumps(REPORT.to_dict()))
    again = Report.from_dict(written)
    assert again == REPORT
    assert [str(found) for found in again] == [str(found) for found in REPORT]
    assert again.to_dict() == written


def test_a_diagnostic_from_json_keeps_the_words_that_it_came_with() -> None:
    written = REPORT.errors[0].to_dict() | {"message": "falsch", "hint": None}
    again = Diagnostic.from_dict(written)
    assert (again.message, again.hint, str(again)) == ("falsch", None, "operation 0: falsch.")
    assert again == REPORT.errors[0]
    assert pickle.loads(pickle.dumps(again)).message == "falsch"  # noqa: S301


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({}, "'errors' of a report is missing; see report.schema.json"),
        ([], "a report must be an object, not an array"),
        (None, "a report must be an object, not null"),
        ({"errors": 1, "warnings": []}, "'errors' of a report must not be a number; see report.schema.json"),
        ({"errors": [], "warnings": [7]}, "a diagnostic must be an object, not a number"),
    ],
)
def test_anything_else_is_not_a_report(document: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        Report.from_dict(document)


@pytest.mark.parametrize(
    ("spoiled", "problem"),
    [
        ({"code": "new_code"}, "'new_code' is not a valid Code"),
        ({"code": 7}, "'code' of a diagnostic must not be a number; see report.schema.json"),
        ({"op_index": "0"}, "'op_index' of a diagnostic must not be a string; see report.schema.json"),
        ({"path": 7}, "'path' of a diagnostic must not be a number; see report.schema.json"),
        ({"rule": None}, "'rule' of a diagnostic must not be null; see report.schema.json"),
        ({"details": 7}, "'details' of a diagnostic must not be a number; see report.schema.json"),
        ({"message": None}, "'message' of a diagnostic must not be null; see report.schema.json"),
        ({"hint": 7}, "'hint' of a diagnostic must not be a number; see report.schema.json"),
    ],
)
def test_anything_else_is_not_a_diagnostic(spoiled: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}$"):
        Diagnostic.from_dict(REPORT.errors[0].to_dict() | spoiled)


def test_what_is_wrong_with_the_whole_has_no_culprit() -> None:
    deep: Any = []
    for _ in range(40):
        deep = [deep]
    patch: Any = ()
    reports = (check(patch), Ruleset.load("partner-center").check_referral({"team": deep}))
    assert [[found.culprit for found in report] for report in reports] == [[None], [None]]


# Exceptions.


def test_a_refusal_says_what_its_report_says() -> None:
    with pytest.raises(PatchRejected) as caught:
        apply(PATCH, {"team": []})
    assert caught.value.report == REPORT
    assert str(caught.value).splitlines() == [str(found) for found in REPORT.errors]


def test_a_broken_ruleset_has_a_line_for_each_finding() -> None:
    error = RulesetError("a.json", FINDINGS)
    assert str(error) == "a.json: /name: is wrong; correct it\na.json: is empty; write one"


def test_a_report_holds_diagnostics_only() -> None:
    with pytest.raises(TypeError, match="takes a tuple of Diagnostic objects"):
        Report((1,))  # type: ignore[arg-type]
