"""What a message can be about, in which words it is told, by which ways it leaves the house and how often it is tried."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import parse_qs, urlsplit

from tracker.base.access import N_, Refused


class Channel(StrEnum):
    INBOX = "inbox"


class Matter(StrEnum):
    """What the message is about: a level of escalation, or all of them at once for what was taken over late; what is not
    urgent and waits for the day's digest; the digest itself, and a try."""

    UNIT = "overdue_unit"
    LEAD = "overdue_lead"
    NOTICE = "overdue_notice"
    BULLETIN = "overdue_bulletin"
    TALK = "overdue_talk"
    TAKEN_OVER = "overdue_taken_over"
    REMINDER = "reminder"
    PAPER = "paper"
    TO_ACCEPT = "to_accept"
    DUE_SOON = "due_soon"
    DIGEST = "digest"
    TRY = "try"
    DELAY_UNASSIGNED = "delay_unassigned"
    DELAY_UNSIGNED = "delay_unsigned"
    DELAY_PLANNING = "delay_planning"
    DELAY_REVIEW = "delay_review"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_REFUSED = "objection_refused"
    TASK_ASKED = "task_asked"
    TASK_DUE_SOON = "task_due_soon"
    TASK_LATE = "task_late"
    TASK_ANSWERED = "task_answered"
    TASK_RETURNED = "task_returned"
    TASK_SETTLED = "task_settled"
    TASK_WITHDRAWN = "task_withdrawn"


#: Told at once by e-mail too; everything else of a person waits for the digest.
URGENT = frozenset(
    {
        *(Matter.UNIT, Matter.LEAD, Matter.NOTICE, Matter.BULLETIN, Matter.TALK, Matter.TAKEN_OVER),
        *(Matter.REMINDER, Matter.PAPER, Matter.TASK_LATE),
    }
)
#: Told by people, one by one or many in a row: an e-mail waits a little for the ones that follow.
GATHERED = frozenset({Matter.REMINDER, Matter.PAPER})
#: Sent by night too: a person says it now and means now. What the clock finds at midnight is as true in the morning.
PRESSING = GATHERED | {Matter.TRY}
#: Only ever sent out, never in an inbox.
OUTSIDE_ONLY = frozenset({Matter.DIGEST, Matter.TRY})
NOT_URGENT = frozenset(Matter) - URGENT - OUTSIDE_ONLY

