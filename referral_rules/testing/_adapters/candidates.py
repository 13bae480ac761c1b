"""What is tested, behind one method: try a patch on a referral, and say what happened."""

import contextlib
import copy
import sys
from collections.abc import Iterator
from typing import Any, Protocol

from referral_rules import _catalog, _json, http
from referral_rules.testing._adapters.attempts import Attempt, Reasons, Text, reasons
from referral_rules.testing._adapters.services import WRITTEN_BY_SERVICE, Service, describe_status

_ACCEPTED = frozenset(each["status"] for each in _catalog.exchange()["accepted"])
_REFUSED = frozenset(_catalog.exchange()["refused"]["statuses"])
_SHOWN = 120
_PROGRAMMING_ERRORS = (
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    AssertionError,
    NameError,
    ArithmeticError,
    MemoryError,
    SystemExit,
)


class Candidate(Protocol):
    """What is tested."""

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch, parsed or as ``Text``, on a referral; None if the candidate cannot be given one of them."""


class Engine(Protocol):
    """Anything that applies patches in this process; it may also have ``apply_json(text, referral)`` for JSON text."""

    def apply(self, patch: Any, referral: Any) -> Any:
        """The patched referral; an exception is a refusal, unless it is one that a bug raises, such as TypeError."""


class Local:
    """An engine in this process.

    >>> import referral_rules
    >>> Local(referral_rules).attempt([{"op": "add", "path": "/salesStage", "value": "80"}], {}).after
    {'salesStage': '80'}
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __repr__(self) -> str:
        return repr(self._engine)

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None for JSON text if the engine does not have ``apply_json``."""
        apply = getattr(self._engine, "apply_json", None) if isinstance(patch, Text) else self._engine.apply
        if apply is None:
            return None
        given, stored = copy.deepcopy((patch.json if isinstance(patch, Text) else patch, referral))
        refusal: BaseException | None = None
        try:
            after = apply(given, stored)
        except (Exception, SystemExit) as error:  # noqa: BLE001, any exception is an answer
            refusal, after = error, stored
        odd = refusal is None and isinstance(referral, dict) and not isinstance(after, dict)
        pairs = (("patch", patch.json if isinstance(patch, Text) else patch, given), ("referral", referral, stored))
        return Attempt(
            accepted=refusal is None and not odd,
            before=referral,
            after=after,
            errors=_reported(refusal),
            text="" if refusal is None else _text(refusal),
            unexpected_error=f"the result is a {type(after).__name__}" if odd else _unexpected(refusal),
            mutated=tuple(name for name, old, new in pairs if repr(old) != repr(new)),
            shares=refusal is None and not _containers(given).isdisjoint(_containers(after)),
        )


def _text(refusal: BaseException) -> str:
    """The text that a traceback shows of an exception."""
    try:
        return "\n".join([str(refusal), *getattr(refusal, "__notes__", ())])
    except Exception:  # noqa: BLE001, an exception without a text shows nothing
        return ""


def _unexpected(refusal: BaseException | None) -> str | None:
    # A class of the engine's own is a refusal, whatever its base class is.
    built_in = type(refusal).__module__.partition(".")[0] in sys.stdlib_module_names
    if not built_in or not isinstance(refusal, _PROGRAMMING_ERRORS):
        return None
    text = " ".join(_text(refusal).split())
    return f"an unexpected {type(refusal).__name__}" + (f": {text[:_SHOWN]}" if text else "")


def _reported(refusal: BaseException | None) -> Reasons | None:
    """The errors in a refusal's report, if it has one as ``PatchRejected`` has."""
    try:
        return reasons(refusal.report.errors)  # type: ignore[union-attr]
    except (AttributeError, TypeError):
        return None


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


def as_body(patch: Any) -> bytes | None:
    """The patch as the body of a request, in UTF-8.

    Args:
        patch: the patch, parsed or as ``Text``.
    Returns:
        the body; None if the patch cannot be JSON, or has more bytes than a service must accept.

    >>> as_body([]), as_body(float("nan"))
    (b'[]', None)
    """
    try:
        body = (patch.json if isinstance(patch, Text) else _json.dumps(patch)).encode()
    except (TypeError, ValueError):
        return None
    return body if len(body) <= http.BODY_BYTES else None


class ServiceDown(BaseException):
    """A service no longer answers. It is not an Exception, for which Hypothesis would look for a smaller example.

    Args:
        problem: how that shows.
        body: the body of the last PATCH.
        referral: the last referral that it was asked to create.
    """

    def __init__(self, problem: str, body: str, referral: dict[str, Any]) -> None:
        super().__init__(problem, body, referral)
        self.problem = problem
        self.body = body
        self.referral = referral


class Remote:
    """A service: to try a patch, the referral is created, patched and read again.

    Args:
        service: the service.
    Attributes:
        created: how many referrals it created.
        not_created: the referrals that it did not create.
    Raises:
        ServiceDown: from each of its methods, if the service no longer answers.

    >>> from referral_rules.testing import InMemoryService
    >>> Remote(InMemoryService()).attempt([], {"status": "New", "substatus": "Pending"}).accepted
    True
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._given: dict[str, Any] = {}
        self._sent = b""
        self.created = 0
        self.not_created: list[dict[str, Any]] = []

    def __repr__(self) -> str:
        return repr(self._service)

    @property
    def last(self) -> str:
        """The last answer, in words; empty if the service does not have it."""
        return getattr(self._service, "last", "")

    def create(self, referral: dict[str, Any]) -> str | None:
        """Store a referral; returns its key, or None if the service does not accept it."""
        self._given = referral
        with self._answering():
            key = self._service.create(referral)
        if key is None:
            self.not_created.append(referral)
        else:
            self.created += 1
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
            raise ServiceDown(str(error), self._sent.decode("utf-8", "backslashreplace"), self._given) from error

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None if no request can carry it, or the service does not accept the referral."""
        body = as_body(patch)
        key = None if body is None or not isinstance(referral, dict) else self.create(referral)
        if body is None or key is None:
            return None
        before = self.read(key)
        response = self.patch(key, http.Request({"Content-Type": "application/json"}, body))
        refused = response.status >= 400
        return Attempt(
            accepted=response.status in _ACCEPTED,
            before=before,
            after=self.read(key),
            errors=_detailed(response.body) if refused else None,
            text=response.body.decode("utf-8", "replace") if refused else "",
            own_members=WRITTEN_BY_SERVICE,
            unexpected_error=None if response.status in _ACCEPTED | _REFUSED else describe_status(response.status),
        )


def _detailed(body: bytes) -> Reasons | None:
    """The errors in the details of an error object, if they are as this package writes them."""
    try:
        details = _json.loads(body)["error"]["innerError"]["details"]
        return tuple((each["code"], each["op_index"]) for each in details if each["severity"] == "error")
    except (ValueError, LookupError, TypeError):
        return None
