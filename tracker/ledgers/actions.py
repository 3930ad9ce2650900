"""Take a ledger in: plan it against what is known, apply it all or nothing, undo it while nothing has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy import delete, select

from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Refused, Right, may
from tracker.base.db import db
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_out import BlankColumn, write_blank, write_marked
from tracker.clearance.models import Application, ApplicationLevel
from tracker.issues import actions as issues
from tracker.issues.models import Issue
from tracker.issues.queries import supervises
from tracker.issues.workflow import Who
from tracker.ledgers import mapping, queries, sheet
from tracker.ledgers.columns import Blank
from tracker.ledgers.matching import Planner
from tracker.ledgers.models import Ledger, LedgerImport
from tracker.ledgers.models import LedgerRow as StoredRow
from tracker.ledgers.plan import ImportPlan, ledger_title
from tracker.ledgers.reading import Reading, read_ledger
from tracker.ledgers.returned import Keeper
from tracker.ledgers.taking import Applier, Told
from tracker.ledgers.vocabulary import Correction
from tracker.progress.models import Evidence, ProgressEntry
from tracker.settings.queries import demonstration

NAMED = 50  # rows named in a refusal
_QUIETLY: dict[str, Any] = {"execution_options": {"synchronize_session": False}}


def read(
    data: bytes, name: str, *, today: date, correction: Correction | None = None, by: Actor | None = None
) -> Reading:
    """What the file says, in this installation's words. Raises SheetRefused when it cannot be opened.

    ``by``: what was put right when this person's office brought the ledger last is put right again.
    """
    remembered = partial(queries.remembered, by.unit_id) if by else None
    return read_ledger(data, name, vocabulary=queries.vocabulary(correction), today=today, remembered=remembered)


def opened(data: bytes, name: str, correction: Correction | None = None, by: Actor | None = None) -> Reading:
    """``read`` today; a file that cannot be opened is Refused."""
    try:
        return read(data, name, today=clock.today(), correction=correction, by=by)
    except SheetRefused as refusal:
        raise Refused(N_("%(problem)s%(mend)s"), problem=refusal.problem, mend=refusal.mend or "") from refusal


def hand_back(
    target: str | Path | IO[bytes],
    data: bytes,
    name: str,
    actor: Actor,
    *,
    today: date,
    correction: Correction,
    title: str | None = None,
    only_wrong: bool = False,
    told: Told = lambda _done, _total: None,
) -> None:
    """Write the ledger with what is wrong in it marked, to be put right and imported again; all its rows, or only the
    wrong ones. ``told`` hears (done, of all there is to do). Raises Refused where nothing is wrong, SheetRefused when it
    cannot be opened."""
    words = queries.vocabulary(correction)
    with Keeper(words, told) as keeper:
        reading = read_ledger(data, name, vocabulary=words, today=today, watch=keeper)
        plan = plan_import(reading, actor, title=title, today=today)
        sheets = keeper.sheets([*reading.errors, *reading.asks], plan.obstacles, plan.title, only_wrong=only_wrong)
        if not sheets or not plan.stopped:
            raise Refused(N_("没有要改的行。"))
        taken_out = reading.taken_out
        del reading, plan  # what the rows said is needed no more, and there may be many
        write_marked(target, sheets, taken_out)


def forget_mapping(ledger_id: int, actor: Actor) -> None:
    """Let go of what was put right about a ledger of the actor's office. Raises Missing."""
    ledger = queries.ledger_with_id(ledger_id, actor)
    ledger.mapping = {}
    journal.record("forget", "ledger", ledger.id, **journal.by(actor))


def blank_ledger(
    target: str | Path | IO[bytes],
    actor: Actor,
    *,
    title: str = sheet.TITLE,
    columns: Sequence[Blank] = sheet.COLUMNS,
) -> None:
    """A ledger to hand out and read back: this installation's words to choose from. Raises Refused without the right."""
    if not may(actor, Right.LEDGER_IMPORT):
        raise Refused(N_("您不能导入台账，也就用不着空白台账。"))
    choices = sheet.offered(queries.vocabulary())
    write_blank(
        target,
        (title, sheet.NOTE),
        [BlankColumn(each.head, each.width, choices.get(each.field, ()), each.above) for each in columns],
        sheet.ROWS,
    )


