"""The files of schemas/ are valid, agree with their sources, and the generated ones are up to date."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import iso4217
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from referral_rules import Code, Ruleset, _catalog, _json, http
from referral_rules import _views as views
from referral_rules.testing import patches

from .casefiles import EXAMPLES

SCHEMAS = Path(__file__).parent.parent / "schemas"
RESOURCE = _catalog.schema("referral")
NAMES = ("error", "patch", "referral", "report", "ruleset")
NEWEST = Ruleset.load("partner-center")
GENERATED: dict[str, Callable[[], Any]] = {
    "error.schema.json": http.error_schema,
    "openapi.json": lambda: http.openapi(NEWEST),
    "patch.schema.json": lambda: views.patch_schema(NEWEST),
    "report.schema.json": views.report_schema,
}
BEYOND_THE_SCHEMA = {"limit_exceeded", "not_json", "substatus_not_allowed", "transition_not_allowed"}


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_is_valid(name: str) -> None:
    Draft202012Validator.check_schema(_catalog.schema(name))


@pytest.mark.parametrize("file", sorted(SCHEMAS.rglob("*.json")), ids=lambda file: file.name)
def test_no_file_has_a_repeated_member(file: Path) -> None:
    assert _json.loads(file.read_bytes())


def test_currencies_are_those_of_iso_4217() -> None:
    assert RESOURCE["$defs"]["Currency"]["enum"] == sorted(currency.code for currency in iso4217.Currency)


def test_the_example_referral_fits_its_schema() -> None:
    referral = json.loads((EXAMPLES / "referral.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(RESOURCE).iter_errors(referral)) == []
    assert NEWEST.check_referral(referral).ok


@pytest.mark.parametrize("file", GENERATED)
def test_a_generated_file_is_up_to_date(file: str) -> None:
    """Generate the files again with: nox -s generate."""
    generated = json.dumps(GENERATED[file](), indent=2, ensure_ascii=False)
    assert (SCHEMAS / file).read_text(encoding="utf-8") == f"{generated}\n"


def test_the_codes_of_the_schemas_are_those_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    for document in (views.report_schema()["$defs"], http.error_schema()["$defs"], components()):
        assert document["Diagnostic"]["properties"]["code"]["enum"] == [code.value for code in Code]
    monkeypatch.setattr(views, "Code", [Code.INVALID_JSON, Code.ONE_WAY])
    for document in (views.report_schema()["$defs"], http.error_schema()["$defs"], components()):
        assert document["Diagnostic"]["properties"]["code"]["enum"] == ["invalid_json", "one_way"]
        assert document["Diagnostic"]["if"]["properties"]["code"]["enum"] == ["one_way"]


def components() -> Any:
    return http.openapi(NEWEST)["components"]["schemas"]


def properties(schema: Any, place: str) -> list[tuple[str, Any]]:
    named = [(f"{place}/{name}", part) for name, part in schema.get("properties", {}).items()]
    return named + [found for name, part in named for found in properties(part, name)]


@pytest.mark.parametrize("name", ["error", "referral", "report", "ruleset"])
def test_every_member_is_described(name: str) -> None:
    schema = _catalog.schema(name)
    parts = {"": schema, **schema["$defs"]}
    found = [item for place, part in parts.items() for item in properties(part, place)]
    named_by_reference = {"source", "substatuses", "reason", "values"}
    bare = {place for place, part in found if "description" not in part and "const" not in part}
    assert {place for place in bare if place.rsplit("/", 1)[1] not in named_by_reference | {"operations"}} == set()


@given(st.dates(date(1, 1, 1), date(9999, 12, 31)) | st.sampled_from([date(2000, 2, 29), date(1900, 2, 28)]))
def test_every_day_of_the_calendar_fits(day: date) -> None:
    assert fits("DateTime", f"{day.isoformat()}T00:00:00Z")


@given(st.integers(0, 9999), st.integers(0, 13), st.integers(0, 32))
def test_no_other_day_fits(year: int, month: int, day: int) -> None:
    try:
        date(year, month, day)
    except ValueError:
        assert not fits("DateTime", f"{year:04}-{month:02}-{day:02}T00:00:00Z")


@given(st.decimals(0, Decimal(10) ** 28 - 1, allow_nan=False, allow_infinity=False, places=2))
def test_every_amount_fits_as_a_number_and_as_text(amount: Decimal) -> None:
    assert fits("Decimal", amount)
    assert fits("Decimal", f"{amount:f}")


def fits(definition: str, value: Any) -> bool:
    return Draft202012Validator(RESOURCE).evolve(schema=RESOURCE["$defs"][definition]).is_valid(value)


@given(patches())
def test_the_patch_schema_and_the_engine_agree(patch: Any) -> None:
    codes = {found.code.value for found in NEWEST.check(patch).errors}
    valid = Draft202012Validator(_catalog.schema("patch")).is_valid(patch)
    assert valid == (codes <= BEYOND_THE_SCHEMA)
