"""Pages of the whole list: search, filters, the table, and the table as a file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import parse_qs, quote

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask_babel import get_locale, gettext, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tracker.base import clock
from tracker.base.access import Missing, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.sheets_out import XLSX, csv_pieces
from tracker.base.web import needs, said, whole_file
from tracker.register import actions, queries
from tracker.register.actions import Export, export_rows, write_workbook
from tracker.register.layouts import Layout, layouts
from tracker.register.rules import Filters, ListPage, Words, words_in

bp = Blueprint("register", __name__)


@bp.get("/register")
@needs(Right.ISSUE_READ)
def register() -> Any:
    filters, today, words = _filters(), clock.today(), _words()
    if not request.args and (query := queries.opening_view(ListPage.REGISTER, current_user)):
        return redirect(url_for("register.register") + query)
    if filters.q and (number := queries.number_of(filters.q, current_user)):
        return redirect(url_for("dossier.issue", number=number))
    return render_template(
        "register/register.html",
        filters=filters,
        words=words,
        choices=queries.choices(words, current_user),
        listing=queries.listing(filters, current_user, today, request.args.get("page")),
        issue_url=f"{request.script_root}/issues/",
        views=queries.views_of(ListPage.REGISTER, current_user),
        may_export=may(current_user, Right.LEDGER_EXPORT),
        **_offered(),
        may_list=may(current_user, Right.LIST),
        may_import=may(current_user, Right.LEDGER_IMPORT),
    )


@bp.post("/register/views")
@needs(Right.ISSUE_READ)
def save_view() -> Response:
    """Keep the list as it is filtered and ordered now, under a name."""
    page = _page()
    # what stands in the list's address; what makes no sense in it is left out
    filters = Filters.read(parse_qs(request.form.get("query", "").removeprefix("?")))
    try:
        with transaction():
            view = actions.save_view(
                page, request.form.get("name", ""), filters, current_user, opens=bool(request.form.get("opens"))
            )
            flash(gettext("已保存视图“%(name)s”。", name=view.name), "success")
    except Missing:
        raise
    except Refused as refusal:
        flash(said(refusal), "error")
    return redirect(_address(page, filters.query()))


@bp.post("/register/views/<int:view_id>/open")
@needs(Right.ISSUE_READ)
def open_with(view_id: int) -> Response:
    with transaction():
        view = actions.open_with(view_id, current_user)
        page, query, opens = view.page, view.query, view.opens
    flash(gettext("以后打开清单先显示这个视图。") if opens else gettext("以后打开清单显示全部。"), "success")
    return redirect(_address(page, query))


@bp.post("/register/views/<int:view_id>/remove")
@needs(Right.ISSUE_READ)
def remove_view(view_id: int) -> Response:
    with transaction():
        view = actions.remove_view(view_id, current_user)
        page, name = view.page, view.name
    flash(gettext("已删去视图“%(name)s”。", name=name), "success")
    return redirect(_address(page, ""))


def _page() -> ListPage:
    if (name := request.form.get("page")) not in set(ListPage):
        raise Missing
    return ListPage(name)


def _address(page: ListPage, query: str) -> str:
    if page is ListPage.REGISTER:
        return url_for("register.register") + (query or "?view=all")
    return url_for("desks.desk") + (f"{query}&" if query else "?") + "desk=supervisor"


@bp.get("/register/leads")
@needs(Right.ISSUE_READ)
def leads() -> Response:
    """Lead officials for the filter while typing."""
    found = queries.leads_like(request.args.get("q", "").strip()[:40], current_user)
    return jsonify([{"value": name, "label": f"{name} {title}" if title != name else name} for name, title in found])


@bp.get("/register/units")
@needs(Right.ISSUE_READ)
def units() -> Response:
    """Units for the filter while typing."""
    found = queries.units_like(request.args.get("q", "").strip()[:40], current_user)
    return jsonify([{"value": name, "label": name} for name in found])


@bp.get("/register/export.csv")
@needs(Right.LEDGER_EXPORT)
def export_csv() -> Response:
    table = _export()
    # Sent while it is read, so that a long list shows its progress in the browser from the first row on.
    body = stream_with_context(csv_pieces(table.columns, table.rows, taken_at=table.at))
    return _file(Response(body, mimetype="text/csv"), table, "csv")


@bp.get("/register/export.xlsx")
@needs(Right.LEDGER_EXPORT)
def export_xlsx() -> Response:
    """The list as filtered, in its own columns or, with ``layout``, in those a superior asks for."""
    table = _export(_layout())
    out = TemporaryFile()  # noqa: SIM115 - closed when sent; an archive: nothing of it can be sent before its end is known
    write_workbook(out, table)
    return _file(whole_file(out, XLSX), table, "xlsx")


def _export(layout: Layout | None = None) -> Export:
    with transaction():
        return export_rows(_filters(), current_user, today=clock.today(), words=_words(), layout=layout)


def _layout() -> Layout | None:
    name = request.args.get("layout")
    if name is None:
        return None
    found = layouts(_folder()).get(name)
    if found is None:
        raise Missing
    return found


def _folder() -> Path:
    return Path(current_app.config["TRACKER"].data_dir)


def _offered() -> dict[str, Any]:
    """The layouts for the menu; a file of theirs that cannot be used takes none of the page away, but is told."""
    try:
        return {"layouts": list(layouts(_folder()).values()), "layouts_refused": ""}
    except Refused as refusal:
        return {"layouts": [], "layouts_refused": said(refusal)}


def _file(response: Response, table: Export, ending: str) -> Response:
    name = f"{table.title}-{clock.today().isoformat()}.{ending}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"register.{ending}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["X-Rows"] = str(table.count)
    return response


def _filters() -> Filters:
    return Filters.read(request.args.to_dict(flat=False))


def _words() -> Words:
    return words_in(str(get_locale()), gettext, ngettext)
