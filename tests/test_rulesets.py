"""Rulesets: loaded, extended, and refused with the place and the cure."""

import json
import os
import pickle
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from referral_rules import Finding, Ruleset, RulesetError, State, check
from referral_rules import _catalog

EXTENDING = {"name": "mine", "extends": "partner-center"}
ROWS = {"On": {"to": ["On", "Off"], "substatuses": ["Hot"]}, "Off": {"to": ["Off"], "substatuses": ["Cold"]}}
OWN: dict[str, Any] = {
    "name": "own",
    "resource": {"properties": {"a": {"type": "string"}, "b": {"items": {}}, "c": {"$ref": "#/properties/a"}}},
    "operations": ["add", "replace"],
    "paths": {"/a": {"operations": ["replace"]}},
    "limits": {"operations": 1, "depth": 1, "pathLength": 9},
}

BUILT_IN = "partner-center, partner-center-2020-09, partner-center-2023-10"


def refused(document: Any) -> tuple[Finding, ...]:
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_dict(document)
    assert str(caught.value).startswith("the mapping: ")
    return caught.value.findings


def write(folder: Path, name: str, document: Any) -> Path:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return file


def refused_file(file: Path) -> RulesetError:
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_file(file)
    return caught.value


@pytest.mark.parametrize("name", [*_catalog.built_in_names(), _catalog.NEWEST])
def test_the_built_in_rulesets_are_sound(name: str) -> None:
    path = _catalog.ruleset_path(name)
    assert path is not None
    assert Ruleset.load(name).lint() == ()
    assert Ruleset.from_file(path).document == Ruleset.load(name).document


def test_partner_center_is_the_newest_of_the_dated_ones() -> None:
    assert Ruleset.load("partner-center").name == _catalog.built_in_names()[-1] == "partner-center-2023-10"
    assert Ruleset.load("partner-center-2020-09").extends is None


def test_a_name_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(RulesetError, match="choose one of partner-center, partner-center-2020-09"):
        Ruleset.load("partner-centre")


def test_paths_are_merged_by_path_and_null_removes_one() -> None:
    paths = {"/favorite": {"operations": ["replace"]}, "/team": None, "/status": {"operations": ["add"]}}
    rules = Ruleset.from_dict({**EXTENDING, "paths": paths})
    assert rules.explain("/team") is None
    assert rules.explain("/team/-") == Ruleset.load("partner-center").explain("/team/-")
    status, favorite = rules.explain("/status"), rules.explain("/favorite")
    assert status is not None
    assert favorite is not None
    assert (status.operations, status.source) == (("add",), None)
    assert favorite.schema["type"] == ["boolean", "null"]


def test_any_other_key_replaces_the_inherited_one() -> None:
    limits = {"operations": 1, "depth": 1, "pathLength": 1}
    rules = Ruleset.from_dict({**EXTENDING, "operations": ["add", "replace"], "advisories": {}, "limits": limits})
    assert rules.limits == (1, 1, 1)
    patch = [{"op": "replace", "path": "/status", "value": "Closed"}]
    assert [found.rule for found in rules.check(patch, {}).errors] == ["mine: limits"]


def test_later_changes_of_the_mapping_do_not_reach_the_ruleset() -> None:
    document: dict[str, Any] = {**EXTENDING, "paths": {"/favorite": {"operations": ["replace"]}}}
    rules = Ruleset.from_dict(document)
    document["paths"].clear()
    rules.document["paths"].clear()
    assert rules.explain("/favorite") is not None


def test_a_ruleset_may_bring_its_own_resource_and_govern_no_status() -> None:
    rules = Ruleset.from_dict(OWN)
    assert rules.apply([{"op": "replace", "path": "/a", "value": "x"}], {"a": ""}) == {"a": "x"}
    assert rules.check_referral({"a": "x"}).ok
    assert rules.transitions.reachable(State("On", "Hot")) == ()
    assert rules.title is None
    assert repr(rules) == "<Ruleset own>"


def test_a_file_may_extend_a_file_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "resource.json", OWN["resource"])
    write(tmp_path, "base.json", {**OWN, "resource": "resource.json"})
    top = write(tmp_path, "top.json", {"name": "top", "extends": "base.json", "paths": {"/c": OWN["paths"]["/a"]}})
    rules = Ruleset.from_file(top)
    assert [rule.path for rule in rules.paths] == ["/a", "/c"]
    assert not rules.check([{"op": "replace", "path": "/c", "value": 1}], {"c": ""}).ok


