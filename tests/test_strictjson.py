"""JSON text is read strictly, with the place of what is wrong, and written with every digit."""

from decimal import Decimal
from typing import Any

import pytest

from referral_rules._json import NotJson, TooNested, dumps, loads

LARGE = "9" * 5000


@pytest.mark.parametrize(
    ("text", "reason", "section", "line", "column"),
    [
        ("", "no text", "section 2", 1, 1),
        ("[1,\n 2", "Expecting ',' delimiter", "section 2", 2, 3),
        ('"a\n"', "Invalid control character", "section 2", 1, 3),
        ("\ufeff[]", "a byte order mark", "section 2", 1, 1),
        (b"\xef\xbb\xbf[]", "a byte order mark", "section 2", 1, 1),
        (b'["a",\n"\xc3\xa9\xff"]', "a byte that is not UTF-8", "section 8.1", 2, 3),
        (b"\xff", "a byte that is not UTF-8", "section 8.1", 1, 1),
        ('{"a": 1,\n "b": {"a": 1}, "a": 2}', 'the member "a" twice in one object', "section 4", 2, 17),
        ('[{"a": 1}, {"a": 1, "\\u0061": 2}]', 'the member "a" twice in one object', "section 4", 1, 21),
        (
            f'{{"{"n" * 300}": 1, "{"n" * 300}": 2}}',
            f'the member "{"n" * 199}\\u2026" twice in one object',
            *("section 4", 1, 309),
        ),
        ('["NaN", NaN]', "NaN, which is no number", "section 6", 1, 9),
        ("[Infinity]", "Infinity, which is no number", "section 6", 1, 2),
        ("[\n-Infinity]", "-Infinity, which is no number", "section 6", 2, 1),
        (f'["{LARGE}", 1.5, -3, {LARGE}]', "a number too large to read", "section 6", 1, 5015),
        (f"[-{LARGE}]", "a number too large to read", "section 6", 1, 2),
    ],
    ids=range(15),
)
def test_what_is_no_json_is_told_with_its_place(
    text: str | bytes, reason: str, section: str, line: int, column: int
) -> None:
    with pytest.raises(NotJson) as caught:
        loads(text)
    found = caught.value
    assert (found.reason, found.section, found.line, found.column) == (reason, section, line, column)
    assert str(found) == f"{reason} at line {line}, column {column}"
    assert found.args == (reason, section, line, column)
    assert not isinstance(found, TooNested)


def test_text_that_nests_too_deeply_has_no_place() -> None:
    with pytest.raises(TooNested) as caught:
        loads("[" * 100_000)
    assert str(caught.value) == "too many arrays and objects inside one another"
    assert (caught.value.section, caught.value.line, caught.value.column) == ("section 9", None, None)


def test_a_number_that_decimal_cannot_read_is_too_large() -> None:
    huge = f"1e{LARGE}"
    with pytest.raises(NotJson, match="a number too large to read at line 1, column 5"):
        loads(f"[1, {huge}]", Decimal)
    assert loads("[1, 1.50, 1e2]", Decimal) == [1, Decimal("1.50"), Decimal("1e2")]
    assert type(loads("[1.5]")[0]) is float


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 1.5, True, None, "é\n"]}, '{"a":[1,1.5,true,null,"\\u00e9\\n"]}'),
        ({"a": [Decimal("1.50"), 1], "b": {"é": Decimal(2)}}, '{"a":[1.50,1],"b":{"\\u00e9":2}}'),
        ([Decimal("1E+3"), "x", None, False], '[1E+3,"x",null,false]'),
        (Decimal("0.1"), "0.1"),
    ],
    ids=str,
)
def test_json_is_written_without_a_space_and_with_every_digit(value: Any, text: str) -> None:
    assert dumps(value) == text


@pytest.mark.parametrize("value", [float("nan"), [Decimal(1), float("inf")]], ids=str)
def test_what_is_no_finite_number_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(value)


@pytest.mark.parametrize("value", [{1}, Decimal("NaN"), [Decimal(1), Decimal("Infinity")], {"a": (1, {2})}], ids=str)
def test_what_is_no_json_value_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^the value holds what JSON cannot, or is nested too deeply$"):
        dumps(value)
