"""The import's pages: what was understood is shown first, answers are read again, nothing is taken in before consent."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.ledgers.test_actions import ROWS, ledger
from tests.world import World, sign_in
from tracker.base.access import Refused
from tracker.base.db import db
from tracker.base.underway import Underway
from tracker.clearance import actions as clearance
from tracker.issues.models import Issue
from tracker.ledgers import actions as ledger_actions
from tracker.ledgers import routes


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return sign_in(app.test_client(), world.supervisor)


def upload(client: FlaskClient, data: bytes, name: str = "台账.csv") -> Any:
    return client.post("/ledgers/new", data={"file": (io.BytesIO(data), name)})


def issues() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Issue)) or 0


def test_an_upload_is_shown_and_taken_in_only_on_consent(client: FlaskClient) -> None:
    preview = upload(client, ledger(*ROWS)).location
    page = client.get(preview)
    assert page.status_code == 200
    assert "新邵县卫生健康局" in page.text  # proposed
    assert issues() == 0
    refused = client.post(preview, data={"act": "import", "title": "整改台账"})
    assert refused.status_code == 422
    assert "请勾选“新建系统里没有的单位和人员”" in refused.text
    assert "--" not in refused.text.split("还不能提交", 1)[1].split("</div>", 1)[0]  # a page speaks of no options
    done = client.post(preview, data={"act": "import", "title": "整改台账", "create_missing": "y"})
    assert done.status_code == 302
    assert issues() == 4
    assert "SX-1" in client.get(done.location).text


def test_a_bad_cell_is_named_and_may_be_answered_on_the_page(client: FlaskClient) -> None:
    preview = upload(client, ledger(ROWS[0].replace("2019年6月底前", "2019-02-30"))).location
    page = client.get(preview).text
    cell = re.search(r'name="answer:([^"]+)"', page)
    assert cell is not None
    assert "没有 30 日" in page
    answer = {f"answer:{cell[1]}": "2019-06-30"}
    again = client.post(preview, data={"act": "check", **answer})
    assert "没有 30 日" not in again.text
    assert f'name="answer:{cell[1]}" value="2019-06-30"' in again.text  # or the next reading would not know it
    client.post(preview, data={"act": "import", "title": "台账", **answer})
    assert issues() == 1


def test_what_comes_again_is_answered_with_one_press_and_its_words_stay(client: FlaskClient) -> None:
    rows = ledger(ROWS[0].replace("2019年6月底前", "每月25日前"), ROWS[1].replace("黄志伟", "黄志伟、李志强"))
    preview = upload(client, "整改台账（截至2019年7月31日）\n".encode("gb18030") + rows).location
    page = client.get(preview).text
    assert "读作“每月”重复的要求" in page
    offers = re.findall(r'name="(offer:[^"]+)" value="([^"]+)"', page)
    assert [text for _, text in offers] == ["黄志伟", "李志强", "2019-08-25", "2019-12-31", "长期坚持"]
    (lead, _), *_others, (deadline, _) = offers
    chosen = {lead: "李志强", deadline: "2019-08-25"}
    again = client.post(preview, data={"act": "check", **chosen}).text
    assert f'name="{deadline.replace("offer", "answer")}" value="2019-08-25"' in again  # or it could not be changed
    typed = {deadline.replace("offer", "answer"): "2019-09-25"}
    again = client.post(preview, data={"act": "check", **chosen, **typed}).text
    assert f'name="{deadline.replace("offer", "answer")}" value="2019-09-25"' in again  # what is typed holds
    client.post(preview, data={"act": "import", "title": "台账", "create_missing": "y", **chosen})
    first = db.session.scalars(select(Issue).order_by(Issue.number)).first()
    assert first is not None
    assert (str(first.deadline), first.deadline_written) == ("2019-08-25", "每月25日前")


def test_a_stopped_import_says_first_what_is_wrong_and_that_nothing_was_imported(client: FlaskClient) -> None:
    page = client.get(upload(client, ledger(ROWS[0].replace("2019年6月底前", "2019-02-30"), ROWS[1])).location).text
    said, wrong, outcome = (page.index(text) for text in ("还没有导入任何问题", "没有 30 日", "stat-number"))
    assert said < wrong < outcome
    ready = client.get(upload(client, ledger(*ROWS)).location).text
    assert "还没有导入任何问题" not in ready
    assert "正在导入 4 条" in ready  # what the button says while it works


def test_a_file_that_cannot_be_opened_is_refused_in_words(client: FlaskClient) -> None:
    answer = upload(client, b"\x00\x01\x02 not a workbook", "台账.xlsx")
    assert answer.status_code == 422
    assert "field-error" in answer.text or "form-errors" in answer.text


def test_a_waiting_upload_belongs_to_whoever_brought_it(app: Flask, client: FlaskClient, world: World) -> None:
    preview = upload(client, ledger(*ROWS)).location
    other = sign_in(app.test_client(), world.supervisor2)
    assert other.get(preview).status_code == 404
    assert client.get("/ledgers/preview?file=made-up").status_code == 404


def test_an_import_is_undone_from_its_page_and_only_by_its_unit(app: Flask, client: FlaskClient, world: World) -> None:
    preview = upload(client, ledger(*ROWS)).location
    taken = client.post(preview, data={"act": "import", "title": "台账", "create_missing": "y"}).location
    stranger = sign_in(app.test_client(), world.stranger)
    assert stranger.get(taken).status_code == 404
    assert stranger.post(f"{taken}/undo").status_code == 404
    assert client.post(f"{taken}/undo").status_code == 302
    assert issues() == 0


def test_officials_import_nothing(app: Flask, world: World) -> None:
    assert sign_in(app.test_client(), world.official).get("/ledgers").status_code == 403


def _token(preview: str) -> str:
    return parse_qs(urlsplit(preview).query)["file"][0]


def test_the_page_hears_how_far_an_import_is_and_may_call_it_off(client: FlaskClient, app: Flask) -> None:
    preview = upload(client, ledger(*ROWS)).location
    asked = f"/ledgers/preview/underway?file={_token(preview)}"
    idle = {"runs": False, "done": 0, "total": 0}
    assert client.get(asked).json == idle
    with app.app_context(), Underway(_token(preview)).told() as told:
        told(2, 4)
        assert client.get(asked).json == {"runs": True, "done": 2, "total": 4}
        assert client.post(f"/ledgers/preview/stop?file={_token(preview)}").status_code == 302
        with pytest.raises(Refused):
            told(4, 4)
    assert client.get(asked).json == idle


def test_an_import_called_off_while_it_runs_says_so_and_changes_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = upload(client, ledger(*ROWS)).location
    opened = clearance.open_taken_over

    def open_and_call_off(*given: Any, **named: Any) -> None:
        opened(*given, **named)
        Underway(_token(preview)).call_off()

    monkeypatch.setattr(clearance, "open_taken_over", open_and_call_off)
    stopped = client.post(preview, data={"act": "import", "title": "整改台账", "create_missing": "y"})
    assert stopped.status_code == 200
    assert "已按您的要求停下" in stopped.text
    assert "还不能提交" not in stopped.text  # nothing is wrong: it can be imported as it is
    assert "导入这 4 条" in stopped.text
    assert issues() == 0
    monkeypatch.undo()
    assert client.post(preview, data={"act": "import", "title": "整改台账", "create_missing": "y"}).status_code == 302
    assert issues() == 4


def test_an_import_called_off_while_its_file_is_still_read_changes_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = upload(client, ledger(*ROWS)).location
    read = ledger_actions.read

    def read_and_call_off(*given: Any, **named: Any) -> Any:
        Underway(_token(preview)).call_off()
        return read(*given, **named)

    monkeypatch.setattr(ledger_actions, "read", read_and_call_off)
    stopped = client.post(preview, data={"act": "import", "title": "整改台账", "create_missing": "y"})
    assert "已按您的要求停下" in stopped.text
    assert issues() == 0


def test_a_file_above_the_limit_is_refused_before_it_is_read(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "largest_upload", lambda: 10)
    sent = upload(client, ledger(*ROWS))
    assert sent.status_code == 422
    assert "拆成几个文件分别导入" in sent.text


def test_an_upload_left_lying_for_more_than_a_day_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    preview = upload(client, ledger(*ROWS)).location
    monkeypatch.setattr(routes, "_KEEP_SECONDS", -1)
    late = client.get(preview)
    assert "请到“台账导入”重新上传" in late.text
    assert late.status_code == 422


def test_who_did_not_bring_the_file_learns_nothing_of_its_import(client: FlaskClient, app: Flask, world: World) -> None:
    token = _token(upload(client, ledger(*ROWS)).location)
    other = sign_in(app.test_client(), world.supervisor2)
    assert other.get(f"/ledgers/preview/underway?file={token}").status_code == 404
    assert other.post(f"/ledgers/preview/stop?file={token}").status_code == 404
