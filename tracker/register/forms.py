"""The shape of a ledger's template, and of the form a superior sent to make one from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, Form, FormField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from tracker.base.access import N_
from tracker.base.web import BoxesField, VersionedForm, stripped
from tracker.ledgers.columns import By
from tracker.register.layouts import LONGEST, WIDEST, Layout, Placed
from tracker.register.sheet import BLANK, BY_CODE, COLUMNS

BY_NAMES = {"": N_("不分段"), By.SOURCE: N_("按问题来源"), By.CATEGORY: N_("按问题类别"), By.COUNTY: N_("按县市区")}


class ColumnForm(Form):
    """One column; what stays empty is its own."""

    code = SelectField(_l("栏目"))
    head = StringField(_l("表头"), [Optional(), Length(max=LONGEST)], filters=[stripped])
    above = StringField(_l("上一级表头"), [Optional(), Length(max=LONGEST)], filters=[stripped])
    width = IntegerField(
        _l("宽度"),
        [Optional(), NumberRange(1, WIDEST, _l("宽度写 1 到 %(max)s 的整数。"))],
        render_kw={"min": 1, "max": WIDEST},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code.choices = [(code, _(column.label)) for code, column in BY_CODE.items()]


class TemplateForm(VersionedForm):
    title = StringField(
        _l("台账标题"),
        [DataRequired(_l("请填写台账标题。")), Length(max=LONGEST)],
        filters=[stripped],
        description=_l("印在台账最上面，也是导出时选的名称。"),
    )
    by = RadioField(_l("分段"), description=_l("每段一行小标题，序号各自从 1 起。"))
    shared = BooleanField(_l("本级和下级的单位也用这个模板"))
    columns = FieldList(FormField(ColumnForm), _l("栏目"))
    unused = BoxesField(_l("还没有用到的栏目"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by.choices = [(by, _(name)) for by, name in BY_NAMES.items()]
        used = {entry.form.code.data for entry in self.columns}
        free = [column for column in COLUMNS if column.code not in used]
        self.unused.choices = [(column.code, _(column.label)) for column in (*free, BLANK)]

    @classmethod
    def showing(cls, layout: Layout, *, shared: bool = False) -> TemplateForm:
        """The form with this layout in it, whatever was sent."""
        columns = [{**vars(each), "width": each.width or None} for each in layout.columns]
        return cls(
            formdata=None, data={"title": layout.title, "by": layout.by or "", "shared": shared, "columns": columns}
        )

    def layout(self) -> Layout:
        columns = tuple(
            Placed(row.code.data, row.head.data or "", row.above.data or "", row.width.data or 0)
            for row in (entry.form for entry in self.columns)
            if row.code.data in BY_CODE
        )
        return Layout(
            "", self.title.data or "", columns, By(self.by.data) if self.by.data in set(By) else None, own=True
        )


class ExportForm(FlaskForm):
    layout = RadioField(_l("栏目"), default="")
    kind = RadioField(_l("文件"), default="xlsx")

    def __init__(self, *args: Any, layouts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.layout.choices = [("", _("清单自己的栏目")), *layouts]
        self.kind.choices = [("xlsx", _("Excel 表格（.xlsx）")), ("csv", _("CSV 文本（.csv）"))]


class SampleForm(FlaskForm):
    file = FileField(
        _l("上级的表样"),
        [FileRequired(_l("请选择上级发来的表样。"))],
        description=_l("Excel（xlsx、xls）、WPS 或 CSV；空表、填好的都行，只看标题和表头。"),
    )


_OF_ROW = re.compile(r"columns-(\d{1,4})-(\w+)")
_UP, _DOWN, _DROP = "up", "down", "drop"
_ADD, _SHOW, _UNUSED = "add", "show", "unused"


def arranged(sent: MultiDict[str, str]) -> MultiDict[str, str] | None:
    """What was sent, with a column moved, taken away or added as the pressed button says; None when it is to be kept."""
    rows: dict[int, dict[str, str]] = {}
    fields: MultiDict[str, str] = MultiDict()
    for name, value in sent.items(multi=True):
        if match := _OF_ROW.fullmatch(name):
            rows.setdefault(int(match[1]), {})[match[2]] = value
        elif name not in {_ADD, _SHOW, _UNUSED}:
            fields.add(name, value)
    order = [rows[place] for place in sorted(rows)]
    pressed = next(((at, press) for at, row in enumerate(order) for press in (_UP, _DOWN, _DROP) if press in row), None)
    if pressed is None and not {_ADD, _SHOW} & set(sent):
        return None
    if pressed:
        at, press = pressed
        row = order.pop(at)
        if press != _DROP:
            order.insert(max(at - 1, 0) if press == _UP else at + 1, row)
    if _ADD in sent:
        order += [{"code": code} for code in sent.getlist(_UNUSED)]
    fields.update(_named(order))
    return fields


def _named(order: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    for place, row in enumerate(order):
        for name, value in row.items():
            if name not in {_UP, _DOWN, _DROP}:
                yield f"columns-{place}-{name}", value
