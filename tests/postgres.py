"""A throw-away PostgreSQL for the tests: one cluster a run, shared by the workers; databases are made as needed.

``TEST_PG_URL`` names a server to use instead (its user must be allowed to create databases).
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock
from sqlalchemy import make_url

from tests.needs import postgres_programs

_RECORD = "postgres.json"
# Nothing here has to survive a crash, and 1,000 migrations must not wait for a disk.
_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class PostgresServer:
    """A server that databases can be made on."""

    url: str
    worker: str

    def create(self, template: str | None = None) -> str:
        """Make an empty database, or a copy of the one at the URL ``template`` (nobody connected); returns its URL."""
        name = f"tracker_{self.worker}_{secrets.token_hex(4)}"
        source = f' TEMPLATE "{make_url(template).database}"' if template else ""
        self._run(f'CREATE DATABASE "{name}"{source}')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Throw the database away, whoever is still connected."""
        self._run(f'DROP DATABASE IF EXISTS "{make_url(url).database}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> PostgresServer:
    """The server of this run, started by whichever worker asks first."""
    if url := os.environ.get("TEST_PG_URL"):
        return PostgresServer(url, worker_name)
    home = _run_folder(tmp_path_factory, worker_name)
    with FileLock(home / "postgres.lock"):
        record = home / _RECORD
        if not record.exists():
            record.write_text(json.dumps({"folder": str(start_cluster())}))
        folder = json.loads(record.read_text())["folder"]
    return PostgresServer(f"postgresql://postgres@/postgres?host={folder}", worker_name)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database of this worker's own, kept for the whole run."""
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture(scope="session")
def worker_name() -> str:
    """``gw0``, ``gw1`` … under xdist, else ``main``."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _run_folder(factory: pytest.TempPathFactory, worker: str) -> Path:
    """The folder that all workers of this run share: xdist puts each worker's own folder into it."""
    own = factory.getbasetemp()
    return own if worker == "main" else own.parent


def start_cluster() -> Path:
    """Start a cluster in a folder of its own and return the folder, which also holds the socket.

    1. PostgreSQL will not run as root, so root hands the folder to an ordinary user; 2. the folder lies under /tmp and
    not under pytest's, which only its owner can enter and whose path is too long for a socket; 3. ``pg_ctl`` comes
    back when the server answers.
    """
    programs = postgres_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-", dir="/tmp"))
    who = _ordinary_user()
    if who:
        os.chown(folder, pwd.getpwnam(who).pw_uid, pwd.getpwnam(who).pw_gid)
    data = str(folder / "data")
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    try:
        _as(who, folder, programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale",
            "--no-sync")  # fmt: skip
        _as(who, folder, programs / "pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-t", "60",
            "-o", f"-k {folder} {settings}", "start")  # fmt: skip
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _ordinary_user() -> str | None:
    """Whom to run as: None for oneself; as root the user ``postgres``, or ``nobody``."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _as(who: str | None, folder: Path, program: Path, *arguments: str) -> None:
    # The server outlives pg_ctl and would keep a pipe open, so the output goes to a file.
    said = folder / f"{program.name}.out"
    with said.open("wb") as output:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "LC_ALL": "C"},
            user=pwd.getpwnam(who).pw_uid if who else None,
            group=pwd.getpwnam(who).pw_gid if who else None,
            extra_groups=[] if who else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{program.name}: {said.read_text()}\n{log.read_text() if log.exists() else ''}")


def stop_cluster(folder: Path) -> None:
    """Stop the cluster in ``folder`` by the process id it wrote down, and throw the folder away."""
    pid_file = folder / "data" / "postmaster.pid"
    with suppress(FileNotFoundError, ProcessLookupError):
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)  # "fast": roll back, disconnect, end
    patience = time.monotonic() + 20
    while pid_file.exists() and time.monotonic() < patience:
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that started the workers outlives them: it stops the cluster."""
    if hasattr(session.config, "workerinput"):
        return
    factory: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
    if factory._basetemp is None:  # no test asked for a folder, so none asked for a cluster
        return
    record = factory.getbasetemp() / _RECORD
    if record.exists():
        stop_cluster(Path(json.loads(record.read_text())["folder"]))
        record.unlink(missing_ok=True)
