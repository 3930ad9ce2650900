"""The append-only history: who did what, when, to what. Every action records its event in its own transaction.

Each event carries a mark, a keyed digest of what it says, made as it is written; the marks are sealed in order into a
chain of keyed digests. Triggers refuse UPDATE and DELETE, for slips; whoever gets round them still cannot forge a mark
without the key, and whoever has the key still cannot make the chain end in a head that was published before.
The chain follows Schneier & Kelsey, Secure audit logs to support computer forensics (1999), without their evolving key.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypedDict

from flask import current_app, has_request_context, request
from sqlalchemy import JSON, ForeignKey, Index, Row, Select, String, Text, insert, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.base import clock
from tracker.base.access import N_, Actor, Refused
from tracker.base.db import Base, Instant, add_rows, db

CHUNK = 5_000
LATE = 20_000  # how far behind the newest sealed id an event may still be committed
START = "0" * 64  # what the first link is chained to


class Remark(Base):
    """Free text said with an event (a reason, an opinion). Apart from the event, because it may have to be erased."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class Event(Base):
    """One entry; never updated, never deleted. ``data`` holds references, codes and dates, no personal data."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None]  # None: the system itself ("console", a job)
    for_id: Mapped[int | None]  # "B for A": the person acted for
    verb: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    remark_id: Mapped[int | None] = mapped_column(ForeignKey("remark.id"))
    address: Mapped[str | None] = mapped_column(String(60))  # where the request came from; None: a job, a command
    remark_mark: Mapped[str | None] = mapped_column(String(64))  # of the remark's text; outlives its erasure
    mark: Mapped[str | None] = mapped_column(String(81))  # "nonce.digest"; None: older than marks are

    remark: Mapped[Remark | None] = relationship(lazy="joined")

    __table_args__ = (
        Index("ix_event_subject", "subject", "subject_id", "id"),  # an issue's timeline
        Index("uq_event_mark", "mark", unique=True),  # a copied row is refused
        Index("ix_event_actor", "actor_id", "id"),  # the auditor asks what somebody did
        Index("ix_event_at", "at"),
    )


class SealLink(Base):
    """One link of the chain: the event at this place, and the digest of everything up to it."""

    __tablename__ = "seal_link"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(unique=True)  # no foreign key: that an event is gone must stay to be seen
    digest: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(Instant)


# --- writing --------------------------------------------------------------------------------------------------


class Hand(TypedDict):
    actor_id: int | None
    for_id: int | None


def by(actor: Actor | None) -> Hand:
    """Whose act it is, to be recorded: ``journal.record(…, **by(actor))`` never forgets whom a stand-in acts for."""
    return {"actor_id": actor.id, "for_id": actor.for_id} if actor else {"actor_id": None, "for_id": None}


def record(
    verb: str,
    subject: str,
    subject_id: int,
    *,
    actor_id: int | None,
    for_id: int | None = None,
    data: dict[str, Any] | None = None,
    remark: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Append one event to the running transaction and return it."""
    entry = Event(
        at=at or clock.now(),
        actor_id=actor_id,
        for_id=for_id,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        data=data or {},
        address=_address(),
        remark=Remark(text=remark) if remark else None,
        remark_mark=_digest("remark", remark) if remark else None,
    )
    entry.mark = marked(entry, _nonce())
    db.session.add(entry)
    return entry


def record_all(rows: Sequence[Mapping[str, Any]]) -> None:
    """Append many events by one statement: ``at, verb, subject, subject_id, data`` of each, and whose act
    it is (``by``) unless they are the system's own."""
    entries = []
    always = {"actor_id": None, "for_id": None, "address": _address(), "remark_mark": None}
    key = _key()
    for row in rows:
        entry: dict[str, Any] = {**always, **row}
        entry["mark"] = _mark(key, _nonce(), *(entry[name] for name in _MARKED))
        entries.append(entry)
    add_rows(Event, entries)


def _address() -> str | None:
    return request.remote_addr if has_request_context() else None


def keep(text: str) -> int:
    """Store free text beside the journal and return its id, for an event to refer to."""
    remark = Remark(text=text)
    db.session.add(remark)
    db.session.flush()
    return remark.id


# --- marks and the chain --------------------------------------------------------------------------------------


def marked(event: Any, nonce: str) -> str:
    """The mark of what an event (or its row) says: ``nonce.digest``. Its id and its place are the chain's to hold."""
    return _mark(_key(), nonce, *(getattr(event, name) for name in _MARKED))


#: What a mark holds, in this order.
_MARKED = ("at", "actor_id", "for_id", "verb", "subject", "subject_id", "data", "address", "remark_mark")


def _mark(key: bytes, nonce: str, at: datetime, *said: Any) -> str:
    return f"{nonce}.{_hex(key, nonce, _SAID.encode([at.astimezone(UTC).isoformat(), *said]))}"


_SAID = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _nonce() -> str:
    """Two events that say the same have different marks, so a copied one is seen."""
    return secrets.token_hex(8)


def _digest(*parts: str) -> str:
    return _hex(_key(), *parts)


def _hex(key: bytes, *parts: str) -> str:
    return hmac.digest(key, "\n".join(parts).encode(), "sha256").hex()


def _key() -> bytes:
    """Kept in a file: read once for many marks."""
    key: str = current_app.config["TRACKER"].journal_key
    return key.encode()


