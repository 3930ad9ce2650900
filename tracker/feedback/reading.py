"""A feedback document, read: its letterhead, its problems with clause, wording, units, county and deadline, and what was
passed over and why. Nothing is decided here for good: a person looks at it before it is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import Any

from tracker.base.access import N_
from tracker.base.sheets import Sheet
from tracker.feedback.entries import Context, Found, Passed, as_above, title_of
from tracker.feedback.envelope import (
    DATE_LINE,
    END_LINE,
    NUMBER,
    PAGE_NUMBER,
    handed_over_in,
    opening_of,
    without_end,
    written_on_in,
)
from tracker.feedback.grids import forms_in, found_in, is_form, ledgers_in
from tracker.feedback.outline import HEADING, Node, outline_of
from tracker.feedback.sections import (
    LONGEST_HEADING,
    PROBLEM_SECTION,
    are_parts,
    clause_of,
    groups_of,
    has_terms,
    has_units,
    headings_above,
    is_demand,
    is_heading,
    is_only_heading,
    is_order,
    leaves,
    listed_in,
    of_others,
    own_words,
    praises,
    problem_sections,
    tells_lacks,
    terms_trail,
)
from tracker.feedback.terms import Terms, label_in, terms_of
from tracker.feedback.word import Block, Grid, Line, lines_of, read_blocks
from tracker.ledgers.letterhead import FIRST_LEADS
from tracker.ledgers.problems import Fault, Severity
from tracker.ledgers.vocabulary import Vocabulary, plain

#: Why a passage is not among the problems.
LETTERHEAD = N_("标题、文号和开头的说明")
SECTION_OF_OTHERS = N_("所在部分不是反馈问题")
DEMAND = N_("是整改要求，不是问题")
CLOSING = N_("落款、附件和结尾的话")
BARE_HEADING = N_("只是小标题")
STRANGE_TABLE = N_("表格里没有认出问题一栏")
IN_PARTS = N_("下面分成了几条")
IN_FORM = N_("表里的其他栏，不是问题")
UNNUMBERED = N_("正文没有序号，按段落读成了一条一条。")
SORT_THEM = N_("请逐条核对，不是问题的移出去。")


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
            "issues": [found.as_json(row) for row, found in enumerate(self.entries, 1)],
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


def read_document(data: bytes, *, vocabulary: Vocabulary, received_on: date) -> Feedback:
    """A file as it was brought. Raises DocumentRefused."""
    return _Reader(read_blocks(data), vocabulary, received_on).read()


def read_text(text: str, *, vocabulary: Vocabulary, received_on: date) -> Feedback:
    """Pasted text. Raises DocumentRefused where it is too long."""
    return _Reader(lines_of(text), vocabulary, received_on).read()


class _Reader:
    def __init__(self, blocks: Sequence[Block], vocabulary: Vocabulary, received_on: date) -> None:
        blocks = [block for block in blocks if isinstance(block, Grid) or not PAGE_NUMBER.fullmatch(block.text)]
        self.blocks, self.closing = without_end(blocks)
        texts = [line for block in blocks if isinstance(block, Line) for line in [block.text] if line]
        self.texts = texts
        self.context = Context(vocabulary, received_on, written_on_in(texts), handed_over_in(texts))
        self.demand = self._said_to_all()
        self.first_leads = False
        self.last = Terms()
        self.items: list[Found | Passed] = []
        self.tables = 0
        self.praises = False

    def read(self) -> Feedback:
        outline = outline_of(self.blocks)
        if outline.marked:
            self._preface(outline.preface)
            nodes = self._below_title(outline.nodes)
            only = problem_sections(nodes)
            self.praises = praises(self._title_lines())
            for node in nodes:
                self._section(node, only)
        else:
            self._paragraphs(outline.preface)
        self.items += [Passed(text, DEMAND) for text in self.demand]
        self.items += [Passed(text, CLOSING) for text in self.closing]
        return Feedback(
            self._headline(),
            next((found[0] for text in self.texts[:12] if (found := NUMBER.search(text))), None),
            self.context.written_on,
            self.context.handed_over,
            tuple(self.items),
            outline.marked or bool(self.tables),
        )

    def _said_to_all(self) -> list[str]:
        """请于10月15日前整改到位, below the last entry and naming nobody, is no part of it."""
        last = self.blocks[-1] if len(self.blocks) > 1 else None
        if not isinstance(last, Line) or last.number or not last.text.startswith("请"):
            return []
        terms = terms_of(last.text, self.context.written)
        if terms.units or terms.lead:
            return []
        self.blocks = self.blocks[:-1]
        return [last.text]

    def _found(self) -> int:
        return sum(isinstance(item, Found) for item in self.items)

    def _title_lines(self) -> str:
        """What stands above number and salutation."""
        heads = (item.text for item in self.items if isinstance(item, Passed) and item.why == LETTERHEAD)
        return "".join(takewhile(lambda text: not NUMBER.fullmatch(text) and text[-1] not in "：:。", heads))

    def _headline(self) -> str:
        """The first line that is neither a number nor a salutation, with the one it goes on in."""
        heads = [item.text for item in self.items if isinstance(item, Passed) and item.why == LETTERHEAD]
        candidates = [text for text in heads[:6] if not NUMBER.fullmatch(text) and not DATE_LINE.match(text)]
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

    def _below_title(self, nodes: Sequence[Node]) -> Sequence[Node]:
        """A heading that stands over everything is the document's title, whatever it calls itself (…的审议意见)."""
        if len(nodes) == 1 and nodes[0].kind == HEADING and nodes[0].children:
            self._preface([Line(nodes[0].text), *nodes[0].body])
            return nodes[0].children
        return nodes

    def _section(self, node: Node, only: frozenset[int]) -> None:
        """One of the outermost nodes; what it holds may be no problems at all."""
        if self.praises or (
            not has_units(node, self.context)
            and (of_others(node) or (only and id(node) not in only and not tells_lacks(node)))
        ):
            self.items += [
                Passed(one.wording, SECTION_OF_OTHERS, clause_of(path), headings_above(path[:-1]))
                for path in leaves((node,)) for one in [path[-1]] if one.wording
            ]  # fmt: skip
        else:
            self._node((node,), Terms())

    def _node(self, path: tuple[Node, ...], inherited: Terms) -> None:
        node = path[-1]
        if len(path) > 1 and node.children and of_others(node) and not has_units(node, self.context):
            for leaf in leaves(path):
                self._pass(leaf[-1].wording, SECTION_OF_OTHERS, leaf)
            return
        if not node.children:
            self._leaf(path, inherited)
            return
        own = terms_of(node.wording, self.context.written)
        self._hear(node.wording)
        below = any(has_terms(child, self.context) for child in node.children)
        of_one_sum = plain(node.text).endswith("其中:")  # 滞留300万元，其中：（1）…；（2）…。
        if ((own.any and not below) or of_one_sum) and are_parts(node.children):
            self._entry(clause_of(path), node.whole, headings_above(path[:-1]), inherited)
            return
        if terms_trail(node, self.context):
            self._entry(clause_of(path), node.whole, headings_above(path[:-1]), inherited)
            return
        self._grids(node, path)
        if len(title_of(node.wording)) > LONGEST_HEADING or node.body:  # more than stands above its entries
            self._pass(node.wording, IN_PARTS, path)
        before = len(self.items)
        for child in node.children:
            self._node((*path, child), own if own.any else inherited)
        if not node.body and not any(item.section.startswith(headings_above(path)) for item in self.items[before:]):
            self._pass(node.wording, BARE_HEADING, path)  # nothing stands below it that would show it

    def _leaf(self, path: tuple[Node, ...], inherited: Terms) -> None:
        node = path[-1]
        before = self._found()
        self._grids(node, path)
        lines = self._without_closing(node.lines, path)
        text = "\n".join(filter(None, lines))
        if not text:
            return
        if self._found() > before or (self.blocks and is_only_heading(node, lines)):
            self._hear(text)
            self._pass(text, BARE_HEADING, path)
            return
        groups = groups_of(lines, self.context) if is_heading(node) else []
        if sum(terms_of(group, self.context.written).any for group in groups) > 1:  # paragraphs with terms of their own
            for group in groups:
                self._entry(clause_of(path), group, headings_above(path), inherited)
        elif self._asks(text, path) and not terms_of(text, self.context.written).any:
            self._pass(text, DEMAND, path)
        else:
            self._entry(clause_of(path), text, headings_above(path[:-1]), inherited)

    @staticmethod
    def _asks(text: str, path: tuple[Node, ...]) -> bool:
        """Under a heading that says problems, only what is plainly an order is none."""
        among_problems = any(is_heading(node) and PROBLEM_SECTION.search(own_words(node)) for node in path[:-1])
        return is_order(text) if among_problems else is_demand(text)

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
            if (is_demand(line) or END_LINE.match(line)) and not terms.any:
                self._pass(line, DEMAND if is_demand(line) else CLOSING, path[:-1])
            else:
                kept.append(line)
        return kept

    def _pass(self, text: str, why: str, path: tuple[Node, ...]) -> None:
        if text:
            self.items.append(Passed(text, why, clause_of(path), headings_above(path[:-1])))

    def _entry(self, clause: str | None, text: str, section: str, inherited: Terms) -> None:
        terms = terms_of(text, self.context.written)
        self.first_leads = self.first_leads or terms.first_leads
        terms = as_above(terms, self.last)
        self.last = terms
        if inherited.any:
            terms = replace(
                terms,
                lead=terms.lead or inherited.lead,
                units=terms.units or inherited.units,
                written=terms.written or inherited.written,
                officials=terms.officials or inherited.officials,
                people=terms.people or inherited.people,
                kind=terms.kind or inherited.kind,
            )
        self.items.append(self.context.found(clause, text, terms, section, first_leads=self.first_leads))

    def _hear(self, text: str) -> None:
        """（括号内为责任单位，排在第一位的为牵头单位，下同）"""
        self.first_leads = self.first_leads or bool(FIRST_LEADS.search(plain(text)))

    # --- without ------------------------------------------------------------------------------------------------

    def _paragraphs(self, lines: Sequence[Line | Grid]) -> None:
        """Each paragraph for itself; one that only says who and by when belongs to the one before."""
        texts = [line.text for line in lines if isinstance(line, Line)]
        opening = opening_of(texts)
        self.items += [Passed(text, LETTERHEAD) for text in texts[:opening]]
        for text in texts[:opening]:
            self._hear(text)
        for line in lines:
            if isinstance(line, Grid):
                self._table(line, None, "")
        if self._found():  # a letter around a table
            self.items += [Passed(text, CLOSING) for text in texts[opening:]]
            return
        for text in groups_of(texts[opening:], self.context):
            if is_demand(text) and not terms_of(text, self.context.written).any:
                self.items.append(Passed(text, DEMAND))
            elif END_LINE.match(text) and not terms_of(text, self.context.written).any:
                self.items.append(Passed(text, CLOSING))
            elif not self._found() and not plain(terms_of(text, self.context.written).bare):
                self.items.append(Passed(text, LETTERHEAD))  # 编号：2019-118
            elif listed := listed_in(text):
                self._listed(*listed)
            else:
                self._entry(None, text, "", Terms())

    def _listed(self, before: str, listed: Sequence[str], after: str) -> None:
        self.items.append(Passed(before, IN_PARTS))
        for text in listed:
            self._entry(None, text, "", Terms())
        if after:
            self.items.append(Passed(after, CLOSING))

    # --- tables -------------------------------------------------------------------------------------------------

    def _grids(self, node: Node, path: tuple[Node, ...]) -> None:
        for block in node.body:
            if isinstance(block, Grid):
                self._table(block, clause_of(path), headings_above(path))

    def _table(self, grid: Grid, clause: str | None, section: str) -> None:
        self.tables += 1
        rows = [list(row) for row in grid.rows]
        tables = [] if is_form(rows) else ledgers_in(Sheet(str(self.tables), [[*row] for row in rows], grid.merges))
        for table in tables:
            for found, beside in found_in(table, self.context, clause, section, first_leads=self.first_leads):
                self.items.append(found)
                if beside:
                    self.items.append(Passed(beside, IN_FORM, found.clause, section))
        if tables:
            return
        forms = forms_in(rows)
        for text, others in forms:
            self._entry(clause, text, section, Terms())
            if others:
                self.items.append(Passed(others, IN_FORM, clause, section))
        if not forms:
            text = "\n".join("\t".join(filter(None, row)) for row in rows)
            self.items.append(Passed(text, STRANGE_TABLE, clause, section))
