"""What an import knows before it reads: the installation's names, its working days, and what a person put right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

WORD_LENGTH = 30


@dataclass(frozen=True)
class Place:
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    code: str
    name: str
    aliases: tuple[str, ...] = ()


TAKE, LEAVE = "take", "leave"


def table_key(sheet: str, place: int) -> str:
    """What a table goes by on a page: its sheet, and which of its tables it is from the second on."""
    return sheet if place == 1 else f"{sheet}:{place}"


@dataclass(frozen=True)
class Correction:
    """What a person put right on the import page, or what this office's ledger was found to mean last time.

    header_rows: table (``table_key``) → first and last row of the header. heads: headers as lines of texts, to be found
    again wherever they stand. tables: table → ``TAKE`` or ``LEAVE``. left: the tables left out, by their place in a sheet and
    headers, when the ledger came last. columns: header as written (``columns.header_text``) → field code, "" to leave out. words: field → what is
    written there (``word_key``) → what it means. units, people: a name as the plan asks for it (``plan.Doubt``) → the id
    meant, 0 for one to be made. answers: cell address → text to read in place of what stands there. origin: the ledger
    (its id) this was kept with. template: the title of the template that says what the columns mean. The rest holds for rows that do not say.
    """

    header_rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    heads: Sequence[Sequence[Sequence[str]]] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    left: Sequence[tuple[int, Sequence[str]]] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    origin: int | None = None
    template: str = ""
    ledger_date: date | None = None
    source: str | None = None
    category: str | None = None
    county: str | None = None
    take_hidden: bool = False
    leave_hidden: bool = False  # rows, without asking again


@dataclass(frozen=True)
class Vocabulary:
    """Names to match against, the calendar of working days, and what people corrected.

    ``root`` is the city itself (its own level counts as a county: 市本级). ``add_workdays(day, n)`` is the n-th working
    day after ``day``.
    """

    categories: Sequence[Category]
    counties: Sequence[Place]
    add_workdays: Callable[[date, int], date]
    root: Place | None = None
    correction: Correction = field(default_factory=Correction)

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Every name a county goes by → its full name: aliases, and short names that only one county has."""
        names: dict[str, str] = {}
        for place in (*self.counties, *([self.root] if self.root else [])):
            for name in (place.name, *place.aliases):
                names[plain(name)] = place.name
        if self.root:
            names[plain(self.root.name) + "本级"] = self.root.name  # as lists and exports say it
        stems: dict[str, set[str]] = {}
        for place in (*self.counties, *([self.root] if self.root else [])):
            for name in (place.name, *place.aliases):
                stems.setdefault(stem(name), set()).add(place.name)
        for short, owners in stems.items():
            if len(owners) == 1 and len(short) >= 2:
                owner = next(iter(owners))
                for ending in ("", "县", "市", "区"):
                    names.setdefault(short + ending, owner)
        return names

    @cached_property
    def place_pattern(self) -> re.Pattern[str]:
        names = sorted((name for name in self.places if len(name) > 2), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, names)) or r"(?!)")

    @property
    def county_names(self) -> str:
        return "、".join(place.name for place in self.counties)

    @property
    def category_names(self) -> str:
        return "、".join(category.name for category in self.categories)


def plain(text: str) -> str:
    """One width and no white space: for comparing, never for keeping."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def word_key(text: str) -> str:
    """By what a word of a ledger is remembered: problems quote no more of it than this."""
    return plain(text[:WORD_LENGTH])


_PEOPLES = "苗族|侗族|瑶族|土家族|回族|壮族|白族|彝族|布依族|各族|满族|蒙古族|藏族|维吾尔|哈萨克|羌族|傣族|黎族|仡佬族|水族|畲族|拉祜族|佤族|哈尼族"


def stem(name: str) -> str:
    """城步苗族自治县 → 城步, 邵东市 → 邵东."""
    return re.sub(rf"(?:(?:{_PEOPLES})+自治)?(?:县|市|区|旗)$", "", plain(name))


_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "没有",
        "～",
        "~",
        "_",
        "／",
        "－",
        "空",
        "N/A",
        "n/a",
        "不涉及",
    }
)


def is_nothing(text: str) -> bool:
    """Marks people write for "none"."""
    return len(text) <= 8 and _says_nothing(text)


@lru_cache(maxsize=10_000)
def _says_nothing(text: str) -> bool:
    return plain(text) in _NOTHING
