"""Check JSON Patches for Microsoft Partner Center referrals, and apply them."""

from referral_rules._codes import Code, Severity, Stage
from referral_rules._diagnostics import Diagnostic
from referral_rules._exceptions import Finding, PatchRejected, ReferralRulesError, RulesetError
from referral_rules._newest import apply, apply_json, check, check_json, evaluate, evaluate_json
from referral_rules._reports import Evaluation, Report
from referral_rules._rules import Limits, PathRule, State, TransitionRow, TransitionTable
from referral_rules._ruleset import Ruleset
from referral_rules._types import JSONPatch, JSONText, Operation, Referral

__version__ = "0.1.0"

__all__ = [
    "Code",
    "Diagnostic",
    "Evaluation",
    "Finding",
    "JSONPatch",
    "JSONText",
    "Limits",
    "Operation",
    "PatchRejected",
    "PathRule",
    "Referral",
    "ReferralRulesError",
    "Report",
    "Ruleset",
    "RulesetError",
    "Severity",
    "Stage",
    "State",
    "TransitionRow",
    "TransitionTable",
    "__version__",
    "apply",
    "apply_json",
    "check",
    "check_json",
    "evaluate",
    "evaluate_json",
]
