"""Which pair of status and substatus may become which: the published table, as values."""

from collections.abc import Callable, Iterable, Mapping
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

    def path(self, before: State, after: State) -> tuple[State, ...]:
        """The shortest way from one pair to another, for which more than one patch may be needed.

        Args:
            before: the stored pair.
            after: the pair to reach.
        Returns:
            the pairs from the first to the last, so that each of the others is reached from the one before it by one
            patch; only the pair itself if the two are equal; nothing if there is no way.
        Raises:
            TypeError: one of them is not a State.

        >>> from referral_rules import Ruleset
        >>> moves = Ruleset.load("partner-center").transitions
        >>> [state.status for state in moves.path(State("New", "Pending"), State("Closed", "Won"))]
        ['New', 'Closed']
        """
        return shortest(_state(before), _state(after), self.reachable)


def shortest(before: State, after: State, reachable: Callable[[State], Iterable[State]]) -> tuple[State, ...]:
    """The shortest way from one pair to another.

    Args:
        before: the first pair.
        after: the last pair.
        reachable: returns the pairs that one patch may lead to from a pair.
    Returns:
        all pairs on the way; nothing if there is no way.

    >>> on, off = State("On", ""), State("Off", "")
    >>> shortest(on, off, {on: [off], off: []}.__getitem__) == (on, off)
    True
    """
    # Breadth first: the pairs that are reached first are reached by the fewest patches.
    came_from: dict[State, State | None] = {before: None}
    pending = [before]
    for state in pending:
        if state == after:
            return _way(came_from, after)
        for new in reachable(state):
            if new not in came_from:
                came_from[new] = state
                pending.append(new)
    return ()


def _way(came_from: dict[State, State | None], last: State) -> tuple[State, ...]:
    way: list[State] = []
    state: State | None = last
    while state is not None:
        way.append(state)
        state = came_from[state]
    return tuple(reversed(way))


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
