"""Tables: categories; named values of the installation."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base


class Category(Base):
    """A row of the board; nine by default (DOMAIN §4)."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class Setting(Base):
    """One named value, e.g. ``demonstration`` in a database with made-up data."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
