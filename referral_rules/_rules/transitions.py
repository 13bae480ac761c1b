"""Which pair of status and substatus may become which: the published table, as values."""

from collections.abc import Mapping
from typing import Any

from referral_rules._frozen import Frozen, FrozenDict


class State(Frozen):
    """A status and the substatus that goes with it.

    >>> State("New", "Pending").status
    'New'
    """

    status: str
    substatus: str


class TransitionRow(Frozen):
    """One row of the table.

    Args:
        to: the statuses that this one may change to, including itself if it may stay.
        substatuses: the substatuses that a patch may leave it with.
        stored_only: more substatuses that a stored referral may have, but no patch may set.

    >>> TransitionRow(("Closed",), ("Won",)).to
    ('Closed',)
    """

    to: tuple[str, ...]
    substatuses: tuple[str, ...]
    stored_only: tuple[str, ...] = ()


class TransitionTable(Frozen):
    """The changes of status and substatus that one patch may make.

    The row of the stored status lists the allowed new statuses; the row of the new status lists its allowed
    substatuses.

    Args:
        status: JSON Pointer (RFC 6901) to the status; ``""`` if the ruleset has no table.
        substatus: JSON Pointer to the substatus.
        rows: a row for each status.
        initial: the pairs that a referral starts with.

    >>> table = TransitionTable("/a", "/b", {"On": TransitionRow(("On",), ("X",))})
    >>> table.allows(State("On", "Y"), State("On", "X"))
    True
    """

    status: str
    substatus: str
    rows: Mapping[str, TransitionRow]
    initial: tuple[State, ...] = ()

    def __init__(
        self, status: str, substatus: str, rows: Mapping[str, TransitionRow], initial: tuple[State, ...] = ()
    ) -> None:
        super().__init__(status, substatus, FrozenDict(rows), tuple(initial))

    def allows(self, before: State, after: State) -> bool:
        """Whether a referral stored with one pair may have the other after a patch.

        Args:
            before: the stored pair.
            after: the pair after the last operation.
        Returns:
            True if the table allows the move; a status without a row allows none.
        Raises:
            TypeError: one of them is not a State.

        >>> from referral_rules import Ruleset
        >>> moves = Ruleset.load("partner-center").transitions
        >>> moves.allows(State("Active", "Accepted"), State("Closed", "Won"))
        True
        """
        return _state(after) in self.reachable(before)

    def reachable(self, state: State) -> tuple[State, ...]:
        """Every pair that one patch may lead to, in the order of the table.

        Args:
            state: the stored pair.
        Returns:
            the pairs; none if the status has no row.
        Raises:
            TypeError: it is not a State.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").transitions.reachable(State("Active", "Accepted"))[1]
        State(status='Closed', substatus='Won')
        """
        row = self.rows.get(_state(state).status, TransitionRow((), ()))
        targets = [new for new in row.to if new in self.rows]
        return tuple(State(new, substatus) for new in targets for substatus in self.rows[new].substatuses)


def _state(value: object) -> State:
    if not isinstance(value, State):
        raise TypeError(f"expected State(status, substatus), got {type(value).__name__}")
    return value


def read_transitions(document: Mapping[str, Any]) -> TransitionTable:
    """The table that a ruleset has under ``transitions``; one without rows if it has none.

    >>> read_transitions({}).rows
    {}
    """
    rows = {status: _row(row) for status, row in document.get("table", {}).items()}
    initial = tuple(State(*pair) for pair in document.get("initial", ()))
    return TransitionTable(document.get("status", ""), document.get("substatus", ""), rows, initial)


def _row(row: Mapping[str, Any]) -> TransitionRow:
    return TransitionRow(tuple(row["to"]), tuple(row["substatuses"]), tuple(row.get("storedOnly", ())))