MATTER_NAMES: dict[Matter, str] = {
    Matter.UNIT: N_("已经逾期"),
    Matter.LEAD: N_("逾期升级到牵头领导"),
    Matter.NOTICE: N_("建议下发督办单"),
    Matter.BULLETIN: N_("建议列入通报名单"),
    Matter.TALK: N_("建议列入约谈名单"),
    Matter.TAKEN_OVER: N_("承接的台账里有逾期问题"),
    Matter.REMINDER: N_("督查催办"),
    Matter.PAPER: N_("收到文书"),
    Matter.TO_ACCEPT: N_("等待签收"),
    Matter.DUE_SOON: N_("即将到期"),
    Matter.DIGEST: N_("每日提醒"),
    Matter.TRY: N_("测试消息"),
    Matter.DELAY_UNASSIGNED: N_("列单后迟迟没有交办"),
    Matter.DELAY_UNSIGNED: N_("交办后迟迟没有签收"),
    Matter.DELAY_PLANNING: N_("整改方案迟迟没有定下来"),
    Matter.DELAY_REVIEW: N_("销号审核迟迟没有答复"),
    Matter.EXTENSION_GRANTED: N_("同意延期"),
    Matter.EXTENSION_REFUSED: N_("不同意延期"),
    Matter.OBJECTION_UPHELD: N_("逾期异议成立"),
    Matter.OBJECTION_REFUSED: N_("逾期异议不成立"),
    Matter.TASK_ASKED: N_("新的交办事项"),
    Matter.TASK_DUE_SOON: N_("交办事项即将到期"),
    Matter.TASK_LATE: N_("交办事项逾期未答复"),
    Matter.TASK_ANSWERED: N_("交办事项等待验收"),
    Matter.TASK_RETURNED: N_("交办事项退回再办"),
    Matter.TASK_SETTLED: N_("交办事项已办结"),
    Matter.TASK_WITHDRAWN: N_("交办事项已撤销"),
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
    Matter.PAPER: N_("您单位收到新的文书，请查看并签收。"),
    Matter.TO_ACCEPT: N_("已交办到您的单位，请签收；%(number)s 个工作日内不签收会亮红灯。"),
    Matter.DUE_SOON: N_("距整改时限不超过 %(number)s 天，请抓紧整改，按时申请销号。"),
    Matter.DIGEST: N_("以下事项不急，但等着您办。"),
    Matter.TRY: N_("这是一条测试消息，收到即说明这个渠道已经接通，不用处理。"),
    Matter.DELAY_UNASSIGNED: N_("已超过 %(number)s 个工作日，请尽快交办。"),
    Matter.DELAY_UNSIGNED: N_("已超过 %(number)s 个工作日，请尽快签收或退回。"),
    Matter.DELAY_PLANNING: N_("已超过 %(number)s 个工作日，请尽快报方案或批准方案。"),
    Matter.DELAY_REVIEW: N_("已超过 %(number)s 个工作日，请尽快审核。"),
    Matter.EXTENSION_GRANTED: N_("延期申请已同意，请按新的整改时限办理。"),
    Matter.EXTENSION_REFUSED: N_("延期申请没有同意，整改时限不变。"),
    Matter.OBJECTION_UPHELD: N_("异议成立，这次逾期已注销，请按新的整改时限办理。"),
    Matter.OBJECTION_REFUSED: N_("异议不成立，仍计逾期，请抓紧整改。"),
    Matter.TASK_ASKED: N_("请按时落实，并在系统里答复。"),
    Matter.TASK_DUE_SOON: N_("距完成时限不超过 %(number)s 天，请按时答复。"),
    Matter.TASK_LATE: N_("完成时限已过，还没有答复；请承办的马上答复，交办和督查的催一催。"),
    Matter.TASK_ANSWERED: N_("已经答复，请验收或退回。"),
    Matter.TASK_RETURNED: N_("答复没有通过，请按退回的意见继续落实。"),
    Matter.TASK_SETTLED: N_("答复已通过验收，不用再办。"),
    Matter.TASK_WITHDRAWN: N_("不再要求落实。"),
}


# --- leaving the house ----------------------------------------------------------------------------------------


class OutletKind(StrEnum):
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEBHOOK = "webhook"


OUTLET_KIND_NAMES: dict[OutletKind, str] = {
    OutletKind.WECOM: N_("企业微信群机器人"),
    OutletKind.DINGTALK: N_("钉钉群机器人"),
    OutletKind.FEISHU: N_("飞书群机器人"),
    OutletKind.WEBHOOK: N_("接口（Webhook）"),
}


class DeliveryState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


DELIVERY_STATE_NAMES: dict[DeliveryState, str] = {
    DeliveryState.WAITING: N_("待发送"),
    DeliveryState.SENT: N_("已送达"),
    DeliveryState.FAILED: N_("发送失败"),
    DeliveryState.DROPPED: N_("不再发送"),
}


class Trouble(StrEnum):
    """Why a try did not succeed, or why there is none."""

    UNKNOWN_HOST = "unknown_host"
    UNREACHABLE = "unreachable"
    TOO_SLOW = "too_slow"
    UNTRUSTED = "untrusted"
    FORBIDDEN = "forbidden"
    UNENCRYPTED = "unencrypted"
    ANSWERED = "answered"
    SIGN_IN = "sign_in"
    RECIPIENT = "recipient"
    PROXY = "proxy"
    KEY = "key"
    CLOSED = "closed"
    NOTHING_LEFT = "nothing_left"
    UNEXPECTED = "unexpected"


TROUBLE_NAMES: dict[Trouble, str] = {
    Trouble.UNKNOWN_HOST: N_("找不到这个主机名，请检查地址或域名解析"),
    Trouble.UNREACHABLE: N_("连接不上，请检查地址、端口和网络"),
    Trouble.TOO_SLOW: N_("对方没有在规定时间内答复"),
    Trouble.UNTRUSTED: N_("对方的证书不可信，或者加密连接没有建立"),
    Trouble.FORBIDDEN: N_("地址指向内部网络，不允许访问；确需访问请运维人员设置 TRACKER_WEBHOOK_NETWORKS"),
    Trouble.UNENCRYPTED: N_("不加密的 http:// 只能用于已允许的内部网络，请改用 https://"),
    Trouble.ANSWERED: N_("对方拒绝了这条消息"),
    Trouble.SIGN_IN: N_("邮件服务器不接受账号或密码"),
    Trouble.RECIPIENT: N_("邮件服务器不接受收件地址，请核对邮箱"),
    Trouble.PROXY: N_("代理服务器没有接通对方，请运维人员检查 TRACKER_HTTP_PROXY"),
    Trouble.KEY: N_("保存的密钥已无法解开，请重新填写"),
    Trouble.CLOSED: N_("渠道或邮件提醒已停用"),
    Trouble.NOTHING_LEFT: N_("收件人已看不到其中的问题，或者没有要说的了"),
    Trouble.UNEXPECTED: N_("发送程序出错，详见系统日志"),
}


