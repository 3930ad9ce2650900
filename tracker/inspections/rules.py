"""Where problems come from, and what an entry of a hand-over is. Pure."""

from __future__ import annotations

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
MOST_ENTRIES = 500  # written down at once


@dataclass(frozen=True)
class Entry:
    """One entry of a hand-over as it was written: its clause, where it has one, and its wording."""

    clause: str | None
    wording: str
    county_id: int | None = None  # the county it names
