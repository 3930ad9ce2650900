"""Questions about findings and what became of them; each starts at what exists for the person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    case,
    column,
    distinct,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
    type_coerce,
)
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base.access import N_, Actor, Missing, Refused
from tracker.base.db import db
from tracker.base.paging import Page, Segment, ordered, read_page
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.queries import handed_to, naming_a_county_of
from tracker.inspections.rules import Source
from tracker.issues.models import FindingAnswer, Issue, IssueText
from tracker.issues.queries import issue_numbered, supervised_by, visible_to
from tracker.issues.rules import Answer
from tracker.issues.workflow import State
from tracker.org.models import Region
from tracker.reconciliation.rules import (
    ALIKE,
    NOT_KNOWN,
    SUGGESTED,
    By,
    Outcome,
    Wanted,
    alike,
    grams_of,
    grams_to_search,
)
from tracker.settings.models import Category

PAGE_SIZE = 50
CHUNK = 500
_CANDIDATES = 40  # of the search, compared one by one
_SEARCH = table("issue_search", column("rowid"))

_outcome: ColumnElement[str] = func.coalesce(type_coerce(FindingAnswer.how, String()), Outcome.OPEN.value)
_county: ColumnElement[int] = func.coalesce(
    Issue.county_id, Finding.county_id
)  # its issue's, else the one it names itself


# --- what exists for whom -------------------------------------------------------------------------------------------


def visible_findings(actor: Actor) -> ColumnElement[bool]:
    """Findings handed to the person's regions, naming one of their counties, or answered by an issue they see.

    For queries over ``_joined``.
    """
    return or_(handed_to(actor), _seen_apart(actor))


def _seen_apart(actor: Actor) -> ColumnElement[bool]:
    """Findings of other regions' inspections that concern the person all the same."""
    answered = FindingAnswer.issue_id.in_(select(Issue.id).where(visible_to(actor)))
    return or_(naming_a_county_of(actor), answered)


def visible_inspections(actor: Actor) -> ColumnElement[bool]:
    """Inspections of which the person may see anything."""
    some = select(Finding.inspection_id).outerjoin(FindingAnswer, FindingAnswer.finding_id == Finding.id)
    return or_(handed_to(actor), Inspection.id.in_(some.where(_seen_apart(actor))))


def inspection_with_id(inspection_id: int, actor: Actor) -> Inspection:
    """Raises Missing where nothing of it exists for this person."""
    found = db.session.scalar(select(Inspection).where(Inspection.id == inspection_id, visible_inspections(actor)))
    if found is None:
        raise Missing
    return found


def is_whole(inspection: Inspection, actor: Actor) -> bool:
    """Whether the person sees all of its findings, not only those that concern them."""
    return db.session.scalar(select(Inspection.id).where(Inspection.id == inspection.id, handed_to(actor))) is not None


def finding_with_id(finding_id: int, actor: Actor) -> Finding:
    """Raises Missing where it does not exist for this person."""
    found = db.session.scalar(_joined(Finding).where(Finding.id == finding_id, visible_findings(actor)))
    if found is None:
        raise Missing
    return cast("Finding", found)


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Finding)
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .outerjoin(FindingAnswer, FindingAnswer.finding_id == Finding.id)
        .outerjoin(Issue, Issue.id == FindingAnswer.issue_id)
    )


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.inspection is not None:
        yield Finding.inspection_id == wanted.inspection
    if wanted.source is not None:
        yield Inspection.source == wanted.source
    if wanted.county is not None:
        yield _county.is_(None) if wanted.county == NOT_KNOWN else _county == wanted.county
    if wanted.category is not None:
        yield Issue.category_id.is_(None) if wanted.category == NOT_KNOWN else Issue.category_id == wanted.category
    if wanted.outcome is Outcome.OPEN:
        yield FindingAnswer.finding_id.is_(None)
    elif wanted.outcome is not None:
        yield FindingAnswer.how == Answer(wanted.outcome.value)
    if wanted.year is not None and 1900 < wanted.year < 9999:
        yield Inspection.received_on.between(date(wanted.year, 1, 1), date(wanted.year, 12, 31))