def test_the_status_may_lie_deep_and_move_with_what_holds_it() -> None:
    state = {"type": "object", "properties": {"now": {"type": "string"}, "sub": {"type": "string"}}}
    moves = {"status": "/state/now", "substatus": "/state/sub", "table": ROWS}
    paths = {path: {"operations": ["add"]} for path in ("/state", "/state/now", "/state/sub")}
    rules = Ruleset.from_dict(
        {**OWN, "resource": {"properties": {"state": state}}, "paths": paths, "transitions": moves}
    )
    stored = {"state": {"now": "Off", "sub": "Cold"}}
    moved = [{"op": "add", "path": "/state", "value": {"now": "On", "sub": "Hot"}}]
    assert [found.code.value for found in rules.check(moved, stored).errors] == ["transition_not_allowed"]
    assert rules.check(moved).ok
    mixed = [{"op": "add", "path": "/state", "value": {"now": "On", "sub": "Cold"}}]
    assert [found.code.value for found in rules.check(mixed).errors] == ["substatus_not_allowed"]


def test_a_patch_alone_may_write_below_what_it_wrote_before() -> None:
    state: dict[str, Any] = {"properties": {"now": {}, "sub": {}}}
    moves = {"status": "/state/now", "substatus": "/state/sub", "table": ROWS}
    paths = {path: {"operations": ["add"]} for path in ("/state", "/state/now", "/state/sub")}
    limits = {"operations": 9, "depth": 2, "pathLength": 99}
    rules = Ruleset.from_dict(
        {**OWN, "resource": {"properties": {"state": state}}, "paths": paths, "transitions": moves, "limits": limits}
    )
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/state", "value": 1},
        {"op": "add", "path": "/state/now", "value": "On"},
        {"op": "add", "path": "/state/sub", "value": "Cold"},
    ]
    assert [found.code.value for found in rules.check(patch).errors] == ["substatus_not_allowed"]


SCHEMA_FINDINGS: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"name": "no-resource"}, ""),
    ({**EXTENDING, "name": "Upper"}, "/name"),
    ({**EXTENDING, "name": "line\n"}, "/name"),
    ({**EXTENDING, "colour": "red"}, ""),
    ({**EXTENDING, "operations": ["remove"]}, "/operations/0"),
    ({**EXTENDING, "paths": {"status": {"operations": ["add"]}}}, "/paths"),
    ({**EXTENDING, "paths": {"/status": {"operations": []}}}, "/paths/~1status"),
    ({**EXTENDING, "limits": {"operations": 1}}, "/limits"),
    ({**EXTENDING, "absentMembers": "maybe"}, "/absentMembers"),
]


@pytest.mark.parametrize(("document", "place"), SCHEMA_FINDINGS)
def test_what_does_not_fit_the_schema_is_refused(document: dict[str, Any], place: str) -> None:
    assert place in [finding.place for finding in refused(document)]


def with_paths(paths: dict[str, list[str]]) -> dict[str, Any]:
    return {**OWN, "paths": {path: {"operations": operations} for path, operations in paths.items()}}


def with_moves(table: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**OWN, "transitions": {"status": "/a", "substatus": "/a", "table": table, **more}}


