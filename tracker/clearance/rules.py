"""Standards of clearance, states of an application. Pure."""

from __future__ import annotations

from enum import StrEnum

from tracker.base.access import N_


class Standard(StrEnum):
    MEASURES = "measures"
    VIOLATIONS = "violations"
    EFFECT = "effect"
    SIMILAR = "similar"
    MECHANISM = "mechanism"


STANDARD_NAMES: dict[Standard, str] = {
    Standard.MEASURES: N_("整改措施落实到位"),
    Standard.VIOLATIONS: N_("违规违纪问题处理到位"),
    Standard.EFFECT: N_("整改效果达到标准"),
    Standard.SIMILAR: N_("同类问题举一反三排查到位"),
    Standard.MECHANISM: N_("长效机制建立到位"),
}

#: The first three must rest on at least one piece of evidence each (DOMAIN §3).
EVIDENCED = (Standard.MEASURES, Standard.VIOLATIONS, Standard.EFFECT)


class ApplicationState(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class Verdict(StrEnum):
    PASSED = "passed"
    RETURNED = "returned"
