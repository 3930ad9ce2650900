"""A printed dossier is one sheet of A4, whatever has happened: for a leader, who reads the sheet and not the system."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pypdfium2
import pytest
import time_machine
from flask import Flask

from tests.browser import OpenPage, Serve
from tests.dossier.situations import DUE, picture
from tests.world import NOW, PASSWORD, TODAY, World, list_one, make_duty, make_person, upload
from tracker.accounts.actions import hash_password
from tracker.base.access import Role
from tracker.base.db import db, transaction
from tracker.clearance import actions as clearance
from tracker.clearance.models import ReviewChain, ReviewLevel
from tracker.clearance.rules import Answer, Site, Standard
from tracker.deadlines import actions as deadlines
from tracker.dossier.queries import dossier
from tracker.dossier.rules import MEASURES_PRINTED
from tracker.inspections.actions import record_finding
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.rules import EpisodeEnd
from tracker.org.models import Unit
from tracker.org.rules import Level
from tracker.plans import actions as plans
from tracker.progress import actions as progress
from tracker.workdays.queries import calendar

A4 = (595, 842)  # points


def at(day: int, hour: int = 9) -> datetime:
    return NOW + timedelta(days=day, hours=hour - 9)


# --- two issues -------------------------------------------------------------------------------------------------------


def typical(world: World) -> Issue:
    """As most are: one finding, three measures, four reports, an extension, an application at its second level."""
    finding = record_finding(
        world.supervisor, today=TODAY, source=Source.PROVINCIAL_ASSESSMENT, title="2018 年度省脱贫攻坚成效考核",
        document_number="湘扶领〔2019〕8 号", clause="第 3 条", received_on=TODAY,
        wording="新邵县龙溪铺镇沙坪村饮水安全巩固提升工程 2018 年 5 月完工，至考核时仍未通水，41 户 163 人饮水靠肩挑背驮。",
    )  # fmt: skip
    issue = list_one(
        world, findings=[finding], wording=finding.wording, title="龙溪铺镇沙坪村饮水工程完工一年未通水", at=at(0),
    )  # fmt: skip
    issues.assign(
        issue, world.supervisor, today=TODAY, calendar=calendar(), duty=make_duty(world), deadline=DUE, at=at(0, 11),
        requirement="2019 年 8 月底前完成管网接通和水质检测，确保 41 户稳定通水；对全镇同类工程逐一排查。",
        quantity=("户", 41),
    )  # fmt: skip
    issues.accept(issue, world.official, today=TODAY, at=at(1))
    measures = [
        ("更换损坏的提水泵两台，恢复泵站供电", "王建国", date(2019, 7, 20)),
        ("铺设入户管网 3.2 公里，41 户全部装表到户", "王建国", date(2019, 8, 10)),
        ("水质送检合格后正式供水，移交村委会管护", "刘志强", date(2019, 8, 25)),
    ]
    plans.submit_plan(issue, world.official, today=TODAY, goals="8 月 25 日前 41 户全部通水，水质检测合格。",
                      measures=measures, at=at(3))  # fmt: skip
    plans.approve_plan(issue, world.leader, today=TODAY, at=at(5))
    done = [measure.id for measure in plans.approved_plan(issue.id).measures]  # type: ignore[union-attr]
    said = ["提水泵已到货，正在安装调试。", "泵站恢复供电，第一台泵试运行正常。", "入户管网铺设 2.1 公里，26 户已通水。",
            "41 户全部通水，水样已送县疾控中心检测，结果合格。"]  # fmt: skip
    for step, text in enumerate(said):
        photos = [upload(f"现场{step}.png", picture().getvalue()), upload(f"记录{step}.txt", text.encode())]
        progress.report(
            issue, world.official, today=TODAY + timedelta(days=8 * step + 8), text=text, files=photos,
            quantity_done=(0, 0, 26, 41)[step], measures_done=done[: step] if step < 3 else done, at=at(8 * step + 8),
        )  # fmt: skip
    deadlines.request_extension(issue, world.official, today=TODAY + timedelta(days=20), wanted=date(2019, 9, 10),
                                reason="七月连续降雨，管沟塌方两处，施工停工九天。", at=at(20))  # fmt: skip
    deadlines.grant_extension(
        issue, world.supervisor, today=TODAY + timedelta(days=21), opinion="情况属实。", at=at(21)
    )
    answers = {each: Answer("措施全部落实，41 户已通水，见照片和检测报告。", files=[upload("证.png", picture().getvalue())])
               for each in Standard}  # fmt: skip
    clearance.request_clearance(issue, world.official, today=date(2019, 8, 15), answers=answers, at=at(45))
    clearance.pass_level(
        issue, world.supervisor2, today=date(2019, 8, 18), opinion="现场看了 12 户，水量水压正常，同意销号。", at=at(48),
        site=Site(date(2019, 8, 18), "沙坪村", "吴督查、村支书", "12 户水龙头出水正常，管护员已到岗"),
    )  # fmt: skip
    return issue


LONG = (
    "该工程自二〇一八年五月完工以来因水源点选址不当、提水设备损坏和管护责任不落实等原因一直未能正常供水，群众反映强烈；"
)


def monster(world: World) -> Issue:
    """Everything at once and at its longest."""
    _four_levels(world)
    findings = [
        record_finding(world.supervisor, today=TODAY, source=Source.AUDIT, title=f"第{place}次检查" + "很长的检查名称" * 8,
                       wording=LONG * 8, document_number="湘扶领〔2019〕8 号", clause="第 3 条")
        for place in range(5)
    ]  # fmt: skip
    issue = list_one(world, title="龙溪铺镇沙坪村饮水工程完工一年未通水问题" * 10, wording=LONG * 20, source=Source.AUDIT,
                     source_note="来源说明" * 40, findings=findings)  # fmt: skip
    issues.assign(issue, world.supervisor, today=TODAY, calendar=calendar(), duty=_many_hands(world),
                  requirement=LONG * 12, deadline=DUE, quantity=("户", 93))  # fmt: skip
    issues.accept(issue, world.official, today=TODAY)
    measures = [(f"第{place}条措施：" + LONG, "王建国、刘志强、胡国平", DUE) for place in range(40)]
    plans.submit_plan(issue, world.official, today=TODAY, goals=LONG * 10, measures=measures)
    plans.approve_plan(issue, world.leader, today=TODAY)
    _much_happens(issue, world)
    answers = {each: Answer(LONG * 5, files=[upload("证.png", picture().getvalue())]) for each in Standard}
    clearance.request_clearance(issue, world.official, today=TODAY, answers=answers)
    site = Site(TODAY, "沙坪村" * 10, "周督查" * 20, LONG * 5)
    for reviewer in (world.supervisor, world.supervisor2, world.city_leader):
        clearance.pass_level(issue, reviewer, today=TODAY, opinion=LONG * 5, site=site)
    return issue


def _four_levels(world: World) -> None:
    """The longest chain there may be, with a visit to the place at every level."""
    chain = ReviewChain(name="四级审核", source=Source.AUDIT)
    seats = [(Role.SUPERVISOR, Level.COUNTY)] * 2 + [(Role.LEADER, None)] * 2
    chain.levels = [
        ReviewLevel(position=place, name=f"第{place}道审核程序", role=role, region_level=seat, site_record=True)
        for place, (role, seat) in enumerate(seats, start=1)
    ]
    db.session.add(chain)
    db.session.flush()


def _many_hands(world: World) -> Duty:
    units = [Unit(name=f"新邵县第{place}责任单位及其下属站所", region=world.xinshao) for place in range(12)]
    db.session.add_all(units)
    people = [make_person(world, f"member{place}", f"成员{place:02d}号", "water") for place in range(20)]
    return make_duty(
        world,
        unit_ids=(world.water.id, *(unit.id for unit in units)),
        member_ids=tuple(person.id for person in people),
        task_force="饮水安全巩固提升工程问题整改工作专班" * 4,
    )


def _much_happens(issue: Issue, world: World) -> None:
    plan = plans.approved_plan(issue.id)
    assert plan is not None
    done = [measure.id for measure in plan.measures]
    for step in range(12):
        wanted = DUE + timedelta(days=step + 1)
        deadlines.request_extension(issue, world.official, today=TODAY, wanted=wanted, reason=LONG * 4)
        deadlines.refuse_extension(issue, world.supervisor, today=TODAY, reason=LONG * 4)
        day = TODAY + timedelta(days=step + 1)
        db.session.add(OverdueEpisode(issue_id=issue.id, deadline=TODAY, starts_on=day, recorded_at=NOW,
                                      ended_on=day + timedelta(days=1), end=EpisodeEnd.EXTENDED))  # fmt: skip
    for step in range(40):
        files = [upload(f"现场{step}.png", picture().getvalue())]
        progress.report(issue, world.official, today=TODAY, text=f"第{step}次报告：" + LONG * 6, files=files,
                        measures_done=done[step : step + 1], quantity_done=step)  # fmt: skip


def bare(world: World) -> Issue:
    """Just listed: nothing but the problem."""
    return list_one(world)


# --- on paper ---------------------------------------------------------------------------------------------------------


@dataclass
class Paper:
    """The printed pages: how many, how large, and the words on them without spaces."""

    pages: int
    size: tuple[int, int]
    text: str
    foot: float  # how high above the lower edge the last line stands, in points


def printed(page: Any) -> Paper:
    """What comes out of the printer for this page."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    sheets = [document[place] for place in range(len(document))]
    width, height = sheets[0].get_size()
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in sheets)
    foot = sheets[-1].get_textpage()
    found = foot.search("打印于").get_next()
    assert found is not None, "who printed it, and when, is cut off"
    return Paper(len(sheets), (round(width), round(height)), "".join(text.split()), foot.get_charbox(found[0])[1])


