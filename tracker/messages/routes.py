"""Pages: the inbox, what one wants by e-mail, the ways out of the house and how far each message got on them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from tracker.accounts.actions import choose_mail
from tracker.accounts.queries import deputies_of, user_with_id
from tracker.accounts.rules import NIGHT
from tracker.base import clock
from tracker.base.access import N_, Refused, Right, may
from tracker.base.db import transaction
from tracker.base.web import form_status, needs, refusals
from tracker.issues.pages import me
from tracker.messages import actions, postman, queries
from tracker.messages.forms import MailForm, OutletForm
from tracker.messages.models import Outlet
from tracker.messages.rules import (
    DELIVERY_STATE_NAMES,
    MATTER_NAMES,
    MATTER_WORDS,
    OUTLET_KIND_NAMES,
    TROUBLE_NAMES,
    DeliveryState,
    OutletKind,
)
from tracker.org.queries import region_meant

bp = Blueprint("messages", __name__)


@bp.route("/messages")
@needs(Right.ISSUE_READ)
def inbox() -> Any:
    acting = {} if me().for_id else deputies_of(user_with_id(me().id), clock.today())
    return render_template(
        "messages/inbox.html",
        page=queries.inbox(me(), request.args.get("page"), acting.values()),
        names=MATTER_NAMES,
        words=MATTER_WORDS,
        follows=may(me(), Right.DELIVERIES),
        places={one.duty_id: stand_in_id for stand_in_id, one in acting.items()},
    )


@bp.route("/messages/<int:message_id>/read", methods=["POST"])
@needs(Right.ISSUE_READ)
def read(message_id: int) -> Any:
    with transaction():
        actions.mark_read(message_id, me())
    return redirect(url_for("messages.inbox", page=request.form.get("page") or None))


@bp.route("/messages/read", methods=["POST"])
@needs(Right.ISSUE_READ)
def read_all() -> Any:
    with transaction():
        actions.mark_all_read(me(), request.form.get("up_to", 0, type=int))
    return redirect(url_for("messages.inbox"))


@bp.route("/messages/settings", methods=["GET", "POST"])
@needs(Right.SELF)
def settings() -> Any:
    """One's own address and what goes there. A stand-in keeps their own, not the absent person's."""
    person = user_with_id(me().id)
    form = MailForm(
        email=person.email,
        urgent=person.mail_urgent,
        digest=person.mail_digest,
        quiet_from=person.quiet_from,
        quiet_until=person.quiet_until if person.quiet_until is not None else NIGHT[1],
    )
    if form.validate_on_submit():
        with refusals(form), transaction():
            urgent, wants_digest = form.urgent.data, form.digest.data
            choose_mail(person, email=form.email.data, urgent=urgent, digest=wants_digest, night=form.night)
            flash(_("已保存。"), "success")
            return redirect(url_for("messages.settings"))
    page = render_template(
        "messages/settings.html", form=form, person=person, ready=current_app.config["TRACKER"].sends_mail
    )
    return page, form_status(form)


@bp.post("/messages/settings/try")
@needs(Right.SELF)
def try_mail() -> Response:
    person = user_with_id(me().id)
    with transaction():
        made = actions.try_out(person=person)
    return _tried(made, url_for("messages.settings"))


def _tried(delivery_id: int, back: str) -> Response:
    """Send it while the person waits, and say how it went."""
    done = postman.send_now(delivery_id)
    if done.state is DeliveryState.SENT:
        flash(_("测试消息已送达，请到那边确认收到。"), "success")
    else:
        why = _(TROUBLE_NAMES[done.trouble]) if done.trouble else _(DELIVERY_STATE_NAMES[done.state])
        flash(_("测试消息没有送达：%(why)s %(detail)s", why=why, detail=done.detail or ""), "error")
    return redirect(back)


# --- outlets --------------------------------------------------------------------------------------------------


@bp.get("/outlets")
@needs(Right.DELIVERIES)
def outlets() -> Any:
    """The ways out: what is set up, who let it be used, whether it works."""
    config = current_app.config["TRACKER"]
    found = queries.outlets(me())
    return render_template(
        "messages/outlets.html",
        outlets=found,
        waiting=sum(outlet.opened_at is None for outlet in found),
        opens={outlet.id for outlet in found if queries.covers_outlet(outlet, me())},
        figures=queries.lane_figures(),
        mail=queries.MAIL,
        config=config,
        keeps=may(me(), Right.OUTLETS),
        kinds=OUTLET_KIND_NAMES,
    )


@bp.route("/outlets/new", methods=["GET", "POST"])
@needs(Right.OUTLETS)
def new_outlet() -> Any:
    return _outlet_page(None, OutletForm())


@bp.route("/outlets/<int:outlet_id>", methods=["GET", "POST"])
@needs(Right.OUTLETS)
def outlet(outlet_id: int) -> Any:
    found = queries.outlet_with_id(outlet_id)
    form = OutletForm(name=found.name, kind=found.kind.value, region=found.region.name, address=found.address)
    return _outlet_page(found, form)


def _outlet_page(found: Outlet | None, form: OutletForm) -> Any:
    form.kind.choices = [(kind.value, _(name)) for kind, name in OUTLET_KIND_NAMES.items()]
    if form.validate_on_submit():
        with refusals(form):
            with transaction():
                kept, secret = actions.set_outlet(
                    found,
                    me(),
                    name=form.name.data or "",
                    kind=OutletKind(form.kind.data),
                    region=region_meant(form.region.data or ""),
                    address=form.address.data or "",
                    secret=form.secret.data or "",
                )
            if secret is not None:  # a POST's direct answer: it is stored where nobody reads it again
                return render_template("messages/outlet_secret.html", outlet=kept, secret=secret)
            flash(_("已保存。先试发一条，再请本地区督查启用。"), "success")
            return redirect(url_for("messages.outlets"))
    return render_template("messages/outlet.html", form=form, outlet=found), form_status(form)


@bp.post("/outlets/<int:outlet_id>/try")
@needs(Right.OUTLETS)
def try_outlet(outlet_id: int) -> Response:
    found = queries.outlet_with_id(outlet_id)
    with transaction():
        made = actions.try_out(outlet=found)
    return _tried(made, url_for("messages.outlets"))


@bp.post("/outlets/<int:outlet_id>/open")
@needs(Right.OUTLET_OPEN)
def open_outlet(outlet_id: int) -> Response:
    with transaction():
        actions.open_outlet(queries.outlet_with_id(outlet_id), me())
    flash(_("已启用：今后本地区的逾期升级会发到那里。"), "success")
    return redirect(url_for("messages.outlets"))


@bp.post("/outlets/<int:outlet_id>/close")
@needs(Right.DELIVERIES)
def close_outlet(outlet_id: int) -> Response:
    with transaction():
        actions.close_outlet(queries.outlet_with_id(outlet_id), me())
    flash(_("已停用：不再向那里发消息，等待发送的也不再发。"), "success")
    return redirect(url_for("messages.outlets"))


# --- deliveries -----------------------------------------------------------------------------------------------


@bp.get("/deliveries")
@needs(Right.DELIVERIES)
def deliveries() -> Any:
    """What was sent, what waits, what failed: never what it said."""
    state, outlet_id = _asked()
    return render_template(
        "messages/deliveries.html",
        page=queries.deliveries(me(), state, outlet_id, request.args.get("page")),
        counts=queries.delivery_counts(me(), outlet_id),
        state=state,
        outlet_id=outlet_id,
        matters=MATTER_NAMES,
        states=DELIVERY_STATE_NAMES,
        troubles=TROUBLE_NAMES,
    )


def _asked() -> tuple[DeliveryState | None, int | None]:
    word = request.values.get("state", "")
    return DeliveryState(word) if word in set(DeliveryState) else None, request.values.get("outlet", type=int)


@bp.post("/deliveries/<int:delivery_id>/retry")
@needs(Right.DELIVERIES)
def retry(delivery_id: int) -> Response:
    with transaction():
        actions.retry(queries.followed_delivery(delivery_id, me()), me())
    flash(_("已重新排队，一分钟内再发。"), "success")
    return redirect(url_for("messages.deliveries", state=DeliveryState.FAILED.value))


@bp.post("/deliveries/retry")
@needs(Right.DELIVERIES)
def retry_all() -> Response:
    """Everything that failed and that this person follows, five hundred at a time."""
    outlet_id = _asked()[1]
    with transaction():
        failed = queries.failed_deliveries(me(), outlet_id)
        for one in failed:
            actions.retry(one, me())
        if not failed:
            raise Refused(N_("没有发送失败的消息。"))
    flash(_("%(number)s 条已重新排队。", number=len(failed)), "success")
    return redirect(url_for("messages.deliveries", outlet=outlet_id))
