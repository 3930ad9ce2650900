"""What the lines around a table say about all its rows: title, owner, date, year, who leads, and defaults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.ledgers.deadline_calendar import find_dates
from tracker.ledgers.deadline_words import plain
from tracker.ledgers.table import Table
from tracker.ledgers.values import categories_in, counties_in, county_of, source_in, source_of, unit_of_amount
from tracker.ledgers.vocabulary import Vocabulary

_IS_TITLE = re.compile(
    r"台账|清单|情况表|一览表|汇总表|统计表|跟踪表|销号表|任务表|明细表|登记表|分解表|进展表|清零表|整改表|问题表|表$|整改情况|反馈意见|方案$"
)
_NO_TITLE = re.compile(
    r"^(?:附件|附表|附)\d*[:.]?$|^(?:填报|填表|制表|编制|报送|联系|单位|时间|日期|审核|说明|注|备注|密级|金额单位|计量单位)"
)
_SENTENCE = re.compile(r"^[一二三四五六七八九十\d]{1,2}[、.)]|[。;]$")  # an instruction for filling in, on a cover
_OWNER = re.compile(r"^(?:填报|填表|编制|报送|制表|上报|呈报|责任)?单位(?:\((?:盖章|公章|签章)\))?[:](.{2,40})$")
_AS_OF = re.compile(r"(?:截至|截止到?|截止至|截止日期:?|数据截至)$")
_WRITTEN_ON = re.compile(r"(?:填报|填表|编制|制表|报送|上报|统计|更新|制定|形成|印发)?(?:时间|日期|于|日):?$")
_AS_OF_WITHOUT_YEAR = re.compile(r"截[至止](?:到|至)?(\d{1,2})月(\d{1,2})日")
_YEAR_NOTE = re.compile(r"(?:未|没有?)(?:注明|标明|写明|标注|写|注)年份.{0,8}?(?:指|为|是|按)(20\d\d)年")
_HANDED_OVER_ON = re.compile(r"(?:交办|转办|移交|下达|派发|派单|下发|分办)(?:时间|日期|日)?:?$")
_FED_BACK_ON = re.compile(r"反馈(?:时间|日期|日)?:?$")
_DEADLINE_LINE = re.compile(r"(?:整改|完成|办理)(?:时限|期限)(?:要求)?:(.{2,30})$")
_PERIOD = re.compile(r"(20\d\d)年(?:第?[1-4]季度|\d{1,2}月份?)")
FIRST_LEADS = re.compile(
    r"(?:第1|第一|首)(?:位|个|家|名)?.{0,14}(?:牵头|主责|负总责)|牵头.{0,8}(?:排|列|放)在?(?:第一|首|最前)"
)


@dataclass(frozen=True)
class Letterhead:
    title: str | None = None
    owner: str | None = None
    ledger_date: date | None = None
    year: int | None = None  # for deadlines that leave it out
    first_leads: bool = False
    audit: bool = False  # kept by the body that judges: 已整改 is its word, not the unit's
    amount_unit: str | None = None
    source: str | None = None
    category: str | None = None
    county: str | None = None
    handed_over: date | None = None
    fed_back: date | None = None
    deadline: str = ""  # 整改时限：交办之日起60日内, for a table without a column of them


def read_letterhead(
    table: Table, around: Sequence[str], filename: str, vocabulary: Vocabulary, *, several_tables: bool
) -> Letterhead:
    """``around`` are the lines of cover sheets; the table's own lines come first."""
    own = [*labelled(table.titles), *table.notes]
    heads = [heading.text for heading in table.headings]
    title = title_of(table.titles) or title_of(around)
    names = [name for name in (title_of(table.titles), table.sheet.name) if name]
    if not several_tables:
        names += [filename]
    correction = vocabulary.correction
    day = (
        correction.ledger_date or ledger_date_of(own) or ledger_date_of(around) or ledger_date_of([filename], bare=True)
    )
    return Letterhead(
        title,
        owner_of([*own, *around]),
        day,
        _year_in_head(table) or year_of([*own, *around], correction.ledger_date or day),
        any(FIRST_LEADS.search(plain(line)) for line in [*own, *around, *heads]),
        any("审计" in text for text in [title or "", *heads]),
        next((unit for line in own if (unit := _amount_unit(line))), None),
        correction.source
        or _source_line(own)
        or _first(source_in(name) for name in names)
        or _audit_by_headings(table),
        correction.category or _only_category(names, vocabulary),
        correction.county
        or _first(_county(name, vocabulary) for name in [table.sheet.name, *names])
        or _only_county(table.titles, vocabulary),
        _day_after(_HANDED_OVER_ON, table.titles),
        _day_after(_FED_BACK_ON, table.titles),
        next(
            (found[1] for line in own for piece in pieces_of(line) if (found := _DEADLINE_LINE.match(plain(piece)))), ""
        ),
    )


def _source_line(lines: Iterable[str]) -> str | None:
    """来源：市纪委监委 above the table."""
    pieces = (plain(piece) for line in lines for piece in pieces_of(line))
    return _first(source_of(found[1])[0] for piece in pieces if (found := re.match(r"(?:问题)?来源:(.{2,30})$", piece)))


