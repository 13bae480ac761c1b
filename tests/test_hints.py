"""A hint in words works: the patch that does what it says, and nothing else, is accepted."""

from typing import Any

import pytest

from referral_rules import Code, Ruleset

from .stages import DEAL as DOCUMENTED
from .stages import own

NEWEST = Ruleset.load("partner-center")
NESTED = own(
    {"properties": {"o": {"properties": {"x": {}}}}},
    {"/o": ("add",), "/o/x": ("add", "replace")},
)
DEAL = {**DOCUMENTED, "salesStage": "60"}
NEW = {**DEAL, "status": "New", "substatus": "Received"}
CLOSED = {**DEAL, "status": "Closed", "substatus": "Won"}


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


STAGE = replace("/salesStage", "80")
FOLLOWED: list[tuple[Ruleset, Any, Any, str, list[Any]]] = [
    (NEWEST, STAGE, DEAL, "Put the operation in a list: [{...}].", [STAGE]),
    (
        NEWEST,
        {"status": 1},
        DEAL,
        'Write [{"op": "replace", "path": "/status", "value": ...}].',
        [replace("/status", "Active")],
    ),
    (
        NEWEST,
        [{"op": "remove", "path": "/details/notes"}],
        DEAL,
        "To clear a field, set it to null if it may be null; to remove an element, replace the whole array.",
        [replace("/details/notes", None)],
    ),
    (NEWEST, [{**STAGE, "op": "update"}], DEAL, "Use add or replace.", [STAGE]),
    (NEWEST, [replace("", {})], DEAL, "Write one operation for each field instead.", [STAGE]),
    (
        NEWEST,
        [replace("/team/0", {})],
        DEAL,
        "Replace the whole array at /team, or add to /team/-.",
        [add("/team/-", {})],
    ),
    (
        NEWEST,
        [STAGE, replace("/name", "x")],
        DEAL,
        "Leave this operation out: patching /name is not documented.",
        [STAGE],
    ),
    (NEWEST, [STAGE, replace("/id", "x")], DEAL, "Leave this operation out: only the service can write /id.", [STAGE]),
    (
        NEWEST,
        [replace("/customerProfile", {})],
        DEAL,
        "Write to /customerProfile/team or /customerProfile/team/- instead.",
        [replace("/customerProfile/team", [])],
    ),
    (NEWEST, [replace("/team/-", {})], DEAL, "Use add.", [add("/team/-", {})]),
    (NEWEST, [replace("/details/currency", 5)], DEAL, 'Write it like "USD".', [replace("/details/currency", "USD")]),
    (NEWEST, [add("/team/-", {})], {}, "Add /team first.", [add("/team", []), add("/team/-", {})]),
    (NESTED, [add("/o/x", 1)], {}, "Add /o first.", [add("/o", {}), add("/o/x", 1)]),
    (
        NEWEST,
        [STAGE, replace("/details/notes", "x")],
        {"salesStage": None},
        "No patch can create it. Read the referral again, or leave this operation out.",
        [STAGE],
    ),
    (
        NEWEST,
        [STAGE, replace("/substatus", "Won")],
        {**DEAL, "status": "Expired"},
        "No patch can change it. Leave the status and the substatus as they are.",
        [STAGE],
    ),
    (NEWEST, [STAGE, replace("/status", "New")], CLOSED, "Leave /status as it is.", [STAGE]),
    (
        NEWEST,
        [replace("/status", "New"), replace("/substatus", "Won")],
        DEAL,
        'Leave /status as it is, or set it to "Closed".',
        [replace("/status", "Closed"), replace("/substatus", "Won")],
    ),
    (
        NEWEST,
        [replace("/substatus", "Won")],
        DEAL,
        'Also set /status to "Closed".',
        [replace("/substatus", "Won"), replace("/status", "Closed")],
    ),
    (
        NEWEST,
        [replace("/status", "Active"), replace("/substatus", "Won")],
        DEAL,
        'Set /status to "Closed" instead.',
        [replace("/status", "Closed"), replace("/substatus", "Won")],
    ),
    (
        NEWEST,
        [replace("/status", "Active")],
        NEW,
        'Also set /substatus to "Accepted".',
        [replace("/status", "Active"), replace("/substatus", "Accepted")],
    ),
    (
        NEWEST,
        [replace("/substatus", "Pending")],
        DEAL,
        'Set /substatus to "Accepted" instead.',
        [replace("/substatus", "Accepted")],
    ),
]


@pytest.mark.parametrize(
    ("rules", "patch", "referral", "hint", "followed"), FOLLOWED, ids=[case[3] for case in FOLLOWED]
)
def test_a_patch_that_follows_the_hint_is_accepted(
    rules: Ruleset, patch: Any, referral: Any, hint: str, followed: list[Any]
) -> None:
    (found,) = rules.check(patch, referral).errors
    assert found.hint == hint
    assert rules.check(followed, referral).errors == ()


def test_a_patch_that_gives_the_reason_is_not_warned_of_again() -> None:
    patch = [replace("/status", "Closed"), replace("/substatus", "Lost")]
    (found,) = NEWEST.check(patch, DEAL).warnings
    assert (found.code, found.hint) == (Code.REASON_EXPECTED, "Also write the reason to /statusReason.")
    assert NEWEST.check([*patch, add("/statusReason", "No budget")], DEAL).codes == ()
