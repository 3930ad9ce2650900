"""The commands. Exit status 0 done, 1 refused with one clear line, 2 wrong usage."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from flask_babel import force_locale, gettext
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError
from xlsxwriter.exceptions import FileCreateError

from tracker import create_app
from tracker.accounts import actions as accounts
from tracker.accounts.actions import UserImport
from tracker.accounts.models import User
from tracker.accounts.queries import user_with_account, user_with_id
from tracker.audit.queries import differences
from tracker.base import clock, journal
from tracker.base.access import N_, Refused, Right, may
from tracker.base.config import BadConfig
from tracker.base.db import transaction
from tracker.base.sheets import SheetRefused
from tracker.board.queries import board_json
from tracker.clearance import actions as clearance
from tracker.cli.doctor import findings
from tracker.cli.serve import check_free
from tracker.cli.serve import serve as serve_forever
from tracker.demo import actions as demonstration
from tracker.feedback import actions as feedback
from tracker.feedback.reading import Feedback
from tracker.ledgers import actions as ledgers
from tracker.ledgers.reading import Reading
from tracker.org import actions as org
from tracker.register import actions as register
from tracker.register.queries import layout_named
from tracker.register.rules import GROUP_NAMES, Group
from tracker.schedule import actions as schedule
from tracker.schedule.jobs import BEATS, JOBS
from tracker.settings import actions as settings
from tracker.workdays import actions as workdays

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


class Commands(click.Group):
    """Turns refusals into one line on standard error and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BadConfig as refusal:
            raise SystemExit(_complain(str(refusal))) from refusal
        except SheetRefused as refusal:
            raise SystemExit(_complain(f"{refusal.problem}{refusal.mend or ''}")) from refusal
        except Refused as refusal:
            raise SystemExit(_complain(str(refusal))) from refusal
        except SQLAlchemyError as error:
            problem = str(getattr(error, "orig", error)).splitlines()[0]
            raise SystemExit(_complain(f"数据库出错：{problem}（先运行 tracker init 或 tracker doctor）")) from error
        except (OSError, FileCreateError) as error:
            raise SystemExit(_complain(str(error))) from error


def _complain(line: str) -> int:
    click.echo(line, err=True)
    return 1


@click.group(cls=Commands)
@click.option("--as", "account", metavar="ACCOUNT", help="Act under this account's rights.")
@click.pass_context
def main(ctx: click.Context, account: str | None) -> None:
    """The rectification tracker (问题整改清零平台)."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("alembic", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    ctx.obj = account


@contextmanager
def application(ctx: click.Context) -> Iterator[Flask]:
    """The app with its context pushed and its language chosen."""
    app = create_app()
    with app.app_context(), force_locale(app.config["TRACKER"].locale):
        yield app


def acting(ctx: click.Context) -> User:
    """The person named by --as. Raises Refused without one, or for an unknown or inactive account."""
    if not ctx.obj:
        raise Refused(N_("这个命令要以某个账号的权限执行：tracker --as 账号 …"))
    user = user_with_account(ctx.obj)
    if user is None or not user.is_active:
        raise Refused(N_("没有可用的账号“%(account)s”。"), account=ctx.obj)
    return user


def _setting_up(ctx: click.Context, right: Right) -> int | None:
    """Who a set-up command is recorded as: the --as account, if it has the right; without --as the console (None)."""
    if not ctx.obj:
        return None
    user = acting(ctx)
    if not may(user, right):
        raise Refused(N_("账号“%(account)s”没有这项权限。"), account=ctx.obj)
    return user.id


# --- running --------------------------------------------------------------------------------------------------


@main.command()
@click.option("--no-serve", is_flag=True, help="Only make the database.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.pass_context
def demo(ctx: click.Context, no_serve: bool, host: str, port: int, workers: int) -> None:
    """Make a database with made-up data (once) and serve it."""
    if not no_serve:
        check_free(host, port)  # before the minute it takes to make the data
    with application(ctx) as app:
        config = app.config["TRACKER"]
        click.echo(gettext("演示数据库：%(url)s", url=config.url))
        upgrade()
        people = demonstration.summary()
        if people is None:
            with click.progressbar(length=100, label=gettext("装入演示数据")) as bar:
                people = demonstration.load(today=clock.today(), progress=_moves(bar))
        _print_demo(people)
        if not no_serve:
            click.secho(gettext("打开 %(url)s （按 Ctrl+C 停止）", url=f"http://{host}:{port}/"), bold=True)
    if not no_serve:
        serve_forever(host, port, workers)


@contextmanager
def shown_progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar to be moved by (done, total): on a terminal only, and apart from what a script reads."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=100, label=label, file=sys.stderr) as bar:
        yield _moves(bar)
        bar.update(100 - bar.pos)


def _moves(bar: Any) -> Callable[[int, int], None]:
    """Advance a bar of 100 by (done, total)."""

    def move(done: int, total: int) -> None:
        bar.update(done * 100 // max(total, 1) - bar.pos)

    return move


def _print_demo(people: Any) -> None:
    click.echo(gettext("可以登录的人（演示口令都是 %(password)s）：", password=people.password))
    for person in people.people:
        click.echo(f"  {person.account:<18} {person.name}  {person.role} · {person.unit}  {person.hint}")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages, with the scheduler beside them."""
    serve_forever(host, port, workers)


