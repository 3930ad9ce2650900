"""ONE table of columns of the blank ledger handed out to be filled in; the words are those the import reads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tracker.base.access import N_
from tracker.inspections.rules import SOURCE_NAMES
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES, State
from tracker.ledgers.columns import LABELS, Blank
from tracker.ledgers.vocabulary import Vocabulary

TITLE = N_("问题整改台账")
NOTE = N_("一行一个问题。县市区、类别、来源、类型、状态请从下拉框里选；时限可以写日期，也可以照文件原话写。")
ROWS = 500  # with lines and drop-downs; more can be copied down


def _named(field: str, width: int, unit: str = "") -> Blank:
    return Blank(field, LABELS[field] + unit, width)


COLUMNS: tuple[Blank, ...] = (
    _named("serial", 6),
    _named("number", 12),
    _named("title", 36),
    _named("source", 12),
    _named("category", 13),
    _named("county", 12),
    _named("town", 11),
    _named("village", 11),
    _named("kind", 10),
    _named("lead_official", 9),
    _named("lead_unit", 14),
    _named("responsible_units", 18),
    _named("responsible_person", 9),
    _named("requirement", 26),
    _named("handed_over", 12),
    _named("deadline", 12),
    _named("progress", 30),
    _named("state", 10),
    _named("amount", 12, "（元）"),
    _named("remark", 10),
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
