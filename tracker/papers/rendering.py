"""A template and its values become a Word file; a template an office brings is tried before it is kept. Apart from
``layout``, because these templates may be anybody's: their marks run in a sandbox that knows nothing but a few words.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.table import Table
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError

from tracker.base.access import N_, Refused
from tracker.papers import layout
from tracker.papers.rules import Field, Many, One, PaperKind, fields_of, known_fields, needed_fields, sample

MOST_UNPACKED = 50 * 1024 * 1024
MOST_TEMPLATE = 5 * 1024 * 1024
_DEEPEST = 2  # loops in one another
_FILTERS = frozenset({"join", "length", "first", "last", "default", "e", "escape"})
_LOOP = frozenset({"index", "index0", "first", "last", "length"})
#: Everything a template's marks may be made of: no calls, no arithmetic, nothing that could take for ever.
_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For, nodes.If, nodes.Compare,
    nodes.Operand, nodes.Not, nodes.And, nodes.Or, nodes.Const, nodes.Filter,
)  # fmt: skip
_UNFIT = re.compile(r"[\x00-\x08\x07\x0b-\x1f]")  # no place in XML, or a page break where somebody only typed


def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def render(template: bytes, values: Mapping[str, Any]) -> bytes:
    """The paper as a Word file. Raises Refused when the template cannot be filled in."""
    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(_fit(values), jinja_env=_environment(), autoescape=True)
        out = io.BytesIO()
        document.save(out)
    except (TemplateError, *_BROKEN) as error:
        raise Refused(N_("按这个模板生成不了文书，请检查模板里的标记。")) from error
    return out.getvalue()


_BROKEN = (zipfile.BadZipFile, LxmlError, KeyError, ValueError, AttributeError, IndexError, TypeError, OSError)


def _fit(value: Any) -> Any:
    """The values as Word can hold them, whatever was typed or pasted."""
    if isinstance(value, str):
        return _UNFIT.sub("", value)
    if isinstance(value, Mapping):
        return {key: _fit(inner) for key, inner in value.items()}
    return [_fit(inner) for inner in value] if isinstance(value, list | tuple) else value


# --- trying a template ------------------------------------------------------------------------------------------


def check(template: bytes, kind: PaperKind) -> None:
    """Refuse a template that is no Word file, reaches outside itself, names a field there is not, or cannot be filled.

    1. the container; 2. its marks, one by one, against ``fields_of``; 3. a trial with made-up values, whose words must
    show what no paper can go without.
    """
    document = _opened(template)
    known = fields_of(kind)
    for source in _sources(document):
        _check_marks(source, known, kind)
    shown = "\n".join(block.words for block in blocks(render(template, sample(kind))))
    for name in needed_fields(kind):
        if f"（{name}）" not in shown:
            raise Refused(N_("模板里没有“%(field)s”，发出去的文书就缺这一项。请在模板里加上 %(mark)s。"), field=name,
                          mark=f"{{{{ {name} }}}}")  # fmt: skip


def _opened(template: bytes) -> DocxTemplate:
    unreadable = Refused(N_("打不开这个文件。请用 Word 或 WPS 另存为 .docx 后再上传，不要加密码。"))
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as container:
            if sum(part.file_size for part in container.infolist()) > MOST_UNPACKED:
                raise Refused(N_("模板太大，请去掉里面的大图片再上传。"))
        document = DocxTemplate(io.BytesIO(template))
        document.init_docx()
        parts = list(document.docx.part.package.iter_parts())
    except _BROKEN as error:
        raise unreadable from error
    for part in parts:
        for link in part.rels.values():
            if link.is_external and link.reltype != RELATIONSHIP_TYPE.HYPERLINK:
                raise Refused(N_("模板里有指向外部文件的链接，发出去不安全。请把它嵌入文件或删掉后再上传。"))
    return document


def _sources(document: DocxTemplate) -> Iterator[str]:
    """Everything in the file in which marks are filled in, as the library will read it."""
    yield document.patch_xml(document.get_xml())
    for uri in (document.HEADER_URI, document.FOOTER_URI):
        for _key, part in document.get_headers_footers(uri):
            yield document.patch_xml(document.get_part_xml(part))
    for part in document.docx.part.package.iter_parts():
        if part.content_type.endswith("footnotes+xml"):
            yield document.patch_xml(part.blob.decode("utf-8", "replace"))
    properties = document.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        yield getattr(properties, name)


def _check_marks(source: str, known: Mapping[str, Field], kind: PaperKind) -> None:
    lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", source)
    try:
        tree = _environment().parse(lines)
    except TemplateSyntaxError as error:
        raise Refused(N_("模板里有一处标记写错了，在“%(near)s”附近。标记的写法见本页的说明。"),
                      near=_near(lines, error.lineno)) from error  # fmt: skip
    _Marks(known, kind, lines).check(tree.body, {}, 0)


def _near(source: str, line: int) -> str:
    """The words of the paragraph that this line of the source holds."""
    return re.sub(r"<[^>]+>", "", source.split("\n")[line - 1]).strip()[:60]


class _Marks:
    """Walks what a template's marks say; ``scope``: the loop variables there are, with what each holds."""

    def __init__(self, known: Mapping[str, Field], kind: PaperKind, source: str) -> None:
        self.known, self.kind, self.source = known, kind, source

    def check(self, found: list[Any], scope: Mapping[str, Field | None], depth: int) -> None:
        for node in found:
            if not isinstance(node, _ALLOWED):
                raise self._not_taken(node)
            if isinstance(node, nodes.For):
                self._loop(node, scope, depth)
            elif isinstance(node, nodes.Getattr | nodes.Name):
                self._meant(node, scope)
            else:
                if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
                    raise self._not_taken(node)
                if isinstance(node, nodes.Output):
                    self._shown(node, scope)
                self.check(list(node.iter_child_nodes()), scope, depth)

    def _loop(self, node: nodes.For, scope: Mapping[str, Field | None], depth: int) -> None:
        many = self._meant(node.iter, scope)
        plain = isinstance(node.target, nodes.Name) and node.test is None and not node.recursive
        if not plain or not isinstance(many, Many) or depth >= _DEEPEST:
            raise self._not_taken(node)
        item: Field = "" if many.item is None else One("", many.item)
        inner = {**scope, node.target.name: item, "loop": None}  # type: ignore[attr-defined]
        self.check(node.body, inner, depth + 1)
        self.check(node.else_, scope, depth)

    def _shown(self, output: nodes.Output, scope: Mapping[str, Field | None]) -> None:
        """What is shown must be words: of a list or a group only Python's notation would come out."""
        for node in output.nodes:
            if isinstance(node, nodes.Getattr | nodes.Name) and not isinstance(self._meant(node, scope), str):
                raise self._not_taken(node)

    def _meant(self, node: nodes.Node, scope: Mapping[str, Field | None]) -> Field | None:
        """What a name stands for; None for what only a loop knows."""
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            if node.name not in self.known:
                raise self._unknown(node.name)
            return self.known[node.name]
        if isinstance(node, nodes.Getattr):
            of = self._meant(node.node, scope)
            if of is None and node.attr in _LOOP:
                return ""
            if isinstance(of, One) and node.attr in of.item:
                return of.item[node.attr]
            raise self._unknown(f"{_written(node.node)}.{node.attr}")
        raise self._not_taken(node)

    def _unknown(self, name: str) -> Refused:
        return Refused(N_("模板里的“%(field)s”不是系统认识的字段。可以用的有：%(known)s。"), field=name,
                       known=known_fields(self.kind))  # fmt: skip

    def _not_taken(self, node: nodes.Node) -> Refused:
        return Refused(N_("模板里“%(near)s”附近的写法不能用。只能用字段、{%%p for … in … %%} 和 {%%p if … %%}。"),
                       near=_near(self.source, node.lineno))  # fmt: skip


