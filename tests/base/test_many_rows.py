"""Very many rows written at once: ids taken ahead never meet, and what SQLite was lent is given back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from tests.world import World, list_one
from tracker.base.access import Conflict
from tracker.base.db import add_rows, db, next_ids, room_for_many, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.org.models import Unit


def test_ids_taken_ahead_are_new_ascending_and_what_comes_after_goes_on_from_them(any_world: World) -> None:
    with transaction():
        first = list_one(any_world).id
        ahead = next_ids(Issue, 5)
        assert next_ids(Issue, 0) == []
    assert ahead == sorted(set(ahead))
    assert len(ahead) == 5
    assert min(ahead) > first


def test_many_rows_say_what_one_would_with_the_same_types_and_defaults(any_world: World) -> None:
    at = datetime(2019, 7, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    said = {"at": at, "actor_id": None, "verb": "try", "subject": "nothing"}
    data = {"字": ["\t\\N\n“引号”", 1.5, None]}
    with transaction():
        add_rows(Event, [])
        add_rows(Event, [{**said, "subject_id": 1, "data": data}, {**said, "subject_id": 2, "data": {}}])
        add_rows(Event, [{**said, "subject_id": 3}])
    found = db.session.scalars(select(Event).where(Event.verb == "try").order_by(Event.subject_id)).all()
    assert [event.data for event in found] == [data, {}, {}]
    assert {event.at for event in found} == {at}
    assert len({event.id for event in found}) == 3


def test_a_row_that_somebody_else_was_faster_with_is_a_conflict_and_nothing_is_written(any_world: World) -> None:
    rows = [{"at": datetime(2019, 7, 1, tzinfo=UTC), "verb": "try", "subject": "nothing", "mark": "same"}] * 2
    with pytest.raises(Conflict), transaction():
        add_rows(Event, [{**row, "subject_id": place} for place, row in enumerate(rows)])
    assert not db.session.scalar(select(func.count()).where(Event.verb == "try"))


def test_a_row_that_may_not_be_is_a_slip_told_as_by_any_other_statement(any_world: World) -> None:
    with pytest.raises(IntegrityError), transaction():
        add_rows(Unit, [{"name": "无处可在的局", "region_id": 987654321}])
    with transaction():
        list_one(any_world)


def test_the_memory_of_a_connection_is_as_before_even_when_the_work_fails(app: Flask) -> None:
    def pages() -> int:
        return int(db.session.execute(text("PRAGMA cache_size")).scalar_one())

    before = pages()
    with pytest.raises(KeyError), transaction(), room_for_many():
        assert pages() != before
        raise KeyError
    assert pages() == before
