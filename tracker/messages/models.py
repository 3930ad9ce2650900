"""Tables: the outbox and the inbox; what leaves the house, to whom, and how far it got."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.messages.rules import Channel, DeliveryState, Matter, OutletKind, Trouble
from tracker.org.models import Region

_UNREAD = text("channel = 'inbox' AND read_at IS NULL")
_UNDIGESTED = text("delivery_id IS NULL AND read_at IS NULL")
_WAITING = text("state = 'waiting'")
_NAMESPACE = uuid.UUID("6a3c1f0e-3a0f-4b53-9f0a-0c5f4f1d7c11")  # any of our own


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
    # Tasks are a part further right; only its key stands here.
    task_id: Mapped[int | None] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # told to whoever stands in: for whom
    number: Mapped[int]  # what ``MATTER_WORDS`` counts
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id"))  # what a person said with it
    day: Mapped[date]  # as of which it was queued
    queued_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    # The one e-mail that carries it: so an occasion goes out once by mail too. None: by none, or not yet.
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"))

    __table_args__ = (
        UniqueConstraint("occasion", "person_id", "channel"),
        Index("ix_message_person_id", "person_id", "id"),  # the inbox
        Index("ix_message_issue_id", "issue_id"),  # who was told of an issue
        Index("ix_message_task_id", "task_id"),  # a task that goes takes along what was said of it
        Index("ix_message_unread", "person_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
        Index("ix_message_delivery_id", "delivery_id"),  # what an e-mail says
        # what the next digest takes along
        Index("ix_message_undigested", "person_id", sqlite_where=_UNDIGESTED, postgresql_where=_UNDIGESTED),
    )


class Outlet(Base):
    """A robot in a group chat, or a program that takes messages: it gets what happens to the issues of its region.

    Set up by a system administrator, opened by a supervisor of the region: neither lets anything out alone.
    """

    __tablename__ = "outlet"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[OutletKind] = mapped_column(words(OutletKind, "kind"))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    address: Mapped[str | None] = mapped_column(String(300))  # a webhook's; a robot's stands in the settings
    keys: Mapped[bytes] = mapped_column(LargeBinary)  # the robot's key and what signs, encrypted (vault)
    key_end: Mapped[str] = mapped_column(String(4))  # of the key, to know it again by
    made_at: Mapped[datetime] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)  # None: nothing of any issue goes there
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    region: Mapped[Region] = relationship(lazy="joined")
    opened_by: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("(kind = 'webhook') = (address IS NOT NULL)", name="webhook_has_address"),
        CheckConstraint("(opened_at IS NULL) = (opened_by_id IS NULL)", name="opened_by_somebody"),
    )


class Delivery(Base):
    """One message on its way out: to a person by e-mail, or to an outlet. Sent at least once, always under one id."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    occasion: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outlet_id: Mapped[int | None] = mapped_column(ForeignKey("outlet.id"))
    matter: Mapped[Matter] = mapped_column(words(Matter, "matter"))
    number: Mapped[int]  # what ``MATTER_WORDS`` counts
    state: Mapped[DeliveryState] = mapped_column(words(DeliveryState, "state"), default=DeliveryState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)  # not to be tried before
    lease: Mapped[str | None] = mapped_column(String(32))  # whose try is running
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)  # sent, failed or dropped
    trouble: Mapped[Trouble | None] = mapped_column(words(Trouble, "trouble"))  # of the latest try
    detail: Mapped[str | None] = mapped_column(String(200))  # what the other side said

    person: Mapped[User | None] = relationship()
    outlet: Mapped[Outlet | None] = relationship()

    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (outlet_id IS NULL)", name="one_receiver"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_has_date"),
        UniqueConstraint("occasion", "person_id"),
        UniqueConstraint("occasion", "outlet_id"),
        # what is due, by receiver: every beat asks
        Index("ix_delivery_waiting", "outlet_id", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_delivery_state", "state", "id"),  # the list of each state
        Index("ix_delivery_outlet_id", "outlet_id", "id"),  # an outlet's latest
    )

    @property
    def public_id(self) -> str:
        """The same however often it is sent; by it the receiver knows a repeated one."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.id}:{self.occasion}:{self.made_at.isoformat()}"))


class Announcement(Base):
    """One occasion of one issue told to one outlet: once."""

    __tablename__ = "announcement"

    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(80), primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"))

    __table_args__ = (
        Index("ix_announcement_issue_id", "issue_id"),
        Index("ix_announcement_delivery_id", "delivery_id"),
    )
