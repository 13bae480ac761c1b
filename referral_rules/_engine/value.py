"""Stage 3, value: is it JSON (RFC 8259), and what the resource has at that path?

A compiled check says yes or no. Only a no asks jsonschema what is wrong, and so imports it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault, Refused
from referral_rules._engine.nearest import is_slip, nearest
from referral_rules._json import NotPlain, TooDeep, join, kind_of, plain
from referral_rules._rules import Permission, Rules, Schema, fits, schema_errors

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_REPORTED = 16
"""The most places in one value that are reported."""

_ALIKE = 0.85
"""How much alike two values must be, as other values than paths are often alike and mean the opposite."""


def admit(rules: Rules, permission: Permission, value: object, concerning: list[Any]) -> Any:
    """A copy of a value that shares nothing with it, if it is what the resource has at this path.

    Args:
        rules: the rules.
        permission: the operation and the path.
        value: anything.
        concerning: takes the value if a warning may be due for it.
    Raises:
        Refused: it is not JSON, nested too deeply, or does not fit.
    """
    kind = type(value)
    quick = permission.quick
    if kind in quick:
        check = quick[kind]
        if check is None or check(value):
            return {**value} if kind is dict else value  # type: ignore[dict-item]
    try:
        copy = plain(value, rules.limits.depth)
    except NotPlain as reason:
        raise Refused(not_plain(rules, reason, "the value")) from None
    # jsonschema has the last word: a value that it finds nothing wrong with fits.
    if not fits(permission.checks, copy) and (
        found := [*schema_faults(rules, permission.rule.schema, copy, permission.rule.path)]
    ):
        raise Refused(*found)
    if permission.may_concern(copy):
        concerning.append(copy)
    return copy


def not_plain(rules: Rules, reason: NotPlain, subject: str) -> Fault:
    """The fault of something that is not JSON, or nested too deeply.

    Args:
        rules: the rules.
        reason: why it could not be copied.
        subject: ``"the value"`` or ``"the referral"``.
    """
    if isinstance(reason, TooDeep):
        details = {"reason": "depth", "subject": subject, "member": "value", "limit": rules.limits.depth}
        return Fault(Code.LIMIT_EXCEEDED, f"{rules.name}: limits", details)
    return Fault(Code.NOT_JSON, "RFC 8259 section 3", {"reason": str(reason), "subject": subject})


def schema_faults(rules: Rules, schema: Schema, value: Any, rule: str) -> Iterator[Fault]:
    """What is wrong with a plain value, at most sixteen places.

    Args:
        rules: the rules.
        schema: what it should be.
        value: the value.
        rule: the path of the rule that says so; ``""`` for the resource as a whole.
    """
    for error in schema_errors(schema, rules.resource, value, _REPORTED):
        details = {"rule": rule, **_details(rules, _innermost(error), rule)}
        yield Fault(Code.VALUE_INVALID, f"{rules.name}: {rule or 'resource'}", details)


def _innermost(error: "ValidationError") -> "ValidationError":
    """Of an anyOf, the error of the branch that is meant: the first one whose type the value has."""
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(next(iter(inner.schema_path), None), []).append(inner)
    for errors in branches.values():
        if not any(inner.validator == "type" and not inner.path for inner in errors):
            return _innermost(errors[0])
    return error


def _details(rules: Rules, error: "ValidationError", rule: str) -> dict[str, Any]:
    place = join(error.absolute_path)
    argument: Any = error.validator_value
    details: dict[str, Any] = {"keyword": _keyword(error), "place": place}
    if types := _missed_types(error):
        details |= {"types": types, "got": kind_of(error.instance)}
    if error.validator == "required":
        details["missing"] = [name for name in argument if name not in error.instance]  # type: ignore[operator]
    if isinstance(argument, int | float) and not isinstance(argument, bool):
        details["bound"] = argument
    if allowed := _allowed(rules, error, f"{rule}{place}"):
        written = error.instance if isinstance(error.instance, str) else ""
        near = nearest(written, allowed, _ALIKE)
        details |= {"allowed": allowed, "nearest": near}
        if near is not None and not place and is_slip(written, near):
            details["fix"] = {"change": {"value": near}}
    annotations = ((name, _annotation(error, name)) for name in ("description", "examples"))
    return details | {name: found for name, found in annotations if found}


def _keyword(error: "ValidationError") -> str:
    # A schema may be just false; and if jsonschema itself gave up, the keyword is not known.
    return error.validator if isinstance(error.validator, str) else "false" if error.schema is False else "unknown"


def _missed_types(error: "ValidationError") -> list[str]:
    """The types that a value should have had, if its type is what is wrong with it."""
    inside = [inner for inner in error.context or () if not inner.path]
    arguments: list[Any] = [each.validator_value for each in (error, *inside) if each.validator == "type"]
    return [name for names in arguments for name in ([names] if isinstance(names, str) else names)]


def _allowed(rules: Rules, error: "ValidationError", path: str) -> list[str]:
    """The strings that an enumeration allows here; of a status, those that some move leads to."""
    values: Any = error.validator_value if error.validator == "enum" else ()
    if not all(isinstance(value, str | None) for value in values):
        return []
    settable = rules.settable(path)
    return [value for value in values if isinstance(value, str) and (settable is None or value in settable)]


def _annotation(error: "ValidationError", keyword: str) -> Any:
    """An annotation of the schema that failed or, if it has none, of the nearest schema around it."""
    around: Any = error
    while around is not None:
        if isinstance(around.schema, dict) and keyword in around.schema:
            return around.schema[keyword]
        around = around.parent
    return None
