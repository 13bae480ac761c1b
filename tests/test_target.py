"""Stage 4: does the stored referral have a place for the value?"""

from collections import OrderedDict, defaultdict
from typing import Any

import pytest

from .stages import DEAL, op, own, the_only
from .strategies import LATEST

TERM = "/registrations/{}/contract/term"
NEVER = "No patch can create it. Read the referral again, or leave this operation out."


@pytest.mark.parametrize(
    ("operation", "stored", "code", "message", "hint"),
    [
        (
            op("replace", "/campaignId", "a"),
            {},
            "target_missing",
            "the referral has no /campaignId",
            "Use add instead: it creates the member.",
        ),
        (
            op("replace", "/details/notes", "a"),
            {"details": {}},
            "target_missing",
            "the referral has no /details/notes",
            "Use add instead: it creates the member.",
        ),
        (op("add", "/details/notes", "a"), {}, "target_missing", "the referral has no /details", NEVER),
        (op("add", "/team/-", {}), {}, "target_missing", "the referral has no /team", "Add /team first."),
        (op("add", TERM.format(0), "Finite"), {}, "target_missing", "the referral has no /registrations", NEVER),
        (
            op("add", TERM.format(0), "Finite"),
            {"registrations": [{}]},
            "target_missing",
            "the referral has no /registrations/0/contract",
            NEVER,
        ),
        (
            op("add", TERM.format(3), "Finite"),
            {"registrations": []},
            "index_out_of_range",
            "the array /registrations has no element /registrations/3",
            "Add an element at /registrations/- first.",
        ),
        (
            op("add", TERM.format("9" * 30), "Finite"),
            {"registrations": []},
            "index_out_of_range",
            f"the array /registrations has no element /registrations/{'9' * 30}",
            "Add an element at /registrations/- first.",
        ),
        (
            op("add", "/team/-", {}),
            {"team": {}},
            "target_not_container",
            "/team is not an array in this referral",
            "Add /team first.",
        ),
        (
            op("add", "/details/notes", "x"),
            {"details": []},
            "target_not_container",
            "/details is not an object in this referral",
            NEVER,
        ),
        (
            op("add", TERM.format(0), "Finite"),
            {"registrations": {}},
            "target_not_container",
            "/registrations is not an array in this referral",
            NEVER,
        ),
    ],
    ids=range(11),
)
def test_the_first_step_without_a_place_is_named(
    operation: Any, stored: dict[str, Any], code: str, message: str, hint: str
) -> None:
    found = the_only(LATEST, operation, stored)
    assert (found.code.value, found.message, found.hint) == (code, message, hint)


@pytest.mark.parametrize("details", [{1}, (1,), object(), "text", 1.5, 10**5000, True, None], ids=type)
def test_anything_may_be_stored_where_an_object_should_be(details: Any) -> None:
    for name in ("add", "replace"):
        found = the_only(LATEST, op(name, "/details/notes", "x"), {"details": details})
        assert found.code.value == "target_not_container"


def test_a_null_is_a_member() -> None:
    assert LATEST.apply(op("replace", "/campaignId", "a"), {"campaignId": None}) == {"campaignId": "a"}


def test_a_member_may_be_named_like_an_index() -> None:
    rules = own({"properties": {"m": {"properties": {"0": {}}}}}, {"/m/0": ("add",)})
    assert rules.apply(op("add", "/m/0", 1), {"m": {}}) == {"m": {"0": 1}}
    assert the_only(rules, op("add", "/m/0", 1), {"m": []}).message == "/m is not an object in this referral"


@pytest.mark.parametrize("digits", [1, 18, 19, 5000])
def test_an_index_may_have_more_digits_than_python_reads(digits: int) -> None:
    limits = {"operations": 1, "depth": 1, "pathLength": 10_000}
    rules = own({"properties": {"b": {"items": {}}}}, {"/b/*": ("add",)}, limits=limits)
    assert the_only(rules, op("add", f"/b/{'9' * digits}", 1), {"b": []}).code.value == "index_out_of_range"


def test_an_element_may_be_inserted_and_replaced() -> None:
    rules = own({"properties": {"b": {"items": {}}}}, {"/b/*": ("add", "replace")})
    assert rules.apply([*op("add", "/b/0", 0), *op("add", "/b/2", 3), *op("replace", "/b/1", 9)], {"b": [1]}) == {
        "b": [0, 9, 3]
    }
    assert the_only(rules, op("add", "/b/2", 0), {"b": [1]}).code.value == "index_out_of_range"
    assert the_only(rules, op("replace", "/b/1", 0), {"b": [1]}).code.value == "index_out_of_range"


def test_an_operation_may_write_where_one_before_it_made_room() -> None:
    patch = [*op("add", "/team", []), *op("add", "/team/-", {"email": "a"})]
    assert LATEST.apply(patch, {}) == {"team": [{"email": "a"}]}
    assert the_only(LATEST, patch[::-1], {}).op_index == 0


def test_a_default_dict_has_only_the_members_that_it_has() -> None:
    stored: Any = defaultdict(dict, details=defaultdict(str))
    assert the_only(LATEST, op("replace", "/details/notes", "x"), stored).code.value == "target_missing"
    assert the_only(LATEST, op("replace", "/campaignId", "x"), stored).code.value == "target_missing"
    assert the_only(LATEST, op("add", "/team/-", {}), stored).code.value == "target_missing"
    assert stored == {"details": {}}


def test_a_referral_may_be_of_a_subclass() -> None:
    stored = OrderedDict(details=OrderedDict(notes="x"), status="Active", substatus="Accepted")
    updated = LATEST.apply(op("replace", "/details/notes", "y"), stored)
    assert updated == {"details": {"notes": "y"}, "status": "Active", "substatus": "Accepted"}
    assert (type(updated), type(updated["details"])) == (dict, dict)
    assert stored["details"] == {"notes": "x"}


@pytest.mark.parametrize(
    ("referral", "got"),
    [([], "an array"), (None, "null"), ("x", "a string"), (True, "a boolean"), ({1}, "set"), ((1,), "tuple")],
    ids=str,
)
def test_a_referral_is_an_object(referral: Any, got: str) -> None:
    for patch in ([], op("add", "/campaignId", "x")):
        found = the_only(LATEST, patch, referral)
        assert (found.code.value, found.op_index) == ("referral_not_an_object", None)
        assert found.message == f"expected the referral as a JSON object, got {got}"
        assert found.hint == "Pass the parsed referral as the service returned it."


def test_without_a_referral_any_place_will_do() -> None:
    for patch in (op("replace", "/campaignId", "x"), op("add", TERM.format(99), "Finite")):
        evaluation = LATEST.evaluate(patch)
        assert evaluation.ok
        assert evaluation.referral is None


def test_an_absent_member_counts_as_null_if_the_ruleset_says_so() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("replace",)}, absentMembers="null")
    assert rules.apply(op("replace", "/a", 1), {}) == {"a": 1}
    assert the_only(own({"properties": {"a": {}}}, {"/a": ("replace",)}), op("replace", "/a", 1), {}).message == (
        "the referral has no /a"
    )


def test_the_deal_of_the_documentation_is_not_changed() -> None:
    before = repr(DEAL)
    LATEST.apply(op("add", "/details/notes", "x"), DEAL)
    assert repr(DEAL) == before
