"""A ledger of many rows taken in with every check, beside the bare read and the bare insert of the same rows.

Each engine has a process of its own, so that the largest memory it ever had is the import's and no earlier work's.
"""

from __future__ import annotations

import gc
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import xlsxwriter
from flask_migrate import upgrade
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, Table, create_engine, func, insert, inspect, select, text

from tests.bench.volume import COUNTIES, Volume, build
from tests.needs import postgres_programs
from tests.postgres import PostgresServer, start_cluster, stop_cluster
from tests.world import make_app
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
#: What an import writes for each row; and what it writes besides, where the row says which inspection it answers.
TABLES = ("issue", "issue_unit", "issue_text", "overdue_episode", "event", "ledger_row", "evidence", "progress_entry")
BESIDES = ("finding", "finding_answer")
EDITED = 100  # when it comes again, one row of so many says something else


def write_ledger(target: Path, number: int, *, edited: bool = False, wrong: int = 0) -> None:
    """``wrong``: every so many rows have a deadline that is none."""
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    sheet.write_row(0, 0, ["邵阳市问题整改台账（截至2019年7月31日）"])
    sheet.write_row(1, 0, HEADER)
    for row in range(number):
        cells = _row(row, edited and row % EDITED == 0)
        if wrong and row % wrong == 0:
            cells[HEADER.index("整改时限")] = "2019-02-30"
        sheet.write_row(row + 2, 0, cells)
    book.close()


def _row(number: int, edited: bool) -> list[Any]:
    county = COUNTIES[number % len(COUNTIES)]
    family = "国志建伟明"[number % 5]
    return [
        number + 1, f"TZ-2019-{number + 1:06d}", SOURCES[number % len(SOURCES)],
        f"{county}第{number}号：集中供水工程完工后未移交管护，{number % 97}户群众吃水困难，管护责任不清。",
        CATEGORIES[number % len(CATEGORIES)][0], county, f"李{family}强", f"{county}水利局", f"{county}水利局、{county}财政局",
        f"王{family}军", "更换设备；延伸管网；建立管护机制并落实到人。" + "举一反三。" * edited, DEADLINES[number % len(DEADLINES)],
        STATES[number % len(STATES)], round(number % 1000 * 1.37, 2), f"第{number}次调度：已完成招标，正在施工。",
    ]  # fmt: skip


