"""Stored evidence: addressed by content, on the disk before the row, known by its bytes, shown only as our own picture."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import threading
import time
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pypdfium2
import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import func, select
from werkzeug.http import parse_options_header

from tests.world import TODAY, World, assign_one, sign_in, upload
from tracker.base import files
from tracker.base.access import Refused
from tracker.base.db import db, transaction
from tracker.base.files import ALLOWED, PREVIEW_EDGE, PREVIEW_PAGES, StoredFile
from tracker.progress import actions as progress
from tracker.progress.models import Evidence

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\0" * 200
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
ORIENTATION = 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **how: Any) -> bytes:
    """Red on its left half, blue on its right."""
    image = Image.new("RGB", size, "blue")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill="red")
    target = io.BytesIO()
    image.save(target, kind, **how)
    return target.getvalue()


def pdf(pages: int = 1, width: int = 595, height: int = 842) -> bytes:
    """Blank pages of this size in points."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {pages}>>"]
    objects += [f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]>>"] * pages
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return out + f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as container:
        for name in names:
            container.writestr(zipfile.ZipInfo(name), "x")  # no time of day: workers must name their cases alike
    return target.getvalue()


def old_office(stream: str) -> bytes:
    return OLE + f"Root Entry\0{stream}\0".encode("utf-16-le") + b"\0" * 400


def keep(name: str, content: bytes, limit: int | None = None) -> StoredFile:
    with transaction():
        return files.store(io.BytesIO(content), name, limit)


def on_disk(app: Flask) -> list[Path]:
    return [path for path in (Path(app.config["TRACKER"].data_dir) / "files").rglob("*") if path.is_file()]


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(StoredFile)) or 0


# --- where the bytes are --------------------------------------------------------------------------------------


def test_a_file_stands_under_the_hash_of_its_bytes(app: Flask) -> None:
    stored = keep("现场.jpg", content := picture())
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert (stored.size, stored.media_type, stored.pages) == (len(content), "image/jpeg", 1)
    assert files.path_of(stored.sha256).read_bytes() == content
    assert on_disk(app) == [files.path_of(stored.sha256)]


def test_only_the_service_may_read_what_is_stored(app: Flask) -> None:
    stored = keep("现场.jpg", picture())
    shown = files.preview(stored)
    assert shown is not None
    for path in (files.path_of(stored.sha256), shown):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_bytes_are_kept_once_whatever_they_are_called(any_app: Flask) -> None:
    first = keep("一.txt", "记录".encode())
    stored_at = first.stored_at
    second = keep("二.csv", "记录".encode())
    assert (first.sha256, rows(), len(on_disk(any_app))) == (second.sha256, 1, 1)
    assert second.stored_at == stored_at


def test_a_name_leads_nowhere(app: Flask) -> None:
    outside = Path(app.config["TRACKER"].data_dir).parent / "out.txt"
    for name in ("../../out.txt", "/etc/passwd.txt", "..\\..\\out.txt", "a\0/../../out.txt"):
        keep(name, name.encode().replace(b"\0", b" "))
    assert not outside.exists()
    shelves = {path.parent.name for path in on_disk(app)}
    assert all(path.parent.parent.name == "files" and path.name[:2] in shelves for path in on_disk(app))


