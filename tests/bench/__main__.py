"""What the speed claims rest on: ``make bench`` (``SIZE=full`` for a million issues). Times are printed, never asserted.

Each figure is the median of several runs in one process; each ratio is against a baseline measured in the same run.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, func, insert, select

from tests.bench.volume import Volume, build
from tests.world import make_app, sign_in
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.deadlines.jobs import flag_overdue
from tracker.issues.models import Issue, OverdueEpisode

SIZES = {"": (1_000, 10_000, 100_000), "full": (10_000, 100_000, 1_000_000)}
RUNS = 9


def median(work: Callable[[], object]) -> float:
    """Milliseconds, after one run that is not counted."""
    work()
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def row(what: str, milliseconds: float, baseline: float | None = None, of: str = "") -> None:
    ratio = f"{milliseconds / baseline:6.1f} × {of}" if baseline else ""
    click.echo(f"  {what:<44} {milliseconds:9.1f} ms  {ratio}")


@contextmanager
def database(number: int) -> Iterator[tuple[Flask, Volume]]:
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        with app.app_context():
            upgrade()
            begun = time.perf_counter()
            volume = build(number, clock.today())
            click.echo(f"\n{number:,} issues, SQLite (made in {time.perf_counter() - begun:.0f} s)")
            yield app, volume
            db.session.remove()
            db.engine.dispose()


def pages(app: Flask, volume: Volume) -> None:
    """Whole requests through the app as the root leader and supervisor see them; health is the empty request."""
    client = sign_in(app.test_client(), db.session.get_one(User, volume.leader))
    supervisor = sign_in(app.test_client(), db.session.get_one(User, volume.supervisor))
    empty = median(lambda: client.get("/healthz"))
    row("an empty request", empty)
    number = db.session.scalar(select(Issue.number).order_by(Issue.id.desc()).limit(1))
    for what, who, address in (
        ("board", client, "/board"),
        ("register, default", client, "/register"),
        ("register, overdue", client, "/register?overdue=1&sort=overdue"),
        ("register, search 饮水", client, "/register?q=饮水"),
        ("supervisor's desk", supervisor, "/desk?desk=supervisor"),
        ("issue", client, f"/issues/{number}"),
    ):
        answer = who.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address}: {answer.status_code}")
        row(what, median(lambda who=who, address=address: who.get(address)), empty, "an empty request")


def sweep(number: int = 20_000) -> None:
    """The overdue job on many issues that crossed midnight, against the bare inserts of as many rows."""
    today = clock.today()
    with transaction():
        db.session.execute(delete(OverdueEpisode))
        ids = list(db.session.scalars(select(Issue.id).where(Issue.overdue_from.is_not(None)).limit(number)))
        late = {"overdue_from": today, "deadline": today - timedelta(days=1)}
        for start in range(0, len(ids), 500):
            db.session.execute(Issue.__table__.update().where(Issue.id.in_(ids[start : start + 500])).values(**late))
    begun = time.perf_counter()
    with transaction():
        opened = flag_overdue(today)
    took = (time.perf_counter() - begun) * 1000
    count = db.session.scalar(select(func.count()).select_from(OverdueEpisode)) or 1
    events = [
        {"at": clock.now(), "verb": "bench", "subject": "bench", "subject_id": n, "data": {}} for n in range(count)
    ]
    begun = time.perf_counter()
    with transaction():
        db.session.execute(insert(Event), events)
    bare = (time.perf_counter() - begun) * 1000
    row(f"overdue job, {sum(opened.values()):,} episodes", took, bare, "bare inserts of as many rows")


def main() -> None:
    click.echo(f"{clock.today()}  {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    click.echo(f"median of {RUNS} requests in one process, signed in, rights and rendering included")
    for number in SIZES[os.environ.get("SIZE", "")]:
        with database(number) as (app, volume):
            pages(app, volume)
            if number >= 100_000:
                sweep()


if __name__ == "__main__":
    main()
