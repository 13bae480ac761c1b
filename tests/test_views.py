"""Rulesets and reports as other tools read them."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from referral_rules import Code, Ruleset
from referral_rules import _views as views

OWN: dict[str, Any] = {
    "name": "own",
    "title": "Ours",
    "operations": ["add", "replace"],
    "limits": {"operations": 7, "depth": 3, "pathLength": 40},
    "resource": {
        "$defs": {"Name": {"type": "string"}},
        "properties": {
            "s": {"type": "string"},
            "t": {"type": ["string", "null"]},
            "a.b": {"items": {"type": "object", "properties": {"n": {"$ref": "#/$defs/Name"}}}, "type": "array"},
            "free": {},
        },
    },
    "paths": {
        "/s": {"operations": ["replace"], "source": "API"},
        "/t": {"operations": ["add", "replace"]},
        "/a.b/*/n": {"operations": ["add"], "source": "us"},
        "/a.b": {"operations": ["add"]},
        "/free": {"operations": ["add"]},
    },
    "transitions": {
        "status": "/s",
        "substatus": "/t",
        "initial": [["On", "Hot"]],
        "table": {
            "On": {"to": ["On", "Off"], "substatuses": ["Hot", "Warm"]},
            "Off": {"to": ["Off"], "substatuses": ["Cold"]},
        },
    },
}
RULES = Ruleset.from_dict(OWN)
TEXT = """\
own: Ours

operations    source  value           path
replace       API     string          /s
add, replace          string or null  /t
add           us      Name            /a.b/*/n
add                   object[]        /a.b
add                   any             /free

status  may become  with substatus
On      On, Off     Hot, Warm
Off     Off         Cold
"""
DIAGRAM = """\
stateDiagram-v2
    On : On
    On : Hot, Warm
    Off : Off
    Off : Cold
    [*] --> On : Hot
    On --> On
    On --> Off
    Off --> Off"""
TABLE = """\
| path | operations | value | source |
|---|---|---|---|
| `/s` | replace | string | API |
| `/t` | add, replace | string or null |  |
| `/a.b/*/n` | add | Name | us |
| `/a.b` | add | object[] |  |
| `/free` | add | any |  |"""


def test_a_ruleset_is_written_as_text_in_columns() -> None:
    assert views.text(RULES) == TEXT
    untitled = Ruleset.from_dict({key: value for key, value in OWN.items() if key != "title"})
    assert views.text(untitled).startswith("own: no title\n\n")


def test_the_transitions_are_written_as_a_diagram() -> None:
    assert views.mermaid(RULES) == DIAGRAM


def test_the_paths_are_written_as_a_table() -> None:
    assert views.markdown_paths(RULES) == TABLE


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"$ref": "#/$defs/a/b"}, "b"),
        ({"type": "array"}, "any[]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "string or null[]"),
        ({"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}, "A or null"),
        ({}, "any"),
    ],
    ids=str,
)
def test_the_kind_of_a_value_is_a_word_or_two(schema: dict[str, Any], kind: str) -> None:
    assert views.value_kind(schema) == kind


def test_the_patches_of_a_ruleset_have_a_schema() -> None:
    made = views.patch_schema(RULES)
    items = made.pop("items")
    assert made == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:referral-rules:patch:own",
        "title": "Patch",
        "description": "A JSON Patch (RFC 6902) that the ruleset own allows; generated from it. "
        "It does not check the change of status, which depends on the referral.",
        "type": "array",
        "maxItems": 7,
        "$defs": {"Name": {"type": "string"}},
    }
    alternatives = {each["properties"]["path"].get("const"): each for each in items["anyOf"]}
    assert alternatives["/t"] == {
        "type": "object",
        "properties": {
            "op": {"enum": ["add", "replace"]},
            "path": {"const": "/t"},
            "value": {"type": ["string", "null"]},
        },
        "required": ["op", "path", "value"],
    }
    assert alternatives[None]["properties"]["path"] == {
        "type": "string",
        "pattern": r"^/a\.b/(0|[1-9][0-9]*)/n$",
        "maxLength": 40,
        "not": {"pattern": "\\n"},
    }


def test_only_an_empty_patch_fits_the_schema_of_a_ruleset_without_paths() -> None:
    rules = Ruleset.from_dict({**OWN, "paths": {}, "resource": {"properties": {"s": {}, "t": {}}}})
    made = views.patch_schema(rules)
    assert (made["items"], made["$defs"]) == ({"anyOf": [False]}, {})
    assert Draft202012Validator(made).is_valid([])
    assert not Draft202012Validator(made).is_valid([{"op": "add", "path": "/s", "value": "a"}])


def test_a_ruleset_without_paths_and_transitions_is_written_as_text_too() -> None:
    rules = Ruleset.from_dict({key: OWN[key] for key in ("name", "operations", "limits", "resource")} | {"paths": {}})
    assert views.text(rules) == (
        "own: no title\n\noperations  source  value  path\n\nstatus  may become  with substatus\n"
    )


def test_a_patch_schema_refers_to_nothing_outside_itself() -> None:
    """Also if the resource has references that are not to a definition."""
    resource = {
        "$defs": {"a": {"type": "string"}},
        "properties": {"s": {"$ref": "#/$defs/a"}, "t": {"type": "null"}, "u": {"$ref": "#/properties/t"}},
    }
    paths = {f"/{name}": {"operations": ["add"]} for name in ("s", "u")}
    rules = Ruleset.from_dict(
        {key: OWN[key] for key in ("name", "limits", "operations")} | {"resource": resource, "paths": paths}
    )
    validator = Draft202012Validator(views.patch_schema(rules))
    for path, value, valid in (("/s", "x", True), ("/s", None, False), ("/u", None, True), ("/u", "x", False)):
        assert validator.is_valid([{"op": "add", "path": path, "value": value}]) is valid


def test_a_diagnostic_must_have_the_severity_of_its_code() -> None:
    """A warning may not be listed as an error, nor an error as a warning."""
    validator = Draft202012Validator(views.report_schema()["$defs"]["Diagnostic"])
    others = {"message": "m", "op_index": 0, "path": "/s", "rule": "r", "details": {}, "hint": None}
    for code in Code:
        for severity in ("error", "warning"):
            diagnostic = {"code": code.value, "severity": severity, **others}
            assert validator.is_valid(diagnostic) is (code.severity == severity)
    assert not validator.is_valid({"code": "unknown", "severity": "error", **others})
