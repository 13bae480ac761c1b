"""The case files: how a patch, or an HTTP request, must be answered; as data that any language can read."""

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from referral_rules import Ruleset, _catalog
from referral_rules.testing._adapters import Text

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "_cases")
"""The folder of the case files."""


class Case(NamedTuple):
    """How a patch must be answered under one ruleset.

    Args:
        file: name of the file that has the case.
        rules: the ruleset.
        description: the case in words.
        patch: the patch document, parsed; None if the case has it as text.
        text: the patch document as JSON text; None if the case has it parsed.
        known: False if there is no referral.
        referral: the stored referral, if there is one.
        expected: ``referral`` or ``errors``; and ``warnings``.
    """

    file: str
    rules: Ruleset
    description: str
    patch: Any
    text: str | None
    known: bool
    referral: Any
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the case in a test run.

        >>> next(cases()).name.partition(":")[0]
        'absent-members, absent-is-null'
        """
        return f"{self.file}, {self.rules.name}: {self.description}"

    @property
    def given(self) -> Any:
        """The patch as a candidate is given it: ``Text``, or parsed.

        >>> next(case for case in cases() if case.text is not None).given.json[:15]
        '[{ "op": "add",'
        """
        return self.patch if self.text is None else Text(self.text)


class Exchange(NamedTuple):
    """How an HTTP request must be answered.

    Args:
        description: the case in words.
        stored: the stored referral; None if there is none.
        headers: header fields of the request; ``{tag}`` stands for the stored referral's entity tag.
        body: its content.
        expected: what the API documentation and the RFCs require: ``status``, ``changed`` and, where they say so,
            ``also`` (other statuses that are allowed), ``headers`` and the ``code``, ``inner`` and ``target`` of an
            error.
        own: what this package's own answer has in addition.
    """

    description: str
    stored: dict[str, Any] | None
    headers: dict[str, str]
    body: bytes
    expected: dict[str, Any]
    own: dict[str, Any] = {}  # noqa: RUF012, nothing changes a case

    def headers_for(self, tag: str) -> dict[str, str]:
        """The header fields for a referral with this entity tag.

        >>> Exchange("", None, {"If-Match": "W/{tag}"}, b"", {}).headers_for('"1"')
        {'If-Match': 'W/"1"'}
        """
        return {name: value.replace("{tag}", tag) for name, value in self.headers.items()}


@cache
def _documents() -> dict[str, Any]:
    """The case files, parsed, by name."""
    files = sorted(file for file in os.listdir(FOLDER) if file.endswith(".json") and not file.endswith(".schema.json"))
    return {file.removesuffix(".json"): _catalog.read(os.path.join(FOLDER, file)) for file in files}


@cache
def _rulesets(file: str) -> tuple[Ruleset, ...]:
    document = _documents()[file]
    own = {each["name"]: each for each in document.get("definitions", ())}
    names = document["rulesets"]
    return tuple(Ruleset.from_dict(own[name]) if name in own else Ruleset.load(name) for name in names)


def cases() -> Iterator[Case]:
    """Every case, once for each of its rulesets, with its own copies of all values.

    >>> len({case.file for case in cases()}) > 10
    True
    """
    for file, document in _documents().items():
        for case in copy.deepcopy(document["cases"]):
            for rules in _rulesets(file):
                yield Case(
                    file=file,
                    rules=rules,
                    description=case["description"],
                    patch=case.get("patch"),
                    text=case.get("text"),
                    known=case.get("known", True),
                    referral=case["referral"] if "referral" in case else copy.deepcopy(document.get("referral")),
                    expected=case["expected"],
                )


def exchanges() -> Iterator[Exchange]:
    """Every case of the HTTP exchange, with its own copies of all values.

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
