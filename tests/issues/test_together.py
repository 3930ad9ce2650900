"""Issues that begin together are what they would be had each come alone: same rows, same events, same seals, same refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.world import TODAY, World, make_duty
from tracker.base import clock, journal
from tracker.base.access import Actor, Refused
from tracker.base.db import db, transaction
from tracker.inspections.rules import Source
from tracker.issues import actions
from tracker.issues.actions import Beginning, Draft
from tracker.issues.models import Issue
from tracker.issues.workflow import Fact, Kind, State, Verb

AT = datetime(2019, 8, 5, 3, 4, 5, 678, UTC)
FACTS = {Fact.LEDGER_FILE: True, Fact.FIRST_IMPORT: True}
TABLES = ("issue", "issue_unit", "task_force_member", "issue_text", "issue_count", "overdue_episode", "event", "remark",
          "seal_link")  # fmt: skip


class Undo(Exception):
    """Everything written is taken back."""


Row = dict[str, Any]
ROW = st.fixed_dictionaries(
    {
        "state": st.sampled_from([state for state in State if state is not State.DISMISSED]),
        "kind": st.sampled_from(list(Kind)),
        "place": st.sampled_from(("shaping", "longxipu", "xinshao")),
        "category": st.integers(0, 8),
        "deadline": st.sampled_from((None, date(2019, 6, 30), TODAY, date(2019, 12, 31))),
        "title": st.text("饮水工程未通管网abc12 ，。", min_size=1, max_size=30),
        "requirement": st.sampled_from(("", "九月前通水；管网延伸")),
        "source": st.sampled_from(list(Source)),
        "units": st.sampled_from(((), ("water",), ("water", "finance"), ("finance", "finance", "town"))),
        "lead": st.booleans(),
        "task_force": st.sampled_from((None, "饮水安全专班")),
        "members": st.sampled_from(((), ("official",), ("official2", "official", "official"))),
    }
)


def columns_of(row: Row, number: int, world: World) -> Row:
    return {
        "number": f"TO-{number}",
        "ledger_number": f"{number}" if number % 2 else None,
        "title": row["title"],
        "wording": row["title"] * 2,
        "source": row["source"],
        "category_id": world.categories[row["category"]].id,
        "region_id": getattr(world, row["place"]).id,
        "kind": row["kind"],
        "requirement": row["requirement"],
        "deadline": row["deadline"],
        "listed_on": TODAY,
    }


def beginnings(rows: Sequence[Row], world: World, kind_of: Callable[..., Any]) -> list[Beginning]:
    made = []
    for number, row in enumerate(rows, 1):
        units = tuple(getattr(world, name).id for name in row["units"])
        duty = make_duty(
            world,
            lead_official_id=world.leader.id if row["lead"] else None,
            lead_unit_id=units[0] if units else None,
            unit_ids=units,
            task_force=row["task_force"],
            member_ids=tuple(getattr(world, name).id for name in row["members"]),
        )
        issue = kind_of(**columns_of(row, number, world))
        made.append(Beginning(issue, row["state"], duty if number % 5 else None, {"sheet": "台账", "row": number}))
    return made


def one_by_one(rows: Sequence[Row], world: World, actor: Actor) -> None:
    for one in beginnings(rows, world, Issue):
        actions.enter(
            one.issue, Verb.TAKE_OVER, actor, state=one.state, today=TODAY, facts=FACTS, duty=one.duty, data=one.data,
            at=AT,
        )  # fmt: skip
        db.session.flush()  # its event stands before the next one's


def together(rows: Sequence[Row], world: World, actor: Actor) -> None:
    actions.enter_all(beginnings(rows, world, Draft), Verb.TAKE_OVER, actor, today=TODAY, facts=FACTS, at=AT)


def written(enter: Callable[[], None]) -> dict[str, list[str]] | str:
    """All that it leaves, as the database keeps it, or the words of its refusal; taken back again."""
    found: dict[str, list[str]] | str = {}
    rewind()
    serials = count()
    with pytest.MonkeyPatch.context() as patched, pytest.raises((Undo, Refused)) as stopped, transaction():
        patched.setattr(journal, "_nonce", lambda: f"{next(serials):016x}")
        patched.setattr(clock, "now", lambda: AT)
        enter()
        db.session.flush()
        journal.seal()
        found = {table: sorted(map(repr, db.session.execute(text(f"SELECT * FROM {table}")))) for table in TABLES}
        raise Undo
    return found if isinstance(stopped.value, Undo) else str(stopped.value)


def rewind() -> None:
    """PostgreSQL gives an id once and never takes it back, not even with the transaction."""
    if db.engine.dialect.name == "sqlite":
        return
    with transaction():
        for table in ("issue", "event", "overdue_episode", "remark"):
            largest = f"(SELECT COALESCE(MAX(id), 0) + 1 FROM {table})"
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {largest}, false)"))


def test_together_is_the_same_as_one_by_one(any_world: World) -> None:
    world, actor = any_world, any_world.supervisor

    @settings(max_examples=12, deadline=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(st.lists(ROW, min_size=1, max_size=9))
    def same(rows: list[Row]) -> None:
        alone = written(lambda: one_by_one(rows, world, actor))
        assert isinstance(alone, dict)
        assert len(alone["event"]) == len(alone["seal_link"]) == len(rows)
        assert written(lambda: together(rows, world, actor)) == alone

    same()
    assert db.session.scalars(select(Issue)).all() == []


FINE: Row = {
    "state": State.RECTIFYING, "kind": Kind.TIME_LIMITED, "place": "shaping", "category": 2, "deadline": TODAY,
    "title": "未通水", "requirement": "", "source": Source.AUDIT, "units": ("water",), "lead": True, "task_force": None,
    "members": (),
}  # fmt: skip


@pytest.mark.parametrize("wrong", [{"place": "wugang"}, {"state": State.DISMISSED}], ids=["outside", "dismissed"])
def test_one_that_may_not_begin_lets_none_begin_and_is_refused_in_the_same_words(world: World, wrong: Row) -> None:
    rows = [FINE, {**FINE, **wrong}, FINE]
    refused = written(lambda: one_by_one(rows, world, world.supervisor))
    assert isinstance(refused, str)
    assert written(lambda: together(rows, world, world.supervisor)) == refused


def test_nobody_without_the_right_lets_issues_begin(world: World) -> None:
    with pytest.raises(Refused, match="您不能"), transaction():
        together([FINE], world, world.official)


def test_a_fact_that_does_not_hold_refuses_all(world: World) -> None:
    with pytest.raises(Refused), transaction():
        actions.enter_all(
            beginnings([FINE, FINE], world, Draft), Verb.TAKE_OVER, world.supervisor, today=TODAY,
            facts={Fact.LEDGER_FILE: True},
        )  # fmt: skip
    assert db.session.scalars(select(Issue)).all() == []