def _year_in_head(table: Table) -> int | None:
    """整改时限（2019年）: the year of all its days that name none."""
    heads = (heading.text for heading in table.headings if heading.field == "deadline")
    return next((int(found[1]) for text in heads if (found := re.search(r"[(（](20\d\d)年?度?[)）]", text))), None)


def _day_after(words: re.Pattern[str], lines: Iterable[str]) -> date | None:
    """交办时间：2020年4月10日 above a table holds for all its rows."""
    return next((day for line in labelled(lines) for day, before in find_dates(line) if words.search(before)), None)


def labelled(lines: Iterable[str]) -> list[str]:
    """交办日期 in one cell and its day in the next are one line."""
    joined: list[str] = []
    for line in lines:
        label = joined[-1] if joined else ""
        if 2 < len(label) <= 12 and re.search(r"(?:时间|日期)[:：]?$", label) and re.match(r"(?:19|20)\d\d\D", line):
            joined[-1] = f"{label}{line}"
        else:
            joined.append(line)
    return joined


def _only_county(lines: Iterable[str], vocabulary: Vocabulary) -> str | None:
    """The one county all lines of the letterhead speak of: whose office it is, or whose problems."""
    found = {county for line in lines for county in counties_in(line, vocabulary)}
    return found.pop() if len(found) == 1 else None


def _first(found: Iterable[str | None]) -> str | None:
    return next((item for item in found if item), None)


def _audit_by_headings(table: Table) -> str | None:
    return "audit" if any(re.search(r"审计(?:查出|发现|项目)", heading.text) for heading in table.headings) else None


def _only_category(names: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """By full names only: the word 资金 in a title says nothing about every row."""
    for name in names:
        if any(plain(item.name) in plain(name) for item in vocabulary.categories):
            found = categories_in(name, vocabulary)
            if len(found) == 1:
                return found[0]
    return None


def _county(name: str, vocabulary: Vocabulary) -> str | None:
    where, faults = county_of(name, vocabulary)
    if where.county and not faults:
        return where.county
    found = counties_in(name, vocabulary)
    return found[0] if len(found) == 1 else None


def _amount_unit(line: str) -> str | None:
    said = re.search(r"单位[:：].{1,5}$", plain(line))  # 截至10月31日　　　　单位：元
    return unit_of_amount(said[0]) if said else None


def title_of(lines: Sequence[str]) -> str | None:
    """The line that calls itself a ledger, without its date; else the first line that is no label."""
    candidates = [line for line in lines if not _NO_TITLE.match(plain(line)) and len(line) <= 120]
    called = next((line for line in candidates if _IS_TITLE.search(plain(line))), None)
    line = called or next((line for line in candidates if not _SENTENCE.search(plain(line))), None)
    if line is None:
        return None
    return (
        re.sub(r"[（(]\s*(?:截[至止]|数据|\d{4}\s*年|\d{4}[.\-/]).*?[)）]\s*$", "", re.sub(r"\s+", "", line)).strip()
        or line
    )


def owner_of(lines: Sequence[str]) -> str | None:
    for line in lines:
        for piece in pieces_of(line):
            match = _OWNER.match(plain(piece))
            if match and not _amount_unit(piece):
                return re.sub(r"\((?:盖章|公章|签章)\)$", "", match[1])
    return None


def pieces_of(line: str) -> list[str]:
    """Where a wide gap parts a line (填报单位：…　　　　2019年10月20日), its pieces, and the line itself."""
    pieces = [piece for piece in re.split(r"\s{3,}|\u3000{2,}", line.strip()) if piece]
    return [*pieces, line] if len(pieces) > 1 else [line]


def ledger_date_of(lines: Iterable[str], *, bare: bool = False) -> date | None:
    """截至… before 填报时间…, before a date that stands alone or in brackets at a title's end."""
    ranked: list[tuple[int, date]] = []
    without_year: list[tuple[int, int]] = []
    for line in (piece for one in lines for piece in reversed(pieces_of(one))):
        text = plain(line)
        ranked += [(rank, day) for day, before in find_dates(line) if (rank := _rank(text, before, bare)) is not None]
        without_year += [(int(month), int(day)) for month, day in _AS_OF_WITHOUT_YEAR.findall(text)]
    if not ranked:
        return None
    rank, best = min(ranked, key=lambda item: item[0])
    if rank and without_year:
        month, day = without_year[0]
        try:
            return date(best.year, month, day)
        except ValueError:
            return best
    return best


def _rank(text: str, before: str, bare: bool) -> int | None:
    if _AS_OF.search(before):
        return 0
    if _WRITTEN_ON.search(before):
        return 1
    if (
        bare
        or not before
        or (before.endswith("(") and (_IS_TITLE.search(text) or _IS_TITLE.search(before[:-1])))
        or re.fullmatch(r"[(]?", before)
    ):
        return 2
    return None


def year_of(lines: Sequence[str], ledger_date: date | None) -> int | None:
    """The year a note names for deadlines without one; else the ledger date's; else the title's quarter or month."""
    for line in lines:
        if match := _YEAR_NOTE.search(plain(line)):
            return int(match[1])
    if ledger_date:
        return ledger_date.year
    for line in lines:
        if match := _PERIOD.search(plain(line)):
            return int(match[1])
    return None
