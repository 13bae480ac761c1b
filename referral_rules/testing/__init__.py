"""The test kit: strategies for referrals and patches, and a suite that holds anyone's code against the rules.

>>> from hypothesis import find
>>> find(referrals(status="New"), lambda referral: True)
{'status': 'New', 'substatus': 'Pending'}
"""

from referral_rules.testing.accepted import accepted_patches
from referral_rules.testing.breaches import Breach, ConformanceError
from referral_rules.testing.lifecycle import ReferralLifecycle
from referral_rules.testing.rejected import rejected_patches
from referral_rules.testing.running import DEFAULT, UntriedWarning, run_conformance
from referral_rules.testing.services import HttpService, InMemoryService
from referral_rules.testing.strategies import members, moves, pointers, referrals, states
from referral_rules.testing.wild import patches

__all__ = [
    "DEFAULT",
    "Breach",
    "ConformanceError",
    "HttpService",
    "InMemoryService",
    "ReferralLifecycle",
    "UntriedWarning",
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
