"""Take a ledger in: plan it against what is known, apply it all or nothing, undo it while nothing has happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import delete, select

from tracker.accounts.models import User
from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Refused, Role
from tracker.base.db import db
from tracker.clearance import actions as clearance
from tracker.clearance.models import Application, ApplicationLevel
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues import workflow
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.queries import is_handler, supervises
from tracker.issues.rules import IMMEDIATE_WORKDAYS, fit_number
from tracker.issues.workflow import OPEN, STATE_NAMES, Fact, Kind, State, Verb, Who
from tracker.ledgers import queries
from tracker.ledgers.models import Ledger, LedgerImport
from tracker.ledgers.models import LedgerRow as StoredRow
from tracker.ledgers.plan import (
    LABELS,
    Chain,
    Difference,
    Entry,
    ImportPlan,
    Known,
    NewPerson,
    NewUnit,
    Obstacle,
    PersonAt,
    Recogniser,
    deadline_text,
    headline,
    ledger_title,
    pick_lead,
    pick_person,
    pick_unit,
    requirement_of,
    wording_hash,
    wording_of,
)
from tracker.ledgers.reading import Reading, read_ledger
from tracker.ledgers.rows import LedgerRow
from tracker.ledgers.vocabulary import Correction
from tracker.org.models import Unit
from tracker.progress import actions as progress
from tracker.progress.models import Evidence, ProgressEntry
from tracker.progress.queries import texts_of
from tracker.settings.queries import categories, demonstration
from tracker.workdays.queries import calendar

Told = Callable[[int, int], None]
_CORRECTION = N_("按台账更新")
_QUIETLY: dict[str, Any] = {"execution_options": {"synchronize_session": False}}


def read(data: bytes, name: str, *, today: date, correction: Correction | None = None) -> Reading:
    """What the file says, in this installation's words. Raises SheetRefused when it cannot be opened."""
    return read_ledger(data, name, vocabulary=queries.vocabulary(correction), today=today)


# --- plan -----------------------------------------------------------------------------------------------------


def plan_import(reading: Reading, actor: Actor, *, title: str | None = None, today: date) -> ImportPlan:
    """What taking this ledger in would do; writes nothing.

    The ledger belongs to the actor's unit; ``title`` by default what stands above its header, else its file name.
    """
    title = ledger_title(title or reading.title or reading.filename)
    ledger = queries.ledger_of(actor.unit_id, title)
    return Planner(reading, actor, today).plan(title, ledger.id if ledger else None)


