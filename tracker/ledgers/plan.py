"""What an import would do, before it does it: new rows, recognised rows with their differences, what is missing. Pure."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tracker.base.access import N_
from tracker.inspections.rules import LONGEST_CLAUSE, SOURCE_NAMES, Source
from tracker.ledgers.deadlines import stages_in_words
from tracker.ledgers.reading import Reading
from tracker.ledgers.rows import LedgerRow

#: A row recognised by its running number only is the same problem if its wording is at least this alike.
ALIKE = 0.5
TITLE_LENGTH = 120
OFFERED = 5  # names offered for one in doubt
ALIKE_PEOPLE = 0.6  # two of three characters
HELD = 0.8  # the share of a unit's name that must stand in the other, in order

_SPACES = re.compile(r"\s+")
_DATED = re.compile(
    r"[（(【\[][^（(【\[]*\d+\s*[年月日.][^）)】\]]*[）)】\]]|(?:截[至止]|截至)?\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?$|\.(?:xlsx?|ods|csv)$"
)
_SENTENCE = re.compile(r"[。；;！!\n]")


@dataclass(frozen=True)
class UnitAt:
    id: int
    name: str
    county_id: int


@dataclass(frozen=True)
class PersonAt:
    """``leads``: holds a leader's post or already leads an issue."""

    id: int
    name: str
    title: str | None
    unit_id: int
    county_id: int
    leads: bool


@dataclass(frozen=True)
class NewUnit:
    """A unit the system does not know, with the region it would be seated in."""

    name: str
    region_id: int
    region_name: str


@dataclass(frozen=True)
class NewPerson:
    """A person the system does not know; ``unit`` is an existing unit's id or a unit to be made."""

    name: str
    title: str | None
    unit: int | NewUnit
    unit_name: str


@dataclass(frozen=True)
class Doubt:
    """A name in the ledger that nobody known goes by, or several do; a person says which is meant, or it is made anew.

    ``key``: what the answer is kept under, for the same words mean other people elsewhere. ``where``: the region a new
    unit would be seated in, the unit a new person would belong to (``unit_id`` if that exists). ``among``: the several.
    ``meant``: the id a person settled on, 0 for one to be made.
    """

    key: str
    name: str
    is_person: bool
    where: str
    cell: str
    county_id: int
    unit_id: int | None = None
    among: tuple[int, ...] = ()
    meant: int | None = None

    @property
    def leads(self) -> bool:
        """A lead official: one name is one person throughout the ledger."""
        return self.is_person and self.key.startswith(":")


Unit = int | NewUnit
Person = int | NewPerson


@dataclass(frozen=True)
class Obstacle:
    """Why the whole import cannot go on, at a cell."""

    cell: str
    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def problem(self) -> str:
        return self.msgid % self.params if self.params else self.msgid


@dataclass(frozen=True)
class Difference:
    """One field of a recognised row. ``applies``: the import itself brings it in; otherwise ``why`` says who must."""

    label: str
    before: str
    after: str
    column: str = ""
    value: Any = None
    applies: bool = True
    why: str = ""


@dataclass(frozen=True)
class Change:
    """Something done to an issue after the list was taken out."""

    at: datetime
    verb: str
    who: str


#: What a person decides about a row that both the ledger and the list have changed.
LEDGER, LIST = "ledger", "list"


