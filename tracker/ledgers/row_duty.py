"""Who is to put a problem right: lead official, responsible units with the lead unit, responsible people."""

from __future__ import annotations

from dataclasses import replace

from tracker.base.sheets import looks_like_formula
from tracker.ledgers.columns import COMBINED, COMBINED_LEAD, COMBINED_LEAD_PERSON
from tracker.ledgers.names import People, Units, names_people_too, people_of, units_and_people, units_of
from tracker.ledgers.problems import fault
from tracker.ledgers.row_cells import Cell, TableCells
from tracker.ledgers.vocabulary import is_nothing


def lead_official(cells: TableCells) -> tuple[str | None, str]:
    found = cells.said("lead_official")
    if COMBINED_LEAD in cells.columns and not found.text:
        cell = cells.cell(COMBINED_LEAD)
        people = cells.remember(units_and_people, cell.text)[1]
        return _one_official(cells, cell, people), people.people[0].post if len(people.people) == 1 else ""
    if not found.text or _is_formula(found):
        return found.text or None, cells.text("lead_official_post")
    people = cells.remember(people_of, found.text)
    name = _one_official(cells, found, people)
    post = people.people[0].post if len(people.people) == 1 else ""
    return name, post or cells.text("lead_official_post")


def _one_official(cells: TableCells, cell: Cell, people: People) -> str | None:
    if people.unread:
        cells.tell(cell, fault("unreadable_person", phrase=people.unread[:30]))
        return people.unread
    if len(people.people) > 1:
        cells.tell(cell, fault("two_lead_officials", names="、".join(people.names)))
        return None
    return people.people[0].name if people.people else None


def people(cells: TableCells) -> People:
    people = _named_people(cells)
    post = cells.text("responsible_person_post")
    if post and len(people.people) == 1 and not people.people[0].post:
        return People((replace(people.people[0], post=post),))
    return people


def _named_people(cells: TableCells) -> People:
    found = cells.cell("responsible_person")
    for code in (COMBINED, COMBINED_LEAD_PERSON):
        if code in cells.columns and not found.text:
            return People(cells.remember(units_and_people, cells.cell(code).text)[1].people)
    if not found.text and cells.remember(names_people_too, text := cells.text("responsible_units")):
        return People(cells.remember(units_and_people, text)[1].people)
    if not found.text or is_nothing(found.text):
        return People()
    if _is_formula(found):
        return People((), found.text)
    people: People = cells.remember(people_of, found.text)
    if people.unread:
        cells.tell(found, fault("unreadable_person", phrase=people.unread[:30]))
    return people


def units(cells: TableCells) -> tuple[tuple[str, ...], str | None]:
    """Responsible units in order, and the lead unit: its own column, a mark, or a note that the first one leads."""
    responsible = _units_in(cells, "responsible_units")
    if COMBINED in cells.columns:
        both: Units = cells.remember(units_and_people, cells.cell(COMBINED).text)[0]
        responsible = Units((*responsible.names, *both.names), (*responsible.lead, *both.lead))
    assisting = _units_in(cells, "assisting_units")
    lead = _lead_units(cells)
    names = responsible.names
    if not cells.has("responsible_units", COMBINED):
        names = lead  # a ledger that knows leading and assisting units only
    names = tuple(dict.fromkeys((*names, *assisting.names)))
    if lead:
        return names, _one_lead(cells, lead)
    if responsible.lead:
        return names, responsible.lead[0]
    return names, names[0] if names and cells.head.first_leads else None


def _units_in(cells: TableCells, name: str) -> Units:
    if name not in cells.columns:
        return Units()
    found = cells.cell(name)
    if _is_formula(found):
        return Units((found.text,))
    if cells.remember(names_people_too, found.text):
        both: Units = cells.remember(units_and_people, found.text)[0]
        return both
    units: Units = cells.remember(units_of, found.text)
    return units


def _lead_units(cells: TableCells) -> tuple[str, ...]:
    for code in (COMBINED_LEAD, COMBINED_LEAD_PERSON):
        if code in cells.columns and "lead_unit" not in cells.columns:
            names: tuple[str, ...] = cells.remember(units_and_people, cells.cell(code).text)[0].names
            return names
    found = cells.said("lead_unit")
    units: Units = cells.remember(units_of, found.text)
    return units.lead or units.names


def _one_lead(cells: TableCells, names: tuple[str, ...]) -> str | None:
    if len(names) > 1 and not cells.head.first_leads:
        cells.tell(cells.cell("lead_unit"), fault("two_lead_units", names="、".join(names)))
        return None
    return names[0]


def _is_formula(cell: Cell) -> bool:
    return isinstance(cell.value, str) and looks_like_formula(cell.text)
