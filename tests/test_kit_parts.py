"""The parts of the kit: strategies that follow any ruleset, comparisons, and the pytest plugin."""

import itertools
import os
from decimal import InvalidOperation
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from referral_rules import Code, Ruleset, Severity, _catalog, http
from referral_rules._rules import Resource, compiled_checks, fits
from referral_rules.testing import (
    DEFAULT_SETTINGS,
    Breach,
    ConformanceError,
    InMemoryService,
    ReferralLifecycle,
    _options,
    accepted_patches,
    conformance,
    members,
    moves,
    patches,
    plugin,
    pointers,
    referrals,
    rejected_patches,
    run_conformance,
    states,
)
from referral_rules.testing._adapters import Attempt, Local, Remote, Text
from referral_rules.testing._strategies import SchemaValues
from referral_rules.testing._suite import answer_differences, checks, exchanges, laws, pairs, runner
from referral_rules.testing._suite.breaches import difference_of, without_members
from referral_rules.testing._suite.pairs import SECRET

from .broken import LATEST, IgnoresValues, PlainEngine

FEW = settings(DEFAULT_SETTINGS, max_examples=3, phases=[Phase.generate])
TICKETS = Ruleset.from_dict(
    {
        "name": "tickets",
        "operations": ["add", "replace"],
        "resource": {
            "type": "object",
            "properties": {
                "state": {
                    "type": "object",
                    "properties": {"now": {"enum": ["Open", "Shut"]}, "why": {"enum": ["New", "Done"]}},
                },
                "count": {"type": "integer", "minimum": 0, "maximum": 9},
                "marks": {"type": "array", "items": {"type": "boolean"}},
                "lines": {"type": "array", "items": {"properties": {"text": {"type": "string"}}}},
            },
        },
        "paths": {
            "/state/now": {"operations": ["add", "replace"]},
            "/state/why": {"operations": ["replace"]},
            "/count": {"operations": ["add", "replace"]},
            "/marks/-": {"operations": ["add"]},
            "/lines/*/text": {"operations": ["add", "replace"]},
        },
        "transitions": {
            "status": "/state/now",
            "substatus": "/state/why",
            "table": {
                "Open": {"to": ["Open", "Shut"], "substatuses": ["New"]},
                "Shut": {"to": ["Shut"], "substatuses": ["Done"]},
            },
        },
        "limits": {"operations": 9, "depth": 4, "pathLength": 40},
    }
)
WITHOUT_STATUS = Ruleset.from_dict({"name": "without-status", "extends": "partner-center", "paths": {"/status": None}})
ENGINE = checks(LATEST, service=False)


@pytest.mark.parametrize(
    "rules", [TICKETS, pytest.param(WITHOUT_STATUS, marks=pytest.mark.thorough)], ids=lambda rules: rules.name
)
def test_the_suite_follows_any_ruleset(rules: Ruleset) -> None:
    run_conformance(InMemoryService(rules), rules=rules, settings=settings(FEW, max_examples=1))


def test_a_resource_without_members_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="the resource of the ruleset tickets does not define Member"):
        members(rules=TICKETS)


@settings(max_examples=10)
@given(st.data())
def test_the_strategies_draw_what_they_promise(data: st.DataObject) -> None:
    referral = data.draw(referrals(status="Active"))
    assert LATEST.check_referral(referral).ok
    assert referral["status"] == "Active"
    assert LATEST.check(data.draw(accepted_patches(referral)), referral).ok
    before, after = data.draw(moves())
    assert LATEST.transitions.allows(before, after)
    state = data.draw(states())
    assert state.substatus in LATEST.transitions.rows[state.status].substatuses
    assert LATEST.explain(data.draw(pointers())) is not None
    member = data.draw(members())
    assert LATEST.check([{"op": "add", "path": "/team/-", "value": member}], {"team": []}).ok


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # It takes long to print many operations.
@pytest.mark.parametrize("code", [code for code in Code if code.severity is Severity.ERROR])
def test_a_rejected_patch_has_the_code_asked_for_and_no_other(code: Code) -> None:
    stored: Any = {"status": "Active", "substatus": "Accepted", "details": None, "registrations": [{}]}
    if code is Code.STATUS_UNKNOWN:
        stored["status"] = "None"
    if code is Code.REFERRAL_NOT_AN_OBJECT:
        stored = []
    patch = find(rejected_patches(stored, code=code.value), lambda _: True, settings=FEW)
    check = LATEST.check_json if code is Code.INVALID_JSON else LATEST.check
    assert {found.code for found in check(patch, stored).errors} == {code}


