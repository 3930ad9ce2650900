"""A history that cannot be rewritten: appended only, marked as written, chained in order, any damage named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from tests.effort import rounds
from tests.world import NOW
from tracker.base import journal
from tracker.base.db import db, transaction
from tracker.base.journal import Damage, Event, Harm, Head, Remark, damages, head, record, seal

Break = Callable[[], Any]


def run(statement: str, **parameters: Any) -> None:
    """As somebody with the database's own rights would: round the triggers."""
    with transaction():
        if db.engine.dialect.name == "sqlite":
            for act in ("UPDATE", "DELETE"):
                for table in ("event", "seal_link"):
                    db.session.execute(text(f"DROP TRIGGER IF EXISTS {table}_never_{act}"))
        else:
            for table in ("event", "seal_link"):
                db.session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        db.session.execute(text(statement), parameters)


def written(number: int = 12) -> list[int]:
    with transaction():
        made = [
            record("report", "issue", place, actor_id=7, data={"n": place, "在": ["a", None]}, at=NOW + timedelta(seconds=place),
                   remark=f"已完成 {place}" if place % 2 else None)
            for place in range(1, number + 1)
        ]  # fmt: skip
        db.session.flush()
        return [event.id for event in made]


def sealed(number: int = 12) -> tuple[list[int], Head]:
    ids = written(number)
    with transaction():
        seal()
    return ids, head()


