"""The patches and referrals of the benchmark."""

import json
from pathlib import Path
from typing import Any, NamedTuple

_EXAMPLES = Path(__file__).parent.parent / "examples"
MEMBER = {"email": "jane.doe@contoso.com", "firstName": "Jane", "lastName": "Doe", "phoneNumber": "0000000001"}
SOLUTION = {"id": "SOL-1", "name": "Field Service", "type": "Name"}

Patch = list[dict[str, Any]]


class Scenario(NamedTuple):
    """A patch for a referral, and True if it is accepted."""

    name: str
    patch: Patch
    referral: dict[str, Any]
    accepted: bool = True


def referral(members: int = 1) -> dict[str, Any]:
    """The example referral, with this number of members in its team."""
    stored: dict[str, Any] = json.loads((_EXAMPLES / "referral.json").read_text(encoding="utf-8"))
    team = [{**stored["team"][0], "email": f"member{number}@contoso.com"} for number in range(members)]
    return {**stored, "team": team}


def additions(count: int) -> Patch:
    """A patch that adds this number of members to the team, one by one."""
    return [
        {"op": "add", "path": "/team/-", "value": {**MEMBER, "phoneNumber": str(number)}} for number in range(count)
    ]


def _replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def _add(path: str, value: Any) -> dict[str, Any]:
    return {"op": "add", "path": path, "value": value}


P1 = [_replace("/details/dealValue", "10000"), _add("/team/-", MEMBER)]
P2 = [_replace("/status", "Closed"), _replace("/substatus", "Won")]
P4 = [
    _add("/campaignId", "spring"),
    _add("/consent/consentToShareReferralWithMicrosoftSellers", True),
    _replace("/customerProfile/team", [MEMBER]),
    _add("/customerProfile/team/-", MEMBER),
    _replace("/details/closingDateTime", "2021-01-31T00:00:00Z"),
    _replace("/details/currency", "EUR"),
    _replace("/details/dealValue", 10000),
    _replace("/details/notes", "Lorem ipsum dolor sit amet."),
    _replace("/details/requirements/solutions", [SOLUTION]),
    _add("/details/requirements/solutions/-", SOLUTION),
    _replace("/externalReferenceId", "crm-1"),
    _add("/referralProgram", "partner"),
    _add("/salesStage", "80"),
    _replace("/status", "Closed"),
    _replace("/statusReason", "signed"),
    _replace("/substatus", "Won"),
    _replace("/team", [MEMBER]),
    _add("/team/-", MEMBER),
    _replace("/registrations/0/contract/term", "Perpetual"),
    _replace("/registrations/0/contract/value", 2500),
]
REFUSED = [_replace("/status", "Closed"), _replace("/substatus", "Accepted")]
REGISTERED = {"registrations": [{"type": "AzureIPCoSell", "contract": {"value": 1, "term": "Finite"}}]}

SCENARIOS = (
    Scenario("P1", P1, referral()),
    Scenario("P2", P2, referral()),
    Scenario("P4", P4, {**referral(), **REGISTERED}),
    Scenario("refused", REFUSED, referral(), accepted=False),
    Scenario("P1, 10,000 members", P1, referral(10_000)),
    Scenario("P2, 10,000 members", P2, referral(10_000)),
)
