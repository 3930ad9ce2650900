"""Use cases: report what was done, with evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal

from tracker.base import clock, journal
from tracker.base import files as storage
from tracker.base.access import Actor
from tracker.base.db import db
from tracker.base.journal import Event
from tracker.issues import workflow
from tracker.issues.actions import advance, authorise
from tracker.issues.models import Issue
from tracker.issues.queries import relations
from tracker.issues.workflow import Fact, Verb
from tracker.plans.actions import tick_measures
from tracker.progress.models import Evidence, ProgressEntry
from tracker.progress.rules import Upload, check_amount, check_quantity, file_name


def report(
    issue: Issue,
    actor: Actor,
    *,
    today: date,
    text: str,
    files: Iterable[Upload] = (),
    quantity_done: int | None = None,
    amount_done: Decimal | None = None,
    measures_done: Collection[int] = (),
    at: datetime | None = None,
) -> ProgressEntry:
    """Say what was done (报进展). ``quantity_done``, ``amount_done``: the figures reached so far; ``measures_done``: ids
    ticked off."""
    instant = at or clock.now()
    # asked before a byte is stored; ``advance`` asks again with the facts
    authorise(workflow.find(Verb.REPORT, issue.state, issue.kind), actor, relations(issue, actor))
    check_quantity(quantity_done, issue.quantity_total)
    check_amount(amount_done, issue.amount)
    reached = {"quantity_done": quantity_done, "amount_done": amount_done}
    entry = ProgressEntry(issue_id=issue.id, by_id=actor.id, at=instant, text=text.strip(), quantity_done=quantity_done)
    db.session.add(entry)
    db.session.flush()
    evidence = attach(issue, actor, files, entry=entry, at=instant)
    tick_measures(issue, measures_done, done_on=today)
    issue.progress_on = today
    advance(
        issue,
        Verb.REPORT,
        actor,
        today=today,
        at=instant,
        facts={Fact.TEXT: bool(text.strip())},
        changes={column: figure for column, figure in reached.items() if figure is not None},
        data={
            "entry": entry.id,
            **references(evidence),
            **({"measures": sorted(measures_done), "done": True} if measures_done else {}),
        },
    )
    return entry


def attach(
    issue: Issue,
    actor: Actor,
    uploads: Iterable[Upload],
    *,
    entry: ProgressEntry | None = None,
    at: datetime | None = None,
) -> list[Evidence]:
    """Store files and attach them to the issue; part of a report or an application: the caller passes the door.

    An empty file field (no name) is skipped. Raises Refused for a file of a kind or size that is not taken.
    """
    instant = at or clock.now()
    rows = []
    for upload in uploads:
        name = file_name(upload.filename)
        if not name:
            continue
        stored = storage.store(upload.stream, name)
        row = Evidence(
            issue_id=issue.id, entry=entry, sha256=stored.sha256, file=stored, name=name, by_id=actor.id, at=instant
        )
        db.session.add(row)  # at once: storing the next file flushes the entry, which knows this row already
        rows.append(row)
    db.session.flush()
    return rows


def references(evidence: Iterable[Evidence]) -> dict[str, list[str | int]]:
    """What the event keeps of the files: their ids and hashes, no names."""
    rows = list(evidence)
    if not rows:
        return {}
    return {"evidence": [row.id for row in rows], "sha256": [row.sha256 for row in rows]}


def record_download(evidence: Evidence, actor: Actor) -> Event:
    """Who took the original of a file, and which."""
    return journal.record(
        "download",
        "evidence",
        evidence.id,
        **journal.by(actor),
        data={"issue": evidence.issue_id, "sha256": evidence.sha256},
    )
