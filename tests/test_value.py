"""Stage 3: is the value JSON, and what the resource has at that path?"""

import json
import math
from collections import OrderedDict, defaultdict
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any

import pytest

from referral_rules import Report, Ruleset

from .stages import DEAL, op, own, the_only
from .strategies import LATEST
from .test_plain import NOT_JSON, shared_pairs


class Stage(StrEnum):
    EIGHTY = "80"


class OldStage(str, Enum):  # noqa: UP042
    EIGHTY = "80"


class Amount(IntEnum):
    SMALL = 5


class Price(float):
    pass


def judged(schema: dict[str, Any], value: Any) -> Report:
    """The report about a value for a schema of one's own."""
    return own({"properties": {"a": schema}}, {"/a": ("add",)}).check(op("add", "/a", value))


# JSON.


@pytest.mark.parametrize(("value", "reason"), NOT_JSON, ids=range(len(NOT_JSON)))
def test_a_value_that_no_parser_produces_is_not_json(value: Any, reason: str) -> None:
    stored: dict[str, Any] = {"details": {}, "team": []}
    for path, given in (("/details/notes", value), ("/team/-", {"extra": value}), ("/team", [value])):
        found = the_only(LATEST, op("add", path, given), stored)
        assert (found.code.value, found.path, found.source) == ("not_json", path, "RFC 8259 section 3")
        assert found.message == f"the value {reason}"
        assert found.hint == "Pass what a JSON parser returns: dict, list, str, int, float, bool or None."


@pytest.mark.parametrize(
    ("path", "value", "written"),
    [
        ("/salesStage", Stage.EIGHTY, "80"),
        ("/salesStage", OldStage.EIGHTY, "80"),
        ("/details/dealValue", Amount.SMALL, 5),
        ("/details/dealValue", Price(1.5), 1.5),
        ("/details/dealValue", Decimal("1.50"), Decimal("1.50")),
        ("/team/-", OrderedDict(email=Stage.EIGHTY, deep=[Amount.SMALL]), {"email": "80", "deep": [5]}),
        ("/team/-", {Stage.EIGHTY: True}, {"80": True}),
    ],
    ids=range(7),
)
def test_a_subclass_is_written_as_the_built_in_value(path: str, value: Any, written: Any) -> None:
    updated: Any = LATEST.apply(op("add", path, value), {"details": {}, "team": []})
    for name in path.split("/")[1:]:
        updated = updated[-1] if name == "-" else updated[name]
    assert updated == written
    assert repr(updated) == repr(written)
    assert type(updated) is type(written)


def test_the_names_of_members_are_written_as_built_in_strings() -> None:
    updated: Any = LATEST.apply(op("add", "/team/-", {OldStage.EIGHTY: "x", "email": "y"}), {"team": []})
    assert [type(name) for name in updated["team"][0]] == [str, str]


def test_true_is_not_a_number_and_one_is_not_a_boolean() -> None:
    for path, value in (("/details/dealValue", True), ("/consent/consentToContact", 1)):
        rules = own(LATEST.document["resource"], {path: ("add",)})
        assert the_only(rules, op("add", path, value)).details["got"] == ("a boolean" if value is True else "a number")


def test_a_default_dict_in_a_value_is_not_changed() -> None:
    value: dict[str, Any] = defaultdict(dict, contactPreference=defaultdict(str))
    assert LATEST.apply(op("add", "/team/-", value), {"team": []}) == {"team": [{"contactPreference": {}}]}
    assert value == {"contactPreference": {}}


def test_a_value_may_be_as_deep_as_the_limit() -> None:
    value: Any = []
    for levels in range(1, 34):
        report = LATEST.check(op("add", "/team/-", {"deep": value}))
        assert report.codes == (("unknown_member",) if levels < 32 else ("limit_exceeded",))
        value = [value]
    (found,) = report
    assert found.message == "the value is nested too deeply; at most 32 levels are allowed"
    assert (found.culprit, found.source) == ("value", "partner-center-2023-10: limits")


def test_a_value_that_shares_its_parts_costs_no_more_than_it_holds() -> None:
    assert the_only(LATEST, op("add", "/team/-", {"a": shared_pairs(40)})).code.value == "limit_exceeded"
    assert LATEST.check(op("add", "/team", shared_pairs(30))).codes == ("value_invalid",)


def test_a_value_that_shares_its_parts_is_not_spelled_out_for_jsonschema() -> None:
    (found,) = judged({"oneOf": [{"type": "null"}]}, shared_pairs(8))
    assert found.details["keyword"] == "oneOf"


