"""Rows under one header: the plain lists an installation keeps (regions, units, people)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.base.access import N_
from tracker.base.sheets import (
    Sheet,
    SheetRefused,
    Value,
    Workbook,
    plain_text,
)

HEADER_WITHIN = 10  # rows; titles may stand above the header


@dataclass(frozen=True)
class Column:
    """A column to look for: its key, the labels it goes by (the first is ours), whether a file must have it."""

    key: str
    labels: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Record:
    """One row: what stands in each known column as text, and each cell's address, for saying what is wrong."""

    row: int
    texts: dict[str, str]
    cells: dict[str, str]

    def text(self, key: str) -> str:
        """The cell's text; empty when the file has no such column."""
        return self.texts.get(key, "")

    def cell(self, key: str) -> str:
        return self.cells[key]


def records(book: Workbook, columns: Sequence[Column]) -> list[Record]:
    """The rows below the first header that names every required column; blank rows are left out.

    Raises SheetRefused when no visible sheet has such a header, or nothing stands below it.
    """
    for sheet in (sheet for sheet in book.sheets if sheet.visible):
        for number, header in enumerate(sheet.rows[:HEADER_WITHIN], 1):
            places = _places(header, columns)
            if all(column.key in places for column in columns if column.required):
                return _records_below(sheet, number, places, columns)
    labels = "、".join(column.labels[0] for column in columns if column.required)
    raise SheetRefused(N_("没有找到表头。"), N_("第一行要有这些列：%(labels)s。"), labels=labels)


def _places(header: Sequence[Value], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → index in the row, by label; spaces and case do not matter."""
    labels = {"".join(plain_text(value).split()).lower(): index for index, value in reversed(list(enumerate(header)))}
    return {column.key: labels[label] for column in columns for label in reversed(column.labels) if label in labels}


def _records_below(sheet: Sheet, header: int, places: dict[str, int], columns: Sequence[Column]) -> list[Record]:
    found = []
    for number, row in enumerate(sheet.rows[header:], header + 1):
        texts = {key: plain_text(row[index]) for key, index in places.items()}
        if any(texts.values()):
            cells = {column.key: sheet.address(number, places.get(column.key, 0) + 1) for column in columns}
            found.append(Record(number, texts, cells))
    if not found:
        raise SheetRefused(N_("表头下面没有内容。"), N_("请选择有内容的文件。"), cell=sheet.address(header, 1))
    return found
