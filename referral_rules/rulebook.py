"""A ruleset, compiled: everything the engine asks, in one place."""

from typing import Any, NamedTuple

from referral_rules import pointers
from referral_rules.paths import PathRule, PathTable
from referral_rules.resource import Resource
from referral_rules.transitions import TransitionTable

__all__ = ["Limits", "Rulebook", "compile_ruleset"]


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


class Rulebook(NamedTuple):
    """What a ruleset says, as the engine, its refusals and its advisories ask it."""

    name: str
    operations: tuple[str, ...]
    paths: PathTable
    resource: Resource
    transitions: TransitionTable
    advisories: dict[str, Any]
    limits: Limits


def compile_ruleset(document: dict[str, Any]) -> Rulebook:
    """The rulebook of a ruleset.

    Args:
        document: a sound ruleset with all that it inherits, its ``resource`` the schema itself.
    """
    resource = Resource(document["resource"])
    transitions = TransitionTable(document.get("transitions", {}))
    limits = Limits(*(document["limits"][name] for name in ("operations", "depth", "pathLength")))
    rules = [_rule(path, rule, resource) for path, rule in document["paths"].items()]
    return Rulebook(
        name=document["name"],
        operations=tuple(document["operations"]),
        paths=PathTable(
            rules,
            resource,
            transitions,
            longest=limits.path_length,
            absent_is_null=document.get("absentMembers") == "null",
        ),
        resource=resource,
        transitions=transitions,
        advisories=document.get("advisories", {}),
        limits=limits,
    )


def _rule(path: str, rule: dict[str, Any], resource: Resource) -> PathRule:
    return PathRule(
        path=path,
        operations=tuple(rule["operations"]),
        schema=dict(resource.at(pointers.tokens(path)) or {}),
        source=rule.get("source"),
        in_terminal_state=rule.get("inTerminalState", False),
    )
