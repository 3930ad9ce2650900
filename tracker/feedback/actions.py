"""Use cases: read a feedback document."""

from __future__ import annotations

from datetime import date

from tracker.base.access import N_, Refused
from tracker.feedback.reading import Feedback, read_document
from tracker.feedback.word import DocumentRefused
from tracker.ledgers.queries import vocabulary


def read(data: bytes, *, received_on: date) -> Feedback:
    """What a file says, in this installation's words. Raises Refused in plain words when it cannot be read."""
    try:
        return read_document(data, vocabulary=vocabulary(), received_on=received_on)
    except DocumentRefused as refusal:
        raise Refused(
            N_("%(problem)s%(mend)s"), problem=refusal.problem % refusal.params, mend=refusal.mend
        ) from refusal
