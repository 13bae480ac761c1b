"""Stage 5, transition: may the stored status and substatus become the new ones?

Asked once, of the referral after the last operation, as a patch may set the two in either order.
"""

from collections.abc import Iterator
from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault, Located, Step
from referral_rules._frozen import FrozenDict
from referral_rules._json import kind_of, shorten
from referral_rules._messages import quoted
from referral_rules._rules import Pair, Rules, TransitionRow

_Details = dict[str, Any]


def errors(rules: Rules, steps: list[Step], stored: dict[str, Any] | None, document: dict[str, Any]) -> list[Located]:
    """Why the move is not allowed; nothing if it is, or if too little is known to say.

    Args:
        rules: the rules.
        steps: the operations that were carried out, in order; at least one of them writes a status or a substatus.
        stored: the stored referral; None if it was not given.
        document: the referral after the last operation, or what the patch alone says about it.
    """
    before, after = Pair(None, None) if stored is None else rules.pair(stored), rules.pair(document)
    if (None in after or _fits(rules, after)) if stored is None else rules.allows(before, after):
        return []
    written = {permission.path for _, permission, _ in steps}
    fault = _mismatch(rules, after, written) if stored is None else _move(rules, before, after, written)
    # The move is the work of all its operations; the last of them is shown.
    index, path = next((index, permission.path) for index, permission, _ in reversed(steps) if permission.moves)
    return [Located(index, path, [fault])]


def _fits(rules: Rules, pair: Pair) -> bool:
    row = _row(rules, pair.status)
    return row is not None and pair.substatus in row.substatuses


def _row(rules: Rules, status: object) -> TransitionRow | None:
    return rules.transitions.rows.get(status) if isinstance(status, str) else None


def _move(rules: Rules, before: Pair, after: Pair, written: set[str]) -> Fault:
    rows, row = rules.transitions.rows, _row(rules, before.status)
    if row is None:
        return _fault(
            rules,
            Code.STATUS_UNKNOWN,
            {"status": _shown(before.status), "field": rules.transitions.status, "allowed": [*rows]},
        )
    if after.status not in row.to:
        return _not_allowed(rules, _shown(before.status), after, row.to)
    # If the status stays, to move it is the other way to make the pair fit.
    return _mismatch(rules, after, written, may_become=row.to if after.status == before.status else ())


def _not_allowed(rules: Rules, before: str | None, after: Pair, allowed: tuple[str, ...]) -> Fault:
    field = rules.transitions.status
    details = FrozenDict({"from": before, "to": _shown(after.status), "field": field, "allowed": allowed})
    return _fault(rules, Code.TRANSITION_NOT_ALLOWED, details)


def _mismatch(rules: Rules, pair: Pair, written: set[str], may_become: tuple[str, ...] = ()) -> Fault:
    """Why a status and a substatus do not go together.

    Args:
        rules: the rules.
        pair: the status and the substatus after the last operation.
        written: the paths of all operations that were carried out.
        may_become: what else the status may become in this patch.
    """
    table, row = rules.transitions, _row(rules, pair.status)
    if row is None:
        return _not_allowed(rules, None, pair, tuple(table.rows))
    needs = next((name for name in may_become if pair.substatus in table.rows[name].substatuses), None)
    field, values = (table.substatus, row.substatuses) if needs is None else (table.status, (needs,))
    details: _Details = {
        "status": pair.status,
        "substatus": _shown(pair.substatus),
        "allowed": row.substatuses,
        "needs": needs,
        "field": field if rules.match(field) else None,
        "written": field in written,
    }
    return _fault(rules, Code.SUBSTATUS_NOT_ALLOWED, details | _fix(rules, details, values, pair))


def _fix(rules: Rules, details: _Details, values: tuple[str, ...], pair: Pair) -> _Details:
    """The operation that makes the pair fit, if there is one way only, and the rules allow it."""
    rule = rules.match(details["field"] or "")
    if rule is None or len(values) != 1 or details["written"]:
        return {}
    # Add writes what is absent too.
    op = "add" if pair.substatus is None and "add" in rule.operations else rule.operations[-1]
    return {"fix": {"add": [{"op": op, "path": rule.path, "value": values[0]}]}}


def stored_faults(rules: Rules, document: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """What is wrong with the pair of a stored referral, with the path of the field that is at fault.

    >>> from referral_rules._rules import load
    >>> [path for path, _ in stored_faults(Rules(load("partner-center")), {"status": "New", "substatus": "Won"})]
    ['/substatus']
    """
    table, pair = rules.transitions, rules.pair(document)
    row = _row(rules, pair.status)
    if not table.rows:
        return
    if row is None:
        details: _Details = {"status": _shown(pair.status), "field": None, "allowed": [*table.rows]}
        yield table.status, _fault(rules, Code.STATUS_UNKNOWN, details)
    elif pair.substatus not in row.substatuses + row.stored_only:
        details = {"status": pair.status, "substatus": _shown(pair.substatus)}
        details |= {"allowed": row.substatuses + row.stored_only, "needs": None, "field": None, "written": False}
        yield table.substatus, _fault(rules, Code.SUBSTATUS_NOT_ALLOWED, details)


def _fault(rules: Rules, code: Code, details: _Details) -> Fault:
    return Fault(code, f"{rules.name}: transitions", details)


def _shown(status: object) -> str:
    """A status or substatus as text; of anything else, only its type."""
    if isinstance(status, str):
        return shorten(status) if status.isprintable() else quoted(status)
    return "(absent)" if status is None else f"({kind_of(status)})"
