"""The board as a page: every figure leads to exactly the issues it counts, for everybody who may open it."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask

from tests.board.counted import READERS, Count, Figures, make_counted
from tests.board.test_queries import add_categories, add_counties
from tests.effort import dice, rounds
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, list_one, sign_in
from tracker.base.db import db, transaction
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.org.models import Region
from tracker.register import queries as register
from tracker.register.rules import Filters, Group, Sort
from tracker.settings.models import Category

GROUPS = [group.value for group in Group]


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- reading the page -------------------------------------------------------------------------------------------------


@dataclass
class Link:
    """One address on the page with what stands in it."""

    href: str
    text: str = ""

    @property
    def figure(self) -> int | None:
        digits = re.sub(r"[,\s]", "", self.text).strip("✓○—")
        return int(digits) if digits.isdigit() else None

    @property
    def asked(self) -> Filters:
        return Filters.read(parse_qs(urlsplit(self.href).query), Sort.DEADLINE)


@dataclass
class Field:
    """One cell of a table: its text, its links, and the state its class names."""

    text: str = ""
    classes: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


class Sheet(HTMLParser):
    """The page's tables as rows of fields by class of the table, and every link to the register."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[Field]]] = {}
        self.links: list[Link] = []
        self._rows: list[list[Field]] | None = None
        self._link: Link | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._rows = self.tables.setdefault(given.get("class", "").split(" ")[0], [])
        elif self._rows is None and tag != "a":
            return
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(Field())
        if self._here and tag in ("td", "div", "span", "a"):
            self._here.classes += given.get("class", "").split()
        if tag == "a" and given.get("href", "").startswith("/register?"):
            self._link = Link(given["href"])
            self.links.append(self._link)
            if self._here:
                self._here.links.append(self._link)

    @property
    def _here(self) -> Field | None:
        return self._rows[-1][-1] if self._rows and self._rows[-1] else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None
        elif tag == "table":
            self._rows = None

    def handle_data(self, text: str) -> None:
        if self._link:
            self._link.text += text
        if self._here:
            self._here.text += text


def opened(app: Flask, person: Any, query: str = "") -> Sheet:
    answer = sign_in(app.test_client(), person).get(f"/board{query}")
    assert answer.status_code == 200
    return Sheet(answer.text)


def listed(filters: Filters, person: Any) -> int:
    """How many the list holds; that it shows as many as it says is held by the list's own tests."""
    return register.count(register.scope(filters, person, TODAY))


def queries_of_boards() -> list[str]:
    places = [None, *db.session.scalars(db.select(Region.id).where(Region.parent_id.is_not(None))).all()[:1]]
    return [f"?group={group}" + (f"&county={place}" if place else "") for group in GROUPS for place in places]


# --- every figure is what lies behind it --------------------------------------------------------------------------


def test_every_figure_is_what_the_list_behind_it_holds(any_app: Flask, any_world: World) -> None:
    chance, again = dice()
    followed = 0
    for seed in [chance.randrange(10**6) for _ in range(rounds(2))]:
        make_counted(any_world, chance.choice([15, 60]), seed)
        for key in READERS:
            person = any_world.people[key]
            for query in queries_of_boards()[: 2 if key == "stranger" else None]:
                answer = sign_in(any_app.test_client(), person).get(f"/board{query}")
                if answer.status_code == 404:  # no column of theirs
                    continue
                for link in Sheet(answer.text).links:
                    assert link.figure is not None, (key, query, link)
                    assert link.figure == listed(link.asked, person), (key, query, link, again)
                    followed += 1
    assert followed > 500


def test_the_lists_own_page_says_the_figure_that_led_to_it(app: Flask, world: World) -> None:
    chance, again = dice()
    make_counted(world, 120, chance.randrange(10**6))
    for key in ("root_supervisor", "leader", "town_leader", "two_lines"):
        client = sign_in(app.test_client(), world.people[key])
        links = Sheet(client.get(f"/board?group={chance.choice(GROUPS)}").text).links
        for link in chance.sample(links, min(12, len(links))):
            page = client.get(link.href).text
            assert f"共 <strong>{link.figure}</strong>" in page, (key, link, again)


