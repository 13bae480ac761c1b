"""The test kit: strategies for referrals and patches, and a suite that tests any engine or service against the rules.

>>> from hypothesis import find
>>> find(states(), lambda state: state.status == "Closed")
State(status='Closed', substatus='Won')
"""

from referral_rules.testing._adapters import HttpService, InMemoryService
from referral_rules.testing._strategies import (
    accepted_patches,
    members,
    moves,
    patches,
    pointers,
    referrals,
    rejected_patches,
    states,
)
from referral_rules.testing._suite import (
    DEFAULT_SETTINGS,
    Breach,
    ConformanceError,
    InconclusiveWarning,
    ReferralLifecycle,
    run_conformance,
)

__all__ = [
    "DEFAULT_SETTINGS",
    "Breach",
    "ConformanceError",
    "HttpService",
    "InMemoryService",
    "InconclusiveWarning",
    "ReferralLifecycle",
    "accepted_patches",
    "members",
    "moves",
    "patches",
    "pointers",
    "referrals",
    "rejected_patches",
    "run_conformance",
    "states",
]
