"""What ``tracker doctor`` looks at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_babel import gettext
from sqlalchemy import select

from tracker.accounts.models import Post
from tracker.base import clock
from tracker.base.access import ADMINISTRATORS, ROLE_NAMES
from tracker.base.config import data_path
from tracker.base.db import db
from tracker.board.queries import counts_differ
from tracker.schedule.jobs import JOBS
from tracker.schedule.queries import latest_slot
from tracker.workdays.queries import calendar

_LOW_DISK = 1 << 30


@dataclass(frozen=True)
class Finding:
    well: bool
    line: str


def findings(app: Flask) -> list[Finding]:
    """Everything looked at, in the order a person would mend it; stops where the rest would make no sense."""
    found = [_data_folder(app)]
    migrated = _migrated()
    found.append(migrated)
    if migrated.well:
        found += [_administrators(), _counts(), _calendar(), *_jobs()]
    return found


def _data_folder(app: Flask) -> Finding:
    folder = app.config["TRACKER"].data_dir
    writable = os.access(folder, os.W_OK)
    free = shutil.disk_usage(folder).free
    line = gettext(
        "数据目录 %(folder)s：可写 %(writable)s，剩余 %(free)s GB",
        folder=folder,
        writable=gettext("是") if writable else gettext("否"),
        free=free >> 30,
    )
    return Finding(writable and free > _LOW_DISK, line)


def _migrated() -> Finding:
    script = AlembicConfig()
    script.set_main_option("script_location", str(data_path("migrations")))
    newest = ScriptDirectory.from_config(script).get_current_head()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == newest:
        return Finding(True, gettext("数据库结构是最新的（%(version)s）", version=newest))
    return Finding(
        False,
        gettext(
            "数据库结构是 %(present)s，应为 %(newest)s：请运行 tracker init",
            present=present or gettext("空"),
            newest=newest,
        ),
    )


def _administrators() -> Finding:
    held = set(db.session.scalars(select(Post.role).where(Post.ended_at.is_(None), Post.role.in_(ADMINISTRATORS))))
    missing = [gettext(ROLE_NAMES[role]) for role in sorted(ADMINISTRATORS - held)]
    if missing:
        return Finding(False, gettext("缺少管理员：%(roles)s，请运行 tracker init", roles="、".join(missing)))
    return Finding(True, gettext("三个管理员齐全"))


def _counts() -> Finding:
    wrong = counts_differ()
    if wrong:
        return Finding(False, gettext("看板汇总与清单有 %(number)s 处不一致，请联系维护人员", number=len(wrong)))
    return Finding(True, gettext("看板汇总与清单逐条核对一致"))


def _calendar() -> Finding:
    year = clock.today().year
    if calendar().is_official(year):
        return Finding(True, gettext("%(year)s 年工作日按国务院办公厅通知", year=year))
    return Finding(
        False, gettext("没有 %(year)s 年的节假日安排，暂按周一至周五：请 tracker import workdays", year=year)
    )


def _jobs() -> Iterator[Finding]:
    now = clock.local(clock.now())
    for job in JOBS:
        latest = latest_slot(job.name)
        due = now.date() if now.time() >= job.at else now.date() - timedelta(days=1)  # its hour may be still to come
        yield Finding(
            latest is not None and latest >= due.isoformat(),
            gettext("作业 %(job)s 最近一次运行：%(day)s", job=job.name, day=latest or gettext("从未")),
        )
