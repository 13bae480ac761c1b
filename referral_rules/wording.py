"""How a violation is put into words: never with anything out of a referral."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from referral_rules import pointers
from referral_rules.violations import Violation, ViolationCode

__all__ = ["is_json_type", "kind_of", "listed", "one_of", "quoted", "violation"]

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    ((int, float, Decimal), "a number"),
    (dict, "an object"),
    (list, "an array"),
    (type(None), "null"),
)


def violation(
    code: ViolationCode,
    problem: str,
    rule: str,
    *,
    index: int | None = None,
    path: object = None,
    hint: str | None = None,
    **details: Any,
) -> Violation:
    """A violation whose message says where, what is wrong and what to do instead.

    Args:
        code: what kind of thing is wrong.
        problem: what is wrong and what is allowed, as a sentence.
        rule: what says so.
        index: index of the operation; None for the patch as a whole.
        path: the operation's path; anything but a string counts as none.
        hint: what to do instead, as a sentence.
        details: JSON for programs.
    """
    place = "" if index is None else f"operation {index}: "
    message = f"{place}{problem} {hint}" if hint else f"{place}{problem}"
    shown = pointers.shorten(str.__str__(path)) if isinstance(path, str) else None
    return Violation(code, code.severity, message, index, shown, rule, details, hint)


def kind_of(value: object) -> str:
    """What JSON calls a value's type.

    >>> kind_of(True), kind_of(1), kind_of(set())
    ('a boolean', 'a number', 'no JSON value')
    """
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "no JSON value")


def is_json_type(value: object) -> bool:
    """Whether a value is of a type that JSON has.

    >>> is_json_type([]), is_json_type(())
    (True, False)
    """
    return any(isinstance(value, kind) for kind, _ in _KINDS)


def quoted(text: str) -> str:
    """A name as JSON writes it, at most 200 characters of it.

    >>> quoted("team")
    '"team"'
    """
    import json

    return json.dumps(pointers.shorten(text))


def listed(names: Collection[str], last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["add", "replace"]), listed(["Won", "Lost", "Declined"], "or")
    ('add and replace', 'Won, Lost or Declined')
    """
    *front, final = names or ("nothing",)
    return f"{', '.join(front)} {last} {final}" if front else final


def one_of(names: Iterable[str]) -> str:
    """The choice among names in a sentence.

    >>> one_of(["add"]), one_of(["add", "replace"])
    ('add', 'one of add, replace')
    """
    choices = tuple(names)
    return f"one of {', '.join(choices)}" if len(choices) > 1 else listed(choices)
