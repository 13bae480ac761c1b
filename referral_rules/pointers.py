"""JSON Pointers (RFC 6901): text to reference tokens and back."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from jsonpointer import JsonPointer, JsonPointerException, escape

__all__ = ["END", "InvalidPointer", "is_index", "join", "read", "reader", "shorten", "tokens"]

END = "-"
"""The token of the element after the last one of an array (RFC 6901 section 4)."""

_SHOWN = 200
_index = re.compile(r"0|[1-9][0-9]*").fullmatch


class InvalidPointer(ValueError):
    """The text is no JSON Pointer; the message says why, without the text."""


def tokens(path: str) -> tuple[str, ...]:
    """The reference tokens of a pointer, unescaped (RFC 6901 sections 3 and 4).

    Args:
        path: the pointer as text.
    Returns:
        its tokens; none for ``""``, the whole document.
    Raises:
        InvalidPointer: it does not start with ``/``, or a ``~`` is followed by neither 0 nor 1.

    >>> tokens("/details/a~1b")
    ('details', 'a/b')
    """
    try:
        return tuple(JsonPointer(path).parts)
    except JsonPointerException:
        # jsonpointer's own message quotes the text, which may be long and is the caller's.
        reason = "has a ~ that is followed by neither 0 nor 1" if path[:1] in ("", "/") else "does not start with /"
        raise InvalidPointer(reason) from None


def join(parts: Iterable[str | int]) -> str:
    """The pointer that leads through these tokens (RFC 6901 section 3).

    Args:
        parts: tokens, unescaped; an int is an array index.
    Returns:
        the pointer as text.

    >>> join(["team", 0, "a/b"])
    '/team/0/a~1b'
    """
    return "".join(f"/{escape(str(part))}" for part in parts)


def is_index(token: str) -> bool:
    """Whether a token is an array index: digits without a leading zero (RFC 6901 section 4).

    >>> is_index("10"), is_index("01"), is_index("-")
    (True, False, False)
    """
    return _index(token) is not None


def read(document: object, parts: Iterable[str], absent: object = None) -> object:
    """What stands in a document at these tokens, arrays left aside.

    Args:
        document: any value.
        parts: the names of members, one inside the other.
        absent: what to return where nothing stands there.
    Returns:
        the value there, or ``absent``.

    >>> read({"details": {"currency": "USD"}}, ["details", "currency"])
    'USD'
    """
    for part in parts:
        if not isinstance(document, dict) or part not in document:
            return absent
        document = document[part]
    return document


def reader(parts: tuple[str, ...]) -> Callable[[dict[str, Any]], object]:
    """The function that reads what stands at these tokens, or None where nothing stands.

    >>> reader(("status",))({"status": "On"}), reader(("state", "now"))({})
    ('On', None)
    """
    if len(parts) == 1:
        # A subclass of dict may make members up when it is asked for them, but not when dict is.
        return lambda document: dict.get(document, parts[0])
    return lambda document: read(document, parts)


def shorten(path: str) -> str:
    """A path as it is shown to people: at most 200 characters.

    >>> len(shorten("/" * 500))
    200
    """
    return path if len(path) <= _SHOWN else f"{path[: _SHOWN - 1]}…"
