"""A report as a terminal shows it: which operation, the culprit marked, what says so and what to do instead."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from referral_rules._diagnostics import Code, Diagnostic, Report, Severity

__all__ = ["printable", "show"]

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
_VALUE = frozenset(
    {
        Code.VALUE_INVALID,
        Code.NOT_JSON,
        Code.STATUS_UNKNOWN,
        Code.TRANSITION_NOT_ALLOWED,
        Code.SUBSTATUS_NOT_ALLOWED,
        Code.REASON_EXPECTED,
        Code.SET_BY_SERVICE,
        Code.ONE_WAY,
        Code.UNKNOWN_MEMBER,
    }
)
_OP = frozenset({Code.OP_NOT_SUPPORTED, Code.OP_NOT_ALLOWED})
_WHOLE = frozenset({Code.NOT_AN_OBJECT, Code.MEMBER_MISSING})
_MARGIN = "   | "
_NARROWEST, _PLAIN, _LEAST = 40, 100, 8


class _Source(NamedTuple):
    """A line of text, and which part of it to mark: columns from the first to before the last."""

    text: str
    first: int
    last: int


def show(report: Report, operations: list[Any], names: tuple[str, str], console: Console) -> None:
    """Print a report.

    Args:
        report: what to print.
        operations: the operations of the patch, to show those that are wrong.
        names: where the patch and the referral come from.
        console: where to print; plain text if it is no terminal.
    """
    width = max(_NARROWEST, console.width - 1) if console.is_terminal else _PLAIN
    for violation in report:
        style = _STYLES[violation.severity]
        title = f"{violation.severity}[{violation.code}]"
        _print(console, title, f": {_problem(violation)}", style, width if console.is_terminal else None)
        name = names[violation.code is Code.REFERRAL_NOT_AN_OBJECT]
        for line, mark in _body(violation, operations, name, width):
            console.print(Text(line, style=style if mark else ""), soft_wrap=True)
        console.print()


def _problem(violation: Diagnostic) -> str:
    """The message without what is shown elsewhere: the operation's index and the hint."""
    place = f"operation {violation.op_index}: "
    return violation.message.removeprefix(place).removesuffix(f" {violation.hint}")


def _print(console: Console, title: str, text: str, style: str, width: int | None) -> None:
    whole = f"{title}{printable(text)}"
    lines = textwrap.wrap(whole, width, break_on_hyphens=False, break_long_words=False) if width else [whole]
    styled = Text("\n".join(lines))
    styled.stylize(style, 0, len(title))
    console.print(styled, soft_wrap=True)


def _body(violation: Diagnostic, operations: list[Any], name: str, width: int) -> Iterator[tuple[str, bool]]:
    """The lines below the title, and whether each is a mark."""
    index = violation.op_index
    yield f"  --> {printable(name)}{'' if index is None else f', operation {index}'}", False
    if index is not None:
        source = _source(operations[index], violation, width - len(_MARGIN))
        yield "   |", False
        yield f"{_MARGIN}{source.text}", False
        yield f"{_MARGIN}{' ' * source.first}{'^' * (source.last - source.first)}", True
    yield from ((line, False) for line in _note("rule", violation.source, width))
    if violation.hint:
        yield from ((line, False) for line in _note("help", violation.hint, width))


def _note(kind: str, text: str, width: int) -> list[str]:
    head = f"   = {kind}: "
    return textwrap.wrap(
        printable(text),
        width,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _source(operation: Any, violation: Diagnostic, width: int) -> _Source:
    """An operation on one line, cut to a width, with its culprit."""
    if not isinstance(operation, dict):
        text = _cut(_json(operation), width)
        return _Source(text, 0, cell_len(text))
    shown = [name for name in ("op", "path", "value") if name in operation]
    room = width - len("{}") - sum(len(f'"{name}": ') for name in shown) - len(", ") * (len(shown) - 1)
    text, marked = "{", None
    for after, name in zip(range(len(shown) - 1, -1, -1), shown, strict=True):
        value = _cut(_json(operation[name]), max(_LEAST, room - _LEAST * after))
        room -= cell_len(value)
        text += f'"{name}": '
        if name == _culprit(violation):
            marked = (cell_len(text), cell_len(text + value))
        text += f"{value}, " if after else value
    text += "}"
    return _Source(text, *(marked or (0, cell_len(text))))


def _culprit(violation: Diagnostic) -> str | None:
    if violation.code in _WHOLE:
        return None
    if "member" in violation.details:
        return str(violation.details["member"])
    return "op" if violation.code in _OP else "value" if violation.code in _VALUE else "path"


def _json(value: Any) -> str:
    return printable(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def printable(text: str) -> str:
    """Text that cannot move the cursor or change the direction of writing: what is not printable is escaped.

    >>> printable("a\\x1b[2J")
    'a\\\\u001b[2J'
    """
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text)
