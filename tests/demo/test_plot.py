"""Rules of the plot: whatever today is, every story's dates make sense. Pure."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tracker.demo.cast import columns
from tracker.demo.plot import OPEN_ENDINGS, STAGE_COUNTY, TAKEN_AGO, Ending, Plotter, Story
from tracker.demo.words import PROBLEMS
from tracker.inspections.rules import Source
from tracker.issues.workflow import Verb
from tracker.settings.rules import CATEGORIES
from tracker.workdays.rules import Calendar

DAYS = [date(2019, 8, 28), date(2024, 2, 29), date(2025, 10, 8), date(2026, 1, 1), date(2031, 5, 4)]
PLACES = columns()


def plotter_of(today: date, levels: int = 2) -> Plotter:
    return Plotter(today, Calendar(), PLACES, dict.fromkeys(Source, levels))


def act(story: Story, verb: Verb) -> date | None:
    return next((one.day for one in story.acts if one.verb is verb), None)


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("levels", [2, 4])
def test_acts_stand_in_order_on_working_days_before_today(today: date, levels: int) -> None:
    for story in plotter_of(today, levels).stories():
        moments = [(one.day, one.minute) for one in story.acts]
        assert moments == sorted(set(moments)), story
        assert moments[-1][0] < today
        assert all(day.weekday() < 5 and minute < 24 * 60 for day, minute in moments)


@pytest.mark.parametrize("today", DAYS)
def test_nothing_is_asked_for_that_the_rules_forbid(today: date) -> None:
    for story in plotter_of(today).stories():
        assigned, asked, submitted = (
            act(story, verb) for verb in (Verb.ASSIGN, Verb.REQUEST_EXTENSION, Verb.SUBMIT_PLAN)
        )
        if assigned and story.deadline:
            assert assigned <= story.deadline, story
        if asked:
            assert story.deadline, story
            assert asked <= story.deadline, story
            wanted = next(one for one in story.acts if one.verb is Verb.REQUEST_EXTENSION).detail["wanted"]
            assert wanted > story.deadline, story
        if submitted and story.deadline:
            plan = next(one for one in story.acts if one.verb is Verb.SUBMIT_PLAN)
            assert all(submitted <= due <= story.deadline for _text, due in plan.detail["measures"]), story


def test_the_same_day_gives_the_same_stories() -> None:
    assert plotter_of(DAYS[0]).stories() == plotter_of(DAYS[0]).stories()


def test_the_storys_county_meets_every_ending() -> None:
    plotter = plotter_of(DAYS[0])
    there = {story.ending for story in plotter.stories() if plotter.columns[story.county].name == STAGE_COUNTY}
    assert there >= set(OPEN_ENDINGS)


def test_no_two_stories_have_one_title_and_each_category_varies() -> None:
    stories = plotter_of(DAYS[0]).stories()
    assert not [title for title, number in Counter(story.title for story in stories).items() if number > 1]
    assert len(PROBLEMS) == len(CATEGORIES)
    assert all(len({story.problem.title for story in stories if story.category == place}) >= 4
               for place in range(len(CATEGORIES)))  # fmt: skip


def test_hand_overs_reach_back_before_the_first_story() -> None:
    plotter = plotter_of(DAYS[0])
    received = Counter[Source]()
    for source, title, _document, day in plotter.inspections():
        received[source] += 1
        assert title
        assert day < DAYS[0]
    first = min(story.acts[0].day for story in plotter.stories())
    assert all(
        min(day for other, _t, _d, day in plotter.inspections() if other is source) < first for source in received
    )
    assert len(received) >= 8


def test_taken_over_rows_begin_on_one_day() -> None:
    plotter = plotter_of(DAYS[0])
    begun = {story.acts[0].day for story in plotter.stories() if story.entered}
    assert begun == {plotter.days[TAKEN_AGO - 1]}
    assert plotter.days[TAKEN_AGO - 1] < DAYS[0] - timedelta(days=TAKEN_AGO)


def test_the_citys_own_problems_wait_at_no_second_level() -> None:
    own = len(PLACES) - 1
    assert not [s for s in plotter_of(DAYS[0]).stories() if s.county == own and s.ending is Ending.REVIEW_2]
