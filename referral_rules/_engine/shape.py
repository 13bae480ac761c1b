"""Stage 1, shape: is this a patch document, a list of operations that each have op, path and value?

RFC 6902 sections 3 and 4, and the limits of the ruleset.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault, Refused
from referral_rules._json import NotJson, TooNested, kind_of, loads, plain_text
from referral_rules._rules import Rules

_SOURCE = "RFC 6902 section 4"


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = _Absent()
"""Stands for a value, or a referral, that was not given; None is null."""


def parsed(text: str | bytes | bytearray) -> object:
    """The patch in a JSON text.

    Raises:
        Refused: it is not JSON (RFC 8259).
        TypeError: it is not text.
    """
    try:
        return loads(text)
    except TooNested as error:
        raise Refused([Fault(Code.LIMIT_EXCEEDED, f"RFC 8259 {error.section}", {"reason": "text"})]) from None
    except NotJson as error:
        details = {"reason": error.reason, "line": error.line, "column": error.column}
        raise Refused([Fault(Code.INVALID_JSON, f"RFC 8259 {error.section}", details)]) from None


def operations(rules: Rules, patch: object) -> list[Any]:
    """The operations of a patch document, which may still be anything.

    Args:
        rules: the rules.
        patch: the parsed patch document, or a ``jsonpatch.JsonPatch``.
    Raises:
        Refused: it is not an array, or it has too many operations.
    """
    if type(patch) is not list:
        # jsonpatch's own class has the operations in an attribute; nothing that a JSON parser returns has it.
        patch = _array(rules, getattr(patch, "patch", patch))
    if len(patch) > rules.limits.operations:
        details = {"reason": "operations", "limit": rules.limits.operations, "count": len(patch)}
        raise Refused([Fault(Code.LIMIT_EXCEEDED, f"{rules.name}: limits", details)])
    return patch


def _array(rules: Rules, document: object) -> list[Any]:
    if isinstance(document, list):
        return [*document]
    got = kind_of(document)
    if got == type(document).__name__:
        raise Refused([Fault(Code.NOT_JSON, "RFC 6902 section 3", {"reason": "not_a_patch", "got": got})])
    # Two common mistakes: an operation without the list around it, and the fields themselves, as in a merge patch.
    if isinstance(document, dict) and {"op", "path"} <= document.keys():
        raise Refused([Fault(Code.NOT_AN_ARRAY, "RFC 6902 section 3", {"reason": "one_operation", "got": got})])
    named = [path for path in rules.paths if isinstance(document, dict) and path.removeprefix("/") in document]
    details: dict[str, Any] = {"reason": "not_operations", "got": got, "example": _example(rules, named)}
    raise Refused([Fault(Code.NOT_AN_ARRAY, "RFC 6902 section 3", details)])


def built_in(rules: Rules, operation: object) -> dict[Any, Any]:
    """An operation as a plain dict.

    Raises:
        Refused: it is not a dict; a Mapping of another kind is not one either, as no JSON parser returns it.
    """
    if not isinstance(operation, dict):
        raise Refused(_not_an_object(rules, operation))
    return {**operation}


def _not_an_object(rules: Rules, operation: object) -> Iterator[Fault]:
    yield Fault(Code.NOT_AN_OBJECT, _SOURCE, {"got": kind_of(operation), "example": _example(rules)})


def members(rules: Rules, operation: dict[Any, Any]) -> tuple[str, str, Any]:
    """The op, the path and the value of an operation; its other members are ignored, as the RFC says.

    Args:
        rules: the rules.
        operation: an operation that may have any members.
    Returns:
        the members; the value is ABSENT if there is none, which an unsupported op need not have.
    Raises:
        Refused: a member is missing, of the wrong type, or too long.
    """
    op, path, value = operation.get("op"), operation.get("path"), operation.get("value", ABSENT)
    is_complete = value is not ABSENT or op not in rules.operations
    if isinstance(op, str) and isinstance(path, str) and len(path) <= rules.limits.path_length and is_complete:
        return plain_text(op), plain_text(path), value
    raise Refused(_faults(rules, operation))


def path_of(operation: object) -> object:
    """The path of an operation, if it is an object; as it is, and so perhaps not a string.

    >>> path_of({"path": "/team"}), path_of([])
    ('/team', None)
    """
    return operation.get("path") if isinstance(operation, dict) else None


def _faults(rules: Rules, operation: dict[Any, Any]) -> Iterator[Fault]:
    op, path, limit = operation.get("op"), operation.get("path"), rules.limits.path_length
    for name in ("op", "path"):
        if name not in operation:
            yield Fault(Code.MEMBER_MISSING, _SOURCE, {"member": name, "example": _example(rules, [path], op)})
        elif not isinstance(operation[name], str):
            yield Fault(Code.MEMBER_TYPE, _SOURCE, {"member": name, "got": kind_of(operation[name])})
    if "value" not in operation and op in rules.operations:
        yield Fault(Code.MEMBER_MISSING, _SOURCE, {"member": "value", "example": _example(rules, [path], op)})
    if isinstance(path, str) and len(path) > limit:
        details = {"reason": "path_length", "member": "path", "limit": limit, "count": len(path)}
        yield Fault(Code.LIMIT_EXCEEDED, f"{rules.name}: limits", details)


def _example(rules: Rules, written: Sequence[object] = (), op: object = None) -> dict[str, str]:
    """An operation to write: with the path and the op that were written, if they are good."""
    known = [path for path in written if isinstance(path, str) and rules.match(path)]
    path = plain_text(next(iter([*known, *rules.paths]), "/..."))
    rule = rules.match(path)
    allowed = rules.operations if rule is None else rule.operations
    return {"op": plain_text(op) if isinstance(op, str) and op in allowed else allowed[-1], "path": path}
