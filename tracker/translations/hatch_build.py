"""Build hook: compiles the catalogues, and puts templates, static files and migrations into the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Folders beside the package in a checkout; ``tracker.base.config.data_path`` finds them in either place.
DATA = ("templates", "static", "migrations")


class PackData(BuildHookInterface):
    """Runs for wheels and editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        for source in sorted(Path(self.root, "tracker", "translations").glob("*/LC_MESSAGES/*.po")):
            compile_catalogue(source)
        # Named here and not in pyproject.toml: there, an editable install too would get copies, stale at once.
        if version != "editable":
            build_data["force_include"].update(
                {str(Path(self.root, name)): f"tracker/_data/{name}" for name in DATA},
            )


def compile_catalogue(source: Path) -> None:
    """Write ``source``'s messages beside it as the ``.mo`` that gettext reads; fuzzy ones are left out."""
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name)
    with source.with_suffix(".mo").open("wb") as binary:
        write_mo(binary, catalogue)
