"""Table: days that differ from Monday-to-Friday, with the year they were published for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base


class SpecialDay(Base):
    """A holiday on a weekday, or a weekend day worked to make up for one."""

    __tablename__ = "special_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    is_workday: Mapped[bool]
    name: Mapped[str] = mapped_column(String(40), default="")
    official_year: Mapped[int]  # a year with any row counts as published; 0: set by hand before its notice was

    __table_args__ = (Index("ix_special_day_official_year", "official_year"),)
