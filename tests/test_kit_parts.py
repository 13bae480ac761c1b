"""The parts of the kit: strategies that follow any ruleset, answers that are judged, breaches that read well."""

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

from referral_rules import Ruleset, Code, http, pytest_plugin
from referral_rules import _catalog
from referral_rules._rules import Resource
from referral_rules.testing import (
    ConformanceError,
    InMemoryService,
    ReferralLifecycle,
    accepted_patches,
    conformance,
    members,
    moves,
    patches,
    pointers,
    referrals,
    rejected_patches,
    run_conformance,
    running,
    states,
)
from referral_rules.testing.breaches import Breach
from referral_rules.testing.candidates import Local
from referral_rules.testing.cases import exchanges
from referral_rules.testing.differences import another, bare
from referral_rules.testing.remote import Remote
from referral_rules.testing.requests import flaws
from referral_rules.testing.running import DEFAULT, checks
from referral_rules.testing.values import values

from .broken import LATEST, PlainEngine, ValuesUnjudged

FEW = settings(DEFAULT, max_examples=3, phases=[Phase.generate])
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
            },
        },
        "paths": {
            "/state/now": {"operations": ["add", "replace"]},
            "/state/why": {"operations": ["replace"]},
            "/count": {"operations": ["add", "replace"]},
            "/marks/-": {"operations": ["add"]},
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
UNMOVED = Ruleset.from_dict({"name": "unmoved", "extends": "partner-center", "paths": {"/status": None}})


@pytest.mark.parametrize(
    "rules", [TICKETS, pytest.param(UNMOVED, marks=pytest.mark.thorough)], ids=lambda rules: rules.name
)
def test_the_kit_follows_any_ruleset(rules: Ruleset) -> None:
    run_conformance(InMemoryService(rules), rules=rules, settings=FEW)


def test_a_resource_without_members_has_none() -> None:
    with pytest.raises(LookupError, match="the resource of tickets defines no Member"):
        members(rules=TICKETS)


@given(st.data())
def test_what_is_made_is_what_is_said(data: st.DataObject) -> None:
    referral = data.draw(referrals(status="Active"))
    assert LATEST.check_referral(referral).ok
    assert referral["status"] == "Active"
    assert LATEST.check(data.draw(accepted_patches(referral)), referral).ok
    before, after = data.draw(moves())
    assert LATEST.transitions.allows(before, after)
    assert LATEST.transitions.fits(*data.draw(states()))
    assert LATEST.explain(data.draw(pointers())) is not None
    member = data.draw(members())
    assert LATEST.check([{"op": "add", "path": "/team/-", "value": member}], {"team": []}).ok


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # It takes long to print many operations.
@pytest.mark.parametrize("code", [code for code in Code if code.severity == "error"])
def test_a_rejected_patch_has_the_code_asked_for_and_no_other(code: Code) -> None:
    sparse: dict[str, Any] = {"status": "Active", "substatus": "Accepted", "details": None, "registrations": [{}]}
    stored = {**sparse, "status": "None"} if code == "status_unknown" else sparse
    if code in ("not_json", "referral_not_an_object"):
        assert rejected_patches(stored, code=code).is_empty
        return
    patch = find(rejected_patches(stored, code=code.value), lambda _: True, settings=FEW)
    assert {found.code for found in LATEST.check(patch, stored).errors} == {code}


def test_a_ruleset_without_paths_has_patches_all_the_same() -> None:
    rules = Ruleset.from_dict(
        {
            **{name: TICKETS.document[name] for name in ("operations", "resource", "limits")},
            "name": "closed",
            "paths": {},
        }
    )
    assert pointers(rules=rules).is_empty
    assert find(
        patches(rules=rules),
        lambda patch: isinstance(patch, list) and len(patch) == 1,
        settings=settings(database=None),
    )
    assert find(accepted_patches({}, rules=rules), lambda _: True, settings=FEW) == []


@pytest.mark.thorough
def test_a_value_of_too_many_levels_is_among_the_rejected() -> None:
    deep = rejected_patches({"status": "Active", "substatus": "Accepted"}, code="limit_exceeded")
    patch = find(deep, lambda patch: str(patch[0].get("value")).startswith("[[["), settings=settings(database=None))
    assert LATEST.check(patch).errors[0].code is Code.LIMIT_EXCEEDED


def test_what_a_schema_closes_has_no_other_members() -> None:
    resource = Resource(LATEST.document["resource"])
    for closed in (True, False):
        known = {"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": not closed}
        made = values(known, resource)
        names = {"a"} if closed else {"a", "unlisted"}
        assert find(made, lambda value, names=names: value.keys() == names)  # type: ignore[misc]
    with pytest.raises(NoSuchExample):
        find(values({"type": "object", "additionalProperties": False}, resource), bool, settings=FEW)


def test_a_warning_rejects_nothing() -> None:
    with pytest.raises(ValueError, match="one_way is a warning"):
        rejected_patches({}, code="one_way")


@pytest.mark.thorough
def test_patches_are_of_any_shape() -> None:
    many = settings(max_examples=5000, database=None)
    for kind in (dict, list, str, bool, int):
        assert find(patches(), lambda patch, kind=kind: type(patch) is kind, settings=many) == kind()  # type: ignore[misc]


CASE = next(case for case in exchanges() if case.expected["status"] == 204)
SHOWN = next(case for case in exchanges() if case.expected["status"] == 200)
MISSED = next(case for case in exchanges() if case.expected["status"] == 412)


def told(case: Any, response: http.Response, after: Any, *, own: bool = True) -> list[str]:
    return [difference.actual for difference in flaws(case, response, after, LATEST, own=own)]


def answered(case: Any) -> tuple[http.Response, Any]:
    """The right answer to a case, and the referral then."""
    service = InMemoryService()
    service._referrals["1"] = case.stored
    response = service.patch("1", http.Request(case.headers_for(case.stored["eTag"]), case.body))
    return response, service.read("1")


def test_a_right_answer_has_no_flaw() -> None:
    for case in (CASE, SHOWN, MISSED):
        assert told(case, *answered(case)) == []


def test_each_flaw_of_an_answer_is_told() -> None:
    response, after = answered(CASE)
    assert told(CASE, response._replace(status=500), after) == ["status 500"]
    assert told(CASE, response._replace(headers={**response.headers, "Preference-Applied": "x"}), after) == [
        "Preference-Applied: x"
    ]
    assert told(CASE, response, None) == ["none is there"]
    assert told(CASE, response._replace(headers={}), after) == ["no ETag"]
    assert told(CASE, response._replace(headers={"ETag": '"x"'}), after) == ["another one"]
    assert told(CASE, response, {name: value for name, value in after.items() if name != "eTag"}) == ["none"]
    assert told(CASE, response._replace(body=b"{}"), after) == ["a body"]
    assert told(CASE, response, {**after, "name": "X"}) == ["another one is stored"]
    assert "the other way round" in told(CASE, response, {**after, "eTag": (CASE.stored or {})["eTag"]})
    shown, then = answered(SHOWN)
    assert told(SHOWN, shown._replace(body=b"["), then) == ["another body"]
    missed, same = answered(MISSED)
    assert told(MISSED, missed, {}) == ["it changed"]
    assert told(MISSED, missed._replace(body=b""), same) == ["another body"]
    other = missed._replace(body=missed.body.replace(b"99918", b"1"))
    assert told(MISSED, other, same) == ['inner "1"']


def test_what_the_documents_leave_open_is_no_flaw() -> None:
    response, after = answered(CASE)
    assert (
        told(CASE, response._replace(headers={**response.headers, "Preference-Applied": "x"}), after, own=False) == []
    )
    refused = next(case for case in exchanges() if case.expected["status"] == 409)
    _, same = answered(refused)
    strange = http.Response(422, {}, b'{"error": {"code": "generalException", "message": "No.", "innerError": null}}')
    assert told(refused, strange, same, own=False) == []
    assert told(refused, strange, same) == ["status 422"]
    assert told(refused, strange._replace(status=409), same, own=False) == []
    assert told(refused, strange._replace(body=b'{"error": {"code": "No"}}'), same, own=False) == ["another body"]
    number = next(case for case in exchanges() if case.own.get("target") == "client-request-id")
    accepted, then = answered(CASE)
    assert told(number._replace(stored=CASE.stored), accepted, then, own=False) == []


def test_a_referral_is_compared_without_what_a_service_writes() -> None:
    written = dict.fromkeys(_catalog.exchange()["members"].values(), "x")
    assert another({"a": 1}, {"a": 1, **written}) is None
    assert another([], {}) is not None
    assert bare([1]) == [1]


def test_a_breach_shows_all_that_one_needs() -> None:
    breach = Breach("law", "Says.", [{}], {"a": 1}, "this", "that", {"If-Match": "*"})
    rows = 'Says. patch: [{}] referral: {"a":1} headers: {"If-Match":"*"} expected: this actual: that'
    assert " ".join(str(breach).split()) == rows
    assert "(400 characters)" in str(breach._replace(patch="x" * 400))
    assert "{1}" in str(breach._replace(patch={1}, headers=None))


class Slipping:
    """Fails at everything."""

    def apply(self, patch: Any, referral: Any) -> Any:
        raise TypeError("no patch\n today")


def test_a_slip_is_called_one() -> None:
    every = checks(LATEST, service=False)
    found = list(every["accepts"](Local(Slipping()), FEW))
    assert [(breach.expected, breach.actual) for breach in found] == [("accepted", "a raw TypeError: no patch today")]
    for name in ("refuses value_invalid", "cases of values", "totality"):
        assert next(every[name](Local(Slipping()), FEW)).actual == "a raw TypeError: no patch today"


class Ending:
    """Ends the whole program at what it does not like."""

    def apply(self, patch: Any, referral: Any) -> Any:
        raise SystemExit


class Mute(Exception):
    """Says nothing, and has a report of its own."""

    report = "none of ours"

    def __str__(self) -> str:
        raise ValueError


class Odd:
    """Returns or raises what nobody expects, and cannot be named."""

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
        (Ending(), "a raw SystemExit"),
        (Odd(None), "a raw NoneType for a result"),
        (Odd([]), "a raw list for a result"),
        (Odd(Mute()), "refused"),
        (Odd({1: 2, "a": 1}), "accepted, and /1, /a, /status, /substatus changed"),
    ],
    ids=["exit", "none", "list", "mute", "mixed"],
)
def test_whatever_an_engine_does_is_told(engine: Any, actual: str) -> None:
    every = checks(LATEST, service=False)
    law = "refuses value_invalid" if "changed" in actual else "accepts"
    assert next(every[law](Local(engine), FEW)).actual == actual


