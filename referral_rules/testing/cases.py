"""The case files: what a patch, and what an HTTP request, must be answered; as data that any language can read."""

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from referral_rules import Ruleset
from referral_rules import _catalog

__all__ = ["FOLDER", "Case", "Exchange", "cases", "exchanges", "ruleset"]

_HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(_HERE, "_cases")
"""Where the case files are."""


class Case(NamedTuple):
    """What a patch must be answered, under one ruleset.

    Args:
        file: name of the file that has the case.
        ruleset: name of a built-in ruleset, or of a file beside the cases.
        description: what the case is, in words.
        patch: the patch document, parsed or as text.
        known: False: there is no referral.
        referral: the stored referral, if there is one.
        expected: ``referral``, or ``violations``; and ``warnings``.
    """

    file: str
    ruleset: str
    description: str
    patch: Any
    known: bool
    referral: Any
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """How a test run names the case.

        >>> next(cases()).name.partition(":")[0]
        'absent-members, absent-is-null'
        """
        return f"{self.file}, {os.path.basename(self.ruleset).removesuffix('.json')}: {self.description}"

    @property
    def rules(self) -> Ruleset:
        """The ruleset of the case.

        >>> next(cases()).rules.name
        'nulls'
        """
        return ruleset(self.ruleset)


class Exchange(NamedTuple):
    """What an HTTP request must be answered.

    Args:
        description: what the case is, in words.
        stored: the stored referral; None if there is none.
        headers: header fields of the request; ``{tag}`` stands for the stored referral's entity tag.
        body: its content.
        expected: what the documents and the RFCs decide: ``status``, ``changed`` and, where they do, ``also`` (other
            statuses that will do), ``headers`` and the ``code``, ``inner`` and ``target`` of an error.
        own: what the package says besides.
    """

    description: str
    stored: dict[str, Any] | None
    headers: dict[str, str]
    body: bytes
    expected: dict[str, Any]
    own: dict[str, Any] = {}  # noqa: RUF012, nobody changes a case

    def headers_for(self, tag: str) -> dict[str, str]:
        """The header fields for a referral with this entity tag.

        >>> Exchange("", None, {"If-Match": "W/{tag}"}, b"", {}).headers_for('"1"')
        {'If-Match': 'W/"1"'}
        """
        return {name: value.replace("{tag}", tag) for name, value in self.headers.items()}


def cases() -> Iterator[Case]:
    """Every case, once for each of its rulesets, with values of its own.

    >>> len({case.file for case in cases()}) > 10
    True
    """
    for file in sorted(os.listdir(FOLDER)):
        if file.endswith(".json") and not file.endswith(".schema.json"):
            yield from _cases(file.removesuffix(".json"), _catalog.read(os.path.join(FOLDER, file)))


def _cases(name: str, document: dict[str, Any]) -> Iterator[Case]:
    for case in document["cases"]:
        for ruleset in document["rulesets"]:
            yield Case(
                file=name,
                ruleset=ruleset,
                description=case["description"],
                patch=case["text"] if "text" in case else case["patch"],
                known=case.get("known", True),
                referral=case["referral"] if "referral" in case else document.get("referral"),
                expected=case["expected"],
            )


def exchanges() -> Iterator[Exchange]:
    """Every case of the HTTP exchange, with values of its own.

    >>> next(exchanges()).expected["status"]
    200
    """
    document = _catalog.read(os.path.join(FOLDER, "http", "exchange.json"))
    for case in document["cases"]:
        fields = {"Content-Type": "application/json", **case.get("headers", {})}
        yield Exchange(
            description=case["description"],
            stored=copy.deepcopy(document["referral"]) if case.get("stored", True) else None,
            headers={name: value for name, value in fields.items() if value is not None},
            body=_body(case),
            expected=case["expected"],
            own=case.get("own", {}),
        )


def _body(case: dict[str, Any]) -> bytes:
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    text: str = case["text"] if "text" in case else json.dumps(case["patch"])
    return text.encode()


@cache
def ruleset(name: str) -> Ruleset:
    """The ruleset that a case names: a built-in one, or that of a file beside the cases.

    >>> ruleset("partner-center") is Ruleset.load("partner-center")
    True
    """
    return Ruleset.from_file(os.path.join(FOLDER, name)) if name.endswith(".json") else Ruleset.load(name)
