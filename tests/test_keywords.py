"""A compiled schema says what jsonschema says."""

import json
from decimal import Decimal
from types import BuiltinMethodType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Ruleset
from referral_rules.catalog import schema
from referral_rules.keywords import Unsupported, compile_schema, fits
from referral_rules._json import plain
from referral_rules._rules import Resource
from referral_rules.values import ValueSchema

from .strategies import LATEST, json_values, values

RESOURCE = Resource(schema("referral"))
JUDGE = Draft202012Validator(RESOURCE.schema)
IN_USE = [rule.schema for rule in LATEST.paths] + list(RESOURCE.schema["$defs"].values()) + [RESOURCE.schema]


def agree(part: Any, value: Any, resource: Resource = RESOURCE) -> None:
    compiled = fits(ValueSchema(part, resource).checks, value)
    assert compiled == Draft202012Validator(resource.schema).evolve(schema=part).is_valid(value)


@given(st.sampled_from(IN_USE), json_values | st.decimals(allow_nan=False, allow_infinity=False))
def test_compiled_and_jsonschema_agree_on_anything(part: Any, value: Any) -> None:
    agree(part, value)


@given(st.data())
def test_compiled_and_jsonschema_agree_on_what_fits(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(IN_USE))
    value = plain(data.draw(values(part, RESOURCE)), 32)
    assert fits(ValueSchema(part, RESOURCE).checks, value)
    assert JUDGE.evolve(schema=part).is_valid(value)


@given(st.data())
def test_compiled_and_jsonschema_agree_on_what_nearly_fits(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(IN_USE))
    value = plain(data.draw(values(part, RESOURCE)), 32)
    agree(part, data.draw(spoiled(value)))


def spoiled(value: Any) -> st.SearchStrategy[Any]:
    """A value with one thing in it replaced by something else."""
    if isinstance(value, dict) and value:
        return st.sampled_from(sorted(value)).flatmap(
            lambda name: spoiled(value[name]).map(lambda item: {**value, name: item})
        )
    if isinstance(value, list) and value:
        return spoiled(value[0]).map(lambda item: [item, *value[1:]])
    return json_values | st.just(f"{value}\n") | st.just([value])


KEYWORDS = [
    {"enum": ["a"]},
    {"allOf": [{"pattern": r"(a)\1"}, {"pattern": r"(b)\1"}]},
    {"allOf": [{"pattern": "(?P<x>a)"}, {"pattern": "(?P<x>b)"}]},
    {"allOf": [{"type": ["number", "string"]}, {"minimum": 3}, {"maximum": 4}]},
    {"anyOf": [{"type": "number", "minimum": 3}, {"type": "number", "maximum": 1}, {"type": "null"}]},
    {"anyOf": [{"type": "string"}, {"minLength": 1}]},
    {"enum": ["a", None]},
    {"enum": [1, True]},
    {"enum": ["a"], "type": "string", "minLength": 2},
    {"minLength": 1, "maxLength": 2, "pattern": "^a"},
    {"not": {"type": "string", "minLength": 1}},
    {"not": {"properties": {"a": {"type": "null"}}, "required": ["a"]}},
    {"not": {}},
    {"pattern": "(?P<x>a)b", "maxLength": 3},
    {"pattern": r"(.)\1", "minLength": 2},
    {"allOf": [{"pattern": "a|b"}, {"pattern": "b$"}, {"not": {"pattern": "\n"}}]},
    {"anyOf": [{"pattern": "^a$"}, {"maxLength": 1}]},
    {"minLength": 0, "maxLength": 0},
    {"not": {"minLength": 2.0}},
    {"not": {"maxLength": 2.0}},
    {"$id": "urn:x", "$ref": "#/$defs/A", "$defs": {"A": {"type": "number"}}},
    {"not": {"anyOf": [{"pattern": "a"}, {"minLength": 3}]}},
    {"items": {"type": "null"}},
    {"properties": {"a": {"type": "null"}}, "required": ["a"]},
    {"properties": {"a": False}},
    {"type": "integer"},
    {"const": 1},
    {"additionalProperties": False, "properties": {"a": {}}},
    {"oneOf": [{"type": "null"}, {"type": "string"}]},
    {"$ref": "#/$defs/Tree"},
    {"$ref": "#/$defs/Name"},
]
TREES = Resource(
    {
        "$defs": {
            "Tree": {"type": "object", "properties": {"a": {"anyOf": [{"$ref": "#/$defs/Tree"}, {"type": "null"}]}}},
            "A": {"type": "string"},
            "Name": {"type": "string", "pattern": "a$"},
        }
    }
)
VALUES: list[Any] = [
    *[0, 1, 1.0, True, 2, 3, 3.5, 4, 5, Decimal(3), Decimal("3.5"), Decimal(4)],
    *[
        "",
        "a",
        "b",
        "c",
        "ab",
        "aa",
        "aab",
        "abc",
        "abb",
        "aabb",
        "bab",
        "ba",
        "a\n",
        "\na",
        "\n",
        "\n\n",
        "é",
        None,
        [],
        [None],
    ],
    *[[1], [None, 1], {}, {"a": None}, {"a": 1}, {"b": 1}, {"a": {}}, {"a": {"a": None}}, {"a": {"a": 1}}, {"a": "x"}],
]
LIKELY = st.sampled_from(VALUES)
OBJECTS = st.dictionaries(st.sampled_from("ab"), st.none() | json_values, max_size=2)


