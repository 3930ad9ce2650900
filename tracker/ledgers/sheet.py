"""ONE table of columns of the blank ledger handed out to be filled in; the words are those the import reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.base.access import N_
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES, State
from tracker.ledgers.columns import LABELS
from tracker.ledgers.vocabulary import Vocabulary

TITLE = N_("问题整改台账")
NOTE = N_("一行一个问题。县市区、类别、来源、类型、状态请从下拉框里选；时限可以写日期，也可以照文件原话写。")
ROWS = 500  # with lines and drop-downs; more can be copied down


@dataclass(frozen=True)
class Blank:
    """A column to fill in. ``field``: a code of ``columns.FIELDS``."""

    field: str
    width: int
    unit: str = ""

    @property
    def head(self) -> str:
        return LABELS[self.field] + self.unit


COLUMNS: tuple[Blank, ...] = (
    Blank("serial", 6),
    Blank("number", 12),
    Blank("title", 36),
    Blank("source", 12),
    Blank("category", 13),
    Blank("county", 12),
    Blank("town", 11),
    Blank("village", 11),
    Blank("kind", 10),
    Blank("lead_official", 9),
    Blank("lead_unit", 14),
    Blank("responsible_units", 18),
    Blank("responsible_person", 9),
    Blank("requirement", 26),
    Blank("handed_over", 12),
    Blank("deadline", 12),
    Blank("progress", 30),
    Blank("state", 10),
    Blank("amount", 12, "（元）"),
    Blank("remark", 10),
)


def offered(vocabulary: Vocabulary) -> Mapping[str, Sequence[str]]:
    """What can be chosen in a column: in Chinese, whoever hands the sheet out, for that is what the import reads."""
    own = [f"{vocabulary.root.name}本级"] if vocabulary.root else []
    return {
        "source": list(SOURCE_NAMES.values()),
        "category": [category.name for category in vocabulary.categories],
        "county": [place.name for place in vocabulary.counties] + own,
        "kind": list(KIND_NAMES.values()),
        "state": [name for state, name in STATE_NAMES.items() if state is not State.DISMISSED],
    }
