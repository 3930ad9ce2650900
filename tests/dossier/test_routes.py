"""The dossier: for whoever the issue exists, with exactly the buttons the table allows."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.dossier.situations import DUE, PATHS, PLACES, PRESSED, SITUATIONS, Desk, make
from tests.effort import dice, rounds
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, make_person, sign_in, upload
from tracker.accounts.models import User
from tracker.base import clock
from tracker.base.access import Role, may
from tracker.base.db import db, transaction
from tracker.clearance import actions as clearance
from tracker.deadlines import actions as deadlines
from tracker.dossier.queries import dossier
from tracker.issues import actions as issues
from tracker.issues.models import Issue, IssueUnit, OverdueEpisode, TaskForceMember
from tracker.issues.rules import EpisodeEnd
from tracker.issues.workflow import TABLE, Kind, Verb
from tracker.plans import actions as plans
from tracker.plans.models import Measure
from tracker.progress import actions as progress
from tracker.progress.models import Evidence

RIGHT_OF = {row.verb: row.right for row in TABLE}

#: One of each relation to an issue of 沙坪村, and those who may never or not always press something of it.
INSIDE = ("official", "official2", "supervisor", "leader", "city_leader", "root_supervisor")
OTHERS = ("supervisor2", "leader2", "city_leader2", "root_supervisor2", "water_supervisor", "leads_and_works")
OUTSIDE = ("stranger", "stranger_official", "town_official")
SEES_NO_ISSUE = ("auditor", "system_admin", "security_admin", "nobody")
#: The time-limited kind goes through every state; where the others can stand.
OTHER_PLACES = [(situation, kind) for situation, kind in PLACES if kind is not Kind.TIME_LIMITED]
#: Situations in which a passed deadline could change what may be pressed.
LATE_TOO = ("assigned", "accepted", "planned", "ready", "extension_waits", "first_level", "taken_over_rectifying")


@pytest.fixture
def number(world: World) -> str:
    with transaction():
        issue = assign_one(world)
        return issue.number


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("official", 200),
        ("official2", 200),
        ("supervisor", 200),
        ("leader", 200),
        ("city_leader", 200),
        ("water_supervisor", 200),
        ("root_supervisor", 200),
        ("stranger", 404),
        ("stranger_official", 404),
        ("town_official", 404),
        ("auditor", 403),
        ("system_admin", 403),
        ("security_admin", 403),
        ("nobody", 403),
    ],
)
def test_an_issue_opens_for_those_it_exists_for(app: Flask, world: World, number: str, key: str, status: int) -> None:
    assert sign_in(app.test_client(), world.people[key]).get(f"/issues/{number}").status_code == status


@pytest.mark.parametrize(
    ("key", "there", "absent"),
    [
        ("official", ["签收", "退回"], ["转办", "批准"]),
        ("supervisor", ["转办", "更正"], ["签收</button>", "不予列单</a>"]),
        ("root_supervisor", ["不予列单"], ["签收</button>"]),
        ("city_leader", [], ["转办</a>", "签收</button>"]),
    ],
)
def test_exactly_what_may_be_pressed_is_offered(
    app: Flask, world: World, number: str, key: str, there: list[str], absent: list[str]
) -> None:
    page = sign_in(app.test_client(), world.people[key]).get(f"/issues/{number}").text
    assert all(word in page for word in there)
    assert not any(word in page for word in absent)


def test_the_timeline_says_who_did_what(app: Flask, world: World) -> None:
    with transaction():
        issue: Issue = assign_one(world, list_one(world))
        issues.decline(issue, world.official, today=TODAY, reason="职责在财政局")
        number = issue.number
    page = sign_in(app.test_client(), world.supervisor).get(f"/issues/{number}").text
    assert "职责在财政局" in page
    assert "王建国" in page


# --- the buttons are exactly what may be pressed ----------------------------------------------------------------------


def offered(page: str, number: str) -> set[str]:
    """Paths below the issue's address of every button on its page."""
    links = re.findall(rf'<a class="button[^"]*" href="/issues/{number}/([a-z/_-]+)"', page)
    posts = re.findall(rf'<form class="post" method="post" action="/issues/{number}/([a-z/_-]+)"', page)
    return {*links, *posts} & set(PATHS.values())


