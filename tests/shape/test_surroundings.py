"""What the other tests stand on: a real PostgreSQL, a real browser, and a browser that notices."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask, Response
from sqlalchemy import create_engine, text

from tests.browser import OpenPage, Serve
from tests.needs import ROOT
from tests.postgres import PostgresServer

pytest_plugins = ["pytester"]


def one_page(body: str) -> Flask:
    app = Flask("one_page")
    app.add_url_rule("/", "home", lambda: Response(
        f"<!DOCTYPE html><html lang=zh-CN><link rel=icon href=data:,><p>{body}", mimetype="text/html",
        headers={"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"},
    ))  # fmt: skip
    return app


def test_postgres_answers_through_sqlalchemy(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_a_database_can_be_copied_and_dropped(postgres_server: PostgresServer) -> None:
    first = postgres_server.create()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE proof (id int)")
    second = postgres_server.create(template=first)
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT count(*) FROM proof").fetchone() == (0,)
    for url in (first, second):
        postgres_server.drop(url)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(second)


def test_the_browser_shows_chinese(open_page: OpenPage, serve: Serve) -> None:
    address = serve(one_page("今天有 3 件要办"))
    for size, width in (("desk", 1440), ("phone", 390)):
        page = open_page(size, base_url=address)
        page.goto("/")
        assert page.inner_text("p") == "今天有 3 件要办"
        assert page.evaluate("window.innerWidth") in (width, 980)  # 980: a phone's page without a viewport line


def test_the_browser_notices_what_the_csp_blocks(open_page: OpenPage, serve: Serve, page_problems: list[str]) -> None:
    page = open_page(base_url=serve(one_page("<b style='color:red'>x</b><script>throw 1</script>")))
    page.goto("/")
    assert any("Content Security Policy" in problem for problem in page_problems)
    page_problems.clear()


LEFT_OUT = """
    import pytest

    @pytest.mark.browser
    def test_marked(): pass

    def test_by_fixture(soffice): pass

    def test_extra(shared): pass

    def test_plain(): pass
"""


@pytest.fixture
def bare_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose tests run on a machine where nothing is installed."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest("""
        import dataclasses
        from tests import needs
        from tests.needs import *

        for name, need in needs.NEEDS.items():
            needs.NEEDS[name] = dataclasses.replace(need, there=lambda: None)
    """)
    pytester.makeini("[pytest]\nmarkers =\n  browser\n  postgres\n  libreoffice\n  shared_data\n")
    pytester.makepyfile(LEFT_OUT)
    return pytester


def test_what_is_missing_is_left_out_and_said(bare_machine: pytest.Pytester) -> None:
    result = bare_machine.runpytest_subprocess()
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(["left out: 1 test needs Chromium: not here*", "left out: 1 test needs LibreOffice*"])


def test_under_ci_what_is_left_out_fails_but_for_the_extras(
    bare_machine: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    result = bare_machine.runpytest_subprocess()
    result.assert_outcomes(passed=1, skipped=1, errors=2)
    result.stdout.fnmatch_lines(["left out: 1 test needs ../shared/data*"])