# --- findings one by one --------------------------------------------------------------------------------------------


def finding_page(wanted: Wanted, actor: Actor, cursor: str | None, size: int = PAGE_SIZE) -> Page:
    """A page of findings, inspection by inspection, in the order they were entered."""
    return read_page(_rows(wanted, actor), _SEGMENTS, cursor, size, _read)


def all_findings(wanted: Wanted, actor: Actor) -> Iterator[list[Row[Any]]]:
    """The same rows, all of them, a chunk at a time."""
    found: Iterator[list[Row[Any]]] = ordered(_rows(wanted, actor), _SEGMENTS, CHUNK, _read)
    return found


def finding_row(finding_id: int, actor: Actor) -> Row[Any]:
    """One finding and what became of it, as the lists show it. Raises Missing."""
    row = db.session.execute(_rows(Wanted(), actor).where(Finding.id == finding_id)).first()
    if row is None:
        raise Missing
    return row


_SEGMENTS = [Segment("all", (), (Finding.inspection_id, Finding.id))]


def _rows(wanted: Wanted, actor: Actor) -> Select[Any]:
    """``issue`` and what is said of it are None where the answering issue does not exist for the person."""
    county, by = aliased(Region), aliased(User)
    seen = visible_to(actor)

    def shown(value: Any) -> Any:
        return case((seen, value))

    return (
        _joined(
            Finding.id.label("finding_id"),
            Finding.clause,
            Finding.wording,
            Finding.inspection_id.label("inspection"),
            Inspection.title.label("inspection_title"),
            Inspection.document_number,
            Inspection.source,
            Inspection.received_on,
            Inspection.region_id.label("handed_to"),
            _outcome.label("outcome"),
            FindingAnswer.issue_id.is_not(None).label("answered"),
            FindingAnswer.reason,
            FindingAnswer.answered_on,
            by.name.label("answered_by"),
            shown(Issue.number).label("number"),
            shown(Issue.title).label("title"),
            shown(Issue.state).label("state"),
            shown(Issue.deadline).label("deadline"),
            shown(Issue.cleared_on).label("cleared_on"),
            shown(Issue.overdue_from).label("overdue_from"),
            Category.name.label("category"),
            county.name.label("county"),
        )
        .outerjoin(by, by.id == FindingAnswer.by_id)
        .outerjoin(county, county.id == _county)
        .outerjoin(Category, Category.id == Issue.category_id)
        .where(visible_findings(actor), *_conditions(wanted))
    )


def _read(query: Select[Any]) -> Sequence[Row[Any]]:
    return db.session.execute(query).all()


def next_open(inspection_id: int, actor: Actor, after: int = 0) -> int | None:
    """The next finding of an inspection that is left open, from the start again behind the last one."""
    query = _joined(Finding.id).where(
        Finding.inspection_id == inspection_id, FindingAnswer.finding_id.is_(None), visible_findings(actor)
    )
    found: int | None = db.session.scalar(query.order_by(Finding.id <= after, Finding.id).limit(1))
    return found


def issue_meant(number: str, actor: Actor) -> Issue:
    """The issue of this number. Raises Refused with what to do where it does not exist for this person."""
    try:
        return issue_numbered(number.strip(), actor)
    except Missing as error:
        raise Refused(N_("没有找到编号为“%(number)s”的问题，请核对编号。"), number=number) from error


def issue_called(number: str, actor: Actor) -> Issue | None:
    """The same, or None while nothing can be shown yet."""
    return db.session.scalar(select(Issue).where(Issue.number == number.strip(), visible_to(actor)))


# --- inspections ----------------------------------------------------------------------------------------------------


