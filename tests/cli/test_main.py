"""The commands: done 0, refused 1 with one clear line and nothing changed, wrong usage 2."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, text, update

from tests.dossier.situations import cleared
from tests.ledgers.test_actions import ROWS, ledger
from tests.world import PASSWORD, TODAY, World, assign_one, list_one
from tracker.accounts import actions as accounts
from tracker.accounts.models import Post, User
from tracker.base import clock
from tracker.base.access import ADMINISTRATORS
from tracker.base.db import db, transaction
from tracker.base.journal import Event
from tracker.cli.main import main, shown_progress
from tracker.inspections.models import Inspection
from tracker.issues import actions as issues
from tracker.issues.models import Issue, OverdueEpisode
from tracker.issues.workflow import Kind
from tracker.ledgers.models import Ledger
from tracker.ledgers.sheet import COLUMNS as BLANK
from tracker.org.models import Region, Unit
from tracker.register.actions import save_template
from tracker.register.layouts import BUILT_IN, Layout, Placed
from tracker.register.queries import layout_named
from tracker.schedule.jobs import JOBS
from tracker.schedule.models import JobRun
from tracker.workdays.queries import calendar

Run = Callable[..., Result]
REGIONS = "code,parent,name,level\n430500,,邵阳市,city\n430522,430500,新邵县,county\n430581,430500,武冈市,county\n"
UNITS = "单位名称,所属区划\n新邵县水利局,新邵县\n武冈市水利局,武冈市\n"
USERS = "姓名,单位,账号,角色,岗位区划\n王建国,新邵县水利局,wangjg,承办,新邵县\n刘志强,武冈市水利局,,,\n"


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=256, parallelism=1))


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("init")``: the command on the app's data folder."""
    monkeypatch.setenv("TRACKER_DATA_DIR", str(app.config["TRACKER"].data_dir))
    monkeypatch.setenv("TRACKER_SECRET_KEY", "t" * 40)

    def command(*arguments: object) -> Result:
        db.session.rollback()
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        db.session.rollback()
        db.session.expire_all()
        return result

    return command


