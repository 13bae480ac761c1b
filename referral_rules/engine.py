"""The one pass over the operations of a patch: judge each and carry it out; then judge the move of the status.

What words a refusal or a warning is imported where one is due, so that accepting a patch needs none of it.
"""

from typing import Any

from referral_rules.patching import plant
from referral_rules.paths import Target
from referral_rules.plain import NotPlain, only_built_in, plain, shallow
from referral_rules.rulebook import Rulebook
from referral_rules.values import ValueSchema
from referral_rules.violations import Report, Violation, ViolationCode

__all__ = ["UNKNOWN", "check_referral", "none_due", "report", "run", "unreadable"]

UNKNOWN: Any = object()
"""Stands for the referral where there is none."""

_OF_THE_MOVE = frozenset(
    {ViolationCode.STATUS_UNKNOWN, ViolationCode.TRANSITION_NOT_ALLOWED, ViolationCode.SUBSTATUS_NOT_ALLOWED}
)
_NOTHING: dict[str, Any] = {}

Noted = tuple[Target, Any]
"""A target, and a value written there that may deserve a warning."""

Outcome = tuple[dict[str, Any], list[Any], list[Violation], list[Noted]]
"""What a pass came to: the document, the operations as read, what is wrong, and what may deserve a warning."""


def check_referral(book: Rulebook, referral: object) -> Report:
    """What is wrong with a referral itself: its schema, and its pair of status and substatus."""
    from referral_rules import transition_refusals, value_refusals

    try:
        document = plain(referral, book.limits.depth)
    except NotPlain as reason:
        return Report((value_refusals.not_plain(book, referral, reason, index=None, path=None),))
    if not isinstance(document, dict):
        return Report((_not_an_object(referral),))
    whole = ValueSchema(book.resource.schema, book.resource)
    wrong = value_refusals.invalid(book, whole, document, index=None, path="")
    return Report((*wrong, *transition_refusals.stored(book, book.transitions.pair(document))))


def none_due(book: Rulebook, noted: list[Noted], before: object, after: dict[str, Any]) -> bool:
    """Whether a patch that is accepted deserves no warning, as most do.

    Args:
        book: the rules.
        noted: the values that were not simple, with the targets they were written to.
        before: the stored referral, or anything else if it is not known.
        after: the referral after the last operation.
    """
    if not book.calm(before if isinstance(before, dict) else _NOTHING, after):
        return False
    for target, value in noted:
        if (target.watched is not None and target.watched(value)) or not target.value.knows(value):
            return False
    return True


def report(
    book: Rulebook, referral: object, document: dict[str, Any], operations: list[Any], violations: list[Violation]
) -> Report:
    """The report of a pass: what is wrong, and what deserves a warning besides."""
    from referral_rules import advisories

    before = referral if isinstance(referral, dict) else None
    failed = {found.op_index for found in violations if found.code not in _OF_THE_MOVE}
    done = ((index, shallow(operation)) for index, operation in enumerate(operations) if index not in failed)
    steps = [
        advisories.Step(
            index, members["path"], book.targets[members["path"]], plain(members["value"], book.limits.depth)
        )
        for index, members in done
    ]
    warnings = advisories.advise(book, steps, before, document)
    return Report(tuple(sorted((*violations, *warnings), key=_position)))


def unreadable(error: Exception, *arguments: object) -> Report:
    """The report of what a method of an argument raised; an error of our own is raised again.

    Args:
        error: what was raised, by whatever stage.
        arguments: the patch, and the referral if there is one.
    """
    if all(argument is UNKNOWN or only_built_in(argument) for argument in arguments):
        raise error
    from referral_rules.wording import violation

    problem = "An object in what was passed cannot be read: a method of its own fails."
    hint = "Pass what a JSON parser returns: dict, list, str, int, float, bool or None."
    return Report((violation(ViolationCode.NOT_JSON, problem, "RFC 8259 section 3", hint=hint),))


def _position(found: Violation) -> int:
    # What is wrong with the whole patch is found before its operations are looked at, and to sort keeps it there.
    return found.op_index or 0


