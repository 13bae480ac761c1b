"""Strategies for values: what a JSON parser may produce, and what a schema of the resource accepts."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from referral_rules._rules import Resource

__all__ = [
    "UNLISTED",
    "evenly",
    "json_values",
    "look_alikes",
    "nested",
    "odd_texts",
    "portable_numbers",
    "scalars",
    "values",
]

Numbers = Callable[[float, float], st.SearchStrategy[Any]]
"""Makes a strategy for the numbers from one to another."""

scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
"""What a JSON parser may produce that is neither an array nor an object."""

json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
"""What a JSON parser may produce."""

look_alikes: st.SearchStrategy[Any] = st.sampled_from(
    [True, False, 0, 1, 1.0, -1, "", "0", "1", "true", None, [], {}, [[]], 10**400]
)
"""Values that careless code takes for others."""


def evenly(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One strategy as often as another; ``one_of`` would give each of their own branches the same weight.

    >>> from hypothesis import find
    >>> find(evenly(st.integers(), st.text()), lambda value: isinstance(value, str))
    ''
    """
    return st.sampled_from(strategies).flatmap(lambda chosen: chosen)


def portable_numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    """Numbers that are the same at the other end of a wire, where they may be read as doubles.

    >>> from hypothesis import find
    >>> find(portable_numbers(0, 9), lambda number: number > 4) == 5
    True
    """
    return st.integers(int(low), int(min(high, 2**53))) | st.floats(low, min(high, 1e15))


def values(
    schema: Mapping[str, Any], resource: Resource, *, numbers: Numbers = portable_numbers
) -> st.SearchStrategy[Any]:
    """Values that a schema of the resource accepts.

    Args:
        schema: the schema; of its keywords, those that the resource uses.
        resource: what its references lead into.
        numbers: makes the strategy for the numbers between two.
    """
    if "$ref" in schema:
        target = resource.resolve(schema["$ref"])
        return json_values if target is None else values(target, resource, numbers=numbers)
    if "anyOf" in schema:
        return st.one_of([values(part, resource, numbers=numbers) for part in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    types = schema.get("type", [])
    kinds = [types] if isinstance(types, str) else types
    return st.one_of([_typed(kind, schema, resource, numbers) for kind in kinds]) if kinds else json_values


UNLISTED = "unlisted"
"""A member that no schema names: the API has grown several times."""


def nested(levels: int) -> list[Any]:
    """Arrays inside one another.

    >>> nested(3)
    [[[]]]
    """
    return [nested(levels - 1)] if levels > 1 else []


def _typed(kind: str, schema: Mapping[str, Any], resource: Resource, numbers: Numbers) -> st.SearchStrategy[Any]:
    if kind == "object":
        known = schema.get("properties", {})
        members = {name: values(part, resource, numbers=numbers) for name, part in known.items()}
        if schema.get("additionalProperties", True) is not False:
            members.setdefault(UNLISTED, scalars)
        return st.fixed_dictionaries({}, optional=members)
    if kind == "array":
        return st.lists(values(schema.get("items", {}), resource, numbers=numbers), max_size=2)
    if kind == "string":
        return _strings(schema)
    if kind in ("number", "integer"):
        between = schema.get("minimum", -(10**9)), schema.get("maximum", 10**9)
        return numbers(*between) if kind == "number" else st.integers(*between)
    return st.booleans() if kind == "boolean" else st.none()


odd_texts: st.SearchStrategy[str] = st.sampled_from(
    [
        *("", "null", " a", "a ", "\t", "a\r\nb", "\u00a0", "\u200b", "\0", "\U0001f98a"),
        *("e\u0301", "\u212b", "\ufb01", "\u00df", "\u0130", "x" * 300, "\u00e9x" * 2000),
    ]
)
"""Texts that careless code trims, folds, composes, cuts short or takes for nothing."""


def _strings(schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.builds(_utc, st.datetimes(), st.sampled_from(["", ".1", ".1234567"]))
    low, high = schema.get("minLength", 0), schema.get("maxLength", 8)
    if "pattern" not in schema:
        short = st.text(min_size=low, max_size=max(low, min(high, low + 8)))
        return short | odd_texts.filter(lambda text: low <= len(text) <= schema.get("maxLength", len(text)))
    strings = st.from_regex(schema["pattern"], fullmatch=True)
    return strings.filter(lambda text: "\n" not in text and low <= len(text) <= schema.get("maxLength", len(text)))


def _utc(moment: datetime, fraction: str) -> str:
    return f"{moment.replace(microsecond=0).isoformat()}{fraction}Z"
