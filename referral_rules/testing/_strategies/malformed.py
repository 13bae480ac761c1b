"""Strategies for malformed patches, and for paths that careless code takes for an allowed one."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from referral_rules import Ruleset
from referral_rules.testing._strategies.operations import operations
from referral_rules.testing._strategies.referrals import pointers, ruleset_or_newest
from referral_rules.testing._strategies.values import evenly, json_values, look_alikes, sampled, scalars


def _ancestors(path: str) -> list[str]:
    tokens = path.split("/")
    return ["/".join(tokens[:length]) for length in range(1, len(tokens))]


PATH_MUTATIONS: dict[str, Callable[[str], list[str]]] = {
    "ancestor": _ancestors,
    "letter case": lambda path: [path.upper(), path.title(), path.swapcase(), path.replace("t", "\uff54")],
    "empty tokens": lambda path: [f"/{path}", f"{path}/", path.replace("/", "//"), f"/{path}/"],
    "escapes": lambda path: [
        f"/{path[1:].replace('/', '~1')}", f"/{path[1:].replace('/', '~01')}", path.replace("a", "%61"),
        path.replace("~1", "~01"), path.replace("~0", "~"), path.replace("/", "/~0"),
    ],
    "longer or shorter name": lambda path: [f"{path}s", f"{path} ", f"{path}\0", f"{path}-", path[:-1]],
    "descendant": lambda path: [f"{path}/0", f"{path}/-", f"{path}/x"],
    "leading zeros": lambda path: [
        "/".join(f"{zeros}{token}" if token.isdigit() else token for token in path.split("/")) for zeros in ("0", "00")
    ],
}  # fmt: skip
"""How careless code takes another path for an allowed one, by what it ignores."""


def mutations_of(path: str, kind: str | None = None) -> list[str]:
    """The other paths that careless code takes for a path.

    Args:
        path: the path.
        kind: one of the kinds of ``PATH_MUTATIONS``; None for all.

    >>> mutations_of("/a/b", "ancestor")
    ['', '/a']
    """
    kinds = list(PATH_MUTATIONS) if kind is None else [kind]
    return list(dict.fromkeys(other for each in kinds for other in PATH_MUTATIONS[each](path) if other != path))


def mutated_paths(path: str, kind: str | None = None) -> st.SearchStrategy[str]:
    """A strategy for ``mutations_of`` a path.

    >>> mutated_paths("/a", "leading zeros").is_empty
    True
    """
    return sampled(mutations_of(path, kind))


@cache
def _any_operations(rules: Ruleset) -> st.SearchStrategy[Any]:
    """Operations that are wrong in one or more ways, or in none."""
    known = st.sampled_from([rule.path for rule in rules.paths] or [""])
    ops = st.sampled_from(["add", "replace", "remove", "move", "copy", "test", "Add", ""])
    where = pointers(rules=rules) | known | known.flatmap(mutated_paths)
    odd = {"op": ops | scalars, "path": where | st.text(max_size=12) | scalars, "value": json_values | look_alikes}
    mutated = st.builds(
        lambda operation, path: {**operation, "path": path},
        operations(rules=rules),
        pointers(rules=rules).flatmap(mutated_paths),
    )
    return mutated | st.fixed_dictionaries({}, optional=odd) | st.fixed_dictionaries(odd) | json_values


@cache
def _patches(rules: Ruleset) -> st.SearchStrategy[Any]:
    right = operations(rules=rules)
    several: st.SearchStrategy[Any] = st.lists(evenly(right, right, _any_operations(rules)), max_size=5)
    return evenly(several, several, json_values)


def patches(*, rules: Ruleset | None = None) -> st.SearchStrategy[Any]:
    """Any parsed JSON as a patch, mostly close to an accepted patch.

    >>> from hypothesis import find
    >>> find(patches(), lambda patch: isinstance(patch, dict))
    {}
    """
    return _patches(ruleset_or_newest(rules))
