"""The README and the other documents say what is so: their examples run, and their generated parts are up to date."""

import contextlib
import functools
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from referral_rules import Ruleset, _catalog, _cli, _views, http, testing
from referral_rules._engine import faults

ROOT = Path(__file__).parent.parent
DOCUMENTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*.md"))}
README = DOCUMENTS["README.md"]
NEWEST = Ruleset.load("partner-center")


def blocks(language: str, document: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)


def generated(name: str) -> str:
    found = re.search(rf"<!-- {name}(?:: .*?)? -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert found is not None
    return found[1].strip()


Run = Callable[[str], tuple[object, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line where it finds the examples, and returns its status and its output."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)

    def command(line: str) -> tuple[object, str]:
        monkeypatch.setattr("sys.argv", shlex.split(line, comments=True))
        with pytest.raises(SystemExit) as caught:
            _cli.main()
        return caught.value.code, capsys.readouterr().out

    return command


def test_the_diagram_is_that_of_the_ruleset() -> None:
    """Regenerate it with the command that stands above it in the README."""
    assert generated("transitions") == f"```mermaid\n{_views.mermaid(NEWEST)}\n```"


def test_the_table_of_paths_is_that_of_the_ruleset() -> None:
    """Regenerate it with the command that stands above it in the README."""
    assert generated("paths") == _views.markdown_paths(NEWEST)


def test_the_table_of_answers_has_every_status_and_code() -> None:
    facts = _catalog.exchange()
    listed = [re.split(r" *\| *", line.strip("| ")) for line in generated("answers").splitlines()[2:]]
    rows = {(int(row[0]), row[1]) for row in listed}
    assert rows == {
        (each["status"], each["meaning"])
        for each in (*facts["accepted"], *facts["faults"].values(), *facts["violations"])
    }
    assert listed == sorted(listed)


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_prints_what_it_says(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Two examples for each law show that the code runs, and do not take long.
    quick = functools.partial(testing.run_conformance, settings=settings(testing.DEFAULT_SETTINGS, max_examples=2))
    monkeypatch.setattr(testing, "run_conformance", quick)
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})  # noqa: S102
    assert printed.getvalue().splitlines() == re.findall(r"^ *print\(.*\)  # (.*)$", code, re.MULTILINE)


@pytest.mark.parametrize("text", [text for name in DOCUMENTS for text in blocks("json", DOCUMENTS[name])])
def test_the_json_can_be_used(text: str) -> None:
    document = json.loads(text)
    if isinstance(document, dict) and "name" in document:
        assert Ruleset.from_dict(document).name == document["name"]


COMMANDS = [
    line for text in blocks("sh") for line in re.findall(r"referral-rules (?:check|apply|explain|rules).*", text)
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_run(command: str, run: Run) -> None:
    assert run(command)[0] in (0, 1)


REPORTS = [text for text in blocks("text") if re.match(r"(error|warning)\[", text)]


@pytest.mark.parametrize("text", REPORTS)
def test_the_report_is_what_the_command_line_prints(text: str, run: Run) -> None:
    assert text in run("referral-rules check examples/refused.json examples/referral.json")[1]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_to_a_file_and_a_heading(name: str) -> None:
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", DOCUMENTS[name]):
        assert (ROOT / file).exists()
        headings = re.findall(r"^#+ (.*)$", DOCUMENTS[file or name], re.MULTILINE) if anchor else []
        assert not anchor or anchor in [
            re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings
        ]


def test_the_limits_in_the_security_policy_are_those_that_hold() -> None:
    written = re.findall(r"^\| [^|]+ \| (\d[\d,]*)\D", DOCUMENTS["SECURITY.md"], re.MULTILINE)
    limits = NEWEST.limits
    assert [int(number.replace(",", "")) for number in written] == [
        limits.operations,
        limits.depth,
        limits.path_length,
        limits.diagnostics,
        http.BODY_BYTES,
        _catalog.exchange()["request"]["identifier"]["maxLength"],
        faults.MOST_OF_ONE,
    ]
