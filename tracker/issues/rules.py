"""Pure rules of the issue: when it is overdue, what its number may be, how its text is searched."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from operator import add

from tracker.base.access import N_
from tracker.issues.workflow import OPEN, Kind, State

#: Immediate issues without a deadline get this many working days, marked as proposed by the system (DOMAIN §3).
IMMEDIATE_WORKDAYS = 10

#: A clearance is looked at again so many months later (回头看), unless the root office keeps other months under this
#: name; a long-term one every further year besides.
LOOK_BACK_MONTHS = (3, 6, 12)
LOOK_BACKS = "look_back_months"
#: A look-back held so many days before its date answers it.
LOOK_BACK_AHEAD = timedelta(days=30)

LARGEST_AMOUNT = Decimal("99999999999999.99")  # yuan; what the column holds

_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_.()（）〔〕\[\]-]{0,39}")
_RUN = re.compile(r"[\u3400-\u9fff]+|[0-9a-z]+")


class EpisodeEnd(StrEnum):
    CLEARED = "cleared"
    DISMISSED = "dismissed"
    EXTENDED = "extended"
    ANNULLED = "annulled"


class Answer(StrEnum):
    """What became of a finding."""

    LISTED = "listed"  # an issue was listed for it
    MERGED = "merged"  # an issue that stood already answers it too
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"  # the import that brought it was undone


END_NAMES: dict[EpisodeEnd, str] = {
    EpisodeEnd.CLEARED: N_("已销号"),
    EpisodeEnd.DISMISSED: N_("不予列单"),
    EpisodeEnd.EXTENDED: N_("已延期"),
    EpisodeEnd.ANNULLED: N_("异议成立"),
}


def overdue_from(state: State, deadline: date | None, applied_on: date | None = None) -> date | None:
    """The first overdue day, or None while no deadline clock runs.

    An application made by the deadline stops the clock while it is under review (DOMAIN §5); returned or
    withdrawn, the clock stands again from the deadline.
    """
    if deadline is None or state not in OPEN:
        return None
    if state is State.REVIEWING and applied_on is not None and applied_on <= deadline:
        return None
    return deadline + timedelta(days=1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month; where that month has none, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def next_look_back(
    cleared_on: date, kind: Kind, held_on: date | None = None, months: Sequence[int] = LOOK_BACK_MONTHS
) -> date | None:
    """When a clearance is to be looked at next, None when it has been for the last time.

    ``held_on``: the latest look-back of this clearance; it answers every date before it and the one it comes up to
    ``LOOK_BACK_AHEAD`` before, so that whoever comes late is not sent there twice.
    """
    answered = held_on + LOOK_BACK_AHEAD if held_on else cleared_on
    for number in count() if kind is Kind.LONG_TERM else range(len(months)):
        further = max(0, number - len(months) + 1)
        due = months_after(cleared_on, months[min(number, len(months) - 1)] + 12 * further)
        if due > answered:
            return due
    return None


def fit_number(text: str) -> bool:
    """Whether a ledger's own number can be an issue's: letters, digits, Chinese and a few marks, at most 40.

    A bare running number (``12``) is not: it restarts per source and says nothing outside its ledger.
    """
    return bool(_NUMBER.fullmatch(text)) and not text.isdigit() and text not in {".", ".."}


def bigrams(text: str) -> str:
    """Overlapping pairs of Chinese characters, whole words of latin letters and digits, separated by spaces.

    ``饮水工程2期`` -> ``饮水 水工 工程 2 期``; a search for two characters is then one exact word.
    """
    return " ".join(_words(_RUN.findall(text.lower())))


def _words(runs: Iterable[str]) -> list[str]:
    words: list[str] = []
    for run in runs:
        if run[0].isascii() or len(run) == 1:
            words.append(run)
        else:
            words += map(add, run, run[1:])
    return words


def shadow(text: str) -> str:
    """What search looks in: the bigrams, then the last character of every run, so that each character of the text
    begins some word and a search for one character finds it by prefix."""
    runs = _RUN.findall(text.lower())
    ends = dict.fromkeys(run[-1] for run in runs if len(run) > 1 and not run[0].isascii())
    return " ".join([*_words(runs), *ends])


# --- numbers in Chinese ----------------------------------------------------------------------------------------

_DIGITS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """1 to 99 as sections are counted: 一, 十, 十二, 二十, 二十三."""
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (_DIGITS[ones] if ones else "")
