"""A plan carried out: units and people made, rows taken over as issues, recognised ones corrected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tracker.accounts.models import User
from tracker.base import journal
from tracker.base.access import N_, Actor
from tracker.base.db import db
from tracker.clearance import actions as clearance
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.rules import IMMEDIATE_WORKDAYS, fit_number
from tracker.issues.workflow import OPEN, Fact, Kind, State, Verb
from tracker.ledgers import queries
from tracker.ledgers.models import LedgerImport
from tracker.ledgers.models import LedgerRow as StoredRow
from tracker.ledgers.plan import (
    Chain,
    Entry,
    ImportPlan,
    NewPerson,
    NewUnit,
    headline,
    requirement_of,
    wording_hash,
    wording_of,
)
from tracker.ledgers.rows import LedgerRow
from tracker.org.models import Unit
from tracker.progress import actions as progress
from tracker.progress.models import Evidence, ProgressEntry
from tracker.workdays.queries import calendar

Told = Callable[[int, int], None]
_CORRECTION = N_("按台账更新")


class Applier:
    """Writes one plan within the running transaction."""

    def __init__(self, plan: ImportPlan, actor: Actor, taken: LedgerImport, today: date) -> None:
        self.plan, self.actor, self.taken, self.today = plan, actor, taken, today
        self.calendar = calendar()
        self.units: dict[NewUnit, int] = {}
        self.people: dict[NewPerson, int] = {}
        wanted = [e.row.number for e in plan.entries if e.row.number and fit_number(e.row.number)]
        self.taken_numbers = queries.taken_numbers(wanted)

    def apply(self, told: Told) -> None:
        self._make_missing()
        for done, entry in enumerate(self.plan.entries, start=1):
            if entry.issue_id is None:
                self._take_over(entry)
            else:
                self._update(entry)
            told(done, len(self.plan.entries))

    def _make_missing(self) -> None:
        for new in self.plan.new_units:
            unit = Unit(name=new.name, region_id=new.region_id)
            db.session.add(unit)
            db.session.flush()
            self.units[new] = unit.id
            journal.record("add", "unit", unit.id, actor_id=self.actor.id, data={"import": self.taken.id})
        for person in self.plan.new_people:
            user = User(name=person.name, title=person.title, unit_id=self._unit_id(person.unit))
            db.session.add(user)
            db.session.flush()
            self.people[person] = user.id
            journal.record("add", "user", user.id, actor_id=self.actor.id, data={"import": self.taken.id})

    def _unit_id(self, unit: int | NewUnit) -> int:
        return unit if isinstance(unit, int) else self.units[unit]

    def _duty(self, chain: Chain) -> Duty:
        return Duty(
            lead_official_id=self._person_id(chain.lead_official),
            lead_unit_id=self._unit_id(chain.lead_unit) if chain.lead_unit else None,
            unit_ids=tuple(self._unit_id(unit) for unit in chain.units),
            responsible_person_id=self._person_id(chain.responsible_person),
            task_force=chain.task_force,
        )

    def _person_id(self, person: int | NewPerson | None) -> int | None:
        return self.people[person] if isinstance(person, NewPerson) else person

    def _take_over(self, entry: Entry) -> None:
        row, kind = entry.row, Kind(entry.row.kind)
        state = State(row.state or State.ASSIGNED)
        if kind is Kind.IMMEDIATE and state is State.PLANNING:
            state = State.ASSIGNED  # needs no plan; the reading warns
        issue = self._new_issue(entry, kind, state)
        issues.enter(
            issue,
            Verb.TAKE_OVER,
            self.actor,
            state=state,
            today=self.today,
            duty=self._duty(entry.chain),
            at=self.taken.at,
            facts={Fact.LEDGER_FILE: True, Fact.FIRST_IMPORT: True},
            data={"import": self.taken.id, "sha256": self.taken.sha256, "sheet": row.sheet, "row": row.row},
        )
        if state is State.REVIEWING:
            clearance.open_taken_over(issue, self.actor, today=self.today)
        self._keep_row(entry, issue)

    def _new_issue(self, entry: Entry, kind: Kind, state: State) -> Issue:
        row = entry.row
        number = self._number(row)
        deadline, proposed = self._deadline(row, kind, state)
        return Issue(
            number=number,
            ledger_number=row.number if row.number != number else None,
            title=headline(row.title),
            wording=wording_of(row),
            source=Source(row.source or Source.OTHER),
            source_note=row.source_written[:200] or None,
            category_id=entry.category_id,
            region_id=entry.region_id,
            kind=kind,
            requirement=requirement_of(row),
            deadline=deadline,
            deadline_proposed=proposed,
            deadline_written=" ".join(filter(None, (row.deadline_written, row.deadline_remark)))[:200] or None,
            amount=row.amount,
            listed_on=min(row.handed_over or self.today, self.today),
            cleared_on=self._cleared_on(row) if state is State.CLEARED else None,
        )

    def _number(self, row: LedgerRow) -> str:
        if row.number and fit_number(row.number) and row.number not in self.taken_numbers:
            self.taken_numbers.add(row.number)
            return row.number
        return issues.next_number((self.plan.reading.ledger_date or self.today).year)

    def _deadline(self, row: LedgerRow, kind: Kind, state: State) -> tuple[date | None, bool]:
        """The ledger's own; for an open immediate row without one ten working days, marked as proposed."""
        if row.deadline is None and kind is Kind.IMMEDIATE and state in OPEN:
            return self.calendar.add_workdays(self.today, IMMEDIATE_WORKDAYS), True
        return row.deadline, False

    def _cleared_on(self, row: LedgerRow) -> date:
        return min(row.struck_off_on or row.completed_on or self.plan.reading.ledger_date or self.today, self.today)

    def _keep_row(self, entry: Entry, issue: Issue) -> None:
        row = entry.row
        db.session.add(
            StoredRow(
                ledger_id=self.taken.ledger_id,
                import_id=self.taken.id,
                issue_id=issue.id,
                sheet=row.sheet[:80],
                row=row.row,
                number=row.number[:60] if row.number else None,
                serial=row.serial[:40] if row.serial else None,
                wording_hash=wording_hash(row.title),
            )
        )
        db.session.add(
            Evidence(
                issue_id=issue.id,
                sha256=self.taken.sha256,
                name=self.taken.file_name,
                by_id=self.actor.id,
                at=self.taken.at,
            )
        )
        if row.progress:
            db.session.add(ProgressEntry(issue_id=issue.id, by_id=self.actor.id, at=self.taken.at, text=row.progress))

    def _update(self, entry: Entry) -> None:
        applying = {d.column: d.value for d in entry.differences if d.applies}
        if not applying:
            return
        issue = db.session.get_one(Issue, entry.issue_id)
        text = applying.pop("progress", None)
        chain = applying.pop("duty", None)
        if "wording" in applying:
            applying["title"] = headline(entry.row.title)
        if applying or chain:
            issues.correct(
                issue,
                self.actor,
                today=self.today,
                reason=_CORRECTION,
                changes=applying,
                duty=self._duty(chain) if chain else None,
            )
        if text:
            progress.report(issue, self.actor, today=self.today, text=text)
