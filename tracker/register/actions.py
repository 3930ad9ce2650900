"""Use cases: take the list out as a table (it changes nothing, but who took what stays on record); keep a view of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from tracker.accounts.models import User
from tracker.base import clock, journal
from tracker.base.access import N_, Actor, Conflict, Missing, Refused, Right, may
from tracker.base.db import db
from tracker.base.sheets_out import Besides, Section, Versioned, write_csv, write_xlsx
from tracker.deadlines.queries import kept_clocks
from tracker.inspections.rules import Source
from tracker.issues.models import Issue
from tracker.issues.rules import in_chinese
from tracker.ledgers.columns import By
from tracker.ledgers.models import LedgerTemplate
from tracker.org.models import Region
from tracker.register import queries
from tracker.register.gathered import gather
from tracker.register.layouts import Layout, Placed, alone_heads, as_kept, check, lines, reads
from tracker.register.models import SavedView
from tracker.register.rules import CHINESE, MOST_VIEWS, WHOLE_LIST, Filters, ListPage, Words
from tracker.register.sheet import PLAIN, Line

CHUNK = 1_000
Told = Callable[[int, int], None]
TITLE = N_("问题整改台账")
_AS_OF = N_("截至 %(day)s，共 %(count)s 条。")


@dataclass(frozen=True)
class Export:
    """A table on its way out: how many rows it will have, its heads, and the rows, read as they are taken."""

    title: str
    columns: list[str]
    widths: list[int]
    count: int
    rows: Iterator[list[Any] | Section]
    above: tuple[str, ...] = ()
    note: str = ""
    at: datetime | None = None  # the moment it was taken out
    leading: int = 0  # columns at the left that stand on every page across


#: The list's own columns under their own heads, undivided.
_PLAIN = Layout("", TITLE, tuple(Placed(column.code) for column in PLAIN))


def export_rows(
    filters: Filters,
    actor: Actor,
    *,
    today: date,
    layout: Layout | None = None,
    at: datetime | None = None,
) -> Export:
    """Exactly what the filters find for this person, in the list's order; recorded (verb ``export``).

    ``layout``: the columns a superior asks for, in sections where it says so; without one the list's own. In Chinese,
    whatever language the page is in: so superiors want it, and so it is understood when it is brought back.

    Raises Refused without the right. Commit before taking the rows: they need no lock.
    """
    if not may(actor, Right.LEDGER_EXPORT):
        raise Refused(N_("您不能导出台账。"))
    number = queries.count(queries.scope(filters, actor, today))
    record_export(filters, actor, number, at)
    chosen, words = layout or _PLAIN, CHINESE
    heads, above = chosen.heads(words.say)
    return Export(
        chosen.title_in(words.say),
        heads,
        chosen.widths,
        number,
        _divided(filters, actor, today, words, layout) if layout else _rows(filters, actor, today, words, _PLAIN),
        tuple(above) if layout else (),
        words.say(_AS_OF) % {"day": today.isoformat(), "count": number} if layout else "",
        at or clock.now(),
        chosen.leading,
    )


def record_export(filters: Filters, actor: Actor, number: int, at: datetime | None = None) -> None:
    """Leave the event; words people typed may be names, so they stand beside it."""
    typed = [
        f"{name}={text}" for name, text in (("q", filters.q), ("lead", filters.lead), ("unit", filters.unit)) if text
    ]
    coded: dict[str, Any] = {}
    for name, value in filters.parameters():
        if name not in {"q", "lead", "unit"}:
            coded.setdefault(name, []).append(value)
    journal.record(
        "export",
        "register",
        0,
        **journal.by(actor),
        at=at,
        data={"filters": coded, "rows": number},
        remark="\n".join(typed) or None,
    )


def _divided(
    filters: Filters, actor: Actor, today: date, words: Words, layout: Layout
) -> Iterator[list[Any] | Section]:
    """The rows in the layout's sections, each headed, counted from 1 and in the list's order; empty ones are left out."""
    if layout.by is None:
        yield from _rows(filters, actor, today, words, layout)
        return
    numbers = count(1)
    for value, name in _parts(layout.by, words):
        if getattr(filters, layout.by.value) in (None, value):
            rows = _rows(replace(filters, **{layout.by.value: value}), actor, today, words, layout)
            if (first := next(rows, None)) is not None:
                yield Section(f"{in_chinese(next(numbers))}、{name}")
                yield from chain((first,), rows)


def _parts(by: By, words: Words) -> Iterable[tuple[Any, str]]:
    """What a list can be divided into: the filter's value and its name, in the order pages show them."""
    if by is By.SOURCE:
        return [(source, words.source[source.value]) for source in Source]
    names = queries.choices(words)
    return (names.categories if by is By.CATEGORY else names.counties).items()


