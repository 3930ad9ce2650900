"""The ledgers superiors ask for: which columns, in whose words and order, in sections of what; plain data, to be added to.

An office's own layouts stand in ``ledger-layouts.toml`` in the data directory, in the shape of ``BUILT_IN``::

    [monthly]
    title = "月报台账"
    by = "county"                                   # source, category or county: sections, each counted from 1
    columns = ["serial", "number", {column = "title", head = "存在问题", above = "问题", width = 40}]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tracker.base.access import N_, Refused
from tracker.register.sheet import BY_CODE, COLUMNS, Column

FILE_NAME = "ledger-layouts.toml"
WIDEST = 120  # characters; a column beyond prints nothing readable
_KEYS = frozenset({"title", "by", "columns"})
_COLUMN_KEYS = frozenset({"column", "head", "above", "width"})


class By(StrEnum):
    """What a ledger is divided by."""

    SOURCE = "source"
    CATEGORY = "category"
    COUNTY = "county"


@dataclass(frozen=True)
class Placed:
    """A column as a layout shows it. ``above``: a further head, shared with neighbours of the same."""

    column: Column
    head: str
    above: str
    width: int


@dataclass(frozen=True)
class Layout:
    name: str
    title: str
    columns: tuple[Placed, ...]
    by: By | None = None


_DUTY = N_("整改责任")
_DUTY_CHAIN = (
    {"column": "lead_official", "above": _DUTY, "width": 9},
    {"column": "lead_unit", "above": _DUTY, "width": 14},
    {"column": "responsible_units", "above": _DUTY, "width": 18},
    {"column": "responsible_person", "above": _DUTY, "width": 8},
)
_WORDING = {"column": "wording", "width": 36}
_PROGRESS = {"column": "progress", "head": N_("整改进展情况"), "width": 34}
# What a ledger is divided by has a column too, so that it is read back row by row when somebody sorts it in Excel.
# Together about 220 characters wide: what an A3 sheet across shows without a magnifying glass.
BUILT_IN: dict[str, dict[str, Any]] = {
    "superior": {
        "title": N_("问题整改工作台账"),
        "by": "source",
        "columns": [
            "serial", "number", "source", "category", "county", _WORDING,
            {"column": "requirement", "head": N_("整改要求及措施"), "width": 26}, *_DUTY_CHAIN, "kind", "deadline",
            _PROGRESS, "state", "cleared_on", "blank",
        ],
    },
    "county": {
        "title": N_("问题交办清单"),
        "by": "county",
        "columns": [
            "serial", "number", "county", "source", "category", _WORDING, "requirement", *_DUTY_CHAIN, "kind", "assigned_on",
            "deadline", "state", "blank",
        ],
    },
    "clearance": {
        "title": N_("问题销号台账"),
        "by": "category",
        "columns": [
            "serial", "number", "source", "category", "county", _WORDING, "lead_official", "lead_unit", "responsible_units",
            "original_deadline", "deadline", _PROGRESS, "state", "cleared_on", "cleared_how", "blank",
        ],
    },
    "standard": {
        "title": N_("问题整改标准台账"),
        "columns": [column.code for column in COLUMNS],
    },
}  # fmt: skip


def layouts(folder: Path) -> dict[str, Layout]:
    """The built-in layouts and the office's own, which come in the place of one of the same name. Raises Refused."""
    given: dict[str, Any] = dict(BUILT_IN)
    path = folder / FILE_NAME
    if path.exists():
        try:
            given.update(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise Refused(
                N_("版式文件 %(file)s 读不懂：%(problem)s。请对照文档改正。"), file=FILE_NAME, problem=str(error)
            ) from error
    return {name: _layout(name, table) for name, table in given.items()}


def layout_named(name: str, folder: Path) -> Layout:
    """Raises Refused when there is none of the name, naming those there are."""
    found = layouts(folder)
    if name not in found:
        raise Refused(N_("没有叫“%(name)s”的版式，现有：%(known)s。"), name=name, known="、".join(found))
    return found[name]


def _layout(name: str, table: Any) -> Layout:
    if not isinstance(table, Mapping) or not isinstance(table.get("title"), str) or not table["title"].strip():
        raise Refused(N_("版式“%(name)s”没有写标题（title）。"), name=name)
    if unknown := sorted(set(table) - _KEYS):
        raise Refused(
            N_("版式“%(name)s”不认识“%(word)s”，只能写 %(known)s。"),
            name=name,
            word=unknown[0],
            known="、".join(sorted(_KEYS)),
        )
    columns = table.get("columns")
    if not isinstance(columns, list) or not columns:
        raise Refused(N_("版式“%(name)s”没有写栏目（columns）。"), name=name)
    by = table.get("by")
    if by is not None and by not in set(By):
        raise Refused(
            N_("版式“%(name)s”分段（by）写的是“%(word)s”，只能写 %(known)s。"), name=name, word=by, known="、".join(By)
        )
    return Layout(name, table["title"], tuple(_placed(name, each) for each in columns), By(by) if by else None)


def _placed(name: str, given: Any) -> Placed:
    given = {"column": given} if isinstance(given, str) else given
    if not isinstance(given, Mapping) or not isinstance(given.get("column"), str):
        raise Refused(N_("版式“%(name)s”有一个栏目没有写明是哪一栏（column）。"), name=name)
    code = given["column"]
    if code not in BY_CODE:
        raise Refused(
            N_("版式“%(name)s”没有栏目“%(word)s”，可用的有：%(known)s。"),
            name=name,
            word=code,
            known="、".join(BY_CODE),
        )
    if unknown := sorted(set(given) - _COLUMN_KEYS):
        raise Refused(
            N_("版式“%(name)s”不认识“%(word)s”，只能写 %(known)s。"),
            name=name,
            word=unknown[0],
            known="、".join(sorted(_COLUMN_KEYS)),
        )
    column = BY_CODE[code]
    head, above, width = given.get("head", column.label), given.get("above", ""), given.get("width", column.width)
    if not isinstance(head, str) or not head.strip() or not isinstance(above, str):
        raise Refused(N_("版式“%(name)s”栏目“%(word)s”的表头（head、above）要写文字。"), name=name, word=code)
    if type(width) is not int or not 1 <= width <= WIDEST:
        raise Refused(
            N_("版式“%(name)s”栏目“%(word)s”的宽度（width）要写 1 到 %(most)s 的整数。"),
            name=name,
            word=code,
            most=WIDEST,
        )
    return Placed(column, head, above, width)
