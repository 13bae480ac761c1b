"""Operations for which a referral has a place."""

from itertools import repeat
from typing import Any

from hypothesis import strategies as st

from referral_rules import PathRule, Ruleset, ViolationCode
from referral_rules import pointers as rfc6901
from referral_rules.resource import ITEM
from referral_rules.testing.strategies import with_indices, writing
from referral_rules.testing.twists import TWISTS

__all__ = ["fault", "placed_operations"]


def placed_operations(
    rules: Ruleset, referral: dict[str, Any], kind: str | None = None
) -> list[st.SearchStrategy[dict[str, Any]]]:
    """For each path at which a referral has a place, operations that write there.

    Args:
        rules: the rules.
        referral: the referral.
        kind: only paths that can be twisted in this way; None for all.
    """
    found = []
    for rule in rules.paths:
        for path in _paths_in(rule, referral):
            ops = [op for op in rule.operations if fault(referral, op, path) is None]
            if ops and (kind is None or set(TWISTS[kind](path)) - {path}):
                found.append(writing(rule, rules, path=path, ops=ops))
    return found


def _paths_in(rule: PathRule, referral: dict[str, Any]) -> list[str]:
    """The paths of a rule, with the first indices for each star."""
    if ITEM not in rule.path.split("/"):
        return [rule.path]
    paths = [with_indices(rule.path, repeat(number)) for number in (0, 1)]
    return [path for path in paths if fault(referral, rule.operations[0], path) is None]


def fault(referral: object, op: str, path: str) -> ViolationCode | None:
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
            return ViolationCode.INDEX_OUT_OF_RANGE
        if isinstance(container, dict) and token not in container:
            return ViolationCode.TARGET_MISSING
        if not isinstance(container, dict | list):
            return ViolationCode.TARGET_NOT_CONTAINER
        container = container[int(token)] if isinstance(container, list) else container[token]
    if not isinstance(container, list if last == rfc6901.END else dict):
        return ViolationCode.TARGET_NOT_CONTAINER
    absent = isinstance(container, dict) and last not in container
    return ViolationCode.TARGET_MISSING if absent and op == "replace" else None
