"""A list of any size, made with bulk inserts: believable proportions, the same for the same seed.

Six of ten issues are cleared, one in fifty is overdue, the rest is under way; the summary is counted by the same
function that mends it. Nobody's hand has moved these issues: each has the one event that took it over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from tracker.accounts.models import Post, User
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.inspections.rules import Source
from tracker.issues.actions import recount
from tracker.issues.models import Issue, IssueText, IssueUnit
from tracker.issues.rules import bigrams, next_look_back, overdue_from
from tracker.issues.workflow import Kind, State
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.rules import Level
from tracker.settings.models import Category
from tracker.settings.rules import CATEGORIES

CHUNK = 5_000
COUNTIES = (
    "双清区",
    "大祥区",
    "北塔区",
    "邵东市",
    "新邵县",
    "邵阳县",
    "隆回县",
    "洞口县",
    "绥宁县",
    "新宁县",
    "城步苗族自治县",
    "武冈市",
)
TOWNSHIPS = 8  # of each county
BUREAUS = (
    "整改办",
    "水利局",
    "财政局",
    "教育局",
    "卫生健康局",
    "住房和城乡建设局",
    "农业农村局",
    "扶贫办",
    "民政局",
    "交通运输局",
    "发展和改革局",
    "审计局",
)
PLACES = (
    "沙坪",
    "石桥",
    "双江",
    "黄荆",
    "龙潭",
    "白马",
    "大坪",
    "青山",
    "枫树",
    "金星",
    "新屋",
    "观音",
    "小河",
    "长塘",
)
THINGS = (
    "饮水工程完工一年未通水",
    "易地扶贫搬迁安置点后续扶持不到位",
    "村卫生室没有合格村医",
    "小额信贷逾期未收回",
    "扶贫项目资金拨付滞后",
    "危房改造对象认定不准确",
    "控辍保学台账与实际不符",
    "群众信访事项答复不及时",
    "产业扶贫项目带贫机制不完善",
    "残疾人两项补贴发放不及时",
    "公益性岗位管理不规范",
    "通村公路破损未修复",
)
FORCES = ("饮水安全专班", "住房保障专班", "资金项目专班", "信访维稳专班")
#: state -> out of a thousand
SHARES = (
    (State.CLEARED, 600),
    (State.DISMISSED, 30),
    (State.LISTED, 30),
    (State.ASSIGNED, 50),
    (State.PLANNING, 50),
    (State.RECTIFYING, 190),
    (State.REVIEWING, 50),
)
_STATES = [state for state, weight in SHARES for _ in range(weight)]
_SOURCES = [source for source in Source if source is not Source.OTHER]
LATE = 0.055  # of the open ones: one issue in fifty


@dataclass(frozen=True)
class Volume:
    """Who and what to look at: people's ids,."""

    leader: int
    supervisor: int
    county_supervisor: int
    official: int
    issues: int
    today: date


@dataclass(frozen=True)
class _Places:
    root: int
    counties: dict[int, list[int]]  # county -> its townships
    units: dict[int, list[int]]  # county (or root) -> units
    officials: dict[int, list[int]]
    categories: list[int]


def build(number: int, today: date, seed: int = 2019) -> Volume:
    """Fill an empty migrated database with this many issues."""
    with transaction():
        places = _make_places()
        people = _make_people(places)
    add_issues(number, today, places, seed)
    with transaction():
        recount()
    return Volume(**people, issues=number, today=today)


def _make_places() -> _Places:
    categories = [
        Category(name=name, name_en=english, position=place) for place, (name, english) in enumerate(CATEGORIES)
    ]
    root = Region(name="邵阳市", level=Level.CITY)
    db.session.add_all([*categories, root])
    db.session.flush()
    _below([root])
    counties: dict[int, list[int]] = {}
    for place, name in enumerate(COUNTIES):
        county = Region(name=name, level=Level.COUNTY, parent_id=root.id, position=place)
        db.session.add(county)
        db.session.flush()
        _below([county, root])
        towns = [
            Region(name=f"{PLACES[number]}镇", level=Level.TOWNSHIP, parent_id=county.id, position=number)
            for number in range(TOWNSHIPS)
        ]
        db.session.add_all(towns)
        db.session.flush()
        for town in towns:
            _below([town, county, root])
        counties[county.id] = [town.id for town in towns]
    units, officials = {}, {}
    for region in (root.id, *counties):
        seated = [
            Unit(name=f"{db.session.get_one(Region, region).name}{bureau}", region_id=region) for bureau in BUREAUS
        ]
        db.session.add_all(seated)
        db.session.flush()
        leads = [User(name=f"{'李王张刘陈'[place]}副主任", title="副主任", unit_id=seated[0].id) for place in range(5)]
        db.session.add_all(leads)
        db.session.flush()
        units[region] = [unit.id for unit in seated]
        officials[region] = [lead.id for lead in leads]
    return _Places(root.id, counties, units, officials, [category.id for category in categories])


def _below(line: list[Region]) -> None:
    """The closure rows of the first region, whose line up to the root this is."""
    for depth, above in enumerate(line):
        db.session.add(RegionBelow(ancestor_id=above.id, region_id=line[0].id, depth=depth))


