"""What a page offers as an answer to a question about one cell: one press each, and a person's all the same. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.base.access import N_
from tracker.ledgers.problems import Fault


@dataclass(frozen=True)
class Offer:
    """``text`` is read in place of the cell; ``label`` (with it as %(text)s) says why one would take it."""

    text: str
    label: str


_LABELS = {"coming": N_("最近一次：%(text)s"), "year_end": N_("当年年底：%(text)s")}
_LONG_TERM = Offer("长期坚持", N_("长期坚持，没有最后日期"))
_A_NAME = "%(text)s"  # nothing to translate


def offers_for(fault: Fault) -> tuple[Offer, ...]:
    values = dict(fault.values)
    if fault.key == "recurring_deadline":
        dated = (Offer(values[name], label) for name, label in _LABELS.items() if name in values)
        return (*dated, _LONG_TERM)
    if fault.key in ("two_lead_officials", "two_lead_units"):
        return tuple(Offer(name, _A_NAME) for name in values["names"].split("、"))
    return ()
