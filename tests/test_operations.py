"""Each operation at one path: what it writes, what it copies, and where there is no place for the value."""

import copy
from collections import OrderedDict
from typing import Any

import pytest

from referral_rules._json import NoTarget, Steps, assume, writer
from referral_rules._json.operations import Copied


def written(op: str, steps: Steps, document: Any, *, absent_is_null: bool = False) -> Any:
    """The document after the operation; the caller owns only the outermost container."""
    write = writer(op, steps, absent_is_null=absent_is_null)
    write(document, {}, 9)
    return document


@pytest.mark.parametrize(
    ("op", "token", "container", "result"),
    [
        ("add", "a", {}, {"a": 9}),
        ("add", "a", {"a": 1}, {"a": 9}),
        ("replace", "a", {"a": 1}, {"a": 9}),
        ("replace", "a", {"a": None}, {"a": 9}),
        ("add", 0, [1, 2], [9, 1, 2]),
        ("add", 2, [1, 2], [1, 2, 9]),
        ("replace", 1, [1, 2], [1, 9]),
        ("add", "-", [1], [1, 9]),
    ],
)
def test_an_operation_writes(op: str, token: str | int, container: Any, result: Any) -> None:
    assert written(op, (token,), copy.deepcopy(container)) == result
    assert written(op, ("x", token), {"x": container}) == {"x": result}


@pytest.mark.parametrize(
    ("op", "token", "container"),
    [
        ("replace", "a", {}),
        ("replace", "a", []),
        ("add", "a", []),
        ("add", 3, [1, 2]),
        ("replace", 2, [1, 2]),
        ("replace", 0, []),
        ("add", 0, {}),
        ("replace", 0, {0: 1}),
        ("add", "-", {}),
        ("add", "-", "text"),
        ("add", "a", None),
        ("add", "a", ({},)),
    ],
)
def test_an_operation_finds_no_place(op: str, token: str | int, container: Any) -> None:
    before = copy.deepcopy(container)
    with pytest.raises(NoTarget):
        written(op, (token,), container)
    with pytest.raises(NoTarget):
        written(op, ("x", token), {"x": container})
    with pytest.raises(NoTarget):
        written(op, (0, token), [container])
    assert container == before


@pytest.mark.parametrize("document", [{}, {"x": {}}, {"x": []}, {"x": "text"}, {"x": 1}, {"x": None}], ids=str)
def test_an_operation_finds_no_way(document: Any) -> None:
    with pytest.raises(NoTarget):
        written("add", ("x", "y", "z"), document)


def test_replace_may_write_what_is_absent_if_absent_counts_as_null() -> None:
    assert written("replace", ("a",), {}, absent_is_null=True) == {"a": 9}
    assert written("replace", (0,), [1], absent_is_null=True) == [9]
    with pytest.raises(NoTarget):
        written("replace", ("a",), [], absent_is_null=True)
    with pytest.raises(NoTarget):
        written("replace", (0,), [], absent_is_null=True)


def test_only_the_containers_on_the_path_are_copied() -> None:
    stored = {"a": {"b": [{"c": 1}, {}]}, "d": {}}
    document = written("add", ("a", "b", 0, "c"), {**stored})
    assert stored == {"a": {"b": [{"c": 1}, {}]}, "d": {}}
    assert document == {"a": {"b": [{"c": 9}, {}]}, "d": {}}
    assert document["d"] is stored["d"]
    assert document["a"]["b"][1] is stored["a"]["b"][1]


def test_a_container_is_copied_once_in_a_patch() -> None:
    stored: dict[str, Any] = {"a": [{}]}
    document, copied = {**stored}, Copied()
    append = writer("add", ("a", "-"), absent_is_null=False)
    append(document, copied, 1)
    first = document["a"]
    append(document, copied, 2)
    assert document["a"] is first == [{}, 1, 2]
    assert stored == {"a": [{}]}


def test_a_subclass_on_the_path_becomes_plain() -> None:
    document = written("add", ("a", "b"), {"a": OrderedDict(b=1)})
    assert document == {"a": {"b": 9}}
    assert type(document["a"]) is dict


@pytest.mark.parametrize(
    ("steps", "assumed"),
    [
        (("a",), {"a": 9, "b": {"c": 1}, "d": 2}),
        (("b", "e"), {"b": {"c": 1, "e": 9}, "d": 2}),
        (("d", "e"), {"b": {"c": 1}, "d": {"e": 9}}),
        (("x", "y", "z"), {"b": {"c": 1}, "d": 2, "x": {"y": {"z": 9}}}),
        (("x", "-"), {"b": {"c": 1}, "d": 2}),
        (("x", 0, "y"), {"b": {"c": 1}, "d": 2}),
    ],
)
def test_a_value_is_assumed_where_nothing_is_known(steps: Steps, assumed: dict[str, Any]) -> None:
    inner = {"c": 1}
    document: dict[str, Any] = {"b": inner, "d": 2}
    assume(document, steps, 9)
    assert document == assumed
    assert inner == {"c": 1}
