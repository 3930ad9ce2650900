"""Who sees which findings, and that the figures of findings and issues agree."""

from __future__ import annotations

from dataclasses import astuple

import pytest
from flask import Flask

from tests.inspections.test_actions import hand_over
from tests.reconciliation.situations import WORDINGS, entered, list_for, one_of_each
from tests.world import TODAY, World, list_one
from tracker.base.access import Missing
from tracker.base.db import transaction
from tracker.inspections.actions import record_findings
from tracker.inspections.rules import Entry, Source
from tracker.issues import actions as issues
from tracker.reconciliation import actions, queries
from tracker.reconciliation.rules import ALIKE, NOT_KNOWN, By, Outcome, Wanted

ALL = Wanted()


def wordings(world: World, who: str, wanted: Wanted = ALL) -> list[str]:
    return [row.wording for row in queries.finding_page(wanted, world.people[who], None).rows]


# --- what exists for whom -------------------------------------------------------------------------------------------


def test_each_sees_what_was_handed_to_them_names_their_county_or_is_answered_by_their_issue(world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
        record_findings(
            inspection, world.root_supervisor, [Entry(None, "武冈市两个村没有卫生室。")], county_id=world.wugang.id
        )
    assert len(wordings(world, "root_supervisor")) == len(wordings(world, "city_leader")) == 6
    assert wordings(world, "supervisor") == [WORDINGS[0], WORDINGS[1], WORDINGS[2]]  # answered by issues of 新邵
    assert wordings(world, "water_supervisor") == [WORDINGS[0], WORDINGS[1]]  # of drinking water
    assert wordings(world, "stranger") == ["武冈市两个村没有卫生室。"]
    for who in ("official", "auditor", "system_admin", "nobody"):
        assert wordings(world, who) == []
        with pytest.raises(Missing):
            queries.inspection_with_id(inspection.id, world.people[who])
    assert queries.inspection_with_id(inspection.id, world.stranger) is inspection
    assert queries.is_whole(inspection, world.root_supervisor)
    assert not queries.is_whole(inspection, world.stranger)


def test_a_countys_own_hand_over_does_not_exist_elsewhere(world: World) -> None:
    with transaction():
        finding = entered(world, by="supervisor", region_id=world.xinshao.id)[0]
    assert len(wordings(world, "supervisor")) == len(wordings(world, "root_supervisor")) == 4
    assert wordings(world, "stranger") == []
    for asked in (queries.finding_row, queries.finding_with_id):
        with pytest.raises(Missing):
            asked(finding.id, world.stranger)


def test_an_issue_outside_the_scope_is_counted_but_not_named(world: World) -> None:
    with transaction():
        finding = entered(world, by="supervisor", region_id=world.xinshao.id)[0]
        list_for(finding, world, region_id=world.wugang.id)
    row = queries.finding_row(finding.id, world.supervisor)
    assert (row.answered, row.number, row.title, row.state) == (1, None, None, None)
    assert queries.differences(ALL, world.supervisor).hidden == 1
    assert queries.finding_row(finding.id, world.root_supervisor).number is not None


# --- figures --------------------------------------------------------------------------------------------------------


def test_every_finding_has_one_outcome_and_they_add_up(any_app: Flask, any_world: World) -> None:
    with transaction():
        inspection = one_of_each(any_world)
    total = queries.figures(Wanted(inspection=inspection.id), any_world.root_supervisor)
    assert (total.found, total.listed, total.merged, total.declined, total.withdrawn, total.open) == (5, 1, 2, 1, 0, 1)
    assert (total.issues, total.cleared) == (2, 0)
    of = queries.figures_of([inspection.id], any_world.root_supervisor)
    assert of[inspection.id][1:] == tuple(total)


@pytest.mark.parametrize("by", list(By))
def test_each_tables_rows_add_up_to_the_total(any_app: Flask, any_world: World, by: By) -> None:
    with transaction():
        one_of_each(any_world)
        second = entered(any_world, "又一条。", title="省考核", source=Source.PROVINCIAL_ASSESSMENT)
        list_for(second[0], any_world, region_id=any_world.wugang.id, category_id=any_world.categories[0].id)
    who = any_world.root_supervisor
    total, rows = queries.figures(ALL, who), queries.figures_by(by, ALL, who)
    for name in ("found", *(outcome.value for outcome in Outcome), "cleared"):
        assert sum(row._mapping[name] for row in rows) == total._mapping[name], name
    assert sum(row.issues for row in rows) == total.issues  # no issue answers two sources, counties or categories here
    for row in rows:
        key = {by.value: NOT_KNOWN if row.key is None else row.key}
        assert queries.figures(Wanted(**key), who).found == row.found
        page = queries.finding_page(Wanted(**key), who, None)
        assert len(page.rows) == row.found


def test_a_difference_between_findings_and_issues_is_explained(world: World) -> None:
    with transaction():
        inspection = one_of_each(world)
        another = entered(world, "沙坪村未通水。", title="省考核", source=Source.PROVINCIAL_ASSESSMENT)[0]
        issue = inspection.findings[0]
        listed = queries.issue_meant(queries.finding_row(issue.id, world.root_supervisor).number, world.root_supervisor)
        actions.merge(another, listed, world.root_supervisor, today=TODAY)
    who = world.root_supervisor
    total, why = queries.figures(ALL, who), queries.differences(ALL, who)
    assert total.listed + total.merged == total.issues + why.together
    assert (why.together, why.merged_only, why.across_sources, why.other_source) == (2, 1, 1, 2)
    rows = queries.figures_by(By.SOURCE, ALL, who)
    assert sum(row.issues for row in rows) == total.issues + why.across_sources
    assert astuple(queries.differences(Wanted(inspection=another.inspection_id), who))[:3] == (0, 1, 0)


def test_an_issue_in_another_county_or_taken_off_the_list_is_said(world: World) -> None:
    with transaction():
        inspection = hand_over(world)
        findings = record_findings(
            inspection, world.root_supervisor, [Entry(None, "甲"), Entry(None, "乙")], county_id=world.wugang.id
        )
        list_for(findings[0], world)
        gone = list_for(findings[1], world, region_id=world.wugang.id)
        issues.dismiss(gone, world.root_supervisor, today=TODAY, reason="重复", document="纪要")
    why = queries.differences(ALL, world.root_supervisor)
    assert (why.other_county, why.dismissed) == (1, 1)


def test_inspections_are_listed_newest_first_and_narrowed_to_those_left_open(world: World) -> None:
    with transaction():
        one_of_each(world)
        done = entered(world, "甲", title="都办了的", source=Source.MEDIA)
        actions.decline(done[0], world.root_supervisor, today=TODAY, reason="不属实")

    def titles(wanted: Wanted) -> list[str]:
        return [row.title for row in queries.inspection_page(wanted, world.root_supervisor, None).rows]

    assert titles(ALL) == ["都办了的", "饮水安全专项审计"]
    assert titles(Wanted(outcome=Outcome.OPEN)) == ["饮水安全专项审计"]
    assert titles(Wanted(source=Source.MEDIA)) == ["都办了的"]
    assert titles(Wanted(year=2018)) == []
    assert queries.sources_seen(world.root_supervisor) == [Source.AUDIT, Source.MEDIA]
    assert queries.years_seen(world.root_supervisor) == [2019]
    assert queries.years_seen(world.stranger) == []


def test_the_next_finding_left_open_is_found_past_the_end(world: World) -> None:
    with transaction():
        findings = entered(world)
        actions.decline(findings[1], world.root_supervisor, today=TODAY, reason="不属实")
    assert queries.next_open(findings[0].inspection_id, world.root_supervisor, after=findings[0].id) == findings[2].id
    assert queries.next_open(findings[0].inspection_id, world.root_supervisor, after=findings[3].id) == findings[0].id


# --- what may be the same problem -----------------------------------------------------------------------------------


def test_an_issue_of_nearly_the_same_words_is_proposed_and_others_are_not(any_app: Flask, any_world: World) -> None:
    with transaction():
        finding = entered(any_world, WORDINGS[0])[0]
        same = list_one(any_world, wording=WORDINGS[1])
        list_one(any_world, title="小额信贷集中使用", wording=WORDINGS[2])
    found = queries.suggestions(finding, any_world.root_supervisor)
    assert [one.number for one in found] == [same.number]
    assert found[0].alike >= ALIKE
    assert queries.suggestions(finding, any_world.stranger) == []


def test_what_cannot_answer_the_finding_is_not_proposed(world: World) -> None:
    with transaction():
        finding = entered(world, WORDINGS[0])[0]
        gone = list_one(world, wording=WORDINGS[0])
        issues.dismiss(gone, world.root_supervisor, today=TODAY, reason="重复", document="纪要")
        parent = list_one(world, wording=WORDINGS[0], region_id=world.longxipu.id)
    assert [one.number for one in queries.suggestions(finding, world.root_supervisor)] == [parent.number]
