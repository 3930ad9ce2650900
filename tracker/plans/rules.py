"""States of a plan version, when its measures are in time, and what changed from one version to another. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Protocol

from tracker.base.access import N_
from tracker.issues.rules import bigrams


class PlanState(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    REPLACED = "replaced"  # approved once, then the issue was handed over


PLAN_STATE_NAMES: dict[PlanState, str] = {
    PlanState.SUBMITTED: N_("待批准"),
    PlanState.APPROVED: N_("已批准"),
    PlanState.RETURNED: N_("已退回"),
    PlanState.REPLACED: N_("已作废"),
}


def in_time(measures: Sequence[tuple[str, str, date]], deadline: date | None) -> bool:
    """At least one measure (what, by whom, due), each said in words and due by the deadline where there is one."""
    return bool(measures) and all(
        text.strip() and (deadline is None or due <= deadline) for text, _owner, due in measures
    )


# --- two versions side by side ------------------------------------------------------------------------------------


class Change(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True)
class Piece:
    """A stretch of text: in both versions, only in the earlier (gone), only in the later (new)."""

    change: Change
    text: str


#: Below this share of common characters two texts are shown one after the other: marks all over help nobody.
_ALIKE = 0.35
#: A common stretch shorter than this between two changes is chance (的, 完成) and only breaks the reading up.
_SHORTEST = 2
#: Up to this product of lengths every character is compared; beyond it frequent ones no longer begin a stretch.
_EXACT = 250_000


def difference(before: str, after: str) -> list[Piece]:
    """Both texts as one, character by character: same and gone pieces give ``before``, same and new ones ``after``."""
    if before == after:
        return [Piece(Change.SAME, before)] if before else []
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) * len(after) > _EXACT)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if 2 * sum(block.size for block in blocks) < _ALIKE * (len(before) + len(after)):
        blocks = []
    return list(_pieces(before, after, [block for block in blocks if _lasting(block, before, after)]))


def _lasting(block: Any, before: str, after: str) -> bool:
    first = block.a == block.b == 0
    last = block.a + block.size == len(before) and block.b + block.size == len(after)
    return bool(block.size >= _SHORTEST or first or last)


def _pieces(before: str, after: str, blocks: Sequence[Any]) -> Iterator[Piece]:
    a = b = 0
    for start_a, start_b, size in [*blocks, (len(before), len(after), 0)]:
        for change, text in (
            (Change.GONE, before[a:start_a]),
            (Change.NEW, after[b:start_b]),
            (Change.SAME, before[start_a : start_a + size]),
        ):
            if text:
                yield Piece(change, text)
        a, b = start_a + size, start_b + size


class Step(Protocol):
    """A measure, as far as it is compared."""

    @property
    def text(self) -> Any: ...
    @property
    def owner(self) -> Any: ...
    @property
    def due(self) -> Any: ...
    @property
    def done_on(self) -> Any: ...


@dataclass(frozen=True)
class MeasureChange:
    """One measure in both versions; ``before`` or ``after`` is None where only one has it."""

    before: Step | None
    after: Step | None

    @property
    def shown(self) -> Step:
        step = self.after or self.before
        assert step is not None  # one of the two versions has it
        return step

    @property
    def change(self) -> Change:
        if self.before is None:
            return Change.NEW
        if self.after is None:
            return Change.GONE
        return Change.CHANGED if self.text_changed or self.moved else Change.SAME

    @property
    def text_changed(self) -> bool:
        return self.before is not None and self.after is not None and self.before.text != self.after.text

    @property
    def text(self) -> list[Piece]:
        """The words, marked where both versions have the measure; one that is wholly new or gone needs no marks."""
        if self.before is None or self.after is None:
            return [Piece(Change.SAME, self.shown.text)]
        return difference(self.before.text, self.after.text)

    @property
    def moved(self) -> frozenset[str]:
        """Which of owner, due and done_on differ. A tick that only the later version has is its carrying out."""
        if self.before is None or self.after is None:
            return frozenset()
        names = ("owner", "due", "done_on") if self.before.done_on else ("owner", "due")
        return frozenset(name for name in names if getattr(self.before, name) != getattr(self.after, name))


def measure_changes(before: Sequence[Step], after: Sequence[Step]) -> list[MeasureChange]:
    """The later version's measures in their order, each beside the one it came from; then those that are gone.

    The same words belong together wherever they stand; then the most alike, if they share half of their bigrams.
    """
    grams = [[frozenset(bigrams(step.text).split()) for step in steps] for steps in (before, after)]
    pairs: dict[int, int] = {}
    likeness = sorted(
        (
            (-_likeness(one, other, before[old].text == after[new].text), abs(old - new), old, new)
            for old, one in enumerate(grams[0])
            for new, other in enumerate(grams[1])
        ),
    )
    taken: set[int] = set()
    for alike, _distance, old, new in likeness:
        if -alike >= 0.5 and old not in taken and new not in pairs:
            pairs[new] = old
            taken.add(old)
    kept = [MeasureChange(before[pairs[new]] if new in pairs else None, step) for new, step in enumerate(after)]
    return kept + [MeasureChange(step, None) for old, step in enumerate(before) if old not in taken]


def _likeness(one: frozenset[str], other: frozenset[str], same: bool) -> float:
    """2 for the same words, else the share of bigrams in common, 0 to 1."""
    return 2.0 if same else 2 * len(one & other) / (len(one) + len(other) or 1)
