"""A ruleset, compiled: everything that the engine asks, in one place."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from referral_rules._frozen import Frozen
from referral_rules._json import InvalidPointer, read, tokens, writer
from referral_rules._rules.advisories import Advisories
from referral_rules._rules.checks import Checks
from referral_rules._rules.known import KnownPaths
from referral_rules._rules.names import Names
from referral_rules._rules.paths import Permission, Rule, covers, generic, steps_of
from referral_rules._rules.resource import ITEM, Resource
from referral_rules._rules.transitions import TransitionTable, read_transitions
from referral_rules._rules.values import compiled_checks, quick_checks

_REMEMBERED = 1024

_Made = TypeVar("_Made")

_QuickLook = Callable[[dict[str, Any], dict[str, Any], bool], bool]
"""Takes a referral before and after a patch, and whether the patch wrote a status or a substatus.

If it returns True, the move is allowed and no warning is about it; if False, a closer look is needed.
"""


class Limits(Frozen):
    """Bounds on a patch.

    Args:
        operations: the most operations in a patch.
        depth: the most arrays and objects inside one another in a value.
        path_length: the most characters in a path.
        diagnostics: the most errors and warnings in a report.

    >>> Limits(1000, 32, 1024).diagnostics
    100
    """

    operations: int
    depth: int
    path_length: int
    diagnostics: int = 100


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
        self.limits = Limits(
            limits["operations"], limits["depth"], limits["pathLength"], limits.get("diagnostics", Limits.diagnostics)
        )
        self.resource = Resource(document["resource"])
        self.transitions = read_transitions(document.get("transitions", {}))
        self.advisories = Advisories(
            self.name, document.get("advisories", {}), self.resource, self.transitions.substatus
        )
        self.status = tokens(self.transitions.status)
        self.substatus = tokens(self.transitions.substatus)
        self.rules = tuple(_rule(path, rule, self.resource) for path, rule in document["paths"].items())
        self.paths = tuple(rule.path for rule in self.rules)
        self.permissions: dict[str, dict[str, Permission]] = {}
        self.moves = _moves(self.transitions)
        self.settles_transition = _quick_look(self)
        self._absent_is_null = document.get("absentMembers") == "null"
        self._exact = {rule.path: rule for rule in self.rules if ITEM not in rule.tokens}
        self._with_index = _by_generic_path(self.rules)
        self._deepest = max((len(rule.tokens) for rule in self.rules), default=0)
        self._checks: dict[str, tuple[Checks, Checks]] = {}
        self._made: dict[Hashable, Any] = {}

    @cached_property
    def known_operations(self) -> Names:
        """The operations, for one that is misspelt."""
        return Names(self.operations)

    @cached_property
    def known_paths(self) -> KnownPaths:
        """The paths, for one that no rule is about."""
        return KnownPaths(self.paths)

    def remembered(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """What was made for a key, as most mistakes are made more than once; a bounded number is remembered."""
        found: _Made | None = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            self._made[key] = found
        return found

    def match(self, path: str) -> Rule | None:
        """The rule about a path; None if there is none, or if the path is longer than allowed."""
        if len(path) > self.limits.path_length:
            return None
        if path in self._exact:
            return self._exact[path]
        if path.count("/") > self._deepest:
            return None
        try:
            parts = tokens(path)
        except InvalidPointer:
            return None
        return next((rule for rule in self._with_index.get(generic(parts), ()) if covers(rule, parts)), None)

    def permission(self, op: str, path: str, rule: Rule) -> Permission:
        """Compile the permission for an operation that a rule allows at a path, and remember it.

        A bounded number is remembered, and only of permitted paths, so that no sequence of patches fills the memory.
        """
        steps = steps_of(rule, tokens(path))
        write = writer(op, steps, absent_is_null=self._absent_is_null)
        moves = any(field[: len(steps)] == steps for field in (self.status, self.substatus) if field)
        concerns = self.advisories.may_concern(rule)
        permission = Permission(path, rule, steps, *self._compiled(rule), write, moves, concerns)
        if len(self.permissions) >= _REMEMBERED:
            self.permissions.clear()
        self.permissions.setdefault(path, {})[op] = permission
        return permission

    def _compiled(self, rule: Rule) -> tuple[Checks, Checks]:
        """The full and the quick checks of a rule; of a value that an advisory names, the quick one says no."""
        if rule.path not in self._checks:
            checks = compiled_checks(rule.schema, self.resource)
            self._checks[rule.path] = checks, quick_checks({} if self.advisories.names_values(rule) else checks)
        return self._checks[rule.path]

    def pair(self, document: object) -> Pair:
        """The status and the substatus of a document; None for one that it lacks."""
        return Pair(read(document, self.status), read(document, self.substatus))

    def allows(self, before: Pair, after: Pair) -> bool:
        """Return True if the table lets one pair become the other; both may have anything for a status."""
        try:
            return after.substatus in self.moves[before.status][after.status]
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


def _by_generic_path(rules: tuple[Rule, ...]) -> dict[tuple[str, ...], list[Rule]]:
    found: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        if ITEM in rule.tokens:
            found.setdefault(generic(rule.tokens), []).append(rule)
    return found


def _moves(table: TransitionTable) -> dict[Any, dict[Any, frozenset[object]]]:
    """From each status to each that it may become, and the substatuses that go with that one."""
    rows = table.rows
    return {
        status: {new: frozenset(rows[new].substatuses) for new in row.to if new in rows} for status, row in rows.items()
    }


def _quick_look(rules: Rules) -> _QuickLook:
    final, watched, moves = rules.advisories.final, rules.advisories.watched_substatuses, rules.moves
    if not len(rules.status) == len(rules.substatus) == 1:
        return lambda _, __, moved: not moved and not final
    (status,), (substatus,) = rules.status, rules.substatus

    def quick_look(before: dict[str, Any], after: dict[str, Any], moved: bool) -> bool:
        try:
            if not moved:
                return before.get(substatus) not in final
            new = after[substatus]
            allowed = new in moves[before[status]][after[status]]
            return allowed and before[substatus] not in final and new not in watched
        except (KeyError, TypeError):  # Absent, or not a string and so perhaps not hashable.
            return False

    return quick_look
