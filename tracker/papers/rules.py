"""Kinds of papers, what each proposes to say, the fields a template may name, how papers are numbered. Pure.

A paper is always written in Chinese, whatever language its reader has chosen: what stands here and is no msgid is the
paper's own text. Fields are named in Chinese because offices write them into their own Word templates.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from tracker.base.access import N_, Refused
from tracker.issues.workflow import OPEN, State


class PaperKind(StrEnum):
    ASSIGNMENT = "assignment"
    REMINDER = "reminder"
    SUPERVISION = "supervision"
    BULLETIN = "bulletin"
    TALK = "talk"
    CLEARANCE = "clearance"


KIND_NAMES: dict[PaperKind, str] = {
    PaperKind.ASSIGNMENT: N_("交办单"),
    PaperKind.REMINDER: N_("催办函"),
    PaperKind.SUPERVISION: N_("督办单"),
    PaperKind.BULLETIN: N_("通报"),
    PaperKind.TALK: N_("约谈通知"),
    PaperKind.CLEARANCE: N_("销号审批表"),
}

#: What tells the kinds apart in a number: 邵阳整改办督〔2019〕3号.
_SIGNS: dict[PaperKind, str] = {
    PaperKind.ASSIGNMENT: "交",
    PaperKind.REMINDER: "催",
    PaperKind.SUPERVISION: "督",
    PaperKind.BULLETIN: "通",
    PaperKind.TALK: "约",
    PaperKind.CLEARANCE: "销",
}

#: Which paper a level of escalation proposes (DOMAIN §5); a person issues it, or does not.
PROPOSED: dict[int, PaperKind] = {3: PaperKind.SUPERVISION, 4: PaperKind.BULLETIN, 5: PaperKind.TALK}

#: The states an issue may be in to stand in a paper of this kind.
_STATES: dict[PaperKind, frozenset[State]] = {
    PaperKind.ASSIGNMENT: OPEN - {State.LISTED},
    PaperKind.REMINDER: OPEN - {State.LISTED},
    PaperKind.SUPERVISION: OPEN - {State.LISTED},
    PaperKind.BULLETIN: OPEN - {State.LISTED},
    PaperKind.TALK: OPEN - {State.LISTED},
    PaperKind.CLEARANCE: frozenset({State.CLEARED}),
}

MOST_ISSUES = 99  # in one paper
ANSWER_DAYS = 7  # within which an answer is asked, unless the issuer says otherwise


def symbol(code: str, kind: PaperKind, year: int, number: int | None) -> str:
    """发文字号, as it stands on the paper; without a number as a draft shows it."""
    return f"{code}{_SIGNS[kind]}〔{year}〕{number or '  '}号"


def code_prefixes(code: str) -> list[str]:
    """How every number of an office with this code begins."""
    return [f"{code}{sign}〔" for sign in _SIGNS.values()]


def in_words(day: date) -> str:
    """A date as papers write it (GB/T 9704): 2019年7月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def proposed_code(region: str, unit: str) -> str:
    """机关代字 for an office that has not chosen one: 邵阳市 and 市整改办 -> 邵阳整改办."""
    return _without_kind(region) + _own_name(region, unit)


def proposed_letterhead(region: str, unit: str) -> str:
    """发文机关标志 for an office that has not chosen one: 邵阳市 and 市整改办 -> 邵阳市整改办."""
    return region + _own_name(region, unit)


def _without_kind(region: str) -> str:
    return region[:-1] if len(region) > 2 and region[-1] in "省市县区旗镇乡村" else region


def _own_name(region: str, unit: str) -> str:
    bare = unit.removeprefix(region)
    return bare[1:] if bare is unit and len(bare) > 2 and bare[0] in "省市县区" else bare


# --- what a paper says ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """A paper as a person means to issue it. ``opening`` and ``closing`` are paragraphs, one a line."""

    kind: PaperKind
    issue_ids: tuple[int, ...]
    unit_ids: tuple[int, ...]
    title: str
    opening: str
    closing: str
    letterhead: str
    code: str
    signer: str
    reply_by: date | None = None
    copies: str = ""
    talk_time: str = ""
    talk_place: str = ""
    talk_people: str = ""
    application_id: int | None = None


