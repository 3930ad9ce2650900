"""Who is to do it and by when, as an entry says it: labels (责任单位：…), brackets at the end of a sentence, a closing clause.

Names are read by ``ledgers.names``, deadlines by ``ledgers.deadlines``, labels by the ledgers' own words for columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tracker.ledgers.columns import COMBINED, COMBINED_LEAD, COMBINED_LEAD_PERSON, field_of, says_exactly
from tracker.ledgers.deadline_calendar import Moment
from tracker.ledgers.deadlines import Deadline, read_deadline
from tracker.ledgers.letterhead import FIRST_LEADS
from tracker.ledgers.names import People, people_of, units_and_people, units_of
from tracker.ledgers.values import kind_of
from tracker.ledgers.vocabulary import is_nothing, plain

PEOPLE_FIELDS = frozenset({"lead_official", "responsible_person"})
TERM_FIELDS = PEOPLE_FIELDS | {
    *(
        "responsible_units",
        "lead_unit",
        "assisting_units",
        "deadline",
        "kind",
        COMBINED,
        COMBINED_LEAD,
        COMBINED_LEAD_PERSON,
    )
}
#: Said of an entry beside its wording; where such a label stands, the wording ends.
BESIDE_FIELDS = TERM_FIELDS | {
    *("responsible_person_post", "lead_official_post", "task_force"),
    *("county", "town", "village", "category", "nature", "source", "clause", "number", "serial"),
    *("requirement", "goal", "measures", "handed_over", "fed_back", "remark", "progress", "state", "amount"),
}
_LABEL = re.compile(
    r"(?:^|(?<=[\n（(【\[；;。，,、）)】\]\s—]))"
    r"([一-龥](?:[ \u3000]+[一-龥]){2,7}|[一-龥]{2,12}(?:[/、][一-龥]{2,6})?(?:[（(][一-龥、]{1,8}[）)])?)[ \u3000]*"
    r"(?:[:：]|(?:(?<=[时期]限)|(?<=领导|类型)|(?<=责任人))为|"
    r"(?<=责任单位|牵头单位|配合单位)为(?=(?:[省市县区州]|[一-龥]{2,3}[县市区乡镇])[一-龥、]{1,40}(?:局|委|办|政府|[乡镇]|街道|办事处|公司|中心)(?:[，,。；;）)\n]|$)))"
)
_LINE_LABEL = re.compile(r"(?:^|(?<=\n))([一-龥]{3,8})[ \t\u3000]+(?=[^\s:：])")  # 责任单位 绥宁县人民政府
_OTHER_LABEL = re.compile(r"[；;，,。][ \u3000]*[一-龥]{2,10}[ \u3000]*[:：]")
_RULE_ASIDE = re.compile(r"[（(][^（）()]*(?:第一|第1|首位|下同)[^（）()]*[）)]")
_SHORT = {
    "责任": "responsible_units",
    "牵头": "lead_unit",
    "配合": "assisting_units",
    **dict.fromkeys(("原因", "原因分析", "产生原因", "问题原因", "主要原因"), "remark"),
    **dict.fromkeys(
        ("工作要求", "整改要求", "工作建议", "整改建议", "督查建议", "处理建议", "审计建议"), "requirement"
    ),
}
_CLOSERS = {"（": "）", "(": ")", "【": "】", "[": "]", "〔": "〕"}
_BRACKET = re.compile(r"[（(【\[]([^（）()【】\[\]]{2,300})[）)】\]]")
_ROLE = re.compile(
    r"(?P<by>由)?(?P<names>.+?)(?:同志)?(?:按(?:照)?职责(?:分工)?|分别|共同|具体|等)*"
    r"(?P<role>负总责|牵头|包案|挂帅|领衔|负责|主办|承办|配合|协办|协助|参与|落实)(?:包案|督办|负责|落实|整改|办理|实施|抓好|推进)*"
)
_OF_KIND = re.compile(
    r"[（(【\[。；;，,\n](?:本|该|此)?(?:问题|事项|项)?(?:属于?|列为|按)(立行立改|限期整改|长期坚持)类?(?:事项|问题)?(?:整改|办理)?[）)】\]。；;，,\n]"
)
_LEADING = frozenset({"牵头", "主办", "负总责"})
_IN_PERSON = _LEADING | {"包案", "挂帅", "领衔"}  # said of an official; of a person anything else is the work itself
_AGENCY = re.compile(
    r"(?:局|署|委|办|厅|部|院|校|站|所|处|中心|党组|工会|协会|联合会|集团|政府|办公室|委员会|办事处|公司|银行|联社|妇联|残联|团委|总队|支队|大队|指挥部|专班|法院|检察院|管委会|学校|医院|卫生院)$"
)
_PLACE = re.compile(r"(?:[省市县区乡镇村]|街道|社区|部门|单位|组)$")
_DATED = re.compile(r"\d|[一二三四五六七八九十]月|年底|年内|立行立改|即知即改|立即|长期|常态|[上下]半年|即日")
# 责任单位：县发改局，长期坚持: the last is no unit.
_ONLY_WHEN = re.compile(
    r"立行立改|即知即改|立即整改|长期坚持|长期整改|持续推进|(?:20\d\d年)?(?:\d{1,2}月(?:\d{1,2}日|底|[上中下]旬)?|年底)前?(?:完成|整改到位|整改完成|办结)?"
)
# （县扶贫办 2019年9月30日前）
_GAP = re.compile(r"(?<=[^年月日，、\s])[ \u3000]+(?=(?:20\d\d年|\d{1,2}月|年底|立行立改|长期坚持))")
_CLOSING = re.compile(r"^(?:限|请|要求|须|应|务必|于|由|责成|责令|确保|力争|原则上)")
_SETTLED = re.compile(r"整改|完成|办结|到位|销号|落实|完毕")


@dataclass(frozen=True)
class Terms:
    lead: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    written: str = ""  # the deadline's words
    county: str = ""
    number: str = ""  # the entry's own, by a label
    serial: str = ""
    first_leads: bool = False  # says so for the rest of the document too
    bare: str = ""  # the words without all of it
    officials: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    kind: str = ""  # where it is said in so many words; a deadline may say it too

    @property
    def any(self) -> bool:
        return bool(self.lead or self.units or self.written or self.officials or self.people or self.kind)


@dataclass
class _Gathered:
    lead: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    county: str = ""
    number: str = ""
    serial: str = ""
    kind: str = ""
    first_leads: bool = False
    officials: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)

    @property
    def any(self) -> bool:
        return bool(self.lead or self.units or self.written or self.officials or self.people or self.kind)

    def add(self, other: _Gathered, span: tuple[int, int]) -> None:
        self.lead += other.lead
        self.units += other.units
        self.written += other.written
        self.officials += other.officials
        self.people += other.people
        self.kind = self.kind or other.kind
        self.first_leads = self.first_leads or other.first_leads
        self.spans.append(span)

    def take(self, code: str, value: str) -> None:
        value = value.strip(" \t\n\u3000。；;，,")
        if FIRST_LEADS.search(plain(value)):
            self.first_leads = True
        value = _RULE_ASIDE.sub("", value)
        if is_nothing(value):
            return
        if code == "deadline":
            self.written.append(value)
        elif code in ("county", "number", "serial"):
            setattr(self, code, getattr(self, code) or value)
        elif code == "kind":
            self.kind = self.kind or kind_of(value)[0] or ""
        elif code in PEOPLE_FIELDS:
            self._take_people(code, people_of(value))
        elif code in (COMBINED, COMBINED_LEAD, COMBINED_LEAD_PERSON):
            found, people = units_and_people(value)
            units_field, people_field = code.split("+")
            (self.units if units_field == "responsible_units" else self.lead).extend(found.names)
            self._take_people(people_field, people)
        elif code in TERM_FIELDS:
            found = units_of(value)
            self.written += [name for name in found.names if _ONLY_WHEN.fullmatch(name)]
            names = [name for name in found.names if not _ONLY_WHEN.fullmatch(name)]
            if code == "lead_unit":
                self.lead += names
            else:
                self.units += names
                self.lead += found.lead

    def _take_people(self, code: str, found: People) -> None:
        """What names nobody (各乡镇书记) stays as it is written, for a person to see."""
        (self.officials if code == "lead_official" else self.people).extend(found.names or filter(None, [found.unread]))


def label_in(text: str, start: int = 0) -> tuple[str, int, int] | None:
    """The first label of a field from here on: its field, where it begins, where its value begins."""
    for match in _LABEL.finditer(text, start):
        for begins in (match.start(1), match.start(1) + match[1].rfind("、") + 1):  # 县财政局、整改时限：
            if code := code_of(text[begins : match.end(1)]):
                return _spaced_label(text, start, begins) or (code, begins, match.end())
    return _spaced_label(text, start, len(text))


def _spaced_label(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    for match in _LINE_LABEL.finditer(text, start, end):
        if (code := code_of(match[1])) in TERM_FIELDS:
            return code or "", match.start(1), match.end()
    return None


def code_of(label: str) -> str | None:
    bare = re.sub(r"\s+", "", label)
    code = _SHORT.get(bare) or field_of((bare,))
    if code == "title":
        return code if says_exactly(bare, code) else None  # 督导中发现以下问题： announces some
    return code if code in BESIDE_FIELDS else None


def terms_of(text: str, moment: Moment) -> Terms:
    """Everything an entry says besides its wording. ``text``: the entry as written, its paragraphs on lines."""
    found = _Gathered()
    _take_labels(text, found)
    for match in _BRACKET.finditer(text):
        if not _inside(match.span(), found.spans) and _ends_sentence(text, match.end()):
            _take_bracket(match, moment, found)
    _take_emptied(text, found)
    if not found.kind and (of_kind := _OF_KIND.search(text)):
        found.kind = kind_of(of_kind[1])[0] or ""
    if not found.any:
        _take_closing(text, moment, found)
    return Terms(
        _once(found.lead),
        _once(found.units),
        "；".join(_once(found.written)),
        found.county,
        found.number,
        found.serial,
        found.first_leads,
        _without(text, found.spans),
        _once(found.officials),
        _once(found.people),
        found.kind,
    )


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _take_labels(text: str, found: _Gathered) -> None:
    place = 0
    while (label := label_in(text, place)) is not None:
        code, start, value = label
        end = _end_of_value(text, start, value)
        if code == "title":
            found.spans.append((start, value))
            place = value
            continue
        found.take(code, text[value:end])
        found.spans.append((start, end))
        place = max(end, value)


def _end_of_value(text: str, start: int, value: int) -> int:
    """At the next label, the bracket the label stands in, the line's end; a value may begin on the next line."""
    following = label_in(text, value)
    limit = following[1] if following else len(text)
    if limit < len(text) and text[limit - 1 : limit] in _CLOSERS:
        limit -= 1
    begins = re.compile(r"[ \t\u3000]*\n?").match(text, value)
    line = text.find("\n", begins.end() if begins else value)
    while line > 0 and text[line - 1] in "、，," and line < limit:  # the units run on
        line = text.find("\n", line + 1)
    limit = min(limit, line) if line >= 0 else limit
    if other := _OTHER_LABEL.search(text, value, limit):  # ；验收单位：, whatever that is
        limit = other.start()
    depth = 0
    for place in range(value, limit):
        if text[place] in _CLOSERS:
            depth += 1
        elif text[place] in _CLOSERS.values():
            depth -= 1
            if depth < 0:
                return place
        elif text[place] == "。":
            return place
    return limit


