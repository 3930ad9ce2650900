"""A small world for tests: a city of two counties, its units, and people of whom some must see nothing.

Plain functions make things; ``world`` is the fixture most tests want. Loaded as a plugin by conftest.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import null
from sqlalchemy.engine.default import DefaultDialect
from werkzeug.routing import Rule

from tracker import create_app
from tracker.accounts.models import Post, User
from tracker.base.access import Role
from tracker.base.config import Config
from tracker.base.db import db, transaction
from tracker.clearance.models import ReviewChain, ReviewLevel
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.rules import Level
from tracker.settings.models import Category
from tracker.settings.rules import CATEGORIES
from tracker.workdays.queries import calendar

TODAY = date(2019, 7, 1)
NOW = datetime(2019, 7, 1, 1, 0, tzinfo=UTC)
PASSWORD = "a long enough pass phrase"


# Every test makes an app of its own, and most of that time went into compiling the same addresses again.
_compiled: dict[tuple[str, bool], Any] = {}
_compile_builder = Rule._compile_builder


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:
    key = (rule.rule, append_unknown)
    if rule.defaults or rule.subdomain or rule.host:
        return _compile_builder(rule, append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile_builder(rule, append_unknown)
    return _compiled[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign]


class _CompiledTemplates(BytecodeCache):
    """The same for templates: a page's first rendering took ten times as long as its second."""

    def __init__(self) -> None:
        self.code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self.code.get((bucket.key, bucket.checksum))
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_templates = _CompiledTemplates()


# And for statements, which are kept by dialect: two of one kind, on one library and one server, say the same.
_statements: dict[Any, Any] = {}


def _is_same_dialect(one: DefaultDialect, other: object) -> bool:
    return isinstance(other, DefaultDialect) and one.name == other.name


DefaultDialect.__eq__ = _is_same_dialect  # type: ignore[method-assign, assignment]
DefaultDialect.__hash__ = lambda dialect: hash(dialect.name)  # type: ignore[method-assign]


