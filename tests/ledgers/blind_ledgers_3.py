"""Ledgers of many kinds of office, each beside its right reading, written before the reader was opened.

A sheet is a name, its rows as typed, what is merged and what is hidden. A reading holds only what the ledger says of a
problem; a tuple holds readings that are equally good, ``ASKED`` is right where a person is asked. ``DONE``: the office says the
work is finished, and nothing about striking off. Rows that no reading names (totals, notes, page lines) are no problems.
"""

# ruff: noqa: E501, DTZ001 - rows of a table stay on a line; cells have no zone
from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any

from tests.ledgers.blind_ledgers import ASKED, BlindLedger, Right
from tests.ledgers.ledger_world import saved, workbook

FILES = Path(__file__).with_name("blind_files")
CENTRAL, PROVINCIAL, ASSESSMENT = "central_inspection", "provincial_inspection", "provincial_assessment"
PARTY, THIRD, DISCIPLINE, AUDIT = "party_survey", "third_party_evaluation", "discipline", "audit"
MEDIA, PUBLIC, SELF, OTHER = "media", "public_report", "self_inspection", "other"
TIME, LONG, NOW = "time_limited", "long_term", "immediate"
DONE = ("rectifying", "reviewing", "cleared")
OPEN = ("listed", "assigned")


