"""Tables: inspections (batches handed over) and their findings."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.base.files import StoredFile
from tracker.inspections.rules import Source
from tracker.org.models import Region
from tracker.settings.models import Category


class Inspection(Base):
    """One hand-over by one source to one region: the same letter handed to two counties is two inspections."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    title: Mapped[str] = mapped_column(String(200))
    document_number: Mapped[str | None] = mapped_column(String(80))
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))  # whom it was handed to
    received_on: Mapped[date]
    began_on: Mapped[date | None]  # of the inspection itself, where the letter says so
    ended_on: Mapped[date | None]
    letter_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    letter_name: Mapped[str | None] = mapped_column(String(200))

    region: Mapped[Region] = relationship()
    letter: Mapped[StoredFile | None] = relationship()
    findings: Mapped[list[Finding]] = relationship(back_populates="inspection", order_by="Finding.id")

    __table_args__ = (
        CheckConstraint("ended_on IS NULL OR began_on IS NULL OR ended_on >= began_on", name="ended_after_begun"),
        CheckConstraint("(letter_sha256 IS NULL) = (letter_name IS NULL)", name="letter_has_name"),
        Index("ix_inspection_source", "source", "received_on"),
        Index("ix_inspection_received_on", "received_on", "id"),  # the list, newest first
        Index("ix_inspection_region_id", "region_id"),
    )


class Finding(Base):
    """One entry of an inspection in its original wording. Triggers refuse UPDATE and DELETE: whoever reads it later
    reads what was handed over. What became of it stands beside it (issues.models.FindingAnswer)."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    clause: Mapped[str | None] = mapped_column(String(60))
    wording: Mapped[str] = mapped_column(Text)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))  # the board's column it names, if any

    inspection: Mapped[Inspection] = relationship(back_populates="findings")

    __table_args__ = (
        Index("ix_finding_inspection_id", "inspection_id", "id"),
        Index("ix_finding_county_id", "county_id"),
    )


class Document(Base):
    """A document a hand-over's findings were read from, as it was brought: a file, or pasted text kept as one."""

    __tablename__ = "inspection_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    entered_at: Mapped[datetime | None] = mapped_column(
        Instant
    )  # its findings were written; until then somebody sorts them

    inspection: Mapped[Inspection] = relationship()
    stored: Mapped[StoredFile] = relationship()
    added_by: Mapped[User] = relationship()

    __table_args__ = (Index("ix_inspection_document_inspection_id", "inspection_id", "id"),)


class Proposal(Base):
    """What the document asks beside a finding's wording, as a person confirmed it: offered when the finding is listed and
    handed out. The finding itself says only what it says."""

    __tablename__ = "finding_proposal"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("inspection_document.id"))
    title: Mapped[str] = mapped_column(String(200))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    lead_official: Mapped[str] = mapped_column(
        String(200), default="", server_default=""
    )  # by name, as the document has it
    lead_unit: Mapped[str] = mapped_column(String(200), default="")  # likewise
    units: Mapped[str] = mapped_column(Text, default="")  # by name, parted by 、
    responsible_person: Mapped[str] = mapped_column(String(200), default="", server_default="")
    stages: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # of the deadline, where it has several: a line each
    remark: Mapped[str] = mapped_column(Text, default="", server_default="")  # what else it says, a line each
    kind: Mapped[str] = mapped_column(String(32))
    deadline: Mapped[date | None]
    deadline_written: Mapped[str] = mapped_column(String(200), default="")

    document: Mapped[Document] = relationship()
    category: Mapped[Category | None] = relationship()

    __table_args__ = (Index("ix_finding_proposal_document_id", "document_id"),)

    @property
    def unit_names(self) -> list[str]:
        return [name for name in self.units.split("、") if name]