def test_an_engine_that_cannot_be_named_has_the_name_of_its_class() -> None:
    with pytest.raises(ConformanceError, match="Odd does not conform"):
        run_conformance(Odd(None), settings=settings(FEW, max_examples=1))


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
        ({"--referral-examples": 0}, "--referral-examples: a number from 1"),
        ({"--referral-header": ["A: b"]}, "name the service that gets it"),
        ({"--referral-header": ["Bearer"], "--referral-service": "http://x"}, "a name, a colon and a value"),
        ({"--referral-header": ["\u00e9: b"], "--referral-service": "http://x"}, "in ASCII"),
        ({"--referral-header": [": b"], "--referral-service": "http://x"}, "a name"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_used_is_a_usage_error(changed: dict[str, Any], problem: str) -> None:
    with pytest.raises(pytest.UsageError, match=problem):
        pytest_plugin.pytest_configure(options(**changed))


def test_header_fields_are_split_at_the_first_colon() -> None:
    config = options(
        **{"--referral-header": ["Authorization: Bearer a:b", "X-Key:7"], "--referral-service": "http://x"}
    )
    pytest_plugin.pytest_configure(config)
    assert pytest_plugin.headers(config) == {"Authorization": "Bearer a:b", "X-Key": "7"}
    assert pytest_plugin.ruleset(config) is LATEST


class Moody:
    """Refuses the third patch, whatever it is."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    def apply(self, patch: Any, referral: Any) -> Any:
        if next(self._turns) == 2:
            raise ValueError("not now")
        return LATEST.apply(patch, referral)


def test_an_engine_that_is_moody_is_told_so() -> None:
    found = list(checks(LATEST, service=False)["accepts"](Local(Moody()), DEFAULT))
    assert [breach.actual for breach in found] == ["refused, but not each time"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:9 does not answer"),
        ("", "'' is no URL of a service"),
        ("http://127.0.0.1:abc", "is no URL of a service"),
    ],
)
def test_the_suite_of_pytest_ends_if_no_service_answers(
    url: str, problem: str, suite: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert pytest.main([*suite, "--referral-service", url]) == pytest.ExitCode.USAGE_ERROR
    assert problem in capsys.readouterr().out


def test_what_is_tested_is_named() -> None:
    assert repr(Local(LATEST)) == "<Ruleset partner-center-2023-10>"
    assert "InMemoryService" in repr(Remote(InMemoryService()))
    assert ReferralLifecycle.against(InMemoryService(), rules=TICKETS).ruleset is TICKETS


class Waiting:
    """Is to be awaited."""

    async def apply(self, patch: Any, referral: Any) -> Any:
        return referral


@pytest.mark.parametrize(
    ("candidate", "problem"),
    [
        (None, "None has neither apply, nor create"),
        (LATEST.apply, "has neither apply, nor create, read and patch, nor is it a URL: pass what has them"),
        (Waiting(), "Waiting.apply is a coroutine function"),
        (PlainEngine, "PlainEngine.apply cannot be called with a patch and a referral; an instance can"),
        (SimpleNamespace(apply=5), "cannot be called with a patch and a referral"),
    ],
    ids=["nothing", "function", "coroutine", "class", "number"],
)
def test_what_cannot_be_tested_is_refused(candidate: Any, problem: str) -> None:
    with pytest.raises(TypeError, match=problem):
        run_conformance(candidate)


def test_what_does_not_tell_how_it_is_called_is_tried() -> None:
    running._refuse_odd(max, "builtins")


@pytest.mark.parametrize("given", [{"rules": "partner-center"}, {"settings": 10}], ids=str)
def test_rules_and_settings_that_are_none_are_refused(given: Any) -> None:
    with pytest.raises(TypeError, match=r"needed, and no (str|int)"):
        run_conformance(LATEST, **given)


def test_a_life_needs_a_service() -> None:
    nothing: Any = LATEST
    with pytest.raises(TypeError, match="Ruleset does not have create, read and patch"):
        ReferralLifecycle.against(nothing)


class Missing(KeyError):
    """The engine's own name for a target that is missing."""


def test_an_exception_of_the_engines_own_is_a_refusal() -> None:
    assert next(checks(LATEST, service=False)["accepts"](Local(Odd(Missing())), FEW)).actual == "refused"
    raw = next(checks(LATEST, service=False)["accepts"](Local(Odd(InvalidOperation())), FEW)).actual
    assert raw.startswith("a raw InvalidOperation")


@pytest.mark.thorough
def test_the_error_counts_what_it_does_not_show() -> None:
    with pytest.raises(ConformanceError) as caught:
        run_conformance(ValuesUnjudged(), settings=FEW)
    assert "ValuesUnjudged does not conform" in str(caught.value)
    assert "more" in str(caught.value)


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The arguments with which pytest runs the suite, far from this project."""
    monkeypatch.chdir(tmp_path)
    arguments = ["--pyargs", "referral_rules.testing.conformance", "-q", "-p", "no:cacheprovider", "-c", os.devnull]
    return [*arguments, "--rootdir", str(tmp_path), "--referral-examples", "1"]


@pytest.mark.parametrize("part", ["creation or isolation", pytest.param("", marks=pytest.mark.thorough)])
def test_the_suite_of_pytest_runs(suite: list[str], part: str) -> None:
    assert pytest.main([*suite, "-k", part]) == 0


def test_the_suite_of_pytest_tells_a_breach(request: pytest.FixtureRequest) -> None:
    with pytest.raises(pytest.fail.Exception, match="refuses value_invalid"):
        conformance.test_conformance(Local(ValuesUnjudged()), "refuses value_invalid", request)
    conformance.test_conformance(Local(PlainEngine()), "refuses value_invalid", request)
