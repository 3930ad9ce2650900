"""What the board ought to say, counted once more issue by issue in Python; and people with posts of every shape."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from tests.register.varied import make_varied
from tests.world import TODAY, World, make_person
from tracker.accounts.models import User
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.board.queries import Board
from tracker.issues.actions import recount
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region
from tracker.register.rules import Group

_ENDED = (State.CLEARED, State.DISMISSED)

#: Besides the world's own people: one post below the county, posts that overlap, that lie apart, and none that reads.
POSTED = (
    ("town_leader", "longxipu_leader", "town", ((Role.LEADER, "longxipu", None),)),
    ("town_water", "town_water", "town", ((Role.SUPERVISOR, "longxipu", 2), (Role.OFFICIAL, "longxipu", None))),
    ("both_counties", "both_counties", "office", ((Role.LEADER, "xinshao", None), (Role.SUPERVISOR, "wugang", None))),
    ("two_lines", "two_lines", "office", ((Role.SUPERVISOR, "city", 0), (Role.SUPERVISOR, "city", 2))),
    ("line_and_block", "line_and_block", "office", ((Role.SUPERVISOR, "city", 2), (Role.LEADER, "xinshao", None))),
    ("county_line", "county_line", "county_office", ((Role.LEADER, "wugang", 4),)),
    ("county_and_town", "county_and_town", "office", ((Role.LEADER, "wugang", None), (Role.LEADER, "longxipu", None))),
    ("leader_works", "leader_works", "water", ((Role.LEADER, "xinshao", 2), (Role.OFFICIAL, "xinshao", None))),
)
READERS = (
    "root_supervisor",
    "city_leader",
    "supervisor",
    "leader",
    "water_supervisor",
    "stranger",
    *(row[0] for row in POSTED),
)


def make_counted(world: World, number: int, seed: int) -> list[Issue]:
    """``number`` varied issues with the summary that belongs to them, and POSTED; committed."""
    with transaction():
        for key, name, unit, posts in POSTED:
            if key not in world.people:
                make_person(world, key, name, unit, posts)
        world.people["town_leader"].name = "镇领导"
        issues = make_varied(world, number, seed)
        chance = random.Random(seed)
        for issue in issues:  # some are led by a person whose post lies elsewhere: visible, but not on the board
            if chance.random() < 0.1:
                issue.lead_official_id = world.people["county_line"].id
            elif chance.random() < 0.1:
                issue.lead_official_id = world.people["town_leader"].id
        recount()
    return issues


@dataclass
class Figures:
    """One cell, by the names of the page's figures."""

    open: int = 0
    overdue: int = 0
    cleared: int = 0
    unproven: int = 0
    dismissed: int = 0
    look_backs: int = 0
    issues: list[Issue] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.open + self.cleared

    @property
    def standing(self) -> str:
        if self.open:
            return "open"
        if not self.cleared:
            return "uncovered"
        return "declared" if self.unproven or self.look_backs else "proven"


def figures(issues: Iterable[Issue], today: date = TODAY) -> Figures:
    """Counted one by one, straight from the words of DOMAIN: the deadline passes at the end of its day."""
    found = Figures()
    for issue in issues:
        found.issues.append(issue)
        if issue.state is State.DISMISSED:
            found.dismissed += 1
        elif issue.state is State.CLEARED:
            found.cleared += 1
            found.unproven += not issue.proven
            found.look_backs += issue.look_back_on is not None and issue.look_back_on <= today
        else:
            found.open += 1
            found.overdue += is_late(issue, today)
    return found


def is_late(issue: Issue, today: date) -> bool:
    if issue.deadline is None or today <= issue.deadline:
        return False
    stopped = issue.state is State.REVIEWING and issue.applied_on is not None and issue.applied_on <= issue.deadline
    return not stopped


class Count:
    """The board of one person as it ought to be."""

    def __init__(self, person: User, today: date = TODAY) -> None:
        self.person, self.today = person, today
        self.parents = {region.id: region.parent_id for region in db.session.scalars(select(Region))}
        self.root = next(key for key, parent in self.parents.items() if parent is None)
        self.posts = [
            (grant.region_id, grant.category_id)
            for grant in person.grants
            if grant.role in (Role.SUPERVISOR, Role.LEADER)
        ]
        self.issues = [issue for issue in db.session.scalars(select(Issue)) if self._counts(issue)]

    def _line(self, region: int | None) -> list[int]:
        line = []
        while region is not None:
            line.append(region)
            region = self.parents[region]
        return line

    def covered(self, issue: Issue) -> bool:
        return any(
            place in self._line(issue.region_id) and category in (None, issue.category_id)
            for place, category in self.posts
        )

    def reached(self, county: int, category: int) -> bool:
        """Whether a post lies in this column (or over it) and in this row."""
        return any(
            (place == self.root or county == self._line(place)[-2]) and line in (None, category)
            for place, line in self.posts
        )

    def _counts(self, issue: Issue) -> bool:
        if issue.has_children or not self.reached(issue.county_id, issue.category_id):
            return False
        return self.covered(issue) or issue.lead_official_id == self.person.id or self._handles(issue)

    def _handles(self, issue: Issue) -> bool:
        units = {issue.lead_unit_id, *(row.unit_id for row in issue.units)}
        official = any(grant.role is Role.OFFICIAL for grant in self.person.grants)
        return official and (self.person.unit_id in units or issue.responsible_person_id == self.person.id)

    def of(self, group: Group, county: int | None = None, category: int | None = None) -> Figures:
        return figures(
            (
                issue
                for issue in self.issues
                if (issue.kind is Kind.LONG_TERM) == (group is Group.LONG_TERM)
                and county in (None, issue.county_id)
                and category in (None, issue.category_id)
            ),
            self.today,
        )


def wrong(shown: Board, count: Count, only: int | None = None) -> list[str]:
    """Where a board is not what the count says; empty when every figure and every state is right."""
    found = []
    for place, column in enumerate(shown.columns):
        for line in shown.lines:
            cell, ought = line.cells[place], count.of(shown.group, column.id, line.category.id)
            inside = count.reached(column.id, line.category.id)
            found += _differences(cell.tally, ought, f"{line.category.name} × {column.name}")
            if cell.standing != (ought.standing if inside else None):
                found.append(f"{line.category.name} × {column.name}: {cell.standing}, not {ought.standing}")
        found += _differences(shown.sums[place], count.of(shown.group, column.id), column.name)
    for line in shown.lines:
        found += _differences(line.sum, count.of(shown.group, only, line.category.id), line.category.name)
    return found + _differences(shown.whole, count.of(shown.group, only), "whole")


def _differences(tally: object, ought: Figures, where: str) -> list[str]:
    names = {"open": "open", "overdue": "overdue", "cleared": "cleared", "declared": "unproven",
             "dismissed": "dismissed", "total": "total", "look_backs": "look_backs"}  # fmt: skip
    pairs = [(name, getattr(tally, name), getattr(ought, other)) for name, other in names.items()]
    return [f"{where}: {name} {kept}, not {counted}" for name, kept, counted in pairs if kept != counted]
