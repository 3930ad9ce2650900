"""The shape of a look-back's record."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from tracker.base.web import VersionedForm
from tracker.lookbacks.rules import MOST_DRAWN, RESULT_NAMES, Result, Visit


class LookBackForm(VersionedForm):
    held_on = DateField(_l("哪一天去看的"), [DataRequired(_l("请填写去看的日期。"))])
    place = StringField(_l("地点"), [DataRequired(_l("请写明在哪里看的。")), Length(max=120)])
    people = StringField(
        _l("参加人员"),
        [DataRequired(_l("请写明有谁参加。")), Length(max=200)],
        description=_l("没有参与整改和审核的人。"),
    )
    found = TextAreaField(_l("看到什么"), [DataRequired(_l("请写明看到什么。")), Length(max=5000)])
    files = MultipleFileField(_l("照片等佐证"), [Optional()], description=_l("有照片就附上，没有不影响。"))
    result = RadioField(_l("结果"), [DataRequired(_l("请选择结果。"))], validate_choice=True)
    new_term = DateField(_l("新的时限"), [Optional()])

    def offer(self) -> None:
        """The results, in the language of the page."""
        self.result.choices = [(result.value, _(name)) for result, name in RESULT_NAMES.items()]

    def visit(self) -> Visit:
        assert self.held_on.data is not None  # validated
        return Visit(
            on=self.held_on.data,
            place=self.place.data or "",
            people=self.people.data or "",
            seen=self.found.data or "",
            result=Result(self.result.data),
            files=self.files.data or (),
        )


class MonthsForm(FlaskForm):
    months = StringField(
        _l("销号后第几个月"),
        [DataRequired(_l("请写销号后第几个月回头看。")), Length(max=60)],
        description=_l("从小到大，用顿号分开，例如“3、6、12”。长期坚持的在最后一次以后每年一次。"),
    )


class DrawForm(FlaskForm):
    seed = StringField(
        _l("随机种子"),
        [DataRequired(_l("请填写随机种子。")), Length(max=80)],
        description=_l("一个大家看得到、事先谁也定不了的数，例如某日福彩开奖号码，写明是哪一期。"),
    )
    size = IntegerField(
        _l("抽取件数"),
        [DataRequired(_l("请填写抽取件数。")), NumberRange(1, MOST_DRAWN, _l("抽取件数应在 1 到 500 之间。"))],
    )
    due_on = DateField(_l("看完的日期"), [DataRequired(_l("请填写看完的日期。"))])
