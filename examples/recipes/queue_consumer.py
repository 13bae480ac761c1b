"""Patches from a queue: what is accepted is stored, what is refused goes to a queue of its own, with the reason."""

from queue import Queue
from typing import Any, NamedTuple

from examples.recipes.makers import entity_tag, now
from referral_rules import http


class Message(NamedTuple):
    """A patch for a referral, with the header fields that came with it."""

    key: str
    headers: dict[str, str]
    body: bytes


def consume(
    messages: "Queue[Message]", refused: "Queue[tuple[Message, bytes]]", referrals: dict[str, dict[str, Any]]
) -> None:
    """Carry out all messages that are there."""
    while not messages.empty():
        message = messages.get()
        asked = http.Request(message.headers, message.body)
        outcome = http.exchange(asked, referrals.get(message.key), entity_tag=entity_tag, now=now)
        if outcome.referral is not None:
            referrals[message.key] = outcome.referral
        elif outcome.response.status >= 400:
            refused.put((message, outcome.response.body))
        messages.task_done()