@dataclass(frozen=True, slots=True)
class Chain:
    """A row's duty chain, existing and proposed people and units."""

    lead_official: Person | None
    lead_unit: Unit | None
    units: tuple[Unit, ...]
    responsible_person: Person | None
    task_force: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row and what becomes of it. ``issue_id`` None: new. ``unsure``: not recognised although the ledger was here before."""

    row: LedgerRow
    category_id: int
    region_id: int
    chain: Chain
    issue_id: int | None = None
    issue_number: str | None = None
    unsure: bool = False
    differences: tuple[Difference, ...] = ()
    meanwhile: tuple[Change, ...] = ()  # what was done to the issue after the list with this row was taken out
    decided: str = ""  # LEDGER or LIST, where the two must be told apart

    @property
    def conflicts(self) -> bool:
        """The row would change an issue that has itself changed since the row was written."""
        return bool(self.meanwhile) and any(difference.applies for difference in self.differences)

    @property
    def undecided(self) -> bool:
        return self.conflicts and not self.decided

    @property
    def applying(self) -> dict[str, Any]:
        """What the import brings in: column → value."""
        if self.conflicts and self.decided != LEDGER:
            return {}
        return {difference.column: difference.value for difference in self.differences if difference.applies}

    @property
    def fate(self) -> str:
        """``unsure``, ``new``, ``changed`` or ``same``: what only says otherwise, and may not be brought in, changes nothing."""
        if self.issue_id is None:
            return "unsure" if self.unsure else "new"
        return "changed" if self.applying or self.undecided else "same"

    @property
    def left(self) -> bool:
        """The ledger says otherwise, and the list stays as it is."""
        return self.fate == "same" and bool(self.differences)


@dataclass(frozen=True)
class ImportPlan:
    reading: Reading
    unit_id: int  # whose ledger it is
    title: str
    ledger_id: int | None
    entries: tuple[Entry, ...]
    obstacles: tuple[Obstacle, ...]
    new_units: tuple[NewUnit, ...]
    new_people: tuple[NewPerson, ...]
    doubts: tuple[Doubt, ...] = ()

    def count(self, fate: str) -> int:
        return sum(entry.fate == fate for entry in self.entries)

    @property
    def stopped(self) -> bool:
        """Something must be mended in the file, or decided, before anything can be taken in."""
        return bool(self.reading.errors or self.reading.asks or self.obstacles)


@dataclass(frozen=True)
class Known:
    """An issue a row may be: what an earlier import of the ledger made of its row, or what has the row's number on the list."""

    issue_id: int
    issue_number: str
    number: str | None
    serial: str | None
    source: str
    county_id: int
    region_id: int
    wording_hash: str
    title: str
    lead_official_id: int | None
    responsible_person_id: int | None
    wording: str = ""  # how it begins; the title may have been put right since


def headline(wording: str) -> str:
    """The title of an issue: its wording if short, else the first sentence, else its beginning."""
    text = _SPACES.sub(" ", wording).strip()
    if len(text) <= TITLE_LENGTH:
        return text
    first = _SENTENCE.split(text, maxsplit=1)[0]
    return first if len(first) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def ledger_title(text: str) -> str:
    """The title without the date it was drawn up, so that next month's copy is the same ledger."""
    bare = _DATED.sub("", text).strip(" -—_·.、，,")
    return (bare or text.strip())[:200]


