"""What is tested: anything with ``apply``, or anything that stores referrals, seen through one window."""

import contextlib
import copy
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol

from referral_rules import Violation, catalog, http, strictjson
from referral_rules.testing.services import Service, spoken

__all__ = [
    "Attempt",
    "Candidate",
    "Engine",
    "Gone",
    "Local",
    "Reasons",
    "Remote",
    "as_body",
    "listed",
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
    SystemExit,
)
_SHOWN = 120
_ACCEPTED = frozenset(each["status"] for each in catalog.exchange()["accepted"])
_REFUSED = frozenset(catalog.exchange()["refused"]["statuses"])

Reasons = tuple[tuple[str, int | None], ...]
"""Code and index of the operation of each thing that is wrong."""


def reasons(errors: Iterable[Violation]) -> Reasons:
    """What a report says is wrong.

    >>> from referral_rules import check
    >>> reasons(check([{}]).errors)[0]
    ('member_missing', 0)
    """
    return tuple((str(error.code), error.op_index) for error in errors)


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
        body = (patch if isinstance(patch, str) else strictjson.dumps(patch)).encode()
    except (TypeError, ValueError):
        return None
    return body if len(body) <= http.BODY_BYTES else None


class Engine(Protocol):
    """Anything that applies patches in this process."""

    def apply(self, patch: Any, referral: Any) -> Any:
        """The patched referral; any exception, save one that betrays a slip of the code, is a refusal."""


class Attempt(NamedTuple):
    """What came of a patch.

    Args:
        accepted: whether it was carried out.
        before: the stored referral that the patch met.
        after: the referral then.
        errors: code and index of the operation of each thing that is said to be wrong; None if that is not told.
        told: all that a refusal says.
        slip: what betrays a slip of the code, in words: an exception, a status, the type of the result.
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

    @property
    def refusal(self) -> str:
        """What a refusal is called, in words.

        >>> Attempt(accepted=False, before={}, after={}, errors=(("target_missing", 1),)).refusal
        'refused, for target_missing at operation 1'
        """
        if self.slip is not None:
            return self.slip
        return "refused" if self.errors is None else f"refused, for {listed(self.errors)}"


def listed(errors: Reasons) -> str:
    """What is wrong, as a sentence lists it.

    >>> listed(())
    'no reason'
    """
    named = [code if index is None else f"{code} at operation {index}" for code, index in errors]
    return ", ".join(named) or "no reason"


class Candidate(Protocol):
    """What the laws are held against."""

    def attempt(self, patch: Any, referral: Any) -> Attempt | None:
        """Try a patch on a referral; None if the candidate has no such referral."""


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
        """Try a patch on a referral."""
        given, stored = copy.deepcopy((patch, referral))
        refusal: BaseException | None = None
        try:
            after = self._engine.apply(given, stored)
        except (Exception, SystemExit) as error:  # noqa: BLE001, whatever it raises is its answer
            refusal, after = error, stored
        odd = refusal is None and isinstance(referral, dict) and not isinstance(after, dict)
        pairs = (("patch", patch, given), ("referral", referral, stored))
        return Attempt(
            accepted=refusal is None and not odd,
            before=referral,
            after=after,
            errors=_reported(refusal),
            told="" if refusal is None else _told(refusal),
            slip=f"a raw {type(after).__name__} for a result" if odd else _slip(refusal),
            touched=tuple(name for name, old, new in pairs if repr(old) != repr(new)),
            shares=refusal is None and not _containers(given).isdisjoint(_containers(after)),
        )


def _told(refusal: BaseException) -> str:
    try:
        return str(refusal)
    except Exception:  # noqa: BLE001, it tells nothing then
        return ""


def _slip(refusal: BaseException | None) -> str | None:
    if not isinstance(refusal, _SLIPS):
        return None
    told = " ".join(_told(refusal).split())
    return f"a raw {type(refusal).__name__}" + (f": {told[:_SHOWN]}" if told else "")


def _reported(refusal: BaseException | None) -> Reasons | None:
    """What a refusal's report says, if it has one as ``PatchRejected`` has."""
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
            slip=None if status in _ACCEPTED | _REFUSED else spoken(status),
        )


def _detailed(body: bytes) -> Reasons | None:
    """What the details of an error object say, if they say it as this package does."""
    try:
        details = strictjson.loads(body)["error"]["innerError"]["details"]
        return tuple((each["code"], each["op_index"]) for each in details if each["severity"] == "error")
    except (ValueError, LookupError, TypeError):
        return None
