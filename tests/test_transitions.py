"""The table of moves, wherever status and substatus stand."""

from typing import Any

import pytest

from referral_rules import State, TransitionTable

ROWS = {
    "On": {"to": ["On", "Off"], "substatuses": ["Hot", "Warm"]},
    "Off": {"to": ["Off", "Gone"], "substatuses": ["Cold"]},
}
FLAT = TransitionTable({"status": "/s", "substatus": "/t", "table": ROWS})
DEEP = TransitionTable({"status": "/a/s", "substatus": "/a/t", "table": ROWS})
MIXED = TransitionTable({"status": "/a/s", "substatus": "/t", "table": ROWS})
STATES = [State(status, substatus) for status in ("On", "Off", "Gone") for substatus in ("Hot", "Warm", "Cold", "Odd")]
REACHED = {
    "On": (State("On", "Hot"), State("On", "Warm"), State("Off", "Cold")),
    "Off": (State("Off", "Cold"),),
    "Gone": (),
}


@pytest.mark.parametrize("before", STATES, ids=str)
def test_the_stored_status_decides_what_is_reached(before: State) -> None:
    assert FLAT.reachable(before) == REACHED[before.status]
    assert [after for after in STATES if FLAT.allows(before, after)] == [*REACHED[before.status]]


@pytest.mark.parametrize("before", STATES, ids=str)
def test_a_move_is_permitted_wherever_the_fields_stand(before: State) -> None:
    for after in STATES:
        reached = after in REACHED[before.status]
        assert FLAT.permits({"s": before.status}, {"s": after.status, "t": after.substatus}) == reached
        assert DEEP.permits({"a": {"s": before.status}}, {"a": {"s": after.status, "t": after.substatus}}) == reached
        assert MIXED.permits({"a": {"s": before.status}}, {"a": {"s": after.status}, "t": after.substatus}) == reached


@pytest.mark.parametrize("odd", [{}, {"s": None}, {"s": []}, {"s": "Odd"}], ids=str)
def test_what_is_no_status_is_not_moved(odd: dict[str, Any]) -> None:
    fine = {"s": "On", "t": "Hot"}
    assert FLAT.permits(fine, fine)
    assert not FLAT.permits(odd, fine)
    assert not FLAT.permits(fine, {"t": "Hot", **odd})
    assert not FLAT.permits(fine, {"s": "On"})


def test_a_substatus_goes_with_a_status() -> None:
    assert FLAT.fits("On", "Warm")
    assert not FLAT.fits("Off", "Warm")
    assert not FLAT.fits("Gone", "Cold")
    assert not FLAT.fits(["On"], "Warm")


def test_what_may_be_set_is_told_in_the_order_of_the_table() -> None:
    assert DEEP.settable(("a", "s")) == ("On", "Off")
    assert DEEP.settable(("a", "t")) == ("Hot", "Warm", "Cold")
    assert DEEP.settable(("a",)) is None
    assert TransitionTable({}).settable(()) is None


def test_a_field_is_governed_by_what_holds_it() -> None:
    assert [
        DEEP.governs(parts) for parts in ((), ("a",), ("a", "s"), ("a", "t"), ("a", "x"), ("b",), ("a", "s", "x"))
    ] == [
        *[True] * 4,
        *[False] * 3,
    ]
    assert not TransitionTable({}).governs(())


def test_a_pair_is_read_wherever_it_stands() -> None:
    assert MIXED.pair({"a": {"s": 1}, "t": 2}) == (1, 2)
    assert MIXED.pair([]) == (None, None)


def test_the_table_is_read_whole() -> None:
    table = TransitionTable(
        {"initial": [["On", "Hot"]], "table": {"On": {"to": ["On"], "substatuses": ["Hot"], "storedOnly": ["Old"]}}}
    )
    assert (table.status, table.substatus, table.initial) == ((), (), (State("On", "Hot"),))
    assert dict(table.rows) == {"On": (("On",), ("Hot",), ("Old",))}
    assert FLAT.rows["On"].stored_only == ()
