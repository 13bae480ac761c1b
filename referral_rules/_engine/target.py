"""Stage 4, target: does the stored referral have a place for the value (RFC 6902 sections 4.1 and 4.3)?"""

from typing import Any

from referral_rules._codes import Code
from referral_rules._engine.faults import Fault
from referral_rules._json import END, join, kind_of, shorten, tokens
from referral_rules._rules import Permission, Rules


def not_an_object(referral: object) -> Fault:
    """The fault of a referral that is not a JSON object."""
    return Fault(Code.REFERRAL_NOT_AN_OBJECT, "RFC 6902 section 4", {"got": kind_of(referral)})


def fault(rules: Rules, permission: Permission, document: dict[str, Any]) -> Fault:
    """The first step of a path at which the referral has no place for the value.

    Args:
        rules: the rules.
        permission: the operation and the path.
        document: the referral.
    """
    container: Any = document
    position = 0
    while (code := _why_not(container, permission.steps[position])) is None:
        container = container[permission.steps[position]]
        position += 1
    # The place is shown as it was written: an index of many digits is cut short among the steps.
    return _fault_at(rules, permission, code, tokens(permission.path)[: position + 1])


def _why_not(container: Any, token: str | int) -> Code | None:
    array = _names_element(token)
    if not isinstance(container, list if array else dict):
        return Code.TARGET_NOT_CONTAINER
    if isinstance(token, int):
        return Code.INDEX_OUT_OF_RANGE if token >= len(container) else None
    return None if array or token in container else Code.TARGET_MISSING


def _names_element(token: str | int) -> bool:
    return isinstance(token, int) or token == END


def _fault_at(rules: Rules, permission: Permission, code: Code, parts: tuple[str, ...]) -> Fault:
    place, parent = join(parts), join(parts[:-1])
    expected = "an array" if _names_element(permission.steps[len(parts) - 1]) else "an object"
    shown = {"place": shorten(place), "parent": shorten(parent)}
    details: dict[str, Any] = {"rule": permission.rule.path, **shown, "expected": expected}
    # Only replace needs the member itself to exist.
    is_member = code is Code.TARGET_MISSING and len(parts) == len(permission.steps)
    source = "RFC 6902 section 4.3" if is_member else "RFC 6902 section 4.1"
    if is_member and "add" in permission.rule.operations:
        return Fault(code, source, details | {"fix": {"change": {"op": "add"}}})
    creator = place if code is Code.TARGET_MISSING else parent
    if code is Code.INDEX_OUT_OF_RANGE:
        creator = f"{parent}/{END}"
    rule = rules.match(creator)
    details["creator"] = creator if rule is not None and "add" in rule.operations else None
    return Fault(code, source, details)
