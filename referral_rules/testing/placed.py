"""Operations for which a referral has a place, and referrals that have places."""

import copy
from itertools import repeat
from typing import Any, NamedTuple

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, Code
from referral_rules import _json as rfc6901
from referral_rules._rules import ITEM
from referral_rules.testing.strategies import referrals, with_indices, writing
from referral_rules.testing.twists import TWISTS

__all__ = ["Place", "fault", "placed_operations", "places", "stocked", "stocked_referrals"]

_STOCK = 2
# The first ones, and one that has two digits.
_INDICES = (0, 1, 11)


def placed_operations(
    rules: Ruleset, referral: dict[str, Any], kind: str | None = None
) -> list[st.SearchStrategy[dict[str, Any]]]:
    """For each path at which a referral has a place, operations that write there.

    Args:
        rules: the rules.
        referral: the referral.
        kind: only paths that can be twisted in this way; None for all.
    """
    return [
        writing(rule, rules, path=path, ops=ops)
        for rule, path, ops in places(rules, referral)
        if kind is None or set(TWISTS[kind](path)) - {path}
    ]


class Place(NamedTuple):
    """A place that a referral has.

    Args:
        rule: the rule that governs it.
        path: its path.
        ops: the operations that find it.
    """

    rule: PathRule
    path: str
    ops: list[str]


def places(rules: Ruleset, referral: dict[str, Any]) -> list[Place]:
    """Where in a referral the rules let something be written.

    >>> from referral_rules.testing.strategies import newest
    >>> [place.ops for place in places(newest(), {"salesStage": "80"}) if place.path == "/salesStage"]
    [['add', 'replace']]
    """
    found = [Place(rule, path, list(rule.operations)) for rule in rules.paths for path in _paths_in(rule, referral)]
    placed = [each._replace(ops=[op for op in each.ops if fault(referral, op, each.path) is None]) for each in found]
    return [each for each in placed if each.ops]


def _paths_in(rule: PathRule, referral: dict[str, Any]) -> list[str]:
    """The paths of a rule, with the first indices for each star."""
    if ITEM not in rule.path.split("/"):
        return [rule.path]
    paths = [with_indices(rule.path, repeat(number)) for number in _INDICES]
    return [path for path in paths if fault(referral, rule.operations[0], path) is None]


def fault(referral: object, op: str, path: str) -> Code | None:
    """Why there is no place for an operation, as far as a glance tells (RFC 6902 sections 4.1 and 4.3).

    Args:
        referral: the stored referral.
        op: the operation.
        path: a path that some rule governs.
    Returns:
        the code of what is wrong; None if there is a place.

    >>> fault({"details": None}, "add", "/details/notes").value
    'target_not_container'
    """
    *parents, last = rfc6901.tokens(path)
    container = referral
    for token in parents:
        if isinstance(container, list) and not 0 <= int(token) < len(container):
            return Code.INDEX_OUT_OF_RANGE
        if isinstance(container, dict) and token not in container:
            return Code.TARGET_MISSING
        if not isinstance(container, dict | list):
            return Code.TARGET_NOT_CONTAINER
        container = container[int(token)] if isinstance(container, list) else container[token]
    if not isinstance(container, list if last == rfc6901.END else dict):
        return Code.TARGET_NOT_CONTAINER
    absent = isinstance(container, dict) and last not in container
    return Code.TARGET_MISSING if absent and op == "replace" else None


def stocked_referrals(rules: Ruleset) -> st.SearchStrategy[dict[str, Any]]:
    """Referrals in which each path of the rules has a place.

    >>> from hypothesis import find
    >>> from referral_rules.testing.strategies import newest
    >>> find(stocked_referrals(newest()), lambda referral: True)["registrations"][1]["contract"]
    {}
    """
    return referrals(rules=rules).map(lambda referral: stocked(referral, rules))


def stocked(referral: dict[str, Any], rules: Ruleset) -> dict[str, Any]:
    """The referral with a place for each path of the rules: for one with an index, with two elements or more.

    >>> from referral_rules.testing.strategies import newest
    >>> stocked({"details": None}, newest())["details"]
    {'requirements': {'solutions': []}}
    """
    whole = copy.deepcopy(referral)
    for rule in rules.paths:
        _stock(whole, *rfc6901.tokens(rule.path))
    return whole


def _stock(container: Any, token: str, *rest: str) -> None:
    """Put what is missing on a path into an array or an object, but for the last value."""
    if not rest:
        return
    kind = list if rest[0] in (ITEM, rfc6901.END) else dict
    if token == ITEM:
        container += [kind() for _ in range(len(container), _STOCK)]
    elif not isinstance(container.get(token), kind):
        container[token] = kind()
    for inner in container if token == ITEM else [container[token]]:
        _stock(inner, *rest)
