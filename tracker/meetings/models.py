"""Tables: meetings, their agenda, who takes part, what was decided."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, words
from tracker.issues.models import Issue
from tracker.meetings.rules import MeetingKind
from tracker.org.models import Region, Unit
from tracker.tasks.models import Task


class Meeting(Base):
    """One meeting of a county or of the root."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[MeetingKind] = mapped_column(words(MeetingKind, "kind"))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(120), default="")
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    region: Mapped[Region] = relationship(lazy="joined")
    chair: Mapped[User | None] = relationship()
    items: Mapped[list[AgendaItem]] = relationship(order_by="AgendaItem.position", cascade="all, delete-orphan")
    participants: Mapped[list[Participant]] = relationship(
        order_by="Participant.position", cascade="all, delete-orphan"
    )
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.task_id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class
    __table_args__ = (Index("ix_meeting_region_id", "region_id", "held_on"),)


class AgendaItem(Base):
    """A topic, or an issue of the list."""

    __tablename__ = "agenda_item"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(300))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"))

    issue: Mapped[Issue | None] = relationship()

    __table_args__ = (Index("ix_agenda_item_issue_id", "issue_id"),)


class Participant(Base):
    """A person or a unit."""

    __tablename__ = "participant"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))

    person: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (unit_id IS NULL)", name="person_or_unit"),
        Index("ix_participant_person_id", "person_id"),
        Index("ix_participant_unit_id", "unit_id"),
    )


class Decision(Base):
    """What a meeting decided is a task."""

    __tablename__ = "meeting_decision"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True, unique=True)

    task: Mapped[Task] = relationship()
