"""The exchange answers the HTTP cases, and no request makes it fail."""

import copy
import json
import pickle
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import flask
import pytest
import starlette.responses
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import referral_rules
from referral_rules import Code, Diagnostic, Report, Ruleset, _catalog, _json, apply_json, check, check_json, http
from referral_rules._codes import TABLE
from referral_rules._engine import judgement
from referral_rules.testing import patches, referrals

from .casefiles import CASES, load
from .exchanges import FOLDER, Exchange, check_answer, exchanges

NEWEST = Ruleset.load("partner-center")
JSON = {"Content-Type": "application/json"}
PATCH = b'[{"op": "replace", "path": "/details/notes", "value": "Called back."}]'
STORED = load(FOLDER / "exchange.json")["referral"]
ANSWERS = load(CASES / "reports" / "answers.json")["exchanges"]
FACTS = _catalog.exchange()
NEW = '"2"'
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
(ERROR,) = NEWEST.check([{"op": "replace", "path": "/salesStage", "value": 7}])
(CONFLICT,) = NEWEST.check([{"op": "replace", "path": "/campaignId", "value": "x"}], {})
WARNING = Diagnostic(Code.ONE_WAY, 0, "/a", "r", {"value": "true"})


def exchanged(headers: Any = JSON, body: Any = PATCH, stored: Any = STORED, **options: Any) -> http.Outcome:
    functions = {"entity_tag": lambda: NEW, "now": lambda: MOMENT}
    return http.exchange(http.Request(headers, body), stored, **{**functions, **options})


def error(response: http.Response) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.body)["error"]
    return found


def loaded_modules(program: str) -> set[str]:
    """The modules that a program loads, in a process of its own."""
    folder = str(Path(referral_rules.__file__).parent.parent)
    program = f"import sys\nsys.path.insert(0, {folder!r})\n{program}\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    return set(run.stdout.split())


def test_the_cases_fit_their_schema() -> None:
    schema = load(FOLDER / "exchange.schema.json")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(load(FOLDER / "exchange.json"))


@pytest.mark.parametrize("case", [*exchanges()], ids=lambda case: case.description)
def test_a_request_is_answered_as_the_case_requires(case: Exchange) -> None:
    tag = case.stored["eTag"] if case.stored else ""
    before = json.dumps(case.stored)
    outcome = exchanged(case.headers_for(tag), case.body, case.stored)
    answer = outcome.response
    check_answer(case, answer.status, answer.headers, answer.body, outcome.referral or case.stored)
    assert (outcome.referral is not None) == case.expected["changed"]
    assert json.dumps(case.stored) == before


@pytest.mark.parametrize("case", ANSWERS, ids=[case["description"] for case in ANSWERS])
def test_an_answer_says_what_it_said_before(case: dict[str, Any]) -> None:
    size = case.get("size", http.BODY_BYTES)
    outcome = exchanged(case["headers"], case["body"].encode(), case["stored"], body_bytes=size)
    answer = outcome.response
    body = json.loads(answer.body) if answer.body else None
    assert {"status": answer.status, "headers": answer.headers, "body": body} == case["answer"]
    assert outcome.referral == case["referral"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(PATCH, 204), (b'[{"op": "replace", "path": "/substatus", "value": "Won"}]', 409)],
    ids=["accepted", "refused"],
)
def test_a_patch_is_parsed_and_judged_once(body: bytes, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            calls[name] += 1
            return function(*arguments, **options)

        return call

    monkeypatch.setattr(json, "loads", counted("parsed", json.loads))
    monkeypatch.setattr(judgement, "_carry_out", counted("judged", judgement._carry_out))
    assert exchanged(body=body).response.status == status
    assert calls == {"parsed": 1, "judged": 1}


FAULTS: list[tuple[int, dict[str, Any]]] = [
    (404, {"stored": None}),
    (415, {"headers": {"Content-Type": "text/plain"}}),
    (413, {"body_bytes": 1}),
    (400, {"headers": {"client-request-id": ""}}),
    (412, {"headers": {"If-Match": '"x"'}}),
    (409, {"body": b'[{"op": "replace", "path": "/substatus", "value": "Won"}]'}),
]


@pytest.mark.parametrize("first", range(len(FAULTS)), ids=[str(status) for status, _ in FAULTS])
def test_the_first_fault_in_the_documented_order_decides(first: int) -> None:
    request: dict[str, Any] = {"headers": dict(JSON)}
    for _, fault in FAULTS[first:]:
        request = {**request, **fault, "headers": {**request["headers"], **fault.get("headers", {})}}
    assert exchanged(**request).response.status == FAULTS[first][0]


@pytest.mark.parametrize("name", ["If-Match", "If-None-Match", "client-request-id"])
def test_a_malformed_field_is_answered_before_a_failed_precondition(name: str) -> None:
    answer = exchanged({**JSON, "If-Match": '"x"', name: "é"}).response
    assert (answer.status, error(answer)["target"]) == (400, name)


def test_a_change_has_the_entity_tag_and_the_time_of_the_caller() -> None:
    referral = exchanged().referral
    assert referral is not None
    assert (referral["eTag"], referral["updatedDateTime"]) == (NEW, "2026-01-02T03:04:05.678901Z")
    assert NEWEST.check_referral(referral).ok


def test_the_time_is_converted_to_utc() -> None:
    referral = exchanged(now=lambda: MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))).referral
    assert referral is not None
    assert referral["updatedDateTime"] == "2026-01-02T03:04:05.678901Z"


