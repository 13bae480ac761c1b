"""PATCH as a function of the cloud: an event of AWS's API Gateway (payload format 2.0) in, an answer for it out.

Azure's ``HttpRequest`` has the same three things, as ``headers``, ``get_body()`` and ``route_params["Id"]``.
"""

from base64 import b64decode
from typing import Any

from examples.recipes.makers import entity_tag, now
from referral_rules import http

referrals: dict[str, dict[str, Any]] = {}


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Change a referral; such a platform runs one event at a time in each process."""
    key, text = event["pathParameters"]["Id"], event.get("body") or ""
    body = b64decode(text) if event.get("isBase64Encoded") else text.encode()
    asked = http.Request(event.get("headers") or {}, body)
    outcome = http.exchange(asked, referrals.get(key), entity_tag=entity_tag, now=now)
    if outcome.referral is not None:
        referrals[key] = outcome.referral
    status, headers, content = outcome.response
    return {"statusCode": status, "headers": headers, "body": content.decode()}
