"""The answers to a request, as ``schemas/exchange.json`` describes them: the referral, or the API's error object."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from referral_rules import _catalog
from referral_rules._codes import TABLE, Severity
from referral_rules._diagnostics import Diagnostic
from referral_rules._frozen import Frozen, FrozenDict
from referral_rules._json import dumps, loads, read
from referral_rules._messages import counted, left_out
from referral_rules._reports import Report, shortened
from referral_rules.http import _grammar as grammar
from referral_rules.http._arguments import expect

_FACTS = _catalog.exchange()
_MESSAGE_LENGTH: int = _FACTS["error"]["messageLength"]
_CONTENT = {"Content-Type": "application/json"}
_NO_HEADERS = FrozenDict({})
_LOWEST, _HIGHEST = 400, 599
_MANY = 10**9
"""More operations than a patch has, so that there is room for the number."""

_MOST_BYTES: int = _FACTS["error"]["answerBytes"]["most"]


class Response(Frozen):
    """An answer to send.

    Args:
        status: status code (RFC 9110 section 15).
        headers: header fields, read-only; your framework or server adds Content-Length.
        body: the content, JSON in UTF-8; empty with 204.
    Raises:
        TypeError: an argument is of the wrong type.

    >>> Response(204, {}, b"").status
    204
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        expect("status", status, int, "an int")
        expect("headers", headers, Mapping, "a mapping")
        expect("body", body, bytes, "bytes")
        super().__init__(status, FrozenDict(headers), body)


def represent(referral: dict[str, Any], headers: Mapping[str, str] = _NO_HEADERS, *, status: int = 200) -> Response:
    """The answer whose body is the referral, with its entity tag.

    Args:
        referral: the referral; Decimal numbers in it keep every digit.
        headers: more header grammar.
        status: status code: 200, or 201 for a referral that was created.
    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: JSON cannot represent the referral.

    >>> represent({"eTag": '"1"'}).headers
    {'Content-Type': 'application/json', 'ETag': '"1"'}
    """
    expect("referral", referral, dict, "a dict")
    expect("headers", headers, Mapping, "a mapping")
    return Response(status, {**_CONTENT, **_tagged(referral), **headers}, dumps(referral).encode())


def no_content(referral: dict[str, Any], headers: Mapping[str, str]) -> Response:
    """The answer without a body: 204, with the entity tag of the referral (RFC 5789 section 2.1).

    >>> no_content({"eTag": '"1"'}, {})
    Response(status=204, headers={'ETag': '"1"'}, body=b'')
    """
    return Response(204, {**_tagged(referral), **headers}, b"")


def _tagged(referral: dict[str, Any]) -> dict[str, str]:
    tag = entity_tag_of(referral)
    return {} if tag is None else {"ETag": tag}


def entity_tag_of(referral: object) -> str | None:
    """The entity tag of a referral (RFC 9110 section 8.8.3); None if it has none, or a malformed one.

    >>> entity_tag_of({"eTag": '"2500ec5a"'}), entity_tag_of({"eTag": "2500ec5a"})
    ('"2500ec5a"', None)
    """
    tag = read(referral, [_FACTS["members"]["entityTag"]])
    return tag if isinstance(tag, str) and grammar.is_entity_tag(tag) else None


def fault(name: str, *, target: str | None = None, **values: object) -> Response:
    """The answer to a request that is refused for a reason other than its patch.

    Args:
        name: one of the ``faults`` in ``schemas/exchange.json``.
        target: what is wrong, such as the name of a header field; None for the target in the file.
        values: the values that the message of this fault needs, such as ``bytes=1000``.
    Raises:
        ValueError: there is no such fault.
        TypeError: it needs other values.

    >>> fault("body_too_large", bytes=1000).status
    413
    """
    faults = _FACTS["faults"]
    if name not in [*faults]:
        raise ValueError(f"no such fault: {name!r}; use one of {', '.join(faults)}")
    facts = faults[name]
    needed = facts.get("values", [])
    if values.keys() != set(needed):
        raise TypeError(f"the fault {name} needs the values [{', '.join(needed)}], got [{', '.join(values)}]")
    message, inner = facts["message"].format(**values), facts.get("inner", name)
    answer = error(facts["status"], facts["code"], message, target=target or facts["target"], inner=inner)
    return Response(answer.status, {**answer.headers, **facts.get("headers", {})}, answer.body)


