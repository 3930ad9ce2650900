"""The names of a reading matched to what is known: rows to issues, and units and people found, proposed or in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.base.access import N_, Actor, Role
from tracker.issues.queries import supervises
from tracker.issues.workflow import Who
from tracker.ledgers import namesakes, standing
from tracker.ledgers.columns import VIEWS
from tracker.ledgers.differences import differences
from tracker.ledgers.plan import (
    Chain,
    Change,
    Doubt,
    Entry,
    ImportPlan,
    Known,
    NewPerson,
    NewUnit,
    Obstacle,
    PersonAt,
    Recogniser,
    pick_lead,
    pick_person,
    pick_unit,
)
from tracker.ledgers.reading import Reading
from tracker.ledgers.rows import LedgerRow
from tracker.ledgers.standing import Standing
from tracker.settings.queries import categories

COMPARED = 2_000  # rows compared with their issues at once


class Planner:
    """Resolves the names of one reading; everything it needs is fetched in a fixed number of queries, but for the issues
    of recognised rows."""

    def __init__(self, reading: Reading, actor: Actor, today: date, decided: Mapping[str, str]) -> None:
        self.reading, self.actor, self.today, self.decided = reading, actor, today, decided
        self.places = namesakes.places()
        self.county_of = namesakes.county_of_regions(self.places)
        self.categories = {category.name: category.id for category in categories()}
        rows = reading.rows
        unit_names = {n for row in rows for n in (*row.responsible_units, row.lead_unit) if n}
        self.units = namesakes.units_by_name(unit_names, self.county_of)
        people = {n for row in rows for n in (row.lead_official, row.responsible_person) if n}
        self.people = namesakes.people_by_name(people, self.county_of)
        self.new_units: dict[tuple[str, int], NewUnit] = {}
        self.new_people: dict[tuple[Any, ...], NewPerson] = {}
        self.obstacles: list[Obstacle] = []
        self.doubts: dict[tuple[bool, str], Doubt] = {}
        correction = reading.correction
        self.known_units = namesakes.units_with_ids(correction.units.values(), self.county_of)
        self.meant_units = {key: meant for key, meant in correction.units.items() if meant in self.known_units}
        known_people = namesakes.people_with_ids(correction.people.values(), self.county_of)
        self.meant_people = {
            key: meant for key, meant in correction.people.items() if not meant or meant in known_people
        }
        self._covered: dict[tuple[int, int], bool] = {}
        self.own_leads: set[int] = set()
        self.at_root = any(grant.role is Role.SUPERVISOR and grant.at_root for grant in actor.grants)
        self.counties = {self._county(row.county) for row in rows if row.county}
        self.unit_names: dict[int, str] = {}
        self.leads: dict[str, int | NewPerson] = {}  # one name, one lead official throughout a ledger

    def plan(self, title: str, ledger_id: int | None) -> ImportPlan:
        self.own_leads = standing.leads_of(ledger_id) if ledger_id else set()
        numbers = [row.number for row in self.reading.rows if row.number]
        recogniser = Recogniser(
            standing.known_rows(ledger_id) if ledger_id else (), standing.listed_under(numbers, self.actor)
        )
        entries = [entry for row in self.reading.rows if (entry := self._entry(row, recogniser)) is not None]
        if recogniser.unsure:
            entries = [entry if entry.issue_id is not None else replace(entry, unsure=True) for entry in entries]
        return ImportPlan(
            reading=self.reading,
            unit_id=self.actor.unit_id,
            title=title,
            ledger_id=ledger_id,
            entries=tuple(self._compared(entries)),
            obstacles=tuple(self.obstacles),
            new_units=tuple(self.new_units.values()),
            new_people=tuple(self.new_people.values()),
            doubts=tuple(self.doubts.values()),
        )

    def _entry(self, row: LedgerRow, recogniser: Recogniser) -> Entry | None:
        if row.category is None or row.county is None or row.source is None or row.state is None:
            return None  # the reading has an error or a question for it
        county = self.places.inside(row.county, self.places.root_id) or self._county(row.county)
        known = recogniser.find(row, county)
        place = self._place(row, county, known)
        region = place or county
        category = self.categories[row.category]
        if not self._covers(region, category):
            self._stop(
                row,
                "county",
                N_("“%(county)s”不在您的职责范围内，承接要由覆盖全部行的督查人员办理。"),
                county=row.county,
            )
            return None
        others = self._said_besides(row, known is not None and recogniser.is_listed(row, known))
        if place is None:  # nowhere we know, but somebody wrote it
            others = ((N_("所在地"), row.region), *others)
        return Entry(
            row=replace(row, others=others) if others != row.others else row,
            category_id=category,
            region_id=region,
            chain=self._chain(row, county, known),
            issue_id=known.issue_id if known else None,
            issue_number=known.issue_number if known else None,
        )

    def _place(self, row: LedgerRow, county: int, known: Known | None) -> int | None:
        """Where the row says the problem lies; of several places called so the one where its issue lies already."""
        if not row.region:
            return county
        if known and any(region == known.region_id for region, _ in self.places.by_name.get(row.region, ())):
            return known.region_id
        return self.places.below(row.region, county)

    def _said_besides(self, row: LedgerRow, exported: bool) -> tuple[tuple[str, str], ...]:
        """Columns without a field, but not those of a list of ours (lamp, days left): its own view of the issue, no words
        about it."""
        if exported:
            return ()
        if self.reading.taken_out is None:
            return row.others
        return tuple(each for each in row.others if each[0] not in VIEWS)

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
        self.obstacles.append(Obstacle(self._cell(row, field), msgid, params))

    def _cell(self, row: LedgerRow, field: str) -> str:
        return row.cells.get(field, f"{row.sheet}!{row.row}")

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
        seat = self.places.seat_of(name, county)
        seated = self.places.names[seat]
        key = f"{seat}:{name}"
        meant = self.meant_units.get(key)
        among = tuple(unit.id for unit in candidates if unit.county_id == county)
        self._doubt(Doubt(key, name, False, seated, self._cell(row, field), county, None, among, meant))
        if meant:
            return meant
        if among:
            self._stop(row, field, N_("系统里有几个“%(name)s”，分不清是哪一个；请在台账里写全称。"), name=name)
            return None
        return self.new_units.setdefault((name, seat), NewUnit(name, seat, seated))

    def _doubt(self, doubt: Doubt) -> None:
        self.doubts.setdefault((doubt.is_person, doubt.key), doubt)

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
            lead = found.id if found else self._settled_lead(row, home, ambiguous)
            if lead is None:
                return None  # another row may write the post beside the name
            self.leads[name] = lead
        return self.leads[name]

    def _settled_lead(self, row: LedgerRow, home: int | NewUnit, ambiguous: bool) -> int | NewPerson | None:
        name = str(row.lead_official)
        key = f":{name}"
        among = tuple(person.id for person in self._within_reach(name)) if ambiguous else ()
        meant = self._ask_for(row, "lead_official", key, name, home, among)
        if meant:
            return meant
        if ambiguous and meant is None:
            self._namesakes(row, "lead_official", name)
            return None
        return self._new_person(name, row.lead_official_post, home, "leads")

    def _ask_for(
        self, row: LedgerRow, field: str, key: str, name: str, home: int | NewUnit, among: tuple[int, ...]
    ) -> int | None:
        """The person somebody settled on for a name in doubt: an id, 0 for one to be made, None where it is open."""
        meant = self.meant_people.get(key)
        county = self._county(row.county) if row.county else self.places.root_id
        unit = home if isinstance(home, int) else None
        self._doubt(Doubt(key, name, True, self._home_name(home), self._cell(row, field), county, unit, among, meant))
        return meant

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
        if found:
            return found.id
        key = f"{home if isinstance(home, int) else f'{home.region_id}:{home.name}'}:{name}"
        among = tuple(p.id for p in self.people.get(name, []) if p.unit_id in known) if ambiguous else ()
        meant = self._ask_for(row, "responsible_person", key, name, home, among)
        if meant:
            return meant
        if ambiguous and meant is None:
            self._namesakes(row, "responsible_person", name)
            return None
        return self._new_person(name, None, home, home)

    def _namesakes(self, row: LedgerRow, field: str, name: str) -> None:
        self._stop(
            row,
            field,
            N_("系统里有几位“%(name)s”，分不清是哪一位；请在姓名后用括号写明职务，或先在人员管理中核对。"),
            name=name,
        )

    def _new_person(self, name: str, post: str | None, home: int | NewUnit, key: Any) -> NewPerson:
        return self.new_people.setdefault((name, key), NewPerson(name, post or None, home, self._home_name(home)))

    def _home_name(self, home: int | NewUnit) -> str:
        if isinstance(home, NewUnit):
            return home.name
        if not self.unit_names:
            self.unit_names = {unit.id: unit.name for group in self.units.values() for unit in group}
            self.unit_names |= {unit.id: unit.name for unit in self.known_units.values()}
        return self.unit_names.get(home, "")

    def _compared(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        """Recognised rows with what they say otherwise than the list; some at a time, for all their issues at once would
        be the largest thing an import keeps in memory."""
        for start in range(0, len(entries), COMPARED):
            yield from self._compared_together(entries[start : start + COMPARED])

    def _compared_together(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        known = standing.standing_with_ids(entry.issue_id for entry in entries if entry.issue_id is not None)
        meanwhile = self._meanwhile(known.values())
        for entry in entries:
            if entry.issue_id is None:
                yield entry
                continue
            issue = known[entry.issue_id]
            yield replace(
                entry,
                differences=tuple(differences(issue, entry, self.actor)),
                meanwhile=tuple(meanwhile.get(entry.issue_id, ())),
                decided=self.decided.get(issue.number) or self.decided.get("", ""),
            )

    def _meanwhile(self, issues: Iterable[Standing]) -> dict[int, list[Change]]:
        """What people did to issues after the list that now comes back was taken out."""
        taken = self.reading.taken_out
        if taken is None:
            return {}
        moved = [issue.id for issue in issues if taken.versions.get(issue.number, issue.version) != issue.version]
        return standing.done_since(moved, taken.at) if moved else {}
