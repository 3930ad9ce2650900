"""The board's figures: what a recount says, for every scope, size and day; the summary that no act may put wrong."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from tests.board.counted import READERS, Count, make_counted, wrong
from tests.effort import dice, rounds
from tests.register.test_queries import sent
from tests.world import TODAY, World, assign_one, list_one, make_duty, make_person, upload
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.board import queries
from tracker.board.queries import board, counts_differ
from tracker.board.rules import Standing
from tracker.clearance import actions as clearance
from tracker.clearance.rules import Answer, Standard
from tracker.deadlines import actions as deadlines
from tracker.issues import actions as issues
from tracker.issues.actions import recount
from tracker.issues.models import Issue, IssueCount
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region, RegionBelow
from tracker.org.rules import Level
from tracker.plans import actions as plans
from tracker.progress import actions as progress
from tracker.register.rules import Group
from tracker.settings.models import Category
from tracker.workdays.queries import calendar

# --- every figure, counted once more --------------------------------------------------------------------------------


def test_every_figure_and_state_is_what_counting_issue_by_issue_gives(any_world: World) -> None:
    chance, again = dice()
    seen: Counter[Any] = Counter()
    for number, seed in [(14, 6), *((60, chance.randrange(10**6)) for _ in range(rounds(2)))]:
        make_counted(any_world, number, seed)  # few first: with many every cell is open
        for key in READERS:
            person = any_world.people[key]
            for group in Group:
                today = TODAY + timedelta(days=chance.choice([-40, -1, 0, 1, 30, 300]))
                shown, count = board(person, today, group=group), Count(person, today)
                assert not wrong(shown, count), (key, group, today, again)
                kept, ought = shown.other, count.of(next(each for each in Group if each is not group))
                assert (kept.open, kept.overdue, kept.cleared) == (ought.open, ought.overdue, ought.cleared), again
                seen += shown.standings
                seen["outside"] += sum(cell.standing is None for line in shown.lines for cell in line.cells)
    assert all(seen[each] for each in (*Standing, "outside")), seen  # or the comparison would say little


def test_a_board_narrowed_to_one_county_sums_that_county_alone(any_world: World) -> None:
    chance, again = dice()
    make_counted(any_world, 90, chance.randrange(10**6))
    for county in (any_world.xinshao, any_world.wugang, any_world.city):
        for group in Group:
            shown = board(any_world.root_supervisor, TODAY, group=group, county_id=county.id)
            assert [column.id for column in shown.columns] == [county.id]
            assert not wrong(shown, Count(any_world.root_supervisor), county.id), again
            assert (
                shown.other
                == board(
                    any_world.root_supervisor,
                    TODAY,
                    group=next(each for each in Group if each is not group),
                    county_id=county.id,
                ).whole
            )


def test_the_lists_beside_the_board_hold_its_own_extremes(any_world: World) -> None:
    chance, again = dice()
    make_counted(any_world, 120, chance.randrange(10**6))
    for key in READERS:
        person = any_world.people[key]
        for group in Group:
            shown, count = board(person, TODAY, group=group), Count(person)
            late = [one for one in count.of(group).issues if one.overdue_from and one.overdue_from <= TODAY]
            first = sorted(late, key=lambda one: (one.overdue_from or TODAY, one.id))[: queries.LISTED]
            assert [row.number for row in queries.most_overdue(person, shown, TODAY)] == [one.number for one in first]
            done = [one for one in count.of(group).issues if one.cleared_on]
            last = sorted(done, key=lambda one: (one.cleared_on or TODAY, one.id), reverse=True)[: queries.LISTED]
            assert [row.number for row in queries.newest_cleared(person, shown)] == [one.number for one in last], again


def test_the_same_figures_come_as_plain_data(world: World) -> None:
    make_counted(world, 90, 5)
    person = world.line_and_block
    given = queries.board_json(person, TODAY)
    assert given["as_of"] == "2019-07-01"
    assert set(given["groups"]) == {"concrete", "long_term"}
    for group, told in given["groups"].items():
        ought = Count(person).of(Group(group))
        assert told["total"] == {
            "open": ought.open, "overdue": ought.overdue, "cleared": ought.cleared,
            "unproven": ought.unproven, "total": ought.total, "dismissed": ought.dismissed,
            "look_backs_due": ought.look_backs,
        }  # fmt: skip
        cells = [cell for row in told["rows"] for cell in row["cells"]]
        assert told["cells"] == len(cells) == sum(told["standings"].values())
        assert sum(cell["open"] for cell in cells) == ought.open
        assert Counter(cell["state"] for cell in cells) == Counter(
            {key: number for key, number in told["standings"].items() if number}
        )


def test_an_open_problem_is_overdue_from_the_day_after_its_deadline(world: World) -> None:
    with transaction():
        issue = assign_one(world, deadline=date(2019, 8, 31))
    for today, late in ((date(2019, 8, 31), 0), (date(2019, 9, 1), 1)):
        assert board(world.supervisor, today).whole.overdue == late
    assert issue.overdue_from == date(2019, 9, 1)


def test_a_parent_of_a_breakdown_is_in_no_cell(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world, deadline=date(2019, 7, 2))
        issue.has_children = True
        recount()
    late = date(2019, 8, 1)
    for person in (any_world.root_supervisor, any_world.supervisor):
        shown = board(person, late)
        assert (shown.whole.total, shown.whole.overdue) == (0, 0)
        assert queries.most_overdue(person, shown, late) == []


# --- scope --------------------------------------------------------------------------------------------------------


def axes(person: Any) -> tuple[list[str], int]:
    shown = board(person, TODAY)
    return [column.name for column in shown.columns], len(shown.lines)


def test_columns_and_rows_are_those_the_posts_reach(world: World) -> None:
    make_counted(world, 40, 3)
    assert axes(world.root_supervisor) == (["新邵县", "武冈市", "邵阳市"], 9)
    assert axes(world.leader) == (["新邵县"], 9)
    assert axes(world.stranger) == (["武冈市"], 9)
    assert axes(world.water_supervisor) == (["新邵县", "武冈市", "邵阳市"], 1)
    assert axes(world.county_line) == (["武冈市"], 1)
    assert axes(world.both_counties) == (["新邵县", "武冈市"], 9)
    assert axes(world.two_lines) == (["新邵县", "武冈市", "邵阳市"], 2)
    assert axes(world.town_leader) == (["新邵县"], 9)
    for key in ("official", "auditor", "system_admin", "security_admin", "nobody"):
        assert axes(world.people[key]) == ([], 0), key


def test_a_post_that_ended_reaches_nothing(world: World) -> None:
    make_counted(world, 10, 3)
    with transaction():
        world.leader.posts[0].ended_at = world.leader.posts[0].began_at
    db.session.expire_all()
    assert axes(world.leader) == ([], 0)


def test_a_cell_no_post_reaches_has_no_state(world: World) -> None:
    make_counted(world, 60, 3)
    shown = board(world.line_and_block, TODAY)  # drinking water everywhere, and all of 新邵县
    outside = [(line.category.id, cell.county_id) for line in shown.lines for cell in line.cells if not cell.standing]
    assert len(outside) == 8 * 2
    assert all(county != world.xinshao.id and row != world.categories[2].id for row, county in outside)
    assert sum(shown.standings.values()) == 9 * 3 - 16


# --- size comes from configuration ----------------------------------------------------------------------------------


def add_categories(world: World, number: int) -> None:
    for place in range(number):
        world.categories.append(Category(name=f"专项{place}", name_en=f"Line {place}", position=50 + place))
    db.session.add_all(world.categories)


def add_counties(world: World, number: int) -> list[Region]:
    made = []
    for place in range(number):
        region = Region(name=f"县{place:03d}", level=Level.COUNTY, parent=world.city, position=place + 10)
        db.session.add(region)
        db.session.flush()
        db.session.add_all(
            RegionBelow(ancestor_id=above, region_id=region.id, depth=depth)
            for depth, above in enumerate((region.id, world.city.id))
        )
        made.append(region)
    db.session.flush()
    return made


@pytest.mark.parametrize(("more_categories", "more_counties"), [(0, 0), (1, 10), (6, 40), (30, 1)])
def test_the_board_is_as_large_as_the_installation_says(
    any_world: World, more_categories: int, more_counties: int
) -> None:
    with transaction():
        add_categories(any_world, more_categories)
        counties = add_counties(any_world, more_counties)
        last = list_one(any_world, category_id=any_world.categories[-1].id)
        if counties:
            issues.list_issue(
                any_world.root_supervisor,
                today=TODAY, title="末县", wording="", source=last.source, kind=Kind.IMMEDIATE,
                category_id=any_world.categories[-1].id, region_id=counties[-1].id,
            )  # fmt: skip
    shown = board(any_world.root_supervisor, TODAY)
    assert len(shown.lines) == 9 + more_categories
    assert len(shown.columns) == 3 + more_counties
    assert sum(shown.standings.values()) == (9 + more_categories) * (3 + more_counties)
    assert shown.standings[Standing.OPEN] == 1 + bool(more_counties)
    assert not wrong(shown, Count(any_world.root_supervisor))


def test_another_citys_list_of_categories_is_the_board(world: World) -> None:
    with transaction():
        db.session.execute(delete(Category).where(Category.id != world.categories[2].id))
        list_one(world)
    shown = board(world.root_supervisor, TODAY)
    assert [line.category.name for line in shown.lines] == [world.categories[2].name]
    assert shown.whole.open == 1


def test_what_is_out_of_force_stays_while_it_still_holds_issues(world: World) -> None:
    with transaction():
        list_one(world)
        for region in (world.xinshao, world.wugang):
            region.valid_to = date(2019, 6, 1)
        for category in world.categories[1:4]:
            category.active = False
    shown = board(world.root_supervisor, TODAY)
    assert [column.name for column in shown.columns] == ["新邵县", "邵阳市"]
    assert [line.category.id for line in shown.lines] == [
        category.id for place, category in enumerate(world.categories) if place not in (1, 3)
    ]
    assert not wrong(shown, Count(world.root_supervisor))


# --- the edges ------------------------------------------------------------------------------------------------------


def test_an_empty_list_covers_nothing(any_world: World) -> None:
    shown = board(any_world.root_supervisor, TODAY)
    assert shown.standings == Counter({Standing.UNCOVERED: 27})
    assert (shown.whole.total, shown.whole.dismissed) == (0, 0)
    assert counts_differ() == []


def test_before_any_region_or_category_there_is_no_board(app: Any) -> None:
    nobody: Any = type("Anyone", (), {"id": 1, "name": "", "unit_id": 1, "grants": ()})()
    shown = board(nobody, TODAY)
    assert (shown.columns, shown.lines, shown.standings) == ((), (), Counter())
    assert shown.whole.total == 0


def test_one_row_is_one_open_cell_until_its_clearance_is_proven(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    assert board(any_world.root_supervisor, TODAY).standings[Standing.OPEN] == 1
    with transaction():
        issue.state, issue.cleared_on, issue.overdue_from = State.CLEARED, TODAY, None  # as a ledger brings it in
        recount()
    assert board(any_world.root_supervisor, TODAY).standings[Standing.DECLARED] == 1
    with transaction():
        issue.proven = True
        recount()
    shown = board(any_world.root_supervisor, TODAY)
    assert shown.standings == Counter({Standing.PROVEN: 1, Standing.UNCOVERED: 26})
    assert board(any_world.root_supervisor, TODAY, group=Group.LONG_TERM).standings == {Standing.UNCOVERED: 27}


def test_a_long_term_problem_never_opens_the_cell_of_the_concrete_ones(any_world: World) -> None:
    with transaction():
        list_one(any_world, kind=Kind.LONG_TERM)
    concrete, lasting = (board(any_world.supervisor, TODAY, group=group) for group in Group)
    assert concrete.standings[Standing.OPEN] == 0
    assert concrete.other.open == 1
    assert lasting.standings[Standing.OPEN] == 1


# --- the summary moves with every act ---------------------------------------------------------------------------------


class Chances:
    """Somebody does something to some issue, whether the rules allow it or not."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance, self.done, self.today = world, chance, Counter[str](), TODAY
        self.acts = [
            self.list_one, self.assign, self.accept, self.decline, self.reassign, self.correct, self.correct_duty,
            self.dismiss, self.submit_plan, self.decide_plan, self.report, self.ask_extension, self.decide_extension,
            self.apply, self.withdraw, self.review, self.review,
        ]  # fmt: skip

    def go(self) -> str:
        act = self.chance.choice(self.acts)
        try:
            with transaction():
                act()
        except Refused:
            return f"{act.__name__} refused"
        self.done[act.__name__] += 1
        return act.__name__

    def who(self, *keys: str) -> Any:
        return self.world.people[self.chance.choice([*keys, "root_supervisor", "stranger"])]

    def issue(self, *states: State) -> Issue:
        """Mostly one in a state that fits, so that something happens."""
        found = list(db.session.scalars(select(Issue).order_by(Issue.id)))
        fitting = [issue for issue in found if issue.state in states]
        if not found:
            raise Refused("none yet")
        return self.chance.choice(fitting if fitting and self.chance.random() < 0.9 else found)

    def place(self) -> int:
        places = ("shaping", "longxipu", "xinshao", "wugang", "city")
        return int(self.world.regions[self.chance.choice(places)].id)

    def list_one(self) -> None:
        issues.list_issue(
            self.who("supervisor"), today=self.today, title="问题", wording="", kind=self.chance.choice(list(Kind)),
            source=list_source(self.chance), category_id=self.chance.choice(self.world.categories[:3]).id,
            region_id=self.place(),
        )  # fmt: skip

    def assign(self) -> None:
        issues.assign(
            self.issue(State.LISTED), self.who("supervisor", "supervisor"), today=self.today, calendar=calendar(),
            duty=make_duty(self.world), requirement="限期改", review_on=date(2020, 1, 1),
            deadline=self.chance.choice([None, self.today + timedelta(days=self.chance.randrange(40))]),
        )  # fmt: skip

    def accept(self) -> None:
        issues.accept(self.issue(State.ASSIGNED), self.who(*["official"] * 5), today=self.today)

    def decline(self) -> None:
        issues.decline(self.issue(State.ASSIGNED), self.who("official"), today=self.today, reason="不是本单位职责")

    def reassign(self) -> None:
        duty = make_duty(self.world, unit_ids=(self.world.finance.id,))
        moved = self.issue(State.PLANNING, State.RECTIFYING)
        issues.reassign(moved, self.who("supervisor"), today=self.today, duty=duty, reason="分工调整")

    def correct(self) -> None:
        changes = self.chance.choice(
            [
                {"category_id": self.chance.choice(self.world.categories[:3]).id},
                {"region_id": self.place()},
                {"kind": self.chance.choice(list(Kind))},
                {"region_id": self.place(), "category_id": self.world.categories[4].id, "kind": Kind.LONG_TERM},
                {"title": "写对了"},
            ]
        )
        issues.correct(self.issue(*State), self.who("supervisor"), today=self.today, reason="更正", changes=changes)

    def correct_duty(self) -> None:
        one = self.issue(State.CLEARED, State.RECTIFYING)
        issues.correct(
            one, self.who("supervisor"), today=self.today, reason="补", changes={}, duty=make_duty(self.world)
        )

    def dismiss(self) -> None:
        if self.chance.random() < 0.3:
            issues.dismiss(self.issue(*State), self.who(), today=self.today, reason="并案", document="文件")

    def submit_plan(self) -> None:
        due = self.today + timedelta(days=self.chance.randrange(10))
        plans.submit_plan(
            self.issue(State.PLANNING), self.who(*["official"] * 5), today=self.today, goals="通水",
            measures=[("铺管", "水利局", due)],
        )  # fmt: skip

    def decide_plan(self) -> None:
        act = self.chance.choice([plans.approve_plan, plans.approve_plan, plans.return_plan])
        more = {"reason": "再改"} if act is plans.return_plan else {}
        act(self.issue(State.PLANNING), self.who(*["leader"] * 5), today=self.today, **more)

    def report(self) -> None:
        issue = self.issue(State.RECTIFYING)
        plan = plans.approved_plan(issue.id)
        ticked = [measure.id for measure in plan.measures] if plan else []
        progress.report(
            issue, self.who(*["official"] * 5), today=self.today, text="做了", measures_done=ticked,
            files=[upload("现场.txt", b"seen")],
        )  # fmt: skip

    def ask_extension(self) -> None:
        issue = self.issue(State.RECTIFYING)
        deadlines.request_extension(
            issue, self.who("official"), today=self.today, reason="雨季",
            wanted=(issue.deadline or self.today) + timedelta(days=30),
        )  # fmt: skip

    def decide_extension(self) -> None:
        if self.chance.random() < 0.5:
            deadlines.grant_extension(self.issue(State.RECTIFYING), self.who("supervisor"), today=self.today)
        else:
            deadlines.refuse_extension(
                self.issue(State.RECTIFYING), self.who("supervisor"), today=self.today, reason="不行"
            )

    def apply(self) -> None:
        answers = {each: Answer("已做到", files=[upload("证.txt", b"done")]) for each in Standard}
        one = self.issue(State.RECTIFYING)
        clearance.request_clearance(one, self.who(*["official"] * 5), today=self.today, answers=answers)

    def withdraw(self) -> None:
        if self.chance.random() < 0.3:
            clearance.withdraw_clearance(self.issue(State.REVIEWING), self.who("official"), today=self.today)

    def review(self) -> None:
        reviewer = self.who("supervisor", "city_leader", "city_leader2")
        if self.chance.random() < 0.8:
            clearance.pass_level(self.issue(State.REVIEWING), reviewer, today=self.today, opinion="属实")
        else:
            clearance.return_application(self.issue(State.REVIEWING), reviewer, today=self.today, opinion="不实")


