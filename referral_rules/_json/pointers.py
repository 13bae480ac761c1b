"""JSON Pointers (RFC 6901): text to reference tokens and back."""

from collections.abc import Iterable

END = "-"
"""The token of the element after the last one of an array (RFC 6901 section 4)."""

_SHOWN = 200


class InvalidPointer(ValueError):
    """The text is not a JSON Pointer; the message says why, without the text."""


def tokens(path: str) -> tuple[str, ...]:
    """The reference tokens of a pointer, unescaped (RFC 6901 sections 3 and 4).

    Args:
        path: the pointer as text.
    Returns:
        its tokens; none for ``""``, the whole document.
    Raises:
        InvalidPointer: it does not start with ``/``, or a ``~`` is not followed by 0 or 1.

    >>> tokens("/details/a~1b")
    ('details', 'a/b')
    """
    # Imported at the first pointer, which is not before a ruleset is loaded.
    from jsonpointer import JsonPointer, JsonPointerException

    try:
        return tuple(JsonPointer(path).parts)
    except JsonPointerException:
        # jsonpointer's own message quotes the text, which may be long and is the caller's.
        reason = "has a ~ that is not followed by 0 or 1" if path[:1] in ("", "/") else "does not start with /"
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
    return "".join([f"/{part if type(part) is int else _escaped(str(part))}" for part in parts])


def _escaped(part: str) -> str:
    if "~" not in part and "/" not in part:
        return part
    from jsonpointer import escape

    escaped: str = escape(part)
    return escaped


def is_index(token: str) -> bool:
    """Return True for an array index: digits without a leading zero (RFC 6901 section 4).

    >>> is_index("10"), is_index("01"), is_index("-")
    (True, False, False)
    """
    return token.isascii() and token.isdigit() and (len(token) == 1 or not token.startswith("0"))


def read(document: object, parts: Iterable[str], absent: object = None) -> object:
    """The value at these tokens, looking only into objects.

    Args:
        document: any value.
        parts: the names of members, one inside the other.
        absent: what to return if there is no value.
    Returns:
        the value, or ``absent``.

    >>> read({"details": {"currency": "USD"}}, ["details", "currency"])
    'USD'
    """
    for part in parts:
        document = document.get(part, absent) if isinstance(document, dict) else absent
    return document


def shorten(path: str) -> str:
    """A path as it is shown to people: at most 200 characters.

    >>> len(shorten("/" * 500))
    200
    """
    return path if len(path) <= _SHOWN else f"{path[: _SHOWN - 1]}…"
