"""How two referrals differ, and what should have been and is."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from referral_rules import _catalog
from referral_rules import _json as pointers
from referral_rules._json import equal

__all__ = ["ENTITY_TAG", "WRITTEN", "Difference", "another", "bare", "differences", "named"]

ENTITY_TAG: str = _catalog.exchange()["members"]["entityTag"]
"""The member that holds a referral's entity tag."""

WRITTEN: frozenset[str] = frozenset(_catalog.exchange()["members"].values())
"""The members that a service writes at each change."""

_ABSENT = object()


class Difference(NamedTuple):
    """What should have come of a request, and what did, in words."""

    expected: str
    actual: str


def bare(referral: Any, own: Collection[str] = WRITTEN) -> Any:
    """The referral without what its keeper writes into it at each change.

    Args:
        referral: the referral.
        own: the names of these members.

    >>> bare({"eTag": '"1"', "salesStage": "80"})
    {'salesStage': '80'}
    """
    if not isinstance(referral, dict):
        return referral
    return {name: value for name, value in referral.items() if name not in own}


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Pointers to the innermost values that differ.

    >>> list(differences({"team": [1, 2]}, {"team": [1, 3]}))
    ['/team/1']
    """
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys(), key=str):
            step = pointers.join([str(name)])
            yield from differences(before.get(name, _ABSENT), after.get(name, _ABSENT), f"{place}{step}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{place}/{index}")
    elif not equal(before, after):
        yield place


def another(expected: Any, found: Any, own: Collection[str] = WRITTEN) -> Difference | None:
    """The difference between a referral as it should be and as it is, but for what its keeper writes; or None.

    Args:
        expected: the referral as it should be.
        found: the referral as it is.
        own: the names of the members that its keeper writes.

    >>> another({"salesStage": "80"}, {"salesStage": "60"}).actual
    'another one, which differs at /salesStage'
    """
    places = named(differences(bare(expected, own), bare(found, own)))
    if not places:
        return None
    return Difference("the referral with what the patch writes", f"another one, which differs at {places}")


def named(places: Iterable[str]) -> str:
    """Places as a sentence lists them.

    >>> named(["/name", ""])
    '/name, the whole'
    """
    return ", ".join(place or "the whole" for place in places)
