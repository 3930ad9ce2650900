"""Ledgers as offices keep them, each with its right reading, written from the outside: no reader was asked how it works.

A row of ``right`` names the sheet and row of a problem and what it says; what is left out is not judged. A tuple holds
readings that are equally good; ``ASKED``: only the office can know, and a person is asked.
"""

# ruff: noqa: E501 - rows of a table stay on a line
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.ledgers.ledger_world import saved, workbook

Right = dict[tuple[str, int], dict[str, Any]]
ASKED = "a person is asked"


@dataclass(frozen=True)
class BlindLedger:
    file: str
    data: Callable[[], bytes]
    right: Right
    ledger_date: str | None
    hidden: tuple[str, ...] = ()  # columns (sheet!E) and rows (sheet!4) that are told; judged where there are any
    sheets_without_table: tuple[str, ...] = ()


def row(**said: Any) -> dict[str, Any]:
    return said


# 1. Three header rows merged both ways, the county only in the title, wide digits, 同上, notes that run on.
def _three_header_rows() -> bytes:
    rows = [
        ["附件2"],
        ["新宁县贫困县退出专项评估检查反馈问题整改台账"],
        ["填报单位（盖章）：新宁县整改办", "", "", "", "", "", "", "填报时间：2020年3月15日"],
        ["序\n号", "反馈问题", "", "整改责任", "", "", "", "整 改 要 求", "", "整改进展", "", "备注"],
        ["", "问题\n类型", "具体问题", "责任领导", "", "责任单位", "", "整改措施", "整改　时限", "进展情况", "是否销号", ""],
        ["", "", "", "姓名", "职务", "牵头单位", "配合单位", "", "", "", "", ""],
        ["１", "安全饮水", "金石镇　飞仙桥村集中供水点水质不达标", "李　明", "县委常委、副县长", "县水利局", "县卫健局、金石镇人民政府",
         "更换净化设备", "４月底前", "设备已采购", "否", ""],
        ["２", "同上", "黄龙镇三星村 18 户未通自来水", "同上", "同上", "县水利局", "黄龙镇人民政府", "延伸管网", "2020.5.20前", "正在施工", "否", "原则上汛期前通水"],
        ["３", "住房安全", "水庙镇危房改造旧房应拆未拆6户", "王建军", "副县长", "县住建局", "水庙镇人民政府；县自然资源局", "依法拆除", "立行立改", "已拆除6户", "是", ""],
        ["４", "小额信贷", "扶贫小额信贷逾期13笔65.2万元", "刘 芳", "副县长", "县扶贫办", "县农商行", "清收", "6月中旬", "已清收9笔", "待验收", ""],
        ["５", "群众认可度", "一渡水镇政策宣传不到位", "赵国强", "县政协副主席", "县委宣传部", "一渡水镇人民政府", "入户宣讲", "长期坚持", "持续推进", "否", ""],
        ["合  计", "", "5个问题"],
        ["注：1.整改时限未写年份的均为2020年；"],
        ["2.牵头单位排第一位。"],
        ["填表人：张三", "", "", "审核人：李四", "", "", "", "联系电话：0739-1234567"],
    ]  # fmt: skip
    merges = ["A2:L2", "A4:A6", "B4:C4", "D4:G4", "H4:I4", "J4:K4", "L4:L6", "B5:B6", "C5:C6", "D5:E5", "F5:G5"]
    merges += ["H5:H6", "I5:I6", "J5:J6", "K5:K6", "A3:F3", "A13:L13"]
    return saved(workbook({"Sheet1": rows}, {"Sheet1": merges}))


