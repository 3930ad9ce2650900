"""What a person put right about a ledger, in its two forms outside a reading: fields of a page, and what is kept with
the ledger for the next time. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from tracker.ledgers.columns import MEANINGS
from tracker.ledgers.plan import LEDGER, LIST
from tracker.ledgers.reading import CHOSEN, Reading
from tracker.ledgers.vocabulary import LEAVE, TAKE, Correction

#: What the names of fields begin with; what follows is a sheet, a header, a word or a name of the ledger.
FIRST, LAST, COLUMN, WORD, ANSWER = "header-first:", "header-last:", "column:", "word:", "answer:"
OFFER = "offer:"  # an answer chosen, not typed
UNIT, PERSON = "unit:", "person:"
CONFLICT, CONFLICTS = "conflict:", "conflicts"
OTHER = "other-"  # before either of them: a name typed
LEFT_OUT = "-"
HIDDEN, TABLE = "hidden", "table:"
_CODES = frozenset(MEANINGS)
_WHOLE = ("source", "category", "county")  # what holds for rows that do not say
_KEPT_ONLY, _KEPT_LEFT = "heads", "left"


def from_fields(fields: Mapping[str, str]) -> Correction:
    """The correction a page's fields say; what makes no sense says nothing."""
    columns = {name: code for name, code in _after(COLUMN, fields).items() if code in _CODES or code == LEFT_OUT}
    words: dict[str, dict[str, str]] = {}
    for name, meant in _after(WORD, fields).items():
        code, _, written = name.partition(":")
        if written and code in _CODES:
            words.setdefault(code, {})[written] = meant
    return Correction(
        header_rows=_header_rows(fields),
        tables={key: said for key, said in _after(TABLE, fields).items() if said in (TAKE, LEAVE)},
        columns={name: "" if code == LEFT_OUT else code for name, code in columns.items()},
        words=words,
        units=_ids(_after(UNIT, fields)),
        people=_ids(_after(PERSON, fields)),
        answers=_after(ANSWER, fields),
        ledger_date=_day(fields.get("ledger_date", "")),
        take_hidden=fields.get(HIDDEN) == TAKE,
        leave_hidden=fields.get(HIDDEN) == LEAVE,
        origin=_number(fields.get("origin", "")),
        template=fields.get("template", ""),
        source=fields.get("source") or None,
        category=fields.get("category") or None,
        county=fields.get("county") or None,
    )


