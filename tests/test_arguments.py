"""What is wrong with an argument is said in plain words; an error in the package's own code surfaces as itself."""

import copy
from collections import OrderedDict
from typing import Any

import pytest

from referral_rules import Ruleset, RulesetError, State, apply, check, check_json, evaluate
from referral_rules._engine import judgement, policy, shape, target, transition, warnings

LATEST = Ruleset.load("partner-center")
MOVE = [{"op": "replace", "path": "/status", "value": "Active"}]


@pytest.mark.parametrize(("path", "got"), [(None, "NoneType"), (["team"], "list"), (b"/team", "bytes"), (0, "int")])
def test_a_path_to_explain_is_a_string(path: Any, got: str) -> None:
    with pytest.raises(TypeError, match=f"^expected a path as str, got {got}$"):
        LATEST.explain(path)


@pytest.mark.parametrize(("state", "got"), [(("New", "Pending"), "tuple"), (None, "NoneType"), ("New", "str")])
def test_a_state_to_move_from_or_to_is_a_state(state: Any, got: str) -> None:
    table, new = LATEST.transitions, State("New", "Pending")
    for call in (lambda: table.reachable(state), lambda: table.allows(state, new), lambda: table.allows(new, state)):
        with pytest.raises(TypeError, match=rf"^expected State\(status, substatus\), got {got}$"):
            call()


@pytest.mark.parametrize(("name", "got"), [(None, "NoneType"), ([], "list"), ({"name": "x"}, "dict"), (5, "int")])
def test_the_name_of_a_ruleset_is_a_string(name: Any, got: str) -> None:
    with pytest.raises(TypeError, match=f"^expected the name of a ruleset as str, got {got}$"):
        Ruleset.load(name)


@pytest.mark.parametrize("text", [None, [], {}, 5, memoryview(b"[]")])
def test_text_is_str_bytes_or_bytearray(text: Any) -> None:
    for call in (LATEST.evaluate_json, LATEST.check_json, lambda given: LATEST.apply_json(given, {}), check_json):
        with pytest.raises(TypeError, match=r"^expected JSON text as str, bytes or bytearray, got "):
            call(text)


@pytest.mark.parametrize("path", [None, 5, ["a"]])
def test_the_file_of_a_ruleset_is_a_path(path: Any) -> None:
    with pytest.raises(TypeError, match=r"^expected str, bytes or os\.PathLike object, not "):
        Ruleset.from_file(path)


@pytest.mark.parametrize("document", [None, 5, [], "{}"])
def test_a_document_of_a_ruleset_is_an_object(document: Any) -> None:
    with pytest.raises(RulesetError, match="is not of type 'object'"):
        Ruleset.from_dict(document)


def test_status_and_substatus_at_one_path_are_a_finding() -> None:
    transitions = {**LATEST.document["transitions"], "substatus": "/status"}
    with pytest.raises(RulesetError) as caught:
        Ruleset.from_dict({"name": "own", "extends": "partner-center", "transitions": transitions})
    assert [(each.place, each.problem, each.fix) for each in caught.value.findings] == [
        ("/transitions/substatus", "is also the path of the status", "name another member")
    ]


@pytest.mark.parametrize(
    ("module", "stage"),
    [
        (judgement, "admit"),
        (judgement, "reported"),
        (transition, "errors"),
        (warnings, "found"),
        (policy, "permission"),
        (shape, "operations"),
        (shape, "members"),
        (target, "fault"),
    ],
)
@pytest.mark.parametrize("error", [RuntimeError, KeyError, TypeError, AttributeError, ValueError, RecursionError])
def test_an_error_in_a_stage_surfaces(
    monkeypatch: pytest.MonkeyPatch, module: Any, stage: str, error: type[Exception]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error("in our own code")

    # Parts of it need each of the stages: one operation is refused, and one is warned of.
    patch: Any = [
        OrderedDict(op="replace", path="/status", value="Closed"),
        OrderedDict(op="replace", path="/details/notes", value="x"),
        OrderedDict(op="add", path="/team/-", value=OrderedDict(email="a", Email="b")),
    ]
    referral = OrderedDict(status="New", substatus="Pending", team=[])
    rules = copy.deepcopy(LATEST)  # The shared one may remember a permission, and not ask for it again.
    monkeypatch.setattr(module, stage, broken)
    for judge in (rules.evaluate, rules.check, rules.apply):
        with pytest.raises(error) as caught:
            judge(patch, referral)
        assert caught.value.args == ("in our own code",)


def test_what_has_its_operations_in_an_attribute_is_taken_by_it() -> None:
    class Holder:
        patch = MOVE

    assert check(Holder(), {"status": "New", "substatus": "Received"}) == check(
        MOVE, {"status": "New", "substatus": "Received"}
    )


def test_the_referral_must_be_given_to_apply() -> None:
    function: Any = apply
    with pytest.raises(TypeError, match="referral"):
        function([])
    assert evaluate([]).referral is None
