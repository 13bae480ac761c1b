"""What a schema cannot say of a ruleset: does each path lead somewhere, can each status be reached?"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from referral_rules import pointers
from referral_rules.resource import ITEM, Resource
from referral_rules.violations import Finding

__all__ = ["against_schema", "lint"]

_SHOWN = 200


def against_schema(document: object, schema: Mapping[str, Any]) -> list[Finding]:
    """Where a document breaks the schema of rulesets, one finding for each place.

    >>> against_schema({}, {"required": ["name"]})
    [Finding(place='', problem="'name' is a required property", cure='see ruleset.schema.json')]
    """
    return _findings(document, schema, "", "see ruleset.schema.json")


def _findings(document: object, schema: Mapping[str, Any], above: str, cure: str) -> list[Finding]:
    from jsonschema import Draft202012Validator

    found: dict[str, Finding] = {}
    for error in Draft202012Validator(schema).iter_errors(document):
        place = above + pointers.join(error.absolute_path)
        described = error.schema.get("description") if isinstance(error.schema, dict) and error.schema_path else None
        problem = error.message if len(error.message) <= _SHOWN else f"does not fit ({error.validator})"
        found.setdefault(place, Finding(place, problem, f"{cure}: {described}" if described else cure))
    return [found[place] for place in sorted(found)]


def lint(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with a ruleset that its schema accepts.

    Args:
        document: the ruleset with all that it inherits, its ``resource`` the schema itself.

    >>> rules = {"operations": ["add"], "paths": {"/a": {"operations": ["add"]}}, "resource": {"properties": {"b": {}}}}
    >>> [finding.place for finding in lint(rules)]
    ['/paths/~1a']
    """
    resource = Resource(document["resource"])
    broken = list(_resource(resource))
    yield from broken
    if not broken:
        yield from _paths(document, resource)
        yield from _fields(document, resource)
    yield from _transitions(document.get("transitions", {}))


def _resource(resource: Resource) -> Iterator[Finding]:
    from jsonschema import Draft202012Validator

    errors = _findings(resource.schema, Draft202012Validator.META_SCHEMA, "/resource", "write a JSON Schema 2020-12")
    yield from errors or _references(resource.schema, resource, "/resource")


def _references(schema: object, resource: Resource, place: str) -> Iterator[Finding]:
    if isinstance(schema, list):
        for position, item in enumerate(schema):
            yield from _references(item, resource, f"{place}/{position}")
    elif isinstance(schema, dict):
        yield from _reference(schema, resource, place)
        for name, part in schema.items():
            # What these hold is values, and no schemas.
            if name not in ("const", "default", "enum", "examples"):
                yield from _references(part, resource, place + pointers.join([name]))


def _reference(schema: dict[str, Any], resource: Resource, place: str) -> Iterator[Finding]:
    reference = schema.get("$ref")
    if isinstance(reference, str) and resource.resolve(reference) is None:
        yield Finding(f"{place}/$ref", "leads nowhere inside the schema", "refer to a member of $defs: #/$defs/...")
    named = schema.get("patternProperties")
    for pattern in (schema.get("pattern"), *(named if isinstance(named, dict) else ())):
        problem = _broken_pattern(pattern) if isinstance(pattern, str) else None
        if problem is not None:
            yield Finding(place, f"a pattern is no regular expression: {problem}", "mend the pattern")


def _broken_pattern(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _paths(document: Mapping[str, Any], resource: Resource) -> Iterator[Finding]:
    for path, rule in document["paths"].items():
        place = "/paths" + pointers.join([path])
        try:
            parts = pointers.tokens(path)
        except pointers.InvalidPointer as error:
            yield Finding(
                place, f"is no JSON Pointer: it {error}", "write a pointer (RFC 6901), such as /details/notes"
            )
            continue
        yield from _path(parts, rule["operations"], resource, place)
        for op in rule["operations"]:
            if op not in document["operations"]:
                yield Finding(f"{place}/operations", f"{op} is not among the operations of the ruleset", "leave it out")


def _path(parts: tuple[str, ...], operations: list[str], resource: Resource, place: str) -> Iterator[Finding]:
    if pointers.END in parts[:-1]:
        yield Finding(place, "goes on after -, which ends a path", f"write {ITEM} for the index of an element")
    elif resource.at(parts) is None:
        cure = f"correct it, or add it to the resource ({ITEM} and {pointers.END} lead to the items of an array)"
        yield Finding(place, "leads nowhere in the resource", cure)
    if parts[-1] == pointers.END and "replace" in operations:
        yield Finding(f"{place}/operations", "replace on - can never succeed (RFC 6902 section 4.3)", "allow add only")


def _fields(document: Mapping[str, Any], resource: Resource) -> Iterator[Finding]:
    """The paths that other parts of the ruleset name must lead somewhere too."""
    transitions, advisories = document.get("transitions", {}), document.get("advisories", {})
    named = {f"/transitions/{name}": transitions[name] for name in ("status", "substatus") if name in transitions}
    if "reason_expected" in advisories:
        named["/advisories/reason_expected/reason"] = advisories["reason_expected"]["reason"]
    for name in ("set_by_service", "one_way"):
        for path in advisories.get(name, {}).get("values", {}):
            named[f"/advisories/{name}/values" + pointers.join([path])] = path
    for place, path in named.items():
        try:
            known = resource.at(pointers.tokens(path))
        except pointers.InvalidPointer:
            known = None
        if known is None or ITEM in path or path.endswith(f"/{pointers.END}"):
            yield Finding(place, "leads nowhere in the resource", "name a member of the resource, outside any array")


def _transitions(transitions: Mapping[str, Any]) -> Iterator[Finding]:
    table: dict[str, Any] = transitions.get("table", {})
    owners: dict[str, str] = {}
    for status, row in table.items():
        place = "/transitions/table" + pointers.join([status])
        for target in row["to"]:
            if target not in table:
                yield Finding(f"{place}/to", f"{target} has no row", f"add a row for {target}, or leave it out")
        for substatus in (*row["substatuses"], *row.get("storedOnly", ())):
            if owners.setdefault(substatus, status) != status:
                cure = f"leave it under one of {owners[substatus]} and {status}"
                yield Finding(f"{place}/substatuses", f"{substatus} stands under two statuses", cure)
    yield from _initial(transitions, table)


def _initial(transitions: Mapping[str, Any], table: dict[str, Any]) -> Iterator[Finding]:
    initial = [status for status, _ in transitions.get("initial", ())] or list(table)[:1]
    for position, pair in enumerate(transitions.get("initial", ())):
        if pair[0] not in table or pair[1] not in table[pair[0]]["substatuses"]:
            yield Finding(
                f"/transitions/initial/{position}", "is no pair of the table", "name a status and its substatus"
            )
    reached = set(initial)
    for _ in table:
        reached |= {new for status in reached & table.keys() for new in table[status]["to"]}
    for status in table:
        if status not in reached:
            cure = f"let some status move to {status}, or name it in initial"
            yield Finding("/transitions/table" + pointers.join([status]), "cannot be reached", cure)
