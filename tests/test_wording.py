"""How names and lists are put into a sentence, and which name was meant."""

import pytest

from referral_rules._engine.nearest import is_slip, nearest
from referral_rules._messages import quoted
from referral_rules._messages.wording import all_of, any_of


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [all_of(["a", "b", "c"][:count]) for count in range(4)] == ["nothing", "a", "a and b", "a, b and c"]
    assert [any_of(["a", "b", "c"][:count]) for count in range(4)] == ["nothing", "a", "a or b", "a, b or c"]


def test_a_name_is_quoted_as_json_and_cut() -> None:
    assert quoted('a"\n') == r'"a\"\n"'
    assert quoted("\ud800\x1b") == r'"\ud800\u001b"'
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
        # The ratio is twice the letters in common through all letters; 0.55 is 11/20.
        ("aaaaaaaaaaabbbbbbbbb", ["aaaaaaaaaaaccccccccc"], "aaaaaaaaaaaccccccccc"),
        ("aaaaaaaaaabbbbbbbbbb", ["aaaaaaaaaacccccccccc"], None),
        ("aaaaaaaab", ["aaaaaaacc", "aaaaaaaac"], "aaaaaaaac"),
        # Only slashes divide a name into tokens.
        ("a b/c", ["a/b/c", "a b/c"], "a b/c"),
        ("ab/c", ["a/bc", "abc"], "abc"),
    ],
)
def test_the_nearest_name_is_found(word: str, known: list[str], near: str | None) -> None:
    assert nearest(word, known) == near


def test_a_long_word_has_no_nearest_name() -> None:
    assert nearest("a" * 200, ["a" * 200]) == "a" * 200
    assert nearest("a" * 201, ["a" * 201]) is None


@pytest.mark.parametrize(
    ("word", "name", "expected"),
    [
        ("usd", "USD", True),
        (" usd", "USD", True),
        ("close date", "closeDate", True),
        ("Accpeted", "Accepted", True),
        ("Acepted", "Accepted", True),
        ("Acccepted", "Accepted", True),
        ("Accepsed", "Accepted", True),
        ("xAccepted", "Accepted", True),
        ("Accepted1", "Accepted", True),
        ("Unaccepted", "Accepted", False),
        ("Inactive", "Active", False),
        ("Acpected", "Accepted", False),
        ("US", "USD", False),
        ("UDS", "USD", False),
        ("Woon", "Won", False),
        ("notes", "notes", True),
        ("+", "-", False),
        ("", "notes", False),
        ("-", "-", True),
    ],
)
def test_only_a_slip_is_sure_to_stand_for_a_name(word: str, name: str, expected: bool) -> None:
    assert is_slip(word, name) is expected
