"""The rooms of the package: what each may import, what an import costs, and what stands in one place only."""

import ast
import functools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import jsonpointer
import pytest

import referral_rules
from referral_rules import Code, Ruleset, Severity, Stage
from referral_rules._codes import TABLE

from .casefiles import CASES

PACKAGE = Path(referral_rules.__file__).parent
# A room is a module, or a folder with its door, which is its __init__. Each imports only from those before it.
CORE = (
    "_frozen", "_json", "_messages", "_codes", "_diagnostics", "_reports", "_catalog", "_exceptions", "_rules",
    "_engine", "_types", "_document", "_ruleset", "_newest", "__init__",
)  # fmt: skip
THIN = ("_views", "http", "_cli", "__main__", "testing")
ROOMS = (*CORE, *THIN)
MODULES = {".".join(file.relative_to(PACKAGE).with_suffix("").parts): file for file in sorted(PACKAGE.glob("**/*.py"))}
HEAVY = {
    "dataclasses", "difflib", "hypothesis", "inspect", "jsonpatch", "jsonschema", "pathlib", "rich", "simplejson",
    "typer",
}  # fmt: skip
ACCEPTED = """
referral_rules.apply(
    [{"op": "replace", "path": "/status", "value": "Closed"}, {"op": "replace", "path": "/substatus", "value": "Won"},
     {"op": "add", "path": "/team/-", "value": {"email": "a", "contactPreference": None}},
     {"op": "add", "path": "/details/dealValue", "value": 1.5}],
    {"status": "Active", "substatus": "Accepted", "team": [], "details": {}},
)
assert referral_rules.check([{"op": "add", "path": "/salesStage", "value": "80"}], {}).ok
"""

REFUSED = """
import json, pathlib
from referral_rules import Ruleset, http

rules = Ruleset.load("partner-center")
for file in pathlib.Path(CASES).glob("*.json"):
    document = json.loads(file.read_text(encoding="utf-8"))
    for case in document.get("cases", []):
        referral = case.get("referral", document.get("referral", {}))
        for report in (rules.check(case.get("patch"), referral), rules.check_referral(referral)):
            assert str(report)
assert not rules.check([{"op": "add", "path": "/team", "value": [{"email": 1}, 2]}]).ok
body = b'[{"op": "add", "path": "/details/currency", "value": "?"}]'
request = http.Request({"Content-Type": "application/json"}, body)
assert http.exchange(request, {"details": {}}, entity_tag=str, now=dict).response.status == 400
"""


@functools.cache
def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text(encoding="utf-8"))


def room_of(module: str) -> str:
    return module.partition(".")[0]


def imports(module: str) -> Iterator[tuple[str, str | None]]:
    """The modules that a module imports from, as MODULES names them, and what it takes: None for the module itself."""
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            if node.module is not None and node.module.partition(".")[0] == "referral_rules":
                yield from (taken(node.module.split(".")[1:], name.name) for name in node.names)
        elif isinstance(node, ast.Import):
            assert not [name.name for name in node.names if name.name.startswith("referral_rules")]


def taken(place: list[str], name: str) -> tuple[str, str | None]:
    itself = named([*place, name])
    source = named(place) if itself is None else itself
    assert source is not None
    return source, name if itself is None else None


def named(parts: list[str]) -> str | None:
    return next((name for name in (".".join(parts), ".".join([*parts, "__init__"])) if name in MODULES), None)


def offered(module: str) -> set[str]:
    """The names in the ``__all__`` of a door; of any other module, those that it defines without an underscore."""
    defined: set[str] = set()
    for node in parsed(module).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                return set(ast.literal_eval(node.value))
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                defined.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                defined.add(name)
            case _:
                pass
    return {name for name in defined if not name.startswith("_")}


def test_every_module_is_in_a_room_with_a_place_in_the_order() -> None:
    assert {room_of(module) for module in MODULES} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_before_it(room: str) -> None:
    allowed = set(ROOMS[: ROOMS.index(room) + 1])
    found = {(module, source) for module in MODULES if room_of(module) == room for source, _ in imports(module)}
    assert {(module, source) for module, source in found if room_of(source) not in allowed} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_of_a_room_imports_itself_through_others(room: str) -> None:
    inside = [module for module in MODULES if room_of(module) == room]
    graph = {module: {source for source, _ in imports(module) if room_of(source) == room} for module in inside}
    assert set(TopologicalSorter(graph).static_order()) == set(inside)


@pytest.mark.parametrize("room", [room for room in ROOMS if f"{room}.__init__" in MODULES])
def test_a_room_is_entered_through_its_door(room: str) -> None:
    door = f"{room}.__init__"
    outside = [module for module in MODULES if room_of(module) != room]
    taken = {(module, *each) for module in outside for each in imports(module) if room_of(each[0]) == room}
    offered_modules = {f"{room}.{name}" for name in offered(door)}
    assert [
        (module, source)
        for module, source, name in sorted(taken, key=str)
        if source != door and (name is not None or source not in offered_modules)
    ] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_takes_only_what_another_one_offers(module: str) -> None:
    assert [(source, name) for source, name in imports(module) if name not in {None, *offered(source)}] == []


