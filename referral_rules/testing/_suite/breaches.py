"""What a candidate does wrong, and how the error shows it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from referral_rules import _json
from referral_rules._frozen import Frozen
from referral_rules._json import equal
from referral_rules.testing._adapters import WRITTEN_BY_SERVICE

_SHOWN, _OF_EACH = 300, 3
_ABSENT = object()


class Breach(Frozen):
    """A law, or a case, that a candidate breaks, with the smallest example that was found.

    Args:
        law: the name of the law, or of the file that has the case.
        statement: what the law requires, or the description of the case.
        patch: the patch, parsed; None if it was given as text, or if there is none.
        referral: the referral that was stored.
        expected: what should have happened.
        actual: what happened.
        text: the patch as JSON text, if it was given so.
        headers: the header fields of the request; None if there was none.

    >>> print(Breach("accepts", "An accepted patch is applied.", [], {}, "accepted", "refused"))
      An accepted patch is applied.
        patch:     []
        referral:  {}
        expected:  accepted
        actual:    refused
    """

    law: str
    statement: str
    patch: Any
    referral: Any
    expected: str
    actual: str
    text: str | None = None
    headers: dict[str, str] | None = None

    def __str__(self) -> str:
        rows = [("patch", _shown(self.patch)) if self.text is None else ("text", _shortened(self.text))]
        rows.append(("referral", _shown(self.referral)))
        if self.headers is not None:
            rows.append(("headers", _shown(self.headers)))
        rows += [("expected", self.expected), ("actual", self.actual)]
        return "\n".join([f"  {self.statement}", *(f"    {name + ':':<10} {text}" for name, text in rows)])


def _shown(value: Any) -> str:
    try:
        text = _json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return _shortened(text, f" in {len(value)} operations" if isinstance(value, list) else "")


def _shortened(text: str, size: str = "") -> str:
    shown = text if text.isprintable() else repr(text)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}… ({len(text)} characters{size})"


class ConformanceError(AssertionError):
    """A candidate does not conform to the rules.

    Args:
        candidate: the name of the candidate.
        breaches: every law and every case that it breaks.

    >>> print(ConformanceError("Mine", (Breach("accepts", "It is applied.", [], {}, "accepted", "refused"),)))
    Mine does not conform to the rules: 1 law or file of cases fails.
    <BLANKLINE>
    1. accepts
      It is applied.
        patch:     []
        referral:  {}
        expected:  accepted
        actual:    refused
    """

    def __init__(self, candidate: str, breaches: tuple[Breach, ...]) -> None:
        super().__init__(candidate, breaches)
        self.candidate = candidate
        self.breaches = breaches

    def __str__(self) -> str:
        counted = Counter(breach.law for breach in self.breaches)
        failing = "1 law or file of cases fails" if len(counted) == 1 else f"{len(counted)} laws or files of cases fail"
        lines = [f"{self.candidate} does not conform to the rules: {failing}."]
        for number, law in enumerate(counted, 1):
            shown = [breach for breach in self.breaches if breach.law == law]
            lines += ["", f"{number}. {law}", *map(str, shown[:_OF_EACH])]
            if len(shown) > _OF_EACH:
                lines.append(f"  ... and {len(shown) - _OF_EACH} more")
        return "\n".join(lines)


class Difference(NamedTuple):
    """What should have happened and what happened, in words."""

    expected: str
    actual: str


def without_members(referral: Any, names: Collection[str] = WRITTEN_BY_SERVICE) -> Any:
    """The referral without the members that its service itself writes at each change.

    Args:
        referral: the referral.
        names: the names of these members.

    >>> without_members({"eTag": '"1"', "salesStage": "80"})
    {'salesStage': '80'}
    """
    if not isinstance(referral, dict):
        return referral
    return {name: value for name, value in referral.items() if name not in names}


def differing_places(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Pointers to the innermost values that differ.

    >>> list(differing_places({"team": [1, 2]}, {"team": [1, 3]}))
    ['/team/1']
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys(), key=str):
            step = _json.join([str(name)])
            yield from differing_places(before.get(name, _ABSENT), after.get(name, _ABSENT), f"{place}{step}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differing_places(old, new, f"{place}/{index}")
    elif not equal(before, after):
        yield place


def difference_of(expected: Any, found: Any, names: Collection[str] = WRITTEN_BY_SERVICE) -> Difference | None:
    """The difference between two referrals, without the members that a service writes; None if there is none.

    Args:
        expected: the referral as it should be.
        found: the referral as it is.
        names: the names of the members that the service writes.

    >>> difference_of({"salesStage": "80"}, {"salesStage": "60"}).actual
    'a referral that differs at /salesStage'
    """
    places = named(differing_places(without_members(expected, names), without_members(found, names)))
    return Difference("the patched referral", f"a referral that differs at {places}") if places else None


def named(places: Iterable[str]) -> str:
    """The places in words.

    >>> named(["/name", ""])
    '/name, the whole referral'
    """
    return ", ".join(place or "the whole referral" for place in places)
