"""The pages: signing in and out, the own password, people and posts, and who may open them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.world import World, assign_one, sign_in
from tracker.accounts import actions, queries
from tracker.accounts.models import Post, SignInAttempt, User
from tracker.accounts.rules import PER_ACCOUNT
from tracker.base.db import db, transaction
from tracker.base.journal import Event

GOOD = "清晨 橘子 电车 三号"
BETTER = "午后 铁轨 云杉 七里"


@pytest.fixture
def official(world: World) -> User:
    with transaction():
        world.official.password_hash = actions.hash_password(GOOD)
    user: User = world.official
    return user


def enter(client: FlaskClient, account: str, password: str, **more: str) -> Any:
    return client.post("/login", data={"account": account, "password": password, **more})


def signed_in(client: FlaskClient) -> bool:
    return client.get("/password").status_code == 200


# --- signing in -----------------------------------------------------------------------------------------------


def test_a_person_signs_in_and_goes_where_they_wanted(client: FlaskClient, official: User) -> None:
    answer = enter(client, "official", GOOD, next="/issues/SY-1?tab=2")
    assert (answer.status_code, answer.location) == (302, "/issues/SY-1?tab=2")
    assert signed_in(client)
    assert db.session.scalars(select(SignInAttempt)).one().succeeded
    assert [event.verb for event in db.session.scalars(select(Event))] == ["sign_in"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_never_leads_to_another_site(client: FlaskClient, official: User, elsewhere: str) -> None:
    assert enter(client, "official", GOOD, next=elsewhere).location == "/"


def test_unknown_wrong_locked_and_inactive_get_the_same_answer(
    client: FlaskClient, world: World, official: User
) -> None:
    with transaction():
        world.nobody.password_hash = actions.hash_password(GOOD)
        world.nobody.active = False
        world.official2.password_hash = actions.hash_password(GOOD)
    answers = [
        enter(client, "who", "x" * 12), enter(client, "official", "x" * 12), enter(client, "nobody", GOOD)
    ]  # fmt: skip
    for _ in range(PER_ACCOUNT):
        enter(client, "official2", "x" * 12)
    answers.append(enter(client, "official2", GOOD))  # right, but locked

    def seen(answer: Any) -> tuple[int, str]:
        text = answer.get_data(as_text=True)
        for account in ("official2", "official", "nobody", "who"):
            text = text.replace(f'value="{account}"', "")
        return answer.status_code, text

    assert len({seen(answer) for answer in answers}) == 1
    assert answers[0].status_code == 422
    assert "账号或密码不对" in answers[0].text
    assert not signed_in(client)


def test_the_password_never_comes_back_on_the_page(client: FlaskClient, official: User) -> None:
    assert "hunter2hunter2" not in enter(client, "official", "hunter2hunter2").text


def test_a_session_is_fresh_after_signing_in_and_dies_without_use(client: FlaskClient, official: User) -> None:
    with client.session_transaction() as session:
        session["planted"] = "before"
    enter(client, "official", GOOD)
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.permanent


def test_signing_out_ends_the_sessions_on_other_devices(client: FlaskClient, official: User) -> None:
    other = client.application.test_client()
    enter(client, "official", GOOD)
    enter(other, "official", GOOD)
    assert signed_in(other)
    assert client.post("/logout").location == "/login"
    assert not signed_in(client)
    assert not signed_in(other)


def test_one_persons_session_is_not_another_persons(client: FlaskClient, world: World) -> None:
    other = sign_in(client.application.test_client(), world.security_admin)
    sign_in(client, world.system_admin)
    assert client.get("/users").status_code == 200
    assert other.get("/users").status_code == 403


# --- the own password -----------------------------------------------------------------------------------------


def test_a_one_time_password_leads_to_nothing_but_changing_it(client: FlaskClient, world: World) -> None:
    with transaction():
        made = actions.give_one_time_password(world.nobody, actor_id=None)  # without any post
    assert enter(client, "nobody", made.password).location == "/password"
    assert client.get("/users").location == "/password"
    answer = client.post("/password", data={"current": made.password, "new": GOOD, "again": GOOD})
    assert answer.location == "/"
    assert not world.nobody.one_time
    assert signed_in(client)
    assert enter(client.application.test_client(), "nobody", made.password).status_code == 422


def test_changing_the_password_ends_the_other_sessions_only(client: FlaskClient, official: User) -> None:
    other = client.application.test_client()
    enter(client, "official", GOOD)
    enter(other, "official", GOOD)
    client.post("/password", data={"current": GOOD, "new": BETTER, "again": BETTER})
    assert signed_in(client)
    assert not signed_in(other)


@pytest.mark.parametrize(
    ("current", "new", "again", "says"),
    [
        ("not the password", BETTER, BETTER, "现在的密码不对"),
        (GOOD, BETTER, BETTER + "!", "两次输入的新密码不一样"),
        (GOOD, "short", "short", "至少要有 10 个字符"),
        (GOOD, "official2019", "official2019", "不能是账号"),
        (GOOD, "password123", "password123", "太常见"),
    ],
)
def test_an_unfit_change_of_password_says_why(
    client: FlaskClient, official: User, current: str, new: str, again: str, says: str
) -> None:
    sign_in(client, official)
    answer = client.post("/password", data={"current": current, "new": new, "again": again})
    assert answer.status_code == 422
    assert says in answer.text
    assert actions.password_holds(official, GOOD)


def test_the_current_password_cannot_be_guessed_from_an_open_session(client: FlaskClient, official: User) -> None:
    sign_in(client, official)
    for _ in range(PER_ACCOUNT):
        client.post("/password", data={"current": "x" * 12, "new": BETTER, "again": BETTER})
    assert client.post("/password", data={"current": GOOD, "new": BETTER, "again": BETTER}).status_code == 422


# --- people ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/users", "/users/new", "/users/import", "/regions", "/units", "/units/import"])
def test_people_regions_and_units_are_the_system_administrators(client: FlaskClient, world: World, path: str) -> None:
    for name in ("security_admin", "auditor", "root_supervisor", "city_leader", "official"):
        assert sign_in(client, getattr(world, name)).get(path).status_code == 403
    assert sign_in(client, world.system_admin).get(path).status_code == 200


def test_posts_are_the_security_administrators(client: FlaskClient, world: World) -> None:
    for path in ("/posts", f"/users/{world.official.id}/posts"):
        assert sign_in(client, world.system_admin).get(path).status_code == 403
        assert sign_in(client, world.security_admin).get(path).status_code == 200


def test_a_new_account_comes_back_as_a_paper_once(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)
    data = {"name": "新来的", "title": "科员", "unit": "新邵县水利局", "account": "xinlai"}
    answer = client.post("/users/new", data=data)
    user = db.session.scalars(select(User).where(User.account == "xinlai")).one()
    password = answer.text.split("<code>")[1].split("</code>")[0]
    assert actions.password_holds(user, password)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert password not in client.get(f"/users/{user.id}").text


def test_a_refused_new_person_keeps_what_was_typed(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)
    answer = client.post("/users/new", data={"name": "新来的", "unit": "没有的局", "account": ""})
    assert answer.status_code == 422
    assert "没有找到单位" in answer.text
    assert 'value="新来的"' in answer.text


def test_the_list_finds_people_by_name_account_and_unit(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)
    for text in ("王建", "OFFICIAL", "水利"):
        assert "王建国" in client.get("/users", query_string={"q": text}).text
    assert "王建国" not in client.get("/users", query_string={"q": "财政"}).text
    assert "王建国" not in client.get("/users", query_string={"sign_in": "without"}).text
    assert "王建国" not in client.get("/users", query_string={"region": world.wugang.id}).text


def test_a_long_list_of_people_pages_without_losing_anyone(client: FlaskClient, world: World) -> None:
    with transaction():
        db.session.add_all([User(name=f"人{number:03}", unit_id=world.water.id) for number in range(120)])
    sign_in(client, world.system_admin)
    url, seen = "/users?sign_in=without", ""
    for _ in range(3):
        text = client.get(url).text
        seen += text
        if 'rel="next"' not in text:
            break
        url = text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert all(f"人{number:03}" in seen for number in range(120))


def test_moving_lists_the_open_duties_by_number_without_their_text(client: FlaskClient, world: World) -> None:
    with transaction():
        issue = assign_one(world)
    sign_in(client, world.system_admin)
    text = client.get(f"/users/{world.official.id}/move").text
    assert issue.number in text
    assert "责任人" in text
    assert issue.title not in text
    client.post(f"/users/{world.official.id}/move", data={"unit": "新邵县财政局"})
    assert world.official.unit_id == world.finance.id


def test_a_file_of_people_is_refused_by_cell_or_taken_with_papers(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)

    def send(text: str, **more: str) -> Any:
        return client.post("/users/import", data={"file": (io.BytesIO(text.encode()), "people.csv"), **more})

    answer = send("姓名,单位\n甲,没有的局\n")
    assert answer.status_code == 422
    assert "people!B2" in answer.text
    good = "姓名,单位,账号\n甲,新邵县水利局,jia1\n"
    assert "新增人员 1" in send(good, check="1").text
    assert db.session.scalar(select(User).where(User.account == "jia1")) is None
    assert "<code>" in send(good).text
    assert db.session.scalars(select(User).where(User.account == "jia1")).one().one_time


# --- posts ----------------------------------------------------------------------------------------------------


def test_a_post_granted_or_ended_counts_for_an_open_session(client: FlaskClient, world: World) -> None:
    security = sign_in(client.application.test_client(), world.security_admin)
    sign_in(client, world.nobody)
    assert client.get("/people/suggest?q=王").status_code == 403
    security.post(f"/users/{world.nobody.id}/posts", data={"role": "supervisor", "region": "新邵县", "category": ""})
    assert client.get("/people/suggest?q=王").status_code == 200
    post = db.session.scalars(select(Post).where(Post.user_id == world.nobody.id)).one()
    security.post(f"/posts/{post.id}/end")
    assert client.get("/people/suggest?q=王").status_code == 403


def test_granting_to_oneself_is_refused_on_the_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.security_admin)
    url = f"/users/{world.security_admin.id}/posts"
    answer = client.post(url, data={"role": "leader", "region": "邵阳市", "category": ""})
    assert answer.status_code == 422
    assert [grant.role.value for grant in world.security_admin.grants] == ["security_admin"]


def test_ending_the_last_post_of_a_kind_says_why(client: FlaskClient, world: World) -> None:
    sign_in(client, world.security_admin)
    post = db.session.scalars(select(Post).where(Post.user_id == world.auditor.id)).one()
    answer = client.post(f"/posts/{post.id}/end")
    assert answer.status_code == 422
    assert "最后一个" in answer.text


# --- suggestions ----------------------------------------------------------------------------------------------


def test_suggestions_name_active_people_with_their_unit(client: FlaskClient, world: World) -> None:
    with transaction():
        world.official2.active = False
    sign_in(client, world.supervisor)
    found = client.get("/people/suggest?q=王建").json
    assert found == [{"id": world.official.id, "value": "王建国（新邵县水利局）", "label": "王建国 · 新邵县水利局"}]
    assert client.get("/people/suggest?q=刘志强").json == []
    assert client.get("/people/suggest?q=%25").json == []
    assert [entry["value"] for entry in client.get("/people/suggest?q=新邵&role=leader").json] == [
        f"{leader.name}（新邵县整改办）" for leader in sorted((world.leader, world.leader2), key=lambda user: user.name)
    ]  # fmt: skip


def test_suggestions_are_at_most_twenty(client: FlaskClient, world: World) -> None:
    with transaction():
        db.session.add_all([User(name=f"同名{number}", unit_id=world.water.id) for number in range(30)])
    assert len(sign_in(client, world.supervisor).get("/people/suggest?q=同名").json) == 20


def test_suggestions_of_units_need_the_right_to_read_issues(client: FlaskClient, world: World) -> None:
    assert sign_in(client, world.system_admin).get("/units/suggest?q=水利").status_code == 403
    assert sign_in(client, world.supervisor).get("/units/suggest?q=新邵县水").json == [
        {"id": world.water.id, "value": "新邵县水利局", "label": "新邵县水利局 · 新邵县"}
    ]


def test_a_leaders_counties_are_ticked_on_the_persons_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.system_admin)
    address = f"/users/{world.city_leader.id}"
    assert "保存联系县" in client.get(address).text
    assert "保存联系县" not in client.get(f"/users/{world.official.id}").text
    assert client.post(f"{address}/counties", data={"counties": [str(world.wugang.id)]}).status_code == 302
    assert queries.linked_counties(world.city_leader.id) == [world.wugang.id]
    assert client.get(address).text.count(" checked") == 1
    assert client.post(f"{address}/counties", data={"counties": [str(world.city.id)]}).status_code == 400
    assert client.post(f"{address}/counties").status_code == 302
    assert queries.linked_counties(world.city_leader.id) == []


@pytest.mark.parametrize("key", ["root_supervisor", "city_leader", "security_admin", "auditor"])
def test_nobody_but_the_system_administrator_links_counties(client: FlaskClient, world: World, key: str) -> None:
    sign_in(client, world.people[key])
    path = f"/users/{world.city_leader.id}/counties"
    assert client.post(path, data={"counties": [str(world.wugang.id)]}).status_code == 403
