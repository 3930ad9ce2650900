"""Sorting a document and writing its findings down, on both engines: all or nothing, by whom it was handed to."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.inspections.test_actions import hand_over
from tests.world import World
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.feedback import actions, queries
from tracker.feedback.models import Draft
from tracker.inspections.models import Document, Finding, Proposal

TEXT = """一、饮水安全
1.新邵县2处断水。（牵头单位：市水利局；责任单位：新邵县水利局）整改时限：8月底前
2.武冈市1处断水；新邵县漏报3处。
2019年6月30日
"""


def drafted(world: World, text: str = TEXT) -> Draft:
    """Inside a transaction."""
    inspection = hand_over(world)
    feedback = actions.read(text, received_on=inspection.received_on)
    return actions.bring(inspection, world.root_supervisor, feedback, io.BytesIO(text.encode()), "反馈.txt")


def test_a_document_is_sorted_and_written_down_on_both_engines(any_world: World) -> None:
    with transaction():
        draft = drafted(any_world)
        second = [entry for entry in queries.entries_of(draft) if entry.passed is None][1]
        actions.split(second, any_world.root_supervisor, second.wording.replace("；", "；\n\n"))
        seen, document_id = draft.version, draft.document_id
    with transaction():
        made = actions.confirm(db.session.get_one(Draft, draft.id), any_world.root_supervisor, seen=seen)
    assert [(finding.clause, finding.wording, finding.county_id) for finding in made][1:] == [
        ("一2", "武冈市1处断水；", any_world.wugang.id), ("一2", "新邵县漏报3处。", any_world.xinshao.id),
    ]  # fmt: skip
    proposal = db.session.get_one(Proposal, made[0].id)
    assert (proposal.lead_unit, proposal.units, proposal.kind) == ("市水利局", "新邵县水利局", "time_limited")
    assert (proposal.deadline, proposal.category_id) == (date(2019, 8, 31), any_world.categories[2].id)
    assert db.session.get_one(Document, document_id).entered_at is not None
    assert db.session.scalar(select(func.count()).where(Event.verb == "record_finding")) == 3


def test_one_entry_that_cannot_be_written_keeps_all_of_them_back(world: World) -> None:
    with transaction():
        draft = drafted(world, TEXT + f"3.{'长' * 5_001}。\n")
    with pytest.raises(Refused, match="第 3 条不能登记"), transaction():
        actions.confirm(draft, world.root_supervisor, seen=draft.version)
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 0
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 1


def test_only_the_supervisor_it_was_handed_to_may_sort(world: World) -> None:
    with transaction():
        draft = drafted(world)
        entry = queries.entries_of(draft)[1]
    for who in (world.supervisor, world.stranger, world.city_leader):
        for act in (
            lambda who: actions.take_out(entry, who),
            lambda who: actions.confirm(draft, who, seen=draft.version),
        ):
            with pytest.raises(Refused), transaction():
                act(who)
    assert queries.entries_of(draft)[1].passed is None


def test_far_too_many_entries_and_none_at_all_are_refused(world: World) -> None:
    for text, word in (("\n".join(f"{n % 9 + 1}.某村断水。" for n in range(501)), "501"), ("\n \n", "没有读到文字")):
        with pytest.raises(Refused, match=word), transaction():
            drafted(world, text)
