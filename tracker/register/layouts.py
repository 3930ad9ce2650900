"""The ledgers superiors ask for: which columns, in whose words and order, in sections of what. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tracker.base.access import N_, Refused
from tracker.base.sheets import TAKEN_COLUMN
from tracker.ledgers.columns import VIEWS, Blank, By, assign, header_text
from tracker.ledgers.table import Heading
from tracker.ledgers.values import scale_of_amount
from tracker.register.sheet import BLANK, BY_CODE, COLUMNS, MONEY, Column, Line

WIDEST = 120  # characters; a column beyond prints nothing readable
LONGEST = 80  # characters of a title, or of a head
MOST_COLUMNS = 120
_MOST_LEADING = 3
_COMES_BACK = ("number", "wording", "source", "category", "county", "state")


@dataclass(frozen=True)
class Placed:
    """A column as a layout shows it. ``head``: words in place of its own; ``above``: a further head, shared with
    neighbours of the same; ``width`` in characters, 0 for its own."""

    code: str
    head: str = ""
    above: str = ""
    width: int = 0

    @property
    def column(self) -> Column:
        return BY_CODE[self.code]

    @property
    def wide(self) -> int:
        return self.width or self.column.width

    @property
    def path(self) -> tuple[str, ...]:
        """Its heads from top to bottom."""
        return tuple(filter(None, (self.above, self.head or self.column.label)))

    @property
    def is_money(self) -> bool:
        return self.code in MONEY

    def value(self, line: Line) -> Any:
        """What stands in it; money in the unit its heads say."""
        value = self.column.value(line)
        if self.is_money and value is not None and (scale := _scale(self)) not in (None, 1):
            return value / scale
        return value


@dataclass(frozen=True)
class Cell:
    """A cell of a printed header, so many columns wide and rows high."""

    text: str
    columns: int
    rows: int = 1


@dataclass(frozen=True)
class Layout:
    """``own``: an office's, whose words stand as they were typed, in whatever language the page is."""

    name: str
    title: str
    columns: tuple[Placed, ...]
    by: By | None = None
    own: bool = False

    def heads(self, say: Callable[[str], str]) -> tuple[list[str], list[str]]:
        """The heads of the columns and those above them, in words."""
        said = str if self.own else say
        return (
            [said(each.head) if each.head else say(each.column.label) for each in self.columns],
            [said(each.above) if each.above else "" for each in self.columns],
        )

    def title_in(self, say: Callable[[str], str]) -> str:
        return self.title if self.own else say(self.title)

    def head_rows(self, say: Callable[[str], str]) -> tuple[list[Cell], list[str]]:
        """The header as it is printed: the upper row's cells, then what stands below those that have others above."""
        heads, above = self.heads(say)
        upper: list[Cell] = []
        for over, group in groupby(zip(above, heads, strict=True), key=lambda pair: pair[0]):
            below = [head for _, head in group]
            upper += [Cell(over, len(below))] if over else [Cell(head, 1, 2) for head in below]
        return upper, [head for over, head in zip(above, heads, strict=True) if over]

    @property
    def widths(self) -> list[int]:
        return [each.wide for each in self.columns]

    def to_fill_in(self, say: Callable[[str], str]) -> list[Blank]:
        """Its columns without our own views: what somebody who fills it in can know."""
        fields = _meant(self.columns)
        heads, above = self.heads(say)
        return [
            Blank(field, head, each.wide, over)
            for each, field, head, over in zip(self.columns, fields, heads, above, strict=True)
            if field or each.column == BLANK
        ]

    @property
    def leading(self) -> int:
        """How many columns at the left, up to the number, stand on every page across."""
        place = next((at for at, each in enumerate(self.columns, 1) if each.code == "number"), 0)
        return place if place <= _MOST_LEADING else 0

    @property
    def lacks(self) -> list[Column]:
        """The columns without which a ledger that comes back is not understood row by row."""
        has = {each.code for each in self.columns}
        return [BY_CODE[code] for code in _COMES_BACK if code not in has and not (code == "wording" and "title" in has)]


def _scale(placed: Placed) -> int | None:
    return next(filter(None, map(scale_of_amount, reversed(placed.path))), None)


_DUTY = N_("整改责任")
_DUTY_CHAIN = (
    Placed("lead_official", above=_DUTY, width=9),
    Placed("lead_unit", above=_DUTY, width=14),
    Placed("responsible_units", above=_DUTY, width=18),
    Placed("responsible_person", above=_DUTY, width=8),
)
_WORDING = Placed("wording", width=36)
_PROGRESS = Placed("progress", N_("整改进展情况"), width=34)


def _built_in(name: str, title: str, *columns: str | Placed, by: By | None = None) -> Layout:
    return Layout(name, title, tuple(Placed(each) if isinstance(each, str) else each for each in columns), by)


# What a ledger is divided by has a column too, so that it is read back row by row when somebody sorts it in Excel.
# Together about 220 characters wide: what an A3 sheet across shows without a magnifying glass.
BUILT_IN: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (
        _built_in(
            "superior", N_("问题整改工作台账"),
            "serial", "number", "source", "category", "county", _WORDING,
            Placed("requirement", N_("整改要求及措施"), width=26), *_DUTY_CHAIN, "kind", "deadline", _PROGRESS, "state",
            "cleared_on", "blank",
            by=By.SOURCE,
        ),
        _built_in(
            "county", N_("问题交办清单"),
            "serial", "number", "county", "source", "category", _WORDING, "requirement", *_DUTY_CHAIN, "kind",
            "assigned_on", "deadline", "state", "blank",
            by=By.COUNTY,
        ),
        _built_in(
            "clearance", N_("问题销号台账"),
            "serial", "number", "source", "category", "county", _WORDING, "lead_official", "lead_unit",
            "responsible_units", "original_deadline", "deadline", _PROGRESS, "state", "cleared_on", "cleared_how", "blank",
            by=By.CATEGORY,
        ),
        _built_in("standard", N_("问题整改标准台账"), *(column.code for column in COLUMNS)),
    )
}  # fmt: skip


