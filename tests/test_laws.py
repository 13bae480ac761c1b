"""The laws that hold for every patch and every referral, each test named for its law."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonpatch
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import PatchRejected, Report, Ruleset, State
from referral_rules.catalog import schema

from .strategies import LATEST, accepted, allowed_patches, json_values, patches, referrals

OLDEST = Ruleset.load("partner-center-2020-09")
RESOURCE = Draft202012Validator(schema("referral"))
REPORT = Draft202012Validator(schema("report"))
WIDER = Ruleset.from_dict(
    {"name": "wider", "extends": "partner-center-2020-09", "paths": {"/name": {"operations": ["add"]}}}
)


def applied(patch: Any, referral: Any, rules: Ruleset = LATEST) -> Any:
    """The patched referral, or the report."""
    try:
        return rules.apply(patch, referral)
    except PatchRejected as rejected:
        return rejected.report


@given(patches(), referrals() | json_values)
def test_purity(patch: Any, referral: Any) -> None:
    """Both inputs are, deeply, what they were before."""
    before = copy.deepcopy((patch, referral))
    LATEST.check(patch, referral)
    applied(patch, referral)
    assert repr((patch, referral)) == repr(before)


@given(accepted())
def test_isolation(pair: Any) -> None:
    """The result shares nothing with the patch; with isolated=True, nothing with the referral either."""
    patch, referral = pair
    before = copy.deepcopy((patch, referral))
    spoil(LATEST.apply(patch, referral, isolated=True))
    assert repr((patch, referral)) == repr(before)
    spoil(LATEST.apply(patch, referral))
    assert repr(patch) == repr(before[0])


def spoil(value: Any) -> None:
    for item in list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
        spoil(item)
    if isinstance(value, dict | list):
        value.clear()


@given(patches(), referrals() | json_values)
def test_atomicity(patch: Any, referral: Any) -> None:
    """The result or the report, never both; and the report is that of check."""
    outcome = applied(patch, referral)
    report = LATEST.check(patch, referral)
    assert outcome == report if isinstance(outcome, Report) else isinstance(outcome, dict)


@given(json_values | patches(), json_values | referrals())
def test_totality(patch: Any, referral: Any) -> None:
    """Whatever a JSON parser produces, check returns a report, and the report is JSON of its own schema."""
    for report in (LATEST.check(patch, referral), LATEST.check(patch)):
        document = json.loads(json.dumps(report.to_dict()))
        assert list(REPORT.iter_errors(document)) == []
        assert [found.op_index or -1 for found in report.errors] == sorted(
            found.op_index or -1 for found in report.errors
        )


@given(st.text() | st.binary())
def test_totality_of_text(patch: str | bytes) -> None:
    """Whatever the text, check returns a report."""
    assert isinstance(LATEST.check(patch, {}), Report)


@given(patches(), referrals())
def test_agreement(patch: Any, referral: Any) -> None:
    """Check finds no errors if and only if apply succeeds."""
    assert LATEST.check(patch, referral).ok == isinstance(applied(patch, referral), dict)


@given(accepted())
def test_oracle_of_what_is_accepted(pair: Any) -> None:
    """Whatever is accepted, jsonpatch applies to the same result."""
    patch, referral = pair
    assert LATEST.apply(patch, referral) == jsonpatch.apply_patch(referral, patch)


@given(allowed_patches(), referrals())
@example([{"op": "replace", "path": "/status", "value": "Closed"}], {"status": "Active", "substatus": "Accepted"})
def test_oracle(patch: Any, referral: Any) -> None:
    """Whatever is accepted, jsonpatch applies to the same result; what jsonpatch refuses is refused."""
    outcome = applied(patch, referral)
    try:
        expected = jsonpatch.apply_patch(referral, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError):
        assert isinstance(outcome, Report)
    else:
        assert outcome == expected or isinstance(outcome, Report)


@given(accepted())
def test_no_escape(pair: Any) -> None:
    """Everything that differs lies under a path of the patch, and that path is an allowed one."""
    patch, referral = pair
    outcome = LATEST.apply(patch, referral)
    written = [operation["path"].removesuffix("/-") for operation in patch]
    for place in differences(referral, outcome, ""):
        assert any(f"{place}/".startswith(f"{path}/") for path in written)
    assert all(LATEST.explain(operation["path"]) for operation in patch)


def differences(before: Any, after: Any, place: str) -> Iterator[str]:
    """Pointers to the innermost values that differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from differences(before.get(name, ...), after.get(name, ...), f"{place}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{place}/{index}")
    elif type(before) is not type(after) or before != after:
        yield place


@given(accepted())
def test_closure(pair: Any) -> None:
    """A referral that fits its schema still fits it afterwards."""
    patch, referral = pair
    outcome = LATEST.apply(patch, referral)
    assert list(RESOURCE.iter_errors(referral)) == []
    assert list(RESOURCE.iter_errors(outcome)) == []
    assert LATEST.check_referral(outcome).ok


STATES = [State(status, substatus) for status, row in LATEST.transitions.rows.items() for substatus in row.substatuses]


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_table(before: State, after: State) -> None:
    """A patch moves one pair to another exactly if the table has the move."""
    patch = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in after._asdict().items()]
    outcome = applied(patch, before._asdict())
    assert isinstance(outcome, dict) == LATEST.transitions.allows(before, after)
    assert (after in LATEST.transitions.reachable(before)) == LATEST.transitions.allows(before, after)


@given(accepted(OLDEST))
def test_monotony(pair: Any) -> None:
    """A ruleset that extends another by paths refuses nothing that the other accepts."""
    patch, referral = pair
    assert LATEST.check(patch, referral).ok
    assert WIDER.check(patch, referral).ok
    assert LATEST.apply(patch, referral) == OLDEST.apply(patch, referral)


@given(allowed_patches(), referrals())
def test_same_verdict_from_text_list_and_jsonpatch(patch: Any, referral: Any) -> None:
    """It does not matter in which of its forms a patch comes."""
    text = json.dumps(patch, default=as_float)
    parsed = json.loads(text)
    report = LATEST.check(parsed, referral)
    assert report == LATEST.check(text, referral) == LATEST.check(text.encode(), referral)
    assert report == LATEST.check(jsonpatch.JsonPatch(parsed), referral)


def as_float(value: Decimal) -> float:
    return float(value)


@given(patches(), referrals())
def test_nothing_of_the_referral_is_told(patch: Any, referral: Any) -> None:
    """No report depends on what the referral holds at places that the patch does not touch."""
    marked = {**referral, "organizationName": "Mrs Secret", "inviteContext": {"notes": "Mrs Secret"}}
    assert "Secret" not in json.dumps(LATEST.check(patch, marked).to_dict())
