"""People come in, sign in, get posts and lose them.

Passwords are checked and made outside the transaction that writes: argon2 takes long on purpose, and a write lock
must not be held for it. Signing in is therefore three steps: ``begin_sign_in``, ``password_holds``, ``end_sign_in``.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select

from tracker.accounts import queries
from tracker.accounts.models import CountyLink, Post, SignInAttempt, StandIn, User
from tracker.accounts.rules import (
    MAX_PASSWORD,
    NIGHT,
    ONE_TIME_ALPHABET,
    ONE_TIME_GROUP,
    ONE_TIME_GROUPS,
    NewAccount,
    account_key,
    check_account,
    check_email,
    check_grant,
    check_password,
    check_stand_in,
    password_key,
    role_of,
    throttled,
)
from tracker.accounts.sheet import read_users, row_slips
from tracker.base import clock, journal
from tracker.base.access import ADMINISTRATORS, N_, ROLE_NAMES, Actor, Grant, Missing, Refused, Right, Role, holds, may
from tracker.base.db import db
from tracker.base.sheets_list import Record
from tracker.org import actions as org
from tracker.org import queries as places
from tracker.org.models import Region, Unit
from tracker.org.rules import FileRefused, Level, Slip
from tracker.settings.queries import categories

_ADDRESS = 60  # characters of an address kept

# --- passwords ------------------------------------------------------------------------------------------------

#: argon2id as RFC 9106 has it for servers with little memory: 64 MiB, 3 passes. Tests put a cheaper one here.
HASHER = PasswordHasher()

#: For secrets of 79 random bits: no cost can be added to a guess that is hopeless anyway, and lists of hundreds of
#: new accounts are made in one go. ``password_holds`` evens out the time a check takes.
_FOR_ONE_TIME = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@lru_cache
def _nobody(hasher: PasswordHasher) -> str:
    """A hash nobody's password has, to do the same work for an account that does not exist."""
    return hasher.hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    """Slow on purpose: call it outside ``transaction()``."""
    return HASHER.hash(password_key(password))


def password_holds(user: User | None, password: str) -> bool:
    """Whether this is the person's password; the same work for nobody, an inactive person and a wrong password."""
    stored = user.password_hash if user is not None and user.is_active else None
    right = stored is not None and _verify(stored, password)
    if stored is None or HASHER.check_needs_rehash(stored):
        _verify(_nobody(HASHER), password)
    return right


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password_key(password[: MAX_PASSWORD + 1]))
    except (VerificationError, InvalidHashError):
        return False


def _one_time_password() -> str:
    letters = [secrets.choice(ONE_TIME_ALPHABET) for _ in range(ONE_TIME_GROUPS * ONE_TIME_GROUP)]
    return "-".join("".join(letters[i : i + ONE_TIME_GROUP]) for i in range(0, len(letters), ONE_TIME_GROUP))


# --- signing in and out ---------------------------------------------------------------------------------------


def begin_sign_in(account: str, address: str, *, at: datetime) -> int | None:
    """Count one more try before its password is looked at, so that many at once cannot slip under the limit.

    Returns the try's id for ``end_sign_in``, or None when there were too many: then nothing more is to be done.
    """
    account, address = account_key(account)[:60], address[:_ADDRESS]
    if db.engine.dialect.name == "postgresql":  # SQLite has one writer anyway
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(account))))
    if throttled(*queries.failures(account, address, at)):
        return None
    attempt = SignInAttempt(at=at, account=account, address=address, succeeded=False)
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def end_sign_in(
    attempt_id: int, user: User | None, *, succeeded: bool, verb: str = "sign_in", at: datetime | None = None
) -> None:
    """Write down how the try ended. An unknown account's name stays out of the journal: people type passwords there."""
    attempt = db.session.get(SignInAttempt, attempt_id)
    assert attempt is not None  # begin_sign_in committed it
    attempt.succeeded = succeeded
    journal.record(
        verb if succeeded else f"{verb}_failed",
        "person",
        user.id if user is not None else 0,
        actor_id=user.id if user is not None and succeeded else None,
        data={"address": attempt.address},
        at=at,
    )


def sign_out(user: User, *, at: datetime | None = None) -> None:
    """End every session of this person, on every device."""
    user.session_version += 1
    journal.record("sign_out", "person", user.id, actor_id=user.id, at=at)


