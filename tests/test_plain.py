"""Python values that are JSON: copied once, made plain, and compared as JSON compares them."""

import collections
import enum
import math
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest

from referral_rules._json import NotPlain, TooDeep, among, equal, isolate, kind_of, plain, plain_text
from referral_rules._json.plain import shallow


class Letter(enum.StrEnum):
    A = "a"


class Op(str, enum.Enum):  # noqa: UP042
    """As people wrote it before StrEnum; its str() is the name of the member."""

    ADD = "add"


class Number(enum.IntEnum):
    ONE = 1


class Fraction(float):
    """A subclass that spells itself differently."""

    def __repr__(self) -> str:
        return "a fraction"


class Amount(Decimal):
    pass


class Items(list[Any]):
    pass


def cyclic_list() -> list[Any]:
    cycle: list[Any] = []
    cycle.append(cycle)
    return cycle


def cyclic_dict() -> dict[str, Any]:
    cycle: dict[str, Any] = {}
    cycle["again"] = [cycle]
    return cycle


def shared_pairs(levels: int) -> list[Any]:
    """A small value that would be huge if it were spelled out."""
    pair: list[Any] = []
    for _ in range(levels):
        pair = [pair, pair]
    return pair


NOT_JSON: list[tuple[Any, str]] = [
    ({1}, "contains a Python set, which JSON cannot represent"),
    ((1, 2), "contains a Python tuple, which JSON cannot represent"),
    (b"bytes", "contains a Python bytes, which JSON cannot represent"),
    (object(), "contains a Python object, which JSON cannot represent"),
    (1j, "contains a Python complex, which JSON cannot represent"),
    (MappingProxyType({}), "contains a Python mappingproxy, which JSON cannot represent"),
    (math.nan, "contains a number that is not finite"),
    (-math.inf, "contains a number that is not finite"),
    (Decimal("NaN"), "contains a number that is not finite"),
    (Decimal("sNaN"), "contains a number that is not finite"),
    (Decimal("Infinity"), "contains a number that is not finite"),
    ({1: "a"}, "contains a member whose name is not a string"),
    ({"a": {None: 1}}, "contains a member whose name is not a string"),
    ([{"a": {1}}], "contains a Python set, which JSON cannot represent"),
    (cyclic_list(), "contains itself"),
    (cyclic_dict(), "contains itself"),
]


@pytest.mark.parametrize(("value", "reason"), NOT_JSON, ids=range(len(NOT_JSON)))
def test_a_value_that_no_parser_produces_is_refused_without_the_value(value: Any, reason: str) -> None:
    with pytest.raises(NotPlain) as caught:
        plain(value, 8)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("value", "copy"),
    [
        (Letter.A, "a"),
        (Op.ADD, "add"),
        (Number.ONE, 1),
        (True, True),
        (Fraction(1.5), 1.5),
        (Amount("1.50"), Decimal("1.50")),
        (10**50, 10**50),
        ("\ud800", "\ud800"),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (collections.defaultdict(int, a=1), {"a": 1}),
        (Items([1]), [1]),
        ({Letter.A: Op.ADD}, {"a": "add"}),
    ],
    ids=range(12),
)
def test_a_subclass_becomes_the_built_in_value(value: Any, copy: Any) -> None:
    for levels, wrapped, expected in ((1, value, copy), (2, [value], [copy]), (2, {"x": value}, {"x": copy})):
        result = plain(wrapped, levels)
        assert result == expected
        assert repr(result) == repr(expected)
        assert types_in(result) <= {dict, list, str, int, bool, float, Decimal}


def types_in(value: Any) -> set[type]:
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return {type(value)}.union(*map(types_in, inner))


def test_true_stays_a_boolean_and_one_a_number() -> None:
    assert repr(plain([True, 1, Number.ONE, False, 0], 1)) == "[True, 1, 1, False, 0]"


def test_a_default_dict_is_not_changed() -> None:
    value: dict[str, Any] = collections.defaultdict(dict, a=collections.defaultdict(list))
    plain(value, 3)
    assert {**value} == {"a": {}}


def test_a_copy_shares_no_container_with_the_value() -> None:
    value: dict[str, Any] = {"a": [{"b": []}]}
    copy = plain(value, 4)
    copy["a"][0]["b"].append(1)
    copy["a"][0]["c"] = 1
    copy["a"].append(1)
    assert value == {"a": [{"b": []}]}