def make_app(folder: Path, database_url: str = "") -> Flask:
    """An app on its own data folder; empty, not migrated."""
    app = create_app(Config(data_dir=folder, database_url=database_url, secret_key="t" * 40))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        db.engine.update_execution_options(compiled_cache=_statements)
    return app


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database to copy: migrating for each test would cost a second each."""
    folder = tmp_path_factory.mktemp("migrated")
    app = make_app(folder)
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "tracker.db"


@pytest.fixture
def app(migrated: Path, tmp_path: Path) -> Iterator[Flask]:
    """An app on an empty migrated SQLite database, its context pushed."""
    shutil.copy(migrated, tmp_path / "tracker.db")
    app = make_app(tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@dataclass
class World:
    """Names of what ``make_world`` made; every attribute is a detached id or a loaded entity."""

    regions: dict[str, Region] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    categories: list[Category] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        for group in ("regions", "units", "people"):
            found = self.__dict__.get(group, {}).get(name)
            if found is not None:
                return found
        raise AttributeError(name)


REGIONS = (
    # name, shown, level, parent
    ("city", "邵阳市", Level.CITY, None),
    ("xinshao", "新邵县", Level.COUNTY, "city"),
    ("wugang", "武冈市", Level.COUNTY, "city"),
    ("longxipu", "龙溪铺镇", Level.TOWNSHIP, "xinshao"),
    ("shaping", "沙坪村", Level.VILLAGE, "longxipu"),
)
UNITS = (
    ("office", "市整改办", "city"),
    ("city_water", "市水利局", "city"),
    ("county_office", "新邵县整改办", "xinshao"),
    ("water", "新邵县水利局", "xinshao"),
    ("finance", "新邵县财政局", "xinshao"),
    ("town", "龙溪铺镇人民政府", "longxipu"),
    ("wugang_office", "武冈市整改办", "wugang"),
    ("wugang_water", "武冈市水利局", "wugang"),
)
PEOPLE = (
    # key, name, unit, posts (role, region, category index or None)
    ("root_supervisor", "陈督查", "office", ((Role.SUPERVISOR, "city", None),)),
    ("root_supervisor2", "孙督查", "office", ((Role.SUPERVISOR, "city", None),)),
    ("city_leader", "李志刚", "office", ((Role.LEADER, "city", None),)),
    ("city_leader2", "王立新", "office", ((Role.LEADER, "city", None),)),
    ("supervisor", "周督查", "county_office", ((Role.SUPERVISOR, "xinshao", None),)),
    ("supervisor2", "吴督查", "county_office", ((Role.SUPERVISOR, "xinshao", None),)),
    ("leader", "黄志伟", "county_office", ((Role.LEADER, "xinshao", None),)),
    ("leader2", "赵国强", "county_office", ((Role.LEADER, "xinshao", None),)),
    ("official", "王建国", "water", ((Role.OFFICIAL, "xinshao", None),)),
    ("official2", "刘志强", "finance", ((Role.OFFICIAL, "xinshao", None),)),
    ("town_official", "胡国平", "town", ((Role.OFFICIAL, "longxipu", None),)),
    ("water_supervisor", "水督查", "city_water", ((Role.SUPERVISOR, "city", 2),)),  # 条: drinking water only
    ("stranger", "外县督查", "wugang_office", ((Role.SUPERVISOR, "wugang", None),)),
    ("stranger_official", "外县承办", "wugang_water", ((Role.OFFICIAL, "wugang", None),)),
    ("auditor", "审计员", "office", ((Role.AUDITOR, "city", None),)),
    ("system_admin", "系统员", "office", ((Role.SYSTEM_ADMIN, "city", None),)),
    ("security_admin", "安全员", "office", ((Role.SECURITY_ADMIN, "city", None),)),
    ("nobody", "无岗位", "finance", ()),
)


def make_world() -> World:
    """Regions, units, people and one two-level review chain, committed."""
    world = World()
    with transaction():
        for place, (name, name_en) in enumerate(CATEGORIES):
            world.categories.append(Category(name=name, name_en=name_en, position=place))
        db.session.add_all(world.categories)
        for key, name, level, parent in REGIONS:
            region = Region(name=name, level=level, parent=world.regions.get(parent) if parent else None)
            db.session.add(region)
            db.session.flush()
            line: Region | None = region
            depth = 0
            while line is not None:
                db.session.add(RegionBelow(ancestor_id=line.id, region_id=region.id, depth=depth))
                line, depth = line.parent, depth + 1
            world.regions[key] = region
        for key, name, region_key in UNITS:
            world.units[key] = Unit(name=name, region=world.regions[region_key])
        db.session.add_all(world.units.values())
        db.session.flush()
        for key, name, unit, posts in PEOPLE:
            make_person(world, key, name, unit, posts)
        chain = ReviewChain(name="两级审核", source=None)
        chain.levels = [
            ReviewLevel(position=1, name="县级初审", role=Role.SUPERVISOR, region_level=Level.COUNTY),
            ReviewLevel(position=2, name="市级终审", role=Role.LEADER, region_level=None),
        ]
        db.session.add(chain)
    return world


def make_person(world: World, key: str, name: str, unit: str, posts: Any = ()) -> User:
    """A person who can sign in as ``key`` with PASSWORD (see ``sign_in``)."""
    night = {"quiet_from": null(), "quiet_until": null()}  # or what a test sees would depend on the hour it runs
    person = User(name=name, unit_id=world.units[unit].id, account=key, password_hash="unusable", **night)
    db.session.add(person)
    db.session.flush()
    for role, region, category in posts:
        db.session.add(
            Post(
                user_id=person.id,
                role=role,
                region_id=world.regions[region].id,
                began_at=NOW,
                category_id=world.categories[category].id if category is not None else None,
            )
        )
    world.people[key] = person
    return person


@pytest.fixture
def world(app: Flask) -> World:
    return make_world()


def make_duty(world: World, **overrides: Any) -> Duty:
    """The county's usual duty chain: deputy head leads, water bureau first, finance second."""
    values: dict[str, Any] = {
        "lead_official_id": world.leader.id,
        "lead_unit_id": world.water.id,
        "unit_ids": (world.water.id, world.finance.id),
        "responsible_person_id": world.official.id,
        "task_force": "饮水安全专班",
    }
    return Duty(**(values | overrides))


def list_one(world: World, **overrides: Any) -> Issue:
    """A listed issue in 沙坪村, category drinking water (inside a transaction)."""
    values: dict[str, Any] = {
        "today": TODAY,
        "title": "沙坪村饮水工程完工一年未通水",
        "wording": "龙溪铺镇沙坪村饮水工程完工一年未通水。",
        "source": Source.PROVINCIAL_ASSESSMENT,
        "category_id": world.categories[2].id,
        "region_id": world.shaping.id,
        "kind": Kind.TIME_LIMITED,
    }
    return issues.list_issue(world.supervisor, **(values | overrides))


def assign_one(world: World, issue: Issue | None = None, **overrides: Any) -> Issue:
    """An assigned issue, due 2019-08-31 (inside a transaction)."""
    issue = issue or list_one(world)
    values: dict[str, Any] = {
        "today": TODAY,
        "calendar": calendar(),
        "duty": make_duty(world),
        "requirement": "九月前通水。",
        "deadline": date(2019, 8, 31),
    }
    issues.assign(issue, world.supervisor, **(values | overrides))
    return issue


def sign_in(client: Any, user: User) -> Any:
    """Put this person's session into the test client without the sign-in page."""
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()
        session["_fresh"] = True
    return client


def upload(name: str, content: bytes) -> SimpleNamespace:
    """What a file field holds."""
    return SimpleNamespace(filename=name, stream=io.BytesIO(content))
