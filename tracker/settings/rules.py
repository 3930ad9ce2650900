"""The nine categories an installation starts with (DOMAIN §4). Pure."""

from __future__ import annotations

from tracker.base.access import N_

#: name (a msgid and the stored name), English name
CATEGORIES: tuple[tuple[str, str], ...] = (
    (N_("两不愁三保障"), "Basic needs and guarantees"),
    (N_("易地扶贫搬迁"), "Relocation"),
    (N_("安全饮水"), "Drinking water"),
    (N_("村卫生室空白村"), "Villages without a clinic"),
    (N_("小额贷款"), "Micro-credit"),
    (N_("资金项目管理"), "Funds and projects"),
    (N_("致贫返贫"), "Falling (back) into poverty"),
    (N_("涉贫信访舆情"), "Petitions and public opinion"),
    (N_("群众认可度"), "Public approval"),
)