def list_source(chance: random.Random) -> Any:
    return chance.choice([source for source in issues.Source if source is not issues.Source.OTHER])


def test_after_any_acts_in_any_order_the_summary_is_a_recount(any_world: World) -> None:
    chance, again = dice()
    chances = Chances(any_world, chance)
    for step in range(rounds(1000)):  # longer than usual where chance keeps to few acts
        if step >= rounds(260) and len(chances.done) > 8:
            break
        told = chances.go()
        assert counts_differ() == [], (step, told, again)
        chances.today += timedelta(days=chance.random() < 0.15)
    shown = board(any_world.root_supervisor, chances.today)
    assert not wrong(shown, Count(any_world.root_supervisor, chances.today)), again
    assert len(chances.done) > 8, (chances.done, again)
    assert shown.whole.total + shown.other.total + shown.whole.dismissed + shown.other.dismissed == (
        db.session.scalar(select(func.count(Issue.id)))
    )


def test_a_problem_carried_to_its_clearance_leaves_one_row_of_the_summary(any_world: World) -> None:
    chances = Chances(any_world, random.Random(3))
    with transaction():
        issue = assign_one(any_world)
        issues.accept(issue, any_world.official, today=TODAY)
        plans.submit_plan(issue, any_world.official, today=TODAY, goals="通水", measures=[("铺管", "", TODAY)])
        plans.approve_plan(issue, any_world.leader, today=TODAY)
    for act in (chances.report, chances.apply):
        chances.who = lambda *_: any_world.official  # type: ignore[method-assign]
        with transaction():
            act()
        assert counts_differ() == []
    for who in (any_world.supervisor, any_world.city_leader):
        with transaction():
            clearance.pass_level(issue, who, today=TODAY, opinion="属实")
        assert counts_differ() == []
    rows = db.session.scalars(select(IssueCount).where(IssueCount.number > 0)).all()
    assert [(row.state, row.proven, row.number) for row in rows] == [(State.CLEARED, True, 1)]
    assert board(any_world.leader, TODAY).standings[Standing.PROVEN] == 1


