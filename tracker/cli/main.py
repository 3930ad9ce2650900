"""The commands. Exit status 0 done, 1 refused with one clear line, 2 wrong usage."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask
from flask.cli import with_appcontext  # noqa: F401 - documents that commands run inside the app's context
from flask_babel import force_locale, gettext
from flask_migrate import upgrade
from sqlalchemy.exc import OperationalError

from tracker import create_app
from tracker.accounts import actions as accounts
from tracker.accounts.models import User
from tracker.accounts.queries import user_with_account
from tracker.base import clock
from tracker.base.access import N_, Refused
from tracker.base.db import transaction
from tracker.base.sheets import SheetRefused
from tracker.board.queries import board_json
from tracker.cli import doctor as checks
from tracker.cli.serve import serve as serve_forever
from tracker.demo import actions as demo_data
from tracker.ledgers import actions as ledgers
from tracker.org import actions as org
from tracker.register import actions as register
from tracker.schedule import actions as schedule
from tracker.schedule.jobs import JOBS
from tracker.settings import actions as settings
from tracker.workdays import actions as workdays
