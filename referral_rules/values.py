"""Is this value what the resource holds there? A JSON Schema, compiled to a fast yes or no; jsonschema explains a no.

The keywords that the resource schema uses are compiled to functions, one for each type of JSON value. A schema with
any other keyword goes to jsonschema whole, so every schema is judged as JSON Schema 2020-12 says.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from referral_rules.resource import Resource, Schema

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

__all__ = ["Checks", "ValueSchema", "fits"]

Check = Callable[[Any], object] | None
Checks = dict[type, Check]
"""What a schema says of values of each type: no entry: refused; None: accepted; a function: true if accepted."""


class ValueSchema:
    """The schema of a value, compiled when it is first asked.

    Args:
        schema: a subschema of the resource.
        resource: what its references lead into.

    >>> amount = ValueSchema({"type": "number", "minimum": 0}, Resource({}))
    >>> fits(amount.checks, 10), fits(amount.checks, -1), fits(amount.checks, True)
    (True, False, False)
    """

    def __init__(self, schema: Schema, resource: Resource) -> None:
        self.schema = schema
        self.resource = resource

    @cached_property
    def checks(self) -> Checks:
        """What the schema says of a plain JSON value of each type."""
        try:
            return _compile(self.schema, self.resource, ())
        except _Unsupported:
            return dict.fromkeys(_ANY, self.validator.is_valid)

    @cached_property
    def validator(self) -> "Validator":
        """The judge: jsonschema's validator of this schema."""
        from jsonschema import Draft202012Validator
        from referencing import Registry

        # An empty registry: a reference out of the schema must not be fetched.
        whole = Draft202012Validator(self.resource.schema, registry=Registry())
        return whole.evolve(schema=self.schema)

    def errors(self, value: Any) -> "Iterator[ValidationError]":
        """What jsonschema has to say against a plain JSON value, one error after the other.

        >>> [error.validator for error in ValueSchema({"type": "null"}, Resource({})).errors(1)]
        ['type']
        """
        return self.validator.iter_errors(value)


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


class _Unsupported(Exception):
    """The schema says something that only jsonschema knows how to judge."""


_Compile = Callable[[Schema], Checks]
_TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float, Decimal),
    "object": (dict,),
    "string": (str,),
}
_ANY: Checks = {kind: None for kinds in _TYPES.values() for kind in kinds}
_ANNOTATIONS = frozenset(
    {"$comment", "$defs", "$id", "$schema", "default", "deprecated", "description", "examples", "format"}
    | {"readOnly", "title", "writeOnly"}
)


def _compile(schema: Schema, resource: Resource, followed: tuple[str, ...]) -> Checks:
    if not isinstance(schema, dict):
        raise _Unsupported

    def inner(part: Schema) -> Checks:
        return _compile(part, resource, followed)

    checks = _ANY
    for keyword, argument in schema.items():
        if keyword == "$ref":
            checks = _both(checks, _refer(argument, resource, followed))
        elif keyword in _KEYWORDS:
            checks = _both(checks, _KEYWORDS[keyword](argument, inner))
        elif keyword not in _ANNOTATIONS:
            raise _Unsupported
    return checks


def _refer(reference: str, resource: Resource, followed: tuple[str, ...]) -> Checks:
    target = resource.resolve(reference)
    # A schema that leads back to itself would be compiled without end.
    if target is None or reference in followed:
        raise _Unsupported
    return _compile(target, resource, (*followed, reference))


def _both(left: Checks, right: Checks) -> Checks:
    return {kind: _and(left[kind], right[kind]) for kind in left if kind in right}


def _either(left: Checks, right: Checks) -> Checks:
    both = {kind: _or(left[kind], right[kind]) for kind in left if kind in right}
    return {**left, **right, **both}


def _and(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return left or right
    return lambda value: left(value) and right(value)


def _or(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return None
    return lambda value: left(value) or right(value)


def _negated(check: Callable[[Any], object]) -> Check:
    return lambda value: not check(value)


def _type(names: str | list[str], _: _Compile) -> Checks:
    listed = [names] if isinstance(names, str) else names
    if not _TYPES.keys() >= set(listed):
        raise _Unsupported
    return {kind: None for name in listed for kind in _TYPES[name]}


def _enum(values: list[object], _: _Compile) -> Checks:
    # Python takes 1, 1.0 and True for equal, and JSON does not, so only strings and null are compared here.
    if not all(isinstance(value, str | None) for value in values):
        raise _Unsupported
    strings: Checks = {str: frozenset(values).__contains__}
    return strings | {type(None): None} if None in values else strings


def _pattern(pattern: str, _: _Compile) -> Checks:
    return _ANY | {str: re.compile(pattern).search}


def _min_length(length: int, _: _Compile) -> Checks:
    return _ANY | {str: lambda value: len(value) >= length}


def _max_length(length: int, _: _Compile) -> Checks:
    return _ANY | {str: lambda value: len(value) <= length}


def _minimum(bound: float, _: _Compile) -> Checks:
    return _ANY | dict.fromkeys(_TYPES["number"], lambda value: value >= bound)


def _maximum(bound: float, _: _Compile) -> Checks:
    return _ANY | dict.fromkeys(_TYPES["number"], lambda value: value <= bound)


def _items(schema: Schema, compile_: _Compile) -> Checks:
    checks = compile_(schema)
    return _ANY | {list: lambda value: all(fits(checks, item) for item in value)}


def _properties(schemas: dict[str, Schema], compile_: _Compile) -> Checks:
    known = {name: compile_(schema) for name, schema in schemas.items()}

    def accepts(value: dict[str, object]) -> bool:
        return all(fits(known[name], item) for name, item in value.items() if name in known)

    return _ANY | {dict: accepts}


def _required(names: list[str], _: _Compile) -> Checks:
    needed = frozenset(names)
    return _ANY | {dict: lambda value: needed <= value.keys()}


def _all_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(_both, map(compile_, schemas))


def _any_of(schemas: list[Schema], compile_: _Compile) -> Checks:
    return reduce(_either, map(compile_, schemas))


def _not(schema: Schema, compile_: _Compile) -> Checks:
    checks = compile_(schema)
    free: Checks = {kind: None for kind in _ANY if kind not in checks}
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
