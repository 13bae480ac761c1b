"""What the laws are tried on: patches, each with the referral that it is for."""

import copy
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import Ruleset, State, Code
from referral_rules import _json as pointers
from referral_rules._rules import ITEM, Resource, Schema
from referral_rules.testing.candidates import evaluation
from referral_rules.testing.accepted import accepted_patches, setting, wide_patches
from referral_rules.testing.placed import Place, placed_operations, places, stocked, stocked_referrals
from referral_rules.testing.rejected import rejected_patches
from referral_rules.testing.strategies import known_states, referrals, states, with_indices, with_pair, writing
from referral_rules.testing.twists import twisted_paths
from referral_rules.testing.values import UNLISTED, evenly, json_values, nested, odd_texts
from referral_rules.testing.wild import patches

__all__ = [
    "MARK", "Pair", "accepted", "additions", "anything", "brimful", "indexed", "late", "long", "moves", "refused",
    "secretive", "sequences", "table", "texts", "twice", "twins", "wide", "wild",
]  # fmt: skip

MARK = "Mrs-Nobody"
"""What nobody is to be told."""

_MANY = 30

Pair = tuple[Any, Any]
"""A patch, and the referral that it is for."""


Pairs = st.SearchStrategy[Pair]
Made = Callable[[dict[str, Any]], st.SearchStrategy[Any]]


def _together(stored: st.SearchStrategy[dict[str, Any]], made: Made) -> Pairs:
    return stored.flatmap(lambda referral: st.tuples(made(referral), st.just(referral)))


def accepted(rules: Ruleset) -> Pairs:
    """Patches that are accepted."""
    return _together(referrals(rules=rules), lambda referral: accepted_patches(referral, rules=rules))


def wide(rules: Ruleset) -> Pairs:
    """Patches that are accepted, many of which write at many paths."""
    return accepted(rules) | _together(referrals(rules=rules), lambda referral: wide_patches(referral, rules=rules))


def long(rules: Ruleset) -> Pairs:
    """Patches that are accepted, for referrals with long arrays."""
    return _together(referrals(rules=rules).map(_lengthened), lambda referral: wide_patches(referral, rules=rules))


def _lengthened(value: Any) -> Any:
    """The value with more elements in each array that has any."""
    if isinstance(value, dict):
        return {name: _lengthened(item) for name, item in value.items()}
    if isinstance(value, list) and value:
        return [_lengthened(value[index % len(value)]) for index in range(_MANY)]
    return value


def wild(rules: Ruleset) -> Pairs:
    """Patches of any shape."""
    return st.tuples(patches(rules=rules), referrals(rules=rules))


def anything() -> Pairs:
    """Any JSON for a patch, and for a referral."""
    return st.tuples(json_values, json_values)


def refused(rules: Ruleset, code: Code | None = None) -> Pairs:
    """Patches that are refused, for one code or for any."""
    return _together(_stored_for(code, rules), lambda referral: rejected_patches(referral, code=code, rules=rules))


