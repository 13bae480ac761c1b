"""JSON Pointers, read and written as RFC 6901 says."""

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
        ("/~", "has a ~ that is not followed by 0 or 1"),
        ("/a~2", "has a ~ that is not followed by 0 or 1"),
    ],
)
def test_text_that_is_not_a_pointer_is_refused_without_the_text(path: str, reason: str) -> None:
    with pytest.raises(InvalidPointer) as caught:
        tokens(path)
    assert str(caught.value) == reason


def test_an_index_may_be_joined() -> None:
    assert join(["a", 0, 12]) == "/a/0/12"


@pytest.mark.parametrize("token", ["0", "1", "10"])
def test_an_index_is_digits_without_a_leading_zero(token: str) -> None:
    assert is_index(token)


@pytest.mark.parametrize("token", ["00", "01", "-", "", "-1", "1a", "\u0663", "\u00b2"], ids=ascii)
def test_other_tokens_are_not_an_index(token: str) -> None:
    assert not is_index(token)


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
def test_a_value_is_read_from_objects_only(document: Any, parts: list[str], found: Any) -> None:
    assert read(document, parts, "absent") == found
    assert read(document, parts) == (None if found == "absent" else found)


def test_a_path_is_shown_up_to_200_characters() -> None:
    assert shorten("a" * 200) == "a" * 200
    assert shorten("a" * 201) == "a" * 199 + "…"
