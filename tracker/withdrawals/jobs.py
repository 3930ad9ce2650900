"""What the clock does to evidence that was withdrawn."""

from __future__ import annotations

from datetime import date

from tracker.base import files


def remove_bytes(today: date) -> dict[str, int]:
    """Remove what a killed process left on disk of files that had to go. Returns how many."""
    return {"removed": files.remove_erased()}