def test_no_patch_has_a_code_that_the_referral_rules_out() -> None:
    assert rejected_patches({}, code="referral_not_an_object").is_empty
    assert rejected_patches([], code="value_invalid").is_empty
    assert rejected_patches({"status": "Active", "substatus": "Accepted"}, code="status_unknown").is_empty


@FEW
@given(rejected_patches([]))
def test_every_patch_for_what_is_not_an_object_is_rejected(patch: Any) -> None:
    stored: Any = []
    assert {found.code for found in LATEST.check(patch, stored).errors} == {Code.REFERRAL_NOT_AN_OBJECT}


@settings(max_examples=20)
@given(rejected_patches({"status": "Active", "substatus": "Accepted"}))
def test_without_a_code_the_rejected_patches_are_parsed_json(patch: Any) -> None:
    codes = {found.code for found in LATEST.check(patch, {"status": "Active", "substatus": "Accepted"}).errors}
    assert len(codes) == 1
    assert not codes & {Code.INVALID_JSON, Code.NOT_JSON}


@pytest.mark.parametrize(
    ("code", "problem"), [("one_way", "one_way is a warning"), ("other", "'other' is not a valid")]
)
def test_a_code_that_rejects_nothing_is_a_value_error(code: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        rejected_patches({}, code=code)


@pytest.mark.parametrize("strategy", [referrals, states, moves, members, pointers, patches])
def test_rules_that_are_not_a_ruleset_are_a_type_error(strategy: Any) -> None:
    with pytest.raises(TypeError, match="expected rules as a Ruleset, got str"):
        strategy(rules="partner-center")


def test_a_referral_that_is_not_a_dict_is_a_type_error() -> None:
    nothing: Any = None
    with pytest.raises(TypeError, match="expected a referral as dict, got NoneType"):
        accepted_patches(nothing)


def own(name: str, resource: dict[str, Any], **more: Any) -> Ruleset:
    limits = {"operations": 9, "depth": 4, "pathLength": 40}
    return Ruleset.from_dict(
        {"name": name, "operations": ["add"], "resource": resource, "paths": {}, "limits": limits, **more}
    )


CLOSED = own("closed", {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": False})
MEMBERS = {
    "combined": {
        "allOf": [{"required": ["a"]}, {"properties": {"a": {"enum": [1, 2]}}}],
        "properties": {"a": {"enum": [2, 3]}},
    },
    "either": {"type": "object", "anyOf": [{"required": ["x"]}, {"required": ["y"]}], "properties": {"x": {}}},
    "one": {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "multipleOf": 2}]},
    "conditional": {
        "properties": {"kind": {"enum": ["a", "b"]}},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["n"]},
        "else": {"properties": {"n": False}},
    },
    "not": {"type": "integer", "not": {"minimum": 0, "maximum": 100}},
    "not a text": {"type": ["string", "integer"], "not": {"type": "string"}},
    "tuple": {"type": "array", "prefixItems": [{"const": 1}, {"type": "string"}], "items": False, "minItems": 2},
    "list": {"type": "array", "items": {"type": "integer"}, "minItems": 3, "maxItems": 4, "uniqueItems": True},
    "contains": {"type": "array", "contains": {"const": "k"}, "minItems": 2},
    "patterns": {"patternProperties": {"^un": {"type": "integer"}}, "additionalProperties": False, "minProperties": 1},
    "few": {"properties": {"a": {}, "b": {}}, "maxProperties": 1, "additionalProperties": {"type": "null"}},
    "many": {"type": "object", "propertyNames": {"pattern": "^u"}, "properties": {"a": {}}, "minProperties": 5},
    "dependent": {"properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
    "stricter": {"allOf": [{"properties": {"a": {}}, "additionalProperties": False}, {"properties": {"b": {}}}]},
    "number": {"type": "number", "minimum": 0.25, "maximum": 0.75},
    "huge": {"minimum": 10**17},
    "step": {"type": "number", "multipleOf": 0.5, "maximum": 2},
    "positive": {"type": "integer", "exclusiveMinimum": 0, "maximum": 2},
    "narrowed": {"allOf": [{"type": "number"}, {"type": ["integer", "null"]}, {"minimum": 1}, {"minimum": 2}]},
    "widened": {"allOf": [{"type": "integer"}, {"type": "number"}]},
    "texts": {"allOf": [{"pattern": "^[a-z]{2,4}$"}, {"pattern": "[a-m]"}], "type": "string", "maxLength": 3},
    "long": {"type": "string", "minLength": 400},
    "time": {"type": "string", "format": "date-time"},
    "tree": {"$ref": "#/$defs/Tree"},
    "never present": {"type": "object", "properties": {"a": False}, "additionalProperties": False},
    "anything": True,
    "nothing": False,
}
TREE = {
    "type": "object",
    "properties": {"label": {"const": "leaf"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
    "required": ["label"],
}
RESOURCES = [
    TICKETS,
    CLOSED,
    own(
        "required", {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "string", "minLength": 3}}}
    ),
    own("free", {"properties": {"foo": {"items": {}}, "baz": {"properties": {"bat": {}}}, "child": {}}}),
    own("keywords", {"$defs": {"Tree": TREE}, "type": "object", "properties": MEMBERS}),
    own(
        "state",
        {
            "required": ["state"],
            "properties": {
                "state": {
                    "required": ["by"],
                    "properties": {"by": {"const": "me"}, "now": {"type": "string"}, "why": {"type": "string"}},
                }
            },
            "if": {"properties": {"state": {"properties": {"now": {"const": "Shut"}}}}},
            "then": {"required": ["reason"]},
        },
        transitions=TICKETS.document["transitions"],
    ),
]


@pytest.mark.parametrize("rules", RESOURCES, ids=lambda rules: rules.name)
def test_every_referral_fits_its_resource(rules: Ruleset) -> None:
    @settings(max_examples=30, derandomize=True)
    @given(referrals(rules=rules))
    def fits_resource(referral: dict[str, Any]) -> None:
        assert rules.check_referral(referral).ok

    # Hypothesis itself fails if too many examples are filtered.
    fits_resource()


@pytest.mark.parametrize("name", sorted(MEMBERS.keys() - {"nothing"}))
def test_every_value_fits_its_schema(name: str) -> None:
    resource = Resource({"$defs": {"Tree": TREE}})
    schema: Any = MEMBERS[name]
    checked = compiled_checks(schema, resource) if isinstance(schema, dict) else None

    @settings(max_examples=15, derandomize=True)
    @given(SchemaValues(resource).fitting(schema))
    def fits_schema(value: Any) -> None:
        assert checked is None or fits(checked, value)

    fits_schema()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 2, "maxLength": 1},
        {"type": "integer", "minimum": 1, "maximum": 0},
        {"type": "number", "minimum": 1, "maximum": 0},
        {"type": "number", "minimum": 1, "maximum": 2, "multipleOf": 5},
        {"enum": []},
        {"not": {}},
        {"$ref": "#/$defs/Loop"},
        {"$ref": "#/$defs/Missing"},
        {"allOf": [{"type": "string"}, {"type": "null"}]},
        False,
    ],
    ids=str,
)
def test_a_schema_that_nothing_fits_has_no_values(schema: Any) -> None:
    resource = Resource({"$defs": {"Loop": {"$ref": "#/$defs/Loop"}}})
    assert SchemaValues(resource).fitting(schema).is_empty


