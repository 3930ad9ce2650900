"""Tables: versions of one plan, and measures."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.plans.rules import PlanState


class Plan(Base):
    """One version of an issue's plan."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    version: Mapped[int]
    state: Mapped[PlanState] = mapped_column(words(PlanState, "state"))
    goals: Mapped[str] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)  # why it was returned

    measures: Mapped[list[Measure]] = relationship(order_by="Measure.position", cascade="all, delete-orphan")
    submitted_by: Mapped[User] = relationship(foreign_keys=submitted_by_id)
    submitted_for: Mapped[User | None] = relationship(foreign_keys=submitted_for_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    decided_for: Mapped[User | None] = relationship(foreign_keys=decided_for_id)

    __table_args__ = (
        UniqueConstraint("issue_id", "version"),
        Index(
            "uq_plan_approved",
            "issue_id",
            unique=True,
            sqlite_where=text("state = 'approved'"),
            postgresql_where=text("state = 'approved'"),
        ),
        Index(
            "uq_plan_submitted",
            "issue_id",
            unique=True,
            sqlite_where=text("state = 'submitted'"),
            postgresql_where=text("state = 'submitted'"),
        ),
        CheckConstraint("(state IN ('submitted')) = (decided_at IS NULL)", name="decided_has_date"),
    )


class Measure(Base):
    """One thing to be done by a day."""

    __tablename__ = "measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(80), default="")
    due: Mapped[date]
    done_on: Mapped[date | None]

    __table_args__ = (UniqueConstraint("plan_id", "position"),)
