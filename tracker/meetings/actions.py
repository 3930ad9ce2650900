"""Use cases: prepare a meeting and write it up, decide something there, set the rule for talks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.base import journal
from tracker.base.access import N_, Actor, Conflict, Refused, keeps_rules
from tracker.base.db import db
from tracker.meetings.models import AgendaItem, Decision, Meeting, Participant
from tracker.meetings.queries import issues_named, keeps, talk_rule
from tracker.meetings.rules import TALK_RULE, MeetingKind, TalkRule, check_rule, lines_of
from tracker.settings.actions import put
from tracker.tasks.actions import ask
from tracker.tasks.models import Task
from tracker.tasks.queries import owner_meant
from tracker.tasks.rules import Asked, TaskKind

MOST_LINES = 200
_LONGEST_TOPIC = 300


@dataclass(frozen=True)
class Written:
    """A meeting as it is written down; agenda and participants one a line."""

    kind: MeetingKind
    held_on: date
    place: str
    region_id: int
    chair: str  # a name, with the unit where it is shared
    agenda: str
    participants: str
    minutes: str = ""


def save_meeting(
    meeting: Meeting | None, written: Written, actor: Actor, *, version: int | None = None, at: datetime | None = None
) -> Meeting:
    """Prepare a meeting, or write it up. Refused for a region whose meetings are not this person's to keep.

    A line of the agenda that begins with the number of an issue is about that issue.
    """
    if not keeps(actor, written.region_id) or (meeting is not None and not keeps(actor, meeting.region_id)):
        raise Refused(N_("这个地区的会议不由您筹备。"))
    if meeting is not None and version is not None and version != meeting.version:
        raise Conflict
    verb = "plan_meeting" if meeting is None else "change_meeting"
    meeting = meeting or Meeting(kind=written.kind, held_on=written.held_on, region_id=written.region_id)
    items, participants = _agenda(written.agenda, actor), _participants(written.participants)
    new_minutes = written.minutes.strip() if written.minutes.strip() != meeting.minutes else None
    meeting.kind, meeting.held_on, meeting.place = written.kind, written.held_on, written.place.strip()
    meeting.region_id, meeting.chair_id = written.region_id, _chair(written.chair)
    meeting.minutes = written.minutes.strip()
    db.session.add(meeting)
    meeting.items, meeting.participants = [], []
    db.session.flush()  # the old lines go before new ones take their places
    meeting.items, meeting.participants = items, participants
    db.session.flush()
    data = {
        "kind": meeting.kind.value,
        "held_on": meeting.held_on.isoformat(),
        "region": meeting.region_id,
        "issues": [item.issue_id for item in items if item.issue_id],
        "people": [one.person_id for one in participants if one.person_id],
        "units": [one.unit_id for one in participants if one.unit_id],
    }
    journal.record(verb, "meeting", meeting.id, **journal.by(actor), data=data, remark=new_minutes or None, at=at)
    return meeting


def decide(
    meeting: Meeting,
    text: str,
    owner: str,
    due: date,
    actor: Actor,
    *,
    today: date,
    number: str = "",
    at: datetime | None = None,
) -> Task:
    """What the meeting decided, as a task. ``owner``: the unit or person that owes it, as a form writes them;
    ``number``: of the issue it is about."""
    if not keeps(actor, meeting.region_id):
        raise Refused(N_("这个地区的会议不由您筹备。"))
    found = issues_named([number.strip()], actor) if number.strip() else {}
    if number.strip() and not found:
        raise Refused(N_("没有编号为“%(number)s”的问题，或者不在您的职责范围内。"), number=number.strip())
    issue_id = next((row.id for row in found.values()), None)
    asked = Asked(text, due, *owner_meant(owner))
    task = ask(TaskKind.DECISION, asked, actor, region_id=meeting.region_id, today=today, issue_id=issue_id, at=at)
    db.session.add(Decision(meeting_id=meeting.id, task_id=task.id))
    db.session.flush()
    return task


def set_talk_rule(rule: TalkRule, actor: Actor) -> None:
    """From when on people are proposed for a talk; the root office's to say."""
    if not keeps_rules(actor):
        raise Refused(N_("只有市级督查可以改约谈规则。"))
    check_rule(rule)
    before = talk_rule()
    put(TALK_RULE, rule.as_json())
    journal.record(
        "set_talk_rule", "meeting", 0, **journal.by(actor), data={"before": before.as_json(), "after": rule.as_json()}
    )


def record_pack(meeting: Meeting, actor: Actor) -> None:
    """Who took the pack, as the list's exports are recorded."""
    journal.record("export", "meeting", meeting.id, **journal.by(actor))


def _agenda(text: str, actor: Actor) -> list[AgendaItem]:
    lines = _bounded(lines_of(text))
    known = issues_named([line.split()[0] for line in lines], actor)
    items = []
    for position, line in enumerate(lines):
        first, _, rest = line.partition(" ")
        issue = known.get(first)
        topic = (rest.strip() or issue.title) if issue else line
        if len(topic) > _LONGEST_TOPIC:
            raise Refused(N_("议题第 %(line)s 行超过 300 个字，请写短一些。"), line=position + 1)
        items.append(AgendaItem(position=position, text=topic, issue_id=issue.id if issue else None))
    return items


def _participants(text: str) -> list[Participant]:
    found: list[Participant] = []
    seen: set[tuple[int | None, int | None]] = set()
    for line in _bounded(lines_of(text)):
        unit_id, person_id = one = owner_meant(line)
        if one not in seen:
            found.append(Participant(position=len(found), unit_id=unit_id, person_id=person_id))
            seen.add(one)
    return found


def _chair(words: str) -> int | None:
    if not words.strip():
        return None
    _unit_id, person_id = owner_meant(words)
    if person_id is None:
        raise Refused(N_("主持人要写一个人的姓名，不是单位。"))
    return person_id


def _bounded(lines: Sequence[str]) -> Sequence[str]:
    if len(lines) > MOST_LINES:
        raise Refused(N_("最多写 %(number)s 行。"), number=MOST_LINES)
    return lines