_NEWLY = {"county": "新宁县", "source": "third_party_evaluation"}
THREE = BlindLedger(
    "附件2.xlsx",
    _three_header_rows,
    {
        ("Sheet1", 7): row(
            **_NEWLY, serial="1", category="安全饮水", title="金石镇　飞仙桥村集中供水点水质不达标", lead_official="李明",
            lead_official_post="县委常委、副县长", lead_unit="县水利局", responsible_units=["县水利局", "县卫健局", "金石镇人民政府"],
            deadline="2020-04-30", kind="time_limited", state="rectifying", measures="更换净化设备", progress="设备已采购",
        ),
        ("Sheet1", 8): row(
            **_NEWLY, serial="2", category="安全饮水", lead_official="李明", lead_official_post="县委常委、副县长", deadline="2020-05-20",
            state="rectifying", remark="原则上汛期前通水", responsible_units=["县水利局", "黄龙镇人民政府"],
        ),
        ("Sheet1", 9): row(
            **_NEWLY, serial="3", category="两不愁三保障", lead_official="王建军", kind="immediate", deadline=None, state="cleared",
            responsible_units=["县住建局", "水庙镇人民政府", "县自然资源局"],
        ),
        ("Sheet1", 10): row(**_NEWLY, serial="4", category="小额贷款", lead_official="刘芳", deadline="2020-06-20", state="reviewing"),
        ("Sheet1", 11): row(**_NEWLY, serial="5", category="群众认可度", kind="long_term", deadline=None, state="rectifying",
                            lead_official_post="县政协副主席"),
    },
    "2020-03-15",
)  # fmt: skip


# 2. A sheet for each county, named shortly; a cover, a sheet of figures, a hidden draft, hidden rows and a hidden column.
_TRACKED = ["编号", "问题出处", "派发日期", "问题点", "问题归类", "包案\n领导", "主责部门", "承办单位", "经办人员", "拟完成\n时   间", "办理状态", "验收结果", "内部研判"]  # fmt: skip


def _sheet_for_each_county() -> bytes:
    first = [
        ["双清区问题交办跟踪表"],
        _TRACKED,
        ["SQ-1", "市纪委监委交办", date(2020, 9, 1), "石桥街道低保户杨某应纳未纳", "两不愁三保障", "陈志刚（区委副书记）", "区民政局", "石桥街道办事处",
         "孙丽", "15个工作日内", "已办结", "通过", "不外传"],
        ["SQ-2", "群众来信来访", date(2020, 9, 3), "爱莲街道信访件超期未答复", "涉贫信访舆情", "陈志刚", "区信访局", "爱莲街道办事处、区扶贫办", "周 敏",
         "派发后一个月内", "办理中", "", ""],
        ["SQ-3", "媒体曝光", date(2020, 9, 3), "隐藏的一行", "安全饮水", "陈志刚", "区水利局", "", "周敏", "10月底", "办理中", "", ""],
        ["SQ-4", "省扶贫成效考核", "2020/9/8", "渡头桥镇产业项目闲置", "资金项目管理", "陈志刚", "区农业农村局", "渡头桥镇人民政府/区扶贫办", "周敏",
         "2020年四季度", "推进中", "未通过", ""],
    ]  # fmt: skip
    second = [
        ["大祥区问题交办跟踪表"],
        [*_TRACKED[:4], "包案\n领导", "问题归类", *_TRACKED[6:12]],
        ["DX-1", "中央第八巡视组反馈", "2020-09-01", "板桥乡搬迁户后续帮扶不到位", "吴海燕", "易地搬迁后扶", "区发改局", "板桥乡人民政府", "郑凯",
         "2020.12.20", "推进中", "未申请"],
        ["DX-2", "审计署长沙特派办", "2020-09-01", "扶贫资金滞留120万元", "吴海燕", "扶贫资金", "区财政局", "区财政局", "郑凯", "年底前", "未启动", ""],
        ["DX-3", "区自查", "2020-09-10", "罗市镇卫生室无合格村医", "吴海燕", "村卫生室", "区卫健局", "罗市镇卫生院", "郑凯", "立行立改", "已完成", "待验收"],
    ]  # fmt: skip
    cover = [["邵阳市脱贫攻坚问题整改交办跟踪台账"], ["（2020年9月）"], ["截至2020年9月30日"]]
    figures = [["县区", "交办数", "办结数"], ["双清区", 4, 1], ["大祥区", 3, 0], ["合计", 7, 1]]
    book = workbook({"封面": cover, "汇总": figures, "双清": first, "大祥（3个）": second, "底稿": first})
    book["底稿"].sheet_state = "hidden"
    book["双清"].row_dimensions[5].hidden = True
    book["双清"].column_dimensions["M"].hidden = True
    return saved(book)


