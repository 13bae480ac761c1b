"""Pointers are read and written as RFC 6901 says, and shown at a length that people can read."""

from typing import Any

import pytest

from referral_rules._json import InvalidPointer, is_index, join, read, shorten, tokens


@pytest.mark.parametrize(
    ("path", "parts"),
    [("", ()), ("/", ("",)), ("/a/0", ("a", "0")), ("/a~1b/~0", ("a/b", "~")), ("//a/", ("", "a", ""))],
)
def test_a_pointer_is_its_tokens(path: str, parts: tuple[str, ...]) -> None:
    assert tokens(path) == parts
    assert join(parts) == path


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("a", "does not start with /"),
        ("a~", "does not start with /"),
        ("/~", "has a ~ that is followed by neither 0 nor 1"),
        ("/a~2", "has a ~ that is followed by neither 0 nor 1"),
    ],
)
def test_what_is_no_pointer_is_told_without_the_text(path: str, reason: str) -> None:
    with pytest.raises(InvalidPointer) as caught:
        tokens(path)
    assert str(caught.value) == reason


def test_an_index_may_be_joined() -> None:
    assert join(["a", 0, 12]) == "/a/0/12"


@pytest.mark.parametrize(
    ("token", "index"),
    [
        ("0", True),
        ("1", True),
        ("10", True),
        ("00", False),
        ("01", False),
        ("-", False),
        ("", False),
        ("-1", False),
        ("1a", False),
        ("٣", False),
        ("²", False),
    ],
)
def test_an_index_has_no_leading_zero_and_no_foreign_digit(token: str, index: bool) -> None:
    assert is_index(token) == index


@pytest.mark.parametrize(
    ("document", "parts", "found"),
    [
        ({"a": {"b": 1}}, ["a", "b"], 1),
        ({"a": {"b": None}}, ["a", "b"], None),
        ({"a": {"b": 1}}, [], {"a": {"b": 1}}),
        ({"a": {}}, ["a", "b"], "absent"),
        ({"a": ["b"]}, ["a", "b"], "absent"),
        ({"a": "b"}, ["a", "b"], "absent"),
        ([], ["a"], "absent"),
    ],
    ids=str,
)
def test_what_stands_at_names_is_read(document: Any, parts: list[str], found: Any) -> None:
    assert read(document, parts, "absent") == found
    assert read(document, parts) == (None if found == "absent" else found)


def test_a_path_is_shown_up_to_200_characters() -> None:
    assert shorten("a" * 200) == "a" * 200
    assert shorten("a" * 201) == "a" * 199 + "…"
