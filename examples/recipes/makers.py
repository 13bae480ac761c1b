"""What the exchange asks of its caller: entity tags, and the time."""

from datetime import UTC, datetime
from uuid import uuid4


def entity_tag() -> str:
    """An entity tag that was never used before."""
    return f'"{uuid4()}"'


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
