"""An issue that changed after the list was taken out is not written over by the list coming back: a person decides."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from tests.ledgers.ledger_world import saved, workbook
from tests.ledgers.test_exported_again import brought_back, cell, taken_out
from tests.ledgers.test_formats import saved_again
from tests.ledgers.test_mapping import fields_of
from tests.ledgers.test_routes import upload
from tests.world import NOW, TODAY, World, assign_one, sign_in
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.sheets import TAKEN_COLUMN, TAKEN_OUT
from tracker.base.sheets_in import read_workbook
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.ledgers import actions
from tracker.ledgers.plan import LEDGER, LIST, ImportPlan
from tracker.ledgers.vocabulary import Correction
from tracker.register import actions as register
from tracker.register.rules import ALL_YEARS, Filters

REQUIREMENT = ("整改要求", "整改要求及措施")


def correct(number: str, actor: Any, **changes: Any) -> None:
    with transaction():
        issues.correct(found(number), actor, today=TODAY, reason="核实", changes=changes)


def found(number: str) -> Issue:
    return db.session.scalars(select(Issue).where(Issue.number == number)).one()


@pytest.fixture
def two(world: World, tmp_path: Path) -> tuple[str, str, Any]:
    """Two issues, and the list with both taken out and one requirement edited."""
    with transaction():
        numbers = assign_one(world).number, assign_one(world).number
    book = taken_out(world, tmp_path, None)
    cell(book, numbers[0], REQUIREMENT).value = "台账改的要求"
    return (*numbers, book)


def take_in(world: World, plan: ImportPlan, file: bytes) -> dict[str, int]:
    with transaction():
        done = actions.apply_import(
            plan, world.root_supervisor, stream=io.BytesIO(file), file_name="list.xlsx", today=TODAY
        )
    return done.counts


def decided(world: World, file: bytes, **said: str) -> ImportPlan:
    reading = actions.read(file, "list.xlsx", today=TODAY)
    given = {("" if number == "others" else number): text for number, text in said.items()}
    return actions.plan_import(reading, world.root_supervisor, today=TODAY, decided=given)


def test_an_edited_row_whose_issue_stood_still_is_no_conflict(world: World, two: tuple[str, str, Any]) -> None:
    edited, other, book = two
    correct(other, world.root_supervisor, requirement="清单改的要求")
    plan, file = brought_back(world, book)
    entries = {entry.issue_number: entry for entry in plan.entries}
    assert not entries[edited].conflicts
    assert entries[other].conflicts  # not edited, but the list's newer word would be written over
    assert take_in(world, decided(world, file, others=LIST), file)["changed"] == 1
    assert (found(edited).requirement, found(other).requirement) == ("台账改的要求", "清单改的要求")


def test_by_command_a_conflict_is_refused_with_its_rows_named_and_nothing_changes(
    world: World, two: tuple[str, str, Any]
) -> None:
    edited, _, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    plan, file = brought_back(world, book)
    entry = next(entry for entry in plan.entries if entry.issue_number == edited)
    assert [change.verb for change in entry.meanwhile] == ["correct"]
    with pytest.raises(Refused, match=edited):
        take_in(world, plan, file)
    assert found(edited).requirement == "清单改的要求"


@pytest.mark.parametrize(("choice", "holds"), [(LEDGER, "台账改的要求"), (LIST, "清单改的要求")])
def test_what_a_person_decides_holds(world: World, two: tuple[str, str, Any], choice: str, holds: str) -> None:
    edited, _, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    _, file = brought_back(world, book)
    counts = take_in(world, decided(world, file, **{edited: choice}), file)
    assert found(edited).requirement == holds
    assert counts["changed"] == (choice == LEDGER)


def test_what_time_alone_did_is_no_conflict(world: World, two: tuple[str, str, Any]) -> None:
    edited, _, book = two
    with transaction():
        found(edited).version += 1  # as a job would, without a person's act
    plan, file = brought_back(world, book)
    assert not any(entry.conflicts for entry in plan.entries)
    assert take_in(world, plan, file)["changed"] == 1


def test_rows_sorted_cut_and_copied_keep_their_versions(world: World, two: tuple[str, str, Any]) -> None:
    edited, other, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    sheet = book.active
    row = cell(book, other, ("问题编号",)).row
    sheet.delete_rows(row)
    sheet.insert_cols(1)
    plan, _ = brought_back(world, book)
    assert [(entry.issue_number, entry.conflicts) for entry in plan.entries] == [(edited, True)]


def test_a_list_whose_unseen_sheet_is_gone_or_spoilt_comes_back_as_before(
    world: World, two: tuple[str, str, Any]
) -> None:
    edited, _, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    book[TAKEN_OUT]["B1"].value = "不知道"
    plan, _ = brought_back(world, book)
    assert plan.reading.taken_out is None
    del book[TAKEN_OUT]
    plan, _ = brought_back(world, book)
    assert not any(entry.conflicts for entry in plan.entries)


@pytest.mark.libreoffice
def test_the_versions_survive_another_office_program(
    world: World, two: tuple[str, str, Any], tmp_path: Path, soffice: str
) -> None:
    edited, _, _ = two
    ours = (tmp_path / "list.xlsx").rename(tmp_path / "台账.xlsx")
    for name in ("ods",):
        book = read_workbook(saved_again(ours, soffice, name, tmp_path / "saved"))
        assert book.taken_out is not None
        assert book.taken_out.versions[edited] == found(edited).version
        assert [sheet.name for sheet in book.sheets] == ["问题整改台账"]


def test_nothing_we_write_holds_a_formula(world: World, two: tuple[str, str, Any], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    assert book[TAKEN_OUT].sheet_state == "veryHidden"
    types = {each.data_type for sheet in book for row in sheet.iter_rows() for each in row}
    assert "f" not in types


def test_the_page_shows_both_sides_and_asks_for_each_row(app: Any, world: World, two: tuple[str, str, Any]) -> None:
    edited, _, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    _, file = brought_back(world, book)
    client = sign_in(app.test_client(), world.root_supervisor)
    preview = upload(client, file, "list.xlsx").location
    page = client.get(preview).text
    assert all(words in page for words in ("台账和清单都改过的", "清单改的要求", "台账改的要求", "更正"))
    refused = client.post(preview, data={**fields_of(page), "act": "import"})
    assert (refused.status_code, edited in refused.text) == (422, True)
    sent = {**fields_of(refused.text), f"conflict:{edited}": LEDGER, "act": "import"}
    assert client.post(preview, data=sent).status_code == 302
    assert found(edited).requirement == "台账改的要求"


def test_what_was_done_before_the_list_was_taken_out_is_not_told(world: World, tmp_path: Path) -> None:
    with transaction():
        number = assign_one(world).number
    correct(number, world.root_supervisor, requirement="先改的")
    with time_machine.travel(NOW + timedelta(days=4000)):
        book = taken_out(world, tmp_path, None)
    with time_machine.travel(NOW + timedelta(days=4001)):
        correct(number, world.root_supervisor, requirement="后改的")
    cell(book, number, REQUIREMENT).value = "台账改的"
    plan, _ = brought_back(world, book)
    assert len(plan.entries[0].meanwhile) == 1


# --- csv has no second sheet: the versions stand in its last column -------------------------------------------------


def csv_out(world: World, folder: Path) -> list[list[str]]:
    with transaction():
        register.export_to(folder / "list.csv", world.root_supervisor, today=TODAY, filters=Filters(year=ALL_YEARS))
    return [*csv.reader(io.StringIO((folder / "list.csv").read_text("utf-8-sig")))]


def as_csv(rows: list[list[str]]) -> tuple[str, bytes]:
    text = io.StringIO()
    csv.writer(text, delimiter="\t").writerows(rows)
    return "list.csv", text.getvalue().encode("gb18030")


def as_xlsx(rows: list[list[str]]) -> tuple[str, bytes]:
    """As a spreadsheet saves a csv it has opened."""
    return "list.xlsx", saved(workbook({"list": rows}))


def moved(rows: list[list[str]]) -> list[list[str]]:
    """The last column made the first, a title above, the rows turned round."""
    return [["问题整改台账"], *([row[-1], *row[:-1]] for row in (rows[0], *reversed(rows[1:])))]


@pytest.mark.parametrize("arranged", [list, moved])
@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_csv_brought_back_shows_its_conflicts_and_its_last_column_is_no_content(
    world: World, tmp_path: Path, written: Any, arranged: Any
) -> None:
    with transaction():
        edited, other = assign_one(world).number, assign_one(world).number
    rows = csv_out(world, tmp_path)
    assert rows[0][-1] == TAKEN_COLUMN
    place = rows[0].index("整改要求")
    for row in rows[1:]:
        row[place] = "台账改的要求"
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    name, data = written(arranged(rows))
    reading = actions.read(data, name, today=TODAY)
    assert (reading.errors, reading.asks) == ([], [])
    assert TAKEN_COLUMN not in reading.heads
    assert not any("#" in text for row in reading.rows for _, text in row.others)
    plan = actions.plan_import(reading, world.root_supervisor, today=TODAY)
    assert {entry.issue_number: entry.conflicts for entry in plan.entries} == {edited: True, other: False}


def test_two_csv_put_together_count_from_the_earlier_and_spoilt_marks_say_nothing(world: World, tmp_path: Path) -> None:
    with transaction():
        one, two = assign_one(world).number, assign_one(world).number
    with time_machine.travel(NOW, tick=False):
        early = csv_out(world, tmp_path)
    version = found(one).version
    correct(one, world.root_supervisor, requirement="清单改的要求")
    with time_machine.travel(NOW + timedelta(days=1)):
        late = csv_out(world, tmp_path)
    taken = read_workbook(as_csv([*early, *late[1:]])[1], "list.csv").taken_out
    assert taken is not None
    assert (taken.at, taken.versions[one]) == (NOW, version)
    for row in early[1:]:
        row[-1] = f"{row[-1]}改"
    book = read_workbook(as_csv(early)[1], "list.csv")
    assert book.taken_out is None
    assert {row[-1] for row in book.sheets[0].rows} == {""}
    assert found(two).number in {str(row[0]) for row in book.sheets[0].rows}


def test_a_list_handed_back_to_be_put_right_still_knows_its_versions(world: World, two: tuple[str, str, Any]) -> None:
    edited, other, book = two
    correct(edited, world.root_supervisor, requirement="清单改的要求")
    cell(book, other, ("整改时限",)).value = "2019-02-30"
    out, mended = io.BytesIO(), io.BytesIO()
    actions.hand_back(out, saved(book), "list.xlsx", world.root_supervisor, today=TODAY, correction=Correction())
    again = openpyxl.load_workbook(out)
    assert again[TAKEN_OUT].sheet_state == "veryHidden"
    cell(again, other, ("整改时限",)).value = found(other).deadline
    again.save(mended)
    reading = actions.read(mended.getvalue(), "list.xlsx", today=TODAY)
    plan = actions.plan_import(reading, world.root_supervisor, today=TODAY)
    assert {entry.issue_number: entry.conflicts for entry in plan.entries} == {edited: True, other: False}


def test_a_row_is_still_its_issue_though_the_title_was_put_right_meanwhile(
    world: World, two: tuple[str, str, Any]
) -> None:
    edited, _, book = two
    wording = found(edited).wording or found(edited).title
    correct(edited, world.root_supervisor, title="与前完全两样的说法", wording=wording)
    plan, _ = brought_back(world, book)
    entry = next(entry for entry in plan.entries if entry.issue_number == edited)
    assert entry.conflicts
    assert not any(each.unsure for each in plan.entries)
