"""Who leads, who does it, of which kind and in which stages: proposed from the words, never guessed, put right by a person."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.feedback.test_reading import WORDS, read
from tests.feedback.test_routes import brought, client, inspection, kept, version  # noqa: F401 - fixtures among them
from tests.world import World
from tracker.base.db import db
from tracker.feedback.entries import Context
from tracker.feedback.models import Draft
from tracker.feedback.rules import doubts_in
from tracker.feedback.terms import term_of
from tracker.inspections.models import Finding, Inspection, Proposal
from tracker.issues.models import Issue


def said(words: str) -> tuple[str, str, str]:
    (found,) = read(f"一、存在问题\n1.新邵县2处断水。{words}\n").entries
    assert found.title == "新邵县2处断水。"
    return found.lead_official, found.responsible_person, found.kind


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("（包案领导：副市长李志强；责任人：王建国；整改类型：限期整改）", ("李志强", "王建国", "time_limited")),
        ("（县委常委、副县长李志强包案，县水利局牵头，责任人王建国，立行立改）", ("李志强", "王建国", "immediate")),
        ("由副市长李志强牵头，市水利局具体负责，于10月底前整改到位。", ("李志强", "", "time_limited")),
        ("\n牵头领导：李志强\n责任人：张三（县水利局局长）\n整改类别：长期坚持", ("李志强", "张三", "long_term")),
        ("责任人为王建国，整改时限为年底前。", ("", "王建国", "time_limited")),
        (
            "（责任单位：新邵县水利局；责任人：各乡镇党委书记）",
            ("", "各乡镇党委书记", "time_limited"),
        ),  # kept as written
    ],
)
def test_people_and_kind_are_read_from_labels_brackets_and_sentences(words: str, meant: tuple[str, str, str]) -> None:
    assert said(words) == meant


def test_a_sentence_about_somebody_in_charge_names_nobody() -> None:
    (found,) = read("一、存在问题\n1.绥宁县水利局，负责人为完成任务弄虚作假。\n").entries
    assert (found.lead_official, found.responsible_person) == ("", "")
    assert found.title.endswith("负责人为完成任务弄虚作假。")


def test_a_table_of_a_document_gives_people_and_kind_too() -> None:
    heads = "序号\t存在问题\t牵头领导\t责任单位\t责任人\t整改类型\t整改时限"
    rows = "1\t新邵县断水\t李志强\t新邵县水利局\t王建国\t立行立改\t", "2\t武冈市断水\t\t武冈市水利局\t\t\t8月底前"
    found = read("\n".join(["反馈问题清单", heads, *rows])).entries
    assert [(one.lead_official, one.responsible_person, one.kind_written) for one in found] == [
        ("李志强", "王建国", "immediate"), ("", "", ""),
    ]  # fmt: skip


def test_a_name_known_once_or_settled_is_no_doubt() -> None:
    names = {
        "lead_official": "李志强、王五（市水利局）",
        "lead_unit": "市水利局",
        "units": "县卫健局",
        "responsible_person": "",
    }
    found = doubts_in(names, {"市水利局": 1}, {"李志强": 2, "王五": 3})
    assert [(one.field, one.name, one.known) for one in found] == [
        ("lead_official", "李志强", 2),
        ("units", "县卫健局", 0),
    ]


def test_what_is_proposed_is_put_right_on_the_page_and_fills_in_the_handing_out(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
    world: World,
) -> None:
    leader = world.leader
    text = (
        f"1.新邵县断水。（牵头领导：{leader.name}；牵头单位：市水利局；责任单位：新邵县水务水利局；责任人：赵无名）"
        "整改时限：2019年9月底前完成整改，12月底前建立机制"
    )
    document = brought(client, inspection, "一、存在问题", text)
    page = client.get(f"/documents/{document}").text
    assert "对不上" in page
    assert "新邵县水务水利局、赵无名" in page
    (entry,) = kept()
    url = f"/documents/entries/{entry.id}"
    page = client.get(url).text
    assert "读作 2 个阶段" in page
    assert '<option value="新邵县水利局（新邵县）">' in page  # near names, as a ledger's import offers them
    fields = {
        "version": version(page), "wording": entry.wording, "lead_official": leader.name, "lead_unit": "市水利局",
        "units": "新邵县水务水利局", "responsible_person": "赵无名", "kind": "", "deadline_written": entry.deadline_written,
        "county": world.xinshao.id, "category": world.categories[2].id, "title": "断水",
        "meant:units:新邵县水务水利局": "新邵县水利局（新邵县）",
    }  # fmt: skip
    client.post(url, data=fields)
    (entry,) = kept()
    assert (entry.units, entry.responsible_person) == ("新邵县水利局（新邵县）", "赵无名")
    client.post(f"/documents/{document}/confirm", data={"version": version(client.get(f"/documents/{document}").text)})
    proposal = db.session.scalars(select(Proposal)).one()
    assert (proposal.deadline, proposal.stages) == (date(2019, 12, 31), "2019-09-30 完成整改\n2019-12-31 建立机制")
    finding = db.session.scalars(select(Finding)).one()
    listed = {
        "title": "断水",
        "wording": finding.wording,
        "category": world.categories[2].id,
        "county": world.xinshao.id,
    }
    client.post(f"/findings/{finding.id}/list", data=listed | {"kind": "time_limited"})
    page = client.get(f"/issues/{db.session.scalars(select(Issue)).one().number}/assign").text
    for value in (leader.name, "市水利局", "新邵县水利局（新邵县）", "赵无名", "2019-12-31"):
        assert f'value="{value}"' in page, value
    assert "2019-09-30 完成整改\n2019-12-31 建立机制</textarea>" in page


TWO = (
    "1.新邵县断水。（牵头领导：{first}、王建国；牵头单位：市水利局、市财政局；责任单位：新邵县水利局）整改时限：8月底前"
)


def test_of_several_leads_the_page_asks_which_and_writes_nothing_down_before(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
    world: World,
) -> None:
    leader = world.leader.name
    document = brought(client, inspection, "一、存在问题", TWO.format(first=leader), "2.新邵县漏水。")
    page = client.get(f"/documents/{document}").text
    assert "不止一位牵头领导" in page
    assert f"/documents/{document}/confirm" not in page
    refused = client.post(
        f"/documents/{document}/confirm", data={"version": db.session.scalars(select(Draft)).one().version}
    )
    assert refused.status_code == 422
    assert f"写了几位牵头领导：{leader}、王建国。一个问题只有一位，请先选定。" in refused.text
    first, _ = kept()
    client.post(f"/documents/entries/{first.id}/settle", data={"field": "lead_official", "name": leader})
    client.post(f"/documents/entries/{first.id}/settle", data={"field": "lead_unit", "name": "市水利局"})
    first, _ = kept()
    assert (first.lead_official, first.lead_unit) == (leader, "市水利局")
    remark = "反馈文件还写了牵头领导：王建国\n反馈文件还写了牵头单位：市财政局"
    assert first.remark == remark
    client.post(f"/documents/{document}/confirm", data={"version": version(client.get(f"/documents/{document}").text)})
    finding, _ = db.session.scalars(select(Finding).order_by(Finding.id))
    listed = {
        "title": "断水",
        "wording": finding.wording,
        "category": world.categories[2].id,
        "county": world.xinshao.id,
    }
    client.post(f"/findings/{finding.id}/list", data=listed | {"kind": "time_limited"})
    page = client.get(f"/issues/{db.session.scalars(select(Issue)).one().number}/assign").text
    assert f"{remark}</dd>" in page  # among what the document asks, and no requirement by itself
    assert f"{remark}</textarea>" not in page


def test_whoever_was_not_chosen_is_left_out_on_request_and_a_name_not_asked_about_is_no_choice(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
) -> None:
    brought(client, inspection, "一、存在问题", TWO.format(first="李志强"))
    (entry,) = kept()
    url = f"/documents/entries/{entry.id}"
    assert client.post(f"{url}/settle", data={"field": "lead_official", "name": "赵无名"}).status_code == 409
    fields = {
        "version": version(client.get(url).text), "wording": entry.wording, "lead_official": entry.lead_official,
        "lead_unit": entry.lead_unit, "units": entry.units, "remark": "另行核实", "others": "out",
        "only:lead_official": "王建国", "only:lead_unit": "市财政局",
    }  # fmt: skip
    client.post(url, data=fields)
    (entry,) = kept()
    assert (entry.lead_official, entry.lead_unit, entry.remark) == ("王建国", "市财政局", "另行核实")


def test_a_table_with_two_leads_in_a_cell_keeps_both_to_choose_from() -> None:
    heads = "序号\t存在问题\t牵头领导\t牵头单位\t责任单位"
    rows = "1\t新邵县断水\t李志强、王建国\t市水利局、市财政局\t新邵县水利局", "2\t武冈市断水\t李志强\t\t武冈市水利局"
    found = read("\n".join(["反馈问题清单", heads, *rows])).entries
    assert [(one.lead_official, one.lead_unit) for one in found] == [
        ("李志强、王建国", "市水利局、市财政局"), ("李志强", None),
    ]  # fmt: skip


def test_two_entries_joined_keep_all_that_both_say(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
) -> None:
    brought(
        client, inspection, "一、存在问题",
        "1.新邵县断水。（牵头领导：李志强；责任单位：新邵县水利局）整改时限：8月底前",
        "2.武冈市漏水。（牵头领导：王建国；责任单位：武冈市水利局）整改时限：9月底前",
    )  # fmt: skip
    _, second = kept()
    sent = client.post(f"/documents/entries/{second.id}/join", follow_redirects=True)
    assert "两条的县市区不同，照上一条的写" in sent.text
    (both,) = kept()
    assert (both.clause, both.lead_official, both.units, both.deadline_written) == (
        "一1、一2", "李志强、王建国", "新邵县水利局、武冈市水利局", "8月底前；9月底前",
    )  # fmt: skip


def test_what_a_person_put_right_holds_when_the_entry_is_parted(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
) -> None:
    brought(client, inspection, "一、存在问题", "1.新邵县断水；高桥镇漏水。（责任单位：新邵县水利局）整改时限：8月底前")
    (entry,) = kept()
    typed = entry.wording.replace("；高", "；\n\n高")
    client.post(
        f"/documents/entries/{entry.id}",
        data={
            "act": "split",
            "wording": typed,
            "units": "新邵县水务局",
            "deadline_written": "9月底前",
            "remark": "同一水厂",
        },
    )
    assert [(one.units, one.deadline_written, one.remark) for one in kept()] == [
        ("新邵县水务局", "9月底前", "同一水厂")
    ] * 2


@pytest.mark.parametrize(
    "words",
    [
        "（县扶贫办 2019年9月30日前）",
        "——责任单位：县扶贫办，整改时限：2019年9月30日前",
        "整改责任单位为县扶贫办，整改时限为2019年9月30日前。",
        "（责任单位：县扶贫办，2019年9月30日前）",
    ],
)
def test_who_and_by_when_parted_in_other_ways(words: str) -> None:
    (found,) = read(f"一、存在问题\n1.新邵县2处断水。{words}\n").entries
    assert (found.title, found.units, found.deadline) == ("新邵县2处断水。", ("县扶贫办",), date(2019, 9, 30))


def test_a_deadline_without_a_last_day_is_chosen_and_its_words_stay(
    client: FlaskClient,  # noqa: F811
    inspection: Inspection,  # noqa: F811
) -> None:
    document = brought(client, inspection, "一、存在问题", "1.新邵县断水。整改时限：每月25日前报送", "2019年6月28日")
    assert "没有最后日期" in client.get(f"/documents/{document}").text
    (entry,) = kept()
    url = f"/documents/entries/{entry.id}"
    page = client.get(url).text
    assert re.findall(r'name="term" value="([^"]+)"', page) == ["2019-07-25", "2019-12-31", "长期坚持"]
    fields = {"version": version(page), "wording": entry.wording, "deadline_written": entry.deadline_written}
    client.post(url, data=fields | {"term": "2019-08-25"})  # not offered
    assert kept()[0].deadline_written == "每月25日前报送"
    client.post(url, data=fields | {"version": version(client.get(url).text), "term": "2019-12-31"})
    (entry,) = kept()
    assert (entry.deadline_written, entry.remark) == ("2019-12-31", "反馈文件写的整改时限：每月25日前报送")


@pytest.mark.parametrize(
    ("phrase", "written_on", "received_on", "due"),
    [
        ("10月底前", date(2019, 7, 5), date(2019, 7, 10), date(2019, 10, 31)),
        ("10月底前", date(2019, 7, 5), date(2020, 1, 5), date(2019, 10, 31)),
        ("12月底前", date(2019, 12, 20), date(2020, 1, 5), date(2019, 12, 31)),
        ("1月底前", date(2019, 12, 20), date(2020, 1, 5), None),  # asked
        ("收到后30日内", date(2019, 12, 20), date(2020, 1, 5), date(2020, 2, 4)),
    ],
)
def test_a_year_left_out_is_the_documents_even_if_it_came_in_the_next(
    phrase: str, written_on: date, received_on: date, due: date | None
) -> None:
    context = Context(WORDS, received_on, written_on)
    assert term_of(phrase, context.written, context.received).due == due
