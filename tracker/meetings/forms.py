"""The shape of a meeting, a decision, the rule for talks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

_NEEDED = _l("请填写这一项。")


class MeetingForm(FlaskForm):
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    kind = SelectField(_l("会议"))
    held_on = DateField(_l("日期"), [InputRequired(_NEEDED)])
    place = StringField(_l("地点"), [Optional(), Length(max=120)])
    region = SelectField(_l("哪一级的会议"), coerce=int)
    chair = StringField(_l("主持人"), [Optional(), Length(max=200)], description=_l("输入两三个字，从提示中选择。"))
    agenda = TextAreaField(
        _l("议题"), [Optional(), Length(max=20000)], description=_l("一行一个；以问题编号开头的一行就是那个问题。")
    )
    participants = TextAreaField(
        _l("参会单位和人员"),
        [Optional(), Length(max=20000)],
        description=_l("一行一个：单位全称，或姓名（单位）。他们能看到这次会议。"),
    )
    minutes = TextAreaField(_l("会议纪要"), [Optional(), Length(max=50000)], description=_l("开完会再填。"))


class DecisionForm(FlaskForm):
    text = TextAreaField(_l("决定要做什么"), [DataRequired(_l("请写明要做什么。")), Length(max=2000)])
    owner = StringField(
        _l("由谁落实"), [DataRequired(_NEEDED), Length(max=200)], description=_l("单位全称，或一个人的姓名（单位）。")
    )
    due = DateField(_l("完成时限"), [InputRequired(_NEEDED)])
    number = StringField(_l("有关的问题编号"), [Optional(), Length(max=40)])


class RuleForm(FlaskForm):
    overdue_days = IntegerField(_l("逾期满多少天"), [InputRequired(_l("请填写整数。"))])
    relapses = IntegerField(_l("反弹满多少次"), [InputRequired(_l("请填写整数。"))])
    returned = IntegerField(_l("销号申请被退回满多少次"), [InputRequired(_l("请填写整数。"))])
