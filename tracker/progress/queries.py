"""Questions about reports and evidence, asked for an issue already found through its scope (or finding it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import joinedload, selectinload

from tracker.base import clock, photos
from tracker.base.access import Actor, Missing, Role, holds
from tracker.base.db import db
from tracker.base.files import StoredFile
from tracker.issues.models import Issue
from tracker.issues.queries import visible_to
from tracker.org.models import Region, RegionBelow
from tracker.org.rules import Level
from tracker.progress.models import Evidence, ProgressEntry
from tracker.progress.rules import Concern, place_concerns, time_concerns, used_elsewhere


def entries_of(issue_id: int, limit: int | None = None) -> list[ProgressEntry]:
    """Reports with who made them and their evidence, newest first; two queries."""
    return list(
        db.session.scalars(
            select(ProgressEntry)
            .where(ProgressEntry.issue_id == issue_id)
            .order_by(ProgressEntry.id.desc())
            .limit(limit)
            .options(joinedload(ProgressEntry.by), selectinload(ProgressEntry.evidence))
        )
    )


def evidence_of(issue_id: int) -> list[Evidence]:
    """Every file attached to the issue that still stands, with who brought it, newest first."""
    return list(
        db.session.scalars(
            select(Evidence)
            .where(Evidence.issue_id == issue_id, Evidence.withdrawn_at.is_(None))
            .order_by(Evidence.id.desc())
            .options(joinedload(Evidence.by))
        )
    )


def evidence_numbered(number: str, evidence_id: int, actor: Actor) -> Evidence:
    """One file of one issue that still stands, its right checked in the same query. Raises Missing when it is not
    there for them."""
    found = db.session.scalar(
        select(Evidence)
        .join(Issue, Issue.id == Evidence.issue_id)
        .where(Evidence.id == evidence_id, Issue.number == number, Evidence.withdrawn_at.is_(None), visible_to(actor))
    )
    if found is None:
        raise Missing
    return found


def texts_of(issue_ids: Sequence[int]) -> dict[int, set[str]]:
    """What has been reported on each of some hundred issues, for telling whether a ledger's progress is new."""
    found: dict[int, set[str]] = {issue_id: set() for issue_id in issue_ids}
    reported = select(ProgressEntry.issue_id, ProgressEntry.text).where(ProgressEntry.issue_id.in_(issue_ids))
    for issue_id, text in db.session.execute(reported):
        found[issue_id].add(text)
    return found


# --- what is odd about photos ------------------------------------------------------------------------------------

_MOST_TOLD = 3  # other issues named for one photo


def concerns_of(issue: Issue, evidence: Iterable[Evidence], actor: Actor) -> dict[int, list[Concern]]:
    """Evidence id -> what is odd about it: its time, its place, the same picture elsewhere. No photo: no query."""
    pictures = {each.id: each for each in evidence if each.file.is_picture and not each.is_withdrawn}
    if not pictures:
        return {}
    elsewhere = _elsewhere(issue, {each.sha256: each.file.look for each in pictures.values()}, actor)
    region = _located(issue.region_id) if any(each.file.latitude is not None for each in pictures.values()) else None
    found = {
        key: [
            *time_concerns(_day(each.file.taken_at), issue.listed_on, clock.local(each.at).date()),
            *(place_concerns(_place(each.file), _place(region), region.level, region.name) if region else ()),
            *elsewhere.get(each.sha256, ())[:_MOST_TOLD],
        ]
        for key, each in pictures.items()
    }
    return {key: concerns for key, concerns in found.items() if concerns}


def _day(instant: datetime | None) -> date | None:
    return clock.local(instant).date() if instant else None


def _place(row: Any) -> tuple[float, float] | None:
    return None if row.longitude is None or row.latitude is None else (row.longitude, row.latitude)


def _located(region_id: int) -> Row[str, Level, float | None, float | None] | None:
    """The region itself, or the nearest above it, whose middle is known."""
    return db.session.execute(
        select(Region.name, Region.level, Region.longitude, Region.latitude)
        .join(RegionBelow, RegionBelow.ancestor_id == Region.id)
        .where(RegionBelow.region_id == region_id, Region.latitude.is_not(None))
        .order_by(RegionBelow.depth)
        .limit(1)
    ).first()


def _elsewhere(issue: Issue, looks: dict[str, str | None], actor: Actor) -> dict[str, list[Concern]]:
    """Hash -> the other issues with this picture or nearly this one; the very same one first."""
    near = alike(looks)
    rows = db.session.execute(
        select(Evidence.sha256, Evidence.issue_id, Issue.number, visible_to(actor).label("seen"))
        .join(Issue, Issue.id == Evidence.issue_id)
        .where(
            Evidence.sha256.in_({other for others in near.values() for other in others}), Evidence.issue_id != issue.id
        )
        .order_by(Evidence.issue_id)
    ).all()
    told, found = holds(actor, Role.SUPERVISOR), {}
    for digest, others in near.items():
        exact = {row.issue_id for row in rows if row.sha256 == digest}
        hits = {row.issue_id: row for row in rows if row.sha256 in others}
        order = sorted(hits, key=lambda key: (key not in exact, key))
        concerns = [
            used_elsewhere(key in exact, hits[key].number if told and hits[key].seen else None) for key in order
        ]
        found[digest] = [each for place, each in enumerate(concerns) if each not in concerns[:place]]
    return found


def alike(looks: dict[str, str | None]) -> dict[str, set[str]]:
    """Hash -> hashes of the files that are this picture or nearly look like it, itself included.

    Whatever shares a band is measured here, all of it: a limit would miss some, and SQLite cannot count bits.
    """
    known = {digest: look for digest, look in looks.items() if look}
    if not known:
        return {digest: {digest} for digest in looks}
    parts = zip(*(photos.bands(look) for look in known.values()), strict=True)
    columns = (StoredFile.band1, StoredFile.band2, StoredFile.band3, StoredFile.band4)
    shared = [column.in_(set(values)) for column, values in zip(columns, parts, strict=True)]
    rows = db.session.execute(select(StoredFile.sha256, StoredFile.look).where(or_(*shared))).all()
    return {
        digest: {digest, *(row.sha256 for row in rows if look and photos.distance(look, row.look) <= photos.NEAR)}
        for digest, look in looks.items()
    }
