"""The header fields of a request that decide its answer (RFC 9110, RFC 7240)."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

__all__ = [
    "ANY",
    "IDENTIFIER",
    "IF_MATCH",
    "TOKEN",
    "Fields",
    "MalformedField",
    "identifier",
    "is_entity_tag",
    "is_strong",
    "listed_tags",
    "media_type",
    "opaque",
    "preference",
    "unite",
]

Fields: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""Header fields as a framework hands them on: a mapping, or pairs of name and value, as text or as bytes."""

ANY = ("*",)
"""Stands in If-Match for any entity tag (RFC 9110 section 13.1.1)."""

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105, section 5.6.2
# A string that never ends runs to the end of the field, so that no field takes long to read.
_QUOTED = r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)'
_ENTITY_TAG = '(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_SPACE = " \t"
_LIST = rf"[ \t,]*(?:{_ENTITY_TAG}[ \t]*,[ \t,]*)*(?:{_ENTITY_TAG}[ \t]*)?"

IF_MATCH = rf"^(?:[ \t]*\*[ \t]*|{_LIST})$"
"""What an If-Match or If-None-Match is, as a pattern; a list may have empty elements (RFC 9110 section 5.6.1.2)."""

IDENTIFIER = "^[!-~](?:[ -~]*[!-~])?$"
"""What a caller's identifier is, as a pattern."""

_entity_tags = re.compile(_ENTITY_TAG)
_list_of_entity_tags = re.compile(_LIST)
_elements = re.compile(rf'(?:{_QUOTED}|[^",])+', re.DOTALL)
_word = re.compile(f"{TOKEN}|{_QUOTED}", re.DOTALL)


class MalformedField(ValueError):
    """A field is not what its grammar says.

    Args:
        name: name of the field.
        problem: what is wrong and what to send instead, without the field's value.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem


def unite(fields: Fields) -> dict[str, str]:
    """Header fields by their names in lower case; lines of one name are one list (RFC 9110 section 5.2).

    >>> unite([("If-Match", '"a"'), ("IF-MATCH", '"b"')])
    {'if-match': '"a", "b"'}
    """
    united: dict[str, str] = {}
    for pair in fields.items() if isinstance(fields, Mapping) else fields:
        name, value = map(_text, pair)
        key = name.lower()
        united[key] = f"{united[key]}, {value}" if key in united else value
    return united


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else part


def media_type(content_type: str) -> str:
    """The media type in a Content-Type, without its parameters and in lower case (RFC 9110 section 8.3.1).

    >>> media_type("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip(_SPACE).lower()


def is_entity_tag(text: object) -> bool:
    """Whether a value is an entity tag, weak or strong, with its quotation marks (RFC 9110 section 8.8.3).

    >>> is_entity_tag('"2500ec5a"'), is_entity_tag("2500ec5a")
    (True, False)
    """
    return isinstance(text, str) and _entity_tags.fullmatch(text) is not None


def is_strong(text: object) -> bool:
    """Whether a value is an entity tag, and not a weak one (RFC 9110 section 8.8.3).

    >>> is_strong('"2500ec5a"'), is_strong('W/"2500ec5a"')
    (True, False)
    """
    return is_entity_tag(text) and not str(text).startswith("W/")


def opaque(tag: str | None) -> str | None:
    """What the weak comparison looks at: the tag without the mark of a weak one (RFC 9110 section 8.8.3.2).

    >>> opaque('W/"1"')
    '"1"'
    """
    return None if tag is None else tag.removeprefix("W/")


def listed_tags(name: str, value: str) -> tuple[str, ...]:
    """The entity tags of an If-Match or an If-None-Match; ``("*",)`` for any (RFC 9110 sections 13.1.1 and 13.1.2).

    Args:
        name: name of the field.
        value: its value.
    Raises:
        MalformedField: it is neither ``*`` nor a list of entity tags.

    >>> listed_tags("If-Match", '"a", W/"b"')
    ('"a"', 'W/"b"')
    """
    if (value.strip(_SPACE),) == ANY:
        return ANY
    if _list_of_entity_tags.fullmatch(value) is None:
        raise MalformedField(
            name,
            f"{name} is neither * nor a list of entity tags (RFC 9110 section 8.8.3). "
            "Send the eTag as it was read, with the quotation marks that are part of it.",
        )
    return tuple(_entity_tags.findall(value))


def preference(prefer: str, name: str) -> str | None:
    """What a caller prefers of one thing; the first of several counts (RFC 7240 section 2).

    Args:
        prefer: the field Prefer; what is no preference in it is ignored, as the section asks.
        name: the preference, in lower case.
    Returns:
        its value, in lower case and ``""`` if it has none; None if it is not named.

    >>> preference('wait=5, Return="representation"; a=b', "return")
    'representation'
    """
    for element in _elements.findall(prefer):
        named, _, value = element.partition("=")
        if named.partition(";")[0].strip(_SPACE).lower() == name:
            word = "" if ";" in named or not value.strip(_SPACE) else _worded(value.strip(_SPACE))
            if word is not None:
                return word.lower()
    return None


def _worded(value: str) -> str | None:
    """The word that a value is, perhaps with parameters after it; None if it is none."""
    word = _word.match(value)
    if word is None or value[word.end() :].lstrip(_SPACE)[:1] not in ("", ";"):
        return None
    return re.sub(r"\\(.)", r"\1", word[0][1:-1]) if word[0].startswith('"') else word[0]


def identifier(name: str, text: str, length: int) -> str:
    """A caller's identifier of its request, fit to be sent back.

    Args:
        name: name of the field.
        text: the field's value.
        length: how many characters it may have.
    Returns:
        the identifier, without the space around it.
    Raises:
        MalformedField: it is empty, too long, or has a character that is no printable one of ASCII.

    >>> identifier("client-request-id", " a1b2", 256)
    'a1b2'
    """
    found = text.strip(_SPACE)
    if len(found) <= length and re.fullmatch(IDENTIFIER, found):
        return found
    raise MalformedField(name, f"{name} has from 1 to {length} printable characters of ASCII, such as those of a GUID.")