def with_offers(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with every offer chosen as the answer it is; what was typed beside it holds."""
    chosen = {ANSWER + cell: text for cell, text in _after(OFFER, fields).items()}
    said = {name: text for name, text in fields.items() if not name.startswith(OFFER)}
    return said | {name: text for name, text in chosen.items() if not said.get(name, "").strip()}


def decisions(fields: Mapping[str, str]) -> dict[str, str]:
    """What was decided about rows the list has changed too (``actions.plan_import``)."""
    said = {**_after(CONFLICT, fields), "": fields.get(CONFLICTS, "")}
    return {number: text for number, text in said.items() if text in (LEDGER, LIST)}


def as_fields(reading: Reading) -> dict[str, str]:
    """The fields that say the correction a reading was made with: ``from_fields`` turned round."""
    correction = reading.correction
    headers = dict(correction.header_rows)
    if correction.heads:
        headers = {table.key: table.header for table in (*reading.sheets, *reading.untaken)} | headers
    tables = {table.key: LEAVE for table in reading.untaken if table.why_left == CHOSEN} | dict(correction.tables)
    fields = {f"{TABLE}{key}": said for key, said in tables.items()}
    fields |= {f"{FIRST}{sheet}": str(first) for sheet, (first, _) in headers.items()}
    fields |= {f"{LAST}{sheet}": str(last) for sheet, (_, last) in headers.items()}
    fields |= {f"{COLUMN}{name}": code or LEFT_OUT for name, code in correction.columns.items()}
    for code, words in correction.words.items():
        fields |= {f"{WORD}{code}:{written}": meant for written, meant in words.items()}
    fields |= {f"{UNIT}{name}": str(meant) for name, meant in correction.units.items()}
    fields |= {f"{PERSON}{name}": str(meant) for name, meant in correction.people.items()}
    fields |= {f"{ANSWER}{cell}": text for cell, text in correction.answers.items()}
    fields |= {name: value for name in _WHOLE if (value := getattr(correction, name))}
    if correction.ledger_date:
        fields["ledger_date"] = correction.ledger_date.isoformat()
    if correction.take_hidden or correction.leave_hidden:
        fields[HIDDEN] = TAKE if correction.take_hidden else LEAVE
    if correction.origin:
        fields["origin"] = str(correction.origin)
    if correction.template:
        fields["template"] = correction.template
    return fields


def kept(reading: Reading, before: Mapping[str, Any]) -> dict[str, Any]:
    """What to keep for the next time, besides what was kept before. Answers to single cells are this file's own."""
    correction = reading.correction
    old = from_kept(before)
    columns = {name: code for name, code in old.columns.items() if name not in reading.heads}
    words = {code: {**old.words.get(code, {}), **correction.words.get(code, {})} for code in _CODES}
    found = {
        _KEPT_LEFT: _left(reading, old),
        _KEPT_ONLY: _heads(reading) or [[list(line) for line in lines] for lines in old.heads],
        "columns": {**columns, **correction.columns},
        "words": {code: named for code, named in words.items() if named},
        "units": {**old.units, **correction.units},
        "people": {**old.people, **correction.people},
        "whole": {name: value for name in _WHOLE if (value := getattr(correction, name))},
    }
    said = {name: value for name, value in found.items() if value}
    return {**said, "headers": sorted(reading.heads)} if said else {}


def from_kept(found: Mapping[str, Any], *, same_ledger: bool = True, origin: int | None = None) -> Correction:
    """What was kept. Of another ledger that only looks alike, what holds for all rows is its own."""
    correction = Correction(
        heads=found.get(_KEPT_ONLY, ()),
        left=[(place, heads) for place, heads in found.get(_KEPT_LEFT, ())],
        columns=found.get("columns", {}),
        words=found.get("words", {}),
        units=found.get("units", {}),
        people=found.get("people", {}),
        origin=origin,
    )
    return replace(correction, **found.get("whole", {})) if same_ledger else correction


def _heads(reading: Reading) -> list[list[list[str]]]:
    """The headers of the sheets in which a person had to point one out, as lines of texts: all of them, so that each has
    its place again."""
    every = (*reading.sheets, *reading.untaken)
    sheets = {table.sheet for table in every if table.key in reading.correction.header_rows}
    found = [[list(line) for line in table.lines] for table in every if table.sheet in sheets]
    return [lines for place, lines in enumerate(found) if lines not in found[:place]]


def _left(reading: Reading, old: Correction) -> list[list[Any]]:
    """The tables a person left out, and those of before that did not come this time."""
    here = {(table.place, table.heads) for table in (*reading.sheets, *reading.untaken)}
    left = [[table.place, list(table.heads)] for table in reading.untaken if table.why_left == CHOSEN]
    return left + [[place, list(heads)] for place, heads in old.left if (place, tuple(heads)) not in here]


def _after(beginning: str, fields: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(beginning): value.strip()
        for name, value in fields.items()
        if name.startswith(beginning) and value.strip()
    }


def _header_rows(fields: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """A header with only one of its rows named has one row."""
    first, last = _after(FIRST, fields), _after(LAST, fields)
    rows: dict[str, tuple[int, int]] = {}
    for sheet in {**first, **last}:
        one, other = _number(first.get(sheet, "")), _number(last.get(sheet, ""))
        if top := one or other:
            rows[sheet] = (min(top, other or top), max(top, other or top))
    return rows


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _ids(named: Mapping[str, str]) -> dict[str, int]:
    return {name: number for name, text in named.items() if (number := _number(text)) is not None}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
