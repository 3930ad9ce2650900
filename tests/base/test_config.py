"""Every setting: read from the environment or a file, refused in one line that names it; the key made once and kept."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tracker import create_app
from tracker.base.config import PREFIX, BadConfig, Config, data_path, read

SECRET = "k" * 32
#: setting -> what stands in the environment, what is read
GOOD: dict[str, tuple[str, object]] = {
    "data_dir": ("/srv/tracker", Path("/srv/tracker")),
    "database_url": ("postgresql://me@db/tracker", "postgresql://me@db/tracker"),
    "secret_key": (SECRET, SECRET),
    "journal_secret": (SECRET, SECRET),
    "base_url": ("https://zg.example.gov.cn/", "https://zg.example.gov.cn"),
    "locale": ("en", "en"),
    "max_upload_mb": ("50", 50),
    "proxies": ("1", 1),
    "session_hours": ("2", 2),
    "smtp_host": ("mail.example.gov.cn", "mail.example.gov.cn"),
    "smtp_port": ("465", 465),
    "smtp_security": ("tls", "tls"),
    "smtp_user": ("zg@example.gov.cn", "zg@example.gov.cn"),
    "smtp_password": ("a pass phrase", "a pass phrase"),
    "mail_from": ("zg@example.gov.cn", "zg@example.gov.cn"),
    "wecom_url": ("http://10.1.2.3:8080/", "http://10.1.2.3:8080"),
    "dingtalk_url": ("https://ding.example.gov.cn", "https://ding.example.gov.cn"),
    "feishu_url": ("https://feishu.example.gov.cn", "https://feishu.example.gov.cn"),
    "webhook_networks": ("10.1.0.0/16, fd00::/8", "10.1.0.0/16, fd00::/8"),
    "http_proxy": ("http://clerk:word@proxy.example:3128/", "http://clerk:word@proxy.example:3128"),
}
BAD: list[tuple[str, str, str]] = [
    ("database_url", "tracker.db", "sqlite:///"),
    ("database_url", "mysql://me:hidden-word@db/tracker", "postgresql://"),
    ("database_url", "postgres://me:hidden-word@db/tracker", "postgresql://"),
    ("secret_key", "k" * 31, "32 characters"),
    ("journal_secret", "k" * 31, "32 characters"),
    ("base_url", "zg.example.gov.cn", "https://"),
    ("base_url", "javascript:alert(1)", "https://"),
    ("locale", "fr", "zh or en"),
    ("locale", "", "zh or en"),
    ("max_upload_mb", "0", "greater than or equal to 1"),
    ("max_upload_mb", "1025", "less than or equal to 1024"),
    ("max_upload_mb", "20 MB", "integer"),
    ("proxies", "-1", "greater than or equal to 0"),
    ("proxies", "6", "less than or equal to 5"),
    ("proxies", "yes", "integer"),
    ("session_hours", "0", "greater than or equal to 1"),
    ("session_hours", "0.5", "integer"),
    ("smtp_host", "mail.example.gov.cn:25", "host name"),
    ("smtp_host", "smtp://mail.example.gov.cn", "host name"),
    ("smtp_port", "0", "greater than or equal to 1"),
    ("smtp_port", "65536", "less than or equal to 65535"),
    ("smtp_security", "ssl", "starttls, tls or none"),
    ("smtp_user", "zg\nQUIT", "one line"),
    ("smtp_password", "word\nQUIT", "one line"),
    ("mail_from", "整改办 <zg@example.gov.cn>", "e-mail address"),
    ("mail_from", "zg@example.gov.cn\nBcc: x@example.com", "e-mail address"),
    ("wecom_url", "qyapi.weixin.qq.com", "https://"),
    ("dingtalk_url", "ftp://oapi.dingtalk.com", "https://"),
    ("feishu_url", "open.feishu.cn", "https://"),
    ("webhook_networks", "10.1.0.0/33", "10.1.0.0/33"),
    ("webhook_networks", "10.1.2.3/16", "host bits"),
    ("http_proxy", "proxy.example:3128", "http://host:port"),
]


def test_the_tables_hold_every_setting() -> None:
    assert set(GOOD) == set(Config.model_fields)
    assert {name for name, _value, _says in BAD} == set(GOOD) - {"data_dir"}  # any path may be one; see below


@pytest.mark.parametrize(("name", "written", "meant"), [(name, *how) for name, how in GOOD.items()])
def test_a_setting_is_read_from_the_environment_or_from_a_file(
    tmp_path: Path, name: str, written: str, meant: object
) -> None:
    variable = PREFIX + name.upper()
    assert getattr(read({variable: written}), name) == meant
    (tmp_path / "value").write_text(f"{written}\n")
    by_file = {f"{variable}_FILE": str(tmp_path / "value")}
    assert getattr(read(by_file), name) == meant
    assert getattr(read({**by_file, variable: written}), name) == meant


@pytest.mark.parametrize(("name", "written", "says"), BAD)
def test_a_bad_setting_is_refused_in_one_line_that_names_it_and_says_what_it_should_be(
    name: str, written: str, says: str
) -> None:
    with pytest.raises(BadConfig) as refused:
        read({PREFIX + name.upper(): written})
    line = str(refused.value)
    assert line.startswith(f"{PREFIX}{name.upper()}: ")
    assert says in line
    assert "\n" not in line
    assert "hidden-word" not in line


def test_a_file_that_cannot_be_read_is_named_by_its_setting(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path):
        with pytest.raises(BadConfig, match=r"^TRACKER_SECRET_KEY_FILE: "):
            read({"TRACKER_SECRET_KEY_FILE": str(path)})
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadConfig, match=r"^TRACKER_SECRET_KEY_FILE: .*UTF-8"):
        read({"TRACKER_SECRET_KEY_FILE": str(tmp_path / "binary")})


def test_what_is_not_a_setting_of_ours_is_left_alone() -> None:
    assert read({"LOCALE": "fr", "TRACKER": "x", "PATH": "/bin"}) == Config()


def test_a_data_folder_that_cannot_be_is_refused_by_its_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(BadConfig, match=r"^TRACKER_DATA_DIR: .*file"):
            create_app(Config(data_dir=folder, secret_key=SECRET))


def test_without_an_url_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert Config(data_dir=tmp_path).url == f"sqlite:///{tmp_path.resolve()}/tracker.db"
    assert Config(data_dir=tmp_path, database_url="sqlite:///elsewhere.db").url == "sqlite:///elsewhere.db"


# --- the key that signs sessions ------------------------------------------------------------------------------


def key_of(app: Flask) -> str:
    return str(app.config["SECRET_KEY"])


def test_a_key_that_is_not_set_is_made_once_and_only_the_service_may_read_it(tmp_path: Path) -> None:
    first = key_of(create_app(Config(data_dir=tmp_path / "new")))
    kept = tmp_path / "new" / "secret.key"
    assert len(first) >= 43
    assert kept.read_text() == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert key_of(create_app(Config(data_dir=tmp_path / "new"))) == first
    assert key_of(create_app(Config(data_dir=tmp_path / "other"))) != first
    assert sorted(
        path.name for path in (tmp_path / "new").iterdir() if "secret" in path.name or "tmp" in path.name
    ) == ["secret.key"]


def test_a_key_that_is_set_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert key_of(create_app(Config(data_dir=tmp_path, secret_key=SECRET))) == SECRET
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("content", ["", "\n", "short"])
def test_a_key_file_that_holds_no_key_stops_the_start(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret.key").write_text(content)
    with pytest.raises(BadConfig, match=r"secret\.key: no signing key"):
        create_app(Config(data_dir=tmp_path))


MANY = """
import sys, threading
from pathlib import Path
from tracker.base.config import Config
found, gate = [], threading.Barrier(16)
def ask():
    gate.wait()
    found.append(Config(data_dir=Path(sys.argv[1])).secret())
threads = [threading.Thread(target=ask) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(found) == 16, len(found)
sys.stdout.write("\\n".join(set(found)))
"""


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MANY, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = {process.communicate(timeout=30)[0] for process in started}
    assert said == {(tmp_path / "secret.key").read_text()}
    assert [process.returncode for process in started] == [0, 0]


def test_a_key_is_whole_from_the_moment_it_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks while it is being written sees none, and never half of one."""
    seen: list[bool] = []

    def look(_size: int) -> str:
        seen.append((tmp_path / "secret.key").exists())
        return "s" * 48

    monkeypatch.setattr("tracker.base.config.secrets.token_urlsafe", look)
    assert Config(data_dir=tmp_path).secret() == "s" * 48
    assert seen == [False]


def test_what_the_package_needs_beside_its_code_is_found() -> None:
    for name, inside in (("templates", "layout.html"), ("static", "base.css"), ("migrations", "env.py")):
        assert (data_path(name) / inside).is_file()
