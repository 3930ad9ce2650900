"""Further ledgers as offices keep them, each with its right reading, written before the reader was looked at.

A tuple in a reading holds readings that are equally good; ``ASKED`` is right where only the office can know, and a person
is asked in that row. Two are kept as files an office suite wrote: a binary workbook and an OpenDocument one.
"""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.ledgers.blind_ledgers import ASKED, BlindLedger
from tests.ledgers.ledger_world import saved

FILES = Path(__file__).with_name("blind_files")


# -- 1: the printed page kept as it is: header on every page, subtotals, page feet, ditto marks, merged downward ----------


def printed_pages() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    head = [
        "序\n号",
        "县（市、区）",
        "问 题 描 述",
        "问题出处",
        "涉及金额（元）",
        "包 案\n领 导",
        "主责单位",
        "整 改\n期 限",
        "当前状态",
    ]
    body: list[list[Any]] = [
        ["隆回县2025年乡村振兴领域突出问题整改情况一览表"] + [None] * 8,
        ["制表：县委农办　　　　　　　　　　　　截止日期：2025年6月30日"] + [None] * 8,
        head,
        [
            1,
            "隆回县",
            "桃洪镇铜盆社区3处农村小水厂净化设备停用",
            "市纪委监委",
            85000,
            "李志强",
            "县水利局",
            date(2025, 7, 31),
            "整改中",
        ],
        [2, None, "司门前镇老年食堂建成8个月未投入运营", "〃", "126,500.00", "〃", "县民政局", "2025年8月底", "未启动"],
        [
            3,
            None,
            "小沙江镇金银花烘干房设备\n锈蚀，未登记资产台账",
            "“",
            0,
            "刘建华",
            "县农业农村局",
            "8月15日",
            "已销号",
        ],
        ["小计", None, "3个", None, 211500, None, None, None, None],
        ["第1页　共2页"] + [None] * 8,
        head,
        [
            4,
            None,
            "高平镇32户农户厕所改造补助未兑付",
            "县委巡察",
            64000,
            "陈国庆",
            "县卫生健康局",
            "７月底前",
            "申请销号",
        ],
        [5, None, "岩口镇通村公路2.3公里路基塌方未修复", "同上", "—", "同上", "县交通运输局", "2025.9", "整改中"],
        ["小计", None, "2个", None, 64000, None, None, None, None],
        ["合计（1+2）", None, "5个", None, 275500, None, None, None, None],
        ["第2页　共2页"] + [None] * 8,
        ["注：1.金额单位为元；2.包案领导为县级领导。"] + [None] * 8,
    ]
    for row in body:
        sheet.append(row)
    sheet.merge_cells("A1:I1")
    sheet.merge_cells("A2:I2")
    sheet.merge_cells("B4:B6")
    sheet.merge_cells("B10:B11")
    return saved(book)


PRINTED_PAGES = BlindLedger(
    "printed_pages.xlsx",
    printed_pages,
    {
        ("Sheet1", 4): {
            "serial": "1",
            "title": "桃洪镇铜盆社区3处农村小水厂净化设备停用",
            "county": "隆回县",
            "source": "discipline",
            "lead_official": "李志强",
            "responsible_units": ["县水利局"],
            "deadline": "2025-07-31",
            "kind": "time_limited",
            "state": "rectifying",
            "amount": 85_000,
        },
        ("Sheet1", 5): {
            "serial": "2",
            "title": "司门前镇老年食堂建成8个月未投入运营",
            "county": "隆回县",
            "source": "discipline",
            "lead_official": "李志强",
            "responsible_units": ["县民政局"],
            "deadline": "2025-08-31",
            "state": "assigned",
            "amount": 126_500,
        },
        ("Sheet1", 6): {
            "serial": "3",
            "title": "小沙江镇金银花烘干房设备锈蚀，未登记资产台账",
            "county": "隆回县",
            "source": "discipline",
            "lead_official": "刘建华",
            "responsible_units": ["县农业农村局"],
            "deadline": "2025-08-15",
            "state": "cleared",
            "amount": (0, None),
        },
        ("Sheet1", 10): {
            "serial": "4",
            "title": "高平镇32户农户厕所改造补助未兑付",
            "county": "隆回县",
            "source": (None, ASKED, "discipline", "other", "self_inspection"),
            "lead_official": "陈国庆",
            "responsible_units": ["县卫生健康局"],
            "deadline": "2025-07-31",
            "state": "reviewing",
            "amount": 64_000,
        },
        ("Sheet1", 11): {
            "serial": "5",
            "title": "岩口镇通村公路2.3公里路基塌方未修复",
            "county": "隆回县",
            "lead_official": "陈国庆",
            "responsible_units": ["县交通运输局"],
            "deadline": "2025-09-30",
            "state": "rectifying",
            "amount": None,
        },
    },
    "2025-06-30",
)


