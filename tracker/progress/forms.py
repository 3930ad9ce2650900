"""The shape of a report."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DecimalField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from tracker.base.web import BoxesField
from tracker.plans.models import Plan


class ReportForm(FlaskForm):
    """A report adds, it overwrites nothing: two people may report at once, so it carries no version."""

    text = TextAreaField(
        _l("做了什么"),
        [DataRequired(_l("请写明做了什么。")), Length(max=5000)],
        filters=[lambda text: text.strip() if text else text],
    )
    quantity_done = IntegerField(
        _l("已完成数"), [Optional(), NumberRange(min=0, message=_l("请填写不小于 0 的整数。"))]
    )
    amount_done = DecimalField(
        _l("已整改金额（元）"), [Optional(), NumberRange(min=0, message=_l("请填写不小于 0 的金额，单位为元。"))]
    )
    measures = BoxesField(_l("这次完成的措施"), [Optional()], coerce=int)
    files = MultipleFileField(
        _l("佐证材料"), [Optional()], description=_l("照片、PDF、Word、Excel 都可以，可一次选几个。")
    )

    def offer(self, plan: Plan | None) -> None:
        """The measures that are still to be done."""
        left = [measure for measure in plan.measures if measure.done_on is None] if plan else []
        self.measures.choices = [(measure.id, measure.text) for measure in left]
