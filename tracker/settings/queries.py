"""Questions about the rules of business."""

from __future__ import annotations

from sqlalchemy import select

from tracker.base.db import db
from tracker.settings.models import Category


def categories() -> list[Category]:
    """The board's rows in order."""
    return list(db.session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.id)))
