"""What is wrong with the answer to a request, compared with a case of the HTTP exchange."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from referral_rules import Ruleset, _catalog, _json, http
from referral_rules._json import equal
from referral_rules.testing._adapters import ENTITY_TAG, describe_status
from referral_rules.testing._suite.breaches import Difference, without_members
from referral_rules.testing._suite.cases import Exchange

_OK, _NO_CONTENT, _REFUSED = 200, 204, 400
_NOT_REQUIRED = object()


def answer_differences(
    case: Exchange, response: http.Response, after: Any, rules: Ruleset, *, own: bool = False
) -> Iterator[Difference]:
    """What is wrong with an answer, or with the referral that is stored after it.

    Args:
        case: the case, with the referral that was stored before.
        response: the answer.
        after: the referral that is stored after it; None if there is none.
        rules: the rules that the answer should follow.
        own: whether the answer must be this package's own, also where the documentation leaves it open.
    """
    expected = {**case.expected, "headers": case.expected.get("headers", {})}
    if own:
        headers = {**expected["headers"], **case.own.get("headers", {})}
        expected = {**expected, **case.own, "headers": headers, "also": []}
    if response.status not in (expected["status"], *expected.get("also", ())):
        yield Difference(describe_status(expected["status"]), describe_status(response.status))
        return
    fields = {name.lower(): value for name, value in response.headers.items()}
    for name, value in expected["headers"].items():
        if fields.get(name.lower()) != value:
            yield Difference(_field(name, value), _field(name, fields.get(name.lower())))
    if response.status >= _REFUSED:
        yield from _refusal(case, response, after, expected, _own_errors() if own else _errors())
    elif expected["status"] < _REFUSED:
        # The documentation does not say that each answer has an entity tag; if it has one, it must be the new one.
        tagged = own or "etag" in fields
        yield from _acceptance(case, response, fields.get("etag") if tagged else _NOT_REQUIRED, after, rules)


def _field(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name}: {value}"


def _acceptance(
    case: Exchange, response: http.Response, sent: object, after: Any, rules: Ruleset
) -> Iterator[Difference]:
    before = case.stored or {}
    if after is None:
        yield Difference("the patched referral", "no referral is stored")
        return
    tag, was = after.get(ENTITY_TAG), before.get(ENTITY_TAG)
    if tag is None:
        yield Difference(f"an {ENTITY_TAG} in the referral", f"no {ENTITY_TAG}")
        return
    if sent is not _NOT_REQUIRED and sent != tag:
        yield Difference("the stored referral's eTag in ETag", "no ETag" if sent is None else "another ETag")
    if (tag != was) != case.expected["changed"]:
        yield Difference(
            *(("a new eTag", "the same eTag") if case.expected["changed"] else ("the same eTag", "a new eTag"))
        )
    if not equal(without_members(rules.evaluate_json(case.body, before).referral), without_members(after)):
        yield Difference("the patched referral", "another referral is stored")
    if response.status == _NO_CONTENT and response.body:
        yield Difference("no body", "a body")
    if response.status == _OK and not equal(_parsed(response.body), after):
        yield Difference("the stored referral as the body", "another body")


def _refusal(
    case: Exchange, response: http.Response, after: Any, expected: Mapping[str, Any], errors: Draft202012Validator
) -> Iterator[Difference]:
    if not equal(after, case.stored):
        yield Difference("an unchanged referral", "the referral has changed")
    body = _parsed(response.body)
    if not errors.is_valid(body):
        yield Difference("an error object as the API has it", "another body")
    elif response.status == expected["status"]:
        found = _members_of(body["error"], details="details" in expected)
        for name in found:
            if name in expected and expected[name] != found[name]:
                yield Difference(*(f"{name} {_json.dumps(each)}" for each in (expected[name], found[name])))


def _members_of(error: Mapping[str, Any], *, details: bool) -> dict[str, Any]:
    """The members of an error object, by the names that the case files have for them."""
    inner = error.get("innerError") or {}
    found = {"code": error["code"], "target": error.get("target"), "inner": inner.get("code")}
    if details:
        listed = inner["details"]
        found["details"] = None if listed is None else [each["code"] for each in listed]
    return found


def _parsed(body: bytes) -> Any:
    try:
        return _json.loads(body)
    except _json.NotJson:
        return None


@cache
def _own_errors() -> Draft202012Validator:
    return Draft202012Validator(_catalog.schema("error"))


@cache
def _errors() -> Draft202012Validator:
    """The schema of an error object in the API documentation."""
    facts = _catalog.exchange()["error"]
    members = {
        "code": {"enum": facts["codes"]},
        "message": {"type": "string", "maxLength": facts["messageLength"]},
        "target": {"type": ["string", "null"]},
        "innerError": {"type": ["object", "null"]},
    }
    error = {"type": "object", "properties": members, "required": ["code", "message"]}
    return Draft202012Validator({"type": "object", "properties": {"error": error}, "required": ["error"]})
