"""A ruleset, compiled: everything that the engine asks, in one place."""

from collections.abc import Callable
from typing import Any, NamedTuple

from referral_rules._frozen import Frozen
from referral_rules._json import InvalidPointer, among, read, tokens, writer
from referral_rules._rules.keywords import Checks
from referral_rules._rules.paths import Permission, Rule, covers, steps_of
from referral_rules._rules.resource import ITEM, Resource
from referral_rules._rules.transitions import TransitionTable, read_transitions
from referral_rules._rules.values import QuickChecks, compiled_checks

__all__ = ["Limits", "Pair", "Rules"]

_REMEMBERED = 1024

_IsOrdinary = Callable[[dict[str, Any], dict[str, Any], bool], bool]


class Limits(Frozen):
    """Bounds on a patch.

    Args:
        operations: the most operations in a patch.
        depth: the most arrays and objects inside one another in a value.
        path_length: the most characters in a path.

    >>> Limits(1000, 32, 1024).depth
    32
    """

    operations: int
    depth: int
    path_length: int


class Pair(NamedTuple):
    """The status and the substatus of a document, which may be anything."""

    status: object
    substatus: object


class Rules:
    """A ruleset as the engine uses it.

    Args:
        document: a sound ruleset with everything that it inherits; its ``resource`` is the schema itself.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        limits = document["limits"]
        self.name: str = document["name"]
        self.operations: tuple[str, ...] = tuple(document["operations"])
        self.advisories: dict[str, Any] = document.get("advisories", {})
        self.limits = Limits(limits["operations"], limits["depth"], limits["pathLength"])
        self.most_operations: int = limits["operations"]
        self.resource = Resource(document["resource"])
        self.transitions = read_transitions(document.get("transitions", {}))
        self.status = tokens(self.transitions.status)
        self.substatus = tokens(self.transitions.substatus)
        self.rules = tuple(_rule(path, rule, self.resource) for path, rule in document["paths"].items())
        self.paths = tuple(rule.path for rule in self.rules)
        self.permissions: dict[str, dict[str, Permission]] = {}
        self.moves = _moves(self.transitions)
        self.is_ordinary = _is_ordinary(self)
        self._absent_is_null = document.get("absentMembers") == "null"
        self._exact = {rule.path: rule for rule in self.rules if ITEM not in rule.tokens}
        self._with_index = tuple(rule for rule in self.rules if ITEM in rule.tokens)
        self._checks: dict[str, tuple[Checks, QuickChecks]] = {}

    def match(self, path: str) -> Rule | None:
        """The rule about a path; None if there is none, or if the path is longer than allowed."""
        if len(path) > self.limits.path_length:
            return None
        if path in self._exact:
            return self._exact[path]
        try:
            parts = tokens(path)
        except InvalidPointer:
            return None
        return next((rule for rule in self._with_index if covers(rule, parts)), None)

    def permission(self, op: str, path: str, rule: Rule) -> Permission:
        """Compile the permission for an operation that a rule allows at a path, and remember it.

        A bounded number is remembered, and only of permitted paths, so that no sequence of patches fills the memory.
        """
        steps = steps_of(rule, tokens(path))
        write = writer(op, steps, absent_is_null=self._absent_is_null)
        governed = any(field[: len(steps)] == steps for field in (self.status, self.substatus) if field)
        permission = Permission(rule, steps, *self._compiled(rule), write, governed, self._may_warn(rule))
        if len(self.permissions) >= _REMEMBERED:
            self.permissions.clear()
        self.permissions.setdefault(path, {})[op] = permission
        return permission

    def _compiled(self, rule: Rule) -> tuple[Checks, QuickChecks]:
        """The full and the quick checks of a rule; a value that an advisory is about never needs only the quick one."""
        if rule.path not in self._checks:
            checks = compiled_checks(rule.schema, self.resource)
            watched = self._by_service(rule) or self.warned_values("one_way", rule.path)
            self._checks[rule.path] = checks, QuickChecks({} if watched else checks)
        return self._checks[rule.path]

    def _may_warn(self, rule: Rule) -> Callable[[Any], bool]:
        by_service, final = self._by_service(rule), self.warned_values("one_way", rule.path)
        resource = self.resource
        if not by_service and not final:
            return lambda value: not resource.lists_every_member(rule.schema, value)
        return lambda value: (
            among(value, by_service)
            or (bool(final) and not among(value, final))
            or not resource.lists_every_member(rule.schema, value)
        )

    def _by_service(self, rule: Rule) -> tuple[Any, ...]:
        """The values that the service sets at a path; those of the substatus are looked at in ``is_ordinary``."""
        return () if rule.tokens == self.substatus else self.warned_values("set_by_service", rule.path)

    def warned_values(self, advisory: str, path: str) -> tuple[Any, ...]:
        """The values that an advisory names for a path."""
        return tuple(self.advisories.get(advisory, {}).get("values", {}).get(path, ()))

    def pair(self, document: object) -> Pair:
        """The status and the substatus of a document; None for one that it lacks."""
        return Pair(read(document, self.status), read(document, self.substatus))

    def allows_move(self, before: object, after: object) -> bool:
        """Return True if the table lets one document become the other; both may have anything for a status."""
        (status, _), (new_status, new_substatus) = self.pair(before), self.pair(after)
        try:
            return new_substatus in self.moves[status][new_status]
        except (KeyError, TypeError):  # No row for the status, or it cannot be hashed, so that it is none.
            return False

    def settable(self, path: str) -> tuple[str, ...] | None:
        """The values that a patch may set at the path of the status or substatus; None for any other path."""
        if path and path == self.transitions.status:
            return tuple(self.transitions.rows)
        if path and path == self.transitions.substatus:
            return tuple(name for row in self.transitions.rows.values() for name in row.substatuses)
        return None


def _rule(path: str, rule: dict[str, Any], resource: Resource) -> Rule:
    parts = tokens(path)
    return Rule(
        path=path,
        tokens=parts,
        operations=tuple(rule["operations"]),
        source=rule.get("source"),
        in_terminal_state=rule.get("inTerminalState", False),
        schema=resource.at(parts) or {},
    )


def _moves(table: TransitionTable) -> dict[Any, dict[Any, frozenset[object]]]:
    """From each status to each that it may become, and the substatuses that go with that one."""
    rows = table.rows
    return {
        status: {new: frozenset(rows[new].substatuses) for new in row.to if new in rows} for status, row in rows.items()
    }


def _is_ordinary(rules: Rules) -> _IsOrdinary:
    """A quick look that settles stage 5 and the warnings about the substatus for nearly every patch.

    Returns:
        a function of a referral before and after a patch, and of whether the patch wrote a status. If it returns
        True, the move is allowed and no warning is about it; if False, a closer look is needed.
    """
    advisories, moves = rules.advisories, rules.moves
    by_service = advisories.get("set_by_service", {}).get("values", {}).get(rules.transitions.substatus, ())
    final = frozenset(advisories.get("terminal_state", {}).get("substatuses", ()))
    odd = frozenset((*by_service, *advisories.get("reason_expected", {}).get("substatuses", ())))

    def is_ordinary(before: dict[str, Any], after: dict[str, Any], moved: bool) -> bool:
        try:
            if not moved:
                return before.get(substatus) not in final
            new = after[substatus]
            return new in moves[before[status]][after[status]] and before[substatus] not in final and new not in odd
        except (KeyError, TypeError):  # Absent, or not a string and so perhaps not hashable.
            return False

    if not len(rules.status) == len(rules.substatus) == 1:
        return lambda _, __, moved: not moved and not final
    (status,), (substatus,) = rules.status, rules.substatus
    return is_ordinary
