"""The calendar as a program reads it: whole days, alarms, Chinese that survives, UIDs that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar

from tracker.feeds.rules import PER_WINDOW, WINDOW, Agenda, Duty, Entry, as_calendar, new_token, token_hash, too_often

TODAY = date(2019, 8, 20)
NOW = datetime(2019, 8, 20, 1, tzinfo=UTC)
TITLE = "沙坪村、双江村；饮水工程,完工一年未通水\\\n且管网漏损严重，群众反映强烈，需要重新铺设并验收" * 2


def say(text: str, **fields: Any) -> str:
    return text % fields if fields else text


def read(*entries: Entry, whole: bool = True) -> tuple[bytes, list[Any]]:
    text = as_calendar(Agenda(entries, whole), name="王建国", say=say, site="https://zg.example", today=TODAY, now=NOW)
    return text, Calendar.from_ical(text).walk("VEVENT")


def entry(due: date = date(2019, 8, 31), duty: Duty = Duty.DEADLINE, **more: Any) -> Entry:
    return Entry(duty, "SX-2019-7 号", TITLE, "新邵县", due, **more)


def test_a_deadline_is_a_whole_day_that_makes_nobody_busy() -> None:
    text, (event,) = read(entry())
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2019, 8, 31), date(2019, 9, 1))
    assert b"DTSTART;VALUE=DATE:20190831" in text
    assert event["transp"] == "TRANSPARENT"


def test_a_long_chinese_title_with_commas_and_line_breaks_survives() -> None:
    text, (event,) = read(entry())
    assert str(event["summary"]) == f"整改到期：{TITLE}"
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    assert "SX-2019-7 号 · 新邵县" in event["description"]


def test_alarms_ring_at_nine_three_days_before_and_on_the_day() -> None:
    _, (event,) = read(entry())
    rings = {alarm.decoded("trigger") for alarm in event.walk("VALARM")}  # counted from midnight of the day
    assert rings == {timedelta(days=-3, hours=9), timedelta(hours=9)}


def test_a_moved_deadline_moves_its_entry_and_another_duty_is_another_entry() -> None:
    _, (first,) = read(entry())
    _, (moved,) = read(entry(date(2019, 10, 31)))
    _, (other,) = read(entry(duty=Duty.REVIEW))
    assert first["uid"] == moved["uid"] != other["uid"]
    assert str(first["uid"]).isascii()


def test_what_is_late_says_so_rings_no_more_and_is_told_today() -> None:
    _, (late, today) = read(entry(date(2019, 8, 15)))
    assert str(late["summary"]).startswith("已过 5 天")
    assert not late.walk("VALARM")
    assert today.decoded("dtstart") == TODAY
    assert "有 1 件已过期限" in today["summary"]


def test_the_link_leads_to_where_the_duty_is_done() -> None:
    _, (event,) = read(entry(duty=Duty.REVIEW))
    assert event["url"] == "https://zg.example/issues/SX-2019-7%20%E5%8F%B7/clearance/review"


def test_a_day_counted_without_a_published_calendar_says_so() -> None:
    _, (guessed,) = read(entry(official=False))
    assert "2019 年的放假安排还没有录入" in guessed["description"]
    assert "放假安排" not in read(entry())[1][0]["description"]


def test_what_was_left_out_is_said() -> None:
    _, (_event, today) = read(entry(), whole=False)
    assert "件数太多" in today["summary"]


def test_an_address_run_wild_is_slowed_down() -> None:
    assert not too_often(PER_WINDOW - 1, NOW, NOW)
    assert too_often(PER_WINDOW, NOW, NOW)
    assert not too_often(PER_WINDOW, NOW - WINDOW - timedelta(seconds=1), NOW)


def test_a_token_is_long_and_kept_as_a_digest() -> None:
    token = new_token()
    assert len(token) == 43
    assert token != new_token()
    assert token not in token_hash(token)
