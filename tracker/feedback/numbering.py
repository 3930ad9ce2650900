"""The numbers Word makes itself: which list a paragraph stands in, how far it has counted, and how that is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

_VAL, _ILVL, _NUM_ID = qn("w:val"), qn("w:ilvl"), qn("w:numId")


@dataclass(frozen=True)
class Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False  # all numbers in Arabic figures
    style: str | None = None  # paragraphs of this style stand at this level


@dataclass
class _List:
    """One list that counts: several numIds may share it."""

    levels: dict[int, Level]
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Style:
    based_on: str | None
    num_id: str | None
    level: int | None
    outline: int | None
    name: str


class Numbering:
    """``styles`` and ``numbers`` are the roots of styles.xml and numbering.xml, or None."""

    def __init__(self, styles: Any, numbers: Any) -> None:
        self.styles = {style.get(qn("w:styleId")): _style(style) for style in _all(styles, "w:style")}
        self.default = next(
            (
                style.get(qn("w:styleId"))
                for style in _all(styles, "w:style")
                if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true")
            ),
            None,
        )
        self.lists = _lists(numbers)
        self.of_number: dict[str, tuple[str, dict[int, int]]] = {}  # numId -> its list, where it begins anew
        for number in _all(numbers, "w:num"):
            anew = {
                int(over.get(_ILVL)): _start(start)
                for over in _all(number, "w:lvlOverride")
                if (start := _val(over, "w:startOverride")) is not None
            }
            self.of_number[number.get(_NUM_ID)] = (_val(number, "w:abstractNumId") or "", anew)
        self.begun: set[tuple[str, int]] = set()

    def label(self, paragraph: Any, style_id: str | None) -> str:
        """What stands before this paragraph, counted on; "" for none. To be asked once for each, from top to bottom."""
        num_id, level = self._place(paragraph, style_id)
        if num_id is None or num_id not in self.of_number:
            return ""
        name, anew = self.of_number[num_id]
        found = self.lists.get(name)
        if found is None or level not in found.levels:
            return ""
        shape = found.levels[level]
        if level in anew and (num_id, level) not in self.begun:
            self.begun.add((num_id, level))
            found.counts[level] = anew[level]
        else:
            found.counts[level] = found.counts.get(level, shape.start - 1) + 1
        for deeper in [key for key in found.counts if key > level]:
            del found.counts[deeper]
        return _shown(found, level, shape)

    def outline_level(self, paragraph: Any, style_id: str | None) -> int | None:
        """From 0; body text has none."""
        own = _val(paragraph, "w:pPr/w:outlineLvl")
        if own is not None:
            return int(own) if own.isdecimal() and int(own) < 9 else None
        return next((style.outline for style in self._line(style_id) if style.outline is not None), None)

    def lists_contents(self, style_id: str | None) -> bool:
        """Whether this is a line of the table of contents."""
        return any(re.match(r"toc\s*\d", style.name, re.IGNORECASE) for style in self._line(style_id)[:1])

    def _place(self, paragraph: Any, style_id: str | None) -> tuple[str | None, int]:
        own_id, own_level = _val(paragraph, "w:pPr/w:numPr/w:numId"), _val(paragraph, "w:pPr/w:numPr/w:ilvl")
        level = int(own_level) if own_level and own_level.isdecimal() else None
        if own_id == "0":
            return None, 0
        if own_id is not None:
            return own_id, level or 0
        for style in self._line(style_id):
            if style.num_id == "0":
                return None, 0
            if style.num_id is not None:
                return style.num_id, self._level_of_style(style, style_id) if level is None else level
        return None, 0

    def _level_of_style(self, style: _Style, style_id: str | None) -> int:
        """Its own level, or the one of the list that names the style."""
        if style.level is not None:
            return style.level
        found = self.lists.get(self.of_number.get(style.num_id or "", ("", {}))[0])
        return next((level for level, shape in (found.levels if found else {}).items() if shape.style == style_id), 0)

    def _line(self, style_id: str | None) -> list[_Style]:
        """The style and what it is based on."""
        line: list[_Style] = []
        name = style_id or self.default
        while name in self.styles and len(line) < 20:
            line.append(self.styles[name])
            name = line[-1].based_on
        return line


def _all(parent: Any, tag: str) -> list[Any]:
    return list(parent.findall(qn(tag))) if parent is not None else []


def _val(parent: Any, path: str) -> str | None:
    found = parent.find("/".join(map(qn, path.split("/"))))
    return found.get(_VAL) if found is not None else None


def _style(element: Any) -> _Style:
    level, outline = _val(element, "w:pPr/w:numPr/w:ilvl"), _val(element, "w:pPr/w:outlineLvl")
    return _Style(
        _val(element, "w:basedOn"),
        _val(element, "w:pPr/w:numPr/w:numId"),
        int(level) if level and level.isdecimal() else None,
        int(outline) if outline and outline.isdecimal() and int(outline) < 9 else None,
        _val(element, "w:name") or "",
    )


def _lists(numbers: Any) -> dict[str, _List]:
    found: dict[str, _List] = {}
    by_style: dict[str, str] = {}
    linked: dict[str, str] = {}
    for abstract in _all(numbers, "w:abstractNum"):
        name = abstract.get(qn("w:abstractNumId"))
        found[name] = _List({int(level.get(_ILVL)): _level(level) for level in _all(abstract, "w:lvl")})
        if style := _val(abstract, "w:styleLink"):
            by_style[style] = name
        if style := _val(abstract, "w:numStyleLink"):
            linked[name] = style
    for name, style in linked.items():
        if style in by_style:
            found[name] = found[by_style[style]]
    return found


_LAST_START, _LONGEST_SHAPE = 32_767, 60  # a number in letters or Roman ones is as long as it is large


def _start(text: str | None) -> int:
    """Where a list begins; as large a number as Word lets one write."""
    return min(int(text), _LAST_START) if text and text.isdecimal() and len(text) < 20 else 1


def _level(element: Any) -> Level:
    return Level(
        _start(_val(element, "w:start")),
        _val(element, "w:numFmt") or "decimal",
        (_val(element, "w:lvlText") or "")[:_LONGEST_SHAPE],
        element.find(qn("w:isLgl")) is not None,
        _val(element, "w:pStyle"),
    )


def _shown(found: _List, level: int, shape: Level) -> str:
    if shape.form == "bullet":
        return "●"
    if shape.form == "none":
        return ""

    def number(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        form = found.levels.get(other, shape)
        value = found.counts.setdefault(other, form.start) if other <= level else 0
        return in_form(value, "decimal" if shape.legal else form.form)

    return re.sub(r"%([1-9])", number, shape.text)


_DIGITS = "〇一二三四五六七八九"
_CIRCLED = {number: chr(0x2460 + number - 1) for number in range(1, 21)}


def in_form(value: int, form: str) -> str:
    """A number as Word shows it in this format; in Arabic figures where the format is none of ours."""
    if form in _COUNTED:
        return chinese(value)
    if form in ("ideographDigital", "japaneseDigitalTenThousand"):
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    if form in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese"):
        return _CIRCLED.get(value, str(value))
    if form == "decimalEnclosedParen":
        return f"({value})"
    if form == "decimalEnclosedFullstop":
        return f"{value}."
    if form == "decimalZero":
        return f"{value:02d}"
    if form in ("upperLetter", "lowerLetter") and value > 0:
        letter = chr(65 + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if form == "upperLetter" else letter.lower()
    if form in ("upperRoman", "lowerRoman"):
        return _roman(value) if form == "upperRoman" else _roman(value).lower()
    if form == "ideographTraditional" and 0 < value <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[value - 1]
    return str(value)


_COUNTED = frozenset(
    {
        *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
        *("taiwaneseCountingThousand", "chineseLegalSimplified", "ideographLegalTraditional", "koreanCounting"),
    }
)


def chinese(value: int) -> str:
    """Up to 999 as counted: 十, 十二, 二十, 一百零三."""
    if not 0 < value < 1000:
        return str(value)
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _roman(value: int) -> str:
    shown = ""
    for number, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
        (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        times, value = divmod(value, number)
        shown += letters * times
    return shown
