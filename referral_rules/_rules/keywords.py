"""JSON Schema's keywords, compiled: each becomes a function for every type of JSON value that it restricts.

The keywords that the built-in resource uses are here. A schema with any other keyword is left to jsonschema as a
whole, so that every schema means what JSON Schema 2020-12 says.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property, reduce
from operator import ge, le
from typing import Any

from referral_rules._rules.resource import Resource, Schema

Check = Callable[[Any], object] | None
Checks = dict[type, Check]
"""How a schema checks values of each type: no entry, refused; None, accepted; a function, accepted if it is true."""


def fits(checks: Checks, value: object) -> bool:
    """Return True if compiled checks accept a plain JSON value.

    >>> fits({str: None, int: lambda number: number > 0}, 0)
    False
    """
    kind = type(value)
    if kind not in checks:
        return False
    check = checks[kind]
    return check is None or bool(check(value))


class Unsupported(Exception):
    """The schema has a keyword, or an argument, that only jsonschema can check."""


_Compile = Callable[[Schema], Checks]
_LONGEST_CHAIN, _LONGEST_COUNT = 50, 100_000
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float, Decimal),
    "object": (dict,),
    "string": (str,),
}
_TEXT = frozenset({str, type(None)})
ANY: Checks = {kind: None for kinds in _TYPES.values() for kind in kinds}
_ANNOTATIONS = frozenset(
    {"$comment", "$defs", "$schema", "default", "deprecated", "description", "examples", "format"}
    | {"readOnly", "title", "writeOnly"}
)


def compile_schema(schema: Schema, resource: Resource) -> Checks:
    """The checks of a schema, for a plain JSON value of each type.

    Args:
        schema: a subschema of the resource.
        resource: the schema that its references lead into.
    Raises:
        Unsupported: only jsonschema can check it.

    >>> checks = compile_schema({"type": ["string", "null"]}, Resource({}))
    >>> fits(checks, "a"), fits(checks, 1)
    (True, False)
    """
    return _ready(_compile(schema, resource, ()))


def _compile(schema: Schema, resource: Resource, followed: tuple[str, ...]) -> Checks:
    if not isinstance(schema, dict):
        raise Unsupported

    def inner(part: Schema) -> Checks:
        return _compile(part, resource, followed)

    checks = ANY
    for keyword, argument in schema.items():
        if keyword == "$ref":
            checks = _both(checks, _refer(argument, resource, followed))
        elif keyword in _KEYWORDS:
            checks = _both(checks, _KEYWORDS[keyword](argument, inner))
        elif keyword not in _ANNOTATIONS:
            raise Unsupported
    return checks


def _refer(reference: str, resource: Resource, followed: tuple[str, ...]) -> Checks:
    compiled = resource.compiled
    if reference not in compiled:
        target = resource.resolve(reference)
        # A schema that leads back to itself would be compiled without end.
        if target is None or reference in followed or len(followed) > _LONGEST_CHAIN:
            raise Unsupported
        compiled[reference] = _compile(target, resource, (*followed, reference))
    checks: Checks = compiled[reference]
    return checks


def _both(left: Checks, right: Checks) -> Checks:
    return {kind: _and(left[kind], right[kind]) for kind in left if kind in right}


def _either(left: Checks, right: Checks) -> Checks:
    both = {kind: _or(left[kind], right[kind]) for kind in left if kind in right}
    return {**left, **right, **both}


def _and(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return left or right
    if isinstance(left, _Text) and isinstance(right, _Text):
        return _Text(left.pattern + right.pattern)
    return lambda value: left(value) and right(value)


def _or(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return None
    return lambda value: left(value) or right(value)


def _negated(check: Callable[[Any], object]) -> Check:
    return _Text(f"(?!{check.pattern})") if isinstance(check, _Text) else lambda value: not check(value)


class _Text:
    """The check of a string, as a regular expression that looks ahead from its start and consumes nothing.

    Two of them, one after the other, check both; so all keywords of a string together are one match.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def match(self) -> Callable[[str], object]:
        """The ``match`` of the compiled pattern."""
        return re.compile(self.pattern).match

    def __call__(self, text: str) -> object:
        return self.match(text)


def _ready(checks: Checks) -> Checks:
    """The checks with their regular expressions compiled."""
    return {kind: check.match if isinstance(check, _Text) else check for kind, check in checks.items()}


def _type(names: str | list[str], _: _Compile) -> Checks:
    listed = [names] if isinstance(names, str) else names
    if not _TYPES.keys() >= set(listed):
        raise Unsupported
    return {kind: None for name in listed for kind in _TYPES[name]}


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
    return ANY | {str: _Text(rf"(?=[\s\S]*?(?:{pattern}))")}


def _min_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: _Text(rf"(?=[\s\S]{{{_count(length)}}})")}


def _max_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: _Text(rf"(?=[\s\S]{{0,{_count(length)}}}\Z)")}


def _count(length: object) -> int:
    # JSON Schema allows 2.0 as a length, and any size; a regular expression does not.
    if not isinstance(length, int) or length > _LONGEST_COUNT:
        raise Unsupported
    return length


def _compared(compare: Callable[[Any, float], bool]) -> Callable[[Any, _Compile], Checks]:
    return lambda bound, _: ANY | dict.fromkeys(_TYPES["number"], lambda value: compare(value, bound))


def _items(schema: Schema, compile_: _Compile) -> Checks:
    checks = _ready(compile_(schema))
    return ANY | {list: lambda value: all(fits(checks, item) for item in value)}


def _properties(schemas: dict[str, Schema], compile_: _Compile) -> Checks:
    return ANY | {dict: Members({name: _ready(compile_(schema)) for name, schema in schemas.items()})}


class Members:
    """The check of ``properties``: accepts an object if each of the listed members that it has is accepted."""

    def __init__(self, listed: dict[str, Checks]) -> None:
        self.listed = listed
        self.free = frozenset(name for name, checks in listed.items() if _takes_any_text(checks))

    def text_alone(self, value: dict[str, object]) -> bool:
        """Return True if an object has only members that take any text, and only text or null in them.

        Most objects in a patch are like that, such as team members, and need no closer look.
        """
        for item in value.values():
            if type(item) is not str and item is not None:
                return False
        return self.free.issuperset(value)

    def __call__(self, value: dict[str, object]) -> bool:
        listed = self.listed
        return all(fits(listed[name], item) for name, item in value.items() if name in listed)


def _takes_any_text(checks: Checks) -> bool:
    return all(kind in checks and checks[kind] is None for kind in _TEXT)


def _required(names: list[str], _: _Compile) -> Checks:
    needed = frozenset(names)
    return ANY | {dict: lambda value: needed <= value.keys()}


def _all_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(_both, map(compile_, schemas))


def _any_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(_either, map(compile_, schemas))


def _not(schema: Schema, compile_: _Compile) -> Checks:
    checks = compile_(schema)
    free: Checks = {kind: None for kind in ANY if kind not in checks}
    return free | {kind: _negated(check) for kind, check in checks.items() if check is not None}


_KEYWORDS: dict[str, Callable[[Any, _Compile], Checks]] = {
    "allOf": _all_of,
    "anyOf": _any_of,
    "enum": _enum,
    "items": _items,
    "maxLength": _max_length,
    "maximum": _compared(le),
    "minLength": _min_length,
    "minimum": _compared(ge),
    "not": _not,
    "pattern": _pattern,
    "properties": _properties,
    "required": _required,
    "type": _type,
}
