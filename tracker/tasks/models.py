"""Tables: tasks, the files of their answers; self-checks, who has a part in them, what was found."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.base.files import StoredFile
from tracker.issues.models import Issue
from tracker.org.models import Region, Unit
from tracker.tasks.rules import TaskKind, TaskState

_PENDING = "state IN ('open','answered')"


class Task(Base):
    """One thing asked, with its latest answer and what was decided of it; earlier ones stand in the journal."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(words(TaskKind, "kind"))
    state: Mapped[TaskState] = mapped_column(words(TaskState, "state"), default=TaskState.OPEN)
    text: Mapped[str] = mapped_column(Text)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))  # whose supervisors follow it
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))  # who owes the answer: this unit,
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # or, where one is named, this person
    due: Mapped[date]
    asked_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opinion: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int] = mapped_column(default=1)

    region: Mapped[Region] = relationship()
    issue: Mapped[Issue | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    person: Mapped[User | None] = relationship(foreign_keys=person_id)
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    asked_for: Mapped[User | None] = relationship(foreign_keys=asked_for_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)
    answered_for: Mapped[User | None] = relationship(foreign_keys=answered_for_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    decided_for: Mapped[User | None] = relationship(foreign_keys=decided_for_id)
    files: Mapped[list[TaskFile]] = relationship(order_by="TaskFile.id")
    part: Mapped[SelfCheckPart | None] = relationship(back_populates="task")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class
    __table_args__ = (
        CheckConstraint("unit_id IS NOT NULL OR person_id IS NOT NULL", name="somebody_owes_it"),
        CheckConstraint("state NOT IN ('answered','accepted') OR answer IS NOT NULL", name="answered_has_answer"),
        CheckConstraint("state <> 'accepted' OR decided_by_id IS NOT NULL", name="accepted_by_somebody"),
        Index("ix_task_unit_id", "unit_id", "due"),  # what waits for a unit, for a person
        Index("ix_task_person_id", "person_id", "due"),
        # what a region's supervisors wait for
        Index("ix_task_pending", "region_id", "due", sqlite_where=sql(_PENDING), postgresql_where=sql(_PENDING)),
        Index("ix_task_issue_id", "issue_id"),
    )


class TaskFile(Base):
    """Evidence of an answer."""

    __tablename__ = "task_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    file: Mapped[StoredFile] = relationship(lazy="joined")

    __table_args__ = (Index("ix_task_file_task_id", "task_id"),)


class SelfCheck(Base):
    """Several units asked to look for the same kind of problem (举一反三), each by a task of its own."""

    __tablename__ = "self_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))  # whose supervisors asked
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id", ondelete="SET NULL"))  # what gave the occasion
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"))
    due: Mapped[date]
    asked_on: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    asked_for: Mapped[User | None] = relationship(foreign_keys=asked_for_id)
    region: Mapped[Region] = relationship()

    __table_args__ = (
        Index("ix_self_check_region_id", "region_id", "id"),
        Index("ix_self_check_issue_id", "issue_id"),
        Index("ix_self_check_finding_id", "finding_id"),
    )


class SelfCheckPart(Base):
    """One unit's part: its task, and as answered last who looked and how many problems were found (0: none)."""

    __tablename__ = "self_check_part"

    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    self_check_id: Mapped[int] = mapped_column(ForeignKey("self_check.id"))
    looked_by: Mapped[str | None] = mapped_column(String(200))
    found: Mapped[int | None]

    task: Mapped[Task] = relationship(back_populates="part")
    self_check: Mapped[SelfCheck] = relationship()
    findings: Mapped[list[SelfCheckFinding]] = relationship(
        order_by="SelfCheckFinding.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("(looked_by IS NULL) = (found IS NULL)", name="looked_and_found"),
        Index("ix_self_check_part_self_check_id", "self_check_id"),
    )


class SelfCheckFinding(Base):
    """A problem a unit found, in its words; a finding like any other once the answer is accepted."""

    __tablename__ = "self_check_finding"

    task_id: Mapped[int] = mapped_column(ForeignKey("self_check_part.task_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    wording: Mapped[str] = mapped_column(Text)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("finding.id"), unique=True)
