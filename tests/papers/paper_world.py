"""Issues to write about, and drafts of papers as the form hands them over."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from docx import Document

from tests.world import TODAY, World, assign_one, list_one
from tracker.accounts.models import User
from tracker.base.db import transaction
from tracker.deadlines.jobs import escalate, flag_overdue
from tracker.issues.models import Issue
from tracker.papers.actions import issue_paper
from tracker.papers.models import Paper
from tracker.papers.rules import Draft, PaperKind

DUE = date(2019, 7, 31)
LATE = date(2019, 9, 5)  # 36 days overdue: every level is reached


def assigned(world: World, number: int = 1, **overrides: Any) -> list[Issue]:
    with transaction():
        return [assign_one(world, list_one(world, **overrides), deadline=DUE) for _ in range(number)]


def overdue(world: World, number: int = 1, day: date = LATE, **overrides: Any) -> list[Issue]:
    """Assigned, overdue, and raised to the level that this day calls for."""
    issues = assigned(world, number, **overrides)
    with transaction():
        flag_overdue(day)
        escalate(day)
    return issues


def draft_of(world: World, kind: PaperKind, issues: Sequence[Issue], **overrides: Any) -> Draft:
    values: dict[str, Any] = {
        "kind": kind,
        "issue_ids": tuple(issue.id for issue in issues),
        "unit_ids": (world.water.id, world.finance.id),
        "title": "关于沙坪村饮水问题的督办通知",
        "opening": "现予督办。",
        "closing": "请于〔答复期限〕前报告。",
        "letterhead": "新邵县整改办",
        "code": "新邵整改办",
        "signer": "新邵县整改办",
        "reply_by": date(2019, 9, 12),
    }
    if kind is PaperKind.TALK:
        values |= {"talk_time": "9月16日上午9时", "talk_place": "县政府三楼会议室", "talk_people": "黄志伟、王建国"}
    return Draft(**(values | overrides))


_keys = iter(f"{number:032x}" for number in range(1, 10_000))


def issued(
    world: World, issues: Sequence[Issue], kind: PaperKind = PaperKind.SUPERVISION, who: User | None = None, **more: Any
) -> Paper:
    day = more.pop("today", TODAY)
    with transaction():
        draft = draft_of(world, kind, issues, **more)
        return issue_paper(draft, who or world.supervisor, key=next(_keys), today=day)


def template_with(*paragraphs: str) -> bytes:
    """An office's own template: these paragraphs, and what no paper can go without."""
    document = Document()
    for words in ("{{ 发文字号 }}", "{{ 标题 }}", "{{ 成文日期 }}", *paragraphs):
        document.add_paragraph(words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
