"""PATCH of a referral as the API speaks it: a request and the stored referral in, an answer out."""

from referral_rules._json import loads
from referral_rules.http._answers import Response, error, fault, refused, represent
from referral_rules.http._exchange import BODY_BYTES, PATH, Outcome, Request, exchange

__all__ = [
    "BODY_BYTES",
    "PATH",
    "Outcome",
    "Request",
    "Response",
    "error",
    "exchange",
    "fault",
    "loads",
    "refused",
    "represent",
]
