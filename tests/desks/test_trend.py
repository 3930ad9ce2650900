"""The trend of what is overdue: counted from the episodes' dates, within the person's scope, each number with its list."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, sign_in
from tracker.base.db import db, transaction
from tracker.deadlines.jobs import flag_overdue
from tracker.desks import queries
from tracker.desks.rules import HEIGHT, WEEKS, WIDTH, Part, plot, scale, weeks
from tracker.issues.models import OverdueEpisode
from tracker.issues.rules import EpisodeEnd


def make_episodes(world: World, number: int, seed: int = 3) -> list[OverdueEpisode]:
    """Stretches of being overdue over the last 300 days, ended for every reason or still running (in a transaction)."""
    chance, made = random.Random(seed), []
    for _ in range(number):
        begun = TODAY - timedelta(days=chance.randrange(300))
        ended = begun + timedelta(days=chance.randrange(0, 120)) if chance.random() < 0.6 else None
        ended = ended if ended is None or ended <= TODAY else None
        episode = OverdueEpisode(
            issue_id=assign_one(world).id, deadline=begun - timedelta(days=1), starts_on=begun, ended_on=ended,
            end=chance.choice(list(EpisodeEnd)) if ended else None, recorded_at=NOW,
        )  # fmt: skip
        db.session.add(episode)
        made.append(episode)
    db.session.flush()
    return made


def by_hand(episodes: list[OverdueEpisode], day: date) -> dict[Part, int]:
    since, counted = day - timedelta(days=7), [one for one in episodes if one.end is not EpisodeEnd.ANNULLED]
    return {
        Part.RUNNING: sum(one.starts_on <= day and (one.ended_on is None or one.ended_on > day) for one in counted),
        Part.BEGAN: sum(since < one.starts_on <= day for one in counted),
        Part.ENDED: sum(one.ended_on is not None and since < one.ended_on <= day for one in counted),
    }


def test_each_week_counts_what_the_dates_say_and_an_annulled_one_never_counts(any_world: World) -> None:
    with transaction():
        made = make_episodes(any_world, 40)
    found = queries.trend(any_world.supervisor, TODAY)
    assert [week.day for week in found] == [TODAY - timedelta(days=7 * back) for back in range(WEEKS)][::-1]
    for week in found:
        wanted = by_hand(made, week.day)
        assert {part: getattr(week, part) for part in Part} == wanted, week.day
        for part, number in wanted.items():
            page = queries.episodes_behind(part, week.day, any_world.supervisor, None)
            assert len(page.rows) == min(number, queries.SHOWN)
    assert sum(week.running for week in found)
    assert not any(week.running or week.began or week.ended for week in queries.trend(any_world.stranger, TODAY))


def test_the_last_week_is_the_overdue_list(world: World) -> None:
    with transaction():
        for _ in range(3):
            assign_one(world)
        list_one(world)
    late = date(2019, 9, 10)
    with transaction():
        flag_overdue(late)
    assert (
        queries.trend(world.supervisor, late)[-1].running
        == queries.supervisor_figures(world.supervisor, late).overdue
        == 3
    )


def test_the_trend_costs_as_many_queries_for_many_episodes_as_for_few(world: World) -> None:
    made = []
    for number in (2, 20):
        with transaction():
            make_episodes(world, number)
        db.session.expire_all()
        with sent() as statements:
            queries.trend(world.supervisor, TODAY)
        made.append(len(statements))
    assert made[0] == made[1]


def test_the_picture_says_in_words_what_the_table_says_in_figures(app: Flask, world: World) -> None:
    with transaction():
        made = make_episodes(world, 12)
    running = by_hand(made, TODAY)[Part.RUNNING]
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        page = client.get("/desk/trend").text
        assert page.count("chart-point") == WEEKS
        assert 'role="img"' in page
        assert f"<title>{TODAY} 逾期 {running} 件" in page
        assert page.count(f'href="/desk/trend?day={TODAY}&amp;part=running"') == 2  # the point and the figure
        behind = client.get(f"/desk/trend?day={TODAY}&part=running").text
        assert behind.count('<td class="cell-main">') == running
        assert client.get("/desk/trend?day=nonsense&part=nothing").status_code == 200
        assert sign_in(app.test_client(), world.official).get("/desk/trend").status_code == 403


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 4), (4, 4), (5, 8), (9, 20), (21, 40), (61, 80), (81, 200), (3000, 4000)]
)
def test_the_scale_ends_in_a_round_number_whose_quarters_are_whole(highest: int, top: int) -> None:
    assert scale(highest) == top
    assert top % 4 == 0


def test_the_line_runs_from_edge_to_edge_and_stays_in_the_picture() -> None:
    drawn = plot([0, 61, 12, 80])
    assert [x for x, _ in drawn.points] == sorted(x for x, _ in drawn.points)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in drawn.points)
    assert drawn.ticks[0] == (drawn.points[0][1], 0)
    assert drawn.ticks[-1] == (drawn.points[-1][1], 80)
    assert len(weeks(TODAY)) == WEEKS
    assert plot([]).points == []
