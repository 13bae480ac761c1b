"""A ruleset: read from a file or a mapping, with what it extends; and compiled, as the engine asks it."""

from referral_rules._rules.checks import fits
from referral_rules._rules.keywords import Finding
from referral_rules._rules.loading import from_file, from_mapping, load
from referral_rules._rules.names import Names, is_slip
from referral_rules._rules.paths import PathRule, Permission, Rule, generic
from referral_rules._rules.resource import ITEM, Resource, Schema
from referral_rules._rules.rules import Limits, Pair, Rules
from referral_rules._rules.transitions import State, TransitionRow, TransitionTable
from referral_rules._rules.values import compiled_checks, findings

__all__ = [
    "ITEM",
    "Finding",
    "Limits",
    "Names",
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
    "findings",
    "fits",
    "from_file",
    "from_mapping",
    "generic",
    "is_slip",
    "load",
]
