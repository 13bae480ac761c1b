"""Imports run one way, and what a caller does not need is not imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import referral_rules

PACKAGE = Path(referral_rules.__file__).parent
# Each module imports only from those above it.
FLOORS = (
    "violations",
    "pointers",
    "strictjson",
    "catalog",
    "plain",
    "resource",
    "keywords",
    "values",
    "transitions",
    "patching",
    "paths",
    "rulebook",
    "nearest",
    "wording",
    "reading",
    "refusals",
    "value_refusals",
    "transition_refusals",
    "advisories",
    "engine",
    "linting",
    "loading",
    "rulesets",
    "__init__",
)
OPTIONAL = ("fields", "answers", "http", "views", "openapi", "terminal", "cli", "__main__", "pytest_plugin")
WORDY = {f"referral_rules.{name}" for name in ("refusals", "advisories", "wording", "nearest", "linting")}
HEAVY = {"jsonschema", "jsonpatch", "hypothesis", "typer", "rich", "simplejson", "difflib", "dataclasses", "pathlib"}
ACCEPTED = """
import referral_rules
referral_rules.apply(
    [{"op": "replace", "path": "/status", "value": "Closed"}, {"op": "replace", "path": "/substatus", "value": "Won"},
     {"op": "add", "path": "/team/-", "value": {"email": "a", "contactPreference": None}},
     {"op": "add", "path": "/details/dealValue", "value": 1.5}],
    {"status": "Active", "substatus": "Accepted", "team": [], "details": {}},
)
assert referral_rules.check([{"op": "add", "path": "/salesStage", "value": "80"}], {}).ok
"""


def imported(module: str) -> set[str]:
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "referral_rules":
            found |= {name.name if (PACKAGE / f"{name.name}.py").exists() else "__init__" for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("referral_rules."):
            found.add(node.module.removeprefix("referral_rules."))
    return found


def test_every_module_has_its_floor() -> None:
    assert {path.stem for path in PACKAGE.glob("*.py")} == {*FLOORS, *OPTIONAL}


@pytest.mark.parametrize("module", [*FLOORS, *OPTIONAL])
def test_imports_run_one_way(module: str) -> None:
    order = [*FLOORS, *OPTIONAL]
    assert imported(module) <= set(order[: order.index(module)])


@pytest.mark.parametrize("module", FLOORS)
def test_a_module_is_small(module: str) -> None:
    assert len((PACKAGE / f"{module}.py").read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("code", ["import referral_rules", ACCEPTED], ids=["import", "accept"])
def test_an_accepted_patch_imports_nothing_heavy(code: str) -> None:
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-I", "-c", prepared(program)], capture_output=True, text=True, check=True)  # noqa: S603
    assert set(run.stdout.split()) & HEAVY == set()
    assert set(run.stdout.split()) & WORDY == set()


def prepared(program: str) -> str:
    """The program, finding the package where this test found it."""
    return f"import sys\nsys.path.insert(0, {str(PACKAGE.parent)!r})\n{program}"


def test_no_fact_of_the_domain_stands_in_the_code() -> None:
    facts = {name for row in referral_rules.Ruleset.load("partner-center").transitions.rows.values() for name in row[1]}
    for module in FLOORS:
        tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
        texts = {
            node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not texts & facts


def test_the_public_names_are_these() -> None:
    assert sorted(referral_rules.__all__) == referral_rules.__all__
    assert all(hasattr(referral_rules, name) for name in referral_rules.__all__)
