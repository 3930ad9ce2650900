"""What a dossier says and offers, as tables: which page a verb lives on, whose words stand in the timeline. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tracker.base.access import N_
from tracker.issues.workflow import VERB_NAMES, State, Verb

#: Events shown before "all" is asked for, and how many of them are printed.
EVENTS_SHOWN = 30
EVENTS_PRINTED = 8
EVIDENCE_SHOWN = 12

#: A printed dossier is one sheet. With more lines of running text than these it is set tight: every text is cut short.
MEASURES_PRINTED = 5
CHILDREN_PRINTED = 12
PAPER_WIDTH = 46  # characters a line
PAPER_LINES = 26


@dataclass(frozen=True)
class Page:
    """Where verbs are pressed: ``path`` below the issue's address; ``post``: a button, no page."""

    verbs: tuple[Verb, ...]
    path: str
    label: str
    post: bool = False


#: In the order of what comes next. A verb that stands in no row has no page yet and is never offered.
PAGES: tuple[Page, ...] = (
    Page((Verb.ASSIGN,), "assign", VERB_NAMES[Verb.ASSIGN]),
    Page((Verb.ACCEPT,), "accept", VERB_NAMES[Verb.ACCEPT], post=True),
    Page((Verb.APPROVE_PLAN, Verb.RETURN_PLAN), "plan/decide", N_("审批方案")),
    Page((Verb.GRANT_EXTENSION, Verb.REFUSE_EXTENSION), "extension/decide", N_("审批延期")),
    Page((Verb.UPHOLD_OBJECTION, Verb.REFUSE_OBJECTION), "objection/decide", N_("裁定异议")),
    Page((Verb.PASS, Verb.RETURN), "clearance/review", N_("审核销号申请")),
    Page((Verb.RELAPSE,), "look-back", N_("回头看")),
    Page((Verb.SUBMIT_PLAN,), "plan", VERB_NAMES[Verb.SUBMIT_PLAN]),
    Page((Verb.REQUEST_CLEARANCE,), "clearance", VERB_NAMES[Verb.REQUEST_CLEARANCE]),
    Page((Verb.REPORT,), "progress", VERB_NAMES[Verb.REPORT]),
    Page((Verb.REQUEST_EXTENSION,), "extension", VERB_NAMES[Verb.REQUEST_EXTENSION]),
    Page((Verb.OBJECT,), "objection", VERB_NAMES[Verb.OBJECT]),
    Page((Verb.WITHDRAW_CLEARANCE,), "clearance/withdraw", VERB_NAMES[Verb.WITHDRAW_CLEARANCE]),
    Page((Verb.BREAK_DOWN,), "break-down", VERB_NAMES[Verb.BREAK_DOWN]),
    Page((Verb.DECLINE,), "decline", VERB_NAMES[Verb.DECLINE]),
    Page((Verb.REMIND,), "remind", VERB_NAMES[Verb.REMIND]),
    Page((Verb.REASSIGN,), "reassign", VERB_NAMES[Verb.REASSIGN]),
    Page((Verb.CORRECT,), "correct", VERB_NAMES[Verb.CORRECT]),
    Page((Verb.DISMISS,), "dismiss", VERB_NAMES[Verb.DISMISS]),
)

#: Pages that may carry the one main button; the rest mend or undo.
NEXT_STEPS = frozenset(page.path for page in PAGES[:10])


@dataclass(frozen=True)
class Said:
    """A sentence for the page: a msgid and its fields."""

    msgid: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """A button: one of ``verbs`` may be pressed at ``path``, unless ``blocked`` says by what and by whom."""

    verbs: tuple[Verb, ...]
    label: str
    path: str
    post: bool = False
    main: bool = False
    blocked: Said | None = None

    @property
    def verb(self) -> Verb:
        return self.verbs[0]


#: Events on an issue that are no verb of the workflow.
OTHER_VERBS: dict[str, str] = {
    "overdue": N_("逾期"),
    "escalated": N_("逾期升级"),
    "delayed": N_("环节超时"),
    "review_due": N_("到检视日期"),
    "look_back": N_("回头看"),
    "look_back_due": N_("该回头看了"),
    "look_back_drawn": N_("抽到回头看"),
    "answer_standards": N_("补充销号说明"),
    "ask_site_check": N_("要求现场核查"),
    "ask_withdrawal": N_("提出撤下佐证"),
    "withdraw_evidence": N_("撤下佐证"),
    "keep_evidence": N_("佐证不撤下"),
    "paper_issued": N_("签发文书"),
    "self_check_asked": N_("据此开展举一反三自查"),
    "instructed": N_("批示"),
    "instruction_answered": N_("答复批示"),
    "instruction_settled": N_("办结批示"),
    "instruction_returned": N_("批示退回再办"),
    "instruction_withdrawn": N_("撤销批示"),
    "merge_finding": N_("并入反馈问题"),
    "reopen_finding": N_("移出反馈问题"),
}
ANY_OTHER_VERB = N_("其他记录")


def verb_words(verb: str) -> str:
    """The msgid of an event's verb."""
    return VERB_NAMES[Verb(verb)] if verb in set(Verb) else OTHER_VERBS.get(verb, ANY_OTHER_VERB)


#: Columns whose change the timeline shows, in this order, by their words; other columns only move along.
CHANGED: dict[str, str] = {
    "title": N_("标题"),
    "wording": N_("问题原文"),
    "category_id": N_("类别"),
    "region_id": N_("地区"),
    "kind": N_("整改类型"),
    "source": N_("问题来源"),
    "source_note": N_("来源说明"),
    "amount": N_("涉及金额（元）"),
    "amount_done": N_("已整改金额（元）"),
    "requirement": N_("整改要求"),
    "deadline": N_("整改时限"),
    "deadline_written": N_("台账原话"),
    "review_on": N_("下次检视日期"),
    "quantity_total": N_("量化指标总数"),
    "quantity_unit": N_("计量单位"),
    "quantity_done": N_("已完成数"),
    "lead_official_id": N_("牵头领导"),
    "lead_unit_id": N_("牵头部门"),
    "units": N_("责任单位"),
    "responsible_person_id": N_("责任人"),
    "task_force": N_("专班"),
    "members": N_("专班成员"),
}

#: What the state asks for next, and of whom (DOMAIN §3): shown as "whose turn it is".
NEXT_WORDS: dict[State, str] = {
    State.LISTED: N_("交办"),
    State.ASSIGNED: N_("签收"),
    State.PLANNING: N_("报方案"),
    State.RECTIFYING: N_("整改并报进展"),
    State.REVIEWING: N_("审核"),
}
