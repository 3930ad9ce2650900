"""Chromium for the tests: a page at a desk's or a phone's size that reports every console, script and CSP error."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from tests.needs import chromium

#: Width and height in CSS pixels.
SIZES = {"desk": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
# Without a sandbox because tests may run as root; the rest keeps Chromium from calling home.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

OpenPage = Callable[..., Page]
Serve = Callable[[Flask], str]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless, one a worker."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page_problems() -> list[str]:
    """What went wrong on the pages so far; ``.clear()`` it after a step that is meant to (a 403, a 422)."""
    return []


@pytest.fixture
def open_page(browser: Browser, page_problems: list[str]) -> Iterator[OpenPage]:
    """``open_page("phone", base_url=…)``: a page in a context of its own, so each has its own sign-in.

    Fails the test at its end if any page said something on the console, threw, broke the CSP or asked the internet.
    """
    contexts = []

    def make(size: str = "desk", *, base_url: str | None = None, locale: str = "zh-CN", scripts: bool = True) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            base_url=base_url,
            locale=locale,
            timezone_id="Asia/Shanghai",
            has_touch=size == "phone",
            is_mobile=size == "phone",
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        context.on("console", lambda message: _console(message, page_problems))
        context.on("weberror", lambda error: page_problems.append(f"script: {error.error}"))
        context.on("request", lambda request: _elsewhere(request, page_problems))
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert not page_problems, "the browser complained:\n" + "\n".join(page_problems)


def _console(message: ConsoleMessage, problems: list[str]) -> None:
    if message.type in {"error", "warning"}:
        problems.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")


def _elsewhere(request: Request, problems: list[str]) -> None:
    address = urlsplit(request.url)
    if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in {"127.0.0.1", "localhost"}:
        problems.append(f"asked the internet: {request.url}")


@pytest.fixture
def desk_page(open_page: OpenPage) -> Page:
    return open_page("desk")


@pytest.fixture
def phone_page(open_page: OpenPage) -> Page:
    return open_page("phone")


@pytest.fixture
def serve() -> Iterator[Serve]:
    """``serve(app)``: the app on a free port of the loopback, until the test ends; returns its address."""
    running: list[tuple[BaseWSGIServer, threading.Thread]] = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
