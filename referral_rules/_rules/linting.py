"""What a JSON Schema cannot check of a ruleset: is each path in the resource, can each status be reached?"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from referral_rules._exceptions import Finding
from referral_rules._json import END, InvalidPointer, join, tokens
from referral_rules._rules.resource import ITEM, NAMED_SCHEMAS, NOT_SCHEMAS, Resource

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_SHOWN = 200
# The keywords that apply to the same value as the schema they are in (JSON Schema 2020-12, section 10.2).
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_NOT_IN_RESOURCE = "is not in the resource"


def schema_findings(document: object, schema: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with a document by the schema of rulesets, in the order of the places.

    >>> schema_findings({}, {"required": ["name"]})
    [Finding(place='', problem="'name' is a required property", fix='see ruleset.schema.json')]
    """
    return _findings(document, schema, "", "see ruleset.schema.json")


def _findings(document: object, schema: Mapping[str, Any], above: str, fix: str) -> list[Finding]:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    found: dict[tuple[str, str], Finding] = {}
    for whole in Draft202012Validator(schema).iter_errors(document):
        error = best_match([whole])
        place, problem = above + join(error.absolute_path), _problem(error)
        described = error.schema.get("description") if isinstance(error.schema, dict) and error.schema_path else None
        found[place, problem] = Finding(place, problem, f"{fix}: {described}" if described else fix)
    return [found[each] for each in sorted(found)]


def _problem(error: "ValidationError") -> str:
    # Where no branch is meant more than another, each of them says what it lacks.
    messages = dict.fromkeys(inner.message for inner in error.context or [error])
    problem = ", or ".join(messages)
    return problem if len(problem) <= _SHOWN else f"does not fit its schema ({error.validator})"


