"""Further feedback papers as they arrive, each with its right reading, written before the reader was opened.

A block is a kind and its content: "title", "heading", "p" (a paragraph), "auto" (a paragraph numbered by Word), "table"
(rows of cells), "merged table" (with what is merged); "pasted" is a paper of plain lines.
"""

# ruff: noqa: E501 - a paragraph stays on a line
from __future__ import annotations

from datetime import date
from typing import Any

from docx import Document as Word

from tests.feedback.blind_documents import Blind, F, _save, _table

DOCUMENTS: list[Blind] = []
Block = tuple[str, Any]
WRITTEN = date(2019, 8, 5)  # where a paper bears no day


def document(
    name: str, blocks: list[Block], findings: list[F], passed_over: tuple[str, ...] = (), written: date = WRITTEN
) -> None:
    text = blocks[0][1] if blocks[0][0] == "pasted" else None
    build = None if text else lambda: as_word(blocks)
    DOCUMENTS.append(Blind(name, text, build, written, tuple(findings), passed_over))


def as_word(blocks: list[Block]) -> bytes:
    paper = Word()
    for kind, content in blocks:
        if kind == "table":
            _table(paper, content)
        elif kind == "merged table":
            _table(paper, *content)
        elif kind in ("title", "heading"):
            paper.add_heading(content, 0 if kind == "title" else 1)
        else:
            paper.add_paragraph(content, style="List Number" if kind == "auto" else None)
    return _save(paper)


# fmt: off

# 1. An inspection's opinion: chapters, typed （一）, paragraphs whose first sentence is the problem; demands at the end.
document(
    "1 省委第七巡视组反馈意见",
    [
        ("title", "关于对邵阳市开展脱贫攻坚专项巡视的反馈意见"),
        ("p", "根据省委统一部署，2019年3月至5月，省委第七巡视组对邵阳市开展了脱贫攻坚专项巡视。现将巡视情况反馈如下："),
        ("p", "一、巡视发现的主要问题"),
        ("p", "（一）学习贯彻习近平总书记关于扶贫工作的重要论述有差距"),
        ("p", "1.部分县市区党委中心组专题学习少，2018年隆回县委中心组仅学习2次。"),
        ("p", "2.一些乡镇干部对政策一知半解，抽查12名乡镇干部有5人答不出“三保障”内容。"),
        ("p", "（二）落实脱贫攻坚政策不到位"),
        ("p", "3.安全饮水存在短板，新宁县高桥镇3个村季节性缺水。"),
        ("p", "4.易地扶贫搬迁后续帮扶滞后，城步县2个安置点无产业配套。"),
        ("p", "5.小额信贷风险防控不力，截至4月底逾期率达2.1%。"),
        ("p", "（三）扶贫资金监管有漏洞"),
        ("p", "6.项目资金拨付慢，2018年市级结余资金140万元未及时盘活。"),
        ("p", "二、意见建议"),
        ("p", "1.提高政治站位，扛牢主体责任。"),
        ("p", "2.坚持问题导向，抓好整改落实。"),
        ("p", "请于收到反馈意见之日起2个月内报送整改情况。"),
        ("p", "省委第七巡视组"),
        ("p", "2019年6月10日"),
    ],
    [
        F("部分县市区党委中心组专题学习少，2018年隆回县委中心组仅学习2次。"),
        F("一些乡镇干部对政策一知半解，抽查12名乡镇干部有5人答不出“三保障”内容。"),
        F("安全饮水存在短板，新宁县高桥镇3个村季节性缺水。"),
        F("易地扶贫搬迁后续帮扶滞后，城步县2个安置点无产业配套。"),
        F("小额信贷风险防控不力，截至4月底逾期率达2.1%。"),
        F("项目资金拨付慢，2018年市级结余资金140万元未及时盘活。"),
    ],
    passed_over=("提高政治站位，扛牢主体责任。", "坚持问题导向，抓好整改落实。", "请于收到反馈意见之日起2个月内报送整改情况。",),
    written=date(2019, 6, 10),
)

