"""Tables: review chains, applications with their standards, levels and reviews."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.access import Role
from tracker.base.db import Base, Instant, words
from tracker.clearance.rules import ApplicationState, Standard, Verdict
from tracker.inspections.rules import Source
from tracker.org.models import Unit
from tracker.org.rules import Level
from tracker.progress.models import Evidence


class ReviewChain(Base):
    """Who reviews, level by level, for one source; ``source`` None is the chain for every other source."""

    __tablename__ = "review_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    source: Mapped[Source | None] = mapped_column(words(Source, "source"), unique=True)

    levels: Mapped[list[ReviewLevel]] = relationship(order_by="ReviewLevel.position", cascade="all, delete-orphan")

    __table_args__ = (
        Index(
            "uq_review_chain_default",
            text("(1)"),
            unique=True,
            sqlite_where=text("source IS NULL"),
            postgresql_where=text("source IS NULL"),
        ),
    )


class ReviewLevel(Base):
    """One level of a chain: which role reviews, seated at which level of region (None: at the root)."""

    __tablename__ = "review_level"

    chain_id: Mapped[int] = mapped_column(ForeignKey("review_chain.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    region_level: Mapped[Level | None] = mapped_column(words(Level, "region_level"))
    site_record: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint("position BETWEEN 1 AND 4", name="one_to_four"),
        CheckConstraint("role IN ('supervisor','leader')", name="reviewing_role"),
    )


class Application(Base):
    """One application to strike an issue off."""

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    state: Mapped[ApplicationState] = mapped_column(words(ApplicationState, "state"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    applicant_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    applied_on: Mapped[date]
    level: Mapped[int] = mapped_column(default=1)  # the one it waits at
    level_since: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    applicant: Mapped[User] = relationship(foreign_keys=applicant_id)
    applicant_for: Mapped[User | None] = relationship(foreign_keys=applicant_for_id)
    unit: Mapped[Unit] = relationship()
    levels: Mapped[list[ApplicationLevel]] = relationship(
        order_by="ApplicationLevel.position", cascade="all, delete-orphan"
    )
    answers: Mapped[list[StandardAnswer]] = relationship(
        order_by="StandardAnswer.position", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class
    __table_args__ = (
        Index(
            "uq_application_open",
            "issue_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_application_issue_id", "issue_id"),
        # the review queue
        Index("ix_application_state", "state", "level_since"),
    )


class ApplicationLevel(Base):
    """A level as it stood when the application was made (a changed chain never touches it), and its review."""

    __tablename__ = "application_level"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(words(Role, "role"))
    region_level: Mapped[Level | None] = mapped_column(words(Level, "region_level"))
    site_record: Mapped[bool]
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict, "verdict"))
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewer_for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # a stand-in did it: for whom
    reviewed_at: Mapped[datetime | None] = mapped_column(Instant)
    opinion: Mapped[str | None] = mapped_column(Text)
    site_on: Mapped[date | None]
    site_place: Mapped[str | None] = mapped_column(String(120))
    site_people: Mapped[str | None] = mapped_column(String(200))
    site_seen: Mapped[str | None] = mapped_column(Text)

    reviewer: Mapped[User | None] = relationship(foreign_keys=reviewer_id)
    reviewer_for: Mapped[User | None] = relationship(foreign_keys=reviewer_for_id)
    site_files: Mapped[list[Evidence]] = relationship(secondary="site_evidence")

    __table_args__ = (
        CheckConstraint("(verdict IS NULL) = (reviewer_id IS NULL)", name="verdict_has_reviewer"),
        # nobody reviews two levels of one application
        UniqueConstraint("application_id", "reviewer_id"),
    )


site_evidence = Table(
    "site_evidence",
    Base.metadata,
    Column("application_id", primary_key=True),
    Column("position", primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
    ForeignKeyConstraint(
        ["application_id", "position"], ["application_level.application_id", "application_level.position"]
    ),
)


answer_evidence = Table(
    "answer_evidence",
    Base.metadata,
    Column("answer_id", ForeignKey("standard_answer.id"), primary_key=True),
    Column("evidence_id", ForeignKey("evidence.id"), primary_key=True),
)


class StandardAnswer(Base):
    """How one of the five standards is met, with the evidence it rests on."""

    __tablename__ = "standard_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    position: Mapped[int]
    standard: Mapped[Standard] = mapped_column(words(Standard, "standard"))
    text: Mapped[str] = mapped_column(Text)

    evidence: Mapped[list[Evidence]] = relationship(secondary=answer_evidence)

    __table_args__ = (UniqueConstraint("application_id", "standard"),)
