"""Stage 1: is this a patch document, a list of operations that each have op, path and value?"""

import json
import math
from collections import ChainMap, OrderedDict, UserDict, UserList, defaultdict
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any

import jsonpatch
import pytest

from referral_rules import PatchRejected, Ruleset

from .stages import op, own, the_only
from .strategies import LATEST

ADD = [{"op": "add", "path": "/campaignId", "value": "spring"}]
EXAMPLE = 'Write [{"op": "replace", "path": "/campaignId", "value": ...}].'


class Op(StrEnum):
    ADD = "add"


class OldOp(str, Enum):  # noqa: UP042
    ADD = "add"


class Operations(list[Any]):
    pass


# The document.


@pytest.mark.parametrize(
    ("patch", "message", "hint"),
    [
        ({"status": "Closed"}, "got an object", 'Write [{"op": "replace", "path": "/status", "value": ...}].'),
        ({"details/notes": "x"}, "got an object", 'Write [{"op": "replace", "path": "/details/notes", "value": ...}].'),
        ({"colour": "red"}, "got an object", EXAMPLE),
        ({"op": "add"}, "got an object", EXAMPLE),
        ({"op": "add", "path": "/team"}, "got an object", "Put the operation in a list: [{...}]."),
        (ADD[0], "got an object", "Put the operation in a list: [{...}]."),
        (None, "got null", EXAMPLE),
        (1.5, "got a number", EXAMPLE),
        (math.nan, "got a number", EXAMPLE),
        ("[]", "got a string", EXAMPLE),
    ],
    ids=str,
)
def test_any_other_json_value_is_not_an_array(patch: Any, message: str, hint: str) -> None:
    found = the_only(LATEST, patch, {})
    assert (found.code.value, found.message) == ("not_an_array", f"expected a list of operations, {message}")
    assert (found.hint, found.op_index, found.path, found.source) == (hint, None, None, "RFC 6902 section 3")


@pytest.mark.parametrize(
    "patch", [(1,), {1}, b"[]", object(), MappingProxyType({}), UserList(ADD), iter(ADD)], ids=type
)
def test_anything_else_is_not_json(patch: Any) -> None:
    found = the_only(LATEST, patch, {})
    assert (found.code.value, found.op_index, found.source) == ("not_json", None, "RFC 6902 section 3")
    assert found.message == f"expected a list of operations, got {type(patch).__name__}"
    assert found.hint == "Pass what a JSON parser returns: dict, list, str, int, float, bool or None."


def test_a_ruleset_without_paths_has_an_example_without_one() -> None:
    assert the_only(own({}, {}), {}).hint == 'Write [{"op": "replace", "path": "/...", "value": ...}].'


@pytest.mark.parametrize("patch", [ADD, Operations(ADD), jsonpatch.JsonPatch(ADD)], ids=type)
def test_a_patch_may_be_a_list_or_a_json_patch(patch: Any) -> None:
    assert LATEST.apply(patch, {}) == {"campaignId": "spring"}


@pytest.mark.parametrize(
    "operation",
    [
        OrderedDict(ADD[0]),
        defaultdict(str, ADD[0]),
        {"op": Op.ADD, "path": "/campaignId", "value": "spring"},
        {"op": OldOp.ADD, "path": "/campaignId", "value": "spring"},
    ],
    ids=range(4),
)
def test_a_subclass_is_an_operation_like_any_other(operation: Any) -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    for _ in range(2):  # Once compiling the permission, once with it.
        updated = rules.apply([operation], {})
        assert updated == {"campaignId": "spring"}
        assert [type(each) for each in (*updated, *updated.values())] == [str, str]


def test_a_default_dict_has_only_the_members_that_it_has() -> None:
    assert LATEST.check(op("replace", "/details/notes", "x")).ok  # The permission is remembered from here on.
    operation = defaultdict(str, op="replace", path="/details/notes")
    assert the_only(LATEST, [operation], {}).code.value == "member_missing"
    assert {**operation} == {"op": "replace", "path": "/details/notes"}


def test_there_may_be_as_many_operations_as_the_limit() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("add",)}, limits={"operations": 2, "depth": 1, "pathLength": 2})
    patch = op("add", "/a", 1)
    assert rules.check(patch * 2).ok
    assert rules.check_json(json.dumps(patch * 2)).ok
    for report in (rules.check(patch * 3), rules.check_json(json.dumps(patch * 3))):
        (found,) = report
        assert (found.code.value, found.op_index, found.source) == ("limit_exceeded", None, "own: limits")
        assert str(found) == "the patch has 3 operations; at most 2 are allowed. Split it into several patches."
        assert (found.details["limit"], found.details["count"]) == (2, 3)


# Its operations.


@pytest.mark.parametrize(
    ("operation", "got"),
    [(7, "a number"), ("x", "a string"), (None, "null"), ([], "an array"), ((1,), "tuple"), ({1}, "set")],
    ids=str,
)
def test_an_operation_is_an_object(operation: Any, got: str) -> None:
    found = the_only(LATEST, [operation], {})
    assert (found.code.value, found.op_index, found.path) == ("not_an_object", 0, None)
    assert found.message == f"expected an operation with op, path and value, got {got}"
    assert found.hint == 'Write {"op": "replace", "path": "/campaignId", "value": ...}.'


