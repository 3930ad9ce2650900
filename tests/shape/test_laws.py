"""One clock, one commit, one door: what only one place may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.shape.source import Module, module_of, modules, said

_INSTANTS = frozenset({"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"})
_DATABASE_CLOCKS = frozenset({"now", "current_date", "current_timestamp", "current_time", "localtimestamp"})


def calls(module: Module) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def clocks_read(module: Module) -> list[str]:
    """Where the machine, or the database, is asked for the time. Measuring (monotonic, perf_counter) is free."""
    return [f"{module.path}:{call.lineno} {ast.unparse(call)}" for call in calls(module) if _asks_the_time(call.func)]


def _asks_the_time(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute):
        return False
    owner = ast.unparse(called.value).rsplit(".", 1)[-1]
    return (
        (called.attr in _INSTANTS - {"fromtimestamp"} and owner in {"datetime", "date", "dt"})
        or (called.attr in {"time", "time_ns", "localtime", "gmtime"} and owner == "time")
        or (called.attr in _DATABASE_CLOCKS and owner == "func")
    )


def commits(module: Module) -> list[str]:
    return [
        f"{module.path}:{call.lineno} {ast.unparse(call)}"
        for call in calls(module)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]


def states_set(module: Module) -> list[str]:
    """Where an issue's state is written: by attribute, by setattr, by UPDATE, or at its making."""
    found = [node for node in ast.walk(module.tree) if _sets_state(node)]
    return [f"{module.path}:{getattr(node, 'lineno', 0)} {ast.unparse(node)[:100]}" for node in found]


def _sets_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        return any(_is_issue_state(target) for target in node.targets)
    if isinstance(node, ast.AnnAssign | ast.AugAssign):
        return _is_issue_state(node.target)
    return isinstance(node, ast.Call) and _writes_state(node)


def _is_issue_state(target: ast.expr) -> bool:
    return (
        isinstance(target, ast.Attribute)
        and target.attr == "state"
        and ast.unparse(target.value).lower().rsplit(".", 1)[-1] in {"issue", "child", "parent"}
    )


def _writes_state(call: ast.Call) -> bool:
    text = ast.unparse(call.func)
    names_state = any(keyword.arg == "state" for keyword in call.keywords)
    if text == "setattr":
        return len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and call.args[1].value == "state"
    return names_state and (text == "Issue" or (text.endswith(".values") and ("(Issue)" in text or "(Issue." in text)))


def test_only_the_clock_asks_for_the_time() -> None:
    found = [place for module in modules() if module.path != "tracker/base/clock.py" for place in clocks_read(module)]
    assert not found, said(found, "use tracker.base.clock, or take today as an argument")


def test_only_transaction_commits() -> None:
    found = [place for module in modules() if module.path != "tracker/base/db.py" for place in commits(module)]
    assert not found, said(found, "wrap the use case in tracker.base.db.transaction()")


def test_only_the_door_sets_the_state_of_an_issue() -> None:
    found = [
        place for module in modules() if module.path != "tracker/issues/actions.py" for place in states_set(module)
    ]
    assert not found, said(found, "move the issue with tracker.issues.actions.advance (or enter)")


def hands_forgotten(module: Module) -> list[str]:
    """Events recorded by an actor without whom they act for."""
    found = [keyword for call in calls(module) for keyword in call.keywords if keyword.arg == "actor_id"]
    return [f"{module.path}:{one.value.lineno}" for one in found if ast.unparse(one.value).endswith("actor.id")]


def test_an_event_says_for_whom_a_stand_in_acted() -> None:
    found = [place for module in modules() for place in hands_forgotten(module)]
    assert not found, said(found, "record the event with **journal.by(actor)")


def test_the_laws_bite() -> None:
    assert len(hands_forgotten(module_of("tracker/plans/actions.py", "record('x', actor_id=self.actor.id)"))) == 1
    clock = (
        "datetime.now(UTC); date.today(); dt.datetime.utcnow(); time.time(); func.now(); clock.now(); time.monotonic()"
    )
    assert len(clocks_read(module_of("tracker/plans/rules.py", clock))) == 5
    assert len(commits(module_of("tracker/plans/actions.py", "db.session.commit()\nsession.flush()"))) == 1
    states = (
        "issue.state = 1\nself.issue.state = 1\nextension.state = 1\nsetattr(issue, 'state', 1)\n"
        "update(Issue).where(x).values(state=1)\nupdate(Extension).values(state=1)\nIssue(state=1)\nIssue(title=1)\n"
    )
    assert len(states_set(module_of("tracker/plans/actions.py", states))) == 5
