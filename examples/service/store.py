"""The store of referrals: one table, in SQLite or in PostgreSQL."""

from typing import Any

from sqlalchemy import JSON, Column, Engine, MetaData, String, Table, create_engine, event, insert, select, update
from sqlalchemy.exc import DBAPIError

TAG = "eTag"
_tables = MetaData()
_referrals = Table(
    "referrals",
    _tables,
    Column("id", String(36), primary_key=True),
    Column("entity_tag", String, nullable=False),
    Column("document", JSON, nullable=False),
)


class Store:
    """The referrals in a database. Threads may share a store, and processes may share a database."""

    def __init__(self, url: str) -> None:
        sqlite = url.startswith("sqlite")
        # SQLite makes a writer wait for the one before it. For PostgreSQL, each thread of the server has a connection.
        self._engine = create_engine(url, pool_size=40, connect_args={"timeout": 60} if sqlite else {})
        if sqlite:
            event.listen(self._engine, "connect", _write_ahead)
        _create_tables(self._engine)

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored referral; None if there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(_referrals.c.document).where(_referrals.c.id == key))

    def add(self, referral: dict[str, Any]) -> None:
        """Store a new referral."""
        row = {"id": referral["id"], "entity_tag": referral[TAG], "document": referral}
        with self._engine.begin() as connection:
            connection.execute(insert(_referrals).values(row))

    def replace(self, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Store the new version of a referral, unless another request has changed it; return True if it is stored.

        The database compares the entity tag and writes in one statement, so that no other process can come between.
        """
        unchanged = (_referrals.c.id == old["id"]) & (_referrals.c.entity_tag == old[TAG])
        change = update(_referrals).where(unchanged).values(entity_tag=new[TAG], document=new)
        with self._engine.begin() as connection:
            return connection.execute(change).rowcount == 1


def _write_ahead(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


def _create_tables(engine: Engine) -> None:
    try:
        _tables.create_all(engine)
    except DBAPIError:  # Another process was creating the table at that moment, and has created it by now.
        _tables.create_all(engine)
