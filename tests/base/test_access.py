"""Roles and rights as tables: complete, administrators apart, and a refusal that can be said in any language."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from tests.needs import ROOT
from tests.world import World
from tracker.base.access import (
    ADMINISTRATORS,
    READERS,
    RIGHTS,
    ROLE_NAMES,
    Conflict,
    Grant,
    Missing,
    Refused,
    Right,
    Role,
    holds,
    may,
)
from tracker.issues.workflow import TABLE


def actor(*roles: Role) -> Any:
    return SimpleNamespace(id=1, name="甲", unit_id=1, grants=tuple(Grant(role, 1, True) for role in roles))


def test_every_right_has_its_roles_and_every_role_its_name() -> None:
    assert set(RIGHTS) == set(Right)
    assert all(RIGHTS.values())
    assert set(ROLE_NAMES) == set(Role)
    assert len(set(ROLE_NAMES.values())) == len(Role)


def test_a_right_is_named_by_what_it_is_about_and_what_is_done() -> None:
    assert [right for right in Right if not re.fullmatch(r"[a-z_]+:[a-z_]+", right.value)] == []


def test_every_right_opens_something() -> None:
    """A right that no address and no row of the workflow asks for is a slip, or a promise."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "tracker").rglob("*.py") if path.name != "access.py")
    assert [right.name for right in Right if f"Right.{right.name}" not in source and right is not Right.AUDIT] == []


@pytest.mark.parametrize("right", Right)
def test_a_right_is_its_roles_and_nobody_elses(right: Right) -> None:
    assert {role for role in Role if may(actor(role), right)} == RIGHTS[right]
    assert may(actor(), right) is (right is Right.SELF)


def test_whoever_holds_two_roles_has_the_rights_of_both() -> None:
    both = actor(Role.OFFICIAL, Role.LEADER)
    assert may(both, Right.ACCEPT)
    assert may(both, Right.PLAN_DECIDE)
    assert not may(both, Right.ASSIGN)
    assert (holds(both, Role.LEADER), holds(both, Role.SUPERVISOR)) == (True, False)


def test_an_administrator_sees_no_issue_and_no_two_share_a_right() -> None:
    # deliveries: how far a message got, never what it says
    work = {right for right in Right if RIGHTS[right] & READERS} - {Right.SELF, Right.DELIVERIES}
    assert not [right for right in work if RIGHTS[right] & ADMINISTRATORS]
    shared = [right for right in Right if right is not Right.SELF and len(RIGHTS[right] & ADMINISTRATORS) > 1]
    assert shared == []
    assert RIGHTS[Right.USERS] & RIGHTS[Right.POSTS] == frozenset()


def test_whoever_reports_does_not_judge() -> None:
    """No role alone may do a thing and approve it."""
    for asks, decides in (
        (Right.PLAN_SUBMIT, Right.PLAN_DECIDE),
        (Right.EXTENSION_ASK, Right.EXTENSION_DECIDE),
        (Right.CLEARANCE_REQUEST, Right.CLEARANCE_REVIEW),
        (Right.ACCEPT, Right.ASSIGN),
    ):
        assert not RIGHTS[asks] & RIGHTS[decides]


def test_everything_the_workflow_asks_for_is_for_those_who_read_issues() -> None:
    assert {row.right for row in TABLE} <= {right for right in Right if RIGHTS[right] <= READERS}


def test_the_small_world_gives_each_person_their_own(world: World) -> None:
    assert may(world.supervisor, Right.ASSIGN)
    assert not may(world.official, Right.ASSIGN)
    assert not any(may(world.nobody, right) for right in Right if right is not Right.SELF)
    assert not may(world.system_admin, Right.ISSUE_READ)


def test_a_refusal_is_a_sentence_with_its_fields_and_keeps_them_for_translation() -> None:
    refusal = Refused("“%(name)s”还有 %(number)s 项没有做完。", name="方案", number=2)
    assert str(refusal) == "“方案”还有 2 项没有做完。"
    assert (refusal.msgid, refusal.params) == ("“%(name)s”还有 %(number)s 项没有做完。", {"name": "方案", "number": 2})
    assert str(Refused("100% 完成")) == "100% 完成"


def test_hidden_and_absent_get_one_answer_and_a_conflict_is_a_refusal() -> None:
    assert str(Missing()) == str(Missing())
    assert not Missing().params
    assert isinstance(Conflict(), Refused)
    assert "填写的内容仍保留" in str(Conflict())
    assert str(Conflict("“%(what)s”已被取用。", what="编号")) == "“编号”已被取用。"
