"""The plot: which problem ends how, and on which day each act happens, told backward from today. Pure.

A story is laid out in *working days ago*: ``1`` is the last working day before today, larger is earlier. Deadlines are
dates relative to today, so that the lamps shine whenever the demonstration is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import product
from random import Random
from typing import Any

from tracker.base.clock import ZONE
from tracker.demo.words import HANDED_OVER, MEASURES, PROBLEMS, Problem
from tracker.inspections.rules import Source
from tracker.issues.workflow import Kind, State, Verb
from tracker.workdays.rules import Calendar

CATEGORIES = len(PROBLEMS)
#: where most of the story plays, and the township whose handler can sign in
STAGE_COUNTY, STAGE_TOWN = "新邵县", "龙溪铺镇"
_REACH = 260  # working days the plot may go back


class Standing(StrEnum):
    """What a cell of the board shall be."""

    UNCOVERED = "uncovered"
    OPEN = "open"
    DECLARED = "declared"
    PROVEN = "proven"


class Ending(StrEnum):
    """Where a story stands today."""

    LISTED = "listed"
    UNASSIGNED = "unassigned"
    DECLINED = "declined"
    ASSIGNED = "assigned"
    UNSIGNED = "unsigned"
    REASSIGNED = "reassigned"
    PLANNING = "planning"
    PLAN_LATE = "plan_late"
    PLAN_WAITING = "plan_waiting"
    PLAN_RETURNED = "plan_returned"
    GREEN = "green"
    BLUE = "blue"
    DUE_SOON = "due_soon"
    LAG_YELLOW = "lag_yellow"
    LAG_RED = "lag_red"
    IMMEDIATE = "immediate"
    LONG_TERM = "long_term"
    OVERDUE_1 = "overdue_1"
    OVERDUE_2 = "overdue_2"
    OVERDUE_3 = "overdue_3"
    OVERDUE_4 = "overdue_4"
    OVERDUE_5 = "overdue_5"
    OVERDUE_PLANNING = "overdue_planning"
    EXTENSION_WAITING = "extension_waiting"
    EXTENDED = "extended"
    EXTENDED_LATE = "extended_late"
    EXTENSION_REFUSED = "extension_refused"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    REVIEW_1 = "review_1"
    REVIEW_2 = "review_2"
    REVIEW_LATE = "review_late"
    DISMISSED = "dismissed"
    CLEARED = "cleared"
    CLEARED_LATE = "cleared_late"
    CLEARED_RETURNED = "cleared_returned"
    CLEARED_EXTENDED = "cleared_extended"
    CLEARED_IMMEDIATE = "cleared_immediate"
    CLEARED_LONG_TERM = "cleared_long_term"
    TAKEN_CLEARED = "taken_cleared"
    TAKEN_INCOMPLETE = "taken_incomplete"
    TAKEN_REVIEWING = "taken_reviewing"
    TAKEN_ASSIGNED = "taken_assigned"


#: how many stories end so in the open cells of the board
OPEN_ENDINGS: dict[Ending, int] = {
    Ending.LISTED: 10,
    Ending.UNASSIGNED: 7,
    Ending.DECLINED: 6,
    Ending.ASSIGNED: 11,
    Ending.UNSIGNED: 8,
    Ending.REASSIGNED: 5,
    Ending.PLANNING: 10,
    Ending.PLAN_LATE: 5,
    Ending.PLAN_WAITING: 14,
    Ending.PLAN_RETURNED: 8,
    Ending.GREEN: 34,
    Ending.BLUE: 14,
    Ending.DUE_SOON: 12,
    Ending.LAG_YELLOW: 14,
    Ending.LAG_RED: 8,
    Ending.IMMEDIATE: 12,
    Ending.LONG_TERM: 20,
    Ending.OVERDUE_1: 6,
    Ending.OVERDUE_2: 7,
    Ending.OVERDUE_3: 8,
    Ending.OVERDUE_4: 9,
    Ending.OVERDUE_5: 7,
    Ending.OVERDUE_PLANNING: 3,
    Ending.EXTENSION_WAITING: 8,
    Ending.EXTENDED: 9,
    Ending.EXTENDED_LATE: 3,
    Ending.EXTENSION_REFUSED: 6,
    Ending.WITHDRAWN: 3,
    Ending.RETURNED: 10,
    Ending.REVIEW_1: 14,
    Ending.REVIEW_2: 12,
    Ending.REVIEW_LATE: 5,
    Ending.DISMISSED: 12,
    Ending.TAKEN_INCOMPLETE: 12,
    Ending.TAKEN_REVIEWING: 4,
    Ending.TAKEN_ASSIGNED: 3,
    Ending.TAKEN_CLEARED: 14,
    Ending.CLEARED: 26,
    Ending.CLEARED_LATE: 10,
    Ending.CLEARED_RETURNED: 6,
    Ending.CLEARED_EXTENDED: 5,
    Ending.CLEARED_IMMEDIATE: 10,
    Ending.CLEARED_LONG_TERM: 4,
}
#: what the supervisor of one category (条) shall meet in the story's county
_AT_THE_WELL = frozenset(
    {
        Ending.LISTED,
        Ending.ASSIGNED,
        Ending.PLAN_WAITING,
        Ending.EXTENSION_WAITING,
        Ending.REVIEW_1,
        Ending.REVIEW_2,
        Ending.OVERDUE_3,
        Ending.RETURNED,
    }
)
DRINKING_WATER = 2
_PROVEN_MIX = (Ending.CLEARED, Ending.CLEARED, Ending.CLEARED_IMMEDIATE, Ending.CLEARED_LATE, Ending.CLEARED_RETURNED)
_DAYS_OVERDUE = {
    Ending.OVERDUE_1: (1, 2),
    Ending.OVERDUE_2: (3, 6),
    Ending.OVERDUE_3: (7, 14),
    Ending.OVERDUE_4: (15, 29),
    Ending.OVERDUE_5: (30, 58),
}
_DAYS_LEFT = {
    Ending.GREEN: (12, 60),
    Ending.BLUE: (4, 7),
    Ending.DUE_SOON: (0, 3),
    Ending.LAG_YELLOW: (10, 35),
    Ending.LAG_RED: (10, 30),
}
#: percentage points of progress minus time used
_LEAD = {
    Ending.GREEN: (0, 10),
    Ending.BLUE: (-2, 4),
    Ending.DUE_SOON: (-8, 0),
    Ending.LAG_YELLOW: (-25, -14),
    Ending.LAG_RED: (-60, -36),
}


@dataclass(frozen=True)
class Place:
    """A county (or the city) with its townships, or a township with its villages."""

    code: str
    name: str
    below: tuple[Place, ...] = ()


@dataclass(frozen=True)
class Act:
    """One verb on one day; ``minute`` of that day, ``detail`` what it needs besides."""

    day: date
    minute: int
    verb: Verb
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def instant(self) -> datetime:
        return datetime.combine(self.day, time(self.minute // 60, self.minute % 60), ZONE)


@dataclass(frozen=True)
class Story:
    """One problem from beginning to today. ``county``: its place among the columns, the city itself last."""

    ending: Ending
    category: int
    county: int
    region: str  # code of the place
    town: str | None  # code of the township, None for a county's own
    problem: Problem
    title: str
    wording: str
    source: Source
    kind: Kind
    deadline: date | None
    review_on: date | None
    quantity: tuple[str, int] | None
    money: str | None
    acts: tuple[Act, ...]
    entered: State | None = None  # for a taken-over row


@dataclass
class _Draft:
    """Acts in working days ago, before they get their dates."""

    kind: Kind = Kind.TIME_LIMITED
    deadline: date | None = None
    review_on: date | None = None
    counted: bool = False
    entered: State | None = None
    acts: list[tuple[int, Verb, dict[str, Any]]] = field(default_factory=list)

    def add(self, ago: int, verb: Verb, **detail: Any) -> int:
        self.acts.append((ago, verb, detail))
        return ago


class Plotter:
    """Lays out every story. Deterministic for one ``today``, one seed and one set of places."""

    def __init__(
        self, today: date, calendar: Calendar, columns: Sequence[Place], levels: Mapping[Source, int], seed: int = 2019
    ) -> None:
        """``columns``: the counties, the city itself last; ``levels``: how many levels review each source."""
        self.today, self.calendar, self.columns, self.levels = today, calendar, columns, levels
        self.random = Random(seed)
        self.days = _workdays_before(today, calendar)
        self.first_day = self.days[-1]  # before anything happens
        self._most_reports = 2
        self._titles: set[str] = set()
        self._used: set[tuple[str, int]] = set()  # a county meets each problem once before any twice

    def stories(self) -> list[Story]:
        """All of them, in the order of the day they begin."""
        stories = [self._story(*part) for part in self._parts()]
        return sorted(stories, key=lambda story: (story.acts[0].day, story.acts[0].minute))

    def inspections(self) -> Iterator[tuple[Source, str, str | None, date]]:
        """Hand-overs: (source, title, document number, day received), oldest first for each source."""
        for place, (source, title, document) in enumerate(HANDED_OVER):
            for ago in (_REACH - 1 - place, 120 - place * 2, 62 - place, 24 - place):
                day = self.days[ago]
                fields = {"year": day.year, "last": day.year - 1, "city": self.columns[-1].name}
                yield source, title.format(**fields), document.format(**fields) if document else None, day

    # --- who ends how, where -----------------------------------------------------------------------------------

    def _parts(self) -> Iterator[tuple[Ending, int, int]]:
        """(ending, category, column) of every story.

        The story's county gets one of each ending, so that whoever signs in there meets everything; then every other
        open cell gets one that is open for sure; the rest is dealt out by chance.
        """
        cells: dict[Standing, list[tuple[int, int]]] = {standing: [] for standing in Standing}
        for (column, category), standing in self._standings().items():
            cells[standing].append((category, column))
        for cell in cells[Standing.PROVEN]:
            yield from ((self.random.choice(_PROVEN_MIX), *cell) for _ in range(self._between(2, 3)))
        for cell in cells[Standing.DECLARED]:
            yield Ending.TAKEN_CLEARED, *cell
            yield self.random.choice((Ending.TAKEN_CLEARED, Ending.CLEARED)), *cell
        stage = [cell for cell in cells[Standing.OPEN] if cell[1] == self._stage]
        elsewhere = [cell for cell in cells[Standing.OPEN] if cell[1] != self._stage]
        self.random.shuffle(elsewhere)
        rest = OPEN_ENDINGS.copy()
        for place, ending in enumerate(OPEN_ENDINGS):
            rest[ending] -= 1
            yield ending, *((DRINKING_WATER, self._stage) if ending in _AT_THE_WELL else stage[place % len(stage)])
        left = [ending for ending, number in rest.items() for _ in range(number)]
        self.random.shuffle(left)
        left.sort(key=lambda ending: ending not in _DAYS_LEFT)
        more = [self.random.choice(elsewhere + stage) for _ in range(len(left) - len(elsewhere))]
        yield from ((ending, *cell) for ending, cell in zip(left, elsewhere + more, strict=True))

    def _standings(self) -> dict[tuple[int, int], Standing]:
        """What each cell (column, category) shall be; the story's county is almost all open."""
        found: dict[tuple[int, int], Standing] = {}
        for column in range(len(self.columns)):
            own = column == len(self.columns) - 1
            quiet = [Standing.UNCOVERED] * (3 if own else 1) + [Standing.PROVEN] * 2 + [Standing.DECLARED]
            if column == self._stage:
                quiet = [Standing.PROVEN, Standing.DECLARED]
            elif self.random.random() < 0.4:
                quiet.append(self.random.choice((Standing.PROVEN, Standing.DECLARED, Standing.UNCOVERED)))
            order = [category for category in range(CATEGORIES) if (column, category) != (self._stage, DRINKING_WATER)]
            self.random.shuffle(order)
            kinds = dict(zip(order, quiet, strict=False))
            found |= {(column, category): kinds.get(category, Standing.OPEN) for category in range(CATEGORIES)}
        return found

    @property
    def _stage(self) -> int:
        """The column of the story's county."""
        return [place.name for place in self.columns].index(STAGE_COUNTY)

    # --- one story ---------------------------------------------------------------------------------------------

    def _story(self, ending: Ending, category: int, column: int) -> Story:
        self._most_reports = 3 if column == self._stage else 2
        own = column == len(self.columns) - 1
        if own and ending is Ending.REVIEW_2:
            ending = Ending.REVIEW_1  # the root's own problems have one level: there is no county to review first
        source = self._source(ending)
        draft = _LAYOUTS[ending](self, ending, 1 if own else self.levels[source])
        problem, place, town, title, number, money = self._wording(self._problems(draft, category, column), column)
        quantity = (problem.counted, number) if draft.counted and problem.counted else None
        return Story(
            ending=ending,
            category=category,
            county=column,
            region=place,
            town=town,
            problem=problem,
            title=title,
            wording=f"{title}。",
            source=source,
            kind=draft.kind,
            deadline=draft.deadline,
            review_on=draft.review_on,
            quantity=quantity,
            money=money if "{money}" in problem.title else None,
            entered=draft.entered,
            acts=self._dated(draft, quantity, category),
        )

    def _source(self, ending: Ending) -> Source:
        sources = [source for source, _title, _document in HANDED_OVER]
        if ending is Ending.REVIEW_2:
            sources = [source for source in sources if self.levels[source] > 1]
        return self.random.choice(sources)

    def _problems(self, draft: _Draft, category: int, column: int) -> list[Problem]:
        """The kinds of problem that fit, those first that the county has not met yet."""
        wide = column == len(self.columns) - 1
        lasting, quick = draft.kind is Kind.LONG_TERM, draft.kind is Kind.IMMEDIATE
        fitting = [
            problem
            for problem in PROBLEMS[category]
            if problem.systemic == lasting
            and (problem.quick or not quick)
            and (problem.counted or not draft.counted)
            and (problem.level != "village" or not wide or quick)
        ]
        self.random.shuffle(fitting)
        fitting.sort(key=lambda problem: (problem.title, column) in self._used)
        return fitting or [problem for problem in PROBLEMS[category] if problem.counted]

    def _place(self, problem: Problem, column: int, again: int) -> tuple[str, str | None, str]:
        """(code of the region, code of its township, what the title calls it); ``again``: the first choice is taken."""
        county = self.columns[column]
        if column == len(self.columns) - 1:
            return county.code, None, ("全市", "市本级", "市直单位")[again]
        if problem.level == "county" and not again:
            return county.code, None, county.name
        town = self.random.choice(county.below)
        if column == self._stage and self.random.random() < 0.3:
            town = next((place for place in county.below if place.name == STAGE_TOWN), town)
        if problem.level != "village" or not town.below:
            village = "" if problem.level != "village" else self.random.choice(_VILLAGES)
            return town.code, town.code, town.name + village
        villages = [place for place in town.below if called(place.name).endswith("村")] or town.below
        village_place = self.random.choice(villages)
        return village_place.code, town.code, town.name + called(village_place.name)

    def _wording(self, problems: Sequence[Problem], column: int) -> tuple[Problem, str, str | None, str, int, str]:
        """(problem, region, township, title, number, money): the first whose title no other story has."""
        for again, problem in product(range(3), problems):
            place, town, said = self._place(problem, column, again)
            number = self._between(20, 28 if problem.counted in ("个", "处") else 96)  # a township has few clinics
            money = f"{self._between(8, 420)}.{self._between(0, 9)}"
            title = problem.title.format(place=said, n=number, m=number * 3, money=money)
            if title not in self._titles:
                self._used.add((problem.title, column))
                self._titles.add(title)
                return problem, place, town, title, number, money
        raise RuntimeError(f"too few kinds of problem for {self.columns[column].name}")  # add some to words.py

    def _dated(self, draft: _Draft, quantity: tuple[str, int] | None, category: int) -> tuple[Act, ...]:
        acts, last = [], (date.min, 0)
        for ago, verb, detail in draft.acts:
            day = self.days[ago - 1]
            earliest = last[1] + 5 if day == last[0] else 8 * 60 + 30
            minute = earliest + self._between(0, 40 if earliest > 8 * 60 + 30 else 300)
            if verb is Verb.REPORT and "percent" in detail:
                detail = detail | self._done(detail["percent"], quantity)
            if verb is Verb.SUBMIT_PLAN:
                detail = detail | {"measures": self._measures(draft, day, category)}
            acts.append(Act(day, minute, verb, detail))
            last = (day, minute)
        return tuple(acts)

    def _done(self, percent: int, quantity: tuple[str, int] | None) -> dict[str, Any]:
        return {"quantity": quantity[1] * percent // 100} if quantity else {}

    def _measures(self, draft: _Draft, day: date, category: int) -> list[tuple[str, date]]:
        """(what, due): spread evenly between the plan and the deadline."""
        end = draft.deadline or draft.review_on or self.today + timedelta(days=60)
        texts = MEASURES[category][: self._between(3, 5)]
        span = max((end - day).days, 0)
        return [(text, day + timedelta(days=span * (place + 1) // len(texts))) for place, text in enumerate(texts)]

    def _between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def _in(self, low: int, high: int) -> date:
        """A deadline that many days from today."""
        return self.today + timedelta(days=self._between(low, high))

    # --- layouts: what happens, how many working days ago --------------------------------------------------------

    def _opening(self, draft: _Draft, assigned: int, *, plan: bool = True) -> int:
        """List, assign, accept, and the plan up to its approval; returns how long ago the last of it was."""
        draft.add(assigned + self._between(0, 2), Verb.LIST)
        draft.add(assigned, Verb.ASSIGN)
        last = draft.add(max(assigned - self._between(0, 2), 1), Verb.ACCEPT)
        if not plan or draft.kind is Kind.IMMEDIATE:
            return last
        last = draft.add(last - self._between(1, 4), Verb.SUBMIT_PLAN)
        if last > 12 and self.random.random() < 0.15:
            last = draft.add(last - self._between(1, 2), Verb.RETURN_PLAN)
            last = draft.add(last - self._between(1, 2), Verb.SUBMIT_PLAN)
        return draft.add(last - self._between(1, 2), Verb.APPROVE_PLAN)

    def _reports(self, draft: _Draft, since: int, until: int, percent: int, *, all_done: bool = False) -> None:
        """Progress from nothing up to ``percent``, the last one ``until`` working days ago."""
        number = max(1, min(self._most_reports, (since - until) // 6))
        for step in range(1, number + 1):
            ago = since - (since - until) * step // number
            finished = all_done and step == number
            draft.add(
                max(ago, 1),
                Verb.REPORT,
                percent=percent * step // number,
                finished=finished,
                files=1 if finished or self.random.random() < 0.25 else 0,
            )

    def _time_used(self, draft: _Draft, assigned: int) -> int:
        """Percent of the time used today."""
        assert draft.deadline is not None
        start = self.days[assigned - 1]
        return min(100, (self.today - start).days * 100 // max(1, (draft.deadline - start).days))

    def _listed(self, ending: Ending, _levels: int) -> _Draft:
        draft = _Draft()
        draft.add(self._between(1, 2) if ending is Ending.LISTED else self._between(5, 9), Verb.LIST)
        return draft

    def _declined(self, _ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(15, 50))
        ago = self._between(5, 8)
        draft.add(ago + 1, Verb.LIST)
        draft.add(ago, Verb.ASSIGN)
        draft.add(self._between(2, 4), Verb.DECLINE)
        return draft

    def _assigned(self, ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(25, 70))
        ago = self._between(1, 2) if ending is Ending.ASSIGNED else self._between(6, 9)
        draft.add(ago + 1, Verb.LIST)
        draft.add(ago, Verb.ASSIGN)
        return draft

    def _reassigned(self, _ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(15, 50))
        self._opening(draft, self._between(10, 16), plan=False)
        draft.add(self._between(1, 2), Verb.REASSIGN)
        return draft

    def _planning(self, ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(25, 60))
        late, overdue = ending is Ending.PLAN_LATE, ending is Ending.OVERDUE_PLANNING
        if overdue:
            draft.deadline = self._in(-12, -4)
        self._opening(draft, self._between(13, 16) if late or overdue else self._between(4, 8), plan=False)
        if ending is Ending.PLAN_WAITING:
            draft.add(self._between(1, 2), Verb.SUBMIT_PLAN)
        if ending is Ending.PLAN_RETURNED:
            draft.add(2, Verb.SUBMIT_PLAN)
            draft.add(1, Verb.RETURN_PLAN)
        return draft

    def _running(self, ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(*_DAYS_LEFT[ending]), counted=True)
        assigned = self._between(20, 45) if ending in (Ending.GREEN, Ending.BLUE) else self._between(28, 55)
        percent = self._time_used(draft, assigned) + self._between(*_LEAD[ending])
        last = self._opening(draft, assigned)
        self._reports(draft, last - 1, self._between(1, 4), max(1, min(percent, 98)))
        return draft

    def _immediate(self, _ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(kind=Kind.IMMEDIATE)
        last = self._opening(draft, self._between(2, 6))
        draft.add(min(last, 1), Verb.REPORT, files=1)
        return draft

    def _long_term(self, _ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(kind=Kind.LONG_TERM, review_on=self._in(20, 120))
        last = self._opening(draft, self._between(25, 80))
        self._reports(draft, last - 1, self._between(2, 8), 50)
        return draft

    def _overdue(self, ending: Ending, _levels: int) -> _Draft:
        low, high = _DAYS_OVERDUE[ending]
        draft = _Draft(deadline=self._in(-high, -low), counted=self.random.random() < 0.6)
        last = self._opening(draft, self._between(65, 85))
        self._reports(draft, last - 1, self._between(2, 14), self._between(35, 80))
        if ending is Ending.OVERDUE_5:
            draft.add(1, Verb.REMIND)
        return draft

    def _extension(self, ending: Ending, _levels: int) -> _Draft:
        asked = self._between(9, 14)
        deadline = self.days[asked - 1] + timedelta(days=self._between(0, 4))
        draft = _Draft(deadline=deadline, counted=True)
        wanted, decided = self._in(8, 35), {Ending.EXTENDED_LATE: asked - 6}.get(ending, asked - 1)
        if ending is Ending.EXTENSION_WAITING:
            asked, draft.deadline = self._between(1, 3), self._in(1, 6)
        last = self._opening(draft, self._between(40, 55))
        self._reports(draft, last - 1, asked + 1, self._between(55, 75))
        draft.add(asked, Verb.REQUEST_EXTENSION, wanted=wanted)
        if ending in (Ending.EXTENDED, Ending.EXTENDED_LATE):
            draft.add(decided, Verb.GRANT_EXTENSION)
            draft.add(self._between(1, 2), Verb.REPORT, percent=self._between(84, 95), files=1)
        elif ending is Ending.EXTENSION_REFUSED:
            draft.add(decided, Verb.REFUSE_EXTENSION)
        return draft

    def _applied(self, draft: _Draft, assigned: int, applied: int) -> None:
        last = self._opening(draft, assigned)
        self._reports(draft, last - 1, applied, 100, all_done=True)
        draft.add(applied, Verb.REQUEST_CLEARANCE)

    def _sent_back(self, ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(-5, 25), counted=True)
        applied = self._between(7, 12)
        self._applied(draft, self._between(38, 60), applied)
        verb = Verb.WITHDRAW_CLEARANCE if ending is Ending.WITHDRAWN else Verb.RETURN
        draft.add(applied - self._between(2, 5), verb)
        return draft

    def _reviewing(self, ending: Ending, _levels: int) -> _Draft:
        second = ending is Ending.REVIEW_2
        applied = self._between(6, 10) if second else self._between(1, 7)
        draft = _Draft(deadline=self._in(2, 20), counted=True)
        if ending is Ending.REVIEW_LATE:
            draft.deadline = self._in(-22, -14)
        self._applied(draft, self._between(45, 70), applied)
        if second:
            draft.add(applied - self._between(1, 4), Verb.PASS)
        return draft

    def _cleared(self, ending: Ending, levels: int) -> _Draft:
        """Cleared some time ago, in time, late, after a return, or after an extension."""
        immediate, lasting = ending is Ending.CLEARED_IMMEDIATE, ending is Ending.CLEARED_LONG_TERM
        kind = Kind.IMMEDIATE if immediate else Kind.LONG_TERM if lasting else Kind.TIME_LIMITED
        cleared = self._between(1, 60) + (8 if immediate else 0)  # some so long ago that a look-back is due
        applied = cleared + levels * 2 + self._between(1, 3)
        assigned = applied + (self._between(5, 8) if immediate else self._between(30, 60))
        draft = _Draft(kind=kind, counted=kind is Kind.TIME_LIMITED)
        if lasting:
            draft.review_on = self._in(30, 120)
        elif not immediate:
            late = -self._between(4, 20) if ending is Ending.CLEARED_LATE else self._between(0, 18)
            draft.deadline = self.days[applied - 1] + timedelta(days=late)
        if ending is Ending.CLEARED_EXTENDED:
            self._cleared_after_extension(draft, assigned, applied)
        elif ending is Ending.CLEARED_RETURNED:
            self._applied(draft, assigned + 8, applied + 6)
            draft.add(applied + 4, Verb.RETURN)
            draft.add(applied + 1, Verb.REPORT, percent=100, files=1)
            draft.add(applied, Verb.REQUEST_CLEARANCE)
        else:
            self._applied(draft, assigned, applied)
        for level in range(levels, 0, -1):
            draft.add(cleared + (level - 1) * 2, Verb.PASS)
        return draft

    def _cleared_after_extension(self, draft: _Draft, assigned: int, applied: int) -> None:
        wanted = draft.deadline
        draft.deadline = self.days[applied + 4]
        last = self._opening(draft, assigned)
        draft.add(applied + 7, Verb.REQUEST_EXTENSION, wanted=wanted)
        draft.add(applied + 6, Verb.GRANT_EXTENSION)
        self._reports(draft, min(last - 1, applied + 5), applied, 100, all_done=True)
        draft.add(applied, Verb.REQUEST_CLEARANCE)

    def _dismissed(self, _ending: Ending, _levels: int) -> _Draft:
        draft = _Draft(deadline=self._in(10, 40))
        ago = self._between(12, 60)
        draft.add(ago + 1, Verb.LIST)
        if self.random.random() < 0.5:
            draft.add(ago, Verb.ASSIGN)
        draft.add(ago - self._between(2, 6), Verb.DISMISS)
        return draft

    def _taken(self, ending: Ending, _levels: int) -> _Draft:
        states = {
            Ending.TAKEN_CLEARED: State.CLEARED,
            Ending.TAKEN_INCOMPLETE: State.RECTIFYING,
            Ending.TAKEN_REVIEWING: State.REVIEWING,
            Ending.TAKEN_ASSIGNED: State.ASSIGNED,
        }
        cleared = ending is Ending.TAKEN_CLEARED
        draft = _Draft(deadline=self._in(-90, -40) if cleared else self._in(-20, 40), entered=states[ending])
        draft.add(TAKEN_AGO, Verb.TAKE_OVER)
        if ending is Ending.TAKEN_INCOMPLETE and self.random.random() < 0.5:
            draft.add(self._between(2, 9), Verb.REPORT, files=0)
        return draft


#: The county ledger that everything began with was taken over this many working days ago.
TAKEN_AGO = 30

_Layout = Callable[[Plotter, Ending, int], _Draft]
_LAYOUTS: dict[Ending, _Layout] = {
    **dict.fromkeys((Ending.LISTED, Ending.UNASSIGNED), Plotter._listed),
    Ending.DECLINED: Plotter._declined,
    **dict.fromkeys((Ending.ASSIGNED, Ending.UNSIGNED), Plotter._assigned),
    Ending.REASSIGNED: Plotter._reassigned,
    **dict.fromkeys(
        (Ending.PLANNING, Ending.PLAN_LATE, Ending.PLAN_WAITING, Ending.PLAN_RETURNED, Ending.OVERDUE_PLANNING),
        Plotter._planning,
    ),
    **dict.fromkeys(_DAYS_LEFT, Plotter._running),
    Ending.IMMEDIATE: Plotter._immediate,
    Ending.LONG_TERM: Plotter._long_term,
    **dict.fromkeys(_DAYS_OVERDUE, Plotter._overdue),
    **dict.fromkeys(
        (Ending.EXTENSION_WAITING, Ending.EXTENDED, Ending.EXTENDED_LATE, Ending.EXTENSION_REFUSED), Plotter._extension
    ),
    **dict.fromkeys((Ending.WITHDRAWN, Ending.RETURNED), Plotter._sent_back),
    **dict.fromkeys((Ending.REVIEW_1, Ending.REVIEW_2, Ending.REVIEW_LATE), Plotter._reviewing),
    Ending.DISMISSED: Plotter._dismissed,
    **dict.fromkeys(
        (
            Ending.CLEARED,
            Ending.CLEARED_LATE,
            Ending.CLEARED_RETURNED,
            Ending.CLEARED_EXTENDED,
            Ending.CLEARED_IMMEDIATE,
            Ending.CLEARED_LONG_TERM,
        ),
        Plotter._cleared,
    ),
    **dict.fromkeys(
        (Ending.TAKEN_CLEARED, Ending.TAKEN_INCOMPLETE, Ending.TAKEN_REVIEWING, Ending.TAKEN_ASSIGNED), Plotter._taken
    ),
}
_VILLAGES = (
    "泉塘村",
    "大塘村",
    "木山村",
    "金星村",
    "桃源村",
    "石井村",
    "白竹村",
    "沙坪村",
    "新华村",
    "红旗村",
    "茶山村",
    "兴隆村",
    "梅塘村",
    "长冲村",
    "樟树村",
    "大坪村",
)


def called(name: str) -> str:
    """A village as a title calls it: without its committee (双江村委会 -> 双江村)."""
    stem = re.sub("(村民|居民)?委员会$|(村|居)?委会$", "", name)
    if name.endswith(("村委会", "村民委员会")):
        return stem if stem.endswith("村") else f"{stem}村"
    return stem if stem.endswith(("社区", "村")) else f"{stem}社区"


def _workdays_before(today: date, calendar: Calendar) -> list[date]:
    """Working days before today, the latest first."""
    days: list[date] = []
    day = today
    while len(days) <= _REACH:
        day -= timedelta(days=1)
        if calendar.is_workday(day):
            days.append(day)
    return days
