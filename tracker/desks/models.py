"""Tables: one act carried out on many issues, and what became of each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base, Instant, words
from tracker.desks.rules import Act, Outcome


class Batch(Base):
    """One act that a person carried out on many issues at once. ``token``: sent twice, it is begun once."""

    __tablename__ = "batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    act: Mapped[Act] = mapped_column(words(Act, "act"))
    # What holds for every issue: ids and codes; free text stands beside the journal and is referred to.
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    day: Mapped[date]
    begun_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_batch_by_id", "by_id", "id"),)


class BatchItem(Base):
    """One issue of a batch, and what became of it: a sentence and its fields."""

    __tablename__ = "batch_item"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    # An import that is undone takes its issues along.
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome, "outcome"), default=Outcome.WAITING)
    said: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    __table_args__ = (
        CheckConstraint("(outcome = 'waiting') = (said IS NULL)", name="settled_is_said"),
        Index("ix_batch_item_issue_id", "issue_id"),
    )
