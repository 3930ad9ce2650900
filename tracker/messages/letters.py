"""What a message says, in its reader's language: asked for at the moment it is sent, so that it never tells more than the
reader may see by then. To a group only number, title, deadline, level and link."""

from __future__ import annotations

from collections.abc import Collection
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from tracker.accounts.queries import deputies_of
from tracker.base import clock
from tracker.base.access import Actor
from tracker.messages import queries
from tracker.messages.models import Delivery
from tracker.messages.robots import line_text
from tracker.messages.rules import MATTER_NAMES, MATTER_WORDS, Letter, Line, Matter, Trouble, Unsent


def letter_of(delivery: Delivery) -> Letter:
    """The message. Raises Unsent where there is nothing to say any more."""
    person = delivery.person
    deputies = tuple(deputies_of(person, clock.today()).values()) if person is not None else ()
    lines, total = _lines(delivery, deputies)
    told = queries.summaries_for_person(delivery.id, person, deputies) if person is not None else ()
    if not total and not told and delivery.matter is not Matter.TRY:
        raise Unsent(Trouble.NOTHING_LEFT, final=True, others=False)
    name = _(MATTER_NAMES[delivery.matter])
    subject = _("%(matter)s：%(number)s 个问题", matter=name, number=total) if total else name
    if delivery.outlet is not None:
        subject = f"{delivery.outlet.region.name} {subject}"
    return Letter(
        delivery_id=delivery.public_id,
        matter=delivery.matter,
        subject=f"【{_('整改清零')}】{subject}",
        words=_words(delivery, total),
        lines=tuple(lines),
        besides=tuple((_(MATTER_NAMES[row.matter]), row.times) for row in told),
        total=total,
        url=_url("/messages" if delivery.person_id else "/register?overdue=1"),
    )


def _words(delivery: Delivery, total: int) -> str:
    if delivery.matter is Matter.TAKEN_OVER and delivery.outlet_id:
        return str(_("承接的台账里，本地区有 %(number)s 个问题已经逾期；以后每升一级再单独通知。", number=total))
    return str(_(MATTER_WORDS[delivery.matter], number=delivery.number))


def _lines(delivery: Delivery, deputies: Collection[Actor]) -> tuple[list[Line], int]:
    if delivery.outlet is not None:
        rows, total = queries.lines_for_outlet(delivery.id, delivery.outlet)
        return [_line(row, delivery.matter) for row in rows], total
    assert delivery.person is not None  # a CHECK says so
    rows, total = queries.lines_for_person(delivery.id, delivery.person, deputies)
    return [_line(row, row.matter, row.on_behalf or "") for row in rows], total


def _line(row: Any, matter: Matter, on_behalf: str = "") -> Line:
    title = " ".join(row.title.split())
    return Line(row.number, title, row.deadline, _(MATTER_NAMES[matter]), _url(f"/issues/{row.number}"), on_behalf)


def _url(path: str) -> str:
    base = current_app.config["TRACKER"].base_url
    return f"{base}{path}" if base else ""


def email_of(letter: Letter, name: str, address: str) -> EmailMessage:
    """As an e-mail: plain text, one Message-ID however often it is sent."""
    config = current_app.config["TRACKER"]
    mail = EmailMessage()
    mail["Subject"] = letter.subject
    mail["From"] = config.mail_from
    mail["To"] = address
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{letter.delivery_id}@{config.mail_from.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join(part for part in _parts(letter, name) if part) + "\n", cte="base64")
    return mail


def _parts(letter: Letter, name: str) -> list[str]:
    more = letter.total - len(letter.lines)
    return [
        _("%(name)s：", name=name),
        letter.words,
        *(_("%(matter)s：%(number)s 件", matter=matter, number=times) for matter, times in letter.besides),
        *(line_text(line, _) for line in letter.lines),
        _("另有 %(number)s 个，请登录查看。", number=more) if more > 0 else "",
        letter.url,
        _("这封邮件由系统自动发出，不用回复；收哪些邮件，可以在“消息设置”里修改。"),
    ]
