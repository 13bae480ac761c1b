"""The exchange is answered as the cases say, and nothing that comes over the wire makes it fail."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Report, Ruleset, Code, apply, check, http
from referral_rules import _catalog
from referral_rules.http import _openapi as openapi
from referral_rules import _json

from .casefiles import load
from .exchanges import FOLDER, Exchange, exchanges, judge
from .strategies import LATEST, patches, referrals
from .test_architecture import prepared

JSON = {"Content-Type": "application/json"}
PATCH = b'[{"op": "replace", "path": "/details/notes", "value": "Called back."}]'
STORED = load(FOLDER / "exchange.json")["referral"]
NEW = '"2"'
MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def answer(headers: Any = JSON, body: Any = PATCH, stored: Any = STORED, **options: Any) -> http.Outcome:
    makers = {"entity_tag": lambda: NEW, "now": lambda: MOMENT}
    return http.exchange(http.Request(headers, body), stored, **{**makers, **options})


def error(outcome: http.Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.response.body)["error"]
    return found


def test_the_cases_fit_their_schema() -> None:
    schema = load(FOLDER / "exchange.schema.json")
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(load(FOLDER / "exchange.json"))


@pytest.mark.parametrize("case", [*exchanges()], ids=lambda case: case.description)
def test_an_exchange_is_answered_as_the_case_says(case: Exchange) -> None:
    tag = case.stored["eTag"] if case.stored else ""
    before = json.dumps(case.stored)
    outcome = answer(case.headers_for(tag), case.body, case.stored)
    judge(case, *outcome.response, outcome.referral or case.stored)
    assert (outcome.referral is not None) == case.expected["changed"]
    assert json.dumps(case.stored) == before


def test_a_change_has_the_tag_and_the_moment_of_the_caller() -> None:
    referral = answer().referral
    assert referral is not None
    assert (referral["eTag"], referral["updatedDateTime"]) == (NEW, "2026-01-02T03:04:05.678901Z")
    assert LATEST.check_referral(referral).ok


def test_a_moment_elsewhere_is_told_in_utc() -> None:
    referral = answer(now=lambda: MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))).referral
    assert referral is not None
    assert referral["updatedDateTime"] == "2026-01-02T03:04:05.678901Z"


@pytest.mark.parametrize(("body", "calls"), [(PATCH, 1), (b"[]", 0), (b"{}", 0)], ids=["changed", "same", "refused"])
def test_tag_and_moment_are_made_only_for_a_change(body: bytes, calls: int) -> None:
    made: Counter[str] = Counter()

    def tag() -> str:
        made["tag"] += 1
        return NEW

    def now() -> datetime:
        made["now"] += 1
        return MOMENT

    answer(body=body, entity_tag=tag, now=now)
    assert (made["tag"], made["now"]) == (calls, calls)


@pytest.mark.parametrize("tag", ["2", 'W/"2"', "", '"a\r\nb"', '"a" ', STORED["eTag"], None])
def test_a_tag_that_is_not_new_and_strong_is_the_callers_mistake(tag: Any) -> None:
    with pytest.raises(ValueError, match="entity_tag") as caught:
        answer(entity_tag=lambda: tag)
    assert str(caught.value) == f"entity_tag() is to make a new strong entity tag, such as '\"1\"', and made {tag!r}"


def test_a_moment_without_a_time_zone_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="time zone") as caught:
        answer(now=lambda: MOMENT.replace(tzinfo=None))
    assert str(caught.value) == "now() is to tell a moment with its time zone, such as datetime.now(UTC)"


def test_the_time_zone_of_the_machine_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        referral = answer().referral
    finally:
        monkeypatch.undo()
        time.tzset()
    assert referral is not None
    assert referral["updatedDateTime"] == "2026-01-02T03:04:05.678901Z"


def test_the_report_of_a_patch_that_changes_nothing_comes_too() -> None:
    assert answer(body=b"[]").report == Report()


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
    assert answer(headers).response.status == 412
    assert answer([*dict(headers).items(), ("If-Match", STORED["eTag"])]).response.status == 204


def test_a_body_may_be_any_kind_of_bytes() -> None:
    assert answer(body=bytearray(PATCH)).response == answer(body=memoryview(PATCH)).response == answer().response


@pytest.mark.parametrize("held", [{1}, float("nan"), [[]]], ids=["a set", "nan", "nested"])
def test_a_stored_referral_that_is_no_json_cannot_be_sent(held: Any) -> None:
    for _ in range(100_000 if held == [[]] else 0):
        held = [held]
    with pytest.raises(ValueError, match=r"JSON|nested"):
        answer({**JSON, "Prefer": "return=representation"}, stored={**STORED, "trackingInfo": held})


@pytest.mark.parametrize("value", ["*", " *\t", ' "x" , {tag}\t'])
def test_space_around_a_field_is_no_part_of_it(value: str) -> None:
    assert answer({**JSON, "If-Match": value.replace("{tag}", STORED["eTag"])}).response.status == 204


@pytest.mark.parametrize("tag", [None, 7, "2500ec5a", '"a\r\nSet-Cookie: b"', 'W/"1"'])
def test_a_stored_tag_that_is_none_matches_nothing_and_is_not_sent(tag: Any) -> None:
    stored = {**STORED, "eTag": tag}
    assert answer({**JSON, "If-Match": '"2500ec5a", W/"1"'}, stored=stored).response.status == 412
    assert answer({**JSON, "If-Match": "*"}, stored=stored).response.status == 204
    same = answer(body=b"[]", stored=stored).response
    assert same.headers == ({"ETag": tag} if tag == 'W/"1"' else {})


def test_a_referral_without_a_tag_gets_one() -> None:
    stored = {name: value for name, value in STORED.items() if name != "eTag"}
    assert answer({**JSON, "If-Match": '"1"'}, stored=stored).response.status == 412
    referral = answer(stored=stored).referral
    assert referral is not None
    assert referral["eTag"] == NEW


@pytest.mark.parametrize(("size", "status"), [(len(PATCH) - 1, 413), (len(PATCH), 204)])
def test_the_size_is_judged_to_the_byte(size: int, status: int) -> None:
    assert answer(body_bytes=size).response.status == status


def test_a_body_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referral_rules._json.loads", lambda *_: pytest.fail("it was parsed"))
    outcome = answer(body=b"[" * (http.BODY_BYTES + 1))
    assert outcome.response.status == 413
    assert str(http.BODY_BYTES) in error(outcome)["message"]
    assert outcome.report is None


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    outcome = answer(body=b"[" * 500_000)
    assert (outcome.response.status, error(outcome)["innerError"]["code"]) == (400, "limit_exceeded")


def test_true_in_the_place_of_one_is_a_change() -> None:
    rules = Ruleset.from_dict(
        {"name": "open", "extends": "partner-center", "paths": {"/trackingInfo": {"operations": ["add", "replace"]}}}
    )
    body = b'[{"op": "replace", "path": "/trackingInfo", "value": [true, {"a": 0}]}]'
    for value, changed in (([1, {"a": 0}], True), ([True, {"a": False}], True), ([True, {"a": 0.0}], False)):
        outcome = answer(body=body, stored={**STORED, "trackingInfo": value}, rules=rules)
        assert (outcome.referral is not None) == changed


def test_amounts_keep_every_digit_in_the_answer() -> None:
    amount = "79228162514264337593.543950335"
    stored = {**STORED, "details": {**STORED["details"], "dealValue": Decimal(amount), "products": [Decimal("1E+3")]}}
    body = answer({**JSON, "Prefer": "return=representation"}, stored=stored).response.body
    details = json.loads(body, parse_float=Decimal)["details"]
    assert (details["dealValue"], details["products"]) == (Decimal(amount), [Decimal(1000)])


def test_the_report_comes_with_the_answer_and_warnings_only_there() -> None:
    body = b'[{"op":"replace","path":"/status","value":"Closed"},{"op":"replace","path":"/substatus","value":"Lost"}]'
    outcome = answer(body=body)
    assert outcome.report is not None
    assert [found.code for found in outcome.report.warnings] == [Code.REASON_EXPECTED]
    assert outcome.response == http.Response(204, {"ETag": NEW}, b"")
    refused = answer(body=b"{}")
    assert refused.report is not None
    assert not refused.report.ok


def test_a_message_has_at_most_1024_characters() -> None:
    long = http.error(503, "serviceNotAvailable", "é" * 3000)
    message = json.loads(long.body)["error"]["message"]
    assert (len(message), message[-1]) == (1024, "…")
    whole = http.error(503, "serviceNotAvailable", "e" * 1024)
    assert json.loads(whole.body)["error"]["message"] == "e" * 1024


def test_every_error_has_its_status() -> None:
    groups = _catalog.exchange()["violations"]
    listed = [code for group in groups for code in group["codes"]]
    assert sorted(listed) == sorted(code.value for code in Code if code.severity == "error")


def test_every_code_is_one_of_the_apis() -> None:
    facts = _catalog.exchange()
    used = {each["code"] for each in (*facts["faults"].values(), *facts["violations"])}
    assert used <= set(facts["error"]["codes"])


def test_members_of_the_exchange_are_members_of_the_resource() -> None:
    known = _catalog.schema("referral")["properties"]
    assert all(known[name]["readOnly"] for name in _catalog.exchange()["members"].values())


@pytest.mark.parametrize(("view", "file"), [("openapi", "openapi.json"), ("error-schema", "error.schema.json")])
def test_the_generated_files_are_in_step(view: str, file: str) -> None:
    """Regenerate one with: referral-rules rules --format openapi (or error-schema) > schemas/... ."""
    made = openapi.document(LATEST) if view == "openapi" else openapi.error_schema()
    assert load(FOLDER.parent.parent.parent / "schemas" / file) == made


def test_every_reference_of_the_openapi_document_leads_somewhere() -> None:
    document = openapi.document(LATEST)
    targets = set(re.findall(r'"\$ref": "#/components/schemas/([^"]+)"', json.dumps(document)))
    assert targets == document["components"]["schemas"].keys()
    assert "#/$defs" not in json.dumps(document)
    for name in targets:
        Draft202012Validator.check_schema(document["components"]["schemas"][name])


def test_a_reference_inside_the_resource_is_moved_with_it() -> None:
    resource = {**LATEST.document["resource"], "additionalProperties": {"$ref": "#/properties/name"}}
    rules = Ruleset.from_dict({"name": "own", "extends": "partner-center", "resource": resource})
    moved = openapi.document(rules)["components"]["schemas"]["Referral"]["additionalProperties"]
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
def test_a_reference_is_moved_wherever_it_stands(part: dict[str, Any], moved: dict[str, Any]) -> None:
    """In a resource without definitions too; and a member of that name is none."""
    limits = {"operations": 1, "depth": 1, "pathLength": 1}
    resource = {"properties": {"a": {}, "b": part}}
    rules = Ruleset.from_dict(
        {"name": "own", "resource": resource, "operations": ["add"], "paths": {}, "limits": limits}
    )
    assert openapi.document(rules)["components"]["schemas"]["Referral"] == {"properties": {"a": {}, "b": moved}}


def test_the_core_does_not_know_the_exchange() -> None:
    program = "import referral_rules, sys\nprint(*(name for name in sys.modules if name.startswith('referral_rules.')))"
    run = subprocess.run([sys.executable, "-I", "-c", prepared(program)], capture_output=True, text=True, check=True)  # noqa: S603
    assert not {"referral_rules.http", "referral_rules.fields", "referral_rules.answers"} & set(run.stdout.split())


def test_the_exchange_imports_nothing_beyond_the_package() -> None:
    program = (
        "import referral_rules, sys\nbefore = set(sys.modules)\n"
        "import referral_rules.http\nprint(*set(sys.modules) - before)"
    )
    run = subprocess.run([sys.executable, "-I", "-c", prepared(program)], capture_output=True, text=True, check=True)  # noqa: S603
    beyond = {name.partition(".")[0] for name in run.stdout.split()} - {"referral_rules"} - sys.stdlib_module_names
    assert beyond == set()


header_values = st.text(st.characters(max_codepoint=255), max_size=20) | st.sampled_from(
    [*JSON.values(), STORED["eTag"], "*", "return=representation", 'return="', '"\\', ",", ";", "=", "W/"]
)
header_names = st.sampled_from(
    ["Content-Type", "content-encoding", "If-Match", "Prefer", "client-request-id", "X"]
) | st.text(max_size=5)
headers = st.lists(
    st.tuples(header_names, header_values | st.lists(header_values, max_size=4).map("".join)), max_size=6
)


@given(
    st.just([*JSON.items()]) | headers | headers.map(lambda pairs: [*pairs, *JSON.items()]),
    st.binary(max_size=40) | patches().map(lambda patch: _json.dumps(patch).encode()),
    st.none() | referrals() | st.just(STORED),
)
def test_any_request_gets_a_documented_answer(pairs: Any, body: bytes, stored: Any) -> None:
    outcome = answer(pairs, body, stored)
    status, fields, content = outcome.response
    documented = openapi.document(LATEST)["paths"][http.PATH]["patch"]["responses"][str(status)]
    assert fields.keys() <= documented["headers"].keys() | {"Content-Type"}
    assert all(re.fullmatch(r"[\x20-\x7e\x80-\xff]*", value) for value in fields.values())
    if status == 204:
        assert content == b""
    elif status == 200:
        assert json.loads(content) == (outcome.referral or stored)
    else:
        Draft202012Validator(_catalog.schema("error")).validate(json.loads(content))


@given(patches(), referrals())
def test_the_answer_is_that_of_the_rules(patch: Any, stored: dict[str, Any]) -> None:
    body = _json.dumps(patch).encode()
    outcome = answer(body=body, stored=stored)
    report = check(body, stored)
    assert outcome.report == report
    if report.ok:
        present = outcome.referral or stored
        written: dict[str, Any] = {name: present[name] for name in ("eTag", "updatedDateTime") if name in present}
        assert present == {**apply(body, stored), **written}
    else:
        assert outcome.referral is None
        told = error(outcome)["innerError"]["details"]
        assert told == json.loads(json.dumps([found.to_dict() for found in report.violations]))


@given(st.text(max_size=300))
def test_no_secret_of_the_stored_referral_is_in_an_error(secret: str) -> None:
    marked = f"secret{secret!a}"
    stored = {"status": "Active", "substatus": "Accepted", "statusReason": marked, "team": [{"email": marked}]}
    for body in (
        b"{}",
        b'[{"op":"replace","path":"/campaignId","value":null},{"op":"add","path":"/status","value":"New"}]',
    ):
        assert b"secret" not in answer(body=body, stored=stored).response.body
    assert b"secret" not in answer({**JSON, "If-Match": '"x"'}, stored={**stored, "eTag": f'"{marked}"'}).response.body
