"""What an installation starts with, and its switches."""

from __future__ import annotations

from sqlalchemy import select

from tracker.base.access import N_, Refused
from tracker.base.db import db
from tracker.settings.models import Category, Setting
from tracker.settings.rules import CATEGORIES

DEMONSTRATION = "demonstration"


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


def refuse_demonstration() -> None:
    """Real data never goes into a database with made-up data (DOMAIN §3)."""
    if db.session.get(Setting, DEMONSTRATION) is not None:
        raise Refused(N_("这是演示数据库，不能导入真实数据。请用 tracker init 建立正式库。"))
