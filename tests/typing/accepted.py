"""Code as users write it: mypy and pyright, both strict, accept all of it."""

import json
from datetime import UTC, datetime
from typing import Any, TypedDict

import jsonpatch
from hypothesis import given
from hypothesis import strategies as st

from referral_rules import (
    Code,
    Diagnostic,
    Evaluation,
    JSONPatch,
    Operation,
    PatchRejected,
    PathRule,
    ReferralRulesError,
    Report,
    Ruleset,
    RulesetError,
    Severity,
    State,
    apply,
    apply_json,
    check,
    check_json,
    evaluate,
)
from referral_rules.http import Request, exchange
from referral_rules.testing import accepted_patches, referrals, rejected_patches, run_conformance


class Details(TypedDict, total=False):
    dealValue: float | None
    currency: str


class StoredReferral(TypedDict, total=False):
    status: str
    substatus: str
    details: Details


def typed() -> StoredReferral:
    referral: StoredReferral = {"status": "New", "substatus": "Pending"}
    operations: list[Operation] = [{"op": "replace", "path": "/status", "value": "Active"}]
    plain: list[dict[str, str]] = [{"op": "replace", "path": "/substatus", "value": "Accepted"}]
    report: Report = check(operations, referral)
    updated: dict[str, Any] = apply([*operations, *plain], referral, isolated=True)
    assert report.ok
    return {"status": updated["status"], "substatus": updated["substatus"]}


def parsed(text: str) -> dict[str, Any] | None:
    evaluation: Evaluation = evaluate(json.loads(text), json.loads("{}"))
    if evaluation.referral is not None:
        evaluation.referral["salesStage"] = "80"
    return evaluation.referral


def from_text(text: str | bytes | bytearray) -> dict[str, Any]:
    return apply_json(text, {}) if check_json(text) else {}


def other_classes() -> tuple[bool, bool]:
    patch: jsonpatch.JsonPatch = jsonpatch.JsonPatch([{"op": "add", "path": "/salesStage", "value": "80"}])
    several: tuple[Operation, ...] = ({"op": "add", "path": "/salesStage", "value": "80"},)
    return check(patch).ok, bool(check(several))


def words(report: Report) -> list[str]:
    first: tuple[Code, ...] = report.codes
    return [*first, *(str(diagnostic) for diagnostic in report if diagnostic.severity is Severity.ERROR)]


def meaning(diagnostic: Diagnostic) -> str:
    match diagnostic.code:
        case Code.PATH_NOT_ALLOWED | Code.OP_NOT_ALLOWED:
            return str(diagnostic.details["allowed"])
        case Code.VALUE_INVALID:
            return diagnostic.hint or diagnostic.message
        case _:
            return "" if diagnostic.op_index is None else f"{diagnostic.op_index + 1}: {diagnostic.path}"


def caught(patch: JSONPatch, referral: StoredReferral) -> int:
    try:
        apply(patch, referral)
    except PatchRejected as rejected:
        errors: tuple[Diagnostic, ...] = rejected.report.errors
        return len(errors)
    except ReferralRulesError:
        return -1
    return 0


def own_ruleset(path: str) -> tuple[str, ...]:
    try:
        rules = Ruleset.from_file(path)
    except RulesetError as error:
        return tuple(finding.place for finding in error.findings)
    rule: PathRule | None = rules.explain("/team/-")
    table = rules.transitions
    if table.allows(State("New", "Pending"), State("Active", "Accepted")):
        return tuple(state.substatus for state in table.reachable(State("Active", "Accepted")))
    return () if rule is None else rule.operations


def served(body: bytes, stored: dict[str, Any]) -> tuple[int, bytes]:
    outcome = exchange(
        Request({"Content-Type": "application/json"}, body),
        stored,
        entity_tag=lambda: '"2"',
        now=lambda: datetime.now(UTC),
    )
    if outcome.referral is not None:
        stored.update(outcome.referral)
    return outcome.response.status, outcome.response.body


@given(st.data())
def own_property(data: st.DataObject) -> None:
    referral: dict[str, Any] = data.draw(referrals(status="New"))
    patch = data.draw(accepted_patches(referral))
    assert apply(patch, referral)
    assert not check(data.draw(rejected_patches(referral)), referral)


def conforms() -> None:
    run_conformance(Ruleset.load("partner-center"))