def test_a_closed_object_has_no_other_members() -> None:
    for closed in (True, False):
        schema = {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": not closed}
        made = SchemaValues(Resource({})).fitting(schema)
        names = {"a"} if closed else {"a", "unlisted"}
        assert find(made, lambda value, names=names: value.keys() == names)  # type: ignore[misc]
    empty = {"type": "object", "additionalProperties": False}
    with pytest.raises(NoSuchExample):
        find(SchemaValues(Resource({})).fitting(empty), bool, settings=FEW)


def test_a_ruleset_without_paths_has_patches_nevertheless() -> None:
    assert pointers(rules=CLOSED).is_empty
    quick = settings(database=None, phases=[Phase.generate])
    assert find(patches(rules=CLOSED), lambda patch: isinstance(patch, list) and len(patch) == 1, settings=quick)
    assert find(accepted_patches({}, rules=CLOSED), lambda _: True, settings=FEW) == []


def test_a_ruleset_without_a_table_has_referrals_without_a_status() -> None:
    assert find(referrals(rules=CLOSED), lambda _: True, settings=DEFAULT_SETTINGS) == {}
    with pytest.raises(ValueError, match="the ruleset closed has no transition table"):
        referrals(status="New", rules=CLOSED)


@pytest.mark.thorough
def test_values_with_too_many_levels_are_rejected() -> None:
    deep = rejected_patches({"status": "Active", "substatus": "Accepted"}, code="limit_exceeded")
    patch = find(deep, lambda patch: str(patch[0].get("value")).startswith("[[["), settings=settings(database=None))
    assert LATEST.check(patch).errors[0].code is Code.LIMIT_EXCEEDED


@pytest.mark.thorough
def test_patches_are_any_json() -> None:
    many = settings(max_examples=5000, database=None)
    for kind in (dict, list, str, bool, int):
        assert find(patches(), lambda patch, kind=kind: type(patch) is kind, settings=many) == kind()  # type: ignore[misc]


CASE = next(case for case in exchanges() if case.expected["status"] == 204)
SHOWN = next(case for case in exchanges() if case.expected["status"] == 200)
MISSED = next(case for case in exchanges() if case.expected["status"] == 412)


def differences(case: Any, response: http.Response, after: Any, *, own: bool = True) -> list[str]:
    return [difference.actual for difference in answer_differences(case, response, after, LATEST, own=own)]


def replaced(response: http.Response, **parts: Any) -> http.Response:
    """The response with other parts."""
    known: dict[str, Any] = {"status": response.status, "headers": response.headers, "body": response.body}
    return http.Response(**{**known, **parts})


def answered(case: Any) -> tuple[http.Response, Any]:
    """The right answer to a case, and the referral then."""
    service = InMemoryService()
    service._referrals["1"] = case.stored
    response = service.patch("1", http.Request(case.headers_for(case.stored["eTag"]), case.body))
    return response, service.read("1")


def test_a_right_answer_has_no_difference() -> None:
    for case in (CASE, SHOWN, MISSED):
        assert differences(case, *answered(case)) == []


def test_each_difference_of_an_answer_is_reported() -> None:
    response, after = answered(CASE)
    assert differences(CASE, replaced(response, status=500), after) == ["status 500"]
    assert differences(CASE, replaced(response, headers={**response.headers, "Preference-Applied": "x"}), after) == [
        "Preference-Applied: x"
    ]
    assert differences(CASE, response, None) == ["no referral is stored"]
    assert differences(CASE, replaced(response, headers={}), after) == ["no ETag"]
    assert differences(CASE, replaced(response, headers={"ETag": '"x"'}), after) == ["another ETag"]
    assert differences(CASE, response, {name: value for name, value in after.items() if name != "eTag"}) == ["no eTag"]
    assert differences(CASE, replaced(response, body=b"{}"), after) == ["a body"]
    assert differences(CASE, response, {**after, "name": "X"}) == ["another referral is stored"]
    assert "the same eTag" in differences(CASE, response, {**after, "eTag": (CASE.stored or {})["eTag"]})
    shown, then = answered(SHOWN)
    assert differences(SHOWN, replaced(shown, body=b"["), then) == ["another body"]
    missed, same = answered(MISSED)
    assert differences(MISSED, missed, {}) == ["the referral has changed"]
    assert differences(MISSED, replaced(missed, body=b""), same) == ["another body"]
    other = replaced(missed, body=missed.body.replace(b"99918", b"1"))
    assert differences(MISSED, other, same) == ['inner "1"']


def test_what_the_documentation_leaves_open_is_no_difference() -> None:
    response, after = answered(CASE)
    assert (
        differences(CASE, replaced(response, headers={**response.headers, "Preference-Applied": "x"}), after, own=False)
        == []
    )
    refused = next(case for case in exchanges() if case.expected["status"] == 409)
    _, same = answered(refused)
    strange = http.Response(422, {}, b'{"error": {"code": "generalException", "message": "No.", "innerError": null}}')
    assert differences(refused, strange, same, own=False) == []
    assert differences(refused, strange, same) == ["status 422"]
    assert differences(refused, replaced(strange, status=409), same, own=False) == []
    assert differences(refused, replaced(strange, body=b'{"error": {"code": "No"}}'), same, own=False) == [
        "another body"
    ]
    number = next(case for case in exchanges() if case.own.get("target") == "client-request-id")
    accepted, then = answered(CASE)
    assert differences(number._replace(stored=CASE.stored), accepted, then, own=False) == []


def test_referrals_are_compared_without_the_members_that_a_service_writes() -> None:
    written = dict.fromkeys(_catalog.exchange()["members"].values(), "x")
    assert difference_of({"a": 1}, {"a": 1, **written}) is None
    assert difference_of([], {}) is not None
    assert without_members([1]) == [1]


LAWS = {law.name: law for law in laws(LATEST)}
STORED = {"status": "Active", "substatus": "Accepted"}
STAGE = [{"op": "add", "path": "/salesStage", "value": "80"}]


@pytest.mark.parametrize(
    ("name", "patch", "attempt", "difference"),
    [
        ("accepts", STAGE, Attempt(False, STORED, STORED), ("accepted", "refused")),
        (
            "result",
            STAGE,
            Attempt(True, STORED, STORED),
            ("the patched referral", "a referral that differs at /salesStage"),
        ),
        ("result", STAGE, Attempt(False, STORED, STORED), None),
        ("table", STAGE, Attempt(True, STORED, STORED), None),
        ("table", STAGE, Attempt(False, STORED, STORED), ("accepted", "refused")),
        ("table", [1], Attempt(True, STORED, STORED), ("refused, for not_an_object at operation 0", "accepted")),
        ("reports", [1], Attempt(False, STORED, STORED, errors=()), ("not_an_object at operation 0", "no reason")),
        ("reports", [1], Attempt(False, STORED, STORED), None),
        ("atomicity", [1], Attempt(False, STORED, {}), ("an unchanged referral", "a change at /status, /substatus")),
        ("atomicity", [1], Attempt(False, STORED, STORED), None),
        (
            "no escape",
            STAGE,
            Attempt(True, STORED, {**STORED, "name": "x"}),
            ("changes under allowed paths of the patch", "a change at /name"),
        ),
        ("no escape", STAGE, Attempt(True, STORED, {**STORED, "salesStage": "80"}), None),
        ("no escape", [1], Attempt(False, STORED, {}), None),
        ("purity", [], Attempt(True, {}, {}, mutated=("patch",)), ("unchanged arguments", "the patch changed")),
        (
            "isolation",
            [],
            Attempt(True, {}, {}, shares=True),
            ("an independent result", "a result that holds a part of the patch"),
        ),
        (
            "totality",
            [],
            Attempt(False, {}, {}, unexpected_error="status 500"),
            ("acceptance or refusal", "status 500"),
        ),
        (
            "confidentiality",
            [],
            Attempt(False, {}, {}, text=f"a {SECRET}\nb"),
            ("no value of the referral", f"{SECRET}, which the referral holds: a {SECRET} b"),
        ),
    ],
    ids=str,
)
def test_a_law_compares_what_happened_with_what_it_requires(
    name: str, patch: Any, attempt: Attempt, difference: Any
) -> None:
    assert LAWS[name].difference(LATEST, patch, attempt) == difference


@pytest.mark.parametrize(
    ("made", "accepted"),
    [
        (pairs.accepted, True),
        (pairs.additions, True),
        (pairs.at_limits, True),
        (pairs.indexed, True),
        (pairs.long_arrays, True),
        (pairs.many_writes, True),
        (pairs.texts, True),
        (pairs.confidential, False),
        (pairs.late, False),
        (pairs.refused, False),
        (pairs.twice, False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_the_patches_of_a_law_are_accepted_or_refused(made: Any, accepted: bool) -> None:
    @settings(DEFAULT_SETTINGS, max_examples=10)
    @given(made(LATEST))
    def judged(pair: pairs.Pair) -> None:
        assert LATEST.check(*pair).ok is accepted

    judged()


def test_a_case_with_errors_must_be_refused() -> None:
    breach = next(ENGINE["cases of values"](Local(IgnoresValues()), FEW))
    assert (breach.expected, breach.actual) == ("refused, for value_invalid", "accepted")


def test_every_breach_of_a_run_is_in_the_error(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Breach("law", "Says.", [], {}, "this", "that"), Breach("law", "Says.", [1], {}, "this", "that")]
    monkeypatch.setattr(runner, "checks", lambda *_, **__: {"law": lambda *_: iter(found)})
    with pytest.raises(ConformanceError, match="Ruleset partner-center-2023-10> does not conform") as caught:
        run_conformance(LATEST)
    assert caught.value.breaches == tuple(found)


def test_an_error_counts_the_breaches_that_it_does_not_show() -> None:
    breach = Breach("law", "Says.", [], {}, "this", "that")
    assert str(ConformanceError("Mine", (breach,) * 4)).endswith("  ... and 1 more")
    assert "2 laws or files of cases fail" in str(ConformanceError("Mine", (breach, breach.__replace__(law="other"))))


def test_a_breach_shows_its_example() -> None:
    breach = Breach("law", "Says.", [{}], {"a": 1}, "this", "that", headers={"If-Match": "*"})
    rows = 'Says. patch: [{}] referral: {"a":1} headers: {"If-Match":"*"} expected: this actual: that'
    assert " ".join(str(breach).split()) == rows
    assert "(400 characters)" in str(breach.__replace__(text="x" * 400))
    assert "{1}" in str(breach.__replace__(patch={1}, headers=None))


class RaisesTypeErrors:
    """Raises a TypeError for every patch."""

    def apply(self, patch: Any, referral: Any) -> Any:
        raise TypeError("no patch\n today")


def test_a_built_in_exception_is_unexpected() -> None:
    found = list(ENGINE["accepts"](Local(RaisesTypeErrors()), FEW))
    assert [(breach.expected, breach.actual) for breach in found] == [
        ("accepted", "an unexpected TypeError: no patch today")
    ]
    for name in ("refuses value_invalid", "cases of values", "totality"):
        assert next(ENGINE[name](Local(RaisesTypeErrors()), FEW)).actual == "an unexpected TypeError: no patch today"


class ExitsAtEveryPatch:
    """Ends the program at every patch."""

    def apply(self, patch: Any, referral: Any) -> Any:
        raise SystemExit


class RefusalWithoutText(Exception):
    """Has no text, and another kind of report."""

    report = "not a Report"

    def __str__(self) -> str:
        raise ValueError


class AlwaysTheSame:
    """Always returns or raises the same, and has no repr."""

    def __init__(self, result: Any) -> None:
        self.result = result

    def __repr__(self) -> str:
        raise ValueError

    def apply(self, patch: Any, referral: Any) -> Any:
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.mark.parametrize(
    ("engine", "actual"),
    [
        (ExitsAtEveryPatch(), "an unexpected SystemExit"),
        (AlwaysTheSame(None), "the result is a NoneType"),
        (AlwaysTheSame([]), "the result is a list"),
        (AlwaysTheSame(RefusalWithoutText()), "refused"),
        (AlwaysTheSame({1: 2, "a": 1}), "accepted, and /1, /a, /status, /substatus changed"),
    ],
    ids=["exit", "none", "list", "no text", "mixed"],
)
def test_every_odd_result_is_described(engine: Any, actual: str) -> None:
    law = "refuses value_invalid" if "changed" in actual else "accepts"
    assert next(ENGINE[law](Local(engine), FEW)).actual == actual


def test_an_engine_without_a_repr_is_named_after_its_class() -> None:
    assert runner._name(AlwaysTheSame(None)) == "AlwaysTheSame"


def options(**changed: Any) -> Any:
    known: dict[str, Any] = {
        "--referral-rules": None,
        "--referral-header": [],
        "--referral-examples": 1,
        "--referral-service": None,
    }
    return SimpleNamespace(getoption={**known, **changed}.__getitem__)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"--referral-rules": "nowhere.json"}, r"--referral-rules: .*nowhere\.json"),
        ({"--referral-rules": os.devnull}, "--referral-rules: "),
        ({"--referral-rules": ""}, "--referral-rules: "),
        ({"--referral-header": ["A B: c"], "--referral-service": "http://x"}, "a name"),
        ({"--referral-examples": 0}, "--referral-examples: must be 1 or more"),
        ({"--referral-header": ["A: b"]}, "needs --referral-service"),
        ({"--referral-header": ["Bearer"], "--referral-service": "http://x"}, "a name, a colon and a value"),
        ({"--referral-header": ["\u00e9: b"], "--referral-service": "http://x"}, "in ASCII"),
        ({"--referral-header": [": b"], "--referral-service": "http://x"}, "a name"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_used_is_a_usage_error(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(pytest.UsageError, match=problem):
        plugin.pytest_configure(options(**changed))


def test_header_fields_are_split_at_the_first_colon() -> None:
    config = options(
        **{"--referral-header": ["Authorization: Bearer a:b", "X-Key:7"], "--referral-service": "http://x"}
    )
    plugin.pytest_configure(config)
    assert _options.headers(config) == {"Authorization": "Bearer a:b", "X-Key": "7"}
    assert _options.ruleset(config) is LATEST


class RefusesTheThirdPatch:
    """Refuses the third patch, whatever it is."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    def apply(self, patch: Any, referral: Any) -> Any:
        if next(self._turns) == 2:
            raise ValueError("not now")
        return LATEST.apply(patch, referral)


def test_an_engine_with_changing_answers_is_flaky() -> None:
    found = list(ENGINE["accepts"](Local(RefusesTheThirdPatch()), DEFAULT_SETTINGS))
    assert [breach.actual for breach in found] == ["refused, but not each time"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:9", "--referral-service: http://127.0.0.1:9 does not answer"),
        ("", "--referral-service: '' is not the URL of a service"),
    ],
)
def test_the_pytest_suite_ends_if_no_service_answers(url: str, problem: str) -> None:
    with (
        pytest.raises(pytest.exit.Exception, match=problem) as ended,
        conformance._opened(options(**{"--referral-service": url}), "service"),
    ):
        pass
    assert ended.value.returncode == pytest.ExitCode.USAGE_ERROR


def test_the_pytest_suite_closes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    service = SimpleNamespace(read=lambda _: None, close=lambda: closed.append(True))
    closed: list[bool] = []
    monkeypatch.setattr(conformance, "HttpService", lambda *_, **__: service)
    with conformance._opened(options(**{"--referral-service": "http://x"}), "service") as candidate:
        assert repr(candidate) == repr(service)
        assert closed == []
    assert closed == [True]


def test_candidates_are_named() -> None:
    assert repr(Local(LATEST)) == "<Ruleset partner-center-2023-10>"
    assert "InMemoryService" in repr(Remote(InMemoryService()))
    assert ReferralLifecycle.against(InMemoryService(), rules=TICKETS).ruleset is TICKETS


class Asynchronous:
    """Has a coroutine function."""

    async def apply(self, patch: Any, referral: Any) -> Any:
        return referral


@pytest.mark.parametrize(
    ("candidate", "problem"),
    [
        (None, "expected an object with apply, .* or the URL of a service, got None"),
        (LATEST.apply, "expected an object with apply"),
        (Asynchronous(), "Asynchronous.apply is a coroutine function"),
        (PlainEngine, "PlainEngine.apply cannot be called with a patch and a referral: pass an instance"),
        (SimpleNamespace(apply=5), "cannot be called with a patch and a referral"),
    ],
    ids=["nothing", "function", "coroutine", "class", "number"],
)
def test_a_candidate_that_cannot_be_tested_is_a_type_error(candidate: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        run_conformance(candidate)


def test_a_function_without_a_signature_is_tried() -> None:
    runner._check_callable(max, "builtins")


@pytest.mark.parametrize("given", [{"rules": "partner-center"}, {"settings": 10}], ids=str)
def test_other_rules_and_settings_are_a_type_error(given: Any) -> None:
    with pytest.raises(TypeError, match=r"expected (rules|settings) as .*, got (str|int)"):
        run_conformance(LATEST, **given)


def test_a_lifecycle_needs_a_service() -> None:
    nothing: Any = LATEST
    with pytest.raises(TypeError, match="expected a service with create, read and patch, got Ruleset"):
        ReferralLifecycle.against(nothing)


class TargetMissing(KeyError):
    """An engine's own exception."""


def test_an_exception_class_of_the_engine_is_a_refusal() -> None:
    assert next(ENGINE["accepts"](Local(AlwaysTheSame(TargetMissing())), FEW)).actual == "refused"
    raw = next(ENGINE["accepts"](Local(AlwaysTheSame(InvalidOperation())), FEW)).actual
    assert raw.startswith("an unexpected InvalidOperation")


class NeverParsesText:
    """Has no apply_json."""

    def apply(self, patch: Any, referral: Any) -> Any:
        return LATEST.apply(patch, referral)


def test_json_text_is_only_for_engines_with_apply_json() -> None:
    assert Local(NeverParsesText()).attempt(Text("[]"), {}) is None
    attempt = Local(LATEST).attempt(Text("[}"), {})
    assert attempt is not None
    assert attempt.errors == (("invalid_json", None),)
    parsed = Local(LATEST).attempt("[]", {})
    assert parsed is not None
    assert parsed.errors == (("not_an_array", None),)


def test_a_breach_of_json_text_shows_the_text() -> None:
    accepting: Any = SimpleNamespace(apply=LATEST.apply, apply_json=lambda _, referral: referral)
    (breach,) = ENGINE["refuses invalid_json"](Local(accepting), FEW)
    assert breach.patch is None
    assert f"text:      {breach.text}".rstrip() in str(breach)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments with which pytest runs the suite outside this project."""
    monkeypatch.chdir(tmp_path)
    arguments = ["--pyargs", "referral_rules.testing.conformance", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    arguments += ["-p", "no:schemathesis"]
    return [*arguments, "--rootdir", str(tmp_path)]


PLUGIN = ["-p", "referral_rules.testing.plugin", "--referral-examples", "1"]


@pytest.mark.parametrize("part", ["creation or isolation", pytest.param("", marks=pytest.mark.thorough)])
def test_the_pytest_suite_runs(suite: list[str], part: str) -> None:
    assert pytest.main([*suite, *PLUGIN, "-k", part]) == 0


def test_the_pytest_suite_needs_its_plugin(suite: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert pytest.main(suite) != 0
    assert "add -p referral_rules.testing.plugin to the command" in capsys.readouterr().out


def test_the_pytest_suite_reports_a_breach() -> None:
    request: Any = SimpleNamespace(config=options())
    with pytest.raises(pytest.fail.Exception, match="refuses value_invalid"):
        conformance.test_conformance(Local(IgnoresValues()), "refuses value_invalid", request)
    conformance.test_conformance(Local(PlainEngine()), "refuses value_invalid", request)
