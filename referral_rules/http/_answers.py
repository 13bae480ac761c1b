"""The answers to a request: the referral itself, or the API's error object; as ``schemas/exchange.json`` has them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from referral_rules import _catalog, _json
from referral_rules.http import _fields as fields
from referral_rules._json import read
from referral_rules._codes import TABLE, Answer
from referral_rules._diagnostics import Report, Diagnostic

__all__ = ["Response", "entity_tag_of", "error", "fault", "nothing", "refused", "represent"]

_FACTS = _catalog.exchange()
_MEDIA_TYPES: tuple[str, ...] = tuple(_FACTS["request"]["mediaTypes"])
_MESSAGE_LENGTH: int = _FACTS["error"]["messageLength"]
_NONE: Mapping[str, str] = MappingProxyType({})
_CONTENT = {"Content-Type": "application/json"}
# What the RFCs want said beside a refusal: RFC 5789 section 2.2, RFC 9110 section 15.5.16.
_BESIDE = {
    "media_type_unsupported": {"Accept-Patch": ", ".join(_MEDIA_TYPES)},
    "coding_unsupported": {"Accept-Encoding": "identity"},
}


class Response(NamedTuple):
    """An answer to send.

    Args:
        status: status code (RFC 9110 section 15).
        headers: header fields; Content-Length is left to whoever sends it.
        body: the content, UTF-8 JSON; empty with 204.

    >>> Response(204, {}, b"").status
    204
    """

    status: int
    headers: dict[str, str]
    body: bytes


def represent(referral: dict[str, Any], headers: Mapping[str, str] = _NONE, *, status: int = 200) -> Response:
    """The referral itself as an answer, with its entity tag.

    Args:
        referral: the referral; numbers of it that are Decimal keep every digit.
        headers: further header fields.
        status: status code: 200, or 201 for one that was created.
    Raises:
        ValueError: the referral holds what JSON cannot.

    >>> represent({"eTag": '"1"'}).headers
    {'Content-Type': 'application/json', 'ETag': '"1"'}
    """
    return Response(status, {**_CONTENT, **_tagged(referral), **headers}, _encoded(referral))


def nothing(referral: dict[str, Any], headers: Mapping[str, str] = _NONE) -> Response:
    """The answer that the referral is as wished, and no more: 204 with its entity tag, as in RFC 5789 section 2.1.

    >>> nothing({"eTag": '"1"'})
    Response(status=204, headers={'ETag': '"1"'}, body=b'')
    """
    return Response(204, {**_tagged(referral), **headers}, b"")


def _tagged(referral: dict[str, Any]) -> dict[str, str]:
    tag = entity_tag_of(referral)
    return {} if tag is None else {"ETag": tag}


def entity_tag_of(referral: object) -> str | None:
    """The entity tag that a referral carries (RFC 9110 section 8.8.3); None if it has none that is one.

    >>> entity_tag_of({"eTag": '"2500ec5a"'}), entity_tag_of({"eTag": "2500ec5a"})
    ('"2500ec5a"', None)
    """
    tag = read(referral, [_FACTS["members"]["entityTag"]])
    return tag if isinstance(tag, str) and fields.is_entity_tag(tag) else None


def fault(name: str, *, target: str | None = None, **known: object) -> Response:
    """The answer to a fault of the request that has nothing to do with the rules.

    Args:
        name: which of the faults in ``schemas/exchange.json``.
        target: what is at fault; None for what the file names.
        known: what fills the braces of its message.

    >>> fault("referral_missing").status
    404
    """
    facts = _FACTS["faults"][name]
    message = facts["message"].format(**known, types=" or ".join(_MEDIA_TYPES))
    response = error(
        facts["status"], facts["code"], message, target=target or facts["target"], inner=facts.get("inner", name)
    )
    return response._replace(headers={**response.headers, **_BESIDE.get(name, {})})


def refused(report: Report) -> Response:
    """The answer to a patch, or a referral, that the rules refuse.

    What is wrong in itself (400) goes before what conflicts with the stored referral (409): no newer referral mends
    it. The first error of that kind is the one in ``message``, ``target`` and ``innerError``; all are in ``details``.

    Args:
        report: what the rules say; it has an error.

    >>> from referral_rules import check
    >>> refused(check([{"op": "replace", "path": "/status", "value": "Won"}])).status
    400
    """
    first = min(report.errors, key=lambda found: _answer(found).status)
    status, code = _answer(first)
    return error(status, code, _summary(report, first), target=first.path, inner=first.code.value, report=report)


def _answer(found: Diagnostic) -> Answer:
    """How the API answers this error."""
    answer = TABLE[found.code].answer
    if answer is None:
        raise ValueError("a warning refuses nothing")
    return answer


def _summary(report: Report, first: Diagnostic) -> str:
    more = len(report.errors) - 1
    return f"{first} (And {more} more: see innerError.details.)" if more else str(first)


def error(
    status: int,
    code: str,
    message: str,
    *,
    target: str | None = None,
    inner: str | None = None,
    report: Report | None = None,
) -> Response:
    """An answer that holds the API's error object, which ``error.schema.json`` describes.

    Args:
        status: status code.
        code: one of the API's codes, such as ``"serviceNotAvailable"``.
        message: for people, cut at 1024 characters.
        target: what is at fault: a path, or the name of a header field.
        inner: a code that says more; None for ``code``.
        report: what the rules say, each thing of which is told.

    >>> error(503, "serviceNotAvailable", "Try again.").body[:40]
    b'{"error":{"code":"serviceNotAvailable","'
    """
    short = message if len(message) <= _MESSAGE_LENGTH else f"{message[: _MESSAGE_LENGTH - 1]}…"
    details = None if report is None else [found.to_dict() for found in report]
    inside = {"code": inner or code, "message": short, "details": details}
    body = {"error": {"code": code, "message": short, "target": target, "innerError": inside}}
    return Response(status, {**_CONTENT}, _encoded(body))


def _encoded(value: dict[str, Any]) -> bytes:
    return _json.dumps(value).encode()
