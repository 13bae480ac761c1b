"""The case files as seeds: what the targets start from, so that whatever they find becomes one more case."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["HEAD_END", "NOTHING_STORED", "STORED", "check", "exchange", "referrals", "stored"]

SELECTOR_BYTES = 2
NOTHING_STORED, STORED, HEAD_END = b"-", b"+", b"\r\n\r\n"
_CASES = Path(__file__).parent.parent / "tests" / "cases"


def _files() -> Iterator[dict[str, Any]]:
    for path in sorted(_CASES.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        if "cases" in document:
            yield document


def _cases() -> Iterator[tuple[str, Any]]:
    """The text of each patch, and the referral that it is judged with."""
    for document in _files():
        for case in document["cases"]:
            text = case["text"] if "text" in case else json.dumps(case["patch"])
            yield text, case.get("referral", document.get("referral"))


def referrals() -> list[Any]:
    """Each referral of the cases once; an input of the target of ``check`` names one by its position."""
    return [json.loads(text) for text in dict.fromkeys(json.dumps(referral) for _, referral in _cases())]


def check() -> Iterator[bytes]:
    """Inputs of the target of ``check``: the position of a referral in two bytes, and a patch."""
    positions = {json.dumps(referral): position for position, referral in enumerate(referrals())}
    for text, referral in _cases():
        yield positions[json.dumps(referral)].to_bytes(SELECTOR_BYTES) + text.encode("utf-8", "surrogatepass")


def _exchanges() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_CASES / "http" / "exchange.json").read_text(encoding="utf-8"))
    return document


def stored() -> dict[str, Any]:
    """The stored referral of the cases of the exchange."""
    referral: dict[str, Any] = _exchanges()["referral"]
    return referral


def exchange(tag: str) -> Iterator[bytes]:
    """Inputs of the target of the exchange: whether a referral is stored, header fields as lines, and a body.

    Args:
        tag: the entity tag of the stored referral.
    """
    for case in _exchanges()["cases"]:
        fields = {"Content-Type": "application/json", **case.get("headers", {})}
        lines = [f"{name}: {value.replace('{tag}', tag)}" for name, value in fields.items() if value is not None]
        text = case["text"] if "text" in case else json.dumps(case.get("patch"))
        body = bytes.fromhex(case["hex"]) if "hex" in case else text.encode()
        kind = STORED if case.get("stored", True) else NOTHING_STORED
        yield kind + "\r\n".join(lines).encode("latin-1") + HEAD_END + body
