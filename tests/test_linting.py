"""Where a document breaks its schema: one finding for each place, in order, and none of them long."""

from typing import Any

import pytest

from referral_rules import Finding
from referral_rules.linting import against_schema

CURE = "see ruleset.schema.json"


@pytest.mark.parametrize(
    ("document", "schema", "findings"),
    [
        ({}, {"required": ["a"], "description": "All."}, [("", "'a' is a required property", f"{CURE}: All.")]),
        ({"a": 1}, {"properties": {"a": False}}, [("", "False schema does not allow 1", CURE)]),
        (
            {"a": "x"},
            {"properties": {"a": {"type": "null", "description": "None."}}},
            [("/a", "'x' is not of type 'null'", f"{CURE}: None.")],
        ),
        (
            {"b/c": 1, "a": [1]},
            {"properties": {"b/c": {"type": "null", "enum": [None]}, "a": {"items": {"type": "null"}}}},
            [("/a/0", "1 is not of type 'null'", CURE), ("/b~1c", "1 is not of type 'null'", CURE)],
        ),
        ("x" * 176, {"type": "null"}, [("", f"'{'x' * 176}' is not of type 'null'", CURE)]),
        ("x" * 177, {"type": "null"}, [("", "does not fit (type)", CURE)]),
        ({}, {}, []),
    ],
    ids=range(7),
)
def test_what_breaks_the_schema_is_found(document: Any, schema: Any, findings: list[tuple[str, str, str]]) -> None:
    assert against_schema(document, schema) == [Finding(*found) for found in findings]
