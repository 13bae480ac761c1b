"""What is wrong with a ruleset: every place at once, with the problem and the fix."""

from typing import Any

import pytest

from referral_rules import Finding, Ruleset, RulesetError
from referral_rules._rules.linting import schema_findings

FIX = "see ruleset.schema.json"
EXTENDING = {"name": "mine", "extends": "partner-center"}
OWN: dict[str, Any] = {
    "name": "own",
    "resource": {"properties": {"a": {"type": "string"}, "b": {"items": {}}, "c": {"$ref": "#/properties/a"}}},
    "operations": ["add", "replace"],
    "paths": {"/a": {"operations": ["replace"]}},
    "limits": {"operations": 1, "depth": 1, "pathLength": 9},
}
ROWS = {"On": {"to": ["On", "Off"], "substatuses": ["Hot"]}, "Off": {"to": ["Off"], "substatuses": ["Cold"]}}


def refused(document: Any) -> tuple[Finding, ...]:
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_dict(document)
    assert str(caught.value).startswith("ruleset: ")
    return caught.value.findings


@pytest.mark.parametrize(
    ("document", "schema", "findings"),
    [
        ({}, {"required": ["a"], "description": "All."}, [("", "'a' is a required property", f"{FIX}: All.")]),
        ({"a": 1}, {"properties": {"a": False}}, [("", "False schema does not allow 1", FIX)]),
        (
            {"a": "x"},
            {"properties": {"a": {"type": "null", "description": "None."}}},
            [("/a", "'x' is not of type 'null'", f"{FIX}: None.")],
        ),
        (
            {"b/c": 1, "a": [1]},
            {"properties": {"b/c": {"type": "null", "enum": [None]}, "a": {"items": {"type": "null"}}}},
            [
                ("/a/0", "1 is not of type 'null'", FIX),
                ("/b~1c", "1 is not of type 'null'", FIX),
                ("/b~1c", "1 is not one of [None]", FIX),
            ],
        ),
        ("x" * 176, {"type": "null"}, [("", f"'{'x' * 176}' is not of type 'null'", FIX)]),
        ("x" * 177, {"type": "null"}, [("", "does not fit its schema (type)", FIX)]),
        ({}, {}, []),
    ],
    ids=range(7),
)
def test_each_thing_that_breaks_a_schema_is_a_finding_in_the_order_of_their_places(
    document: Any, schema: Any, findings: list[tuple[str, str, str]]
) -> None:
    assert schema_findings(document, schema) == [Finding(*found) for found in findings]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({}, ""),
        ({"name": "no-resource"}, ""),
        ({**EXTENDING, "name": "Upper"}, "/name"),
        ({**EXTENDING, "name": "line\n"}, "/name"),
        ({**EXTENDING, "colour": "red"}, ""),
        ({**EXTENDING, "operations": ["remove"]}, "/operations/0"),
        ({**EXTENDING, "paths": {"status": {"operations": ["add"]}}}, "/paths"),
        ({**EXTENDING, "paths": {"/status": {"operations": []}}}, "/paths/~1status/operations"),
        ({**EXTENDING, "paths": {"/status": {"operations": ["remove"]}}}, "/paths/~1status/operations/0"),
        ({**EXTENDING, "paths": {"/status": 5}}, "/paths/~1status"),
        ({**EXTENDING, "limits": {"operations": 1}}, "/limits"),
        ({**EXTENDING, "absentMembers": "maybe"}, "/absentMembers"),
        (
            {"name": "a", "paths": {"/a": None}, **{key: OWN[key] for key in ("resource", "operations", "limits")}},
            "/paths/~1a",
        ),
        ([1], ""),
        (None, ""),
        ("text", ""),
    ],
    ids=str,
)
def test_a_ruleset_fits_the_schema_of_rulesets(document: Any, place: str) -> None:
    assert place in [finding.place for finding in refused(document)]


def with_paths(paths: dict[str, list[str]]) -> dict[str, Any]:
    return {**OWN, "paths": {path: {"operations": operations} for path, operations in paths.items()}}


