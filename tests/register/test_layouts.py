"""The ledgers superiors ask for: chosen from data an office adds to, printed as asked, and told where that data is wrong."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from tests.register.varied import make_varied
from tests.world import TODAY, World, sign_in
from tracker.base.db import db, transaction
from tracker.base.sheets_out import Section, write_xlsx
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.models import Issue
from tracker.issues.rules import in_chinese
from tracker.register import actions, queries
from tracker.register.layouts import BUILT_IN
from tracker.register.rules import ALL_YEARS, Filters, Sort

EVERYTHING = Filters(year=ALL_YEARS, sort=Sort.NUMBER)


def test_sections_are_counted_in_chinese() -> None:
    assert [in_chinese(number) for number in (1, 9, 10, 11, 19, 20, 21, 99)] == [
        "一", "九", "十", "十一", "十九", "二十", "二十一", "九十九",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [name for name, layout in BUILT_IN.items() if layout.by])
def test_a_divided_ledger_holds_the_list_once_counted_anew_in_each_section(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 7)
    with transaction():
        make_varied(world, 40)
    layout = BUILT_IN[name]
    with transaction():
        table = actions.export_rows(EVERYTHING, world.root_supervisor, today=TODAY, layout=layout)
    sections: dict[str, list[list[Any]]] = {}
    for row in table.rows:
        if isinstance(row, Section):
            sections[row.text] = []
        else:
            sections[list(sections)[-1]].append(row)
    rows = [row for group in sections.values() for row in group]
    shown = queries.listing(EVERYTHING, world.root_supervisor, TODAY, None, 1_000).items
    assert sorted(row[1] for row in rows) == sorted(item.row.number for item in shown)
    assert len(rows) == table.count > 0
    assert [text.split("、")[0] for text in sections] == [in_chinese(number) for number in range(1, len(sections) + 1)]
    for group in sections.values():
        assert [row[0] for row in group] == list(range(1, len(group) + 1))


def test_a_filtered_ledger_has_only_its_own_section(world: World, tmp_path: Path) -> None:
    with transaction():
        make_varied(world, 40)
    source = db.session.scalars(select(Issue.source)).first()
    filters = Filters(year=ALL_YEARS, source=source)
    with transaction():
        table = actions.export_rows(filters, world.root_supervisor, today=TODAY, layout=BUILT_IN["superior"])
    assert source is not None
    assert [row.text for row in table.rows if isinstance(row, Section)] == [f"一、{SOURCE_NAMES[source]}"]


def test_it_prints_as_an_official_form(world: World, tmp_path: Path) -> None:
    with transaction():
        make_varied(world, 12)
    target = tmp_path / "ledger.xlsx"
    with transaction():
        number = actions.export_to(target, world.root_supervisor, today=TODAY, layout=BUILT_IN["superior"])
    sheet = openpyxl.load_workbook(target).active
    assert sheet["A1"].value == "问题整改工作台账"
    assert sheet["A2"].value == f"截至 {TODAY.isoformat()}，共 {number} 条。"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (8, "landscape")
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$4", "A5")
    assert sheet.oddFooter.center.text == "&P / &N"
    heads = {cell.value: cell.coordinate for cell in sheet[3] if cell.value}
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert heads["整改责任"] == "H3"
    assert "H3:K3" in merged
    assert "A3:A4" in merged
    assert [cell.value for cell in sheet[4] if cell.value] == ["牵头领导", "牵头单位", "责任单位", "责任人"]
    assert sheet["B6"].border.left.style == "thin"
    assert sheet["F6"].alignment.wrap_text


def test_a_row_is_as_tall_as_its_fullest_cell(tmp_path: Path) -> None:
    target = tmp_path / "tall.xlsx"
    write_xlsx(target, "甲", ["乙", "丙"], [["短", "短"], ["长" * 30, "一\n二"], [None, "长" * 9_000]], [21, 10])
    sheet = openpyxl.load_workbook(target).active
    assert [sheet.row_dimensions[row].height for row in (3, 4, 5)] == [None, 51, 408.75]


def test_single_words_and_counts_stand_in_the_middle_and_sentences_at_the_left(tmp_path: Path) -> None:
    target = tmp_path / "shape.xlsx"
    write_xlsx(target, "甲", ["序号", "问题", "状态", "金额"], [[1, "沙坪村未通水", "整改中", 3.5]], [6, 40, 10, 14])
    row = openpyxl.load_workbook(target).active[3]
    assert [cell.alignment.horizontal for cell in row] == ["center", None, "center", None]


def test_a_ledger_over_several_pages_across_has_its_numbers_on_each(tmp_path: Path) -> None:
    target = tmp_path / "wide.xlsx"
    heads = ["序号", "问题编号", *(f"第{number}栏" for number in range(8))]
    write_xlsx(target, "甲", heads, [], [6, 16, *[60] * 8], note="截至今日", leading=2)
    sheet = openpyxl.load_workbook(target).active
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (2, "$A:$B")
    assert not [
        merged for merged in sheet.merged_cells.ranges if "A1" in merged.coord
    ]  # a title in the middle is on none
    write_xlsx(target, "甲", heads[:3], [], [6, 16, 60], note="截至今日", leading=2)
    sheet = openpyxl.load_workbook(target).active
    assert (sheet.page_setup.fitToWidth or 1, sheet.print_title_cols) == (1, None)


def test_a_header_is_as_tall_as_its_words_in_their_columns(tmp_path: Path) -> None:
    target = tmp_path / "tall.xlsx"
    heads, above, widths = ["序号", "责任县（市、区、管理区）", "牵头市领导"], ["", "", "责任"], [6, 8, 6]
    write_xlsx(target, "甲", heads, [], widths, above=above)
    sheet = openpyxl.load_workbook(target).active
    upper, lower = (sheet.row_dimensions[row].height for row in (2, 3))
    assert (upper, lower) == (33.75, 33.75)  # whole pixels; four lines over both rows, two of them below
    write_xlsx(target, "甲", heads, [], widths)
    sheet = openpyxl.load_workbook(target).active
    assert sheet.row_dimensions[2].height == 68.25


def test_the_menu_offers_layouts(app: Flask, world: World) -> None:
    with transaction():
        make_varied(world, 5)
    client = sign_in(app.test_client(), world.root_supervisor)
    page = client.get("/register?year=all").text
    assert "/register/export.xlsx?layout=superior&amp;year=all" in page
    answer = client.get("/register/export.xlsx?layout=superior&year=all")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet["A1"].value == "问题整改工作台账"
    assert int(answer.headers["X-Rows"]) == sheet.max_row - 4 - len(
        [row for row in sheet["A"] if "、" in str(row.value)]
    )
    assert client.get("/register/export.xlsx?layout=nothing").status_code == 404


def test_whoever_may_not_export_gets_no_ledger(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.system_admin)
    assert client.get("/register/export.xlsx?layout=superior").status_code == 403
