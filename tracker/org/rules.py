"""Levels of a region and what their names are. Pure."""

from __future__ import annotations

from enum import StrEnum

from tracker.base.access import N_


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


LEVEL_NAMES: dict[Level, str] = {
    Level.PROVINCE: N_("省"),
    Level.CITY: N_("市"),
    Level.COUNTY: N_("县（市、区）"),
    Level.TOWNSHIP: N_("乡镇（街道）"),
    Level.VILLAGE: N_("村（社区）"),
}
