"""Status and substatus: the table of moves, and the report about a patch that breaks it."""

import itertools
from typing import Any

import pytest

from referral_rules import Code, Diagnostic, Ruleset, State, TransitionRow, TransitionTable
from referral_rules._rules import Pair, Rules

from .strategies import LATEST

ROWS = {
    "On": {"to": ["On", "Off"], "substatuses": ["Hot", "Warm"]},
    "Off": {"to": ["Off"], "substatuses": ["Cold"], "storedOnly": ["Frozen"]},
}
PLACES = [("/s", "/t"), ("/a/s", "/a/t"), ("/a/s", "/t")]
STATES = [State(status, substatus) for status in ("On", "Off", "Gone") for substatus in ("Hot", "Warm", "Cold", "Odd")]
REACHED = {
    "On": (State("On", "Hot"), State("On", "Warm"), State("Off", "Cold")),
    "Off": (State("Off", "Cold"),),
    "Gone": (),
}
RESOURCE: dict[str, Any] = {"properties": {"s": {}, "t": {}, "a": {"properties": {"s": {}, "t": {}}}}}


def ruleset(
    status: str = "/s",
    substatus: str = "/t",
    rows: Any = ROWS,
    paths: tuple[str, ...] = (),
    initial: Any = (("On", "Hot"),),
) -> Ruleset:
    table = {"status": status, "substatus": substatus, "table": rows}
    if initial:
        table["initial"] = [*map(list, initial)]
    return Ruleset.from_dict(
        {
            "name": "own",
            "resource": RESOURCE,
            "operations": ["add", "replace"],
            "limits": {"operations": 9, "depth": 9, "pathLength": 99},
            "paths": {path: {"operations": ["add"]} for path in {status, substatus, *paths}},
            "transitions": table,
        }
    )


def op(path: str, value: Any, name: str = "add") -> dict[str, Any]:
    return {"op": name, "path": path, "value": value}


def the_only(rules: Ruleset, patch: list[dict[str, Any]], *referral: dict[str, Any]) -> Diagnostic:
    (found,) = rules.check(patch, *referral)
    return found


# The table.


def test_the_table_is_read_whole() -> None:
    table = ruleset("/a/s", "/t").transitions
    assert (table.status, table.substatus, table.initial) == ("/a/s", "/t", (State("On", "Hot"),))
    assert table.rows == {
        "On": TransitionRow(("On", "Off"), ("Hot", "Warm")),
        "Off": TransitionRow(("Off",), ("Cold",), ("Frozen",)),
    }
    with pytest.raises(TypeError):
        table.rows["Gone"] = table.rows["Off"]  # type: ignore[index]


@pytest.mark.parametrize("before", STATES, ids=str)
def test_the_stored_status_decides_what_is_reachable(before: State) -> None:
    table = ruleset().transitions
    assert table.reachable(before) == REACHED[before.status]
    assert [after for after in STATES if table.allows(before, after)] == [*REACHED[before.status]]


def test_a_state_of_stored_referrals_only_is_not_reachable() -> None:
    assert State("Off", "Frozen") not in ruleset().transitions.reachable(State("On", "Hot"))


def test_a_move_to_a_status_without_a_row_is_not_a_move() -> None:
    table = TransitionTable("/s", "/t", {"On": TransitionRow(("On", "Up"), ("Hot",))})
    assert table.reachable(State("On", "Hot")) == (State("On", "Hot"),)


def chain(*names: str) -> TransitionTable:
    """A table in which each status leads to the next one, and all lead back to the first."""
    rows = {
        name: TransitionRow((name, following, names[0]), ("X",))
        for name, following in zip(names, names[1:] + names[:1], strict=True)
    }
    return TransitionTable("/s", "/t", rows)


def test_a_path_goes_through_the_states_that_are_needed() -> None:
    names = ("A", "B", "C", "D")
    states = [State(name, "X") for name in names]
    assert chain(*names).path(states[0], states[3]) == tuple(states)
    assert chain(*names).path(states[3], states[1]) == (states[3], states[0], states[1])


def test_a_path_to_where_one_is_has_no_move() -> None:
    odd = State("Gone", "Odd")
    assert ruleset().transitions.path(odd, odd) == (odd,)


@pytest.mark.parametrize("before", STATES, ids=str)
@pytest.mark.parametrize("after", STATES, ids=str)
def test_a_path_is_legal_and_none_is_shorter(before: State, after: State) -> None:
    table = ruleset().transitions
    path = table.path(before, after)
    assert all(table.allows(*step) for step in itertools.pairwise(path))
    reached = {before}
    for _ in path[1:]:
        assert after not in reached
        reached |= {new for state in reached for new in table.reachable(state)}
    assert (after in reached) == bool(path)
    assert path[:1] + path[-1:] == ((before, after) if path else ())