class Planner:
    """Resolves the names of one reading; everything it needs is fetched in a fixed number of queries."""

    def __init__(self, reading: Reading, actor: Actor, today: date) -> None:
        self.reading, self.actor, self.today = reading, actor, today
        self.places = queries.places()
        self.county_of = queries.county_of_regions(self.places)
        self.categories = {category.name: category.id for category in categories()}
        rows = reading.rows
        unit_names = {n for row in rows for n in (*row.responsible_units, row.lead_unit) if n}
        self.units = queries.units_by_name(unit_names, self.county_of)
        people = {n for row in rows for n in (row.lead_official, row.responsible_person) if n}
        self.people = queries.people_by_name(people, self.county_of)
        self.new_units: dict[tuple[str, int], NewUnit] = {}
        self.new_people: dict[tuple[Any, ...], NewPerson] = {}
        self.obstacles: list[Obstacle] = []
        self._covered: dict[tuple[int, int], bool] = {}
        self.own_leads: set[int] = set()
        self.at_root = any(grant.role is Role.SUPERVISOR and grant.at_root for grant in actor.grants)
        self.counties = {self._county(row.county) for row in rows if row.county}
        self.leads: dict[str, int | NewPerson] = {}  # one name, one lead official throughout a ledger

    def plan(self, title: str, ledger_id: int | None) -> ImportPlan:
        self.own_leads = queries.leads_of(ledger_id) if ledger_id else set()
        recogniser = Recogniser(queries.known_rows(ledger_id) if ledger_id else ())
        entries = [entry for row in self.reading.rows if (entry := self._entry(row, recogniser)) is not None]
        return ImportPlan(
            reading=self.reading,
            unit_id=self.actor.unit_id,
            title=title,
            ledger_id=ledger_id,
            entries=tuple(entries),
            obstacles=tuple(self.obstacles),
            new_units=tuple(self.new_units.values()),
            new_people=tuple(self.new_people.values()),
        )

    def _entry(self, row: LedgerRow, recogniser: Recogniser) -> Entry | None:
        if row.category is None or row.county is None or row.source is None or row.state is None:
            return None  # the reading has an error or a question for it
        county = self.places.inside(row.county, self.places.root_id) or self._county(row.county)
        region = (self.places.inside(row.region, county) if row.region else None) or county
        category = self.categories[row.category]
        if not self._covers(region, category):
            self._stop(
                row,
                "county",
                N_("“%(county)s”不在您的职责范围内，承接要由覆盖全部行的督查人员办理。"),
                county=row.county,
            )
            return None
        known = recogniser.find(row, county)
        entry = Entry(
            row=row,
            category_id=category,
            region_id=region,
            chain=self._chain(row, county, known),
            issue_id=known.issue_id if known else None,
            issue_number=known.issue_number if known else None,
            unsure=bool(recogniser),
        )
        return self._compared(entry) if known else entry

    def _county(self, name: str) -> int:
        return next(
            region for region, county in self.places.by_name[name] if region == county
        )  # the reading checked it

    def _covers(self, region: int, category: int) -> bool:
        key = (region, category)
        if key not in self._covered:
            self._covered[key] = Who.SUPERVISOR in supervises(self.actor, region, category)
        return self._covered[key]

    def _stop(self, row: LedgerRow, field: str, msgid: str, **params: Any) -> None:
        self.obstacles.append(Obstacle(row.cells.get(field, f"{row.sheet}!{row.row}"), msgid, params))

    def _chain(self, row: LedgerRow, county: int, known: Known | None) -> Chain:
        units = tuple(
            dict.fromkeys(
                unit for name in row.responsible_units if (unit := self._unit(row, "responsible_units", name, county))
            )
        )
        lead = self._unit(row, "lead_unit", row.lead_unit, county) if row.lead_unit else None
        official = self._same(row.lead_official, known.lead_official_id if known else None) or self._lead(
            row, lead or (units[0] if units else None)
        )
        person = self._same(row.responsible_person, known.responsible_person_id if known else None) or self._person(
            row, units[0] if units else lead, (*units, *((lead,) if lead else ()))
        )
        return Chain(official, lead, units, person, row.task_force or None)

    def _unit(self, row: LedgerRow, field: str, name: str, county: int) -> int | NewUnit | None:
        candidates = self.units.get(name, [])
        found = pick_unit(candidates, county)
        if found:
            return found.id
        if any(unit.county_id == county for unit in candidates):
            self._stop(row, field, N_("系统里有几个“%(name)s”，分不清是哪一个；请在台账里写全称。"), name=name)
            return None
        seat = self.places.seat_of(name, county)
        new = NewUnit(name, seat, self.places.names[seat])
        return self.new_units.setdefault((name, seat), new)

    def _same(self, name: str | None, person_id: int | None) -> int | None:
        """The person a recognised row has already, if the ledger still names them."""
        return next((p.id for p in self.people.get(name or "", []) if p.id == person_id), None)

    def _lead(self, row: LedgerRow, home: int | NewUnit | None) -> int | NewPerson | None:
        name = row.lead_official
        if not name or home is None:
            return None
        if name not in self.leads:
            found, ambiguous = pick_lead(
                self._within_reach(name),
                own=self.own_leads,
                post=row.lead_official_post,
                unit_id=home if isinstance(home, int) else None,
            )
            if ambiguous:
                self._namesakes(row, "lead_official", name)
                return None
            self.leads[name] = found.id if found else self._new_person(name, row.lead_official_post, home, "leads")
        return self.leads[name]

    def _within_reach(self, name: str) -> list[PersonAt]:
        """Namesakes at the root or in a county this importer has rows in; other counties' people are not theirs."""
        return [
            person
            for person in self.people.get(name, [])
            if self.at_root or person.county_id in self.counties or person.county_id == self.places.root_id
        ]

    def _person(
        self, row: LedgerRow, home: int | NewUnit | None, units: tuple[int | NewUnit, ...]
    ) -> int | NewPerson | None:
        name = row.responsible_person
        if not name or home is None:
            return None
        known = [unit for unit in units if isinstance(unit, int)]
        found, ambiguous = pick_person(self.people.get(name, []), known)
        if ambiguous:
            self._namesakes(row, "responsible_person", name)
            return None
        return found.id if found else self._new_person(name, None, home, home)

    def _namesakes(self, row: LedgerRow, field: str, name: str) -> None:
        self._stop(
            row,
            field,
            N_("系统里有几位“%(name)s”，分不清是哪一位；请在姓名后用括号写明职务，或先在人员管理中核对。"),
            name=name,
        )

    def _new_person(self, name: str, post: str | None, home: int | NewUnit, key: Any) -> NewPerson:
        unit_name = home.name if isinstance(home, NewUnit) else self._unit_name(home)
        return self.new_people.setdefault((name, key), NewPerson(name, post or None, home, unit_name))

    def _unit_name(self, unit_id: int) -> str:
        return next((u.name for group in self.units.values() for u in group if u.id == unit_id), "")

    def _compared(self, entry: Entry) -> Entry:
        issue = db.session.get_one(Issue, entry.issue_id)
        return Entry(**{**entry.__dict__, "differences": tuple(differences(issue, entry, self.actor))})


