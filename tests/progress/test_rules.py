"""What a figure may be, and how a file that arrives is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.base.access import Refused
from tracker.progress.rules import NAME_LENGTH, check_quantity, file_name


@given(st.integers(-3, 30), st.integers(1, 20))
def test_a_figure_lies_between_nothing_and_all(done: int, total: int) -> None:
    if 0 <= done <= total:
        check_quantity(done, total)
    else:
        with pytest.raises(Refused, match=f"0 到 {total}"):
            check_quantity(done, total)


@given(st.integers(0, 5))
def test_without_a_total_there_is_no_figure(done: int) -> None:
    with pytest.raises(Refused, match="没有量化指标"):
        check_quantity(done, None)
    check_quantity(None, None)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("现场.jpg", "现场.jpg"),
        ("C:\\Users\\王\\现场.jpg", "现场.jpg"),
        ("../../etc/现场.jpg", "现场.jpg"),
        ("现\n场\x00.jpg", "现场.jpg"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_file_keeps_the_last_part_of_its_path(written: str | None, name: str) -> None:
    assert file_name(written) == name


@given(st.text(max_size=400), st.sampled_from(["jpg", "pdf", "xlsx"]))
def test_a_name_is_short_printable_without_a_path_and_keeps_its_extension(stem: str, extension: str) -> None:
    name = file_name(f"{stem}.{extension}")
    assert len(name) <= NAME_LENGTH
    assert name.isprintable()
    assert not set(name) & set("/\\")
    assert name.endswith(f".{extension}")
