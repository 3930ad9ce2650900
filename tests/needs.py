"""What some tests need from the machine, and the rule for leaving tests out.

A test that needs Chromium, PostgreSQL or LibreOffice is skipped where that is missing, and the end of the run says so;
under ``CI=true`` it fails instead. Tests on ``../shared`` are extras: they are only said to be left out.
A test names its need with a marker, or just asks for the fixture: the marker follows.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from _pytest.terminal import TerminalReporter

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def chromium() -> str | None:
    """Path of the system's Chromium; TEST_CHROMIUM names another."""
    return os.environ.get("TEST_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


@cache
def postgres_programs() -> Path | None:
    """The folder with ``initdb`` and ``pg_ctl``: Debian keeps it off the PATH."""
    found = shutil.which("initdb")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: _version(folder.parent.name))
    folders = [Path(found).resolve().parent] if found else []
    return next((folder for folder in [*reversed(versions), *folders] if (folder / "pg_ctl").exists()), None)


def _version(name: str) -> float:
    try:
        return float(name)
    except ValueError:
        return 0.0


@cache
def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


@dataclass(frozen=True)
class Need:
    """``fixture``: asking for it is the same as the marker. ``extra``: never fails under CI."""

    shown: str
    fixture: str
    there: Callable[[], object]
    mend: str
    extra: bool = False


NEEDS: dict[str, Need] = {
    "browser": Need("Chromium", "browser", chromium, "apt-get install chromium"),
    "postgres": Need(
        "PostgreSQL",
        "postgres_server",
        lambda: os.environ.get("TEST_PG_URL") or postgres_programs(),
        "apt-get install postgresql, or set TEST_PG_URL",
    ),
    "libreoffice": Need(
        "LibreOffice", "soffice", libreoffice, "apt-get install libreoffice-calc-nogui libreoffice-writer-nogui"
    ),
    "shared_data": Need("../shared/data", "shared", SHARED.is_dir, "it lies beside the checkout", extra=True),
}


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        wanted = getattr(item, "fixturenames", ())
        for marker, need in NEEDS.items():
            if need.fixture in wanted and not item.get_closest_marker(marker):
                item.add_marker(marker)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, need in NEEDS.items():
        if item.get_closest_marker(marker) and not need.there():
            item.user_properties.append(("left_out", f"{need.shown}: not here ({need.mend})"))
            if in_ci() and not need.extra:
                pytest.fail(f"left out under CI: needs {need.shown} ({need.mend})", pytrace=False)
            pytest.skip(f"left out: needs {need.shown} ({need.mend})")


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    counts = Counter(_left_out(terminalreporter))
    if counts:
        terminalreporter.section("left out")
    for reason, number in sorted(counts.items()):
        terminalreporter.line(f"left out: {number} {'tests need' if number > 1 else 'test needs'} {reason}")


def _left_out(reporter: TerminalReporter) -> Iterator[str]:
    for outcome in ("skipped", "error", "failed"):
        for report in reporter.stats.get(outcome, ()):
            yield from (reason for name, reason in getattr(report, "user_properties", ()) if name == "left_out")


@pytest.fixture(scope="session")
def shared() -> Path:
    """``../shared/data``: real ledgers, vocabularies, regions."""
    return SHARED


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice's program. Give each call a profile folder of its own: two may not share one."""
    found = libreoffice()
    assert found is not None
    return found
