"""Diagnostics, reports, evaluations and exceptions are values, and the table of codes is total."""

import copy
import json
import pickle
from typing import Any

import pytest

from referral_rules import (
    Code,
    Diagnostic,
    Evaluation,
    Finding,
    Limits,
    PatchRejected,
    ReferralRulesError,
    Report,
    Ruleset,
    RulesetError,
    Severity,
    Stage,
    State,
    apply,
    check,
    evaluate,
)
from referral_rules._codes import TABLE
from referral_rules._diagnostics import in_order

PATCH: list[dict[str, Any]] = [
    {"op": "remove", "path": "/details/notes"},
    {"op": "add", "path": "/team/-", "value": {"Email": "a"}},
    {"op": "add", "path": "/details/currency", "value": "usd"},
]
REPORT = check(PATCH, {"team": []})
FINDINGS = (Finding("/name", "is wrong", "correct it"), Finding("", "is empty", "write one"))
VALUES: list[Any] = [
    REPORT,
    *REPORT,
    evaluate(PATCH[1:2], {"team": []}),
    *FINDINGS,
    Limits(1, 2, 3),
    State("New", "Pending"),
    *Ruleset.load("partner-center").paths[:2],
    Ruleset.load("partner-center").transitions,
]


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


def test_details_cannot_be_changed_and_are_json_in_a_document() -> None:
    found = REPORT.errors[0]
    assert found.details["allowed"] == ("add", "replace")
    with pytest.raises(TypeError):
        found.details["allowed"] = ()  # type: ignore[index]
    document = found.to_dict()
    assert document["details"]["allowed"] == ["add", "replace"]
    document["details"]["allowed"].clear()
    assert found.details["allowed"] == ("add", "replace")


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


def test_a_report_and_an_evaluation_are_true_if_the_patch_may_be_applied() -> None:
    warned = evaluate(PATCH[1:2], {"team": []})
    assert warned
    assert warned.report
    assert warned.ok
    assert [*warned.report.warnings] == [*warned.report]
    refused = evaluate(PATCH, {"team": []})
    assert not refused
    assert not refused.report
    assert refused.referral is None


def test_a_report_prints_each_diagnostic_in_a_line() -> None:
    assert str(REPORT).splitlines() == [
        "refused",
        *(f"{found.severity.value}[{found.code.value}]: {found}" for found in REPORT),
    ]
    assert str(Report()) == "accepted"
    assert repr(REPORT) == "<Report: 2 errors, 1 warnings>"


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


@pytest.mark.parametrize("document", [{}, [], None, {"errors": 1, "warnings": []}, {"errors": [], "warnings": [7]}])
def test_anything_else_is_not_a_report(document: Any) -> None:
    with pytest.raises(ValueError, match=r"not a (report|diagnostic) as report\.schema\.json describes it"):
        Report.from_dict(document)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"code": "new_code"},
        {"op_index": "0"},
        {"path": 7},
        {"rule": None},
        {"details": 7},
        {"message": None},
        {"hint": 7},
    ],
    ids=str,
)
def test_anything_else_is_not_a_diagnostic(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"not a diagnostic as report\.schema\.json describes it"):
        Diagnostic.from_dict(REPORT.errors[0].to_dict() | spoiled)


# Values.


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_survives_pickling_and_copying(value: Any) -> None:
    clones = [pickle.loads(pickle.dumps(value, protocol)) for protocol in range(2, 6)]  # noqa: S301
    for clone in (*clones, copy.copy(value), copy.deepcopy(value)):
        assert clone == value
        assert hash(clone) == hash(value)
        assert repr(clone) == repr(value)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_cannot_be_changed(value: Any) -> None:
    name = next(iter(type(value).__annotations__))
    with pytest.raises(AttributeError, match=f"cannot assign to {name}: a {type(value).__name__} is immutable"):
        setattr(value, name, None)
    with pytest.raises(AttributeError, match=f"cannot delete {name}: a {type(value).__name__} is immutable"):
        delattr(value, name)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_not_a_tuple(value: Any) -> None:
    assert not isinstance(value, tuple)
    assert value != tuple(getattr(value, name) for name in type(value).__annotations__)


def test_values_differ_if_a_field_or_the_type_differs() -> None:
    assert len({*VALUES}) == len(VALUES)
    assert Limits(1, 2, 3) != Limits(1, 2, 4)
    assert Report() != Evaluation(Report(), None)
    assert {**dict.fromkeys(REPORT, 1), **dict.fromkeys(check(PATCH, {"team": []}), 2)} == dict.fromkeys(REPORT, 2)


def test_a_value_takes_its_fields_by_name_or_position() -> None:
    assert State(status="New", substatus="Pending") == State("New", substatus="Pending") == State("New", "Pending")
    assert repr(State("New", "Pending")) == "State(status='New', substatus='Pending')"
    assert State("New", "Pending").__replace__(substatus="Received") == State("New", "Received")
    assert REPORT.errors[0].__replace__(op_index=7).op_index == 7


@pytest.mark.parametrize(
    "arguments", [((), {}), (("a", "b", "c"), {}), (("a",), {"status": "b"}), (("a",), {"colour": "b"})], ids=str
)
def test_a_value_takes_no_other_fields(arguments: Any) -> None:
    given, named = arguments
    with pytest.raises(TypeError, match="State takes status, substatus"):
        State(*given, **named)


# Exceptions.


def test_a_refusal_says_what_its_report_says() -> None:
    with pytest.raises(PatchRejected) as caught:
        apply(PATCH, {"team": []})
    assert caught.value.report == REPORT
    assert str(caught.value).splitlines() == [str(found) for found in REPORT.errors]


def test_a_broken_ruleset_has_a_line_for_each_finding() -> None:
    error = RulesetError("a.json", FINDINGS)
    assert str(error) == "a.json: /name: is wrong; correct it\na.json: the ruleset: is empty; write one"


@pytest.mark.parametrize("error", [PatchRejected(REPORT), RulesetError("a.json", FINDINGS)], ids=type)
def test_an_exception_survives_pickling(error: Any) -> None:
    clone = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(clone), vars(clone), str(clone)) == (type(error), vars(error), str(error))
    assert isinstance(error, ReferralRulesError)
    assert isinstance(error, ValueError)