def check_new_password(user: User, password: str, current: str) -> None:
    """Refuse an unfit new password; cheap, so that nothing slow is done for one."""
    check_password(password, user.account or "")
    if password_key(password) == password_key(current):
        raise Refused(N_("新密码不能与现在的密码相同。"))


def change_password(user: User, new_hash: str, *, at: datetime | None = None) -> None:
    """The person's own new password (checked and hashed before); every session ends but the one that goes on."""
    user.password_hash = new_hash
    user.one_time = False
    user.session_version += 1
    journal.record("change_password", "person", user.id, actor_id=user.id, at=at)


# --- people ---------------------------------------------------------------------------------------------------


def add_person(
    name: str,
    unit: Unit,
    *,
    title: str | None = None,
    account: str | None = None,
    actor_id: int | None,
    at: datetime | None = None,
) -> tuple[User, NewAccount | None]:
    """A person, with or without sign-in; with an account a one-time password comes back, to be shown once."""
    if not unit.active:
        raise Refused(N_("单位“%(name)s”已停用。"), name=unit.name)
    user = User(name=name, title=title or None, unit=unit)
    db.session.add(user)
    db.session.flush()
    journal.record("add_person", "person", user.id, actor_id=actor_id, data={"unit_id": unit.id}, at=at)
    return user, give_account(user, account, actor_id=actor_id, at=at) if account else None


def give_account(user: User, account: str, *, actor_id: int | None, at: datetime | None = None) -> NewAccount:
    """Sign-in for a person who had none."""
    if user.account is not None:
        raise Refused(N_("“%(name)s”已有账号。"), name=user.name)
    account = account_key(account)
    check_account(account)
    if db.session.scalar(select(User.id).where(User.account == account)):
        raise Refused(N_("账号“%(account)s”已被使用，请换一个。"), account=account)
    # hash first: the CHECK wants both
    user.password_hash = "unusable"
    user.account = account
    journal.record("give_account", "person", user.id, actor_id=actor_id, at=at)
    return _set_one_time(user)


def give_one_time_password(user: User, *, actor_id: int | None) -> NewAccount:
    """A password on paper: it ends every session and must be changed at the next sign-in."""
    if user.account is None:
        raise Refused(N_("“%(name)s”还没有账号。"), name=user.name)
    if not user.active:
        raise Refused(N_("“%(name)s”已停用，请先恢复。"), name=user.name)
    if user.id == actor_id:
        raise Refused(N_("自己的密码请用“修改密码”。"))
    made = _set_one_time(user)
    _reset_failures(user)
    journal.record("give_one_time_password", "person", user.id, actor_id=actor_id)
    return made


def _set_one_time(user: User) -> NewAccount:
    password = _one_time_password()
    user.password_hash = _FOR_ONE_TIME.hash(password)
    user.one_time = True
    user.session_version = (user.session_version or 1) + 1
    db.session.flush()
    assert user.account is not None  # both callers saw to it
    return NewAccount(user.name, user.unit.name, user.account, password)


def unlock(user: User, *, actor_id: int | None, at: datetime) -> None:
    """Let a person try again at once after too many failed tries."""
    if not queries.locked(user, at):
        raise Refused(N_("“%(name)s”没有被锁定。"), name=user.name)
    _reset_failures(user, at)
    journal.record("unlock", "person", user.id, actor_id=actor_id, at=at)


def _reset_failures(user: User, at: datetime | None = None) -> None:
    """A mark without an address: failures are counted since the last success."""
    assert user.account is not None  # callers saw to it
    db.session.add(SignInAttempt(at=at or clock.now(), account=user.account, address="", succeeded=True))


def edit_person(user: User, *, name: str, title: str | None, email: str | None, actor_id: int | None) -> None:
    """The event says what was changed, not into what: names and addresses can be erased."""
    _change(user, {"name": name, "title": title or None, "email": _email(email)}, actor_id)


def choose_mail(
    user: User, *, email: str | None, urgent: bool, digest: bool, night: tuple[int, int] | None = NIGHT
) -> None:
    """What the person themselves wants by e-mail, and from when until when (o'clock) only what is pressing. The inbox has
    everything whatever is chosen here."""
    begins, ends = night or (None, None)
    chosen = {"mail_urgent": urgent, "mail_digest": digest, "quiet_from": begins, "quiet_until": ends}
    _change(user, {"email": _email(email), **chosen}, user.id)


def _email(written: str | None) -> str | None:
    address = unicodedata.normalize("NFKC", written or "").strip()
    if address:
        check_email(address)
    return address or None


