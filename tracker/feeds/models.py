"""Table: the secret addresses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import User
from tracker.base.db import Base, Instant


class CalendarAddress(Base):
    """One person's address, known by the digest of its token only. Made anew it replaces the old one."""

    __tablename__ = "calendar_address"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    fetches: Mapped[int] = mapped_column(default=0)  # since ``began_at``
    began_at: Mapped[datetime] = mapped_column(Instant)
    fetched_on: Mapped[date | None]  # the latest day on which it was asked; recorded once that day

    person: Mapped[User] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("fetches >= 0", name="fetches"),)
