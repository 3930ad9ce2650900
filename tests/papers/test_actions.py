"""Papers are numbered without gaps or repeats, kept as the file that was sent, withdrawn and signed for by those who may."""

from __future__ import annotations

import io
import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.base.test_seals import run
from tests.dossier.situations import SITUATIONS
from tests.papers.paper_world import LATE, assigned, draft_of, issued, overdue, template_with
from tests.world import TODAY, World, list_one
from tracker.accounts.actions import name_stand_in
from tracker.accounts.models import Deputy, User
from tracker.audit.queries import differences
from tracker.base import files, journal
from tracker.base.access import Missing, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.issues.workflow import Kind
from tracker.messages.models import Message
from tracker.messages.rules import Matter
from tracker.papers import actions, queries
from tracker.papers.actions import issue_paper, receive_paper, set_template, withdraw_paper
from tracker.papers.models import Addressee, Paper, PaperIssue, PaperSeries
from tracker.papers.rendering import blocks
from tracker.papers.rules import PaperKind

AT_ONCE = 12


# --- numbers ------------------------------------------------------------------------------------------------------


def test_each_office_and_kind_counts_its_own_papers_each_year_anew(any_world: World) -> None:
    world, issues = any_world, assigned(any_world)
    office = {"code": "邵阳整改办", "unit_ids": (any_world.water.id,)}
    made = [
        issued(world, issues),
        issued(world, issues),
        issued(world, issues, PaperKind.REMINDER),
        issued(world, issues, who=world.root_supervisor, **office),
        issued(world, issues, today=date(2020, 1, 2)),
    ]
    assert [paper.symbol for paper in made] == [
        "新邵整改办督〔2019〕1号", "新邵整改办督〔2019〕2号", "新邵整改办催〔2019〕1号", "邵阳整改办督〔2019〕1号",
        "新邵整改办督〔2020〕1号",
    ]  # fmt: skip


def test_many_at_once_get_numbers_without_gaps_or_repeats_though_some_are_rolled_back(
    any_app: Flask, any_world: World
) -> None:
    """Every third transaction fails after it took its number, as a full disk would make it."""
    world = any_world
    (issue,) = assigned(world)
    draft, person = draft_of(world, PaperKind.SUPERVISION, [issue]), world.supervisor.id
    gate = threading.Barrier(AT_ONCE)
    failed: list[Exception] = []

    def press(place: int) -> None:
        with any_app.app_context():
            gate.wait()
            try:
                with transaction():
                    issue_paper(draft, db.session.get_one(User, person), key=f"{place:032x}", today=TODAY)
                    if place % 3 == 0:
                        raise OSError("no space left")
            except OSError as error:
                failed.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(place,)) for place in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    numbers = sorted(db.session.scalars(select(Paper.number)))
    assert len(failed) == AT_ONCE / 3
    assert numbers == list(range(1, AT_ONCE - len(failed) + 1))
    assert db.session.scalar(select(PaperSeries.last)) == len(numbers)
    assert db.session.scalar(select(func.count()).where(Event.verb == "issue_paper")) == len(numbers)


def test_a_form_sent_twice_issues_one_paper(world: World) -> None:
    issues, key = assigned(world), "a" * 32
    made = []
    for _ in range(2):
        with transaction():
            draft = draft_of(world, PaperKind.SUPERVISION, issues)
            made.append(issue_paper(draft, world.supervisor, key=key, today=TODAY).id)
    assert made[0] == made[1]
    assert db.session.scalar(select(func.count(Paper.id))) == 1


def test_a_code_that_another_office_uses_or_used_is_refused(world: World) -> None:
    issues = assigned(world)
    issued(world, issues)
    with pytest.raises(Refused, match="是别的单位在用或用过的"):
        issued(world, issues, who=world.root_supervisor)
    issued(world, issues, code="新邵问题整改办")  # the county changes its code and goes on counting
    with pytest.raises(Refused, match="是别的单位在用或用过的"):
        issued(world, issues, who=world.root_supervisor)
    assert queries.office_of(world.county_office.id).code == "新邵问题整改办"
    assert db.session.scalars(select(Paper.symbol).order_by(Paper.id.desc())).first() == "新邵问题整改办督〔2019〕2号"


# --- what is kept -------------------------------------------------------------------------------------------------


