"""Feedback documents as offices write them, made here with their right readings; all problems are invented.

Each ``Paper`` is a file (or pasted text) and what a careful clerk would take from it. They were written before the
reader was tuned to them: where one fails, the grammar is wrong, not the paper.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

Entry = tuple[str | None, str, str | None, str | None, tuple[str, ...], str | None]
# clause, how the wording begins, county, lead unit, responsible units, deadline as ISO day or kind


@dataclass(frozen=True)
class Paper:
    name: str
    make: Callable[[], bytes | str]
    entries: Sequence[Entry]
    written_on: str | None = None
    document_number: str | None = None


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def lines(*texts: str) -> Any:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    return document


# --- numbering made by Word itself --------------------------------------------------------------------------------


def add_numbering(document: Any, levels: Sequence[tuple[str, str]], number: int = 70) -> int:
    """A list of these (format, text) levels; returns its numId."""
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(number))
    for level, (form, text) in enumerate(levels):
        abstract.append(_level(level, form, text))
    first_num = root.find(qn("w:num"))
    first_num.addprevious(abstract)
    num = OxmlElement("w:num")
    num.set(qn("w:numId"), str(number))
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), str(number))
    num.append(link)
    root.append(num)
    return number


def _level(level: int, form: str, text: str) -> Any:
    element = OxmlElement("w:lvl")
    element.set(qn("w:ilvl"), str(level))
    for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
        part = OxmlElement(tag)
        part.set(qn("w:val"), value)
        element.append(part)
    return element


def numbered(paragraph: Any, number: int, level: int = 0) -> Any:
    """Put the paragraph (or a style) into a list of Word's."""
    properties = paragraph._p.get_or_add_pPr() if hasattr(paragraph, "_p") else paragraph.element.get_or_add_pPr()
    part = properties._add_numPr()
    part._add_ilvl().val = level
    part._add_numId().val = number
    return paragraph


# --- the papers ---------------------------------------------------------------------------------------------------


def _inspection_report() -> bytes:
    """Praise first, then problems three levels deep with terms in paragraphs of their own, then demands."""
    return saved(
        lines(
            "中共某省委第二巡视组关于巡视邵阳市的反馈意见",
            "某巡反〔2019〕8号",
            "邵阳市委：",
            "2019年3月至5月，省委第二巡视组对邵阳市开展了脱贫攻坚专项巡视。现反馈如下。",
            "一、主要成效",
            "（一）责任体系进一步健全。市县乡村四级书记抓扶贫，层层签订责任书。",
            "（二）基础设施明显改善。全市新修农村公路1200公里。",
            "二、存在的主要问题",
            "（一）落实“两不愁三保障”有短板。",
            "1．控辍保学不彻底。",
            "（1）隆回县小沙江镇5名适龄儿童辍学，劝返工作停留在电话联系。",
            "责任单位：隆回县教育局、小沙江镇人民政府",
            "整改时限：2019年9月30日前",
            "（2）洞口县月溪镇义务教育资助漏发18人，涉及资金1.35万元。",
            "责任单位：洞口县教育局",
            "整改时限：立行立改",
            "2．安全饮水有反复。",
            "①新宁县清江桥乡3处集中供水点冬季断水，群众靠挑水度日。",
            "①这一处的责任单位待定",
            "②绥宁县关峡苗族乡水质检测报告造假。",
            "责任单位：绥宁县水利局；整改时限：2019年8月底前",
            "（二）扶贫资金监管不严。2018年武冈市3个乡镇滞拨扶贫资金217万元，最长滞留11个月。",
            "责任单位：武冈市财政局、武冈市扶贫办",
            "整改时限：2019年12月底前",
            "三、整改要求",
            "（一）提高政治站位。要把巡视整改作为重大政治任务，不折不扣抓好落实。",
            "（二）压实整改责任。对整改不力、未按期完成的，严肃追责问责。",
            "请于收到反馈意见之日起2个月内报送整改情况。",
            "省委第二巡视组",
            "2019年6月20日",
        )
    )


