"""The written deadline: from words as offices write them to dates, or to a question. Never to a guess.

The grammar, in words: a deadline is one or more *stages*. A stage is a *point* in time (a day, a third of a month, a
month, a quarter, half a year, a year, a holiday), a *range* of two points (its end counts), or a *span* counted from
the day of hand-over or of feedback, with the words of what is to be done. Beside them stand words for immediate and
long-term work, soft words (kept as a remark) and words that make any date uncertain (then a person is asked).

1. ``plain`` brings widths, numerals, dashes and old-style characters to one form.
2. ``_tokens`` finds points and spans; what lies between them are words.
3. ``_stages`` joins ranges and gives each stage its words.
4. ``_dated`` fills in what was left out (year, month) and checks the calendar.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from tracker.ledgers.problems import Fault, fault

IMMEDIATE, TIME_LIMITED, LONG_TERM = "immediate", "time_limited", "long_term"


@dataclass(frozen=True)
class Moment:
    """What the reader of a deadline knows beside its words."""

    add_workdays: Callable[[date, int], date]
    year: int | None = None  # for dates that leave it out
    ledger_date: date | None = None
    handed_over: date | None = None
    fed_back: date | None = None


@dataclass(frozen=True)
class Milestone:
    due: date
    text: str


@dataclass(frozen=True)
class Deadline:
    """``due`` and ``kind`` are None where the words do not say; ``faults`` say what is wrong or asked."""

    written: str = ""
    due: date | None = None
    kind: str | None = None
    milestones: tuple[Milestone, ...] = ()
    remark: str = ""
    faults: tuple[Fault, ...] = ()


# ---- 1. one form -------------------------------------------------------------------------------------------------

_OLD_CHARACTERS = str.maketrans(
    "個內後過屆滿號時長週間辦與開單達監門從無實發現經當應", "个内后过届满号时长周间办与开单达监门从无实发现经当应"
)
_MARKS = str.maketrans(
    {"曰": "日", "—": "-", "–": "-", "―": "-", "─": "-", "−": "-", "‐": "-", "〜": "~", "∼": "~", "·": ".", "∶": ":"}
)
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_NUMERAL = re.compile(r"[〇○零一二三四五六七八九十百两]+(?=个?半?(?:年|月|日|号|天|周|星期|礼拜|季|工作日|小时))")
_CLOCK = re.compile(r"(?<=\d)(?:[ T]+|(?<=日)\s*)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?")
_CLOCK_WORDS = re.compile(
    r"(?<=[日号])(?:[上下]午|晚上?|早上|中午)?\d{1,2}(?::\d{2}|时(?:\d{1,2}分)?|点(?:\d{1,2}分|半|整)?)"
)
_WEEKDAY = re.compile(r"[(,]?(?<![每本下上])(?:星期|周|礼拜)[一二三四五六日天][),]?(?!期)")
_INCLUSIVE = re.compile(r"\((?:含|包括)(?:当日|当天|本日|本数|\d{1,2}日)?\)")
_QUOTES = re.compile(r"[\"'“”‘’「」『』*]")


def plain(text: str) -> str:
    """One width, Arabic numerals before time words, one dash, no spaces; line ends become commas where they part."""
    text = unicodedata.normalize("NFKC", text.translate(_OLD_CHARACTERS)).translate(_MARKS).strip()
    text = re.sub(r"(?<=\d)[Oo](?=[\d年月日])", "0", text)  # typed as letters
    text = re.sub(r"(?<!\d)(\d{4})(?: +|[、,。\\])(\d{1,2})(?: +|[、,。\\])(\d{1,2})(?!\d)", r"\1-\2-\3", text)
    text = re.sub(r"(?<=\d)T(?=\d{2}:)", " ", text)
    text = _CLOCK.sub("", text)
    text = re.sub(r"(?<![年月\d.\-/，,;；、。])\s*\n\s*(?![月日年底前内止])", ",", text)
    text = re.sub(r"\s+", "", _QUOTES.sub("", text))
    text = _NUMERAL.sub(lambda match: _arabic(match[0]), text)
    text = _INCLUSIVE.sub("", _CLOCK_WORDS.sub("", text))
    text = _WEEKDAY.sub("", re.sub(r"\(([底末])\)", r"\1", text))
    return re.sub(r"-{2,}|~{2,}", "-", text)


def _arabic(numeral: str) -> str:
    if not set(numeral) & {"十", "百"}:
        return "".join(str(_DIGITS[character]) for character in numeral)  # 二〇一九
    total, digit = 0, 0
    for character in numeral:
        if character in ("十", "百"):
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = _DIGITS[character]
    return str(total + digit)


# ---- 2. points and spans -----------------------------------------------------------------------------------------


class NoSuchDate(ValueError):
    """A day or month that the calendar does not have."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.fault = fault(code, **params)


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    tail: str = ""  # 前, 后, 起 …
    said: str = ""


