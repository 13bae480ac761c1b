"""What a judgement costs, counted and not timed: a guard against copies, parses, passes and imports that creep in."""

import builtins
import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

import referral_rules
from referral_rules import Ruleset, http
from referral_rules._engine import judgement, shape, value
from referral_rules._json import operations
from referral_rules._messages import wording
from referral_rules._rules import rules as rules_module
from referral_rules._rules import values

from .casefiles import CASES, load
from .strategies import LATEST

REQUESTS = load(CASES / "documented-requests.json")
REFERRAL: dict[str, Any] = REQUESTS["referral"]
DEAL, _, WON, _ = (case["patch"] for case in REQUESTS["cases"])
# The room has a function of the same name.
RULESET = import_module("referral_rules._ruleset")
PLAIN = import_module("referral_rules._json.plain")
MEMBER = {"email": "a", "firstName": "b", "lastName": "c", "phoneNumber": "d"}
REFUSED = [{"op": "remove", "path": "/team"}]

Spy = Callable[[Any, str], list[Any]]


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    """A function that returns a list, which takes the first argument of each call of a function from then on."""

    def watch(owner: Any, name: str) -> list[Any]:
        seen: list[Any] = []
        original = getattr(owner, name)

        def called(*arguments: Any, **options: Any) -> Any:
            seen.append(arguments[0])
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, called)
        return seen

    return watch


def additions(count: int) -> list[dict[str, Any]]:
    return [{"op": "add", "path": "/team/-", "value": MEMBER} for _ in range(count)]


def fresh() -> Ruleset:
    return Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})


# One judgement.


@pytest.mark.parametrize("name", ["evaluate", "check", "apply", "evaluate_json", "check_json", "apply_json"])
@pytest.mark.parametrize("owner", [LATEST, referral_rules], ids=["ruleset", "package"])
def test_a_patch_is_judged_once(spy: Spy, owner: Any, name: str) -> None:
    judged = spy(judgement, "_carry_out")
    getattr(owner, name)(json.dumps(WON) if name.endswith("json") else WON, REFERRAL)
    assert len(judged) == 1


