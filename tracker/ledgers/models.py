"""Tables: ledgers, their imports, which row became which issue; how an office's own ledgers look when they go out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.ledgers.columns import By
from tracker.org.models import Unit


class Ledger(Base):
    """An office's own table: recognised again by its owner and title."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))  # whose ledger it is
    title: Mapped[str] = mapped_column(String(200))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    unit: Mapped[Unit] = relationship()
    imports: Mapped[list[LedgerImport]] = relationship(order_by="LedgerImport.id", back_populates="ledger")

    __table_args__ = (UniqueConstraint("unit_id", "title"),)


class LedgerImport(Base):
    """One file taken in, whole."""

    __tablename__ = "ledger_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)  # new, changed, same

    ledger: Mapped[Ledger] = relationship(back_populates="imports")
    by: Mapped[User] = relationship(foreign_keys=by_id)

    __table_args__ = (Index("ix_ledger_import_ledger_id", "ledger_id"),)


class LedgerRow(Base):
    """A row of a ledger and the issue it is; ``key`` is how the row is recognised next time."""

    __tablename__ = "ledger_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger_id: Mapped[int] = mapped_column(ForeignKey("ledger.id"))
    import_id: Mapped[int] = mapped_column(ForeignKey("ledger_import.id"))  # which brought it first
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), unique=True)
    sheet: Mapped[str] = mapped_column(String(80))
    row: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(60))
    serial: Mapped[str | None] = mapped_column(String(40))
    wording_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_ledger_row_ledger_id", "ledger_id", "number"),
        Index("ix_ledger_row_import_id", "import_id"),
    )


class LedgerTemplate(Base):
    """How a ledger of an office looks when the list goes out as one (``register.layouts``), and what its heads mean when
    it comes back. ``shared``: the offices at its level and below use it too."""

    __tablename__ = "ledger_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(String(80))
    by: Mapped[By | None] = mapped_column(words(By, "by"))
    shared: Mapped[bool]
    columns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # in order: code, head, above, width
    heads: Mapped[list[list[list[str]]]] = mapped_column(
        JSON
    )  # its header, line by line: of a workbook, of a text file
    reads: Mapped[dict[str, str]] = mapped_column(JSON)  # head, as ``columns.header_text`` has it -> field, "" for none
    version: Mapped[int] = mapped_column(default=1)

    unit: Mapped[Unit] = relationship()

    __table_args__ = (UniqueConstraint("unit_id", "title"),)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
