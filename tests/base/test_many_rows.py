"""Very many rows written at once: ids taken ahead never meet, and what SQLite was lent is given back."""

import pytest
from flask import Flask
from sqlalchemy import text

from tests.world import World, list_one
from tracker.base.db import db, next_ids, room_for_many, transaction
from tracker.issues.models import Issue


def test_ids_taken_ahead_are_new_ascending_and_what_comes_after_goes_on_from_them(any_world: World) -> None:
    with transaction():
        first = list_one(any_world).id
        ahead = next_ids(Issue, 5)
        assert next_ids(Issue, 0) == []
    assert ahead == sorted(set(ahead))
    assert len(ahead) == 5
    assert min(ahead) > first


def test_the_memory_of_a_connection_is_as_before_even_when_the_work_fails(app: Flask) -> None:
    def pages() -> int:
        return int(db.session.execute(text("PRAGMA cache_size")).scalar_one())

    before = pages()
    with pytest.raises(KeyError), transaction(), room_for_many():
        assert pages() != before
        raise KeyError
    assert pages() == before