#: Where a paper's words name the day of the answer, so that it stands in one place only: the form's field.
ANSWER = "〔答复期限〕"


@dataclass(frozen=True)
class Outline:
    """What a paper proposes to say before anybody has changed a word."""

    title: str
    opening: str
    closing: str


def outline(kind: PaperKind, titles: Sequence[str]) -> Outline:
    """The proposed words of a paper about issues of these titles."""
    found = _OUTLINES[kind]
    about = f"“{titles[0]}”" + (f"等{len(titles)}个问题" if len(titles) > 1 else "问题")
    if len(about) > _LONGEST_ABOUT:
        about = f"{len(titles)}个问题"
    words = {"about": about, "count": len(titles)}
    return Outline(*(part.format(**words) for part in (found.title, found.opening, found.closing)))


_LONGEST_ABOUT = 40  # characters of a subject that still makes a title

_OUTLINES: dict[PaperKind, Outline] = {
    PaperKind.ASSIGNMENT: Outline(
        "关于交办{about}的通知",
        "现将{count}个问题交你单位办理。请逐条签收，明确牵头领导、责任人和工作专班，一个问题制定一套整改方案，一抓到底。",
        "请收文后3个工作日内签收，10个工作日内报送整改方案。整改中报进展、传佐证，整改到位后按程序申请销号。",
    ),
    PaperKind.REMINDER: Outline(
        "关于催办{about}的函",
        "下列{count}个问题尚未整改到位，请抓紧办理。",
        "请于〔答复期限〕前报送办理进展；确因客观原因不能按期完成的，应在整改时限届满前申请延期。",
    ),
    PaperKind.SUPERVISION: Outline(
        "关于{about}的督办通知",
        "下列{count}个问题已超过整改时限，至今没有销号。现予督办，请牵头领导亲自过问，责任单位立即整改。",
        "请于〔答复期限〕前书面报告未按期完成的原因、下一步措施和完成时间。未销号前一直计逾期，逾期继续延长的将予通报。",
    ),
    PaperKind.BULLETIN: Outline(
        "关于{count}个逾期未销号问题的通报",
        "截至目前，下列{count}个问题逾期仍未销号，现予通报。",
        "被通报的单位要认真查找原因，压实责任，逐个整改到位，并于〔答复期限〕前报送整改情况。其他单位要引以为戒，举一反三。",
    ),
    PaperKind.TALK: Outline(
        "关于就{about}进行约谈的通知",
        "下列{count}个问题逾期较长、仍未销号，经研究，决定进行约谈。",
        "请被约谈人员按时参加，准备好问题整改情况、未完成原因和下一步措施的书面材料；因故不能参加的，请于〔答复期限〕前书面说明。",
    ),
    PaperKind.CLEARANCE: Outline("问题整改销号审批表", "", ""),
}


def check_draft(draft: Draft) -> None:
    """Refuse what no paper can go without."""
    if not draft.issue_ids:
        raise Refused(N_("还没有选问题，请先从待发文书或问题页面选定。"))
    if len(draft.issue_ids) > MOST_ISSUES:
        raise Refused(N_("一份文书最多列 %(most)s 个问题，现在有 %(count)s 个，请分几份签发。"), most=MOST_ISSUES,
                      count=len(draft.issue_ids))  # fmt: skip
    if not draft.unit_ids:
        raise Refused(N_("还没有主送单位，请至少选一个。"))
    if draft.reply_by is None and ANSWER in draft.opening + draft.closing:
        raise Refused(N_("正文里写了%(mark)s，请填写答复期限，或把这几个字改掉。"), mark=ANSWER)
    if draft.kind is PaperKind.TALK and not (draft.talk_time and draft.talk_place and draft.talk_people):
        raise Refused(N_("约谈通知要写明约谈时间、地点和对象。"))


