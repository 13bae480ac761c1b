"""PATCH of a referral over HTTP (RFC 9110, RFC 5789): a request and the stored referral in, an answer out.

Pure: no socket, no clock, no framework. The facts are in ``schemas/exchange.json``.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from referral_rules import _catalog
from referral_rules._frozen import Frozen, FrozenDict
from referral_rules._json import equal
from referral_rules._reports import Report
from referral_rules._ruleset import Ruleset
from referral_rules.http import _grammar as grammar
from referral_rules.http._answers import Response, entity_tag_of, fault, no_content, refused, represent
from referral_rules.http._arguments import expect, expect_function

_FACTS = _catalog.exchange()
_IDENTIFIER = _FACTS["request"]["identifier"]

BODY_BYTES: int = _FACTS["request"]["bodyBytes"]
"""The most bytes that a body may have, unless the caller says otherwise."""

PATH: str = _FACTS["path"]
"""The path of a referral, with its identifier in braces."""


class Request(Frozen):
    """A request, as your framework provides it.

    Args:
        headers: header fields, a mapping or pairs, with names in any case. They become a read-only mapping by name in
            lower case.
        body: the content: bytes, a bytearray or a memoryview.
    Raises:
        TypeError: an argument is of the wrong type.

    >>> Request([("Content-Type", "application/json")], b"[]").headers
    {'content-type': 'application/json'}
    """

    headers: Mapping[str, str]
    body: bytes

    def __init__(self, headers: grammar.Fields, body: bytes | bytearray | memoryview) -> None:
        expect("body", body, bytes | bytearray | memoryview, "bytes")
        super().__init__(FrozenDict(grammar.unite(headers)), bytes(body))


class Outcome(Frozen):
    """What ``exchange`` returns.

    Args:
        response: the answer.
        referral: the new referral, to store before the answer is sent; None if the request was refused or changes
            nothing.
        report: what ``check`` returns for the patch; None if the request was refused before its patch was checked.
            Warnings about an accepted patch are only here: the real API sends none, so a client should not rely on
            them.

    >>> Outcome(Response(204, {}, b""), None, None).referral is None
    True
    """

    response: Response
    referral: dict[str, Any] | None
    report: Report | None

    def __hash__(self) -> int:
        return hash((self.response, self.report))


def exchange(
    request: Request,
    stored: dict[str, Any] | None,
    *,
    entity_tag: Callable[[], str],
    now: Callable[[], datetime],
    rules: Ruleset | None = None,
    body_bytes: int = BODY_BYTES,
) -> Outcome:
    """The answer to a PATCH, and the referral to store.

    The checks are made in this order, and the first that fails decides the answer (RFC 9110 section 13.2.1):

    1. 404: there is no referral.
    2. 415: the Content-Type or the Content-Encoding is not supported.
    3. 413: the body is too large.
    4. 400: If-Match, If-None-Match or client-request-id is malformed.
    5. 412: a precondition fails.
    6. 400 or 409: the patch is refused.

    A client-request-id is sent back with any answer, unless it is malformed.

    When you store the new referral, compare the stored entity tag again in the same step, as another request may have
    changed the referral in the meantime.

    Args:
        request: the request.
        stored: the stored referral, which is not changed; None if there is none.
        entity_tag: returns a new strong entity tag, with its quotation marks; called once, and only if the patch
            changes something.
        now: returns the current time, with its time zone; called once, and only if the patch changes something.
        rules: the ruleset; None for the newest built-in one.
        body_bytes: the most bytes that the body may have.
    Returns:
        the answer, the referral to store, and the report.
    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: ``entity_tag`` did not return a new strong entity tag, ``now`` did not return a time with a time
            zone, or the answer must contain the referral and JSON cannot represent it.

    >>> outcome = exchange(
    ...     Request({"Content-Type": "application/json"}, b'[{"op": "add", "path": "/salesStage", "value": "80"}]'),
    ...     {"salesStage": "60", "eTag": '"1"'},
    ...     entity_tag=lambda: '"2"',
    ...     now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
    ... )
    >>> outcome.response
    Response(status=204, headers={'ETag': '"2"'}, body=b'')
    >>> outcome.referral
    {'salesStage': '80', 'eTag': '"2"', 'updatedDateTime': '2026-01-02T00:00:00.000000Z'}
    """
    expect("request", request, Request, "an http.Request")
    expect("stored", stored, dict | None, "a dict or None")
    expect("rules", rules, Ruleset | None, "a Ruleset or None")
    expect("body_bytes", body_bytes, int, "an int")
    expect_function("entity_tag", entity_tag)
    expect_function("now", now)
    outcome = _outcome(request, stored, rules or Ruleset.load(_catalog.NEWEST), body_bytes, entity_tag, now)
    answer = outcome.response
    response = Response(answer.status, {**answer.headers, **_identifier(request)}, answer.body)
    return Outcome(response, outcome.referral, outcome.report)


def _outcome(
    request: Request,
    stored: dict[str, Any] | None,
    rules: Ruleset,
    body_bytes: int,
    entity_tag: Callable[[], str],
    now: Callable[[], datetime],
) -> Outcome:
    if stored is None:
        return Outcome(fault("referral_missing"), None, None)
    unread = _unreadable(request, body_bytes) or _malformed(request) or _failed(request, stored)
    if unread is not None:
        return Outcome(unread, None, None)
    evaluation = rules.evaluate_json(request.body, stored)
    updated = evaluation.referral
    if updated is None:
        return Outcome(refused(evaluation.report, most_bytes=_most_bytes(request)), None, evaluation.report)
    changed = None if equal(stored, updated) else _stamped(updated, entity_tag(), now())
    return Outcome(_accepted(request, changed or stored), changed, evaluation.report)


def _most_bytes(request: Request) -> int:
    """How large the answer to a refused patch may be, so that a small request is not answered with a large body."""
    facts = _FACTS["error"]["answerBytes"]
    most: int = min(facts["most"], max(facts["least"], facts["timesBody"] * len(request.body)))
    return most


def _unreadable(request: Request, body_bytes: int) -> Response | None:
    """The answer to a body that is not read."""
    if grammar.media_type(request.headers.get("content-type", "")) not in _FACTS["request"]["mediaTypes"]:
        return fault("media_type_unsupported")
    if request.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        return fault("coding_unsupported")
    return fault("body_too_large", bytes=body_bytes) if len(request.body) > body_bytes else None


def _malformed(request: Request) -> Response | None:
    """The answer to a malformed header field."""
    try:
        _sent_back(request)
        _tags(request, "If-Match")
        _tags(request, "If-None-Match")
    except grammar.MalformedField as malformed:
        return fault("field_malformed", target=malformed.name, problem=malformed.problem)
    return None


def _failed(request: Request, stored: dict[str, Any]) -> Response | None:
    """The answer to a precondition that fails, in the order of RFC 9110 section 13.2.2."""
    current = entity_tag_of(stored)
    match, none_match = _tags(request, "If-Match"), _tags(request, "If-None-Match")
    # If-Match uses the strong comparison of section 8.8.3.2, in which a weak tag equals nothing, not even itself.
    if match not in (None, grammar.ANY) and current not in [tag for tag in match or () if grammar.is_strong(tag)]:
        return fault("precondition_failed")
    # If-None-Match uses the weak comparison, in which it equals the strong tag.
    if none_match == grammar.ANY or grammar.opaque(current) in map(grammar.opaque, none_match or ()):
        return fault("precondition_unwanted")
    return None


def _tags(request: Request, name: str) -> tuple[str, ...] | None:
    """The entity tags in a header field; None if the request does not have the field."""
    value = request.headers.get(name.lower())
    return None if value is None else grammar.entity_tags(name, value)


def _sent_back(request: Request) -> dict[str, str]:
    """The caller's identifier of its request, as a header field of the answer."""
    sent = request.headers.get(_IDENTIFIER["request"])
    if sent is None:
        return {}
    return {_IDENTIFIER["response"]: grammar.identifier(_IDENTIFIER["request"], sent, _IDENTIFIER["maxLength"])}


def _identifier(request: Request) -> dict[str, str]:
    """The same; nothing if it is malformed."""
    try:
        return _sent_back(request)
    except grammar.MalformedField:
        return {}


def _accepted(request: Request, referral: dict[str, Any]) -> Response:
    """The answer that the caller prefers (RFC 7240 section 4.2)."""
    preferred = grammar.preference(request.headers.get("prefer", ""), "return")
    applied = {"Preference-Applied": f"return={preferred}"} if preferred in ("representation", "minimal") else {}
    return represent(referral, applied) if preferred == "representation" else no_content(referral, applied)


def _stamped(referral: dict[str, Any], tag: object, moment: object) -> dict[str, Any]:
    """The referral as a new version."""
    if not grammar.is_strong(tag) or tag == entity_tag_of(referral):
        raise ValueError(f"entity_tag() must return a new strong entity tag, such as '\"1\"', and returned {tag!r}")
    if not isinstance(moment, datetime) or moment.utcoffset() is None:
        raise ValueError("now() must return a datetime with its time zone, such as datetime.now(UTC)")
    instant = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    members = _FACTS["members"]
    return {**referral, members["entityTag"]: tag, members["updated"]: f"{instant}Z"}
