"""What a look-back finds, and when it may be held. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from math import sqrt
from typing import Any

from tracker.base.access import N_, Refused
from tracker.issues.workflow import Kind
from tracker.progress.rules import Upload


class Result(StrEnum):
    HELD = "held"
    FAILED = "failed"


RESULT_NAMES: dict[Result, str] = {Result.HELD: N_("没有反弹"), Result.FAILED: N_("已经反弹")}


@dataclass(frozen=True)
class Visit:
    """What was found on the spot: when, where, who was there, what they saw, what it comes to."""

    on: date
    place: str
    people: str
    seen: str
    result: Result
    files: Iterable[Upload] = ()

    @property
    def is_failed(self) -> bool:
        return self.result is Result.FAILED


def check_visit(visit: Visit, cleared_on: date, today: date) -> None:
    """Refuse a record that cannot be, or that says too little to be checked by whoever reads it later."""
    if visit.on > today:
        raise Refused(N_("回头看日期 %(date)s 还没有到，请填写实际去看的那一天。"), date=visit.on)
    if visit.on < cleared_on:
        raise Refused(
            N_("回头看日期 %(date)s 早于销号日期 %(cleared)s，请填写销号以后去看的那一天。"),
            date=visit.on,
            cleared=cleared_on,
        )
    if not all(words.strip() for words in (visit.place, visit.people, visit.seen)):
        raise Refused(N_("请写明在哪里看的、有谁参加、看到什么。"))


def check_new_term(kind: Kind, deadline: date | None, today: date) -> None:
    """Refuse a new deadline (long-term: review date) that has passed; a missing one is the workflow's to refuse."""
    if deadline is not None and deadline < today:
        words = N_("下次检视日期 %(date)s 已经过去，请填写今天或以后的日期。")
        if kind is not Kind.LONG_TERM:
            words = N_("整改时限 %(date)s 已经过去，请填写今天或以后的日期。")
        raise Refused(words, date=deadline)


# --- the lists --------------------------------------------------------------------------------------------------

#: How far ahead the list of what is coming looks, in days.
COMING = 30
#: The board's two groups in an address.
_GROUPS = {"concrete": False, "long_term": True}


@dataclass(frozen=True)
class Asked:
    """What a list of look-backs is asked for. ``ahead``: days that what is due may lie in the future; ``mine``: only
    what the person asking may hold; ``result``: of those held; ``long_term``: only these, or only the concrete ones."""

    county: int | None = None
    category: int | None = None
    ahead: int = 0
    mine: bool = False
    result: Result | None = None
    long_term: bool | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From an address; what is no filter of ours is left out."""
        result = given.get("result", "")
        return cls(
            county=_number(given.get("county")),
            category=_number(given.get("category")),
            ahead=COMING if given.get("when") == "coming" else 0,
            mine=given.get("mine") == "1",
            result=Result(result) if result in set(Result) else None,
            long_term=_GROUPS.get(given.get("group", "")),
        )

    def query(self, **changes: Any) -> dict[str, Any]:
        """The arguments of an address that asks for this, with these changes."""
        asked = replace(self, **changes)
        found = {
            "county": asked.county,
            "category": asked.category,
            "when": "coming" if asked.ahead else None,
            "mine": 1 if asked.mine else None,
            "result": asked.result and asked.result.value,
            "group": next((name for name, value in _GROUPS.items() if value is asked.long_term), None),
        }
        return {name: value for name, value in found.items() if value is not None}


def _number(word: str | None) -> int | None:
    """An id, None for anything else."""
    return int(word) if word and word.isascii() and word.isdigit() and len(word) < 10 else None


# --- how often it comes back ------------------------------------------------------------------------------------

_Z = 1.959963984540054  # the normal distribution's point for 95 %


def wilson(hits: int, looked: int) -> tuple[float, float]:
    """The 95 % score interval of a share, as (low, high) between 0 and 1; (0, 1) where nothing was looked at.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Right for few visits and for shares near nothing or all, where the
    usual "share ± error" leaves the scale or has no width.
    """
    if not looked:
        return 0.0, 1.0
    share, weight = hits / looked, _Z * _Z / looked
    middle = share + weight / 2
    half = _Z * sqrt(share * (1 - share) / looked + weight / (4 * looked))
    low, high = (middle - half) / (1 + weight), (middle + half) / (1 + weight)
    return (0.0 if hits == 0 else low), (1.0 if hits == looked else high)


@dataclass(frozen=True)
class Rate:
    """Of ``looked`` clearances that were looked at again, ``failed`` had relapsed."""

    looked: int = 0
    failed: int = 0

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.looked + other.looked, self.failed + other.failed)

    @property
    def percent(self) -> float:
        return 100 * self.failed / self.looked if self.looked else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """The interval in percent."""
        low, high = wilson(self.failed, self.looked)
        return 100 * low, 100 * high
