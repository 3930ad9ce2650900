"""Use cases: read a feedback document, sort what was read, write its findings down. Only the last makes findings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, BinaryIO

from sqlalchemy import delete, update

from tracker.base.access import N_, Actor, Conflict, Refused
from tracker.base.db import db
from tracker.feedback import queries
from tracker.feedback.entries import Context, Found, Passed, read_entry
from tracker.feedback.models import Draft, DraftEntry
from tracker.feedback.reading import Feedback, read_document, read_text
from tracker.feedback.rules import (
    LONGEST_DEADLINE,
    LONGEST_NAMES,
    LONGEST_TITLE,
    NAME_FIELDS,
    TAKEN_OUT,
    UNLIKE,
    names_in,
    parted,
    several_in,
    with_line,
)
from tracker.feedback.terms import term_of
from tracker.feedback.word import DocumentRefused
from tracker.inspections.actions import attach_document, detach_document, enter_document
from tracker.inspections.models import Finding, Inspection, Proposal
from tracker.inspections.queries import keeps
from tracker.inspections.rules import LONGEST_CLAUSE, MOST_ENTRIES, Entry
from tracker.ledgers.deadlines import TIME_LIMITED, Deadline, stages_in_words
from tracker.ledgers.queries import vocabulary
from tracker.org.queries import counties
from tracker.settings.queries import categories

#: What an entry says besides its wording, and its parts go on saying where they do not say it themselves.
_SHARED = (*NAME_FIELDS, "county_id", "category_id", "kind", "deadline_written", "remark")
_LONGEST = {**dict.fromkeys(NAME_FIELDS, LONGEST_NAMES), "deadline_written": LONGEST_DEADLINE, "clause": LONGEST_CLAUSE}


def read(content: bytes | str, *, received_on: date) -> Feedback:
    """What a file or pasted text says, in this installation's words. Raises Refused in plain words where it says nothing."""
    try:
        if isinstance(content, str):
            found = read_text(content, vocabulary=vocabulary(), received_on=received_on)
        else:
            found = read_document(content, vocabulary=vocabulary(), received_on=received_on)
    except DocumentRefused as refusal:
        raise Refused(
            N_("%(problem)s%(mend)s"), problem=refusal.problem % refusal.params, mend=refusal.mend
        ) from refusal
    return found


def bring(
    inspection: Inspection,
    actor: Actor,
    feedback: Feedback,
    stream: BinaryIO,
    name: str,
    *,
    county_id: int | None = None,
    at: datetime | None = None,
) -> Draft:
    """Keep a document that was read, with everything in it laid out for a person to sort.

    ``county_id``: where an entry names no county. Refused where nothing was found, or far too much.
    """
    if not feedback.entries and not feedback.passed:
        raise Refused(N_("没有读到文字。如果是扫描件，请先转成文字，或逐条登记。"))
    if len(feedback.entries) > MOST_ENTRIES:
        raise Refused(
            N_("一次最多登记 %(most)s 条，这里读到 %(number)s 条，请分成几份。"),
            most=MOST_ENTRIES,
            number=len(feedback.entries),
        )
    document = attach_document(inspection, actor, stream, name, at=at)
    draft = Draft(
        document_id=document.id,
        numbered=feedback.numbered,
        written_on=feedback.written_on,
        handed_over=feedback.handed_over,
    )
    db.session.add(draft)
    db.session.flush()
    ids = _Ids.known()
    db.session.add_all(
        [
            DraftEntry(draft_id=draft.id, position=position, **_columns(one, ids, county_id))
            for position, one in enumerate(feedback.items, 1)
        ]
    )
    db.session.flush()
    return draft


def _columns(one: Found | Passed, ids: _Ids, county_id: int | None) -> dict[str, Any]:
    if isinstance(one, Found):
        return ids.columns(one, county_id)
    return {
        "passed": one.why,
        "clause": (one.clause or "")[:LONGEST_CLAUSE],
        "section": one.section,
        "title": one.text[:LONGEST_TITLE],
        "wording": one.text,
    }


