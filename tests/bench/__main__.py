"""What the speed claims rest on: ``make bench`` (``SIZE=full`` up to a million issues). Times are printed, never asserted.

Pages are asked over HTTP, signed in, with all checks on, from the server that is shipped; each is set against a bare
Flask page that renders a table of as many bytes from constants through Jinja, escaping every cell, on the same kind of
server in the same run (``tests/bench/bare.py``). The job is set against bare inserts of as many rows, the export
against a bare csv writer, a ledger taken in against the bare read and the bare insert of the same rows
(``tests/bench/ledger.py``).
"""

from __future__ import annotations

import csv
import http.client
import io
import itertools
import os
import platform
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy import delete, event, select, text, update

from tests.bench import ledger
from tests.bench.bare import make_table
from tests.bench.load import CLIENTS, WORKERS, Timing, get, post, served, timed
from tests.bench.volume import Volume, build
from tests.world import make_app, sign_in
from tracker.accounts.models import Post, User
from tracker.base import clock
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.base.sheets_out import csv_pieces
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.deadlines.models import Escalation
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode
from tracker.issues.workflow import WORKING
from tracker.messages.models import Announcement, Delivery, Message, Outlet
from tracker.messages.rules import OutletKind
from tracker.org.models import Region, Unit
from tracker.register.actions import export_rows
from tracker.register.rules import ALL_YEARS, Filters

SIZES = {"": (10_000, 100_000), "full": (10_000, 100_000, 1_000_000)}
SECRET = "t" * 40


def line(what: str, queries: int, mine: Timing, bare: Timing) -> None:
    click.echo(
        f"  {what:<26}{mine.size / 1024:7.0f} KB {queries:4}  {mine.p50:7.1f} {mine.p99:7.1f} {mine.rate:7.0f}/s "
        f"  {bare.p50:6.1f} {bare.p99:7.1f}   {mine.p50 / bare.p50:5.1f} ×"
    )