@main.command()
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input closes.")
@click.pass_context
def scheduler(ctx: click.Context, with_parent: bool) -> None:
    """Run the scheduled jobs, alone."""
    app = create_app()
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    schedule.start(app, BlockingScheduler(timezone=clock.ZONE))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # a claim half written rolls back with the connection


# --- setting up -----------------------------------------------------------------------------------------------


@main.command()
@click.option("--regions", type=FILE, help="CSV of regions to import first.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def init(ctx: click.Context, regions: Path | None, as_json: bool) -> None:
    """Migrate, fill in what every installation needs, and make the three administrators."""
    with application(ctx):
        upgrade()
        with transaction():
            settings.seed_categories()
            workdays.seed_published_years()
            clearance.seed_chains()
            if regions:
                org.import_regions(regions.read_bytes(), regions.name, actor_id=None, today=clock.today())
            made = accounts.make_administrators()
        if as_json:
            click.echo(json.dumps([{"account": a.account, "role": a.role, "password": a.password} for a in made]))
            return
        if not made:
            click.echo(gettext("三个管理员都已存在，数据库已是最新。"))
        for one in made:
            click.echo(f"{one.role_name}  {gettext('账号')} {one.account}  {gettext('一次性口令')} {one.password}")


@main.group("import")
def import_() -> None:
    """Take in regions, units, users, working days or a ledger."""


def _importer(name: str, right: Right, take: Callable[..., Any]) -> None:
    @import_.command(name)
    @click.argument("file", type=FILE)
    @click.option("--dry-run", is_flag=True, help="Check only; store nothing.")
    @click.pass_context
    def command(ctx: click.Context, file: Path, dry_run: bool) -> None:
        with application(ctx):
            with suppress(_Rehearsed), transaction():
                actor_id = _setting_up(ctx, right)
                with shown_progress(file.name) as told:
                    result = take(file, told, actor_id=actor_id)
                for line in _lines(result):
                    click.echo(line)
                if dry_run:
                    raise _Rehearsed
            if dry_run:
                click.echo(gettext("试运行，什么都没有保存。"))

    command.help = f"Import {name} from FILE (CSV or Excel)."


class _Rehearsed(Exception):
    """Ends a dry run: all was done, and the transaction rolls back."""


def _lines(result: dict[str, int] | UserImport) -> list[str]:
    """What an import says: its counts in one line, then a line for each account made."""
    if isinstance(result, UserImport):
        return [_in_words(result.counts), *map(str, result.made)]
    return [_in_words(result)]


def _in_words(counts: dict[str, int]) -> str:
    return "  ".join(f"{gettext(name)} {number}" for name, number in counts.items())


_importer(
    "regions",
    Right.REGIONS,
    lambda file, told, **how: org.import_regions(file.read_bytes(), file.name, today=clock.today(), **how),
)
_importer("units", Right.UNITS, lambda file, told, **how: org.import_units(file.read_bytes(), file.name, **how))
_importer(
    "users",
    Right.USERS,
    lambda file, told, **how: accounts.import_users(file.read_bytes(), file.name, told=told, **how),
)
_importer(
    "workdays",
    Right.SETTINGS,
    lambda file, told, *, actor_id: workdays.import_file(
        file.read_bytes(), file.name, actor=None if actor_id is None else user_with_id(actor_id)
    ),
)


@import_.command("ledger")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what was understood; store nothing; needs no account.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--create-missing", is_flag=True, help="Make the units and people the system does not know.")
@click.option("--accept-new", is_flag=True, help="Take rows not recognised from earlier imports as new issues.")
@click.option("--trial", is_flag=True, help="Into a demonstration database, to be thrown away with it.")
@click.option("--title", help="The ledger's title; by default what stands above its header.")
@click.pass_context
def import_ledger(
    ctx: click.Context,
    file: Path,
    dry_run: bool,
    as_json: bool,
    create_missing: bool,
    accept_new: bool,
    trial: bool,
    title: str | None,
) -> None:
    """Take in a ledger (xlsx, xls, ods, csv), whole or not at all; of a Word document say what it holds."""
    if dry_run and file.suffix.lower() == ".docx":
        ctx.invoke(import_findings, file=file, dry_run=True, as_json=as_json)
        return
    with application(ctx):
        actor = None if dry_run else acting(ctx)
        reading = ledgers.read(file.read_bytes(), file.name, today=clock.today(), by=actor)
        if reading.correction.origin:
            click.echo(gettext("按上次的对应关系读取。"), err=True)
        if as_json:
            click.echo(json.dumps(reading.as_json(), ensure_ascii=False, indent=1, default=str))
        else:
            _print_reading(reading)
        if actor is None:
            raise SystemExit(1 if reading.errors else 0)
        with file.open("rb") as stream, transaction():
            plan = ledgers.plan_import(reading, actor, title=title, today=clock.today())
            with _options_named(), shown_progress(gettext("导入台账")) as told:
                done = ledgers.apply_import(
                    plan,
                    actor,
                    stream=stream,
                    file_name=file.name,
                    today=clock.today(),
                    create_missing=create_missing,
                    accept_new=accept_new,
                    trial=trial,
                    told=told,
                )
        click.echo(gettext("已导入：新列 %(new)s 条，更新 %(changed)s 条，未变 %(same)s 条。", **done.counts))


@contextmanager
def _options_named() -> Iterator[None]:
    """What a page asks to tick, a command is told by an option."""
    try:
        yield
    except ledgers.NotAgreed as refusal:
        option = "--" + refusal.consent.replace("_", "-")
        words = gettext(refusal.msgid, **refusal.params)
        raise Refused(N_("%(words)s在命令里加上 %(option)s。"), words=words, option=option) from refusal


@import_.command("findings")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Say what was understood; store nothing; needs no account.")
@click.option("--json", "as_json", is_flag=True)
@click.option("--received-on", type=DAY, help="The day it was handed over; today by default.")
@click.pass_context
def import_findings(ctx: click.Context, file: Path, dry_run: bool, as_json: bool, received_on: datetime | None) -> None:
    """Read a feedback document (docx, txt). A person confirms its findings on the inspection's page, so only --dry-run."""
    with application(ctx):
        if not dry_run:
            raise Refused(N_("反馈文件要由人核对后登记：请在检查页面上传；这里只能用 --dry-run 试读。"))
        found = feedback.read(file.read_bytes(), received_on=received_on.date() if received_on else clock.today())
        if as_json:
            click.echo(json.dumps(found.as_json(), ensure_ascii=False, indent=1))
        else:
            _print_findings(found)


def _print_findings(found: Feedback) -> None:
    click.echo(gettext("读出 %(rows)s 条问题。", rows=len(found.entries)))
    for one in found.entries:
        units = "、".join(filter(None, dict.fromkeys([one.lead_unit, *one.units])))
        click.echo("  ".join(filter(None, [one.clause, one.title, one.county, units, one.deadline_written])))


def _print_reading(reading: Reading) -> None:
    click.echo(gettext("读出 %(rows)s 条问题。", rows=len(reading.rows)))
    for label, problems in (
        (gettext("错误"), reading.errors),
        (gettext("待确认"), reading.asks),
        (gettext("提示"), reading.warnings),
    ):
        for problem in problems:
            click.echo(f"{label} {problem.cell}：{problem.problem}{problem.mend}")


@main.group()
def export() -> None:
    """Write tables out."""


@export.command("ledger")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--template",
    metavar="NAME",
    help="A ledger superiors ask for: superior, county, clearance, standard or the title of a template.",
)
@click.pass_context
def export_ledger(ctx: click.Context, file: Path, template: str | None) -> None:
    """Write the whole list within the account's scope, all years, to FILE (.xlsx or .csv)."""
    with application(ctx):
        actor = acting(ctx)
        layout = layout_named(template, actor) if template else None
        if not file.parent.is_dir():
            raise Refused(N_("没有文件夹“%(folder)s”，请先建立。"), folder=file.parent)
        with transaction(), shown_progress(file.name) as told:
            rows = register.export_to(file, actor, today=clock.today(), layout=layout, told=told)
        click.echo(gettext("已写出 %(rows)s 条到 %(file)s。", rows=rows, file=file))


