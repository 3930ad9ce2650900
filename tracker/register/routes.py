"""Pages of the whole list: search, filters, the table, and the table as a file."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import parse_qs

from flask import (
    Blueprint,
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
from tracker.base.access import N_, Missing, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.sheets_out import XLSX, csv_pieces, print_shape
from tracker.base.underway import Underway
from tracker.base.web import attached, file_underway, form_status, needs, refusals, said, whole_file
from tracker.ledgers.actions import blank_ledger, opened
from tracker.ledgers.models import LedgerTemplate
from tracker.ledgers.queries import templates_of, titles_of_templates
from tracker.register import actions, queries
from tracker.register.actions import Export, export_rows, heads_of, write_workbook
from tracker.register.forms import BY_NAMES, ExportForm, SampleForm, TemplateForm, arranged
from tracker.register.layouts import BUILT_IN, Layout, drafted
from tracker.register.rules import Filters, ListPage, Words, words_in
from tracker.register.sheet import BLANK, BY_CODE

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
        layouts=_offered(),
        may_list=may(current_user, Right.LIST),
        may_import=may(current_user, Right.LEDGER_IMPORT),
        keeps_templates=may(current_user, Right.SETTINGS),
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


@bp.route("/register/export", methods=["GET", "POST"])
@needs(Right.LEDGER_EXPORT)
def export() -> Any:
    """The list as filtered, in the columns and the kind of file that are chosen. While it is made the page may ask how far
    it is and call it off; then it answers with nothing, and the page stays as it is."""
    form, filters = ExportForm(layouts=_offered()), _filters()
    if not form.validate_on_submit():
        number = queries.count(queries.scope(filters, current_user, clock.today()))
        page = {"filters": filters, "number": number, "run": request.args.get("run") or secrets.token_urlsafe(9)}
        return render_template("register/export.html", form=form, **page), form_status(form)
    layout, kind = form.layout.data, form.kind.data
    table = _export(queries.layouts(current_user)[layout] if layout else None)
    response = file_underway(
        _run().key, lambda out, told: actions.write_table(out, table, f".{kind}", told), _KINDS[kind]
    )
    return Response(status=204) if response is None else _file(response, table, kind)


@bp.get("/register/export/underway")
@needs(Right.LEDGER_EXPORT)
def export_underway() -> Response:
    """How far the person's own export is."""
    return jsonify(_run().as_json())


@bp.post("/register/export/stop")
@needs(Right.LEDGER_EXPORT)
def stop_export() -> Response:
    _run().call_off()
    return redirect(url_for("register.register"))


_KINDS = {"xlsx": XLSX, "csv": "text/csv"}


def _run() -> Underway:
    return Underway(f"export-{current_user.id}-{request.args.get('run', '')}")


@bp.get("/register/export.csv")
@needs(Right.LEDGER_EXPORT)
def export_csv() -> Response:
    """The list as filtered, likewise."""
    table = _export(_layout())
    # Sent while it is read, so that a long list shows its progress in the browser from the first row on.
    body = stream_with_context(csv_pieces(heads_of(table), table.rows, taken_at=table.at))
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
        return export_rows(_filters(), current_user, today=clock.today(), layout=layout)


def _layout() -> Layout | None:
    name = request.args.get("layout")
    if name is None:
        return None
    found = queries.layouts(current_user).get(name)
    if found is None:
        raise Missing
    return found


# --- templates --------------------------------------------------------------------------------------------------


@bp.get("/ledger-templates")
@needs(Right.SETTINGS)
def templates() -> str:
    return render_template(
        "register/templates.html",
        built_in=BUILT_IN.values(),
        templates=templates_of(current_user.unit_id),
        by_names=BY_NAMES,
    )


