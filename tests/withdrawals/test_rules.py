"""What may be withdrawn, and what is left of its name."""

from __future__ import annotations

import pytest

from tracker.base.access import Refused
from tracker.issues.workflow import State
from tracker.withdrawals.rules import check_unlocked, masked


@pytest.mark.parametrize(
    ("name", "left"),
    [("张三身份证.jpg", "***.jpg"), ("名单.tar.gz", "***.gz"), ("没有后缀", "***"), (".密", "***")],
)
def test_of_a_name_only_the_kind_is_left(name: str, left: str) -> None:
    assert masked(name) == left


def test_only_what_is_under_review_is_locked() -> None:
    for state in set(State) - {State.REVIEWING}:
        check_unlocked(state)
    with pytest.raises(Refused, match="锁定"):
        check_unlocked(State.REVIEWING)
