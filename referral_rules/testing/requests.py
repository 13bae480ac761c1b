"""What is wrong with an answer to a request, by a case of the HTTP exchange."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from referral_rules import Ruleset, catalog, http, strictjson
from referral_rules.plain import equal
from referral_rules.testing.cases import Exchange
from referral_rules.testing.differences import Difference

__all__ = ["flaws"]

_MEMBERS: dict[str, str] = catalog.exchange()["members"]
_OK, _NO_CONTENT, _REFUSED = 200, 204, 400


def flaws(case: Exchange, response: http.Response, after: Any, rules: Ruleset) -> Iterator[Difference]:
    """What is wrong with an answer, or with the referral that is stored after it.

    Args:
        case: the case, with the referral that was stored before.
        response: the answer.
        after: the referral that is stored after it; None if there is none.
        rules: the rules that the answer should follow.
    """
    fields = {name.lower(): value for name, value in response.headers.items()}
    expected = case.expected
    if response.status != expected["status"]:
        yield Difference(f"status {expected['status']}", f"status {response.status}")
        return
    for name, value in expected.get("headers", {}).items():
        if fields.get(name.lower()) != value:
            yield Difference(_field(name, value), _field(name, fields.get(name.lower())))
    if response.status < _REFUSED:
        yield from _acceptance(case, response, fields, after, rules)
    else:
        yield from _refusal(case, response, after)


def _field(name: str, value: str | None) -> str:
    return f"no {name}" if value is None else f"{name}: {value}"


def _acceptance(
    case: Exchange, response: http.Response, fields: Mapping[str, str], after: Any, rules: Ruleset
) -> Iterator[Difference]:
    before = case.stored or {}
    tag, was = after.get(_MEMBERS["entityTag"]), before.get(_MEMBERS["entityTag"])
    if fields.get("etag") != tag:
        yield Difference("the stored referral's eTag in ETag", "another one, or none")
    if (tag != was) != case.expected["changed"]:
        yield Difference("a new eTag" if case.expected["changed"] else "the eTag as it was", "the other way round")
    written = {name: after[name] for name in _MEMBERS.values() if name in after}
    if not equal({**rules.apply(case.body, before), **written}, after):
        yield Difference("the referral with what the patch writes", "another one is stored")
    if response.status == _NO_CONTENT and response.body:
        yield Difference("no body", "a body")
    if response.status == _OK and not equal(_parsed(response.body), after):
        yield Difference("the stored referral as the body", "another body")


def _refusal(case: Exchange, response: http.Response, after: Any) -> Iterator[Difference]:
    if not equal(after, case.stored):
        yield Difference("the referral as it was", "it changed")
    body = _parsed(response.body)
    if not _errors().is_valid(body):
        yield Difference("an error object that fits error.schema.json", "another body")
        return
    error, expected = body["error"], case.expected
    inner = error["innerError"]
    details = None if inner["details"] is None else [each["code"] for each in inner["details"]]
    found = {"code": error["code"], "target": error["target"], "inner": inner["code"], "details": details}
    for name, value in found.items():
        if name in expected and expected[name] != value:
            yield Difference(f"{name} {strictjson.dumps(expected[name])}", f"{name} {strictjson.dumps(value)}")


def _parsed(body: bytes) -> Any:
    try:
        return strictjson.loads(body)
    except strictjson.NotJson:
        return None


@cache
def _errors() -> Draft202012Validator:
    return Draft202012Validator(catalog.schema("error"))