@pytest.fixture
def opened(app: Flask, world: World, serve: Serve, open_page: OpenPage) -> Any:
    """``opened(make)``: the page of one issue, signed in as the city's leader, in front of the printer."""

    def go(make: Any, query: str = "") -> Any:
        with transaction():
            for person in world.people.values():
                person.password_hash = hash_password(PASSWORD) if person is world.city_leader else "unusable"
            with time_machine.travel(NOW, tick=False):
                number = make(world).number
        page = open_page("desk", base_url=serve(app))
        page.goto("/login")
        page.fill("[name=account]", "city_leader")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/desk*")
        page.goto(f"/issues/{number}{query}")
        return page

    return go


def test_a_typical_issue_is_one_sheet_with_all_a_leader_asks(opened: Any) -> None:
    paper = printed(opened(typical))
    assert (paper.pages, paper.size) == (1, A4)
    for words in (
        "龙溪铺镇沙坪村饮水工程完工一年未通水", "2019-00001", "销号审核", "现在轮到李志刚、王立新", "2019-09-10原2019-08-31",
        "2018年度省脱贫攻坚成效考核", "41户163人饮水靠肩挑背驮。", "对全镇同类工程逐一排查。", "黄志伟", "新邵县财政局",
        "41/41户", "3/3条", "水质送检合格后正式供水，移交村委会管护", "12户水龙头出水正常，管护员已到岗", "施工停工九天。",
        "共13条，这里是最近的，其余见系统", "李志刚打印于",
    ):  # fmt: skip
        assert words in paper.text, words
    for words in ("审核销号申请", "跳到正文", "退出", "问题清单"):  # what can only be pressed is no use on paper
        assert words not in paper.text, words


