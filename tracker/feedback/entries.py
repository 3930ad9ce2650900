"""One entry of a feedback document as understood, and the passages beside it; what holds for every entry of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.feedback.terms import Terms, term_of, terms_of
from tracker.ledgers.deadline_calendar import Moment
from tracker.ledgers.deadlines import TIME_LIMITED, Deadline, Milestone
from tracker.ledgers.problems import Fault
from tracker.ledgers.values import categories_in, counties_in, county_of
from tracker.ledgers.vocabulary import Vocabulary


@dataclass(frozen=True)
class Found:
    """One problem. ``wording`` is verbatim, ``title`` the same without units and deadline; ``section`` the headings above."""

    clause: str | None
    wording: str
    title: str
    section: str = ""
    county: str | None = None
    category: str | None = None  # proposed by its words
    lead_unit: str | None = None
    units: tuple[str, ...] = ()
    deadline_written: str = ""
    deadline: date | None = None
    kind: str = TIME_LIMITED
    milestones: tuple[Milestone, ...] = ()
    faults: tuple[Fault, ...] = ()
    lead_official: str = ""
    responsible_person: str = ""
    kind_written: str = ""  # the kind, where the document says it in so many words

    def as_json(self, row: int) -> dict[str, Any]:
        return {
            "row": row,
            "clause": self.clause,
            "title": self.title,
            "wording": self.wording,
            "section": self.section,
            "county": self.county,
            "proposed_category": self.category,
            "lead_official": self.lead_official or None,
            "lead_unit": self.lead_unit,
            "responsible_units": list(self.units),
            "responsible_person": self.responsible_person or None,
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "deadline_written": self.deadline_written or None,
            "kind": self.kind,
            "milestones": [{"due": one.due.isoformat(), "text": one.text} for one in self.milestones],
            # a document does not say these; somebody does when the finding is listed
            "category": None,
            "state": None,
        }


@dataclass(frozen=True)
class Passed:
    text: str
    why: str
    clause: str | None = None
    section: str = ""


@dataclass(frozen=True)
class Context:
    """What holds for every entry of a document."""

    vocabulary: Vocabulary
    received_on: date
    written_on: date | None = None
    handed_over: date | None = None

    @property
    def written(self) -> Moment:
        day = self.written_on or self.received_on
        return Moment(self.vocabulary.add_workdays, day.year, day, self.handed_over or day, day)

    @property
    def received(self) -> Moment:
        day = self.written_on or self.received_on
        return Moment(
            self.vocabulary.add_workdays, day.year, day, self.handed_over or self.received_on, self.received_on,
            year_of_the_writer=self.written_on is not None,
        )  # fmt: skip

    def found(
        self, clause: str | None, wording: str, terms: Terms, section: str, *, first_leads: bool = False
    ) -> Found:
        deadline = term_of(terms.written, self.written, self.received)
        title = title_of(terms.bare) or title_of(wording)
        lead = terms.lead[:1] if first_leads else terms.lead
        lead = lead or (terms.units[:1] if first_leads else ())
        return Found(
            clause or terms.number or terms.serial or None,
            wording,
            title,
            section,
            self.county(terms, title, section),
            self.category(title, section),
            "、".join(lead) or None,
            terms.units or terms.lead,
            terms.written,
            lead_official="、".join(terms.officials),
            responsible_person="、".join(terms.people),
            **term_columns(deadline, terms.kind),
        )

    def county(self, terms: Terms, title: str, section: str) -> str | None:
        """What a label says, else the one county its words, its units or its section name."""
        if terms.county and (named := county_of(terms.county, self.vocabulary)[0].county):
            return named
        for texts in ([title], [*terms.units, *terms.lead], [section]):
            names = {name for text in texts for name in counties_in(text, self.vocabulary)}
            if names:
                return names.pop() if len(names) == 1 else None
        return None

    def category(self, title: str, section: str) -> str | None:
        for text in (title, *reversed(section.split(" › "))):
            named = categories_in(text, self.vocabulary)
            if len(named) == 1:
                return named[0]
        return None


def read_entry(text: str, context: Context) -> Found:
    """One problem's words alone, as when a person parts or joins what was read."""
    return context.found(None, text, terms_of(text, context.written), "")


def term_columns(deadline: Deadline, kind_written: str) -> dict[str, Any]:
    """By when, and of which kind: said in so many words, else by the deadline."""
    return {
        "deadline": deadline.due,
        "kind": kind_written or deadline.kind or TIME_LIMITED,
        "kind_written": kind_written,
        "milestones": deadline.milestones,
        "faults": deadline.faults,
    }


def title_of(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", re.sub(r"\t+", " ", text)).strip(" \u3000")


def as_above(terms: Terms, above: Terms) -> Terms:
    """责任单位：同上."""
    return replace(
        terms,
        lead=above.lead if terms.lead == ("同上",) else terms.lead,
        units=above.units if terms.units == ("同上",) else terms.units,
        written=above.written if terms.written == "同上" else terms.written,
        officials=above.officials if terms.officials == ("同上",) else terms.officials,
        people=above.people if terms.people == ("同上",) else terms.people,
    )
