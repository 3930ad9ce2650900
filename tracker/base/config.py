"""Every setting, typed, read once; a bad one stops the start with one clear line."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from tracker.base.access import Refused

PREFIX = "TRACKER_"
_SHORTEST_SECRET = 32
_PACKAGE = Path(__file__).resolve().parents[1]


class BadConfig(Refused):
    """A setting is unusable; nothing starts."""


class Config(BaseModel):
    """The settings. Each is ``TRACKER_<NAME>`` in the environment or ``TRACKER_<NAME>_FILE`` naming a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("var"), description="where evidence, the SQLite database and the secret key live")
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data directory")
    secret_key: str = Field(
        "", description="signs sessions, 32 characters or more; empty: made once in the data directory"
    )
    journal_secret: str = Field(
        "",
        description="seals the history, 32 characters or more; empty: made once in the data directory; never change it",
    )
    base_url: str = Field("", description="public address, https:// in production; turns secure cookies on")
    locale: str = Field("zh", description="language for people who have not chosen: zh or en")
    max_upload_mb: int = Field(20, ge=1, le=1024, description="largest single evidence file, in MB")
    proxies: int = Field(0, ge=0, le=5, description="how many trusted reverse proxies stand in front")
    session_hours: int = Field(12, ge=1, le=720, description="hours without use after which a session ends")
    smtp_host: str = Field("", description="mail server; empty: no e-mail leaves the house")
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: str = Field("starttls", description="starttls, tls (from the first byte, often port 465) or none")
    smtp_user: str = Field("", description="account at the mail server; empty: it asks for none")
    smtp_password: str = Field("", description="that account's password")
    mail_from: str = Field("", description="sender of e-mail; needed with a mail server")
    wecom_url: str = Field("https://qyapi.weixin.qq.com", description="where WeCom group robots are reached")
    dingtalk_url: str = Field("https://oapi.dingtalk.com", description="where DingTalk group robots are reached")
    feishu_url: str = Field("https://open.feishu.cn", description="where Feishu group robots are reached")
    webhook_networks: str = Field(
        "", description="private networks that webhooks may reach, as 10.1.0.0/16, separated by commas; empty: none"
    )

    http_proxy: str = Field(
        "",
        description="proxy by which robots and webhooks are reached, as http://proxy.example:3128, with an account as "
        "http://name:password@proxy.example:3128; empty: they are reached directly",
    )

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        if value not in {"zh", "en"}:
            raise ValueError("zh or en")
        return value

    @field_validator("secret_key", "journal_secret")
    @classmethod
    def _long_secret(cls, value: str) -> str:
        if value and len(value) < _SHORTEST_SECRET:
            raise ValueError(f"at least {_SHORTEST_SECRET} characters")
        return value

    @field_validator("smtp_security")
    @classmethod
    def _known_security(cls, value: str) -> str:
        if value not in {"starttls", "tls", "none"}:
            raise ValueError("starttls, tls or none")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"[!-;=?A-~]+@[A-Za-z0-9.-]+", value):
            raise ValueError("an e-mail address")
        return value

    @field_validator("webhook_networks")
    @classmethod
    def _known_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @field_validator("http_proxy")
    @classmethod
    def _proxy_address(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            usable = not value or (parts.scheme == "http" and bool(parts.hostname) and bool(parts.port))
        except ValueError:
            usable = False
        if not usable or parts.path.strip("/") or parts.query:
            raise ValueError("http://host:port")  # the value may hold a password: it is not repeated
        return value.rstrip("/")

    @field_validator("smtp_host")
    @classmethod
    def _host_name(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9._-]*", value):
            raise ValueError("a host name alone; its port is a setting of its own")
        return value

    @field_validator("smtp_user", "smtp_password")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("one line without control characters")
        return value

    @field_validator("base_url", "wecom_url", "dingtalk_url", "feishu_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("an address beginning with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        try:
            known = not value or make_url(value).get_backend_name() in {"sqlite", "postgresql"}
        except ArgumentError:
            known = False
        if not known:
            raise ValueError("sqlite:///… or postgresql://…")  # the value may hold a password: it is not repeated
        return value

    @property
    def url(self) -> str:
        """The database's URL, SQLite in the data directory unless set."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'tracker.db'}"

    @property
    def sends_mail(self) -> bool:
        """Whether e-mail can leave the house: there is a server and a sender."""
        return bool(self.smtp_host and self.mail_from)

    @cached_property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Private networks that webhooks may reach."""
        return _networks(self.webhook_networks)

    def secret(self) -> str:
        """The key that signs sessions: set, or made once and kept with mode 0600 in the data directory."""
        return self.secret_key or self._kept("secret.key")

    @cached_property
    def journal_key(self) -> str:
        """The key of the journal's marks, kept likewise; with another one the whole history looks forged."""
        return self.journal_secret or self._kept("journal.key")

    def _kept(self, name: str) -> str:
        path = self.data_dir / name
        if not path.exists():
            self.make_data_dir()
            _make_secret(path)
        kept = path.read_text().strip()
        if len(kept) < _SHORTEST_SECRET:
            raise BadConfig(
                "%(path)s: %(problem)s", path=path, problem="no signing key; restore it, or remove the file"
            )
        return kept

    def make_data_dir(self) -> None:
        """Make the folder if it is not there. Raises BadConfig where it cannot be."""
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadConfig(
                "%(name)s: %(problem)s", name=f"{PREFIX}DATA_DIR", problem=f"{self.data_dir}: {error.strerror}"
            ) from error


def _networks(words: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word.strip()) for word in words.split(",") if word.strip())


def _make_secret(path: Path) -> None:
    """Write a new key beside its place and move it there whole: several processes start at once and must not read half."""
    handle, new = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(48))
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass  # another process was faster, and its key is the one
    finally:
        os.unlink(new)


def read(environ: Mapping[str, str] = os.environ) -> Config:
    """Settings from the environment. Raises BadConfig naming the variable and what it should be."""
    values = {
        name: text for name in Config.model_fields if (text := _value(environ, PREFIX + name.upper())) is not None
    }
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise BadConfig(
            "%(name)s: %(problem)s", name=name, problem=first["msg"].removeprefix("Value error, ")
        ) from error


def _value(environ: Mapping[str, str], name: str) -> str | None:
    if name in environ:
        return environ[name]
    if f"{name}_FILE" not in environ:
        return None
    path = Path(environ[f"{name}_FILE"])
    try:
        return path.read_text().strip()
    except OSError as error:
        raise BadConfig("%(name)s_FILE: %(problem)s", name=name, problem=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise BadConfig("%(name)s_FILE: %(problem)s", name=name, problem="not text in UTF-8") from error


def data_path(name: str) -> Path:
    """``templates``, ``static`` or ``migrations``: beside the package in a checkout, inside it in a wheel."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
