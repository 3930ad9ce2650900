"""From a table's records to understood rows: each field's reader is applied, and what does not fit is named by cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from tracker.base.sheets import CELL_CHARACTERS, Value, looks_like_formula
from tracker.ledgers.columns import COMBINED, COMBINED_LEAD
from tracker.ledgers.deadline_calendar import Moment, read_date
from tracker.ledgers.deadlines import IMMEDIATE, LONG_TERM, TIME_LIMITED, Deadline, Milestone, read_deadline
from tracker.ledgers.letterhead import Letterhead
from tracker.ledgers.names import People, Person, Units, people_of, units_and_people, units_of
from tracker.ledgers.problems import Fault, Problem, fault
from tracker.ledgers.table import Record, Table, text_of
from tracker.ledgers.values import (
    DONE,
    amount_of,
    categories_in,
    category_of,
    counties_in,
    county_of,
    kind_of,
    serial_of,
    source_in,
    source_of,
    state_of,
    strike_off_of,
    unit_of_amount,
)
from tracker.ledgers.vocabulary import Vocabulary, is_nothing, plain

PROPOSED_WORKDAYS = 10  # for immediate issues whose ledger gives no date
LONG_STORY = 40  # a status is short; in a longer story single words prove nothing


@dataclass(frozen=True)
class LedgerRow:
    """One problem as understood. ``cells`` maps a field to the cell it was read from."""

    sheet: str
    row: int
    title: str
    wording: str = ""
    detail: str = ""
    number: str | None = None
    serial: str | None = None
    source: str | None = None
    source_written: str = ""
    clause: str = ""
    category: str | None = None
    nature: str = ""
    county: str | None = None
    region: str = ""  # township and village as written
    lead_official: str | None = None
    lead_official_post: str = ""
    lead_unit: str | None = None
    responsible_units: tuple[str, ...] = ()
    responsible_person: str | None = None
    responsible_people: tuple[Person, ...] = ()
    task_force: str = ""
    goal: str = ""
    requirement: str = ""
    measures: str = ""
    fed_back: date | None = None
    handed_over: date | None = None
    deadline: date | None = None
    deadline_written: str = ""
    deadline_remark: str = ""
    proposed_deadline: date | None = None
    kind: str = TIME_LIMITED
    milestones: tuple[Milestone, ...] = ()
    state: str | None = None
    state_written: str = ""
    progress: str = ""
    completed_on: date | None = None
    struck_off_on: date | None = None
    amount: Decimal | None = None  # yuan
    remark: str = ""
    others: tuple[tuple[str, str], ...] = ()  # columns without a field, so that nothing is lost
    cells: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        plain_fields = {name: _plain_value(getattr(self, name)) for name in _JSON_FIELDS}
        return {
            **plain_fields,
            "responsible_units": list(self.responsible_units),
            "milestones": [{"due": item.due.isoformat(), "text": item.text} for item in self.milestones],
            "others": dict(self.others),
            "cells": dict(self.cells),
        }


_JSON_FIELDS = tuple(
    name
    for name in LedgerRow.__dataclass_fields__
    if name not in ("responsible_units", "responsible_people", "milestones", "others", "cells")
)


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


# ---- cells of a record -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """Text as read (同上 resolved), as written, its value and where it stands."""

    text: str = ""
    written: str = ""
    value: Value = ""
    address: str = ""
    broken: bool = False  # the cell's own fault is already told


EMPTY = Cell()
_SAME = re.compile(
    r"同(?:上|前)(?:一?[行格条栏]|一?项|面)?[。.]?|[〃″\"“”]{1,2}|[-—－]{0,2}[〃″\"][-—－]{0,2}|上同|ibid\.?"
)
_ERROR_VALUE = re.compile(r"#(?:REF|VALUE|N/A|NAME|DIV/0|NUM|NULL|GETTING_DATA)[!?]?")
# Fields whose blank may mean "as above" where a column is filled in that way.
_CARRIED = ("source", "category", "county", "lead_official", "lead_unit", "task_force")
_JOINED_ROWS = frozenset(
    {
        "measures",
        "requirement",
        "progress",
        "responsible_units",
        "assisting_units",
        "responsible_person",
        "remark",
        "goal",
        COMBINED,
    }
)
_STATE_ORDER = ("listed", "assigned", "planning", "rectifying", "reviewing", "cleared")


class TableReader:
    """Reads the rows of one table. Problems are collected in ``problems`` in the order of the rows."""

    def __init__(self, table: Table, head: Letterhead, vocabulary: Vocabulary, today: date) -> None:
        self.table, self.head, self.vocabulary, self.today = table, head, vocabulary, today
        self.problems: list[Problem] = []
        self.columns = table.fields
        self.visible = [heading.column for heading in table.headings if not heading.hidden]
        self.unknown = {h.column: h.text for h in table.headings if not h.hidden and not h.field and h.text}
        self.above: dict[int, Cell] = {}
        self.cells: dict[int, Cell] = {}
        self.record = Record(0)
        self.told: set[tuple[str, str]] = set()
        self.memory: dict[tuple[Any, ...], Any] = {}
        self.carries = {name for name in _CARRIED if self._carries(name)}
        self.carried: dict[str, Cell] = {}
        self.sections: tuple[str, ...] = ()
        self._settle_numbers()
        self.amount_unit = self._amount_unit()
        self.strikes = bool({"strike_off", "struck_off_on"} & set(self.columns))
        self.has_state = bool({"state", "strike_off", "struck_off_on", "progress"} & set(self.columns))

    # -- what the whole table tells

    def _column_texts(self, name: str) -> list[str]:
        column = self.columns[name][0]
        return [text_of(self.table.at(record.row, column)[0]) for record in self.table.records]

    def _carries(self, name: str) -> bool:
        """A column in which a value is never written twice in succession, but often left out, means "as above"."""
        if name not in self.columns:
            return False
        texts = self._column_texts(name)
        blanks = texts.count("")
        repeats = any(first and first == second for first, second in pairwise(texts))
        return bool(texts) and bool(texts[0]) and not repeats and blanks >= max(2, len(texts) // 6)

    def _settle_numbers(self) -> None:
        """编号 with 1, 2, 3 is a serial; 序号 with codes is a number."""
        if "number" in self.columns and "serial" not in self.columns and self._running("number"):
            self.columns["serial"] = self.columns.pop("number")
        elif "serial" in self.columns and "number" not in self.columns:
            texts = [text for text in self._column_texts("serial") if text]
            coded = [text for text in texts if re.fullmatch(r"[A-Za-z一-龥]+[\w\-—〔〕\[\]()（）]*\d+[\w\-号]*", text)]
            if texts and len(coded) * 2 > len(texts) and len(set(texts)) == len(texts):
                self.columns["number"] = self.columns.pop("serial")

    def _running(self, name: str) -> bool:
        texts = [serial_of(text) for text in self._column_texts(name) if text]
        return bool(texts) and all(re.fullmatch(r"\d{1,5}", text) for text in texts)

    def _amount_unit(self) -> str | None:
        for column in self.columns.get("amount", []):
            heading = next(item for item in self.table.headings if item.column == column)
            for text in reversed(heading.path):
                if unit := unit_of_amount(text):
                    return unit
        return self.head.amount_unit

    # -- telling

    def tell(self, cell: Cell | str, found: Fault, phrase: str = "") -> None:
        address = cell if isinstance(cell, str) else cell.address
        if (address, found.key) not in self.told:
            self.told.add((address, found.key))
            written = phrase or (cell.written if isinstance(cell, Cell) else "")
            self.problems.append(Problem(address, found, written))

    def tell_all(self, cell: Cell, faults: Sequence[Fault]) -> None:
        for found in faults:
            self.tell(cell, found)

    def remember(self, reader: Callable[..., Any], *arguments: Any) -> Any:
        """Ledgers repeat themselves: each text is read once."""
        key = (reader, *(item for item in arguments if item is not self.vocabulary))
        if key not in self.memory:
            self.memory[key] = reader(*arguments)
        return self.memory[key]

    # -- cells

    def rows(self) -> Iterator[LedgerRow]:
        for record in self._parted():
            self.record = record
            if record.sections != self.sections:
                self.sections, self.carried = record.sections, {}
            self.cells = {column: self._cell(record.row, column) for column in self.visible}
            if record.joined:
                for row in record.more:
                    self.tell(self.table.sheet.address(row, self.visible[0]), fault("joined_to_above"))
            yield self._row(record)
            self.above = self._last_cells(record)

    def _parted(self) -> Iterator[Record]:
        """A problem that goes on below with another county is one problem for each county."""
        column = self.columns.get("county", [0])[0]
        for record in self.table.records:
            own = {text_of(self.table.at(row, column)[0]) for row in (record.row, *record.more)} if column else set()
            if record.more and len(own - {""}) > 1:
                for row in (record.row, *record.more):
                    yield replace(record, row=row, more=(), joined=False)
            else:
                yield record

    def _last_cells(self, record: Record) -> dict[int, Cell]:
        if not record.more:
            return self.cells
        self.above = self.cells
        return {column: self._cell(record.more[-1], column) for column in self.visible}

    def _cell(self, row: int, column: int) -> Cell:
        value, home_row, home_column = self.table.at(row, column)
        sheet = self.table.sheet
        if value == "" and not sheet.layout.formulas_without_value:
            return Cell(address=sheet.address(row, column))
        address = sheet.address(home_row, home_column)
        answer = self.vocabulary.correction.answers.get(address)
        text = written = text_of(value)
        if answer is not None:
            return Cell(answer.strip(), written, answer.strip(), address)
        if (home_row, home_column) in sheet.layout.formulas_without_value:
            self.tell(address, fault("formula_without_value"))
            return Cell(address=address, broken=True)
        if not text:
            return Cell(address=address)
        return self._checked(Cell(text, written, value, address), column)

    def _checked(self, cell: Cell, column: int) -> Cell:
        text = cell.text
        if len(text) > CELL_CHARACTERS:
            self.tell(cell.address, fault("cell_too_long", length=len(text)), text[:60])
            return replace(cell, broken=True)
        if text[0] == "#" and _ERROR_VALUE.fullmatch(text):
            self.tell(cell, fault("cell_error", phrase=text))
            return Cell(written=text, address=cell.address, broken=True)
        if text[0] in "=+-@" and isinstance(cell.value, str) and looks_like_formula(text):
            self.tell(cell, fault("text_like_formula"))
        if len(text) <= 6 and _SAME.fullmatch(text):
            return self._as_above(cell, column)
        return cell

    def _as_above(self, cell: Cell, column: int) -> Cell:
        above = self.above.get(column, EMPTY)
        if not above.text:
            if not above.broken:
                self.tell(cell, fault("nothing_above", phrase=cell.text))
            return Cell(written=cell.written, address=cell.address, broken=True)
        return Cell(above.text, cell.written, above.value, cell.address, above.broken)

    def cell(self, name: str) -> Cell:
        """The field's cell in the record; parts in several columns or rows are joined line by line."""
        columns = self.columns.get(name)
        if not columns:
            return EMPTY
        first = self.cells[columns[0]]
        if len(columns) == 1 and not self.record.more:
            return first
        parts = [self.cells[column] for column in columns]
        if self.record.more and name in _JOINED_ROWS:
            parts += [self._cell(row, column) for row in self.record.more for column in columns]
        texts = list(dict.fromkeys(part.text for part in parts if part.text and not is_nothing(part.text)))
        lead = next((part for part in parts if part.text), first)
        return replace(lead, text="\n".join(texts), value=lead.value if len(texts) == 1 else "\n".join(texts))

    def text(self, name: str) -> str:
        found = self.cell(name)
        return "" if is_nothing(found.text) else found.text

    # -- one row

    def _row(self, record: Record) -> LedgerRow:
        title = self._title()
        official, official_post = self._lead_official()
        units, lead_unit = self._units()
        handed_over, fed_back = self._date("handed_over"), self._date("fed_back")
        deadline = self._deadline(handed_over, fed_back)
        kind = self._kind(deadline)
        state, state_written = self._state(kind, bool(units))
        source, source_written = self._source()
        county, region = self._county(units, title)
        people = self._people()
        return LedgerRow(
            self.table.sheet.name,
            record.row,
            title,
            wording=self.cell("title").text,
            detail=self.text("detail"),
            number=self.text("number") or None,
            serial=serial_of(self.text("serial")) or None,
            source=source,
            source_written=source_written,
            clause=self.text("clause"),
            category=self._category(),
            nature=self.text("nature"),
            county=county,
            region=region,
            lead_official=official,
            lead_official_post=official_post,
            lead_unit=lead_unit,
            responsible_units=units,
            responsible_person="、".join(people.names) or people.unread or None,
            responsible_people=people.people,
            task_force=self.text("task_force"),
            goal=self.text("goal"),
            requirement=self.text("requirement"),
            measures=self.text("measures"),
            fed_back=fed_back,
            handed_over=handed_over,
            deadline=deadline.due,
            deadline_written=deadline.written,
            deadline_remark=deadline.remark,
            proposed_deadline=self._proposed(deadline, kind, state, handed_over),
            kind=kind,
            milestones=deadline.milestones,
            state=state,
            state_written=state_written,
            progress=self.text("progress"),
            completed_on=self._date("completed_on"),
            struck_off_on=self._date("struck_off_on", quiet=True),
            amount=self._amount(),
            remark=self.text("remark"),
            others=tuple((label, text) for column, label in self.unknown.items() if (text := self.cells[column].text)),
            cells={name: self.cells[columns[0]].address for name, columns in self.columns.items()},
        )

    def _title(self) -> str:
        found = self.cell("title")
        title = re.sub(r"[\r\n\t]+", "", found.text).strip().strip("\u3000").strip()
        if not title and not found.broken and "title" in self.columns:
            self.tell(found, fault("missing_title"))
        return title

    # -- source, category, county: the cell, else the section, else the row above, else the table's title

    def _said(self, name: str) -> Cell:
        """The cell's text, or the value above where the column is filled in that way."""
        found = self.cell(name)
        if found.text and not is_nothing(found.text):
            self.carried[name] = found
            return found
        if name in self.carries and not found.broken and (above := self.carried.get(name)):
            self.tell(found, fault("taken_from_above", value=above.text[:30]))
            return replace(above, written="", address=found.address)
        return replace(found, text="")

    def _tell_reading(self, name: str, cell: Cell, faults: Sequence[Fault]) -> None:
        """What could not be read is not carried down to the rows below either."""
        self.tell_all(cell, faults)
        if faults:
            self.carried.pop(name, None)

    def _source(self) -> tuple[str | None, str]:
        found = self.cell("source")
        in_section = next((code for text in reversed(self.sections) if (code := self.remember(source_in, text))), None)
        if is_nothing(found.text) and in_section and not found.broken:
            return in_section, ""
        found = self._said("source")
        if not found.text:
            self._missing("source", found, self.head.source)
            return self.head.source, ""
        code, faults = self.remember(source_of, found.text)
        self._tell_reading("source", found, faults)
        return code, found.text

    def _category(self) -> str | None:
        found = self.cell("category")
        if is_nothing(found.text) and not found.broken and (named := self._section_category()):
            return named
        found = self._said("category")
        if not found.text:
            self._missing("category", found, self.head.category)
            return self.head.category
        name: str | None
        name, faults = self.remember(category_of, found.text, self.vocabulary)
        self._tell_reading("category", found, faults)
        return name

    def _section_category(self) -> str | None:
        for text in reversed(self.sections):
            named = self.remember(categories_in, text, self.vocabulary)
            if len(named) == 1 and not self.remember(source_in, text):
                return str(named[0])
        return None

    def _county(self, units: Sequence[str], title: str) -> tuple[str | None, str]:
        region = self.text("town") + self.text("village")
        found = self._said("county")
        if found.text:
            where, faults = self.remember(county_of, found.text, self.vocabulary)
            self._tell_reading("county", found, faults)
            return where.county, region or where.rest
        if found.broken:
            return None, region
        named = self._section_county() or self.head.county
        if named:
            return named, region
        for key, texts in (("county_from_units", units), ("county_from_wording", [title])):
            names = {name for text in texts for name in self.remember(counties_in, text, self.vocabulary)}
            if len(names) == 1:
                value = names.pop()
                self.tell(found if found.address else self._row_address(), fault(key, value=value))
                return value, region
        self._missing("county", found, None)
        return None, region

    def _section_county(self) -> str | None:
        for text in reversed(self.sections):
            named = self.remember(counties_in, text, self.vocabulary)
            if len(named) == 1:
                return str(named[0])
        return None

    def _row_address(self) -> str:
        column = (self.columns.get("title") or self.visible)[0]
        return self.table.sheet.address(self.record.row, column)

    def _missing(self, name: str, cell: Cell, default: str | None) -> None:
        if default or cell.broken:
            return
        if name not in self.columns:
            header = self.table.sheet.address(self.table.header[1], self.visible[0])
            self.tell(header, fault(f"no_{name}_column"))
            return
        names = {"categories": self.vocabulary.category_names, "counties": self.vocabulary.county_names}
        self.tell(cell, fault(f"missing_{name}", **names))

    # -- people and units

    def _lead_official(self) -> tuple[str | None, str]:
        found = self._said("lead_official")
        if COMBINED_LEAD in self.columns and not found.text:
            cell = self.cell(COMBINED_LEAD)
            people = self.remember(units_and_people, cell.text)[1]
            return self._one_official(cell, people), ""
        if not found.text or _is_formula(found):
            return found.text or None, self.text("lead_official_post")
        people = self.remember(people_of, found.text)
        name = self._one_official(found, people)
        post = people.people[0].post if len(people.people) == 1 else ""
        return name, post or self.text("lead_official_post")

    def _one_official(self, cell: Cell, people: People) -> str | None:
        if people.unread:
            self.tell(cell, fault("unreadable_person", phrase=people.unread[:30]))
            return people.unread
        if len(people.people) > 1:
            self.tell(cell, fault("two_lead_officials", names="、".join(people.names)))
            return None
        return people.people[0].name if people.people else None

    def _people(self) -> People:
        found = self.cell("responsible_person")
        if COMBINED in self.columns and not found.text:
            return People(self.remember(units_and_people, self.cell(COMBINED).text)[1].people)
        if not found.text or is_nothing(found.text):
            return People()
        if _is_formula(found):
            return People((), found.text)
        people: People = self.remember(people_of, found.text)
        if people.unread:
            self.tell(found, fault("unreadable_person", phrase=people.unread[:30]))
        post = self.text("responsible_person_post")
        if post and len(people.people) == 1 and not people.people[0].post:
            return People((replace(people.people[0], post=post),))
        return people

    def _units(self) -> tuple[tuple[str, ...], str | None]:
        """Responsible units in order, and the lead unit: its own column, a mark, or a note that the first one leads."""
        responsible = self._units_in("responsible_units")
        if COMBINED in self.columns:
            both: Units = self.remember(units_and_people, self.cell(COMBINED).text)[0]
            responsible = Units((*responsible.names, *both.names), (*responsible.lead, *both.lead))
        assisting = self._units_in("assisting_units")
        lead = self._lead_units()
        names = responsible.names
        if not {"responsible_units", COMBINED} & set(self.columns):
            names = lead  # a ledger that knows leading and assisting units only
        names = tuple(dict.fromkeys((*names, *assisting.names)))
        if lead:
            return names, self._one_lead(lead)
        if responsible.lead:
            return names, responsible.lead[0]
        return names, names[0] if names and self.head.first_leads else None

    def _units_in(self, name: str) -> Units:
        if name not in self.columns:
            return Units()
        found = self.cell(name)
        if _is_formula(found):
            return Units((found.text,))
        units: Units = self.remember(units_of, found.text)
        return units

    def _lead_units(self) -> tuple[str, ...]:
        if COMBINED_LEAD in self.columns and "lead_unit" not in self.columns:
            names: tuple[str, ...] = self.remember(units_and_people, self.cell(COMBINED_LEAD).text)[0].names
            return names
        found = self._said("lead_unit")
        units: Units = self.remember(units_of, found.text)
        return units.lead or units.names

    def _one_lead(self, names: tuple[str, ...]) -> str | None:
        if len(names) > 1 and not self.head.first_leads:
            self.tell(self.cell("lead_unit"), fault("two_lead_units", names="、".join(names)))
            return None
        return names[0]

    # -- dates

    def _date(self, name: str, *, quiet: bool = False) -> date | None:
        found = self.cell(name)
        if isinstance(found.value, datetime):
            return found.value.date()
        if isinstance(found.value, date):
            return found.value
        if not found.text or is_nothing(found.text) or found.broken:
            return None
        day: date | None = self.remember(read_date, found.text, self.head.year)
        if day is None and not quiet:
            self.tell(found, fault("unreadable_date", phrase=found.text[:30]))
        return day

    def _deadline(self, handed_over: date | None, fed_back: date | None) -> Deadline:
        moment = Moment(self.vocabulary.add_workdays, self.head.year, self.head.ledger_date, handed_over, fed_back)
        columns = self.columns.get("deadline")
        if not columns:
            return self._deadline_in_remark(moment)
        found = self._one_deadline(self.cells[columns[0]], moment)
        if self.record.more:
            found = self._deadline_over_rows(found, columns[0], moment)
        return found

    def _one_deadline(self, cell: Cell, moment: Moment) -> Deadline:
        if isinstance(cell.value, date):
            day = cell.value.date() if isinstance(cell.value, datetime) else cell.value
            return Deadline(cell.written, day, TIME_LIMITED)
        if cell.broken:
            return Deadline(cell.written)
        if isinstance(cell.value, float) and re.fullmatch(r"\d+\.[123]", cell.text):
            unclear = fault("number_as_date", phrase=cell.text)
            self.tell(cell, unclear)
            return Deadline(cell.written, faults=(unclear,))
        found: Deadline = self.remember(read_deadline, cell.text, moment)
        self.tell_all(cell, found.faults)
        if found.due and moment.handed_over and found.due < moment.handed_over:
            self.tell(cell, fault("before_hand_over", due=found.due, handed_over=moment.handed_over))
        return replace(found, written=cell.written)

    def _deadline_over_rows(self, first: Deadline, column: int, moment: Moment) -> Deadline:
        """A problem written over several rows: each row's date is a stage, the last is the deadline."""
        stages = [(self.record.row, first)]
        stages += [(row, self._one_deadline(self._cell(row, column), moment)) for row in self.record.more]
        dated = [(found.due, row) for row, found in stages if found.due]
        if len({day for day, _ in dated}) < 2:
            return next((found for _, found in stages if found.due or found.kind), first)
        measures = self.columns.get("measures", [0])[0]
        milestones = tuple(
            Milestone(day, self._cell(row, measures).text if measures else "") for day, row in sorted(dated)
        )
        written = "；".join(dict.fromkeys(found.written for _, found in stages if found.written))
        return replace(first, written=written, due=milestones[-1].due, kind=TIME_LIMITED, milestones=milestones)

    def _deadline_in_remark(self, moment: Moment) -> Deadline:
        """Some lists have no column for it but write 整改时限：8月31日 among the remarks or measures."""
        for name in ("remark", "requirement", "measures"):
            found = self.cell(name)
            if match := re.search(r"(?:整改|完成|办理)?(?:时限|期限)[:：]\s*([^;；。\n]+)", found.text):
                cell = replace(found, text=match[1], written=match[1], value=match[1])
                return self._one_deadline(cell, moment)
        return Deadline()

    def _kind(self, deadline: Deadline) -> str:
        found = self.cell("kind")
        if found.text and not is_nothing(found.text):
            kind, faults = self.remember(kind_of, found.text)
            self.tell_all(found, faults)
            if kind and deadline.kind and _conflict(kind, deadline.kind):
                self.tell(found, fault("kind_conflict", kind=found.text, deadline=deadline.written[:30]))
            self._missing_deadline(deadline, kind or TIME_LIMITED)
            return kind or deadline.kind or TIME_LIMITED
        if deadline.kind:
            return deadline.kind
        if "体制机制" in plain(self.text("nature")) and not deadline.written:
            self.tell(self.cell("nature"), fault("kind_from_nature"))
            return LONG_TERM
        self._missing_deadline(deadline, TIME_LIMITED)
        return TIME_LIMITED

    def _missing_deadline(self, deadline: Deadline, kind: str) -> None:
        if kind != TIME_LIMITED or deadline.due or deadline.faults or deadline.kind:
            return
        if "deadline" not in self.columns:
            self.tell(self.table.sheet.address(self.table.header[1], self.visible[0]), fault("no_deadline_column"))
        elif not self.cell("deadline").broken:
            self.tell(self.cell("deadline"), fault("missing_deadline"))

    def _proposed(self, deadline: Deadline, kind: str, state: str | None, handed_over: date | None) -> date | None:
        if kind != IMMEDIATE or deadline.due or deadline.faults or state in ("cleared", None):
            return None
        return self.vocabulary.add_workdays(handed_over or self.head.ledger_date or self.today, PROPOSED_WORKDAYS)

    # -- state

    def _state(self, kind: str, has_units: bool) -> tuple[str | None, str]:
        written = "；".join(dict.fromkeys(filter(None, (self.text("state"), self.text("strike_off")))))
        if not self.has_state:
            self.tell(self.table.sheet.address(self.table.header[1], self.visible[0]), fault("no_state_column"))
            return ("assigned" if has_units else "listed"), ""
        found = self._struck_off() if self.strikes else None
        if found is None:
            found = self._worked_on(written)
        if found == "planning" and kind == IMMEDIATE:
            self.tell(self._state_cell(), fault("immediate_in_planning"))
            found = "assigned"
        return found, written or self.text("progress")[:LONG_STORY]

    def _state_cell(self) -> Cell:
        return next((self.cell(name) for name in ("state", "strike_off", "progress") if self.text(name)), EMPTY)

    def _struck_off(self) -> str | None:
        """What the column about striking off decides; None where the work's own column says the rest."""
        cell = self.cell("strike_off")
        said = self.text("strike_off")
        if not said:
            day = self.text("struck_off_on")
            return (
                "cleared" if day and (self._date("struck_off_on", quiet=True) or state_of(day) == "cleared") else None
            )
        code: str | None = self.remember(strike_off_of, said)
        if code == "cleared" or code == "reviewing":
            return code
        if code is None and self.remember(read_date, said, self.head.year):
            return "cleared"  # the day it was struck off
        if code is None:
            self.tell(cell, fault("unknown_state", phrase=said[:30]))
        elif code == "open" and self.remember(state_of, self.text("state")) == "cleared":
            self.tell(self.cell("state"), fault("state_conflict", strike=said, state=self.text("state")))
        return None

    def _worked_on(self, written: str) -> str | None:
        state, progress = self.text("state"), self.text("progress")
        if self.record.more:
            return self._slowest()
        code = self.remember(state_of, state) if state else None
        if state and code is None:
            self.tell(self.cell("state"), fault("unknown_state", phrase=state[:30]))
            return None
        if code in (None, "open") and progress:
            story: str | None = self.remember(_state_in_story, progress)
            code = story if code is None or story in ("assigned", "planning", "reviewing") else "rectifying"
        return self._settled(code, state or progress)

    def _settled(self, code: str | None, said: str) -> str | None:
        cell = self._state_cell()
        if code == "dismissed":
            self.tell(cell, fault("dismissed_state", phrase=said[:30]))
            return None
        if code == DONE and not self.strikes:
            if self.head.audit:
                return "cleared"
            self.tell(cell, fault("done_not_struck_off", phrase=said[:30]))
        if code == "cleared" and self.strikes and self.text("strike_off"):
            return "rectifying"
        if code is None and not self.text("strike_off"):
            name = next(name for name in ("state", "strike_off", "struck_off_on", "progress") if name in self.columns)
            if not self.strikes:
                self.tell(self.cell(name), fault("missing_state"))
            return "assigned"
        return "rectifying" if code in (DONE, "open") else code or "assigned"

    def _slowest(self) -> str | None:
        """A problem over several rows is as far as its slowest row."""
        found = []
        for name in ("state", "progress"):
            for column in self.columns.get(name, [])[:1]:
                for row in (self.record.row, *self.record.more):
                    text = self._cell(row, column).text
                    if text and (code := self.remember(_state_in_story, text)):
                        found.append(self._settled(code, text) or "rectifying")
            if found:
                break
        return min(found, key=_STATE_ORDER.index, default=None) or self._settled(None, "")

    # -- amount

    def _amount(self) -> Decimal | None:
        found = self.cell("amount")
        if not found.text:
            return None
        amount, faults = self.remember(amount_of, found.text, self.amount_unit)
        self.tell_all(found, faults)
        return amount if isinstance(amount, Decimal) else None


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell.value, str) and looks_like_formula(cell.text)


def _conflict(kind: str, by_deadline: str) -> bool:
    """A date beside any kind is no conflict; 限期整改 beside 长期坚持 is."""
    return by_deadline != TIME_LIMITED and kind != by_deadline


def _state_in_story(text: str) -> str | None:
    """A state out of a report of progress; in a long one only how it begins is trusted."""
    if len(text) <= LONG_STORY:
        return state_of(text) or "rectifying"
    if re.match(r"(?:尚未|未)(?:启动|开展|整改|开始)", text):
        return "assigned"
    return "rectifying"