@dataclass(frozen=True)
class Point(Token):
    year: int | None = None
    years_on: int | None = None  # 今年 0, 明年 1
    month: int | None = None
    months_on: int | None = None  # 本月 0, 下月 1
    day: int | None = None
    part: str = ""

    @property
    def year_given(self) -> bool:
        return self.year is not None


@dataclass(frozen=True)
class Span(Token):
    count: float = 0
    unit: str = ""
    bounded: bool = False  # 内, 以内 … says that a deadline is meant


_YEAR = (
    r"(?:(?P<y>(?:19|20)\d\d|(?<!\d)[12]\d)年(?:度)?|(?P<ry>今年度?|本年度?|当年|明年|次年|翌年|来年|后年|去年|上年))"
)
_PART = r"(?P<part>初|上旬|中下旬|中旬|下旬|月底|月末|底|末|中|内|以内|之内)?"
_TAIL = r"(?P<tail>前夕|之前|以前|前|为止|止|起始|起|开始|之后|以后|后)?"
_NOT_A_DATE = r"(?![\d.%]|万|元|亿|个|户|人|亩|公里|项|件)"

_POINTS = tuple(
    (name, re.compile(pattern + _TAIL))
    for name, pattern in (
        ("day", r"(?<!\d)(?P<y>20\d\d|[12]\d)(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?:日|号)?(?![\d月])"),
        ("day", r"(?<!\d)(?P<m>\d{1,2})(?P<s>[-./])(?P<d>\d{1,2})(?P=s)(?P<y>20\d\d)(?!\d)"),
        ("day", rf"{_YEAR}(?P<m>\d{{1,2}})(?:月份?|\.)(?P<d>\d{{1,2}})(?:日|号)"),
        ("day", rf"{_YEAR}(?P<m>\d{{1,2}})(?:月份?|\.)(?P<d>\d{{1,2}})(?=前|之前|以前|止|至|到|[-~,;、)(]|$)"),
        ("day", r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)(?!\d)"),
        ("day", r"(?<!\d)(?P<y>20\d\d)[-./](?P<m>\d{1,2})月(?P<d>\d{1,2})(?:日|号)"),
        ("day", r"(?<!\d)(?P<m>\d{1,2})月份?(?P<d>\d{1,2})(?:日|号)"),
        ("day", r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})(?=前|之前|以前|止|至|到|[-~,;、)(]|$)"),
        ("month", rf"(?<!\d)(?P<y>20\d\d)[-./](?P<m>\d{{1,2}})(?:月份?{_PART})?(?![\d./])"),
        ("month", rf"(?:{_YEAR})?(?<![\d.])(?P<m>\d{{1,2}})月份?{_PART}(?:为?期)?"),
        ("month", r"(?<!\d)(?P<y>20\d\d)(?P<m>\d\d)(?!\d)"),
        ("day", r"(?<![\d./])(?P<m>\d{1,2})[./](?P<d>\d{1,2})(?:日|号)?" + _NOT_A_DATE),
        ("day", r"(?<![\d.\-/])(?P<m>\d{1,2})-(?P<d>1[3-9]|2\d|3\d)(?:日|号)?(?![\d月.\-])"),
        ("quarter", rf"(?:{_YEAR})?(?:第|前)?(?P<q>[1-4])季度?(?:末|底|内)?"),
        ("quarter", rf"(?:{_YEAR})?Q(?P<q>[1-4])(?:末|底|内)?"),
        ("quarter", r"(?P<now>本季度)(?:末|底|内)?"),
        ("half", rf"(?:{_YEAR})?(?P<h>[上下])半年(?:末|底|内)?"),
        ("month", rf"(?P<rm>本月|当月|下个?月|次月)(?:(?P<d>\d{{1,2}})[日号]|{_PART})"),
        ("year", r"(?<![\d半])(?P<part>年底|年末|年终|年内|全年|岁末|年中)"),
        ("year", r"(?<!\d)(?P<y>20\d\d)(?=[-~至到]+20\d\d年)"),
        ("holiday", rf"(?:{_YEAR})?(?P<f>元旦|五一|六一|七一|八一|十一|国庆)节?"),
        ("month", rf"(?:{_YEAR})?(?<![\d.])(?P<m>\d{{1,2}})(?=[-~至到]+\d{{1,2}}月)"),
        ("year", rf"{_YEAR}(?:年)?(?P<part>底|末|终|内|以内|中|全年)?"),
        ("day", r"(?<!\d)(?P<d>\d{1,2})(?:日|号)(?!内|之内|以内)"),
    )
)
_SPAN = re.compile(
    r"(?<!\d)(?:(?P<n>\d{1,3})(?P<each>个)?(?P<half>半)?|(?P<onlyhalf>半)个?)"
    r"(?P<u>工作日|月|年|周|星期|礼拜|日|天|小时|季度)(?P<in>之内|以内|内|时间内|为限|左右)?"
)
_AT_MOST = re.compile(r"(?:不超过|不得超过|限|为期|最长)$")
_HOLIDAYS = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "六一": (6, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "十一": (10, 1),
    "国庆": (10, 1),
}
_YEARS_ON = {"去": -1, "上": -1, "明": 1, "次": 1, "翌": 1, "来": 1, "后": 2}


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    position = 0
    while position < len(text):
        token = _token_at(text, position)
        if token is None:
            position += 1
        else:
            found.append(token)
            position = token.end
    return found


