"""The upload of a ledger, and what a person decides on its preview."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Length, Optional


class UploadForm(FlaskForm):
    file = FileField(
        _l("台账文件"),
        [FileRequired(_l("请选择要导入的台账文件。"))],
        description=_l("Excel（xlsx、xls）、WPS 或 CSV；表头前有标题、表头两行、合并单元格都可以。"),
    )


class PreviewForm(FlaskForm):
    """Whole-table answers and consents; what else is put right comes beside it in fields of ``mapping``'s names."""

    title = StringField(_l("台账名称"), [Length(max=200)], description=_l("下次导入同名台账时，会认出已有的行。"))
    source = SelectField(_l("没有写来源的行，一律按"), [Optional()])
    category = SelectField(_l("没有写类别的行，一律按"), [Optional()])
    county = SelectField(_l("没有写县市区的行，一律按"), [Optional()])
    ledger_date = DateField(
        _l("台账日期"), [Optional()], description=_l("“月底前”“30 日内”和没有写年份的时限从这一天算起。")
    )
    create_missing = BooleanField(_l("新建系统里没有的单位和人员"))
    accept_new = BooleanField(_l("以前没有的行都是新问题"))
    trial = BooleanField(_l("试用：这些数据可以随演示库一起丢弃"))