COUNTIES_APART = BlindLedger(
    "跟踪台账.xlsx",
    _sheet_for_each_county,
    {
        ("双清", 3): row(number="SQ-1", source="discipline", county="双清区", category="两不愁三保障", lead_official="陈志刚",
                        lead_official_post="区委副书记", lead_unit="区民政局", responsible_units=["石桥街道办事处"], responsible_person="孙丽",
                        handed_over="2020-09-01", deadline="2020-09-22", state="cleared"),
        ("双清", 4): row(number="SQ-2", source="public_report", category="涉贫信访舆情", responsible_units=["爱莲街道办事处", "区扶贫办"],
                        responsible_person="周敏", deadline="2020-10-03", state="rectifying", lead_unit="区信访局"),
        ("双清", 6): row(number="SQ-4", source="provincial_assessment", category="资金项目管理", deadline="2020-12-31", state="rectifying",
                        responsible_units=["渡头桥镇人民政府", "区扶贫办"], handed_over="2020-09-08"),
        ("大祥（3个）", 3): row(number="DX-1", source="central_inspection", county="大祥区", category="易地扶贫搬迁", lead_official="吴海燕",
                              deadline="2020-12-20", state="rectifying", responsible_person="郑凯"),
        ("大祥（3个）", 4): row(number="DX-2", source="audit", category="资金项目管理", deadline="2020-12-31", state="assigned"),
        ("大祥（3个）", 5): row(number="DX-3", source="self_inspection", category="村卫生室空白村", kind="immediate", state="reviewing"),
    },
    "2020-09-30",
)  # fmt: skip


# 3. An audit's list out of another system: GBK, semicolons, amounts in yuan, line breaks and semicolons inside quotes.
def _audit_list() -> bytes:
    text = (
        "洞口县2018年度扶贫资金审计发现问题整改情况表;;;;;;;;\r\n"
        "编制单位：洞口县审计局;;;;;;截止2019年11月30日;;\r\n"
        "项次;审计发现的主要问题;问题分类;问题金额（元）;被审计单位;整改责任人;整改期限;整改结果;整改情况说明\r\n"
        '1;"扶贫资金滞留国库\n超过一年";资金项目管理;1,230,000.00;县财政局;邓立新;2019年12月31日;正在整改;"已拨付80%;余款月底拨付"\r\n'
        "2;贴息对象不符合条件23户;小额信贷;45600;县扶贫办、县农商银行;邓立新;2019-12-15;已整改;已追回\r\n"
        "3;搬迁安置点质保金未按规定预留;易地扶贫搬迁;—;县发改局；县住建局;袁 静;20191130;已整改;已补扣\r\n"
        "4;饮水工程重复申报;安全饮水;0.00;县水利局;袁静;长期坚持;未整改;\r\n"
        "5;产业项目未验收即付款;资金项目管理;３２０００;县农业农村局（牵头）、高沙镇人民政府;袁静;明年3月底前;整改中;\r\n"
        ";合计;;1307600.00;;;;;\r\n"
    )
    return text.encode("gbk")


AUDIT = BlindLedger(
    "洞口审计.csv",
    _audit_list,
    {
        ("洞口审计", 4): row(serial="1", source="audit", county="洞口县", category="资金项目管理", title="扶贫资金滞留国库超过一年", amount=1_230_000,
                           responsible_units=["县财政局"], responsible_person="邓立新", deadline="2019-12-31", state="rectifying",
                           progress="已拨付80%;余款月底拨付"),
        ("洞口审计", 5): row(category="小额贷款", amount=45_600, responsible_units=["县扶贫办", "县农商银行"], deadline="2019-12-15", state="cleared"),
        ("洞口审计", 6): row(category="易地扶贫搬迁", amount=None, responsible_units=["县发改局", "县住建局"], responsible_person="袁静",
                           deadline="2019-11-30", state="cleared"),
        ("洞口审计", 7): row(category="安全饮水", kind="long_term", deadline=None, state="assigned"),
        ("洞口审计", 8): row(amount=32_000, responsible_units=["县农业农村局", "高沙镇人民政府"], lead_unit="县农业农村局", deadline="2020-03-31",
                           state="rectifying"),
    },
    "2019-11-30",
)  # fmt: skip


