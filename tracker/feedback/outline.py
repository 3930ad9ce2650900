"""The outline of a document: its lines gathered into numbered nodes inside one another, by their marks and headings.

A mark belongs to the list of its kind that is open; one of a new kind begins a list inside the last node, unless by
custom it is the wider kind (一、 after 1.). A line without a mark goes on with the node above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from tracker.feedback.marks import Mark, mark_of, rank_of
from tracker.feedback.terms import TERM_FIELDS, code_of, label_in
from tracker.feedback.word import Block, Grid, Line

HEADING = "heading"
#: A line that announces what the list below it is: problems here, suggestions there.
_ANNOUNCING = re.compile(r"(?:问题|不足|意见|建议|要求|措施)(?:如下)?[:：]$")
_ASKING = re.compile(r"(?:请|现提出|现就|下一步|下步|为此|对此|要求|建议|希望)[^。；]*[:：]$")


@dataclass
class Node:
    """``kind`` is the mark's, or ``heading`` for one without. ``text`` is its own line, ``body`` the lines after it."""

    kind: str
    label: str = ""
    value: int = 0
    text: str = ""
    heading: int | None = None
    said: str = ""  # the mark as written, for putting lines together again
    body: list[Line | Grid] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [self.text, *(line.text for line in self.body if isinstance(line, Line))]

    @property
    def wording(self) -> str:
        """The node's words as written, a line each."""
        return "\n".join(filter(None, self.lines))

    @property
    def whole(self) -> str:
        """With everything inside it, marks and all."""
        return "\n".join(filter(None, [self.wording, *(child.said + child.whole for child in self.children)]))


@dataclass(frozen=True)
class Outline:
    preface: tuple[Line | Grid, ...]
    nodes: tuple[Node, ...]
    marked: bool  # some line had a number or was a heading


@dataclass(frozen=True)
class _Read:
    """A line with what it begins with."""

    line: Line
    mark: Mark | None
    rest: str

    @property
    def said(self) -> str:
        whole = self.line.number + self.line.text
        return whole[: len(whole) - len(self.rest)]


def outline_of(blocks: Sequence[Block]) -> Outline:
    lines = [_read(block) if isinstance(block, Line) else block for block in blocks]
    return _Builder(_settled(lines)).run()


def _read(line: Line) -> _Read:
    """Word's own number first; where it is none of ours (1#) it still tells that the line begins something."""
    whole = line.number + ("" if not line.number or line.number[-1] in "、.．：:）)" else " ") + line.text
    mark = mark_of(whole)
    if mark is not None and mark.end < len(line.number) and line.number:
        mark = None
    if mark is None and line.number:
        value = re.search(r"\d+", line.number)
        mark = Mark("letter", int(value[0]) if value else 0, line.number.strip(" .、"), len(line.number))
        return _Read(line, mark, line.text)
    return _Read(line, mark, whole[mark.end :].strip() if mark else line.text)


def _settled(lines: Sequence[_Read | Grid]) -> list[_Read | Grid]:
    """Take away marks that are none: weak ones out of turn, and numbers before the labels of a form (2.责任单位：)."""
    settled: list[_Read | Grid] = []
    last: dict[str, int] = {}
    for place, read in enumerate(lines):
        if isinstance(read, Grid) or read.mark is None:
            settled.append(read)
            continue
        mark = read.mark
        label = label_in(read.rest)
        if label and label[1] == 0 and label[0] in TERM_FIELDS:
            settled.append(_Read(Line(read.rest), None, read.rest))
        elif (code := code_of(read.rest)) and _heads_value(lines, place, code):
            settled.append(_Read(Line(read.rest + "："), None, read.rest + "："))
        elif mark.weak and not (_goes_on(mark, last) or (mark.value == 1 and _followed(lines[place + 1 :], mark))):
            settled.append(_Read(read.line, None, read.line.text))
        else:
            last[mark.kind] = mark.value
            settled.append(read)
    return settled


