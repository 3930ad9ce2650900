"""How a line numbers itself: 一、（一）1. (1) ① 第一, 第3条 问题一： 1.1 1） a. 一是, and what only looks like it (1.5万元)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_C = "一二三四五六七八九十百零〇两"
_D = "0-9０-９"
#: What can be counted in parts: 1.5万元 is an amount, while 1.5名儿童 can only be the first entry, about five children.
_WHOLE = r"(?:名|户|人|个(?!百分|月|小时)|处|台|所|家|条|起|件|笔|辆|座|份|项|口|批|次|栋|套|村|张|支|宗|例|位|乡|镇|县|村|社区|类|部门|单位)"


@dataclass(frozen=True)
class Mark:
    kind: str
    value: int
    label: str  # as it stands in a clause: 一, （一）, 1, （1）, ①, 第一
    end: int  # where the words begin
    weak: bool = False  # counts only where it goes on from the one before


#: By custom the wider comes first: 一、 holds （一） holds 1. holds （1） holds ①.
_RANK = {
    "part": 0,
    "chinese": 1,
    "chinese_bracket": 2,
    "item": 3,
    "nth": 3,
    "named": 3,
    "arabic": 4,
    "dotted": 4,
    "arabic_bracket": 5,
    "arabic_half": 6,
    "circled": 7,
    "first_of": 8,
    "letter": 9,
    "bullet": 10,
}
_PATTERNS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("part", rf"(?P<label>第\s*(?P<n>[{_C}]{{1,3}}|[{_D}]{{1,3}})\s*(?:部分|章|节|篇))[\s、.．:：]*"),
        (
            "item",
            rf"(?P<label>第\s*(?P<n>[{_C}]{{1,4}}|[{_D}]{{1,3}})\s*(?:条|项|款|类|个问题|类问题))[\s、.．:：,，]*",
        ),
        (
            "named",
            rf"[【\[]?(?P<label>(?:反馈|具体|存在)?(?:问题|事项|序号|清单)\s*[（(]?\s*(?P<n>[{_C}]{{1,3}}|[{_D}]{{1,3}})\s*[）)]?)(?:\s*[】\]、.．:：]\s*|\s+|$)",
        ),
        ("nth", rf"(?P<label>(?:第|其)(?P<n>[{_C}]{{1,3}}))[,，、:：]\s*"),
        ("first_of", r"(?P<label>(?P<n>[一二三四五六七八九十]{1,2})是)(?!否)[:：,，]?\s*"),
        ("chinese", rf"(?P<label>(?P<n>[{_C}]{{1,3}}))(?:\s*[、．.]\s*|\t|\s{{2,}})"),
        ("chinese_bracket", rf"(?P<label>[（(﹙]\s*(?P<n>[{_C}]{{1,3}})\s*[）)﹚])[、．.]?\s*"),
        ("chinese_bracket", r"(?P<label>(?P<n>[㈠-㈩]))[、．.]?\s*"),
        ("arabic_bracket", rf"(?P<label>[（(﹙]\s*(?P<n>[{_D}]{{1,3}})\s*[）)﹚])[、．.]?\s*"),
        ("arabic_bracket", r"(?P<label>(?P<n>[⑴-⒇]))[、．.]?\s*"),
        ("arabic", r"(?P<label>(?P<n>[⒈-⒛]))\s*"),
        ("circled", r"(?P<label>(?P<n>[①-⑳㉑-㉟㊱-㊿❶-❿]))[、．.]?\s*"),
        ("arabic", rf"(?P<label>(?P<n>[{_D}]{{1,3}}))\s*(?:[.．](?![{_D}])|、)\s*"),
        (
            "arabic",
            rf"(?P<label>(?P<n>[{_D}]{{1,3}}))\s*[.．](?=\s*(?:(?:19|20)\d\d\s*年|[{_D}]+{_WHOLE}|[{_D}]{{1,2}}月))\s*",
        ),
        (
            "dotted",
            rf"(?P<label>[{_D}]{{1,2}}(?:[.．][{_D}]{{1,2}}){{1,3}})(?:[.．、](?![{_D}])|\s+|(?=[一-龥“《（(]))(?!\s*(?:万|亿|元|%|％|公里|千米|米|亩|吨|倍|平方|立方|公顷|个百分|小时|岁|斤|升|年|个月|级|版|日|月|号))\s*",
        ),
        ("arabic_half", rf"(?P<label>(?P<n>[{_D}]{{1,3}})\s*[）)])[、．.]?\s*"),
        ("letter", r"(?P<label>[（(]?(?P<n>[A-Za-zａ-ｚ])[）)]|(?P<m>[A-Za-z])(?=[.．、]))[.．、]?(?![A-Za-z.])\s*"),
        ("bullet", r"(?P<label>[●•◆◇■□▪▲★※○☆➢✓])\s*|(?P<dash>[-–—*])\s+(?=\S)"),
        ("?arabic", rf"(?P<label>(?P<n>[{_D}]{{1,3}}))(?:\t|[ \u3000]+)(?=[一-龥“《])"),
        ("?arabic", rf"(?P<label>(?P<n>[{_D}]{{1,3}}))\s*[.．](?=[{_D}])"),
    )
)


def mark_of(text: str) -> Mark | None:
    """The number a line begins with; leading spaces count as part of it."""
    start = len(text) - len(text.lstrip())
    for kind, pattern in _PATTERNS:
        if match := pattern.match(text, start):
            return _mark(kind, match)
    return None


def _mark(kind: str, match: re.Match[str]) -> Mark | None:
    parts = match.groupdict()
    label = re.sub(r"\s+", "", parts["label"] or "")
    if kind == "dotted":
        label = unicodedata.normalize("NFKC", label)
        return Mark(f"dotted{label.count('.')}", int(label.rsplit(".", 1)[1]), label, match.end())
    if kind == "bullet":
        return Mark(kind, 0, "", match.end())
    weak = kind.startswith("?")
    value = _value(parts.get("n") or parts.get("m") or "")
    if value is None:
        return None
    if kind.endswith("arabic"):
        label = unicodedata.normalize("NFKC", label).rstrip(".")
    if kind == "letter" and not parts.get("n"):
        label = parts["m"]
    return Mark(kind.lstrip("?"), value, _bracketed(label), match.end(), weak)


def _bracketed(label: str) -> str:
    """(1), ⑴ and （1） are one way of writing; ① stays itself."""
    if re.fullmatch(r"[㈠-㈩⑴-⒇]", label):
        label = unicodedata.normalize("NFKC", label)
    found = re.fullmatch(rf"[（(﹙]([{_C}{_D}A-Za-z]+)[）)﹚]", label)
    return f"（{unicodedata.normalize('NFKC', found[1])}）" if found else label


def _value(text: str) -> int | None:
    text = unicodedata.normalize("NFKC", text).strip("().")
    if text.isdecimal():
        return int(text)
    if re.fullmatch(r"[A-Za-z]", text):
        return ord(text.lower()) - 96
    if "❶" <= text <= "❿":
        return ord(text) - ord("❶") + 1
    return _chinese_value(text) if re.fullmatch(f"[{_C}]+", text) else None


def _chinese_value(text: str) -> int | None:
    digits = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
    if not set(text) & {"十", "百"}:
        return int("".join(str(digits[character]) for character in text))
    total, digit = 0, 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = digits[character]
    return total + digit


def rank_of(kind: str) -> float:
    if kind.startswith("dotted"):
        return _RANK["dotted"] + int(kind[6:]) / 10
    return _RANK[kind]
