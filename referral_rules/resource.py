"""The JSON Schema of the document that is patched: where a pointer leads in it, and which members it knows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from referral_rules import pointers

__all__ = ["ITEM", "Resource", "Schema"]

Schema = Mapping[str, Any]
ITEM = "*"
"""The token that stands for one array index in the path of a rule."""

_COMBINERS = ("allOf", "anyOf", "oneOf")


class Resource:
    """A JSON Schema 2020-12 whose references all lead into itself.

    Args:
        schema: the schema of the whole document.

    >>> Resource({"properties": {"a": {"type": "string"}}}).at(("a",))
    {'type': 'string'}
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def at(self, parts: Iterable[str]) -> Schema | None:
        """The schema of what stands at these tokens.

        Args:
            parts: the tokens of a path; ``*`` and ``-`` lead to the items of an array.
        Returns:
            the subschema; None if the resource knows nothing there.

        >>> Resource({"items": {"type": "null"}}).at(("-",))
        {'type': 'null'}
        """
        schema: Schema | None = self.schema
        for part in parts:
            if schema is None:
                return None
            schema = self.items(schema) if part in (ITEM, pointers.END) else self.members(schema).get(part)
        return schema

    def members(self, schema: Schema) -> dict[str, Schema]:
        """The members that an object may have, by name; a schema that knows none has none here.

        >>> list(Resource({"anyOf": [{"properties": {"a": {}}}, {"type": "null"}]}).members({"$ref": "#"}))
        ['a']
        """
        known: dict[str, Schema] = {}
        for part in self._parts(schema, ()):
            known.update(part.get("properties", {}))
        return known

    def items(self, schema: Schema) -> Schema | None:
        """The schema of an array's items; None if nothing is known of them.

        >>> Resource({}).items({"items": {"type": "null"}})
        {'type': 'null'}
        """
        found = (part["items"] for part in self._parts(schema, ()) if isinstance(part.get("items"), Mapping))
        return next(found, None)

    def resolve(self, reference: str) -> Schema | None:
        """What a ``$ref`` leads to, inside this schema.

        Args:
            reference: ``#`` or ``#/...``, a pointer as the fragment of a URI.
        Returns:
            the subschema; None if the reference leads nowhere, or out of the schema.

        >>> Resource({"$defs": {"Name": {"type": "string"}}}).resolve("#/$defs/Name")
        {'type': 'string'}
        """
        if not reference.startswith("#"):
            return None
        try:
            found = pointers.read(self.schema, pointers.tokens(reference[1:]))
        except pointers.InvalidPointer:
            return None
        return found if isinstance(found, Mapping) else None

    def _parts(self, schema: Schema, followed: tuple[str, ...]) -> Iterator[Schema]:
        """A schema and all that it refers to or combines, each a schema with keywords of its own."""
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in followed:
            yield from self._parts(self.resolve(reference) or {}, (*followed, reference))
        for combiner in _COMBINERS:
            for part in schema.get(combiner, ()):
                if isinstance(part, Mapping):
                    yield from self._parts(part, followed)
