"""A photo tells when, where and what it looks like; it is handed on without its place and with every pixel."""

from __future__ import annotations

import io
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from tests.base.pictures import GPS, photograph
from tracker.base import clock, photos

LOOKS = st.integers(0, 2**64 - 1).map(lambda bits: f"{bits:016x}")


def read(folder: Path, content: bytes) -> photos.Photo:
    path = folder / "photo"
    path.write_bytes(content)
    return photos.read(path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_time_and_place_are_read(tmp_path: Path, kind: str) -> None:
    photo = read(tmp_path, photograph(kind=kind, taken="2019:07:01 08:30:00", place=(27.32, 111.46)))
    assert photo.taken_at == datetime(2019, 7, 1, 8, 30, tzinfo=clock.ZONE)
    assert (photo.latitude, photo.longitude) == (pytest.approx(27.32), pytest.approx(111.46))


@pytest.mark.parametrize("exif", [
    {}, {"taken": "0000:00:00 00:00:00"}, {"taken": "yesterday"}, {"taken": "1970:01:01 00:00:00"}, {"place": (0, 0)},
    {"place": (91, 200)}, {"gps": {1: "N"}}, {"gps": {1: "N", 2: (1, 2), 3: "E", 4: (1, 2)}},
])  # fmt: skip
def test_what_is_missing_or_nonsense_is_nothing(tmp_path: Path, exif: dict[str, Any]) -> None:
    photo = read(tmp_path, photograph(**exif))
    assert (photo.taken_at, photo.longitude, photo.latitude) == (None, None, None)


def test_south_and_west_are_negative(tmp_path: Path) -> None:
    photo = read(tmp_path, photograph(place=(-33.5, -70.25)))
    assert (photo.latitude, photo.longitude) == (pytest.approx(-33.5), pytest.approx(-70.25))


def test_a_picture_made_smaller_brighter_or_worse_looks_nearly_the_same_and_another_does_not(tmp_path: Path) -> None:
    first = read(tmp_path, photograph(seed=1)).look
    assert first is not None
    picture = Image.open(io.BytesIO(photograph(seed=1)))
    for changed in (picture.resize((320, 240)), ImageEnhance.Brightness(picture).enhance(1.1), picture):
        target = io.BytesIO()
        changed.save(target, "JPEG", quality=60)
        again = read(tmp_path, target.getvalue()).look
        assert again is not None
        assert photos.distance(first, again) <= photos.NEAR
    other = read(tmp_path, photograph(seed=2)).look
    assert other is not None
    assert photos.distance(first, other) > photos.NEAR


def test_a_blank_wall_looks_like_nothing(tmp_path: Path) -> None:
    target = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(target, "JPEG")
    assert read(tmp_path, target.getvalue()).look is None


@given(LOOKS, st.lists(st.integers(0, 63), max_size=photos.NEAR))
def test_near_looks_always_share_a_band(look: str, flipped: list[int]) -> None:
    bits = int(look, 16)
    for place in flipped:
        bits ^= 1 << place
    near = f"{bits:016x}"
    assert photos.distance(look, near) <= photos.NEAR
    assert any(one == other for one, other in zip(photos.bands(look), photos.bands(near), strict=True))


@pytest.mark.parametrize(("kind", "how"), [
    ("JPEG", {}), ("JPEG", {"progressive": True}), ("JPEG", {"restart_marker_rows": 1}), ("PNG", {}), ("WEBP", {}),
    ("WEBP", {"lossless": True}),
])  # fmt: skip
@pytest.mark.parametrize("orientation", [1, 6])
def test_the_place_goes_and_every_pixel_stays(tmp_path: Path, kind: str, how: dict[str, Any], orientation: int) -> None:
    path = tmp_path / "photo"
    path.write_bytes(photograph(kind=kind, place=(27.32, 111.46), orientation=orientation, comment="沙坪村", **how))
    assert photos.read(path).latitude is not None
    content = photos.without_place(path, f"image/{kind.lower()}")
    with Image.open(io.BytesIO(content)) as clean, Image.open(path) as original:
        exif = clean.getexif()
        assert not exif.get_ifd(GPS)
        assert clean.tobytes() == original.tobytes()
        assert exif.get(0x0112, 1) == orientation
    assert "沙坪村".encode() not in content


def test_what_stands_behind_the_picture_is_not_handed_on(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(photograph() + photograph(place=(27.32, 111.46)))
    content = photos.without_place(path, "image/jpeg")
    assert content.count(b"\xff\xd8\xff") == 1


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp"])
@pytest.mark.parametrize("length", [20, 200, 900])
def test_a_picture_cut_off_is_never_handed_out_instead(tmp_path: Path, media_type: str, length: int) -> None:
    path = tmp_path / "photo"
    path.write_bytes(photograph(kind=media_type[6:].upper(), place=(27.32, 111.46))[:length])
    try:
        content = photos.without_place(path, media_type)
    except (ValueError, OSError):
        return
    assert b"Exif" not in content
    assert b"EXIF" not in content


def test_a_photo_whose_parts_cannot_be_told_apart_is_drawn_anew_without_its_place(tmp_path: Path) -> None:
    path = tmp_path / "photo"
    whole = photograph(seed=3, place=(27.32, 111.46), orientation=6)
    tables = whole.index(b"\xff\xdb")
    path.write_bytes(whole[:tables] + b"\xff\x00" + whole[tables:])  # no part begins so; what draws it passes over
    look = photos.read(path).look
    path_of_copy = tmp_path / "copy"
    path_of_copy.write_bytes(photos.without_place(path, "image/jpeg"))
    copy = photos.read(path_of_copy)
    assert (copy.latitude, copy.longitude) == (None, None)
    assert look is not None
    assert copy.look is not None
    assert photos.distance(copy.look, look) <= photos.NEAR  # turned upright for good


@pytest.mark.filterwarnings("ignore")  # the library says what is broken; what matters is that nothing is raised
@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10_000), value=st.integers(0, 255), length=st.integers(1, 6))
def test_a_broken_note_never_stands_in_a_photos_way(place: int, value: int, length: int) -> None:
    whole = photograph(seed=4, taken="2019:07:01 08:30:00", place=(27.32, 111.46))
    end = whole.index(b"\xff\xdb")  # the notes stand before the tables
    start = whole.index(b"Exif\0\0") + 6
    spot = start + place % (end - start - length)
    content = whole[:spot] + bytes([value]) * length + whole[spot + length :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo"
        path.write_bytes(content)
        assert photos.read(path).look is not None
