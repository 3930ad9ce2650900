"""THE table of columns: which fields a ledger can have and the words offices use for them.

A header cell is first brought to one form (``plain_header``), then looked up among exact words, then among patterns.
A word that may mean two fields (完成时间: the deadline, or the day it was done) lists both; ``assign`` gives each field
to the column that says it best.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tracker.base.access import N_

Path = tuple[str, ...]  # header texts of one column, from top to bottom


class By(StrEnum):
    """What a ledger is divided by."""

    SOURCE = "source"
    CATEGORY = "category"
    COUNTY = "county"


@dataclass(frozen=True)
class Field:
    code: str
    label: str
    words: str  # exact words, best first
    pattern: str = ""  # whole-header pattern, weaker than any word
    joins: bool = False  # several columns may hold parts of it
    also: str = ""  # words that belong to another field first


@dataclass(frozen=True)
class Blank:
    """A column of a ledger to be filled in. ``field``: a code of ``FIELDS``, "" where nothing is read; ``above``: a further head."""

    field: str
    head: str
    width: int
    above: str = ""


FIELDS: tuple[Field, ...] = (
    Field(
        "serial", N_("序号"), "序号 序 项次 序次 行号 顺序号 问题序号 排序 No No. 编次 序列 序列号 总序号 次序 NO no"
    ),
    Field(
        "number",
        N_("问题编号"),
        "问题编号 问题编码 台账编号 清单编号 问题号 编号 编码 受理编号 交办编号 任务编号 整改编号 销号编号 案件编号 线索编号 问题代码 "
        "唯一编号 统一编号 事项编号 "
        "问题台账编号 总编号 督办编号 督办单号 交办单号 工单编号 工单号 案号 信访编号 信访件编号 线索编码 "
        "流水号 立案编号",
        r"(?:问题|台账|任务|清单|整改|交办|受理|事项|信访件).{0,4}(?:编号|编码|号码)",
    ),
    Field(
        "source",
        N_("问题来源"),
        "问题来源 来源 问题出处 出处 来源渠道 问题来源渠道 发现渠道 反馈来源 反馈单位 检查来源 问题线索来源 线索来源 检查类型 检查名称 "
        "反馈部门 指出单位 交办来源 问题提出单位 提出单位 检查单位 审计项目 发现方式 任务来源 来源类别 来源类型 问题发现来源 督查单位 巡视单位 "
        "来源单位 来源途径 问题来源单位 问题由来 反馈渠道 发现来源 发现单位 检查项目 检查批次 督查类型 "
        "督查来源 督导来源 考核来源 提出部门 交办单位 移送单位 移交单位 巡视巡察类别 检查组 检查主体 反馈主体 "
        "问题反馈单位 归档来源",
        r".{0,6}(?:问题|线索|任务|发现).{0,4}(?:来源|渠道|出处)",
    ),
    Field(
        "clause",
        N_("来源文件及条款"),
        "来源文件及条款 来源文件 文件及条款 条款 原文条款 反馈条款 文号 依据文件 反馈文件 来源文号 "
        "条款号 反馈意见条款 文件依据 问题依据 反馈文号 文件名称及文号 来源文件及文号",
    ),
    Field(
        "fed_back",
        N_("反馈时间"),
        "反馈时间 反馈日期 检查时间 检查日期 巡视时间 问题反馈时间 发现时间 发现日期 通报时间 通报日期 审计时间 "
        "反馈意见时间 检查反馈时间 督查时间 巡察时间 考核时间 问题发现时间 发现问题时间 提出时间 指出时间 "
        "曝光时间 举报时间 信访时间 来访时间",
    ),
    Field(
        "handed_over",
        N_("交办日期"),
        "交办日期 交办时间 转办日期 转办时间 移交时间 移交日期 下达时间 下达日期 派单时间 下发时间 受理时间 受理日期 交办时间日期 "
        "任务下达时间 列单时间 列单日期 登记时间 登记日期 "
        "派发日期 派发时间 派单日期 下发日期 分办时间 分办日期 分派时间 分派日期 转交时间 转交日期 "
        "任务下发时间 督办时间 督办日期 收文日期 收文时间 接收时间 接收日期 接办时间 发函时间 发函日期 "
        "交账时间 签收时间 签收日期 下单时间",
    ),
    Field(
        "title",
        N_("问题描述"),
        "问题描述 问题表述 原文表述 具体问题 存在问题 存在的问题 存在的突出问题 突出问题 问题内容 问题 反馈问题 反馈的问题 问题详情 "
        "问题具体内容 具体问题描述 问题具体表现 问题具体描述 问题情况 问题概况 问题概述 问题简述 问题摘要 问题表现 具体表现 主要问题 发现问题 "
        "发现的问题 检查发现问题 检查发现的问题 查出问题 查出的问题 审计查出的问题 审计查出问题 审计发现的问题 审计发现问题 巡视反馈问题 "
        "巡视反馈具体问题 考核反馈问题 问题清单 问题事项 问题及表现 问题描述及表现 问题名称 问题标题 整改事项 整改问题 整改任务 交办问题 "
        "交办事项 举报内容 信访内容 反映问题 反映的问题 反映的主要问题 信访事项 反馈意见 反馈内容 问题具体情况 隐患描述 事项 问题点 问题要点 "
        "短板问题 问题和不足 存在不足 描述 表述 问题原文 反馈问题原文 原文 "
        "问题情形 隐患情况 问题事实 违规事实 反映事项 诉求 诉求事项 "
        "问题点位 问题主要内容 存在主要问题 问题现状 问题线索内容 隐患内容 隐患问题 问题隐患 存在问题及隐患 "
        "反映内容 诉求内容 投诉内容 来电内容 问题说明 未落实事项 查摆问题 查摆出的问题 自查问题 自查发现问题 "
        "检视问题 通报问题 被通报问题 督办事项 督查事项 待办事项 清零问题 主要问题及表现 失分问题 扣分问题 "
        "扣分事项 短板弱项 薄弱环节 问题短板 事由 案由 主要内容 问题和困难 存在的困难和问题 未完成事项",
        # Whatever else a head calls problems or hazards, unless it speaks of something about them.
        r"(?!.*(?:单位|部门|责任|措施|时限|来源|类|数|率|说明|原因|成因|整改情况|是否|需要|需.{0,4}解决|协调|困难|过程|工作中|推进中|下一?步|部位|等级|级别|"
        r"性质|金额|资金|时间|日期|号$)).*(?:问题|隐患)(?:具体|主要)?(?:描述|内容|表述|情况|清单|事项|表现|名称|概述|简述|及表现|及.{0,4}事项)?|"
        r".*需整改.{0,4}问题(?:描述|内容|情况|清单)?|(?:信访|举报|投诉)(?:人)?(?:主要|具体)?诉求",
    ),
    # Beside a column of problems their 具体表现 is the detail; alone it is the problem.
    Field(
        "detail",
        N_("问题详情"),
        "问题详细描述 详细描述 详细情况 问题详细情况 问题补充说明 问题背景",
        joins=True,
        also="具体表现 问题表现 问题具体表现 具体问题 问题具体情况",
    ),
    Field(
        "category",
        N_("问题类别"),
        "问题类别 问题分类 类别 分类 问题类型 问题领域 所属类别 所属领域 领域 九类问题 清零类别 问题归类 所属类型 涉及领域 类型 "
        "归类 问题所属类别 问题种类 清零事项 专项 类别名称 "
        "问题大类 所属专项 所属板块 板块 清零类型 九大类 工作类别 整改领域 业务领域 涉及类别 归口 归口类别 "
        "问题门类 类目 问题属类",
        r".{0,4}问题.{0,4}(?:类别|分类|类型|领域|归类)",
    ),
    Field("nature", N_("问题性质"), "问题性质 性质 问题属性"),
    Field(
        "kind",
        N_("整改类型"),
        "整改类型 整改类别 整改方式 整改性质 整改分类 整改时限类型 整改要求类型 时限类型 整改种类 整改属性",
    ),
    Field(
        "county",
        N_("县市区"),
        "县市区 县区 区县 区(县) 县(市、区) 县(市区) 县 所在县市区 所在县 所在县区 所属县市区 所属县区 涉及县市区 涉及县区 责任县市区 整改县市区 "
        "行政区划 行政区域 所在地区 地区 区域 属地 所属地区 县级 县级单位 问题所在地 所属区域 所在区域 发生地 涉及地区 责任县区 被检查县市区 "
        "县名 县(市)区 区划 辖区 县市 责任地区 被检查地区 问题属地 "
        "所在地 市县区 市(县、区) 市县 区(市、县) 区市县 责任区县 属地县区 涉及区县 所在区县 被检查县 归属地 所属地 "
        "承办县区 落实县区 市州县 问题发生地 属地县市区 属地县 责任属地",
        r".{0,4}(?:县市区|县区|区县).{0,3}|(?:所属|所在|涉及|责任|整改|问题|被督查|被检查)(?:县|区|地|属地|县市|地区|市县)(?:名称|名)?",
    ),
    Field(
        "town",
        N_("乡镇"),
        "乡镇 乡镇街道 乡(镇) 乡镇(街道) 镇 所在乡镇 街道 镇(街道) 所属乡镇 乡镇名称 涉及乡镇 乡(镇、街道) 镇街 乡镇(街办) "
        "乡镇(街道、办事处) 乡镇场 乡镇(场) 涉及乡镇街道 乡镇(街道、场) 镇(乡) 乡镇名",
    ),
    Field(
        "village",
        N_("村"),
        "村 行政村 村(社区) 村(居) 所在村 村名 村居 村社区 涉及村 "
        "村组 村(社区、居) 涉及村社区 村(居、社区) 村居名称 村名称 社区",
    ),
    # A place as far down as its writer knew it; beside a column of counties 所在地 is this, alone it is the county.
    Field("place", N_("具体地点"), "具体地点 所在地点", also="所在地"),
    Field(
        "lead_official",
        N_("牵头领导"),
        "牵头领导 牵头市领导 牵头县领导 牵头市级领导 牵头县级领导 包案领导 包抓领导 领衔领导 挂牌领导 责任领导 责任市领导 责任县领导 "
        "市级责任领导 县级责任领导 市级领导 县级领导 牵头负责人 挂点领导 联系领导 督办领导 督导领导 分管领导 分管市领导 分管县领导 主管领导 "
        "牵头责任领导 牵头人 领导 责任领导姓名 整改牵头领导 县级牵头领导 市级牵头领导 领办领导 "
        "挂包领导 责任县级干部 责任县级领导 整改责任领导 第一责任领导 包保领导 包联领导 挂联领导 挂钩领导 联点领导 主抓领导 "
        "整改领导 督办市领导 督办县领导 督查领导 总牵头人 领导责任人 市领导 县领导 区领导 区级领导 牵头区领导 "
        "处级领导 县处级领导 包案人 包案责任人 领衔人 领衔市领导 领衔县领导 挂帅领导 负责领导 分管责任领导 "
        "主管市领导 主管县领导 牵头责任人",
        r".{0,4}(?:牵头|包案|责任|挂牌|领衔|联系|包联|挂点|联点|督办|分管).{0,4}领导",
    ),
    Field(
        "lead_official_post",
        N_("牵头领导职务"),
        "牵头领导职务 责任领导职务 领导职务",
        r".{0,8}(?:领导|包案人|牵头人|领衔人)职务",
    ),
    Field(
        "lead_unit",
        N_("牵头单位"),
        "牵头单位 牵头部门 牵头责任单位 整改牵头单位 整体牵头部门 市级牵头单位 市直牵头单位 县级牵头单位 主办单位 主责单位 主责部门 主管单位 "
        "主管部门 行业主管部门 督办单位 市直责任单位 市级责任单位 市直责任部门 牵头单位(部门) 牵头责任部门 业务主管部门 行业部门 市级牵头部门 "
        "县级牵头部门 牵头科室 督导单位 主办部门 "
        "牵头主体 牵头责任主体 牵头股室 行业牵头部门 行业牵头单位 行业主管单位 行业监管部门 督办部门 监管单位 "
        "监管部门 归口单位 归口部门 归口管理部门 总牵头单位 主责机关 主管局 业务科室",
        r".{0,4}牵头.{0,4}(?:单位|部门)",
    ),
    Field(
        "responsible_units",
        N_("责任单位"),
        "责任单位 责任部门 整改责任单位 责任主体 整改主体 整改单位 承办单位 落实单位 实施单位 责任科室 承办部门 整改部门 责任单位(部门) "
        "负责部门 负责单位 具体责任单位 县级责任单位 整改责任主体 整改责任部门 责任乡镇 单位 部门 被审计单位 属地责任单位 问题单位 所属单位 "
        "涉及单位 责任机构 整改落实单位 执行单位 "
        "承接单位 承担单位 整改实施单位 整改承办单位 问题责任单位 被督查单位 被检查单位 被考核单位 被巡察单位 "
        "受检单位 主体责任单位 办理单位 办理部门 处理单位 责任股室 责任村 承办 责任单位名称 整改责任单位名称 承办科室 "
        "任务单位",
        r"(?!.*(?:配合|协办|协助|协同|参与)).{0,6}(?:责任|整改|落实|承办|实施|经办).{0,4}(?:单位|部门|主体|股室|科室)",
        joins=True,
    ),
    Field(
        "assisting_units",
        N_("配合单位"),
        "配合单位 配合部门 协办单位 协助单位 参与单位 责任配合单位 协同单位 协办部门 协同部门 协作单位 配合责任单位 会办单位 "
        "协助部门 协作部门 参加单位 参与部门 共同责任单位 会同单位 协同责任单位",
        r".{0,4}(?:配合|协办|协助|协同|参与).{0,4}(?:单位|部门)",
        joins=True,
    ),
    Field(
        "responsible_person",
        N_("责任人"),
        "责任人 具体责任人 责任人员 直接责任人 整改责任人 经办人 承办人 单位责任人 责任人姓名 具体负责人 负责人 单位负责人 责任单位责任人 "
        "主责责任人 第一责任人 主要责任人 经办人员 具体经办人 责任工作人员 具体承办人 联系人 落实人 整改人 整改负责人 "
        "责任同志 具体负责同志 分管负责人 主要负责人 单位主要负责人 部门负责人 办理人 办理人员 主办人 联络员 "
        "工作联络员 落实责任人 包保责任人 责任干部 承办人员 具体联系人 责任人(签名) 整改工作责任人",
        r"(?!.*(?:督导|督办|督查|督察)).{0,6}(?:责任|负责|经办|承办)(?:人|人员|同志)",
    ),
    Field("responsible_person_post", N_("责任人职务"), "责任人职务 职务 责任人单位及职务"),
    Field(
        "phone",
        N_("联系电话"),
        "联系电话 电话 联系方式 手机 手机号 手机号码 责任人电话 联系人电话 联络电话 手机电话 办公电话 联系人及电话",
    ),
    Field(
        "task_force",
        N_("专班"),
        "专班 整改专班 工作专班 专班名称 牵头专班 责任专班 专项小组 专项工作组 工作组 整改小组 专班组长 "
        "整改工作专班 工作专班名称 责任小组 整改工作组 责任工作组",
    ),
    Field(
        "goal",
        N_("整改目标"),
        "整改目标 目标 整改目标任务 目标任务 整改标准 达到标准 销号标准 验收标准 目标要求 预期目标 "
        "整改目标要求 整改目标及要求 整改目标和要求 清零目标 完成目标 完成标准 销号条件 整改预期目标",
    ),
    Field(
        "requirement",
        N_("整改要求"),
        "整改要求 要求 工作要求 整改意见 整改建议 处理建议 处理意见 审计建议 工作建议 "
        "办理要求 整改要求及目标 整改要求和目标 整改工作要求 交办要求 交办意见 督办意见 督办要求 整改具体要求 拟办意见",
        r".{0,6}(?:处理|整改|审计|交办|督办|办理)(?:意见|建议|要求|决定)",
        joins=True,
    ),
    Field(
        "measures",
        N_("整改措施"),
        "整改措施 整改措施及要求 措施 整改内容 整改举措 具体措施 主要措施 具体整改措施 工作措施 整改方案 整改计划 推进措施 整改办法 "
        "整改目标及措施 整改目标和措施 整改措施及目标 整改措施和目标 整改具体措施 主要整改措施 整改思路 拟采取的措施 整改落实措施 任务分解 "
        "整改步骤 具体举措 解决措施 解决办法 采取措施 采取的措施 下步措施 下一步措施 下一步工作措施 "
        "下一步计划 下步计划 下一步工作打算 下步工作打算 下步工作 下一步打算 下步打算 下一步整改措施 应对措施 对策措施 落实举措 工作举措 整改路径",
        r".{0,4}整改.{0,4}(?:措施|举措|办法).{0,6}|.{0,4}(?:措施|举措)",
        joins=True,
    ),
    Field(
        "deadline",
        N_("整改时限"),
        "整改时限 整改期限 完成时限 整改完成时限 办理时限 办结时限 整改限期 完成期限 时限 期限 时限要求 整改时限要求 计划完成时间 "
        "拟完成时间 预计完成时间 要求完成时间 整改完成期限 限期 达标期限 整改截止时间 截止时间 截止日期 整改截止日期 到期时间 到期日期 "
        "办理期限 销号时限 拟销号时间 计划销号时间 预计销号时间 整改时间 整改日期 整改完成时间 完成时间 完成日期 时间节点 完成时间节点 时间要求 "
        "整改到位时间 计划整改时间 时限节点 时间进度安排 整改时间节点 整改到期日 结束时间 整改时间要求 计划完成日期 "
        "完成时点 完成节点 截止期限 拟整改到位时间 整改到位时限 整改到位期限 整改完成节点 要求整改时间 "
        "要求完成日期 限定时间 限时 限办时间 办结要求 要求办结时间 销号期限 计划验收时间 目标时限 "
        "目标完成时间 计划完成节点 预定完成时间 进度安排 进度要求 时间安排 整改进度安排 最后期限 最迟完成时间 "
        "应完成时间 应办结时间 回复时限 整改截止期 整改到位日期要求 时间期限 整改时段 序时要求 完成时间要求",
        r"(?!.*(?:实际|延期|延长|调整|变更|展期|措施)).*(?:时限|期限)(?:要求)?|.{0,4}完成的?(?:时间)?节点|(?!.*实际).{0,6}(?:计划|要求|预计|拟|应|限).{0,4}(?:完成|销号|办结|整改).{0,2}(?:时间|日期)",
    ),
    Field(
        "extended_to",
        N_("延期后时限"),
        "延期后时限 延期后整改时限 延期后期限 延期后整改期限 延期后完成时间 延期后完成时限 延期时限 延期至 延期到 延长至 延期时间 批准延期至 "
        "调整后时限 调整后整改时限 调整后完成时限 变更后时限 变更后整改时限 现整改时限 顺延至 展期至 展期时间",
        r"(?:延期|延长|调整|变更|展期)后?.{0,4}(?:时限|期限|完成时间|日期)",
    ),
    Field("deadline_written", N_("时限原文"), "时限原文 时限原话"),
    Field(
        "completed_on",
        N_("实际完成时间"),
        "实际完成时间 实际完成日期 实际整改完成时间 办结时间 办结日期 实际办结时间 整改到位日期 整改完成日期 "
        "实际办结日期 办理完成时间 实际整改时间 实际到位时间 实际完成时限",
        r"实际(?!.*销号).{0,6}(?:时间|日期)",
        also="完成时间 完成日期 整改完成时间 整改完成的时间",
    ),
    Field(
        "state",
        N_("整改状态"),
        "整改状态 状态 办理状态 问题状态 整改结果 整改进度 是否整改到位 是否完成整改 是否整改完成 是否完成 是否办结 完成状态 任务状态 "
        "当前状态 目前状态 整改状况 进度状态 整改进展状态 办理结果 落实状态 办结情况 是否整改 整改与否 进度 "
        "办结状态 是否按期完成 完成与否 是否到位 办理进度 落实进度 任务进度 整改程度 整改完成状态 进展状态 "
        "处理状态 清零状态 是否清零 是否已整改 是否落实 整改落实状态 整改阶段 状态标识 清零情况",
        r".{0,4}整改.{0,2}状态|.{0,4}是否.{0,4}(?:完成|整改|办结|到位|化解).{0,4}|完成进度",
    ),
    Field(
        "strike_off",
        N_("销号情况"),
        "销号情况 是否销号 销号状态 销号进展 销号与否 销号 销号进度 销号意见 销号结果 销号申请情况 验收销号情况 验收情况 验收结果 是否申请销号 是否已销号 "
        "销号验收情况 验收销号 是否验收 对账销号 审核销号情况 "
        "是否销账 销账情况 销案情况 是否销案 验收意见 是否验收通过 是否通过验收 是否核销 核销情况 "
        "核查销号情况 销号备案 是否准予销号 复核销号情况",
        r".{0,4}销号(?:情况|状态|结果)",
    ),
    Field(
        "struck_off_on",
        N_("销号时间"),
        "销号时间 销号日期 验收时间 验收日期 验收销号时间 实际销号时间 "
        "销案时间 销账时间 核销时间 批准销号时间 通过验收时间",
        r"(?!.*(?:计划|拟|预计|申请|应|要求|限)).{0,4}销号的?(?:时间|日期)",
    ),
    Field(
        "progress",
        N_("整改进展"),
        "整改进展 整改进展情况 进展情况 整改情况 完成情况 整改完成情况 落实情况 整改落实情况 整改情况说明 目前进展 进展 工作进展 整改成效 "
        "推进情况 办理情况 处理情况 已采取措施 整改结果说明 进度情况 目前整改情况 办理进展 当前进展 最新进展 整改进度情况 取得成效 完成情况说明 "
        "当前进展情况 最新进展情况 "
        "整改效果 阶段性成效 目前进展情况 工作进展情况 整改进展及成效 整改描述 答复意见 工作落实情况 "
        "工作推进情况 整改推进情况 整改工作进展 截至目前整改情况 最新整改情况 完成效果 整改实效 主要做法 "
        "主要做法及成效 工作成效 处置情况 本月进展 本周进展 本期进展 整改动态 采取措施及成效 整改措施及成效 "
        "整改进展和成效 整改落实进展",
        r".{0,6}(?:整改|工作|办理|落实|完成|化解|治理).{0,4}(?:进展|情况|成效)(?:说明)?|(?!.*销号).{0,8}进展(?:情况)?|处理结果",
        joins=True,
    ),
    Field(
        "amount_done",
        N_("已整改金额"),
        "已整改金额 整改到位金额 已整改到位金额 已完成整改金额 完成整改金额 已整改资金 已追回金额 已追缴金额 已收回金额 已归还金额 "
        "已上缴金额 已盘活金额 已落实金额",
        r"(?:已|完成)(?:整改|追回|追缴|收回|归还|上缴|盘活|落实|拨付).{0,4}(?:金额|资金额?)",
    ),
    Field(
        "amount",
        N_("涉及金额"),
        "涉及金额 金额 问题金额 资金 涉及资金 违规资金 资金额 涉案金额 违规金额 问题资金 涉及资金额 金额合计 资金金额 违纪违规金额 审计金额 "
        "资金规模 资金数额 涉及扶贫资金 问题资金额 资金数 涉及金额数",
        r"(?!.*(?:已|未|追|收回|上缴|退|归还|核减|整改|处置|结余|到位)).{0,8}(?:金额|资金额)",
    ),
    Field("quantity_unit", N_("量化单位"), "量化单位 计量单位 量化指标单位"),
    Field("quantity_total", N_("量化总数"), "量化总数 量化指标总数"),
    Field("quantity_done", N_("量化完成数"), "量化完成数 量化指标完成数"),
    Field(
        "quantity",
        N_("量化指标"),
        "量化指标 数量 涉及户数 涉及人数 涉及村数 总数 任务数 涉及户数人数 问题数量 问题个数",
    ),
    Field(
        "remark",
        N_("备注"),
        "备注 说明 备注说明 其他说明 备考 附注 其他 需要说明的事项 需说明的问题 备注(说明) "
        "备注说明事项 补充说明 情况备注 需要协调事项",
        joins=True,
    ),
)

#: Columns that we write for people and never read back: what is wrong with a row handed back.
EXPLAINED = N_("问题与改法")
_OWN = frozenset({EXPLAINED})
#: What a list of ours shows of an issue besides its fields (``register.sheet``): worked out, and no words about it.
VIEWS = frozenset(
    {
        *(
            "台账原编号",
            "问题标题",
            "列单日期",
            "原定时限",
            "延期次数",
            "距时限",
            "亮灯",
            "逾期天数",
            "督办级别",
            "督办文号",
        ),
        *("最近进展日期", "上期进展", "佐证材料数", "验收人", "反弹次数", "承接"),
    }
)

LABELS: Mapping[str, str] = {field.code: field.label for field in FIELDS}
_JOINS = frozenset(field.code for field in FIELDS if field.joins)

# Under a merged header these words mean nothing alone: 牵头领导 over 姓名 and 职务.
_PARTS: Mapping[str, str] = {
    "姓名": "",
    "名称": "",
    "单位": "单位",
    "部门": "单位",
    "单位名称": "单位",
    "职务": "职务",
    "内容": "",
    "描述": "",
    "情况": "",
    "时间": "",
    "日期": "",
    "电话": "电话",
    "联系电话": "电话",
    "联系方式": "电话",
    "名字": "",
    "姓名职务": "",
    "姓名及职务": "",
    "人员": "",
    "领导": "领导",
    "类别": "类别",
    "来源": "来源",
    "状态": "状态",
    "措施": "措施",
    "具体内容": "",
    "责任人": "",
    "完成时间": "",
    "万元": "",
    "元": "",
}
_WITH_PHONE = re.compile(r"[及和与]?(?:联系|办公)?(?:电话|方式|手机号?码?)$|[及和与]职务$")
_LEVEL = re.compile(r"[省市县区乡镇村]{1,2}级")
# A reviewer's columns are not the duty chain's.
_OTHERS = re.compile(r"验收(?:组|人|单位)|审核(?:组|人|单位)|核查|复核|督查组|抽查|填报|审批|回头看")
_PUNCTUATION = re.compile(r"[\s*:：。.·※☆★\"'“”、,，;；/\\|]+")


@lru_cache(maxsize=10_000)
def plain_header(text: str) -> str:
    """One width, no spaces, marks, leading numbers or remarks in brackets: ３.整改时限（年月日）* → 整改时限."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    whole = _PUNCTUATION.sub("", re.sub(r"^[(（]?\d{1,2}[)）.、]", "", text))
    if whole in _WORDS:
        return whole
    both = re.sub(r"\(([^()]*人员?)\)$", r"及\1", whole)  # 责任单位(责任人)
    if both != whole and any(pattern.fullmatch(both) for pattern, _ in _COMBINED):
        return both
    return _PUNCTUATION.sub("", re.sub(r"[(\[【][^()\[\]【】]*[)\]】]", "", whole)) or whole


