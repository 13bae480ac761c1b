"""Checks of JSON values, by type: what a compiled schema is, and how two of them are joined."""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cached_property
from typing import Any

Check = Callable[[Any], object] | None
Checks = dict[type, Check]
"""How a schema checks values of each type: no entry, refused; None, accepted; a function, accepted if it is true."""

TYPES: dict[str, tuple[type, ...]] = {
    "array": (list,),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float, Decimal),
    "object": (dict,),
    "string": (str,),
}
"""The Python types of a plain JSON value, by the name of its type in JSON Schema."""

_TEXT = frozenset({str, type(None)})
ANY: Checks = {kind: None for kinds in TYPES.values() for kind in kinds}


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


def both(left: Checks, right: Checks) -> Checks:
    """The checks that accept what two others both accept.

    >>> fits(both({str: None, int: None}, {int: None}), "a")
    False
    """
    return {kind: _and(left[kind], right[kind]) for kind in left if kind in right}


def either(left: Checks, right: Checks) -> Checks:
    """The checks that accept what one of two others accepts.

    >>> fits(either({str: None}, {int: None}), "a")
    True
    """
    shared = {kind: _or(left[kind], right[kind]) for kind in left if kind in right}
    return {**left, **right, **shared}


def _and(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return left or right
    if isinstance(left, Text) and isinstance(right, Text):
        return Text(left.pattern + right.pattern)
    return lambda value: left(value) and right(value)


def _or(left: Check, right: Check) -> Check:
    if left is None or right is None:
        return None
    return lambda value: left(value) or right(value)


def negated(checks: Checks) -> Checks:
    """The checks that accept what others refuse.

    >>> fits(negated({str: None}), 1), fits(negated({str: None}), "a")
    (True, False)
    """
    free: Checks = {kind: None for kind in ANY if kind not in checks}
    return free | {kind: _not(check) for kind, check in checks.items() if check is not None}


def _not(check: Callable[[Any], object]) -> Check:
    return Text(f"(?!{check.pattern})") if isinstance(check, Text) else lambda value: not check(value)


class Text:
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


def ready(checks: Checks) -> Checks:
    """The checks with their regular expressions compiled.

    >>> fits(ready({str: Text("(?=a)")}), "ab")
    True
    """
    return {kind: check.match if isinstance(check, Text) else check for kind, check in checks.items()}


class Members:
    """The check of ``properties``: accepts an object if each of the listed members that it has is accepted."""

    def __init__(self, listed: dict[str, Checks]) -> None:
        self.listed = listed
        self.free = frozenset(name for name, checks in listed.items() if _takes_any_text(checks))

    def text_alone(self, value: dict[str, object]) -> bool:
        """Return True if an object has only members that take any text, and only text or null in them.

        Most objects in a patch are like that, such as team members, and need no closer look.
        """
        for name, item in value.items():
            if type(name) is not str or (type(item) is not str and item is not None):
                return False
        return self.free.issuperset(value)

    def __call__(self, value: dict[str, object]) -> bool:
        listed = self.listed
        for name, item in value.items():  # noqa: SIM110, as a generator takes twice as long
            if name in listed and not fits(listed[name], item):
                return False
        return True


def _takes_any_text(checks: Checks) -> bool:
    return all(kind in checks and checks[kind] is None for kind in _TEXT)
