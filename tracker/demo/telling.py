"""Tells the plot: every act goes through the use case that a person's button calls, on the day it happened."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import select

from tracker.accounts.models import User
from tracker.base.clock import ZONE
from tracker.base.db import db
from tracker.clearance import actions as clearance
from tracker.clearance.queries import eligible_reviewers, open_application
from tracker.clearance.rules import EVIDENCED, Answer, Site, Standard
from tracker.deadlines import actions as deadlines
from tracker.deadlines.queries import handlers_reached
from tracker.demo import words
from tracker.demo.cast import Cast
from tracker.demo.pictures import letter, photographs, records, shot
from tracker.demo.plot import DRINKING_WATER, STAGE_COUNTY, Act, Ending, Story
from tracker.feedback import actions as feedback
from tracker.inspections.actions import record_finding, record_inspection
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.workflow import State, Verb
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.queries import had_no_part
from tracker.lookbacks.rules import Result, Visit
from tracker.org.models import Unit
from tracker.org.queries import root
from tracker.papers.actions import issue_paper, receive_paper
from tracker.papers.queries import addressees, office_of, readers_of
from tracker.papers.rules import ANSWER_DAYS, Draft, PaperKind, outline
from tracker.plans import actions as plans
from tracker.progress import actions as progress
from tracker.reconciliation import actions as reconciliation
from tracker.workdays.rules import Calendar

_ON_PAPER = 2


@dataclass
class Upload:
    """What a file field hands over."""

    filename: str | None
    stream: BinaryIO


@dataclass(frozen=True)
class Duties:
    """Who plays which part in one story."""

    supervisor: User
    leader: User
    handler: User
    lead_unit: Unit
    units: tuple[Unit, ...]  # the first is 主责
    duty: Duty  # the same in ids: people and units are read again after every commit

    @classmethod
    def of(cls, supervisor: User, leader: User, handler: User, lead_unit: Unit, units: tuple[Unit, ...]) -> Duties:
        duty = Duty(
            lead_official_id=leader.id,
            lead_unit_id=lead_unit.id,
            unit_ids=tuple(unit.id for unit in units),
            responsible_person_id=handler.id,
            task_force=f"{lead_unit.name}整改专班",
        )
        return cls(supervisor, leader, handler, lead_unit, units, duty)


@dataclass
class Telling:
    """One story on its way."""

    story: Story
    duties: Duties
    issue: Issue | None = None
    measures: list[int] = field(default_factory=list)  # of the plan, in order
    ticked: int = 0
    evidence: list[int] = field(default_factory=list)


_Words = TypeVar("_Words")
HandedOver = dict[Source, list[tuple[str, str | None, date]]]


class Teller:
    """Performs acts; the same plot gives the same telling."""

    def __init__(self, cast: Cast, calendar: Calendar, inspections: HandedOver) -> None:
        self.cast, self.calendar, self.inspections = cast, calendar, inspections
        self.random, self.light = Random(1978), Random(1979)
        self.before, self.after = photographs(6, after=False), photographs(18, after=True)
        self.records = records(6)
        self.clauses: dict[str, int] = {}
        self.turn = 0
        top = root()
        assert top is not None  # settled before anybody is told of
        self.top = top.id  # whom inspections hand their findings to

    def begin(self, story: Story) -> Telling:
        return Telling(story, self._duties(story))

    def perform(self, telling: Telling, act: Act) -> None:
        """One act. Raises Refused where the plot asks for what the rules forbid."""
        _PERFORMANCES[act.verb](self, telling, act, act.instant)

    def hand_over_anew(self, day: date) -> None:
        """What came in last and is still being reconciled: one finding merged, one declined, the others left open, of
        which the first says what an issue on the list says already."""
        by, at = self.root_supervisor, datetime.combine(day, time(21, 30), ZONE)
        standing = db.session.scalars(
            select(Issue)
            .where(Issue.state == State.RECTIFYING, Issue.parent_id.is_(None), Issue.wording != "")
            .order_by(Issue.id.desc())
            .limit(2)
        ).all()
        source, title, number = words.NEWEST_HAND_OVER
        inspection = record_inspection(
            by,
            today=day,
            source=source,
            title=title.format(year=day.year),
            document_number=number.format(year=day.year),
            region_id=self.top,
            received_on=day,
            began_on=day - timedelta(days=40),
            ended_on=day - timedelta(days=12),
            letter=Upload("反馈意见.pdf", io.BytesIO(self.records[0])),
            at=at,
        )
        said = [words.SAID_AGAIN.format(wording=issue.wording) for issue in standing] + list(words.NEWEST_FINDINGS)
        found = self._sorted(inspection, said, number.format(year=day.year), by, at)
        if len(standing) > 1:
            reconciliation.merge(found[1], standing[1], by, today=day, reason="与清单上的是同一个问题。", at=at)
        reconciliation.decline(found[-1], by, today=day, reason=words.DECLINED_BECAUSE, at=at)

    def _sorted(
        self, inspection: Inspection, said: Sequence[str], number: str, by: User, at: datetime
    ) -> list[Finding]:
        """The findings out of the Word document they came in, sorted and confirmed; the original stands with them."""
        city = self.cast.columns[-1].name
        late = at.date() + timedelta(days=100)
        told = {
            "city": city, "number": number, "day": _in_words(at.date()), "leader": self.cast.leaders[len(self.cast.columns) - 1][0].name,
            "middle": _in_words(at.date() + timedelta(days=40)), "late": _in_words(late),
        }  # fmt: skip
        problems = [f"{place}.{text}" for place, text in enumerate(said, 1)]
        lines = [line.format(**told) for line in (*words.NEWEST_ABOVE, *problems, *words.NEWEST_BELOW)]
        data = letter(lines)
        read = feedback.read(data, received_on=at.date())
        draft = feedback.bring(inspection, by, read, io.BytesIO(data), words.NEWEST_DOCUMENT, at=at)
        return feedback.confirm(draft, by, seen=draft.version, at=at)

    def issue_papers(self, day: date) -> None:
        """Of what had been overdue longest, one issue whose people can be reached was urged, and the first were put
        under supervision on paper, a paper each; the first paper is signed for."""
        by, at = self.root_supervisor, datetime.combine(day, time(20, 40), ZONE)
        late = db.session.scalars(
            select(Issue)
            .where(Issue.overdue_from <= day - timedelta(days=7), Issue.chain_complete, ~Issue.has_children)
            .where(Issue.state.in_((State.PLANNING, State.RECTIFYING)))
            .order_by(Issue.overdue_from, Issue.id)
        ).all()
        reached = next((issue for issue in late if handlers_reached(issue, day)), None)
        if reached is not None:
            deadlines.remind(reached, by, today=day, words=words.URGED, at=at)
        for place, issue in enumerate(late[:_ON_PAPER]):
            paper = issue_paper(
                self.draft(PaperKind.SUPERVISION, [issue], by, day), by, key=f"{place:032x}", today=day, at=at
            )
            reader = db.session.scalars(readers_of([paper.addressees[0].unit_id])).first()
            if place == 0 and reader is not None:
                receive_paper(paper, db.session.get_one(User, reader), at=at + timedelta(hours=1))

    def draft(self, kind: PaperKind, issues: Sequence[Issue], by: User, day: date, **more: Any) -> Draft:
        """As the form proposes it; ``more``: what this kind says besides."""
        office, said = office_of(by.unit_id), outline(kind, [issue.title for issue in issues])
        units = addressees(kind, issues, by)
        return Draft(
            kind=kind,
            issue_ids=tuple(issue.id for issue in issues),
            unit_ids=tuple(unit for unit, (_name, chosen) in units.items() if chosen),
            title=said.title,
            opening=said.opening,
            closing=said.closing,
            letterhead=office.letterhead,
            code=office.code,
            signer=office.signer,
            reply_by=day + timedelta(days=ANSWER_DAYS),
            **more,
        )

    # --- who ---------------------------------------------------------------------------------------------------

    def _duties(self, story: Story) -> Duties:
        self.turn += 1
        turn, cast = self.turn, self.cast
        bureau = cast.bureau(story.county, story.problem.bureau)
        # drinking water in the story's county lies with those whom the visitor can be
        shown = story.category == DRINKING_WATER and cast.columns[story.county].name == STAGE_COUNTY
        # a ledger's row may name no responsible unit: then only the leading bureau reports
        bureau_first = shown or story.entered is not None or self.turn % 3 != 0
        units: tuple[Unit, ...] = (bureau,)
        if story.town is not None:
            government = cast.government(cast.town(story.county, story.town))
            units = (bureau, government) if bureau_first else (government, bureau)
        leaders = cast.leaders[story.county]
        if story.county == len(cast.columns) - 1 or shown:
            leaders = leaders[:1]  # at the root another leader must review
        return Duties.of(
            cast.supervisors[story.county][turn % 2],
            leaders[turn % len(leaders)],
            cast.handlers[units[0].id],
            bureau,
            units,
        )

    @property
    def root_supervisor(self) -> User:
        return self.cast.supervisors[len(self.cast.columns) - 1][0]

    # --- what ---------------------------------------------------------------------------------------------------

    def _list(self, telling: Telling, act: Act, at: datetime) -> None:
        story = telling.story
        title, document, received = self._hand_over(story.source, act.day)
        number = self.clauses[title] = self.clauses.get(title, 0) + 1
        lister = telling.duties.supervisor
        finding = record_finding(
            lister,
            today=act.day,
            source=story.source,
            title=title,
            document_number=document,
            received_on=received,
            clause=f"第{number}条",
            wording=story.wording,
            region_id=self.top,
            at=at,
        )
        telling.issue = issues.list_issue(
            lister,
            today=act.day,
            at=at,
            title=story.title,
            wording=story.wording,
            source=story.source,
            category_id=self.cast.categories[story.category],
            region_id=self.cast.regions[story.region],
            kind=story.kind,
            findings=[finding],
            amount=Decimal(story.money) * 10000 if story.money else None,
        )

    def _hand_over(self, source: Source, day: date) -> tuple[str, str | None, date]:
        """The latest hand-over of this source by that day."""
        return max((entry for entry in self.inspections[source] if entry[2] <= day), key=lambda entry: entry[2])

    def _assign(self, telling: Telling, act: Act, at: datetime) -> None:
        story = telling.story
        issues.assign(
            _issue(telling),
            telling.duties.supervisor,
            today=act.day,
            at=at,
            calendar=self.calendar,
            duty=telling.duties.duty,
            requirement=story.problem.requirement,
            deadline=story.deadline,
            review_on=story.review_on,
            quantity=story.quantity,
        )

    def _accept(self, telling: Telling, act: Act, at: datetime) -> None:
        issues.accept(_issue(telling), telling.duties.handler, today=act.day, at=at)

    def _decline(self, telling: Telling, act: Act, at: datetime) -> None:
        issues.decline(
            _issue(telling), telling.duties.handler, today=act.day, at=at, reason=self._say(words.DECLINE_REASONS)
        )

    def _reassign(self, telling: Telling, act: Act, at: datetime) -> None:
        """To the poverty relief office, or from it to finance."""
        duties, column = telling.duties, telling.story.county
        key = "finance" if telling.story.problem.bureau == "poverty" else "poverty"
        unit = self.cast.bureau(column, key)
        handler = self.cast.handlers.get(unit.id, duties.handler)
        telling.duties = Duties.of(duties.supervisor, duties.leader, handler, unit, (unit, *duties.units))
        issues.reassign(
            _issue(telling),
            duties.supervisor,
            today=act.day,
            at=at,
            duty=telling.duties.duty,
            reason=self._say(words.REASSIGN_REASONS),
        )

    def _submit_plan(self, telling: Telling, act: Act, at: datetime) -> None:
        owners = [unit.name for unit in telling.duties.units]
        returned = any(one.verb is Verb.RETURN_PLAN and one.day >= act.day for one in telling.story.acts)
        plan = plans.submit_plan(
            _issue(telling),
            telling.duties.handler,
            today=act.day,
            at=at,
            goals=words.GOALS_RETURNED if returned else words.GOALS,
            measures=[
                (text, owners[place % len(owners)], due) for place, (text, due) in enumerate(act.detail["measures"])
            ],
        )
        telling.measures = [measure.id for measure in plan.measures]

    def _approve_plan(self, telling: Telling, act: Act, at: datetime) -> None:
        plans.approve_plan(_issue(telling), self.cast.acting(telling.duties.leader, act.day), today=act.day, at=at)

    def _return_plan(self, telling: Telling, act: Act, at: datetime) -> None:
        plans.return_plan(
            _issue(telling),
            self.cast.acting(telling.duties.leader, act.day),
            today=act.day,
            at=at,
            reason=words.PLAN_RETURNED,
        )

    def _report(self, telling: Telling, act: Act, at: datetime) -> None:
        issue, finished = _issue(telling), bool(act.detail.get("finished"))
        files = list(self._files(finished, self._misdated(telling))) if act.detail.get("files") else []
        entry = progress.report(
            issue,
            telling.duties.handler,
            today=act.day,
            at=at,
            files=files,
            text=self._progress_text(telling.story, act),
            quantity_done=act.detail.get("quantity"),
            measures_done=self._ticked(telling, act),
        )
        if files:
            telling.evidence += [row.id for row in entry.evidence]

    def _progress_text(self, story: Story, act: Act) -> str:
        if act.detail.get("finished"):
            return self._say(words.DONE_PROGRESS)
        stages = words.SITE_PROGRESS if _builds(story) else words.PROGRESS
        return self._say(stages[min(2, act.detail.get("percent", 0) // 34)])

    def _ticked(self, telling: Telling, act: Act) -> list[int]:
        """The measures done by now: as many as the percentage says, in order."""
        percent = 100 if act.detail.get("finished") else act.detail.get("percent", 0)
        done, telling.ticked = telling.ticked, max(telling.ticked, len(telling.measures) * percent // 100)
        return telling.measures[done : telling.ticked]

    def _misdated(self, telling: Telling) -> datetime | None:
        """When the photos the visitor is to review were taken: in one story long before the problem was listed."""
        story = telling.story
        shown = story.category == DRINKING_WATER and self.cast.columns[story.county].name == STAGE_COUNTY
        if not (shown and story.ending in (Ending.REVIEW_1, Ending.REVIEW_2, Ending.REVIEW_LATE)):
            return None
        return datetime.combine(_issue(telling).listed_on, time(9, 40), ZONE) - timedelta(days=75)

    def _files(self, finished: bool, taken_at: datetime | None = None) -> Iterator[Upload]:
        if not finished:
            picture = self.random.choice(self.before)
            yield Upload("现场照片.jpg", io.BytesIO(shot(picture, self.light)))
            return
        yield Upload("整改后照片.jpg", io.BytesIO(shot(self.random.choice(self.after), self.light, taken_at)))
        yield Upload("验收记录.pdf", io.BytesIO(self.random.choice(self.records)))

    def _remind(self, telling: Telling, act: Act, at: datetime) -> None:
        deadlines.remind(_issue(telling), telling.duties.supervisor, today=act.day, at=at, words=words.REMINDER)

    def _request_extension(self, telling: Telling, act: Act, at: datetime) -> None:
        deadlines.request_extension(
            _issue(telling),
            telling.duties.handler,
            today=act.day,
            at=at,
            wanted=act.detail["wanted"],
            reason=self._say(words.SITE_EXTENSION_REASONS if _builds(telling.story) else words.EXTENSION_REASONS),
        )

    def _grant_extension(self, telling: Telling, act: Act, at: datetime) -> None:
        deadlines.grant_extension(
            _issue(telling), telling.duties.supervisor, today=act.day, at=at, opinion=words.GRANTED
        )

    def _refuse_extension(self, telling: Telling, act: Act, at: datetime) -> None:
        deadlines.refuse_extension(
            _issue(telling), telling.duties.supervisor, today=act.day, at=at, reason=words.REFUSED
        )

    def _request_clearance(self, telling: Telling, act: Act, at: datetime) -> None:
        answers = {
            standard: Answer(text, telling.evidence[-2:] if standard in EVIDENCED else ())
            for standard, text in zip(Standard, words.STANDARDS, strict=True)
        }
        clearance.request_clearance(_issue(telling), telling.duties.handler, today=act.day, at=at, answers=answers)

    def _withdraw(self, telling: Telling, act: Act, at: datetime) -> None:
        clearance.withdraw_clearance(_issue(telling), telling.duties.handler, today=act.day, at=at)

    def _reviewer(self, issue: Issue, today: date) -> User:
        """One of those who may review the present level; those who sign in for the visitor first."""
        application = open_application(issue.id)
        assert application is not None  # the plot passes only what was applied for
        eligible = eligible_reviewers(application, today)
        bench = [
            person
            for group in (*self.cast.supervisors.values(), *self.cast.leaders.values())
            for person in group
            if person.id in eligible
        ]
        return bench[self.random.randrange(len(bench))]

    def _pass(self, telling: Telling, act: Act, at: datetime) -> None:
        issue = _issue(telling)
        reviewer = self._reviewer(issue, act.day)
        site = Site(
            on=act.day - timedelta(days=1),
            place=issue.region.name,
            people=f"{reviewer.name}等二人",
            seen=words.SITE_SEEN,
        )
        clearance.pass_level(issue, reviewer, today=act.day, at=at, opinion=self._say(words.PASSED), site=site)

    def _return(self, telling: Telling, act: Act, at: datetime) -> None:
        issue = _issue(telling)
        clearance.return_application(
            issue, self._reviewer(issue, act.day), today=act.day, at=at, opinion=self._say(words.RETURNED)
        )

    def look_back(self, issue: Issue, at: datetime, *, new_term: date | None = None) -> None:
        """By one of the city's supervisors who had no part in it; with ``new_term`` it had relapsed."""
        day, place = at.date(), issue.region.name
        person = next(one for one in self.cast.supervisors[len(self.cast.columns) - 1] if had_no_part(issue, one, day))
        result = Result.HELD if new_term is None else Result.FAILED
        seen = words.LOOKED_BACK if new_term is None else words.RELAPSED
        visit = Visit(day, place, f"{person.name}等三人", seen, result, files=list(self._files(new_term is None)))
        hold_lookback(issue, person, today=day, visit=visit, new_term=new_term, at=at)

    def _dismiss(self, telling: Telling, act: Act, at: datetime) -> None:
        reason, document = self._say(words.DISMISSALS)
        issues.dismiss(_issue(telling), self.root_supervisor, today=act.day, at=at, reason=reason, document=document)

    def _say(self, choices: tuple[_Words, ...]) -> _Words:
        return self.random.choice(choices)


