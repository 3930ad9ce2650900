"""The board's figures: from the summary that moves with every issue, whatever the size of the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select, text, true

from tracker.base.access import Actor, Role
from tracker.base.db import db
from tracker.board.rules import KINDS, Reach, Standing, Tally, add, filter_for, reached, standing
from tracker.issues.models import Issue, IssueCount
from tracker.issues.queries import visible_to
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region
from tracker.org.queries import county_of
from tracker.org.rules import Level
from tracker.register.rules import Group
from tracker.settings.models import Category

LISTED = 5  # rows of "most overdue" and "newest cleared"

_DATED: ColumnElement[bool] = literal_column("issue.look_back_on IS NOT NULL")
_CLOCK_RUNS = Issue.overdue_from.is_not(None)  # renders as literally as the predicate of ix_issue_overdue_cell


@dataclass(frozen=True)
class Scope:
    """What a person's board covers: the cells their posts reach, and whether these are covered whole."""

    reaches: tuple[Reach, ...]
    whole: bool  # no post below a county: the summary per county answers


@dataclass(frozen=True)
class Column:
    id: int
    name: str
    level: Level
    own: bool  # the root itself (市本级)


@dataclass(frozen=True)
class Cell:
    """One cell; ``standing`` None: outside the person's scope."""

    county_id: int
    category_id: int
    tally: Tally
    standing: Standing | None


@dataclass(frozen=True)
class Line:
    """One category across the columns."""

    category: Any  # a row of id, name, name_en
    cells: tuple[Cell, ...]

    @cached_property
    def sum(self) -> Tally:
        return add(cell.tally for cell in self.cells)


@dataclass(frozen=True)
class Board:
    """Categories × counties of one group; ``other`` sums the group not shown."""

    group: Group
    scope: Scope
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    other: Tally
    only: int | None = None  # the one county the board was narrowed to

    @cached_property
    def sums(self) -> tuple[Tally, ...]:
        """Of each column."""
        return tuple(add(line.cells[place].tally for line in self.lines) for place in range(len(self.columns)))

    @cached_property
    def whole(self) -> Tally:
        return add(line.sum for line in self.lines)

    @cached_property
    def standings(self) -> Counter[Standing]:
        """How many cells of the scope are what."""
        return Counter(cell.standing for line in self.lines for cell in line.cells if cell.standing)

    def standings_of(self, place: int) -> Counter[Standing]:
        """The same for one column."""
        found = (line.cells[place].standing for line in self.lines)
        return Counter(each for each in found if each)

    def filter_for(self, county: int | None = None, category: int | None = None) -> Reach | None:
        return filter_for(self.scope.reaches, county, category)


def board(actor: Actor, today: date, *, group: Group = Group.CONCRETE, county_id: int | None = None) -> Board:
    """The board as this person may see it; ``county_id`` narrows it to one column.

    Five queries whatever the size: columns, categories, counts, overdue, look-backs due (a post below a county adds
    one each).
    """
    everything = _regions()
    scope = _scope(actor, everything)
    counted = _tallies(actor, scope, today)
    columns = tuple(_columns(everything, scope, {county for _, county, _ in counted}, county_id))
    categories = _categories(scope, {category for category, _, _ in counted})
    lines = tuple(
        Line(category, tuple(_cell(scope, counted, group, category.id, place.id) for place in columns))
        for category in categories
    )
    shown = {place.id for place in columns}
    other = add(
        each for (_, county, each_group), each in counted.items() if each_group is not group and county in shown
    )
    return Board(group, scope, columns, lines, other, county_id)


def _cell(scope: Scope, counted: dict[tuple[int, int, Group], Tally], group: Group, category: int, county: int) -> Cell:
    tally = counted.get((category, county, group), Tally())
    inside = reached(scope.reaches, county, category)
    return Cell(county, category, tally, standing(tally.total, tally.open, tally.doubts) if inside else None)


# --- axes -----------------------------------------------------------------------------------------------------


def _regions() -> Sequence[Any]:
    """Rows of id, name, level, valid_to, own: the root's children in order, also those out of force, then the root."""
    root = select(Region.id).where(Region.parent_id.is_(None)).scalar_subquery()
    return db.session.execute(
        select(Region.id, Region.name, Region.level, Region.valid_to, Region.parent_id.is_(None).label("own"))
        .where(or_(Region.parent_id == root, Region.parent_id.is_(None)))
        .order_by(Region.parent_id.is_(None), Region.position, Region.id)
    ).all()


