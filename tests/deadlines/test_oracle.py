"""No level is missed and nobody is told twice: the nights of the product against ``oracle``, which counts days by hand.

One story with everything in it at once: holidays and days made up, extensions granted and refused, objections upheld and
refused, hand-overs, relapses, lead officials who cannot sign in, nights without any run, nights run twice, the clock moved
back, other thresholds, and nights in which two schedulers are killed somewhere and others take over.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import isqrt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.deadlines.oracle import DAY, MATTERS, Chain, Oracle, People, Rules, Twin
from tests.dossier.situations import picture
from tests.effort import dice, rounds
from tests.kills.schedulers import NIGHT, through_the_night
from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, make_person, make_world, upload
from tracker.accounts.models import StandIn, User
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.clearance import actions as clearance
from tracker.clearance.jobs import mind_reviews
from tracker.clearance.rules import EVIDENCED, Answer, Standard
from tracker.deadlines import actions as deadlines
from tracker.deadlines.jobs import escalate, flag_overdue, mind_steps
from tracker.deadlines.models import Delay, Escalation
from tracker.deadlines.rules import Audience, Clocks
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import Kind
from tracker.lookbacks.actions import hold_lookback
from tracker.lookbacks.rules import Result, Visit
from tracker.messages.models import Message
from tracker.plans import actions as plans
from tracker.plans.queries import approved_plan
from tracker.progress import actions as progress
from tracker.schedule.actions import job_named, run_slot
from tracker.workdays.models import SpecialDay

pytestmark = pytest.mark.xdist_group("kills")

OFFICIALS = {"water": ("official",), "finance": ("official2",), "town": ("town_official",), "wugang_office": ()}
CHAINS = tuple(
    Chain(lead, lead_unit, units, person)
    for lead in ("leader", "leader2", "ledger_name")
    for lead_unit, units, person in (
        ("water", ("water", "finance"), "official"),
        ("finance", ("town", "water"), None),
        ("town", ("wugang_office",), None),  # nobody there has a post: others must be told
        ("wugang_office", ("wugang_office",), None),  # nor here: the county's supervisors
    )
)
Act = Callable[["Story", Twin, Issue], None]


class Story:
    """The world, its oracle, and what people do in it by chance."""

    def __init__(self, app: Flask, world: World, chance: random.Random, days: int) -> None:
        self.app, self.world, self.chance = app, world, chance
        self.day = TODAY
        self.last: date | None = None  # the latest night that ran
        self.seen: Counter[str] = Counter()
        with transaction():
            away = make_person(world, "ledger_name", "只在台账里", "county_office", ((Role.LEADER, "xinshao", None),))
            away.account = away.password_hash = None
            first, last = TODAY + 12 * DAY, TODAY + (12 + days // 4) * DAY
            db.session.add(StandIn(absent_id=away.id, person_id=world.leader2.id, begins_on=first, ends_on=last,
                                   named_at=NOW, named_by_id=world.supervisor.id))  # fmt: skip
            special = self._special_days(days)
        people = People(
            OFFICIALS,
            county=("supervisor", "supervisor2"),
            root=("root_supervisor", "root_supervisor2", "water_supervisor"),
            reviewers={1: ("supervisor", "supervisor2"), 2: ("city_leader", "city_leader2")},
            absent=frozenset({"ledger_name"}),
            stand_ins=[("ledger_name", "leader2", first, last)],
        )
        self.oracle = Oracle(people, special)

    def _special_days(self, days: int) -> dict[date, bool]:
        """A holiday of some days every other week, with a Saturday worked for it."""
        special: dict[date, bool] = {}
        for week in range(0, days // 7 + 2, 2):
            monday = TODAY + timedelta(weeks=week)
            for number in self.chance.sample(range(5), self.chance.randint(1, 4)):
                special[monday + number * DAY] = False
            special[monday + 5 * DAY] = True
        db.session.add_all(
            SpecialDay(day=day, is_workday=worked, official_year=day.year) for day, worked in special.items()
        )
        return special

    def person(self, key: str) -> User:
        found: User = self.world.people[key]
        return found

    # --- what people do ---

    def list(self) -> None:
        kind = self.chance.choice((Kind.IMMEDIATE, Kind.TIME_LIMITED))
        with transaction():
            key = list_one(self.world, kind=kind, today=self.day).id
        self.oracle.twins[key] = Twin(key, kind.value, self.day, self.chance.choice(CHAINS))

    def work(self, share: float) -> None:
        """Some issues are acted on, at most once each."""
        for twin in list(self.oracle.twins.values()):
            acts = [act for act, may in ACTS if self.chance.random() < 0.9 and may(twin, self.day)]
            if acts and self.chance.random() < share:
                act = self.chance.choice(acts)
                with transaction():
                    act(self, twin, db.session.get_one(Issue, twin.key))
                self.seen[act.__name__] += 1

    def duty(self, chain: Chain) -> issues.Duty:
        world = self.world
        return make_duty(
            world,
            lead_official_id=world.people[chain.lead].id,
            lead_unit_id=world.units[chain.lead_unit].id,
            unit_ids=tuple(world.units[unit].id for unit in chain.units),
            responsible_person_id=world.people[chain.person].id if chain.person else None,
        )

    def handler(self, twin: Twin) -> User:
        return self.person(OFFICIALS[twin.chain.units[0]][0])

    def later(self, least: int = 1, most: int = 25) -> date:
        return self.day + self.chance.randint(least, most) * DAY

    def set_rules(self) -> None:
        days = tuple(sorted(self.chance.sample(range(1, 30), 5)))
        kinds = list(Audience)
        tells = tuple(tuple(self.chance.sample(kinds, self.chance.randint(1, 2))) for _ in days)
        steps = {
            f"{name}_workdays": self.chance.randint(1, 6) for name in ("unassigned", "unsigned", "planning", "review")
        }
        with transaction():
            deadlines.set_clocks(Clocks(level_days=days, tells=tells, **steps), self.person("root_supervisor"))
        self.oracle.rules = Rules(
            days,
            tuple(tuple(each.value for each in told) for told in tells),
            **{name.removesuffix("_workdays"): number for name, number in steps.items()},
        )
        self.seen["other thresholds"] += 1

    # --- nights ---

    def night(self) -> None:
        how = self.chance.choices(("none", "once", "twice", "back"), (25, 50, 15, 10))[0]
        self.seen[f"night: {how}"] += 1
        if how in ("once", "twice"):
            self.run()
        if how == "twice":  # the claims hold, and without them the dates do
            assert all(run_slot(job_named(name), self.day) is None for name in NIGHT)
            self.run_unclaimed(self.day)
        if how == "back":
            self.run_unclaimed(self.day - self.chance.randint(1, 20) * DAY)

    def missed(self) -> list[date]:
        since = self.last + DAY if self.last else self.day
        self.last = self.day
        return [since + number * DAY for number in range((self.day - since).days + 1)]

    def run(self) -> None:
        days = self.missed()
        self.oracle.night(days)
        for name in NIGHT:
            for day in days:
                assert run_slot(job_named(name), day) is not None

    def run_unclaimed(self, day: date) -> None:
        self.oracle.night([day])
        for job in (flag_overdue, escalate, mind_steps, mind_reviews):
            with transaction():
                job(day)

    def run_by_schedulers(self) -> None:
        self.oracle.night(self.missed())
        at = datetime(self.day.year, self.day.month, self.day.day, 0, 10, tzinfo=UTC) - timedelta(hours=8)
        self.seen["killed"] += through_the_night(self.app, self.day, at, self.chance)
        self.seen["night: schedulers"] += 1

    # --- what came of it ---

    def check(self) -> None:
        """Everything on record is what the oracle counted, and nothing else is."""
        db.session.rollback()
        twins, keys = self.oracle.twins.values(), {person.id: key for key, person in self.world.people.items()}
        episode = OverdueEpisode
        found: Any = db.session.execute(
            select(episode.issue_id, episode.deadline, episode.starts_on, episode.ended_on, episode.end)
        )
        assert Counter(map(tuple, found)) == Counter(
            (twin.key, one.deadline, one.starts, one.ended, one.end) for twin in twins for one in twin.episodes
        )
        raised = select(Escalation.issue_id, episode.deadline, Escalation.level, Escalation.days, Escalation.raised_on)
        found = db.session.execute(raised.join(episode, episode.id == Escalation.episode_id))
        levels = Counter(
            (twin.key, one.deadline, level, days, day)
            for twin in twins
            for one in twin.episodes
            for level, (days, day) in one.levels.items()
        )
        assert Counter(map(tuple, found)) == levels
        found = db.session.execute(
            select(Delay.issue_id, Delay.clock, Delay.since, Delay.level, Delay.allowed, Delay.recorded_on)
        )
        delays = Counter(
            (twin.key, clock, since, level, allowed, day)
            for twin in twins
            for (clock, since, level), (allowed, day) in twin.delays.items()
        )
        assert Counter((row[0], row[1].value, *row[2:]) for row in found) == delays
        matters = [*MATTERS, *(f"delay_{name}" for name in ("unassigned", "unsigned", "planning", "review"))]
        told = select(Message.issue_id, Message.matter, Message.person_id, Message.day, Message.number)
        found = db.session.execute(told.where(Message.matter.in_(matters)))
        assert Counter((row[0], row[1].value, keys[row[2]], *row[3:]) for row in found) == self.oracle.told
        same = select(Message.occasion).group_by(Message.occasion, Message.person_id, Message.channel)
        assert db.session.scalar(select(func.count()).select_from(same.having(func.count() > 1).subquery())) == 0
        assert db.session.scalar(select(func.sum(User.unread))) == db.session.scalar(select(func.count(Message.id)))
        events = db.session.execute(select(Event.subject_id, Event.data).where(Event.verb == "escalated"))
        assert Counter((row[0], row[1]["level"]) for row in events) == Counter(
            (issue, level) for issue, _deadline, level, _days, _day in levels.elements()
        )
        assert db.session.scalar(select(func.count(Event.id)).where(Event.verb == "delayed")) == delays.total()


# --- acts: what is done to the issue, and to its twin -------------------------------------------------------------


def assigns(story: Story, twin: Twin, issue: Issue) -> None:
    twin.chain = story.chance.choice(CHAINS)
    deadline = twin.deadline or story.later(2, 15)
    assign_one(story.world, issue, today=story.day, duty=story.duty(twin.chain), deadline=deadline)
    twin.move(story.day, "assigned", deadline=deadline)


def accepts(story: Story, twin: Twin, issue: Issue) -> None:
    issues.accept(issue, story.handler(twin), today=story.day)
    twin.move(story.day, "planning" if twin.kind == "time_limited" else "rectifying")


def declines(story: Story, twin: Twin, issue: Issue) -> None:
    issues.decline(issue, story.handler(twin), today=story.day, reason="不归我管")
    twin.move(story.day, "listed")


def hands_over(story: Story, twin: Twin, issue: Issue) -> None:
    twin.chain = story.chance.choice(CHAINS)
    issues.reassign(issue, story.person("supervisor"), today=story.day, duty=story.duty(twin.chain), reason="机构调整")
    twin.move(story.day, "assigned")


def plans_it(story: Story, twin: Twin, issue: Issue) -> None:
    assert twin.deadline is not None
    measures = [("铺管", "水利局", twin.deadline)]
    plans.submit_plan(issue, story.handler(twin), today=story.day, goals="通水", measures=measures)
    twin.move(story.day, plan_waits=True)


def approves(story: Story, twin: Twin, issue: Issue) -> None:
    plans.approve_plan(issue, story.person(twin.chain.lead), today=story.day)
    twin.move(story.day, "rectifying", plan_waits=False)


def asks_for_longer(story: Story, twin: Twin, issue: Issue) -> None:
    assert twin.deadline is not None
    wanted = twin.deadline + story.chance.randint(1, 20) * DAY
    deadlines.request_extension(issue, story.handler(twin), today=story.day, wanted=wanted, reason="雨季")
    twin.move(story.day, wanted=wanted)


def grants(story: Story, twin: Twin, issue: Issue) -> None:
    deadlines.grant_extension(issue, story.person("supervisor"), today=story.day, opinion="同意")
    twin.move(story.day, deadline=twin.wanted, wanted=None)


def refuses(story: Story, twin: Twin, issue: Issue) -> None:
    deadlines.refuse_extension(issue, story.person("supervisor"), today=story.day, reason="不符合条件")
    twin.move(story.day, wanted=None)


def objects(story: Story, twin: Twin, issue: Issue) -> None:
    deadlines.object_to(issue, story.handler(twin), today=story.day, reason="早已办完")
    twin.move(story.day, objects=True)


def upholds(story: Story, twin: Twin, issue: Issue) -> None:
    term = story.later(0, 12)
    deadlines.uphold_objection(issue, story.person("supervisor"), today=story.day, opinion="属实", term=term)
    twin.move(story.day, deadline=term, end="annulled")


def overrules(story: Story, twin: Twin, issue: Issue) -> None:
    deadlines.refuse_objection(issue, story.person("supervisor"), today=story.day, opinion="没有办完")
    twin.move(story.day, objects=False)


def applies(story: Story, twin: Twin, issue: Issue) -> None:
    who, plan = story.handler(twin), approved_plan(issue.id)
    undone = [measure.id for measure in plan.measures if measure.done_on is None] if plan else []
    progress.report(issue, who, today=story.day, text="管网接通", measures_done=undone)
    proof = {each: [upload("证.png", picture().getvalue())] if each in EVIDENCED else [] for each in Standard}
    answers = {each: Answer("已做到", files=files) for each, files in proof.items()}
    clearance.request_clearance(issue, who, today=story.day, answers=answers)
    twin.move(story.day, "reviewing", applied=story.day, review_level=1, level_since=story.day)


def withdraws(story: Story, twin: Twin, issue: Issue) -> None:
    clearance.withdraw_clearance(issue, story.handler(twin), today=story.day)
    twin.move(story.day, "rectifying", applied=None, review_level=0)


def _reviewer(story: Story, twin: Twin) -> User:
    return story.person({1: "supervisor2", 2: "city_leader"}[twin.review_level])


def passes(story: Story, twin: Twin, issue: Issue) -> None:
    clearance.pass_level(issue, _reviewer(story, twin), today=story.day, opinion="属实")
    if twin.review_level == 1:
        twin.move(story.day, review_level=2, level_since=story.day)
    else:
        twin.move(story.day, "cleared", applied=None, review_level=0)


def sends_back(story: Story, twin: Twin, issue: Issue) -> None:
    clearance.return_application(issue, _reviewer(story, twin), today=story.day, opinion="没有做到")
    twin.move(story.day, "rectifying", applied=None, review_level=0)


def relapses(story: Story, twin: Twin, issue: Issue) -> None:
    term = story.later(0, 12)
    visit = Visit(story.day, "沙坪村", "陈督查、村民代表", "又断水了", Result.FAILED)
    hold_lookback(issue, story.person("root_supervisor2"), today=story.day, visit=visit, new_term=term)
    twin.move(story.day, "rectifying", deadline=term)


def dismisses(story: Story, twin: Twin, issue: Issue) -> None:
    issues.dismiss(issue, story.person("root_supervisor"), today=story.day, reason="并案", document="〔2019〕3 号")
    twin.move(story.day, "dismissed", end="dismissed")


def _at_work(twin: Twin) -> bool:
    return twin.state in ("assigned", "planning", "rectifying")


def _manned(twin: Twin) -> bool:
    return bool(OFFICIALS[twin.chain.units[0]])


def _in_time(twin: Twin, day: date) -> bool:
    return twin.deadline is not None and day <= twin.deadline


def _may_hand_over(twin: Twin, _day: date) -> bool:
    return twin.state in ("assigned", "planning") and not twin.plan_waits


def _decides_term(twin: Twin, _day: date) -> bool:
    return twin.state in ("listed", "assigned", "planning", "rectifying", "reviewing") and twin.wanted is not None


ACTS: tuple[tuple[Act, Callable[[Twin, date], bool]], ...] = (
    (assigns, lambda twin, day: twin.state == "listed"),
    (accepts, lambda twin, day: twin.state == "assigned" and _manned(twin)),
    (declines, lambda twin, day: twin.state == "assigned" and _manned(twin)),
    (hands_over, _may_hand_over),
    (plans_it, lambda twin, day: twin.state == "planning" and _manned(twin) and not twin.plan_waits),
    (approves, lambda twin, day: twin.state == "planning" and twin.plan_waits and twin.chain.lead != "ledger_name"),
    (asks_for_longer, lambda twin, day: _at_work(twin) and _manned(twin) and _in_time(twin, day) and not twin.wanted),
    (grants, lambda twin, day: _decides_term(twin, day) and bool(twin.wanted and twin.deadline and twin.wanted > twin.deadline)),
    (refuses, _decides_term),
    (objects, lambda twin, day: _at_work(twin) and _manned(twin) and twin.running is not None and not twin.objects),
    (upholds, lambda twin, day: twin.state in ("listed", "assigned", "planning", "rectifying", "reviewing") and twin.objects),
    (overrules, lambda twin, day: twin.state in ("listed", "assigned", "planning", "rectifying", "reviewing") and twin.objects),
    (applies, lambda twin, day: twin.state == "rectifying" and _manned(twin)),
    (withdraws, lambda twin, day: twin.state == "reviewing"),
    (passes, lambda twin, day: twin.state == "reviewing"),
    (passes, lambda twin, day: twin.state == "reviewing"),
    (sends_back, lambda twin, day: twin.state == "reviewing"),
    (relapses, lambda twin, day: twin.state == "cleared"),
    (dismisses, lambda twin, day: twin.state in ("assigned", "planning") and twin.key % 10 == 0),
)  # fmt: skip

#: A thousand issue-days in an ordinary run; a hundred times the effort is ten times the issues on ten times the days.
ISSUES, DAYS = 25, 40


def test_no_level_is_missed_and_nobody_told_twice_over_any_nights(any_app: Flask) -> None:
    chance, again = dice()
    scale = isqrt(rounds(1))
    days, number = DAYS * scale, ISSUES * scale
    story = Story(any_app, make_world(), chance, days)
    killed_on = set(chance.sample(range(5, days), 2 * scale))
    try:
        for count in range(days):
            story.day = TODAY + count * DAY
            while len(story.oracle.twins) < min(number, (count + 1) * number // 5 + 1):
                story.list()
            if count in killed_on:
                story.run_by_schedulers()
            else:
                story.night()
            if count == days // 2 or chance.random() < 0.05:
                story.set_rules()
            story.work(0.15)
            if count % 20 == 19:
                story.check()
        story.run()
        story.check()
    except BaseException as error:
        error.add_note(f"{again}, on {story.day}")
        raise
    missing = {"killed", "other thresholds", "grants", "upholds", "hands_over", "relapses"} - story.seen.keys()
    assert scale == 1 or not missing
    assert len(story.oracle.told) > number
