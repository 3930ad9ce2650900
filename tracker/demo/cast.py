"""The cast: places, units, people and their posts, made through the same use cases an office would press."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from random import Random
from statistics import mode

from sqlalchemy import select

from tracker.accounts import actions as accounts
from tracker.accounts.models import Deputy, StandIn, User
from tracker.accounts.queries import user_with_account
from tracker.base.access import Actor, Role
from tracker.base.clock import ZONE
from tracker.base.db import db
from tracker.demo.plot import DRINKING_WATER, STAGE_COUNTY, STAGE_TOWN, Place, Story
from tracker.demo.words import BUREAUS, GIVEN_NAMES, PROBLEMS, SURNAMES
from tracker.groups import actions as groups
from tracker.org import actions as org
from tracker.org.models import Region, Unit
from tracker.settings.queries import categories

_TOWN_KINDS = ("镇", "乡", "街道")  # tea farms and orchards have no government of their own
OUTSIDE_COUNTY = "武冈市"


@dataclass(frozen=True)
class DemoPerson:
    """Someone the visitor may sign in as. ``role`` in words; ``hint``: what to try."""

    account: str
    name: str
    role: str
    unit: str
    hint: str


@dataclass
class Cast:
    """Who and what there is, by column of the board (the city itself last) and code of the place."""

    columns: Sequence[Place]
    regions: dict[str, int] = field(default_factory=dict)  # code -> id
    categories: Sequence[int] = ()  # ids in the order of the board's rows
    units: dict[tuple[str, str], Unit] = field(default_factory=dict)  # (code of the place, name) -> unit
    supervisors: dict[int, list[User]] = field(default_factory=dict)  # column -> people
    leaders: dict[int, list[User]] = field(default_factory=dict)
    handlers: dict[int, User] = field(default_factory=dict)  # unit id -> who handles there
    on_leave: StandIn | None = None  # the stage county's first leader, with the second as stand-in
    named: dict[int, User] = field(default_factory=dict)  # unit id -> someone without sign-in
    signing_in: list[tuple[User, str, str]] = field(default_factory=list)  # person, role in words, what to try

    def bureau(self, column: int, key: str) -> Unit:
        place = self.columns[column]
        return self.units[place.code, place.name + BUREAUS[key]]

    def government(self, town: Place) -> Unit:
        return self.units[town.code, government_name(town)]

    @property
    def government_seats(self) -> set[str]:
        """Codes of the city, the counties and the townships."""
        return {place.code for column in self.columns for place in (column, *column.below)}

    def leave(self, begins: date) -> None:
        """The stage county's first leader goes away for two months and names the second as stand-in."""
        column = next(number for number, place in enumerate(self.columns) if place.name == STAGE_COUNTY)
        absent, person = self.leaders[column][:2]
        at, ends = datetime.combine(begins, time(8, 30), ZONE), begins + timedelta(days=60)
        self.on_leave = accounts.name_stand_in(absent, person, absent, begins=begins, ends=ends, today=begins, at=at)

    def acting(self, person: User, day: date) -> Actor:
        """Whose hand it is when this person's duty calls: a stand-in's while they are on leave."""
        leave = self.on_leave
        away = leave is not None and leave.absent_id == person.id and leave.begins_on <= day <= leave.ends_on
        return Deputy(leave.person, leave.absent) if leave is not None and away else person

    def town(self, column: int, code: str) -> Place:
        return next(place for place in self.columns[column].below if place.code == code)


def region_file() -> bytes:
    """The places of the demonstration as the import takes them (see README.md beside it)."""
    return (files("tracker.demo") / "regions.csv").read_bytes()


def columns() -> list[Place]:
    """The counties with their townships and villages, then the city itself."""
    rows = list(csv.DictReader(io.StringIO(region_file().decode())))
    below: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        below.setdefault(row["parent"], []).append(row)

    def place(row: Mapping[str, str]) -> Place:
        inner = (place(child) for child in below.get(row["code"], ()))
        return Place(row["code"], row["name"], tuple(p for p in inner if row["level"] != "county" or _governed(p)))

    city = place(rows[0])
    return [*city.below, Place(city.code, city.name)]


def _governed(town: Place) -> bool:
    return town.name.endswith(_TOWN_KINDS)


def government_name(town: Place) -> str:
    return town.name + ("办事处" if town.name.endswith("街道") else "人民政府")


# --- places and units -----------------------------------------------------------------------------------------


def settle(places: Sequence[Place], *, today: date) -> Cast:
    """Import the regions and the units."""
    cast = Cast(columns=places, categories=[category.id for category in categories()])
    org.import_regions(region_file(), actor_id=None, today=today)
    org.import_units(_unit_file(places), actor_id=None)
    rows = db.session.execute(select(Region.code, Region.id)).all()
    cast.regions = {code: region_id for code, region_id in rows if code}
    codes = {region_id: code for code, region_id in cast.regions.items()}
    cast.units = {(codes[unit.region_id], unit.name): unit for unit in db.session.scalars(select(Unit))}
    return cast


