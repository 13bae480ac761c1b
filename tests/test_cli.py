"""The command line: what it prints where, its exit status, and what it says about bad input."""

import io
import json
import os
import re
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from rich.cells import cell_len
from rich.console import Console

from referral_rules import Code, Diagnostic, Report, Ruleset, _catalog, _cli, check
from referral_rules._cli import main, terminal
from referral_rules._cli.formats import FORMATS
from referral_rules._engine import judgement

from .casefiles import EXAMPLES

REFERRAL = str(EXAMPLES / "referral.json")
WON = str(EXAMPLES / "won.json")
DEAL = str(EXAMPLES / "deal.json")
REFUSED = str(EXAMPLES / "refused.json")
WARNED = str(EXAMPLES / "warned.json")
ACME = str(EXAMPLES / "acme-ruleset.json")
NO_SPACE = OSError(28, "No space left on device")


class Result(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process."""

    def command(*arguments: str, stdin: bytes | None = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["referral-rules", *arguments])
        monkeypatch.setattr(sys, "stdin", None if stdin is None else io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capfdbinary.readouterr()
        assert isinstance(caught.value.code, int)
        return Result(caught.value.code, out.decode(), err.decode())

    return command


def run_program(command: str) -> Result:
    """Runs a command of the shell in a process of its own; PROGRAM stands for the command line."""
    script = command.replace("PROGRAM", f"{sys.executable} -m referral_rules")
    process = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)  # noqa: S603, S607
    return Result(process.returncode, process.stdout, process.stderr)


@pytest.fixture
def judgements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one for each judgement, whichever method asks for it."""
    made: list[str] = []
    judge = judgement.judge

    def counted(rules: Any, patch: Any, *more: Any) -> Any:
        made.append(rules.name)
        return judge(rules, patch, *more)

    monkeypatch.setattr(import_module("referral_rules._ruleset"), "judge", counted)
    return made


# check


def test_an_accepted_patch_prints_one_line(run: Run) -> None:
    summary = "accepted by partner-center-2023-10: 2 operations, 0 errors, 0 warnings\n"
    assert run("check", WON, REFERRAL) == (0, summary, "")


def test_a_refused_patch_is_shown_with_every_culprit(run: Run) -> None:
    result = run("check", REFUSED, REFERRAL)
    lines = result.out.splitlines()
    assert result.status == 1
    assert [line.split("]")[0] for line in lines if line.startswith("error")] == [
        "error[op_not_supported",
        "error[path_not_allowed",
        "error[value_invalid",
        "error[op_not_allowed",
        "error[substatus_not_allowed",
    ]
    assert lines[-1] == "refused by partner-center-2023-10: 5 operations, 5 errors, 0 warnings"
    assert "\x1b" not in result.out


def test_an_error_shows_the_operation_the_rule_and_the_help(run: Run) -> None:
    expected = f"""
error[substatus_not_allowed]: substatus Won needs status Closed, but the status stays Active
  --> {REFUSED}, operation 4
   |
   | {{"op": "replace", "path": "/substatus", "value": "Won"}}
   |                                                  ^^^^^
   = rule: partner-center-2023-10: transitions
   = help: Also set /status to "Closed".

refused by """
    assert expected in run("check", REFUSED, REFERRAL).out


def test_warnings_refuse_only_if_strict(run: Run) -> None:
    assert run("check", WARNED, REFERRAL).status == 0
    result = run("check", WARNED, REFERRAL, "--strict")
    assert (result.status, result.out.splitlines()[-1].split(" by ")[0]) == (1, "refused")
    assert result.out.count("warning[") == 2
    applied = run("apply", WARNED, REFERRAL, "--strict")
    assert (applied.status, applied.out) == (1, "")


def test_the_report_as_json_is_that_of_the_library(run: Run) -> None:
    result = run("check", REFUSED, REFERRAL, "--format", "json")
    patch, referral = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (REFUSED, REFERRAL))
    assert json.loads(result.out) == check(patch, referral).to_dict()
    assert (result.status, result.err) == (1, "")


def test_without_a_referral_only_the_patch_is_checked(run: Run) -> None:
    assert run("check", WON).status == 0
    assert run("check", REFUSED).out.count("error[") == 4


