"""The web edge: closed by default, headers on everything, refusals in plain words, and nothing typed is lost."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, abort, g
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.exceptions import RequestedRangeNotSatisfiable, TooManyRequests

from tests.world import TODAY, World, assign_one, list_one, sign_in
from tracker import create_app
from tracker.accounts.models import SignInAttempt
from tracker.accounts.rules import PER_ADDRESS
from tracker.base.access import Conflict, Missing, Refused, Right
from tracker.base.db import db, transaction
from tracker.base.web import LANGUAGES, form_status, local_url, needs, public, refusals
from tracker.issues.models import Issue

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def client(app: Flask, world: World) -> FlaskClient:
    return app.test_client()


def outside(app: Flask, **settings: Any) -> Flask:
    """An app on the same data as people meet it: with CSRF, and with its own answer to a crash."""
    config = app.config["TRACKER"].model_copy(update=settings)
    served = create_app(config)
    served.config["WTF_CSRF_ENABLED"] = True
    return served


@pytest.fixture
def served(app: Flask, world: World) -> Flask:
    """``outside``, with addresses that go wrong in each way."""
    served = outside(app)
    for code in (400, 403, 404, 413, 429, 418):
        served.add_url_rule(f"/wrong/{code}", f"wrong{code}", public(lambda code=code: abort(code)))
    served.add_url_rule("/wrong/crash", "crash", public(_crash), methods=["GET", "POST"])
    served.add_url_rule("/unmarked", "unmarked", lambda: "secret")
    return served


def _crash() -> str:
    raise ZeroDivisionError("the reason that only the log may hold")


# --- closed by default ----------------------------------------------------------------------------------------


def test_an_address_without_a_right_is_closed_even_for_those_who_may_all(served: Flask, world: World) -> None:
    for person in (world.root_supervisor, world.system_admin, world.nobody):
        answer = sign_in(served.test_client(), person).get("/unmarked")
        assert (answer.status_code, "secret" in answer.text) == (403, False)
    assert served.test_client().get("/unmarked").status_code == 403


def test_a_mark_that_is_no_right_opens_nothing(served: Flask, world: World) -> None:
    view = needs("issue:read")(lambda: "secret")  # type: ignore[arg-type]
    served.add_url_rule("/mistaken", "mistaken", view)
    assert sign_in(served.test_client(), world.root_supervisor).get("/mistaken").status_code == 403


def test_a_stranger_is_led_to_sign_in_and_back_to_what_they_wanted(served: Flask) -> None:
    answer = served.test_client().get("/register?kind=immediate&q=水")
    assert answer.status_code == 302
    assert answer.location == "/login?next=/register?kind%3Dimmediate%26q%3D%E6%B0%B4"
    page = served.test_client().get(answer.location).text
    assert (
        'value="/register?kind=immediate&amp;q=%E6%B0%B4"' in page
        or 'value="/register?kind=immediate&amp;q=水"' in page
    )


def test_a_role_without_the_right_is_refused_whatever_the_method(client: FlaskClient, world: World) -> None:
    sign_in(client, world.official)
    for ask in (client.get, client.post, client.head):
        assert ask("/users/new").status_code == 403


def test_head_and_options_change_nothing_and_say_no_more_than_get(app: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    official, stranger = (sign_in(app.test_client(), who) for who in (world.official, world.stranger))
    page = official.head(f"/issues/{number}")
    assert (page.status_code, page.data) == (200, b"")
    assert stranger.head(f"/issues/{number}").status_code == 404
    assert app.test_client().head(f"/issues/{number}").status_code in {302, 401}
    told = official.options(f"/issues/{number}/accept")
    assert (told.status_code, set(told.allow)) == (200, {"POST", "OPTIONS"})
    assert db.session.scalars(select(Issue.state)).one().value == "assigned"


# --- headers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/login", 200),
        ("/healthz", 200),
        ("/register", 302),
        ("/logout", 405),
        ("/nowhere", 404),
        ("/static/base.css", 200),
        ("/static/nowhere.css", 404),
        *((f"/wrong/{code}", code) for code in (400, 403, 413, 429, 418)),
        ("/wrong/crash", 500),
    ],
)
def test_every_answer_carries_the_headers(served: Flask, url: str, status: int) -> None:
    with served.test_client().get(url) as answer:
        assert answer.status_code == status
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy == {
            "default-src": "'self'",
            "img-src": "'self' data:",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'self'",
            "frame-ancestors": "'none'",
        }
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        kept = "immutable" in answer.headers["Cache-Control"]
        assert kept is (url == "/static/base.css"), answer.headers["Cache-Control"]
        assert kept or answer.headers["Cache-Control"] == "private, no-store"


def test_what_a_page_loads_changes_its_address_with_its_content(client: FlaskClient) -> None:
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/login").text)
    assert loaded
    for url in loaded:
        assert re.search(r"\?v=[0-9a-f]{12}$", url), url
        with client.get(url) as answer:
            assert answer.status_code == 200


def test_the_session_cookie_is_for_this_site_and_not_for_scripts(app: Flask, world: World) -> None:
    for address, secure in (("https://zg.example.gov.cn", True), ("http://127.0.0.1:8000", False), ("", False)):
        cookie = outside(app, base_url=address).test_client().get("/login").headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) is secure


def test_a_session_lasts_as_long_as_is_set(app: Flask, world: World) -> None:
    assert outside(app, session_hours=3).permanent_session_lifetime == timedelta(hours=3)


# --- forged and stale forms -----------------------------------------------------------------------------------


def test_a_form_from_elsewhere_is_refused_in_words_and_changes_nothing(served: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    client = sign_in(served.test_client(), world.official)
    for data in ({}, {"csrf_token": "made up"}):
        answer = client.post(f"/issues/{number}/progress", data={"text": "不是我写的", **data})
        assert answer.status_code == 400
        assert "请求不完整" in answer.text
        assert "返回上一页刷新后再提交" in answer.text
        assert "CSRF" not in answer.text
    assert actions_on(number) == ["list", "assign"]


def actions_on(number: str) -> list[str]:
    db.session.rollback()
    rows = "SELECT verb FROM event JOIN issue ON subject_id = issue.id AND subject = 'issue' WHERE number = :n ORDER BY event.id"
    return list(db.session.scalars(text(rows), {"n": number}))


def test_every_form_needs_its_token_but_those_of_programs(served: Flask) -> None:
    """No address that changes something leaves the check out."""
    protect = served.extensions["csrf"]
    assert not protect._exempt_views
    assert not protect._exempt_blueprints


def test_a_token_lives_as_long_as_the_session(served: Flask) -> None:
    assert served.config["WTF_CSRF_TIME_LIMIT"] is None
    client = served.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token is not None
    answer = client.post("/login", data={"account": "x", "password": "y" * 12, "csrf_token": token[1]})
    assert answer.status_code == 422  # read, and refused for its password


# --- where one is led -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/", "/issues/2019-00001?tab=2#x", "/desk//x", "/a/../b", "/水"])
def test_an_address_of_this_site_is_kept(url: str) -> None:
    assert local_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "desk",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/a\r\nSet-Cookie: x",
        " //evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
    ],
)
def test_an_address_of_another_site_is_not(url: str | None) -> None:
    assert local_url(url) is None


def test_the_language_is_chosen_on_the_spot_and_leads_back(client: FlaskClient) -> None:
    answer = client.post("/language/en", data={"next": "/login"})
    assert answer.location == "/login"
    page = client.get("/login").text
    assert '<html lang="en">' in page
    assert client.post("/language/en", data={"next": "//evil.example"}).location == "/"
    assert client.post("/language/tlh").status_code == 404
    assert client.get("/language/zh").status_code == 405
    assert '<html lang="en">' in client.get("/login").text


# --- what is wrong, in words ----------------------------------------------------------------------------------

SAID = {
    400: ("请求不完整", "The request is incomplete"),
    403: ("您没有这项权限", "You have no right to this"),
    404: ("没有找到", "Not found"),
    413: ("提交的内容太大", "Too much was submitted"),
    429: ("操作太频繁", "Too many tries"),
    418: ("没有办成", "It was not done"),
}


@pytest.mark.parametrize("code", SAID)
def test_an_error_is_a_page_in_the_readers_language(served: Flask, code: int) -> None:
    chinese, english = SAID[code]
    client = served.test_client()
    page = client.get(f"/wrong/{code}")
    assert (page.status_code, page.mimetype) == (code, "text/html")
    assert f"<h1>\n            {chinese}" in page.text or re.search(rf"<h1>\s*{chinese}\s*</h1>", page.text)
    with client.session_transaction() as kept:
        kept["language"] = "en"
    page = client.get(f"/wrong/{code}")
    assert re.search(rf"<h1>\s*{english}", page.text), page.text[-900:]
    visible = re.sub(r"<[^>]+>", "", re.sub(r"<title>.*?</title>", "", page.text, flags=re.S)).replace("中文", "")
    assert not CHINESE.search(visible)


def test_a_wrong_method_says_which_are_right(served: Flask) -> None:
    page = served.test_client().get("/logout")
    assert page.status_code == 405
    assert "不能这样打开" in page.text
    assert set(page.allow) == {"POST", "OPTIONS"}


def test_what_programs_are_told_with_an_error_is_told(served: Flask) -> None:
    def later() -> None:
        raise TooManyRequests(retry_after=90)

    def beyond() -> None:
        raise RequestedRangeNotSatisfiable(length=10)

    served.add_url_rule("/later", "later", public(later))
    served.add_url_rule("/beyond", "beyond", public(beyond))
    assert served.test_client().get("/later").headers["Retry-After"] == "90"
    answer = served.test_client().get("/beyond")
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, "bytes */10")
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_crash_shows_a_number_and_the_log_holds_the_story(
    served: Flask, caplog: pytest.LogCaptureFixture, language: str
) -> None:
    client = served.test_client()
    with client.session_transaction() as kept:
        kept["language"] = language
    with caplog.at_level(logging.ERROR):
        page = client.get("/wrong/crash?name=王建国")
    assert page.status_code == 500
    assert "Traceback" not in page.text
    assert "ZeroDivision" not in page.text
    assert "the reason" not in page.text
    incident = re.search(r"(?:故障编号|Incident) ([0-9a-f]{8})", page.text)
    assert incident is not None
    assert f"incident {incident[1]}: GET /wrong/crash" in caplog.text
    assert "the reason that only the log may hold" in caplog.text
    assert "王建国" not in caplog.text
    again = re.search(r"(?:故障编号|Incident) ([0-9a-f]{8})", client.get("/wrong/crash").text)
    assert again is not None
    assert again[1] != incident[1]


def test_a_crash_leaves_no_half_change_for_the_next_reader(served: Flask, world: World) -> None:
    def half() -> str:
        with transaction():
            list_one(world)
            db.session.flush()
            raise ZeroDivisionError

    served.add_url_rule("/half", "half", public(half))
    client = sign_in(served.test_client(), world.supervisor)
    assert client.get("/half").status_code == 500
    assert client.get("/register").status_code == 200
    assert db.session.scalars(select(Issue)).all() == []


def test_a_broken_question_is_answered_in_the_readers_language(any_app: Flask, any_world: World) -> None:
    """PostgreSQL answers nothing more in a transaction that failed: the page must not ask in that one."""
    with transaction():
        any_world.supervisor.locale = "en"
    served = outside(any_app)
    served.add_url_rule("/broken", "broken", needs(Right.SELF)(lambda: db.session.execute(text("SELECT nonsense"))))
    page = sign_in(served.test_client(), any_world.supervisor).get("/broken")
    with served.app_context():
        db.session.remove()
        db.engine.dispose()
    assert (page.status_code, "Something went wrong" in page.text) == (500, True)


def test_without_its_database_the_site_still_says_so_in_words(served: Flask, world: World) -> None:
    client = sign_in(served.test_client(), world.supervisor)
    db.session.rollback()
    with transaction():
        db.session.execute(text("ALTER TABLE person RENAME TO gone"))
    page = client.get("/register")
    assert page.status_code == 500
    assert "系统出了问题" in page.text
    assert "gone" not in page.text
    assert "SELECT" not in page.text
    assert page.headers["Content-Security-Policy"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("refusal", "status", "says"),
    [
        (Refused("缺少“%(what)s”。", what="时限"), 422, "缺少“时限”。"),
        (Conflict(), 409, "刚才有人更新了这一项"),
        (Missing(), 404, "不在您的职责范围内"),
        (Refused("<script>%(what)s</script>", what="<b>"), 422, "&lt;script&gt;&lt;b&gt;&lt;/script&gt;"),
    ],
)
def test_a_refusal_that_no_form_takes_is_a_page(served: Flask, refusal: Refused, status: int, says: str) -> None:
    def refuse() -> None:
        raise refusal

    served.add_url_rule("/refuse", "refuse", public(refuse))
    page = served.test_client().get("/refuse")
    assert (page.status_code, says in page.text) == (status, True)


# --- sizes ----------------------------------------------------------------------------------------------------


def test_a_body_beyond_the_limit_is_refused_in_words(app: Flask, world: World) -> None:
    small = outside(app, max_upload_mb=1)
    assert small.config["MAX_CONTENT_LENGTH"] == 15 * 1024 * 1024
    client = sign_in(small.test_client(), world.supervisor)
    with client.session_transaction() as kept:
        kept["language"] = "en"
    answer = client.post("/ledgers/new", data=b"x" * (16 << 20), content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "Too much was submitted" in answer.text


def test_words_are_limited_apart_from_files(client: FlaskClient, world: World) -> None:
    sign_in(client, world.supervisor)

    def send(body: bytes, kind: str) -> Any:
        return client.post("/issues/new", data=body, content_type=kind)

    def part(name: str, content: str) -> str:
        return f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{content}\r\n'

    plain, parts, megabyte = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", 1 << 20
    long, many = part("title", "x" * 5 * megabyte), "".join(part("title", "x") for _ in range(5001))
    assert send(b"title=" + b"x" * 3 * megabyte, plain).status_code == 422
    assert send(f"{part('title', 'x' * 3 * megabyte)}--x--".encode(), parts).status_code == 422
    for body, kind in (
        (b"title=" + b"x" * 5 * megabyte, plain),
        *((f"{b}--x--".encode(), parts) for b in (long, many)),
    ):
        answer = send(body, kind)
        assert (answer.status_code, "提交的内容太大" in answer.text) == (413, True)


def test_a_stranger_may_send_little(app: Flask, world: World) -> None:
    """Before anyone has signed in nothing is an upload: not a file is written, not a long list of words parsed."""
    client = outside(app).test_client()
    body = b"\r\n".join(
        [b"--x", b'Content-Disposition: form-data; name="f"; filename="f"', b"", b"x" * (5 << 20), b"--x--"]
    )
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"):
        assert client.post("/login", data=body, content_type=kind).status_code == 413


# --- forms that come back -------------------------------------------------------------------------------------


class Form:
    """As much of a form as ``refusals`` and ``form_status`` know."""

    def __init__(self, errors: dict[str, list[str]] | None = None) -> None:
        self.errors: Any = errors or {}
        self.form_errors: list[str] = []


def test_the_status_of_a_form_says_how_it_came(app: Flask) -> None:
    with app.test_request_context("/"):
        g.pop("conflict", None)
        assert form_status(Form()) == 200
        assert form_status(Form({"title": ["缺"]})) == 422
        form = Form()
        with refusals(form):
            raise Refused("不能早于%(day)s。", day=TODAY)
        assert (form_status(form), form.form_errors) == (422, ["不能早于2019-07-01。"])
        with refusals(form):
            raise Conflict
        assert form_status(form) == 409
        assert len(form.form_errors) == 2


def test_what_does_not_exist_for_someone_never_becomes_a_message_on_a_form(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(Missing), refusals(Form()):
        raise Missing


def test_a_conflict_keeps_what_was_typed_says_what_happened_and_the_second_try_passes(app: Flask, world: World) -> None:
    with transaction():
        number = list_one(world).number
    client = sign_in(app.test_client(), world.root_supervisor)
    url = f"/issues/{number}/dismiss"
    opened = hidden(client.get(url).text)
    with transaction():
        issue = db.session.scalars(select(Issue)).one()
        assign_one(world, issue, requirement="八月前通水。")
    typed = {"reason": "与 <b>去年</b> 的重复", "document": "邵整改办〔2019〕7 号"}
    answer = client.post(url, data={**typed, **opened})
    assert answer.status_code == 409
    assert "您填写期间，这个问题有了新的办理记录" in answer.text
    assert "交办" in answer.text
    assert "与 &lt;b&gt;去年&lt;/b&gt; 的重复" in answer.text
    assert "邵整改办〔2019〕7 号" in answer.text
    now = hidden(answer.text)
    assert now["version"] != opened["version"]
    assert actions_on(number)[-1] == "assign"
    assert client.post(url, data={**typed, **now}).status_code == 302
    assert actions_on(number)[-1] == "dismiss"


def hidden(page: str) -> dict[str, str]:
    """The version and newest event that a page was shown with."""
    fields = re.findall(r"<input[^>]*>", page)
    return {
        name[1]: value[1]
        for field in fields
        if (name := re.search(r'name="(version|seen)"', field)) and (value := re.search(r'value="([^"]*)"', field))
    }


def test_a_form_about_another_version_changes_nothing(app: Flask, world: World) -> None:
    with transaction():
        number = assign_one(world).number
    client = sign_in(app.test_client(), world.official)
    now = int(hidden(client.get(f"/issues/{number}/decline").text)["version"])
    for version, status in (("x", 422), (now - 1, 409), (now + 1, 409)):
        answer = client.post(f"/issues/{number}/decline", data={"reason": "不归我们", "version": version})
        assert answer.status_code == status
        assert "不归我们" in answer.text
        client.post(f"/issues/{number}/accept", data={"version": version if version != "x" else now + 1})
        assert actions_on(number)[-1] == "assign"


# --- behind proxies -------------------------------------------------------------------------------------------

FORGED = {
    "X-Forwarded-For": "6.6.6.6, 9.9.9.9, 10.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
}


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "10.0.0.1"), (2, "9.9.9.9")])
def test_an_address_is_believed_only_from_as_many_proxies_as_are_trusted(
    app: Flask, world: World, proxies: int, address: str
) -> None:
    served = outside(app, proxies=proxies)
    served.config["WTF_CSRF_ENABLED"] = False
    served.test_client().post("/login", data={"account": "who", "password": "x" * 12}, headers=FORGED)
    assert db.session.scalars(select(SignInAttempt.address)).one() == address


def test_without_a_proxy_a_forged_header_opens_no_new_tries(app: Flask, world: World) -> None:
    served = outside(app)
    served.config["WTF_CSRF_ENABLED"] = False
    client = served.test_client()
    for number in range(PER_ADDRESS + 3):
        headers = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"}
        client.post("/login", data={"account": f"who{number}", "password": "x" * 12}, headers=headers)
    assert set(db.session.scalars(select(SignInAttempt.address))) == {"127.0.0.1"}
    assert len(db.session.scalars(select(SignInAttempt)).all()) <= PER_ADDRESS + 3


def test_a_forged_host_leads_nobody_away(app: Flask, world: World) -> None:
    client = outside(app).test_client()
    answer = client.get("/register", headers={**FORGED, "Host": "evil.example"})
    assert answer.location.startswith("/login")
    page = client.get("/login", headers={**FORGED, "Host": "evil.example"})
    assert "evil.example" not in page.text


def test_the_navigation_shows_what_one_may_open_and_nothing_before_a_new_password(app: Flask, world: World) -> None:
    client = sign_in(app.test_client(), world.official)
    page = client.get("/desk").text
    assert 'href="/register"' in page
    assert 'href="/board"' not in page
    assert 'href="/users"' not in page
    with transaction():
        world.official.one_time = True
    assert client.get("/desk").location == "/password"
    assert 'href="/register"' not in client.get("/password").text
