"""Totality: any JSON value as patch and as referral gives an evaluation, and its words quote nothing private."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Code, Evaluation, PatchRejected, Report, evaluate, evaluate_json
from referral_rules._catalog import schema

from .strategies import LATEST, json_values, patches, referrals

REPORT = Draft202012Validator(schema("report"))
# Letters that are in no message, no path and no fact: where one of them is shown, a value is quoted.
PRIVATE = "ᚠᚢᚦᚨᚱᚲᚷᚹ"
private_strings = st.text(PRIVATE, min_size=1)
private_values = st.recursive(
    private_strings | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["email", "Email", "x"]), inner),
    max_leaves=6,
)
paths = st.sampled_from([rule.path.replace("*", "0") for rule in LATEST.paths]) | st.sampled_from(
    ["", "/", "team", "/team/x", "/status/x", "/links", "/details", "/a~2", "/team/999999999999999999999"]
)
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "copy", "Add"]), "path": paths},
    optional={"value": private_values},
)
private_referrals = st.builds(
    lambda stored, extra, pair: {**stored, **extra, **pair},
    st.dictionaries(private_strings | st.sampled_from(["team", "details", "consent", "registrations"]), private_values),
    st.dictionaries(paths.map(lambda path: path.split("/")[-1]), private_values, max_size=3),
    st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(["New", "Active", "Closed", "Gone", None, 5, [PRIVATE]]),
            "substatus": st.sampled_from(["Pending", "Accepted", "Won", "Error", None, 5, {"x": PRIVATE}]),
        },
    ),
)


def shown(report: Report) -> str:
    words = [(found.message, found.hint, found.culprit, str(found), repr(found)) for found in report]
    return f"{words} {report} {report!r} {json.dumps(report.to_dict(), ensure_ascii=False)}"


def assert_told(evaluation: Evaluation) -> None:
    report = evaluation.report
    assert isinstance(evaluation, Evaluation)
    assert list(REPORT.iter_errors(report.to_dict())) == []
    assert str(PatchRejected(report)).count("\n") == max(0, len(report.errors) - 1)
    for found in report:
        assert found.message
        assert not found.message.endswith((".", "?", "!"))
        assert found.hint is None or found.hint.endswith((".", "?"))
    assert Report.from_dict(report.to_dict()) == report


@given(json_values | patches() | st.lists(operations), json_values | referrals() | private_referrals)
def test_any_json_value_is_judged(patch: Any, referral: Any) -> None:
    assert_told(evaluate(patch))
    assert_told(evaluate(patch, referral))
    assert (evaluate(patch, referral).referral is not None) is evaluate(patch, referral).ok


@given(st.text() | st.binary() | json_values.map(json.dumps), json_values)
def test_any_text_is_judged(text: str | bytes, referral: Any) -> None:
    assert_told(evaluate_json(text))
    assert_told(evaluate_json(text, referral))


@given(st.lists(operations, min_size=1, max_size=4), private_referrals)
def test_nothing_private_is_quoted(patch: Any, referral: dict[str, Any]) -> None:
    words = shown(evaluate(patch, referral).report) + shown(evaluate(patch).report)
    assert set(words) & set(PRIVATE) == set()


@given(private_referrals)
def test_nothing_of_a_referral_that_is_checked_is_quoted(referral: dict[str, Any]) -> None:
    report = LATEST.check_referral(referral)
    assert set(shown(report)) & set(PRIVATE) == set()
    assert list(REPORT.iter_errors(report.to_dict())) == []


def test_private_values_at_several_stages_are_not_quoted() -> None:
    patch: list[Any] = [
        {"op": "replace", "path": "/details/currency", "value": PRIVATE},
        {"op": "replace", "path": "/team/0/email", "value": PRIVATE},
        {"op": "replace", "path": "/details/notes/x", "value": PRIVATE},
        {"op": "add", "path": "/team/-", "value": {"email": PRIVATE, "Email": PRIVATE}},
        {"op": "replace", "path": "/status", "value": "Closed"},
    ]
    referral = {"status": "New", "substatus": "Pending", "team": PRIVATE, "details": PRIVATE}
    report = evaluate(patch, referral).report
    assert set(report.codes) >= {Code.VALUE_INVALID, Code.PATH_NOT_ALLOWED, Code.TARGET_NOT_CONTAINER}
    assert set(shown(report)) & set(PRIVATE) == set()