_STARTS = frozenset("0123456789今本当明次翌来后去上下第前年全岁元五六七八十国Q半")


def _token_at(text: str, position: int) -> Token | None:
    if text[position] not in _STARTS:
        return None
    if span := _span_at(text, position):
        return span
    for name, pattern in _POINTS:
        if match := pattern.match(text, position):
            return _point(name, match)
    return None


def _span_at(text: str, position: int) -> Span | None:
    match = _SPAN.match(text, position)
    if match is None:
        return None
    bounded = bool(match["in"] or _AT_MOST.search(text[:position]))
    many_days = match["u"] == "日" and int(match["n"] or 0) > 31  # 60日 is no day of a month
    if not (bounded or many_days or match["each"] or match["onlyhalf"] or match["u"] in ("天", "周", "小时", "工作日")):
        return None
    if match["u"] == "季度" and not match["each"]:
        return None  # 4季度内 is the fourth quarter
    if match["u"] == "年" and match["onlyhalf"] and text[max(position - 1, 0)] in "上下":
        return None
    count = 0.5 if match["onlyhalf"] else int(match["n"]) + (0.5 if match["half"] else 0)
    unit = "?月" if match["u"] == "月" and not match["each"] and not match["onlyhalf"] else match["u"]
    return Span(match.start(), match.end(), "", match[0], count, unit, bounded)


def _point(name: str, match: re.Match[str]) -> Point:
    got = match.groupdict()
    year = int(got["y"]) if got.get("y") else None
    if year is not None and year < 100:
        year += 2000
    relative = got.get("ry")
    point = Point(
        match.start(),
        match.end(),
        got["tail"] or "",
        match[0],
        year,
        _YEARS_ON.get(relative[0], 0) if relative else None,
        int(got["m"]) if got.get("m") else None,
        None if not got.get("rm") else int(got["rm"][0] in "下次"),
        int(got["d"]) if got.get("d") else None,
        got.get("part") or "",
    )
    return _coarser(name, got, point)


def _coarser(name: str, got: dict[str, str | None], point: Point) -> Point:
    """Quarter, half year, year and holiday as the month or day they end on."""
    if name == "quarter":
        return replace(point, part="本季度") if got.get("now") else replace(point, month=int(got["q"] or 0) * 3)
    if name == "half":
        return replace(point, month=6 if got["h"] == "上" else 12)
    if name == "year":
        return replace(point, month=6 if "中" in point.part else 12, part="年中" if "中" in point.part else "年")
    if name == "holiday":
        month, day = _HOLIDAYS[got["f"] or ""]
        return replace(point, month=month, day=day, part="元旦" if got["f"] == "元旦" else "")
    return point


# ---- 3. stages ---------------------------------------------------------------------------------------------------