def test_a_json_string_that_holds_a_patch_is_not_a_patch(run: Run) -> None:
    result = run("check", "-", "--rules", ACME, stdin=json.dumps("[]").encode())
    assert result.status == 1
    assert result.out.startswith(
        "error[not_an_array]: expected a list of operations, got a string\n  --> -\n   = rule:"
    )
    assert result.out.endswith("refused by acme: 1 error, 0 warnings\n")
    assert run("apply", "-", REFERRAL, stdin=json.dumps("[]").encode()).out == ""


@pytest.mark.parametrize("arguments", [("check", WON), ("check", WON, REFERRAL), ("apply", WON, REFERRAL)])
def test_a_command_judges_a_patch_once(run: Run, judgements: list[str], arguments: tuple[str, ...]) -> None:
    assert run(*arguments).status == 0
    assert judgements == ["partner-center-2023-10"]


def test_an_infinite_number_in_a_patch_is_refused_as_by_the_library(run: Run) -> None:
    patch = b'[{"op": "add", "path": "/details/requirements/solutions/-", "value": {"price": 1e999}}]'
    assert check(json.loads(patch)).codes == (Code.NOT_JSON,)
    out = run("check", "-", stdin=patch).out
    assert "error[not_json]" in out
    assert '"value": {"price": Infinity}}' in out


def test_a_wrong_referral_is_named(run: Run) -> None:
    out = run("check", WON, DEAL).out
    assert "error[referral_not_an_object]" in out
    assert f"  --> {DEAL}\n" in out


# apply


def test_apply_writes_the_referral_and_nothing_else(run: Run) -> None:
    result = run("apply", WARNED, REFERRAL)
    updated = json.loads(result.out)
    assert (result.status, updated["status"], updated["substatus"]) == (0, "Closed", "Lost")
    assert result.err.count("warning[") == 2


def test_apply_writes_nothing_if_the_patch_is_refused(run: Run, tmp_path: Path) -> None:
    result = run("apply", REFUSED, REFERRAL)
    assert (result.status, result.out) == (1, "")
    assert result.err.count("error[") == 5
    (tmp_path / "old.json").write_text("old", encoding="utf-8")
    assert run("apply", REFUSED, REFERRAL, "-o", str(tmp_path / "old.json")).status == 1
    assert (tmp_path / "old.json").read_text(encoding="utf-8") == "old"


def test_apply_writes_the_report_as_json_to_standard_error(run: Run) -> None:
    result = run("apply", WON, REFERRAL, "--format", "json")
    assert json.loads(result.err) == Report().to_dict()
    assert json.loads(result.out)["substatus"] == "Won"


def test_numbers_and_letters_are_written_as_they_were_read(run: Run, tmp_path: Path) -> None:
    referral = '{\n  "details": {\n    "dealValue": 1234567890123456789.10,\n    "notes": "é\\ud800"\n  }\n}\n'
    patch = b'[{"op": "add", "path": "/details/notes", "value": "\\ud83d"}]'
    (tmp_path / "referral.json").write_text(referral, encoding="utf-8")
    updated = run("apply", "-", str(tmp_path / "referral.json"), stdin=patch).out
    assert updated == referral.replace("é\\ud800", "\\ud83d")
    assert run("apply", "-", str(tmp_path / "referral.json"), stdin=b"[]").out == referral


def test_a_number_that_is_too_large_for_a_float_stays_in_the_referral(run: Run, tmp_path: Path) -> None:
    (tmp_path / "patch.json").write_text("[]", encoding="utf-8")
    applied = run("apply", str(tmp_path / "patch.json"), "-", stdin=b'{"score": 1e999}')
    assert applied == (0, '{\n  "score": 1E+999\n}\n', "")


