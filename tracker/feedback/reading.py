"""A feedback document, read: its letterhead, its problems with clause, wording, units, county and deadline, and what was
passed over and why. Nothing is decided here for good: a person looks at it before it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tracker.base.access import N_
from tracker.base.sheets import Sheet
from tracker.feedback.marks import mark_of
from tracker.feedback.outline import HEADING, Node, outline_of
from tracker.feedback.terms import Terms, code_of, label_in, term_of, terms_of
from tracker.feedback.word import Block, Grid, Line, lines_of, read_blocks
from tracker.ledgers.columns import field_of
from tracker.ledgers.deadline_calendar import Moment, find_dates
from tracker.ledgers.deadlines import TIME_LIMITED, Deadline, Milestone
from tracker.ledgers.letterhead import Letterhead, ledger_date_of
from tracker.ledgers.problems import Fault, Severity
from tracker.ledgers.row_cells import TableCells
from tracker.ledgers.rows import read_rows
from tracker.ledgers.table import Table, find_tables
from tracker.ledgers.values import categories_in, counties_in, county_of
from tracker.ledgers.vocabulary import Vocabulary, plain

LONGEST_HEADING = 40  # of what is shown above an entry
#: Why a passage is not among the problems.
LETTERHEAD = N_("标题、文号和开头的说明")
SECTION_OF_OTHERS = N_("所在部分不是反馈问题")
DEMAND = N_("是整改要求，不是问题")
CLOSING = N_("落款、附件和结尾的话")
BARE_HEADING = N_("只是小标题")
STRANGE_TABLE = N_("表格里没有认出问题一栏")
IN_PARTS = N_("下面分成了几条")
UNNUMBERED = N_("正文没有序号，按段落读成了一条一条。")
SORT_THEM = N_("请逐条核对，不是问题的移出去。")


@dataclass(frozen=True)
class Found:
    """One problem. ``wording`` is verbatim, ``title`` the same without units and deadline; ``section`` the headings above."""

    clause: str | None
    wording: str
    title: str
    section: str = ""
    county: str | None = None
    category: str | None = None  # proposed by its words
    lead_unit: str | None = None
    units: tuple[str, ...] = ()
    deadline_written: str = ""
    deadline: date | None = None
    kind: str = TIME_LIMITED
    milestones: tuple[Milestone, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Passed:
    text: str
    why: str
    clause: str | None = None
    section: str = ""


@dataclass(frozen=True)
class Feedback:
    title: str
    document_number: str | None
    written_on: date | None
    handed_over: date | None
    items: tuple[Found | Passed, ...]  # in the order of the document
    numbered: bool  # otherwise every paragraph was taken for a problem, and somebody has to sort them

    @property
    def entries(self) -> list[Found]:
        return [item for item in self.items if isinstance(item, Found)]

    @property
    def passed(self) -> list[Passed]:
        return [item for item in self.items if isinstance(item, Passed)]

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": len(self.entries),
            "title": self.title,
            "document_number": self.document_number,
            "ledger_date": self.written_on.isoformat() if self.written_on else None,
            "issues": [_as_json(row, found) for row, found in enumerate(self.entries, 1)],
            "not_problems": [{"text": one.text, "what": one.why} for one in self.passed],
            "errors": [],
            "asks": [
                {"cell": str(row), "phrase": found.deadline_written, **_said(fault)}
                for row, found in enumerate(self.entries, 1)
                for fault in found.faults
                if fault.message.severity is not Severity.WARNING
            ],
            "warnings": [] if self.numbered else [{"cell": "", "problem": UNNUMBERED, "mend": SORT_THEM}],
        }


def _said(fault: Fault) -> dict[str, str]:
    params = dict(fault.values)
    return {
        "problem": fault.message.msgid % params if params else fault.message.msgid,
        "question": fault.message.mend_msgid % params if params else fault.message.mend_msgid,
    }


def _as_json(row: int, found: Found) -> dict[str, Any]:
    return {
        "row": row,
        "clause": found.clause,
        "title": found.title,
        "wording": found.wording,
        "section": found.section,
        "county": found.county,
        "proposed_category": found.category,
        "lead_unit": found.lead_unit,
        "responsible_units": list(found.units),
        "deadline": found.deadline.isoformat() if found.deadline else None,
        "deadline_written": found.deadline_written or None,
        "kind": found.kind,
        "milestones": [{"due": one.due.isoformat(), "text": one.text} for one in found.milestones],
        # a document does not say these; somebody does when the finding is listed
        "category": None,
        "lead_official": None,
        "responsible_person": None,
        "state": None,
    }


def read_document(data: bytes, *, vocabulary: Vocabulary, received_on: date) -> Feedback:
    """A file as it was brought. Raises DocumentRefused."""
    return _Reader(read_blocks(data), vocabulary, received_on).read()


def read_text(text: str, *, vocabulary: Vocabulary, received_on: date) -> Feedback:
    """Pasted text. Raises DocumentRefused where it is too long."""
    return _Reader(lines_of(text), vocabulary, received_on).read()


def read_entry(text: str, context: Context) -> Found:
    """One problem's words alone, as when a person parts or joins what was read."""
    return context.found(None, text, terms_of(text, context.written), "")


