"""Warnings: the patch may be applied, and is probably a mistake all the same."""

from typing import Any

import pytest

from referral_rules import Report, Ruleset

from .stages import op, own, the_only
from .strategies import LATEST

CONSENT = "/consent/consentToShareReferralWithMicrosoftSellers"
LOST = [*op("replace", "/status", "Closed"), *op("replace", "/substatus", "Lost")]
ACTIVE = {"status": "Active", "substatus": "Accepted"}


def advised(**advisories: Any) -> Ruleset:
    return Ruleset.from_dict({"name": "mine", "extends": "partner-center", "advisories": advisories})


def warned(report: Report) -> list[tuple[str, int | None]]:
    assert report.ok
    return [(found.code.value, found.op_index) for found in report]


@pytest.mark.parametrize(
    ("patch", "stored", "expected", "text"),
    [
        (
            op("add", "/details/dealValue", 1),
            {"status": "Closed", "substatus": "Won", "details": {}},
            [("terminal_state", 0)],
            (
                "operation 0: the referral is Won, and normally cannot be changed any more. "
                "The service will probably refuse the patch."
            ),
        ),
        (
            LOST,
            ACTIVE,
            [("reason_expected", 1)],
            (
                "operation 1: substatus Lost needs a reason, and the referral has none. "
                "Also write the reason to /statusReason."
            ),
        ),
        (
            [LOST[0], *op("replace", "/substatus", "Expired")],
            ACTIVE,
            [("set_by_service", 1)],
            "operation 1: normally only the service sets /substatus to Expired. Check that you meant to set it.",
        ),
        (
            op("replace", CONSENT, False),
            {"consent": {CONSENT.split("/")[2]: True}},
            [("one_way", 0)],
            f"operation 0: {CONSENT} is already true, which normally cannot be undone. Leave it as it is.",
        ),
        (
            op("add", "/team/-", {"Email": "a", "zzzzzz": 1}),
            {"team": []},
            [("unknown_member", 0)],
            (
                'operation 0: the value has members that are not documented: "/Email" (did you mean email?) and '
                '"/zzzzzz". Check the spelling.'
            ),
        ),
    ],
    ids=["terminal_state", "reason_expected", "set_by_service", "one_way", "unknown_member"],
)
def test_a_warning_says_what_is_probably_wrong(patch: Any, stored: Any, expected: Any, text: str) -> None:
    report = LATEST.check(patch, stored)
    assert warned(report) == expected
    assert str(report.warnings[0]) == text


def test_a_closed_deal_may_take_what_is_documented_for_it() -> None:
    closed = {"status": "Closed", "substatus": "Won", "registrations": [{"contract": {}}]}
    documented = [rule.path for rule in LATEST.paths if rule.in_terminal_state]
    patch = op("add", "/registrations/0/contract/term", "Finite")
    assert "/registrations/*/contract/term" in documented
    assert warned(LATEST.check(patch, closed)) == []
    assert warned(LATEST.check([*patch, *op("add", "/salesStage", "80")], closed)) == [("terminal_state", 1)]


def test_a_reason_may_be_stored_or_written_and_not_be_empty() -> None:
    assert warned(LATEST.check(LOST, {**ACTIVE, "statusReason": "price"})) == []
    assert warned(LATEST.check([*LOST, *op("add", "/statusReason", "price")], ACTIVE)) == []
    assert warned(LATEST.check([*LOST, *op("add", "/statusReason", "")], ACTIVE)) == [("reason_expected", 1)]


def test_without_a_referral_a_reason_may_be_stored() -> None:
    assert warned(LATEST.check(LOST)) == []
    assert warned(LATEST.check([*LOST, *op("add", "/statusReason", None)])) == [("reason_expected", 1)]


