"""The append-only history: who did what, when, to what. Every action records its event in its own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.base import clock
from tracker.base.db import Base, Instant, db


class Remark(Base):
    """Free text said with an event (a reason, an opinion). Apart from the event, because it may have to be erased."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Event(Base):
    """One entry; never updated, never deleted. ``data`` holds references, codes and dates, no personal data."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]  # None: the system itself ("console", a job)
    for_id: Mapped[int | None]  # "B for A": the person acted for
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id"))

    remark: Mapped[Remark | None] = relationship(lazy="joined")

    __table_args__ = (
        Index("ix_event_subject", "subject", "subject_id", "id"),  # an issue's timeline
    )


def record(
    verb: str,
    subject: str,
    subject_id: int,
    *,
    actor_id: int | None,
    data: dict[str, Any] | None = None,
    remark: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Append one event to the running transaction and return it."""
    entry = Event(
        at=at or clock.now(),
        actor_id=actor_id,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        data=data or {},
        remark=Remark(text=remark) if remark else None,
    )
    db.session.add(entry)
    return entry


def keep(text: str) -> int:
    """Store free text beside the journal and return its id, for an event to refer to."""
    remark = Remark(text=text)
    db.session.add(remark)
    db.session.flush()
    return remark.id
