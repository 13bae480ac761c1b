"""Lists and quotations in a sentence."""

from collections.abc import Collection, Mapping, Sized
from typing import Any

from referral_rules._json import dumps, shorten

Details = Mapping[str, Any]
"""What a diagnostic knows beyond its code and its position: JSON for programs, and all that its words are made of."""

_MOST = 16
"""The most names in one sentence."""

Words = tuple[str, str | None]
"""What is wrong, without a full stop; and what to do instead, as a sentence, or None."""


def quoted(text: str) -> str:
    """A name as JSON writes it, at most 200 characters of it.

    >>> quoted("team")
    '"team"'
    """
    return dumps(shorten(text))


def counted(things: int | Sized, noun: str) -> str:
    """How many there are of something.

    >>> counted(1, "error"), counted([], "error")
    ('1 error', '0 errors')
    """
    number = things if isinstance(things, int) else len(things)
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def left_out(truncated: int) -> str:
    """What a report does not list.

    >>> left_out(2)
    '2 more operations have errors or warnings'
    """
    return f"{counted(truncated, 'more operation')} {'has' if truncated == 1 else 'have'} errors or warnings"


def any_of(names: Collection[str]) -> str:
    """One name or another.

    >>> any_of(["add"]), any_of(["Won", "Lost", "Declined"])
    ('add', 'Won, Lost or Declined')
    """
    return _listed(names, "or")


def all_of(names: Collection[str]) -> str:
    """One name and another.

    >>> all_of(["add", "replace"])
    'add and replace'
    """
    return _listed(names, "and")


def _listed(names: Collection[str], last: str) -> str:
    shown = [*names]
    if len(shown) > _MOST:
        shown = [*shown[:_MOST], f"{len(shown) - _MOST} more"]
    *front, final = shown or ("nothing",)
    return f"{', '.join(front)} {last} {final}" if front else final
