"""The shape of asking for a later deadline, of deciding it, and of a reminder."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.web import VersionedForm


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


class RemindForm(VersionedForm):
    words = TextAreaField(
        _l("催办内容"),
        [DataRequired(_l("请写明催办什么、什么时候要结果。")), Length(max=1000)],
        description=_l("原样发给承办人；写明要什么、什么时候要。"),
    )
