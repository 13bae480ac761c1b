"""jsonschema's findings about a value, for a schema that is not compiled; it is imported only then."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referral_rules._rules.keywords import Finding
from referral_rules._rules.resource import Resource, Schema

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


_FALSE: Schema = {}


def ask(schema: Schema, resource: Resource, value: Any) -> Iterator[Finding]:
    """What jsonschema finds wrong with a plain JSON value.

    Args:
        schema: a subschema of the resource.
        resource: the schema that its references lead into.
        value: a plain JSON value.

    >>> [found.keyword for found in ask({"const": 1}, Resource({}), 2)]
    ['const']
    """
    try:
        yield from _asked(schema, resource, value)
    except RecursionError:
        from concurrent.futures import ThreadPoolExecutor

        # The verdict must not depend on how much of its stack the caller has used: another thread has its own.
        with ThreadPoolExecutor(1) as pool:
            yield from pool.submit(_asked_again, schema, resource, value).result()


def _asked(schema: Schema, resource: Resource, value: Any) -> Iterator[Finding]:
    from jsonschema import Draft202012Validator
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # An empty registry: a reference out of the schema must not be fetched.
    validator = Draft202012Validator(resource.schema, registry=Registry()).evolve(schema=schema)
    try:
        yield from map(_finding, validator.iter_errors(_for_jsonschema(value, {})))
    except (Unresolvable, ArithmeticError, TypeError):
        # A schema that refers to nothing, or a number that is too large for its keyword, or a Decimal, which Python
        # does not divide by a float: in each case the value is not known to fit.
        yield Finding("unknown", None, value, (), schema)


def _asked_again(schema: Schema, resource: Resource, value: Any) -> list[Finding]:
    try:
        return [*_asked(schema, resource, value)]
    except RecursionError:  # A schema that refers to itself without end, or a value too deep for any stack.
        return [Finding("unknown", None, value, (), schema)]


def _finding(error: "ValidationError") -> Finding:
    branches: dict[object, list[Finding]] = {}
    for inner in error.context or ():
        branches.setdefault(next(iter(inner.schema_path), None), []).append(_finding(inner))
    return Finding(
        # A schema may be just false, and then has no keywords.
        error.validator if isinstance(error.validator, str) else "false",
        error.validator_value,
        error.instance,
        tuple(error.absolute_path),
        error.schema if isinstance(error.schema, dict) else _FALSE,
        tuple(map(tuple, branches.values())),
    )


class _Object(dict[str, Any]):
    __repr__ = object.__repr__


class _Array(list[Any]):
    __repr__ = object.__repr__


class _Integer(int):
    __repr__ = object.__repr__


def _for_jsonschema(value: Any, copies: dict[int, Any]) -> Any:
    """A plain value whose parts have no spelling, as jsonschema would put it into messages that nobody reads.

    To spell out an array that holds another one twice, and that one a third one twice, takes forever; and Python
    refuses to spell out an integer of thousands of digits.
    """
    if type(value) is int:
        return _Integer(value)
    if type(value) not in (dict, list):
        return value
    if id(value) not in copies:
        copies[id(value)] = (
            _Object((name, _for_jsonschema(item, copies)) for name, item in value.items())
            if type(value) is dict
            else _Array(_for_jsonschema(item, copies) for item in value)
        )
    return copies[id(value)]