def check_buttons(desk: Desk, world: World, who: str) -> None:
    """The oracle is the press itself: every verb of the person's rights, its page filled in whole."""
    page = desk.client(who).get(f"/issues/{desk.number}")
    rights = [verb for verb in PRESSED if may(world.people[who], RIGHT_OF[verb])]
    answers = {verb: desk.press(who, verb) for verb in rights}
    worked = {verb for verb, (_, happened) in answers.items() if happened}
    if page.status_code != 200:  # nobody has it yet, so an official handles nothing of it
        assert page.status_code == 404, who
        assert {status for status, _ in answers.values()} <= {404}, (who, answers)
        return
    assert offered(page.text, desk.number) == {PATHS[verb] for verb in worked}, (who, answers)
    actor = db.session.get_one(User, db.inspect(world.people[who]).identity)  # the desk's restore let go of the other
    offers = dossier(desk.number, actor, clock.today()).offers
    free = {verb for offer in offers if offer.blocked is None for verb in offer.verbs}
    assert free == worked, (who, answers)  # one page may decide two ways, of which only one is free
    refused = {status for verb, (status, happened) in answers.items() if not happened and verb is not Verb.ACCEPT}
    assert refused <= {409, 422}, (who, answers)
    for path in {PATHS[verb] for verb in worked - {Verb.ACCEPT}}:
        assert desk.client(who).get(f"/issues/{desk.number}/{path}").status_code == 200, (who, path)


def check_place(app: Flask, world: World, situation: str, kind: Kind, inside: int, others: int) -> None:
    """So many of those it exists for and may press, and of the others, drawn at random, at this place."""
    chance, _again = dice()
    with transaction():  # a leader who also handles: two relations in one person
        posts = ((Role.LEADER, "xinshao", None), (Role.OFFICIAL, "xinshao", None))
        make_person(world, "leads_and_works", "双岗", "water", posts)
    with time_machine.travel(NOW, tick=False):
        desk = Desk(app, world, make(world, situation, kind))
        for who in (*chance.sample(INSIDE, min(6, inside)), *chance.sample(OTHERS, min(6, others))):
            check_buttons(desk, world, who)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_button_is_offered_exactly_where_pressing_it_works(app: Flask, world: World, situation: str) -> None:
    check_place(app, world, situation, Kind.TIME_LIMITED, rounds(3), rounds(1))


@pytest.mark.parametrize("place", range(min(len(OTHER_PLACES), rounds(10))))
def test_so_it_is_for_the_other_kinds(app: Flask, world: World, place: int) -> None:
    """Ten places of all in an ordinary run, each with one person."""
    chance, again = dice()
    situation, kind = chance.choice(OTHER_PLACES) if rounds(1) == 1 else OTHER_PLACES[place]
    try:
        check_place(app, world, situation, kind, rounds(1), rounds(1) - 1)
    except AssertionError as wrong:
        wrong.add_note(f"{situation}, {kind}: {again}")
        raise


@pytest.mark.parametrize("situation", LATE_TOO)
def test_after_the_deadline_the_buttons_are_still_what_works(app: Flask, world: World, situation: str) -> None:
    with time_machine.travel(NOW, tick=False):
        issue = make(world, situation, Kind.TIME_LIMITED)
    with time_machine.travel(NOW + timedelta(days=66), tick=False):
        desk = Desk(app, world, issue)
        for who in ("official", "supervisor", "leader"):
            check_buttons(desk, world, who)


