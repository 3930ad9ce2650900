"""The shape of an instruction, of an answer and of a decision."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
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
    due = DateField(_l("退回再办的新时限"), [Optional()], description=_l("不填，原来的时限不变。"))


class InstructionForm(FlaskForm):
    """Who is to do it is chosen from those who answer for the issue, or written."""

    text = TextAreaField(_l("批示"), [DataRequired(_l("请写明要做什么。")), Length(max=2000)])
    owner = RadioField(_l("批示给谁"), [DataRequired(_l("请选一个，或选“其他”再写明。"))])
    other = StringField(
        _l("其他单位或人员"),
        [Optional(), Length(max=200)],
        description=_l("选了“其他”再写：单位全称，或一个人的姓名（单位）。"),
    )
    due = DateField(_l("答复时限"), [InputRequired(_l("请填写这一项。"))])
