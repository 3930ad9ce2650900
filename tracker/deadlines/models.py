"""Tables: extensions asked and decided; the levels that being overdue has reached; steps that took too long;
objections."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.deadlines.rules import Clock, ExtensionState, ObjectionState
from tracker.progress.models import Evidence


class Extension(Base):
    """A later deadline asked for, on or before the one it would replace."""

    __tablename__ = "extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    state: Mapped[ExtensionState] = mapped_column(words(ExtensionState, "state"))
    deadline: Mapped[date]  # the one in force when asked
    wanted: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    asked_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    opinion: Mapped[str | None] = mapped_column(Text)

    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    asked_for: Mapped[User | None] = relationship(foreign_keys=asked_for_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    decided_for: Mapped[User | None] = relationship(foreign_keys=decided_for_id)

    __table_args__ = (
        CheckConstraint("wanted > deadline", name="later"),
        CheckConstraint("asked_on <= deadline", name="asked_in_time"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_date"),
        Index(
            "uq_extension_waiting",
            "issue_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_extension_issue_id", "issue_id"),
        # the supervisor's "waiting for my decision"
        Index("ix_extension_state", "state", "asked_on"),
    )


class Escalation(Base):
    """A level that an overdue episode has reached. Written once, by the job; time going back takes none away."""

    __tablename__ = "escalation"

    # An import that is undone takes its issues and their episodes along.
    episode_id: Mapped[int] = mapped_column(ForeignKey("overdue_episode.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    days: Mapped[int]  # overdue, with which it began, as the rule stood
    raised_on: Mapped[date]  # the day of the run; the dates say since when
    at_take_over: Mapped[bool]  # reached before this house knew of it: told in one summary
    told_on: Mapped[date | None]  # when its messages were queued; empty while nobody at all could be told

    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("days >= 1", name="days"),
        Index("ix_escalation_issue_id", "issue_id"),
        # what the running job has still to tell
        Index(
            "ix_escalation_untold",
            "level",
            sqlite_where=text("told_on IS NULL"),
            postgresql_where=text("told_on IS NULL"),
        ),
    )


class Delay(Base):
    """A step that took longer than its working days. Written once, by the job, for each time the step began."""

    __tablename__ = "delay"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    clock: Mapped[Clock] = mapped_column(words(Clock, "clock"))
    since: Mapped[date]  # when the step began
    level: Mapped[int]  # of review; 0 for the other steps
    allowed: Mapped[int]  # working days, as the rule stood
    recorded_on: Mapped[date]  # the day of the run
    told_on: Mapped[date | None]  # when its messages were queued

    __table_args__ = (
        UniqueConstraint("issue_id", "clock", "since", "level"),
        CheckConstraint("(clock = 'review') = (level > 0)", name="level_of_review"),
        CheckConstraint("recorded_on > since", name="after_it_began"),
        # what the running job has still to tell
        Index(
            "ix_delay_untold",
            "clock",
            sqlite_where=text("told_on IS NULL"),
            postgresql_where=text("told_on IS NULL"),
        ),
    )


class Objection(Base):
    """What a handler says against an overdue flag (异议), and what a supervisor decided. Never deleted."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"))
    episode_id: Mapped[int] = mapped_column(ForeignKey("overdue_episode.id", ondelete="CASCADE"))
    state: Mapped[ObjectionState] = mapped_column(words(ObjectionState, "state"))
    reason: Mapped[str] = mapped_column(Text)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    raised_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    raised_on: Mapped[date]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    opinion: Mapped[str | None] = mapped_column(Text)

    raised_by: Mapped[User] = relationship(foreign_keys=raised_by_id)
    raised_for: Mapped[User | None] = relationship(foreign_keys=raised_for_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    decided_for: Mapped[User | None] = relationship(foreign_keys=decided_for_id)
    evidence: Mapped[list[Evidence]] = relationship(secondary="objection_evidence", order_by="Evidence.id")

    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_has_date"),
        CheckConstraint("(state = 'waiting') = (opinion IS NULL)", name="decided_with_reason"),
        # one open objection per episode
        Index(
            "uq_objection_waiting",
            "episode_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_objection_issue_id", "issue_id"),
        # the supervisor's "waiting for my decision"
        Index("ix_objection_state", "state", "raised_on"),
    )


objection_evidence = Table(
    "objection_evidence",
    Base.metadata,
    Column("objection_id", ForeignKey("objection.id", ondelete="CASCADE"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
)
