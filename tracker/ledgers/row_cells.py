"""The cells a row is read from: "as above" resolved, corrections taken, parts joined, and every fault told once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from tracker.base.sheets import CELL_CHARACTERS, Value, looks_like_formula
from tracker.ledgers.columns import COMBINED
from tracker.ledgers.header import text_of
from tracker.ledgers.letterhead import Letterhead
from tracker.ledgers.problems import Fault, Problem, fault
from tracker.ledgers.table import TEXT_KEPT, TICKS, Record, Table
from tracker.ledgers.values import category_of, kind_of, serial_of, unit_of_amount
from tracker.ledgers.vocabulary import Vocabulary, is_nothing, word_key


@dataclass(slots=True)  # not frozen: there is one for every cell, and freezing doubles what it costs
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
_ONE_VALUE = frozenset(
    {"source", "clause", "category", "kind", "town", "village", "lead_official", "lead_unit", "amount", "amount_done"}
)
_SAME_BEGINS = frozenset('同上〃″"“”-—－i')
_ERROR_VALUE = re.compile(r"#(?:REF|VALUE|N/A|NAME|DIV/0|NUM|NULL|GETTING_DATA)[!?]?")
# Fields whose blank may mean "as above" where a column is filled in that way.
_CARRIED = ("source", "category", "county", "lead_official", "lead_unit", "task_force")
_JOINED_ROWS = frozenset(
    {
        "detail",
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


class TableCells:
    """The cells of one table, record after record: 同上 resolved, corrections taken, broken ones told in ``problems``."""

    def __init__(self, table: Table, head: Letterhead, vocabulary: Vocabulary) -> None:
        self.table, self.head, self.vocabulary = table, head, vocabulary
        self.problems: list[Problem] = []
        self.address, self.answers = table.sheet.address, vocabulary.correction.answers
        self.formulas_without_value = table.sheet.layout.formulas_without_value
        self.columns = table.fields
        self.merged_rows = {row for row, _column in table.covered}
        ticked = table.ticked()
        self.columns |= {name: list(columns) for name, columns in ticked.items()}
        self.visible = [heading.column for heading in table.headings if not heading.hidden]
        self.unknown = {h.column: h.text for h in table.headings if not (h.hidden or h.left_out or h.field) and h.text}
        self.above: dict[int, Cell] = {}
        self.by_column: dict[int, Cell] = {}
        self.record = Record(0)
        self.told: set[tuple[str, str]] = set()
        self.memory: dict[tuple[Any, ...], Any] = {}
        self.carries = {name for name in _CARRIED if self._carries(name)}
        self.carried: dict[str, Cell] = {}
        self.own: dict[str, str] = {}
        self.sections: tuple[str, ...] = ()
        self.section_rows: dict[str, int] = {}
        self._settle_numbers()
        self._settle_kinds()
        words = vocabulary.correction.words
        self.meant = {column: words[name] for name in words for column in self.columns.get(name, ())}
        for columns in ticked.values():
            self.meant |= {column: dict.fromkeys(TICKS, word) for column, word in columns.items()}
            self.unknown = {column: text for column, text in self.unknown.items() if column not in columns}
        self.amount_units = {name: self._amount_unit(name) for name in ("amount", "amount_done")}

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

    def _settle_kinds(self) -> None:
        """整改类别 with nothing but categories in it is the category."""
        if "kind" in self.columns and "category" not in self.columns:
            texts = {text for text in self._column_texts("kind") if text and not is_nothing(text)}
            named = [category_of(text, self.vocabulary)[0] for text in texts]
            if texts and all(named) and not any(kind_of(text)[0] for text in texts):
                self.columns["category"] = self.columns.pop("kind")

    def _running(self, name: str) -> bool:
        texts = [serial_of(text) for text in self._column_texts(name) if text]
        return bool(texts) and all(re.fullmatch(r"\d{1,5}", text) for text in texts)

    def _amount_unit(self, name: str) -> str | None:
        for column in self.columns.get(name, []):
            heading = next(item for item in self.table.headings if item.column == column)
            for text in reversed(heading.path):
                if unit := unit_of_amount(text):
                    return unit
        return self.head.amount_unit

    def tell(self, cell: Cell | str, found: Fault, phrase: str = "") -> None:
        address = cell if isinstance(cell, str) else cell.address
        if (address, found.key) not in self.told:
            self.told.add((address, found.key))
            written = phrase or (cell.written if isinstance(cell, Cell) else "")
            self.problems.append(Problem(address, found, written))

    def tell_all(self, cell: Cell, faults: Sequence[Fault]) -> None:
        for found in faults:
            self.tell(cell, found)

    def has(self, *fields: str) -> bool:
        """Whether the table has a column for one of the fields."""
        return any(name in self.columns for name in fields)

    def header_address(self) -> str:
        """Where to say what is wrong with the table as a whole."""
        return self.table.sheet.address(self.table.header[1], self.visible[0])

    def remember(self, reader: Callable[..., Any], text: str, *further: Any) -> Any:
        """Ledgers repeat themselves: each text is read once. ``further``: what the reader is told besides."""
        key = (reader, text) if not further or further[0] is self.vocabulary else (reader, text, further)
        if key not in self.memory:
            self.memory[key] = reader(text, *further)
        return self.memory[key]

    def records(self) -> Iterator[Record]:
        """Goes down the table; until the next record is asked for, all other questions are about this one."""
        for record in self._parted():
            self.record = record
            if record.sections != self.sections:
                self.sections, self.carried, self.section_rows = record.sections, {}, {}
            self.by_column = {column: self.at(record.row, column) for column in self.visible}
            if record.joined:
                for row in record.more:
                    self.tell(self.table.sheet.address(row, self.visible[0]), fault("joined_to_above"))
            if record.alone and (address := self.row_address()) not in self.vocabulary.correction.answers:
                self.tell(address, fault("only_wording"), self.text("title"))
            yield record
            self.above = self._last_cells(record)

    def _parted(self) -> Iterator[Record]:
        """A problem that goes on below with another county is one problem for each county."""
        column = self.columns.get("county", [0])[0]
        for record in self.table.records:
            rows = (record.row, *record.more) if record.more and column else ()
            if len({text for row in rows if (text := text_of(self.table.at(row, column)[0]))}) > 1:
                for row in rows:
                    yield replace(record, row=row, more=(), joined=False)
            else:
                yield record

    def _last_cells(self, record: Record) -> dict[int, Cell]:
        if not record.more:
            return self.by_column
        self.above = self.by_column
        return {column: self.at(record.more[-1], column) for column in self.visible}

    def at(self, row: int, column: int) -> Cell:
        """Any visible cell; what is wrong with the cell itself is told."""
        value, home_row, home_column = self.table.at(row, column)
        if value == "" and not self.formulas_without_value:
            return Cell(address=self.address(row, column))
        address = self.address(home_row, home_column)
        text = written = text_of(value)
        if self.answers and (answer := self.answers.get(address)) is not None:
            return Cell(answer.strip(), written, answer.strip(), address)
        if column in self.meant and (meant := self.meant[column].get(word_key(text))):
            return Cell(meant, written, meant, address)
        if self.formulas_without_value and (home_row, home_column) in self.formulas_without_value:
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
        if len(text) <= 6 and text[0] in _SAME_BEGINS and _SAME.fullmatch(text):
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
        first = self.by_column[columns[0]]
        if len(columns) == 1 and not self.record.more:
            return first
        parts = [self.by_column[column] for column in columns]
        if self.record.more and name in _JOINED_ROWS:
            parts += [self.at(row, column) for row in self.record.more for column in columns]
        texts = list(dict.fromkeys(part.text for part in parts if part.text and not is_nothing(part.text)))
        lead = next((part for part in parts if part.text), first)
        return replace(lead, text="\n".join(texts), value=lead.value if len(texts) == 1 else "\n".join(texts))

    def down(self, column: int) -> str:
        """What stands in any column over all rows of the record, line by line."""
        texts = [self.by_column[column].text, *(self.at(row, column).text for row in self.record.more)]
        return "\n".join(dict.fromkeys(filter(None, texts)))

    def further(self) -> list[tuple[str, str]]:
        """Of fields with one value: what the further rows of the record say else, by its header."""
        if not self.record.more:
            return []
        columns = [(h, h.column) for h in self.table.headings if h.field in _ONE_VALUE and h.column in self.by_column]
        return [(h.text, text) for h, column in columns if "\n" in (text := self.down(column))]

    def text(self, name: str) -> str:
        """The field's text in the record; marks for "none" are none."""
        if name not in self.columns:
            return ""
        found = self.cell(name)
        return "" if is_nothing(found.text) else found.text

    def said(self, name: str) -> Cell:
        """The cell's text, or the value above where the column is filled in that way."""
        found = self.cell(name)
        if found.text and not is_nothing(found.text):
            self.carried[name] = found
            return found
        if name in self.carries and not found.broken and (above := self.carried.get(name)):
            self.tell(found, fault("taken_from_above", value=above.text[:30]))
            return replace(above, written="", address=found.address)
        return replace(found, text="")

    def own_words(self, cell: Cell) -> str:
        """What the ledger itself says where a person said what its word means; of "as above" what stands above."""
        if cell.written and not _SAME.fullmatch(cell.written):
            self.own[cell.text] = cell.written
        elif cell.address in self.vocabulary.correction.answers:
            return cell.text
        return self.own.get(cell.text, cell.text)

    def tell_reading(self, name: str, cell: Cell, faults: Sequence[Fault]) -> None:
        """What could not be read is not carried down to the rows below either."""
        self.tell_all(cell, faults)
        if faults:
            self.carried.pop(name, None)

    def section_address(self, text: str) -> str:
        """Of the section row above the record that says so."""
        if text not in self.section_rows:
            rows = [one.row for one in self.table.passed if one.what == "section" and one.text == text[:TEXT_KEPT]]
            self.section_rows[text] = max(row for row in rows if row < self.record.row)
        return self.table.sheet.address(self.section_rows[text], self.visible[0])

    def row_address(self) -> str:
        column = (self.columns.get("title") or self.visible)[0]
        return self.table.sheet.address(self.record.row, column)
