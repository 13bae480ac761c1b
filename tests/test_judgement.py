"""The judgement as a whole: everything at once, in order, and nothing changed."""

import copy
import json
from collections import OrderedDict
from typing import Any

import jsonpatch
import pytest

import referral_rules
from referral_rules import Diagnostic, PatchRejected, Ruleset, State

from .stages import DEAL, op, own, the_only
from .strategies import LATEST

WON = [*op("replace", "/status", "Closed"), *op("replace", "/substatus", "Won")]
MIXED = [
    *op("remove", "/details/notes"),
    *op("add", "/team/-", {"Email": "a"}),
    *op("add", "/details/currency", "usd"),
    *op("add", "/zzz", 1),
    7,
    *op("add", "/registrations/9/contract/term", "Finite"),
]
STORED = {"status": "Active", "substatus": "Accepted", "team": [], "details": {}, "registrations": []}


def placed(report: Any) -> list[tuple[str, int | None]]:
    return [(found.code.value, found.op_index) for found in report]


def test_everything_is_reported_at_once_in_the_order_of_operations() -> None:
    assert placed(LATEST.check(MIXED, STORED)) == [
        ("op_not_supported", 0),
        ("unknown_member", 1),
        ("value_invalid", 2),
        ("path_not_allowed", 3),
        ("not_an_object", 4),
        ("index_out_of_range", 5),
    ]


def test_the_whole_comes_before_the_first_operation() -> None:
    """None is not 0: a key that takes one for the other leaves the operation first."""
    report = LATEST.check(MIXED[:2], [])  # type: ignore[arg-type]
    assert placed(report) == [("referral_not_an_object", None), ("op_not_supported", 0), ("unknown_member", 1)]


def test_what_a_move_is_refused_for_stands_among_the_operations() -> None:
    patch = [*op("replace", "/status", "New"), *op("add", "/zzz", 1), *op("remove", "/team")]
    assert placed(LATEST.check(patch, STORED)) == [
        ("transition_not_allowed", 0),
        ("path_not_allowed", 1),
        ("op_not_supported", 2),
    ]


def test_an_operation_stops_at_the_first_stage_that_refuses_it() -> None:
    for operation, code in (
        ({"op": "remove", "path": "/zzz~"}, "op_not_supported"),
        (op("replace", "/team/-", 7)[0], "op_not_allowed"),
        (op("replace", "/details/currency", 7)[0], "value_invalid"),
    ):
        assert LATEST.check([operation], {}).codes[0] == code
        assert "target_missing" not in LATEST.check([operation], {}).codes


def test_the_others_are_judged_as_if_a_refused_operation_were_not_there() -> None:
    refused, rest = op("replace", "/status", "closed"), op("replace", "/substatus", "Accepted")
    assert placed(LATEST.check([*refused, *rest], STORED)) == [("value_invalid", 0)]
    assert placed(LATEST.check([*op("add", "/team", 7), *op("add", "/team/-", {})], {})) == [
        ("value_invalid", 0),
        ("target_missing", 1),
    ]


def test_evaluate_check_and_apply_say_the_same() -> None:
    for patch, stored in ((WON, STORED), (MIXED, STORED), (WON, []), ({}, STORED)):
        evaluation = LATEST.evaluate(patch, stored)  # type: ignore[arg-type]
        assert LATEST.check(patch, stored) == evaluation.report  # type: ignore[arg-type]
        if evaluation.ok:
            assert LATEST.apply(patch, stored) == evaluation.referral  # type: ignore[arg-type]
        else:
            assert evaluation.referral is None
            with pytest.raises(PatchRejected) as caught:
                LATEST.apply(patch, stored)  # type: ignore[arg-type]
            assert caught.value.report == evaluation.report