def linked(found: Field, figure: str, ought: Figures) -> None:
    """The figure stands in the field under a link that asks for it, unless there is nothing to lead to."""
    wanted = {"open": lambda f: len(f.state) == 5, "overdue": lambda f: f.overdue,
              "cleared": lambda f: f.proven is None and [s.value for s in f.state] == ["cleared"],
              "total": lambda f: not f.state and not f.overdue}[figure]  # fmt: skip
    shown = [link.figure for link in found.links if wanted(link.asked)]
    assert shown == [getattr(ought, figure)], (figure, found, ought)


def check_cell(found: Field, ought: Figures) -> str:
    if ought.standing == "open":
        assert "cell-open" in found.classes
        for figure in ("open", "cleared", "total", *(["overdue"] if ought.overdue else [])):
            linked(found, figure, ought)
    else:
        assert f"cell-{ought.standing}" in found.classes, (found, ought)
        mark = {"proven": "✓", "declared": "○", "uncovered": "—"}[ought.standing]
        assert found.text.split() == [f"{mark}", *([str(ought.cleared)] if ought.cleared else [])]
    return ought.standing


def test_every_cell_row_and_column_shows_its_own_figures(app: Flask, world: World) -> None:
    """The grid, place by place: a figure in the wrong cell would still equal the list behind its own link."""
    chance, again = dice()
    seen: Counter[str] = Counter()
    for number, seed in [(14, 6), (60, chance.randrange(10**6))]:
        make_counted(world, number, seed)
        for key in ("root_supervisor", "line_and_block"):
            person = world.people[key]
            for group in Group:
                head, *rows, sums = opened(app, person, f"?group={group.value}").tables["board"]
                count = Count(person)
                counties = [world.xinshao.id, world.wugang.id, world.city.id]
                assert [each.text.strip() for each in head] == ["类别", "新邵县", "武冈市", "市本级", "合计"]
                assert [row[0].text.strip() for row in rows] == [each.name for each in world.categories]
                for category, row in zip(world.categories, rows, strict=True):
                    for county, found in zip(counties, row[1:-1], strict=True):
                        if not count.reached(county, category.id):
                            assert (found.classes, found.text.strip()) == (["cell-outside"], ""), again
                            continue
                        seen[check_cell(found, count.of(group, county, category.id))] += 1
                    check_sum(row[-1], count.of(group, None, category.id), again)
                for county, found in zip(counties, sums[1:-1], strict=True):
                    check_sum(found, count.of(group, county), again)
                check_sum(sums[-1], count.of(group), again, bare=key == "line_and_block")
    assert set(seen) == {"open", "declared", "proven", "uncovered"}, seen


def check_sum(found: Field, ought: Figures, again: str, *, bare: bool = False) -> None:
    """A row's, column's or the whole's; ``bare``: no one filter says it, so nothing may lead anywhere."""
    words = found.text.split()
    if not ought.total:
        assert words == ["—"], again
        return
    late = [str(ought.overdue)] if ought.overdue else []
    assert words == [str(ought.open), *late, f"{ought.cleared}/", str(ought.total)] or words == [
        str(ought.open), *late, f"{ought.cleared}/{ought.total}"
    ], (words, ought, again)  # fmt: skip
    assert bool(found.links) != bare, again
    for figure in () if bare else ("open", "cleared", "total"):
        linked(found, figure, ought)


def test_the_head_line_counts_the_cells(app: Flask, world: World) -> None:
    make_counted(world, 14, 6)
    for key in ("root_supervisor", "line_and_block", "stranger"):
        person = world.people[key]
        page = sign_in(app.test_client(), person).get("/board").text
        count = Count(person)
        standings = Counter(
            count.of(Group.CONCRETE, county, category.id).standing
            for county in (world.xinshao.id, world.wugang.id, world.city.id)
            for category in world.categories
            if count.reached(county, category.id)
        )
        head = " ".join(page.split("<h1>")[1].split("</h1>")[0].split())
        assert f"{sum(standings.values())} 格中 {standings['proven']} 格已证清零" in head
        assert (
            f"账面清零 {standings['declared']} 格，未清零 {standings['open']} 格，未覆盖 {standings['uncovered']} 格"
            in page
        )