def inspection_page(wanted: Wanted, actor: Actor, cursor: str | None, size: int = PAGE_SIZE) -> Page:
    """A page of inspections, the newest first; ``wanted.outcome`` open: only those with findings left open."""
    columns: list[Any] = [
        Inspection.id.label("inspection"),
        Inspection.title,
        Inspection.source,
        Inspection.document_number,
        Inspection.received_on.label("received"),
        Region.name.label("region"),
    ]
    statement: Select[Any] = (
        select(*columns)
        .join(Region, Region.id == Inspection.region_id)
        .where(visible_inspections(actor), *_conditions(Wanted(source=wanted.source, year=wanted.year)))
    )
    if wanted.outcome is not None:
        having = _joined(Finding.inspection_id).where(visible_findings(actor), *_conditions(wanted))
        statement = statement.where(Inspection.id.in_(having))
    segments = [Segment("all", (), (Inspection.received_on, Inspection.id), descending=True)]
    return read_page(statement, segments, cursor, size, _read)


# --- figures --------------------------------------------------------------------------------------------------------


def _figures() -> list[Any]:
    """How many findings, of which so many ended each way; the issues that answer them, and how many of those findings
    have their issue struck off. The outcomes add up to ``found``."""
    return [
        func.count().label("found"),
        *(func.count(case((_outcome == outcome.value, 1))).label(outcome.value) for outcome in Outcome),
        func.count(distinct(FindingAnswer.issue_id)).label("issues"),
        func.count(case((Issue.state == State.CLEARED, 1))).label("cleared"),
    ]


def figures(wanted: Wanted, actor: Actor) -> Row[Any]:
    return db.session.execute(_joined(*_figures()).where(visible_findings(actor), *_conditions(wanted))).one()


def figures_of(inspections: Sequence[int], actor: Actor) -> dict[int, Row[Any]]:
    """The figures of several inspections, by id; none for one without findings."""
    rows = db.session.execute(
        _joined(Finding.inspection_id.label("inspection"), *_figures())
        .where(visible_findings(actor), Finding.inspection_id.in_(inspections))
        .group_by(Finding.inspection_id)
    ).all()
    return {row.inspection: row for row in rows}


_KEYS: dict[By, tuple[Any, Any, Any]] = {
    # what is grouped by, its name, its place in the order
    By.SOURCE: (Inspection.source, None, None),
    By.COUNTY: (_county, Region.name, Region.position),
    By.CATEGORY: (Issue.category_id, Category.name, Category.position),
}


def figures_by(by: By, wanted: Wanted, actor: Actor) -> Sequence[Row[Any]]:
    """One row of figures for each source, county or category: ``key``, ``name`` (None for a source), the figures.

    ``key`` None: findings whose county or category is not known, because nothing was listed for them.
    """
    key, name, place = _KEYS[by]
    query = _joined(key.label("key"), *([name.label("name")] if name is not None else []), *_figures())
    if by is By.COUNTY:
        query = query.outerjoin(Region, Region.id == _county)
    elif by is By.CATEGORY:
        query = query.outerjoin(Category, Category.id == Issue.category_id)
    grouped = [part for part in (key, name, place) if part is not None]
    order = [key] if place is None else [key.is_(None), place, key]
    query = query.where(visible_findings(actor), *_conditions(wanted)).group_by(*grouped).order_by(*order)
    rows = db.session.execute(query).all()
    return sorted(rows, key=lambda row: list(Source).index(row.key)) if by is By.SOURCE else rows


@dataclass(frozen=True)
class Differences:
    """Why the figures of findings and of issues are not the same; each is a number of findings or issues."""

    together: int  # findings beyond the first that one issue answers
    merged_only: int  # issues that were listed for something else and answer these as well
    across_sources: int  # issues that answer findings of several sources: counted in each of their rows
    other_source: int  # findings whose issue is filed under another source
    other_county: int  # findings whose issue lies in another county than they name
    dismissed: int  # findings whose issue was taken off the list
    hidden: int  # findings answered by an issue outside the person's scope


