"""What a photo tells besides its picture: when and where it was taken, and what it looks like. Touches no database."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from tracker.base import clock

PICTURES = ("JPEG", "PNG", "WEBP")
BANDS = 4  # of 16 bits each: two looks at most three bits apart share one, since three bits cannot touch all four
NEAR = BANDS - 1
_PLAIN = 6  # a look with fewer bits set, or clear, is a blank wall or the sky: it resembles too much to say anything
_SMALL = 256  # px, enough to tell 9 × 8 fields apart
_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _ORIENTATION = 0x9003, 0x0112


@dataclass(frozen=True)
class Photo:
    """``look``: 64 bits as 16 hex digits, None for a plain picture; ``taken_at`` by the camera's clock, taken as ours;
    ``longitude`` and ``latitude`` in degrees, east and north."""

    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    look: str | None = None


def read(path: Path) -> Photo:
    """What stands in the file; whatever is missing or makes no sense is None. Raises what Pillow does for no picture."""
    with Image.open(path, formats=PICTURES) as picture:
        picture.draft("L", (_SMALL, _SMALL))
        return told_by(picture)


def told_by(picture: Image.Image) -> Photo:
    """The same of a picture that is open, which is made small on the way; one drawn already is not drawn again."""
    taken, place = _noted(picture)
    picture.thumbnail((_SMALL, _SMALL))
    look = _look(ImageOps.exif_transpose(picture))
    longitude, latitude = place or (None, None)
    return Photo(taken, longitude, latitude, look)


def _noted(picture: Image.Image) -> tuple[datetime | None, tuple[float, float] | None]:
    """Time and place from the EXIF. Any device wrote it, in any shape: a broken note never stands in a photo's way."""
    try:
        exif = picture.getexif()
        return _taken_at(exif), _place(exif)
    except Exception:  # of the many kinds a parser fails with
        return None, None


def bands(look: str) -> tuple[int, ...]:
    """The four parts of a look, for finding near ones by an index."""
    return tuple(int(look[place : place + 4], 16) for place in range(0, 4 * BANDS, 4))