# 2. Numbered by Word, under headings of Word; what follows a number belongs to it.
document(
    "2 第三方评估反馈（自动编号）",
    [
        ("title", "2018年贫困县退出专项评估检查问题反馈"),
        ("heading", "错退漏评方面"),
        ("auto", "新邵县潭溪镇淘金村2户人均收入未达标准即退出。"),
        ("auto", "新邵县严塘镇1户因病致贫未纳入建档立卡。"),
        ("heading", "住房安全方面"),
        ("auto", "绥宁县红岩镇3户仍住C级危房，未安排改造。"),
        ("p", "上述3户均为低保户，鉴定时间为2018年5月。"),
        ("auto", "武冈市邓元泰镇改造户旧房未拆除。"),
        ("heading", "群众认可度方面"),
        ("auto", "新宁县群众认可度抽样为88.3%，低于90%的要求。"),
    ],
    [
        F("新邵县潭溪镇淘金村2户人均收入未达标准即退出。", county="新邵县"),
        F("新邵县严塘镇1户因病致贫未纳入建档立卡。", county="新邵县"),
        F("绥宁县红岩镇3户仍住C级危房，未安排改造。", county="绥宁县"),
        F("武冈市邓元泰镇改造户旧房未拆除。", county="武冈市"),
        F("新宁县群众认可度抽样为88.3%，低于90%的要求。", county="新宁县"),
    ],
)

# 3. A table in Word, with a merged title row inside and a note after it.
document(
    "3 督查发现问题交办表",
    [
        ("title", "市脱贫攻坚常态化督查发现问题交办表"),
        ("p", "交办时间：2019年9月2日"),
        ("table", [
            ["序号", "县市区", "发现的问题", "责任单位", "整改时限"],
            ["1", "北塔区", "陈家桥乡万桥社区帮扶手册未更新", "北塔区扶贫办、陈家桥乡人民政府", "9月20日前"],
            ["2", "双清区", "2名公益岗位人员冒名顶替", "双清区人社局", "立行立改"],
            ["3", "邵阳县", "白仓镇产业基地撂荒40亩", "邵阳县农业农村局", "2019年11月底前"],
        ]),
        ("p", "说明：整改情况请以书面形式报送。"),
    ],
    [
        F("陈家桥乡万桥社区帮扶手册未更新", county="北塔区", units=["北塔区扶贫办", "陈家桥乡人民政府"], deadline="2019-09-20"),
        F("2名公益岗位人员冒名顶替", county="双清区", units=["双清区人社局"], phrase="立行立改", deadline=None),
        F("白仓镇产业基地撂荒40亩", county="邵阳县", units=["邵阳县农业农村局"], deadline="2019-11-30"),
    ],
    passed_over=("说明：整改情况请以书面形式报送。",),
)

# 4. Labels and values, one block after the other.
document(
    "4 问题逐条反馈（标签）",
    [
        ("title", "民盟省委脱贫攻坚民主监督反馈问题"),
        ("p", "问题一：洞口县江口镇畔上村饮水工程管网老化，漏损严重。"),
        ("p", "责任单位：洞口县水利局、江口镇人民政府"),
        ("p", "整改时限：2019年10月31日前"),
        ("p", "问题二：绥宁县武阳镇卫生院村医培训不足。"),
        ("p", "责任单位：绥宁县卫生健康局"),
        ("p", "整改时限：长期坚持"),
        ("p", "问题三：隆回县小沙江镇金银花合作社与贫困户利益联结不紧密。"),
        ("p", "责任单位：隆回县农业农村局"),
        ("p", "整改时限：2019年12月底前"),
    ],
    [
        F("洞口县江口镇畔上村饮水工程管网老化，漏损严重。", county="洞口县", units=["洞口县水利局", "江口镇人民政府"], deadline="2019-10-31"),
        F("绥宁县武阳镇卫生院村医培训不足。", county="绥宁县", units=["绥宁县卫生健康局"], phrase="长期坚持", deadline=None),
        F("隆回县小沙江镇金银花合作社与贫困户利益联结不紧密。", county="隆回县", units=["隆回县农业农村局"], deadline="2019-12-31"),
    ],
)

