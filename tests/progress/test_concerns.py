"""What is odd about a photo is told to whoever decides, and never a reason to refuse it."""

from __future__ import annotations

import io
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import insert, select, update

from tests.base.pictures import GPS, photograph
from tests.clearance.test_chains import reviewing
from tests.register.test_queries import sent
from tests.world import NOW, TODAY, World, assign_one, list_one, sign_in, upload
from tracker.base import clock, files
from tracker.base.db import db, transaction
from tracker.base.files import StoredFile
from tracker.base.photos import NEAR, bands, distance
from tracker.clearance.models import Application
from tracker.issues.models import Issue
from tracker.org.rules import Level
from tracker.progress import actions
from tracker.progress.jobs import keep, photos_to_look_at
from tracker.progress.models import Evidence
from tracker.progress.queries import alike, concerns_of, evidence_of
from tracker.progress.rules import FAR, kilometres, place_concerns, time_concerns

SHAPING = (111.46, 27.32)  # longitude, latitude


def brought(world: World, *photos: bytes, **listed: Any) -> Issue:
    """An issue with a report and these photos."""
    with transaction():
        issue = assign_one(world, list_one(world, **listed))
        shots = [upload(f"{place}.jpg", content) for place, content in enumerate(photos)]
        actions.report(issue, world.official, today=TODAY, text="通水了", files=shots)
    return issue


def said(issue: Issue, person: Any) -> list[str]:
    found = concerns_of(issue, evidence_of(issue.id), person)
    return sorted(concern.msgid % concern.params for each in found.values() for concern in each)


@pytest.mark.parametrize(("taken", "number"), [
    (None, 0), (date(2019, 6, 30), 1), (date(2019, 7, 1), 0), (date(2019, 7, 3), 0), (date(2019, 7, 4), 1),
])  # fmt: skip
def test_a_photo_is_not_from_before_the_list_nor_from_the_future(taken: date | None, number: int) -> None:
    assert len(time_concerns(taken, date(2019, 7, 1), date(2019, 7, 2))) == number


def test_distances_are_those_of_the_globe() -> None:
    assert kilometres((111.47, 27.24), (112.94, 28.23)) == pytest.approx(182, abs=3)  # Shaoyang to Changsha
    assert kilometres((0, 0), (180, 0)) == pytest.approx(20_015, abs=10)
    assert kilometres(SHAPING, SHAPING) == 0


@pytest.mark.parametrize("level", list(Level))
def test_far_is_further_than_a_region_of_its_level_reaches(level: Level) -> None:
    inside, outside = ((SHAPING[0], SHAPING[1] + FAR[level] * share / 111.2) for share in (0.95, 1.05))
    assert place_concerns(inside, SHAPING, level, "沙坪村") == []
    assert len(place_concerns(outside, SHAPING, level, "沙坪村")) == 1
    assert place_concerns(None, SHAPING, level, "沙坪村") == place_concerns(outside, None, level, "沙坪村") == []


def test_time_and_place_are_told_with_what_they_were_held_against(any_world: World) -> None:
    with transaction():
        any_world.regions["longxipu"].longitude, any_world.regions["longxipu"].latitude = SHAPING
    issue = brought(
        any_world,
        photograph(seed=1, taken="2018:01:01 08:00:00", place=(SHAPING[1] + 1, SHAPING[0])),
        photograph(seed=2, place=(SHAPING[1] + 0.01, SHAPING[0])),
        photograph(seed=3),
    )
    assert said(issue, any_world.supervisor) == [
        "拍摄于 2018-01-01，早于列单日期 2019-07-01。",
        "拍摄地点距龙溪铺镇约 111 公里。",
    ]


def smaller(content: bytes) -> bytes:
    target = io.BytesIO()
    Image.open(io.BytesIO(content)).resize((320, 240)).save(target, "JPEG", quality=70)
    return target.getvalue()


def test_the_same_picture_with_another_issue_is_told_in_full_only_to_who_covers_both(any_world: World) -> None:
    world, photo = any_world, photograph(seed=4)
    first = brought(world, photo)
    same, near, other = brought(world, photo), brought(world, smaller(photo)), brought(world, photograph(seed=5))
    assert said(first, world.supervisor) == [
        f"几乎相同的照片也用在 {near.number} 里。",
        f"同一张照片也用在 {same.number} 里。",
    ]
    assert said(near, world.supervisor) == [f"几乎相同的照片也用在 {each.number} 里。" for each in (first, same)]
    assert said(other, world.supervisor) == []
    assert said(first, world.leader) == ["几乎相同的照片也用在另一个问题里。", "同一张照片也用在另一个问题里。"]
    assert said(first, world.stranger) == said(first, world.leader)


def test_the_same_picture_twice_with_one_issue_is_nothing_odd(world: World) -> None:
    photo = photograph(seed=6)
    assert said(brought(world, photo, photo), world.supervisor) == []