@dataclass(frozen=True)
class Context:
    """What holds for every entry of a document."""

    vocabulary: Vocabulary
    received_on: date
    written_on: date | None = None
    handed_over: date | None = None

    @property
    def written(self) -> Moment:
        day = self.written_on or self.received_on
        return Moment(self.vocabulary.add_workdays, day.year, day, self.handed_over or day, day)

    @property
    def received(self) -> Moment:
        day = self.written_on or self.received_on
        return Moment(
            self.vocabulary.add_workdays, day.year, day, self.handed_over or self.received_on, self.received_on
        )

    def found(
        self, clause: str | None, wording: str, terms: Terms, section: str, *, first_leads: bool = False
    ) -> Found:
        deadline = term_of(terms.written, self.written, self.received)
        title = _title(terms.bare) or _title(wording)
        lead = terms.lead[0] if terms.lead else terms.units[0] if first_leads and terms.units else None
        return Found(
            clause or terms.number or terms.serial or None,
            wording,
            title,
            section,
            self.county(terms, title, section),
            self.category(title, section),
            lead,
            terms.units or terms.lead,
            terms.written,
            **_of(deadline),
        )

    def county(self, terms: Terms, title: str, section: str) -> str | None:
        """What a label says, else the one county its words, its units or its section name."""
        if terms.county and (named := county_of(terms.county, self.vocabulary)[0].county):
            return named
        for texts in ([title], [*terms.units, *terms.lead], [section]):
            names = {name for text in texts for name in counties_in(text, self.vocabulary)}
            if names:
                return names.pop() if len(names) == 1 else None
        return None

    def category(self, title: str, section: str) -> str | None:
        for text in (title, *reversed(section.split(" › "))):
            named = categories_in(text, self.vocabulary)
            if len(named) == 1:
                return named[0]
        return None


def _of(deadline: Deadline) -> dict[str, Any]:
    return {
        "deadline": deadline.due,
        "kind": deadline.kind or TIME_LIMITED,
        "milestones": deadline.milestones,
        "faults": deadline.faults,
    }