def _scope(actor: Actor, regions: Sequence[Any]) -> Scope:
    """Posts of supervisors and leaders as cells. A post below the county reaches only a part of its column."""
    counties = {row.id for row in regions if not row.own}
    reaches: list[Reach] = []
    whole = True
    for grant in actor.grants:
        if grant.role not in (Role.SUPERVISOR, Role.LEADER):
            continue
        if grant.at_root or grant.region_id in counties:
            reaches.append((None if grant.at_root else grant.region_id, grant.category_id))
        else:
            reaches.append((county_of(grant.region_id), grant.category_id))
            whole = False
    return Scope(tuple(dict.fromkeys(reaches)), whole)


def _columns(regions: Sequence[Any], scope: Scope, counted: set[int], only: int | None) -> Iterable[Column]:
    """Columns in force or still holding issues, as far as a post reaches them."""
    for row in regions:
        kept = row.valid_to is None or row.id in counted
        if kept and only in (None, row.id) and any(county in (None, row.id) for county, _ in scope.reaches):
            yield Column(row.id, row.name, row.level, bool(row.own))


def _categories(scope: Scope, counted: set[int]) -> list[Any]:
    rows = db.session.execute(
        select(Category.id, Category.name, Category.name_en, Category.active).order_by(Category.position, Category.id)
    )
    return [
        row
        for row in rows
        if (row.active or row.id in counted) and any(category in (None, row.id) for _, category in scope.reaches)
    ]


# --- figures --------------------------------------------------------------------------------------------------


def _tallies(actor: Actor, scope: Scope, today: date) -> dict[tuple[int, int, Group], Tally]:
    """(category, county, group) -> figures, for cells with any."""
    overdue = _numbers(overdue_by_cell(actor, scope, today))
    look_backs = _numbers(look_backs_by_cell(actor, scope, today))
    found: dict[tuple[int, int, Group], Tally] = {}
    for category, county, long_term, open_, proven, declared, dismissed in db.session.execute(
        counts_by_cell(actor, scope)
    ):
        key = (category, county, _group(long_term))
        found[key] = Tally(open_, overdue[key], proven, declared, dismissed, look_backs[key])
    return found


def _numbers(query: Select[Any]) -> Counter[tuple[int, int, Group]]:
    found: Counter[tuple[int, int, Group]] = Counter()
    for category, county, long_term, number in db.session.execute(query):
        found[category, county, _group(long_term)] += number
    return found


def _group(long_term: bool) -> Group:
    return Group.LONG_TERM if long_term else Group.CONCRETE


def counts_by_cell(actor: Actor, scope: Scope) -> Select[Any]:
    """Open, proven, declared, dismissed by category, county and group."""
    source: Any = IssueCount if scope.whole else Issue
    number: Any = IssueCount.number if scope.whole else literal_column("1")
    ended = source.state.in_((State.CLEARED, State.DISMISSED))
    return (
        select(
            source.category_id,
            source.county_id,
            (source.kind == Kind.LONG_TERM).label("long_term"),
            _total(number, ~ended, "open"),
            _total(number, and_(source.state == State.CLEARED, source.proven), "proven"),
            _total(number, and_(source.state == State.CLEARED, ~source.proven), "declared"),
            _total(number, source.state == State.DISMISSED, "dismissed"),
        )
        .where(number > 0, within(actor, scope, source), true() if scope.whole else ~Issue.has_children)
        .group_by(source.category_id, source.county_id, text("long_term"))
    )


def _total(number: ColumnElement[int], condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(number).filter(condition), 0).label(name)


def overdue_by_cell(actor: Actor, scope: Scope, today: date) -> Select[Any]:
    """Overdue issues by category, county and group; touches ix_issue_overdue_cell alone."""
    return _by_cell(actor, scope, and_(_CLOCK_RUNS, Issue.overdue_from <= today, ~Issue.has_children))


def look_backs_by_cell(actor: Actor, scope: Scope, today: date) -> Select[Any]:
    """Clearances due to be looked at again, likewise; touches ix_issue_look_back_cell alone (a parent never is)."""
    return _by_cell(actor, scope, and_(_DATED, Issue.look_back_on <= today))


def _by_cell(actor: Actor, scope: Scope, late: ColumnElement[bool]) -> Select[Any]:
    """How many are late in each cell.

    The summary's keys seek into the index, so that only what is late is touched: grouping over all running clocks
    takes five times as long (0.7 against 3.7 ms with 100,000 issues).
    """
    if not scope.whole:
        keys: list[Any] = [Issue.category_id, Issue.county_id, (Issue.kind == Kind.LONG_TERM).label("long_term")]
        return select(*keys, func.count().label("number")).where(late, within(actor, scope, Issue)).group_by(*keys)
    cells = (
        select(IssueCount.category_id, IssueCount.county_id, IssueCount.kind)
        .where(within(actor, scope, IssueCount))
        .distinct()
        .subquery()
    )
    same = and_(
        Issue.category_id == cells.c.category_id, Issue.county_id == cells.c.county_id, Issue.kind == cells.c.kind
    )
    number = select(func.count()).select_from(Issue).where(same, late).scalar_subquery()
    return select(
        cells.c.category_id,
        cells.c.county_id,
        (cells.c.kind == Kind.LONG_TERM).label("long_term"),
        number.label("number"),
    )


