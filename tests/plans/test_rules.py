"""When the measures of a plan are in time; what changed from one version to another."""

from __future__ import annotations

from datetime import date, timedelta
from time import process_time
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tracker.plans.rules import Change, Piece, difference, in_time, measure_changes

DEADLINE = date(2019, 8, 31)
DUES = st.dates(DEADLINE - timedelta(days=3), DEADLINE + timedelta(days=3))


@given(st.lists(DUES, max_size=4))
def test_at_least_one_measure_and_every_one_due_by_the_deadline(dues: list[date]) -> None:
    late = [due for due in dues if due > DEADLINE]
    assert in_time([("铺管", "水利局", due) for due in dues], DEADLINE) == (bool(dues) and not late)


@given(st.lists(DUES, min_size=1, max_size=4))
def test_without_a_deadline_any_day_is_in_time(dues: list[date]) -> None:
    assert in_time([("铺管", "", due) for due in dues], None)


def test_a_measure_says_what_is_to_be_done() -> None:
    assert not in_time([("铺管", "", DEADLINE), (" ", "水利局", DEADLINE)], DEADLINE)


# --- two versions side by side ----------------------------------------------------------------------------------------

WORDS = st.text("铺设管网三公里，完成。ab ", max_size=30)


def said(pieces: list[Piece]) -> str:
    """``铺[设]管{道}网``: gone in brackets, new in braces."""
    marks = {Change.SAME: "{}", Change.GONE: "[{}]", Change.NEW: "{{{}}}"}
    return "".join(marks[piece.change].format(piece.text) for piece in pieces)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_off_a_difference(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.change is not Change.NEW) == before
    assert "".join(piece.text for piece in pieces if piece.change is not Change.GONE) == after


def test_a_difference_marks_the_characters_that_changed() -> None:
    assert said(difference("铺设管网三公里，八月底前通水。", "铺设管网五公里，八月底前全部通水。")) == (
        "铺设管网[三]{五}公里，八月底前{全部}通水。"
    )


def test_texts_with_little_in_common_stand_one_after_the_other_unbroken() -> None:
    before, after = "更换取水口的提升泵，恢复供水。", "完成水质检测并向群众公示结果。"
    assert said(difference(before, after)) == f"[{before}]{{{after}}}"


def test_a_difference_of_the_longest_texts_is_found_in_bounded_work() -> None:
    before, after = "的，" * 2500, "，的" * 2400 + "完"
    started = process_time()
    assert "".join(piece.text for piece in difference(before, after) if piece.change is not Change.GONE) == after
    assert process_time() - started < 5


def step(text: str, owner: str = "水利局", due: date = DEADLINE, done_on: date | None = None) -> SimpleNamespace:
    return SimpleNamespace(text=text, owner=owner, due=due, done_on=done_on)


def test_a_measure_is_recognised_by_its_words_wherever_it_stands() -> None:
    before = [step("铺设主管网三公里"), step("更换提升泵两台"), step("清洗蓄水池")]
    after = [step("更换提升泵两台", owner="王建国"), step("铺设主管网五公里"), step("检测水质")]
    changes = measure_changes(before, after)
    assert [(change.change, change.shown.text) for change in changes] == [
        (Change.CHANGED, "更换提升泵两台"),
        (Change.CHANGED, "铺设主管网五公里"),
        (Change.NEW, "检测水质"),
        (Change.GONE, "清洗蓄水池"),
    ]
    assert changes[0].moved == {"owner"}
    assert (changes[1].moved, said(changes[1].text)) == (frozenset(), "铺设主管网[三]{五}公里")


def test_a_measure_changed_only_in_owner_due_or_done_is_changed() -> None:
    one = step("铺管", done_on=date(2019, 7, 1))
    assert measure_changes([one], [one])[0].change is Change.SAME
    for name, value in (("owner", "财政局"), ("due", date(2019, 8, 1)), ("done_on", None)):
        (change,) = measure_changes([one], [step("铺管", **{"done_on": date(2019, 7, 1)} | {name: value})])
        assert (change.change, change.moved) == (Change.CHANGED, {name})


def test_carrying_out_the_later_version_changes_no_measure() -> None:
    assert measure_changes([step("铺管")], [step("铺管", done_on=date(2019, 7, 2))])[0].change is Change.SAME


@given(st.lists(WORDS, max_size=6), st.lists(WORDS, max_size=6))
def test_every_measure_of_both_versions_stands_in_the_comparison_once(before: list[str], after: list[str]) -> None:
    changes = measure_changes([step(text) for text in before], [step(text) for text in after])
    assert sorted(c.before.text for c in changes if c.before) == sorted(before)
    assert [c.after.text for c in changes if c.after] == after