def _unit_file(places: Sequence[Place]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("name", "region", "aliases"))
    writer.writerows(_unit_rows(places))
    return out.getvalue().encode()


def _unit_rows(places: Sequence[Place]) -> Iterator[tuple[str, str, str]]:
    city = places[-1]
    yield f"中共{city.name}委员会", city.code, "市委"
    for place in places:
        own = place is city
        for name in (*BUREAUS.values(), "整改办", "人民政府"):
            yield place.name + name, place.code, f"市{name}" if own else ""
        for town in place.below:
            yield government_name(town), town.code, ""
    stage = next(place for place in places if place.name == STAGE_COUNTY)
    yield f"{STAGE_COUNTY}档案馆", stage.code, ""


# --- people ---------------------------------------------------------------------------------------------------


class Casting:
    """Gives everyone a name, an account and a post. All accounts share one password, so one hash."""

    def __init__(self, cast: Cast, password_hash: str, at: datetime) -> None:
        self.cast, self.password_hash, self.at = cast, password_hash, at
        self.random = Random(1949)
        self._names = self._name_list()
        self._accounts: set[str] = set()
        seats = [cast.regions[code] for code in cast.government_seats]
        regions = db.session.scalars(select(Region).where(Region.id.in_(seats)))
        self.places = {region.code: region for region in regions}
        self.administrators: dict[Role, User] = {}

    def _name_list(self) -> Iterator[tuple[str, str]]:
        names = [
            (surname + given, reading + given_reading)
            for surname, reading in SURNAMES
            for given, given_reading in GIVEN_NAMES
        ]
        self.random.shuffle(names)
        return iter(names)

    def people(self, stories: Iterable[Story]) -> None:
        """Everyone the stories need, and those who show what a stranger and an idle person see."""
        for made in accounts.make_administrators(f"{self.cast.columns[-1].name}整改办", at=self.at):
            self.administrators[Role(made.role)] = self._administrator(made.account)
        for column in range(len(self.cast.columns)):
            self._authorities(column)
        for story in stories:
            self._handlers(story)
        self._show()

    def _person(self, unit: Unit, title: str, role: Role | None, place: str = "", category: int | None = None) -> User:
        """A person; with a ``role`` at ``place`` they can sign in."""
        name, account = next(self._names)
        office = self.administrators[Role.SYSTEM_ADMIN].id
        if role is None:
            return accounts.add_person(name, unit, title=title, actor_id=office, at=self.at)[0]
        while account in self._accounts:
            account += "2"
        self._accounts.add(account)
        person, _one_time = accounts.add_person(name, unit, title=title, account=account, actor_id=office, at=self.at)
        accounts.change_password(person, self.password_hash, at=self.at)
        security = self.administrators[Role.SECURITY_ADMIN].id
        accounts.grant_post(person, role, self.places[place], category, actor_id=security, at=self.at)
        return person

    def _administrator(self, account: str) -> User:
        person = user_with_account(account)
        assert person is not None  # just made
        accounts.change_password(person, self.password_hash, at=self.at)
        self._accounts.add(account)
        return person

    def _authorities(self, column: int) -> None:
        cast, place = self.cast, self.cast.columns[column]
        own = column == len(cast.columns) - 1
        office = cast.units[place.code, f"{place.name}整改办"]
        government = cast.units[place.code, f"{place.name}人民政府"]
        cast.supervisors[column] = [
            self._person(office, title, Role.SUPERVISOR, place.code) for title in ("督查组组长", "督查专员")
        ]
        kind = place.name[-1]
        seats = [(government, f"副{kind}长"), (government, f"{kind}委副书记"), (government, f"{kind}委常委")]
        if own:
            seats = [(government, "副市长"), (cast.units[place.code, f"中共{place.name}委员会"], "市委副书记")]
        cast.leaders[column] = [self._person(unit, title, Role.LEADER, place.code) for unit, title in seats]

    def _handlers(self, story: Story) -> None:
        cast = self.cast
        self._handler(cast.bureau(story.county, story.problem.bureau), "股长", cast.columns[story.county].code)
        if story.town is not None:
            government = cast.government(cast.town(story.county, story.town))
            self._handler(government, "扶贫专干", story.town)

    def _handler(self, unit: Unit, title: str, place: str) -> User:
        if unit.id not in self.cast.handlers:
            self.cast.handlers[unit.id] = self._person(unit, title, Role.OFFICIAL, place)
            self.cast.named[unit.id] = self._person(unit, "分管负责人", None)
        return self.cast.handlers[unit.id]

    def work_groups(self) -> None:
        """A standing group for each category, of the city and of the county the visitor sees most of."""
        cast, city = self.cast, len(self.cast.columns) - 1
        stage = next(place for place, column in enumerate(cast.columns) if column.name == STAGE_COUNTY)
        for column in (city, stage):
            region = self.places[cast.columns[column].code]
            for turn, category in enumerate(categories()):
                bureau = cast.bureau(column, mode(problem.bureau for problem in PROBLEMS[turn]))
                groups.set_group(
                    region,
                    category,
                    cast.supervisors[column][0],
                    name=f"{category.name}专项工作组",
                    lead_official=cast.leaders[column][turn % len(cast.leaders[column])],
                    lead_unit_id=bureau.id,
                    member_ids=[cast.handlers[bureau.id].id] if bureau.id in cast.handlers else [],
                    at=self.at,
                )

    def linked_counties(self) -> None:
        """Each leader of the city keeps in touch with some counties."""
        *counties, _city = self.cast.columns
        leaders = self.cast.leaders[len(counties)]
        for turn, leader in enumerate(leaders):
            linked = [self.places[place.code].id for place in counties[turn :: len(leaders)]]
            office = self.administrators[Role.SYSTEM_ADMIN].id
            accounts.link_counties(leader, linked[:3], actor_id=office, at=self.at)

    def _show(self) -> None:
        """Whom the visitor may sign in as, and what to try there."""
        cast, city = self.cast, len(self.cast.columns) - 1
        names = [place.name for place in cast.columns]
        stage, outside = names.index(STAGE_COUNTY), names.index(OUTSIDE_COUNTY)
        stage_code, outside_code = cast.columns[stage].code, cast.columns[outside].code
        root = cast.columns[city].code
        town = next(place for place in cast.columns[stage].below if place.name == STAGE_TOWN)
        water_supervisor = self._person(
            cast.bureau(city, "water"), "农村饮水科科长", Role.SUPERVISOR, root, cast.categories[DRINKING_WATER]
        )
        outsider = self._handler(cast.bureau(outside, "water"), "股长", outside_code)
        idle = self._person(cast.units[stage_code, f"{STAGE_COUNTY}档案馆"], "科员", Role.OFFICIAL, stage_code)
        show = [
            (cast.supervisors[city][0], "督查（市）", "逾期清单、审核、台账导入；看全市"),
            (cast.supervisors[city][1], "督查（市）", "另一位市级督查，可办理前一位不能自审的事"),
            (cast.leaders[city][0], "领导（市）", "清零看板、末级审核、联系县的问题"),
            (cast.leaders[city][1], "领导（市）", "市本级问题由前一位牵头，末级审核要由这一位办"),
            (water_supervisor, "督查（市，只管安全饮水）", "按“条”看：只看到安全饮水一类"),
            (cast.supervisors[stage][0], "督查（新邵县）", "列单、交办、审批延期、县级审核"),
            (cast.supervisors[stage][1], "督查（新邵县）", "另一位县级督查"),
            (cast.leaders[stage][0], "领导（新邵县）", "批准或退回整改方案"),
            (cast.leaders[stage][1], "领导（新邵县）", "另一位牵头领导；正代理休假的前一位，可换到其工作台"),
            (
                self._handler(cast.bureau(stage, "water"), "股长", stage_code),
                "承办（县水利局）",
                "签收、报方案、报进展、申请销号",
            ),
            (
                self._handler(cast.bureau(stage, "finance"), "股长", stage_code),
                "承办（县财政局）",
                "同上；看不到水利局的问题",
            ),
            (
                self._handler(cast.government(town), "扶贫专干", town.code),
                "承办（龙溪铺镇）",
                "乡镇的问题，手机上报进展",
            ),
            (cast.supervisors[outside][0], "督查（武冈市）", "外县：新邵县的问题对其不存在"),
            (outsider, "承办（武冈市水利局）", "外县：新邵县的问题对其不存在"),
            (idle, "承办（县档案馆）", "没有待办时的工作台"),
            (self.administrators[Role.SYSTEM_ADMIN], "系统管理员", "区划、单位、人员；看不到问题"),
            (self.administrators[Role.SECURITY_ADMIN], "安全管理员", "岗位授权；看不到问题"),
            (self.administrators[Role.AUDITOR], "审计管理员", "只看谁在何时办了什么，什么都不能改"),
        ]
        cast.signing_in = show


def shown(cast: Cast) -> list[DemoPerson]:
    """The people to sign in as, for the start's printed list."""
    return [
        DemoPerson(str(person.account), person.name, role, person.unit.name, hint)
        for person, role, hint in cast.signing_in
    ]
