"""The command line: check, apply, explain, rules."""

import os
import stat
import sys
import tempfile
from contextlib import suppress
from decimal import Decimal
from enum import StrEnum
from importlib import metadata
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, NoReturn

import simplejson
import typer
from rich.console import Console

from referral_rules import PathRule, Report, Ruleset, RulesetError, _catalog, _json
from referral_rules import _views as views
from referral_rules._cli.terminal import printable, show
from referral_rules.http import _openapi as openapi

__all__ = ["app"]

_ACCEPTED, _REFUSED, _UNUSABLE = 0, 1, 2
_STANDARD = "-"

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="May this JSON Patch be applied to this Partner Center referral, and what is the referral then?",
    epilog="Exit status: 0 accepted, 1 refused, 2 a usage error, an unreadable file or a broken ruleset.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        _write(f"referral-rules {metadata.version('referral-rules')}\n")
        raise typer.Exit(_ACCEPTED)


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version)
    ] = False,
) -> None:
    """May this JSON Patch be applied to this Partner Center referral, and what is the referral then?"""


class Format(StrEnum):
    """How a report or a rule is written."""

    TEXT = "text"
    JSON = "json"


class View(StrEnum):
    """How a ruleset is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    MERMAID = "mermaid"
    PATCH_SCHEMA = "patch-schema"
    OPENAPI = "openapi"
    ERROR_SCHEMA = "error-schema"


PatchFile = Annotated[str, typer.Argument(metavar="PATCH", help="File of the JSON Patch; - for standard input.")]
ReferralFile = Annotated[str, typer.Argument(metavar="REFERRAL", help="File of the referral; - for standard input.")]
Rules = Annotated[str, typer.Option("--rules", metavar="NAME|FILE", help="Built-in ruleset, or file of one.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write the result.")]


@app.command()
def check(
    patch: PatchFile,
    referral: Annotated[
        str | None, typer.Argument(metavar="REFERRAL", help="File of the referral; - for standard input.")
    ] = None,
    rules: Rules = _catalog.NEWEST,
    format_: FormatOption = Format.TEXT,
    strict: Strict = False,
) -> None:
    """Say everything that is wrong with PATCH, and all that is odd about it.

    Without REFERRAL, all is judged that the patch alone tells.
    """
    ruleset = _ruleset(rules)
    operations, *stored = _read(patch) if referral is None else _read(patch, referral)
    report = ruleset.check(operations, *stored)
    if format_ is Format.JSON:
        _write(_json(report.to_dict()))
    else:
        console = Console(highlight=False)
        show(report, operations, (patch, referral or patch), console)
        summary = _summary(report, operations, ruleset, accepted=_accepted(report, strict=strict))
        console.print(summary, soft_wrap=True, markup=False)
    raise typer.Exit(_ACCEPTED if _accepted(report, strict=strict) else _REFUSED)


@app.command()
def apply(
    patch: PatchFile,
    referral: ReferralFile,
    rules: Rules = _catalog.NEWEST,
    format_: FormatOption = Format.TEXT,
    strict: Strict = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="File to write, whole or not at all.")
    ] = _STANDARD,
) -> None:
    """Write the referral that PATCH makes of REFERRAL.

    The referral goes to standard output, or to FILE; the report goes to standard error, in the chosen format.
    """
    ruleset = _ruleset(rules)
    operations, stored = _read(patch, referral)
    report = ruleset.check(operations, stored)
    if format_ is Format.JSON:
        sys.stderr.write(_json(report.to_dict()))
    else:
        show(report, operations, (patch, referral), Console(stderr=True, highlight=False))
    if not _accepted(report, strict=strict):
        raise typer.Exit(_REFUSED)
    updated = _json(ruleset.apply(operations, stored))
    if output == _STANDARD:
        _write(updated)
    else:
        _replace(output, updated)


@app.command()
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="JSON Pointer, as in an operation.")],
    rules: Rules = _catalog.NEWEST,
    format_: FormatOption = Format.TEXT,
) -> None:
    """Say what may be written at PATH, and what says so."""
    ruleset = _ruleset(rules)
    rule = ruleset.explain(path)
    if format_ is Format.JSON:
        _write(
            _json(
                None
                if rule is None
                else {
                    "path": rule.path,
                    "operations": list(rule.operations),
                    "schema": rule.schema,
                    "source": rule.source,
                    "in_terminal_state": rule.in_terminal_state,
                }
            )
        )
    elif rule is None:
        probe = ruleset.check([{"op": ruleset.operations[-1], "path": path, "value": None}])
        _write("".join(f"{printable(error.message.removeprefix('operation 0: '))}\n" for error in probe.errors))
    else:
        _write(_explanation(ruleset, rule))
    raise typer.Exit(_REFUSED if rule is None else _ACCEPTED)


@app.command("rules")
def show_rules(
    rules: Rules = _catalog.NEWEST,
    format_: Annotated[View, typer.Option("--format", help="How to write the rules.")] = View.TEXT,
) -> None:
    """Show the paths that may be patched, and the moves of the status."""
    ruleset = _ruleset(rules)
    written = {
        View.TEXT: lambda: views.text(ruleset),
        View.JSON: lambda: _json(ruleset.document),
        View.MARKDOWN: lambda: f"{views.markdown_paths(ruleset)}\n",
        View.MERMAID: lambda: f"{views.mermaid(ruleset)}\n",
        View.PATCH_SCHEMA: lambda: _json(views.patch_schema(ruleset)),
        View.OPENAPI: lambda: _json(openapi.document(ruleset)),
        View.ERROR_SCHEMA: lambda: _json(openapi.error_schema()),
    }
    _write(written[format_]())


def _ruleset(name: str) -> Ruleset:
    try:
        file = _catalog.ruleset_path(name) is None and (Path(name).exists() or Path(name).suffix or os.sep in name)
        return Ruleset.from_file(name) if file else Ruleset.load(name)
    except RulesetError as error:
        _fail(str(error))


def _read(*names: str) -> list[Any]:
    if names.count(_STANDARD) > 1:
        _fail("only one of the files can be standard input")
    return [_parse(name) for name in names]


def _parse(name: str) -> Any:
    """Numbers keep every digit: a referral that is written again must not lose any."""
    try:
        text = _standard_input() if name == _STANDARD else Path(name).read_bytes()
        return _json.loads(text, parse_float=_exact)
    except OSError as error:
        _fail(f"{name}: cannot be read: {error.strerror}")
    except _json.NotJson as error:
        _fail(f"{'standard input' if name == _STANDARD else name}: not JSON: {error}")


def _standard_input() -> bytes:
    if sys.stdin is None:
        _fail("standard input: is closed")
    return sys.stdin.buffer.read()


def _exact(number: str) -> Decimal | float:
    """The number with every digit; what is too large for a float is judged as the library judges it: infinite."""
    approximate = float(number)
    return Decimal(number) if isfinite(approximate) else approximate


def _fail(message: str) -> NoReturn:
    # Where even standard error cannot be written, the exit status still tells.
    with suppress(OSError, AttributeError):
        for line in message.splitlines():
            sys.stderr.write(f"error: {printable(line)}\n")
    raise typer.Exit(_UNUSABLE)


def _accepted(report: Report, *, strict: bool) -> bool:
    return report.ok and not (strict and report.warnings)


def _summary(report: Report, operations: Any, ruleset: Ruleset, *, accepted: bool) -> str:
    verdict = "accepted" if accepted else "refused"
    counted = [_count(len(operations), "operation")] if isinstance(operations, list) else []
    counted += [_count(len(report.errors), "error"), _count(len(report.warnings), "warning")]
    return f"{verdict} by {ruleset.name}: {', '.join(counted)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _explanation(ruleset: Ruleset, rule: PathRule) -> str:
    lines = [
        f"path        {rule.path}",
        f"operations  {', '.join(rule.operations)}",
        f"value       {views.value_kind(rule.schema)}",
        f"meaning     {rule.schema.get('description', 'not stated')}",
        f"source      {rule.source or 'not stated'}",
        f"ruleset     {ruleset.name}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _json(value: Any) -> str:
    return f"{simplejson.dumps(value, indent=2, ensure_ascii=False, use_decimal=True)}\n"


def _write(text: str) -> None:
    sys.stdout.buffer.write(_encoded(text))
    sys.stdout.flush()


def _encoded(text: str) -> bytes:
    """UTF-8; a surrogate without its other half, which UTF-8 cannot hold, is escaped as JSON escapes it."""
    return text.encode("utf-8", "backslashreplace")


def _replace(name: str, text: str) -> None:
    """Write a file whole or not at all: beside it first, then in its place."""
    target = Path(name)
    try:
        if _is_special(target):
            target.write_bytes(_encoded(text))  # A device or a pipe has no place to take.
        else:
            _take_place(target.resolve(), _encoded(text))
    except OSError as error:
        _fail(f"{name}: cannot be written: {error.strerror}")


def _is_special(target: Path) -> bool:
    try:
        return not stat.S_ISREG(target.stat().st_mode)
    except FileNotFoundError:
        return False


def _take_place(target: Path, content: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".referral-")
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(target)
    except BaseException:
        draft.unlink()
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
