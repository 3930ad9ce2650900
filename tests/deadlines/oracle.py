"""What the domain says of time (DOMAIN §5), worked out day by day, issue by issue, in plain Python.

It imports none of the rules it judges: it knows dates, a calendar as a dictionary, who can sign in, and what people did
to each issue. Slow and simple on purpose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
OPEN = ("listed", "assigned", "planning", "rectifying", "reviewing")
MATTERS = ("overdue_unit", "overdue_lead", "overdue_notice", "overdue_bulletin", "overdue_talk")


@dataclass
class Rules:
    """The thresholds as the root office keeps them."""

    days: tuple[int, ...] = (1, 3, 7, 15, 30)
    tells: tuple[tuple[str, ...], ...] = (("responsible",), ("leading",), ("county",), ("root",), ("root",))
    unassigned: int = 3
    unsigned: int = 3
    planning: int = 10
    review: int = 5


@dataclass
class People:
    """Who can be told: by keys. ``officials``: of each unit; ``absent``: who cannot sign in."""

    officials: dict[str, tuple[str, ...]]
    county: tuple[str, ...]
    root: tuple[str, ...]
    reviewers: dict[int, tuple[str, ...]]  # of each review level
    absent: frozenset[str]
    stand_ins: list[tuple[str, str, date, date]] = field(default_factory=list)  # absent, person, first and last day

    def reach(self, named: Iterable[str], day: date) -> set[str]:
        """Of these, who can sign in; and who stands in that day for one who cannot."""
        found = set()
        for person in named:
            if person not in self.absent:
                found.add(person)
            found |= {hand for away, hand, first, last in self.stand_ins
                      if away == person and person in self.absent and first <= day <= last}  # fmt: skip
        return found


@dataclass(frozen=True)
class Chain:
    """The duty chain, by keys."""

    lead: str
    lead_unit: str
    units: tuple[str, ...]
    person: str | None


@dataclass
class Episode:
    deadline: date
    ended: date | None = None
    end: str | None = None
    levels: dict[int, tuple[int, date]] = field(default_factory=dict)  # level -> days as the rule stood, day raised

    @property
    def starts(self) -> date:
        return self.deadline + DAY


@dataclass
class Twin:
    """One issue as the domain sees it. ``since``: when its present state was entered, ``level_since`` its review level."""

    key: int
    kind: str
    since: date
    chain: Chain
    state: str = "listed"
    deadline: date | None = None
    applied: date | None = None
    review_level: int = 0
    level_since: date | None = None
    plan_waits: bool = False
    wanted: date | None = None  # by the extension that waits
    objects: bool = False  # an objection to the running episode waits
    episodes: list[Episode] = field(default_factory=list)
    delays: dict[tuple[str, date, int], tuple[int, date]] = field(default_factory=dict)  # -> allowed, day recorded

    @property
    def running(self) -> Episode | None:
        return next((one for one in self.episodes if one.ended is None), None)

    def clock_runs(self) -> bool:
        """An application made by the deadline stops it while it is under review."""
        if self.state not in OPEN or self.deadline is None:
            return False
        return not (self.state == "reviewing" and self.applied is not None and self.applied <= self.deadline)

    def is_late(self, day: date) -> bool:
        return self.clock_runs() and self.deadline is not None and day > self.deadline

    def open_if_late(self, day: date) -> None:
        if self.is_late(day) and self.running is None and self.deadline is not None:
            self.episodes.append(Episode(self.deadline))

    def move(self, day: date, state: str | None = None, *, end: str = "extended", **changes: object) -> None:
        """Somebody did something to it: what was late is on record first, then the change, then what it ends or begins."""
        self.open_if_late(day)
        for name, value in changes.items():
            setattr(self, name, value)
        if state is not None:
            self.state, self.since = state, day
        running = self.running
        if running is not None and (not self.clock_runs() or running.deadline != self.deadline):
            running.ended, running.end = day, "cleared" if self.state == "cleared" else end
            self.objects = False
        self.open_if_late(day)


class Oracle:
    """Every issue's twin, and everything that must have been recorded and told."""

    def __init__(self, people: People, special: dict[date, bool]) -> None:
        self.people, self.special, self.rules = people, special, Rules()
        self.twins: dict[int, Twin] = {}
        self.told: Counter[tuple[int, str, str, date, int]] = Counter()  # issue, matter, person, day, number
        self.issue_days = 0

    # --- the calendar ---

    def worked(self, day: date) -> bool:
        return self.special.get(day, day.weekday() < 5)

    def waited(self, since: date, day: date) -> int:
        """Working days after ``since``, up to and with ``day``."""
        return sum(self.worked(since + number * DAY) for number in range(1, (day - since).days + 1))

    # --- a night ---

    def night(self, days: list[date]) -> None:
        """The jobs as of each of these days, one job after the other, as whoever makes up for missed days runs them."""
        for day in days:
            for twin in self.twins.values():
                twin.open_if_late(day)
        for day in days:
            for twin in self.twins.values():
                self._escalate(twin, day)
        for day in days:
            for twin in self.twins.values():
                self._mind(twin, day)

    def _escalate(self, twin: Twin, day: date) -> None:
        running = twin.running
        if running is None:
            return
        overdue = (day - running.deadline).days
        for number, first in enumerate(self.rules.days, 1):
            if overdue >= first and number not in running.levels:
                running.levels[number] = (first, day)
                for person in self._people_of_level(twin, number, day):
                    self.told[twin.key, MATTERS[number - 1], person, day, first] += 1

    def _people_of_level(self, twin: Twin, number: int, day: date) -> set[str]:
        chain, tells = twin.chain, self.rules.tells[number - 1]
        audiences = {
            "responsible": self._responsible(chain, chain.units),
            "leading": {chain.lead},
            "county": set(self.people.county),
            "root": set(self.people.root),
        }
        chosen = set().union(*(audiences[each] for each in tells))
        instead = [set(self.people.officials[chain.lead_unit]), set(self.people.county), set(self.people.root)]
        upwards = 3 if "root" in tells else 2 if "county" in tells else 0
        return self._first_reached([chosen, *instead[upwards:]], day)

    def _responsible(self, chain: Chain, units: Iterable[str]) -> set[str]:
        found = {person for unit in units for person in self.people.officials[unit]}
        return found | ({chain.person} if chain.person else set())

    def _first_reached(self, groups: list[set[str]], day: date) -> set[str]:
        return next(filter(None, (self.people.reach(group, day) for group in groups)), set())

    def _mind(self, twin: Twin, day: date) -> None:
        """The clocks besides the deadline."""
        rules = self.rules
        clock = {
            "listed": ("unassigned", rules.unassigned),
            "assigned": ("unsigned", rules.unsigned),
            "planning": ("planning", rules.planning),
            "reviewing": ("review", rules.review),
        }.get(twin.state)
        if clock is None:
            return
        (name, allowed), level = clock, twin.review_level if twin.state == "reviewing" else 0
        since = twin.level_since if level else twin.since
        assert since is not None
        if self.waited(since, day) <= allowed or (name, since, level) in twin.delays:
            return
        twin.delays[name, since, level] = (allowed, day)
        for person in self._people_of_delay(twin, name, day):
            self.told[twin.key, f"delay_{name}", person, day, allowed] += 1

    def _people_of_delay(self, twin: Twin, name: str, day: date) -> set[str]:
        chain, above = twin.chain, [set(self.people.county), set(self.people.root)]
        if name == "unassigned":
            return self._first_reached(above, day)
        if name == "review":
            return self._first_reached([set(self.people.reviewers[twin.review_level]), *above], day)
        acting = self._responsible(chain, chain.units[:1])
        if name == "planning" and twin.plan_waits:
            acting = {chain.lead}
        return self._first_reached([acting, set(self.people.officials[chain.lead_unit]), *above], day)
