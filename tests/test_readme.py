"""The README says what is so: its generated parts are in step, its Python and its output are run."""

import contextlib
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import settings
from rich.console import Console

from referral_rules import check, http
from referral_rules import _catalog
from referral_rules import value_refusals  # FIXME
from referral_rules import _views as views
from referral_rules._cli.terminal import show
from referral_rules.testing import running
from referral_rules.testing.candidates import Local
from referral_rules.testing.laws import laws
from referral_rules.testing.running import DEFAULT, checks

from .broken import BROKEN, CaseFolded
from .casefiles import EXAMPLES
from .strategies import LATEST

ROOT = Path(__file__).parent.parent
README, SECURITY = ((ROOT / f"{name}.md").read_text(encoding="utf-8") for name in ("README", "SECURITY"))
TEXTS = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def generated(name: str) -> str:
    found = re.search(rf"<!-- {name}(?:: .*?)? -->\n(.*?)<!-- end -->", README, re.DOTALL)
    assert found is not None
    return found[1].strip()


def test_the_diagram_is_in_step_with_the_ruleset() -> None:
    """Regenerate it with the command that stands above it in the README."""
    assert generated("transitions") == f"```mermaid\n{views.mermaid(LATEST)}\n```"


def test_the_table_of_paths_is_in_step_with_the_ruleset() -> None:
    """Regenerate it with the command that stands above it in the README."""
    assert generated("paths") == views.markdown_paths(LATEST)


def test_the_table_of_answers_is_in_step_with_the_facts() -> None:
    facts = _catalog.exchange()
    rows = [(each["status"], each["meaning"], "", "") for each in facts["accepted"]]
    rows += [
        (each["status"], each["meaning"], f"`{each['code']}`", f"`{each.get('inner', name)}`")
        for name, each in facts["faults"].items()
    ]
    rows += [
        (each["status"], each["meaning"], f"`{each['code']}`", "the violation's code") for each in facts["violations"]
    ]
    table = ["| status | when | `code` | `innerError.code` |", "|---|---|---|---|"]
    table += ["| " + " | ".join(map(str, row)) + " |" for row in sorted(rows)]
    assert generated("answers") == "\n".join(table)


@pytest.mark.parametrize("code", PYTHON)
def test_the_python_prints_what_it_says(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(running, "DEFAULT", settings(DEFAULT, max_examples=2))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})  # noqa: S102
    assert printed.getvalue().splitlines() == re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE)


def test_the_ruleset_is_the_example() -> None:
    shown = json.loads(re.findall(r"```json\n(.*?)```", README, re.DOTALL)[0])
    example = json.loads((EXAMPLES / "acme-ruleset.json").read_text(encoding="utf-8"))
    assert shown == {key: value for key, value in example.items() if key != "title"}


def test_the_refusal_is_what_is_printed() -> None:
    patch, referral = (json.loads((EXAMPLES / f"{name}.json").read_text()) for name in ("refused", "referral"))
    stream = io.StringIO()
    show(check(patch, referral), patch, ("examples/refused.json", ""), Console(file=stream, highlight=False))
    assert next(each for each in TEXTS if each.startswith("error[")) in stream.getvalue()


def test_the_breach_is_what_the_kit_finds() -> None:
    name = "no twin: another case"
    (breach,) = checks(LATEST, service=False)[name](Local(CaseFolded()), DEFAULT)
    assert f"{name}\n{breach}\n" in TEXTS


def test_the_numbers_of_laws_and_of_what_is_broken_are_right() -> None:
    assert f"That is {len(laws(LATEST))} laws with" in README
    assert f"shown on {len(BROKEN)} engines and services" in README


@pytest.mark.parametrize("text", [README, SECURITY], ids=["README", "SECURITY"])
def test_each_path_that_is_linked_exists(text: str) -> None:
    for path in re.findall(r"\]\((?!http)([^)#]+)[^)]*\)", text):
        assert (ROOT / path).exists()


def test_the_limits_that_are_told_are_those_that_hold() -> None:
    told = re.findall(r"^\| [^|]+ \| (\d[\d,]*)\D", SECURITY, re.MULTILINE)
    identifier = _catalog.exchange()["request"]["identifier"]["maxLength"]
    assert [int(number.replace(",", "")) for number in told] == [
        *LATEST.limits,
        http.BODY_BYTES,
        identifier,
        value_refusals._REPORTED,
    ]
