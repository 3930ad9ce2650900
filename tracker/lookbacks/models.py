"""Tables: look-backs that were held. What is due is no row: it stands as a date on the issue."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.lookbacks.rules import Result
from tracker.progress.models import Evidence


class LookBack(Base):
    """One look at a clearance, by somebody who had no part in it. Never changed afterwards."""

    __tablename__ = "look_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    cleared_on: Mapped[date]  # of the clearance looked at: a relapsed issue is cleared more than once
    due_on: Mapped[date | None]  # the date it answers; None: held of one's own accord
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120))
    people: Mapped[str] = mapped_column(String(200))
    seen: Mapped[str] = mapped_column(Text)
    result: Mapped[Result] = mapped_column(words(Result, "result"))
    new_term: Mapped[date | None]  # failed: the new deadline, of a long-term issue the new review date
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    held_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    at: Mapped[datetime] = mapped_column(Instant)

    by: Mapped[User] = relationship(foreign_keys=by_id)
    held_for: Mapped[User | None] = relationship(foreign_keys=held_for_id)
    evidence: Mapped[list[Evidence]] = relationship(secondary="look_back_evidence", order_by=Evidence.id)

    __table_args__ = (
        CheckConstraint("held_on >= cleared_on", name="after_clearance"),
        CheckConstraint("(result = 'failed') = (new_term IS NOT NULL)", name="failed_has_term"),
        Index("ix_look_back_issue_id", "issue_id", "id"),
        Index("ix_look_back_held_on", "held_on", "id"),  # the list of those held, newest first
    )


look_back_evidence = Table(
    "look_back_evidence",
    Base.metadata,
    Column("look_back_id", ForeignKey("look_back.id"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
)


class Draw(Base):
    """A random draw of clearances to be looked at, with all that is needed to repeat it. Never changed, never deleted."""

    __tablename__ = "look_back_draw"

    id: Mapped[int] = mapped_column(primary_key=True)
    seed: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]  # asked for; there may have been fewer
    drawn_on: Mapped[date]
    due_on: Mapped[date]
    frame: Mapped[str] = mapped_column(Text, deferred=True)  # every clearance that could be drawn (rules.write_frame)
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the frame
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    by: Mapped[User] = relationship(foreign_keys=by_id)
    picks: Mapped[list[Pick]] = relationship(order_by="Pick.position")

    __table_args__ = (CheckConstraint("size BETWEEN 1 AND 500", name="size"),)


class Pick(Base):
    """One clearance that was drawn; ``position``: its place in the draw."""

    __tablename__ = "look_back_pick"

    draw_id: Mapped[int] = mapped_column(ForeignKey("look_back_draw.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    number: Mapped[str] = mapped_column(String(40))  # as it was drawn

    __table_args__ = (Index("ix_look_back_pick_issue_id", "issue_id"),)
