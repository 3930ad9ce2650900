"""Which rows and columns of an old xls are hidden, how far it reaches and how much text it unfolds to: the reading library
does not tell.

The file is a small file system of sectors (MS-CFB); in its stream ``Workbook`` stand records (MS-XLS). Of these only the
list of sheets, the shared texts, ROW, COLINFO and where cells stand are looked at. Whatever is not as expected means "not
known", never an error; only what is known to be too much is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from tracker.base.sheets import MAX_COLUMNS, MAX_ROWS, Layout, SharedTexts, check_extent

_END = 0xFFFFFFFE  # this and what is above it is no sector
_SMALL = 4096  # shorter streams lie in the mini stream
_BOUNDSHEET, _ROW, _COLINFO, _EOF = 0x85, 0x208, 0x7D, 0x0A
_SHARED, _CONTINUED, _SHOWS_SHARED = 0xFC, 0x3C, 0xFD
_CELLS = frozenset({_SHOWS_SHARED, 0x06, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xD6})  # with something in them
_SEVERAL = 0xBD  # numbers side by side, the last column at the end
_WIDE, _PRONOUNCED, _RICH = 0x01, 0x04, 0x08
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01


def layouts_of_xls(data: bytes) -> dict[str, Layout] | None:
    """Each sheet's layout by name; None where the file is built in a way this does not know."""
    try:
        stream = _workbook_stream(data)
        texts = SharedTexts([*_shared(stream)])
        return {name: _layout(stream, start, name, texts) for name, start in _sheets(stream)}
    except (struct.error, IndexError, ValueError, UnicodeDecodeError):
        return None


def _workbook_stream(data: bytes) -> bytes:
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    mini = 1 << struct.unpack_from("<H", data, 32)[0]
    directory_start, mini_table_start = struct.unpack_from("<I", data, 48)[0], struct.unpack_from("<I", data, 60)[0]
    table = _numbers(b"".join(_sector(data, at, sector) for at in _table_sectors(data, sector)))
    entries = _chain(data, directory_start, table, sector)
    names = {
        entries[at : at + max(struct.unpack_from("<H", entries, at + 64)[0] - 2, 0)].decode("utf-16-le"): at
        for at in range(0, len(entries) - 127, 128)
    }
    found = names.get("Workbook")
    if found is None:
        raise ValueError("no stream Workbook: older than Excel 97")
    start, size = struct.unpack_from("<II", entries, found + 116)
    if size >= _SMALL:
        return _chain(data, start, table, sector)[:size]
    whole = _chain(
        data, struct.unpack_from("<I", entries, 116)[0], table, sector
    )  # the root entry holds the mini stream
    mini_table = _numbers(_chain(data, mini_table_start, table, sector))
    return b"".join(whole[at * mini : (at + 1) * mini] for at in _links(start, mini_table))[:size]


def _table_sectors(data: bytes, sector: int) -> list[int]:
    """The sectors of the allocation table: the first 109 in the head, more in a chain of their own."""
    found = list(struct.unpack_from("<109I", data, 76))
    following, count = struct.unpack_from("<II", data, 68)
    for _ in range(min(count, len(data) // sector)):
        if following >= _END:
            break
        block = _numbers(_sector(data, following, sector))
        found += block[:-1]
        following = block[-1]
    return [at for at in found if at < _END - 1]


def _sector(data: bytes, at: int, sector: int) -> bytes:
    return data[(at + 1) * sector : (at + 2) * sector]


def _numbers(block: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])


def _links(start: int, table: Sequence[int]) -> Iterator[int]:
    for _ in range(len(table) + 1):
        if start >= _END - 1:
            return
        yield start
        start = table[start]
    raise ValueError("a chain of sectors runs in a ring")


def _chain(data: bytes, start: int, table: Sequence[int], sector: int) -> bytes:
    return b"".join(_sector(data, at, sector) for at in _links(start, table))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content begins, length) up to the end of the sheet."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _EOF:
            return
        yield kind, at + 4, length
        at += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, at, _ in _records(stream, 0):
        if kind == _BOUNDSHEET:
            start, _state, _type, length, wide = struct.unpack_from("<IBBBB", stream, at)
            name = stream[at + 8 : at + 8 + length * (2 if wide & 1 else 1)]
            yield name.decode("utf-16-le" if wide & 1 else "latin-1"), start


def _shared(stream: bytes) -> Iterator[int]:
    """The length of each shared text. They run on from record to record; where one is cut in its characters, the next
    record says again how wide these are."""
    pieces = [stream[at : at + length] for at, length in _shared_pieces(stream)]
    if not pieces:
        return
    number = struct.unpack_from("<I", pieces[0], 4)[0]
    here, at = 0, 8

    def skip(length: int) -> None:
        nonlocal here, at
        at += length
        while at >= len(pieces[here]) and here + 1 < len(pieces):
            at -= len(pieces[here])
            here += 1

    for _ in range(number):
        skip(0)
        characters, flags = struct.unpack_from("<HB", pieces[here], at)
        yield characters
        runs = struct.unpack_from("<H", pieces[here], at + 3)[0] if flags & _RICH else 0
        more = 2 if flags & _RICH else 0
        beside = struct.unpack_from("<I", pieces[here], at + 3 + more)[0] if flags & _PRONOUNCED else 0
        at += 3 + more + (4 if flags & _PRONOUNCED else 0)
        while characters:
            size = 2 if flags & _WIDE else 1
            room = (len(pieces[here]) - at) // size
            if room >= characters:
                at += characters * size
                break
            characters -= max(room, 0)
            here += 1
            flags, at = flags & ~_WIDE | pieces[here][0] & _WIDE, 1
        skip(runs * 4 + beside)


def _shared_pieces(stream: bytes) -> Iterator[tuple[int, int]]:
    inside = False
    for kind, at, length in _records(stream, 0):
        inside = kind == _SHARED or (inside and kind == _CONTINUED)
        if inside:
            yield at, length


def _layout(stream: bytes, start: int, name: str, texts: SharedTexts) -> Layout:
    rows: set[int] = set()
    columns: set[int] = set()
    last_row = last_column = 0
    for kind, at, length in _records(stream, start):
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", stream, at)
            if kind == _SEVERAL:
                column = struct.unpack_from("<H", stream, at + length - 2)[0]
            elif kind == _SHOWS_SHARED:
                texts.count(texts.of(struct.unpack_from("<I", stream, at + 6)[0]))
            last_row, last_column = max(last_row, row + 1), max(last_column, column + 1)
        elif kind == _ROW:
            row, options = struct.unpack_from("<H10xH", stream, at)
            if options & _ROW_HIDDEN and row < MAX_ROWS:
                rows.add(row + 1)
        elif kind == _COLINFO:
            first, last, options = struct.unpack_from("<HH4xH", stream, at)
            if options & _COLUMN_HIDDEN:
                columns.update(range(first + 1, min(last + 1, MAX_COLUMNS) + 1))
    check_extent(name, last_row, last_column)
    return Layout(frozenset(columns), frozenset(rows), last_row=last_row, last_column=last_column)
