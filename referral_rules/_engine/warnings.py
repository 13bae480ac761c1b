"""Last, warnings: what is allowed, and yet probably a mistake, as sources disagree with the API or a slip is likely.

A warning never refuses a patch.
"""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault, Located, Step
from referral_rules._frozen import FrozenDict
from referral_rules._json import among, read, shorten, tokens
from referral_rules._rules import Names, Rules

_NAMED = 8
"""The most unknown members that are named in one value."""

_Found = Iterator[Located]


def found(
    rules: Rules,
    steps: list[Step],
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    moving: bool,
    concerning: bool,
) -> _Found:
    """What is probably a mistake in a patch.

    Args:
        rules: the rules.
        steps: the operations that were carried out, in order.
        before: the stored referral; None if it was not given.
        after: the referral after the last operation, or what the patch alone says about it.
        moving: True if an operation wrote a status or a substatus.
        concerning: True if a value was written that a warning may be due for.
    """
    if before is not None:
        yield from _terminal_state(rules, steps, before)
    if before is not None and concerning:
        yield from _one_way(rules, steps, before)
    if moving:
        yield from _reason_expected(rules, steps, before, after)
    if moving or concerning:
        yield from _set_by_service(rules, steps)
    if concerning:
        yield from _unknown_members(rules, steps)


def _warning(rules: Rules, step: Step, code: Code, details: dict[str, Any]) -> Located:
    index, permission, _ = step
    return Located(index, permission.path, [Fault(code, rules.advisories.source(code), details)])


def _terminal_state(rules: Rules, steps: list[Step], before: dict[str, Any]) -> _Found:
    substatus = read(before, rules.substatus)
    if isinstance(substatus, str) and substatus in rules.advisories.final:
        for step in steps:
            if not step[1].rule.in_terminal_state:
                yield _warning(rules, step, Code.TERMINAL_STATE, FrozenDict(substatus=substatus))
                return


def _one_way(rules: Rules, steps: list[Step], before: dict[str, Any]) -> _Found:
    for path, final in rules.advisories.values(Code.ONE_WAY).items():
        stored = read(before, tokens(path))
        for step in _last(steps, path):
            if among(stored, final) and not among(step[2], final):
                yield _warning(rules, step, Code.ONE_WAY, {"value": _constant(stored)})


def _reason_expected(rules: Rules, steps: list[Step], before: dict[str, Any] | None, after: dict[str, Any]) -> _Found:
    advisory = rules.advisories.get(Code.REASON_EXPECTED)
    substatus = read(after, rules.substatus)
    if substatus not in advisory.get("substatuses", ()):
        return
    path = advisory["reason"]
    # Without the referral, it may well have a reason that the patch does not write.
    has_reason = read(after, tokens(path), None if before is not None else substatus)
    for step in [step for step in steps if step[1].moves and not has_reason][-1:]:
        yield _warning(rules, step, Code.REASON_EXPECTED, {"substatus": substatus, "reason": path})


def _set_by_service(rules: Rules, steps: list[Step]) -> _Found:
    for path, values in rules.advisories.values(Code.SET_BY_SERVICE).items():
        for step in _last(steps, path):
            if among(step[2], values):
                yield _warning(rules, step, Code.SET_BY_SERVICE, {"value": _constant(step[2])})


def _unknown_members(rules: Rules, steps: list[Step]) -> _Found:
    for step in steps if Code.UNKNOWN_MEMBER in rules.advisories else ():
        _, permission, value = step
        unknown = rules.resource.unknown_members(permission.rule.schema, value)
        named = [_named(rules, *each) for each in islice(unknown, _NAMED)]
        if named:
            more = sum(1 for _ in unknown)
            yield _warning(rules, step, Code.UNKNOWN_MEMBER, {"unknown": named, "more": more})


def _named(rules: Rules, place: str, name: str, known: Collection[str]) -> dict[str, str | None]:
    near = rules.remembered((Code.UNKNOWN_MEMBER, *known), lambda: Names(known)).nearest(name)
    return {"place": shorten(place), "nearest": near}


def _last(steps: list[Step], path: str) -> list[Step]:
    """The last of the operations that wrote at a path, if any did."""
    return [step for step in steps if step[1].path == path][-1:]


def _constant(value: object) -> str:
    """A value that the ruleset itself names, as JSON writes it, but for the quotation marks of a string."""
    return value if isinstance(value, str) else "null" if value is None else str(value).lower()