@export.command("blank")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def export_blank(ctx: click.Context, file: Path) -> None:
    """Write a blank ledger with drop-downs to FILE (.xlsx), to be filled in and imported."""
    with application(ctx):
        actor = acting(ctx)
        if file.suffix != ".xlsx":
            raise Refused(N_("请把文件名写成 .xlsx 结尾。"))
        ledgers.blank_ledger(file, actor)
        click.echo(gettext("已写出空白台账到 %(file)s。", file=file))


# --- the clock, the board, health -----------------------------------------------------------------------------


@main.group()
def jobs() -> None:
    """What runs by itself."""


@jobs.command("list")
def list_jobs() -> None:
    """Name, time of day and purpose of every job."""
    for job in JOBS:
        click.echo(f"{job.name:<16} {job.at:%H:%M}  {job.purpose}")
    for beat in BEATS:
        click.echo(f"{beat.name:<16} {f'{schedule.TICK_SECONDS} s':<5}  {beat.purpose}")


@jobs.command("run")
@click.argument("name")
@click.option("--as-of", type=DAY, help="The day to run it for (default today).")
@click.pass_context
def run_job(ctx: click.Context, name: str, as_of: datetime | None) -> None:
    """Run a job for a day; a slot that has run is left alone. What is done at every beat (deliver) knows no day."""
    day: date = as_of.date() if as_of else clock.today()
    if day > clock.today():
        raise Refused(N_("%(day)s 还没有到，不能提前运行。"), day=day)
    with application(ctx):
        if name in {beat.name for beat in BEATS}:
            click.echo(_in_words(schedule.beat_named(name).run()))
            return
        effects = schedule.run_slot(schedule.job_named(name), day)
        click.echo(gettext("%(day)s 已经运行过，没有重复。", day=day) if effects is None else _in_words(effects))


