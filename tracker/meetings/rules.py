"""Kinds of meetings, and who might be talked to: pure rules, the decision is people's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tracker.base.access import N_, Refused


class MeetingKind(StrEnum):
    """一月一调研、一月一调度、一月一讲评、一月一约谈."""

    SURVEY = "survey"
    DISPATCH = "dispatch"
    REVIEW = "review"
    TALK = "talk"


KIND_NAMES: dict[MeetingKind, str] = {
    MeetingKind.SURVEY: N_("调研"),
    MeetingKind.DISPATCH: N_("调度"),
    MeetingKind.REVIEW: N_("讲评"),
    MeetingKind.TALK: N_("约谈"),
}

#: The setting that holds the rule, once the root office has changed it.
TALK_RULE = "talk_rule"
_MOST = 999


@dataclass(frozen=True)
class TalkRule:
    """From when on an issue's people are proposed for a talk; 0: not for this reason."""

    overdue_days: int = 30
    relapses: int = 2
    returned: int = 3

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> TalkRule:
        """As kept in the settings; what is not there is the default."""
        return cls(**{name: int(value) for name, value in (stored or {}).items() if name in cls.__annotations__})

    def as_json(self) -> dict[str, int]:
        return asdict(self)


def check_rule(rule: TalkRule) -> None:
    if any(not 0 <= number <= _MOST for number in asdict(rule).values()):
        raise Refused(N_("请填写 0 到 %(most)s 的整数；0 表示不按这一条提出。"), most=_MOST)
    if not any(asdict(rule).values()):
        raise Refused(N_("至少要有一条不是 0，否则不会提出任何人。"))


@dataclass(frozen=True)
class Standing:
    """How an open issue stands: days overdue, how often it came back after a clearance, how often it was returned."""

    overdue_days: int
    relapses: int
    returned: int


REASONS: dict[str, str] = {
    "overdue_days": N_("逾期 %(number)s 天"),
    "relapses": N_("反弹 %(number)s 次"),
    "returned": N_("销号申请被退回 %(number)s 次"),
}


def reasons(standing: Standing, rule: TalkRule) -> list[tuple[str, int]]:
    """Why this issue is proposed, as msgid and number; nothing where it is not."""
    found = []
    for name, words in REASONS.items():
        number, least = getattr(standing, name), getattr(rule, name)
        if least and number >= least:
            found.append((words, number))
    return found


def lines_of(text: str) -> list[str]:
    """What people wrote one a line; numbering in front (1. 2、（三）) is theirs and stays out."""
    return [line for raw in text.splitlines() if (line := raw.strip())]
