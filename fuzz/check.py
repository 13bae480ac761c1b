"""Any bytes as a patch: ``python fuzz/check.py -max_total_time=600 CORPUS_DIR``.

The laws: ``check_json`` always returns a report that fits its schema, ``apply_json`` accepts a patch exactly if the
report has no errors, the new referral is what jsonpatch makes of it, and the stored referral does not change.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonpatch
from jsonschema import Draft202012Validator

sys.path.insert(0, str(Path(__file__).parent.parent))

from fuzz import driver, seeds
from referral_rules import PatchRejected, Report, _catalog, apply_json, check_json

__all__ = ["inputs", "one_input"]

_REPORT = Draft202012Validator(_catalog.schema("report"))
_REFERRALS = seeds.referrals()


def inputs() -> Iterator[bytes]:
    """The seeds."""
    return seeds.check()


def one_input(data: bytes) -> None:
    """Check the laws for one input.

    Args:
        data: the position of a referral in two bytes, and a patch.
    """
    position, patch = int.from_bytes(data[: seeds.SELECTOR_BYTES]), data[seeds.SELECTOR_BYTES :]
    referral = _REFERRALS[position % len(_REFERRALS)]
    before = json.dumps(referral)
    report, outcome = check_json(patch, referral), _applied(patch, referral)
    assert report == outcome if isinstance(outcome, Report) else report.ok
    if isinstance(outcome, dict):
        assert check_json(patch).ok
        assert outcome == jsonpatch.apply_patch(referral, json.loads(patch))
    elif isinstance(referral, dict):
        assert not report.ok
    assert json.dumps(referral) == before
    for found in (report, check_json(patch)):
        _REPORT.validate(json.loads(json.dumps(found.to_dict())))


def _applied(patch: bytes, referral: Any) -> dict[str, Any] | Report:
    try:
        return apply_json(patch, referral)
    except PatchRejected as rejected:
        return rejected.report


if __name__ == "__main__":
    driver.run("check")
