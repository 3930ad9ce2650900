"""What a look-back finds, and when it may be held. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from math import sqrt
from typing import Any, NamedTuple

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


MOST_LOOK_BACKS = 6
LATEST_MONTH = 60


def read_months(text: str) -> tuple[int, ...]:
    """``3、6、12`` -> the months after a clearance at which it is looked at again. Refused unless they rise."""
    words = [word for word in re.split(r"[、，,;；\s]+", text.strip()) if word]
    months = tuple(int(word) for word in words if word.isdecimal() and len(word) <= 3)
    rising = all(one < other for one, other in zip((0, *months), months, strict=False))
    if len(months) != len(words) or not 1 <= len(months) <= MOST_LOOK_BACKS or not rising or months[-1] > LATEST_MONTH:
        raise Refused(
            N_(
                "请写销号后第几个月回头看，从小到大用顿号分开，例如“3、6、12”；最多 %(most)s 次，不超过 %(latest)s 个月。"
            ),
            most=MOST_LOOK_BACKS,
            latest=LATEST_MONTH,
        )
    return months


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


# --- the draw ---------------------------------------------------------------------------------------------------

#: A clearance has one ticket, and one more for each relapse on its first unit's record, up to so many tickets.
MOST_TICKETS = 5
MOST_DRAWN = 500
_FRAME = ("number", "county", "category", "tickets")


class Slip(NamedTuple):
    """One clearance in the urn; county and category make its stratum."""

    number: str
    county: str
    category: str
    tickets: int = 1


def tickets_for(relapses: int) -> int:
    return min(1 + relapses, MOST_TICKETS)


def draw(slips: Collection[Slip], seed: str, size: int) -> list[str]:
    """The numbers drawn, by stratum; the same list, seed and size give the same draw anywhere.

    1. A stratum is a county and a category. Of ``size`` places it gets its share by tickets, rounded down; the places
       left go one by one to the largest remainders (equal ones in the order of their names), never more than a
       stratum has clearances.
    2. Ticket ``k`` of a clearance is the SHA-256 of ``seed``, its number and ``k``, joined by ``|``, in hexadecimal
       letters (``printf %s 'seed|number|1' | sha256sum``). A clearance stands with the largest of its tickets; in
       each stratum the largest are drawn.

    The largest of w independent tickets is weighted drawing without replacement as P. S. Efraimidis and
    P. G. Spirakis give it ("Weighted random sampling with a reservoir", Information Processing Letters 97 (2006),
    181-185): their key u^(1/w), in whole numbers.
    """
    strata: dict[tuple[str, str], list[Slip]] = defaultdict(list)
    for slip in slips:
        strata[slip.county, slip.category].append(slip)
    places = _places({key: (len(found), sum(one.tickets for one in found)) for key, found in strata.items()}, size)
    drawn: list[str] = []
    for key in sorted(strata):
        best = sorted(strata[key], key=lambda slip: (_largest(slip, seed), slip.number), reverse=True)
        drawn += [slip.number for slip in best[: places[key]]]
    return drawn


def _largest(slip: Slip, seed: str) -> str:
    numbers = (f"{seed}|{slip.number}|{ticket}" for ticket in range(1, slip.tickets + 1))
    return max(sha256(text.encode()).hexdigest() for text in numbers)


def _places(strata: Mapping[tuple[str, str], tuple[int, int]], size: int) -> dict[tuple[str, str], int]:
    """How many each stratum gives; its value: how many it has, and their tickets."""
    every = sum(tickets for _has, tickets in strata.values())
    places = {key: min(has, size * tickets // every) for key, (has, tickets) in strata.items()}
    left = min(size, sum(has for has, _tickets in strata.values())) - sum(places.values())
    order = sorted(strata, key=lambda key: (-(size * strata[key][1] % every), key))
    while left:
        for key in order:
            if left and places[key] < strata[key][0]:
                places[key] += 1
                left -= 1
    return places


def write_frame(slips: Iterable[Slip]) -> str:
    """The urn as CSV, by number: what is kept and handed out, so that anybody can draw again."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_FRAME)
    rows.writerows(sorted(slips))
    return out.getvalue()


def read_frame(text: str) -> list[Slip]:
    """The urn that ``write_frame`` wrote."""
    return [
        Slip(row["number"], row["county"], row["category"], int(row["tickets"]))
        for row in csv.DictReader(io.StringIO(text))
    ]


def check_draw(seed: str, size: int, due_on: date, today: date) -> None:
    """Refuse a draw that could not be repeated or carried out."""
    if not seed.strip():
        raise Refused(N_("请填写随机种子：一个大家看得到、事先谁也定不了的数，例如当天的福彩开奖号码。"))
    if not 1 <= size <= MOST_DRAWN:
        raise Refused(N_("抽取件数应在 1 到 %(most)s 之间。"), most=MOST_DRAWN)
    if due_on < today:
        raise Refused(N_("完成日期 %(date)s 已经过去，请填写今天或以后的日期。"), date=due_on)
