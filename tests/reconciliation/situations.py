"""A hand-over with one finding of each fate, and hands to make more."""

from __future__ import annotations

from typing import Any

from tests.inspections.test_actions import hand_over
from tests.world import TODAY, World, list_one
from tracker.inspections.actions import record_findings
from tracker.inspections.models import Finding, Inspection
from tracker.inspections.rules import Entry
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.reconciliation import actions

WORDINGS = (
    "新邵县龙溪铺镇沙坪村饮水安全巩固提升工程2018年5月完工，至今仍未通水，41户163人饮水靠肩挑背驮。",
    "龙溪铺镇沙坪村饮水安全工程完工一年仍未通水，群众饮水靠肩挑背驮。",
    "武冈市部分小额信贷资金被企业集中使用，贫困户没有得到分红。",
    "个别乡镇档案资料装订不规范。",
)


def entered(world: World, *wordings: str, by: str = "root_supervisor", **overrides: Any) -> list[Finding]:
    """Findings of the city's audit, open (inside a transaction)."""
    who = world.people[by]
    inspection = hand_over(world, by=who, **overrides)
    return record_findings(
        inspection, who, [Entry(f"第 {n} 条", said) for n, said in enumerate(wordings or WORDINGS, 1)]
    )


def list_for(finding: Finding, world: World, **overrides: Any) -> Issue:
    values: dict[str, Any] = {
        "today": TODAY,
        "title": "沙坪村饮水工程完工一年未通水",
        "category_id": world.categories[2].id,
        "region_id": world.shaping.id,
        "kind": Kind.TIME_LIMITED,
    }
    by = overrides.pop("by", world.root_supervisor)
    return actions.list_finding(finding, by, **(values | overrides))


def one_of_each(world: World) -> Inspection:
    """First listed, second merged into the same issue, third into one that stood, fourth declined, a fifth open."""
    findings = entered(world, *WORDINGS, "城步县两个村没有卫生室。")
    issue = list_for(findings[0], world)
    actions.merge(findings[1], issue, world.root_supervisor, today=TODAY, reason="同一工程")
    stood = list_one(world, region_id=world.shaping.id, category_id=world.categories[4].id)
    actions.merge(findings[2], stood, world.root_supervisor, today=TODAY)
    actions.decline(findings[3], world.root_supervisor, today=TODAY, reason="已当场改正。")
    return findings[0].inspection
