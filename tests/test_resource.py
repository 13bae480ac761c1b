"""The schema of the document: which members it knows, and how it spells them."""

from typing import Any

import pytest

from referral_rules._rules import Resource

NAMED: dict[str, Any] = {"properties": {"a": {}, "b": {"properties": {"Cc": {}}}, "Team": {"items": {"$ref": "#"}}}}
RESOURCE = Resource(NAMED)


@pytest.mark.parametrize(
    ("value", "strange"),
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
def test_a_stranger_is_a_member_that_is_not_known_where_some_are(value: Any, strange: list[str]) -> None:
    assert [place for place, _, _ in RESOURCE.strangers(NAMED, value)] == strange
    assert RESOURCE.knows(NAMED, value) == (not strange)


def test_where_no_member_is_known_none_is_strange() -> None:
    schemas: list[dict[str, Any]] = [{}, {"type": "object"}, {"properties": {}}]
    for schema in schemas:
        assert list(RESOURCE.strangers(schema, {"x": {"y": 1}})) == []
        assert RESOURCE.knows(schema, {"x": {"y": 1}})


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