def differences(wanted: Wanted, actor: Actor) -> Differences:
    """Counted in two queries."""
    listed = case((FindingAnswer.how == Answer.LISTED, FindingAnswer.issue_id))
    row = db.session.execute(
        _joined(
            (func.count(FindingAnswer.issue_id) - func.count(distinct(FindingAnswer.issue_id))).label("together"),
            (func.count(distinct(FindingAnswer.issue_id)) - func.count(distinct(listed))).label("merged_only"),
            func.count(case((Issue.source != Inspection.source, 1))).label("other_source"),
            func.count(case((Issue.county_id != Finding.county_id, 1))).label("other_county"),
            func.count(case((Issue.state == State.DISMISSED, 1))).label("dismissed"),
            (func.count(Issue.id) - func.count(case((visible_to(actor), Issue.id)))).label("hidden"),
        ).where(visible_findings(actor), *_conditions(wanted))
    ).one()
    sources = (
        _joined(FindingAnswer.issue_id, (func.count(distinct(Inspection.source)) - 1).label("more"))
        .where(visible_findings(actor), FindingAnswer.issue_id.is_not(None), *_conditions(wanted))
        .group_by(FindingAnswer.issue_id)
        .subquery()
    )
    across = db.session.scalar(select(func.coalesce(func.sum(sources.c.more), 0))) or 0
    return Differences(
        row.together, row.merged_only, int(across), row.other_source, row.other_county, row.dismissed, row.hidden
    )


def sources_seen(actor: Actor) -> list[Source]:
    """The sources that any inspection of this person's has."""
    found = set(db.session.scalars(select(Inspection.source).where(visible_inspections(actor)).distinct()))
    return [source for source in Source if source in found]


def years_seen(actor: Actor) -> list[int]:
    """The years in which inspections of this person's came, the newest first."""
    first, last = db.session.execute(
        select(func.min(Inspection.received_on), func.max(Inspection.received_on)).where(visible_inspections(actor))
    ).one()
    return list(range(last.year, first.year - 1, -1)) if first else []


# --- what may be the same problem -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Suggestion:
    """An issue on the list that may be what a finding speaks of."""

    number: str
    title: str
    wording: str
    state: State
    county: str
    alike: float


def suggestions(finding: Finding, actor: Actor) -> list[Suggestion]:
    """Issues this person supervises whose wording is much like the finding's, the likest first; one query.

    The search index proposes by the pairs of characters they share, then both wordings are compared in full. A child
    stands for its parent: of what was broken down the parent is proposed.
    """
    grams = grams_to_search(finding.wording)
    if not grams:
        return []
    near = _near_sqlite(grams) if db.engine.dialect.name == "sqlite" else _near_postgresql(grams)
    rows = db.session.execute(
        select(Issue.number, Issue.title, Issue.wording, Issue.state, Region.name.label("county"))
        .join(Region, Region.id == Issue.county_id)
        .where(
            Issue.id.in_(near),
            supervised_by(actor),
            Issue.state.not_in((State.DISMISSED, State.REVIEWING)),
            or_(Issue.cleared_on.is_(None), Issue.cleared_on >= finding.inspection.received_on),
            Issue.parent_id.is_(None),
        )
    ).all()
    own = grams_of(finding.wording)
    found = [
        Suggestion(row.number, row.title, row.wording, row.state, row.county, likeness)
        for row in rows
        if (likeness := max(alike(own, grams_of(row.wording)), alike(own, grams_of(row.title)))) >= ALIKE
    ]
    return sorted(found, key=lambda one: (-one.alike, one.number))[:SUGGESTED]


def _near_sqlite(grams: Sequence[str]) -> Select[Any]:
    # Grams are Chinese characters, a-z and 0-9 only, so quoting them is safe.
    match = " OR ".join(f'"{gram}"' for gram in grams)
    return (
        select(cast("ColumnElement[int]", _SEARCH.c.rowid))
        .where(text("issue_search MATCH :match").bindparams(match=match))
        .order_by(text("rank"))
        .limit(_CANDIDATES)
    )


def _near_postgresql(grams: Sequence[str]) -> Select[Any]:
    simple: ColumnElement[str] = literal_column("'simple'")
    vector, query = func.to_tsvector(simple, IssueText.grams), func.to_tsquery(simple, " | ".join(grams))
    return (
        select(IssueText.issue_id)
        .where(vector.op("@@")(query))
        .order_by(func.ts_rank(vector, query).desc(), IssueText.issue_id)
        .limit(_CANDIDATES)
    )
