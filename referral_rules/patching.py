"""``add`` and ``replace`` on a document of which only what they touch is copied (RFC 6902 sections 4.1 and 4.3)."""

from collections.abc import Callable
from typing import Any

from referral_rules import pointers
from referral_rules.plain import shallow

__all__ = ["Steps", "Write", "plant", "writer"]

Steps = tuple[str | int, ...]
"""The tokens of a path; an int is an array index, ``-`` the end of an array."""

Write = Callable[[dict[str, Any], set[int], Any], None]
"""Writes a value into a document; the set holds the ids of the containers that this patch has copied, and grows.

It raises LookupError where there is no such place, and TypeError where there is no such container.
"""


def writer(op: str, path: Steps, *, absent_is_null: bool) -> Write:
    """The function that carries out one operation at one path.

    Args:
        op: ``"add"`` or ``"replace"``.
        path: the tokens of the path.
        absent_is_null: True if ``replace`` takes a member that is absent for one that is null.

    >>> document = {"team": []}
    >>> writer("add", ("team", "-"), absent_is_null=False)(document, set(), "x")
    >>> document
    {'team': ['x']}
    """
    parents, token = path[:-1], path[-1]
    if token == pointers.END:
        return _append(parents)
    if isinstance(token, int):
        return _insert(parents, token) if op == "add" else _replace_item(parents, token)
    return _set_member(parents, token) if op == "add" or absent_is_null else _replace_member(parents, token)


def _set_member(parents: Steps, name: str) -> Write:
    def write(document: dict[str, Any], owned: set[int], value: Any) -> None:
        container = _descend(document, parents, owned) if parents else document
        if type(container) is not dict:
            raise TypeError
        container[name] = value

    return write


def _replace_member(parents: Steps, name: str) -> Write:
    def write(document: dict[str, Any], owned: set[int], value: Any) -> None:
        container = _descend(document, parents, owned) if parents else document
        if name not in container:
            raise LookupError
        container[name] = value

    return write


def _append(parents: Steps) -> Write:
    def write(document: dict[str, Any], owned: set[int], value: Any) -> None:
        container = _descend(document, parents, owned)
        if type(container) is not list:
            raise TypeError
        container.append(value)

    return write


def _insert(parents: Steps, index: int) -> Write:
    def write(document: dict[str, Any], owned: set[int], value: Any) -> None:
        container = _descend(document, parents, owned)
        if type(container) is not list:
            raise TypeError
        if index > len(container):
            raise LookupError
        container.insert(index, value)

    return write


def _replace_item(parents: Steps, index: int) -> Write:
    def write(document: dict[str, Any], owned: set[int], value: Any) -> None:
        container = _descend(document, parents, owned)
        if type(container) is not list:
            raise TypeError
        container[index] = value

    return write


def _descend(document: dict[str, Any], parents: Steps, owned: set[int]) -> Any:
    """The container at the end of a path, copied on the way down unless this patch copied it before."""
    container: Any = document
    for token in parents:
        child = container[token]
        if id(child) not in owned:
            child = container[token] = {**child} if type(child) is dict else shallow(child)
            owned.add(id(child))
        container = child
    return container


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
        if not isinstance(container.get(token), dict):
            container[token] = {}
        container = container[token]
    container[path[-1]] = value
