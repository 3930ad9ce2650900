"""Stored evidence, addressed by content: written and fsynced before the row that names it commits.

An original is only ever sent as an attachment; what is shown is a picture the server made from it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import filetype
import pypdfium2
from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import BigInteger, ColumnElement, Index, String, Table, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base import clock, photos
from tracker.base.access import N_, Refused
from tracker.base.db import Base, Instant, db, upsert
from tracker.base.photos import PICTURES, Photo

#: extension -> media type sniffed from the bytes (None: plain text, which has no magic number)
ALLOWED: dict[str, str | None] = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": None,
    "txt": None,
}
#: What stands inside a container that many other things (programs, installers) are made of too.
_STREAMS = {"doc": ("WordDocument",), "xls": ("Workbook", "Book")}
_MEMBERS = {"docx": "word/", "xlsx": "xl/", "ods": "content.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PREVIEW_EDGE = 1400  # px, longest side
PREVIEW_PAGES = 20
PREVIEW_SCALE = 1.8  # px a point, for pages of paper's size
MOST_PIXELS = 80_000_000
Image.MAX_IMAGE_PIXELS = None  # _check_picture counts them, and refuses in words where the library only warns
_PDFIUM = Lock()  # the library may be in one call at a time, whatever the document; requests run in threads


class StoredFile(Base):
    """One content, however often it is attached."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    pages: Mapped[int] = mapped_column(default=0)  # how many previews can be made
    stored_at: Mapped[datetime] = mapped_column(Instant)
    # What a photo tells of itself; see photos.Photo. Empty until it was looked at, which ``examined_at`` says of any file.
    examined_at: Mapped[datetime | None] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    look: Mapped[str | None] = mapped_column(String(16))
    band1: Mapped[int | None]
    band2: Mapped[int | None]
    band3: Mapped[int | None]
    band4: Mapped[int | None]
    erased_at: Mapped[datetime | None] = mapped_column(Instant)  # the bytes had to go; size and hash stay

    __table_args__ = (
        # a photo that looks like this one shares a band with it
        *(Index(f"ix_stored_file_band{number}", f"band{number}") for number in range(1, 5)),
        # stored before photos were looked at: what the scheduler has still to do
        Index(
            "ix_stored_file_unexamined",
            "sha256",
            sqlite_where=text("examined_at IS NULL"),
            postgresql_where=text("examined_at IS NULL"),
        ),
    )

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


def store(stream: BinaryIO, name: str, limit: int | None = None) -> StoredFile:
    """Write the bytes under the data directory and register them in the running transaction.

    ``limit``: largest size in bytes (the configured one by default). Raises Refused for an empty or too
    large file, for a type that is not allowed or is not what its name says, and for one that had to be erased.
    """
    limit = limit or current_app.config["TRACKER"].max_upload_mb * 1024 * 1024
    folder = _folder("files")
    handle, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as out:
            digest, size = _copy(stream, out, limit, name)
            out.flush()
            os.fsync(out.fileno())
        media_type = _media_type(Path(temporary), name)
        pages, photo = _look_at(Path(temporary), media_type, name)
        final = _place(folder, digest)
        os.replace(temporary, final)
        _sync_folder(final.parent)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    row = upsert(StoredFile).values(
        sha256=digest, size=size, media_type=media_type, pages=pages, stored_at=clock.now(), **_telling(photo)
    )
    db.session.execute(row.on_conflict_do_nothing(index_elements=["sha256"]))
    stored = _locked(digest, to_use=True)
    if stored.erased_at is not None:
        _remove(digest)
        raise Refused(N_("“%(name)s”已经按规定撤下，不能再次上传。"), name=name)
    return stored


