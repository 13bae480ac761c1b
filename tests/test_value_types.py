"""Values cannot be changed, are compared by what they hold, and can be pickled; and none is a tuple."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import referral_rules
from referral_rules import (
    Code,
    Diagnostic,
    Evaluation,
    Finding,
    Limits,
    PatchRejected,
    PathRule,
    ReferralRulesError,
    Report,
    Ruleset,
    RulesetError,
    State,
    TransitionRow,
    TransitionTable,
)

OWN = {"name": "own", "extends": "partner-center", "limits": {"operations": 9, "depth": 8, "pathLength": 99}}
OWN_RULES = Ruleset.from_dict(OWN)


def row(*to: str) -> TransitionRow:
    return TransitionRow(to, ("X", "Y"), ("Z",))


# Each makes a value anew, so that two of them share nothing.
MAKERS: dict[str, Callable[[], Any]] = {
    "Diagnostic": lambda: Diagnostic(
        Code.OP_NOT_ALLOWED, 3, "/team/-", "rules: /team/-", {"op": "replace", "rule": "/team/-", "allowed": ["add"]}
    ),
    "Report": lambda: referral_rules.check([{"op": "remove", "path": "/team"}, {"op": "add", "path": 5, "value": []}]),
    "Evaluation": lambda: referral_rules.evaluate([{"op": "add", "path": "/salesStage", "value": "80"}], {"team": []}),
    "Finding": lambda: Finding("/paths/~1team", "is not in the resource", "remove it"),
    "Limits": lambda: Limits(1000, 32, 1024, 100),
    "PathRule": lambda: copy.deepcopy(OWN_RULES).explain("/customerProfile/team"),
    "State": lambda: State("On", "X"),
    "TransitionRow": lambda: row("On", "Off"),
    "TransitionTable": lambda: TransitionTable("/a", "/b", {"On": row("On", "Off"), "Off": row()}, (State("On", "X"),)),
    "Ruleset": lambda: copy.deepcopy(OWN_RULES),
    "built-in Ruleset": lambda: Ruleset.load("partner-center-2020-09"),
}
FIELDS = {
    "Diagnostic": ["code", "op_index", "path", "source", "details", "severity", "message", "hint", "culprit"],
    "Report": ["diagnostics", "truncated", "ok", "errors", "warnings", "codes"],
    "Evaluation": ["report", "referral", "ok"],
    "Finding": ["place", "problem", "fix"],
    "Limits": ["operations", "depth", "path_length", "diagnostics"],
    "PathRule": ["path", "operations", "source", "in_terminal_state", "schema"],
    "State": ["status", "substatus"],
    "TransitionRow": ["to", "substatuses", "stored_only"],
    "TransitionTable": ["status", "substatus", "rows", "initial"],
    "Ruleset": ["name", "title", "extends", "paths", "operations", "transitions", "limits", "document"],
}
values = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind in FIELDS for field in [*FIELDS[kind], "other"]])
def test_a_field_cannot_be_assigned_or_deleted(kind: str, field: str) -> None:
    value, same = MAKERS[kind](), MAKERS[kind]()
    with pytest.raises(AttributeError, match=f"cannot assign to {field}: {kind} is immutable"):
        setattr(value, field, None)
    with pytest.raises(AttributeError, match=f"cannot delete {field}: {kind} is immutable"):
        delattr(value, field)
    assert value == same


@values
def test_values_are_equal_if_they_hold_the_same(make: Callable[[], Any]) -> None:
    one, other = make(), make()
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other}) == 1
    assert one != None  # noqa: E711, the comparison is what is tested
    assert one != repr(one)


@pytest.mark.parametrize("kind", sorted(FIELDS.keys() - {"Report", "Evaluation", "PathRule", "Ruleset"}))
def test_values_differ_if_one_field_does(kind: str) -> None:
    value = MAKERS[kind]()
    fields = {name: getattr(value, name) for name in value._fields}
    for name, held in fields.items():
        another: object = "other"
        if isinstance(held, tuple):
            another = ()
        elif name == "details":
            another = {**held, "allowed": ["replace"]}
        elif name == "rows":
            another = {}
        elif isinstance(held, Code):
            another = Code.NOT_JSON
        assert type(value)(**{**fields, name: another}) != value


def test_reports_evaluations_rules_and_rulesets_differ_if_their_parts_do() -> None:
    rules = OWN_RULES
    assert rules == Ruleset.from_dict(copy.deepcopy(OWN))
    assert rules != Ruleset.from_dict({**OWN, "title": "Another"})
    assert rules != Ruleset.from_dict({**OWN, "paths": {"/team": None}})
    assert rules.explain("/team/-") != rules.explain("/team")
    assert rules.check([]) != rules.check({})  # type: ignore[arg-type]
    assert rules.evaluate([], {}) != rules.evaluate([], {"team": []})


def test_true_and_one_make_different_rulesets() -> None:
    documents = [{**OWN, "resource": {"properties": {"a": {"default": default}}}, "paths": {}} for default in (1, True)]
    whole = [{**document, "operations": ["add"]} for document in documents]
    for document in whole:
        del document["extends"]
    one, other = (Ruleset.from_dict(document) for document in whole)
    assert one != other


@values
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])  # noqa: S301
def test_a_copy_is_equal_and_as_immutable(make: Callable[[], Any], copied: Callable[[Any], Any]) -> None:
    value = make()
    other = copied(value)
    assert (other, type(other), hash(other), repr(other)) == (value, type(value), hash(value), repr(value))
    with pytest.raises(AttributeError):
        other.anything = 1


@pytest.mark.parametrize("kind", sorted(FIELDS.keys() - {"Ruleset"}))
def test_a_value_can_be_made_from_another_one(kind: str) -> None:
    value = MAKERS[kind]()
    first = FIELDS[kind][0]
    assert value.__replace__() == value
    assert value.__replace__(**{first: getattr(value, first)}) == value
    with pytest.raises(TypeError):
        value.__replace__(other=1)


@values
def test_a_value_is_not_a_tuple(make: Callable[[], Any]) -> None:
    value = make()
    with pytest.raises(TypeError):
        len(value)
    with pytest.raises(TypeError):
        value[0]
    if not isinstance(value, Report):
        with pytest.raises(TypeError):
            iter(value)
    assert not isinstance(value, tuple)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("Diagnostic", "<Diagnostic op_not_allowed: op_index=3, path='/team/-'>"),
        ("Report", "<Report: 2 errors, 0 warnings>"),
        ("Evaluation", "<Evaluation: <Report: 0 errors, 0 warnings>, a referral>"),
        ("PathRule", "<PathRule /customerProfile/team: add, replace>"),
        ("Ruleset", "<Ruleset own>"),
        ("State", "State(status='On', substatus='X')"),
    ],
)
def test_a_repr_is_short_and_shows_no_referral(kind: str, shown: str) -> None:
    assert repr(MAKERS[kind]()) == shown
    assert len(shown) < 80


def test_details_cannot_be_changed_and_become_plain_json() -> None:
    given: dict[str, Any] = {"op": "replace", "rule": "/team/-", "allowed": ["add"], "fix": {"change": {"op": "add"}}}
    diagnostic = Diagnostic(Code.OP_NOT_ALLOWED, 3, "/team/-", "rules: /team/-", given)
    given["allowed"].append("remove")
    details: Any = diagnostic.details
    assert details == {"op": "replace", "rule": "/team/-", "allowed": ("add",), "fix": {"change": {"op": "add"}}}
    changes: list[Callable[[], object]] = [
        lambda: details.update(op="add"),
        lambda: details.pop("op"),
        lambda: details.__setitem__("op", "add"),
        lambda: details["fix"].__setitem__("change", {}),
        lambda: details["allowed"].append("remove"),
    ]
    for change in changes:
        with pytest.raises((TypeError, AttributeError)):
            change()
    written = diagnostic.to_dict()["details"]
    assert written == {**given, "allowed": ["add"]}
    written["allowed"].append("remove")
    assert details["allowed"] == ("add",)


def test_a_schema_and_a_document_are_the_callers_own_copies() -> None:
    rules = Ruleset.load("partner-center")
    rule = rules.explain("/team/-")
    assert rule is not None
    rule.schema["type"] = "null"
    assert rule.schema.get("type") != "null"
    rules.document["paths"].clear()
    assert rules.document["paths"].keys() == {each.path for each in rules.paths}


def test_a_pickled_ruleset_is_equal_and_works() -> None:
    rules = pickle.loads(pickle.dumps(Ruleset.load("partner-center")))  # noqa: S301
    assert rules == Ruleset.load("partner-center")
    assert rules.check([{"op": "remove", "path": "/team"}]).codes == (Code.OP_NOT_SUPPORTED,)
    assert rules.apply([], {"a": 1}) == {"a": 1}


@pytest.mark.parametrize("arguments", [(), ({"name": "x"},), ("partner-center",)])
def test_a_ruleset_is_made_by_its_class_methods(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match=r"use Ruleset\.load\(name\), Ruleset\.from_file\(path\) or Ruleset\.from_dict"):
        Ruleset(*arguments)


@pytest.mark.parametrize("kind", ["Finding", "Limits", "State", "TransitionRow"])
def test_a_value_needs_its_fields_and_takes_no_others(kind: str) -> None:
    value = MAKERS[kind]()
    fields = {name: getattr(value, name) for name in FIELDS[kind]}
    assert type(value)(**fields) == type(value)(*fields.values()) == value
    for arguments, named in (((), {}), ((*fields.values(), 1), {}), ((), {**fields, "other": 1})):
        with pytest.raises(TypeError, match=f"{kind} takes {', '.join(FIELDS[kind])}"):
            type(value)(*arguments, **named)
    with pytest.raises(TypeError, match=f"{kind} takes"):
        type(value)(*fields.values(), **fields)


@pytest.mark.parametrize(
    "error",
    [
        PatchRejected(referral_rules.check([{"op": "remove", "path": "/team"}])),
        RulesetError("mine.json", (Finding("/extends", "no such ruleset", "name a built-in one"),)),
    ],
    ids=["PatchRejected", "RulesetError"],
)
def test_an_exception_survives_pickling_and_has_the_common_base(error: ReferralRulesError) -> None:
    other = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (type(other), other.__dict__, str(other)) == (type(error), error.__dict__, str(error))
    assert isinstance(error, ReferralRulesError)
    assert isinstance(error, ValueError)


def test_an_evaluation_is_true_if_its_report_is() -> None:
    accepted, refused = referral_rules.evaluate([], {}), referral_rules.evaluate([{}], {})
    assert (bool(accepted), accepted.ok, accepted.referral) == (True, True, {})
    assert (bool(refused), refused.ok, refused.referral) == (False, False, None)
    assert isinstance(accepted, Evaluation)
    assert isinstance(Ruleset.load("partner-center").explain("/team"), PathRule | None)
