"""A list taken out, worked on in Excel and brought back: the number says which issue a row is, and only edits differ."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.register.varied import make_varied
from tests.world import NOW, TODAY, World, assign_one
from tracker.base.db import db, transaction
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.ledgers import actions
from tracker.ledgers.plan import ImportPlan, wording_of
from tracker.org.models import Region, RegionBelow
from tracker.progress.models import ProgressEntry
from tracker.register import actions as register
from tracker.register.layouts import BUILT_IN
from tracker.register.rules import ALL_YEARS, Filters

ALL = Filters(year=ALL_YEARS)
EDITS = {
    "requirement": ("整改要求", "整改要求及措施"),
    "wording": ("问题描述",),
}


def make_list(world: World, number: int) -> None:
    for issue in make_varied(world, number):
        if issue.kind is Kind.IMMEDIATE and issue.state is State.PLANNING:
            issue.kind = Kind.TIME_LIMITED  # the chance of ``varied`` makes what no path leads to
        if issue.id % 3 == 0:  # as an import puts a wording together
            issue.wording = (
                f"{issue.title}\n群众反映强烈，年底前必须解决，且已有多次信访\n备注：{'由乡镇督办' * (issue.id % 20)}"
            )


def taken_out(world: World, folder: Path, layout: str | None) -> Any:
    target = folder / "list.xlsx"
    with transaction():
        register.export_to(
            target,
            world.root_supervisor,
            today=TODAY,
            filters=ALL,
            layout=BUILT_IN[layout] if layout else None,
        )
    return openpyxl.load_workbook(target)


def brought_back(world: World, book: Any) -> tuple[ImportPlan, bytes]:
    out = io.BytesIO()
    book.save(out)
    reading = actions.read(out.getvalue(), "list.xlsx", today=TODAY)
    assert (reading.errors, reading.asks) == ([], [])
    return actions.plan_import(reading, world.root_supervisor, today=TODAY), out.getvalue()


def cell(book: Any, number: str, heads: tuple[str, ...]) -> Any:
    sheet = book.active
    column = next(each.column for row in sheet.iter_rows(max_row=4) for each in row if each.value in heads)
    line = next(each.row for row in sheet.iter_rows() for each in row if each.value == number)
    return sheet.cell(line, column)


def _report_twice(world: World) -> None:
    """So that a ledger shows this month's progress and the last one's."""
    mine = {"by_id": world.root_supervisor.id, "at": NOW}
    for issue in db.session.scalars(select(Issue.id)).all():
        db.session.add_all(ProgressEntry(issue_id=issue, text=text, **mine) for text in ("已进场", "已完工一半"))


def _name_a_second_village(world: World, name: str) -> None:
    """Another one of the same county: the name alone does not say which is meant."""
    village = Region(name=name, level=world.regions["shaping"].level, parent=world.xinshao)
    db.session.add(village)
    db.session.flush()
    above = (village, world.xinshao, world.xinshao.parent)
    db.session.add_all(
        RegionBelow(ancestor_id=region.id, region_id=village.id, depth=depth) for depth, region in enumerate(above)
    )


@pytest.mark.parametrize("layout", [None, *sorted(BUILT_IN)])
def test_a_list_brought_back_as_it_went_out_changes_nothing(world: World, tmp_path: Path, layout: str | None) -> None:
    with transaction():
        make_list(world, 40)
        _report_twice(world)
        _name_a_second_village(world, "沙坪村")
    plan, _ = brought_back(world, taken_out(world, tmp_path, layout))
    differing = [
        (entry.issue_number, found.label, found.before, found.after)
        for entry in plan.entries
        for found in entry.differences
    ]
    assert differing == []
    assert plan.count("same") == len(plan.entries)
    assert len(plan.entries) > 20
    assert (plan.new_units, plan.new_people, plan.obstacles) == ((), (), ())


@given(data=st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_edited_is_what_differs_and_what_is_applied(world: World, tmp_path: Path, data: st.DataObject) -> None:
    with transaction():
        if not db.session.scalar(select(func.count()).select_from(Issue)):
            make_list(world, 8)
        numbers = [assign_one(world).number for _ in range(2)]
    layout = data.draw(st.sampled_from([None, *sorted(BUILT_IN)]))
    book = taken_out(world, tmp_path, layout)
    columns = [
        column
        for column, heads in EDITS.items()
        if any(each.value in heads for row in book.active.iter_rows(max_row=4) for each in row)
    ]
    edits = data.draw(st.dictionaries(st.sampled_from(numbers), st.sampled_from(columns), min_size=1))
    for number, column in edits.items():
        place = cell(book, number, EDITS[column])
        place.value = f"{place.value or ''}，限期办结"
    plan, file = brought_back(world, book)
    differing = {entry.issue_number: [found.column for found in entry.differences] for entry in plan.entries}
    assert {number: found for number, found in differing.items() if found} == {
        number: [column] for number, column in edits.items()
    }
    before = db.session.scalar(select(func.count()).select_from(Issue))
    with transaction():
        done = actions.apply_import(
            plan, world.root_supervisor, stream=io.BytesIO(file), file_name="list.xlsx", today=TODAY
        )
    assert (done.counts["new"], done.counts["changed"]) == (0, len(edits))
    assert db.session.scalar(select(func.count()).select_from(Issue)) == before
    for number, column in edits.items():
        issue = db.session.scalars(select(Issue).where(Issue.number == number)).one()
        assert getattr(issue, column).endswith("，限期办结")


def test_a_row_typed_into_an_export_is_asked_about(world: World, tmp_path: Path) -> None:
    with transaction():
        number = assign_one(world).number
    book = taken_out(world, tmp_path, None)
    line = cell(book, number, ("问题编号",)).row
    sheet = book.active
    for place in sheet[line]:
        sheet.cell(line + 1, place.column, place.value)
    sheet.cell(line + 1, 1, "XX-9999")
    cell(book, "XX-9999", ("问题描述",)).value = "全新的一件事，与上面毫不相干"
    plan, _ = brought_back(world, book)
    assert (plan.count("same"), plan.count("unsure")) == (1, 1)


def test_the_lists_number_on_wholly_other_words_is_never_taken_for_the_issue(world: World, tmp_path: Path) -> None:
    """Alone it is another ledger's own counting; among rows of the list it is asked about."""
    with transaction():
        number = assign_one(world).number
    book = taken_out(world, tmp_path, None)
    cell(book, number, ("问题描述",)).value = "全新一件事"
    plan, _ = brought_back(world, book)
    assert [(entry.fate, entry.issue_number) for entry in plan.entries] == [("new", None)]
    with transaction():
        assign_one(world)
    book = taken_out(world, tmp_path, None)
    cell(book, number, ("问题描述",)).value = "全新一件事"
    plan, _ = brought_back(world, book)
    assert sorted(entry.fate for entry in plan.entries) == ["same", "unsure"]


def test_a_list_taken_to_another_office_brings_the_problem_and_not_our_view_of_it(world: World, tmp_path: Path) -> None:
    with transaction():
        issue = assign_one(world)
    book = taken_out(world, tmp_path, "standard")
    with transaction():
        db.session.get_one(Issue, issue.id).number = "QT-1"  # here nobody knows the row's number
    plan, _ = brought_back(world, book)
    (entry,) = plan.entries
    assert entry.issue_id is None
    assert wording_of(entry.row) == issue.wording
    assert entry.region_id == world.shaping.id
    told = {problem.code for problem in plan.reading.warnings}
    assert told == set()
