"""The two functions that ``http.exchange`` needs from its caller: one makes entity tags, the other tells the time."""

from datetime import UTC, datetime
from uuid import uuid4


def entity_tag() -> str:
    """A new entity tag."""
    return f'"{uuid4()}"'


def now() -> datetime:
    """The current time."""
    return datetime.now(UTC)
