"""Does a value fit its schema? Judged by compiled checks, or by jsonschema where a schema cannot be compiled."""

from typing import Any

from referral_rules._json import SCALARS
from referral_rules._rules.checks import ANY, Checks, Members, ready
from referral_rules._rules.keywords import Finding, Place, Unsupported, compile_schema, explain
from referral_rules._rules.resource import Resource, Schema


def compiled_checks(schema: Schema, resource: Resource) -> Checks:
    """The checks of a schema, for a plain JSON value of each type; by jsonschema if no others are to be had.

    >>> from referral_rules._rules.checks import fits
    >>> amount = compiled_checks({"type": "number", "minimum": 0}, Resource({}))
    >>> fits(amount, 10), fits(amount, -1), fits(amount, True)
    (True, False, False)
    """
    try:
        return ready(compile_schema(schema, resource).checks)
    except Unsupported:
        return dict.fromkeys(ANY, lambda value: not findings(schema, resource, value, 1))


def quick_checks(checks: Checks) -> Checks:
    """The checks that settle most values: scalars, and objects of text alone. They may refuse a value that fits.

    Args:
        checks: the full checks.

    >>> quick_checks(compiled_checks({"type": "array"}, Resource({})))
    {}
    """
    quick = {kind: check for kind, check in checks.items() if kind in SCALARS}
    members = checks.get(dict)
    return quick | {dict: members.text_alone} if isinstance(members, Members) else quick


def findings(schema: Schema, resource: Resource, value: Any, most: int) -> list[Finding]:
    """What is wrong with a plain JSON value, at most one finding for each place in it.

    If several things are wrong at one place, it is the first of them, as the others mostly follow from it.

    Args:
        schema: a subschema of the resource.
        resource: the schema that its references lead into.
        value: a plain JSON value.
        most: how many findings to look for.

    >>> [found.keyword for found in findings({"type": "null"}, Resource({}), 1, 9)]
    ['type']
    """
    try:
        compile_schema(schema, resource)
        every = explain(schema, resource, value)
    except Unsupported:
        from referral_rules._rules.asking import ask

        every = ask(schema, resource, value)
    found: dict[Place, Finding] = {}
    for each in every:
        found.setdefault(each.place, each)
        if len(found) == most:
            break
    return list(found.values())
