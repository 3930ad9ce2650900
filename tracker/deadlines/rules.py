"""Lamps, clocks besides the deadline, escalation levels: pure functions of dates and the calendar (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from tracker.base.access import N_, Refused
from tracker.issues.workflow import OPEN, State
from tracker.messages.rules import Matter
from tracker.workdays.rules import Calendar


class ExtensionState(StrEnum):
    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"


class ObjectionState(StrEnum):
    WAITING = "waiting"
    UPHELD = "upheld"
    REFUSED = "refused"


OWN_OBJECTION = N_("异议不能由提出人、承办单位或牵头领导自己裁定，请由其他督查人员办理。")
OBJECTION_STATE_NAMES: dict[ObjectionState, str] = {
    ObjectionState.WAITING: N_("待裁定"),
    ObjectionState.UPHELD: N_("异议成立"),
    ObjectionState.REFUSED: N_("异议不成立"),
}


class Lamp(StrEnum):
    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


LAMP_NAMES: dict[Lamp, str] = {
    Lamp.GREEN: N_("正常"),
    Lamp.BLUE: N_("临近"),
    Lamp.YELLOW: N_("预警"),
    Lamp.RED: N_("逾期"),
}


class Why(StrEnum):
    """Why a lamp shows what it shows; the page explains it in words."""

    ENDED = "ended"
    OVERDUE = "overdue"
    UNSIGNED = "unsigned"
    LAG_RED = "lag_red"
    DUE_SOON = "due_soon"
    LAG_YELLOW = "lag_yellow"
    DUE_THIS_WEEK = "due_this_week"
    IN_TIME = "in_time"
    NO_DEADLINE = "no_deadline"
    UNDER_REVIEW = "under_review"


#: The sentence that explains the lamp, with the dates and days it rests on (``explain`` fills the fields).
WHY_NAMES: dict[Why, str] = {
    Why.ENDED: N_("已办结，不再计时。"),
    Why.OVERDUE: N_(
        "整改时限 %(deadline)s 已过，从 %(overdue_from)s 起算，今天是逾期第 %(days)s 天；未销号前一直亮红灯。"
    ),
    Why.UNSIGNED: N_("%(since)s 交办，至今 %(workdays)s 个工作日没有签收，超过 %(allowed)s 个工作日。"),
    Why.LAG_RED: N_(
        "从 %(began)s 到 %(deadline)s，时间已用 %(used)s%%，整改进度 %(progress)s%%，"
        "落后 %(lag)s 个百分点，超过 %(allowed)s 个。"
    ),
    Why.DUE_SOON: N_("距整改时限 %(deadline)s 还有 %(left)s 天，在 %(allowed)s 天以内。"),
    Why.LAG_YELLOW: N_(
        "从 %(began)s 到 %(deadline)s，时间已用 %(used)s%%，整改进度 %(progress)s%%，"
        "落后 %(lag)s 个百分点，达到 %(allowed)s 个。"
    ),
    Why.DUE_THIS_WEEK: N_("距整改时限 %(deadline)s 还有 %(left)s 天，在 %(allowed)s 天以内。"),
    Why.IN_TIME: N_("距整改时限 %(deadline)s 还有 %(left)s 天，正常推进。"),
    Why.NO_DEADLINE: N_("没有整改时限，按检视日期跟踪。"),
    Why.UNDER_REVIEW: N_("%(since)s 在时限 %(deadline)s 内申请销号，审核期间不计逾期。"),
}

#: The word beside the lamp where the colour's own (``LAMP_NAMES``) would say the wrong thing.
WHY_WORDS: dict[Why, str] = {
    Why.UNSIGNED: N_("未签收"),
    Why.LAG_RED: N_("滞后"),
    Why.LAG_YELLOW: N_("滞后"),
    Why.UNDER_REVIEW: N_("审核中"),
    Why.ENDED: N_("已办结"),
}


class Audience(StrEnum):
    """Whom a level of escalation can tell."""

    RESPONSIBLE = "responsible"
    LEADING = "leading"
    COUNTY = "county"
    ROOT = "root"


AUDIENCE_NAMES: dict[Audience, str] = {
    Audience.RESPONSIBLE: N_("责任单位和责任人"),
    Audience.LEADING: N_("牵头领导"),
    Audience.COUNTY: N_("县级督查"),
    Audience.ROOT: N_("市级督查"),
}

#: Escalation: what each level is called, the first one first (DOMAIN §5).
LEVEL_NAMES: tuple[str, ...] = (N_("责任单位"), N_("牵头领导"), N_("督办单"), N_("通报名单"), N_("约谈名单"))


@dataclass(frozen=True)
class Clocks:
    """Thresholds: days before the deadline, percentage points of lag, working days of waiting; of each level of
    escalation, the days overdue with which it begins and whom it tells."""

    blue_days: int = 7
    yellow_days: int = 3
    yellow_lag: int = 10
    red_lag: int = 30
    unassigned_workdays: int = 3
    unsigned_workdays: int = 3
    planning_workdays: int = 10
    review_workdays: int = 5
    level_days: tuple[int, ...] = (1, 3, 7, 15, 30)
    tells: tuple[tuple[Audience, ...], ...] = (
        (Audience.RESPONSIBLE,),
        (Audience.LEADING,),
        (Audience.COUNTY,),
        (Audience.ROOT,),
        (Audience.ROOT,),
    )


DEFAULT = Clocks()


def to_keep(clocks: Clocks) -> dict[str, Any]:
    """The thresholds as plain numbers, words and lists, to be stored; ``as_kept`` reads them again."""
    tells = [[each.value for each in told] for told in clocks.tells]
    return vars(clocks) | {"level_days": list(clocks.level_days), "tells": tells}


def as_kept(stored: Mapping[str, Any]) -> Clocks:
    """The thresholds from what ``to_keep`` made of them; those not named are the default ones."""
    values = dict(stored)
    if "level_days" in values:
        values["level_days"] = tuple(values["level_days"])
    if "tells" in values:
        values["tells"] = tuple(tuple(map(Audience, told)) for told in values["tells"])
    return replace(DEFAULT, **values)


LONGEST = 250  # working days or days: about a year; longer is a slip


def check_clocks(clocks: Clocks) -> None:
    """Refuse what cannot be meant so."""
    numbers = [number for number in vars(clocks).values() if isinstance(number, int)]
    if any(not 1 <= number <= LONGEST for number in (*numbers, *clocks.level_days)):
        raise Refused(N_("天数和百分点都要在 1 到 %(longest)s 之间。"), longest=LONGEST)
    if clocks.yellow_days > clocks.blue_days:
        raise Refused(N_("黄灯的天数不能多于蓝灯的天数。"))
    if clocks.yellow_lag > clocks.red_lag:
        raise Refused(N_("黄灯的滞后不能大于红灯的滞后。"))
    for number, (lower, higher) in enumerate(pairwise(clocks.level_days), 1):
        if lower >= higher:
            raise Refused(
                N_("逾期升级：第 %(higher)s 级要满的天数（%(days)s）必须多于第 %(lower)s 级（%(before)s）。"),
                lower=number,
                higher=number + 1,
                before=lower,
                days=higher,
            )
    for number, told in enumerate(clocks.tells, 1):
        if not told:
            raise Refused(N_("逾期升级：第 %(level)s 级没有选通知谁，至少选一类人。"), level=number)


def level(days_overdue: int, level_days: Sequence[int] = DEFAULT.level_days) -> int:
    """0 (below the first level) to 5 (talk list)."""
    return sum(days_overdue >= days for days in level_days)


def level_name(number: int) -> str:
    """The level's msgid; ``number`` 1 to 5."""
    return LEVEL_NAMES[number - 1]


