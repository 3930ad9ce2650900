"""Who keeps a work group. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.base.access import Actor, Role, covers


def keeps_groups(actor: Actor, line: Sequence[int], category_id: int) -> bool:
    """Whether the person may set up the group of this category in the region whose ``line`` upwards this is.

    Whoever hands out the issues there: a supervisor of the region or above, within their category if they have one.
    """
    return any(grant.role is Role.SUPERVISOR and covers(grant, line, category_id) for grant in actor.grants)
