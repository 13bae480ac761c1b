"""A compiled schema says what jsonschema says."""

import json
from decimal import Decimal
from functools import cache
from types import BuiltinMethodType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import _catalog
from referral_rules._json import plain
from referral_rules._rules import Resource, findings
from referral_rules._rules.checks import Checks, fits, ready
from referral_rules._rules.keywords import Unsupported, compile_schema
from referral_rules._rules.values import compiled_checks, quick_checks

from .strategies import LATEST, json_values, values

RESOURCE = Resource(_catalog.schema("referral"))
WHOLE = Draft202012Validator(RESOURCE.schema)
IN_USE = [*(rule.schema for rule in LATEST._rules.rules), *RESOURCE.schema["$defs"].values(), RESOURCE.schema]


@cache
def _compiled(part: str, resource: Resource) -> tuple[Checks, Any]:
    schema = json.loads(part)
    return compiled_checks(schema, resource), Draft202012Validator(resource.schema).evolve(schema=schema)


def agree(part: Any, value: Any, resource: Resource = RESOURCE) -> None:
    judge_alike(*_compiled(json.dumps(part), resource), part, value, resource)


def judge_alike(checks: Checks, validator: Any, part: Any, value: Any, resource: Resource) -> None:
    """The verdict is jsonschema's, and so is what is said first about each place."""
    assert fits(checks, value) == validator.is_valid(value)
    said = {found.place: found.keyword for found in findings(part, resource, value, 1000)}
    first: dict[Any, str] = {}
    for error in validator.iter_errors(value):
        first.setdefault(tuple(error.absolute_path), str(error.validator) if error.schema is not False else "false")
    assert said == first


@given(st.sampled_from(IN_USE), json_values | st.decimals(allow_nan=False, allow_infinity=False))
def test_compiled_and_jsonschema_agree_on_anything(part: Any, value: Any) -> None:
    agree(part, value)


@given(st.data())
def test_compiled_and_jsonschema_agree_on_what_fits(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from(IN_USE))
    value = plain(data.draw(values(part, RESOURCE)), 32)
    assert WHOLE.evolve(schema=part).is_valid(value)
    agree(part, value)


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


