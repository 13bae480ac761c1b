"""Whoever means harm gets a report like everybody else, at a cost that is counted and never timed."""

import json
import os
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest

from referral_rules import PatchRejected, Report, Ruleset, engine
from referral_rules.plain import contains_itself, only_built_in
from referral_rules.pointers import read

from .strategies import LATEST
from .test_cost import calls

THOROUGH = bool(os.environ.get("CI"))
KIB, MIB = 2**10, 2**20
LEVELS = 10_000
DIGITS = 10**9_999
SURROGATE = "\ud800"
WON = [
    {"op": "replace", "path": "/status", "value": "Closed"},
    {"op": "replace", "path": "/substatus", "value": "Won"},
]
ACTIVE = {"status": "Active", "substatus": "Accepted"}


def writing(value: Any, path: str = "/statusReason") -> list[dict[str, Any]]:
    return [{"op": "add", "path": path, "value": value}]


def verdict(patch: Any, referral: Any, rules: Ruleset = LATEST, *, isolated: bool = False) -> dict[str, Any] | Report:
    """The patched referral or the report: nothing else may come out, and nothing may be changed."""
    pair = [patch, referral]
    before = shape(pair)
    report = rules.check(patch, referral)
    assert isinstance(report, Report)
    try:
        outcome: dict[str, Any] | Report = rules.apply(patch, referral, isolated=isolated)
        assert type(outcome) is dict
    except PatchRejected as rejected:
        outcome = rejected.report
        # One that lies may say another thing at every look.
        assert outcome == report or not (only_built_in(patch) and only_built_in(referral))
        assert not outcome.ok
    assert shape(pair) == before
    return outcome


def codes(patch: Any, referral: Any, rules: Ruleset = LATEST) -> set[str]:
    """What a patch is refused for; empty if it is accepted."""
    outcome = verdict(patch, referral, rules)
    return {found.code.value for found in outcome.errors} if isinstance(outcome, Report) else set()


def shape(value: Any) -> list[Any]:
    """Which objects a value holds, and where: also of one that is deep, contains itself or lies."""
    seen: dict[int, Any] = {}
    pending = [value]
    for item in pending:
        if id(item) not in seen:
            inside = [*dict.keys(item), *dict.values(item)] if issubclass(type(item), dict) else []
            inside = [*list.__iter__(item)] if issubclass(type(item), list) else inside
            seen[id(item)] = [id(each) for each in inside]
            pending += inside
    return [*seen.items()]


def peak(function: Callable[[], object]) -> int:
    """How many bytes a second call of a function has in use at once."""
    function()
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def counted(patch: Any, referral: Any, rules: Ruleset = LATEST) -> int:
    """How many functions a check calls."""
    return sum(calls(lambda: rules.check(patch, referral)).values())


