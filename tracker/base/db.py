"""Engines, the declarative base, column types, and ``transaction()``: the only commit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, Connection, Dialect, Engine, Enum, MetaData, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import DateTime, TypeDecorator

from tracker.base.access import Conflict

_WRITES = "tracker_writes"
MANY_ROWS_KIB = 64 * 1024


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(metadata=Base.metadata)


class Instant(TypeDecorator[datetime]):
    """A point in time, UTC both ways; refuses a naive one (SQLite would hand it back without a zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(enum: type[StrEnum], name: str) -> Enum:
    """A column of one of the enum's words, held by a CHECK."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def init_app(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)


def prepare(engine: Engine) -> None:
    """Set what SQLite needs on every connection; see ``transaction`` for why BEGIN is ours."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin)


def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # Deferred transactions that turn into writers lose updates or fail with "locked" however long they wait.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def transaction() -> Iterator[None]:
    """Do the block whole or not at all.

    Ends the reading transaction first (objects read before are read again on use), so the write lock is
    held only for the block. Raises Conflict when somebody else's change came first.
    """
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes made before transaction(): move them inside it")
    session.rollback()
    session.connection(execution_options={_WRITES: True})
    try:
        yield
        session.commit()
    except StaleDataError as error:
        session.rollback()
        raise Conflict from error
    except IntegrityError as error:
        session.rollback()
        if _is_race(error):
            raise Conflict from error
        raise
    except BaseException:
        session.rollback()
        raise


def _is_race(error: IntegrityError) -> bool:
    """A unique constraint lost to someone faster, as opposed to a slip of ours (CHECK, NOT NULL, foreign key)."""
    text = str(error.orig)
    return "UNIQUE constraint" in text or "duplicate key value" in text


def add_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many new rows by one statement, with no object of the session for any of them. All name the columns that the
    first one names. What each column's type makes of a value is done column by column and handed to the driver as it is:
    the library's own way to the same rows, row by row, takes longer than writing them."""
    if not rows:
        return
    connection = db.session.connection()
    table, dialect = model.metadata.tables[model.__tablename__], connection.dialect
    columns = [column for column in table.c if column.key in rows[0] or column.default is not None]
    lines = list(zip(*(_bound(column, rows, dialect) for column in columns), strict=True))
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for column in columns)
    if dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({places})", lines)
    else:
        _copy(connection, f"COPY {quote(table.name)} ({names}) FROM STDIN", lines)


def _bound(column: Column[Any], rows: Sequence[Mapping[str, Any]], dialect: Dialect) -> list[Any]:
    """What the driver is given for this column of each row."""
    if column.key in rows[0]:
        values = [row[column.key] for row in rows]
    else:
        default: Any = column.default
        values = [default.arg(None) if default.is_callable else default.arg for _ in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return list(map(process, values)) if process else values


def _copy(connection: Connection, statement: str, lines: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL's own way in for many rows; what it refuses is told as for any other statement."""
    driver: Any = connection.dialect.dbapi
    own: Any = connection.connection.driver_connection
    try:
        with own.cursor() as cursor, cursor.copy(statement) as copy:
            for line in lines:
                copy.write_row(line)
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error


@contextmanager
def room_for_many() -> Iterator[None]:
    """Keep more pages at hand while very many rows are written: with SQLite's usual 2 MB an index's pages would go out
    and come back again for every few rows. Given back at the end; PostgreSQL's memory is its own to keep."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    connection: Any = db.session.connection().connection.driver_connection
    (before,) = connection.execute("PRAGMA cache_size").fetchone()
    connection.execute(f"PRAGMA cache_size = {-MANY_ROWS_KIB}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA cache_size = {before}")


def next_ids(model: type[Base], count: int) -> list[int]:
    """Ids for so many new rows, taken ahead so that all can be written by one statement and referred to before.

    SQLite tells the id of a new row one statement at a time; there the writer of the moment (``transaction``) is the
    only one. PostgreSQL gives them out of the table's own sequence.
    """
    table = model.metadata.tables[model.__tablename__]
    if db.engine.dialect.name != "sqlite":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return sorted(db.session.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))))
    last = db.session.scalar(select(func.max(table.c.id))) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:  # an id that has been given never comes again
        given = db.session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :table"), {"table": table.name})
        last = max(last, given or 0)
    return list(range(last + 1, last + count + 1))


def upsert(table: Any) -> sqlite.Insert | postgresql.Insert:
    """INSERT that can say ON CONFLICT, for the engine in use."""
    return sqlite.insert(table) if db.engine.dialect.name == "sqlite" else postgresql.insert(table)
