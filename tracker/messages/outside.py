"""The way out of the house: one HTTP POST to a checked address, one e-mail; both end in bounded time, whatever the other
side does.

A webhook's host is resolved once, every address it has is checked, and the connection goes to the checked address itself,
so that a name answering differently the second time gains nothing. Redirects are not followed.

Where the settings name a proxy, what was checked stays checked: a webhook's host is resolved here all the same, and the proxy is
asked for the checked address, never for the name, which it would resolve for itself. A webhook whose name only the proxy can
resolve is therefore not reached. Robots are the operator's own setting: the proxy is asked for their name. The networks that were
allowed are inside, where no proxy leads: they are reached directly. No variable of the environment names a proxy.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import smtplib
import socket
import ssl
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app

from tracker.base.config import Config
from tracker.messages.robots import Post
from tracker.messages.rules import OutletKind, Trouble, Unsent

Network = IPv4Network | IPv6Network
_NAT64 = IPv6Network("64:ff9b::/96")
_LONGEST_ANSWER = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """Seconds: to connect, between two bytes, and for the whole of it."""

    connect: float = 5
    silence: float = 10
    whole: float = 20


LIMITS = Limits()


def sends_mail() -> bool:
    """Whether there is a mail server to hand e-mail to."""
    return bool(current_app.config["TRACKER"].sends_mail)


def robots_base(kind: OutletKind) -> str:
    """Where the robots of this kind are reached, by setting."""
    return str(getattr(current_app.config["TRACKER"], f"{kind.value}_url"))


# --- which addresses may be reached -----------------------------------------------------------------------------


def is_open(address: str, networks: Collection[Network]) -> bool:
    """Whether a webhook may go there: a public address, or one of the networks allowed by setting."""
    found = _meant(ip_address(address.partition("%")[0]))
    return _is_allowed(found, networks) or (found.is_global and not found.is_multicast)


def _is_allowed(found: IPv4Address | IPv6Address, networks: Collection[Network]) -> bool:
    return any(found.version == network.version and found in network for network in networks)


def _meant(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if isinstance(found, IPv4Address):
        return found
    if found in _NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or found


def checked_address(host: str, port: int, networks: Collection[Network], *, secure: bool) -> str:
    """The address to connect to. Raises Unsent unless every address of the host may be reached; without encryption only
    in the networks that were allowed."""
    addresses = _resolved(host, port)
    if not all(is_open(address, networks) for address in addresses):
        raise Unsent(Trouble.FORBIDDEN, final=True)
    inside = all(_is_allowed(_meant(ip_address(address.partition("%")[0])), networks) for address in addresses)
    if not secure and not inside:
        raise Unsent(Trouble.UNENCRYPTED, final=True)
    return addresses[0]


def is_inside(address: str, networks: Collection[Network]) -> bool:
    """Whether it is an address in one of the networks that were allowed."""
    try:
        return _is_allowed(_meant(ip_address(address.partition("%")[0])), networks)
    except ValueError:
        return False  # a name that only the proxy resolves


def _own_address(host: str, port: int, proxy: str) -> str:
    """Where the operator's own host is; the name itself where only the proxy knows."""
    try:
        found = _resolved(host, port)[0]
    except Unsent:
        if not proxy:
            raise
        return host
    return host if proxy and is_public(found) else found


def is_public(address: str) -> bool:
    return is_open(address, ())


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unsent(Trouble.UNKNOWN_HOST, host) from error
    return [str(entry[4][0]) for entry in found]


# --- in bounded time --------------------------------------------------------------------------------------------


class _Watch:
    """Cuts the connection when the whole time is over: a time-out of the socket only bounds the silence between two bytes."""

    def __init__(self, seconds: float) -> None:
        self.late = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def over(self, line: socket.socket) -> None:
        # another handle of the same connection: encryption takes the first one over
        self._line = socket.fromfd(line.fileno(), line.family, line.type)
        if self.late:
            raise TimeoutError

    def end(self) -> None:
        self._timer.cancel()
        self._timer.join()
        if self._line is not None:
            self._line.close()

    def _cut(self) -> None:
        self.late = True
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _watched() -> Iterator[_Watch]:
    """What goes wrong on the line inside, as Unsent."""
    watch = _Watch(LIMITS.whole)
    try:
        yield watch
    except (OSError, http.client.HTTPException, smtplib.SMTPException, ValueError) as error:
        raise _unsent(error, late=watch.late) from error
    finally:
        watch.end()


def _unsent(error: Exception, *, late: bool) -> Unsent:
    if late or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Unsent(Trouble.TOO_SLOW)
    if isinstance(error, ssl.SSLError | smtplib.SMTPNotSupportedError):
        return Unsent(Trouble.UNTRUSTED, getattr(error, "verify_message", "") or getattr(error, "reason", "") or "")
    return Unsent(Trouble.UNREACHABLE, getattr(error, "strerror", None) or type(error).__name__)


@lru_cache
def _trust() -> ssl.SSLContext:
    """The machine's certificate authorities; SSL_CERT_FILE names others."""
    return ssl.create_default_context()


