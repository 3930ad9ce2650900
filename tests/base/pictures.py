"""Photos as a camera makes them, drawn for the tests."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import Image, ImageDraw, PngImagePlugin

EXIF, GPS = 0x8769, 0x8825


def photograph(
    *,
    seed: int = 0,
    kind: str = "JPEG",
    taken: str | None = None,
    place: tuple[float, float] | None = None,
    gps: dict[int, Any] | None = None,
    orientation: int = 1,
    comment: str | None = None,
    **how: Any,
) -> bytes:
    """A scene of its own for each seed. ``taken``: "2019:07:01 08:30:00"; ``place``: latitude and longitude."""
    chance, picture = random.Random(seed), Image.new("RGB", (640, 480), "grey")
    draw = ImageDraw.Draw(picture)
    for _ in range(60):
        left, top = chance.randrange(640), chance.randrange(480)
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.rectangle((left, top, left + chance.randrange(40, 240), top + chance.randrange(40, 200)), fill=colour)
    exif = Image.Exif()
    if orientation != 1:
        exif[0x0112] = orientation
    if taken is not None:
        exif[EXIF] = {0x9003: taken}
    if place is not None:
        gps = {
            1: "N" if place[0] >= 0 else "S",
            2: _parts(place[0]),
            3: "E" if place[1] >= 0 else "W",
            4: _parts(place[1]),
        }
    if gps is not None:
        exif[GPS] = gps
    if comment is not None and kind == "PNG":
        how["pnginfo"] = PngImagePlugin.PngInfo()
        how["pnginfo"].add_itxt("Comment", comment)
    elif comment is not None and kind == "JPEG":
        how["comment"] = comment.encode()
    target = io.BytesIO()
    picture.save(target, kind, exif=exif, **how)
    return target.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = abs(degrees)
    return float(int(whole)), float(int(whole * 60) % 60), round(whole * 3600 % 60, 3)
