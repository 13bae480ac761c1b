"""Rulesets: loaded by name, from files and mappings, extended, and never changed."""

import json
import os
from collections import OrderedDict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from referral_rules import Finding, Limits, Ruleset, RulesetError, State, _catalog

from .strategies import LATEST
from .test_linting import EXTENDING, OWN, refused

BUILT_IN = "partner-center, partner-center-2020-09, partner-center-2023-10"
READABLE = "name a file that can be read"


def write(folder: Path, name: str, document: Any) -> Path:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return file


def refused_file(file: Path | str) -> RulesetError:
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(file)
    assert caught.value.source == str(file)
    return caught.value


# By name.


@pytest.mark.parametrize("name", [*_catalog.built_in_names(), _catalog.NEWEST])
def test_the_built_in_rulesets_are_sound(name: str) -> None:
    path = _catalog.ruleset_path(name)
    assert path is not None
    assert Ruleset.from_file(path) == Ruleset.load(name)


def test_partner_center_is_the_newest_of_the_dated_ones() -> None:
    assert LATEST.name == _catalog.built_in_names()[-1] == "partner-center-2023-10"
    assert Ruleset.load("partner-center-2023-10") == LATEST
    assert (LATEST.extends, Ruleset.load("partner-center-2020-09").extends) == ("partner-center-2020-09", None)


def test_a_name_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(RulesetError) as caught:
        Ruleset.load("partner-centre")
    assert str(caught.value) == f"partner-centre: there is no built-in ruleset of that name; choose one of {BUILT_IN}"


# From mappings.


@pytest.mark.parametrize("wrap", [MappingProxyType, OrderedDict, dict], ids=lambda wrap: wrap.__name__)
def test_a_ruleset_may_be_any_mapping(wrap: Any) -> None:
    assert Ruleset.from_dict(wrap(EXTENDING)).name == "mine"


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"name": {1}}, "contains a Python set, which JSON cannot represent"),
        ({1: 2}, "contains a member whose name is not a string"),
        ({"name": float("nan")}, "contains a number that is not finite"),
        ({1}, "contains a Python set, which JSON cannot represent"),
    ],
    ids=range(4),
)
def test_a_ruleset_is_json(document: Any, problem: str) -> None:
    assert refused(document) == (Finding("", problem, "pass what a JSON parser returns"),)


def test_later_changes_of_the_mapping_do_not_reach_the_ruleset() -> None:
    document: dict[str, Any] = {**EXTENDING, "paths": {"/favorite": {"operations": ["replace"]}}}
    rules = Ruleset.from_dict(document)
    document["paths"].clear()
    assert rules.explain("/favorite") is not None


def test_paths_are_merged_by_path_and_null_removes_one() -> None:
    paths = {"/favorite": {"operations": ["replace"]}, "/team": None, "/status": {"operations": ["add"]}}
    rules = Ruleset.from_dict({**EXTENDING, "paths": paths})
    assert rules.explain("/team") is None
    assert rules.explain("/team/-") == LATEST.explain("/team/-")
    status, favorite = rules.explain("/status"), rules.explain("/favorite")
    assert status is not None
    assert favorite is not None
    assert (status.operations, status.source) == (("add",), None)
    assert favorite.schema["type"] == ["boolean", "null"]


def test_any_other_key_replaces_the_inherited_one() -> None:
    limits = {"operations": 1, "depth": 2, "pathLength": 3}
    rules = Ruleset.from_dict({**EXTENDING, "title": "Mine", "advisories": {}, "limits": limits})
    assert rules.limits == Limits(operations=1, depth=2, path_length=3)
    assert (rules.title, rules.operations, rules.transitions) == ("Mine", LATEST.operations, LATEST.transitions)


def test_a_ruleset_may_have_a_resource_of_its_own_and_no_table() -> None:
    rules = Ruleset.from_dict(OWN)
    assert rules.apply([{"op": "replace", "path": "/a", "value": "x"}], {"a": ""}) == {"a": "x"}
    assert rules.transitions.rows == {}
    assert rules.transitions.reachable(State("On", "Hot")) == ()
    assert (rules.title, rules.extends, repr(rules)) == (None, None, "<Ruleset own>")


@pytest.mark.parametrize(
    "schema",
    [
        {"$dynamicRef": "#nowhere"},
        {"$ref": "#/default"},
        {"$ref": "#/$defs/0"},
        {"multipleOf": 0.01},
        {"maxLength": 5_000_000_000},
        False,
    ],
    ids=str,
)
def test_no_schema_makes_a_judgement_raise(schema: Any) -> None:
    length = 1200 if schema == {"$ref": "#/$defs/0"} else 1
    chain = {str(number): {"$ref": f"#/$defs/{number + 1}"} for number in range(length)}
    members = {"default": {"type": "number"}, "$defs": {**chain, f"{length}": {"type": "null"}}}
    rules = Ruleset.from_dict({**OWN, "resource": {"properties": {"a": schema}, **members}})
    values: list[Any] = [1.05, 10**400, 10**5000, "text", [[]]]
    for value in values:
        report = rules.check([{"op": "replace", "path": "/a", "value": value}])
        assert {*report.codes} <= {"value_invalid", "limit_exceeded"}
        assert {*rules.check_referral({"a": value}).codes} <= {"value_invalid", "limit_exceeded"}


