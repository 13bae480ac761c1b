"""May this pair of status and substatus become that pair? The published table, as a lookup."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from referral_rules import pointers

__all__ = ["Row", "State", "TransitionTable"]


class State(NamedTuple):
    """A status and the substatus that goes with it.

    >>> State("New", "Pending").status
    'New'
    """

    status: str
    substatus: str


class Row(NamedTuple):
    """One row of the table.

    Args:
        to: the statuses that this one may move to; to stay is a move.
        substatuses: what a patch may leave it with.
        stored_only: what a stored referral may have with it besides.

    >>> Row(("Closed",), ("Won",), ()).to
    ('Closed',)
    """

    to: tuple[str, ...]
    substatuses: tuple[str, ...]
    stored_only: tuple[str, ...]


class TransitionTable:
    """Which pair of status and substatus may become which, in one patch.

    The row of the stored status says what the status may become; the row of the new status says which substatuses
    go with it.

    Args:
        document: the ``transitions`` of a ruleset; empty if no move is governed.

    >>> row = {"to": ["On"], "substatuses": ["X"]}
    >>> table = TransitionTable({"status": "/a", "substatus": "/b", "table": {"On": row}})
    >>> table.allows(State("On", "Y"), State("On", "X"))
    True
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        rows = {status: _row(row) for status, row in document.get("table", {}).items()}
        self.rows: Mapping[str, Row] = MappingProxyType(rows)
        self.status: tuple[str, ...] = pointers.tokens(document.get("status", ""))
        self.substatus: tuple[str, ...] = pointers.tokens(document.get("substatus", ""))
        self.initial: tuple[State, ...] = tuple(State(*pair) for pair in document.get("initial", ()))
        # From each status to each that it may become, and which substatuses go with that one.
        self._to: dict[Any, dict[Any, frozenset[object]]] = {
            status: {new: frozenset(rows[new].substatuses) for new in row.to if new in rows}
            for status, row in rows.items()
        }
        # Where both fields stand at the top, as they do in a referral, one look is enough.
        self._flat = self.status + self.substatus if len(self.status) == len(self.substatus) == 1 else ()

    def allows(self, before: State, after: State) -> bool:
        """Whether a referral stored with one pair may have the other after a patch.

        Args:
            before: the stored pair.
            after: the pair after the last operation.
        Returns:
            True if the table has the move; a status without a row has no move.

        >>> from referral_rules import Ruleset
        >>> moves = Ruleset.load("partner-center").transitions
        >>> moves.allows(State("Active", "Accepted"), State("Closed", "Won"))
        True
        """
        return after.substatus in self._to.get(before.status, {}).get(after.status, ())

    def permits(self, before: dict[str, Any], after: dict[str, Any]) -> bool:
        """Whether the table lets one document become another; either may hold anything where its status stands.

        >>> TransitionTable({}).permits({"status": []}, {})
        False
        """
        try:
            if self._flat:
                status, substatus = self._flat
                return after[substatus] in self._to[before[status]][after[status]]
            new_status, new_substatus = self.pair(after)
            return new_substatus in self._to[self.pair(before)[0]][new_status]
        except (KeyError, TypeError):  # What is absent, or cannot be hashed, is no status.
            return False

    def fits(self, status: object, substatus: object) -> bool:
        """Whether a substatus goes with a status, whatever came before.

        >>> TransitionTable({"table": {"On": {"to": [], "substatuses": ["X"]}}}).fits("On", "X")
        True
        """
        return isinstance(status, str) and status in self.rows and substatus in self.rows[status].substatuses

    def reachable(self, state: State) -> tuple[State, ...]:
        """Every pair that one patch may lead to, in the order of the table.

        Args:
            state: the stored pair.
        Returns:
            the pairs; none if the status has no row.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").transitions.reachable(State("Active", "Accepted"))[1]
        State(status='Closed', substatus='Won')
        """
        row = self.rows.get(state.status)
        targets = [new for new in row.to if new in self.rows] if row is not None else []
        return tuple(State(new, substatus) for new in targets for substatus in self.rows[new].substatuses)

    def settable(self, parts: tuple[str, ...]) -> tuple[str, ...] | None:
        """What a patch may ever set at these tokens, in the order of the table; None if they hold no status.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").transitions.settable(("status",))
        ('New', 'Active', 'Closed')
        """
        if not parts:
            return None
        if parts == self.status:
            return tuple(self.rows)
        return (
            tuple(name for row in self.rows.values() for name in row.substatuses) if parts == self.substatus else None
        )

    def pair(self, document: object) -> tuple[object, object]:
        """The status and the substatus of a document; None for one that it lacks.

        >>> TransitionTable({"status": "/a", "substatus": "/b"}).pair({"a": "On"})
        ('On', None)
        """
        return pointers.read(document, self.status), pointers.read(document, self.substatus)

    def governs(self, parts: tuple[str, ...]) -> bool:
        """Whether writing at these tokens may change the status or the substatus.

        >>> TransitionTable({"status": "/a/b", "substatus": "/a/c"}).governs(("a",))
        True
        """
        return any(field[: len(parts)] == parts for field in (self.status, self.substatus) if field)


def _row(row: Mapping[str, Any]) -> Row:
    return Row(tuple(row["to"]), tuple(row["substatuses"]), tuple(row.get("storedOnly", ())))
