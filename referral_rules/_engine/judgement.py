"""The judgement: one pass over the operations of a patch, from top to bottom of this file.

Each operation goes through four stages, which are the modules beside this one:

1. ``shape``: the operation has op, path and value.
2. ``policy``: the ruleset permits this op at this path.
3. ``value``: the value is what the resource has there.
4. ``target``: the referral has a place for it, and it is written.

After the last operation come ``transition``, which compares the status and substatus before and after, and
``warnings``. A stage returns what the next one needs, or raises ``Refused``; this module adds the position.

An operation that is refused writes nothing, and the others are judged as if it were not there. So a report has
everything that is wrong at once, up to a limit: a stage says no at once, and why only when it is asked.

Why it is fast although it is careful: nearly every patch is accepted, and a yes is cheap. A permission that was
compiled before tells that an operation is well formed and permitted, by one look into a table; a compiled check
settles most values; and ``rules.settles_transition`` the last two stages. Only a no asks further. And the referral is
not copied: only the containers on a written path are, once each.
"""

from collections.abc import Iterator
from typing import Any

from referral_rules._engine import policy, shape, target, transition, value, warnings
from referral_rules._engine.faults import Located, Refused, Step, reported
from referral_rules._engine.value import Take, admit
from referral_rules._json import NoTarget, NotPlain, assume, bounded, plain
from referral_rules._reports import Report
from referral_rules._rules import Permission, Rules

_ACCEPTED = Report()
_NOTHING_KNOWN: dict[str, Any] = {}

Judged = tuple[Report, dict[str, Any] | None]
"""What an Evaluation holds, as the bare pair that ``check`` and ``apply`` take one half of."""


def judge(rules: Rules, patch: object, referral: object = shape.ABSENT, take: Take = plain) -> Judged:
    """Judge a patch, and apply it if nothing is wrong.

    Args:
        rules: the rules.
        patch: the patch document, parsed.
        referral: the stored referral; without it, only what can be known from the patch is judged.
        take: takes a value out of the patch; ``bounded`` if the patch is nobody else's, so that nothing is copied.
    Returns:
        the report, and the new referral: None if the patch is refused, or if no referral was given.
    """
    try:
        operations = shape.operations(rules, patch)
    except Refused as refused:
        return _not_a_patch(rules, refused, referral)
    stored = referral if isinstance(referral, dict) else None
    document = {} if stored is None else {**stored}
    errors = _unusable(referral) if stored is None else []
    steps: list[Step] = []
    concerning: list[Any] = []
    moving = _carry_out(rules, operations, stored, document, errors, steps, concerning, take)
    # Nearly every patch is accepted here, with nothing left to say.
    if not errors and not concerning and rules.settles_transition(stored or _NOTHING_KNOWN, document, moving):
        return _ACCEPTED, None if stored is None else document
    if moving:
        errors = [*transition.errors(rules, steps, stored, document), *errors]
    doubts = warnings.found(rules, steps, stored, document, moving=moving, concerning=bool(concerning)) if steps else ()
    report = reported(errors, doubts, rules.limits.diagnostics)
    return report, None if errors or stored is None else document


def judge_text(rules: Rules, text: str | bytes | bytearray, referral: object = shape.ABSENT) -> Judged:
    """Judge the patch in a JSON text; see ``judge``."""
    try:
        patch = shape.parsed(text)
    except Refused as refused:
        return _not_a_patch(rules, refused, referral)
    return judge(rules, patch, referral, bounded)


def _not_a_patch(rules: Rules, refused: Refused, referral: object) -> Judged:
    return reported([Located(None, None, refused.faults), *_unusable(referral)], (), rules.limits.diagnostics), None


def _unusable(referral: object) -> list[Located]:
    """What is wrong with a stored referral as such; not knowing it is nothing wrong."""
    if isinstance(referral, dict) or referral is shape.ABSENT:
        return []
    return [Located(None, None, [target.not_an_object(referral)])]


def _carry_out(
    rules: Rules,
    operations: list[Any],
    stored: dict[str, Any] | None,
    document: dict[str, Any],
    errors: list[Located],
    steps: list[Step],
    concerning: list[Any],
    take: Take,
) -> bool:
    """Stages 1 to 4; returns True if an operation wrote a status or a substatus.

    Args:
        rules: the rules.
        operations: the operations of the patch.
        stored: the stored referral; None if it is not known.
        document: the patch's own copy of it, which is written to.
        errors: takes what is wrong.
        steps: takes the operations that were carried out.
        concerning: takes the values that may need a warning.
        take: takes a value out of the patch.
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
            admitted = admit(rules, permission, given, concerning, take)
            if stored is None:
                assume(document, permission.steps, admitted)
            else:
                permission.write(document, copied, admitted)
        except Refused as refused:
            faults = refused.faults if len(errors) < rules.limits.diagnostics else ()
            errors.append(Located(index, shape.path_of(candidate), faults))
        except NoTarget:
            errors.append(Located(index, permission.path, [target.fault(rules, permission, document)]))
        else:
            steps.append((index, permission, admitted))
            if permission.moves:
                moving = True
    return moving


def _permitted(rules: Rules, operation: Any) -> tuple[Permission, Any]:
    """Stages 1 and 2: the permission for an operation, and its value, which may still be anything."""
    op, path, given = shape.members(rules, operation)
    return policy.permission(rules, op, path), given


def judge_referral(rules: Rules, referral: object) -> Report:
    """Judge a referral itself: the schema of the resource, and its pair of status and substatus."""
    return reported([*_referral_errors(rules, referral)], (), rules.limits.diagnostics)


def _referral_errors(rules: Rules, referral: object) -> Iterator[Located]:
    try:
        document = plain(referral, rules.limits.depth)
    except NotPlain as reason:
        yield Located(None, None, [value.not_plain(rules, reason, "the referral")])
        return
    if not isinstance(document, dict):
        yield Located(None, None, [target.not_an_object(referral)])
        return
    for fault in value.faults(rules, rules.resource.schema, document, "", rules.limits.diagnostics + 1):
        yield Located(None, fault.details["place"], [fault])
    for path, fault in transition.stored_faults(rules, document):
        yield Located(None, path, [fault])
