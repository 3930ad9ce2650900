"""What an account and a password may be, when signing in is slowed down, who may hold which post. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.base.access import ADMINISTRATORS, N_, RIGHTS, ROLE_NAMES, Grant, Refused, Right, Role

# --- accounts and passwords -----------------------------------------------------------------------------------

_ACCOUNT = re.compile(r"[a-z0-9\u4e00-\u9fff][a-z0-9\u4e00-\u9fff_.@-]{1,39}")
LONGEST_EMAIL = 120
#: Plain addresses only: no display name, no quoting, nothing a mail's header could be broken with.
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9-]{2,63}")
MIN_PASSWORD = 10
MAX_PASSWORD = 200  # longer ones only make the server work

#: One-time passwords are read off paper and typed once: no 0/o, 1/l/i.
ONE_TIME_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_GROUPS, ONE_TIME_GROUP = 4, 4  # 31^16: 79 bits

#: The commonest passwords are these with digits or signs before or behind: ``Admin@123456``, ``woaini1314520``.
_COMMON = frozenset(
    """password passw0rd p@ssw0rd p@ssword pass pwd admin administrator root user guest test demo system manager
    welcome letmein iloveyou loveyou monkey dragon master superman batman football baseball princess sunshine shadow
    michael jordan charlie hello helloworld secret login qwerty qwertyuiop qwert asdfgh asdfghjkl asdf zxcvbn zxcvbnm
    qazwsx qazwsxedc qweasd qweasdzxc qwerasdf abc abcd abcdef abcdefg abcdefgh abcdefghij abcabc aabbcc asd qwe zxc
    q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx a1b2c3 a1b2c3d4 a1b2c3d4e5 qq
    woaini woaiwo woaiwojia woaizhongguo aini wodemima mima mimamima xiaoxiao wangluo zhongguo china beijing shanghai
    hunan changsha shaoyang nihao tiankong taobao baidu tencent weixin wechat huawei zhengfu bangong office changeme
    default temp temporary newpassword mypassword access internet computer server oracle mysql postgres sa www
    rectification tracker zhenggai qingling fupin""".split()  # noqa: SIM905 - a list of words reads better as words
)
_KEYBOARD = ("01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz")


def account_key(text: str) -> str:
    """An account as it is stored and compared: full-width and capital letters do not matter."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def check_account(account: str) -> None:
    """Refuse what cannot be an account (given as ``account_key``)."""
    if not _ACCOUNT.fullmatch(account):
        raise Refused(N_("账号要有 2 到 40 个字，只用字母、数字、汉字和 . _ - @，以字母、数字或汉字开头。"))


def check_email(address: str) -> None:
    """Refuse what no mail server would take."""
    if not _EMAIL.fullmatch(address) or len(address) > LONGEST_EMAIL:
        raise Refused(N_("“%(address)s”不是可用的邮箱地址，应像 name@example.gov.cn。"), address=address)


def password_key(text: str) -> str:
    """A password as it is hashed: what an input method made full-width is the same key pressed."""
    return unicodedata.normalize("NFKC", text)


def check_password(password: str, account: str) -> None:
    """Refuse a new password that is short, guessable or the account itself."""
    key = password_key(password).lower()
    if len(key) < MIN_PASSWORD:
        raise Refused(N_("新密码至少要有 %(number)s 个字符。"), number=MIN_PASSWORD)
    if len(key) > MAX_PASSWORD:
        raise Refused(N_("新密码不能超过 %(number)s 个字符。"), number=MAX_PASSWORD)
    if account and (key.strip() in {account, account[::-1]} or _core(key) == account):
        raise Refused(N_("新密码不能是账号，也不能是账号加几位数字。"))
    if key.isdigit():
        raise Refused(N_("新密码不能全是数字，如手机号、身份证号。"))
    if _often_used(key):
        raise Refused(N_("这个密码太常见，容易被猜到；可以用几个互不相关的词连起来。"))


