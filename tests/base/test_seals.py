"""A history that cannot be rewritten: appended only, marked as written, chained in order, any damage named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

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
                   remark="已完成" if place % 2 else None)
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
