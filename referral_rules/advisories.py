"""What is allowed, and yet odd: where sources disagree, or a slip is likely. Warnings never refuse a patch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from referral_rules import pointers
from referral_rules.nearest import nearest
from referral_rules.paths import Target
from referral_rules.plain import among
from referral_rules.rulebook import Rulebook
from referral_rules.violations import Violation, ViolationCode
from referral_rules.wording import listed, quoted, violation

__all__ = ["Step", "advise"]

_NAMED = 8


class Step(NamedTuple):
    """One operation that was carried out."""

    op_index: int
    path: str
    target: Target
    value: Any


def advise(
    book: Rulebook, steps: list[Step], before: dict[str, Any] | None, after: dict[str, Any]
) -> Iterator[Violation]:
    """The warnings that a patch deserves.

    Args:
        book: the rules.
        steps: the operations that were carried out, in order.
        before: the stored referral; None if it is not known.
        after: the referral after the last operation; if none was known, what the patch alone says of it.
    """
    if before is not None:
        yield from _terminal_state(book, steps, before)
        yield from _one_way(book, steps, before)
    yield from _reason_expected(book, steps, before, after)
    yield from _set_by_service(book, steps)
    if "unknown_member" in book.advisories:
        for step in steps:
            yield from _unknown_members(book, step)


def _terminal_state(book: Rulebook, steps: list[Step], before: dict[str, Any]) -> Iterator[Violation]:
    advisory = book.advisories.get("terminal_state", {})
    substatus = book.transitions.pair(before)[1]
    if substatus not in advisory.get("substatuses", ()):
        return
    for step in steps:
        if not step.target.rule.in_terminal_state:
            problem = f"the referral is {substatus}, and a closed deal is said to be final."
            yield _warn(book, ViolationCode.TERMINAL_STATE, step, problem, "Expect the service to refuse it.")
            return


def _one_way(book: Rulebook, steps: list[Step], before: dict[str, Any]) -> Iterator[Violation]:
    advisory = book.advisories.get("one_way", {})
    for path, finals in advisory.get("values", {}).items():
        stored = pointers.read(before, pointers.tokens(path))
        if not among(stored, finals):
            continue
        for step in _last(steps, path):
            if not among(step.value, finals):
                problem = f"{path} is {_constant(stored)} in the referral, which is said to be final."
                yield _warn(book, ViolationCode.ONE_WAY, step, problem, "Leave it as it is.")


def _reason_expected(
    book: Rulebook, steps: list[Step], before: dict[str, Any] | None, after: dict[str, Any]
) -> Iterator[Violation]:
    advisory = book.advisories.get("reason_expected", {})
    governed = [step for step in steps if step.target.governed]
    substatus = book.transitions.pair(after)[1]
    if not governed or substatus not in advisory.get("substatuses", ()):
        return
    path = advisory["reason"]
    # Without the referral, a reason that the patch does not write may well be stored.
    absent = None if before is not None else substatus
    if not pointers.read(after, pointers.tokens(path), absent):
        problem = f"a reason is expected with substatus {substatus}, and the referral has none."
        yield _warn(book, ViolationCode.REASON_EXPECTED, governed[-1], problem, f"Also write one to {path}.")


def _set_by_service(book: Rulebook, steps: list[Step]) -> Iterator[Violation]:
    advisory = book.advisories.get("set_by_service", {})
    for path, values in advisory.get("values", {}).items():
        for step in _last(steps, path):
            if among(step.value, values):
                problem = f"{_constant(step.value)} at {path} is normally set by the service itself."
                yield _warn(book, ViolationCode.SET_BY_SERVICE, step, problem, "Make sure that it is meant.")


def _unknown_members(book: Rulebook, step: Step) -> Iterator[Violation]:
    strangers = list(book.resource.strangers(step.target.value.schema, step.value))
    if not strangers:
        return
    named = [(pointers.shorten(place), nearest(name, known)) for place, name, known in strangers[:_NAMED]]
    names = [f"{quoted(place)}{f' (did you mean {near}?)' if near else ''}" for place, near in named]
    if len(strangers) > _NAMED:
        names.append(f"{len(strangers) - _NAMED} more")
    problem = f"the resource does not know {listed(names)} in this value."
    unknown = [{"place": place, "nearest": near} for place, near in named]
    yield _warn(book, ViolationCode.UNKNOWN_MEMBER, step, problem, "Check the spelling.", unknown=unknown)


def _last(steps: list[Step], path: str) -> list[Step]:
    """The last of the operations that wrote at a path, if any did."""
    return [step for step in steps if step.path == path][-1:]


def _constant(value: object) -> str:
    """A value that the ruleset itself names."""
    return value if isinstance(value, str) else "null" if value is None else str(value).lower()


def _warn(book: Rulebook, code: ViolationCode, step: Step, problem: str, hint: str, **details: Any) -> Violation:
    source = book.advisories[code.value].get("source")
    rule = f"{book.name}: advisories" + (f" ({source})" if source else "")
    return violation(code, problem, rule, index=step.op_index, path=step.path, hint=hint, **details)
