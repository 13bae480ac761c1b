"""What a candidate breaks, and how that is told."""

from collections import Counter
from typing import Any, NamedTuple

from referral_rules import _json

__all__ = ["Breach", "ConformanceError"]

_SHOWN, _OF_EACH = 300, 3


class Breach(NamedTuple):
    """A law, or a case, that a candidate breaks, with the least example that shows it.

    Args:
        law: the law, or the file of the case.
        says: what it says.
        patch: the patch.
        referral: the referral that was stored.
        expected: what should have come of it.
        actual: what came of it.
        headers: the header fields of the request; None if there was none.
    """

    law: str
    says: str
    patch: Any
    referral: Any
    expected: str
    actual: str
    headers: dict[str, str] | None = None

    def __str__(self) -> str:
        # What is text is shown as one, if it could be taken for something else.
        patch = ("text" if isinstance(self.patch, str) else "patch", _shown(self.patch))
        rows = [patch, ("referral", _shown(self.referral))]
        if self.headers is not None:
            rows.append(("headers", _shown(self.headers)))
        rows += [("expected", self.expected), ("actual", self.actual)]
        return "\n".join([f"  {self.says}", *(f"    {name + ':':<10} {text}" for name, text in rows)])


def _shown(value: Any) -> str:
    try:
        text = value if isinstance(value, str) and value.isprintable() else _json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    if len(text) <= _SHOWN:
        return text
    several = f" in {len(value)} operations" if isinstance(value, list) else ""
    return f"{text[:_SHOWN]}… ({len(text)} characters{several})"


class ConformanceError(AssertionError):
    """A candidate does not conform.

    Args:
        candidate: how the candidate is called.
        breaches: every law and every case that it breaks.
    """

    def __init__(self, candidate: str, breaches: tuple[Breach, ...]) -> None:
        super().__init__(candidate, breaches)
        self.candidate = candidate
        self.breaches = breaches

    def __str__(self) -> str:
        counted = Counter(breach.law for breach in self.breaches)
        broken = f"{len(counted)} of the laws and files of cases {'is' if len(counted) == 1 else 'are'} broken."
        lines = [f"{self.candidate} does not conform: {broken}"]
        for number, law in enumerate(counted, 1):
            shown = [breach for breach in self.breaches if breach.law == law]
            lines += ["", f"{number}. {law}", *map(str, shown[:_OF_EACH])]
            if len(shown) > _OF_EACH:
                lines.append(f"  ... and {len(shown) - _OF_EACH} more")
        return "\n".join(lines)
