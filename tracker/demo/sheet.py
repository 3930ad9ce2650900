"""The made-up ledger of the county offices with which the list began: written as an office would, read by the import."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from xlsxwriter import Workbook

from tracker.demo.cast import Cast
from tracker.demo.plot import Ending, Story
from tracker.demo.telling import Duties
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES, State
from tracker.settings.rules import CATEGORIES

LEDGER_NAME = "全市脱贫攻坚问题整改台账.xlsx"
LEDGER_TITLE = "全市脱贫攻坚问题整改台账"
COLUMNS = (
    ("问题编号", 14),
    ("问题来源", 14),
    ("问题描述", 48),
    ("问题类别", 16),
    ("整改类型", 10),
    ("县市区", 16),
    ("乡镇", 14),
    ("牵头领导", 10),
    ("牵头单位", 24),
    ("责任单位", 36),
    ("责任人", 10),
    ("整改要求", 36),
    ("整改时限", 12),
    ("交办日期", 12),
    ("整改状态", 10),
    ("销号日期", 12),
)


def number_of(place: int, day: date) -> str:
    """The ledger's own number of its row ``place`` (from 1)."""
    return f"TZ-{day.year}-{place:03d}"


def ledger(cast: Cast, rows: Iterable[tuple[Story, Duties]], day: date) -> bytes:
    """The workbook as it stood on ``day``."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_urls": False})
    # one content, one address: the file must not carry the time it was written
    book.set_properties({"title": LEDGER_TITLE, "created": None})
    page = book.add_worksheet("整改台账")
    heading = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (name, width) in enumerate(COLUMNS):
        page.set_column(column, column, width)
        page.write(0, column, name, heading)
    for place, (story, duties) in enumerate(rows, start=1):
        for column, value in enumerate(_values(cast, story, duties, place, day)):
            if isinstance(value, date):
                page.write_datetime(place, column, value, dates)
            elif value:
                page.write_string(place, column, value)
    book.close()
    return out.getvalue()


def _values(cast: Cast, story: Story, duties: Duties, place: int, day: date) -> Iterator[str | date | None]:
    own = story.county == len(cast.columns) - 1
    chain = story.ending is not Ending.TAKEN_INCOMPLETE
    yield number_of(place, day)
    yield SOURCE_NAMES[story.source]
    yield story.title
    yield CATEGORIES[story.category][0]
    yield KIND_NAMES[story.kind]
    yield "市本级" if own else cast.columns[story.county].name
    yield cast.town(story.county, story.town).name if story.town else ""
    yield duties.leader.name if chain else "—"
    yield duties.lead_unit.name
    yield "、".join(unit.name for unit in duties.units) if chain or place % 2 else "—"
    yield duties.handler.name if chain else "—"
    yield story.problem.requirement
    yield story.deadline
    yield day - timedelta(days=60 + place % 20)
    yield STATE_NAMES[story.entered or State.ASSIGNED]
    yield day - timedelta(days=2 + place % 25) if story.entered is State.CLEARED else None
