"""The public names: pinned, documented, and with types that can be read at run time."""

import importlib
import inspect
import tomllib
import typing
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest
from packaging.version import Version

import referral_rules

# A change of the public names is a change of this list, too.
PUBLIC = {
    "referral_rules": [
        "Code", "Diagnostic", "Evaluation", "Finding", "JSONPatch", "JSONText", "Limits", "Operation", "PatchRejected",
        "PathRule", "Referral", "ReferralRulesError", "Report", "Ruleset", "RulesetError", "Severity", "Stage", "State",
        "TransitionRow", "TransitionTable", "__version__", "apply", "apply_json", "check", "check_json", "evaluate",
        "evaluate_json",
    ],
    "referral_rules.http": [
        "BODY_BYTES", "PATH", "Outcome", "Request", "Response", "error", "error_schema", "exchange", "fault", "loads",
        "openapi", "refused", "report", "represent",
    ],
    "referral_rules.testing": [
        "DEFAULT_SETTINGS", "Breach", "ConformanceError", "HttpService", "InMemoryService", "InconclusiveWarning",
        "ReferralLifecycle", "accepted_patches", "members", "moves", "patches", "pointers", "referrals",
        "rejected_patches", "run_conformance", "states",
    ],
    "referral_rules.testing.conformance": ["pytest_generate_tests", "referral_candidate", "test_conformance"],
    "referral_rules.testing.plugin": ["pytest_addoption", "pytest_configure"],
}  # fmt: skip
DOORS = [name for name in PUBLIC if not name.startswith("referral_rules.testing.")]
PACKAGE = Path(referral_rules.__file__).parent


def module(name: str) -> ModuleType:
    return importlib.import_module(name)


def functions(of: ModuleType) -> Iterator[tuple[str, FunctionType]]:
    """Each public function, and each public method and property of a public class, with its name."""
    for name in of.__all__:
        value = getattr(of, name)
        if isinstance(value, FunctionType):
            yield name, value
        elif isinstance(value, type):
            for member in vars(value).values():
                function = getattr(member, "fget", None) or inspect.unwrap(getattr(member, "__func__", member))
                if isinstance(function, FunctionType) and (
                    function.__name__ == "__init__" or not function.__name__.startswith("_")
                ):
                    yield f"{name}.{function.__name__}", function


FUNCTIONS = {f"{door}.{name}": function for door in DOORS for name, function in functions(module(door))}


def by_kind(name: str) -> tuple[int, str]:
    """The order in which ruff sorts an ``__all__``: constants, classes, and the others."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def test_these_modules_are_public() -> None:
    files = [file.relative_to(PACKAGE.parent).with_suffix("") for file in PACKAGE.glob("**/*.py")]
    names = {".".join(part for part in file.parts if part != "__init__") for file in files}
    assert {name for name in names if "._" not in name} == set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_public_names_are_these(name: str) -> None:
    assert module(name).__all__ == sorted(PUBLIC[name], key=by_kind)
    assert [public for public in PUBLIC[name] if not hasattr(module(name), public)] == []


@pytest.mark.parametrize("name", DOORS)
def test_a_public_package_holds_nothing_but_public_names_and_its_modules(name: str) -> None:
    held = {
        public
        for public, value in vars(module(name)).items()
        # pytest adds names of its own, with an @, to a module whose assertions it rewrites.
        if public[0] not in "_@" and not (isinstance(value, ModuleType) and value.__name__ == f"{name}.{public}")
    }
    assert held == {public for public in PUBLIC[name] if not public.startswith("_")}


@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - set(DOORS)))
def test_a_public_module_lists_what_it_defines(name: str) -> None:
    defined = {public for public, value in vars(module(name)).items() if getattr(value, "__module__", "") == name}
    assert {public for public in defined if not public.startswith("_")} == set(PUBLIC[name])


@pytest.mark.parametrize(("door", "name"), [(door, name) for door in DOORS for name in PUBLIC[door]])
def test_a_public_class_or_function_has_an_example(door: str, name: str) -> None:
    value = getattr(module(door), name)
    if isinstance(value, type | FunctionType):
        assert ">>> " in (value.__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_method_has_a_docstring(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.__name__ == "__init__" or (function.__doc__ or "").strip()


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name.startswith("referral_rules.Rule")])
def test_each_method_of_a_ruleset_has_an_example(name: str) -> None:
    function = FUNCTIONS[name]
    assert function.__name__ == "__init__" or ">>> " in (function.__doc__ or "")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_types_of_a_function_can_be_read_at_run_time(name: str) -> None:
    parameters = inspect.signature(FUNCTIONS[name]).parameters.keys() - {"self", "cls"}
    hints = typing.get_type_hints(FUNCTIONS[name])
    assert hints.keys() == parameters | {"return"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_signature_shows_no_address(name: str) -> None:
    assert " at 0x" not in str(inspect.signature(FUNCTIONS[name]))


def test_the_types_of_arguments_exist_at_run_time() -> None:
    assert typing.get_type_hints(referral_rules.Operation) == {"op": str, "path": str, "value": Any}
    hints = typing.get_type_hints(referral_rules.check)
    assert hints["patch"] == referral_rules.JSONPatch
    assert hints["referral"] == referral_rules.Referral
    assert typing.get_type_hints(referral_rules.check_json)["text"] == referral_rules.JSONText


def test_the_version_is_written_once() -> None:
    with (PACKAGE.parent / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["hatch"]["version"]["path"] == "referral_rules/__init__.py"
    assert str(Version(referral_rules.__version__)) == referral_rules.__version__
