"""How a message is written for each kind of robot, how it is signed, and what an answer means. Pure.

Robots get plain text: what they make of Markdown differs, and a title must not be able to hide a link or call everybody.
Their errors come inside HTTP 200. The webhook follows Standard Webhooks (webhook-id, -timestamp, -signature).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from tracker.base.access import N_
from tracker.messages.rules import ROBOT_PATHS, Letter, Line, OutletKind, Trouble, Unsent
from tracker.messages.vault import Keys

#: Bytes of text that a robot takes at most (WeCom 2048; the others far more), and issues that a reader takes.
MOST_BYTES = {OutletKind.WECOM: 2048}
MOST_LINES = 10
_ID = "X-Delivery-Id"
_JSON = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Post:
    """What is to be sent where."""

    url: str
    body: bytes
    headers: Mapping[str, str]


def post_for(kind: OutletKind, address: str, keys: Keys, letter: Letter, at: datetime, say: Any) -> Post:
    """The request for this message. ``address``: the robots' base or the webhook's own; ``say``: translates a msgid."""
    if kind is OutletKind.WEBHOOK:
        return _webhook(address, keys, letter, at)
    path, parameter = ROBOT_PATHS[kind]
    url = address + path + ("?" + urlencode({parameter: keys.key}) if parameter else quote(keys.key))
    text = text_of(letter, MOST_BYTES.get(kind), say)
    body: dict[str, Any]
    if kind is OutletKind.FEISHU:
        # its text may call people by tags
        body = {"msg_type": "text", "content": {"text": text.replace("<", "＜").replace(">", "＞")}}
        if keys.secret:
            stamp = str(int(at.timestamp()))
            body |= {"timestamp": stamp, "sign": _digest(f"{stamp}\n{keys.secret}", "")}
    else:
        body = {"msgtype": "text", "text": {"content": text}}
        if kind is OutletKind.DINGTALK and keys.secret:
            stamp = str(int(at.timestamp() * 1000))
            url += "&" + urlencode({"timestamp": stamp, "sign": _digest(keys.secret, f"{stamp}\n{keys.secret}")})
    return Post(url, _json(body), {"Content-Type": _JSON, _ID: letter.delivery_id})


def _webhook(address: str, keys: Keys, letter: Letter, at: datetime) -> Post:
    body = _json(
        {
            "id": letter.delivery_id,
            "matter": letter.matter.value,
            "subject": letter.subject,
            "text": letter.words,
            "total": letter.total,
            "issues": [
                {
                    "number": line.number,
                    "title": line.title,
                    "deadline": line.deadline.isoformat() if line.deadline else None,
                    "level": line.matter,
                    "url": line.url or None,
                }
                for line in letter.lines
            ],
            "url": letter.url or None,
        }
    )
    stamp = str(int(at.timestamp()))
    return Post(
        address,
        body,
        {
            "Content-Type": _JSON,
            _ID: letter.delivery_id,
            "webhook-id": letter.delivery_id,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + webhook_signature(keys.secret, letter.delivery_id, stamp, body),
        },
    )


def webhook_signature(secret: str, delivery_id: str, stamp: str, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, id.timestamp.body)); the secret is what stands after ``whsec_``, base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{delivery_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def _digest(key: str, said: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), said.encode(), hashlib.sha256).digest()).decode()


def _json(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def text_of(letter: Letter, most: int | None, say: Any) -> str:
    """The message as plain text, as many of its issues as fit into ``most`` bytes and into a reader's patience."""
    for number in range(min(len(letter.lines), MOST_LINES), -1, -1):
        text = _text(letter, number, say)
        if most is None or len(text.encode()) <= most:
            return text
    return _text(letter, 0, say).encode()[: most or 0].decode(errors="ignore")


def _text(letter: Letter, number: int, say: Any) -> str:
    shown = [letter.subject, letter.words, *(line_text(line, say) for line in letter.lines[:number])]
    if letter.total > number:
        shown.append(say(N_("共 %(number)s 个问题，其余请登录查看。"), number=letter.total))
    if letter.url:
        shown.append(letter.url)
    shown.append(say(N_("消息编号 %(code)s"), code=letter.delivery_id[:8]))
    return "\n".join(shown)


def line_text(line: Line, say: Any) -> str:
    """One issue: number, title, deadline, level, link."""
    due = say(N_("整改时限 %(date)s"), date=line.deadline.isoformat()) if line.deadline else ""
    behalf = say(N_("（代%(name)s）"), name=line.on_behalf) if line.on_behalf else ""
    said = " ".join(word for word in (line.number, line.title, due, line.matter, behalf) if word)
    return f"{said}\n{line.url}" if line.url else said


def check_answer(kind: OutletKind, status: int, body: bytes) -> None:
    """Raise Unsent unless the other side took the message: a robot says so inside HTTP 200."""
    if not 200 <= status < 300:
        raise Unsent(Trouble.ANSWERED, f"HTTP {status}")
    if kind is OutletKind.WEBHOOK:
        return
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unsent(Trouble.ANSWERED, f"HTTP {status}, not JSON")
    names = ("code", "StatusCode") if kind is OutletKind.FEISHU else ("errcode",)
    codes = [said[name] for name in names if name in said]
    if not codes or any(code != 0 or isinstance(code, bool) for code in codes):
        words = said.get("errmsg") or said.get("msg") or said.get("StatusMessage") or ""
        raise Unsent(Trouble.ANSWERED, f"{names[0]} {codes[0] if codes else '?'}: {words}")
