"""Feedback documents as they reach an office, with their right readings: written by somebody who had not seen the reader.

All problems, places' troubles and people are made up. A finding's wording is the document's own, without its number and
without what is said beside it in brackets or labels (units, deadline). ``parts``: the finding may as well come as these
(一是…；二是…). A clause or a list of units given as a tuple names readings that are equally good; None is not checked."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from docx import Document as Word
from docx.document import Document as WordDocument
from docx.enum.section import WD_SECTION
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn


@dataclass(frozen=True)
class F:
    """One finding as it should be read."""

    wording: str
    clause: str | tuple[str | None, ...] | None = None
    lead: str | None = ""  # "" is not checked, None: nobody is named
    units: list[str] | tuple[list[str], ...] | None = None  # None is not checked
    phrase: str | None = ""  # "" is not checked, None: no deadline is said
    deadline: str | None = ""  # ISO, the last day that counts
    parts: tuple[str, ...] = ()
    county: str | None = ""  # "" is not checked


@dataclass(frozen=True)
class Blind:
    name: str
    text: str | None  # pasted
    build: Callable[[], bytes] | None  # a Word document
    written: date  # the document's own date
    findings: tuple[F, ...]
    nothing: tuple[str, ...] = field(default=())  # passages that are praise, demands or closing: in no finding


# -- building Word documents ---------------------------------------------------------------------------------------------


def _save(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _numbering(document: WordDocument, levels: list[tuple[str, str]]) -> int:
    """A list of Word's own with these (format, text) levels; gives its numId."""
    numbering = document.part.numbering_part.element
    number = 900 + len(numbering.findall(qn("w:abstractNum")))
    body = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/></w:lvl>'
        for at, (kind, text) in enumerate(levels)
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>{body}</w:abstractNum>'
    )
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'))
    return number


def _numbered(document: WordDocument, text: str, number: int, level: int, style: str | None = None) -> None:
    paragraph = document.add_paragraph(text, style=style)
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )


def _table(document: WordDocument, rows: list[list[str]], merges: tuple[tuple[int, int, int, int], ...] = ()) -> None:
    table = document.add_table(rows=len(rows), cols=max(len(row) for row in rows))
    table.style = "Table Grid"
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            table.cell(at, column).text = text
    for top, left, bottom, right in merges:
        keep = table.cell(top, left).text
        table.cell(top, left).merge(table.cell(bottom, right)).text = keep


