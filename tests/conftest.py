"""Where the fixtures are: each plugin's docstring says what it gives."""

from __future__ import annotations

pytest_plugins = ["tests.needs", "tests.postgres", "tests.browser", "tests.world", "tests.engines"]