@pytest.mark.parametrize(("body", "calls"), [(PATCH, 1), (b"[]", 0), (b"{}", 0)], ids=["changed", "same", "refused"])
def test_the_tag_and_the_time_are_asked_for_only_for_a_change(body: bytes, calls: int) -> None:
    calls_made: Counter[str] = Counter()

    def tag() -> str:
        calls_made["tag"] += 1
        return NEW

    def now() -> datetime:
        calls_made["now"] += 1
        return MOMENT

    exchanged(body=body, entity_tag=tag, now=now)
    assert (calls_made["tag"], calls_made["now"]) == (calls, calls)


@pytest.mark.parametrize("tag", ["2", 'W/"2"', "", '"a\r\nb"', '"a" ', STORED["eTag"], None])
def test_a_tag_that_is_not_new_and_strong_is_a_value_error(tag: Any) -> None:
    with pytest.raises(ValueError, match="entity_tag") as caught:
        exchanged(entity_tag=lambda: tag)
    assert (
        str(caught.value) == f"entity_tag() must return a new strong entity tag, such as '\"1\"', and returned {tag!r}"
    )


@pytest.mark.parametrize("moment", [MOMENT.replace(tzinfo=None), MOMENT.date(), 1.5, None], ids=repr)
def test_a_time_without_a_time_zone_is_a_value_error(moment: Any) -> None:
    with pytest.raises(ValueError, match="time zone") as caught:
        exchanged(now=lambda: moment)
    assert str(caught.value) == "now() must return a datetime with its time zone, such as datetime.now(UTC)"


def test_the_time_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        referral = exchanged().referral
    finally:
        monkeypatch.undo()
        time.tzset()
    assert referral is not None
    assert referral["updatedDateTime"] == "2026-01-02T03:04:05.678901Z"


def test_the_report_of_a_patch_that_changes_nothing_is_returned_too() -> None:
    assert exchanged(body=b"[]").report == Report()


@pytest.mark.parametrize(
    "headers",
    [
        {"content-TYPE": "application/json", "IF-match": '"x"'},
        [("Content-Type", "application/json"), ("If-Match", '"x"')],
        [("Content-Type", "application/json"), ("If-Match", '"x"'), ("if-match", 'W/"y"')],
        [(b"content-type", b"application/json"), (b"if-match", b'"x"')],
    ],
    ids=["a mapping", "pairs", "two lines of one field", "bytes"],
)
def test_header_fields_are_found_in_any_form(headers: Any) -> None:
    assert exchanged(headers).response.status == 412
    assert exchanged([*dict(headers).items(), ("If-Match", STORED["eTag"])]).response.status == 204


def test_a_body_may_be_any_kind_of_bytes() -> None:
    assert (
        exchanged(body=bytearray(PATCH)).response == exchanged(body=memoryview(PATCH)).response == exchanged().response
    )


@pytest.mark.parametrize("held", [{1}, float("nan"), [[]]], ids=["a set", "nan", "nested"])
def test_a_stored_referral_that_is_not_json_cannot_be_sent(held: Any) -> None:
    for _ in range(100_000 if held == [[]] else 0):
        held = [held]
    with pytest.raises(ValueError, match=r"JSON|nested"):
        exchanged({**JSON, "Prefer": "return=representation"}, stored={**STORED, "trackingInfo": held})


