"""Filling the calendar: the years already published, a new year's notice when it comes out, a day changed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chinese_calendar.constants import Holiday, holidays, workdays
from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update

from tracker.base import journal
from tracker.base.access import N_, Actor, Refused, keeps_rules
from tracker.base.db import db, upsert
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import BY_HAND, DayKind, PublishedDay, check_change, check_notice, is_worked, year_of
from tracker.workdays.sheet import read_days


def seed_published_years() -> int:
    """Store every published year that is not on record yet; returns how many days were added.

    A year with any row is left alone: the root office may have mended it.
    """
    known = set(db.session.scalars(select(SpecialDay.official_year).distinct()))
    days = [day for day in _published() if day.day.year not in known]
    if not days:
        return 0
    years = sorted({day.day.year for day in days})
    db.session.execute(insert(SpecialDay), [_row(day, day.day.year) for day in days])
    journal.record("seed_workdays", "workdays", years[-1], actor_id=None, data={"years": years, "days": len(days)})
    return len(days)


def import_days(year: int, days: Iterable[PublishedDay], *, actor: Actor | None) -> int:
    """Take one year's notice: its days replace what was stored for that year. Returns how many days it names.

    ``actor`` None is the console at set-up. Refused for anyone but the root office, and for a notice that cannot be
    meant so (see ``check_notice``).
    """
    if actor is not None:
        _keeper(actor)
    notice = check_notice(year, days)
    stored = or_(SpecialDay.official_year == year, _by_hand(year))
    before = db.session.execute(
        select(SpecialDay.day, SpecialDay.is_workday).where(stored).order_by(SpecialDay.day)
    ).all()
    db.session.execute(delete(SpecialDay).where(stored))
    # A notice may speak of days on the far side of New Year that the neighbouring year's notice named too.
    entry = upsert(SpecialDay)
    fields = ("is_workday", "name", "official_year")
    newest = entry.on_conflict_do_update(
        index_elements=["day"], set_={field: entry.excluded[field] for field in fields}
    )
    db.session.execute(newest, [_row(day, year) for day in notice])
    db.session.expire_all()
    journal.record(
        "import_workdays",
        "workdays",
        year,
        **journal.by(actor),
        data={
            "before": {day.isoformat(): is_workday for day, is_workday in before},
            "after": {day.day.isoformat(): day.is_workday for day in notice},
        },
    )
    return len(notice)


def import_file(data: bytes, filename: str, *, actor: Actor | None, year: int | None = None) -> dict[str, int]:
    """Take a notice from a file, for the year it is about. Returns how many days off and make-up days it names.

    ``year``: the one that is meant; a file for another one is refused. Raises FileRefused naming every bad cell.
    """
    days = read_days(data, filename)
    meant = year_of(days)
    if year is not None and meant != year:
        raise Refused(N_("文件是 %(meant)s 年的安排，请到那一年的页面上导入。"), meant=meant)
    import_days(meant, days, actor=actor)
    worked = sum(day.is_workday for day in days)
    return {N_("放假天数"): len(days) - worked, N_("补班天数"): worked}


def change_days(year: int, first: date, last: date, kind: DayKind, name: str, actor: Actor) -> int:
    """Make these days worked, off, or what the week makes of them (手工改动). Returns how many changed.

    In a year without a notice the days count, and the year goes on to be warned of until somebody confirms it.
    """
    _keeper(actor)
    days = check_change(year, first, last)
    stored = {row.day: row for row in db.session.scalars(select(SpecialDay).where(SpecialDay.day.in_(days)))}
    official_year = year if db.session.scalar(_of_year(year).limit(1)) is not None else BY_HAND
    worked, before, after = is_worked(kind), {}, {}
    for day in days:
        row = stored.get(day)
        was = row.is_workday if row else None
        if was == worked and (row is None or row.name == name):
            continue
        before[day.isoformat()], after[day.isoformat()] = was, worked
        if worked is None:
            db.session.delete(row)
        elif row is None:
            db.session.add(SpecialDay(day=day, is_workday=worked, name=name, official_year=official_year))
        else:
            row.is_workday, row.name = worked, name
    if not after:
        raise Refused(N_("这几天本来就是这样，没有要改的。"))
    journal.record(
        "change_workdays",
        "workdays",
        year,
        **journal.by(actor),
        remark=name or None,
        data={"before": before, "after": after},
    )
    return len(after)


def confirm_year(year: int, actor: Actor) -> None:
    """Say that what was set by hand is the whole notice of the year: from now on it counts as published."""
    _keeper(actor)
    mine = update(SpecialDay).where(_by_hand(year)).values(official_year=year)
    if db.session.scalar(_of_year(year).limit(1)) is not None:
        raise Refused(N_("%(year)s 年的放假安排已经录入，不用再确认。"), year=year)
    if not db.session.execute(mine.returning(SpecialDay.day)).all():
        raise Refused(N_("%(year)s 年还没有录入放假和补班，请先录入。"), year=year)
    db.session.expire_all()
    journal.record("confirm_workdays", "workdays", year, **journal.by(actor))


def _keeper(actor: Actor) -> None:
    if not keeps_rules(actor):
        raise Refused(N_("只有市级督查可以维护工作日安排。"))


def _of_year(year: int) -> Select[date]:
    return select(SpecialDay.day).where(SpecialDay.official_year == year)


def _by_hand(year: int) -> ColumnElement[bool]:
    inside = SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return and_(SpecialDay.official_year == BY_HAND, inside)


def _published() -> list[PublishedDay]:
    """What the library of the State Council's notices knows, oldest first."""
    off = [PublishedDay(day, False, _name(word)) for day, word in holidays.items()]
    worked = [PublishedDay(day, True, _name(word)) for day, word in workdays.items()]
    return sorted([*off, *worked], key=lambda published: published.day)


def _name(word: str) -> str:
    return str(Holiday(word).chinese)


def _row(published: PublishedDay, year: int) -> dict[str, date | bool | str | int]:
    return {
        "day": published.day,
        "is_workday": published.is_workday,
        "name": published.name,
        "official_year": year,
    }
