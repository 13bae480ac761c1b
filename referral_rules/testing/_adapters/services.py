"""Services that store referrals: one in this process, and one at a URL."""

import copy
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from referral_rules import Ruleset, _catalog, _json, http
from referral_rules.testing._strategies import ruleset_or_newest

if TYPE_CHECKING:
    import httpx

ENTITY_TAG: str = _catalog.exchange()["members"]["entityTag"]
"""The member that holds a referral's entity tag."""

WRITTEN_BY_SERVICE: frozenset[str] = frozenset(_catalog.exchange()["members"].values())
"""The members that a service itself writes at each change."""

NO_ANSWER = 0
"""The status of a response that did not come: the service closed the connection, or took too long."""

_JSON = {"Content-Type": "application/json"}
_NO_CONTENT = 204
_UNEXPECTED_BODY = b"..."
"""Stands for the body after a 204, which HTTP does not see as one (RFC 9110 section 6.4.1)."""


def describe_status(status: int) -> str:
    """A status in words.

    >>> describe_status(NO_ANSWER)
    'no answer'
    """
    return "no answer" if status == NO_ANSWER else f"status {status}"


class Service(Protocol):
    """Anything that stores referrals, and changes them by PATCH requests."""

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if the service does not accept it."""

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""
        ...


def is_service(candidate: object) -> bool:
    """Return True if an object has the methods of a service.

    >>> is_service(InMemoryService()), is_service(None)
    (True, False)
    """
    return all(callable(getattr(candidate, name, None)) for name in ("create", "read", "patch"))


def now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(UTC)


class InMemoryService:
    """A service in this process that answers as the API does; also useful as a test double.

    Args:
        rules: the rules; None for the newest built-in ones.
        exchange: answers the requests; None for ``http.exchange``.

    >>> service = InMemoryService()
    >>> key = service.create({"status": "New", "substatus": "Pending"})
    >>> service.patch(key, http.Request({"Content-Type": "application/json"}, b"[]")).status
    204
    """

    def __init__(self, rules: Ruleset | None = None, exchange: Callable[..., http.Outcome] | None = None) -> None:
        self._rules, self._exchange = ruleset_or_newest(rules), exchange or http.exchange
        self._numbers, self._lock = count(1), Lock()
        self._referrals: dict[str, dict[str, Any]] = {}

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if it does not fit the resource."""
        if not self._rules.check_referral(referral).ok:
            return None
        key = str(next(self._numbers))
        self._referrals[key] = {**copy.deepcopy(referral), ENTITY_TAG: self._new_tag()}
        return key

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""
        return copy.deepcopy(self._referrals.get(key))

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""
        with self._lock:
            stored = self._referrals.get(key)
            outcome = self._exchange(request, stored, entity_tag=self._new_tag, now=now, rules=self._rules)
            if outcome.referral is not None:
                self._referrals[key] = outcome.referral
        return outcome.response

    def _new_tag(self) -> str:
        return f'"{next(self._numbers)}"'


class HttpService:
    """A service at a URL, which creates a referral by POST to the collection, and returns one by GET.

    Args:
        url: everything before ``/v1.0/engagements/referrals``.
        headers: header fields to send with each request, such as Authorization.
    Attributes:
        last: the last answer, in words.
    Raises:
        ValueError: it is not the URL of a service.
        ConnectionError: from each of its methods, if the service does not answer.

    >>> HttpService("http://127.0.0.1:8000/", headers={"Authorization": "Bearer ..."})
    http://127.0.0.1:8000
    """

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None) -> None:
        import httpx

        self._url = url.rstrip("/")
        self.last: str = "none"
        if not _is_address(url):
            raise ValueError(f"{url!r} is not the URL of a service, such as http://127.0.0.1:8000")
        self._client = httpx.Client(base_url=self._url, headers=headers, timeout=30)

    def __repr__(self) -> str:
        return self._url

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its identifier, or None if the service does not accept it."""
        body = _json.dumps(referral).encode()
        answer = self._answer("POST", http.PATH.removesuffix("/{Id}"), content=body, headers=_JSON)
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
        """The answer to a PATCH; with the status ``NO_ANSWER`` if there is none, but the service answers the next."""
        headers = request.headers if isinstance(request.headers, Mapping) else list(request.headers)
        try:
            answer = self._answer("PATCH", http.PATH.format(Id=key), content=request.body, headers=headers)
        except ConnectionError:
            self.read(key)
            return http.Response(NO_ANSWER, {}, b"")
        content = answer.content
        if answer.status_code == _NO_CONTENT and not self._answers_next(key):
            content = _UNEXPECTED_BODY
        return http.Response(answer.status_code, dict(answer.headers), content)

    def _answers_next(self, key: str) -> bool:
        """Return True if the next answer can be parsed; a body after a 204 is taken for its beginning."""
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
    """The JSON object in a body, or None."""
    try:
        found = _json.loads(body)
    except _json.NotJson:
        return None
    return found if isinstance(found, dict) else None
