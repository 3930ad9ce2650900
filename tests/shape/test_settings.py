"""The README's table of settings is complete and true."""

from __future__ import annotations

import re

import pytest

from tests.needs import ROOT
from tests.shape.source import said
from tracker.base.config import PREFIX, Config

READMES = ("README.md", "README.zh-CN.md")


def variables() -> set[str]:
    return {PREFIX + name.upper() for name in Config.model_fields}


def in_table(text: str) -> set[str]:
    """Variables that open a row of a Markdown table."""
    return set(re.findall(rf"^\|\s*`({PREFIX}[A-Z_]+)`", text, re.MULTILINE))


@pytest.mark.parametrize("name", READMES)
def test_every_setting_stands_in_the_readme(name: str) -> None:
    path = ROOT / name
    told = in_table(path.read_text("utf-8")) if path.exists() else set()
    missing, strange = sorted(variables() - told), sorted(told - variables())
    assert not missing, said(missing, f"give each a row in the table of {name}: | `VARIABLE` | … |")
    assert not strange, said(strange, f"take it out of the table of {name}: tracker/base/config.py does not know it")


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Config.model_fields.items() if not field.description]
    assert not silent, said(silent, "give Field(…, description=…) in tracker/base/config.py")


def test_the_law_bites() -> None:
    assert in_table("| `TRACKER_LOCALE` | zh |\nTRACKER_OTHER\n| TRACKER_BARE |") == {"TRACKER_LOCALE"}
