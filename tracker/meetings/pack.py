"""The pack of a dispatch as a Word file, in the look of the office's papers, and the annex's sheet of what was
asked before. Says what ``queries.Pack`` holds, counts nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from tracker.base.sheets_out import Besides
from tracker.meetings.queries import CLEARED, COUNTY_FIGURES, OVERDUE, RELAPSED, Candidate, Followed, Pack
from tracker.meetings.rules import KIND_NAMES
from tracker.papers.layout import HEADLINE, NOTE, SECTION, TEXT, say, sheet, tabulate
from tracker.register.queries import Item
from tracker.tasks.rules import STATE_NAMES, TaskState


def as_word(pack: Pack, reader: str, today: date) -> bytes:
    """``reader``: whose scope the numbers are of."""
    document, meeting = sheet(), pack.meeting
    name = f"{meeting.region.name}{meeting.held_on.year}年{meeting.held_on.month}月{KIND_NAMES[meeting.kind]}材料"
    say(document, HEADLINE, name)
    say(document, NOTE, f"截至{today.isoformat()}。数字以{reader}职责范围内的问题清单为准，已分解的上级问题不重复计。")
    _figures(document, pack)
    _issues(document, "二、逾期最久的问题", pack, OVERDUE, pack.overdue, "逾期天数", lambda item: item.days or 0)
    _issues(document, "三、本月销号的问题", pack, CLEARED, pack.cleared, "销号日期", lambda item: item.row.cleared_on)
    _issues(
        document,
        "四、反弹后还没有销号的问题",
        pack,
        RELAPSED,
        pack.relapsed,
        "整改时限",
        lambda item: item.row.deadline or "—",
    )
    _candidates(document, pack)
    _followed(document, pack.followed, today)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _figures(document: Any, pack: Pack) -> None:
    say(document, SECTION, "一、总体情况")
    say(document, TEXT, "，".join(f"{figure.label}{figure.number}件" for figure in pack.figures) + "。")
    if len(pack.counties) > 1:
        columns = [("县市区", 56), *((label, 24) for label in COUNTY_FIGURES)]
        tabulate(document, columns, [[name, *numbers] for name, numbers in pack.counties])


def _issues(
    document: Any,
    head: str,
    pack: Pack,
    label: str,
    items: Sequence[Item],
    last: str,
    value: Callable[[Item], object],
) -> None:
    say(document, SECTION, head)
    number = next(figure.number for figure in pack.figures if figure.label == label)
    if not items:
        say(document, TEXT, "没有。")
        return
    say(document, TEXT, f"共{number}件" + (f"，列出{len(items)}件。" if number > len(items) else "。"))
    columns = (("编号", 28), ("问题", 48), ("县市区", 22), ("牵头单位", 30), (last, 28))
    rows = [
        [one.row.number, one.row.title, pack.names[one.row.county_id], one.row.lead_unit or "—", value(one)]
        for one in items
    ]
    tabulate(document, columns, rows)


def _candidates(document: Any, pack: Pack) -> None:
    say(document, SECTION, "五、建议约谈")
    found = pack.candidates
    if not found.shown:
        say(document, TEXT, "按约谈规则，没有建议约谈的问题。")
        return
    listed = "" if found.total == len(found.shown) else f"，列出{len(found.shown)}件"
    say(document, TEXT, f"按约谈规则提出{found.total}件{listed}；约谈谁，由会议决定。")
    columns = (("编号", 28), ("问题", 52), ("牵头领导", 24), ("为什么", 52))
    rows = [[one.row.number, one.row.title, one.row.lead or "—", _why(one)] for one in found.shown]
    tabulate(document, columns, rows)


def _why(one: Candidate) -> str:
    return "；".join(words % {"number": number} for words, number in one.why)


def _followed(document: Any, followed: Followed, today: date) -> None:
    """What was decided and instructed since the last time, and what became of it."""
    say(document, SECTION, "六、上次会议定的事办得怎样")
    if followed.before is None:
        say(document, TEXT, "此前没有同类会议。")
    else:
        say(document, TEXT, f"{followed.before.held_on.isoformat()}的会议定了{len(followed.decisions)}件事。")
    _tasks(document, followed.decisions, today)
    if followed.left:
        say(document, TEXT, f"更早定的、还没有办完的{len(followed.left)}件。")
        _tasks(document, followed.left, today)
    say(document, SECTION, "七、领导批示落实情况")
    settled = sum(row.state == TaskState.ACCEPTED for row in followed.instructions)
    number = len(followed.instructions)
    say(document, TEXT, f"批示{number}件，已落实{settled}件。" if number else "没有批示。")
    _tasks(document, followed.instructions, today)
    say(document, SECTION, "八、举一反三自查")
    if not followed.self_checks:
        say(document, TEXT, "没有发起自查。")
        return
    columns = (("查什么", 58), ("答复时限", 28), ("答复", 34), ("查出", 36))
    tabulate(document, columns, [[row.text, row.due.isoformat(), *_looked(row)] for row in followed.self_checks])


def _tasks(document: Any, rows: Sequence[Any], today: date) -> None:
    if rows:
        columns = (("要做什么", 48), ("由谁落实", 28), ("时限", 28), ("结果", 52))
        lines = [[row.text, row.person or row.unit, row.due.isoformat(), _outcome(row, today)] for row in rows]
        tabulate(document, columns, lines)


def _outcome(row: Any, today: date) -> str:
    late = (today - row.due).days if row.state == TaskState.OPEN else 0
    outcome = f"逾期{late}天未落实" if late > 0 else STATE_NAMES[TaskState(row.state)]
    if row.answer and row.state != TaskState.OPEN:
        outcome += f"：{row.answer}"
    return outcome


def _looked(row: Any) -> tuple[str, str]:
    """How far a self-check is, and what it turned up."""
    late = f"，{row.late}个逾期" if row.late else ""
    listed = f"，已列单{row.listed}个" if row.found else ""
    return f"{row.asked}个单位答复{row.answered}个{late}", f"{row.found}个问题{listed}"


def outcomes(followed: Followed, today: date) -> Besides:
    """The same as a sheet of the annex, one row a thing that was asked."""
    before = f"{followed.before.held_on.isoformat()}会议" if followed.before else ""
    asked = [(before, followed.decisions), ("更早的会议", followed.left), ("领导批示", followed.instructions)]
    rows = [
        [source, row.text, row.issue, row.person or row.unit, row.asked_on, row.due, _outcome(row, today)]
        for source, group in asked
        for row in group
    ]
    rows += [
        ["举一反三自查", row.text, None, f"{row.asked}个单位", row.asked_on, row.due, "；".join(_looked(row))]
        for row in followed.self_checks
    ]
    columns = ("由来", "要做什么", "问题编号", "由谁落实", "交办日期", "完成时限", "结果")
    return Besides("交办事项落实情况", columns, rows, (16, 50, 14, 24, 12, 12, 50))