def within(actor: Actor, scope: Scope, source: Any) -> ColumnElement[bool]:
    """The scope as a condition on what is counted."""
    cells = [_reach(source, county, category) for county, category in scope.reaches]
    inside = or_(*cells) if cells else false()
    return inside if scope.whole else and_(inside, visible_to(actor))


def _reach(source: Any, county: int | None, category: int | None) -> ColumnElement[bool]:
    if county is None:
        return true() if category is None else source.category_id == category
    inside: ColumnElement[bool] = source.county_id == county
    return inside if category is None else and_(inside, source.category_id == category)


# --- lists beside the board -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Brief:
    """One line of "most overdue" or "newest cleared"."""

    number: str
    title: str
    county: str
    on: date  # overdue since, or cleared on


def most_overdue(actor: Actor, board: Board, today: date) -> list[Brief]:
    """The longest overdue of what the board counts."""
    return _briefs(
        actor, board, Issue.overdue_from, (Issue.overdue_from, Issue.id), and_(_CLOCK_RUNS, Issue.overdue_from <= today)
    )


def newest_cleared(actor: Actor, board: Board) -> list[Brief]:
    """The latest struck off of what the board counts."""
    return _briefs(
        actor, board, Issue.cleared_on, (Issue.cleared_on.desc(), Issue.id.desc()), Issue.cleared_on.is_not(None)
    )


def _briefs(actor: Actor, board: Board, on: Any, order: tuple[Any, ...], which: ColumnElement[bool]) -> list[Brief]:
    narrowed = true() if board.only is None else Issue.county_id == board.only
    rows = db.session.execute(
        select(Issue.number, Issue.title, Region.name, on)
        .join(Region, Region.id == Issue.county_id)
        .where(
            which, ~Issue.has_children, Issue.kind.in_(KINDS[board.group]), narrowed, within(actor, board.scope, Issue)
        )
        .order_by(*order)
        .limit(LISTED)
    )
    return [Brief(*row) for row in rows]


# --- the same as data, and the proof that the summary is right ------------------------------------------------


def board_json(actor: Actor, today: date) -> dict[str, Any]:
    """Both groups as plain data, for ``tracker board --json``."""
    return {
        "as_of": today.isoformat(),
        "groups": {group.value: _plain(board(actor, today, group=group)) for group in Group},
    }


def _plain(shown: Board) -> dict[str, Any]:
    names = {place.id: place.name for place in shown.columns}
    return {
        "cells": sum(shown.standings.values()),
        "standings": {each.value: shown.standings[each] for each in Standing},
        "total": _figures(shown.whole),
        "rows": [
            {
                "category": line.category.name,
                "total": _figures(line.sum),
                "cells": [
                    {"county": names[cell.county_id], "state": cell.standing.value, **_figures(cell.tally)}
                    for cell in line.cells
                    if cell.standing
                ],
            }
            for line in shown.lines
        ],
    }


def _figures(tally: Tally) -> dict[str, int]:
    return {
        "open": tally.open,
        "overdue": tally.overdue,
        "cleared": tally.cleared,
        "unproven": tally.declared,
        "total": tally.total,
        "dismissed": tally.dismissed,
        "look_backs_due": tally.look_backs,
    }


@dataclass(frozen=True)
class Difference:
    """A row of the summary that is not what the issues say."""

    cell: tuple[Any, ...]  # category, county, kind, state, proven
    kept: int
    counted: int


def counts_differ() -> list[Difference]:
    """Where the summary and a recount differ; empty when all is right (``issues.actions.recount`` mends it)."""
    keys = ("category_id", "county_id", "kind", "state", "proven")
    kept = {
        tuple(row[:5]): row.number
        for row in db.session.execute(select(*(getattr(IssueCount, key) for key in keys), IssueCount.number))
    }
    columns = [getattr(Issue, key) for key in keys]
    counted = {
        tuple(row[:5]): row.number
        for row in db.session.execute(
            select(*columns, func.count().label("number")).where(~Issue.has_children).group_by(*columns)
        )
    }
    return [
        Difference(key, kept.get(key, 0), counted.get(key, 0))
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, 0) != counted.get(key, 0)
    ]
