"""Long lists page by key, never by OFFSET: a cursor remembers the last row seen, and the next page starts behind it.

A list is a row of *segments*, each with its own condition and its own order, e.g. the open issues by deadline, then
those without one, then the cleared ones, newest first. No key is NULL inside its segment, so that one row-value
comparison finds the place, by index, on SQLite and PostgreSQL alike.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Read = Callable[[Select[Any]], Sequence[Row[Any]]]

Wanted = TypeVar("Wanted", str, int)

_IN_LIST = 500
_LONGEST = 400  # characters of a cursor; a longer one is not ours


def in_chunks(wanted: Iterable[Wanted]) -> Iterator[Sequence[Wanted]]:
    """Each once, as many at a time as one IN list should have."""
    ordered = sorted(set(wanted))
    return (ordered[start : start + _IN_LIST] for start in range(0, len(ordered), _IN_LIST))


@dataclass(frozen=True)
class Segment:
    """A stretch of a list: the rows that hold ``where``, ordered by ``keys`` (the last one unique, none NULL there)."""

    name: str
    where: tuple[ColumnElement[bool], ...]
    keys: tuple[Column, ...]
    descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: behind (``back``: before) the row with these key values of this segment."""

    segment: str
    values: tuple[Any, ...]
    back: bool = False


@dataclass(frozen=True)
class Page:
    """One page of rows and the cursors of its neighbours, None where there is none."""

    rows: list[Row[Any]]
    next: str | None = None
    previous: str | None = None


def encode(cursor: Cursor) -> str:
    """An opaque word fit for an address."""
    values = [value.isoformat() if isinstance(value, date) else value for value in cursor.values]
    text = json.dumps([cursor.segment, int(cursor.back), *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def decode(word: str | None, segments: Sequence[Segment]) -> Cursor | None:
    """The cursor, or None (the first page) for anything that is not one of this list."""
    if not word or len(word) > _LONGEST:
        return None
    try:
        name, back, *values = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        segment = next(segment for segment in segments if segment.name == name)
        if len(values) != len(segment.keys):
            return None
        return Cursor(name, tuple(map(_value, segment.keys, values)), bool(back))
    except (binascii.Error, ValueError, TypeError, StopIteration, RecursionError):
        return None


def _value(key: Column, written: Any) -> Any:
    """The value as its column holds it. Raises ValueError or TypeError when it is none."""
    wanted = key.type.python_type
    if wanted is date:
        return date.fromisoformat(written)
    if type(written) is not wanted or (wanted is int and abs(written) >= 1 << 63):
        raise ValueError(written)
    return written


def read_page(statement: Select[Any], segments: Sequence[Segment], word: str | None, size: int, read: Read) -> Page:
    """The page at this cursor: one query, and one more for each border between segments that it crosses.

    ``statement`` selects the columns and holds every condition that all segments share; ``read`` runs a query.
    A bad cursor, or one behind which nothing is left, gives the first page.
    """
    cursor = decode(word, segments)
    found = _collect(statement, segments, cursor, size + 1, read)
    if cursor is not None and len(found) <= (size if cursor.back else 0):
        cursor, found = (
            None,
            _collect(statement, segments, None, size + 1, read),
        )  # the beginning is reached: a full page
    more, found = len(found) > size, found[:size]
    if cursor is not None and cursor.back:
        found.reverse()
    before, behind = (cursor is not None, more) if cursor is None or not cursor.back else (more, True)
    return Page(
        [row for row, _ in found],
        next=encode(found[-1][1]) if behind else None,
        previous=encode(replace(found[0][1], back=True)) if before else None,
    )


def _collect(
    statement: Select[Any], segments: Sequence[Segment], cursor: Cursor | None, limit: int, read: Read
) -> list[tuple[Row[Any], Cursor]]:
    """Rows from the cursor on in its direction, each with the cursor that stands at it."""
    back = cursor is not None and cursor.back
    path = list(reversed(segments)) if back else list(segments)
    if cursor is not None:
        path = path[[segment.name for segment in path].index(cursor.segment) :]
    found: list[tuple[Row[Any], Cursor]] = []
    for segment in path:
        start = cursor.values if cursor is not None and cursor.segment == segment.name else None
        for row in read(_query(statement, segment, start, back).limit(limit - len(found))):
            found.append((row, Cursor(segment.name, tuple(row[-len(segment.keys) :]))))
        if len(found) == limit:
            break
    return found


def _query(statement: Select[Any], segment: Segment, start: tuple[Any, ...] | None, back: bool) -> Select[Any]:
    down = segment.descending is not back
    query = statement.add_columns(*segment.keys).where(*segment.where)
    query = query.order_by(*(key.desc() if down else key.asc() for key in segment.keys))
    if start is None:
        return query
    keys = tuple_(*segment.keys)
    place = tuple_(*(literal(value, key.type) for key, value in zip(segment.keys, start, strict=True)))
    return query.where(keys < place if down else keys > place)


def ordered(statement: Select[Any], segments: Sequence[Segment], size: int, read: Read) -> Any:
    """Every row in the list's order, read ``size`` at a time, so that no list is ever held whole."""
    word: str | None = None
    while True:
        page = read_page(statement, segments, word, size, read)
        yield page.rows
        if page.next is None:
            return
        word = page.next
