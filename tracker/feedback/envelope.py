"""What a letter wraps its problems in: title, number, salutation and day above; signature, enclosures and copies below. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tracker.feedback.marks import mark_of
from tracker.feedback.terms import label_in
from tracker.feedback.word import Block, Grid, Line
from tracker.ledgers.deadline_calendar import find_dates
from tracker.ledgers.letterhead import ledger_date_of

_SIGNED = re.compile(r"^[一-龥（）()、“”]{4,40}$")
END_LINE = re.compile(
    r"^(?:附件?\s*\d*\s*[:：]|附[件表]\s*[\d一二三四五六七八九十]*$|附[:：]|(?:报送?|呈报?|送|发)[:：]|(?:同时[，,]?)?[^。，]{0,8}还?[^。，]{0,12}问题线索[^。]{0,30}(?:移交|移送|转)|[^。；]{2,30}(?:作了?(?:表态|总结)?(?:讲话|发言)|主持(?:会议|反馈会))|责任编辑|编辑[:：]|扫一扫|相关(?:链接|新闻|阅读)|打印本页|关闭窗口|"
    r"分享到|[上下]一篇|浏览(?:次数|量)|来源[:：]|"
    r"抄送|抄报|主送|印发|联\s*系\s*(?:人|电话|方式)|电\s*话|传真|邮\s*箱|地\s*址|特此|此致|敬礼|以上意见|专此|（?此件|\(此件|（本文|填报|制表|第\s*\d+\s*页|主任委员|签发|校对)"
)
DATE_LINE = re.compile(
    r"^[（(]?(?:(?:反馈|移送|交办|印发|填报|成文|发文)?(?:日期|时间)[:：])?\s*(?:19|20|二[〇○零])[^。，；]{5,14}日?[）)]?$"
)
NUMBER = re.compile(r"[一-龥A-Za-z]{1,14}[〔\[［（(]\s*(?:19|20)\d{2}\s*[〕\]］）)]\s*(?:第)?\s*\d{1,5}\s*号")
_REPORTED = re.compile(r"据[^。：:，]{2,30}(?:消息|报道|讯|通报)")
_PERIOD = re.compile(
    r"(?:时间|日期|期间)[:：].*[日号]?\s*(?:[-—–~～至]|到)"
)  # when it was looked at, not when it was written
_OF_AN_ENTRY = re.compile(r"[日号]前|[之以]前|[时期]限[:：]|[。；]")
PAGE_NUMBER = re.compile(r"[-—–]\s*\d{1,3}\s*[-—–]|第\s*\d+\s*页(?:[，,\s]*共\s*\d+\s*页)?")
_TITLE = re.compile(r"(?:问题|清单|台账|通报|函|意见|情况|表)[:：]?$")
_SALUTATION = re.compile(r"^[^。，]{2,80}[:：]$")


def opening_of(texts: Sequence[str]) -> int:
    """How many lines at the beginning are title, number, salutation and introduction."""
    place = 0
    for number, text in enumerate(texts[:8]):
        bare = text.strip()
        if _REPORTED.match(bare) or NUMBER.fullmatch(bare) or _SALUTATION.match(bare) or DATE_LINE.match(bare):
            place = number + 1
        elif place == number and len(bare) <= 60 and bare[-1] not in "。；;.！" and label_in(bare) is None:
            place = number + 1 if number == 0 or place else place
    if place == len(texts) > 1 and _TITLE.search(texts[0].strip()):
        return 1  # below a title everything looks like one
    return place if place < len(texts) else 0


def without_end(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Signature, date, enclosures and the like, taken off from below."""
    kept = list(blocks)
    taken: list[str] = []
    signed = False
    while kept and isinstance(kept[-1], Line):
        text = kept[-1].text.strip()
        dated = bool(DATE_LINE.match(text))
        if kept[-1].number or not (
            not text or dated or END_LINE.match(text) or (signed and _SIGNED.match(text) and len(text) <= 30)
        ):
            break
        signed = signed or dated
        kept.pop()
        if text:
            taken.insert(0, text)
    return (kept, taken) if any(isinstance(block, Grid) or block.text for block in kept) else (list(blocks), [])


def written_on_in(texts: Sequence[str]) -> date | None:
    """The day below the signature, else the one a short line above or below gives."""
    for text in reversed(texts):
        if DATE_LINE.match(text.strip()) and (days := find_dates(text)):
            return days[0][0]
    ends = (*texts[:8], *texts[-8:])
    short = [
        text
        for text in ends
        if len(text) <= 40 and not mark_of(text) and not _OF_AN_ENTRY.search(text) and not _PERIOD.search(text)
    ]
    return ledger_date_of(short)


def handed_over_in(texts: Sequence[str]) -> date | None:
    for text in texts:
        for day, before in find_dates(text) if len(text) <= 40 else []:
            if re.search(r"(?:交办|移送|移交|转办|下达)(?:时间|日期|日)?:?$", before):
                return day
    return None