def _inside(span: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _ends_sentence(text: str, end: int) -> bool:
    following = text[end : end + 1]
    return not following or following in "\n。；;（(【[" or label_in(text[end : end + 16]) is not None


def _take_emptied(text: str, found: _Gathered) -> None:
    """A bracket that begins with a label goes whole, with labels in it that nobody knows."""
    for match in _BRACKET.finditer(text):
        label = label_in(match[1])
        if label and label[1] == 0 and label[0] in BESIDE_FIELDS:
            found.spans.append(match.span())


def _take_bracket(match: re.Match[str], moment: Moment, found: _Gathered) -> None:
    if (mine := _understood(match[1], moment)) is not None:
        found.add(mine, match.span())


def _understood(text: str, moment: Moment) -> _Gathered | None:
    """Who, by when, or which of them leads; None unless every part of it is that."""
    mine = _Gathered()
    for part in _parts(_GAP.sub("，", text)):
        if FIRST_LEADS.search(plain(part)):
            mine.first_leads = True
        elif _OF_KIND.fullmatch(f"（{part}）"):
            mine.kind = kind_of(part)[0] or ""
        elif named := _named(part):
            mine.take(*named)
        elif role := _ROLE.fullmatch(part):
            if not _take_role(role, mine):
                return None
        elif _is_deadline(part, moment):
            mine.written.append(part)
        elif (names := units_of(part).names) and all(_AGENCY.search(plain(name)) for name in names):
            mine.units += names
        elif part not in ("下同", "以下同"):
            return None
    return mine if mine.any or mine.first_leads else None


def _take_role(role: re.Match[str], mine: _Gathered) -> bool:
    """市水利局牵头, 副市长李志强包案; False where it is neither a unit nor an official."""
    written = role["names"].removeprefix("由")
    found, names = people_of(written), units_of(written).names
    named = bool(found.people) and not found.unread
    if not (named and found.people[0].post):
        if any(_AGENCY.search(plain(name)) or _PLACE.search(plain(name)) for name in names):
            (mine.lead if role["role"] in _LEADING else mine.units).extend(names)
            return role["role"] not in _IN_PERSON - _LEADING
        if not (named and role["by"]):
            return False
    (mine.officials if role["role"] in _IN_PERSON else mine.people).extend(found.names)
    return True


def _named(part: str) -> tuple[str, str] | None:
    """包案领导李志强, 责任人：王建国: the field and who."""
    for length in range(3, 7):
        code = code_of(part[:length])
        names = part[length:].lstrip("：:为")
        if code in PEOPLE_FIELDS and names and not people_of(names).unread:
            return code or "", names
    return None


def _parts(text: str) -> Iterator[str]:
    """At semicolons and stops; at a comma where a role, a date or a rule stands on one side of it."""
    for piece in re.split(r"[；;。\n]+", text):
        held: list[str] = []
        for part in re.split(r"[，,]+", piece):
            held.append(part.strip())
            whole = "，".join(held)
            if (
                _ROLE.fullmatch(whole)
                or _DATED.search(part)
                or FIRST_LEADS.search(plain(part))
                or part.strip() == "下同"
            ):
                if len(held) > 1 and not _ROLE.fullmatch(whole):
                    yield "、".join(held[:-1])
                    whole = held[-1]
                yield whole
                held = []
        if any(held):
            yield "、".join(filter(None, held))


def _is_deadline(text: str, moment: Moment) -> bool:
    if not _DATED.search(text):
        return False
    deadline = read_deadline(text, moment)
    return bool(deadline.due or deadline.kind) and not deadline.faults


def _take_closing(text: str, moment: Moment, found: _Gathered) -> None:
    """…。由新邵县水利局牵头，于8月底前整改到位。 The last sentence, where it asks for something by a day."""
    begins = max((match.end() for match in re.finditer(r"[。；;\n](?=.)", text.rstrip("。；; \n"))), default=0)
    last = text[begins:].strip(" \n。；;")
    if not begins or not _CLOSING.match(last) or not _SETTLED.search(last):
        return
    if (mine := _understood(last, moment)) is not None and (mine.units or mine.lead or mine.officials):
        found.add(mine, (begins, len(text)))
        return
    for part in re.split(r"[，,]", last):
        if named := re.match(r"(?:由|请|责成|责令|要求)(.{3,60}?)(?:于|在|(?:负责|牵头)|$)", part):
            names = units_of(named[1]).names
            if names and all(_AGENCY.search(plain(name)) for name in names):
                found.units += names
        if _is_deadline(part, moment):
            found.written.append(part)


_CUT = "\0"  # where something was taken out; no character of a document


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept, place = [], 0
    for start, end in sorted(spans):
        kept.append(text[place:start])
        place = max(place, end)
    bare = _CUT.join([*kept, text[place:]])
    bare = re.sub(rf"[，,、]+(?=[。；;\n]*{_CUT})|(?<={_CUT})[，,、]+", "", bare).replace(
        _CUT, ""
    )  # left before or behind a cut
    bare = re.sub(r"([。；;！!])[—；;，,。]+", r"\1", bare)
    return "\n".join(line.strip() for line in bare.split("\n") if line.strip(" \t\u3000；;，,。）)】]"))


def term_of(written: str, moment: Moment, received: Moment) -> Deadline:
    """The deadline's day. What is counted off is counted from the day it was received, a year left out is that of the
    document: a letter may lie for weeks, and its 8月底 is still the one it meant."""
    if not written:
        return Deadline()
    found = read_deadline(written, received)
    if any(one.key == "year_before_hand_over" for one in found.faults):
        found = read_deadline(written, moment)
    return replace(found, written=written)
