"""The history: appended in the change's own transaction, and free of names and free text, which stand beside it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.shape.source import Module, module_of, modules, said
from tests.world import NOW, TODAY, World, assign_one, make_duty, upload
from tracker.accounts import actions as accounts
from tracker.base.access import Refused, Role
from tracker.base.db import db, transaction
from tracker.base.journal import Event, Remark, record
from tracker.clearance import actions as clearance
from tracker.clearance.rules import Standard
from tracker.deadlines import actions as deadlines
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.plans import actions as plans
from tracker.plans.queries import approved_plan
from tracker.progress import actions as progress
from tracker.progress.models import Evidence
from tracker.register import actions as register
from tracker.register.rules import Filters

SAID = "口袋里的话"  # stands in everything that anybody types below
NAMES = re.compile(r"[\u4e00-\u9fff]")


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


# --- one entry ------------------------------------------------------------------------------------------------


def test_an_entry_says_who_when_what_and_to_what(any_app: Flask) -> None:
    with transaction():
        entry = record("move", "person", 7, actor_id=3, data={"before": 1, "after": 2}, at=NOW)
    db.session.expire_all()
    assert (entry.verb, entry.subject, entry.subject_id, entry.actor_id, entry.at) == ("move", "person", 7, 3, NOW)
    assert entry.data == {"before": 1, "after": 2}
    assert (entry.remark, entry.for_id) == (None, None)


def test_words_stand_beside_the_entry_and_can_be_erased_without_touching_it(any_app: Flask) -> None:
    with transaction():
        entry = record("decline", "issue", 1, actor_id=3, remark=SAID)
    assert entry.remark is not None
    assert SAID not in json.dumps(entry.data, ensure_ascii=False)
    with transaction():
        entry.remark.text = ""
    assert (count(Event), count(Remark)) == (1, 1)


@pytest.mark.parametrize("remark", [None, ""])
def test_nothing_said_leaves_no_remark(app: Flask, remark: str | None) -> None:
    with transaction():
        record("accept", "issue", 1, actor_id=3, remark=remark)
    assert (count(Event), count(Remark)) == (1, 0)


def test_no_change_without_its_entry_and_no_entry_without_its_change(world: World) -> None:
    with transaction():
        issue = assign_one(world)
    before = count(Event)
    with pytest.raises(Refused), transaction():
        issues.accept(issue, world.official, today=TODAY)
        raise Refused("还是不行")
    assert (count(Event), issue.state.value) == (before, "assigned")


def test_entries_of_one_issue_come_in_the_order_they_were_made(world: World) -> None:
    with transaction():
        issue = assign_one(world)
        issues.accept(issue, world.official, today=TODAY)
    rows = db.session.scalars(select(Event).where(Event.subject == "issue").order_by(Event.id))
    assert [row.verb for row in rows] == ["list", "assign", "accept"]


# --- no personal data in ``data`` -----------------------------------------------------------------------------


def walk(world: World) -> None:
    """Nearly every act there is, each with something typed; two issues, from listing to zero and to dismissal."""
    official, leader, supervisor = world.official, world.leader, world.supervisor
    issue = assign_one(world, requirement=SAID)
    issues.decline(issue, official, today=TODAY, reason=SAID)
    assign_one(world, issue, requirement=SAID, duty=make_duty(world, task_force=SAID, member_ids=(official.id,)))
    duty = make_duty(world, lead_official_id=world.leader2.id, task_force=SAID + "二", member_ids=(world.official2.id,))
    issues.reassign(issue, supervisor, today=TODAY, duty=duty, reason=SAID)
    changes = {"title": SAID + "题", "wording": SAID, "requirement": SAID + "求", "source_note": SAID}
    issues.correct(issue, supervisor, today=TODAY, reason=SAID, changes=changes)
    issues.reassign(issue, supervisor, today=TODAY, duty=make_duty(world), reason=SAID)
    issues.accept(issue, official, today=TODAY)
    deadlines.request_extension(issue, official, today=TODAY, wanted=date(2019, 9, 30), reason=SAID)
    deadlines.refuse_extension(issue, supervisor, today=TODAY, reason=SAID)
    deadlines.request_extension(issue, official, today=TODAY, wanted=date(2019, 9, 20), reason=SAID)
    deadlines.grant_extension(issue, supervisor, today=TODAY, opinion=SAID)
    plan: dict[str, Any] = {"goals": SAID, "measures": [(SAID, SAID, date(2019, 8, 1))], "task_force": SAID + "三"}
    plans.submit_plan(issue, official, today=TODAY, **plan)
    plans.return_plan(issue, leader, today=TODAY, reason=SAID)
    plans.submit_plan(issue, official, today=TODAY, **plan)
    plans.approve_plan(issue, leader, today=TODAY)
    approved = approved_plan(issue.id)
    assert approved is not None
    plans.finish_measure(issue, official, approved.measures[0].id, True, today=TODAY)
    file = upload(f"{SAID}.txt", SAID.encode())
    progress.report(issue, official, today=TODAY, text=SAID, files=[file])
    evidence = db.session.scalars(select(Evidence.id)).first()
    answers = {standard: clearance.Answer(SAID, [evidence], []) for standard in Standard}
    clearance.request_clearance(issue, official, today=TODAY, answers=answers)
    clearance.withdraw_clearance(issue, official, today=TODAY)
    clearance.request_clearance(issue, official, today=TODAY, answers=answers)
    clearance.return_application(issue, supervisor, today=TODAY, opinion=SAID)
    clearance.request_clearance(issue, official, today=TODAY, answers=answers)
    clearance.pass_level(issue, supervisor, today=TODAY, opinion=SAID)
    clearance.pass_level(issue, world.city_leader, today=TODAY, opinion=SAID)
    other = assign_one(world)
    issues.dismiss(other, world.root_supervisor, today=TODAY, reason=SAID, document=SAID)


def people(world: World) -> None:
    """The acts about people, each with a name or a title in it."""
    admin = world.system_admin.id
    user, _made = accounts.add_person(SAID, world.water, title=SAID, account="koudai", actor_id=admin)
    accounts.edit_person(user, name=SAID + "二", title=SAID + "员", email="zhangsan@example.gov.cn", actor_id=admin)
    accounts.give_one_time_password(user, actor_id=admin)
    accounts.move(user, world.finance, actor_id=admin)
    accounts.grant_post(user, Role.OFFICIAL, world.xinshao, actor_id=world.security_admin.id, at=NOW)
    accounts.deactivate(user, actor_id=admin)
    accounts.reactivate(user, actor_id=admin)
    register.record_export(Filters(q=SAID, lead=SAID, unit=SAID), world.supervisor, 3)


def test_no_entry_holds_a_name_or_anything_typed(world: World) -> None:
    with transaction():
        walk(world)
        people(world)
    entries = db.session.scalars(select(Event)).all()
    assert {entry.verb for entry in entries} >= {
        *("list", "assign", "decline", "reassign", "correct", "accept", "submit_plan", "return_plan", "approve_plan"),
        *("request_extension", "refuse_extension", "grant_extension", "report", "request_clearance", "pass", "return"),
        *("withdraw_clearance", "dismiss", "add_person", "edit_person", "move", "grant_post", "export"),
    }
    found = [
        f"{entry.verb}: {json.dumps(entry.data, ensure_ascii=False)}"
        for entry in entries
        if NAMES.search(json.dumps(entry.data, ensure_ascii=False)) or "koudai" in json.dumps(entry.data)
    ]
    assert not found, said(found, "keep a reference, and the words in remark= or journal.keep()")


def test_what_was_typed_is_not_lost_either(world: World) -> None:
    with transaction():
        walk(world)
    for verb in ("decline", "correct", "reassign", "refuse_extension", "return_plan", "return", "pass", "dismiss"):
        entry = db.session.scalars(select(Event).where(Event.verb == verb)).first()
        assert entry is not None
        assert entry.remark is not None, verb
        assert SAID in entry.remark.text
    changed = db.session.scalars(select(Event).where(Event.verb == "correct")).one().data["changed"]
    kept = db.session.get_one(Remark, changed["title"][0]["remark"])
    assert kept.text == "沙坪村饮水工程完工一年未通水"
    assert db.session.scalars(select(Issue.title)).first() == SAID + "题"


# --- where entries are written --------------------------------------------------------------------------------

#: Names of regions and units are public, and a region or unit carries no person.
_PUBLIC = frozenset({"org"})
_PERSONAL = re.compile(r"\b(name|account|title|text|reason|opinion|phone|password|wording|goals|remark|requirement)\b")


def personal(module: Module) -> Iterator[str]:
    """Calls of ``record`` and ``advance`` whose ``data`` reads something that holds words or a name."""
    for call in ast.walk(module.tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).rsplit(".", 1)[-1] in {"record", "advance", "enter"}:
            for keyword in call.keywords:
                if keyword.arg == "data" and _PERSONAL.search(_read(keyword.value)):
                    yield f"{module.path}:{call.lineno} {ast.unparse(keyword.value)[:80]}"


def _read(value: ast.expr) -> str:
    """The names that an expression reads, without the strings in it."""
    names = [node.id for node in ast.walk(value) if isinstance(node, ast.Name)]
    return " ".join(names + [node.attr for node in ast.walk(value) if isinstance(node, ast.Attribute)])


def changed_or_removed(module: Module) -> Iterator[str]:
    """Where an entry would be changed or taken away."""
    for call in ast.walk(module.tree):
        if isinstance(call, ast.Call):
            text = ast.unparse(call)
            if re.fullmatch(r"(?:\w+\.)*(?:update|delete)\((?:journal\.)?Event\)", text):
                yield f"{module.path}:{call.lineno} {text[:80]}"


def test_no_call_hands_a_name_or_words_to_an_entry() -> None:
    found = [place for module in modules() if module.part not in _PUBLIC for place in personal(module)]
    assert not found, said(found, "keep a reference (an id, a code, a date), and the words in remark=")


def test_entries_are_never_changed_and_never_removed() -> None:
    found = [place for module in modules() for place in changed_or_removed(module)]
    assert not found, said(found, "append another entry")


def test_the_laws_bite() -> None:
    source = (
        "journal.record('x', 'y', 1, actor_id=1, data={'who': user.name})\n"
        "advance(issue, verb, actor, data={'why': reason})\n"
        "journal.record('x', 'y', 1, actor_id=1, data={'name': user.id}, remark=reason)\n"
        "session.execute(update(Event).values(data={}))\nsession.execute(delete(journal.Event))\nupdate(EventType)\n"
    )
    module = module_of("tracker/plans/actions.py", source)
    assert len(list(personal(module))) == 2
    assert len(list(changed_or_removed(module))) == 2
