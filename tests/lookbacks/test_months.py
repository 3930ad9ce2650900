"""When clearances are looked at again is the root office's to say, from that day on."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from tests.dossier.situations import SITUATIONS
from tests.world import TODAY, World, sign_in
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.queries import look_back_months
from tracker.issues.rules import LOOK_BACK_MONTHS, next_look_back
from tracker.issues.workflow import Kind
from tracker.lookbacks.actions import hold_lookback, set_look_backs
from tracker.lookbacks.rules import Result, Visit, read_months


@pytest.mark.parametrize(("text", "months"), [
    ("3、6、12", (3, 6, 12)), ("1", (1,)), (" 2, 4；9 ", (2, 4, 9)), ("6 24", (6, 24)), ("60", (60,)),
])  # fmt: skip
def test_months_are_read_as_offices_write_them(text: str, months: tuple[int, ...]) -> None:
    assert read_months(text) == months


@pytest.mark.parametrize("text", ["", "零", "6、3", "3、3", "0、3", "-1", "3、61", "1、2、3、4、5、6、7", "3.5", "三"])
def test_what_is_no_rising_row_of_months_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="从小到大"):
        read_months(text)


def test_new_months_hold_for_clearances_from_now_on(world: World) -> None:
    assert look_back_months() == LOOK_BACK_MONTHS
    with transaction():
        old = SITUATIONS["cleared"](world, Kind.IMMEDIATE)
        set_look_backs((2, 8), world.root_supervisor)
        new, declared = (SITUATIONS[name](world, Kind.IMMEDIATE) for name in ("cleared", "taken_over_cleared"))
    assert old.look_back_on == date(2019, 10, 1)
    assert new.look_back_on == declared.look_back_on == date(2019, 9, 1)
    visit = Visit(date(2019, 9, 1), "沙坪村", "孙督查", "有水", Result.HELD)
    with transaction():
        hold_lookback(new, world.root_supervisor, today=date(2019, 9, 1), visit=visit)
    assert new.look_back_on == date(2020, 3, 1)
    assert next_look_back(TODAY, Kind.IMMEDIATE, date(2020, 3, 1), (2, 8)) is None
    event = db.session.scalars(select(Event).where(Event.verb == "set_look_backs")).one()
    assert event.data == {"before": [3, 6, 12], "after": [2, 8]}


def test_only_the_root_office_changes_them_and_everybody_concerned_reads_them(app: Flask, world: World) -> None:
    for who in ("supervisor", "water_supervisor", "city_leader"):
        with pytest.raises(Refused, match="最高一级"), transaction():
            set_look_backs((2,), world.people[who])
        assert "销号满 3、6、12 个月" in sign_in(app.test_client(), world.people[who]).get("/look-backs/months").text
    browser = sign_in(app.test_client(), world.root_supervisor)
    wrong = browser.post("/look-backs/months", data={"months": "12、3"})
    assert wrong.status_code == 422
    assert "12、3" in wrong.text
    assert browser.post("/look-backs/months", data={"months": "6、18"}).status_code == 302
    assert look_back_months() == (6, 18)
    assert "销号满 6、18 个月" in browser.get("/look-backs").text
