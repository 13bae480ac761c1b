"""What stores referrals: a service in this process, and one at a URL."""

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from referral_rules import Ruleset, http
from referral_rules.http import _fields as fields
from referral_rules import _json
from referral_rules.testing.differences import ENTITY_TAG
from referral_rules.testing.strategies import newest

if TYPE_CHECKING:
    import httpx

__all__ = ["NO_ANSWER", "HttpService", "InMemoryService", "Service", "is_service", "now", "spoken"]


NO_ANSWER = 0
"""The status of what a service answers if it closes the connection, or takes too long."""

_NO_CONTENT = 204
_REMAINDER = b"..."
"""Stands for the body of an answer that has none to HTTP (RFC 9110 section 6.4.1)."""


def spoken(status: int) -> str:
    """A status in words.

    >>> spoken(NO_ANSWER)
    'no answer'
    """
    return "no answer" if status == NO_ANSWER else f"status {status}"


class Service(Protocol):
    """Anything that stores referrals, and changes them by requests."""

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if the service does not take it."""

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""


def is_service(candidate: object) -> bool:
    """Whether something can be asked as a service is.

    >>> is_service(InMemoryService()), is_service(None)
    (True, False)
    """
    return all(callable(getattr(candidate, name, None)) for name in ("create", "read", "patch"))


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


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
        headers: header fields to send with each request, such as Authorization.
    Attributes:
        last: the last answer, in words.
    Raises:
        ValueError: it is no URL that a service can have.
        ConnectionError: from each of its methods, if the service does not answer.

    >>> HttpService("http://127.0.0.1:8000/", headers={"Authorization": "Bearer ..."})
    http://127.0.0.1:8000
    """

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None) -> None:
        import httpx

        self._url, self.last = url.rstrip("/"), "none"
        if not _is_address(url):
            raise ValueError(f"{url!r} is no URL of a service, such as http://127.0.0.1:8000")
        self._client = httpx.Client(base_url=self._url, headers=headers, timeout=30)

    def __repr__(self) -> str:
        return self._url

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its identifier, or None if the service does not take it."""
        body, kind = _json.dumps(referral).encode(), {"Content-Type": "application/json"}
        answer = self._answer("POST", http.PATH.removesuffix("/{Id}"), content=body, headers=kind)
        if not answer.is_success:
            return None
        created = _object(answer.content) or {}
        if "id" not in created:
            self.last += ", without the id of the referral in its body"
            return None
        return str(created["id"])

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""
        answer = self._answer("GET", http.PATH.format(Id=key))
        found = _object(answer.content) if answer.is_success else None
        if answer.is_success and found is None:
            self.last += ", without an object in its body"
        return found

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH; of the status ``NO_ANSWER`` if there is none, but the service goes on."""
        headers = fields.unite(request.headers)
        try:
            answer = self._answer("PATCH", http.PATH.format(Id=key), content=request.body, headers=headers)
        except ConnectionError:
            self.read(key)
            return http.Response(NO_ANSWER, {}, b"")
        content = answer.content
        if answer.status_code == _NO_CONTENT and not self._is_in_step(key):
            content = _REMAINDER
        return http.Response(answer.status_code, dict(answer.headers), content)

    def _is_in_step(self, key: str) -> bool:
        """Whether the next answer is understood; a body that no 204 may have is taken for its beginning."""
        try:
            self.read(key)
        except ConnectionError:
            self.read(key)
            return False
        return True

    def _answer(self, method: str, path: str, **options: Any) -> "httpx.Response":
        import httpx

        try:
            answer = self._client.request(method, path, **options)
        except (httpx.RequestError, httpx.InvalidURL) as error:
            raise ConnectionError(f"{self._url} does not answer: {error}") from error
        self.last = f"{answer.status_code} to {method} {path}"
        return answer

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def _is_address(url: str) -> bool:
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return parsed.scheme in ("http", "https") and bool(parsed.host)


def _object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in a body, if it is one."""
    try:
        found = _json.loads(body)
    except _json.NotJson:
        return None
    return found if isinstance(found, dict) else None
