"""Sixty-four people press at once on one application: exactly one wins, everybody else is told so, nothing is half."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from tests.clearance.test_chains import reviewing
from tests.world import TODAY, World
from tracker.accounts.models import User
from tracker.base.access import Conflict, Refused
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.board.queries import counts_differ
from tracker.clearance import actions
from tracker.clearance.models import Application
from tracker.clearance.rules import ApplicationState
from tracker.issues.models import Issue
from tracker.issues.workflow import State, Verb

AT_ONCE = 64
ENDS = (Verb.PASS, Verb.RETURN, Verb.WITHDRAW_CLEARANCE)

Act = Callable[[Issue, User, int], Any]


def review(issue: Issue, person: User, seen: int) -> Any:
    return actions.pass_level(issue, person, today=TODAY, opinion="属实", seen=seen)


def send_back(issue: Issue, person: User, seen: int) -> Any:
    return actions.return_application(issue, person, today=TODAY, opinion="水压不足", seen=seen)


def take_back(issue: Issue, person: User, seen: int) -> Any:
    del seen  # the applicant may take it back whatever has been seen meanwhile
    return actions.withdraw_clearance(issue, person, today=TODAY)


def all_at_once(app: Flask, issue: int, seen: int, tries: list[tuple[Act, int]]) -> tuple[list[str], list[Exception]]:
    """What was done, and how everybody else was answered."""
    gate = threading.Barrier(len(tries))
    done: list[str] = []
    answered: list[Exception] = []

    def press(act: Act, person: int) -> None:
        gate.wait()
        with app.app_context():
            try:
                with transaction():
                    event = act(db.session.get_one(Issue, issue), db.session.get_one(User, person), seen)
                    verb = event.verb
                done.append(verb)
            except Exception as error:
                answered.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=each) for each in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    return done, answered


def ends() -> list[str]:
    return list(db.session.scalars(select(Event.verb).where(Event.verb.in_([each.value for each in ENDS]))))


def test_of_sixty_four_reviews_at_once_exactly_one_wins(any_app: Flask, any_world: World) -> None:
    issue = reviewing(any_world)
    number, seen = issue.id, issue.version
    reviewers = [any_world.supervisor.id, any_world.supervisor2.id]
    tries: list[tuple[Act, int]] = [(review, reviewers[place % 2]) for place in range(AT_ONCE)]
    done, answered = all_at_once(any_app, number, seen, tries)
    assert done == ends() == [Verb.PASS.value]
    assert len(answered) == AT_ONCE - 1
    assert {type(error) for error in answered} <= {Conflict, Refused}
    application = db.session.scalars(select(Application)).one()
    assert (application.state, application.level) == (ApplicationState.OPEN, 2)
    assert db.session.get_one(Issue, number).state is State.REVIEWING
    assert counts_differ() == []


def test_of_passing_returning_and_taking_back_at_once_one_wins(any_app: Flask, any_world: World) -> None:
    """Except that a passed application may still be taken back: then both happened, one after the other."""
    issue = reviewing(any_world)
    number, seen = issue.id, issue.version
    kinds: list[tuple[Act, int]] = [
        (review, any_world.supervisor.id),
        (send_back, any_world.supervisor2.id),
        (take_back, any_world.official.id),
    ]
    done, answered = all_at_once(any_app, number, seen, [kinds[place % 3] for place in range(AT_ONCE)])
    assert done.count(Verb.PASS) + done.count(Verb.RETURN) <= 1
    assert done.count(Verb.WITHDRAW_CLEARANCE) <= 1
    assert ends() == done or sorted(ends()) == sorted(done)
    assert {type(error) for error in answered} <= {Conflict, Refused}
    assert len(done) + len(answered) == AT_ONCE
    closed = {Verb.RETURN, Verb.WITHDRAW_CLEARANCE} & set(done)
    assert len(closed) <= 1
    state = db.session.get_one(Issue, number).state
    assert state is (State.RECTIFYING if closed else State.REVIEWING)
    assert db.session.scalar(select(func.count()).where(Application.state == ApplicationState.OPEN)) == (not closed)
    assert counts_differ() == []
