"""The catalogues: everything that is said can be said in English, in whole, with the same fields."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from tests.needs import ROOT
from tests.shape.source import CHINESE, said

FOLDER = ROOT / "tracker" / "translations"
ENGLISH = FOLDER / "en" / "LC_MESSAGES" / "messages.po"
MEND = "run make i18n, then translate in tracker/translations/en/LC_MESSAGES/messages.po"


def read(path: Path) -> Catalog:
    with path.open("rb") as text:
        return read_po(text, locale="en")


@pytest.fixture(scope="module")
def said_in_source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now, gathered as ``make i18n`` does."""
    target = tmp_path_factory.mktemp("i18n") / "messages.pot"
    arguments = [
        "pybabel",
        "-q",
        "extract",
        "-F",
        str(ROOT / "pyproject.toml"),
        "-k",
        "N_",
        "-k",
        "_l",
        "-o",
        str(target),
        str(ROOT),
    ]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        CommandLineInterface().run(arguments)  # type: ignore[no-untyped-call]
    return read(target)


def ids(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    return {message.id if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}


#: Words that a ledger or a file must hold are quoted as they stand there.
QUOTED = re.compile(r"“[^”]*”")


def faults(catalogue: Catalog) -> Iterator[str]:
    """Messages without a translation, with a doubtful one, or with one whose fields differ."""
    for message in catalogue:
        if not message.id:
            continue
        shown = message.id if isinstance(message.id, str) else message.id[0]
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        if not all(strings):
            yield f"untranslated: {shown}"
        elif message.fuzzy:
            yield f"fuzzy: {shown}"
        elif any(CHINESE.search(QUOTED.sub("", string)) for string in strings):
            yield f"still Chinese: {shown}"
        else:
            yield from (f"{error}: {shown}" for error in message.check(catalogue))


def test_everything_said_stands_in_the_english_catalogue(said_in_source: Catalog) -> None:
    assert ENGLISH.exists(), said([str(ENGLISH.relative_to(ROOT))], MEND)
    known = ids(read(ENGLISH))
    missing = sorted(map(str, ids(said_in_source) - known))
    obsolete = sorted(map(str, known - ids(said_in_source)))
    assert not missing, said(missing, MEND)
    assert not obsolete, said(obsolete, MEND)


def test_every_english_message_is_translated() -> None:
    assert ENGLISH.exists(), said([str(ENGLISH.relative_to(ROOT))], MEND)
    found = list(faults(read(ENGLISH)))
    assert not found, said(found, MEND)


def test_the_gathering_reaches_code_marks_and_templates(said_in_source: Catalog) -> None:
    """N_() in rules, _() and {% trans %} in templates: a wrong mapping would find nothing and pass everything."""
    assert {"承办", "跳到正文"} <= ids(said_in_source)


def test_the_law_bites() -> None:
    catalogue = Catalog(locale="en")
    catalogue.add("一", "")
    catalogue.add("二", "two", flags={"fuzzy"})
    catalogue.add("三", "三")
    catalogue.add("共 %(n)s", "in all %(m)s", flags={"python-format"})
    catalogue.add("五", "five")
    catalogue.add(("%(num)d 件", "%(num)d 件"), ("%(num)d case", ""), flags={"python-format"})
    assert len(list(faults(catalogue))) == 5