def test_an_exchange_judges_once(spy: Spy) -> None:
    judged = spy(judgement, "_carry_out")
    for patch, status in ((WON, 204), (REFUSED, 400)):
        body = json.dumps(patch).encode()
        request = http.Request({"Content-Type": "application/json"}, body)
        outcome = http.exchange(
            request, REFERRAL, entity_tag=lambda: '"2"', now=lambda: datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert outcome.response.status == status
    assert len(judged) == 2


class Patch(list[dict[str, Any]]):
    """A patch that counts how often it is iterated over."""

    passes = 0

    def __iter__(self) -> Any:
        self.passes += 1
        return super().__iter__()


def test_each_operation_is_looked_at_once(spy: Spy) -> None:
    LATEST.check(additions(1))
    admitted = spy(judgement, "admit")
    members = spy(shape, "members")
    patch = Patch(additions(50))
    assert LATEST.apply(patch, {"team": []})
    assert (patch.passes, len(admitted), len(members)) == (1, 50, 0)


def test_a_refusal_looks_at_each_operation_once(spy: Spy) -> None:
    LATEST.check(additions(1))
    admitted, members = spy(judgement, "admit"), spy(shape, "members")
    patch = Patch([*additions(50), *REFUSED])
    assert not LATEST.check(patch, {"team": []}).ok
    assert (patch.passes, len(admitted), len(members)) == (1, 50, 1)  # The others were permitted before.


def test_too_many_operations_are_not_looked_at(spy: Spy) -> None:
    members, admitted = spy(shape, "members"), spy(judgement, "admit")
    assert LATEST.check(additions(100_000), {"team": []}).codes == ("limit_exceeded",)
    assert (members, admitted) == ([], [])


def test_a_path_that_is_too_long_is_not_parsed(spy: Spy) -> None:
    parsed = spy(rules_module, "tokens")
    path = "/a" * 600
    assert LATEST.check([{"op": "add", "path": path, "value": 1}], {}).codes == ("limit_exceeded",)
    assert LATEST.explain(path) is None
    assert parsed == []


# Copies.


def test_only_the_containers_on_the_path_are_copied() -> None:
    updated = LATEST.apply(DEAL, REFERRAL)
    assert {name for name in REFERRAL if updated[name] is not REFERRAL[name]} == {"details", "team"}
    assert updated["details"]["requirements"] is REFERRAL["details"]["requirements"]
    assert updated["team"][0] is REFERRAL["team"][0]
    assert updated["team"][-1] is not DEAL[1]["value"]


def test_the_size_of_the_referral_does_not_matter() -> None:
    team = [{**MEMBER} for _ in range(1000)]
    updated = LATEST.apply([{"op": "add", "path": "/details/notes", "value": "x"}], {"details": {}, "team": team})
    assert updated["team"] is team
    grown = LATEST.apply(additions(1), {"team": team})["team"]
    assert len(grown) == 1001
    assert all(one is other for one, other in zip(grown, team, strict=False))


def test_each_container_is_copied_once_in_a_patch(spy: Spy) -> None:
    class Team(list[Any]):
        """Not a plain list, so that its copy is made where it can be counted."""

    copied = spy(operations, "shallow")
    updated = LATEST.apply(additions(100), {"team": Team()})
    assert len(updated["team"]) == 100
    assert len(copied) == 1


def test_a_value_is_copied_once(spy: Spy) -> None:
    copied = spy(PLAIN, "_copy")
    nested = {"email": "a", "contactPreference": {"locale": "en"}}
    LATEST.apply([{"op": "add", "path": "/team/-", "value": nested}], {"team": []})
    assert copied == [nested, nested["contactPreference"]]


def test_a_value_from_text_is_not_copied(spy: Spy) -> None:
    copied = spy(PLAIN, "_copy")
    nested = {"email": "a", "contactPreference": {"locale": "en"}}
    text = json.dumps([{"op": "add", "path": "/team/-", "value": nested}])
    assert LATEST.apply_json(text, {"team": []}) == {"team": [nested]}
    assert copied == []


def test_an_object_of_text_alone_is_copied_without_a_closer_look(spy: Spy) -> None:
    copied = spy(PLAIN, "_copy")
    assert LATEST.apply(additions(1), {"team": []}) == {"team": [MEMBER]}
    assert copied == []


def test_an_isolated_result_is_copied_once(spy: Spy) -> None:
    isolated = spy(RULESET, "isolate")
    shared: list[Any] = [{}]
    updated = LATEST.apply([], {"a": shared, "b": {"c": shared}}, isolated=True)
    assert isolated == [{"a": shared, "b": {"c": shared}}]
    assert updated["a"] is updated["b"]["c"]
    assert updated["a"] is not shared


# Text, imports, checks.


def test_text_is_parsed_once(spy: Spy) -> None:
    parsed = spy(json, "loads")
    assert LATEST.check_json(json.dumps(DEAL), REFERRAL).ok
    assert LATEST.apply_json(json.dumps(DEAL), REFERRAL)
    assert not LATEST.check_json(json.dumps(REFUSED), REFERRAL).ok
    assert len(parsed) == 3


def test_nothing_is_imported_for_a_patch_that_is_accepted(spy: Spy, monkeypatch: pytest.MonkeyPatch) -> None:
    LATEST.check(DEAL, REFERRAL)
    imported = spy(builtins, "__import__")
    LATEST.apply(DEAL, REFERRAL)
    LATEST.check(DEAL, REFERRAL)
    monkeypatch.undo()
    assert imported == []


def test_the_checks_of_a_path_are_compiled_once(spy: Spy) -> None:
    compiled = spy(values, "compile_schema")
    rules = fresh()
    for index in range(3):
        term = {"op": "add", "path": f"/registrations/{index}/contract/term", "value": "Finite"}
        rules.apply([*DEAL, term], {**REFERRAL, "registrations": [{"contract": {}}] * 3})
    paths = {rule.path for rule in rules.paths for path in (*DEAL, term) if rules.explain(path["path"]) == rule}
    assert len(compiled) == len(paths)


def test_a_permission_is_compiled_once_for_an_operation_at_a_path(spy: Spy) -> None:
    rules = fresh()
    compiled = spy(rules_module, "writer")
    for _ in range(3):
        rules.check(additions(10), {"team": []})
    assert compiled == ["add"]


def test_only_a_refused_value_is_explained(spy: Spy) -> None:
    explained = spy(value, "findings")
    LATEST.check(DEAL, REFERRAL)
    LATEST.check(REFUSED, REFERRAL)
    assert explained == []
    LATEST.check([*DEAL, {"op": "add", "path": "/team", "value": 1}], REFERRAL)
    assert len(explained) == 1


def test_words_are_made_only_when_they_are_read(spy: Spy) -> None:
    quoted = spy(wording, "dumps")
    report = LATEST.check([{"op": "add", "path": "/zzz", "value": 1}], REFERRAL)
    assert quoted == []
    assert str(report.errors[0])
    assert quoted == ["/zzz"]
