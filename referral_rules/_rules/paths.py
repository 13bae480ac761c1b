"""What a ruleset says about a path, and the permission for one operation at one path, compiled for the engine."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from referral_rules._frozen import Frozen, FrozenDict, frozen, thawed
from referral_rules._json import Steps, Write, is_index
from referral_rules._rules.checks import Checks
from referral_rules._rules.resource import ITEM, Schema

_INDEX_DIGITS = 18


class PathRule(Frozen):
    """What a ruleset says about a path.

    Args:
        path: JSON Pointer (RFC 6901) in which ``*`` stands for one array index, ``-`` for the end of an array.
        operations: the allowed operations of RFC 6902, by name.
        source: where this is documented, or None.
        in_terminal_state: True if the documentation says that the path may be written in a terminal state too.
        value_schema: JSON Schema of the value, read-only.

    >>> from referral_rules import Ruleset
    >>> Ruleset.load("partner-center").explain("/team/-").operations
    ('add',)
    """

    path: str
    operations: tuple[str, ...]
    source: str | None
    in_terminal_state: bool
    value_schema: FrozenDict

    def __init__(
        self, path: str, operations: tuple[str, ...], source: str | None, in_terminal_state: bool, value_schema: Schema
    ) -> None:
        super().__init__(path, operations, source, in_terminal_state, frozen(value_schema))

    def __repr__(self) -> str:
        return f"<PathRule {self.path}: {', '.join(self.operations)}>"

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the value, which refers to nothing outside itself; a copy of the caller's own.

        >>> from referral_rules import Ruleset
        >>> Ruleset.load("partner-center").explain("/salesStage").schema["type"]
        ['string', 'null']
        """
        schema: dict[str, Any] = thawed(self.value_schema)
        return schema


class Rule(NamedTuple):
    """A path of a ruleset, as the engine needs it; its schema still refers into the resource."""

    path: str
    tokens: tuple[str, ...]
    operations: tuple[str, ...]
    source: str | None
    in_terminal_state: bool
    schema: Schema


class Permission(NamedTuple):
    """One operation that is allowed at one path, compiled: everything that the engine needs to carry it out.

    Args:
        path: the path, as it is written in operations.
        rule: the rule that allows it.
        steps: its tokens, with array indices as int.
        checks: the full check of a plain value.
        quick: the check of a value that holds no array and no object; it may say no to a value that fits.
        write: writes the value.
        moves: True if it may change the status or the substatus.
        may_concern: returns True for a value that a warning may be due for.
    """

    path: str
    rule: Rule
    steps: Steps
    checks: Checks
    quick: Checks
    write: Write
    moves: bool
    may_concern: Callable[[Any], bool]


def generic(parts: Iterable[str]) -> tuple[str, ...]:
    """The tokens of a path with a star for each index, as a rule has it.

    >>> generic(("team", "10", "-"))
    ('team', '*', '-')
    """
    return tuple([ITEM if is_index(part) else part for part in parts])


def covers(rule: Rule, parts: tuple[str, ...]) -> bool:
    """Return True if a rule is about the path with these tokens.

    >>> covers(Rule("/team/*", ("team", "*"), (), None, False, {}), ("team", "0"))
    True
    """
    return len(rule.tokens) == len(parts) and all(map(_stands_for, rule.tokens, parts))


def _stands_for(token: str, part: str) -> bool:
    return is_index(part) if token == ITEM else token == part


def steps_of(rule: Rule, parts: tuple[str, ...]) -> Steps:
    """The tokens of a path that a rule is about, with each array index as an int.

    >>> steps_of(Rule("/team/*", ("team", "*"), (), None, False, {}), ("team", "0"))
    ('team', 0)
    """
    # An array is never as long as the first digits already say, and int() refuses very long ones.
    return tuple(
        int(part[:_INDEX_DIGITS]) if token == ITEM else part for token, part in zip(rule.tokens, parts, strict=True)
    )
