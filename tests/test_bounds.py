"""Reports and answers are bounded, however much is wrong, and so is what it takes to make them."""

import json
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks import hostile
from referral_rules import Code, Diagnostic, Limits, Report, Ruleset, RulesetError, _catalog, http
from referral_rules._engine.faults import Fault, Located, reported
from referral_rules._rules import findings

from .stages import op
from .strategies import LATEST

KIB = 2**10
FEW = {"operations": 1000, "depth": 32, "pathLength": 1024, "diagnostics": 3}
RULES = Ruleset.from_dict({"name": "few", "extends": "partner-center", "limits": FEW})
WRONG, RIGHT = op("remove", "/team")[0], op("add", "/salesStage", "80")[0]
ODD = op("add", "/team/-", {"Email": "a"})[0]
FAULT = Fault(Code.NOT_JSON, "", {"reason": "not_a_patch", "got": "x"})


def located(*counts: int) -> list[Located]:
    return [Located(index, None, [FAULT] * count) for index, count in enumerate(counts)]


def indices(report: Report) -> list[int | None]:
    return [found.op_index for found in report]


# Reports.


@pytest.mark.parametrize(
    ("patch", "listed", "truncated"),
    [
        ([WRONG] * 3, [0, 1, 2], 0),
        ([WRONG] * 4, [0, 1, 2], 1),
        ([WRONG] * 1000, [0, 1, 2], 997),
        ([WRONG, RIGHT, WRONG, RIGHT, WRONG, WRONG], [0, 2, 4], 1),
        # Errors come before warnings.
        ([ODD, WRONG, WRONG, WRONG], [1, 2, 3], 1),
        ([ODD, WRONG, ODD, ODD], [0, 1, 2], 1),
        ([ODD] * 5, [0, 1, 2], 2),
        # An operation with several errors is left out in part.
        ([{}, {}], [0, 0, 1], 1),
        ([WRONG, WRONG, {}], [0, 1, 2], 1),
    ],
    ids=range(9),
)
def test_what_is_beyond_the_limit_is_counted(patch: list[Any], listed: list[int], truncated: int) -> None:
    report = RULES.check(patch, {"team": []})
    assert (indices(report), report.truncated) == (listed, truncated)
    assert report.ok == (WRONG not in patch and {} not in patch)


def test_a_bounded_report_is_the_beginning_of_a_whole_one() -> None:
    patch = [WRONG, *op("add", "/zzz"), {}, *op("add", "/team", [{"email": 1}] * 9), 7, *op("add", "/status", "New")]
    whole = LATEST.check(patch, {"status": "Closed", "substatus": "Won"})
    assert whole.truncated == 0
    for most in range(1, len(whole.diagnostics) + 1):
        limits = {**FEW, "diagnostics": most}
        rules = Ruleset.from_dict({"name": LATEST.name, "extends": LATEST.name, "limits": limits})
        report = rules.check(patch, {"status": "Closed", "substatus": "Won"})
        left = {found.op_index for found in whole.diagnostics[most:]}
        assert report == Report(whole.diagnostics[:most], len(left))


@pytest.mark.parametrize(
    ("counts", "limit", "truncated"),
    [((1, 1), 2, 0), ((2, 1), 2, 1), ((3,), 2, 1), ((2, 3), 3, 1), ((2, 1), 3, 0), ((1, 1, 1, 1), 1, 3)],
)
def test_an_operation_counts_once_however_much_of_it_is_left_out(
    counts: tuple[int, ...], limit: int, truncated: int
) -> None:
    report = reported(located(*counts), (), limit)
    assert (len(report.diagnostics), report.truncated) == (min(limit, sum(counts)), truncated)


def test_what_is_left_out_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    explained = []

    def counted(schema: Any, resource: Any, value: Any, most: int) -> Any:
        explained.append(value)
        return findings(schema, resource, value, most)

    monkeypatch.setattr("referral_rules._engine.value.findings", counted)
    assert RULES.check(op("add", "/salesStage", 7) * 1000).truncated == 997
    assert len(explained) == 3


def test_a_report_says_how_much_it_leaves_out() -> None:
    report = Report((Diagnostic(Code.ONE_WAY, 0, "/a", "r", {"value": "true"}),), 2)
    assert str(report).splitlines()[-1] == "2 more operations have errors or warnings"
    assert str(Report((), 1)).splitlines()[-1] == "1 more operation has errors or warnings"
    assert Report.from_dict(report.to_dict()) == report != Report(report.diagnostics)
    assert Report.from_dict({"errors": [], "warnings": []}).truncated == 0


def test_the_limit_is_a_hundred_if_a_ruleset_says_nothing() -> None:
    limit = _catalog.schema("ruleset")["properties"]["limits"]["properties"]["diagnostics"]
    assert Limits(1, 1, 1).diagnostics == LATEST.limits.diagnostics == limit["default"] == 100
    assert (RULES.limits.diagnostics, RULES.document["limits"]) == (3, FEW)
    with pytest.raises(RulesetError, match="/limits/diagnostics"):
        Ruleset.from_dict({"name": "none", "extends": "partner-center", "limits": {**FEW, "diagnostics": 0}})