LINTED: list[tuple[dict[str, Any], str, str]] = [
    (with_paths({"/d": ["add"]}), "/paths/~1d", "leads nowhere in the resource"),
    (with_paths({"/a/b/c": ["add"]}), "/paths/~1a~1b~1c", "leads nowhere in the resource"),
    (with_paths({"/a/0": ["add"]}), "/paths/~1a~10", "leads nowhere in the resource"),
    (with_paths({"/b/0": ["add"]}), "/paths/~1b~10", "leads nowhere in the resource"),
    (
        with_paths({"/~2": ["add"]}),
        "/paths/~1~02",
        "is no JSON Pointer: it has a ~ that is followed by neither 0 nor 1",
    ),
    (with_paths({"/b/-": ["replace"]}), "/paths/~1b~1-/operations", "replace on - can never succeed"),
    (with_paths({"/b/-/x": ["add"]}), "/paths/~1b~1-~1x", "goes on after -, which ends a path"),
    ({**with_paths({"/a": ["replace"]}), "operations": ["add"]}, "/paths/~1a/operations", "replace is not among"),
    (with_moves({"On": {"to": ["Gone"], "substatuses": []}}), "/transitions/table/On/to", "Gone has no row"),
    (
        with_moves({"On": {"to": ["Off"], "substatuses": ["X"]}, "Off": {"to": [], "substatuses": ["X"]}}),
        "/transitions/table/Off/substatuses",
        "X stands under two statuses",
    ),
    (
        with_moves({"On": {"to": [], "substatuses": []}, "Off": {"to": [], "substatuses": []}}),
        "/transitions/table/Off",
        "cannot be reached",
    ),
    (with_moves(ROWS, initial=[["On", "Cold"]]), "/transitions/initial/0", "is no pair of the table"),
    (with_moves(ROWS, initial=[["Gone", "Cold"]]), "/transitions/initial/0", "is no pair of the table"),
    (with_moves(ROWS, status="/nowhere"), "/transitions/status", "leads nowhere in the resource"),
    (with_moves(ROWS, substatus="/b/-"), "/transitions/substatus", "leads nowhere in the resource"),
    (with_moves(ROWS, substatus="/~3"), "/transitions/substatus", "leads nowhere in the resource"),
    (
        {**OWN, "advisories": {"reason_expected": {"substatuses": [], "reason": "/why"}}},
        "/advisories/reason_expected/reason",
        "leads nowhere in the resource",
    ),
    (
        {**OWN, "advisories": {"one_way": {"values": {"/a": [], "/b/x": []}}}},
        "/advisories/one_way/values/~1b~1x",
        "leads nowhere in the resource",
    ),
    ({**OWN, "resource": {"type": "mapping"}}, "/resource/type", "is not valid under any of the given schemas"),
    ({**OWN, "resource": {"$ref": "#/$defs/A"}}, "/resource/$ref", "leads nowhere inside the schema"),
    ({**OWN, "resource": {"patternProperties": {"(": {}}}}, "/resource", "is no regular expression"),
    (
        {"name": "a", "paths": {"/a": None}, **{key: OWN[key] for key in ("resource", "operations", "limits")}},
        "/paths",
        "n",
    ),
    ({**OWN, "resource": {"$ref": "http://example.org/"}}, "/resource/$ref", "leads nowhere inside the schema"),
    ({**OWN, "resource": {"$ref": "#~"}}, "/resource/$ref", "leads nowhere inside the schema"),
    ({**OWN, "resource": {"allOf": [{"pattern": "("}]}}, "/resource/allOf/0", "is no regular expression"),
    ({**EXTENDING, "paths": {"/nowhere": None}}, "/paths", "null removes /nowhere, which is not inherited"),
    ({"name": "mine", "extends": "base.json"}, "/extends", "names no built-in ruleset"),
    ({**OWN, "resource": "resource.json"}, "/resource", "a mapping has no file beside it"),
]


@pytest.mark.parametrize(("document", "place", "problem"), LINTED, ids=[problem for _, _, problem in LINTED])
def test_what_a_schema_cannot_say_is_refused_too(document: dict[str, Any], place: str, problem: str) -> None:
    findings = refused(document)
    assert any(finding.place == place and problem in finding.problem and finding.cure for finding in findings)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    paths = with_paths({"/d": ["add"], "/b/-": ["replace"]})["paths"]
    findings = refused({**with_moves(ROWS, initial=[["On", "X"]]), "paths": paths})
    assert [finding.place for finding in findings] == [
        "/paths/~1d",
        "/paths/~1b~1-/operations",
        "/transitions/initial/0",
    ]


@pytest.mark.parametrize("document", [[1], None, "text"], ids=str)
def test_what_is_no_object_is_no_ruleset(document: Any) -> None:
    assert refused(document)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"name": {1}}, "is, or contains, a Python set, which JSON cannot hold"),
        ({1: 2}, "has a member whose name is not a string"),
        ({"name": float("nan")}, "is not a finite number"),
    ],
    ids=str,
)
def test_what_is_no_json_is_no_ruleset(document: Any, problem: str) -> None:
    assert refused(document) == (Finding("", problem, "pass what a JSON parser returns"),)


def test_a_ruleset_may_be_any_mapping() -> None:
    assert Ruleset.from_dict(MappingProxyType(EXTENDING)).name == "mine"


