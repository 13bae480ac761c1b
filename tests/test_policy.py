"""Stage 2: does the ruleset allow this operation at this path? If not, what was meant?"""

from typing import Any

import pytest

from referral_rules import Ruleset

from .stages import DEAL, op, own, the_only
from .strategies import LATEST

ELSEWHERE = "Paths that can be patched start with /campaignId, /consent, /customerProfile, /details, "


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("remove", "To clear a field, set it to null if it may be null; to remove an element, replace the whole"),
        ("move", "Write the value to its new place with add or replace."),
        ("copy", "Write the value to its new place with add or replace."),
        ("test", "To guard against concurrent changes, send the entity tag in If-Match."),
        ("Replace", "Did you mean replace?"),
        ("adds", "Did you mean add?"),
        ("~~~", "Use add or replace."),
        ("", "Use add or replace."),
    ],
)
def test_only_the_operations_of_the_ruleset_are_supported(name: str, hint: str) -> None:
    found = the_only(LATEST, op(name, "/details/notes"), DEAL)
    assert found.code.value == "op_not_supported"
    assert (found.hint or "").startswith(hint)
    assert found.message == f'op "{name}" is not supported; the API takes only add and replace'


@pytest.mark.parametrize(
    ("path", "reason", "hint"),
    [
        ("", "whole_referral", "Write one operation for each field instead."),
        ("/customerProfile", "whole_object", "Write to /customerProfile/team or /customerProfile/team/- instead."),
        ("/registrations/3/contract", "whole_object", "Write to /registrations/3/contract/endDateTime, "),
        ("//status", "misspelt", "Did you mean /status?"),
        ("/status/", "misspelt", "Did you mean /status?"),
        ("/Status", "misspelt", "Did you mean /status?"),
        ("/registrations/5/Contract/Term", "misspelt", "Did you mean /registrations/5/contract/term?"),
        ("/registrations/01/contract/term", "misspelt", "Did you mean /registrations/0/contract/term?"),
        ("/details/closeDate", "misspelt", "Did you mean /details/closingDateTime?"),
        ("/campaignId/0", "misspelt", "Did you mean /campaignId?"),
        ("/team/0", "part_of_array", "Replace the whole array at /team, or add to /team/-."),
        ("/team/0/email", "part_of_array", "Replace the whole array at /team, or add to /team/-."),
        ("/details/requirements/solutions/0", "part_of_array", "Replace the whole array at /details/requirements/sol"),
        (
            "/registrations/*/contract/term",
            "index_needed",
            "Replace * with the index of an element; the first one is 0.",
        ),
        ("/createdDateTime", "read_only", "Leave this operation out: only the service can write /createdDateTime."),
        ("/etag", "read_only", "Leave this operation out: only the service can write /eTag."),
        (
            "/customerProfile/name",
            "not_documented",
            "Leave this operation out: patching /customerProfile/name is not documented.",
        ),
        (
            "/InviteContext/Notes",
            "not_documented",
            "Leave this operation out: patching /inviteContext/notes is not documented.",
        ),
        ("/zzz", "unknown", ELSEWHERE),
        ("/zzz/*", "unknown", ELSEWHERE),
        (f"/{'z' * 999}", "unknown", ELSEWHERE),
    ],
    ids=lambda text: text[:30],
)
def test_a_path_without_a_rule_says_what_was_probably_meant(path: str, reason: str, hint: str) -> None:
    found = the_only(LATEST, op("replace", path), DEAL)
    assert (found.code.value, found.details["reason"]) == ("path_not_allowed", reason)
    assert (found.hint or "").startswith(hint)
    assert found.details["allowed"] == tuple(rule.path for rule in LATEST.paths)


