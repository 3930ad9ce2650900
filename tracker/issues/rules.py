"""Pure rules of the issue: when it is overdue, what its number may be, how its text is searched."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

from tracker.base.access import N_
from tracker.issues.workflow import OPEN, State

#: Immediate issues without a deadline get this many working days, marked as proposed by the system (DOMAIN §3).
IMMEDIATE_WORKDAYS = 10

_NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff_.()（）〔〕\[\]-]{0,39}")
_RUN = re.compile(r"[\u3400-\u9fff]+|[0-9a-z]+")


class EpisodeEnd(StrEnum):
    CLEARED = "cleared"
    DISMISSED = "dismissed"
    EXTENDED = "extended"
    ANNULLED = "annulled"


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


def fit_number(text: str) -> bool:
    """Whether a ledger's own number can be an issue's: letters, digits, Chinese and a few marks, at most 40.

    A bare running number (``12``) is not: it restarts per source and says nothing outside its ledger.
    """
    return bool(_NUMBER.fullmatch(text)) and not text.isdigit() and text not in {".", ".."}


def bigrams(text: str) -> str:
    """Overlapping pairs of Chinese characters, whole words of latin letters and digits, separated by spaces.

    ``饮水工程2期`` -> ``饮水 水工 工程 2 期``; a search for two characters is then one exact word.
    """
    words: list[str] = []
    for run in _RUN.findall(text.lower()):
        if run[0].isascii() or len(run) == 1:
            words.append(run)
        else:
            words.extend(run[i : i + 2] for i in range(len(run) - 1))
    return " ".join(words)


def shadow(text: str) -> str:
    """What search looks in: the bigrams, then the last character of every run, so that each character of the text
    begins some word and a search for one character finds it by prefix."""
    ends = dict.fromkeys(run[-1] for run in _RUN.findall(text) if len(run) > 1 and not run[0].isascii())
    return " ".join([bigrams(text), *ends])
