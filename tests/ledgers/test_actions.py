"""Taking a ledger in: all or nothing, people proposed, rows recognised, states only by the verbs, undone while untouched."""

from __future__ import annotations

import io
from datetime import date

import pytest
from sqlalchemy import func, select

from tests.world import TODAY, World
from tracker.accounts.models import User
from tracker.base.access import Actor, Refused
from tracker.base.db import Base, db, transaction
from tracker.base.journal import Event
from tracker.clearance.models import Application
from tracker.inspections.rules import Source
from tracker.issues import actions as issues
from tracker.issues.models import Issue, IssueCount, OverdueEpisode
from tracker.issues.workflow import State
from tracker.ledgers import actions, queries, taking
from tracker.ledgers.models import LedgerImport
from tracker.ledgers.vocabulary import Correction
from tracker.org.models import Unit
from tracker.reconciliation.queries import figures
from tracker.reconciliation.rules import Wanted
from tracker.settings.actions import put
from tracker.settings.queries import DEMONSTRATION

HEADER = "编号,问题描述,问题来源,问题类别,县市区,牵头领导,牵头单位,责任单位,责任人,整改要求,整改时限,整改状态,整改进展"
ROWS = (
    "SX-1,龙溪铺镇饮水工程未通水,省考核,安全饮水,新邵县,黄志伟,新邵县水利局,新邵县水利局、新邵县财政局,王建国,通水,2019年6月底前,整改中,已下管",
    "SX-2,沙坪村卫生室无村医,第三方评估,村卫生室空白村,新邵县,黄志伟,新邵县卫生健康局,新邵县卫生健康局,何国华,配村医,2019-12-31,已销号,",
    "SX-3,小额信贷逾期,审计,小额贷款,新邵县,,,,,,立行立改,已交办,",
    "SX-4,信访件未办结,群众举报,涉贫信访舆情,新邵县,黄志伟,新邵县水利局,新邵县水利局,王建国,办结,2019-09-30,待验收,",
)


def ledger(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows)).encode("gb18030")


def take_in(actor: Actor, data: bytes, *, today: date = TODAY, title: str = "整改台账", **consents: bool) -> int:
    reading = actions.read(data, "台账.csv", today=today)
    with transaction():
        plan = actions.plan_import(reading, actor, title=title, today=today)
        done = actions.apply_import(plan, actor, stream=io.BytesIO(data), file_name="台账.csv", today=today, **consents)
    return done.import_id


def issue(number: str) -> Issue:
    return db.session.scalars(select(Issue).where(Issue.number == number)).one()


@pytest.fixture
def taken(world: World) -> int:
    return take_in(world.supervisor, ledger(*ROWS), create_missing=True)


def test_rows_enter_by_take_over_in_the_state_the_ledger_says(taken: int) -> None:
    states = {i.number: i.state for i in db.session.scalars(select(Issue))}
    assert states == {"SX-1": State.RECTIFYING, "SX-2": State.CLEARED, "SX-3": State.ASSIGNED, "SX-4": State.REVIEWING}
    assert all(i.taken_over for i in db.session.scalars(select(Issue)))
    assert {e.verb for e in db.session.scalars(select(Event).where(Event.subject == "issue"))} == {"take_over"}


def test_a_taken_over_clearance_is_declared_not_proven(taken: int) -> None:
    assert not issue("SX-2").proven


def test_a_taken_over_reviewing_row_waits_at_level_one_with_standards_unanswered(taken: int) -> None:
    application = db.session.scalars(select(Application)).one()
    assert (application.issue_id, application.level, application.answers) == (issue("SX-4").id, 1, [])


def test_a_late_row_is_overdue_from_its_deadline(taken: int) -> None:
    episode = db.session.scalars(select(OverdueEpisode)).one()
    assert (episode.issue_id, episode.starts_on) == (issue("SX-1").id, date(2019, 7, 1))


