"""The JSON Schema of the document that is patched: where a pointer leads in it, and which members it knows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from referral_rules import pointers
from referral_rules.plain import SCALARS

__all__ = ["ITEM", "Resource", "Schema", "Stranger"]

Schema = Mapping[str, Any]
ITEM = "*"
"""The token that stands for one array index in the path of a rule."""

_TRUE: Schema = {}
_FALSE: Schema = {"not": {}}
_LONGEST_CHAIN = 50
_COMBINERS = ("allOf", "anyOf", "oneOf")


Stranger = tuple[str, str, Iterable[str]]
"""A member that the resource does not know: the pointer to it inside the value, its name, and the names known there."""


class Resource:
    """A JSON Schema 2020-12 whose references all lead into itself.

    Args:
        schema: the schema of the whole document.

    >>> Resource({"properties": {"a": {"type": "string"}}}).at(("a",))
    {'type': 'string'}
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        # By the id of a schema, with the schema, so that no other one takes its id.
        self._known: dict[int, tuple[Schema, dict[str, Schema]]] = {}
        # What a reference leads to, compiled; kept by whoever compiles it.
        self.compiled: dict[str, Any] = {}
        self._items: dict[int, tuple[Schema, Schema | None]] = {}

    def at(self, parts: Iterable[str], start: Schema | None = None) -> Schema | None:
        """The schema of what stands at these tokens.

        Args:
            parts: the tokens of a path; ``*`` and ``-`` lead to the items of an array.
            start: the schema that they lead from, if not that of the whole document.
        Returns:
            the subschema; None if the resource knows nothing there.

        >>> Resource({"items": {"type": "null"}}).at(("-",))
        {'type': 'null'}
        """
        schema = self.schema if start is None else start
        for part in parts:
            found = self.items(schema) if part in (ITEM, pointers.END) else self.members(schema).get(part)
            if found is None:
                return None
            schema = found
        return schema

    def members(self, schema: Schema) -> dict[str, Schema]:
        """The members that an object may have, by name; a schema that knows none has none here.

        >>> list(Resource({"anyOf": [{"properties": {"a": {}}}, {"type": "null"}]}).members({"$ref": "#"}))
        ['a']
        """
        if id(schema) not in self._known:
            self._known[id(schema)] = schema, self._members(schema)
        return self._known[id(schema)][1]

    def _members(self, schema: Schema) -> dict[str, Schema]:
        known: dict[str, Schema] = {}
        for part in self._parts(schema, ()):
            known.update({name: _as_object(schema) for name, schema in part.get("properties", {}).items()})
        return known

    def items(self, schema: Schema) -> Schema | None:
        """The schema of an array's items; None if nothing is known of them.

        >>> Resource({}).items({"items": {"type": "null"}})
        {'type': 'null'}
        """
        if id(schema) not in self._items:
            found = (_as_object(part["items"]) for part in self._parts(schema, ()) if "items" in part)
            self._items[id(schema)] = schema, next(found, None)
        return self._items[id(schema)][1]

    def spelled(self, parts: Iterable[str]) -> tuple[str, ...] | None:
        """The tokens as the resource spells them, however they were spelled; None if it knows nothing there.

        >>> Resource({"properties": {"eTag": {}}}).spelled(["ETag"])
        ('eTag',)
        """
        schema: Schema | None = self.schema
        spelled: list[str] = []
        for part in parts:
            if schema is None:
                return None
            folded = {name.casefold(): name for name in self.members(schema)}
            spelled.append(folded.get(part.casefold(), part))
            schema = self.at([spelled[-1]], schema)
        return None if schema is None else tuple(spelled)

    def resolve(self, reference: str) -> Schema | None:
        """What a ``$ref`` leads to, inside this schema.

        Args:
            reference: ``#`` or ``#/...``, a pointer as the fragment of a URI (RFC 6901 section 6).
        Returns:
            the subschema; None if the reference leads nowhere, or out of the schema.

        >>> Resource({"$defs": {"Name": {"type": "string"}}}).resolve("#/$defs/Name")
        {'type': 'string'}
        """
        if reference and not reference.startswith("#"):
            return None
        if "%" in reference:
            from urllib.parse import unquote

            reference = unquote(reference)
        try:
            parts = pointers.tokens(reference[1:])
        except pointers.InvalidPointer:
            return None
        found: Any = self.schema
        for part in parts:
            found = _inside(found, part)
        return _as_object(found) if isinstance(found, Mapping | bool) else None

    def knows(self, schema: Schema, value: object) -> bool:
        """Whether a value has no stranger among its members.

        >>> Resource({}).knows({"items": {"properties": {"a": {}}}}, [{"a": 1}, {"b": 1}])
        False
        """
        if isinstance(value, list):
            items = self.items(schema)
            return items is None or all(self.knows(items, item) for item in value)
        if not isinstance(value, dict):
            return True
        known = self.members(schema)
        return not known or (known.keys() >= value.keys() and all(self._knows_inside(known, value)))

    def _knows_inside(self, known: dict[str, Schema], value: dict[str, Any]) -> Iterator[bool]:
        return (self.knows(known[name], item) for name, item in value.items() if type(item) not in SCALARS)

    def strangers(self, schema: Schema, value: object, place: str = "") -> Iterator[Stranger]:
        """The members of a value that its schema does not know; one that knows no member at all takes any.

        >>> [name for _, name, _ in Resource({}).strangers({"properties": {"a": {}}}, {"b": 1})]
        ['b']
        >>> list(Resource({}).strangers({}, [{"b": 1}]))
        []
        """
        if isinstance(value, list):
            items = self.items(schema)
            if items is not None:
                for position, item in enumerate(value):
                    yield from self.strangers(items, item, f"{place}/{position}")
        elif isinstance(value, dict):
            known = self.members(schema)
            for name, item in value.items() if known else ():
                inside = place + pointers.join([name])
                if name in known:
                    yield from self.strangers(known[name], item, inside)
                else:
                    yield inside, name, known

    def _parts(self, schema: Schema, followed: tuple[str, ...]) -> Iterator[Schema]:
        """A schema and all that it refers to or combines, each a schema with keywords of its own."""
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in followed and len(followed) < _LONGEST_CHAIN:
            yield from self._parts(self.resolve(reference) or {}, (*followed, reference))
        for combiner in _COMBINERS:
            for part in schema.get(combiner, ()):
                if isinstance(part, Mapping):
                    yield from self._parts(part, followed)


def _as_object(schema: Schema | bool) -> Schema:
    """A schema that is just true or false, as an object that says the same."""
    return schema if isinstance(schema, Mapping) else _TRUE if schema else _FALSE


def _inside(value: Any, token: str) -> Any:
    """What stands in a value at a token; None if nothing does."""
    if isinstance(value, list):
        return value[int(token)] if pointers.is_index(token) and int(token[:18]) < len(value) else None
    return value.get(token) if isinstance(value, dict) else None
