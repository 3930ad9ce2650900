"""The words of the made-up story: problems by category, and what people write while they work. Pure.

Everything here is invented; the shape follows public documents of the campaign of 2019. Fields in braces are filled by
``plot``: ``{place}`` a county, township or village, ``{n}`` a small number, ``{m}`` a larger one, ``{money}`` an amount
in 万元, ``{bureau}`` the unit that leads.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.inspections.rules import Source


@dataclass(frozen=True)
class Problem:
    """One kind of problem: its title, the bureau that leads, what is demanded, and what can be counted."""

    title: str
    bureau: str
    requirement: str
    counted: str | None = None  # the unit of quantity; the total is the title's {n}, or {m} if it has no {n}
    level: str = "village"  # how far down the place goes: village, town or county
    systemic: bool = False  # institutional: long-term
    quick: bool = False  # can be put right at once


#: key of a bureau -> its name behind the county's or the city's
BUREAUS: dict[str, str] = {
    "water": "水利局",
    "finance": "财政局",
    "poverty": "扶贫开发办公室",
    "health": "卫生健康局",
    "insurance": "医疗保障局",
    "civil": "民政局",
    "education": "教育局",
    "housing": "住房和城乡建设局",
    "reform": "发展和改革局",
    "land": "自然资源局",
    "money": "人民政府金融工作办公室",
    "labour": "人力资源和社会保障局",
    "farming": "农业农村局",
    "transport": "交通运输局",
    "petition": "信访局",
}

#: in the order of settings.rules.CATEGORIES
PROBLEMS: tuple[tuple[Problem, ...], ...] = (
    (
        Problem(
            "{place}{n}户建档立卡贫困户住房经鉴定为危房，尚未纳入危房改造计划",
            "housing",
            "逐户复核鉴定，全部纳入年度改造计划并完成改造，改造期间落实临时安置。",
            "户",
        ),
        Problem(
            "{place}{n}名贫困人口未参加城乡居民基本医疗保险",
            "insurance",
            "核清未参保原因，代缴资金到位，做到应保尽保。",
            "人",
            quick=True,
        ),
        Problem(
            "{place}{n}名义务教育阶段学生疑似辍学，劝返记录不全",
            "education",
            "一人一案劝返复学，确因身体原因不能到校的送教上门。",
            "人",
            "town",
        ),
        Problem(
            "{place}低保动态管理不及时，{n}户收入超标未退出",
            "civil",
            "逐户核查收入，应退尽退、应保尽保，结果在村内公示。",
            "户",
            "town",
        ),
        Problem(
            "{place}敬老院{n}名特困人员护理补贴未按月发放",
            "civil",
            "补发拖欠的护理补贴，改为按月打卡发放。",
            "人",
            "town",
            quick=True,
        ),
        Problem(
            "{place}残疾人“两项补贴”漏发{n}人",
            "civil",
            "补发到位，建立与残联按月比对的名册。",
            "人",
            "town",
            quick=True,
        ),
        Problem("{place}村民{n}户厕所改造后无法使用，化粪池渗漏", "farming", "逐户整修，验收合格后再兑付资金。", "户"),
        Problem(
            "{place}部门之间保障对象数据不共享，比对不及时",
            "civil",
            "建立民政、医保、教育、住建、扶贫部门按月比对制度。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}控辍保学责任没有压实到学校和乡镇，缺少联控机制",
            "education",
            "建立县、乡、校、村四级联控联保制度。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}集中安置点{n}户搬迁户旧房未拆除复垦",
            "reform",
            "签订拆旧协议，完成拆除复垦，兑现奖补。",
            "户",
            "town",
        ),
        Problem(
            "{place}集中安置点房屋渗漏{n}户未维修",
            "housing",
            "施工单位限期维修，逐户验收签字。",
            "户",
            "town",
            quick=True,
        ),
        Problem(
            "{place}集中安置点污水处理设施未建成，污水直排",
            "reform",
            "建成并投入运行，出水水质检测达标。",
            None,
            "town",
        ),
        Problem(
            "{place}{n}户搬迁户人均住房面积超过标准",
            "reform",
            "逐户核清面积，按规定整改到位，不增加搬迁户负担。",
            "户",
            "town",
        ),
        Problem(
            "{place}易地扶贫搬迁项目结余资金{money}万元未及时清理",
            "finance",
            "清理结余，按程序收回或统筹使用。",
            None,
            "county",
        ),
        Problem(
            "{place}安置点{n}户搬迁户家中无一人就业", "labour", "一户一策落实岗位，每户至少一人稳定就业。", "户", "town"
        ),
        Problem(
            "{place}安置点后续扶持和社区管理机制未建立",
            "reform",
            "明确管理机构、人员和经费，建立后续扶持工作机制。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}搬迁户户籍和社保转接办法不明确，群众两头跑",
            "reform",
            "出台户籍、社保转接办法，一个窗口办理。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem("{place}饮水工程完工一年未通水，涉及{n}户", "water", "查明原因，完成管网调试，做到户户通水。", "户"),
        Problem(
            "{place}集中供水工程水质检测不达标，消毒设备闲置",
            "water",
            "配齐消毒设备和药剂，连续两次检测达标。",
            None,
            "town",
        ),
        Problem("{place}供水管网漏损严重，{n}户水压不足", "water", "更换老旧管道，恢复正常供水。", "户"),
        Problem(
            "{place}蓄水池未加盖、无防护栏，存在饮水安全隐患",
            "water",
            "加盖上锁、设置防护，落实管护人员。",
            None,
            quick=True,
        ),
        Problem("{place}季节性缺水，旱季{n}户靠挑水度日", "water", "新增水源或连通管网，旱季供水保证率达标。", "户"),
        Problem(
            "{place}{n}处分散供水点未划定水源保护范围",
            "water",
            "划定保护范围，设立标志，定期巡查。",
            "处",
            "town",
            quick=True,
        ),
        Problem(
            "{place}水费收缴和管护经费没有着落，工程重建轻管",
            "water",
            "出台运行管护办法，明确水价、补贴和管护责任。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}农村供水水质监测没有形成制度，检测次数不足",
            "water",
            "建立月检、季检制度，结果向用水户公开。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem("{place}为村卫生室空白村，建设用地未落实", "health", "落实用地，建成村卫生室并开诊。", None),
        Problem(
            "{place}{n}个村卫生室药品配备不足80种",
            "health",
            "按目录配齐药品，建立按月补药台账。",
            "个",
            "town",
            quick=True,
        ),
        Problem(
            "{place}卫生室与村部共用一间，诊断、治疗、药房未分开",
            "health",
            "调整用房，做到诊断、治疗、药房三室分开。",
            None,
        ),
        Problem("{place}卫生室建成后无合格村医，长期关门", "health", "选派村医坐诊，公示服务时间和电话。", None),
        Problem(
            "{place}{n}名村医年龄超过六十岁，后备人员不足",
            "health",
            "通过定向培养和返聘配齐村医，做好交接。",
            "人",
            "town",
        ),
        Problem(
            "{place}家庭医生签约服务流于形式，{n}户慢病患者未随访",
            "health",
            "逐户补做随访，签约档案与本人核对。",
            "户",
            quick=True,
        ),
        Problem(
            "{place}村医待遇和养老保障政策未落实",
            "health",
            "出台村医补助和养老保障办法，经费纳入预算。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}乡村医生县管乡用机制未建立，人员流失无补充",
            "health",
            "建立县招、乡管、村用机制，明确编制和待遇。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}{n}户扶贫小额信贷户贷企用，未签订委托协议",
            "money",
            "清理户贷企用，整改到位或提前收回。",
            "户",
            "town",
            quick=True,
        ),
        Problem(
            "{place}{n}笔小额信贷逾期，逾期金额{money}万元",
            "money",
            "逐笔清收或依规展期，逾期率降到控制线以内。",
            "笔",
            "town",
        ),
        Problem(
            "{place}贷后管理缺失，{n}户贷款无产业支撑",
            "money",
            "逐户走访，指导发展产业，完善贷后档案。",
            "户",
            quick=True,
        ),
        Problem(
            "{place}小额信贷风险补偿金{money}万元未按比例到位", "money", "补足风险补偿金，专户管理。", None, "county"
        ),
        Problem(
            "{place}{n}户不符合条件的农户获得扶贫小额信贷",
            "money",
            "核清对象，违规贴息追回，责任人处理到位。",
            "户",
            "town",
        ),
        Problem(
            "{place}小额信贷风险分担机制不健全，银政保责任不清",
            "money",
            "修订办法，明确各方分担比例和代偿程序。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}小额信贷台账分散在多家银行，底数不清",
            "money",
            "建立统一台账，银行按月报送，部门按季核对。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}通组公路项目未按设计施工，路面厚度不足", "transport", "返工整改，重新验收，追回多付工程款。", None
        ),
        Problem(
            "{place}产业扶贫项目资金{money}万元滞留财政所超过一年",
            "finance",
            "加快拨付或统筹收回，资金不再滞留。",
            None,
            "town",
        ),
        Problem(
            "{place}项目未经招投标直接发包，涉及金额{money}万元",
            "finance",
            "核查发包程序，依规处理，完善项目档案。",
            None,
        ),
        Problem(
            "{place}{n}处扶贫资产未登记，权属不清", "poverty", "逐项确权登记，移交管护单位。", "处", "town", quick=True
        ),
        Problem(
            "{place}光伏电站收益{money}万元未分配到村集体", "poverty", "按规定分配收益，公示分配结果。", None, "town"
        ),
        Problem(
            "{place}合作社领取奖补后未按协议分红，涉及{n}户贫困户",
            "farming",
            "督促兑现分红，追缴不符合条件的奖补。",
            "户",
        ),
        Problem(
            "{place}{n}个项目完工后未及时验收结算",
            "finance",
            "限期验收结算，清理拖欠工程款。",
            "个",
            "town",
            quick=True,
        ),
        Problem(
            "{place}扶贫资金绩效评价制度未建立，验收后无人跟踪",
            "finance",
            "建立全过程绩效管理制度。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}扶贫资产后续管护责任不清，建成无人管",
            "poverty",
            "出台资产管护办法，逐项明确管护单位和经费。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}返贫预警不及时，{n}户脱贫户收入下降未发现",
            "poverty",
            "纳入监测名单，一户一策落实帮扶。",
            "户",
            "town",
        ),
        Problem(
            "{place}{n}户新识别贫困户未落实帮扶责任人",
            "poverty",
            "明确帮扶责任人，制定并落实帮扶计划。",
            "户",
            quick=True,
        ),
        Problem(
            "{place}扶贫车间停产，{n}名贫困劳动力失业", "labour", "协调复产或转岗就业，兑现就业补贴。", "人", "town"
        ),
        Problem(
            "{place}脱贫退出程序不规范，{n}户未经民主评议", "poverty", "补做评议公示，不符合条件的重新纳入。", "户"
        ),
        Problem("{place}{n}户因灾受损农户救助未跟进", "civil", "落实临时救助，恢复生产，纳入监测。", "户", quick=True),
        Problem(
            "{place}防止返贫监测预警机制未建立，部门数据比对不及时",
            "poverty",
            "建立按月比对、按季核查的监测预警机制。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}脱贫户产业帮扶缺少长期规划，补贴到期收入下滑",
            "farming",
            "编制产业帮扶规划，健全联农带农机制。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}群众反映低保评定优亲厚友，信访件逾期未答复", "petition", "重新评议，限期答复，公开办理结果。", None
        ),
        Problem(
            "{place}信访台账登记不全，{n}件来信无办理结果",
            "petition",
            "逐件补办，建立统一台账。",
            "件",
            "town",
            quick=True,
        ),
        Problem(
            "网上反映{place}扶贫产业大棚闲置",
            "farming",
            "查清闲置原因，恢复使用或调整用途，公开回应。",
            None,
            quick=True,
        ),
        Problem("{place}群众集中反映征地补偿款未发放，涉及{n}户", "land", "核清账目，足额发放，公示到户。", "户"),
        Problem("{place}群众反映村干部截留补贴{money}万元", "petition", "移交核查，追缴退还，结果反馈举报人。", None),
        Problem("{place}重复信访{n}件未化解", "petition", "领导包案，逐件化解，回访群众。", "件", "town"),
        Problem(
            "{place}扶贫领域信访事项联动处置机制不完善",
            "petition",
            "建立信访、纪检、扶贫部门联动处置机制。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}舆情收集回应没有固定渠道，处置靠临时安排",
            "petition",
            "明确舆情收集、研判、回应流程和责任单位。",
            None,
            "county",
            True,
        ),
    ),
    (
        Problem(
            "{place}群众对帮扶工作满意度偏低，抽查{m}户有{n}户不满意",
            "poverty",
            "逐户走访听取意见，逐条回应解决。",
            "户",
        ),
        Problem(
            "{place}结对帮扶走访流于形式，{n}户帮扶手册记录雷同",
            "poverty",
            "重新走访核对，手册如实填写。",
            "户",
            "town",
            quick=True,
        ),
        Problem("{place}驻村工作队在岗率低，群众不认识帮扶干部", "poverty", "落实在岗签到，开展入户见面。", None),
        Problem(
            "{place}惠民政策宣传不到位，{n}户不知晓享受的政策",
            "poverty",
            "入户讲清政策，逐户签收明白卡。",
            "户",
            quick=True,
        ),
        Problem("{place}村务公开栏长期不更新，群众意见大", "civil", "按月公开村务财务，设立意见箱。", None, quick=True),
        Problem(
            "{place}驻村帮扶考核结果未与评优挂钩",
            "poverty",
            "修订驻村帮扶管理办法，考核结果与评优挂钩。",
            None,
            "county",
            True,
        ),
        Problem(
            "{place}群众意见收集反馈没有闭环，同一意见反复提出",
            "poverty",
            "建立收集、交办、反馈、回访闭环制度。",
            None,
            "county",
            True,
        ),
    ),
)

#: category -> measures that fit any of its problems; a plan takes some, in order
MEASURES: tuple[tuple[str, ...], ...] = (
    (
        "逐户核查，建立问题户清单",
        "部门会审，确定保障方式",
        "落实保障政策和资金",
        "入户核对，本人签字确认",
        "同类问题全面排查",
    ),
    ("现场核查安置点，列出整改清单", "与搬迁户签订协议", "组织施工或拆除复垦", "组织验收并公示", "完善安置点管理制度"),
    (
        "现场查勘，确定技术方案",
        "采购管材和消毒设备",
        "组织施工，完成管网改造",
        "通水调试，水质送检",
        "落实管护员和管护经费",
    ),
    ("落实用地和用房", "完成建设或改造", "配齐药品和设备", "选配村医并培训", "开诊并公示服务时间"),
    (
        "逐笔核对贷款合同和用途",
        "分类制定清收和整改方案",
        "开展集中清收",
        "补签协议，完善档案",
        "完善风险补偿和贷后管理办法",
    ),
    (
        "核查项目和资金档案",
        "清理盘活资金",
        "完善项目程序，整改工程质量",
        "追缴违规资金，处理责任人",
        "修订资金项目管理办法",
    ),
    (
        "入户核查收入和“两不愁三保障”",
        "纳入监测，制定一户一策",
        "落实就业和产业帮扶",
        "落实兜底保障",
        "部门数据按月比对",
    ),
    ("核对信访件原文，约见反映人", "实地调查，形成调查报告", "依规处理，兑现政策", "书面答复并公开结果", "回访反映人"),
    ("开展入户走访，听取意见", "逐条梳理，限期答复", "规范帮扶手册和公示栏", "开展政策宣讲", "组织满意度回访"),
)

#: source -> (title of the hand-over with {year}, {place}; document number or None; how the source is named with a clause)
#: What came in last; the first findings repeat what is on the list, the last one is declined.
NEWEST_HAND_OVER = (Source.PROVINCIAL_INSPECTION, "省委专项巡视“回头看”反馈意见", "湘巡反馈〔{year}〕5号")
SAID_AGAIN = "巡视“回头看”发现：{wording}"
#: With what the document asks beside each: who leads, who does it, by when; ``{leader}`` and the days are the telling's.
NEWEST_FINDINGS = (
    "部分县扶贫项目资金拨付进度偏慢，有的项目完工半年仍未结算，影响资金使用效益。（牵头领导：{leader}；牵头单位：{city}财政局；"
    "责任单位：{city}财政局、{city}扶贫开发办公室；整改时限：{middle}前完成清理，{late}前全部结算）",
    "个别乡镇对脱贫户后续帮扶跟踪不够，动态监测数据更新不及时。（责任单位：{city}扶贫开发办公室；整改类型：立行立改）",
    "驻村工作队个别成员在岗时间不足。（责任单位：{city}扶贫开发办公室；整改时限：{late}前）",
)
NEWEST_DOCUMENT = "省委巡视反馈意见.docx"
#: The letter around the problems.
NEWEST_ABOVE = (
    "关于专项巡视“回头看”的反馈意见",
    "{number}",
    "{city}委：",
    "根据省委部署，省委巡视组对{city}开展了专项巡视“回头看”。现将有关情况反馈如下：",
    "一、总体评价",
    "整改工作推进有力，责任体系进一步健全，群众满意度有所提升。",
    "二、存在的主要问题",
)
NEWEST_BELOW = (
    "三、整改要求",
    "请高度重视反馈的问题，认真抓好整改，按时报送整改情况。",
    "省委巡视组",
    "{day}",
)
DECLINED_BECAUSE = "经核实，反映的两名队员系按规定轮换，手续齐全，接替人员当日到岗，不存在所述问题。"
HANDED_OVER: tuple[tuple[Source, str, str | None], ...] = (
    (Source.CENTRAL_INSPECTION, "中央脱贫攻坚专项巡视反馈意见（涉及{city}部分）", "巡视反馈〔{year}〕3号"),
    (Source.PROVINCIAL_ASSESSMENT, "{last}年度脱贫攻坚省级考核发现问题通报", "省考核办〔{year}〕11号"),
    (Source.PARTY_SURVEY, "民主党派省委脱贫攻坚民主监督调研反馈", "调研函〔{year}〕7号"),
    (Source.THIRD_PARTY_EVALUATION, "贫困县退出第三方评估问题清单", "评估〔{year}〕2号"),
    (Source.DISCIPLINE, "扶贫领域专项治理监督检查通报", "纪监通〔{year}〕9号"),
    (Source.AUDIT, "{last}年度扶贫资金审计报告", "审报〔{year}〕21号"),
    (Source.MEDIA, "媒体关注问题转办单", None),
    (Source.PUBLIC_REPORT, "群众举报扶贫领域问题线索移交清单", "信转〔{year}〕15号"),
    (Source.SELF_INSPECTION, "“八查八看”自查自纠问题清单", "整改办〔{year}〕4号"),
)

#: what is reported early, halfway and late; then the same where something is built
PROGRESS = (
    ("已召开专班会议，明确分工和完成时间。", "已入户核查，问题清单与村委会逐一核对。", "已制定工作台账，按周调度。"),
    (
        "已与相关部门会商，手续已报批。",
        "已完成过半，未完成的逐户逐笔定了日期。",
        "已对账核实，涉及的政策和资金正在兑现。",
    ),
    ("已完成大部分，剩余几户正在扫尾。", "已组织自查，发现的小问题当场改正。", "资料正在归档，准备自验。"),
)
SITE_PROGRESS = (
    ("已现场查勘，技术方案已确定。", "施工队伍已进场，材料陆续到位。", "已召开专班会议，明确分工和完成时间。"),
    ("现场施工正在推进，本周完成关键工序。", "因连日降雨进度放缓，已调整作业安排。", "主体已完成，正在安装设备。"),
    ("已完成大部分，剩余几处正在扫尾。", "正在调试，运行情况正常。", "已组织自验，发现的小问题当场改正。"),
)
#: bureaus whose problems are mended by building something
BUILDERS = frozenset({"water", "housing", "reform", "transport", "health"})
DONE_PROGRESS = ("整改措施全部完成，已组织自验，群众签字认可。", "全部整改到位，资料已归档，等待验收。")
DECLINE_REASONS = ("该项职责机构改革后已划出，建议转有关单位办理。", "问题地点不在本单位管辖范围，请重新核定。")
REMINDER = "逾期已满一个月，请三天内报进展，说明卡在哪里、什么时候能完成，附现场照片。"
REASSIGN_REASONS = ("机构职能调整，改由现责任单位承办。", "原责任单位人员变动，按领导意见改由专业部门承办。")
EXTENSION_REASONS = (
    "部分农户外出务工，需待返乡后逐户签字。",
    "涉及几个部门的数据要逐条比对，工作量比预计大。",
    "补发资金须走追加预算程序，下月才能到位。",
)
SITE_EXTENSION_REASONS = (
    "汛期降雨影响施工，关键工序需顺延。",
    "用地审批尚在公示期，开工时间推后。",
    "设备采购首次流标，需重新组织。",
)
GRANTED = "情况属实，同意延期，其间按周报进展。"
REFUSED = "理由不充分，仍按原时限完成。"
PLAN_RETURNED = "目标不够具体，请写明数量和验收标准后再报。"
PASSED = (
    "资料齐全，与现场情况一致，同意。",
    "抽查农户三户，均反映问题已解决，同意。",
    "整改措施落实，效果达到要求，同意销号。",
)
RETURNED = (
    "现场核查发现一处未完成，退回继续整改。",
    "佐证照片看不出整改后的情况，请补充后再报。",
    "举一反三排查只有汇总数，没有名单，退回补充。",
)
SITE_SEEN = "现场查看并走访农户，问题已经解决，与申请材料一致。"
LOOKED_BACK = "随机走访农户，现场查看，整改效果还在，群众知道找谁管。"
RELAPSED = "随机走访六户，四户正常，两户反映近一个月问题又出现，管护人员已经换人，制度没有执行。"
DISMISSALS = (
    ("与另一问题重复，合并办理。", "市整改办会议纪要第6号"),
    ("经核查反映的情况不属实，来源单位同意撤销。", "来源单位复函"),
    ("不属于扶贫领域，已移交主管部门办理。", "移交函及回执"),
)
#: of a plan that will come back for being vague
GOALS_RETURNED = "问题整改到位，同类问题不再发生。"
GOALS = "问题全面整改到位，同类问题不再发生；完成后经验收销号。"
#: in the order of clearance.rules.Standard
STANDARDS = (
    "方案中的整改措施已逐条落实，完成情况见所附材料。",
    "涉及的责任人已按规定处理，违规资金已追缴；未发现新的违规违纪问题。",
    "整改后经现场查看和入户核对，达到整改要求，群众认可。",
    "已在全辖区排查同类问题，发现的问题一并整改，名单附后。",
    "已建立日常管护和定期检查制度，明确了责任人和经费来源。",
)

SURNAMES = (
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("赵", "zhao"),
    ("黄", "huang"),
    ("周", "zhou"),
    ("吴", "wu"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("胡", "hu"),
    ("朱", "zhu"),
    ("高", "gao"),
    ("林", "lin"),
    ("何", "he"),
    ("郭", "guo"),
    ("马", "ma"),
    ("罗", "luo"),
    ("梁", "liang"),
    ("宋", "song"),
    ("郑", "zheng"),
    ("谢", "xie"),
    ("韩", "han"),
    ("唐", "tang"),
    ("冯", "feng"),
    ("于", "yu"),
    ("董", "dong"),
    ("萧", "xiao"),
    ("程", "cheng"),
    ("邓", "deng"),
    ("彭", "peng"),
    ("曾", "zeng"),
    ("肖", "xiao"),
    ("蒋", "jiang"),
    ("欧阳", "ouyang"),
    ("龙", "long"),
)
GIVEN_NAMES = (
    ("建国", "jianguo"),
    ("志强", "zhiqiang"),
    ("国平", "guoping"),
    ("建华", "jianhua"),
    ("志明", "zhiming"),
    ("明", "ming"),
    ("伟", "wei"),
    ("丽", "li"),
    ("秀英", "xiuying"),
    ("桂花", "guihua"),
    ("海燕", "haiyan"),
    ("晓东", "xiaodong"),
    ("立新", "lixin"),
    ("文军", "wenjun"),
    ("春华", "chunhua"),
    ("国庆", "guoqing"),
    ("永红", "yonghong"),
    ("向阳", "xiangyang"),
    ("思远", "siyuan"),
    ("佳慧", "jiahui"),
    ("雨晴", "yuqing"),
    ("志远", "zhiyuan"),
    ("新民", "xinmin"),
    ("爱民", "aimin"),
    ("大勇", "dayong"),
    ("金生", "jinsheng"),
    ("水根", "shuigen"),
    ("玉兰", "yulan"),
    ("美玲", "meiling"),
    ("松柏", "songbai"),
    ("子安", "zian"),
    ("颖", "ying"),
    ("敏", "min"),
)

#: What a supervisor says with a reminder.
URGED = "逾期已久，请本周内报进展；有实际困难的，写明原因和完成时间。"

# --- the month of the cycle ---------------------------------------------------------------------------------------

MEETING_ROOM = "市政府二楼会议室"

#: Kind of meeting -> topics, minutes.
MEETINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "survey": (
        ("到县、乡、村看饮水、住房和村卫生室整改现场", "与驻村工作队、村干部座谈"),
        "走访三个县、六个村。面上整改总体在推进；个别工程完工后没有通水，村卫生室有房无人，要在调度会上专题研究。",
    ),
    "dispatch": (
        ("通报本月销号、逾期和反弹情况", "逾期最久的问题逐个说原因、定时间"),
        "会议逐个研究了逾期问题。要求各县对照清单倒排工期，牵头领导到现场解决；定下来的事由市整改办跟踪，下次会议先报办理结果。",
    ),
    "review": (
        ("讲评各县市区整改质量", "点评销号材料中的共性问题"),
        "材料齐不等于整改好。下一步把回头看放在前面，销号前必须到现场看、入户问。",
    ),
    "talk": (
        ("约谈逾期较长问题的牵头领导和责任人",),
        "被约谈人说明了原因，承诺了完成时间；市整改办按承诺时间跟踪，到期没有完成的提请通报。",
    ),
}
DECISIONS = (
    "对未通水的饮水工程逐处拉单，明确通水日期，报市整改办。",
    "村卫生室有房无人的，两周内落实轮派村医。",
    "扶贫资金结余的项目逐个说明原因，提出盘活办法。",
)
DECISIONS_DONE = (
    "未通水的七处已全部拉单：五处已通水，两处待电力增容，月底前通水。",
    "四个村已从乡镇卫生院轮派村医，每周坐诊三天，公示牌已上墙。",
)
INSTRUCTIONS = (
    "请牵头领导到现场，把卡在哪里说清楚，十天内报解决办法。",
    "群众等不起。请查明逾期原因，先解决眼前困难，再报整改进度。",
    "这件事要盯住，三天一调度，办好了再回头看一次。",
)
INSTRUCTIONS_DONE = (
    "已到现场逐户核实。卡在部门之间职责不清，当场定了牵头单位和责任人，二十天内完成。",
    "逾期是因为牵涉单位多、责任没有落到人。已定专人包案，眼前最急的先解决了，其余按周推进。",
)
SETTLED = "同意。完成后拍照报我。"
ACCEPTED = "情况属实，予以验收。"
SELF_CHECK = "对照省里通报的问题举一反三：凡去年以来完工的饮水工程，逐处查是否通水、水量水质是否达标、有没有人管护。没有问题也要写明谁查的、怎么查的。"
SELF_CHECK_CATEGORY = 2  # drinking water, by its place among the categories
LOOKED_BY = "{name}带队，县水利局、疾控中心参加"
LOOKED_HOW = "逐处到现场，开龙头看水，查管护记录，每处入户三户；水样送县疾控中心检测。"
SELF_CHECK_FOUND = (
    ("坪上镇朝阳片集中供水点夏季缺水，十二户仍靠挑水。", "陈家坊镇供水站消毒设备停用两个月，没有人管护。"),
    ("城郊一处供水点水表损坏，水费无法收缴，管护经费没有着落。",),
)
OBJECTION = "整改已在时限前完成，只因结果按规定要公示十五天，公示期满才能验收，请按公示期满的日期计算。"
#: A table for the province: title; column, its head, the head above, its width (as ``register.layouts.Placed``).
MONTHLY_TITLE = "脱贫攻坚问题整改情况月报表"
MONTHLY_COLUMNS = (
    ("serial",),
    ("number",),
    ("county", "责任县（市、区）"),
    ("source",),
    ("category", "问题领域"),
    ("wording", "存在问题", "", 36),
    ("amount", "涉及金额（万元）"),
    ("lead_official", "牵头市（县）领导", "责任体系"),
    ("lead_unit", "牵头部门", "责任体系", 16),
    ("responsible_units", "", "责任体系", 20),
    ("requirement", "整改措施", "整改落实", 26),
    ("deadline", "完成时限", "整改落实"),
    ("progress", "整改成效", "整改落实", 34),
    ("state",),
    ("blank", "市级复核意见"),
)
