"""From a sheet's cells to a table: header, title lines, records, and everything that is neither.

Above the header stand title lines; below it each row is a record, a section row (一、中央巡视反馈问题), a total, a note,
a repeated header or blank. Merged cells give their value to every cell they cover, and remember where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tracker.base.sheets import Merge, Sheet, Value, column_number, letter
from tracker.ledgers.columns import Assignment, Path, assign, choices, header_text, plain_header
from tracker.ledgers.header import MIN_KNOWN_HEADERS, Header, find_header, header_of, text_of
from tracker.ledgers.vocabulary import plain

TICKS = ("√", "✓", "✔", "☑", "●", "■", "★", "◆", "1", "V", "v", "是")
_STATE_WORD = re.compile(
    r"(?:已|正在|尚?未|基本|部分|待|持续)?(?:全部)?(?:完成|整改|办结|销号|启动|到位|解决|推进|落实|验收|办理|销案)(?:完成|到位|完毕|整改|中)?|"
    r"进行中|(?:未?达到|超过)序时进度"
)
TEXT_KEPT = 200  # characters of a row that is no problem
_TICKED_NAMES = ("county", "lead_unit", "responsible_units", "assisting_units")
LOOKED_AT = 200  # records a column without a head is looked for in


@dataclass(frozen=True)
class Heading:
    column: int
    path: Path
    field: str | None
    hidden: bool = False
    beaten_by: str | None = None  # header of the column that was taken in its place
    left_out: bool = False  # because a person says so

    @property
    def text(self) -> str:
        return header_text(self.path)

    @property
    def letter(self) -> str:
        return letter(self.column)


@dataclass(frozen=True, slots=True)
class Record:
    """One problem: its row and, where it goes on below (merged serial and wording), the further rows."""

    row: int
    sections: tuple[str, ...] = ()  # from outer to inner
    more: tuple[int, ...] = ()
    joined: bool = False  # ``more`` was judged by blanks, not by merged cells
    alone: bool = False  # nothing but a wording stands in it: perhaps the row above goes on


@dataclass(frozen=True)
class Passed:
    """A row that is no problem, and why."""

    row: int
    what: str
    text: str


@dataclass(frozen=True)
class Table:
    sheet: Sheet
    header: tuple[int, int]
    headings: tuple[Heading, ...]
    titles: tuple[str, ...]
    records: tuple[Record, ...]
    passed: tuple[Passed, ...]
    place: int = 1  # among the tables of its sheet
    covered: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, list[int]]:
        """Field → its columns, from left to right."""
        found: dict[str, list[int]] = {}
        for heading in self.headings:
            if heading.field and not heading.hidden:
                found.setdefault(heading.field, []).append(heading.column)
        return found

    def at(self, row: int, column: int) -> tuple[Value, int, int]:
        """The value shown at a cell, and the row and column where it stands."""
        if self.covered:
            row, column = self.covered.get((row, column), (row, column))
        line = self.sheet.rows[row - 1]
        return (line[column - 1] if column <= len(line) else "", row, column)

    def without_head(self) -> tuple[int, ...]:
        """Visible columns in which the first records have something, but which no header names."""
        named = {heading.column for heading in self.headings} | self.sheet.layout.hidden_columns
        rows = [self.sheet.rows[record.row - 1] for record in self.records[:LOOKED_AT]]
        width = max(map(len, rows), default=0)
        filled = {
            column for row in rows for column in range(1, width + 1) if column <= len(row) and row[column - 1] != ""
        }
        return tuple(sorted(filled - named))

    def fills(self, column: int) -> bool:
        """Something stands in the column itself, not only in a cell merged over it."""
        return any(
            value != "" and home == column
            for record in self.records[:LOOKED_AT]
            for value, _, home in [self.at(record.row, column)]
        )

    def ticked(self) -> dict[str, dict[int, str]]:
        """Columns side by side of which each row ticks one (已完成 | 整改中 | 未启动): field → column → what a tick means."""
        found: dict[str, dict[int, str]] = {}
        for heading in self.headings:
            field_ = _ticked_field(tuple(map(plain, heading.path)))
            if field_ and not heading.hidden and not heading.left_out and heading.field in (None, field_):
                found.setdefault(field_, {})[heading.column] = heading.path[-1]
        return {code: columns for code, columns in found.items() if len(columns) > 1 and self._only_ticks(columns)}

    def _only_ticks(self, columns: Iterable[int]) -> bool:
        places = [(record.row, column) for record in self.records[:LOOKED_AT] for column in columns]
        texts = {plain(text_of(self.at(*place)[0])) for place in places}
        return "" in texts and len(texts) > 1 and texts <= {"", *TICKS}

    @property
    def notes(self) -> list[str]:
        return [passed.text for passed in self.passed if passed.what == "note"]


def _ticked_field(path: Path) -> str | None:
    """已完成 alone or below 整改状态, 是 and 否 below 是否销号, 县水利局 and 县财政局 below 责任单位."""
    if path[-1] in ("是", "否") and len(path) > 1:
        return next((code for _, code in choices(path[:-1]) if code in ("state", "strike_off")), None)
    if _STATE_WORD.fullmatch(path[-1]):
        return "state"
    if len(path) == 1 or choices(path):
        return None
    return next((code for _, code in choices(path[:-1]) if code in _TICKED_NAMES), None)


def _covered_cells(merges: Sequence[Merge]) -> dict[tuple[int, int], tuple[int, int]]:
    return {
        (row, column): (merge.top, merge.left)
        for merge in merges
        for row in range(merge.top, merge.bottom + 1)
        for column in range(merge.left, merge.right + 1)
        if (row, column) != (merge.top, merge.left)
    }


_TOTAL = re.compile(r"(?:本页|本级|全市|全县|.{0,8})?(?:合计|总计|小计|共计|累计|总数)(?:[:(].*)?")
_NOTE = re.compile(
    r"(?:备注|注|说明|附注|填表说明|填报说明|注释|附|特别说明|有关说明|注意事项)(?:\d{0,2}|[一二三四五])[:.、].*|(?:备注|注|说明)\d?"
)
_SIGNATURE = re.compile(
    r"(?:填报|填表|制表|审核|审批|复核|编制|报送|联系|经办|统计)(?:人|单位|部门|日期|时间|电话)?(?:\(.{0,8}\))?:.*|"
    r"(?:单位|部门|主要|分管|负责)?(?:负责人|领导|主要负责同志)?(?:\(?(?:签字|签名|签章|盖章|公章)\)?)+:?.*|联系电话:.*|日期:.*|时间:.*|第\d+页.*"
)
_SECTION_MARK = re.compile(
    r"[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十\d]{1,3}[部分类章批]"
)
# Alone in its row, under the wording's head: a remark on the table, or that there is nothing to tell.
_REMARK = re.compile(r"(?:以上|上述|本表|本台账|表中|表内|上表).*")
_NO_PROBLEM = re.compile(
    r"\(?(?:本[县市区]|我[县市区]|[一-龥]{1,3}[县市区])?(?:暂|均)?(?:无|没有)(?:此类|该类|相关|发现)?(?:问题|情况)?\)?[。.]?|[-—/]+"
)
_CHINESE_NUMBER = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
_SERIAL = re.compile(r"\(?\d{1,6}\)?[、.]?")


def find_tables(
    sheet: Sheet,
    header_rows: Mapping[int, tuple[int, int]] | None = None,
    corrected: Mapping[str, str] | None = None,
    take_hidden: bool = False,
) -> list[Table]:
    """All tables of a sheet: mostly one, none on a cover, several where blocks with headers of their own follow.

    ``header_rows`` (place of the table → rows) and ``corrected`` (header text → field) are what a person put right.
    """
    covered = _covered_cells(sheet.merges)
    pointed = {place: header_of(sheet, *rows, covered) for place, rows in (header_rows or {}).items()}
    header = pointed.get(1) or find_header(sheet, 1, covered)
    second = pointed.get(2)
    if second and header and 1 not in pointed and header.first >= second.first:
        header = second  # nothing stands above it that is a table
    header = header or second
    tables: list[Table] = []
    above = 1
    while header is not None:
        walk = _Walk(sheet, header, covered, corrected, take_hidden)
        following = walk.run(pointed.get(len(tables) + 2))
        titles = tuple(_lines(sheet, above, header.first - 1))
        tables.append(replace(walk.table(titles), place=len(tables) + 1))
        above, header = walk.after_last_row(), following
    return tables


_NO_HEAD = re.compile(r"#([A-Z]{1,3})")


def head_of_nothing(column: int) -> str:
    """What a column without a head goes by when a person says what it means."""
    return f"#{letter(column)}"


def _without_head(header: Header, corrected: Mapping[str, str]) -> dict[int, Path]:
    named = (match for text in corrected if (match := _NO_HEAD.fullmatch(text)))
    return {column: (match[0],) for match in named if (column := column_number(match[1])) not in header.paths}


def _lines(sheet: Sheet, first: int, last: int) -> Iterator[str]:
    for row in sheet.rows[first - 1 : last]:
        for value in row:
            if text := text_of(value):
                yield text


class _Walk:
    """One way down the rows below a header."""

    def __init__(
        self,
        sheet: Sheet,
        header: Header,
        covered: Mapping[tuple[int, int], tuple[int, int]],
        corrected: Mapping[str, str] | None,
        take_hidden: bool,
    ) -> None:
        header = replace(header, paths={**header.paths, **_without_head(header, corrected or {})})
        self.sheet, self.header, self.covered, self.take_hidden = sheet, header, covered, take_hidden
        hidden = frozenset() if take_hidden else sheet.layout.hidden_columns
        visible = {column: path for column, path in header.paths.items() if column not in hidden}
        self.assignment: Assignment = assign(visible, corrected)
        self.hidden = hidden
        self.by_field = {code: column for column, code in sorted(self.assignment.fields.items(), reverse=True)}
        self.title = self.by_field.get("title", 0)
        self.serial = self.by_field.get("serial") or self.by_field.get("number") or 0
        self.width = max(header.paths, default=0)
        self.header_texts = {column: plain_header(path[-1]) for column, path in header.paths.items()}
        self.header_begins = {
            column: text[:1] if "一" <= text[:1] <= "龥" else "" for column, text in self.header_texts.items()
        }
        self.records: list[Record] = []
        self.passed: list[Passed] = []
        self.sections: list[tuple[int, str]] = []
        self.after_note = False

    def table(self, titles: tuple[str, ...]) -> Table:
        headings = tuple(
            Heading(
                column,
                path,
                self.assignment.fields.get(column),
                column in self.hidden,
                self._rival(column),
                column in self.assignment.left_out,
            )
            for column, path in sorted(self.header.paths.items())
        )
        rows = self.header.first, self.header.last
        return Table(self.sheet, rows, headings, titles, tuple(self.records), tuple(self.passed), covered=self.covered)

    def _rival(self, column: int) -> str | None:
        rival = self.assignment.beaten.get(column)
        return header_text(self.header.paths[rival]) if rival else None

    def after_last_row(self) -> int:
        """Where the lines above a following table begin: below this table's records, totals and notes."""
        rows = [record.row for record in self.records[-1:]]
        rows += [passed.row for passed in self.passed if passed.what in ("total", "note")]
        return max(rows, default=self.header.last) + 1

    def run(self, pointed: Header | None = None) -> Header | None:
        """Read down to the end, or to the header of a next table: the one somebody pointed out, else one that is found."""
        if pointed is not None and pointed.first <= self.header.last:
            pointed = None
        hidden_rows = frozenset() if self.take_hidden else self.sheet.layout.hidden_rows
        for row in range(self.header.last + 1, len(self.sheet.rows) + 1):
            if pointed is not None and row == pointed.first:
                return pointed
            filled = self._filled(row)
            if not filled:
                continue
            if row in hidden_rows:
                self._pass(row, "hidden", {})
            elif self._repeats_header(row, filled):
                self._pass(row, "header", filled)
            elif pointed is None and (following := self._next_header(row, filled)):
                return following
            else:
                self._sort(row, filled)
        return None

    def _filled(self, row: int) -> dict[int, str]:
        """Own texts of a row (merged cells count where they stand)."""
        line = self.sheet.rows[row - 1]
        texts = {column: text for column, value in enumerate(line, 1) if value != "" and (text := text_of(value))}
        return {column: text for column, text in texts.items() if column not in self.hidden} if self.hidden else texts

    def _pass(self, row: int, what: str, filled: Mapping[int, str]) -> None:
        self.passed.append(Passed(row, what, " ".join(filled.values())[:TEXT_KEPT]))

    def _repeats_header(self, row: int, line: Mapping[int, str]) -> bool:
        """A header printed again on each page, or the row of column numbers below it."""
        if row == self.header.last + 1 and len(line) > 3:
            numbers = [re.sub(r"\D", "", text) for text in line.values()]
            if numbers == [str(number) for number in range(1, len(numbers) + 1)]:
                return True
        texts, begins = self.header_texts, self.header_begins
        same = sum(
            1
            for column, text in line.items()
            if len(text) < 40 and column in texts and begins[column] in text and plain_header(text) == texts[column]
        )
        return same >= 2 and same * 2 > len(line)

    def _next_header(self, row: int, filled: Mapping[int, str]) -> Header | None:
        words = [text for text in filled.values() if len(text) <= 20 and not text.isascii()]
        if len(words) < MIN_KNOWN_HEADERS or sum(1 for text in words if choices((text,))) < MIN_KNOWN_HEADERS:
            return None
        found = find_header(self.sheet, row, self.covered)
        return found if found and found.first == row else None

    def _sort(self, row: int, filled: Mapping[int, str]) -> None:
        what = self._what(row, filled)
        if what == "section":
            self._open_section(row, filled)
        elif what == "record":
            self.after_note = False
            self._add(row, filled)
            return
        elif what == "note":
            self.after_note = True
        self._pass(row, what, filled)

    def _what(self, row: int, filled: Mapping[int, str]) -> str:
        own_title = self.title in filled
        if own_title and self.serial in filled and len(filled) > 4 and _SERIAL.fullmatch(filled[self.serial]):
            return "record"  # by far the commonest row
        texts = [plain(text) for text in filled.values()]
        if len(texts) <= 4 and any(_NOTE.fullmatch(text) or _SIGNATURE.fullmatch(text) for text in texts[:1]):
            return "note"
        leading = [plain(text) for column, text in filled.items() if column <= max(self.title, 3)][:3]
        if any(_TOTAL.fullmatch(text) and len(text) <= 14 for text in leading):
            return "total"
        if self.after_note and len(texts) <= 2 and not (self.serial in filled and own_title):
            # Notes run on over several rows; only a ledger in sections may open one more below a note.
            return "section" if self.sections and _SECTION_MARK.match(texts[0]) else "note"
        if self._is_section(row, filled, texts):
            return "section"
        if own_title and set(filled) == {self.serial, self.title} and self._numbers_below(row, filled[self.serial]):
            return "section"
        if set(filled) <= {self.serial} or (own_title and self._says_none(filled)):
            return "blank"  # a row numbered in advance
        if self._alone(filled) and _REMARK.match(texts[0]):
            return "note"
        return "record"

    def _numbers_below(self, row: int, serial: str) -> bool:
        """1 is the heading of 1.1, 1.2 …"""
        below = self._filled(row + 1).get(self.serial, "") if row < len(self.sheet.rows) else ""
        return bool(re.fullmatch(rf"{re.escape(plain(serial))}[.\-—]\d+", plain(below)))

    def _alone(self, filled: Mapping[int, str]) -> bool:
        return bool(self.serial) and set(filled) == {self.title}

    def _says_none(self, filled: Mapping[int, str]) -> bool:
        return set(filled) <= {self.title, self.serial} and bool(_NO_PROBLEM.fullmatch(plain(filled[self.title])))

    def _is_section(self, row: int, filled: Mapping[int, str], texts: Sequence[str]) -> bool:
        first_column = next(iter(filled))
        if len(texts) == 1:
            if self._is_number(texts[0]) or self._goes_on(row, first_column):
                return False
            if first_column != self.title:
                return True
            return self._spans(row, first_column) or bool(_SECTION_MARK.match(texts[0]))
        if first_column == self.serial and self.title not in filled and len(texts) <= 3:
            return bool(_SECTION_MARK.match(texts[0])) or not self._is_number(texts[0])
        if len(texts) <= 2 and first_column == self.serial:
            return bool(_CHINESE_NUMBER.fullmatch(texts[0]))
        return False

    def _is_number(self, text: str) -> bool:
        return bool(_SERIAL.fullmatch(text))

    def _goes_on(self, row: int, column: int) -> bool:
        """The row lies inside a problem merged downward, so its only own cell is a further unit or measure."""
        return bool(self.title) and self._anchor(row, self.title) != row and column != self.title

    def _anchor(self, row: int, column: int) -> int:
        return self.covered.get((row, column), (row, column))[0]

    def _spans(self, row: int, column: int) -> bool:
        wide = [place for place, home in self.covered.items() if home == (row, column) and place[0] == row]
        return len(wide) >= max(self.width // 2, 2)

    def _open_section(self, row: int, filled: Mapping[int, str]) -> None:
        text = " ".join(filled.values())
        bare = plain(text)
        if re.match(r"[一二三四五六七八九十]{1,3}(?:[、.]|$)|第.{1,3}[部类章批]", bare) or _CHINESE_NUMBER.fullmatch(
            plain(next(iter(filled.values())))
        ):
            level = 1
        else:
            level = 2 if re.match(r"\([一二三四五六七八九十]", bare) else 3
        self.sections = [item for item in self.sections if item[0] < level]
        self.sections.append((level, text))

    def _add(self, row: int, filled: Mapping[int, str]) -> None:
        joins_merged, joins_blank = self._continues(row, filled)
        if self.records and (joins_merged or joins_blank):
            last = self.records[-1]
            self.records[-1] = Record(last.row, last.sections, (*last.more, row), last.joined or joins_blank)
            return
        alone = bool(self.records) and self.records[-1].row == row - 1 and self._alone(filled)
        self.records.append(Record(row, tuple(text for _, text in self.sections), alone=alone))

    def _continues(self, row: int, filled: Mapping[int, str]) -> tuple[bool, bool]:
        """Whether the row goes on with the problem above: by merged cells, or because serial and wording are blank."""
        if not self.records or not self.title or not self.serial:
            return False, False
        last = self.records[-1]
        previous = (last.more or (last.row,))[-1]
        if previous != row - 1:
            return False, False
        title_above = self._anchor(row, self.title) <= previous
        serial_above = self._anchor(row, self.serial) <= previous
        if title_above and serial_above:
            return True, False
        blank = not {self.title, self.serial} & set(filled) and not title_above and not serial_above
        short = len(filled) <= max(2, self.width // 2)
        return False, blank and short and last.row != row
