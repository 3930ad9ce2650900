"""What a desk says: which desks a person has, and the one next step of an official on an issue. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.base.access import N_, Grant, Role
from tracker.issues.workflow import VERB_NAMES, State, Verb


class Desk(StrEnum):
    OFFICIAL = "official"
    SUPERVISOR = "supervisor"
    LEADER = "leader"


DESK_NAMES: dict[Desk, str] = {Desk.OFFICIAL: N_("承办"), Desk.SUPERVISOR: N_("督查"), Desk.LEADER: N_("领导")}

_ROLES = {Role.SUPERVISOR: Desk.SUPERVISOR, Role.LEADER: Desk.LEADER, Role.OFFICIAL: Desk.OFFICIAL}


def desks_of(grants: Iterable[Grant]) -> list[Desk]:
    """The desks these posts call for."""
    roles = {grant.role for grant in grants}
    return [desk for role, desk in _ROLES.items() if role in roles]


@dataclass(frozen=True)
class Step:
    """One button in a row: a link to ``path`` below the issue's address, or a post there."""

    label: str
    path: str
    post: bool = False


SIGN = Step(VERB_NAMES[Verb.ACCEPT], "accept", post=True)
PLAN = Step(VERB_NAMES[Verb.SUBMIT_PLAN], "plan")
REPORT = Step(VERB_NAMES[Verb.REPORT], "progress")
APPLY = Step(VERB_NAMES[Verb.REQUEST_CLEARANCE], "clearance")


def next_step(state: State, *, first: bool, chain: bool, plan_waiting: bool, done: bool) -> Step | None:
    """What an official does next. ``first``: of the first responsible unit; ``chain``: the duty chain is complete;
    ``plan_waiting``: a plan waits for approval; ``done``: all that can be measured is done."""
    if state is State.ASSIGNED:
        return SIGN if first and chain else REPORT
    if state is State.PLANNING:
        return REPORT if plan_waiting or not chain else PLAN
    if state is State.RECTIFYING:
        return APPLY if first and chain and done else REPORT
    return None


# --- one act on many issues -----------------------------------------------------------------------------------

#: As many as one person can answer for at once; a longer list is carried out in several goes.
MOST_AT_ONCE = 500


class Act(StrEnum):
    """What can be carried out on many issues; each issue passes the one door by itself."""

    REMIND = "remind"
    REASSIGN = "reassign"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"


ACT_NAMES: dict[Act, str] = {act: VERB_NAMES[Verb(act.value)] for act in Act}

DONE: dict[Act, str] = {
    Act.REMIND: N_("已催办，通知了 %(number)s 人。"),
    Act.REASSIGN: N_("已转办，等%(unit)s签收。"),
    Act.GRANT_EXTENSION: N_("已同意，时限延到 %(day)s。"),
    Act.REFUSE_EXTENSION: N_("已答复不同意，时限仍是 %(day)s。"),
}
BROKEN = N_("系统出了问题，这一件没有办成；已记录下来。")


class Outcome(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class By(StrEnum):
    """What the overdue issues are counted by; also the filter that a count leads to."""

    COUNTY = "county"
    LEAD = "lead"
    UNIT = "unit"
    CATEGORY = "category"
    LEVEL = "level"


BY_NAMES: dict[By, str] = {
    By.COUNTY: N_("县市区"),
    By.LEAD: N_("牵头领导"),
    By.UNIT: N_("单位"),
    By.CATEGORY: N_("类别"),
    By.LEVEL: N_("级别"),
}


def issue_ids(words: Iterable[str]) -> list[int]:
    """The ids that were ticked or sent along (``"3"``, ``"3,5"``), each once, in order; what is none is left out."""
    found = [
        int(part) for word in words for part in word.split(",") if part.isascii() and part.isdigit() and len(part) < 10
    ]
    return list(dict.fromkeys(found))


# --- how many were overdue, week by week ----------------------------------------------------------------------

WEEKS = 26
#: The picture's ground, in units of its own; what it is shown at is the style sheet's.
WIDTH, HEIGHT = 720, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 12, 12, 28


class Part(StrEnum):
    """What a number of the trend counts on its day."""

    RUNNING = "running"
    BEGAN = "began"  # in the seven days up to it
    ENDED = "ended"


PART_NAMES: dict[Part, str] = {Part.RUNNING: N_("逾期"), Part.BEGAN: N_("新增"), Part.ENDED: N_("解除")}


def weeks(today: date) -> list[date]:
    """The days the trend looks at, a week apart, the last one today."""
    return [today - timedelta(days=7 * back) for back in reversed(range(WEEKS))]


@dataclass(frozen=True)
class Plot:
    """A line through numbers, in the units of the picture. ``ticks``: (y, number) of the scale, the highest last."""

    points: list[tuple[float, float]]
    ticks: list[tuple[float, int]]

    @property
    def line(self) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self.points)


def plot(numbers: Sequence[int]) -> Plot:
    """From the left edge to the right, from nought upwards to a round number that none exceeds."""
    top = scale(max(numbers, default=0))
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM

    def y(number: float) -> float:
        return round(_TOP + high * (1 - number / top), 1)

    step = wide / max(1, len(numbers) - 1)
    points = [(round(_LEFT + step * place, 1), y(number)) for place, number in enumerate(numbers)]
    return Plot(points, [(y(top * part / 4), top * part // 4) for part in range(5)])


def scale(highest: int) -> int:
    """The top of the scale: 4, 8, 20, 40, 80, 200 … that its quarters are whole numbers too."""
    unit = 4
    while True:
        for times in (1, 2, 5):
            if highest <= unit * times:
                return unit * times
        unit *= 10
