"""What is tested: anything with ``apply``, or anything that answers requests, seen through one window."""

import copy
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import Any, NamedTuple, Protocol

from referral_rules import Ruleset, Violation, catalog, fields, http, strictjson
from referral_rules.testing.differences import ENTITY_TAG
from referral_rules.testing.strategies import newest

__all__ = [
    "Attempt",
    "Candidate",
    "Engine",
    "HttpService",
    "InMemoryService",
    "Local",
    "Reasons",
    "Remote",
    "Service",
    "as_body",
    "now",
    "reasons",
]

_SLIPS = (
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    AssertionError,
    NameError,
    ArithmeticError,
    MemoryError,
)
_ACCEPTED = frozenset(each["status"] for each in catalog.exchange()["accepted"])
_REFUSED = frozenset(catalog.exchange()["refused"]["statuses"])

Reasons = tuple[tuple[str, int | None], ...]
"""Code and index of the operation of each thing that is wrong."""


def reasons(errors: Iterable[Violation]) -> Reasons:
    """What a report says is wrong.

    >>> reasons(newest().check([{}]).errors)[0]
    ('member_missing', 0)
    """
    return tuple((str(error.code), error.op_index) for error in errors)


def as_body(patch: Any) -> bytes:
    """The patch as a request carries it.

    Args:
        patch: the patch, parsed or as text.
    Raises:
        TypeError, ValueError: no wire can carry it.

    >>> as_body([])
    b'[]'
    """
    return (patch if isinstance(patch, str) else strictjson.dumps(patch)).encode()


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Engine(Protocol):
    """Anything that applies patches in this process."""

    def apply(self, patch: Any, referral: Any) -> Any:
        """The patched referral; any exception, save one that betrays a slip of the code, is a refusal."""


class Service(Protocol):
    """Anything that stores referrals, and changes them by requests."""

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if the service does not take it."""

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""


class Attempt(NamedTuple):
    """What came of a patch.

    Args:
        accepted: whether it was carried out.
        before: the stored referral that the patch met.
        after: the referral then.
        errors: code and index of the operation of each thing that is said to be wrong; None if that is not told.
        told: all that a refusal says.
        slip: the name of the exception, or the status, that betrays a slip of the code.
        touched: which of the arguments were changed: ``"patch"``, ``"referral"``.
        shares: whether the result shares an array or an object with the patch.
    """

    accepted: bool
    before: Any
    after: Any
    errors: Reasons | None = None
    told: str = ""
    slip: str | None = None
    touched: tuple[str, ...] = ()
    shares: bool = False


class Candidate(Protocol):
    """What the laws are held against."""

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None if the candidate has no such referral."""


class Local:
    """An engine in this process.

    >>> Local(newest()).attempt([{"op": "add", "path": "/salesStage", "value": "80"}], {}).after
    {'salesStage': '80'}
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        return repr(self._engine)

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral."""
        given, stored = copy.deepcopy((patch, referral))
        refusal: Exception | None = None
        try:
            after = self._engine.apply(given, stored)
        except Exception as error:  # noqa: BLE001, whatever it raises is its answer
            refusal, after = error, stored
        pairs = (("patch", patch, given), ("referral", referral, stored))
        return Attempt(
            accepted=refusal is None,
            before=referral,
            after=after,
            errors=_reported(refusal),
            told="" if refusal is None else str(refusal),
            slip=type(refusal).__name__ if isinstance(refusal, _SLIPS) else None,
            touched=tuple(name for name, old, new in pairs if repr(old) != repr(new)),
            shares=refusal is None and not _containers(given).isdisjoint(_containers(after)),
        )


def _reported(refusal: Exception | None) -> Reasons | None:
    """What a refusal's report says, if it has one as ``PatchRejected`` has."""
    errors = getattr(getattr(refusal, "report", None), "errors", None)
    return None if errors is None else reasons(errors)


