"""PATCH of a referral as the API speaks it (RFC 9110, RFC 5789): a request and the stored referral in, an answer out.

Pure: no socket, no clock, no framework. The facts stand in ``schemas/exchange.json``.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from referral_rules.http import _answers as answers
from referral_rules import _catalog
from referral_rules.http import _fields as fields
from referral_rules.http._answers import Response, error, fault, refused, represent
from referral_rules._json import equal
from referral_rules._ruleset import Ruleset
from referral_rules._json import loads
from referral_rules._diagnostics import Report

__all__ = [
    "BODY_BYTES",
    "PATH",
    "Outcome",
    "Request",
    "Response",
    "error",
    "exchange",
    "fault",
    "loads",
    "refused",
    "represent",
]

_FACTS = _catalog.exchange()

BODY_BYTES: int = _FACTS["request"]["bodyBytes"]
"""How many bytes a body may have, unless the caller says otherwise."""

PATH: str = _FACTS["path"]
"""Where a referral is, with its identifier in braces."""


class Request(NamedTuple):
    """A request as it came.

    Args:
        headers: its header fields, a mapping or pairs; names in any case, fields that decide nothing are ignored.
        body: its content.

    >>> Request({"Content-Type": "application/json"}, b"[]").body
    b'[]'
    """

    headers: fields.Fields
    body: bytes


class Outcome(NamedTuple):
    """What a request comes to.

    Args:
        response: the answer.
        referral: the referral to store before the answer is sent; None: there is nothing to store, as the request
            was refused or changes nothing.
        report: what the rules say of the patch; None if the request was refused before they were asked. Warnings of
            an accepted patch are only here: the API's answers have no place for them, and a client of this one must
            not come to lean on what the API does not send.

    >>> Outcome(Response(204, {}, b""), None, None).referral is None
    True
    """

    response: Response
    referral: dict[str, Any] | None
    report: Report | None


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

    Judged in the order of RFC 9110 section 13.2.1: is the referral there, are the body's type and size right, do the
    preconditions hold, and only then the patch; the caller's identifier of its request goes before all. Whoever
    stores the new referral compares the stored entity tag once more, in the same step: another request may have been
    answered meanwhile.

    Args:
        request: the request.
        stored: the referral as it is stored, plain JSON, which is not changed; None if there is none.
        entity_tag: makes an entity tag that was never used before, strong and with its quotation marks; called once
            for a patch that changes something, and not at all otherwise.
        now: tells the present moment, with its time zone; called when ``entity_tag`` is.
        rules: the rules; None for the newest built-in ones.
        body_bytes: how many bytes the body may have.
    Returns:
        the answer, the referral to store, and the report.
    Raises:
        ValueError: ``entity_tag`` made no new strong entity tag, ``now`` a moment without its time zone, or the
            stored referral, which the caller asked for, holds what JSON cannot.

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
    given = fields.unite(request.headers)
    try:
        identifier = _identifier(given)
    except fields.MalformedField as malformed:
        return Outcome(_malformed(malformed), None, None)
    make = _Makers(entity_tag, now)
    outcome = _outcome(given, bytes(request.body), stored, rules or Ruleset.load(_catalog.NEWEST), body_bytes, make)
    response = outcome.response
    return outcome._replace(response=response._replace(headers={**response.headers, **identifier}))


def _outcome(
    given: dict[str, str],
    body: bytes,
    stored: dict[str, Any] | None,
    rules: Ruleset,
    body_bytes: int,
    make: "_Makers",
) -> Outcome:
    if stored is None:
        return Outcome(fault("referral_missing"), None, None)
    try:
        early = _unreadable(given, body, body_bytes) or _failed(given, stored)
    except fields.MalformedField as malformed:
        early = _malformed(malformed)
    if early is not None:
        return Outcome(early, None, None)
    evaluation = rules.evaluate_json(body, stored)
    updated = evaluation.referral
    if updated is None:
        return Outcome(refused(evaluation.report), None, evaluation.report)
    if equal(stored, updated):
        return Outcome(_accepted(given, stored), None, evaluation.report)
    stamped = make.stamp(updated)
    return Outcome(_accepted(given, stamped), stamped, evaluation.report)


def _identifier(given: dict[str, str]) -> dict[str, str]:
    """The caller's identifier of its request, as it is sent back."""
    facts = _FACTS["request"]["identifier"]
    sent = given.get(facts["request"])
    return {} if sent is None else {facts["response"]: fields.identifier(facts["request"], sent, facts["maxLength"])}


def _unreadable(given: dict[str, str], body: bytes, body_bytes: int) -> Response | None:
    if fields.media_type(given.get("content-type", "")) not in _FACTS["request"]["mediaTypes"]:
        return fault("media_type_unsupported")
    if given.get("content-encoding", "").strip().lower() not in ("", "identity"):
        return fault("coding_unsupported")
    return fault("body_too_large", bytes=body_bytes) if len(body) > body_bytes else None


def _failed(given: dict[str, str], stored: dict[str, Any]) -> Response | None:
    """The answer to a precondition that does not hold, in the order of RFC 9110 section 13.2.2."""
    present = answers.entity_tag_of(stored)
    if "if-match" in given:
        tags = fields.listed_tags("If-Match", given["if-match"])
        # A weak tag equals nothing in the strong comparison of section 8.8.3.2, not even itself.
        if tags != fields.ANY and present not in {tag for tag in tags if fields.is_strong(tag)}:
            return fault("precondition_failed")
    if "if-none-match" in given:
        tags = fields.listed_tags("If-None-Match", given["if-none-match"])
        # And in the weak comparison, which this field asks for, it equals the strong one.
        if tags == fields.ANY or fields.opaque(present) in map(fields.opaque, tags):
            return fault("precondition_unwanted")
    return None


def _malformed(field: fields.MalformedField) -> Response:
    return fault("field_malformed", target=field.name, problem=field.problem)


def _accepted(given: dict[str, str], referral: dict[str, Any]) -> Response:
    """What the caller prefers to see of the referral (RFC 7240 section 4.2)."""
    wish = fields.preference(given.get("prefer", ""), "return")
    applied = {"Preference-Applied": f"return={wish}"} if wish in ("representation", "minimal") else {}
    return represent(referral, applied) if wish == "representation" else answers.nothing(referral, applied)


class _Makers(NamedTuple):
    """What only the caller can make: an entity tag, and the time."""

    entity_tag: Callable[[], str]
    now: Callable[[], datetime]

    def stamp(self, referral: dict[str, Any]) -> dict[str, Any]:
        """The referral as a version of its own."""
        tag, moment = self.entity_tag(), self.now()
        if not fields.is_strong(tag) or tag == answers.entity_tag_of(referral):
            raise ValueError(f"entity_tag() is to make a new strong entity tag, such as '\"1\"', and made {tag!r}")
        if moment.utcoffset() is None:
            raise ValueError("now() is to tell a moment with its time zone, such as datetime.now(UTC)")
        instant = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        members = _FACTS["members"]
        return {**referral, members["entityTag"]: tag, members["updated"]: f"{instant}Z"}