@bp.route("/ledger-templates/new", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def new_template() -> Any:
    """A template to begin with another one or with nothing chosen."""
    like = queries.layouts(current_user).get(request.args.get("like", ""), Layout("", "", (), own=True))
    form = _sent() or TemplateForm.showing(_to_begin_with(like))
    return _kept(form, None) or _edit(form, None)


@bp.route("/ledger-templates/sample", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def sample() -> Any:
    """A template from the form a superior sent; it is kept when its page is."""
    form = SampleForm()
    if form.validate_on_submit():
        with refusals(form):
            reading = opened(form.file.data.stream.read(), form.file.data.filename or "")
            if not reading.sheets:
                raise Refused(N_("没有找到表头。请检查文件里有没有台账的表头，或者不用表样、自己选栏目。"))
            layout = drafted(reading.title, reading.sheets[0].headings)
            return _edit(TemplateForm.showing(layout), None, by_hand=_by_hand(layout), drawn=True)
    return render_template("register/sample.html", form=form), form_status(form)


@bp.route("/ledger-templates/<int:template_id>", methods=["GET", "POST"])
@needs(Right.SETTINGS)
def template(template_id: int) -> Any:
    """A template of the person's own office."""
    kept = queries.own_template(template_id, current_user)
    form = _sent()
    if form is None:
        form = TemplateForm.showing(queries.layouts(current_user)[str(kept.id)], shared=kept.shared)
        form.version.data = kept.version
    return _kept(form, kept) or _edit(form, kept)


@bp.get("/ledger-templates/blank.xlsx")
@needs(Right.LEDGER_IMPORT)
def blank() -> Response:
    """A ledger in the columns of ``layout`` to hand out, filled in and imported."""
    layout = _layout()
    if layout is None:
        raise Missing
    out = TemporaryFile()  # noqa: SIM115 - closed when sent
    title = layout.title_in(str)
    blank_ledger(out, current_user, title=title, columns=layout.to_fill_in(str))
    return _attached(whole_file(out, XLSX), title, "xlsx")


@bp.post("/ledger-templates/<int:template_id>/remove")
@needs(Right.SETTINGS)
def remove_template(template_id: int) -> Response:
    with transaction():
        kept = queries.own_template(template_id, current_user)
        actions.remove_template(kept, current_user)
        flash(gettext("已删除台账模板“%(title)s”，以前导出的不变。", title=kept.title), "success")
    return redirect(url_for("register.templates"))


def _sent() -> TemplateForm | None:
    if request.method != "POST":
        return None
    return TemplateForm(formdata=arranged(request.form) or request.form)


def _to_begin_with(like: Layout) -> Layout:
    """A copy has a title of its own; words of ours stand in it as they are."""
    title = gettext("%(title)s（副本）", title=like.title) if like.own and like.title else gettext(like.title)
    return replace(like, title=title if like.title else "")


def _kept(form: TemplateForm, template: LedgerTemplate | None) -> Response | None:
    """What was sent, stored; None when it is only arranged, or not good."""
    if request.method == "POST" and arranged(request.form) is None and form.validate():
        with refusals(form), transaction():
            stored = actions.save_template(
                template, form.layout(), current_user, shared=form.shared.data, version=form.version.data
            )
            flash(gettext("台账模板“%(title)s”已保存，导出时可以选用。", title=stored.title), "success")
            return redirect(url_for("register.templates"))
    return None


def _by_hand(layout: Layout) -> list[str]:
    return [each.head for each in layout.columns if each.column == BLANK and each.head]


def _edit(
    form: TemplateForm, template: LedgerTemplate | None, *, by_hand: Sequence[str] = (), drawn: bool = False
) -> Any:
    layout = form.layout()
    upper, lower = layout.head_rows(gettext)
    return render_template(
        "register/template.html",
        form=form,
        template=template,
        action=url_for("register.template", template_id=template.id) if template else url_for("register.new_template"),
        lacks=[gettext(column.label) for column in layout.lacks],
        upper=upper,
        lower=lower,
        print_shape=print_shape(layout.widths),
        by_hand=by_hand,
        drawn=drawn,
        may_share=queries.may_share(current_user),
        own_widths={code: column.width for code, column in BY_CODE.items()},
    ), form_status(form)


def _offered() -> list[tuple[str, str]]:
    """Name and title of what the list can go out as."""
    built_in = [(layout.name, gettext(layout.title)) for layout in BUILT_IN.values()]
    return [*((str(number), title) for number, title in titles_of_templates(current_user.unit_id)), *built_in]


def _file(response: Response, table: Export, ending: str) -> Response:
    response.headers["X-Rows"] = str(table.count)
    return _attached(response, f"{table.title}-{clock.today().isoformat()}", ending)


def _attached(response: Response, name: str, ending: str) -> Response:
    return attached(response, f"{name}.{ending}", f"register.{ending}")


def _filters() -> Filters:
    return Filters.read(request.args.to_dict(flat=False))


def _words() -> Words:
    return words_in(str(get_locale()), gettext, ngettext)
