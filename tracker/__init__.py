"""The rectification tracker. ``create_app`` names every part once, left to right; imports point left only."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from tracker.accounts import routes as accounts
from tracker.audit import routes as audit
from tracker.base import config as settings_from
from tracker.base import db, web
from tracker.base.access import N_, Right
from tracker.base.config import Config, data_path
from tracker.base.web import NavigationEntry
from tracker.board import routes as board
from tracker.clearance import routes as clearance
from tracker.deadlines import routes as deadlines
from tracker.desks import routes as desks
from tracker.dossier import routes as dossier
from tracker.feedback import routes as feedback
from tracker.feeds import routes as feeds
from tracker.issues import routes as issues
from tracker.ledgers import routes as ledgers
from tracker.lookbacks import routes as lookbacks
from tracker.meetings import routes as meetings
from tracker.messages import routes as messages
from tracker.org import routes as org
from tracker.papers import routes as papers
from tracker.plans import routes as plans
from tracker.progress import routes as progress
from tracker.reconciliation import routes as reconciliation
from tracker.register import routes as register
from tracker.schedule import models as _schedule_tables  # noqa: F401 - its table belongs to the metadata
from tracker.tasks import routes as tasks
from tracker.withdrawals import routes as withdrawals
from tracker.workdays import routes as workdays

PARTS = (
    org,
    accounts,
    workdays,
    issues,
    reconciliation,
    plans,
    progress,
    messages,
    deadlines,
    clearance,
    lookbacks,
    withdrawals,
    papers,
    tasks,
    dossier,
    ledgers,
    feedback,
    register,
    board,
    desks,
    meetings,
    feeds,
    audit,
)

#: The menu of what is set up once and rarely changed.
SET_UP = N_("设置")

NAVIGATION = (
    NavigationEntry("desks.desk", N_("工作台"), Right.ISSUE_READ),
    NavigationEntry("messages.inbox", N_("消息"), Right.ISSUE_READ, counts="unread"),
    NavigationEntry("board.board", N_("清零看板"), Right.BOARD_READ),
    NavigationEntry("register.register", N_("问题清单"), Right.ISSUE_READ, below=("/issues",)),
    NavigationEntry("lookbacks.look_backs", N_("回头看"), Right.LOOKBACK_READ),
    NavigationEntry("papers.papers", N_("文书"), Right.PAPER_READ),
    NavigationEntry("tasks.tasks", N_("交办事项"), Right.TASK_READ),
    NavigationEntry("meetings.meetings", N_("调度"), Right.MEETING_READ),
    NavigationEntry(
        "reconciliation.inspections", N_("检查对账"), Right.FINDING_READ, below=("/findings", "/documents")
    ),
    NavigationEntry("ledgers.ledgers", N_("台账导入"), Right.LEDGER_IMPORT),
    NavigationEntry("clearance.chains", N_("审核链"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("issues.groups", N_("工作组"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("deadlines.clocks", N_("时限规则"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("workdays.this_year", N_("工作日"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("papers.templates", N_("文书模板"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("register.templates", N_("台账模板"), Right.SETTINGS, menu=SET_UP),
    NavigationEntry("org.regions", N_("行政区划"), Right.REGIONS),
    NavigationEntry("org.units", N_("单位"), Right.UNITS),
    NavigationEntry("accounts.users", N_("人员"), Right.USERS),
    NavigationEntry("messages.outlets", N_("外发渠道"), Right.OUTLETS, below=("/deliveries",)),
    NavigationEntry("audit.audit", N_("审计查询"), Right.AUDIT),
    NavigationEntry("accounts.posts", N_("岗位"), Right.POSTS, below=("/users",)),
)


def create_app(config: Config | None = None) -> Flask:
    """The whole application for these settings (the environment's by default)."""
    config = config or settings_from.read()
    config.make_data_dir()
    app = Flask("tracker", template_folder=str(data_path("templates")), static_folder=str(data_path("static")))
    app.config["TRACKER"] = config
    app.config["SQLALCHEMY_DATABASE_URI"] = config.url
    db.init_app(app)
    Migrate(app, db.db, directory=str(data_path("migrations")), render_as_batch=True)
    web.init_app(app, config, NAVIGATION)
    for part in PARTS:
        app.register_blueprint(part.bp)
        if hasattr(part, "init_app"):
            part.init_app(app)
    return app