def distance(one: str, other: str) -> int:
    """In how many of the 64 bits two looks differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _look(picture: Image.Image) -> str | None:
    """Difference hash (dHash): whether each of 8 × 8 places is darker than its right neighbour.

    It survives another size, another quality and small changes of brightness.
    """
    small = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (small[row * 9 + column] < small[row * 9 + column + 1])
    return f"{bits:016x}" if _PLAIN <= bits.bit_count() <= 64 - _PLAIN else None


def _taken_at(exif: Image.Exif) -> datetime | None:
    with suppress(ValueError, TypeError, KeyError, OverflowError):
        written = str(exif.get_ifd(_EXIF)[_TAKEN]).strip("\0 ")
        taken = datetime.strptime(written, "%Y:%m:%d %H:%M:%S").replace(tzinfo=clock.ZONE)
        return taken if taken.year > 1970 else None  # a camera whose clock was never set
    return None


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    """Longitude and latitude."""
    with suppress(ValueError, TypeError, KeyError, ZeroDivisionError, IndexError):
        gps = exif.get_ifd(_GPS)
        latitude, longitude = _degrees(gps[2], gps[1] == "S"), _degrees(gps[4], gps[3] == "W")
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0):
            return longitude, latitude
    return None


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


# --- the same picture without what it tells of its place ---------------------------------------------------------


_MARK = b"Exif\0\0"  # before the EXIF of a JPEG only


def without_place(path: Path, media_type: str) -> bytes:
    """The picture with its pixels untouched and without EXIF, XMP and comments, but for which way is up.

    A file whose parts cannot be told apart (some devices leave out the end) is drawn anew. Raises ValueError where
    that cannot be done either: the original must not be handed out instead.
    """
    try:
        return _parts_kept(path, media_type)
    except ValueError:
        return _drawn_anew(path)


def _drawn_anew(path: Path) -> bytes:
    try:
        with Image.open(path, formats=PICTURES) as picture:
            drawn = ImageOps.exif_transpose(picture)
            out = io.BytesIO()
            drawn.info.clear()
            drawn.save(out, picture.format if picture.format in PICTURES else "JPEG", quality=92)
    except (OSError, SyntaxError) as error:
        raise ValueError("a picture that cannot be drawn") from error
    return out.getvalue()


def _parts_kept(path: Path, media_type: str) -> bytes:
    content = path.read_bytes()
    try:
        parts = {"image/png": _png, "image/webp": _webp}.get(media_type, _jpeg)
        return parts(content, _orientation(path))
    except (struct.error, IndexError) as error:
        raise ValueError("a picture whose parts end before their time") from error


def _orientation(path: Path) -> bytes:
    """EXIF that says only which way is up; nothing when it is upright."""
    with Image.open(path, formats=PICTURES) as picture:
        turned = picture.getexif().get(_ORIENTATION, 1)
    if turned not in range(2, 9):
        return b""
    only = Image.Exif()
    only[_ORIENTATION] = turned
    return only.tobytes()


def _jpeg(content: bytes, turned: bytes) -> bytes:
    """Up to the end of the first picture: what phones put behind it is a second one with an EXIF of its own."""
    out = bytearray(content[:2])
    if turned:
        out += b"\xff\xe1" + struct.pack(">H", len(turned) + 2) + turned
    for marker, part in _segments(content):
        told = marker in (0xE1, 0xED, 0xFE) or (marker == 0xE2 and part[4:8] == b"MPF\0")
        if not told:
            out += part
    return bytes(out)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 2
    while True:
        marker = content[place + 1]
        if content[place] != 0xFF or marker < 0xC0:
            raise ValueError("not a segment of a JPEG")
        if marker == 0xFF:  # a byte of padding
            place += 1
            continue
        if marker == 0xD9:
            yield marker, content[place : place + 2]
            return
        end = place + 2 + struct.unpack_from(">H", content, place + 2)[0]
        if marker == 0xDA:  # the picture itself follows; in it an FF is followed by 00 or a restart mark
            while content[end] != 0xFF or content[end + 1] == 0 or 0xD0 <= content[end + 1] <= 0xD7:
                step = content.find(b"\xff", end + 1)
                if step < 0:
                    raise ValueError("a JPEG without an end")
                end = step
        yield marker, content[place:end]
        place = end


def _png(content: bytes, turned: bytes) -> bytes:
    out, place = bytearray(content[:8]), 8
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        kind = content[place + 4 : place + 8]
        if kind not in (b"eXIf", b"tEXt", b"zTXt", b"iTXt"):
            out += content[place : place + 12 + length]
        if kind == b"IHDR" and turned:
            part = b"eXIf" + turned.removeprefix(_MARK)
            out += struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        place += 12 + length
        if kind == b"IEND":
            break
    return bytes(out)


def _webp(content: bytes, turned: bytes) -> bytes:
    out, place, end = bytearray(), 12, 8 + struct.unpack_from("<I", content, 4)[0]
    while place < end:
        kind, (length,) = content[place : place + 4], struct.unpack_from("<I", content, place + 4)
        part = bytearray(content[place : place + 8 + length + length % 2])
        if kind == b"VP8X":
            part[8] &= ~(0x04 if turned else 0x0C)  # no XMP follows any more, and EXIF only where it says something
        if kind not in (b"EXIF", b"XMP "):
            out += part
        place += len(part)
        if len(part) < 8:
            raise ValueError("a WebP that ends before its time")
    if turned:
        told = turned.removeprefix(_MARK)
        out += b"EXIF" + struct.pack("<I", len(told)) + told + b"\0" * (len(told) % 2)
    return b"RIFF" + struct.pack("<I", len(out) + 4) + b"WEBP" + bytes(out)