def test_figures_of_earlier_years_are_counted_and_listed(app: Flask, world: World) -> None:
    make_counted(world, 80, 7)
    issues = db.session.scalars(db.select(Issue)).all()
    assert any(issue.cleared_on and issue.cleared_on.year < TODAY.year for issue in issues)
    client = sign_in(app.test_client(), world.root_supervisor)
    for link in Sheet(client.get("/board").text).links:
        assert parse_qs(urlsplit(link.href).query)["year"] == ["all"]


def test_the_two_groups_never_mix_and_each_leads_to_the_other(app: Flask, world: World) -> None:
    with transaction():
        list_one(world, kind=Kind.LONG_TERM)
        list_one(world, kind=Kind.IMMEDIATE)
        list_one(world)
    for group, number in (("concrete", 2), ("long_term", 1)):
        sheet = opened(app, world.root_supervisor, f"?group={group}")
        assert {link.asked.group for link in sheet.links} == {Group(group)}
        assert sheet.tables["board"][-1][-1].links[0].figure == number
    page = sign_in(app.test_client(), world.root_supervisor).get("/board?group=nonsense").text
    assert 'href="/board?group=long_term"' in page
    assert re.search(r'href="/board\?group=concrete"[^>]*aria-current', page)


def test_a_narrowed_board_keeps_its_group_and_its_county(app: Flask, world: World) -> None:
    make_counted(world, 60, 7)
    query = f"?group=long_term&county={world.xinshao.id}"
    sheet = opened(app, world.root_supervisor, query)
    assert sheet.links
    assert {(link.asked.county, link.asked.group) for link in sheet.links} == {(world.xinshao.id, Group.LONG_TERM)}
    page = sign_in(app.test_client(), world.root_supervisor).get(f"/board{query}").text
    assert f'href="/board?group=concrete&amp;county={world.xinshao.id}"' in page


# --- scope -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "status"),
    [
        *((key, 200) for key in READERS),
        *((key, 403) for key in ("official", "town_official", "auditor", "system_admin", "security_admin", "nobody")),
    ],
)
def test_the_board_opens_for_supervisors_and_leaders_alone(app: Flask, world: World, key: str, status: int) -> None:
    make_counted(world, 5, 7)
    assert sign_in(app.test_client(), world.people[key]).get("/board").status_code == status


def test_whoever_is_not_signed_in_is_asked_to(app: Flask, world: World) -> None:
    assert "/login" in app.test_client().get("/board").location


def test_another_county_is_not_there_for_a_county(app: Flask, world: World) -> None:
    make_counted(world, 60, 7)
    client = sign_in(app.test_client(), world.leader)
    assert client.get(f"/board?county={world.xinshao.id}").status_code == 200
    for county in (world.wugang.id, world.city.id, world.longxipu.id, 10**6):
        assert client.get(f"/board?county={county}").status_code == 404
    page = client.get("/board").text
    assert "武冈" not in page
    others = {issue.number for issue in db.session.scalars(db.select(Issue)) if issue.county_id != world.xinshao.id}
    assert others
    assert not [number for number in others if number in page]


def test_a_category_post_sees_its_own_row_only(app: Flask, world: World) -> None:
    make_counted(world, 60, 7)
    sheet = opened(app, world.water_supervisor)
    assert [row[0].text.strip() for row in sheet.tables["board"]] == ["类别", world.categories[2].name, "合计"]
    assert {link.asked.category for link in sheet.links} == {world.categories[2].id}


def test_a_post_below_the_county_is_told_that_it_sees_a_part(app: Flask, world: World) -> None:
    make_counted(world, 60, 7)
    said = "只统计您职责范围内的问题"
    assert said in sign_in(app.test_client(), world.town_leader).get("/board").text
    assert said not in sign_in(app.test_client(), world.leader).get("/board").text


# --- the edges -------------------------------------------------------------------------------------------------------


def test_an_empty_board_says_how_to_begin(any_app: Flask, any_world: World) -> None:
    page = sign_in(any_app.test_client(), any_world.root_supervisor).get("/board").text
    assert "清单里还没有问题" in page
    assert 'href="/ledgers"' in page
    assert 'class="board"' not in page
    other = sign_in(any_app.test_client(), any_world.leader).get("/board").text
    assert "清单里还没有问题" in other
    assert 'class="button button-main" href="/ledgers"' not in other