# 5. Pasted out of a message: circled numbers, the county before a colon, brackets behind.
document(
    "5 粘贴的暗访情况",
    [("pasted", """各位领导，现将8月份暗访发现的问题发给你们，请对照整改。
①大祥区：城西街道扶贫台账缺失，入户核查无记录。（责任单位：大祥区扶贫办；时限：8月31日前）
②新宁县：崀山镇茶亭村光伏电站停运2个月。（责任单位：新宁县发改局、崀山镇人民政府；时限：9月15日前）
③武冈市：迎春亭街道1户搬迁户长期未入住。（责任单位：武冈市发改局；时限：立行立改）
请各单位高度重视，及时反馈。""")],
    [
        F("大祥区：城西街道扶贫台账缺失，入户核查无记录。", county="大祥区", units=["大祥区扶贫办"]),
        F("新宁县：崀山镇茶亭村光伏电站停运2个月。", county="新宁县", units=["新宁县发改局", "崀山镇人民政府"]),
        F("武冈市：迎春亭街道1户搬迁户长期未入住。", county="武冈市", units=["武冈市发改局"], phrase="立行立改", deadline=None),
    ],
    passed_over=("各位领导，现将8月份暗访发现的问题发给你们，请对照整改。", "请各单位高度重视，及时反馈。",),
)

# 6. An audit report: what was audited and what is advised are no findings; the heading of each finding is a sentence.
document(
    "6 审计报告节选",
    [
        ("title", "关于邵阳县2018年度扶贫政策落实和资金管理情况的审计报告"),
        ("p", "一、审计评价"),
        ("p", "审计结果表明，邵阳县能够落实各项扶贫政策，但仍存在一些问题。"),
        ("p", "二、审计发现的主要问题"),
        ("p", "（一）扶贫专项资金闲置213.5万元。截至2019年4月底，县财政局收到的产业扶贫资金未安排使用。"),
        ("p", "（二）违规向非建档立卡户发放贷款12笔，金额58万元。"),
        ("p", "（三）塘渡口镇2个项目未按规定招投标，涉及金额96万元。"),
        ("p", "三、审计处理意见及建议"),
        ("p", "（一）邵阳县人民政府应当加快资金拨付进度。"),
        ("p", "（二）建议完善贷款审查制度。"),
        ("p", "邵阳市审计局"),
        ("p", "2019年7月3日"),
    ],
    [
        F("扶贫专项资金闲置213.5万元。截至2019年4月底，县财政局收到的产业扶贫资金未安排使用。"),
        F("违规向非建档立卡户发放贷款12笔，金额58万元。"),
        F("塘渡口镇2个项目未按规定招投标，涉及金额96万元。"),
    ],
    passed_over=("邵阳县人民政府应当加快资金拨付进度。", "建议完善贷款审查制度。", "审计结果表明，邵阳县能够落实各项扶贫政策，但仍存在一些问题。",),
    written=date(2019, 7, 3),
)

# 7. A notice by county: the county is a heading, numbers start anew under each.
document(
    "7 省考核问题分县通报",
    [
        ("title", "2018年度脱贫攻坚成效考核发现问题分县清单"),
        ("p", "一、新邵县（2个）"),
        ("p", "1.雀塘镇龙头村贫困户产业奖补未兑现。（县农业农村局，2019年9月底前）"),
        ("p", "2.控辍保学台账不准确。（县教育局，立行立改）"),
        ("p", "二、洞口县（2个）"),
        ("p", "1.文昌街道安置区物业管理不到位。（县发改局牵头，文昌街道办事处配合，2019年10月底前）"),
        ("p", "2.扶贫资产后续管护机制未建立。（县扶贫办，长期坚持）"),
        ("p", "三、邵东市（1个）"),
        ("p", "1.健康扶贫“一站式”结算率低。（市医保局，2019年9月20日前）"),
        ("p", "请上述县市认真整改，举一反三。"),
    ],
    [
        F("雀塘镇龙头村贫困户产业奖补未兑现。", county="新邵县", units=["县农业农村局"], deadline="2019-09-30"),
        F("控辍保学台账不准确。", county="新邵县", units=["县教育局"], phrase="立行立改", deadline=None),
        F("文昌街道安置区物业管理不到位。", county="洞口县", lead="县发改局", units=["文昌街道办事处"], deadline="2019-10-31"),
        F("扶贫资产后续管护机制未建立。", county="洞口县", units=["县扶贫办"], phrase="长期坚持", deadline=None),
        F("健康扶贫“一站式”结算率低。", county="邵东市", units=["市医保局"], deadline="2019-09-20"),
    ],
    passed_over=("请上述县市认真整改，举一反三。",),
)

