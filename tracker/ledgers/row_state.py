"""How far a problem is: from what is said about striking off, about its state, or in the report of progress."""

from __future__ import annotations

import re

from tracker.ledgers.deadline_calendar import read_date
from tracker.ledgers.deadlines import IMMEDIATE
from tracker.ledgers.problems import fault
from tracker.ledgers.row_cells import EMPTY, Cell, TableCells
from tracker.ledgers.row_term import day_in
from tracker.ledgers.values import DONE, state_of, strike_off_of

LONG_STORY = 40  # a status is short; in a longer story single words prove nothing
_STATE_ORDER = ("listed", "assigned", "planning", "rectifying", "reviewing", "cleared")


def state(cells: TableCells, kind: str, has_units: bool) -> tuple[str | None, str]:
    written = "；".join(dict.fromkeys(filter(None, (cells.text("state"), cells.text("strike_off")))))
    if not cells.has("state", "strike_off", "struck_off_on", "progress"):
        cells.tell(cells.header_address(), fault("no_state_column"))
        return ("assigned" if has_units else "listed"), ""
    found = _struck_off(cells) if _strikes(cells) else None
    if found is None:
        found = _worked_on(cells)
    if found == "planning" and kind == IMMEDIATE:
        cells.tell(_state_cell(cells), fault("immediate_in_planning"))
        found = "assigned"
    return found, written or cells.text("progress")[:LONG_STORY]


def _strikes(cells: TableCells) -> bool:
    """The ledger keeps striking off apart: what is merely done is not struck off."""
    return cells.has("strike_off", "struck_off_on")


def _state_cell(cells: TableCells) -> Cell:
    return next((cells.cell(name) for name in ("state", "strike_off", "progress") if cells.text(name)), EMPTY)


def _struck_off(cells: TableCells) -> str | None:
    """What the column about striking off decides; None where the work's own column says the rest."""
    cell = cells.cell("strike_off")
    said = cells.text("strike_off")
    if not said:
        day = cells.text("struck_off_on")
        return "cleared" if day and (day_in(cells, "struck_off_on", quiet=True) or state_of(day) == "cleared") else None
    code: str | None = cells.remember(strike_off_of, said)
    if code == "cleared" or code == "reviewing":
        return code
    if code is None and cells.remember(read_date, said, cells.head.year):
        return "cleared"  # the day it was struck off
    if code is None:
        cells.tell(cell, fault("unknown_state", phrase=said[:30]))
    elif code == "open" and cells.remember(state_of, cells.text("state")) == "cleared":
        cells.tell(cells.cell("state"), fault("state_conflict", strike=said, state=cells.text("state")))
    return None


def _worked_on(cells: TableCells) -> str | None:
    state, progress = cells.text("state"), cells.text("progress")
    if cells.record.more:
        return _slowest(cells)
    code = cells.remember(state_of, state) if state else None
    if state and code is None:
        cells.tell(cells.cell("state"), fault("unknown_state", phrase=state[:30]))
        return None
    if code in (None, "open") and progress:
        story: str | None = cells.remember(_state_in_story, progress)
        code = story if code is None or story in ("assigned", "planning", "reviewing") else "rectifying"
    return _settled(cells, code, state or progress)


def _settled(cells: TableCells, code: str | None, said: str) -> str | None:
    cell = _state_cell(cells)
    if code == "dismissed":
        cells.tell(cell, fault("dismissed_state", phrase=said[:30]))
        return None
    if code == DONE and not _strikes(cells):
        if cells.head.audit:
            return "cleared"
        cells.tell(cell, fault("done_not_struck_off", phrase=said[:30]))
    if code == "cleared" and _strikes(cells) and cells.text("strike_off"):
        return "rectifying"
    if code is None and not cells.text("strike_off"):
        name = next(name for name in ("state", "strike_off", "struck_off_on", "progress") if name in cells.columns)
        if not _strikes(cells):
            cells.tell(cells.cell(name), fault("missing_state"))
        return "assigned"
    return "rectifying" if code in (DONE, "open") else code or "assigned"


def _slowest(cells: TableCells) -> str | None:
    """A problem over several rows is as far as its slowest row."""
    found = []
    for name in ("state", "progress"):
        for column in cells.columns.get(name, [])[:1]:
            for row in (cells.record.row, *cells.record.more):
                text = cells.at(row, column).text
                if text and (code := cells.remember(_state_in_story, text)):
                    found.append(_settled(cells, code, text) or "rectifying")
        if found:
            break
    return min(found, key=_STATE_ORDER.index, default=None) or _settled(cells, None, "")


def _state_in_story(text: str) -> str | None:
    """A state out of a report of progress; in a long one only how it begins is trusted."""
    if len(text) <= LONG_STORY:
        return state_of(text) or "rectifying"
    if re.match(r"(?:尚未|未)(?:启动|开展|整改|开始)", text):
        return "assigned"
    return "rectifying"
