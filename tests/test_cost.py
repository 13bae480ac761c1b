"""What a call costs, counted and not timed: a guard against copies, parses and imports that slip in."""

import builtins
import json
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any

import pytest

from referral_rules import Ruleset
from referral_rules import engine  # FIXME
from referral_rules import plain  # FIXME

from .casefiles import CASES, load

RULES = Ruleset.load("partner-center")
REQUESTS = load(CASES / "documented-requests.json")
REFERRAL: dict[str, Any] = REQUESTS["referral"]
DEAL, _, WON, _ = (case["patch"] for case in REQUESTS["cases"])
MEMBER = {"email": "a", "firstName": "b", "lastName": "c", "phoneNumber": "d"}


def calls(function: Callable[[], object]) -> Counter[str]:
    """The Python and the C functions that a second call of a function calls, by name."""
    function()
    counted: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            counted[frame.f_code.co_name] += 1
        elif event == "c_call":
            counted[argument.__name__] += 1

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    del counted["setprofile"], counted[function.__name__]
    return counted


def spy(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[object]:
    """A list that takes the first argument of every call of a function from now on."""
    seen: list[object] = []
    original = getattr(module, name)

    def called(*arguments: Any, **options: Any) -> Any:
        seen.append(arguments[0])
        return original(*arguments, **options)

    monkeypatch.setattr(module, name, called)
    return seen


def additions(count: int) -> list[dict[str, Any]]:
    return [{"op": "add", "path": "/team/-", "value": MEMBER} for _ in range(count)]


# What is counted: apply, run, a write for each operation, and the few built-in functions that they call.
@pytest.mark.parametrize(("patch", "most"), [([], 4), (WON, 11), (DEAL, 21)], ids=["nothing", "won", "deal"])
def test_apply_calls_few_functions(patch: list[dict[str, Any]], most: int) -> None:
    assert sum(calls(lambda: RULES.apply(patch, REFERRAL)).values()) <= most


@pytest.mark.parametrize("patch", [[], WON, DEAL], ids=["nothing", "won", "deal"])
def test_check_calls_few_functions_more(patch: list[dict[str, Any]]) -> None:
    apply = sum(calls(lambda: RULES.apply(patch, REFERRAL)).values())
    assert sum(calls(lambda: RULES.check(patch, REFERRAL)).values()) <= apply + 8


@pytest.mark.parametrize("patch", [WON, DEAL], ids=["won", "deal"])
def test_the_size_of_the_referral_does_not_matter(patch: list[dict[str, Any]]) -> None:
    large = {**REFERRAL, "team": REFERRAL["team"] * 10_000}
    for judge in (RULES.apply, RULES.check):
        small_calls = calls(lambda judge=judge: judge(patch, REFERRAL))  # type: ignore[misc]
        assert calls(lambda judge=judge: judge(patch, large)) == small_calls  # type: ignore[misc]


def test_calls_grow_with_the_operations_and_no_faster() -> None:
    few, many = additions(10), additions(1000)
    counted = sum(calls(lambda: RULES.apply(few, REFERRAL)).values())
    assert sum(calls(lambda: RULES.apply(many, REFERRAL)).values()) <= 100 * counted


def test_only_the_containers_on_the_path_are_copied() -> None:
    updated = RULES.apply(DEAL, REFERRAL)
    assert {name for name in REFERRAL if updated[name] is not REFERRAL[name]} == {"details", "team"}
    assert updated["details"]["requirements"] is REFERRAL["details"]["requirements"]
    assert updated["team"][0] is REFERRAL["team"][0]
    assert updated["team"][-1] is not DEAL[1]["value"]


def test_each_container_is_copied_once_in_a_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    class Team(list[Any]):
        """Not a plain list, so that its copy is made where it can be counted."""

    copied = spy(monkeypatch, engine, "shallow")
    updated = RULES.apply(additions(100), {"team": Team()})
    assert len(updated["team"]) == 100
    assert len(copied) == 1


def test_what_is_plain_is_copied_without_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    on_the_path, inside = spy(monkeypatch, engine, "shallow"), spy(monkeypatch, plain, "shallow")
    updated = RULES.apply([{"op": "add", "path": "/details/notes", "value": "x"}], REFERRAL, isolated=True)
    assert on_the_path == []
    assert inside == [updated]


def test_text_is_parsed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = spy(monkeypatch, json, "loads")
    assert RULES.check(json.dumps(DEAL), REFERRAL).ok
    assert RULES.apply(json.dumps(DEAL), REFERRAL)
    assert not RULES.check('[{"op": "remove", "path": "/team"}]', REFERRAL).ok
    assert len(parsed) == 3


def test_nothing_is_imported_for_a_patch_that_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    RULES.check(DEAL, REFERRAL)
    imported = spy(monkeypatch, builtins, "__import__")
    RULES.apply(DEAL, REFERRAL)
    RULES.check(DEAL, REFERRAL)
    monkeypatch.undo()
    assert imported == []


def test_a_value_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    rules.apply(DEAL, REFERRAL)
    assert calls(lambda: rules.apply(DEAL, REFERRAL))["_compile"] == 0
    monkeypatch.setattr("referral_rules.values.compile_schema", None)
    assert rules.apply(DEAL, REFERRAL)


def test_a_refusal_asks_jsonschema_only_about_values() -> None:
    assert calls(lambda: RULES.check([{"op": "remove", "path": "/team"}], REFERRAL))["iter_errors"] == 0
    assert calls(lambda: RULES.check([{"op": "add", "path": "/team", "value": 1}], REFERRAL))["iter_errors"] > 0
