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
from referral_rules._reports import in_order
from referral_rules._rules import Names, findings

from .stages import op, own
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


def test_a_bounded_report_has_the_move_first_then_other_errors_then_warnings() -> None:
    patch = [WRONG, *op("add", "/zzz"), {}, *op("add", "/team", [{"email": 1}] * 9), 7, *op("add", "/status", "New")]
    patch += [ODD]
    whole = LATEST.check(patch, {"status": "Closed", "substatus": "Won"})
    assert whole.truncated == 0
    moves = [found for found in whole.errors if found.code is Code.TRANSITION_NOT_ALLOWED]
    ranked = [*moves, *(found for found in whole.errors if found not in moves), *whole.warnings]
    assert (len(moves), len(whole.warnings)) == (1, 1)
    for most in range(1, len(whole.diagnostics) + 1):
        limits = {**FEW, "diagnostics": most}
        rules = Ruleset.from_dict({"name": LATEST.name, "extends": LATEST.name, "limits": limits})
        report = rules.check(patch, {"status": "Closed", "substatus": "Won"})
        left = {found.op_index for found in ranked[most:]}
        assert report == Report(in_order(ranked[:most]), len(left))


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


def test_at_most_sixteen_errors_about_one_operation_are_listed() -> None:
    for count, truncated in ((16, 0), (17, 1), (1000, 1)):
        report = LATEST.check([*op("add", "/team", [{"email": 1}] * count), WRONG])
        assert (indices(report), report.truncated) == ([0] * 16 + [1], truncated)
    stored = {"team": [{"email": 1}] * 30}
    assert len(LATEST.check_referral(stored).errors) == 31  # The status is missing, too.


def test_a_report_says_how_much_it_leaves_out() -> None:
    report = Report((Diagnostic(Code.ONE_WAY, 0, "/a", "r", {"value": "true"}),), 2)
    assert str(report).splitlines()[-1] == "2 more operations have errors or warnings"
    assert str(Report((), 1)).splitlines()[-1] == "1 more operation has errors or warnings"
    assert Report.from_dict(report.to_dict()) == report != Report(report.diagnostics)
    assert Report.from_dict({"errors": [], "warnings": []}).truncated == 0


@pytest.mark.parametrize(
    "spoiled", [{"truncated": "2"}, {"truncated": -1}, {"truncated": True}, {"ok": False}], ids=str
)
def test_a_report_that_contradicts_itself_is_not_read(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="'ok' or 'truncated' of a report is wrong"):
        Report.from_dict({**Report().to_dict(), **spoiled})
    with pytest.raises(TypeError, match="truncated: expected an int"):
        Report((), "1")  # type: ignore[arg-type]


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
        "(99 more errors, 0 of them in innerError.details; 1 more operation has errors or warnings)"
    )
    with pytest.raises(TypeError, match="most_bytes: expected an int, got str"):
        http.refused(report, most_bytes="1")  # type: ignore[arg-type]


@pytest.mark.parametrize("warned", range(1, 9))
def test_an_answer_lists_errors_before_warnings(warned: int) -> None:
    odd = {"op": "add", "path": "/team/-", "value": {"\U0001f600" * 199 + str(number): 1 for number in range(8)}}
    patch = [*[odd] * warned, *op("add", "/salesStage", 5)]
    outcome = answer(json.dumps(patch, ensure_ascii=False).encode())
    read = http.report(outcome.response.body)
    assert read is not None
    assert outcome.report is not None
    assert (outcome.response.status, read.ok, read.errors) == (400, False, outcome.report.errors)


@pytest.mark.parametrize(
    "body",
    [
        f'[{{"op":"{"x" * 15}","path":"/yyyyy"}}{",{}" * 60}]'.encode(),
        f"[{','.join(['0'] * 166)}]".encode(),
        *(f"[{','.join(['0'] * count)}]".encode() for count in range(80, 100)),
    ],
    ids=len,
)
def test_an_answer_is_never_a_byte_too_long(body: bytes) -> None:
    assert len(answer(body).response.body) <= max(16 * KIB, 50 * len(body))


def test_no_operation_is_counted_twice() -> None:
    wrong = [{"email": number} for number in range(16)]
    report = LATEST.check(op("add", "/team", wrong) * 7)
    assert (len(report.diagnostics), report.truncated) == (100, 1)
    for most in (2_000, 8_000, 16_384, 32_768):
        read = http.report(http.refused(report, most_bytes=most).body)
        assert read is not None
        whole, rest = divmod(len(read.diagnostics), 16)
        assert read.truncated == 7 - whole
        assert rest < 16


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


@pytest.mark.parametrize("path", ["/" * 1000, "/registrations" + "/0" * 480, "/x" * 500, "/a~0" * 250])
def test_a_path_of_many_tokens_is_refused_at_once(path: str) -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    rules.check(op("add", "/zzz"))
    counts = [calls(lambda: str(rules.check(op("add", path + str(number))))) for number in range(3)]  # noqa: B023
    assert max(counts) < 4000


def test_the_unknown_members_of_items_are_found_without_remembering_each() -> None:
    rules = own({"properties": {"v": {"items": {}}}}, {"/v": ("add",)}, advisories={"unknown_member": {}})
    rules.check(op("add", "/v", [{"a": number} for number in range(100)]))
    assert len(rules._rules.resource._members) < 10


def test_a_large_enumeration_is_not_listed_whole() -> None:
    names = [f"name{number}" for number in range(5000)]
    rules = own({"properties": {"v": {"enum": names}}}, {"/v": ("add",)})
    (found,) = rules.check(op("add", "/v", "nam77"))
    assert (found.details["nearest"], len(found.details["allowed"])) == ("name77", 1000)


def test_names_in_thousands_of_letters_are_not_compared() -> None:
    names = [chr(0x4E00 + number % 20_000) * 8 for number in range(3000)]
    known = Names([*names, "email"])
    assert (known.nearest("EMAIL"), known.nearest("emial")) == ("email", None)


def test_a_repeated_member_at_the_end_of_a_large_text_is_found_in_one_pass() -> None:
    text = f"[{'1,' * 20_000}NaN]"
    assert calls(lambda: LATEST.check_json(text)) < 12 * 20_000


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
