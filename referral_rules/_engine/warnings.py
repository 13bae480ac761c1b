"""Last, warnings: what is allowed, and yet probably a mistake, as sources disagree with the API or a slip is likely.

A warning never refuses a patch.
"""

from collections.abc import Iterator
from typing import Any

from referral_rules._codes import Code
from referral_rules._diagnostics import Diagnostic
from referral_rules._engine.faults import Fault, Step, located
from referral_rules._engine.nearest import nearest
from referral_rules._json import among, read, shorten, tokens
from referral_rules._rules import Rules

_NAMED = 8
"""The most unknown members that are named in one value."""

_Found = Iterator[tuple[Step, Code, dict[str, Any]]]


def diagnostics(
    rules: Rules, steps: list[Step], before: dict[str, Any] | None, after: dict[str, Any]
) -> Iterator[Diagnostic]:
    """The warnings about a patch.

    Args:
        rules: the rules.
        steps: the operations that were carried out, in order.
        before: the stored referral; None if it was not given.
        after: the referral after the last operation, or what the patch alone says about it.
    """
    found = [*_reason_expected(rules, steps, before, after), *_set_by_service(rules, steps)]
    if before is not None:
        found = [*_terminal_state(rules, steps, before), *_one_way(rules, steps, before), *found]
    for step, code, details in (*found, *_unknown_members(rules, steps)):
        source = rules.advisories.get(code).get("source")
        decides = f"{rules.name}: advisories" + (f" ({source})" if source else "")
        yield from located([Fault(code, decides, details)], step.op_index, step.permission.path)


def _terminal_state(rules: Rules, steps: list[Step], before: dict[str, Any]) -> _Found:
    substatus = rules.pair(before).substatus
    if substatus in rules.advisories.get(Code.TERMINAL_STATE).get("substatuses", ()):
        for step in [step for step in steps if not step.permission.rule.in_terminal_state][:1]:
            yield step, Code.TERMINAL_STATE, {"substatus": substatus}


def _one_way(rules: Rules, steps: list[Step], before: dict[str, Any]) -> _Found:
    for path, final in rules.advisories.values(Code.ONE_WAY).items():
        stored = read(before, tokens(path))
        for step in _last(steps, path):
            if among(stored, final) and not among(step.value, final):
                yield step, Code.ONE_WAY, {"value": _constant(stored)}


def _reason_expected(rules: Rules, steps: list[Step], before: dict[str, Any] | None, after: dict[str, Any]) -> _Found:
    advisory = rules.advisories.get(Code.REASON_EXPECTED)
    substatus = rules.pair(after).substatus
    if substatus not in advisory.get("substatuses", ()):
        return
    path = advisory["reason"]
    # Without the referral, it may well have a reason that the patch does not write.
    has_reason = read(after, tokens(path), None if before is not None else substatus)
    for step in [step for step in steps if step.permission.moves and not has_reason][-1:]:
        yield step, Code.REASON_EXPECTED, {"substatus": substatus, "reason": path}


def _set_by_service(rules: Rules, steps: list[Step]) -> _Found:
    for path, values in rules.advisories.values(Code.SET_BY_SERVICE).items():
        for step in _last(steps, path):
            if among(step.value, values):
                yield step, Code.SET_BY_SERVICE, {"value": _constant(step.value)}


def _unknown_members(rules: Rules, steps: list[Step]) -> _Found:
    for step in steps if Code.UNKNOWN_MEMBER in rules.advisories else ():
        unknown = [*rules.resource.unknown_members(step.permission.rule.schema, step.value)]
        if unknown:
            named = [{"place": shorten(place), "nearest": nearest(name, known)} for place, name, known in unknown]
            yield step, Code.UNKNOWN_MEMBER, {"unknown": named[:_NAMED], "more": max(0, len(unknown) - _NAMED)}


def _last(steps: list[Step], path: str) -> list[Step]:
    """The last of the operations that wrote at a path, if any did."""
    return [step for step in steps if step.permission.path == path][-1:]


def _constant(value: object) -> str:
    """A value that the ruleset itself names, as JSON writes it, but for the quotation marks of a string."""
    return value if isinstance(value, str) else "null" if value is None else str(value).lower()