INSPECTION_REPORT = Paper(
    "an inspection's report: praise, three levels, terms below, demands",
    _inspection_report,
    (
        (
            "二（一）1（1）",
            "隆回县小沙江镇5名适龄儿童",
            "隆回县",
            None,
            ("隆回县教育局", "小沙江镇人民政府"),
            "2019-09-30",
        ),
        ("二（一）1（2）", "洞口县月溪镇义务教育资助", "洞口县", None, ("洞口县教育局",), "immediate"),
        ("二（一）2①", "新宁县清江桥乡3处集中供水点", "新宁县", None, (), None),
        ("二（一）2①", "这一处的责任单位待定", None, None, (), None),
        ("二（一）2②", "绥宁县关峡苗族乡水质检测", "绥宁县", None, ("绥宁县水利局",), "2019-08-31"),
        ("二（二）", "扶贫资金监管不严。2018年武冈市", "武冈市", None, ("武冈市财政局", "武冈市扶贫办"), "2019-12-31"),
    ),
    "2019-06-20",
    "某巡反〔2019〕8号",
)


def _pasted_forms() -> str:
    """Labels and values, pasted out of a mail, a blank line between problems."""
    return """脱贫攻坚暗访发现问题清单
（2019年7月12日）

问题一：双清区高崇山镇大坪村安置房墙体渗水，28户住户反映无人维修。
县市区：双清区
牵头单位：市住建局
责任单位：双清区人民政府、双清区住房和城乡建设局
整改时限：8月20日前

问题二：大祥区罗市镇扶贫车间挂牌不生产，
当地用工台账照抄上一年。
牵头单位：市人社局
责任单位：
大祥区人民政府
整改时限：10月底前整改到位

问题三：全市驻村工作队考勤系统数据与实际不符。
责任单位：市扶贫办
整改时限：长期坚持

联系人：李某某，电话：0739-1234567
"""


PASTED_FORMS = Paper(
    "labels and values, pasted",
    _pasted_forms,
    (
        (
            "问题一",
            "双清区高崇山镇大坪村安置房",
            "双清区",
            "市住建局",
            ("双清区人民政府", "双清区住房和城乡建设局"),
            "2019-08-20",
        ),
        ("问题二", "大祥区罗市镇扶贫车间挂牌", "大祥区", "市人社局", ("大祥区人民政府",), "2019-10-31"),
        ("问题三", "全市驻村工作队考勤系统", None, None, ("市扶贫办",), "long_term"),
    ),
    "2019-07-12",
)


def _numbered_by_word() -> bytes:
    """No number typed at all: headings are numbered by their style, problems by a list; a soft line break inside;
    the closing follows the last problem without a section of its own."""
    document = Document()
    chapters = add_numbering(
        document, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3．")], 70
    )
    numbered(document.styles["Heading 1"], chapters, 0)
    numbered(document.styles["Heading 2"], chapters, 1)
    document.add_paragraph("关于第三方评估发现问题的通报", style="Title")
    document.add_paragraph("各县市区人民政府：")
    document.add_paragraph("现将评估发现的问题通报如下：")
    document.add_paragraph("贫困退出方面", style="Heading 1")
    document.add_paragraph("错退漏评仍有发生", style="Heading 2")
    numbered(
        document.add_paragraph(
            "邵阳县金江乡2户家庭年人均纯收入未达标被脱贫。【责任单位：邵阳县扶贫办，整改时限：2019年8月15日】"
        ),
        chapters,
        2,
    )
    tail = numbered(document.add_paragraph("城步县儒林镇1户重病户"), chapters, 2)
    tail.add_run("未纳入建档立卡。")
    tail.add_run().add_break()
    tail.add_run("（责任单位：城步县扶贫办；整改时限：2019年8月15日）")
    document.add_paragraph("帮扶成效方面", style="Heading 1")
    document.add_paragraph("产业帮扶不精准", style="Heading 2")
    last = numbered(document.add_paragraph("北塔区陈家桥镇发放的鸡苗死亡过半，未补栏。"), chapters, 2)
    _insert_tracked(last, "涉及33户。")
    document.add_paragraph("（北塔区农业农村局牵头，北塔区扶贫办、陈家桥镇人民政府配合，2019年9月底前完成）")
    document.add_paragraph("以上问题，请逐一核实整改，并于2019年10月15日前书面报告。")
    document.add_paragraph("特此通报。")
    document.add_paragraph("附件：评估抽样名单")
    document.add_paragraph("邵阳市扶贫开发领导小组办公室")
    document.add_paragraph("二〇一九年七月十八日")
    return saved(document)