_RANGE = re.compile(r"(?:起|开始)?(?:至|到|直至|直到|-|~)+(?:于)?$")
_SEPARATORS = re.compile(r"[,;。:()]+")
_CLAUSES = re.compile(r"[,;。:()、]+")
_FUNCTION_WORDS = re.compile(
    r"整改时限|完成时限|整改期限|时限|期限|以上工作|该项工作|此项工作|所有问题|整改任务|整改工作|全部|全面|按时|彻底|限期|务必|务|必须|确保|"
    r"最迟|至迟|最晚|不迟于|不晚于|不得迟于|不超过|不得超过|要求|落实|完成整改|整改完成|整改完毕|整改到位|完成|到位|完毕|整改|销号|销案|结束|"
    r"之?前|为止|以内|之内|截止|截至|期间|底|止|内|于|在|要|须|应|的|由|自|从|并|且|即日|现在|起|至|到|予以|进行|实现|报送|均"
)
_SOFT = re.compile(r"原则上|争取|力争|尽量|尽可能|预计|计划|拟(?!定)|暂定|初定|左右|大约|约(?!谈)|尽快|尽早|基本")


@dataclass(frozen=True)
class Stage:
    token: Token
    start: Point | None = None  # of a range
    before: str = ""
    text: str = ""


def _stages(text: str, tokens: Sequence[Token]) -> list[Stage]:
    """Join ranges; the words of a stage are what follows it, else what stands before it in the same clause."""
    joined: list[tuple[Token, Point | None, int]] = []
    for token in tokens:
        between = text[joined[-1][0].end : token.start] if joined else ""
        last = joined[-1] if joined else None
        if last and isinstance(last[0], Point) and _joins(last[0], between, token):
            joined[-1] = (token, last[1] or last[0], last[2])
        else:
            joined.append((token, None, token.start))
    stages = []
    for index, (token, start, begin) in enumerate(joined):
        before = text[joined[index - 1][0].end if index else 0 : begin]
        after = text[token.end : joined[index + 1][2] if index + 1 < len(joined) else len(text)]
        stages.append(Stage(token, start, before, _words(before, after, bool(index))))
    return stages


def _joins(first: Point, between: str, second: Token) -> bool:
    """7月至11月, and 自8月1日起30日内, where the span is counted from the day named before it."""
    if isinstance(second, Span):
        return first.tail in ("起", "开始") and between in ("", ",", "计", "算") and bool(first.day)
    return bool(_RANGE.fullmatch(between)) or (first.tail in ("起", "开始") and between in ("至", "到", ",至", ",到"))


def _words(before: str, after: str, later: bool) -> str:
    """What is to be done by then. Before a later stage, only what follows a separator is its own."""
    after = after.lstrip(":")
    following = "" if after[:1] in ("、", ",", ";") else _SEPARATORS.split(after)[0].strip("、和及并")
    if _says_something(following):
        return following
    clauses = _CLAUSES.split(before.rstrip(":"))
    ahead = "" if later and len(clauses) == 1 else clauses[-1]
    return ahead if _says_something(ahead) else following or ahead


def _says_something(words: str) -> bool:
    return bool(_FUNCTION_WORDS.sub("", _SOFT.sub("", words)))


# ---- 4. dates ----------------------------------------------------------------------------------------------------

_DAY_OF_PART = {"初": 10, "上旬": 10, "中旬": 20}


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def make_date(year: int, month: int, day: int | None) -> date:
    """The day, or the last of the month; ``NoSuchDate`` says which number is wrong."""
    if not 1 <= month <= 12:
        raise NoSuchDate("no_such_month", month=month)
    last = _last_day(year, month)
    if day is not None and not 1 <= day <= last:
        raise NoSuchDate("no_such_day", year=year, month=month, day=day, last=last)
    return date(year, month, day or last)


