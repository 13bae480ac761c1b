"""PATCH of a referral over HTTP: takes a request and the stored referral, returns the response and the new referral."""

from referral_rules._json import loads
from referral_rules.http._answers import Response, error, fault, refused, report, represent
from referral_rules.http._exchange import BODY_BYTES, PATH, Outcome, Request, exchange
from referral_rules.http._openapi import error_schema, openapi

__all__ = [
    "BODY_BYTES",
    "PATH",
    "Outcome",
    "Request",
    "Response",
    "error",
    "error_schema",
    "exchange",
    "fault",
    "loads",
    "openapi",
    "refused",
    "report",
    "represent",
]