@pytest.mark.parametrize(
    ("text", "place", "problem", "cure"),
    [
        (
            "{",
            *("", "is not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
            "mend the file",
        ),
        (
            '{"name": "a",\n "name": "b"}',
            *("", 'is not JSON: the member "name" twice in one object at line 2, column 2', "mend the file"),
        ),
        (
            '{"name": "a", "extends": "nothing.json"}',
            *("/extends", "names neither a built-in ruleset nor a file"),
            f"name a file beside this one, or one of {BUILT_IN}",
        ),
        (
            '{"name": "a", "extends": "top.json"}',
            *("/extends", "is a cycle: the file extends itself", f"name one of {BUILT_IN}"),
        ),
        (
            '{"name": "a", "extends": "./top.json"}',
            *("/extends", "is a cycle: the file extends itself", f"name one of {BUILT_IN}"),
        ),
        (
            json.dumps({**OWN, "paths": {"/a": {"operations": ["replace"]}, "/b/-": {"operations": ["replace"]}}}),
            *("/paths/~1b~1-/operations", "replace on - can never succeed (RFC 6902 section 4.3)", "allow add only"),
        ),
    ],
    ids=range(6),
)
def test_a_broken_file_is_named_with_the_place_and_the_cure(
    tmp_path: Path, text: str, place: str, problem: str, cure: str
) -> None:
    file = write(tmp_path, "top.json", text)
    error = refused_file(file)
    assert error.source == str(file)
    assert error.findings == (Finding(place, problem, cure),)


def test_a_file_that_holds_no_object_is_refused(tmp_path: Path) -> None:
    assert "is not of type 'object'" in str(refused_file(write(tmp_path, "top.json", "[]")))


def test_a_cycle_of_two_files_is_found(tmp_path: Path) -> None:
    write(tmp_path, "a.json", {"name": "a", "extends": "b.json"})
    error = refused_file(write(tmp_path, "b.json", {"name": "b", "extends": "a.json"}))
    assert error.source == str(tmp_path / "a.json")
    assert error.findings[0].place == "/extends"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing, folder = refused_file(tmp_path / "missing.json"), refused_file(tmp_path)
    cure = "name a file that can be read"
    assert missing.findings == (Finding("", "cannot be read: No such file or directory", cure),)
    assert folder.findings == (Finding("", "cannot be read: Is a directory", cure),)


def test_a_resource_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    error = refused_file(write(tmp_path, "a.json", {**OWN, "resource": "nowhere.json"}))
    assert error.findings[0].place == "/resource"
    write(tmp_path, "list.json", [1])
    assert refused_file(write(tmp_path, "b.json", {**OWN, "resource": "list.json"})).findings[0].place == "/resource"


def test_a_ruleset_named_like_a_built_in_one_wins_over_a_file(tmp_path: Path) -> None:
    write(tmp_path, "partner-center", "{")
    assert Ruleset.from_file(write(tmp_path, "a.json", EXTENDING)).name == "mine"


def test_no_rule_is_as_good_as_a_path_that_is_too_long() -> None:
    rules = Ruleset.load("partner-center")
    assert rules.explain("/registrations/" + "1" * 1100 + "/contract/term") is None
    assert rules.explain("nowhere") is None


def test_a_rule_may_be_asked_for_by_its_own_path() -> None:
    rules = Ruleset.load("partner-center")
    path = "/registrations/*/contract/term"
    rule = rules.explain(path)
    assert rule is not None
    assert (rule.path, rule.operations, rule.source) == (path, ("add", "replace"), "CONN")
    assert rules.explain(path.replace("*", "7")) == rule
    (found,) = rules.check([{"op": "add", "path": path, "value": "Finite"}]).errors
    assert (found.code.value, found.hint) == ("path_not_allowed", "Write the index of an element for *, from 0.")


def test_a_ruleset_without_paths_refuses_every_patch_but_the_empty_one() -> None:
    rules = Ruleset.from_dict({**OWN, "paths": {}})
    assert rules.check([]).ok
    codes = [found.code.value for found in rules.check([{"op": "add", "path": "/a", "value": ""}]).errors]
    assert codes == ["path_not_allowed"]
    assert [found.code.value for found in rules.check([0]).errors] == ["not_an_object"]  # type: ignore[list-item]


def test_no_sequence_of_paths_makes_the_memory_grow() -> None:
    rules = Ruleset.from_dict(EXTENDING)
    for index in range(3000):
        rules.check([{"op": "add", "path": f"/registrations/{index}/contract/term", "value": "Finite"}])
        rules.check([{"op": "add", "path": f"/refused/{index}", "value": "Finite"}])
    assert 0 < len(rules._book.paths.targets) <= 1024
    assert not any(path.startswith("/refused") for path in rules._book.paths.targets)


def test_check_referral_judges_schema_and_pair() -> None:
    rules = Ruleset.load("partner-center")
    report = rules.check_referral({"status": "Closed", "substatus": "Error", "team": [{"email": 1}], "name": 2})
    assert [(found.code.value, found.path, found.op_index) for found in report.errors] == [
        ("value_invalid", "/name", None),
        ("value_invalid", "/team/0/email", None),
    ]
    assert [found.code.value for found in rules.check_referral({}).errors] == ["status_unknown"]
    pair = {"status": "New", "substatus": "Won"}
    assert [found.code.value for found in rules.check_referral(pair).errors] == ["substatus_not_allowed"]


@pytest.mark.parametrize(
    ("referral", "code"),
    [([], "referral_not_an_object"), (None, "referral_not_an_object"), ({"a": {1}}, "not_json"), ({1: 2}, "not_json")],
)
def test_check_referral_takes_anything(referral: Any, code: str) -> None:
    assert [found.code.value for found in Ruleset.load("partner-center").check_referral(referral).errors] == [code]


def test_check_referral_counts_levels() -> None:
    deep: Any = {}
    for _ in range(40):
        deep = {"inner": deep}
    report = Ruleset.load("partner-center").check_referral(deep)
    assert [found.code.value for found in report.errors] == ["limit_exceeded"]


def test_a_path_like_object_names_a_file(tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", EXTENDING)
    assert Ruleset.from_file(os.fspath(file)).name == Ruleset.from_file(file).name == "mine"


def test_the_module_functions_use_the_newest_ruleset() -> None:
    assert (
        check([{"op": "replace", "path": "/team/-", "value": {}}]).errors[0].rule == "partner-center-2023-10: /team/-"
    )


def test_what_a_user_is_handed_is_the_users_own() -> None:
    rules = Ruleset.load("partner-center")
    rule = rules.explain("/team")
    assert rule is not None
    rule.schema.clear()
    rules.paths[0].schema.clear()
    assert not rules.check([{"op": "add", "path": "/team", "value": 5}]).ok
    assert rules.explain("/team") != rule
    with pytest.raises(TypeError):
        rules.transitions.rows["New"] = rules.transitions.rows["Closed"]  # type: ignore[index]


def test_a_ruleset_may_be_pickled() -> None:
    rules = pickle.loads(pickle.dumps(Ruleset.load("partner-center")))  # noqa: S301
    assert rules.document == Ruleset.load("partner-center").document


def own_resource(schema: Any, **members: Any) -> Ruleset:
    return Ruleset.from_dict({**OWN, "resource": {"properties": {"a": schema}, **members}})


@pytest.mark.thorough
@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/properties/a"},
        {"$dynamicRef": "#nowhere"},
        {"$ref": "#/default"},
        {"$ref": "#/$defs/0"},
        {"multipleOf": 0.01},
        {"maxLength": 5_000_000_000},
        False,
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "value", [1.05, Decimal("1.05"), 10**400, 10**5000, "text", [[]]], ids=["f", "d", "i", "j", "s", "a"]
)
def test_no_schema_makes_the_engine_raise(schema: Any, value: Any) -> None:
    chain = {str(number): {"$ref": f"#/$defs/{number + 1}"} for number in range(1200)}
    rules = own_resource(schema, default={"type": "nonsense"}, **{"$defs": {**chain, "1200": {"type": "null"}}})
    report = rules.check([{"op": "replace", "path": "/a", "value": value}])
    assert all(found.code.value in ("value_invalid", "limit_exceeded") for found in report.errors)
    rules.check_referral({"a": value})


def test_a_schema_may_be_just_true() -> None:
    assert own_resource(True).check([{"op": "replace", "path": "/a", "value": [1]}]).ok


def test_an_integer_of_thousands_of_digits_is_refused() -> None:
    huge = 10**5000
    (found,) = Ruleset.load("partner-center").check([{"op": "add", "path": "/details/dealValue", "value": huge}]).errors
    assert found.code.value == "value_invalid"
    assert not Ruleset.load("partner-center").check_referral({"details": {"dealValue": huge}}).ok


@pytest.mark.parametrize("row", [{"to": [], "substatuses": []}, {"to": ["On"], "substatuses": []}])
def test_a_table_may_have_empty_rows(row: dict[str, Any]) -> None:
    resource: dict[str, Any] = {"properties": {"s": {}, "t": {}}}
    moves = {"status": "/s", "substatus": "/t", "table": {"On": row}}
    paths = {"/s": {"operations": ["replace"]}}
    rules = Ruleset.from_dict({**OWN, "resource": resource, "paths": paths, "transitions": moves})
    report = rules.check([{"op": "replace", "path": "/s", "value": "On"}], {"s": "On", "t": "X"})
    assert len(report.errors) == 1
    assert len(rules.check_referral({"s": "On", "t": "X"}).errors) == 1


@pytest.mark.parametrize("name", ["a\0b", "\ud800"], ids=ascii)
def test_a_name_that_no_file_can_have_is_refused(name: str, tmp_path: Path) -> None:
    assert "no file can have this name" in str(refused_file(Path(name)))
    file = write(tmp_path, "a.json", {"name": "a", "extends": name})
    assert refused_file(file).findings[0].place == "/extends"


def test_a_resource_that_is_too_deep_is_refused(tmp_path: Path) -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"not": deep}
    write(tmp_path, "deep.json", deep)
    file = write(tmp_path, "a.json", {**OWN, "resource": "deep.json"})
    error = refused_file(file)
    assert error.source == str(file)
    assert error.findings == (Finding("", "has too many arrays and objects inside one another", "make it flatter"),)


