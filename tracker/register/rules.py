"""What the list may be narrowed to and ordered by, as one value that is also an address. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from tracker.base.access import N_
from tracker.deadlines.rules import CLOCK_OF, LAMP_NAMES, LEVEL_NAMES, WHY_WORDS, Lamp, Why, level_name
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.rules import bigrams
from tracker.issues.workflow import KIND_NAMES, OPEN, STATE_NAMES, Kind, State

PAGE_SIZE = 50
#: Counted exactly up to here; beyond it a list says "10,000+".
COUNT_LIMIT = 10_000
_LONGEST = 80  # characters of a search or a name


class ListPage(StrEnum):
    """Where a list of issues stands, each with saved views of its own."""

    REGISTER = "register"
    OVERDUE = "overdue"


#: Views one person may keep of one list.
MOST_VIEWS = 30


class Sort(StrEnum):
    """The order; a minus in front (``-deadline``) turns it round."""

    DEADLINE = "deadline"
    OVERDUE = "overdue"
    COUNTY = "county"
    PROGRESS = "progress"
    NUMBER = "number"


#: (as it stands, turned round)
SORT_NAMES: dict[Sort, tuple[str, str]] = {
    Sort.DEADLINE: (N_("时限最近的在前，已销号的在后"), N_("时限最远的在前，已销号的在后")),
    Sort.OVERDUE: (N_("逾期天数从多到少"), N_("逾期天数从少到多")),
    Sort.COUNTY: (N_("按县市区"), N_("按县市区倒序")),
    Sort.PROGRESS: (N_("最久没有进展的在前"), N_("最近有进展的在前")),
    Sort.NUMBER: (N_("编号从小到大"), N_("编号从大到小")),
}


class Group(StrEnum):
    """Concrete problems and long-term ones are counted apart (DOMAIN §6)."""

    CONCRETE = "concrete"
    LONG_TERM = "long_term"


GROUP_NAMES: dict[Group, str] = {Group.CONCRETE: N_("具体问题"), Group.LONG_TERM: N_("体制机制")}


#: Whether a clearance was reviewed here, or only taken over as written.
PROVEN_NAMES: dict[bool, str] = {True: N_("已证销号"), False: N_("账面销号")}

ALL_YEARS = 0
#: Yes-or-no conditions: field of Filters -> what its chip says.
FLAGS: dict[str, str] = {
    "overdue": N_("已逾期"),
    "unsigned": N_("未签收"),
    "stalled": N_("环节超时"),
    "incomplete": N_("责任链不全"),
    "review_due": N_("到检视日期"),
    "linked": N_("我联系的县"),
    "relapsed": N_("反弹过的"),
    "taken_over": N_("承接的"),
    "no_parents": N_("不含已分解的上级问题"),
}


@dataclass(frozen=True)
class Filters:
    """Everything that narrows or orders the list; ``read`` and ``query`` are each other's inverse.

    ``year``: None what is open and what this year cleared, ALL_YEARS everything, else what was listed that year.
    ``dismissed`` issues are counted apart: they appear only when their state is asked for.
    """

    q: str = ""
    county: int | None = None
    category: int | None = None
    source: Source | None = None
    kind: Kind | None = None
    group: Group | None = None
    state: tuple[State, ...] = ()
    lamp: Lamp | None = None
    level: int | None = None
    lead: str = ""
    unit: str = ""
    proven: bool | None = None
    overdue: bool = False
    unsigned: bool = False
    stalled: bool = False  # a step takes longer than its working days
    incomplete: bool = False
    review_due: bool = False
    linked: bool = False  # only the counties the reader keeps in touch with
    relapsed: bool = False
    taken_over: bool = False
    no_parents: bool = False
    cleared_in: str = ""  # a month, 2019-08
    year: int | None = None
    sort: Sort = Sort.DEADLINE
    turned: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Sequence[str]], default: Sort = Sort.DEADLINE) -> Filters:
        """From an address's parameters; what makes no sense is left out."""
        one = {name: values[0].strip() for name, values in given.items() if values}
        order = one.get("sort", "")
        known = _member(Sort, order.removeprefix("-"))
        states = {state for word in given.get("state", ()) if (state := _member(State, word))}
        return cls(
            q=one.get("q", "")[:_LONGEST],
            county=_number(one.get("county")),
            category=_number(one.get("category")),
            source=_member(Source, one.get("source")),
            kind=_member(Kind, one.get("kind")),
            group=_member(Group, one.get("group")),
            state=tuple(state for state in State if state in states),
            lamp=_member(Lamp, one.get("lamp")),
            level=_number(one.get("level"), highest=len(LEVEL_NAMES)),
            lead=one.get("lead", "")[:_LONGEST],
            unit=one.get("unit", "")[:_LONGEST],
            proven={"1": True, "0": False}.get(one.get("proven", "")),
            **{name: one.get(name) == "1" for name in FLAGS},
            cleared_in=month if _month(month := one.get("cleared_in", "")) else "",
            year=ALL_YEARS if one.get("year") == "all" else _number(one.get("year"), highest=9999),
            sort=known or default,
            turned=known is not None and order.startswith("-"),
        )

    def parameters(self) -> list[tuple[str, str]]:
        """What an address needs to say to find these filters again."""
        found: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "year" and value == ALL_YEARS:
                found.append(("year", "all"))
            elif field.name == "sort":
                found += [("sort", ("-" if self.turned else "") + value)] if self._sorted() else []
            elif field.name == "proven" and value is not None:
                found.append(("proven", str(int(value))))
            elif field.name == "turned" or value in (None, "", False, ()):
                continue
            elif isinstance(value, tuple):
                found += [(field.name, word.value) for word in value]
            else:
                found.append((field.name, "1" if value is True else str(value)))
        return found

    def _sorted(self) -> bool:
        return self.turned or self.sort is not Sort.DEADLINE

    def query(self, **changes: Any) -> str:
        """The address's query with these changes, ``?county=3&sort=-deadline`` or nothing."""
        parameters = replace(self, **changes).parameters()
        return "?" + urlencode(parameters) if parameters else ""

    @property
    def states(self) -> frozenset[State]:
        """The states that can appear at all."""
        states = frozenset(self.state or (OPEN | {State.CLEARED}))
        if self.proven is not None or self.cleared_in:
            states &= {State.CLEARED}
        if self.unsigned:
            states &= {State.ASSIGNED}
        if self.stalled:
            states &= frozenset(CLOCK_OF)
        if self.incomplete:
            states &= OPEN - {State.LISTED}
        if self.overdue or self.level or self.lamp or self.review_due:
            states &= OPEN
        return states

    @property
    def narrowed(self) -> bool:
        return replace(self, sort=Sort.DEADLINE, turned=False) != Filters()


