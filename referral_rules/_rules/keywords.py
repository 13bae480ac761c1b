"""JSON Schema's keywords: how each is compiled to a check, and how those that lead to other schemas find what is wrong.

The keywords that the built-in resource uses are here. A schema with any other keyword is left to jsonschema as a
whole, so that every schema means what JSON Schema 2020-12 says.

A compiled check only says yes or no, and is fast. To explain a no, the keywords of the schema are asked one by one:
those that lead to other schemas ask them in turn, and any other is what is wrong itself.
"""

import re
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import islice
from operator import ge, le
from typing import Any, NamedTuple

from referral_rules._rules.checks import ANY, TYPES, Checks, Members, Text, both, either, fits, negated, ready
from referral_rules._rules.resource import Resource, Schema

Place = tuple[str | int, ...]
"""The tokens that lead to a part of a value."""


class Finding(NamedTuple):
    """What is wrong with a value at one place.

    Args:
        keyword: the keyword that refuses it; ``"false"`` for a schema that is just false, ``"unknown"`` if jsonschema
            could not check it.
        argument: the argument of the keyword.
        value: what is at the place.
        place: where it is in the value that was checked.
        schema: the schema that has the keyword.
        branches: of an ``anyOf`` or ``oneOf``, what is wrong with the value for each of its schemas.
    """

    keyword: str
    argument: Any
    value: Any
    place: Place
    schema: Schema
    branches: tuple[tuple["Finding", ...], ...] = ()


class Compiled(NamedTuple):
    """A compiled schema: what it accepts, and its keywords one by one, to explain a no."""

    schema: Schema
    checks: Checks
    parts: tuple["_Part", ...]


class Unsupported(Exception):
    """The schema has a keyword, or an argument, that only jsonschema can check."""


_Compile = Callable[[Schema], Checks]
_Explain = Callable[[Schema, Any, Place], Iterator[Finding]]
_Inside = Callable[[_Explain, Any, Any, Place, Schema], Iterator[Finding]]
_Part = tuple[Checks, str, Any, Schema, _Inside | None]
"""A keyword of a schema, or of one that it refers to: what it accepts, its name, its argument, the schema that has it
and, if it leads to other schemas, what finds what is wrong inside a value."""

_LONGEST_CHAIN, _LONGEST_COUNT, _LONGEST_BRANCH = 50, 100_000, 16
_ANNOTATIONS = frozenset(
    {"$comment", "$defs", "$schema", "default", "deprecated", "description", "examples", "format"}
    | {"readOnly", "title", "writeOnly"}
)


def compile_schema(schema: Schema, resource: Resource) -> Compiled:
    """Compile a schema.

    Args:
        schema: a subschema of the resource.
        resource: the schema that its references lead into.
    Raises:
        Unsupported: only jsonschema can check it.

    >>> checks = compile_schema({"type": ["string", "null"]}, Resource({})).checks
    >>> fits(checks, "a"), fits(checks, 1)
    (True, False)
    """
    return _compile(schema, resource, ())


def _compile(schema: Schema, resource: Resource, followed: tuple[str, ...]) -> Compiled:
    if not isinstance(schema, dict):
        raise Unsupported
    if id(schema) in resource.compiled:
        found: Compiled = resource.compiled[id(schema)]
        return found

    def inner(part: Schema) -> Checks:
        return _compile(part, resource, followed).checks

    parts: list[_Part] = []
    for keyword, argument in schema.items():
        if keyword == "$ref":
            parts += _refer(argument, resource, followed).parts
        elif keyword in _KEYWORDS:
            compile_, asked = _KEYWORDS[keyword]
            parts.append((compile_(argument, inner), keyword, argument, schema, asked))
        elif keyword not in _ANNOTATIONS and not (keyword == "$id" and schema is resource.schema):
            raise Unsupported
    checks = reduce(both, (part[0] for part in parts), ANY)
    resource.compiled[id(schema)] = compiled = Compiled(schema, checks, tuple(parts))
    return compiled


def _refer(reference: str, resource: Resource, followed: tuple[str, ...]) -> Compiled:
    target = resource.resolve(reference)
    # A schema that leads back to itself would be compiled without end.
    if target is None or reference in followed or len(followed) > _LONGEST_CHAIN:
        raise Unsupported
    return _compile(target, resource, (*followed, reference))


