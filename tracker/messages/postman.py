"""Sending what waits: every receiver by itself, each message asked for, said and written down; never in a transaction."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app
from flask_babel import force_locale, gettext

from tracker.base import clock
from tracker.base.config import Config
from tracker.base.db import db
from tracker.messages import actions, outside, robots
from tracker.messages.letters import email_of, letter_of
from tracker.messages.models import Delivery
from tracker.messages.queries import delivery_with_id, lanes_due, on_lane
from tracker.messages.rules import Matter, OutletKind, Trouble, Unsent
from tracker.messages.vault import unlock

MOST_LANES = 16  # served at once
MOST_IN_A_BEAT = 100  # messages of one lane


def deliver() -> dict[str, int]:
    """Send what is due, each receiver's messages in order and all receivers at the same time, so that a dead one holds up
    nobody else; one that fails is left alone until the next beat. May run in as many processes as like.

    Not in a transaction: none is open while the other side is spoken to. Returns how many ended in which state.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    lanes = lanes_due(clock.now(), mail=app.config["TRACKER"].sends_mail)
    db.session.rollback()
    if not lanes:
        return {}
    with ThreadPoolExecutor(min(len(lanes), MOST_LANES), "deliver") as pool:
        done = sum(pool.map(lambda lane: _serve(app, lane), lanes), Counter[str]())
    return dict(done)


def _serve(app: Flask, lane: int) -> Counter[str]:
    """One lane, until nothing is due on it, it fails, or the others should have a turn."""
    ended: Counter[str] = Counter()
    with app.app_context():
        for _ in range(MOST_IN_A_BEAT):
            done = actions.deliver(on_lane(lane), send)
            if done is None:
                break
            state, goes_on = done
            if state is not None:
                ended[state.value] += 1
            if not goes_on:
                break
    return ended


def send_now(delivery_id: int) -> Delivery:
    """Send this one if it is due, and return it as it stands then."""
    actions.deliver(Delivery.id == delivery_id, send)
    return delivery_with_id(delivery_id)


def send(delivery_id: int) -> None:
    """Say it: ask what it says, end the reading, and only then speak to the other side. Raises Unsent."""
    delivery = delivery_with_id(delivery_id)
    if delivery.outlet_id is not None:
        _to_outlet(delivery)
    else:
        _to_person(delivery)


def _to_person(delivery: Delivery) -> None:
    config: Config = current_app.config["TRACKER"]
    person = delivery.person
    assert person is not None  # a CHECK says so
    wanted = {Matter.TRY: True, Matter.DIGEST: person.mail_digest}.get(delivery.matter, person.mail_urgent)
    if not person.is_active or person.email is None or not wanted:
        raise Unsent(Trouble.CLOSED, final=True, others=False)
    with force_locale(person.locale or config.locale):
        mail = email_of(letter_of(delivery), person.name, person.email)
    db.session.rollback()
    outside.send_mail(config, mail)


def _to_outlet(delivery: Delivery) -> None:
    config: Config = current_app.config["TRACKER"]
    outlet = delivery.outlet
    assert outlet is not None
    if outlet.opened_at is None and delivery.matter is not Matter.TRY:
        raise Unsent(Trouble.CLOSED, final=True)
    kind = outlet.kind
    address = outlet.address or outside.robots_base(kind)
    keys = unlock(outlet.keys)
    with force_locale(config.locale):
        what = robots.post_for(kind, address, keys, letter_of(delivery), clock.now(), gettext)
    db.session.rollback()
    checked = kind is OutletKind.WEBHOOK
    status, body = outside.post(what, config.networks, checked=checked, proxy=config.http_proxy)
    robots.check_answer(kind, status, body)
