"""Input that means harm is judged like any other: a report, bounded memory, and nothing changed."""

import copy
import json
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from referral_rules import Evaluation, PatchRejected, Ruleset

from .stages import op
from .strategies import LATEST
from .test_cases import ALL

KIB, MIB = 2**10, 2**20
LEVELS = 10_000
DIGITS = 10**9_999
SURROGATE = "\ud800"
WON = [*op("replace", "/status", "Closed"), *op("replace", "/substatus", "Won")]
ACTIVE = {"status": "Active", "substatus": "Accepted"}


def codes(patch: Any, referral: Any, rules: Ruleset = LATEST) -> set[str]:
    """What a patch is refused for; empty if it is accepted."""
    return {code.value for code in rules.evaluate(patch, referral).report.codes}


def fresh() -> Ruleset:
    return Ruleset.from_dict({"name": LATEST.name, "extends": LATEST.name})


def peak(function: Callable[[], object]) -> int:
    """How many bytes a second call of a function has in use at once."""
    function()
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def nested(levels: int) -> Any:
    value: Any = []
    for level in range(levels):
        value = [value] if level % 2 else {"a": value}
    return value


# Size.


@pytest.mark.parametrize("path", ["/" * MIB, "/a" * (MIB // 2), "~" * MIB, "/team/" + "9" * MIB], ids=lambda p: p[:7])
def test_a_long_path_takes_little_memory_and_a_short_report(path: str) -> None:
    patch = op("add", path)
    report = LATEST.check(patch, {})
    assert report.codes == ("limit_exceeded",)
    assert len(json.dumps(report.to_dict())) < 2 * KIB
    assert peak(lambda: LATEST.check(patch, {})) < 64 * KIB


def test_a_long_path_in_text_is_not_copied_over_and_over() -> None:
    text = json.dumps(op("add", "/" * MIB))
    assert peak(lambda: LATEST.check_json(text, {})) < 3 * MIB


def test_too_many_operations_take_little_memory() -> None:
    patch = op("add", "/statusReason") * 100_000
    assert codes(patch, {}) == {"limit_exceeded"}
    assert peak(lambda: LATEST.check(patch, {})) < 64 * KIB


@pytest.mark.parametrize("token", ["/", "/a", "/*", "/0", "/-", "/~0", "/team/-"])
def test_a_path_of_many_tokens_is_refused(token: str) -> None:
    assert codes(op("add", token * (1000 // len(token))), {}) == {"path_not_allowed"}


@pytest.mark.thorough
@pytest.mark.parametrize("operation", [op("add", "/statusReason")[0], {"op": "remove", "path": "/a"}, {}, 7], ids=str)
def test_every_operation_of_a_large_patch_is_judged(operation: Any) -> None:
    limits = {"operations": 10_000, "depth": 32, "pathLength": 1024, "diagnostics": 100_000}
    rules = Ruleset.from_dict({"name": "roomy", "extends": "partner-center", "limits": limits})
    one, many = rules.check([operation], {}), rules.check([operation] * 10_000, {})
    assert len(many.errors) == 10_000 * len(one.errors)


# Depth.


@pytest.mark.parametrize(
    "text",
    [
        "[" * LEVELS,
        "[" * LEVELS + "]" * LEVELS,
        '{"a":' * LEVELS + "1" + "}" * LEVELS,
        json.dumps(op("add", "/team/-", 0)).replace("0", '[{"a":' * (LEVELS // 2) + "1" + "}]" * (LEVELS // 2)),
    ],
    ids=["open", "array", "object", "value"],
)
def test_text_of_many_levels_is_refused(text: str) -> None:
    for form in (text, text.encode()):
        assert LATEST.check_json(form, {"team": []}).codes == ("limit_exceeded",)


@pytest.mark.parametrize("path", ["/statusReason", "/team", "/team/-"])
def test_a_value_of_many_levels_is_refused(path: str) -> None:
    deep = nested(LEVELS)
    for value in (deep, [deep], {"email": deep}):
        assert codes(op("add", path, value), {"team": []}) == {"limit_exceeded"}


def test_a_patch_of_many_levels_is_refused() -> None:
    assert codes(nested(LEVELS + 1), {}) == {"not_an_array"}
    assert codes(nested(LEVELS), {}) == {"member_missing"}
    assert codes([nested(LEVELS)], {}) == {"not_an_object"}


def test_a_stored_referral_may_have_many_levels() -> None:
    stored = {**ACTIVE, "details": {"notes": "x", "deep": nested(LEVELS)}, "deep": nested(LEVELS), "team": []}
    patch = [*WON, *op("add", "/details/notes", "y"), *op("add", "/team/-", {"email": "a"})]
    for isolated in (False, True):
        updated = LATEST.apply(patch, stored, isolated=isolated)
        assert (updated["details"]["notes"], updated["team"]) == ("y", [{"email": "a"}])
        assert (updated["details"]["deep"] is stored["details"]["deep"]) != isolated
    assert LATEST.check_referral(stored).codes == ("limit_exceeded",)
    assert codes(WON, {"status": nested(LEVELS), "substatus": nested(LEVELS)}) == {"status_unknown"}


# Values that share their parts are small, and would be endless if they were spelled out.


@pytest.mark.parametrize("path", ["/status", "/details/dealValue", "/team", "/registrations/-"])
def test_a_value_that_shares_its_parts_is_never_spelled_out(path: str) -> None:
    def shared(levels: int) -> list[dict[str, Any]]:
        value: Any = []
        for level in range(levels):
            value = [value, value] if level % 2 else {"a": value, "status": value}
        return op("add", path, [value])

    assert codes(shared(16), {}) == {"value_invalid"}
    assert peak(lambda: LATEST.check(shared(16), {})) < 256 * KIB
    assert codes(shared(30), {}) == {"value_invalid"}
    assert LATEST.check_referral({"status": shared(26)}).codes == ("value_invalid", "status_unknown")


def test_a_patch_that_contains_itself_is_refused() -> None:
    patch: list[Any] = op("add", "/team")
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
    updated = LATEST.apply([*op("add", "/details/notes", "x"), *WON], referral, isolated=isolated)
    assert (updated["details"]["notes"], updated["substatus"]) == ("x", "Won")
    assert (updated["again"] is referral) != isolated
    assert referral.keys() == {"status", "substatus", "details", "again"}
    assert LATEST.check_referral(referral).codes == ("not_json",)


# Strings and numbers.


@pytest.mark.parametrize(
    "patch",
    [
        op(SURROGATE, "/status", "New"),
        op(f"add{SURROGATE}", "/status", "New"),
        op("add", SURROGATE, "New"),
        op("add", f"/status{SURROGATE}", "New"),
        op("add", f"/team/{SURROGATE}", "New"),
        op("add", "/status", SURROGATE),
        op("add", "/details/closingDateTime", f"2021-01-01T00:00:00Z{SURROGATE}"),
        op("add", "/team/-", {SURROGATE: 1, "email": 1}),
        [{SURROGATE: SURROGATE}],
        {SURROGATE: SURROGATE},
        SURROGATE,
    ],
    ids=ascii,
)
def test_a_lone_surrogate_is_refused_in_words_that_can_be_sent(patch: Any) -> None:
    stored = {"team": [], "details": {}, SURROGATE: SURROGATE}
    for report in (LATEST.check(patch, stored), LATEST.check_json(json.dumps(patch), stored)):
        assert not report.ok
        assert json.dumps(report.to_dict(), ensure_ascii=True).encode("utf-8")
        assert str(PatchRejected(report)).encode("utf-8")
        assert str(report).encode("utf-8")


def test_a_lone_surrogate_is_written_as_it_is() -> None:
    patch = [*op("add", "/statusReason", SURROGATE), *op("add", "/team/-", {SURROGATE: SURROGATE})]
    assert LATEST.apply(patch, {"team": []}) == {"statusReason": SURROGATE, "team": [{SURROGATE: SURROGATE}]}
    assert LATEST.check_json(f'[{{"{SURROGATE}": 1, "{SURROGATE}": 1}}]', {}).codes == ("invalid_json",)


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        (DIGITS, "not_an_array"),
        ([DIGITS], "not_an_object"),
        ([{"op": DIGITS, "path": "/team", "value": []}], "member_type"),
        ([{"op": "add", "path": DIGITS, "value": []}], "member_type"),
        (op("add", "/registrations/" + "1" * 900 + "/contract/term", "Finite"), "index_out_of_range"),
        (op("add", "/registrations/" + "1" * 10_000 + "/contract/term", "Finite"), "limit_exceeded"),
    ],
    ids=range(6),
)
def test_an_integer_of_ten_thousand_digits_is_refused(patch: Any, expected: str) -> None:
    assert codes(patch, {"registrations": []}) == {expected}


def test_an_integer_of_ten_thousand_digits_is_not_read_from_text() -> None:
    for text in ("[" + "1" * 10_000 + "]", '[{"op": "add", "path": "/team", "value": -' + "1" * 10_000 + "}]"):
        assert LATEST.check_json(text, {}).codes == ("invalid_json",)


def test_a_stored_integer_of_ten_thousand_digits_is_kept() -> None:
    assert codes(WON, {"status": DIGITS, "substatus": DIGITS}) == {"status_unknown"}
    assert LATEST.apply(WON, {**ACTIVE, "id": DIGITS}) == {"status": "Closed", "substatus": "Won", "id": DIGITS}
    assert not LATEST.check_referral({"details": {"dealValue": DIGITS}}).ok


# Threads, and a stack that is nearly full.


def answers(rules: Ruleset) -> list[Evaluation]:
    return [rules.evaluate(case.patch, case.referral) for case in ALL if case.known]


@pytest.mark.thorough
def test_threads_that_share_a_new_ruleset_get_the_answers_of_one() -> None:
    expected, threads = answers(LATEST), 8

    def answer(rules: Ruleset, gate: Barrier) -> list[Evaluation]:
        gate.wait()
        return answers(rules)

    for _ in range(4):
        rules, gate = fresh(), Barrier(threads)
        with ThreadPoolExecutor(threads) as pool:
            assert [*pool.map(answer, [rules] * threads, [gate] * threads)] == [expected] * threads


def at_many_depths(function: Callable[[], Any], most: int) -> list[Any]:
    """What a function returns, or the exception that it raises, with ever more of the stack left."""
    outcomes: list[Any] = []

    def descend() -> None:
        try:  # noqa: SIM105, as suppress needs stack of its own
            descend()
        except RecursionError:
            pass
        if len(outcomes) < most:
            try:
                outcomes.append(function())
            except (RecursionError, PatchRejected) as error:
                outcomes.append(error)

    descend()
    return outcomes


@pytest.mark.parametrize("form", ["parsed", "text"])
def test_a_caller_with_little_stack_left_gets_the_verdict_or_none(form: str) -> None:
    """A stack that is full is the caller's to empty: nothing is accepted wrongly, and nothing is remembered wrongly."""
    right, stored = [*WON, *op("add", "/team/-", {"email": "x", "a": [[]]})], {**ACTIVE, "team": []}
    expected, rules = LATEST.apply(right, stored), fresh()

    def apply() -> Any:
        return (
            rules.apply(copy.copy(right), stored) if form == "parsed" else rules.apply_json(json.dumps(right), stored)
        )

    outcomes = at_many_depths(apply, 150)
    assert all(outcome == expected or isinstance(outcome, Exception) for outcome in outcomes)
    assert isinstance(outcomes[0], RecursionError)
    assert outcomes[-1] == expected == rules.apply(right, stored)