def with_moves(table: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**OWN, "transitions": {"status": "/a", "substatus": "/c", "table": table, **more}}


def with_resource(**resource: Any) -> dict[str, Any]:
    return {**OWN, "resource": resource, "paths": {}}


NOWHERE = "is not in the resource"
SHARED = {"On": {"to": ["Off"], "substatuses": ["X"]}, "Off": {"to": [], "substatuses": ["X"]}}
APART: dict[str, Any] = {"On": {"to": [], "substatuses": []}, "Off": {"to": [], "substatuses": []}}
LINTED: list[tuple[dict[str, Any], str, str]] = [
    (with_paths({"/d": ["add"]}), "/paths/~1d", NOWHERE),
    (with_paths({"/a/b/c": ["add"]}), "/paths/~1a~1b~1c", NOWHERE),
    (with_paths({"/a/0": ["add"]}), "/paths/~1a~10", NOWHERE),
    (with_paths({"/b/0": ["add"]}), "/paths/~1b~10", NOWHERE),
    (
        with_paths({"/~2": ["add"]}),
        "/paths/~1~02",
        "is not a JSON Pointer: it has a ~ that is not followed by 0 or 1",
    ),
    (with_paths({"/b/-": ["replace"]}), "/paths/~1b~1-/operations", "replace on - can never succeed"),
    (with_paths({"/b/-/x": ["add"]}), "/paths/~1b~1-~1x", "continues after -, which must come last"),
    ({**with_paths({"/a": ["replace"]}), "operations": ["add"]}, "/paths/~1a/operations", "replace is not among"),
    (with_moves({"On": {"to": ["Gone"], "substatuses": []}}), "/transitions/table/On/to", "Gone has no row"),
    (with_moves(SHARED), "/transitions/table/Off/substatuses", "X is listed under two statuses"),
    (with_moves(APART), "/transitions/table/Off", "cannot be reached"),
    (with_moves(ROWS, initial=[["On", "Cold"]]), "/transitions/initial/0", "is not a pair of the table"),
    (
        with_moves(ROWS, initial=[["On", "Hot"], ["Gone", "Cold"]]),
        "/transitions/initial/1",
        "is not a pair of the table",
    ),
    (with_moves(ROWS, status="/nowhere"), "/transitions/status", NOWHERE),
    (with_moves(ROWS, substatus="/b/-"), "/transitions/substatus", NOWHERE),
    (with_moves(ROWS, substatus="/b/*"), "/transitions/substatus", NOWHERE),
    (with_moves(ROWS, substatus="/~3"), "/transitions/substatus", NOWHERE),
    (with_moves(ROWS, substatus="/a"), "/transitions/substatus", "is also the path of the status"),
    (
        {**OWN, "advisories": {"reason_expected": {"substatuses": [], "reason": "/why"}}},
        "/advisories/reason_expected/reason",
        NOWHERE,
    ),
    (
        {**OWN, "advisories": {"one_way": {"values": {"/a": [], "/b/x": []}}}},
        "/advisories/one_way/values/~1b~1x",
        NOWHERE,
    ),
    (with_resource(type="mapping"), "/resource/type", "is not one of ['array', 'boolean'"),
    (with_resource(**{"$ref": "#/$defs/A"}), "/resource/$ref", "does not resolve inside the schema"),
    (with_resource(**{"$ref": "http://example.org/"}), "/resource/$ref", "does not resolve inside the schema"),
    (
        with_resource(**{"$ref": "#/default"}, default={"type": "x"}),
        "/resource/default/type",
        "is not one of ['array', 'boolean'",
    ),
    (
        with_resource(**{"$ref": "#/default"}, default={"pattern": "("}),
        "/resource/default",
        "a pattern is not a regular",
    ),
    (
        with_resource(**{"$ref": "#/enum/0"}, enum=[{"items": {"$ref": "#/default"}}], default={"allOf": 7}),
        "/resource/default/allOf",
        "7 is not of type 'array'",
    ),
    (
        with_resource(properties={"default": {"pattern": "("}}),
        "/resource/properties/default",
        "a pattern is not a regular expression",
    ),
    (with_resource(patternProperties={"(": {}}), "/resource", "a pattern is not a regular expression"),
    (with_resource(allOf=[{"pattern": "("}]), "/resource/allOf/0", "a pattern is not a regular expression"),
    (with_resource(pattern="a{99999999999}"), "/resource", "a pattern is not a regular expression"),
    ({**EXTENDING, "paths": {"/nowhere": None}}, "/paths/~1nowhere", "is null, but is not inherited"),
    ({"name": "mine", "extends": "base.json"}, "/extends", "is not a built-in ruleset"),
    ({**OWN, "resource": "resource.json"}, "/resource", "is a file name, with no folder to look in"),
]


