"""What comes again: the days offered, none of them taken by itself."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.ledgers.deadline_calendar import Moment
from tracker.ledgers.deadlines import read_deadline
from tracker.ledgers.offers import offers_for

COUNTED = Moment(lambda day, _: day, 2019, date(2019, 7, 31))


def offered(phrase: str, moment: Moment = COUNTED) -> list[str]:
    found = read_deadline(phrase, moment)
    (fault,) = found.faults
    assert (fault.key, found.due) == ("recurring_deadline", None)
    return [offer.text for offer in offers_for(fault)]


@pytest.mark.parametrize(
    ("phrase", "coming"),
    [
        ("每月25日前", "2019-08-25"),
        ("每月三十一日前报送", "2019-07-31"),
        ("每月30日前", "2019-08-30"),
        ("每月底前", "2019-07-31"),
        ("逐月销号", "2019-07-31"),
        ("按季度", "2019-09-30"),
        ("每季度末前", "2019-09-30"),
        ("每年6月30日前", "2020-06-30"),
        ("每年2月29日前", "2020-02-29"),
        *(
            (phrase, None)
            for phrase in ("每月上旬", "每周五", "每季度首月10日前", "每季度末月25日前", "每两月", "定期")
        ),
        *((phrase, None) for phrase in ("每月32日前", "每年2月30日前")),
    ],
)
def test_the_first_day_to_come_is_offered_where_the_words_say_which(phrase: str, coming: str | None) -> None:
    assert offered(phrase) == [*([coming] if coming else []), "2019-12-31", "长期坚持"]


def test_a_day_that_is_the_end_of_the_year_is_offered_once() -> None:
    assert offered("每年12月底前") == offered("每半年") == ["2019-12-31", "长期坚持"]


def test_without_a_day_to_count_from_no_day_is_offered() -> None:
    assert offered("每月25日前", Moment(lambda day, _: day)) == ["长期坚持"]
    assert offered("每月25日前", Moment(lambda day, _: day, 2019)) == ["2019-12-31", "长期坚持"]