def plan_import(
    reading: Reading,
    actor: Actor,
    *,
    title: str | None = None,
    today: date,
    decided: Mapping[str, str] | None = None,
) -> ImportPlan:
    """What taking this ledger in would do; writes nothing.

    The ledger belongs to the actor's unit; ``title`` by default what stands above its header, else its file name.
    ``decided``: an issue's number → ``plan.LEDGER`` or ``plan.LIST``, for rows that the list has changed too since they
    were taken out; under "" what holds for the others.
    """
    title = ledger_title(title or reading.title or reading.filename)
    ledger = queries.ledger_of(actor.unit_id, title)
    return Planner(reading, actor, today, decided or {}).plan(title, ledger.id if ledger else None)


@dataclass(frozen=True)
class Imported:
    import_id: int
    counts: dict[str, int]


class NotAgreed(Refused):
    """Nobody has agreed to it yet. ``consent``: the argument of ``apply_import`` that does."""

    def __init__(self, consent: str, msgid: str, **params: object) -> None:
        super().__init__(msgid, **params)
        self.consent = consent


def apply_import(
    plan: ImportPlan,
    actor: Actor,
    *,
    stream: BinaryIO,
    file_name: str,
    today: date,
    create_missing: bool = False,
    accept_new: bool = False,
    trial: bool = False,
    at: datetime | None = None,
    told: Told = lambda _done, _total: None,
) -> Imported:
    """Take the planned ledger in, whole. Raises Refused (changing nothing) while anything is open.

    ``create_missing``: make the units and people the plan proposes. ``accept_new``: rows an earlier import of the
    same ledger did not have are new issues. ``trial``: the rows may go with the demonstration; a database with made-up
    data refuses real ones (DOMAIN §3). ``told`` hears (rows done, rows).
    """
    if not trial and demonstration() is not None:
        raise NotAgreed("trial", N_("这是演示数据库，不能导入真实数据。只是试用、数据可随演示库丢弃的，请勾选“试用”。"))
    _refuse_unread(plan)
    _refuse_unconfirmed(plan, create_missing, accept_new)
    _refuse_conflicts(plan)
    stored = files.store(stream, file_name)
    taken = LedgerImport(
        sha256=stored.sha256, file_name=file_name[:200], by_id=actor.id, at=at or clock.now(), counts={}
    )
    taken.ledger = _ledger(plan)
    taken.ledger.mapping = mapping.kept(plan.reading, taken.ledger.mapping or {})
    db.session.add(taken)
    db.session.flush()
    Applier(plan, actor, taken, today).apply(told)
    taken.counts = {fate: plan.count(fate) for fate in ("changed", "same")}
    taken.counts = {"new": plan.count("new") + plan.count("unsure"), **taken.counts}
    journal.record(
        "import",
        "ledger_import",
        taken.id,
        **journal.by(actor),
        at=taken.at,
        data={"sha256": stored.sha256, "ledger": taken.ledger.id, **taken.counts},
    )
    return Imported(taken.id, taken.counts)


def _refuse_unread(plan: ImportPlan) -> None:
    """Refuse while the file has errors or questions, or a row cannot be taken over."""
    for problems, msgid in (
        (plan.reading.errors, N_("台账有 %(count)s 处错误，没有导入。第一处 %(cell)s：%(problem)s%(mend)s")),
        (plan.reading.asks, N_("台账有 %(count)s 处需要确认，没有导入。第一处 %(cell)s：%(problem)s%(mend)s")),
    ):
        if problems:
            first = problems[0]
            raise Refused(msgid, count=len(problems), cell=first.cell, problem=first.problem, mend=first.mend)
    if plan.obstacles:
        stop = plan.obstacles[0]
        raise Refused(
            N_("有 %(count)s 处不能承接，没有导入。第一处 %(cell)s：%(problem)s"),
            count=len(plan.obstacles),
            cell=stop.cell,
            problem=stop.problem,
        )
    if not plan.entries:
        raise Refused(N_("台账里没有读到问题。"))