@pytest.mark.parametrize(("document", "place", "problem"), LINTED, ids=[place for _, place, _ in LINTED])
def test_what_a_schema_cannot_say_is_a_finding_too(document: dict[str, Any], place: str, problem: str) -> None:
    (finding,) = refused(document)
    assert finding.place == place
    assert problem in finding.problem
    assert finding.fix


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/properties/a"},
        {"allOf": [{}, {"$ref": "#/properties/a"}]},
        {"not": {"anyOf": [{"$ref": "#/properties/a"}]}},
        {"if": {"$ref": "#/properties/a"}},
        {"dependentSchemas": {"b": {"$ref": "#/properties/a"}}},
        {"$ref": "#/$defs/there"},
    ],
    ids=str,
)
def test_a_schema_that_leads_back_to_itself_for_one_value_is_refused(schema: dict[str, Any]) -> None:
    there = {"$defs": {"there": {"oneOf": [{"$ref": "#/properties/a"}]}}}
    findings = refused({**OWN, "resource": {"properties": {"a": schema}, **there}})
    assert [finding.problem for finding in findings] == ["refers to itself for the same value"]


@pytest.mark.parametrize(
    "schema",
    [{"items": {"$ref": "#/properties/a"}}, {"properties": {"b": {"$ref": "#"}}}, {"anyOf": [True, {}]}],
    ids=str,
)
def test_a_schema_may_lead_back_to_itself_for_a_part_of_the_value(schema: dict[str, Any]) -> None:
    rules = Ruleset.from_dict({**OWN, "resource": {"properties": {"a": schema}}, "paths": {}})
    assert "value_invalid" not in rules.check_referral({"a": [{}]}).codes


def test_everything_that_is_wrong_is_found_at_once() -> None:
    paths = with_paths({"/d": ["add"], "/b/-": ["replace"]})["paths"]
    findings = refused({**with_moves(ROWS, initial=[["On", "X"]]), "paths": paths})
    assert [finding.place for finding in findings] == [
        "/paths/~1d",
        "/paths/~1b~1-/operations",
        "/transitions/initial/0",
    ]


def test_a_sound_ruleset_has_no_findings() -> None:
    for document in (OWN, with_moves(ROWS), with_moves(ROWS, initial=[["On", "Hot"], ["Off", "Cold"]])):
        assert Ruleset.from_dict(document).name == "own"


def test_what_is_under_examples_is_not_a_schema() -> None:
    assert Ruleset.from_dict(with_resource(examples=[{"$ref": "nope"}], default={"pattern": "("}))


def test_a_pattern_may_be_of_any_type_in_a_value() -> None:
    assert Ruleset.from_dict(with_resource(properties={"pattern": {"type": "string"}}))


@pytest.mark.parametrize("reference", ["#", "#/$defs/a%20b", "#/allOf/0", "#/$defs/true"])
def test_a_reference_may_lead_anywhere_inside_the_resource(reference: str) -> None:
    resource = {"$defs": {"a b": {}, "true": True}, "allOf": [{}], "properties": {"a": {"$ref": reference}}}
    assert Ruleset.from_dict(with_resource(**resource))


def test_a_finding_does_not_repeat_the_ruleset() -> None:
    findings = refused({"name": "a", "title": "x" * 1000, "operations": ["add"]})
    assert max(len(str(finding)) for finding in findings) < 500
