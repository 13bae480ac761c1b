"""Rulesets and reports as other tools read them: JSON Schemas, a Mermaid diagram, Markdown tables, plain text."""

import re
from typing import Any

from referral_rules import _catalog
from referral_rules._codes import Code, Severity
from referral_rules._json import tokens
from referral_rules._rules import ITEM, PathRule, Resource, Schema
from referral_rules._ruleset import Ruleset

_INDEX = "(0|[1-9][0-9]*)"
_LINE_FEED = {"pattern": "\\n"}


def report_schema() -> dict[str, Any]:
    """A JSON Schema 2020-12 of reports: the file ``report.schema.json``, with the codes of the table filled in.

    Returns:
        a schema that refers to nothing outside itself; a copy of the caller's own.

    >>> report_schema()["$defs"]["Diagnostic"]["properties"]["code"]["enum"][0]
    'invalid_json'
    """
    schema = _catalog.schema("report")
    diagnostic = schema["$defs"]["Diagnostic"]
    diagnostic["properties"]["code"]["enum"] = [code.value for code in Code]
    warnings = [code.value for code in Code if code.severity is Severity.WARNING]
    diagnostic["if"]["properties"]["code"]["enum"] = warnings
    return schema


def patch_schema(rules: Ruleset) -> dict[str, Any]:
    """A JSON Schema 2020-12 of the patches that a ruleset allows, as far as a schema can express it.

    It checks the shape, the operations, the paths and the values. The referral and the change of status are not
    checked.

    Args:
        rules: the ruleset.
    Returns:
        a schema that refers to nothing outside itself; a copy of the caller's own.

    >>> patch_schema(Ruleset.load("partner-center"))["type"]
    'array'
    """
    resource = Resource(rules.document["resource"])
    alternatives: list[Any] = [_rule_schema(rule, resource, rules.limits.path_length) for rule in rules.paths]
    # Bundled as a whole, as each rule's own schema has the definitions that it needs once more.
    bundle = resource.bundled({"anyOf": alternatives or [False]})
    definitions = bundle.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:referral-rules:patch:{rules.name}",
        "title": "Patch",
        "description": f"A JSON Patch (RFC 6902) that the ruleset {rules.name} allows; generated from it. "
        "It does not check the change of status, which depends on the referral.",
        "type": "array",
        "maxItems": rules.limits.operations,
        "items": bundle,
        "$defs": definitions,
    }


def _rule_schema(rule: PathRule, resource: Resource, path_length: int) -> dict[str, Any]:
    path, value = _path_schema(rule.path, path_length), resource.at(tokens(rule.path))
    members = {"op": {"enum": [*rule.operations]}, "path": path, "value": value}
    return {"type": "object", "properties": members, "required": [*members]}


def _path_schema(path: str, length: int) -> dict[str, Any]:
    if ITEM not in path.split("/"):
        return {"const": path}
    pattern = f"^{'/'.join(_INDEX if token == ITEM else _literal(token) for token in path.split('/'))}$"
    # In some regular expressions, Python's among them, $ also matches before a line feed at the end.
    return {"type": "string", "pattern": pattern, "maxLength": length, "not": _LINE_FEED}


def _literal(token: str) -> str:
    """The pattern of a token. JSON Schema allows only special characters to be escaped, so re.escape will not do."""
    return re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", token)


def mermaid(rules: Ruleset) -> str:
    """The transition table of a ruleset, as a Mermaid state diagram.

    >>> print(mermaid(Ruleset.load("partner-center")).splitlines()[0])
    stateDiagram-v2
    """
    table = rules.transitions
    lines = ["stateDiagram-v2"]
    for status, row in table.rows.items():
        lines.append(f"    {status} : {status}")
        lines.append(f"    {status} : {', '.join(row.substatuses)}")
    lines += [f"    [*] --> {state.status} : {state.substatus}" for state in table.initial]
    lines += [f"    {status} --> {target}" for status, row in table.rows.items() for target in row.to]
    return "\n".join(lines)


def value_kind(schema: Schema) -> str:
    """The kind of a value, in a word or two.

    >>> value_kind({"type": "array", "items": {"$ref": "#/$defs/Member"}}), value_kind({"type": ["string", "null"]})
    ('Member[]', 'string or null')
    >>> value_kind({"anyOf": [{"$ref": "#/$defs/Member"}, {"type": "null"}]})
    'Member or null'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(value_kind(part) for part in schema["anyOf"])
    if schema.get("type") == "array":
        return f"{value_kind(schema.get('items', {}))}[]"
    types = schema.get("type", "any")
    return types if isinstance(types, str) else " or ".join(types)


def markdown_paths(rules: Ruleset) -> str:
    """The paths of a ruleset as a Markdown table.

    >>> print(markdown_paths(Ruleset.load("partner-center")).splitlines()[0])
    | path | operations | value | source |
    """
    rows = [
        f"| `{rule.path}` | {', '.join(rule.operations)} | {value_kind(rule.schema)} | {rule.source or ''} |"
        for rule in rules.paths
    ]
    return "\n".join(["| path | operations | value | source |", "|---|---|---|---|", *rows])


def text(rules: Ruleset) -> str:
    """The paths and the transition table of a ruleset, as plain text in columns.

    >>> print(text(Ruleset.load("partner-center")).splitlines()[0])
    partner-center-2023-10: Partner Center referrals, PATCH with deal registrations
    """
    paths = [
        (", ".join(rule.operations), rule.source or "", value_kind(rule.schema), rule.path) for rule in rules.paths
    ]
    rows = [(status, ", ".join(row.to), ", ".join(row.substatuses)) for status, row in rules.transitions.rows.items()]
    parts = [
        [f"{rules.name}: {rules.title or 'no title'}"],
        _columns([("operations", "source", "value", "path"), *paths]),
        _columns([("status", "may become", "with substatus"), *rows]),
    ]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _columns(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