def test_an_array_that_may_only_be_written_whole_has_no_end() -> None:
    rules = own({"properties": {"a": {"items": {}}}}, {"/a": ("replace",)})
    for path in ("/a/0", "/a/-", "/a/x"):
        assert the_only(rules, op("add", path)).hint == "Replace the whole array at /a."


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("details.notes", "Did you mean /details/notes?"),
        ("registrations.4.contract.term", "Did you mean /registrations/4/contract/term?"),
        ("/details/note~s", "Did you mean /details/notes?"),
        ("/zzz~", "In a name, write ~0 for ~ and ~1 for /."),
        ("zzz", "Start the path with /."),
    ],
)
def test_a_path_that_is_not_a_pointer_says_what_was_probably_meant(path: str, hint: str) -> None:
    found = the_only(LATEST, op("replace", path), DEAL)
    assert (found.code.value, found.hint, found.source) == ("invalid_pointer", hint, "RFC 6901 section 3")


@pytest.mark.parametrize(("name", "allowed"), [("add", "replace"), ("replace", "add")])
def test_a_path_takes_only_its_own_operations(name: str, allowed: str) -> None:
    found = the_only(own({"properties": {"a": {}}}, {"/a": (allowed,)}), op(name, "/a"))
    assert (found.code.value, found.source) == ("op_not_allowed", "own: /a")
    assert str(found) == f"operation 0: /a takes {allowed}, not {name}. Use {allowed}."


def test_the_element_after_the_last_one_cannot_be_replaced() -> None:
    assert str(the_only(LATEST, op("replace", "/team/-", {}), DEAL)) == (
        "operation 0: /team/- takes add, not replace: - is the position after the last element. Use add."
    )


def test_an_op_and_a_path_may_both_be_wrong() -> None:
    for path, code in (("/zzz", "path_not_allowed"), ("zzz", "invalid_pointer")):
        errors = LATEST.check(op("remove", path)).errors
        assert [found.code.value for found in errors] == ["op_not_supported", code]
    assert [found.code.value for found in LATEST.check(op("remove", "/team")).errors] == ["op_not_supported"]


@pytest.mark.parametrize(
    ("path", "reason", "hint"),
    [
        ("/details/amount", "unknown", "Paths that can be patched start with /details/closingDateTime, /details/curr"),
        ("/customerProfile/abc", "unknown", "Paths that can be patched start with /customerProfile/team."),
        ("/detail/note", "misspelt", "Did you mean /details/notes?"),
        ("/notes", "misspelt", "Did you mean /details/notes?"),
        ("/zzz/zzz", "unknown", "Paths that can be patched start with /campaignId, "),
    ],
)
def test_a_name_is_not_taken_for_another_because_the_names_above_are_the_same(
    path: str, reason: str, hint: str
) -> None:
    found = the_only(LATEST, op("replace", path))
    assert (found.details["reason"], (found.hint or "")[: len(hint)]) == (reason, hint)
    # That /notes means /details/notes is likely, but not sure.
    assert ("fix" in found.details) == (path == "/detail/note")


def nested(*paths: str) -> Ruleset:
    """A ruleset of these paths alone."""
    resource: dict[str, Any] = {"properties": {}}
    for path in paths:
        schema = resource
        for name in path.split("/")[1:]:
            schema = schema["properties"].setdefault(name, {"properties": {}})
    return own(resource, dict.fromkeys(paths, ("add", "replace")))


def test_a_name_that_is_right_elsewhere_is_likelier_than_one_beside_it_and_that_than_any() -> None:
    rules = nested("/aab/nots", "/aaa/noted")
    assert the_only(rules, op("add", "/aaa/nots")).hint == "Did you mean /aab/nots?"
    found = the_only(rules, op("add", "/aaa/notde"))
    assert (found.hint, found.details["nearest"]) == ("Did you mean /aaa/noted?", "/aaa/noted")


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/details/status", "/status"),
        ("/details/team/-", "/team/-"),
        ("/solutions/-", "/details/requirements/solutions/-"),
        ("/registrations/0/term", "/registrations/0/contract/term"),
        ("/registrations/0/solutionDetails/value", "/registrations/0/solutionDetails/0/value"),
    ],
)
def test_a_name_in_the_wrong_place_is_looked_for_elsewhere(path: str, meant: str) -> None:
    assert the_only(LATEST, op("add", path, {})).hint == f"Did you mean {meant}?"


