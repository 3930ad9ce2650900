"""Seeding the published years, and taking a new year's notice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.world import World
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.workdays.actions import import_days, seed_published_years
from tracker.workdays.models import SpecialDay
from tracker.workdays.queries import calendar
from tracker.workdays.rules import PublishedDay


def seeded() -> int:
    with transaction():
        return seed_published_years()


def stretch(first: date, last: date) -> list[date]:
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def test_2019_is_as_the_state_council_published_it(app: Flask) -> None:
    seeded()
    found = calendar()
    off = {
        *stretch(date(2018, 12, 30), date(2019, 1, 1)),
        *stretch(date(2019, 2, 4), date(2019, 2, 10)),
        *stretch(date(2019, 4, 5), date(2019, 4, 7)),
        *stretch(date(2019, 5, 1), date(2019, 5, 4)),
        *stretch(date(2019, 6, 7), date(2019, 6, 9)),
        *stretch(date(2019, 9, 13), date(2019, 9, 15)),
        *stretch(date(2019, 10, 1), date(2019, 10, 7)),
    }
    worked = {date(2018, 12, 29), date(2019, 2, 2), date(2019, 2, 3), date(2019, 4, 28), date(2019, 5, 5),
              date(2019, 9, 29), date(2019, 10, 12)}  # fmt: skip
    for day in stretch(date(2018, 12, 29), date(2019, 12, 31)):
        assert found.is_workday(day) == (day in worked or (day not in off and day.weekday() < 5)), day


def test_beyond_the_published_years_weekdays_count_and_nothing_is_official(app: Flask) -> None:
    seeded()
    found = calendar()
    beyond = max(found.years) + 1
    assert found.is_official(2019)
    assert not found.is_official(beyond)
    assert found.is_workday(date(beyond, 10, 1)) == (date(beyond, 10, 1).weekday() < 5)


def test_days_carry_the_name_of_the_holiday_in_chinese(app: Flask) -> None:
    seeded()
    assert db.session.get_one(SpecialDay, date(2019, 10, 12)).name == "国庆节"


def test_seeding_again_adds_nothing_and_leaves_what_the_office_mended(app: Flask) -> None:
    assert seeded() > 500
    with transaction():
        db.session.get_one(SpecialDay, date(2019, 10, 12)).is_workday = False
    assert seeded() == 0
    assert not calendar().is_workday(date(2019, 10, 12))


def test_a_notice_replaces_its_year_only(world: World) -> None:
    seeded()
    with transaction():
        import_days(2019, [PublishedDay(date(2019, 10, 1), False, "国庆节")], actor=world.root_supervisor)
    found = calendar()
    assert not found.is_workday(date(2019, 10, 1))
    assert found.is_workday(date(2019, 10, 2))
    assert not found.is_workday(date(2020, 10, 1))


def test_a_notice_says_before_and_after_in_the_journal(world: World) -> None:
    with transaction():
        import_days(2027, [PublishedDay(date(2027, 10, 1), False)], actor=world.root_supervisor)
    with transaction():
        import_days(2027, [PublishedDay(date(2027, 10, 9), True)], actor=world.root_supervisor)
    event = db.session.scalars(select(Event).where(Event.subject == "workdays").order_by(Event.id.desc())).first()
    assert event is not None
    assert event.actor_id == world.root_supervisor.id
    assert event.data == {"before": {"2027-10-01": False}, "after": {"2027-10-09": True}}


def test_the_later_notice_wins_on_a_day_that_two_name(world: World) -> None:
    new_year = date(2027, 1, 1)
    with transaction():
        import_days(2026, [PublishedDay(date(2026, 10, 1), False), PublishedDay(new_year, True)], actor=None)
        import_days(2027, [PublishedDay(new_year, False)], actor=None)
    assert not calendar().is_workday(new_year)


@pytest.mark.parametrize("who", ["supervisor", "water_supervisor", "city_leader", "official", "system_admin", "nobody"])
def test_only_the_root_office_keeps_the_calendar(world: World, who: str) -> None:
    with pytest.raises(Refused, match="市级督查"), transaction():
        import_days(2027, [PublishedDay(date(2027, 10, 1), False)], actor=world.people[who])
    assert not calendar().is_official(2027)
