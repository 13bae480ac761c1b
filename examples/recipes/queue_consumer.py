"""Patches from a queue: those that are refused go to another queue, with the reason."""

from queue import Queue
from typing import Any, NamedTuple

from examples.recipes.makers import entity_tag, now
from referral_rules import http


class Message(NamedTuple):
    """A patch for a referral, with its header fields."""

    key: str
    headers: dict[str, str]
    body: bytes


def consume(
    messages: "Queue[Message]", refused: "Queue[tuple[Message, bytes]]", referrals: dict[str, dict[str, Any]]
) -> None:
    """Handle the messages until the queue is empty."""
    while not messages.empty():
        message = messages.get()
        received = http.Request(message.headers, message.body)
        outcome = http.exchange(received, referrals.get(message.key), entity_tag=entity_tag, now=now)
        if outcome.referral is not None:
            referrals[message.key] = outcome.referral
        elif outcome.response.status >= 400:
            refused.put((message, outcome.response.body))
        messages.task_done()
