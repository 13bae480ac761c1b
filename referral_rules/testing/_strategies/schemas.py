"""Strategies for the values that fit a JSON Schema.

A schema is first taken apart into alternatives without ``$ref``, ``allOf``, ``anyOf``, ``oneOf`` and ``if``. Most of
the keywords that are left say how to build a value. If there are others, the values that were built are filtered by
the engine's own check, so that every value fits.
"""

import json
import re
from collections.abc import Callable, Mapping
from math import ceil, floor, inf
from operator import itemgetter
from typing import Any

from hypothesis import strategies as st

from referral_rules._json import among
from referral_rules._rules import Resource, Schema, compiled_checks, fits
from referral_rules.testing._strategies.values import (
    json_values,
    odd_texts,
    portable_numbers,
    retried,
    sampled,
    scalars,
)

UNLISTED = "unlisted"
"""A member that no schema lists: the API has got new members several times."""

Flat = dict[str, Any]
Strategy = st.SearchStrategy[Any]
_MOST_ALTERNATIVES = 64
_FAR = 10**9
_DATE_TIME = st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat())
_COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "const"})
_FOLLOWED = frozenset(
    {"additionalProperties", "enum", "items", "maximum", "maxItems", "maxLength", "minimum", "minItems", "minLength"}
    | {"properties", "required", "type"}
    | {"$comment", "$defs", "$id", "$schema", "default", "deprecated", "description", "examples", "format"}
    | {"readOnly", "title", "writeOnly"}
)
"""The keywords that the construction of a value follows exactly, and those that do not restrict a value."""

_NEEDS_CHECK = "a keyword that needs a check"

