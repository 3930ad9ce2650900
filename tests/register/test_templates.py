"""An office's own ledgers: what a template may be, who uses it, and that what goes out by it comes back the same."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.effort import rounds
from tests.ledgers import ledger_world
from tests.ledgers.test_exported_again import make_list
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, sign_in
from tracker.accounts.models import User
from tracker.base.access import Conflict, Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.base.sheets_out import print_shape
from tracker.issues.models import Issue
from tracker.ledgers import actions as ledgers
from tracker.ledgers.columns import By
from tracker.ledgers.models import LedgerTemplate
from tracker.register import actions, queries
from tracker.register.layouts import BUILT_IN, Layout, Placed, drafted, reads
from tracker.register.rules import ALL_YEARS, Filters
from tracker.register.sheet import COLUMNS, PLAIN

ALL = Filters(year=ALL_YEARS)
#: Without these a row that comes back is not understood.
NEEDED = ("number", "wording", "source", "category", "county", "state")


def layout(*columns: str | Placed, title: str = "本局台账", by: By | None = None) -> Layout:
    return Layout("", title, tuple(Placed(each) if isinstance(each, str) else each for each in columns), by, own=True)


def saved(chosen: Layout, who: User, *, shared: bool = False) -> LedgerTemplate:
    with transaction():
        return actions.save_template(None, chosen, who, shared=shared)


def out(chosen: Layout, who: User, target: Path, filters: Filters = ALL) -> bytes:
    with transaction():
        actions.export_to(target, who, today=TODAY, filters=filters, layout=chosen)
    return target.read_bytes()


def back(data: bytes, who: User, name: str = "list.xlsx") -> Any:
    reading = ledgers.read(data, name, today=TODAY, by=who)
    assert (reading.errors, reading.asks) == ([], [])
    return ledgers.plan_import(reading, who, today=TODAY)


# --- what a template may be -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        (layout(), "一个栏目都没有"),
        (layout("number", title=" "), "请填写台账标题"),
        (layout("number", "deadline", "deadline"), "“整改时限”有 2 栏"),
        (layout(Placed("number", "号"), Placed("ledger_number", "号")), "有 2 栏的表头都是“号”"),
        (layout(Placed("number", "备注"), "blank"), "有 2 栏的表头都是“备注”"),
        (layout("number", Placed("blank", "导出信息（请勿改动）")), "是系统导出时自己用的一栏"),
        (layout("number", *(Placed("blank", f"第{n}栏") for n in range(120))), "最多 120 栏"),
        (layout("number", Placed("amount", "涉及金额")), "“涉及金额”没有写明单位，请写成“涉及金额（元）”或者“涉及金额（万元）”"),
    ],
)  # fmt: skip
def test_a_ledger_that_could_not_be_told_apart_is_not_kept(world: World, chosen: Layout, told: str) -> None:
    with pytest.raises(Refused, match=told):
        saved(chosen, world.supervisor)
    assert db.session.scalars(select(LedgerTemplate)).all() == []


def test_the_same_head_under_different_ones_and_blanks_as_often_as_asked_are_told_apart(world: World) -> None:
    duty = (Placed("lead_unit", "单位", "牵头"), Placed("responsible_units", "单位", "责任"))
    saved(layout("number", *duty, Placed("blank", "意见"), Placed("blank", "意见")), world.supervisor)


@pytest.mark.parametrize("title", ["导出信息", "选项", "History", "///"])
def test_a_title_that_is_no_name_of_a_sheet_is_written_all_the_same(world: World, tmp_path: Path, title: str) -> None:
    with transaction():
        number = assign_one(world).number
    chosen = layout(*NEEDED, title=title)
    (entry,) = back(out(chosen, world.root_supervisor, tmp_path / "list.xlsx"), world.root_supervisor).entries
    assert entry.issue_number == number
    ledgers.blank_ledger(io.BytesIO(), world.root_supervisor, title=title, columns=chosen.to_fill_in(str))


def test_what_a_superiors_form_hides_is_no_column_of_its_template(world: World) -> None:
    book = ledger_world.workbook({"表": [["整改台账"], ["序号", "问题描述", "责任单位", "内部意见", "整改时限"]]})
    book.active.column_dimensions["D"].hidden = True
    reading = ledgers.opened(ledger_world.saved(book), "表样.xlsx")
    assert [each.code for each in drafted(reading.title, reading.sheets[0].headings).columns] == [
        "serial", "wording", "responsible_units", "deadline",
    ]  # fmt: skip


def test_two_templates_of_an_office_have_two_titles(world: World) -> None:
    saved(layout("number"), world.supervisor)
    with pytest.raises(Refused, match="本单位已有标题是“本局台账”的模板"):
        saved(layout("wording"), world.supervisor2)
    saved(layout("wording"), world.stranger)  # another office


@pytest.mark.parametrize("widths", [[20], [60] * 5, [60] * 11, [60] * 60])
def test_a_wide_ledger_goes_on_over_further_pages_instead_of_growing_too_small_to_read(widths: list[int]) -> None:
    shape = print_shape(widths)
    assert 6.5 <= shape.points <= 11
    one_less = 11 * 213 * (shape.pages - 1) / sum(widths)
    assert one_less < 6.5


# --- who uses it ------------------------------------------------------------------------------------------------


def titles(who: User) -> list[str]:
    return [each.title for each in queries.layouts(who).values() if each.own]


def test_a_template_is_its_offices_own_unless_it_is_shared_with_those_below(any_world: World) -> None:
    world = any_world
    saved(layout("number", title="市里自用"), world.root_supervisor)
    saved(layout("number", title="上报市里", by=By.COUNTY), world.root_supervisor, shared=True)
    saved(layout("number", title="县里共用"), world.supervisor, shared=True)
    saved(layout("number", title="饮水专项"), world.water_supervisor)
    assert sorted(titles(world.root_supervisor)) == ["上报市里", "市里自用"]
    assert sorted(titles(world.city_leader)) == ["上报市里", "市里自用"]  # the same office
    assert titles(world.supervisor) == ["县里共用", "上报市里"]  # its own first
    assert sorted(titles(world.official)) == ["上报市里", "县里共用"]
    assert sorted(titles(world.town_official)) == ["上报市里", "县里共用"]
    assert titles(world.stranger) == ["上报市里"]
    assert titles(world.water_supervisor) == ["饮水专项", "上报市里"]
    assert queries.layout_named("上报市里", world.stranger).by is By.COUNTY


def test_only_the_office_changes_its_template_and_only_a_supervisor(world: World) -> None:
    template = saved(layout("number"), world.root_supervisor, shared=True)
    for who in (world.supervisor, world.city_leader, world.official):
        with pytest.raises(Refused, match="不由您的单位维护"), transaction():
            actions.save_template(template, layout("wording"), who)
        with pytest.raises(Refused, match="不由您的单位维护"), transaction():
            actions.remove_template(template, who)
    with transaction():
        actions.save_template(template, layout("wording"), world.root_supervisor2)
    assert [each["code"] for each in template.columns] == ["wording"]
    with pytest.raises(Missing):
        queries.own_template(template.id, world.supervisor)


def test_one_line_of_work_does_not_give_its_template_to_everybody(world: World) -> None:
    with pytest.raises(Refused, match="只有管本地区全部类别的督查人员"):
        saved(layout("number"), world.water_supervisor, shared=True)


def test_of_two_who_change_it_the_second_hears_of_the_first(world: World) -> None:
    template = saved(layout("number"), world.supervisor)
    version = template.version
    with transaction():
        actions.save_template(template, layout("wording"), world.supervisor, version=version)
    with pytest.raises(Conflict), transaction():
        actions.save_template(template, layout("deadline"), world.supervisor2, version=version)
    assert [each["code"] for each in template.columns] == ["wording"]


def test_what_became_of_a_template_is_on_record(world: World) -> None:
    template = saved(layout("number"), world.supervisor)
    with transaction():
        actions.save_template(template, layout("number"), world.supervisor)  # nothing else: nothing happened
    with transaction():
        actions.save_template(template, layout("number", by=By.COUNTY), world.supervisor)
    with transaction():
        actions.remove_template(template, world.supervisor)
    events = db.session.scalars(select(Event).where(Event.subject == "ledger_template").order_by(Event.id)).all()
    assert [event.verb for event in events] == ["set_ledger_template", "set_ledger_template", "remove_ledger_template"]
    assert events[1].data["changed"] == {"by": [None, "county"]}
    assert titles(world.supervisor) == []


def test_the_command_finds_a_template_by_its_title_the_own_one_first(world: World) -> None:
    saved(layout("number", title="月报"), world.root_supervisor, shared=True)
    mine = saved(layout("wording", title="月报"), world.supervisor)
    assert queries.layout_named("月报", world.supervisor).name == str(mine.id)
    assert queries.layout_named("county", world.supervisor) is BUILT_IN["county"]
    with pytest.raises(Refused, match="没有叫“周报”的台账模板，现有：superior、county、clearance、standard、月报"):
        queries.layout_named("周报", world.supervisor)


# --- what goes out ----------------------------------------------------------------------------------------------


def test_words_of_an_office_stand_as_they_were_typed(world: World, tmp_path: Path) -> None:
    with transaction():
        assign_one(world)
    chosen = layout("serial", Placed("number", "号"), Placed("deadline", "何时", "时限"), Placed("lamp", above="时限"))
    book = openpyxl.load_workbook(io.BytesIO(out(chosen, world.supervisor, tmp_path / "list.xlsx")))
    sheet = book.active
    assert sheet["A1"].value == "本局台账"
    assert [cell.value for cell in sheet[3]] == ["序号", "号", "时限", None]
    assert [cell.value for cell in sheet[4]] == [None, None, "何时", "亮灯"]
    assert {str(merged) for merged in sheet.merged_cells.ranges} >= {"A3:A4", "B3:B4", "C3:D3"}


def test_money_stands_in_the_unit_its_head_says_and_comes_back_whole(world: World, tmp_path: Path) -> None:
    with transaction():
        issue = list_one(world, amount=Decimal("123456.78"))
    chosen = layout(*NEEDED, Placed("amount", "涉及金额", "资金（万元）"))
    saved(chosen, world.supervisor)
    data = out(chosen, world.supervisor, tmp_path / "list.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[5]][-1] == pytest.approx(12.345678)
    (entry,) = back(data, world.supervisor).entries
    assert (entry.issue_number, entry.differences) == (issue.number, ())


def test_the_columns_that_say_which_row_it_is_stand_on_every_page_across() -> None:
    assert layout("serial", "county", "number", "wording").leading == 3
    assert layout("serial", "county", "category", "number").leading == 0
    assert BUILT_IN["standard"].leading == 2


# --- what comes back --------------------------------------------------------------------------------------------

_READ_BACK = {"requirement", "lead_unit", "responsible_units", "deadline", "kind", "responsible_person", "task_force"}


@st.composite
def ledgers_of_an_office(draw: st.DrawFn) -> tuple[Layout, str]:
    """The needed columns and some others, in any order, under heads nobody else uses; and a file's name. A text file has
    no title to be known by: enough of its heads must say what they are."""
    name = draw(st.sampled_from(("list.xlsx", "list.csv")))
    fixed = {"number", "wording", "amount", "amount_done"} | (set(NEEDED) if name == "list.csv" else set())
    others = [column.code for column in COLUMNS if column.code not in NEEDED]
    codes = draw(st.permutations([*NEEDED, *draw(st.sets(st.sampled_from(others)))]))
    columns: list[Placed] = []
    for at, code in enumerate(codes):
        renamed = code not in fixed and draw(st.booleans())
        head = draw(st.sampled_from(("第{}项", "本局{}栏", "责任单位{}", "时限{}"))).format(at) if renamed else ""
        columns.append(Placed(code, head, draw(st.sampled_from(("", "", "甲组", "乙组")))))
    columns += [Placed("blank", f"手填{at}") for at in range(draw(st.integers(0, 2)))]
    return layout(*columns, by=draw(st.sampled_from((None, *By))), title="本局的台账"), name


@given(ledger=ledgers_of_an_office())
@settings(max_examples=rounds(15), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_ledger_by_any_template_comes_back_as_it_went_out(
    world: World, tmp_path: Path, ledger: tuple[Layout, str]
) -> None:
    chosen, name = ledger
    if not db.session.scalars(select(Issue.id)).first():
        with transaction():
            make_list(world, 12)
            for _ in range(2):
                assign_one(world)
    for old in queries.own_templates(world.root_supervisor):
        with transaction():
            actions.remove_template(old, world.root_supervisor)
    saved(chosen, world.root_supervisor)
    plan = back(out(chosen, world.root_supervisor, tmp_path / name), world.root_supervisor, name)
    assert [(each.issue_number, each.differences) for each in plan.entries if each.differences] == []
    assert plan.count("same") == len(plan.entries) > 10


def test_what_is_typed_under_an_offices_own_head_is_read_back(world: World, tmp_path: Path) -> None:
    with transaction():
        number = assign_one(world).number
    chosen = layout(*NEEDED, Placed("requirement", "要办成什么样"), Placed("lamp", "颜色"), Placed("blank", "县里意见"))
    saved(chosen, world.root_supervisor, shared=True)
    book = openpyxl.load_workbook(io.BytesIO(out(chosen, world.supervisor, tmp_path / "list.xlsx")))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[3]}
    line = next(cell.row for cell in sheet["A"] if cell.value == number)
    sheet.cell(line, heads["要办成什么样"]).value = "年底前全村通水"
    sheet.cell(line, heads["颜色"]).value = "绿"
    sheet.cell(line, heads["县里意见"]).value = "同意"
    changed = io.BytesIO()
    book.save(changed)
    (entry,) = back(changed.getvalue(), world.supervisor).entries  # the county brings back the city's ledger
    assert [(each.column, each.after) for each in entry.differences] == [("requirement", "年底前全村通水")]


def test_a_column_whose_meaning_a_template_tells_is_searched_for_no_deadline(world: World, tmp_path: Path) -> None:
    with transaction():
        issue = assign_one(world)  # 八月底前; what must be done says 九月底前
        issue.requirement = "九月底前全村通水"
    chosen = layout(*NEEDED, Placed("requirement", "整改要求及时限"))
    saved(chosen, world.root_supervisor)
    (entry,) = back(out(chosen, world.root_supervisor, tmp_path / "list.xlsx"), world.root_supervisor).entries
    assert (entry.issue_number, entry.differences) == (issue.number, ())


def test_a_view_of_ours_is_not_read_back_whatever_it_is_called() -> None:
    columns = [
        Placed("original_deadline", "第一次的时限"),
        Placed("title"),
        Placed("wording"),
        Placed("deadline", "现时限"),
    ]
    assert reads(columns) == {"第一次的时限": "", "问题标题": "", "问题描述": "title", "现时限": "deadline"}
    assert reads(columns[:2])["问题标题"] == "title"  # where nothing says it in full


def test_a_blank_in_an_offices_columns_is_read_back_as_it_was_filled_in(client: FlaskClient, world: World) -> None:
    money = Placed("amount", "涉及金额", "资金（万元）")
    chosen = layout("serial", Placed("county", "哪个县"), Placed("wording", "毛病"), Placed("source", "谁查的"),
                    Placed("category", "哪一类"), money, Placed("deadline", "何时改好"), "lamp", "original_deadline",
                    Placed("blank", "县里意见"), title="各村填报表")  # fmt: skip
    template = saved(chosen, world.root_supervisor, shared=True)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/ledger-templates/blank.xlsx?layout={template.id}").data))
    sheet = book.worksheets[0]
    heads = [low.value or up.value for up, low in zip(sheet[3], sheet[4], strict=True)]
    assert heads == [
        "序号",
        "哪个县",
        "毛病",
        "谁查的",
        "哪一类",
        "涉及金额",
        "何时改好",
        "县里意见",
    ]  # none of our views
    chosen_from = {str(rule.sqref)[0] for rule in sheet.data_validations.dataValidation}
    assert chosen_from == {"B", "D", "E"}
    row = (1, "新邵县", "沙坪村水管老化漏水", "审计", "安全饮水", 1.5, "2019年12月底前", "同意")
    for column, value in enumerate(row, 1):
        sheet.cell(5, column, value)
    filled = io.BytesIO()
    book.save(filled)
    reading = ledgers.read(filled.getvalue(), "填好.xlsx", today=TODAY, by=world.supervisor)
    assert (reading.errors, reading.asks) == ([], [])
    (read,) = reading.rows
    assert (read.county, read.title, read.source, read.category) == (
        "新邵县",
        "沙坪村水管老化漏水",
        "audit",
        "安全饮水",
    )
    assert (read.amount, str(read.deadline)) == (Decimal(15000), "2019-12-31")


# --- from a superior's form -------------------------------------------------------------------------------------

FORM = (
    ("序号", ""), ("问题编号", ""), ("反馈问题", ""), ("牵头\n市领导", "责任体系"), ("牵头部门", "责任体系"),
    ("责任单位", "责任体系"), ("整改措施", ""), ("完成时限", ""), ("涉及金额（万元）", ""), ("是否销号", ""), ("市级复核意见", ""),
)  # fmt: skip


def form_of(heads: Sequence[tuple[str, str]], rows: int = 0) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "2019年脱贫攻坚问题整改情况统计表"
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(heads))
    for at, (head, above) in enumerate(heads, 1):
        if above:
            if at < 2 or heads[at - 2][1] != above:
                sheet.cell(2, at, above)
                last = at + sum(1 for _, other in heads[at - 1 :] if other == above) - 1
                sheet.merge_cells(start_row=2, end_row=2, start_column=at, end_column=last)
            sheet.cell(3, at, head)
        else:
            sheet.cell(2, at, head)
            sheet.merge_cells(start_row=2, end_row=3, start_column=at, end_column=at)
    for line in range(rows):
        sheet.cell(4 + line, 1, line + 1)
        sheet.cell(4 + line, 3, f"问题{line}")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("rows", [0, 3])
def test_a_superiors_form_becomes_a_template_that_prints_the_same_header(
    world: World, tmp_path: Path, rows: int
) -> None:
    reading = ledgers.opened(form_of(FORM, rows), "表样.xlsx")
    chosen = drafted(reading.title, reading.sheets[0].headings)
    assert chosen.title == "2019年脱贫攻坚问题整改情况统计表"
    assert [each.code for each in chosen.columns] == [
        "serial", "number", "wording", "lead_official", "lead_unit", "responsible_units", "requirement", "deadline", "amount",
        "cleared_how", "blank",
    ]  # fmt: skip
    saved(chosen, world.supervisor)
    sheet = openpyxl.load_workbook(io.BytesIO(out(chosen, world.supervisor, tmp_path / "list.xlsx"))).active
    assert sheet["A1"].value == chosen.title
    upper, lower = ([cell.value for cell in sheet[row]] for row in (3, 4))
    assert [(low or up).replace(" ", "") for up, low in zip(upper, lower, strict=True)] == [
        head.replace("\n", "") for head, _ in FORM
    ]
    assert upper[3] == "责任体系"
    assert "D3:F3" in {str(merged) for merged in sheet.merged_cells.ranges}


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(app: Flask, world: World) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(app.test_client(), world.supervisor)


def fields(*columns: str | Placed, **besides: str) -> dict[str, str]:
    sent = {"title": "月报", "by": "", **besides}
    for at, each in enumerate(columns):
        each = Placed(each) if isinstance(each, str) else each
        sent |= {f"columns-{at}-code": each.code, f"columns-{at}-head": each.head, f"columns-{at}-above": each.above}
        sent[f"columns-{at}-width"] = str(each.width or "")
    return sent


def shown(page: str) -> list[str]:
    """The columns on the page, in order: what is chosen in each row."""
    rows = page.split('class="column-row"')[1:]
    return [row.split('selected value="')[1].split('"')[0] for row in rows]


def test_a_template_is_made_on_its_page_and_offered_where_the_list_is_taken_out(
    client: FlaskClient, world: World
) -> None:
    with transaction():
        assign_one(world)
    answer = client.post(
        "/ledger-templates/new", data=fields("number", Placed("wording", "问题", width=30), by="county")
    )
    assert answer.location == "/ledger-templates"
    (template,) = db.session.scalars(select(LedgerTemplate)).all()
    assert "月报" in client.get("/ledger-templates").text
    assert f"/register/export.xlsx?layout={template.id}" in client.get("/register").text
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/register/export.xlsx?layout={template.id}").data))
    assert [cell.value for cell in book.active[3]] == ["问题编号", "问题"]
    page = client.get(f"/ledger-templates/{template.id}").text
    assert shown(page) == ["number", "wording"]
    assert 'value="30"' in page
    changed = fields("wording", title="周报", version=str(template.version))
    assert client.post(f"/ledger-templates/{template.id}", data=changed).location == "/ledger-templates"
    assert client.post(f"/ledger-templates/{template.id}", data=changed).status_code == 409  # from the page of before
    assert client.post(f"/ledger-templates/{template.id}/remove").location == "/ledger-templates"
    assert client.get(f"/register/export.xlsx?layout={template.id}").status_code == 404


@pytest.mark.parametrize(
    ("pressed", "order"),
    [
        ({"columns-1-up": "1"}, ["number", "serial", "lamp"]),
        ({"columns-1-down": "1"}, ["serial", "lamp", "number"]),
        ({"columns-0-up": "1"}, ["serial", "number", "lamp"]),
        ({"columns-2-down": "1"}, ["serial", "number", "lamp"]),
        ({"columns-0-drop": "1"}, ["number", "lamp"]),
        ({"add": "1", "unused": ["state", "blank"]}, ["serial", "number", "lamp", "state", "blank"]),
        ({"show": "1"}, ["serial", "number", "lamp"]),
    ],
)
def test_a_press_arranges_the_columns_keeps_what_was_typed_and_stores_nothing(
    client: FlaskClient, pressed: dict[str, Any], order: list[str]
) -> None:
    columns = ("serial", Placed("number", "号", "上头"), "lamp")
    answer = client.post("/ledger-templates/new", data=fields(*columns, title="没写完") | pressed)
    assert (answer.status_code, shown(answer.text)) == (200, order)
    assert 'value="没写完"' in answer.text
    place = order.index("number")
    assert f'id="columns-{place}-head" maxlength="80" name="columns-{place}-head"' in answer.text
    assert answer.text.count('value="号"') == 1
    offered = answer.text.split('id="more"')[1]
    assert ('value="serial"' in offered) == ("serial" not in order)
    assert 'value="blank"' in offered  # as often as asked
    assert db.session.scalars(select(LedgerTemplate)).all() == []


def test_what_is_wrong_is_said_and_what_was_typed_stays(client: FlaskClient) -> None:
    answer = client.post("/ledger-templates/new", data=fields(Placed("amount", "金额"), "number", title="月报二"))
    assert answer.status_code == 422
    assert "“金额”没有写明单位" in answer.text
    assert shown(answer.text) == ["amount", "number"]
    wide = client.post("/ledger-templates/new", data=fields(Placed("number", width=500)))
    assert (wide.status_code, "宽度写 1 到 120 的整数" in wide.text) == (422, True)
    empty = client.post("/ledger-templates/new", data=fields(title=""))
    assert (empty.status_code, "请填写台账标题" in empty.text) == (422, True)


def test_a_template_begins_with_another_one(client: FlaskClient, world: World) -> None:
    assert shown(client.get("/ledger-templates/new?like=county").text) == [
        each.code for each in BUILT_IN["county"].columns
    ]
    shared = saved(layout("lamp", title="市里的"), world.root_supervisor, shared=True)
    page = client.get(f"/ledger-templates/new?like={shared.id}").text
    assert (shown(page), 'value="市里的（副本）"' in page) == (["lamp"], True)
    assert shown(client.get("/ledger-templates/new").text) == []


def test_a_form_is_read_on_its_page_and_kept_only_when_it_is_saved(client: FlaskClient) -> None:
    answer = client.post("/ledger-templates/sample", data={"file": (io.BytesIO(form_of(FORM)), "表样.xlsx")})
    assert len(shown(answer.text)) == len(FORM)
    assert "市级复核意见" in answer.text.split("系统里没有对应的内容")[1].split("</p>")[0]
    assert 'action="/ledger-templates/new"' in answer.text
    assert db.session.scalars(select(LedgerTemplate)).all() == []
    for data, name in ((b"", "空.xlsx"), (b"no table", "文.docx")):
        bad = client.post("/ledger-templates/sample", data={"file": (io.BytesIO(data), name)})
        assert bad.status_code == 422
    nothing = client.post("/ledger-templates/sample", data={"file": (io.BytesIO("通知".encode()), "通知.csv")})
    assert (nothing.status_code, "没有找到表头" in nothing.text) == (422, True)


def test_another_offices_template_does_not_exist_and_officials_keep_none(
    app: Flask, client: FlaskClient, world: World
) -> None:
    template = saved(layout("number"), world.root_supervisor)
    assert client.get(f"/ledger-templates/{template.id}").status_code == 404
    assert client.post(f"/ledger-templates/{template.id}/remove").status_code == 404
    assert client.get(f"/register/export.xlsx?layout={template.id}").status_code == 404
    assert client.get(f"/ledger-templates/blank.xlsx?layout={template.id}").status_code == 404
    official = sign_in(app.test_client(), world.official)
    assert official.get("/ledger-templates").status_code == 403
    assert official.get("/ledger-templates/blank.xlsx?layout=county").status_code == 403


def test_the_page_of_templates_asks_the_same_however_many_there_are(client: FlaskClient, world: World) -> None:
    asked = []
    for many in (1, 6):
        for at in range(many):
            saved(layout("number", title=f"{many}-{at}"), world.supervisor)
        client.get("/ledger-templates")
        with sent() as statements:
            client.get("/ledger-templates")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_plain_columns_are_of_the_table() -> None:
    assert {column.code for column in PLAIN} <= {column.code for column in COLUMNS}


def test_the_import_says_by_which_template_it_read_a_ledger(client: FlaskClient, world: World, tmp_path: Path) -> None:
    with transaction():
        assign_one(world)
    chosen = layout(*NEEDED, Placed("requirement", "要办成什么样"))
    saved(chosen, world.root_supervisor, shared=True)
    data = out(chosen, world.supervisor, tmp_path / "list.xlsx")
    preview = client.post("/ledgers/new", data={"file": (io.BytesIO(data), "list.xlsx")}).location
    assert "栏目照台账模板“本局台账”理解" in client.get(preview).text
    again = client.post(preview, data={"act": "read", "template": "本局台账"})
    assert "栏目照台账模板“本局台账”理解" in again.text
