"""The service: POST creates a referral, GET reads it, PATCH changes it.

Start it with ``uvicorn --factory examples.service.app:create_app``.
"""

import os
import re
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from examples.recipes.makers import entity_tag, now
from examples.service.description import description
from examples.service.store import TAG, Store
from referral_rules import Ruleset, http

RULES = Ruleset.load("partner-center")
COLLECTION = http.PATH.removesuffix("/{Id}")
# An attempt fails only because another request succeeded. So many failures in a row mean that something is wrong.
ATTEMPTS = 1000
GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _content(request: Request) -> bytes:
    """The body. Reading stops as soon as it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > http.BODY_BYTES:
            break
    return bytes(body)


Body = Annotated[bytes, Depends(_content)]


def create_app(url: str | None = None) -> FastAPI:
    """The application.

    Args:
        url: URL of the database; None for the environment variable DATABASE_URL, or a file of SQLite.
    """
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    store = Store(url or os.environ.get("DATABASE_URL", "sqlite:///referrals.db"))

    @app.post(COLLECTION)
    def create(body: Body) -> Response:
        return _sent(created(store, body))

    @app.api_route(http.PATH, methods=["GET", "HEAD"])
    def read(request: Request) -> Response:
        stored = store.get(_key(request))
        return _sent(http.fault("referral_missing") if stored is None else http.represent(stored))

    @app.patch(http.PATH)
    def patch(request: Request, body: Body) -> Response:
        return _sent(patched(store, _key(request), http.Request(request.headers, body)))

    @app.get("/openapi.json")
    def openapi() -> dict[str, Any]:
        return description(RULES, COLLECTION)

    app.add_exception_handler(SQLAlchemyError, _unavailable)
    app.add_exception_handler(HTTPException, _unknown)
    return app


def patched(store: Store, key: str, request: http.Request) -> http.Response:
    """The answer to a PATCH, after the new referral is stored."""
    for _ in range(ATTEMPTS):
        stored = store.get(key)
        outcome = http.exchange(request, stored, entity_tag=entity_tag, now=now, rules=RULES)
        if stored is None or outcome.referral is None or store.replace(stored, outcome.referral):
            return outcome.response
    return http.error(503, "serviceNotAvailable", "Too many other requests are changing this referral. Try again.")


def created(store: Store, body: bytes) -> http.Response:
    """The answer to a POST, after the referral is stored."""
    if len(body) > http.BODY_BYTES:
        return http.fault("body_too_large", bytes=http.BODY_BYTES)
    try:
        referral = http.loads(body)
    except ValueError as error:
        return http.error(400, "invalidRequest", f"The referral is not valid JSON: {error}.")
    if isinstance(referral, dict):
        referral = {**referral, **_generated()}
    report = RULES.check_referral(referral)
    if not report.ok:
        answer = http.refused(report)
        # Nothing is stored yet that a new referral could conflict with, so the answer is never 409.
        return http.Response(400, answer.headers, answer.body)
    store.add(referral)
    return http.represent(referral, {"Location": f"{COLLECTION}/{referral['id']}"}, status=201)


def _generated() -> dict[str, str]:
    """The members of a new referral that the service sets."""
    moment = now().replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return {"id": str(uuid4()), TAG: entity_tag(), "createdDateTime": moment, "updatedDateTime": moment}


def _key(request: Request) -> str:
    """The identifier in the path, in lower case as in the store; empty if it is not a GUID."""
    key: str = request.path_params["Id"].lower()
    return key if GUID.fullmatch(key) else ""


def _sent(response: http.Response) -> Response:
    return Response(response.body, response.status, response.headers)


def _unavailable(_request: Request, _error: Exception) -> Response:
    return _sent(http.error(503, "serviceNotAvailable", "The database is not available. Try again later."))


def _unknown(request: Request, error: Exception) -> Response:
    """The answer to an unknown path or method."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = ", ".join(sorted({method for route in routes for method in route.methods}))
    if not allowed:
        return _sent(http.error(status, "invalidRequest", "There is nothing at this path."))
    answer = http.error(status, "invalidRequest", f"The method is not allowed for this path. Use {allowed}.")
    return _sent(http.Response(answer.status, {**answer.headers, "Allow": allowed}, answer.body))
