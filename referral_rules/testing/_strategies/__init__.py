"""Strategies for referrals and patches; all follow the ruleset passed in."""

from referral_rules.testing._strategies.malformed import PATH_MUTATIONS, mutated_paths, mutations_of, patches
from referral_rules.testing._strategies.operations import (
    Place,
    accepted_patches,
    operations,
    places,
    referrals_with_every_path,
    setting,
    wide_patches,
    with_every_path,
)
from referral_rules.testing._strategies.referrals import (
    all_states,
    members,
    moves,
    pointers,
    referrals,
    ruleset_or_newest,
    states,
    with_indices,
    with_state,
)
from referral_rules.testing._strategies.rejected import rejected_patches
from referral_rules.testing._strategies.schemas import UNLISTED, SchemaValues
from referral_rules.testing._strategies.values import evenly, json_values, nested, odd_texts, sampled

__all__ = [
    "PATH_MUTATIONS",
    "UNLISTED",
    "Place",
    "SchemaValues",
    "accepted_patches",
    "all_states",
    "evenly",
    "json_values",
    "members",
    "moves",
    "mutated_paths",
    "mutations_of",
    "nested",
    "odd_texts",
    "operations",
    "patches",
    "places",
    "pointers",
    "referrals",
    "referrals_with_every_path",
    "rejected_patches",
    "ruleset_or_newest",
    "sampled",
    "setting",
    "states",
    "wide_patches",
    "with_every_path",
    "with_indices",
    "with_state",
]
