"""What is wrong with an answer to a request, by a case of the HTTP exchange."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from referral_rules import Ruleset, http
from referral_rules import _catalog
from referral_rules import _json
from referral_rules._json import equal
from referral_rules.testing.candidates import evaluation
from referral_rules.testing.cases import Exchange
from referral_rules.testing.differences import ENTITY_TAG, Difference, bare
from referral_rules.testing.services import spoken

__all__ = ["flaws"]

_OK, _NO_CONTENT, _REFUSED = 200, 204, 400
_UNSAID = object()


def flaws(
    case: Exchange, response: http.Response, after: Any, rules: Ruleset, *, own: bool = False
) -> Iterator[Difference]:
    """What is wrong with an answer, or with the referral that is stored after it.

    Args:
        case: the case, with the referral that was stored before.
        response: the answer.
        after: the referral that is stored after it; None if there is none.
        rules: the rules that the answer should follow.
        own: whether the answer must be the package's own, also where the documents leave it open.
    """
    expected = {**case.expected, "headers": case.expected.get("headers", {})}
    if own:
        headers = {**expected["headers"], **case.own.get("headers", {})}
        expected = {**expected, **case.own, "headers": headers, "also": []}
    if response.status not in (expected["status"], *expected.get("also", ())):
        yield Difference(spoken(expected["status"]), spoken(response.status))
        return
    fields = {name.lower(): value for name, value in response.headers.items()}
    for name, value in expected["headers"].items():
        if fields.get(name.lower()) != value:
            yield Difference(_field(name, value), _field(name, fields.get(name.lower())))
    if response.status >= _REFUSED:
        yield from _refusal(case, response, after, expected, _own_errors() if own else _errors())
    elif expected["status"] < _REFUSED:
        # The documents do not say that each answer has an entity tag; one that is there is the present one.
        tagged = own or "etag" in fields
        yield from _acceptance(case, response, fields.get("etag") if tagged else _UNSAID, after, rules)


def _field(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name}: {value}"


def _acceptance(
    case: Exchange, response: http.Response, told: object, after: Any, rules: Ruleset
) -> Iterator[Difference]:
    before = case.stored or {}
    if after is None:
        yield Difference("the referral with what the patch writes", "none is there")
        return
    tag, was = after.get(ENTITY_TAG), before.get(ENTITY_TAG)
    if tag is None:
        yield Difference(f"an {ENTITY_TAG} in the referral", "none")
        return
    if told is not _UNSAID and told != tag:
        yield Difference("the stored referral's eTag in ETag", "no ETag" if told is None else "another one")
    if (tag != was) != case.expected["changed"]:
        yield Difference("a new eTag" if case.expected["changed"] else "the eTag as it was", "the other way round")
    if not equal(bare(evaluation(rules, case.body, before).referral), bare(after)):
        yield Difference("the referral with what the patch writes", "another one is stored")
    if response.status == _NO_CONTENT and response.body:
        yield Difference("no body", "a body")
    if response.status == _OK and not equal(_parsed(response.body), after):
        yield Difference("the stored referral as the body", "another body")


def _refusal(
    case: Exchange, response: http.Response, after: Any, expected: Mapping[str, Any], errors: Draft202012Validator
) -> Iterator[Difference]:
    if not equal(after, case.stored):
        yield Difference("the referral as it was", "it changed")
    body = _parsed(response.body)
    if not errors.is_valid(body):
        yield Difference("the error object that the API has", "another body")
    elif response.status == expected["status"]:
        found = _told(body["error"], details="details" in expected)
        for name in found:
            if name in expected and expected[name] != found[name]:
                yield Difference(*(f"{name} {_json.dumps(each)}" for each in (expected[name], found[name])))


def _told(error: Mapping[str, Any], *, details: bool) -> dict[str, Any]:
    """What an error object says, by the names that cases give it."""
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
    """What the documents say of an error object."""
    facts = _catalog.exchange()["error"]
    members = {
        "code": {"enum": facts["codes"]},
        "message": {"type": "string", "maxLength": facts["messageLength"]},
        "target": {"type": ["string", "null"]},
        "innerError": {"type": ["object", "null"]},
    }
    error = {"type": "object", "properties": members, "required": ["code", "message"]}
    return Draft202012Validator({"type": "object", "properties": {"error": error}, "required": ["error"]})
