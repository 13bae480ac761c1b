"""What is no JSON is refused for what it is, and never a hang or a raw error."""

import collections
import enum
import math
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from unittest.mock import Mock

import pytest

from referral_rules import PatchRejected, Ruleset, apply, check
from referral_rules._json import NotPlain, TooDeep, among, contains_itself, equal, isolate, plain, shallow


class Letter(enum.StrEnum):
    A = "A"


class Number(enum.IntEnum):
    ONE = 1


class Fraction(float):
    pass


class Liar(dict[str, Any]):
    """A dict whose own methods are not to be trusted."""

    def items(self) -> Any:
        raise AssertionError

    def keys(self) -> Any:
        raise AssertionError

    def __getitem__(self, name: str) -> Any:
        raise AssertionError

    def __iter__(self) -> Any:
        raise AssertionError


class Lister(list[Any]):
    def __iter__(self) -> Any:
        raise AssertionError


def cyclic_list() -> list[Any]:
    cycle: list[Any] = []
    cycle.append(cycle)
    return cycle


def cyclic_dict() -> dict[str, Any]:
    cycle: dict[str, Any] = {}
    cycle["again"] = [cycle]
    return cycle


def shared_pairs(levels: int) -> list[Any]:
    pair: list[Any] = []
    for _ in range(levels):
        pair = [pair, pair]
    return pair


NOT_JSON: list[Any] = [
    {1},
    (1, 2),
    object(),
    b"bytes",
    1j,
    math.nan,
    math.inf,
    -math.inf,
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("Infinity"),
    {1: "a"},
    {None: "a"},
    {"a": {(): 1}},
    [{"a": {1}}],
    MappingProxyType({}),
    cyclic_list(),
    cyclic_dict(),
    range(2),
    iter(()),
]


@pytest.mark.parametrize("value", NOT_JSON, ids=lambda value: type(value).__name__)
def test_no_value_of_a_patch(value: Any) -> None:
    for path, wrapped in (("/details/notes", value), ("/team/-", {"extra": value}), ("/team", [value])):
        patch = [{"op": "add", "path": path, "value": wrapped}]
        referral: dict[str, Any] = {"details": {}, "team": []}
        assert [found.code.value for found in check(patch, referral).errors] == ["not_json"]
        with pytest.raises(PatchRejected):
            apply(patch, referral)


@pytest.mark.parametrize("value", NOT_JSON, ids=lambda value: type(value).__name__)
def test_unknown_members_of_an_operation_are_ignored_whatever_they_are(value: Any) -> None:
    patch: Any = [{"op": "add", "path": "/statusReason", "value": None, "comment": value, 1: value}]
    assert apply(patch, {}) == {"statusReason": None}


@pytest.mark.parametrize("patch", [{1}, (1,), object(), math.nan, 1j, MappingProxyType({})], ids=str)
def test_no_patch(patch: Any) -> None:
    report = check(patch, {})
    expected = "not_an_array" if isinstance(patch, float) else "not_json"
    assert [found.code.value for found in report.errors] == [expected]


@pytest.mark.parametrize("operation", [{1}, (1,), object(), MappingProxyType({})], ids=str)
def test_no_operation(operation: Any) -> None:
    assert [found.code.value for found in check([operation], {}).errors] == ["not_an_object"]


@pytest.mark.parametrize("referral", [{1}, (1,), object(), math.nan, MappingProxyType({})], ids=str)
def test_no_referral(referral: Any) -> None:
    assert [found.code.value for found in check([], referral).errors] == ["referral_not_an_object"]


def test_a_stored_status_may_be_anything() -> None:
    patch = [{"op": "replace", "path": "/substatus", "value": "Won"}]
    for status in ({1}, [], {}, math.nan, object()):
        referral: dict[str, Any] = {"status": status, "substatus": "Accepted"}
        assert [found.code.value for found in check(patch, referral).errors] == ["status_unknown"]


def test_what_stands_in_the_way_may_be_anything() -> None:
    patch = [{"op": "replace", "path": "/details/notes", "value": "x"}]
    for details in ({1}, (1,), object(), "text", 1.5):
        assert [found.code.value for found in check(patch, {"details": details}).errors] == ["target_not_container"]


def test_subclasses_become_plain() -> None:
    value = collections.OrderedDict(a=[Letter.A, Number.ONE, Fraction(1.5), True, None, Decimal("0.1")])
    copy = plain({"b": value, Letter.A: 1}, 8)
    assert copy == {"b": {"a": ["A", 1, 1.5, True, None, Decimal("0.1")]}, "A": 1}
    assert [type(item) for item in copy["b"]["a"]] == [str, int, float, bool, type(None), Decimal]
    assert [type(name) for name in copy] == [str, str]
    assert type(copy["b"]) is dict


