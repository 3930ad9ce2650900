"""Levels of a region, what offices call a place, finding a place by its name, what is wrong in a file. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tracker.base.access import N_, Refused


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LEVEL_NAMES: dict[Level, str] = {
    Level.PROVINCE: N_("省"),
    Level.CITY: N_("市"),
    Level.COUNTY: N_("县（市、区）"),
    Level.TOWNSHIP: N_("乡镇（街道）"),
    Level.VILLAGE: N_("村（社区）"),
}

_LEVEL_WORDS: dict[str, Level] = {
    **{level.value: level for level in Level},
    "town": Level.TOWNSHIP,
    **dict.fromkeys(("省", "省级", "自治区", "直辖市"), Level.PROVINCE),
    **dict.fromkeys(("市", "市级", "地级", "地级市", "州", "盟"), Level.CITY),
    **dict.fromkeys(("县", "县级", "区", "区县", "县区", "县市区", "县（市、区）", "旗"), Level.COUNTY),
    **dict.fromkeys(("乡镇", "乡", "镇", "街道", "乡级", "镇级", "乡镇级", "乡镇（街道）"), Level.TOWNSHIP),
    **dict.fromkeys(("村", "社区", "村级", "村（社区）"), Level.VILLAGE),
}
DEPTH: dict[Level, int] = {level: place for place, level in enumerate(Level)}


def level_of(word: str) -> Level | None:
    """The level a file means by this word; ``town`` and ``township`` alike."""
    return _LEVEL_WORDS.get(word.strip().lower())


# --- what offices call a place ------------------------------------------------------------------------------------

_PEOPLES = (
    "蒙古族|蒙古|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|高山族|"
    "拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|阿昌族|普米族|"
    "塔吉克|怒族|乌孜别克|俄罗斯族|鄂温克族|德昂族|保安族|裕固族|京族|塔塔尔|独龙族|鄂伦春|赫哲族|门巴族|珞巴族|基诺族|各族"
)
_AUTONOMOUS = re.compile(rf"(?P<stem>.{{2,}}?)(?:{_PEOPLES})+(?P<kind>自治州|自治县|自治旗|乡)")
_SHORT_KIND = {"自治州": "州", "自治县": "县", "自治旗": "旗", "乡": "乡"}
_COMMITTEES = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
)
#: How ledgers call the root itself as a column of its own.
ROOT_ALIASES: dict[Level, tuple[str, ...]] = {
    Level.PROVINCE: ("省本级", "省直"),
    Level.CITY: ("市本级", "市直"),
    Level.COUNTY: ("县本级", "县直"),
}


def called(name: str, level: Level) -> list[str]:
    """Other names offices write for a place: 城步苗族自治县 → 城步县, 城步; 邵东市 → 邵东县, 邵东; 双江村委会 → 双江村."""
    if found := _AUTONOMOUS.fullmatch(name):
        short = found["stem"] + _SHORT_KIND[found["kind"]]
        return [short] if level is Level.TOWNSHIP else [short, found["stem"]]
    if level is Level.COUNTY:
        return _called_county(name)
    if level is Level.CITY and name.endswith("市") and len(name) > 2:
        return [name[:-1]]
    if level is Level.TOWNSHIP:
        return _called_township(name)
    return _called_village(name) if level is Level.VILLAGE else []


def _called_county(name: str) -> list[str]:
    stem, kind = name[:-1], name[-1]
    if kind not in "县市区旗" or len(stem) < 2:  # 城区, 东区: the short name says nothing
        return []
    # counties became cities (2019 邵东) while ledgers and code tables go on with the older or newer name
    return [*({"县": [stem + "市"], "市": [stem + "县"]}.get(kind, [])), stem]


def _called_township(name: str) -> list[str]:
    if name.endswith("街道办事处"):
        return [name.removesuffix("办事处")]
    return [name + "办事处"] if name.endswith("街道") else []


def _called_village(name: str) -> list[str]:
    for committee, kind in _COMMITTEES:
        if name.endswith(committee) and len(name) > len(committee):
            return [name.removesuffix(committee) + kind]
    return []


def distinct(wanted: Mapping[int, Iterable[str]], names: Iterable[str]) -> dict[int, list[str]]:
    """Of the aliases wanted per place, those that no other place is called or claims (邵阳: the city or the county?)."""
    taken = set(names)
    claims = Counter(alias for aliases in wanted.values() for alias in set(aliases))
    return {
        place: [alias for alias in dict.fromkeys(aliases) if alias not in taken and claims[alias] == 1]
        for place, aliases in wanted.items()
    }


# --- finding a place by what people write -------------------------------------------------------------------------


@dataclass
class Places:
    """Every region in force by code, name and alias; ``find`` reads what people write. Ids only, so it is pure."""

    codes: dict[str, int] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    lines: dict[int, frozenset[int]] = field(default_factory=dict)  # region -> the regions above it

    def find(self, text: str) -> list[int]:
        """Ids meant by a code, a name, or names from above to below (新邵县/龙溪铺镇); several when it is ambiguous."""
        if text in self.codes:
            return [self.codes[text]]
        found: list[int] | None = None
        for part in (part.strip() for part in re.split(r"[/／>＞\s]+", text.strip())):
            here = self.names.get(part, [])
            found = here if found is None else [place for place in here if self.lines[place] & set(found)]
        return found or []


# --- what is wrong in a file --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """One thing wrong in a file: where, what, and what would be right (msgids that share ``params``)."""

    cell: str
    problem: str
    mend: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.cell}：" + (self.problem % self.params) + (self.mend % self.params)


class FileRefused(Refused):
    """A file has slips; nothing of it was taken."""

    def __init__(self, slips: Iterable[Slip]) -> None:
        self.slips = tuple(slips)
        super().__init__(N_("文件中有 %(number)s 处要改，什么都没有导入。"), number=len(self.slips))

    def __str__(self) -> str:
        return "\n".join([self.msgid % self.params, *map(str, self.slips)])


# --- the import of regions: file rows → a tree, before it meets the database --------------------------------------


@dataclass(frozen=True)
class RegionRow:
    """One row of the file; ``cells`` are addresses by column, for slips."""

    code: str
    parent: str
    name: str
    level: Level
    virtual: bool
    cells: Mapping[str, str]
    place: tuple[float, float] | None = None  # longitude and latitude in degrees


def without_virtual(rows: list[RegionRow]) -> dict[str, tuple[RegionRow, str]]:
    """Code → (row, code of its parent) of the real rows; children of a virtual row (市辖区) belong to its parent."""
    by_code = {row.code: row for row in rows}
    real: dict[str, tuple[RegionRow, str]] = {}
    for row in rows:
        if row.virtual:
            continue
        parent, seen = row.parent, {row.code}
        while parent in by_code and by_code[parent].virtual and parent not in seen:
            seen.add(parent)
            parent = by_code[parent].parent
        real[row.code] = (row, parent)
    return real


def tree_slips(real: Mapping[str, tuple[RegionRow, str]], known: Mapping[str, Level]) -> list[Slip]:
    """What is wrong with the tree of the file, given the levels of the regions ``known`` by code."""
    slips: list[Slip] = []
    for row, parent in real.values():
        above = real[parent][0].level if parent in real else known.get(parent)
        if above is not None and DEPTH[above] >= DEPTH[row.level]:
            slips.append(
                Slip(
                    row.cells["level"],
                    N_("“%(name)s”的级别不低于它的上级。"),
                    N_("请核对级别和上级代码。"),
                    {"name": row.name},
                )
            )
    return slips


def generations(real: Mapping[str, tuple[RegionRow, str]]) -> list[list[str]]:
    """Codes from the top down: each list's parents stand in an earlier list or outside the file."""
    depth: dict[str, int] = {}
    for code in real:
        line = []
        while code not in depth and code in real:
            line.append(code)
            code = real[code][1]
        start = depth.get(code, -1)
        depth.update({member: start + step for step, member in enumerate(reversed(line), 1)})
    levels: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for code in real:
        levels[depth[code]].append(code)
    return levels