def test_an_example_has_an_operation_that_is_supported() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("add",)}, operations=["add"])
    assert the_only(rules, [7]).hint == 'Write {"op": "add", "path": "/a", "value": ...}.'


@pytest.mark.parametrize(
    ("operation", "codes", "members"),
    [
        ({}, ["member_missing"] * 2, ["op", "path"]),
        ({"op": "add"}, ["member_missing"] * 2, ["path", "value"]),
        ({"op": "add", "path": "/team"}, ["member_missing"], ["value"]),
        ({"path": "/team", "value": 1}, ["member_missing"], ["op"]),
        ({"op": 1, "path": None, "value": 1}, ["member_type"] * 2, ["op", "path"]),
        ({"op": [], "path": {}, "value": 1}, ["member_type"] * 2, ["op", "path"]),
        ({"op": None, "path": "/team"}, ["member_type"], ["op"]),
        ({"op": "remove", "path": "/team"}, ["op_not_supported"], ["op"]),
    ],
    ids=str,
)
def test_an_operation_has_op_path_and_value(operation: Any, codes: list[str], members: list[str]) -> None:
    errors = LATEST.check([operation], {}).errors
    assert [found.code.value for found in errors] == codes
    assert [found.culprit for found in errors] == members


def test_a_value_of_null_is_not_missing() -> None:
    assert LATEST.apply(op("add", "/statusReason", None), {}) == {"statusReason": None}


@pytest.mark.parametrize("ignored", [1, {1}, object(), math.nan], ids=str)
def test_other_members_of_an_operation_are_ignored(ignored: Any) -> None:
    patch: Any = [{**ADD[0], "comment": ignored, 1: ignored}]
    assert LATEST.apply(patch, {}) == {"campaignId": "spring"}


def test_a_path_may_be_as_long_as_the_limit() -> None:
    limits = {"operations": 1, "depth": 1, "pathLength": 9}
    rules = own({"properties": {"a" * 8: {}}}, {f"/{'a' * 8}": ("add",)}, limits=limits)
    assert rules.check(op("add", f"/{'a' * 8}")).ok
    found = the_only(rules, op("add", f"/{'a' * 9}"))
    assert (found.code.value, found.message) == ("limit_exceeded", "the path has 10 characters; at most 9 are allowed")


# Text.


def test_text_is_parsed_strictly() -> None:
    (found,) = LATEST.check_json('[\n{"op": "add", "op": "add"}]', {})
    assert (found.code.value, found.source) == ("invalid_json", "RFC 8259 section 4")
    assert str(found) == (
        'the patch is not valid JSON: the member "op" appears twice in one object at line 2, column 15.'
    )
    assert (found.details["line"], found.details["column"]) == (2, 15)


@pytest.mark.parametrize(
    "wrap", [str, str.encode, lambda text: bytearray(text.encode())], ids=["str", "bytes", "array"]
)
def test_text_may_be_str_or_utf_8(wrap: Any) -> None:
    text = wrap(json.dumps(ADD))
    assert LATEST.evaluate_json(text, {}).referral == LATEST.apply_json(text, {}) == {"campaignId": "spring"}
    assert LATEST.check_json(text).ok
    with pytest.raises(PatchRejected):
        LATEST.apply_json(wrap("["), {})


def test_text_that_is_nested_too_deeply_exceeds_a_limit() -> None:
    (found,) = LATEST.check_json("[" * 100_000)
    assert (found.code.value, found.source) == ("limit_exceeded", "RFC 8259 section 9")
    assert str(found) == "the patch is nested too deeply to be parsed."


def test_a_referral_is_judged_beside_text_that_is_not_json() -> None:
    report = LATEST.check_json("[", [])  # type: ignore[arg-type]
    assert [found.code.value for found in report] == ["invalid_json", "referral_not_an_object"]


@pytest.mark.parametrize("kind", [MappingProxyType, UserDict, ChainMap], ids=lambda kind: kind.__name__)
def test_an_operation_is_a_dict_and_no_other_mapping(kind: Any) -> None:
    found = the_only(LATEST, [kind(ADD[0])], {})
    assert (found.code.value, found.op_index) == ("not_an_object", 0)
    assert found.message == f"expected an operation with op, path and value, got {kind(ADD[0]).__class__.__name__}"


@pytest.mark.parametrize(
    ("operation", "hint"),
    [
        ({"op": "add", "path": "/salesStage"}, 'Write {"op": "add", "path": "/salesStage", "value": ...}.'),
        ({"op": "replace", "path": "/team/-"}, 'Write {"op": "add", "path": "/team/-", "value": ...}.'),
        ({"path": "/salesStage", "value": 1}, 'Write {"op": "replace", "path": "/salesStage", "value": ...}.'),
        ({"op": "add", "path": "/nowhere"}, 'Write {"op": "add", "path": "/campaignId", "value": ...}.'),
    ],
    ids=str,
)
def test_an_example_has_the_path_and_the_op_that_were_written_if_they_are_good(
    operation: dict[str, Any], hint: str
) -> None:
    assert the_only(LATEST, [operation], {}).hint == hint