def wording_hash(text: str) -> str:
    """Equal for wordings that differ in spaces only."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()


def likeliest(doubt: Doubt, known: Iterable[tuple[int, str, str]]) -> list[tuple[int, str]]:
    """Of those known (id, name, words that tell it apart) the few a name may mean: the one settled on, the namesakes,
    then those spelt most alike."""
    settled = (doubt.meant, *doubt.among)
    ranked = []
    for number, name, words in known:
        likeness = 2.0 if number in settled else _spelt_alike(doubt.name, name, doubt.is_person)
        if likeness:
            ranked.append((-likeness, len(name), number, words))
    return [(number, words) for _, _, number, words in sorted(ranked)[:OFFERED]]


def _spelt_alike(written: str, name: str, is_person: bool) -> float:
    """0 for names nobody would take for one another. Short names of units leave characters out: 县卫健局, 县卫生健康局."""
    shared = len(set(written) & set(name))
    if shared * 2 < min(len(set(written)), len(set(name))):
        return 0
    matcher = difflib.SequenceMatcher(None, written, name, autojunk=False)
    if is_person:
        return ratio if (ratio := matcher.ratio()) >= ALIKE_PEOPLE else 0
    held = sum(block.size for block in matcher.get_matching_blocks()) / min(len(written), len(name))
    return (held + matcher.ratio()) / 2 if held >= HELD else 0


class Recogniser:
    """Finds the issue a row of a ledger is. Each issue is given away once.

    The list's own number comes first, for a list taken out, worked on in Excel and brought back: the number decides
    if the wording is alike (other ledgers may count as the list does). Else what an earlier import of the same ledger
    made of the row (DOMAIN §2): by number, else by source, serial and county (if the wording is alike), else by equal
    wording.
    """

    def __init__(self, known: Iterable[Known], listed: Iterable[Known] = ()) -> None:
        self._rows = list(known)
        self._listed = {row.issue_number: row for row in listed}
        self._taken: set[int] = set()
        self._by_number = {row.number: row for row in self._rows if row.number}
        self._by_serial = {(row.source, row.serial, row.county_id): row for row in self._rows if row.serial}
        self._by_wording = {row.wording_hash: row for row in self._rows}
        self.was_exported = False  # a row was found by its number on the list: this is a list taken out

    def find(self, row: LedgerRow, county_id: int) -> Known | None:
        found = self._by_list_number(row) or (self._by_number.get(row.number) if row.number else None)
        found = found or self._by_serial_if_alike(row, county_id) or self._by_title(row)
        if found is None or found.issue_id in self._taken:
            return None
        self._taken.add(found.issue_id)
        self.was_exported |= self.is_listed(row, found)
        return found

    def _by_title(self, row: LedgerRow) -> Known | None:
        return self._by_wording.get(wording_hash(row.title)) if self._by_wording else None

    def is_listed(self, row: LedgerRow, known: Known) -> bool:
        """Whether it is the list's own number that the row was found by."""
        return known is self._listed.get(row.number or "")

    @property
    def unsure(self) -> bool:
        """Whether a row that was not found may yet be an issue the list has; to be asked when all rows were looked for."""
        return bool(self._rows) or self.was_exported

    def _by_list_number(self, row: LedgerRow) -> Known | None:
        found = self._listed.get(row.number or "")
        own = self._by_number.get(row.number or "")
        if found is None or (own is not None and _likeness(own, row) >= _likeness(found, row)):
            return None
        return found if _likeness(found, row) >= ALIKE else None

    def _by_serial_if_alike(self, row: LedgerRow, county_id: int) -> Known | None:
        if not row.serial:
            return None
        found = self._by_serial.get((row.source or "", row.serial, county_id))
        return found if found is not None and _likeness(found, row) >= ALIKE else None


def _likeness(known: Known, row: LedgerRow) -> float:
    """1 for a row that begins as the issue is called: its wording may say more than its title. The title may say otherwise
    since somebody put it right; then the wording it came with tells."""
    likeness = _begins_alike(known.title, row)
    if likeness < ALIKE and known.wording:
        likeness = max(likeness, _begins_alike(headline(known.wording), row))
    return likeness


def _begins_alike(name: str, row: LedgerRow) -> float:
    if _SPACES.sub("", row.title).startswith(_SPACES.sub("", name).rstrip("…")):
        return 1
    return difflib.SequenceMatcher(None, name, headline(row.title)).ratio()


def pick_unit(candidates: Sequence[UnitAt], county_id: int) -> UnitAt | None:
    """The one meant: the only one of that name, else the only one in the row's county; None when still open."""
    if len(candidates) == 1:
        return candidates[0]
    near = [unit for unit in candidates if unit.county_id == county_id]
    return near[0] if len(near) == 1 else None


def pick_person(candidates: Sequence[PersonAt], units: Sequence[int]) -> tuple[PersonAt | None, bool]:
    """The responsible person meant, and whether the name stays ambiguous: looked for in the row's own units only,
    because namesakes elsewhere are other people; of two in one unit it is not the one who leads."""
    inside = [person for person in candidates if person.unit_id in units]
    working = [person for person in inside if not person.leads] if len(inside) > 1 else inside
    return (working[0], False) if len(working) == 1 else (None, len(inside) > 1)


