"""The way out: where a webhook may go, however the address is written; and that nobody is led elsewhere."""

from __future__ import annotations

import base64
import socket
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.messages.conftest import add_outlet, reach
from tests.messages.receivers import Receiver, certified, leading_to, post_office, proxy, receiver
from tests.messages.test_routes import make_overdue
from tests.world import World
from tracker.base.access import Refused
from tracker.base.config import BadConfig, Config, read
from tracker.base.db import db, transaction
from tracker.messages import jobs, outside
from tracker.messages.models import Delivery
from tracker.messages.robots import Post
from tracker.messages.rules import OutletKind, Trouble, Unsent, check_webhook

INSIDE = (
    *(
        "127.0.0.1",
        "127.8.8.8",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
    ),
    *("100.64.0.1", "100.100.100.200", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe"),  # IPv4 written as IPv6
    *("2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),  # 6to4, NAT64
)
OUTSIDE = ("1.1.1.1", "203.119.144.1", "2400:3200::1", "::ffff:1.1.1.1", "64:ff9b::101:101")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_closed_however_it_is_written(address: str) -> None:
    assert not outside.is_open(address, ())


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_outside_is_open(address: str) -> None:
    assert outside.is_open(address, ())


def test_a_network_is_opened_by_setting_and_only_that_one() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/16"))
    assert [outside.is_open(one, allowed) for one in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::5")] == [True] * 3
    assert not any(outside.is_open(one, allowed) for one in ("10.2.0.1", "127.0.0.1", "fd01::1"))


def answering(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Names resolve to these from now on; returns what was asked for."""
    asked: list[str] = []

    def resolve(host: str, port: int, *_: Any, **__: Any) -> Any:
        asked.append(host)
        return [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("addresses", [("10.0.0.5",), ("1.1.1.1", "127.0.0.1"), ("::ffff:127.0.0.1",)])
def test_a_name_that_resolves_to_an_address_inside_is_not_spoken_to(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    answering(monkeypatch, *addresses)
    with pytest.raises(Unsent) as error:
        outside.checked_address("hook.example.com", 443, (), secure=True)
    assert (error.value.trouble, error.value.final) == (Trouble.FORBIDDEN, True)


@pytest.mark.parametrize(
    "written", ["http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://localhost/", "http://[::1]/"]
)
def test_other_ways_to_write_the_loopback_lead_nowhere(written: str, out: Receiver) -> None:
    address = written.rstrip("/") + f":{out.port}/hook"
    with pytest.raises(Unsent) as error:
        outside.post(Post(address, b"{}", {}), ())
    assert error.value.trouble in (Trouble.FORBIDDEN, Trouble.UNKNOWN_HOST)
    assert out.got == []


def test_the_connection_goes_to_the_address_that_was_checked(out: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers differently the second time gains nothing: it is asked once."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def resolve(host: str, port: int, *more: Any, **named: Any) -> Any:
        asked.append(host)
        return real("127.0.0.1" if host == "hook.example.com" else host, port, *more, **named)

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)
    status, _ = outside.post(
        Post(f"http://hook.example.com:{out.port}/hook", b"{}", {"X-Delivery-Id": "1"}), (ip_network("127.0.0.0/8"),)
    )
    assert status == 200
    assert out.got[0].headers["Host"] == f"hook.example.com:{out.port}"
    assert [host for host in asked if host == "hook.example.com"] == ["hook.example.com"]
    assert set(asked) <= {"hook.example.com", "127.0.0.1"}


def test_without_encryption_only_inside_what_was_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "1.1.1.1")
    with pytest.raises(Unsent) as error:
        outside.checked_address("hook.example.com", 80, (), secure=False)
    assert error.value.trouble is Trouble.UNENCRYPTED


def test_a_redirect_is_not_followed(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out)
    add_outlet(world, out, OutletKind.WEBHOOK)
    make_overdue(world)
    out.answers["/hook"] = leading_to("/inside")
    assert jobs.deliver() == {"waiting": 1}
    assert [got.path for got in out.got] == ["/hook"]


def test_a_webhook_inside_fails_at_once_and_says_why(app: Flask, world: World, out: Receiver) -> None:
    reach(app, out, webhook_networks="")
    add_outlet(world, out, OutletKind.WEBHOOK)
    make_overdue(world)
    assert jobs.deliver() == {"failed": 1}
    assert out.got == []


@pytest.mark.parametrize(
    "address",
    ["ftp://example.com", "//example.com", "https://", "https://me:word@example.com", "https://例.com", "https://a b",
     "https://example.com:99999", "https://example.com/\r\nHost: x", "javascript:alert(1)", "https://x/" + "a" * 300],
)  # fmt: skip
def test_what_cannot_be_a_webhooks_address_is_refused_where_it_is_typed(address: str) -> None:
    with pytest.raises(Refused):
        check_webhook(address)


# --- encrypted --------------------------------------------------------------------------------------------------

HOST = "tracker.example"
LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The host is here, whatever a name service says."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1" if host == HOST else host, *more, **named)
    )


@pytest.mark.usefixtures("at_home")
def test_https_is_spoken_to_the_name_and_only_with_a_certificate_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = certified(tmp_path, HOST)
    with receiver(server) as out:
        address = f"https://{HOST}:{out.port}/hook"
        with pytest.raises(Unsent) as error:
            outside.post(Post(address, b"{}", {}), LOOPBACK)
        assert (error.value.trouble, error.value.final) == (Trouble.UNTRUSTED, False)
        monkeypatch.setattr(outside, "_trust", lambda: client)
        assert outside.post(Post(address, b"{}", {}), LOOPBACK)[0] == 200
        with pytest.raises(Unsent) as error:  # trusted, but for another name
            outside.post(Post(f"https://127.0.0.1:{out.port}/hook", b"{}", {}), LOOPBACK)
        assert error.value.trouble is Trouble.UNTRUSTED
        assert len(out.got) == 1


@pytest.mark.usefixtures("at_home")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_handed_over_encrypted_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    server, client = certified(tmp_path, HOST)
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "zg@example.gov.cn", "wang@example.gov.cn", "x"
    with post_office(server, at_once=security == "tls") as office:
        there = {
            "smtp_host": HOST,
            "smtp_port": office.port,
            "smtp_security": security,
            "mail_from": "zg@example.gov.cn",
        }
        config = Config.model_validate(there)
        with pytest.raises(Unsent) as error:
            outside.send_mail(config, letter)
        assert error.value.trouble is Trouble.UNTRUSTED
        monkeypatch.setattr(outside, "_trust", lambda: client)
        outside.send_mail(config, letter)
        assert len(office.took) == 1
    with post_office() as office, pytest.raises(Unsent) as error:  # it cannot encrypt
        outside.send_mail(Config.model_validate({**there, "smtp_port": office.port}), letter)
    assert error.value.trouble is Trouble.UNTRUSTED
    assert office.took == []


# --- through a proxy --------------------------------------------------------------------------------------------

PUBLIC = "1.1.1.1"


def resolving(monkeypatch: pytest.MonkeyPatch, **names: str) -> None:
    """These names resolve so, everything else as it does; "" not at all."""
    real = socket.getaddrinfo
    told = {name.replace("_", "."): address for name, address in names.items()}

    def resolve(host: str, *more: Any, **named: Any) -> Any:
        if told.get(host) == "":
            raise socket.gaierror
        return real(told.get(host, host), *more, **named)

    monkeypatch.setattr(outside.socket, "getaddrinfo", resolve)


def test_through_a_proxy_the_checked_address_is_asked_for_and_the_certificate_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = certified(tmp_path, HOST)
    resolving(monkeypatch, tracker_example=PUBLIC)
    monkeypatch.setattr(outside, "_trust", lambda: client)
    with receiver(server) as out, proxy(out.port) as way:
        assert outside.post(Post(f"https://{HOST}/hook", b"{}", {}), (), proxy=way.url)[0] == 200
        assert way.asked == [(f"{PUBLIC}:443", "Basic " + base64.b64encode(b"clerk:p@ss").decode())]
        assert out.got[0].headers["Host"] == HOST
        with pytest.raises(Unsent) as error:  # whoever it leads to must be who was meant
            outside.post(Post(f"https://{PUBLIC}/hook", b"{}", {}), (), proxy=way.url)
        assert error.value.trouble is Trouble.UNTRUSTED
        assert len(out.got) == 1


@pytest.mark.parametrize(("address", "trouble"), [("10.0.0.5", Trouble.FORBIDDEN), ("", Trouble.UNKNOWN_HOST)])
def test_a_proxy_opens_no_way_to_what_is_inside(
    monkeypatch: pytest.MonkeyPatch, address: str, trouble: Trouble
) -> None:
    resolving(monkeypatch, tracker_example=address)
    with proxy(1) as way:
        with pytest.raises(Unsent) as error:
            outside.post(Post(f"https://{HOST}/hook", b"{}", {}), (), proxy=way.url)
        assert error.value.trouble is trouble
        assert way.asked == []


def test_what_was_allowed_inside_is_reached_without_the_proxy(out: Receiver) -> None:
    with proxy(1) as way:
        assert outside.post(Post(f"{out.url}/hook", b"{}", {}), LOOPBACK, proxy=way.url)[0] == 200
        assert outside.post(Post(f"{out.url}/hook", b"{}", {}), LOOPBACK, checked=False, proxy=way.url)[0] == 200
        assert way.asked == []


def test_robots_are_asked_for_by_name_where_only_the_proxy_knows_it(
    app: Flask, world: World, out: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolving(monkeypatch, robots_example="")
    with proxy(out.port) as way:
        reach(app, out, wecom_url="http://robots.example", http_proxy=way.url, webhook_networks="")
        add_outlet(world, out, address="http://robots.example/cgi-bin/webhook/send?key=wecom-key-1")
        make_overdue(world)
        way.refuses = 407
        assert jobs.deliver() == {"waiting": 1}
        delivery = db.session.scalars(select(Delivery)).one()
        assert (delivery.trouble, delivery.detail) == (Trouble.PROXY, "HTTP 407")
        way.refuses = 0
        with transaction():
            db.session.execute(update(Delivery).values(due_at=Delivery.made_at))
        assert jobs.deliver() == {"sent": 1}
        assert {asked for asked, _account in way.asked} == {"robots.example:80"}
        assert [got.path for got in out.got] == ["/cgi-bin/webhook/send?key=wecom-key-1"]


@pytest.mark.parametrize(
    "address",
    ["proxy.example:3128", "https://proxy.example:3128", "http://proxy.example", "http://proxy.example:3128/x"],
)
def test_what_is_no_proxy_stops_the_start_and_is_not_repeated(address: str) -> None:
    with pytest.raises(BadConfig) as error:
        read({"TRACKER_HTTP_PROXY": address})
    assert "TRACKER_HTTP_PROXY: http://host:port" in str(error.value)
    assert address not in str(error.value)
