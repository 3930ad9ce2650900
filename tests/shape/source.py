"""Reading the project's own source: which files there are, and what they import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.needs import ROOT

CHINESE = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")


@dataclass(frozen=True)
class Module:
    """One Python file; ``part`` is "" for the root package."""

    path: str
    part: str
    name: str
    tree: ast.Module

    @property
    def is_pure(self) -> bool:
        return self.name == "rules" or (self.part, self.name) in {("issues", "workflow"), ("base", "access")}


def module_of(path: str, source: str) -> Module:
    """``path`` is relative to the project: tracker/issues/rules.py."""
    parts = Path(path).with_suffix("").parts
    return Module(path, parts[1] if len(parts) > 2 else "", parts[-1], ast.parse(source, path))


def python_files(folder: str = "tracker") -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "translations" not in path.parts)


def modules() -> list[Module]:
    """Every module of the package."""
    return [module_of(str(path.relative_to(ROOT)), path.read_text("utf-8")) for path in python_files()]


def parts() -> list[str]:
    """The parts that exist, by name."""
    return sorted(path.parent.name for path in (ROOT / "tracker").glob("*/__init__.py"))


@dataclass(frozen=True)
class Import:
    """``from module import name`` (name None: ``import module``)."""

    module: str
    name: str | None
    line: int

    @property
    def dotted(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


def imports(tree: ast.AST) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, None, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Import(node.module or "", alias.name, node.lineno) for alias in node.names)


def inside(dotted: str, packages: frozenset[str]) -> bool:
    """Whether ``dotted`` is one of the packages or lies in one."""
    return any(dotted == package or dotted.startswith(package + ".") for package in packages)


def said(problems: list[str], mend: str) -> str:
    """What a failing test says: each place, then how to mend it."""
    return "\n".join(["", *problems, f"mend: {mend}"])