def test_examples_in_a_resource_are_no_schemas() -> None:
    assert own_resource({"type": "object", "examples": [{"$ref": "nope"}]}).lint() == ()


def test_a_finding_does_not_echo_the_ruleset() -> None:
    findings = refused({"name": "a", "title": "x" * 1000, "operations": ["add"]})
    assert max(len(str(finding)) for finding in findings) < 500


def test_advisories_may_watch_any_path() -> None:
    values = {"/status": ["Closed"], "/salesStage": ["100"], "/substatus": ["Won"]}
    by_service = {"set_by_service": {"values": values}, "one_way": {"values": {"/status": ["New"]}}}
    rules = Ruleset.from_dict({**EXTENDING, "advisories": by_service})
    stored = {"status": "New", "substatus": "Pending"}
    patch = [{"op": "add", "path": path, "value": listed[0]} for path, listed in values.items()]
    report = rules.check(patch, stored)
    assert [(found.code.value, found.op_index) for found in report.warnings] == [
        ("one_way", 0),
        ("set_by_service", 0),
        ("set_by_service", 1),
        ("set_by_service", 2),
    ]
    assert rules.check([{"op": "add", "path": "/salesStage", "value": "80"}], stored).warnings == ()


def test_each_final_value_is_looked_at() -> None:
    final = {"/salesStage": ["100"], "/campaignId": ["spring"]}
    rules = Ruleset.from_dict({**EXTENDING, "advisories": {"one_way": {"values": final}}})
    patch = [{"op": "replace", "path": "/campaignId", "value": "summer"}]
    (found,) = rules.check(patch, {"salesStage": "80", "campaignId": "spring"}).warnings
    assert (found.code.value, found.path) == ("one_way", "/campaignId")


