"""Tables: progress entries and evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant
from tracker.base.files import StoredFile

_ASKED = text("asked_at IS NOT NULL AND withdrawn_at IS NULL")


class ProgressEntry(Base):
    """What was done, in the handler's words."""

    __tablename__ = "progress_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    quantity_done: Mapped[int | None]

    by: Mapped[User] = relationship()
    evidence: Mapped[list[Evidence]] = relationship(back_populates="entry")

    __table_args__ = (Index("ix_progress_entry_issue_id", "issue_id", "id"),)


class Evidence(Base):
    """A file attached to an issue, with a progress entry or for a clearance."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("progress_entry.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    # Evidence that must not be there: who asked for it to go and why, and the second person who let it go.
    withdrawal_reason: Mapped[str | None] = mapped_column(Text)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    file: Mapped[StoredFile] = relationship(lazy="joined")
    by: Mapped[User] = relationship(foreign_keys=by_id)
    asked_by: Mapped[User | None] = relationship(foreign_keys=asked_by_id)
    asked_for: Mapped[User | None] = relationship(foreign_keys=asked_for_id)
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=withdrawn_by_id)
    withdrawn_for: Mapped[User | None] = relationship(foreign_keys=withdrawn_for_id)
    entry: Mapped[ProgressEntry | None] = relationship(back_populates="evidence")

    __table_args__ = (
        Index("ix_evidence_issue_id", "issue_id", "id"),
        Index("ix_evidence_entry_id", "entry_id"),
        Index("ix_evidence_sha256", "sha256"),
        # what a supervisor has to decide
        Index("ix_evidence_asked", "asked_at", sqlite_where=_ASKED, postgresql_where=_ASKED),
        CheckConstraint(
            "(asked_at IS NULL) = (asked_by_id IS NULL) AND (asked_at IS NULL) = (withdrawal_reason IS NULL)",
            name="asked_with_reason",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL OR asked_at IS NOT NULL)",
            name="withdrawn_after_asking",
        ),
        # nobody withdraws what they asked for themselves, nor for whom they asked, nor who asked for them
        CheckConstraint(
            "withdrawn_by_id <> asked_by_id AND withdrawn_by_id <> COALESCE(asked_for_id, 0)"
            " AND COALESCE(withdrawn_for_id, 0) <> asked_by_id"
            " AND COALESCE(withdrawn_for_id, 0) <> COALESCE(asked_for_id, -1)",
            name="withdrawn_by_two",
        ),
    )

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None
