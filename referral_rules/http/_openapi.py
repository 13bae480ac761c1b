"""The exchange as other tools read it: an OpenAPI 3.1 document of the operation, and a JSON Schema of its errors."""

from typing import Any

from referral_rules import _catalog
from referral_rules.http import _fields as fields
from referral_rules import _views as views
from referral_rules._ruleset import Ruleset

__all__ = ["document", "error_schema"]

_FACTS = _catalog.exchange()
_IDENTIFIER = _FACTS["request"]["identifier"]
_DEFINITIONS, _COMPONENTS = "#/$defs/", "#/components/schemas/"


def error_schema() -> dict[str, Any]:
    """A JSON Schema 2020-12 of the API's error object, with what this package says in it.

    Returns:
        a schema that refers to nothing outside itself.

    >>> error_schema()["required"]
    ['error']
    """
    message = {
        "description": "For people; not to be parsed.",
        "type": "string",
        "minLength": 1,
        "maxLength": _FACTS["error"]["messageLength"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:referral-rules:error",
        "title": "Error",
        "description": "The body of every refusal; generated.",
        "type": "object",
        "properties": {
            "error": {
                "description": "What is wrong.",
                "type": "object",
                "properties": {
                    "code": {"description": "One of the API's codes.", "enum": _FACTS["error"]["codes"]},
                    "message": message,
                    "target": {
                        "description": "What is at fault: a path, a header field, or the Id.",
                        "type": ["string", "null"],
                    },
                    "innerError": {"description": "What is wrong, in more detail.", "$ref": "#/$defs/InnerError"},
                },
                "required": ["code", "message", "target", "innerError"],
            }
        },
        "required": ["error"],
        "$defs": {
            "InnerError": {
                "type": "object",
                "properties": {
                    "code": {
                        "description": "The code of a violation, or of a fault of the exchange.",
                        "type": "string",
                        "minLength": 1,
                    },
                    "message": message,
                    "details": {
                        "description": "Everything that the rules have against the patch; null if they were not asked.",
                        "type": ["array", "null"],
                        "items": {"$ref": "#/$defs/Diagnostic"},
                    },
                    "innerError": {"description": "Still more detail.", "$ref": "#/$defs/InnerError"},
                },
                "required": ["code", "message", "details"],
            },
            "Diagnostic": _catalog.schema("report")["$defs"]["Diagnostic"],
        },
    }


def document(rules: Ruleset) -> dict[str, Any]:
    """An OpenAPI 3.1 document of PATCH under a ruleset.

    Args:
        rules: the ruleset.
    Returns:
        a document that refers to nothing outside itself; the caller's own to change.

    >>> list(document(Ruleset.load("partner-center"))["paths"])
    ['/v1.0/engagements/referrals/{Id}']
    """
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Referrals",
            "version": "1.0",
            "description": f"PATCH of a Partner Center referral under the ruleset {rules.name}; generated from it.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {_FACTS["path"]: {"parameters": [_ID], "patch": _operation()}},
        "components": {
            "schemas": {
                **_hoisted("Referral", rules.document["resource"]),
                **_hoisted("Patch", views.patch_schema(rules)),
                **_hoisted("Error", error_schema()),
            }
        },
    }


_ID = {
    "name": "Id",
    "in": "path",
    "required": True,
    "description": "Identifier of the referral, a GUID.",
    "schema": {"type": "string", "minLength": 1},
}


def _operation() -> dict[str, Any]:
    return {
        "operationId": "patchReferral",
        "summary": "Change a referral, wholly or not at all.",
        "parameters": _parameters(),
        "requestBody": {
            "required": True,
            "description": f"A JSON Patch (RFC 6902) of at most {_FACTS['request']['bodyBytes']} bytes.",
            "content": {name: _content("Patch") for name in _FACTS["request"]["mediaTypes"]},
        },
        "responses": {str(status): _response(status, meanings) for status, meanings in sorted(_meanings().items())},
    }


def _parameters() -> list[dict[str, Any]]:
    return [
        _parameter(
            "If-Match",
            "The eTag as it was read, with its quotation marks; a list of them, or *. Without it, nothing is compared.",
            {"type": "string", "pattern": fields.IF_MATCH},
        ),
        _parameter(
            "If-None-Match",
            "Entity tags that the referral must not have; * for any, and so for none.",
            {"type": "string", "pattern": fields.IF_MATCH},
        ),
        _parameter(
            "Prefer",
            "return=representation asks for the referral, return=minimal for nothing (RFC 7240 section 4.2).",
            {"type": "string"},
        ),
        _parameter(
            _IDENTIFIER["request"],
            "The caller's identifier of its request, which comes back.",
            {"type": "string", "maxLength": _IDENTIFIER["maxLength"], "pattern": fields.IDENTIFIER},
        ),
    ]


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": schema}


def _meanings() -> dict[int, list[str]]:
    """What each status may mean."""
    meanings: dict[int, list[str]] = {}
    for facts in (*_FACTS["accepted"], *_FACTS["faults"].values(), *_FACTS["violations"]):
        meanings.setdefault(facts["status"], []).append(facts["meaning"])
    return meanings


def _response(status: int, meanings: list[str]) -> dict[str, Any]:
    response = {"description": "; ".join(meanings), "headers": {name: _field(name) for name in _fields(status)}}
    if status == _WITHOUT_A_BODY:
        return response
    return {**response, "content": {"application/json": _content("Referral" if status < _REFUSED else "Error")}}


def _fields(status: int) -> list[str]:
    told = [_IDENTIFIER["response"]]
    if status < _REFUSED:
        return [*told, "ETag", "Preference-Applied"]
    return [*told, "Accept-Patch", "Accept-Encoding"] if status == _UNSUPPORTED else told


def _field(name: str) -> dict[str, Any]:
    return {"description": _FIELDS[name], "required": False, "schema": {"type": "string"}}


_WITHOUT_A_BODY, _REFUSED, _UNSUPPORTED = 204, 400, 415
_FIELDS = {
    _IDENTIFIER["response"]: f"What the caller sent as {_IDENTIFIER['request']}.",
    "ETag": "Entity tag of the referral as it is now.",
    "Preference-Applied": "Which preference was met (RFC 7240 section 3).",
    "Accept-Patch": "Which media types a patch may have (RFC 5789 section 3.1).",
    "Accept-Encoding": "Which content codings a body may have (RFC 9110 section 15.5.16).",
}


def _content(component: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"{_COMPONENTS}{component}"}}


def _hoisted(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema and its definitions as components, beside each other."""
    bare = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}
    return {each: _moved(part, name) for each, part in {name: bare, **schema.get("$defs", {})}.items()}


def _moved(part: Any, name: str) -> Any:
    """A part of a schema, with its references to where the schema now stands."""
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
