"""What a JSON parser may hand to the engine, weighted towards what comes near to being accepted."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset
from referral_rules.resource import Resource

LATEST = Ruleset.load("partner-center")

json_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
indices = st.integers(0, 2)


def values(schema: Mapping[str, Any], resource: Resource) -> st.SearchStrategy[Any]:
    """Values that a schema of the resource accepts."""
    if "$ref" in schema:
        target = resource.resolve(schema["$ref"])
        assert target is not None
        return values(target, resource)
    if "anyOf" in schema:
        return st.one_of([values(part, resource) for part in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema.get("type", [])
    kinds = [types] if isinstance(types, str) else types
    return st.one_of([_typed(kind, schema, resource) for kind in kinds]) if kinds else json_values


def _typed(kind: str, schema: Mapping[str, Any], resource: Resource) -> st.SearchStrategy[Any]:
    if kind == "object":
        members = {name: values(part, resource) for name, part in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=members)
    if kind == "array":
        return st.lists(values(schema.get("items", {}), resource), max_size=2)
    if schema.get("format") == "date-time":
        return st.builds(_utc, st.datetimes(), st.sampled_from(["", ".1", ".1234567"]))
    if kind == "string" and "pattern" in schema:
        strings = st.from_regex(schema["pattern"], fullmatch=True)
        return strings.filter(lambda text: "\n" not in text and len(text) <= schema["maxLength"])
    if kind == "number":
        low, high = schema["minimum"], schema["maximum"]
        return st.integers(low, high) | st.floats(low, 1e15) | st.decimals(low, 10**9, places=2)
    return {"string": st.text(max_size=8), "boolean": st.booleans(), "null": st.none()}[kind]


def _utc(moment: datetime, fraction: str) -> str:
    return f"{moment.replace(microsecond=0).isoformat()}{fraction}Z"


@cache
def referrals(rules: Ruleset = LATEST) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals that fit the resource, with a pair of status and substatus out of the table."""
    resource = Resource(rules.document["resource"])
    pairs = [
        {"status": status, "substatus": substatus}
        for status, row in rules.transitions.rows.items()
        for substatus in row.substatuses
    ]
    whole: st.SearchStrategy[dict[str, Any]] = values(resource.schema, resource)
    return st.builds(lambda referral, pair: {**referral, **pair}, whole, st.sampled_from(pairs))


@cache
def operations(rules: Ruleset = LATEST) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that a ruleset allows, each with a value that fits its path; the referral may lack the target."""
    resource = Resource(rules.document["resource"])
    return st.one_of([_operation(rule, resource) for rule in rules.paths])


def _operation(rule: PathRule, resource: Resource) -> st.SearchStrategy[dict[str, Any]]:
    path = st.builds(lambda first, second: _with_indices(rule.path, first, second), indices, indices)
    return st.fixed_dictionaries(
        {"op": st.sampled_from(rule.operations), "path": path, "value": values(rule.schema, resource)}
    )


def _with_indices(path: str, *numbers: int) -> str:
    for number in numbers:
        path = path.replace("*", str(number), 1)
    return path


def near_misses(rules: Ruleset = LATEST) -> st.SearchStrategy[Any]:
    """Operations that are wrong in one way or another, or in none."""
    twists = st.sampled_from([str.upper, str.title, "/{}".format, "{}/".format, "{}/0".format, "{}/-".format])
    known = [rule.path for rule in rules.paths]
    paths = st.sampled_from(known) | st.builds(lambda twist, path: twist(path), twists, st.sampled_from(known))
    ops = st.sampled_from(["add", "replace", "remove", "move", "copy", "test", "Add", ""])
    members = {"op": ops | json_scalars, "path": paths | st.text(max_size=12) | json_scalars, "value": json_values}
    return st.fixed_dictionaries({}, optional=members) | st.fixed_dictionaries(members) | json_values


def patches(rules: Ruleset = LATEST) -> st.SearchStrategy[Any]:
    """Anything that a JSON parser may produce as a patch."""
    return st.lists(operations(rules) | operations(rules) | near_misses(rules), max_size=5) | json_values


def allowed_patches(rules: Ruleset = LATEST) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Patches each of whose operations the ruleset allows; referral and transition may still refuse them."""
    return st.lists(operations(rules), max_size=5)


@st.composite
def accepted(draw: st.DrawFn, rules: Ruleset = LATEST) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A patch and a referral that takes it: of the operations drawn, those that do not fit are left out."""
    referral = draw(referrals(rules))
    patch: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(0, 4))):
        longer = [*patch, draw(operations(rules))]
        if rules.check(longer, referral).ok:
            patch = longer
    return patch, referral
