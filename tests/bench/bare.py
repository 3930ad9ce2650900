"""The yardstick: on the same server, a bare Flask page of as many bytes from constants, and a bare durable insert."""

from __future__ import annotations

import os
import sqlite3
import threading

from flask import Flask, redirect
from werkzeug.wrappers import Response

ROW = [("cell-main", "/issues/2019-0000001", "沙坪村饮水工程完工一年未通水", "新邵县 安全饮水")] * 8
PAGE = """<!doctype html><html lang="zh"><head><title>{{ title }}</title></head><body><table>
{% for row in rows %}<tr>
{% for kind, address, text, under in row %}
  <td class="{{ kind }}"><a href="{{ address }}">{{ text }}</a><span class="minor">{{ under }}</span></td>
{% endfor %}</tr>
{% endfor %}</table></body></html>"""


def make() -> Flask:
    """Nothing but Flask: no session, no rights, no database on the page."""
    app, connections = Flask(__name__), threading.local()
    template = app.jinja_env.from_string(PAGE)
    row = len(template.render(title="清单", rows=[ROW]).encode())

    @app.get("/page/<int:size>")
    def page(size: int) -> str:
        """About ``size`` bytes of HTML: a table of constants, eight cells a row, as many rows as it takes."""
        return template.render(title="清单", rows=[ROW] * max(1, size // row))

    @app.post("/write")
    def write() -> Response:
        """One row, on the disk before the answer."""
        if not hasattr(connections, "one"):
            connections.one = sqlite3.connect(os.environ["BENCH_DB"], isolation_level=None)
            connections.one.execute("PRAGMA synchronous=FULL")
        connections.one.execute("INSERT INTO entry(text) VALUES (?)", ("管网已接通，正在试水。",))
        return redirect("/")

    return app


def make_table(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE entry(id INTEGER PRIMARY KEY, text TEXT)")
