"""The service: POST to create a referral, GET and PATCH of one.

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
# Each attempt that fails is another request's success; this many in a row are a sign that something is wrong.
ATTEMPTS = 1000
GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def _content(request: Request) -> bytes:
    """The body; of one that is too large, as much as tells that it is."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > http.BODY_BYTES:
            break
    return bytes(body)


Body = Annotated[bytes, Depends(_content)]


def create_app(url: str | None = None) -> FastAPI:
    """The application on the database at a URL; without one, on that of the environment, or on a file of SQLite."""
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
    """The answer to a PATCH, once what it says is stored."""
    for _ in range(ATTEMPTS):
        stored = store.get(key)
        outcome = http.exchange(request, stored, entity_tag=entity_tag, now=now, rules=RULES)
        if stored is None or outcome.referral is None or store.replace(stored, outcome.referral):
            return outcome.response
    return http.error(503, "serviceNotAvailable", "Too many others change this referral. Try again.")


def created(store: Store, body: bytes) -> http.Response:
    """The answer to a POST, once the referral is stored."""
    if len(body) > http.BODY_BYTES:
        return http.fault("body_too_large", bytes=http.BODY_BYTES)
    try:
        referral = http.loads(body)
    except ValueError as error:
        return http.error(400, "invalidRequest", f"The referral is not JSON in UTF-8: {error}.")
    if isinstance(referral, dict):
        referral = {**referral, **_written()}
    report = RULES.check_referral(referral)
    if not report.ok:
        return http.refused(report)._replace(status=400)
    store.add(referral)
    return http.represent(referral, {"Location": f"{COLLECTION}/{referral['id']}"}, status=201)


def _written() -> dict[str, str]:
    """What the service writes into a new referral."""
    moment = now().replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return {"id": str(uuid4()), TAG: entity_tag(), "createdDateTime": moment, "updatedDateTime": moment}


def _key(request: Request) -> str:
    """The identifier in the path as the store writes it; what is no GUID is nobody's."""
    key: str = request.path_params["Id"].lower()
    return key if GUID.fullmatch(key) else ""


def _sent(response: http.Response) -> Response:
    return Response(response.body, response.status, response.headers)


def _unavailable(_request: Request, _error: Exception) -> Response:
    return _sent(http.error(503, "serviceNotAvailable", "The database does not answer. Try again."))


def _unknown(request: Request, error: Exception) -> Response:
    """No such address, or no such method there."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    allowed = ", ".join(sorted({method for route in routes for method in route.methods}))
    if not allowed:
        return _sent(http.error(status, "invalidRequest", "There is nothing at this address."))
    answer = http.error(status, "invalidRequest", f"This method is not allowed here. Use {allowed}.")
    return _sent(answer._replace(headers={**answer.headers, "Allow": allowed}))
