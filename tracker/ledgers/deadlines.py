"""The written deadline: from words as offices write them to dates, or to a question. Never to a guess.

The grammar, in words: a deadline is one or more *stages*. A stage is a *point* in time (a day, a third of a month, a
month, a quarter, half a year, a year, a holiday), a *range* of two points (its end counts), or a *span* counted from
the day of hand-over or of feedback, with the words of what is to be done. Beside them stand words for immediate and
long-term work, soft words (kept as a remark) and words that make any date uncertain (then a person is asked).

``deadline_words`` finds the stages, ``deadline_calendar`` their days; here the whole phrase is judged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest

from tracker.ledgers.deadline_calendar import (
    COUNTED_FROM,
    FROM_FEEDBACK,
    FROM_HAND_OVER,
    Calendar,
    Moment,
    NoSuchDate,
    Unclear,
    end_of_span,
)
from tracker.ledgers.deadline_words import (
    CLAUSES,
    FUNCTION_WORDS,
    SOFT,
    Point,
    Span,
    Stage,
    Token,
    plain,
    stages_of,
    tokens_of,
)
from tracker.ledgers.problems import Fault, fault
from tracker.ledgers.recurring import RECURRING, choices

IMMEDIATE, TIME_LIMITED, LONG_TERM = "immediate", "time_limited", "long_term"


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


def stages_in_words(milestones: Sequence[Milestone]) -> str:
    """Two stages and more as lines of what must be done, so that none is lost; the last of them is the deadline."""
    return "\n".join(f"{one.due.isoformat()} {one.text}".rstrip() for one in milestones) if len(milestones) > 1 else ""


_IMMEDIATE = re.compile(
    r"立行立改|立行即改|立整立改|立查立改|立说立改|立改|立即(?!日)|即时|即知即改|即行即改|即时整改|即查即改|即改|"
    r"边[查巡督审整]边改|马上|当即|现场整改|随改|第一时间整改"
)
_LONG_TERM = re.compile(r"长期(?![:任])|长期任务(?=$|[,;。)])|长抓|常抓|常态化?|常年|永久|长久|一直坚持")
_MAYBE_LONG_TERM = re.compile(
    r"持续(?:坚持|推进|整改|巩固|抓|落实|跟踪|开展|加强|深化|用力|改进|做好|实施)|坚持不懈|不断"
)
_UNCERTAIN = re.compile(
    r"延期|延长|延至|推迟|顺延|调整[为至到]|改为|变更|原定|或(?!许)|不早于|不得早于|另行|协商|商定|未定|待|视.{0,8}(?:情况|进度|进展|而定)|"
    r"条件成熟|\?|届满|期满|到期|除.{1,12}外|无法|不能|难以|未能|未按|逾期|超期|过期|汛期|雨季|春耕|开学|暑假|寒假|暑期|"
    r"春节|端午|中秋|清明|除夕|元宵|重阳|本周|下周|上周|若干|[几数]个?(?:日|天|周|月|年)|阶段性目标|"
    r"月日|年月|年初|至今|迄今|[至到]长期|(?:^|[,;(])原(?!则)|未(?:完成|整改|到位|办结|销号|落实|达标).{0,4}的|[春夏秋冬]季|春天|入冬|冬前|秋收|节假日"
)
# What befalls who is late: （逾期未完成的予以通报） takes nothing from the date.
_CONSEQUENCE = re.compile(
    r"[(,;]?(?:对)?(?:逾期|超期|到期)[^,;。()\d]*(?:通报|问责|追责|约谈|处罚|处理|扣分|督办|曝光)[^,;。()\d]*\)?"
)
_ABOUT_BEFORE = re.compile(r"(?:大约|大概|大致|差不多|约)[在于]?$")
_ABOUT_AFTER = re.compile(r"左右|前后|上下")
# Behind a bare month or year: a finer time not understood (8月第二周) or an occasion (2020年全面小康前).
_FINER = re.compile(r"[^,;。:()、]*?(?:前(?![期提置往])|[之以]后|周|月|旬|工作日|阶段(?!性))")
_DONE = re.compile(r"^[(,]*已(?:经|全部|全面)*(?:完成|整改|销号|办结|到位|落实|解决)|已(?:经)?(?:于|在)")
_STATUS = re.compile(
    r"^(?:已|正在|未|尚未|没有|基本)?(?:全部|全面)?(?:完成|整改|销号|办结|启动|落实|解决|到位|推进|验收|逾期|到期|超期|"
    r"整改完成|完成整改|整改到位|整改中|推进中|进行中|办理中|按期完成|序时进度|达到序时进度|未达到序时进度)+(?:中|了|完毕)?[。.]?$"
)
_ODD_NUMBER = re.compile(
    r"[§%][-~至到]\d|\d[-~至到][§%]|%\d|%日|\d{3}年|\d[A-Za-z]|\d{4,}(?!.?[元万])|(?<!\d)\d{1,2}[./]\d{1,2}(?![\d%]|.?[元万亩])"
)
# 10月底前完成（市本级11月底）: a day for each place is no stage.
_ONLY_WHERE = re.compile(
    r"(?:其中|其他|其余)?(?:[甲乙丙丁]|市本级|[省市县区乡镇村]级|[一-龥]{1,8}(?:[县市区镇乡村局]|街道|县市区|乡镇|单位|部门))"
)
_FROM_THEN_ON = ("起", "开始", "起始")
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
    outline = _Outline(text, _kind(text), _remark(text))
    tokens = _once(tokens_of(text), outline)
    if found := _uncertain(outline, tokens, moment):
        return Deadline(written, None, outline.kind, (), outline.remark, (found,))
    stages = _relevant(stages_of(text, tokens), text)
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
    return "、".join(dict.fromkeys([*SOFT.findall(text), *asides]))


def _once(tokens: list[Token], outline: _Outline) -> list[Token]:
    """Beside 长期坚持 a mere frequency (每半年报送一次) is no time of its own."""
    if outline.kind != LONG_TERM:
        return tokens
    often = [match.span() for match in RECURRING.finditer(outline.text)]
    return [token for token in tokens if not any(start < token.end <= end for start, end in often)]


def _uncertain(outline: _Outline, tokens: Sequence[Token], moment: Moment) -> Fault | None:
    text = outline.text
    if found := RECURRING.search(text):
        if outline.kind == LONG_TERM and not tokens:
            return None  # 长期坚持，定期检查: long-term says enough
        return fault("recurring_deadline", phrase=found[0], **choices(text, found, moment))
    if found := _UNCERTAIN.search(_CONSEQUENCE.sub("", text)):
        return fault("uncertain_deadline", phrase=found[0])
    if re.search(r"短期.{0,8}中期|中期.{0,8}长期", text):
        return fault("uncertain_deadline", phrase=text[:20])
    if leftover := _leftover(text, tokens):
        return fault("uncertain_deadline", phrase=leftover)
    for token, following in zip_longest(tokens, tokens[1:]):
        if unsure := _uncertain_token(text, token, following.start if following else len(text)):
            return unsure
    if tokens and _DONE.search(text):
        return fault("done_in_deadline", phrase=text[:30])
    return None


def _uncertain_token(text: str, token: Token, upto: int) -> Fault | None:
    """What stands around a date and takes its certainty away; ``upto``: where the next one begins."""
    following = text[token.end : token.end + 4]
    if _is_coarse(token) and _FINER.match(text[token.end : upto]):
        return fault("uncertain_deadline", phrase=text[token.start : token.end + 10])
    if token.tail in ("后", "之后", "以后"):
        return fault("open_deadline", phrase=token.said)
    if isinstance(token, Point) and token.tail and re.search(r"(?:季度?|半年|\d年度?|\d月份?)(?:之|以)?前", token.said):
        return fault("uncertain_deadline", phrase=token.said)  # 四季度前, 3月前: before it begins, or before it ends?
    if _ABOUT_BEFORE.search(text[: token.start]) or _ABOUT_AFTER.search(token.said + following):
        return fault("uncertain_deadline", phrase=token.said + following)
    if isinstance(token, Point) and following.startswith("已"):
        return fault("done_in_deadline", phrase=text[:30])
    return None


def _is_coarse(token: Token) -> bool:
    """A month or year that says neither which part of it nor before it."""
    return isinstance(token, Point) and not token.tail and token.said[-1] in "年度月份"


def _leftover(text: str, tokens: Sequence[Token]) -> str | None:
    """Numbers that belong to a date but were not understood: then the date that was understood is not safe either."""
    outline, position = [], 0
    for token in tokens:
        bare = _is_coarse(token)
        outline += [text[position : token.start], "@" if isinstance(token, Span) else "%" if bare else "§"]
        position = token.end
    found = _ODD_NUMBER.search("".join([*outline, text[position:]])) if tokens else None
    return text[:30] if found else None


def _relevant(stages: list[Stage], text: str) -> list[Stage]:
    """Drop what only describes: 共7天, 30天培训, 2018年度的资金. A span counts if it is bounded, or stands alone."""

    def counts(stage: Stage) -> bool:
        ahead = next((other for other in reversed(stages) if other.token.end <= stage.token.start), None)
        if (
            ahead
            and ahead.token.tail
            and _is_year(stage)
            and not CLAUSES.search(text[ahead.token.end : stage.token.start])
        ):
            return False  # 8月底前兑付2018年资金
        if not isinstance(stage.token, Span):
            following = text[stage.token.end : stage.token.end + 1]
            describes = following == "的" or (stage.token.said.endswith("年度") and following not in ("", ",", ")"))
            return len(stages) == 1 or not describes
        if stage.token.bounded or stage.start:
            return True
        rest = text.replace(stage.token.said, "", 1)
        return len(stages) == 1 and not FUNCTION_WORDS.sub("", _bare_base(rest))

    return [stage for stage in stages if counts(stage)]


def _is_year(stage: Stage) -> bool:
    return stage.token.said.endswith("年") and not stage.start


def _bare_base(text: str) -> str:
    return re.sub(r"[,;:()。]|[本该此]", "", COUNTED_FROM.sub("", FROM_HAND_OVER.sub("", FROM_FEEDBACK.sub("", text))))


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
    if outline.kind == LONG_TERM and len(stages) > 1 and stages[-1].token.tail in _FROM_THEN_ON:
        stages = stages[:-1]  # 2026年底前，2027年起长期坚持
    if open_start := _open_start(stages, outline):
        return replace(open_start, written=written)
    stages = _hard_limit(stages, outline)
    milestones = [Milestone(_due(stage, calendar_, moment), stage.text) for stage in stages]
    _check_plausible(milestones, moment, stages)
    days = [milestone.due for milestone in milestones]
    if len(set(days)) > 1:
        if days != sorted(days):
            raise Unclear("stages_out_of_order", phrase=outline.text[:40])
        told = all(milestone.text and not _ONLY_WHERE.fullmatch(milestone.text) for milestone in milestones)
        if not told or not _parted(outline.text, stages):
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
    return all(CLAUSES.search(text[end:start]) for end, start in zip(ends, starts, strict=False))


def _first_year(stages: Sequence[Stage]) -> int | None:
    points = [point for stage in stages for point in (stage.start, stage.token) if isinstance(point, Point)]
    return next((point.year for point in points if point.year), None)


def _open_start(stages: Sequence[Stage], outline: _Outline) -> Deadline | None:
    """从2019年起 has no end: long-term work may start so, anything else is asked about."""
    token = stages[-1].token
    if token.tail not in _FROM_THEN_ON:
        return None
    if outline.kind == LONG_TERM and len(stages) == 1:
        return Deadline("", None, LONG_TERM, (), "、".join(filter(None, [outline.remark, token.said])))
    raise Unclear("open_deadline", phrase=token.said)


def _due(stage: Stage, calendar_: Calendar, moment: Moment) -> date:
    if isinstance(stage.token, Span):
        if stage.start:
            moment = replace(moment, handed_over=calendar_.resolve(stage.start))
        return end_of_span(stage.token, stage.before, moment, calendar_.notes)
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
