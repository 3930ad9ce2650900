"""Filling the calendar: the years already published, and a new year's notice when it comes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from chinese_calendar.constants import Holiday, holidays, workdays
from sqlalchemy import delete, insert, select

from tracker.base import journal
from tracker.base.access import N_, Actor, Refused, keeps_rules
from tracker.base.db import db, upsert
from tracker.workdays.models import SpecialDay
from tracker.workdays.rules import PublishedDay, check_notice


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
    if actor is not None and not keeps_rules(actor):
        raise Refused(N_("只有市级督查可以维护工作日安排。"))
    notice = check_notice(year, days)
    before = db.session.execute(
        select(SpecialDay.day, SpecialDay.is_workday).where(SpecialDay.official_year == year).order_by(SpecialDay.day)
    ).all()
    db.session.execute(delete(SpecialDay).where(SpecialDay.official_year == year))
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
