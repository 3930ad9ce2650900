"""Questions about the whole list: one page of it, how many, whether a number is on it, all of it in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Row,
    Select,
    and_,
    case,
    column,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.accounts.queries import linked_counties
from tracker.base import paging
from tracker.base.access import N_, RIGHTS, Actor, Missing, Refused, Right, Role, holds
from tracker.base.db import db
from tracker.base.paging import Page, Segment
from tracker.clearance.models import Application
from tracker.clearance.rules import ApplicationState
from tracker.deadlines import rules as deadlines
from tracker.deadlines.queries import facing_of, kept_clocks
from tracker.deadlines.rules import (
    CLOCK_OF,
    DEFAULT,
    Clock,
    Clocks,
    Lamp,
    Why,
    allowed_workdays,
    days_overdue,
    late_since,
)
from tracker.issues.models import Issue, IssueText, IssueUnit
from tracker.issues.queries import visible_to
from tracker.issues.workflow import OPEN, Kind, State
from tracker.ledgers.models import LedgerTemplate
from tracker.ledgers.queries import templates_of
from tracker.org.models import Unit, UnitAlias
from tracker.org.queries import counties, line_above
from tracker.plans.models import Measure, Plan
from tracker.plans.queries import measure_counts
from tracker.register.layouts import BUILT_IN, Layout, placed
from tracker.register.models import SavedView
from tracker.register.rules import (
    ALL_YEARS,
    COUNT_LIMIT,
    PAGE_SIZE,
    Filters,
    Group,
    ListPage,
    Sort,
    Words,
    days_of_month,
    is_open_end,
    overdue_between,
    phrases,
)
from tracker.settings.queries import categories
from tracker.workdays.queries import calendar
from tracker.workdays.rules import Calendar

#: Beyond this many hits of a search the list is walked in its order instead of sorting the hits.
MANY_HITS = 1_000
_SUGGESTED = 10

# Literal, as in the partial indexes: with a bound parameter SQLite would look at every row.
_OPEN: ColumnElement[bool] = literal_column("issue.state NOT IN ('cleared','dismissed')")
#: 责任链不全; a listed issue has none yet.
BROKEN_CHAIN: ColumnElement[bool] = literal_column(
    "NOT issue.chain_complete AND issue.state NOT IN ('listed','cleared','dismissed')"
)
_CLOCK_RUNS: ColumnElement[bool] = literal_column("issue.overdue_from IS NOT NULL")
_REVIEW_SET: ColumnElement[bool] = literal_column("issue.review_on IS NOT NULL")
_LEAD = aliased(User)
_SEARCH = table("issue_search", column("rowid", Integer))


# --- what is on the list ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """One person's list as conditions: what all rows share, and the parts it falls into (each with its own index)."""

    shared: tuple[ColumnElement[bool], ...]
    parts: dict[str, tuple[ColumnElement[bool], ...]]  # open, cleared, dismissed; those that can have rows


def scope(filters: Filters, actor: Actor, today: date, *, walk: bool = False) -> Scope:
    """The conditions of this list for this person. ``walk``: it will be read in its order, page by page."""
    found = () if not filters.q else (_found(filters.q, walk),)
    linked = (Issue.county_id.in_(linked_counties(actor.duty_id)),) if filters.linked else ()
    return Scope((visible_to(actor), *linked, *_conditions(filters, today), *found), dict(_parts(filters, today)))


def _parts(filters: Filters, today: date) -> Iterator[tuple[str, tuple[ColumnElement[bool], ...]]]:
    open_states = filters.states & OPEN
    if open_states == OPEN and (filters.overdue or filters.level):
        yield "open", (_CLOCK_RUNS,)  # only an open issue has a running clock; asking for both reads every row
    elif filters.incomplete and open_states:
        yield (
            "open",
            (BROKEN_CHAIN, *([Issue.state.in_(sorted(open_states))] if filters.state or filters.unsigned else [])),
        )
    elif open_states == OPEN:
        yield "open", (_OPEN,)
    elif open_states:
        yield "open", (_OPEN, Issue.state.in_(sorted(open_states)))
    if filters.cleared_in and State.CLEARED in filters.states:
        yield "cleared", (Issue.cleared_on.between(*days_of_month(filters.cleared_in)),)
    elif State.CLEARED in filters.states:
        since = Issue.cleared_on >= date(today.year, 1, 1)
        yield "cleared", (since if filters.year is None else Issue.cleared_on.is_not(None),)
    if State.DISMISSED in filters.states:
        yield "dismissed", (Issue.state == State.DISMISSED,)