def test_one_row_makes_a_board(any_app: Flask, any_world: World) -> None:
    with transaction():
        list_one(any_world)
    sheet = opened(any_app, any_world.root_supervisor)
    assert sorted({link.text.strip() for link in sheet.links}) == ["0", "1"]
    assert listed(sheet.tables["board"][3][1].links[0].asked, any_world.root_supervisor) == 1


def test_names_that_are_markup_are_shown_as_text(app: Flask, world: World) -> None:
    with transaction():
        list_one(world, title="<script>alert(1)</script>")
        world.xinshao.name, world.categories[2].name = "<b>县</b>", '"><i>类</i>'
        db.session.add_all([db.session.merge(world.xinshao), db.session.merge(world.categories[2])])
    page = sign_in(app.test_client(), world.root_supervisor).get("/board").text
    assert "&lt;b&gt;县" in page
    assert not [mark for mark in ("<script>alert", "<b>县", "<i>类") if mark in page]


def test_the_page_grows_with_the_installation(app: Flask, world: World) -> None:
    with transaction():
        add_categories(world, 4)
        add_counties(world, 20)
        list_one(world)
    head, *rows, _sums = opened(app, world.root_supervisor).tables["board"]
    assert (len(head), len(rows)) == (1 + 23 + 1, 13)
    assert all(len(row) == 25 for row in rows)


def test_an_installation_of_one_place_shows_a_list(app: Flask, world: World) -> None:
    """A county town without counties of its own: one column is a list, not a grid."""
    with transaction():
        list_one(world)
    sheet = opened(app, world.leader)
    assert "board" not in sheet.tables
    rows = [row for row in sheet.tables["table"] if row[0].text.strip() in {each.name for each in world.categories}]
    assert [row[1].text.strip() for row in rows] == ["未覆盖", "未覆盖", "未清零", *["未覆盖"] * 6]


def test_english_readers_get_the_categories_in_english(app: Flask, world: World) -> None:
    with transaction():
        list_one(world)
    client = sign_in(app.test_client(), world.root_supervisor)
    client.post("/language/en", data={"next": "/board"})
    page = client.get("/board").text
    names = [each.name_en for each in db.session.scalars(db.select(Category))]
    assert names
    assert all(name.replace("&", "&amp;") in page for name in names)


# --- cost ------------------------------------------------------------------------------------------------------------


def cost(app: Flask, person: Any, query: str = "") -> int:
    client = sign_in(app.test_client(), person)
    with sent() as statements:
        assert client.get(f"/board{query}").status_code == 200
    return len(statements)


@pytest.mark.parametrize("key", ["root_supervisor", "leader", "two_lines", "town_leader"])
def test_a_page_costs_the_same_whatever_the_number_of_issues(app: Flask, world: World, key: str) -> None:
    make_counted(world, 60, 1)  # enough that something is overdue and something cleared: each is a list beside it
    few = cost(app, world.people[key])
    make_counted(world, 250, 2)
    assert cost(app, world.people[key]) == few <= 9


def test_a_page_costs_the_same_whatever_the_size_of_the_board(app: Flask, world: World) -> None:
    make_counted(world, 40, 1)
    small = cost(app, world.root_supervisor)
    with transaction():
        add_categories(world, 10)
        add_counties(world, 30)
    assert cost(app, world.root_supervisor) == small
    assert cost(app, world.root_supervisor, f"?county={world.xinshao.id}") <= small


def test_a_random_walk_of_links_never_leaves_what_one_may_see(app: Flask, world: World) -> None:
    make_counted(world, 80, 7)
    chance, again = dice()
    for key in chance.sample(READERS, 4):
        client = sign_in(app.test_client(), world.people[key])
        page = client.get("/board").text
        hrefs = {href.replace("&amp;", "&") for href in re.findall(r'href="(/(?:board|issues|register)[^"]*)"', page)}
        for href in random.Random(again).sample(sorted(hrefs), min(15, len(hrefs))):
            assert client.get(href).status_code == 200, (key, href, again)
