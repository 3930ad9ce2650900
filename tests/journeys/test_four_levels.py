"""Four levels in a real browser: an extension, a return, struck off, a look-back that fails, and the second clearance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.journeys.test_story import enter, people, state_of
from tests.world import PASSWORD, World, assign_one, make_person
from tracker.accounts.actions import hash_password
from tracker.base import clock
from tracker.base.access import Role
from tracker.base.db import transaction
from tracker.clearance import actions as clearance
from tracker.clearance.rules import Seat, Standard
from tracker.issues import actions as issues
from tracker.issues.workflow import State
from tracker.org.rules import Level
from tracker.plans import actions as plans

__all__ = ["people"]

CHAIN = [
    Seat("乡镇初审", Role.SUPERVISOR, Level.TOWNSHIP),
    Seat("县级审核", Role.SUPERVISOR, Level.COUNTY, True),  # looks on the spot
    Seat("县领导审核", Role.LEADER, Level.COUNTY),
    Seat("市级终审", Role.LEADER, None),
]
REVIEWERS = ("town_supervisor", "supervisor", "leader2", "city_leader")


@pytest.fixture
def number(people: World) -> str:
    """An issue of a township whose plan was approved, under a chain of four levels."""
    world, today = people, clock.today()
    with transaction():
        make_person(world, "town_supervisor", "郑督查", "county_office", ((Role.SUPERVISOR, "longxipu", None),))
        world.people["town_supervisor"].password_hash = hash_password(PASSWORD)
        clearance.set_chain(None, "四级审核", CHAIN, world.root_supervisor)
    with transaction():
        issue = assign_one(world, today=today, deadline=today + timedelta(days=30))
        issues.accept(issue, world.official, today=today)
        plans.submit_plan(issue, world.official, today=today, goals="全村通水", measures=[("铺管", "", today)])
        plans.approve_plan(issue, world.leader, today=today)
        return issue.number


class Walk:
    """One browser context a person, signed in once."""

    def __init__(self, number: str, open_page: Any, base: str) -> None:
        self.number, self.open_page, self.base = number, open_page, base
        self.pages: dict[str, Any] = {}

    def page(self, account: str) -> Any:
        if account not in self.pages:
            self.pages[account] = self.open_page("phone" if account == "official" else "desk", base_url=self.base)
            enter(self.pages[account], account)
        return self.pages[account]

    def send(self, account: str, path: str, fields: dict[str, str], button: str) -> Any:
        """Open a page below the issue, fill it in, press, and land on the issue again."""
        page = self.page(account)
        page.goto(f"/issues/{self.number}/{path}")
        for name, value in fields.items():
            page.fill(f"[name={name}]", value)
        page.click(f"button:has-text('{button}')")
        page.wait_for_url(f"**/issues/{self.number}")
        return page

    def report(self, text: str, photo: str | None = None) -> None:
        page = self.page("official")
        page.goto(f"/issues/{self.number}/progress")
        page.fill("[name=text]", text)
        for box in page.query_selector_all("[name=measures]:not(:checked)"):
            box.check()
        if photo:
            page.set_input_files("[name=files]", photo)
        page.click("button.button-main")
        page.wait_for_url(f"**/issues/{self.number}")

    def apply(self) -> None:
        page = self.page("official")
        page.goto(f"/issues/{self.number}/clearance")
        for standard in Standard:
            page.fill(f"[name={standard.value}-text]", "已做到")
        for standard in ("measures", "violations", "effect"):
            page.check(f"[name={standard}-evidence] >> nth=0")
        page.click("button:has-text('提交审核')")
        page.wait_for_url(f"**/issues/{self.number}")

    def review(self, account: str, button: str = "审核通过") -> None:
        page = self.page(account)
        page.goto("/desk/reviews")
        page.click(".cell-actions a:has-text('审核')")
        page.fill("[name=opinion]", "水压不足，请整改" if button == "退回整改" else "现场看过，属实")
        if account == "supervisor":  # this level looks on the spot
            page.fill("[name=site_on]", clock.today().isoformat())
            for name, value in {"site_place": "沙坪村", "site_people": "村支书", "site_seen": "二十户通水"}.items():
                page.fill(f"[name={name}]", value)
        page.click(f"button:has-text('{button}')")
        page.wait_for_url(f"**/issues/{self.number}")


def test_a_clearance_that_did_not_last_is_earned_a_second_time(
    app: Flask, people: World, number: str, serve: Any, open_page: Any, tmp_path: Any
) -> None:
    walk, today = Walk(number, open_page, serve(app)), clock.today()
    later, new_term = (today + timedelta(days=days) for days in (60, 90))

    walk.send("official", "extension", {"wanted": later.isoformat(), "reason": "汛期停工"}, "申请延期")
    page = walk.send("supervisor", "extension/decide", {}, "同意延期")
    assert later.isoformat() in page.inner_text("main")
    assert (today + timedelta(days=30)).isoformat() in page.inner_text("main"), "the original deadline stays in sight"

    photo = tmp_path / "现场.txt"
    photo.write_text("现场记录", encoding="utf-8")
    walk.report("管网接通", str(photo))
    walk.apply()
    walk.review("town_supervisor")
    walk.review("supervisor", "退回整改")
    assert state_of(number) is State.RECTIFYING
    assert "水压不足" in walk.send("official", "progress", {"text": "已加压"}, "报进展").inner_text("main")

    walk.apply()
    for account in REVIEWERS:
        assert state_of(number) is State.REVIEWING
        walk.review(account)
    assert state_of(number) is State.CLEARED
    board = walk.page("city_leader")
    board.goto("/board")
    assert "1 格已证清零" in board.inner_text("h1")

    visit = {"held_on": today.isoformat(), "place": "沙坪村", "people": "陈督查", "found": "又停水了"}
    looker = walk.page("root_supervisor")
    looker.goto(f"/issues/{number}/look-back")
    looker.check("[name=result][value=failed]")
    for name, value in (visit | {"new_term": new_term.isoformat()}).items():
        looker.fill(f"[name={name}]", value)
    looker.click("main button.button-main")
    looker.wait_for_url(f"**/issues/{number}")
    assert state_of(number) is State.RECTIFYING
    assert "又停水了" in looker.inner_text("main")
    board.goto("/board")
    assert "0 格已证清零" in board.inner_text("h1")

    again = tmp_path / "再次.txt"
    again.write_text("换泵以后的现场记录", encoding="utf-8")
    walk.report("更换水泵，恢复供水", str(again))
    walk.apply()
    for account in REVIEWERS:
        walk.review(account)
    assert state_of(number) is State.CLEARED
    board.goto("/board")
    assert "1 格已证清零" in board.inner_text("h1")
