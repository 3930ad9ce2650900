"""Table: the views a person keeps of the list."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base, words
from tracker.register.rules import ListPage


class SavedView(Base):
    """Filters and order of a list under a name of one's own. The address holds them all: a view may be passed on as one."""

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    page: Mapped[ListPage] = mapped_column(words(ListPage, "page"))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(Text)  # of the address, as Filters write it
    opens: Mapped[bool]  # what the page shows when nothing is asked

    __table_args__ = (
        UniqueConstraint("person_id", "page", "name"),
        Index(
            "uq_saved_view_opens",
            "person_id",
            "page",
            unique=True,
            sqlite_where=text("opens"),
            postgresql_where=text("opens"),
        ),
    )