@main.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def board(ctx: click.Context, as_json: bool) -> None:
    """The zero-clearance board within the account's scope."""
    with application(ctx):
        figures = board_json(acting(ctx), clock.today())
        if as_json:
            click.echo(json.dumps(figures, ensure_ascii=False, indent=1, default=str))
            return
        for line in _board_lines(figures):
            click.echo(line)


def _board_lines(figures: dict[str, Any]) -> Iterator[str]:
    for group, shown in figures["groups"].items():
        yield gettext(
            "%(group)s：%(cells)s 格中 %(proven)s 格已证清零，%(declared)s 格账面清零，%(open)s 格未清零",
            group=gettext(GROUP_NAMES[Group(group)]),
            cells=shown["cells"],
            **shown["standings"],
        )
        for row in shown["rows"]:
            total = row["total"]
            yield gettext(
                "  %(category)s  未清零 %(open)s（逾期 %(overdue)s）  已销号 %(cleared)s",
                category=gettext(row["category"]),
                open=total["open"],
                overdue=total["overdue"],
                cleared=total["cleared"],
            )


# --- the history ----------------------------------------------------------------------------------------------


@main.group()
def audit() -> None:
    """The journal: is it what was written?"""


@audit.command("head")
@click.pass_context
def audit_head(ctx: click.Context) -> None:
    """Seal what is not sealed yet and print the end of the chain, to be published: POSITION:DIGEST."""
    with application(ctx):
        schedule.seal()
        click.echo(str(journal.head()))


@audit.command("verify")
@click.option("--head", "published", help="A published head (POSITION:DIGEST) the chain must still lead through.")
@click.pass_context
def audit_verify(ctx: click.Context, published: str | None) -> None:
    """Recompute the chain and play every issue's history again; exit status 1 when anything is not what was written."""
    with application(ctx):
        harms = [_harm_line(damage) for damage in journal.damages(journal.Head.read(published) if published else None)]
        lines = harms + [
            gettext("问题 %(number)s 与办理记录不符：%(columns)s", number=each.number, columns="、".join(each.columns))
            for each in differences()
        ]
        for line in lines:
            click.secho(line, fg="red")
        if lines:
            raise SystemExit(1)
        click.echo(gettext("办理记录完好，共 %(count)s 条已封存，问题现状与记录一致。", count=journal.head().position))


def _harm_line(damage: journal.Damage) -> str:
    place = gettext("记录 %(id)s", id=damage.event_id) if damage.position is None else f"#{damage.position}"
    return f"{place} {gettext(journal.HARM_NAMES[damage.harm])}"


@main.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check the installation; exit status 1 if something needs mending."""
    with application(ctx) as app:
        results = findings(app)
    for result in results:
        click.secho(f"{'✓' if result.well else '✗'} {result.line}", fg=None if result.well else "red")
    if not all(result.well for result in results):
        raise SystemExit(1)


def run(arguments: Sequence[str] | None = None) -> None:
    main(args=arguments)


if __name__ == "__main__":
    main()
