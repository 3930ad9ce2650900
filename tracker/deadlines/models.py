"""Tables: extensions asked and decided."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.deadlines.rules import ExtensionState


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