def test_a_file_is_replaced_and_keeps_its_mode_and_the_links_to_it(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "referral.json"
    target.write_bytes(Path(REFERRAL).read_bytes())
    target.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(target)
    assert run("apply", WON, str(link), "-o", str(link)) == (0, "", "")
    assert json.loads(target.read_text(encoding="utf-8"))["status"] == "Closed"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.json", "referral.json"]


def test_a_new_file_has_the_mode_that_the_umask_gives(run: Run, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert run("apply", WON, REFERRAL, "--output", str(tmp_path / "new.json")).status == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640


def test_a_pipe_is_written_to_and_not_replaced(run: Run, tmp_path: Path) -> None:
    # Not /dev/null: the tests may run as root, and a mistake would replace it.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert run("apply", WON, REFERRAL, "-o", str(pipe)).status == 0
        assert json.loads(os.read(end, 65536))["status"] == "Closed"
    finally:
        os.close(end)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_standard_output_may_be_named_as_a_device() -> None:
    piped = run_program(f"PROGRAM apply {WON} {REFERRAL} -o /dev/stdout | cat")
    assert json.loads(piped.out)["status"] == "Closed"


def test_a_file_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    target = str(tmp_path / "missing" / "referral.json")
    assert run("apply", WON, REFERRAL, "-o", target) == (
        2,
        "",
        f"error: cannot write {target}: No such file or directory\n",
    )
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    refused = run("apply", WON, REFERRAL, "-o", str(loop))
    assert (refused.status, refused.err.startswith(f"error: cannot write {loop}: Too many levels")) == (2, True)


def test_a_write_that_fails_leaves_nothing_behind(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise NO_SPACE

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "referral.json"
    target.write_text("old", encoding="utf-8")
    result = run("apply", WON, REFERRAL, "-o", str(target))
    assert (result.status, result.err) == (2, f"error: cannot write {target}: No space left on device\n")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]


# Input


def test_standard_input_is_either_file(run: Run) -> None:
    assert run("check", "-", REFERRAL, stdin=Path(WON).read_bytes()).status == 0
    assert run("check", WON, "-", stdin=Path(REFERRAL).read_bytes()).status == 0
    assert run("check", "-", "-") == (2, "", "error: only one of PATCH and REFERRAL can be standard input\n")


MALFORMED: list[tuple[bytes, str]] = [
    (b'[{"op": ]', "expecting value at line 1, column 9"),
    (b"[\n\xff]", "invalid UTF-8 at line 2, column 1"),
    (b'[{"op": "add",\n"op": "add"}]', 'the member "op" appears twice in one object at line 2, column 1'),
    (b"[\nNaN]", "NaN is not a JSON number at line 2, column 1"),
    (b"[" * 100_000, "it is nested too deeply"),
    (b"[" + b"1" * 5000 + b"]", "a number is too large to read at line 1, column 2"),
    (b"", "the text is empty at line 1, column 1"),
    (b"\xef\xbb\xbf[]", "unexpected byte order mark at line 1, column 1"),
]


@pytest.mark.parametrize(("content", "problem"), MALFORMED, ids=[problem for _, problem in MALFORMED])
def test_a_file_that_is_not_json_is_named_with_the_place(
    run: Run, tmp_path: Path, content: bytes, problem: str
) -> None:
    file = tmp_path / "malformed.json"
    file.write_bytes(content)
    assert run("check", str(file)) == (2, "", f"error: {file} is not valid JSON: {problem}\n")
    assert run("apply", WON, str(file)) == (2, "", f"error: {file} is not valid JSON: {problem}\n")
    assert run("check", "-", stdin=content) == (2, "", f"error: standard input is not valid JSON: {problem}\n")


def test_a_file_that_cannot_be_read_is_named(run: Run, tmp_path: Path) -> None:
    name = str(tmp_path / "missing.json")
    assert run("check", name) == (2, "", f"error: cannot read {name}: No such file or directory\n")
    assert run("check", WON, name) == (2, "", f"error: cannot read {name}: No such file or directory\n")
    assert run("rules", "--rules", name) == (2, "", f"error: cannot read {name}: No such file or directory\n")
    assert run("rules", "--rules", "nope.json") == (2, "", "error: cannot read nope.json: No such file or directory\n")
    assert run("check", str(tmp_path)).err == f"error: cannot read {tmp_path}: Is a directory\n"


def test_a_file_name_cannot_move_the_cursor(run: Run) -> None:
    assert run("check", "\x1b[2J").err == "error: cannot read \\u001b[2J: No such file or directory\n"


def test_a_ruleset_that_is_wrong_is_named_with_every_place(run: Run, tmp_path: Path) -> None:
    paths = {path: {"operations": ["add"]} for path in ("/no", "/neither")}
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({"name": "a", "extends": "partner-center", "paths": paths}), encoding="utf-8")
    result = run("rules", "--rules", str(file))
    assert (result.status, result.out) == (2, "")
    lines = result.err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"error: {file}: /paths/~1no: ")
    assert lines[1].startswith(f"error: {file}: /paths/~1neither: ")