def _locked(sha256: str, *, to_use: bool) -> StoredFile:
    """The row, so that whoever attaches a file and whoever erases it wait for each other (SQLite has one writer)."""
    query = select(StoredFile).where(StoredFile.sha256 == sha256).with_for_update(read=to_use, key_share=to_use)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def erase(sha256: str) -> bool:
    """Let the bytes go unless something still uses them; returns whether they go. What the photo told goes too.

    They are removed by ``remove_erased`` after the commit: a transaction that is rolled back has lost nothing.
    """
    stored = _locked(sha256, to_use=False)
    if _uses(sha256):
        return False
    stored.erased_at = clock.now()
    for name, value in _telling(Photo()).items():
        setattr(stored, name, value)
    db.session.flush()
    return True


def _uses(sha256: str) -> int:
    """How many rows of any table name this file; those withdrawn do not count."""
    keys = [
        (table, column)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column is StoredFile.__table__.c.sha256 for key in column.foreign_keys)
    ]
    return sum(
        db.session.scalar(
            select(func.count()).select_from(table).where(column == sha256, *_standing(table))
        ) or 0
        for table, column in keys
    )  # fmt: skip


def _standing(table: Table) -> list[ColumnElement[bool]]:
    return [table.c.withdrawn_at.is_(None)] if "withdrawn_at" in table.c else []


def remove_erased() -> int:
    """Remove what is left on disk of erased files; returns how many. Safe to run at any time, and again."""
    gone = db.session.scalars(select(StoredFile.sha256).where(StoredFile.erased_at.is_not(None))).all()
    return sum(_remove(sha256) for sha256 in gone)


def _remove(sha256: str) -> bool:
    """The original and the pictures made of it; whether anything was there."""
    found = [path for path in (path_of(sha256), *_folder("previews").glob(f"{sha256}-*.jpg")) if path.exists()]
    for path in found:
        path.unlink(missing_ok=True)
    if found:
        _sync_folder(path_of(sha256).parent)
    return bool(found)


def path_of(sha256: str) -> Path:
    """Where the original's bytes stand."""
    return _place(_folder("files"), sha256)


def preview(stored: StoredFile, page: int = 1) -> Path | None:
    """The picture of this page (1-based) made by the server, or None when there is none to make.

    A page that cannot be drawn has none either: the original is still there to download.
    """
    if not 1 <= page <= stored.pages:
        return None
    target = _folder("previews") / f"{stored.sha256}-{page}.jpg"
    if not target.exists():
        try:
            picture = _render(path_of(stored.sha256), stored.media_type, page)
        except (*_UNREADABLE, pypdfium2.PdfiumError):
            return None
        with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".jpg", delete=False) as out:
            picture.save(out, "JPEG", quality=82)
        os.replace(out.name, target)
    return target


