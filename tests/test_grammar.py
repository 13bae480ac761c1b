"""Header fields are read according to their grammars."""

from typing import Any

import pytest

from referral_rules.http import _grammar as grammar


@pytest.mark.parametrize(
    ("pairs", "united"),
    [
        ({"A": "1", "B": "2"}, {"a": "1", "b": "2"}),
        ([("A", "1"), ("a", "2"), ("A", "3")], {"a": "1, 2, 3"}),
        ([(b"A", b"\xe9"), ("a", "2")], {"a": "\xe9, 2"}),
        ([], {}),
    ],
)
def test_fields_with_the_same_name_become_one_list(pairs: grammar.Fields, united: dict[str, str]) -> None:
    assert grammar.unite(pairs) == united


NOT_FIELDS: list[Any] = [None, 7, "If-Match", ["ab", "abc"], {"A": 7}, {7: "a"}, [("A",)], [("A", None)]]


@pytest.mark.parametrize("given", NOT_FIELDS, ids=repr)
def test_anything_else_is_a_type_error(given: Any) -> None:
    with pytest.raises(TypeError) as caught:
        grammar.unite(given)
    assert str(caught.value) == "headers: expected a mapping, or pairs of name and value, as str or bytes"


@pytest.mark.parametrize("text", ["a/b", " A/B\t", "a/b;c=d;e=f", "a/b ; c"])
def test_a_media_type_is_read_without_parameters_and_case(text: str) -> None:
    assert grammar.media_type(text) == "a/b"


def test_only_spaces_and_tabs_are_stripped() -> None:
    assert grammar.media_type("a/b\n") == "a/b\n"
    assert grammar.media_type("\xa0a/b") == "\xa0a/b"


@pytest.mark.parametrize(
    ("text", "tag", "strong"),
    [
        ('""', True, True),
        ('W/"a"', True, False),
        ('w/"a"', False, False),
        ("a", False, False),
        ('"a"b', False, False),
        ('"a b"', False, False),
        (5, False, False),
        (None, False, False),
    ],
)
def test_an_entity_tag_has_quotation_marks_and_may_be_weak(text: object, tag: bool, strong: bool) -> None:
    assert (grammar.is_entity_tag(text), grammar.is_strong(text)) == (tag, strong)


def test_the_weak_comparison_ignores_the_prefix() -> None:
    assert (grammar.opaque('"a"'), grammar.opaque('W/"a"'), grammar.opaque(None)) == ('"a"', '"a"', None)


@pytest.mark.parametrize(
    ("text", "tags"),
    [("*", ("*",)), ("\t* ", ("*",)), ("", ()), (' , "a" ,, W/"b,c"\t, ', ('"a"', 'W/"b,c"'))],
)
def test_a_precondition_is_an_asterisk_or_a_list_of_tags(text: str, tags: tuple[str, ...]) -> None:
    assert grammar.entity_tags("If-Match", text) == tags


@pytest.mark.parametrize("text", ["a", '"a" "b"', '*, "a"', '"a', "**", "*\n", "\xa0*"])
def test_any_other_precondition_is_malformed(text: str) -> None:
    with pytest.raises(grammar.MalformedField) as caught:
        grammar.entity_tags("If-Match", text)
    problem = (
        "If-Match must be * or a list of entity tags. Send the eTag of the referral, including the quotation marks."
    )
    assert (caught.value.name, caught.value.problem, caught.value.args) == ("If-Match", problem, ("If-Match", problem))


@pytest.mark.parametrize(
    ("prefer", "value"),
    [
        ("return=minimal", "minimal"),
        ("RETURN = Minimal ; a=b", "minimal"),
        ("wait=1, return=minimal, return=representation", "minimal"),
        ('return="mini\\mal"', "minimal"),
        ('return="a\\"b"', 'a"b'),
        ('return=""', ""),
        ("return", ""),
        (" \treturn=minimal \t", "minimal"),
        ('a="b,return=minimal"', None),
        ("returns=minimal", None),
        ("return=mini mal, return=minimal", "minimal"),
        ("", None),
        ("return; a=minimal", ""),
        ("return ;a=b, return=minimal", ""),
        ("return\n=minimal", None),
        ("return=\n, return=minimal", "minimal"),
        ("return=\nminimal", None),
        ("return=minimal\n; a=b", None),
    ],
)
def test_the_first_well_formed_preference_counts(prefer: str, value: str | None) -> None:
    assert grammar.preference(prefer, "return") == value


@pytest.mark.parametrize("text", ["a", "a b", "a" * 5, "  a  ", "\ta"])
def test_an_identifier_is_printable_ascii(text: str) -> None:
    assert grammar.identifier("X", text, 5) == text.strip()


@pytest.mark.parametrize("text", ["", " \t", "a" * 6, "é", "a\u007f", "a\nb", "a\n"])
def test_any_other_identifier_is_malformed(text: str) -> None:
    with pytest.raises(grammar.MalformedField) as caught:
        grammar.identifier("X", text, 5)
    problem = "X must have 1 to 5 printable ASCII characters. Send a GUID, for example."
    assert (caught.value.name, caught.value.problem) == ("X", problem)
