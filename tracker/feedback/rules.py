"""Parting and joining what was read. The wording is the document's: it may be cut and put together, never reworded. Pure."""

from __future__ import annotations

import re

from tracker.base.access import N_, Refused

LONGEST_TITLE, LONGEST_DEADLINE, LONGEST_UNIT = 200, 200, 200
TAKEN_OUT = N_("核对时移出")  # beside the reasons of the reader (reading)
_INSIDE = re.compile(
    r"(?<=[。；;：:！\n])[ \t\u3000]*"
    r"(?=(?:[一二三四五六七八九十]{1,2}是(?!否)|第[一二三四五六七八九十]{1,2}[，,、：:]|[（(][一二三四五六七八九十\d]{1,2}[）)]|[①-⑳⑴-⒇]|\d{1,2}[.．、](?!\d)))"
)


def pieces_of(wording: str) -> list[str]:
    """Where the words number parts themselves (一是…；二是…): the wording cut before each."""
    return [piece.strip() for piece in _INSIDE.split(wording) if piece.strip()]


def parted(wording: str, typed: str) -> list[str]:
    """The pieces of a wording into which a person put empty lines. Refused when a word was changed, or nothing parted."""
    pieces = [piece.strip() for piece in re.split(r"\n[ \t\u3000]*\n", typed.replace("\r\n", "\n")) if piece.strip()]
    unchanged(wording, typed)
    if len(pieces) < 2:
        raise Refused(N_("请在要拆开的地方空一行，再按“拆开”。"))
    return pieces


def unchanged(wording: str, typed: str) -> None:
    """Refuse when a word of the document was changed; spaces and line ends are none."""
    if _bare(typed) != _bare(wording):
        raise Refused(N_("原文不能改字，只能在要拆开的地方空一行。要改的请在列单时另写标题和原文。"))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def names_in(text: str) -> str:
    """Units as typed, one way of parting them."""
    return "、".join(dict.fromkeys(name for name in re.split(r"[、,，;；\s]+", text) if name))
