"""Reads the cases of the HTTP exchange, and judges an answer by them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator

from referral_rules import apply, catalog

from .casefiles import CASES, load

FOLDER = CASES / "http"
PREFER, ABSENT = "Prefer", "absent"
_ERRORS = Draft202012Validator(catalog.schema("error"))
_WRITTEN = ("eTag", "updatedDateTime")


class Exchange(NamedTuple):
    """One request, and what it must be answered."""

    description: str
    stored: dict[str, Any] | None
    headers: dict[str, str]
    body: bytes
    expected: dict[str, Any]

    def headers_for(self, tag: str) -> dict[str, str]:
        """The header fields for a referral with this entity tag."""
        return {name: value.replace("{tag}", tag) for name, value in self.headers.items()}


def exchanges() -> Iterator[Exchange]:
    """Every case, with a referral of its own."""
    for case in load(FOLDER / "exchange.json")["cases"]:
        fields = {"Content-Type": "application/json", **case.get("headers", {})}
        yield Exchange(
            description=case["description"],
            stored=load(FOLDER / "exchange.json")["referral"] if case.get("stored", True) else None,
            headers={name: value for name, value in fields.items() if value is not None},
            body=_body(case),
            expected=case["expected"],
        )


def _body(case: dict[str, Any]) -> bytes:
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    text: str = case["text"] if "text" in case else json.dumps(case["patch"])
    return text.encode()


def judge(case: Exchange, status: int, headers: Mapping[str, str], body: bytes, after: dict[str, Any] | None) -> None:
    """Fail if an answer, or the referral that is stored after it, is not as the case says.

    Args:
        case: the case.
        status: the answer's status.
        headers: its header fields, found whatever their case.
        body: its body.
        after: the referral as it is stored now.
    """
    expected = case.expected
    assert status == expected["status"]
    for name, value in expected.get("headers", {}).items():
        assert headers.get(name) == value
    if status < 400:
        assert after is not None
        judge_acceptance(case, headers, after)
        assert body == b"" if status == 204 else json.loads(body) == after
    else:
        assert after == case.stored
        assert "ETag" not in headers
        judge_error(expected, body)


def judge_acceptance(case: Exchange, headers: Mapping[str, str], after: dict[str, Any]) -> None:
    assert case.stored is not None
    assert headers["ETag"] == after["eTag"]
    for name in _WRITTEN:
        assert (after[name] != case.stored[name]) == case.expected["changed"]
    patched = apply(case.body, case.stored)
    assert {**patched, **{name: after[name] for name in _WRITTEN}} == after


def judge_error(expected: dict[str, Any], body: bytes) -> None:
    _ERRORS.validate(json.loads(body))
    error = json.loads(body)["error"]
    inner = error["innerError"]
    assert (error["code"], error["target"], inner["code"]) == tuple(
        expected[name] for name in ("code", "target", "inner")
    )
    told = None if inner["details"] is None else [each["code"] for each in inner["details"]]
    assert told == expected["details"]
