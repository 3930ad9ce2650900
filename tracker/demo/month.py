"""A month of the cycle around the stories: meetings and what they decided, instructions, a self-check, a talk, an
objection; some settled, some waiting for the visitor, some late."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.base.access import Actor
from tracker.base.clock import ZONE
from tracker.base.db import db
from tracker.deadlines import actions as deadlines
from tracker.demo import words
from tracker.demo.plot import STAGE_COUNTY
from tracker.demo.telling import Teller
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind, State
from tracker.ledgers.columns import By
from tracker.meetings import actions as meetings
from tracker.meetings.actions import Written
from tracker.meetings.models import Meeting
from tracker.meetings.rules import MeetingKind
from tracker.papers.actions import issue_paper
from tracker.papers.queries import talk_people
from tracker.papers.rules import PaperKind
from tracker.reconciliation.actions import list_finding
from tracker.reconciliation.queries import finding_with_id
from tracker.register.actions import save_template
from tracker.register.layouts import Layout, Placed
from tracker.tasks import actions as tasks
from tracker.tasks.models import SelfCheck, SelfCheckPart, Task
from tracker.tasks.rules import Asked, Look

Evening = tuple[date, Callable[[date], None]]


class Month:
    """What people did in the evenings of the last weeks, each through the use case that a person's button calls."""

    def __init__(self, teller: Teller, today: date) -> None:
        self.teller, self.today = teller, today
        cast = teller.cast
        self.city = len(cast.columns) - 1
        self.stage = next(number for number, place in enumerate(cast.columns) if place.name == STAGE_COUNTY)
        self.offices = [cast.units[place.code, f"{place.name}整改办"] for place in cast.columns[:-1]]
        self.decided: list[Task] = []
        self.instructed: list[Task] = []
        self.check: SelfCheck | None = None

    def evenings(self) -> list[Evening]:
        """By day, the earliest first."""
        days: Sequence[tuple[int, Callable[[date], None]]] = (
            (40, self._survey),
            (36, self._dispatch),
            (35, self._lay_out),
            (31, self._review),
            (29, self._talk),
            (24, self._ask_all_to_look),
            (21, self._instruct),
            (14, self._answer),
            (8, self._all_have_looked),
            (5, self._accept),
            (3, self._prepare_the_next),
            (1, self._object),
        )
        return [(self.today - timedelta(days=before), act) for before, act in days]

    # --- meetings -------------------------------------------------------------------------------------------------

    def _meet(self, kind: MeetingKind, held_on: date, at: datetime, agenda: Sequence[str]) -> Meeting:
        topics, minutes = words.MEETINGS[kind.value]
        leader = self.teller.cast.leaders[self.city][0]
        written = Written(
            kind=kind,
            held_on=held_on,
            place=words.MEETING_ROOM,
            region_id=self.teller.top,
            chair=f"{leader.name}（{leader.unit.name}）",
            agenda="\n".join([*topics, *agenda]),
            participants="\n".join(office.name for office in self.offices),
            minutes=minutes if held_on <= at.date() else "",
        )
        return meetings.save_meeting(None, written, self.teller.root_supervisor, at=at)

    def _survey(self, day: date) -> None:
        self._meet(MeetingKind.SURVEY, day, _evening(day), ())

    def _dispatch(self, day: date) -> None:
        """Last month's dispatch, about what was overdue longest; three things were decided."""
        held = self._meet(MeetingKind.DISPATCH, day, _evening(day), _lines(self._late(day)[:3]))
        asked = ((self.offices[self.stage], 14), (self.offices[0], 18), (self.offices[-1], 25))
        for text, (office, days) in zip(words.DECISIONS, asked, strict=True):
            by, due = self.teller.root_supervisor, day + timedelta(days=days)
            task = meetings.decide(held, text, office.name, due, by, today=day, at=_evening(day, 30))
            self.decided.append(task)

    def _lay_out(self, day: date) -> None:
        """The table the province wants each month, for all the counties too."""
        columns = tuple(Placed(*column) for column in words.MONTHLY_COLUMNS)
        save_template(
            None,
            Layout("", words.MONTHLY_TITLE, columns, By.COUNTY, own=True),
            self.teller.root_supervisor,
            shared=True,
            at=_evening(day),
        )

    def _review(self, day: date) -> None:
        self._meet(MeetingKind.REVIEW, day, _evening(day), ())

    def _talk(self, day: date) -> None:
        """With whoever leads what is overdue longest; called by a notice some days before."""
        late = self._late(day)[:1]
        self._meet(MeetingKind.TALK, day, _evening(day), _lines(late))
        if late:
            by, when = self.teller.root_supervisor, f"{day.month}月{day.day}日上午9时"
            where = {"talk_place": words.MEETING_ROOM, "talk_people": talk_people(late)}
            notice = self.teller.draft(PaperKind.TALK, late, by, day, talk_time=when, **where)
            issue_paper(notice, by, key="f" * 32, today=day, at=_evening(day, 5))

    def _prepare_the_next(self, day: date) -> None:
        """This month's survey was held; the dispatch is the day after tomorrow, its pack can be taken."""
        self._meet(MeetingKind.SURVEY, day, _evening(day), ())
        self._meet(MeetingKind.DISPATCH, self.today + timedelta(days=2), _evening(day, 20), _lines(self._late(day)[:5]))

    # --- instructions ---------------------------------------------------------------------------------------------

    def _instruct(self, day: date) -> None:
        """The city's leader wrote to a county's leader and to a bureau; the county's own to the bureau of its problem."""
        cast, late = self.teller.cast, self._late(day)
        county = cast.regions[cast.columns[self.stage].code]
        here = [issue for issue in late if issue.county_id == county]
        elsewhere = [issue for issue in late if issue.county_id != county and issue.lead_unit_id in cast.handlers]
        if len(here) < 2 or not elsewhere:
            return  # a smaller city has less to instruct about
        first, second = here[:2]
        city, own = cast.leaders[self.city][0], cast.leaders[self.stage][1]
        orders: tuple[tuple[Issue, User, Asked], ...] = (
            (first, city, Asked(words.INSTRUCTIONS[0], day + timedelta(days=10), None, first.lead_official_id)),
            (
                elsewhere[0],
                city,
                Asked(words.INSTRUCTIONS[1], day + timedelta(days=9), elsewhere[0].lead_unit_id, None),
            ),
            (second, own, Asked(words.INSTRUCTIONS[2], self.today + timedelta(days=3), second.lead_unit_id, None)),
        )
        for place, (issue, leader, asked) in enumerate(orders):
            self.instructed.append(tasks.instruct(issue, asked, leader, today=day, at=_evening(day, place)))

    # --- what is asked of many ------------------------------------------------------------------------------------

    def _ask_all_to_look(self, day: date) -> None:
        kind = self.teller.cast.categories[words.SELF_CHECK_CATEGORY]
        occasion = next((issue for issue in self._late(day) if issue.category_id == kind), None)
        self.check = tasks.ask_self_check(
            words.SELF_CHECK,
            day + timedelta(days=18),
            [office.id for office in self.offices],
            self.teller.root_supervisor,
            region_id=self.teller.top,
            today=day,
            issue=occasion,
            at=_evening(day),
        )

    def _all_have_looked(self, day: date) -> None:
        """All but one had; two found something."""
        assert self.check is not None  # asked weeks before
        owed = db.session.scalars(
            select(Task)
            .join(SelfCheckPart, SelfCheckPart.task_id == Task.id)
            .where(SelfCheckPart.self_check_id == self.check.id)
            .order_by(Task.id)
        ).all()
        found = [self.stage, 0]
        for column, task in enumerate(owed[:-1]):
            by = self.teller.cast.supervisors[column][0]
            problems = words.SELF_CHECK_FOUND[found.index(column)] if column in found else ()
            look = Look(words.LOOKED_BY.format(name=by.name), problems)
            tasks.answer(task, by, text=words.LOOKED_HOW, version=None, look=look, at=_evening(day, column))

    # --- answers, decisions ---------------------------------------------------------------------------------------

    def _answer(self, day: date) -> None:
        """Two of three decisions; the city leader's instructions, one late."""
        cast = self.teller.cast
        for task, column, text in zip(self.decided, (self.stage, 0), words.DECISIONS_DONE, strict=False):
            tasks.answer(task, cast.supervisors[column][0], text=text, version=None, at=_evening(day, column))
        for place, (task, text) in enumerate(zip(self.instructed[:2], words.INSTRUCTIONS_DONE, strict=False)):
            tasks.answer(task, self._who_owes(task, day), text=text, version=None, at=_evening(day, 30 + place))

    def _who_owes(self, task: Task, day: date) -> Actor:
        cast = self.teller.cast
        if task.person_id is not None:
            return cast.acting(db.session.get_one(User, task.person_id), day)
        return next(handler for unit, handler in cast.handlers.items() if unit == task.unit_id)

    def _accept(self, day: date) -> None:
        """One decision, one instruction, most of the self-check; what one county found is on the list."""
        by, city = self.teller.root_supervisor, self.teller.cast.leaders[self.city][0]
        tasks.accept(self.decided[0], by, opinion=words.ACCEPTED, version=None, at=_evening(day))
        if self.instructed:
            tasks.accept(self.instructed[0], city, opinion=words.SETTLED, version=None, at=_evening(day, 1))
        assert self.check is not None  # asked weeks before
        parts = db.session.scalars(
            select(SelfCheckPart).where(SelfCheckPart.self_check_id == self.check.id).order_by(SelfCheckPart.task_id)
        ).all()
        for column, part in enumerate(parts[:-1]):
            if column:  # what the first county found still waits for somebody to look at its answer
                tasks.accept(part.task, by, version=None, at=_evening(day, 2 + column))
        self._list_first(parts[self.stage], day)

    def _list_first(self, part: SelfCheckPart, day: date) -> None:
        cast, first = self.teller.cast, part.findings[0]
        assert first.finding_id is not None  # its answer was accepted
        list_finding(
            finding_with_id(first.finding_id, self.teller.root_supervisor),
            self.teller.root_supervisor,
            today=day,
            title=first.wording.rstrip("。"),
            wording=None,
            category_id=cast.categories[words.SELF_CHECK_CATEGORY],
            region_id=cast.regions[cast.columns[self.stage].code],
            kind=Kind.TIME_LIMITED,
            at=_evening(day, 40),
        )

    def _object(self, day: date) -> None:
        """A bureau of the county the visitor sees most of says why being overdue is not right; nobody has decided."""
        cast = self.teller.cast
        county = cast.regions[cast.columns[self.stage].code]
        for issue in self._late(day):
            unit = issue.first_unit
            handler = cast.handlers.get(unit.id) if unit and issue.county_id == county else None
            if handler is not None:
                deadlines.object_to(issue, handler, today=day, reason=words.OBJECTION, at=_evening(day))
                return

    def _late(self, day: date) -> Sequence[Issue]:
        """What was overdue longest that evening and is being worked on."""
        return db.session.scalars(
            select(Issue)
            .where(Issue.overdue_from <= day, Issue.chain_complete, ~Issue.has_children)
            .where(Issue.state.in_((State.PLANNING, State.RECTIFYING)))
            .order_by(Issue.overdue_from, Issue.id)
        ).all()


def _evening(day: date, minute: int = 0) -> datetime:
    return datetime.combine(day, time(19, minute), ZONE)


def _lines(issues: Sequence[Issue]) -> list[str]:
    return [f"{issue.number} {issue.title}" for issue in issues]