def test_the_functions_of_the_package_use_the_newest_ruleset() -> None:
    text = json.dumps(WON)
    assert referral_rules.evaluate(WON, STORED) == LATEST.evaluate(WON, STORED)
    assert referral_rules.check(WON, STORED) == LATEST.check(WON, STORED)
    assert referral_rules.apply(WON, STORED) == LATEST.apply(WON, STORED)
    assert referral_rules.evaluate_json(text, STORED) == LATEST.evaluate(WON, STORED)
    assert referral_rules.check_json(text, STORED) == LATEST.check(WON, STORED)
    assert referral_rules.apply_json(text, STORED) == LATEST.apply(WON, STORED)
    (found,) = referral_rules.check(op("replace", "/team/-", {}))
    assert found.source == "partner-center-2023-10: /team/-"


def test_a_patch_without_operations_changes_nothing() -> None:
    evaluation = LATEST.evaluate([], DEAL)
    assert evaluation.ok
    assert evaluation.referral == DEAL
    assert evaluation.referral is not DEAL


def test_neither_argument_is_changed() -> None:
    for patch in (WON, MIXED, [*WON, *MIXED]):
        before = copy.deepcopy((patch, DEAL))
        LATEST.evaluate(patch, DEAL)
        LATEST.evaluate(patch)
        assert (patch, DEAL) == before


def test_a_refused_patch_writes_nothing() -> None:
    stored = copy.deepcopy(STORED)
    patch = [*op("add", "/team/-", {"email": "a"}), *op("add", "/details/notes", "x"), *op("remove", "/team")]
    with pytest.raises(PatchRejected):
        LATEST.apply(patch, stored)
    assert stored == STORED


def test_the_result_shares_only_what_the_patch_leaves() -> None:
    patch = op("add", "/details/notes", "x")
    shared, isolated = LATEST.apply(patch, DEAL), LATEST.apply(patch, DEAL, isolated=True)
    assert shared == isolated
    assert shared["team"] is DEAL["team"]
    assert isolated["team"] is not DEAL["team"]
    text = json.dumps(patch)
    assert LATEST.apply_json(text, DEAL)["team"] is DEAL["team"]
    assert LATEST.apply_json(text, DEAL, isolated=True)["team"] is not DEAL["team"]


@pytest.mark.parametrize("member", [{"email": "a"}, {"email": "a", "contactPreference": {"locale": "en"}}], ids=str)
def test_the_result_shares_nothing_with_the_patch(member: dict[str, Any]) -> None:
    patch = [*op("add", "/team/-", member), *op("add", "/customerProfile/team", [member])]
    before = copy.deepcopy(patch)
    updated = LATEST.apply(patch, {"team": [], "customerProfile": {}})
    for written in (updated["team"][0], *updated["customerProfile"]["team"]):
        assert written == member
        written.get("contactPreference", {})["locale"] = "de"
        written["email"] = "b"
    assert patch == before


def test_a_value_written_twice_is_two_values() -> None:
    member = {"email": "a"}
    updated = LATEST.apply([*op("add", "/team/-", member), *op("add", "/team/-", member)], {"team": []})
    assert updated["team"][0] is not updated["team"][1]


WITH_TEAM = {
    "name": "team",
    "extends": "partner-center",
    "paths": {path: {"operations": ["replace"]} for path in ("/team/*/title", "/team/*/contactPreference", "/details")},
}


def test_what_was_copied_and_replaced_is_copied_again_if_need_be() -> None:
    """The id of a replaced copy may be used again, for an object that belongs to the patch."""
    patch = [
        *op("replace", "/team/0/title", "A"),
        *op("replace", "/team", [{"title": "z"}]),
        *op("replace", "/team", [{"title": "s", "contactPreference": {"bogus": 1}}, {"title": "q"}]),
        *op("replace", "/team/0/contactPreference", {"locale": "x"}),
    ]
    rules, before = Ruleset.from_dict(WITH_TEAM), copy.deepcopy(patch)
    for _ in range(20):
        report = rules.check(patch, {"team": [{"title": "t"}, {"title": "u"}]})
        assert report.codes == ("unknown_member",)
        assert patch == before


def test_a_warning_is_about_the_value_as_it_was_written() -> None:
    patch = [
        *op("replace", "/details", {"requirements": {"solutions": [{"bogus": 1}]}}),
        *op("replace", "/details/requirements/solutions", []),
    ]
    assert placed(Ruleset.from_dict(WITH_TEAM).check(patch)) == [("unknown_member", 0)]


