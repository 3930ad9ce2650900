"""Through the front door where things go wrong: two at one form, a stranger, a bad cell, a session that has ended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.journeys.test_story import enter
from tests.ledgers.test_actions import ROWS, ledger
from tests.world import PASSWORD, World, assign_one
from tracker.accounts.actions import hash_password
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.issues.models import Issue


@pytest.fixture
def base(app: Flask, world: World, serve: Any) -> str:
    """Where the app answers, with its tokens checked; everybody's password is PASSWORD."""
    app.config["WTF_CSRF_ENABLED"] = True
    hashed = hash_password(PASSWORD)
    with transaction():
        for person in db.session.query(User):
            person.password_hash = hashed
    return str(serve(app))


@pytest.fixture
def number(base: str, world: World) -> str:
    """One assigned issue."""
    today = clock.today()
    with transaction():
        return assign_one(world, today=today, deadline=today.replace(year=today.year + 1)).number


def stored(number: str) -> Issue:
    db.session.rollback()
    return db.session.scalars(select(Issue).where(Issue.number == number)).one()


def test_the_second_of_two_at_one_form_sees_what_changed_and_loses_nothing_typed(
    base: str, number: str, open_page: Any, page_problems: list[str]
) -> None:
    first, second = open_page("desk", base_url=base), open_page("desk", base_url=base)
    for page, account in ((first, "supervisor"), (second, "supervisor2")):
        enter(page, account)
        page.goto(f"/issues/{number}/correct")
    first.fill("[name=requirement]", "八月前通水，水质合格。")
    first.fill("[name=reason]", "原文漏了水质")
    first.click("main button.button-main")
    first.wait_for_url(f"**/issues/{number}")

    second.fill("[name=title]", "沙坪村、双江村饮水工程未通水")
    second.fill("[name=reason]", "两个村都在内")
    second.click("main button.button-main")
    second.wait_for_selector(".form-errors")
    seen = second.inner_text("main")
    for words in ("您填写期间，这个问题有了新的办理记录", "周督查", "原文漏了水质", "您填写的内容都还在下面"):
        assert words in seen
    assert second.input_value("[name=title]") == "沙坪村、双江村饮水工程未通水"
    assert second.input_value("[name=reason]") == "两个村都在内"
    assert stored(number).title == "沙坪村饮水工程完工一年未通水"
    assert any("409" in problem for problem in page_problems)
    page_problems.clear()

    second.fill("[name=requirement]", "八月前通水，水质合格。")
    second.click("main button.button-main")
    second.wait_for_url(f"**/issues/{number}")
    after = stored(number)
    assert (after.title, after.requirement) == ("沙坪村、双江村饮水工程未通水", "八月前通水，水质合格。")


def test_a_stranger_who_opens_a_link_finds_nothing_and_learns_nothing(
    base: str, number: str, open_page: Any, page_problems: list[str]
) -> None:
    page = open_page("phone", base_url=base)
    page.goto(f"/issues/{number}")
    page.wait_for_url("**/login?next=**")  # first who, then what
    page.fill("[name=account]", "stranger")
    page.fill("[name=password]", PASSWORD)
    with page.expect_response(lambda answer: answer.url == f"{base}/issues/{number}") as hidden:
        page.keyboard.press("Enter")
    assert hidden.value.status == 404
    page.wait_for_selector("h1:has-text('没有找到')")
    told = page.inner_text("body").replace(number, "")
    absent = page.goto("/issues/2019-99999")
    assert absent.status == 404
    assert page.inner_text("body") == told
    assert "沙坪村" not in told
    assert page.goto("/register").ok
    assert "沙坪村" not in page.inner_text("main")
    assert len([problem for problem in page_problems if "404" in problem]) == len(page_problems) == 2
    page_problems.clear()


def test_a_bad_cell_is_shown_with_its_address_mended_on_the_spot_and_taken_in(
    base: str, open_page: Any, tmp_path: Path, page_problems: list[str]
) -> None:
    file = tmp_path / "台账.csv"
    file.write_bytes(ledger(ROWS[0].replace("2019年6月底前", "2019-02-30"), ROWS[1]))
    page = open_page("desk", base_url=base)
    enter(page, "supervisor")
    page.goto("/ledgers/new")
    page.set_input_files("[name=file]", str(file))
    page.click("main button.button-main")
    page.wait_for_url("**/ledgers/preview?file=*")
    assert "有 1 处要改，还不能导入" in page.inner_text("h1")
    bad = page.locator("tr", has_text="没有 30 日")
    assert bad.locator("code").inner_text() == "台账!K2"
    assert page.locator("button:has-text('导入这')").count() == 0

    bad.locator("input").fill("2019-06-30")
    page.click("button:has-text('按上面的改法再读一遍')")
    page.wait_for_selector("button:has-text('导入这 2 条')")
    assert page.locator("tr", has_text="台账!K2").locator("input").input_value() == "2019-06-30"
    page.check("[name=create_missing]")
    page.click("button:has-text('导入这 2 条')")
    page.wait_for_url("**/ledgers/imports/*")
    assert "SX-1" in page.inner_text("main")
    assert stored("SX-1").deadline.isoformat() == "2019-06-30"
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 2


def test_signing_out_ends_the_other_window_and_what_was_typed_there_comes_back(
    base: str, number: str, open_page: Any, page_problems: list[str]
) -> None:
    desk, phone = open_page("desk", base_url=base), open_page("phone", base_url=base)
    for page in (desk, phone):
        enter(page, "official")
    phone.goto(f"/issues/{number}/progress")
    phone.fill("[name=text]", "管网接到沙坪村口")

    desk.click("details.account summary")
    desk.click("button:has-text('退出登录')")
    desk.wait_for_url("**/login")

    phone.click("main button.button-main")
    phone.wait_for_selector("h1:has-text('请先登录')")
    assert "填写的内容仍保留在本机浏览器中" in phone.inner_text("main")
    assert any("401" in problem for problem in page_problems)
    page_problems.clear()
    phone.goto(f"/issues/{number}/progress")
    phone.wait_for_url("**/login?next=**")
    phone.fill("[name=account]", "official")
    phone.fill("[name=password]", PASSWORD)
    phone.keyboard.press("Enter")
    phone.wait_for_url(f"**/issues/{number}/progress")
    assert phone.input_value("[name=text]") == "管网接到沙坪村口"
    phone.click("main button.button-main")
    phone.wait_for_url(f"**/issues/{number}")
    assert "管网接到沙坪村口" in phone.inner_text("main")
    phone.goto(f"/issues/{number}/progress")
    assert phone.input_value("[name=text]") == ""


def test_what_one_person_typed_is_not_shown_to_the_next_at_the_same_browser(
    base: str, number: str, open_page: Any
) -> None:
    page = open_page("desk", base_url=base)
    enter(page, "official")
    page.goto(f"/issues/{number}/progress")
    page.fill("[name=text]", "还没想好怎么说")
    page.goto("/desk")
    page.click("details.account summary")
    page.click("button:has-text('退出登录')")
    page.wait_for_url("**/login")
    enter(page, "official2")
    page.goto(f"/issues/{number}/progress")
    assert page.input_value("[name=text]") == ""
