"""Use cases: queue what is to be told; mark it read."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, select, update

from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Actor, Missing
from tracker.base.db import db, upsert
from tracker.messages.models import Message
from tracker.messages.rules import Channel, Matter

_QUEUED = ("occasion", "person_id", "issue_id", "number", "channel", "matter", "remark_id", "day", "queued_at")


def queue(told: Select[Any], matter: Matter, *, day: date, at: datetime, remark_id: int | None = None) -> int:
    """Queue one message for each row of ``told`` (occasion, person_id, issue_id, number) that was not told before.

    ``remark_id``: what a person said with it, kept beside the journal and only referred to.
    One statement however many; returns how many it queued. The readers' unread numbers move in the same transaction.
    """
    rows = told.subquery()
    same = (
        literal(Channel.INBOX, Message.channel.type),
        literal(matter, Message.matter.type),
        literal(remark_id, Message.remark_id.type),
        literal(day),
        literal(at, Message.queued_at.type),
    )
    source = select(rows.c.occasion, rows.c.person_id, rows.c.issue_id, rows.c.number, *same)
    source = source.where(rows.c.person_id.is_not(None))  # SQLite reads ON CONFLICT after a bare FROM as a join
    insert = upsert(Message).from_select(_QUEUED, source).on_conflict_do_nothing().returning(Message.person_id)
    readers = Counter(db.session.scalars(insert))
    if readers:
        people: Any = User.__table__
        more = (
            update(people).where(people.c.id == bindparam("reader")).values(unread=people.c.unread + bindparam("more"))
        )
        # in one order: two transactions cannot block each other
        db.session.execute(more, [{"reader": one, "more": readers[one]} for one in sorted(readers)])
    return readers.total()


# Reading leaves no event: it changes nothing of an issue, and nobody is to be measured by what they read (DOMAIN §7).


def mark_read(message_id: int, actor: Actor, at: datetime | None = None) -> None:
    """Read one message. Raises Missing when it is not this person's."""
    mine = db.session.scalar(select(Message.id).where(Message.id == message_id, Message.person_id == actor.duty_id))
    if mine is None:
        raise Missing
    _read(Message.id == message_id, actor, at)


def mark_all_read(actor: Actor, up_to: int, at: datetime | None = None) -> None:
    """Read everything up to the newest message that the page showed: what came since stays unread."""
    _read(Message.id <= up_to, actor, at)


def _read(which: ColumnElement[bool], actor: Actor, at: datetime | None) -> None:
    mine = (Message.person_id == actor.duty_id, Message.channel == Channel.INBOX, Message.read_at.is_(None))
    db.session.execute(
        update(Message).where(which, *mine).values(read_at=at or clock.now()),
        execution_options={"synchronize_session": False},
    )
    left = select(func.count()).select_from(Message).where(*mine).scalar_subquery()
    db.session.execute(
        update(User).where(User.id == actor.duty_id).values(unread=left),
        execution_options={"synchronize_session": False},
    )
