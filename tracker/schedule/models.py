"""Table: which job has run for which slot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from tracker.base.db import Base, Instant


class JobRun(Base):
    """Written in the transaction of the job's effects: present means done, once."""

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[str] = mapped_column(String(40), primary_key=True)
    ran_at: Mapped[datetime] = mapped_column(Instant)
    effects: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
