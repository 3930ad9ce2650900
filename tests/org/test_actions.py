"""Regions and units: what an import takes, what it refuses, and that it changes nothing when it refuses."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.world import TODAY, World
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.org import actions, queries
from tracker.org.models import Region, RegionBelow, Unit
from tracker.org.rules import FileRefused, Level

HEAD = "code,parent,name,level,virtual\n"
SMALL = HEAD + (
    "430500000000,430000000000,邵阳市,city,f\n"
    "430501000000,430500000000,市辖区,county,t\n"
    "430523000000,430500000000,邵阳县,county,f\n"
    "430582000000,430500000000,邵东县,county,f\n"
    "430529000000,430500000000,城步苗族自治县,county,f\n"
    "430522000000,430501000000,新邵县,county,f\n"
    "430522101000,430522000000,龙溪铺镇,town,f\n"
    "430522102000,430522000000,坪上镇,township,f\n"
    "430522101201,430522101000,双江村委会,village,f\n"
    "430522102201,430522102000,双江村委会,village,f\n"
)


def take(text: str, **overrides: object) -> dict[str, int]:
    data = overrides.pop("data", text.encode())
    assert isinstance(data, bytes)
    with transaction():
        return actions.import_regions(data, actor_id=None, today=TODAY, **overrides)  # type: ignore[arg-type]


def region(name: str) -> Region:
    return db.session.scalars(select(Region).where(Region.name == name, Region.valid_to.is_(None))).one()


def aliases(name: str) -> set[str]:
    return {alias.name for alias in region(name).aliases}


def test_a_table_of_regions_becomes_one_tree(app: Flask) -> None:
    counts = take(SMALL)
    assert counts == {"新增": 9, "改名": 0, "未变": 0, "略过的虚拟行": 1}
    root = queries.root()
    assert root is not None
    assert (root.name, root.level) == ("邵阳市", Level.CITY)
    assert [county.name for county in queries.counties()] == ["新邵县", "邵阳县", "城步苗族自治县", "邵东县", "邵阳市"]
    assert region("坪上镇").level is region("龙溪铺镇").level is Level.TOWNSHIP


def test_children_of_a_virtual_row_belong_to_its_parent(app: Flask) -> None:
    take(SMALL)
    assert db.session.scalar(select(Region).where(Region.name == "市辖区")) is None
    assert region("新邵县").parent_id == region("邵阳市").id


def test_the_closure_holds_every_region_with_every_region_above_it(app: Flask) -> None:
    take(SMALL)
    village = queries.places().find("龙溪铺镇/双江村委会")
    assert len(village) == 1
    names = [row.name for row in queries.path(village[0])]
    assert names == ["邵阳市", "新邵县", "龙溪铺镇", "双江村委会"]
    # 1 root + 4 counties × 2 + 2 townships × 3 + 2 villages × 4
    assert db.session.scalar(select(func.count()).select_from(RegionBelow)) == 1 + 8 + 6 + 8


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_file_may_be_in_any_usual_encoding(app: Flask, encoding: str) -> None:
    take("", data=SMALL.encode(encoding))
    assert region("城步苗族自治县")


def test_counties_get_the_names_that_offices_write(app: Flask) -> None:
    take(SMALL)
    assert aliases("城步苗族自治县") == {"城步县", "城步"}
    assert aliases("邵东县") == {"邵东市", "邵东"}

    assert [r.name for r in queries.region_named("双江村")] == ["双江村委会", "双江村委会"]


def test_a_short_name_that_means_two_places_is_no_alias(app: Flask) -> None:
    take(SMALL)
    assert queries.region_named("邵阳") == []  # the city, or 邵阳县?
    assert [r.name for r in queries.region_named("邵阳市")] == ["邵阳市"]
    assert [r.name for r in queries.region_named("市本级")] == ["邵阳市"]


def test_a_second_import_recognises_rows_by_code_and_keeps_the_old_name(app: Flask) -> None:
    take(SMALL)
    before = region("邵东县").id
    counts = take(SMALL.replace("邵东县", "邵东市"))
    assert counts == {"新增": 0, "改名": 1, "未变": 8, "略过的虚拟行": 1}
    assert region("邵东市").id == before
    assert aliases("邵东市") == {"邵东县", "邵东"}


def test_missing_counties_can_be_added_under_a_known_parent(app: Flask) -> None:
    take(SMALL)
    take(HEAD + "430524000000,430500000000,隆回县,county,f\n")
    assert [county.name for county in queries.counties()][2:4] == ["隆回县", "城步苗族自治县"]
    assert queries.line_above(region("隆回县").id)[-1] == region("邵阳市").id


@pytest.mark.parametrize("level", ["province", "city", "county", "town", "village"])
def test_a_root_may_have_any_level(app: Flask, level: str) -> None:
    take(HEAD + f"1,,根,{level},f\n")
    assert queries.root() is not None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("430522101202,430522101000,沙坪村,hamlet,f", "D12：不认识级别“hamlet”"),
        ("430522101201,430522101000,沙坪村,village,f", "A12：代码 430522101201 在文件中出现了两次"),
        (",430522101000,沙坪村,village,f", "A12：没有代码"),
        ("430522101202,430522101000,,village,f", "C12：名称是空的"),
        ("4.30522E+11,430522101000,沙坪村,village,f", "A12：“4.30522E+11”不是代码"),
        ("430600000000,430000000000,岳阳市,city,f", "B12：“岳阳市”的上级代码“430000000000”既不在文件中"),
        ("430522103000,430522101201,严塘镇,town,f", "D12：“严塘镇”的级别不低于它的上级"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_taken(app: Flask, line: str, says: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        take(SMALL + line + "\n")
    assert f"regions!{says}" in str(refusal.value)
    assert db.session.scalar(select(func.count()).select_from(Region)) == 0
    assert db.session.scalar(select(func.count()).select_from(Event)) == 0


def test_every_bad_row_is_named_at_once(app: Flask) -> None:
    with pytest.raises(FileRefused) as refusal:
        take(SMALL + ",430522101000,甲村,village,f\n430522101202,430522101000,乙村,x,f\n")
    assert [slip.cell for slip in refusal.value.slips] == ["regions!A12", "regions!D13"]


def test_rows_that_name_each_other_as_parent_are_refused(app: Flask) -> None:
    with pytest.raises(FileRefused, match="级别不低于"):
        take(HEAD + "1,2,甲,county,f\n2,1,乙,county,f\n")


def test_a_known_region_cannot_change_its_place_by_import(app: Flask) -> None:
    take(SMALL)
    with pytest.raises(FileRefused, match="的上级与系统中不同"):
        take(SMALL.replace("430522101000,430522000000", "430522101000,430523000000"))
    assert region("龙溪铺镇").parent_id == region("新邵县").id


def test_a_rehearsal_counts_and_stores_nothing(app: Flask) -> None:
    assert take(SMALL, dry_run=True)["新增"] == 9
    assert queries.root() is None


def test_an_import_leaves_one_event(app: Flask) -> None:
    take(SMALL)
    event = db.session.scalars(select(Event)).one()
    assert (event.verb, event.data) == ("import_regions", {"new": 9, "renamed": 0})


def test_a_placeholder_root_is_taken_over_by_the_file(app: Flask) -> None:
    with transaction():
        actions.add_region(None, name="本地区", level=Level.CITY, code=None, actor_id=None, today=TODAY)
        placeholder = queries.root()
    take(SMALL)
    assert queries.root() is placeholder
    assert region("邵阳市").code == "430500000000"
    assert queries.line_above(region("坪上镇").id)[-1] == region("邵阳市").id


# --- by hand --------------------------------------------------------------------------------------------------


def test_a_region_added_by_hand_is_below_everything_above_it(world: World) -> None:
    with transaction():
        added = actions.add_region(
            world.longxipu,
            name="下源村委会",
            level=Level.VILLAGE,
            code=None,
            actor_id=world.system_admin.id,
            today=TODAY,
        )
    assert queries.line_above(added.id) == [added.id, world.longxipu.id, world.xinshao.id, world.city.id]
    assert [found.id for found in queries.region_named("下源村")] == [added.id]


def test_a_region_cannot_stand_below_its_own_level_or_beside_its_namesake(world: World) -> None:
    for name, level in (("又一镇", Level.COUNTY), ("沙坪村", Level.VILLAGE)):
        with pytest.raises(Refused), transaction():
            actions.add_region(world.longxipu, name=name, level=level, code=None, actor_id=None, today=TODAY)


def test_a_renamed_region_is_still_found_by_its_old_name(world: World) -> None:
    with transaction():
        actions.rename_region(world.wugang, "武冈区", actor_id=world.system_admin.id)
    assert [found.id for found in queries.region_named("武冈市")] == [world.wugang.id]
    event = db.session.scalars(select(Event)).one()
    assert event.data == {"before": "武冈市", "after": "武冈区"}


def test_an_ended_region_is_found_no_more_but_stays(world: World) -> None:
    with transaction():
        actions.end_region(world.shaping, actor_id=world.system_admin.id, today=TODAY)
    assert world.shaping.valid_to == TODAY
    assert queries.region_named("沙坪村") == []


@pytest.mark.parametrize(
    ("name", "says"), [("city", "不能终止"), ("xinshao", "不能终止"), ("longxipu", "下面还有区划")]
)
def test_a_region_that_others_rest_on_cannot_end(world: World, name: str, says: str) -> None:
    with pytest.raises(Refused, match=says), transaction():
        actions.end_region(getattr(world, name), actor_id=None, today=TODAY)


def test_a_region_with_units_in_use_cannot_end(world: World) -> None:
    with transaction():
        actions.end_region(world.shaping, actor_id=None, today=TODAY)
    with pytest.raises(Refused, match="还有 1 个单位"), transaction():
        actions.end_region(world.longxipu, actor_id=None, today=TODAY)


def test_a_code_may_be_used_again_once_its_region_has_ended(app: Flask) -> None:
    take(SMALL)
    village = queries.region_meant("龙溪铺镇/双江村委会")
    with transaction():
        actions.end_region(village, actor_id=None, today=date(2020, 1, 1))
    take(HEAD + "430522101201,430522101000,新双江村,village,f\n")
    assert region("新双江村").id != village.id


# --- units ----------------------------------------------------------------------------------------------------

UNITS = "单位名称,所属区划,别名\n新邵县民政局,新邵县,县民政局、民政局\n沙坪村委会,龙溪铺镇/沙坪村,\n"


def test_units_come_in_with_their_region_and_aliases(world: World) -> None:
    with transaction():
        counts = actions.import_units(UNITS.encode("gb18030"), "单位.csv", actor_id=None)
    assert counts == {"新增": 2, "已有": 0, "新别名": 2}
    assert [unit.region_id for unit in queries.units_named("民政局")] == [world.xinshao.id]
    with transaction():
        again = actions.import_units(UNITS.encode(), actor_id=None)
    assert again == {"新增": 0, "已有": 2, "新别名": 0}


def test_units_may_come_as_a_sheet_under_a_title(world: World, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["全县单位名单"], ["序号", "单位", "区划"], [1, "新邵县医保局", "新邵县"]):
        book.active.append(row)
    book.save(tmp_path / "units.xlsx")
    with transaction():
        actions.import_units((tmp_path / "units.xlsx").read_bytes(), "units.xlsx", actor_id=None)
    assert queries.units_named("新邵县医保局")


def test_an_unknown_region_names_the_cell_and_takes_no_unit(world: World) -> None:
    before = db.session.scalar(select(func.count()).select_from(Unit))
    with pytest.raises(FileRefused, match="units!B4：没有找到区划“不存在县”"), transaction():
        actions.import_units((UNITS + "某局,不存在县,\n").encode(), actor_id=None)
    assert db.session.scalar(select(func.count()).select_from(Unit)) == before


def test_a_renamed_unit_keeps_its_old_name_as_alias(world: World) -> None:
    with transaction():
        actions.change_unit(world.water, name="新邵县水务局", aliases=["县水利局"], actor_id=world.system_admin.id)
    assert [unit.id for unit in queries.units_named("新邵县水利局")] == [world.water.id]
    assert {alias.name for alias in world.water.aliases} == {"新邵县水利局", "县水利局"}


def test_a_deactivated_unit_is_offered_nowhere(world: World) -> None:
    with transaction():
        actions.deactivate_unit(world.finance, actor_id=world.system_admin.id)
    assert queries.units_named("新邵县财政局") == []
    assert queries.suggested_units("财政局") == []
    with pytest.raises(Refused, match="停用"):
        queries.unit_meant("新邵县财政局")
    with transaction():
        actions.reactivate_unit(world.finance, actor_id=world.system_admin.id)
    assert queries.unit_meant("新邵县财政局").id == world.finance.id


def test_two_units_of_one_name_are_told_apart_by_their_region(world: World) -> None:
    with transaction():
        for place in (world.xinshao, world.wugang):
            actions.add_unit("教育局", place, actor_id=None)
    assert [entry["value"] for entry in queries.suggested_units("教育局")] == ["教育局（新邵县）", "教育局（武冈市）"]
    assert queries.unit_meant("教育局（武冈市）").region_id == world.wugang.id
    with pytest.raises(Refused, match="2 个单位"):
        queries.unit_meant("教育局")


# --- the real table -------------------------------------------------------------------------------------------


def test_the_real_table_of_nine_counties_comes_in_whole(app: Flask, shared: Path) -> None:
    data = (shared / "regions-shaoyang.csv").read_bytes()
    counts = take("", data=data)
    assert counts["新增"] == 2474
    assert [county.name for county in queries.counties()] == [
        "双清区", "大祥区", "北塔区", "新邵县", "邵阳县", "洞口县", "绥宁县", "新宁县", "武冈市", "邵阳市",
    ]  # fmt: skip
    assert queries.totals_by_level()[Level.TOWNSHIP] == 144
    assert queries.region_named("市辖区") == []
    assert len({village.parent_id for village in queries.region_named("双江村委会")}) == 5
    assert take("", data=data)["未变"] == 2474