NAMES = st.sampled_from(["a", "b", "c"])
LEAVES = st.one_of(
    st.sampled_from(["null", "boolean", "number", "string", "array", "object"]).map(lambda name: {"type": name}),
    st.lists(st.sampled_from(["null", "number", "string", "object"]), min_size=1, unique=True).map(
        lambda names: {"type": names}
    ),
    st.lists(st.sampled_from(["a", "b", "ab", None]), min_size=1, unique=True).map(lambda values: {"enum": values}),
    st.integers(0, 3).map(lambda length: {"minLength": length}),
    st.integers(0, 3).map(lambda length: {"maxLength": length}),
    st.integers(-2, 5).map(lambda bound: {"minimum": bound}),
    st.integers(-2, 5).map(lambda bound: {"maximum": bound}),
    st.sampled_from(["^a", "b$", "a|b", "^.$"]).map(lambda pattern: {"pattern": pattern}),
    st.lists(NAMES, min_size=1, unique=True).map(lambda names: {"required": names}),
    st.sampled_from([{}, {"description": "Any."}, {"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}]),
)


def _combined(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of several keywords, some of which lead to other schemas."""
    several = st.lists(parts, min_size=1, max_size=3)
    leading = st.one_of(
        parts.map(lambda part: {"items": part}),
        st.dictionaries(NAMES, parts, min_size=1).map(lambda named: {"properties": named}),
        several.map(lambda each: {"allOf": each}),
        several.map(lambda each: {"anyOf": each}),
        parts.map(lambda part: {"not": part}),
    )
    return st.lists(leading | parts, min_size=1, max_size=3).map(
        lambda each: {k: v for one in each for k, v in one.items()}
    )


SCHEMAS = st.recursive(LEAVES, _combined, max_leaves=8)
DOCUMENTS = st.recursive(
    st.sampled_from([None, True, 0, 1, 3.5, Decimal(2), "", "a", "ab", "abc"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@given(part=SCHEMAS, one=SCHEMAS, other=LEAVES, documents=st.lists(DOCUMENTS, min_size=1, max_size=20))
def test_a_schema_means_what_it_means_to_jsonschema(part: Any, one: Any, other: Any, documents: list[Any]) -> None:
    resource = Resource({"$defs": {"A": _without_circles(one, "#/$defs/A"), "B": _without_circles(other, "#/")}})
    compile_schema(part, resource)
    validator = Draft202012Validator(resource.schema).evolve(schema=part)
    for document in documents:
        judge_alike(compiled_checks(part, resource), validator, part, document, resource)


def _without_circles(schema: Any, reference: str) -> Any:
    """A schema in which any reference that begins like this is left out."""
    if isinstance(schema, list):
        return [_without_circles(part, reference) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_circles(part, reference)
        for key, part in schema.items()
        if not (key == "$ref" and part.startswith(reference))
    }


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
def test_an_object_of_text_alone_is_settled_by_the_quick_check(part: Any, value: dict[str, Any], alone: bool) -> None:
    assert fits(quick_checks(compiled_checks(part, TREES)), value) == alone


@pytest.mark.parametrize("value", [[], [{}], 1.5, Decimal(1)], ids=str)
def test_the_quick_check_settles_no_other_container_and_no_fraction(value: Any) -> None:
    checks = compiled_checks({}, TREES)
    assert fits(checks, value)
    assert not fits(quick_checks(checks), value)


@pytest.mark.parametrize(("value", "fitting"), [("x", True), (None, True), (1, False), (True, False)])
def test_the_quick_check_settles_scalars(value: Any, fitting: bool) -> None:
    assert fits(quick_checks(compiled_checks({"type": ["string", "null"]}, TREES)), value) == fitting


@pytest.mark.parametrize(("length", "compiled"), [(100_000, True), (100_001, False), (2.0, False)])
def test_a_length_is_compiled_up_to_a_bound(length: float, compiled: bool) -> None:
    for keyword in ("minLength", "maxLength"):
        if compiled:
            assert fits(compile_schema({keyword: length}, TREES).checks, "a") == (keyword == "maxLength")
        else:
            with pytest.raises(Unsupported):
                compile_schema({keyword: length}, TREES)


@pytest.mark.parametrize(
    "part", [True, {"type": "integer"}, {"type": ["null", "integer"]}, {"enum": [1]}, {"oneOf": []}]
)
def test_what_only_jsonschema_can_check_is_not_compiled(part: Any) -> None:
    with pytest.raises(Unsupported):
        compile_schema(part, TREES)


@pytest.mark.parametrize(
    "part",
    [
        *IN_USE,
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
    assert fits(compile_schema({"$ref": "#/$defs/2"}, Resource(resource.schema)).checks, None)
    with pytest.raises(Unsupported):
        compile_schema({"$ref": "#/$defs/1"}, Resource(resource.schema))


@pytest.mark.parametrize("part", [{}, {"uniqueItems": True}], ids=["compiled", "left to jsonschema"])
def test_there_is_one_finding_for_each_place_up_to_a_number(part: Any) -> None:
    part = {"items": {"type": "string", "enum": ["a"]}, **part}
    assert [found.place for found in findings(part, TREES, [1, 2, 3], 2)] == [(0,), (1,)]
    assert [found.keyword for found in findings(part, TREES, [1], 9)] == ["type"]
    assert findings(part, TREES, ["a"], 1) == []


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"$dynamicRef": "#nowhere"}, "a"),
        ({"$ref": "http://127.0.0.1:9/schema.json"}, 1),
        ({"$ref": "#/$defs/Circle"}, 1),
        ({"multipleOf": 0.5}, Decimal(1)),
        ({"multipleOf": 0.5}, 10**400),
    ],
    ids=["anchor", "fetched", "circle", "decimal", "overflow"],
)
def test_a_value_that_cannot_be_checked_does_not_fit(part: dict[str, Any], value: Any) -> None:
    resource = Resource({"$defs": {"Circle": {"$ref": "#/$defs/Circle"}}})
    assert not fits(compiled_checks(part, resource), value)
    assert [found.keyword for found in findings(part, resource, value, 9)] == ["unknown"]


def test_a_check_that_cannot_be_made_adds_nothing_to_what_is_wrong_there() -> None:
    part = {"type": "string", "$dynamicRef": "#nowhere"}
    assert [found.keyword for found in findings(part, Resource({}), 1, 9)] == ["type"]


def test_the_keywords_of_a_string_are_one_regular_expression() -> None:
    part = {"type": "string", "minLength": 1, "pattern": "a", "not": {"pattern": "\n"}}
    match = ready(compile_schema(part, TREES).checks)[str]
    assert isinstance(match, BuiltinMethodType)
    assert (bool(match("ba")), bool(match("b")), bool(match("a\n"))) == (True, False, False)


def test_a_schema_that_is_referred_to_twice_is_compiled_once() -> None:
    """Spelled out, the schema would have 2 ** 40 parts."""
    doubled = {
        str(level): {"properties": {name: {"$ref": f"#/$defs/{level + 1}"} for name in "xy"}} for level in range(40)
    }
    resource = Resource({"$defs": {**doubled, "40": {"type": "null"}}})
    checks = compile_schema({"$ref": "#/$defs/38"}, resource).checks
    assert not fits(checks, {"x": {"y": 1}})
    assert compile_schema({"$ref": "#/$defs/0"}, Resource(resource.schema))