def _title(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", re.sub(r"\t+", " ", text)).strip(" \u3000")


# --- which passages are problems ----------------------------------------------------------------------------------

_LACKING = re.compile(
    r"不(?!断|懈|折不扣|愁|忘|仅|但|得|准|要|能只|留死角|漏)|未|没|无(?!论)|缺|差|弱|薄|低|慢|滞|迟|违|闲置|空白|流于|超|错|漏|假|挪|截留|套取|浪费|"
    r"问题(?!整改|清单|销号)|短板|不足|困难|隐患|雷同|弄虚|拖|欠|逾期|损|死亡|渗|停产|反弹|重复|粗|偏|乱"
)
_OTHERS = re.compile(
    r"(?:整改|工作|有关|相关|几点|下一步|下步|具体|落实)?(?:整改)?(?:工作)?(?:要求|建议|意见|安排|打算|措施|对策|部署)(?:和(?:要求|建议|意见|措施))?$|"
    r"^(?:主要|工作|整改|取得的?|总体)*(?:成效|成绩|做法|亮点|经验|进展|特点)(?!不|未|差|方面)|(?:基本|总体|检查|督查|督察|工作|巡视|评估|审计|调研)(?:工作)?(?:的)?(?:情况|概况|评价)$|工作(?:开展|推进|进展|完成)情况$|"
    r"组织(?:领导|实施|保障)|保障措施|指导思想|总体要求|基本原则|(?:发展|总体|主要|工作)目标|方法步骤|时间安排|抓好(?:整改|落实)"
)
_PROBLEM_SECTION = re.compile(
    r"(?:存在|发现|反馈|查出|突出|主要|具体|需(?:要)?整改|移交|指出|巡视|督查|审计)[^。]{0,8}问题|问题(?:清单|及|和|$)"
)
_DEMAND = re.compile(
    r"^(?:请(?![示客假托吃])|要(?![素求])|须|务必|应当?|必须|希望|建议|望|各(?:级|县|地|部门|单位|乡|责任|有关|相关|市)|你(?:市|县|区|单位|局)|对.{0,24}?[，,]?(?:要(?!求)|将|严肃)|认真|切实|进一步|加强|"
    r"强化|严格|加快|加大|压实|提高|坚持|深入|扎实|健全|完善|建立|抓好|抓实|做好|举一反三|高度重视|严肃|确保|及时报送|按(?:时|期|要求)|(?:以上|上述)问题|"
    r"对(?:以上|上述|照))"
)
_ORDER = re.compile(
    r"请(?![示客假托吃])|(?:以上|上述|对以上|对上述)|对[^。；]{0,24}[，,]?(?:将(?!近)|严肃|要(?!求))(?!.{0,6}(?:不|未|没))"
)
_SIGNED = re.compile(r"^[一-龥（）()、“”]{4,40}$")
_END_LINE = re.compile(
    r"^(?:附件?\s*\d*\s*[:：]|附[:：]|抄送|抄报|主送|印发|联\s*系\s*(?:人|电话|方式)|电\s*话|传真|邮\s*箱|地\s*址|特此|此致|敬礼|以上意见|专此|（?此件|\(此件|（本文|填报|制表|第\s*\d+\s*页|主任委员|签发|校对)"
)
_DATE_LINE = re.compile(
    r"^[（(]?(?:(?:反馈|移送|交办|印发|填报|成文|发文)?(?:日期|时间)[:：])?\s*(?:19|20|二[〇○零])[^。，；]{5,14}日?[）)]?$"
)
_NUMBER = re.compile(r"[一-龥A-Za-z]{1,14}[〔\[［（(]\s*(?:19|20)\d{2}\s*[〕\]］）)]\s*(?:第)?\s*\d{1,5}\s*号")
_OF_AN_ENTRY = re.compile(r"[日号]前|[之以]前|[时期]限[:：]|[。；]")
_PAGE_NUMBER = re.compile(r"[-—–]\s*\d{1,3}\s*[-—–]|第\s*\d+\s*页(?:[，,\s]*共\s*\d+\s*页)?")
_SALUTATION = re.compile(r"^[^。，]{2,80}[:：]$")


class _Reader:
    def __init__(self, blocks: Sequence[Block], vocabulary: Vocabulary, received_on: date) -> None:
        blocks = [block for block in blocks if isinstance(block, Grid) or not _PAGE_NUMBER.fullmatch(block.text)]
        self.blocks, self.closing = _without_end(blocks)
        texts = [line for block in blocks if isinstance(block, Line) for line in [block.text] if line]
        self.texts = texts
        self.context = Context(vocabulary, received_on, _written_on(texts), _handed_over(texts))
        self.first_leads = False
        self.last = Terms()
        self.items: list[Found | Passed] = []
        self.tables = 0

    def read(self) -> Feedback:
        outline = outline_of(self.blocks)
        only = _problem_sections(outline.nodes)
        if outline.marked:
            self._preface(outline.preface)
            for node in outline.nodes:
                self._section(node, only)
        else:
            self._paragraphs(outline.preface)
        self.items += [Passed(text, CLOSING) for text in self.closing]
        return Feedback(
            self._headline(),
            next((found[0] for text in self.texts[:12] if (found := _NUMBER.search(text))), None),
            self.context.written_on,
            self.context.handed_over,
            tuple(self.items),
            outline.marked or bool(self.tables),
        )

    def _found(self) -> int:
        return sum(isinstance(item, Found) for item in self.items)

    def _headline(self) -> str:
        """The first line that is neither a number nor a salutation, with the one it goes on in."""
        heads = [item.text for item in self.items if isinstance(item, Passed) and item.why == LETTERHEAD]
        candidates = [text for text in heads[:6] if not _NUMBER.fullmatch(text) and not _DATE_LINE.match(text)]
        first = next((text for text in candidates if len(text) <= 80 and text[-1] not in "。：:；"), "")
        return re.sub(r"\s+", "", first)

    # --- with numbers or headings -------------------------------------------------------------------------------

    def _preface(self, lines: Iterable[Line | Grid]) -> None:
        for line in lines:
            if isinstance(line, Grid):
                self._table(line, None, "")
            else:
                self._hear(line.text)
                self.items.append(Passed(line.text, LETTERHEAD))

    def _section(self, node: Node, only: frozenset[int]) -> None:
        """One of the outermost nodes; what it holds may be no problems at all."""
        if not _has_units(node, self.context) and (
            _of_others(node) or (only and id(node) not in only and not _tells_lacks(node))
        ):
            self.items += [
                Passed(one.wording, SECTION_OF_OTHERS, _clause(path), _above(path[:-1]))
                for path in _leaves((node,)) for one in [path[-1]] if one.wording
            ]  # fmt: skip
        else:
            self._node((node,), Terms())

    def _node(self, path: tuple[Node, ...], inherited: Terms) -> None:
        node = path[-1]
        if len(path) > 1 and node.children and _of_others(node) and not _has_units(node, self.context):
            for leaf in _leaves(path):
                self._pass(leaf[-1].wording, SECTION_OF_OTHERS, leaf)
            return
        if not node.children:
            self._leaf(path, inherited)
            return
        own = terms_of(node.wording, self.context.written)
        self._hear(node.wording)
        below = any(_has_terms(child, self.context) for child in node.children)
        if own.any and not below and _are_parts(node.children):
            self._entry(_clause(path), node.whole, _above(path[:-1]), inherited)
            return
        trailing = _trailing(node, self.context)
        if trailing:
            self._entry(_clause(path), node.whole, _above(path[:-1]), inherited)
            return
        self._grids(node, path)
        if len(_title(node.wording)) > LONGEST_HEADING or node.body:  # more than stands above its entries
            self._pass(node.wording, IN_PARTS, path)
        before = len(self.items)
        for child in node.children:
            self._node((*path, child), own if own.any else inherited)
        if not node.body and not any(item.section.startswith(_above(path)) for item in self.items[before:]):
            self._pass(node.wording, BARE_HEADING, path)  # nothing stands below it that would show it

    def _leaf(self, path: tuple[Node, ...], inherited: Terms) -> None:
        node = path[-1]
        before = self._found()
        self._grids(node, path)
        lines = self._without_closing(node.lines, path)
        text = "\n".join(filter(None, lines))
        if not text:
            return
        if self._found() > before or (self.blocks and _is_only_heading(node, lines)):
            self._hear(text)
            self._pass(text, BARE_HEADING, path)
            return
        groups = _groups(lines, self.context) if _is_heading(node) else []
        if sum(terms_of(group, self.context.written).any for group in groups) > 1:  # paragraphs with terms of their own
            for group in groups:
                self._entry(_clause(path), group, _above(path), inherited)
        elif self._asks(text, path) and not terms_of(text, self.context.written).any:
            self._pass(text, DEMAND, path)
        else:
            self._entry(_clause(path), text, _above(path[:-1]), inherited)

    @staticmethod
    def _asks(text: str, path: tuple[Node, ...]) -> bool:
        """Under a heading that says problems, only what is plainly an order is none."""
        among_problems = any(_is_heading(node) and _PROBLEM_SECTION.search(_own_words(node)) for node in path[:-1])
        return _is_order(text) if among_problems else _is_demand(text)

    def _without_closing(self, lines: Sequence[str], path: tuple[Node, ...]) -> list[str]:
        """请于…前报送 on a line of its own below the last entry belongs to no entry."""
        kept, ended = [lines[0]], False
        for line in lines[1:]:
            terms = terms_of(line, self.context.written)
            labelled = label_in(line) is not None
            if ended and "。" in line and not terms.any and not labelled:  # a sentence below who and by when
                self._pass(line, CLOSING, path[:-1])
                continue
            ended = ended or (terms.any and len(plain(terms.bare)) < 4)
            if (_is_demand(line) or _END_LINE.match(line)) and not terms.any:
                self._pass(line, DEMAND if _is_demand(line) else CLOSING, path[:-1])
            else:
                kept.append(line)
        return kept

    def _pass(self, text: str, why: str, path: tuple[Node, ...]) -> None:
        if text:
            self.items.append(Passed(text, why, _clause(path), _above(path[:-1])))

    def _entry(self, clause: str | None, text: str, section: str, inherited: Terms) -> None:
        terms = terms_of(text, self.context.written)
        self.first_leads = self.first_leads or terms.first_leads
        terms = _as_above(terms, self.last)
        self.last = terms
        if inherited.any:
            terms = replace(
                terms,
                lead=terms.lead or inherited.lead,
                units=terms.units or inherited.units,
                written=terms.written or inherited.written,
            )
        self.items.append(self.context.found(clause, text, terms, section, first_leads=self.first_leads))

    def _hear(self, text: str) -> None:
        self.first_leads = self.first_leads or terms_of(text, self.context.written).first_leads

    # --- without ------------------------------------------------------------------------------------------------

    def _paragraphs(self, lines: Sequence[Line | Grid]) -> None:
        """Each paragraph for itself; one that only says who and by when belongs to the one before."""
        texts = [line.text for line in lines if isinstance(line, Line)]
        opening = _opening(texts)
        self.items += [Passed(text, LETTERHEAD) for text in texts[:opening]]
        for text in texts[:opening]:
            self._hear(text)
        for line in lines:
            if isinstance(line, Grid):
                self._table(line, None, "")
        if self._found():  # a letter around a table
            self.items += [Passed(text, CLOSING) for text in texts[opening:]]
            return
        for text in _groups(texts[opening:], self.context):
            if _is_demand(text) and not terms_of(text, self.context.written).any:
                self.items.append(Passed(text, DEMAND))
            else:
                self._entry(None, text, "", Terms())

    # --- tables -------------------------------------------------------------------------------------------------

    def _grids(self, node: Node, path: tuple[Node, ...]) -> None:
        for block in node.body:
            if isinstance(block, Grid):
                self._table(block, _clause(path), _above(path))

    def _table(self, grid: Grid, clause: str | None, section: str) -> None:
        self.tables += 1
        rows = [list(row) for row in grid.rows]
        found = [] if _is_form(rows) else _ledgers(Sheet(str(self.tables), [[*row] for row in rows], grid.merges))
        if found:
            for table in found:
                self._ledger(table, clause, section)
        elif texts := _forms(rows):
            for text in texts:
                self._entry(clause, text, section, Terms())
        else:
            text = "\n".join("\t".join(filter(None, row)) for row in rows)
            self.items.append(Passed(text, STRANGE_TABLE, clause, section))

    def _ledger(self, table: Table, clause: str | None, section: str) -> None:
        context = self.context
        day = context.written_on or context.received_on
        head = Letterhead(
            ledger_date=day, year=day.year, first_leads=self.first_leads,
            handed_over=context.handed_over or day, fed_back=day,
        )  # fmt: skip
        cells = TableCells(table, head, context.vocabulary)
        for row in read_rows(cells, day):
            own = row.clause or row.number or row.serial
            terms = terms_of(row.wording, context.written)
            deadline = Deadline(
                row.deadline_written, row.deadline, row.kind, row.milestones,
                faults=tuple(one.fault for one in cells.problems if row.cells.get("deadline") == one.cell),
            )  # fmt: skip
            if not deadline.written and terms.written:
                deadline = term_of(terms.written, context.written, context.received)
            title = _title(terms.bare) or row.title
            self.items.append(
                Found(
                    (clause or "") + (own or "") or None,
                    row.wording,
                    title,
                    section,
                    row.county or context.county(terms, title, section),
                    row.category or context.category(title, section),
                    row.lead_unit or next(iter(terms.lead), None),
                    row.responsible_units or terms.units,
                    deadline.written,
                    **_of(deadline),
                )
            )


def _as_above(terms: Terms, above: Terms) -> Terms:
    """责任单位：同上."""
    return replace(
        terms,
        lead=above.lead if terms.lead == ("同上",) else terms.lead,
        units=above.units if terms.units == ("同上",) else terms.units,
        written=above.written if terms.written == "同上" else terms.written,
    )


def _problem_sections(nodes: Sequence[Node]) -> frozenset[int]:
    """Where some part calls itself the problems found, the others are something else."""
    return frozenset(
        id(node)
        for node in nodes
        if node.children
        and _is_heading(node)
        and len(words := _own_words(node)) <= 20
        and _PROBLEM_SECTION.search(words)
    )


def _tells_lacks(node: Node) -> bool:
    """Whether what stands in a part reads like problems all the same: 三、干部作风方面 beside 二、存在的主要问题."""
    leaves = [path[-1].wording for path in _leaves((node,)) if not path[-1].children]
    return sum(bool(_LACKING.search(words)) and not _is_demand(words) for words in leaves) * 2 >= len(leaves)


def _own_words(node: Node) -> str:
    return plain(node.text).rstrip("。：:")


def _of_others(node: Node) -> bool:
    """A part whose short title says demands, praise or arrangements, and nothing of a lack."""
    words = re.split(r"[。：:]", plain(node.text))[0]
    if not words or len(words) > 24 or (_LACKING.search(words) and not re.search(r"(?:要求|建议|意见)$", words)):
        return False
    if _PROBLEM_SECTION.search(words) and (
        re.search(r"问题[及和与、]", words) or not re.search(r"(?:要求|建议)$", words)
    ):
        return False
    return bool(_OTHERS.search(words) or (node.children and _is_demand(words)))


def _is_demand(text: str) -> bool:
    first = re.split(r"[，。；\n]", text.strip())[0]
    return _is_order(text) or (bool(_DEMAND.match(text.strip())) and not _LACKING.search(first))


def _is_order(text: str) -> bool:
    """Plainly said to somebody: 请…, 以上问题…, 对整改不力的，要严肃问责."""
    return bool(_ORDER.match(text.strip()))


def _is_heading(node: Node) -> bool:
    return node.kind == HEADING or node.heading is not None or node.kind in ("part", "chinese", "chinese_bracket")


def _is_only_heading(node: Node, lines: Sequence[str]) -> bool:
    """A title without anything below it: no sentence, and nothing lacking said."""
    text = plain(lines[0])
    return (
        len([line for line in lines if line]) == 1
        and _is_heading(node)
        and len(text) <= 20
        and not re.search(r"[。；，]", text)
        and (not _LACKING.search(text) or bool(_PROBLEM_SECTION.search(text)))
    )


def _leaves(path: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    if path[-1].wording:
        yield path
    for child in path[-1].children:
        yield from _leaves((*path, child))


def _clause(path: Sequence[Node]) -> str | None:
    """The numbers from the outermost inwards: 二（一）3; 1.2.1 says all of it by itself."""
    said = ""
    for node in path:
        own = node.label
        if own.startswith(said) and node.kind.startswith("dotted"):
            said = ""
        said += own
    return said or None


def _above(path: Sequence[Node]) -> str:
    """The headings an entry stands under."""
    return " › ".join(text for node in path if (text := _title(re.split(r"\n", node.text)[0])[:LONGEST_HEADING]))


def _has_terms(node: Node, context: Context) -> bool:
    return terms_of(node.wording, context.written).any or any(_has_terms(child, context) for child in node.children)


def _has_units(node: Node, context: Context) -> bool:
    """Whether somebody is named to do something about it: then it is asked to be listed, whatever its part is called."""
    terms = terms_of(node.wording, context.written)
    return bool(terms.units or terms.lead) or any(_has_units(child, context) for child in node.children)


def _are_parts(children: Sequence[Node]) -> bool:
    """（1）…；（2）…；（3）…。 are parts of one sentence."""
    return len(children) > 1 and all(child.wording.rstrip().endswith(("；", ";")) for child in children[:-1])


def _trailing(node: Node, context: Context) -> bool:
    """Parts of one sentence, and the terms of the whole below the last of them."""
    *others, last = node.children
    return (
        _are_parts(node.children) and _has_terms(last, context) and not any(_has_terms(one, context) for one in others)
    )


def _groups(lines: Sequence[str], context: Context) -> list[str]:
    """Lines gathered into entries: one with nothing but terms in it goes with the line before. A first line that is a
    title stays with what follows it."""
    groups: list[list[str]] = []
    for line in lines:
        label = label_in(line)
        only_terms = bool(label and label[1] <= 1 and label[0] != "title") or (
            bool(line) and (terms := terms_of(line, context.written)).any and len(plain(terms.bare)) < 4
        )
        valued = bool(groups) and re.search(r"[:：]\s*$", groups[-1][-1]) and label_in(groups[-1][-1]) is not None
        if groups and (only_terms or valued):
            groups[-1].append(line)
        elif line:
            groups.append([line])
    return ["\n".join(group) for group in groups]


def _opening(texts: Sequence[str]) -> int:
    """How many lines at the beginning are title, number, salutation and introduction."""
    place = 0
    for number, text in enumerate(texts[:8]):
        bare = text.strip()
        if _NUMBER.fullmatch(bare) or _SALUTATION.match(bare) or _DATE_LINE.match(bare):
            place = number + 1
        elif place == number and len(bare) <= 60 and bare[-1] not in "。；;.！" and not terms_like(bare):
            place = number + 1 if number == 0 or place else place
    return place if place < len(texts) else 0


def terms_like(text: str) -> bool:
    return label_in(text) is not None


# --- the ends of a letter -----------------------------------------------------------------------------------------


def _without_end(blocks: Sequence[Block]) -> tuple[list[Block], list[str]]:
    """Signature, date, enclosures and the like, taken off from below."""
    kept = list(blocks)
    taken: list[str] = []
    signed = False
    while kept and isinstance(kept[-1], Line):
        text = kept[-1].text.strip()
        dated = bool(_DATE_LINE.match(text))
        if kept[-1].number or not (
            not text or dated or _END_LINE.match(text) or (signed and _SIGNED.match(text) and len(text) <= 30)
        ):
            break
        signed = signed or dated
        kept.pop()
        if text:
            taken.insert(0, text)
    return (kept, taken) if any(isinstance(block, Grid) or block.text for block in kept) else (list(blocks), [])


def _written_on(texts: Sequence[str]) -> date | None:
    """The day below the signature, else the one a short line above or below gives."""
    for text in reversed(texts):
        if _DATE_LINE.match(text.strip()) and (days := find_dates(text)):
            return days[0][0]
    ends = (*texts[:8], *texts[-8:])
    short = [text for text in ends if len(text) <= 40 and not mark_of(text) and not _OF_AN_ENTRY.search(text)]
    return ledger_date_of(short)


def _handed_over(texts: Sequence[str]) -> date | None:
    for text in texts:
        for day, before in find_dates(text) if len(text) <= 40 else []:
            if re.search(r"(?:交办|移送|移交|转办|下达)(?:时间|日期|日)?:?$", before):
                return day
    return None


# --- tables -------------------------------------------------------------------------------------------------------


def _ledgers(sheet: Sheet) -> list[Table]:
    """Tables with a column of problems, by the ledgers' own words; in a document even two columns are a table."""
    tables = [table for table in find_tables(sheet) if "title" in table.fields and table.records]
    if tables:
        return tables
    for row in range(1, min(4, len(sheet.rows)) + 1):
        heads = [field_of((str(cell),)) for cell in sheet.rows[row - 1] if str(cell).strip()]
        if len(heads) > 1 and "title" in heads:
            found = find_tables(sheet, (row, row))
            return [table for table in found if table.records]
        column = _column_of_opinions([str(cell) for cell in sheet.rows[row - 1]])
        if len(heads) > 1 and column:
            return [table for table in find_tables(sheet, (row, row), {column: "title"}) if table.records]
    return []


def _column_of_opinions(cells: Sequence[str]) -> str | None:
    """评审意见, 检查情况: what else stands for the problems where no column is called so."""
    for word in ("问题", "意见", "隐患", "情况"):
        named = [
            cell
            for cell in cells
            if word in cell and len(plain(cell)) <= 8 and not re.search("整改|处理|落实|解决", cell)
        ]
        if named:
            return re.sub(r"\s+", " ", named[0]).strip()
    return None


def _is_form(rows: Sequence[Sequence[str]]) -> bool:
    """Labels down the left: the first column is nothing but names of fields."""
    first = [row[0] for row in rows if row and row[0].strip()]
    return len(first) > 1 and sum(code_of(text) is not None for text in first) * 2 > len(first) and not (
        sum(code_of(text) is not None for text in rows[0]) > 2 and len(rows) > 1
        and sum(code_of(text) is not None for text in rows[0]) == sum(bool(text.strip()) for text in rows[0])
    )  # fmt: skip


def _forms(rows: Sequence[Sequence[str]]) -> list[str]:
    """Each form as lines of label and value; a second label of the problem begins a second form."""
    forms: list[list[str]] = [[]]
    begun = False
    for row in rows:
        cells = [cell.strip() for cell in row if cell.strip()]
        for label, value in zip(cells[::2], cells[1::2], strict=False):
            code = code_of(label)
            if code is None:
                continue
            if code in ("title", "number", "serial") and begun and any(line.startswith(label) for line in forms[-1]):
                forms.append([])
                begun = False
            begun = begun or code in ("title", "number", "serial")
            forms[-1].append(f"{label}：{value}")
    return ["\n".join(form) for form in forms if any(code_of(line.split("：")[0]) == "title" for line in form)]
