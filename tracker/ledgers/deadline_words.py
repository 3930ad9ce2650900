"""The words of a written deadline: brought to one form, cut into points and spans, gathered into stages.

1. ``plain`` brings widths, numerals, dashes and old-style characters to one form.
2. ``tokens_of`` finds points and spans; what lies between them are words.
3. ``stages_of`` joins ranges and gives each stage its words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

_OLD_CHARACTERS = str.maketrans(
    "個內後過屆滿號時長週間辦與開單達監門從無實發現經當應", "个内后过届满号时长周间办与开单达监门从无实发现经当应"
)
_MARKS = str.maketrans(
    {"曰": "日", "—": "-", "–": "-", "―": "-", "─": "-", "−": "-", "‐": "-", "〜": "~", "∼": "~", "·": ".", "∶": ":"}
)
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_NUMERAL = re.compile(r"[〇○零一二三四五六七八九十百两]+(?=个?半?(?:年|月|日|号|天|周|星期|礼拜|季|工作日|小时))")
_ZERO = re.compile(r"(?<=[一二三四五六七八九])[0Oo](?=[一二三四五六七八九])")  # 二0一九
_CLOCK = re.compile(r"(?<=\d)(?:[ T]+|(?<=日)\s*)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?Z?")
_CLOCK_WORDS = re.compile(
    r"(?<=[日号])(?:[上下]午|晚上?|早上|中午)?\d{1,2}(?::\d{2}|时(?:\d{1,2}分)?|点(?:\d{1,2}分|半|整)?)"
)
_WEEKDAY = re.compile(r"[(,]?(?<![每本下上])(?:星期|周|礼拜)[一二三四五六日天][),]?(?!期)")
_INCLUSIVE = re.compile(r"\((?:含|包括)(?:当日|当天|本日|本数|\d{1,2}日)?\)")
_ITEM_NUMBER = re.compile(r"[①-⒛❶-❿]\s*")
_QUOTES = re.compile(r"[\"'“”‘’「」『』*]")


def plain(text: str) -> str:
    """One width, Arabic numerals before time words, one dash, no spaces; line ends become commas where they part."""
    text = _ITEM_NUMBER.sub(",", text)  # ①8月: folded to one width it would be the 18th month
    text = unicodedata.normalize("NFKC", text.translate(_OLD_CHARACTERS)).translate(_MARKS).strip(" \n,")
    text = re.sub(r"(?<=\d)[Oo](?=[\d年月日])", "0", text)  # typed as letters
    text = re.sub(r"(?<!\d)(\d{4})(?: +|[、,。\\])(\d{1,2})(?: +|[、,。\\])(\d{1,2})(?!\d)", r"\1-\2-\3", text)
    text = re.sub(r"(?<=\d)T(?=\d{2}:)", " ", text)
    text = _CLOCK.sub("", text)
    text = re.sub(r"(?<![年月\d.\-/，,;；、。])\s*\n\s*(?![月日年底前内止])", ",", text)
    text = re.sub(r"\s+", "", _QUOTES.sub("", text))
    text = _ZERO.sub("〇", text)
    text = _NUMERAL.sub(lambda match: _arabic(match[0]), text)
    text = _INCLUSIVE.sub("", _CLOCK_WORDS.sub("", text))
    text = _WEEKDAY.sub("", re.sub(r"\(([底末])\)", r"\1", text))
    text = re.sub(r"(?<!\d)(20\d\d)(?=[上下]半年|Q[1-4]|第?[1-4]季度|底)", r"\1年", text)
    text = re.sub(r"(?:自然|日历)日", "日", text)
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
    eve: bool = False  # 国庆节前 ends on the day before

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
_PART = r"(?P<part>初|上旬|上中旬|中上旬|中下旬|中旬|下旬|上半月|下半月|月底|月末|底|末|中|内|以内|之内)?"
_TAIL = r"(?P<tail>前夕|之前|以前|前|为止|止|起始|起|开始|之后|以后|后)?"
_NOT_A_DATE = r"(?![\d.%]|万|元|亿|个|户|人|亩|公里|项|件)"
_POINTS = tuple(
    (name, re.compile(pattern + _TAIL))
    for name, pattern in (
        ("day", r"(?<!\d)(?P<y>20\d\d|[12]\d)(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?:日|号)?(?![\d月])"),
        ("day", r"(?<!\d)(?P<d>1[3-9]|2\d|3[01])(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<y>20\d\d)(?!\d)"),
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
        ("month", rf"(?P<rm>本月|当月|下个?月|次月|(?<!\w)月(?=[底末内]))(?:(?P<d>\d{{1,2}})[日号]|{_PART})"),
        ("year", r"(?<![\d半])(?P<part>年底|年末|年终|年度?内|全年|岁末|年中)"),
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
_AT_MOST = re.compile(r"(?:不超过|不得超过|限|限期|期限为?|时限为?|为期|最长|最多)$")
_ORDINAL = re.compile(r"(?:第|最后|最末|头|首)$")  # 8月第二周 counts nothing off
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


def tokens_of(text: str) -> list[Token]:
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


_STARTS = frozenset("0123456789月今本当明次翌来后去上下第前年全岁元五六七八十国Q半")


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
    if match is None or _ORDINAL.search(text[:position]):
        return None
    bounded = bool(match["in"] or _AT_MOST.search(text[:position]))
    many_days = match["u"] == "日" and int(match["n"] or 0) > 31  # 60日 is no day of a month
    if not (bounded or many_days or match["each"] or match["onlyhalf"] or match["u"] in ("天", "周", "小时", "工作日")):
        return None
    if match["u"] == "月" and re.match(r"\d{1,2}[日号]|[底末初上中下]", text[match.end() :]):
        return None  # 不超过11月15日, 限9月底
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
        eve = "前" in point.tail
        return replace(point, month=month, day=day, part="元旦" if got["f"] == "元旦" else "", eve=eve)
    return point


_RANGE = re.compile(r"(?:起|开始)?(?:至|到|直至|直到|-|~)+(?:于)?$")
SEPARATORS = re.compile(r"[,;。:()]+")
CLAUSES = re.compile(r"[,;。:()、]+")
FUNCTION_WORDS = re.compile(
    r"整改时限|完成时限|整改期限|时限|期限|以上工作|该项工作|此项工作|所有问题|整改任务|整改工作|全部|全面|按时|彻底|限期|务必|务|必须|确保|"
    r"最迟|至迟|最晚|不迟于|不晚于|不得迟于|不超过|不得超过|要求|落实|完成整改|整改完成|整改完毕|整改到位|完成|到位|完毕|整改|销号|销案|结束|"
    r"之?前|为止|以内|之内|截止|截至|期间|底|止|内|于|在|要|须|应|的|由|自|从|并|且|即日|现在|起|至|到|予以|进行|实现|报送|均"
)
SOFT = re.compile(r"原则上|争取|力争|尽量|尽可能|预计|计划|拟(?!定)|暂定|初定|左右|大约|约(?!谈)|尽快|尽早|基本")


@dataclass(frozen=True)
class Stage:
    token: Token
    start: Point | None = None  # of a range
    before: str = ""
    text: str = ""


def stages_of(text: str, tokens: Sequence[Token]) -> list[Stage]:
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
        return first.tail in ("起", "开始") and between in ("", ",", "计", "算", "为期", ",为期") and bool(first.day)
    return bool(_RANGE.fullmatch(between)) or (first.tail in ("起", "开始") and between in ("至", "到", ",至", ",到"))


def _words(before: str, after: str, later: bool) -> str:
    """What is to be done by then. Before a later stage, only what follows a separator is its own."""
    after = re.sub(r"^\(([^()]+)\)", r"\1,", after.lstrip(":"))  # 8.31(方案)
    following = "" if after[:1] in ("、", ",", ";") else SEPARATORS.split(after)[0].strip("、和及并")
    if _says_something(following):
        return following
    clauses = CLAUSES.split(before.rstrip(":("))  # 排查阶段（9月15日至10月15日）
    ahead = "" if later and len(clauses) == 1 else clauses[-1]
    return ahead if _says_something(ahead) else following or ahead


def _says_something(words: str) -> bool:
    return bool(FUNCTION_WORDS.sub("", SOFT.sub("", words)))
