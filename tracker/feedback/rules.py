"""Parting and joining what was read. The wording is the document's: it may be cut and put together, never reworded. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.base.access import N_, Refused

LONGEST_TITLE, LONGEST_DEADLINE, LONGEST_NAMES = 200, 200, 200
#: The fields of an entry that name people and units, in the order of the duty chain; of the first and last there is one.
NAME_FIELDS = ("lead_official", "lead_unit", "units", "responsible_person")
PEOPLE_FIELDS = frozenset({"lead_official", "responsible_person"})
#: A problem has one of each; where a document names several, a person says which before anything is written down.
ONE_FIELDS: Mapping[str, str] = {
    "lead_official": N_("“%(where)s”写了几位牵头领导：%(names)s。一个问题只有一位，请先选定。"),
    "lead_unit": N_("“%(where)s”写了几个牵头单位：%(names)s。一个问题只有一个，请先选定。"),
}
_OTHERS = {
    "lead_official": "反馈文件还写了牵头领导：",
    "lead_unit": "反馈文件还写了牵头单位：",
}  # data, as all it stands in
LONGEST_REMARK = 1000
#: What two entries put together say one of, and cannot be written side by side.
UNLIKE: Mapping[str, str] = {"county_id": N_("县市区"), "category_id": N_("类别"), "kind": N_("整改类型")}
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


@dataclass(frozen=True)
class Several:
    """A field of which there is one, and the names a document gives for it."""

    field: str
    names: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The field of a page in which somebody says which of them it is."""
        return f"only:{self.field}"

    def refusal(self, where: str) -> Refused:
        return Refused(ONE_FIELDS[self.field], where=where, names="、".join(self.names))

    def others(self, chosen: str) -> str:
        """What a remark says of those who were not chosen."""
        return _OTHERS[self.field] + "、".join(name for name in self.names if name != chosen)


def several_in(names: Mapping[str, str]) -> list[Several]:
    """What an entry names several of, though there is one, by field."""
    found = (Several(code, tuple(dict.fromkeys(split_names(names[code])))) for code in ONE_FIELDS)
    return [one for one in found if len(one.names) > 1]


def was_due(written: str) -> str:
    """What a remark says of a deadline that a person put another in place of."""
    return f"反馈文件写的整改时限：{written}"


def with_line(remark: str, line: str) -> str:
    """A remark with more behind it, each line said once."""
    return "\n".join(dict.fromkeys(filter(None, [*remark.splitlines(), *line.splitlines()])))


@dataclass(frozen=True)
class Doubt:
    """A name in an entry that nobody known goes by (``known`` 0), or several do."""

    field: str
    name: str
    known: int

    @property
    def answer(self) -> str:
        """The field of a page in which somebody says who is meant."""
        return f"meant:{self.field}:{self.name}"


def doubts_in(names: Mapping[str, str], units: Mapping[str, int], people: Mapping[str, int]) -> list[Doubt]:
    """The doubtful among an entry's names, by field. ``units``, ``people``: how many go by each name; what a person
    has settled stands with its unit or region in brackets and is one."""
    found = []
    for code in NAME_FIELDS:
        known = people if code in PEOPLE_FIELDS else units
        for name in split_names(names[code]):
            number = known.get(bare_name(name), 0)
            if number == 0 or (number > 1 and bare_name(name) == name):
                found.append(Doubt(code, name, number))
    return found


def bare_name(name: str) -> str:
    """李志强（新邵县水利局） → 李志强."""
    return re.sub(r"[（(][^（）()]*[）)]$", "", name) or name


def replaced(text: str, name: str, meant: str) -> str:
    """Names parted by 、 with one of them said otherwise."""
    return "、".join(dict.fromkeys(meant if one == name else one for one in split_names(text)))


def split_names(text: str) -> list[str]:
    return [name for name in re.split(r"[、,，;；\s]+", text) if name]


def names_in(text: str) -> str:
    """Units as typed, one way of parting them."""
    return "、".join(dict.fromkeys(split_names(text)))
