"""``add`` and ``replace`` (RFC 6902 sections 4.1 and 4.3) on a container that the patch may change."""

from collections.abc import Callable
from typing import Any

from referral_rules import pointers

__all__ = ["Steps", "Write", "plant", "writer"]

Steps = tuple[str | int, ...]
"""The tokens of a path; an int is an array index, ``-`` the end of an array."""

Write = Callable[[Any, Any], None]
"""Writes a value into a container, which it may change; LookupError or TypeError where there is no place for it."""


def writer(op: str, token: str | int, *, absent_is_null: bool) -> Write:
    """The function that carries out one operation on a container.

    Args:
        op: ``"add"`` or ``"replace"``.
        token: the last token of the path: a name, an index, or ``-`` for the end of an array.
        absent_is_null: True if ``replace`` takes a member that is absent for one that is null.

    >>> team = []
    >>> writer("add", "-", absent_is_null=False)(team, "x")
    >>> team
    ['x']
    """
    if token == pointers.END:
        return _append
    if isinstance(token, int):
        return _insert(token) if op == "add" else _replace_item(token)
    return _set_member(token) if op == "add" or absent_is_null else _replace_member(token)


def _set_member(name: str) -> Write:
    def write(container: Any, value: Any) -> None:
        if type(container) is not dict:
            raise TypeError
        container[name] = value

    return write


def _replace_member(name: str) -> Write:
    def write(container: Any, value: Any) -> None:
        if name not in container:
            raise LookupError
        container[name] = value

    return write


def _append(container: Any, value: Any) -> None:
    if type(container) is not list:
        raise TypeError
    container.append(value)


def _insert(index: int) -> Write:
    def write(container: Any, value: Any) -> None:
        if type(container) is not list:
            raise TypeError
        if index > len(container):
            raise LookupError
        container.insert(index, value)

    return write


def _replace_item(index: int) -> Write:
    def write(container: Any, value: Any) -> None:
        if type(container) is not list:
            raise TypeError
        container[index] = value

    return write


def plant(document: dict[str, Any], path: Steps, value: object) -> None:
    """Write a value into a document of which nothing is known yet, making the objects that lead to it.

    What goes into an array is left out, as nothing is known of the array.

    >>> unknown = {}
    >>> plant(unknown, ("details", "notes"), "x")
    >>> unknown
    {'details': {'notes': 'x'}}
    """
    if any(isinstance(token, int) or token == pointers.END for token in path):
        return
    container: dict[Any, Any] = document
    for token in path[:-1]:
        child = container.get(token)
        container[token] = {**child} if isinstance(child, dict) else {}
        container = container[token]
    container[path[-1]] = value
