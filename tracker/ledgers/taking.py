"""A plan carried out: units and people made, rows taken over as issues, recognised ones corrected."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from tracker.accounts.models import User
from tracker.base import journal
from tracker.base.access import N_, Actor
from tracker.base.db import add_rows, db, room_for_many
from tracker.clearance import actions as clearance
from tracker.inspections.actions import inspection_with, keep_findings
from tracker.inspections.models import Inspection
from tracker.inspections.queries import seat_over
from tracker.inspections.rules import LONGEST_CLAUSE, LONGEST_WORDING, Source
from tracker.inspections.rules import Entry as FindingEntry
from tracker.issues import actions as issues
from tracker.issues.actions import Beginning, Draft, Duty
from tracker.issues.models import Issue
from tracker.issues.rules import IMMEDIATE_WORKDAYS, fit_number
from tracker.issues.workflow import OPEN, Fact, Kind, State, Verb
from tracker.ledgers import queries
from tracker.ledgers.models import LedgerImport
from tracker.ledgers.models import LedgerRow as StoredRow
from tracker.ledgers.plan import (
    LONGEST_NOTE,
    Chain,
    Entry,
    ImportPlan,
    NewPerson,
    NewUnit,
    deadline_written_of,
    headline,
    quantity_unit_of,
    requirement_of,
    source_note_of,
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


BATCH = 1_000  # rows written together, and told of


class Applier:
    """Writes one plan within the running transaction."""

    def __init__(self, plan: ImportPlan, actor: Actor, taken: LedgerImport, today: date) -> None:
        self.plan, self.actor, self.taken, self.today = plan, actor, taken, today
        self.calendar = calendar()
        self.units: dict[NewUnit, int] = {}
        self.people: dict[NewPerson, int] = {}
        self.seats: dict[int, int] = {}
        self.inspections: dict[tuple[Source, str, int], Inspection] = {}
        self.waiting: dict[int, dict[FindingEntry, int]] = {}  # inspection → findings still to be answered
        wanted = [e.row.number for e in plan.entries if e.row.number and fit_number(e.row.number)]
        self.taken_numbers = queries.taken_numbers(wanted)

    def apply(self, told: Told) -> None:
        """All of it, in batches. The plan holds the whole ledger as some million small objects that stay: frozen, the
        collector does not walk through them again for every few rows written."""
        gc.freeze()
        try:
            with room_for_many():
                self._apply(told)
        finally:
            gc.unfreeze()

    def _apply(self, told: Told) -> None:
        self._make_units()
        self._make_people()
        entries = self.plan.entries
        for start in range(0, len(entries), BATCH):
            batch = entries[start : start + BATCH]
            self._take_over([entry for entry in batch if entry.issue_id is None])
            for entry in batch:
                if entry.issue_id is not None:
                    self._update(entry)
            told(start + len(batch), len(entries))

    def _make_units(self) -> None:
        made = {new: Unit(name=new.name, region_id=new.region_id) for new in self.plan.new_units}
        db.session.add_all(made.values())
        db.session.flush()
        self.units = {new: unit.id for new, unit in made.items()}
        self._record_made("unit", self.units.values())

    def _make_people(self) -> None:
        made = {
            new: User(name=new.name, title=new.title, unit_id=self._unit_id(new.unit)) for new in self.plan.new_people
        }
        db.session.add_all(made.values())
        db.session.flush()
        self.people = {new: user.id for new, user in made.items()}
        self._record_made("user", self.people.values())

    def _record_made(self, subject: str, ids: Iterable[int]) -> None:
        for made in ids:
            journal.record("add", subject, made, **journal.by(self.actor), data={"import": self.taken.id})

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

    def _take_over(self, entries: Sequence[Entry]) -> None:
        """New rows begin together, each in the state its row says."""
        numbers = self._numbers([entry.row for entry in entries])
        beginnings = [self._beginning(entry, number) for entry, number in zip(entries, numbers, strict=True)]
        issues.enter_all(
            beginnings,
            Verb.TAKE_OVER,
            self.actor,
            today=self.today,
            facts={Fact.LEDGER_FILE: True, Fact.FIRST_IMPORT: True},
            at=self.taken.at,
        )
        self._answer([(entry.row, begun.issue) for entry, begun in zip(entries, beginnings, strict=True)])
        self._keep_rows([(entry.row, begun.issue.id) for entry, begun in zip(entries, beginnings, strict=True)])
        reviewing = [begun.issue.id for begun in beginnings if begun.state is State.REVIEWING]
        clearance.open_taken_over(queries.issues_with_ids(reviewing), self.actor, today=self.today)

    def _answer(self, rows: Sequence[tuple[LedgerRow, Issue | Draft]]) -> None:
        """Where a row says which inspection it answers, what it says is a finding of it; one that is open already, or
        was withdrawn with an import undone, is taken up again instead of doubled."""
        known: dict[int, tuple[Inspection, list[tuple[FindingEntry, Issue | Draft]]]] = {}
        for row, issue in rows:
            if row.source_written and issue.source is not Source.OTHER:
                inspection = self._inspection(row, issue)
                said = FindingEntry(
                    (row.clause or row.serial or "")[:LONGEST_CLAUSE] or None,
                    (row.wording or row.title)[:LONGEST_WORDING],
                )
                known.setdefault(inspection.id, (inspection, []))[1].append((said, issue))
        for inspection, answered in known.values():
            if inspection.id not in self.waiting:
                self.waiting[inspection.id] = queries.findings_waiting(inspection.id)
            waiting = self.waiting[inspection.id]
            again = [(waiting.pop(said, None), issue) for said, issue in answered]
            fresh = [said for (said, _), (finding, _) in zip(answered, again, strict=True) if finding is None]
            made = iter(keep_findings(inspection, self.actor, fresh, at=self.taken.at))
            answers = [(finding or next(made), issue.id) for finding, issue in again]
            issues.answer_all(answers, self.actor, self.today)

    def _inspection(self, row: LedgerRow, issue: Issue | Draft) -> Inspection:
        """The hand-over a row names, to the region whose supervisor takes the ledger in."""
        if issue.county_id not in self.seats:
            self.seats[issue.county_id] = seat_over(self.actor, issue.county_id)
        key = (issue.source, row.source_written.strip()[:200], self.seats[issue.county_id])
        if key not in self.inspections:
            received = min(row.handed_over or self.plan.reading.ledger_date or self.today, self.today)
            self.inspections[key] = inspection_with(key[0], key[1], None, key[2], received)
        return self.inspections[key]

    def _beginning(self, entry: Entry, number: str) -> Beginning:
        row, kind = entry.row, Kind(entry.row.kind)
        state = State(row.state or State.ASSIGNED)
        if kind is Kind.IMMEDIATE and state is State.PLANNING:
            state = State.ASSIGNED  # needs no plan; the reading warns
        return Beginning(
            self._draft(entry, number, kind, state),
            state,
            self._duty(entry.chain),
            {"import": self.taken.id, "sha256": self.taken.sha256, "sheet": row.sheet, "row": row.row},
        )

    def _draft(self, entry: Entry, number: str, kind: Kind, state: State) -> Draft:
        row = entry.row
        deadline, proposed = self._deadline(row, kind, state)
        return Draft(
            number=number,
            ledger_number=row.number if row.number != number else None,
            title=headline(row.title),
            wording=wording_of(row),
            source=Source(row.source or Source.OTHER),
            source_note=source_note_of(row)[:LONGEST_NOTE] or None,
            category_id=entry.category_id,
            region_id=entry.region_id,
            kind=kind,
            requirement=requirement_of(row),
            deadline=deadline,
            deadline_proposed=proposed,
            deadline_written=deadline_written_of(row)[:LONGEST_NOTE] or None,
            amount=row.amount,
            amount_done=row.amount_done,
            quantity_unit=quantity_unit_of(row) or None,
            quantity_total=row.quantity_total or None,
            quantity_done=row.quantity_done or 0,
            listed_on=min(row.handed_over or self.today, self.today),
            cleared_on=self._cleared_on(row) if state is State.CLEARED else None,
        )

    def _numbers(self, rows: Sequence[LedgerRow]) -> list[str]:
        """The ledger's own numbers where they fit and are free, for the rest the next of the year's series."""
        own = [self._own_number(row) for row in rows]
        year = (self.plan.reading.ledger_date or self.today).year
        given = iter(issues.next_numbers(year, own.count(None)) if None in own else ())
        return [number or next(given) for number in own]

    def _own_number(self, row: LedgerRow) -> str | None:
        if not row.number or not fit_number(row.number) or row.number in self.taken_numbers:
            return None
        self.taken_numbers.add(row.number)
        return row.number

    def _deadline(self, row: LedgerRow, kind: Kind, state: State) -> tuple[date | None, bool]:
        """The ledger's own; for an open immediate row without one ten working days, marked as proposed."""
        if row.deadline is None and kind is Kind.IMMEDIATE and state in OPEN:
            return self.calendar.add_workdays(self.today, IMMEDIATE_WORKDAYS), True
        return row.deadline, False

    def _cleared_on(self, row: LedgerRow) -> date:
        return min(row.struck_off_on or row.completed_on or self.plan.reading.ledger_date or self.today, self.today)

    def _keep_rows(self, rows: Sequence[tuple[LedgerRow, int]]) -> None:
        """What each issue is known by next time, the file as its evidence, and its first report of progress."""
        mine = {"by_id": self.actor.id, "at": self.taken.at}
        file = {**mine, "sha256": self.taken.sha256, "name": self.taken.file_name}
        add_rows(StoredRow, [self._stored(row, issue) for row, issue in rows])
        add_rows(Evidence, [{**file, "issue_id": issue} for _, issue in rows])
        add_rows(
            ProgressEntry, [{**mine, "issue_id": issue, "text": row.progress} for row, issue in rows if row.progress]
        )

    def _stored(self, row: LedgerRow, issue: int) -> dict[str, Any]:
        return {
            "ledger_id": self.taken.ledger_id,
            "import_id": self.taken.id,
            "issue_id": issue,
            "sheet": row.sheet[:80],
            "row": row.row,
            "number": row.number[:60] if row.number else None,
            "serial": row.serial[:40] if row.serial else None,
            "wording_hash": wording_hash(row.title),
        }

    def _update(self, entry: Entry) -> None:
        applying = entry.applying
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
