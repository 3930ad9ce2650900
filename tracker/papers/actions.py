"""Use cases: issue a paper, withdraw it, sign for it; replace a template."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import Integer, cast, literal, null, or_, select, update

from tracker.accounts.models import User
from tracker.base import clock, files, journal
from tracker.base.access import N_, Actor, Conflict, Missing, Refused, Right, keeps_rules, may
from tracker.base.db import db, upsert
from tracker.base.journal import Event
from tracker.issues.models import Issue
from tracker.messages.actions import queue
from tracker.messages.rules import Matter
from tracker.papers.models import Addressee, Paper, PaperIssue, PaperOffice, PaperSeries, PaperTemplate
from tracker.papers.queries import (
    cleared_by,
    issues_to_write,
    readers_of,
    supervises_all,
    template_of,
    values_of,
)
from tracker.papers.rendering import MOST_TEMPLATE, check, render
from tracker.papers.rules import Draft, PaperKind, check_draft, check_state, code_prefixes, symbol

_DOCX = "paper.docx"  # what ``files.store`` is told it gets


def seal_history() -> int:
    """Seal what was written up to now, so that a bulletin carries the end of the whole history."""
    return journal.seal()


def issue_paper(draft: Draft, actor: Actor, *, key: str, today: date, at: datetime | None = None) -> Paper:
    """Issue (签发): always by a person, in one transaction.

    1. every issue is this supervisor's, and in a state this paper can be about; 2. the office's code is its own; 3. the
    next number of the office's register, by one guarded statement: rolled back with the rest it leaves no gap; 4. the
    file, with the journal's head in a bulletin, stored as it is sent; 5. the rows and the events. ``key``: of the form
    it came from; sent twice, the paper that stands is the answer.
    """
    if not may(actor, Right.PAPER_ISSUE):
        raise Missing
    standing = db.session.scalar(select(Paper).where(Paper.key == key))
    if standing is not None:
        return standing
    check_draft(draft)
    issues = issues_to_write(draft.issue_ids, actor)
    for issue in issues:
        check_state(draft.kind, issue.number, issue.state)
    _check_clearance(draft, issues)
    _sign_as(draft, actor)
    number = _next_number(actor.unit_id, draft.kind, today.year)
    written = symbol(draft.code, draft.kind, today.year, number)
    head = str(journal.head()) if draft.kind is PaperKind.BULLETIN else None
    template, own = template_of(draft.kind, draft.letterhead)
    content = render(template, values_of(draft, issues, written, head, today))
    paper = Paper(
        key=key,
        kind=draft.kind,
        unit_id=actor.unit_id,
        year=today.year,
        number=number,
        symbol=written,
        title=draft.title,
        issued_on=today,
        reply_by=draft.reply_by,
        head=head,
        sha256=files.store(io.BytesIO(content), _DOCX).sha256,
        template_sha256=own,
        by_id=actor.id,
        for_id=actor.for_id,
        at=at or clock.now(),
    )
    db.session.add(paper)
    db.session.flush()
    _send(paper, draft, issues, actor)
    return paper


def _check_clearance(draft: Draft, issues: list[Issue]) -> None:
    if draft.kind is not PaperKind.CLEARANCE:
        return
    if len(issues) > 1:
        raise Refused(N_("销号审批表一个问题一份，请分别签发。"))
    if cleared_by(issues[0], draft.application_id) is None:
        raise Refused(N_("问题 %(number)s 是承接时已销号的，系统里没有审核过程，不能签发销号审批表。"),
                      number=issues[0].number)  # fmt: skip


def _sign_as(draft: Draft, actor: Actor) -> None:
    """Keep how the office signs, for the next paper. Raises Refused for a code that is another office's, or was."""
    wanted = {"code": draft.code, "letterhead": draft.letterhead, "signer": draft.signer}
    taken = select(PaperOffice.unit_id).where(PaperOffice.code == draft.code, PaperOffice.unit_id != actor.unit_id)
    used = or_(*(Paper.symbol.startswith(each, autoescape=True) for each in code_prefixes(draft.code)))
    before = select(Paper.id).where(Paper.unit_id != actor.unit_id, used).limit(1)
    if db.session.scalar(taken) is not None or db.session.scalar(before) is not None:
        raise Refused(N_("机关代字“%(code)s”是别的单位在用或用过的，请换一个，以免文号重复。"), code=draft.code)
    office = db.session.get(PaperOffice, actor.unit_id, populate_existing=True)
    former = {name: getattr(office, name) for name in wanted} if office else None
    if former == wanted:
        return
    # Two may issue an office's first paper at once: whoever comes second changes the row the first one made.
    db.session.execute(upsert(PaperOffice).values(unit_id=actor.unit_id, **wanted).on_conflict_do_nothing())
    mine = update(PaperOffice).where(PaperOffice.unit_id == actor.unit_id).values(**wanted)
    if db.session.execute(mine.returning(PaperOffice.unit_id)).first() is None:
        raise Conflict  # another office was faster with this code
    journal.record("set_paper_office", "unit", actor.unit_id, **journal.by(actor),
                   data={"before": former, "after": wanted})  # fmt: skip


def _next_number(unit_id: int, kind: PaperKind, year: int) -> int:
    """The next of this register. The row is locked until the transaction ends, so the next one waits for this one."""
    row = upsert(PaperSeries).values(unit_id=unit_id, kind=kind, year=year, last=1)
    row = row.on_conflict_do_update(index_elements=["unit_id", "kind", "year"], set_={"last": PaperSeries.last + 1})
    number = db.session.scalar(row.returning(PaperSeries.last))
    return int(number or 0)


