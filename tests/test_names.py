"""Which name was meant by a word."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_rules._rules import Names, is_slip
from referral_rules._rules.known import KnownPaths

WORDS = st.text("ab/é", max_size=20)


def common(one: str, other: str) -> int:
    """The length of the longest common subsequence, as textbooks compute it."""
    lengths = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for column, each in enumerate(other, 1):
            before, lengths[column] = (
                lengths[column],
                before + 1 if letter == each else max(lengths[column], lengths[column - 1]),
            )
    return lengths[-1]


def alike(one: str, other: str) -> float:
    return 2 * common(one, other) / (len(one) + len(other))


@given(
    WORDS.filter(lambda word: word.strip("/")), st.lists(WORDS, max_size=12), st.sampled_from([0.0, 0.4, 0.55, 0.85])
)
def test_the_nearest_name_has_most_in_common_with_the_word(word: str, names: list[str], cutoff: float) -> None:
    def fold(name: str) -> str:
        return "/".join(token for token in name.split("/") if token)

    near, best = Names(names).nearest(word, cutoff), max((alike(fold(word), fold(name)) for name in names), default=-1)
    assert (near is not None) == (best >= cutoff and any(map(fold, names)))
    if near is not None:
        assert alike(fold(word), fold(near)) == best


@pytest.mark.parametrize(
    ("word", "known", "near"),
    [
        ("EMAIL", ["email"], "email"),
        ("e//mail/", ["e/mail", "email"], "e/mail"),
        ("e mail", ["email"], "email"),
        ("a/b", ["x", "A/B"], "A/B"),
        ("email", [], None),
        ("zzz", ["", "a"], None),
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
    assert Names(known).nearest(word) == near


def test_a_long_word_has_no_nearest_name() -> None:
    assert Names(["a" * 200]).nearest("a" * 200) == "a" * 200
    assert Names(["a" * 201]).nearest("a" * 201) is None


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
        ("Accepted1", "Accepted", False),
        ("10000", "-10000", False),
        ("2024-10", "2023-10", False),
        ("addressLine1", "adressLine1", True),
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


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/details/note", "/details/notes"),
        ("/notes", "/details/notes"),
        ("/a/b/notes", "/details/notes"),
        ("/team/x/-", None),
        ("/solutions/-", "/details/solutions/-"),
        # A name beside it comes before the same name elsewhere only if there is no such name.
        ("/registrations/*/contract/term", "/details/term"),
        ("/registrations/*/contract/trems", "/registrations/*/contract/terms"),
        ("/details/zzz", None),
        ("/detail/zotes", "/details/notes"),
        ("/zzz", None),
    ],
)
def test_the_path_that_was_meant_is_found(path: str, near: str | None) -> None:
    paths = ["/details/notes", "/details/solutions/-", "/details/term", "/registrations/*/contract/terms"]
    assert KnownPaths([*paths, "/team/-"][: 4 if "team" in path else 5]).nearest(path) == near


def test_a_path_is_compared_with_many_in_one_pass() -> None:
    """The letters of the word are gone through once, however many names there are."""

    class Letters(dict[str, int]):
        def get(self, letter: str, _: Any = None) -> Any:
            seen.append(letter)
            return 0

    seen: list[str] = []
    names = Names(f"/{number}/name" for number in range(10_000))
    names._letters = Letters()
    assert names.nearest("/77/nam") is None
    assert seen == [*"77/nam"]
