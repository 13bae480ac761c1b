"""The exchange as other tools read it: an OpenAPI 3.1 document, and a JSON Schema of its errors.

The files ``schemas/openapi.json`` and ``schemas/error.schema.json`` are these documents for the newest ruleset. What
never changes in them is edited there by hand; the functions here read the file and fill in everything that follows from
the table of codes, the facts of the exchange and the ruleset. A test checks that the files are up to date.
"""

from typing import Any

from referral_rules import _catalog, _views
from referral_rules._ruleset import Ruleset
from referral_rules.http import _grammar as grammar
from referral_rules.http._arguments import expect

_FACTS = _catalog.exchange()
_IDENTIFIER = _FACTS["request"]["identifier"]
_DEFINITIONS, _COMPONENTS = "#/$defs/", "#/components/schemas/"
_PATTERNS = {
    "If-Match": {"pattern": grammar.ENTITY_TAGS},
    "If-None-Match": {"pattern": grammar.ENTITY_TAGS},
    _IDENTIFIER["request"]: {"maxLength": _IDENTIFIER["maxLength"], "pattern": grammar.IDENTIFIER},
}


def error_schema() -> dict[str, Any]:
    """A JSON Schema 2020-12 of the API's error object, with the diagnostics that this package puts in it.

    Returns:
        a schema that refers to nothing outside itself; a copy of the caller's own.

    >>> error_schema()["required"]
    ['error']
    """
    schema = _catalog.schema("error")
    error, inner = schema["properties"]["error"]["properties"], schema["$defs"]["InnerError"]["properties"]
    error["code"]["enum"] = [*_FACTS["error"]["codes"]]
    error["message"]["maxLength"] = inner["message"]["maxLength"] = _FACTS["error"]["messageLength"]
    schema["$defs"]["Diagnostic"] = _views.report_schema()["$defs"]["Diagnostic"]
    return schema


def openapi(rules: Ruleset) -> dict[str, Any]:
    """An OpenAPI 3.1 document of PATCH under a ruleset.

    Args:
        rules: the ruleset.
    Returns:
        a document that refers to nothing outside itself; a copy of the caller's own.
    Raises:
        TypeError: it is not a Ruleset.

    >>> list(openapi(Ruleset.load("partner-center"))["paths"])
    ['/v1.0/engagements/referrals/{Id}']
    """
    expect("rules", rules, Ruleset, "a Ruleset")
    filled = _catalog.openapi()
    filled["info"]["description"] = f"PATCH of a Partner Center referral under the ruleset {rules.name}; generated."
    (item,) = filled["paths"].values()
    filled["paths"] = {_FACTS["path"]: item}
    _fill_operation(item["patch"])
    filled["components"]["schemas"] = {
        **_hoisted("Referral", rules.document["resource"]),
        **_hoisted("Patch", _views.patch_schema(rules)),
        **_hoisted("Error", error_schema()),
    }
    return filled


def _fill_operation(operation: dict[str, Any]) -> None:
    facts, body = _FACTS["request"], operation["requestBody"]
    body["description"] = f"A JSON Patch (RFC 6902) of at most {facts['bodyBytes']} bytes."
    body["content"] = {name: {"schema": {"$ref": f"{_COMPONENTS}Patch"}} for name in facts["mediaTypes"]}
    for parameter in operation["parameters"]:
        parameter["schema"] |= _PATTERNS.get(parameter["name"], {})
    meanings: dict[str, list[str]] = {}
    for each in (*_FACTS["accepted"], *_FACTS["faults"].values(), *_FACTS["violations"]):
        meanings.setdefault(str(each["status"]), []).append(each["meaning"])
    for status, response in operation["responses"].items():
        response["description"] = "; ".join(meanings[status])


def _hoisted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema and its definitions as components beside each other."""
    bare = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}
    return {each: _moved(part, name) for each, part in {name: bare, **schema.get("$defs", {})}.items()}


def _moved(part: Any, name: str) -> Any:
    """A part of a schema whose references lead to where the schema is now."""
    if isinstance(part, list):
        return [_moved(item, name) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _reference(item, name) if key == "$ref" and isinstance(item, str) else _moved(item, name)
        for key, item in part.items()
    }


def _reference(target: str, name: str) -> str:
    if target.startswith(_DEFINITIONS):
        return f"{_COMPONENTS}{target.removeprefix(_DEFINITIONS)}"
    return f"{_COMPONENTS}{name}{target.removeprefix('#')}"
