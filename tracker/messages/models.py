"""Table: the outbox."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base, Instant, words
from tracker.messages.rules import Channel, Matter

_UNREAD = text("channel = 'inbox' AND read_at IS NULL")


class Message(Base):
    """One occasion told to one person by one channel: once, whoever queues it and however often."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    matter: Mapped[Matter] = mapped_column(words(Matter, "matter"))
    # None: about several. An import that is undone takes its issues and what was said of them along.
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    number: Mapped[int]  # what ``MATTER_WORDS`` counts
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id"))  # what a person said with it
    day: Mapped[date]  # as of which it was queued
    queued_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("occasion", "person_id", "channel"),
        Index("ix_message_person_id", "person_id", "id"),  # the inbox
        Index("ix_message_issue_id", "issue_id"),  # who was told of an issue
        Index("ix_message_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )
