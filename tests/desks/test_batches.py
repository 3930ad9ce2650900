"""One act on many issues: each passes the door by itself, none stops another, twice does nothing twice."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.register.varied import make_varied
from tests.world import NOW, TODAY, World, assign_one, list_one, make_duty, sign_in
from tracker.accounts.queries import user_with_id
from tracker.base.access import Missing
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.deadlines import actions as deadlines
from tracker.desks import actions, queries
from tracker.desks.models import Batch, BatchItem
from tracker.desks.rules import Act, By, Outcome, issue_ids
from tracker.issues import actions as issues
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.workflow import State
from tracker.messages.models import Message
from tracker.register import queries as register
from tracker.register.rules import Filters

TOKEN = "a" * 32
WORDS = "请于七月五日前报进展。"
LATE = date(2019, 9, 10)


def carry_out(actor: Any, act: Act, chosen: list[int], token: str = TOKEN, duty: Duty | None = None) -> int:
    with transaction():
        batch = actions.begin(actor, act, chosen, token=token, today=TODAY, words=WORDS, duty=duty)
    actions.carry_out(batch, actor, today=TODAY)
    return batch


def outcomes(batch: int) -> dict[int, Outcome]:
    return dict(
        db.session.execute(select(BatchItem.issue_id, BatchItem.outcome).where(BatchItem.batch_id == batch)).all()
    )


def events(verb: str) -> Counter[int]:
    return Counter(db.session.scalars(select(Event.subject_id).where(Event.verb == verb)))


def test_each_issue_gets_its_own_event_and_a_bad_one_stops_no_other(any_world: World) -> None:
    with transaction():
        first, listed, last = assign_one(any_world), list_one(any_world), assign_one(any_world)
    batch = carry_out(any_world.supervisor, Act.REMIND, [first.id, listed.id, last.id])
    assert outcomes(batch) == {first.id: Outcome.DONE, listed.id: Outcome.REFUSED, last.id: Outcome.DONE}
    assert events("remind") == Counter([first.id, last.id])
    assert len(db.session.scalars(select(Message)).all()) == 4
    settled = queries.batch_with_id(batch, any_world.supervisor)
    assert [(row.number, row.said % row.fields) for row in settled.rows if row.outcome == "done"] == [
        (number, "已催办，通知了 2 人。") for number in (first.number, last.number)
    ]
    (refused,) = [row for row in settled.rows if row.outcome == "refused"]
    assert refused.said % refused.fields == "问题现在是“已列单”，不能“催办”。"


def test_what_breaks_is_told_and_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        first, last = assign_one(world), assign_one(world)
    whole = deadlines.remind

    def breaks(issue: Issue, *rest: Any, **more: Any) -> int:
        told = whole(issue, *rest, **more)
        if issue.id == first.id:
            raise ZeroDivisionError
        return told

    monkeypatch.setattr(deadlines, "remind", breaks)
    batch = carry_out(world.supervisor, Act.REMIND, [first.id, last.id])
    assert outcomes(batch) == {first.id: Outcome.REFUSED, last.id: Outcome.DONE}
    assert events("remind") == Counter([last.id])  # half of the broken one's work did not stay


def test_the_same_form_sent_twice_does_nothing_twice(any_world: World) -> None:
    with transaction():
        made = [assign_one(any_world).id for _ in range(3)]
    assert carry_out(any_world.supervisor, Act.REMIND, made) == carry_out(any_world.supervisor, Act.REMIND, made)
    assert events("remind") == Counter(made)
    assert len(db.session.scalars(select(Batch)).all()) == 1


def test_two_who_carry_out_the_same_batch_at_once_press_each_issue_once(any_app: Flask, any_world: World) -> None:
    with transaction():
        made = [assign_one(any_world).id for _ in range(12)]
        batch = actions.begin(any_world.supervisor, Act.REASSIGN, made, token=TOKEN, today=TODAY, words=WORDS,
                              duty=Duty(any_world.leader2.id, None, ()))  # fmt: skip
    supervisor_id = any_world.supervisor.id
    db.session.rollback()
    start = threading.Barrier(2)

    def run() -> None:
        with any_app.app_context():
            start.wait()
            actions.carry_out(batch, user_with_id(supervisor_id), today=TODAY)
            db.session.remove()

    hands = [threading.Thread(target=run) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    db.session.rollback()
    assert events("reassign") == Counter(made)
    assert set(outcomes(batch).values()) == {Outcome.DONE}


def test_a_batch_cut_short_goes_on_where_it_stood(app: Flask, world: World) -> None:
    with transaction():
        made = [assign_one(world).id for _ in range(2)]
        batch = actions.begin(world.supervisor, Act.REMIND, made, token=TOKEN, today=TODAY, words=WORDS)
    client = sign_in(app.test_client(), world.supervisor)
    page = client.get(f"/desk/batches/{batch}").text
    assert "还有 2 件没有办" in page
    assert "2 件全部办成" in client.post(f"/desk/batches/{batch}/resume", follow_redirects=True).text
    assert client.get(f"/desk/batches/{batch}").text.count("已催办，通知了 2 人。") == 2  # loaded again, the same
    assert events("remind") == Counter(made)


def test_extensions_are_granted_each_to_its_own_date(any_world: World) -> None:
    with transaction():
        asked, not_asked = assign_one(any_world), assign_one(any_world)
        issues.accept(asked, any_world.official, today=TODAY)
        wanted = date(2019, 10, 15)
        deadlines.request_extension(asked, any_world.official, today=TODAY, wanted=wanted, reason="雨季")
    batch = carry_out(any_world.supervisor, Act.GRANT_EXTENSION, [asked.id, not_asked.id])
    assert outcomes(batch) == {asked.id: Outcome.DONE, not_asked.id: Outcome.REFUSED}
    found = {one.id: one.deadline for one in db.session.scalars(select(Issue))}
    assert found == {asked.id: wanted, not_asked.id: date(2019, 8, 31)}


def test_reassigning_many_replaces_what_is_named_and_keeps_the_rest(world: World) -> None:
    with transaction():
        usual = assign_one(world)
        other = assign_one(world, duty=make_duty(world, lead_unit_id=world.town.id, unit_ids=(world.town.id,)))
    carry_out(world.supervisor, Act.REASSIGN, [usual.id, other.id], duty=Duty(world.leader2.id, None, ()))
    assert [issues.duty_of(one).unit_ids for one in (usual, other)] == [
        (world.water.id, world.finance.id), (world.town.id,)
    ]  # fmt: skip
    assert {one.lead_official_id for one in (usual, other)} == {world.leader2.id}
    assert {one.responsible_person_id for one in (usual, other)} == {world.official.id}
    carry_out(world.supervisor, Act.REASSIGN, [usual.id], "b" * 32, Duty(None, None, (world.finance.id,)))
    assert issues.duty_of(usual) == Duty(world.leader2.id, world.water.id, (world.finance.id,))
    assert usual.state is State.ASSIGNED


def test_what_one_may_not_see_is_not_in_the_batch_and_a_batch_is_its_makers_own(app: Flask, world: World) -> None:
    with transaction():
        mine = assign_one(world).id
    with pytest.raises(Missing):
        carry_out(world.stranger, Act.REMIND, [mine])
    batch = carry_out(world.supervisor, Act.REMIND, [mine])
    assert sign_in(app.test_client(), world.supervisor2).get(f"/desk/batches/{batch}").status_code == 404
    assert sign_in(app.test_client(), world.supervisor2).post(f"/desk/batches/{batch}/resume").status_code == 404


def test_ticked_rows_go_through_the_page_without_scripts(app: Flask, world: World) -> None:
    with transaction():
        made = [assign_one(world).id for _ in range(3)]
    with time_machine.travel(NOW.replace(month=9, day=10), tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        desk = client.get("/desk").text
        assert all(f'name="issue" value="{one}"' in desk for one in made)
        assert 'formaction="/desk/remind"' in desk
        ticked = f"/desk/remind?issue={made[0]}&issue={made[2]}"
        page = client.get(ticked).text
        token = page.split('name="token" value="')[1][:32]
        sent = {"token": token, "issues": f"{made[0]},{made[2]}"}
        refused = client.post(ticked, data=sent)
        assert refused.status_code == 422
        assert f'value="{made[0]},{made[2]}"' in refused.text  # what was ticked is not lost
        for _ in range(2):
            done = client.post(ticked, data=sent | {"reason": WORDS}, follow_redirects=True).text
            assert "2 件全部办成" in done
    assert events("remind") == Counter([made[0], made[2]])


def test_everything_the_filter_finds_can_be_chosen_at_once(app: Flask, world: World) -> None:
    with transaction():
        for _ in range(60):
            assign_one(world)
        list_one(world)
    with time_machine.travel(NOW.replace(month=9, day=10), tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        assert "/desk/remind?overdue=1&amp;sort=overdue&amp;all=1" in client.get("/desk").text
        assert "催办 60 件" in client.get("/desk/remind?overdue=1&sort=overdue&all=1").text
        assert "没有选中任何问题" in client.get("/desk/remind?all=1&county=9999", follow_redirects=True).text
        assert "没有选中任何问题" in client.get("/desk/remind", follow_redirects=True).text


def test_what_was_ticked_is_read_without_trust() -> None:
    assert issue_ids(["3", "x", "5,3", "-1", "99999999999", "１"]) == [3, 5]


@pytest.mark.parametrize("by", By)
def test_every_count_is_the_length_of_the_list_it_leads_to(any_world: World, by: By) -> None:
    with transaction():
        make_varied(any_world, 120)
    for filters in (Filters(overdue=True), Filters(overdue=True, category=any_world.categories[2].id)):
        for person in (any_world.root_supervisor, any_world.supervisor):
            counts = queries.counted_by(by, filters, person, LATE)
            for count in counts:
                narrowed = Filters.read(
                    {name: [value] for name, value in [*filters.parameters(), (by.value, str(count.value))]}
                )
                assert count.number == register.count(register.scope(narrowed, person, LATE)), count
    assert queries.counted_by(by, Filters(overdue=True), any_world.root_supervisor, LATE)


def test_ticked_rows_go_onto_one_paper(app: Flask, world: World) -> None:
    with transaction():
        first, second = assign_one(world), assign_one(world)
    with time_machine.travel("2019-09-10 09:00+08:00", tick=False):
        client = sign_in(app.test_client(), world.supervisor)
        ticked = f"/desk/paper?issue={first.id}&issue={second.id}"
        assert "/desk/paper" in client.get("/desk").text
        draft = client.get(ticked, follow_redirects=True)
        assert "督办单" in draft.text
        assert first.number in draft.text
        assert second.number in draft.text
        assert "没有选中任何问题" in client.get("/desk/paper", follow_redirects=True).text
        # what one may not see is on no paper
        assert first.number not in sign_in(app.test_client(), world.stranger).get(ticked, follow_redirects=True).text


def test_requests_for_more_time_are_ticked_where_they_wait_and_decided_together(app: Flask, world: World) -> None:
    with time_machine.travel(NOW, tick=False):
        with transaction():
            found = [assign_one(world) for _ in range(3)]
            for issue in found:
                deadlines.request_extension(
                    issue, world.official, today=TODAY, wanted=date(2019, 9, 30), reason="雨季推迟"
                )
        client = sign_in(app.test_client(), world.supervisor)
        page = client.get("/desk/reviews").text
        assert 'action="/desk/extensions"' in page
        assert [f'name="issue" value="{issue.id}"' in page for issue in found] == [True] * 3
        asked = client.get("/desk/extensions", query_string={"issue": [found[0].id, found[2].id]}).text
        assert "审批 2 件的延期" in asked
        data = {"issues": f"{found[0].id},{found[2].id}", "token": TOKEN, "reason": "同意", "act": "grant"}
        assert client.post("/desk/extensions", data=data).status_code == 302
        assert events("grant_extension") == Counter([found[0].id, found[2].id])
        assert found[1].title in client.get("/desk/reviews").text
