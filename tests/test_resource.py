"""The schema of the document: where a path leads in it, and which members it lists."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from referral_rules._rules import Resource

NAMED: dict[str, Any] = {"properties": {"a": {}, "b": {"properties": {"Cc": {}}}, "Team": {"items": {"$ref": "#"}}}}
RESOURCE = Resource(NAMED)


@pytest.mark.parametrize(
    ("schema", "parts", "found"),
    [
        (NAMED, ("b", "Cc"), {}),
        (NAMED, ("Team", "*", "Team", "-", "b"), NAMED["properties"]["b"]),
        (NAMED, (), NAMED),
        (NAMED, ("x",), None),
        (NAMED, ("Team", "x"), None),
        (NAMED, ("Team", "0"), None),
        (NAMED, ("*",), None),
        ({"properties": {"a": True, "b": False}}, ("a",), {}),
        ({"properties": {"a": True, "b": False}}, ("b",), {"not": {}}),
        ({"items": True}, ("*",), {}),
        ({"allOf": [{"properties": {"a": {"title": "x"}}}]}, ("a",), {"title": "x"}),
        ({"oneOf": [{"type": "null"}, True, {"items": {"title": "x"}}]}, ("-",), {"title": "x"}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {}}}}}, ("a",), {}),
        ({"$ref": "#/$defs/A", "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}}, ("a",), None),
        ({"$ref": "elsewhere"}, ("a",), None),
    ],
    ids=str,
)
def test_a_path_leads_to_a_subschema(schema: dict[str, Any], parts: tuple[str, ...], found: Any) -> None:
    assert Resource(schema).at(parts) == found


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ({}, []),
        ({"a": 1}, []),
        ({"a": {"x": 1}, "b": {"Cc": {"x": 1}}, "Team": [{"a": 1.5}, 1]}, []),
        ({"a": 1, "x": 1}, ["/x"]),
        ({"b": {"cc": 1}, "Team": [1, {"Team": [{"x/y": 1}]}]}, ["/b/cc", "/Team/1/Team/0/x~1y"]),
        ([{"x": 1}], []),
        (1.5, []),
        ("a", []),
        (None, []),
    ],
    ids=str,
)
def test_a_member_is_unknown_if_others_are_listed(value: Any, unknown: list[str]) -> None:
    assert [place for place, _, _ in RESOURCE.unknown_members(NAMED, value)] == unknown


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"properties": {}}], ids=str)
def test_a_schema_that_lists_no_member_allows_any(schema: dict[str, Any]) -> None:
    value = {"x": [{"y": 1}]}
    assert list(RESOURCE.unknown_members(schema, value)) == []


@pytest.mark.parametrize(
    ("parts", "spelled"),
    [
        ([], ()),
        (["A"], ("a",)),
        (["B", "cC"], ("b", "Cc")),
        (["team", "*", "TEAM", "-", "B"], ("Team", "*", "Team", "-", "b")),
        (["x"], None),
        (["b", "a"], None),
        (["b", "x", "a"], None),
        (["team", "x"], None),
    ],
    ids=str,
)
def test_a_path_is_spelled_as_the_resource_spells_it(parts: list[str], spelled: tuple[str, ...] | None) -> None:
    assert RESOURCE.spelled(parts) == spelled


REFERRED: dict[str, Any] = {
    "$defs": {"a b": {"title": "space"}, "true": True, "a/b": {"title": "slash"}},
    "allOf": [{"title": "first"}],
    "title": "whole",
}


@pytest.mark.parametrize(
    ("reference", "title"),
    [
        ("", "whole"),
        ("#", "whole"),
        ("#/$defs/a%20b", "space"),
        ("#/$defs/a~1b", "slash"),
        ("#/allOf/0", "first"),
        ("#/$defs/true", None),
    ],
)
def test_a_reference_may_lead_anywhere_inside_the_schema(reference: str, title: str | None) -> None:
    found = Resource(REFERRED).resolve(reference)
    assert found is not None
    assert found.get("title") == title


@pytest.mark.parametrize(
    "reference",
    ["#/allOf/1", "#/allOf/x", f"#/allOf/{'9' * 5000}", "#/title", "#/title/x", "#/nothing", "#~", "http://a/", "a"],
    ids=lambda reference: reference[:9],
)
def test_a_reference_that_leads_nowhere_inside_it_has_no_schema(reference: str) -> None:
    assert Resource(REFERRED).resolve(reference) is None


def test_a_bundle_stands_alone() -> None:
    name = {"type": "string", "examples": [{"$ref": "#/nothing"}]}
    inner = {"inner": {"$ref": "#/$defs/Tree"}, "name": {"$ref": "#/properties/name"}}
    resource = Resource({"$defs": {"Tree": {"properties": inner}, "Unused": {}}, "properties": {"name": name}})
    assert resource.bundled({"$schema": "x", "items": [{"$ref": "#/$defs/Tree"}]}) == {
        "items": [{"$ref": "#/$defs/Tree"}],
        "$defs": {
            "Tree": {"properties": {"inner": {"$ref": "#/$defs/Tree"}, "name": {"$ref": "#/$defs/1"}}},
            "1": name,
        },
    }


def test_a_member_may_be_named_like_a_keyword() -> None:
    resource = Resource({"$defs": {"Null": {"type": "null"}}})
    members = {name: {"$ref": "#/$defs/Null"} for name in ("default", "enum", "$id", "$defs", "properties")}
    assert resource.bundled({"properties": members}) == {"properties": members, "$defs": {"Null": {"type": "null"}}}


@pytest.mark.parametrize("reference", ["#", "", "#/$defs/a%20b", "#/$defs/a~1b", "#/$defs/a-b", "#/properties/0"])
def test_a_bundle_means_what_the_subschema_meant(reference: str) -> None:
    number = {"type": "number"}
    resource = Resource(
        {"type": "number", "$defs": {"a b": number, "a/b": number, "a-b": number}, "properties": {"0": number}}
    )
    validator = Draft202012Validator(resource.bundled({"items": {"$ref": reference}}))
    assert validator.is_valid([1])
    assert not validator.is_valid(["1"])
