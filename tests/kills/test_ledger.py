"""A ledger import killed anywhere has taken every row or none, and is simply run again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import func, select

from tests.effort import dice, rounds
from tests.kills.processes import finish, kill_after, moments, start, timed
from tests.kills.test_progress import assert_counts_hold
from tests.world import World
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues.models import Issue, IssueUnit
from tracker.ledgers.models import Ledger, LedgerImport

ROWS = 400
HEADER = (
    "编号",
    "问题描述",
    "问题来源",
    "问题类别",
    "县市区",
    "牵头领导",
    "牵头部门",
    "责任单位",
    "整改时限",
    "整改状态",
)
pytestmark = pytest.mark.xdist_group("kills")


def ledger(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for serial in range(ROWS):
        sheet.append((f"XS-{serial:04d}", f"第{serial}村饮水工程未通水", "省考核", "安全饮水", "新邵县", "黄志伟",
                      "新邵县水利局", f"新邵县第{serial % 7}管水所", "2019年8月31日", "整改中"))  # fmt: skip
    book.save(folder / "台账.xlsx")
    return folder / "台账.xlsx"


def taken() -> tuple[int, ...]:
    db.session.rollback()
    events = select(func.count()).where(Event.verb == "take_over")
    counts = [select(func.count()).select_from(table) for table in (Issue, IssueUnit, Ledger, LedgerImport)]
    return tuple(db.session.scalar(query) or 0 for query in (*counts, events))


def test_a_killed_import_has_taken_every_row_or_none(app: Flask, world: World, tmp_path: Path) -> None:
    chance, again = dice()
    file = str(ledger(tmp_path))
    command = ("--as", "supervisor", "import", "ledger", file, "--create-missing")
    idle = timed(start(app, "jobs", "list"))
    killed, none, every = 0, (0,) * 5, (ROWS, ROWS, 1, 1, ROWS)
    for moment in moments(chance, rounds(4), idle, 1.6):
        killed += kill_after(start(app, *command), moment)
        assert taken() in (none, every), again
        if taken() == every:
            break
    assert killed, "nothing was killed in time"
    if taken() == none:
        finish(start(app, *command))
    assert taken() == every
    assert_counts_hold()
    told = json.loads(finish(start(app, "--as", "supervisor", "import", "ledger", file, "--dry-run", "--json")))
    assert (told["rows"], told["errors"]) == (ROWS, [])
    finish(start(app, *command))  # again: recognised row by row
    assert taken()[:2] == (ROWS, ROWS)
