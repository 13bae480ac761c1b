"""What a refusal says: the code, and a hint that a person can act on."""

import json
from typing import Any

import pytest

from referral_rules import Report, Ruleset, check
from referral_rules._json import _flaws

from .casefiles import EXAMPLES

REFERRAL = json.loads((EXAMPLES / "referral.json").read_text(encoding="utf-8"))
OWN: dict[str, Any] = {
    "name": "own",
    "operations": ["add", "replace"],
    "limits": {"operations": 99, "depth": 9, "pathLength": 99},
}


def op(name: str, path: str, value: Any = None) -> list[Any]:
    return [{"op": name, "path": path, "value": value}]


NO_PATCH = "documented"
ELSEWHERE = "The paths that may be patched begin with /campaignId, /consent, /customerProfile, /details, "
REFUSALS: list[tuple[str, Any, str, str]] = [
    (
        "a merge-style body",
        {"status": "Closed"},
        "not_an_array",
        'Write [{"op": "replace", "path": "/status", "value": ...}].',
    ),
    ("a lone operation", op("add", "/team")[0], "not_an_array", "Put the operation into an array: [{...}]."),
    ("remove", op("remove", "/details/notes"), "op_not_supported", "To empty a field, replace it with null"),
    ("move", op("move", "/details/notes"), "op_not_supported", "Write the value where it belongs"),
    ("copy", op("copy", "/details/notes"), "op_not_supported", "Write the value where it belongs"),
    ("test", op("test", "/details/notes"), "op_not_supported", "send the entity tag as If-Match"),
    ("a misspelt op", op("Replace", "/details/notes"), "op_not_supported", "Did you mean replace?"),
    ("an unheard-of op", op("~~~", "/details/notes"), "op_not_supported", "Use add or replace."),
    (
        "an ancestor",
        op("replace", "/customerProfile"),
        "path_not_allowed",
        "Write to what may be patched inside it: /cu",
    ),
    ("the root", op("replace", ""), "path_not_allowed", "give each field an operation of its own"),
    ("an empty token", op("replace", "//status"), "path_not_allowed", "Did you mean /status?"),
    ("another case", op("replace", "/Status"), "path_not_allowed", "Did you mean /status?"),
    ("an index", op("replace", "/team/0"), "path_not_allowed", "Replace the whole array at /team, or add to /team/-."),
    ("at creation", op("replace", "/customerProfile/name"), "path_not_allowed", "no PATCH of it is documented"),
    ("read-only", op("replace", "/createdDateTime"), "path_not_allowed", "the service writes it: leave this"),
    ("a twin", op("replace", "/details/closeDate"), "path_not_allowed", "Did you mean /details/closingDateTime?"),
    ("a spelling of what may not", op("replace", "/etag"), "path_not_allowed", "The resource has /eTag, but the serv"),
    (
        "an item deep inside",
        op("add", "/details/requirements/solutions/0"),
        "path_not_allowed",
        "Replace the whole array",
    ),
    (
        "another case below",
        op("replace", "/InviteContext/Notes"),
        "path_not_allowed",
        "The resource has /inviteContext/n",
    ),
    ("a star in no path", op("replace", "/zzz/*"), "path_not_allowed", ELSEWHERE),
    ("inside an item", op("replace", "/team/0/email"), "path_not_allowed", "Replace the whole array at /team, or add"),
    ("a wrong index", op("add", "/registrations/01/contract/term"), "path_not_allowed", "mean /registrations/0/contr"),
    ("a star", op("add", "/registrations/*/contract/term"), "path_not_allowed", "Write the index of an element for *"),
    ("an array without end", op("add", "/campaignId/0"), "path_not_allowed", "Did you mean /campaignId?"),
    ("unlike any", op("replace", "/zzz"), "path_not_allowed", ELSEWHERE),
    ("very long", op("replace", "/" + "z" * 999), "path_not_allowed", ELSEWHERE),
    ("no slash", op("replace", "details.notes"), "invalid_pointer", "Did you mean /details/notes?"),
    ("no near one", op("replace", "/zzz~"), "invalid_pointer", "Write ~0 for ~ and ~1 for / inside a name."),
    ("the end", op("replace", "/team/-", {}), "op_not_allowed", "Use add."),
    ("no substatus", op("replace", "/substatus", "Engaged"), "value_invalid", ""),
    ("a misspelt one", op("replace", "/substatus", "won"), "value_invalid", "Did you mean Won?"),
    (
        "backwards",
        op("replace", "/status", "New"),
        "transition_not_allowed",
        "Leave /status as it is, or set it to Clo",
    ),
    (
        "Closed alone",
        op("replace", "/status", "Closed"),
        "substatus_not_allowed",
        "Also set /substatus to one of Won, ",
    ),
    ("Won alone", op("replace", "/substatus", "Won"), "substatus_not_allowed", 'Also replace /status with "Closed".'),
    ("no null", op("add", "/details/currency", None), "value_invalid", 'Write it like "USD".'),
    (
        "a wrong date",
        op("add", "/details/closingDateTime", "1.2.2020"),
        "value_invalid",
        'like "2018-11-06T18:40:42.61',
    ),
    ("a missing member", op("replace", "/campaignId", "a"), "target_missing", "Use add, which creates the member."),
    (
        "a missing object",
        op("add", "/registrations/0/contract/term", "Finite"),
        "target_missing",
        "Nothing that may be patched creates it: read the referral again, or leave this operation out.",
    ),
]


