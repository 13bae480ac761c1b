"""Does a value fit its schema? A compiled yes or no, and jsonschema's errors to explain a no."""

from typing import TYPE_CHECKING, Any

from referral_rules._json import SCALARS
from referral_rules._rules.keywords import ANY, Checks, Members, Unsupported, compile_schema
from referral_rules._rules.resource import Resource, Schema

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


def compiled_checks(schema: Schema, resource: Resource) -> Checks:
    """The checks of a schema, for a plain JSON value of each type; by jsonschema if no others are to be had.

    >>> from referral_rules._rules.keywords import fits
    >>> amount = compiled_checks({"type": "number", "minimum": 0}, Resource({}))
    >>> fits(amount, 10), fits(amount, -1), fits(amount, True)
    (True, False, False)
    """
    try:
        return compile_schema(schema, resource)
    except Unsupported:
        return dict.fromkeys(ANY, lambda value: not schema_errors(schema, resource, value, 1))


def quick_checks(checks: Checks) -> Checks:
    """The checks that settle most values: scalars, and objects of text alone. They may refuse a value that fits.

    Args:
        checks: the full checks.

    >>> quick_checks(compiled_checks({"type": "array"}, Resource({})))
    {}
    """
    quick = {kind: check for kind, check in checks.items() if kind in SCALARS}
    members = checks.get(dict)
    return quick | {dict: members.text_alone} if isinstance(members, Members) else quick


def schema_errors(schema: Schema, resource: Resource, value: Any, most: int) -> "list[ValidationError]":
    """jsonschema's errors about a plain JSON value, at most one for each place in it.

    If several things are wrong at one place, it is the first of them, as the others mostly follow from it.

    Args:
        schema: a subschema of the resource.
        resource: the schema that its references lead into.
        value: a plain JSON value.
        most: how many errors to look for.

    >>> [error.validator for error in schema_errors({"type": "null"}, Resource({}), 1, 9)]
    ['type']
    """
    from jsonschema import Draft202012Validator, ValidationError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # An empty registry: a reference out of the schema must not be fetched.
    validator = Draft202012Validator(resource.schema, registry=Registry()).evolve(schema=schema)
    found: dict[tuple[str | int, ...], ValidationError] = {}
    unspelled = _for_jsonschema(value, {})
    try:
        for error in validator.iter_errors(unspelled):
            found.setdefault(tuple(error.absolute_path), error)
            if len(found) == most:
                break
    except (Unresolvable, RecursionError, ArithmeticError, TypeError):
        # A schema that refers to itself or to nothing, or a number that is too large for its keyword, or a Decimal,
        # which Python does not divide by a float: in each case the value is not known to fit.
        found.setdefault((), ValidationError("cannot be checked", schema=schema))
    return list(found.values())


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