#: What an export without filters takes out: not only what is open and what this year cleared.
WHOLE_LIST = Filters(year=ALL_YEARS)


def _month(word: str) -> date | None:
    """The first day of a month written 2019-08."""
    try:
        return date.fromisoformat(f"{word}-01") if len(word) == 7 else None
    except ValueError:
        return None


def days_of_month(word: str) -> tuple[date, date]:
    """The first and the last day of a month written 2019-08."""
    first = date.fromisoformat(f"{word}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _number(word: str | None, highest: int = 2**31 - 1) -> int | None:
    if word is None or not word.isascii() or not word.isdigit() or len(word) > 10:
        return None
    return int(word) if 1 <= int(word) <= highest else None


def _member(enum: Any, word: str | None) -> Any:
    return enum(word) if word in set(enum) else None


def overdue_between(level: int, today: date, level_days: Sequence[int]) -> tuple[date | None, date]:
    """First overdue days (earliest, latest) of the issues at this escalation level, whose levels begin with so many days;
    earliest None: no bound.

    On its first overdue day an issue is one day overdue.
    """
    latest = today - timedelta(days=level_days[level - 1] - 1)
    earliest = today - timedelta(days=level_days[level] - 2) if level < len(level_days) else None
    return earliest, latest


def phrases(q: str) -> list[list[str]]:
    """What to look for: each word of the search as the bigrams that must stand side by side."""
    return [grams for word in q.split() if (grams := bigrams(word).split())]


def is_open_end(gram: str) -> bool:
    """Whether a phrase's last gram may be the beginning of a longer one: a lone character, or digits and letters."""
    return len(gram) == 1 or gram.isascii()


# --- in words: everything a list says, translated once a page instead of once a row -------------------------------

Say = Callable[[str], str]


@dataclass(frozen=True)
class Chip:
    """One condition in force. ``query``: the address's query without it."""

    label: str
    value: str
    query: str


class Words:
    """The names of codes in the reader's language."""

    def __init__(self, say: Say, say_number: Callable[..., str], *, english: bool = False) -> None:
        self.english = english
        self._say_number = say_number
        self._counted: dict[tuple[str, int], str] = {}
        self.say = say
        self.source = {each.value: say(name) for each, name in SOURCE_NAMES.items()}
        self.kind = {each.value: say(name) for each, name in KIND_NAMES.items()}
        self.state = {each.value: say(name) for each, name in STATE_NAMES.items()}
        self.lamp = {each.value: say(name) for each, name in LAMP_NAMES.items()}
        self.why = {each.value: say(name) for each, name in WHY_WORDS.items()}
        self.group = {each.value: say(name) for each, name in GROUP_NAMES.items()}
        self.proven = {str(int(each)): say(name) for each, name in PROVEN_NAMES.items()}
        self.flag = {name: say(text) for name, text in FLAGS.items()}
        self.level = {number: say(level_name(number)) for number in range(1, len(LEVEL_NAMES) + 1)}

    def beside(self, lamp: Lamp, why: Why) -> str:
        """The word beside a lamp."""
        return self.why.get(why.value) or self.lamp[lamp.value]

    def distance(self, deadline: date, today: date) -> str:
        """还剩 3 天, 逾期 5 天, 今天到期."""
        days = (deadline - today).days
        if days == 0:
            return self.say(N_("今天到期"))
        return self._counting(N_("逾期 %(num)s 天") if days < 0 else N_("还剩 %(num)s 天"), abs(days))

    def ago(self, day: date, today: date) -> str:
        """3 天前, 今天."""
        days = (today - day).days
        return self._counting(N_("%(num)s 天前"), days) if days > 0 else self.say(N_("今天"))

    def days(self, number: int) -> str:
        return self._counting(N_("%(num)s 天"), number)

    def _counting(self, text: str, number: int) -> str:
        """The words with a number in them ("num"); put together once, for a list says the same ones on every row."""
        if (text, number) not in self._counted:
            self._counted[text, number] = self._say_number(text, text, number)
        return self._counted[text, number]

    def level_band(self, number: int, level_days: Sequence[int]) -> str:
        """``7–14 天 督办单``; 0: below the first level."""
        if not number:
            return f"<{level_days[0]} {self.say(N_('天'))}"
        first, last = level_days[number - 1], level_days[number] - 1 if number < len(level_days) else None
        band = f"≥{first}" if last is None else f"{first}–{last}" if first < last else str(first)
        return f"{band} {self.say(N_('天'))} {self.level[number]}"

    def sorted_by(self, filters: Filters) -> str:
        return self.say(SORT_NAMES[filters.sort][filters.turned])

    def sorts(self) -> list[tuple[Sort, str]]:
        """What a list can be sorted by."""
        return [(sort, self.say(names[False])) for sort, names in SORT_NAMES.items()]

    def years(self, filters: Filters, today: date) -> list[tuple[str, str]]:
        """What the switch for years offers besides the default."""
        years = {today.year - back for back in range(5)} | ({filters.year} if filters.year else set())
        return [
            *((str(year), self.say(N_("%(year)s 年列单")) % {"year": year}) for year in sorted(years, reverse=True)),
            ("all", self.say(N_("全部年份"))),
        ]

    def chips(
        self, filters: Filters, counties: Mapping[int, str], categories: Mapping[int, str], level_days: Sequence[int]
    ) -> list[Chip]:
        """What the list is narrowed by, each removable."""
        said: list[tuple[str, str, Mapping[Any, str]]] = [
            ("county", N_("县市区"), counties),
            ("category", N_("类别"), categories),
            ("source", N_("来源"), self.source),
            ("kind", N_("整改类型"), self.kind),
            ("group", N_("口径"), self.group),
            ("lamp", N_("灯"), self.lamp),
        ]
        found: list[tuple[str, str, dict[str, Any]]] = [
            (label, names.get(value, "—"), {name: None})
            for name, label, names in said
            if (value := getattr(filters, name)) is not None
        ]
        found += [
            (N_("状态"), self.state[state], {"state": tuple(each for each in filters.state if each is not state)})
            for state in filters.state
        ]
        if filters.level:
            found.append((N_("逾期级别"), self.level_band(filters.level, level_days), {"level": None}))
        if filters.proven is not None:
            found.append((N_("销号"), self.proven[str(int(filters.proven))], {"proven": None}))
        found += [
            (label, value, {name: ""})
            for name, label, value in (
                ("lead", N_("牵头领导"), filters.lead),
                ("unit", N_("单位"), filters.unit),
                ("q", N_("搜索"), filters.q),
            )
            if value
        ]
        found += [(N_("条件"), self.flag[name], {name: False}) for name in FLAGS if getattr(filters, name)]
        if filters.cleared_in:
            found.append((N_("销号月份"), filters.cleared_in, {"cleared_in": ""}))
        if filters.year is not None:
            year = N_("全部年份") if filters.year == ALL_YEARS else str(filters.year)
            found.append((N_("年度"), self.say(year), {"year": None}))
        return [Chip(self.say(label), value, filters.query(**change)) for label, value, change in found]


def _chinese(one: str, _many: str, number: int) -> str:
    return one % {"num": number}


def words_in(language: str, say: Say, say_number: Callable[..., str]) -> Words:
    """The words of a language, put together at its first use; ``say`` and ``say_number`` must speak it."""
    if language not in _WORDS:
        _WORDS[language] = Words(say, say_number, english=language == "en")
    return _WORDS[language]


_WORDS: dict[str, Words] = {}

#: The catalogue's own language, for where nobody has chosen one.
CHINESE = Words(str, _chinese)
