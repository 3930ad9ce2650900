"""The pages of papers: from what is proposed to the receipt, in scope only, by a constant number of queries."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from tests.desks.test_routes import counted
from tests.dossier.situations import SITUATIONS
from tests.papers.paper_world import assigned, issued, overdue, template_with
from tests.world import World, sign_in
from tracker.base.db import db, transaction
from tracker.issues.workflow import Kind
from tracker.papers.models import Addressee, Paper
from tracker.papers.rules import PaperKind


@pytest.fixture(autouse=True)
def that_day() -> Iterator[None]:
    with time_machine.travel("2019-09-05 09:00+08:00", tick=False):
        yield


def client(app: Flask, world: World, who: str) -> FlaskClient:
    return sign_in(app.test_client(), world.people[who])


def proposed(page: str) -> MultiDict[str, str]:
    """What a browser would send of the form on this page, unchanged."""
    sent: MultiDict[str, str] = MultiDict()

    class Fields(HTMLParser):
        area: str | None = None

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found = dict(attributes)
            name = found.get("name")
            if tag == "textarea":
                self.area = name
                sent.add(str(name), "")
            elif tag == "input" and name and (found.get("type") != "checkbox" or "checked" in found):
                sent.add(name, found.get("value") or "")

        def handle_data(self, data: str) -> None:
            if self.area:
                sent[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            self.area = None if tag == "textarea" else self.area

    Fields().feed(page.split('<form class="form', 1)[1].split("</form>", 1)[0])
    return sent


def test_from_the_proposal_to_the_receipt(app: Flask, world: World) -> None:
    first, second = (issue.number for issue in overdue(world, 2))
    browser = client(app, world, "supervisor")
    page = browser.get("/papers/proposals").text
    assert "建议发督办单的问题有 2 个" in page
    address = f"/papers/new?kind=supervision&issue={first}&issue={second}"
    drafted = browser.get(address)
    assert drafted.status_code == 200
    sent = proposed(drafted.text)
    assert sent["title"] == "关于“沙坪村饮水工程完工一年未通水”等2个问题的督办通知"
    assert sent.getlist("units") == [str(world.water.id), str(world.finance.id)]
    assert (sent["code"], sent["letterhead"], sent["reply_by"]) == ("新邵整改办", "新邵县整改办", "2019-09-12")
    preview = browser.post(address, data=sent)
    assert preview.status_code == 200
    for words in ("新邵整改办督〔2019〕1号", "新邵县水利局、新邵县财政局：", "已逾期36天", "请于2019年9月12日前"):
        assert words in preview.text, words
    assert db.session.scalar(select(Paper.id)) is None  # looking issues nothing
    done = browser.post(address, data=sent | {"decision": "issue"})
    assert done.status_code == 302
    again = browser.post(address, data=sent | {"decision": "issue"})  # pressed twice
    assert again.location == done.location
    shown = browser.get(done.location).text
    assert "还有 2 家没有签收" in shown
    official = client(app, world, "official")
    for page in ("/papers", "/desk"):
        assert "有 1 份文书等您单位签收" in official.get(page).text
    assert "您单位收到新的文书，请查看并签收。" in official.get("/messages").text
    assert "代表本单位签收" in official.get(done.location).text
    assert official.post(f"{done.location}/receipt").status_code == 302
    for page in ("/papers", "/desk"):
        assert "份文书等您单位签收" not in official.get(page).text
    assert official.post(f"{done.location}/receipt").status_code == 422
    assert "已签 1／2" in browser.get("/papers?show=unsigned").text
    assert "新邵整改办督〔2019〕1号" in browser.get(f"/issues/{first}").text
    assert "没有建议发督办单" in browser.get("/papers/proposals?kind=supervision").text
    file = browser.get(f"{done.location}/file")
    assert "新邵整改办督〔2019〕1号" in [one.text for one in Document(io.BytesIO(file.data)).paragraphs]


def test_nothing_typed_is_lost_on_the_way_back_from_the_preview_or_from_a_refusal(app: Flask, world: World) -> None:
    (issue,) = assigned(world)
    browser, address = client(app, world, "supervisor"), f"/papers/new?kind=talk&issue={issue.number}"
    sent = proposed(browser.get(address).text)
    sent["opening"], sent["others"] = "自己写的一段话。", "没有这个局"
    refused = browser.post(address, data=sent)
    assert refused.status_code == 422
    assert "没有名为“没有这个局”的单位" in refused.text
    assert "自己写的一段话。" in refused.text
    sent["others"] = "龙溪铺镇人民政府"
    refused = browser.post(address, data=sent)
    assert "约谈通知要写明约谈时间、地点和对象" in refused.text
    assert "自己写的一段话。" in refused.text
    sent["talk_time"], sent["talk_place"] = "周一上午九时", "三楼会议室"
    preview = browser.post(address, data=sent).text
    assert "龙溪铺镇人民政府：" in preview
    assert 'name="opening" value="自己写的一段话。"' in preview
    back = browser.post(address, data=sent | {"decision": "edit"})
    assert back.status_code == 200
    assert "自己写的一段话。" in back.text
    assert "三楼会议室" in back.text
    draft = browser.post(address, data=sent | {"decision": "file"})
    assert "自己写的一段话。" in [one.text for one in Document(io.BytesIO(draft.data)).paragraphs]


def test_the_kind_an_issue_asks_for_is_chosen_already(app: Flask, world: World) -> None:
    browser = client(app, world, "supervisor")
    (fresh,), (late,) = assigned(world), overdue(world)
    with transaction():
        done = SITUATIONS["cleared"](world, Kind.IMMEDIATE)
    for issue, name in ((fresh, "约谈通知"), (late, "约谈通知"), (done, "销号审批表")):
        assert f"拟{name}" in browser.get(f"/papers/new?issue={issue.number}").text
    with time_machine.travel("2019-07-05 09:00+08:00", tick=False):
        (young,), browser = assigned(world), client(app, world, "supervisor")
        assert "拟交办单" in browser.get(f"/papers/new?issue={young.number}").text
        issued(world, [young], PaperKind.ASSIGNMENT)
        assert "拟催办函" in browser.get(f"/papers/new?issue={young.number}").text


def test_a_bulletin_about_everything_proposed_carries_the_head(app: Flask, world: World) -> None:
    overdue(world, 3)
    browser, address = client(app, world, "root_supervisor"), "/papers/new?kind=bulletin&all=1"
    page = browser.get(address).text
    assert "所列问题 3 个" in page
    sent = proposed(page)
    assert sent["title"] == "关于3个逾期未销号问题的通报"
    assert str(world.county_office.id) in sent.getlist("units")
    action = page.split('<form class="form', 1)[1].split('action="')[1].split('"')[0].replace("&amp;", "&")
    done = browser.post(action, data=sent | {"decision": "issue"})
    paper = db.session.scalars(select(Paper)).one()
    assert paper.head is not None
    assert paper.head.split(":")[0] != "0"
    shown = browser.get(done.location).text
    assert f"办理记录校验值：{paper.head}" in shown
    assert "所载校验值仍在链上" in shown


# --- who sees what ------------------------------------------------------------------------------------------------


def test_outside_ones_scope_a_paper_does_not_exist(app: Flask, world: World) -> None:
    paper = issued(world, assigned(world), unit_ids=(world.water.id, world.wugang_water.id)).id
    pages = [f"/papers/{paper}", f"/papers/{paper}/file"]
    seen = {
        "supervisor": 200, "root_supervisor": 200, "official": 200, "leader": 200, "stranger_official": 200,
        "stranger": 404, "town_official": 404, "auditor": 403, "system_admin": 403,
    }  # fmt: skip
    for who, status in seen.items():
        browser = client(app, world, who)
        assert {browser.get(page).status_code for page in pages} == {status}, who
        if status == 200:
            assert "督〔2019〕1号" in browser.get("/papers").text
        elif status == 404:
            assert "督〔2019〕1号" not in browser.get("/papers").text
    assert client(app, world, "stranger").post(f"/papers/{paper}/receipt").status_code == 404
    assert client(app, world, "stranger").get(f"/papers/{paper}/withdraw").status_code == 404
    assert client(app, world, "stranger_official").get(f"/papers/{paper}/withdraw").status_code == 403


def test_an_addressee_reads_the_whole_paper_but_opens_only_their_own_issues(app: Flask, world: World) -> None:
    (issue,) = assigned(world)
    number, title = issue.number, issue.title
    paper = issued(world, [issue], unit_ids=(world.wugang_water.id,)).id
    page = client(app, world, "stranger_official").get(f"/papers/{paper}").text
    assert title in page
    assert f'href="/issues/{number}"' not in page
    assert f'href="/issues/{number}"' in client(app, world, "supervisor").get(f"/papers/{paper}").text


def test_nobody_drafts_about_issues_that_are_not_theirs(app: Flask, world: World) -> None:
    (issue,) = assigned(world)
    assert client(app, world, "stranger").get(f"/papers/new?issue={issue.number}").status_code == 404
    assert client(app, world, "official").get(f"/papers/new?issue={issue.number}").status_code == 403
    assert client(app, world, "supervisor").get("/papers/new?issue=nothing").status_code == 404
    assert "还没有选问题" in client(app, world, "supervisor").get("/papers/new").text


def test_withdrawn_it_says_so_wherever_it_stands(app: Flask, world: World) -> None:
    (issue,) = assigned(world)
    number, paper = issue.number, issued(world, [issue]).id
    browser = client(app, world, "supervisor")
    assert browser.post(f"/papers/{paper}/withdraw", data={"reason": " "}).status_code == 422
    assert browser.post(f"/papers/{paper}/withdraw", data={"reason": "文号写错"}).status_code == 302
    for page in (f"/papers/{paper}", "/papers?show=withdrawn", f"/issues/{number}"):
        assert "已撤回" in browser.get(page).text
    official = client(app, world, "official").get(f"/papers/{paper}").text
    assert "文号写错" in official
    assert "代表本单位签收" not in official


# --- templates ----------------------------------------------------------------------------------------------------


def test_the_root_office_replaces_a_template_and_goes_back(app: Flask, world: World) -> None:
    browser, address = client(app, world, "root_supervisor"), "/paper-templates/supervision"

    def upload(content: bytes, name: str = "督办单.docx") -> Any:
        return browser.post(address, data={"file": (io.BytesIO(content), name)}, content_type="multipart/form-data")

    built_in = browser.get(f"{address}/file")
    assert "{{ 发文字号 }}" in [one.text for one in Document(io.BytesIO(built_in.data)).paragraphs]
    refused = upload(template_with("{{ 单位名 }}"))
    assert refused.status_code == 422
    assert "“单位名”不是系统认识的字段" in refused.text
    assert "主送机关" in refused.text  # and which there are
    assert upload(template_with("自家格式")).status_code == 302
    assert "督办单.docx" in browser.get("/paper-templates").text
    paper = issued(world, assigned(world)).id
    assert "自家格式" in client(app, world, "official").get(f"/papers/{paper}").text
    assert browser.post(f"{address}/remove").status_code == 302
    assert "各种文书都用内置模板" in browser.get("/paper-templates").text
    assert "自家格式" in browser.get(f"/papers/{paper}").text  # what was sent stays as it was
    county = client(app, world, "supervisor")
    assert "检查并换上" not in county.get(address).text
    assert county.post(f"{address}/remove").status_code == 422
    assert browser.get("/paper-templates/letter").status_code == 404


def test_lists_cost_the_same_however_long(app: Flask, world: World) -> None:
    browser = client(app, world, "supervisor")
    issues = overdue(world, 2)
    issued(world, issues[:1])
    pages = ("/papers", "/papers/proposals", f"/papers/new?kind=bulletin&issue={issues[0].number}", "/papers/1")
    assert {browser.get(page).status_code for page in pages} == {200}
    few = {}
    for page in pages:
        with counted() as asked:
            browser.get(page)
        few[page] = len(asked)
    more = overdue(world, 8)
    for issue in more[:5]:
        issued(world, [issue, issues[0]])
    browser.get("/papers")  # the reader is known again after what was written meanwhile
    many = [pages[0], pages[1], "&issue=".join([pages[2], *(issue.number for issue in more)]), "/papers/6"]
    for page, other in zip(pages, many, strict=True):
        with counted() as asked:
            assert browser.get(other).status_code == 200
        assert len(asked) == few[page] <= 25, other


def test_a_long_register_is_paged_by_key(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.papers.queries.PAGE_SIZE", 2)
    issues = assigned(world)
    for _ in range(3):
        issued(world, issues)
    browser = client(app, world, "supervisor")
    first = browser.get("/papers?kind=supervision").text
    assert ("〕3号" in first, "〕1号" in first) == (True, False)
    link = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(link).text
    assert ("〕3号" in second, "〕1号" in second) == (False, True)
    assert 'rel="prev"' in second


def test_pages_speak_english_too_and_papers_stay_chinese(app: Flask, world: World) -> None:
    paper = issued(world, assigned(world)).id
    browser = client(app, world, "supervisor")
    browser.post("/language/en")
    page = browser.get(f"/papers/{paper}").text
    assert "Supervision notice" in page
    assert "关于沙坪村饮水问题的督办通知" in page
    assert db.session.scalars(select(Addressee.received_at)).all() == [None, None]
