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
settles most values; and ``rules.settles_transition`` the last two stages. Only a no asks further. And the referral is
not copied: only the containers on a written path are, once each.
"""

from typing import Any

from referral_rules._diagnostics import Diagnostic, Report, in_order
from referral_rules._engine import policy, shape, target, transition, value, warnings
from referral_rules._engine.faults import Fault, Refused, Step, located
from referral_rules._engine.value import admit
from referral_rules._json import NoTarget, NotPlain, assume, plain
from referral_rules._rules import Permission, Rules

_ACCEPTED = Report()
_NOTHING_KNOWN: dict[str, Any] = {}

# A bare tuple of what a Step holds, as making a Step would take longer than the rest of an operation.
_Written = tuple[int, Permission, Any]

Judged = tuple[Report, dict[str, Any] | None]
"""What an Evaluation holds, as the bare pair that ``check`` and ``apply`` take one half of."""


def judge(rules: Rules, patch: object, referral: object = shape.ABSENT) -> Judged:
    """Judge a patch, and apply it if nothing is wrong.

    Args:
        rules: the rules.
        patch: the patch document, parsed.
        referral: the stored referral; without it, only what can be known from the patch is judged.
    Returns:
        the report, and the new referral: None if the patch is refused, or if no referral was given.
    """
    try:
        operations = shape.operations(rules, patch)
    except Refused as refused:
        return _not_a_patch(refused, referral)
    stored = referral if isinstance(referral, dict) else None
    document = {} if stored is None else {**stored}
    diagnostics = located(_unusable(referral), None, None) if stored is None else []
    written: list[_Written] = []
    concerning: list[Any] = []
    moving = _carry_out(rules, operations, stored, document, diagnostics, written, concerning)
    # Nearly every patch is accepted here, with nothing left to say.
    if not diagnostics and not concerning and rules.settles_transition(stored or _NOTHING_KNOWN, document, moving):
        return _ACCEPTED, None if stored is None else document
    steps = [Step(*each) for each in written]
    diagnostics += transition.diagnostics(rules, steps, stored, document)
    diagnostics += warnings.diagnostics(rules, steps, stored, document)
    report = Report(in_order(diagnostics))
    return report, document if report.ok and stored is not None else None


def judge_text(rules: Rules, text: str | bytes | bytearray, referral: object = shape.ABSENT) -> Judged:
    """Judge the patch in a JSON text; see ``judge``."""
    try:
        patch = shape.parsed(text)
    except Refused as refused:
        return _not_a_patch(refused, referral)
    return judge(rules, patch, referral)


def _not_a_patch(refused: Refused, referral: object) -> Judged:
    return Report(tuple(located([*refused.faults, *_unusable(referral)], None, None))), None


def _unusable(referral: object) -> list[Fault]:
    """What is wrong with a stored referral as such; not knowing it is nothing wrong."""
    return [] if isinstance(referral, dict) or referral is shape.ABSENT else [target.not_an_object(referral)]


def _carry_out(
    rules: Rules,
    operations: list[Any],
    stored: dict[str, Any] | None,
    document: dict[str, Any],
    diagnostics: list[Diagnostic],
    written: list[_Written],
    concerning: list[Any],
) -> bool:
    """Stages 1 to 4; returns True if an operation wrote a status or a substatus.

    Args:
        rules: the rules.
        operations: the operations of the patch.
        stored: the stored referral; None if it is not known.
        document: the patch's own copy of it, which is written to.
        diagnostics: takes what is wrong.
        written: takes the operations that were carried out.
        concerning: takes the values that may need a warning.
    """
    permissions = rules.permissions
    copied: dict[int, Any] = {}
    moving = False
    for index, candidate in enumerate(operations):
        try:
            operation = candidate if type(candidate) is dict else shape.built_in(rules, candidate)
            try:
                # An operation that was permitted before is well formed and permitted, and this is all that it costs.
                permission = permissions[operation["path"]][operation["op"]]
                given = operation["value"]
            except (KeyError, TypeError):
                permission, given = _permitted(rules, operation)
            admitted = admit(rules, permission, given, concerning)
            if stored is None:
                assume(document, permission.steps, admitted)
            else:
                permission.write(document, copied, admitted)
        except Refused as refused:
            diagnostics += located(refused.faults, index, shape.path_of(candidate))
        except NoTarget:
            diagnostics += located([target.fault(rules, permission, document)], index, permission.path)
        else:
            written.append((index, permission, admitted))
            if permission.moves:
                moving = True
    return moving


def _permitted(rules: Rules, operation: Any) -> tuple[Permission, Any]:
    """Stages 1 and 2: the permission for an operation, and its value, which may still be anything."""
    op, path, given = shape.members(rules, operation)
    return policy.permission(rules, op, path), given


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
