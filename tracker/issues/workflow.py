"""The workflow: one table. Buttons, refusals, the diagram in the docs and the generated tests all read it. Pure.

A row says which verb leads from which states to which state, by what right, by whom in relation to the
issue, and which facts must hold. What the issue itself cannot know (are the measures done, does the
application stand at its last level) is a named fact handed in by the use case; a missing fact refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tracker.base.access import N_, Refused, Right


class State(StrEnum):
    LISTED = "listed"
    ASSIGNED = "assigned"
    PLANNING = "planning"
    RECTIFYING = "rectifying"
    REVIEWING = "reviewing"
    CLEARED = "cleared"
    DISMISSED = "dismissed"


class Kind(StrEnum):
    IMMEDIATE = "immediate"
    TIME_LIMITED = "time_limited"
    LONG_TERM = "long_term"


class Verb(StrEnum):
    LIST = "list"
    TAKE_OVER = "take_over"
    BREAK_DOWN = "break_down"
    ASSIGN = "assign"
    ACCEPT = "accept"
    DECLINE = "decline"
    SUBMIT_PLAN = "submit_plan"
    APPROVE_PLAN = "approve_plan"
    RETURN_PLAN = "return_plan"
    REPORT = "report"
    REMIND = "remind"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    OBJECT = "object"
    UPHOLD_OBJECTION = "uphold_objection"
    REFUSE_OBJECTION = "refuse_objection"
    REASSIGN = "reassign"
    REQUEST_CLEARANCE = "request_clearance"
    WITHDRAW_CLEARANCE = "withdraw_clearance"
    PASS = "pass"
    RETURN = "return"
    RELAPSE = "relapse"
    CORRECT = "correct"
    DISMISS = "dismiss"


class Who(StrEnum):
    """What a person is to one issue; ``queries.relations`` computes them."""

    SUPERVISOR = "supervisor"  # holds a supervisor post covering the region and category
    ROOT_SUPERVISOR = "root_supervisor"  # … at the root
    HANDLER = "handler"  # own unit is lead or responsible, or named, or in the task force
    FIRST_HANDLER = "first_handler"  # handler in the first responsible unit (主责)
    LEAD_OFFICIAL = "lead_official"
    APPLICANT_UNIT = "applicant_unit"  # of the unit whose application is open
    REVIEWER = "reviewer"  # may decide the current level, separation of duties kept


class Fact(StrEnum):
    """What must hold; each has the sentence a person reads when it does not."""

    SOURCE_STATED = "source_stated"
    LEDGER_FILE = "ledger_file"
    FIRST_IMPORT = "first_import"
    DUTY_CHAIN = "duty_chain"
    REQUIREMENT = "requirement"
    DEADLINE_SET = "deadline_set"
    REASON = "reason"
    DOCUMENT = "document"
    GOALS = "goals"
    MEASURES_IN_TIME = "measures_in_time"
    TASK_FORCE = "task_force"
    PLAN_SUBMITTED = "plan_submitted"
    NO_PLAN_WAITING = "no_plan_waiting"
    TEXT = "text"
    HAS_DEADLINE = "has_deadline"
    ASKED_IN_TIME = "asked_in_time"
    LATER_DATE = "later_date"
    NO_EXTENSION_WAITING = "no_extension_waiting"
    EXTENSION_WAITING = "extension_waiting"
    MEASURES_DONE = "measures_done"
    CHILDREN_SETTLED = "children_settled"
    STANDARDS_ANSWERED = "standards_answered"
    EVIDENCE_GIVEN = "evidence_given"
    OPINION = "opinion"
    SITE_RECORD = "site_record"
    FAILED_LOOKBACK = "failed_lookback"
    COUNTIES = "counties"
    CHILD_DEADLINES = "child_deadlines"
    WORDS = "words"
    NOT_REMINDED_TODAY = "not_reminded_today"
    REACHABLE = "reachable"
    EPISODE_RUNS = "episode_runs"
    NO_OBJECTION_WAITING = "no_objection_waiting"
    OBJECTION_WAITING = "objection_waiting"
    NEW_TERM = "new_term"


FACT_REFUSALS: dict[Fact, str] = {
    Fact.SOURCE_STATED: N_("请写明问题来源，或选择一条反馈问题。"),
    Fact.LEDGER_FILE: N_("承接需要台账原件作为依据，请从台账导入。"),
    Fact.FIRST_IMPORT: N_("承接只能由台账首次导入完成。"),
    Fact.DUTY_CHAIN: N_("责任链不全：请督查部门先补齐牵头领导、牵头部门和责任单位（转办或更正）。"),
    Fact.REQUIREMENT: N_("请填写整改要求。"),
    Fact.DEADLINE_SET: N_("请填写整改时限；长期坚持类请填写下次检视日期。"),
    Fact.REASON: N_("请写明理由。"),
    Fact.DOCUMENT: N_("请写明依据文件。"),
    Fact.GOALS: N_("请填写整改目标。"),
    Fact.MEASURES_IN_TIME: N_("至少要有一条整改措施，且每条的完成日期不晚于整改时限。"),
    Fact.TASK_FORCE: N_("请写明专班。"),
    Fact.PLAN_SUBMITTED: N_("没有待批准的整改方案。"),
    Fact.NO_PLAN_WAITING: N_("整改方案已上报，正等待牵头领导批准。"),
    Fact.TEXT: N_("请写明做了什么。"),
    Fact.HAS_DEADLINE: N_("这个问题没有整改时限，不需要延期。"),
    Fact.ASKED_IN_TIME: N_("延期须在整改时限当日或之前提出；现在已经逾期。"),
    Fact.LATER_DATE: N_("新的时限要晚于现在的时限。"),
    Fact.NO_EXTENSION_WAITING: N_("已有一份延期申请在等待审批。"),
    Fact.EXTENSION_WAITING: N_("没有待审批的延期申请。"),
    Fact.MEASURES_DONE: N_("还有整改措施没有完成，请先逐条完成。"),
    Fact.CHILDREN_SETTLED: N_("分解到县市区的问题还没有全部销号。"),
    Fact.STANDARDS_ANSWERED: N_("五条销号标准要逐条说明。"),
    Fact.EVIDENCE_GIVEN: N_("前三条销号标准各需要至少一份佐证材料；反弹重开的，要有反弹以后的新材料。"),
    Fact.OPINION: N_("请填写审核意见。"),
    Fact.SITE_RECORD: N_("这一级审核要求现场核查，请填写核查记录（何时、何地、何人、看到什么）。"),
    Fact.FAILED_LOOKBACK: N_("只有回头看不合格才能反弹重开。"),
    Fact.COUNTIES: N_("请选择要分解到的县市区。"),
    Fact.CHILD_DEADLINES: N_("分解后的时限不能晚于上级问题的时限。"),
    Fact.WORDS: N_("请写明催办什么、什么时候要结果。"),
    Fact.NOT_REMINDED_TODAY: N_("今天已经催办过这个问题，同一天不重复催办。"),
    Fact.REACHABLE: N_("没有能登录的承办人，催办送不到；请先转办，或为承办人指定代理。"),
    Fact.EPISODE_RUNS: N_("现在没有逾期记录，不需要异议。"),
    Fact.NO_OBJECTION_WAITING: N_("这次逾期已有一份异议在等待裁定。"),
    Fact.OBJECTION_WAITING: N_("没有待裁定的异议。"),
    Fact.NEW_TERM: N_("异议成立要重新定时限，不能早于今天，否则这个问题就没人再催了。"),
}

STATE_NAMES: dict[State, str] = {
    State.LISTED: N_("已列单"),
    State.ASSIGNED: N_("已交办"),
    State.PLANNING: N_("制定方案"),
    State.RECTIFYING: N_("整改中"),
    State.REVIEWING: N_("销号审核"),
    State.CLEARED: N_("已销号"),
    State.DISMISSED: N_("不予列单"),
}

KIND_NAMES: dict[Kind, str] = {
    Kind.IMMEDIATE: N_("立行立改"),
    Kind.TIME_LIMITED: N_("限期整改"),
    Kind.LONG_TERM: N_("长期坚持"),
}

VERB_NAMES: dict[Verb, str] = {
    Verb.LIST: N_("列单"),
    Verb.TAKE_OVER: N_("承接"),
    Verb.BREAK_DOWN: N_("细化分解"),
    Verb.ASSIGN: N_("交办"),
    Verb.ACCEPT: N_("签收"),
    Verb.DECLINE: N_("退回交办"),
    Verb.SUBMIT_PLAN: N_("报方案"),
    Verb.APPROVE_PLAN: N_("批准方案"),
    Verb.RETURN_PLAN: N_("退回方案"),
    Verb.REPORT: N_("报进展"),
    Verb.REMIND: N_("催办"),
    Verb.REQUEST_EXTENSION: N_("申请延期"),
    Verb.GRANT_EXTENSION: N_("同意延期"),
    Verb.REFUSE_EXTENSION: N_("不同意延期"),
    Verb.OBJECT: N_("提出异议"),
    Verb.UPHOLD_OBJECTION: N_("异议成立"),
    Verb.REFUSE_OBJECTION: N_("异议不成立"),
    Verb.REASSIGN: N_("转办"),
    Verb.REQUEST_CLEARANCE: N_("申请销号"),
    Verb.WITHDRAW_CLEARANCE: N_("撤回申请"),
    Verb.PASS: N_("审核通过"),
    Verb.RETURN: N_("审核退回"),
    Verb.RELAPSE: N_("反弹"),
    Verb.CORRECT: N_("更正"),
    Verb.DISMISS: N_("不予列单"),
}

#: States in which the issue still has to be dealt with.
OPEN = frozenset({State.LISTED, State.ASSIGNED, State.PLANNING, State.RECTIFYING, State.REVIEWING})
#: States before an application or an end; the units are at work.
WORKING = frozenset({State.ASSIGNED, State.PLANNING, State.RECTIFYING})
UNDER_WAY = frozenset({State.LISTED}) | WORKING


@dataclass(frozen=True)
class Transition:
    """One row. ``to`` None: the state stays. ``kinds`` narrows the row; ``last_level`` splits pass in two."""

    verb: Verb
    states: frozenset[State] | None  # None: the issue does not exist yet
    to: State | None
    right: Right
    who: frozenset[Who]
    facts: tuple[Fact, ...] = ()
    kinds: frozenset[Kind] = frozenset(Kind)
    last_level: bool | None = None


def _only(*states: State) -> frozenset[State]:
    return frozenset(states)


_SUPERVISOR = frozenset({Who.SUPERVISOR})
_HANDLER = frozenset({Who.HANDLER})
_FIRST = frozenset({Who.FIRST_HANDLER})
_LEAD = frozenset({Who.LEAD_OFFICIAL})
_REVIEWER = frozenset({Who.REVIEWER})
_NOT_IMMEDIATE = frozenset({Kind.TIME_LIMITED, Kind.LONG_TERM})
_IMMEDIATE = frozenset({Kind.IMMEDIATE})

TABLE: tuple[Transition, ...] = (
    Transition(Verb.LIST, None, State.LISTED, Right.LIST, _SUPERVISOR, (Fact.SOURCE_STATED,)),
    Transition(Verb.TAKE_OVER, None, None, Right.TAKE_OVER, _SUPERVISOR, (Fact.LEDGER_FILE, Fact.FIRST_IMPORT)),
    Transition(Verb.BREAK_DOWN, UNDER_WAY, None, Right.BREAK_DOWN, _SUPERVISOR, (Fact.COUNTIES, Fact.CHILD_DEADLINES)),
    Transition(
        Verb.ASSIGN,
        _only(State.LISTED),
        State.ASSIGNED,
        Right.ASSIGN,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.REQUIREMENT, Fact.DEADLINE_SET),
    ),
    Transition(
        Verb.ACCEPT,
        _only(State.ASSIGNED),
        State.PLANNING,
        Right.ACCEPT,
        _FIRST,
        (Fact.DUTY_CHAIN,),
        kinds=_NOT_IMMEDIATE,
    ),
    Transition(
        Verb.ACCEPT, _only(State.ASSIGNED), State.RECTIFYING, Right.ACCEPT, _FIRST, (Fact.DUTY_CHAIN,), kinds=_IMMEDIATE
    ),
    Transition(
        Verb.DECLINE, _only(State.ASSIGNED), State.LISTED, Right.DECLINE, _FIRST, (Fact.DUTY_CHAIN, Fact.REASON)
    ),
    Transition(
        Verb.SUBMIT_PLAN,
        _only(State.PLANNING),
        None,
        Right.PLAN_SUBMIT,
        _HANDLER,
        (Fact.DUTY_CHAIN, Fact.NO_PLAN_WAITING, Fact.GOALS, Fact.MEASURES_IN_TIME, Fact.TASK_FORCE),
    ),
    Transition(
        Verb.APPROVE_PLAN,
        _only(State.PLANNING),
        State.RECTIFYING,
        Right.PLAN_DECIDE,
        _LEAD,
        (Fact.DUTY_CHAIN, Fact.PLAN_SUBMITTED),
    ),
    Transition(
        Verb.RETURN_PLAN,
        _only(State.PLANNING),
        None,
        Right.PLAN_DECIDE,
        _LEAD,
        (Fact.DUTY_CHAIN, Fact.PLAN_SUBMITTED, Fact.REASON),
    ),
    Transition(Verb.REPORT, WORKING, None, Right.REPORT, _HANDLER, (Fact.TEXT,)),
    Transition(
        Verb.REMIND,
        WORKING,
        None,
        Right.REMIND,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.WORDS, Fact.NOT_REMINDED_TODAY, Fact.REACHABLE),
    ),
    Transition(
        Verb.REQUEST_EXTENSION,
        WORKING,
        None,
        Right.EXTENSION_ASK,
        _HANDLER,
        (
            Fact.DUTY_CHAIN,
            Fact.HAS_DEADLINE,
            Fact.ASKED_IN_TIME,
            Fact.NO_EXTENSION_WAITING,
            Fact.REASON,
            Fact.LATER_DATE,
        ),
    ),
    Transition(
        Verb.GRANT_EXTENSION,
        OPEN,
        None,
        Right.EXTENSION_DECIDE,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.EXTENSION_WAITING, Fact.LATER_DATE),
    ),
    Transition(
        Verb.REFUSE_EXTENSION,
        OPEN,
        None,
        Right.EXTENSION_DECIDE,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.EXTENSION_WAITING, Fact.REASON),
    ),
    Transition(
        Verb.OBJECT,
        WORKING,
        None,
        Right.OBJECTION_MAKE,
        _HANDLER,
        (Fact.DUTY_CHAIN, Fact.EPISODE_RUNS, Fact.NO_OBJECTION_WAITING, Fact.REASON),
    ),
    Transition(
        Verb.UPHOLD_OBJECTION,
        OPEN,
        None,
        Right.OBJECTION_DECIDE,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.OBJECTION_WAITING, Fact.NEW_TERM, Fact.REASON),
    ),
    Transition(
        Verb.REFUSE_OBJECTION,
        OPEN,
        None,
        Right.OBJECTION_DECIDE,
        _SUPERVISOR,
        (Fact.DUTY_CHAIN, Fact.OBJECTION_WAITING, Fact.REASON),
    ),
    Transition(Verb.REASSIGN, WORKING, State.ASSIGNED, Right.REASSIGN, _SUPERVISOR, (Fact.DUTY_CHAIN, Fact.REASON)),
    Transition(
        Verb.REQUEST_CLEARANCE,
        _only(State.RECTIFYING),
        State.REVIEWING,
        Right.CLEARANCE_REQUEST,
        _FIRST,
        (Fact.DUTY_CHAIN, Fact.MEASURES_DONE, Fact.CHILDREN_SETTLED, Fact.STANDARDS_ANSWERED, Fact.EVIDENCE_GIVEN),
    ),
    Transition(
        Verb.WITHDRAW_CLEARANCE,
        _only(State.REVIEWING),
        State.RECTIFYING,
        Right.CLEARANCE_WITHDRAW,
        frozenset({Who.APPLICANT_UNIT}),
    ),
    Transition(
        Verb.PASS,
        _only(State.REVIEWING),
        None,
        Right.CLEARANCE_REVIEW,
        _REVIEWER,
        (Fact.DUTY_CHAIN, Fact.STANDARDS_ANSWERED, Fact.EVIDENCE_GIVEN, Fact.OPINION, Fact.SITE_RECORD),
        last_level=False,
    ),
    Transition(
        Verb.PASS,
        _only(State.REVIEWING),
        State.CLEARED,
        Right.CLEARANCE_REVIEW,
        _REVIEWER,
        (
            Fact.DUTY_CHAIN,
            Fact.STANDARDS_ANSWERED,
            Fact.EVIDENCE_GIVEN,
            Fact.OPINION,
            Fact.SITE_RECORD,
            Fact.MEASURES_DONE,
            Fact.CHILDREN_SETTLED,
        ),
        last_level=True,
    ),
    Transition(
        Verb.RETURN, _only(State.REVIEWING), State.RECTIFYING, Right.CLEARANCE_REVIEW, _REVIEWER, (Fact.OPINION,)
    ),
    Transition(
        Verb.RELAPSE,
        _only(State.CLEARED),
        State.RECTIFYING,
        Right.RELAPSE,
        _SUPERVISOR,
        (Fact.FAILED_LOOKBACK, Fact.DEADLINE_SET),
    ),
    Transition(Verb.CORRECT, UNDER_WAY | _only(State.CLEARED), None, Right.CORRECT, _SUPERVISOR, (Fact.REASON,)),
    Transition(
        Verb.DISMISS,
        UNDER_WAY,
        State.DISMISSED,
        Right.DISMISS,
        frozenset({Who.ROOT_SUPERVISOR}),
        (Fact.REASON, Fact.DOCUMENT),
    ),
)


def find(verb: Verb, state: State | None, kind: Kind, *, last_level: bool | None = None) -> Transition:
    """The row for this verb here. Raises Refused when the table has none."""
    for row in TABLE:
        if row.verb is verb and _from(row, state) and kind in row.kinds and row.last_level in (None, last_level):
            return row
    if state is None:
        raise Refused(N_("“%(verb)s”只对已列单的问题。"), verb=VERB_NAMES[verb])
    raise Refused(N_("问题现在是“%(state)s”，不能“%(verb)s”。"), state=STATE_NAMES[state], verb=VERB_NAMES[verb])


def _from(row: Transition, state: State | None) -> bool:
    return state is None if row.states is None else state in row.states


def require(row: Transition, facts: Mapping[Fact, bool]) -> None:
    """Refuse with the sentence of the first fact that does not hold; a fact nobody stated does not hold."""
    for fact in row.facts:
        if not facts.get(fact, False):
            raise Refused(FACT_REFUSALS[fact])


def pressable(state: State, kind: Kind, relations: frozenset[Who]) -> list[Verb]:
    """The verbs this person stands in the right relation for, in the table's order, facts not yet asked."""
    verbs = [row.verb for row in TABLE if _from(row, state) and kind in row.kinds and row.who & relations]
    return list(dict.fromkeys(verbs))


def diagram() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", "    direction LR"]
    lines += [f"    {state.value} : {STATE_NAMES[state]}" for state in State]
    for row in TABLE:
        origins = sorted(row.states) if row.states else ["[*]"]
        if row.to is not None:
            lines += [f"    {origin} --> {row.to.value} : {row.verb.value}" for origin in origins]
    return "\n".join(dict.fromkeys(lines))
