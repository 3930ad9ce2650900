"""A superior's form becomes the office's template in a browser, and the list goes out by it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import select

from tests.journeys.test_conflicts import base  # noqa: F401 - a fixture
from tests.journeys.test_story import enter
from tests.register.test_templates import FORM, form_of
from tests.world import World, assign_one
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.ledgers.models import LedgerTemplate


def order(page: Any) -> list[str]:
    return [row.input_value() for row in page.locator(".column-row select").all()]


def test_columns_move_under_the_hand_keep_what_is_typed_and_are_stored_as_they_stand(
    base: str,  # noqa: F811
    world: World,
    open_page: Any,
    tmp_path: Path,
) -> None:
    today = clock.today()
    with transaction():
        assign_one(world, today=today, deadline=today.replace(year=today.year + 1))
    page = open_page("desk", base_url=base)
    enter(page, "supervisor")
    sample = tmp_path / "表样.xlsx"
    sample.write_bytes(form_of(FORM))
    page.goto("/ledger-templates/sample")
    page.set_input_files("input[type=file]", sample)
    page.click("main button.button-main")
    page.wait_for_selector(".column-row")
    before = order(page)
    page.locator(".column-row").nth(2).locator("input").first.fill("突出问题")
    page.locator(".column-row").nth(2).locator("[data-move-row=up]").click()
    assert order(page) == [before[0], before[2], before[1], *before[3:]]
    assert page.locator(".column-row").nth(1).locator("input").first.input_value() == "突出问题"
    page.locator(".column-row").nth(0).locator("[data-move-row=up]").click()  # the first has nowhere to go
    page.locator(".column-row").last.get_by_text("去掉").click()  # asks the server
    page.wait_for_function(f"document.querySelectorAll('.column-row').length === {len(before) - 1}")
    page.check("input[name=unused][value=state]")
    page.get_by_text("加入所选栏目").click()
    page.wait_for_function(f"document.querySelectorAll('.column-row').length === {len(before)}")
    assert db.session.scalars(select(LedgerTemplate)).all() == []
    page.click(".form-actions button.button-main")
    page.wait_for_url("**/ledger-templates")
    page.goto("/register")
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as download:
        page.get_by_text("2019年脱贫攻坚问题整改情况统计表").click()
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]][:3] == ["序号", "突出问题", "问题编号"]
    assert sheet[3][len(before) - 1].value == "整改状态"
