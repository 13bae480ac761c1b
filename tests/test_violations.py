"""Reports, violations and exceptions are values: they compare, hash, pickle, and cannot be changed."""

import copy
import pickle
from typing import Any

import pytest

from referral_rules import Finding, PatchRejected, Report, Ruleset, RulesetError, Severity, Code, apply, check
from referral_rules.refusals import too_many_operations

PATCH: list[dict[str, Any]] = [
    {"op": "remove", "path": "/details/notes"},
    {"op": "add", "path": "/team/-", "value": {"Email": "a"}},
    {"op": "add", "path": "/details/currency", "value": "usd"},
]
REPORT = check(PATCH, {"team": []})


def test_a_report_has_errors_and_warnings_in_the_order_of_operations() -> None:
    assert [found.op_index for found in REPORT.violations] == [0, 1, 2]
    assert [found.op_index for found in REPORT.errors] == [0, 2]
    assert [found.op_index for found in REPORT.warnings] == [1]
    assert not REPORT.ok


def test_what_is_wrong_with_the_whole_goes_before_the_operations() -> None:
    report = check(PATCH, [])  # type: ignore[arg-type]
    assert [found.op_index for found in report.violations] == [None, 0, 1, 2]


def test_reports_compare_and_hash_by_what_they_say() -> None:
    again = check(copy.deepcopy(PATCH), {"team": []})
    assert again == REPORT
    assert hash(again) == hash(REPORT) != hash(Report())
    assert len(set(map(hash, REPORT.violations))) == 3
    assert Report() != REPORT
    assert REPORT != "report"
    assert len({*REPORT.violations, *again.violations}) == 3
    assert repr(Report()) == "Report(())"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_everything_survives_pickling(protocol: int) -> None:
    def again(value: Any) -> Any:
        return pickle.loads(pickle.dumps(value, protocol))  # noqa: S301

    assert again(REPORT) == REPORT
    assert again(REPORT.violations[0]) == REPORT.violations[0]
    rejected = again(PatchRejected(REPORT))
    assert (rejected.report, *rejected.args) == (REPORT, REPORT)
    error = again(RulesetError("a.json", (Finding("/name", "is wrong", "mend it"),)))
    assert (error.source, error.findings) == error.args == ("a.json", (Finding("/name", "is wrong", "mend it"),))
    assert type(again(Code.NOT_JSON)) is Code


def test_a_report_cannot_be_changed() -> None:
    report = Report()
    with pytest.raises(AttributeError, match="immutable"):
        report.violations = ()
    with pytest.raises(AttributeError, match="immutable"):
        del report.violations
    assert copy.copy(REPORT) == copy.deepcopy(REPORT) == REPORT


def test_an_exception_says_what_its_report_says() -> None:
    with pytest.raises(PatchRejected) as caught:
        apply(PATCH, {"team": []})
    assert str(caught.value).splitlines() == [found.message for found in REPORT.errors]
    assert isinstance(caught.value, ValueError)


def test_a_broken_ruleset_is_told_in_a_line_for_each_finding() -> None:
    error = RulesetError("a.json", (Finding("/name", "is wrong", "mend it"), Finding("", "is empty", "write one")))
    assert str(error) == "a.json: /name: is wrong; mend it\na.json: the ruleset: is empty; write one"


def test_each_code_has_one_severity() -> None:
    warnings = {code.value for code in Code if code.severity is Severity.WARNING}
    assert warnings == {"terminal_state", "reason_expected", "set_by_service", "one_way", "unknown_member"}


def test_a_long_path_is_cut() -> None:
    found = check([{"op": "add", "path": f"/{'a' * 500}", "value": 1}]).errors[0]
    assert found.path is not None
    assert len(found.path) == 200
    assert len(found.message) < 700


def test_a_refusal_of_many_operations_counts_them() -> None:
    rules = Ruleset.load("partner-center")
    assert rules.check(PATCH * 1000, {}).errors == (too_many_operations(rules._book, 3000),)
