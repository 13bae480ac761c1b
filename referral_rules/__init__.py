"""May this JSON Patch be applied to this Partner Center referral, and what is the referral then?"""

from referral_rules.paths import PathRule
from referral_rules.rulebook import Limits
from referral_rules.rulesets import Patch, Ruleset, apply, check
from referral_rules.transitions import State, TransitionTable
from referral_rules.violations import (
    Finding,
    PatchRejected,
    Report,
    RulesetError,
    Severity,
    Violation,
    ViolationCode,
)

__all__ = [
    "Finding",
    "Limits",
    "Patch",
    "PatchRejected",
    "PathRule",
    "Report",
    "Ruleset",
    "RulesetError",
    "Severity",
    "State",
    "TransitionTable",
    "Violation",
    "ViolationCode",
    "apply",
    "check",
]