def _refuse_unconfirmed(plan: ImportPlan, create_missing: bool, accept_new: bool) -> None:
    """Refuse what nobody has consented to: units and people to be made, rows that may be old ones changed."""
    if (plan.new_units or plan.new_people) and not create_missing:
        names = [unit.name for unit in plan.new_units] + [person.name for person in plan.new_people]
        raise NotAgreed(
            "create_missing",
            N_(
                "有 %(units)s 个单位、%(people)s 人系统里没有：%(names)s等。"
                "要按原名新建的，请勾选“新建系统里没有的单位和人员”。"
            ),
            units=len(plan.new_units),
            people=len(plan.new_people),
            names="、".join(names[:5]),
        )
    if plan.count("unsure") and not accept_new:
        row = next(entry.row for entry in plan.entries if entry.fate == "unsure")
        raise NotAgreed(
            "accept_new",
            N_(
                "有 %(count)s 行在以前的导入中没有，是新问题还是改过的老问题？第一行 %(cell)s。"
                "都是新问题的，请勾选“以前没有的行都是新问题”。"
            ),
            count=plan.count("unsure"),
            cell=f"{row.sheet}!{row.row}",
        )


def _refuse_conflicts(plan: ImportPlan) -> None:
    """Refuse while the ledger would write over what the list has learnt since, and nobody has said which holds."""
    if open_ones := [entry for entry in plan.entries if entry.undecided]:
        raise Refused(
            N_(
                "有 %(count)s 条在台账导出以后又办理过，台账也改了，没有导入：%(rows)s。"
                "请在导入页面上逐条决定以哪边为准，或重新导出后再改。"
            ),
            count=len(open_ones),
            rows="、".join(f"{entry.issue_number}（{entry.row.sheet}!{entry.row.row}）" for entry in open_ones[:NAMED]),
        )


def _ledger(plan: ImportPlan) -> Ledger:
    if plan.ledger_id is not None:
        return db.session.get_one(Ledger, plan.ledger_id)
    ledger = Ledger(unit_id=plan.unit_id, title=plan.title)
    db.session.add(ledger)
    return ledger


def undo_import(taken: LedgerImport, actor: Actor, *, today: date) -> int:
    """Take an import back: its issues go as if they had never come. Returns how many.

    Refused once anything has happened to one of its rows, or it changed rows of earlier imports. The journal keeps
    what happened, with this undoing; units and people made for it stay.
    """
    _refuse_used(taken)
    brought = queries.issues_of(taken.id)
    for issue in brought:
        if Who.SUPERVISOR not in supervises(actor, issue.region_id, issue.category_id):
            raise Refused(N_("有的问题不在您的职责范围内，不能撤销这次导入。"))
    _remove(brought)
    taken.undone_at, taken.undone_by_id = clock.now(), actor.id
    journal.record("undo", "ledger_import", taken.id, **journal.by(actor), data={"issues": len(brought)})
    return len(brought)


def _refuse_used(taken: LedgerImport) -> None:
    if taken.undone_at is not None:
        raise Refused(N_("这次导入已经撤销过了。"))
    if taken.counts.get("changed"):
        raise Refused(N_("这次导入更新了以前的问题，不能整体撤销；请用更正逐条改回。"))
    touched = queries.touched_since(taken.id)
    if touched:
        raise Refused(
            N_("有 %(count)s 条已经办理过（如 %(number)s），不能撤销导入。"), count=len(touched), number=touched[0]
        )


def _remove(brought: list[Issue]) -> None:
    ids = [issue.id for issue in brought]
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        applications = select(Application.id).where(Application.issue_id.in_(chunk))
        db.session.execute(
            delete(ApplicationLevel).where(ApplicationLevel.application_id.in_(applications)), **_QUIETLY
        )
        for table in (Application, ProgressEntry, Evidence, StoredRow):
            db.session.execute(delete(table).where(table.issue_id.in_(chunk)), **_QUIETLY)
    issues.forget(brought)