def _took(work: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Seconds by the clock and of this process's core."""
    gc.collect()
    begun, cpu = time.perf_counter(), time.process_time()
    result = work()
    return (time.perf_counter() - begun, time.process_time() - cpu), result


def take_in(volume: Volume, folder: Path, number: int) -> None:
    """Beside the issues of ``volume``: in its own database (SQLite, in ``folder``), and where a server can be started in
    one on PostgreSQL with as many."""
    write_ledger(folder / "ledger.xlsx", number)
    write_ledger(folder / "again.xlsx", number, edited=True)
    _run("SQLite", folder, "", volume, number)
    if postgres_programs() is not None or os.environ.get("TEST_PG_URL"):
        with _postgres() as urls:
            _run("PostgreSQL", folder, urls, volume, number)


@contextmanager
def _postgres() -> Iterator[str]:
    home = None if os.environ.get("TEST_PG_URL") else start_cluster()
    server = PostgresServer(os.environ.get("TEST_PG_URL") or f"postgresql://postgres@/postgres?host={home}", "bench")
    made = [server.create(), server.create()]  # the second for the bare rows
    try:
        yield "\n".join(made)
    finally:
        for url in made:
            server.drop(url)
        if home:
            stop_cluster(home)


def _run(engine: str, folder: Path, urls: str, volume: Volume, number: int) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger", str(folder), str(volume.issues), str(volume.supervisor)],
        env={**os.environ, "BENCH_URLS": urls}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    _print(engine, number, json.loads(said.stdout.splitlines()[-1]))


def _print(engine: str, number: int, found: dict[str, Any]) -> None:
    first, again, bare = found["first"], found["again"], found["bare"]
    click.echo(f"  a ledger of {number:,} rows taken in, {engine}:")
    for what, phases, memory in (("first", first, found["memory"][0]), ("again, edited", again, found["memory"][1])):
        click.echo(
            f"    {what:<36} {_sum(phases, 0):6.1f} s, {_sum(phases, 1):5.1f} s of a core, {memory:.0f} MB at most ("
            + ", ".join(f"{name} {took[0]:.1f}" for name, took in phases.items())
            + ")"
        )
    for what, names in (
        ("the issues and their rows", ("read", "insert")),
        ("findings and answers too", ("read", "insert", "besides")),
    ):
        chosen = {name: bare[name] for name in names}
        click.echo(
            f"    bare, {what:<30} {_sum(chosen, 0):6.1f} s, {_sum(chosen, 1):5.1f} s of a core:"
            f" {_sum(first, 0) / _sum(chosen, 0):.1f} × by the clock, {_sum(first, 1) / _sum(chosen, 1):.1f} × of a core"
        )


def _sum(phases: dict[str, tuple[float, float]], place: int) -> float:
    return sum(took[place] for took in phases.values())


def _measure(folder: Path, issues: int, supervisor: int) -> dict[str, Any]:
    """Bare read; read, plan, apply; the same with the edited ledger; then all rows of the first into empty tables."""
    ours, bare_url = os.environ["BENCH_URLS"].splitlines() or ["", f"sqlite:///{folder / 'bare-rows.db'}"]
    with make_app(folder, ours).app_context():
        if ours:
            upgrade()
            supervisor = build(issues, clock.today()).supervisor
            _go_on_after_the_last(Issue.__table__)
        last = db.session.scalar(select(func.max(Issue.id))) or 0
        path = folder / "ledger.xlsx"
        bare = {"read": _took(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())[0]}
        first = _phases(path, supervisor)
        memory = [_largest()]
        again = _phases(folder / "again.xlsx", supervisor)
        memory.append(_largest())
        rows = dict(_written_after(last))
        besides = {table: _all(select(table)) for table in map(_table, BESIDES)}  # of the import alone: there were none
        db.session.remove()
        db.engine.dispose()
    bare["insert"], bare["besides"] = _insert_bare(bare_url, rows, besides)
    return {"first": first, "again": again, "bare": bare, "memory": memory, "rows": sum(map(len, rows.values()))}


def _largest() -> float:
    """The most memory this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _go_on_after_the_last(table: Any) -> None:
    """The list was made with ids of its own choosing."""
    with transaction():
        last = f"(SELECT MAX(id) FROM {table.name})"
        db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {last})"))


def _phases(path: Path, supervisor: int) -> dict[str, tuple[float, float]]:
    data, actor, today = path.read_bytes(), db.session.get_one(User, supervisor), clock.today()
    read, reading = _took(lambda: actions.read(data, "ledger.xlsx", today=today))
    planned, plan = _took(lambda: actions.plan_import(reading, actor, today=today))

    def apply() -> None:
        with transaction():
            how = {"create_missing": True, "accept_new": True, "trial": True}
            actions.apply_import(plan, actor, stream=io.BytesIO(data), file_name=path.name, today=today, **how)

    return {"read": read, "plan": planned, "apply": _took(apply)[0]}


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _all(query: Any) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(query)]


def _written_after(last: int) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """The rows that belong to the issues after ``last``."""
    for table in map(_table, TABLES):
        mine = {"issue": "id", "event": "subject_id"}.get(table.name, "issue_id")
        query = select(table).where(table.c[mine] > last)
        yield table, _all(query.where(table.c.verb != "correct") if table.name == "event" else query)


def _insert_bare(url: str, *groups: dict[Table, list[dict[str, Any]]]) -> list[tuple[float, float]]:
    """Into empty tables with the same indexes, in one transaction a group; nothing is checked against other tables."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    if engine.dialect.name != "sqlite":  # SQLite does not look unless it is told to
        _forget_foreign_keys(engine)
    found = []
    for rows in groups:
        with engine.begin() as connection:
            found.append(_took(lambda: [connection.execute(insert(t), own) for t, own in rows.items() if own])[0])  # noqa: B023
    engine.dispose()
    return found


def _forget_foreign_keys(engine: Engine) -> None:
    with engine.begin() as connection:
        for name in (*TABLES, *BESIDES):
            for key in inspect(connection).get_foreign_keys(name):
                connection.execute(text(f'ALTER TABLE "{name}" DROP CONSTRAINT "{key["name"]}"'))


#: The whole list of the folder's database to a workbook, as the command does it.
EXPORT = """
import sys
from pathlib import Path
from tests.world import make_app
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.register.actions import export_to
from tracker.register.layouts import BUILT_IN
from tracker.register.rules import ALL_YEARS, Filters
folder, person, layout = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with make_app(folder).app_context(), transaction():
    actor = db.session.get_one(User, person)
    chosen = BUILT_IN[layout] if layout else None
    print(export_to(folder / "list.xlsx", actor, today=clock.today(), filters=Filters(year=ALL_YEARS), layout=chosen))
"""


def export(volume: Volume, folder: Path) -> None:
    """All rows out, in the list's own columns and in all 43."""
    for layout in ("", "standard"):
        took, memory, said = _apart(EXPORT, folder, volume.leader, layout)
        size = (folder / "list.xlsx").stat().st_size
        click.echo(
            f"  {int(said):,} rows out to a workbook ({layout or 'plain'}) of {size // 1024:,} KB: {took:.1f} s, {memory:.0f} MB at most"
        )


#: A ledger with something wrong in every tenth row handed back, all of it, as the page does it.
HAND_BACK = """
import sys
from pathlib import Path
from tests.world import make_app
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db
from tracker.ledgers.actions import hand_back
from tracker.ledgers.vocabulary import Correction
folder, person, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
with make_app(folder).app_context():
    actor = db.session.get_one(User, person)
    data = (folder / name).read_bytes()
    hand_back(folder / "to-mend.xlsx", data, name, actor, today=clock.today(), correction=Correction())
"""


def hand_back(volume: Volume, folder: Path, number: int) -> None:
    write_ledger(folder / "wrong.xlsx", number, wrong=10)
    took, memory, _ = _apart(HAND_BACK, folder, volume.supervisor, "wrong.xlsx")
    click.echo(f"  a ledger of {number:,} rows handed back, every tenth wrong: {took:.1f} s, {memory:.0f} MB at most")


def _apart(code: str, folder: Path, person: int, *more: str) -> tuple[float, float, str]:
    """Seconds, MB at most and what was printed, in a process of its own."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", code, str(folder), str(person), *more]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = running.stdout.read().strip() if running.stdout else ""
    _, status, usage = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - begun, usage.ru_maxrss / 1024, said


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
