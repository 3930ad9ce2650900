"""Whoever stands in is told too, marked for whom, sees of it what the absent person may see, and acts in their place."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.accounts.test_stand_ins import stand_in
from tests.messages.conftest import reach
from tests.messages.receivers import Post
from tests.messages.test_jobs import give_mail
from tests.messages.test_routes import make_overdue, messages_of, page_of, unread
from tests.world import World, sign_in
from tracker.base.db import db
from tracker.deadlines.jobs import escalate
from tracker.issues.models import Issue
from tracker.messages import jobs
from tracker.messages.models import Message

LATE = date(2019, 9, 1)


@pytest.fixture(autouse=True)
def then() -> object:
    with time_machine.travel(datetime(2019, 9, 1, 1, 0, tzinfo=UTC)):
        yield


def test_a_level_is_told_to_the_absent_person_and_once_to_their_stand_in(any_world: World) -> None:
    world = any_world
    stand_in(world.official, world.stranger_official, ends=date(2019, 9, 1))
    stand_in(world.official2, world.official, ends=date(2019, 9, 1))  # who is told for themselves already
    make_overdue(world)
    found = db.session.execute(select(Message.person_id, Message.for_id).order_by(Message.person_id)).all()
    assert [tuple(row) for row in found] == [
        (world.official.id, None),
        (world.official2.id, None),
        (world.stranger_official.id, world.official.id),
    ]
    assert unread(world.stranger_official) == 1
    assert escalate(LATE)["told"] == 0


def test_only_while_the_person_is_away(world: World) -> None:
    stand_in(world.official, world.stranger_official, ends=date(2019, 8, 31))
    make_overdue(world)
    assert messages_of(world.stranger_official) == []


def test_the_inbox_says_for_whom_and_leads_into_their_place(app: Flask, world: World) -> None:
    standing = stand_in(world.official, world.stranger_official, ends=date(2019, 9, 1))
    make_overdue(world)
    (issue,) = db.session.scalars(select(Issue))
    page = page_of(app, world.stranger_official).text
    assert "代王建国" in page
    assert issue.title in page
    assert f'href="/issues/{issue.number}"' not in page  # in their own name it is not there
    client = sign_in(app.test_client(), world.stranger_official)
    answer = client.post(f"/stand-ins/{standing.id}/act", data={"next": f"/issues/{issue.number}"})
    assert answer.location == f"/issues/{issue.number}"
    assert client.get(answer.location).status_code == 200
    assert client.post(f"/stand-ins/{standing.id}/act", data={"next": "//elsewhere.example"}).location == "/"


def test_what_was_told_for_somebody_keeps_its_name_once_the_stand_in_is_none_any_more(app: Flask, world: World) -> None:
    stand_in(world.official, world.stranger_official, ends=date(2019, 9, 1))
    make_overdue(world)
    (title,) = db.session.scalars(select(Issue.title))
    with time_machine.travel(datetime(2019, 9, 2, 1, 0, tzinfo=UTC)):
        page = page_of(app, world.stranger_official).text
    assert "已不由您代理" in page
    assert title not in page


def test_by_mail_too_with_the_name_of_whom_it_is_for(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    stand_in(world.official, world.stranger_official, ends=date(2019, 9, 1))
    address = give_mail(world.stranger_official)
    make_overdue(world)
    assert jobs.deliver() == {"sent": 1}
    (letter,) = office.to(address)
    assert "（代王建国）" in base64.b64decode(letter.partition("\r\n\r\n")[2]).decode()