_ALSO = 200


def _table_of_words() -> dict[str, list[tuple[int, str]]]:
    words: dict[str, list[tuple[int, str]]] = {}
    for field in FIELDS:
        ranked = [*enumerate(field.words.split()), *enumerate(field.also.split(), _ALSO)]
        for rank, word in ranked:
            bare = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", word))
            words.setdefault(bare, []).append((rank, field.code))
    return words


_WORDS = _table_of_words()
_PATTERNS = [(re.compile(field.pattern), field.code) for field in FIELDS if field.pattern]
_BY_PATTERN = 500  # weaker than any exact word
COMBINED = "responsible_units+responsible_person"  # 责任单位及责任人 in one cell
COMBINED_LEAD = "lead_unit+lead_official"
COMBINED_LEAD_PERSON = "lead_unit+responsible_person"  # 牵头单位及负责人: the unit's own, not the leader above it
#: What a column can be read as, in the order people choose from.
MEANINGS: Mapping[str, str] = {
    **LABELS,
    COMBINED: N_("责任单位及责任人"),
    COMBINED_LEAD: N_("牵头单位及领导"),
    COMBINED_LEAD_PERSON: N_("牵头单位及负责人"),
}
_COMBINED = (
    (
        re.compile(
            r"(?:整改|主责)?(?:责任|落实|承办|整改)(?:单位|部门|主体)(?:及|和|与)?(?:责任人|负责人|责任人员|经办人)|责任单位责任人"
        ),
        COMBINED,
    ),
    (
        re.compile(
            r"牵头(?:单位|部门)(?:及|和|与)?(?:牵头|责任|分管)?领导|"
            r".{0,4}(?:牵头|责任|包案)领导(?:及|和|与)(?:牵头|责任)?(?:单位|部门)|(?:牵头|责任)领导(?:牵头|责任)(?:单位|部门)"
        ),
        COMBINED_LEAD,
    ),
    (re.compile(r"牵头(?:责任)?(?:单位|部门)(?:及|和|与)?(?:负责人|责任人|责任人员|经办人)"), COMBINED_LEAD_PERSON),
)


