"""What the scheduler does for evidence: look at photos that were stored before anybody asked what they tell."""

from __future__ import annotations

from typing import Any

from sqlalchemy import literal_column, select, update

from tracker.base.db import db
from tracker.base.files import StoredFile, told_by

BATCH = 20  # a beat: about a second of drawing


def photos_to_look_at(batch: int = BATCH) -> list[dict[str, Any]]:
    """What the next files nobody looked at tell, for ``keep``."""
    waiting = db.session.scalars(
        select(StoredFile).where(literal_column("examined_at IS NULL")).order_by(StoredFile.sha256).limit(batch)
    ).all()
    return [{"sha256": stored.sha256, **told_by(stored)} for stored in waiting]


def keep(found: list[dict[str, Any]]) -> None:
    """Write it down; twice is the same as once."""
    db.session.execute(update(StoredFile), found)
