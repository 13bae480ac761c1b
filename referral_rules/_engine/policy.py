"""Stage 2, policy: does the ruleset allow this operation at this path?

Paths are compared token by token, as they are (RFC 6901 section 4): no case folding, no normalisation, no prefixes.
"""

from collections.abc import Iterator
from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault, Refused
from referral_rules._frozen import frozen
from referral_rules._json import END, InvalidPointer, is_index, join, shorten, tokens
from referral_rules._rules import ITEM, Permission, Rule, Rules, Schema, generic, is_slip

_Details = dict[str, Any]

_DEEPEST = 64
"""The most tokens of a path that are looked at for advice: no resource goes deeper."""

_MOST = 100
"""The most paths that are listed, as a ruleset may have thousands."""


def permission(rules: Rules, op: str, path: str) -> Permission:
    """The permission for an operation at a path.

    Args:
        rules: the rules.
        op: the op of a well-formed operation.
        path: its path.
    Raises:
        Refused: the op is not supported, or the path may not be written, or not by this op.
    """
    rule = rules.match(path)
    if rule is not None and op in rules.operations and op in rule.operations:
        return rules.permission(op, path, rule)
    raise Refused(_faults(rules, op, path, rule))


def _faults(rules: Rules, op: str, path: str, rule: Rule | None) -> Iterator[Fault]:
    if op not in rules.operations:
        yield rules.remembered((Code.OP_NOT_SUPPORTED, shorten(op)), lambda: _op_not_supported(rules, op))
    if rule is None:
        yield rules.remembered((Code.PATH_NOT_ALLOWED, path), lambda: _path_not_allowed(rules, path))
    elif op in rules.operations:
        yield rules.remembered((Code.OP_NOT_ALLOWED, op, rule.path), lambda: _op_not_allowed(rules, op, rule))


def _path_not_allowed(rules: Rules, path: str) -> Fault:
    try:
        parts = tokens(path)
    except InvalidPointer as error:
        return _invalid_pointer(rules, path, str(error))
    details = {"allowed": rules.paths[:_MOST], "nearest": None, **_advice(rules, parts)}
    return Fault(Code.PATH_NOT_ALLOWED, f"{rules.name}: paths", frozen(details))


def _op_not_supported(rules: Rules, op: str) -> Fault:
    near = rules.known_operations.nearest(op)
    details: _Details = {"op": shorten(op), "allowed": rules.operations, "nearest": near}
    if near is not None and is_slip(op, near):
        details["fix"] = {"change": {"op": near}}
    return Fault(Code.OP_NOT_SUPPORTED, f"{rules.name}: operations", frozen(details))


def _op_not_allowed(rules: Rules, op: str, rule: Rule) -> Fault:
    # There are only two operations, so that a path that does not take the one takes the other.
    fix = {"change": {"op": rule.operations[0]}}
    details: _Details = {"op": op, "rule": rule.path, "allowed": rule.operations, "fix": fix}
    return Fault(Code.OP_NOT_ALLOWED, f"{rules.name}: {rule.path}", frozen(details))


def _invalid_pointer(rules: Rules, path: str, reason: str) -> Fault:
    # Dots between names are a common mistake: status.reason, details.notes.
    parts = path.replace(".", "/").split("/")
    near = rules.known_paths.nearest_of_all("/".join(parts))
    details = {"reason": reason, "nearest": near, **_change_path(near, parts)}
    return Fault(Code.INVALID_POINTER, "RFC 6901 section 3", frozen(details))


def _change_path(near: str | None, parts: list[str] | tuple[str, ...]) -> _Details:
    """What to write instead of a misspelt path: the path of a rule, with the indices that were written."""
    if near is None:
        return {}
    written, meant = generic(part for part in parts if part), near.split("/")[1:]
    indices = [part for part in parts if is_index(part)]
    sure = len(written) == len(meant) and all(map(is_slip, written, meant)) and len(indices) >= meant.count(ITEM)
    path = _with_indices(near, indices)
    return {"suggested": path} | ({"fix": {"change": {"path": path}}} if sure else {})


def _with_indices(path: str, indices: list[str]) -> str:
    """The path of a rule with the indices that were written, and then the first of an array, for its stars."""
    more = iter(indices)
    return "/".join(next(more, "0") if token == ITEM else token for token in path.split("/"))


def _advice(rules: Rules, parts: tuple[str, ...]) -> _Details:
    """Why there is no rule about a path, and what to write instead."""
    if not parts:
        return {"reason": "whole_referral"}
    present = [part for part in parts[:_DEEPEST] if part]
    path = join(generic(present))
    # The resource has it in this spelling, if it has it in any case and without empty tokens.
    spelled = rules.resource.spelled(generic(present)) or ()
    with_indices = tuple(part if token == ITEM else token for token, part in zip(spelled, present, strict=False))
    parts = parts[:_DEEPEST]
    advice = (
        _with_star(rules, parts)
        or _in_other_case(rules, join(spelled), parts)
        or _in_array(rules, with_indices or parts)
        or _whole_object(rules, path, present)
        or _not_open(rules, spelled)
    )
    if advice is not None:
        return advice
    near = rules.known_paths.nearest(path)
    if near is not None:
        return {"reason": "misspelt", "nearest": near, **_change_path(near, parts)}
    beginnings = rules.known_paths.beginnings
    return {"reason": "unknown", "beginnings": beginnings(path.rpartition("/")[0])[:_MOST] or beginnings("")[:_MOST]}


def _in_array(rules: Rules, parts: tuple[str, ...]) -> _Details | None:
    """Into an array that may only be written whole, or added to."""
    schema: Schema | None = rules.resource.schema
    for length, token in enumerate(parts):
        if schema is None:
            return None
        is_array = rules.resource.items(schema) is not None and token not in rules.resource.members(schema)
        schema = rules.resource.at([ITEM if is_array else token], schema)
        above = join(parts[:length]) if is_array else ""
        if rules.match(above) is not None:
            end = f"{above}/{END}"
            return {"reason": "part_of_array", "nearest": above, "end": end if rules.match(end) is not None else None}
    return None


def _with_star(rules: Rules, parts: tuple[str, ...]) -> _Details | None:
    """The path of a rule, with a star in place of an index."""
    path = join(parts)
    return {"reason": "index_needed", "nearest": path} if path in rules.known_paths else None


def _whole_object(rules: Rules, path: str, present: list[str]) -> _Details | None:
    """An object of which only parts may be written."""
    below = rules.known_paths.below(path)[:_MOST]
    if not below:
        return None
    indices = [part for part in present if is_index(part)]
    return {
        "reason": "whole_object",
        "nearest": below[0],
        "inside": [_with_indices(inner, indices) for inner in below],
    }


def _in_other_case(rules: Rules, path: str, parts: tuple[str, ...]) -> _Details | None:
    """The path of a rule in another case, or with empty tokens."""
    if path not in rules.known_paths:
        return None
    return {"reason": "misspelt", "nearest": path, **_change_path(path, parts)}


def _not_open(rules: Rules, spelled: tuple[str, ...]) -> _Details | None:
    """Something that the resource has and no rule opens."""
    if not spelled:
        return None
    schema = rules.resource.at(spelled) or {}
    return {"reason": "read_only" if schema.get("readOnly") else "not_documented", "known": join(spelled)}
