"""Single values as offices write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ledgers.ledger_world import vocabulary
from tracker.ledgers.names import names_people_too, people_of, units_and_people, units_of
from tracker.ledgers.values import (
    amount_of,
    category_of,
    county_of,
    kind_of,
    serial_of,
    source_in,
    source_of,
    state_of,
    strike_off_of,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("中央脱贫攻坚专项巡视", "central_inspection"),
        ("中央第八巡视组反馈意见", "central_inspection"),
        ("省委巡视", "provincial_inspection"),
        ("省委、省政府督查", "provincial_inspection"),
        ("2018年度省考核通报", "provincial_assessment"),
        ("农工党省委调研", "party_survey"),
        ("国家第三方评估", "third_party_evaluation"),
        ("纪委监委", "discipline"),
        ("国家审计署", "audit"),
        ("网络舆情", "media"),
        ("12317热线", "public_report"),
        ("县级自查", "self_inspection"),
        ("其它", "other"),
        ("central_inspection", "central_inspection"),
        ("县委组织部座谈会", None),
        ("市委巡察", None),
        ("中央巡视、省考核", None),
    ],
)
def test_sources(text: str, code: str | None) -> None:
    found, faults = source_of(text)
    assert found == code
    assert bool(faults) == (code is None)


def test_a_title_names_a_source_only_if_it_names_one() -> None:
    assert source_in("某县群众认可度问题排查整改台账") is None
    assert source_in("中央巡视和省考核反馈问题台账") is None
    assert source_in("某市2018年度扶贫资金审计查出问题整改情况表") == "audit"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1.两不愁三保障", "两不愁三保障"),
        ("“两不愁、三保障”", "两不愁三保障"),
        ("3", "安全饮水"),
        ("饮水安全", "安全饮水"),
        ("扶贫小额信贷", "小额贷款"),
        ("项目资金管理", "资金项目管理"),
        ("返贫致贫", "致贫返贫"),
        ("群众满意度", "群众认可度"),
        ("营商环境", None),
        ("安全饮水、小额贷款", None),
    ],
)
def test_categories(text: str, name: str | None) -> None:
    assert category_of(text, vocabulary())[0] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("邵东县", "邵东市"),
        ("城步", "城步苗族自治县"),
        ("城步县", "城步苗族自治县"),
        ("双清", "双清区"),
        ("湖南省邵阳市新邵县", "新邵县"),
        ("新邵县潭府乡", "新邵县"),
        ("1.新邵县", "新邵县"),
        ("新邵县（3个）", "新邵县"),
        ("邵阳县", "邵阳县"),
        ("邵阳市", "邵阳市"),
        ("各县市区", "邵阳市"),
        ("邵阳", None),
        ("大东区", None),
        ("新邵县、隆回县", None),
    ],
)
def test_counties(text: str, name: str | None) -> None:
    assert county_of(text, vocabulary())[0].county == name


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("副市长 陈国庆", [("陈国庆", "副市长")]),
        ("李志强（副市长）", [("李志强", "副市长")]),
        ("萧　明", [("萧明", "")]),
        ("县委常委、副县长李志强", [("李志强", "县委常委、副县长")]),
        ("高明县长", [("高明", "县长")]),
        ("新邵县财政局局长王建国", [("王建国", "新邵县财政局局长")]),
        ("副市长（李志强）", [("李志强", "副市长")]),
        ("王建国、李志强", [("王建国", ""), ("李志强", "")]),
        ("王建国\n李志强", [("王建国", ""), ("李志强", "")]),
        ("阿不都·热西提", [("阿不都·热西提", "")]),
        ("王　五\n13800000000", [("王五", "")]),
        ("王建国（电话：13800000000）", [("王建国", "")]),
        ("王建国等3人", [("王建国", "")]),
        ("待定", []),
        ("各县市区主要负责人", []),
        ("水利局", []),
    ],
)
def test_people(text: str, people: list[tuple[str, str]]) -> None:
    assert [(person.name, person.post) for person in people_of(text).people] == people


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("县财政局、某镇人民政府", ["县财政局", "某镇人民政府"]),
        ("县民政局；县财政局\n某镇人民政府", ["县民政局", "县财政局", "某镇人民政府"]),
        ("县发展和改革局、县住房和城乡建设局", ["县发展和改革局", "县住房和城乡建设局"]),
        ("县水利局和扶贫办", ["县水利局", "扶贫办"]),
        ("县财政局 某镇人民政府", ["县财政局", "某镇人民政府"]),
        ("县委办（督查室、信访室）", ["县委办(督查室、信访室)"]),
        ("1.县财政局 2.县扶贫办", ["县财政局", "县扶贫办"]),
        ("①县财政局②县扶贫办", ["县财政局", "县扶贫办"]),
        ("县教育局/县财政局", ["县教育局", "县财政局"]),
        ("1、县水利局2、县财政局", ["县水利局", "县财政局"]),
        ("县水利局、县财政局按职责分工负责", ["县水利局", "县财政局"]),
        ("塘渡口镇党委、政府", ["塘渡口镇党委", "塘渡口镇政府"]),
        ("—", []),
    ],
)
def test_units(text: str, names: list[str]) -> None:
    assert list(units_of(text).names) == names


def test_the_leading_unit_by_mark_or_label() -> None:
    assert units_of("县水利局（牵头）、县财政局").lead == ("县水利局",)
    assert units_of("县水利局（牵头）县财政局（配合）").names == ("县水利局", "县财政局")
    assert units_of("县水利局\n（牵头）\n县财政局").lead == ("县水利局",)
    assert units_of("牵头单位：县财政局；责任单位：县扶贫办、各乡镇").lead == ("县财政局",)
    assert units_of("配合单位：县财政局；牵头单位：县扶贫办").lead == ("县扶贫办",)
    for text in ("由县水利局牵头，县财政局、县扶贫办配合", "县水利局为牵头单位，县财政局、县扶贫办为配合单位"):
        assert units_of(text).names == ("县水利局", "县财政局", "县扶贫办")
        assert units_of(text).lead == ("县水利局",)


def test_units_and_people_in_one_cell() -> None:
    units, people = units_and_people("新邵县财政局 李志强；潭府乡人民政府 王建国")
    assert (list(units.names), people.names) == (["新邵县财政局", "潭府乡人民政府"], ["李志强", "王建国"])
    units, people = units_and_people("县委常委、常务副县长 李志强\n市住建局；县水利局（王建国 局长）、副市长周国栋")
    assert list(units.names) == ["市住建局", "县水利局"]
    assert [(one.name, one.post) for one in people.people] == [
        ("李志强", "县委常委、常务副县长"), ("王建国", "局长"), ("周国栋", "副市长"),
    ]  # fmt: skip
    for text in ("县财政局李志强", "县财政局局长李志强", "县财政局（李志强）", "李志强（县财政局）"):
        units, people = units_and_people(text)
        assert (units.names, people.names) == (("县财政局",), ["李志强"])
    units, people = units_and_people("县政协 李志强；县人民政府办公室、县教育局安全股")
    assert (units.names, people.names) == (("县政协", "县人民政府办公室", "县教育局安全股"), ["李志强"])
    assert names_people_too("县水利局：钱进\n县财政局：赵强")
    assert not names_people_too("牵头：县水利局；配合单位：县政协")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("已销号", "cleared"), ("未销号", "open"), ("未申请销号", "open"), ("部分销号", "rectifying"), ("已申请销号，待验收", "reviewing"),
        ("已上报验收", "reviewing"), ("销号审核", "reviewing"), ("验收合格", "cleared"), ("已完成整改", "done"), ("未整改到位", "rectifying"),
        ("未整改", "assigned"), ("尚未启动", "assigned"), ("正在制定整改方案", "planning"), ("已制定方案，正在推进", "rectifying"), ("60%", "rectifying"),
        ("未清零", "open"), ("未办结", "rectifying"), ("10月底前销号", "rectifying"), ("暂缓销号", "rectifying"), ("预计年底完成", "rectifying"),
        ("完成7户，剩余3户", "rectifying"), ("已完成3/5", "rectifying"), ("已完成5/5", "done"), ("完成招标", "rectifying"), ("按计划完成", "rectifying"),
        ("已于10月底前完成", "done"), ("提前完成", "done"), ("已启动", "rectifying"), ("已化解，息访", "done"),
        ("100%", "done"), ("达到序时进度并需持续推进", "rectifying"), ("阶段性办结", "rectifying"), ("已列单", "listed"), ("莫名其妙", None),
    ],
)  # fmt: skip
def test_states(text: str, code: str | None) -> None:
    assert state_of(text) == code


def test_a_column_about_striking_off_reads_short_answers() -> None:
    assert [strike_off_of(text) for text in ("是", "否", "√", "同意", "未销号", "待验收")] == [
        "cleared", "open", "cleared", "cleared", "open", "reviewing"
    ]  # fmt: skip


def test_kinds_serials_and_amounts() -> None:
    assert [kind_of(text)[0] for text in ("立行立改", "限期整改", "长期坚持", "看情况")] == [
        "immediate", "time_limited", "long_term", None
    ]  # fmt: skip
    assert [serial_of(text) for text in ("５", "1.0", "（3）", "4、", "A-1")] == ["5", "1", "3", "4", "A-1"]
    assert amount_of("2,402.69", "万元")[0] == Decimal("24026900.00")
    assert amount_of("361.6万元", "元")[0] == Decimal("3616000.00")
    assert amount_of("—", "万元") == (None, ())
    assert amount_of("12", None)[1][0].key == "amount_unit_missing"
    assert amount_of("若干", "元")[1][0].key == "unreadable_amount"
