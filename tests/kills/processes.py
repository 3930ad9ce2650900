"""Real processes of the product on a test's database, and the end that nothing can prepare for."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time

from flask import Flask

from tracker.base.db import db


def start(app: Flask, *command: str) -> subprocess.Popen[bytes]:
    """``tracker COMMAND`` beside the test, in a process group of its own."""
    config = app.config["TRACKER"]
    settings = {
        "TRACKER_DATA_DIR": str(config.data_dir),
        "TRACKER_DATABASE_URL": config.database_url,
        "TRACKER_SECRET_KEY": config.secret_key,
    }
    db.session.rollback()  # the test must not hold a snapshot while others write
    return subprocess.Popen(
        [sys.executable, "-m", "tracker.cli.main", *command],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """``kill -9`` of the whole group, and of nothing else."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    _close(process)


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill unless it ended before; whether it was still running."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    _close(process)
    return False


def finish(process: subprocess.Popen[bytes], seconds: float = 60) -> str:
    """Wait for its end; fails with what it said unless it ended well."""
    said, _ = process.communicate(timeout=seconds)
    assert process.returncode == 0, said.decode()
    return said.decode()


def _close(process: subprocess.Popen[bytes]) -> None:
    process.wait(10)
    if process.stdout is not None:
        process.stdout.close()


def moments(chance: random.Random, number: int, idle: float, work: float) -> list[float]:
    """When to kill a process, in seconds from its start, earliest first, since once one comes too late there is nothing
    left to kill. The first is sure to find it alive, before Python itself has started, however wrong ``idle`` is.

    ``idle``: what starting alone takes here and now; ``work``: how many times as long the rest is watched.
    """
    watched = idle * work / number
    return [0.0, *(idle * 0.5 + watched * (place + chance.random()) for place in range(number))]


def timed(process: subprocess.Popen[bytes]) -> float:
    begun = time.monotonic()
    finish(process)
    return time.monotonic() - begun


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
