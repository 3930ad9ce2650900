"""By night only what a person sends and means now goes out; all else waits until the person's night is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.messages.conftest import add_outlet, reach
from tests.messages.receivers import Post, Receiver
from tests.messages.test_jobs import give_mail
from tests.messages.test_routes import make_overdue
from tests.world import World, assign_one, sign_in
from tracker.accounts.models import User
from tracker.accounts.rules import awake_at
from tracker.base.clock import ZONE
from tracker.base.db import db, transaction
from tracker.deadlines.actions import remind
from tracker.messages import jobs
from tracker.messages.models import Delivery
from tracker.messages.rules import OutletKind

MIDNIGHT = datetime(2019, 8, 31, 16, 1, tzinfo=UTC)  # 00:01 on 1 September over there
DAY = date(2019, 9, 1)


def wall(hour: int, minute: int = 0, day: int = 1) -> datetime:
    return datetime(2019, 9, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "night", "then"),
    [
        (wall(21, 59), (22, 7), wall(21, 59)),
        (wall(22), (22, 7), wall(7, 0, 2)),
        (wall(0, 1), (22, 7), wall(7)),
        (wall(6, 59), (22, 7), wall(7)),
        (wall(7), (22, 7), wall(7)),
        (wall(3), (1, 5), wall(5)),
        (wall(23), (1, 5), wall(23)),
        (wall(3), (None, None), wall(3)),
    ],
)
def test_a_night_ends_in_the_morning(at: datetime, night: Any, then: datetime) -> None:
    assert awake_at(at, *night) == then


def sleeps(person: User, begins: int = 22, ends: int = 7) -> str:
    with transaction():
        person.quiet_from, person.quiet_until = begins, ends
    return give_mail(person)


def test_what_the_clock_finds_at_midnight_waits_for_each_persons_morning(
    any_app: Flask, any_world: World, office: Post
) -> None:
    app, world = any_app, any_world
    reach(app, office=office)
    early, awake = sleeps(world.official, 23, 6), give_mail(world.official2)
    with time_machine.travel(MIDNIGHT, tick=False) as clock:
        make_overdue(world, at=None)
        assert jobs.deliver() == {"sent": 1}
        assert [len(office.to(address)) for address in (early, awake)] == [0, 1]
        assert db.session.scalars(select(Delivery.due_at).where(Delivery.person_id == world.official.id)).one() == wall(
            6
        )
        clock.move_to(wall(6))
        assert jobs.deliver() == {"sent": 1}
        assert len(office.to(early)) == 1


def test_a_group_waits_for_the_morning_and_a_program_does_not(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    group, program = add_outlet(world, out), add_outlet(world, out, OutletKind.WEBHOOK)
    with time_machine.travel(MIDNIGHT, tick=False):
        make_overdue(world, at=None)
    due = dict(tuple(row) for row in db.session.execute(select(Delivery.outlet_id, Delivery.due_at)))
    assert due == {group.id: wall(7), program.id: MIDNIGHT}


def test_a_reminder_goes_out_by_night_too(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    address = sleeps(world.official)
    with time_machine.travel(MIDNIGHT, tick=False) as clock:
        with transaction():
            issue = assign_one(world)
            remind(issue, world.supervisor, today=DAY, words="今晚有暴雨，请到现场")
        clock.shift(61)
        assert jobs.deliver() == {"sent": 1}
        assert len(office.to(address)) == 1


def test_what_is_tried_again_does_not_arrive_by_night(app: Flask, world: World, office: Post) -> None:
    reach(app, office=office)
    sleeps(world.official)
    office.busy = True
    with time_machine.travel(wall(21, 59, 1), tick=False) as clock:
        make_overdue(world, at=None)
        assert jobs.deliver() == {"waiting": 1}
        office.busy = False
        clock.shift(timedelta(hours=2))
        assert jobs.deliver() == {}
        clock.move_to(wall(7, 0, 2))
        assert jobs.deliver() == {"sent": 1}


def test_each_person_says_when_their_night_is(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.official)
    assert "夜间从" in client.get("/messages/settings").text
    saved = {"email": "wang@example.gov.cn", "urgent": "y", "quiet_from": "21", "quiet_until": "8"}
    assert client.post("/messages/settings", data=saved).status_code == 302
    kept = select(User.quiet_from, User.quiet_until).where(User.id == world.official.id)
    assert tuple(db.session.execute(kept).one()) == (21, 8)
    assert client.post("/messages/settings", data={**saved, "quiet_from": ""}).status_code == 302
    db.session.rollback()
    assert tuple(db.session.execute(kept).one()) == (None, None)
    assert client.post("/messages/settings", data={**saved, "quiet_from": "3"}).status_code == 422
