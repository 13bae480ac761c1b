"""The OpenAPI document of the service: that of the package, with the operations that the service adds."""

from typing import Any

from referral_rules import Ruleset, http


def description(rules: Ruleset, collection: str) -> dict[str, Any]:
    """The OpenAPI document of the service."""
    document = http.openapi(rules)
    document["paths"][collection] = {"post": _creation(rules)}
    item = document["paths"][http.PATH]
    known = item["patch"]["responses"]
    known["503"] = {**known["409"], "description": "the database is not available, or there are too many changes"}
    found = {status: known[status] for status in ("200", "404", "503")}
    item["get"] = {"operationId": "getReferral", "responses": found}
    item["head"] = {"operationId": "headReferral", "responses": {status: _bare(found[status]) for status in found}}
    document["paths"][collection]["post"]["responses"] |= {
        "201": {**known["200"], "description": "created", "links": _LINKS},
        **{status: known[status] for status in ("400", "413", "503")},
    }
    return document


def _bare(response: dict[str, Any]) -> dict[str, Any]:
    """The response without its content."""
    return {name: part for name, part in response.items() if name != "content"}


_LINKS = {
    name: {"operationId": name, "parameters": {"Id": "$response.body#/id"}} for name in ("getReferral", "patchReferral")
}


def _creation(rules: Ruleset) -> dict[str, Any]:
    pairs = [
        {"properties": {"status": {"const": status}, "substatus": {"enum": [*row.substatuses, *row.stored_only]}}}
        for status, row in rules.transitions.rows.items()
    ]
    schema = {"$ref": "#/components/schemas/Referral", "anyOf": pairs, "required": ["status", "substatus"]}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"operationId": "createReferral", "requestBody": body, "responses": {}}
