"""Stage 3, value: is it JSON (RFC 8259), and what the resource has at that path?

A compiled check says yes or no, and only a no is explained.
"""

from collections.abc import Callable, Iterator
from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import MOST_OF_ONE, Fault, Refused
from referral_rules._frozen import FrozenDict, frozen
from referral_rules._json import NotPlain, TooDeep, join, kind_of
from referral_rules._rules import Finding, Names, Permission, Rules, Schema, findings, fits, is_slip

Take = Callable[[Any, int], Any]
"""Takes a value out of a patch: the value, and how many levels it may have."""

_MOST = 1000
"""The most names of an enumeration that are listed."""

_ALIKE = 0.85
"""How much alike two values must be, as other values than paths are often alike and mean the opposite."""


def admit(rules: Rules, permission: Permission, value: object, concerning: list[Any], take: Take) -> Any:
    """The value to write, if it is what the resource has at this path.

    Args:
        rules: the rules.
        permission: the operation and the path.
        value: anything.
        concerning: takes the value if a warning may be due for it.
        take: ``plain`` for a copy that shares nothing with the value, ``bounded`` for the value itself.
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
        taken = take(value, rules.limits.depth)
    except NotPlain as reason:
        raise Refused([not_plain(rules, reason, "the value")]) from None
    if not fits(permission.checks, taken):
        raise Refused(faults(rules, permission.rule.schema, taken, permission.rule.path))
    if permission.may_concern(taken):
        concerning.append(taken)
    return taken


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


def faults(rules: Rules, schema: Schema, value: Any, rule: str, most: int = MOST_OF_ONE + 1) -> Iterator[Fault]:
    """What is wrong with a plain value.

    Args:
        rules: the rules.
        schema: what it should be.
        value: the value.
        rule: the path of the rule that says so; ``""`` for the resource as a whole.
        most: the most places to look for; one more than are reported tells that there are more.
    """
    source = f"{rules.name}: {rule or 'resource'}"
    for found in findings(schema, rules.resource, value, most):
        yield Fault(Code.VALUE_INVALID, source, _details(rules, found, rule))


def _details(rules: Rules, found: Finding, rule: str) -> FrozenDict:
    chain = _chain(found) if found.branches else [found]
    meant = chain[0]
    value, place = meant.value, join(meant.place) if meant.place else ""
    path = rule + place
    key = (meant.keyword, rules.settable(path), *[id(each.schema) for each in chain])
    required, names = rules.remembered(key, lambda: _required(rules, chain, path))
    details = {"rule": rule, "place": place, **required}
    if types := required.get("types") or (_missed_types(meant) if meant.branches else ()):
        details |= {"types": types, "got": kind_of(value)}
    elif meant.keyword == "required":
        details["missing"] = tuple(name for name in meant.argument if name not in value)
    elif names is not None:
        near = names.nearest(value, _ALIKE) if isinstance(value, str) else None
        details["nearest"] = near
        if near is not None and not place and is_slip(value, near):
            details["fix"] = FrozenDict(change=FrozenDict(value=near))
    return FrozenDict(details)


def _chain(found: Finding) -> list[Finding]:
    """A finding; before it, what is wrong in the branch of its anyOf that is meant, the first that takes its type."""
    for branch in found.branches:
        if not any(inner.keyword == "type" and inner.place == found.place for inner in branch):
            return [*_chain(branch[0]), found]
    return [found]


def _required(rules: Rules, chain: list[Finding], path: str) -> tuple[FrozenDict, Names | None]:
    """What can be said of any value that a schema refuses, and the names of its enumeration."""
    keyword, argument = chain[0].keyword, chain[0].argument
    details: dict[str, Any] = {"keyword": keyword}
    if keyword == "type":
        details["types"] = _missed_types(chain[0])
    if isinstance(argument, int | float) and not isinstance(argument, bool):
        details["bound"] = argument
    allowed = _allowed(rules, argument, path) if keyword == "enum" else []
    if allowed:
        details["allowed"] = allowed[:_MOST]
    details |= {name: said for name in ("description", "examples") if (said := _annotation(chain, name))}
    return frozen(details), Names(allowed) if allowed else None


def _missed_types(found: Finding) -> tuple[str, ...]:
    """The types that a value should have had, if its type is what is wrong with it."""
    inside = [inner for branch in found.branches for inner in branch if inner.place == found.place]
    arguments: list[Any] = [each.argument for each in (found, *inside) if each.keyword == "type"]
    return tuple(name for names in arguments for name in ([names] if isinstance(names, str) else names))


def _allowed(rules: Rules, values: list[Any], path: str) -> list[str]:
    """The strings of an enumeration; of a status, those that some move leads to."""
    if not all(isinstance(value, str | None) for value in values):
        return []
    settable = rules.settable(path)
    return [value for value in values if isinstance(value, str) and (settable is None or value in settable)]


def _annotation(chain: list[Finding], keyword: str) -> Any:
    """An annotation of the schema that refuses the value or, if it has none, of the nearest schema around it."""
    return next((found.schema[keyword] for found in chain if keyword in found.schema), None)
