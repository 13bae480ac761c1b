"""The header fields of a request that decide its answer (RFC 9110, RFC 7240)."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

__all__ = [
    "ANY",
    "IDENTIFIER",
    "IF_MATCH",
    "Fields",
    "MalformedField",
    "identifier",
    "is_entity_tag",
    "is_strong",
    "listed_tags",
    "media_type",
    "preference",
    "unite",
]

Fields: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields as a framework hands them on: a mapping, or pairs of name and value."""

ANY = ("*",)
"""Stands in If-Match for any entity tag (RFC 9110 section 13.1.1)."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105, section 5.6.2
# A string that never ends runs to the end of the field, so that no field takes long to read.
_QUOTED = r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)'
_ENTITY_TAG = '(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_SPACE = " \t"
_LIST = rf"[ \t,]*(?:{_ENTITY_TAG}[ \t]*,[ \t,]*)*(?:{_ENTITY_TAG}[ \t]*)?"

IF_MATCH = rf"^(?:[ \t]*\*[ \t]*|{_LIST})$"
"""What an If-Match is, as a pattern; recipients take empty elements of a list (RFC 9110 section 5.6.1.2)."""

IDENTIFIER = "^[!-~](?:[ -~]*[!-~])?$"
"""What a caller's identifier is, as a pattern."""

_entity_tags = re.compile(_ENTITY_TAG)
_list_of_entity_tags = re.compile(_LIST)
_elements = re.compile(rf'(?:{_QUOTED}|[^",])+', re.DOTALL)
_preference = re.compile(rf"({_TOKEN})[ \t]*(?:=[ \t]*({_TOKEN}|{_QUOTED}))?[ \t]*(?:;.*)?", re.DOTALL)


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
    for name, value in fields.items() if isinstance(fields, Mapping) else fields:
        key = name.lower()
        united[key] = f"{united[key]}, {value}" if key in united else value
    return united


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


def listed_tags(if_match: str) -> tuple[str, ...]:
    """The entity tags of an If-Match; ``("*",)`` for any (RFC 9110 section 13.1.1).

    Raises:
        MalformedField: it is neither ``*`` nor a list of entity tags.

    >>> listed_tags('"a", W/"b"')
    ('"a"', 'W/"b"')
    """
    if (if_match.strip(_SPACE),) == ANY:
        return ANY
    if _list_of_entity_tags.fullmatch(if_match) is None:
        raise MalformedField(
            "If-Match",
            "If-Match is neither * nor a list of entity tags (RFC 9110 section 13.1.1). "
            "Send the eTag as it was read, with the quotation marks that are part of it.",
        )
    return tuple(_entity_tags.findall(if_match))


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
        found = _preference.fullmatch(element.strip(_SPACE))
        if found is not None and found[1].lower() == name:
            return _unquoted(found[2] or "").lower()
    return None


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def identifier(name: str, text: str, length: int) -> str:
    """A caller's identifier of its request, fit to be sent back.

    Args:
        name: name of the field.
        text: the field's value.
        length: how many characters it may have.
    Returns:
        the identifier, without the space around it.
    Raises:
        MalformedField: it is empty, too long, or has a character that is no visible one of ASCII.

    >>> identifier("client-request-id", " a1b2", 256)
    'a1b2'
    """
    found = text.strip(_SPACE)
    if 1 <= len(found) <= length and found.isascii() and found.isprintable():
        return found
    raise MalformedField(name, f"{name} has from 1 to {length} visible characters of ASCII, such as those of a GUID.")
