"""Load the demonstration: a city's campaign of made-up problems, told relative to today through the real use cases."""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from tracker.accounts.actions import hash_password
from tracker.accounts.rules import ONE_TIME_ALPHABET
from tracker.base.access import N_, Refused
from tracker.base.clock import ZONE
from tracker.base.db import db, transaction
from tracker.clearance.actions import seed_chains
from tracker.clearance.models import ReviewChain
from tracker.deadlines.jobs import flag_overdue
from tracker.demo import sheet
from tracker.demo.cast import Casting, DemoPerson, columns, settle, shown
from tracker.demo.month import Month
from tracker.demo.plot import Act, Plotter, Story
from tracker.demo.telling import HandedOver, Teller, Telling
from tracker.inspections.rules import Source
from tracker.issues.models import Issue
from tracker.issues.workflow import Kind
from tracker.ledgers import actions as ledgers
from tracker.org.models import Region
from tracker.settings.actions import put, seed_categories
from tracker.settings.queries import DEMONSTRATION, demonstration
from tracker.workdays.actions import seed_published_years
from tracker.workdays.queries import calendar

_SHOWN_EVERY = 50  # acts between two moves of the progress bar
_LOOKED_BACK = 4  # the last of them in vain
_FIRST_STEPS = 300  # what regions, units and people weigh on the bar, in acts

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DemoSummary:
    """Who can sign in, all with the same password."""

    password: str
    people: tuple[DemoPerson, ...]


def summary() -> DemoSummary | None:
    """What the start prints; None while the database holds no demonstration."""
    kept = demonstration()
    if kept is None:
        return None
    return DemoSummary(kept["password"], tuple(DemoPerson(**person) for person in kept["people"]))


def load(*, today: date, progress: Progress | None = None, every: int = 1) -> DemoSummary:
    """Fill an empty, migrated database; ``progress(done, total)`` is called as it goes.

    1. what every installation starts with; 2. places, units, people; 3. every act of every story in the order it
    happened, the nightly job run each midnight; 4. the mark that keeps real data out. Raises Refused when the database
    already holds regions. One transaction: interrupted, it leaves the database empty and can simply be started again.
    ``every``: tell only every so-manieth story, where a smaller city will do.
    """
    if db.session.scalar(select(Region.id).limit(1)) is not None:
        raise Refused(N_("数据库里已有数据，演示数据只能装入新建的空库。"))
    password = _password()
    hashed = hash_password(password)
    with transaction():
        seed_categories()
        seed_published_years()
        seed_chains()
        plotter = Plotter(today, calendar(), columns(), _levels())
        stories = plotter.stories()[::every]
        cast = settle(plotter.columns, today=plotter.first_day)
        casting = Casting(cast, hashed, _midnight(plotter.first_day))
        casting.people(stories)
        casting.work_groups()
        casting.linked_counties()
        teller = Teller(cast, plotter.calendar, _handed_over(plotter))
        _tell(stories, teller, today, progress or _quiet)
        made = DemoSummary(password, tuple(shown(cast)))
        put(DEMONSTRATION, {"password": password, "people": [asdict(person) for person in made.people]})
    return made


def _quiet(_done: int, _total: int) -> None:
    return None


def _password() -> str:
    """Made anew for each demonstration and printed at every start; never a known default."""
    return "-".join("".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(4)) for _ in range(3))


def _levels() -> dict[Source, int]:
    """How many levels review a county's problem of each source."""
    chains = {chain.source: len(chain.levels) for chain in db.session.scalars(select(ReviewChain))}
    return {source: chains.get(source, chains.get(None, 1)) for source in Source}


def _handed_over(plotter: Plotter) -> HandedOver:
    found: HandedOver = {}
    for source, title, document, day in plotter.inspections():
        found.setdefault(source, []).append((title, document, day))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


# --- telling --------------------------------------------------------------------------------------------------


#: How long before today a leader went on leave.
_ON_LEAVE = timedelta(days=40)


