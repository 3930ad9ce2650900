"""Through the front door with a real browser: a month's dispatch, from the agenda to what became of its decision."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from tests.journeys.test_story import enter, people
from tests.world import World, assign_one
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.tasks.models import Task

__all__ = ["people"]


def plan(page: Any, agenda: str, day: str) -> None:
    page.goto("/meetings/new")
    page.fill("[name=held_on]", day)
    page.fill("[name=agenda]", agenda)
    page.fill("[name=participants]", "新邵县水利局")
    page.click("button:has-text('保存会议')")
    page.wait_for_selector("h1:has-text('新邵县调度')")


def test_what_a_dispatch_decides_is_done_and_read_again_a_month_later(
    app: Flask, people: World, serve: Any, open_page: Any, page_problems: list[str], tmp_path: Any
) -> None:
    base, today = serve(app), clock.today()
    with transaction():
        number = assign_one(people, today=today, deadline=today + timedelta(days=60)).number
    office = open_page("desk", base_url=base)
    enter(office, "supervisor")
    plan(office, f"{number}\n听取汇报", today.isoformat())
    assert "沙坪村饮水工程" in office.inner_text("main")
    office.fill("[name=text]", "逐村排查管网")
    office.fill("[name=owner]", "没有这个局")
    office.fill("[name=due]", (today + timedelta(days=9)).isoformat())
    office.click("button:has-text('记下这件事')")
    office.wait_for_selector(".form-errors")
    assert office.input_value("[name=text]") == "逐村排查管网"  # nothing typed is lost
    assert any("422" in problem for problem in page_problems)
    page_problems.clear()
    office.fill("[name=owner]", "新邵县水利局")
    office.click("button:has-text('记下这件事')")
    office.wait_for_selector("td:has-text('逐村排查管网')")

    official = open_page("phone", base_url=base)
    enter(official, "official")
    official.click("a:has-text('1 件交办事项等您答复')")
    official.click("a:has-text('逐村排查管网')")
    note = tmp_path / "排查.txt"
    note.write_text("十二处", encoding="utf-8")
    official.fill("[name=text]", "已排查十二处")
    official.set_input_files("[name=files]", str(note))
    official.click("button.button-main")
    official.wait_for_selector("text=等督查人员验收")
    with official.expect_download() as file:
        official.click("a:has-text('排查.txt')")
    assert file.value.suggested_filename == "排查.txt"

    office.goto("/desk")
    office.click("a:has-text('1 件等您验收')")
    office.click("a:has-text('逐村排查管网')")
    office.click("button:has-text('验收通过')")
    office.wait_for_selector("text=这件事办结")
    db.session.rollback()
    assert db.session.query(Task).one().state == "accepted"
    plan(office, "听取汇报", (today + timedelta(days=30)).isoformat())
    told = office.inner_text("main")
    assert "上次会议" in told
    assert "已落实" in told
    assert "已排查十二处" in told

    stranger = open_page("desk", base_url=base)
    enter(stranger, "stranger")
    for path in ("/meetings/1", "/tasks/1", "/tasks/1/files/1"):
        assert stranger.request.get(base + path).status == 404
    stranger.goto("/meetings")
    assert "新邵县" not in stranger.inner_text("main")