def test_what_was_sent_is_what_is_kept_and_events_name_no_words(any_world: World) -> None:
    world = any_world
    first, second = overdue(world, 2)
    paper = issued(world, [second, first], today=LATE)
    content = queries.file_of(paper)
    assert content is not None
    words = [block.words for block in blocks(content)]
    assert words[:4] == [
        "新邵县整改办",
        "新邵整改办督〔2019〕1号",
        "关于沙坪村饮水问题的督办通知",
        "新邵县水利局、新邵县财政局：",
    ]
    assert f"一、{second.title}（{second.number}）" in words
    assert any("整改时限：2019年7月31日，已逾期36天。" in line for line in words)
    assert "请于2019年9月12日前报告。" in words
    assert words[-2:] == ["新邵县整改办", "2019年9月5日"]
    rows = db.session.scalars(select(PaperIssue).order_by(PaperIssue.position)).all()
    assert [row.issue_id for row in rows] == [second.id, first.id]
    event = db.session.scalars(select(Event).where(Event.verb == "issue_paper")).one()
    assert event.data == {
        "kind": "supervision", "symbol": paper.symbol, "sha256": paper.sha256, "issues": [second.id, first.id],
        "units": [world.water.id, world.finance.id],
    }  # fmt: skip
    told = db.session.scalars(select(Event).where(Event.verb == "paper_issued")).all()
    assert {row.subject_id for row in told} == {first.id, second.id}
    assert list(differences()) == []
    files.path_of(paper.sha256).write_bytes(b"another")
    assert queries.file_of(paper) is None


def test_a_bulletin_carries_the_head_that_the_history_still_leads_through(any_world: World) -> None:
    world, issues = any_world, overdue(any_world)
    with transaction():
        actions.seal_history()
    head = str(journal.head())
    paper = issued(world, issues, PaperKind.BULLETIN, today=LATE)
    content = queries.file_of(paper)
    assert content is not None
    assert f"办理记录校验值：{head}" in [block.words for block in blocks(content)]
    assert paper.head == head
    assert queries.head_holds(paper)
    assert list(journal.damages(journal.Head.read(paper.head))) == []
    run("DELETE FROM seal_link WHERE position = :last", last=journal.head().position)
    assert not queries.head_holds(paper)  # the tail was cut


def test_the_clearance_form_says_what_the_reviews_said(world: World) -> None:
    with transaction():
        issue = SITUATIONS["cleared"](world, Kind.IMMEDIATE)
    paper = issued(world, [issue], PaperKind.CLEARANCE, title="问题整改销号审批表", unit_ids=(world.water.id,))
    content = queries.file_of(paper)
    assert content is not None
    words = "\n".join(block.words for block in blocks(content))
    for said in (issue.title, "新邵县水利局", "王建国", "1. 整改措施落实到位", "县级初审", "通过：属实", "证.png"):
        assert said in words, said
    with transaction():
        declared = SITUATIONS["taken_over_cleared"](world, Kind.IMMEDIATE)
    with pytest.raises(Refused, match="承接时已销号"):
        issued(world, [declared], PaperKind.CLEARANCE)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        (PaperKind.SUPERVISION, {"unit_ids": ()}, "还没有主送单位"),
        (PaperKind.SUPERVISION, {"issue_ids": ()}, "还没有选问题"),
        (PaperKind.SUPERVISION, {"reply_by": None}, "请填写答复期限"),
        (PaperKind.TALK, {"talk_place": ""}, "约谈时间、地点和对象"),
        (PaperKind.CLEARANCE, {}, "还没有销号"),
    ],
)
def test_a_paper_that_lacks_something_is_refused_and_takes_no_number(
    world: World, kind: PaperKind, changes: dict[str, object], said: str
) -> None:
    issues = assigned(world)
    with pytest.raises(Refused, match=said):
        issued(world, issues, kind, **changes)
    assert db.session.scalar(select(func.count(Paper.id))) == 0
    assert db.session.scalars(select(PaperSeries)).all() == []


def test_an_issue_that_is_not_assigned_cannot_be_written_about(world: World) -> None:
    with transaction():
        issue = list_one(world)
    with pytest.raises(Refused, match="还没有交办"):
        issued(world, [issue])


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["official", "leader", "stranger", "auditor", "system_admin"])
def test_only_a_supervisor_of_every_issue_issues(world: World, who: str) -> None:
    issues = assigned(world)
    with pytest.raises(Missing):
        issued(world, issues, who=world.people[who])


def test_a_category_supervisor_writes_about_the_category_only(world: World) -> None:
    water, school = assigned(world)[0], assigned(world, category_id=world.categories[0].id)[0]
    assert issued(world, [water], who=world.water_supervisor, code="市水利局").number == 1
    with pytest.raises(Missing):
        issued(world, [water, school], who=world.water_supervisor, code="市水利局")


def test_withdrawn_it_keeps_its_number_and_says_so(any_world: World) -> None:
    world, issues = any_world, overdue(any_world)
    paper = issued(world, issues, today=LATE)
    assert queries.proposal_counts(world.supervisor)[PaperKind.SUPERVISION] == 0
    with pytest.raises(Refused, match="管得到其中全部问题"), transaction():
        withdraw_paper(paper, world.official, reason="写错了")
    with transaction():
        withdraw_paper(paper, world.supervisor, reason="写错了")
    with pytest.raises(Refused, match="已经撤回了"), transaction():
        withdraw_paper(paper, world.supervisor, reason="写错了")
    with pytest.raises(Refused, match="不用再签收"), transaction():
        receive_paper(paper, world.official)
    assert (paper.symbol, paper.withdrawn_reason) == ("新邵整改办督〔2019〕1号", "写错了")
    assert queries.file_of(paper) is not None
    assert issued(world, issues, today=LATE).number == 2
    event = db.session.scalars(select(Event).where(Event.verb == "withdraw_paper")).one()
    assert event.data == {"symbol": paper.symbol}  # the reason is a remark, which can be erased


