"""Each recipe answers the HTTP cases as they require."""

import base64
import json
from queue import Queue
from typing import Any

import pytest

from examples.recipes import flask_app, lambda_handler, queue_consumer
from referral_rules import http

from .exchanges import Exchange, check_answer, exchanges

KEY = "61c65491-2f2c-461a-84b4-3654499bc1d9"
CASES = pytest.mark.parametrize("case", [*exchanges()], ids=lambda case: case.description)


def prepared(referrals: dict[str, Any], case: Exchange) -> dict[str, str]:
    """Store the referral of a case; return the header fields of its request."""
    referrals.clear()
    if case.stored is not None:
        referrals[KEY] = case.stored
    return case.headers_for(case.stored["eTag"] if case.stored else "")


@CASES
def test_the_flask_recipe_answers_as_the_case_requires(case: Exchange) -> None:
    headers = prepared(flask_app.referrals, case)
    with flask_app.app.test_client() as client:
        response = client.patch(http.PATH.format(Id=KEY), data=case.body, headers=headers)
    check_answer(case, response.status_code, dict(response.headers), response.data, flask_app.referrals.get(KEY))


@pytest.mark.parametrize("encoded", [True, False], ids=["base64", "text"])
@CASES
def test_the_lambda_recipe_answers_as_the_case_requires(case: Exchange, encoded: bool) -> None:
    headers: dict[str, str] | None = prepared(lambda_handler.referrals, case)
    try:
        body = base64.b64encode(case.body).decode() if encoded else case.body.decode()
    except UnicodeDecodeError:
        pytest.skip("API Gateway sends a body that is not text only as base64")
    event = {"pathParameters": {"Id": KEY}, "headers": headers or None, "body": body, "isBase64Encoded": encoded}
    answer = lambda_handler.handler(event)
    assert json.loads(json.dumps(answer)) == answer
    after = lambda_handler.referrals.get(KEY)
    check_answer(case, answer["statusCode"], answer["headers"], answer["body"].encode(), after)


@CASES
def test_the_queue_recipe_stores_or_refuses_as_the_case_requires(case: Exchange) -> None:
    referrals: dict[str, Any] = {}
    message = queue_consumer.Message(KEY, prepared(referrals, case), case.body)
    messages: Queue[queue_consumer.Message] = Queue()
    refused: Queue[tuple[queue_consumer.Message, bytes]] = Queue()
    messages.put(message)
    queue_consumer.consume(messages, refused, referrals)
    assert messages.unfinished_tasks == 0
    status = case.expected["status"]
    assert refused.qsize() == (status >= 400)
    assert (referrals.get(KEY) != case.stored) == case.expected["changed"]
    if status >= 400:
        assert refused.get()[0] == message
