"""Tables: progress entries and evidence."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant
from tracker.base.files import StoredFile


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

    file: Mapped[StoredFile] = relationship(lazy="joined")
    by: Mapped[User] = relationship()
    entry: Mapped[ProgressEntry | None] = relationship(back_populates="evidence")

    __table_args__ = (
        Index("ix_evidence_issue_id", "issue_id", "id"),
        Index("ix_evidence_entry_id", "entry_id"),
        Index("ix_evidence_sha256", "sha256"),
    )
