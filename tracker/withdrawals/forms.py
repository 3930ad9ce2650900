"""The shape of asking that a file goes, and of deciding it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.web import VersionedForm


class AskForm(VersionedForm):
    reason = TextAreaField(
        _l("为什么不能留在系统里"),
        [DataRequired(_l("请写明理由。")), Length(max=500)],
        description=_l("例如：含贫困户身份证号。不要把要撤下的内容写在这里，理由会一直留着。"),
    )


class DecideForm(VersionedForm):
    """Let it go, or keep it with a reason (the button says which)."""

    opinion = TextAreaField(_l("意见"), [Optional(), Length(max=500)], description=_l("不撤下时必须写明理由。"))
