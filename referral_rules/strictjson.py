"""JSON text (RFC 8259): parsed strictly, with no member twice, no NaN and no Infinity; written with every digit."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from referral_rules import pointers

__all__ = ["NotJson", "TooNested", "dumps", "loads"]


_BYTE_ORDER_MARK = "\ufeff"
_encode = json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


class NotJson(ValueError):
    """The text is not JSON.

    Args:
        reason: what is wrong, without anything of the text but the name of a member.
        section: the section of RFC 8259 that says so.
        line: line of the text, from 1; None if the place is not known.
        column: column of the line, from 1; None if the place is not known.
    """

    def __init__(self, reason: str, section: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason, section, line, column)
        self.reason = reason
        self.section = section
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.reason if self.line is None else f"{self.reason} at line {self.line}, column {self.column}"


class TooNested(NotJson):
    """The text may be JSON, but has more arrays and objects inside one another than can be read."""


def loads(text: str | bytes, parse_float: Callable[[str], Any] = float) -> Any:
    """The value that a JSON text holds.

    Args:
        text: the text; bytes are UTF-8.
        parse_float: what to make of a number with a fraction or an exponent: float, or Decimal to keep every digit.
    Returns:
        dict, list, str, int, bool, None or what ``parse_float`` makes.
    Raises:
        NotJson: it is no JSON text, or one with a member twice, NaN or Infinity (RFC 8259 sections 4 and 6).

    >>> loads('{"op": "add"}')
    {'op': 'add'}
    """
    decoded = _decode(text) if isinstance(text, bytes) else text
    try:
        return json.loads(decoded, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=parse_float)
    except json.JSONDecodeError as error:
        reason = (
            "no text"
            if not decoded.strip()
            else "a byte order mark"
            if decoded.startswith(_BYTE_ORDER_MARK)
            else error.msg.removesuffix(" at")
        )
        raise NotJson(reason, "section 2", error.lineno, error.colno) from None
    except RecursionError:
        raise TooNested("too many arrays and objects inside one another", "section 9") from None
    except (ValueError, ArithmeticError):
        raise next(_flaws(decoded, parse_float)) from None


def dumps(value: Any) -> str:
    """The JSON text of a value, without a space; a Decimal, which Python's own json refuses, keeps every digit.

    Args:
        value: what a JSON parser returns.
    Returns:
        the text, all of it ASCII, so that it is UTF-8 whatever the strings hold.
    Raises:
        ValueError: the value holds what JSON cannot, or has more levels than can be written.

    >>> from decimal import Decimal
    >>> dumps({"dealValue": Decimal("10000.10"), "team": []})
    '{"dealValue":10000.10,"team":[]}'
    """
    try:
        try:
            return _encode(value)
        except TypeError:
            return _exact(value)
    except (TypeError, RecursionError):
        raise ValueError("the value holds what JSON cannot, or is nested too deeply") from None


def _exact(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{','.join(f'{_exact(name)}:{_exact(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_exact, value))}]"
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    return _encode(value)


def _decode(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
        raise NotJson("a byte that is not UTF-8", "section 8.1", *_place(before, len(before))) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _refuse("")


def _refuse(_: str) -> Any:
    raise ValueError


_tokens = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*")(?P<name>\s*:)? | (?P<open>[{\[]) | (?P<close>[}\]])
    | (?P<constant>NaN|-?Infinity) | (?P<number>-?[0-9][0-9.eE+-]*)""",
    re.VERBOSE,
).finditer


def _flaws(text: str, parse_float: Callable[[str], Any]) -> Iterator[NotJson]:
    """What grammar alone does not refuse, and where: only looked for once some is known to be there."""
    above: list[set[str]] = []
    for token in _tokens(text):
        if token["open"]:
            above.append(set())
        elif token["close"]:
            above.pop()
        elif token["name"]:
            name = json.loads(token["string"])
            if name in above[-1]:
                reason = f"the member {json.dumps(pointers.shorten(name))} twice in one object"
                yield NotJson(reason, "section 4", *_place(text, token.start()))
            above[-1].add(name)
        elif token["constant"]:
            yield NotJson(f"{token['constant']}, which is no number", "section 6", *_place(text, token.start()))
        elif token["number"] and _unreadable(token["number"], parse_float):
            yield NotJson("a number too large to read", "section 6", *_place(text, token.start()))


def _unreadable(number: str, parse_float: Callable[[str], Any]) -> bool:
    try:
        # Python itself refuses to read an integer of thousands of digits.
        json.loads(number, parse_float=parse_float)
    except (ValueError, ArithmeticError):
        return True
    return False


def _place(text: str, position: int) -> tuple[int, int]:
    """Line and column of a character, from 1."""
    lines = text[:position].split("\n")
    return len(lines), len(lines[-1]) + 1
