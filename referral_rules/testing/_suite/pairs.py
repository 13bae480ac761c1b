"""The patches that the laws are tried on, each with the referral that it is for."""

import copy
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import Code, Ruleset, State
from referral_rules._json import END
from referral_rules._rules import ITEM, Resource, Schema
from referral_rules.testing._adapters import Text
from referral_rules.testing._strategies import (
    UNLISTED,
    Place,
    accepted_patches,
    all_states,
    evenly,
    json_values,
    mutated_paths,
    mutations_of,
    nested,
    odd_texts,
    patches,
    places,
    referrals,
    referrals_with_every_path,
    rejected_patches,
    sampled,
    setting,
    states,
    wide_patches,
    with_every_path,
    with_indices,
    with_state,
)

SECRET = "Mrs-Nobody"  # noqa: S105, a text to look for
"""A text in a referral that no refusal may show."""

_MANY = 30
_BOUNDS = frozenset({"enum", "pattern", "format", "const", "maxLength"})

Pair = tuple[Any, Any]
"""A patch, parsed or as ``Text``, and the referral that it is for."""

Pairs = st.SearchStrategy[Pair]
_PatchesFor = Callable[[dict[str, Any]], st.SearchStrategy[Any]]


def _with(stored: st.SearchStrategy[Any], patches_for: _PatchesFor) -> Pairs:
    return stored.flatmap(lambda referral: st.tuples(patches_for(referral), st.just(referral)))


def accepted(rules: Ruleset) -> Pairs:
    """Patches that are accepted."""
    return _with(referrals(rules=rules), lambda referral: accepted_patches(referral, rules=rules))


def many_writes(rules: Ruleset) -> Pairs:
    """Patches that are accepted, many of which write at many paths."""
    return accepted(rules) | _with(referrals(rules=rules), lambda referral: wide_patches(referral, rules))


def long_arrays(rules: Ruleset) -> Pairs:
    """Patches that are accepted, for referrals with long arrays."""
    return _with(referrals(rules=rules).map(_lengthened), lambda referral: wide_patches(referral, rules))


def _lengthened(value: Any) -> Any:
    """The value with more elements in each array that has any."""
    if isinstance(value, dict):
        return {name: _lengthened(item) for name, item in value.items()}
    if isinstance(value, list) and value:
        return [_lengthened(value[index % len(value)]) for index in range(_MANY)]
    return value


def any_patches(rules: Ruleset) -> Pairs:
    """Any parsed JSON as a patch."""
    return st.tuples(patches(rules=rules), referrals(rules=rules))


def anything() -> Pairs:
    """Any parsed JSON as a patch, and as a referral."""
    return st.tuples(json_values, json_values)


def refused(rules: Ruleset) -> Pairs:
    """Patches that are refused, for any code."""
    return _with(referrals(rules=rules), lambda referral: rejected_patches(referral, rules=rules))


def refused_for(rules: Ruleset, code: Code) -> Pairs:
    """Patches that are refused for a code: JSON text if that is what the code is about."""
    found = _with(_stored_for(code, rules), lambda referral: rejected_patches(referral, code=code, rules=rules))
    return found.map(lambda pair: (Text(pair[0]), pair[1])) if code is Code.INVALID_JSON else found


def _stored_for(code: Code, rules: Ruleset) -> st.SearchStrategy[Any]:
    """Referrals of which some, at least, can be patched so that the code is reported."""
    if code is Code.REFERRAL_NOT_AN_OBJECT:
        return json_values.filter(lambda value: not isinstance(value, dict))
    if code is Code.STATUS_UNKNOWN and rules.transitions.rows:
        known = rules.document["resource"].get("$defs", {}).get("Status", {}).get("enum", [])
        unknown = [name for name in known if name not in rules.transitions.rows]
        return st.sampled_from([*unknown, ""]).flatmap(lambda status: referrals(status=status, rules=rules))
    whole = referrals_with_every_path(rules)
    return referrals(rules=rules) | (whole.map(_without_containers) if code is Code.TARGET_NOT_CONTAINER else whole)


def _without_containers(referral: dict[str, Any]) -> dict[str, Any]:
    """The referral with null in the place of each object and array."""
    return {name: None if isinstance(value, dict | list) else value for name, value in referral.items()}


def late(rules: Ruleset) -> Pairs:
    """Patches that are refused for an operation after others that are accepted."""
    return _joined(rules, lambda referral: wide_patches(referral, rules))


def twice(rules: Ruleset) -> Pairs:
    """Patches with two errors."""
    return _joined(rules, lambda referral: rejected_patches(referral, rules=rules))