def test_an_unknown_ruleset_gets_the_names_of_those_that_exist(run: Run) -> None:
    result = run("rules", "--rules", "nowhere")
    assert result.status == 2
    assert all(name in result.err for name in (_catalog.NEWEST, *_catalog.built_in_names()))


def test_a_file_does_not_hide_a_built_in_ruleset(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "partner-center").write_text("{")
    (tmp_path / "mine").write_bytes(Path(ACME).read_bytes())
    monkeypatch.chdir(tmp_path)
    assert run("rules", "--rules", "partner-center").out.startswith("partner-center-2023-10: ")
    assert run("rules", "--rules", "mine").out.startswith("acme: ")


# Usage


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, f"referral-rules {metadata.version('referral-rules')}\n", "")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("check",), "Missing argument 'PATCH'."),
        (("apply", WON), "Missing argument 'REFERRAL'."),
        (("fly",), "No such command 'fly'."),
        (("check", WON, "--format", "yaml"), "Invalid value for '--format': 'yaml' is not one of text, json."),
        (("rules", "--format", "yaml"), f"Invalid value for '--format': 'yaml' is not one of {', '.join(FORMATS)}."),
        ((), ""),
    ],
)
def test_a_usage_error_has_status_2(run: Run, arguments: tuple[str, ...], problem: str) -> None:
    result = run(*arguments)
    assert result.status == 2
    assert (result.out + result.err).startswith("Usage: referral-rules ")
    assert problem in result.err


def test_help_fits_in_80_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ([], ["check"], ["apply"], ["explain"], ["rules"]):
        result = run(*command, "--help")
        assert result.status == 0
        assert max(map(len, result.out.splitlines())) <= 80


# explain


def test_explain_shows_what_may_be_written(run: Run) -> None:
    result = run("explain", "/registrations/0/contract/term")
    assert result.status == 0
    assert result.out.splitlines() == [
        "path        /registrations/*/contract/term",
        "operations  add, replace",
        "value       string",
        "meaning     Perpetual, or Finite if the contract ends.",
        "source      CONN",
        "ruleset     partner-center-2023-10",
    ]


def test_explain_as_json_has_the_rule_or_null(run: Run) -> None:
    rule = Ruleset.load("partner-center").explain("/team/-")
    assert rule is not None
    assert json.loads(run("explain", "/team/-", "--format", "json").out) == {
        "path": "/team/-",
        "operations": ["add"],
        "schema": rule.schema,
        "source": "CONN",
        "in_terminal_state": rule.in_terminal_state,
    }
    assert run("explain", "/name", "--format", "json") == (1, "null\n", "")


@pytest.mark.parametrize("path", ["/Status", "status", "/name", "", "/nonsense/of/mine"])
def test_explain_says_why_not_in_the_words_of_check(run: Run, path: str) -> None:
    result = run("explain", path)
    patch = json.dumps([{"op": "replace", "path": path, "value": None}]).encode()
    checked = run("check", "-", stdin=patch).out.splitlines()
    title, notes = checked[0], [line for line in checked if line.startswith(("   = ", "        "))]
    assert title.startswith("error[")
    assert result == (1, "".join(f"{line}\n" for line in (title, *notes)), "")


# rules


def test_rules_shows_the_paths_and_the_transitions(run: Run) -> None:
    lines = run("rules", "--rules", ACME).out.splitlines()
    assert lines[0] == "acme: Partner Center referrals, and a favourite of our own"
    assert "add, replace  our own trial  boolean or null  /favorite" in lines
    assert "Active  Active, Closed       Accepted" in lines
    assert not any(line.endswith("/campaignId") for line in lines)


def test_rules_as_json_can_be_loaded_again(run: Run) -> None:
    document = json.loads(run("rules", "--rules", ACME, "--format", "json").out)
    del document["extends"]
    assert Ruleset.from_dict(document).paths == Ruleset.from_file(ACME).paths


def test_rules_as_a_table_or_a_diagram(run: Run) -> None:
    assert "| `/team/-` | add | Member | CONN |" in run("rules", "--format", "markdown").out
    assert run("rules", "--format", "mermaid").out.startswith("stateDiagram-v2\n")