def level_from(starts_on: date, days: int) -> date:
    """The day on which an episode that began then is so many days old."""
    return starts_on + timedelta(days=days - 1)


#: What the people of a level are told.
MATTERS: dict[int, Matter] = {1: Matter.UNIT, 2: Matter.LEAD, 3: Matter.NOTICE, 4: Matter.BULLETIN, 5: Matter.TALK}


def occasion(number: int, episode_id: int | str = "") -> str:
    """What a level of an episode is called in the outbox, where an occasion is told once."""
    return f"escalation:{number}:{episode_id}"


@dataclass(frozen=True)
class Facing:
    """What the lamp depends on, apart from today and the calendar. ``progress``: 0 to 100, None without measure."""

    state: State
    deadline: date | None
    overdue_from: date | None
    waiting_since: date
    began_on: date
    progress: int | None = None


def lamp(facing: Facing, today: date, calendar: Calendar, clocks: Clocks = DEFAULT) -> tuple[Lamp, Why]:
    """The lamp and its reason; the gravest wins."""
    if facing.state not in OPEN:
        return Lamp.GREEN, Why.ENDED
    if facing.overdue_from is not None and facing.overdue_from <= today:
        return Lamp.RED, Why.OVERDUE
    if _unsigned(facing, today, calendar, clocks):
        return Lamp.RED, Why.UNSIGNED
    if facing.state is State.REVIEWING and facing.overdue_from is None and facing.deadline is not None:
        return Lamp.GREEN, Why.UNDER_REVIEW
    lag = lag_of(facing, today)
    if lag > clocks.red_lag:
        return Lamp.RED, Why.LAG_RED
    left = (facing.deadline - today).days if facing.deadline else None
    if left is not None and left <= clocks.yellow_days:
        return Lamp.YELLOW, Why.DUE_SOON
    if lag >= clocks.yellow_lag:
        return Lamp.YELLOW, Why.LAG_YELLOW
    if left is not None and left <= clocks.blue_days:
        return Lamp.BLUE, Why.DUE_THIS_WEEK
    return Lamp.GREEN, Why.IN_TIME if left is not None else Why.NO_DEADLINE


