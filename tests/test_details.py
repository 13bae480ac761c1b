"""What a diagnostic tells a program and a reader: the fix, the bound, the rule, and a schema that stands alone."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from referral_rules import Code, Diagnostic, PathRule, Report, Ruleset, Stage, check
from referral_rules._rules import Resource

from .casefiles import Case, cases
from .strategies import LATEST, json_values, values
from .test_cases import judged

NEW = {"status": "New", "substatus": "Pending"}
CASES = list(cases())
RULES = [(name, rule) for name in ("partner-center-2020-09", "partner-center") for rule in Ruleset.load(name).paths]


def only(patch: Any, referral: Any = None, rules: Ruleset = LATEST) -> Diagnostic:
    report = rules.check(patch) if referral is None else rules.check(patch, referral)
    (diagnostic,) = report
    return diagnostic


def setting(path: str, value: Any, op: str = "replace") -> list[Any]:
    return [{"op": op, "path": path, "value": value}]


def own(schema: dict[str, Any]) -> Ruleset:
    limits = {"operations": 9, "depth": 9, "pathLength": 99}
    resource = {"properties": {"a": schema}}
    paths = {"/a": {"operations": ["add"]}}
    return Ruleset.from_dict(
        {"name": "own", "operations": ["add"], "limits": limits, "resource": resource, "paths": paths}
    )


# The pair of status and substatus.


def test_a_patch_that_sets_only_the_substatus_is_told_to_set_another_one() -> None:
    found = only(setting("/substatus", "Pending"), {"status": "Active", "substatus": "Accepted"})
    assert found.code is Code.SUBSTATUS_NOT_ALLOWED
    assert found.hint is not None
    assert found.hint.startswith("Set /substatus to ")
    assert found.hint.endswith(" instead.")
    assert "fix" not in found.details


def test_no_patch_is_told_to_set_also_what_it_sets() -> None:
    table = LATEST.transitions
    known = [(status, name) for status, row in table.rows.items() for name in (*row.substatuses, *row.stored_only)]
    hints = set()
    for status, substatus in known:
        for path, value in [(table.status, status) for status in table.rows] + [
            (table.substatus, name) for _, name in known
        ]:
            for found in LATEST.check(setting(path, value), {"status": status, "substatus": substatus}).errors:
                if found.code is Code.SUBSTATUS_NOT_ALLOWED:
                    hint = found.hint or ""
                    assert not hint.startswith(f"Also set {path} ")
                    hints.add(hint.partition(" to ")[0])
    assert hints == {"Also set /substatus", "Also set /status", "Set /substatus"}


def test_the_status_that_a_substatus_needs_is_added() -> None:
    found = only(setting("/substatus", "Accepted"), NEW)
    assert found.hint == 'Also set /status to "Active".'
    assert found.details["fix"] == {"add": ({"op": "replace", "path": "/status", "value": "Active"},)}


# Details for programs.


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/registrations/3/contract/endDateTmie", "/registrations/3/contract/endDateTime"),
        ("/registrations/12/Contract/term", "/registrations/12/contract/term"),
        ("registrations.7.contract.term", "/registrations/7/contract/term"),
        ("/detail/notes", "/details/notes"),
    ],
)
def test_a_fix_of_a_path_has_the_indices_that_were_written(written: str, meant: str) -> None:
    found = only(setting(written, "x"))
    assert found.details["fix"] == {"change": {"path": meant}}
    assert found.hint == f"Did you mean {meant}?"
    assert LATEST.explain(meant) is not None


@pytest.mark.parametrize(
    ("patch", "fix"),
    [
        (setting("/team/-", {}), {"change": {"op": "add"}}),
        (setting("/salesStage", "80", op="Replace"), {"change": {"op": "replace"}}),
        (setting("/details/currency", "usd"), {"change": {"value": "USD"}}),
    ],
)
def test_a_fix_of_an_op_or_a_value_is_what_to_write(patch: Any, fix: dict[str, Any]) -> None:
    assert only(patch).details["fix"] == fix


@pytest.mark.parametrize(
    ("keyword", "bound", "value", "words"),
    [
        ("minimum", 2, 1, "at least 2"),
        ("maximum", 2.5, 3, "at most 2.5"),
        ("exclusiveMinimum", 2, 2, "more than 2"),
        ("exclusiveMaximum", 2, 2, "less than 2"),
        ("multipleOf", 2, 3, "a multiple of 2"),
        ("minLength", 2, "a", "at least 2 characters"),
        ("maxLength", 2, "abc", "at most 2 characters"),
        ("minItems", 1, [], "at least 1 element"),
        ("maxItems", 1, [1, 2], "at most 1 element"),
        ("minProperties", 1, {}, "at least 1 member"),
        ("maxProperties", 0, {"a": 1}, "at most 0 members"),
    ],
)
def test_a_value_beyond_a_bound_is_told_the_bound(keyword: str, bound: float, value: Any, words: str) -> None:
    found = only(setting("/a", value, op="add"), rules=own({keyword: bound}))
    assert (found.details["keyword"], found.details["bound"], found.details["rule"]) == (keyword, bound, "/a")
    assert words in found.message


def test_the_rule_that_decides_is_in_the_details() -> None:
    refused = [
        setting("/team/-", {}),
        setting("/registrations/3/contract/term", []),
        setting("/details/notes", "x"),
    ]
    found = [only(patch, {}) for patch in refused]
    assert [each.details["rule"] for each in found] == ["/team/-", "/registrations/*/contract/term", "/details/notes"]
    assert [each.code.stage for each in found] == [Stage.POLICY, Stage.VALUE, Stage.TARGET]


# A report, printed and as JSON.


def test_a_report_prints_everything(capsys: pytest.CaptureFixture[str]) -> None:
    report = check([{"op": "remove", "path": "/team"}, {"op": "add", "path": "/team/-", "value": {"Email": "a"}}], {})
    print(report)  # noqa: T201, it is what users do
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "refused"
    assert lines[1:] == [f"{found.severity}[{found.code}]: {found}" for found in report]
    assert [line.partition(" ")[0] for line in lines[1:]] == [
        f"error[{code}]:" for code in ("op_not_supported", "target_missing")
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_report_comes_back_from_its_json(case: Case) -> None:
    report = judged(case).report
    read = Report.from_dict(json.loads(json.dumps(report.to_dict())))
    assert (read, str(read), read.to_dict()) == (report, str(report), report.to_dict())


# The schema of a rule.


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        yield from references(part)


@pytest.mark.parametrize(("name", "rule"), RULES, ids=lambda each: getattr(each, "path", each))
def test_the_schema_of_a_rule_stands_alone(name: str, rule: PathRule) -> None:
    schema = rule.schema
    Draft202012Validator.check_schema(schema)
    definitions = {f"#/$defs/{definition}" for definition in schema.get("$defs", {})}
    assert set(references(schema)) == definitions
    assert Ruleset.load(name).explain(rule.path.replace("*", "0")) == rule


def test_some_rules_refer_to_definitions() -> None:
    assert [rule.path for _, rule in RULES if "$defs" in rule.schema]


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    try:
        jsonschema.validate(value, schema, cls=Draft202012Validator)
    except ValidationError:
        return False
    return True


@given(st.data(), st.sampled_from(RULES))
def test_the_schema_of_a_rule_accepts_what_the_engine_accepts(data: st.DataObject, each: tuple[str, PathRule]) -> None:
    name, rule = each
    rules = Ruleset.load(name)
    resource = Resource(rules.document["resource"])
    schema = resource.at(rule.path.split("/")[1:])
    assert schema is not None
    value = data.draw(values(schema, resource) | json_values)
    report = rules.check(setting(rule.path.replace("*", "0"), value, op=rule.operations[0]))
    beyond = [found for found in report if found.code is Code.LIMIT_EXCEEDED]
    assert beyond or is_valid(value, rule.schema) is (Code.VALUE_INVALID not in report.codes)