@pytest.mark.parametrize(
    ("name", "title"), [("patch-schema", "Patch"), ("report-schema", "Report"), ("error-schema", "Error")]
)
def test_rules_as_a_schema(run: Run, name: str, title: str) -> None:
    schema = json.loads(run("rules", "--format", name).out)
    assert schema["title"] == title
    Draft202012Validator.check_schema(schema)


def test_rules_as_openapi(run: Run) -> None:
    assert json.loads(run("rules", "--format", "openapi").out)["openapi"] == "3.1.1"


def test_every_format_has_a_test() -> None:
    schemas = {"patch-schema", "report-schema", "error-schema"}
    assert FORMATS.keys() == schemas | {"text", "json", "markdown", "mermaid", "openapi"}


# The terminal


def shown(report: Report, operations: Any, *, width: int = 80, terminal_: bool = False) -> str:
    stream = io.StringIO()
    colours: Literal["standard"] | None = "standard" if terminal_ else None
    console = Console(file=stream, force_terminal=terminal_, width=width, color_system=colours, highlight=False)
    terminal.show(report, operations, ("patch.json", "referral.json"), console)
    return stream.getvalue()


ODD: list[Any] = [
    {"op": "add", "path": "/details/notes", "value": "\x1b[2J\u202e" + "x" * 500},
    {"op": "replace", "path": "/" + "名" * 100, "value": None},
    {"op": "replace", "path": "/currency" + "y" * 50, "value": "x" * 500},
    {"op": 1, "path": "/team"},
    "no operation",
    {"op": "add", "path": "/" + "a" * 2000, "value": 1},
    {"op": "add", "path": "/team/-", "value": json.loads("[" * 40 + "]" * 40)},
    {},
]


@pytest.mark.parametrize("width", [20, 80, 200])
def test_a_terminal_gets_colour_within_its_width(width: int) -> None:
    text = shown(check(ODD, {"details": {}, "team": []}), ODD, width=width, terminal_=True)
    assert "\x1b[1;31merror[path" in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
    assert all(cell_len(line) <= max(60, width) for line in lines if line.startswith("   |"))
    assert "\x1b" not in shown(check(ODD), ODD, width=width)


def test_a_title_is_one_line_unless_a_terminal_is_too_narrow() -> None:
    report = check([{"op": "add", "path": "/details/currency", "value": "usd"}])
    assert shown(report, ODD, width=40).splitlines()[1].startswith("  --> ")
    assert not shown(report, ODD, width=40, terminal_=True).splitlines()[1].startswith("  --> ")


def marked(diagnostic: Diagnostic, operation: object) -> tuple[str, str]:
    """The line with the operation and, of it, what is marked."""
    _, _, _, line, marks, *_ = shown(Report((diagnostic,)), [operation]).splitlines()
    first = len(marks.rstrip("^"))
    return line.removeprefix("   | "), line[first : len(marks)]


OPERATION: dict[str, Any] = {"op": "add", "path": "/team", "value": [1.50, None]}


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("member", [None, "op", "path", "value"])
def test_the_culprit_of_the_diagnostic_is_marked(code: Code, member: str | None) -> None:
    named = {} if member is None else {"member": member}
    diagnostic = diagnostic_of(code, named)
    line, mark = marked(diagnostic, OPERATION)
    assert line == '{"op": "add", "path": "/team", "value": [1.5, null]}'
    assert mark == (line if diagnostic.culprit is None else json.dumps(OPERATION[diagnostic.culprit]))


def diagnostic_of(code: Code, details: dict[str, Any]) -> Diagnostic:
    """A diagnostic of any code, with words of its own."""
    words = {"severity": code.severity.value, "message": "something is wrong", "hint": None}
    position = {"op_index": 0, "path": "/team", "rule": "somewhere"}
    return Diagnostic.from_dict({"code": code.value, "details": details, **position, **words})


@pytest.mark.parametrize("operation", [{"op": "add", "path": "/team"}, {"operation": "add"}, {}, "add", 5, None])
def test_the_whole_operation_is_marked_if_it_lacks_the_culprit(operation: object) -> None:
    report = check([operation])  # type: ignore[list-item]
    assert report.errors
    for found in report:
        assert marked(found, operation) == (json.dumps(operation), json.dumps(operation))


def test_marks_stand_under_wide_letters() -> None:
    operations: list[Any] = [{"op": "add", "path": "/名前", "value": 1}]
    lines = shown(check(operations), operations).splitlines()
    assert lines[3:5] == ['   | {"op": "add", "path": "/名前", "value": 1}', f"   | {' ' * 22}{'^' * 7}"]


