"""What a message can be about, and in which words it is told."""

from __future__ import annotations

from enum import StrEnum

from tracker.base.access import N_


class Channel(StrEnum):
    INBOX = "inbox"


class Matter(StrEnum):
    """What the message is about: a level of escalation, or all of them at once for what was taken over late."""

    UNIT = "overdue_unit"
    LEAD = "overdue_lead"
    NOTICE = "overdue_notice"
    BULLETIN = "overdue_bulletin"
    TALK = "overdue_talk"
    TAKEN_OVER = "overdue_taken_over"
    REMINDER = "reminder"


MATTER_NAMES: dict[Matter, str] = {
    Matter.UNIT: N_("已经逾期"),
    Matter.LEAD: N_("逾期升级到牵头领导"),
    Matter.NOTICE: N_("建议下发督办单"),
    Matter.BULLETIN: N_("建议列入通报名单"),
    Matter.TALK: N_("建议列入约谈名单"),
    Matter.TAKEN_OVER: N_("承接的台账里有逾期问题"),
    Matter.REMINDER: N_("督查催办"),
}

#: What happened and what is asked of the reader. ``number``: the days overdue that the level begins with, or how many.
MATTER_WORDS: dict[Matter, str] = {
    Matter.UNIT: N_("整改时限已过，请抓紧整改；未销号前一直计逾期。"),
    Matter.LEAD: N_("逾期满 %(number)s 天，请牵头领导过问，督促责任单位整改。"),
    Matter.NOTICE: N_("逾期满 %(number)s 天，请研究是否下发督办单。"),
    Matter.BULLETIN: N_("逾期满 %(number)s 天，请研究是否通报。"),
    Matter.TALK: N_("逾期满 %(number)s 天，请研究是否约谈。"),
    Matter.TAKEN_OVER: N_("其中 %(number)s 个承接时已经逾期、与您有关，一并告知；以后每升一级再单独通知。"),
    Matter.REMINDER: N_("请尽快办理并报进展。"),
}