def check(title: str, columns: Sequence[Placed]) -> None:
    """Raises Refused where a ledger could not be printed so, or its columns not be told apart when it is brought back."""
    if not title.strip():
        raise Refused(N_("请填写台账标题。"))
    if not columns:
        raise Refused(N_("一个栏目都没有，请至少留一栏。"))
    if len(columns) > MOST_COLUMNS:
        raise Refused(N_("最多 %(number)s 栏。"), number=MOST_COLUMNS)
    _told_apart(columns)
    for each in columns:
        if each.is_money and _scale(each) is None:
            raise Refused(
                N_("“%(head)s”没有写明单位，请写成“%(head)s（元）”或者“%(head)s（万元）”。"),
                head=header_text(each.path),
            )


def _told_apart(columns: Sequence[Placed]) -> None:
    twice = Counter(each.code for each in columns if each.code != BLANK.code)
    for code, number in twice.items():
        if number > 1:
            raise Refused(N_("“%(column)s”有 %(number)s 栏，请只留一栏。"), column=BY_CODE[code].label, number=number)
    heads = Counter(header_text(each.path) for each in columns if each.code != BLANK.code)
    heads.update({header_text(each.path) for each in columns if each.code == BLANK.code})
    for head, number in heads.items():
        if number > 1:
            raise Refused(
                N_("有 %(number)s 栏的表头都是“%(head)s”，导回来时分不清，请改名。"), head=head, number=number
            )
    if any(TAKEN_COLUMN in (each.head, each.above) for each in columns):
        raise Refused(N_("“%(head)s”是系统导出时自己用的一栏，请改名。"), head=TAKEN_COLUMN)


#: Column -> the field its own head means to the reader of ledgers beside all the others; views of ours have none.
_FIELDS: Mapping[str, str] = {
    COLUMNS[at].code: field
    for at, field in assign({at: (column.label,) for at, column in enumerate(COLUMNS)}).fields.items()
    if COLUMNS[at].label not in VIEWS
}


def reads(columns: Sequence[Placed]) -> dict[str, str]:
    """Each head as the reader of ledgers writes it, and as it stands alone in a text file -> the field it means, "" for
    what is a view of ours or by hand. A line about a problem is its wording where nothing says it in full."""
    fields = _meant(columns)
    alone = {header_text((head,)): field for head, field in zip(lines(columns)[-1][0], fields, strict=True)}
    return alone | {header_text(each.path): field for each, field in zip(columns, fields, strict=True)}


def _meant(columns: Sequence[Placed]) -> list[str]:
    fields = dict(_FIELDS)
    if "wording" not in {each.code for each in columns}:
        fields["title"] = fields["wording"]
    return [fields.get(each.code, "") for each in columns]


def lines(columns: Sequence[Placed]) -> list[list[list[str]]]:
    """The header by which it is found again, line by line: as a workbook has it, then as a text file."""
    heads, above = [each.path[-1] for each in columns], [each.above for each in columns]
    upper = [over or head for over, head in zip(above, heads, strict=True)]
    lower = [head if over else "" for over, head in zip(above, heads, strict=True)]
    return [[upper, lower] if any(above) else [upper], [alone_heads(heads, above)]]


def alone_heads(heads: Sequence[str], above: Sequence[str]) -> list[str]:
    """The heads where nothing can stand above them: those that two columns share take in what stands above theirs."""
    number = Counter(heads)
    return [f"{over}/{head}" if over and number[head] > 1 else head for head, over in zip(heads, above, strict=True)]


def as_kept(columns: Sequence[Placed]) -> list[dict[str, Any]]:
    """The columns as they are kept; ``placed`` turned round."""
    return [vars(each) for each in columns]


def placed(kept: Sequence[Mapping[str, Any]]) -> tuple[Placed, ...]:
    """A column that there is no more is left out."""
    return tuple(Placed(**each) for each in kept if each["code"] in BY_CODE)


#: Fields of the reader that no column of ours is named after -> the column that tells them.
_TOLD_BY = {"measures": "requirement", "completed_on": "cleared_on", "town": "place", "village": "place"}
_BY_FIELD = {field: code for code, field in _FIELDS.items()}
_BY_LABEL = {column.label: column.code for column in COLUMNS}


def drafted(title: str, headings: Sequence[Heading]) -> Layout:
    """A ledger as a superior's form has it: each head in its place and words. What none of our columns tells, or a column
    before it told already, is to be written by hand."""
    columns: list[Placed] = []
    taken: set[str] = set()
    for heading in headings:
        if heading.hidden:
            continue  # what is not to be seen is no part of the form
        *upper, head = filter(None, (" ".join(text.split()) for text in heading.path))
        code = _BY_LABEL.get(head) or _BY_FIELD.get(heading.field or "") or _TOLD_BY.get(heading.field or "")
        code = code if code and code not in taken else BLANK.code
        taken.add(code)
        own = "" if head == BY_CODE[code].label else head
        columns.append(Placed(code, own[:LONGEST], " ".join(upper)[:LONGEST]))
    return Layout("", title[:LONGEST], tuple(columns), own=True)
