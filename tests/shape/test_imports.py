"""Who may import what. The order of the parts is import-linter's business (``make lint``); the rest is held here."""

from __future__ import annotations

import ast

from tests.shape.source import Import, Module, imports, inside, module_of, modules, parts, said

#: What a feature shows to others. ``workflow`` is issues' second rules; ``pages`` is for routes.
SHOWN = frozenset({"rules", "models", "queries", "actions"})
SHOWN_BESIDES = {
    "issues": frozenset({"workflow", "pages"}),
    "papers": frozenset({"layout"}),  # the page of an official paper, for what else is printed in its look
    # one grammar of names, columns, deadlines and tables, for ledgers and for documents (feedback)
    "ledgers": frozenset(
        {
            *("deadlines", "deadline_calendar", "names", "values", "vocabulary", "letterhead", "problems", "offers"),
            *("columns", "table", "rows", "row_cells"),
            *("plan", "namesakes"),  # a name in doubt, and whom it may mean
        }
    ),
}
#: Parts right of all features may also call jobs, sheets and readings; pages and forms stay private.
OUTER = frozenset({"demo", "schedule", "cli", ""})
PRIVATE_TO_ALL = frozenset({"routes", "forms", "api"})

_WEB = frozenset({"flask", "flask_wtf", "wtforms", "flask_login", "flask_babel", "werkzeug", "jinja2"})
_DATABASE = frozenset({"sqlalchemy", "flask_sqlalchemy", "flask_migrate", "alembic"})
FORBIDDEN: dict[str, tuple[frozenset[str], str]] = {
    "models": (_WEB - {"flask_login"}, "tables know no web"),
    "queries": (_WEB, "queries know no request: take the person and the filter as arguments"),
    "actions": (_WEB, "actions know no request, form or template: take values as arguments"),
    "jobs": (_WEB, "jobs know no request"),
    "sheet": (_WEB | _DATABASE | {"tracker.base.db"}, "a sheet is a table of columns; the reading belongs in queries"),
    "routes": (_DATABASE | {"tracker.base.db.db"}, "ask through queries, change through actions in a transaction()"),
    "api": (_DATABASE | {"tracker.base.db.db"}, "ask through queries, change through actions in a transaction()"),
    "forms": (_DATABASE | {"tracker.base.db"}, "a form is the shape of input: hand choices in"),
}
_CLOCK = frozenset({"tracker.base.clock", "time"})


def unshown(module: Module, known: frozenset[str]) -> list[str]:
    """Imports of another feature's private files."""
    found = []
    for entry in imports(module.tree):
        part, file = _target(entry, known)
        if part in {None, "base", module.part} or file is None:
            continue
        allowed = file in SHOWN | SHOWN_BESIDES.get(part or "", frozenset())
        allowed = allowed and (file != "pages" or module.name == "routes")
        if module.part in OUTER:
            allowed = file not in PRIVATE_TO_ALL or not module.part
        if not allowed:
            found.append(f"{module.path}:{entry.line} imports {entry.dotted}")
    return found


def _target(entry: Import, known: frozenset[str]) -> tuple[str | None, str | None]:
    """Which part and file an import reaches; None where it reaches no part, or the part alone."""
    steps = entry.dotted.split(".")
    if steps[0] != "tracker" or len(steps) < 2 or steps[1] not in known:
        return None, None
    return steps[1], steps[2] if len(steps) > 2 else None


def impure(module: Module) -> list[str]:
    """What a pure file may not import: the web, the database, the clock, and any file that is not pure itself."""
    found = []
    for entry in imports(module.tree):
        own = entry.dotted.startswith("tracker.")
        pure = module_of(f"tracker/{'/'.join(entry.module.split('.')[1:])}.py", "").is_pure if own else True
        if inside(entry.module, _WEB | _DATABASE | {"apscheduler"}) or inside(entry.dotted, _CLOCK) or not pure:
            found.append(f"{module.path}:{entry.line} imports {entry.dotted}")
    return found


def forbidden(module: Module) -> list[str]:
    packages, why = FORBIDDEN.get(module.name, (frozenset(), ""))
    if not module.part or module.part == "base":
        return []
    return [
        f"{module.path}:{entry.line} imports {entry.dotted} ({why})"
        for entry in imports(module.tree)
        if inside(entry.dotted, packages) and not _is_annotation_only(entry)
    ]


def _is_annotation_only(entry: Import) -> bool:
    """Types that any layer may name."""
    return entry.dotted in {"flask.Flask", "werkzeug.datastructures.FileStorage"}


def hidden(module: Module) -> list[str]:
    """Imports inside functions."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return [
        f"{module.path}:{entry.line} imports {entry.dotted}"
        for node in ast.walk(module.tree)
        if isinstance(node, functions)
        for entry in imports(node)
    ]


def from_root(module: Module, known: frozenset[str]) -> list[str]:
    """Imports of what the root package holds, ``create_app`` by the outermost part excepted."""
    if module.part in {"cli", ""}:
        return []
    return [
        f"{module.path}:{entry.line} imports {entry.dotted}"
        for entry in imports(module.tree)
        if entry.module == "tracker" and entry.name not in known
    ]


def test_only_what_a_feature_shows_is_imported() -> None:
    known = frozenset(parts())
    found = [place for module in modules() for place in unshown(module, known)]
    assert not found, said(found, "import the feature's rules, models, queries or actions, or move the use case right")


def test_rules_are_pure() -> None:
    found = [place for module in modules() if module.is_pure for place in impure(module)]
    assert not found, said(
        found, "take what you need as an argument (today too), or move the function to queries/actions"
    )


def test_each_kind_of_file_keeps_to_its_business() -> None:
    found = [place for module in modules() for place in forbidden(module)]
    assert not found, said(found, "see the table of files in docs/architecture.md")


def test_no_import_hides_in_a_function() -> None:
    found = [place for module in modules() for place in hidden(module)]
    assert not found, said(found, "import at the top; if that makes a ring, the use case stands in the wrong part")


def test_the_root_package_exports_nothing_to_its_parts() -> None:
    known = frozenset(parts())
    found = [place for module in modules() for place in from_root(module, known)]
    assert not found, said(found, "only the command may import create_app")


def test_the_laws_bite() -> None:
    known = frozenset({"issues", "plans", "base", "cli"})
    source = "from tracker.plans.forms import A\nfrom tracker.plans import routes\nfrom tracker.plans.rules import B\n"
    assert len(unshown(module_of("tracker/issues/queries.py", source), known)) == 2
    pages = "from tracker.issues.pages import me"
    assert unshown(module_of("tracker/plans/actions.py", pages), known)
    assert not unshown(module_of("tracker/plans/routes.py", pages), known)
    assert len(unshown(module_of("tracker/cli/main.py", source), known)) == 2
    assert not unshown(module_of("tracker/plans/routes.py", source), known)
    rules = "import flask\nfrom sqlalchemy import select\nfrom tracker.base import clock\nfrom tracker.plans.models import P\n"
    assert len(impure(module_of("tracker/issues/rules.py", rules))) == 4
    assert not impure(module_of("tracker/plans/rules.py", "from tracker.issues.workflow import State\nimport datetime"))
    assert len(forbidden(module_of("tracker/plans/routes.py", "from tracker.base.db import db, transaction"))) == 1
    assert len(forbidden(module_of("tracker/plans/actions.py", "from flask import request"))) == 1
    assert len(hidden(module_of("tracker/plans/actions.py", "def f():\n    import flask"))) == 1
    assert len(from_root(module_of("tracker/plans/actions.py", "from tracker import create_app, issues"), known)) == 1
