"""Which Python values are JSON, and copies of them that share nothing."""

from decimal import Decimal
from math import isfinite
from typing import Any

__all__ = [
    "SCALARS",
    "NotPlain",
    "TooDeep",
    "among",
    "contains_itself",
    "equal",
    "isolate",
    "only_built_in",
    "plain",
    "shallow",
]

SCALARS = frozenset({str, int, bool, type(None)})
"""Types whose every instance is JSON and cannot be changed: nothing to check, nothing to copy."""


_LEAVES = SCALARS | {float}
_CONTAINERS = frozenset({dict, list})
_BUILT_IN = (str, dict, list, int, float, bool, type(None), Decimal, bytes)


class NotPlain(ValueError):
    """The value is nothing that a JSON parser produces; the message says why, without the value."""


class TooDeep(NotPlain):
    """The value has more arrays and objects inside one another than allowed."""


def plain(value: object, levels: int) -> Any:
    """A copy of a JSON value (RFC 8259) that shares no array and no object with it.

    Instances of subclasses of dict, list, str, int and float become plain ones. What stands in several places of
    the value is copied once for each depth, so that values that share their parts cost no more than they hold.

    Args:
        value: anything.
        levels: how many arrays and objects may stand inside one another.
    Returns:
        the copy, of dict, list, str, int, float, bool, None and Decimal alone.
    Raises:
        TooDeep: more levels than that; a value that contains itself has no end of them.
        NotPlain: no JSON parser produces such a value.

    >>> plain({"a": [1, 2.5, None]}, 2)
    {'a': [1, 2.5, None]}
    """
    if type(value) in SCALARS:
        return value
    return _copy(value, levels, {})


def _copy(value: object, levels: int, copies: dict[tuple[int, int], Any]) -> Any:
    if isinstance(value, dict):
        return _copy_dict(value, levels, copies)
    if isinstance(value, list):
        return _copy_list(value, levels, copies)
    return _copy_scalar(value)


def _copy_dict(value: dict[Any, Any], levels: int, copies: dict[tuple[int, int], Any]) -> dict[str, Any]:
    if not levels:
        raise TooDeep("is nested too deeply")
    copy: dict[Any, Any] = shallow(value)
    for name, item in copy.items():
        if type(name) is not str:
            return _copy_dict(_with_plain_names(copy), levels, copies)
        if type(item) not in SCALARS:
            copy[name] = _copy_once(item, levels - 1, copies)
    return copy


def _with_plain_names(value: dict[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(name, str) for name in value):
        raise NotPlain("has a member whose name is not a string")
    return {str.__str__(name): item for name, item in value.items()}


def _copy_list(value: list[Any], levels: int, copies: dict[tuple[int, int], Any]) -> list[Any]:
    if not levels:
        raise TooDeep("is nested too deeply")
    return [item if type(item) in SCALARS else _copy_once(item, levels - 1, copies) for item in list.__iter__(value)]


def _copy_once(value: object, levels: int, copies: dict[tuple[int, int], Any]) -> Any:
    key = (id(value), levels)
    if key not in copies:
        copies[key] = _copy(value, levels, copies)
    return copies[key]


def _copy_scalar(value: object) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float) and isfinite(value):
        return float.__float__(value)
    if isinstance(value, Decimal) and Decimal.is_finite(value):
        return Decimal(value)
    raise NotPlain("is not a finite number" if isinstance(value, float | Decimal) else _not_json(value))


def _not_json(value: object) -> str:
    return f"is, or contains, a Python {type(value).__name__}, which JSON cannot hold"


def among(value: object, constants: list[Any]) -> bool:
    """Whether a JSON value is one of these; unlike in Python, true is not 1.

    >>> among(True, [1]), among(True, [True])
    (False, True)
    """
    return any(type(value) is type(constant) and value == constant for constant in constants)


def equal(one: object, other: object) -> bool:
    """Whether two JSON values are equal (RFC 6902 section 4.6); unlike in Python, true is not 1.

    >>> equal({"a": [1]}, {"a": [1.0]}), equal({"a": [1]}, {"a": [True]})
    (True, False)
    """
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def shallow(container: object) -> Any:
    """A plain dict or list that holds what another one holds.

    Raises:
        TypeError: it is neither.

    >>> shallow({"a": []})
    {'a': []}
    """
    # A subclass may do anything in its own methods, so its items are read by those of list and dict.
    if isinstance(container, list):
        return list.copy(container)
    if type(container) is dict:
        return {**container}
    if isinstance(container, dict):
        return dict(dict.items(container))
    raise TypeError


def contains_itself(value: object) -> bool:
    """Whether an array or an object stands, at any depth, inside itself.

    Args:
        value: anything.
    Returns:
        True if following it down never ends.

    >>> loop = []
    >>> loop.append(loop)
    >>> contains_itself(loop), contains_itself([[], []])
    (True, False)
    """
    from graphlib import CycleError, TopologicalSorter

    # By id, and as lists that hold what they name, so that no id is that of another thing later on.
    inside: dict[int, list[Any]] = {}
    pending = [value]
    for container in pending:
        if id(container) not in inside:
            inside[id(container)] = _items(container)
            pending += inside[id(container)]
    try:
        TopologicalSorter({key: map(id, items) for key, items in inside.items()}).prepare()
    except CycleError:
        return True
    return False


def _items(value: object) -> list[Any]:
    """The arrays and objects directly inside a value."""
    # Taken out in one step, as another thread may change the value between two.
    items = [*dict.values(value)] if isinstance(value, dict) else shallow(value) if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict | list)]


def only_built_in(value: object) -> bool:
    """Whether a value, and all inside it, is of Python's own types, so that no method of it can fail.

    Args:
        value: anything.

    >>> class Name(str): ...
    >>> only_built_in([{"a": 1}]), only_built_in([{Name("a"): 1}])
    (True, False)
    """
    seen: set[int] = set()
    pending = [value]
    for item in pending:
        # Compared by identity: the type of a type may make up its own hash.
        if not any(type(item) is kind for kind in _BUILT_IN):
            return False
        if isinstance(item, dict | list) and id(item) not in seen:
            seen.add(id(item))
            pending += [*item, *item.values()] if isinstance(item, dict) else item
    return True


def isolate(document: dict[str, Any]) -> dict[str, Any]:
    """A copy of a document that shares no array and no object with it, however deep it is.

    Args:
        document: a JSON object; what stands in several places of it stays one thing in the copy.
    Returns:
        the copy, of plain dicts and lists; anything else in it is kept as it is.

    >>> isolate({"team": [{}]})
    {'team': [{}]}
    """
    root: dict[str, Any] = shallow(document)
    copies: dict[int, Any] = {id(document): root}
    pending: list[Any] = [root]
    for container in pending:
        for key, item in container.items() if type(container) is dict else enumerate(container):
            kind = type(item)
            if kind in _LEAVES or (kind not in _CONTAINERS and not isinstance(item, dict | list)):
                continue
            if id(item) not in copies:
                copies[id(item)] = copy = {**item} if kind is dict else [*item] if kind is list else shallow(item)
                pending.append(copy)
            container[key] = copies[id(item)]
    return root