def _heads_value(lines: Sequence[_Read | Grid], place: int, code: str) -> bool:
    """二、整改责任单位, and its value on the next line. 一、整改任务 only where the heading after it is such a one."""
    following = lines[place + 1] if place + 1 < len(lines) else None
    if not isinstance(following, _Read) or following.mark is not None:
        return False
    if code in TERM_FIELDS:
        return True
    mark = next((read.rest for read in lines[place + 1 :] if isinstance(read, _Read) and read.mark is not None), "")
    return code == "title" and code_of(mark) in TERM_FIELDS


def _trailing_labels(lines: Sequence[Line | Grid], wanted: Sequence[str] | None) -> list[str]:
    """The fields of the labelled lines at the end; at most those wanted."""
    found: list[str] = []
    for line in reversed(lines):
        label = label_in(line.text) if isinstance(line, Line) else None
        if label is None or label[1] or label[0] == "title" or (wanted is not None and label[0] not in wanted):
            break
        found.append(label[0])
    return found


def _goes_on(mark: Mark, last: dict[str, int]) -> bool:
    return mark.value > 1 and last.get(mark.kind) == mark.value - 1


def _followed(lines: Sequence[_Read | Grid], mark: Mark) -> bool:
    following = (read.mark for read in lines if isinstance(read, _Read) and read.mark and read.mark.kind == mark.kind)
    return next((other.value == 2 for other in following), False)


