"""What a report may say of the quantity, how an uploaded file is named, what is odd about a photo. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import asin, cos, radians, sin, sqrt
from typing import Any, BinaryIO, Protocol

from tracker.base.access import N_, Refused
from tracker.org.rules import Level

NAME_LENGTH = 200


class Upload(Protocol):
    """A file as it arrives, from a form or from a command."""

    filename: str | None
    stream: BinaryIO


def check_quantity(done: int | None, total: int | None) -> None:
    """Refuse a figure that cannot be: without a total, below nothing, above all."""
    if done is None:
        return
    if total is None:
        raise Refused(N_("这个问题没有量化指标，请把完成情况写在说明里。"))
    if not 0 <= done <= total:
        raise Refused(N_("完成数 %(done)s 不对：应在 0 到 %(total)s 之间。"), done=done, total=total)


def check_amount(done: Decimal | None, amount: Decimal | None) -> None:
    """Refuse money put right where no amount is concerned, or more than there is."""
    if done is None:
        return
    if amount is None:
        raise Refused(N_("这个问题没有写涉及金额，请把金额写在说明里。"))
    if not 0 <= done <= amount:
        raise Refused(N_("已整改金额 %(done)s 元不对：应在 0 到 %(amount)s 元之间。"), done=done, amount=amount)


def file_name(written: str | None) -> str:
    """The last part of the path, without control characters, the extension kept when it is shortened."""
    name = (written or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    stem, dot, extension = name.rpartition(".")
    if len(name) <= NAME_LENGTH or not dot:
        return name[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"


# --- what is odd about a photo: told to whoever decides, never a reason to refuse it -------------------------------

#: How many kilometres from the middle of a region of this level a photo may be taken before it is told.
FAR: dict[Level, int] = {
    Level.VILLAGE: 15,
    Level.TOWNSHIP: 25,
    Level.COUNTY: 80,
    Level.CITY: 150,
    Level.PROVINCE: 600,
}
_CAMERA_SLACK = timedelta(days=1)  # clocks of cameras, and zones they were never told of
_EARTH = 6371.0  # km


@dataclass(frozen=True)
class Concern:
    """One thing that is odd. ``number``: the issue it leads to, where the reader may know it."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict)
    number: str | None = None


def time_concerns(day: date | None, listed_on: date, brought_on: date) -> list[Concern]:
    """A photo of before the problem was on the list shows the problem, not its end."""
    if day is None:
        return []
    if day < listed_on:
        return [Concern(N_("拍摄于 %(day)s，早于列单日期 %(listed)s。"), {"day": day, "listed": listed_on})]
    if day > brought_on + _CAMERA_SLACK:
        return [Concern(N_("拍摄时间 %(day)s 晚于上传时间，相机时钟可能不准。"), {"day": day})]
    return []


def place_concerns(
    photo: tuple[float, float] | None, region: tuple[float, float] | None, level: Level, name: str
) -> list[Concern]:
    """``photo`` and ``region``: longitude and latitude in degrees, of the region's middle."""
    if photo is None or region is None:
        return []
    far = kilometres(photo, region)
    if far <= FAR[level]:
        return []
    return [Concern(N_("拍摄地点距%(region)s约 %(far)s 公里。"), {"region": name, "far": round(far)})]


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way between two places (longitude, latitude in degrees) on a ball: haversine formula."""
    (east1, north1), (east2, north2) = ((radians(each) for each in place) for place in (one, other))
    half = sin((north2 - north1) / 2) ** 2 + cos(north1) * cos(north2) * sin((east2 - east1) / 2) ** 2
    return 2 * _EARTH * asin(sqrt(min(1.0, half)))


def used_elsewhere(exact: bool, number: str | None) -> Concern:
    """The same picture stands with another issue; which one is told to a supervisor who covers both."""
    if number is None:
        said = N_("同一张照片也用在另一个问题里。") if exact else N_("几乎相同的照片也用在另一个问题里。")
        return Concern(said)
    said = N_("同一张照片也用在 %(number)s 里。") if exact else N_("几乎相同的照片也用在 %(number)s 里。")
    return Concern(said, {"number": number}, number)
