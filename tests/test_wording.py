"""How names, kinds and choices are put into a sentence, and which name was meant."""

from decimal import Decimal
from typing import Any

import pytest

from referral_rules.nearest import nearest
from referral_rules.wording import is_json_type, kind_of, listed, one_of, quoted


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "a boolean"),
        (1, "a number"),
        (1.5, "a number"),
        (Decimal(1), "a number"),
        ("", "a string"),
        ([], "an array"),
        ({}, "an object"),
        (None, "null"),
        ((), "no JSON value"),
    ],
    ids=str,
)
def test_a_kind_is_named_as_json_names_it(value: Any, kind: str) -> None:
    assert kind_of(value) == kind
    assert is_json_type(value) == (kind != "no JSON value")


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed(["a", "b", "c"][:count]) for count in range(4)] == ["nothing", "a", "a and b", "a, b and c"]
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_a_choice_of_one_is_no_choice() -> None:
    assert [one_of(["a", "b", "c"][:count]) for count in range(4)] == [
        "nothing",
        "a",
        "one of a, b",
        "one of a, b, c",
    ]


def test_a_name_is_quoted_as_json_and_cut() -> None:
    assert quoted('a"\n') == r'"a\"\n"'
    assert quoted("a" * 200) == f'"{"a" * 200}"'
    assert quoted("a" * 201) == f'"{"a" * 199}\\u2026"'


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("EMAIL", ["email"], "email"),
        ("e//mail/", ["e/mail", "email"], "e/mail"),
        ("e mail", ["email"], "email"),
        ("a/b", ["x", "A/B"], "A/B"),
        ("email", [], None),
        # How alike two words are is twice the letters in common through all letters: 11/20 is the least.
        ("aaaaaaaaaaabbbbbbbbb", ["aaaaaaaaaaaccccccccc"], "aaaaaaaaaaaccccccccc"),
        ("aaaaaaaaaabbbbbbbbbb", ["aaaaaaaaaacccccccccc"], None),
        ("aaaaaaaab", ["aaaaaaacc", "aaaaaaaac"], "aaaaaaaac"),
    ],
)
def test_the_nearest_name_is_found(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near


def test_only_a_short_word_has_a_neighbour() -> None:
    assert nearest("a" * 200, ["a" * 200]) == "a" * 200
    assert nearest("a" * 201, ["a" * 201]) is None


def test_a_word_of_spaces_is_one_word() -> None:
    # Only slashes divide a name into tokens, and each token counts.
    assert nearest("a b/c", ["a/b/c", "a b/c"]) == "a b/c"
    assert nearest("ab/c", ["a/bc", "abc"]) == "abc"