def test_a_value_that_is_final_and_stays_is_no_mistake() -> None:
    stored = {"consent": {CONSENT.split("/")[2]: True}}
    assert warned(LATEST.check(op("replace", CONSENT, True), stored)) == []
    assert warned(LATEST.check([*op("replace", CONSENT, False), *op("replace", CONSENT, True)], stored)) == []
    twice = [*op("replace", CONSENT, True), *op("replace", CONSENT, False)]
    assert warned(LATEST.check(twice, stored)) == [("one_way", 1)]
    assert warned(LATEST.check(op("replace", CONSENT, False))) == []


def test_many_unknown_members_are_one_warning() -> None:
    found = the_only(LATEST, op("add", "/team/-", {f"x{number}": 1 for number in range(100)}))
    assert len(found.details["unknown"]) == 8
    assert found.details["more"] == 92
    assert found.message.endswith('"/x7" and 92 more')


def test_an_unknown_member_is_found_wherever_it_is() -> None:
    found = the_only(LATEST, op("add", "/team", [{}, {"contactPreference": {"lokale": "en"}}]))
    assert found.details["unknown"] == ({"place": "/1/contactPreference/lokale", "nearest": "locale"},)


def test_without_the_advisory_any_member_may_be_written() -> None:
    assert warned(advised().check(op("add", "/team/-", {"Email": "a"}))) == []


def test_a_resource_may_refer_to_itself() -> None:
    rules = own(
        {"properties": {"a": {"properties": {"inner": {"$ref": "#/properties/a"}}}}},
        {"/a": ("add",)},
        advisories={"unknown_member": {}},
    )
    found = the_only(rules, op("add", "/a", {"inner": {"inner": {"innner": 1}}}))
    assert found.details["unknown"] == ({"place": "/inner/inner/innner", "nearest": "inner"},)
    assert found.source == "own: advisories"


def test_advisories_may_be_about_any_path() -> None:
    values = {"/status": ["Closed"], "/salesStage": ["100"], "/substatus": ["Won"]}
    rules = advised(set_by_service={"values": values}, one_way={"values": {"/status": ["New"]}})
    stored = {"status": "New", "substatus": "Pending"}
    patch = [operation for path, listed in values.items() for operation in op("add", path, listed[0])]
    assert warned(rules.check(patch, stored)) == [
        ("one_way", 0),
        ("set_by_service", 0),
        ("set_by_service", 1),
        ("set_by_service", 2),
    ]
    assert warned(rules.check(op("add", "/salesStage", "80"), stored)) == []


def test_each_path_with_a_final_value_is_checked() -> None:
    rules = advised(one_way={"values": {"/salesStage": ["100"], "/campaignId": ["spring"]}})
    found = the_only(rules, op("replace", "/campaignId", "summer"), {"salesStage": "80", "campaignId": "spring"})
    assert (found.code.value, found.path) == ("one_way", "/campaignId")


@pytest.mark.parametrize(("value", "shown"), [(None, "null"), ("one", "one"), (True, "true")], ids=str)
def test_a_constant_is_shown_as_json_writes_it(value: Any, shown: str) -> None:
    rules = own(
        {"properties": {"a": {}}},
        {"/a": ("add",)},
        advisories={"set_by_service": {"values": {"/a": [value]}}, "one_way": {"values": {"/a": [value]}}},
    )
    assert the_only(rules, op("add", "/a", value)).message == f"normally only the service sets /a to {shown}"
    assert the_only(rules, op("add", "/a", 1), {"a": value}).message == (
        f"/a is already {shown}, which normally cannot be undone"
    )


def test_true_is_not_the_number_one() -> None:
    rules = own({"properties": {"a": {}}}, {"/a": ("add",)}, advisories={"set_by_service": {"values": {"/a": [True]}}})
    assert warned(rules.check(op("add", "/a", 1))) == []


def test_warnings_stand_beside_the_errors_of_other_operations() -> None:
    patch = [*op("remove", "/team"), *op("add", "/team/-", {"Email": "a"}), *op("add", "/details/notes", 1)]
    report = LATEST.check(patch, {"team": [], "details": {}})
    assert [(found.code.value, found.op_index) for found in report] == [
        ("op_not_supported", 0),
        ("unknown_member", 1),
        ("value_invalid", 2),
    ]
