"""A list in which every condition of the filters holds for some and not for others, from a seed."""

from __future__ import annotations

import random
from datetime import date, timedelta

from tests.world import NOW, TODAY, World
from tracker.base.db import db
from tracker.inspections.rules import Source
from tracker.issues.actions import index_text
from tracker.issues.models import Issue, IssueUnit
from tracker.issues.rules import overdue_from
from tracker.issues.workflow import Kind, State
from tracker.plans.models import Measure, Plan
from tracker.plans.rules import PlanState

TITLES = ("沙坪村饮水工程未通水", "村卫生室没有村医", "危房改造93户未完成", "小额信贷逾期", "控辍保学台账不实")


def make_varied(world: World, number: int, seed: int = 7) -> list[Issue]:
    """``number`` issues around TODAY (inside a transaction), as an import could have brought them."""
    chance = random.Random(seed)
    return [_issue(world, serial, chance, seed) for serial in range(number)]


def _issue(world: World, serial: int, chance: random.Random, seed: int) -> Issue:
    state, kind = chance.choice(list(State)), chance.choice(list(Kind))
    place = chance.choice([world.shaping, world.longxipu, world.xinshao, world.wugang, world.city])
    listed = TODAY - timedelta(days=chance.randrange(1, 700))
    deadline = None if chance.random() < 0.2 else TODAY + timedelta(days=chance.randrange(-45, 60))
    applied = TODAY - timedelta(days=chance.randrange(60)) if state is State.REVIEWING else None
    ended = TODAY - timedelta(days=chance.randrange(400))
    units = chance.choice([(), (world.water,), (world.water, world.finance), (world.wugang_water,)])
    lead = chance.choice([None, world.leader.id, world.city_leader.id])
    lead_unit = chance.choice([None, world.water.id, world.city_water.id])
    quantity = chance.choice([None, None, 10])
    issue = Issue(
        number=f"{chance.choice('SXY')}{seed}-{serial:04d}", title=f"{chance.choice(TITLES)}{serial}", wording="",
        source=chance.choice(list(Source)), category_id=chance.choice(world.categories).id,
        county_id=world.xinshao.id if place in (world.shaping, world.longxipu) else place.id, region_id=place.id,
        kind=kind, state=state, listed_on=listed, deadline=deadline, original_deadline=deadline,
        overdue_from=overdue_from(state, deadline, applied), applied_on=applied,
        assigned_on=None if state is State.LISTED else listed + timedelta(days=1),
        cleared_on=ended if state is State.CLEARED else None, dismissed_on=ended if state is State.DISMISSED else None,
        review_on=TODAY + timedelta(days=serial % 61 - 30) if kind is Kind.LONG_TERM else None,
        waiting_since=TODAY - timedelta(days=chance.randrange(12)), lead_official_id=lead, lead_unit_id=lead_unit,
        progress_on=chance.choice([None, TODAY - timedelta(days=chance.randrange(30))]),
        quantity_unit="户" if quantity else None, quantity_total=quantity, quantity_done=chance.randrange(10),
        taken_over=chance.random() < 0.5, proven=state is State.CLEARED and chance.random() < 0.5,
        has_children=chance.random() < 0.1, chain_complete=bool(lead and lead_unit and units), updated_at=NOW,
    )  # fmt: skip
    if issue.proven and not issue.has_children and serial % 2:
        issue.look_back_on = TODAY + timedelta(days=serial * 37 % 400 - 200)
    issue.units = [IssueUnit(unit_id=unit.id, position=position) for position, unit in enumerate(units)]
    db.session.add(issue)
    db.session.flush()
    index_text(issue)
    if state is State.RECTIFYING and not quantity:
        _plan(world, issue, chance)
    return issue


def _plan(world: World, issue: Issue, chance: random.Random) -> None:
    plan = Plan(
        issue_id=issue.id,
        version=1,
        state=chance.choice([PlanState.APPROVED, PlanState.RETURNED]),
        goals="通水",
        submitted_by_id=world.official.id,
        submitted_at=NOW,
        decided_at=NOW,
        decided_by_id=world.leader.id,
    )
    plan.measures = [
        Measure(position=place, text="铺管", due=date(2019, 8, 1), done_on=TODAY if chance.random() < 0.5 else None)
        for place in range(chance.randrange(1, 5))
    ]  # fmt: skip
    db.session.add(plan)
