"""The web server's processes: request workers, and beside them the one scheduler kept alive."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
import threading

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from tracker import create_app
from tracker.base import config as settings_from
from tracker.base.access import N_, Refused

_RESTART_SECONDS = 3.0


def worker_app() -> Flask:
    """The app of one request worker; what stands now is frozen, so that the collector leaves requests alone."""
    app = create_app()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)
    return app


def check_free(host: str, port: int) -> None:
    """Raise Refused where nobody can listen: better now, in one line, than from the depth of the server."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise Refused(
            N_("%(host)s:%(port)s 不能用来服务：%(problem)s。请用 --port 换一个端口。"),
            host=host,
            port=port,
            problem=os.strerror(error.errno) if error.errno and error.errno > 0 else str(error),
        ) from error


def serve(host: str, port: int, workers: int) -> None:
    """Serve until told to stop; running requests are finished first. Raises BadConfig and Refused before it starts."""
    config = settings_from.read()
    config.make_data_dir()
    config.secret()
    check_free(host, port)
    keeper = SchedulerKeeper()
    server = Granian(
        "tracker.cli.serve:worker_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        factory=True,
        blocking_threads=4,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
        log_level=LogLevels.warning,
    )
    keeper.start()
    try:
        server.serve()
    finally:
        keeper.stop()


class SchedulerKeeper:
    """Runs ``tracker scheduler`` as a child and starts it again should it die."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
        self._thread.join(timeout=10)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            # the child ends by itself when its standard input closes, so it never outlives a killed parent
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tracker.cli.main", "scheduler", "--with-parent"], stdin=subprocess.PIPE
            )
            self._child.wait()
            self._stopping.wait(_RESTART_SECONDS)
