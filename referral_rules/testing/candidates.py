"""What the laws are held against: anything that may be tried with a patch; first of all, anything with ``apply``."""

import copy
import sys
from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from referral_rules import Diagnostic, Evaluation, Ruleset

__all__ = ["Attempt", "Candidate", "Engine", "Local", "Reasons", "evaluation", "listed", "reasons"]

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

Reasons = tuple[tuple[str, int | None], ...]
"""Code and index of the operation of each thing that is wrong."""


def reasons(errors: Iterable[Diagnostic]) -> Reasons:
    """What a report says is wrong.

    >>> from referral_rules import check
    >>> reasons(check([{}]).errors)[0]
    ('member_missing', 0)
    """
    return tuple((str(error.code), error.op_index) for error in errors)


class Engine(Protocol):
    """Anything that applies patches in this process."""

    def apply_json(self, text: Any, referral: Any) -> Any:
        """The same for JSON text."""

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
        own: the members that the candidate writes by itself at each change.
    """

    accepted: bool
    before: Any
    after: Any
    errors: Reasons | None = None
    told: str = ""
    slip: str | None = None
    touched: tuple[str, ...] = ()
    shares: bool = False
    own: frozenset[str] = frozenset()

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


def evaluation(rules: Ruleset, patch: Any, referral: Any) -> Evaluation:
    """What the rules say about a patch, which is JSON text if it is a str or bytes."""
    return (rules.evaluate_json if isinstance(patch, str | bytes) else rules.evaluate)(patch, referral)


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
            apply = self._engine.apply_json if isinstance(given, str) else self._engine.apply
            after = apply(given, stored)
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
    """What a traceback shows of it."""
    try:
        return "\n".join([str(refusal), *getattr(refusal, "__notes__", ())])
    except Exception:  # noqa: BLE001, it tells nothing then
        return ""


def _slip(refusal: BaseException | None) -> str | None:
    # A class of the engine's own is meant, whatever it is derived from.
    raw = type(refusal).__module__.partition(".")[0] in sys.stdlib_module_names
    if not raw or not isinstance(refusal, _SLIPS):
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