def _folder(name: str) -> Path:
    folder = Path(current_app.config["TRACKER"].data_dir) / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _place(folder: Path, sha256: str) -> Path:
    shelf = folder / sha256[:2]
    if not shelf.is_dir():
        shelf.mkdir(exist_ok=True)
        _sync_folder(folder)
    return shelf / sha256


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(stream: BinaryIO, out: BinaryIO, limit: int, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(1 << 16):
        size += len(chunk)
        if size > limit:
            raise Refused(
                N_("“%(name)s”超过 %(limit)s MB，请压缩或分开上传。"), name=name, limit=limit // (1024 * 1024)
            )
        digest.update(chunk)
        out.write(chunk)
    if not size:
        raise Refused(N_("“%(name)s”是空文件，请重新选择。"), name=name)
    return digest.hexdigest(), size


def _media_type(path: Path, name: str) -> str:
    extension = name.rsplit(".", 1)[-1].lower()
    if extension not in ALLOWED:
        raise Refused(N_("不接受“%(name)s”这种文件，请用图片、PDF、Word、Excel、CSV 或文本。"), name=name)
    expected = ALLOWED[extension]
    guess = filetype.guess(str(path))
    found = guess.mime if guess else None
    if expected is None:
        if found is None and b"\0" not in _beginning(path):
            return "text/plain"
    elif extension in _STREAMS:
        if _holds_stream(path, _STREAMS[extension]):
            return expected
    elif extension in _MEMBERS:
        if _holds_member(path, _MEMBERS[extension]):
            return expected
    elif found == expected:
        return expected
    raise Refused(N_("“%(name)s”的内容与扩展名不符，请检查文件后重新上传。"), name=name)


def _holds_stream(path: Path, streams: tuple[str, ...]) -> bool:
    """Whether this is an old Office file of this program: its directory names a stream in UTF-16."""
    content = path.read_bytes()
    return content.startswith(_OLE) and any(f"{stream}\0".encode("utf-16-le") in content for stream in streams)


def _holds_member(path: Path, beginning: str) -> bool:
    """Whether this is a zip, from its first byte on, with what this program keeps in it."""
    if not _beginning(path).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as container:
            return any(member.startswith(beginning) for member in container.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def _beginning(path: Path) -> bytes:
    with path.open("rb") as source:
        return source.read(4096)


_UNREADABLE = (UnidentifiedImageError, OSError, SyntaxError, ValueError)


def _look_at(path: Path, media_type: str, name: str) -> tuple[int, Photo]:
    """How many previews can be made, and what a photo tells; the picture is drawn once for both."""
    if media_type.startswith("image/"):
        return 1, _check_picture(path, name)
    if media_type == "application/pdf":
        try:
            with _PDFIUM, pypdfium2.PdfDocument(path) as document:
                return min(len(document), PREVIEW_PAGES), Photo()
        except pypdfium2.PdfiumError as error:
            raise Refused(N_("PDF“%(name)s”已损坏或有密码，无法打开，请重新上传。"), name=name) from error
    return 0, Photo()


def told_by(stored: StoredFile) -> dict[str, Any]:
    """The columns of what a file stored earlier tells; bytes that are gone or no picture any more tell nothing."""
    try:
        return _telling(photos.read(path_of(stored.sha256)) if stored.is_picture else Photo())
    except _UNREADABLE:
        return _telling(Photo())


def _telling(photo: Photo) -> dict[str, Any]:
    parts = photos.bands(photo.look) if photo.look else (None,) * photos.BANDS
    return vars(photo) | {f"band{number}": part for number, part in enumerate(parts, 1)} | {"examined_at": clock.now()}


def _check_picture(path: Path, name: str) -> Photo:
    """Read the picture to its end, in a small size where the format can: one cut off on its way is noticed now."""
    try:
        with Image.open(path, formats=PICTURES) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(
                    N_("图片“%(name)s”超过 %(limit)s 像素，请缩小后上传。"), name=name, limit=f"{MOST_PIXELS:,}"
                )
            picture.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
            picture.load()
            return photos.told_by(picture)
    except _UNREADABLE as error:
        raise Refused(N_("图片“%(name)s”已损坏，无法打开，请重新上传。"), name=name) from error


def _render(path: Path, media_type: str, page: int) -> Image.Image:
    if media_type == "application/pdf":
        picture = _render_page(path, page)
    else:
        with Image.open(path, formats=PICTURES) as source:
            source.draft("RGB", (PREVIEW_EDGE, PREVIEW_EDGE))
            picture = ImageOps.exif_transpose(source)
    picture = picture.convert("RGB")
    picture.info.clear()  # with EXIF and comments goes where it was taken
    picture.thumbnail((PREVIEW_EDGE, PREVIEW_EDGE))
    return picture


def _render_page(path: Path, page: int) -> Image.Image:
    """A page in a size that suits paper; one as large as a field is drawn no larger than a preview may be."""
    with _PDFIUM, pypdfium2.PdfDocument(path) as document:
        drawn = document[page - 1]
        scale = min(PREVIEW_SCALE, PREVIEW_EDGE / max(drawn.get_size()))
        picture: Image.Image = drawn.render(scale=scale).to_pil()
        return picture