def _core(key: str) -> str:
    """What is left of a password without the digits and signs people put around a word."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", key)


def _often_used(key: str) -> bool:
    if len(set(key)) < 4 or _repeats(key):
        return True
    core = _core(key)
    if not core or {key, core} & _COMMON or _repeats(core):
        return True
    return len(core) > 2 and any(core in row or core in row[::-1] for row in _KEYBOARD)


def _repeats(key: str) -> bool:
    """``abcabcabc``: one short piece over and over."""
    return any(key == (key[:size] * len(key))[: len(key)] for size in range(1, len(key) // 2 + 1))


# --- slowing down guesses ---------------------------------------------------------------------------------------

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 30  # an office shares one address


def throttled(account_failures: int, address_failures: int) -> bool:
    return account_failures >= PER_ACCOUNT or address_failures >= PER_ADDRESS


#: One answer for an unknown account, a wrong password, a locked and a deactivated account.
NOT_SIGNED_IN = N_("账号或密码不对。同一账号连续输错 5 次要等 15 分钟；忘记密码或需要马上解锁，请联系系统管理员。")


# --- posts ------------------------------------------------------------------------------------------------------

#: Only these look at issues by category (条).
BY_CATEGORY = frozenset({Role.SUPERVISOR, Role.LEADER})
_ROLE_WORDS: dict[str, Role] = {
    **{role.value: role for role in Role},
    **{name: role for role, name in ROLE_NAMES.items()},
    **{name + "员": role for role, name in ROLE_NAMES.items()},
}


def role_of(word: str) -> Role | None:
    """The role a file means by this word: 督查, supervisor."""
    return _ROLE_WORDS.get(word.strip().lower())


def check_grant(wanted: Grant, held: Collection[Grant], *, to_self: bool, can_sign_in: bool) -> None:
    """Refuse a post that the person may not get beside the ones they hold."""
    name = ROLE_NAMES[wanted.role]
    if to_self:
        raise Refused(N_("不能给自己授予岗位，请由另一位安全管理员办理。"))
    if any(_same(wanted, grant) for grant in held):
        raise Refused(N_("这个人已有同样的岗位。"))
    if wanted.category_id is not None and wanted.role not in BY_CATEGORY:
        raise Refused(N_("“%(role)s”岗位不分类别。"), role=name)
    if wanted.role in ADMINISTRATORS:
        _check_administrator(wanted, held, name, can_sign_in)


def _same(one: Grant, other: Grant) -> bool:
    return (one.role, one.region_id, one.category_id) == (other.role, other.region_id, other.category_id)


def _check_administrator(wanted: Grant, held: Iterable[Grant], name: str, can_sign_in: bool) -> None:
    if any(grant.role in ADMINISTRATORS for grant in held):
        raise Refused(N_("一个账号只能担任系统、安全、审计管理员中的一种。"))
    if not can_sign_in:
        raise Refused(N_("先由系统管理员开通账号，才能担任“%(role)s”。"), role=name)
    if not wanted.at_root:
        raise Refused(N_("“%(role)s”只能设在根区划。"), role=name)


# --- stand-ins --------------------------------------------------------------------------------------------------


def names_for_others(grant: Grant) -> bool:
    """Whether the post lets its holder name stand-ins for the people of its region: a supervisor's, for all
    categories."""
    return grant.role in RIGHTS[Right.STAND_INS] and grant.category_id is None


def has_duties(grants: Iterable[Grant]) -> bool:
    """Whether there is anything a stand-in could do: an administrator's rights are nobody else's."""
    return any(grant.role not in ADMINISTRATORS for grant in grants)


def check_stand_in(
    *, person: str, can_sign_in: bool, duties: Iterable[Grant], begins: date, ends: date, today: date
) -> None:
    """Refuse a stand-in who could not act, for whom there is nothing to act for, or for days that cannot be.

    ``person``: the stand-in's name; ``duties``: the absent person's posts.
    """
    if not can_sign_in:
        raise Refused(N_("“%(name)s”不能登录系统，当不了代理人。"), name=person)
    if not has_duties(duties):
        raise Refused(N_("没有可以代理的岗位；系统、安全、审计管理员的权限不能由人代理。"))
    if begins > ends:
        raise Refused(N_("代理结束的日期不能早于开始的日期。"))
    if begins < today:
        raise Refused(N_("代理不能从已经过去的日期开始。"))


# --- new accounts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NewAccount:
    """An account just made, with its one-time password: shown or printed once, stored nowhere."""

    name: str
    unit: str
    account: str
    password: str
    role: str = ""  # code of the role, where one was given along

    @property
    def role_name(self) -> str:
        return ROLE_NAMES[Role(self.role)] if self.role else ""

    def __str__(self) -> str:
        return f"{self.name}  {self.unit}  {self.account}  {self.password}"


# --- nights ---------------------------------------------------------------------------------------------------

#: From when until when, o'clock, e-mail that is not pressing waits, unless the person says otherwise.
NIGHT = (22, 7)


def awake_at(wall: datetime, begins: int | None, ends: int | None) -> datetime:
    """When somebody with that night may be written to: then, or as soon as the night is over. ``wall``: by their clock."""
    if begins is None or ends is None or begins == ends:
        return wall
    hour = wall.hour
    asleep = begins <= hour < ends if begins < ends else hour >= begins or hour < ends
    if not asleep:
        return wall
    morning = wall.replace(hour=ends, minute=0, second=0, microsecond=0)
    return morning if morning > wall else morning + timedelta(days=1)