def _written(node: nodes.Node) -> str:
    return f"{_written(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else getattr(node, "name", "…")


# --- what a file says -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A paragraph, or a table's rows; ``part``: what a page makes of it: head, symbol, title, right, note, text."""

    part: str
    words: str
    rows: tuple[tuple[str, ...], ...] = ()


_PARTS = {
    layout.HEAD: "head",
    layout.SYMBOL: "symbol",
    layout.HEADLINE: "title",
    layout.ADDRESS: "address",
    layout.SECTION: "section",
    layout.SIGNED: "signed",
    layout.NOTE: "note",
}


def blocks(file: bytes) -> list[Block]:
    """The words of a Word file in order, to be shown on a page: what the file says and nothing else."""
    found = []
    for item in Document(io.BytesIO(file)).iter_inner_content():
        if isinstance(item, Table):
            rows = tuple(tuple(_once(row.cells)) for row in item.rows)
            found.append(Block("table", "\n".join(" ".join(row) for row in rows), rows))
        elif item.text.strip():
            style = item.style.name if item.style is not None else ""
            found.append(Block(_PARTS.get(style or "", "text"), item.text.strip()))
    return found


def _once(cells: Any) -> Iterator[str]:
    """The text of each cell; one merged over several columns stands once."""
    last = None
    for cell in cells:
        if cell._tc is not last:
            yield cell.text
        last = cell._tc
