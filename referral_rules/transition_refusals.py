"""Why a status or a substatus is refused, and what to write instead."""

from referral_rules import pointers
from referral_rules.rulebook import Rulebook
from referral_rules.violations import Violation, ViolationCode
from referral_rules.wording import kind_of, listed, one_of, quoted, violation

__all__ = ["misfit", "move", "stored"]

_Pair = tuple[object, object]


def move(book: Rulebook, before: _Pair, after: _Pair, *, index: int, path: str) -> Violation:
    """Why the stored pair may not become the new one; the move is one that the table refuses."""
    rows, (status, _), (new_status, _) = book.transitions.rows, before, after
    if not (isinstance(status, str) and status in rows):
        return _refuse(
            book,
            ViolationCode.STATUS_UNKNOWN,
            f"the stored status {_named(status)} has no row in the transition table, so no rule moves it.",
            f"The rules move {listed(rows)} only.",
            list(rows),
            index=index,
            path=path,
        )
    if new_status not in rows[status].to:
        return _refuse(
            book,
            ViolationCode.TRANSITION_NOT_ALLOWED,
            f"status {status} may not become {_named(new_status)}; it may become {listed(rows[status].to, 'or')}.",
            _stay_or_move(book, [name for name in rows[status].to if name != status]),
            list(rows[status].to),
            index=index,
            path=path,
        )
    # Where the status stays, to move it is the other way to make the pair fit.
    return misfit(book, after, index=index, path=path, may_become=rows[status].to if new_status == status else ())


def _stay_or_move(book: Rulebook, others: list[str]) -> str:
    stay = f"Leave {_path(book.transitions.status)} as it is"
    return f"{stay}, or set it to {listed(others, 'or')}." if others else f"{stay}."


def misfit(book: Rulebook, pair: _Pair, *, index: int, path: str, may_become: tuple[str, ...] = ()) -> Violation:
    """Why a status and a substatus do not go together.

    Args:
        book: the rules.
        pair: the status and the substatus after the last operation.
        index: the last operation that wrote either.
        path: its path.
        may_become: what else the status may become in this patch.
    """
    rows, (status, substatus) = book.transitions.rows, pair
    row = rows.get(status) if isinstance(status, str) else None
    needed = next((name for name in may_become if substatus in rows[name].substatuses), None)
    if row is None:
        code, allowed = ViolationCode.TRANSITION_NOT_ALLOWED, tuple(rows)
        problem = f"no status may become {_named(status)}; the table has {listed(rows)}."
        hint = f"Set {_path(book.transitions.status)} to {one_of(rows)}."
    elif needed is not None:
        code, allowed = ViolationCode.SUBSTATUS_NOT_ALLOWED, row.substatuses
        problem = f"substatus {_named(substatus)} needs status {needed}, but the status stays {status}."
        hint = f'Also replace {_path(book.transitions.status)} with "{needed}".'
    else:
        code, allowed = ViolationCode.SUBSTATUS_NOT_ALLOWED, row.substatuses
        problem = f"status {status} goes with substatus {listed(allowed, 'or')}, not with {_named(substatus)}."
        hint = f"Also set {_path(book.transitions.substatus)} to {one_of(allowed)}."
    return _refuse(book, code, problem, hint, list(allowed), index=index, path=path)


def stored(book: Rulebook, pair: _Pair) -> list[Violation]:
    """What is wrong with the pair of a stored referral; nothing if the table, or what it says of storage, has it."""
    rows, (status, substatus) = book.transitions.rows, pair
    if not rows:
        return []
    row = rows.get(status) if isinstance(status, str) else None
    if row is None:
        problem = f"the status {_named(status)} has no row in the transition table, which has {listed(rows)}."
        code, fields, allowed = ViolationCode.STATUS_UNKNOWN, book.transitions.status, tuple(rows)
    elif substatus in row.substatuses or substatus in row.stored_only:
        return []
    else:
        allowed = row.substatuses + row.stored_only
        problem = f"status {status} goes with substatus {listed(allowed, 'or')}, not with {_named(substatus)}."
        code, fields = ViolationCode.SUBSTATUS_NOT_ALLOWED, book.transitions.substatus
    return [_refuse(book, code, problem, None, list(allowed), index=None, path=_path(fields))]


def _refuse(
    book: Rulebook,
    code: ViolationCode,
    problem: str,
    hint: str | None,
    allowed: list[str],
    *,
    index: int | None,
    path: str,
) -> Violation:
    rule = f"{book.name}: transitions"
    return violation(code, problem, rule, index=index, path=path, hint=hint, allowed=allowed)


def _path(field: tuple[str, ...]) -> str:
    return pointers.join(field)


def _named(status: object) -> str:
    """A status or substatus as it is shown; what is none shows no more than its type."""
    if isinstance(status, str):
        return pointers.shorten(status) if status.isprintable() else quoted(status)
    return "(absent)" if status is None else f"({kind_of(status)})"