def _tell(stories: Sequence[Story], teller: Teller, today: date, progress: Progress) -> None:
    """Every act in the order of its day and minute."""
    tellings = [teller.begin(story) for story in stories]
    taken = [telling for telling in tellings if telling.story.entered is not None]
    steps = _in_order(tellings)
    evenings: list[tuple[date, Callable[[date], None]]] = [
        *Month(teller, today).evenings(),
        (today - timedelta(days=6), lambda day: _look_back(teller, day, today)),
        (today - timedelta(days=4), teller.issue_papers),
        (today - timedelta(days=2), teller.hand_over_anew),
    ]
    evenings.sort(key=lambda evening: evening[0])
    total, night = len(steps) + _FIRST_STEPS, steps[0][1].day
    for place, (telling, act) in enumerate(steps, start=_FIRST_STEPS):
        if place % _SHOWN_EVERY == 0:
            progress(place, total)
        night = _until(night, act.day, evenings)
        if teller.cast.on_leave is None and act.day > today - _ON_LEAVE:
            teller.cast.leave(act.day)
        if telling.story.entered is not None and telling.issue is None:
            _take_over(teller, taken, act)
        else:
            teller.perform(telling, act)
    _nights(_until(night, today, evenings), today)
    progress(total, total)


def _until(night: date, day: date, evenings: list[tuple[date, Callable[[date], None]]]) -> date:
    """The nights up to this day, and what was done on the evenings before them."""
    while evenings and night <= evenings[0][0] < day:
        evening, act = evenings.pop(0)
        night = _nights(night, evening)
        act(evening)
    return _nights(night, day)


def _look_back(teller: Teller, day: date, today: date) -> None:
    """The city looked at some of the oldest clearances that evening, before their day: three had held, one had not."""
    oldest = (
        select(Issue)
        .where(Issue.look_back_on > today, Issue.cleared_on < day - timedelta(days=20), Issue.kind == Kind.TIME_LIMITED)
        .order_by(Issue.cleared_on, Issue.id)
        .limit(_LOOKED_BACK)
    )
    for place, issue in enumerate(db.session.scalars(oldest).all(), start=1):
        at = datetime.combine(day, time(20, place), ZONE)
        teller.look_back(issue, at, new_term=today + timedelta(days=25) if place == _LOOKED_BACK else None)


def _in_order(tellings: Iterable[Telling]) -> list[tuple[Telling, Act]]:
    """All acts by day and minute; a ledger's rows come in together, with the first of them."""
    steps = [(telling, act) for telling in tellings for act in telling.story.acts]
    steps.sort(key=lambda step: (step[1].day, step[1].minute))
    seen = False
    kept = []
    for telling, act in steps:
        begins = telling.story.entered is not None and act is telling.story.acts[0]
        if not (begins and seen):
            kept.append((telling, act))
        seen = seen or begins
    return kept


def _nights(last: date, day: date) -> date:
    """The nightly job for every day after ``last`` up to ``day``."""
    while last < day:
        last += timedelta(days=1)
        flag_overdue(last, at=_midnight(last))
    return day


def _take_over(teller: Teller, taken: Sequence[Telling], act: Act) -> None:
    """The office's own ledger, through the import that a real one takes."""
    day = act.day
    importer = teller.root_supervisor
    data = sheet.ledger(teller.cast, [(telling.story, telling.duties) for telling in taken], day)
    plan = ledgers.plan_import(
        ledgers.read(data, sheet.LEDGER_NAME, today=day), importer, title=sheet.LEDGER_TITLE, today=day
    )
    ledgers.apply_import(
        plan,
        importer,
        stream=io.BytesIO(data),
        file_name=sheet.LEDGER_NAME,
        today=day,
        trial=True,
        at=act.instant,
    )
    numbers = {sheet.number_of(place, day): telling for place, telling in enumerate(taken, start=1)}
    for issue in db.session.scalars(select(Issue).where(Issue.number.in_(numbers))):
        numbers[issue.number].issue = issue
