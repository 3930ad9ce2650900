"""A ledger of many rows taken in with every check, beside the bare read and the bare insert of the same rows."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import Table, create_engine, func, insert, select

from tests.bench.volume import COUNTIES, Volume
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import Base, db, transaction
from tracker.issues.models import Issue
from tracker.ledgers import actions
from tracker.settings.rules import CATEGORIES

HEADER = ("序号", "问题编号", "问题来源", "问题描述", "问题类别", "县市区", "牵头领导", "牵头单位", "责任单位", "责任人", "整改措施",
          "整改时限", "整改状态", "涉及金额（万元）", "整改进展")  # fmt: skip
SOURCES = ("中央巡视", "省考核", "审计", "媒体曝光", "群众举报")
STATES = ("已交办", "整改中", "已销号")
DEADLINES = ("2019年8月底前", "立行立改", "长期坚持", "2019年12月31日", "9月中旬", "2019.10.20")
#: What an import writes for each row.
TABLES = ("issue", "issue_unit", "issue_text", "overdue_episode", "event", "ledger_row", "evidence", "progress_entry")


def write_ledger(target: Path, number: int) -> None:
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["邵阳市问题整改台账（截至2019年7月31日）"])
    sheet.write_row(1, 0, HEADER)
    for row in range(number):
        sheet.write_row(row + 2, 0, _row(row))
    book.close()


def _row(number: int) -> list[Any]:
    county = COUNTIES[number % len(COUNTIES)]
    family = "国志建伟明"[number % 5]
    return [
        number + 1, f"TZ-2019-{number + 1:06d}", SOURCES[number % len(SOURCES)],
        f"{county}第{number}号：集中供水工程完工后未移交管护，{number % 97}户群众吃水困难，管护责任不清。",
        CATEGORIES[number % len(CATEGORIES)][0], county, f"李{family}强", f"{county}水利局", f"{county}水利局、{county}财政局",
        f"王{family}军", "更换设备；延伸管网；建立管护机制并落实到人。", DEADLINES[number % len(DEADLINES)],
        STATES[number % len(STATES)], round(number % 1000 * 1.37, 2), f"第{number}次调度：已完成招标，正在施工。",
    ]  # fmt: skip


def _took(work: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def take_in(volume: Volume, folder: Path, number: int) -> None:
    """Read, plan and apply; then the same rows copied by nothing but an insert of each table."""
    path = folder / "ledger.xlsx"
    write_ledger(path, number)
    data, actor, today = path.read_bytes(), db.session.get_one(User, volume.supervisor), clock.today()
    bare_read, _ = _took(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    last = db.session.scalar(select(func.max(Issue.id))) or 0
    read, reading = _took(lambda: actions.read(data, path.name, today=today))
    planned, plan = _took(lambda: actions.plan_import(reading, actor, today=today))

    def apply() -> None:
        with transaction():
            how = {"create_missing": True, "accept_new": True, "trial": True}
            actions.apply_import(plan, actor, stream=io.BytesIO(data), file_name=path.name, today=today, **how)

    applied, _ = _took(apply)
    rows = dict(_written_after(last))
    bare_insert = _insert_bare(folder / "bare-rows.db", rows)
    whole, bare = read + planned + applied, bare_read + bare_insert
    click.echo(
        f"  a ledger of {number:,} rows taken in: {whole:6.1f} s (read {read:.1f}, plan {planned:.1f}, apply {applied:.1f})"
        f"  {whole / bare:5.1f} × bare read and insert of {sum(map(len, rows.values())):,} rows"
        f" ({bare_read:.1f} + {bare_insert:.1f} s)"
    )


def _written_after(last: int) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows that belong to the issues after ``last``."""
    for name in TABLES:
        table = Base.metadata.tables[name]
        mine = {"issue": "id", "event": "subject_id"}.get(name, "issue_id")
        found = db.session.execute(select(table).where(table.c[mine] > last))
        yield table, [dict(row._mapping) for row in found]


def _insert_bare(path: Path, rows: dict[Table, list[dict[str, Any]]]) -> float:
    """Into empty tables with the same indexes, in one transaction."""
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        took, _ = _took(lambda: [connection.execute(insert(table), found) for table, found in rows.items() if found])
    engine.dispose()
    return took


#: The whole list of the folder's database to a workbook, as the command does it.
EXPORT = """
import sys
from pathlib import Path
from tests.world import make_app
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.register.actions import export_to
from tracker.register.rules import ALL_YEARS, Filters
folder, person = Path(sys.argv[1]), int(sys.argv[2])
with make_app(folder).app_context(), transaction():
    actor = db.session.get_one(User, person)
    print(export_to(folder / "list.xlsx", actor, today=clock.today(), filters=Filters(year=ALL_YEARS)))
"""


def export(volume: Volume, folder: Path) -> None:
    """All rows out in a process of its own, with the largest memory it ever had."""
    command = [sys.executable, "-c", EXPORT, str(folder), str(volume.leader)]
    begun = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = running.stdout.read().strip() if running.stdout else ""
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    took, size = time.perf_counter() - begun, (folder / "list.xlsx").stat().st_size
    click.echo(
        f"  {int(said):,} rows out to a workbook of {size // 1024:,} KB: {took:.1f} s,"
        f" {usage.ru_maxrss / 1024:.0f} MB at most"
    )