def _rows(filters: Filters, actor: Actor, today: date, words: Words, layout: Layout) -> Iterator[list[Any]]:
    names = queries.choices(words)
    place, person = aliased(Region), aliased(User)
    columns = (
        Issue.version,
        Issue.requirement,
        Issue.amount,
        Issue.amount_done,
        Issue.source_note,
        Issue.wording,
        Issue.ledger_number,
        Issue.assigned_on,
        Issue.deadline_written,
        Issue.extensions,
        Issue.relapses,
        Issue.task_force,
        select(place.name).where(place.id == Issue.region_id).scalar_subquery().label("place"),
        select(person.name).where(person.id == Issue.responsible_person_id).scalar_subquery().label("person"),
    )
    codes = {placed.code for placed in layout.columns}
    serials, clocks = count(1), kept_clocks()
    for chunk in queries.chunks(filters, actor, today, columns, CHUNK):
        found = gather(codes, [row.id for row in chunk], actor)
        for item in queries.items(chunk, today, clocks):
            row = item.row
            line = Line(
                item,
                words,
                today,
                names.counties.get(row.county_id, ""),
                names.categories.get(row.category_id, ""),
                row.place,
                row.person,
                {code: said.get(row.id) for code, said in found.items()},
                next(serials),
            )
            written = Versioned(each.value(line) for each in layout.columns)
            written.number, written.version = row.number, row.version
            yield written


def export_to(
    target: Path,
    actor: Actor,
    *,
    today: date,
    filters: Filters | None = None,
    layout: Layout | None = None,
    told: Told = lambda _done, _total: None,
) -> int:
    """Write the list into a file, xlsx or csv by its ending, and return the number of rows; without filters all of it.

    The file is there when it is whole: stopped on the way (``told`` hears (rows done, rows) and may raise), what stood
    under the name before stands there still.
    """
    if target.suffix not in {".xlsx", ".csv"}:
        raise Refused(N_("请把文件名写成 .xlsx 或 .csv 结尾。"))
    table = export_rows(filters or WHOLE_LIST, actor, today=today, layout=layout)
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with unfinished.open("wb") as out:
            number = write_table(out, table, target.suffix, told)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return number


def write_table(target: IO[bytes], table: Export, suffix: str, told: Told) -> int:
    """The whole table as .xlsx or .csv; ``told`` hears (rows done, rows) and may raise. Returns the number of rows."""
    table = replace(table, rows=_telling(table, told))
    return write_workbook(target, table) if suffix == ".xlsx" else _write_text(target, table)


def _telling(table: Export, told: Told) -> Iterator[list[Any] | Section]:
    number = 0
    for row in table.rows:
        yield row
        if isinstance(row, Section):
            continue
        number += 1
        if number % CHUNK == 0 or number == table.count:
            told(number, table.count)


def write_workbook(target: str | Path | IO[bytes], table: Export, besides: Sequence[Besides] = ()) -> int:
    return write_xlsx(
        target,
        table.title,
        table.columns,
        table.rows,
        table.widths,
        above=table.above,
        note=table.note,
        taken_at=table.at,
        leading=table.leading,
        besides=besides,
    )


def _write_text(target: IO[bytes], table: Export) -> int:
    return write_csv(target, heads_of(table), table.rows, table.at)


def heads_of(table: Export) -> list[str]:
    """The heads where nothing can stand above them, as in a text file."""
    return alone_heads(table.columns, table.above) if table.above else table.columns


