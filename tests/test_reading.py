"""A patch may come as text, as a list or as jsonpatch holds it; what cannot be read is told in full."""

import jsonpatch
import pytest

from referral_rules import Finding, apply, check
from referral_rules import _json

PATCH: list[dict[str, object]] = [
    {"op": "add", "path": "/team", "value": 1},
    {"op": "add", "path": "/campaignId", "value": "spring"},
]


def test_a_patch_as_jsonpatch_holds_it_is_judged_like_its_list() -> None:
    assert check(jsonpatch.JsonPatch(PATCH), {}) == check(PATCH, {})
    assert apply(jsonpatch.JsonPatch(PATCH[1:]), {}) == {"campaignId": "spring"}


def test_text_that_is_nested_too_deeply_is_told_in_full() -> None:
    (found,) = check("[" * 200_000).errors
    assert found.message == "The patch has too many arrays and objects inside one another."
    assert (found.code.value, found.rule, found.details, found.hint) == (
        "limit_exceeded",
        "RFC 8259 section 9",
        {},
        None,
    )


@pytest.mark.parametrize("patch", [{"op": "add", "path": "/team"}, {"op": "add", "path": "/team", "value": []}])
def test_a_lone_operation_is_to_be_put_into_an_array(patch: object) -> None:
    (found,) = check(patch).errors  # type: ignore[arg-type]
    assert found.hint == "Put the operation into an array: [{...}]."


def test_the_result_shares_what_the_patch_leaves_unless_it_is_to_be_isolated() -> None:
    referral: dict[str, object] = {"team": [{}]}
    assert apply([], referral)["team"] is referral["team"]
    assert apply([], referral, isolated=True)["team"] is not referral["team"]


def test_a_finding_of_the_whole_ruleset_is_one() -> None:
    assert str(Finding("", "is empty", "write one")) == "the ruleset: is empty; write one"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1,\n\n  "a": 2}', 3, 3),
        ("NaN", 1, 1),
        ("[1,\nNaN]", 2, 1),
        ("\nNaN\n\n", 2, 1),
        ("[NaN,\n1]", 1, 2),
        (b'"\xff', 1, 2),
        (b'["a",\n"b\xff"]', 2, 3),
    ],
)
def test_a_flaw_is_told_with_its_line_and_column(text: str | bytes, line: int, column: int) -> None:
    with pytest.raises(_json.NotJson) as caught:
        _json.loads(text)
    assert (caught.value.line, caught.value.column) == (line, column)