@pytest.mark.parametrize("value", ["*", " *\t", ' "x" , {tag}\t'])
def test_space_around_a_field_is_ignored(value: str) -> None:
    assert exchanged({**JSON, "If-Match": value.replace("{tag}", STORED["eTag"])}).response.status == 204


@pytest.mark.parametrize("tag", [None, 7, "2500ec5a", '"a\r\nSet-Cookie: b"', 'W/"1"'])
def test_a_malformed_or_weak_stored_tag_matches_nothing(tag: Any) -> None:
    stored = {**STORED, "eTag": tag}
    assert exchanged({**JSON, "If-Match": '"2500ec5a", W/"1"'}, stored=stored).response.status == 412
    assert exchanged({**JSON, "If-Match": "*"}, stored=stored).response.status == 204
    same = exchanged(body=b"[]", stored=stored).response
    assert same.headers == ({"ETag": tag} if tag == 'W/"1"' else {})


def test_a_referral_without_a_tag_gets_one() -> None:
    stored = {name: value for name, value in STORED.items() if name != "eTag"}
    assert exchanged({**JSON, "If-Match": '"1"'}, stored=stored).response.status == 412
    referral = exchanged(stored=stored).referral
    assert referral is not None
    assert referral["eTag"] == NEW


@pytest.mark.parametrize(("size", "status"), [(len(PATCH) - 1, 413), (len(PATCH), 204)])
def test_the_size_is_checked_to_the_byte(size: int, status: int) -> None:
    assert exchanged(body_bytes=size).response.status == status


def test_a_body_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda *_, **__: pytest.fail("it was parsed"))
    outcome = exchanged(body=b"[" * (http.BODY_BYTES + 1))
    monkeypatch.undo()
    assert outcome.response.status == 413
    assert str(http.BODY_BYTES) in error(outcome.response)["message"]
    assert outcome.report is None


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    outcome = exchanged(body=b"[" * 500_000)
    assert (outcome.response.status, error(outcome.response)["innerError"]["code"]) == (400, "limit_exceeded")


def test_replacing_1_with_true_is_a_change() -> None:
    rules = Ruleset.from_dict(
        {"name": "open", "extends": "partner-center", "paths": {"/trackingInfo": {"operations": ["add", "replace"]}}}
    )
    body = b'[{"op": "replace", "path": "/trackingInfo", "value": [true, {"a": 0}]}]'
    for value, changed in (([1, {"a": 0}], True), ([True, {"a": False}], True), ([True, {"a": 0.0}], False)):
        outcome = exchanged(body=body, stored={**STORED, "trackingInfo": value}, rules=rules)
        assert (outcome.referral is not None) == changed


def test_amounts_keep_every_digit_in_the_answer() -> None:
    amount = "79228162514264337593.543950335"
    stored = {**STORED, "details": {**STORED["details"], "dealValue": Decimal(amount), "products": [Decimal("1E+3")]}}
    body = exchanged({**JSON, "Prefer": "return=representation"}, stored=stored).response.body
    details = json.loads(body, parse_float=Decimal)["details"]
    assert (details["dealValue"], details["products"]) == (Decimal(amount), [Decimal(1000)])


def test_a_warning_is_in_the_report_and_not_in_the_answer() -> None:
    body = b'[{"op":"replace","path":"/status","value":"Closed"},{"op":"replace","path":"/substatus","value":"Lost"}]'
    outcome = exchanged(body=body)
    assert outcome.report is not None
    assert [found.code for found in outcome.report.warnings] == [Code.REASON_EXPECTED]
    assert outcome.response == http.Response(204, {"ETag": NEW}, b"")
    refused = exchanged(body=b"{}")
    assert refused.report is not None
    assert not refused.report.ok


def test_a_message_has_at_most_1024_characters() -> None:
    long = http.error(503, "serviceNotAvailable", "é" * 3000)
    message = json.loads(long.body)["error"]["message"]
    assert (len(message), message[-1]) == (1024, "…")
    whole = http.error(503, "serviceNotAvailable", "e" * 1024)
    assert json.loads(whole.body)["error"]["message"] == "e" * 1024


