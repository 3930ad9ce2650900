"""THE table of what runs by itself and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from tracker.base.access import N_
from tracker.clearance.jobs import mind_reviews
from tracker.deadlines.jobs import bring_up, escalate, flag_overdue, mind_steps, tell_upcoming
from tracker.lookbacks import jobs as lookbacks
from tracker.messages.jobs import deliver, digest
from tracker.tasks.jobs import tell_tasks
from tracker.withdrawals.jobs import remove_bytes


@dataclass(frozen=True)
class Job:
    """A function of the as-of day, run once per day at or after ``at`` (Asia/Shanghai)."""

    name: str
    at: time
    purpose: str
    run: Callable[[date], dict[str, int]]


JOBS: tuple[Job, ...] = (
    Job("overdue", time(0, 0), N_("为当天起逾期的问题开立逾期记录"), flag_overdue),
    Job("escalation", time(0, 1), N_("逾期满级的问题升级，并通知这一级的人"), escalate),  # after overdue has flagged
    Job("steps", time(0, 2), N_("交办、签收、方案超过规定工作日的记录下来，并通知该办的人"), mind_steps),
    Job("reviews", time(0, 3), N_("一级审核超过规定工作日的记录下来，并通知审核人"), mind_reviews),
    Job("review", time(0, 5), N_("长期坚持的问题到检视日期时提出"), bring_up),
    Job("lookback", time(0, 10), N_("销号满期的问题该回头看时提出"), lookbacks.bring_up),
    Job("erasure", time(3, 0), N_("删除已撤下佐证留在磁盘上的原件"), remove_bytes),
    Job("upcoming", time(0, 15), N_("提醒即将到期和等待签收的问题"), tell_upcoming),
    Job("tasks", time(0, 20), N_("提醒即将到期的交办事项，告知逾期未答复的"), tell_tasks),
    Job("digest", time(8, 0), N_("工作日早上，把不急的提醒合成每人一封邮件"), digest),
)


@dataclass(frozen=True)
class Beat:
    """Done again every few seconds, outside any transaction, by as many processes as like."""

    name: str
    purpose: str
    run: Callable[[], dict[str, int]]


BEATS: tuple[Beat, ...] = (Beat("deliver", N_("把等着的消息发出去：邮件、群机器人、接口"), deliver),)
