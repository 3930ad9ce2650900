"""Templates and style sheets: every word is translatable, nothing the CSP would block, colours in one file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from tests.needs import ROOT
from tests.shape.source import CHINESE, said

TRANSLATE = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})
PARSER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(|"
    r"(?<![\w-])(?:white|black|red|green|blue|yellow|orange|gr[ae]y|silver|navy|teal|purple|pink|brown)(?![\w-])",
    re.IGNORECASE,
)
DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;{}]+)(?=[;}])")
#: A language's own name, marked as being in that language, is the same for every reader.
OWN_NAME = re.compile(r'<(\w+)\b[^>]*\blang="zh-CN"[^>]*>[^<]*</\1>')
PAINTED = frozenset({"fill", "stroke", "color", "bgcolor", "stop-color", "flood-color"})


def templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.is_file() and path.suffix in {".html", ".txt", ".svg", ".xml"}:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def bare_chinese(path: str, source: str) -> list[str]:
    """Chinese that a reader of another language would see as it is: in the page's text, or in a string that is not
    the message of a translation."""
    tree = PARSER.parse(source, filename=path)
    messages = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in TRANSLATE
        for argument in call.args
    }
    texts = [(node.lineno, node.data) for node in tree.find_all(nodes.TemplateData)]
    texts += [
        (node.lineno, node.value)
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and id(node) not in messages
    ]
    return [
        f"{path}:{line} {' '.join(text.split())[:60]}" for line, text in texts if CHINESE.search(OWN_NAME.sub("", text))
    ]


class _Blocked(HTMLParser):
    """Collects what a strict CSP blocks, and colours written into markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append((self.getpos()[0], f"inline <{tag}>"))
        for name, value in attributes:
            if name == "style" or re.fullmatch(r"on[a-z]+", name) or (value or "").strip().startswith("javascript:"):
                self.found.append((self.getpos()[0], f"{name}= on <{tag}>"))
            elif name in PAINTED and COLOUR.search(value or ""):
                self.found.append((self.getpos()[0], f"colour {name}={value} on <{tag}>"))


def blocked(path: str, source: str) -> list[str]:
    """Jinja's own marks are blanked out first, line by line, so that the rest reads as markup."""
    markup = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", lambda mark: re.sub(r"[^\n]", " ", mark[0]), source, flags=re.S)
    parser = _Blocked()
    parser.feed(markup)
    return [f"{path}:{line} {what}" for line, what in parser.found]


def _without_comments(source: str) -> str:
    """A style sheet or script with its comments blanked out, lines kept."""
    blocks = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), source, flags=re.S)
    return re.sub(r"(?m)(^|\s)//.*$", "", blocks)


def colours(path: str, source: str) -> list[str]:
    """Declarations of a style sheet with a colour of their own."""
    plain = _without_comments(source)
    plain = re.sub(r"url\([^)]*\)", "url()", plain)
    return [
        f"{path}:{plain.count(chr(10), 0, found.start()) + 1} {found[0].strip()}"
        for found in DECLARATION.finditer(plain)
        if COLOUR.search(found[2])
    ]


def static_files(pattern: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "static").rglob(pattern)):
        yield str(path.relative_to(ROOT)), path.read_text("utf-8")


def test_no_bare_chinese_stands_in_a_template() -> None:
    found = [place for path, source in templates() for place in bare_chinese(path, source)]
    assert not found, said(found, "wrap it: {{ _('…') }}, {% trans %}…{% endtrans %} or ngettext; then make i18n")


def test_no_template_holds_what_the_csp_blocks() -> None:
    found = [place for path, source in templates() for place in blocked(path, source)]
    assert not found, said(
        found, "styles go to static/*.css, scripts to static/js/ bound by data-…, colours to classes"
    )


def test_colours_stand_in_tokens_only() -> None:
    sheets = [(path, source) for path, source in static_files("*.css") if Path(path).name != "tokens.css"]
    found = [place for path, source in sheets for place in colours(path, source)]
    assert not found, said(found, "name the colour in static/tokens.css and use var(--…)")


def test_scripts_say_nothing_of_their_own() -> None:
    found = [
        f"{path}:{number} {line.strip()[:80]}"
        for path, source in static_files("*.js")
        for number, line in enumerate(_without_comments(source).splitlines(), 1)
        if CHINESE.search(line)
    ]
    assert not found, said(found, "let the template hand the text over, translated, in a data-… attribute")


def test_the_laws_bite() -> None:
    page = (
        "{# 注释 #}<p>裸字</p>{{ _('包好') }}{{ '没包' }}{% trans n=x %}有{{ n }}件{% endtrans %}"
        "{{ _('共 %(n)s', n='件') }}{{ ngettext('%(num)d 件', '%(num)d 件', 2) }}"
    )
    assert [place.split(" ", 1)[1] for place in bare_chinese("t.html", page)] == ["<p>裸字</p>", "没包", "件"]
    markup = (
        "<p style='x'><a onclick='y' href='javascript:z'></a><script>1</script><script src='a.js'></script>"
        "<svg fill='#fff'><path fill='currentColor'></svg><style></style>{{ '<script>' }}"
    )
    assert len(blocked("t.html", markup)) == 6
    sheet = "a:hover{color:var(--ink)}/* red */#add b{color:red;border:1px solid #EEE}c{background:rgb(1 2 3);margin:0}"
    assert len(colours("t.css", sheet)) == 3
