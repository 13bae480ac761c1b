"""PATCH as an AWS Lambda function behind API Gateway (payload format 2.0).

An Azure function gets the same three things as ``headers``, ``get_body()`` and ``route_params["Id"]``.
"""

from base64 import b64decode
from typing import Any

from examples.recipes.makers import entity_tag, now
from referral_rules import http

referrals: dict[str, dict[str, Any]] = {}


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Change a referral. No lock is needed, as a process handles one event at a time."""
    key, text = event["pathParameters"]["Id"], event.get("body") or ""
    body = b64decode(text) if event.get("isBase64Encoded") else text.encode()
    received = http.Request(event.get("headers") or {}, body)
    outcome = http.exchange(received, referrals.get(key), entity_tag=entity_tag, now=now)
    if outcome.referral is not None:
        referrals[key] = outcome.referral
    answer = outcome.response
    return {"statusCode": answer.status, "headers": dict(answer.headers), "body": answer.body.decode()}