def _change(user: User, after: dict[str, str | bool | int | None], actor_id: int | None) -> None:
    changed = [name for name, value in after.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, after[name])
    if changed:
        journal.record("edit_person", "person", user.id, actor_id=actor_id, data={"changed": changed})


def deactivate(user: User, *, actor_id: int | None) -> None:
    """No sign-in and no rights from this moment; duties and history stay. The last administrator of a kind stays too."""
    if not user.active:
        raise Refused(N_("“%(name)s”已经停用。"), name=user.name)
    if user.id == actor_id:
        raise Refused(N_("不能停用自己。"))
    for role in {grant.role for grant in user.grants} & ADMINISTRATORS:
        _check_not_last(role, user)
    user.active = False
    user.session_version += 1
    at = clock.now()
    for standing in queries.stand_ins_about(user.id):
        _end(standing, at)
    journal.record("deactivate", "person", user.id, actor_id=actor_id, at=at)


def _check_not_last(role: Role, user: User) -> None:
    if user.is_active and not queries.holders_of(role, but=user.id):
        raise Refused(N_("这是最后一个“%(role)s”，请先让另一个人担任。"), role=ROLE_NAMES[role])


def reactivate(user: User, *, actor_id: int | None) -> None:
    if user.active:
        raise Refused(N_("“%(name)s”没有停用。"), name=user.name)
    user.active = True
    journal.record("reactivate", "person", user.id, actor_id=actor_id)


def move(user: User, unit: Unit, *, actor_id: int | None) -> None:
    """To another unit. What the person is named for stays theirs until a supervisor hands it on (the page lists it)."""
    if unit.id == user.unit_id:
        raise Refused(N_("“%(name)s”已经在这个单位。"), name=user.name)
    if not unit.active:
        raise Refused(N_("单位“%(name)s”已停用。"), name=unit.name)
    before, user.unit = user.unit_id, unit
    journal.record("move", "person", user.id, actor_id=actor_id, data={"before": before, "after": unit.id})


# --- posts ----------------------------------------------------------------------------------------------------


def grant_post(
    user: User, role: Role, region: Region, category_id: int | None = None, *, actor_id: int | None, at: datetime
) -> Post:
    """A role over a region and all below it; it counts from the person's very next request."""
    if not user.active:
        raise Refused(N_("“%(name)s”已停用，请先恢复。"), name=user.name)
    if region.valid_to is not None:
        raise Refused(N_("区划“%(name)s”已终止。"), name=region.name)
    wanted = Grant(role, region.id, region.parent_id is None, category_id)
    db.session.expire(user, ["posts"])
    check_grant(wanted, user.grants, to_self=user.id == actor_id, can_sign_in=user.account is not None)
    post = Post(user_id=user.id, role=role, region=region, category_id=category_id, began_at=at)
    db.session.add(post)
    db.session.flush()
    db.session.expire(user, ["posts"])
    journal.record("grant_post", "person", user.id, actor_id=actor_id, data=_post_data(post), at=at)
    return post


def end_post(post: Post, *, actor_id: int | None, at: datetime) -> None:
    """The rights end at once, for open sessions too. The last administrator of a kind stays."""
    if post.ended_at is not None:
        raise Refused(N_("这个岗位已经结束。"))
    user = queries.user_with_id(post.user_id)
    if post.role in ADMINISTRATORS:
        _check_not_last(post.role, user)
    post.ended_at = at
    db.session.flush()
    db.session.expire(user, ["posts"])
    journal.record("end_post", "person", user.id, actor_id=actor_id, data=_post_data(post), at=at)


def _post_data(post: Post) -> dict[str, object]:
    return {"post_id": post.id, "role": post.role.value, "region_id": post.region_id, "category_id": post.category_id}


def link_counties(user: User, region_ids: Collection[int], *, actor_id: int | None, at: datetime | None = None) -> None:
    """The counties a leader keeps in touch with (联系县), all of them at once. A filter on their desk, not a right."""
    before, after = queries.linked_counties(user.id), sorted(set(region_ids))
    if before == after:
        return
    if after and not holds(user, Role.LEADER):
        raise Refused(N_("“%(name)s”没有领导岗位，不能指定联系县；请安全管理员先授予岗位。"), name=user.name)
    if not set(after) - set(before) <= {county.id for county in places.counties() if county.parent_id is not None}:
        raise Refused(N_("联系县只能是市以下的县市区。"))
    db.session.execute(delete(CountyLink).where(CountyLink.user_id == user.id))
    db.session.add_all(CountyLink(user_id=user.id, region_id=region_id) for region_id in after)
    db.session.flush()
    journal.record(
        "link_counties", "person", user.id, actor_id=actor_id, at=at, data={"before": before, "after": after}
    )


