"""Pages of feedback documents: from a Word file to issues handed out, with every touch of a person in between."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event as sql_event
from sqlalchemy import func, select

from tests.feedback.papers import lines, saved
from tests.inspections.test_actions import hand_over
from tests.world import NOW, World, sign_in
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.feedback.models import Draft, DraftEntry
from tracker.inspections.models import Document, Finding, Inspection, Proposal
from tracker.issues.models import Issue

LETTER = (
    "关于新邵县饮水安全的反馈意见",
    "一、存在的主要问题",
    "（一）安全饮水有短板。",
    "1.新邵县龙溪铺镇沙坪村饮水工程完工一年未通水。（牵头单位：市水利局；责任单位：新邵县水利局、新邵县财政局）整改时限：8月底前",
    "2.武冈市3处水源地一是未设警示牌；二是有养殖场。（责任单位：武冈市水利局）",
    "整改时限：视资金情况而定",
    "二、整改要求",
    "1.请高度重视。",
    "2019年6月28日",
)


@pytest.fixture
def client(app: Flask, world: World) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield sign_in(app.test_client(), world.root_supervisor)


@pytest.fixture
def inspection(world: World) -> Inspection:
    with transaction():
        return hand_over(world, by=world.root_supervisor)


def brought(client: FlaskClient, inspection: Inspection, *texts: str) -> int:
    """The id of the document."""
    sent = client.post(
        f"/inspections/{inspection.id}/documents/new",
        data={"file": (io.BytesIO(saved(lines(*(texts or LETTER)))), "反馈意见.docx"), "county": ""},
    )
    assert sent.status_code == 302, sent.text
    return int(sent.location.rsplit("/", 1)[1])


def kept() -> list[DraftEntry]:
    return list(db.session.scalars(select(DraftEntry).where(DraftEntry.passed.is_(None)).order_by(DraftEntry.position)))


def version(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_document_is_sorted_then_written_down_and_its_issue_is_filled_in(
    client: FlaskClient, inspection: Inspection, world: World
) -> None:
    document = brought(client, inspection)
    page = client.get(f"/documents/{document}").text
    assert "读到 2 条，请核对后登记" in page
    assert "2019-08-31" in page
    assert "1 条的整改时限没有读懂" in page
    assert "所在部分不是反馈问题" in page
    assert "待核对" in client.get(f"/inspections/{inspection.id}").text
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 0

    done = client.post(f"/documents/{document}/confirm", data={"version": version(page)})
    assert done.location == f"/inspections/{inspection.id}"
    first, second = db.session.scalars(select(Finding).order_by(Finding.id))
    assert (first.clause, first.county_id) == ("一（一）1", world.xinshao.id)
    assert first.wording.endswith("整改时限：8月底前")  # verbatim
    assert second.wording == "\n".join([LETTER[4][2:], LETTER[5]])
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0

    form = client.get(f"/findings/{first.id}/list").text
    assert 'value="新邵县龙溪铺镇沙坪村饮水工程完工一年未通水。"' in form
    assert "市水利局" in form
    assert re.search(rf'<option selected value="{world.categories[2].id}">', form)
    assert re.search(rf'<option selected value="{world.xinshao.id}">', form)
    client.post(
        f"/findings/{first.id}/list",
        data={
            "title": "沙坪村未通水", "wording": first.wording, "category": world.categories[2].id,
            "county": world.xinshao.id, "kind": "time_limited",
        },
    )  # fmt: skip
    issue = db.session.scalars(select(Issue)).one()
    assert issue.deadline_written == "8月底前"
    assign = client.get(f"/issues/{issue.number}/assign").text
    for value in ("市水利局", "新邵县水利局", "新邵县财政局", "2019-08-31"):
        assert f'value="{value}"' in assign, value


def test_the_original_stays_and_leaves_a_trace_when_it_is_taken(client: FlaskClient, inspection: Inspection) -> None:
    document = brought(client, inspection)
    client.post(f"/documents/{document}/confirm", data={"version": version(client.get(f"/documents/{document}").text)})
    sent = client.get(f"/documents/{document}/original")
    assert sent.data[:2] == b"PK"
    assert sent.headers["Content-Disposition"].startswith("attachment")
    sent.close()
    assert db.session.scalars(select(Event).where(Event.verb == "download")).one().subject_id == inspection.id
    page = client.get(f"/documents/{document}").text
    assert "登记了 2 条反馈问题" in page
    assert client.post(f"/documents/{document}/discard").status_code == 409
    assert db.session.get(Document, document) is not None


def test_an_entry_is_put_right_and_its_deadline_read_again(
    client: FlaskClient, inspection: Inspection, world: World
) -> None:
    brought(client, inspection)
    second = kept()[1]
    url = f"/documents/entries/{second.id}"
    page = client.get(url).text
    assert "没有读懂" in page
    assert re.findall(r'name="act" value="(\w+)"', page)[0] == "save"  # what Enter in a field presses
    fields = {
        "version": version(page), "wording": second.wording, "clause": "一（一）2", "title": "水源地", "county": world.wugang.id,
        "category": world.categories[2].id, "lead_unit": "市水利局", "units": "武冈市水利局,武冈市整改办", "deadline_written": "9月底前",
    }  # fmt: skip
    assert client.post(url, data=fields).location == f"/documents/{second.draft.document_id}#entry-{second.id}"
    second = kept()[1]
    assert (second.units, second.deadline_written) == ("武冈市水利局、武冈市整改办", "9月底前")
    assert "2019-09-30" in client.get(f"/documents/{second.draft.document_id}").text
    late = client.post(url, data=fields | {"deadline_written": "10月底前"})  # typed on a page opened before
    assert late.status_code == 409
    assert "10月底前" in late.text


def test_words_of_the_document_cannot_be_changed(client: FlaskClient, inspection: Inspection) -> None:
    brought(client, inspection)
    first = kept()[0]
    for act in ("save", "split"):
        sent = client.post(
            f"/documents/entries/{first.id}", data={"act": act, "wording": first.wording + "改", "units": "打了的字"}
        )
        assert sent.status_code == 422
        assert "原文不能改字" in sent.text
        assert "打了的字" in sent.text
    assert kept()[0].units == "新邵县水利局、新邵县财政局"


def test_an_entry_is_parted_at_empty_lines_and_each_part_keeps_what_it_does_not_say(
    client: FlaskClient, inspection: Inspection, world: World
) -> None:
    brought(client, inspection)
    second = kept()[1]
    typed = second.wording.replace("；二是", "；\r\n\r\n二是")
    client.post(
        f"/documents/entries/{second.id}",
        data={"act": "split", "wording": typed, "units": second.units, "clause": "甲"},
    )
    first, one, two = kept()
    assert (one.wording, two.wording[:3]) == ("武冈市3处水源地一是未设警示牌；", "二是有")
    assert (one.units, two.units) == ("武冈市水利局", "武冈市水利局")
    assert (one.clause, two.clause) == ("甲", "甲")
    client.post(f"/documents/entries/{two.id}/join")
    assert [entry.id for entry in kept()] == [first.id, one.id]
    assert kept()[1].wording == "武冈市3处水源地一是未设警示牌；\n" + two.wording


def test_parts_the_words_number_themselves_are_cut_by_one_button(client: FlaskClient, inspection: Inspection) -> None:
    brought(client, inspection, "1.帮扶不实：一是走访走过场。二是手册雷同。")
    (entry,) = kept()
    assert "按文中的序号拆成 3 条" in client.get(f"/documents/entries/{entry.id}").text
    client.post(f"/documents/entries/{entry.id}", data={"act": "pieces", "wording": entry.wording})
    assert [one.wording for one in kept()] == ["帮扶不实：", "一是走访走过场。", "二是手册雷同。"]


def test_an_entry_is_taken_out_and_a_passage_taken_in(client: FlaskClient, inspection: Inspection) -> None:
    document = brought(client, inspection)
    first, second = kept()
    client.post(f"/documents/entries/{second.id}/take-out")
    demand = db.session.scalars(select(DraftEntry).where(DraftEntry.wording == "请高度重视。")).one()
    client.post(f"/documents/entries/{demand.id}/take-back")
    assert [entry.wording for entry in kept()] == [first.wording, "请高度重视。"]
    page = client.get(f"/documents/{document}").text
    assert "核对时移出" in page
    client.post(f"/documents/{document}/confirm", data={"version": version(page)})
    assert [finding.clause for finding in db.session.scalars(select(Finding).order_by(Finding.id))] == [
        "一（一）1",
        "二1",
    ]


def test_what_is_confirmed_is_what_was_looked_at_all_or_nothing(client: FlaskClient, inspection: Inspection) -> None:
    document = brought(client, inspection)
    seen = version(client.get(f"/documents/{document}").text)
    client.post(f"/documents/entries/{kept()[1].id}/take-out")
    stale = client.post(f"/documents/{document}/confirm", data={"version": seen})
    assert stale.status_code == 409
    assert "有人改动过" in stale.text
    again = client.post(f"/documents/{document}/confirm", data={"version": version(stale.text)})
    assert again.status_code == 302
    twice = brought(client, inspection)  # the same letter once more: one of its entries stands already
    refused = client.post(
        f"/documents/{twice}/confirm", data={"version": version(client.get(f"/documents/{twice}").text)}
    )
    assert refused.status_code == 422
    assert "已经登记过" in refused.text
    assert db.session.scalar(select(func.count()).select_from(Finding)) == 1
    assert len(kept()) == 2  # and nothing of the sorting is lost


def test_a_document_that_was_the_wrong_one_is_taken_off_without_a_trace_but_its_events(
    client: FlaskClient, inspection: Inspection
) -> None:
    document = brought(client, inspection)
    client.post(f"/documents/{document}/discard")
    for table in (Document, Draft, DraftEntry, Finding, Proposal):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    verbs = db.session.scalars(select(Event.verb).where(Event.subject == "inspection").order_by(Event.id)).all()
    assert verbs[-2:] == ["attach_document", "detach_document"]


def test_pasted_words_are_kept_as_an_original_too(client: FlaskClient, inspection: Inspection, world: World) -> None:
    sent = client.post(
        f"/inspections/{inspection.id}/documents/new",
        data={"text": "甲村未通水。\r\n乙村未通水。", "county": world.wugang.id},
    )
    assert [(entry.wording, entry.county_id) for entry in kept()] == [
        ("甲村未通水。", world.wugang.id), ("乙村未通水。", world.wugang.id),
    ]  # fmt: skip
    original = client.get(sent.location + "/original")
    assert original.data.decode() == "甲村未通水。\r\n乙村未通水。"
    original.close()


def test_the_letter_of_the_inspection_is_read_without_bringing_it_again(client: FlaskClient, world: World) -> None:
    made = client.post(
        "/inspections/new",
        data={
            "source": "audit", "title": "饮水审计", "region": world.city.id, "received_on": "2019-07-01",
            "letter": (io.BytesIO(saved(lines(*LETTER))), "来函.docx"),
        },
    )  # fmt: skip
    assert "直接读取反馈件“来函.docx”" in client.get(made.location).text
    assert client.post(made.location, data={"letter": "1"}).status_code == 302
    assert len(kept()) == 2


def test_what_cannot_be_read_is_told_and_nothing_is_kept(client: FlaskClient, inspection: Inspection) -> None:
    url = f"/inspections/{inspection.id}/documents/new"
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
    for data, word in (
        ({"file": (io.BytesIO(old), "旧.doc"), "text": ""}, "另存为 .docx"),
        ({"text": "  "}, "请选择文件，或粘贴正文。"),
        ({"file": (io.BytesIO(saved(lines(""))), "空.docx")}, "没有读到文字"),
    ):
        sent = client.post(url, data=data)
        assert sent.status_code == 422
        assert word in sent.text
    assert db.session.scalar(select(func.count()).select_from(Document)) == 0


def test_who_does_not_keep_the_inspection_meets_nothing_of_it(
    client: FlaskClient, app: Flask, inspection: Inspection, world: World
) -> None:
    document = brought(client, inspection)
    entry = kept()[0].id
    stranger = sign_in(app.test_client(), world.stranger)
    for path in (f"/documents/{document}", f"/documents/{document}/original", f"/documents/entries/{entry}"):
        assert stranger.get(path).status_code == 404
    for act in ("join", "take-out", "take-back"):
        assert stranger.post(f"/documents/entries/{entry}/{act}").status_code == 404
    assert stranger.post(f"/documents/{document}/confirm", data={"version": "1"}).status_code == 404
    assert sign_in(app.test_client(), world.official).get(f"/documents/{document}").status_code == 403


def test_a_page_costs_the_same_whatever_the_document_holds(client: FlaskClient, inspection: Inspection) -> None:
    def queries(document: int) -> int:
        said: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            said.append(statement)

        sql_event.listen(db.engine, "before_cursor_execute", hear)
        try:
            assert client.get(f"/documents/{document}").status_code == 200
        finally:
            sql_event.remove(db.engine, "before_cursor_execute", hear)
        return len(said)

    small = brought(client, inspection, "1.甲村未通水。")
    large = brought(client, inspection, *(f"{n}.第{n}村未通水。整改时限：8月底前" for n in range(1, 121)))
    queries(small)  # the first page of a process looks up what stays
    assert queries(small) == queries(large) <= 20
