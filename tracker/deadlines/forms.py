"""The shape of asking for a later deadline, of deciding it, and of a reminder."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from tracker.base.web import BoxesField, VersionedForm
from tracker.deadlines.rules import AUDIENCE_NAMES, LEVEL_NAMES, Clocks, as_kept, to_keep


class AskForm(VersionedForm):
    wanted = DateField(_l("延到哪一天"), [DataRequired(_l("请填写要延到的日期。"))])
    reason = TextAreaField(
        _l("理由"),
        [DataRequired(_l("请写明理由。")), Length(max=2000)],
        description=_l("为什么按期完不成，还要做什么。"),
    )


class DecideForm(VersionedForm):
    """Grant, or refuse with a reason (the button says which)."""

    opinion = TextAreaField(_l("意见"), [Optional(), Length(max=2000)], description=_l("不同意时必须写明理由。"))


class ObjectForm(VersionedForm):
    reason = TextAreaField(
        _l("异议理由"),
        [DataRequired(_l("请写明理由。")), Length(max=2000)],
        description=_l("为什么不应计为逾期：时限写错了、已经按时办完，或者别的情况。"),
    )
    files = MultipleFileField(
        _l("佐证材料"), [Optional()], description=_l("照片、PDF、Word、Excel 都可以，可一次选几个。")
    )


class ObjectionForm(VersionedForm):
    """Uphold with a new deadline, or refuse (the button says which)."""

    opinion = TextAreaField(_l("裁定理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)])
    term = DateField(
        _l("重新定的整改时限"), [Optional()], description=_l("异议成立时必填，不早于今天；原时限一直保留。")
    )


class RemindForm(VersionedForm):
    words = TextAreaField(
        _l("催办内容"),
        [DataRequired(_l("请写明催办什么、什么时候要结果。")), Length(max=1000)],
        description=_l("原样发给承办人；写明要什么、什么时候要。"),
    )


def _number(label: Any) -> IntegerField:
    return IntegerField(label, [InputRequired(_l("请填写整数。"))])


_LEVELS = range(1, len(LEVEL_NAMES) + 1)


class ClocksForm(FlaskForm):
    """时限规则: the thresholds of lamps, steps and escalation; ``days_1`` and ``tells_1`` are the first level's."""

    unassigned_workdays = _number(_l("列单后交办"))
    unsigned_workdays = _number(_l("交办后签收"))
    planning_workdays = _number(_l("制定方案"))
    review_workdays = _number(_l("每级审核"))
    blue_days = _number(_l("蓝灯：距时限不足"))
    yellow_days = _number(_l("黄灯：距时限不足"))
    yellow_lag = _number(_l("黄灯：进度落后"))
    red_lag = _number(_l("红灯：进度落后超过"))

    days_1 = _number(_l("第 1 级：逾期满（天）"))
    tells_1 = BoxesField(_l("通知谁"))
    days_2 = _number(_l("第 2 级：逾期满（天）"))
    tells_2 = BoxesField(_l("通知谁"))
    days_3 = _number(_l("第 3 级：逾期满（天）"))
    tells_3 = BoxesField(_l("通知谁"))
    days_4 = _number(_l("第 4 级：逾期满（天）"))
    tells_4 = BoxesField(_l("通知谁"))
    days_5 = _number(_l("第 5 级：逾期满（天）"))
    tells_5 = BoxesField(_l("通知谁"))

    @classmethod
    def showing(cls, clocks: Clocks) -> ClocksForm:
        """The form with these thresholds, or with what was typed."""
        kept = to_keep(clocks)
        days, tells = kept.pop("level_days"), kept.pop("tells")
        levels = {f"days_{number}": days[number - 1] for number in _LEVELS}
        form = cls(data=kept | levels | {f"tells_{number}": tells[number - 1] for number in _LEVELS})
        for number in _LEVELS:
            form[f"tells_{number}"].choices = [(each.value, _(name)) for each, name in AUDIENCE_NAMES.items()]
        return form

    def clocks(self) -> Clocks:
        numbers = {name: self[name].data for name in vars(Clocks()) if name in self}
        return as_kept(
            numbers
            | {
                "level_days": [self[f"days_{number}"].data for number in _LEVELS],
                "tells": [self[f"tells_{number}"].data for number in _LEVELS],
            }
        )