def key_of_one(key: str, which: str) -> str:
    """The key of one of several papers that a form issues, so that sent twice each is issued once."""
    return sha256(f"{key}:{which}".encode()).hexdigest()[: len(key)]


def check_state(kind: PaperKind, number: str, state: State) -> None:
    """Refuse an issue that a paper of this kind cannot be about."""
    if state in _STATES[kind]:
        return
    if kind is PaperKind.CLEARANCE:
        raise Refused(N_("问题 %(number)s 还没有销号，各级审核通过后再签发销号审批表。"), number=number)
    if state is State.LISTED:
        raise Refused(N_("问题 %(number)s 还没有交办，请先交办再发文。"), number=number)
    raise Refused(N_("问题 %(number)s 已经办结，不能再发这种文书。"), number=number)


def may_hold(kind: PaperKind, state: State) -> bool:
    """Whether an issue in this state can stand in a paper of this kind."""
    return state in _STATES[kind]


def first_kind(state: State, level: int, assigned: bool) -> PaperKind:
    """The paper an issue most likely asks for. ``level``: its highest level of escalation, 0 for none; ``assigned``:
    whether it was handed out on paper already."""
    if state is State.CLEARED:
        return PaperKind.CLEARANCE
    if level in PROPOSED:
        return PROPOSED[level]
    return PaperKind.REMINDER if assigned or level else PaperKind.ASSIGNMENT


# --- the fields of a template -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Many:
    """A list to go through with ``{%p for … %}``; ``item``: the fields of each, None where each is a paragraph."""

    meaning: str
    item: Mapping[str, str] | None = None
    one_name: str = "段"  # what the page that explains it calls one of them


@dataclass(frozen=True)
class One:
    """A group of fields: ``{{ 问题.标题 }}``."""

    meaning: str
    item: Mapping[str, str]
    one_name: None = None


Field = str | Many | One

_OF_ISSUE: dict[str, str] = {
    "序号": N_("第几个：一、二、三"),
    "数字序号": N_("第几个：1、2、3"),
    "编号": N_("问题编号"),
    "标题": N_("问题标题"),
    "原文": N_("反馈原文，没有时为标题"),
    "来源": N_("问题来源"),
    "类别": N_("问题类别"),
    "县市区": N_("所在县市区"),
    "地区": N_("所在县市区和乡镇、村"),
    "整改类型": N_("立行立改、限期整改或长期坚持"),
    "整改要求": N_("整改要求"),
    "整改时限": N_("整改时限，没有时限的写“长期坚持”"),
    "原时限": N_("延期前的时限，没有延期时为空"),
    "逾期天数": N_("到成文那天逾期几天，没有逾期时为空"),
    "现状": N_("问题现在走到哪一步"),
    "牵头领导": N_("牵头领导"),
    "牵头部门": N_("牵头部门"),
    "责任单位": N_("全部责任单位，主责在前"),
    "责任人": N_("责任人"),
}
_OF_EVERY: dict[str, Field] = {
    "发文机关标志": N_("红头上的机关名称"),
    "发文字号": N_("机关代字、年份和序号"),
    "标题": N_("文书标题"),
    "主送机关": N_("主送单位，用顿号隔开"),
    "正文开头": Many(N_("列问题以前的段落")),
    "正文结尾": Many(N_("列问题以后的段落")),
    "问题清单": Many(N_("文书所列的问题"), _OF_ISSUE, "问题"),
    "问题数": N_("共列几个问题"),
    "答复期限": N_("请在哪一天以前答复"),
    "发文机关署名": N_("落款的机关名称"),
    "成文日期": N_("签发那一天"),
    "抄送": N_("抄送单位，没有时为空"),
}
_OF_TALK: dict[str, Field] = {
    "约谈时间": N_("约谈时间"),
    "约谈地点": N_("约谈地点"),
    "约谈对象": N_("约谈对象"),
}
_OF_BULLETIN: dict[str, Field] = {"校验值": N_("办理记录的校验值：签发时全部办理记录的链条末环")}
_OF_CLEARANCE: dict[str, Field] = {
    "问题": One(N_("要销号的问题"), _OF_ISSUE),
    "申请单位": N_("申请单位"),
    "申请人": N_("申请人"),
    "申请日期": N_("申请日期"),
    "销号日期": N_("销号日期"),
    "标准清单": Many(
        N_("销号标准"),
        {"序号": N_("第几条"), "名称": N_("标准"), "说明": N_("申请单位的说明"), "佐证": N_("佐证材料和校验值")},
        "标准",
    ),
    "审核清单": Many(
        N_("各级审核"),
        {
            "名称": N_("哪一级"),
            "结论": N_("通过或退回"),
            "意见": N_("审核意见"),
            "现场": N_("现场核查情况，没有时为空"),
            "审核人": N_("审核人"),
            "日期": N_("审核日期"),
        },
        "审核",
    ),
}
_BESIDES: dict[PaperKind, dict[str, Field]] = {
    PaperKind.TALK: _OF_TALK,
    PaperKind.BULLETIN: _OF_BULLETIN,
    PaperKind.CLEARANCE: _OF_CLEARANCE,
}


