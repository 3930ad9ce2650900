"""What can be wrong with a ledger: one table of messages, and a problem found at a cell.

Template and values stay apart, so that the edge can translate; ``problem`` and ``mend`` are the Chinese sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.base.access import N_


class Severity(StrEnum):
    ERROR = "error"  # the file is refused
    ASK = "ask"  # a person decides
    WARNING = "warning"  # taken, and said


@dataclass(frozen=True)
class Message:
    severity: Severity
    msgid: str
    mend_msgid: str = ""
    code: str = ""  # where several messages are one kind of problem


@dataclass(frozen=True)
class Fault:
    """A key of ``MESSAGES`` with its values; knows no cell yet."""

    key: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> Message:
        return MESSAGES[self.key]


def fault(key: str, **values: object) -> Fault:
    return Fault(key, tuple((name, str(value)) for name, value in values.items()))


@dataclass(frozen=True)
class Problem:
    """A fault at a cell (``Sheet1!F12``, or a sheet's name where it is about the whole sheet)."""

    cell: str
    fault: Fault
    phrase: str = ""  # the cell as written

    @property
    def code(self) -> str:
        return self.fault.message.code or self.fault.key

    @property
    def severity(self) -> Severity:
        return self.fault.message.severity

    @property
    def msgid(self) -> str:
        return self.fault.message.msgid

    @property
    def mend_msgid(self) -> str:
        return self.fault.message.mend_msgid

    @property
    def params(self) -> dict[str, str]:
        return dict(self.fault.values)

    @property
    def problem(self) -> str:
        return self.msgid % self.params if self.fault.values else self.msgid

    @property
    def mend(self) -> str:
        return self.mend_msgid % self.params if self.fault.values else self.mend_msgid


ERROR, ASK, WARNING = Severity.ERROR, Severity.ASK, Severity.WARNING
_A_DEADLINE = N_("请写明日期（如 2019年8月31日）、“立行立改”或“长期坚持”。")
_WHICH_DATE = N_("这项整改时限是哪一天？请写明日期，或“立行立改”“长期坚持”。")

MESSAGES: dict[str, Message] = {
    # the file and the sheet
    "no_table": Message(
        ERROR,
        N_("没有找到台账的表头。"),
        N_("表头至少要有问题描述一列，以及责任单位、整改时限等栏目；可在导入页面上指定表头所在的行。"),
    ),
    "no_title_column": Message(
        ERROR,
        N_("表头里没有找到问题描述一列。"),
        N_("请把这一列的表头写成“问题描述”或“存在问题”，或在导入页面上指定。"),
    ),
    "no_category_column": Message(
        ASK,
        N_("台账没有问题类别，标题里也看不出。"),
        N_("这些问题属于九类中的哪一类？请加上“问题类别”一列，或为整张表指定。"),
    ),
    "no_county_column": Message(
        ASK,
        N_("台账没有县市区，标题和工作表名里也看不出。"),
        N_("这些问题属于哪个县市区？请加上“县市区”一列，或为整张表指定。"),
    ),
    "no_source_column": Message(
        ASK,
        N_("台账没有问题来源，标题里也看不出。"),
        N_("这些问题由哪次检查指出？请加上“问题来源”一列，或为整张表指定。"),
    ),
    "no_state_column": Message(
        WARNING,
        N_("台账没有整改状态或销号情况一列，有责任单位的按“已交办”承接，没有的按“已列单”。"),
        N_("如有已销号的，请加上“整改状态”一列。"),
    ),
    "table_without_problems": Message(
        WARNING,
        N_("工作表“%(sheet)s”里的表没有问题描述一列，按统计表处理，没有读入。"),
        N_("如果是问题台账，请在导入页面上指定问题描述是哪一列。"),
    ),
    "hidden_column": Message(WARNING, N_("隐藏的列“%(header)s”没有读入。"), N_("需要读入的，请取消隐藏后重新导入。")),
    "hidden_rows": Message(
        ASK,
        N_("有 %(count)s 行被隐藏：第 %(rows)s 行，没有读入。"),
        N_("这些行要不要读入？要的，请取消隐藏（或清除筛选）后重新导入，或在导入页面上选择一并读入。"),
    ),
    "hidden_sheet": Message(WARNING, N_("隐藏的工作表没有读入。"), N_("需要读入的，请取消隐藏后重新导入。")),
    "layout_unknown": Message(
        WARNING,
        N_("xls 格式看不出哪些行列被隐藏，已全部读入。"),
        N_("请核对；有隐藏内容的，请另存为 .xlsx 后重新导入。"),
    ),
    "column_not_taken": Message(
        WARNING, N_("“%(header)s”与“%(other)s”像是同一项内容，只读了后者。"), N_("请在导入页面上指定读哪一列。")
    ),
    "tables_side_by_side": Message(
        ERROR,
        N_("“%(header)s”有两栏，两栏都写了内容，像是左右并排的两张表。"),
        N_("请把两张表上下排好，或分成两个工作表，再重新导入。"),
    ),
    "rows_below_limit": Message(ERROR, N_("台账超过 %(limit)s 行。"), N_("请拆成几个文件分别导入。")),
    # any cell
    "formula_without_value": Message(
        ERROR, N_("单元格里是公式，没有保存计算结果。"), N_("请用 Excel 打开并保存一次，或把结果粘贴为数值。")
    ),
    "cell_error": Message(ERROR, N_("单元格是公式错误值 %(phrase)s。"), N_("请改正公式，或直接填写内容。")),
    "text_like_formula": Message(
        WARNING, N_("文字以 = + - @ 开头，像是公式；已按文字保留，导出时也不会变成公式。"), ""
    ),
    "cell_too_long": Message(
        ERROR, N_("单元格有 %(length)s 个字，超过 Excel 允许的 32767 个。"), N_("请缩短，其余内容放进附件。")
    ),
    "too_long": Message(
        ERROR,
        N_("“%(phrase)s…”有 %(length)s 个字，这一栏最多 %(most)s 个。"),
        N_("请缩短，其余的写进问题描述或者备注；整列都这么长的，请核对这一列是什么。"),
    ),
    "nothing_above": Message(ERROR, N_("写的是“%(phrase)s”，但上面没有内容。"), N_("请写出具体内容。")),
    "taken_from_above": Message(WARNING, N_("空白，已按上一行的“%(value)s”理解。"), N_("不是的，请填写。")),
    "joined_to_above": Message(
        WARNING, N_("这一行没有序号和问题描述，已并入上面的问题。"), N_("如果是另一个问题，请写出问题描述。")
    ),
    "only_wording": Message(
        ASK,
        N_("这一行只有问题描述，没有序号和其他内容，可能是上一行没有写完。"),
        N_("是另一个问题的，请照原样填写问题描述以确认；是上一行的下半句，请在原表里并到上一行，再重新导入。"),
    ),
    # what identifies a row
    "missing_title": Message(ERROR, N_("没有写问题内容。"), N_("请填写问题描述。")),
    "duplicate_number": Message(
        ERROR, N_("编号“%(number)s”与 %(other)s 重复。"), N_("每个问题的编号应当不同，请更正其中一个。")
    ),
    "duplicate_wording": Message(WARNING, N_("与 %(other)s 的问题描述相同。"), N_("如果是同一个问题，请删去一行。")),
    # source, category, county
    "unknown_source": Message(
        ASK,
        N_("不认识的问题来源“%(phrase)s”。"),
        N_(
            "请确认按“其他”登记，或改为已知来源，如中央巡视、省委巡视、省考核、第三方评估、纪检监察、审计、媒体曝光、群众举报、自查自纠。"
        ),
    ),
    "unknown_section_source": Message(
        ASK,
        N_("从“%(phrase)s”看不出这一段的问题来源。"),
        N_("这一段的问题由哪次检查指出？请确认按“其他”登记，或改为已知来源。"),
    ),
    "several_sources": Message(ASK, N_("“%(phrase)s”写了几个问题来源。"), N_("以哪一个为准？请只留一个。")),
    "missing_source": Message(ASK, N_("没有写问题来源。"), N_("这个问题由哪次检查指出？")),
    "unknown_category": Message(ERROR, N_("“%(phrase)s”不是规定的问题类别。"), N_("请填写九类之一：%(categories)s。")),
    "several_categories": Message(ASK, N_("“%(phrase)s”对应几个问题类别。"), N_("请只留一类：%(categories)s。")),
    "missing_category": Message(ASK, N_("没有写问题类别。"), N_("请填写九类之一：%(categories)s。")),
    "unknown_county": Message(ERROR, N_("“%(phrase)s”不是本市的县市区。"), N_("请填写其中之一：%(counties)s。")),
    "several_counties": Message(
        ASK, N_("“%(phrase)s”写了几个县市区。"), N_("一个问题只属于一个县市区；请拆成几行，或列为全市问题后细化分解。")
    ),
    "missing_county": Message(ASK, N_("没有写县市区。"), N_("这个问题属于哪个县市区？可填：%(counties)s。")),
    "county_from_units": Message(
        WARNING, N_("没有写县市区，按责任单位理解为“%(value)s”。"), N_("不是的，请填写县市区。")
    ),
    "county_from_wording": Message(
        WARNING, N_("没有写县市区，按问题描述理解为“%(value)s”。"), N_("不是的，请填写县市区。")
    ),
    # people, units, amounts
    "two_lead_officials": Message(
        ERROR, N_("写了几位牵头领导：%(names)s。"), N_("一个问题只有一名牵头领导，请只留一位。")
    ),
    "unreadable_person": Message(WARNING, N_("“%(phrase)s”不像姓名，已原样保留。"), N_("请写姓名；职务可写在括号里。")),
    "two_lead_units": Message(ASK, N_("写了几个牵头单位：%(names)s。"), N_("一个问题只有一个牵头单位；以哪一个为准？")),
    "amount_unit_missing": Message(ASK, N_("金额“%(phrase)s”没有单位。"), N_("是元还是万元？请写在表头或单元格里。")),
    "unreadable_amount": Message(ERROR, N_("“%(phrase)s”不是金额。"), N_("请只写数字，如 361.6；没有金额的留空。")),
    "unreadable_date": Message(WARNING, N_("“%(phrase)s”不是日期，没有读入。"), N_("请写成 2019-08-31 这样的日期。")),
    # kind and state
    "unknown_kind": Message(ASK, N_("不认识的整改类型“%(phrase)s”。"), N_("请填写“立行立改”“限期整改”或“长期坚持”。")),
    "kind_conflict": Message(
        ASK, N_("整改类型写的是“%(kind)s”，整改时限写的是“%(deadline)s”，不一致。"), N_("以哪一个为准？请改成一致。")
    ),
    "kind_from_nature": Message(
        WARNING, N_("没有整改时限，按“体制机制”问题理解为长期坚持。"), N_("不是的，请写明整改时限。")
    ),
    "unknown_state": Message(
        ASK, N_("不认识的整改状态“%(phrase)s”。"), N_("请填写：已列单、已交办、制定方案、整改中、待验收或已销号。")
    ),
    "dismissed_state": Message(
        ASK, N_("“%(phrase)s”的问题不能承接。"), N_("不再列单的，请从台账中删去这一行；仍要整改的，请写明整改状态。")
    ),
    "missing_state": Message(WARNING, N_("没有写整改状态，按“已交办”承接。"), N_("不是的，请填写。")),
    "done_not_struck_off": Message(
        WARNING, N_("写的是“%(phrase)s”，没有写明已销号，按“整改中”承接。"), N_("已经销号的，请写“已销号”。")
    ),
    "state_conflict": Message(
        ASK, N_("销号情况写的是“%(strike)s”，整改状态写的是“%(state)s”，不一致。"), N_("以哪一个为准？请改成一致。")
    ),
    "immediate_in_planning": Message(WARNING, N_("立行立改的问题不需要制定方案，按“已交办”承接。"), ""),
    # deadlines
    "no_such_month": Message(ERROR, N_("没有 %(month)s 月。"), N_("请写一个有的月份（1—12）。"), "no_such_date"),
    "no_such_day": Message(
        ERROR,
        N_("%(year)s年%(month)s月没有 %(day)s 日。"),
        N_("%(year)s年%(month)s月最后一天是 %(last)s 日，请写一个有的日子。"),
        "no_such_date",
    ),
    "status_in_deadline": Message(ERROR, N_("整改时限一栏写的是状态“%(phrase)s”，不是时限。"), _A_DEADLINE),
    "unreadable_deadline": Message(ERROR, N_("从“%(phrase)s”读不出整改时限。"), _A_DEADLINE),
    "no_deadline_column": Message(WARNING, N_("台账没有整改时限一列。"), _A_DEADLINE),
    "number_as_date": Message(
        ASK, N_("“%(phrase)s”是数字，看不出是哪一天（8.3 可能是 8月3日，也可能是 8月30日）。"), _WHICH_DATE
    ),
    "missing_deadline": Message(WARNING, N_("没有写整改时限。"), _A_DEADLINE),
    "recurring_deadline": Message(
        ASK,
        N_("读作“%(phrase)s”重复的要求，没有最后的日期。"),
        N_("到哪一天为止？请写明日期（例如最近一次、当年年底），或“长期坚持”。"),
    ),
    "uncertain_deadline": Message(ASK, N_("整改时限里有“%(phrase)s”，日期不确定。"), _WHICH_DATE),
    "open_deadline": Message(ASK, N_("“%(phrase)s”只有开始，没有截止日期。"), _WHICH_DATE),
    "done_in_deadline": Message(ASK, N_("“%(phrase)s”写的像是完成时间，不是整改时限。"), _WHICH_DATE),
    "several_dates": Message(
        ASK,
        N_("“%(phrase)s”写了几个日期，看不出各是什么。"),
        N_("哪一个是最后的整改时限？分阶段的，请写明各阶段的任务。"),
    ),
    "stages_out_of_order": Message(ASK, N_("“%(phrase)s”的几个日期先后不顺。"), N_("请写明年份，并按先后排列。")),
    "range_backwards": Message(ASK, N_("“%(phrase)s”的结束早于开始。"), _WHICH_DATE),
    "middle_of_month": Message(ASK, N_("“%(phrase)s”是哪一天？"), N_("请写明日期，或“中旬”。")),
    "month_or_months": Message(ASK, N_("“%(phrase)s”是指月份，还是几个月之内？"), N_("请写成“3月底前”或“3个月内”。")),
    "month_missing": Message(ASK, N_("“%(phrase)s”没有写月份。"), _WHICH_DATE),
    "year_missing": Message(
        ASK,
        N_("“%(phrase)s”没有写年份，台账里也看不出是哪一年。"),
        N_("是哪一年？请写明，或在标题里写“截至××××年×月×日”。"),
    ),
    "year_before_hand_over": Message(
        ASK, N_("“%(phrase)s”没有写年份，读作 %(due)s 就早于交办日期 %(handed_over)s。"), N_("是哪一年？请写明年份。")
    ),
    "ledger_date_missing": Message(ASK, N_("“%(phrase)s”要从台账日期算起，但台账没有写日期。"), _WHICH_DATE),
    "hand_over_missing": Message(
        ASK,
        N_("“%(phrase)s”要从交办之日算起，但没有写交办日期。"),
        N_("哪一天交办的？请填写“交办日期”，或直接写整改时限的日期。"),
    ),
    "feedback_date_missing": Message(
        ASK,
        N_("“%(phrase)s”要从反馈之日算起，但没有写反馈时间。"),
        N_("哪一天反馈的？请填写“反馈时间”，或直接写整改时限的日期。"),
    ),
    "counted_from_what": Message(ASK, N_("“%(phrase)s”从哪一天算起？"), _WHICH_DATE),
    "year_implausible": Message(ASK, N_("整改时限是 %(year)s 年，与台账的时间相差太远。"), N_("年份对吗？请核对。")),
    "before_hand_over": Message(WARNING, N_("整改时限 %(due)s 早于交办日期 %(handed_over)s。"), N_("请核对两个日期。")),
    "counted_from_feedback": Message(
        WARNING, N_("没有交办日期，“%(phrase)s”从反馈时间 %(date)s 算起。"), N_("不是的，请填写交办日期。")
    ),
    "counted_from_ledger_date": Message(
        WARNING, N_("“%(phrase)s”按台账日期 %(date)s 推算。"), N_("请核对，最好写明日期。")
    ),
    "date_from_serial": Message(
        WARNING, N_("数字 %(serial)s 按 Excel 日期读作 %(date)s。"), N_("请核对，并把单元格设为日期格式。")
    ),
    "immediate_and_long_term": Message(
        WARNING, N_("“%(phrase)s”同时写了立行立改和长期坚持，按长期坚持登记。"), N_("不是的，请只写一种。")
    ),
    "taken_as_long_term": Message(WARNING, N_("“%(phrase)s”按长期坚持登记。"), N_("不是的，请写明日期或“立行立改”。")),
}