# --- saved views: a person's own arrangement, no part of any issue's history ------------------------------------


def save_view(page: ListPage, name: str, filters: Filters, actor: Actor, *, opens: bool = False) -> SavedView:
    """Keep these filters and this order under a name; the same name again means the new ones."""
    if not name.strip():
        raise Refused(N_("请给视图起个名字。"))
    mine = queries.views_of(page, actor)
    view = next((one for one in mine if one.name == name.strip()), None)
    if view is None:
        if len(mine) >= MOST_VIEWS:
            raise Refused(N_("最多保存 %(number)s 个视图，请先删去不用的。"), number=MOST_VIEWS)
        view = SavedView(person_id=actor.id, page=page, name=name.strip()[:40], opens=False)
        db.session.add(view)
    view.query = filters.query()
    db.session.flush()
    if opens:
        open_with(view.id, actor)
    return view


def open_with(view_id: int, actor: Actor) -> SavedView:
    """From now on the page opens with this view; pressed again, with the whole list. Raises Missing."""
    view = _own_view(view_id, actor)
    chosen = not view.opens
    for other in queries.views_of(view.page, actor):
        other.opens = False
    db.session.flush()  # one at a time: the old one goes before the new one comes
    view.opens = chosen
    return view


def remove_view(view_id: int, actor: Actor) -> SavedView:
    """Raises Missing."""
    view = _own_view(view_id, actor)
    db.session.delete(view)
    return view


def _own_view(view_id: int, actor: Actor) -> SavedView:
    view = db.session.get(SavedView, view_id)
    if view is None or view.person_id != actor.id:
        raise Missing
    return view


# --- templates: how an office's own ledgers look ----------------------------------------------------------------


def save_template(
    template: LedgerTemplate | None,
    layout: Layout,
    actor: Actor,
    *,
    shared: bool = False,
    version: int | None = None,
    at: datetime | None = None,
) -> LedgerTemplate:
    """Keep how a ledger of the actor's office looks: a new template, or ``template`` changed.

    ``shared``: with the offices at its level and below, for a supervisor of the whole region only. Raises Refused,
    Conflict where it was changed since ``version``.
    """
    if not may(actor, Right.SETTINGS) or (template is not None and template.unit_id != actor.unit_id):
        raise Refused(N_("这个台账模板不由您的单位维护。"))
    if template is not None and version is not None and version != template.version:
        raise Conflict
    if shared and not queries.may_share(actor):
        raise Refused(N_("只有管本地区全部类别的督查人员可以让下级单位共用模板。"))
    check(layout.title, layout.columns)
    if any(each.title == layout.title and each is not template for each in queries.own_templates(actor)):
        raise Refused(N_("本单位已有标题是“%(title)s”的模板，请换个标题。"), title=layout.title)
    before = _told(template) if template else {}
    template = template or LedgerTemplate(unit_id=actor.unit_id)
    template.title, template.by, template.shared = layout.title, layout.by, shared
    template.columns = as_kept(layout.columns)
    template.heads, template.reads = lines(layout.columns), reads(layout.columns)
    db.session.add(template)
    db.session.flush()
    now = _told(template)
    if changed := {name: [before.get(name), value] for name, value in now.items() if before.get(name) != value}:
        _record_template("set_ledger_template", template, actor, {"changed": changed}, at)
    return template


def remove_template(template: LedgerTemplate, actor: Actor, *, at: datetime | None = None) -> None:
    """Ledgers that went out by it stay what they are."""
    if not may(actor, Right.SETTINGS) or template.unit_id != actor.unit_id:
        raise Refused(N_("这个台账模板不由您的单位维护。"))
    _record_template("remove_ledger_template", template, actor, _told(template), at)
    db.session.delete(template)


def _told(template: LedgerTemplate) -> dict[str, Any]:
    return {
        "title": template.title,
        "by": template.by.value if template.by else None,
        "shared": template.shared,
        "columns": template.columns,
    }


def _record_template(
    verb: str, template: LedgerTemplate, actor: Actor, data: dict[str, Any], at: datetime | None
) -> None:
    journal.record(verb, "ledger_template", template.id, **journal.by(actor), data=data, at=at)