# Answers.


def answer(body: bytes, rules: Ruleset = LATEST) -> http.Outcome:
    request = http.Request({"Content-Type": "application/json"}, body)
    return http.exchange(
        request, hostile.stored(), entity_tag=lambda: '"2"', now=lambda: datetime(2026, 1, 1, tzinfo=UTC), rules=rules
    )


@pytest.mark.parametrize("count", [1, 20, 34, 300, 1000])
@pytest.mark.parametrize("operation", ["{}", "0", '{"op":"a","path":"/z"}', '{"op":"add","path":"/a","value":1}'])
def test_an_answer_is_in_proportion_to_the_request(operation: str, count: int) -> None:
    body = f"[{','.join([operation] * count)}]".encode()
    outcome = answer(body)
    assert len(outcome.response.body) <= min(256 * KIB, max(16 * KIB, 50 * len(body)))
    read = http.report(outcome.response.body)
    assert read is not None
    assert outcome.report is not None
    listed = len(read.diagnostics)
    assert read.diagnostics == outcome.report.diagnostics[:listed]
    assert listed >= min(20, len(outcome.report.diagnostics))
    every = {found.op_index for found in outcome.report.diagnostics[listed:]}
    assert read.truncated == outcome.report.truncated + len(every)


def test_an_answer_has_at_least_one_diagnostic_and_says_what_it_leaves_out() -> None:
    report = LATEST.check([WRONG] * 101)
    response = http.refused(report, most_bytes=1)
    read, inner = http.report(response.body), json.loads(response.body)["error"]["innerError"]
    assert (len(inner["details"]), inner["truncated"]) == (1, 100)
    assert read == Report(report.diagnostics[:1], 100)
    assert inner["message"].endswith(
        "(99 more errors: see innerError.details; 1 more operation has errors or warnings)"
    )
    with pytest.raises(TypeError, match="most_bytes: expected an int, got str"):
        http.refused(report, most_bytes="1")  # type: ignore[arg-type]


def test_an_answer_that_leaves_nothing_out_does_not_count() -> None:
    response = http.refused(LATEST.check([WRONG]))
    assert "truncated" not in json.loads(response.body)["error"]["innerError"]


# Hostile bodies. A small one shows by counts what a large one costs, as everything grows with the size and no faster.


def calls(function: Callable[[], object]) -> int:
    """How many functions a call of a function calls, those written in C too."""
    count = 0

    def profile(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(None)
    return count


def read_all(body: bytes) -> Report:
    report = LATEST.check_json(body, hostile.stored())
    str(report)
    return report


SMALL = [*hostile.bodies(2 * KIB)]
THOROUGH = [*hostile.bodies(16 * KIB)]


@pytest.mark.parametrize(
    "bodies", [SMALL[::7], pytest.param(THOROUGH, marks=pytest.mark.thorough)], ids=["small", "thorough"]
)
def test_no_body_costs_more_than_in_proportion(bodies: list[hostile.Body]) -> None:
    read_all(b"[]")
    for body in bodies:
        most = 20_000 + 12 * len(body.text)
        assert calls(lambda text=body.text: read_all(text)) < most, body.name  # type: ignore[misc]
        assert len(json.dumps(read_all(body.text).to_dict())) <= 256 * KIB, body.name


@pytest.mark.thorough
def test_no_body_takes_much_more_memory_than_to_parse_it() -> None:
    def peak(function: Callable[[], object]) -> int:
        tracemalloc.start()
        try:
            function()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    read_all(b"[]")
    for body in THOROUGH[::5]:
        parsed = peak(lambda text=body.text: json.loads(text))  # type: ignore[misc]
        judged = peak(lambda text=body.text: read_all(text))  # type: ignore[misc]
        assert judged <= 1.5 * parsed + 2 * len(body.text) + 512 * KIB, body.name


def test_what_was_said_about_mistakes_is_remembered_up_to_a_bound() -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    for number in range(1100):
        rules.check(
            [{"op": f"{'remove' * 40}{number}", "path": "/team"}, {"op": "add", "path": f"/{number}", "value": 1}]
        )
    made = rules._rules._made
    assert 0 < len(made) <= 1024
    assert max(len(str(key)) for key in made) < 1200


@pytest.mark.parametrize("count", [10, 2_000])
def test_a_misspelt_path_costs_hardly_more_with_many_paths(count: int) -> None:
    names = [f"name{number}" for number in range(count)]
    document = {
        "name": "wide",
        "operations": ["add"],
        "limits": FEW,
        "resource": {"properties": {name: {} for name in names}},
        "paths": {f"/{name}": {"operations": ["add"]} for name in names},
    }
    rules = Ruleset.from_dict(document)
    rules.check(op("add", "/nmae"))
    report = rules.check(op("add", "/mane7"))
    assert calls(lambda: rules.check(op("add", "/naem8"))) < 1000
    assert len(json.dumps(report.to_dict())) < 8 * KIB