@pytest.mark.parametrize(
    ("more", "ending"),
    [(0, ""), (1, " (1 more error: see innerError.details)"), (2, " (2 more errors: see innerError.details)")],
)
def test_the_message_is_the_first_error_and_the_number_of_the_others(more: int, ending: str) -> None:
    answer = http.refused(Report((WARNING, ERROR, *[CONFLICT] * more)))
    assert error(answer)["message"] == f"{ERROR}{ending}"
    assert error(answer)["innerError"]["message"] == f"{ERROR}{ending}"


def test_an_error_in_the_patch_takes_precedence_over_a_conflict() -> None:
    report = Report((WARNING, CONFLICT, ERROR))
    answer = http.refused(report)
    assert (answer.status, error(answer)["target"], error(answer)["innerError"]["code"]) == (
        400,
        "/salesStage",
        "value_invalid",
    )
    assert error(answer)["innerError"]["details"] == [json.loads(json.dumps(found.to_dict())) for found in report]
    assert http.refused(Report((CONFLICT,))).status == 409


@pytest.mark.parametrize("code", [code for code in Code if code.severity == "error"])
def test_the_table_of_codes_decides_the_answer(code: Code, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Diagnostic.from_dict({**ERROR.to_dict(), "code": code.value})
    answer = http.refused(Report((found,)))
    assert (answer.status, error(answer)["code"]) == TABLE[code].answer
    monkeypatch.setitem(TABLE, code, TABLE[code]._replace(answer=TABLE[code].answer._replace(status=422)))  # type: ignore[union-attr]
    assert http.refused(Report((found,))).status == 422


def test_the_facts_have_a_meaning_for_each_status_of_the_table() -> None:
    answers = {row.answer for row in TABLE.values() if row.answer is not None}
    assert {answer.status for answer in answers} == {each["status"] for each in FACTS["violations"]}
    assert {answer.status for answer in answers} <= set(FACTS["refused"]["statuses"])
    used = {answer.code for answer in answers} | {fault["code"] for fault in FACTS["faults"].values()}
    assert used <= set(FACTS["error"]["codes"])


def test_the_facts_list_no_codes_of_diagnostics() -> None:
    assert not {code.value for code in Code} & set(re.findall(r"\w+", json.dumps(FACTS)))


def test_the_members_that_the_exchange_writes_are_read_only() -> None:
    properties = _catalog.schema("referral")["properties"]
    assert all(properties[name]["readOnly"] for name in FACTS["members"].values())


def test_the_answer_to_a_wrong_media_type_names_the_right_ones() -> None:
    answer = http.fault("media_type_unsupported")
    assert answer.headers["Accept-Patch"].split(", ") == FACTS["request"]["mediaTypes"]
    assert all(name in error(answer)["message"] for name in FACTS["request"]["mediaTypes"])


@pytest.mark.parametrize("name", FACTS["faults"])
def test_a_fault_fills_its_message(name: str) -> None:
    facts = FACTS["faults"][name]
    values = dict.fromkeys(facts.get("values", ()), "filled in")
    answer = http.fault(name, target="Mine", **values)
    assert (answer.status, error(answer)["code"], error(answer)["target"]) == (facts["status"], facts["code"], "Mine")
    assert error(answer)["message"] == facts["message"].replace("{problem}", "filled in").replace(
        "{bytes}", "filled in"
    )
    assert error(http.fault(name, **values))["target"] == facts["target"]


UNTYPED: Any = http
NAMES = ", ".join(FACTS["faults"])


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: UNTYPED.refused(Report()), ValueError, "the report has no errors, so there is nothing to refuse"),
        (
            lambda: UNTYPED.refused(Report((WARNING,))),
            ValueError,
            "the report has no errors, so there is nothing to refuse",
        ),
        (lambda: UNTYPED.refused([ERROR]), TypeError, "report: expected a Report, got list"),
        (lambda: UNTYPED.fault("gone"), ValueError, f"no such fault: 'gone'; use one of {NAMES}"),
        (lambda: UNTYPED.fault([]), ValueError, f"no such fault: []; use one of {NAMES}"),
        (
            lambda: UNTYPED.fault("body_too_large"),
            TypeError,
            "the fault body_too_large needs the values [bytes], got []",
        ),
        (
            lambda: UNTYPED.fault("media_type_unsupported", types="a"),
            TypeError,
            "the fault media_type_unsupported needs the values [], got [types]",
        ),
        (lambda: UNTYPED.represent([]), TypeError, "referral: expected a dict, got list"),
        (lambda: UNTYPED.represent({}, 7), TypeError, "headers: expected a mapping, got int"),
        (lambda: UNTYPED.represent({}, status="200"), TypeError, "status: expected an int, got str"),
        (
            lambda: UNTYPED.represent({"a": {1}}),
            ValueError,
            "JSON cannot represent the value, or it is nested too deeply",
        ),
        (lambda: UNTYPED.error(200, "x", ""), ValueError, "200 is not the status of an error; use one from 400 to 599"),
        (lambda: UNTYPED.error(600, "x", ""), ValueError, "600 is not the status of an error; use one from 400 to 599"),
        (lambda: UNTYPED.error("400", "x", ""), TypeError, "status: expected an int, got str"),
        (
            lambda: UNTYPED.error(400, "x", ""),
            ValueError,
            f"the API has no code 'x'; use one of {', '.join(FACTS['error']['codes'])}",
        ),
        (lambda: UNTYPED.error(400, "invalidRequest", None), TypeError, "message: expected a str, got NoneType"),
        (
            lambda: UNTYPED.error(400, "invalidRequest", "", report=[]),
            TypeError,
            "report: expected a Report or None, got list",
        ),
        (lambda: UNTYPED.Response("200", {}, b""), TypeError, "status: expected an int, got str"),
        (lambda: UNTYPED.Response(200, [], b""), TypeError, "headers: expected a mapping, got list"),
        (lambda: UNTYPED.Response(200, {}, ""), TypeError, "body: expected bytes, got str"),
        (lambda: UNTYPED.Request(JSON, "[]"), TypeError, "body: expected bytes, got str"),
        (
            lambda: UNTYPED.Request(None, b""),
            TypeError,
            "headers: expected a mapping, or pairs of name and value, as str or bytes",
        ),
        (
            lambda: UNTYPED.exchange((JSON, b""), {}, entity_tag=str, now=datetime.now),
            TypeError,
            "request: expected an http.Request, got tuple",
        ),
        (lambda: exchanged(stored=[]), TypeError, "stored: expected a dict or None, got list"),
        (lambda: exchanged(rules="mine.json"), TypeError, "rules: expected a Ruleset or None, got str"),
        (lambda: exchanged(body_bytes="1"), TypeError, "body_bytes: expected an int, got str"),
        (lambda: exchanged(entity_tag=NEW), TypeError, "entity_tag: expected a function, got str"),
        (lambda: exchanged(now=MOMENT), TypeError, "now: expected a function, got datetime"),
        (lambda: UNTYPED.openapi("mine.json"), TypeError, "rules: expected a Ruleset, got str"),
        (lambda: UNTYPED.report(None), TypeError, "expected JSON text as str, bytes or bytearray, got NoneType"),
    ],
)
def test_a_wrong_argument_is_named(call: Callable[[], object], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind) as caught:
        call()
    assert (type(caught.value), str(caught.value)) == (kind, message)