def _conditions(filters: Filters, today: date) -> Iterator[ColumnElement[bool]]:
    """Everything but the states: those stand in the parts."""
    equal = {
        Issue.county_id: filters.county,
        Issue.category_id: filters.category,
        Issue.source: filters.source,
        Issue.kind: filters.kind,
    }
    yield from (name == value for name, value in equal.items() if value is not None)
    if filters.group:
        yield (Issue.kind == Kind.LONG_TERM) if filters.group is Group.LONG_TERM else Issue.kind != Kind.LONG_TERM
    if filters.proven is not None:
        yield Issue.proven.is_(filters.proven)
    if filters.year not in (None, ALL_YEARS):
        yield Issue.listed_on.between(date(filters.year, 1, 1), date(filters.year, 12, 31))
    if filters.relapsed:
        yield Issue.relapses > 0
    if filters.taken_over:
        yield Issue.taken_over.is_(True)
    if filters.no_parents:
        yield not_(Issue.has_children)
    yield from _clocks(filters, today)
    yield from _names(filters)


def _clocks(filters: Filters, today: date) -> Iterator[ColumnElement[bool]]:
    if filters.overdue:
        yield and_(_CLOCK_RUNS, Issue.overdue_from <= today)
    if filters.review_due:
        yield and_(_REVIEW_SET, Issue.review_on <= today, Issue.kind == Kind.LONG_TERM)
    if filters.level:
        earliest, latest = overdue_between(filters.level, today, kept_clocks().level_days)
        yield and_(_CLOCK_RUNS, Issue.overdue_from <= latest, Issue.overdue_from >= earliest if earliest else true())
    if filters.lamp:
        yield lamp_of(today, calendar(), kept_clocks()) == filters.lamp.value
    if filters.stalled:
        yield _stalled(today)


def _stalled(today: date) -> ColumnElement[bool]:
    """A step has taken longer than its working days (the twin of ``deadlines.rules.wait``)."""
    days, clocks = calendar(), kept_clocks()
    begun = {which: late_since(today, days, allowed_workdays(which, clocks)) for which in Clock}
    reviews = select(Application.issue_id).where(
        Application.state == ApplicationState.OPEN, Application.level_since <= begun[Clock.REVIEW]
    )
    waits = [
        and_(Issue.state == state, Issue.waiting_since <= begun[which])
        for state, which in CLOCK_OF.items()
        if which is not Clock.REVIEW
    ]
    return or_(*waits, and_(Issue.state == State.REVIEWING, Issue.id.in_(reviews)))


def _names(filters: Filters) -> Iterator[ColumnElement[bool]]:
    if filters.lead:
        yield Issue.lead_official_id.in_(db.session.scalars(select(User.id).where(User.name == filters.lead)).all())
    if filters.unit:
        named = select(UnitAlias.unit_id).where(UnitAlias.name == filters.unit)
        units = db.session.scalars(select(Unit.id).where(or_(Unit.name == filters.unit, Unit.id.in_(named)))).all()
        yield of_units(units)


def of_units(units: Sequence[int]) -> ColumnElement[bool]:
    """Issues that one of these units leads or is responsible for."""
    responsible = select(IssueUnit.issue_id).where(IssueUnit.unit_id.in_(units))
    return or_(Issue.lead_unit_id.in_(units), Issue.id.in_(responsible))


# --- search -----------------------------------------------------------------------------------------------------


