"""Hand-overs and their entries: who may write them down, and that what is written stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from tests.world import TODAY, World, upload
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.inspections.actions import correct_inspection, record_finding, record_findings, record_inspection
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.rules import Entry, Source


def hand_over(world: World, **overrides: Any) -> Inspection:
    """The city's audit of drinking water (inside a transaction)."""
    values: dict[str, Any] = {
        "today": TODAY,
        "source": Source.AUDIT,
        "title": "饮水安全专项审计",
        "region_id": world.city.id,
        "document_number": "邵审〔2019〕7 号",
        "received_on": TODAY,
    }
    by = overrides.pop("by", world.root_supervisor)
    return record_inspection(by, **(values | overrides))


def test_a_hand_over_keeps_source_number_dates_region_and_letter(world: World) -> None:
    with transaction():
        made = hand_over(
            world, began_on=date(2019, 6, 3), ended_on=date(2019, 6, 20), letter=upload("函.txt", "来函".encode())
        )
    assert (made.source, made.document_number, made.region.name) == (Source.AUDIT, "邵审〔2019〕7 号", "邵阳市")
    assert (made.received_on, made.began_on, made.ended_on) == (TODAY, date(2019, 6, 3), date(2019, 6, 20))
    assert made.letter_name == "函.txt"
    assert made.letter is not None
    event = db.session.scalars(select(Event).where(Event.subject == "inspection")).one()
    assert (event.verb, event.data["letter"]) == ("record_inspection", made.letter_sha256)


def test_the_same_hand_over_is_written_down_once_for_a_region(world: World) -> None:
    with transaction():
        hand_over(world)
        hand_over(world, region_id=world.xinshao.id)  # the county has its own
    with pytest.raises(Refused, match="已经登记过"), transaction():
        hand_over(world)


def test_a_hand_over_cannot_come_from_the_future_or_end_before_it_began(world: World) -> None:
    with pytest.raises(Refused, match="还没有到"), transaction():
        hand_over(world, received_on=TODAY + timedelta(days=1))
    with pytest.raises(Refused, match="不能早于"), transaction():
        hand_over(world, began_on=TODAY, ended_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize("who", ["stranger", "supervisor", "water_supervisor", "city_leader", "official", "nobody"])
def test_only_the_supervisor_of_the_region_for_every_category_writes_it_down(world: World, who: str) -> None:
    with pytest.raises(Refused, match="只有这个地区的督查"), transaction():
        hand_over(world, by=world.people[who])


def test_entries_are_written_all_or_none_and_never_twice(world: World) -> None:
    entries = [Entry("第 1 条", "甲问题。"), Entry("第 2 条", "甲问题。"), Entry(None, "乙问题。")]
    with transaction():
        inspection = hand_over(world)
        record_findings(inspection, world.root_supervisor, entries)
    with pytest.raises(Refused, match="第 2 条“乙问题。”已经登记过"), transaction():
        record_findings(inspection, world.root_supervisor, [Entry(None, "丙问题。"), Entry(None, "乙问题。")])
    with pytest.raises(Refused, match="没有读到"), transaction():
        record_findings(inspection, world.root_supervisor, [])
    with pytest.raises(Refused, match="第 1 条不能登记"), transaction():
        record_findings(inspection, world.root_supervisor, [Entry(None, "长" * 5001)])
    assert [finding.wording for finding in inspection.findings] == ["甲问题。", "甲问题。", "乙问题。"]
    assert db.session.scalar(select(func.count()).where(Event.verb == "record_finding")) == 3


def test_entries_of_a_countys_hand_over_lie_in_that_county(world: World) -> None:
    with transaction():
        inspection = hand_over(world, region_id=world.longxipu.id)
        found = record_findings(inspection, world.root_supervisor, [Entry(None, "甲问题。")])
    assert found[0].county_id == world.xinshao.id


def test_listing_joins_the_hand_over_of_the_same_region_only(world: World) -> None:
    same: dict[str, Any] = {"today": TODAY, "source": Source.AUDIT, "title": "饮水安全专项审计"}
    with transaction():
        city = record_finding(world.root_supervisor, wording="甲", **same)
        county = record_finding(world.supervisor, wording="乙", **same)
        again = record_finding(world.supervisor2, wording="丙", **same)
    assert city.inspection_id != county.inspection_id == again.inspection_id
    assert county.inspection.region_id == world.xinshao.id


@pytest.mark.parametrize(
    "slip", ["UPDATE finding SET wording = '改了'", "UPDATE finding SET clause = NULL", "DELETE FROM finding"]
)
def test_a_finding_is_never_edited(any_app: Flask, any_world: World, slip: str) -> None:
    with transaction():
        record_finding(
            any_world.supervisor, today=TODAY, source=Source.AUDIT, title="审计", wording="原话。", clause="1"
        )
    with pytest.raises(DatabaseError, match="never edited"), transaction():
        db.session.execute(text(slip))
    assert db.session.scalar(select(Finding.wording)) == "原话。"


def put_right(made: Inspection, world: World, **changes: Any) -> None:
    values: dict[str, Any] = {
        "today": TODAY,
        "title": made.title,
        "document_number": made.document_number,
        "received_on": made.received_on,
        "reason": "文号登错",
    }
    by = changes.pop("by", world.root_supervisor)
    with transaction():
        correct_inspection(made, by, **(values | changes))


def test_a_hand_over_is_put_right_with_before_and_after_and_its_letter_may_come_later(world: World) -> None:
    with transaction():
        made = hand_over(world)
    put_right(made, world, document_number="邵审〔2019〕8 号", letter=upload("函.txt", "来函".encode()))
    assert (made.document_number, made.letter_name) == ("邵审〔2019〕8 号", "函.txt")
    event = db.session.scalars(select(Event).where(Event.verb == "correct_inspection")).one()
    assert event.data["changed"]["document_number"] == ["邵审〔2019〕7 号", "邵审〔2019〕8 号"]
    assert event.data["changed"]["letter_sha256"] == [None, made.letter_sha256]
    assert event.remark is not None
    assert event.remark.text == "文号登错"


def test_what_cannot_be_is_no_correction_and_changes_nothing(world: World) -> None:
    with transaction():
        made = hand_over(world)
        hand_over(world, title="另一次审计")
    for changes, words in (
        ({}, "没有改动"),
        ({"title": "另一次审计"}, "同名同文号"),
        ({"title": " "}, "请填写检查名称"),
        ({"title": "新名", "reason": " "}, "理由"),
        ({"received_on": TODAY + timedelta(days=1)}, "还没有到"),
        ({"title": "新名", "by": world.stranger}, "只有这个地区的督查"),
    ):
        with pytest.raises(Refused, match=words):
            put_right(made, world, **changes)
    assert made.title == "饮水安全专项审计"
    assert db.session.scalar(select(func.count()).where(Event.verb == "correct_inspection")) == 0