def _footnote(document: WordDocument, paragraph: Any, number: int, text: str) -> None:
    relationships = document.part.rels.values()
    part = next((r.target_part for r in relationships if r.reltype == RELATIONSHIP_TYPE.FOOTNOTES), None)
    note = f'<w:footnote w:id="{number}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:footnote>'
    if part is None:
        blob = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:footnotes {nsdecls("w")}>{note}</w:footnotes>'
        )
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
        part = Part(PackURI("/word/footnotes.xml"), kind, blob.encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    else:
        part._blob = part.blob.replace(b"</w:footnotes>", note.encode() + b"</w:footnotes>")
    paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="{number}"/></w:r>'))


# -- 1: an inspection's feedback, every number made by Word, praise before and demands after ----------------------------------


def _inspection() -> bytes:
    d = Word()
    d.add_heading("关于巡察市林业局党组的反馈意见", 0)
    d.add_paragraph("（2025年3月18日）")
    d.add_paragraph(
        "根据市委统一部署，2024年11月4日至12月27日，市委第四巡察组对市林业局党组开展了常规巡察。现将巡察情况反馈如下："
    )
    n = _numbering(d, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
    _numbered(d, "总体评价", n, 0)
    d.add_paragraph(
        "市林业局党组能够认真学习贯彻习近平生态文明思想，扎实推进国土绿化，森林覆盖率稳步提升，松材线虫病防控取得积极成效。"
    )
    _numbered(d, "巡察发现的主要问题", n, 0)
    _numbered(d, "贯彻落实党中央重大决策部署有偏差", n, 1)
    _numbered(d, "林长制落实不实，3个乡镇级林长全年未巡林，巡林日志由护林员代填。", n, 2)
    _numbered(d, "油茶低产林改造进度滞后，2023年任务1.2万亩仅完成0.47万亩。", n, 2)
    _numbered(d, "落实全面从严治党责任有差距", n, 1)
    _numbered(d, "“一岗双责”停留在口头，2名党组成员2023年以来未与分管科室负责人开展廉政谈话。", n, 2)
    _numbered(d, "下属林场财务管理混乱，国有林场将48.6万元林木处置收入存放账外。", n, 2)
    _numbered(d, "防火物资采购未经集体研究，涉及金额26.8万元。", n, 2)
    _numbered(d, "落实新时代党的组织路线有短板", n, 1)
    _numbered(d, "选人用人程序不规范，1名副科级干部任前档案审核未签字。", n, 2)
    _numbered(d, "巡察整改意见", n, 0)
    _numbered(d, "提高政治站位，切实扛起整改主体责任。", n, 1)
    _numbered(d, "坚持标本兼治，建立健全长效机制。", n, 1)
    d.add_paragraph("请市林业局党组自收到本反馈意见之日起15个工作日内报送整改方案，3个月内报送集中整改情况报告。")
    d.add_paragraph("市委第四巡察组")
    return _save(d)


INSPECTION = Blind(
    "巡察反馈（Word自动编号）",
    None,
    _inspection,
    date(2025, 3, 18),
    (
        F("林长制落实不实，3个乡镇级林长全年未巡林，巡林日志由护林员代填。", "二（一）1", None, [], None),
        F("油茶低产林改造进度滞后，2023年任务1.2万亩仅完成0.47万亩。", "二（一）2", None, [], None),
        F("“一岗双责”停留在口头，2名党组成员2023年以来未与分管科室负责人开展廉政谈话。", "二（二）1"),
        F("下属林场财务管理混乱，国有林场将48.6万元林木处置收入存放账外。", "二（二）2"),
        F("防火物资采购未经集体研究，涉及金额26.8万元。", "二（二）3"),
        F("选人用人程序不规范，1名副科级干部任前档案审核未签字。", "二（三）1"),
    ),
    ("森林覆盖率稳步提升", "扛起整改主体责任", "建立健全长效机制", "15个工作日内报送整改方案"),
)

# -- 2: a web page copied whole: furniture of the page, indents, problems told as 一是 二是 ------------------------------------

ENVIRONMENT = Blind(
    "环保督察（网页复制）",
    """首页 > 政务公开 > 环境保护
省第二生态环境保护督察组向我市反馈督察情况
发布时间：2024-06-12 09:31　来源：市生态环境局　浏览次数：1206　【字体：大 中 小】　打印
　　为深入贯彻落实生态文明思想，2024年3月11日至3月30日，省第二生态环境保护督察组对我市开展了督察。6月7日，督察组向市委、市政府进行了反馈。

　　督察认为，我市坚决扛起生态环境保护政治责任，空气质量优良率持续改善，资江流域水质总体稳定。

　　督察指出，我市生态环境保护工作虽然取得积极进展，但还存在一些突出问题。

　　一、思想认识还不到位。一是部分县市区重发展轻保护，新邵县在饮用水水源二级保护区内违规引进2个砂石加工项目；二是有的部门履职不力，市城管局对城区黑臭水体返黑返臭情况底数不清。

　　二、环境基础设施短板突出。邵东市宋家塘片区雨污管网混接，雨季生活污水日均溢流约6000吨。（责任单位：邵东市人民政府；整改时限：2025年6月底）

　　三、矿山生态修复滞后。新宁县清江桥乡两家锰矿闭坑三年未复绿，裸露面积210亩。（牵头单位：市自然资源和规划局；责任单位：新宁县人民政府；整改时限：2024年12月底前）

　　督察要求，我市要深入学习贯彻生态文明思想，坚决扛起政治责任，抓紧研究制定整改方案，在30个工作日内报送省委、省政府。

　　督察组还对发现的问题线索进行了梳理，已按有关规定移交。
责任编辑：管理员
扫一扫在手机打开当前页
相关链接：关于公布督察信访举报方式的公告
""",
    None,
    date(2024, 6, 12),
    (
        F(
            "思想认识还不到位。一是部分县市区重发展轻保护，新邵县在饮用水水源二级保护区内违规引进2个砂石加工项目；二是有的部门履职不力，市城管局对城区黑臭水体返黑返臭情况底数不清。",
            None,
            parts=(
                "部分县市区重发展轻保护，新邵县在饮用水水源二级保护区内违规引进2个砂石加工项目",
                "有的部门履职不力，市城管局对城区黑臭水体返黑返臭情况底数不清",
            ),
        ),
        F(
            "环境基础设施短板突出。邵东市宋家塘片区雨污管网混接，雨季生活污水日均溢流约6000吨。",
            "二",
            None,
            ["邵东市人民政府"],
            "2025年6月底",
            "2025-06-30",
        ),
        F(
            "矿山生态修复滞后。新宁县清江桥乡两家锰矿闭坑三年未复绿，裸露面积210亩。",
            "三",
            "市自然资源和规划局",
            ["新宁县人民政府"],
            "2024年12月底前",
            "2024-12-31",
        ),
    ),
    ("浏览次数", "空气质量优良率持续改善", "督察要求", "责任编辑", "扫一扫", "相关链接", "问题线索进行了梳理"),
)

# -- 3: an audit's list as a table with merged cells, a second table continuing on the next page --------------------------------


def _audit() -> bytes:
    d = Word()
    d.add_paragraph("附件1")
    d.add_heading("2023年度高标准农田建设资金审计查出问题清单", 1)
    d.add_paragraph("单位：万元")
    head = ["序号", "问题类别", "问题描述", "涉及金额", "整改责任单位", "整改要求", "整改期限"]
    _table(
        d,
        [
            head,
            [
                "1",
                "资金管理",
                "武冈市农业农村局向不符合条件的2家合作社拨付补助",
                "36.50",
                "武冈市农业农村局",
                "收回资金",
                "2024年9月30日",
            ],
            [
                "2",
                "",
                "武冈市财政局未及时下达省级补助资金",
                "412.00",
                "武冈市财政局、武冈市农业农村局",
                "加快拨付",
                "立行立改",
            ],
            ["3", "项目建设", "隆回县3个标段机耕道混凝土强度不达标", "—", "隆回县农业农村局", "返工", "2024年11月底前"],
            ["小计", "", "3个", "448.50", "", "", ""],
        ],
        ((1, 1, 2, 1),),
    )
    d.add_paragraph("（续表）")
    _table(
        d,
        [
            head,
            [
                "4",
                "项目建设",
                "洞口县石江镇田间沟渠未按图施工，\n减少长度1.8公里",
                "22.31",
                "洞口县农业农村局",
                "补建",
                "10月底前",
            ],
            [
                "5",
                "后期管护",
                "绥宁县已建成泵站闲置7座",
                "",
                "绥宁县水利局；绥宁县农业农村局",
                "恢复运行",
                "2024年年底前",
            ],
        ],
    )
    d.add_paragraph("注：本清单所列问题请于整改期限届满后10日内反馈整改结果。")
    d.add_paragraph("市审计局")
    d.add_paragraph("2024年7月22日")
    return _save(d)


AUDIT = Blind(
    "审计问题清单（表格）",
    None,
    _audit,
    date(2024, 7, 22),
    (
        F(
            "武冈市农业农村局向不符合条件的2家合作社拨付补助",
            "1",
            units=["武冈市农业农村局"],
            phrase="2024年9月30日",
            deadline="2024-09-30",
        ),
        F("武冈市财政局未及时下达省级补助资金", "2", units=["武冈市财政局", "武冈市农业农村局"], phrase="立行立改"),
        F(
            "隆回县3个标段机耕道混凝土强度不达标",
            "3",
            units=["隆回县农业农村局"],
            phrase="2024年11月底前",
            deadline="2024-11-30",
        ),
        F(
            "洞口县石江镇田间沟渠未按图施工，减少长度1.8公里",
            "4",
            units=["洞口县农业农村局"],
            phrase="10月底前",
            deadline="2024-10-31",
        ),
        F(
            "绥宁县已建成泵站闲置7座",
            "5",
            units=["绥宁县水利局", "绥宁县农业农村局"],
            phrase="2024年年底前",
            deadline="2024-12-31",
        ),
    ),
    ("448.50", "请于整改期限届满后", "续表"),
)

# -- 4: label and value, one block a problem --------------------------------------------------------------------------------


def _assessment() -> bytes:
    d = Word()
    d.add_heading("2018年度脱贫攻坚成效考核发现问题反馈单", 1)
    d.add_paragraph("邵阳县：")
    d.add_paragraph("现将省考核组发现的问题反馈给你们，请认真整改。")
    for text in (
        "问题一：白仓镇2户脱不脱贫标准把握不准，人均纯收入计算漏计转移性收入。",
        "问题来源：省级成效考核",
        "责任单位：白仓镇人民政府、县扶贫办",
        "整改时限：2019年5月底前",
        "问题二：塘田市镇易地搬迁安置点后续产业未跟上。",
        "问题来源：省级成效考核",
        "责任单位：县发改局（牵头）、塘田市镇人民政府",
        "整改时限：2019年4月底前制定方案，10月底前见效",
        "问题三：家庭医生签约服务“签而不约”，抽查31户中12户未接受过随访。",
        "责任单位：县卫健局",
        "整改时限：立行立改、长期坚持",
    ):
        label, value = text.split("：", 1)
        paragraph = d.add_paragraph()
        paragraph.add_run(label + "：").bold = True
        paragraph.add_run(value)
    d.add_paragraph("以上问题整改情况请于每月28日前报送。")
    d.add_paragraph("联系人：张三　电话：0739-5300000")
    return _save(d)


ASSESSMENT = Blind(
    "成效考核反馈单（标签式）",
    None,
    _assessment,
    date(2019, 3, 20),
    (
        F(
            "白仓镇2户脱不脱贫标准把握不准，人均纯收入计算漏计转移性收入。",
            ("一", "问题一", "1"),
            units=["白仓镇人民政府", "县扶贫办"],
            phrase="2019年5月底前",
            deadline="2019-05-31",
        ),
        F(
            "塘田市镇易地搬迁安置点后续产业未跟上。",
            ("二", "问题二", "2"),
            "县发改局",
            (["塘田市镇人民政府"], ["县发改局", "塘田市镇人民政府"]),
            "2019年4月底前制定方案，10月底前见效",
            "2019-10-31",
        ),
        F(
            "家庭医生签约服务“签而不约”，抽查31户中12户未接受过随访。",
            ("三", "问题三", "3"),
            units=["县卫健局"],
            phrase="立行立改、长期坚持",
        ),
    ),
    ("认真整改", "每月28日前", "联系人"),
)

# -- 5: proposals of the consultative conference: main and assisting bodies --------------------------------------------------

PROPOSALS = Blind(
    "政协民主监督建议（纯文本）",
    """政协邵阳市委员会办公室
关于报送《农村饮水安全民主监督报告》的函

市人民政府办公室：
    今年4月至6月，市政协组织委员开展了农村饮水安全专项民主监督，走访12个乡镇、46个村。总的看，全市农村饮水工程覆盖面逐年扩大，群众满意度较高。

    监督中发现的问题：
    1、部分工程"建而不管"。绥宁县水口乡4处集中供水点无专人管护，水池长期未清洗。
       （主办单位：绥宁县人民政府　会办单位：市水利局　办理时限：8月31日前）
    2、水价机制未建立。全市仅3个县出台了农村供水水价指导意见。
       （主办单位：市发改委　会办单位：市水利局、市财政局　办理时限：9月底前）
    3、水质检测频次不够。洞口县部分千人以下工程全年未检测。
       （主办单位：市卫健委　会办单位：洞口县人民政府　办理时限：即知即改）

    建议：
    1、强化统筹，把农村饮水安全纳入绩效考核。
    2、加大投入，整合涉农资金向管护倾斜。
    以上意见供参考。
                                  政协邵阳市委员会办公室
                                      2025年7月2日
""",
    None,
    date(2025, 7, 2),
    (
        F(
            '部分工程"建而不管"。绥宁县水口乡4处集中供水点无专人管护，水池长期未清洗。',
            ("1", "一1"),
            "绥宁县人民政府",
            (["市水利局"], ["绥宁县人民政府", "市水利局"]),
            "8月31日前",
            "2025-08-31",
        ),
        F(
            "水价机制未建立。全市仅3个县出台了农村供水水价指导意见。",
            ("2", "一2"),
            "市发改委",
            (["市水利局", "市财政局"], ["市发改委", "市水利局", "市财政局"]),
            "9月底前",
            "2025-09-30",
        ),
        F(
            "水质检测频次不够。洞口县部分千人以下工程全年未检测。",
            ("3", "一3"),
            "市卫健委",
            (["洞口县人民政府"], ["市卫健委", "洞口县人民政府"]),
            "即知即改",
        ),
    ),
    ("群众满意度较高", "纳入绩效考核", "向管护倾斜", "供参考"),
)

# -- 6: safety: several problems numbered inside one paragraph per enterprise -------------------------------------------------

SAFETY = Blind(
    "安全生产督查通报（段内编号）",
    """邵阳市安全生产委员会办公室
邵安办〔2025〕31号
关于“五一”节前安全生产督查情况的通报
各县市区安委会，市安委会有关成员单位：
4月21日至25日，市安委办组织3个督查组对12家企业和场所进行了督查，现将有关情况通报如下：
一、总体情况
各地高度重视节前安全防范工作，双清区、大祥区部署早、行动快。
二、督查发现的主要问题
（一）邵阳市恒远化工有限公司（北塔区）。1.可燃气体报警器2处失灵；2.动火作业票未填写监护人；3.应急柜内正压式空气呼吸器压力不足。
（二）新邵县龙山石膏矿。1.井下2号巷道支护松动；2.未按规定对入井人员进行清点登记。
（三）洞口县雪峰商贸城。1．消防通道被货物占用；2．3具灭火器过期未更换。
三、整改要求
（一）属地县市区安委会要督促企业立即整改，5月15日前反馈整改情况。
（二）举一反三，全面排查。
附件：督查企业名单
市安委办
2025年4月27日
""",
    None,
    date(2025, 4, 27),
    (
        F(
            "邵阳市恒远化工有限公司（北塔区）。1.可燃气体报警器2处失灵；2.动火作业票未填写监护人；3.应急柜内正压式空气呼吸器压力不足。",
            None,
            parts=("可燃气体报警器2处失灵", "动火作业票未填写监护人", "应急柜内正压式空气呼吸器压力不足"),
        ),
        F(
            "新邵县龙山石膏矿。1.井下2号巷道支护松动；2.未按规定对入井人员进行清点登记。",
            None,
            parts=("井下2号巷道支护松动", "未按规定对入井人员进行清点登记"),
        ),
        F(
            "洞口县雪峰商贸城。1．消防通道被货物占用；2．3具灭火器过期未更换。",
            None,
            parts=("消防通道被货物占用", "3具灭火器过期未更换"),
        ),
    ),
    ("部署早、行动快", "5月15日前反馈", "全面排查", "督查企业名单"),
)

# -- 7: an evaluation: headings per county, a bullet a problem, footnotes, a section break and the county in the heading -------


def _evaluation() -> bytes:
    d = Word()
    d.add_heading("第三方评估问题反馈", 0)
    d.add_paragraph("评估时间：2019年12月2日—12月20日")
    d.add_heading("新宁县", 1)
    first = d.add_paragraph("高桥镇金龙村1户五保户饮水靠肩挑，未接入集中供水。", style="List Bullet")
    _footnote(d, first, 2, "该户户主外出，由邻居代述。")
    d.add_paragraph("一渡水镇3名适龄儿童送教上门次数不足。", style="List Bullet")
    d.add_section(WD_SECTION.NEW_PAGE)
    d.add_heading("城步苗族自治县", 1)
    d.add_paragraph("儒林镇危改户补助标准公示与实际发放不一致。", style="List Bullet")
    second = d.add_paragraph("丹口镇2户搬迁户旧房未拆除。", style="List Bullet")
    _footnote(d, second, 3, "截至评估日。")
    d.add_heading("评估说明", 1)
    d.add_paragraph("本次评估采取随机抽样方式，共抽查6个乡镇、312户。")
    d.add_paragraph("整改时限统一为2020年1月31日前。")
    return _save(d)


EVALUATION = Blind(
    "第三方评估（项目符号、脚注）",
    None,
    _evaluation,
    date(2019, 12, 25),
    (
        F("高桥镇金龙村1户五保户饮水靠肩挑，未接入集中供水。"),
        F("一渡水镇3名适龄儿童送教上门次数不足。"),
        F("儒林镇危改户补助标准公示与实际发放不一致。"),
        F("丹口镇2户搬迁户旧房未拆除。"),
    ),
    ("随机抽样", "评估时间"),
)

# -- 8: letters handed over: one form of labels and values a letter, as tables -----------------------------------------------


def _letters() -> bytes:
    d = Word()
    for number, (what, unit, deadline) in enumerate(
        (
            ("群众反映大祥区檀江街道云山社区垃圾中转站臭气扰民，多次反映未解决。", "大祥区人民政府", "2024年9月20日"),
            ("群众反映北塔区陈家桥镇李子塘村村干部违规领取公益林补助。", "北塔区纪委监委、北塔区林业局", "30日内"),
        ),
        1,
    ):
        if number > 1:
            d.add_page_break()
        d.add_heading("信访举报件交办单", 1)
        _table(
            d,
            [
                ["受理编号", f"SYXF-2024-0{number}", "交办日期", "2024年9月5日"],
                ["举报方式", "来电", "是否重点", "否"],
                ["反映问题", what, "", ""],
                ["承办单位", unit, "办结时限", deadline],
                ["领导批示", "请迅速调查核实，依法依规处理。", "", ""],
                ["办理要求", "办理结果请于办结后2日内书面反馈。", "", ""],
            ],
            ((2, 1, 2, 3), (4, 1, 4, 3), (5, 1, 5, 3)),
        )
    return _save(d)


LETTERS = Blind(
    "信访件交办单（表单式表格）",
    None,
    _letters,
    date(2024, 9, 5),
    (
        F(
            "群众反映大祥区檀江街道云山社区垃圾中转站臭气扰民，多次反映未解决。",
            ("SYXF-2024-01", "1", None),
            units=["大祥区人民政府"],
            phrase="2024年9月20日",
            deadline="2024-09-20",
        ),
        F(
            "群众反映北塔区陈家桥镇李子塘村村干部违规领取公益林补助。",
            ("SYXF-2024-02", "2", None),
            units=["北塔区纪委监委", "北塔区林业局"],
            phrase="30日内",
            deadline="2024-10-05",
        ),
    ),
    ("依法依规处理", "书面反馈", "来电"),
)

# -- 9: out of a scanner: lines broken anywhere, spaces between characters, page numbers --------------------------------------

SCANNED = Blind(
    "专项检查通报（扫描识别）",
    """关 于 全 市 农 村 危 房 改 造 专 项 检 查 情 况 的 通 报

各县市区人民政府：
  8月中旬，市住建局、市财政局联合开展了农村危房改造专项检
查。现将检查发现的问题通报如下：
  一 、 对象认定不精准
  1 ．隆回县六都寨镇2户已购商品房对象纳入改造计划，涉及补
助资金4.4万元。责任单位：隆回县住建局，整改时限：2025年9月
30日前。
  2 ．绥宁县武阳镇1户死亡人员未及时核销。责任单位：绥宁县住
建局，整改时限：2025年9月15日前。
                         — 1 —
  二 、 工程质量把关不严
  1 ．新邵县迎光乡5户改造房屋未设圈梁，验收表由他人代签。责任
单位：新邵县住建局、迎光乡人民政府，整改时限：2025年10月底前。
  三 、 工作要求
  1 ．各地要对照问题举一反三，全面自查。
  2 ．整改情况于10月20日前报市住建局村镇科。
                               市住房和城乡建设局
                               2025年9月1日
                         — 2 —
""",
    None,
    date(2025, 9, 1),
    (
        F(
            "隆回县六都寨镇2户已购商品房对象纳入改造计划，涉及补助资金4.4万元。",
            "一1",
            units=["隆回县住建局"],
            phrase="2025年9月30日前",
            deadline="2025-09-30",
        ),
        F(
            "绥宁县武阳镇1户死亡人员未及时核销。",
            "一2",
            units=["绥宁县住建局"],
            phrase="2025年9月15日前",
            deadline="2025-09-15",
        ),
        F(
            "新邵县迎光乡5户改造房屋未设圈梁，验收表由他人代签。",
            "二1",
            units=["新邵县住建局", "迎光乡人民政府"],
            phrase="2025年10月底前",
            deadline="2025-10-31",
        ),
    ),
    ("全面自查", "报市住建局村镇科", "现将检查发现的问题", "— 1 —"),
)

# -- 10: a people's congress: problems, then opinions of the same shape ------------------------------------------------------


def _congress() -> bytes:
    d = Word()
    d.add_paragraph("邵阳市人大常委会办公室文件")
    d.add_paragraph("邵人常办〔2024〕18号")
    d.add_heading("关于全市义务教育优质均衡发展情况的审议意见", 1)
    d.add_paragraph("市人民政府：")
    d.add_paragraph(
        "8月28日，市六届人大常委会第二十三次会议听取和审议了市人民政府的专项工作报告。会议认为，近年来我市义务教育事业取得长足进步。会议同时指出，还存在以下问题："
    )
    d.add_paragraph("（一）城区学位供给不足。大祥区、双清区初中大班额占比分别为6.2%和5.8%。")
    d.add_paragraph("（二）乡村教师结构性缺编。全市小学科学专任教师缺口达到417人，音体美教师兼课现象普遍。")
    d.add_paragraph("（三）校园周边环境整治不彻底。")
    d.add_paragraph("会议提出以下审议意见：")
    d.add_paragraph("（一）加大投入力度。优化财政支出结构，确保“两个只增不减”。")
    d.add_paragraph("（二）加强队伍建设。落实县管校聘，三年内补齐缺口。")
    d.add_paragraph("请市人民政府自收到本审议意见之日起三个月内，将研究处理情况书面报告市人大常委会。")
    d.add_paragraph("邵阳市人大常委会办公室")
    d.add_paragraph("2024年9月10日")
    return _save(d)


CONGRESS = Blind(
    "人大审议意见（手工编号）",
    None,
    _congress,
    date(2024, 9, 10),
    (
        F("城区学位供给不足。大祥区、双清区初中大班额占比分别为6.2%和5.8%。", ("（一）", "一", "1"), None, [], None),
        F(
            "乡村教师结构性缺编。全市小学科学专任教师缺口达到417人，音体美教师兼课现象普遍。",
            ("（二）", "二", "2"),
            None,
            [],
            None,
        ),
        F("校园周边环境整治不彻底。", ("（三）", "三", "3"), None, [], None),
    ),
    ("取得长足进步", "优化财政支出结构", "县管校聘", "研究处理情况书面报告"),
)

# -- 11: news of an inspection: everything in one sentence parted by semicolons ------------------------------------------------

NEWS = Blind(
    "省委巡视反馈（新闻稿）",
    """省委第五巡视组向武冈市反馈巡视情况
据省纪委监委网站消息：根据省委部署，近日，省委第五巡视组向武冈市委反馈了巡视情况。
反馈指出，党的二十大以来，武冈市委团结带领广大干部群众，推动经济社会发展取得新的成绩。巡视发现了一些问题，主要是：落实“三高四新”美好蓝图不够有力，产业园区亩均税收低于全省平均水平；防范化解债务风险意识不强，违规新增隐性债务；整治群众身边不正之风和腐败问题不够深入，农村集体“三资”管理混乱；基层组织建设薄弱，部分村“两委”班子长期不团结。同时，巡视组还收到反映一些领导干部的问题线索，已按有关规定转有关部门处理。
省委第五巡视组组长提出了三点整改意见：一是强化理论武装；二是扛牢管党治党责任；三是抓实巡视整改。
武冈市委书记作表态讲话。
""",
    None,
    date(2025, 1, 8),
    (
        F(
            "落实“三高四新”美好蓝图不够有力，产业园区亩均税收低于全省平均水平；防范化解债务风险意识不强，违规新增隐性债务；整治群众身边不正之风和腐败问题不够深入，农村集体“三资”管理混乱；基层组织建设薄弱，部分村“两委”班子长期不团结。",
            None,
            parts=(
                "落实“三高四新”美好蓝图不够有力，产业园区亩均税收低于全省平均水平",
                "防范化解债务风险意识不强，违规新增隐性债务",
                "整治群众身边不正之风和腐败问题不够深入，农村集体“三资”管理混乱",
                "基层组织建设薄弱，部分村“两委”班子长期不团结",
            ),
        ),
    ),
    ("强化理论武装", "作表态讲话", "取得新的成绩"),
)

# -- 12: bold lines as headings without numbers; 问题 原因 要求 within each --------------------------------------------------


def _supervision() -> bytes:
    d = Word()
    d.add_heading("市政府重点工作督查专报", 1)
    d.add_paragraph("（第6期）")
    d.add_paragraph("现将二季度民生实事督查发现的问题专报如下。")
    for head, problem, cause, demand in (
        (
            "养老服务设施改造项目",
            "存在问题：隆回县、洞口县6个乡镇敬老院适老化改造尚未开工。",
            "原因分析：项目前期工作滞后，县级配套资金未到位。",
            "工作要求：隆回县、洞口县政府于7月31日前全部开工，10月底前完工。",
        ),
        (
            "农村公路安防工程",
            "存在问题：新邵县完成率仅为31%，排名末位。",
            "原因分析：招投标环节反复流标。",
            "工作要求：新邵县交通运输局8月底前完成招标。",
        ),
    ):
        d.add_paragraph().add_run(head).bold = True
        for text in (problem, cause, demand):
            d.add_paragraph(text)
    d.add_paragraph("报：市委、市政府领导。")
    d.add_paragraph("发：各县市区人民政府。")
    return _save(d)


SUPERVISION = Blind(
    "督查专报（问题—原因—要求）",
    None,
    _supervision,
    date(2025, 7, 10),
    (
        F("隆回县、洞口县6个乡镇敬老院适老化改造尚未开工。", None),
        F("新邵县完成率仅为31%，排名末位。", None),
    ),
    ("报：市委", "发：各县市区", "专报如下"),
)

# -- 13: a letter with circled numbers under headings by hand, units in square brackets, a table of contacts below -----------


def _circled() -> bytes:
    d = Word()
    d.add_heading("关于交办耕地保护督察发现问题的函", 1)
    d.add_paragraph("洞口县人民政府：")
    d.add_paragraph("经卫星影像比对和实地核查，你县存在下列问题，现予交办：")
    d.add_paragraph("一、违法占用耕地方面")
    d.add_paragraph(
        "①高沙镇某建材厂占用基本农田3.6亩堆放砂石。【责任单位：高沙镇人民政府、县自然资源局】【完成时限：2024年6月30日】"
    )
    d.add_paragraph("②山门镇新建农庄占用耕地1.1亩。【责任单位：山门镇人民政府】【完成时限：2024年5月底前】")
    d.add_paragraph("二、补充耕地方面")
    d.add_paragraph("③竹市镇补充耕地项目抛荒82亩，“以假充真”。【责任单位：县农业农村局】【完成时限：2024年年底前】")
    d.add_paragraph("请你县高度重视，逐项整改到位，并于2024年7月5日前将整改情况报我局。")
    _table(d, [["联系人", "联系电话", "传真"], ["李四", "0739-5321111", "0739-5321112"]])
    d.add_paragraph("2024年4月15日")
    return _save(d)


CIRCLED = Blind(
    "耕地督察交办函（圈码、方括号）",
    None,
    _circled,
    date(2024, 4, 15),
    (
        F(
            "高沙镇某建材厂占用基本农田3.6亩堆放砂石。",
            ("一①", "一1", "①"),
            units=["高沙镇人民政府", "县自然资源局"],
            phrase="2024年6月30日",
            deadline="2024-06-30",
        ),
        F(
            "山门镇新建农庄占用耕地1.1亩。",
            ("一②", "一2", "②"),
            units=["山门镇人民政府"],
            phrase="2024年5月底前",
            deadline="2024-05-31",
        ),
        F(
            "竹市镇补充耕地项目抛荒82亩，“以假充真”。",
            ("二③", "二3", "③"),
            units=["县农业农村局"],
            phrase="2024年年底前",
            deadline="2024-12-31",
        ),
    ),
    ("高度重视", "联系电话", "0739-5321111"),
)

# -- 14: pasted out of a spreadsheet: tabs between the cells, a title above --------------------------------------------------

PASTED_TABLE = Blind(
    "检查问题（从表格粘贴）",
    "校园食品安全专项检查问题清单\n"
    "序号\t学校\t发现问题\t责任单位\t整改时限\n"
    "1\t邵阳县塘渡口镇中学\t食品留样不足125克，未标注时间\t邵阳县教育局\t2025年4月10日前\n"
    "2\t绥宁县民族中学\t后厨无防鼠设施\t绥宁县教育局、绥宁县市场监管局\t立行立改\n"
    "3\t武冈市红星小学\t从业人员健康证过期2人\t武冈市教育局\t4月底前\n"
    "检查人：王五、赵六\n",
    None,
    date(2025, 3, 28),
    (
        F(
            "食品留样不足125克，未标注时间",
            "1",
            units=["邵阳县教育局"],
            phrase="2025年4月10日前",
            deadline="2025-04-10",
        ),
        F("后厨无防鼠设施", "2", units=["绥宁县教育局", "绥宁县市场监管局"], phrase="立行立改"),
        F("从业人员健康证过期2人", "3", units=["武冈市教育局"], phrase="4月底前", deadline="2025-04-30"),
    ),
    ("检查人",),
)

# -- 15: a letter whose annexes hold the lists, numbers starting again in each -------------------------------------------------

ANNEXES = Blind(
    "联合检查通报（附件清单）",
    """关于2024年上半年小额信贷风险排查情况的通报

各县市区：
经排查，共发现问题4个（详见附件）。请各地于8月15日前完成整改并报送报告。
特此通报。

附件：1.双清区、大祥区问题清单
　　　2.邵东市问题清单

市乡村振兴局　人民银行邵阳市分行
2024年7月8日

附件1
双清区、大祥区问题清单
1.双清区火车站乡3笔贷款逾期超过90天，未启动风险补偿。（责任单位：双清区农业农村局）
2.大祥区罗市镇贷款用途台账缺失16户。（责任单位：大祥区农业农村局，罗市镇人民政府）

附件2
邵东市问题清单
1.邵东市牛马司镇“户贷企用”未清退2户10万元。（责任单位：邵东市农业农村局；整改时限：7月31日前）
2.邵东市团山镇贴息资金滞后一个季度。（责任单位：邵东市财政局；整改时限：立行立改）
""",
    None,
    date(2024, 7, 8),
    (
        F("双清区火车站乡3笔贷款逾期超过90天，未启动风险补偿。", None, None, ["双清区农业农村局"], None),
        F("大祥区罗市镇贷款用途台账缺失16户。", None, None, ["大祥区农业农村局", "罗市镇人民政府"], None),
        F("邵东市牛马司镇“户贷企用”未清退2户10万元。", None, None, ["邵东市农业农村局"], "7月31日前", "2024-07-31"),
        F("邵东市团山镇贴息资金滞后一个季度。", None, None, ["邵东市财政局"], "立行立改"),
    ),
    ("8月15日前完成整改并报送", "特此通报", "人民银行邵阳市分行"),
)

# -- 16: a rule for the rest of the text (first is the lead), four levels by hand, a wording over two paragraphs --------------


def _rule_for_the_rest() -> bytes:
    d = Word()
    d.add_heading("省委乡村振兴战略实绩考核反馈问题", 1)
    d.add_paragraph("（括号内为责任单位，排在第一位的为牵头单位，下同）")
    d.add_paragraph("一、守住不发生规模性返贫底线方面")
    d.add_paragraph("（一）监测帮扶不精准。")
    d.add_paragraph("1.风险排查不及时。")
    d.add_paragraph("（1）邵阳县长乐乡1户因灾受损超过30天未纳入监测。（县农业农村局、长乐乡人民政府，2025年3月底前）")
    d.add_paragraph("（2）隆回县荷香桥镇2户“一键申报”未受理。（荷香桥镇人民政府，立行立改）")
    d.add_paragraph("2.帮扶措施单一。抽查的40户监测户中，27户仅有发放慰问金一项措施。（县农业农村局，长期坚持）")
    d.add_paragraph("二、乡村建设方面")
    d.add_paragraph("（一）厕所问题整改不彻底。")
    d.add_paragraph("1.新宁县巡田乡问题户厕整改系统销号、实地未改。")
    d.add_paragraph("涉及19户，其中4户蹲便器仍未安装。（新宁县农业农村局、巡田乡人民政府，2025年6月30日前）")
    return _save(d)


RULE = Blind(
    "实绩考核反馈（下同规则、四级编号）",
    None,
    _rule_for_the_rest,
    date(2025, 2, 10),
    (
        F(
            "邵阳县长乐乡1户因灾受损超过30天未纳入监测。",
            "一（一）1（1）",
            ("县农业农村局"),
            (["县农业农村局", "长乐乡人民政府"], ["长乐乡人民政府"]),
            "2025年3月底前",
            "2025-03-31",
        ),
        F(
            "隆回县荷香桥镇2户“一键申报”未受理。",
            "一（一）1（2）",
            "荷香桥镇人民政府",
            (["荷香桥镇人民政府"], []),
            "立行立改",
        ),
        F(
            "帮扶措施单一。抽查的40户监测户中，27户仅有发放慰问金一项措施。",
            "一（一）2",
            "县农业农村局",
            (["县农业农村局"], []),
            "长期坚持",
        ),
        F(
            "新宁县巡田乡问题户厕整改系统销号、实地未改。涉及19户，其中4户蹲便器仍未安装。",
            "二（一）1",
            "新宁县农业农村局",
            (["新宁县农业农村局", "巡田乡人民政府"], ["巡田乡人民政府"]),
            "2025年6月30日前",
            "2025-06-30",
        ),
    ),
    ("下同", "排在第一位"),
)

DOCUMENTS = (
    INSPECTION,
    ENVIRONMENT,
    AUDIT,
    ASSESSMENT,
    PROPOSALS,
    SAFETY,
    EVALUATION,
    LETTERS,
    SCANNED,
    CONGRESS,
    NEWS,
    SUPERVISION,
    CIRCLED,
    PASTED_TABLE,
    ANNEXES,
    RULE,
)
