"""Pages of inspections and findings: the way from a letter to an issue, what they cost, and who meets them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sql_event
from sqlalchemy import select

from tests.reconciliation.situations import WORDINGS, entered, list_for, one_of_each
from tests.world import NOW, World, list_one, sign_in
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.inspections.models import Finding, Inspection
from tracker.issues.models import FindingAnswer, Issue
from tracker.issues.rules import Answer


@pytest.fixture
def client(app: Flask, world: World) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(app.test_client(), world.root_supervisor)


def queries_of(client: FlaskClient, url: str) -> int:
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    sql_event.listen(db.engine, "before_cursor_execute", hear)
    try:
        assert client.get(url).status_code == 200
    finally:
        sql_event.remove(db.engine, "before_cursor_execute", hear)
    return len(said)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_an_empty_list_says_how_to_begin(client: FlaskClient) -> None:
    page = client.get("/inspections").text
    assert "还没有登记过检查" in page
    assert 'href="/inspections/new"' in page


def test_from_a_letter_to_a_list_of_findings(client: FlaskClient, world: World) -> None:
    sent = client.post(
        "/inspections/new",
        data={
            "source": "audit",
            "title": "饮水安全专项审计",
            "document_number": "邵审〔2019〕7 号",
            "region": world.city.id,
            "received_on": "2019-07-01",
            "letter": (io.BytesIO("来函".encode()), "函.txt"),
        },
    )
    inspection = db.session.scalars(select(Inspection)).one()
    assert sent.location == f"/inspections/{inspection.id}/documents/new"
    looked = client.post(
        sent.location, data={"text": "第 1 条 甲村未通水。\r\n第 2 条 乙村未通水。"}, follow_redirects=True
    )
    assert "读到 2 条，请核对后登记" in looked.text
    assert db.session.scalars(select(Finding)).all() == []  # only looked at
    done = client.post(f"{looked.request.path}/confirm", data={"version": hidden(looked.text, "version")})
    assert done.location == f"/inspections/{inspection.id}"
    page = client.get(done.location).text
    assert "甲村未通水。" in page
    assert "第2条" in page
    assert re.search(r'href="/findings/\d+">逐条处理', page)  # the next step
    letter = client.get(f"/inspections/{inspection.id}/letter")
    assert (letter.data.decode(), letter.headers["Content-Disposition"].split(";")[0]) == ("来函", "attachment")
    letter.close()
    assert db.session.scalars(select(Event).where(Event.verb == "download")).one().subject == "inspection"


def test_findings_are_entered_one_by_one(client: FlaskClient, world: World) -> None:
    with transaction():
        inspection = entered(world)[0].inspection
    url = f"/inspections/{inspection.id}/findings/new"
    assert "登记第 5 条" in client.get(url).text
    assert client.post(url, data={"clause": "第 5 条", "wording": "又一条。"}).location == url
    missing = client.post(url, data={"clause": "第 6 条", "wording": " "})
    assert missing.status_code == 422
    assert "请照录反馈原文。" in missing.text
    assert 'value="第 6 条"' in missing.text


def test_a_finding_is_listed_merged_or_declined_and_the_next_one_comes(client: FlaskClient, world: World) -> None:
    with transaction():
        findings = entered(world)
    first, second, third, fourth = (finding.id for finding in findings)
    fields = {
        "title": "沙坪村未通水",
        "wording": WORDINGS[0],
        "category": world.categories[2].id,
        "county": world.xinshao.id,
        "kind": "time_limited",
    }
    assert WORDINGS[0] in client.get(f"/findings/{first}/list").text
    assert client.post(f"/findings/{first}/list", data=fields).location == f"/findings/{second}"
    number = db.session.scalars(select(Issue.number)).one()
    page = client.get(f"/findings/{second}").text
    assert f"/findings/{second}/merge?number={number}" in page  # proposed by the likeness of the words
    assert WORDINGS[0] in client.get(f"/findings/{second}/merge?number={number}").text  # both wordings side by side
    assert client.post(f"/findings/{second}/merge", data={"number": number}).location == f"/findings/{third}"
    unknown = client.post(f"/findings/{third}/merge", data={"number": "没有", "reason": "打了的字"})
    assert unknown.status_code == 422
    assert "没有找到编号为“没有”的问题" in unknown.text
    assert "打了的字" in unknown.text
    assert client.post(f"/findings/{third}/decline", data={"reason": ""}).status_code == 422
    assert client.post(f"/findings/{third}/decline", data={"reason": "不属实"}).location == f"/findings/{fourth}"
    last = client.post(f"/findings/{fourth}/decline", data={"reason": "已改"})
    assert last.location == f"/inspections/{findings[0].inspection_id}"
    again = client.post(f"/findings/{fourth}/decline", data={"reason": "已改"})
    assert again.status_code == 409
    assert "已经有人处理" in again.text
    assert client.post(f"/findings/{fourth}/reopen", data={"reason": "看错"}).location == f"/findings/{fourth}"
    how = dict(db.session.execute(select(FindingAnswer.finding_id, FindingAnswer.how)).all())
    assert how == {first: Answer.LISTED, second: Answer.MERGED, third: Answer.DECLINED}


def test_the_dossier_shows_every_finding_in_its_own_words(client: FlaskClient, world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
        number = inspection.findings[0].id
    listed = db.session.scalars(select(Issue).join(FindingAnswer).where(FindingAnswer.finding_id == number)).one()
    page = client.get(f"/issues/{listed.number}").text
    assert WORDINGS[0] in page
    assert WORDINGS[1] in page
    assert "并入反馈问题" in page
    assert f'href="/findings/{number}"' in page


def test_the_reconciliation_adds_up_and_its_numbers_lead_to_what_they_count(client: FlaskClient, world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
    page = client.get(f"/inspections/{inspection.id}/reconciliation").text
    assert "5 条反馈 = 列单 1 + 并入 2 + 不采纳 1 + 待处理 1。" in " ".join(page.split())
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/inspections/findings\?[^"]+)"', page)}
    assert f"/inspections/findings?inspection={inspection.id}&county={world.xinshao.id}&outcome=merged" in links
    for link in links:
        number = re.search(rf'href="{re.escape(link.replace("&", "&amp;"))}">(\d+)</a>', page)
        assert number is not None
        assert f"{number[1]} 条反馈问题" in client.get(link).text, link
    assert "5 条反馈 =" in client.get("/inspections/totals").text


def test_the_export_holds_every_finding_and_what_became_of_it(client: FlaskClient, world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
    sent = client.get(f"/inspections/{inspection.id}/export.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if "反馈原文" in row)
    columns = rows[head]
    table = [dict(zip(columns, row, strict=True)) for row in rows[head + 1 :]]
    assert [row["对账结果"] for row in table] == ["已列单", "并入已有问题", "并入已有问题", "不采纳", "待处理"]
    assert table[0]["问题编号"] == table[1]["问题编号"]
    assert table[3]["理由"] == "已当场改正。"
    assert table[0]["反馈原文"] == WORDINGS[0]
    assert db.session.scalars(select(Event).where(Event.verb == "export")).one().data == {"rows": 5}


def test_who_may_not_see_or_decide_is_told_so(client: FlaskClient, app: Flask, world: World) -> None:
    with transaction():
        finding = entered(world, by="supervisor", region_id=world.xinshao.id)[0]
    stranger = sign_in(app.test_client(), world.stranger)
    for path in (f"/inspections/{finding.inspection_id}", f"/findings/{finding.id}", f"/findings/{finding.id}/list"):
        assert stranger.get(path).status_code == 404
    for who in (world.official, world.auditor, world.system_admin):
        assert sign_in(app.test_client(), who).get("/inspections").status_code == 403
    leader = sign_in(app.test_client(), world.leader)
    page = leader.get(f"/findings/{finding.id}").text
    assert "还没有处理" in page
    assert "/decline" not in page
    assert leader.get(f"/findings/{finding.id}/decline").status_code == 403


def test_a_letter_goes_only_to_whom_the_whole_was_handed(client: FlaskClient, app: Flask, world: World) -> None:
    with transaction():
        finding = entered(world, "甲")[0]
        list_for(finding, world)
    county = sign_in(app.test_client(), world.supervisor)
    page = county.get(f"/inspections/{finding.inspection_id}").text
    assert "只列出与您有关的" in page
    assert county.get(f"/inspections/{finding.inspection_id}/letter").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/inspections", 12),
        ("/inspections/1", 13),
        ("/inspections/1/reconciliation", 13),
        ("/inspections/totals", 14),
        ("/inspections/findings", 12),
        ("/findings/5", 11),
    ],
)
def test_a_page_asks_as_many_questions_however_much_there_is(
    client: FlaskClient, world: World, path: str, most: int
) -> None:
    with transaction():
        one_of_each(world)
    few = queries_of(client, path)
    with transaction():
        for place in range(8):
            for finding in entered(world, *(f"第{place}批第{n}条问题。" for n in range(6)), title=f"第{place}次")[::2]:
                list_for(finding, world, title=f"{place}")
        list_one(world)
    assert queries_of(client, path) == few <= most
