"""Reminders (催办): once a day, in the supervisor's words, to everybody who handles the issue and can be reached."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.world import NOW, TODAY, World, assign_one, make_duty, make_person, sign_in
from tracker.accounts.models import StandIn, User
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event, Remark
from tracker.deadlines import actions as deadlines
from tracker.issues.models import Issue
from tracker.messages.models import Message
from tracker.messages.rules import Matter

WORDS = "请于七月五日前报进展，附现场照片。"


def remind(world: World, issue: Issue, today: date = TODAY, words: str = WORDS) -> int:
    with transaction():
        return deadlines.remind(issue, world.supervisor, today=today, words=words)


def told() -> set[str]:
    return set(db.session.scalars(select(User.name).join(Message, Message.person_id == User.id)))


def test_a_reminder_tells_every_handler_in_the_supervisors_words(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world, duty=make_duty(any_world, member_ids=(any_world.town_official.id,)))
    assert remind(any_world, issue) == 3
    assert told() == {"王建国", "刘志强", "胡国平"}
    rows = db.session.execute(
        select(Message.matter, Message.issue_id, Remark.text).join(Remark, Remark.id == Message.remark_id)
    ).all()
    assert set(rows) == {(Matter.REMINDER, issue.id, WORDS)}
    event = db.session.scalars(select(Event).where(Event.verb == "remind")).one()
    assert (event.data, event.remark.text) == ({"day": "2019-07-01", "told": 3}, WORDS)


def test_the_same_day_reminds_once_and_the_next_day_again(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    remind(any_world, issue)
    with pytest.raises(Refused, match="同一天不重复催办"):
        remind(any_world, issue)
    assert remind(any_world, issue, TODAY + timedelta(days=1)) == 2
    assert len(db.session.scalars(select(Message)).all()) == 4


def test_a_stand_in_is_told_where_the_handler_cannot_sign_in(any_world: World) -> None:
    with transaction():
        unknown = make_person(any_world, "unknown", "只在台账里", "town", ((Role.OFFICIAL, "longxipu", None),))
        unknown.account = unknown.password_hash = None
        any_world.town_official.active = False
        duty = make_duty(any_world, lead_unit_id=any_world.town.id, unit_ids=(any_world.town.id,),
                         responsible_person_id=unknown.id)  # fmt: skip
        issue = assign_one(any_world, duty=duty)
    with pytest.raises(Refused, match="催办送不到"):
        remind(any_world, issue)
    with transaction():
        db.session.add(
            StandIn(absent_id=unknown.id, person_id=any_world.nobody.id, begins_on=TODAY, ends_on=TODAY,
                    named_by_id=any_world.supervisor.id, named_at=NOW)
        )  # fmt: skip
    assert remind(any_world, issue) == 1
    assert told() == {"无岗位"}


def test_the_words_stand_in_the_inbox_and_only_for_whoever_sees_the_issue(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with transaction():
            number = assign_one(world).number
        client = sign_in(app.test_client(), world.supervisor)
        answer = client.post(f"/issues/{number}/remind", data={"words": WORDS}, follow_redirects=True)
        assert "已催办，通知了 2 人。" in answer.text
        assert "同一天不重复催办" in client.post(f"/issues/{number}/remind", data={"words": WORDS}).text
        inbox = sign_in(app.test_client(), world.official)
        assert WORDS in inbox.get("/messages").text
        with transaction():
            issue = db.session.scalars(select(Issue)).one()
            duty = make_duty(world, lead_unit_id=world.finance.id, unit_ids=(world.finance.id,),
                             responsible_person_id=None)  # fmt: skip
            deadlines.advance(issue, deadlines.Verb.REASSIGN, world.supervisor, today=TODAY, duty=duty, remark="调整")
        assert WORDS not in inbox.get("/messages").text


def test_whoever_may_not_remind_is_not_offered_it(app: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    assert "/remind" in sign_in(app.test_client(), world.supervisor).get(f"/issues/{number}").text
    assert "/remind" not in sign_in(app.test_client(), world.official).get(f"/issues/{number}").text
    assert sign_in(app.test_client(), world.official).get(f"/issues/{number}/remind").status_code == 403
    assert sign_in(app.test_client(), world.stranger).get(f"/issues/{number}/remind").status_code == 404
