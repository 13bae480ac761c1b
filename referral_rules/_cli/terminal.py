"""A report for people: what is wrong, the operation with its culprit marked, what decides, and what to do instead.

The words, and the member to mark, come from the diagnostics.
"""

import textwrap
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from referral_rules import Diagnostic, Report, Severity, Stage
from referral_rules._cli.problems import printable
from referral_rules._cli.writing import json_line
from referral_rules._messages import left_out

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}
_MARGIN = "   | "
_NARROWEST, _PLAIN, _LEAST = 40, 100, 8


def show(report: Report, patch: Any, names: tuple[str, str], console: Console) -> None:
    """Print a report.

    Args:
        report: what to print.
        patch: the patch, to show the operations that are wrong.
        names: where the patch and the referral come from.
        console: where to print; plain text if it is not a terminal.
    """
    for found in report:
        _show_title(found, console)
        _show_place(found, patch, names, console)
        _show_notes(found, console)
        console.line()
    if report.truncated:
        console.print(f"... {left_out(report.truncated)}", soft_wrap=not console.is_terminal)


def show_reason(report: Report, console: Console) -> None:
    """Print a report about an operation that nobody wrote: what is wrong, but not where."""
    for found in report:
        _show_title(found, console)
        _show_notes(found, console)


def _show_title(found: Diagnostic, console: Console) -> None:
    title = Text.assemble((f"{found.severity}[{found.code}]", _STYLES[found.severity]), f": {printable(found.message)}")
    # In a file or a pipe, one line for each diagnostic is easier to search.
    console.print(title, soft_wrap=not console.is_terminal)


def _show_place(found: Diagnostic, patch: Any, names: tuple[str, str], console: Console) -> None:
    if found.op_index is None:
        # A target that belongs to no operation is the referral itself.
        console.out(f"  --> {printable(names[found.code.stage is Stage.TARGET])}")
        return
    excerpt, first, last = _excerpt(patch[found.op_index], found.culprit, _width(console) - len(_MARGIN))
    console.out(f"  --> {printable(names[0])}, operation {found.op_index}\n   |\n{_MARGIN}{excerpt}")
    console.out(f"{_MARGIN}{' ' * first}{'^' * (last - first)}", style=_STYLES[found.severity])


def _show_notes(found: Diagnostic, console: Console) -> None:
    for head, text in (("   = rule: ", found.source), ("   = help: ", found.hint)):
        for line in textwrap.wrap(
            printable(text or ""),
            _width(console),
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_long_words=False,
            break_on_hyphens=False,
        ):
            console.out(line)


def _width(console: Console) -> int:
    return max(_NARROWEST, console.width) if console.is_terminal else _PLAIN


def _excerpt(operation: Any, culprit: str | None, width: int) -> tuple[str, int, int]:
    """An operation on one line, and the columns of its culprit: from the first to before the last."""
    if not isinstance(operation, dict) or culprit not in operation:
        whole = _cut(operation, width)
        return whole, 0, cell_len(whole)
    names = [name for name in ("op", "path", "value") if name in operation]
    room = width - sum(len(f'"{name}": , ') for name in names)
    text, first, last = "", 0, 0
    for later, name in zip(range(len(names) - 1, -1, -1), names, strict=True):
        text += f'{", " if text else "{"}"{name}": '
        value = _cut(operation[name], max(_LEAST, room - _LEAST * later))
        room -= cell_len(value)
        if name == culprit:
            first, last = cell_len(text), cell_len(text + value)
        text += value
    return f"{text}}}", first, last


def _cut(value: Any, width: int) -> str:
    text = printable(json_line(value))
    return text if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"
