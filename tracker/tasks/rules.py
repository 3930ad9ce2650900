"""What a task is, who may do what to it, when it is late. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.base.access import N_, Actor, Refused
from tracker.inspections.rules import LONGEST_WORDING, MOST_ENTRIES


class TaskKind(StrEnum):
    INSTRUCTION = "instruction"
    DECISION = "decision"
    SELF_CHECK = "self_check"


KIND_NAMES: dict[TaskKind, str] = {
    TaskKind.INSTRUCTION: N_("批示"),
    TaskKind.DECISION: N_("会议决定"),
    TaskKind.SELF_CHECK: N_("举一反三自查"),
}


class TaskState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


STATE_NAMES: dict[TaskState, str] = {
    TaskState.OPEN: N_("待落实"),
    TaskState.ANSWERED: N_("待验收"),
    TaskState.ACCEPTED: N_("已落实"),
    TaskState.WITHDRAWN: N_("已撤销"),
}

#: How long the form of an instruction, of a self-check, proposes to wait for the answer, in days.
INSTRUCTION_DAYS, SELF_CHECK_DAYS = 7, 14

#: States in which something is still asked of somebody.
PENDING = frozenset({TaskState.OPEN, TaskState.ANSWERED})


class Part(StrEnum):
    """Which tasks a list shows."""

    MINE = "mine"
    DECIDE = "decide"
    ASKED = "asked"
    LATE = "late"
    ALL = "all"


PART_NAMES: dict[Part, str] = {
    Part.MINE: N_("等我答复"),
    Part.DECIDE: N_("等我验收"),
    Part.ASKED: N_("我交办的"),
    Part.LATE: N_("逾期未落实"),
    Part.ALL: N_("全部"),
}


@dataclass(frozen=True)
class Asked:
    """A task as it is given out: what, to whom, until when."""

    text: str
    due: date
    unit_id: int | None
    person_id: int | None


def check_asked(asked: Asked, today: date) -> None:
    """Refuse a task that says nothing, names nobody or is due in the past."""
    if not asked.text.strip():
        raise Refused(N_("请写明要做什么。"))
    if asked.unit_id is None and asked.person_id is None:
        raise Refused(N_("请写明由哪个单位或哪个人落实。"))
    if asked.due < today:
        raise Refused(N_("完成时限不能早于今天。"))


@dataclass(frozen=True)
class Look:
    """What a self-check answers besides how it was looked: who looked, and every problem found."""

    by: str
    found: tuple[str, ...] = ()


def check_look(kind: TaskKind, look: Look | None) -> None:
    """Refuse a self-check's answer that does not say who looked, or holds what cannot become findings."""
    if kind is not TaskKind.SELF_CHECK:
        return
    if look is None or not look.by.strip():
        raise Refused(N_("请写明是谁去查的。"))
    if len(look.found) > MOST_ENTRIES:
        raise Refused(N_("一次最多填 %(most)s 个问题，请合并同类的。"), most=MOST_ENTRIES)
    too_long = next((place for place, words in enumerate(look.found, 1) if len(words) > LONGEST_WORDING), None)
    if too_long is not None:
        raise Refused(
            N_("查出的问题第 %(line)s 行超过 %(most)s 个字，请写短一些。"), line=too_long, most=LONGEST_WORDING
        )


def is_late(state: TaskState, due: date, today: date) -> bool:
    """Nobody answered in time. An answer that waits for a decision is not late: whoever decides has it."""
    return state is TaskState.OPEN and due < today


def owns(actor: Actor, unit_id: int | None, person_id: int | None) -> bool:
    """Whether the answer is this person's to give: they are named, or of the unit where nobody is."""
    if person_id is not None:
        return person_id == actor.duty_id
    return unit_id == actor.unit_id
