"""Field by field, what a ledger says otherwise than the list, and what of it an import may bring in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracker.base.access import N_, Actor
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues import workflow
from tracker.issues.queries import is_handler
from tracker.issues.workflow import KIND_NAMES, STATE_NAMES, Kind, State, Verb
from tracker.ledgers.columns import COMBINED
from tracker.ledgers.plan import (
    LABELS,
    Chain,
    Difference,
    Entry,
    deadline_text,
    quantity_unit_of,
    requirement_of,
    wording_of,
)
from tracker.ledgers.rows import LedgerRow
from tracker.ledgers.standing import Standing
from tracker.ledgers.vocabulary import plain


def differences(issue: Standing, entry: Entry, actor: Actor) -> list[Difference]:
    """Field by field, what the ledger says otherwise than the list; an empty cell says nothing."""
    row = entry.row
    found = [
        Difference(LABELS[column], str(before or ""), str(after), column, after)
        for column, before, after in (
            ("wording", _words_of(issue), wording_of(row)),
            ("requirement", issue.requirement, requirement_of(row)),
            ("amount", issue.amount, row.amount),
            ("amount_done", issue.amount_done, row.amount_done),
            ("quantity_unit", issue.quantity_unit, quantity_unit_of(row)),
            ("quantity_total", issue.quantity_total, row.quantity_total),
            ("quantity_done", issue.quantity_done, row.quantity_done),
        )
        if after and after != before and not _says_the_same(column, str(after), issue)
    ]
    if entry.category_id != issue.category_id:
        found.append(
            Difference(LABELS["category_id"], issue.category, str(row.category), "category_id", entry.category_id)
        )
    if entry.region_id not in (issue.region_id, issue.county_id):
        found.append(
            Difference(LABELS["region_id"], issue.region, row.region or str(row.county), "region_id", entry.region_id)
        )
    found += _source_difference(issue, row) + _duty_differences(issue, entry)
    if not _correctable(issue):
        found = [replace(d, applies=False, why=N_("审核中或已退出清单，内容已锁定。")) for d in found]
    return (
        found
        + _deadline_difference(issue, row)
        + _kind_difference(issue, row)
        + _state_difference(issue, row)
        + _progress(issue, row, actor)
    )


def _words_of(issue: Standing) -> str:
    """The wording, and the title beside it where it says something else: a ledger that changes one changes both."""
    wording = issue.wording or issue.title
    return wording if plain(issue.title) in plain(wording) else f"{issue.title}（原文：{wording}）"


def _says_the_same(column: str, after: str, issue: Standing) -> bool:
    """White space is no difference, nor is a ledger that has the short title where the list has the whole wording."""
    known = {"wording": (issue.wording, issue.title), "requirement": (issue.requirement,)}.get(column, ())
    return plain(after) in {plain(text) for text in known}


def _correctable(issue: Standing) -> bool:
    return any(row.verb is Verb.CORRECT and issue.state in (row.states or ()) for row in workflow.TABLE)


def _source_difference(issue: Standing, row: LedgerRow) -> list[Difference]:
    if "source" not in row.cells or not row.source or row.source == issue.source.value:
        return []
    before, after = SOURCE_NAMES[issue.source], SOURCE_NAMES[Source(row.source)]
    return [Difference(LABELS["source"], before, after, "source", Source(row.source))]


_UNITS = frozenset({"responsible_units", "assisting_units", COMBINED})  # fields that tell more than who leads


def _duty_differences(issue: Standing, entry: Entry) -> list[Difference]:
    """Part by part; whichever differs, the whole chain is handed over at once."""
    row, chain = entry.row, merged(issue, entry)
    units = tuple(each.unit_id for each in issue.units)
    parts = (
        ("lead_official", issue.lead_official_id, chain.lead_official, issue.lead_official, row.lead_official),
        ("lead_unit", issue.lead_unit_id, chain.lead_unit, issue.lead_unit, row.lead_unit),
        (
            "units",
            units,
            chain.units,
            "、".join(each.name for each in issue.units),
            "、".join(row.responsible_units),
        ),
        (
            "responsible_person",
            issue.responsible_person_id,
            chain.responsible_person,
            issue.responsible_person,
            row.responsible_person,
        ),
        ("task_force", issue.task_force, chain.task_force, issue.task_force, row.task_force),
    )
    return [
        Difference(LABELS[part], said or "", written or "", "duty", chain)
        for part, before, after, said, written in parts
        if before != after
    ]


def merged(issue: Standing, entry: Entry) -> Chain:
    """The ledger's duty chain with what it leaves empty kept from the issue. One that knows only who leads says nothing of
    the other units, as long as the same one leads."""
    chain = entry.chain
    told = _UNITS & set(entry.row.cells) or chain.lead_unit != issue.lead_unit_id
    return Chain(
        chain.lead_official or issue.lead_official_id,
        chain.lead_unit or issue.lead_unit_id,
        (told and chain.units) or tuple(row.unit_id for row in issue.units),
        chain.responsible_person or issue.responsible_person_id,
        chain.task_force or issue.task_force,
    )


def _deadline_difference(issue: Standing, row: LedgerRow) -> list[Difference]:
    if row.deadline is None or row.deadline == issue.deadline:
        return []
    later = issue.deadline is not None and row.deadline > issue.deadline
    return [
        Difference(
            LABELS["deadline"],
            deadline_text(issue.deadline, None),
            deadline_text(row.deadline, row.deadline_written),
            "deadline",
            row.deadline,
            applies=not later and _correctable(issue),
            why=N_("改晚时限须走延期申请。") if later else "",
        )
    ]


def _kind_difference(issue: Standing, row: LedgerRow) -> list[Difference]:
    if "kind" not in row.cells or row.kind == issue.kind.value:
        return []
    return [
        Difference(
            LABELS["kind"],
            KIND_NAMES[issue.kind],
            KIND_NAMES[Kind(row.kind)],
            "kind",
            row.kind,
            applies=False,
            why=N_("整改类型连着时限和检视日期，请在问题页面上更正。"),
        )
    ]


def _state_difference(issue: Standing, row: LedgerRow) -> list[Difference]:
    if row.state is None or row.state == issue.state.value:
        return []
    return [
        Difference(
            LABELS["state"],
            STATE_NAMES[issue.state],
            STATE_NAMES[State(row.state)],
            "state",
            row.state,
            applies=False,
            why=N_("状态只能按流程由有权的人办理，不能由台账改写。"),
        )
    ]


def _progress(issue: Standing, row: LedgerRow, actor: Actor) -> list[Difference]:
    if not row.progress or plain(row.progress) in {plain(text) for text in issue.reported}:
        return []
    chain: Any = issue  # of the duty chain it has all that an issue has
    may_report = is_handler(chain, actor) and issue.state in workflow.WORKING
    return [
        Difference(
            LABELS["progress"],
            "",
            row.progress,
            "progress",
            row.progress,
            applies=may_report,
            why="" if may_report else N_("进展由承办单位填报。"),
        )
    ]