def test_the_report_of_a_refusal_is_read_from_its_body() -> None:
    report = check([{"op": "remove", "path": "/status"}, {"op": "replace", "path": "/status", "value": "Won"}])
    answer = http.refused(report)
    assert http.report(answer.body) == http.report(answer.body.decode()) == report
    assert str(http.report(answer.body)) == str(report)


@pytest.mark.parametrize(
    "body",
    [
        http.fault("referral_missing").body,
        http.error(400, "invalidRequest", "", report=Report()).body,
        b'{"error": {"code": "unauthenticated"}}',
        b'{"error": {"code": "unauthenticated", "innerError": null}}',
    ],
)
def test_a_refusal_before_the_patch_is_judged_has_no_report(body: bytes) -> None:
    assert http.report(body) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"Bad Gateway", b"{}", b"[]", b'{"error": "x"}', b'{"error": {"code": "x"}}', b'{"error": {"code": []}}']
    + [
        b'{"error": {"code": "invalidRequest", "innerError": {"details": %s}}}' % details
        for details in (b"7", b'"x"', b"[7]", b"[{}]", b'{"code": "x"}')
    ],
)
def test_any_other_body_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|empty|value|error object|diagnostic|report"):
        http.report(body)


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
malformed = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)


@given(st.lists(st.dictionaries(st.sampled_from([*ERROR.to_dict()]), malformed, max_size=3), max_size=3))
def test_malformed_details_are_a_value_error_or_a_printable_report(changes: list[dict[str, Any]]) -> None:
    details = [{**json.loads(json.dumps(ERROR.to_dict())), **change} for change in changes]
    body = _json.dumps({"error": {"code": "invalidRequest", "innerError": {"details": details}}})
    try:
        report = http.report(body)
    except ValueError:
        return
    assert str(report)
    assert report is None or json.dumps(report.to_dict())


