"""A service, seen as something that applies patches."""

import contextlib
from collections.abc import Iterator
from typing import Any

from referral_rules import http
from referral_rules import _catalog
from referral_rules import _json
from referral_rules.testing.candidates import Attempt, Reasons
from referral_rules.testing.differences import WRITTEN
from referral_rules.testing.services import Service, spoken

__all__ = ["Gone", "Remote", "as_body"]

_ACCEPTED = frozenset(each["status"] for each in _catalog.exchange()["accepted"])
_REFUSED = frozenset(_catalog.exchange()["refused"]["statuses"])


def as_body(patch: Any) -> bytes | None:
    """The patch as a request carries it.

    Args:
        patch: the patch, parsed or as text.
    Returns:
        JSON text in UTF-8; None if the patch has none, or one of more bytes than a service need read.

    >>> as_body([]), as_body(float("nan"))
    (b'[]', None)
    """
    try:
        body = (patch if isinstance(patch, str) else _json.dumps(patch)).encode()
    except (TypeError, ValueError):
        return None
    return body if len(body) <= http.BODY_BYTES else None


class Gone(BaseException):
    """A service does not answer any more; Hypothesis would look for a smaller example of any other exception.

    Args:
        says: how that shows.
        patch: the last one that it was sent.
        referral: the last one that it was to create.
    """

    def __init__(self, says: str, patch: str, referral: dict[str, Any]) -> None:
        super().__init__(says, patch, referral)
        self.says = says
        self.patch = patch
        self.referral = referral


class Remote:
    """A service, as something that applies patches: the referral is created, patched and read again.

    Args:
        service: the service.
    Attributes:
        taken: how many referrals it created.
        untaken: those that it did not create.
    Raises:
        Gone: from each of its methods, if the service does not answer any more.

    >>> from referral_rules.testing import InMemoryService
    >>> Remote(InMemoryService()).attempt([], {"status": "New", "substatus": "Pending"}).accepted
    True
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._given: dict[str, Any] = {}
        self._sent = b""
        self.taken = 0
        self.untaken: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        return repr(self._service)

    @property
    def last(self) -> str:
        """The last answer, in words; empty if the service does not tell."""
        return getattr(self._service, "last", "")

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if the service does not take it."""
        self._given = referral
        with self._answering():
            key = self._service.create(referral)
        if key is None:
            self.untaken.append(referral)
        else:
            self.taken += 1
        return key

    def read(self, key: str) -> dict[str, Any] | None:
        """The stored referral, with its entity tag; None if there is none."""
        with self._answering():
            return self._service.read(key)

    def patch(self, key: str, request: http.Request) -> http.Response:
        """The answer to a PATCH."""
        self._sent = request.body
        with self._answering():
            return self._service.patch(key, request)

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except ConnectionError as error:
            raise Gone(str(error), self._sent.decode("utf-8", "backslashreplace"), self._given) from error

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None if no request can carry it, or the service does not take the referral."""
        body = as_body(patch)
        key = None if body is None or not isinstance(referral, dict) else self.create(referral)
        if body is None or key is None:
            return None
        before = self.read(key)
        status, _, content = self.patch(key, http.Request({"Content-Type": "application/json"}, body))
        return Attempt(
            accepted=status in _ACCEPTED,
            before=before,
            after=self.read(key),
            errors=_detailed(content) if status >= 400 else None,
            told=content.decode("utf-8", "replace") if status >= 400 else "",
            own=WRITTEN,
            slip=None if status in _ACCEPTED | _REFUSED else spoken(status),
        )


def _detailed(body: bytes) -> Reasons | None:
    """What the details of an error object say, if they say it as this package does."""
    try:
        details = _json.loads(body)["error"]["innerError"]["details"]
        return tuple((each["code"], each["op_index"]) for each in details if each["severity"] == "error")
    except (ValueError, LookupError, TypeError):
        return None