@pytest.mark.parametrize("reference", ["", "#", "#/$defs/a%20b", "#/allOf/0", "#/$defs/true"])
def test_a_reference_may_lead_anywhere_inside_the_resource(reference: str) -> None:
    members = {"$defs": {"a b": {}, "true": True}, "allOf": [{}]}
    assert own_resource({"$ref": reference}, **members).lint() == ()


@pytest.mark.parametrize("reference", ["#/allOf/1", "#/allOf/x", "#/title/x", "#/title"])
def test_a_reference_to_nothing_is_refused(reference: str) -> None:
    with pytest.raises(RulesetError, match="leads nowhere inside the schema"):
        own_resource({"$ref": reference}, allOf=[{}], title="t")


def test_a_schema_that_is_referred_to_twice_is_compiled_once() -> None:
    part = {"type": "object", "properties": {}}
    doubled = {
        str(level): {**part, "properties": {name: {"$ref": f"#/$defs/{level + 1}"} for name in "xy"}}
        for level in range(40)
    }
    rules = own_resource({"$ref": "#/$defs/0"}, **{"$defs": {**doubled, "40": {}}})
    assert rules.check([{"op": "replace", "path": "/a", "value": {"x": {"y": {}}}}]).errors != ()


WITH_TEAM = {
    "name": "team",
    "extends": "partner-center",
    "paths": {path: {"operations": ["replace"]} for path in ("/team/*/title", "/team/*/contactPreference", "/details")},
}