def test_nobody_is_offered_to_decide_what_they_asked_for(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with transaction():
            posts = ((Role.SUPERVISOR, "xinshao", None), (Role.OFFICIAL, "xinshao", None))
            asker = make_person(world, "asks_and_decides", "两头", "water", posts)
            issue = SITUATIONS["rectifying"](world, Kind.TIME_LIMITED)
            wanted = DUE + timedelta(days=9)
            deadlines.request_extension(issue, asker, today=TODAY, wanted=wanted, reason="雨季")
        desk = Desk(app, world, issue)
        for who in ("asks_and_decides", "supervisor", "official"):
            check_buttons(desk, world, who)


@pytest.mark.parametrize("situation", ["listed", "planned", "extension_waits", "first_level"])
def test_outside_the_scope_nothing_can_be_pressed_anywhere(app: Flask, world: World, situation: str) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = Desk(app, world, make(world, situation, Kind.TIME_LIMITED))
        for who in (*OUTSIDE, *SEES_NO_ISSUE):
            for path in sorted({*PATHS.values(), ""}):
                status = desk.client(who).get(f"/issues/{desk.number}/{path}".rstrip("/")).status_code
                assert status in ({404, 403, 405} if who in OUTSIDE else {403, 405}), (who, path)
            for verb in PRESSED:
                wanted = 404 if who in OUTSIDE and may(world.people[who], RIGHT_OF[verb]) else 403
                assert desk.press(who, verb) == (wanted, False), (who, verb)


def test_pressing_without_the_right_is_403_whoever_one_is_to_the_issue(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = Desk(app, world, make(world, "first_level", Kind.TIME_LIMITED))
        for who in INSIDE:
            for verb in PRESSED:
                if not may(world.people[who], RIGHT_OF[verb]):
                    assert desk.press(who, verb) == (403, False), (who, verb)


def test_without_signing_in_every_page_leads_to_the_sign_in(app: Flask, number: str) -> None:
    for path in ("", "/assign", "/progress", "/evidence/1", "/evidence/1/preview/1"):
        answer = app.test_client().get(f"/issues/{number}{path}")
        assert answer.status_code == 302
        assert "/login" in answer.location


def test_a_blocked_step_says_why_and_by_whom(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        desk = Desk(app, world, make(world, "planned", Kind.TIME_LIMITED))
        page = desk.client("official").get(f"/issues/{desk.number}").text
        assert "现在不能“报方案”：方案第 1 版已上报，等黄志伟批准。" in page


def test_at_most_one_button_is_the_main_one(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        for situation in SITUATIONS:
            issue = make(world, situation, Kind.TIME_LIMITED)
            for who in INSIDE:
                answer = sign_in(app.test_client(), world.people[who]).get(f"/issues/{issue.number}")
                assert answer.text.count("button-main") <= 1, (situation, who)


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def with_files(world: World) -> Issue:
    """Under review, with a photo, a text and a file of pages as evidence; an issue of another county beside it."""
    with time_machine.travel(NOW, tick=False), transaction():
        issue = SITUATIONS["ready"](world, Kind.TIME_LIMITED)
        progress.report(
            issue, world.official, today=TODAY, text="又有", files=[upload("<b>说明.txt", b"<script>alert(1)</script>")]
        )
    return issue


def files_of(issue: Issue) -> list[Evidence]:
    return list(db.session.scalars(db.select(Evidence).where(Evidence.issue_id == issue.id).order_by(Evidence.id)))


@pytest.mark.parametrize("key", [*OUTSIDE, *SEES_NO_ISSUE])
def test_no_file_of_an_issue_is_there_for_a_stranger(app: Flask, world: World, with_files: Issue, key: str) -> None:
    client = sign_in(app.test_client(), world.people[key])
    files = files_of(with_files)
    assert len(files) == 2
    for one in files:
        for path in ("", "/preview/1", "/preview/2"):
            answer = client.get(f"/issues/{with_files.number}/evidence/{one.id}{path}")
            assert answer.status_code == (404 if key in OUTSIDE else 403)
            assert one.name not in answer.text


def test_a_file_is_not_found_under_another_issue(app: Flask, world: World, with_files: Issue) -> None:
    with time_machine.travel(NOW, tick=False), transaction():
        other = assign_one(world)
    client = sign_in(app.test_client(), world.supervisor)
    for one in files_of(with_files):
        assert client.get(f"/issues/{other.number}/evidence/{one.id}").status_code == 404
        assert client.get(f"/issues/{other.number}/evidence/{one.id}/preview/1").status_code == 404
    assert client.get(f"/issues/{with_files.number}/evidence/999999").status_code == 404


def test_an_original_is_only_ever_a_download(app: Flask, world: World, with_files: Issue) -> None:
    client = sign_in(app.test_client(), world.leader)
    photo, text = files_of(with_files)
    for one, content in ((photo, b"\x89PNG"), (text, b"<script>")):
        answer = client.get(f"/issues/{with_files.number}/evidence/{one.id}")
        assert answer.status_code == 200
        assert answer.data.startswith(content)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
        assert "text/html" not in answer.headers["Content-Type"]
        answer.close()


def test_what_is_shown_is_a_picture_the_server_made(app: Flask, world: World, with_files: Issue) -> None:
    client = sign_in(app.test_client(), world.leader)
    photo, text = files_of(with_files)
    answer = client.get(f"/issues/{with_files.number}/evidence/{photo.id}/preview/1")
    assert (answer.status_code, answer.content_type) == (200, "image/jpeg")
    assert answer.data.startswith(b"\xff\xd8\xff")  # it came as PNG
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
    for one, page in ((photo, 2), (photo, 0), (text, 1)):
        assert client.get(f"/issues/{with_files.number}/evidence/{one.id}/preview/{page}").status_code == 404


def test_a_file_leaves_the_page_with_its_post(app: Flask, world: World, with_files: Issue) -> None:
    """Rights end at once, for a session that is open too."""
    client, path = sign_in(app.test_client(), world.leader2), f"/issues/{with_files.number}"
    assert client.get(path).status_code == 200
    with transaction():
        world.leader2.posts[0].ended_at = NOW
    assert client.get(path).status_code == 403
    assert client.get(f"{path}/evidence/{files_of(with_files)[0].id}").status_code == 403


def test_names_and_words_on_the_page_are_text(app: Flask, world: World, with_files: Issue) -> None:
    with time_machine.travel(NOW, tick=False), transaction():
        progress.report(with_files, world.official, today=TODAY, text="<img src=x onerror=alert(1)>")
    page = sign_in(app.test_client(), world.leader).get(f"/issues/{with_files.number}").text
    assert "&lt;img src=x" in page
    assert not [mark for mark in ("<img src=x", "<b>说明") if mark in page]


# --- cost -------------------------------------------------------------------------------------------------------------


def cost(app: Flask, person: User, number: str, query: str = "") -> int:
    client = sign_in(app.test_client(), person)
    with sent() as statements:
        assert client.get(f"/issues/{number}{query}").status_code == 200
    return len(statements)


def add_much(world: World, issue: Issue, number: int) -> None:
    """``number`` reports, each with two files, and as many corrections."""
    for serial in range(number):
        progress.report(
            issue, world.official, today=TODAY, text=f"第 {serial} 次",
            files=[upload(f"{serial}-{each}.txt", f"{serial} {each}".encode()) for each in range(2)],
        )  # fmt: skip
        changes = {"title": f"标题 {serial}", "category_id": world.categories[serial % 3].id}
        issues.correct(issue, world.root_supervisor, today=TODAY, reason="再改", changes=changes)


@pytest.mark.parametrize(
    ("situation", "most"),
    [("listed", 31), ("assigned", 31), ("planned", 35), ("rectifying", 35), ("first_level", 49), ("cleared", 39)],
)
@pytest.mark.parametrize("key", ["root_supervisor", "city_leader"])
def test_a_page_takes_so_many_queries_at_most(app: Flask, world: World, situation: str, most: int, key: str) -> None:
    with time_machine.travel(NOW, tick=False):
        issue = make(world, situation, Kind.TIME_LIMITED)
        assert cost(app, world.people[key], issue.number) <= most


def test_a_page_costs_the_same_however_much_has_happened(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        issue = make(world, "rectifying", Kind.TIME_LIMITED)
        with transaction():
            add_much(world, issue, 2)
        few = {key: cost(app, world.people[key], issue.number) for key in ("official", "supervisor", "leader")}
        with transaction():
            add_much(world, issue, 60)
        for key, number in few.items():
            assert cost(app, world.people[key], issue.number) <= number, key  # no event shown names a person any more
            assert cost(app, world.people[key], issue.number, "?timeline=all") == number, key


def test_units_members_measures_and_extensions_cost_nothing_more(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        small = make(world, "extension_waits", Kind.TIME_LIMITED)
        large = make(world, "extension_waits", Kind.TIME_LIMITED)
        with transaction():
            plan = plans.approved_plan(large.id)
            assert plan is not None
            plan.measures += [Measure(position=place, text="再铺", due=TODAY) for place in range(5, 30)]
            large.members = [TaskForceMember(user_id=person.id) for person in world.people.values()]
            large.units += [IssueUnit(unit_id=unit.id, position=place) for place, unit in enumerate(
                [world.town, world.office, world.city_water], start=5)]  # fmt: skip
            for day in range(1, 8):
                db.session.add(OverdueEpisode(
                    issue_id=large.id, deadline=TODAY, starts_on=TODAY + timedelta(days=day), recorded_at=NOW,
                    ended_on=TODAY + timedelta(days=day), end=EpisodeEnd.ANNULLED))  # fmt: skip
        for key in ("supervisor", "official"):
            few = cost(app, world.people[key], small.number)
            # the members' units, and theirs; what became of the episodes
            assert cost(app, world.people[key], large.number) <= few + 3, key


# --- the clock that stands still ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("city_leader", "/issues/{number}"),
        ("supervisor", "/register"),
        ("official", "/register?state=reviewing&state=rectifying"),
        ("leader", "/desk"),
        ("official", "/desk"),
    ],
)
def test_an_application_made_in_time_is_never_called_overdue(app: Flask, world: World, who: str, path: str) -> None:
    """It stopped the clock: no page, list or desk may say that days have passed. Returned, the days count again."""
    with time_machine.travel(NOW, tick=False):
        issue = make(world, "second_level", Kind.TIME_LIMITED)
        address = path.format(number=issue.number)
    with time_machine.travel(datetime(2019, 12, 1, 2, tzinfo=UTC), tick=False):
        client = sign_in(app.test_client(), world.people[who])
        assert "92 天" not in client.get(address).text
        with transaction():
            clearance.return_application(issue, world.city_leader, today=date(2019, 12, 1), opinion="不实")
        page = client.get(address).text
        assert issue.number in page
        assert "92 天" in page