def test_an_immediate_row_without_a_date_gets_a_proposed_deadline(taken: int) -> None:
    assert issue("SX-3").deadline_proposed
    assert issue("SX-3").deadline is not None


def test_a_row_may_lack_its_duty_chain(taken: int) -> None:
    assert not issue("SX-3").duty_chain_complete
    assert issue("SX-1").duty_chain_complete


def test_known_people_and_units_are_found_not_made_again(taken: int, world: World) -> None:
    assert issue("SX-1").lead_official_id == world.leader.id
    assert issue("SX-1").first_unit.id == world.water.id
    assert db.session.scalar(select(func.count()).select_from(Unit).where(Unit.name == "新邵县水利局")) == 1


def test_unknown_people_and_units_are_made_only_on_confirmation(world: World) -> None:
    with pytest.raises(Refused, match="系统里没有"):
        take_in(world.supervisor, ledger(*ROWS))
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0
    take_in(world.supervisor, ledger(*ROWS), create_missing=True)
    made = db.session.scalars(select(User).where(User.name == "何国华")).one()
    assert (made.account, made.unit.name, made.unit.region.name) == (None, "新邵县卫生健康局", "新邵县")


def test_one_bad_cell_refuses_the_whole_ledger(world: World) -> None:
    with pytest.raises(Refused, match=r"L3|K3"):
        take_in(world.supervisor, ledger(ROWS[0], ROWS[1].replace("2019-12-31", "2019-02-30")), create_missing=True)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0
    assert db.session.scalar(select(func.count()).select_from(LedgerImport)) == 0


def test_a_supervisor_takes_over_only_what_they_cover(world: World) -> None:
    with pytest.raises(Refused, match="职责范围"):
        take_in(world.stranger, ledger(*ROWS), create_missing=True)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0


def test_the_same_ledger_again_changes_nothing(taken: int, world: World) -> None:
    take_in(world.supervisor, ledger(*ROWS))
    counts = db.session.scalars(select(LedgerImport).order_by(LedgerImport.id.desc())).first().counts
    assert counts == {"new": 0, "changed": 0, "same": 4}
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 4


def test_a_changed_row_is_corrected_and_a_changed_state_is_not(taken: int, world: World) -> None:
    changed = ROWS[0].replace("通水,2019年6月", "全村通水,2019年6月").replace("整改中,已下管", "已销号,已下管")
    plan = actions.plan_import(
        actions.read(ledger(changed), "台账.csv", today=TODAY), world.supervisor, title="整改台账", today=TODAY
    )
    differences = {d.column: d.applies for d in plan.entries[0].differences}
    assert differences == {"requirement": True, "state": False}
    take_in(world.supervisor, ledger(changed))
    assert issue("SX-1").requirement == "全村通水"
    assert issue("SX-1").state is State.RECTIFYING


def test_a_later_deadline_in_the_ledger_is_no_extension(taken: int, world: World) -> None:
    take_in(world.supervisor, ledger(ROWS[0].replace("2019年6月底前", "2019年12月底前")))
    assert issue("SX-1").deadline == date(2019, 6, 30)


def test_what_may_not_be_brought_in_changes_nothing_and_is_counted_so(taken: int, world: World) -> None:
    later = ledger(ROWS[0].replace("2019年6月底前", "2019年12月底前"), *ROWS[1:])
    reading = actions.read(later, "台账.csv", today=TODAY)
    plan = actions.plan_import(reading, world.supervisor, title="整改台账", today=TODAY)
    assert [(entry.fate, entry.left) for entry in plan.entries] == [("same", True), *[("same", False)] * 3]
    second = take_in(world.supervisor, later)
    assert db.session.get_one(LedgerImport, second).counts == {"new": 0, "changed": 0, "same": 4}


