"""Use cases: set up, change and take away a work group."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tracker.accounts.models import User
from tracker.base import journal
from tracker.base.access import N_, Actor, Conflict, Missing, Refused, Role, holds
from tracker.base.db import db
from tracker.groups.models import WorkGroup, WorkGroupMember
from tracker.groups.queries import group_of
from tracker.groups.rules import keeps_groups
from tracker.org.models import Region
from tracker.org.queries import line_above
from tracker.settings.models import Category


def set_group(
    region: Region,
    category: Category,
    actor: Actor,
    *,
    name: str,
    lead_official: User,
    lead_unit_id: int,
    member_ids: Sequence[int] = (),
    version: int | None = None,
    at: datetime | None = None,
) -> WorkGroup:
    """Set up or change the group of a category in a county or the root; issues handed out before stay as they are.

    ``version``: of the group as the page showed it, 0 where there was none. Raises Conflict when it changed since.
    """
    line = _kept_line(region, category, actor)
    if len(line) > 2:
        raise Refused(N_("专项工作组按县市区和市本级设立，“%(name)s”不是。"), name=region.name)
    if not holds(lead_official, Role.LEADER):
        raise Refused(
            N_("%(name)s没有领导岗位，不能批准整改方案。请另选一位，或请安全管理员先配置岗位。"),
            name=lead_official.name,
        )
    group = group_of(region.id, category.id)
    if version is not None and version != (group.version if group else 0):
        raise Conflict
    before = _data(group) if group else None
    if group is None:
        group = WorkGroup(region_id=region.id, category_id=category.id)
        db.session.add(group)
    group.name, group.lead_official_id, group.lead_unit_id = name.strip(), lead_official.id, lead_unit_id
    kept = {row.user_id: row for row in group.members}
    group.members = [
        kept.get(user_id) or WorkGroupMember(user_id=user_id, position=0) for user_id in dict.fromkeys(member_ids)
    ]
    for place, row in enumerate(group.members):
        row.position = place
    db.session.flush()
    after = _data(group)
    journal.record(
        "set_group",
        "work_group",
        group.id,
        **journal.by(actor),
        data={"region_id": region.id, "category_id": category.id, "before": before, "after": after},
        remark=group.name,
        at=at,
    )
    return group


def remove_group(region: Region, category: Category, actor: Actor) -> None:
    """Take it away: nothing is proposed any more, or what the region above has."""
    _kept_line(region, category, actor)
    group = group_of(region.id, category.id)
    if group is None:
        raise Missing
    data = {"region_id": region.id, "category_id": category.id, "before": _data(group), "after": None}
    journal.record("remove_group", "work_group", group.id, **journal.by(actor), data=data, remark=group.name)
    db.session.delete(group)
    db.session.flush()


def _kept_line(region: Region, category: Category, actor: Actor) -> list[int]:
    """The region's line upwards. Raises Missing where this person keeps no group."""
    line = line_above(region.id)
    if not keeps_groups(actor, line, category.id):
        raise Missing
    return line


def _data(group: WorkGroup) -> dict[str, Any]:
    """References only: names stand in the remark, which can be erased."""
    return {
        "lead_official_id": group.lead_official_id,
        "lead_unit_id": group.lead_unit_id,
        "members": [row.user_id for row in group.members],
    }
