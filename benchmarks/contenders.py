"""The same with other libraries: a schema or types for the values, a library to apply, a table for the status."""

import copy
import json
import sys
from collections.abc import Callable
from typing import Annotated, Any

import jsonpatch
import jsonschema_rs
import msgspec
import yyjson
from jsonschema import Draft202012Validator

from benchmarks import limit
from referral_rules import Evaluation, PatchRejected, Report, Ruleset, State
from referral_rules import _views as views
from referral_rules._rules import ITEM

Contender = Callable[[list[dict[str, Any]], dict[str, Any]], dict[str, Any] | Report | Evaluation | None]

RULES = Ruleset.load("partner-center")
_RESOURCE = RULES.document["resource"]
_OPERATIONS = {rule.path: rule.operations for rule in RULES.paths}
# A rule's own schema repeats the definitions that it needs. Here, they are needed once.
_SCHEMAS = {rule.path: {key: part for key, part in rule.schema.items() if key != "$defs"} for rule in RULES.paths}
_TRANSITIONS = {
    (status, after.status, after.substatus)
    for status, row in RULES.transitions.rows.items()
    for after in RULES.transitions.reachable(State(status, row.substatuses[0]))
}
_PATCHES = Draft202012Validator(views.patch_schema(RULES))
_PAIRS = Draft202012Validator({"enum": [list(transition) for transition in _TRANSITIONS]})


def _reshaped_schema() -> dict[str, Any]:
    """The schema of an object whose members are the paths of a patch, with its values."""
    literal = {path: schema for path, schema in _SCHEMAS.items() if ITEM not in path}
    indexed = {f"^{path.replace(ITEM, '[0-9]+')}$": schema for path, schema in _SCHEMAS.items() if ITEM in path}
    return {
        "properties": literal,
        "patternProperties": indexed,
        "additionalProperties": False,
        "$defs": _RESOURCE["$defs"],
    }


_VALUES = Draft202012Validator(_reshaped_schema())
_VALUES_IN_RUST = jsonschema_rs.Draft202012Validator(_reshaped_schema())


def _generic(path: str) -> str:
    return "/".join(ITEM if token.isdigit() else token for token in path.split("/"))


def _operations_fit(patch: list[dict[str, Any]]) -> bool:
    for operation in patch:
        path = operation["path"]
        if operation["op"] not in (_OPERATIONS.get(path) or _OPERATIONS.get(_generic(path), ())):
            return False
    return True


def _by_values(patch: list[dict[str, Any]], is_valid: Callable[[Any], bool]) -> bool:
    # An object has one value for a path. If a patch writes a path twice, the values are checked one after the other.
    seen: dict[str, Any] = {}
    for operation in patch:
        if operation["path"] in seen:
            if not is_valid(seen):
                return False
            seen = {}
        seen[operation["path"]] = operation["value"]
    return _operations_fit(patch) and is_valid(seen)