@pytest.mark.parametrize("token", ["00", "01", "last", "+", "*", "1.5"])
@pytest.mark.parametrize("team", ["/team", "/customerProfile/team"])
def test_anything_below_an_array_is_taken_for_an_index(team: str, token: str) -> None:
    found = the_only(LATEST, op("add", f"{team}/{token}", {}))
    assert (found.details["reason"], "fix" in found.details) == ("part_of_array", False)


def test_dots_are_taken_for_slashes() -> None:
    found = the_only(nested("/a/b/c/d", "/ab/c/d"), op("add", "a.b.c.d"))
    assert (found.code.value, found.hint) == ("invalid_pointer", "Did you mean /a/b/c/d?")


NAMES = ["__class__", "__proto__", "__dict__", "__missing__", "constructor", "prototype", "toString", "keys", "get", ""]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_with_a_meaning_elsewhere_has_none_here(name: str) -> None:
    for path in (f"/{name}", f"/details/{name}", f"/team/{name}", f"/registrations/0/contract/{name}"):
        assert the_only(LATEST, op("add", path, "x"), {}).code.value == "path_not_allowed"
    assert the_only(LATEST, op(name, "/team", []), {}).code.value == "op_not_supported"
    patch = [{**op("add", "/team/-", {name: {name: 1}})[0], name: 1}]
    assert LATEST.apply(patch, {name: 1, "team": []}) == {name: 1, "team": [{name: {name: 1}}]}


def test_a_permission_is_remembered_for_permitted_paths_only_and_a_bounded_number() -> None:
    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    allowed = [op("add", f"/registrations/{index}/contract/term", "Finite")[0] for index in range(2500)]
    refused = [op("add", f"/refused/{index}", "Finite")[0] for index in range(20)]
    for start in range(0, 2500, 100):
        report = rules.check([*allowed[start : start + 100], *refused])
        assert len(report.errors) == 20
        assert allowed[start + 99]["path"] in rules._rules.permissions
        assert len(rules._rules.permissions) <= 1024
    assert not any(path.startswith("/refused") for path in rules._rules.permissions)


def test_the_remembered_paths_are_plain_strings() -> None:
    class Path(str):
        __slots__ = ()

    rules = Ruleset.from_dict({"name": "fresh", "extends": "partner-center"})
    assert rules.check(op("add", Path("/statusReason"), "x")).ok
    assert {type(path) for path in rules._rules.permissions} == {str}


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/rows/7/tags/3", "Replace the whole array at /rows/7/tags, or add to /rows/7/tags/-."),
        ("/Rows/7/Tags/3", "Replace the whole array at /rows/7/tags, or add to /rows/7/tags/-."),
        ("/rows/7/tags/last", "Replace the whole array at /rows/7/tags, or add to /rows/7/tags/-."),
        ("/Rows/7/tags/-", "Did you mean /rows/7/tags/-?"),
        ("/rows/*/tags", "Replace * with the index of an element; the first one is 0."),
    ],
)
def test_a_hint_about_an_array_has_the_indices_that_were_written(path: str, hint: str) -> None:
    resource: dict[str, Any] = {"properties": {"rows": {"items": {"properties": {"tags": {"items": {}}}}}}}
    rules = own(resource, {"/rows/*/tags": ("replace",), "/rows/*/tags/-": ("add",)})
    found = the_only(rules, op("add", path))
    assert (found.hint, found.details.get("fix") is not None) == (hint, path.endswith("-"))


def test_rules_without_any_path_say_so() -> None:
    found = the_only(own({}, {}), op("add", "/a"))
    assert (found.code.value, found.hint) == ("path_not_allowed", "These rules let no path be patched.")
