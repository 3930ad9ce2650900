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
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, event, func, insert, select

from tests.bench import ledger
from tests.bench.bare import make_table
from tests.bench.load import CLIENTS, WORKERS, Timing, get, post, served, timed
from tests.bench.volume import Volume, build
from tests.world import make_app, sign_in
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.base.sheets_out import csv_pieces
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode
from tracker.issues.workflow import WORKING
from tracker.messages.models import Message
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


def sweep(volume: Volume) -> None:
    """(e) Two issues of a hundred cross midnight: flagged, recorded and queued, against the bare inserts of as many rows."""
    today, number = clock.today(), volume.issues // 50
    with transaction():
        db.session.execute(delete(OverdueEpisode))
        ids = list(db.session.scalars(select(Issue.id).where(Issue.overdue_from.is_not(None)).limit(number)))
        db.session.execute(Issue.__table__.update().where(Issue.overdue_from <= today).values(overdue_from=None))
        late = {"overdue_from": today, "deadline": today - timedelta(days=1)}
        for start in range(0, len(ids), 500):
            db.session.execute(Issue.__table__.update().where(Issue.id.in_(ids[start : start + 500])).values(**late))
    begun = time.perf_counter()
    with transaction():
        flag_overdue(today)
        escalate(today)
    took = time.perf_counter() - begun
    count = db.session.scalar(select(func.count()).select_from(OverdueEpisode)) or 1
    told = db.session.scalar(select(func.count()).select_from(Message)) or 0
    number = 4 * count + told  # an episode, its event; its level, its event; the messages
    rows = [
        {"at": clock.now(), "verb": "bench", "subject": "bench", "subject_id": n, "data": {}} for n in range(number)
    ]
    begun = time.perf_counter()
    with transaction():
        db.session.execute(insert(Event), rows)
    against(
        f"(e) overdue job, {count:,} episodes, {told:,} messages",
        took,
        time.perf_counter() - begun,
        "bare inserts of as many rows",
    )


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
