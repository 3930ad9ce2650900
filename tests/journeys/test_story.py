"""Through the front door with a real browser: each person at their own width, from a ledger's row to struck off."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.ledgers.test_actions import ledger
from tests.world import PASSWORD, World, assign_one
from tracker.accounts.actions import hash_password
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.clearance.rules import Standard
from tracker.issues.models import Issue
from tracker.issues.workflow import State


@pytest.fixture
def people(world: World) -> World:
    """Everybody's password is PASSWORD."""
    hashed = hash_password(PASSWORD)
    with transaction():
        for person in db.session.query(User):
            person.password_hash = hashed
    return world


@pytest.fixture
def number(people: World) -> str:
    """One assigned issue."""
    world, today = people, clock.today()
    with transaction():
        issue = assign_one(world, today=today, deadline=today.replace(year=today.year + 1))
        return issue.number


def enter(page: Any, account: str) -> None:
    page.goto("/login")
    page.fill("[name=account]", account)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")


def state_of(number: str) -> State:
    db.session.rollback()
    return db.session.query(Issue).filter_by(number=number).one().state


def test_a_row_of_a_ledger_is_walked_to_zero(
    app: Flask, people: World, serve: Any, open_page: Any, tmp_path: Any
) -> None:
    base, due, number = serve(app), clock.today().isoformat(), "SX-9"
    file = tmp_path / "台账.csv"
    row = "沙坪村饮水工程未通水,省考核,安全饮水,新邵县,黄志伟,新邵县水利局,新邵县水利局,王建国,通水"
    file.write_bytes(ledger(f"{number},{row},{clock.today().year + 1}-06-30,已交办,"))
    office = open_page("desk", base_url=base)
    enter(office, "supervisor")
    office.goto("/ledgers/new")
    office.set_input_files("[name=file]", str(file))
    office.click("main button.button-main")
    office.click("button:has-text('导入这')")
    office.wait_for_url("**/ledgers/imports/*")

    official = open_page("phone", base_url=base)
    enter(official, "official")
    official.click("button:has-text('签收')")
    official.goto(f"/issues/{number}/plan")
    official.fill("[name=goals]", "全村通水")
    official.fill("[name=measures-0-text]", "铺管")
    official.fill("[name=measures-0-due]", due)
    official.fill("[name=task_force]", "饮水安全专班")
    official.click("button:has-text('上报方案')")
    official.wait_for_url(f"**/issues/{number}")

    leader = open_page("desk", base_url=base)
    enter(leader, "leader")
    leader.click("a:has-text('审批')")
    leader.click("button:has-text('批准方案')")
    leader.wait_for_url(f"**/issues/{number}")

    photo = tmp_path / "现场.txt"
    photo.write_text("现场记录", encoding="utf-8")
    official.goto(f"/issues/{number}/progress")
    official.fill("[name=text]", "管网接通")
    official.check("[name=measures]")
    official.set_input_files("[name=files]", str(photo))
    official.click("button.button-main")
    official.wait_for_url(f"**/issues/{number}")
    official.goto(f"/issues/{number}/clearance")
    for standard in Standard:
        official.fill(f"[name={standard.value}-text]", "已做到")
    for standard in ("measures", "violations", "effect"):
        official.check(f"[name={standard}-evidence]")
    official.click("button:has-text('提交审核')")
    official.wait_for_url(f"**/issues/{number}")
    assert state_of(number) is State.REVIEWING

    for who in ("supervisor", "city_leader"):
        reviewer = open_page("desk", base_url=base)
        enter(reviewer, who)
        reviewer.goto("/desk/reviews")
        reviewer.click(".cell-actions a:has-text('审核')")
        reviewer.fill("[name=opinion]", "现场看过，属实")
        reviewer.click("button:has-text('审核通过')")
        reviewer.wait_for_url(f"**/issues/{number}")
    assert state_of(number) is State.CLEARED
    reviewer.goto("/board")
    assert "1 格已证清零" in reviewer.inner_text("h1")


def test_a_report_needs_no_script(app: Flask, number: str, serve: Any, open_page: Any) -> None:
    page = open_page("phone", base_url=serve(app), scripts=False)
    enter(page, "official")
    page.goto(f"/issues/{number}/progress")
    page.fill("[name=text]", "正在施工")
    page.click("button.button-main")
    page.wait_for_url(f"**/issues/{number}")
    assert "正在施工" in page.inner_text("main")
