"""Which rule governs this path? Exact comparison of tokens, and a bounded memory of the answers."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from referral_rules import pointers
from referral_rules.keywords import Check, Checks
from referral_rules.patching import Steps, Write, writer
from referral_rules.resource import ITEM, Resource
from referral_rules.transitions import TransitionTable
from referral_rules.values import ValueSchema

__all__ = ["PathRule", "PathTable", "Target", "Watch"]

_REMEMBERED = 1024
_INDEX_DIGITS = 18

Watch = Callable[[Any], bool]


class PathRule(NamedTuple):
    """What a ruleset says of a path.

    Args:
        path: the path of the rule; ``*`` stands for one array index, ``-`` for the end of an array.
        operations: the operations of RFC 6902 that it takes, by name.
        schema: JSON Schema of the value; its references lead into the schema of the resource.
        source: what says so, or None.
        in_terminal_state: True if the path is documented to be written in a terminal state too.

    >>> from referral_rules import Ruleset
    >>> Ruleset.load("partner-center").explain("/team/-").operations
    ('add',)
    """

    path: str
    operations: tuple[str, ...]
    schema: dict[str, Any]
    source: str | None
    in_terminal_state: bool


class Target:
    """A path that may be written, ready for the engine.

    Args:
        rule: the rule that governs it.
        value: what its value must be.
        path: its tokens.
        writes: for each operation that it takes, the function that carries it out.
        governed: whether writing here may change the status or the substatus.
        watched: what tells of a value whether some advisory may want a word; None if none does.
    """

    __slots__ = ("governed", "objects", "parents", "path", "rule", "simple", "value", "watched", "writes")

    def __init__(
        self,
        rule: PathRule,
        value: ValueSchema,
        path: Steps,
        writes: dict[str, Write],
        *,
        governed: bool,
        watched: Watch | None,
    ) -> None:
        self.rule = rule
        self.value = value
        self.path = path
        self.parents = path[:-1]
        self.writes = writes
        self.governed = governed
        self.watched = watched
        # What is watched is never simple, so that the engine looks twice.
        self.simple: Checks = _Simple(value.simple if watched is None else {})
        self.objects = dict in self.simple


class _Simple(dict[type, Check]):
    """The checks of simple values by their type; those of any other type are never accepted as simple."""

    def __missing__(self, kind: type) -> Check:
        return _never


def _never(_: object) -> bool:
    return False


class _Entry:
    """A rule, with what is worked out of it once."""

    __slots__ = ("governed", "rule", "tokens", "value")

    def __init__(self, rule: PathRule, resource: Resource, transitions: TransitionTable) -> None:
        self.rule = rule
        self.tokens = pointers.tokens(rule.path)
        self.value = ValueSchema(rule.schema, resource)
        self.governed = transitions.governs(self.tokens)


class PathTable:
    """The paths of a ruleset.

    Args:
        rules: the rules, in the order of the ruleset.
        resource: what the schemas of their values lead into.
        transitions: which of them write the status or the substatus.
        longest: characters in a path, at most.
        absent_is_null: True if ``replace`` takes a member that is absent for one that is null.
        watched: for the paths that advisories watch, what tells of a value whether one may want a word.
    """

    def __init__(
        self,
        rules: Iterable[PathRule],
        resource: Resource,
        transitions: TransitionTable,
        *,
        longest: int,
        absent_is_null: bool,
        watched: dict[str, Watch],
    ) -> None:
        self.rules = tuple(rules)
        self.names = tuple(rule.path for rule in self.rules)
        self.targets: dict[str, Target] = _Targets(self._compile)
        self._longest = longest
        self._absent_is_null = absent_is_null
        self._watched = watched
        self._entries = {rule.path: _Entry(rule, resource, transitions) for rule in self.rules}
        self._indexed = tuple(entry for entry in self._entries.values() if ITEM in entry.tokens)

    def match(self, path: str) -> PathRule | None:
        """The rule that governs a path; None if there is none, or if the path is longer than allowed."""
        entry = self._match(path)
        return None if entry is None else entry.rule

    def rule(self, path: str) -> PathRule | None:
        """The rule that governs a path, or that has this path itself."""
        entry = self._match(path) or self._entries.get(path)
        return None if entry is None else entry.rule

    def _match(self, path: str) -> _Entry | None:
        if len(path) > self._longest:
            return None
        entry = self._entries.get(path)
        if entry is not None and ITEM not in entry.tokens:
            return entry
        try:
            parts = pointers.tokens(path)
        except pointers.InvalidPointer:
            return None
        return next((entry for entry in self._indexed if _covers(entry.tokens, parts)), None)

    def _compile(self, path: str) -> Target:
        entry = self._match(path)
        if entry is None:
            raise LookupError
        steps = tuple(map(_step, entry.tokens, pointers.tokens(path)))
        writes = {op: writer(op, steps[-1], absent_is_null=self._absent_is_null) for op in entry.rule.operations}
        watched = self._watched.get(entry.rule.path)
        return Target(entry.rule, entry.value, steps, writes, governed=entry.governed, watched=watched)


class _Targets(dict[str, Target]):
    """Compiled targets by path, each compiled when it is first asked for; LookupError if no rule governs it.

    Only paths that a rule governs are remembered, and a bounded number of them, so that no sequence of patches makes
    the table grow.
    """

    def __init__(self, compile_: Callable[[str], Target]) -> None:
        super().__init__()
        self._compile = compile_

    def __missing__(self, path: str) -> Target:
        # As a plain string: one of a subclass may equal another path later on. What is no string is a TypeError.
        name = str.__str__(path)
        target = self._compile(name)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[name] = target
        return target


def _covers(rule: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    return len(rule) == len(parts) and all(map(_stands_for, rule, parts))


def _stands_for(token: str, part: str) -> bool:
    return pointers.is_index(part) if token == ITEM else token == part


def _step(token: str, part: str) -> str | int:
    # No array is as long as the first digits say already, and int() refuses very long ones.
    return int(part[:_INDEX_DIGITS]) if token == ITEM else part
