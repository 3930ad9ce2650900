"""Through the front door with a ledger in words of its own: columns named, words explained, the rest mended in Excel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from tests.journeys.test_conflicts import base  # noqa: F401 - a fixture
from tests.journeys.test_story import enter
from tests.ledgers.test_mapping import MEANT, ROW, WORDS, book
from tests.ledgers.test_routes import issues


def test_a_ledger_in_words_of_its_own_is_put_right_by_hand_and_taken_in(
    base: str,  # noqa: F811
    open_page: Any,
    tmp_path: Path,
) -> None:
    bad = (2, "高桥镇水厂未验收", "审计", "喝水", "新绍县", "新邵县水利局", "尽快", "整改中", "别读")
    file = tmp_path / "台账.xlsx"
    file.write_bytes(book(ROW, bad))
    page = open_page("desk", base_url=base)
    enter(page, "supervisor")

    def bring(path: Path) -> None:
        page.goto("/ledgers/new")
        page.set_input_files("[name=file]", str(path))
        page.click("main button.button-main")
        page.wait_for_url("**/ledgers/preview?file=*")

    bring(file)
    page.click("button.button-main:has-text('核对表头和栏目')")
    for name, meaning in MEANT.items():
        page.select_option(f"[name='{name}']", meaning)
    page.click("button:has-text('按这样再读一遍')")
    page.wait_for_selector("h1:has-text('读出 2 条问题')")
    page.click("button.button-main:has-text('去核对内容')")
    page.wait_for_selector("h2:has-text('不认识的写法')")
    for name, meaning in WORDS.items():
        page.select_option(f"[name='{name}']", meaning)
    page.click("button:has-text('按上面的改法再读一遍')")
    page.wait_for_selector("h1:has-text('有 1 处要改')")

    with page.expect_download() as download:
        page.click("button:has-text('下载标好错处的台账')")
    mended = tmp_path / "改好.xlsx"
    download.value.save_as(mended)
    again = openpyxl.load_workbook(mended)
    (cell,) = (each for row in again.active.iter_rows() for each in row if each.comment)
    cell.value = "2019-12-31"
    again.save(mended)
    assert page.locator("button:has-text('按上面的改法再读一遍')").get_attribute("aria-disabled") is None

    bring(mended)
    page.click("button:has-text('导入这 2 条')")
    page.wait_for_url("**/ledgers/imports/*")
    assert issues() == 2
