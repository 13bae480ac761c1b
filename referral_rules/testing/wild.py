"""Patches of any shape, most of them nearly right."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import Ruleset
from referral_rules.testing.strategies import newest, operations, pointers
from referral_rules.testing.twists import twisted_paths
from referral_rules.testing.values import evenly, json_values, look_alikes, scalars

__all__ = ["patches"]


@cache
def _near_misses(rules: Ruleset) -> st.SearchStrategy[Any]:
    """Operations that are wrong in one way or another, or in none."""
    right = operations(rules=rules)
    known = st.sampled_from([rule.path for rule in rules.paths] or [""])
    ops = st.sampled_from(["add", "replace", "remove", "move", "copy", "test", "Add", ""])
    where = pointers(rules=rules) | known | known.flatmap(twisted_paths)
    wild = {"op": ops | scalars, "path": where | st.text(max_size=12) | scalars, "value": json_values | look_alikes}
    twisted = st.builds(
        lambda operation, path: {**operation, "path": path}, right, pointers(rules=rules).flatmap(twisted_paths)
    )
    return twisted | st.fixed_dictionaries({}, optional=wild) | st.fixed_dictionaries(wild) | json_values


def patches(*, rules: Ruleset | None = None) -> st.SearchStrategy[Any]:
    """Anything that a JSON parser may produce as a patch, weighted to what comes near to being accepted.

    >>> from hypothesis import find
    >>> find(patches(), lambda patch: isinstance(patch, dict))
    {}
    """
    right, near = operations(rules=rules), _near_misses(newest(rules))
    several: st.SearchStrategy[Any] = st.lists(evenly(right, right, near), max_size=5)
    return evenly(several, several, json_values)