def test_a_copy_that_is_replaced_lends_its_identity_to_no_other() -> None:
    def replace(path: str, value: Any) -> dict[str, Any]:
        return {"op": "replace", "path": path, "value": value}

    rules = Ruleset.from_dict(WITH_TEAM)
    patch = [
        replace("/team/0/title", "A"),
        replace("/team", [{"title": "z"}]),
        replace("/team", [{"title": "s", "contactPreference": {"bogus": 1}}, {"title": "q"}]),
        replace("/team/0/contactPreference", {"locale": "x"}),
    ]
    for _ in range(20):
        report = rules.check(json.dumps(patch), {"team": [{"title": "t"}, {"title": "u"}]})
        assert [found.code.value for found in report.warnings] == ["unknown_member"]


def test_what_a_patch_alone_writes_is_not_changed_by_what_it_writes_later() -> None:
    solutions = "/details/requirements/solutions"
    patch: list[dict[str, Any]] = [
        {"op": "replace", "path": "/details", "value": {"requirements": {"solutions": [{"bogus": 1}]}}},
        {"op": "replace", "path": solutions, "value": []},
    ]
    assert [found.op_index for found in Ruleset.from_dict(WITH_TEAM).check(patch).warnings] == [0]


def test_a_member_may_be_named_like_an_index() -> None:
    rules = Ruleset.from_dict(
        {
            **OWN,
            "resource": {"properties": {"m": {"properties": {"0": {}}}}},
            "paths": {"/m/0": {"operations": ["add"]}},
        }
    )
    patch = [{"op": "add", "path": "/m/0", "value": 1}]
    assert rules.apply(patch, {"m": {}}) == {"m": {"0": 1}}
    (found,) = rules.check(patch, {"m": []}).errors
    assert "/m is not an object in the referral." in found.message


def test_a_patch_may_be_as_long_as_the_limits_say() -> None:
    rules = Ruleset.from_dict({**OWN, "limits": {"operations": 2, "depth": 1, "pathLength": 2}})
    patch = [{"op": "replace", "path": "/a", "value": "x"}] * 2
    for form in (patch, json.dumps(patch)):
        assert rules.check(form, {"a": ""}).ok
    for form in ([*patch, *patch], json.dumps([*patch, *patch])):
        assert [found.code.value for found in rules.check(form, {"a": ""}).errors] == ["limit_exceeded"]


def test_an_index_may_have_more_digits_than_python_reads() -> None:
    rules = Ruleset.from_dict(
        {
            **OWN,
            "paths": {"/b/*": {"operations": ["add"]}},
            "limits": {"operations": 1, "depth": 1, "pathLength": 10_000},
        }
    )
    for digits in (1, 18, 19, 5000):
        (found,) = rules.check([{"op": "add", "path": f"/b/{'9' * digits}", "value": 1}], {"b": []}).errors
        assert found.code.value == "index_out_of_range"


def test_the_memory_of_paths_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referral_rules.paths._REMEMBERED", 2)
    rules = Ruleset.from_dict(EXTENDING)
    for index in range(5):
        path = f"/registrations/{index}/contract/term"
        assert rules.check([{"op": "add", "path": path, "value": "Finite"}]).ok
        assert path in rules._book.paths.targets
        assert len(rules._book.paths.targets) <= 2


def test_the_result_shares_nothing_with_the_patch() -> None:
    rules = Ruleset.load("partner-center")
    for member in ({"email": "a"}, {"email": "a", "contactPreference": {"locale": "en"}}):
        patch: list[dict[str, Any]] = [
            {"op": "add", "path": "/team/-", "value": member},
            {"op": "add", "path": "/customerProfile/team", "value": [member]},
        ]
        updated = rules.apply(patch, {"team": [], "customerProfile": {}})
        for written in (updated["team"][0], *updated["customerProfile"]["team"]):
            assert written == member
            written.get("contactPreference", {})["locale"] = "de"
            written["email"] = "b"
            assert written != member
        assert member["email"] == "a"
        assert member.get("contactPreference", {"locale": "en"}) == {"locale": "en"}
