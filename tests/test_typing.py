"""What type checkers say about code that uses the package, and about the names that it exports."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_api import DOORS, PUBLIC

ROOT = Path(__file__).parent.parent
USERS = ROOT / "tests" / "typing"

pytestmark = pytest.mark.thorough


def run(checker: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    command = [sys.executable, "-m", checker, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def test_mypy_accepts_what_users_write_and_reports_their_mistakes() -> None:
    # A comment in refused.py that ignores an error is an error itself if mypy finds none on its line.
    checked = run("mypy", "--strict", str(USERS / "accepted.py"), str(USERS / "refused.py"))
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout


def test_pyright_accepts_what_users_write_and_reports_their_mistakes() -> None:
    checked = run("pyright", "--pythonpath", sys.executable, "--project", str(USERS))
    assert checked.returncode == 0, checked.stdout


def test_every_exported_name_is_public_and_has_a_known_type() -> None:
    checked = run(
        "pyright", "--pythonpath", sys.executable, "--verifytypes", "referral_rules", "--ignoreexternal", "--outputjson"
    )
    found: dict[str, Any] = json.loads(checked.stdout)["typeCompleteness"]
    assert found["packageRootDirectory"] == str(ROOT / "referral_rules")
    exported = [symbol for symbol in found["symbols"] if symbol["isExported"]]
    assert [symbol["name"] for symbol in exported if not symbol["isTypeKnown"]] == []
    assert found["completenessScore"] == 1
    modules = {module["name"] for module in found["modules"]}
    assert modules == {*PUBLIC, "referral_rules.__main__"}
    names = {symbol["name"] for symbol in exported}
    public = {f"{door}.{name}" for door in DOORS for name in PUBLIC[door] if not name.startswith("_")}
    assert {name for name in names if name.rpartition(".")[0] in DOORS} == public
