"""People and posts: what an action does, refuses, and leaves in the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.world import NOW, TODAY, World, make_person
from tracker.accounts import actions, queries
from tracker.accounts.models import Post, SignInAttempt, User
from tracker.accounts.rules import PER_ACCOUNT, PER_ADDRESS, WINDOW
from tracker.base.access import Refused, Role, holds
from tracker.base.db import db, transaction
from tracker.base.journal import Event, Remark
from tracker.org import actions as org
from tracker.org.queries import root
from tracker.org.rules import FileRefused, Level

GOOD = "清晨 橘子 电车 三号"


def verbs() -> list[str]:
    return [event.verb for event in db.session.scalars(select(Event).order_by(Event.id))]


def last_event() -> Event:
    return db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(User)) or 0


# --- tries ----------------------------------------------------------------------------------------------------


def fail(account: str, address: str = "10.0.0.1", at: object = NOW) -> int | None:
    with transaction():
        return actions.begin_sign_in(account, address, at=at)  # type: ignore[arg-type]


def test_the_sixth_try_on_an_account_is_not_looked_at(world: World) -> None:
    for _ in range(PER_ACCOUNT):
        assert fail("official") is not None
    assert fail("official", address="10.0.0.2") is None
    assert fail("OFFICIAL", address="10.0.0.3") is None
    assert fail("supervisor") is not None


def test_an_unknown_account_is_slowed_down_like_a_known_one(world: World) -> None:
    for _ in range(PER_ACCOUNT):
        assert fail("unknown") is not None
    assert fail("unknown") is None


def test_many_accounts_from_one_address_are_slowed_down(world: World) -> None:
    for number in range(PER_ADDRESS):
        assert fail(f"guess{number}") is not None
    assert fail("official") is None
    assert fail("official", address="10.0.0.2") is not None


def test_after_a_quarter_of_an_hour_one_may_try_again(world: World) -> None:
    for _ in range(PER_ACCOUNT):
        fail("official")
    assert fail("official", at=NOW + WINDOW - timedelta(seconds=1)) is None
    assert fail("official", at=NOW + WINDOW + timedelta(seconds=1)) is not None


def test_a_refused_try_does_not_lengthen_the_wait(world: World) -> None:
    for _ in range(PER_ACCOUNT + 3):
        fail("official")
    assert db.session.scalar(select(func.count()).select_from(SignInAttempt)) == PER_ACCOUNT


def test_signing_in_forgives_the_failures_before(world: World) -> None:
    for _ in range(PER_ACCOUNT - 1):
        fail("official")
    attempt = fail("official")
    assert attempt is not None
    with transaction():
        actions.end_sign_in(attempt, world.official, succeeded=True, at=NOW)
    assert fail("official") is not None


def test_unlocking_lets_a_person_try_at_once(world: World) -> None:
    for _ in range(PER_ACCOUNT):
        fail("official")
    assert queries.locked(world.official, NOW)
    with transaction():
        actions.unlock(world.official, actor_id=world.system_admin.id, at=NOW)
    assert not queries.locked(world.official, NOW)
    assert fail("official") is not None
    assert last_event().verb == "unlock"


def test_a_failure_on_an_unknown_account_does_not_name_it_in_the_journal(world: World) -> None:
    attempt = fail("my-secret-password")
    assert attempt is not None
    with transaction():
        actions.end_sign_in(attempt, None, succeeded=False, at=NOW)
    event = last_event()
    assert (event.verb, event.subject_id, event.data) == ("sign_in_failed", 0, {"address": "10.0.0.1"})


# --- passwords ------------------------------------------------------------------------------------------------


def test_the_same_work_is_done_for_nobody_and_for_a_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        world.official.password_hash = actions.hash_password(GOOD)
        made = actions.give_one_time_password(world.official2, actor_id=None)
        world.nobody.password_hash = actions.hash_password(GOOD)
        world.nobody.active = False
    costs: list[str] = []
    verify = actions._verify

    def counted(stored: str, password: str) -> bool:
        costs.append(stored.split("$")[3])
        return verify(stored, password)

    monkeypatch.setattr(actions, "_verify", counted)
    full = {}
    for name, user in {
        "unknown": None, "wrong": world.official, "inactive": world.nobody, "one-time": world.official2
    }.items():  # fmt: skip
        costs.clear()
        assert not actions.password_holds(user, "wrong wrong wrong")
        full[name] = costs.count("m=256,t=1,p=1")
    assert full == dict.fromkeys(full, 1)
    assert actions.password_holds(world.official, GOOD)
    assert actions.password_holds(world.official2, made.password)
    assert not actions.password_holds(world.nobody, GOOD)


def test_a_password_is_stored_as_argon2id_only(world: World) -> None:
    with transaction():
        made = actions.give_one_time_password(world.official, actor_id=world.system_admin.id)
    stored = world.official.password_hash
    assert stored.startswith("$argon2id$")
    assert made.password not in stored
    assert made.password not in str([event.data for event in db.session.scalars(select(Event))])
    assert db.session.scalar(select(func.count()).select_from(Remark)) == 0


def test_a_one_time_password_ends_every_session_and_must_be_changed(world: World) -> None:
    cookie = world.official.get_id()
    with transaction():
        actions.give_one_time_password(world.official, actor_id=world.system_admin.id)
    assert world.official.one_time
    assert queries.user_of_session(cookie) is None
    with transaction():
        actions.change_password(world.official, actions.hash_password(GOOD))
    assert not world.official.one_time


def test_an_administrator_makes_no_one_time_password_for_themselves(world: World) -> None:
    with pytest.raises(Refused, match="修改密码"), transaction():
        actions.give_one_time_password(world.system_admin, actor_id=world.system_admin.id)


def test_the_new_password_is_not_the_old_one(world: World) -> None:
    with pytest.raises(Refused, match="相同"):
        actions.check_new_password(world.official, GOOD, GOOD)


# --- sessions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", ["", "1", ":", "x:1", "1:x", "999999:1", "1:1:1"])
def test_a_made_up_session_is_nobody(world: World, cookie: str) -> None:
    assert queries.user_of_session(cookie) is None


def test_signing_out_ends_every_session(world: World) -> None:
    cookie = world.official.get_id()
    assert queries.user_of_session(cookie) is world.official
    with transaction():
        actions.sign_out(world.official)
    assert queries.user_of_session(cookie) is None
    assert verbs() == ["sign_out"]


def test_deactivating_ends_every_session_and_every_right(world: World) -> None:
    cookie = world.official.get_id()
    with transaction():
        actions.deactivate(world.official, actor_id=world.system_admin.id)
    assert queries.user_of_session(cookie) is None
    assert world.official.grants == ()
    with transaction():
        actions.reactivate(world.official, actor_id=world.system_admin.id)
    assert queries.user_of_session(cookie) is None
    assert holds(world.official, Role.OFFICIAL)
    assert verbs() == ["deactivate", "reactivate"]


# --- people ---------------------------------------------------------------------------------------------------


def test_a_person_with_an_account_gets_a_one_time_password_once(world: World) -> None:
    with transaction():
        user, made = actions.add_person(
            "新来的", world.water, title="科员", account="Xinlai", actor_id=world.system_admin.id
        )
    assert made is not None
    assert (user.account, user.one_time) == ("xinlai", True)
    assert actions.password_holds(user, made.password)


def test_an_account_belongs_to_one_person(world: World) -> None:
    with pytest.raises(Refused, match="已被使用"), transaction():
        actions.add_person("另一个", world.water, account="OFFICIAL", actor_id=None)
    assert db.session.scalar(select(User).where(User.name == "另一个")) is None


def test_moving_keeps_posts_and_names_both_units_in_the_event(world: World) -> None:
    with transaction():
        actions.move(world.official, world.finance, actor_id=world.system_admin.id)
    assert world.official.unit_id == world.finance.id
    assert holds(world.official, Role.OFFICIAL)
    assert last_event().data == {"before": world.water.id, "after": world.finance.id}


def test_nobody_is_moved_to_a_unit_out_of_use(world: World) -> None:
    with transaction():
        org.deactivate_unit(world.finance, actor_id=None)
    with pytest.raises(Refused, match="停用"), transaction():
        actions.move(world.official, world.finance, actor_id=None)


# --- posts ----------------------------------------------------------------------------------------------------


def test_a_granted_post_counts_at_once_and_an_ended_one_no_more(world: World) -> None:
    with transaction():
        post = actions.grant_post(
            world.nobody, Role.SUPERVISOR, world.xinshao, actor_id=world.security_admin.id, at=NOW
        )
    assert holds(world.nobody, Role.SUPERVISOR)
    with transaction():
        actions.end_post(post, actor_id=world.security_admin.id, at=NOW)
    assert world.nobody.grants == ()
    assert verbs() == ["grant_post", "end_post"]
    assert last_event().data["role"] == "supervisor"


def test_the_security_administrator_grants_nothing_to_themselves(world: World) -> None:
    with pytest.raises(Refused, match="不能给自己"), transaction():
        actions.grant_post(world.security_admin, Role.LEADER, world.city, actor_id=world.security_admin.id, at=NOW)


def test_the_database_too_refuses_two_administrators_in_one_account(world: World) -> None:
    db.session.rollback()
    db.session.add(Post(user_id=world.auditor.id, role=Role.SYSTEM_ADMIN, region_id=world.city.id, began_at=NOW))
    with pytest.raises(IntegrityError):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("name", ["auditor", "system_admin", "security_admin"])
def test_the_last_administrator_of_a_kind_can_neither_lose_the_post_nor_be_deactivated(world: World, name: str) -> None:
    last = getattr(world, name)
    post = db.session.scalars(select(Post).where(Post.user_id == last.id)).one()
    with pytest.raises(Refused, match="最后一个"), transaction():
        actions.end_post(post, actor_id=None, at=NOW)
    with pytest.raises(Refused, match="最后一个"), transaction():
        actions.deactivate(last, actor_id=None)
    assert holds(last, Role(name))
    assert last.active


@pytest.mark.parametrize("name", ["auditor", "system_admin", "security_admin"])
def test_with_another_who_can_sign_in_an_administrator_may_go(world: World, name: str) -> None:
    with transaction():
        second = make_person(world, f"second_{name}", "第二人", "office", ((Role(name), "city", None),))
        second.active = False
    post = db.session.scalars(select(Post).where(Post.user_id == getattr(world, name).id)).one()
    with pytest.raises(Refused, match="最后一个"), transaction():
        actions.end_post(post, actor_id=None, at=NOW)  # a deactivated colleague does not count
    with transaction():
        second.active = True
    with transaction():
        actions.end_post(post, actor_id=None, at=NOW)
    assert not holds(getattr(world, name), Role(name))


# --- the first three ------------------------------------------------------------------------------------------


def test_an_installation_gets_one_account_of_each_administrator(app: Flask) -> None:
    with transaction():
        org.add_region(None, name="邵阳市", level=Level.CITY, code=None, actor_id=None, today=TODAY)
        made = actions.make_administrators(at=NOW)
    assert {account.role for account in made} == {"auditor", "system_admin", "security_admin"}
    for account in made:
        user = queries.user_with_account(account.account)
        assert user is not None
        assert [grant.role.value for grant in user.grants] == [account.role]
        assert user.grants[0].at_root
        assert user.one_time
        assert actions.password_holds(user, account.password)
    with transaction():
        assert actions.make_administrators(at=NOW) == []
    assert people() == 3


def test_without_a_region_the_administrators_sit_in_a_placeholder(app: Flask) -> None:
    with transaction():
        actions.make_administrators(at=NOW)
    place = root()
    assert place is not None
    assert place.code is None


# --- people from a file ---------------------------------------------------------------------------------------

HEAD = "姓名,单位,职务,账号,岗位,岗位区划,岗位类别\n"
FILE = HEAD + (
    "何国华,新邵县水利局,局长,heguohua,承办,新邵县,\n"
    "何国华,新邵县水利局,局长,heguohua,督查,新邵县,安全饮水\n"
    "宋建文,新邵县财政局,,,领导,新邵县,\n"
)


def test_people_come_in_with_accounts_and_posts(world: World) -> None:
    with transaction():
        done = actions.import_users(FILE.encode("gb18030"), "人员.csv", actor_id=None, at=NOW)
    assert done.counts == {"新增人员": 2, "已有人员": 0, "开通账号": 1, "授予岗位": 3}
    user = queries.user_with_account("heguohua")
    assert user is not None
    assert actions.password_holds(user, done.made[0].password)
    assert {(grant.role, grant.category_id) for grant in user.grants} == {
        (Role.OFFICIAL, None), (Role.SUPERVISOR, world.categories[2].id),
    }  # fmt: skip
    assert queries.people_named("宋建文")[0].account is None


def test_a_second_import_recognises_people_and_changes_nothing(world: World) -> None:
    with transaction():
        actions.import_users(FILE.encode(), actor_id=None, at=NOW)
    before = people()
    with transaction():
        done = actions.import_users(FILE.encode(), actor_id=None, at=NOW)
    assert (people(), done.made) == (before, [])
    assert done.counts == {"新增人员": 0, "已有人员": 2, "开通账号": 0, "授予岗位": 0}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (",新邵县水利局,,,,,", "A5：姓名是空的"),
        ("甲,不存在局,,,,,", "B5：没有找到单位“不存在局”"),
        ("甲,新邵县水利局,,a b,,,", "D5：账号要有 2 到 40 个字"),
        ("甲,新邵县水利局,,official,,,", "D5：账号“official”已由别人使用"),
        ("甲,新邵县水利局,,heguohua,,,", "D5：账号“heguohua”在文件中给了两个人"),
        ("甲,新邵县水利局,,,皇帝,新邵县,", "E5：不认识岗位“皇帝”"),
        ("甲,新邵县水利局,,,督查,火星县,", "F5：没有找到区划“火星县”"),
        ("甲,新邵县水利局,,,督查,新邵县,没有这类", "G5：没有类别“没有这类”"),
        ("甲,新邵县水利局,,jia,系统管理员,邵阳市,", "E5：系统、安全、审计管理员不能由文件产生"),
        ("甲,新邵县水利局,,,,新邵县,", "E5：写了岗位区划或类别，但没有写岗位"),
        ("甲,新邵县水利局,,,承办,新邵县,安全饮水", "E5：“承办”岗位不分类别"),
    ],
)
def test_one_bad_cell_is_named_and_nobody_comes_in(world: World, line: str, says: str) -> None:
    before = people()
    with pytest.raises(FileRefused) as refusal, transaction():
        actions.import_users((FILE + line + "\n").encode(), actor_id=None, at=NOW)
    assert f"users!{says}" in str(refusal.value)
    assert people() == before
    assert verbs() == []


def test_a_system_administrator_imports_people_but_grants_no_post(world: World) -> None:
    with pytest.raises(FileRefused, match="安全管理员授予"), transaction():
        actions.import_users(FILE.encode(), actor_id=world.system_admin.id, at=NOW)
    plain = "姓名,单位,账号\n甲,新邵县水利局,jia1\n"
    with transaction():
        done = actions.import_users(plain.encode(), actor_id=world.system_admin.id, at=NOW)
    assert [made.account for made in done.made] == ["jia1"]


# --- 联系县 ---------------------------------------------------------------------------------------------------


def link(world: World, person: User, *regions: str) -> None:
    with transaction():
        ids = [world.regions[key].id for key in regions]
        actions.link_counties(person, ids, actor_id=world.system_admin.id)


def test_a_leaders_counties_are_kept_as_a_whole_and_each_change_is_an_event(any_world: World) -> None:
    world = any_world
    link(world, world.city_leader, "wugang", "xinshao")
    link(world, world.city_leader, "wugang")
    link(world, world.city_leader, "wugang")  # nothing changed
    assert queries.linked_counties(world.city_leader.id) == [world.wugang.id]
    both = sorted([world.wugang.id, world.xinshao.id])
    assert [event.data for event in db.session.scalars(select(Event).where(Event.verb == "link_counties"))] == [
        {"before": [], "after": both}, {"before": both, "after": [world.wugang.id]}]  # fmt: skip


def test_only_a_leader_is_linked_and_only_to_counties(world: World) -> None:
    with pytest.raises(Refused, match="没有领导岗位"):
        link(world, world.supervisor, "wugang")
    for region in ("city", "longxipu"):
        with pytest.raises(Refused, match="联系县只能是"):
            link(world, world.city_leader, region)


def test_whoever_leads_no_more_can_still_be_unlinked(world: World) -> None:
    link(world, world.city_leader, "wugang")
    with transaction():
        actions.end_post(world.city_leader.posts[0], actor_id=world.security_admin.id, at=NOW)
    link(world, world.city_leader)
    assert queries.linked_counties(world.city_leader.id) == []


def test_a_link_is_no_post(world: World) -> None:
    before = world.leader.grants
    link(world, world.leader, "wugang")
    assert world.leader.grants == before


def test_a_file_brings_addresses_and_takes_none_away(world: World) -> None:
    def take(lines: str) -> None:
        with transaction():
            actions.import_users(f"姓名,单位,邮箱\n{lines}\n".encode(), actor_id=world.system_admin.id, at=NOW)

    take("王建国,新邵县水利局,wang@example.gov.cn\n新人,新邵县水利局,new@example.gov.cn")
    take("王建国,新邵县水利局,")
    found = dict(db.session.execute(select(User.name, User.email).where(User.email.is_not(None))).all())
    assert found == {"王建国": "wang@example.gov.cn", "新人": "new@example.gov.cn"}
    with pytest.raises(FileRefused) as refusal:
        take("王建国,新邵县水利局,wang at example")
    assert "C2" in str(refusal.value)
    assert "wang at example" in str(refusal.value)
