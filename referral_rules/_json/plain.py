"""Which Python values are JSON, and copies of them that share nothing.

Callers may pass subclasses of dict, list, str, int and float, such as an OrderedDict or a StrEnum. They become plain
values here, once, so that the rest of the package only meets the built-in types.
"""

from collections.abc import Iterable
from decimal import Decimal
from math import isfinite
from typing import Any

SCALARS = frozenset({str, int, bool, type(None)})
"""Types whose values are always JSON and cannot be changed: nothing to check, nothing to copy."""

_LEAVES = SCALARS | {float, Decimal}
_TEXT = frozenset({str})
_SMALL = 16
_NOT_FINITE = "contains a number that is not finite"
_KINDS: dict[type, str] = {
    bool: "a boolean",
    str: "a string",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    dict: "an object",
    list: "an array",
    type(None): "null",
}


class NotPlain(ValueError):
    """No JSON parser produces this value; the message says why, without the value."""


class TooDeep(NotPlain):
    """The value has more arrays and objects inside one another than allowed.

    Args:
        container: the array or object that is one too deep.
    """

    def __init__(self, container: object) -> None:
        super().__init__("is nested too deeply")
        self.container = container


def kind_of(value: object) -> str:
    """What JSON calls a value's type; for anything else, the name of its Python type.

    >>> kind_of(True), kind_of(1), kind_of(set())
    ('a boolean', 'a number', 'set')
    """
    kind = type(value)
    return _KINDS.get(kind) or next((name for known, name in _KINDS.items() if issubclass(kind, known)), kind.__name__)


def plain(value: object, levels: int) -> Any:
    """A copy of a JSON value (RFC 8259) that shares no array and no object with it.

    Args:
        value: anything.
        levels: how many arrays and objects may be inside one another.
    Returns:
        the copy, made only of dict, list, str, int, float, bool, None and Decimal.
    Raises:
        TooDeep: it has more levels than that.
        NotPlain: no JSON parser produces such a value.

    >>> plain({"a": [1, 2.5, None]}, 2)
    {'a': [1, 2.5, None]}
    """
    return value if type(value) in SCALARS else _copy(value, levels, {})


def bounded(value: Any, levels: int) -> Any:
    """A value that came from a JSON parser and is nobody else's, as it is: ``plain`` without the copy.

    Raises:
        TooDeep: it has more levels than that.
        NotPlain: a number in it is not finite, as 1e400 is when it is read as a float.

    >>> bounded([[1.5]], 2)
    [[1.5]]
    """
    if type(value) in SCALARS:
        return value
    if type(value) is float and not isfinite(value):
        raise NotPlain(_NOT_FINITE)
    if type(value) in (dict, list):
        if not levels:
            raise TooDeep(value)
        for item in value.values() if type(value) is dict else value:
            if type(item) not in SCALARS:
                bounded(item, levels - 1)
    return value


def _copy(value: object, levels: int, copies: dict[tuple[int, int], Any]) -> Any:
    if not isinstance(value, dict | list):
        return _copy_scalar(value)
    if not levels:
        raise TooDeep(value)
    if len(value) <= _SMALL and _is_flat(value):
        return value.copy()
    # An array or object that is used in several places is copied once for each depth. A value that shares its parts,
    # and would be huge if it were spelled out, costs no more than it holds. Small and flat ones, which are most of
    # all, are not worth remembering.
    key = id(value), levels
    if key not in copies:
        try:
            copies[key] = _copy_container(value, levels - 1, copies)
        except TooDeep as error:
            if error.container is value:
                raise NotPlain("contains itself") from None
            raise
    return copies[key]


def _is_flat(value: dict[Any, Any] | list[Any]) -> bool:
    if type(value) is list:
        return SCALARS.issuperset(map(type, value))
    return type(value) is dict and SCALARS.issuperset(map(type, value.values())) and _TEXT.issuperset(map(type, value))


def _copy_container(value: Any, levels: int, copies: dict[tuple[int, int], Any]) -> Any:
    if isinstance(value, list):
        return [item if type(item) in SCALARS else _copy(item, levels, copies) for item in value]
    copy = {}
    for name, item in value.items():
        if not isinstance(name, str):
            raise NotPlain("contains a member whose name is not a string")
        plain_name = name if type(name) is str else plain_text(name)
        copy[plain_name] = item if type(item) in SCALARS else _copy(item, levels, copies)
    return copy


def _copy_scalar(value: object) -> Any:
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float) and isfinite(value):
        return float.__float__(value)
    if isinstance(value, Decimal) and value.is_finite():
        return Decimal(value)
    if isinstance(value, float | Decimal):
        raise NotPlain(_NOT_FINITE)
    raise NotPlain(f"contains a Python {type(value).__name__}, which JSON cannot represent")


def plain_text(text: str) -> str:
    """The built-in string that an instance of a subclass holds.

    >>> from enum import Enum
    >>> class Op(str, Enum):
    ...     ADD = "add"
    >>> plain_text(Op.ADD)
    'add'
    """
    # str() would ask the subclass, and an Enum answers with the name of its member.
    return str.__str__(text)


def among(value: object, constants: Iterable[object]) -> bool:
    """Return True if a JSON value is one of these; unlike in Python, true is not 1.

    >>> among(True, (1,)), among(True, (True,))
    (False, True)
    """
    return any(type(value) is type(constant) and value == constant for constant in constants)


def equal(one: object, other: object) -> bool:
    """Return True if two JSON values are equal (RFC 6902 section 4.6); unlike in Python, true is not 1.

    >>> equal({"a": [1]}, {"a": [1.0]}), equal({"a": [1]}, {"a": [True]})
    (True, False)
    """
    compared: set[tuple[int, int]] = set()
    pending = [(one, other)]
    # A loop and not a recursion, as Python's stack is not as deep as a stored referral may be.
    for left, right in pending:
        if left is right or (id(left), id(right)) in compared:
            continue
        if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
            pending.extend((item, right[name]) for name, item in left.items())
        elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
            pending.extend(zip(left, right, strict=True))
        elif isinstance(left, dict | list) or isinstance(left, bool) is not isinstance(right, bool) or left != right:
            return False
        else:
            continue
        compared.add((id(left), id(right)))
    return True


def shallow(container: object) -> Any:
    """A plain dict or list that holds what another one holds.

    Raises:
        TypeError: it is neither.

    >>> shallow({"a": []})
    {'a': []}
    """
    if isinstance(container, dict):
        return {**container}
    if isinstance(container, list):
        return [*container]
    raise TypeError(f"expected a dict or a list, got {type(container).__name__}")


def isolate(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a document that shares no array and no object with it, however deep it is.

    Args:
        document: a JSON object; what it holds in several places stays one object in the copy.
    Returns:
        the copy, made of plain dicts and lists; anything else in it is kept as it is.

    >>> isolate({"team": [{}]})
    {'team': [{}]}
    """
    root: dict[str, Any] = {**document}
    copies: dict[int, Any] = {id(document): root}
    pending: list[Any] = [root]
    # A loop and not a recursion, as Python's stack is not as deep as a stored referral may be.
    for container in pending:
        for key, item in container.items() if type(container) is dict else enumerate(container):
            if type(item) in _LEAVES or not isinstance(item, dict | list):
                continue
            if id(item) not in copies:
                copies[id(item)] = copy = {**item} if type(item) is dict else shallow(item)
                pending.append(copy)
            container[key] = copies[id(item)]
    return root
