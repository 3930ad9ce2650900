"""Where problems come from, and how a pasted list falls into entries. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tracker.base.access import N_


class Source(StrEnum):
    CENTRAL_INSPECTION = "central_inspection"
    PROVINCIAL_INSPECTION = "provincial_inspection"
    PROVINCIAL_ASSESSMENT = "provincial_assessment"
    PARTY_SURVEY = "party_survey"
    THIRD_PARTY_EVALUATION = "third_party_evaluation"
    DISCIPLINE = "discipline"
    AUDIT = "audit"
    MEDIA = "media"
    PUBLIC_REPORT = "public_report"
    SELF_INSPECTION = "self_inspection"
    OTHER = "other"


SOURCE_NAMES: dict[Source, str] = {
    Source.CENTRAL_INSPECTION: N_("中央专项巡视"),
    Source.PROVINCIAL_INSPECTION: N_("省委巡视"),
    Source.PROVINCIAL_ASSESSMENT: N_("省考核通报"),
    Source.PARTY_SURVEY: N_("民主党派调研"),
    Source.THIRD_PARTY_EVALUATION: N_("第三方评估"),
    Source.DISCIPLINE: N_("纪检监察"),
    Source.AUDIT: N_("审计"),
    Source.MEDIA: N_("媒体曝光"),
    Source.PUBLIC_REPORT: N_("群众举报"),
    Source.SELF_INSPECTION: N_("自查自纠"),
    Source.OTHER: N_("其他"),
}

LONGEST_CLAUSE, LONGEST_WORDING = 60, 5_000
MOST_ENTRIES = 500  # pasted at once

_NUMERAL = r"[0-9０-９一二三四五六七八九十百零〇]+"
#: How a line numbers itself: ``第 3 条``, ``（三）``, ``3．``, ``三、``, ``2.1``; a year or an amount is none.
_CLAUSE = re.compile(
    rf"(?P<clause>第\s*{_NUMERAL}\s*[条项个款]|[（(]\s*{_NUMERAL}\s*[）)]|[0-9]{{1,3}}(?:[.．][0-9]{{1,3}})+"
    rf"|[0-9０-９]{{1,3}}(?=\s*[.．、)）])|[一二三四五六七八九十百]+(?=\s*[、.．])|[①-⑳])"
    r"\s*[.．、:：)）]?\s*(?P<wording>\S.*)"
)


@dataclass(frozen=True)
class Entry:
    """One entry of a hand-over as it was written: its clause, where it has one, and its wording."""

    clause: str | None
    wording: str


def entries_in(text: str) -> list[Entry]:
    """A pasted list, one entry a line; the number a line begins with is its clause. Lines without words are left out.

    Nothing of the wording itself is touched but the spaces around it.
    """
    return [_entry(line.strip()) for line in text.splitlines() if line.strip()]


def _entry(line: str) -> Entry:
    found = _CLAUSE.fullmatch(line)
    if found is None:
        return Entry(None, line)
    return Entry(" ".join(found["clause"].split()), found["wording"])
