"""JSON text (RFC 8259): parsed strictly, without repeated members, NaN or Infinity; written with every digit."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from referral_rules._json.pointers import shorten

# Python's json takes longer to import than this package, and only text needs it: each function imports it.
if TYPE_CHECKING:
    from json import JSONDecodeError


_BYTE_ORDER_MARK = "\ufeff"
_SHORT = 640
"""Python reads any integer of so many digits, however low its own limit is."""


class NotJson(ValueError):
    """The text is not JSON.

    Args:
        reason: what is wrong; of the text, it quotes only the name of a member.
        section: the section of RFC 8259 that decides.
        line: line of the text, from 1; None if the position is not known.
        column: column of the line, from 1; None if the position is not known.
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
    """The text may be JSON, but has more arrays and objects inside one another than Python can read."""


def loads(text: str | bytes | bytearray, parse_float: Callable[[str], Any] = float) -> Any:
    """Parse JSON text strictly (RFC 8259).

    Args:
        text: the text; bytes are UTF-8.
        parse_float: converts a number with a fraction or an exponent: float, or Decimal to keep every digit.
    Returns:
        dict, list, str, int, bool, None or what ``parse_float`` returns.
    Raises:
        ValueError: it is not JSON, or it has a repeated member, NaN or Infinity (RFC 8259 sections 4 and 6).
        TypeError: it is not text.

    >>> loads('{"op": "add"}')
    {'op': 'add'}
    """
    import json

    if not isinstance(text, str | bytes | bytearray):
        raise TypeError(f"expected JSON text as str, bytes or bytearray, got {type(text).__name__}")
    decoded = text if isinstance(text, str) else _decode(text)
    try:
        return json.loads(decoded, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=parse_float)
    except json.JSONDecodeError as error:
        raise NotJson(_syntax_error(decoded, error), "section 2", error.lineno, error.colno) from None
    except RecursionError:
        raise TooNested("it is nested too deeply", "section 9") from None
    except (ValueError, ArithmeticError):
        raise next(_flaws(decoded, parse_float)) from None


def _syntax_error(text: str, error: "JSONDecodeError") -> str:
    if not text.strip():
        return "the text is empty"
    if text.startswith(_BYTE_ORDER_MARK):
        return "unexpected byte order mark"
    message = error.msg.removesuffix(" at")
    return message[0].lower() + message[1:]


def dumps(value: Any) -> str:
    """The compact JSON text of a value; a Decimal, which Python's own json refuses, keeps every digit.

    Args:
        value: what a JSON parser returns.
    Returns:
        the text, in ASCII, so that it is UTF-8 whatever the strings hold.
    Raises:
        ValueError: JSON cannot represent the value, or it has more levels than can be written.

    >>> from decimal import Decimal
    >>> dumps({"dealValue": Decimal("10000.10"), "team": []})
    '{"dealValue":10000.10,"team":[]}'
    """
    try:
        try:
            return _encoder()(value)
        except TypeError:
            return _exact(value)
    except (TypeError, RecursionError):
        raise ValueError("JSON cannot represent the value, or it is nested too deeply") from None


def _exact(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{','.join(f'{_exact(name)}:{_exact(item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_exact, value))}]"
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    return _encoder()(value)


@cache
def _encoder() -> Callable[[Any], str]:
    import json

    return json.JSONEncoder(allow_nan=False, separators=(",", ":")).encode


def _decode(text: bytes | bytearray) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        before = text[: error.start].decode("utf-8")
        raise NotJson("invalid UTF-8", "section 8.1", *_position(before, len(before))) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else _refuse("")


def _refuse(_: str) -> Any:
    raise ValueError


_PATTERN = r"""(?P<string>"(?:[^"\\]|\\.)*")(?P<name>\s*:)? | (?P<open>[{\[]) | (?P<close>[}\]])
    | (?P<constant>NaN|-?Infinity) | (?P<number>-?[0-9][0-9.eE+-]*)"""


def _flaws(text: str, parse_float: Callable[[str], Any]) -> Iterator[NotJson]:
    """The faults that grammar alone allows, with their positions; called once there is known to be one."""
    import json

    above: list[set[str]] = []
    for token in re.finditer(_PATTERN, text, re.VERBOSE):
        if token["open"]:
            above.append(set())
        elif token["close"]:
            above.pop()
        elif token["name"]:
            name = json.loads(token["string"])
            if name in above[-1]:
                reason = f"the member {json.dumps(shorten(name))} appears twice in one object"
                yield NotJson(reason, "section 4", *_position(text, token.start()))
            above[-1].add(name)
        elif token["constant"]:
            yield NotJson(f"{token['constant']} is not a JSON number", "section 6", *_position(text, token.start()))
        elif token["number"] and _unreadable(token["number"], parse_float):
            yield NotJson("a number is too large to read", "section 6", *_position(text, token.start()))


def _unreadable(number: str, parse_float: Callable[[str], Any]) -> bool:
    import json

    if len(number) <= _SHORT and "e" not in number.lower():
        return False
    try:
        # Python itself refuses to read an integer of thousands of digits.
        json.loads(number, parse_float=parse_float)
    except (ValueError, ArithmeticError):
        return True
    return False


def _position(text: str, position: int) -> tuple[int, int]:
    """Line and column of a character, from 1."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