def test_bytes_and_folder_are_on_the_disk_before_the_row_is_written(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def noted(name: str, real: Callable[..., Any], said: Callable[..., str]) -> Callable[..., Any]:
        def act(*arguments: Any, **more: Any) -> Any:
            order.append(f"{name} {said(*arguments)}".strip())
            return real(*arguments, **more)

        return act

    def what(handle: int) -> str:
        return "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"

    monkeypatch.setattr(os, "fsync", noted("fsync", os.fsync, what))
    monkeypatch.setattr(os, "replace", noted("name", os.replace, lambda *_: ""))
    monkeypatch.setattr(db.session, "execute", noted("row", db.session.execute, lambda *_: ""))
    monkeypatch.setattr(db.session(), "commit", noted("commit", db.session().commit, lambda *_: ""))
    monkeypatch.setattr(db.session, "commit", noted("commit", db.session.commit, lambda *_: ""))
    keep("a.txt", b"first on its shelf")
    assert order[0] == "fsync file"
    assert order[-3:] == ["fsync folder", "row", "commit"] or order[-4:] == ["fsync folder", "row", "commit", "commit"]
    assert order.index("fsync file") < order.index("name") < len(order) - 1 - order[::-1].index("fsync folder")
    assert order.count("fsync folder") == 2  # the new shelf in its folder, and the file on its shelf


def test_a_transaction_that_is_left_keeps_no_row_and_a_refused_file_not_a_byte(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), transaction():
        files.store(io.BytesIO(b"text"), "a.txt")
        raise ZeroDivisionError
    assert rows() == 0
    before = on_disk(app)
    with pytest.raises(Refused), transaction():
        files.store(io.BytesIO(EXE), "a.jpg")
    assert on_disk(app) == before


def test_a_browser_that_hangs_up_leaves_nothing_behind(app: Flask) -> None:
    class HungUp(io.RawIOBase):
        def read(self, _size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError), transaction():
        files.store(HungUp(), "a.txt")  # type: ignore[arg-type]
    assert on_disk(app) == []


# --- which bytes are taken ------------------------------------------------------------------------------------

TAKEN = {
    "a.jpg": picture(),
    "a.JPEG": picture(),
    "a.png": picture("PNG"),
    "a.webp": picture("WEBP"),
    "a.pdf": pdf(),
    "a.docx": zipped("[Content_Types].xml", "word/document.xml"),
    "a.xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "a.ods": zipped("mimetype", "content.xml"),
    "a.doc": old_office("WordDocument"),
    "a.xls": old_office("Workbook"),
    "a.csv": "县,问题\n新邵县,未通水\n".encode("gb18030"),
    "a.txt": "记录".encode(),
}


@pytest.mark.parametrize(("name", "content"), TAKEN.items())
def test_each_kind_on_the_list_is_taken(app: Flask, name: str, content: bytes) -> None:
    assert keep(name, content).media_type == (ALLOWED[name.rsplit(".")[-1].lower()] or "text/plain")


def test_the_table_above_holds_the_whole_list() -> None:
    assert {name.rsplit(".")[-1].lower() for name in TAKEN} == set(ALLOWED)


@pytest.mark.parametrize(
    "name", ["a.exe", "a.svg", "a.html", "a.htm", "a.js", "a.zip", "a.gif", "a.docm", "a", "", "."]
)
@pytest.mark.parametrize("content", [picture(), b"text"], ids=["picture", "text"])
def test_no_other_kind_is_taken_whatever_is_in_it(app: Flask, name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="不接受"):
        keep(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *[(f"program.{extension}", EXE) for extension in ALLOWED],
        *[(f"drawing.{extension}", SVG) for extension in ALLOWED if ALLOWED[extension]],
        *[(f"page.{extension}", HTML) for extension in ALLOWED if ALLOWED[extension]],
        ("picture.pdf", picture()),
        ("picture.png", picture()),
        ("picture.txt", picture()),
        ("animation.png", picture("GIF")),
        ("app.docx", zipped("classes.dex", "AndroidManifest.xml")),
        ("workbook.docx", TAKEN["a.xlsx"]),
        ("archive.ods", zipped("evil.sh")),
        ("unpacks-itself.docx", EXE + TAKEN["a.docx"]),
        ("cut-off.docx", TAKEN["a.docx"][:40]),
        ("installer.doc", old_office("!MSI")),
        ("workbook.doc", old_office("Workbook")),
        ("hidden.doc", EXE + old_office("WordDocument")),
        ("zeroes.txt", b"text\0more"),
    ],
)
def test_a_kind_is_known_by_its_bytes_not_by_its_name(app: Flask, name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="与扩展名不符"):
        keep(name, content)
    assert (rows(), on_disk(app)) == (0, [])


def test_two_files_in_one_show_only_our_own_picture(app: Flask) -> None:
    """A picture with a program and a page behind it passes as a picture; what is shown holds none of that."""
    stored = keep("two.jpg", picture(comment=HTML) + HTML + zipped("evil.sh"))
    shown = files.preview(stored)
    assert shown is not None
    assert stored.media_type == "image/jpeg"
    assert b"<script>" not in shown.read_bytes()
    assert b"PK" not in shown.read_bytes()


def test_an_empty_and_a_too_large_file_are_refused_in_words(app: Flask) -> None:
    with pytest.raises(Refused, match="空文件"):
        keep("a.txt", b"")
    keep("fits.txt", b"x" * 1024, limit=1024)
    with pytest.raises(Refused, match="超过 20 MB"):
        keep("a.txt", b"x" * (20 * 1024 * 1024 + 1))
    with pytest.raises(Refused, match="超过"):
        keep("a.txt", b"x" * 1025, limit=1024)
    assert len(on_disk(app)) == 1