class _Builder:
    def __init__(self, lines: Sequence[_Read | Grid]) -> None:
        self.lines = lines
        self.preface: list[Line | Grid] = []
        self.nodes: list[Node] = []
        self.open: list[Node] = []
        self.announced = self._announced()
        self.ahead: list[str] | None = None  # the fields that stand before the problem in a form

    def run(self) -> Outline:
        for place, read in enumerate(self.lines):
            if isinstance(read, Grid):
                self._keep(read)
            elif read.mark is not None:
                self._begin(read, read.mark, place)
            elif place in self.announced:
                self._begin_announced(read, place)
            elif read.line.heading is not None or self._is_bare_heading(read, place):
                self._begin_heading(read)
            elif self._begins_form(read):
                self._begin_form(read.rest)
            else:
                self._keep(Line(read.rest, heading=read.line.heading))
        return Outline(tuple(self.preface), tuple(self.nodes), bool(self.nodes))

    def _announced(self) -> set[int]:
        """Lines that announce a list, where two and more lists of one kind are announced so: each begins at 1 again."""
        found: dict[str, list[int]] = {}
        for place, read in enumerate(self.lines[:-1]):
            below = self.lines[place + 1]
            if (
                isinstance(read, _Read) and read.mark is None and _ANNOUNCING.search(read.rest.strip())
                and isinstance(below, _Read) and below.mark is not None and below.mark.value == 1
            ):  # fmt: skip
                found.setdefault(below.mark.kind, []).append(place)
        return {place for places in found.values() if len(places) > 1 for place in places}

    def _begin_announced(self, read: _Read, place: int) -> None:
        """It stands where the list before it stood."""
        below = self.lines[place + 1]
        kind = below.mark.kind if isinstance(below, _Read) and below.mark else ""
        outside = next((depth for depth, one in enumerate(self.open) if one.kind == kind), len(self.open))
        self.open = self.open[:outside]
        while self.open and self.open[-1].kind == HEADING and self.open[-1].heading is None:
            self.open.pop()
        self._add(Node(HEADING, text=read.rest))

    def _keep(self, block: Line | Grid) -> None:
        if isinstance(block, Line) and not block.text.strip():
            return
        (self.open[-1].body if self.open else self.preface).append(block)

    def _begin(self, read: _Read, mark: Mark, place: int) -> None:
        node = Node(mark.kind, mark.label, mark.value, read.rest, read.line.heading, read.said)
        depth = self._depth(node, place)
        self.open = self.open[:depth]
        self._add(node)

    def _begin_heading(self, read: _Read) -> None:
        level = read.line.heading
        node = Node(HEADING, text=read.rest, heading=level)
        if level is not None:
            self.open = [one for one in self.open if one.heading is not None and one.heading < level]
        else:  # between two lists of one kind: it stands where the first list stood
            self.open = self.open[: self._outermost_of_kind(self.open[-1].kind)]
            while self.open and self.open[-1].kind == HEADING and self.open[-1].heading is None:
                self.open.pop()
        self._add(node)

    def _outermost_of_kind(self, kind: str) -> int:
        return next(place for place, node in enumerate(self.open) if node.kind == kind)

    def _begin_form(self, text: str) -> None:
        """A problem's label begins a form; the labels that stood before the first one stand before each."""
        above = self.open[-1].body if self.open else self.preface
        if self.ahead is None:
            self.ahead = _trailing_labels(above, None)
        taken = len(_trailing_labels(above, self.ahead))
        lines = above[len(above) - taken :]
        del above[len(above) - taken :]
        title = above[-1].text if above and isinstance(above[-1], Line) and self._is_form_title(above) else ""
        self.open = [one for one in self.open if one.kind != "form"]
        if title:
            del above[-1]
            while self.open and self.open[-1].kind == HEADING and self.open[-1].heading is None:
                self.open.pop()
            self._add(Node(HEADING, text=title))
        self._add(Node("form", body=[*lines, Line(text)]))

    def _is_form_title(self, above: Sequence[Line | Grid]) -> bool:
        """A short line below the labels of the form before: it is the next one's title, no value of theirs."""
        last = above[-1]
        return (
            bool(self.open) and self.open[-1].kind == "form" and len(above) > 1 and isinstance(last, Line)
            and 2 <= len(last.text.strip()) <= 25 and not re.search(r"[。；，、：:;,]", last.text)
            and not re.search(r"[:：、，,]\s*$", above[-2].text if isinstance(above[-2], Line) else "")
        )  # fmt: skip

    def _add(self, node: Node) -> None:
        (self.open[-1].children if self.open else self.nodes).append(node)
        self.open.append(node)

    def _depth(self, node: Node, place: int) -> int:
        """How many of the open nodes stay open around this one."""
        if node.heading is not None:
            inner = next(
                (i for i, one in enumerate(self.open) if one.heading is None or one.heading >= node.heading), None
            )
            return len(self.open) if inner is None else inner
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth].kind == node.kind and self.open[depth].heading is None:
                return depth
        for depth in range(len(self.open) - 1, -1, -1):
            if self.open[depth].kind == node.kind:
                return depth
        depth = len(self.open)
        while depth and self._wider(node, self.open[depth - 1], place):
            depth -= 1
        return depth

    def _wider(self, node: Node, last: Node, place: int) -> bool:
        """Whether the list this begins lies outside the last node: by custom, unless the last node's list goes on."""
        if last.kind == "form":
            return True
        if last.kind == HEADING or last.heading is not None or rank_of(last.kind) <= rank_of(node.kind):
            return False
        if node.value != 1:
            return True
        following = (read.mark for read in self.lines[place + 1 :] if isinstance(read, _Read) and read.mark is not None)
        return not next((mark.value == last.value + 1 for mark in following if mark.kind == last.kind), False)

    def _is_bare_heading(self, read: _Read, place: int) -> bool:
        """资金管理方面, alone on a line between two lists that both begin with 1."""
        text = re.sub(r"[:：]$", "", read.rest.strip())  # 市教育局：
        if (
            not self.open
            or self.open[-1].kind == HEADING
            or not 2 <= len(text) <= 25
            or (re.search(r"[。；，！？:：;,]", text) and not _ASKING.match(text))
        ):
            return False
        following = self.lines[place + 1] if place + 1 < len(self.lines) else None
        return (
            isinstance(following, _Read)
            and following.mark is not None
            and following.mark.value == 1
            and any(one.kind == following.mark.kind and one.value >= 1 for one in self.open)
            and self.open[-1].kind == following.mark.kind
        )

    def _begins_form(self, read: _Read) -> bool:
        label = label_in(read.rest)
        return bool(label and label[1] == 0 and label[0] == "title") and not self._awaits_form()

    def _awaits_form(self) -> bool:
        """问题一 alone on its line, and below it the labels."""
        return bool(self.open) and not self.open[-1].text and not self.open[-1].body