def test_a_verdict_does_not_depend_on_the_stack_of_the_caller() -> None:
    tree = {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/T"}}]}
    rules = own({"properties": {"v": {"$ref": "#/$defs/T"}}, "$defs": {"T": tree}}, {"/v": ("add",)})
    right, wrong = op("add", "/v", [[[[[None]]]]]), op("add", "/v", [[[[[1]]]]])

    def judged_at(depth: int) -> tuple[bool, ...]:
        return judged_at(depth - 1) if depth else (rules.check(right).ok, rules.check(wrong).ok)

    def outcome(depth: int) -> tuple[bool, ...] | None:
        try:
            return judged_at(depth)
        except RecursionError:
            return None

    assert {outcome(depth) for depth in range(600, 980, 5)} == {(True, False), None}


# The schema.


@pytest.mark.parametrize(
    ("path", "value", "message", "hint"),
    [
        ("/details/notes", 1, "/details/notes must be a string or null, not a number", None),
        ("/details/currency", None, "/details/currency must be a string, not null", 'Write it like "USD".'),
        (
            "/details/currency",
            "usd",
            '/details/currency must be an ISO 4217 currency code: three upper-case letters, such as "USD"',
            'Did you mean "USD"?',
        ),
        ("/status", "closed", '/status must be "New", "Active" or "Closed"', 'Did you mean "Closed"?'),
        (
            "/substatus",
            "Engaged",
            '/substatus must be "Pending", "Received", "Accepted", "Won", "Lost", "Declined" or "Expired"',
            None,
        ),
        ("/team", [{}, {"email": 5}], "/team/1/email must be a string or null, not a number", None),
        (
            "/details/closingDateTime",
            "1.2.2020",
            (
                "/details/closingDateTime must be a UTC date-time that exists, with at most seven fraction digits "
                'and a Z at the end, such as "2018-11-06T18:40:42.6178337Z"'
            ),
            None,
        ),
    ],
    ids=range(7),
)
def test_the_message_says_what_would_fit(path: str, value: Any, message: str, hint: str | None) -> None:
    found = the_only(LATEST, op("add", path, value), DEAL)
    assert (found.code.value, found.message, found.hint) == ("value_invalid", message, hint)
    assert found.source == f"partner-center-2023-10: {path}"


def test_everything_that_is_allowed_is_in_the_details() -> None:
    found = the_only(LATEST, op("add", "/details/currency", "usd"))
    assert found.details["allowed"] == tuple(LATEST.document["resource"]["$defs"]["Currency"]["enum"])
    assert (found.details["nearest"], found.details["fix"]) == ("USD", {"change": {"value": "USD"}})


def test_a_value_inside_an_array_has_no_fix_of_the_whole() -> None:
    found = the_only(own({"properties": {"a": {"items": {"enum": ["On"]}}}}, {"/a": ("add",)}), op("add", "/a", ["on"]))
    assert (found.hint, "fix" in found.details) == ('Did you mean "On"?', False)


@pytest.mark.parametrize(
    ("schema", "value", "requirement"),
    [
        ({"required": ["b", "c", "d"]}, {"b": 1}, '/a must have "c" and "d"'),
        ({"const": 1}, 2, "/a must be 1"),
        ({"const": 1, "description": "Always one."}, 2, "/a must be always one"),
        ({"items": {"multipleOf": 2}}, [2, 3], "/a/1 must be a multiple of 2"),
        ({"minimum": 2}, 1, "/a must be at least 2"),
        ({"maximum": 2}, 3, "/a must be at most 2"),
        ({"exclusiveMinimum": 2}, 2, "/a must be more than 2"),
        ({"exclusiveMaximum": 2}, 2, "/a must be less than 2"),
        ({"minLength": 2}, "a", "/a must have at least 2 characters"),
        ({"maxLength": 2}, "abc", "/a must have at most 2 characters"),
        ({"minItems": 2}, [1], "/a must have at least 2 elements"),
        ({"maxItems": 1}, [1, 2], "/a must have at most 1 element"),
        ({"minProperties": 2}, {}, "/a must have at least 2 members"),
        ({"maxProperties": 0}, {"b": 1}, "/a must have at most 0 members"),
        ({"uniqueItems": True}, [1, 1], "/a has the same element twice"),
        ({"properties": {"b": False}}, {"b": 1}, "/a is not allowed"),
        ({"type": "integer"}, 1.5, "/a must be an integer, not a number"),
        ({"enum": [1, 2]}, 3, "/a does not fit its schema (enum)"),
        ({"enum": ["a"]}, "z", '/a must be "a"'),
        ({"enum": ["a", None]}, "z", '/a must be "a"'),
        ({"enum": ["a", 1]}, "z", "/a does not fit its schema (enum)"),
        ({"enum": [f"n{n}" for n in range(13)]}, "z", "/a does not fit its schema (enum)"),
        (
            {"anyOf": [{"type": "null"}, {"type": ["array", "object"]}]},
            1,
            "/a must be null, an array or an object, not",
        ),
        ({"anyOf": [{"type": "number", "minimum": 2}, {"type": "null"}], "description": "Two."}, 1, "/a must be two"),
        ({"anyOf": [{"minimum": 2}, {"maximum": 0}], "description": "ISO 8601"}, 1, "/a must be ISO 8601"),
        ({"anyOf": [False, False]}, 1, "/a is not allowed"),
        ({"allOf": [{"minimum": 5, "description": "Inner."}], "description": "Outer."}, 1, "/a must be inner"),
        ({"$dynamicRef": "#nowhere"}, 1, "/a does not fit its schema (unknown)"),
        ({"$dynamicRef": "#nowhere", "description": "Some text."}, 1, "/a must be some text"),
        ({"pattern": "^a", "examples": ["ab"]}, "b", "/a does not match the pattern in its schema"),
    ],
    ids=str,
)
def test_a_schema_of_ones_own_is_put_into_words(schema: dict[str, Any], value: Any, requirement: str) -> None:
    (found,) = judged(schema, value)
    assert found.message.startswith(requirement)


def test_a_lone_surrogate_is_a_string() -> None:
    assert judged({"type": "string"}, "\ud800").ok


@pytest.mark.parametrize("value", [[1], {"b": 1}, None, "x"], ids=str)
def test_a_schema_may_be_just_true(value: Any) -> None:
    assert own({"properties": {"a": True}}, {"/a": ("add",)}).check(op("add", "/a", value)).ok


def test_at_most_sixteen_places_of_a_value_are_reported() -> None:
    report = LATEST.check(op("add", "/team", [{"email": 1}] * 1000))
    assert [found.details["place"] for found in report] == [f"/{index}/email" for index in range(16)]


def test_a_refusal_that_nothing_explains_is_our_own_error() -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    patch = op("add", "/salesStage", "80")
    rules.check(patch)
    permissions = rules._rules.permissions["/salesStage"]
    refusing: Any = defaultdict(lambda: lambda _: False)
    permissions["add"] = permissions["add"]._replace(quick=refusing, checks={})
    with pytest.raises(RuntimeError, match="refused without a reason"):
        rules.evaluate(patch, {})


# Numbers.


@pytest.mark.parametrize(
    ("number", "parsed", "text"),
    [
        ("1e308", "value_invalid", "value_invalid"),
        ("-5e-324", "value_invalid", "value_invalid"),
        ("1e400", "not_json", "not_json"),
        ("-1e400", "not_json", "not_json"),
        ("NaN", "not_json", "invalid_json"),
        ("Infinity", "not_json", "invalid_json"),
        ("5e-324", None, None),
        ("-0.0", None, None),
        ("1e-400", None, None),
    ],
)
def test_a_number_at_the_edge(number: str, parsed: str | None, text: str | None) -> None:
    patch = op("add", "/details/dealValue", float(number))
    assert LATEST.check(patch, {"details": {}}).codes == ((parsed,) if parsed else ())
    written = json.dumps(op("add", "/details/dealValue", 0)).replace("0", number)
    assert LATEST.check_json(written, {"details": {}}).codes == ((text,) if text else ())


def test_zero_keeps_its_sign_and_the_smallest_float_its_value() -> None:
    updated = LATEST.apply(op("add", "/team/-", {"a": -0.0, "b": 5e-324, "c": 1e308}), {"team": []})
    assert math.copysign(1, updated["team"][0]["a"]) == -1
    assert (updated["team"][0]["b"], updated["team"][0]["c"]) == (5e-324, 1e308)


def test_an_integer_of_many_digits_is_reported_without_a_digit() -> None:
    keywords = {"/status": "type", "/details/dealValue": "maximum", "/team/-": "type"}
    for path, keyword in keywords.items():
        found = the_only(LATEST, op("add", path, 10**9999))
        assert found.details["keyword"] == keyword
        assert len(json.dumps(found.to_dict())) < 2048
