"""The words of diagnostics, made only when someone reads them; a module for each stage, a function for each code."""

from referral_rules._messages import policy, shape, target, transition, value, warnings
from referral_rules._messages.wording import Details, Words, counted, left_out, quoted

__all__ = [
    "Details",
    "Words",
    "counted",
    "left_out",
    "policy",
    "quoted",
    "shape",
    "target",
    "transition",
    "value",
    "warnings",
]
