"""Is this value what the resource holds there? A fast yes or no, and jsonschema's own words for a no."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from referral_rules.keywords import ANY, Checks, Members, Unsupported, compile_schema, fits
from referral_rules.plain import SCALARS, plain
from referral_rules.resource import Resource, Schema

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

__all__ = ["ValueSchema"]


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
            return compile_schema(self.schema, self.resource)
        except Unsupported:
            return dict.fromkeys(ANY, lambda value: not self.errors(value, 1))

    @cached_property
    def validator(self) -> "Validator":
        """The judge: jsonschema's validator of this schema."""
        from jsonschema import Draft202012Validator
        from referencing import Registry

        # An empty registry: a reference out of the schema must not be fetched.
        whole = Draft202012Validator(self.resource.schema, registry=Registry())
        return whole.evolve(schema=self.schema)

    @cached_property
    def simple(self) -> Checks:
        """The checks of values that need no copy deeper than themselves: scalars, and objects of text alone."""
        scalars = {kind: check for kind, check in self.checks.items() if kind in SCALARS}
        check = self.checks.get(dict)
        return scalars | {dict: check.text_alone} if isinstance(check, Members) else scalars

    def admit(self, value: object, levels: int) -> tuple[Any, bool]:
        """A plain copy of a value, and whether the schema accepts it.

        Args:
            value: anything.
            levels: how many arrays and objects may stand inside one another.
        Raises:
            NotPlain: it is no JSON, or has more levels.

        >>> ValueSchema({"type": "array"}, Resource({})).admit([1], 1)
        ([1], True)
        """
        copy = plain(value, levels)
        return copy, fits(self.checks, copy)

    def knows(self, value: object) -> bool:
        """Whether the resource knows every member of a plain value.

        >>> ValueSchema({"properties": {"a": {}}}, Resource({})).knows({"b": 1})
        False
        """
        return self.resource.knows(self.schema, value)

    def errors(self, value: Any, most: int) -> "list[ValidationError]":
        """What jsonschema has to say against a plain JSON value, at most one error for each place in it.

        Of several things that are wrong with one place it is the first, as the others mostly follow from it.

        Args:
            value: a plain JSON value.
            most: how many errors to look for.

        >>> [error.validator for error in ValueSchema({"type": "null"}, Resource({})).errors(1, 9)]
        ['type']
        """
        from jsonschema import ValidationError

        found: dict[tuple[str | int, ...], ValidationError] = {}
        try:
            for error in self.validator.iter_errors(_muted(value, {})):
                found.setdefault(tuple(error.absolute_path), error)
                if len(found) == most:
                    break
        except Exception:  # noqa: BLE001 - whatever a schema makes jsonschema raise, the value is not known to fit
            found.setdefault((), ValidationError("cannot be judged", schema=self.schema))
        return list(found.values())


class _Object(dict[str, Any]):
    __repr__ = object.__repr__


class _Array(list[Any]):
    __repr__ = object.__repr__


class _Integer(int):
    __repr__ = object.__repr__


def _muted(value: Any, copies: dict[int, Any]) -> Any:
    """A plain value as jsonschema is to see it, with nothing to spell out in the messages that nobody reads.

    To spell out an array that holds another one twice, and that one a third one twice, takes time without end; and
    Python refuses to spell out an integer of thousands of digits.
    """
    if type(value) is int:
        return _Integer(value)
    if type(value) not in (dict, list):
        return value
    if id(value) not in copies:
        copies[id(value)] = (
            _Object((name, _muted(item, copies)) for name, item in value.items())
            if type(value) is dict
            else _Array(_muted(item, copies) for item in value)
        )
    return copies[id(value)]
