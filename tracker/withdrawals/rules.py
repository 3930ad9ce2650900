"""What may be withdrawn, and what is left of it. Pure."""

from __future__ import annotations

from pathlib import PurePath

from tracker.base.access import N_, Refused
from tracker.issues.workflow import State, Who

#: Who may say that a file must not be there: whoever works on the issue or supervises it.
ASKERS = frozenset({Who.HANDLER, Who.FIRST_HANDLER, Who.SUPERVISOR})


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(N_("请写明为什么不能留在系统里，例如“含贫困户身份证号”；不要把要撤下的内容写在这里。"))


def is_locked(state: State) -> bool:
    """While an application is under review, what the next level sees is what the last one saw (DOMAIN §3)."""
    return state is State.REVIEWING


def check_unlocked(state: State) -> None:
    if is_locked(state):
        raise Refused(N_("销号审核期间佐证材料锁定。请先退回或撤回销号申请，再撤下这份材料。"))


def masked(name: str) -> str:
    """What is left of a file's name, which may itself be what must not be there: its kind."""
    return f"***{PurePath(name).suffix[:8]}"
