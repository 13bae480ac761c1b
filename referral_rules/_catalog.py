"""Finds and reads the files of ``schemas/``, which the package carries as its folder ``_schemas``."""

import os
from functools import cache
from typing import Any

NEWEST = "partner-center"
"""The name of the newest built-in ruleset, whatever its date."""

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_schemas")


def read(path: str) -> Any:
    """The JSON in a file, read as UTF-8.

    Args:
        path: a path of the file system.
    Returns:
        the parsed value.
    Raises:
        OSError: the file cannot be read.
        ValueError: it is not UTF-8, or not JSON.

    >>> read(ruleset_path("partner-center-2020-09"))["absentMembers"]
    'missing'
    """
    import json

    with open(path, encoding="utf-8") as file:
        return json.load(file)


def schema(name: str) -> dict[str, Any]:
    """One of the JSON Schemas, read anew at each call.

    Args:
        name: ``"error"``, ``"patch"``, ``"referral"``, ``"report"`` or ``"ruleset"``.
    Returns:
        the schema, a copy of the caller's own.

    >>> schema("referral")["title"]
    'Referral'
    """
    document: dict[str, Any] = read(os.path.join(_FOLDER, f"{name}.schema.json"))
    return document


@cache
def exchange() -> dict[str, Any]:
    """The facts of the HTTP exchange; shared, and not to be changed.

    >>> exchange()["members"]["entityTag"]
    'eTag'
    """
    facts: dict[str, Any] = read(os.path.join(_FOLDER, "exchange.json"))
    return facts


def openapi() -> dict[str, Any]:
    """The OpenAPI document of the exchange, read anew at each call.

    >>> openapi()["openapi"]
    '3.1.1'
    """
    document: dict[str, Any] = read(os.path.join(_FOLDER, "openapi.json"))
    return document


@cache
def built_in_names() -> tuple[str, ...]:
    """The dated names of the built-in rulesets, the oldest first.

    >>> built_in_names()[0]
    'partner-center-2020-09'
    """
    files = os.listdir(os.path.join(_FOLDER, "rulesets"))
    return tuple(sorted(file.removesuffix(".json") for file in files if file.endswith(".json")))


def ruleset_path(name: str) -> str | None:
    """The file of a built-in ruleset.

    Args:
        name: a dated name, or ``NEWEST``.
    Returns:
        the path of the file; None if there is no such ruleset.

    >>> ruleset_path("partner-center") == ruleset_path(built_in_names()[-1])
    True
    """
    dated = built_in_names()[-1] if name == NEWEST else name
    return os.path.join(_FOLDER, "rulesets", f"{dated}.json") if dated in built_in_names() else None
