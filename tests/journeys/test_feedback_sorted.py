"""Through the front door with a feedback document: parted, joined, put right, chosen, written down; with scripts and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.feedback.papers import lines, saved
from tests.inspections.test_actions import hand_over
from tests.journeys.test_conflicts import base  # noqa: F401 - a fixture
from tests.journeys.test_story import enter
from tests.world import World
from tracker.base.db import db, transaction
from tracker.inspections.models import Finding, Proposal

LETTER = (
    "关于饮水安全的反馈意见",
    "一、存在的主要问题",
    "1.新邵县沙坪村断水。（牵头领导：李志强、王建国；责任单位：新邵县水利局）整改时限：8月底前",
    "2.武冈市水源地一是未设警示牌；二是有养殖场。（责任单位：武冈市水利局）整改时限：视资金情况而定",
    "3.新邵县高桥镇管网漏水，",
    "4.且无人管护。（责任单位：新邵县水利局）",
    "2019年6月28日",
)


@pytest.mark.parametrize("scripts", [True, False], ids=["with_scripts", "without"])
def test_a_document_is_parted_joined_and_put_right_before_it_is_written_down(
    base: str,  # noqa: F811
    open_page: Any,
    world: World,
    tmp_path: Path,
    page_problems: list[str],
    scripts: bool,
) -> None:
    with transaction():
        inspection = hand_over(world).id
    file = tmp_path / "反馈意见.docx"
    file.write_bytes(saved(lines(*LETTER)))
    page = open_page("desk", base_url=base, scripts=scripts)
    page.on("dialog", lambda dialog: dialog.accept())
    enter(page, "root_supervisor")
    page.goto(f"/inspections/{inspection}/documents/new")
    page.set_input_files("[name=file]", str(file))
    page.click("main button.button-main")
    page.wait_for_selector("h1:has-text('读到 4 条')")

    def row(words: str) -> Any:
        return page.locator(f"tr[id^=entry-]:has-text('{words}')")

    # parted: refused without an empty line, and what was typed beside it stands; then parted, and holds for both
    row("警示牌").locator("a:has-text('改、拆')").click()
    page.fill("[name=deadline_written]", "2019年10月底前")
    page.fill("[name=clause]", "第二条")
    page.click("button[value=split]")
    page.wait_for_selector("text=请在要拆开的地方空一行")
    page_problems.clear()  # the refusal is a 422
    assert page.input_value("[name=deadline_written]") == "2019年10月底前"
    words = page.input_value("[name=wording]")
    page.fill("[name=wording]", words.replace("；二是", "；\n\n二是"))
    page.click("button[value=split]")
    page.wait_for_selector("h1:has-text('读到 5 条')")
    for part in ("警示牌", "养殖场"):
        assert "2019-10-31" in row(part).inner_text()
        assert "第二条" in row(part).inner_text()

    # joined
    row("无人管护").locator("button:has-text('并入上一条')").click()
    page.wait_for_selector("h1:has-text('读到 4 条')")
    assert "一3、一4" in row("管网漏水").inner_text()

    # nothing is written down before one lead is chosen; the other stays
    assert not page.locator("button:has-text('登记这')").count()
    row("沙坪村").locator("button:has-text('王建国')").click()
    page.click("button:has-text('登记这 4 条')")
    page.wait_for_url(f"**/inspections/{inspection}")
    assert page.locator("text=反馈意见.docx").count()
    db.session.rollback()
    said = [finding.wording for finding in db.session.scalars(select(Finding).order_by(Finding.id))]
    assert said[0].startswith("新邵县沙坪村断水。")
    assert said[1:3] == [
        "武冈市水源地一是未设警示牌；",
        "二是有养殖场。（责任单位：武冈市水利局）整改时限：视资金情况而定",
    ]
    assert said[3] == "新邵县高桥镇管网漏水，\n且无人管护。（责任单位：新邵县水利局）"
    first = db.session.scalars(select(Proposal).order_by(Proposal.finding_id)).first()
    assert first is not None
    assert (first.lead_official, first.remark) == ("王建国", "反馈文件还写了牵头领导：李志强")
    page.click("a:has-text('反馈意见.docx')")
    with page.expect_download() as download:
        page.click("a:has-text('下载原件')")
    download.value.save_as(tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == file.read_bytes()
