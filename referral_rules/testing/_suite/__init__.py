"""The suite: cases and laws, and what runs them on a candidate."""

from referral_rules.testing._suite.answers import answer_differences
from referral_rules.testing._suite.breaches import Breach, ConformanceError
from referral_rules.testing._suite.cases import FOLDER, Case, Exchange, cases, exchanges
from referral_rules.testing._suite.laws import laws
from referral_rules.testing._suite.lifecycle import ReferralLifecycle
from referral_rules.testing._suite.runner import (
    CREATION,
    DEFAULT_SETTINGS,
    InconclusiveWarning,
    checks,
    down,
    run_conformance,
)

__all__ = [
    "CREATION",
    "DEFAULT_SETTINGS",
    "FOLDER",
    "Breach",
    "Case",
    "ConformanceError",
    "Exchange",
    "InconclusiveWarning",
    "ReferralLifecycle",
    "answer_differences",
    "cases",
    "checks",
    "down",
    "exchanges",
    "laws",
    "run_conformance",
]
