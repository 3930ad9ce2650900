"""When a cell is at zero, and how far that zero is proven (DOMAIN §6). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from tracker.base.access import N_
from tracker.issues.workflow import OPEN, Kind, State
from tracker.org.rules import Level
from tracker.register.rules import ALL_YEARS, Filters, Group

#: Concrete problems and long-term ones are counted apart: mixing them reports a false zero.
KINDS: dict[Group, tuple[Kind, ...]] = {
    Group.CONCRETE: (Kind.IMMEDIATE, Kind.TIME_LIMITED),
    Group.LONG_TERM: (Kind.LONG_TERM,),
}


class Standing(StrEnum):
    """What a cell is."""

    UNCOVERED = "uncovered"
    OPEN = "open"
    DECLARED = "declared"
    PROVEN = "proven"


STANDING_NAMES: dict[Standing, str] = {
    Standing.UNCOVERED: N_("未覆盖"),
    Standing.OPEN: N_("未清零"),
    Standing.DECLARED: N_("账面清零"),
    Standing.PROVEN: N_("已证清零"),
}

#: The mark of a cell; an open one shows its number instead.
MARKS: dict[Standing, str] = {Standing.UNCOVERED: "—", Standing.DECLARED: "○", Standing.PROVEN: "✓"}


class Doubt(StrEnum):
    """Why a zero is not proven yet. Campaign targets and thresholds join here."""

    TAKEN_OVER = "taken_over"
    LOOKBACK_DUE = "lookback_due"


DOUBT_NAMES: dict[Doubt, str] = {
    Doubt.TAKEN_OVER: N_("承接时台账已写销号，没有经过本系统审核，也还没有人去回头看"),
    Doubt.LOOKBACK_DUE: N_("到了回头看的日子还没有人去看"),
}

#: What the root's own column is called.
OWN_NAMES: dict[Level, str] = {
    Level.PROVINCE: N_("省本级"),
    Level.CITY: N_("市本级"),
    Level.COUNTY: N_("县本级"),
    Level.TOWNSHIP: N_("乡镇本级"),
    Level.VILLAGE: N_("本村"),
}


@dataclass(frozen=True)
class Tally:
    """Numbers of issues. ``overdue`` are among the open, ``look_backs`` (due and not held) among the cleared;
    ``dismissed`` stand outside every total."""

    open: int = 0
    overdue: int = 0
    proven: int = 0
    declared: int = 0
    dismissed: int = 0
    look_backs: int = 0

    @property
    def cleared(self) -> int:
        return self.proven + self.declared

    @property
    def total(self) -> int:
        return self.open + self.cleared

    @property
    def share(self) -> int | None:
        """Percent cleared, rounded down so that 100 means all; None without issues."""
        return self.cleared * 100 // self.total if self.total else None

    @property
    def doubts(self) -> dict[Doubt, int]:
        """The doubts that the issues themselves know."""
        return {Doubt.TAKEN_OVER: self.declared, Doubt.LOOKBACK_DUE: self.look_backs}

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.open + other.open,
            self.overdue + other.overdue,
            self.proven + other.proven,
            self.declared + other.declared,
            self.dismissed + other.dismissed,
            self.look_backs + other.look_backs,
        )


def add(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def standing(total: int, open_: int, doubts: Mapping[Doubt, int], *, campaign: bool = False) -> Standing:
    """What a cell is: its counted issues, how many of them are open, how often each doubt applies.

    ``campaign``: a running one covers the cell, so it is covered even without an issue.
    """
    if open_:
        return Standing.OPEN
    if not total and not campaign:
        return Standing.UNCOVERED
    return Standing.DECLARED if any(doubts.values()) else Standing.PROVEN


#: (county, category) that one post reaches; None: every one.
Reach = tuple[int | None, int | None]


def reached(reaches: Iterable[Reach], county: int, category: int) -> bool:
    """Whether one of the posts covers this cell."""
    return any(c in (None, county) and k in (None, category) for c, k in reaches)


def filter_for(reaches: Iterable[Reach], county: int | None = None, category: int | None = None) -> Reach | None:
    """The one (county, category) filter that finds exactly what a sum counts; None when no single one does.

    ``county``, ``category``: the column or row that is summed, neither for the sum of all. A person with several
    posts may see cells of which no single filter says the sum; such a figure gets no link, rather than a wrong one.
    """
    narrowed = {
        (county or c, category or k)
        for c, k in reaches
        if (county is None or c in (None, county)) and (category is None or k in (None, category))
    }
    if (county, category) in narrowed:
        return county, category
    return narrowed.pop() if len(narrowed) == 1 else None


def filters_of(group: Group) -> dict[str, Filters]:
    """Figure -> what the register must be asked to list exactly the issues it counts, before place and category."""
    counted = Filters(group=group, no_parents=True, year=ALL_YEARS)
    unended = tuple(state for state in State if state in OPEN)
    return {
        "open": replace(counted, state=unended),
        "overdue": replace(counted, overdue=True),
        "cleared": replace(counted, state=(State.CLEARED,)),
        "unproven": replace(counted, state=(State.CLEARED,), proven=False),
        "total": counted,
        "dismissed": replace(counted, state=(State.DISMISSED,)),
    }
