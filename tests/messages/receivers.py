"""The outside world on the loopback: robots and a program that take messages, and a mail server, each as bad as told."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FINE = {"errcode": 0, "code": 0, "errmsg": "ok", "msg": "success"}


@dataclass
class Got:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["X-Delivery-Id"]

    @property
    def text(self) -> str:
        said = self.json
        return str((said.get("text") or said.get("content"))["text" if "msg_type" in said else "content"])


@dataclass
class Receiver:
    """What came in, and how it is answered: ``answers`` by path's beginning, each a (status, body) or a function that
    writes to the handler itself."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ids(self, path: str = "") -> list[str]:
        return [one.id for one in self.got if one.path.startswith(path)]


@contextlib.contextmanager
def receiver(secure: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """``secure``: it speaks https."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(Got(self.path, dict(self.headers), body))
            answer = next((how for start, how in found.answers.items() if self.path.startswith(start)), (200, FINE))
            if callable(answer):
                answer(self, found)
                return
            status, said = answer
            self.reply(status, said)

        def reply(self, status: int, said: Any, **headers: str) -> None:
            told = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # the other side hung up: that is what is tested

    made = Server(("127.0.0.1", 0), Handler)
    if secure is not None:
        made.socket = secure.wrap_socket(made.socket, server_side=True)
    with _running(made) as server:
        found.port = server.server_address[1]
        yield found
        found.over.set()


def silent(_handler: Any, here: Receiver) -> None:
    """Takes the message and never answers."""
    here.over.wait(5)


def dripping(handler: Any, here: Receiver) -> None:
    """Answers a byte at a time, for ever: no silence is ever long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not here.over.is_set():
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.02)


def hanging_up(handler: Any, _here: Receiver) -> None:
    """Has read it all and is gone: nobody knows whether it was taken."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def leading_to(address: str) -> Callable[..., None]:
    def redirect(handler: Any, _here: Receiver) -> None:
        handler.reply(307, b"", Location=address)

    return redirect


# --- certificates -----------------------------------------------------------------------------------------------


def certified(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own making for this host, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(key.private_bytes(*plain) + certificate.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "both.pem")
    return server, ssl.create_default_context(cadata=certificate.public_bytes(serialization.Encoding.PEM).decode())


# --- mail -------------------------------------------------------------------------------------------------------


@dataclass
class Post:
    """A mail server: what it took, whom it refuses, whether it speaks at all."""

    port: int = 0
    took: list[tuple[str, str]] = field(default_factory=list)  # recipient, the letter
    refused: set[str] = field(default_factory=set)
    busy: bool = False
    dead: bool = False
    gone: bool = False  # hangs up once it has read the letter, before it says so
    secure: ssl.SSLContext | None = None  # what STARTTLS turns on
    over: threading.Event = field(default_factory=threading.Event)

    def to(self, address: str) -> list[str]:
        return [letter for recipient, letter in self.took if recipient == address]


class Clerk(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        if self.server.office.dead:
            self.server.office.over.wait(5)
            return
        self.say("220 post office")
        self.serve()

    def serve(self) -> None:
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line.upper().partition(" ")[0]
            if verb == "QUIT":
                self.say("221 bye")
                return
            if verb == "STARTTLS":
                self.encrypt()
            elif verb == "EHLO" and self.server.office.secure is not None:
                self.say("250-post office\r\n250 STARTTLS")
            elif verb == "RCPT":
                recipient = line.partition("<")[2].rstrip(">")
                self.say(f"550 no such person {recipient}" if recipient in self.server.office.refused else "250 ok")
            elif verb == "DATA":
                self.data(recipient)
            else:
                self.say("451 busy" if self.server.office.busy and verb == "MAIL" else "250 ok")

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # the encrypted one is nobody else's

    def encrypt(self) -> None:
        self.say("220 go on")
        self.connection = self.server.office.secure.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)

    def data(self, recipient: str) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        self.server.office.took.append((recipient, "".join(lines)))
        if self.server.office.gone:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.say("250 taken")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextlib.contextmanager
def post_office(secure: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Post]:
    """``secure``: it can be spoken to encrypted, after STARTTLS or ``at_once``."""
    found = Post(secure=secure)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, *_: Any) -> None:
            pass

    made = Server(("127.0.0.1", 0), Clerk)
    if secure is not None and at_once:
        made.socket = secure.wrap_socket(made.socket, server_side=True)
    with _running(made) as server:
        server.office = found
        found.port = server.server_address[1]
        yield found
        found.over.set()


@contextlib.contextmanager
def _running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- a proxy ----------------------------------------------------------------------------------------------------


@dataclass
class Proxy:
    """What it was asked to connect to, and with which account; ``refuses``: the status it answers with instead."""

    port: int = 0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    refuses: int = 0

    @property
    def url(self) -> str:
        return f"http://clerk:p%40ss@127.0.0.1:{self.port}"


@contextlib.contextmanager
def proxy(there: int) -> Iterator[Proxy]:
    """One that lays every line to that port of the loopback, whatever it is asked for."""
    found = Proxy()

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            found.asked.append((self.path, self.headers["Proxy-Authorization"]))
            self.send_response(found.refuses or 200)
            self.end_headers()
            if found.refuses:
                return
            with socket.create_connection(("127.0.0.1", there)) as line:
                back = threading.Thread(target=_copy, args=(line, self.connection), daemon=True)
                back.start()
                _copy(self.connection, line)
                back.join()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass

    with _running(Server(("127.0.0.1", 0), Handler)) as server:
        found.port = server.server_address[1]
        yield found


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while got := source.recv(65536):
            target.sendall(got)
        target.shutdown(socket.SHUT_WR)
