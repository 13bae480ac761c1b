"""The JSON Schema of the document that is patched: where a pointer leads in it, and which members it lists."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from referral_rules._json import END, SCALARS, InvalidPointer, is_index, join, tokens

Schema = Mapping[str, Any]
ITEM = "*"
"""The token that stands for one array index in the path of a rule."""

NOT_SCHEMAS = frozenset({"const", "default", "enum", "examples"})
"""The keywords whose arguments are values and not schemas."""

NAMED_SCHEMAS = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
"""The keywords whose arguments are schemas by name; a name may well be that of a keyword."""

_TRUE: Schema = {}
_FALSE: Schema = {"not": {}}
_LONGEST_CHAIN = 50
_COMBINERS = ("allOf", "anyOf", "oneOf")

UnknownMember = tuple[str, str, Collection[str]]
"""A member that the resource does not list: the pointer to it in the value, its name, and the names listed there."""

_Definitions = dict[str, tuple[str, Any]]
"""By reference: the name that the definition has in a bundle, and the definition."""


class Resource:
    """A JSON Schema 2020-12 whose references all lead into itself.

    Args:
        schema: the schema of the whole document.

    >>> Resource({"properties": {"a": {"type": "string"}}}).at(("a",))
    {'type': 'string'}
    """

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        # Compiled schemas, by the id of a schema; filled by the compiler of keywords.
        self.compiled: dict[int, Any] = {}
        # By the id of a schema, with the schema, so that the id stays its own.
        self._members: dict[int, tuple[Schema, dict[str, Schema]]] = {}
        self._items: dict[int, tuple[Schema, Schema | None]] = {}
        self._spellings: dict[int, tuple[Schema, dict[str, str]]] = {}

    def at(self, parts: Iterable[str], start: Schema | None = None) -> Schema | None:
        """The schema of the value at these tokens.

        Args:
            parts: the tokens of a path; ``*`` and ``-`` lead to the items of an array.
            start: the schema that they lead from, if not that of the whole document.
        Returns:
            the subschema; None if the resource has nothing there.

        >>> Resource({"items": {"type": "null"}}).at(("-",))
        {'type': 'null'}
        """
        schema = self.schema if start is None else start
        for part in parts:
            found = self.items(schema) if part in (ITEM, END) else self.members(schema).get(part)
            if found is None:
                return None
            schema = found
        return schema

    def members(self, schema: Schema) -> dict[str, Schema]:
        """The members that a schema lists, by name.

        >>> list(Resource({"anyOf": [{"properties": {"a": {}}}, {"type": "null"}]}).members({"$ref": "#"}))
        ['a']
        """
        if id(schema) not in self._members:
            listed = (part.get("properties", {}) for part in self._parts(schema, ()))
            members = {name: _as_object(inner) for properties in listed for name, inner in properties.items()}
            self._members[id(schema)] = schema, members
        return self._members[id(schema)][1]

    def items(self, schema: Schema) -> Schema | None:
        """The schema of an array's items; None if there is none.

        >>> Resource({}).items({"items": {"type": "null"}})
        {'type': 'null'}
        """
        if id(schema) not in self._items:
            found = (_as_object(part["items"]) for part in self._parts(schema, ()) if "items" in part)
            self._items[id(schema)] = schema, next(found, None)
        return self._items[id(schema)][1]

    def spelled(self, parts: Iterable[str]) -> tuple[str, ...] | None:
        """The tokens as the resource spells them, in whatever case they are; None if it has nothing there.

        >>> Resource({"properties": {"eTag": {}}}).spelled(["ETag"])
        ('eTag',)
        """
        schema: Schema | None = self.schema
        spelled: list[str] = []
        for part in parts:
            if schema is None:
                return None
            spelled.append(self._folded(schema).get(part.casefold(), part))
            schema = self.at([spelled[-1]], schema)
        return None if schema is None else tuple(spelled)

    def _folded(self, schema: Schema) -> dict[str, str]:
        if id(schema) not in self._spellings:
            self._spellings[id(schema)] = schema, {name.casefold(): name for name in self.members(schema)}
        return self._spellings[id(schema)][1]

    def resolve(self, reference: str) -> Schema | None:
        """The subschema that a ``$ref`` leads to.

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
            parts = tokens(reference[1:])
        except InvalidPointer:
            return None
        found: Any = self.schema
        for part in parts:
            found = _inside(found, part)
        return _as_object(found) if isinstance(found, Mapping | bool) else None

    def unknown_members(self, schema: Schema, value: object, place: str = "") -> Iterator[UnknownMember]:
        """The members of a value that its schema does not list; a schema that lists none allows any.

        >>> [name for _, name, _ in Resource({}).unknown_members({"properties": {"a": {}}}, {"b": 1})]
        ['b']
        >>> list(Resource({}).unknown_members({}, [{"b": 1}]))
        []
        """
        if isinstance(value, list):
            items = self.items(schema)
            for position, item in enumerate(value if items is not None else ()):
                if type(item) not in SCALARS:
                    yield from self.unknown_members(items or _TRUE, item, f"{place}/{position}")
        elif isinstance(value, dict):
            listed = self.members(schema)
            for name, item in value.items() if listed else ():
                if name not in listed:
                    yield place + join([name]), name, listed
                elif type(item) not in SCALARS:
                    yield from self.unknown_members(listed[name], item, place + join([name]))

    def bundled(self, schema: Schema) -> dict[str, Any]:
        """A subschema that can stand alone: with every definition that it refers to, directly or not.

        >>> names = Resource({"$defs": {"Name": {"type": "string"}, "Other": {}}})
        >>> names.bundled({"$ref": "#/$defs/Name"})
        {'$ref': '#/$defs/Name', '$defs': {'Name': {'type': 'string'}}}
        """
        definitions: _Definitions = {}
        bundle = self._bundled(schema, definitions)
        return {**bundle, "$defs": dict(definitions.values())} if definitions else bundle

    def _bundled(self, part: Any, definitions: _Definitions, *, named: bool = False) -> Any:
        if isinstance(part, list):
            return [self._bundled(item, definitions) for item in part]
        if not isinstance(part, Mapping):
            return part
        if named:
            return {name: self._bundled(inner, definitions) for name, inner in part.items()}
        copy = {
            name: inner if name in NOT_SCHEMAS else self._bundled(inner, definitions, named=name in NAMED_SCHEMAS)
            for name, inner in part.items()
            if name not in ("$defs", "$schema", "$id")
        }
        reference = part.get("$ref")
        if isinstance(reference, str):
            if reference not in definitions:
                # Anything but a plain name gets a number, so that no two references have one name.
                plain_name = reference.removeprefix("#/$defs/")
                name = plain_name if plain_name.isidentifier() else str(len(definitions))
                definitions[reference] = name, {}  # A schema may refer to itself.
                definitions[reference] = name, self._bundled(self.resolve(reference), definitions)
            copy["$ref"] = f"#/$defs/{definitions[reference][0]}"
        return copy

    def _parts(self, schema: Schema, followed: tuple[str, ...]) -> Iterator[Schema]:
        """A schema and everything that it refers to or combines, each a schema with keywords of its own."""
        yield schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in followed and len(followed) < _LONGEST_CHAIN:
            yield from self._parts(self.resolve(reference) or {}, (*followed, reference))
        for combiner in _COMBINERS:
            for part in schema.get(combiner, ()):
                if isinstance(part, Mapping):
                    yield from self._parts(part, followed)


def _as_object(schema: Schema | bool) -> Schema:
    """A schema that is only true or false, as an object that says the same."""
    return schema if isinstance(schema, Mapping) else _TRUE if schema else _FALSE


def _inside(value: Any, token: str) -> Any:
    """The value at a token; None if there is none."""
    if isinstance(value, list):
        return value[int(token)] if is_index(token) and int(token[:18]) < len(value) else None
    return value.get(token) if isinstance(value, dict) else None