# --- stand-ins ------------------------------------------------------------------------------------------------


def name_stand_in(
    absent: User, person: User, actor: Actor, *, begins: date, ends: date, today: date, at: datetime | None = None
) -> StandIn:
    """Let ``person`` do the duties of ``absent`` from a day to a day (指定代理人), named by the absent person or by a
    supervisor who covers all of their duties.

    Nobody gives duties to themselves, and nobody names one while standing in for another: no chains.
    """
    _may_name(actor, absent)
    if person.id == absent.id:
        raise Refused(N_("代理人要是另一个人。"))
    if person.id == actor.id:
        raise Refused(N_("不能指定自己代理别人，请由本人或另一位督查人员办理。"))
    check_stand_in(
        person=person.name, can_sign_in=person.is_active, duties=absent.grants, begins=begins, ends=ends, today=today
    )
    instant = at or clock.now()
    for before in queries.stand_ins_about(absent.id):
        if before.absent_id != absent.id:
            continue
        if before.ends_on >= today:
            raise Refused(N_("已经指定了代理人“%(name)s”，先结束再另行指定。"), name=before.person.name)
        _end(before, instant)  # long over
    standing = StandIn(
        absent=absent, person=person, begins_on=begins, ends_on=ends, named_by_id=actor.id, named_at=instant
    )
    db.session.add(standing)
    db.session.flush()
    data = {"stand_in": person.id, "from": begins.isoformat(), "until": ends.isoformat()}
    journal.record("name_stand_in", "person", absent.id, **journal.by(actor), data=data, at=instant)
    return standing


def end_stand_in(standing: StandIn, actor: Actor, *, at: datetime | None = None) -> None:
    """Take it back (结束代理): by the absent person, a supervisor who covers them, or the stand-in. At once, for open
    sessions too."""
    if actor.id != standing.person_id or actor.for_id is not None:
        _may_name(actor, standing.absent)
    if standing.ended_at is not None:
        raise Refused(N_("这项代理已经结束。"))
    _end(standing, at or clock.now())
    data = {"stand_in": standing.person_id}
    journal.record("end_stand_in", "person", standing.absent_id, **journal.by(actor), data=data, at=at)


def _may_name(actor: Actor, absent: User) -> None:
    if actor.for_id is not None:
        raise Refused(N_("代理他人期间不能指定或结束代理；请先回到本人身份。"))
    if actor.id != absent.id and not queries.covers_whole(actor, absent):
        raise Missing
    if not absent.active:
        raise Refused(N_("“%(name)s”已停用，请先恢复。"), name=absent.name)


def _end(standing: StandIn, at: datetime) -> None:
    standing.ended_at = at
    db.session.flush()  # one for one person: the old row goes before a new one comes


# --- the three administrators ---------------------------------------------------------------------------------

_FIRST_ACCOUNTS = {Role.SYSTEM_ADMIN: "sysadmin", Role.SECURITY_ADMIN: "secadmin", Role.AUDITOR: "auditor"}


def make_administrators(unit_name: str = "整改办", *, at: datetime | None = None) -> list[NewAccount]:
    """One account each for the kinds of administrator that nobody holds yet, seated in a unit of the root region.

    Without a root region a placeholder is made, which the first import of regions takes over. Returns the accounts
    with their one-time passwords; empty when all three stand.
    """
    missing = [role for role in _FIRST_ACCOUNTS if not queries.holders_of(role)]
    if not missing:
        return []
    at = at or clock.now()
    root = places.root() or org.add_region(
        None, name="本地区", level=Level.CITY, code=None, actor_id=None, today=clock.local(at).date()
    )
    found = db.session.scalar(select(Unit).where(Unit.name == unit_name, Unit.region_id == root.id))
    unit = found or org.add_unit(unit_name, root, actor_id=None)
    return [_make_administrator(role, unit, root, at) for role in missing]


