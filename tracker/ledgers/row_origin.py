"""Where a problem comes from and where it lies: source, category, county.

Each is what its cell says, else the section the row stands in, else the row above, else the ledger's title.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.ledgers.problems import fault
from tracker.ledgers.row_cells import Cell, TableCells
from tracker.ledgers.values import categories_in, category_of, counties_in, county_of, somebody_in, source_in, source_of
from tracker.ledgers.vocabulary import is_nothing, word_key

OTHER = "other"


def source(cells: TableCells) -> tuple[str | None, str]:
    found = cells.cell("source")
    in_section = next((code for text in reversed(cells.sections) if (code := _of_section(cells, text))), None)
    if is_nothing(found.text) and in_section and not found.broken:
        return in_section, ""
    found = cells.said("source")
    said = cells.vocabulary.correction.source  # of all rows that do not say, by a person
    if not found.text and not said and (section := _of_somebody_else(cells)):
        cells.tell(cells.section_address(section), fault("unknown_section_source", phrase=section[:40]), section)
        return None, ""
    if not found.text:
        _missing(cells, "source", found, cells.head.source)
        return cells.head.source, ""
    code, faults = cells.remember(source_of, found.text)
    cells.tell_reading("source", found, faults)
    return code, cells.own_words(found) if code == OTHER else found.text


def _of_section(cells: TableCells, text: str) -> str | None:
    said = cells.vocabulary.correction
    meant = said.words.get("source", {}).get(word_key(text))
    if said.answers:
        meant = said.answers.get(cells.section_address(text)) or meant
    code: str | None = cells.remember(source_of, meant)[0] if meant else cells.remember(source_in, text)
    return code


def _of_somebody_else(cells: TableCells) -> str | None:
    """The section row that says somebody found its problems, and no source we know: the title does not speak for these."""
    return next(
        (text for text in reversed(cells.sections) if cells.remember(somebody_in, text, cells.vocabulary)), None
    )


def category(cells: TableCells) -> str | None:
    found = cells.cell("category")
    if is_nothing(found.text) and not found.broken and (named := _section_category(cells)):
        return named
    found = cells.said("category")
    if not found.text:
        _missing(cells, "category", found, cells.head.category)
        return cells.head.category
    name: str | None
    name, faults = cells.remember(category_of, found.text, cells.vocabulary)
    cells.tell_reading("category", found, faults)
    return name


def _section_category(cells: TableCells) -> str | None:
    for text in reversed(cells.sections):
        named = cells.remember(categories_in, text, cells.vocabulary)
        if len(named) == 1 and not cells.remember(source_in, text):
            return str(named[0])
    return None


def county(cells: TableCells, units: Sequence[str], title: str) -> tuple[str | None, str]:
    region = cells.text("town") + cells.text("village") or cells.text("place")
    found = cells.said("county")
    if found.text:
        where, faults = cells.remember(county_of, found.text, cells.vocabulary)
        cells.tell_reading("county", found, faults)
        return where.county, region or where.rest
    if found.broken:
        return None, region
    named = _section_county(cells) or cells.head.county
    if named:
        return named, region
    for key, texts in (("county_from_units", units), ("county_from_wording", [title])):
        names = {name for text in texts for name in cells.remember(counties_in, text, cells.vocabulary)}
        if len(names) == 1:
            value = names.pop()
            cells.tell(found if found.address else cells.row_address(), fault(key, value=value))
            return value, region
    _missing(cells, "county", found, None)
    return None, region


def _section_county(cells: TableCells) -> str | None:
    for text in reversed(cells.sections):
        named = cells.remember(counties_in, text, cells.vocabulary)
        if len(named) == 1:
            return str(named[0])
    return None


def _missing(cells: TableCells, name: str, cell: Cell, default: str | None) -> None:
    if default or cell.broken:
        return
    if name not in cells.columns:
        cells.tell(cells.header_address(), fault(f"no_{name}_column"))
        return
    names = {"categories": cells.vocabulary.category_names, "counties": cells.vocabulary.county_names}
    cells.tell(cell, fault(f"missing_{name}", **names))
