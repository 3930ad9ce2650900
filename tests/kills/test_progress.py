"""A report that was acknowledged survives kill -9 of the whole server, with its evidence whole; nothing else is half."""

from __future__ import annotations

import hashlib
import http.client
import io
import itertools
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.effort import dice, rounds
from tests.kills.processes import free_port, kill, start
from tests.world import World, assign_one, sign_in
from tracker.base import files
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.actions import recount
from tracker.issues.models import Issue, IssueCount
from tracker.progress.models import Evidence, ProgressEntry

CLIENTS = 3
pytestmark = pytest.mark.xdist_group("kills")


class Reporters:
    """Clients that report as fast as they are answered, and remember what they were told is done."""

    def __init__(self, port: int, number: str, cookie: str) -> None:
        self.port, self.path, self.cookie = port, f"/issues/{number}/progress", cookie
        self.serials = itertools.count()
        self.acknowledged: dict[str, str] = {}  # text -> hash of its picture
        self.token = ""

    def open_form(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", self.path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        page = answer.read().decode()
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, answer.status
        self.token = found[1]
        given = answer.getheader("Set-Cookie")
        self.cookie = given.split(";")[0] if given else self.cookie
        connection.close()

    def report_until_gone(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            while True:
                self.report(connection)
        except (OSError, http.client.HTTPException):
            connection.close()

    def report(self, connection: http.client.HTTPConnection) -> None:
        serial = next(self.serials)
        text, picture = f"第{serial}次进展", photograph(serial)
        fields = {
            "text": text,
            "csrf_token": self.token,
            "files": FileStorage(io.BytesIO(picture), f"{serial}.png", "files"),
        }
        boundary, body = encode_multipart(fields)
        headers = {"Cookie": self.cookie, "Content-Type": f"multipart/form-data; boundary={boundary}"}
        connection.request("POST", self.path, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status == 302:
            self.acknowledged[text] = hashlib.sha256(picture).hexdigest()


def photograph(serial: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (24, 24), (serial % 256, serial // 256 % 256, 7)).save(target, "PNG")
    return target.getvalue()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    with closing(connection), suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        return True
    return False


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(otherwise)


def test_what_was_acknowledged_survives_a_killed_server_and_nothing_is_half(app: Flask, world: World) -> None:
    chance, again = dice()
    with transaction():
        issue = assign_one(world)
    number, client = issue.number, sign_in(app.test_client(), world.official)
    cookie, acknowledged = f"session={client.get_cookie('session').value}", {}
    for turn in range(rounds(2)):
        port = free_port()
        server = start(app, "serve", "--port", str(port), "--workers", "2")
        try:
            wait_until(lambda port=port: answers(port), "the server did not start")
            reporters = Reporters(port, number, cookie)
            reporters.serials = itertools.count(turn * 10_000)
            reporters.open_form()
            threads = [threading.Thread(target=reporters.report_until_gone) for _ in range(CLIENTS)]
            for thread in threads:
                thread.start()
            wait_until(lambda told=reporters.acknowledged: bool(told), "nothing was acknowledged")
            time.sleep(chance.uniform(0.1, 0.8))
        finally:
            kill(server)
        for thread in threads:
            thread.join(20)
        acknowledged |= reporters.acknowledged
        assert_kept(acknowledged, again)


def assert_kept(acknowledged: dict[str, str], again: str) -> None:
    db.session.rollback()
    rows = db.session.execute(
        select(ProgressEntry.text, Evidence.sha256).outerjoin(Evidence, Evidence.entry_id == ProgressEntry.id)
    ).all()
    kept = {row.text: row.sha256 for row in rows}
    assert len(kept) == len(rows)
    assert {text: kept.get(text) for text in acknowledged} == acknowledged, again
    for digest in kept.values():
        assert hashlib.sha256(files.path_of(digest).read_bytes()).hexdigest() == digest
    events = db.session.scalar(select(func.count()).where(Event.verb == "report"))
    assert events == len(rows)
    assert db.session.scalars(select(Issue)).one().version > len(rows)
    assert_counts_hold()


def assert_counts_hold() -> None:
    keys = (IssueCount.category_id, IssueCount.county_id, IssueCount.kind, IssueCount.state, IssueCount.proven)
    held = select(*keys, IssueCount.number).where(IssueCount.number > 0).order_by(*keys)
    before = db.session.execute(held).all()
    with transaction():
        recount()
    assert db.session.execute(held).all() == before
