"""Each operation on a container: what it writes, and where there is no place for it."""

from typing import Any

import pytest

from referral_rules.patching import plant, writer


@pytest.mark.parametrize(
    ("op", "token", "container", "written"),
    [
        ("add", "a", {}, {"a": 9}),
        ("add", "a", {"a": 1}, {"a": 9}),
        ("replace", "a", {"a": 1}, {"a": 9}),
        ("add", 0, [1, 2], [9, 1, 2]),
        ("add", 2, [1, 2], [1, 2, 9]),
        ("replace", 1, [1, 2], [1, 9]),
        ("add", "-", [1], [1, 9]),
        ("replace", "a", {}, LookupError),
        ("replace", "a", [], LookupError),
        ("add", "a", [], TypeError),
        ("add", 3, [1, 2], LookupError),
        ("replace", 2, [1, 2], LookupError),
        ("add", 0, {}, TypeError),
        ("replace", 0, {0: 1}, TypeError),
        ("add", "-", {}, TypeError),
        ("add", "-", "text", TypeError),
    ],
)
def test_an_operation_writes_or_finds_no_place(op: str, token: str | int, container: Any, written: Any) -> None:
    write = writer(op, token, absent_is_null=False)
    if isinstance(written, type):
        with pytest.raises(written):
            write(container, 9)
    else:
        write(container, 9)
        assert container == written


def test_replace_may_take_what_is_absent_for_null() -> None:
    container: dict[str, Any] = {}
    writer("replace", "a", absent_is_null=True)(container, 9)
    assert container == {"a": 9}
    with pytest.raises(TypeError):
        writer("replace", "a", absent_is_null=True)([], 9)


@pytest.mark.parametrize(
    ("path", "planted"),
    [
        (("a",), {"a": 9, "b": {"c": 1}, "d": 2}),
        (("b", "e"), {"b": {"c": 1, "e": 9}, "d": 2}),
        (("d", "e"), {"b": {"c": 1}, "d": {"e": 9}}),
        (("x", "y", "z"), {"b": {"c": 1}, "d": 2, "x": {"y": {"z": 9}}}),
        (("x", "-"), {"b": {"c": 1}, "d": 2}),
        (("x", 0, "y"), {"b": {"c": 1}, "d": 2}),
    ],
)
def test_a_value_is_planted_where_nothing_is_known(path: tuple[str | int, ...], planted: dict[str, Any]) -> None:
    inner = {"c": 1}
    document: dict[str, Any] = {"b": inner, "d": 2}
    plant(document, path, 9)
    assert document == planted
    assert inner == {"c": 1}