# 4. Tabs, blank as above, the deadline first, one column for units and people.
def _blank_as_above() -> bytes:
    lines = [
        "完成时限\t检查来源\t县（市、区）\t九类问题\t存在的主要问题\t责任单位及责任人\t牵头市领导\t整改进度",
        "2019年9月10日\t省委脱贫攻坚专项巡视\t绥宁县\t安全饮水\t长铺镇水源地未划定保护区\t县水利局 龙志强\t市委常委 贺建华\t正在整改",
        "2019年9月底\t\t\t安全饮水\t武阳镇管网破损\t县水利局 龙志强；武阳镇人民政府 于洋\t贺建华\t已销号",
        "10月8日\t\t城步县\t控辍保学\t儒林镇2名学生失学\t县教育局 江涛\t副市长 曾敏\t已申请销号",
        "10月8日\t民主党派市委会民主监督\t\t村卫生室\t丹口镇村医无证上岗\t县卫健局 沈洁\t曾敏\t未启动",
        "立即整改\t\t武冈\t致贫返贫\t邓元泰镇监测户漏报3户\t市扶贫办 唐军\t曾敏\t制定方案",
        "2019年8月-2020年2月\t\t\t资金项目\t湾头桥镇项目进度慢\t市发改局 唐军\t曾敏\t达到序时进度",
    ]
    return "\n".join(lines).encode()


BLANKS = BlindLedger(
    "整改清单.txt.csv",
    _blank_as_above,
    {
        ("整改清单.txt", 2): row(source="provincial_inspection", county="绥宁县", category="安全饮水", lead_official="贺建华",
                               lead_official_post="市委常委", responsible_units=["县水利局"], responsible_person="龙志强",
                               deadline="2019-09-10", state="rectifying"),
        ("整改清单.txt", 3): row(source="provincial_inspection", county="绥宁县", responsible_units=["县水利局", "武阳镇人民政府"],
                               deadline="2019-09-30", state="cleared", responsible_person="龙志强、于洋"),
        ("整改清单.txt", 4): row(source="provincial_inspection", county="城步苗族自治县", category="两不愁三保障", state="reviewing",
                               lead_official="曾敏", lead_official_post="副市长"),
        ("整改清单.txt", 5): row(source="party_survey", county="城步苗族自治县", category="村卫生室空白村", state="assigned"),
        ("整改清单.txt", 6): row(source="party_survey", county="武冈市", category="致贫返贫", kind="immediate", state="assigned"),
        ("整改清单.txt", 7): row(source="party_survey", county="武冈市", category="资金项目管理", deadline="2020-02-29", state="rectifying"),
    },
    None,
)  # fmt: skip


