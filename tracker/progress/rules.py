"""What a report may say of the quantity, and how an uploaded file is named. Pure."""

from __future__ import annotations

from typing import BinaryIO, Protocol

from tracker.base.access import N_, Refused

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


def file_name(written: str | None) -> str:
    """The last part of the path, without control characters, the extension kept when it is shortened."""
    name = (written or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if letter.isprintable()).strip()
    stem, dot, extension = name.rpartition(".")
    if len(name) <= NAME_LENGTH or not dot:
        return name[:NAME_LENGTH]
    return f"{stem[: NAME_LENGTH - len(extension) - 1]}.{extension}"