def differences(issue: Issue, entry: Entry, actor: Actor) -> list[Difference]:
    """Field by field, what the ledger says otherwise than the list; an empty cell says nothing."""
    row = entry.row
    found = [
        Difference(LABELS[column], str(before or ""), str(after), column, after)
        for column, before, after in (
            ("wording", issue.wording, wording_of(row)),
            ("requirement", issue.requirement, requirement_of(row)),
            ("amount", issue.amount, row.amount),
        )
        if after and after != before
    ]
    if entry.category_id != issue.category_id:
        found.append(
            Difference(LABELS["category_id"], issue.category.name, str(row.category), "category_id", entry.category_id)
        )
    if entry.region_id not in (issue.region_id, issue.county_id):
        found.append(
            Difference(
                LABELS["region_id"], issue.region.name, row.region or str(row.county), "region_id", entry.region_id
            )
        )
    found += _duty_difference(issue, entry)
    if not _correctable(issue):
        found = [
            Difference(**{**d.__dict__, "applies": False, "why": N_("审核中或已退出清单，内容已锁定。")}) for d in found
        ]
    return found + _deadline_difference(issue, row) + _state_difference(issue, row) + _progress(issue, row, actor)


def _correctable(issue: Issue) -> bool:
    return any(row.verb is Verb.CORRECT and issue.state in (row.states or ()) for row in workflow.TABLE)


def _duty_difference(issue: Issue, entry: Entry) -> list[Difference]:
    before = (
        issue.lead_official_id,
        issue.lead_unit_id,
        tuple(row.unit_id for row in issue.units),
        issue.responsible_person_id,
    )
    chain = merged(issue, entry.chain)
    after = (chain.lead_official, chain.lead_unit, chain.units, chain.responsible_person)
    if before == after:
        return []
    row = entry.row
    return [
        Difference(
            LABELS["duty"],
            _duty_words(issue),
            "；".join(
                filter(
                    None, (row.lead_official, row.lead_unit, "、".join(row.responsible_units), row.responsible_person)
                )
            ),
            "duty",
            chain,
        )
    ]