# 5. Sections and subtotals, problems merged over several measures, a header printed again, 万元 in a line of its own.
def _sections() -> bytes:
    head = [
        "序号",
        "县市区",
        "突出问题表现",
        "整改举措",
        "时间节点",
        "责任领导",
        "落实单位",
        "直接责任人",
        "涉及资金",
        "目前进展",
        "销号情况",
    ]
    rows = [
        [None, None, "邵阳市2019年脱贫攻坚“回头看”问题清单"],
        ["牵头单位：市扶贫办", None, None, None, None, None, None, None, "单位：万元", None, "2019年8月20日"],
        head,
        ["一、省考核反馈问题（3个）"],
        ["（一）安全饮水方面（1个）"],
        [1, "新邵", "严塘镇供水厂未移交\n管护责任不清", "完善移交手续", "8月底前", "副县长 彭立", "县水利局（牵头）、\n严塘镇人民政府", "何伟", "36.5", "已签协议", "未销号"],
        [None, None, None, "建立管护机制", "10月底前", None, None, None, None, "起草中", None],
        ["（二）资金项目管理方面（2个）"],
        [2, "邵东县", "扶贫车间闲置两处", "招商盘活", "２０１９年１１月底", "彭立", "市工信局 市扶贫办", "罗云", 120, "洽谈中", "未销号"],
        [3, "市本级", "项目库建设滞后", "清理项目库", "2019年9月", "唐伟民", "市扶贫办", "罗云", "—", "已完成", "已销号"],
        ["小计", None, None, None, None, None, None, None, "156.5"],
        head,
        ["二、纪检监察机关移交问题（2个）"],
        ["（一）涉贫信访舆情方面"],
        [1, "隆回", "小沙江镇低保优亲厚友", "清退", "立行立改", "欧阳文", "县民政局、小沙江镇人民政府", "马超", "1.2万元", "已清退", "已申请销号"],
        ["（二）小额贷款方面"],
        [2, "隆回", "户贷企用未纠正", "纠正；追责", "9月底前纠正，12月底前追责到位", "欧阳文", "县扶贫办", "马超", "50000元", "整改中", "未销号"],
        ["总计", None, None, None, None, None, None, None, "162.7"],
        ["备注：本表所列数据截至8月20日。"],
    ]  # fmt: skip
    merges = ["A4:K4", "A5:K5", "A8:K8", "A13:K13", "A14:K14", "A16:K16"]
    merges += [f"{column}6:{column}7" for column in "ABCFGHIK"]
    return saved(workbook({"回头看": rows}, {"回头看": merges}))


SECTIONS = BlindLedger(
    "回头看.xlsx",
    _sections,
    {
        ("回头看", 6): row(serial="1", source="provincial_assessment", county="新邵县", category="安全饮水", title="严塘镇供水厂未移交管护责任不清",
                         measures="完善移交手续\n建立管护机制", deadline="2019-10-31", milestones=["2019-08-31", "2019-10-31"], lead_official="彭立",
                         responsible_units=["县水利局", "严塘镇人民政府"], lead_unit="县水利局", responsible_person="何伟", amount=365_000,
                         state="rectifying"),
        ("回头看", 9): row(serial="2", source="provincial_assessment", county="邵东市", category="资金项目管理", deadline="2019-11-30",
                         responsible_units=["市工信局", "市扶贫办"], amount=1_200_000, state="rectifying"),
        ("回头看", 10): row(serial="3", county="邵阳市", deadline="2019-09-30", state="cleared", amount=None),
        ("回头看", 15): row(serial="1", source="discipline", county="隆回县", category="涉贫信访舆情", kind="immediate", amount=12_000,
                          state="reviewing", responsible_units=["县民政局", "小沙江镇人民政府"]),
        ("回头看", 17): row(serial="2", source="discipline", county="隆回县", category="小额贷款", deadline="2019-12-31",
                          milestones=["2019-09-30", "2019-12-31"], amount=50_000, state="rectifying"),
    },
    "2019-08-20",
)  # fmt: skip


