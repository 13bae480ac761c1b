"""``add`` and ``replace`` (RFC 6902 sections 4.1 and 4.3), compiled for one path each.

A document is patched without copying it whole: the containers on a written path are copied once, when a patch first
writes below them, and everything else is shared with the original.
"""

from collections.abc import Callable
from typing import Any

from referral_rules._json.plain import shallow
from referral_rules._json.pointers import END

Steps = tuple[str | int, ...]
"""The tokens of a path; an int is an array index, ``-`` the end of an array."""

Copied = dict[int, Any]
"""The containers copied for a patch, by their id. They are kept, as the id of a freed object may be used again."""

Write = Callable[[Any, Copied, Any], None]
"""Writes a value into a document, which the caller owns; raises NoTarget if there is no place for it."""


class NoTarget(Exception):
    """The document has no place for the value."""


def writer(op: str, steps: Steps, *, absent_is_null: bool) -> Write:
    """The function that carries out one operation at one path.

    Args:
        op: ``"add"`` or ``"replace"``.
        steps: the path.
        absent_is_null: True if ``replace`` treats an absent member as one that is null.

    >>> document = {"team": []}
    >>> writer("add", ("team", "-"), absent_is_null=False)({**document}, {}, "x")
    >>> document
    {'team': []}
    """
    *parents, last = steps
    write_inside = _write_inside("add" if op == "replace" and absent_is_null and isinstance(last, str) else op, last)
    if not parents:
        return write_inside

    def write(document: Any, copied: Copied, value: Any) -> None:
        container: Any = document
        try:
            for token in parents:
                child = container[token]
                if id(child) not in copied:
                    child = container[token] = {**child} if type(child) is dict else shallow(child)
                    copied[id(child)] = child
                container = child
        except (LookupError, TypeError):
            raise NoTarget from None
        write_inside(container, copied, value)

    return write


def _write_inside(op: str, token: str | int) -> Write:
    if token == END:
        return _append
    if isinstance(token, int):
        return _insert(token) if op == "add" else _replace_item(token)
    return _add_member(token) if op == "add" else _replace_member(token)


def _add_member(name: str) -> Write:
    def write(container: Any, _: Copied, value: Any) -> None:
        if type(container) is not dict:
            raise NoTarget
        container[name] = value

    return write


def _replace_member(name: str) -> Write:
    def write(container: Any, _: Copied, value: Any) -> None:
        if type(container) is not dict or name not in container:
            raise NoTarget
        container[name] = value

    return write


def _append(container: Any, _: Copied, value: Any) -> None:
    if type(container) is not list:
        raise NoTarget
    container.append(value)


def _insert(index: int) -> Write:
    def write(container: Any, _: Copied, value: Any) -> None:
        if type(container) is not list or index > len(container):
            raise NoTarget
        container.insert(index, value)

    return write


def _replace_item(index: int) -> Write:
    def write(container: Any, _: Copied, value: Any) -> None:
        if type(container) is not list or index >= len(container):
            raise NoTarget
        container[index] = value

    return write


def assume(document: dict[str, Any], steps: Steps, value: object) -> None:
    """Write a value into a document of which nothing else is known, creating the objects that lead to it.

    What goes into an array is left out, as nothing is known of the array.

    >>> unknown = {}
    >>> assume(unknown, ("details", "notes"), "x")
    >>> unknown
    {'details': {'notes': 'x'}}
    """
    if any(isinstance(token, int) or token == END for token in steps):
        return
    container: dict[Any, Any] = document
    for token in steps[:-1]:
        child = container.get(token)
        container[token] = {**child} if isinstance(child, dict) else {}
        container = container[token]
    container[steps[-1]] = value
