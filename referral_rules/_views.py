"""A ruleset as other people read it: a JSON Schema of its patches, a Mermaid diagram, Markdown tables."""

import re
from typing import Any

from referral_rules._rules import ITEM, PathRule, Schema
from referral_rules._ruleset import Ruleset

__all__ = ["markdown_paths", "mermaid", "patch_schema", "text", "value_kind"]

_INDEX = "(0|[1-9][0-9]*)"
_NO_LINE_FEED = {"pattern": "\\n"}


def patch_schema(rules: Ruleset) -> dict[str, Any]:
    """A JSON Schema 2020-12 of the patches that a ruleset allows, as far as a schema can say it.

    It judges shape, operations, paths and values; not the move of the status, nor the referral.

    Args:
        rules: the ruleset.
    Returns:
        a schema that refers to nothing outside itself.

    >>> patch_schema(Ruleset.load("partner-center"))["type"]
    'array'
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:referral-rules:patch:{rules.name}",
        "title": "Patch",
        "description": f"A JSON Patch (RFC 6902) that the ruleset {rules.name} allows; generated from it. "
        "It does not judge the move of the status, which needs the referral.",
        "type": "array",
        "maxItems": rules.limits.operations,
        "items": {"anyOf": [_rule_schema(rule, rules) for rule in rules.paths] or [False]},
        "$defs": rules.document["resource"].get("$defs", {}),
    }


def _rule_schema(rule: PathRule, rules: Ruleset) -> dict[str, Any]:
    path = _path_schema(rule.path, rules.limits.path_length)
    members = {"op": {"enum": list(rule.operations)}, "path": path, "value": rule.schema}
    return {"type": "object", "properties": members, "required": list(members)}


def _path_schema(path: str, length: int) -> dict[str, Any]:
    if ITEM not in path.split("/"):
        return {"const": path}
    pattern = f"^{'/'.join(_INDEX if token == ITEM else _literal(token) for token in path.split('/'))}$"
    # Some engines let $ match before a line feed at the end.
    return {"type": "string", "pattern": pattern, "maxLength": length, "not": _NO_LINE_FEED}


def _literal(token: str) -> str:
    """A token in a pattern: what is special in a regular expression is escaped, and nothing else may be."""
    return re.sub(r"[\\^$.|?*+()\[\]{}]", r"\\\g<0>", token)


def mermaid(rules: Ruleset) -> str:
    """The transition table as a Mermaid state diagram.

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
    """What a value is, in a word or two.

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
    """The paths and the transition table as plain text, in columns.

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