def test_requests_and_answers_are_values() -> None:
    outcome = exchanged()
    for value, same, other in (
        (
            http.Request(JSON, b"[]"),
            http.Request([("content-type", "application/json")], bytearray(b"[]")),
            http.Request({}, b""),
        ),
        (outcome.response, exchanged().response, http.Response(204, {}, b"")),
        (outcome, exchanged(), exchanged(body=b"[]")),
    ):
        assert value == same != other
        assert len({value, same, other}) == 2
        assert pickle.loads(pickle.dumps(value)) == copy.deepcopy(value) == value  # noqa: S301
        assert not isinstance(value, tuple)
    with pytest.raises(AttributeError, match="immutable"):
        outcome.response.status = 500  # type: ignore[misc]
    with pytest.raises(TypeError):
        outcome.response.headers["A"] = "b"  # type: ignore[index]
    with pytest.raises(TypeError):
        http.Request(JSON, b"").headers["a"] = "b"  # type: ignore[index]


def test_an_answer_does_not_share_its_headers_with_the_caller() -> None:
    headers = {"A": "b"}
    answer, represented = http.Response(200, headers, b""), http.represent({}, headers)
    headers["A"] = "c"
    assert (answer.headers["A"], represented.headers["A"]) == ("b", "b")


def test_frameworks_send_the_headers_of_an_answer() -> None:
    answer = exchanged({**JSON, "Prefer": "return=representation"}).response
    starlette_answer = starlette.responses.Response(answer.body, answer.status, answer.headers)
    flask_answer = flask.Response(answer.body, answer.status, answer.headers)
    for headers in (dict(answer.headers), {**answer.headers}, starlette_answer.headers, flask_answer.headers):
        assert {name: headers[name] for name in answer.headers} == answer.headers
    assert json.loads(json.dumps(dict(answer.headers))) == answer.headers


def test_the_openapi_document_has_the_documented_answers() -> None:
    operation = http.openapi(NEWEST)["paths"][http.PATH]["patch"]
    facts = [*FACTS["accepted"], *FACTS["faults"].values(), *FACTS["violations"]]
    assert operation["responses"].keys() == {str(each["status"]) for each in facts}
    for each in facts:
        assert each["meaning"] in operation["responses"][str(each["status"])]["description"]
    assert [*operation["requestBody"]["content"]] == FACTS["request"]["mediaTypes"]
    assert str(http.BODY_BYTES) in operation["requestBody"]["description"]
    patterns = {each["name"]: each["schema"].get("pattern") for each in operation["parameters"]}
    assert re.fullmatch(patterns["If-Match"], '"a", W/"b"')
    assert patterns["If-Match"] == patterns["If-None-Match"] is not None
    assert re.fullmatch(patterns[FACTS["request"]["identifier"]["request"]], "a b")


def test_every_reference_of_the_openapi_document_leads_somewhere() -> None:
    document = http.openapi(NEWEST)
    targets = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)))
    assert targets == document["components"]["schemas"].keys()
    headers = set(re.findall(r'"\$ref": "#/components/headers/([^"]+)"', json.dumps(document)))
    assert headers == document["components"]["headers"].keys()
    assert "#/$defs" not in json.dumps(document)
    for name in targets:
        Draft202012Validator.check_schema(document["components"]["schemas"][name])


def test_a_reference_inside_the_resource_is_moved_with_the_resource() -> None:
    resource = {**NEWEST.document["resource"], "additionalProperties": {"$ref": "#/properties/name"}}
    rules = Ruleset.from_dict({"name": "own", "extends": "partner-center", "resource": resource})
    moved = http.openapi(rules)["components"]["schemas"]["Referral"]["additionalProperties"]
    assert moved == {"$ref": "#/components/schemas/Referral/properties/name"}