def _send(paper: Paper, draft: Draft, issues: list[Issue], actor: Actor) -> None:
    units = tuple(dict.fromkeys(draft.unit_ids))
    db.session.add_all(Addressee(paper_id=paper.id, unit_id=unit, position=place) for place, unit in enumerate(units))
    db.session.add_all(
        PaperIssue(paper_id=paper.id, position=place, issue_id=issue.id) for place, issue in enumerate(issues)
    )
    about = {"kind": paper.kind.value, "symbol": paper.symbol}
    journal.record(
        "issue_paper",
        "paper",
        paper.id,
        **journal.by(actor),
        at=paper.at,
        data={**about, "sha256": paper.sha256, "issues": [issue.id for issue in issues], "units": list(units)},
    )
    told = {"at": paper.at, **journal.by(actor), "verb": "paper_issued", "subject": "issue"}
    journal.record_all([{**told, "subject_id": issue.id, "data": {"paper": paper.id, **about}} for issue in issues])
    db.session.flush()
    what: tuple[Any, ...] = (
        literal(f"paper:{paper.id}").label("occasion"),
        User.id.label("person_id"),
        cast(null(), Integer).label("issue_id"),
        literal(1).label("number"),
    )
    queue(select(*what).where(User.id.in_(readers_of(units))), Matter.PAPER, day=paper.issued_on, at=paper.at)


def withdraw_paper(paper: Paper, actor: Actor, *, reason: str, at: datetime | None = None) -> Event:
    """Withdraw (撤回), with a reason: the paper keeps its number and its file and says so."""
    if not supervises_all(paper, actor):
        raise Refused(N_("这份文书要由管得到其中全部问题的督查人员撤回。"))
    if not reason.strip():
        raise Refused(N_("请写明撤回的理由。"))
    instant = at or clock.now()
    done = update(Paper).where(Paper.id == paper.id, Paper.withdrawn_at.is_(None))
    done = done.values(withdrawn_at=instant, withdrawn_by_id=actor.id, withdrawn_for_id=actor.for_id,
                       withdrawn_reason=reason.strip())  # fmt: skip
    if db.session.execute(done.returning(Paper.id)).first() is None:
        raise Refused(N_("这份文书已经撤回了。"))
    return journal.record("withdraw_paper", "paper", paper.id, **journal.by(actor), at=instant, remark=reason.strip(),
                          data={"symbol": paper.symbol})  # fmt: skip


def receive_paper(paper: Paper, actor: Actor, *, at: datetime | None = None) -> Event:
    """Sign for it (签收) on behalf of one's unit: once, by whoever comes first."""
    if not may(actor, Right.PAPER_RECEIVE) or all(row.unit_id != actor.unit_id for row in paper.addressees):
        raise Missing
    if paper.withdrawn_at is not None:
        raise Refused(N_("这份文书已经撤回，不用再签收。"))
    instant = at or clock.now()
    done = (
        update(Addressee)
        .where(Addressee.paper_id == paper.id, Addressee.unit_id == actor.unit_id, Addressee.received_at.is_(None))
        .values(received_at=instant, received_by_id=actor.id, received_for_id=actor.for_id)
        .returning(Addressee.unit_id)
    )
    if db.session.execute(done).first() is None:
        raise Refused(N_("您单位已经签收过了。"))
    return journal.record("receive_paper", "paper", paper.id, **journal.by(actor), at=instant,
                          data={"symbol": paper.symbol, "unit": actor.unit_id})  # fmt: skip


def record_download(paper: Paper, actor: Actor) -> Event:
    """Who took the file."""
    return journal.record("download", "paper", paper.id, **journal.by(actor), data={"sha256": paper.sha256})


# --- templates --------------------------------------------------------------------------------------------------

_PLACES = {kind: place for place, kind in enumerate(PaperKind, start=1)}  # an event's subject needs a number


def set_template(kind: PaperKind, stream: BinaryIO, name: str, actor: Actor, *, at: datetime | None = None) -> None:
    """Replace the template of a kind, for whoever keeps the rules of the root; tried before it is kept."""
    _check_keeper(actor)
    content = stream.read(MOST_TEMPLATE + 1)
    check(content, kind)
    stored = files.store(io.BytesIO(content), name, MOST_TEMPLATE)
    row = db.session.get(PaperTemplate, kind)
    before = row.sha256 if row else None
    db.session.merge(
        PaperTemplate(kind=kind, sha256=stored.sha256, name=name[-200:], by_id=actor.id, at=at or clock.now())
    )
    _record(kind, "set_paper_template", actor, before, stored.sha256)


def remove_template(kind: PaperKind, actor: Actor) -> None:
    """Go back to the built-in template."""
    _check_keeper(actor)
    row = db.session.get(PaperTemplate, kind)
    if row is None:
        raise Refused(N_("现在用的就是内置模板。"))
    db.session.delete(row)
    _record(kind, "remove_paper_template", actor, row.sha256, None)


def _check_keeper(actor: Actor) -> None:
    if not keeps_rules(actor):
        raise Refused(N_("文书模板由最高一级、不限类别的督查人员维护。"))


def _record(kind: PaperKind, verb: str, actor: Actor, before: str | None, after: str | None) -> None:
    data: dict[str, Any] = {"kind": kind.value, "before": before, "after": after}
    journal.record(verb, "paper_template", _PLACES[kind], **journal.by(actor), data=data)
