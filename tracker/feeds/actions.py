"""Use cases: make an address, revoke it, answer it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import case, delete, or_, update

from tracker.base import journal
from tracker.base.access import N_, Actor, Refused
from tracker.base.db import db, upsert
from tracker.feeds.models import CalendarAddress
from tracker.feeds.rules import WINDOW, new_token, token_hash


def make_address(actor: Actor, at: datetime) -> str:
    """A new secret address for the person; an older one is dead from now on. Returns its token, kept nowhere."""
    _in_person(actor)
    token = new_token()
    values = {"token_hash": token_hash(token), "made_at": at, "fetches": 0, "began_at": at, "fetched_on": None}
    entry = upsert(CalendarAddress).values(person_id=actor.id, **values)
    db.session.execute(entry.on_conflict_do_update(index_elements=["person_id"], set_=values))
    journal.record("make_calendar_address", "calendar", actor.id, **journal.by(actor), at=at)
    return token


def revoke_address(actor: Actor, at: datetime) -> None:
    """Whoever still has the address gets nothing any more."""
    _in_person(actor)
    gone = db.session.execute(
        delete(CalendarAddress)
        .where(CalendarAddress.person_id == actor.id)
        .returning(CalendarAddress.person_id)
        .execution_options(synchronize_session="fetch")
    )
    if gone.first() is not None:
        journal.record("revoke_calendar_address", "calendar", actor.id, **journal.by(actor), at=at)


def record_fetch(address: CalendarAddress, *, today: date, at: datetime) -> None:
    """Count the fetch; the day's first one goes down in the journal: calendars ask every few minutes for years."""
    person, columns = address.person, CalendarAddress
    same_window = columns.began_at > at - WINDOW
    mine = update(columns).where(columns.person_id == person.id).execution_options(synchronize_session=False)
    db.session.execute(
        mine.values(
            fetches=case((same_window, columns.fetches + 1), else_=1),
            began_at=case((same_window, columns.began_at), else_=at),
        )
    )
    first = db.session.execute(
        mine.where(or_(columns.fetched_on.is_(None), columns.fetched_on < today))
        .values(fetched_on=today)
        .returning(columns.person_id)
    )
    if first.first() is not None:
        journal.record("download", "calendar", person.id, **journal.by(person), at=at)


def _in_person(actor: Actor) -> None:
    if actor.for_id is not None:
        raise Refused(N_("日历订阅只能由本人办理，请先回到本人身份。"))