@lru_cache(maxsize=10_000)
def choices(path: Path) -> tuple[tuple[int, str], ...]:
    """Fields this header may mean, each with its rank (0 is best)."""
    texts = [plain_header(text) for text in path if text.strip()]
    if not texts or any(_OTHERS.search(text) for text in texts):
        return ()
    leaf = texts[-1]
    above = texts[-2] if len(texts) > 1 else ""
    for word in _readings(leaf, above):
        if found := _choices_of(word):
            return found
    return ()


def _readings(leaf: str, above: str) -> list[str]:
    if above and leaf in _PARTS:
        if _LEVEL.fullmatch(above):
            return [above + leaf, leaf]  # 责任人 below 县级: no county
        stem = re.sub(r"(?:情况|名单|信息)$", "", above)
        part = _PARTS[leaf]
        if part == "职务":
            return [stem + "职务", "职务"]
        return [stem + part if not stem.endswith(part or "　") else stem, stem + leaf, stem, leaf]
    return [leaf, above + leaf] if above else [leaf]


def _choices_of(word: str) -> tuple[tuple[int, str], ...]:
    for pattern, code in _COMBINED:
        if pattern.fullmatch(word):
            return ((0, code),)
    if word in _WORDS:
        return tuple(sorted(_WORDS[word]))
    for pattern, code in _PATTERNS:
        if pattern.fullmatch(word):
            return ((_BY_PATTERN, code),)
    bare = _WITH_PHONE.sub("", word)  # 责任人及电话
    return _choices_of(bare) if bare and bare != word else ()


