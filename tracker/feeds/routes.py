"""Pages: the person's own subscription; and the calendar itself, for whoever has its secret address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as Redirect

from tracker.base import clock
from tracker.base.access import Right, may
from tracker.base.db import transaction
from tracker.base.web import needs, public
from tracker.feeds import actions, queries
from tracker.feeds.rules import WINDOW, as_calendar, too_often
from tracker.issues.pages import me
from tracker.workdays.queries import calendar as workdays

bp = Blueprint("feeds", __name__)


@bp.get("/calendar")
@needs(Right.SELF)
def subscription() -> str:
    """Whether there is an address, when it was last asked, and what to do on a phone."""
    return _page()


@bp.post("/calendar")
@needs(Right.SELF)
def make_address() -> str:
    """A new address, shown in the direct answer this once: it is stored nowhere."""
    with transaction():
        token = actions.make_address(me(), clock.now())
    return _page(_site() + url_for("feeds.calendar", token=token).removeprefix(request.script_root))


@bp.post("/calendar/revoke")
@needs(Right.SELF)
def revoke_address() -> Redirect:
    with transaction():
        actions.revoke_address(me(), clock.now())
    flash(_("订阅地址已作废，日历软件里的内容不会再更新。"), "success")
    return redirect(url_for("feeds.subscription"))


def _page(address: str | None = None) -> str:
    acting = me().for_id is not None
    return render_template(
        "feeds/subscription.html",
        address=address,
        opener=address.replace("https://", "webcal://").replace("http://", "webcal://") if address else None,
        standing=None if acting else queries.address_of(me().id),
        acting=acting,
        reads=may(me(), Right.ISSUE_READ),
    )


@bp.get("/calendar/<string(length=43):token>.ics")
@public
def calendar(token: str) -> Any:
    """The calendar of whoever this address belongs to, as things are now; 404 from the moment their rights end."""
    now, today = clock.now(), clock.today()
    address = queries.address_with(token)
    if too_often(address.fetches, address.began_at, now):
        raise TooManyRequests(retry_after=int(WINDOW.total_seconds()))
    with transaction():
        actions.record_fetch(address, today=today, at=now)
    person = address.person
    agenda = queries.agenda_of(person, today, workdays())
    with force_locale(person.locale or current_app.config["TRACKER"].locale):
        content = as_calendar(agenda, name=person.name, say=_, site=_site(), today=today, now=now)
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "inline; filename=deadlines.ics"
    return answer


def _site() -> str:
    return str(current_app.config["TRACKER"].base_url or request.url_root).rstrip("/")
