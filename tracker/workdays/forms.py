"""The shape of a change to the calendar."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

_NEEDED = _l("请填写这一项。")


class ChangeForm(FlaskForm):
    first = DateField(_l("从"), [InputRequired(_NEEDED)])
    last = DateField(_l("到"), [Optional()], description=_l("只改一天的不用填。"))
    kind = RadioField(_l("改成"), [InputRequired(_l("请选择改成什么。"))])
    name = StringField(
        _l("节日或说明"),
        [Optional(), Length(max=40, message=_l("节日名称超过 40 个字。"))],
        [lambda text: (text or "").strip()],
    )


class NoticeForm(FlaskForm):
    file = FileField(_l("文件"), [FileRequired(_l("请选择文件。"))])