def test_nothing_on_a_typical_sheet_is_cut_short(opened: Any) -> None:
    page = opened(typical)
    page.emulate_media(media="print")
    assert page.locator(".sheet-crowded").count() == 0
    text = printed(page).text
    assert "…" not in text.split("办理记录")[0]
    assert "只印要点" not in text


def test_the_latest_events_are_printed_first_and_only_whole(opened: Any) -> None:
    text = printed(opened(typical)).text.split("办理记录")[1]
    told = ["审核通过吴督查", "申请销号王建国", "同意延期周督查", "申请延期王建国"]
    assert sorted(text.index(words) for words in told) == [text.index(words) for words in told]
    assert "列单周督查" not in text


def test_an_issue_of_any_length_is_one_sheet_that_still_tells_the_latest(opened: Any) -> None:
    paper = printed(opened(monster))
    assert (paper.pages, paper.size) == (1, A4)
    for words in ("问题原文", "整改要求", "牵头领导黄志伟", "39/93户", "另有35条措施，见系统。", "现在轮到王立新", "延期申请",
                  "共45件", "共73条，这里是最近的，其余见系统", "李志刚打印于"):  # fmt: skip
        assert words in paper.text, words
    last = paper.text.split("办理记录")[1]
    assert last.count("审核通过") >= 2
    assert "列单周督查" not in last


