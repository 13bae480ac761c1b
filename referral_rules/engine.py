"""The one pass over the operations of a patch: judge each and carry it out; then judge the move of the status."""

from typing import Any, NamedTuple

from referral_rules import advisories, reading, refusals, transition_refusals, value_refusals
from referral_rules.advisories import Step
from referral_rules.patching import plant
from referral_rules.plain import NotPlain, isolate, plain, shallow
from referral_rules.rulebook import Rulebook
from referral_rules.values import ValueSchema, fits
from referral_rules.violations import PatchRejected, Report, Violation, ViolationCode
from referral_rules.wording import kind_of, violation

__all__ = ["UNKNOWN", "apply", "check", "check_referral"]

_MEMBERS = len(("op", "path", "value"))
UNKNOWN: Any = object()
"""Stands for the referral where there is none."""


class Outcome(NamedTuple):
    """What one pass came to."""

    document: dict[str, Any]
    violations: list[Violation]
    steps: list[Step]


def check(book: Rulebook, patch: object, referral: object) -> Report:
    """Everything that is wrong with a patch; the referral may be ``UNKNOWN``."""
    return _report(book, _run(book, patch, referral), referral)


def apply(book: Rulebook, patch: object, referral: object, isolated: bool) -> dict[str, Any]:
    """The referral that a patch makes; or the exception that holds the report."""
    outcome = _run(book, patch, referral)
    if outcome.violations:
        raise PatchRejected(_report(book, outcome, referral))
    return isolate(outcome.document) if isolated else outcome.document


def check_referral(book: Rulebook, referral: object) -> Report:
    """What is wrong with a referral itself: its schema, and its pair of status and substatus."""
    try:
        document = plain(referral, book.limits.depth)
    except NotPlain as reason:
        return Report((value_refusals.not_plain(book, referral, reason, index=None, path=None),))
    if not isinstance(document, dict):
        return Report((_not_an_object(referral),))
    whole = ValueSchema(book.resource.schema, book.resource)
    wrong = value_refusals.invalid(book, whole, document, index=None, path="")
    return Report((*wrong, *transition_refusals.stored(book, book.transitions.pair(document))))


def _report(book: Rulebook, outcome: Outcome, referral: object) -> Report:
    before = referral if isinstance(referral, dict) else None
    warnings = advisories.advise(book, outcome.steps, before, outcome.document)
    return Report(tuple(sorted((*outcome.violations, *warnings), key=_position)))


def _position(found: Violation) -> int:
    return -1 if found.op_index is None else found.op_index


def _run(book: Rulebook, patch: object, referral: object) -> Outcome:
    """The pass: shape and policy, value, target for each operation; an operation that fails has no effect."""
    violations: list[Violation] = []
    operations = _operations(book, patch, violations)
    document, known = _document(referral, violations)
    owned: set[int] = set()
    steps: list[Step] = []
    moved: Step | None = None
    targets = book.paths.targets
    for index, candidate in enumerate(operations):
        try:
            usual = type(candidate) is dict and len(candidate) == _MEMBERS
            operation = candidate if usual else _tidied(candidate, book.limits.depth)
            path = operation["path"]
            target = targets[path]
            write = target.writes[operation["op"]]
            value = operation["value"]
        except (LookupError, TypeError):
            violations += refusals.operation(book, index, candidate)
            continue
        except NotPlain as reason:
            violations.append(value_refusals.not_plain(book, candidate, reason, index=index, path=None))
            continue
        check = target.scalars.get(type(value), _never)
        if check is not None and not check(value):
            value, wrong = _judged(book, Step(index, path, target, value))
            if wrong:
                violations += wrong
                continue
        step = Step(index, path, target, value)
        try:
            write(document, owned, value) if known else plant(document, target.path, value)
        except (LookupError, TypeError):
            violations.append(refusals.target(book, index, path, target.path, document))
            continue
        steps.append(step)
        if target.governed:
            moved = step
    if moved is not None:
        violations += _transition(book, referral, document, moved)
    return Outcome(document, violations, steps)


def _operations(book: Rulebook, patch: object, violations: list[Violation]) -> list[Any]:
    operations = patch if type(patch) is list else reading.operations(patch, book.paths.names, violations)
    if len(operations) <= book.limits.operations:
        return operations
    violations.append(refusals.too_many_operations(book, len(operations)))
    return []


def _document(referral: object, violations: list[Violation]) -> tuple[dict[str, Any], bool]:
    """The document to write to, and whether it is the referral: without one, it is what the patch says of it."""
    if isinstance(referral, dict):
        return shallow(referral), True
    if referral is not UNKNOWN:
        violations.append(_not_an_object(referral))
    return {}, False


def _tidied(operation: object, depth: int) -> dict[str, Any]:
    """An operation of another type, or with other members, as a plain dict, so that it may be read like any other."""
    if not isinstance(operation, dict):
        raise TypeError
    copy: dict[str, Any] = plain(operation, depth + 1)
    return copy


def _never(_: object) -> bool:
    return False


def _judged(book: Rulebook, step: Step) -> tuple[Any, list[Violation]]:
    """A plain copy of a value that is no accepted scalar, and what is wrong with it."""
    try:
        value = plain(step.value, book.limits.depth)
    except NotPlain as reason:
        return None, [value_refusals.not_plain(book, step.value, reason, index=step.op_index, path=step.path)]
    if fits(step.target.value.checks, value):
        return value, []
    return value, value_refusals.invalid(book, step.target.value, value, index=step.op_index, path=step.path)


def _transition(book: Rulebook, referral: object, document: dict[str, Any], moved: Step) -> list[Violation]:
    """Judged once, from the stored pair to the pair after the last operation."""
    table = book.transitions
    after = table.pair(document)
    if not isinstance(referral, dict):
        if None in after or table.fits(*after):
            return []
        return [transition_refusals.misfit(book, after, index=moved.op_index, path=moved.path)]
    before = table.pair(referral)
    if table.permits(before[0], *after):
        return []
    return [transition_refusals.move(book, before, after, index=moved.op_index, path=moved.path)]


def _not_an_object(referral: object) -> Violation:
    return violation(
        ViolationCode.REFERRAL_NOT_AN_OBJECT,
        f"A referral is an object, and this is {kind_of(referral)}.",
        "RFC 6902 section 4",
        hint="Pass the referral as the service returns it, parsed.",
    )
