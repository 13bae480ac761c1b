"""A ruleset, compiled: everything the engine asks, in one place."""

from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple

from referral_rules import pointers
from referral_rules.paths import PathRule, PathTable, Watch
from referral_rules.plain import among
from referral_rules.resource import Resource
from referral_rules.transitions import TransitionTable

__all__ = ["Limits", "Rulebook"]


class Limits(NamedTuple):
    """Bounds on a patch.

    Args:
        operations: operations in a patch, at most.
        depth: arrays and objects inside one another in a value, at most.
        path_length: characters in a path, at most.
    """

    operations: int
    depth: int
    path_length: int


class Rulebook:
    """What a ruleset says, as the engine, its refusals and its advisories ask it.

    Args:
        document: a sound ruleset with all that it inherits, its ``resource`` the schema itself.
    """

    __slots__ = (
        "advisories",
        "calm",
        "limits",
        "most",
        "name",
        "operations",
        "paths",
        "permits",
        "resource",
        "targets",
        "transitions",
    )

    def __init__(self, document: dict[str, Any]) -> None:
        limits = document["limits"]
        self.name: str = document["name"]
        self.operations: tuple[str, ...] = tuple(document["operations"])
        self.advisories: dict[str, Any] = document.get("advisories", {})
        self.limits = Limits(limits["operations"], limits["depth"], limits["pathLength"])
        self.resource = Resource(document["resource"])
        self.transitions = TransitionTable(document.get("transitions", {}))
        self.paths = PathTable(
            [_rule(path, rule, self.resource) for path, rule in document["paths"].items()],
            self.resource,
            self.transitions,
            longest=self.limits.path_length,
            absent_is_null=document.get("absentMembers") == "null",
            watched=_watched(self.advisories, self.transitions),
        )
        # What every call asks stands at hand.
        self.targets = self.paths.targets
        self.permits = self.transitions.permits
        self.most = self.limits.operations
        self.calm = _calm(self.advisories, self.transitions.substatus)


def _watched(advisories: dict[str, Any], transitions: TransitionTable) -> dict[str, Watch]:
    """What tells of the values at some paths whether an advisory may want a word; the substatus has its own look."""
    by_service: dict[str, Any] = advisories.get("set_by_service", {}).get("values", {})
    final: dict[str, Any] = advisories.get("one_way", {}).get("values", {})
    paths = (by_service.keys() - {pointers.join(transitions.substatus)}) | final.keys()
    return {path: _watch(by_service.get(path, []), final.get(path)) for path in paths}


def _watch(by_service: list[Any], final: list[Any] | None) -> Watch:
    return lambda value: among(value, by_service) or (final is not None and not among(value, final))


def _calm(advisories: dict[str, Any], substatus: tuple[str, ...]) -> Callable[[dict[str, Any], dict[str, Any]], bool]:
    """What tells of a referral, before and after, whether no advisory has a word to say of its substatus."""
    final = tuple(advisories.get("terminal_state", {}).get("substatuses", ()))
    by_service = advisories.get("set_by_service", {}).get("values", {})
    odd = (*advisories.get("reason_expected", {}).get("substatuses", ()), *chain.from_iterable(by_service.values()))
    if len(substatus) == 1:
        name = substatus[0]
        # A subclass of dict may make members up when it is asked for them, but not when dict is.
        return lambda before, after: dict.get(before, name) not in final and after.get(name) not in odd
    return lambda before, after: (
        pointers.read(before, substatus) not in final and pointers.read(after, substatus) not in odd
    )


def _rule(path: str, rule: dict[str, Any], resource: Resource) -> PathRule:
    return PathRule(
        path=path,
        operations=tuple(rule["operations"]),
        schema=dict(resource.at(pointers.tokens(path)) or {}),
        source=rule.get("source"),
        in_terminal_state=rule.get("inTerminalState", False),
    )