# --- HTTP -------------------------------------------------------------------------------------------------------


def post(what: Post, networks: Collection[Network], *, checked: bool = True, proxy: str = "") -> tuple[int, bytes]:
    """Status and body (its beginning) of the answer. ``networks``: the private ones that may be reached; not ``checked``:
    the host is the operator's own setting; ``proxy``: the address of one, by which everything but those networks is reached.
    Raises Unsent."""
    parts = urlsplit(what.url)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = checked_address(host, port, networks, secure=secure) if checked else _own_address(host, port, proxy)
    if proxy and is_inside(address, networks):
        proxy = ""
    with _watched() as watch:
        connection = _Line(host, port, address, secure, watch, proxy)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, body=what.body, headers={**what.headers, "Connection": "close"})
            answer = connection.getresponse()
            body = answer.read(_LONGEST_ANSWER)
        finally:
            connection.close()
        if watch.late:  # what came before the cut is no answer
            raise TimeoutError
        return answer.status, body


class _Line(http.client.HTTPConnection):
    """A connection to an address that was checked, spoken to under its host's name."""

    def __init__(self, host: str, port: int, address: str, secure: bool, watch: _Watch, proxy: str) -> None:
        super().__init__(host, port, timeout=LIMITS.silence)
        self._address, self._secure, self._watch, self._proxy = address, secure, watch, proxy
        if secure:
            self.default_port = 443  # what the Host header leaves out

    def connect(self) -> None:
        line = self._connected()
        self.sock = line
        self._watch.over(line)
        line.settimeout(LIMITS.silence)
        if self._proxy:
            _through(line, self._address, self.port, self._proxy)
        if self._secure:
            self.sock = _trust().wrap_socket(line, server_hostname=self.host)

    def _connected(self) -> socket.socket:
        if not self._proxy:
            return socket.create_connection((self._address, self.port), timeout=LIMITS.connect)
        proxy = urlsplit(self._proxy)
        try:
            return socket.create_connection((proxy.hostname, proxy.port), timeout=LIMITS.connect)
        except OSError as error:
            raise Unsent(Trouble.PROXY, error.strerror or type(error).__name__) from error


def _through(line: socket.socket, address: str, port: int, proxy: str) -> None:
    """Have the proxy lay a line to there. What is said on it afterwards the proxy only passes on."""
    there = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    asked = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
    parts = urlsplit(proxy)
    if parts.username:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        asked.append(f"Proxy-Authorization: Basic {base64.b64encode(account.encode()).decode()}")
    line.sendall("\r\n".join([*asked, "", ""]).encode())
    answer = http.client.HTTPResponse(line, method="CONNECT")
    try:
        answer.begin()
        if answer.status != 200:
            raise Unsent(Trouble.PROXY, f"HTTP {answer.status}")
    finally:
        answer.close()


# --- e-mail -----------------------------------------------------------------------------------------------------


def send_mail(config: Config, letter: EmailMessage) -> None:
    """Hand one e-mail to the mail server. Raises Unsent; ``others`` is False where only this letter was refused."""
    with _watched() as watch:
        with _said_by_the_server(letter):
            server = _connected(config, watch)
            try:
                if config.smtp_security == "starttls":
                    server.starttls(context=_trust())
                if config.smtp_user:
                    server.login(config.smtp_user, config.smtp_password)
                server.send_message(letter)
            except BaseException:
                server.close()
                raise
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()  # it has taken the letter: how it says goodbye changes nothing
        server.close()


def _connected(config: Config, watch: _Watch) -> smtplib.SMTP:
    kind = _MailLineSecure if config.smtp_security == "tls" else _MailLine
    own_name = config.mail_from.rpartition("@")[2]  # else the machine would be asked, which may take long
    more: dict[str, Any] = {"context": _trust()} if config.smtp_security == "tls" else {}
    return kind(watch, config.smtp_host, config.smtp_port, own_name, timeout=LIMITS.silence, **more)


class _MailLine(smtplib.SMTP):
    def __init__(self, watch: _Watch, *arguments: Any, **more: Any) -> None:
        self._watch = watch
        super().__init__(*arguments, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._watch.over(line)
        return line


class _MailLineSecure(_MailLine, smtplib.SMTP_SSL):
    pass


@contextlib.contextmanager
def _said_by_the_server(letter: EmailMessage) -> Iterator[None]:
    """What the mail server answers, without the address it repeats."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise Unsent(Trouble.SIGN_IN, _answer(error.smtp_code, error.smtp_error, letter)) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        final = code >= 500
        raise Unsent(Trouble.RECIPIENT, _answer(code, said, letter), final=final, others=False) from error
    except smtplib.SMTPResponseException as error:
        refused = isinstance(error, smtplib.SMTPDataError)
        detail = _answer(error.smtp_code, error.smtp_error, letter)
        raise Unsent(Trouble.ANSWERED, detail, final=refused and error.smtp_code >= 500, others=not refused) from error


def _answer(code: int, said: bytes | str, letter: EmailMessage) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {words.replace(str(letter['To']), '…')}"
