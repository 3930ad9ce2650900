"""Where the fixtures are: each plugin's docstring says what it gives."""

from __future__ import annotations

import gc

pytest_plugins = ["tests.needs", "tests.postgres", "tests.browser", "tests.world", "tests.engines"]


def pytest_collection_finish() -> None:
    """Looking through everything imported for rubbish takes a third of a second each time, and none of it is."""
    gc.collect()
    gc.freeze()