@contextmanager
def database(number: int) -> Iterator[tuple[Flask, Volume, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        with app.app_context():
            upgrade()
            begun = time.perf_counter()
            volume = build(number, clock.today())
            click.echo(f"\n{number:,} issues, SQLite (made in {time.perf_counter() - begun:.0f} s)")
            yield app, volume, Path(folder)
            db.session.remove()
            db.engine.dispose()


def cookie_of(app: Flask, person: int) -> str:
    client = sign_in(app.test_client(), db.session.get_one(User, person))
    return f"session={client.get_cookie('session').value}"


def queries_of(app: Flask, person: int, path: str, typed: dict[str, str] | None = None) -> int:
    """How many statements one request sends: a GET, or with ``typed`` the POST of a form."""
    client, sent = sign_in(app.test_client(), db.session.get_one(User, person)), []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    def ask() -> int:
        return (client.get(path) if typed is None else client.post(path, data=typed)).status_code

    ask()
    event.listen(db.engine, "before_cursor_execute", note)
    status = ask()
    event.remove(db.engine, "before_cursor_execute", note)
    if status != (200 if typed is None else 302):
        raise SystemExit(f"{path}: {status}")
    return len(sent)


def pages(app: Flask, volume: Volume, port: int, bare_port: int) -> None:
    number = db.session.scalar(select(Issue.number).order_by(Issue.id.desc()).limit(1))
    for what, who, path in (
        ("(a) overdue list", volume.supervisor, "/register?overdue=1&sort=overdue"),
        ("    supervisor's desk", volume.supervisor, "/desk?desk=supervisor"),
        ("    register", volume.leader, "/register"),
        ("(b) issue", volume.leader, f"/issues/{number}"),
        ("(d) board", volume.leader, "/board"),
        ("(f) search 饮水", volume.leader, f"/register?q={quote('饮水')}"),
    ):
        mine = timed(port, get(path, cookie_of(app, who)))
        line(what, queries_of(app, who, path), mine, timed(bare_port, get(f"/page/{mine.size}")))


def reports(app: Flask, volume: Volume, port: int, bare_port: int) -> None:
    """Progress entries, each durable before its answer, against a bare durable insert."""
    unit = db.session.get_one(User, volume.official).unit_id
    mine = select(Issue.number).join(IssueUnit).where(IssueUnit.unit_id == unit, Issue.state.in_(WORKING))
    numbers = list(db.session.scalars(mine.limit(2_000)))
    cookie, token = _form(port, f"/issues/{numbers[0]}/progress", cookie_of(app, volume.official))
    typed = {"text": "管网已接通，正在试水。"}
    body = urlencode({**typed, "csrf_token": token}).encode()
    paths = (f"/issues/{number}/progress" for number in itertools.cycle(numbers))
    asked = queries_of(app, volume.official, f"/issues/{numbers[0]}/progress", typed)
    line("(c) progress entry", asked, timed(port, post(paths, body, cookie)),
         timed(bare_port, post(itertools.repeat("/write"), b"")))  # fmt: skip


def _form(port: int, path: str, cookie: str) -> tuple[str, str]:
    """The session's cookie and token after the form was opened."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.read().decode())
    if token is None:
        raise SystemExit(f"{path}: {answer.status}, no form")
    given = answer.getheader("Set-Cookie")
    return (given.split(";")[0] if given else cookie), token[1]


def against(what: str, mine: float, bare: float, of: str) -> None:
    click.echo(f"  {what:<44}{mine * 1000:9.0f} ms  {mine / bare:5.1f} × {of} ({bare * 1000:.0f} ms)")


def export(volume: Volume, number: int = 10_000) -> None:
    """Ten thousand rows as CSV against the csv module writing the same cells."""
    person = db.session.get_one(User, volume.leader)
    begun = time.perf_counter()
    with transaction():
        table = export_rows(Filters(year=ALL_YEARS), person, today=clock.today())
    rows = list(itertools.islice(table.rows, number))
    size = sum(map(len, csv_pieces(table.columns, rows)))
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    csv.writer(io.StringIO()).writerows(rows)
    against(f"CSV of {len(rows):,} rows, {size // 1024:,} KB", took, time.perf_counter() - begun, "csv module alone")


MIDNIGHT = 20_000


def sweep(volume: Volume) -> None:
    """(e) Issues cross midnight: flagged, recorded and queued (into inboxes, as e-mails, for the outlets), against the bare
    inserts of as many rows."""
    today = clock.today()
    with transaction():
        number = _bring_to_the_edge(volume, today)
        _open_outlets(volume, 3)
    before = {table: _newest(table) for table in (OverdueEpisode, Event, Escalation, Message, Delivery, Announcement)}
    spent: dict[str, float] = {}
    with transaction():
        for job in (flag_overdue, escalate):
            begun = time.perf_counter()
            job(today)
            spent[job.__name__] = time.perf_counter() - begun
        begun = time.perf_counter()
    spent["commit"] = time.perf_counter() - begun
    made = {table: _made_since(table, row) for table, row in before.items()}
    number_made = sum(map(len, made.values()))
    against(
        f"(e) midnight of {number:,} issues, {number_made:,} rows",
        sum(spent.values()),
        _again(made),
        "bare inserts of the same rows",
    )
    click.echo("      " + ", ".join(f"{len(rows):,} {table.__tablename__}" for table, rows in made.items()))
    click.echo("      " + ", ".join(f"{what} {took * 1000:.0f} ms" for what, took in spent.items()))


def _newest(table: Any) -> int:
    return db.session.scalar(text(f"SELECT coalesce(max(rowid), 0) FROM {table.__tablename__}")) or 0


def _made_since(table: Any, row: int) -> list[Any]:
    return list(db.session.execute(text(f"SELECT * FROM {table.__tablename__} WHERE rowid > {row}")).all())


def _again(made: dict[Any, list[Any]]) -> float:
    """The yardstick: the very rows taken out and put back by the driver alone, into the same tables and indexes, as one
    transaction; seconds. Triggers and references rest meanwhile: they would forbid taking out."""
    db.session.rollback()
    connection = sqlite3.connect(db.engine.url.database or "", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    for table, rows in made.items():
        connection.execute(
            f"DELETE FROM {table.__tablename__} WHERE rowid > (SELECT max(rowid) - {len(rows)} FROM {table.__tablename__})"
        )
    begun = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in made.items():
        if rows:
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table.__tablename__} VALUES ({places})", map(tuple, rows))
    connection.execute("COMMIT")
    took = time.perf_counter() - begun
    for _name, sql in triggers:
        connection.execute(sql)
    connection.close()
    return took


def _bring_to_the_edge(volume: Volume, today: date) -> int:
    """Nothing is overdue but what became so today; returns how many."""
    db.session.execute(delete(OverdueEpisode))
    ids = list(db.session.scalars(select(Issue.id).where(Issue.overdue_from.is_not(None)).limit(MIDNIGHT)))
    issues: Any = Issue.__table__
    db.session.execute(issues.update().where(Issue.overdue_from <= today).values(overdue_from=None))
    late = {"overdue_from": today, "deadline": today - timedelta(days=1)}
    for start in range(0, len(ids), 500):
        db.session.execute(issues.update().where(Issue.id.in_(ids[start : start + 500])).values(**late))
    _man_the_units(volume)
    return len(ids)


def _man_the_units(volume: Volume) -> None:
    """An official in every unit, whom e-mail reaches, and a server that takes it."""
    config = current_app.config["TRACKER"]
    mail = {"smtp_host": "mail.example.gov.cn", "mail_from": "office@example.gov.cn"}
    current_app.config["TRACKER"] = config.model_copy(update=mail)
    units = db.session.scalars(select(Unit)).all()
    people = [
        User(name="承办员", unit_id=unit.id, account=f"unit{unit.id}", password_hash="unusable") for unit in units
    ]
    db.session.add_all(people)
    db.session.flush()
    at = datetime(2019, 1, 1, tzinfo=UTC)
    db.session.add_all(
        Post(user_id=person.id, role=Role.OFFICIAL, region_id=unit.region_id, began_at=at)
        for person, unit in zip(people, units, strict=True)
    )
    db.session.execute(update(User).where(User.account.is_not(None)).values(email="someone@example.gov.cn"))


def _open_outlets(volume: Volume, number: int) -> None:
    """One of the root, which hears of everything, and of some counties."""
    regions = db.session.scalars(select(Region).order_by(Region.parent_id.is_not(None), Region.id).limit(number)).all()
    db.session.add_all(
        Outlet(name=region.name, kind=OutletKind.WECOM, region=region, keys=b"none", key_end="none",
               made_at=clock.now(), opened_at=clock.now(), opened_by_id=volume.supervisor)
        for region in regions
    )  # fmt: skip


def main() -> None:
    click.echo(f"{clock.today()}  {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    click.echo(f"granian, {WORKERS} workers; {CLIENTS} clients beside it on the same cores, signed in, every check on")
    click.echo(
        "\n  page                        size  queries   p50 ms  p99 ms   rate    bare p50     p99   ratio of p50"
    )
    for number in SIZES[os.environ.get("SIZE", "")]:
        with database(number) as (app, volume, folder), ExitStack() as servers:
            make_table(str(folder / "bare.db"))
            environment = {"TRACKER_DATA_DIR": str(folder), "TRACKER_SECRET_KEY": SECRET}
            port = servers.enter_context(served("tracker.cli.serve:worker_app", environment))
            bare = servers.enter_context(served("tests.bench.bare:make", {"BENCH_DB": str(folder / "bare.db")}))
            pages(app, volume, port, bare)
            reports(app, volume, port, bare)
            servers.close()
            export(volume)
            sweep(volume)
            ledger.export(volume, folder)
            ledger.hand_back(volume, folder, min(number // 2, 50_000))
            ledger.take_in(volume, folder, min(number // 2, 50_000))


if __name__ == "__main__":
    main()