# One pass in one function: to call a function for each stage would cost more than the stage.
def run(book: Rulebook, patch: object, referral: object) -> Outcome:  # noqa: C901, PLR0912
    """The pass: shape and policy, value, target for each operation; an operation that fails has no effect."""
    violations: list[Violation] = []
    noted: list[Noted] = []
    moved = None
    operations = patch if type(patch) is list and len(patch) <= book.most else _operations(book, patch, violations)
    stored = referral if type(referral) is dict else _stored(referral, violations)
    document = {} if stored is None else {**stored}
    # The containers copied for this patch, by id; held, as the id of one that is gone may be another's.
    owned: dict[int, Any] | None = None
    targets = book.targets
    index = -1
    for candidate in operations:
        index += 1
        try:
            operation = candidate if type(candidate) is dict else _members(candidate)
            target = targets[operation["path"]]
            write = target.writes[operation["op"]]
            value = operation["value"]
        except (LookupError, TypeError):
            violations += _refused(book, index, candidate)
            continue
        if target.objects and type(value) is dict:
            # Copied before it is judged, so that nobody changes it in between.
            value = {**value}
        check = target.simple[type(value)]
        if check is not None and not check(value):
            value, wrong = _judged(book, index, target, operation)
            if wrong:
                violations += wrong
                continue
            noted.append((target, value))
        try:
            if stored is not None:
                # Each container on the path is copied once; what the patch does not touch is shared.
                container: Any = document
                for token in target.parents:
                    child = container[token]
                    if owned is None:
                        owned = {}
                    if id(child) not in owned:
                        child = container[token] = {**child} if type(child) is dict else shallow(child)
                        owned[id(child)] = child
                    container = child
                write(container, value)
            else:
                plant(document, target.path, value)
        except (LookupError, TypeError):
            violations.append(_misplaced(book, index, target, operation, document))
            continue
        if target.governed:
            moved = index
    if moved is not None and (stored is None or not book.permits(stored, document)):
        violations += _transition(book, stored, document, moved, operations[moved])
    return document, operations, violations, noted


def _operations(book: Rulebook, patch: object, violations: list[Violation]) -> list[Any]:
    from referral_rules import reading, refusals

    operations = patch if type(patch) is list else reading.operations(patch, book.paths.names, violations)
    if len(operations) <= book.limits.operations:
        return operations
    violations.append(refusals.too_many_operations(book, len(operations)))
    return []


def _stored(referral: object, violations: list[Violation]) -> dict[str, Any] | None:
    """The referral as a plain dict; None if there is none, and the document becomes what the patch says of it."""
    if isinstance(referral, dict):
        copy: dict[str, Any] = shallow(referral)
        return copy
    if referral is not UNKNOWN:
        violations.append(_not_an_object(referral))
    return None


def _members(operation: object) -> dict[str, Any]:
    """The members of an operation of another type than dict."""
    if not isinstance(operation, dict):
        raise TypeError
    members: dict[str, Any] = shallow(operation)
    return members


def _refused(book: Rulebook, index: int, candidate: object) -> list[Violation]:
    from referral_rules import refusals

    return refusals.operation(book, index, shallow(candidate) if isinstance(candidate, dict) else candidate)


def _misplaced(
    book: Rulebook, index: int, target: Target, operation: dict[str, Any], document: dict[str, Any]
) -> Violation:
    from referral_rules import refusals

    return refusals.target(book, index, operation["path"], target.path, document)


def _judged(book: Rulebook, index: int, target: Target, operation: dict[str, Any]) -> tuple[Any, list[Violation]]:
    """A plain copy of a value that is not simple, and what is wrong with it."""
    value, path = operation["value"], operation["path"]
    try:
        copy, accepted = target.value.admit(value, book.limits.depth)
    except NotPlain as reason:
        from referral_rules import value_refusals

        return None, [value_refusals.not_plain(book, value, reason, index=index, path=path)]
    if accepted:
        return copy, []
    from referral_rules import value_refusals

    return copy, value_refusals.invalid(book, target.value, copy, index=index, path=path)


def _transition(
    book: Rulebook, stored: dict[str, Any] | None, document: dict[str, Any], index: int, operation: dict[str, Any]
) -> list[Violation]:
    """Judged once, from the stored pair to the pair after the last operation; a refusal, unless no more is known."""
    from referral_rules import transition_refusals

    table, path = book.transitions, shallow(operation)["path"]
    after = table.pair(document)
    if stored is not None:
        return [transition_refusals.move(book, table.pair(stored), after, index=index, path=path)]
    if None in after or table.fits(*after):
        return []
    return [transition_refusals.misfit(book, after, index=index, path=path)]


def _not_an_object(referral: object) -> Violation:
    from referral_rules.wording import kind_of, violation

    return violation(
        ViolationCode.REFERRAL_NOT_AN_OBJECT,
        f"A referral is an object, and this is {kind_of(referral)}.",
        "RFC 6902 section 4",
        hint="Pass the referral as the service returns it, parsed.",
    )
