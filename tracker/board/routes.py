"""The board as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user

from tracker.base import clock
from tracker.base.access import Missing, Right, may
from tracker.base.web import needs
from tracker.board import queries
from tracker.board.queries import Board
from tracker.board.rules import OWN_NAMES, STANDING_NAMES, Standing, filters_of
from tracker.register.rules import GROUP_NAMES, Group

bp = Blueprint("board", __name__)


@bp.get("/board")
@needs(Right.BOARD_READ)
def board() -> str:
    today = clock.today()
    group = Group.LONG_TERM if request.args.get("group") == Group.LONG_TERM else Group.CONCRETE
    county = request.args.get("county", type=int)
    shown = queries.board(current_user, today, group=group, county_id=county)
    if county is not None and not shown.columns:
        raise Missing
    names, links = _names(shown), Links(shown)
    return render_template(
        "board/board.html",
        board=shown,
        county=county,
        names=names,
        titles=_titles(shown),
        heads=[{"label": name, "url": _narrowed(group, place)} for place, name in names.items()],
        links=links,
        league=_league(shown, links),
        groups=_groups(group, county),
        standings={each.value: shown.standings[each] for each in Standing},
        standing_names={each: gettext(name) for each, name in STANDING_NAMES.items()},
        may_import=may(current_user, Right.LEDGER_IMPORT),
        overdue=queries.most_overdue(current_user, shown, today) if shown.whole.overdue else [],
        cleared=queries.newest_cleared(current_user, shown) if shown.whole.cleared else [],
    )


def _names(shown: Board) -> dict[int, str]:
    """Column -> its heading; the root's own column is called 市本级, not by the city's name."""
    return {place.id: gettext(OWN_NAMES[place.level]) if place.own else place.name for place in shown.columns}


def _titles(shown: Board) -> dict[int, str]:
    """Category -> its name in the reader's language."""
    english = str(get_locale()) == "en"
    return {row.category.id: row.category.name_en if english else row.category.name for row in shown.lines}


def _narrowed(group: Group, county: int) -> str:
    return url_for("board.board", group=group.value, county=county)


def _groups(group: Group, county: int | None) -> list[dict[str, Any]]:
    return [
        {
            "label": gettext(name),
            "url": url_for("board.board", group=each.value, county=county),
            "current": each is group,
        }
        for each, name in GROUP_NAMES.items()
    ]


def _league(shown: Board, links: Links) -> list[dict[str, Any]]:
    """One row a column: the most overdue first, then the most open."""
    rows = [
        {
            "id": place.id,
            "tally": tally,
            "url": _narrowed(shown.group, place.id),
            "links": links.of(place.id),
            "look_backs": url_for("lookbacks.look_backs", county=place.id, group=shown.group.value),
            "proven": (standings := shown.standings_of(number))[Standing.PROVEN],
            "cells": sum(standings.values()),
        }
        for number, (place, tally) in enumerate(zip(shown.columns, shown.sums, strict=True))
    ]
    return sorted(rows, key=lambda row: (-row["tally"].overdue, -row["tally"].open))


class Links:
    """Addresses of the register that list exactly what a figure counts; joined by hand, 400 of them a page."""

    def __init__(self, shown: Board) -> None:
        self._shown = shown
        register = url_for("register.register")
        self._starts = {figure: register + filters.query() for figure, filters in filters_of(shown.group).items()}

    def of(self, county: int | None = None, category: int | None = None) -> dict[str, str | None]:
        """Figure -> its address in this cell, row, column or in all; None where no single filter says the sum."""
        found = self._shown.filter_for(county or self._shown.only, category)
        if found is None:
            return dict.fromkeys(self._starts)
        narrow = "".join(f"&{name}={value}" for name, value in zip(("county", "category"), found, strict=True) if value)
        return {figure: start + narrow for figure, start in self._starts.items()}