def merged(issue: Issue, chain: Chain) -> Chain:
    """The ledger's duty chain with what it leaves empty kept from the issue."""
    return Chain(
        chain.lead_official or issue.lead_official_id,
        chain.lead_unit or issue.lead_unit_id,
        chain.units or tuple(row.unit_id for row in issue.units),
        chain.responsible_person or issue.responsible_person_id,
        chain.task_force or issue.task_force,
    )


def _duty_words(issue: Issue) -> str:
    names = (
        issue.lead_official and issue.lead_official.name,
        issue.lead_unit and issue.lead_unit.name,
        "、".join(row.unit.name for row in issue.units),
        issue.responsible_person and issue.responsible_person.name,
    )
    return "；".join(name for name in names if name)


def _deadline_difference(issue: Issue, row: LedgerRow) -> list[Difference]:
    if row.deadline is None or row.deadline == issue.deadline:
        return []
    later = issue.deadline is not None and row.deadline > issue.deadline
    return [
        Difference(
            LABELS["deadline"],
            deadline_text(issue.deadline, None),
            deadline_text(row.deadline, row.deadline_written),
            "deadline",
            row.deadline,
            applies=not later and _correctable(issue),
            why=N_("改晚时限须走延期申请。") if later else "",
        )
    ]


def _state_difference(issue: Issue, row: LedgerRow) -> list[Difference]:
    if row.state is None or row.state == issue.state.value:
        return []
    return [
        Difference(
            LABELS["state"],
            STATE_NAMES[issue.state],
            STATE_NAMES[State(row.state)],
            "state",
            row.state,
            applies=False,
            why=N_("状态只能按流程由有权的人办理，不能由台账改写。"),
        )
    ]


def _progress(issue: Issue, row: LedgerRow, actor: Actor) -> list[Difference]:
    if not row.progress or row.progress in texts_of(issue.id):
        return []
    may_report = is_handler(issue, actor) and issue.state in workflow.WORKING
    return [
        Difference(
            LABELS["progress"],
            "",
            row.progress,
            "progress",
            row.progress,
            applies=may_report,
            why="" if may_report else N_("进展由承办单位填报。"),
        )
    ]


# --- apply ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Imported:
    import_id: int
    counts: dict[str, int]


def apply_import(
    plan: ImportPlan,
    actor: Actor,
    *,
    stream: BinaryIO,
    file_name: str,
    today: date,
    create_missing: bool = False,
    accept_new: bool = False,
    trial: bool = False,
    at: datetime | None = None,
    told: Told = lambda _done, _total: None,
) -> Imported:
    """Take the planned ledger in, whole. Raises Refused (changing nothing) while anything is open.

    ``create_missing``: make the units and people the plan proposes. ``accept_new``: rows an earlier import of the
    same ledger did not have are new issues. ``trial``: the rows may go with the demonstration; a database with made-up
    data refuses real ones (DOMAIN §3). ``told`` hears (rows done, rows).
    """
    if not trial and demonstration() is not None:
        raise Refused(N_("这是演示数据库，不能导入真实数据。只是试用、数据可随演示库丢弃的，请勾选“试用”（--trial）。"))
    _refuse_open_questions(plan, create_missing, accept_new)
    stored = files.store(stream, file_name)
    taken = LedgerImport(
        sha256=stored.sha256, file_name=file_name[:200], by_id=actor.id, at=at or clock.now(), counts={}
    )
    taken.ledger = _ledger(plan)
    db.session.add(taken)
    db.session.flush()
    Applier(plan, actor, taken, today).apply(told)
    taken.counts = {fate: plan.count(fate) for fate in ("changed", "same")}
    taken.counts = {"new": plan.count("new") + plan.count("unsure"), **taken.counts}
    journal.record(
        "import",
        "ledger_import",
        taken.id,
        actor_id=actor.id,
        at=taken.at,
        data={"sha256": stored.sha256, "ledger": taken.ledger.id, **taken.counts},
    )
    return Imported(taken.id, taken.counts)