def _insert_tracked(paragraph: Any, text: str) -> None:
    """Words put in, and others taken out, with changes tracked."""
    run = paragraph.add_run(text)._r
    inserted = OxmlElement("w:ins")
    run.addprevious(inserted)
    inserted.append(run)
    deleted = OxmlElement("w:del")
    gone = OxmlElement("w:r")
    words = OxmlElement("w:delText")
    words.text = "涉及44户。"
    gone.append(words)
    deleted.append(gone)
    inserted.addnext(deleted)


NUMBERED_BY_WORD = Paper(
    "every number made by Word, terms in three shapes, no section of demands",
    _numbered_by_word,
    (
        ("一（一）1", "邵阳县金江乡2户家庭", "邵阳县", None, ("邵阳县扶贫办",), "2019-08-15"),
        ("一（一）2", "城步县儒林镇1户重病户未纳入建档立卡。", "城步苗族自治县", None, ("城步县扶贫办",), "2019-08-15"),
        (
            "二（一）1",
            "北塔区陈家桥镇发放的鸡苗死亡过半，未补栏。涉及33户。",
            "北塔区",
            "北塔区农业农村局",
            ("北塔区扶贫办", "陈家桥镇人民政府"),
            "2019-09-30",
        ),
    ),
    "2019-07-18",
)


def _tables() -> bytes:
    """A table of problems under a letter, two of them one unit's (merged), and a total row."""
    document = lines("邵阳市审计局审计发现问题移送清单", "邵审移〔2019〕3号", "移送日期：2019年5月6日")
    rows = (
        ("序号", "问题描述", "责任单位", "整改时限"),
        ("1", "新邵县潭溪镇扶贫产业资金结余未收回。", "新邵县财政局", "2019年6月30日"),
        ("2", "新邵县潭溪镇光伏电站收益未分配。", "新邵县财政局", "2019年7月底前"),
        ("3", "武冈市邓元泰镇项目未验收即付全款。", "武冈市交通运输局\n武冈市财政局", "立行立改"),
        ("合计", "3个", "", ""),
    )
    table = document.add_table(rows=0, cols=4)
    for values in rows:
        cells = table.add_row().cells
        for cell, value in zip(cells, values, strict=True):
            cell.text = value
    table.cell(2, 2).text = ""
    table.cell(1, 2).merge(table.cell(2, 2))
    document.add_paragraph("请按期整改。")
    document.add_paragraph("2019年5月6日")
    return saved(document)


TABLES = Paper(
    "a table of problems under a letter",
    _tables,
    (
        ("1", "新邵县潭溪镇扶贫产业资金结余", "新邵县", None, ("新邵县财政局",), "2019-06-30"),
        ("2", "新邵县潭溪镇光伏电站收益", "新邵县", None, ("新邵县财政局",), "2019-07-31"),
        ("3", "武冈市邓元泰镇项目未验收", "武冈市", None, ("武冈市交通运输局", "武冈市财政局"), "immediate"),
    ),
    "2019-05-06",
    "邵审移〔2019〕3号",
)


def _rule_for_the_rest() -> str:
    """Units in brackets that end with 负责, the rule said once; 第一 as a number; a bare list of counties is no unit."""
    return """关于对邵阳市实施“回头看”发现问题的函
一、住房安全
第一，大祥区城南街道4户危房改造后仍住旧房。（大祥区住建局、城南街道办事处负责，排在第一位的部门为牵头部门，下同）
第二，新邵县坪上镇危改资金拨付不及时，最长达9个月。（新邵县财政局、新邵县住建局负责，2019年10月底前完成）
二、健康扶贫
第一，家庭医生签约服务“签而不约”。（隆回县、洞口县）
第二，双清区2.5万元门诊统筹资金结算不准。（双清区医保局负责）
2019年4月15日
"""


