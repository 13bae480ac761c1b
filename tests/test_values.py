"""A compiled schema says what jsonschema says."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Ruleset
from referral_rules.catalog import schema
from referral_rules.keywords import fits
from referral_rules.plain import plain
from referral_rules.resource import Resource
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
LIKELY = st.sampled_from(
    [0, 1, 1.0, True, 2, 3.5, 5, Decimal("3.5"), "", "a", "ab", "aa", "abc", "a\n", "\n", None, [], [None]]
)
OBJECTS = st.dictionaries(st.sampled_from("ab"), st.none() | json_values, max_size=2)


@pytest.mark.parametrize("part", KEYWORDS, ids=json.dumps)
@given(value=LIKELY | OBJECTS | OBJECTS.map(lambda inner: {"a": inner}) | json_values)
def test_every_keyword_means_what_it_means_to_jsonschema(part: Any, value: Any) -> None:
    agree(part, value, TREES)


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
