"""The shape of an instruction, of a self-check, of an answer and of a decision."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from tracker.base.web import BoxesField
from tracker.tasks.rules import Look


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


class LookForm(AnswerForm):
    """The answer to a self-check: nothing found, or what."""

    looked_by = StringField(
        _l("谁去查的"), [DataRequired(_l("请写明是谁去查的。")), Length(max=200)], description=_l("单位、姓名都写上。")
    )
    text = TextAreaField(
        _l("怎么查的"),
        [DataRequired(_l("请写明查了哪些地方、怎么查的。")), Length(max=5000)],
        description=_l("查了哪些乡镇、村和项目，入户多少，看了什么。"),
    )
    outcome = RadioField(_l("结果"), [DataRequired(_l("请选一个结果。"))])
    found = TextAreaField(
        _l("查出的问题"), [Length(max=100_000)], description=_l("一行一个，写明地点和情况；验收后逐条列单。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outcome.choices = [("none", _("没有查出同类问题")), ("found", _("查出了问题"))]

    def validate_found(self, field: Any) -> None:
        if self.outcome.data == "found" and not lines(field.data):
            raise ValidationError(_("请写出查出的问题，一行一个。"))
        if self.outcome.data == "none" and lines(field.data):
            raise ValidationError(_("结果选了“没有查出同类问题”，这里却写了问题，请改其中一处。"))

    def look(self) -> Look:
        return Look(self.looked_by.data or "", tuple(lines(self.found.data)))


def lines(text: str | None) -> list[str]:
    return [line for raw in (text or "").splitlines() if (line := raw.strip())]


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


class SelfCheckForm(FlaskForm):
    text = TextAreaField(
        _l("查什么"),
        [DataRequired(_l("请写明要做什么。")), Length(max=2000)],
        description=_l("各单位看到的就是这段话：查哪一类问题、查到哪一级。"),
    )
    units = BoxesField(_l("请谁自查"), [Optional()], coerce=int)
    others = TextAreaField(_l("其他单位"), [Optional(), Length(max=10_000)], description=_l("写单位全称，一行一个。"))
    due = DateField(_l("答复时限"), [InputRequired(_l("请填写这一项。"))])
