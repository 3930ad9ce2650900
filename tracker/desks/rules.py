"""What a desk says: which desks a person has, and the one next step of an official on an issue. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.base.access import N_, Grant, Role
from tracker.issues.workflow import VERB_NAMES, State, Verb


class Desk(StrEnum):
    OFFICIAL = "official"
    SUPERVISOR = "supervisor"
    LEADER = "leader"


DESK_NAMES: dict[Desk, str] = {Desk.OFFICIAL: N_("承办"), Desk.SUPERVISOR: N_("督查"), Desk.LEADER: N_("领导")}

_ROLES = {Role.SUPERVISOR: Desk.SUPERVISOR, Role.LEADER: Desk.LEADER, Role.OFFICIAL: Desk.OFFICIAL}


def desks_of(grants: Iterable[Grant]) -> list[Desk]:
    """The desks these posts call for."""
    roles = {grant.role for grant in grants}
    return [desk for role, desk in _ROLES.items() if role in roles]


@dataclass(frozen=True)
class Step:
    """One button in a row: a link to ``path`` below the issue's address, or a post there."""

    label: str
    path: str
    post: bool = False


SIGN = Step(VERB_NAMES[Verb.ACCEPT], "accept", post=True)
PLAN = Step(VERB_NAMES[Verb.SUBMIT_PLAN], "plan")
REPORT = Step(VERB_NAMES[Verb.REPORT], "progress")
APPLY = Step(VERB_NAMES[Verb.REQUEST_CLEARANCE], "clearance")


def next_step(state: State, *, first: bool, chain: bool, plan_waiting: bool, done: bool) -> Step | None:
    """What an official does next. ``first``: of the first responsible unit; ``chain``: the duty chain is complete;
    ``plan_waiting``: a plan waits for approval; ``done``: all that can be measured is done."""
    if state is State.ASSIGNED:
        return SIGN if first and chain else REPORT
    if state is State.PLANNING:
        return REPORT if plan_waiting or not chain else PLAN
    if state is State.RECTIFYING:
        return APPLY if first and chain and done else REPORT
    return None
