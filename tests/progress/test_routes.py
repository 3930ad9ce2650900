"""The report's page: bad input is answered in words, and leaves nothing."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from tests.world import World, assign_one, sign_in
from tracker.base.db import db, transaction
from tracker.progress.models import Evidence, ProgressEntry


def test_words_where_a_file_should_be_are_no_file(app: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    client = sign_in(app.test_client(), world.official)
    answer = client.post(f"/issues/{number}/progress", data={"text": "开工", "files": "no file", "files-1": "x"})
    assert answer.status_code == 302
    assert db.session.scalar(select(func.count()).select_from(ProgressEntry)) == 1
    assert db.session.scalar(select(func.count()).select_from(Evidence)) == 0