def _in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _builds(story: Story) -> bool:
    return story.problem.bureau in words.BUILDERS and not story.problem.systemic


def _issue(telling: Telling) -> Issue:
    assert telling.issue is not None  # every story begins with list or take_over
    return telling.issue


_PERFORMANCES = {
    Verb.LIST: Teller._list,
    Verb.ASSIGN: Teller._assign,
    Verb.ACCEPT: Teller._accept,
    Verb.DECLINE: Teller._decline,
    Verb.REASSIGN: Teller._reassign,
    Verb.SUBMIT_PLAN: Teller._submit_plan,
    Verb.APPROVE_PLAN: Teller._approve_plan,
    Verb.RETURN_PLAN: Teller._return_plan,
    Verb.REPORT: Teller._report,
    Verb.REMIND: Teller._remind,
    Verb.REQUEST_EXTENSION: Teller._request_extension,
    Verb.GRANT_EXTENSION: Teller._grant_extension,
    Verb.REFUSE_EXTENSION: Teller._refuse_extension,
    Verb.REQUEST_CLEARANCE: Teller._request_clearance,
    Verb.WITHDRAW_CLEARANCE: Teller._withdraw,
    Verb.PASS: Teller._pass,
    Verb.RETURN: Teller._return,
    Verb.DISMISS: Teller._dismiss,
}