def test_a_refused_act_leaves_the_summary_alone(any_world: World) -> None:
    with transaction():
        issue = assign_one(any_world)
    before = [(row.state, row.number) for row in db.session.scalars(select(IssueCount))]
    with pytest.raises(RuntimeError), transaction():
        issues.accept(issue, any_world.official, today=TODAY)
        raise RuntimeError("the disk is full")
    assert [(row.state, row.number) for row in db.session.scalars(select(IssueCount))] == before
    assert counts_differ() == []


def test_a_summary_that_is_wrong_is_named_and_mended(any_world: World) -> None:
    make_counted(any_world, 40, 11)
    assert counts_differ() == []
    row = db.session.scalars(select(IssueCount).where(IssueCount.number > 0)).first()
    assert row is not None
    cell = (row.category_id, row.county_id, row.kind, row.state, row.proven)
    kept = row.number
    with transaction():
        db.session.execute(
            update(IssueCount)
            .where(*(getattr(IssueCount, name) == value
                     for name, value in zip(("category_id", "county_id", "kind", "state", "proven"), cell, strict=True)))
            .values(number=kept + 2)
        )  # fmt: skip
    (difference,) = counts_differ()
    assert (difference.cell, difference.kept, difference.counted) == (cell, kept + 2, kept)
    with transaction():
        recount()
    assert counts_differ() == []
    with transaction():
        db.session.execute(delete(IssueCount))
    assert sum(each.counted for each in counts_differ()) == sum(
        not issue.has_children for issue in db.session.scalars(select(Issue))
    )


