"""The inbox: each person their own, an issue outside the scope keeps its name, reading moves the number in the bar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.register.test_queries import sent
from tests.world import World, assign_one, make_duty, sign_in
from tracker.accounts.models import User
from tracker.base.db import db, transaction
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.messages import queries
from tracker.messages.models import Message

MORNING = datetime(2019, 9, 1, 1, 0, tzinfo=UTC)  # 9:00 over there: groups are awake, whatever the hour of the test


def make_overdue(world: World, number: int = 1, *, at: datetime | None = MORNING) -> None:
    """That many issues, each told to the two responsible units' officials."""
    with transaction():
        for _ in range(number):
            assign_one(world)
    with transaction():
        flag_overdue(date(2019, 9, 1))
        escalate(date(2019, 9, 1), at)


def unread(person: User) -> int:
    return db.session.scalars(select(User.unread).where(User.id == person.id)).one()


def messages_of(person: User) -> list[int]:
    return list(db.session.scalars(select(Message.id).where(Message.person_id == person.id).order_by(Message.id)))


def page_of(app: Flask, person: User, address: str = "/messages") -> Any:
    return sign_in(app.test_client(), person).get(address)


def test_the_inbox_says_what_is_asked_and_leads_to_the_issue(app: Flask, world: World) -> None:
    make_overdue(world)
    (issue,) = db.session.scalars(select(Issue))
    text = page_of(app, world.official).text
    assert "有 1 条未读消息" in text
    assert "整改时限已过，请抓紧整改" in text
    assert f'href="/issues/{issue.number}"' in text


def test_everybody_has_an_inbox_of_their_own(app: Flask, world: World) -> None:
    make_overdue(world)
    assert "沙坪村饮水工程" not in page_of(app, world.stranger_official).text
    assert "还没有消息" in page_of(app, world.stranger_official).text
    (message,) = messages_of(world.official)
    answer = sign_in(app.test_client(), world.official2).post(f"/messages/{message}/read")
    assert answer.status_code == 404
    assert (unread(world.official), unread(world.official2)) == (1, 1)


def test_an_issue_handed_on_keeps_its_name_from_whoever_was_told_before(app: Flask, world: World) -> None:
    make_overdue(world)
    (issue,) = db.session.scalars(select(Issue))
    with transaction():
        duty = make_duty(world, lead_unit_id=world.town.id, unit_ids=(world.town.id,), responsible_person_id=None)
        issues.reassign(issue, world.supervisor, today=date(2019, 9, 2), duty=duty, reason="转给乡镇")
    text = page_of(app, world.official).text
    assert "已不在您的职责范围内" in text
    assert issue.number not in text
    assert issue.title not in text


def test_reading_one_and_reading_all_move_the_number_in_the_bar(app: Flask, world: World) -> None:
    make_overdue(world, 3)
    client = sign_in(app.test_client(), world.official)
    first, second, third = messages_of(world.official)
    assert 'class="count">3<' in client.get("/messages").text
    client.post(f"/messages/{first}/read")
    client.post(f"/messages/{first}/read")
    assert unread(world.official) == 2
    client.post("/messages/read", data={"up_to": second})  # what came after the page was shown stays unread
    assert unread(world.official) == 1
    client.post("/messages/read", data={"up_to": third})
    assert 'class="count"' not in client.get("/messages").text
    assert unread(world.official2) == 3


def test_the_inbox_costs_one_query_however_long(world: World) -> None:
    make_overdue(world, 60)
    assert world.official.grants
    with sent() as statements:
        page = queries.inbox(world.official, None)
    assert (len(page.rows), len(statements)) == (queries.PAGE_SIZE, 1)
    assert len(queries.inbox(world.official, page.next).rows) == 10


def test_the_dossier_says_which_level_since_when_and_who_was_told(app: Flask, world: World) -> None:
    make_overdue(world)
    with transaction():
        escalate(date(2019, 9, 5))
    (issue,) = db.session.scalars(select(Issue))
    text = " ".join(page_of(app, world.supervisor, f"/issues/{issue.number}").text.split())
    assert "升至第 2 级：<strong>牵头领导</strong>" in text
    assert "2019-09-03 起 · 2019-09-05 通知：黄志伟（新邵县整改办）" in text
    assert "2019-09-01 起 · 2019-09-01 通知：王建国（新邵县水利局）" in text