class Unsent(Exception):
    """One try did not succeed. ``final``: trying again cannot help; ``others``: whatever else goes the same way would
    fail likewise now. ``detail``: what the other side said."""

    def __init__(self, trouble: Trouble, detail: str = "", *, final: bool = False, others: bool = True) -> None:
        super().__init__(trouble.value, detail)
        self.trouble, self.detail, self.final, self.others = trouble, " ".join(detail.split())[:200], final, others


#: A try that has said nothing for so long is taken to be dead, and the message is sent again.
LEASE = timedelta(minutes=3)
#: Minutes until the next try: the longest a receiver may be dead without a message being lost is about a day.
_WAITS = (1, 2, 4, 8, 16, 32, 60, 120, 240, 240, 240, 240, 240)
MOST_TRIES = len(_WAITS) + 1


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries without success; None after the last."""
    return timedelta(minutes=_WAITS[tries - 1]) if tries < MOST_TRIES else None


# --- what is said outside -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One issue as a message names it: what a group may read, and nothing more."""

    number: str
    title: str
    deadline: date | None
    matter: str  # which level, in the reader's words
    url: str  # "" where the installation does not know its own address
    on_behalf: str = ""  # whom the reader stands in for


@dataclass(frozen=True)
class Letter:
    """A message in the reader's words. ``total``: how many issues it is about, ``lines`` the first of them."""

    delivery_id: str
    matter: Matter
    subject: str
    words: str
    lines: tuple[Line, ...]
    total: int
    url: str  # where to see them all
    besides: tuple[tuple[str, int], ...] = ()  # what it says that is about no issue: the matter, how many


# --- robots and their keys ------------------------------------------------------------------------------------

#: Where the key stands in the address that the group's page shows: (path, the parameter that holds it; "" the path's end).
ROBOT_PATHS: dict[OutletKind, tuple[str, str]] = {
    OutletKind.WECOM: ("/cgi-bin/webhook/send", "key"),
    OutletKind.DINGTALK: ("/robot/send", "access_token"),
    OutletKind.FEISHU: ("/open-apis/bot/v2/hook/", ""),
}
#: These robots may be set to check a signature.
SIGNED = frozenset({OutletKind.DINGTALK, OutletKind.FEISHU})
_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}")


def robot_key(kind: OutletKind, written: str, base: str) -> str:
    """The key in what was pasted: the robot's whole address, or the key alone. Raises Refused for anything else."""
    written = written.strip()
    path, parameter = ROBOT_PATHS[kind]
    key = written
    if "/" in written:
        parts = urlsplit(written)
        if f"{parts.scheme}://{parts.netloc}" != base or not parts.path.startswith(path):
            raise Refused(
                N_("这不是所选机器人的地址，应以 %(start)s 开头，请从群机器人页面整段复制。"),
                start=base + path,
            )
        key = parse_qs(parts.query).get(parameter, [""])[0] if parameter else parts.path.removeprefix(path)
    if not _KEY.fullmatch(key):
        raise Refused(N_("地址里没有可用的密钥，请从群机器人页面整段复制。"))
    return key


def check_webhook(address: str) -> str:
    """The address of a program that takes messages. Raises Refused for what cannot be one."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        parts, usable = urlsplit(""), False
    if not usable or len(address) > 300 or not address.isascii() or not address.isprintable() or " " in address:
        raise Refused(N_("接口地址应以 https:// 开头，只用英文字符，如 https://oa.example.gov.cn/hook。"))
    if "@" in parts.netloc:
        raise Refused(N_("接口地址里不要写账号和密码；对方用签名密钥核对来源。"))
    return address
