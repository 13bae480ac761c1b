"""A patch as it comes, as JSON text, as a list or as a ``jsonpatch.JsonPatch``, to its operations."""

import sys
from typing import Any

from referral_rules import strictjson
from referral_rules.plain import shallow
from referral_rules.violations import Violation, ViolationCode
from referral_rules.wording import is_json_type, kind_of, violation

__all__ = ["operations"]


class _Refused(Exception):
    """The patch has no operations to judge; carries the violation."""

    def __init__(self, reason: Violation) -> None:
        self.reason = reason


def operations(patch: object, paths: tuple[str, ...], violations: list[Violation]) -> list[Any]:
    """The operations of a patch document (RFC 6902 section 3).

    Args:
        patch: JSON text, parsed JSON, or a ``jsonpatch.JsonPatch``; anything else is refused.
        paths: the paths that may be patched, to word a hint.
        violations: takes the reason, if there are no operations to judge.
    Returns:
        the operations as they are; none if the document is refused.
    """
    try:
        return _array(_parsed(patch), paths)
    except _Refused as refused:
        violations.append(refused.reason)
        return []


def _parsed(patch: object) -> object:
    if isinstance(patch, str | bytes):
        return _parse(patch)
    # Whoever passes a JsonPatch has imported jsonpatch; nobody else needs it.
    module = sys.modules.get("jsonpatch")
    return patch.patch if module is not None and isinstance(patch, module.JsonPatch) else patch


def _array(document: object, paths: tuple[str, ...]) -> list[Any]:
    if isinstance(document, list):
        operations: list[Any] = shallow(document)
        return operations
    code = ViolationCode.NOT_AN_ARRAY if is_json_type(document) else ViolationCode.NOT_JSON
    problem = f"A patch is an array of operations, and this is {kind_of(document)}."
    raise _Refused(violation(code, problem, "RFC 6902 section 3", hint=_instead(document, paths)))


def _instead(document: object, paths: tuple[str, ...]) -> str:
    """A merge-style body is the common slip: show its first field as an operation."""
    named = [path for path in paths if isinstance(document, dict) and path.removeprefix("/") in document]
    if isinstance(document, dict) and {"op", "path"} <= document.keys():
        return "Put the operation into an array: [{...}]."
    path = (named or list(paths) or ["/..."])[0]
    return f'Write [{{"op": "replace", "path": "{path}", "value": ...}}].'


def _parse(text: str | bytes) -> object:
    try:
        return strictjson.loads(text)
    except strictjson.TooNested as error:
        problem = f"The patch has {error}."
        raise _Refused(violation(ViolationCode.LIMIT_EXCEEDED, problem, f"RFC 8259 {error.section}")) from None
    except strictjson.NotJson as error:
        problem = f"The patch is not JSON: {error}."
        rule, line, column = f"RFC 8259 {error.section}", error.line, error.column
        raise _Refused(violation(ViolationCode.INVALID_JSON, problem, rule, line=line, column=column)) from None