def test_it_does_not_matter_in_which_form_a_patch_comes() -> None:
    for patch in (WON, MIXED):
        report, text = LATEST.check(patch, STORED), json.dumps(patch)
        assert report == LATEST.check_json(text, STORED) == LATEST.check_json(text.encode(), STORED)
        operations = [operation for operation in patch if isinstance(operation, dict)]
        ordered = [OrderedDict(operation) for operation in operations]
        assert LATEST.check(operations, STORED) == LATEST.check(ordered, STORED)
    assert LATEST.check(jsonpatch.JsonPatch(WON), STORED) == LATEST.check(WON, STORED)


# A referral itself.


def test_a_referral_is_checked_against_the_schema_and_the_table() -> None:
    stored = {"status": "Closed", "substatus": "Error", "team": [{"email": 1}], "name": 2}
    assert [(found.code.value, found.path, found.op_index) for found in LATEST.check_referral(stored)] == [
        ("value_invalid", "/name", None),
        ("value_invalid", "/team/0/email", None),
    ]
    assert [str(found) for found in LATEST.check_referral(stored)] == [
        "/name must be a string, not a number.",
        "/team/0/email must be a string or null, not a number.",
    ]
    assert LATEST.check_referral(DEAL).ok


def the_fault(referral: Any, rules: Ruleset = LATEST) -> Diagnostic:
    (found,) = rules.check_referral(referral)
    return found


def test_the_pair_of_a_referral_is_in_the_table() -> None:
    found = the_fault({"status": "New", "substatus": "Won"})
    assert (found.code.value, found.path, found.hint) == ("substatus_not_allowed", "/substatus", None)
    assert found.message == "status New needs substatus Pending or Received, but the substatus is Won"
    found = the_fault({})
    assert (found.code.value, found.path) == ("status_unknown", "/status")


def test_every_pair_of_the_table_may_be_stored() -> None:
    for status, row in LATEST.transitions.rows.items():
        for substatus in (*row.substatuses, *row.stored_only):
            assert LATEST.check_referral({"status": status, "substatus": substatus}).ok
        for other in LATEST.transitions.reachable(State(status, row.substatuses[0])):
            assert LATEST.check_referral({"status": other.status, "substatus": other.substatus}).ok


@pytest.mark.parametrize(
    ("referral", "code", "message"),
    [
        ([], "referral_not_an_object", "expected the referral as a JSON object, got an array"),
        (None, "referral_not_an_object", "expected the referral as a JSON object, got null"),
        ({"a": {1}}, "not_json", "the referral contains a Python set, which JSON cannot represent"),
        ({1: 2}, "not_json", "the referral contains a member whose name is not a string"),
        ({1}, "not_json", "the referral contains a Python set, which JSON cannot represent"),
        (
            {"a": json.loads("[" * 40 + "]" * 40)},
            "limit_exceeded",
            "the referral is nested too deeply; at most 32 levels are allowed",
        ),
    ],
    ids=range(6),
)
def test_anything_may_be_given_as_a_referral(referral: Any, code: str, message: str) -> None:
    found = the_fault(referral)
    assert (found.code.value, found.message, found.op_index, found.path) == (code, message, None, None)


def test_a_whole_referral_may_be_of_the_wrong_type() -> None:
    found = the_fault({}, own({"type": "array"}, {}))
    assert (found.path, found.message) == ("", "the referral must be an array, not an object")
    assert the_fault({}, own({"enum": ["a"]}, {})).details["allowed"] == ("a",)


def test_a_ruleset_without_a_table_asks_for_no_status() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("add",)})
    assert rules.check_referral({}).ok
    assert rules.apply(op("add", "/a", 1), {"status": 7}) == {"status": 7, "a": 1}


def test_a_ruleset_without_paths_accepts_only_the_empty_patch() -> None:
    rules = own({"properties": {"a": {}}}, {})
    assert rules.check([]).ok
    assert the_only(rules, op("add", "/a", "")).code.value == "path_not_allowed"