@pytest.mark.parametrize("statement", [
    "UPDATE event SET verb = 'pass'", "DELETE FROM event", "UPDATE seal_link SET digest = ''", "DELETE FROM seal_link",
])  # fmt: skip
def test_the_database_itself_refuses_to_change_history(any_app: Flask, statement: str) -> None:
    sealed(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction():
        db.session.execute(text(statement))


def test_an_untouched_history_holds_however_often_it_was_sealed(any_app: Flask) -> None:
    heads = []
    for number in (3, 1, 5, 2):
        _, end = sealed(number)
        heads.append(end)
    assert [end.position for end in heads] == [3, 4, 9, 11]
    with transaction():
        assert seal() == 0
    for end in heads:
        assert list(damages(end)) == []
    written(2)
    assert list(damages(heads[-1])) == []  # not sealed yet is no damage


@pytest.mark.parametrize(("statement", "harm"), [
    ("UPDATE event SET actor_id = 8 WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET for_id = 8 WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET verb = 'pass' WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET subject_id = subject_id + 1 WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET data = '{}' WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET at = '2019-01-01 00:00:00+00' WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET address = '10.0.0.1' WHERE id = :event", Harm.CHANGED),
    ("UPDATE event SET mark = NULL WHERE id = :event", Harm.CHANGED),
    ("DELETE FROM event WHERE id = :event", Harm.GONE),
    ("DELETE FROM seal_link WHERE event_id = :event", Harm.GAP),
    ("UPDATE event SET remark_mark = NULL WHERE id = :event", Harm.CHANGED),
    ("UPDATE remark SET text = '没有完成' WHERE id = (SELECT remark_id FROM event WHERE id = :event)", Harm.REMARK),
])  # fmt: skip
def test_any_single_damage_is_named_at_its_place(any_app: Flask, statement: str, harm: Harm) -> None:
    ids, end = sealed()
    run(statement, event=ids[6])
    found = list(damages(end))
    assert found[0].harm is harm
    assert found[0].position == 7
    assert {damage.position for damage in found} <= {7, 8}


def test_two_events_changed_round_are_seen(any_app: Flask) -> None:
    ids, end = sealed()
    run("UPDATE event SET id = -1 WHERE id = :event", event=ids[3])
    run("UPDATE event SET id = :place WHERE id = :event", place=ids[3], event=ids[4])
    run("UPDATE event SET id = :place WHERE id = -1", place=ids[4])
    assert {damage.position for damage in damages(end)} >= {4, 5}


@pytest.mark.parametrize("marked", [False, True])
def test_a_row_put_in_is_never_sealed_and_named(any_app: Flask, marked: bool) -> None:
    ids, end = sealed()
    mark = "'0123456789abcdef.' || substr(mark, 18)" if marked else "NULL"
    run("INSERT INTO event (at, actor_id, verb, subject, subject_id, data, mark) "
        f"SELECT at, actor_id, 'pass', subject, subject_id, data, {mark} FROM event WHERE id = :event", event=ids[2])  # fmt: skip
    with transaction():
        assert seal() == 0
    assert [damage.harm for damage in damages(end)] == [Harm.FORGED]


@dataclass(frozen=True)
class Tampering:
    """A change to rows of the history: statements, each with its parameters."""

    said: str
    statements: tuple[tuple[str, dict[str, Any]], ...]


#: Every column that says something, with values of its kind.
COLUMNS: dict[str, dict[str, Any]] = {
    "event": {
        "at": st.dates(date(2018, 1, 1), date(2030, 1, 1)).map(lambda day: f"{day} 00:00:00.000000"),
        "actor_id": st.none() | st.integers(1, 99),
        "for_id": st.none() | st.integers(1, 99),
        "verb": st.sampled_from(["pass", "list", "report", "overdue"]),
        "subject": st.sampled_from(["issue", "user"]),
        "subject_id": st.integers(1, 99),
        "data": st.integers(0, 99).map(lambda number: json.dumps({"n": number})),
        "address": st.none() | st.sampled_from(["10.0.0.1", "127.0.0.1"]),
        "mark": st.none() | st.text("0123456789abcdef.", min_size=60, max_size=90),
        "remark_id": st.none() | st.integers(1, 6),
        "remark_mark": st.none() | st.text("0123456789abcdef", min_size=64, max_size=64),
    },
    "seal_link": {
        "event_id": st.integers(1, 99),
        "digest": st.text("0123456789abcdef", min_size=64, max_size=64),
        "position": st.integers(1, 99),
    },
    "remark": {"text": st.text("已未完成", min_size=1, max_size=6)},
}
PLACES = st.integers(0, 11)


@st.composite
def changed(draw: st.DrawFn) -> Tampering:
    table = draw(st.sampled_from(sorted(COLUMNS)))
    column = draw(st.sampled_from(sorted(COLUMNS[table])))
    rowid = {"event": "id", "seal_link": "position", "remark": "id"}[table]
    place, value = draw(PLACES), draw(COLUMNS[table][column])
    at = f"(SELECT {rowid} FROM {table} ORDER BY {rowid} LIMIT 1 OFFSET {place % (6 if table == 'remark' else 12)})"
    return Tampering(
        f"{table}.{column} -> {value!r}",
        ((f"UPDATE {table} SET {column} = :value WHERE {rowid} = {at}", {"value": value}),),
    )


@st.composite
def removed(draw: st.DrawFn) -> Tampering:
    """One row, or a tail of any length, with its links or without."""
    place, tail = draw(PLACES), draw(st.booleans())
    tables = draw(st.sampled_from([("event",), ("seal_link",), ("seal_link", "event")]))
    compare = ">=" if tail else "="
    rows = {"event": "id", "seal_link": "event_id"}
    at = f"(SELECT id FROM event ORDER BY id LIMIT 1 OFFSET {place})"
    found = tuple((f"DELETE FROM {table} WHERE {rows[table]} {compare} {at}", {}) for table in tables)
    return Tampering(f"delete {tables} {compare} {place}", found)


@st.composite
def inserted(draw: st.DrawFn) -> Tampering:
    """A copy of a row, before, between or behind the others."""
    place, moved = draw(PLACES), draw(st.sampled_from([-1000, 1000]))
    columns = "at, actor_id, for_id, verb, subject, subject_id, data, address, remark_id, remark_mark, mark"
    copy = (
        f"INSERT INTO event (id, {columns}) SELECT id + :moved, {columns} FROM event ORDER BY id LIMIT 1 OFFSET {place}"
    )
    return Tampering(f"copy {place} by {moved}", ((copy, {"moved": moved}),))


@st.composite
def reordered(draw: st.DrawFn) -> Tampering:
    """What two events say, changed round."""
    one, other = draw(st.lists(st.integers(1, 12), min_size=2, max_size=2, unique=True))
    turn = "UPDATE event SET id = :to WHERE id = :was"
    steps = [(one, -5), (other, one), (-5, other)]
    return Tampering(f"{one} <-> {other}", tuple((turn, {"was": was, "to": to}) for was, to in steps))


def test_no_single_tampering_goes_unseen(app: Flask) -> None:
    """Any one row changed, removed, put in or moved, any tail cut, is found, given the published head."""
    ids, end = sealed()
    assert ids == list(range(1, 13))
    run("SELECT 1")  # the triggers are gone for good
    history = snapshot()

    @settings(max_examples=rounds(150), derandomize=rounds(1) == 1, deadline=None, database=None)
    @given(st.one_of(changed(), removed(), inserted(), reordered()))
    def holds(tampering: Tampering) -> None:
        db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        try:
            for statement, parameters in tampering.statements:
                db.session.execute(text(statement), parameters)
        except IntegrityError:
            db.session.rollback()  # the tables themselves do not take it
            return
        touched = snapshot() != history
        found = list(damages(end))
        db.session.rollback()
        assert bool(found) is touched, tampering.said

    holds()


def snapshot() -> list[list[tuple[Any, ...]]]:
    tables = {"event": "id", "seal_link": "position", "remark": "id"}
    return [
        [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))]
        for table, key in tables.items()
    ]


