"""The methods of the newest built-in ruleset, as functions."""

from functools import cache
from typing import Any

from referral_rules._catalog import NEWEST
from referral_rules._engine import ABSENT
from referral_rules._reports import Evaluation, Report
from referral_rules._ruleset import Ruleset
from referral_rules._types import JSONPatch, JSONText, Referral


@cache
def _newest() -> Ruleset:
    return Ruleset.load(NEWEST)


def evaluate(patch: JSONPatch, referral: Referral = ABSENT) -> Evaluation:
    """Check and apply a patch under the newest built-in ruleset: see ``Ruleset.evaluate``.

    >>> evaluate([{"op": "add", "path": "/statusReason", "value": "No budget"}], {}).referral
    {'statusReason': 'No budget'}
    """
    return _newest().evaluate(patch, referral)


def check(patch: JSONPatch, referral: Referral = ABSENT) -> Report:
    """Everything that is wrong with a patch under the newest built-in ruleset: see ``Ruleset.check``.

    >>> check([{"op": "replace", "path": "/details/closeDate", "value": "2021-03-31T00:00:00Z"}]).errors[0].hint
    'Did you mean /details/closingDateTime?'
    """
    return _newest().check(patch, referral)


def apply(patch: JSONPatch, referral: Referral, *, isolated: bool = False) -> dict[str, Any]:
    """Apply a patch under the newest built-in ruleset: see ``Ruleset.apply``.

    >>> apply([{"op": "add", "path": "/statusReason", "value": None}], {})
    {'statusReason': None}
    """
    return _newest().apply(patch, referral, isolated=isolated)


def evaluate_json(text: JSONText, referral: Referral = ABSENT) -> Evaluation:
    """``evaluate`` for a patch as JSON text: see ``Ruleset.evaluate_json``.

    >>> evaluate_json('[{"op": "add", "path": "/salesStage", "value": "80"}]', {}).referral
    {'salesStage': '80'}
    """
    return _newest().evaluate_json(text, referral)


def check_json(text: JSONText, referral: Referral = ABSENT) -> Report:
    """``check`` for a patch as JSON text: see ``Ruleset.evaluate_json``.

    >>> check_json('[{"op": "add", "op": "add"}]').errors[0].message
    'the patch is not valid JSON: the member "op" appears twice in one object at line 1, column 16'
    """
    return _newest().check_json(text, referral)


def apply_json(text: JSONText, referral: Referral, *, isolated: bool = False) -> dict[str, Any]:
    """``apply`` for a patch as JSON text: see ``Ruleset.evaluate_json``.

    >>> apply_json(b"[]", {"salesStage": "80"})
    {'salesStage': '80'}
    """
    return _newest().apply_json(text, referral, isolated=isolated)