def test_a_title_put_right_on_the_list_is_shown_beside_the_wording_the_ledger_would_change(
    taken: int, world: World
) -> None:
    with transaction():
        put_right = {"title": "龙溪铺镇饮水（已核实）"}
        issues.correct(issue("SX-1"), world.supervisor, today=TODAY, reason="核实", changes=put_right)
    changed = ledger(ROWS[0].replace("饮水工程未通水", "饮水工程仍未通水"))
    reading = actions.read(changed, "台账.csv", today=TODAY)
    plan = actions.plan_import(reading, world.supervisor, title="整改台账", today=TODAY)
    (words,) = (each for each in plan.entries[0].differences if each.column == "wording")
    assert words.before == "龙溪铺镇饮水（已核实）（原文：龙溪铺镇饮水工程未通水）"


def test_a_row_not_recognised_is_asked_about(taken: int, world: World) -> None:
    new = ROWS[0].replace("SX-1", "SX-9").replace("饮水工程未通水", "水厂未验收")
    with pytest.raises(Refused, match="新问题还是"):
        take_in(world.supervisor, ledger(*ROWS, new))
    take_in(world.supervisor, ledger(*ROWS, new), accept_new=True)
    assert issue("SX-9").state is State.RECTIFYING


def test_an_import_is_undone_whole_while_nothing_has_happened(taken: int, world: World) -> None:
    with transaction():
        actions.undo_import(queries.import_seen_by(taken, world.supervisor), world.supervisor, today=TODAY)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0
    assert db.session.scalar(select(func.sum(IssueCount.number))) == 0
    before = set(db.session.scalars(select(Event.subject_id).where(Event.subject == "issue")))
    take_in(world.supervisor, ledger(*ROWS))
    # an issue taken in again has an id, and so a history, of its own
    assert before.isdisjoint(db.session.scalars(select(Issue.id)))


def test_rows_that_name_their_inspection_are_findings_of_it_and_reconcile(taken: int, world: World) -> None:
    total = figures(Wanted(), world.supervisor)
    assert (total.found, total.listed, total.issues, total.open) == (4, 4, 4, 0)
    finding = issue("SX-1").findings[0]
    assert finding.inspection.region_id == world.xinshao.id
    assert finding.inspection.title == issue("SX-1").source_note


def test_findings_of_an_import_undone_stand_withdrawn_and_the_next_import_takes_them_up(
    taken: int, world: World
) -> None:
    with transaction():
        actions.undo_import(queries.import_seen_by(taken, world.supervisor), world.supervisor, today=TODAY)
    total = figures(Wanted(), world.supervisor)
    assert (total.found, total.withdrawn, total.issues) == (4, 4, 0)
    take_in(world.supervisor, ledger(*ROWS))
    total = figures(Wanted(), world.supervisor)
    assert (total.found, total.listed, total.withdrawn) == (4, 4, 0)


def test_an_import_somebody_worked_on_is_not_undone(taken: int, world: World) -> None:
    with transaction():
        issues.correct(issue("SX-1"), world.supervisor, today=TODAY, reason="写错了", changes={"title": "改过的题目"})
    with pytest.raises(Refused, match="已经办理过"), transaction():
        actions.undo_import(queries.import_seen_by(taken, world.supervisor), world.supervisor, today=TODAY)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 4


def test_a_number_already_in_the_list_is_kept_beside(taken: int, world: World) -> None:
    take_in(world.supervisor, ledger(ROWS[0].replace("饮水工程未通水", "另一本台账的问题")), title="另一本台账")
    other = db.session.scalars(select(Issue).where(Issue.ledger_number == "SX-1")).one()
    assert other.number.startswith("2019-")