RULE_FOR_THE_REST = Paper(
    "the first unit leads, said once for the rest",
    _rule_for_the_rest,
    (
        ("一第一", "大祥区城南街道4户危房", "大祥区", "大祥区住建局", ("大祥区住建局", "城南街道办事处"), None),
        ("一第二", "新邵县坪上镇危改资金", "新邵县", "新邵县财政局", ("新邵县财政局", "新邵县住建局"), "2019-10-31"),
        ("二第一", "家庭医生签约服务", None, None, (), None),
        ("二第二", "双清区2.5万元门诊统筹", "双清区", "双清区医保局", ("双清区医保局",), None),
    ),
    "2019-04-15",
)


def _form_tables() -> bytes:
    """One small table a problem, labels on the left, as hand-over sheets are printed."""
    document = lines("问题交办单")
    for values in (
        (
            ("问题编号", "JB-01", "县市区", "绥宁县"),
            ("存在问题", "绥宁县长铺镇垃圾中转站污水直排。"),
            ("责任单位", "绥宁县住建局"),
            ("整改时限", "2019年11月15日"),
        ),
        (
            ("问题编号", "JB-02", "县市区", "新宁县"),
            ("存在问题", "新宁县金石镇安置区未通公交。"),
            ("责任单位", "新宁县交通运输局、金石镇人民政府"),
            ("整改时限", "2019年底前"),
        ),
    ):
        table = document.add_table(rows=0, cols=4)
        for pairs in values:
            cells = table.add_row().cells
            for cell, value in zip(cells, pairs, strict=False):
                cell.text = value
            if len(pairs) == 2:
                cells[1].merge(cells[3])
        document.add_paragraph("")
    document.add_paragraph("交办日期：2019年9月2日")
    return saved(document)


FORM_TABLES = Paper(
    "one small form a problem",
    _form_tables,
    (
        ("JB-01", "绥宁县长铺镇垃圾中转站", "绥宁县", None, ("绥宁县住建局",), "2019-11-15"),
        ("JB-02", "新宁县金石镇安置区", "新宁县", None, ("新宁县交通运输局", "金石镇人民政府"), "2019-12-31"),
    ),
    "2019-09-02",
)


def _plain_lines() -> str:
    """A bare list out of a chat: no numbers, no labels; a year and an amount at the beginning of a line."""
    return """2018年隆回县六都寨镇扶贫项目招投标不规范。
3个村的村级账目未公开（邵东市）。
1.5万元慰问资金发放无签领手续。
"""


PLAIN_LINES = Paper(
    "a bare list of lines",
    _plain_lines,
    (
        (None, "2018年隆回县六都寨镇", "隆回县", None, (), None),
        (None, "3个村的村级账目", "邵东市", None, (), None),
        (None, "1.5万元慰问资金", None, None, (), None),
    ),
)

# --- more ways of writing, each small ------------------------------------------------------------------------------


def _words(*said: str) -> Callable[[], str]:
    return lambda: "\n".join(said)


def _framed() -> bytes:
    """The whole text stands in the one cell of a table, as red-headed papers are laid out."""
    document = Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "反馈意见"
    for text in ("1.隆回县羊古坳镇断水。", "责任单位：隆回县水利局", "2.洞口县山门镇断电。"):
        cell.add_paragraph(text)
    return saved(document)


def _headings_and_lists() -> bytes:
    """Headings without numbers; below each a list of Word's that begins anew; the last heading is advice."""
    document = Document()
    document.add_heading("关于脱贫攻坚专项审计的反馈", 0)
    add_numbering(document, [("decimal", "%1.")], 81)
    for heading, problems in (
        ("资金拨付方面", ("新邵县产业资金滞留217万元。", "武冈市光伏收益未分配。（责任单位：武冈市发改局）")),
        ("项目建设方面", ("绥宁县2个项目未验收。",)),
        ("审计建议", ("加强资金调度。", "规范项目管理。")),
    ):
        number = document.part.numbering_part.element.add_num(81)
        number.add_lvlOverride(0).add_startOverride(1)
        document.add_heading(heading, 1)
        for problem in problems:
            numbered(document.add_paragraph(problem), number.numId)
    document.add_paragraph("邵阳市审计局")
    document.add_paragraph("2019年6月30日")
    return saved(document)