def pick_lead(
    candidates: Sequence[PersonAt], *, own: Collection[int], post: str | None, unit_id: int | None
) -> tuple[PersonAt | None, bool]:
    """The lead official meant by a name throughout one ledger, and whether the name stays ambiguous.

    ``own``: people who already lead rows of this ledger; ``post``: written beside the name; ``unit_id``: the lead unit.
    The first group with exactly one person decides: leads of this ledger, holders of that post, whoever leads at all;
    where nobody leads yet, a namesake in the unit.
    """
    leads = [person for person in candidates if person.leads]
    for group in (
        [person for person in leads if person.id in own],
        [person for person in leads if post and person.title == post],
        leads,
    ):
        if len(group) == 1:
            return group[0], False
    if leads:
        return None, True
    inside = [person for person in candidates if person.unit_id == unit_id]
    return (inside[0], False) if len(inside) == 1 else (None, False)


def requirement_of(row: LedgerRow) -> str:
    """What must be done: the ledger's goal, requirement and measures, then the stages."""
    stages = stages_in_words(row.milestones)
    return "\n".join(dict.fromkeys(filter(None, (row.goal, row.requirement, row.measures, stages))))


LONGEST_NOTE, LONGEST_QUANTITY_UNIT = 200, 20


def source_note_of(row: LedgerRow) -> str:
    """Who found it, in the ledger's words, and the clause where no finding keeps it."""
    is_finding = row.source_written and row.source != Source.OTHER
    own = "" if row.clause and row.source_written == SOURCE_NAMES[Source.OTHER] else row.source_written
    return " ".join(filter(None, (own, "" if is_finding else row.clause)))


def deadline_written_of(row: LedgerRow) -> str:
    """The ledger's own phrase, and what was read beside it."""
    beside = "" if row.deadline_remark in row.deadline_written else row.deadline_remark
    return " ".join(filter(None, (row.deadline_written, beside)))


def quantity_unit_of(row: LedgerRow) -> str:
    return row.quantity_unit[:LONGEST_QUANTITY_UNIT]


def _too_long_for_their_fields(row: LedgerRow) -> Iterator[str]:
    clause = row.clause if row.source_written and row.source != Source.OTHER else ""
    for label, text, most in (
        (N_("问题来源"), source_note_of(row), LONGEST_NOTE),
        (N_("来源文件及条款"), clause, LONGEST_CLAUSE),
        (N_("时限原文"), deadline_written_of(row), LONGEST_NOTE),
        (N_("量化单位"), row.quantity_unit, LONGEST_QUANTITY_UNIT),
    ):
        if len(text) > most:
            yield f"{label}：{text}"


def wording_of(row: LedgerRow) -> str:
    """The problem in full: its title column as it was written, detail, other columns, and what its field has no room for."""
    others = [*(f"{name}：{text}" for name, text in row.others), *_too_long_for_their_fields(row)]
    return "\n".join(dict.fromkeys(filter(None, (row.wording or row.title, row.detail, *others, row.remark))))


def deadline_text(day: date | None, written: str | None) -> str:
    return " ".join(filter(None, (day.isoformat() if day else "", f"（{written}）" if written else "")))


LABELS: dict[str, str] = {
    "wording": N_("问题描述"),
    "category_id": N_("问题类别"),
    "region_id": N_("所在地"),
    "requirement": N_("整改要求"),
    "amount": N_("涉及金额（元）"),
    "amount_done": N_("已整改金额（元）"),
    "quantity_unit": N_("量化单位"),
    "quantity_total": N_("量化总数"),
    "quantity_done": N_("量化完成数"),
    "deadline": N_("整改时限"),
    "lead_official": N_("牵头领导"),
    "lead_unit": N_("牵头单位"),
    "units": N_("责任单位"),
    "responsible_person": N_("责任人"),
    "task_force": N_("专班"),
    "source": N_("问题来源"),
    "kind": N_("整改类型"),
    "state": N_("整改状态"),
    "progress": N_("整改进展"),
}