# --- cost -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 60, 300])
@pytest.mark.parametrize(
    ("key", "most"),
    [("root_supervisor", 5), ("leader", 5), ("two_lines", 5), ("town_leader", 6), ("county_and_town", 6)],
)
def test_a_board_takes_five_queries_whatever_the_number_of_issues(
    world: World, key: str, most: int, number: int
) -> None:
    make_counted(world, number, 7)
    person = world.people[key]
    assert person.grants  # read before the counting begins
    with sent() as statements:
        board(person, TODAY)
    assert len(statements) == most


def test_a_board_takes_five_queries_whatever_its_size(world: World) -> None:
    with transaction():
        add_categories(world, 20)
        add_counties(world, 60)
    make_counted(world, 100, 7)
    assert world.root_supervisor.grants
    with sent() as statements:
        shown = board(world.root_supervisor, TODAY)
    assert len(shown.columns) * len(shown.lines) == 63 * 29
    assert len(statements) == 5


@pytest.mark.parametrize("which", ["overdue", "look_back"])
def test_the_figures_of_what_is_late_come_from_their_index_alone(world: World, which: str) -> None:
    make_counted(world, 60, 7)
    with sent() as statements:
        board(world.root_supervisor, TODAY)
    late, parameters = next(row for row in statements if which in row[0])
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {late}", parameters).all()
    assert any(
        f"COVERING INDEX ix_issue_{which}_cell (category_id=? AND county_id=? AND kind=?" in row[3] for row in plan
    )
    assert not any("SCAN issue\n" in f"{row[3]}\n" for row in plan)


def test_a_person_of_the_board_is_named_by_a_post_and_no_other_way(world: World) -> None:
    """An official who also leads: their own issues elsewhere are theirs to see, and on no board but their post's."""
    with transaction():
        make_person(world, "elsewhere", "外地领导", "wugang_office", ((Role.LEADER, "wugang", None),))
        assign_one(world, duty=make_duty(world, lead_official_id=world.people["elsewhere"].id))
    shown = board(world.people["elsewhere"], TODAY)
    assert [column.name for column in shown.columns] == ["武冈市"]
    assert (shown.whole.total, shown.other.total) == (0, 0)