@pytest.mark.parametrize("part", KEYWORDS, ids=json.dumps)
@given(value=LIKELY | OBJECTS | OBJECTS.map(lambda inner: {"a": inner}) | json_values)
def test_every_keyword_means_what_it_means_to_jsonschema(part: Any, value: Any) -> None:
    agree(part, value, TREES)


@pytest.mark.parametrize("part", KEYWORDS, ids=json.dumps)
def test_every_keyword_means_the_same_of_every_likely_value(part: Any) -> None:
    for value in VALUES:
        agree(part, value, TREES)


@pytest.mark.parametrize(
    ("part", "value", "alone"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, {"a": "x"}, False),
        ({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}, {"a": "x"}, True),
        ({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}, {"a": None}, True),
        ({"type": "object", "properties": {"a": {}}}, {"a": "x", "b": "y"}, False),
        ({"type": "object", "properties": {"a": {}}}, {"a": 1}, False),
        ({"type": "object", "properties": {"a": {}, "b": {}}}, {"a": "x", "b": []}, False),
        ({"type": "object", "properties": {"a": {"type": ["string", "null"], "minLength": 1}}}, {"a": "x"}, False),
        ({"type": "object", "properties": {"a": {"minLength": 1}}}, {"a": "x"}, False),
    ],
    ids=str,
)
def test_an_object_of_free_text_alone_is_simple(part: Any, value: dict[str, Any], alone: bool) -> None:
    check = ValueSchema(part, TREES).simple[dict]
    assert check is not None
    assert check(value) == alone


@pytest.mark.parametrize(("length", "compiled"), [(100_000, True), (100_001, False), (2.0, False)])
def test_a_length_is_compiled_up_to_a_bound(length: float, compiled: bool) -> None:
    for keyword in ("minLength", "maxLength"):
        if compiled:
            assert fits(compile_schema({keyword: length}, TREES), "a") == (keyword == "maxLength")
        else:
            with pytest.raises(Unsupported):
                compile_schema({keyword: length}, TREES)


@pytest.mark.parametrize(
    "part", [True, {"type": "integer"}, {"type": ["null", "integer"]}, {"enum": [1]}, {"oneOf": []}]
)
def test_what_only_jsonschema_knows_is_not_compiled(part: Any) -> None:
    with pytest.raises(Unsupported):
        compile_schema(part, TREES)


@pytest.mark.parametrize(
    "part",
    [
        *IN_USE[:-1],
        {"type": ["array", "boolean", "null", "number", "object", "string"]},
        {"not": {"items": {"minimum": 1}}},
    ],
    ids=lambda part: part.get("title", "")[:20],
)
def test_what_the_resource_uses_is_compiled(part: Any) -> None:
    assert compile_schema(part, RESOURCE)


def test_a_chain_of_references_is_followed_up_to_a_bound() -> None:
    chain = {str(number): {"$ref": f"#/$defs/{number + 1}"} for number in range(52)}
    resource = Resource({"$defs": {**chain, "52": {"type": "null"}}})
    assert fits(compile_schema({"$ref": "#/$defs/2"}, Resource(resource.schema)), None)
    with pytest.raises(Unsupported):
        compile_schema({"$ref": "#/$defs/1"}, Resource(resource.schema))


def test_errors_are_one_for_each_place_up_to_a_number() -> None:
    amounts = ValueSchema({"items": {"type": "string", "enum": ["a"]}}, TREES)
    assert [list(error.absolute_path) for error in amounts.errors([1, 2, 3], 2)] == [[0], [1]]
    assert [error.validator for error in amounts.errors([1], 9)] == ["type"]
    assert amounts.errors(["a"], 1) == []


def test_what_cannot_be_judged_adds_nothing_to_what_is_wrong_there() -> None:
    broken = ValueSchema({"type": "string", "$dynamicRef": "#nowhere"}, Resource({}))
    assert [error.validator for error in broken.errors(1, 9)] == ["type"]
    assert [error.message for error in broken.errors("a", 9)] == ["cannot be judged"]


def test_all_that_is_asked_of_a_string_is_one_search() -> None:
    asked = {"type": "string", "minLength": 1, "pattern": "a", "not": {"pattern": "\n"}}
    search = compile_schema(asked, TREES)[str]
    assert isinstance(search, BuiltinMethodType)
    assert (bool(search("ba")), bool(search("b")), bool(search("a\n"))) == (True, False, False)


def test_what_jsonschema_accepts_after_all_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Ruleset.from_dict({"name": "doubt", "extends": "partner-center"})
    target = rules._book.paths.targets["/salesStage"]
    target.simple.clear()
    monkeypatch.setattr(target.value, "checks", {})
    assert rules.apply([{"op": "add", "path": "/salesStage", "value": "80"}], {}) == {"salesStage": "80"}


def test_no_reference_is_fetched() -> None:
    elsewhere = ValueSchema({"$ref": "http://127.0.0.1:9/schema.json"}, Resource({}))
    assert not fits(elsewhere.checks, 1)
    assert [error.message for error in elsewhere.errors(1, 9)] == ["cannot be judged"]
