"""The columns of region and unit files, and rows read by them. Touches no database."""

from __future__ import annotations

import re

from tracker.base.access import N_
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_in import read_workbook
from tracker.base.sheets_list import Column, Record, records
from tracker.org.rules import FileRefused, RegionRow, Slip, level_of

REGION_COLUMNS = (
    Column("code", ("code", "代码", "行政区划代码", "区划代码", "编码"), required=True),
    Column("parent", ("parent", "上级代码", "上级", "父级代码", "父代码"), required=True),
    Column("name", ("name", "名称", "区划名称", "行政区划名称", "行政区划"), required=True),
    Column("level", ("level", "级别", "层级"), required=True),
    Column("virtual", ("virtual", "虚拟")),
    Column("longitude", ("longitude", "经度")),
    Column("latitude", ("latitude", "纬度")),
)
UNIT_COLUMNS = (
    Column("name", ("单位名称", "单位", "名称", "name"), required=True),
    Column("region", ("所属区划", "行政区划", "区划", "所在区划", "region"), required=True),
    Column("aliases", ("别名", "简称", "曾用名", "aliases")),
)
_DEGREES = {"longitude": 180, "latitude": 90}
_YES = {"t", "true", "1", "y", "yes", "是"}
_SCIENTIFIC = re.compile(r"[\d.]+e\+?\d+", re.IGNORECASE)


def read_regions(data: bytes, filename: str) -> list[RegionRow]:
    """Rows of a region file. Raises FileRefused naming every bad cell."""
    slips: list[Slip] = []
    rows: dict[str, RegionRow] = {}
    for record in _records(data, filename, REGION_COLUMNS):
        slips += _region_slips(record, rows)
        level = level_of(record.text("level"))
        code = record.text("code")
        if level is not None and code not in rows:
            virtual = record.text("virtual").lower() in _YES
            rows[code] = RegionRow(
                code, record.text("parent"), record.text("name"), level, virtual, record.cells, _place(record)
            )
    if slips:
        raise FileRefused(slips)
    return list(rows.values())


def _place(record: Record) -> tuple[float, float] | None:
    """Longitude and latitude; None where a file gives none."""
    longitude, latitude = (_degrees(record.text(key), most) for key, most in _DEGREES.items())
    return None if longitude is None or latitude is None else (longitude, latitude)


def _degrees(text: str, most: int) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= most else None


def _region_slips(record: Record, rows: dict[str, RegionRow]) -> list[Slip]:
    slips = []
    code, name, level = (record.text(key) for key in ("code", "name", "level"))
    if not code:
        slips.append(Slip(record.cell("code"), N_("没有代码。"), N_("每一行都要有代码。")))
    elif _SCIENTIFIC.fullmatch(code) or len(code) > 20:
        slips.append(
            Slip(
                record.cell("code"), N_("“%(code)s”不是代码。"), N_("请把代码列设为文本格式，再另存。"), {"code": code}
            )
        )
    elif code in rows:
        slips.append(
            Slip(
                record.cell("code"), N_("代码 %(code)s 在文件中出现了两次。"), N_("请删去重复的一行。"), {"code": code}
            )
        )
    if not name or len(name) > 80:
        slips.append(Slip(record.cell("name"), N_("名称是空的或超过 80 个字。"), N_("请填写名称。")))
    if level_of(level) is None:
        slips.append(
            Slip(
                record.cell("level"),
                N_("不认识级别“%(level)s”。"),
                N_("请写 province、city、county、township 或 village。"),
                {"level": level},
            )
        )
    for key, most in _DEGREES.items():
        if record.text(key) and _degrees(record.text(key), most) is None:
            slips.append(
                Slip(
                    record.cell(key),
                    N_("“%(text)s”不是经纬度。"),
                    N_("请写十进制的度数，如 111.46、27.23，或留空。"),
                    {"text": record.text(key)},
                )
            )
    return slips


def read_units(data: bytes, filename: str) -> list[Record]:
    """Rows of a unit file; names checked, regions not yet. Raises FileRefused naming every bad cell."""
    rows = _records(data, filename, UNIT_COLUMNS)
    slips = []
    for row in rows:
        if not row.text("name") or len(row.text("name")) > 120:
            slips.append(Slip(row.cell("name"), N_("单位名称是空的或超过 120 个字。"), N_("请填写单位全称。")))
        if any(len(alias) > 120 for alias in split_aliases(row.text("aliases"))):
            slips.append(Slip(row.cell("aliases"), N_("别名超过 120 个字。"), N_("多个别名请用顿号隔开。")))
    if slips:
        raise FileRefused(slips)
    return rows


def split_aliases(text: str) -> list[str]:
    """市水利局、水利局；水务局 → each once, in order."""
    return list(dict.fromkeys(part.strip() for part in re.split(r"[、，,;；|\n]+", text) if part.strip()))


def _records(data: bytes, filename: str, columns: tuple[Column, ...]) -> list[Record]:
    try:
        found = records(read_workbook(data, filename), columns)
    except SheetRefused as refusal:
        slip = Slip(refusal.cell or filename, refusal.problem_msgid, refusal.mend_msgid, refusal.params)
        raise FileRefused([slip]) from refusal
    return found