# 6. A letterhead of many lines, empty columns between, posts and telephones beside names, a town column.
def _office_form() -> bytes:
    rows = [
        ["", "武冈市委办公室文件"],
        ["", "武办发〔2020〕7号"],
        ["", ""],
        ["", "关于交办市委第三巡察组巡察反馈问题的清单"],
        ["", "交办时间：2020年4月10日", "", "", "联系人：王某  13800000000"],
        ["", "问题编码", "", "问题描述（200字以内）", "所属类型", "乡镇（街道）", "挂牌领导", "牵头部门", "责任单位（部门）", "联系人", "联系电话",
         "整改方式", "整改到位时间", "整改状态"],
        ["", "WG2020-01", "", "邓家铺镇3户危房未改造", "住房安全", "邓家铺镇", "市委副书记、市长　周　航", "市住建局", "市住建局、邓家铺镇人民政府",
         "黎明 13900000001", "", "限期整改", "2020年6月30日前完成", "整改中"],
        ["", "WG2020-02", "", "稠树塘镇饮水设施损坏", "饮水安全", "稠树塘镇", "常务副市长 谢宏", "市水利局", "稠树塘镇人民政府", "黎明", "13900000001", "立行立改", "", "已销号"],
        ["", "WG2020-03", "", "帮扶干部走访不实", "群众满意度", "", "谢宏", "市委组织部", "各乡镇（街道）", "", "", "长期坚持", "每季度开展一次督查", "整改中"],
        ["", "WG2020-04", "", "产业奖补资金未兑付", "扶贫资金", "司马冲镇", "谢宏", "市农业农村局", "司马冲镇人民政府", "", "", "限期整改",
         "交办之日起30个工作日内", "待核查"],
    ]  # fmt: skip
    return saved(workbook({"交办清单": rows}))


FORM = BlindLedger(
    "武冈交办.xlsx",
    _office_form,
    {
        ("交办清单", 7): row(number="WG2020-01", county="武冈市", category="两不愁三保障", region="邓家铺镇", lead_official="周航",
                           lead_official_post="市委副书记、市长", lead_unit="市住建局", responsible_person="黎明", deadline="2020-06-30",
                           kind="time_limited", state="rectifying", responsible_units=["市住建局", "邓家铺镇人民政府"]),
        ("交办清单", 8): row(number="WG2020-02", category="安全饮水", kind="immediate", state="cleared", lead_official="谢宏"),
        ("交办清单", 9): row(number="WG2020-03", category="群众认可度", kind="long_term", state="rectifying", deadline=None),
        ("交办清单", 10): row(number="WG2020-04", handed_over="2020-04-10", category="资金项目管理", deadline="2020-05-25", state="reviewing"),
    },
    "2020-04-10",
)  # fmt: skip


# 7. No state, no serial; a heading over two lines without merges, source in the sheet's name, days as Excel numbers.
def _press_list() -> bytes:
    rows = [
        ["市长信箱、媒体曝光及12345热线反映问题交办单"],
        ["（二〇一九年九月五日）"],
        ["反映问题", "归口", "属地", "承办", "", "办结要求", "办理结果"],
        ["", "问题领域", "", "承办单位", "承办人", "", ""],
        ["媒体报道石齐学校附近饮水浑浊", "安全饮水", "邵东", "邵东市水利局", "钟敏", "9月12日前报结果", "已办结"],
        ["网友反映贷款贴息未到账", "小额贷款", "北塔", "北塔区扶贫办", "段鹏", date(2019, 9, 20), "正在办理"],
        ["来电反映安置房漏水", "易地扶贫搬迁", "洞口", "洞口县发改局", "石磊", "尽快办结", "正在办理"],
        ["来信反映低保评定不公", "两不愁三保障", "洞口", "洞口县民政局", "石磊", "9月31日前", "未办"],
    ]
    return saved(workbook({"媒体曝光": rows}))


PRESS = BlindLedger(
    "热线.xlsx",
    _press_list,
    {
        ("媒体曝光", 5): row(title="媒体报道石齐学校附近饮水浑浊", county="邵东市", category="安全饮水", responsible_units=["邵东市水利局"],
                           responsible_person="钟敏", deadline="2019-09-12", source="media"),
        ("媒体曝光", 6): row(county="北塔区", category="小额贷款", deadline="2019-09-20", state="rectifying"),
        ("媒体曝光", 7): row(county="洞口县", category="易地扶贫搬迁", deadline=None, state="rectifying", responsible_person="石磊"),
        ("媒体曝光", 8): row(county="洞口县", deadline=None, state="assigned"),
    },
    "2019-09-05",
)  # fmt: skip

LEDGERS = (THREE, COUNTIES_APART, AUDIT, BLANKS, SECTIONS, FORM, PRESS)
