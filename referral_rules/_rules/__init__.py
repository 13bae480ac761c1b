"""A ruleset: read from a file or a mapping, with what it extends; and compiled, as the engine asks it."""

from referral_rules._rules.keywords import fits
from referral_rules._rules.loading import from_file, from_mapping, load
from referral_rules._rules.paths import PathRule, Permission, Rule
from referral_rules._rules.resource import ITEM, Resource, Schema
from referral_rules._rules.rules import Limits, Pair, Rules
from referral_rules._rules.transitions import State, TransitionRow, TransitionTable
from referral_rules._rules.values import compiled_checks, schema_errors

__all__ = [
    "ITEM",
    "Limits",
    "Pair",
    "PathRule",
    "Permission",
    "Resource",
    "Rule",
    "Rules",
    "Schema",
    "State",
    "TransitionRow",
    "TransitionTable",
    "compiled_checks",
    "fits",
    "from_file",
    "from_mapping",
    "load",
    "schema_errors",
]