# From files.


def test_a_file_may_extend_a_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "resource.json", OWN["resource"])
    write(tmp_path, "base.json", {**OWN, "resource": "resource.json"})
    top = write(tmp_path, "top.json", {"name": "top", "extends": "base.json", "paths": {"/c": OWN["paths"]["/a"]}})
    for path in (top, os.fspath(top)):
        rules = Ruleset.from_file(path)
        assert [rule.path for rule in rules.paths] == ["/a", "/c"]
        assert not rules.check([{"op": "replace", "path": "/c", "value": 1}], {"c": ""}).ok


def test_a_built_in_name_wins_over_a_file(tmp_path: Path) -> None:
    write(tmp_path, "partner-center", "{")
    assert Ruleset.from_file(write(tmp_path, "a.json", EXTENDING)).name == "mine"


BROKEN: list[tuple[str, Finding]] = [
    (
        "{",
        Finding(
            "",
            "is not valid JSON: expecting property name enclosed in double quotes at line 1, column 2",
            "correct the file",
        ),
    ),
    (
        '{"name": "a",\n "name": "b"}',
        Finding(
            "",
            'is not valid JSON: the member "name" appears twice in one object at line 2, column 2',
            "correct the file",
        ),
    ),
    (
        '{"name": "a", "extends": "nothing.json"}',
        Finding(
            "/extends",
            "is neither a built-in ruleset nor a file",
            f"name a file beside this one, or one of {BUILT_IN}",
        ),
    ),
    (
        '{"name": "a", "extends": "top.json"}',
        Finding("/extends", "is a cycle: the file extends itself", f"name one of {BUILT_IN}"),
    ),
    (
        '{"name": "a", "extends": "./top.json"}',
        Finding("/extends", "is a cycle: the file extends itself", f"name one of {BUILT_IN}"),
    ),
    (
        json.dumps({**OWN, "paths": {"/b/-": {"operations": ["replace"]}}}),
        Finding("/paths/~1b~1-/operations", "replace on - can never succeed (RFC 6902 section 4.3)", "allow only add"),
    ),
    (
        json.dumps({**OWN, "resource": "nowhere.json"}),
        Finding("/resource", "cannot read the file: No such file or directory", READABLE),
    ),
    (
        json.dumps({**OWN, "resource": "list.json"}),
        Finding("/resource", "is not an object", "write the schema of an object"),
    ),
    (
        json.dumps({**OWN, "resource": "deep.json"}),
        Finding("", "is nested too deeply", "reduce the nesting"),
    ),
    (
        '{"name": "a", "extends": "\\u0000"}',
        Finding(
            "/extends", "is neither a built-in ruleset nor a file", "name a file beside this one, or one of " + BUILT_IN
        ),
    ),
]


@pytest.mark.parametrize(("text", "finding"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_is_refused_with_the_place_and_the_fix(tmp_path: Path, text: str, finding: Finding) -> None:
    write(tmp_path, "list.json", [1])
    write(tmp_path, "deep.json", '{"not": ' * 300 + "{}" + "}" * 300)
    assert refused_file(write(tmp_path, "top.json", text)).findings == (finding,)


def test_a_file_without_an_object_is_refused(tmp_path: Path) -> None:
    assert "is not of type 'object'" in str(refused_file(write(tmp_path, "top.json", "[]")))


def test_a_cycle_of_two_files_is_found(tmp_path: Path) -> None:
    write(tmp_path, "a.json", {"name": "a", "extends": "b.json"})
    with pytest.raises(RulesetError, match="is a cycle") as caught:
        Ruleset.from_file(write(tmp_path, "b.json", {"name": "b", "extends": "a.json"}))
    assert caught.value.source == str(tmp_path / "a.json")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    missing, folder = refused_file(tmp_path / "missing.json"), refused_file(tmp_path)
    assert missing.findings == (Finding("", "cannot read the file: No such file or directory", READABLE),)
    assert folder.findings == (Finding("", "cannot read the file: Is a directory", READABLE),)


@pytest.mark.parametrize("name", ["a\0b", "\ud800"], ids=ascii)
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    assert refused_file(name).findings == (Finding("", "is not a valid file name", READABLE),)


# What a ruleset says.


def test_a_rule_is_found_by_a_path_or_by_its_own() -> None:
    path = "/registrations/*/contract/term"
    rule = LATEST.explain(path)
    assert rule is not None
    assert (rule.path, rule.operations, rule.source) == (path, ("add", "replace"), "CONN")
    assert LATEST.explain(path.replace("*", "7")) == rule
    (found,) = LATEST.check([{"op": "add", "path": path, "value": "Finite"}]).errors
    assert (found.code.value, found.hint) == (
        "path_not_allowed",
        "Replace * with the index of an element; the first one is 0.",
    )


@pytest.mark.parametrize("path", ["nowhere", "/nowhere", "", "/team/0", "/~2", "/a" * 600], ids=lambda path: path[:9])
def test_a_path_that_may_not_be_patched_has_no_rule(path: str) -> None:
    assert LATEST.explain(path) is None
