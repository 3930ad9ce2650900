"""The standard columns: 43, each by its name, each filled from what stands in the database."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import select

from tests.dossier.situations import cleared
from tests.needs import ROOT
from tests.papers.paper_world import issued, overdue
from tests.register.test_queries import sent
from tests.register.varied import make_varied
from tests.world import TODAY, World, assign_one, list_one, make_duty, upload
from tracker.accounts.models import User
from tracker.base.db import db, transaction
from tracker.base.sheets_out import COLOURS
from tracker.deadlines import actions as deadlines
from tracker.deadlines.rules import Lamp
from tracker.inspections.actions import inspection_with, write_findings
from tracker.inspections.rules import Entry, Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.ledgers.columns import VIEWS, field_of
from tracker.papers.rules import PaperKind
from tracker.progress import actions as progress
from tracker.progress.models import Evidence
from tracker.register import actions, queries
from tracker.register.gathered import GATHERED
from tracker.register.layouts import BUILT_IN, Layout, Placed
from tracker.register.rules import ALL_YEARS, Filters
from tracker.register.sheet import COLUMNS
from tracker.workdays.queries import calendar

NAMES = (
    "序号 问题编号 台账原编号 问题来源 来源文件及条款 问题类别 县市区 所在地 问题标题 问题描述 涉及金额（元） 已整改金额（元） 量化单位 量化总数 量化完成数 "
    "牵头领导 牵头单位 责任单位 责任人 专班 整改类型 整改要求 列单日期 交办日期 时限原文 原定时限 延期次数 整改时限 距时限 亮灯 逾期天数 督办级别 督办文号 "
    "最近进展日期 整改进展 上期进展 佐证材料数 整改状态 销号日期 销号情况 验收人 反弹次数 承接"
)
LATE = date(2019, 10, 20)
ALL = Filters(year=ALL_YEARS)


def shown(folder: Path, who: User, today: date) -> dict[str, dict[str, Any]]:
    """Number -> head -> what stands there."""
    with transaction():
        table = actions.export_rows(ALL, who, today=today, layout=BUILT_IN["standard"])
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {row["问题编号"]: row for row in rows}


def test_there_are_43_by_name() -> None:
    assert len(COLUMNS) == 43
    assert [column.label for column in COLUMNS] == NAMES.split()
    assert len({column.code for column in COLUMNS}) == 43
    assert [each.code for each in BUILT_IN["standard"].columns] == [column.code for column in COLUMNS]


def test_each_is_a_field_of_an_import_or_known_as_our_own_view() -> None:
    fields = {column.label for column in COLUMNS if column.label not in VIEWS}
    assert {column.label for column in COLUMNS} > VIEWS
    assert all(field_of((label,)) for label in fields)


def test_every_column_says_what_stands_in_the_database(any_world: World, tmp_path: Path) -> None:
    world = any_world
    with transaction():
        inspection = inspection_with(Source.AUDIT, "省审计厅审计", "湘审〔2019〕3 号", world.xinshao.id, TODAY)
        (finding,) = write_findings(inspection, world.supervisor, [Entry("第 3 条", "原话")])
        issue = list_one(
            world, source=Source.AUDIT, findings=[finding], amount=Decimal(5000), deadline_written="八月底前"
        )
        assign_one(world, issue, quantity=("户", 93))
        issue.ledger_number, issue.relapses = "台-7", 2
        files = [upload("一.txt", b"one"), upload("two.txt", b"two")]
        for text, done in (("开工了", 10), ("管网已接通", 78)):
            progress.report(
                issue, world.official, today=TODAY, text=text, files=files if done == 78 else (),
                quantity_done=done, amount_done=Decimal(done),
            )  # fmt: skip
        deadlines.request_extension(issue, world.official, today=TODAY, wanted=date(2019, 9, 30), reason="雨季")
        deadlines.grant_extension(issue, world.supervisor, today=TODAY)
        ended = cleared(world, Kind.TIME_LIMITED)
        withdrawn = db.session.scalars(select(Evidence).where(Evidence.issue_id == issue.id)).first()
    symbol = issued(world, [issue], PaperKind.SUPERVISION, today=LATE).symbol
    issued(world, [issue], PaperKind.ASSIGNMENT, today=LATE)  # urges nobody
    assert withdrawn is not None
    row = shown(tmp_path, world.supervisor, LATE)[issue.number]
    assert row == {
        "序号": row["序号"], "问题编号": issue.number, "台账原编号": "台-7", "问题来源": "审计", "来源文件及条款": "湘审〔2019〕3 号 第 3 条",
        "问题类别": "安全饮水", "县市区": "新邵县", "所在地": "沙坪村", "问题标题": issue.title, "问题描述": issue.wording,
        "涉及金额（元）": Decimal(5000), "已整改金额（元）": Decimal(78), "量化单位": "户", "量化总数": 93, "量化完成数": 78,
        "牵头领导": "黄志伟", "牵头单位": "新邵县水利局", "责任单位": "新邵县水利局、新邵县财政局", "责任人": "王建国", "专班": "饮水安全专班",
        "整改类型": "限期整改", "整改要求": "九月前通水。", "列单日期": TODAY, "交办日期": TODAY, "时限原文": "八月底前",
        "原定时限": date(2019, 8, 31), "延期次数": 1, "整改时限": date(2019, 9, 30), "距时限": "逾期 20 天", "亮灯": "逾期",
        "逾期天数": 20, "督办级别": "通报名单", "督办文号": symbol, "最近进展日期": TODAY, "整改进展": "管网已接通", "上期进展": "开工了",
        "佐证材料数": 2, "整改状态": "已交办", "销号日期": None, "销号情况": "", "验收人": None, "反弹次数": 2, "承接": "",
    }  # fmt: skip
    over = shown(tmp_path, world.supervisor, LATE)[ended.number]
    said = {head: over[head] for head in ("销号日期", "销号情况", "验收人", "整改状态", "亮灯", "督办文号", "上期进展")}
    assert said == {
        "销号日期": TODAY, "销号情况": "已证销号", "验收人": "李志刚", "整改状态": "已销号", "亮灯": "", "督办文号": None, "上期进展": None,
    }  # fmt: skip
    assert {row["序号"], over["序号"]} == {1, 2}
    with transaction():
        issue.taken_over = True
    assert shown(tmp_path, world.supervisor, LATE)[issue.number]["承接"] == "是"


def test_a_paper_about_issues_outside_ones_scope_is_not_named(world: World, tmp_path: Path) -> None:
    (near,) = overdue(world)
    with transaction():
        far = issues.list_issue(
            world.root_supervisor, today=TODAY, title="武冈的事", wording="", source=Source.AUDIT,
            category_id=world.categories[0].id, region_id=world.wugang.id, kind=Kind.TIME_LIMITED,
        )  # fmt: skip
        duty = make_duty(world, unit_ids=(world.wugang_water.id,))
        issues.assign(far, world.root_supervisor, today=TODAY, calendar=calendar(), duty=duty, requirement="改好",
                      deadline=date(2019, 8, 31))  # fmt: skip
    both = issued(world, [near, far], who=world.root_supervisor, unit_ids=(world.wugang_water.id,), today=LATE).symbol
    assert shown(tmp_path, world.root_supervisor, LATE)[near.number]["督办文号"] == both
    assert shown(tmp_path, world.supervisor, LATE)[near.number]["督办文号"] is None


def test_evidence_that_was_withdrawn_counts_no_more(world: World, tmp_path: Path) -> None:
    with transaction():
        issue = assign_one(world)
        progress.report(issue, world.official, today=TODAY, text="好了", files=[upload("一.txt", b"one")])
        file = db.session.scalars(select(Evidence)).one()
        file.asked_by_id, file.asked_at, file.withdrawal_reason = world.official.id, issue.updated_at, "有身份证号"
        file.withdrawn_by_id, file.withdrawn_at = world.supervisor.id, issue.updated_at
    assert shown(tmp_path, world.supervisor, TODAY)[issue.number]["佐证材料数"] is None


def test_a_ledger_asks_the_same_number_of_questions_however_long_it_is(world: World, tmp_path: Path) -> None:
    asked = []
    for number, seed in ((5, 1), (60, 2)):
        with transaction():
            make_varied(world, number, seed)
            table = actions.export_rows(ALL, world.root_supervisor, today=TODAY, layout=BUILT_IN["standard"])
        with sent() as statements:
            assert len(list(table.rows)) == table.count
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_only_what_a_ledger_shows_is_asked_for(world: World, tmp_path: Path) -> None:
    chosen = Layout("a", "甲", tuple(map(Placed, ("number", "title", "blank"))))
    with transaction():
        assign_one(world)
        table = actions.export_rows(ALL, world.supervisor, today=TODAY, layout=chosen)
    with sent() as statements:
        assert [row[2] for row in table.rows] == [None]
    told = [statement for statement, _ in statements]
    assert not any("evidence" in text or "progress_entry" in text or "finding" in text for text in told)
    assert set(GATHERED) <= {column.code for column in COLUMNS}


def test_a_lamp_is_a_word_in_its_colour_and_no_lamp_is_neither(world: World, tmp_path: Path) -> None:
    with transaction():
        make_varied(world, 40)
    lit = {item.row.number: item.lamp for item in queries.listing(ALL, world.root_supervisor, LATE, None, 100).items}
    assert {*lit.values()} >= {Lamp.RED, Lamp.GREEN, None}
    with transaction():
        actions.export_to(
            tmp_path / "list.xlsx", world.root_supervisor, today=LATE, filters=ALL, layout=BUILT_IN["standard"]
        )
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").active
    heads = {cell.value: cell.column for cell in sheet[3]}
    for row in sheet.iter_rows(min_row=4):
        cell, lamp = row[heads["亮灯"] - 1], lit[row[heads["问题编号"] - 1].value]
        ground = cell.fill.fgColor.rgb if cell.fill.fill_type else None
        assert ground == (f"FF{COLOURS[lamp.value][0][1:]}" if lamp else None)
        assert bool(cell.value) == bool(lamp)


def test_money_put_right_is_corrected_and_told_like_any_figure(world: World) -> None:
    with transaction():
        issue = assign_one(world, list_one(world, amount=Decimal(100)))
        issues.correct(issue, world.supervisor, today=TODAY + timedelta(days=1), reason="核实",
                       changes={"amount_done": Decimal("12.50")})  # fmt: skip
    assert db.session.scalars(select(Issue.amount_done)).one() == Decimal("12.50")


def test_the_documents_table_is_the_table_of_columns() -> None:
    text = (ROOT / "docs" / "ledgers.md").read_text("utf-8")
    lines = text.partition("<!-- columns -->")[2].partition("<!-- /columns -->")[0].strip().splitlines()[2:]
    told = [tuple(cell.strip(" `") for cell in line.strip("|").split("|")) for line in lines]
    assert [(code, head) for code, head, _, _ in told] == [(column.code, column.label) for column in COLUMNS]
    assert {head for _, head, _, back in told if not back} == VIEWS | {"序号"}
