"""Questions about the rules of business."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tracker.base.db import db
from tracker.settings.models import Category, Setting


def categories() -> list[Category]:
    """The board's rows in order."""
    return list(db.session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.id)))


#: Name of the setting that marks a database with made-up data.
DEMONSTRATION = "demonstration"


def demonstration() -> Any | None:
    """What the demonstration left about itself; None in a database for real work."""
    setting = db.session.get(Setting, DEMONSTRATION)
    return setting.value if setting else None
