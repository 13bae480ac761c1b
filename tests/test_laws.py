"""The laws that hold for every patch and every referral, each test named for its law."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import jsonpatch
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Evaluation, PatchRejected, Report, Ruleset, State, _catalog

from .strategies import LATEST, accepted, allowed_patches, json_values, patches, referrals

OLDEST = Ruleset.load("partner-center-2020-09")
RESOURCE = Draft202012Validator(_catalog.schema("referral"))
REPORT = Draft202012Validator(_catalog.schema("report"))
WIDER = Ruleset.from_dict(
    {"name": "wider", "extends": "partner-center-2020-09", "paths": {"/name": {"operations": ["add"]}}}
)


@given(patches(), referrals() | json_values)
def test_purity(patch: Any, referral: Any) -> None:
    """Both inputs are, deeply, what they were before."""
    before = copy.deepcopy((patch, referral))
    LATEST.evaluate(patch, referral)
    LATEST.evaluate(patch)
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
    """The new referral or errors, never both and never neither."""
    evaluation = LATEST.evaluate(patch, referral)
    assert isinstance(evaluation.referral, dict) == (not evaluation.report.errors)


@given(json_values | patches(), json_values | referrals())
def test_totality(patch: Any, referral: Any) -> None:
    """Whatever a JSON parser produces, there is an evaluation, and its report is JSON that fits its schema."""
    for evaluation in (LATEST.evaluate(patch, referral), LATEST.evaluate(patch)):
        document = json.loads(json.dumps(evaluation.report.to_dict()))
        assert list(REPORT.iter_errors(document)) == []
        assert Report.from_dict(document) == evaluation.report


@given(json_values | patches(), json_values | referrals())
@example([{"op": "remove", "path": "/team"}], [])
@example([{"op": "add", "path": "/status", "value": "New"}, 7], {"status": "Active", "substatus": "Accepted"})
@example([{"op": "add", "path": "/team", "value": [{"Email": "a"}]}, 7], {})
def test_order(patch: Any, referral: Any) -> None:
    """The patch as a whole comes first, and then its operations in their order."""
    indices = [found.op_index for found in LATEST.check(patch, referral)]
    whole = indices.count(None)
    operations = [index for index in indices if index is not None]
    assert indices == [None] * whole + sorted(operations)


@given(st.text() | st.binary())
def test_totality_of_text(patch: str | bytes) -> None:
    """Whatever the text, there is an evaluation."""
    assert isinstance(LATEST.evaluate_json(patch, {}), Evaluation)


@given(patches(), referrals())
def test_agreement(patch: Any, referral: Any) -> None:
    """Evaluate, check and apply say the same."""
    evaluation = LATEST.evaluate(patch, referral)
    assert LATEST.check(patch, referral) == evaluation.report
    if evaluation.ok:
        assert LATEST.apply(patch, referral) == evaluation.referral
    else:
        with pytest.raises(PatchRejected) as caught:
            LATEST.apply(patch, referral)
        assert caught.value.report == evaluation.report


@given(accepted())
def test_oracle_of_what_is_accepted(pair: Any) -> None:
    """Whatever is accepted, jsonpatch applies to the same result."""
    patch, referral = pair
    assert LATEST.apply(patch, referral) == jsonpatch.apply_patch(referral, patch)


@given(allowed_patches(), referrals())
@example([{"op": "replace", "path": "/status", "value": "Closed"}], {"status": "Active", "substatus": "Accepted"})
def test_oracle(patch: Any, referral: Any) -> None:
    """Whatever is accepted, jsonpatch applies to the same result; what jsonpatch refuses is refused."""
    evaluation = LATEST.evaluate(patch, referral)
    try:
        patched = jsonpatch.apply_patch(referral, patch)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError):
        assert not evaluation.ok
    else:
        assert evaluation.referral in (patched, None)


@given(accepted())
def test_no_escape(pair: Any) -> None:
    """Everything that differs is under a path of the patch, and that path is an allowed one."""
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


@pytest.mark.parametrize("before", STATES, ids=str)
@pytest.mark.parametrize("after", STATES, ids=str)
def test_table(before: State, after: State) -> None:
    """A patch moves one pair to another exactly if the table has the move."""
    patch = [{"op": "replace", "path": f"/{name}", "value": getattr(after, name)} for name in ("status", "substatus")]
    accepted = LATEST.check(patch, {"status": before.status, "substatus": before.substatus}).ok
    assert accepted == LATEST.transitions.allows(before, after)
    assert accepted == (after in LATEST.transitions.reachable(before))


@given(accepted(OLDEST))
def test_monotony(pair: Any) -> None:
    """A ruleset that extends another by paths refuses nothing that the other accepts."""
    patch, referral = pair
    assert OLDEST.apply(patch, referral) == WIDER.apply(patch, referral) == LATEST.apply(patch, referral)


@given(allowed_patches(), referrals())
def test_same_verdict_from_text_list_and_jsonpatch(patch: Any, referral: Any) -> None:
    """It does not matter in which of its forms a patch comes."""
    text = json.dumps(patch, default=as_float)
    parsed = json.loads(text)
    report = LATEST.check(parsed, referral)
    assert report == LATEST.check_json(text, referral) == LATEST.check_json(text.encode(), referral)
    assert report == LATEST.check(jsonpatch.JsonPatch(parsed), referral)


def as_float(value: Decimal) -> float:
    return float(value)
