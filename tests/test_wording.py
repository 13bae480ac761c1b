"""How names and lists are put into a sentence."""

from referral_rules._messages import quoted
from referral_rules._messages.wording import all_of, any_of


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [all_of(["a", "b", "c"][:count]) for count in range(4)] == ["nothing", "a", "a and b", "a, b and c"]
    assert [any_of(["a", "b", "c"][:count]) for count in range(4)] == ["nothing", "a", "a or b", "a, b or c"]


def test_a_long_list_is_cut() -> None:
    names = [str(number) for number in range(17)]
    assert any_of(names[:16]).endswith("13, 14 or 15")
    assert any_of(names).endswith("14, 15 or 1 more")


def test_a_name_is_quoted_as_json_and_cut() -> None:
    assert quoted('a"\n') == r'"a\"\n"'
    assert quoted("\ud800\x1b") == r'"\ud800\u001b"'
    assert quoted("a" * 200) == f'"{"a" * 200}"'
    assert quoted("a" * 201) == f'"{"a" * 199}\\u2026"'