def test_levels_are_counted_exactly() -> None:
    assert plain([[[]]], 3) == [[[]]]
    values: list[Any] = [[[[]]], {"a": {"b": {}}}, [{"a": []}]]
    for value in values:
        with pytest.raises(TooDeep, match=r"^is nested too deeply$"):
            plain(value, 2)


def test_what_is_shared_is_copied_once_for_each_level() -> None:
    copy = plain(shared_pairs(30), 32)
    assert copy[0] is copy[1]
    with pytest.raises(TooDeep):
        plain(shared_pairs(40), 32)


def test_a_cycle_is_not_called_depth_and_depth_not_a_cycle() -> None:
    with pytest.raises(NotPlain, match="contains itself"):
        plain([[cyclic_dict()]], 9)
    deep: list[Any] = []
    for _ in range(1000):
        deep = [deep]
    with pytest.raises(TooDeep):
        plain(deep, 9)


def test_equal_containers_side_by_side_are_not_a_cycle() -> None:
    shared: list[Any] = [[]]
    assert plain({"a": shared, "b": {"c": shared}}, 4) == {"a": [[]], "b": {"c": [[]]}}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        (Decimal(1), "a number"),
        ("", "a string"),
        ([], "an array"),
        ({}, "an object"),
        (None, "null"),
        ((), "tuple"),
        (Op.ADD, "a string"),
    ],
    ids=str,
)
def test_a_kind_is_named_as_json_names_it(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_the_text_of_an_enumeration_is_its_value() -> None:
    assert (plain_text(Op.ADD), type(plain_text(Op.ADD))) == ("add", str)


@pytest.mark.parametrize(
    ("value", "constants", "found"),
    [(1, (True,), False), (True, (1, True), True), (1.0, (1,), False), ("a", ("b", "a"), True), (None, (), False)],
)
def test_a_constant_has_the_same_type(value: Any, constants: tuple[Any, ...], found: bool) -> None:
    assert among(value, constants) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": [1]}, {"a": [1.0]}, True),
        ({"a": [1]}, {"a": [True]}, False),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1}, {"a": 1, "b": 1}, False),
        ([1], [1, 2], False),
        ([1, 2], [1, 3], False),
        ([], {}, False),
        (True, True, True),
        (True, False, False),
        (False, 0, False),
        ("a", "a", True),
        (None, None, True),
    ],
    ids=str,
)
def test_equal_is_what_json_patch_calls_equal(one: Any, other: Any, same: bool) -> None:
    assert equal(one, other) == equal(other, one) == same


def test_equal_is_asked_of_values_of_any_depth() -> None:
    one: Any = 1
    other: Any = 1
    for _ in range(10_000):
        one, other = [{"a": one}], [{"a": other}]
    assert equal(one, other)
    assert not equal(one, [{"a": one}])


def test_equal_compares_shared_parts_once() -> None:
    one: Any = [1]
    other: Any = [1]
    for _ in range(200):
        one, other = [one, one], [other, other]
    assert equal(one, other)


def test_a_shallow_copy_is_plain() -> None:
    inner: list[Any] = []
    for container, kind in ((collections.OrderedDict(a=inner), dict), ({"a": inner}, dict), (Items([inner]), list)):
        copy = shallow(container)
        assert type(copy) is kind
        assert copy == container
        assert copy is not container
        assert next(iter(copy.values() if isinstance(copy, dict) else copy)) is inner
    with pytest.raises(TypeError, match="expected a dict or a list, got tuple"):
        shallow(())


def test_what_a_document_shares_is_shared_in_its_copy() -> None:
    part: dict[str, Any] = {"a": [Items([1])]}
    document = {"b": part, "c": part, "d": (part,), "e": 1.5, "f": part["a"]}
    copy = isolate(document)
    assert copy == {"b": {"a": [[1]]}, "c": {"a": [[1]]}, "d": (part,), "e": 1.5, "f": [[1]]}
    assert copy["b"] is copy["c"]
    assert copy["f"] is copy["b"]["a"]
    assert copy["b"] is not part
    assert type(copy["f"][0]) is list


def test_a_document_of_any_depth_is_isolated() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"inner": [deep]}
    copy, depth = isolate(deep), 0
    while copy:
        assert copy is not deep
        copy, deep, depth = copy["inner"][0], deep["inner"][0], depth + 1
    assert depth == 5000


def test_a_document_that_contains_itself_has_a_copy_that_contains_itself() -> None:
    document = cyclic_dict()
    copy = isolate(document)
    assert copy is not document
    assert copy["again"][0] is copy
