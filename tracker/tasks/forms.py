"""The shape of an answer and of a decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional
from wtforms.widgets import HiddenInput


class _TaskForm(FlaskForm):
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def shows(self, version: int) -> None:
        """The page shows the task as it is now (also when it comes back after a conflict)."""
        self.version.raw_data, self.version.data = None, version


class AnswerForm(_TaskForm):
    text = TextAreaField(_l("落实情况"), [DataRequired(_l("请写明落实情况。")), Length(max=5000)])
    files = MultipleFileField(
        _l("佐证材料"), [Optional()], description=_l("照片、PDF、Word、Excel 都可以，可一次选几个。")
    )


class DecideForm(_TaskForm):
    opinion = TextAreaField(_l("意见"), [Optional(), Length(max=2000)], description=_l("退回和撤销要写理由。"))