def test_subclasses_are_read_by_the_methods_of_dict_and_list() -> None:
    assert plain(Liar(a=Lister([1])), 2) == {"a": [1]}
    assert isolate({"a": Liar(b=Lister([1]))}) == {"a": {"b": [1]}}
    patch: Any = [{"op": "replace", "path": "/details/notes", "value": "x"}]
    both = [*patch, {"op": "add", "path": "/team/-", "value": {}}]
    assert apply(both, {"details": Liar(notes=1), "team": Lister([1])}) == {"details": {"notes": "x"}, "team": [1, {}]}
    assert apply([Liar(patch[0])], Liar(details={"notes": 1})) == {"details": {"notes": "x"}}
    assert apply(Lister(patch[:1]), {"details": {"notes": 1}}) == {"details": {"notes": "x"}}


def test_subclasses_are_values_like_any_other() -> None:
    updated = apply([{"op": "add", "path": "/salesStage", "value": Letter.A}], {})
    assert type(updated["salesStage"]) is str


def test_a_dict_that_makes_members_up_makes_none() -> None:
    referral: Any = collections.defaultdict(dict, details=collections.defaultdict(str))
    operation = collections.defaultdict(str, op="replace", path="/details/notes")
    report = check([operation], referral)
    assert [found.code.value for found in report.errors] == ["member_missing"]
    report = check([{"op": "replace", "path": "/details/notes", "value": "x"}], referral)
    assert [found.code.value for found in report.errors] == ["target_missing"]
    assert (len(referral), len(referral["details"]), len(operation)) == (1, 0, 2)


def test_levels_are_counted_exactly() -> None:
    assert plain([[[]]], 3) == [[[]]]
    examples: list[Any] = [[[[]]], {"a": {"b": {}}}, [{"a": []}]]
    for too_deep in examples:
        with pytest.raises(TooDeep):
            plain(too_deep, 2)


def test_what_is_shared_is_copied_once_for_each_level() -> None:
    copy = plain(shared_pairs(30), 32)
    assert copy[0] is copy[1]
    with pytest.raises(TooDeep):
        plain(shared_pairs(40), 32)
    assert (
        check([{"op": "add", "path": "/team/-", "value": {"a": shared_pairs(40)}}]).errors[0].code == "limit_exceeded"
    )


def test_cycles_are_told_from_depth() -> None:
    assert contains_itself(cyclic_dict())
    assert not contains_itself(shared_pairs(60))
    with pytest.raises(NotPlain):
        plain(cyclic_list(), 5)


def test_a_deep_referral_is_isolated() -> None:
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"inner": [deep]}
    copy = apply([{"op": "add", "path": "/statusReason", "value": "x"}], {"deep": deep}, isolated=True)
    depth, place = 0, copy["deep"]
    while place:
        depth, place = depth + 1, place["inner"][0]
    assert depth == 5000


def test_a_referral_that_contains_itself_is_isolated() -> None:
    referral = cyclic_dict()
    copy = apply([{"op": "add", "path": "/statusReason", "value": "x"}], referral, isolated=True)
    assert copy["again"][0] is not referral
    assert copy["again"][0]["again"][0] is copy["again"][0]


def test_a_document_that_contains_itself_has_a_copy_that_contains_itself() -> None:
    document = cyclic_dict()
    copy = isolate(document)
    assert copy is not document
    assert copy["again"][0] is copy


class Unhashable(str):
    """A string that is none."""

    def __hash__(self) -> int:
        raise TypeError


def test_an_operation_that_only_looks_right_is_refused_and_not_dropped() -> None:
    patch: Any = [{"op": "add", "path": Unhashable("/statusReason"), "value": None}]
    assert [found.code.value for found in check(patch, {}).errors] == ["not_json"]


class Folding(dict[str, Any]):
    """A dict that finds its members in any case."""

    def get(self, name: str, _: Any = None) -> Any:
        return self[name.upper()]

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name.upper())


def test_an_operation_is_judged_by_the_members_that_it_has() -> None:
    patch: Any = [Folding(OP="add", PATH="/statusReason", VALUE=None)]
    assert {found.code.value for found in check(patch, {}).errors} == {"member_missing"}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({1}, "is, or contains, a Python set, which JSON cannot hold"),
        (math.nan, "is not a finite number"),
        (Decimal("Infinity"), "is not a finite number"),
        ({1: "a"}, "has a member whose name is not a string"),
        (cyclic_list(), "contains itself"),
        (cyclic_dict(), "contains itself"),
    ],
    ids=["set", "float", "Decimal", "name", "list", "dict"],
)
def test_what_is_no_json_is_told_without_the_value(value: Any, problem: str) -> None:
    hint = "Pass what a JSON parser returns: dict, list, str, int, float, bool or None; of floats, finite ones."
    (found,) = check([{"op": "add", "path": "/team/-", "value": {"a": value}}], {"team": []}).errors
    assert found.message == f"operation 0: the value {problem}. {hint}"
    assert (found.rule, found.hint, found.path, found.details) == ("RFC 8259 section 3", hint, "/team/-", {})
    (found,) = Ruleset.load("partner-center").check_referral({"a": value}).errors
    assert found.message == f"The referral {problem}. {hint}"
    assert (found.code.value, found.op_index, found.path) == ("not_json", None, None)


