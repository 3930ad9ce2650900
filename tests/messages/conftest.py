"""The outside world, the app told where it is, and short patience."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.messages.receivers import Post, Receiver, post_office, receiver
from tests.world import World
from tracker.base.config import Config
from tracker.base.db import transaction
from tracker.messages import actions, outside
from tracker.messages.models import Outlet
from tracker.messages.outside import Limits
from tracker.messages.rules import OutletKind


@pytest.fixture
def out() -> Iterator[Receiver]:
    with receiver() as here:
        yield here


@pytest.fixture
def office() -> Iterator[Post]:
    with post_office() as here:
        yield here


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of whoever answers too slowly, or everything would be slow on a busy machine."""
    monkeypatch.setattr(outside, "LIMITS", Limits(connect=0.5, silence=0.8, whole=1))


def configure(app: Flask, **changes: Any) -> None:
    """Give the app other settings."""
    app.config["TRACKER"] = Config(**{**app.config["TRACKER"].model_dump(), **changes})


def reach(app: Flask, out: Receiver | None = None, office: Post | None = None, **changes: Any) -> None:
    """Tell the app where the outside world is."""
    there = {}
    if out is not None:
        there = dict.fromkeys(("wecom_url", "dingtalk_url", "feishu_url"), out.url)
        there |= {"webhook_networks": "127.0.0.0/8"}
    if office is not None:
        there |= {"smtp_host": "127.0.0.1", "smtp_port": office.port, "smtp_security": "none"}
        there |= {"mail_from": "zg@example.gov.cn"}
    configure(app, **{"base_url": "https://zg.example.gov.cn", **there, **changes})


ADDRESSES = {
    OutletKind.WECOM: "/cgi-bin/webhook/send?key=wecom-key-1",
    OutletKind.DINGTALK: "/robot/send?access_token=dingtalk-token-1",
    OutletKind.FEISHU: "/open-apis/bot/v2/hook/feishu-hook-1",
    OutletKind.WEBHOOK: "/hook",
}


def add_outlet(
    world: World,
    out: Receiver,
    kind: OutletKind = OutletKind.WECOM,
    *,
    name: str = "",
    region: str = "xinshao",
    address: str | None = None,
    secret: str = "",
    opened: bool = True,
) -> Outlet:
    """An outlet of that kind at the receiver, opened by the county's supervisor."""
    with transaction():
        outlet, _ = actions.set_outlet(
            None,
            world.system_admin,
            name=name or kind.value,
            kind=kind,
            region=world.regions[region],
            address=address or out.url + ADDRESSES[kind],
            secret=secret,
        )
        if opened:
            actions.open_outlet(outlet, world.root_supervisor)
    return outlet
