"""Whoever means harm gets a report like everybody else, at a cost that is counted and never timed."""

import copy
import json
import math
import pickle
import sys
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest

from referral_rules import PatchRejected, PathRule, Report, Ruleset
from referral_rules import engine  # FIXME
from referral_rules import keywords  # FIXME
from referral_rules.paths import PathTable
from referral_rules._json import contains_itself, only_built_in
from referral_rules._json import read
from referral_rules._rules import Resource

from .casefiles import cases, ruleset
from .conftest import THOROUGH
from .strategies import LATEST
from .test_cost import calls

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


# A path of a megabyte.


@pytest.mark.parametrize("path", ["/" * MIB, "/a" * (MIB // 2), "~" * MIB, "/team/" + "9" * MIB])
def test_a_long_path_costs_no_more_than_one_that_is_just_too_long(path: str) -> None:
    report = LATEST.check(writing(None, path), {})
    assert [found.code.value for found in report.errors] == ["limit_exceeded"]
    assert len(json.dumps(report.to_dict())) < 2 * KIB
    assert counted(writing(None, path), {}) == counted(writing(None, path[:1025]), {})
    assert peak(lambda: LATEST.check(writing(None, path), {})) < 64 * KIB


def test_a_long_path_in_text_is_not_copied_over_and_over() -> None:
    text = json.dumps(writing(None, "/" * MIB))
    assert peak(lambda: LATEST.check(text, {})) < 3 * MIB


@pytest.mark.parametrize("text", ["/", "/a", "/*", "/0", "/-", "/~0", "/team/-"])
def test_a_refused_path_costs_no_more_than_its_tokens(text: str) -> None:
    few, many = (writing(None, text * (length // len(text))) for length in (100, 1000))
    assert codes(many, {}) == {"path_not_allowed"}
    assert counted(many, {}) <= 11 * counted(few, {})


# A hundred thousand operations.


def test_too_many_operations_are_not_looked_at() -> None:
    patch = writing(None) * 100_000
    assert codes(patch, {}) == {"limit_exceeded"}
    assert counted(patch, {}) == counted(writing(None) * 1001, {})
    assert peak(lambda: LATEST.check(patch, {})) < 64 * KIB


def test_too_many_operations_in_text_are_only_parsed() -> None:
    text = json.dumps(writing(None) * 100_000)
    assert codes(text, {}) == {"limit_exceeded"}
    assert counted(text, {}) <= 3 * 100_000 + 200


@pytest.mark.thorough
@pytest.mark.parametrize("operation", [writing(None)[0], {"op": "remove", "path": "/a"}, {}, 7], ids=str)
def test_many_operations_cost_no_more_than_so_many_times_one(operation: Any) -> None:
    few, many = 200, 2_000
    limits = {"operations": many, "depth": 32, "pathLength": 1024}
    rules = Ruleset.from_dict({"name": "roomy", "extends": "partner-center", "limits": limits})
    report = rules.check([operation] * many, {})
    assert len(report.errors) in (0, many, 2 * many)
    assert counted([operation] * many, {}, rules) <= 10 * counted([operation] * few, {}, rules)


# Ten thousand levels.


@pytest.mark.parametrize(
    "text",
    [
        "[" * LEVELS,
        "[" * LEVELS + "]" * LEVELS,
        '{"a":' * LEVELS + "1" + "}" * LEVELS,
        json.dumps(writing(0)).replace("0", '[{"a":' * (LEVELS // 2) + "1" + "}]" * (LEVELS // 2)),
        json.dumps(writing(0, "/team/-")).replace("0", '{"a":' * LEVELS + "1" + "}" * LEVELS),
    ],
    ids=["open", "array", "object", "value", "member"],
)
def test_text_of_many_levels_is_refused(text: str) -> None:
    assert codes(text, {"team": []}) == {"limit_exceeded"}
    assert codes(text.encode(), {"team": []}) == {"limit_exceeded"}


@pytest.mark.parametrize("path", ["/statusReason", "/team", "/team/-"])
def test_a_value_of_many_levels_is_refused(path: str) -> None:
    deep = nested(LEVELS)
    for value in (deep, [deep], {"email": deep}):
        assert codes(writing(value, path), {"team": []}) == {"limit_exceeded"}
    assert codes(deep, {}) == {"member_missing"}
    assert codes([deep], {}) == {"not_an_object"}


def test_a_stored_referral_may_have_many_levels() -> None:
    stored = {**ACTIVE, "details": {"notes": "x", "deep": nested(LEVELS)}, "deep": nested(LEVELS), "team": []}
    patch = [*WON, *writing("y", "/details/notes"), *writing({"email": "a"}, "/team/-")]
    for isolated in (False, True):
        outcome = verdict(patch, stored, isolated=isolated)
        assert isinstance(outcome, dict)
        assert (outcome["details"]["notes"], outcome["team"]) == ("y", [{"email": "a"}])
        assert (outcome["details"]["deep"] is stored["details"]["deep"]) != isolated
    assert {found.code.value for found in LATEST.check_referral(stored).errors} == {"limit_exceeded"}
    assert codes(WON, {"status": nested(LEVELS), "substatus": nested(LEVELS)}) == {"status_unknown"}


# What shares its parts is small, and would be endless if it were spelled out.


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


# A million distinct paths.


@pytest.mark.usefixtures("untraced")
def test_no_sequence_of_paths_makes_the_memory_grow() -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    batches, blocks = 1000 if THOROUGH else 20, 0
    for batch in range(batches):
        report = rules.check([*distinct(batch)])
        assert len(report.errors) == 20
        assert len(rules._book.targets) <= 1024
        if batch == batches // 2:
            blocks = sys.getallocatedblocks()
    # A full table is some ten thousand blocks of memory; what is kept of each path would be a hundred thousand.
    assert sys.getallocatedblocks() - blocks < 50_000


def distinct(batch: int) -> Iterator[dict[str, Any]]:
    """A thousand operations, no two of them and no two batches with a path in common; one in fifty is refused."""
    for number in range(batch * 1000, batch * 1000 + 1000):
        allowed = f"/registrations/{number}/contract/term"
        yield from writing("Finite", f"/{number}/x" if number % 50 == 0 else allowed)


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


# Strings, numbers and names.


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": SURROGATE, "path": "/status", "value": "New"}],
        [{"op": f"add{SURROGATE}", "path": "/status", "value": "New"}],
        [{"op": "add", "path": SURROGATE, "value": "New"}],
        [{"op": "add", "path": f"/status{SURROGATE}", "value": "New"}],
        [{"op": "add", "path": f"/team/{SURROGATE}", "value": "New"}],
        [{"op": "add", "path": "/status", "value": SURROGATE}],
        [{"op": "add", "path": "/details/closingDateTime", "value": f"2021-01-01T00:00:00Z{SURROGATE}"}],
        [{"op": "add", "path": "/team/-", "value": {SURROGATE: 1, "email": 1}}],
        [{SURROGATE: SURROGATE}],
        {SURROGATE: SURROGATE},
        SURROGATE,
    ],
    ids=ascii,
)
def test_a_lone_surrogate_is_refused_in_words_that_can_be_sent(patch: Any) -> None:
    for form in (patch, json.dumps(patch)):
        outcome = verdict(form, {"team": [], "details": {}, SURROGATE: SURROGATE})
        assert isinstance(outcome, Report)
        assert json.dumps(outcome.to_dict()).encode("utf-8")
        assert str(PatchRejected(outcome)).encode("utf-8")


def test_a_lone_surrogate_is_written_as_it_is() -> None:
    patch = [*writing(SURROGATE), *writing({SURROGATE: SURROGATE}, "/team/-")]
    assert verdict(patch, {"team": []}) == {"statusReason": SURROGATE, "team": [{SURROGATE: SURROGATE}]}
    assert codes(f'[{{"{SURROGATE}": 1, "{SURROGATE}": 1}}]', {}) == {"invalid_json"}


def test_an_integer_of_ten_thousand_digits_is_told_without_a_digit() -> None:
    expected = {"/status": "type", "/details/dealValue": "maximum", "/team/-": "type"}
    for path, keyword in expected.items():
        report = LATEST.check(writing(DIGITS, path), {"details": {}, "team": []})
        assert [found.details["keyword"] for found in report.errors] == [keyword]
        assert len(json.dumps(report.to_dict())) < 2 * KIB


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (DIGITS, "not_an_array"),
        ([DIGITS], "not_an_object"),
        ([{"op": DIGITS, "path": "/team", "value": []}], "member_type"),
        ([{"op": "add", "path": DIGITS, "value": []}], "member_type"),
        ("[" + "1" * 10_000 + "]", "invalid_json"),
        ('[{"op": "add", "path": "/details/dealValue", "value": -' + "1" * 10_000 + "}]", "invalid_json"),
        (writing("Finite", "/registrations/" + "1" * 900 + "/contract/term"), "index_out_of_range"),
        (writing("x", "/registrations/" + "1" * 10_000 + "/contract/term"), "limit_exceeded"),
    ],
    ids=range(8),
)
def test_an_integer_of_ten_thousand_digits_is_refused(patch: Any, expected: str) -> None:
    assert codes(patch, {"registrations": []}) == {expected}


def test_a_stored_integer_of_ten_thousand_digits_is_in_nobodys_way() -> None:
    assert codes(WON, {"status": DIGITS, "substatus": DIGITS}) == {"status_unknown"}
    assert codes(writing("x", "/details/notes"), {"details": DIGITS}) == {"target_not_container"}
    assert verdict(WON, {**ACTIVE, "id": DIGITS}) == {"status": "Closed", "substatus": "Won", "id": DIGITS}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("1e308", "value_invalid"),
        ("-5e-324", "value_invalid"),
        ("1e400", "not_json"),
        ("-1e400", "not_json"),
        ("NaN", "invalid_json"),
        ("Infinity", "invalid_json"),
        ("5e-324", None),
        ("-0.0", None),
        ("1e-400", None),
    ],
)
def test_a_number_at_the_edge(number: str, expected: str | None) -> None:
    text = f'[{{"op": "add", "path": "/details/dealValue", "value": {number}}}]'
    parsed = writing(float(number), "/details/dealValue")
    assert codes(text, {"details": {}}) == ({expected} if expected else set())
    assert codes(parsed, {"details": {}}) == ({expected.replace("invalid_json", "not_json")} if expected else set())


def test_zero_keeps_its_sign_and_the_smallest_float_its_value() -> None:
    outcome = verdict(writing({"a": -0.0, "b": 5e-324, "c": 1e308}, "/team/-"), {"team": []})
    assert isinstance(outcome, dict)
    assert math.copysign(1, outcome["team"][0]["a"]) == -1
    assert (outcome["team"][0]["b"], outcome["team"][0]["c"]) == (5e-324, 1e308)


NAMES = ["__class__", "__proto__", "__dict__", "__missing__", "constructor", "prototype", "toString", "keys", "get", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_means_something_elsewhere_means_nothing_here(name: str) -> None:
    for path in (f"/{name}", f"/details/{name}", f"/team/{name}", f"/registrations/0/contract/{name}"):
        assert codes(writing("x", path), {"details": {}, "team": []}) == {"path_not_allowed"}
    assert codes([{"op": name, "path": "/team", "value": []}], {}) == {"op_not_supported"}
    assert codes({name: 1}, {}) == {"not_an_array"}
    stored = {name: 1, **ACTIVE, "team": []}
    written = verdict([*writing({name: {name: 1}}, "/team/-"), {**WON[0], name: 1}, WON[1]], stored)
    assert written == {name: 1, "status": "Closed", "substatus": "Won", "team": [{name: {name: 1}}]}
    assert codes(WON, {"status": name, "substatus": name}) == {"status_unknown"}


# Python objects that no parser makes.


def test_a_patch_that_contains_itself_is_refused() -> None:
    patch: list[Any] = [{"op": "add", "path": "/team"}]
    patch.append(patch)
    patch[0]["value"] = patch
    assert codes(patch, {}) == {"not_json", "not_an_object"}
    operation: dict[str, Any] = {"op": "add", "path": "/team/-"}
    operation["value"] = operation["again"] = operation
    assert codes([operation], {"team": []}) == {"not_json"}
    operation["op"] = operation["path"] = operation
    assert codes([operation], operation) == {"member_type"}


@pytest.mark.parametrize("isolated", [False, True])
def test_a_referral_may_contain_itself_on_the_path_that_is_written(isolated: bool) -> None:
    referral: dict[str, Any] = {**ACTIVE}
    referral["details"] = referral["again"] = referral
    outcome = verdict([*writing("x", "/details/notes"), *WON], referral, isolated=isolated)
    assert isinstance(outcome, dict)
    assert (outcome["details"]["notes"], outcome["substatus"]) == ("x", "Won")
    assert (outcome["again"] is referral) != isolated
    assert [found.code.value for found in LATEST.check_referral(referral).errors] == ["not_json"]


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


# Other threads.


def meddled(change: Callable[[], None], judge: Callable[[], object], times: int) -> None:
    """Judge many times while another thread keeps changing what is judged."""
    done = threading.Event()

    def meddle() -> None:
        while not done.is_set():
            change()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=meddle)
    thread.start()
    try:
        for _ in range(times):
            judge()
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval)


TIMES = 1000 if THOROUGH else 500


@pytest.mark.parametrize("kind", [dict, type("Own", (dict,), {})], ids=["dict", "subclass"])
def test_a_referral_that_another_thread_changes_gets_a_verdict(kind: type[dict[str, Any]]) -> None:
    referral = kind({**ACTIVE, "team": [], "details": {}, "deep": nested(60)})
    one_way = {"consentToShareReferralWithMicrosoftSellers": True}
    patch = [*WON, *writing("x", "/details/notes"), *writing({"email": "x"}, "/team/-")]
    patch += writing(False, "/consent/consentToShareReferralWithMicrosoftSellers")

    def change() -> None:
        referral.update(ACTIVE, consent={**one_way}, **{f"x{number}": {} for number in range(50)})
        for name in [*referral]:
            if name.startswith("x") or name in ("status", "substatus", "consent"):
                del referral[name]
        referral["team"].extend([{}] * 5)
        referral["team"].clear()

    def judge() -> None:
        assert isinstance(LATEST.check(patch, referral), Report)
        assert isinstance(LATEST.check_referral(referral), Report)
        with suppress(PatchRejected):
            assert type(LATEST.apply(patch, referral, isolated=True)) is dict

    meddled(change, judge, TIMES)


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


Answers = list[tuple[Report, Any, PathRule | None]]


def answers(rules: Ruleset) -> Answers:
    """What a ruleset says of the cases, in every way."""
    found = []
    for case in ALL:
        try:
            outcome: Any = rules.apply(case.patch, case.referral)
        except PatchRejected as rejected:
            outcome = rejected.report
        found.append((rules.check(case.patch, case.referral), outcome, rules.explain(f"/{case.description}")))
    return [*found, *((Report(), None, rules.explain(rule.path)) for rule in rules.paths)]


ALL = [case for case in cases() if case.known and not case.ruleset.endswith(".json")]


def answer(rules: Ruleset, gate: threading.Barrier, found: list[Answers]) -> None:
    """Give the answers as soon as all threads are there."""
    gate.wait()
    found.append(answers(rules))


def hesitant(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let other threads go first whenever a function is called and whenever it returns."""
    original = getattr(owner, name)

    def called(*arguments: Any) -> Any:
        time.sleep(0)
        result = original(*arguments)
        time.sleep(0)
        return result

    monkeypatch.setattr(owner, name, called)


@pytest.mark.thorough
def test_threads_that_share_a_new_ruleset_get_the_answers_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for owner, name in ((keywords, "_compile"), (Resource, "_members"), (PathTable, "_match"), (keywords, "_both")):
        hesitant(monkeypatch, owner, name)
    expected = answers(ruleset("partner-center-2023-10"))
    for _ in range(4 if THOROUGH else 2):
        rules, gate = Ruleset.from_dict({"name": LATEST.name, "extends": LATEST.name}), threading.Barrier(8)
        found: list[Answers] = []
        threads = [threading.Thread(target=answer, args=(rules, gate, found)) for _ in range(8)]
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
        assert found == [expected] * 8


# Pickles, copies, and a stack that is nearly full.


def test_what_comes_out_may_be_pickled_and_copied() -> None:
    patch = [*WON, *writing(SURROGATE, "/nowhere"), *writing(DIGITS, "/team"), *writing({"emial": 1.5}, "/team/-")]
    report = LATEST.check(patch, {"team": []})
    with pytest.raises(PatchRejected) as caught:
        LATEST.apply(patch, {"team": []})
    for clone in (pickle.loads(pickle.dumps(report)), copy.deepcopy(report)):  # noqa: S301
        assert clone == report
    assert pickle.loads(pickle.dumps(caught.value)).report == report  # noqa: S301


def test_a_used_ruleset_may_be_pickled_and_copied() -> None:
    expected = answers(LATEST)
    for clone in (pickle.loads(pickle.dumps(LATEST)), copy.deepcopy(LATEST)):  # noqa: S301
        assert answers(clone) == expected


def with_frames_left(frames: int, function: Callable[[], object]) -> object:
    """What a function returns, or raises, if it is called so far from the limit of recursion."""
    depth, frame = 0, sys._getframe()
    while frame.f_back is not None:
        depth, frame = depth + 1, frame.f_back

    def descend(further: int) -> object:
        return descend(further - 1) if further > 0 else function()

    try:
        return descend(sys.getrecursionlimit() - depth - frames)
    except (PatchRejected, RecursionError) as error:
        return error


@pytest.mark.parametrize("form", [list, json.dumps], ids=["parsed", "text"])
def test_a_caller_with_little_stack_left_gets_the_verdict_or_none(form: Callable[[Any], Any]) -> None:
    """A stack that is full is the caller's to empty: nothing is accepted wrongly, and nothing is remembered wrongly."""
    right, wrong = [*WON, *writing({"email": "x", "a": [[]]}, "/team/-")], writing("x", "/nowhere")
    expected, refused = LATEST.apply(right, {**ACTIVE, "team": []}), LATEST.check(wrong)
    rules = Ruleset.from_dict({"name": LATEST.name, "extends": LATEST.name})
    met: Counter[str] = Counter()
    for frames in range(5, 200, 1 if THOROUGH else 3):
        accepted = with_frames_left(frames, lambda: rules.apply(form(right), {**ACTIVE, "team": []}))
        assert accepted == expected or isinstance(accepted, PatchRejected | RecursionError)
        report = with_frames_left(frames, lambda: rules.check(form(wrong)))
        assert isinstance(report, RecursionError) or not report.ok  # type: ignore[attr-defined]
        met.update(type(each).__name__ for each in (accepted, report))
    assert met["dict"] and met["RecursionError"] and met["Report"]  # noqa: PT018
    assert (rules.apply(right, {**ACTIVE, "team": []}), rules.check(wrong)) == (expected, refused)
