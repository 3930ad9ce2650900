"""How far long work is, for the one who waits for it: asked, and called off, by another request while it runs.

A small file in the data folder, because the work and the question may be in different processes and the work's own
transaction shows nothing before it is whole. Nothing here is lasting: it is gone when the work ends, however it ends.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from tracker.base.access import N_, Refused


class CalledOff(Refused):
    """Somebody asked the work to stop: nothing is wrong, nothing has changed."""


Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Underway:
    """One piece of long work, by a key that only those who may ask about it have."""

    key: str

    @property
    def _file(self) -> Path:
        folder = Path(current_app.config["TRACKER"].data_dir) / "underway"
        return folder / f"{hashlib.sha256(self.key.encode()).hexdigest()}.json"

    @property
    def _stop(self) -> Path:
        return self._file.with_suffix(".stop")

    def how_far(self) -> tuple[int, int] | None:
        """(done, total), or None while nothing runs."""
        try:
            done, total = json.loads(self._file.read_text("ascii"))
        except (OSError, ValueError):
            return None
        return int(done), int(total)

    def as_json(self) -> dict[str, bool | int]:
        """``{"runs", "done", "total"}``, the total 0 until it is known."""
        far = self.how_far()
        done, total = far or (0, 0)
        return {"runs": far is not None, "done": done, "total": total}

    def call_off(self) -> None:
        """Ask the work to stop at its next step; where none runs, nothing happens."""
        if self._file.exists():
            self._stop.touch()

    @contextmanager
    def told(self) -> Iterator[Told]:
        """Hears (done, total). Raises CalledOff in the work once it was called off, so that its transaction rolls back."""
        self._file.parent.mkdir(exist_ok=True)
        self._stop.unlink(missing_ok=True)
        self._tell(0, 0)
        try:
            yield self._tell
        finally:
            for path in (self._file, self._stop):
                with suppress(OSError):
                    path.unlink()

    def _tell(self, done: int, total: int) -> None:
        if self._stop.exists():
            raise CalledOff(N_("已按您的要求停下，什么都没有改变。"))
        unfinished = self._file.with_suffix(".part")
        unfinished.write_text(json.dumps([done, total]), "ascii")
        unfinished.replace(self._file)