def test_modules_in_public_rooms_are_private_unless_users_name_them() -> None:
    public = {module for module in MODULES if not any(part.startswith("_") for part in module.split("."))}
    assert public == {"testing.conformance", "testing.plugin"}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_fewer_than_300_lines(module: str) -> None:
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines < 300


def loaded(program: str) -> set[str]:
    """The modules that are loaded after a program, which finds the package where this test found it."""
    folders = [str(PACKAGE.parent), str(Path(jsonpointer.__file__).parent)]
    # Without -S, an installed .pth file might load modules before the program starts.
    prepared = f"import sys\nsys.path += {folders!r}\nimport referral_rules\n{program}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-I", "-S", "-c", prepared], capture_output=True, text=True, check=True)  # noqa: S603
    return set(run.stdout.split())


def test_importing_the_package_loads_the_core_alone() -> None:
    modules = loaded("")
    own = {name.removeprefix("referral_rules.") for name in modules if name.startswith("referral_rules.")}
    assert {room_of(name) for name in own} == set(CORE) - {"__init__"}
    assert modules & (HEAVY | {"json", "jsonpointer", "referral_rules._rules.linting"}) == set()


def test_an_accepted_patch_loads_nothing_heavy() -> None:
    modules = loaded(ACCEPTED)
    assert modules & (HEAVY | {"referral_rules._rules.linting"}) == set()
    assert {"json", "jsonpointer"} <= modules


@pytest.mark.parametrize("installed", [True, False])
def test_the_built_in_rules_explain_every_refusal_without_jsonschema(installed: bool) -> None:
    """It takes long to import, and its compiled dependency does not run everywhere."""
    hidden = "" if installed else "import sys\nsys.modules.update(jsonschema=None, referencing=None)\n"
    modules = loaded(f"{hidden}CASES = {str(CASES)!r}\n{REFUSED}")
    assert modules & {"difflib", "jsonschema.validators", "referencing.jsonschema"} == set()


def strings(tree: ast.AST) -> Iterator[str]:
    """The texts in a module that are not docstrings."""
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
            yield node.value


@pytest.mark.parametrize("module", [module for module in MODULES if room_of(module) in CORE])
def test_no_fact_of_the_domain_is_in_the_code(module: str) -> None:
    rules = Ruleset.load("partner-center")
    rows = rules.transitions.rows
    names = {*rows, *(name for row in rows.values() for name in (*row.substatuses, *row.stored_only))}
    words = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
    paths = {rule.path for rule in rules.paths} | {rules.transitions.status, rules.transitions.substatus}
    assert [text for text in strings(parsed(module)) if words.search(text) or text in paths] == []


def codes_in(node: ast.expr | None) -> int:
    """How many codes an expression lists: 1 for a code, or for its value as a string."""
    if isinstance(node, ast.Constant):
        return int(node.value in {code.value for code in Code})
    return int(isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Code" and node.attr in Code.__members__)


def most_codes(node: ast.AST) -> int:
    """How many codes a collection lists; of a dict, among its keys or among its values."""
    if isinstance(node, ast.Dict):
        return max(sum(map(codes_in, node.keys)), sum(map(codes_in, node.values)))
    return sum(map(codes_in, node.elts)) if isinstance(node, ast.Set | ast.List | ast.Tuple) else 0


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"_codes"}))
def test_only_the_table_lists_codes(module: str) -> None:
    found = [node for node in ast.walk(parsed(module)) if most_codes(node) > 1]
    assert [ast.unparse(node) for node in found] == []


def test_the_table_is_total_and_in_the_order_of_the_codes() -> None:
    assert list(TABLE) == list(Code)
    stages = [code.stage for code in Code]
    assert stages == sorted(stages, key=list(Stage).index)
    assert set(stages) == set(Stage)


@pytest.mark.parametrize("code", Code)
def test_each_code_has_words_in_the_module_of_its_stage(code: Code) -> None:
    words = TABLE[code].words
    assert words.__module__ == f"referral_rules._messages.{code.stage.value}"
    assert words.__qualname__ == code.value
    assert words.__doc__


@pytest.mark.parametrize("code", Code)
def test_what_refuses_a_patch_has_an_answer_and_a_warning_has_none(code: Code) -> None:
    answer = TABLE[code].answer
    assert (answer is None) is (code.severity is Severity.WARNING)
    assert answer is None or 400 <= answer.status < 500


def test_no_function_is_exempt_from_the_bounds_on_complexity() -> None:
    exempt = re.compile(r"noqa(?!:)|noqa:.*\b(C90|PLR09)")
    assert [module for module, file in MODULES.items() if exempt.search(file.read_text(encoding="utf-8"))] == []
    with (PACKAGE.parent / "pyproject.toml").open("rb") as file:
        ignored = tomllib.load(file)["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert [place for place in ignored if place.startswith(("referral_rules", "*"))] == []