def fields_of(kind: PaperKind) -> dict[str, Field]:
    """Everything a template of this kind may name, with what it stands for."""
    return _OF_EVERY | _BESIDES.get(kind, {})


def needed_fields(kind: PaperKind) -> tuple[str, ...]:
    """What a template must show, or the paper is none."""
    return ("发文字号", "标题", "成文日期", *(("校验值",) if kind is PaperKind.BULLETIN else ()))


def known_fields(kind: PaperKind) -> str:
    """The names a template may use, for a sentence: ``标题、问题清单（编号、标题）``."""
    return "、".join(name + _inside(field) for name, field in fields_of(kind).items())


def _inside(field: Field) -> str:
    return "" if isinstance(field, str) or not field.item else f"（{'、'.join(field.item)}）"


def sample(kind: PaperKind) -> dict[str, Any]:
    """Made-up values for every field, to try a template with; every text names its field."""
    found: dict[str, Any] = {}
    for name, field in fields_of(kind).items():
        if isinstance(field, str):
            found[name] = f"（{name}）"
        elif isinstance(field, One):
            found[name] = {inner: f"（{name}.{inner}）" for inner in field.item}
        elif field.item is None:
            found[name] = [f"（{name}第{place}段）" for place in (1, 2)]
        else:
            found[name] = [{inner: f"（{name}.{inner}{place}）" for inner in field.item} for place in (1, 2)]
    return found


# --- the register of papers -------------------------------------------------------------------------------------


class Show(StrEnum):
    """Which papers the register shows."""

    MINE = "mine"  # my unit has still to sign for
    UNSIGNED = "unsigned"
    WITHDRAWN = "withdrawn"


SHOW_NAMES: dict[Show, str] = {
    Show.MINE: N_("等我单位签收"),
    Show.UNSIGNED: N_("还有单位没签收"),
    Show.WITHDRAWN: N_("已撤回"),
}


@dataclass(frozen=True)
class Asked:
    """What the register is asked for; empty: everything."""

    kind: PaperKind | None = None
    show: Show | None = None
    year: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From an address; what is no filter of ours is left out."""
        kind, show, year = given.get("kind", ""), given.get("show", ""), given.get("year", "")
        return cls(
            kind=PaperKind(kind) if kind in set(PaperKind) else None,
            show=Show(show) if show in set(Show) else None,
            year=int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None,
        )

    def query(self, **changes: Any) -> dict[str, Any]:
        """The arguments of an address that asks for this, with these changes."""
        asked = replace(self, **changes)
        found = {
            "kind": asked.kind and asked.kind.value,
            "show": asked.show and asked.show.value,
            "year": asked.year,
        }
        return {name: value for name, value in found.items() if value is not None}


def listed_in(names: Collection[str]) -> str:
    """Names as a paper's line of addressees holds them."""
    return "、".join(dict.fromkeys(names))
