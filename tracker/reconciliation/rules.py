"""What can become of a finding, what may answer it, and how alike two wordings are. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from tracker.base.access import N_, Refused
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.rules import bigrams
from tracker.issues.workflow import State


class Outcome(StrEnum):
    """An answer, or none yet; every finding has exactly one, so the columns add up."""

    LISTED = "listed"
    MERGED = "merged"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.LISTED: N_("已列单"),
    Outcome.MERGED: N_("并入已有问题"),
    Outcome.DECLINED: N_("不采纳"),
    Outcome.WITHDRAWN: N_("随导入撤销"),
    Outcome.OPEN: N_("待处理"),
}

NOT_KNOWN = "none"  # a finding without county or category: not listed yet and naming none


class By(StrEnum):
    SOURCE = "source"
    COUNTY = "county"
    CATEGORY = "category"


BY_NAMES: dict[By, str] = {By.SOURCE: N_("问题来源"), By.COUNTY: N_("县市区"), By.CATEGORY: N_("类别")}


@dataclass(frozen=True)
class Wanted:
    """Which findings are meant; empty: all that exist for the person."""

    inspection: int | None = None
    source: Source | None = None
    county: int | str | None = None
    category: int | str | None = None
    outcome: Outcome | None = None
    year: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wanted:
        """From an address's parameters; what makes no sense is left out."""
        source, outcome = given.get("source", ""), given.get("outcome", "")
        return cls(
            inspection=_number(given.get("inspection")),
            source=Source(source) if source in SOURCE_NAMES else None,
            county=NOT_KNOWN if given.get("county") == NOT_KNOWN else _number(given.get("county")),
            category=NOT_KNOWN if given.get("category") == NOT_KNOWN else _number(given.get("category")),
            outcome=Outcome(outcome) if outcome in set(Outcome) else None,
            year=_number(given.get("year")),
        )

    def parameters(self, **changed: Any) -> Iterator[tuple[str, str]]:
        """What an address says of it, with some changed or (None) left out."""
        for name, value in {**vars(self), **changed}.items():
            if value is not None:
                yield name, str(value)

    def query(self, **changed: Any) -> str:
        """``?source=…&outcome=…``, or nothing."""
        said = urlencode(list(self.parameters(**changed)))
        return f"?{said}" if said else ""


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def may_answer(state: State, cleared_on: date | None, received_on: date) -> None:
    """Refuse an issue that cannot answer a finding: off the list, locked under review, or struck off before the
    finding came (then the problem is back: a relapse, or a new one)."""
    if state is State.DISMISSED:
        raise Refused(N_("这个问题已不予列单，不能再回应反馈问题。"))
    if state is State.REVIEWING:
        raise Refused(N_("这个问题正在销号审核，内容已锁定；请在审核结束后再并入。"))
    if cleared_on is not None and cleared_on < received_on:
        raise Refused(
            N_("这个问题在 %(cleared)s 已销号，反馈是 %(received)s 才收到的：请按回头看处理，或另列新问题。"),
            cleared=cleared_on,
            received=received_on,
        )


# --- how alike ----------------------------------------------------------------------------------------------------

ALIKE = 0.4  # from here on a person is asked whether two wordings mean the same problem
SUGGESTED = 5
#: Most of a report's wording says that something is a problem, not which: these pairs tell nothing apart.
_COMMON = frozenset(
    bigrams("存在问题不到位未落实工作力度不够等情况，存在落实不到位等问题，脱贫攻坚扶贫部分个别个村").split()
)
_MOST_GRAMS = 48


def grams_of(text: str) -> frozenset[str]:
    """The pairs of characters that tell one problem from another."""
    return frozenset(bigrams(text).split()) - _COMMON


def grams_to_search(text: str) -> list[str]:
    """At most so many of them, taken evenly from the whole text, in a fixed order."""
    grams = list(dict.fromkeys(gram for gram in bigrams(text).split() if gram not in _COMMON))
    step = max(1, -(-len(grams) // _MOST_GRAMS))
    return grams[::step]


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Between 0 and 1: the share of pairs two wordings have in common (Dice), or nearly the share of the shorter one
    that stands in the longer, because a ledger often quotes one sentence of a long finding."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    shorter = min(len(one), len(other))
    inside = 0.9 * shared / shorter if shorter >= 10 else 0.0
    return max(2 * shared / (len(one) + len(other)), inside)
