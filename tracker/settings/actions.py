"""What an installation starts with, and its switches."""

from __future__ import annotations

from sqlalchemy import select

from tracker.base.db import db
from tracker.settings.models import Category, Setting
from tracker.settings.rules import CATEGORIES


def seed_categories() -> None:
    """The nine default categories, unless there are any."""
    if db.session.scalar(select(Category.id).limit(1)) is None:
        db.session.add_all(
            Category(name=name, name_en=name_en, position=place) for place, (name, name_en) in enumerate(CATEGORIES)
        )
        db.session.flush()


def put(name: str, value: object) -> None:
    """Set a named value."""
    db.session.merge(Setting(name=name, value=value))