def test_a_tail_cut_off_shows_against_the_published_head(any_app: Flask) -> None:
    ids, end = sealed()
    run("DELETE FROM seal_link WHERE position > 9")
    run("DELETE FROM event WHERE id > :event", event=ids[8])
    assert list(damages()) == []  # the chain alone cannot know
    assert list(damages(end)) == [Damage(Harm.CUT, 12)]


def test_a_history_written_anew_with_the_key_shows_against_the_published_head(any_app: Flask) -> None:
    _, end = sealed()
    run("DELETE FROM seal_link")
    run("DELETE FROM event")
    with transaction():
        for place in range(12):
            record("report", "issue", place, actor_id=7)
        seal()
    assert list(damages()) == []
    assert list(damages(end)) == [Damage(Harm.CUT, 12)]


def test_words_may_be_erased_but_not_rewritten(any_app: Flask) -> None:
    ids, end = sealed()
    remark = db.session.get_one(Event, ids[0]).remark
    assert remark is not None
    with transaction():
        db.session.get_one(Remark, remark.id).text = ""
    assert list(damages(end)) == []


def test_events_older_than_marks_are_sealed_as_found_and_held_from_then_on(any_app: Flask) -> None:
    run(
        "INSERT INTO event (at, verb, subject, subject_id, data) VALUES ('2019-01-01 00:00:00+00', 'list', 'issue', 1, '{}')"
    )
    _, end = sealed(2)
    assert end.position == 3
    assert list(damages(end)) == []
    run("UPDATE event SET subject_id = 2 WHERE verb = 'list'")
    assert [damage.position for damage in damages(end)] == [1]


def test_many_at_once_are_marked_as_one_is(any_app: Flask) -> None:
    with transaction():
        journal.record_all(
            [{"at": NOW, "verb": "overdue", "subject": "issue", "subject_id": n, "data": {"n": n}} for n in range(30)]
        )
        assert seal() == 30
    assert list(damages(head())) == []


def test_words_put_under_an_event_that_had_none_are_found(any_app: Flask) -> None:
    ids, end = sealed()
    bare = next(key for key in ids if db.session.get_one(Event, key).remark_id is None)
    words = next(each.remark_id for key in ids if (each := db.session.get_one(Event, key)).remark_id is not None)
    run("UPDATE event SET remark_id = :words WHERE id = :bare", words=words, bare=bare)
    assert list(damages(end)) == [Damage(Harm.REMARK, ids.index(bare) + 1, bare)]
