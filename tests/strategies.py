"""The test kit's strategies, with the numbers that only some parsers return."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from referral_rules import Ruleset
from referral_rules._rules import Resource
from referral_rules.testing import accepted_patches, patches, referrals
from referral_rules.testing._strategies import SchemaValues, json_values, operations

__all__ = ["LATEST", "accepted", "allowed_patches", "json_values", "patches", "referrals", "values"]

LATEST = Ruleset.load("partner-center")


def _numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    return st.integers(int(low), int(high)) | st.floats(low, 1e15) | st.decimals(low, 10**9, places=2)


def values(schema: Mapping[str, Any], resource: Resource) -> st.SearchStrategy[Any]:
    """Values that a schema of the resource accepts, with numbers of any type."""
    return SchemaValues(resource, _numbers).fitting(schema)


def _as_decimals(value: Any) -> Any:
    """The value with a Decimal in the place of each float, as parsers with ``parse_float=Decimal`` return it."""
    if isinstance(value, dict):
        return {name: _as_decimals(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_decimals(item) for item in value]
    return Decimal(repr(value)) if isinstance(value, float) else value


def _read(patch: st.SearchStrategy[list[dict[str, Any]]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return patch | patch.map(_as_decimals)


def allowed_patches(rules: Ruleset = LATEST) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Patches whose operations the ruleset allows; the referral or the transition table may still refuse them."""
    return _read(st.lists(operations(rules=rules), max_size=5))


def accepted(rules: Ruleset = LATEST) -> st.SearchStrategy[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """A patch, and a referral for which it is accepted."""
    return referrals(rules=rules).flatmap(
        lambda referral: st.tuples(_read(accepted_patches(referral, rules=rules)), st.just(referral))
    )
