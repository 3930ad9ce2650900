"""A ledger taken in and written out again says what it said: whatever its words, its columns' names and their order."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledgers.ledger_world import saved, workbook
from tests.ledgers.test_formats import saved_again
from tests.world import TODAY, World
from tracker.base.db import transaction
from tracker.ledgers import actions
from tracker.ledgers.columns import FIELDS
from tracker.ledgers.reading import Reading
from tracker.register import actions as register
from tracker.register.layouts import BUILT_IN, Layout
from tracker.register.rules import ALL_YEARS, Filters

COUNTIES = ("新邵县", "武冈市")
SOURCES = {"省考核": "provincial_assessment", "审计": "audit", "媒体曝光": "media", "群众举报": "public_report"}
CATEGORIES = ("安全饮水", "小额贷款", "资金项目管理", "涉贫信访舆情", "两不愁三保障")
STATES = ("已交办", "整改中", "已销号", "待验收")
KINDS = ("限期整改", "立行立改", "长期坚持")
UNITS = ("水利局", "财政局", "扶贫办公室", "住房和城乡建设局", "龙溪铺镇人民政府")
OFFICIALS = ("李志强", "欧阳文", "刘芳")
#: One person of each unit: namesakes are another test's.
PEOPLE = dict(
    zip(
        ((county, unit) for county in COUNTIES for unit in UNITS),
        ["钱进", "孙立", "周洲", "吴越", "郑重", "冯春", "陈晨", "褚良", "卫星", "蒋平"],
        strict=True,
    )
)
COLUMNS = ("number", "title", "source", "clause", "category", "county", "place", "lead_official", "lead_unit", "responsible_units",
           "responsible_person", "task_force", "requirement", "kind", "handed_over", "deadline", "deadline_written", "state", "progress",
           "struck_off_on", "amount", "amount_done", "quantity_unit", "quantity_total", "quantity_done")  # fmt: skip
PLACES = {"新邵县": ("新邵县", "龙溪铺镇", "沙坪村"), "武冈市": ("武冈市",)}
#: Words that are also another field's, or that need a second column to mean this one.
UNSURE = {"整改到位日期", "办结要求", "单位", "部门", "问题"}
TEXT = st.text(st.sampled_from("村水管网户危房资金未拨付=+-@,;'\"<>&%（）、。《》12０３ \n\t"), min_size=4, max_size=60)
_SERIES = count(1)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    county = draw(st.sampled_from(COUNTIES))
    units = draw(st.lists(st.sampled_from(UNITS), min_size=1, max_size=3, unique=True))
    kind = draw(st.sampled_from(KINDS))
    state = draw(st.sampled_from(STATES))
    total = draw(st.none() | st.integers(1, 500))
    past = st.dates(date(2019, 1, 1), TODAY)
    due = st.dates(date(2019, 1, 1), date(2020, 12, 31))
    return {
        "title": "问题" + draw(TEXT) + f"之{next(_SERIES)}",
        "source": draw(st.sampled_from(sorted(SOURCES))),
        "clause": draw(st.none() | st.integers(1, 30).map("湘整〔2019〕3号第{}条".format)),
        "category": draw(st.sampled_from(CATEGORIES)),
        "county": county,
        "place": draw(st.sampled_from(PLACES[county])),
        "lead_official": draw(st.sampled_from(OFFICIALS)),
        "lead_unit": county + units[0],
        "responsible_units": draw(st.sampled_from("、；\n")).join(county + unit for unit in units),
        "responsible_person": PEOPLE[county, units[0]],
        "task_force": draw(st.sampled_from(["饮水安全专班", "危房改造专班"])),
        "requirement": draw(TEXT),
        "kind": kind,
        "handed_over": draw(past),
        "deadline": draw(due) if kind != "长期坚持" else draw(st.none() | due),
        "deadline_written": draw(st.none() | st.sampled_from(["8月底前", "收到后30个工作日内", "立行立改"])),
        "state": state,
        "progress": draw(st.none() | TEXT),
        "struck_off_on": draw(past) if state == "已销号" else None,
        "amount": draw(st.none() | st.integers(1, 9_999_999)),
        "amount_done": draw(st.none() | st.integers(1, 9_999_999)),
        "quantity_unit": draw(st.sampled_from(["户", "处", "公里"])) if total else None,
        "quantity_total": total,
        "quantity_done": draw(st.integers(1, total)) if total else None,
    }


@st.composite
def headers(draw: st.DrawFn) -> dict[str, str]:
    """Any word for each field, in any order."""
    words = {field.code: [word for word in field.words.split() if word not in UNSURE] for field in FIELDS}
    named = {code: draw(st.sampled_from(words[code][:12])) for code in draw(st.permutations(COLUMNS))}
    return {**named, **{code: named[code] + "（元）" for code in ("amount", "amount_done")}}


def _cells(header: dict[str, str], problems: list[dict[str, Any]]) -> list[list[Any]]:
    return [list(header.values()), *([problem[code] for code in header] for problem in problems)]


def _file(kind: str, cells: list[list[Any]]) -> bytes:
    if kind == "xlsx":
        book = workbook({"台账": cells})
        for cell in (cell for row in book["台账"].iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"  # openpyxl would make a formula of text that begins with =
        return saved(book)
    text = io.StringIO()
    csv.writer(text, delimiter={"csv": ",", "tab.csv": "\t"}[kind]).writerows(cells)
    return text.getvalue().encode("gb18030")


def _meaning(reading: Reading) -> dict[str | None, Any]:
    """What a reading says, by number; spaces and line ends in a wording are no meaning."""
    return {
        row.number: (
            "".join(row.title.split()), row.source, row.category, row.county, row.lead_official, row.lead_unit,
            row.responsible_units, row.responsible_person, "".join(row.requirement.split()), row.kind,
            row.deadline or row.proposed_deadline, row.deadline_written if row.deadline_written != str(row.deadline) else "", row.state,
            row.clause, row.region, row.task_force, "".join(row.progress.split()), row.struck_off_on, row.amount, row.amount_done,
            row.quantity_unit, row.quantity_total, row.quantity_done,
        )
        for row in reading.rows
    }  # fmt: skip


def _taken_in(world: World, data: bytes, name: str) -> Reading:
    reading = actions.read(data, name, today=TODAY)
    assert (reading.errors, reading.asks) == ([], [])
    with transaction():
        plan = actions.plan_import(reading, world.root_supervisor, title=f"台账{next(_SERIES)}", today=TODAY)
        actions.apply_import(
            plan, world.root_supervisor, stream=io.BytesIO(data), file_name=name, today=TODAY, create_missing=True
        )
    return reading


def _written_out(world: World, target: Path, layout: Layout) -> bytes:
    with transaction():
        register.export_to(target, world.root_supervisor, today=TODAY, filters=Filters(year=ALL_YEARS), layout=layout)
    return target.read_bytes()


def _numbered(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"number": f"XS-2019-{next(_SERIES):05d}", **problem} for problem in problems]


@given(st.data())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_comes_in_goes_out_with_the_same_meaning(world: World, tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["xlsx", "csv", "tab.csv"]))
    problems = _numbered(data.draw(st.lists(rows(), min_size=1, max_size=6)))
    reading = _taken_in(world, _file(kind, _cells(data.draw(headers()), problems)), f"台账.{kind}")
    said = _meaning(reading)
    assert len(said) == len(problems)
    placed = BUILT_IN["standard"].columns
    layout = Layout("ours", "台账", tuple(data.draw(st.permutations(placed))))
    for name in ("list.xlsx", "list.csv"):
        again = _meaning(actions.read(_written_out(world, tmp_path / name, layout), name, today=TODAY))
        assert {number: again.get(number) for number in said} == said


@pytest.mark.libreoffice
def test_libreoffice_between_changes_nothing(world: World, tmp_path: Path, soffice: str) -> None:
    """Out by us, saved again by the office's program, read again by us."""
    chance = random.Random(2019)
    problems = _numbered(
        [
            {
                "title": f"={number}号问题，资金“未拨付”\n-30万元", "source": chance.choice(sorted(SOURCES)),
                "category": chance.choice(CATEGORIES), "county": "新邵县", "lead_official": "李志强",
                "lead_unit": "市水利局", "responsible_units": "市水利局、市财政局", "responsible_person": "钱进",
                "requirement": "+限期拨付", "kind": "限期整改", "deadline": date(2019, 8, 1 + number), "state": STATES[number % 2],
                "amount": number * 1000, "amount_done": number * 10, "clause": f"第{number}条", "place": "沙坪村",
                "task_force": "饮水安全专班", "progress": f"进展{number}", "handed_over": date(2019, 7, 1), "quantity_unit": "户",
                "quantity_total": 93, "quantity_done": number + 1, "deadline_written": None, "struck_off_on": None,
            }
            for number in range(20)
        ]
    )  # fmt: skip
    header = {code: next(field.words.split()[0] for field in FIELDS if field.code == code) for code in COLUMNS}
    cells = _cells({**header, "amount": "涉及金额（元）", "amount_done": "已整改金额（元）"}, problems)
    reading = _taken_in(world, _file("xlsx", cells), "台账.xlsx")
    ours = tmp_path / "台账.xlsx"
    _written_out(world, ours, BUILT_IN["standard"])
    for name in ("ods", "xls"):
        assert _meaning(
            actions.read(saved_again(ours, soffice, name, tmp_path), f"台账.{name}", today=TODAY)
        ) == _meaning(reading)


def test_the_comparison_itself_can_fail(world: World) -> None:
    """A row that says something else is not the same in meaning."""
    (problem,) = _numbered([{**dict.fromkeys(COLUMNS), "title": "问题一", "source": "审计", "category": "安全饮水", "county": "新邵县",
                             "state": "已交办", "deadline": date(2019, 8, 1), "kind": "限期整改"}])  # fmt: skip
    header = {code: next(field.words.split()[0] for field in FIELDS if field.code == code) for code in COLUMNS}
    reading = actions.read(_file("xlsx", _cells(header, [problem])), "台账.xlsx", today=TODAY)
    other = replace(reading, rows=(replace(reading.rows[0], amount=Decimal(1)),))
    assert _meaning(other) != _meaning(reading)