@dataclass(frozen=True)
class Head:
    """The end of the chain, to be published: ``str(head)`` is ``position:digest``."""

    position: int
    digest: str
    sealed_at: datetime | None = None

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"

    @classmethod
    def read(cls, text: str) -> Head:
        """A head as it was published. Raises Refused for anything else."""
        position, _, digest = text.strip().partition(":")
        if not position.isdecimal() or len(digest) != len(START):
            raise Refused(N_("“%(text)s”不是链条末环，应为“序号:64 位校验值”。"), text=text)
        return cls(int(position), digest)


def head() -> Head:
    """The newest link; position 0 before anything was sealed."""
    last = db.session.scalars(select(SealLink).order_by(SealLink.position.desc()).limit(1)).first()
    return Head(last.position, last.digest, last.sealed_at) if last else Head(0, START)


def seal() -> int:
    """Chain every event that is not sealed yet, in the order of their ids; returns how many.

    Before the first link stands, events without a mark are taken as found (they are older than marks are); later ones
    whose mark does not hold are left out, for ``damages`` to name. Two at once: one wins, the other raises Conflict.
    """
    last, now, number = head(), clock.now(), 0
    trusting, after = last.position == 0, _sealed_up_to()
    while rows := db.session.execute(_unsealed(after).limit(CHUNK)).all():
        links = []
        for row in rows:
            if _believable(row) or (trusting and row.mark is None):
                last = Head(last.position + 1, _linked(last, row), now)
                links.append({"position": last.position, "event_id": row.id, "digest": last.digest, "sealed_at": now})
        if links:
            db.session.execute(insert(SealLink), links)
        number, after = number + len(links), rows[-1].id
    return number


def _sealed_up_to() -> int:
    """Below this id everything is sealed: numbers are given out before commits, so a few late ones may follow."""
    newest = db.session.scalar(select(SealLink.event_id).order_by(SealLink.position.desc()).limit(1))
    return max(0, (newest or 0) - LATE)


def _unsealed(after: int) -> Select[Any]:
    columns = Event.__table__.columns
    query = select(*columns).outerjoin(SealLink, SealLink.event_id == Event.id)
    return query.where(SealLink.position.is_(None), Event.id > after).order_by(Event.id)


def _believable(event: Any) -> bool:
    """The mark is ours and the event says what it said."""
    return event.mark is not None and hmac.compare_digest(event.mark, marked(event, event.mark.partition(".")[0]))


def _linked(last: Head, event: Any) -> str:
    """The digest of the next link: all before it, its place, and what the event says."""
    return _digest(last.digest, str(last.position + 1), str(event.id), event.mark or marked(event, ""))


# --- looking for damage ---------------------------------------------------------------------------------------


class Harm(StrEnum):
    GAP = "gap"
    GONE = "gone"
    CHANGED = "changed"
    MOVED = "moved"
    REMARK = "remark"
    FORGED = "forged"
    CUT = "cut"


HARM_NAMES: dict[Harm, str] = {
    Harm.GAP: N_("链条缺了这一环"),
    Harm.GONE: N_("记录被删除"),
    Harm.CHANGED: N_("记录被改动"),
    Harm.MOVED: N_("记录的次序或链条被改动"),
    Harm.REMARK: N_("记录附带的文字被改动"),
    Harm.FORGED: N_("这条记录不是系统写入的"),
    Harm.CUT: N_("链条与已公布的末环对不上：尾部被截，或整体被重写"),
}


@dataclass(frozen=True)
class Damage:
    """Where the history is not what it was: a place in the chain, an event, or both."""

    harm: Harm
    position: int | None = None
    event_id: int | None = None


def damages(published: Head | None = None) -> Iterator[Damage]:
    """Recompute the whole chain; with a published head, also whether it still leads through that head."""
    last, held = Head(0, START), published is None or published.position == 0
    for link in _links():
        yield from (Damage(Harm.GAP, position) for position in range(last.position + 1, link.position))
        yield from _damages_of(link, Head(link.position - 1, last.digest))
        last = Head(link.position, link.digest)
        held = held or (published is not None and str(last) == str(published))
    if not held and published is not None:
        yield Damage(Harm.CUT, published.position)
    for row in db.session.execute(_unsealed(0).execution_options(yield_per=CHUNK)):
        if not _believable(row) and last.position:
            yield Damage(Harm.FORGED, None, row.id)


def _links() -> Iterator[Row[Any]]:
    """Every link with its event and the event's words, in order."""
    query = (
        select(SealLink.position, SealLink.event_id, SealLink.digest, *Event.__table__.columns, Remark.text)
        .outerjoin(Event, Event.id == SealLink.event_id)
        .outerjoin(Remark, Remark.id == Event.remark_id)
        .order_by(SealLink.position)
    )
    after = -1
    while rows := db.session.execute(query.where(SealLink.position > after).limit(CHUNK)).all():
        yield from rows
        after = rows[-1].position


def _damages_of(link: Any, last: Head) -> Iterator[Damage]:
    if link.id is None:
        yield Damage(Harm.GONE, link.position, link.event_id)
        return
    if link.mark is not None and not _believable(link):
        yield Damage(Harm.CHANGED, link.position, link.event_id)
    if _linked(last, link) != link.digest:
        yield Damage(Harm.MOVED if link.mark is not None else Harm.CHANGED, link.position, link.event_id)
    # Erased words leave an empty remark; one that is gone is damage, and so is one under an event that had none
    # (events older than marks apart: whose words they are nobody can tell).
    bare = link.remark_mark is None
    kept = bare or link.text == "" or _digest("remark", link.text or "") == link.remark_mark
    if not kept or (bare and link.remark_id is not None and link.mark is not None):
        yield Damage(Harm.REMARK, link.position, link.event_id)
