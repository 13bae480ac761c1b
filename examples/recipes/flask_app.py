"""PATCH under Flask: ``flask --app examples.recipes.flask_app run``."""

from threading import Lock
from typing import Any

from flask import Flask, Response, request

from examples.recipes.makers import entity_tag, now
from referral_rules import http

app = Flask(__name__)
lock = Lock()
referrals: dict[str, dict[str, Any]] = {}


@app.patch(http.PATH.format(Id="<key>"))
def patch(key: str) -> Response:
    """Change a referral."""
    received = http.Request(request.headers, request.get_data())
    with lock:
        outcome = http.exchange(received, referrals.get(key), entity_tag=entity_tag, now=now)
        if outcome.referral is not None:
            referrals[key] = outcome.referral
    answer = outcome.response
    return Response(answer.body, answer.status, answer.headers)
