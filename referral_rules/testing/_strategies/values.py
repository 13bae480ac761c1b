"""Strategies for JSON values of any kind, and for values that careless code gets wrong."""

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

_TRIES = 3
_LARGEST_INTEGER, _LARGEST_FLOAT = 2**53, 1e15

scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
"""Any JSON value but an array or an object."""

json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
"""Any JSON value."""

look_alikes: st.SearchStrategy[Any] = st.sampled_from(
    [True, False, 0, 1, 1.0, -1, "", "0", "1", "true", None, [], {}, [[]], 10**400]
)
"""Values that careless code confuses with others."""

odd_texts: st.SearchStrategy[str] = st.sampled_from(
    [
        *("", "null", " a", "a ", "\t", "a\r\nb", "\u00a0", "\u200b", "\0", "\U0001f98a"),
        *("e\u0301", "\u212b", "\ufb01", "\u00df", "\u0130", "x" * 300, "\u00e9x" * 2000),
    ]
)
"""Strings that careless code trims, folds, normalizes, truncates or takes for null."""


def evenly(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw from each strategy equally often; ``one_of`` would weigh each of their own branches the same.

    >>> evenly(st.none(), st.just(1) | st.just(2)).is_empty
    False
    """
    return st.sampled_from(strategies).flatmap(lambda chosen: chosen)


def filtered(made: st.SearchStrategy[Any], wanted: Callable[[Any], bool]) -> st.SearchStrategy[Any]:
    """The values that a function wants; ``filter`` would spell out the whole strategy for each value that it drops.

    >>> filtered(st.just(1), bool).is_empty, filtered(st.nothing(), bool).is_empty
    (False, True)
    """
    return made if made.is_empty else retried(made, wanted)


@st.composite
def retried(draw: st.DrawFn, made: st.SearchStrategy[Any], wanted: Callable[[Any], bool]) -> Any:
    """The same for a strategy that may be empty only once its own parts are known.

    >>> retried(st.just(1), bool).is_empty
    False
    """
    for _ in range(_TRIES):
        value = draw(made)
        if wanted(value):
            return value
    return reject()


def sampled(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """``sampled_from``, which also takes no values at all.

    >>> sampled([]).is_empty
    True
    """
    return st.sampled_from(values) if values else st.nothing()


def portable_numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    """Numbers that stay the same if the receiver reads them as doubles.

    Args:
        low: the smallest number.
        high: the largest number.

    >>> portable_numbers(0.25, 0.75).is_empty
    False
    """
    first, last = ceil(low), floor(min(high, max(low, _LARGEST_INTEGER)))
    floats = st.floats(float(low), float(min(high, max(low, _LARGEST_FLOAT))))
    return st.integers(first, last) | floats if first <= last else floats


def nested(depth: int) -> list[Any]:
    """Arrays inside one another.

    >>> nested(3)
    [[[]]]
    """
    return [nested(depth - 1)] if depth > 1 else []


def levels(value: object) -> int:
    """How many arrays and objects are inside one another.

    >>> levels({"a": [1]})
    2
    """
    if isinstance(value, dict | list):
        return 1 + max(map(levels, value.values() if isinstance(value, dict) else value), default=0)
    return 0
