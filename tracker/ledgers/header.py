"""The header of a table: the block of one to three rows whose words name most fields (``columns``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise

from tracker.base.sheets import Sheet, Value
from tracker.ledgers.columns import Path, known_headers
from tracker.ledgers.vocabulary import plain

HEADER_SEARCH_ROWS = 60
MAX_HEADER_ROWS = 3
MIN_KNOWN_HEADERS = 3


def text_of(value: Value) -> str:
    """The value as its owner sees it: 1.0 is 1, a day is 2019-08-31; outer spaces (wide ones too) go."""
    if isinstance(value, str):
        text = value.strip()  # wide spaces count as white space, zero-width marks do not
        return (
            text.strip("\ufeff\u200b \u3000")
            if text and (text[0] in "\ufeff\u200b" or text[-1] in "\ufeff\u200b")
            else text
        )
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class Header:
    first: int
    last: int
    paths: Mapping[int, Path]
    score: int


def find_header(sheet: Sheet, start: int, covered: Mapping[tuple[int, int], tuple[int, int]]) -> Header | None:
    """The block of rows that names most fields; of equals the shortest, then the uppermost."""
    best: Header | None = None
    for first in range(start, min(len(sheet.rows), start + HEADER_SEARCH_ROWS) + 1):
        if not _may_be_header(sheet.rows[first - 1]):
            continue
        for last in range(first, min(first + MAX_HEADER_ROWS - 1, len(sheet.rows)) + 1):
            found = header_of(sheet, first, last, covered)
            if best is None or (found.score, best.last - best.first) > (best.score, last - first):
                best = found
        if best and best.score >= 2 * MIN_KNOWN_HEADERS and first > best.last:
            break
    if best is None or best.score < MIN_KNOWN_HEADERS:
        return None
    last = _merged_down_to(best, covered)
    return best if last == best.last else header_of(sheet, best.first, last, covered)


def _merged_down_to(header: Header, covered: Mapping[tuple[int, int], tuple[int, int]]) -> int:
    """Where header cells merged downward end, if several end on one row: what stands beside their feet is header too."""
    feet: dict[int, int] = {}
    for (row, column), (home, _) in covered.items():
        if header.first <= home <= header.last:
            feet[column] = max(row, feet.get(column, 0))
    ends = [row for row in feet.values() if header.last < row < header.first + MAX_HEADER_ROWS]
    last = max(ends, default=header.last)
    return last if ends.count(last) > 1 else header.last


def find_again(sheet: Sheet, heads: Sequence[Sequence[Sequence[str]]]) -> dict[int, tuple[int, int]]:
    """Where these headers (lines of texts) stand, from the top: each where most of its words are, if most of them are. Of two
    that would share a row the one stands there of which more is found."""
    found = filter(None, (_place_of(sheet, lines) for lines in heads))
    places: list[tuple[int, int]] = []
    for _, place in sorted(found, key=lambda each: each[0], reverse=True):
        if all(place[1] < first or last < place[0] for first, last in places):
            places.append(place)
    return dict(enumerate(sorted(places), 1))


def _place_of(sheet: Sheet, lines: Sequence[Sequence[str]]) -> tuple[float, tuple[int, int]] | None:
    """The first and last row of the best place, behind the share of the words that is found there."""
    wanted = [{plain(text) for text in line if text} for line in lines]
    as_written = {text for line in lines for text in line if text}
    total = sum(map(len, wanted))
    best, place = 0, None
    for first in range(1, len(sheet.rows) - len(lines) + 2):
        block = sheet.rows[first - 1 : first - 1 + len(lines)]
        if first > HEADER_SEARCH_ROWS and not any(value in as_written for value in block[0] if isinstance(value, str)):
            continue  # far down only what is written the very same is looked at
        found = sum(
            len(words & {plain(text_of(value)) for value in row}) for words, row in zip(wanted, block, strict=True)
        )
        if found * 2 > total and found > best:
            best, place = found, (first, first + len(lines) - 1)
    return (best / total, place) if place else None


def _may_be_header(row: Sequence[Value]) -> bool:
    """A cheap look: some cell is short text."""
    return any(isinstance(value, str) and 0 < len(value) <= 40 for value in row)


def header_of(sheet: Sheet, first: int, last: int, covered: Mapping[tuple[int, int], tuple[int, int]]) -> Header:
    lines = [_header_line(sheet, row, first, last, covered) for row in range(first, last + 1)]
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    for upper, lower in pairwise(lines):
        _spread_groups(upper, lower)
    paths = {
        index + 1: path
        for index in range(width)
        if (path := tuple(dict.fromkeys(text for line in lines if (text := line[index]))))
    }
    return Header(first, last, paths, known_headers(tuple(paths.values())))


def _header_line(
    sheet: Sheet, row: int, first: int, last: int, covered: Mapping[tuple[int, int], tuple[int, int]]
) -> list[str]:
    line = []
    for column in range(1, len(sheet.rows[row - 1]) + 1):
        home_row, home_column = covered.get((row, column), (row, column))
        inside = first <= home_row <= last
        text = text_of(sheet.rows[home_row - 1][home_column - 1]) if inside else ""
        line.append(text if len(text) <= 60 else "")
    return line


def _spread_groups(upper: list[str], lower: list[str]) -> None:
    """Without merge information (csv, ods) a group's name stands over its first column only."""
    for column in range(1, len(upper)):
        if not upper[column] and lower[column] and upper[column - 1] and lower[column - 1]:
            upper[column] = upper[column - 1]