def nested(levels: int) -> Any:
    value: Any = []
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("text", ["/", "/a", "/*", "/0", "/-", "/~0", "/team/-"])
def test_a_refused_path_costs_no_more_than_its_tokens(text: str) -> None:
    few, many = (writing(None, text * (length // len(text))) for length in (100, 1000))
    assert codes(many, {}) == {"path_not_allowed"}
    assert counted(many, {}) <= 11 * counted(few, {})


@pytest.mark.parametrize("path", ["/status", "/details/dealValue", "/team", "/registrations/-"])
def test_a_value_that_shares_its_parts_is_never_spelled_out(path: str) -> None:
    def shared(levels: int) -> list[dict[str, Any]]:
        value: Any = []
        for level in range(levels):
            value = [value, value] if level % 2 else {"a": value, "status": value}
        return writing([value], path)

    assert codes(shared(16), {}) == {"value_invalid"}
    assert peak(lambda: LATEST.check(shared(16), {})) < 256 * KIB
    assert codes(shared(30), {}) == {"value_invalid"}
    told = LATEST.check_referral({"status": shared(26)}).errors
    assert [found.code.value for found in told] == ["value_invalid", "status_unknown"]


def test_nothing_that_a_caller_makes_is_remembered_as_a_path() -> None:
    class Turncoat(str):
        """A string that is a path at first, and equals every other one later."""

        __slots__ = ()
        equals_all = False

        def __eq__(self, other: object) -> bool:
            return self.equals_all or str.__eq__(self, other)

        def __hash__(self) -> int:
            return hash("/status") if self.equals_all else str.__hash__(self)

    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    assert codes(writing("x", Turncoat("/statusReason")), {}, rules) == set()
    Turncoat.equals_all = True
    assert {type(path) for path in rules._book.targets} == {str}
    assert codes(writing("x", "/status"), {}, rules) == {"value_invalid"}


def test_an_integer_of_ten_thousand_digits_is_told_without_a_digit() -> None:
    expected = {"/status": "type", "/details/dealValue": "maximum", "/team/-": "type"}
    for path, keyword in expected.items():
        report = LATEST.check(writing(DIGITS, path), {"details": {}, "team": []})
        assert [found.details["keyword"] for found in report.errors] == [keyword]
        assert len(json.dumps(report.to_dict())) < 2 * KIB


METHODS = {
    str: [
        "__eq__",
        "__hash__",
        "__len__",
        "__iter__",
        "__getitem__",
        "__str__",
        "__format__",
        "__contains__",
        "__class__",
    ],
    dict: [
        "__eq__",
        "__len__",
        "__iter__",
        "__getitem__",
        "__contains__",
        "keys",
        "items",
        "values",
        "get",
        "__class__",
    ],
    list: ["__eq__", "__len__", "__iter__", "__getitem__", "__contains__", "__class__"],
}
LIES: dict[str, Any] = {
    "__eq__": True,
    "__contains__": True,
    "__hash__": 7,
    "__len__": 0,
    "__iter__": iter(()),
    "__getitem__": "/status",
    "__class__": int,
    "keys": (),
    "items": (),
    "values": (),
}
ERRORS = [ValueError, LookupError, TypeError, StopIteration, RecursionError]


def raising(kind: type, name: str, error: type[Exception]) -> type:
    """A subclass one of whose methods raises."""

    def method(*_: object) -> Any:
        raise error

    return type(
        "Raising", (kind,), {"__hash__": kind.__hash__, name: property(method) if name == "__class__" else method}
    )


def lying(kind: type, name: str) -> type:
    """A subclass one of whose methods says what is not so."""

    def method(*_: object) -> Any:
        return LIES.get(name)

    return type(
        "Lying", (kind,), {"__hash__": kind.__hash__, name: property(method) if name == "__class__" else method}
    )


def disguised(liar: Any, name: str) -> Iterator[tuple[Any, Any]]:
    """Patches and referrals that would be accepted, had they no such object in one place or another."""
    if issubclass(liar, str):
        yield [{"op": liar("add"), "path": "/statusReason", "value": "x"}], {}
        yield writing("x", liar("/statusReason")), {}
        yield writing(liar("Active"), "/status"), {"status": "New", "substatus": "Accepted"}
        yield WON, {"status": liar("Active"), "substatus": liar("Accepted")}
        yield liar(json.dumps(WON)), ACTIVE
        if name == "__hash__":
            return
        yield writing({liar("email"): liar("x")}, "/team/-"), {"team": []}
        yield writing({"email": {liar("email"): 1}, liar("a"): 1.5}, "/team/-"), {"team": []}
        yield [{liar("op"): "add", liar("path"): "/statusReason", liar("value"): "x"}], {}
        yield WON, {liar("status"): "Active", liar("substatus"): "Accepted", "team": []}
    elif issubclass(liar, dict):
        yield [liar(operation) for operation in WON], liar(ACTIVE)
        yield writing(liar(email="x", more=liar(a=1))), {}
        yield writing(liar(email="x", more=liar(a=1)), "/team/-"), {"team": [liar()]}
        yield writing("x", "/details/notes"), {"details": liar(notes=liar())}
        yield liar(op="add"), {"status": liar(), "substatus": liar()}
    else:
        yield liar(WON), ACTIVE
        yield writing(liar([{"a": liar()}]), "/team"), {"team": liar()}
        yield writing({"email": "x"}, "/team/-"), {"team": liar(), "status": liar()}
        yield liar(), liar()


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in METHODS.items() for name in names])
def test_a_subclass_gets_a_verdict_whatever_its_methods_do(kind: type, name: str) -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    for liar in (lying(kind, name), *(raising(kind, name, error) for error in ERRORS)):
        for patch, referral in disguised(liar, name):
            for isolated in (False, True):
                verdict(patch, referral, rules, isolated=isolated)
            assert isinstance(rules.check(patch), Report)
            assert isinstance(rules.check_referral(referral), Report)
    assert codes(WON, ACTIVE, rules) == set()


@pytest.mark.parametrize("kind", [dict, list, str, int, float, Decimal])
def test_what_only_says_that_it_is_json_is_refused(kind: type) -> None:
    pretender = Mock(spec=kind)
    for patch, referral in (
        (pretender, {}),
        ([pretender], {}),
        (writing(pretender), {}),
        (writing(pretender, "/team/-"), {"team": []}),
        (writing({"a": pretender}, "/team/-"), {"team": []}),
        (writing("x", "/details/notes"), {"details": pretender}),
        (WON, {"status": pretender}),
        (WON, pretender),
    ):
        assert codes(patch, referral)


def test_a_number_that_calls_itself_finite_is_refused() -> None:
    class Finite(Decimal):
        def is_finite(self) -> bool:
            return True

    for number in (Finite("NaN"), Finite("sNaN"), Finite("-Infinity")):
        assert codes(writing(number, "/details/dealValue"), {"details": {}}) == {"not_json"}
        assert codes(writing({"a": number}, "/team/-"), {"team": []}) == {"not_json"}


def test_the_path_in_a_report_is_a_plain_string() -> None:
    path = lying(str, "__getitem__")("/status")
    for patch in ([{"path": path}], [{"op": "add", "path": path}], writing([], path), writing("x", path)):
        errors = LATEST.check(patch, {}).errors
        assert {(found.path, type(found.path)) for found in errors} == {("/status", str)}


def test_an_error_of_our_own_is_not_taken_for_one_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(engine, "run", broken)
    for patch, referral in ((WON, ACTIVE), (json.dumps(WON), {}), (b"[]", {"a": [1.5, None, True, Decimal(1)]})):
        for judge in (LATEST.check, LATEST.apply):
            with pytest.raises(ZeroDivisionError):
                judge(patch, referral)
    with pytest.raises(ZeroDivisionError):
        LATEST.check(WON)
    assert not LATEST.check(WON, type("Own", (dict,), {})()).ok


def test_what_is_of_pythons_own_types_is_told_from_what_is_not() -> None:
    deep = nested(LEVELS)
    deep[0]["again"] = [deep]
    for own in (deep, [deep, {"a": Decimal(1)}], b"", None):
        assert only_built_in(own)
    for other in ({1, 2}, (1,), [{"a": object()}], {Mock: 1}, raising(dict, "keys", ValueError)(), type):
        assert not only_built_in(other)


def test_what_vanishes_between_two_looks_is_absent() -> None:
    class Vanishing(dict[str, Any]):
        def __contains__(self, name: object) -> bool:
            return True

    assert read(Vanishing(), ["status"], "absent") == "absent"
    assert read({"a": Vanishing(b=1)}, ["a", "b"]) == 1
    assert read({"a": Vanishing()}, ["a", "b", "c"]) is None
    report = LATEST.check([*WON[:1], {**WON[1], "value": "Lost"}], Vanishing(ACTIVE))
    assert [found.code.value for found in report.violations] == ["reason_expected"]


def test_a_value_is_judged_as_it_is_written() -> None:
    """Whoever changes a value after it was judged changes nothing of what is written."""
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    value: dict[str, Any] = {"email": "x"}
    target = rules._book.targets["/team/-"]
    check = target.simple[dict]
    assert check is not None

    def judge(judged: Any) -> object:
        verdict = check(judged)
        value["email"] = 7
        return verdict

    target.simple[dict] = judge
    assert rules.apply(writing(value, "/team/-"), {"team": []}) == {"team": [{"email": "x"}]}


def test_a_value_that_grows_while_it_is_searched_is_searched() -> None:
    class Gardener:
        """Plants something whenever somebody asks what it is, as another thread might at that moment."""

        @property  # type: ignore[misc]
        def __class__(self) -> type:
            garden[f"{len(garden)}"] = {}
            return Gardener

    garden: dict[str, Any] = {"gardener": Gardener(), "tree": []}
    assert not contains_itself(garden)
    assert len(garden) > 2