def _make_people(places: _Places) -> dict[str, int]:
    county = next(iter(places.counties))
    posts = (
        ("leader", Role.LEADER, places.root),
        ("supervisor", Role.SUPERVISOR, places.root),
        ("county_supervisor", Role.SUPERVISOR, county),
        ("official", Role.OFFICIAL, county),
    )
    found: dict[str, int] = {}
    for account, role, region in posts:
        person = User(
            name={"leader": "李副市长", "official": "王建国"}.get(account, "陈督查"),
            account=account,
            password_hash="unusable",
            unit_id=places.units[region][1],
        )
        db.session.add(person)
        db.session.flush()
        db.session.add(Post(user_id=person.id, role=role, region_id=region, began_at=datetime(2019, 1, 1, tzinfo=UTC)))
        found[account] = person.id
    return found


def add_issues(number: int, today: date, places: _Places, seed: int) -> None:
    """Insert the issues in chunks; each chunk is one transaction."""
    rows = _issues(number, today, places, random.Random(seed))
    while chunk := list(islice(rows, CHUNK)):
        with transaction():
            db.session.execute(insert(Issue), chunk)
            db.session.execute(
                insert(IssueUnit),
                [
                    {"issue_id": row["id"], "unit_id": unit, "position": place}
                    for row in chunk
                    for place, unit in enumerate(row["unit_ids"])
                ],
            )
            db.session.execute(
                insert(IssueText),
                [
                    {"issue_id": row["id"], "grams": bigrams(f"{row['number']} {row['title']} {row['wording']}")}
                    for row in chunk
                ],
            )
            db.session.execute(
                insert(Event),
                [
                    {
                        "at": row["updated_at"],
                        "actor_id": None,
                        "verb": "take_over",
                        "subject": "issue",
                        "subject_id": row["id"],
                        "data": {"to": row["state"].value},
                    }
                    for row in chunk
                ],
            )


def _issues(number: int, today: date, places: _Places, chance: random.Random) -> Iterator[dict[str, Any]]:
    counties = list(places.counties)
    for serial in range(1, number + 1):
        at_root = chance.random() < 0.03
        county = places.root if at_root else counties[int(chance.triangular(0, len(counties), 4)) % len(counties)]
        state, kind = chance.choice(_STATES), chance.choices(list(Kind), (20, 65, 15))[0]
        listed_on = today - timedelta(days=chance.randrange(20, 900 if state is State.CLEARED else 240))
        row = _placed(serial, county, county if at_root else chance.choice(places.counties[county]), places, chance)
        yield row | _dated(state, kind, listed_on, today, chance)


def _placed(serial: int, county: int, region: int, places: _Places, chance: random.Random) -> dict[str, Any]:
    title = f"{chance.choice(PLACES)}村{chance.choice(THINGS)}"
    units = places.units[county]
    first = chance.randrange(1, len(units))
    return {
        "id": serial,
        "number": f"2019-{serial:07d}",
        "title": title,
        "wording": f"检查发现{title}，涉及{serial % 90}户。",
        "source": chance.choice(_SOURCES),
        "category_id": chance.choice(places.categories),
        "county_id": county,
        "region_id": region,
        "requirement": "限期整改到位，举一反三，建立长效机制。",
        "lead_unit_id": units[first],
        "lead_official_id": chance.choice(places.officials[county]),
        "task_force": chance.choice(FORCES),
        "unit_ids": (units[first], units[first - 1]),
        "has_children": False,
        "chain_complete": True,
        "deadline_proposed": False,
        "extensions": 0,
        "relapses": 0,
        "version": 1,
        "quantity_done": 0,
    }


def _dated(state: State, kind: Kind, listed_on: date, today: date, chance: random.Random) -> dict[str, Any]:
    cleared = state is State.CLEARED
    late = chance.random() < LATE
    deadline = today + timedelta(days=-chance.randrange(1, 90) if late else chance.randrange(0, 200))
    if kind is Kind.LONG_TERM:
        deadline = None
    elif cleared:
        deadline = listed_on + timedelta(days=60)
    ended_on = min(today, listed_on + timedelta(days=chance.randrange(10, 90)))
    applied_on = today - timedelta(days=chance.randrange(1, 10)) if state is State.REVIEWING else None
    taken_over = chance.random() < 0.2
    return {
        "kind": kind,
        "state": state,
        "listed_on": listed_on,
        "deadline": deadline,
        "original_deadline": deadline,
        "overdue_from": overdue_from(state, deadline, applied_on),
        "applied_on": applied_on,
        "assigned_on": None if state is State.LISTED else listed_on,
        "waiting_since": ended_on,
        "cleared_on": ended_on if cleared else None,
        "dismissed_on": ended_on if state is State.DISMISSED else None,
        "taken_over": taken_over,
        "proven": cleared and not taken_over,
        "look_back_on": next_look_back(ended_on, kind, today) if cleared else None,
        "updated_at": datetime.combine(ended_on, time(4), UTC),
    }
