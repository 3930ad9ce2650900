"""Tables: what was read of a document, while a person sorts it. Nothing here is a finding yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.base.db import Base
from tracker.inspections.models import Document


class Draft(Base):
    """A document being sorted; gone when its findings are written or the document is taken off.

    ``version`` moves with every change of any entry, so that what is confirmed is what was looked at.
    """

    __tablename__ = "feedback_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("inspection_document.id"), unique=True)
    numbered: Mapped[bool]  # otherwise every paragraph was taken for an entry
    written_on: Mapped[date | None]  # years left out of deadlines are its year
    handed_over: Mapped[date | None]
    changes: Mapped[int] = mapped_column(default=0)  # of its entries, so that each moves the version
    version: Mapped[int] = mapped_column(default=1)

    document: Mapped[Document] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class


class DraftEntry(Base):
    """A passage of the document: an entry to be written down, or one passed over and why. ``wording`` is verbatim."""

    __tablename__ = "feedback_draft_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("feedback_draft.id"))
    position: Mapped[int]
    passed: Mapped[str | None] = mapped_column(String(60))  # why it is no problem; None: it will be written down
    clause: Mapped[str] = mapped_column(String(60), default="")
    section: Mapped[str] = mapped_column(Text, default="")  # the headings above it
    title: Mapped[str] = mapped_column(String(200), default="")  # its words without units and deadline
    wording: Mapped[str] = mapped_column(Text)
    county_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    lead_official: Mapped[str] = mapped_column(
        String(200), default="", server_default=""
    )  # names, as units are: parted by 、
    lead_unit: Mapped[str] = mapped_column(String(200), default="")
    units: Mapped[str] = mapped_column(Text, default="")
    responsible_person: Mapped[str] = mapped_column(String(200), default="", server_default="")
    kind: Mapped[str] = mapped_column(String(32), default="", server_default="")  # "": not said, the deadline tells it
    deadline_written: Mapped[str] = mapped_column(String(200), default="")
    remark: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # a line each, for whoever hands the issue out
    version: Mapped[int] = mapped_column(default=1)

    draft: Mapped[Draft] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("wording <> ''", name="has_wording"),
        Index("ix_feedback_draft_entry_draft_id", "draft_id", "position"),
    )
