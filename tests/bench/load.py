"""A server of the kind that is shipped, and a closed loop of requests against it."""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WORKERS, CLIENTS, SECONDS = 2, 4, 3.0


@dataclass(frozen=True)
class Timing:
    """Milliseconds of one request among ``CLIENTS`` at once; bytes of an answer."""

    p50: float
    p99: float
    rate: float
    size: int


@contextmanager
def served(factory: str, environment: dict[str, str]) -> Iterator[int]:
    """The port on which two workers serve ``factory`` ("module:function"), no scheduler beside them."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "--no-log", "--port", str(port),
               "--workers", str(WORKERS), "--blocking-threads", "4", factory]  # fmt: skip
    server = subprocess.Popen(command, env=os.environ | environment)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def timed(port: int, ask: Callable[[http.client.HTTPConnection], int]) -> Timing:
    """``ask`` sends one request and returns the size of its answer; asked for ``SECONDS`` after a short warm-up."""
    _loop(port, ask, 0.7)
    times, sizes = _loop(port, ask, SECONDS)
    times.sort()
    return Timing(statistics.median(times), times[int(len(times) * 0.99)], len(times) / SECONDS, sizes[-1])


def _loop(port: int, ask: Callable[[http.client.HTTPConnection], int], seconds: float) -> tuple[list[float], list[int]]:
    times: list[float] = []
    sizes: list[int] = []

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        end = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < end:
            sizes.append(ask(connection))
            times.append((time.perf_counter() - begun) * 1000)
        connection.close()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times, sizes


def get(path: str, cookie: str = "") -> Callable[[http.client.HTTPConnection], int]:
    def ask(connection: http.client.HTTPConnection) -> int:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return len(body)

    return ask


def post(paths: Iterator[str], body: bytes, cookie: str = "") -> Callable[[http.client.HTTPConnection], int]:
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    lock = threading.Lock()

    def ask(connection: http.client.HTTPConnection) -> int:
        with lock:
            path = next(paths)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 302:
            raise SystemExit(f"{path}: {answer.status}")
        return size

    return ask