def explain(schema: Schema, resource: Resource, value: Any) -> Iterator[Finding]:
    """What is wrong with a plain JSON value; nothing if the schema accepts it.

    Args:
        schema: a schema that was compiled.
        resource: the schema that its references lead into.
        value: a plain JSON value.

    >>> schema = {"items": {"type": "null"}}
    >>> resource = Resource(schema)
    >>> _ = compile_schema(schema, resource)
    >>> [(found.keyword, found.place) for found in explain(schema, resource, [None, 1])]
    [('type', (1,))]
    """
    compiled: dict[int, Compiled] = resource.compiled

    def inside(schema: Schema, value: Any, place: Place) -> Iterator[Finding]:
        for checks, keyword, argument, holder, asked in compiled[id(schema)].parts:
            if not fits(checks, value):
                if asked is None:
                    yield Finding(keyword, argument, value, place, holder)
                else:
                    yield from asked(inside, argument, value, place, holder)

    return inside(schema, value, ())


# How each keyword is compiled.


def _type(names: str | list[str], _: _Compile) -> Checks:
    listed = [names] if isinstance(names, str) else names
    if not TYPES.keys() >= set(listed):
        raise Unsupported
    return {kind: None for name in listed for kind in TYPES[name]}


def _enum(values: list[object], _: _Compile) -> Checks:
    # In Python 1 == True, and in JSON they differ, so only strings and null are compared here.
    if not all(isinstance(value, str | None) for value in values):
        raise Unsupported
    strings: Checks = {str: frozenset(values).__contains__}
    return strings | {type(None): None} if None in values else strings


def _pattern(pattern: str, _: _Compile) -> Checks:
    # After another pattern, groups would have other numbers, and a name might be used twice.
    if re.search(r"\\[1-9]|\(\?", pattern):
        return ANY | {str: re.compile(pattern).search}
    return ANY | {str: Text(rf"(?=[\s\S]*?(?:{pattern}))")}


def _min_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: Text(rf"(?=[\s\S]{{{_count(length)}}})")}


def _max_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: Text(rf"(?=[\s\S]{{0,{_count(length)}}}\Z)")}


def _count(length: object) -> int:
    # JSON Schema allows 2.0 as a length, and any size; a regular expression does not.
    if not isinstance(length, int) or length > _LONGEST_COUNT:
        raise Unsupported
    return length


def _compared(compare: Callable[[Any, float], bool]) -> Callable[[Any, _Compile], Checks]:
    return lambda bound, _: ANY | dict.fromkeys(TYPES["number"], lambda value: compare(value, bound))


def _items(schema: Schema, compile_: _Compile) -> Checks:
    checks = ready(compile_(schema))
    return ANY | {list: lambda value: all(fits(checks, item) for item in value)}


def _properties(schemas: dict[str, Schema], compile_: _Compile) -> Checks:
    return ANY | {dict: Members({name: ready(compile_(schema)) for name, schema in schemas.items()})}


def _required(names: list[str], _: _Compile) -> Checks:
    needed = frozenset(names)
    return ANY | {dict: lambda value: needed <= value.keys()}


def _all_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(both, map(compile_, schemas))


def _any_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(either, map(compile_, schemas))


def _not(schema: Schema, compile_: _Compile) -> Checks:
    return negated(compile_(schema))


# How the keywords that lead to other schemas find what is wrong with a value that they refuse.


def _in_items(explain_: _Explain, schema: Schema, value: list[Any], place: Place, _: Schema) -> Iterator[Finding]:
    for index, item in enumerate(value):
        yield from explain_(schema, item, (*place, index))


def _in_properties(
    explain_: _Explain, schemas: dict[str, Schema], value: dict[str, Any], place: Place, _: Schema
) -> Iterator[Finding]:
    for name, schema in schemas.items():
        if name in value:
            yield from explain_(schema, value[name], (*place, name))


def _in_all_of(explain_: _Explain, schemas: list[Schema], value: Any, place: Place, _: Schema) -> Iterator[Finding]:
    for schema in schemas:
        yield from explain_(schema, value, place)


def _in_any_of(
    explain_: _Explain, schemas: list[Schema], value: Any, place: Place, schema: Schema
) -> Iterator[Finding]:
    branches = tuple(tuple(islice(explain_(branch, value, place), _LONGEST_BRANCH)) for branch in schemas)
    yield Finding("anyOf", schemas, value, place, schema, branches)


_KEYWORDS: dict[str, tuple[Callable[[Any, _Compile], Checks], _Inside | None]] = {
    "allOf": (_all_of, _in_all_of),
    "anyOf": (_any_of, _in_any_of),
    "enum": (_enum, None),
    "items": (_items, _in_items),
    "maxLength": (_max_length, None),
    "maximum": (_compared(le), None),
    "minLength": (_min_length, None),
    "minimum": (_compared(ge), None),
    "not": (_not, None),
    "pattern": (_pattern, None),
    "properties": (_properties, _in_properties),
    "required": (_required, None),
    "type": (_type, None),
}