def test_one_name_is_one_lead_official_throughout_a_ledger(world: World) -> None:
    other = (
        ROWS[1]
        .replace("SX-2", "SX-5")
        .replace("沙坪村卫生室", "高桥镇卫生室")
        .replace("新邵县,黄志伟", "武冈市,何志远")
    )
    third = ROWS[1].replace("SX-2", "SX-6").replace("沙坪村卫生室", "石门村卫生室").replace("黄志伟", "何志远")
    take_in(world.root_supervisor, ledger(other, third), create_missing=True)
    assert issue("SX-5").lead_official_id == issue("SX-6").lead_official_id
    take_in(world.root_supervisor, ledger(other, third))
    assert db.session.scalar(select(func.count()).select_from(User).where(User.name == "何志远")) == 1


def test_how_many_rows_are_written_together_changes_nothing(any_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings of one inspection over several batches, the same finding twice, rows under review."""
    rows = [
        (
            f"SX-{n},{'饮水工程未通水' if n % 3 else '小额信贷逾期'}第{n % 7}处,{('审计', '省考核')[n % 2]},安全饮水,新邵县,黄志伟,新邵县水利局,"
            f"新邵县水利局、新邵县财政局,王建国,通水,{('2019年6月底前', '立行立改', '2019-12-31')[n % 3]},"
            f"{('整改中', '待验收', '已销号', '已交办')[n % 4]},{'已下管' if n % 2 else ''}"
        )
        for n in range(1, 23)
    ]
    found = []
    for batch in (1, 4, 100):
        monkeypatch.setattr(taking, "BATCH", batch)
        taken = take_in(any_world.supervisor, ledger(*rows), create_missing=True)
        found.append(_kept(taken))
        with transaction():
            actions.undo_import(queries.import_seen_by(taken, any_world.supervisor), any_world.supervisor, today=TODAY)
    assert len(found[0]) > 5 * len(rows)
    assert found[0] == found[1] == found[2]


def _kept(taken: int) -> list[tuple[object, ...]]:
    """What an import left of every row, by the issue's number: ids and instants differ from one import to the next."""
    kept: list[tuple[object, ...]] = []
    names = dict(db.session.execute(select(Issue.id, Issue.number)).all())
    for table in ("issue", "issue_unit", "issue_text", "overdue_episode", "ledger_row", "evidence", "progress_entry",
                  "finding_answer", "application", "event"):  # fmt: skip
        columns = Base.metadata.tables[table].c
        of = columns[{"issue": "id", "event": "subject_id"}.get(table, "issue_id")]
        said = [c for c in columns if not c.primary_key and c is not of and c.name not in _OWN]
        query = select(of, *said).where(of.in_(names))
        if table == "event":
            query = query.where(columns.subject == "issue")
        for issue_id, *rest in db.session.execute(query):
            data = [
                {k: v for k, v in cell.items() if k != "import"} if isinstance(cell, dict) else cell for cell in rest
            ]
            kept.append((table, names[issue_id], *map(str, data)))
    return sorted(kept, key=str)


_OWN = {"at", "updated_at", "recorded_at", "import_id", "mark", "finding_id"}


class _Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def test_an_import_stopped_on_the_way_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "BATCH", 2)
    data, heard = ledger(*ROWS), []

    def told(done: int, total: int) -> None:
        heard.append((done, total))
        raise _Stopped

    reading = actions.read(data, "台账.csv", today=TODAY)
    with pytest.raises(_Stopped), transaction():
        plan = actions.plan_import(reading, world.supervisor, title="整改台账", today=TODAY)
        actions.apply_import(
            plan,
            world.supervisor,
            stream=io.BytesIO(data),
            file_name="台账.csv",
            today=TODAY,
            create_missing=True,
            told=told,
        )
    assert heard == [(2, 4)]
    for table in (Issue, LedgerImport, IssueCount, Event):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_a_database_with_demonstration_data_refuses_real_ledgers(world: World) -> None:
    with transaction():
        put(DEMONSTRATION, {"password": "x"})
    with pytest.raises(Refused, match="演示数据库"):
        take_in(world.supervisor, ledger(*ROWS), create_missing=True)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 0
    take_in(world.supervisor, ledger(*ROWS), create_missing=True, trial=True)
    assert db.session.scalar(select(func.count()).select_from(Issue)) == len(ROWS)