def test_a_path_is_between_states() -> None:
    with pytest.raises(TypeError, match="expected State"):
        ruleset().transitions.path(STATES[0], "Off")  # type: ignore[arg-type]


# The table as the engine asks it, wherever the two fields are.


def document(place: tuple[str, str], status: Any, substatus: Any) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for path, value in zip(place, (status, substatus), strict=True):
        *parents, last = path.split("/")[1:]
        (result.setdefault("a", {}) if parents else result)[last] = value
    return result


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("before", STATES, ids=str)
def test_a_patch_may_do_what_the_table_allows(place: tuple[str, str], before: State) -> None:
    rules = ruleset(*place)
    stored = document(place, before.status, before.substatus)
    for after in STATES:
        patch = [op(place[0], after.status), op(place[1], after.substatus)]
        for order in (patch, patch[::-1]):
            evaluation = rules.evaluate(order, stored)
            assert evaluation.ok == (after in REACHED[before.status])
            assert evaluation.referral == (document(place, after.status, after.substatus) if evaluation.ok else None)


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("odd", [None, [], {}, {1}, 1.5, "Odd"], ids=str)
def test_anything_may_be_stored_as_a_status(place: tuple[str, str], odd: Any) -> None:
    rules = ruleset(*place)
    patch = [op(place[1], "Hot")]
    referrals: list[dict[str, Any]] = [document(place, odd, "Hot"), {"a": {}}]
    for stored in referrals:
        assert the_only(rules, patch, stored).code.value == "status_unknown"


def test_a_pair_is_read_from_anything() -> None:
    rules = Rules(ruleset("/a/s", "/t").document)
    assert rules.pair({"a": {"s": 1}, "t": 2}) == Pair(1, 2)
    assert rules.pair([]) == Pair(None, None)


@pytest.mark.parametrize("row", [{"to": [], "substatuses": []}, {"to": ["On"], "substatuses": []}], ids=str)
def test_a_row_may_lead_nowhere(row: dict[str, Any]) -> None:
    rules = ruleset(rows={"On": row}, initial=[])
    assert len(rules.check([op("/s", "On")], {"s": "On", "t": "X"}).errors) == 1
    assert len(rules.check_referral({"s": "On", "t": "X"}).errors) == 1


def test_status_and_substatus_may_move_with_the_object_around_them() -> None:
    rules = ruleset("/a/s", "/a/t", paths=("/a",))
    stored = {"a": {"s": "Off", "t": "Cold"}}
    moved, mixed = [op("/a", {"s": "On", "t": "Hot"})], [op("/a", {"s": "On", "t": "Cold"})]
    assert the_only(rules, moved, stored).code.value == "transition_not_allowed"
    assert rules.check(moved).ok
    assert the_only(rules, mixed).code.value == "substatus_not_allowed"


def test_a_patch_alone_may_write_below_what_it_wrote_before() -> None:
    rules = ruleset("/a/s", "/a/t", paths=("/a",))
    patch = [op("/a", 1), op("/a/s", "On"), op("/a/t", "Cold")]
    found = the_only(rules, patch)
    assert (found.code.value, found.op_index) == ("substatus_not_allowed", 2)


def test_a_patch_that_leaves_the_status_alone_is_not_asked_about_it() -> None:
    assert LATEST.check([op("/salesStage", "80")], {"status": "Sleeping"}).ok


def test_half_a_pair_is_not_enough_to_judge_a_patch_alone() -> None:
    assert LATEST.check([op("/status", "Closed")]).ok
    assert LATEST.check([op("/substatus", "Won")]).ok


def test_the_last_operation_that_wrote_a_status_is_blamed() -> None:
    patch = [op("/status", "New"), op("/salesStage", "80"), op("/substatus", "Pending"), op("/campaignId", "x")]
    found = the_only(LATEST, patch, {"status": "Active", "substatus": "Accepted"})
    assert (found.code.value, found.op_index, found.path) == ("transition_not_allowed", 2, "/substatus")


# What the report says.


