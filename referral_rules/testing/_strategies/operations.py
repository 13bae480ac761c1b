"""Strategies for operations and patches that are accepted, and what a referral has a place for."""

import copy
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

from hypothesis import strategies as st

from referral_rules import Code, PathRule, Ruleset, State
from referral_rules._json import END, read, tokens
from referral_rules._rules import ITEM, Resource
from referral_rules.testing._strategies.referrals import (
    pointers_of,
    referrals,
    ruleset_or_newest,
    schema_values,
    with_indices,
)
from referral_rules.testing._strategies.values import evenly

Patch = list[dict[str, Any]]
_ELEMENTS = 2
# The first ones, and one with two digits.
_INDICES = (0, 1, 11)


@cache
def path_rules(rules: Ruleset) -> tuple[PathRule, ...]:
    """``Ruleset.paths``, which makes the rules at each call, kept.

    >>> path_rules(ruleset_or_newest(None))[0].path
    '/campaignId'
    """
    return rules.paths


def writing(
    rule: PathRule, rules: Ruleset, *, path: str | None = None, ops: Sequence[str] | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that a rule allows, each with a value that fits; the referral may have no place for them.

    Args:
        rule: the rule.
        rules: the ruleset that has it.
        path: the path to write at; None for any that the rule covers.
        ops: the operations to write with; None for all that the rule allows.
    """
    where = pointers_of(rule) if path is None else st.just(path)
    how = st.sampled_from(ops or rule.operations)
    return st.fixed_dictionaries({"op": how, "path": where, "value": _fitting(rules)[rule.path]})


@cache
def _fitting(rules: Ruleset) -> dict[str, st.SearchStrategy[Any]]:
    """The values that fit each path."""
    resource, made = Resource(rules.document["resource"]), schema_values(rules)
    return {rule.path: made.fitting(resource.at(tokens(rule.path)) or {}) for rule in path_rules(rules)}


@cache
def _operations(rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of([writing(rule, rules) for rule in path_rules(rules)])


def operations(*, rules: Ruleset | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that the rules allow, each with a value that fits; the referral may have no place for them.

    >>> operations().is_empty
    False
    """
    return _operations(ruleset_or_newest(rules))


class Place(NamedTuple):
    """A place in a referral that may be written.

    Args:
        rule: the rule that covers it.
        path: its path.
        ops: the operations that are possible there.
    """

    rule: PathRule
    path: str
    ops: list[str]

    def writing(self, rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
        """Operations that write there.

        >>> rules = ruleset_or_newest(None)
        >>> places(rules, {})[0].writing(rules).is_empty
        False
        """
        return writing(self.rule, rules, path=self.path, ops=self.ops)


def places(rules: Ruleset, referral: dict[str, Any]) -> list[Place]:
    """Where in a referral the rules let something be written.

    >>> found = places(ruleset_or_newest(None), {"salesStage": "80"})
    >>> [place.ops for place in found if place.path == "/salesStage"]
    [['add', 'replace']]
    """
    found = [
        Place(rule, path, [op for op in rule.operations if missing_place(referral, op, path) is None])
        for rule in path_rules(rules)
        for path in _paths_in(rule, referral)
    ]
    return [each for each in found if each.ops]


def _paths_in(rule: PathRule, referral: dict[str, Any]) -> list[str]:
    """The paths of a rule, with the first indices for each star."""
    if ITEM not in rule.path.split("/"):
        return [rule.path]
    paths = [with_indices(rule.path, repeat(number)) for number in _INDICES]
    return [path for path in paths if missing_place(referral, rule.operations[0], path) is None]


def missing_place(referral: object, op: str, path: str) -> Code | None:
    """Why there is no place for an operation (RFC 6902 sections 4.1 and 4.3); a first look, to choose what to draw.

    Args:
        referral: the stored referral.
        op: the operation.
        path: a path that may be patched.
    Returns:
        the code of what is wrong; None if there is a place.

    >>> missing_place({"details": None}, "add", "/details/notes").value
    'target_not_container'
    """
    *parents, last = tokens(path)
    container = referral
    for token in parents:
        if isinstance(container, list) and not 0 <= int(token) < len(container):
            return Code.INDEX_OUT_OF_RANGE
        if isinstance(container, dict) and token not in container:
            return Code.TARGET_MISSING
        if not isinstance(container, dict | list):
            return Code.TARGET_NOT_CONTAINER
        container = container[int(token)] if isinstance(container, list) else container[token]
    if not isinstance(container, list if last == END else dict):
        return Code.TARGET_NOT_CONTAINER
    absent = isinstance(container, dict) and last not in container
    return Code.TARGET_MISSING if absent and op == "replace" else None


def referrals_with_every_path(rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals that have a place for each path of the rules.

    >>> referrals_with_every_path(ruleset_or_newest(None)).is_empty
    False
    """
    return referrals(rules=rules).map(lambda referral: with_every_path(referral, rules))


def with_every_path(referral: dict[str, Any], rules: Ruleset) -> dict[str, Any]:
    """The referral with a place for each path of the rules: each array with an indexed path has two elements or more.

    >>> with_every_path({"details": None}, ruleset_or_newest(None))["details"]
    {'requirements': {'solutions': []}}
    """
    whole = copy.deepcopy(referral)
    for rule in path_rules(rules):
        _make_place(whole, *tokens(rule.path))
    return whole


def _make_place(container: Any, token: str, *rest: str) -> None:
    """Put the missing arrays and objects of a path into a container."""
    if not rest:
        return
    kind = list if rest[0] in (ITEM, END) else dict
    if token == ITEM:
        container += [kind() for _ in range(len(container), _ELEMENTS)]
    elif not isinstance(container.get(token), kind):
        container[token] = kind()
    for inner in container if token == ITEM else [container[token]]:
        _make_place(inner, *rest)


def referral_or_error(referral: Any) -> dict[str, Any]:
    """The referral, if it is a dict.

    Raises:
        TypeError: it is not.

    >>> referral_or_error({})
    {}
    """
    if not isinstance(referral, dict):
        raise TypeError(f"expected a referral as dict, got {type(referral).__name__}")
    return referral


def accepted_patches(referral: dict[str, Any], *, rules: Ruleset | None = None) -> st.SearchStrategy[Patch]:
    """Patches that the rules accept for a referral.

    Args:
        referral: the stored referral.
        rules: the rules; None for the newest built-in ones.
    Raises:
        TypeError: an argument has the wrong type.

    >>> from hypothesis import given, settings
    >>> from referral_rules import check
    >>> stored = {"status": "Active", "substatus": "Accepted"}
    >>> @settings(max_examples=5)
    ... @given(accepted_patches(stored))
    ... def test_the_patch_is_accepted(patch):
    ...     assert check(patch, stored)
    >>> test_the_patch_is_accepted()
    """
    return _accepted(referral_or_error(referral), ruleset_or_newest(rules))


@st.composite
def _accepted(draw: st.DrawFn, referral: dict[str, Any], rules: Ruleset) -> Patch:
    return _applicable(rules, referral, draw(st.lists(_steps(rules, referral), max_size=4)))


@st.composite
def wide_patches(draw: st.DrawFn, referral: dict[str, Any], rules: Ruleset) -> Patch:
    """Patches that the rules accept for a referral, and that write at about half of the paths it has a place for.

    >>> wide_patches({"status": "Active", "substatus": "Accepted"}, ruleset_or_newest(None)).is_empty
    False
    """
    chosen = [place for place in places(rules, referral) if draw(st.booleans())]
    return _applicable(rules, referral, [[draw(place.writing(rules))] for place in chosen])


def _applicable(rules: Ruleset, referral: dict[str, Any], steps: Iterable[Patch]) -> Patch:
    """One patch of the steps, without those that are not accepted after the others."""
    patch: Patch = []
    for step in steps:
        if rules.check([*patch, *step], referral).ok:
            patch += step
    return patch


def _steps(rules: Ruleset, referral: dict[str, Any]) -> st.SearchStrategy[Patch]:
    """One operation, or the two that change the status, in either order."""
    found = places(rules, referral)
    if not found:
        return st.just([])
    single = st.sampled_from(found).flatmap(lambda place: st.tuples(place.writing(rules)).map(list))
    return evenly(single, single, *_moves_from(rules, referral))


def _moves_from(rules: Ruleset, referral: dict[str, Any]) -> list[st.SearchStrategy[Patch]]:
    """The moves that the table allows from the state of the referral."""
    table = rules.transitions
    status, substatus = (read(referral, tokens(field)) for field in (table.status, table.substatus))
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
        ops: the names of the two operations; None for the last that the rules support.

    >>> [operation["value"] for operation in setting(ruleset_or_newest(None), State("Closed", "Won"))]
    ['Closed', 'Won']
    """
    fields = (rules.transitions.status, rules.transitions.substatus)
    named = repeat(rules.operations[-1]) if ops is None else ops
    pairs = zip(named, fields, (state.status, state.substatus), strict=False)
    return [{"op": op, "path": path, "value": value} for op, path, value in pairs]
