"""Strategies for patches that are accepted."""

from collections.abc import Iterable
from itertools import repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import Ruleset, State
from referral_rules import _json as rfc6901
from referral_rules.testing.placed import placed_operations
from referral_rules.testing.strategies import newest
from referral_rules.testing.values import evenly

__all__ = ["accepted_patches", "setting", "wide_patches"]

Patch = list[dict[str, Any]]


@st.composite
def accepted_patches(draw: st.DrawFn, referral: dict[str, Any], *, rules: Ruleset | None = None) -> Patch:
    """Patches that the rules accept for a referral: of the steps drawn, those that it has no place for are left out.

    >>> from hypothesis import find
    >>> stored = {"status": "Active", "substatus": "Accepted"}
    >>> patch = find(accepted_patches(stored), lambda patch: len(patch) > 1)
    >>> len(patch), newest().check(patch, stored).ok
    (2, True)
    """
    found = newest(rules)
    return _taken(found, referral, draw(st.lists(_steps(found, referral), max_size=4)))


@st.composite
def wide_patches(draw: st.DrawFn, referral: dict[str, Any], *, rules: Ruleset | None = None) -> Patch:
    """Patches that the rules accept for a referral, and that write at about half of the paths it has a place for.

    >>> from hypothesis import find
    >>> find(wide_patches({"status": "Active", "substatus": "Accepted"}), lambda patch: True)
    []
    """
    found = newest(rules)
    drawn = [draw(placed) for placed in placed_operations(found, referral) if draw(st.booleans())]
    return _taken(found, referral, [[operation] for operation in drawn])


def _taken(rules: Ruleset, referral: dict[str, Any], steps: Iterable[Patch]) -> Patch:
    """One patch of the steps, without those that the referral does not take then."""
    patch: Patch = []
    for step in steps:
        if rules.check([*patch, *step], referral).ok:
            patch += step
    return patch


def _steps(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Patch]:
    """What belongs together: one operation, or the two that move the status, in either order."""
    single = [placed.map(lambda operation: [operation]) for placed in placed_operations(rules, referral)]
    moves = _moves_from(rules, referral)
    return evenly(*(st.one_of(each) for each in (single, single, moves) if each)) if single else st.just([])


def _moves_from(rules: Ruleset, referral: dict[str, Any]) -> list[st.SearchStrategy[Patch]]:
    """The moves that the table has from where the referral is."""
    table = rules.transitions
    status, substatus = (rfc6901.read(referral, rfc6901.tokens(field)) for field in (table.status, table.substatus))
    known = isinstance(status, str) and isinstance(substatus, str)
    reachable = table.reachable(State(str(status), str(substatus))) if known else ()
    governing = [rules.explain(place) for place in (table.status, table.substatus)]
    ops = [st.sampled_from(rule.operations) for rule in governing if rule is not None]
    if not reachable or len(ops) < len(governing):
        return []
    both = st.builds(lambda state, *drawn: setting(rules, state, drawn), st.sampled_from(reachable), *ops)
    return [both | both.map(lambda patch: patch[::-1])]


def setting(rules: Ruleset, state: State, ops: Iterable[str] | None = None) -> Patch:
    """The two operations that set a status and a substatus, in this order.

    Args:
        rules: the rules.
        state: the status and the substatus.
        ops: the names of the two operations; None for one that may do both.

    >>> [operation["value"] for operation in setting(newest(), State("Closed", "Won"))]
    ['Closed', 'Won']
    """
    places = (rules.transitions.status, rules.transitions.substatus)
    named = repeat(rules.operations[-1]) if ops is None else ops
    return [
        {"op": op, "path": place, "value": value}
        for op, place, value in zip(named, places, (state.status, state.substatus), strict=False)
    ]