def test_an_error_of_the_patch_as_a_whole_shows_no_operation() -> None:
    lines = shown(check({"status": "Closed"}), {"status": "Closed"}).splitlines()  # type: ignore[arg-type]
    assert lines[:2] == [
        "error[not_an_array]: expected a list of operations, got an object",
        "  --> patch.json",
    ]


def test_what_a_report_leaves_out_is_counted(run: Run, tmp_path: Path) -> None:
    patch = tmp_path / "patch.json"
    patch.write_text(json.dumps([{"op": "remove", "path": "/team"}] * 102))
    result = run("check", str(patch))
    assert (result.status, result.out.count("error[op_not_supported]")) == (1, 100)
    *_, rest, summary = result.out.splitlines()
    assert rest == "... 2 more operations have errors or warnings"
    assert summary.endswith("102 operations, at least 100 errors, at least 0 warnings")
    assert json.loads(run("check", "--format", "json", str(patch)).out)["truncated"] == 2


def test_the_words_are_those_of_the_diagnostics() -> None:
    report = check(ODD, {"details": {}, "team": []})
    text = " ".join(shown(report, ODD).split())
    assert all(f"{found.severity}[{found.code}]: {found.message} -->" in text for found in report)
    assert all(f"= rule: {found.source} " in text for found in report)
    assert all(f"= help: {found.hint} " in text for found in report if found.hint)


# Streams, and the extra


def test_a_full_device_is_one_line() -> None:
    result = run_program(f"PROGRAM apply {WON} {REFERRAL} >/dev/full")
    assert result == (2, "", "error: cannot write to standard output: No space left on device\n")


def test_a_stream_without_every_letter_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "patch.json").write_text('[{"op": "add", "path": "/名前", "value": 1}]', encoding="utf-8")
    result = run_program(f"PYTHONIOENCODING=ascii PROGRAM check {tmp_path / 'patch.json'}")
    assert (result.status, result.err) == (1, "")
    assert '"path": "/\\u540d\\u524d"' in result.out


def fail_to_write(*_: object, **__: object) -> None:
    raise NO_SPACE


def test_standard_input_may_be_closed(run: Run) -> None:
    assert run("check", "-", stdin=None) == (2, "", "error: standard input is closed\n")


def test_standard_output_may_be_closed_or_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    monkeypatch.setattr("referral_rules._cli.commands.app", fail_to_write)
    assert run("rules") == (2, "", "error: cannot write to standard output: No space left on device\n")
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert run("rules") == (2, "", "error: cannot write to standard output: No space left on device\n")
    monkeypatch.setattr(sys, "stdout", None)
    assert run("rules") == (2, "", "error: standard output is closed\n")


def test_standard_error_may_be_closed_or_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def write(self, _: str) -> int:
            raise NO_SPACE

    monkeypatch.setattr(sys, "stderr", Full())
    assert run("check", "missing.json") == (2, "", "")
    monkeypatch.setattr(sys, "stderr", None)
    assert run("check", "missing.json") == (2, "", "")
    monkeypatch.setattr(sys, "stderr", None)
    assert run("apply", WARNED, REFERRAL).status == 0
    monkeypatch.setattr(sys, "stderr", None)
    assert run("apply", WARNED, REFERRAL, "--format", "json").status == 0


def test_python_m_runs_the_command_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["referral-rules", "explain", "/team"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(_cli.__file__).parents[1] / "__main__.py"), run_name="__main__")
    assert caught.value.code == 0
    assert "Member[]" in capsys.readouterr().out


class Missing:
    """Makes the import of a package fail as if it were not installed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, *_: object) -> None:
        if name == self.name:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


@pytest.mark.parametrize("missing", ["typer", "rich", "simplejson"])
def test_without_its_extra_the_command_line_says_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    for name in [*sys.modules]:
        if name.startswith("referral_rules._cli.") or name.partition(".")[0] == missing:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(missing), *sys.meta_path])
    assert run("rules") == (2, "", "error: the command line needs an extra: pip install 'referral-rules[cli]'\n")


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "referral_rules._cli.commands", raising=False)
    monkeypatch.setitem(sys.modules, "referral_rules._cli.formats", None)
    with pytest.raises(ModuleNotFoundError):
        main()