def field_of(path: Path) -> str | None:
    """The field a header means when no other column competes for it."""
    found = choices(path)
    return found[0][1] if found else None


def says_exactly(head: str, code: str) -> bool:
    """Whether the header is one of the field's own words, and not only like one."""
    return any(found == code for _, found in _WORDS.get(plain_header(head), ()))


@dataclass(frozen=True)
class Assignment:
    """``fields``: column → field. ``beaten``: column → the column that says the same and was taken instead.
    ``left_out``: columns a person does not want read, and our own remarks."""

    fields: Mapping[int, str]
    beaten: Mapping[int, int]
    left_out: frozenset[int] = frozenset()


def assign(paths: Mapping[int, Path], corrected: Mapping[str, str] | None = None) -> Assignment:
    """Give each field to the column that says it best; what a person corrected comes first.

    ``corrected`` maps a header as written (parts joined by /) to a field's code, or to "" for a column to leave out.
    """
    fields: dict[int, str] = {}
    given = corrected or {}
    for column, path in paths.items():
        if header_text(path) in given:
            fields[column] = given[header_text(path)]
        elif header_text(path) in _OWN:
            fields[column] = ""
    bids = sorted(
        (rank, order, column, code)
        for column, path in paths.items()
        if column not in fields
        for order, (rank, code) in enumerate(choices(path))
    )
    taken = {code: column for column, code in fields.items()}
    beaten: dict[int, int] = {}
    for _, _, column, code in bids:
        if column in fields:
            continue
        if code not in taken or code in _JOINS:
            fields[column] = code
            taken.setdefault(code, column)
            beaten.pop(column, None)
        else:
            beaten.setdefault(column, taken[code])
    left_out = frozenset(column for column, code in fields.items() if not code)
    return Assignment({column: code for column, code in fields.items() if code}, beaten, left_out)


#: Of these, what would be joined to the field it is like: 上期进展 to 整改进展.
JOINING_VIEWS: Mapping[str, str] = {
    view: "" for view in sorted(VIEWS) if {code for _, code in choices((view,))} & _JOINS
}


def header_text(path: Path) -> str:
    return "/".join(re.sub(r"\s+", " ", text).strip() for text in path if text.strip())


def known_headers(paths: Sequence[Path]) -> int:
    """How many different fields these headers name: what tells a header row from any other row."""
    return len({code for path in paths if (code := field_of(path))})