def _joined(rules: Ruleset, first: _PatchesFor) -> Pairs:
    def both(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        return st.builds(
            lambda one, other: [*one, *other] if isinstance(one, list) and isinstance(other, list) else other,
            first(referral),
            rejected_patches(referral, rules=rules),
        )

    return _with(referrals(rules=rules), both)


def mutated_paths_of(rules: Ruleset, kind: str) -> Pairs:
    """Patches of one operation that would be accepted at the path that its own was made of."""

    def mutated(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        found = [place for place in places(rules, referral) if mutations_of(place.path, kind)]
        return _patches_at(rules, found).flatmap(
            lambda patch: mutated_paths(patch[0]["path"], kind).map(lambda path: [{**patch[0], "path": path}])
        )

    return _with(referrals(rules=rules) | referrals_with_every_path(rules), mutated)


def _patches_at(rules: Ruleset, found: list[Place]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Patches of one operation at one of these places."""
    return sampled(found).flatmap(lambda place: st.tuples(place.writing(rules)).map(list))


def indexed(rules: Ruleset) -> Pairs:
    """Patches of one operation, at a path with an index."""

    def patches_for(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        return _patches_at(rules, [place for place in places(rules, referral) if ITEM in place.rule.path.split("/")])

    return _with(referrals_with_every_path(rules), patches_for)


def additions(rules: Ruleset) -> Pairs:
    """Two additions at the end of one array, the second perhaps many times."""
    times = st.sampled_from(sorted({1, max(min(rules.limits.operations, _MANY) - 1, 1)}))

    def repeated(one: Any, other: Any, number: int) -> list[Any]:
        return [one, *(copy.deepcopy(other) for _ in range(number))]

    def patches_for(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        ends = [place.writing(rules) for place in places(rules, referral) if place.path.endswith(f"/{END}")]
        return sampled(ends).flatmap(lambda each: st.builds(repeated, each, each, times))

    return _with(referrals(rules=rules) | referrals_with_every_path(rules), patches_for)


def sequences(rules: Ruleset) -> Pairs:
    """Something is written, and then something inside it, or the other way round, or twice at the same place."""

    def patches_for(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        found = places(rules, referral)
        inside = [(one, other) for one in found for other in found if other.path.startswith(f"{one.path}/")]
        orders = [inside, [pair[::-1] for pair in inside], [(one, one) for one in found]]
        return evenly(*(st.sampled_from(order) for order in orders if order)).flatmap(writing)

    def writing(pair: tuple[Place, Place]) -> st.SearchStrategy[Any]:
        return st.tuples(*(place.writing(rules) for place in pair)).map(list)

    return _with(referrals_with_every_path(rules), patches_for)


def texts(rules: Ruleset) -> Pairs:
    """Patches of one operation, with a string that careless code changes."""

    def patches_for(referral: dict[str, Any]) -> st.SearchStrategy[Any]:
        free = [
            (place.path, op)
            for place in places(rules, referral)
            if _is_free_text(place.rule.schema)
            for op in place.ops
        ]
        return st.builds(
            lambda place, text: [{"op": place[1], "path": place[0], "value": text}], sampled(free), odd_texts
        )

    return _with(referrals_with_every_path(rules), patches_for)


def at_limits(rules: Ruleset) -> Pairs:
    """Patches with as many operations, or with a value of as many levels, as the limits allow."""
    found: list[Pair] = []
    for state in all_states(rules)[:1]:
        referral = with_every_path(with_state(rules, {}, state), rules)
        found += [(patch, referral) for patch in _largest(rules, state) if rules.check(patch, referral).ok]
    return sampled(found)


def _largest(rules: Ruleset, state: State) -> Iterator[list[dict[str, Any]]]:
    yield [setting(rules, state)[0] for _ in range(rules.limits.operations)]
    deepest = {UNLISTED: nested(rules.limits.depth - 1)}
    for rule in rules.paths:
        yield [{"op": rule.operations[0], "path": with_indices(rule.path, repeat(0)), "value": deepest}]


def table(rules: Ruleset) -> Pairs:
    """Each pair of the table set after each other one."""
    known = all_states(rules)
    return sampled([(setting(rules, after), with_state(rules, {}, before)) for before in known for after in known])


def moves(rules: Ruleset) -> Pairs:
    """Any pair set after any other, in either order, or only one of the two."""
    parts = st.sampled_from([slice(None), slice(None, None, -1), slice(1), slice(1, None)])
    return st.builds(
        lambda referral, state, part: (setting(rules, state)[part], referral),
        referrals(rules=rules),
        states(rules=rules),
        parts,
    )


def confidential(rules: Ruleset) -> Pairs:
    """Referrals full of a secret, and patches that are refused."""
    resource = Resource(rules.document["resource"])
    known = resource.schema.get("properties", {})
    secrets = {name: SECRET for name, part in known.items() if _is_free_text(part)}
    stored = referrals(rules=rules).map(lambda referral: {**_secret(referral, resource.schema, resource), **secrets})
    return _with(stored, lambda referral: rejected_patches(referral, rules=rules))


def _secret(value: Any, schema: Schema | None, resource: Resource) -> Any:
    """The value with the secret in the place of each free text."""
    if schema is None:
        return value
    if isinstance(value, dict):
        return {name: _secret(item, resource.at([name], schema), resource) for name, item in value.items()}
    if isinstance(value, list):
        return [_secret(item, resource.items(schema), resource) for item in value]
    return SECRET if isinstance(value, str) and _is_free_text(schema) else value


def _is_free_text(schema: Schema) -> bool:
    return "string" in schema.get("type", ()) and not schema.keys() & _BOUNDS
