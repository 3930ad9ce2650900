"""What stands in a person's calendar, how it is written as iCalendar, and how often an address is answered. Pure."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from icalendar import Alarm, Calendar, Event

from tracker.base.access import N_

TOKEN_BYTES = 32
TOKEN_LENGTH = 43  # what they make in letters fit for an address

#: An office's phones, tablet and desktop ask every few minutes at worst; more than that is a program run wild.
WINDOW = timedelta(minutes=10)
PER_WINDOW = 30

#: How much is handed out at most: the nearest to come, the latest that passed, the longest waiting of each queue.
COMING, PASSED, WAITING = 200, 100, 50
LOOK_BACKS_AHEAD = 30  # days
TITLE_LENGTH = 60  # of what a task asks

_REFRESH = timedelta(hours=4)
#: All-day entries begin at midnight: nine in the morning three days before, and on the day itself.
_ALARMS = (timedelta(days=-3, hours=9), timedelta(hours=9))


class Duty(StrEnum):
    """What the day asks of the person."""

    DEADLINE = "deadline"
    REVIEW_DATE = "review-date"
    SIGN = "sign"
    PLAN = "plan"
    EXTENSION = "extension"
    REVIEW = "review"
    LOOK_BACK = "look-back"
    TASK = "task"


DUTY_NAMES: dict[Duty, str] = {
    Duty.DEADLINE: N_("整改到期：%(title)s"),
    Duty.REVIEW_DATE: N_("到检视日期：%(title)s"),
    Duty.SIGN: N_("签收期限：%(title)s"),
    Duty.PLAN: N_("方案待批：%(title)s"),
    Duty.EXTENSION: N_("延期待批：%(title)s"),
    Duty.REVIEW: N_("销号待审：%(title)s"),
    Duty.LOOK_BACK: N_("回头看到期：%(title)s"),
    Duty.TASK: N_("交办事项到期：%(title)s"),
}

#: Below the issue's own address: where the duty is done.
DUTY_PATHS: dict[Duty, str] = {
    Duty.PLAN: "/plan/decide",
    Duty.EXTENSION: "/extension/decide",
    Duty.REVIEW: "/clearance/review",
    Duty.LOOK_BACK: "/look-back",
}


@dataclass(frozen=True)
class Entry:
    """One day that asks something of the person, of one issue or one task (whose ``number`` is its id). ``official``: its
    working days are published ones."""

    duty: Duty
    number: str
    title: str
    county: str
    due: date
    official: bool = True


@dataclass(frozen=True)
class Agenda:
    """Everything that stands in one person's calendar. ``whole``: nothing had to be left out."""

    entries: tuple[Entry, ...]
    whole: bool = True


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token. It is as random as a key, so a plain digest cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def too_often(fetches: int, began_at: datetime, now: datetime) -> bool:
    """Whether an address that was asked this often since then is not answered now."""
    return now - began_at < WINDOW and fetches >= PER_WINDOW


Say = Callable[..., str]


def as_calendar(agenda: Agenda, *, name: str, say: Say, site: str, today: date, now: datetime) -> bytes:
    """The agenda as iCalendar. ``say``: the reader's language; ``site``: the public address, without a slash behind.

    An entry keeps its UID for as long as it means the same duty on the same issue, so that a moved deadline moves it.
    """
    found = Calendar()
    found.add("prodid", "-//Rectification Tracker//Deadlines//ZH")
    found.add("version", "2.0")
    found.add("calscale", "GREGORIAN")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", say(N_("整改时限 · %(name)s"), name=name))
    found.add("x-wr-timezone", "Asia/Shanghai")
    found.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    found.add("x-published-ttl", "PT4H")
    for entry in agenda.entries:
        found.add_component(_event(entry, say, site, today, now))
    late = sum(entry.due < today for entry in agenda.entries)
    if late or not agenda.whole:
        found.add_component(_today(late, agenda.whole, say, site, today, now))
    return bytes(found.to_ical())


def _event(entry: Entry, say: Say, site: str, today: date, now: datetime) -> Event:
    late = (today - entry.due).days
    summary = say(DUTY_NAMES[entry.duty], title=entry.title)
    if late > 0:
        summary = say(N_("已过 %(days)s 天 · %(summary)s"), days=late, summary=summary)
    task = entry.duty is Duty.TASK
    lines = [entry.county if task else f"{entry.number} · {entry.county}"]
    if not entry.official:
        lines.append(
            say(N_("%(year)s 年的放假安排还没有录入，工作日按周一至周五推算，可能变动。"), year=entry.due.year)
        )
    where = "tasks" if task else "issues"
    url = f"{site}/{where}/{quote(entry.number, safe='')}{DUTY_PATHS.get(entry.duty, '')}"
    event = _all_day(f"{entry.duty.value}.{entry.number}", entry.due, summary, [*lines, url], url, now)
    for before in _ALARMS:
        if late <= 0:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", summary)
            alarm.add("trigger", before)
            event.add_component(alarm)
    return event


def _today(late: int, whole: bool, say: Say, site: str, today: date, now: datetime) -> Event:
    """What a calendar cannot show by itself: nobody looks at days that have passed."""
    said = [say(N_("有 %(number)s 件已过期限，请到工作台办理"), number=late)] if late else []
    if not whole:
        said.append(say(N_("件数太多，日历只列出最近的，其余请看工作台")))
    return _all_day("today", today, "；".join(said), [f"{site}/desk"], f"{site}/desk", now)


def _all_day(key: str, day: date, summary: str, lines: Iterable[str], url: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{quote(key, safe='')}@rectification-tracker")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", summary)
    event.add("description", "\n".join(lines))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")  # a deadline makes nobody busy
    return event
