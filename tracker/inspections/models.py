"""Tables: inspections (batches handed over) and their findings."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.base.db import Base, words
from tracker.inspections.rules import Source


class Inspection(Base):
    """One hand-over by one source."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str | None] = mapped_column(String(80))
    received_on: Mapped[date]

    findings: Mapped[list[Finding]] = relationship(back_populates="inspection", order_by="Finding.id")

    __table_args__ = (Index("ix_inspection_source", "source", "received_on"),)


class Finding(Base):
    """One entry of an inspection in its original wording; never edited."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    clause: Mapped[str | None] = mapped_column(String(60))
    wording: Mapped[str] = mapped_column(Text)

    inspection: Mapped[Inspection] = relationship(back_populates="findings")

    __table_args__ = (Index("ix_finding_inspection_id", "inspection_id"),)
