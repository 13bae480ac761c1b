"""The case files as seeds. Add a case for each fault that a target finds."""

import json
from collections.abc import Iterator
from typing import Any

from referral_rules.testing._suite import cases, exchanges

__all__ = ["HEAD_END", "NOTHING_STORED", "SELECTOR_BYTES", "STORED", "check", "exchange", "referrals", "stored"]

SELECTOR_BYTES = 2
NOTHING_STORED, STORED, HEAD_END = b"-", b"+", b"\r\n\r\n"


def _texts() -> list[tuple[str, str]]:
    """The text of each patch and of its referral; each pair once."""
    pairs = (
        (json.dumps(case.patch) if case.text is None else case.text, json.dumps(case.referral)) for case in cases()
    )
    return list(dict.fromkeys(pairs))


def referrals() -> list[Any]:
    """Each referral of the cases once. An input of the target ``check`` chooses one by its position."""
    return [json.loads(text) for text in dict.fromkeys(referral for _, referral in _texts())]


def check() -> Iterator[bytes]:
    """Inputs of the target ``check``: the position of a referral in two bytes, and a patch."""
    positions = {json.dumps(referral): position for position, referral in enumerate(referrals())}
    for patch, referral in _texts():
        yield positions[referral].to_bytes(SELECTOR_BYTES) + patch.encode("utf-8", "surrogatepass")


def stored() -> dict[str, Any]:
    """The stored referral of the HTTP cases."""
    return next(case.stored for case in exchanges() if case.stored is not None)


def exchange(tag: str) -> Iterator[bytes]:
    """Inputs of the target ``exchange``: whether a referral is stored, header fields as lines, and a body.

    Args:
        tag: the entity tag of the stored referral.
    """
    for case in exchanges():
        lines = [f"{name}: {value}" for name, value in case.headers_for(tag).items()]
        kind = NOTHING_STORED if case.stored is None else STORED
        yield kind + "\r\n".join(lines).encode("latin-1") + HEAD_END + case.body