@pytest.mark.parametrize(
    ("part", "moved"),
    [
        ({"$ref": ""}, {"$ref": "#/components/schemas/Referral"}),
        ({"$ref": "#"}, {"$ref": "#/components/schemas/Referral"}),
        (
            {"anyOf": [{"$ref": "#/properties/a"}, {}]},
            {"anyOf": [{"$ref": "#/components/schemas/Referral/properties/a"}, {}]},
        ),
        ({"properties": {"$ref": {"type": "null"}}}, {"properties": {"$ref": {"type": "null"}}}),
    ],
    ids=str,
)
def test_a_reference_is_moved_wherever_it_is(part: dict[str, Any], moved: dict[str, Any]) -> None:
    """A member of a value may be called $ref without being a reference."""
    limits = {"operations": 1, "depth": 1, "pathLength": 1}
    resource = {"properties": {"a": {}, "b": part}}
    rules = Ruleset.from_dict(
        {"name": "own", "resource": resource, "operations": ["add"], "paths": {}, "limits": limits}
    )
    assert http.openapi(rules)["components"]["schemas"]["Referral"] == {"properties": {"a": {}, "b": moved}}


def test_the_core_does_not_import_the_exchange() -> None:
    assert not any(name.startswith("referral_rules.http") for name in loaded_modules("import referral_rules"))


def test_the_exchange_imports_only_the_package_and_the_standard_library() -> None:
    loaded = loaded_modules("import referral_rules.http") - loaded_modules("import referral_rules")
    assert {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names == {"referral_rules"}


header_values = st.text(st.characters(max_codepoint=255), max_size=20) | st.sampled_from(
    [*JSON.values(), STORED["eTag"], "*", "return=representation", 'return="', '"\\', ",", ";", "=", "W/"]
)
header_names = st.sampled_from(
    ["Content-Type", "content-encoding", "If-Match", "Prefer", "client-request-id", "X"]
) | st.text(max_size=5)
headers = st.lists(
    st.tuples(header_names, header_values | st.lists(header_values, max_size=4).map("".join)), max_size=6
)


DOCUMENTED = http.openapi(NEWEST)["paths"][http.PATH]["patch"]["responses"]
ERRORS = Draft202012Validator(_catalog.schema("error"))


@given(
    st.just([*JSON.items()]) | headers | headers.map(lambda pairs: [*pairs, *JSON.items()]),
    st.binary(max_size=40) | patches().map(lambda patch: _json.dumps(patch).encode()),
    st.none() | referrals() | st.just(STORED),
)
def test_any_request_gets_a_documented_answer(pairs: Any, body: bytes, stored: Any) -> None:
    outcome = exchanged(pairs, body, stored)
    answer = outcome.response
    documented = DOCUMENTED[str(answer.status)]
    assert answer.headers.keys() <= documented["headers"].keys() | {"Content-Type"}
    assert all(re.fullmatch(r"[\x20-\x7e\x80-\xff]*", value) for value in answer.headers.values())
    if answer.status == 204:
        assert answer.body == b""
    elif answer.status == 200:
        assert json.loads(answer.body) == (outcome.referral or stored)
    else:
        ERRORS.validate(json.loads(answer.body))
        assert http.report(answer.body) == outcome.report


@given(patches(), referrals())
def test_the_report_and_the_referral_are_those_of_the_rules(patch: Any, stored: dict[str, Any]) -> None:
    body = _json.dumps(patch).encode()
    outcome = exchanged(body=body, stored=stored)
    report = check_json(body, stored)
    assert outcome.report == report
    if report.ok:
        current = outcome.referral or stored
        stamped: dict[str, Any] = {name: current[name] for name in ("eTag", "updatedDateTime") if name in current}
        assert current == {**apply_json(body, stored), **stamped}
    else:
        assert outcome.referral is None
        details = error(outcome.response)["innerError"]["details"]
        assert details == json.loads(json.dumps([found.to_dict() for found in report]))


@given(st.text(max_size=300))
def test_no_value_of_the_stored_referral_is_in_an_error(secret: str) -> None:
    marked = f"secret{secret!a}"
    stored = {"status": "Active", "substatus": "Accepted", "statusReason": marked, "team": [{"email": marked}]}
    for body in (
        b"{}",
        b'[{"op":"replace","path":"/campaignId","value":null},{"op":"add","path":"/status","value":"New"}]',
    ):
        assert b"secret" not in exchanged(body=body, stored=stored).response.body
    tagged = {**stored, "eTag": f'"{marked}"'}
    assert b"secret" not in exchanged({**JSON, "If-Match": '"x"'}, stored=tagged).response.body