# -- 2: tab-separated, GB18030, telephone numbers in names, several persons, lamps as words --------------------------------


def tabbed_text() -> bytes:
    rows = [
        ["武冈市安全饮水问题整改调度表", "", "", "", "", "", "", "", ""],
        ["调度时间：2025-03-20", "", "", "", "", "", "", "", ""],
        [
            "问题编号",
            "所属县市区",
            "存在的主要问题",
            "牵头县领导",
            "牵头单位",
            "责任单位",
            "责任人及电话",
            "计划完成时间",
            "整改情况",
        ],
        [
            "WG-YS-01",
            "武冈市",
            "邓元泰镇渡头村蓄水池渗漏，供水时断时续",
            "副市长 周明",
            "武冈市水利局",
            "邓元泰镇人民政府",
            "罗志明13900000001",
            "4月10日前",
            "正在整改",
        ],
        [
            "WG-YS-02",
            "武冈市",
            "湾头桥镇水厂未按规定投放\u3000消毒剂",
            "副市长　周明",
            "武冈市水利局",
            "湾头桥镇人民政府,武冈市卫健局",
            "何国华（0739-4220001）",
            "20250331",
            "已完成，待验收",
        ],
        [
            "WG-YS-03",
            "武冈市",
            '秦桥镇管网入户率低，"最后一公里"未打通',
            "周　明",
            "武冈市水利局",
            "秦桥镇人民政府；武冈市财政局",
            "谢志华、徐伟",
            "2025年5月中旬",
            "未启动",
        ],
        [
            "WG-YS-04",
            "武冈市",
            "马坪乡水源地标识牌缺失",
            "周明",
            "武冈市生态环境分局",
            "马坪乡人民政府",
            "徐 伟 139 0000 0002",
            "已完成",
            "已销号",
        ],
        [
            "WG-YS-05",
            "武冈市",
            "司马冲镇应急水源未落实",
            "周明（副市长）",
            "武冈市应急管理局",
            "司马冲镇人民政府/武冈市水利局",
            "郑明",
            "汛期前",
            "制定方案",
        ],
        ["", "", "以上5个问题由市水利局统一汇总", "", "", "", "", "", ""],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode("gb18030")


TABBED_TEXT = BlindLedger(
    "tabbed_text.csv",
    tabbed_text,
    {
        ("tabbed_text", 4): {
            "number": "WG-YS-01",
            "title": "邓元泰镇渡头村蓄水池渗漏，供水时断时续",
            "county": "武冈市",
            "lead_official": "周明",
            "lead_unit": "武冈市水利局",
            "responsible_units": ["邓元泰镇人民政府"],
            "responsible_person": "罗志明",
            "deadline": "2025-04-10",
            "state": "rectifying",
        },
        ("tabbed_text", 5): {
            "number": "WG-YS-02",
            "title": "湾头桥镇水厂未按规定投放　消毒剂",
            "lead_official": "周明",
            "responsible_units": ["湾头桥镇人民政府", "武冈市卫健局"],
            "responsible_person": "何国华",
            "deadline": "2025-03-31",
            "state": "reviewing",
        },
        ("tabbed_text", 6): {
            "number": "WG-YS-03",
            "title": '秦桥镇管网入户率低，"最后一公里"未打通',
            "lead_official": "周明",
            "responsible_units": ["秦桥镇人民政府", "武冈市财政局"],
            "responsible_person": ("谢志华", "谢志华、徐伟", ASKED),
            "deadline": "2025-05-20",
            "state": "assigned",
        },
        ("tabbed_text", 7): {
            "number": "WG-YS-04",
            "title": "马坪乡水源地标识牌缺失",
            "responsible_person": "徐伟",
            "deadline": (ASKED, None),
            "state": "cleared",
        },
        ("tabbed_text", 8): {
            "number": "WG-YS-05",
            "title": "司马冲镇应急水源未落实",
            "lead_official": "周明",
            "responsible_units": ["司马冲镇人民政府", "武冈市水利局"],
            "deadline": ASKED,
            "state": "planning",
        },
    },
    "2025-03-20",
)


# -- 3: a sheet per county, named shortly and with counts; the county nowhere else; one county without problems ------------


def county_sheets() -> bytes:
    book = Workbook()
    cover = book.active
    cover.title = "填表说明"
    cover.append(["一、本表由各县市区填报，每月5日前报市专班。"])
    cover.append(["二、整改时限未写年份的，均指2025年。"])
    cover.append(["三、责任单位排第一位的为主责单位。"])
    new = book.create_sheet("新邵")
    for row in (
        ["表一"],
        ["新邵县教育领域问题整改清单"],
        ["序号", "问题", "整改措施", "责任单位", "责任人", "完成时限", "整改状态"],
        [
            1,
            "坪上镇中心小学食堂大宗食材未公开招标",
            "重新招标",
            "新邵县教育局、坪上镇中心小学",
            "孙志刚",
            "9月1日前",
            "整改中",
        ],
        [2, "3所村小校舍D级危房仍在使用", "立即停用", "新邵县教育局，新邵县住建局", "孙志刚", "立行立改", "已销号"],
        [3, "雀塘镇留守儿童台账不清", "摸底建档", "雀塘镇人民政府", "冯伟", "长期坚持", "整改中"],
    ):
        new.append(row)
    long = book.create_sheet("隆回县（2个）")
    for row in (
        ["隆回县教育领域问题整改清单"],
        [],
        ["序号", "责任单位", "问题", "完成时限", "整改状态", "责任人", "整改措施"],
        [1, "隆回县教育局", "学生资助资金312万元滞拨", "10月底前", "整改中", "马伟", "清理拨付"],
        [2, "隆回县教育局\n隆回县财政局", "乡村教师津贴标准未落实", "6月底", "已完成整改", "马伟", "足额发放"],
    ):
        long.append(row)
    none = book.create_sheet("北塔区(0个)")
    for row in (
        ["北塔区教育领域问题整改清单"],
        ["序号", "问题", "整改措施", "责任单位", "责任人", "完成时限", "整改状态"],
        ["", "无", "", "", "", "", ""],
    ):
        none.append(row)
    cheng = book.create_sheet("城步")
    for row in (
        ["城步县教育领域问题整改清单"],
        ["序号", "问题", "整改措施", "责任单位", "责任人", "完成时限", "整改状态"],
        ["1", "儒林镇2所幼儿园无证办园", "限期取缔", "城步县教育局", "高明", "2025年7月上旬", "整改中"],
        ["2", "内部测试，请忽略", "", "", "", "", ""],
        ["3", "寄宿制学校热水供应不足", "添置设备", "城步县教育局", "高明", "12月31日前", "未整改"],
    ):
        cheng.append(row)
    cheng.row_dimensions[4].hidden = True
    cheng.column_dimensions["E"].hidden = True
    return saved(book)


COUNTY_SHEETS = BlindLedger(
    "county_sheets.xlsx",
    county_sheets,
    {
        ("新邵", 4): {
            "serial": "1",
            "title": "坪上镇中心小学食堂大宗食材未公开招标",
            "county": "新邵县",
            "responsible_units": ["新邵县教育局", "坪上镇中心小学"],
            "responsible_person": "孙志刚",
            "deadline": "2025-09-01",
            "state": "rectifying",
        },
        ("新邵", 5): {
            "serial": "2",
            "title": "3所村小校舍D级危房仍在使用",
            "county": "新邵县",
            "responsible_units": ["新邵县教育局", "新邵县住建局"],
            "deadline": None,
            "kind": "immediate",
            "state": "cleared",
        },
        ("新邵", 6): {
            "serial": "3",
            "title": "雀塘镇留守儿童台账不清",
            "county": "新邵县",
            "responsible_units": ["雀塘镇人民政府"],
            "deadline": None,
            "kind": "long_term",
            "state": "rectifying",
        },
        ("隆回县（2个）", 4): {
            "serial": "1",
            "title": "学生资助资金312万元滞拨",
            "county": "隆回县",
            "responsible_units": ["隆回县教育局"],
            "responsible_person": "马伟",
            "deadline": "2025-10-31",
            "state": "rectifying",
        },
        ("隆回县（2个）", 5): {
            "serial": "2",
            "title": "乡村教师津贴标准未落实",
            "county": "隆回县",
            "responsible_units": ["隆回县教育局", "隆回县财政局"],
            "deadline": "2025-06-30",
            "state": ("rectifying", "reviewing", "cleared", ASKED),
        },
        ("城步", 3): {
            "serial": "1",
            "title": "儒林镇2所幼儿园无证办园",
            "county": "城步苗族自治县",
            "responsible_units": ["城步县教育局"],
            "deadline": "2025-07-10",
            "state": "rectifying",
        },
        ("城步", 5): {
            "serial": "3",
            "title": "寄宿制学校热水供应不足",
            "county": "城步苗族自治县",
            "deadline": "2025-12-31",
            "state": "assigned",
        },
    },
    None,
    hidden=("城步!E", "城步!4"),
    sheets_without_table=("填表说明",),
)


# -- 4: units with their persons in one cell, posts before names, old binary workbook --------------------------------------


UNITS_AND_PERSONS = BlindLedger(
    "units_and_persons.xls",
    (FILES / "units_and_persons.xls").read_bytes,
    {
        ("问题台账", 5): {
            "title": "资江干流邵阳县段3家沙场未落实防尘措施",
            "county": "邵阳县",
            "lead_official": "梁国栋",
            "responsible_units": ["邵阳县人民政府", "邵阳县水利局"],
            "deadline": "2024-09-25",
            "state": "rectifying",
        },
        ("问题台账", 6): {
            "title": "双清区龙须塘雨污分流改造滞后",
            "county": "双清区",
            "lead_official": "程建民",
            "responsible_units": ["市住建局", "双清区人民政府"],
            "lead_unit": "市住建局",
            "deadline": "2025-06-30",
            "milestones": ["2024-12-31", "2025-06-30"],
            "state": "rectifying",
        },
        ("问题台账", 7): {
            "title": "洞口县高沙镇养殖粪污直排",
            "county": "洞口县",
            "lead_official": "胡国平",
            "responsible_units": ["洞口县人民政府", "市农业农村局"],
            "deadline": "2024-11-09",
            "state": "cleared",
        },
        ("问题台账", 8): {
            "title": "历史遗留废渣处置进展缓慢",
            "county": ("邵阳市", "市本级"),
            "responsible_units": (["市生态环境局", "市自然资源和规划局", "各县市区人民政府"], ASKED),
            "deadline": "2025-12-31",
            "kind": "long_term",
            "state": ("rectifying", ASKED),
        },
        ("问题台账", 9): {
            "title": "大祥区板桥乡垃圾中转站渗滤液外溢",
            "county": "大祥区",
            "responsible_units": ["大祥区人民政府", "大祥区城管局"],
            "deadline": "2024-10-31",
            "deadline_remark": "原则上",
            "state": "assigned",
        },
    },
    "2024-09-30",
)


# -- 5: three header rows merged both ways, ticks and crosses for states -----------------------------------------------------


def three_row_header() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet("清单")
    m = book.add_format({"text_wrap": True, "border": 1})
    day = book.add_format({"num_format": "m月d日"})
    sheet.merge_range("A1:N1", "洞口县防止返贫监测帮扶问题整改清单（2025年5月）", m)
    sheet.merge_range("A2:A4", "序　号", m)
    sheet.merge_range("B2:F2", "问 题 基 本 情 况", m)
    sheet.merge_range("G2:J2", "责　任　落　实", m)
    sheet.merge_range("K2:N2", "整 改 落 实", m)
    sheet.merge_range("B3:B4", "问题\n来源", m)
    sheet.merge_range("C3:E3", "所在地", m)
    sheet.merge_range("F3:F4", "具体问题", m)
    for column, word in enumerate(("县", "乡镇", "村"), 2):
        sheet.write(3, column, word, m)
    sheet.merge_range("G3:G4", "联 系\n县 领 导", m)
    sheet.merge_range("H3:I3", "责任单位", m)
    sheet.write(3, 7, "牵头单位", m)
    sheet.write(3, 8, "配合单位", m)
    sheet.merge_range("J3:J4", "直接责任人", m)
    sheet.merge_range("K3:L3", "时间", m)
    sheet.write(3, 10, "整改时限", m)
    sheet.write(3, 11, "实际完成时间", m)
    sheet.merge_range("M3:N3", "结果", m)
    sheet.write(3, 12, "是否完成整改", m)
    sheet.write(3, 13, "是否销号", m)
    d = [date(2025, 6, 20), date(2025, 6, 30), date(2025, 5, 12)]
    rows: list[list[Any]] = [
        [
            None,
            "省级考核",
            "洞口县",
            "毓兰镇",
            "建华村",
            "2户监测对象未落实帮扶责任人",
            "王建国",
            "县农业农村局",
            "毓兰镇人民政府",
            "于志远",
            d[0],
            None,
            "×",
            "×",
        ],
        [
            None,
            "省级考核",
            "洞口县",
            "毓兰镇",
            "新桥村",
            "1户因学致贫风险未及时纳入监测",
            "王建国",
            "县农业农村局",
            "毓兰镇人民政府、县教育局",
            "于志远",
            d[1],
            d[2],
            "√",
            "√",
        ],
        [
            None,
            "第三方评估",
            "洞口县",
            "江口镇",
            "兰桥村",
            "光伏收益分配未公示",
            "吴建平",
            "县发改局",
            "江口镇人民政府\n县财政局",
            "董国安",
            "5月底前",
            None,
            "√",
            "×",
        ],
        [
            None,
            "自查发现",
            "洞口县",
            "石柱乡",
            "",
            "公益性岗位吃空饷3人",
            "吴建平",
            "县人社局",
            "石柱乡人民政府",
            "韩国良",
            "立行立改",
            None,
            "否",
            "否",
        ],
        [
            None,
            "群众举报",
            "洞口县",
            "黄桥镇",
            "三石村",
            "扶贫车间闲置",
            "吴建平",
            "县工信局",
            "黄桥镇人民政府",
            "韩国良",
            "2025-7",
            None,
            "是",
            "是",
        ],
    ]
    for at, row in enumerate(rows):
        sheet.write_formula(4 + at, 0, "=ROW()-4", None, at + 1)
        for column, value in enumerate(row):
            if column == 0 or value is None:
                continue
            if isinstance(value, date):
                sheet.write_datetime(4 + at, column, value, day)
            else:
                sheet.write(4 + at, column, value, m)
    sheet.merge_range("A10:N10", "填报人：何国华　　审核人：宋建文　　联系电话：0739-7220000", m)
    book.close()
    return out.getvalue()


THREE_ROW_HEADER = BlindLedger(
    "three_row_header.xlsx",
    three_row_header,
    {
        ("清单", 5): {
            "serial": "1",
            "source": "provincial_assessment",
            "county": "洞口县",
            "title": "2户监测对象未落实帮扶责任人",
            "lead_official": "王建国",
            "lead_unit": "县农业农村局",
            "responsible_units": (["毓兰镇人民政府"], ["县农业农村局", "毓兰镇人民政府"]),
            "responsible_person": "于志远",
            "deadline": "2025-06-20",
            "state": ("rectifying", "assigned"),
        },
        ("清单", 6): {
            "serial": "2",
            "source": "provincial_assessment",
            "title": "1户因学致贫风险未及时纳入监测",
            "responsible_units": (["毓兰镇人民政府", "县教育局"], ["县农业农村局", "毓兰镇人民政府", "县教育局"]),
            "deadline": "2025-06-30",
            "state": "cleared",
        },
        ("清单", 7): {
            "serial": "3",
            "source": "third_party_evaluation",
            "title": "光伏收益分配未公示",
            "lead_unit": "县发改局",
            "responsible_units": (["江口镇人民政府", "县财政局"], ["县发改局", "江口镇人民政府", "县财政局"]),
            "deadline": "2025-05-31",
            "state": "rectifying",
        },
        ("清单", 8): {
            "serial": "4",
            "source": "self_inspection",
            "title": "公益性岗位吃空饷3人",
            "responsible_person": "韩国良",
            "deadline": None,
            "kind": "immediate",
            "state": ("rectifying", "assigned"),
        },
        ("清单", 9): {
            "serial": "5",
            "source": "public_report",
            "title": "扶贫车间闲置",
            "deadline": "2025-07-31",
            "state": "cleared",
        },
    },
    None,
)


# -- 6: semicolons, a BOM, amounts with their own units in the cell ----------------------------------------------------------


def amounts() -> bytes:
    return (
        "\ufeff"
        "关于2023年度市级预算执行审计查出问题整改清单;;;;;;;;\n"
        "截止日期：2024年9月30日;;;;;;;;\n"
        "序号;审计查出问题;问题金额;被审计单位;整改责任单位;整改时限;整改状态;整改结果说明;备注\n"
        "1;非税收入未及时足额上缴国库;1,234.56万元;市财政局;市财政局;2024/10/31;正在整改;已上缴300万元;\n"
        '2;"专项资金结存两年以上未收回，含：\n(1)农田水利；\n(2)小型水库";8000元;市水利局;"市水利局；市财政局";2024年11月;正在整改;;\n'
        "3;政府采购程序不规范;—;市教育局;市教育局;立行立改;已整改;已修订制度;\n"
        "4;超进度拨付工程款;35.2万;市住建局;市住建局、市城发集团;2024-12-31;未整改;;移送1件\n"
        "5;专项债券资金闲置;1.2亿元;北塔区人民政府;北塔区人民政府;2025年3月底前;持续整改;;\n"
        "合计;;13,590.56万元;;;;;;\n"
        "说明：金额除注明外以万元计。;;;;;;;;\n".encode()
    )


AMOUNTS = BlindLedger(
    "amounts.csv",
    amounts,
    {
        ("amounts", 4): {
            "source": "audit",
            "serial": "1",
            "title": "非税收入未及时足额上缴国库",
            "amount": 12_345_600,
            "responsible_units": ["市财政局"],
            "deadline": "2024-10-31",
            "state": "rectifying",
        },
        ("amounts", 5): {
            "source": "audit",
            "serial": "2",
            "title": "专项资金结存两年以上未收回，含：(1)农田水利；(2)小型水库",
            "amount": 8_000,
            "responsible_units": ["市水利局", "市财政局"],
            "deadline": "2024-11-30",
            "state": "rectifying",
        },
        ("amounts", 6): {
            "source": "audit",
            "serial": "3",
            "title": "政府采购程序不规范",
            "amount": None,
            "deadline": None,
            "kind": "immediate",
            "state": "cleared",
        },
        ("amounts", 7): {
            "source": "audit",
            "serial": "4",
            "title": "超进度拨付工程款",
            "amount": 352_000,
            "responsible_units": ["市住建局", "市城发集团"],
            "deadline": "2024-12-31",
            "state": "assigned",
        },
        ("amounts", 8): {
            "source": "audit",
            "serial": "5",
            "title": "专项债券资金闲置",
            "amount": 120_000_000,
            "responsible_units": ["北塔区人民政府"],
            "deadline": "2025-03-31",
            "state": "rectifying",
        },
    },
    "2024-09-30",
)


# -- 7: letters from the public: dates as bare numbers of days, hand-over per row -------------------------------------------


def petitions() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "第三批"
    for row in (
        ["群众信访举报件交办台账（第三批）"],
        ["受理编号", "举报方式", "反映问题", "行政区域", "承办单位", "交办日期", "办结期限", "办理情况"],
        [
            "D2HN202409100012",
            "来电",
            "大祥区翠园街道夜间施工噪声扰民",
            "大祥区",
            "大祥区城管局",
            45545,
            "5个工作日内",
            "正在办理",
        ],  # 2024-09-10
        [
            "X2HN202409100007",
            "来信",
            "新宁县金石镇石材厂粉尘污染，\n洒水抑尘流于形式",
            "新宁县",
            "新宁县人民政府",
            45545,
            45565,
            "正在办理",
        ],  # 2024-09-30
        [
            "D2HN202409110031",
            "来电",
            "绥宁县长铺镇污水管网破损，污水流入巫水",
            "绥宁县",
            "绥宁县住建局、长铺镇人民政府",
            45546,
            "15日内",
            "已办结，已销号",
        ],
        [
            "D2HN202409110032",
            "来电",
            "与D2HN202409100012重复",
            "大祥区",
            "大祥区城管局",
            45546,
            "5个工作日内",
            "重复件，并案",
        ],
        [
            "重点*X2HN202409120001",
            "来信",
            "邵东市廉桥镇中药材熏硫气味刺鼻",
            "邵东",
            "邵东市市场监督管理局",
            45547,
            "一个月内",
            "未办理",
        ],
    ):
        sheet.append(row)
    return saved(book)


PETITIONS = BlindLedger(
    "petitions.xlsx",
    petitions,
    {
        ("第三批", 3): {
            "source": "public_report",
            "number": "D2HN202409100012",
            "title": "大祥区翠园街道夜间施工噪声扰民",
            "county": "大祥区",
            "responsible_units": ["大祥区城管局"],
            "deadline": "2024-09-18",
            "state": "rectifying",
        },
        ("第三批", 4): {
            "source": "public_report",
            "number": "X2HN202409100007",
            "title": "新宁县金石镇石材厂粉尘污染，洒水抑尘流于形式",
            "county": "新宁县",
            "deadline": ("2024-09-30", ASKED),
            "state": "rectifying",
        },
        ("第三批", 5): {
            "source": "public_report",
            "number": "D2HN202409110031",
            "title": "绥宁县长铺镇污水管网破损，污水流入巫水",
            "county": "绥宁县",
            "responsible_units": ["绥宁县住建局", "长铺镇人民政府"],
            "deadline": "2024-09-26",
            "state": "cleared",
        },
        ("第三批", 6): {
            "source": "public_report",
            "number": "D2HN202409110032",
            "county": "大祥区",
            "state": (ASKED, "dismissed"),
        },
        ("第三批", 7): {
            "source": "public_report",
            "title": "邵东市廉桥镇中药材熏硫气味刺鼻",
            "county": "邵东市",
            "deadline": "2024-10-12",
            "state": "assigned",
        },
    },
    None,
)


# -- 8: one card a problem, labels beside values: no table at all ------------------------------------------------------------


def cards() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "销号卡"
    for number, text in ((1, "白仓镇蓄水池漏水"), (2, "谷洲镇村卫生室无人值守")):
        for row in (
            ["问题整改销号卡", None, None, None],
            ["编号", f"SYX-{number}", "填表日期", "2025年4月8日"],
            ["存在问题", text, None, None],
            ["责任单位", "邵阳县水利局", "责任人", "宋建文"],
            ["整改时限", "2025年5月底", "是否完成", "否"],
            ["验收意见", "", "验收人", ""],
            [],
        ):
            sheet.append(row)
    return saved(book)


CARDS = BlindLedger("cards.xlsx", cards, {}, None)


# -- 9: pasted out of Word: a wording broken over two rows, sources as section rows, blank as above ---------------------------


def pasted() -> bytes:
    rows = [
        "新宁县脱贫攻坚反馈问题整改台账,,,,,,",
        "报送时间:2019年11月15日,,,,,,",
        "序号,反馈问题,牵头领导,责任单位,整改时限,进展,备注",
        "一、省委巡视反馈问题(2个),,,,,,",
        "1,产业扶贫利益联结机制不紧密，合作社带动,李志强,新宁县农业农村局,2019年12月20日,整改中,",
        ",能力弱,,,,,",
        "2,驻村工作队员未达到每月驻村20天要求,,新宁县委组织部,长期坚持,整改中,",
        "二、民主党派民主监督反馈问题(2个),,,,,,",
        "1,崀山镇健康扶贫“一站式”结算窗口未开通,宋建文,新宁县医保局,11月底前,已销号,",
        '2,危房改造档案不全,同上,新宁县住建局,"11月底前完善档案，12月底前入库",整改中,涉及14户',
        "三、媒体曝光问题（1个）,,,,,,",
        "1,一渡水镇易地搬迁安置点电梯停用,宋建文,新宁县发改局,立即整改,已整改待验收,",
        ",,,,,,",
        "合 计,5,,,,,",
    ]
    return "\r\n".join(rows).encode("gbk")


PASTED = BlindLedger(
    "pasted.csv",
    pasted,
    {
        ("pasted", 5): {
            "serial": "1",
            "title": ("产业扶贫利益联结机制不紧密，合作社带动能力弱", "产业扶贫利益联结机制不紧密，合作社带动", ASKED),
            "source": "provincial_inspection",
            "lead_official": "李志强",
            "responsible_units": ["新宁县农业农村局"],
            "deadline": "2019-12-20",
            "state": "rectifying",
        },
        ("pasted", 6): {"title": ASKED},
        ("pasted", 7): {
            "serial": "2",
            "title": "驻村工作队员未达到每月驻村20天要求",
            "source": "provincial_inspection",
            "responsible_units": ["新宁县委组织部"],
            "deadline": None,
            "kind": "long_term",
            "state": "rectifying",
        },
        ("pasted", 9): {
            "serial": "1",
            "title": "崀山镇健康扶贫“一站式”结算窗口未开通",
            "source": "party_survey",
            "lead_official": "宋建文",
            "deadline": "2019-11-30",
            "state": "cleared",
        },
        ("pasted", 10): {
            "serial": "2",
            "title": "危房改造档案不全",
            "source": "party_survey",
            "lead_official": "宋建文",
            "deadline": "2019-12-31",
            "milestones": ["2019-11-30", "2019-12-31"],
            "state": "rectifying",
        },
        ("pasted", 12): {
            "serial": "1",
            "title": "一渡水镇易地搬迁安置点电梯停用",
            "source": "media",
            "deadline": None,
            "kind": "immediate",
            "state": "reviewing",
        },
    },
    "2019-11-15",
)


# -- 10: planned and actual dates side by side, months as columns, days counted from 1904 ------------------------------------


def months_across() -> bytes:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "绥宁"
    sheet.append(["绥宁县2026年重点问题“月调度”推进表（截至2026年4月30日）"])
    sheet.append(
        [
            "编码",
            "县市区",
            "问题表述",
            "责任县级领导",
            "责任部门",
            "计划启动时间",
            "计划完成时间",
            "实际完成时间",
            "1月进展",
            "2月进展",
            "3月进展",
            "4月进展",
            "办理状态",
        ]
    )
    rows: list[list[Any]] = [
        [
            "001",
            "绥宁县",
            "黄土矿镇河堤水毁12处未修复",
            "副县长 欧阳志远",
            "县水利局",
            date(2026, 1, 10),
            date(2026, 6, 15),
            None,
            "已立项",
            "招标",
            "开工",
            "完成40%",
            "整改中",
        ],
        [
            "002",
            "绥宁县",
            "李熙桥镇卫生院救护车无法使用",
            "副县长 马　伟",
            "县卫健局",
            date(2026, 1, 10),
            date(2026, 3, 31),
            date(2026, 3, 20),
            None,
            "采购",
            "到位",
            None,
            "已销号",
        ],
        [
            "003",
            "绥宁县",
            "关峡苗族乡非遗传习所闲置",
            "马伟",
            "县文旅广体局、关峡苗族乡人民政府",
            date(2026, 2, 1),
            "5月底",
            None,
            None,
            None,
            "—",
            "—",
            "未启动",
        ],
        [
            "003-1",
            "绥宁县",
            "瓦屋塘镇敬老院消防验收未通过",
            "马伟/李志强",
            "县民政局",
            date(2026, 2, 1),
            date(2026, 5, 20),
            None,
            None,
            None,
            None,
            "申报",
            "待验收",
        ],
    ]
    for row in rows:
        sheet.append(row)
    sheet.append(["备注：红色为滞后项目。"])
    return saved(book)


MONTHS_ACROSS = BlindLedger(
    "months_across.xlsx",
    months_across,
    {
        ("绥宁", 3): {
            "number": "001",
            "title": "黄土矿镇河堤水毁12处未修复",
            "county": "绥宁县",
            "lead_official": "欧阳志远",
            "responsible_units": ["县水利局"],
            "deadline": "2026-06-15",
            "state": "rectifying",
        },
        ("绥宁", 4): {
            "number": "002",
            "title": "李熙桥镇卫生院救护车无法使用",
            "lead_official": "马伟",
            "responsible_units": ["县卫健局"],
            "deadline": "2026-03-31",
            "state": "cleared",
        },
        ("绥宁", 5): {
            "number": "003",
            "title": "关峡苗族乡非遗传习所闲置",
            "lead_official": "马伟",
            "responsible_units": ["县文旅广体局", "关峡苗族乡人民政府"],
            "deadline": "2026-05-31",
            "state": "assigned",
        },
        ("绥宁", 6): {
            "number": "003-1",
            "title": "瓦屋塘镇敬老院消防验收未通过",
            "lead_official": ASKED,
            "responsible_units": ["县民政局"],
            "deadline": "2026-05-20",
            "state": "reviewing",
        },
    },
    "2026-04-30",
)


# -- 11: two tables on one sheet under each other with columns in another order, a county column written shortly ------------


def two_tables() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "汇总"
    for row in (
        ["表1  立行立改类问题"],
        ["序号", "县区", "问题内容", "责任单位", "整改时限", "状态"],
        [1, "双清", "石桥街道背街小巷路灯损坏21盏", "双清区城管局", "2025年3月15日", "已销号"],
        [2, "邵东", "宋家塘街道菜市场消防通道堵塞", "邵东市消防救援大队", "即改", "整改中"],
        [],
        ["表2  限期整改类问题"],
        ["序号", "责任单位", "县区", "问题内容", "状态", "整改时限"],
        [1, "邵阳县住建局", "邵阳县", "塘渡口镇老旧小区加装电梯停工", "整改中", "2025年上半年"],
        [2, "城步县文旅局；城步县林业局", "城步", "南山牧场旅游厕所停用", "未启动", "2025年3月-2025年9月"],
        ["制表日期：2025年3月31日"],
    ):
        sheet.append(row)
    return saved(book)


TWO_TABLES = BlindLedger(
    "two_tables.xlsx",
    two_tables,
    {
        ("汇总", 3): {
            "serial": "1",
            "title": "石桥街道背街小巷路灯损坏21盏",
            "county": "双清区",
            "responsible_units": ["双清区城管局"],
            "deadline": "2025-03-15",
            "state": "cleared",
        },
        ("汇总", 4): {
            "serial": "2",
            "title": "宋家塘街道菜市场消防通道堵塞",
            "county": "邵东市",
            "responsible_units": ["邵东市消防救援大队"],
            "deadline": (None, ASKED),
            "kind": ("immediate", ASKED),
            "state": "rectifying",
        },
        ("汇总", 8): {
            "serial": "1",
            "title": ("塘渡口镇老旧小区加装电梯停工", ASKED),
            "county": ("邵阳县", ASKED),
            "responsible_units": (["邵阳县住建局"], ASKED),
            "deadline": ("2025-06-30", ASKED),
            "state": ("rectifying", ASKED),
        },
        ("汇总", 9): {
            "serial": "2",
            "title": ("南山牧场旅游厕所停用", ASKED),
            "county": ("城步苗族自治县", ASKED),
            "responsible_units": (["城步县文旅局", "城步县林业局"], ASKED),
            "deadline": ("2025-09-30", ASKED),
            "state": ("assigned", ASKED),
        },
    },
    "2025-03-31",
)

OPEN_DOCUMENT = replace(COUNTY_SHEETS, file="county_sheets.ods", data=(FILES / "county_sheets.ods").read_bytes)

LEDGERS = (
    PRINTED_PAGES,
    TABBED_TEXT,
    COUNTY_SHEETS,
    OPEN_DOCUMENT,
    UNITS_AND_PERSONS,
    THREE_ROW_HEADER,
    AMOUNTS,
    PETITIONS,
    CARDS,
    PASTED,
    MONTHS_ACROSS,
    TWO_TABLES,
)
