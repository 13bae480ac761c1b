"""The commands: check, apply, explain and rules."""

import sys
from collections.abc import Collection
from importlib import metadata
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console

from referral_rules import PathRule, Report, Ruleset, _catalog, _views
from referral_rules._cli.formats import FORMATS
from referral_rules._cli.reading import STANDARD, read, read_ruleset
from referral_rules._cli.terminal import show, show_reason
from referral_rules._cli.writing import json_text, write, write_to
from referral_rules._messages import counted

_ACCEPTED, _REFUSED = 0, 1

app = typer.Typer(
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit status: 0 accepted, 1 refused, 2 usage error, unreadable file or invalid ruleset.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        write(f"referral-rules {metadata.version('referral-rules')}\n", sys.stdout)
        raise typer.Exit(_ACCEPTED)


@app.callback(help="Check JSON Patches for Microsoft Partner Center referrals, and apply them.")
def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version)
    ] = False,
) -> None:
    pass


def _format(formats: Collection[str]) -> Any:
    """The option that chooses one of some formats."""

    def known(name: str) -> str:
        if name not in formats:
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(formats)}.")
        return name

    help_ = f"Output format: {', '.join(formats)}."
    return typer.Option("--format", metavar="FORMAT", help=help_, callback=known)


_REFERRAL = typer.Argument(metavar="REFERRAL", help="File with the referral; - for standard input.")
PatchFile = Annotated[str, typer.Argument(metavar="PATCH", help="File with the JSON Patch; - for standard input.")]
Rules = Annotated[str, typer.Option("--rules", metavar="NAME|FILE", help="Built-in ruleset, or a ruleset file.")]
Strict = Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")]
Format = Annotated[str, _format(("text", "json"))]


@app.command()
def check(
    patch: PatchFile,
    referral: Annotated[str | None, _REFERRAL] = None,
    rules: Rules = _catalog.NEWEST,
    format_: Format = "text",
    strict: Strict = False,
) -> None:
    """Check a patch and list everything that is wrong with it.

    Without REFERRAL, only what can be known from the patch is checked.
    """
    ruleset = read_ruleset(rules)
    documents = read(patch, referral)
    report = ruleset.evaluate(*documents).report
    accepted = _accepted(report, strict=strict)
    _write_report(report, documents[0], (patch, referral or patch), format_, sys.stdout)
    if format_ == "text":
        write(_summary(report, documents[0], ruleset, accepted=accepted), sys.stdout)
    raise typer.Exit(_ACCEPTED if accepted else _REFUSED)


@app.command()
def apply(
    patch: PatchFile,
    referral: Annotated[str, _REFERRAL],
    rules: Rules = _catalog.NEWEST,
    format_: Format = "text",
    strict: Strict = False,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="FILE", help="Where to write the referral; - for standard output.")
    ] = STANDARD,
) -> None:
    """Apply a patch to a referral and write the new referral.

    The report goes to standard error. If the patch is refused, no referral is written.
    """
    ruleset = read_ruleset(rules)
    operations, stored = read(patch, referral)
    evaluation = ruleset.evaluate(operations, stored)
    _write_report(evaluation.report, operations, (patch, referral), format_, sys.stderr)
    if not _accepted(evaluation.report, strict=strict):
        raise typer.Exit(_REFUSED)
    write_to(output, json_text(evaluation.referral))


@app.command()
def explain(
    path: Annotated[str, typer.Argument(metavar="PATH", help="JSON Pointer, such as /details/notes.")],
    rules: Rules = _catalog.NEWEST,
    format_: Format = "text",
) -> None:
    """Show the operations that a path allows, and the type of its value."""
    ruleset = read_ruleset(rules)
    rule = ruleset.explain(path)
    if format_ == "json":
        write(json_text(rule and {name: getattr(rule, name) for name in _FIELDS}), sys.stdout)
    elif rule is None:
        probe = ruleset.check([{"op": ruleset.operations[-1], "path": path, "value": None}])
        show_reason(probe, Console(highlight=False))
    else:
        write(_explanation(ruleset, rule), sys.stdout)
    raise typer.Exit(_REFUSED if rule is None else _ACCEPTED)


@app.command("rules")
def show_rules(rules: Rules = _catalog.NEWEST, format_: Annotated[str, _format(FORMATS)] = "text") -> None:
    """Show which paths can be patched, and how the status can change."""
    write(FORMATS[format_](read_ruleset(rules)), sys.stdout)


def _accepted(report: Report, *, strict: bool) -> bool:
    return report.ok and not (strict and report.warnings)


def _write_report(report: Report, patch: Any, names: tuple[str, str], format_: str, stream: TextIO) -> None:
    if format_ == "json":
        write(json_text(report.to_dict()), stream)
    else:
        show(report, patch, names, Console(file=stream, highlight=False))


def _summary(report: Report, patch: Any, ruleset: Ruleset, *, accepted: bool) -> str:
    verdict = "accepted" if accepted else "refused"
    least = "at least " if report.truncated else ""
    counts = [counted(patch, "operation")] if isinstance(patch, list | tuple) else []
    counts += [f"{least}{counted(report.errors, 'error')}", f"{least}{counted(report.warnings, 'warning')}"]
    return f"{verdict} by {ruleset.name}: {', '.join(counts)}\n"


_FIELDS = ("path", "operations", "schema", "source", "in_terminal_state")


def _explanation(ruleset: Ruleset, rule: PathRule) -> str:
    rows = {
        "path": rule.path,
        "operations": ", ".join(rule.operations),
        "value": _views.value_kind(rule.schema),
        "meaning": rule.schema.get("description", "not documented"),
        "source": rule.source or "not documented",
        "ruleset": ruleset.name,
    }
    return "".join(f"{name:<10}  {value}\n" for name, value in rows.items())