def _tables_in_parts() -> bytes:
    """Each part has its table; serials are Word's, a county is merged downward."""
    document = lines("暗访发现问题清单", "一、饮水安全")
    table = document.add_table(rows=4, cols=4)
    rows = (
        ("序号", "县市区", "存在问题", "整改时限"),
        ("", "隆回县", "滩头镇水厂停用", "9月底前"),
        ("", "", "小沙江镇水质超标", "9月底前"),
        ("", "洞口县", "江口镇管网老化", "长期坚持"),
    )
    add_numbering(document, [("decimal", "%1")], 82)
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
        if row:
            numbered(table.cell(row, 0).paragraphs[0], 82)
    table.cell(2, 1).text = ""
    table.cell(1, 1).merge(table.cell(2, 1))
    document.add_paragraph("二、住房安全")
    second = document.add_table(rows=2, cols=2)
    for row, (serial, problem) in enumerate((("序号", "问题"), ("1", "新宁县黄龙镇危房2户"))):
        second.cell(row, 0).text, second.cell(row, 1).text = serial, problem
    document.add_paragraph("2019年7月20日")
    return saved(document)


SMALL_PAPERS = (
    Paper(
        "labels that are numbered themselves",
        _words(
            "一、第一批",
            "（1）问题描述：隆回县金石桥镇扶贫车间空置。",
            "（2）责任单位：隆回县扶贫办",
            "（3）整改时限：2019年9月底前",
            "二、第二批",
            "（1）问题描述：洞口县高沙镇公示栏数据不实。",
            "（2）责任单位：洞口县扶贫办",
            "（3）整改时限：立行立改",
        ),
        (
            ("一（1）", "隆回县金石桥镇扶贫车间空置。", "隆回县", None, ("隆回县扶贫办",), "2019-09-30"),
            ("二（1）", "洞口县高沙镇公示栏", "洞口县", None, ("洞口县扶贫办",), "immediate"),
        ),
    ),
    Paper(
        "headings that are labels, their values below",
        _words(
            "序号一",
            "一、整改任务",
            "新邵县陈家坊镇产业路未硬化。",
            "二、整改责任单位",
            "新邵县交通运输局",
            "三、整改时限",
            "2019年12月底前",
            "序号二",
            "一、整改任务",
            "新邵县巨口铺镇卫生室无药可售。",
            "二、整改责任单位",
            "新邵县卫健局",
            "三、整改时限",
            "立行立改",
        ),
        (
            ("序号一", "新邵县陈家坊镇产业路未硬化。", "新邵县", None, ("新邵县交通运输局",), "2019-12-31"),
            ("序号二", "新邵县巨口铺镇卫生室", "新邵县", None, ("新邵县卫健局",), "immediate"),
        ),
    ),
    Paper(
        "labels spaced out, half-width brackets, numbers without a stop",
        _words(
            "1 城步县西岩镇产业分红未兑现。",
            "责 任 单 位：城步县农业农村局",
            "整 改 时 限：2019年9月20日前",
            "2 城步县丹口镇合作社账目不清。(责任单位:城步县审计局,完成时限:2019年10月底前)",
        ),
        (
            ("1", "城步县西岩镇产业分红未兑现。", "城步苗族自治县", None, ("城步县农业农村局",), "2019-09-20"),
            ("2", "城步县丹口镇合作社账目不清。", "城步苗族自治县", None, ("城步县审计局",), "2019-10-31"),
        ),
    ),
    Paper(
        "parts of one sentence, the terms of the whole below the last",
        _words(
            "1.邵阳县安全饮水存在以下问题：",
            "（1）塘渡口镇水源地无围栏；",
            "（2）岩口铺镇水质未检测。",
            "责任单位：邵阳县水利局；整改时限：2019年9月底前",
            "2.邵阳县白仓镇3户危房未入住。",
        ),
        (
            (
                "1",
                "邵阳县安全饮水存在以下问题：（1）塘渡口镇水源地无围栏；（2）岩口铺镇水质未检测。",
                "邵阳县",
                None,
                ("邵阳县水利局",),
                "2019-09-30",
            ),
            ("2", "邵阳县白仓镇3户危房未入住。", "邵阳县", None, (), None),
        ),
    ),
    Paper(
        "terms in any order, in the middle, as a sentence, with a label nobody knows",
        _words(
            "1.双清区小江湖街道危房鉴定漏户（责任单位：双清区住建局）。整改时限：2019年9月底前。",
            "2.双清区兴隆街道漏保2户，完成时限：10月底前，责任单位：双清区民政局。",
            "3.双清区残疾人补贴发放不及时。请双清区残联于2019年9月15日前整改到位。",
            "4.双清区安置区电梯停用。牵头领导：副区长 王建国；牵头单位：双清区发改局；责任单位：双清区住建局；整改时限：2019年9月15日前；验收组：市发改委。",
        ),
        (
            ("1", "双清区小江湖街道危房鉴定漏户。", "双清区", None, ("双清区住建局",), "2019-09-30"),
            ("2", "双清区兴隆街道漏保2户。", "双清区", None, ("双清区民政局",), "2019-10-31"),
            ("3", "双清区残疾人补贴发放不及时。", "双清区", None, ("双清区残联",), "2019-09-15"),
            ("4", "双清区安置区电梯停用。", "双清区", "双清区发改局", ("双清区住建局",), "2019-09-15"),
        ),
    ),
    Paper(
        "counties as headings, numbers that run on",
        _words(
            "一、隆回县",
            "1.产业奖补资金滞留3个月。",
            "2.项目公示不规范。",
            "二、洞口县",
            "3.小额信贷户贷企用。",
            "附件：明细表",
            "2019年8月1日",
        ),
        (
            ("一1", "产业奖补资金滞留3个月。", "隆回县", None, (), None),
            ("一2", "项目公示不规范。", "隆回县", None, (), None),
            ("二3", "小额信贷户贷企用。", "洞口县", None, (), None),
        ),
        "2019-08-01",
    ),
    Paper(
        "a table pasted with its tabs",
        _words(
            "序号\t问题描述\t责任单位\t整改时限",
            "1\t新邵县潭溪镇光伏收益未分配。\t新邵县财政局\t2019年10月底前",
            "2\t武冈市邓元泰镇项目未验收。\t武冈市交通运输局\t立行立改",
        ),
        (
            ("1", "新邵县潭溪镇光伏收益", "新邵县", None, ("新邵县财政局",), "2019-10-31"),
            ("2", "武冈市邓元泰镇项目", "武冈市", None, ("武冈市交通运输局",), "immediate"),
        ),
    ),
    Paper(
        "entries that begin with amounts, years and counts",
        _words(
            "1.1.2万元慰问金发放无依据。",
            "2.2018年危改资金滞留。",
            "3.3名村干部违规领取补贴。",
            "4.5.6公里产业路验收不严。",
            "5.10个村集体经济空壳。",
        ),
        (
            ("1", "1.2万元慰问金", None, None, (), None),
            ("2", "2018年危改资金", None, None, (), None),
            ("3", "3名村干部", None, None, (), None),
            ("4", "5.6公里产业路", None, None, (), None),
            ("5", "10个村集体经济", None, None, (), None),
        ),
    ),
    Paper(
        "a rule in brackets behind the first units",
        _words(
            "1.上年度反馈的3个问题未整改。责任单位：市教育局、市财政局（排在第一位的为牵头单位，下同）",
            "2.台账更新不及时。责任单位：市扶贫办、市统计局",
        ),
        (
            ("1", "上年度反馈的3个问题未整改。", None, "市教育局", ("市教育局", "市财政局"), None),
            ("2", "台账更新不及时。", None, "市扶贫办", ("市扶贫办", "市统计局"), None),
        ),
    ),
    Paper(
        "bullets, a closing demand, a page number",
        _words(
            "检查情况反馈",
            "●大祥区檀江街道粪污直排。",
            "●大祥区面铺乡塌方未修复。",
            "以上问题请于8月20日前整改到位。",
            "- 2 -",
        ),
        (
            (None, "大祥区檀江街道粪污直排。", "大祥区", None, (), None),
            (None, "大祥区面铺乡塌方未修复。", "大祥区", None, (), None),
        ),
    ),
    Paper(
        "labels before the problem they belong to",
        _words(
            "暗访问题清单",
            "县市区：双清区",
            "问题：安置房墙体渗水。",
            "责任单位：双清区住建局",
            "",
            "县市区：大祥区",
            "问题：扶贫车间不生产。",
            "责任单位：大祥区人社局",
        ),
        (
            (None, "安置房墙体渗水。", "双清区", None, ("双清区住建局",), None),
            (None, "扶贫车间不生产。", "大祥区", None, ("大祥区人社局",), None),
        ),
    ),
    Paper(
        "demands as a list of their own without a heading, words after the last terms",
        _words(
            "一、存在的问题及建议",
            "（一）管理不严",
            "1.隆回县项目超概算。",
            "（责任单位：隆回县发改局）",
            "2.洞口县项目未验收。",
            "（责任单位：洞口县发改局）",
            "省委高度重视此次督查，主要领导作出批示，对下一阶段工作提出了明确意见。",
            "请按照以下要求抓好整改：",
            "1.制定方案。",
            "2.按期报送。",
        ),
        (
            ("一（一）1", "隆回县项目超概算。", "隆回县", None, ("隆回县发改局",), None),
            ("一（一）2", "洞口县项目未验收。", "洞口县", None, ("洞口县发改局",), None),
        ),
    ),
    Paper(
        "how the work went, then what is wrong, under headings of no fixed words",
        _words(
            "一、工作开展情况",
            "（一）组织有力。",
            "（二）措施精准。",
            "二、存在的不足",
            "（一）隆回县、洞口县帮扶手册漏填。",
            "三、干部作风方面",
            "（一）绥宁县驻村队员不在岗。",
            "四、下步工作打算",
            "（一）加强培训。",
        ),
        (
            ("二（一）", "隆回县、洞口县帮扶手册漏填。", None, None, (), None),
            ("三（一）", "绥宁县驻村队员不在岗。", "绥宁县", None, (), None),
        ),
    ),
    Paper(
        "labels in a row, parted by spaces or stops",
        _words(
            "1.问题：邵东市团山村21人未参保。责任单位：邵东市人民政府、市财政局。整改时限：2019年9月底前。",
            "2.存在问题：大祥区高坪村危房未改 牵头单位：市住建局 责任单位：大祥区人民政府 整改时限：10月底前",
            "3.绥宁县石井村旧房未拆。（牵头单位：市住建局  责任单位：绥宁县人民政府  整改时限：2019年10月31日）",
            "4.隆回县断水。（责任：隆回县水利局；时限：9月底；验收单位：市水利局）",
        ),
        (
            ("1", "邵东市团山村21人未参保。", "邵东市", None, ("邵东市人民政府", "市财政局"), "2019-09-30"),
            ("2", "大祥区高坪村危房未改", "大祥区", "市住建局", ("大祥区人民政府",), "2019-10-31"),
            ("3", "绥宁县石井村旧房未拆。", "绥宁县", "市住建局", ("绥宁县人民政府",), "2019-10-31"),
            ("4", "隆回县断水。", "隆回县", None, ("隆回县水利局",), "2019-09-30"),
        ),
    ),
    Paper(
        "terms without a label, as a sentence, or without a colon",
        _words(
            "1.邵东市团山村21人未参保。（邵东市人民政府；2019年9月底前）",
            "2.隆回县枫树村危房未改。由市住建局牵头，隆回县人民政府、市财政局配合，于2019年9月底前整改到位。",
            "3.新宁县黄龙镇断水（新宁县水利局牵头）。整改时限为2019年9月底前。",
            "4.绥宁县石井村旧房未拆。",
            "责任单位 绥宁县人民政府",
            "整改时限 立行立改",
            "5.新邵县食堂饭菜难吃（群众自己负责）。",
        ),
        (
            ("1", "邵东市团山村21人未参保。", "邵东市", None, ("邵东市人民政府",), "2019-09-30"),
            ("2", "隆回县枫树村危房未改。", "隆回县", "市住建局", ("隆回县人民政府", "市财政局"), "2019-09-30"),
            ("3", "新宁县黄龙镇断水。", "新宁县", "新宁县水利局", ("新宁县水利局",), "2019-09-30"),
            ("4", "绥宁县石井村旧房未拆。", "绥宁县", None, ("绥宁县人民政府",), "immediate"),
            ("5", "新邵县食堂饭菜难吃（群众自己负责）。", "新邵县", None, (), None),
        ),
    ),
    Paper(
        "the same as above, and units that run on",
        _words(
            "1.邵东市团山村断水。（责任单位：邵东市水利局；整改时限：9月底前）",
            "2.邵东市石井村断水。（责任单位：同上；整改时限：同上）",
            "3.绥宁县断电。",
            "责任单位：绥宁县发改局、",
            "绥宁县财政局",
            "整改时限：10月底前",
        ),
        (
            ("1", "邵东市团山村断水。", "邵东市", None, ("邵东市水利局",), "2019-09-30"),
            ("2", "邵东市石井村断水。", "邵东市", None, ("邵东市水利局",), "2019-09-30"),
            ("3", "绥宁县断电。", "绥宁县", None, ("绥宁县发改局", "绥宁县财政局"), "2019-10-31"),
        ),
    ),
    Paper(
        "lines broken where the page of a PDF ends",
        _words(
            "一、存在问题",
            "（一）邵东市团山村二十一名贫困人口未参加城乡居民基本医疗保",
            "险，代缴资金未到位，乡村两级都没有台账。（牵头单位：市教育局；",
            "责任单位：邵东市人民政府、市财政局）",
            "（二）绥宁县石井村旧房未拆，涉及的五十四户至今仍然住在原来的",
            "老屋里。",
        ),
        (
            (
                "一（一）",
                "邵东市团山村二十一名贫困人口未参加城乡居民基本医疗保险，代缴资金未到位，乡村两级都没有台账。",
                "邵东市",
                "市教育局",
                ("邵东市人民政府", "市财政局"),
                None,
            ),
            ("一（二）", "绥宁县石井村旧房未拆，涉及的五十四户至今仍然住在原来的老屋里。", "绥宁县", None, (), None),
        ),
    ),
    Paper(
        "problems that begin like demands",
        _words(
            "二、存在的主要问题",
            "1.请示报告制度执行不严。",
            "2.对口帮扶要求未落实。",
            "3.提高补贴标准发放，超支2.3万元。",
            "4.各乡镇档案不全。",
            "5.你县资金闲置。",
            "三、工作要求",
            "1.对整改不力的，要严肃问责。",
            "2.请逐条整改。",
        ),
        (
            ("二1", "请示报告制度执行不严。", None, None, (), None),
            ("二2", "对口帮扶要求未落实。", None, None, (), None),
            ("二3", "提高补贴标准发放，超支2.3万元。", None, None, (), None),
            ("二4", "各乡镇档案不全。", None, None, (), None),
            ("二5", "你县资金闲置。", None, None, (), None),
        ),
    ),
    Paper(
        "text in the one cell of a table",
        _framed,
        (
            ("1", "隆回县羊古坳镇断水。", "隆回县", None, ("隆回县水利局",), None),
            ("2", "洞口县山门镇断电。", "洞口县", None, (), None),
        ),
    ),
    Paper(
        "headings without numbers, lists that begin anew, advice at the end",
        _headings_and_lists,
        (
            ("1", "新邵县产业资金滞留217万元。", "新邵县", None, (), None),
            ("2", "武冈市光伏收益未分配。", "武冈市", None, ("武冈市发改局",), None),
            ("1", "绥宁县2个项目未验收。", "绥宁县", None, (), None),
        ),
        "2019-06-30",
    ),
    Paper(
        "a table in each part",
        _tables_in_parts,
        (
            ("一1", "滩头镇水厂停用", "隆回县", None, (), "2019-09-30"),
            ("一2", "小沙江镇水质超标", "隆回县", None, (), "2019-09-30"),
            ("一3", "江口镇管网老化", "洞口县", None, (), "long_term"),
            ("二1", "新宁县黄龙镇危房2户", "新宁县", None, (), None),
        ),
        "2019-07-20",
    ),
)

PAPERS = (
    INSPECTION_REPORT,
    PASTED_FORMS,
    NUMBERED_BY_WORD,
    TABLES,
    RULE_FOR_THE_REST,
    FORM_TABLES,
    PLAIN_LINES,
    *SMALL_PAPERS,
)