@pytest.mark.parametrize("make", [typical, monster, bare], ids=lambda make: make.__name__)
def test_a_sheet_is_filled_to_its_edge_and_never_shrunk(opened: Any, make: Any) -> None:
    """Whatever stands out to the right makes a browser print everything smaller: then the foot hangs in mid-air."""
    assert printed(opened(make)).foot < 60


def test_a_parent_of_many_is_one_sheet_and_the_foot_stays_on_it(opened: Any) -> None:
    def parent(world: World) -> Issue:
        issue = monster(world)
        issue.has_children = True
        for serial in range(30):
            child = list_one(world, number=f"{issue.number}-{serial:02d}", title="分解", wording="分解")
            child.parent_id = issue.id
        return issue

    paper = printed(opened(parent))
    assert paper.pages == 1
    assert "这一页只印要点，全文见系统。" in paper.text
    assert paper.foot < 60


def test_all_events_on_the_screen_are_still_one_sheet(opened: Any) -> None:
    assert printed(opened(monster, "?timeline=all")).pages == 1


@pytest.mark.parametrize("words", [2, 8, 24])
def test_whatever_the_length_the_latest_event_is_on_the_sheet(opened: Any, words: int) -> None:
    """From a few lines to many: also just below the length from which texts are cut short."""

    def longer(world: World) -> Issue:
        issue = typical(world)
        issue.wording, issue.requirement = LONG * words, LONG * (words // 2)
        return issue

    paper = printed(opened(longer))
    assert paper.pages == 1
    assert "审核通过吴督查" in paper.text
    assert "李志刚打印于" in paper.text


def test_an_issue_just_listed_is_one_sheet(opened: Any) -> None:
    paper = printed(opened(bare))
    assert (paper.pages, paper.size) == (1, A4)
    assert "其余见系统" not in paper.text  # there is no rest


def test_the_sheet_can_be_printed_in_english(opened: Any) -> None:
    page = opened(monster)
    page.locator("form[action='/language/en']").first.evaluate("form => form.submit()")
    page.wait_for_selector("html[lang=en]", state="attached")
    assert len(pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))) == 1


def test_on_the_screen_nothing_is_left_out_for_the_papers_sake(opened: Any) -> None:
    page = opened(monster)
    assert page.get_by_text("第39条措施：").first.is_visible()
    assert page.get_by_text("第0条措施：").first.is_visible()
    assert page.get_by_text("新邵县第11责任单位及其下属站所").is_visible()
    assert page.get_by_text("第4次检查").first.is_visible()
    assert not page.get_by_text("其余见系统").is_visible()


# --- what goes on it ----------------------------------------------------------------------------------------------------


def test_what_is_left_to_do_is_printed_before_what_is_done(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with transaction():
            issue = monster(world)
            plan = plans.approved_plan(issue.id)
            assert plan is not None
            left = [plan.measures[3], plan.measures[20]]
            for measure in left:
                measure.done_on = None
        shown = dossier(issue.number, world.city_leader, TODAY)
    printed_ids = shown.measures_on_paper
    assert {measure.id for measure in left} < printed_ids
    assert len(printed_ids) == MEASURES_PRINTED
    assert printed_ids - {measure.id for measure in left} == {measure.id for measure in plan.measures[37:]}


def test_a_sheet_is_crowded_by_words_and_by_nothing_else(world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with transaction():
            short, long = typical(world), monster(world)
        assert not dossier(short.number, world.city_leader, TODAY).crowded
        assert dossier(long.number, world.city_leader, TODAY).crowded