def test_a_patch_that_is_no_json_is_told() -> None:
    patch: Any = (1,)
    (found,) = check(patch, {}).errors
    assert found.message.startswith("A patch is an array of operations, and this is no JSON value. ")
    (found,) = check([patch], {}).errors
    assert " and this is no JSON value. Write " in found.message


class Broken(str):
    """A string that cannot even say of what class it is."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        raise ValueError

    def __hash__(self) -> int:
        raise ValueError


def test_an_object_whose_own_method_fails_is_told() -> None:
    patch: Any = [{"op": "add", "path": Broken("/statusReason"), "value": None}]
    rules = Ruleset.load("partner-center")
    with pytest.raises(PatchRejected) as caught:
        rules.apply(patch, {})
    hint = "Pass what a JSON parser returns: dict, list, str, int, float, bool or None."
    for report in (rules.check(patch, {}), caught.value.report, rules.check_referral({"status": Broken("New")})):
        (found,) = report.errors
        assert found.message == f"An object in what was passed cannot be read: a method of its own fails. {hint}"
        assert (found.code.value, found.rule, found.hint) == ("not_json", "RFC 8259 section 3", hint)
        assert (found.op_index, found.path, found.details) == (None, None, {})
    assert isinstance(caught.value.__cause__, ValueError)


def test_an_error_of_our_own_about_a_referral_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referral_rules.engine.plain", Mock(side_effect=ZeroDivisionError))
    rules = Ruleset.load("partner-center")
    with pytest.raises(ZeroDivisionError):
        rules.check_referral({"team": []})
    assert not rules.check_referral(Liar()).ok


def test_a_string_that_cannot_be_hashed_is_told() -> None:
    patch: Any = [{"op": "add", "path": Unhashable("/statusReason"), "value": None}]
    (found,) = check(patch, {}).errors
    hint = "Write plain strings."
    assert found.message == f"operation 0: the operation holds what only looks like a string. {hint}"
    assert (found.rule, found.hint, found.path) == ("RFC 8259 section 7", hint, None)


@pytest.mark.parametrize(
    ("value", "constants", "is_one"),
    [(1, [True], False), (True, [1, True], True), (1.0, [1], False), ("a", ["b", "a"], True), (None, [], False)],
)
def test_a_constant_is_one_of_its_own_type(value: Any, constants: list[Any], is_one: bool) -> None:
    assert among(value, constants) == is_one


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
        ({}, [], False),
        (True, True, True),
        (True, False, False),
        (False, 0, False),
        ("a", "a", True),
        (None, None, True),
    ],
    ids=str,
)
def test_equal_is_what_json_calls_equal(one: Any, other: Any, same: bool) -> None:
    assert equal(one, other) == equal(other, one) == same


def test_a_copy_is_shallow_and_plain() -> None:
    inner: list[Any] = []
    for container in (Liar(a=inner), {"a": inner}):
        copy = shallow(container)
        assert type(copy) is dict
        assert copy["a"] is inner
        assert copy is not container
    for items in (Lister([inner]), [inner]):
        copy = shallow(items)
        assert type(copy) is list
        assert copy[0] is inner
        assert copy is not items
    with pytest.raises(TypeError):
        shallow(())


def test_what_is_shared_in_a_document_is_shared_in_its_copy() -> None:
    part: dict[str, Any] = {"a": [Lister([1])]}
    document = {"b": part, "c": part, "d": (part,), "e": 1.5, "f": part["a"]}
    copy = isolate(document)
    assert copy == {"b": {"a": [[1]]}, "c": {"a": [[1]]}, "d": (part,), "e": 1.5, "f": [[1]]}
    assert copy["b"] is copy["c"]
    assert copy["f"] is copy["b"]["a"]
    assert copy["b"] is not part
    assert type(copy["f"][0]) is list
    assert copy["d"] is document["d"]


def test_what_stands_side_by_side_is_not_inside_itself() -> None:
    shared: list[Any] = [[]]
    assert not contains_itself([shared, shared, [shared]])
    assert not contains_itself({"a": shared, "b": {"c": shared}})
    assert not contains_itself(1)
    late: list[Any] = [[], {"a": []}]
    late[1]["a"].append(late[1])
    assert contains_itself(late)


class Amount(Decimal):
    pass


def test_an_amount_of_a_subclass_becomes_plain() -> None:
    assert type(plain(Amount("1.50"), 1)) is Decimal
    assert str(plain([Amount("1.50")], 1)[0]) == "1.50"


@pytest.mark.parametrize("deep", [[[]], {"a": {}}], ids=str)
def test_what_is_too_deep_says_so(deep: Any) -> None:
    with pytest.raises(TooDeep, match=r"^is nested too deeply$"):
        plain(deep, 1)