WIDE_HEADER = "编号,问题描述,问题来源,来源文件及条款,问题类别,县市区,牵头领导,牵头单位,责任单位,责任人,专班,整改时限,完成时间,整改状态,量化单位"
WIDE_ROW = {
    "编号": "SX-9",
    "问题描述": "龙溪铺镇饮水工程未通水",
    "问题来源": "省考核",
    "来源文件及条款": "反馈意见第3条",
    "问题类别": "安全饮水",
    "县市区": "新邵县",
    "牵头领导": "黄志伟",
    "牵头单位": "新邵县水利局",
    "责任单位": "新邵县水利局",
    "整改时限": "2019年9月底前",
    "整改状态": "整改中",
}


def wide(**cells: str) -> bytes:
    row = WIDE_ROW | cells
    return "\n".join((WIDE_HEADER, ",".join(row.get(head, "") for head in WIDE_HEADER.split(",")))).encode()


@pytest.mark.parametrize(
    ("head", "text"),
    [
        ("编号", "SX-" + "9" * 100),
        ("专班", "饮水安全专班" * 30),
        ("牵头单位", "新邵县" + "水利" * 80 + "局"),
        ("责任单位", "新邵县" + "水利" * 80 + "局"),
        ("责任人", "赵小平（" + "副" * 80 + "局长）"),
    ],
)
def test_a_name_longer_than_its_field_is_told_and_not_cut(any_world: World, head: str, text: str) -> None:
    reading = actions.read(wide(**{head: text}), "台账.csv", today=TODAY)
    assert {problem.code for problem in reading.errors} == {"too_long"}
    with pytest.raises(Refused):
        take_in(any_world.supervisor, wide(**{head: text}), create_missing=True)


def test_a_phrase_longer_than_its_field_stays_whole_with_the_problem(any_world: World) -> None:
    cells = {
        "来源文件及条款": "关于饮水安全的反馈意见" * 8,
        "整改时限": "2019年9月底前完成" + "主体工程" * 60 + "；2019年12月底前完成竣工验收",
        "量化单位": "未通水的自然村和安置点" * 3,
    }
    take_in(any_world.supervisor, wide(**cells), create_missing=True)
    whole = issue("SX-9").wording
    assert [text for text in cells.values() if text not in whole] == []
    reading = actions.read(wide(**cells), "台账.csv", today=TODAY)
    with transaction():
        plan = actions.plan_import(reading, any_world.supervisor, title="整改台账", today=TODAY)
    assert [entry.fate for entry in plan.entries] == ["same"]


def test_who_found_it_and_the_clause_stay_where_the_source_is_none_of_ours(world: World) -> None:
    words = {"source": {"县委组织部座谈会": "其他"}}
    data = wide(问题来源="县委组织部座谈会", 来源文件及条款="纪要第3条")
    reading = actions.opened(data, "台账.csv", Correction(words=words))
    with transaction():
        plan = actions.plan_import(reading, world.supervisor, title="整改台账", today=TODAY)
        actions.apply_import(plan, world.supervisor, stream=io.BytesIO(data), file_name="台账.csv", today=TODAY)
    assert (issue("SX-9").source, issue("SX-9").source_note) == (Source.OTHER, "县委组织部座谈会 纪要第3条")


def test_a_day_of_completion_stays_with_a_problem_that_is_not_struck_off(world: World) -> None:
    take_in(world.supervisor, wide(完成时间="2019-06-28"), create_missing=True)
    assert issue("SX-9").wording.splitlines()[1:] == ["完成时间：2019-06-28"]


def test_a_soft_word_is_not_said_twice(world: World) -> None:
    take_in(world.supervisor, wide(整改时限="原则上2019年9月底前"), create_missing=True)
    assert issue("SX-9").deadline_written == "原则上2019年9月底前"
