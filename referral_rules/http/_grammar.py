"""The grammar of the header fields that decide an answer (RFC 9110, RFC 7240); what they do is in ``_exchange``."""

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from referral_rules._json import plain_text

Fields: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""Header fields as frameworks provide them: a mapping, or pairs of name and value, as str or as bytes."""

ANY = ("*",)
"""What ``entity_tags`` returns for ``*``, which any entity tag matches (RFC 9110 section 13.1.1)."""

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105, section 5.6.2
# An unclosed string runs to the end of the field. Otherwise a field of many quotation marks would take long to match.
_QUOTED = r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)'
_ENTITY_TAG = '(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_SPACE = " \t"
_LIST = rf"[ \t,]*(?:{_ENTITY_TAG}[ \t]*,[ \t,]*)*(?:{_ENTITY_TAG}[ \t]*)?"

ENTITY_TAGS = rf"^(?:[ \t]*\*[ \t]*|{_LIST})$"
"""The pattern of If-Match and If-None-Match; a list may have empty elements (RFC 9110 section 5.6.1.2)."""

IDENTIFIER = "^[!-~](?:[ -~]*[!-~])?$"
"""The pattern of a caller's identifier of its request."""

_entity_tags = re.compile(_ENTITY_TAG)
_list_of_entity_tags = re.compile(_LIST)
_elements = re.compile(rf'(?:{_QUOTED}|[^",])+', re.DOTALL)
_word = re.compile(f"{TOKEN}|{_QUOTED}", re.DOTALL)


class MalformedField(ValueError):
    """A header field does not follow its grammar.

    Args:
        name: name of the field.
        problem: what is wrong and what to send instead, without the field's value.
    """

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(name, problem)
        self.name = name
        self.problem = problem


def unite(fields: Fields) -> dict[str, str]:
    """Header fields by name in lower case; fields with the same name become one list (RFC 9110 section 5.2).

    Raises:
        TypeError: they are not header fields.

    >>> unite([("If-Match", '"a"'), ("IF-MATCH", '"b"')])
    {'if-match': '"a", "b"'}
    """
    united: dict[str, str] = {}
    try:
        for pair in fields.items() if isinstance(fields, Mapping) else fields:
            name, value = map(_text, pair)
            key = name.lower()
            united[key] = f"{united[key]}, {value}" if key in united else value
    except (TypeError, ValueError):
        raise TypeError("headers: expected a mapping, or pairs of name and value, as str or bytes") from None
    return united


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else plain_text(part)


def media_type(content_type: str) -> str:
    """The media type in a Content-Type, without its parameters and in lower case (RFC 9110 section 8.3.1).

    >>> media_type("Application/JSON; charset=utf-8")
    'application/json'
    """
    return content_type.partition(";")[0].strip(_SPACE).lower()


def is_entity_tag(text: object) -> bool:
    """Return True for an entity tag, weak or strong, with its quotation marks (RFC 9110 section 8.8.3).

    >>> is_entity_tag('"2500ec5a"'), is_entity_tag("2500ec5a")
    (True, False)
    """
    return isinstance(text, str) and _entity_tags.fullmatch(text) is not None


def is_strong(text: object) -> bool:
    """Return True for an entity tag that is not weak (RFC 9110 section 8.8.3).

    >>> is_strong('"2500ec5a"'), is_strong('W/"2500ec5a"')
    (True, False)
    """
    return is_entity_tag(text) and not str(text).startswith("W/")


def opaque(tag: str | None) -> str | None:
    """What the weak comparison compares: the tag without ``W/`` (RFC 9110 section 8.8.3.2).

    >>> opaque('W/"1"')
    '"1"'
    """
    return None if tag is None else tag.removeprefix("W/")


def entity_tags(name: str, value: str) -> tuple[str, ...]:
    """The entity tags in If-Match or If-None-Match; ``("*",)`` for any (RFC 9110 sections 13.1.1 and 13.1.2).

    Args:
        name: name of the field.
        value: its value.
    Raises:
        MalformedField: it is neither ``*`` nor a list of entity tags.

    >>> entity_tags("If-Match", '"a", W/"b"')
    ('"a"', 'W/"b"')
    """
    if (value.strip(_SPACE),) == ANY:
        return ANY
    if _list_of_entity_tags.fullmatch(value) is None:
        send = "Send the eTag of the referral, including the quotation marks."
        raise MalformedField(name, f"{name} must be * or a list of entity tags. {send}")
    return tuple(_entity_tags.findall(value))


def preference(prefer: str, name: str) -> str | None:
    """The value of one preference in Prefer; the first one counts if there are several (RFC 7240 section 2).

    Args:
        prefer: the field; what is malformed in it is ignored, as the section requires.
        name: name of the preference, in lower case.
    Returns:
        the value in lower case, or ``""`` if it has none; None if the field does not have this preference.

    >>> preference('wait=5, Return="representation"; a=b', "return")
    'representation'
    """
    for element in _elements.findall(prefer):
        named, _, value = element.partition("=")
        if named.partition(";")[0].strip(_SPACE).lower() == name:
            word = "" if ";" in named or not value.strip(_SPACE) else _first_word(value.strip(_SPACE))
            if word is not None:
                return word.lower()
    return None


def _first_word(value: str) -> str | None:
    """The token or quoted string at the start of a value; None if something other than parameters follows it."""
    word = _word.match(value)
    if word is None or value[word.end() :].lstrip(_SPACE)[:1] not in ("", ";"):
        return None
    return re.sub(r"\\(.)", r"\1", word[0][1:-1]) if word[0].startswith('"') else word[0]


def identifier(name: str, text: str, length: int) -> str:
    """The caller's identifier of its request, safe to send back.

    Args:
        name: name of the field.
        text: its value.
        length: the most characters that it may have.
    Returns:
        the identifier, without the space around it.
    Raises:
        MalformedField: it is empty, too long, or has a character that is not printable ASCII.

    >>> identifier("client-request-id", " a1b2", 256)
    'a1b2'
    """
    found = text.strip(_SPACE)
    if len(found) <= length and re.fullmatch(IDENTIFIER, found):
        return found
    raise MalformedField(name, f"{name} must have 1 to {length} printable ASCII characters. Send a GUID, for example.")