def _make_administrator(role: Role, unit: Unit, root: Region, at: datetime) -> NewAccount:
    account = _FIRST_ACCOUNTS[role]
    if queries.user_with_account(account) is not None:  # its holder lost the post or was deactivated
        account = f"{account}-{secrets.choice(ONE_TIME_ALPHABET)}{secrets.choice(ONE_TIME_ALPHABET)}"
    user, made = add_person(ROLE_NAMES[role], unit, account=account, actor_id=None, at=at)
    assert made is not None  # an account was asked for
    grant_post(user, role, root, actor_id=None, at=at)
    return NewAccount(made.name, made.unit, made.account, made.password, role.value)


# --- people from a file ---------------------------------------------------------------------------------------


@dataclass
class UserImport:
    """What an import of people did: numbers by (Chinese) heading, and the accounts it made."""

    counts: dict[str, int] = field(default_factory=dict)
    made: list[NewAccount] = field(default_factory=list)


@dataclass(frozen=True)
class _Wish:
    """A row whose words were all understood."""

    row: Record
    unit: Unit
    user_id: int | None
    account: str | None
    grant: tuple[Role, Region, int | None] | None


def import_users(
    data: bytes,
    filename: str = "users.csv",
    *,
    actor_id: int | None,
    at: datetime | None = None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> UserImport:
    """Take in people with optional accounts and posts, whole or not at all.

    A person is recognised by account, else by name within the unit; several rows of one person give several posts.
    Posts need the right to grant them: a system administrator's file brings people and accounts only. The three
    administrators are never made by a file. ``told`` hears (rows done, rows): each password takes its time. Raises
    FileRefused naming the cells.
    """
    wishes = _wishes(read_users(data, filename), actor_id)
    at = at or clock.now()
    done, counts = UserImport(), Counter[str]()
    people: dict[tuple[int, str], User] = {}
    slips: list[Slip] = []
    for number, wish in enumerate(wishes, start=1):
        try:
            _fulfil(wish, people, done, counts, actor_id, at)
            told(number, len(wishes))
        except Refused as refusal:
            slips.append(Slip(wish.row.cell("role" if wish.grant else "account"), refusal.msgid, "", refusal.params))
    if slips:
        raise FileRefused(slips)
    done.counts = {
        N_("新增人员"): counts["new"],
        N_("已有人员"): len({(w.unit.id, w.row.text("name")) for w in wishes}) - counts["new"],
        N_("开通账号"): len(done.made),
        N_("授予岗位"): counts["posts"],
    }
    return done


def _wishes(rows: list[Record], actor_id: int | None) -> list[_Wish]:
    """Every row understood, or FileRefused with all that is wrong."""
    reader = _RowReader(actor_id)
    wishes = [reader.read(row) for row in rows]
    if reader.slips:
        raise FileRefused(reader.slips)
    return [wish for wish in wishes if wish is not None]


class _RowReader:
    """Reads rows against what is stored, in a constant number of queries; gathers what is wrong."""

    def __init__(self, actor_id: int | None) -> None:
        self.slips: list[Slip] = []
        self.actor_id = actor_id
        self.may_grant = actor_id is None or may(queries.user_with_id(actor_id), Right.POSTS)
        self.places = places.places()
        self.units: dict[str, dict[int, Unit]] = {}
        for unit in places.all_units():
            for name in (unit.name, *(alias.name for alias in unit.aliases)):
                if unit.active:
                    self.units.setdefault(name, {})[unit.id] = unit
        self.people = queries.people_by_unit_and_name()
        everyone = db.session.execute(select(User.id, User.account, User.name)).all()
        self.accounts = {row.account: row.id for row in everyone}
        self.names = {row.id: row.name for row in everyone}
        self.categories = {category.name: category.id for category in categories()}
        self.seen: dict[str, tuple[int, str]] = {}

    def read(self, row: Record) -> _Wish | None:
        before = len(self.slips)
        self.slips += row_slips(row)
        unit = self._unit(row)
        account = self._account(row, unit)
        user_id = self._known(row, unit, account)
        grant = self._grant(row)
        if len(self.slips) > before or unit is None:
            return None
        return _Wish(row, unit, user_id, account, grant)

    def _slip(self, row: Record, key: str, problem: str, mend: str = "", **params: object) -> None:
        self.slips.append(Slip(row.cell(key), problem, mend, params))

    def _unit(self, row: Record) -> Unit | None:
        text = row.text("unit")
        region, _, name = text.rpartition("/")
        found = list(self.units.get(name, {}).values())
        if region:
            found = [unit for unit in found if unit.region_id in self.places.find(region)]
        if not found:
            self._slip(row, "unit", N_("没有找到单位“%(name)s”。"), N_("请先导入单位，或写系统中的名称。"), name=text)
        elif len(found) > 1:
            self._slip(row, "unit", N_("有 %(number)s 个单位叫“%(name)s”。"), N_("请在前面写上区划，如“新邵县/水利局”。"),
                       name=text, number=len(found))  # fmt: skip
        return found[0] if len(found) == 1 else None

    def _account(self, row: Record, unit: Unit | None) -> str | None:
        account = account_key(row.text("account"))
        if not account or unit is None:
            return None
        person = (unit.id, row.text("name"))
        if self.seen.setdefault(account, person) != person:
            self._slip(
                row, "account", N_("账号“%(account)s”在文件中给了两个人。"), N_("请换一个账号。"), account=account
            )
        try:
            check_account(account)
        except Refused as refusal:
            self._slip(row, "account", refusal.msgid, **refusal.params)
        return account

    def _known(self, row: Record, unit: Unit | None, account: str | None) -> int | None:
        owner: int | None = self.accounts.get(account) if account else None
        if owner is not None:
            if self.names[owner] != row.text("name"):
                self._slip(row, "account", N_("账号“%(account)s”已由别人使用。"), N_("请换一个账号。"), account=account)
            return owner
        same = self.people.get((unit.id, row.text("name")), []) if unit is not None else []
        if len(same) > 1:
            self._slip(row, "name", N_("这个单位有 %(number)s 个“%(name)s”。"), N_("请写明账号，或在人员页面上逐个办理。"),
                       name=row.text("name"), number=len(same))  # fmt: skip
        return same[0] if len(same) == 1 else None

    def _grant(self, row: Record) -> tuple[Role, Region, int | None] | None:
        word = row.text("role")
        if not word:
            return None
        role = role_of(word)
        if role is None:
            self._slip(row, "role", N_("不认识岗位“%(role)s”。"), N_("请写承办、督查、领导等。"), role=word)
        elif role in ADMINISTRATORS:
            self._slip(row, "role", N_("系统、安全、审计管理员不能由文件产生。"), N_("请在岗位页面上逐个授予。"))
        elif not self.may_grant:
            self._slip(
                row, "role", N_("岗位要由安全管理员授予。"), N_("请清空岗位各列；导入后由安全管理员在岗位页面上授予。")
            )
            return None
        region_id, category_id = self._region(row), self._category(row)
        if role is None or region_id is None:
            return None
        return role, places.region_with_id(region_id), category_id

    def _region(self, row: Record) -> int | None:
        text = row.text("region")
        if not text:
            self._slip(row, "region", N_("没有写岗位区划。"), N_("请写系统中的区划名称或代码。"))
            return None
        found = self.places.find(text)
        if len(found) != 1:
            self.slips.append(org.region_slip(row.cell("region"), text, len(found)))
            return None
        return found[0]

    def _category(self, row: Record) -> int | None:
        name = row.text("category")
        if name and name not in self.categories:
            self._slip(row, "category", N_("没有类别“%(name)s”。"), N_("请写系统中的类别名称，或留空。"), name=name)
        return self.categories.get(name)


def _fulfil(
    wish: _Wish,
    people: dict[tuple[int, str], User],
    done: UserImport,
    counts: Counter[str],
    actor_id: int | None,
    at: datetime,
) -> None:
    key = (wish.unit.id, wish.row.text("name"))
    user = people.get(key) or (queries.user_with_id(wish.user_id) if wish.user_id is not None else None)
    made = None
    if user is None:
        title = wish.row.text("title")
        user, made = add_person(key[1], wish.unit, title=title, account=wish.account, actor_id=actor_id)
        counts["new"] += 1
    elif wish.account and user.account is None:
        made = give_account(user, wish.account, actor_id=actor_id)
    elif wish.account and user.account != wish.account:
        raise Refused(N_("“%(name)s”已有另一个账号。"), name=user.name)
    if made is not None:
        done.made.append(made)
    people[key] = user
    if wish.row.text("email"):  # an empty cell takes nobody's address away
        _change(user, {"email": _email(wish.row.text("email"))}, actor_id)
    if wish.grant is not None:
        role, region, category_id = wish.grant
        held = {(grant.role, grant.region_id, grant.category_id) for grant in user.grants}
        if (role, region.id, category_id) not in held:
            grant_post(user, role, region, category_id, actor_id=actor_id, at=at)
            counts["posts"] += 1