def test_too_large_a_file_is_not_read_to_its_end(app: Flask) -> None:
    given: list[int] = []

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            given.append(size)
            return b"x" * size

    with pytest.raises(Refused, match="超过"), transaction():
        files.store(Endless(), "a.txt", 1 << 18)  # type: ignore[arg-type]
    assert sum(given) <= (1 << 18) + (1 << 16)


# --- pictures and papers that mean harm, or were cut off ------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_cut_off_on_its_way_is_refused_while_its_sender_can_still_mend_it(app: Flask, kind: str) -> None:
    whole = io.BytesIO()
    Image.effect_noise((300, 300), 90).convert("RGB").save(whole, kind)
    with pytest.raises(Refused, match="已损坏"):
        keep(f"a.{kind.lower()}", whole.getvalue()[: len(whole.getvalue()) // 2])


def bomb(width: int, height: int) -> bytes:
    """A PNG whose header says it is this large: a few bytes that would fill the memory."""
    content = bytearray(picture("PNG", (1, 1)))
    content[16:24] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    check = zlib.crc32(content[12:29])
    content[29:33] = check.to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize("size", [(8001, 10_000), (12_000, 12_000), (60_000, 60_000)])
def test_a_picture_of_too_many_points_is_refused_before_it_is_unpacked(app: Flask, size: tuple[int, int]) -> None:
    with warnings.catch_warnings(), pytest.raises(Refused, match="80,000,000 像素"):
        warnings.simplefilter("error")
        keep("a.png", bomb(*size))


def test_a_large_photo_is_taken_and_shown_small(app: Flask) -> None:
    shown = files.preview(keep("a.jpg", picture(size=(6000, 4000))))
    assert shown is not None
    with Image.open(shown) as image:
        assert image.size == (PREVIEW_EDGE, PREVIEW_EDGE * 2 // 3)


def test_a_paper_that_cannot_be_opened_is_refused(app: Flask) -> None:
    for content in (b"%PDF-1.4\nnothing", pdf()[:60]):
        with pytest.raises(Refused, match="有密码，无法打开"):
            keep("a.pdf", content)


def test_a_page_as_large_as_a_field_is_drawn_no_larger_than_a_preview(app: Flask) -> None:
    for width, height in ((200_000, 200_000), (14_400, 1)):
        shown = files.preview(keep("a.pdf", pdf(1, width, height)))
        assert shown is not None
        with Image.open(shown) as image:
            assert max(image.size) <= PREVIEW_EDGE + 1


def test_a_long_paper_has_so_many_previews_and_no_more(app: Flask) -> None:
    stored = keep("a.pdf", pdf(PREVIEW_PAGES + 5))
    assert stored.pages == PREVIEW_PAGES
    assert files.preview(stored, PREVIEW_PAGES) is not None
    for page in (0, -1, PREVIEW_PAGES + 1):
        assert files.preview(stored, page) is None


def test_papers_are_drawn_one_at_a_time_for_the_library_bears_no_two(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, most, gate = 0, 0, threading.Lock()
    real = pypdfium2.PdfDocument

    class Watched(real):  # type: ignore[misc, valid-type]
        def __enter__(self) -> Any:
            nonlocal inside, most
            with gate:
                inside, most = inside + 1, max(most, inside + 1)
            time.sleep(0.02)
            return super().__enter__()

        def __exit__(self, *error: object) -> None:
            nonlocal inside
            with gate:
                inside -= 1
            super().__exit__(*error)

    stored = keep("a.pdf", pdf(4))
    assert stored.pages == 4
    db.session.expunge(stored)
    monkeypatch.setattr(pypdfium2, "PdfDocument", Watched)

    def draw(page: int) -> None:
        with app.app_context():
            files.preview(stored, page)

    threads = [threading.Thread(target=draw, args=(page,)) for page in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == 1
    assert all(files.preview(stored, page) for page in (1, 2, 3, 4))


# --- what is shown --------------------------------------------------------------------------------------------


def test_a_preview_stands_upright_and_says_nothing_of_where_it_was_taken(app: Flask) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # held upright: to be turned a quarter clockwise
    exif[0x010F] = "a phone of this maker"
    shown = files.preview(keep("a.jpg", picture(exif=exif)))
    assert shown is not None
    with Image.open(shown) as image:
        assert image.size == (40, 60)
        red, _green, blue = image.convert("RGB").getpixel((20, 10))  # type: ignore[misc]
        assert (red > 200, blue < 50) == (True, True)  # the left half is on top now
        assert not dict(image.getexif())
    assert b"a phone of this maker" not in shown.read_bytes()


def test_clear_and_grey_pictures_have_a_preview_too(app: Flask) -> None:
    for mode in ("RGBA", "LA", "P", "L", "1", "I;16"):
        target = io.BytesIO()
        Image.new(mode, (30, 20)).save(target, "PNG")
        assert files.preview(keep("a.png", target.getvalue())) is not None, mode


def test_what_has_no_picture_has_no_preview(app: Flask) -> None:
    assert files.preview(keep("a.txt", b"text")) is None
    assert files.preview(keep("a.docx", TAKEN["a.docx"])) is None


def test_a_preview_is_made_once_and_made_again_when_it_is_gone(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = keep("a.jpg", picture())
    shown = files.preview(stored)
    assert shown is not None
    drawn: list[int] = []
    real = files._render
    monkeypatch.setattr(files, "_render", lambda *how: (drawn.append(1), real(*how))[1])
    assert files.preview(stored) == shown
    assert drawn == []
    shown.unlink()
    assert files.preview(stored) == shown
    assert (drawn, shown.exists()) == ([1], True)


def test_a_page_that_cannot_be_drawn_has_no_preview_and_no_error(app: Flask) -> None:
    stored = keep("a.jpg", picture())
    files.path_of(stored.sha256).write_bytes(b"\xff\xd8\xff\xe0 rotten")
    assert files.preview(stored) is None


# --- what is sent ---------------------------------------------------------------------------------------------


def attached(world: World, name: str, content: bytes) -> tuple[str, Evidence]:
    with transaction():
        issue = assign_one(world)
        progress.report(issue, world.official, today=TODAY, text="有了", files=[upload(name, content)])
        return issue.number, db.session.scalars(select(Evidence)).one()


@pytest.mark.parametrize(
    ("name", "content"),
    [("沙坪村 现场照片（一）.jpg", picture()), ("q\"uo;te's.txt", HTML), ("sheet.csv", b"=1+1"), ("方案.pdf", pdf())],
)
def test_an_original_is_only_ever_a_download_under_its_own_name(
    app: Flask, world: World, name: str, content: bytes
) -> None:
    number, evidence = attached(world, name, content)
    with sign_in(app.test_client(), world.official).get(f"/issues/{number}/evidence/{evidence.id}") as answer:
        assert answer.data == content
        kind, told = parse_options_header(answer.headers["Content-Disposition"])
        assert (kind, told["filename"]) == ("attachment", name)
        assert name.isascii() or f"filename*=UTF-8''{quote(name)}" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype in {"image/jpeg", "text/plain", "application/pdf"}
        assert "private" in answer.headers["Cache-Control"]


def test_a_name_with_a_path_or_a_line_break_cannot_write_a_header(app: Flask, world: World) -> None:
    number, evidence = attached(world, "..\\..\\一\r\nSet-Cookie: a=b\r\n.txt", b"text")
    with sign_in(app.test_client(), world.official).get(f"/issues/{number}/evidence/{evidence.id}") as answer:
        assert "Set-Cookie: a=b" not in str(answer.headers).splitlines()
    assert evidence.name == "一Set-Cookie: a=b.txt"


def test_the_preview_is_a_jpeg_of_ours_and_not_for_strangers(app: Flask, world: World) -> None:
    number, evidence = attached(world, "a.png", picture("PNG"))
    url = f"/issues/{number}/evidence/{evidence.id}/preview/1"
    with sign_in(app.test_client(), world.official).get(url) as answer:
        assert (answer.mimetype, answer.data[:2]) == ("image/jpeg", b"\xff\xd8")
        assert "private" in answer.headers["Cache-Control"]
    stranger = sign_in(app.test_client(), world.stranger)
    assert {stranger.get(where).status_code for where in (url, url.removesuffix("/preview/1"))} == {404}
    assert sign_in(app.test_client(), world.official).get(url.replace("/preview/1", "/preview/2")).status_code == 404


def test_a_file_lost_from_the_disk_is_not_found_and_no_error(app: Flask, world: World) -> None:
    number, evidence = attached(world, "a.png", picture("PNG"))
    files.path_of(evidence.sha256).unlink()
    client = sign_in(app.test_client(), world.official)
    for url in (f"/issues/{number}/evidence/{evidence.id}", f"/issues/{number}/evidence/{evidence.id}/preview/1"):
        assert client.get(url).status_code == 404