def refused(result: Result) -> str:
    """The one line of a refusal: exit status 1, nothing on standard output, no traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr.strip()


def counts() -> tuple[int, ...]:
    tables = (Region, Unit, User, Issue, Inspection, Event)
    return tuple(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def file(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- init -----------------------------------------------------------------------------------------------------


def test_init_makes_three_administrators_and_shows_each_password_once(run: Run) -> None:
    result = run("init", "--json")
    assert result.exit_code == 0, result.output
    made = json.loads(result.stdout)
    assert {one["role"] for one in made} == {role.value for role in ADMINISTRATORS}
    for one in made:
        user = db.session.scalars(select(User).where(User.account == one["account"])).one()
        assert accounts.password_holds(user, one["password"])
        assert user.one_time
        assert one["password"] not in (user.password_hash or "")
    again = run("init")
    assert (again.exit_code, "都已存在" in again.stdout) == (0, True)
    assert not [one for one in made if one["password"] in again.output]


def test_init_twice_changes_nothing(run: Run) -> None:
    run("init")
    before = counts(), db.session.scalars(select(User.password_hash)).all()
    assert run("init").exit_code == 0
    assert (counts(), db.session.scalars(select(User.password_hash)).all()) == before


def test_a_lost_administrator_is_made_again_and_the_others_are_left(run: Run) -> None:
    run("init")
    with transaction():
        db.session.execute(update(Post).where(Post.role == "auditor").values(ended_at=clock.now()))
    made = json.loads(run("init", "--json").stdout)
    assert [one["role"] for one in made] == ["auditor"]


def test_a_first_password_opens_nothing_but_its_own_change(app: Flask, run: Run) -> None:
    made = {one["role"]: one for one in json.loads(run("init", "--json").stdout)}["system_admin"]
    client = app.test_client()
    answer = client.post("/login", data={"account": made["account"], "password": made["password"]})
    assert answer.location == "/password"
    assert client.get("/users").location == "/password"
    client.post("/password", data={"current": made["password"], "new": PASSWORD, "again": PASSWORD})
    assert client.get("/users").status_code == 200
    assert (
        app.test_client().post("/login", data={"account": made["account"], "password": made["password"]}).status_code
        == 422
    )


def test_init_with_a_bad_file_of_regions_makes_no_administrators_either(run: Run, tmp_path: Path) -> None:
    line = refused(run("init", "--regions", file(tmp_path, "r.csv", REGIONS.replace("county", "continent"))))
    assert "r!D3" in line
    assert db.session.scalars(select(User)).all() == []


def test_init_from_nothing_then_the_regions_of_the_place(run: Run, tmp_path: Path) -> None:
    assert run("init", "--regions", file(tmp_path, "r.csv", REGIONS)).exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Region).where(Region.name == "邵阳市")) == 1
    assert db.session.scalar(select(User.id).limit(1)) is not None


# --- import ---------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(run: Run) -> Run:
    assert run("init").exit_code == 0
    return run


def test_regions_units_and_people_come_in_from_files(installed: Run, tmp_path: Path) -> None:
    for kind, content in (("regions", REGIONS), ("units", UNITS), ("users", USERS)):
        result = installed("import", kind, file(tmp_path, f"{kind}.csv", content))
        assert result.exit_code == 0, result.output
    user = db.session.scalars(select(User).where(User.account == "wangjg")).one()
    password = re.search(r"\w{4}(?:-\w{4})+", result.stdout)
    assert password is not None
    assert accounts.password_holds(user, password[0])
    assert user.one_time
    again = installed("import", "users", tmp_path / "users.csv")
    assert (again.exit_code, re.search(r"\w{4}(?:-\w{4})+", again.stdout)) == (0, None)


def test_findings_of_a_document_are_read_aloud_and_never_written_without_a_person(run: Run, tmp_path: Path) -> None:
    assert run("init", "--regions", file(tmp_path, "r.csv", REGIONS)).exit_code == 0
    paper = file(
        tmp_path, "f.txt", "一、问题\n1.新邵县2处断水。（责任单位：新邵县水利局；整改时限：8月底前）\n2019年7月5日\n"
    )
    said = json.loads(run("import", "findings", paper, "--dry-run", "--json").stdout)
    assert (said["rows"], said["ledger_date"]) == (1, "2019-07-05")
    (one,) = said["issues"]
    assert (one["clause"], one["county"], one["responsible_units"]) == ("一1", "新邵县", ["新邵县水利局"])
    assert one["deadline"] == "2019-08-31"
    assert "新邵县水利局" in run("import", "findings", paper, "--dry-run").stdout
    assert "核对" in refused(run("import", "findings", paper))
    assert db.session.scalar(select(func.count()).select_from(Inspection)) == 0


@pytest.mark.parametrize(("kind", "content"), [("regions", REGIONS), ("units", UNITS), ("users", USERS)])
def test_a_dry_run_says_what_it_would_do_and_stores_nothing(
    installed: Run, tmp_path: Path, kind: str, content: str
) -> None:
    for first, text_ in (("regions", REGIONS), ("units", UNITS)):
        if first == kind:
            break
        installed("import", first, file(tmp_path, f"{first}.csv", text_))
    before = counts()
    result = installed("import", kind, file(tmp_path, "new.csv", content), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "什么都没有保存" in result.stdout
    assert re.search(r"[1-9]", result.stdout)
    assert counts() == before


BAD_FILES: list[tuple[str, str | bytes, str]] = [
    ("empty.csv", "", "文件是空的"),
    ("bytes.csv", b"\x00\x01\x02", "不是表格文件"),
    ("noise.xlsx", b"PK\x03\x04" + bytes(range(256)), "表格|打开|损坏"),
    ("strange.csv", "a,b\n1,2\n", "没有找到表头"),
]


@pytest.mark.parametrize("kind", ["regions", "units", "users"])
@pytest.mark.parametrize(("name", "content", "says"), BAD_FILES, ids=lambda value: str(value)[:12])
def test_a_file_that_is_no_such_table_is_refused_by_name_and_changes_nothing(
    installed: Run, tmp_path: Path, kind: str, name: str, content: str | bytes, says: str
) -> None:
    before = counts()
    line = refused(installed("import", kind, file(tmp_path, name, content)))
    assert name in line
    assert re.search(says, line)
    assert len(line.splitlines()) == 2  # how many places, and the place
    assert counts() == before


@pytest.mark.parametrize(
    ("kind", "content", "cell"),
    [
        ("regions", REGIONS + "430523,430500,邵阳县,galaxy\n", "file!D5"),
        ("regions", REGIONS + "430523,999999,邵阳县,county\n", "file!B5"),
        ("units", UNITS + "火星水利局,火星\n", "file!B4"),
        ("users", USERS + "甲,没有的局,,,\n", "file!B4"),
        ("users", USERS + "乙,新邵县水利局,wangjg,,\n", "file!C4"),
        ("users", USERS + "丙,新邵县水利局,bing,皇帝,新邵县\n", "file!D4"),
    ],
)
def test_one_bad_cell_is_named_and_nothing_of_the_file_is_taken(
    installed: Run, tmp_path: Path, kind: str, content: str, cell: str
) -> None:
    if kind != "regions":
        installed("import", "regions", file(tmp_path, "r.csv", REGIONS))
    if kind == "users":
        installed("import", "units", file(tmp_path, "u.csv", UNITS))
    before = counts()
    for how in ((), ("--dry-run",)):
        assert cell in refused(installed("import", kind, file(tmp_path, "file.csv", content), *how))
    assert counts() == before


def test_a_file_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    result = run("import", "units", tmp_path / "missing.csv")
    assert (result.exit_code, "missing.csv" in result.stderr) == (2, True)


def test_under_an_account_the_right_is_asked_for(installed: Run, tmp_path: Path) -> None:
    path = file(tmp_path, "r.csv", REGIONS)
    assert "没有这项权限" in refused(installed("--as", "auditor", "import", "regions", path))
    assert "没有可用的账号“nobody”" in refused(installed("--as", "nobody", "import", "regions", path))
    assert installed("--as", "sysadmin", "import", "regions", path).exit_code == 0
    admin = db.session.scalars(select(User.id).where(User.account == "sysadmin")).one()
    newest = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert newest is not None
    assert (newest.verb, newest.actor_id) == ("import_regions", admin)


# --- a ledger in, a ledger out --------------------------------------------------------------------------------


def test_a_ledger_is_only_told_without_an_account_and_taken_with_one(run: Run, world: World, tmp_path: Path) -> None:
    path = file(tmp_path, "台账.csv", ledger(*ROWS))
    before = counts()
    told = run("import", "ledger", path, "--dry-run", "--json")
    assert told.exit_code == 0, told.output
    figures = json.loads(told.stdout)
    assert figures["rows"] == len(figures["issues"]) == 4
    assert set(figures) >= {"rows", "issues", "errors", "asks", "warnings"}
    assert counts() == before
    without = run("import", "ledger", path)
    assert (without.exit_code, "--as" in without.stderr) == (1, True)
    assert counts() == before
    unagreed = run("--as", "supervisor", "import", "ledger", path)
    assert (unagreed.exit_code, "在命令里加上 --create-missing" in unagreed.stderr) == (1, True)
    assert counts() == before
    taken = run("--as", "supervisor", "import", "ledger", path, "--create-missing")
    assert taken.exit_code == 0, taken.output
    assert db.session.scalar(select(func.count()).select_from(Issue)) == 4


def test_a_ledger_is_read_as_its_office_put_it_right_last_time_and_that_is_said(
    run: Run, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes(ledger(*ROWS).replace("问题描述".encode("gb18030"), "啥事".encode("gb18030")))
    assert run("--as", "supervisor", "import", "ledger", path, "--create-missing").exit_code == 1
    with transaction():
        kept = {"columns": {"啥事": "title"}, "headers": []}
        db.session.add(Ledger(unit_id=world.supervisor.unit_id, title="台账", mapping=kept))
    taken = run("--as", "supervisor", "import", "ledger", path, "--create-missing")
    assert (taken.exit_code, "按上次的对应关系读取" in taken.stderr) == (0, True)
    assert run("import", "ledger", path, "--dry-run").exit_code == 1  # without an account it is nobody's ledger


def test_rows_the_list_has_changed_since_are_refused_by_name(run: Run, world: World, tmp_path: Path) -> None:
    with transaction():
        number = assign_one(world).number
    path = tmp_path / "list.xlsx"
    assert run("--as", "root_supervisor", "export", "ledger", path).exit_code == 0
    issue = db.session.scalars(select(Issue).where(Issue.number == number)).one()
    with transaction():
        issues.correct(issue, world.supervisor, today=TODAY, reason="核实", changes={"requirement": "清单改的要求"})
    db.session.remove()
    said = run("--as", "root_supervisor", "import", "ledger", path)
    assert (said.exit_code, f"{number}（问题整改台账!3）" in said.stderr) == (1, True)


def test_a_ledger_with_a_bad_cell_names_it_and_nothing_is_taken(run: Run, world: World, tmp_path: Path) -> None:
    path = file(tmp_path, "台账.csv", ledger(ROWS[0].replace("2019年6月底前", "2019-02-30"), *ROWS[1:]))
    told = run("import", "ledger", path, "--dry-run")
    assert told.exit_code == 1
    assert re.search(r"错误 台账![A-Z]+\d+：.*没有 30 日", told.stdout)
    before = counts()
    assert run("--as", "supervisor", "import", "ledger", path, "--create-missing").exit_code == 1
    assert counts() == before


@pytest.mark.parametrize(("name", "content", "says"), BAD_FILES[:3], ids=lambda value: str(value)[:12])
def test_a_ledger_that_cannot_be_opened_is_refused_with_what_would_be_right(
    run: Run, world: World, tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    line = refused(run("import", "ledger", file(tmp_path, name, content), "--dry-run"))
    assert re.search(says, line)
    assert "请" in line
    assert len(line.splitlines()) == 1


def test_an_export_holds_what_the_account_may_see_and_is_written_down(run: Run, world: World, tmp_path: Path) -> None:
    with transaction():
        title = assign_one(world, list_one(world, title="=1+1 未通水", wording="")).title
    for name, rows in (("supervisor", 1), ("stranger", 0)):
        target = tmp_path / f"{name}.xlsx"
        result = run("--as", name, "export", "ledger", target)
        assert result.exit_code == 0, result.output
        assert f"已写出 {rows} 条" in result.stdout
        cells = [str(cell.value) for row in load_workbook(target).active.iter_rows() for cell in row]
        assert (title in cells) is bool(rows)
    assert db.session.scalar(select(func.count()).select_from(Event).where(Event.verb == "export")) == 2
    assert run("--as", "supervisor", "export", "ledger", tmp_path / "list.csv").exit_code == 0
    assert title in (tmp_path / "list.csv").read_text("utf-8-sig") or "未通水" in (tmp_path / "list.csv").read_text(
        "utf-8-sig"
    )


def test_an_export_by_command_is_the_whole_list_closed_years_ago_or_not(run: Run, world: World, tmp_path: Path) -> None:
    with transaction():
        assign_one(world)
        cleared(world, Kind.IMMEDIATE)
    with time_machine.travel("2021-01-04", tick=False):  # neither open nor cleared this year
        result = run("--as", "root_supervisor", "export", "ledger", tmp_path / "list.csv")
    assert "已写出 2 条" in result.stdout, result.output


def test_an_export_needs_an_account_with_the_right_and_a_place_to_write(run: Run, world: World, tmp_path: Path) -> None:
    target = tmp_path / "list.xlsx"
    assert "--as" in refused(run("export", "ledger", target))
    assert refused(run("--as", "system_admin", "export", "ledger", target))
    assert refused(run("--as", "supervisor", "export", "ledger", tmp_path / "missing" / "list.xlsx"))
    assert not target.exists()
    assert db.session.scalars(select(Event).where(Event.verb == "export")).all() == []


@pytest.mark.parametrize(
    ("template", "name"),
    [("superior", "ledger.xlsx"), ("county", "ledger.csv"), ("clearance", "ledger.xlsx"), ("本局台账", "ledger.csv")],
)
def test_an_export_by_template_has_its_columns_and_comes_back_the_same(
    run: Run, world: World, tmp_path: Path, template: str, name: str
) -> None:
    with transaction():
        number = assign_one(world).number
        codes = ("number", "wording", "source", "category", "county", "deadline", "state")
        save_template(None, Layout("", "本局台账", tuple(map(Placed, codes)), own=True), world.root_supervisor)
    target = tmp_path / name
    result = run("--as", "root_supervisor", "export", "ledger", target, "--template", template)
    assert (result.exit_code, "已写出 1 条" in result.stdout) == (0, True), result.output
    layout = layout_named(template, world.root_supervisor)
    read = json.loads(run("--as", "root_supervisor", "import", "ledger", target, "--dry-run", "--json").stdout)
    assert [sheet["columns"] for sheet in read["sheets"]]
    assert [issue["number"] for issue in read["issues"]] == [number]
    heads = [column["header"].rpartition("/")[2] for column in read["sheets"][0]["columns"]]
    assert heads == [placed.path[-1] for placed in layout.columns]
    again = run("--as", "root_supervisor", "import", "ledger", target)
    assert (again.exit_code, "新列 0 条，更新 0 条，未变 1 条" in again.stdout) == (0, True), again.output


def test_an_export_by_a_template_nobody_has_names_those_there_are(run: Run, world: World, tmp_path: Path) -> None:
    target = tmp_path / "list.xlsx"
    said = refused(run("--as", "root_supervisor", "export", "ledger", target, "--template", "nothing"))
    assert all(name in said for name in ("nothing", *BUILT_IN))
    assert not target.exists()
    assert db.session.scalars(select(Event).where(Event.verb == "export")).all() == []


def test_a_blank_ledger_by_command_is_filled_in_and_taken_in(run: Run, world: World, tmp_path: Path) -> None:
    target = tmp_path / "空白.xlsx"
    result = run("--as", "root_supervisor", "export", "blank", target)
    assert (result.exit_code, str(target) in result.stdout) == (0, True), result.output
    book = load_workbook(target)
    sheet = book.worksheets[0]
    filled = {"title": "沙坪村饮水工程未通水", "source": "审计", "category": "安全饮水", "county": "新邵县", "kind": "限期整改",
              "responsible_units": "新邵县水利局", "deadline": "2019年12月底前", "state": "已交办"}  # fmt: skip
    for column, each in enumerate(BLANK, 1):
        sheet.cell(4, column, filled.get(each.field))
    book.save(target)
    assert run("--as", "root_supervisor", "import", "ledger", target).exit_code == 0
    issue = db.session.scalars(select(Issue)).one()
    assert (issue.title, issue.deadline) == (filled["title"], date(2019, 12, 31))


def test_a_blank_ledger_needs_the_right_and_a_workbooks_name(run: Run, world: World, tmp_path: Path) -> None:
    assert "--as" in refused(run("export", "blank", tmp_path / "a.xlsx"))
    assert refused(run("--as", "official", "export", "blank", tmp_path / "a.xlsx"))
    assert ".xlsx" in refused(run("--as", "root_supervisor", "export", "blank", tmp_path / "a.csv"))
    assert refused(run("--as", "root_supervisor", "export", "blank", tmp_path / "missing" / "a.xlsx"))
    assert [*tmp_path.glob("a.*")] == []


# --- jobs -----------------------------------------------------------------------------------------------------


def test_jobs_are_listed_with_their_time(run: Run) -> None:
    result = run("jobs", "list")
    assert result.exit_code == 0
    assert re.search(r"^overdue\s+00:00\s+\S", result.stdout, re.MULTILINE)


def test_a_job_runs_once_for_its_day_and_says_so(run: Run, world: World) -> None:
    with transaction():
        assign_one(world)
    first, second = (run("jobs", "run", "overdue", "--as-of", "2019-09-01") for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "1" in first.stdout
    assert "已经运行过" in second.stdout
    assert db.session.scalars(select(OverdueEpisode.starts_on)).all() == [date(2019, 9, 1)]
    assert db.session.scalars(select(JobRun.slot)).all() == ["2019-09-01"]


def test_an_unknown_job_and_a_day_to_come_are_refused_and_claim_nothing(run: Run) -> None:
    assert "overdue" in refused(run("jobs", "run", "midnight"))
    tomorrow = clock.today() + timedelta(days=1)
    assert "还没有到" in refused(run("jobs", "run", "overdue", "--as-of", tomorrow))
    assert run("jobs", "run", "overdue", "--as-of", "1 September").exit_code == 2
    assert db.session.scalars(select(JobRun)).all() == []


# --- doctor ---------------------------------------------------------------------------------------------------


def test_the_doctor_is_content_with_a_fresh_installation_that_has_run(installed: Run) -> None:
    for job in JOBS:
        installed("jobs", "run", job.name)
    result = installed("doctor")
    assert result.exit_code == 0, result.output
    assert "✗" not in result.stdout
    assert result.stdout.count("✓") >= 6


def test_the_doctor_names_each_thing_to_mend(installed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def ill(says: str) -> None:
        result = installed("doctor")
        assert result.exit_code == 1
        assert [line for line in result.stdout.splitlines() if line.startswith("✗") and says in line], result.stdout

    ill("从未")
    for job in JOBS:
        installed("jobs", "run", job.name, "--as-of", clock.today() - timedelta(days=2))  # whatever the hour
    for job in JOBS:
        ill(f"作业 {job.name} 最近一次运行")
        installed("jobs", "run", job.name)
    with transaction():
        db.session.execute(update(Post).where(Post.role == "auditor").values(ended_at=clock.now()))
    ill("缺少管理员：审计管理员")
    installed("init")
    assert installed("doctor").exit_code == 0
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    ill("请运行 tracker init")


def test_the_doctor_finds_a_summary_that_differs_and_a_full_disk(
    run: Run, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction():
        assign_one(world)
        db.session.execute(text("UPDATE issue_count SET number = number + 1"))
    assert "看板汇总与清单有" in run("doctor").stdout
    monkeypatch.setattr("tracker.cli.doctor._LOW_DISK", 1 << 62)
    assert "✗ 数据目录" in run("doctor").stdout


def test_on_an_empty_folder_every_command_says_to_init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATA_DIR", str(tmp_path / "new"))
    doctor = CliRunner().invoke(main, ["doctor"])
    assert (doctor.exit_code, "请运行 tracker init" in doctor.stdout) == (1, True)
    for command in (["jobs", "run", "overdue"], ["--as", "x", "board"], ["import", "units", __file__]):
        result = CliRunner().invoke(main, command)
        assert result.exit_code == 1
        assert len(result.stderr.strip().splitlines()) <= 2
        assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("TRACKER_LOCALE", "fr", "TRACKER_LOCALE: zh or en"),
        ("TRACKER_SECRET_KEY", "short", "TRACKER_SECRET_KEY: at least 32"),
        ("TRACKER_DATABASE_URL", "mysql://x", "TRACKER_DATABASE_URL: sqlite"),
        ("TRACKER_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x", "数据库出错"),
        ("TRACKER_DATA_DIR", "/dev/null/below", "TRACKER_DATA_DIR: "),
    ],
)
def test_a_setting_that_cannot_work_stops_each_command_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, setting: str, value: str, says: str
) -> None:
    monkeypatch.setenv(setting, value)
    for command in (["doctor"], ["init"]):
        line = refused(run(*command))
        assert line.startswith(says)
        assert len(line.splitlines()) == 1


# --- serve ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_said_in_one_line_before_anything_is_made(run: Run, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused(run(command, "--port", port))
    assert f"127.0.0.1:{port} 不能用来服务" in line
    assert "--port" in line
    assert len(line.splitlines()) == 1
    assert db.session.scalars(select(User)).all() == []


def test_serving_with_a_bad_setting_stops_before_the_workers_start(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_LOCALE", "fr")
    assert refused(run("serve", "--port", "0")) == "TRACKER_LOCALE: zh or en"


def test_the_commands_are_those_that_are_promised() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tracker.cli.main", "--help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert {"demo", "serve", "scheduler", "init", "import", "export", "jobs", "board", "doctor"} <= set(
        re.findall(r"^  ([a-z]+)", told, re.MULTILINE)
    )


# --- the history ----------------------------------------------------------------------------------------------


def test_a_whole_history_is_verified_against_its_published_head(run: Run, world: World) -> None:
    with transaction():
        list_one(world)
    published = run("audit", "head").stdout.strip()
    assert published.split(":")[0] == "1"
    checked = run("audit", "verify", "--head", published)
    assert (checked.exit_code, "办理记录完好" in checked.stdout) == (0, True)
    assert run("audit", "verify", "--head", "不是末环").exit_code == 1


def test_damage_and_a_changed_issue_are_named_with_exit_status_1(run: Run, world: World) -> None:
    with transaction():
        issue = list_one(world)
    published = run("audit", "head").stdout.strip()
    with transaction():
        db.session.execute(text("UPDATE issue SET number = number, state = 'dismissed', dismissed_on = '2019-07-01'"))
        db.session.execute(text("DROP TRIGGER event_never_UPDATE"))
        db.session.execute(text("UPDATE event SET actor_id = 99"))
    checked = run("audit", "verify", "--head", published)
    assert checked.exit_code == 1
    assert "#1 记录被改动" in checked.stdout
    assert f"{issue.number} 与办理记录不符：state" in checked.stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "drawn"), [(Terminal(), True), (io.StringIO(), False)])
def test_progress_is_drawn_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, drawn: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with shown_progress("台账") as told:
        for done in range(1, 301):
            told(done, 300)
    assert ("100%" in stream.getvalue()) is drawn
    assert bool(stream.getvalue()) is drawn


def test_a_notice_of_working_days_is_imported(run: Run, world: World, tmp_path: Path) -> None:
    notice = tmp_path / "2027.csv"
    notice.write_text("日期,类型,节日\n2027-10-01,放假,国庆节\n2027-10-09,上班,国庆节\n", "utf-8")
    assert "试运行" in run("import", "workdays", notice, "--dry-run").output
    assert not calendar().is_official(2027)
    assert "没有这项权限" in refused(run("--as", "official", "import", "workdays", notice))
    assert "市级督查" in refused(run("--as", "supervisor", "import", "workdays", notice))
    assert run("--as", "root_supervisor", "import", "workdays", notice).exit_code == 0
    assert not calendar().is_workday(date(2027, 10, 1))
    assert calendar().is_workday(date(2027, 10, 9))
