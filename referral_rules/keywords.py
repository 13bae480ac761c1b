"""JSON Schema's keywords, compiled: each to a function for every type of JSON value that it speaks of.

The keywords that the resource schema uses are here. A schema with any other one is left to jsonschema as a whole, so
that every schema is judged as JSON Schema 2020-12 says.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property, reduce
from typing import Any

from referral_rules.resource import Resource, Schema

__all__ = ["ANY", "Check", "Checks", "Members", "Unsupported", "compile_schema", "fits"]

Check = Callable[[Any], object] | None
Checks = dict[type, Check]
"""What a schema says of values of each type: no entry: refused; None: accepted; a function: true if accepted."""


def fits(checks: Checks, value: object) -> bool:
    """Whether compiled checks accept a plain JSON value.

    >>> fits({str: None, int: lambda number: number > 0}, 0)
    False
    """
    kind = type(value)
    if kind not in checks:
        return False
    check = checks[kind]
    return check is None or bool(check(value))


class Unsupported(Exception):
    """The schema says something that only jsonschema knows how to judge."""


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
    """What a schema says of a plain JSON value of each type.

    Args:
        schema: a subschema of the resource.
        resource: what its references lead into.
    Raises:
        Unsupported: only jsonschema knows how to judge it.

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
    """What is asked of a string, as a regular expression that looks ahead from its start and consumes nothing.

    Two of them, one after the other, ask for both; so all that a schema asks of a string is one search.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    @cached_property
    def match(self) -> Callable[[str], object]:
        """As that of a compiled pattern."""
        return re.compile(self.pattern).match

    def __call__(self, text: str) -> object:
        return self.match(text)


def _ready(checks: Checks) -> Checks:
    """The checks with each regular expression compiled."""
    return {kind: check.match if isinstance(check, _Text) else check for kind, check in checks.items()}


def _type(names: str | list[str], _: _Compile) -> Checks:
    listed = [names] if isinstance(names, str) else names
    if not _TYPES.keys() >= set(listed):
        raise Unsupported
    return {kind: None for name in listed for kind in _TYPES[name]}


def _enum(values: list[object], _: _Compile) -> Checks:
    # Python takes 1, 1.0 and True for equal, and JSON does not, so only strings and null are compared here.
    if not all(isinstance(value, str | None) for value in values):
        raise Unsupported
    strings: Checks = {str: frozenset(values).__contains__}
    return strings | {type(None): None} if None in values else strings


def _pattern(pattern: str, _: _Compile) -> Checks:
    # Behind another pattern, the number of a group is another one, and a name may stand there twice.
    if re.search(r"\\[1-9]|\(\?", pattern):
        return ANY | {str: re.compile(pattern).search}
    return ANY | {str: _Text(rf"(?=[\s\S]*?(?:{pattern}))")}


def _min_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: _Text(rf"(?=[\s\S]{{{_count(length)}}})")}


def _max_length(length: int, _: _Compile) -> Checks:
    return ANY | {str: _Text(rf"(?=[\s\S]{{0,{_count(length)}}}\Z)")}


def _count(length: object) -> int:
    # JSON Schema takes 2.0 for a length, and any size of one; a regular expression does not.
    if not isinstance(length, int) or length > _LONGEST_COUNT:
        raise Unsupported
    return length


def _minimum(bound: float, _: _Compile) -> Checks:
    return ANY | dict.fromkeys(_TYPES["number"], lambda value: value >= bound)


def _maximum(bound: float, _: _Compile) -> Checks:
    return ANY | dict.fromkeys(_TYPES["number"], lambda value: value <= bound)


def _items(schema: Schema, compile_: _Compile) -> Checks:
    checks = _ready(compile_(schema))
    return ANY | {list: lambda value: all(fits(checks, item) for item in value)}


def _properties(schemas: dict[str, Schema], compile_: _Compile) -> Checks:
    return ANY | {dict: Members({name: _ready(compile_(schema)) for name, schema in schemas.items()})}


class Members:
    """Accepts an object each of whose known members is accepted: called with it, it says so."""

    def __init__(self, known: dict[str, Checks]) -> None:
        self.known = known
        self.free = frozenset(name for name, checks in known.items() if _takes_any_text(checks))

    def text_alone(self, value: dict[str, object]) -> bool:
        """Whether an object has only members that take any text, and holds only text there; most do."""
        for item in value.values():
            if type(item) is not str and item is not None:
                return False
        return self.free.issuperset(value)

    def __call__(self, value: dict[str, object]) -> bool:  # noqa: D102 - the class's docstring tells
        known = self.known
        return all(fits(known[name], item) for name, item in value.items() if name in known)


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
    "maximum": _maximum,
    "minLength": _min_length,
    "minimum": _minimum,
    "not": _not,
    "pattern": _pattern,
    "properties": _properties,
    "required": _required,
    "type": _type,
}
