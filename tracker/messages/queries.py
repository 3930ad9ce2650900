"""Questions about what was told; an issue outside the reader's scope keeps number and title to itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, case, select

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.base.journal import Remark
from tracker.base.paging import Page, Segment, read_page
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.messages.models import Message
from tracker.messages.rules import Channel
from tracker.org.models import Region, Unit

PAGE_SIZE = 50


def inbox(actor: Actor, cursor: str | None) -> Page:
    """A page of what this person was told, newest first: id, matter, number_told, day, read_at; and of its issue number,
    title, county and what was said with it, None where there is none or the person no longer sees it. One query."""
    seen = visible_to(actor)
    query = (
        select(
            Message.matter,
            Message.number.label("number_told"),
            Message.day,
            Message.read_at,
            Message.issue_id,
            case((seen, Remark.text)).label("said"),
            case((seen, Issue.number)).label("number"),
            case((seen, Issue.title)).label("title"),
            case((seen, Region.name)).label("county"),
        )
        .outerjoin(Issue, Issue.id == Message.issue_id)
        .outerjoin(Remark, Remark.id == Message.remark_id)
        .outerjoin(Region, Region.id == Issue.county_id)
        .where(Message.person_id == actor.duty_id, Message.channel == Channel.INBOX)
    )
    return read_page(query, (Segment("all", (), (Message.id,), descending=True),), cursor, PAGE_SIZE, _read)


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def told_about(issue_id: int) -> Sequence[Any]:
    """Who was told what of this issue: occasion, person, unit, day; in the order it was told."""
    return db.session.execute(
        select(Message.occasion, User.name.label("person"), Unit.name.label("unit"), Message.day)
        .join(User, User.id == Message.person_id)
        .join(Unit, Unit.id == User.unit_id)
        .where(Message.issue_id == issue_id, Message.channel == Channel.INBOX)
        .order_by(Message.id)
    ).all()
