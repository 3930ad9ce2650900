"""Tables: the issue, its duty chain, what every move touches (board counts, running episode, search text)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant, words
from tracker.inspections.models import Finding
from tracker.inspections.rules import Source
from tracker.issues.rules import Answer, EpisodeEnd
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region, Unit
from tracker.settings.models import Category

# Literal predicates: a bound parameter makes SQLite recheck every row (see docs/architecture.md).
_OPEN = "state NOT IN ('cleared','dismissed')"
_BROKEN_CHAIN = "NOT chain_complete AND state NOT IN ('listed','cleared','dismissed')"


class Issue(Base):
    """One problem on the list. ``state`` is set by ``issues.actions`` only."""

    __tablename__ = "issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    ledger_number: Mapped[str | None] = mapped_column(String(60))  # what the ledger calls it, where that differs
    title: Mapped[str] = mapped_column(String(200))
    wording: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[Source] = mapped_column(words(Source, "source"))
    source_note: Mapped[str | None] = mapped_column(String(200))
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    county_id: Mapped[int] = mapped_column(
        ForeignKey("region.id")
    )  # the board's column: a child of the root, or the root
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id"))  # as far down as known
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"))
    state: Mapped[State] = mapped_column(words(State, "state"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    has_children: Mapped[bool] = mapped_column(default=False)  # broken down: shown, never counted

    requirement: Mapped[str] = mapped_column(Text, default="")
    deadline: Mapped[date | None]
    original_deadline: Mapped[date | None]  # kept for ever
    deadline_written: Mapped[str | None] = mapped_column(String(200))  # the ledger's own phrase
    deadline_proposed: Mapped[bool] = mapped_column(default=False)  # by the system, not by a document
    review_on: Mapped[date | None]  # long-term: when to look at it again
    extensions: Mapped[int] = mapped_column(default=0)
    overdue_from: Mapped[date | None]  # first day that is overdue; None: no clock runs (issues/rules.overdue_from)

    lead_official_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lead_unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    responsible_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    task_force: Mapped[str | None] = mapped_column(String(120))
    chain_complete: Mapped[bool] = mapped_column(default=False)  # lead official, lead unit, a responsible unit

    quantity_unit: Mapped[str | None] = mapped_column(String(20))
    quantity_total: Mapped[int | None]
    quantity_done: Mapped[int] = mapped_column(default=0)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))  # yuan
    amount_done: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))  # of it put right so far

    listed_on: Mapped[date]
    assigned_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    applied_on: Mapped[date | None]  # of the open clearance application; made in time, it stops the deadline clock
    cleared_on: Mapped[date | None]
    dismissed_on: Mapped[date | None]
    waiting_since: Mapped[date]  # entered the present state; clocks besides the deadline count from here
    progress_on: Mapped[date | None]  # latest progress entry
    taken_over: Mapped[bool] = mapped_column(default=False)
    # cleared by review, or declared by a ledger and found to hold when looked at since
    proven: Mapped[bool] = mapped_column(default=False)
    relapses: Mapped[int] = mapped_column(default=0)
    look_back_on: Mapped[date | None]  # cleared: when it is to be looked at next (issues/rules.next_look_back)
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    category: Mapped[Category] = relationship()
    county: Mapped[Region] = relationship(foreign_keys=county_id)
    region: Mapped[Region] = relationship(foreign_keys=region_id)
    lead_official: Mapped[User | None] = relationship(foreign_keys=lead_official_id)
    lead_unit: Mapped[Unit | None] = relationship()
    responsible_person: Mapped[User | None] = relationship(foreign_keys=responsible_person_id)
    units: Mapped[list[IssueUnit]] = relationship(order_by="IssueUnit.position", cascade="all, delete-orphan")
    members: Mapped[list[TaskForceMember]] = relationship(cascade="all, delete-orphan")
    findings: Mapped[list[Finding]] = relationship(secondary="finding_answer", viewonly=True)
    episodes: Mapped[list[OverdueEpisode]] = relationship(order_by="OverdueEpisode.starts_on", viewonly=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it off the class
    __table_args__ = (
        CheckConstraint("(state = 'cleared') = (cleared_on IS NOT NULL)", name="cleared_has_date"),
        CheckConstraint("(state = 'dismissed') = (dismissed_on IS NOT NULL)", name="dismissed_has_date"),
        CheckConstraint("(state = 'reviewing') = (applied_on IS NOT NULL)", name="reviewing_has_date"),
        CheckConstraint("overdue_from IS NULL OR state NOT IN ('cleared','dismissed')", name="only_open_overdue"),
        CheckConstraint("NOT proven OR state = 'cleared'", name="only_cleared_proven"),
        CheckConstraint("quantity_done >= 0", name="quantity_done"),
        CheckConstraint("amount_done >= 0", name="amount_done"),
        CheckConstraint("quantity_total IS NULL OR quantity_total > 0", name="quantity_total"),
        CheckConstraint("deadline IS NULL OR original_deadline IS NOT NULL", name="original_deadline_kept"),
        # the overdue list, its order and its job
        Index(
            "ix_issue_overdue",
            "overdue_from",
            "id",
            sqlite_where=text("overdue_from IS NOT NULL"),
            postgresql_where=text("overdue_from IS NOT NULL"),
        ),
        # overdue figures of the board's cells, from the index alone (parents are not counted: has_children)
        Index(
            "ix_issue_overdue_cell",
            "category_id",
            "county_id",
            "kind",
            "overdue_from",
            "has_children",
            sqlite_where=text("overdue_from IS NOT NULL"),
            postgresql_where=text("overdue_from IS NOT NULL"),
        ),
        # long-term issues that are to be looked at again
        Index(
            "ix_issue_review_on",
            "review_on",
            "id",
            sqlite_where=text("review_on IS NOT NULL"),
            postgresql_where=text("review_on IS NOT NULL"),
        ),
        # clearances to be looked at again: the list, its order and its job
        Index(
            "ix_issue_look_back_on",
            "look_back_on",
            "id",
            sqlite_where=text("look_back_on IS NOT NULL"),
            postgresql_where=text("look_back_on IS NOT NULL"),
        ),
        # those that are late, in the board's cells
        Index(
            "ix_issue_look_back_cell",
            "category_id",
            "county_id",
            "kind",
            "look_back_on",
            sqlite_where=text("look_back_on IS NOT NULL"),
            postgresql_where=text("look_back_on IS NOT NULL"),
        ),
        # the register's default order, open issues only
        Index("ix_issue_open_deadline", "deadline", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_issue_cell", "category_id", "county_id", "state"),  # drill-down from a cell
        Index("ix_issue_county", "county_id", "state", "deadline"),  # a county's own lists
        Index("ix_issue_state", "state", "waiting_since"),  # review queue, unsigned, unassigned
        Index("ix_issue_region_id", "region_id"),
        Index("ix_issue_lead_unit_id", "lead_unit_id"),
        Index("ix_issue_lead_official_id", "lead_official_id"),
        Index("ix_issue_responsible_person_id", "responsible_person_id"),
        # 责任链不全: few, and counted on every supervisor's desk
        Index(
            "ix_issue_broken_chain",
            "deadline",
            "id",
            sqlite_where=text(_BROKEN_CHAIN),
            postgresql_where=text(_BROKEN_CHAIN),
        ),
        Index("ix_issue_cleared_on", "cleared_on"),  # "this year's cleared"
        Index("ix_issue_parent_id", "parent_id"),
        {"sqlite_autoincrement": True},  # the id of an issue taken out again must not come back with its history
    )

    @property
    def first_unit(self) -> Unit | None:
        """The unit that accepts, declines and applies (主责)."""
        return self.units[0].unit if self.units else None

    @property
    def duty_chain_complete(self) -> bool:
        return bool(self.lead_official_id and self.lead_unit_id and self.units)


class IssueUnit(Base):
    """A responsible unit; position 0 is the first (主责)."""

    __tablename__ = "issue_unit"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    position: Mapped[int]

    unit: Mapped[Unit] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("issue_id", "position"),
        Index("ix_issue_unit_unit_id", "unit_id", "issue_id"),  # "my unit's issues"
    )


class TaskForceMember(Base):
    __tablename__ = "task_force_member"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)

    user: Mapped[User] = relationship(lazy="joined")

    __table_args__ = (Index("ix_task_force_member_user_id", "user_id"),)


class FindingAnswer(Base):
    """What became of a finding: answered by one issue, or declined with a reason. No row: still open.

    One row per finding, so that none is ever answered twice, or answered and declined.
    """

    __tablename__ = "finding_answer"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"), primary_key=True)
    how: Mapped[Answer] = mapped_column(words(Answer, "how"))
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    reason: Mapped[str | None] = mapped_column(Text)  # why it was declined, or merged
    answered_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: older than this is kept

    __table_args__ = (
        CheckConstraint("(issue_id IS NULL) = (how IN ('declined','withdrawn'))", name="issue_unless_declined"),
        CheckConstraint("how <> 'declined' OR reason IS NOT NULL", name="declined_has_reason"),
        Index("ix_finding_answer_issue_id", "issue_id"),
    )


class OverdueEpisode(Base):
    """One stretch of being overdue, dated from the deadline, not from when the job ran."""

    __tablename__ = "overdue_episode"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    deadline: Mapped[date]
    starts_on: Mapped[date]
    ended_on: Mapped[date | None]
    end: Mapped[EpisodeEnd | None] = mapped_column(words(EpisodeEnd, "end"))
    recorded_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (
        CheckConstraint("starts_on > deadline", name="after_deadline"),
        CheckConstraint('(ended_on IS NULL) = ("end" IS NULL)', name="ended_with_reason"),
        # one running episode per issue
        Index(
            "uq_overdue_episode_running",
            "issue_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index("ix_overdue_episode_issue_id", "issue_id"),
        # how many fewer than a week ago; a running episode costs it nothing
        Index(
            "ix_overdue_episode_ended_on",
            "ended_on",
            sqlite_where=text("ended_on IS NOT NULL"),
            postgresql_where=text("ended_on IS NOT NULL"),
        ),
    )


class IssueCount(Base):
    """The board's summary: how many counted issues per cell, kind and state; moves with the issue, in its transaction."""

    __tablename__ = "issue_count"

    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"), primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"), primary_key=True)
    state: Mapped[State] = mapped_column(words(State, "state"), primary_key=True)
    proven: Mapped[bool] = mapped_column(primary_key=True)
    number: Mapped[int]

    __table_args__ = (CheckConstraint("number >= 0", name="number"),)


class IssueText(Base):
    """Bigram shadow of what search looks in; on SQLite an FTS5 index follows it by trigger, on PostgreSQL a GIN index."""

    __tablename__ = "issue_text"

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    grams: Mapped[str] = mapped_column(Text)


class NumberSeries(Base):
    """The last number given in a year."""

    __tablename__ = "number_series"

    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