def lint(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with a ruleset that its schema accepts.

    Args:
        document: the ruleset with everything that it inherits, its ``resource`` the schema itself.

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
    """What is wrong with the resource, and with whatever its references lead to, such as the value of a default."""
    found: dict[Finding, None] = {}
    schemas: dict[str, Any] = {}
    pending = ["#"]
    for reference in pending:
        schema, place = resource.resolve(reference), f"/resource{reference[1:]}"
        schemas[reference] = schema
        parts = dict(_parts(schema, place))
        wrong = _malformed(schema, place) or [each for part in parts.items() for each in _reference(*part, resource)]
        # What is inside the resource and referred to is met twice.
        found |= dict.fromkeys(wrong)
        if not wrong:
            targets = dict.fromkeys(map(_target, parts.values()))
            pending += [target for target in targets if target and target not in pending]
    yield from found or _endless(schemas)


def _endless(schemas: dict[str, Any]) -> Iterator[Finding]:
    """A reference that leads back to itself for the same value, so that no check of that value would end."""
    from graphlib import CycleError, TopologicalSorter

    graph = {reference: [*_in_place(schema)] for reference, schema in schemas.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        place = f"/resource{error.args[1][0][1:]}"
        yield Finding(place, "refers to itself for the same value", "leave out a $ref that leads back to it")


def _in_place(schema: object) -> Iterator[str]:
    """The references that a schema follows for the very value that it describes."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            yield schema["$ref"]
        for part in [*schema.get("dependentSchemas", {}).values(), *(schema.get(name) for name in _SAME_VALUE)]:
            for each in part if isinstance(part, list) else [part]:
                yield from _in_place(each)


def _malformed(schema: object, place: str) -> list[Finding]:
    from jsonschema import Draft202012Validator

    return _findings(schema, Draft202012Validator.META_SCHEMA, place, "write a JSON Schema 2020-12")


def _parts(schema: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and every object in it, by place, except in values."""
    if isinstance(schema, list):
        for position, item in enumerate(schema):
            yield from _parts(item, f"{place}/{position}")
    elif isinstance(schema, dict):
        yield place, schema
        for name, part in schema.items():
            inside = place + join([name])
            if name in NAMED_SCHEMAS and isinstance(part, dict):
                for key, inner in part.items():
                    yield from _parts(inner, inside + join([key]))
            elif name not in NOT_SCHEMAS:
                yield from _parts(part, inside)


def _target(schema: dict[str, Any]) -> str | None:
    reference = schema.get("$ref")
    return reference if isinstance(reference, str) else None


def _reference(place: str, schema: dict[str, Any], resource: Resource) -> Iterator[Finding]:
    reference = _target(schema)
    if reference is not None and resource.resolve(reference) is None:
        yield Finding(f"{place}/$ref", "does not resolve inside the schema", "refer to #/$defs/...")
    named = schema.get("patternProperties")
    for pattern in (schema.get("pattern"), *(named if isinstance(named, dict) else ())):
        problem = _broken_pattern(pattern) if isinstance(pattern, str) else None
        if problem is not None:
            yield Finding(place, f"a pattern is not a regular expression: {problem}", "correct the pattern")


def _broken_pattern(pattern: str) -> str | None:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _paths(document: Mapping[str, Any], resource: Resource) -> Iterator[Finding]:
    for path, rule in document["paths"].items():
        place = "/paths" + join([path])
        try:
            parts = tokens(path)
        except InvalidPointer as error:
            fix = "write a pointer (RFC 6901), such as /details/notes"
            yield Finding(place, f"is not a JSON Pointer: it {error}", fix)
            continue
        yield from _path(parts, rule["operations"], resource, place)
        for op in rule["operations"]:
            if op not in document["operations"]:
                yield Finding(f"{place}/operations", f"{op} is not among the operations of the ruleset", "leave it out")


def _path(parts: tuple[str, ...], operations: list[str], resource: Resource, place: str) -> Iterator[Finding]:
    if END in parts[:-1]:
        yield Finding(place, "continues after -, which must come last", f"write {ITEM} for the index of an element")
    elif resource.at(parts) is None:
        fix = f"correct it, or add it to the resource ({ITEM} and {END} lead to the items of an array)"
        yield Finding(place, _NOT_IN_RESOURCE, fix)
    if parts[-1] == END and "replace" in operations:
        yield Finding(f"{place}/operations", "replace on - can never succeed (RFC 6902 section 4.3)", "allow only add")


def _fields(document: Mapping[str, Any], resource: Resource) -> Iterator[Finding]:
    """The paths that other parts of the ruleset name must be in the resource too."""
    transitions, advisories = document.get("transitions", {}), document.get("advisories", {})
    named = {f"/transitions/{name}": transitions[name] for name in ("status", "substatus") if name in transitions}
    for name, advisory in advisories.items():
        if "reason" in advisory:
            named[f"/advisories/{name}/reason"] = advisory["reason"]
        for path in advisory.get("values", ()):
            named[f"/advisories/{name}/values" + join([path])] = path
    for place, path in named.items():
        try:
            known = resource.at(tokens(path))
        except InvalidPointer:
            known = None
        if known is None or ITEM in path or path.endswith(f"/{END}"):
            yield Finding(place, _NOT_IN_RESOURCE, "name a member of the resource, outside any array")


def _transitions(transitions: Mapping[str, Any]) -> Iterator[Finding]:
    table: dict[str, Any] = transitions.get("table", {})
    if table and transitions["status"] == transitions["substatus"]:
        yield Finding("/transitions/substatus", "is also the path of the status", "name another member")
    owners: dict[str, str] = {}
    for status, row in table.items():
        place = "/transitions/table" + join([status])
        for target in row["to"]:
            if target not in table:
                yield Finding(f"{place}/to", f"{target} has no row", f"add a row for {target}, or leave it out")
        for substatus in (*row["substatuses"], *row.get("storedOnly", ())):
            if owners.setdefault(substatus, status) != status:
                fix = f"keep it under only one of {owners[substatus]} and {status}"
                yield Finding(f"{place}/substatuses", f"{substatus} is listed under two statuses", fix)
    yield from _initial(transitions, table)


def _initial(transitions: Mapping[str, Any], table: dict[str, Any]) -> Iterator[Finding]:
    initial = [status for status, _ in transitions.get("initial", ())] or list(table)[:1]
    for position, pair in enumerate(transitions.get("initial", ())):
        if pair[0] not in table or pair[1] not in table[pair[0]]["substatuses"]:
            place = f"/transitions/initial/{position}"
            yield Finding(place, "is not a pair of the table", "write a status and one of its substatuses")
    reached = set(initial)
    for _ in table:
        reached |= {new for status in reached & table.keys() for new in table[status]["to"]}
    for status in table:
        if status not in reached:
            fix = f"let some status move to {status}, or name it in initial"
            yield Finding("/transitions/table" + join([status]), "cannot be reached", fix)