def refused(report: Report, *, most_bytes: int = _MOST_BYTES) -> Response:
    """The answer to a patch, or to a new referral, with errors.

    If some errors are in the patch itself (400) and others conflict with the stored referral (409), the answer is 400,
    as reloading the referral would not help. The first error with that status is in ``message``, ``target`` and
    ``innerError``; the diagnostics are in ``innerError.details``, as far as they fit into the answer.

    Args:
        report: a report that has errors.
        most_bytes: how many bytes the body may have; what does not fit is counted in ``innerError.truncated``.
    Raises:
        TypeError: it is not a report.
        ValueError: it has no errors.

    >>> from referral_rules import check
    >>> refused(check([{"op": "replace", "path": "/status", "value": "Won"}])).status
    400
    """
    expect("report", report, Report, "a Report")
    expect("most_bytes", most_bytes, int, "an int")
    answers = [(answer, found) for found in report if (answer := TABLE[found.code].answer) is not None]
    if not answers:
        raise ValueError("the report has no errors, so there is nothing to refuse")
    (status, code), first = min(answers, key=lambda pair: pair[0].status)

    def listing(listed: Report) -> Response:
        message = _summary(first, report, listed)
        return error(status, code, message, target=first.path, inner=first.code.value, report=listed)

    # Errors before warnings, and the one that decides the status before all.
    ranked = sorted(report, key=lambda found: (found is not first, found.severity is not Severity.ERROR))
    empty = listing(Report((), _MANY))
    return listing(shortened(report, _fitting(ranked, most_bytes - len(empty.body))))


def _fitting(ranked: list[Diagnostic], most_bytes: int) -> list[Diagnostic]:
    """As many diagnostics as fit into so many bytes of JSON; the first one always does."""
    sizes = accumulate(len(dumps(found.to_dict())) + len(",") for found in ranked)
    return ranked[: max(1, sum(size <= most_bytes for size in sizes))]


def _summary(first: Diagnostic, report: Report, listed: Report) -> str:
    """The first error, and how many others there are; in full if nothing is listed, so that nothing is longer."""
    more, shown = len(report.errors) - 1, len(listed.errors) - 1
    notes = [f"{counted(more, 'more error')}: see innerError.details"] if more else []
    if more > shown:
        notes = [f"{counted(more, 'more error')}, {max(shown, 0)} of them in innerError.details"]
    notes += [left_out(report.truncated)] if report.truncated else []
    return f"{first} ({'; '.join(notes)})" if notes else str(first)


def error(
    status: int,
    code: str,
    message: str,
    *,
    target: str | None = None,
    inner: str | None = None,
    report: Report | None = None,
) -> Response:
    """The answer whose body is the API's error object, as ``error.schema.json`` describes it.

    Args:
        status: status code, from 400 to 599.
        code: one of the API's codes, such as ``"serviceNotAvailable"``.
        message: what is wrong, for people; cut at 1024 characters.
        target: what is wrong: a path, or the name of a header field.
        inner: a code that says more; None for ``code``.
        report: the report whose diagnostics go into ``innerError.details``.
    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: it is not the status of an error, or the API does not have the code.

    >>> error(503, "serviceNotAvailable", "Try again.").body[:40]
    b'{"error":{"code":"serviceNotAvailable","'
    """
    expect("status", status, int, "an int")
    expect("message", message, str, "a str")
    expect("report", report, Report | None, "a Report or None")
    if not _LOWEST <= status <= _HIGHEST:
        raise ValueError(f"{status} is not the status of an error; use one from {_LOWEST} to {_HIGHEST}")
    if code not in _FACTS["error"]["codes"]:
        raise ValueError(f"the API has no code {code!r}; use one of {', '.join(_FACTS['error']['codes'])}")
    short = message if len(message) <= _MESSAGE_LENGTH else f"{message[: _MESSAGE_LENGTH - 1]}…"
    details = None if report is None else [found.to_dict() for found in report]
    inside: dict[str, Any] = {"code": inner or code, "message": short, "details": details}
    if report is not None and report.truncated:
        inside["truncated"] = report.truncated
    body = {"error": {"code": code, "message": short, "target": target, "innerError": inside}}
    return Response(status, _CONTENT, dumps(body).encode())


def report(body: bytes | str) -> Report | None:
    """The report in the body of a refusal, for clients. Use ``is None`` to test for it: a report with errors is falsy.

    Args:
        body: the content of the answer.
    Returns:
        the report; None if the body has none, because the request was refused before its patch was checked.
    Raises:
        TypeError: the body is not text.
        ValueError: it is not JSON, not the API's error object, or its details are not diagnostics.

    >>> from referral_rules import check
    >>> report(refused(check({"status": "Won"})).body).codes
    (<Code.NOT_AN_ARRAY: 'not_an_array'>,)
    """
    found = loads(body)
    if read(found, ["error", "code"]) not in _FACTS["error"]["codes"]:
        raise ValueError("the body is not the API's error object, as error.schema.json describes it")
    details: Any = read(found, ["error", "innerError", "details"])
    if not details:
        return None
    truncated = read(found, ["error", "innerError", "truncated"], 0)
    return Report.from_dict({"errors": details, "warnings": [], "truncated": truncated})