def _found(q: str, walk: bool) -> ColumnElement[bool]:
    """Issues in whose text every word of the search stands.

    Few hits: begin with them. Many: ``walk`` the list in its order, or sorting the hits would cost more than the page.
    """
    words = phrases(q)
    if not words:
        return false()
    hits = _hits_sqlite(words) if db.engine.dialect.name == "sqlite" else _hits_postgresql(words)
    some = db.session.scalars(hits.limit(MANY_HITS + 1)).all()
    if len(some) <= MANY_HITS:
        return Issue.id.in_(some)
    return (literal_column("+issue.id") if walk else Issue.id).in_(hits)  # the plus: no index on the id


def _hits_sqlite(words: list[list[str]]) -> Select[Any]:
    # Grams are Chinese characters, a-z and 0-9 only, so quoting them is safe.
    match = " AND ".join(f'"{" ".join(grams)}"' + ("*" if is_open_end(grams[-1]) else "") for grams in words)
    return select(cast("ColumnElement[int]", _SEARCH.c.rowid)).where(
        text("issue_search MATCH :match").bindparams(match=match)
    )


def _hits_postgresql(words: list[list[str]]) -> Select[Any]:
    query = " & ".join("(" + " <-> ".join(grams) + (":*" if is_open_end(grams[-1]) else "") + ")" for grams in words)
    simple: ColumnElement[str] = literal_column("'simple'")
    vector = func.to_tsvector(simple, IssueText.grams)
    return select(IssueText.issue_id).where(vector.op("@@")(func.to_tsquery(simple, query)))


def number_of(q: str, actor: Actor) -> str | None:
    """The number itself when the search is exactly one that this person may see."""
    return db.session.scalar(select(Issue.number).where(Issue.number == q, visible_to(actor)))


# --- lamps in SQL: the twin of deadlines.rules.lamp, a test holds the two equal -----------------------------------


def lamp_of(today: date, days: Calendar, clocks: Clocks = DEFAULT) -> ColumnElement[str]:
    """The lamp as an expression, for narrowing and ordering; pages compute it for their rows in Python."""
    lag = _lag(today)
    soon, week = (today + timedelta(days=number) for number in (clocks.yellow_days, clocks.blue_days))
    in_review = and_(Issue.state == State.REVIEWING, Issue.overdue_from.is_(None), Issue.deadline.is_not(None))
    unsigned = and_(
        Issue.state == State.ASSIGNED, Issue.waiting_since <= late_since(today, days, clocks.unsigned_workdays)
    )
    steps: tuple[tuple[ColumnElement[bool], Lamp], ...] = (
        (Issue.state.not_in(OPEN), Lamp.GREEN),
        (Issue.overdue_from <= today, Lamp.RED),
        (unsigned, Lamp.RED),
        (in_review, Lamp.GREEN),
        (lag > clocks.red_lag, Lamp.RED),
        (Issue.deadline <= soon, Lamp.YELLOW),
        (lag >= clocks.yellow_lag, Lamp.YELLOW),
        (Issue.deadline <= week, Lamp.BLUE),
    )
    return case(*((when, literal(lamp.value)) for when, lamp in steps), else_=literal(Lamp.GREEN.value))


def _lag(today: date) -> ColumnElement[int]:
    began = func.coalesce(Issue.assigned_on, Issue.listed_on)
    used = _days(literal(today, Date), began) * 100 // func.nullif(_days(Issue.deadline, began), 0, type_=Integer)
    lag = case((used > 100, 100), else_=used) - _progress()
    return case((Issue.deadline > began, func.coalesce(lag, 0)), else_=0)


def _days(later: Any, earlier: Any) -> ColumnElement[int]:
    if db.engine.dialect.name == "sqlite":
        return sql_cast(func.julianday(later) - func.julianday(earlier), Integer)
    return sql_cast(later - earlier, Integer)


