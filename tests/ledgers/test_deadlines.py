"""Deadlines as written: what has one reading is read, everything else is asked about."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledgers.ledger_world import add_workdays
from tracker.ledgers.deadline_calendar import Moment, read_date
from tracker.ledgers.deadline_words import plain
from tracker.ledgers.deadlines import read_deadline
from tracker.ledgers.problems import MESSAGES, Severity

LEDGER_DATE = date(2019, 7, 31)
HANDED_OVER = date(2019, 7, 8)
MOMENT = Moment(add_workdays, 2019, LEDGER_DATE, HANDED_OVER, date(2019, 6, 30))

DAYS = """
2019年8月31日 2019-08-31 | 2019年8月31日前 2019-08-31 | 2019.8.31 2019-08-31 | 2019/10/15 2019-10-15 | 2019-10-31 2019-10-31
20190820 2019-08-20 | 201908 2019-08-31 | 2019.08.10 2019-08-10 | ２０１９年９月３０日前 2019-09-30 | 19年8月底 2019-08-31
19.8.31 2019-08-31 | 8.31前 2019-08-31 | 8/31 2019-08-31 | 2019年8.31前 2019-08-31 | 8月31 2019-08-31 | 10月31号之前 2019-10-31
二〇一九年八月三十一日 2019-08-31 | 二零一九年九月底 2019-09-30 | 十月一日前 2019-10-01 | 八月底 2019-08-31 | 2019年10月31日24时前 2019-10-31
2019年9月30日(星期一)前 2019-09-30 | 2019年9月30日18:00前 2019-09-30 | 2019年8月31曰前 2019-08-31 | 整改时限：2019年8月31日 2019-08-31
8月底前 2019-08-31 | 9月 2019-09-30 | 10月份 2019-10-31 | 2019年9月 2019-09-30 | 2019.10 2019-10-31 | 2019/10 2019-10-31
2019年2月底前 2019-02-28 | 2020年2月底前 2020-02-29 | 年底前 2019-12-31 | 今年12月底前 2019-12-31 | 今年年底 2019-12-31 | 2019年末 2019-12-31
2019年内 2019-12-31 | 全年 2019-12-31 | 明年3月底前 2020-03-31 | 次年6月 2020-06-30 | 2020年 2020-12-31 | 2020年上半年 2020-06-30
下半年 2019-12-31 | 2019年第三季度 2019-09-30 | 三季度末 2019-09-30 | 2019年Q4 2019-12-31 | 9月初 2019-09-10 | 2019年10月上旬 2019-10-10
2019年11月中旬 2019-11-20 | 2019年8月中下旬 2019-08-31 | 9月下旬前 2019-09-30 | “十一”前 2019-09-30 | 国庆节前 2019-09-30 | 元旦前 2019-12-31
国庆节 2019-10-01 | 月底前 2019-07-31 | 二0一九年十月 2019-10-31 | 最迟不超过11月15日 2019-11-15 | 限9月底 2019-09-30
7月至11月 2019-11-30 | 10-11月 2019-11-30 | 9到12月 2019-12-31 | 8月～9月 2019-09-30 | 8月--9月 2019-09-30 | 2019年7-9月 2019-09-30
2019年7月20日至10月31日 2019-10-31 | 8.1-9.15 2019-09-15 | 2019.8.1-9.15 2019-09-15 | 2019-08-01~2019-09-15 2019-09-15
2019年8月15-20日 2019-08-20 | 8月15日至20日 2019-08-20 | 11月至次年3月 2020-03-31 | 11月至3月 2020-03-31 | 2019-2021年 2021-12-31
自即日起至2019年12月底 2019-12-31 | 自2019年9月1日开始至2019年12月31日结束 2019-12-31 | 8月上旬至9月中旬 2019-09-20
交办后30日内 2019-08-07 | 自交办之日起10个工作日内 2019-07-22 | 交办后2个月内 2019-09-08 | 收到督办单后7个工作日内 2019-07-17
接到通知后十五日内 2019-07-23 | 30日内 2019-08-07 | 20天内 2019-07-28 | 两周内 2019-07-22 | 48小时内 2019-07-10 | 半年内 2020-01-08
一年内 2020-07-08 | 不超过1年 2020-07-08 | 30个工作日 2019-08-19 | 3-5日内 2019-07-13 | 反馈后1个月内 2019-07-30 | 即日起一个月内 2019-08-08
巡视反馈之日起3个月内 2019-09-30 | 自2019年8月1日起30日内完成 2019-08-31 | 2019年8月1日起3个月内 2019-11-01
原则上于2019年9月底前完成 2019-09-30 | 争取“十一”之前 2019-09-30 | 确保今年年底前完成整改工作 2019-12-31 | 最迟2019年12月31日 2019-12-31
于2018年12月31日前报送国务院办公厅 2018-12-31 | 2019年8月底前完成78个村卫生室建设 2019-08-31 | 2019年12月底前建立长效机制 2019-12-31
2018年度资金问题，2019年8月底前整改到位 2019-08-31 | 2023年1月9日至2023年1月20日,共10个工作日 2023-01-20
2019-11-13 11:20:21 2019-11-13 | 43708 2019-08-31 | 四季度内 2019-12-31 | 60日 2019-09-06 | 2O19年10月31日 2019-10-31
2019，10，31 2019-10-31 | 力争2019年8月底前，确保9月底前 2019-09-30 | 自2019年8月15日起三个月 2019-11-15 | 2019年8月15日起，为期60天 2019-10-14
2019Q4 2019-12-31 | 2019下半年 2019-12-31 | 2019底前 2019-12-31 | 年度内 2019-12-31 | 20个自然日内 2019-07-28 | 下发之日起7日内 2019-07-15
"""
CASES = [case.strip().rsplit(" ", 1) for line in DAYS.strip().splitlines() for case in line.split("|")]


@pytest.mark.parametrize(("phrase", "due"), CASES)
def test_a_phrase_with_one_reading_is_read(phrase: str, due: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert found.due == date.fromisoformat(due)
    assert found.kind == "time_limited"
    assert all(fault.message.severity == Severity.WARNING for fault in found.faults)


@pytest.mark.parametrize(
    "phrase",
    [
        "立行立改", "立行立改（已完成）", "立即整改", "即知即改", "边查边改", "交办后立即整改", "立 行 立 改", "马上整改"
    ],
)  # fmt: skip
def test_immediate_work_has_no_date(phrase: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert (found.due, found.kind, found.faults) == (None, "immediate", ())


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("长期坚持", None),
        ("常态化", None),
        ("长期坚持，定期检查", None),
        ("从2019年起长期坚持", None),
        ("2019年底前，并长期坚持", "2019-12-31"),
        ("2020年6月底前；长期坚持", "2020-06-30"),
    ],
)
def test_long_term_work_keeps_its_date_if_it_has_one(phrase: str, due: str | None) -> None:
    found = read_deadline(phrase, MOMENT)
    assert (found.due, found.kind) == (date.fromisoformat(due) if due else None, "long_term")


def test_immediate_and_long_term_together_is_said() -> None:
    found = read_deadline("立行立改，长期坚持", MOMENT)
    assert (found.kind, [fault.key for fault in found.faults]) == ("long_term", ["immediate_and_long_term"])


def test_an_immediate_issue_may_have_a_date() -> None:
    found = read_deadline("立行立改，2019年8月15日前完成", MOMENT)
    assert (found.due, found.kind) == (date(2019, 8, 15), "immediate")


@pytest.mark.parametrize(
    ("phrase", "stages"),
    [
        (
            "2019年12月底前完成建设任务，2020年6月底前完成竣工验收",
            ["2019-12-31 完成建设任务", "2020-06-30 完成竣工验收"],
        ),
        ("9月底前完成清理，12月底前建章立制", ["2019-09-30 完成清理", "2019-12-31 建章立制"]),
        ("10月底前完成主体工程；\n2019年12月底前投入使用", ["2019-10-31 完成主体工程", "2019-12-31 投入使用"]),
        ("第一阶段：8月底前；第二阶段：12月底前", ["2019-08-31 第一阶段", "2019-12-31 第二阶段"]),
        ("第一批8月底前、第二批10月底前", ["2019-08-31 第一批", "2019-10-31 第二批"]),
        ("8月：启动\n9月—12月：推进", ["2019-08-31 启动", "2019-12-31 推进"]),
        ("2019年12月底前启动，次年6月底前完成", ["2019-12-31 启动", "2020-06-30 完成"]),
        ("8月底前摸底，9月底前整改，10月底前验收", ["2019-08-31 摸底", "2019-09-30 整改", "2019-10-31 验收"]),
    ],
)
def test_stages_come_in_order_and_the_last_is_the_deadline(phrase: str, stages: list[str]) -> None:
    found = read_deadline(phrase, MOMENT)
    assert [f"{item.due} {item.text}" for item in found.milestones] == stages
    assert found.due == found.milestones[-1].due


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("每月25日前", "recurring_deadline"),
        ("按季度", "recurring_deadline"),
        ("每年12月底前", "recurring_deadline"),
        ("随时整改", "recurring_deadline"),
        ("从2019年起", "open_deadline"),
        ("2019年9月30日后", "open_deadline"),
        ("2019年8月31日（延期至10月31日）", "uncertain_deadline"),
        ("2019年8月或9月", "uncertain_deadline"),
        ("春节前", "uncertain_deadline"),
        ("2020年3月前完成", "uncertain_deadline"),  # before it begins, or before it ends?
        ("2020年前", "uncertain_deadline"),
        ("待定", "uncertain_deadline"),
        ("治理期限屆滿前20個工作日", "uncertain_deadline"),
        ("短期攻坚、中期推进和长期坚持", "uncertain_deadline"),
        ("验收后30日内", "counted_from_what"),
        ("掛牌之日起3個工作日內", "counted_from_what"),
        ("3月内", "month_or_months"),
        ("15日前", "month_missing"),
        ("8月中", "middle_of_month"),
        ("8月31日、9月30日", "several_dates"),
        ("2019年8月底前完成10月份资金拨付", "several_dates"),
        ("2019年12月底前启动，6月底前完成", "stages_out_of_order"),
        ("2019年6月30日已完成", "done_in_deadline"),
        ("已于2019年6月30日完成", "done_in_deadline"),
        ("2091年8月底", "year_implausible"),
        ("6月底前", "year_before_hand_over"),
        ("尽快", "unreadable_deadline"),
        ("10月底前完成（市本级11月底）", "several_dates"),
        ("甲县：10月底；乙县：11月底", "several_dates"),
        ("2019年第四季度前", "uncertain_deadline"),
        ("限期整改", "unreadable_deadline"),
        ("2020622", "unreadable_deadline"),
        ("2019年9", "uncertain_deadline"),
        ("2019年  月  日", "uncertain_deadline"),
        ("2019年底建成，2020年春季投入使用", "uncertain_deadline"),
        ("交办之日起3个月内完成，最迟不超过2019年12月底", "several_dates"),
        ("已完成（2019年6月）", "done_in_deadline"),
        ("每周五", "recurring_deadline"),
        ("X月X日", "unreadable_deadline"),
        ("见备注", "unreadable_deadline"),
        ("已完成", "status_in_deadline"),
        ("整改中", "status_in_deadline"),
        ("2019年2月30日", "no_such_day"),
        ("2019年13月底前", "no_such_month"),
        ("2019.9.31", "no_such_day"),
        ("2019年0月", "no_such_month"),
    ],
)
def test_anything_else_gives_no_date_and_says_why(phrase: str, code: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert found.due is None
    assert [fault.key for fault in found.faults] == [code]


def test_a_missing_year_without_any_date_in_the_ledger_is_asked_about() -> None:
    nothing_known = Moment(add_workdays)
    assert [fault.key for fault in read_deadline("8月底前", nothing_known).faults] == ["year_missing"]
    assert read_deadline("8月底前", Moment(add_workdays, handed_over=HANDED_OVER)).due == date(2019, 8, 31)
    assert [fault.key for fault in read_deadline("30日内", nothing_known).faults] == ["hand_over_missing"]


@pytest.mark.parametrize("phrase", ["", " ", "—", "/", "无", "-"])
def test_marks_for_none_are_no_deadline_and_no_fault(phrase: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert (found.due, found.kind, found.faults) == (None, None, ())


def test_soft_words_are_kept_as_a_remark() -> None:
    assert read_deadline("原则上于2019年9月底前完成", MOMENT).remark == "原则上"
    assert read_deadline("力争8月底前（结合省考核）", MOMENT).remark == "力争、结合省考核"


STYLES = (
    "{0}年{1}月{2}日", "{0}-{1:02}-{2:02}", "{0}.{1}.{2}", "{0}/{1}/{2}", "{0}{1:02}{2:02}", "{0} 年 {1} 月 {2} 日 前", "于{0}年{1}月{2}日前完成",
    "{0}-{1:02}-{2:02} 00:00:00", "{0}年{1}月{2}号之前", "截至{0}年{1}月{2}日", "自即日起至{0}年{1}月{2}日", "（{0}.{1}.{2}前）",
)  # fmt: skip


@given(st.dates(date(2010, 1, 1), date(2028, 12, 31)), st.sampled_from(STYLES))
def test_every_day_is_read_in_every_style(day: date, style: str) -> None:
    assert read_deadline(style.format(day.year, day.month, day.day), MOMENT).due == day


PIECES = (
    "2019年", "8月", "31日", "底", "前", "中旬", "至", "-", "、", "，", "完成", "30", "日内", "个工作日", "每", "年", "已", "立行立改", "长期坚持",
    "交办后", "起", "(", ")", "十", "一", "8.31", "2019.9", "/", "原则上", "\n", " ", "季度", "延期",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_words_break_the_reader_and_a_fault_that_stops_goes_without_a_date(phrase: str) -> None:
    found = read_deadline(phrase, MOMENT)
    assert found.written == phrase
    if any(fault.message.severity != Severity.WARNING for fault in found.faults):
        assert found.due is None


def test_every_fault_has_its_message() -> None:
    for key, message in MESSAGES.items():
        assert message.msgid, key
        assert message.mend_msgid or message.severity == Severity.WARNING, key


def test_single_days_of_other_columns() -> None:
    assert read_date("2019年7月8日") == date(2019, 7, 8)
    assert read_date("7.8", 2019) == date(2019, 7, 8)
    assert read_date("43654") == date(2019, 7, 8)
    assert read_date("上周") is None
    assert read_date("2019年7月") is None


def test_one_form_for_widths_numerals_and_dashes() -> None:
    assert plain("二〇一九年　十二月三十一日") == "2019年12月31日"
    assert plain("8月——9月") == "8月-9月"
    assert plain("三十個工作日內") == "30个工作日内"