@dataclass(frozen=True)
class SheetAsTyped:
    name: str
    rows: list[list[Any]]
    merged: tuple[str, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[str, ...] = ()


def sheet(name: str, rows: list[list[Any]], **layout: Any) -> SheetAsTyped:
    return SheetAsTyped(name, rows, **{what: tuple(where) for what, where in layout.items()})


def as_workbook(sheets: list[SheetAsTyped]) -> bytes:
    book = workbook(
        {one.name: [[value if value != "" else None for value in row] for row in one.rows] for one in sheets},
        {one.name: one.merged for one in sheets},
    )
    for one in sheets:
        for row in one.hidden_rows:
            book[one.name].row_dimensions[row].hidden = True
        for letter in one.hidden_columns:
            book[one.name].column_dimensions[letter].hidden = True
    return saved(book)


def as_text(sheets: list[SheetAsTyped], encoding: str, delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(sheets[0].rows)
    return out.getvalue().encode(encoding)


LEDGERS: list[BlindLedger] = []


def ledger(
    file: str,
    sheets: list[SheetAsTyped],
    rows: list[dict[str, Any]],
    *,
    ledger_date: str | None = None,
    encoding: str = "",
    delimiter: str = ",",
    kept: str = "",
    hidden: tuple[str, ...] = (),
    sheets_without_table: tuple[str, ...] = (),
) -> None:
    """``kept``: the file an office suite made of the sheets as typed (xls, ods)."""

    def data() -> bytes:
        if kept:
            return (FILES / kept).read_bytes()
        return as_text(sheets, encoding, delimiter) if encoding else as_workbook(sheets)

    right: Right = dict(_placed(sheets, rows, PurePath(file).stem))
    LEDGERS.append(BlindLedger(file, data, right, ledger_date, hidden, sheets_without_table))


def _placed(
    sheets: list[SheetAsTyped], rows: list[dict[str, Any]], stem: str
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    """Each reading with the place of its row: where the next one's wording stands."""
    places = ((one.name or stem, number, row) for one in sheets for number, row in enumerate(one.rows, 1))
    for right in rows:
        title = right["title"]
        wordings = title if isinstance(title, tuple) else (title,)
        yield next((name, number) for name, number, row in places if any(wording in row for wording in wordings)), right


# fmt: off

# 1. The city's list after the central inspection: two header rows, sections, merged downwards, subtotals and signatures.
ledger(
    "01 中央巡视反馈问题整改清单.xlsx",
    [sheet(
        "Sheet1",
        [
            ["附件1", "", "", "", "", "", "", "", "", "", ""],
            ["邵阳市脱贫攻坚突出问题整改清单", "", "", "", "", "", "", "", "", "", ""],
            ["填报单位：市脱贫攻坚突出问题整改工作领导小组办公室（盖章）", "", "", "", "", "", "", "填报时间：2019年8月30日", "", "", ""],
            ["序\n号", "问题表现", "问题类别", "涉及\n县市区", "整  改  责  任", "", "", "", "整改要求", "整改\n时限", "整改\n进展"],
            ["", "", "", "", "牵头领导", "牵头部门", "责任单位", "责任人", "", "", ""],
            ["一、中央脱贫攻坚专项巡视反馈问题（共4个）", "", "", "", "", "", "", "", "", "", ""],
            [1, "部分村卫生室有房无医，药品配备不足20种", "村卫生室空白村", "隆回县", "市政府副市长 彭向阳", "市卫生健康委", "隆回县人民政府、隆回县卫生健康局", "罗卫国", "每村至少1名合格村医", "2019年10月底前", "正在招聘村医"],
            [2, "少数贫困户家庭饮水水质检测不合格", "安全饮水", "", "", "市水利局", "隆回县人民政府\n隆回县水利局", "刘水清", "完成水质复检", "2019年11月底前", "正在整改"],
            [3, "个别安置点门窗破损、墙体渗水", "易地扶贫搬迁", "城步县", "市委常委、常务副市长 周国栋", "市发展改革委", "城步苗族自治县人民政府", "杨通文", "全面维修并移交", "", "已维修12户"],
            [4, "落实“四个不摘”要求的机制不健全", "其他", "全市", "市委副书记 张立新", "市扶贫办", "市扶贫办、各县市区人民政府", "唐文", "建立长效机制", "长期坚持", "已印发实施意见"],
            ["小计：4个", "", "", "", "", "", "", "", "", "", ""],
            ["二、省2018年度脱贫攻坚成效考核反馈问题（共3个）", "", "", "", "", "", "", "", "", "", ""],
            [1, "小额信贷逾期率偏高，逾期23笔", "小额贷款", "邵阳县", "副市长 李志刚", "市政府金融办", "邵阳县人民政府（牵头）、农商银行（配合）", "蒋明亮", "逐户催收，逾期率降至1%以内", "2019年9月30日", "已收回19笔"],
            [2, "扶贫项目资金拨付进度慢，结余186万元未使用", "资金项目管理", "", "", "市财政局", "邵阳县财政局", "吕建军", "资金拨付到项目", "2019年9月30日", "已全部拨付，已销号"],
            [3, "贫困户对帮扶政策知晓率低", "群众认可度", "大祥区", "副市长 李志刚", "市扶贫办", "大祥区人民政府", "邹芳", "入户宣讲全覆盖", "立行立改", "已完成"],
            ["小计：3个", "", "", "", "", "", "", "", "", "", ""],
            ["合计", "7个", "", "", "", "", "", "", "", "", ""],
            ["注：1.涉及多个责任单位的，排在第一位的为主责单位。2.本清单实行动态管理。", "", "", "", "", "", "", "", "", "", ""],
            ["主要领导（签字）：            审核人：            填表人：王敏      联系电话：0739-5320000", "", "", "", "", "", "", "", "", "", ""],
        ],
        merged=["A2:K2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:H4", "I4:I5", "J4:J5", "K4:K5", "A6:K6", "D7:D8", "E7:E8", "J8:J9", "A11:K11", "A12:K12", "D13:D14", "E13:E14", "A16:K16", "A18:K18", "A19:K19"],
    )],
    [
        {"title": "部分村卫生室有房无医，药品配备不足20种", "source": CENTRAL, "category": "村卫生室空白村", "county": "隆回县", "lead_official": "彭向阳", "lead_unit": "市卫生健康委", "responsible_units": ["隆回县人民政府", "隆回县卫生健康局"], "responsible_person": "罗卫国", "requirement": "每村至少1名合格村医", "kind": TIME, "deadline": "2019-10-31", "state": "rectifying", "serial": "1", "progress": "正在招聘村医"},
        {"title": "少数贫困户家庭饮水水质检测不合格", "source": CENTRAL, "category": "安全饮水", "county": "隆回县", "lead_official": "彭向阳", "lead_unit": "市水利局", "responsible_units": ["隆回县人民政府", "隆回县水利局"], "responsible_person": "刘水清", "deadline": "2019-11-30", "state": "rectifying", "serial": "2"},
        {"title": "个别安置点门窗破损、墙体渗水", "source": CENTRAL, "category": "易地扶贫搬迁", "county": "城步苗族自治县", "lead_official": "周国栋", "lead_unit": "市发展改革委", "responsible_units": ["城步苗族自治县人民政府"], "responsible_person": "杨通文", "deadline": "2019-11-30", "serial": "3"},
        {"title": "落实“四个不摘”要求的机制不健全", "source": CENTRAL, "category": (None, ASKED), "county": "邵阳市", "lead_official": "张立新", "lead_unit": "市扶贫办", "responsible_units": ["市扶贫办", "各县市区人民政府"], "kind": LONG, "deadline": None, "serial": "4"},
        {"title": "小额信贷逾期率偏高，逾期23笔", "source": ASSESSMENT, "category": "小额贷款", "county": "邵阳县", "lead_official": "李志刚", "lead_unit": "市政府金融办", "responsible_units": ["邵阳县人民政府", "农商银行"], "deadline": "2019-09-30", "serial": "1", "progress": "已收回19笔"},
        {"title": "扶贫项目资金拨付进度慢，结余186万元未使用", "source": ASSESSMENT, "category": "资金项目管理", "county": "邵阳县", "lead_official": "李志刚", "lead_unit": "市财政局", "responsible_units": ["邵阳县财政局"], "deadline": "2019-09-30", "state": ("cleared", None, ASKED), "serial": "2"},
        {"title": "贫困户对帮扶政策知晓率低", "source": ASSESSMENT, "category": "群众认可度", "county": "大祥区", "lead_official": "李志刚", "responsible_units": ["大祥区人民政府"], "kind": NOW, "state": DONE, "serial": "3"},
    ],
    ledger_date="2019-08-30",
)

# 2. Environmental inspection of one county (only the title names it): stages in the deadline, lead and support in one cell.
ledger(
    "02 新邵县生态环境保护督察整改清单.xlsx",
    [sheet(
        "整改清单",
        [
            ["新邵县贯彻落实省第二生态环境保护督察组督察反馈意见问题整改清单", "", "", "", "", "", "", "", "", ""],
            ["", "", "", "", "", "", "", "", "（2021年3月15日）", ""],
            ["序号", "反馈问题", "整改目标", "整改措施", "整改时限", "责任单位", "县级责任领导", "责任人及联系电话", "整改进展情况", "是否销号"],
            ["一", "生态环境保护责任落实不够", "", "", "", "", "", "", "", ""],
            ["（一）", "生态环境保护工作机制不完善，2020年县政府常务会仅研究1次", "健全议事规则", "每季度专题研究一次", "2021年6月底前完成，长期坚持", "牵头单位：县生态环境分局\n配合单位：县政府办、县发改局", "县委书记 秦立军", "何志勇 13907390001", "已印发方案", "否"],
            ["（二）", "乡镇生态环境保护机构人员不到位", "配齐人员", "按编制配备到位", "2021年9月30日前", "牵头：县委编办；配合：县人社局、各乡镇人民政府", "县委常委、组织部长 赵兰", "钟燕（13807390002）", "正在推进", "否"],
            ["二", "突出环境问题整治不力", "", "", "", "", "", "", "", ""],
            ["（三）", "资江沿岸3家砂石场未按要求取缔", "取缔到位", "依法拆除设备、恢复河道", "2021年4月底前拆除；2021年10月底前完成复绿", "县水利局（牵头）、县自然资源局、酿溪镇人民政府", "副县长 肖学文", "石磊13707390003", "已拆除2家", "否"],
            ["（四）", "酿溪镇生活污水直排，雨污未分流", "管网全覆盖", "新建管网12.6公里", "2022年12月底前", "县住建局", "副县长 肖学文", "谢涛，13607390004", "完成立项", "否"],
            ["（五）", "严塘镇某采石场粉尘扰民", "达标排放", "安装喷淋设施", "立行立改", "严塘镇人民政府", "副县长 肖学文", "孙红 0739-3600000", "2021年3月10日安装到位", "是"],
        ],
        merged=["A1:J1", "B4:J4", "B7:J7"],
    )],
    [
        {"title": "生态环境保护工作机制不完善，2020年县政府常务会仅研究1次", "source": (PROVINCIAL, OTHER), "county": "新邵县", "lead_official": "秦立军", "lead_unit": "县生态环境分局", "responsible_units": ["县生态环境分局", "县政府办", "县发改局"], "responsible_person": "何志勇", "deadline": "2021-06-30", "state": "rectifying", "progress": "已印发方案"},
        {"title": "乡镇生态环境保护机构人员不到位", "source": (PROVINCIAL, OTHER), "county": "新邵县", "lead_official": "赵兰", "lead_unit": "县委编办", "responsible_units": ["县委编办", "县人社局", "各乡镇人民政府"], "responsible_person": "钟燕", "deadline": "2021-09-30", "kind": TIME, "state": "rectifying"},
        {"title": "资江沿岸3家砂石场未按要求取缔", "county": "新邵县", "lead_official": "肖学文", "lead_unit": "县水利局", "responsible_units": ["县水利局", "县自然资源局", "酿溪镇人民政府"], "responsible_person": "石磊", "deadline": "2021-10-31", "milestones": ["2021-04-30", "2021-10-31"], "state": "rectifying"},
        {"title": "酿溪镇生活污水直排，雨污未分流", "county": "新邵县", "responsible_units": ["县住建局"], "responsible_person": "谢涛", "deadline": "2022-12-31", "state": "rectifying"},
        {"title": "严塘镇某采石场粉尘扰民", "county": "新邵县", "responsible_units": ["严塘镇人民政府"], "responsible_person": "孙红", "kind": NOW, "state": "cleared"},
    ],
    ledger_date="2021-03-15",
)

# 3. Audit list, GBK, title record above, amounts in 万元 by the header, dates as bare numbers.
ledger(
    "03 审计查出问题整改清单.csv",
    [sheet(
        "",
        [
            ["武冈市2018年度扶贫资金审计查出问题整改清单", "", "", "", "", "", "", "", "", ""],
            ["单位：万元", "", "", "", "", "", "", "", "", ""],
            ["序号", "审计查出的问题", "问题金额", "审计处理意见", "整改责任单位", "责任人", "整改期限", "整改措施及结果", "已整改金额", "整改状态"],
            ["1", "虚报冒领危房改造补助资金", "12.60", "追缴资金，归还原渠道", "市住房和城乡建设局", "林海", "20191130", "已追缴12.6万元", "12.60", "已整改"],
            ["2", "扶贫专项资金滞留，未及时拨付", "1,286.35", "加快拨付", "市财政局,市扶贫办", "段涛", "20191231", "已拨付900万元", "900.00", "正在整改"],
            ["3", "项目招投标程序不规范", "—", "完善制度", "市交通运输局", "马小兵", "2019.10.31", "制定了《管理办法》", "—", "基本完成"],
            ["4", "重复享受产业扶持，涉及8户", "3.2", "清退并通报", "邓元泰镇人民政府", "袁华", "2019-9-30", "", "0", "未整改"],
            ["合计", "4个", "1,302.15", "", "", "", "", "", "912.60", ""],
            ["说明：本表由被审计单位填写，报市审计局备案。", "", "", "", "", "", "", "", "", ""],
        ],
    )],
    [
        {"title": "虚报冒领危房改造补助资金", "source": (AUDIT, None, ASKED), "county": "武冈市", "amount": 126_000, "requirement": "追缴资金，归还原渠道", "responsible_units": ["市住房和城乡建设局"], "responsible_person": "林海", "deadline": "2019-11-30", "state": DONE, "serial": "1"},
        {"title": "扶贫专项资金滞留，未及时拨付", "source": (AUDIT, None, ASKED), "county": "武冈市", "amount": 12_863_500, "responsible_units": ["市财政局", "市扶贫办"], "responsible_person": "段涛", "deadline": "2019-12-31", "state": "rectifying", "serial": "2"},
        {"title": "项目招投标程序不规范", "county": "武冈市", "amount": None, "responsible_units": ["市交通运输局"], "deadline": "2019-10-31", "state": ("rectifying", None, ASKED), "serial": "3"},
        {"title": "重复享受产业扶持，涉及8户", "county": "武冈市", "amount": 32_000, "responsible_units": ["邓元泰镇人民政府"], "deadline": "2019-09-30", "state": OPEN, "serial": "4"},
    ],
    encoding="gbk",
)

# 4. Petitions of one county, old Excel; the official who takes the case; the parish in a column; dates as text and as numbers.
ledger(
    "04 邵阳县信访积案化解台账.xls",
    [sheet(
        "积案",
        [
            ["邵阳县信访积案化解工作台账", "", "", "", "", "", "", "", "", "", ""],
            ["填报单位（盖章）：邵阳县信访局", "", "", "", "", "", "", "填报日期：2020年6月15日", "", "", ""],
            ["编号", "信访人", "所属乡镇", "反映的主要问题", "包案领导", "", "责任单位", "化解措施", "化解时限", "办理情况", "化解时间"],
            ["", "", "", "", "姓名", "职务", "", "", "", "", ""],
            ["SY-01", "王某某", "塘渡口镇", "反映征地补偿款被村干部截留", "李向东", "县委副书记", "塘渡口镇党委、政府", "核查账目，补发到户", "2020.7.31", "正在化解", ""],
            ["SY-02", "刘某某等5人", "白仓镇", "反映低保评定不公，优亲厚友", "郑晓梅", "副县长", "县民政局、白仓镇人民政府", "重新评议公示", datetime(2020, 6, 30), "已化解，信访人签订息访协议", datetime(2020, 6, 10)],
            ["SY-03", "罗某", "黄亭市镇", "反映危房改造补助未兑付", "郑晓梅", "副县长", "县住建局", "核实后兑付", 20200715, "正在化解", ""],
            ["SY-04", "匿名", "金称市镇", "反映村级光伏收益分配不公开", "李向东", "县委副书记", "金称市镇人民政府", "公开收益分配", "1个月内", "未化解", ""],
        ],
        merged=["A1:K1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4", "H3:H4", "I3:I4", "J3:J4", "K3:K4"],
    )],
    [
        {"title": "反映征地补偿款被村干部截留", "source": (PUBLIC, None, ASKED), "county": "邵阳县", "region": "塘渡口镇", "lead_official": "李向东", "responsible_units": (["塘渡口镇党委、政府"], ["塘渡口镇党委", "塘渡口镇政府"], ["塘渡口镇党委", "政府"]), "measures": "核查账目，补发到户", "deadline": "2020-07-31", "state": "rectifying", "number": "SY-01"},
        {"title": "反映低保评定不公，优亲厚友", "source": (PUBLIC, None, ASKED), "county": "邵阳县", "region": "白仓镇", "lead_official": "郑晓梅", "responsible_units": ["县民政局", "白仓镇人民政府"], "deadline": "2020-06-30", "state": DONE, "number": "SY-02"},
        {"title": "反映危房改造补助未兑付", "county": "邵阳县", "region": "黄亭市镇", "lead_official": "郑晓梅", "responsible_units": ["县住建局"], "deadline": "2020-07-15", "state": "rectifying", "number": "SY-03"},
        {"title": "反映村级光伏收益分配不公开", "county": "邵阳县", "region": "金称市镇", "lead_official": "李向东", "responsible_units": ["金称市镇人民政府"], "deadline": (None, ASKED), "state": (*OPEN, "rectifying"), "number": "SY-04"},
    ],
    ledger_date="2020-06-15",
    kept="petitions.xls",
)

# 5. Safety hazards, OpenDocument; ticks in three columns; person and telephone in one cell; real dates.
ledger(
    "05 双清区安全生产隐患整改台账.ods",
    [sheet(
        "隐患台账",
        [
            ["双清区2022年第二季度安全生产隐患排查整改台账", "", "", "", "", "", "", "", "", "", "", ""],
            ["序号", "排查日期", "隐患单位名称", "存在的隐患", "隐患等级", "整改措施", "整改责任单位", "整改责任人及电话", "整改资金（万元）", "整改期限", "整改情况", "", ""],
            ["", "", "", "", "", "", "", "", "", "", "已整改", "正在整改", "未整改"],
            [1, date(2022, 4, 12), "某烟花爆竹零售点", "消防通道堵塞，灭火器过期", "一般", "清理通道，更换灭火器", "汽车站街道办事处", "刘敏 13973900001", 0.3, date(2022, 4, 20), "√", "", ""],
            [2, date(2022, 4, 15), "某机械加工厂", "配电箱未接地，线路私拉乱接", "一般", "规范布线", "区应急管理局", "陈勇(13973900002)", 1.5, date(2022, 5, 15), "", "√", ""],
            [3, date(2022, 5, 6), "某商场", "自动喷淋系统瘫痪", "重大", "更换主机，停业整顿", "区消防救援大队\n区商务局", "何敏\n13973900003", 26, date(2022, 6, 30), "", "√", ""],
            [4, date(2022, 5, 20), "某自建房", "违规加层，存在坍塌风险", "重大", "立即腾空，拆除加层", "小江湖街道办事处、区住建局", "周涛、13973900004", "", "立即整改", "", "", "√"],
            ["审核：", "", "", "", "填表人：", "", "", "", "", "", "", "", ""],
        ],
        merged=["A1:M1", "K2:M2"] + [f"{c}2:{c}3" for c in "ABCDEFGHIJ"],
    )],
    [
        {"title": "消防通道堵塞，灭火器过期", "source": (SELF, OTHER, None, ASKED), "county": "双清区", "measures": "清理通道，更换灭火器", "responsible_units": ["汽车站街道办事处"], "responsible_person": "刘敏", "amount": (3_000, None), "deadline": "2022-04-20", "state": DONE, "serial": "1"},
        {"title": "配电箱未接地，线路私拉乱接", "county": "双清区", "responsible_units": ["区应急管理局"], "responsible_person": "陈勇", "amount": (15_000, None), "deadline": "2022-05-15", "state": "rectifying", "serial": "2"},
        {"title": "自动喷淋系统瘫痪", "county": "双清区", "responsible_units": ["区消防救援大队", "区商务局"], "responsible_person": "何敏", "amount": (260_000, None), "deadline": "2022-06-30", "state": "rectifying", "serial": "3"},
        {"title": "违规加层，存在坍塌风险", "county": "双清区", "responsible_units": ["小江湖街道办事处", "区住建局"], "responsible_person": "周涛", "kind": NOW, "state": OPEN, "serial": "4"},
    ],
    kept="hazards.ods",
)

# 6. What a county bureau found in itself: themes down the side (merged), two measures in one cell, blank means as above.
ledger(
    "06 主题教育检视问题清单.xlsx",
    [sheet(
        "检视清单",
        [
            ["“不忘初心、牢记使命”主题教育检视问题整改清单", "", "", "", "", "", "", ""],
            ["单位：绥宁县扶贫开发办公室    2019年10月20日", "", "", "", "", "", "", ""],
            ["类  别", "序号", "检视出的问题", "整改措施", "责任领导", "责任股室", "完成时限", "整改成效"],
            ["理论学习方面", 1, "学习不深不透，与脱贫攻坚实际结合不紧", "1.每周五集中学习；\n2.每人撰写调研文章1篇。", "黄伟明", "办公室", "11月底前", "已撰写调研文章9篇"],
            ["", 2, "学用脱节，指导基层能力不足", "开展业务轮训", "黄伟明", "办公室、业务股", "立行立改", "完成"],
            ["干事创业方面", 3, "项目库建设不规范，入库论证不严", "逐项复核", "石金山", "项目股", "12月20日前", "正在复核"],
            ["", 4, "驻村帮扶工作队管理失之于宽", "实行每月通报", "〃", "社会扶贫股", "长期坚持", "持续推进"],
            ["为民服务解难题方面", 5, "雨露计划补助发放不及时", "一次性补发到位", "谭小红（党组成员、副主任）", "财务股", "2019年11月15日", "已完成"],
        ],
        merged=["A1:H1", "A2:H2", "A4:A5", "A6:A7"],
    )],
    [
        {"title": "学习不深不透，与脱贫攻坚实际结合不紧", "source": (SELF, None, ASKED), "county": "绥宁县", "lead_official": "黄伟明", "responsible_units": ["办公室"], "measures": "1.每周五集中学习；\n2.每人撰写调研文章1篇。", "deadline": "2019-11-30", "serial": "1"},
        {"title": "学用脱节，指导基层能力不足", "source": (SELF, None, ASKED), "county": "绥宁县", "lead_official": "黄伟明", "responsible_units": ["办公室", "业务股"], "kind": NOW, "serial": "2"},
        {"title": "项目库建设不规范，入库论证不严", "county": "绥宁县", "lead_official": "石金山", "responsible_units": ["项目股"], "deadline": "2019-12-20", "serial": "3"},
        {"title": "驻村帮扶工作队管理失之于宽", "county": "绥宁县", "lead_official": "石金山", "responsible_units": ["社会扶贫股"], "kind": LONG, "deadline": None, "serial": "4"},
        {"title": "雨露计划补助发放不及时", "county": "绥宁县", "lead_official": "谭小红", "responsible_units": ["财务股"], "deadline": "2019-11-15", "serial": "5"},
    ],
    ledger_date="2019-10-20",
)

# 7. A county's own inspection, semicolons; hand-over date in the head; deadlines counted from it.
ledger(
    "07 巡察反馈问题整改台账.csv",
    [sheet(
        "",
        [
            ["洞口县委第三巡察组反馈问题整改台账", "", "", "", "", "", "", ""],
            ["交办日期：2020年4月8日", "", "", "", "", "", "", ""],
            ["序号", "反馈问题", "具体表现", "整改措施", "整改责任领导", "责任单位", "整改时限", "完成情况"],
            ["1", "政策落实有偏差", "教育助学金漏发6人", "补发并建立台账", "县委常委、副县长  曾繁荣", "县教育局；江口镇人民政府", "交办之日起1个月内", "已完成整改"],
            ["2", "项目管理不严", "2个产业项目未验收即付款", "追回多付款项，完善验收制度", "副县长 毛丽华", "县农业农村局", "自交办之日起15个工作日内", "正在整改"],
            ["3", "作风不实", "毓兰镇帮扶手册填写不规范，代签代填", "重新入户核对", "副县长 毛丽华", "毓兰镇人民政府", "立行立改", "完成，长期坚持"],
        ],
    )],
    [
        {"title": ("政策落实有偏差", "教育助学金漏发6人", "政策落实有偏差\n教育助学金漏发6人", "政策落实有偏差：教育助学金漏发6人"), "source": (DISCIPLINE, OTHER, None, ASKED), "county": "洞口县", "measures": "补发并建立台账", "lead_official": "曾繁荣", "responsible_units": ["县教育局", "江口镇人民政府"], "deadline": "2020-05-08", "state": DONE, "serial": "1"},
        {"title": ("项目管理不严", "2个产业项目未验收即付款", "项目管理不严\n2个产业项目未验收即付款", "项目管理不严：2个产业项目未验收即付款"), "county": "洞口县", "lead_official": "毛丽华", "responsible_units": ["县农业农村局"], "deadline": "2020-04-28", "state": "rectifying", "serial": "2"},
        {"title": ("作风不实", "毓兰镇帮扶手册填写不规范，代签代填", "作风不实\n毓兰镇帮扶手册填写不规范，代签代填", "作风不实：毓兰镇帮扶手册填写不规范，代签代填"), "county": "洞口县", "lead_official": "毛丽华", "responsible_units": ["毓兰镇人民政府"], "kind": NOW, "serial": "3"},
    ],
    encoding="utf-8-sig", delimiter=";",
    ledger_date="2020-04-08",
)

# 8. Tabs, pasted out of a spreadsheet: no title, source and county in columns, 同上.
ledger(
    "08 问题台账（制表符）.csv",
    [sheet(
        "",
        [
            ["问题编号", "来源", "县（市、区）", "乡镇", "村", "问题描述", "分类", "主责单位", "配合单位", "联系人", "整改截止日期", "当前状态"],
            ["WT2019-017", "第三方评估", "新宁县", "金石镇", "四和村", "脱贫户人均收入计算有误", "致贫返贫", "新宁县扶贫办", "金石镇人民政府", "李娟", "2019/10/15", "整改中"],
            ["WT2019-018", "同上", "同上", "崀山镇", "窑市村", "易地搬迁户旧房未拆除", "易地扶贫搬迁", "新宁县发改局", "县自然资源局、崀山镇人民政府", "伍军", "2019/11/30", "已销号"],
            ["WT2019-021", "媒体曝光", "武冈市", "邓元泰镇", "", "扶贫车间长期闲置", "资金项目管理", "武冈市人社局", "", "许志", "2019/9/30", "销号审核"],
            ["WT2019-022", "群众来信", "绥宁县", "武阳镇", "六王村", "村干部违规领取公益岗位补贴", "涉贫信访舆情", "绥宁县纪委监委", "武阳镇党委", "龙飞", "2019/10/31", "待整改"],
        ],
    )],
    [
        {"title": "脱贫户人均收入计算有误", "source": THIRD, "category": "致贫返贫", "county": "新宁县", "region": "金石镇四和村", "responsible_units": ["新宁县扶贫办", "金石镇人民政府"], "responsible_person": "李娟", "deadline": "2019-10-15", "state": "rectifying", "number": "WT2019-017"},
        {"title": "易地搬迁户旧房未拆除", "source": THIRD, "category": "易地扶贫搬迁", "county": "新宁县", "region": "崀山镇窑市村", "responsible_units": ["新宁县发改局", "县自然资源局", "崀山镇人民政府"], "responsible_person": "伍军", "deadline": "2019-11-30", "state": "cleared", "number": "WT2019-018"},
        {"title": "扶贫车间长期闲置", "source": MEDIA, "category": "资金项目管理", "county": "武冈市", "region": "邓元泰镇", "responsible_units": ["武冈市人社局"], "responsible_person": "许志", "deadline": "2019-09-30", "state": "reviewing", "number": "WT2019-021"},
        {"title": "村干部违规领取公益岗位补贴", "source": (PUBLIC, None, ASKED), "category": "涉贫信访舆情", "county": "绥宁县", "region": "武阳镇六王村", "responsible_units": ["绥宁县纪委监委", "武阳镇党委"], "responsible_person": "龙飞", "deadline": "2019-10-31", "state": OPEN, "number": "WT2019-022"},
    ],
    encoding="utf-8", delimiter="\t",
)

# 9. One sheet a county, a cover, instructions, and a sheet of counts; one county has nothing to report.
HEAD_9 = ["序号", "问题来源", "问题内容", "问题分类", "牵头县领导", "责任单位", "责任人", "整改时限", "整改情况", "备注"]
ledger(
    "09 各县市区问题整改台账汇总.xlsx",
    [
        sheet("封面", [["邵阳市脱贫攻坚问题整改台账"], [""], ["（截至2020年3月31日）"], [""], ["邵阳市扶贫开发领导小组办公室"]]),
        sheet("填表说明", [["填表说明"], ["1.每县市区填写一个工作表。"], ["2.责任单位有多个的，第一个为主责单位。"]]),
        sheet("汇总", [["县市区", "问题总数", "已完成", "正在整改", "完成率"], ["新邵县", 2, 1, 1, "50%"], ["绥宁县", 2, 0, 2, "0%"], ["北塔区", 0, 0, 0, "—"], ["合计", 4, 1, 3, "25%"]]),
        sheet("新邵", [
            ["新邵县脱贫攻坚问题整改台账", "", "", "", "", "", "", "", "", ""],
            HEAD_9,
            [1, "中央巡视“回头看”", "雀塘镇饮水工程管护机制缺失", "安全饮水", "肖学文", "县水利局，雀塘镇人民政府", "石建国", "4月30日前", "正在整改", ""],
            [2, "省考核", "动态管理系统数据与实际不符", "两不愁三保障", "秦立军", "县扶贫办", "伍丽", "3月底前", "已完成", "3月28日完成"],
        ], merged=["A1:J1"]),
        sheet("绥宁", [
            ["绥宁县脱贫攻坚问题整改台账", "", "", "", "", "", "", "", "", ""],
            ["序号", "问题内容", "问题来源", "问题分类", "责任单位", "牵头县领导", "责任人", "整改情况", "整改时限", "备注"],
            [1, "红岩镇3户安置房未办证", "审计", "易地扶贫搬迁", "县自然资源局", "龙世明", "唐俊", "正在整改", "5月底前", ""],
            [2, "公益岗位人员在岗不履职", "媒体暗访", "两不愁三保障", "县人社局", "龙世明", "于洋", "正在整改", "长期坚持", ""],
        ], merged=["A1:J1"]),
        sheet("北塔", [["北塔区脱贫攻坚问题整改台账", "", "", "", "", "", "", "", "", ""], HEAD_9, ["无", "", "", "", "", "", "", "", "", ""]], merged=["A1:J1"]),
    ],
    [
        {"title": "雀塘镇饮水工程管护机制缺失", "source": (CENTRAL, None, ASKED), "category": "安全饮水", "county": "新邵县", "lead_official": "肖学文", "responsible_units": ["县水利局", "雀塘镇人民政府"], "responsible_person": "石建国", "deadline": "2020-04-30", "state": "rectifying", "serial": "1"},
        {"title": "动态管理系统数据与实际不符", "source": ASSESSMENT, "category": "两不愁三保障", "county": "新邵县", "lead_official": "秦立军", "responsible_units": ["县扶贫办"], "responsible_person": "伍丽", "deadline": "2020-03-31", "state": DONE, "serial": "2"},
        {"title": "红岩镇3户安置房未办证", "source": AUDIT, "category": "易地扶贫搬迁", "county": "绥宁县", "lead_official": "龙世明", "responsible_units": ["县自然资源局"], "responsible_person": "唐俊", "deadline": "2020-05-31", "state": "rectifying", "serial": "1"},
        {"title": "公益岗位人员在岗不履职", "source": MEDIA, "category": "两不愁三保障", "county": "绥宁县", "lead_official": "龙世明", "responsible_units": ["县人社局"], "kind": LONG, "deadline": None, "serial": "2"},
    ],
    ledger_date="2020-03-31",
)

# 10. Hidden: a row the office withdrew, a column of inner remarks. Neither may be taken in silence; the row not dropped in silence.
ledger(
    "10 含隐藏行列的台账.xlsx",
    [sheet(
        "台账",
        [
            ["隆回县扶贫领域问题整改台账（2019年9月）", "", "", "", "", "", "", ""],
            ["序号", "问题", "来源", "类别", "内部意见", "责任单位", "整改期限", "状态"],
            [1, "小沙江镇金银花项目分红未兑现", "群众举报", "资金项目管理", "建议问责", "小沙江镇人民政府", "10月15日", "整改中"],
            [2, "（重复，拟撤回）六都寨镇饮水管网破损", "自查", "安全饮水", "", "县水利局", "10月20日", "整改中"],
            [3, "北山镇2户危房未改造", "自查", "两不愁三保障", "", "县住建局、北山镇政府", "12月", "整改中"],
        ],
        merged=["A1:H1"], hidden_rows=[4], hidden_columns=["E"],
    )],
    [
        {"title": "小沙江镇金银花项目分红未兑现", "source": PUBLIC, "category": "资金项目管理", "county": "隆回县", "responsible_units": ["小沙江镇人民政府"], "deadline": "2019-10-15", "state": "rectifying", "serial": "1"},
        {"title": "北山镇2户危房未改造", "source": SELF, "category": "两不愁三保障", "county": "隆回县", "responsible_units": ["县住建局", "北山镇政府"], "deadline": "2019-12-31", "state": "rectifying", "serial": "3"},
    ],
    hidden=("台账!E", "台账!4"),
)

# 11. Three header rows; city's and county's duty side by side.
ledger(
    "11 三层表头.xlsx",
    [sheet(
        "Sheet1",
        [
            ["邵阳市2019年脱贫攻坚民主监督反馈问题整改责任分解表", *[""] * 14],
            ["序号", "问题基本情况", "", "", "", "", "整改责任", "", "", "", "", "整改目标", "完成时限", "整改完成情况", ""],
            ["", "县市区", "乡镇", "村", "问题描述", "所属类别", "市级", "", "县级", "", "", "", "", "进展情况", "是否完成"],
            ["", "", "", "", "", "", "牵头领导", "牵头单位", "责任领导", "责任单位", "责任人", "", "", "", ""],
            [1, "洞口县", "江口镇", "畔上村", "通组路塌方，影响学生上学", "两不愁三保障", "副市长 李志刚", "市交通运输局", "曾繁荣", "县交通运输局", "向军", "恢复通行", date(2019, 9, 30), "已恢复通行", "是"],
            [2, "", "毓兰镇", "山阳村", "村卫生室未通水电", "村卫生室空白村", "副市长 彭向阳", "市卫生健康委", "毛丽华", "县卫生健康局", "付琴", "完成改造", date(2019, 10, 31), "正在施工", "否"],
            [3, "新宁县", "黄龙镇", "", "贫困户小额贷款“户贷企用”", "小额贷款", "副市长 李志刚", "市政府金融办", "李伟", "县金融办", "邓洁", "全部收回", "2019年12月底前", "收回60%", "否"],
            ["备注：本表各县市区每月25日前更新。", *[""] * 14],
        ],
        merged=["A1:O1", "A2:A4", "B2:F2", "G2:K2", "L2:L4", "M2:M4", "N2:O2", "B3:B4", "C3:C4", "D3:D4", "E3:E4", "F3:F4", "G3:H3", "I3:K3", "N3:N4", "O3:O4", "B5:B6", "A8:O8"],
    )],
    [
        {"title": "通组路塌方，影响学生上学", "source": (PARTY, None, ASKED), "category": "两不愁三保障", "county": "洞口县", "region": "江口镇畔上村", "lead_official": "李志刚", "lead_unit": "市交通运输局", "responsible_units": (["县交通运输局"], ["市交通运输局", "县交通运输局"]), "responsible_person": "向军", "goal": "恢复通行", "deadline": "2019-09-30", "state": DONE, "progress": "已恢复通行", "serial": "1"},
        {"title": "村卫生室未通水电", "category": "村卫生室空白村", "county": "洞口县", "region": "毓兰镇山阳村", "lead_official": "彭向阳", "lead_unit": "市卫生健康委", "responsible_units": (["县卫生健康局"], ["市卫生健康委", "县卫生健康局"]), "responsible_person": "付琴", "deadline": "2019-10-31", "state": "rectifying", "serial": "2"},
        {"title": "贫困户小额贷款“户贷企用”", "category": "小额贷款", "county": "新宁县", "region": "黄龙镇", "lead_official": "李志刚", "lead_unit": "市政府金融办", "responsible_units": (["县金融办"], ["市政府金融办", "县金融办"]), "responsible_person": "邓洁", "deadline": "2019-12-31", "state": "rectifying", "serial": "3"},
    ],
)

# 12. One problem, several measures below each other, each with its own deadline; the problem is merged over them.
ledger(
    "12 一个问题多项措施.xlsx",
    [sheet(
        "清单",
        [
            ["城步苗族自治县中央生态环境保护督察“回头看”反馈问题整改措施清单", *[""] * 7],
            ["序号", "反馈问题", "整改措施", "责任单位", "责任人", "完成时限", "县级领导", "备注"],
            [1, "十里平坦牧场超载过牧，草场退化", "1.核定载畜量", "县农业农村局", "蓝天明", "2019年7月底前", "副县长 阳正平", ""],
            ["", "", "2.完成补播改良2000亩", "", "", "2019年10月底前", "", ""],
            ["", "", "3.建立轮牧制度", "", "", "2020年4月底前", "", ""],
            [2, "儒林镇垃圾填埋场渗滤液超标", "1.启用应急处理设备", "县城管局", "戴强", "2019年6月底前", "常务副县长 罗建南", ""],
            ["", "", "2.完成提质改造", "", "", "2019年12月底前", "", ""],
        ],
        merged=["A1:H1", "A3:A5", "B3:B5", "D3:D5", "E3:E5", "G3:G5", "A6:A7", "B6:B7", "D6:D7", "E6:E7", "G6:G7"],
    )],
    [
        {"title": "十里平坦牧场超载过牧，草场退化", "county": "城步苗族自治县", "lead_official": "阳正平", "responsible_units": ["县农业农村局"], "responsible_person": "蓝天明", "deadline": ("2020-04-30", None, ASKED), "serial": "1"},
        {"title": "儒林镇垃圾填埋场渗滤液超标", "county": "城步苗族自治县", "lead_official": "罗建南", "responsible_units": ["县城管局"], "responsible_person": "戴强", "deadline": ("2019-12-31", None, ASKED), "serial": "2"},
    ],
)

# 13. Printed over pages: the header comes again, with page lines; marks of repetition of every sort.
HEAD_13 = ["序号", "县市区", "存在问题", "问题类别", "牵头领导", "牵头单位", "责任单位", "整改时限", "销号情况"]
ledger(
    "13 分页打印的台账.xlsx",
    [sheet(
        "Sheet1",
        [
            ["全市扶贫领域作风问题专项治理整改台账", *[""] * 8],
            ["来源：市纪委监委                                  2019年7月", *[""] * 8],
            HEAD_13,
            ["1", "北塔区", "帮扶干部走访次数造假", "群众认可度", "市委常委、市纪委书记 罗正清", "市纪委监委", "北塔区纪委监委", "8月31日", "已销号（9月3日）"],
            ["2", "〃", "村级扶贫公示栏长期不更新", "群众认可度", "〃", "〃", "北塔区扶贫办", "〃", "未销号"],
            ["3", "大祥区", "产业奖补审核不严，重复发放", "资金项目管理", "同上", "市农业农村局", "大祥区农业农村水利局、大祥区财政局", "2019年9月底", "未销号"],
            ["第1页 共2页", *[""] * 8],
            HEAD_13,
            ["4", "双清区", "廉租房与易地搬迁重复享受", "易地扶贫搬迁", "副市长 李志刚", "市住建局", "双清区住建局", "2019年9月底", "已申请销号"],
            ["5", "邵东县", "驻村工作队长期脱岗", "群众认可度", "同上", "市委组织部", "邵东县委组织部", "2019年8月底", "已销号"],
            ["第2页 共2页", *[""] * 8],
        ],
        merged=["A1:I1", "A2:I2"],
    )],
    [
        {"title": "帮扶干部走访次数造假", "source": (DISCIPLINE, None, ASKED), "category": "群众认可度", "county": "北塔区", "lead_official": "罗正清", "lead_unit": "市纪委监委", "responsible_units": ["北塔区纪委监委"], "deadline": "2019-08-31", "state": "cleared", "serial": "1"},
        {"title": "村级扶贫公示栏长期不更新", "source": (DISCIPLINE, None, ASKED), "category": "群众认可度", "county": "北塔区", "lead_official": "罗正清", "lead_unit": "市纪委监委", "responsible_units": ["北塔区扶贫办"], "deadline": "2019-08-31", "serial": "2"},
        {"title": "产业奖补审核不严，重复发放", "category": "资金项目管理", "county": "大祥区", "lead_official": "罗正清", "lead_unit": "市农业农村局", "responsible_units": ["大祥区农业农村水利局", "大祥区财政局"], "deadline": "2019-09-30", "serial": "3"},
        {"title": "廉租房与易地搬迁重复享受", "category": "易地扶贫搬迁", "county": "双清区", "lead_official": "李志刚", "lead_unit": "市住建局", "responsible_units": ["双清区住建局"], "deadline": "2019-09-30", "state": "reviewing", "serial": "4"},
        {"title": "驻村工作队长期脱岗", "category": "群众认可度", "county": "邵东市", "lead_official": "李志刚", "lead_unit": "市委组织部", "responsible_units": ["邵东县委组织部"], "deadline": "2019-08-31", "state": "cleared", "serial": "5"},
    ],
)

# 14. Amounts in the cells, in every unit; a BOM; quotes and line breaks inside; cleared-on day.
ledger(
    "14 资金问题整改台账.csv",
    [sheet(
        "",
        [
            ["序号", "县市区", "问题", "涉及金额", "问题来源", "整改类别", "整改措施", "主管部门", "责任单位", "整改完成时限", "是否销号", "销号时间"],
            ["1", "邵东市", "截留\"雨露计划\"资金", "12.5万元", "审计署长沙特派办审计", "资金项目管理", "退还资金，\n追责问责", "市教育局", "邵东市教育局", "2020-05-31", "已销号", "2020-05-20"],
            ["2", "隆回县", "超标准发放误餐补助", "3,400元", "省审计厅", "资金项目管理", "清退", "市财政局", "隆回县扶贫办", "2020-06-15", "未销号", ""],
            ["3", "城步县", "重大产业项目资金闲置", "1.2亿元", "市审计局", "资金项目管理", "加快建设", "市农业农村局", "城步苗族自治县农业农村局", "2020-12-31", "未销号", "/"],
            ["4", "新邵县", "发放补助未公示", "无", "审计", "资金项目管理", "立即公示", "市扶贫办", "新邵县扶贫办", "立行立改", "已销号", "2020.4.2"],
        ],
    )],
    [
        {"title": "截留\"雨露计划\"资金", "source": AUDIT, "category": "资金项目管理", "county": "邵东市", "amount": 125_000, "responsible_units": (["邵东市教育局"], ["市教育局", "邵东市教育局"]), "deadline": "2020-05-31", "state": "cleared", "struck_off_on": "2020-05-20", "serial": "1"},
        {"title": "超标准发放误餐补助", "source": AUDIT, "county": "隆回县", "category": "资金项目管理", "amount": 3_400, "deadline": "2020-06-15", "serial": "2"},
        {"title": "重大产业项目资金闲置", "source": AUDIT, "county": "城步苗族自治县", "amount": 120_000_000, "deadline": "2020-12-31", "serial": "3"},
        {"title": "发放补助未公示", "source": AUDIT, "county": "新邵县", "amount": None, "kind": NOW, "state": "cleared", "struck_off_on": "2020-04-02", "serial": "4"},
    ],
    encoding="utf-8-sig",
)

# 15. Sections per category, ticks for the state, the county in brackets at the end of the wording is left in the wording.
ledger(
    "15 九个清零问题台账.xlsx",
    [sheet(
        "九个清零",
        [
            ["邵阳市“九个清零”问题整改工作台账", *[""] * 9],
            ["（截止2019年9月20日）", *[""] * 9],
            ["序号", "县市区", "具体问题", "问题来源", "责任单位", "责任领导", "完成时限", "工作进度", "", ""],
            ["", "", "", "", "", "", "", "未启动", "正在整改", "已完成"],
            ["一、“两不愁三保障”问题清零", *[""] * 9],
            ["1", "武冈市", "3名适龄儿童辍学", "省委巡视", "武冈市教育局", "钟志刚", "9月底", "", "", "√"],
            ["2", "绥宁县", "12户C级危房未改造", "省考核", "绥宁县住建局", "龙世明", "11月底", "", "√", ""],
            ["二、安全饮水问题清零", *[""] * 9],
            ["1", "新宁县", "高桥镇水源季节性缺水", "民盟省委调研", "新宁县水利局", "李伟", "12月底", "√", "", ""],
            ["2", "洞口县", "2处供水工程未消毒", "第三方评估", "洞口县水利局", "毛丽华", "10月15日", "", "√", ""],
            ["三、村卫生室空白村问题清零", *[""] * 9],
            ["无", *[""] * 9],
            ["四、小额贷款问题清零", *[""] * 9],
            ["1", "邵阳县", "贷款用于建房、购车", "纪检监察", "邵阳县农商行、邵阳县扶贫办", "郑晓梅", "立行立改", "", "", "√"],
            ["总计", "5", *[""] * 5, "1", "2", "2"],
        ],
        merged=["A1:J1", "A2:J2", "H3:J3"] + [f"{c}3:{c}4" for c in "ABCDEFG"] + [f"A{n}:J{n}" for n in (5, 8, 11, 13)],
    )],
    [
        {"title": "3名适龄儿童辍学", "source": PROVINCIAL, "category": "两不愁三保障", "county": "武冈市", "responsible_units": ["武冈市教育局"], "lead_official": "钟志刚", "deadline": "2019-09-30", "state": DONE, "serial": "1"},
        {"title": "12户C级危房未改造", "source": ASSESSMENT, "category": "两不愁三保障", "county": "绥宁县", "responsible_units": ["绥宁县住建局"], "lead_official": "龙世明", "deadline": "2019-11-30", "state": "rectifying", "serial": "2"},
        {"title": "高桥镇水源季节性缺水", "source": PARTY, "category": "安全饮水", "county": "新宁县", "responsible_units": ["新宁县水利局"], "lead_official": "李伟", "deadline": "2019-12-31", "state": OPEN, "serial": "1"},
        {"title": "2处供水工程未消毒", "source": THIRD, "category": "安全饮水", "county": "洞口县", "responsible_units": ["洞口县水利局"], "lead_official": "毛丽华", "deadline": "2019-10-15", "state": "rectifying", "serial": "2"},
        {"title": "贷款用于建房、购车", "source": DISCIPLINE, "category": "小额贷款", "county": "邵阳县", "responsible_units": ["邵阳县农商行", "邵阳县扶贫办"], "lead_official": "郑晓梅", "kind": NOW, "state": DONE, "serial": "1"},
    ],
    ledger_date="2019-09-20",
)

# 16. A bureau's habits: two sheets by source, an empty Sheet3, people with posts and telephones, units under each other with numbers.
ledger(
    "16 脱贫攻坚问题整改（两张表）.xlsx",
    [
        sheet("农工党省委调研反馈", [
            ["农工党湖南省委脱贫攻坚民主监督反馈问题整改台账", *[""] * 8],
            ["制表日期：2019.8.12", *[""] * 8],
            ["NO.", "问题所在县市区", "问题点", "归口类别", "市级牵头领导及职务", "牵头责任单位", "参与单位", "具体责任人\n（联系电话）", "计划完成时间"],
            [1, "城步、绥宁", "村医老龄化严重，后继乏人", "村卫生室空白村", "彭向阳（市政府副市长）", "市卫生健康委", "1.市人社局\n2.市财政局\n3.城步县、绥宁县人民政府", "罗卫国（市卫健委副主任，13907391111）", "2019.12"],
            [2, "隆回", "低保与扶贫两项制度衔接不够", "两不愁三保障", "李志刚（市政府副市长）", "市民政局", "市扶贫办", "蒋明亮 5030001", "2019.10.20"],
        ], merged=["A1:I1"]),
        sheet("市级暗访发现", [
            ["市级暗访发现问题整改台账", *[""] * 8],
            ["制表日期：2019.8.12", *[""] * 8],
            ["NO.", "问题所在县市区", "问题点", "归口类别", "市级牵头领导及职务", "牵头责任单位", "参与单位", "具体责任人\n（联系电话）", "计划完成时间"],
            [1, "新宁", "扶贫资料“三本账”不一致", "群众认可度", "张立新（市委副书记）", "市扶贫办", "无", "唐文", "2019.8.31"],
            [2, "武冈", "扶贫产业同质化，销路不畅", "致贫返贫", "李志刚", "市农业农村局", "市商务局/市供销社", "田野（13907392222）", "2019.11.10"],
        ], merged=["A1:I1"]),
        sheet("Sheet3", []),
    ],
    [
        {"title": "村医老龄化严重，后继乏人", "source": PARTY, "category": "村卫生室空白村", "county": (None, ASKED), "lead_official": "彭向阳", "lead_unit": "市卫生健康委", "responsible_person": "罗卫国", "deadline": "2019-12-31", "serial": "1"},
        {"title": "低保与扶贫两项制度衔接不够", "source": PARTY, "category": "两不愁三保障", "county": "隆回县", "lead_official": "李志刚", "lead_unit": "市民政局", "responsible_units": ["市民政局", "市扶贫办"], "responsible_person": "蒋明亮", "deadline": "2019-10-20", "serial": "2"},
        {"title": "扶贫资料“三本账”不一致", "source": (SELF, OTHER, None, ASKED), "category": "群众认可度", "county": "新宁县", "lead_official": "张立新", "lead_unit": "市扶贫办", "responsible_units": ["市扶贫办"], "responsible_person": "唐文", "deadline": "2019-08-31", "serial": "1"},
        {"title": "扶贫产业同质化，销路不畅", "category": "致贫返贫", "county": "武冈市", "lead_official": "李志刚", "lead_unit": "市农业农村局", "responsible_units": ["市农业农村局", "市商务局", "市供销社"], "responsible_person": "田野", "deadline": "2019-11-10", "serial": "2"},
    ],
    ledger_date="2019-08-12",
)

# 17. Start and end of the work in two columns under one heading; unit and its official in one cell; words for the state of every kind.
ledger(
    "17 起止时间与各种状态.xlsx",
    [sheet(
        "Sheet1",
        [
            ["新宁县脱贫攻坚“回头看”问题整改台账", *[""] * 10],
            ["更新日期：2020-09-15", *[""] * 10],
            ["问题序号", "乡镇", "村（社区）", "问题简述", "问题类型", "牵头单位（负责人）", "配合单位", "整改期限", "", "办理状态", "整改情况说明"],
            ["", "", "", "", "", "", "", "起始时间", "完成时间", "", ""],
            [101, "金石镇", "刘家井社区", "5户饮水水压不足", "安全饮水", "县水利局（何平）", "金石镇", "2020-08-01", "2020-09-30", "办理中", "更换水泵"],
            [102, "水庙镇", "双阳村", "危改户漏雨", "两不愁三保障", "县住建局（李强）", "水庙镇", "2020-08-01", "2020-08-31", "逾期未完成", "施工队更换"],
            [103, "崀山镇", "茶亭村", "公益岗位补贴漏发", "资金项目管理", "县人社局（唐丽）", "崀山镇、县财政局", "2020-08-01", "2020-08-20", "已办结", "已补发"],
            [104, "黄龙镇", "尹家村", "产业项目受益面窄", "致贫返贫", "县农业农村局（陈刚）", "", "2020-08-01", "2020-12-31", "整改中", "新增受益户12户"],
        ],
        merged=["A1:K1", "A2:K2", "H3:I3"] + [f"{c}3:{c}4" for c in "ABCDEFGJK"],
    )],
    [
        {"title": "5户饮水水压不足", "source": (SELF, OTHER, None, ASKED), "category": "安全饮水", "county": "新宁县", "region": "金石镇刘家井社区", "lead_unit": "县水利局", "responsible_units": ["县水利局", "金石镇"], "responsible_person": ("何平", None), "deadline": "2020-09-30", "state": "rectifying", "serial": "101"},
        {"title": "危改户漏雨", "category": "两不愁三保障", "county": "新宁县", "region": "水庙镇双阳村", "lead_unit": "县住建局", "responsible_units": ["县住建局", "水庙镇"], "deadline": "2020-08-31", "state": ("rectifying", None, ASKED), "serial": "102"},
        {"title": "公益岗位补贴漏发", "category": "资金项目管理", "county": "新宁县", "region": "崀山镇茶亭村", "lead_unit": "县人社局", "responsible_units": ["县人社局", "崀山镇", "县财政局"], "deadline": "2020-08-20", "state": DONE, "serial": "103"},
        {"title": "产业项目受益面窄", "category": "致贫返贫", "county": "新宁县", "region": "黄龙镇尹家村", "lead_unit": "县农业农村局", "responsible_units": ["县农业农村局"], "deadline": "2020-12-31", "state": "rectifying", "serial": "104"},
    ],
    ledger_date="2020-09-15",
)

# 18. Two lines of header that repeat words of each other, blank rows between, columns of nothing at the left, the total in the first cell.
ledger(
    "18 偏右下的台账.xlsx",
    [sheet(
        "问题清单",
        [
            [""] * 10,
            ["", "", "绥宁县扶贫领域审计发现问题整改情况表", *[""] * 7],
            ["", "", "截至2020年10月31日                 单位：元", *[""] * 7],
            [""] * 10,
            ["", "", "序号", "审计发现问题", "问题类别", "涉及金额", "整改责任单位及责任人", "整改时限", "整改情况", "是否整改到位"],
            ["", "", 1, "扶贫车间租金未入账", "资金项目管理", 48000, "长铺镇人民政府 于海", "2020年11月30日", "已入账30000元", "否"],
            [""] * 10,
            ["", "", 2, "小额贷款贴息发放错误", "小额贷款", 1260.5, "县扶贫办 于洋", "2020年9月30日", "已追回", "是"],
            [""] * 10,
            ["", "", "合  计", "", "", 49260.5, "", "", "", ""],
        ],
        merged=["C2:J2", "C3:J3"],
    )],
    [
        {"title": "扶贫车间租金未入账", "source": (AUDIT, None, ASKED), "category": "资金项目管理", "county": "绥宁县", "amount": 48_000, "responsible_units": ["长铺镇人民政府"], "responsible_person": "于海", "deadline": "2020-11-30", "state": "rectifying", "serial": "1"},
        {"title": "小额贷款贴息发放错误", "source": (AUDIT, None, ASKED), "category": "小额贷款", "county": "绥宁县", "amount": Decimal("1260.5"), "responsible_units": ["县扶贫办"], "responsible_person": "于洋", "deadline": "2020-09-30", "state": DONE, "serial": "2"},
    ],
    ledger_date="2020-10-31",
)
