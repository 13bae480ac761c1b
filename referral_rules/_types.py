"""The types of what callers pass, for type checkers and readers; nothing here is checked at run time."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypedDict


class Operation(TypedDict):
    """One operation of a patch (RFC 6902 section 4).

    >>> operation: Operation = {"op": "replace", "path": "/salesStage", "value": "80"}
    """

    op: str
    path: str
    value: Any


class _JsonPatch(Protocol):
    """``jsonpatch.JsonPatch``, or anything else that has its operations in this attribute."""

    @property
    def patch(self) -> Any:
        """The operations."""


JSONPatch: TypeAlias = Sequence[Mapping[str, Any]] | _JsonPatch
"""A parsed patch document (RFC 6902 section 3): a list of operations, or a ``jsonpatch.JsonPatch``."""

JSONText: TypeAlias = str | bytes | bytearray
"""JSON text (RFC 8259); bytes are UTF-8."""

Referral: TypeAlias = Mapping[str, Any]
"""A referral as a JSON parser returns it: a dict."""
