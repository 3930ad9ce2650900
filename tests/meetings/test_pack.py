"""The pack of a dispatch: every number in the file is the length of a list in the register, for this person, today."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import time_machine
from docx import Document
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from tests.desks.test_routes import counted
from tests.meetings.test_actions import held, meeting_of, written
from tests.register.varied import make_varied
from tests.world import NOW, TODAY, World, assign_one, sign_in
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.issues.queries import issue_numbered
from tracker.meetings import actions, queries
from tracker.meetings.pack import as_word
from tracker.meetings.queries import COUNTY_FIGURES
from tracker.register import queries as register
from tracker.tasks import actions as tasks
from tracker.tasks.models import Task
from tracker.tasks.rules import Asked, Look


def varied(world: World, number: int = 120) -> None:
    with transaction():
        make_varied(world, number)
        for issue in db.session.scalars(select(Issue).where(Issue.id % 7 == 0)):
            issue.relapses = 2
        for issue in db.session.scalars(select(Issue).where(Issue.cleared_on.is_not(None), Issue.id % 2 == 0)):
            issue.cleared_on = TODAY


def texts(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def all_tables(document: Any, first_head: str, last_head: str) -> list[list[list[str]]]:
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [rows for rows in tables if (rows[0][0], rows[0][-1]) == (first_head, last_head)]


def table_under(document: Any, first_head: str, last_head: str) -> list[list[str]]:
    for table in document.tables:
        heads = [cell.text for cell in table.rows[0].cells]
        if (heads[0], heads[-1]) == (first_head, last_head):
            return [[cell.text for cell in row.cells] for row in table.rows[1:]]
    return []


def test_every_number_in_the_file_is_the_length_of_a_list(any_world: World) -> None:
    world = any_world
    varied(world)
    seen: set[str] = set()
    for who, region in (("root_supervisor", "city"), ("supervisor", "xinshao"), ("root_supervisor", "xinshao")):
        meeting = meeting_of(held(world, who, region_id=world.regions[region].id, chair="", participants=""))
        pack = queries.pack(meeting, world.people[who], TODAY)
        document = Document(io.BytesIO(as_word(pack, world.people[who].name, TODAY)))
        said = dict(re.findall(r"([^，。\d]+)(\d+)件", texts(document).split("一、总体情况")[1].split("\n")[1]))
        lists = {
            label: register.listing(filters, world.people[who], TODAY, None)
            for label, filters in queries.lists_of(meeting).items()
        }
        assert {label: int(number) for label, number in said.items()} == {
            label: listing.total for label, listing in lists.items()
        }
        seen |= {label for label in COUNTY_FIGURES if int(said[label])}
        rows = table_under(document, "编号", "逾期天数")
        assert len(rows) == min(20, int(said["逾期"]))
        assert [int(row[-1]) for row in rows] == sorted((int(row[-1]) for row in rows), reverse=True)
        by_county = table_under(document, "县市区", COUNTY_FIGURES[-1])
        if region == "city":
            sums = [sum(int(row[place]) for row in by_county) for place in range(1, 5)]
            assert sums == [int(said[label]) for label in COUNTY_FIGURES]
    assert seen == set(COUNTY_FIGURES)  # or the comparison would say nothing


def test_it_says_who_is_proposed_for_a_talk_and_what_became_of_the_last_decisions(world: World) -> None:
    varied(world, 60)
    first = held(world, participants="")
    with transaction():
        for text, days in (("按时的", 40), ("拖着的", 5), ("办好的", 5)):
            due = TODAY + timedelta(days=days)
            actions.decide(meeting_of(first), text, "新邵县水利局", due, world.supervisor, today=TODAY)
        done = meeting_of(first).decisions[-1].task
        tasks.answer(done, world.official, text="已接通", version=None)
        tasks.accept(done, world.supervisor2, version=None)
    day = TODAY + timedelta(days=30)
    second = meeting_of(held(world, held_on=day, participants=""))
    pack = queries.pack(second, world.supervisor, day)
    document = Document(io.BytesIO(as_word(pack, "周督查", day)))
    outcomes = {row[0]: row[-1] for row in table_under(document, "要做什么", "结果")}
    assert outcomes == {"按时的": "待落实", "拖着的": "逾期25天未落实", "办好的": "已落实：已接通"}
    proposed = table_under(document, "编号", "为什么")
    assert {row[0] for row in proposed} == {one.row.number for one in pack.candidates.shown}
    assert f"提出{pack.candidates.total}件" in texts(document)
    assert all(row[-1] for row in proposed)


def test_instructions_self_checks_and_what_is_left_of_earlier_meetings_are_followed_too(
    app: Flask, world: World
) -> None:
    older, before = held(world, participants=""), held(world, held_on=TODAY + timedelta(days=20), participants="")
    with transaction():
        number = assign_one(world).number
        issue = issue_numbered(number, world.leader)
        due = TODAY + timedelta(days=10)
        actions.decide(meeting_of(older), "三月前的", "新邵县水利局", due, world.supervisor, today=TODAY)
        settled = actions.decide(meeting_of(older), "办好的", "新邵县水利局", due, world.supervisor, today=TODAY)
        tasks.answer(settled, world.official, text="已接通", version=None)
        tasks.accept(settled, world.supervisor2, version=None)
        actions.decide(meeting_of(before), "上次的", "新邵县水利局", due, world.supervisor, today=TODAY)
        for text, today in (("早先没办的批示", TODAY), ("新近的批示", TODAY + timedelta(days=30))):
            asked = Asked(text, TODAY + timedelta(days=40), world.water.id, None)
            answered = tasks.instruct(issue, asked, world.leader, today=today)
        tasks.answer(answered, world.official, text="已到现场", version=None)
        check = tasks.ask_self_check(
            "同类饮水工程", TODAY + timedelta(days=35), [world.water.id, world.finance.id], world.supervisor,
            region_id=world.xinshao.id, today=TODAY + timedelta(days=25),
        )  # fmt: skip
        part = db.session.scalars(select(Task).where(Task.text == check.text, Task.unit_id == world.water.id)).one()
        tasks.answer(part, world.official, text="逐处看过", look=Look("王建国", ("乙村停水",)), version=None)
        day = TODAY + timedelta(days=40)
        meeting_id = actions.save_meeting(None, written(world, held_on=day, participants=""), world.supervisor).id
    meeting = meeting_of(meeting_id)
    document = Document(io.BytesIO(as_word(queries.pack(meeting, world.supervisor, day), "周督查", day)))
    outcomes = [[row[0] for row in rows[1:]] for rows in all_tables(document, "要做什么", "结果")]
    assert outcomes == [["上次的"], ["三月前的"], ["早先没办的批示", "新近的批示"]]
    assert "批示2件，已落实0件" in texts(document)
    assert table_under(document, "查什么", "查出")[0][2:] == ["2个单位答复1个，1个逾期", "1个问题，已列单0个"]
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        page = client.get(f"/meetings/{meeting_id}").text
        book = load_workbook(io.BytesIO(client.get(f"/meetings/{meeting_id}/annex.xlsx").data))
    rows = [[cell.value for cell in row] for row in book["交办事项落实情况"].iter_rows(min_row=3)]
    assert [row[:2] for row in rows] == [
        [f"{TODAY + timedelta(days=20)}会议", "上次的"],
        ["更早的会议", "三月前的"],
        ["领导批示", "早先没办的批示"],
        ["领导批示", "新近的批示"],
        ["举一反三自查", "同类饮水工程"],
    ]
    assert rows[3][2] == number
    assert rows[3][-1] == "待验收：已到现场"
    assert all(row[1] in page for row in rows)
    assert "办好的" not in page


def test_the_files_come_by_one_press_for_whoever_may_and_are_on_record(app: Flask, world: World) -> None:
    varied(world, 60)
    meeting_id = held(world)  # the water bureau takes part
    meeting = meeting_of(meeting_id)
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        page = client.get(f"/meetings/{meeting_id}").text
        for ending in ("pack.docx", "annex.xlsx"):
            assert f"/meetings/{meeting_id}/{ending}" in page
        document = Document(io.BytesIO(client.get(f"/meetings/{meeting_id}/pack.docx").data))
        assert "新邵县2019年7月调度材料" in texts(document)
        sheet = load_workbook(io.BytesIO(client.get(f"/meetings/{meeting_id}/annex.xlsx").data)).worksheets[0]
        filters = queries.lists_of(meeting)[queries.OVERDUE]
        wanted = {item.row.number for item in register.listing(filters, world.supervisor, TODAY, None, 10_000).items}
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None}
        assert wanted
        assert wanted <= cells
        official, stranger = (sign_in(app.test_client(), world.people[who]) for who in ("official", "stranger"))
        for ending in ("pack.docx", "annex.xlsx"):
            assert official.get(f"/meetings/{meeting_id}/{ending}").status_code == 403
            assert stranger.get(f"/meetings/{meeting_id}/{ending}").status_code == 404
    db.session.rollback()
    taken = db.session.scalars(select(Event.subject).where(Event.verb == "export")).all()
    assert sorted(taken) == ["meeting", "register"]


def test_it_costs_the_same_however_long_the_list(world: World) -> None:
    meeting_id, sent = held(world, participants=""), []
    varied(world, 60)
    for _ in range(2):
        with transaction():
            for _more in range(12):
                assign_one(world, deadline=date(2019, 6, 1), today=date(2019, 5, 1))
        meeting = queries.meeting_with_id(meeting_id, world.supervisor)
        with counted() as statements:
            queries.pack(meeting, world.supervisor, date(2019, 7, 1))
        sent.append(len(statements))
    assert sent[0] == sent[1]