def test_whoever_belongs_to_a_unit_addressed_signs_once_for_it(any_world: World) -> None:
    world = any_world
    paper = issued(world, assigned(world))
    with transaction():
        receive_paper(paper, world.official)
    with pytest.raises(Refused, match="已经签收过了"), transaction():
        receive_paper(paper, world.official)
    for stranger in ("town_official", "root_supervisor", "leader", "nobody"):
        with pytest.raises(Missing), transaction():
            receive_paper(paper, world.people[stranger])
    rows = {row.unit_id: row.received_by_id for row in db.session.scalars(select(Addressee))}
    assert rows == {world.water.id: world.official.id, world.finance.id: None}


def test_the_people_of_the_units_addressed_are_told_once(any_world: World) -> None:
    world = any_world
    paper = issued(world, assigned(world))
    told = select(Message.person_id).where(Message.matter == Matter.PAPER, Message.occasion == f"paper:{paper.id}")
    assert sorted(db.session.scalars(told)) == sorted([world.official.id, world.official2.id])  # not who has no post
    db.session.refresh(world.official)
    assert world.official.unread == 1


# --- what is proposed ---------------------------------------------------------------------------------------------


def test_papers_are_proposed_from_recorded_levels_until_they_are_issued(any_world: World) -> None:
    world = any_world
    first, second = overdue(world, 2, day=date(2019, 8, 8))  # 8 days: the notice, nothing more
    assert queries.proposal_counts(world.supervisor) == {
        PaperKind.SUPERVISION: 2, PaperKind.BULLETIN: 0, PaperKind.TALK: 0
    }  # fmt: skip
    assert queries.proposal_counts(world.stranger)[PaperKind.SUPERVISION] == 0
    issued(world, [first], today=date(2019, 8, 8))
    listed = queries.proposals(PaperKind.SUPERVISION, world.root_supervisor, None, None)
    assert [row.number for row in listed.page.rows] == [second.number]
    assert queries.numbers_proposed(PaperKind.SUPERVISION, world.supervisor, None) == [second.number]


def test_a_paper_about_an_earlier_episode_does_not_stand_for_this_one(world: World) -> None:
    (issue,) = overdue(world)
    issued(world, [issue], today=date(2019, 7, 20))  # before this episode began
    assert queries.proposal_counts(world.supervisor)[PaperKind.SUPERVISION] == 1


# --- templates ----------------------------------------------------------------------------------------------------


def test_an_offices_own_template_is_tried_used_and_put_on_record(any_world: World) -> None:
    world, issues = any_world, assigned(any_world)
    own = template_with("本机关自己的格式", "{%p for 问题 in 问题清单 %}", "{{ 问题.标题 }}", "{%p endfor %}")
    with transaction():
        set_template(PaperKind.SUPERVISION, io.BytesIO(own), "督办单.docx", world.root_supervisor)
    paper = issued(world, issues)
    content = queries.file_of(paper)
    assert content is not None
    assert "本机关自己的格式" in [block.words for block in blocks(content)]
    assert paper.template_sha256 is not None
    with transaction():
        actions.remove_template(PaperKind.SUPERVISION, world.root_supervisor)
    assert issued(world, issues).template_sha256 is None
    changes = db.session.scalars(select(Event).where(Event.subject == "paper_template").order_by(Event.id)).all()
    sha = paper.template_sha256
    assert [(event.verb, event.data["before"], event.data["after"]) for event in changes] == [
        ("set_paper_template", None, sha), ("remove_paper_template", sha, None)
    ]  # fmt: skip


@pytest.mark.parametrize("who", ["supervisor", "water_supervisor", "city_leader", "official"])
def test_only_who_keeps_the_rules_of_the_root_replaces_a_template(world: World, who: str) -> None:
    with pytest.raises(Refused, match="最高一级"), transaction():
        set_template(PaperKind.SUPERVISION, io.BytesIO(template_with()), "督办单.docx", world.people[who])


def test_a_template_that_is_refused_changes_nothing(world: World) -> None:
    with pytest.raises(Refused, match="“单位”不是系统认识的字段"), transaction():
        set_template(PaperKind.TALK, io.BytesIO(template_with("{{ 单位 }}")), "约谈.docx", world.root_supervisor)
    assert queries.templates() == {}


def test_a_stand_in_signs_for_the_absent_persons_unit(world: World) -> None:
    paper = issued(world, assigned(world))
    with transaction():
        name_stand_in(
            world.official, world.official2, world.official, today=TODAY, begins=TODAY, ends=TODAY + timedelta(days=3)
        )
    with transaction():
        receive_paper(paper, Deputy(world.official2, world.official))
    row = db.session.get_one(Addressee, (paper.id, world.water.id))
    assert (row.received_by_id, row.received_for_id) == (world.official2.id, world.official.id)