def _stored_for(code: Code | None, rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals of which some, at least, may be patched so that the code comes of it."""
    if code is Code.STATUS_UNKNOWN:
        named = rules.document["resource"].get("$defs", {}).get("Status", {}).get("enum", [])
        odd = [name for name in named if name not in rules.transitions.rows]
        return st.sampled_from([*odd, ""]).flatmap(lambda status: referrals(status=status, rules=rules))
    if code in (Code.INDEX_OUT_OF_RANGE, Code.TARGET_MISSING):
        return referrals(rules=rules) | stocked_referrals(rules)
    if code is Code.TARGET_NOT_CONTAINER:
        return referrals(rules=rules) | referrals(rules=rules).map(_hollow)
    return referrals(rules=rules)


def _hollow(referral: dict[str, Any]) -> dict[str, Any]:
    """The referral with null wherever it has an object or an array."""
    return {name: None if isinstance(value, dict | list) else value for name, value in referral.items()}


def late(rules: Ruleset) -> Pairs:
    """Patches that are refused for what comes after much that is right."""
    return _joined(rules, lambda referral: wide_patches(referral, rules=rules))


def twice(rules: Ruleset) -> Pairs:
    """Patches that are refused for two things."""
    return _joined(rules, lambda referral: rejected_patches(referral, rules=rules))


def _joined(rules: Ruleset, first: Made) -> Pairs:
    def both(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.builds(
            lambda one, other: [*one, *other] if isinstance(one, list) and isinstance(other, list) else other,
            first(referral),
            rejected_patches(referral, rules=rules),
        )

    return _together(referrals(rules=rules), both)


def twins(rules: Ruleset, kind: str) -> Pairs:
    """Patches of one operation that would be accepted at its proper path."""

    def twisted(operation: dict[str, Any]) -> st.SearchStrategy[Any]:
        return twisted_paths(operation["path"], kind).map(lambda path: [{**operation, "path": path}])

    return _together(
        referrals(rules=rules) | stocked_referrals(rules),
        lambda referral: st.one_of(placed_operations(rules, referral, kind)).flatmap(twisted),
    )


def indexed(rules: Ruleset) -> Pairs:
    """Patches of one operation, at a path with an index."""

    def written(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        inside = [place for place in places(rules, referral) if ITEM in place.rule.path.split("/")]
        return st.one_of([writing(rule, rules, path=path, ops=ops) for rule, path, ops in inside])

    return _together(stocked_referrals(rules), lambda referral: st.tuples(written(referral)).map(list))


def additions(rules: Ruleset) -> Pairs:
    """Two additions to the end of one array, the last of them perhaps many times."""
    times = st.sampled_from(sorted({1, max(min(rules.limits.operations, _MANY) - 1, 1)}))

    def repeated(one: Any, other: Any, number: int) -> list[Any]:
        return [one, *(copy.deepcopy(other) for _ in range(number))]

    def added(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        ends = [place for place in places(rules, referral) if place.path.endswith(f"/{pointers.END}")]
        drawn = [writing(rule, rules, path=path, ops=ops) for rule, path, ops in ends]
        return st.one_of([st.builds(repeated, each, each, times) for each in drawn])

    return _together(referrals(rules=rules), added)


def sequences(rules: Ruleset) -> Pairs:
    """Something is written, and then something inside it, or the other way round, or at the same place again."""

    def both(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        found = places(rules, referral)
        nested = [(one, other) for one in found for other in found if other.path.startswith(f"{one.path}/")]
        orders = [nested, [pair[::-1] for pair in nested], [(one, one) for one in found]]
        return evenly(*(st.sampled_from(order) for order in orders if order)).flatmap(written)

    def written(pair: tuple[Place, Place]) -> st.SearchStrategy[Any]:
        return st.tuples(*(writing(rule, rules, path=path, ops=ops) for rule, path, ops in pair)).map(list)

    return _together(stocked_referrals(rules), both)


def texts(rules: Ruleset) -> Pairs:
    """Patches of one operation, with a text that careless code does not keep as it is."""

    def written(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        free = [(path, op) for rule, path, ops in places(rules, referral) if _is_free_text(rule.schema) for op in ops]
        named = st.sampled_from(free) if free else st.nothing()
        return st.builds(lambda place, text: [{"op": place[1], "path": place[0], "value": text}], named, odd_texts)

    return _together(stocked_referrals(rules), written)


def brimful(rules: Ruleset) -> Pairs:
    """Patches with as many operations, or with a value of as many levels, as the limits allow."""
    found: list[Pair] = []
    for state in known_states(rules)[:1]:
        referral = stocked(with_pair(rules, {}, state), rules)
        found += [(patch, referral) for patch in _full(rules, state) if evaluation(rules, patch, referral).report.ok]
    return st.sampled_from(found) if found else st.nothing()


def _full(rules: Ruleset, state: State) -> Iterator[list[dict[str, Any]]]:
    yield [setting(rules, state)[0] for _ in range(rules.limits.operations)]
    deepest = {UNLISTED: nested(rules.limits.depth - 1)}
    for rule in rules.paths:
        yield [{"op": rule.operations[0], "path": with_indices(rule.path, repeat(0)), "value": deepest}]


def table(rules: Ruleset) -> Pairs:
    """Each pair of the table set on each other one."""
    known = known_states(rules)
    found = [(setting(rules, after), with_pair(rules, {}, before)) for before in known for after in known]
    return st.sampled_from(found) if found else st.nothing()


def moves(rules: Ruleset) -> Pairs:
    """Any pair set on any other, in either order, or one of its two alone."""
    parts = st.sampled_from([slice(None), slice(None, None, -1), slice(1), slice(1, None)])
    return st.builds(
        lambda referral, state, part: (setting(rules, state)[part], referral),
        referrals(rules=rules),
        states(rules=rules),
        parts,
    )


def secretive(rules: Ruleset) -> Pairs:
    """Referrals full of what is nobody's business, and patches that are refused."""
    resource = Resource(rules.document["resource"])
    known = resource.schema.get("properties", {})
    secrets = {name: MARK for name, part in known.items() if _is_free_text(part)}
    stored = referrals(rules=rules).map(lambda referral: {**_marked(referral, resource.schema, resource), **secrets})
    return _together(stored, lambda referral: rejected_patches(referral, rules=rules))


def _marked(value: Any, schema: Schema | None, resource: Resource) -> Any:
    """The value with the mark in the place of each text that may be any."""
    if schema is None:
        return value
    if isinstance(value, dict):
        return {name: _marked(item, resource.at([name], schema), resource) for name, item in value.items()}
    if isinstance(value, list):
        return [_marked(item, resource.items(schema), resource) for item in value]
    return MARK if isinstance(value, str) and _is_free_text(schema) else value


def _is_free_text(schema: Schema) -> bool:
    return "string" in schema.get("type", ()) and not schema.keys() & _BOUNDS


_BOUNDS = frozenset({"enum", "pattern", "format", "const", "maxLength"})
