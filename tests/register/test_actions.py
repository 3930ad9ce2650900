"""The list as a file: exactly what is filtered, in its order, nothing live, and who took it on record."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from tests.register.varied import make_varied
from tests.world import TODAY, World, assign_one, list_one
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.base.sheets_out import csv_pieces
from tracker.ledgers.columns import choices
from tracker.progress.models import ProgressEntry
from tracker.register import actions, queries
from tracker.register.rules import ALL_YEARS, Filters, Group, Sort
from tracker.register.sheet import PLAIN

LABELS = [column.label for column in PLAIN]


def exported(filters: Filters, person: object) -> list[dict[str, object]]:
    with transaction():
        table = actions.export_rows(filters, person, today=TODAY)  # type: ignore[arg-type]
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert len(rows) == table.count
    return rows


@pytest.mark.parametrize("filters", [
    Filters(), Filters(year=ALL_YEARS, sort=Sort.COUNTY, turned=True), Filters(overdue=True, sort=Sort.OVERDUE),
    Filters(q="饮水", group=Group.CONCRETE), Filters(unit="新邵县水利局", sort=Sort.NUMBER), Filters(q="没有这样的词"),
])  # fmt: skip
def test_an_export_is_the_filtered_list_in_its_order(
    world: World, filters: Filters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "CHUNK", 7)
    with transaction():
        make_varied(world, 60)
    for person in (world.root_supervisor, world.supervisor, world.stranger):
        shown = queries.listing(filters, person, TODAY, None, 1_000).items
        assert [row["问题编号"] for row in exported(filters, person)] == [item.row.number for item in shown]


def test_a_row_says_what_the_page_says(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        for text in ("开工了", "管网已接通"):
            db.session.add(ProgressEntry(issue_id=issue.id, by_id=world.official.id, at=issue.updated_at, text=text))
    (row,) = exported(Filters(), world.supervisor)
    assert (row["问题来源"], row["问题类别"], row["县市区"], row["所在地"]) == (
        "省考核通报",
        "安全饮水",
        "新邵县",
        "沙坪村",
    )
    assert (row["牵头领导"], row["责任单位"], row["责任人"]) == (
        world.leader.name, "新邵县水利局、新邵县财政局", world.official.name)  # fmt: skip
    assert (row["整改状态"], row["整改时限"], row["整改进展"]) == ("已交办", issue.deadline, "管网已接通")


def test_an_export_stays_on_record_without_what_people_typed(world: World) -> None:
    with transaction():
        assign_one(world)
    exported(Filters(q="王建国", county=world.xinshao.id), world.supervisor)
    event = db.session.scalars(select(Event).where(Event.verb == "export")).one()
    assert (event.subject, event.actor_id) == ("register", world.supervisor.id)
    assert event.data == {"filters": {"county": [str(world.xinshao.id)]}, "rows": 0}
    assert event.remark is not None
    assert event.remark.text == "q=王建国"


def test_whoever_may_not_export_gets_nothing_and_leaves_no_record(world: World) -> None:
    with pytest.raises(Refused), transaction():
        actions.export_rows(Filters(), world.auditor, today=TODAY)
    assert db.session.scalars(select(Event).where(Event.verb == "export")).all() == []


def test_text_like_a_formula_stays_text(world: World, tmp_path: Path) -> None:
    with transaction():
        list_one(world, title='=HYPERLINK("http://example.org";"点这里")', wording="")
    for name in ("list.xlsx", "list.csv"):
        with transaction():
            assert actions.export_to(tmp_path / name, world.supervisor, today=TODAY) == 1
    cell = openpyxl.load_workbook(tmp_path / "list.xlsx").active["B3"]  # type: ignore[index]
    assert (cell.data_type, cell.value[:10]) == ("s", "=HYPERLINK")
    (_, row) = csv.reader(io.StringIO((tmp_path / "list.csv").read_text("utf-8-sig")))
    assert row[1].startswith("'=HYPERLINK")


def test_csv_in_pieces_is_one_csv(world: World) -> None:
    with transaction():
        make_varied(world, 30)
        table = actions.export_rows(Filters(year=ALL_YEARS), world.root_supervisor, today=TODAY)
    content = b"".join(csv_pieces(table.columns, table.rows, size=4))
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert (head, len(rows)) == (LABELS, table.count)
    assert content.count(b"\xef\xbb\xbf") == 1


class _Stopped(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_an_export_stopped_on_the_way_leaves_the_file_that_was_there(world: World, tmp_path: Path, name: str) -> None:
    with transaction():
        make_varied(world, 3)
    (tmp_path / name).write_bytes(b"the old list")
    heard: list[tuple[int, int]] = []

    def told(done: int, total: int) -> None:
        heard.append((done, total))
        raise _Stopped

    with pytest.raises(_Stopped), transaction():
        actions.export_to(
            tmp_path / name, world.root_supervisor, today=TODAY, filters=Filters(year=ALL_YEARS), told=told
        )
    assert [done == total > 0 for done, total in heard] == [True]
    assert (tmp_path / name).read_bytes() == b"the old list"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


def test_a_file_name_must_say_what_it_is(world: World, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"\.xlsx"), transaction():
        actions.export_to(tmp_path / "list.docx", world.supervisor, today=TODAY)


def test_an_import_understands_the_heads_of_an_export() -> None:
    fields = {"问题编号": "number", "问题描述": "title", "问题来源": "source", "问题类别": "category", "县市区": "county",
              "整改类型": "kind", "整改状态": "state", "整改时限": "deadline", "牵头领导": "lead_official",
              "牵头单位": "lead_unit", "责任单位": "responsible_units", "责任人": "responsible_person",
              "整改要求": "requirement", "整改进展": "progress", "涉及金额（元）": "amount"}  # fmt: skip
    assert fields.keys() <= set(LABELS)
    for label, field in fields.items():
        assert field in {code for _, code in choices((label,))}, label
