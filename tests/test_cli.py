"""The command line: what it prints where, its exit status, and what bad input gets."""

import io
import json
import os
import re
import runpy
import stat
import subprocess
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pytest
from rich.cells import cell_len
from rich.console import Console

from referral_rules import Report, Ruleset, check, cli
from referral_rules.__main__ import main
from referral_rules._cli.terminal import show

from .casefiles import EXAMPLES

REFERRAL = str(EXAMPLES / "referral.json")
WON = str(EXAMPLES / "won.json")
DEAL = str(EXAMPLES / "deal.json")
REFUSED = str(EXAMPLES / "refused.json")
WARNED = str(EXAMPLES / "warned.json")
ACME = str(EXAMPLES / "acme-ruleset.json")


class Result(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    def command(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["referral-rules", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capfdbinary.readouterr()
        return Result(int(caught.value.code or 0), out.decode(), err.decode())

    return command


def test_an_accepted_patch(run: Run) -> None:
    assert run("check", WON, REFERRAL) == (
        0,
        "accepted by partner-center-2023-10: 2 operations, 0 errors, 0 warnings\n",
        "",
    )


def test_a_refused_patch_is_shown_with_every_culprit(run: Run) -> None:
    result = run("check", REFUSED, REFERRAL)
    assert result.status == 1
    lines = result.out.splitlines()
    assert [line.split("]")[0] for line in lines if line.startswith("error")] == [
        "error[op_not_supported",
        "error[path_not_allowed",
        "error[value_invalid",
        "error[op_not_allowed",
        "error[substatus_not_allowed",
    ]
    assert f"  --> {REFUSED}, operation 1" in lines
    shown = lines.index('   | {"op": "replace", "path": "/details/closeDate", "value": "2021-03-31T00:00:00Z"}')
    assert lines[shown + 1] == "   |                           ^^^^^^^^^^^^^^^^^^^^"
    assert "   = rule: partner-center-2023-10: paths" in lines
    assert "   = help: Did you mean /details/closingDateTime?" in lines
    assert lines[-1] == "refused by partner-center-2023-10: 5 operations, 5 errors, 0 warnings"
    assert "\x1b" not in result.out


def test_warnings_refuse_only_if_strict(run: Run) -> None:
    assert run("check", WARNED, REFERRAL).status == 0
    result = run("check", WARNED, REFERRAL, "--strict")
    assert (result.status, result.out.splitlines()[-1].split(" by ")[0]) == (1, "refused")
    assert result.out.count("warning[") == 2
    applied = run("apply", WARNED, REFERRAL, "--strict")
    assert (applied.status, applied.out) == (1, "")


def test_a_report_as_json(run: Run) -> None:
    result = run("check", REFUSED, REFERRAL, "--format", "json")
    patch, referral = (json.loads(Path(name).read_text(encoding="utf-8")) for name in (REFUSED, REFERRAL))
    assert json.loads(result.out) == check(patch, referral).to_dict()
    assert (result.status, result.err) == (1, "")


def test_without_a_referral_the_patch_alone_is_judged(run: Run) -> None:
    assert run("check", WON).status == 0
    assert run("check", REFUSED).out.count("error[") == 4


def test_apply_writes_the_referral_and_nothing_else(run: Run) -> None:
    result = run("apply", WARNED, REFERRAL)
    updated = json.loads(result.out)
    assert (result.status, updated["status"], updated["substatus"]) == (0, "Closed", "Lost")
    assert result.err.count("warning[") == 2


def test_apply_writes_nothing_if_refused(run: Run) -> None:
    result = run("apply", REFUSED, REFERRAL)
    assert (result.status, result.out) == (1, "")
    assert result.err.count("error[") == 5


def test_apply_writes_the_report_as_json_to_standard_error(run: Run) -> None:
    result = run("apply", WON, REFERRAL, "--format", "json")
    assert json.loads(result.err) == Report().to_dict()
    assert json.loads(result.out)["substatus"] == "Won"


def test_a_file_is_written_whole_in_the_place_of_the_old_one(run: Run, tmp_path: Path) -> None:
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


def test_a_new_file_is_readable_by_those_whom_the_umask_lets(run: Run, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        assert run("apply", WON, REFERRAL, "--output", str(tmp_path / "new.json")).status == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new.json").stat().st_mode) == 0o640


def test_a_refused_patch_leaves_the_file_as_it_was(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "referral.json"
    target.write_text("old", encoding="utf-8")
    assert run("apply", REFUSED, REFERRAL, "-o", str(target)).status == 1
    assert target.read_text(encoding="utf-8") == "old"


def test_a_device_is_written_to_and_not_replaced(run: Run) -> None:
    assert run("apply", WON, REFERRAL, "-o", "/dev/null").status == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_file_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    target = str(tmp_path / "missing" / "referral.json")
    result = run("apply", WON, REFERRAL, "-o", target)
    assert result == (2, "", f"error: {target}: cannot be written: No such file or directory\n")


def test_a_write_that_fails_leaves_nothing_behind(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "referral.json"
    target.write_text("old", encoding="utf-8")
    result = run("apply", WON, REFERRAL, "-o", str(target))
    assert (result.status, result.err) == (2, f"error: {target}: cannot be written: No space left on device\n")
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    command = f"{sys.executable} -m referral_rules apply {WON} {REFERRAL} -o /dev/stdout | cat"
    piped = subprocess.run(["bash", "-c", command], capture_output=True, check=True)  # noqa: S603, S607
    assert json.loads(piped.stdout)["status"] == "Closed"
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    command = f"{sys.executable} -m referral_rules apply {WON} {REFERRAL} -o {loop}"
    refused = subprocess.run(command.split(), capture_output=True, text=True, check=False)  # noqa: S603
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"error: {loop}: cannot be written: ")


@pytest.mark.parametrize(
    ("redirection", "problem"),
    [
        ("check - <&-", "standard input: is closed"),
        ("rules >&-", "standard output: is closed"),
        ("check missing.json 2>&-", ""),
        ("check missing.json 2>/dev/full", ""),
        ("rules >/dev/full", "standard output: cannot be written: No space left on device"),
        (f"check {WON} >/dev/full", "standard output: cannot be written: No space left on device"),
    ],
)
def test_a_stream_that_cannot_be_used_is_one_line(redirection: str, problem: str) -> None:
    command = ["bash", "-c", f"{sys.executable} -m referral_rules {redirection}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (run.returncode, run.stdout, run.stderr) == (2, "", f"error: {problem}\n" if problem else "")


def test_a_stream_without_every_letter_gets_escapes(tmp_path: Path) -> None:
    (tmp_path / "patch.json").write_text('[{"op": "add", "path": "/名前", "value": 1}]', encoding="utf-8")
    command = [sys.executable, "-m", "referral_rules", "check", str(tmp_path / "patch.json")]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    assert (run.returncode, run.stderr) == (1, "")
    assert "\\u540d" in run.stdout


def test_the_version(run: Run) -> None:
    assert run("--version") == (0, f"referral-rules {metadata.version('referral-rules')}\n", "")


def test_a_file_does_not_hide_a_built_in_ruleset(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "partner-center").write_text("{")
    monkeypatch.chdir(tmp_path)
    assert run("rules", "--rules", "partner-center").status == 0


def test_an_infinite_number_is_refused_as_by_the_library(run: Run) -> None:
    patch = b'[{"op": "add", "path": "/details/requirements/solutions/-", "value": {"price": 1e999}}]'
    assert check(patch).errors[0].code == "not_json"
    assert "error[not_json]" in run("check", "-", stdin=patch).out


def test_a_wrong_referral_is_named(run: Run) -> None:
    assert f"  --> {DEAL}\n" in run("check", WON, DEAL).out


def test_numbers_keep_every_digit(run: Run, tmp_path: Path) -> None:
    referral = '{\n  "details": {\n    "dealValue": 1234567890123456789.10,\n    "notes": "é\\ud800"\n  }\n}\n'
    patch = b'[{"op": "add", "path": "/details/notes", "value": "\\ud83d"}]'
    (tmp_path / "referral.json").write_text(referral, encoding="utf-8")
    assert run("apply", "-", str(tmp_path / "referral.json"), stdin=patch).out == referral.replace(
        "é\\ud800", "\\ud83d"
    )
    assert "é\\ud800" in run("apply", "-", str(tmp_path / "referral.json"), stdin=b"[]").out


def test_standard_input_is_either_file(run: Run) -> None:
    assert run("check", "-", REFERRAL, stdin=Path(WON).read_bytes()).status == 0
    assert run("check", WON, "-", stdin=Path(REFERRAL).read_bytes()).status == 0
    assert run("check", "-", "-") == (2, "", "error: only one of the files can be standard input\n")


BROKEN: list[tuple[bytes, str]] = [
    (b'[{"op": ]', "not JSON: Expecting value at line 1, column 9"),
    (b"[\n\xff]", "not JSON: a byte that is not UTF-8 at line 2, column 1"),
    (b'[{"op": "add",\n"op": "add"}]', 'not JSON: the member "op" twice in one object at line 2, column 1'),
    (b"[\nNaN]", "not JSON: NaN, which is no number at line 2, column 1"),
    (b"[" * 100_000, "not JSON: too many arrays and objects inside one another"),
    (b"[" + b"1" * 5000 + b"]", "not JSON: a number too large to read at line 1, column 2"),
    (b"", "not JSON: no text at line 1, column 1"),
    (b"\xef\xbb\xbf[]", "not JSON: a byte order mark at line 1, column 1"),
]


@pytest.mark.parametrize(("content", "problem"), BROKEN, ids=[problem for _, problem in BROKEN])
def test_a_malformed_file_is_one_line(run: Run, tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "broken.json"
    file.write_bytes(content)
    assert run("check", str(file)) == (2, "", f"error: {file}: {problem}\n")
    assert run("apply", WON, str(file)) == (2, "", f"error: {file}: {problem}\n")
    assert run("check", "-", stdin=content) == (2, "", f"error: standard input: {problem}\n")


def test_a_missing_file_is_one_line(run: Run, tmp_path: Path) -> None:
    name = str(tmp_path / "missing.json")
    assert run("check", name) == (2, "", f"error: {name}: cannot be read: No such file or directory\n")
    assert run("check", str(tmp_path)).err == f"error: {tmp_path}: cannot be read: Is a directory\n"


def test_a_broken_ruleset_is_named_with_place_and_cure(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "broken.json"
    file.write_text('{"name": "a", "extends": "partner-center", "paths": {"/no": {"operations": ["add"]}}}')
    result = run("rules", "--rules", str(file))
    assert (result.status, result.out) == (2, "")
    assert result.err.startswith(f"error: {file}: /paths/~1no: leads nowhere in the resource; correct it")
    assert run("rules", "--rules", "nowhere.json").err.startswith("error: nowhere.json: the ruleset: cannot be read")
    assert "choose one of partner-center, " in run("rules", "--rules", "nowhere").err


def test_usage_errors_have_status_2(run: Run) -> None:
    for arguments in (["check"], ["fly"], ["check", WON, "--format", "yaml"], ["apply", WON], []):
        assert run(*arguments).status == 2


def test_help_fits_in_80_columns(run: Run) -> None:
    for command in ([], ["check"], ["apply"], ["explain"], ["rules"]):
        result = run(*command, "--help")
        assert result.status == 0
        assert max(map(len, result.out.splitlines())) <= 80


def test_explain_says_what_may_be_written(run: Run) -> None:
    result = run("explain", "/registrations/0/contract/term")
    assert result.status == 0
    assert result.out.splitlines() == [
        "path        /registrations/*/contract/term",
        "operations  add, replace",
        "value       string",
        "meaning     Whether it ends.",
        "source      CONN",
        "ruleset     partner-center-2023-10",
    ]
    assert json.loads(run("explain", "/team/-", "--format", "json").out)["operations"] == ["add"]


def test_explain_says_why_not(run: Run) -> None:
    result = run("explain", "/Status")
    assert (result.status, result.out.endswith("Did you mean /status?\n")) == (1, True)
    assert run("explain", "status").out.startswith('path "status" is no JSON Pointer')
    assert run("explain", "/name", "--format", "json") == (1, "null\n", "")


def test_rules_shows_both_tables(run: Run) -> None:
    lines = run("rules", "--rules", ACME).out.splitlines()
    assert lines[0] == "acme: Partner Center referrals, and a favourite of our own"
    assert "add, replace  our own trial  boolean or null  /favorite" in lines
    assert "Active  Active, Closed       Accepted" in lines
    assert not any(line.endswith("/campaignId") for line in lines)


def test_rules_may_be_loaded_again(run: Run) -> None:
    document = json.loads(run("rules", "--rules", ACME, "--format", "json").out)
    del document["extends"]
    assert Ruleset.from_dict(document).paths == Ruleset.from_file(ACME).paths


def test_rules_as_markdown_mermaid_and_schema(run: Run) -> None:
    assert "| `/team/-` | add | Member | CONN |" in run("rules", "--format", "markdown").out
    assert run("rules", "--format", "mermaid").out.startswith("stateDiagram-v2\n")
    assert json.loads(run("rules", "--format", "patch-schema").out)["type"] == "array"


def shown(report: Report, operations: list[Any], *, width: int, terminal: bool) -> str:
    stream = io.StringIO()
    colours: Literal["standard"] | None = "standard" if terminal else None
    console = Console(file=stream, force_terminal=terminal, width=width, color_system=colours, highlight=False)
    show(report, operations, ("patch.json", "referral.json"), console)
    return stream.getvalue()


ODD: list[Any] = [
    {"op": "add", "path": "/details/notes", "value": "\x1b[2J\u202e" + "x" * 500},
    {"op": "replace", "path": "/" + "名" * 100, "value": None},
    {"op": 1, "path": "/team"},
    "no operation",
    {"op": "add", "path": "/" + "a" * 2000, "value": 1},
    {"op": "add", "path": "/team/-", "value": json.loads("[" * 40 + "]" * 40)},
    {},
]


@pytest.mark.parametrize("width", [20, 80, 200])
def test_a_terminal_gets_colour_within_its_width(width: int) -> None:
    report = check(ODD, {"details": {}, "team": []})
    text = shown(report, ODD, width=width, terminal=True)
    assert "\x1b[1;31merror[path_not_allowed]" in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in text.splitlines()]
    assert all(cell_len(line) <= max(60, width) for line in lines if line.startswith("   |"))
    plain = shown(report, ODD, width=width, terminal=False)
    assert "\x1b" not in plain


def test_the_marks_stand_under_the_culprit() -> None:
    operations: list[Any] = [{"op": "add", "path": "/名前", "value": 1}]
    lines = shown(check(operations), operations, width=80, terminal=False).splitlines()
    assert lines[3:5] == ['   | {"op": "add", "path": "/名前", "value": 1}', f"   | {' ' * 22}{'^' * 7}"]


def test_a_refusal_of_the_patch_as_a_whole_shows_no_operation() -> None:
    lines = shown(check({"status": "Closed"}), [], width=80, terminal=False).splitlines()  # type: ignore[arg-type]
    assert lines[:2] == [
        "error[not_an_array]: A patch is an array of operations, and this is an object.",
        "  --> patch.json",
    ]


def test_the_module_runs_as_a_program() -> None:
    arguments = [sys.executable, "-m", "referral_rules", "check", WON, REFERRAL]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    assert (run.returncode, run.stderr) == (0, "")


def test_without_its_extra_the_command_says_how_to_get_it() -> None:
    program = (
        "import sys; sys.modules['typer'] = None; from referral_rules.__main__ import main; sys.argv = ['x']; main()"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603
    assert (run.returncode, run.stderr) == (
        2,
        "error: the command line needs an extra: pip install 'referral-rules[cli]'\n",
    )


def test_another_missing_module_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "referral_rules.cli", raising=False)
    monkeypatch.setitem(sys.modules, "referral_rules.terminal", None)
    with pytest.raises(ModuleNotFoundError):
        main()


def test_the_extra_is_looked_for_at_run_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "referral_rules.cli", raising=False)
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    assert "referral-rules[cli]" in capsys.readouterr().err


def test_python_m_runs_main(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["referral-rules", "explain", "/team"])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(Path(cli.__file__).with_name("__main__.py")), run_name="__main__")
    assert caught.value.code == 0
    assert "Member[]" in capsys.readouterr().out


def test_a_value_that_is_marked_as_missing_is_the_whole_operation() -> None:
    operations: list[Any] = [{"op": "add", "path": "/team"}]
    lines = shown(check(operations), operations, width=80, terminal=False).splitlines()
    assert lines[4] == f"   | {'^' * len(json.dumps(operations[0]))}"


def test_streams_are_looked_at_before_they_are_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(**_: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "argv", ["referral-rules", "check", "-"])
    monkeypatch.setattr(sys, "stdin", None)
    assert status_of_main() == 2
    monkeypatch.setattr("referral_rules.cli.app", full)
    monkeypatch.setattr(os, "dup2", lambda *_: None)
    assert status_of_main() == 2
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert status_of_main() == 2
    monkeypatch.setattr(sys, "stdout", None)
    assert status_of_main() == 2
    assert capsys.readouterr().err.splitlines() == [
        "error: standard input: is closed",
        "error: standard output: cannot be written: No space left on device",
        "error: standard output: cannot be written: No space left on device",
        "error: standard output: is closed",
    ]


def status_of_main() -> object:
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code
