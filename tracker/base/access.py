"""Who may do what, as tables: roles, rights, and what a refusal is. Pure: no web, no database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "mark, translate later"
    """Mark a Chinese msgid for the catalogue; the edge (web, cli) translates it."""
    return msgid


class Refused(Exception):
    """A rule says no. ``msgid`` is whole Chinese sentences with ``%(name)s`` fields; ``params`` fill them."""

    def __init__(self, msgid: str, **params: Any) -> None:
        super().__init__(msgid % params if params else msgid)
        self.msgid = msgid
        self.params = params


class Missing(Refused):
    """The thing does not exist for this person (404): the same answer whether it is hidden or absent."""

    def __init__(self) -> None:
        super().__init__(N_("没有找到，或者不在您的职责范围内。"))


class Conflict(Refused):
    """Somebody else changed it first; nothing was written."""

    def __init__(self, msgid: str | None = None, **params: Any) -> None:
        super().__init__(
            msgid or N_("刚才有人更新了这一项，请先查看最新内容再提交；您填写的内容仍保留在页面上。"), **params
        )


class Role(StrEnum):
    OFFICIAL = "official"
    SUPERVISOR = "supervisor"
    LEADER = "leader"
    CHECKER = "checker"
    PETITION_CLERK = "petition_clerk"
    DISCIPLINE = "discipline"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"


ROLE_NAMES: dict[Role, str] = {
    Role.OFFICIAL: N_("承办"),
    Role.SUPERVISOR: N_("督查"),
    Role.LEADER: N_("领导"),
    Role.CHECKER: N_("排查员"),
    Role.PETITION_CLERK: N_("信访受理"),
    Role.DISCIPLINE: N_("纪检专员"),
    Role.AUDITOR: N_("审计管理员"),
    Role.SYSTEM_ADMIN: N_("系统管理员"),
    Role.SECURITY_ADMIN: N_("安全管理员"),
}

#: The three administrators: no account holds two of them, the last of a kind cannot be removed.
ADMINISTRATORS = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})
#: Roles that reach issues; only these give a scope.
READERS = frozenset({Role.OFFICIAL, Role.SUPERVISOR, Role.LEADER})


class Right(StrEnum):
    """``subject:act``. A route, a workflow row and a test all name the same right."""

    SELF = "self:manage"  # every signed-in person: own password, own session
    REGIONS = "regions:manage"
    UNITS = "units:manage"
    USERS = "users:manage"
    STAND_INS = "stand_ins:name"  # for other people of the region; one's own comes with SELF
    POSTS = "posts:manage"
    SETTINGS = "settings:manage"
    AUDIT = "audit:read"
    OUTLETS = "outlet:keep"
    OUTLET_OPEN = "outlet:open"
    DELIVERIES = "delivery:follow"
    ISSUE_READ = "issue:read"
    BOARD_READ = "board:read"
    LEDGER_IMPORT = "ledger:import"
    LEDGER_EXPORT = "ledger:export"
    FINDING_READ = "finding:read"
    FINDING_KEEP = "finding:keep"
    LIST = "issue:list"
    TAKE_OVER = "issue:take_over"
    BREAK_DOWN = "issue:break_down"
    ASSIGN = "issue:assign"
    ACCEPT = "issue:accept"
    DECLINE = "issue:decline"
    REASSIGN = "issue:reassign"
    REMIND = "issue:remind"
    CORRECT = "issue:correct"
    DISMISS = "issue:dismiss"
    PLAN_SUBMIT = "plan:submit"
    PLAN_DECIDE = "plan:decide"
    REPORT = "progress:report"
    PHOTO_PLACE = "evidence:place"
    EVIDENCE_ASK = "evidence:ask_withdrawal"
    EVIDENCE_WITHDRAW = "evidence:withdraw"
    EXTENSION_ASK = "extension:ask"
    EXTENSION_DECIDE = "extension:decide"
    OBJECTION_MAKE = "objection:make"
    OBJECTION_DECIDE = "objection:decide"
    CLEARANCE_REQUEST = "clearance:request"
    CLEARANCE_WITHDRAW = "clearance:withdraw"
    CLEARANCE_REVIEW = "clearance:review"
    LOOKBACK_READ = "lookback:read"
    RELAPSE = "lookback:relapse"
    PAPER_READ = "paper:read"
    PAPER_ISSUE = "paper:issue"
    PAPER_RECEIVE = "paper:receive"
    TASK_READ = "task:read"
    TASK_ANSWER = "task:answer"
    TASK_DECIDE = "task:decide"
    INSTRUCT = "task:instruct"
    SELF_CHECK = "self_check:ask"
    MEETING_READ = "meeting:read"
    MEETING_KEEP = "meeting:keep"


_O, _S, _L = Role.OFFICIAL, Role.SUPERVISOR, Role.LEADER

#: Right -> the roles that may press it at all. What they may press it *on* is the scope (issues/queries.visible_to).
RIGHTS: dict[Right, frozenset[Role]] = {
    Right.SELF: frozenset(Role),
    Right.REGIONS: frozenset({Role.SYSTEM_ADMIN}),
    Right.UNITS: frozenset({Role.SYSTEM_ADMIN}),
    Right.USERS: frozenset({Role.SYSTEM_ADMIN}),
    Right.STAND_INS: frozenset({_S}),
    Right.POSTS: frozenset({Role.SECURITY_ADMIN}),
    Right.SETTINGS: frozenset({_S}),
    Right.AUDIT: frozenset({Role.AUDITOR}),
    Right.OUTLETS: frozenset({Role.SYSTEM_ADMIN}),
    Right.OUTLET_OPEN: frozenset({_S}),
    Right.DELIVERIES: frozenset({Role.SYSTEM_ADMIN, _S}),
    Right.ISSUE_READ: READERS,
    Right.BOARD_READ: frozenset({_S, _L}),
    Right.LEDGER_IMPORT: frozenset({_S}),
    Right.LEDGER_EXPORT: READERS,
    Right.FINDING_READ: frozenset({_S, _L}),
    Right.FINDING_KEEP: frozenset({_S}),
    Right.LIST: frozenset({_S}),
    Right.TAKE_OVER: frozenset({_S}),
    Right.BREAK_DOWN: frozenset({_S}),
    Right.ASSIGN: frozenset({_S}),
    Right.ACCEPT: frozenset({_O}),
    Right.DECLINE: frozenset({_O}),
    Right.REASSIGN: frozenset({_S}),
    Right.REMIND: frozenset({_S}),
    Right.CORRECT: frozenset({_S}),
    Right.DISMISS: frozenset({_S}),
    Right.PLAN_SUBMIT: frozenset({_O}),
    Right.PLAN_DECIDE: frozenset({_L}),
    Right.REPORT: frozenset({_O}),
    Right.PHOTO_PLACE: frozenset({_S, _L}),
    Right.EVIDENCE_ASK: frozenset({_O, _S}),
    Right.EVIDENCE_WITHDRAW: frozenset({_S}),
    Right.EXTENSION_ASK: frozenset({_O}),
    Right.EXTENSION_DECIDE: frozenset({_S}),
    Right.OBJECTION_MAKE: frozenset({_O}),
    Right.OBJECTION_DECIDE: frozenset({_S}),
    Right.CLEARANCE_REQUEST: frozenset({_O}),
    Right.CLEARANCE_WITHDRAW: frozenset({_O}),
    Right.CLEARANCE_REVIEW: frozenset({_S, _L}),
    Right.LOOKBACK_READ: frozenset({_S, _L}),
    Right.RELAPSE: frozenset({_S}),
    Right.PAPER_READ: READERS,
    Right.PAPER_ISSUE: frozenset({_S}),
    Right.PAPER_RECEIVE: frozenset({_O, _S}),
    Right.TASK_READ: READERS,
    Right.TASK_ANSWER: READERS,
    Right.TASK_DECIDE: frozenset({_S, _L}),  # a leader: what they instructed themselves
    Right.INSTRUCT: frozenset({_L}),
    Right.SELF_CHECK: frozenset({_S}),
    Right.MEETING_READ: READERS,
    Right.MEETING_KEEP: frozenset({_S}),
}


@dataclass(frozen=True)
class Grant:
    """One post in force: a role over a region and all below it (块), optionally one category only (条)."""

    role: Role
    region_id: int
    at_root: bool
    category_id: int | None = None


class Actor(Protocol):
    """Whoever acts: a person, or a stand-in with the duties of somebody who is away.

    ``id``: whose hand it is, written down with every act. ``duty_id``: whose duties these are; ``grants`` and
    ``unit_id`` are that person's. ``for_id``: the person stood in for ("B for A"), None in one's own name.
    ``sides``: person and unit of everybody whose part counts where duties are kept apart, a stand-in's own too.
    """

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def duty_id(self) -> int: ...
    @property
    def for_id(self) -> int | None: ...
    @property
    def grants(self) -> tuple[Grant, ...]: ...
    @property
    def sides(self) -> tuple[tuple[int, int], ...]: ...


def may(actor: Actor, right: Right) -> bool:
    """Whether one of the actor's roles may press this at all (the first of the three questions)."""
    if right is Right.SELF:
        return True  # a person without a post yet must be able to change a one-time password and to sign out
    return any(grant.role in RIGHTS[right] for grant in actor.grants)


def keeps_rules(actor: Actor) -> bool:
    """Whether the person keeps the rules of business: a supervisor of the root, for all categories."""
    return any(
        grant.role in RIGHTS[Right.SETTINGS] and grant.at_root and grant.category_id is None for grant in actor.grants
    )


def covers(grant: Grant, line: Sequence[int], category_id: int) -> bool:
    """Whether a post reaches what lies in this category and in the region at the start of ``line`` (ids up to the root)."""
    return grant.region_id in line and grant.category_id in (None, category_id)


def holds(actor: Actor, role: Role) -> bool:
    return any(grant.role is role for grant in actor.grants)