@pytest.mark.parametrize(("patch", "code", "hint"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_a_refusal_has_its_code_and_a_hint(patch: Any, code: str, hint: str) -> None:
    (found,) = check(patch, REFERRAL).errors
    assert found.code.value == code
    assert hint in (found.hint or "")


def test_closed_to_active_is_told_to_stay() -> None:
    (found,) = check(op("replace", "/status", "Active"), {"status": "Closed", "substatus": "Won"}).errors
    assert (found.code.value, found.hint) == ("transition_not_allowed", "Leave /status as it is.")
    assert found.message == (
        "operation 0: status Closed may not become Active; it may become Closed. Leave /status as it is."
    )


def test_the_message_says_what_is_wrong_what_is_allowed_and_what_to_write() -> None:
    patch = [*op("replace", "/details/notes", "x"), *op("replace", "/substatus", "Won")]
    (found,) = check(patch, REFERRAL).errors
    assert found.message == (
        "operation 1: substatus Won needs status Closed, but the status stays Active. "
        'Also replace /status with "Closed".'
    )
    assert found.details == {"allowed": ["Accepted"]}


def test_a_value_of_a_status_is_only_told_what_a_move_may_set() -> None:
    (found,) = check(op("replace", "/substatus", "Engaged"), REFERRAL).errors
    assert found.details["allowed"] == ["Pending", "Received", "Accepted", "Won", "Lost", "Declined", "Expired"]


def with_paths(*paths: str, operations: tuple[str, ...] = ("add", "replace")) -> Ruleset:
    """A ruleset of these paths alone."""
    resource: dict[str, Any] = {"properties": {}}
    for path in paths:
        schema = resource
        for name in path.split("/")[1:]:
            schema = schema["properties"].setdefault(name, {"properties": {}})
    rules = {path: {"operations": list(operations)} for path in paths}
    return Ruleset.from_dict({**OWN, "operations": list(operations), "resource": resource, "paths": rules})


def test_a_slip_in_the_last_name_is_likelier_than_one_above() -> None:
    rules = with_paths("/aab/nots", "/aaa/noted")
    (found,) = rules.check(op("add", "/aaa/nots")).errors
    assert (found.hint, found.details["nearest"]) == ("Did you mean /aaa/noted?", "/aaa/noted")
    (found,) = rules.check(op("add", "/aac/nots")).errors
    assert found.hint == "Did you mean /aab/nots?"


def test_dots_are_taken_for_slashes() -> None:
    (found,) = with_paths("/a/b/c/d", "/ab/c/d").check(op("add", "a.b.c.d")).errors
    assert (found.code.value, found.hint) == ("invalid_pointer", "Did you mean /a/b/c/d?")


def test_an_example_has_an_operation_that_is_supported() -> None:
    (found,) = with_paths("/a", operations=("add",)).check([7]).errors  # type: ignore[list-item]
    assert found.hint == 'Write {"op": "add", "path": "/a", "value": ...}.'


MOVES: dict[str, Any] = {
    **OWN,
    "resource": {"properties": {"s": {}, "t": {}}},
    "paths": {"/s": {"operations": ["add"]}, "/t": {"operations": ["add"]}},
    "transitions": {
        "status": "/s",
        "substatus": "/t",
        "table": {status: {"to": ["On", "Off", "Gone"], "substatuses": []} for status in ("On", "Off", "Gone")},
    },
}


def test_a_status_that_may_become_several_is_told_each() -> None:
    (found,) = Ruleset.from_dict(MOVES).check(op("add", "/s", "Odd"), {"s": "On"}).errors
    assert found.hint == "Leave /s as it is, or set it to Off or Gone."


@pytest.mark.parametrize(("status", "kind"), [([], "an array"), ({}, "an object"), (1, "a number")], ids=str)
def test_a_new_status_may_be_of_any_type(status: Any, kind: str) -> None:
    (found,) = Ruleset.from_dict(MOVES).check([*op("add", "/s", status), *op("add", "/t", "Hot")]).errors
    assert found.message.startswith(f"operation 1: no status may become ({kind}); the table has On, Off and Gone.")


def test_an_array_that_is_too_short_may_be_added_to() -> None:
    patch = op("add", "/registrations/3/contract/term", "Finite")
    (found,) = check(patch, {"registrations": []}).errors
    assert (found.hint, found.details) == ("Add /registrations/- first.", {"place": "/registrations/3"})


def test_a_missing_parent_that_may_be_added_is_named() -> None:
    (found,) = check(op("add", "/team/-", {}), {}).errors
    assert (found.hint, found.details) == ("Add /team first.", {"place": "/team"})


def test_a_type_inside_a_value_is_worded() -> None:
    (found,) = check(op("add", "/team", [{"email": 5}])).errors
    assert found.message == ("operation 0: the value at /0/email inside it must be a string or null, and is a number.")


def test_an_index_of_many_digits_is_shown_as_it_is() -> None:
    path = f"/registrations/{'9' * 30}/contract/term"
    (found,) = check(op("add", path, "Finite"), {"registrations": []}).errors
    assert found.details == {"place": f"/registrations/{'9' * 30}"}


def test_what_is_stored_cannot_move_a_cursor() -> None:
    (found,) = check(op("replace", "/status", "New"), {"status": "\x1b[2J", "substatus": 1}).errors
    assert "\x1b" not in found.message
    (found,) = check(op("add", "/status", "New"), {}).errors
    assert "(absent)" in found.message


def test_a_value_is_never_told() -> None:
    name = "Mrs Secret"
    patch = [
        *op("add", "/details/notes", [name]),
        *op("add", "/details/currency", name),
        *op("add", "/details/closingDateTime", name),
        *op("add", "/details/dealValue", name),
        *op("add", "/team/-", {"email": [name], "contactPreference": name}),
        *op("add", "/team", name),
        *op("add", "/registrations/-", {"type": name}),
        *op("add", "/details/notes", {name}),
    ]
    report = check(patch, {"details": {"notes": name}, "team": name})
    assert len(report.errors) >= len(patch)
    assert name not in json.dumps(report.to_dict())


def test_at_most_sixteen_places_of_a_value_are_told() -> None:
    report = check(op("add", "/team", [{"email": 1}] * 1000))
    assert len(report.errors) == 16


def test_many_unknown_members_are_one_warning() -> None:
    (found,) = check(op("add", "/team/-", {f"x{number}": 1 for number in range(100)})).warnings
    assert len(found.details["unknown"]) == 8
    assert "and 92 more" in found.message


def own(schema: dict[str, Any], value: Any, operations: tuple[str, ...] = ("add",)) -> Report:
    paths = {"/a": {"operations": list(operations)}}
    rules = Ruleset.from_dict({**OWN, "resource": {"properties": {"a": schema}}, "paths": paths})
    return rules.check(op("add", "/a", value))


@pytest.mark.parametrize(
    ("schema", "value", "problem"),
    [
        ({"required": ["b", "c"]}, {"b": 1}, 'the value lacks "c".'),
        ({"const": 1}, 2, "the value is not as its schema says (const)."),
        ({"items": {"multipleOf": 2}}, [2, 3], "the value at /1 inside it is not as its schema says (multipleOf)."),
        ({"properties": {"b": False}}, {"b": 1}, "the value is not as its schema says (false)."),
        ({"type": "integer"}, 1.5, "the value must be an integer, and is a number."),
        ({"enum": [1, 2]}, 3, "the value is not as its schema says (enum)."),
        ({"enum": ["a"]}, "z", "the value must be a."),
        ({"enum": ["a", 1]}, "z", "the value is not as its schema says (enum)."),
        ({"anyOf": [{"type": "null"}, {"type": ["array", "object"]}]}, 1, "must be null, an array or an object, and"),
        ({"anyOf": [{"type": "number", "minimum": 2}, {"type": "null"}], "description": "Two."}, 1, "(minimum): Two."),
        ({"anyOf": [{"minimum": 2}, {"maximum": 0}], "description": "Two"}, 1, "(minimum): Two."),
        ({"anyOf": [False, False]}, 1, "the value is not as its schema says (false)."),
        ({"$dynamicRef": "#nowhere"}, 1, "the value is not as its schema says (unknown)."),
        ({"$dynamicRef": "#nowhere", "description": "Some."}, 1, "is not as its schema says (unknown): Some."),
        ({"type": "string"}, "\ud800", ""),
    ],
    ids=str,
)
def test_a_schema_of_ones_own_is_worded_too(schema: dict[str, Any], value: Any, problem: str) -> None:
    report = own(schema, value)
    assert [problem in found.message for found in report.errors] == ([True] if problem else [])


def test_an_operation_that_a_path_does_not_take() -> None:
    report = own({}, 1, ("replace",))
    assert [found.message for found in report.errors] == ["operation 0: /a takes replace, not add. Use replace."]


def test_a_whole_referral_may_be_of_the_wrong_type() -> None:
    rules = Ruleset.from_dict({**OWN, "resource": {"type": "array"}, "paths": {}})
    (found,) = rules.check_referral({}).errors
    assert (found.path, found.message) == ("", "the referral must be an array, and is an object.")
    enumerated = Ruleset.from_dict({**OWN, "resource": {"enum": ["a"]}, "paths": {}})
    assert [found.details["allowed"] for found in enumerated.check_referral({}).errors] == [["a"]]


def test_unknown_members_are_only_told_where_some_are_known() -> None:
    assert own({}, {"b": [{"c": 1}]}).warnings == ()
    assert own({"properties": {"b": {}}}, {"b": {"c": 1}}).warnings == ()


def test_a_resource_may_refer_to_itself() -> None:
    schema = {"properties": {"inner": {"$ref": "#/properties/a"}}}
    rules = Ruleset.from_dict(
        {
            **OWN,
            "resource": {"properties": {"a": schema}},
            "paths": {"/a": {"operations": ["add"]}},
            "advisories": {"unknown_member": {}},
        }
    )
    (found,) = rules.check(op("add", "/a", {"inner": {"inner": {"innner": 1}}})).warnings
    assert found.details["unknown"] == [{"place": "/inner/inner/innner", "nearest": "inner"}]
    assert found.rule == "own: advisories"


def test_references_may_run_in_a_circle() -> None:
    circle = {"$ref": "#/$defs/A"}
    resource = {"$defs": {"A": {"allOf": [circle, True], "properties": {"b": {}}}}, "properties": {"a": circle}}
    rules = Ruleset.from_dict(
        {**OWN, "resource": resource, "paths": {"/a/b": {"operations": ["add"]}, "/a": {"operations": ["add"]}}}
    )
    assert rules.explain("/a/b") is not None


def test_text_that_nests_too_deeply_is_too_much() -> None:
    (found,) = check("[" * 100_000).errors
    assert (found.code.value, found.rule) == ("limit_exceeded", "RFC 8259 section 9")


@pytest.mark.parametrize(
    ("text", "details"),
    [
        ("[1,\n2", {"line": 2, "column": 2}),
        ('[{"a": {"b": 1}, "b": 2.5, "a": 1}]', {"line": 1, "column": 28}),
        ("[1, -2, 3e1, NaN]", {"line": 1, "column": 14}),
    ],
)
def test_text_that_is_no_json_is_told_with_its_place(text: str, details: dict[str, int]) -> None:
    (found,) = check(text).errors
    assert (found.code.value, found.details) == ("invalid_json", details)


def test_text_without_a_flaw_has_none() -> None:
    assert list(_flaws('[{"a": "NaN", "b": [{"a": -1.5e3}]}, "{"]', float)) == []