def _checked(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    pair = after.get("status"), after.get("substatus")
    if pair == (before.get("status"), before.get("substatus")) or (before.get("status"), *pair) in _TRANSITIONS:
        return after
    return None


def jsonschema_any_of(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """jsonschema with a schema for each path, jsonpatch, jsonschema for the transition."""
    if not _PATCHES.is_valid(patch):
        return None
    after: dict[str, Any] = jsonpatch.apply_patch(referral, patch)
    transition = [referral.get("status"), after.get("status"), after.get("substatus")]
    unchanged = transition[1:] == [referral.get("status"), referral.get("substatus")]
    return after if unchanged or _PAIRS.is_valid(transition) else None


def jsonschema_reshaped(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """jsonschema for an object of paths and values, jsonpatch, a table."""
    return _checked(referral, jsonpatch.apply_patch(referral, patch)) if _by_values(patch, _VALUES.is_valid) else None


def rust_and_jsonpatch(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """The same with jsonschema-rs."""
    valid = _by_values(patch, _VALUES_IN_RUST.is_valid)
    return _checked(referral, jsonpatch.apply_patch(referral, patch)) if valid else None


def _yyjson(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    patched: dict[str, Any] = yyjson.Document(referral).patch(yyjson.Document(patch)).as_obj
    return _checked(referral, patched)


def rust_and_yyjson(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """jsonschema-rs, yyjson, a table."""
    return _yyjson(patch, referral) if _by_values(patch, _VALUES_IN_RUST.is_valid) else None


class _Preference(msgspec.Struct):
    locale: str | msgspec.UnsetType = msgspec.UNSET
    disableNotifications: bool | msgspec.UnsetType = msgspec.UNSET  # noqa: N815 - the API's name


class _Member(msgspec.Struct):
    firstName: str | None = None  # noqa: N815 - the API's name
    lastName: str | None = None  # noqa: N815 - the API's name
    phoneNumber: str | None = None  # noqa: N815 - the API's name
    email: str | None = None
    title: str | None = None
    contactPreference: _Preference | None = None  # noqa: N815 - the API's name


class _Solution(msgspec.Struct):
    id: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    type: str | msgspec.UnsetType = msgspec.UNSET


_AMOUNT = (
    Annotated[int, msgspec.Meta(ge=0)]
    | Annotated[str, msgspec.Meta(pattern=r"^(0|[1-9][0-9]{0,27})(\.[0-9]{1,28})?$", max_length=57)]
)
_NAMED: dict[str, Any] = {
    "Decimal": _AMOUNT,
    "Currency": Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")],
    "DateTime": Annotated[str, msgspec.Meta(pattern=_RESOURCE["$defs"]["DateTime"]["pattern"], max_length=28)],
    "Status": Annotated[str, msgspec.Meta(pattern="^(New|Active|Closed)$")],
    "Substatus": Annotated[str, msgspec.Meta(pattern="^[A-Z][a-z]+$")],
    "Member": _Member,
    "Member[]": list[_Member],
    "Solution": _Solution,
    "Solution[]": list[_Solution],
    "Registration": dict[str, Any],
    "boolean": bool,
    "string": str,
    "string or null": str | None,
}
_TYPES = {rule.path: _NAMED[views.value_kind(rule.schema)] for rule in RULES.paths}


def _typed(patch: list[dict[str, Any]]) -> bool:
    convert, types = msgspec.convert, _TYPES
    try:
        for operation in patch:
            path = operation["path"]
            convert(operation["value"], types.get(path) or types[_generic(path)])
    except (msgspec.ValidationError, KeyError):
        return False
    return _operations_fit(patch)


def msgspec_and_yyjson(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """msgspec, yyjson, a table."""
    return _yyjson(patch, referral) if _typed(patch) else None


def deepcopy_alone(_: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
    """A copy of the referral, without any verdict."""
    return copy.deepcopy(referral)


def _or_none(apply: Callable[..., dict[str, Any]]) -> Contender:
    def verdict(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
        try:
            return apply(patch, referral)
        except PatchRejected:
            return None

    return verdict


def _isolated(patch: Any, referral: dict[str, Any]) -> dict[str, Any]:
    return RULES.apply(patch, referral, isolated=True)


def _from_text(patch: Any, referral: dict[str, Any]) -> dict[str, Any]:
    return RULES.apply_json(_texts[id(patch)], referral)


_texts: dict[int, str] = {}


def prepare(patch: list[dict[str, Any]]) -> None:
    """Make the JSON text of a patch, outside the measured time."""
    _texts[id(patch)] = json.dumps(patch)


def contenders(*, accepted: bool = True) -> dict[str, Contender]:
    """Every contender that runs on this Python, by its name in the table.

    Args:
        accepted: False if the patch is refused, so that the exception must be caught.
    """
    caught = (lambda apply: apply) if accepted else _or_none
    found: dict[str, Contender] = {
        "jsonschema (anyOf) + jsonpatch + jsonschema": jsonschema_any_of,
        "jsonschema (reshaped) + jsonpatch + dict": jsonschema_reshaped,
        "jsonschema-rs + jsonpatch + dict": rust_and_jsonpatch,
        "jsonschema-rs + yyjson + dict": rust_and_yyjson,
        "msgspec + yyjson + dict": msgspec_and_yyjson,
        "copy.deepcopy alone, no verdict": deepcopy_alone,
        "**apply, isolated=True**": caught(_isolated),
        "**apply_json**": caught(_from_text),
        "**evaluate**": RULES.evaluate,
        "**check**": RULES.check,
        "**apply**": caught(RULES.apply),
        "by hand, no report": limit.apply,
    }
    return {**_fastjsonpatch(), **found} if sys.version_info >= (3, 12) else found


def _fastjsonpatch() -> dict[str, Contender]:
    import fastjsonpatch

    def fast(patch: list[dict[str, Any]], referral: dict[str, Any]) -> dict[str, Any] | None:
        return _checked(referral, fastjsonpatch.apply_patch(referral, patch)) if _typed(patch) else None

    return {"msgspec + fastjsonpatch + dict": fast}
