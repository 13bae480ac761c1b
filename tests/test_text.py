"""JSON text is read strictly, with the position of what is wrong, and written with every digit."""

from decimal import Decimal
from typing import Any

import pytest

from referral_rules._json import NotJson, TooNested, dumps, loads
from referral_rules._json.text import _flaws

LARGE = "9" * 5000
FLAWS: list[tuple[str | bytes, str, str, int, int]] = [
    ("", "the text is empty", "section 2", 1, 1),
    (" \n", "the text is empty", "section 2", 2, 1),
    ("[1,\n 2", "expecting ',' delimiter", "section 2", 2, 3),
    ('"a\n"', "invalid control character", "section 2", 1, 3),
    ("\ufeff[]", "unexpected byte order mark", "section 2", 1, 1),
    (b"\xef\xbb\xbf[]", "unexpected byte order mark", "section 2", 1, 1),
    (b'["a",\n"\xc3\xa9\xff"]', "invalid UTF-8", "section 8.1", 2, 3),
    (b"\xff", "invalid UTF-8", "section 8.1", 1, 1),
    ('{"a": 1,\n "b": {"a": 1}, "a": 2}', 'the member "a" appears twice in one object', "section 4", 2, 17),
    ('[{"a": 1}, {"a": 1, "\\u0061": 2}]', 'the member "a" appears twice in one object', "section 4", 1, 21),
    ('["{", "NaN", NaN]', "NaN is not a JSON number", "section 6", 1, 14),
    ("[Infinity]", "Infinity is not a JSON number", "section 6", 1, 2),
    ("[\n-Infinity]", "-Infinity is not a JSON number", "section 6", 2, 1),
    ("\nNaN\n\n", "NaN is not a JSON number", "section 6", 2, 1),
    (f'["{LARGE}", 1.5, -3, {LARGE}]', "a number is too large to read", "section 6", 1, 5015),
    (f"[-{LARGE}]", "a number is too large to read", "section 6", 1, 2),
]


@pytest.mark.parametrize(("text", "reason", "section", "line", "column"), FLAWS, ids=range(len(FLAWS)))
def test_text_that_is_not_json_is_refused_with_the_position(
    text: str | bytes, reason: str, section: str, line: int, column: int
) -> None:
    with pytest.raises(NotJson) as caught:
        loads(text)
    found = caught.value
    assert (found.reason, found.section, found.line, found.column) == (reason, section, line, column)
    assert str(found) == f"{reason} at line {line}, column {column}"
    assert not isinstance(found, TooNested)


def test_text_without_a_flaw_has_none() -> None:
    assert list(_flaws('[{"a": "NaN", "b": [{"a": -1.5e3}]}, "{"]', float)) == []


def test_the_name_of_a_repeated_member_is_shortened() -> None:
    name = "n" * 300
    with pytest.raises(NotJson) as caught:
        loads(f'{{"{name}": 1, "{name}": 2}}')
    assert caught.value.reason == f'the member "{"n" * 199}\\u2026" appears twice in one object'


def test_text_that_is_nested_too_deeply_has_no_position() -> None:
    with pytest.raises(TooNested) as caught:
        loads("[" * 100_000)
    assert str(caught.value) == "it is nested too deeply"
    assert (caught.value.section, caught.value.line, caught.value.column) == ("section 9", None, None)


@pytest.mark.parametrize("text", ["[1]", b"[1]", bytearray(b"[1]")], ids=type)
def test_text_may_be_str_or_utf_8(text: Any) -> None:
    assert loads(text) == [1]


@pytest.mark.parametrize("text", [None, [1], memoryview(b"[1]")], ids=type)
def test_anything_else_is_not_text(text: Any) -> None:
    with pytest.raises(TypeError, match="expected JSON text as str, bytes or bytearray, got "):
        loads(text)


def test_numbers_may_be_read_with_every_digit() -> None:
    assert loads("[1, 1.50, 1e2]", Decimal) == [1, Decimal("1.50"), Decimal("1e2")]
    assert type(loads("[1.5]")[0]) is float
    with pytest.raises(NotJson, match="a number is too large to read at line 1, column 5"):
        loads(f"[1, 1e{LARGE}]", Decimal)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, 1.5, True, None, "é\n"]}, '{"a":[1,1.5,true,null,"\\u00e9\\n"]}'),
        ({"a": [Decimal("1.50"), 1], "b": {"é": Decimal(2)}}, '{"a":[1.50,1],"b":{"\\u00e9":2}}'),
        ([Decimal("1E+3"), "x", None, False], '[1E+3,"x",null,false]'),
        (Decimal("0.1"), "0.1"),
        ("\ud800", '"\\ud800"'),
    ],
    ids=ascii,
)
def test_json_is_written_without_spaces_and_with_every_digit(value: Any, text: str) -> None:
    assert dumps(value) == text


@pytest.mark.parametrize("value", [float("nan"), [Decimal(1), float("inf")]], ids=str)
def test_a_number_that_is_not_finite_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(value)


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [{1}, Decimal("NaN"), [Decimal(1), Decimal("Infinity")], {"a": (1, {2})}, nested(100_000)],
    ids=range(5),
)
def test_what_json_cannot_represent_is_not_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^JSON cannot represent the value, or it is nested too deeply$"):
        dumps(value)
