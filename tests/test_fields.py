"""Header fields are read as their grammars say."""

import pytest

from referral_rules.http import _fields as fields


@pytest.mark.parametrize(
    ("pairs", "united"),
    [
        ({"A": "1", "B": "2"}, {"a": "1", "b": "2"}),
        ([("A", "1"), ("a", "2"), ("A", "3")], {"a": "1, 2, 3"}),
        ([], {}),
    ],
)
def test_lines_of_one_name_are_one_list(pairs: fields.Fields, united: dict[str, str]) -> None:
    assert fields.unite(pairs) == united


@pytest.mark.parametrize("text", ["a/b", " A/B\t", "a/b;c=d;e=f", "a/b ; c"])
def test_a_media_type_has_no_parameters_and_no_case(text: str) -> None:
    assert fields.media_type(text) == "a/b"


def test_only_a_space_and_a_tab_are_space() -> None:
    assert fields.media_type("a/b\n") == "a/b\n"
    assert fields.media_type("\xa0a/b") == "\xa0a/b"


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
def test_an_entity_tag_has_quotation_marks(text: object, tag: bool, strong: bool) -> None:
    assert (fields.is_entity_tag(text), fields.is_strong(text)) == (tag, strong)


def test_the_weak_comparison_looks_at_the_tag_alone() -> None:
    assert (fields.opaque('"a"'), fields.opaque('W/"a"'), fields.opaque(None)) == ('"a"', '"a"', None)


@pytest.mark.parametrize(
    ("text", "tags"),
    [("*", ("*",)), ("\t* ", ("*",)), ("", ()), (' , "a" ,, W/"b,c"\t, ', ('"a"', 'W/"b,c"'))],
)
def test_a_precondition_is_any_tag_or_a_list(text: str, tags: tuple[str, ...]) -> None:
    assert fields.listed_tags("If-Match", text) == tags


@pytest.mark.parametrize("text", ["a", '"a" "b"', '*, "a"', '"a', "**", "*\n", "\xa0*"])
def test_what_is_neither_is_malformed(text: str) -> None:
    with pytest.raises(fields.MalformedField) as caught:
        fields.listed_tags("If-Match", text)
    problem = (
        "If-Match is neither * nor a list of entity tags (RFC 9110 section 8.8.3). "
        "Send the eTag as it was read, with the quotation marks that are part of it."
    )
    assert (caught.value.name, caught.value.problem, caught.value.args) == ("If-Match", problem, ("If-Match", problem))


@pytest.mark.parametrize(
    ("prefer", "wish"),
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
def test_the_first_preference_of_a_name_counts(prefer: str, wish: str | None) -> None:
    assert fields.preference(prefer, "return") == wish


@pytest.mark.parametrize("text", ["a", "a b", "a" * 5, "  a  ", "\ta"])
def test_an_identifier_is_visible_ascii(text: str) -> None:
    assert fields.identifier("X", text, 5) == text.strip()


@pytest.mark.parametrize("text", ["", " \t", "a" * 6, "é", "a\u007f", "a\nb", "a\n"])
def test_what_is_no_identifier_is_malformed(text: str) -> None:
    with pytest.raises(fields.MalformedField) as caught:
        fields.identifier("X", text, 5)
    problem = "X has from 1 to 5 printable characters of ASCII, such as those of a GUID."
    assert (caught.value.name, caught.value.problem) == ("X", problem)