def test_asking_takes_a_constant_number_of_queries(world: World) -> None:
    photos = [photograph(seed=seed, place=(27.3, 111.4)) for seed in range(6)]
    with transaction():
        world.regions["city"].longitude, world.regions["city"].latitude = SHAPING
    numbers = set()
    for amount in (1, 6):
        issue = brought(world, *photos[:amount])
        evidence = evidence_of(issue.id)
        concerns_of(issue, evidence, world.supervisor)  # what was expired is read again
        with sent() as statements:
            concerns_of(issue, evidence, world.supervisor)
        numbers.add(len(statements))
        assert len(statements) == 3, [statement for statement, _ in statements]
    assert numbers == {3}
    with sent() as statements:
        concerns_of(issue, [], world.supervisor)
    assert statements == []


def test_the_bands_find_what_comparing_every_pair_finds(any_app: Flask) -> None:
    random = Random(20190701)
    looks = [random.getrandbits(64) for _ in range(80)]
    for centre in looks[:10]:
        looks += [centre ^ sum(1 << bit for bit in random.sample(range(64), wide)) for wide in (0, 1, 2, 3, 3, 4, 6)]
    written = {f"{place:064x}": f"{look:016x}" for place, look in enumerate(looks)}
    with transaction():
        db.session.execute(insert(StoredFile), [
            {"sha256": digest, "size": 1, "media_type": "image/jpeg", "pages": 1, "stored_at": NOW, "look": look,
             **{f"band{number}": band for number, band in enumerate(bands(look), 1)}}
            for digest, look in written.items()
        ])  # fmt: skip
    pairs = 0
    for start in range(0, len(written), 30):
        asked = dict(list(written.items())[start : start + 30])
        found = alike(dict(asked))
        for digest, look in asked.items():
            near = {other for other, its in written.items() if distance(look, its) <= NEAR}
            assert found[digest] == near
            pairs += len(near) - 1
    assert pairs >= 10 * 5 * 2  # every centre has five near it, told from both sides


def test_files_stored_before_photos_were_looked_at_are_looked_at_in_batches_until_none_is_left(
    any_world: World,
) -> None:
    shots = [photograph(seed=seed, taken="2019:06:30 08:00:00", place=SHAPING[::-1]) for seed in (21, 22, 23)]
    evidence = evidence_of(brought(any_world, *shots).id)
    fresh = {
        each.sha256: (each.file.taken_at, each.file.longitude, each.file.look, each.file.band3) for each in evidence
    }
    files.path_of(evidence[2].sha256).write_bytes(b"no picture any more")
    nothing = dict.fromkeys(files.told_by(evidence[2].file))
    with transaction():
        db.session.execute(update(StoredFile).values(nothing))
    batches = []
    while found := photos_to_look_at(batch=2):
        with transaction():
            keep(found)
        batches.append(len(found))
    assert batches == [2, 1]
    db.session.expire_all()
    for each in evidence[:2]:
        told = (each.file.taken_at, each.file.longitude, each.file.look, each.file.band3)
        assert told == fresh[each.sha256]
    assert evidence[2].file.look is None


def test_a_reviewer_reads_it_beside_the_photo(app: Flask, world: World) -> None:
    photo = photograph(seed=7, taken="2018:01:01 08:00:00")
    issue = reviewing(world)
    with transaction():
        answer = db.session.scalars(select(Evidence).where(Evidence.issue_id == issue.id)).first()
        assert answer is not None
        answer.file = actions.attach(issue, world.official, [upload("a.jpg", photo)], at=NOW)[0].file
    other = brought(world, photo)
    application = db.session.scalars(select(Application.id).where(Application.issue_id == issue.id)).one()
    for path in ("/clearance/review", f"/clearance/{application}/sheet", ""):
        page = sign_in(app.test_client(), world.supervisor).get(f"/issues/{issue.number}{path}").text
        assert "早于列单日期 2019-07-01" in page
        assert f"同一张照片也用在 {other.number} 里" in page


def test_only_supervisors_and_leaders_get_the_place_of_a_photo(app: Flask, world: World) -> None:
    issue = brought(world, photograph(place=(27.32, 111.46), orientation=6))
    path = f"/issues/{issue.number}/evidence/{evidence_of(issue.id)[0].id}"
    for person, told in ((world.official, False), (world.supervisor, True), (world.leader, True)):
        with sign_in(app.test_client(), person).get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers["Content-Disposition"].startswith("attachment")
            content = answer.data
        with Image.open(io.BytesIO(content)) as picture:
            assert bool(picture.getexif().get_ifd(GPS)) is told
            assert picture.size == (640, 480)


def test_a_photo_is_taken_whatever_is_odd_about_it(world: World) -> None:
    issue = brought(world, photograph(taken="2099:01:01 00:00:00", place=(0.1, 0.1)))
    assert len(said(issue, world.supervisor)) == 1
    assert issue.progress_on == TODAY
    assert evidence_of(issue.id)[0].at - clock.now() < timedelta(minutes=1)