def _refuse_open_questions(plan: ImportPlan, create_missing: bool, accept_new: bool) -> None:
    if plan.reading.errors:
        first = plan.reading.errors[0]
        raise Refused(
            N_("台账有 %(count)s 处错误，没有导入。第一处 %(cell)s：%(problem)s%(mend)s"),
            count=len(plan.reading.errors),
            cell=first.cell,
            problem=first.problem,
            mend=first.mend,
        )
    if plan.reading.asks:
        ask = plan.reading.asks[0]
        raise Refused(
            N_("台账有 %(count)s 处需要确认，没有导入。第一处 %(cell)s：%(problem)s%(mend)s"),
            count=len(plan.reading.asks),
            cell=ask.cell,
            problem=ask.problem,
            mend=ask.mend,
        )
    if plan.obstacles:
        stop = plan.obstacles[0]
        raise Refused(
            N_("有 %(count)s 处不能承接，没有导入。第一处 %(cell)s：%(problem)s"),
            count=len(plan.obstacles),
            cell=stop.cell,
            problem=stop.problem,
        )
    if not plan.entries:
        raise Refused(N_("台账里没有读到问题。"))
    if (plan.new_units or plan.new_people) and not create_missing:
        names = [unit.name for unit in plan.new_units] + [person.name for person in plan.new_people]
        raise Refused(
            N_("有 %(units)s 个单位、%(people)s 人系统里没有：%(names)s等。确认后可一并新建（--create-missing）。"),
            units=len(plan.new_units),
            people=len(plan.new_people),
            names="、".join(names[:5]),
        )
    if plan.count("unsure") and not accept_new:
        row = next(entry.row for entry in plan.entries if entry.fate == "unsure")
        raise Refused(
            N_(
                "有 %(count)s 行在以前的导入中没有，是新问题还是改过的老问题？第一行 %(cell)s。"
                "确认都是新问题后再导入（--accept-new）。"
            ),
            count=plan.count("unsure"),
            cell=f"{row.sheet}!{row.row}",
        )


def _ledger(plan: ImportPlan) -> Ledger:
    if plan.ledger_id is not None:
        return db.session.get_one(Ledger, plan.ledger_id)
    ledger = Ledger(unit_id=plan.unit_id, title=plan.title)
    db.session.add(ledger)
    return ledger


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


# --- undo -----------------------------------------------------------------------------------------------------


def undo_import(taken: LedgerImport, actor: Actor, *, today: date) -> int:
    """Take an import back: its issues go as if they had never come. Returns how many.

    Refused once anything has happened to one of its rows, or it changed rows of earlier imports. The journal keeps
    what happened, with this undoing; units and people made for it stay.
    """
    if taken.undone_at is not None:
        raise Refused(N_("这次导入已经撤销过了。"))
    if taken.counts.get("changed"):
        raise Refused(N_("这次导入更新了以前的问题，不能整体撤销；请用更正逐条改回。"))
    touched = queries.touched_since(taken.id)
    if touched:
        raise Refused(
            N_("有 %(count)s 条已经办理过（如 %(number)s），不能撤销导入。"), count=len(touched), number=touched[0]
        )
    brought = queries.issues_of(taken.id)
    for issue in brought:
        if Who.SUPERVISOR not in supervises(actor, issue.region_id, issue.category_id):
            raise Refused(N_("有的问题不在您的职责范围内，不能撤销这次导入。"))
    _remove(brought)
    taken.undone_at, taken.undone_by_id = clock.now(), actor.id
    journal.record("undo", "ledger_import", taken.id, actor_id=actor.id, data={"issues": len(brought)})
    return len(brought)


def _remove(brought: list[Issue]) -> None:
    ids = [issue.id for issue in brought]
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        applications = select(Application.id).where(Application.issue_id.in_(chunk))
        db.session.execute(
            delete(ApplicationLevel).where(ApplicationLevel.application_id.in_(applications)), **_QUIETLY
        )
        for table in (Application, ProgressEntry, Evidence, StoredRow):
            db.session.execute(delete(table).where(table.issue_id.in_(chunk)), **_QUIETLY)
    issues.forget(brought)