def _unsigned(facing: Facing, today: date, calendar: Calendar, clocks: Clocks) -> bool:
    if facing.state is not State.ASSIGNED:
        return False
    return calendar.workdays_between(facing.waiting_since, today) > clocks.unsigned_workdays


def lag_of(facing: Facing, today: date) -> int:
    """Percentage points by which progress lags the time used; 0 without deadline or measure of progress."""
    if facing.progress is None:
        return 0
    return max(0, time_used(facing, today) - facing.progress)


def time_used(facing: Facing, today: date) -> int:
    """Whole percent of the time from the beginning to the deadline, 0 to 100; 0 where there is no such stretch."""
    if facing.deadline is None or facing.deadline <= facing.began_on:
        return 0
    used = (today - facing.began_on).days * 100 // (facing.deadline - facing.began_on).days
    return max(0, min(used, 100))


def progress_of(quantity: tuple[int, int] | None, measures: tuple[int, int] | None) -> int | None:
    """Percent done: of the quantity (done, total) if there is one, else of the measures; None with neither."""
    done, total = quantity or measures or (0, 0)
    return min(100, done * 100 // total) if total else None


@dataclass(frozen=True)
class Signal:
    """A lamp with all a page says of it: ``word`` (msgid) beside it, ``days`` overdue (positive) or left (negative)
    or None, and why: ``sentence`` (msgid) with its ``fields``."""

    lamp: Lamp
    why: Why
    word: str
    days: int | None
    sentence: str
    fields: Mapping[str, object]


def signal(facing: Facing, today: date, calendar: Calendar, clocks: Clocks = DEFAULT) -> Signal:
    """The lamp, and why it shows what it shows, with the dates and days counted."""
    colour, why = lamp(facing, today, calendar, clocks)
    days = (today - facing.deadline).days if facing.deadline and facing.state in OPEN else None
    return Signal(
        colour,
        why,
        WHY_WORDS.get(why, LAMP_NAMES[colour]),
        days,
        WHY_NAMES[why],
        _counted(facing, today, calendar) | {"allowed": _allowed(why, clocks)},
    )


def _counted(facing: Facing, today: date, calendar: Calendar) -> dict[str, object]:
    """Everything a sentence of ``WHY_NAMES`` may name."""
    return {
        "deadline": facing.deadline,
        "overdue_from": facing.overdue_from,
        "days": days_overdue(facing.overdue_from, today),
        "left": (facing.deadline - today).days if facing.deadline else None,
        "since": facing.waiting_since,
        "workdays": calendar.workdays_between(facing.waiting_since, today) if facing.state is State.ASSIGNED else 0,
        "began": facing.began_on,
        "used": time_used(facing, today),
        "progress": facing.progress,
        "lag": lag_of(facing, today),
    }


def _allowed(why: Why, clocks: Clocks) -> int | None:
    return {
        Why.UNSIGNED: clocks.unsigned_workdays,
        Why.LAG_RED: clocks.red_lag,
        Why.LAG_YELLOW: clocks.yellow_lag,
        Why.DUE_SOON: clocks.yellow_days,
        Why.DUE_THIS_WEEK: clocks.blue_days,
    }.get(why)


def days_overdue(overdue_from: date | None, today: date) -> int:
    """1 on the first overdue day; 0 while none has come."""
    return max(0, (today - overdue_from).days + 1) if overdue_from else 0


# --- the clocks besides the deadline ----------------------------------------------------------------------------


class Clock(StrEnum):
    """A step that may take so many working days."""

    UNASSIGNED = "unassigned"
    UNSIGNED = "unsigned"
    PLANNING = "planning"
    REVIEW = "review"


CLOCK_NAMES: dict[Clock, str] = {
    Clock.UNASSIGNED: N_("交办"),
    Clock.UNSIGNED: N_("签收"),
    Clock.PLANNING: N_("制定方案"),
    Clock.REVIEW: N_("本级审核"),
}

#: Which clock runs in which state; the deadline's own runs besides.
CLOCK_OF: dict[State, Clock] = {
    State.LISTED: Clock.UNASSIGNED,
    State.ASSIGNED: Clock.UNSIGNED,
    State.PLANNING: Clock.PLANNING,
    State.REVIEWING: Clock.REVIEW,
}

#: What the people who must act are told when it has taken longer.
DELAY_MATTERS: dict[Clock, Matter] = {
    Clock.UNASSIGNED: Matter.DELAY_UNASSIGNED,
    Clock.UNSIGNED: Matter.DELAY_UNSIGNED,
    Clock.PLANNING: Matter.DELAY_PLANNING,
    Clock.REVIEW: Matter.DELAY_REVIEW,
}


def delay_occasion(which: Clock, delay_id: int | str = "") -> str:
    """What a step's delay is called in the outbox, where an occasion is told once."""
    return f"delay:{which}:{delay_id}"


def allowed_workdays(which: Clock, clocks: Clocks = DEFAULT) -> int:
    """How many working days the step may take."""
    return {
        Clock.UNASSIGNED: clocks.unassigned_workdays,
        Clock.UNSIGNED: clocks.unsigned_workdays,
        Clock.PLANNING: clocks.planning_workdays,
        Clock.REVIEW: clocks.review_workdays,
    }[which]


def late_since(today: date, calendar: Calendar, allowed: int) -> date:
    """Whatever began to wait on this day or before has waited longer than so many working days."""
    day = today
    while calendar.workdays_between(day, today) <= allowed:
        day -= timedelta(days=1)
    return day


@dataclass(frozen=True)
class Wait:
    """How long a step has waited, in working days, and how many it may; late from ``late_on`` on."""

    clock: Clock
    since: date
    workdays: int
    allowed: int
    late_on: date

    @property
    def is_long(self) -> bool:
        return self.workdays > self.allowed


def wait(state: State, since: date, today: date, calendar: Calendar, clocks: Clocks = DEFAULT) -> Wait | None:
    """The clock of this state: unassigned, unsigned, planning, at one review level; None where only the deadline runs.

    ``since``: when the state was entered; under review, when the present level was.
    """
    which = CLOCK_OF.get(state)
    if which is None:
        return None
    allowed = allowed_workdays(which, clocks)
    late_on = calendar.add_workdays(since, allowed + 1)
    return Wait(which, since, calendar.workdays_between(since, today), allowed, late_on)