# 8. Slips: a table of labels and values for each petition handed over.
document(
    "8 信访件交办单",
    [
        ("title", "信访事项交办单"),
        ("table", [
            ["编号", "XF2019-031", "交办日期", "2019年8月5日"],
            ["反映问题", "反映新宁县金石镇四和村干部优亲厚友，违规评定低保。", "", ""],
            ["责任单位", "新宁县民政局", "办理时限", "2019年9月5日前"],
        ]),
        ("title", "信访事项交办单"),
        ("table", [
            ["编号", "XF2019-032", "交办日期", "2019年8月5日"],
            ["反映问题", "反映武冈市水西门街道扶贫车间拖欠工资。", "", ""],
            ["责任单位", "武冈市人社局、水西门街道办事处", "办理时限", "2019年8月31日前"],
        ]),
    ],
    [
        F("反映新宁县金石镇四和村干部优亲厚友，违规评定低保。", county="新宁县", units=["新宁县民政局"], deadline="2019-09-05"),
        F("反映武冈市水西门街道扶贫车间拖欠工资。", county="武冈市", units=["武冈市人社局", "水西门街道办事处"], deadline="2019-08-31"),
    ],
)

# 9. Pasted: one paragraph with 一是 … 二是 … under each heading; the media's story before it is no finding.
document(
    "9 粘贴的媒体曝光情况",
    [("pasted", """8月12日，湖南卫视《第一时间》栏目播出《扶贫羊去哪了》，反映我市部分产业扶贫项目存在的问题。经核实，主要问题如下：
一、产业扶贫项目重建轻管。一是城步县儒林镇发放的120只扶贫羊死亡58只，未组织防疫。二是受益户名单未公示。
二、部门监管缺位。县农业农村局未按规定开展项目验收。
以上问题，请城步县于8月30日前将整改情况报市指挥部。""")],
    [
        F("产业扶贫项目重建轻管。一是城步县儒林镇发放的120只扶贫羊死亡58只，未组织防疫。二是受益户名单未公示。", parts=("城步县儒林镇发放的120只扶贫羊死亡58只，未组织防疫。", "受益户名单未公示。")),
        F("部门监管缺位。县农业农村局未按规定开展项目验收。"),
    ],
    passed_over=("以上问题，请城步县于8月30日前将整改情况报市指挥部。",),
)

# 10. A ledger in Word: two header rows, sections, the county merged downwards, posts before names.
document(
    "10 整改清单（Word表格）",
    [
        ("title", "邵阳市省脱贫攻坚常态化督查反馈问题整改清单"),
        ("merged table", (
            [
                ["序号", "县市区", "反馈问题", "整改责任", "", "整改措施", "整改时限", "整改进展"],
                ["", "", "", "牵头领导", "责任单位", "", "", ""],
                ["一、责任落实方面", "", "", "", "", "", "", ""],
                ["1", "双清区", "区级调度频次不够", "区委书记 易林", "双清区委办公室", "每月调度", "长期坚持", "已召开2次"],
                ["2", "", "行业部门数据不共享", "区长 何建国", "双清区扶贫办、区民政局", "每季度比对", "2019年8月底前", "已完成"],
                ["二、政策落实方面", "", "", "", "", "", "", ""],
                ["3", "北塔区", "雨露计划宣传不到位", "副区长 邓小燕", "北塔区扶贫办", "入户宣传", "立行立改", "已整改"],
            ],
            ((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 0, 4), (0, 5, 1, 5), (0, 6, 1, 6), (0, 7, 1, 7), (2, 0, 2, 7), (3, 1, 4, 1), (5, 0, 5, 7)),
        )),
    ],
    [
        F("区级调度频次不够", county="双清区", units=["双清区委办公室"], phrase="长期坚持", deadline=None),
        F("行业部门数据不共享", county="双清区", units=["双清区扶贫办", "区民政局"], deadline="2019-08-31"),
        F("雨露计划宣传不到位", county="北塔区", units=["北塔区扶贫办"], phrase="立行立改", deadline=None),
    ],
    passed_over=("责任落实方面", "政策落实方面"),
)