_MEANT_FOR: dict[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties", "minProperties", "patternProperties"}),
    "array": frozenset({"items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"}),
    "string": frozenset({"pattern", "minLength", "maxLength", "format"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
}
"""The type that a schema without ``type`` is about, by its keywords."""


class SchemaValues:
    """Makes strategies for the values that fit the subschemas of one resource.

    Args:
        resource: the schema that references lead into.
        numbers: makes a strategy for the numbers from one to another.

    >>> SchemaValues(Resource({})).fitting({"type": "null"}).is_empty
    False
    """

    def __init__(self, resource: Resource, numbers: Callable[[float, float], Strategy] = portable_numbers) -> None:
        self._resource, self._numbers = resource, numbers
        self._made: dict[str, Strategy] = {}
        self._typed: dict[str, Callable[[Flat], Strategy]] = {
            "array": self._arrays,
            "boolean": lambda _: st.booleans(),
            "integer": self._integers,
            "null": lambda _: st.none(),
            "number": self._all_numbers,
            "object": self._objects,
            "string": self._strings,
        }

    def fitting(self, schema: Schema | bool) -> Strategy:
        """A strategy for the values that fit a schema; it is made once, when a value is drawn first."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._made:
            # A schema may refer to itself.
            self._made[key] = st.deferred(lambda: self._built(schema))
        return self._made[key]

    def _built(self, schema: Schema | bool) -> Strategy:
        return st.one_of([self._alternative(flat, schema) for flat in self._alternatives(schema, frozenset())])

    def _alternative(self, flat: Flat, schema: Schema | bool) -> Strategy:
        made = self._flat(flat)
        if flat.keys() <= _FOLLOWED or isinstance(schema, bool) or made is st.nothing():
            return made
        checks = compiled_checks(schema, self._resource)
        return retried(made, lambda value: fits(checks, value))

    def _alternatives(self, schema: Schema | bool, followed: frozenset[str]) -> list[Flat]:
        """The schemas, without keywords that combine schemas, of which a value fits one."""
        if isinstance(schema, bool) or schema.get("not") in ({}, True):
            return [{}] if schema is True else []
        found = [{name: part for name, part in schema.items() if name not in _COMBINING}]
        if "const" in schema:
            found = _both(found, [{"enum": [schema["const"]]}])
        if "$ref" in schema:
            reference = schema["$ref"]
            target = None if reference in followed else self._resource.resolve(reference)
            found = _both(found, self._alternatives(False if target is None else target, followed | {reference}))
        for part in schema.get("allOf", ()):
            found = _both(found, self._alternatives(part, followed))
        if "anyOf" in schema:
            found = _both(found, [each for part in schema["anyOf"] for each in self._alternatives(part, followed)])
        if "oneOf" in schema:
            branches = [each for part in schema["oneOf"] for each in self._alternatives(part, followed)]
            found = _both(found, [{**each, _NEEDS_CHECK: True} for each in branches])
        if "if" in schema:
            then = self._alternatives({"allOf": [schema["if"], schema.get("then", True)]}, followed)
            otherwise = self._alternatives(schema.get("else", True), followed)
            found = _both(found, [{**each, _NEEDS_CHECK: True} for each in (*then, *otherwise)])
        return found

    def _flat(self, schema: Flat) -> Strategy:
        if "enum" in schema:
            checks = compiled_checks(
                {name: part for name, part in schema.items() if name != _NEEDS_CHECK}, self._resource
            )
            return sampled([value for value in schema["enum"] if fits(checks, value)])
        types = schema.get("type", [kind for kind, keywords in _MEANT_FOR.items() if keywords & schema.keys()])
        kinds = [types] if isinstance(types, str) else types
        if not kinds and "type" not in schema:
            return json_values
        return st.one_of([self._typed[kind](schema) for kind in kinds])

    def _objects(self, schema: Flat) -> Strategy:
        required = list(dict.fromkeys(schema.get("required", ())))
        members = self._members(schema, required)
        first = st.fixed_dictionaries({name: members.get(name, st.nothing()) for name in required})
        optional = {name: made for name, made in members.items() if name not in required}
        few = max(schema.get("minProperties", 0) - len(required), 0)
        many = min(schema.get("maxProperties", inf) - len(required), len(optional))
        if many <= 0 or few > many:
            return first
        return st.builds(lambda one, other: {**one, **dict(other)}, first, _some(optional, few, int(many)))

    def _members(self, schema: Flat, required: list[str]) -> dict[str, Strategy]:
        """Strategies for the members that an object may have, and for some that no schema lists."""
        more = range(2, schema.get("minProperties", 0) + 1)
        names = [*required, *schema.get("properties", ()), UNLISTED, *(f"{UNLISTED}{number}" for number in more)]
        made = {name: self._member(schema, name) for name in names}
        return {name: member for name, member in made.items() if member is not None}

    def _member(self, schema: Flat, name: str) -> Strategy | None:
        """A strategy for a member of this name; None if there may not be one."""
        if not self._allows(schema.get("propertyNames", True), name):
            return None
        listed, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        parts = [listed[name]] if name in listed else []
        parts += [part for pattern, part in patterns.items() if re.search(pattern, name)]
        if parts:
            return self.fitting(parts[0] if len(parts) == 1 else {"allOf": parts})
        other = schema.get("additionalProperties", True)
        return None if other is False else scalars if other is True else self.fitting(other)

    def _allows(self, schema: Schema | bool, name: str) -> bool:
        return schema if isinstance(schema, bool) else fits(compiled_checks(schema, self._resource), name)

    def _arrays(self, schema: Flat) -> Strategy:
        items = schema.get("items", True)
        first = [self.fitting(part) for part in schema.get("prefixItems", ())]
        if "contains" in schema:
            part = self.fitting({"allOf": [schema["contains"], items]})
            first += [part] * schema.get("minContains", 1)
        first = first[: schema.get("maxItems")]
        least = max(schema.get("minItems", 0) - len(first), 0)
        most = min(schema.get("maxItems", inf) - len(first), least + 2) if items is not False else least
        unique = json.dumps if schema.get("uniqueItems") else None
        rest = st.lists(self.fitting(items), min_size=least, max_size=int(most), unique_by=unique)
        return st.builds(lambda head, tail: [*head, *tail], st.tuples(*first), rest) if first else rest

    def _strings(self, schema: Flat) -> Strategy:
        low, high = schema.get("minLength", 0), schema.get("maxLength", inf)
        if schema.get("format") == "date-time" and (low, high) == (0, inf):
            return st.builds("{}{}Z".format, _DATE_TIME, st.sampled_from(["", ".1", ".1234567"]))
        if "pattern" in schema:
            # In other languages, $ does not match before a line feed.
            return st.from_regex(str(schema["pattern"]), fullmatch=True).filter(lambda text: "\n" not in text)
        if low > high:
            return st.nothing()
        short = st.text(max_size=int(min(high, 8))).map(lambda text: text.ljust(low, "x"))
        return short | odd_texts.filter(lambda text: low <= len(text) <= high)

    def _all_numbers(self, schema: Flat) -> Strategy:
        low, high = _bounds(schema)
        if "multipleOf" in schema:
            return _multiples(schema["multipleOf"], low, high)
        return self._numbers(low, high) if low <= high else st.nothing()

    def _integers(self, schema: Flat) -> Strategy:
        low, high = _bounds(schema)
        return _multiples(schema.get("multipleOf", 1), low, high)


def _some(members: dict[str, Strategy], few: int, many: int) -> Strategy:
    """Names and values of some of the members; not half of them, as each takes time to draw."""
    pairs = {name: st.tuples(st.just(name), member) for name, member in members.items()}
    names = st.sampled_from(list(members)).filter(lambda name: not members[name].is_empty)
    # Hypothesis spells out the function for each name that it draws twice: a lambda is short, and a dict is not.
    return st.lists(names.flatmap(lambda name: pairs[name]), unique_by=itemgetter(0), min_size=few, max_size=many)


def _multiples(step: float, low: float, high: float) -> Strategy:
    first, last = ceil(low / step), floor(high / step)
    return st.integers(first, last).map(lambda number: number * step) if first <= last else st.nothing()


def _bounds(schema: Flat) -> tuple[float, float]:
    """The least and the greatest number that a schema allows, or one far away from the other bound."""
    low = max(schema.get("minimum", -inf), schema.get("exclusiveMinimum", -inf))
    high = min(schema.get("maximum", inf), schema.get("exclusiveMaximum", inf))
    if low == -inf:
        low = min(-_FAR, high - _FAR)
    return low, max(_FAR, low + _FAR) if high == inf else high


def _both(left: list[Flat], right: list[Flat]) -> list[Flat]:
    """The alternatives that fit one of the left and one of the right."""
    return [_merged(one, other) for one in left for other in right][:_MOST_ALTERNATIVES]


def _merged(one: Flat, other: Flat) -> Flat:
    merged = {**other, **one}
    for keyword in one.keys() & other.keys():
        if keyword in _MERGE:
            merged[keyword] = _MERGE[keyword](one[keyword], other[keyword])
        elif one[keyword] != other[keyword] and keyword not in _FOLLOWED:
            merged[_NEEDS_CHECK] = True
    if merged.get("additionalProperties", True) is not True and one.get("properties") != other.get("properties"):
        merged[_NEEDS_CHECK] = True
    return merged


def _all_of(one: Schema | bool, other: Schema | bool) -> Schema | bool:
    return one if one == other else {"allOf": [one, other]}


def _types(one: str | list[str], other: str | list[str]) -> list[str]:
    left, right = ([each] if isinstance(each, str) else each for each in (one, other))
    wider = {*right, *(["integer"] if "number" in right else [])}
    narrowed = ["integer"] if "number" in left and "integer" in right and "number" not in right else []
    return [*(kind for kind in left if kind in wider), *narrowed]


def _properties(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, **{name: _all_of(one[name], part) if name in one else part for name, part in other.items()}}


_MERGE: dict[str, Callable[[Any, Any], Any]] = {
    "additionalProperties": _all_of,
    "enum": lambda one, other: [value for value in one if among(value, tuple(other))],
    "items": _all_of,
    "properties": _properties,
    "required": lambda one, other: [*one, *other],
    "type": _types,
    **dict.fromkeys(("exclusiveMinimum", "minimum", "minItems", "minLength", "minProperties"), max),
    **dict.fromkeys(("exclusiveMaximum", "maximum", "maxItems", "maxLength", "maxProperties"), min),
}
"""How two arguments of a keyword become one that both restrict."""
