"""Tables: papers as they were issued, whom they went to, the register of numbers, an office's own templates."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.base.files import StoredFile
from tracker.org.models import Unit
from tracker.papers.rules import PaperKind


class Paper(Base):
    """One paper, kept as the file that was sent. Withdrawn it keeps its number; it is never changed, never deleted."""

    __tablename__ = "paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)  # of the form it came from: sent twice, issued once
    kind: Mapped[PaperKind] = mapped_column(words(PaperKind, "kind"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))  # the office that issued it
    year: Mapped[int]
    number: Mapped[int]
    symbol: Mapped[str] = mapped_column(String(80), unique=True)  # 发文字号, as it stands on the paper
    title: Mapped[str] = mapped_column(String(200))
    issued_on: Mapped[date]
    reply_by: Mapped[date | None]
    head: Mapped[str | None] = mapped_column(String(90))  # the end of the journal's chain that a bulletin carries
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    template_sha256: Mapped[str | None] = mapped_column(String(64))  # an office's own; None: the built-in one
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)

    unit: Mapped[Unit] = relationship()
    file: Mapped[StoredFile] = relationship()
    by: Mapped[User] = relationship(foreign_keys=by_id)
    acted_for: Mapped[User | None] = relationship(foreign_keys=for_id)
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=withdrawn_by_id)
    withdrawn_for: Mapped[User | None] = relationship(foreign_keys=withdrawn_for_id)
    addressees: Mapped[list[Addressee]] = relationship(order_by="Addressee.position")

    __table_args__ = (
        UniqueConstraint("unit_id", "kind", "year", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn_by_somebody"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
        CheckConstraint("(kind = 'bulletin') = (head IS NOT NULL)", name="bulletin_has_head"),
        Index("ix_paper_kind", "kind", "id"),  # the register, one kind
    )


class PaperIssue(Base):
    """An issue that a paper is about, in the paper's order."""

    __tablename__ = "paper_issue"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))

    __table_args__ = (
        UniqueConstraint("paper_id", "issue_id"),
        Index("ix_paper_issue_issue_id", "issue_id", "paper_id"),  # what was issued about an issue
    )


class Addressee(Base):
    """A unit that a paper went to, and who signed for it there."""

    __tablename__ = "paper_addressee"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    position: Mapped[int]
    received_at: Mapped[datetime | None] = mapped_column(Instant)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom

    unit: Mapped[Unit] = relationship()
    received_by: Mapped[User | None] = relationship(foreign_keys=received_by_id)
    received_for: Mapped[User | None] = relationship(foreign_keys=received_for_id)

    __table_args__ = (
        CheckConstraint("(received_at IS NULL) = (received_by_id IS NULL)", name="received_by_somebody"),
        Index("ix_paper_addressee_unit_id", "unit_id", "paper_id"),  # what went to my unit
        # nobody has signed yet
        Index(
            "ix_paper_addressee_unsigned",
            "paper_id",
            sqlite_where=text("received_at IS NULL"),
            postgresql_where=text("received_at IS NULL"),
        ),
    )


class PaperSeries(Base):
    """The last number given in one office's register of one kind and year."""

    __tablename__ = "paper_series"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    kind: Mapped[PaperKind] = mapped_column(words(PaperKind, "kind"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class PaperOffice(Base):
    """How an office signs: its code in a number (机关代字), which no other office has, and its name in red."""

    __tablename__ = "paper_office"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    letterhead: Mapped[str] = mapped_column(String(60))
    signer: Mapped[str] = mapped_column(String(60))


class PaperTemplate(Base):
    """The root office's own template of a kind, in place of the built-in one."""

    __tablename__ = "paper_template"

    kind: Mapped[PaperKind] = mapped_column(words(PaperKind, "kind"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)

    by: Mapped[User] = relationship()