@pytest.mark.parametrize(
    ("patch", "stored", "message", "hint"),
    [
        (
            [op("/status", "New")],
            {"status": "Active", "substatus": "Accepted"},
            "status Active cannot become New",
            'Leave /status as it is, or set it to "Closed".',
        ),
        (
            [op("/status", "Active")],
            {"status": "Closed", "substatus": "Won"},
            "status Closed cannot become Active",
            "Leave /status as it is.",
        ),
        (
            [op("/status", "Closed")],
            {"status": "Active", "substatus": "Accepted"},
            "status Closed needs substatus Won, Lost, Declined or Expired, but the substatus stays Accepted",
            'Also set /substatus to "Won", "Lost", "Declined" or "Expired".',
        ),
        (
            [op("/status", "Closed"), op("/substatus", "Accepted")],
            {"status": "Active", "substatus": "Accepted"},
            "status Closed needs substatus Won, Lost, Declined or Expired, but the substatus is Accepted",
            'Set /substatus to "Won", "Lost", "Declined" or "Expired" instead.',
        ),
        (
            [op("/substatus", "Won")],
            {"status": "Active", "substatus": "Accepted"},
            "substatus Won needs status Closed, but the status stays Active",
            'Also set /status to "Closed".',
        ),
        (
            [op("/status", "Active"), op("/substatus", "Won")],
            {"status": "Active", "substatus": "Accepted"},
            "substatus Won needs status Closed, but the status stays Active",
            'Set /status to "Closed" instead.',
        ),
        (
            [op("/status", "Active")],
            {"status": "Active"},
            "status Active needs substatus Accepted, but the substatus stays absent",
            'Also set /substatus to "Accepted".',
        ),
        (
            [op("/substatus", "Won")],
            {"status": "Sleeping", "substatus": "x"},
            "the stored status is Sleeping; expected New, Active or Closed",
            "No patch can change it. Leave the status and the substatus as they are.",
        ),
        (
            [op("/substatus", "Won")],
            {"status": "\x1b[2J", "substatus": "x"},
            'the stored status is "\\u001b[2J"; expected New, Active or Closed',
            "No patch can change it. Leave the status and the substatus as they are.",
        ),
    ],
    ids=range(9),
)
def test_the_message_says_what_is_wrong_and_the_hint_what_to_do(
    patch: list[dict[str, Any]], stored: dict[str, Any], message: str, hint: str
) -> None:
    found = next(each for each in LATEST.check(patch, stored).errors)
    assert (found.message, found.hint, found.source) == (message, hint, "partner-center-2023-10: transitions")


def test_another_operation_is_no_fix_if_the_patch_writes_the_field_already() -> None:
    stored = {"status": "New", "substatus": "Pending"}
    for patch, fixed in (
        ([op("/status", "Active")], True),
        ([op("/status", "Active"), op("/substatus", "Won")], False),
    ):
        assert ("fix" in the_only(LATEST, patch, stored).details) == fixed


@pytest.mark.parametrize(("status", "kind"), [([], "an array"), ({}, "an object"), (1, "a number"), ("Up", "Up")])
def test_a_new_status_may_be_of_any_type(status: Any, kind: str) -> None:
    found = the_only(ruleset(), [op("/s", status), op("/t", "Hot")])
    assert (found.code.value, found.message) == ("transition_not_allowed", f"no status can become {kind}")
    assert found.hint == 'Set /s to "On" or "Off".'


@pytest.mark.parametrize(("stored", "hint"), [("On", 'Set /s to "Gone".'), ("Gone", None)])
def test_a_table_may_say_that_a_status_cannot_stay(stored: str, hint: str | None) -> None:
    rows = {"On": {"to": ["Gone"], "substatuses": ["Hot"]}, "Gone": {"to": [], "substatuses": ["Cold"]}}
    found = the_only(ruleset(rows=rows), [op("/t", "Hot")], {"s": stored, "t": "Hot"})
    assert (found.code.value, found.message, found.hint) == (
        "transition_not_allowed",
        f"status {stored} cannot stay as it is",
        hint,
    )


def test_a_status_that_takes_no_substatus_cannot_be_the_new_one() -> None:
    rows = {"On": {"to": ["On", "Gone"], "substatuses": ["Hot"]}, "Gone": {"to": [], "substatuses": []}}
    found = the_only(ruleset(rows=rows), [op("/s", "Gone")], {"s": "On", "t": "Hot"})
    assert (found.code.value, found.hint) == ("substatus_not_allowed", None)
    assert found.message == "status Gone has no allowed substatus, so no patch can set it"


@pytest.mark.parametrize(
    ("closed", "patch"),
    [("/status", [op("/substatus", "Won")]), ("/substatus", [op("/status", "Closed")])],
)
def test_a_hint_names_no_field_that_the_rules_do_not_open(closed: str, patch: list[dict[str, Any]]) -> None:
    rules = Ruleset.from_dict({"name": "mine", "extends": "partner-center", "paths": {closed: None}})
    found = the_only(rules, patch, {"status": "Active", "substatus": "Accepted"})
    assert (found.code.value, found.hint, "fix" in found.details) == ("substatus_not_allowed", None, False)


def test_a_long_status_is_cut() -> None:
    found = the_only(LATEST, [op("/substatus", "Won")], {"status": "s" * 500})
    assert len(found.details["status"]) == 200


def test_a_referral_with_an_unknown_status_is_told_nothing_about_a_patch() -> None:
    errors = LATEST.check_referral({"substatus": "Won"}).errors
    found = next(each for each in errors if each.code is Code.STATUS_UNKNOWN)
    assert (found.message, found.hint) == ("the referral has no status; expected New, Active or Closed", None)
    (found,) = LATEST.check([op("/substatus", "Won")], {"substatus": "Won"}).errors
    assert found.hint == "No patch can change it. Leave the status and the substatus as they are."