@dataclass(frozen=True)
class _Ids:
    """Counties and categories by name."""

    counties: dict[str, int]
    categories: dict[str, int]

    @classmethod
    def known(cls) -> _Ids:
        return cls({one.name: one.id for one in counties()}, {one.name: one.id for one in categories()})

    def columns(self, found: Found, county_id: int | None = None) -> dict[str, Any]:
        return {
            "clause": (found.clause or "")[:LONGEST_CLAUSE],
            "section": found.section,
            "title": found.title[:LONGEST_TITLE],
            "wording": found.wording,
            "county_id": self.counties.get(found.county or "") or county_id,
            "category_id": self.categories.get(found.category or ""),
            "lead_official": found.lead_official[:LONGEST_NAMES],
            "lead_unit": (found.lead_unit or "")[:LONGEST_NAMES],
            "units": "、".join(found.units),
            "responsible_person": found.responsible_person[:LONGEST_NAMES],
            "kind": found.kind_written,
            "deadline_written": found.deadline_written[:LONGEST_DEADLINE],
        }


def context_of(draft: Draft) -> Context:
    """What is known when its deadlines are read."""
    return Context(vocabulary(), queries.day_of(draft), draft.written_on, draft.handed_over)


def deadline_in(written: str, context: Context) -> Deadline:
    return term_of(written, context.written, context.received)


def change(entry: DraftEntry, actor: Actor, **columns: Any) -> None:
    """Put right what was recognised: clause, title, county, category, duty chain, kind, deadline. The wording stays."""
    _may_sort(entry.draft, actor)
    for name in NAME_FIELDS:
        if name in columns:
            columns[name] = names_in(columns[name] or "")
    for name, value in columns.items():
        setattr(entry, name, value)
    _touch(entry.draft)


def settle(entry: DraftEntry, actor: Actor, field: str, chosen: str) -> None:
    """Of several names for what there is one of, this one holds; the others stay in the remark."""
    _may_sort(entry.draft, actor)
    several = next((one for one in several_in(queries.names_of(entry)) if one.field == field), None)
    if several is None or chosen not in several.names:
        raise Conflict(N_("这一条刚才有人改过，请看过最新内容再选。"))
    setattr(entry, field, chosen)
    entry.remark = with_line(entry.remark, several.others(chosen))
    _touch(entry.draft)


def split(entry: DraftEntry, actor: Actor, typed: str) -> list[DraftEntry]:
    """Part an entry where a person put empty lines. Each piece is read anew; what it does not say itself it keeps, and
    what a person put right holds where the piece says only what was read before."""
    _may_sort(entry.draft, actor)
    pieces = parted(entry.wording, typed)
    context, ids = context_of(entry.draft), _Ids.known()
    db.session.execute(
        update(DraftEntry)
        .where(DraftEntry.draft_id == entry.draft_id, DraftEntry.position > entry.position)
        .values(position=DraftEntry.position + len(pieces) - 1),
        execution_options={"synchronize_session": False},
    )
    kept = {name: getattr(entry, name) for name in ("clause", "section", *_SHARED)}
    before = ids.columns(read_entry(entry.wording, context))
    right = {name for name in _SHARED if name in before and kept[name] != before[name]}
    made = []
    for place, piece in enumerate(pieces):
        read_anew = ids.columns(read_entry(piece, context)).items()
        said = {name: text for name, text in read_anew if text and not (name in right and text == before[name])}
        columns = {**kept, **said}
        if place == 0:
            for name, value in columns.items():
                setattr(entry, name, value)
            made.append(entry)
        else:
            one = DraftEntry(draft_id=entry.draft_id, position=entry.position + place, passed=entry.passed, **columns)
            db.session.add(one)
            made.append(one)
    _touch(entry.draft)
    return made


