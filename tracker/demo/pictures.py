"""Made-up evidence: simple drawn photographs and a record as PDF, every one stamped as a demonstration; a letter in Word.

Drawn without any font of the machine: the words are cut from ``stamps.png``, so that they look the same everywhere.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from random import Random
from time import struct_time

from docx import Document
from PIL import ExifTags, Image, ImageChops, ImageDraw

SIZE = (720, 480)
_STAMP_HEIGHT = 56
_WORDS = ("演示图片", "整改前", "整改后", "现场核查", "演示材料", "验收记录表", "问题整改资料", "仅供演示")
_PAPER = (620, 877)  # A4 at 75 dots per inch
_INK = (70, 70, 74)
_MADE = struct_time((2019, 8, 31, 0, 0, 0, 5, 243, 0))  # one content, one address

Color = tuple[int, int, int]


def photographs(number: int, *, after: bool, seed: int = 7) -> list[Image.Image]:
    """``number`` different pictures of a village place, before or after the work."""
    random = Random(seed + after)
    stamps = _stamps()
    return [_photograph(random, place, stamps, "整改后" if after else "整改前") for place in range(number)]


def shot(scene: Image.Image, random: Random, taken_at: datetime | None = None) -> bytes:
    """One JPEG of a place in the light of that minute: no two of a place look the same to a machine."""
    clouds = Image.frombytes("L", (9, 8), random.randbytes(72)).resize(SIZE, Image.Resampling.BILINEAR)
    light = Image.blend(Image.new("L", SIZE, 128), clouds, 0.35)
    notes = Image.Exif()
    if taken_at is not None:
        notes.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    ImageChops.overlay(scene, Image.merge("RGB", (light, light, light))).save(
        out, "JPEG", quality=72, exif=notes.tobytes() if taken_at else b""
    )
    return out.getvalue()


def records(number: int, *, seed: int = 11) -> list[bytes]:
    """``number`` different one-page PDF forms without content."""
    random = Random(seed)
    stamps = _stamps()
    return [_pdf(_record(random, stamps)) for _ in range(number)]


def letter(lines: Sequence[str]) -> bytes:
    """A Word document of these paragraphs."""
    made, out = Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def _stamps() -> dict[str, Image.Image]:
    with (files("tracker.demo") / "stamps.png").open("rb") as source, Image.open(source) as sheet:
        whole = sheet.convert("L")
    rows = {
        word: whole.crop((0, place * _STAMP_HEIGHT, whole.width, (place + 1) * _STAMP_HEIGHT))
        for place, word in enumerate(_WORDS)
    }
    return {word: row.crop(row.getbbox() or (0, 0, 1, 1)) for word, row in rows.items()}


def _pdf(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PDF", resolution=75, creationDate=_MADE, modDate=_MADE)
    return out.getvalue()


def _photograph(random: Random, place: int, stamps: dict[str, Image.Image], state: str) -> Image.Image:
    sky = random.randint(-18, 18)
    picture = _gradient((150 + sky, 185 + sky // 2, 214), (226, 233, 232))
    draw = ImageDraw.Draw(picture)
    for step in range(3):
        _hills(draw, random, 210 + step * 45, (118 - step * 18, 146 - step * 8 + sky // 3, 122 - step * 26))
    draw.rectangle((0, 360, *SIZE), fill=(132 + sky, 124 + sky, 96))
    (_house, _tank, _road, _pipes)[place % 4](draw, random)
    band = Image.new("RGB", (SIZE[0], 64), (28, 30, 34))
    picture.paste(Image.blend(picture.crop((0, 416, *SIZE)), band, 0.72), (0, 416))
    _press(picture, stamps["演示图片"], (16, 428), (245, 245, 245))
    _press(picture, stamps[state], (SIZE[0] - 16 - stamps[state].width, 428), (245, 216, 140))
    coarse = (SIZE[0] // 2, SIZE[1] // 2)
    grain = Image.frombytes("L", coarse, random.randbytes(coarse[0] * coarse[1])).resize(SIZE).convert("RGB")
    return ImageChops.overlay(picture, Image.blend(Image.new("RGB", SIZE, (128, 128, 128)), grain, 0.12))


def _gradient(top: Color, bottom: Color) -> Image.Image:
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), bottom)
    return strip.resize(SIZE, Image.Resampling.BICUBIC)


def _hills(draw: ImageDraw.ImageDraw, random: Random, height: int, color: Color) -> None:
    tops = [(x, height - random.randint(0, 70)) for x in range(-60, SIZE[0] + 121, 120)]
    draw.polygon([(0, SIZE[1]), *tops, (SIZE[0], SIZE[1])], fill=color)


def _house(draw: ImageDraw.ImageDraw, random: Random) -> None:
    left, width = random.randint(120, 330), random.randint(200, 260)
    draw.rectangle((left, 250, left + width, 380), fill=(224, 216, 200))
    draw.polygon([(left - 18, 252), (left + width // 2, 190), (left + width + 18, 252)], fill=(112, 70, 60))
    draw.rectangle((left + width // 2 - 22, 300, left + width // 2 + 22, 380), fill=(96, 74, 58))
    for window in (left + 22, left + width - 66):
        draw.rectangle((window, 285, window + 44, 325), fill=(150, 176, 190), outline=_INK)


def _tank(draw: ImageDraw.ImageDraw, random: Random) -> None:
    left = random.randint(140, 380)
    draw.rectangle((left, 255, left + 190, 385), fill=(176, 182, 186))
    draw.ellipse((left, 235, left + 190, 277), fill=(200, 205, 208), outline=_INK)
    draw.rectangle((left + 190, 345, left + 300, 359), fill=(84, 108, 140))


def _road(draw: ImageDraw.ImageDraw, random: Random) -> None:
    middle = random.randint(280, 440)
    draw.polygon(
        [(middle - 14, 330), (middle + 14, 330), (middle + 210, 416), (middle - 210, 416)], fill=(150, 150, 152)
    )
    draw.line((middle, 334, middle, 414), fill=(236, 236, 226), width=4)


def _pipes(draw: ImageDraw.ImageDraw, random: Random) -> None:
    for row in range(random.randint(3, 5)):
        top = 300 + row * 22
        draw.rectangle((110, top, 610, top + 16), fill=(66, 100, 150 + row * 12))
        draw.ellipse((600, top, 620, top + 16), fill=(30, 44, 62))


def _record(random: Random, stamps: dict[str, Image.Image]) -> Image.Image:
    page = Image.new("RGB", _PAPER, (255, 255, 255))
    draw = ImageDraw.Draw(page)
    title = stamps["验收记录表"]
    _press(page, title, ((_PAPER[0] - title.width) // 2, 62), (20, 20, 20))
    rows = sorted(random.sample(range(170, 700, 30), 9))
    draw.rectangle((60, 140, 560, 740), outline=_INK)
    for row in rows:
        draw.line((60, row, 560, row), fill=_INK)
        draw.line((200, row + 14, 200 + random.randint(120, 330), row + 14), fill=(170, 170, 174), width=6)
    draw.line((180, 140, 180, 740), fill=_INK)
    _press(page, stamps["演示材料"], (60, 780), (176, 40, 40))
    _press(page, stamps["仅供演示"], (360, 780), (176, 40, 40))
    return page


def _press(picture: Image.Image, stamp: Image.Image, where: tuple[int, int], color: Color) -> None:
    picture.paste(Image.new("RGB", stamp.size, color), where, stamp)
