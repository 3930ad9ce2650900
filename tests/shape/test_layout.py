"""The layout: every part has the same files, and what cannot be named is not there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

from tests.needs import ROOT
from tests.shape.source import Module, module_of, modules, parts, python_files, said

FILES = frozenset({"__init__", "rules", "models", "queries", "actions", "forms", "sheet", "routes", "api", "jobs"})
#: Files that one part has besides; a new name needs a reason that stands in its docstring.
FILES_BESIDES = {
    "base": frozenset(
        {
            *("config", "clock", "access", "db", "journal", "photos", "files", "underway", "web", "paging"),
            *("sheets", "sheets_in", "sheets_layout", "sheets_xls", "sheets_out", "sheets_list"),
        }
    ),
    "issues": frozenset({"workflow", "pages"}),  # the table; what every form page about one issue does the same
    # the stages of an import: table, columns, letterhead, a row's cells and fields, the reading, the plan, its taking in
    "ledgers": frozenset(
        {
            *("table", "header", "columns", "letterhead", "vocabulary", "values", "names"),
            *("deadlines", "deadline_words", "deadline_calendar", "recurring", "offers"),
            *("rows", "row_cells", "row_origin", "row_duty", "row_term", "row_state", "reading", "problems"),
            *("mapping", "shown", "plan", "matching", "namesakes", "standing", "differences", "taking", "returned"),
        }
    ),
    # a document: Word's file and its numbers, typed marks, the outline they make, who and by when, the reading
    "feedback": frozenset(
        {"word", "numbering", "marks", "outline", "terms", "entries", "sections", "envelope", "grids", "reading"}
    ),
    "papers": frozenset({"layout", "rendering"}),  # templates as Word files; a template and its values become a file
    # who sends, what a message says, how a robot takes it, the one way out, where the robots' keys are kept
    "messages": frozenset({"postman", "letters", "robots", "outside", "vault"}),
    "meetings": frozenset({"pack"}),  # the figures of a dispatch as a Word file
    # the ledgers superiors ask for, which an office adds to as data; what they show out of other tables
    "register": frozenset({"layouts", "gathered"}),
    "demo": frozenset(
        {"words", "plot", "cast", "telling", "pictures", "month"}
    ),  # names, sentences, stories, who plays, how it is told, the meetings and instructions around
    "cli": frozenset({"main", "serve", "doctor"}),
}
NAMELESS = re.compile(r"(^|_)(utils?|helpers?|common|managers?|misc)(_|$)|(Util|Utils|Helper|Helpers|Manager)$")
TOP_LEVEL = frozenset(
    {
        "pyproject.toml",
        "constraints.txt",
        "README.md",
        "README.zh-CN.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
        "docs",
        "deploy",
        "migrations",
        "templates",
        "static",
        "tests",
        "tracker",
        ".gitignore",
        ".gitattributes",
    }
)
TEST_FOLDERS = frozenset({"journeys", "shape", "bench", "on_postgres", "kills"})


def strange_files(names: list[tuple[str, str]]) -> list[str]:
    """``names``: part and module. base and cli have no file but their own."""
    return [
        f"tracker/{part}/{name}.py"
        for part, name in names
        if part and name != "__init__" and name not in FILES | FILES_BESIDES.get(part, frozenset())
    ]


def nameless(module: Module) -> list[str]:
    """Files, classes and functions named after nothing."""
    defined = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = [module.path] if NAMELESS.search(module.name) or NAMELESS.search(module.part) else []
    return found + [
        f"{module.path}:{node.lineno} {node.name}"
        for node in ast.walk(module.tree)
        if isinstance(node, defined) and NAMELESS.search(node.name)
    ]


def code_in(module: Module) -> list[str]:
    """Anything but a docstring in an ``__init__``."""
    body = [
        node for node in module.tree.body if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return [f"{module.path}:{node.lineno}" for node in body] + ([] if ast.get_docstring(module.tree) else [module.path])


def test_each_part_has_only_files_with_a_known_name() -> None:
    found = strange_files([(module.part, module.name) for module in modules()])
    assert not found, said(
        found,
        f"move the code into one of {', '.join(sorted(FILES))}, or name the file in FILES_BESIDES with its reason",
    )


def test_nothing_is_named_after_nothing() -> None:
    found = [place for module in modules() for place in nameless(module)]
    assert not found, said(found, "say what it does: the words of the work, no utils, helpers, common, manager, misc")


def test_a_parts_init_is_one_docstring() -> None:
    found = [place for module in modules() if module.part and module.name == "__init__" for place in code_in(module)]
    assert not found, said(found, "say in one docstring what the part is; put code into the part's other files")


def test_the_linter_knows_every_part_and_no_other() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    order = [layer.strip("()") for layer in next(c for c in contracts if c["id"] == "parts")["layers"]]
    missing = sorted(set(parts()) - set(order))
    assert not missing, said(missing, "give the part its place in [tool.importlinter] of pyproject.toml")


def test_the_top_level_holds_what_the_design_names() -> None:
    hidden_or_made = re.compile(r"^\.|^(var|build|dist|node_modules)$|egg-info$|^__pycache__$")
    found = sorted(
        path.name
        for path in ROOT.iterdir()
        if path.name not in TOP_LEVEL and not (hidden_or_made.search(path.name) and path.is_dir()) and path.name != ".git"
        and not path.name.startswith(".coverage")
    )  # fmt: skip
    assert not found, said(found, "put it into docs/, deploy/, tests/ or a part; the top level is fixed")


def test_tests_mirror_the_parts() -> None:
    folders = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py")}
    strange = sorted(folders - set(parts()) - TEST_FOLDERS)
    assert not strange, said([f"tests/{name}" for name in strange], "name the folder of tests as the part it tests")


def test_templates_of_pages_lie_in_the_folder_of_a_part() -> None:
    folders = {path.parent.relative_to(ROOT / "templates").parts[0] for path in (ROOT / "templates").glob("*/*.html")}
    strange = sorted(folders - set(parts()) - {"macros"})
    assert not strange, said([f"templates/{name}" for name in strange], "one folder a part, named as the part")


def test_the_laws_bite() -> None:
    assert strange_files([("issues", "workflow"), ("issues", "tools"), ("plans", "workflow")]) == [
        "tracker/issues/tools.py",
        "tracker/plans/workflow.py",
    ]
    bad = module_of("tracker/plans/date_utils.py", "class PlanManager: ...\ndef common_dates(): ...\ndef manage(): ...")
    assert len(nameless(bad)) == 3
    assert code_in(module_of("tracker/plans/__init__.py", '"""Plans."""\nX = 1')) == ["tracker/plans/__init__.py:2"]
    assert Path(__file__) not in python_files()