def _containers(value: object) -> set[int]:
    """The identities of all arrays and objects in a value."""
    found: set[int] = set()
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict | list) and id(item) not in found:
            found.add(id(item))
            pending += item.values() if isinstance(item, dict) else item
    return found


class Remote:
    """A service, as something that applies patches: the referral is created, patched and read again.

    >>> Remote(InMemoryService()).attempt([], {"status": "New", "substatus": "Pending"}).accepted
    True
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def __repr__(self) -> str:
        return repr(self.service)

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None if the service does not take the referral, or no wire can carry the patch."""
        try:
            body = as_body(patch)
        except (TypeError, ValueError):
            return None
        key = self.service.create(referral) if isinstance(referral, dict) else None
        if key is None:
            return None
        before = self.service.read(key)
        status, _, content = self.service.patch(key, http.Request({"Content-Type": "application/json"}, body))
        return Attempt(
            accepted=status in _ACCEPTED,
            before=before,
            after=self.service.read(key),
            errors=_detailed(content) if status >= 400 else None,
            told=content.decode("utf-8", "replace") if status >= 400 else "",
            slip=None if status in _ACCEPTED | _REFUSED else str(status),
        )


def _detailed(body: bytes) -> Reasons | None:
    """What the details of an error object say, if they say it as this package does."""
    try:
        details = strictjson.loads(body)["error"]["innerError"]["details"]
        return tuple((each["code"], each["op_index"]) for each in details if each["severity"] == "error")
    except (ValueError, LookupError, TypeError):
        return None


class InMemoryService:
    """A store of referrals in this process, which answers as the API does; also of use as a test double.

    Args:
        rules: the rules; None for the newest built-in ones.
        exchange: answers the requests.

    >>> service = InMemoryService()
    >>> key = service.create({"status": "New", "substatus": "Pending"})
    >>> service.patch(key, http.Request({"Content-Type": "application/json"}, b"[]")).status
    204
    """

    def __init__(self, rules: Ruleset | None = None, exchange: Callable[..., http.Outcome] = http.exchange) -> None:
        self._rules, self._exchange = newest(rules), exchange
        self._numbers, self._lock = count(1), Lock()
        self._referrals: dict[str, dict[str, Any]] = {}

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if it does not fit the resource."""
        if not self._rules.check_referral(referral).ok:
            return None
        key = str(next(self._numbers))
        self._referrals[key] = {**copy.deepcopy(referral), ENTITY_TAG: self._tag()}
        return key

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""
        return copy.deepcopy(self._referrals.get(key))

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""
        with self._lock:
            stored = self._referrals.get(key)
            outcome = self._exchange(request, stored, entity_tag=self._tag, now=now, rules=self._rules)
            if outcome.referral is not None:
                self._referrals[key] = outcome.referral
        return outcome.response

    def _tag(self) -> str:
        return f'"{next(self._numbers)}"'


class HttpService:
    """A service at a URL, which creates a referral by POST to the collection, and reads one by GET.

    Args:
        url: what stands before ``/v1.0/engagements/referrals``.
    """

    def __init__(self, url: str) -> None:
        import httpx

        self._url = url.rstrip("/")
        self._client = httpx.Client(base_url=self._url, timeout=30)

    def __repr__(self) -> str:
        return self._url

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its identifier, or None if the service does not take it."""
        answer = self._client.post(
            http.PATH.removesuffix("/{Id}"),
            content=strictjson.dumps(referral).encode(),
            headers={"Content-Type": "application/json"},
        )
        return str(answer.json()["id"]) if answer.is_success else None

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""
        answer = self._client.get(http.PATH.format(Id=key))
        found: dict[str, Any] | None = strictjson.loads(answer.content) if answer.is_success else None
        return found

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""
        headers = fields.unite(request.headers)
        answer = self._client.request("PATCH", http.PATH.format(Id=key), content=request.body, headers=headers)
        return http.Response(answer.status_code, dict(answer.headers), answer.content)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()
