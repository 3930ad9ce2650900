"""Standards of clearance, states of an application, who may review which level. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from tracker.base.access import N_, Refused, Role
from tracker.issues.workflow import TABLE, Who
from tracker.org.rules import Level
from tracker.progress.rules import Upload


class Standard(StrEnum):
    MEASURES = "measures"
    VIOLATIONS = "violations"
    EFFECT = "effect"
    SIMILAR = "similar"
    MECHANISM = "mechanism"


STANDARD_NAMES: dict[Standard, str] = {
    Standard.MEASURES: N_("整改措施落实到位"),
    Standard.VIOLATIONS: N_("违规违纪问题处理到位"),
    Standard.EFFECT: N_("整改效果达到标准"),
    Standard.SIMILAR: N_("同类问题举一反三排查到位"),
    Standard.MECHANISM: N_("长效机制建立到位"),
}

#: The first three must rest on at least one piece of evidence each (DOMAIN §3).
EVIDENCED = (Standard.MEASURES, Standard.VIOLATIONS, Standard.EFFECT)


class ApplicationState(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    PASSED = "passed"
    RETURNED = "returned"


APPLICATION_STATE_NAMES: dict[ApplicationState, str] = {
    ApplicationState.OPEN: N_("审核中"),
    ApplicationState.PASSED: N_("已通过"),
    ApplicationState.RETURNED: N_("已退回"),
    ApplicationState.WITHDRAWN: N_("已撤回"),
}

VERDICT_NAMES: dict[Verdict, str] = {
    Verdict.PASSED: N_("通过"),
    Verdict.RETURNED: N_("退回"),
}


class Answer(NamedTuple):
    """How one standard is met: in words, resting on evidence the issue has already and on files brought along."""

    text: str
    evidence_ids: Collection[int] = ()
    files: Iterable[Upload] = ()


@dataclass(frozen=True)
class Site:
    """What was found on the spot: when, where, who was there, what they saw."""

    on: date
    place: str
    people: str
    seen: str
    files: Iterable[Upload] = ()

    @property
    def is_complete(self) -> bool:
        return all(words.strip() for words in (self.place, self.people, self.seen))


# --- who had part in the work -------------------------------------------------------------------------------------

_OF_THE_WORK = frozenset({Who.HANDLER, Who.FIRST_HANDLER, Who.LEAD_OFFICIAL, Who.APPLICANT_UNIT})

#: What only those who do the work do to an issue: whoever once did one of these, or had it done by a stand-in, never
#: reviews it, whoever is named in the duty chain by then.
WORK: tuple[str, ...] = (
    *sorted({row.verb.value for row in TABLE if row.who & _OF_THE_WORK}),
    "answer_standards",
)


# --- chains -------------------------------------------------------------------------------------------------------

MOST_LEVELS = 4

#: Where a level is seated, and how a page says it; None: at the root.
SEATS: dict[Level | None, str] = {
    Level.VILLAGE: N_("所在村"),
    Level.TOWNSHIP: N_("所在乡镇"),
    Level.COUNTY: N_("所在县"),
    Level.CITY: N_("所在市"),
    None: N_("最高一级"),
}
_HEIGHT = {seat: height for height, seat in enumerate(SEATS)}


class Seat(NamedTuple):
    """One level of a chain: what it is called, which role reviews, where it is seated, whether on the spot."""

    name: str
    role: Role
    region_level: Level | None
    site_record: bool = False


def check_chain(levels: Sequence[Seat]) -> None:
    """Refuse a chain that cannot be walked: one to four named levels of reviewing roles, going up or staying."""
    if not 1 <= len(levels) <= MOST_LEVELS:
        raise Refused(N_("审核链要有一至四级。"))
    if any(not level.name.strip() for level in levels):
        raise Refused(N_("请写明每一级的名称。"))
    if any(level.role not in (Role.SUPERVISOR, Role.LEADER) for level in levels):
        raise Refused(N_("每一级只能由督查或领导审核。"))
    heights = [_HEIGHT[level.region_level] for level in levels]
    if heights != sorted(heights):
        raise Refused(N_("审核要由下往上：后一级不能低于前一级。"))


# --- who may review (DOMAIN §3) -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """One post in force, seated in the issue's region or above it, that covers its category.

    ``depth``: steps up from the issue's region, 0 is that region itself. ``barred``: whoever has part in the
    rectification or reviewed another level of this application.
    """

    user_id: int
    role: Role
    depth: int
    barred: bool = False


@dataclass(frozen=True)
class Bench:
    """Who may review one level: ``user_ids`` at ``depth``; ``raised`` when nobody is eligible at the level's own seat
    and the next higher region's supervisors review. Without anybody, the post at the seat is vacant."""

    user_ids: frozenset[int]
    depth: int
    raised: bool = False


def bench(candidates: Collection[Candidate], role: Role, seat: int) -> Bench:
    """Who reviews a level of ``role`` seated ``seat`` steps above the issue's region.

    The level's own people; with nobody eligible there, the supervisors of the next higher region that has any.
    At the root there is no higher region: a last level there needs another leader than the lead official.
    """
    free = [candidate for candidate in candidates if not candidate.barred]
    own = frozenset(one.user_id for one in free if one.depth == seat and one.role is role)
    if own:
        return Bench(own, seat)
    above = sorted({one.depth for one in free if one.depth > seat and one.role is Role.SUPERVISOR})
    if not above:
        return Bench(frozenset(), seat)
    return Bench(
        frozenset(one.user_id for one in free if one.depth == above[0] and one.role is Role.SUPERVISOR),
        above[0],
        raised=True,
    )