def join(entry: DraftEntry, actor: Actor) -> tuple[DraftEntry, list[str]]:
    """Put an entry behind the one above it, as one: all that both say holds, and several leads are chosen from later.
    Told back with it: columns of which there is one (``UNLIKE``) where both said something else and the upper one holds."""
    _may_sort(entry.draft, actor)
    above = queries.entry_before(entry)
    if above is None or entry.passed is not None:
        raise Refused(N_("上面没有可以合并的条目。"))
    above.wording = f"{above.wording}\n{entry.wording}"
    above.title = f"{above.title}{entry.title}"[:LONGEST_TITLE]
    joined = {name: names_in(f"{getattr(above, name)}、{getattr(entry, name)}") for name in NAME_FIELDS}
    joined["deadline_written"] = _both(above.deadline_written, entry.deadline_written, "；")
    joined["clause"] = _both(above.clause, entry.clause, "、")
    for name, text in joined.items():
        if name != "units" and len(text) > _LONGEST[name]:
            raise Refused(N_("合并后有一栏写不下，请先在两条里改短：%(text)s"), text=text)
        setattr(above, name, text)
    above.remark = with_line(above.remark, entry.remark)
    unlike = []
    for name in UNLIKE:
        mine, other = getattr(above, name), getattr(entry, name)
        setattr(above, name, mine or other)
        if mine and other and mine != other:
            unlike.append(name)
    db.session.delete(entry)
    _touch(above.draft)
    return above, unlike


def _both(mine: str, other: str, between: str) -> str:
    return between.join(dict.fromkeys(filter(None, [mine, other])))


def take_out(entry: DraftEntry, actor: Actor) -> None:
    """It is no problem of its own: it stays with the passages that are not written down."""
    _may_sort(entry.draft, actor)
    entry.passed = TAKEN_OUT
    _touch(entry.draft)


def take_back(entry: DraftEntry, actor: Actor) -> None:
    """It is a problem after all; what it says of units and deadline is read."""
    _may_sort(entry.draft, actor)
    if entry.passed != TAKEN_OUT:
        found = read_entry(entry.wording, context_of(entry.draft))
        columns = _Ids.known().columns(replace(found, clause=entry.clause or None, section=entry.section))
        for name, value in columns.items():
            setattr(entry, name, value)
    entry.passed = None
    _touch(entry.draft)


def confirm(draft: Draft, actor: Actor, *, seen: int, at: datetime | None = None) -> list[Finding]:
    """Write down every entry as a finding, all or none, with what is proposed for each; the draft is done with.

    ``seen``: the draft's version the person looked at.
    """
    _may_sort(draft, actor)
    if seen != draft.version:
        raise Conflict(N_("您打开页面以后有人改动过这份核对，请看过最新内容再登记。"))
    entries = [entry for entry in queries.entries_of(draft) if entry.passed is None]
    for entry in entries:
        for several in several_in(queries.names_of(entry)):
            raise several.refusal(entry.clause or entry.title[:20])
    context = context_of(draft)
    made = enter_document(draft.document, actor, [_as_finding(entry, context) for entry in entries], at=at)
    _remove(draft)
    return made


def _as_finding(entry: DraftEntry, context: Context) -> tuple[Entry, Proposal]:
    deadline = deadline_in(entry.deadline_written, context)
    return Entry(entry.clause or None, entry.wording, entry.county_id), Proposal(
        title=entry.title or entry.wording[:LONGEST_TITLE],
        category_id=entry.category_id,
        lead_official=entry.lead_official,
        lead_unit=entry.lead_unit,
        units=entry.units,
        responsible_person=entry.responsible_person,
        kind=entry.kind or deadline.kind or TIME_LIMITED,
        deadline=deadline.due,
        deadline_written=entry.deadline_written,
        stages=stages_in_words(deadline.milestones),
        remark=entry.remark,
    )


def discard(draft: Draft, actor: Actor, *, at: datetime | None = None) -> None:
    """Not this document after all: it is taken off with what was read of it."""
    _may_sort(draft, actor)
    document = draft.document
    _remove(draft)
    detach_document(document, actor, at=at)


def _remove(draft: Draft) -> None:
    db.session.execute(
        delete(DraftEntry).where(DraftEntry.draft_id == draft.id), execution_options={"synchronize_session": False}
    )
    db.session.expire_all()
    db.session.delete(draft)
    db.session.flush()


def _touch(draft: Draft) -> None:
    draft.changes += 1
    db.session.flush()


def _may_sort(draft: Draft, actor: Actor) -> None:
    if not keeps(actor, draft.document.inspection.region_id):
        raise Refused(N_("只有这个地区的督查可以登记交给它的检查。"))