def _progress() -> ColumnElement[int]:
    """Percent done, of the quantity or else of the approved plan's measures; NULL with neither."""
    measures = (
        select(func.count(Measure.done_on) * 100 // func.nullif(func.count(Measure.id), 0, type_=Integer))
        .join(Plan, Plan.id == Measure.plan_id)
        .where(Plan.issue_id == Issue.id, literal_column("plan.state = 'approved'"))
        .scalar_subquery()
    )
    share = Issue.quantity_done * 100 // func.nullif(Issue.quantity_total, 0, type_=Integer)
    return case((Issue.quantity_total.is_(None), measures), (share > 100, 100), else_=share)


# --- the order ----------------------------------------------------------------------------------------------------


def segments(filters: Filters, found: Scope) -> list[Segment]:
    """The list in its order: what is open first, then what is cleared, then what is dismissed, newest first."""
    turned = filters.turned
    if filters.sort is Sort.NUMBER:
        every = or_(*(and_(*part) for part in found.parts.values())) if found.parts else false()
        return [Segment("number", (every,), (Issue.number,), turned)]
    made: list[Segment] = []
    for name, part in found.parts.items():
        if filters.sort is Sort.COUNTY:
            made.append(Segment(f"county-{name}", part, (Issue.county_id, Issue.id), turned))
        elif name == "open":
            made += _open_segments(filters, part)
        else:
            ended = Issue.cleared_on if name == "cleared" else Issue.dismissed_on
            made.append(Segment(name, part, (ended, Issue.id), descending=True))
    return made


def _open_segments(filters: Filters, part: tuple[ColumnElement[bool], ...]) -> Iterator[Segment]:
    turned = filters.turned
    if filters.sort is Sort.PROGRESS:
        silent = Segment("silent", (*part, Issue.progress_on.is_(None)), (Issue.id,), turned)
        told = Segment("told", (*part, Issue.progress_on.is_not(None)), (Issue.progress_on, Issue.id), turned)
        yield from (told, silent) if turned else (silent, told)
    elif filters.sort is Sort.OVERDUE or filters.overdue or filters.level:
        yield Segment("clock", (*part, _CLOCK_RUNS), (Issue.overdue_from, Issue.id), turned)
        if not (filters.overdue or filters.level):
            yield Segment("no-clock", (*part, Issue.overdue_from.is_(None)), (Issue.id,))
    else:
        yield Segment("due", (*part, Issue.deadline.is_not(None)), (Issue.deadline, Issue.id), turned)
        yield Segment("undated", (*part, Issue.deadline.is_(None)), (Issue.id,))


# --- pages and counts ---------------------------------------------------------------------------------------------

_COLUMNS: tuple[Any, ...] = (
    Issue.id,
    Issue.number,
    Issue.title,
    Issue.source,
    Issue.category_id,
    Issue.county_id,
    Issue.kind,
    Issue.state,
    Issue.deadline,
    Issue.original_deadline,
    Issue.deadline_proposed,
    Issue.overdue_from,
    Issue.waiting_since,
    Issue.assigned_on,
    Issue.listed_on,
    Issue.cleared_on,
    Issue.progress_on,
    Issue.quantity_unit,
    Issue.quantity_total,
    Issue.quantity_done,
    Issue.taken_over,
    Issue.proven,
    Issue.has_children,
    Issue.version,
    Issue.lead_official_id,
    Issue.lead_unit_id,
    _LEAD.name.label("lead_official"),
    Unit.name.label("lead_unit"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """One row as a page shows it. ``row``: the columns of ``_COLUMNS``; ``progress``: (done, total) or None."""

    row: Row[Any]
    lamp: Lamp | None  # None: ended, no lamp
    why: Why
    days: int  # overdue
    level: int  # of escalation, 0 to 5
    units: tuple[str, ...]
    progress: tuple[int, int] | None


@dataclass(frozen=True)
class Listing:
    """One page of the list. ``total``: exact up to ``limit``, one more stands for "more than that"."""

    items: list[Item]
    total: int
    limit: int
    next: str | None
    previous: str | None
    level_days: tuple[int, ...]  # overdue, with which each level begins


def listing(filters: Filters, actor: Actor, today: date, cursor: str | None, size: int = PAGE_SIZE) -> Listing:
    """One page with its count; a constant number of queries."""
    found = scope(filters, actor, today, walk=True)
    page = _page(filters, found, cursor, size)
    counted = scope(filters, actor, today) if filters.q else found  # counting needs no order
    limit = MANY_HITS if filters.q else COUNT_LIMIT  # to count all hits of a common word would cost more than the page
    clocks = kept_clocks()
    shown = items(page.rows, today, clocks)
    return Listing(shown, count(counted, limit + 1), limit, page.next, page.previous, clocks.level_days)


def _page(filters: Filters, found: Scope, cursor: str | None, size: int) -> Page:
    return paging.read_page(rows().where(*found.shared), segments(filters, found), cursor, size, read)


def rows() -> Select[Any]:
    """The columns of a row; names that most rows have come along, those of a row's several units do not."""
    return (
        select(*_COLUMNS)
        .select_from(Issue)
        .outerjoin(_LEAD, _LEAD.id == Issue.lead_official_id)
        .outerjoin(Unit, Unit.id == Issue.lead_unit_id)
    )


def read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def count(found: Scope, limit: int | None = None) -> int:
    """How many issues; counted no further than ``limit``."""
    if not found.parts:
        return 0
    one: ColumnElement[int] = literal_column("1").label("one")
    hits = union_all(*(select(one).select_from(Issue).where(*found.shared, *part) for part in found.parts.values()))
    return db.session.scalar(select(func.count()).select_from(hits.limit(limit).subquery())) or 0


def items(found: Sequence[Row[Any]], today: date, clocks: Clocks) -> list[Item]:
    """The rows with lamp, units and progress; two queries, a third for the calendar where a lamp depends on it."""
    ids = [row.id for row in found]
    units, measures = units_of(ids), measure_counts([row.id for row in found if row.quantity_total is None])
    days = calendar() if any(_asks_calendar(row, today, clocks) for row in found) else Calendar()
    made = []
    for row in found:
        progress = (row.quantity_done, row.quantity_total) if row.quantity_total else measures.get(row.id)
        late = days_overdue(row.overdue_from, today)
        lamp, why = deadlines.lamp(facing_of(row, measures.get(row.id)), today, days, clocks)
        made.append(
            Item(
                row,
                lamp if row.state in OPEN else None,
                why,
                late,
                deadlines.level(late, clocks.level_days),
                units.get(row.id, ()),
                progress,
            )
        )
    return made


def _asks_calendar(row: Row[Any], today: date, clocks: Clocks) -> bool:
    """Only a wait for a signature is counted in working days, and fewer days than the limit need no calendar."""
    return row.state is State.ASSIGNED and (today - row.waiting_since).days > clocks.unsigned_workdays


def units_of(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Names of the responsible units of each issue, the first (主责) in front."""
    found: dict[int, tuple[str, ...]] = {}
    query = (
        select(IssueUnit.issue_id, Unit.name)
        .join(Unit, Unit.id == IssueUnit.unit_id)
        .where(IssueUnit.issue_id.in_(ids))
        .order_by(IssueUnit.issue_id, IssueUnit.position)
    )
    for issue_id, name in db.session.execute(query):
        found[issue_id] = (*found.get(issue_id, ()), name)
    return found


def chunks(filters: Filters, actor: Actor, today: date, columns: Iterable[Any], size: int) -> Iterator[list[Row[Any]]]:
    """The whole list in its order, ``size`` rows at a time, with further columns."""
    found = scope(filters, actor, today)
    query = rows().add_columns(*columns).where(*found.shared)
    yield from paging.ordered(query, segments(filters, found), size, read)


# --- what the filters offer ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choices:
    """Names for the filters and the rows: id -> name, in the order pages show them. The root's own is 市本级."""

    counties: dict[int, str]
    categories: dict[int, str]
    linked: bool = False  # whether the reader keeps in touch with some counties


def choices(words: Words, reader: Actor | None = None) -> Choices:
    own = words.say(N_("%(name)s本级"))
    return Choices(
        {region.id: own % {"name": region.name} if region.parent_id is None else region.name for region in counties()},
        {each.id: each.name_en if words.english else each.name for each in categories()},
        reader is not None and holds(reader, Role.LEADER) and bool(linked_counties(reader.duty_id)),
    )


def leads_like(words: str, actor: Actor) -> list[tuple[str, str]]:
    """(name, title) of the officials whose names begin so and who lead something this person sees."""
    leads = select(Issue.id).where(Issue.lead_official_id == User.id, visible_to(actor)).exists()
    query = select(User.name, User.title).where(User.name.startswith(words, autoescape=True), leads)
    return [(name, title or name) for name, title in db.session.execute(query.distinct().limit(_SUGGESTED))]


def units_like(words: str, actor: Actor) -> list[str]:
    """Names of units with these words in them that lead or answer for something this person sees."""
    leads = select(Issue.id).where(Issue.lead_unit_id == Unit.id, visible_to(actor)).exists()
    answers = (
        select(Issue.id)
        .join(IssueUnit, IssueUnit.issue_id == Issue.id)
        .where(IssueUnit.unit_id == Unit.id, visible_to(actor))
        .exists()
    )
    query = select(Unit.name).where(Unit.name.contains(words, autoescape=True), or_(leads, answers))
    return list(db.session.scalars(query.distinct().order_by(Unit.name).limit(_SUGGESTED)))


# --- saved views --------------------------------------------------------------------------------------------------


def views_of(page: ListPage, actor: Actor) -> Sequence[SavedView]:
    """The views this person keeps of the list, by name."""
    mine = select(SavedView).where(SavedView.person_id == actor.id, SavedView.page == page)
    return db.session.scalars(mine.order_by(SavedView.name)).all()


def opening_view(page: ListPage, actor: Actor) -> str:
    """The query of the view that the page shows when nothing is asked; nothing when it is the whole list."""
    mine = (SavedView.person_id == actor.id, SavedView.page == page, SavedView.opens)
    return db.session.scalar(select(SavedView.query).where(*mine)) or ""


# --- templates --------------------------------------------------------------------------------------------------


def layouts(actor: Actor) -> dict[str, Layout]:
    """What the list can go out as: the built-in layouts, then the templates this person's office may use."""
    own = (_layout(template) for template in templates_of(actor.unit_id))
    return {**BUILT_IN, **{layout.name: layout for layout in own}}


def layout_named(name: str, actor: Actor) -> Layout:
    """By the name of a built-in one or the title of a template, an own one first. Raises Refused, naming those there are."""
    found = layouts(actor)
    if name in BUILT_IN:
        return found[name]
    titled = [layout for layout in found.values() if layout.own]
    for layout in titled:
        if layout.title == name:
            return layout
    known = "、".join([*BUILT_IN, *dict.fromkeys(layout.title for layout in titled)])
    raise Refused(N_("没有叫“%(name)s”的台账模板，现有：%(known)s。"), name=name, known=known)


def _layout(template: LedgerTemplate) -> Layout:
    return Layout(str(template.id), template.title, placed(template.columns), template.by, own=True)


def own_templates(actor: Actor) -> list[LedgerTemplate]:
    return [each for each in templates_of(actor.unit_id) if each.unit_id == actor.unit_id]


def own_template(template_id: int, actor: Actor) -> LedgerTemplate:
    """Raises Missing."""
    template = db.session.get(LedgerTemplate, template_id)
    if template is None or template.unit_id != actor.unit_id:
        raise Missing
    return template


def may_share(actor: Actor) -> bool:
    """Whether the offices at the level of this person's and below may be given its templates."""
    line = line_above(db.session.get_one(Unit, actor.unit_id).region_id)
    return any(
        grant.role in RIGHTS[Right.SETTINGS] and grant.category_id is None and grant.region_id in line
        for grant in actor.grants
    )
