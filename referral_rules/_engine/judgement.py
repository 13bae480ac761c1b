"""The judgement: one pass over the operations of a patch, from top to bottom of this file.

Each operation goes through four stages, which are the modules beside this one:

1. ``shape``: the operation has op, path and value.
2. ``policy``: the ruleset permits this op at this path.
3. ``value``: the value is what the resource has there.
4. ``target``: the referral has a place for it, and it is written.

After the last operation come ``transition``, which compares the status and substatus before and after, and
``warnings``. A stage returns what the next one needs, or raises ``Refused``; this module adds the position.

An operation that is refused writes nothing, and the others are judged as if it were not there. So a report has
everything that is wrong at once.

Why it is fast although it is careful: nearly every patch is accepted, and a yes is cheap. A permission that was
compiled before tells that an operation is well formed and permitted, by one look into a table; a compiled check
settles most values; and ``rules.is_ordinary`` settles the last two stages. Only a no asks further. And the referral is
not copied: only the containers on a written path are, once each.
"""

from typing import Any

from referral_rules._diagnostics import Diagnostic, Report, in_order
from referral_rules._engine import policy, shape, target, transition, value, warnings
from referral_rules._engine.faults import Fault, Refused, located
from referral_rules._engine.value import admit
from referral_rules._engine.warnings import Step
from referral_rules._json import NoTarget, NotPlain, assume, plain
from referral_rules._rules import Rules

__all__ = ["Judged", "judge", "judge_referral", "judge_text"]

_ACCEPTED = Report()
_UNKNOWN: dict[str, Any] = {}

Judged = tuple[Report, dict[str, Any] | None]
"""What an Evaluation holds, as the bare pair that ``check`` and ``apply`` take one half of."""


def judge(rules: Rules, patch: object, referral: object = shape.ABSENT, faults: tuple[Fault, ...] = ()) -> Judged:
    """Judge a patch, and apply it if nothing is wrong.

    Args:
        rules: the rules.
        patch: the patch document, parsed.
        referral: the stored referral; without it, only what can be known from the patch is judged.
        faults: what is already known to be wrong.
    Returns:
        the report, and the new referral: None if the patch is refused, or if no referral was given.
    """
    try:
        operations = shape.operations(rules, patch)
    except Refused as refused:
        operations, faults = [], refused.faults
    stored = referral if isinstance(referral, dict) else None
    if stored is None and referral is not shape.ABSENT:
        faults = (*faults, target.not_an_object(referral))
    document = {} if stored is None else {**stored}
    diagnostics = located(faults, None, None) if faults else []
    unusual: list[Any] = []
    moved = _carry_out(rules, operations, stored, document, diagnostics, unusual)
    # Nearly every patch is accepted here, with nothing left to say.
    if not diagnostics and not unusual and rules.is_ordinary(stored or _UNKNOWN, document, moved is not None):
        return _ACCEPTED, None if stored is None else document
    report = _reported(rules, operations, stored, document, diagnostics, moved)
    return report, document if report.ok and stored is not None else None


def judge_text(rules: Rules, text: str | bytes | bytearray, referral: object = shape.ABSENT) -> Judged:
    """Judge the patch in a JSON text; see ``judge``."""
    try:
        patch = shape.parsed(text)
    except Refused as refused:
        return judge(rules, [], referral, refused.faults)
    return judge(rules, patch, referral)


def _carry_out(
    rules: Rules,
    operations: list[Any],
    stored: dict[str, Any] | None,
    document: dict[str, Any],
    diagnostics: list[Diagnostic],
    unusual: list[Any],
) -> int | None:
    """Stages 1 to 4; returns the index of the last operation that wrote a status, or None.

    Args:
        rules: the rules.
        operations: the operations of the patch.
        stored: the stored referral; None if it is not known.
        document: the patch's own copy of it, which is written to.
        diagnostics: takes what is wrong.
        unusual: collects the values that may need a warning.
    """
    copied: dict[int, Any] = {}
    permissions = rules.permissions
    moved = None
    for index, candidate in enumerate(operations):
        operation = candidate if type(candidate) is dict else shape.built_in(candidate)
        try:
            try:
                # An operation that was permitted before is well formed and permitted, and this is all that it costs.
                permission = permissions[operation["path"]][operation["op"]]
                given = operation["value"]
            except (KeyError, TypeError):
                op, path, given = shape.members(rules, operation)
                permission = policy.permission(rules, op, path)
            admitted = admit(rules, permission, given, unusual)
            if stored is None:
                assume(document, permission.steps, admitted)
            else:
                permission.write(document, copied, admitted)
        except Refused as refused:
            diagnostics += located(refused.faults, index, shape.path_of(operation))
        except NoTarget:
            fault = target.fault(rules, permission, operation["path"], document)
            diagnostics += located([fault], index, operation["path"])
        else:
            if permission.governed:
                moved = index
    return moved


def _reported(
    rules: Rules,
    operations: list[Any],
    stored: dict[str, Any] | None,
    document: dict[str, Any],
    diagnostics: list[Diagnostic],
    moved: int | None,
) -> Report:
    """Stage 5 and the warnings, and everything that the other stages found."""
    refused = {found.op_index for found in diagnostics}
    steps = [
        _step(rules, index, *shape.members(rules, operation))
        for index, operation in enumerate(operations)
        if index not in refused
    ]
    if moved is not None:
        faults = transition.faults(rules, stored, document, {step.path for step in steps})
        diagnostics += located(faults, moved, operations[moved]["path"])
    return Report(in_order([*diagnostics, *warnings.warnings(rules, steps, stored, document)]))


def _step(rules: Rules, index: int, op: str, path: str, given: object) -> Step:
    return Step(index, path, policy.permission(rules, op, path), plain(given, rules.limits.depth))


def judge_referral(rules: Rules, referral: object) -> Report:
    """Judge a referral itself: the schema of the resource, and its pair of status and substatus."""
    try:
        document = plain(referral, rules.limits.depth)
    except NotPlain as reason:
        return Report(tuple(located([value.not_plain(rules, reason, "the referral")], None, None)))
    if not isinstance(document, dict):
        return Report(tuple(located([target.not_an_object(referral)], None, None)))
    found = []
    for fault in value.schema_faults(rules, rules.resource.schema, document, ""):
        found += located([fault], None, fault.details["place"])
    for path, fault in transition.stored_faults(rules, document):
        found += located([fault], None, path)
    return Report(tuple(found))