class Unclear(ValueError):
    """The words are readable, but what they mean is for a person to say."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.fault = fault(code, **params)


@dataclass
class Calendar:
    """Resolves points in order: a year or month left out is the one before it, else the ledger's."""

    moment: Moment
    later_year: int | None = None  # an explicit year further on in the same phrase
    year: int | None = None
    month: int | None = None
    last: date | None = None
    notes: list[Fault] = field(default_factory=list)

    def resolve(self, point: Point, *, ends_range: bool = False) -> date:
        if point.part == "中":
            raise Unclear("middle_of_month", phrase=point.said)
        if point.months_on is not None or point.part == "本季度":
            return self._keep(self._from_ledger_date(point), point)
        year = self._year(point)
        month = self.month if point.month is None and ends_range else point.month
        if month is None:
            raise Unclear("month_missing", phrase=point.said)
        day = point.day or _DAY_OF_PART.get(point.part)
        found = make_date(year + (1 if point.part == "元旦" and not point.year_given else 0), month, day)
        if ends_range and not point.year_given and self.last and found < self.last:
            found = make_date(year + 1, month, day)  # 11月至次年3月, the 次年 left out
        return self._keep(found, point)

    def _keep(self, found: date, point: Point) -> date:
        self.month, self.last = found.month, found
        if point.year_given or self.year is not None:
            self.year = found.year
        return found

    def _year(self, point: Point) -> int:
        if point.year is not None:
            return point.year
        if point.years_on is not None:
            base = self.year if point.said[0] in "次翌" and self.year else self._default_year(point)
            return base + point.years_on
        return self.year or self._default_year(point)

    def _default_year(self, point: Point) -> int:
        moment = self.moment
        base = moment.handed_over or moment.fed_back
        year = moment.year or self.later_year or (base.year if base else None)
        if year is None:
            raise Unclear("year_missing", phrase=point.said)
        return year

    def _from_ledger_date(self, point: Point) -> date:
        today = self.moment.ledger_date
        if today is None:
            raise Unclear("ledger_date_missing", phrase=point.said)
        self.notes.append(fault("counted_from_ledger_date", phrase=point.said, date=today.isoformat()))
        if point.part == "本季度":
            return make_date(today.year, (today.month + 2) // 3 * 3, None)
        months = today.month - 1 + (point.months_on or 0)
        year, month = today.year + months // 12, months % 12 + 1
        return make_date(year, month, point.day or _DAY_OF_PART.get(point.part))


_FROM_HAND_OVER = re.compile(r"交办|转办|移交|交账|下达|督办|签收|接到|收到|通知|任务|整改之日|接件|领办")
_FROM_FEEDBACK = re.compile(r"反馈|通报|指出|巡视|巡察|督查|检查|审计报告")
_COUNTED_FROM = re.compile(r"之日|之时|当日|次日|后|起")
_FROM_NOW = re.compile(r"即日|今日|现在|本日")


def _end_of_span(span: Span, before: str, moment: Moment, notes: list[Fault]) -> date:
    """The day of hand-over is not counted: 交办后30日内 is the day of hand-over plus 30."""
    base = _base_of_span(before, moment, notes, span.said)
    count = span.count
    if span.unit == "工作日":
        return moment.add_workdays(base, int(count))
    if span.unit in ("日", "天"):
        return base + timedelta(days=int(count))
    if span.unit in ("周", "星期", "礼拜"):
        return base + timedelta(days=int(count * 7))
    if span.unit == "小时":
        return base + timedelta(days=-(-int(count) // 24))
    if span.unit == "?月" and not _COUNTED_FROM.search(before):
        raise Unclear("month_or_months", phrase=span.said)
    months = count * {"月": 1, "?月": 1, "季度": 3, "年": 12}[span.unit]
    return _add_months(base, int(months)) + timedelta(days=15 if months % 1 else 0)


def _add_months(base: date, months: int) -> date:
    total = base.month - 1 + months
    year, month = base.year + total // 12, total % 12 + 1
    return date(year, month, min(base.day, _last_day(year, month)))


def _base_of_span(before: str, moment: Moment, notes: list[Fault], said: str) -> date:
    clause = _SEPARATORS.split(before)[-1]
    if _FROM_FEEDBACK.search(clause) and not _FROM_HAND_OVER.search(clause):
        if moment.fed_back:
            return moment.fed_back
        raise Unclear("feedback_date_missing", phrase=clause + said)
    known = _FROM_HAND_OVER.search(clause) or _FROM_NOW.search(clause)
    if not known and _COUNTED_FROM.search(clause):
        raise Unclear("counted_from_what", phrase=clause + said)
    if moment.handed_over:
        return moment.handed_over
    if moment.fed_back and not _FROM_NOW.search(clause):
        notes.append(fault("counted_from_feedback", phrase=clause + said, date=moment.fed_back.isoformat()))
        return moment.fed_back
    raise Unclear("hand_over_missing", phrase=clause + said)


# ---- the whole phrase --------------------------------------------------------------------------------------------

_IMMEDIATE = re.compile(
    r"立行立改|立行即改|立整立改|立查立改|立说立改|立改|立即(?!日)|即时|即知即改|即行即改|即时整改|即查即改|即改|"
    r"边[查巡督审整]边改|马上|当即|现场整改|随改|第一时间整改"
)
_LONG_TERM = re.compile(r"长期|长抓|常抓|常态化?|常年|永久|长久|一直坚持")
_MAYBE_LONG_TERM = re.compile(
    r"持续(?:坚持|推进|整改|巩固|抓|落实|跟踪|开展|加强|深化|用力|改进|做好|实施)|坚持不懈|不断"
)
_RECURRING = re.compile(
    r"每(?:个|一|两|\d)?(?:年|月|周|日|天|季|半年|旬|学期|星期|工作日)|按(?:年|月|季|周|旬|学期)|逐[年月季周]|"
    r"(?<!不)定期|不定期|经常|随时|适时|月报|季报|周报"
)
_UNCERTAIN = re.compile(
    r"延期|延长|延至|推迟|顺延|调整[为至到]|改为|变更|原定|或(?!许)|不早于|不得早于|另行|协商|商定|未定|待|视.{0,8}(?:情况|进度|进展|而定)|"
    r"条件成熟|\?|届满|期满|到期|除.{1,12}外|无法|不能|难以|未能|未按|逾期|超期|过期|汛期|雨季|春耕|开学|暑假|寒假|暑期|"
    r"春节|端午|中秋|清明|除夕|元宵|重阳|本周|下周|上周|若干|[几数]个?(?:日|天|周|月|年)|阶段性目标|"
    r"月日|年月|[春夏秋冬]季|春天|入冬|冬前|秋收|节假日"
)
_DONE = re.compile(r"^[(,]*已(?:经|全部|全面)*(?:完成|整改|销号|办结|到位|落实|解决)|已(?:经)?(?:于|在)")
_STATUS = re.compile(
    r"^(?:已|正在|未|尚未|没有|基本)?(?:全部|全面)?(?:完成|整改|销号|办结|启动|落实|解决|到位|推进|验收|逾期|到期|超期|"
    r"整改完成|完成整改|整改到位|整改中|推进中|进行中|办理中|按期完成|序时进度|达到序时进度|未达到序时进度)+(?:中|了|完毕)?[。.]?$"
)
_ODD_NUMBER = re.compile(
    r"[§%][-~至到]\d|\d[-~至到][§%]|%\d|%日|\d{3}年|\d[A-Za-z]|\d{4,}(?!.?[元万])|(?<!\d)\d{1,2}[./]\d{1,2}(?![\d%]|.?[元万亩])"
)
_AT_LATEST = re.compile(r"确保|最迟|至迟|最晚|不迟于|不晚于|不超过|不得超过")
_EMPTY = frozenset({"", "-", "/", "\\", "无", "~", "--", ".", "_", "年月日"})
EARLIEST, LATEST = 2000, 2100
FAR_YEARS = 10


def read_deadline(written: str, moment: Moment) -> Deadline:
    """Everything the phrase says. Same phrase and moment, same answer; the phrase itself is always kept."""
    text = plain(written)
    if text in _EMPTY:
        return Deadline(written)
    if re.fullmatch(r"\d{5}(?:\.0+)?", text):
        return _from_serial(written, int(float(text)))
    tokens = _tokens(text)
    outline = _Outline(text, _kind(text), _remark(text))
    if found := _uncertain(outline, tokens):
        return Deadline(written, None, outline.kind, (), outline.remark, (found,))
    stages = _relevant(_stages(text, tokens), text)
    if not stages:
        return _without_date(written, outline, bool(tokens))
    try:
        return _dated(written, outline, stages, moment)
    except (NoSuchDate, Unclear) as error:
        return Deadline(written, None, outline.kind, (), outline.remark, (error.fault,))


@dataclass(frozen=True)
class _Outline:
    text: str
    kind: str | None
    remark: str


def _kind(text: str) -> str | None:
    if _LONG_TERM.search(text) or _MAYBE_LONG_TERM.search(text):
        return LONG_TERM
    return IMMEDIATE if _IMMEDIATE.search(text) else None


def _remark(text: str) -> str:
    asides = [aside for aside in re.findall(r"\(([^()]+)\)", text) if not re.search(r"\d", aside)]
    return "、".join(dict.fromkeys([*_SOFT.findall(text), *asides]))


def _uncertain(outline: _Outline, tokens: Sequence[Token]) -> Fault | None:
    text = outline.text
    if found := _RECURRING.search(text):
        if outline.kind == LONG_TERM and not tokens:
            return None  # 长期坚持，定期检查: long-term says enough
        return fault("recurring_deadline", phrase=found[0])
    if found := _UNCERTAIN.search(text):
        return fault("uncertain_deadline", phrase=found[0])
    if re.search(r"短期.{0,8}中期|中期.{0,8}长期", text):
        return fault("uncertain_deadline", phrase=text[:20])
    if leftover := _leftover(text, tokens):
        return fault("uncertain_deadline", phrase=leftover)
    for token in tokens:
        if token.tail in ("后", "之后", "以后"):
            return fault("open_deadline", phrase=token.said)
        following = text[token.end : token.end + 4]
        if isinstance(token, Point) and not token.tail and re.match(r"已", following):
            return fault("done_in_deadline", phrase=text[:30])
    if tokens and _DONE.search(text):
        return fault("done_in_deadline", phrase=text[:30])
    return None


def _leftover(text: str, tokens: Sequence[Token]) -> str | None:
    """Numbers that belong to a date but were not understood: then the date that was understood is not safe either."""
    outline, position = [], 0
    for token in tokens:
        bare = isinstance(token, Point) and not token.tail and token.said[-1] in "年度月份" and token.day is None
        outline += [text[position : token.start], "@" if isinstance(token, Span) else "%" if bare else "§"]
        position = token.end
    found = _ODD_NUMBER.search("".join([*outline, text[position:]])) if tokens else None
    return text[:30] if found else None


def _relevant(stages: list[Stage], text: str) -> list[Stage]:
    """Drop what only describes: 共7天, 30天培训, 2018年度的资金. A span counts if it is bounded, or stands alone."""

    def counts(stage: Stage) -> bool:
        if not isinstance(stage.token, Span):
            following = text[stage.token.end : stage.token.end + 1]
            describes = following == "的" or (stage.token.said.endswith("年度") and following not in ("", ",", ")"))
            return len(stages) == 1 or not describes
        if stage.token.bounded:
            return True
        rest = text.replace(stage.token.said, "", 1)
        return len(stages) == 1 and not _FUNCTION_WORDS.sub("", _bare_base(rest))

    return [stage for stage in stages if counts(stage)]


def _bare_base(text: str) -> str:
    return re.sub(r"[,;:()。]", "", _COUNTED_FROM.sub("", _FROM_HAND_OVER.sub("", _FROM_FEEDBACK.sub("", text))))


def _without_date(written: str, outline: _Outline, numbers: bool) -> Deadline:
    text, notes = outline.text, _notes_on_kind(outline.text)
    if outline.kind and not (outline.kind == LONG_TERM and numbers):
        if outline.kind == LONG_TERM and not _LONG_TERM.search(text) and len(text) > 12:
            return Deadline(written, faults=(fault("unreadable_deadline", phrase=text[:30]),))
        return Deadline(written, None, outline.kind, (), outline.remark, notes)
    bare = re.sub(r"[(),。;]", "", text)
    code = "status_in_deadline" if _STATUS.match(bare) else "unreadable_deadline"
    return Deadline(written, None, outline.kind, (), outline.remark, (fault(code, phrase=text[:30]),))


def _notes_on_kind(text: str) -> tuple[Fault, ...]:
    if _IMMEDIATE.search(text) and _kind(text) == LONG_TERM:
        return (fault("immediate_and_long_term", phrase=text[:30]),)
    if not _LONG_TERM.search(text) and (found := _MAYBE_LONG_TERM.search(text)):
        return (fault("taken_as_long_term", phrase=found[0]),)
    return ()


def _dated(written: str, outline: _Outline, stages: list[Stage], moment: Moment) -> Deadline:
    calendar_ = Calendar(moment, _first_year(stages) if moment.year is None else None)
    if open_start := _open_start(stages, outline):
        return replace(open_start, written=written)
    stages = _hard_limit(stages, outline)
    milestones = [Milestone(_due(stage, calendar_, moment), stage.text) for stage in stages]
    _check_plausible(milestones, moment, stages)
    days = [milestone.due for milestone in milestones]
    if len(set(days)) > 1:
        if days != sorted(days):
            raise Unclear("stages_out_of_order", phrase=outline.text[:40])
        if not _parted(outline.text, stages) or not all(milestone.text for milestone in milestones):
            raise Unclear("several_dates", phrase=outline.text[:40])
    else:
        milestones = []
    kind = outline.kind or TIME_LIMITED
    notes = (*calendar_.notes, *_notes_on_kind(outline.text))
    return Deadline(written, days[-1], kind, tuple(milestones), outline.remark, notes)


def _hard_limit(stages: list[Stage], outline: _Outline) -> list[Stage]:
    """力争8月底前，确保9月底前 is one deadline, the second; any other 最迟 behind a first date is asked about."""
    if len(stages) < 2 or not any(_AT_LATEST.search(stage.before) for stage in stages[1:]):
        return stages
    if len(stages) == 2 and re.search(r"力争|争取|原则上|尽量", stages[0].before):
        return stages[1:]
    raise Unclear("several_dates", phrase=outline.text[:40])


def _parted(text: str, stages: Sequence[Stage]) -> bool:
    """Stages stand in clauses of their own; 8月底前完成10月份拨款 is one stage that mentions a month."""
    ends = [stage.token.end for stage in stages]
    starts = [(stage.start or stage.token).start for stage in stages[1:]]
    return all(_CLAUSES.search(text[end:start]) for end, start in zip(ends, starts, strict=False))


def _first_year(stages: Sequence[Stage]) -> int | None:
    points = [point for stage in stages for point in (stage.start, stage.token) if isinstance(point, Point)]
    return next((point.year for point in points if point.year), None)


def _open_start(stages: Sequence[Stage], outline: _Outline) -> Deadline | None:
    """从2019年起 has no end: long-term work may start so, anything else is asked about."""
    token = stages[-1].token
    if token.tail not in ("起", "开始", "起始"):
        return None
    if outline.kind == LONG_TERM and len(stages) == 1:
        return Deadline("", None, LONG_TERM, (), "、".join(filter(None, [outline.remark, token.said])))
    raise Unclear("open_deadline", phrase=token.said)


def _due(stage: Stage, calendar_: Calendar, moment: Moment) -> date:
    if isinstance(stage.token, Span):
        if stage.start:
            moment = replace(moment, handed_over=calendar_.resolve(stage.start))
        return _end_of_span(stage.token, stage.before, moment, calendar_.notes)
    assert isinstance(stage.token, Point)
    if stage.start is None:
        return calendar_.resolve(stage.token)
    first = calendar_.resolve(stage.start)
    last = calendar_.resolve(stage.token, ends_range=True)
    if last < first:
        raise Unclear("range_backwards", phrase=f"{stage.start.said}—{stage.token.said}")
    return last


def _check_plausible(milestones: Sequence[Milestone], moment: Moment, stages: Sequence[Stage]) -> None:
    reference = moment.year or (moment.handed_over.year if moment.handed_over else None)
    for milestone in milestones:
        year = milestone.due.year
        if not EARLIEST <= year <= LATEST or (reference and abs(year - reference) > FAR_YEARS):
            raise Unclear("year_implausible", year=year)
    guessed = not any(
        isinstance(s.token, Point) and (s.token.year_given or (s.start and s.start.year_given)) for s in stages
    )
    base = moment.handed_over
    if guessed and base and milestones[-1].due < base:
        raise Unclear("year_before_hand_over", phrase=stages[-1].token.said, due=milestones[-1].due, handed_over=base)


def _from_serial(written: str, serial: int) -> Deadline:
    """43708 is 2019-08-31 in Excel's count of days, where a cell lost its date format."""
    found = date(1899, 12, 30) + timedelta(days=serial)
    if not EARLIEST <= found.year <= LATEST:
        return Deadline(written, faults=(fault("unreadable_deadline", phrase=written),))
    return Deadline(
        written, found, TIME_LIMITED, faults=(fault("date_from_serial", serial=serial, date=found.isoformat()),)
    )


# ---- single dates in other columns and in titles -----------------------------------------------------------------


@lru_cache(maxsize=10_000)
def read_date(text: str, year: int | None = None) -> date | None:
    """A single day with its year (or the given one), as in 交办日期; None where the text is no such day."""
    bare = plain(text)
    if re.fullmatch(r"\d{5}(?:\.0+)?", bare):
        return date(1899, 12, 30) + timedelta(days=int(float(bare)))
    tokens = _tokens(bare)
    if len(tokens) != 1 or not isinstance(tokens[0], Point):
        return None
    point = tokens[0]
    if point.month is None or point.day is None or (point.year or year) is None or point.months_on is not None:
        return None
    try:
        return make_date(point.year or year or 0, point.month, point.day)
    except NoSuchDate:
        return None


def find_dates(text: str) -> list[tuple[date, str]]:
    """Whole dates (year, month, day) in a line, each with the words before it."""
    bare = plain(text)
    found = []
    previous = 0
    for token in _tokens(bare):
        if isinstance(token, Point) and token.year and token.month and token.day:
            try:
                found.append((make_date(token.year, token.month, token.day), bare[previous : token.start]))
            except NoSuchDate:
                pass  # a title with an impossible date simply gives none
        previous = token.end
    return found
