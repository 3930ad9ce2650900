"""What is written down besides changes: an access that was refused."""

from __future__ import annotations

from tracker.base import journal
from tracker.base.access import Actor
from tracker.base.journal import Event

_LONGEST = 200


def record_denial(actor: Actor, path: str, status: int) -> Event:
    """Somebody signed in asked for what they may not see (403) or what does not exist for them (404)."""
    return journal.record("deny", "page", 0, **journal.by(actor), data={"path": path[:_LONGEST], "status": status})
