"""The shape of one act on many issues: what is said to each of them."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length


class RemindManyForm(FlaskForm):
    reason = TextAreaField(
        _l("催办内容"),
        [DataRequired(_l("请写明催办什么、什么时候要结果。")), Length(max=1000)],
        description=_l("原样发给每个问题的承办人；写明要什么、什么时候要。"),
    )


class DecideManyForm(FlaskForm):
    """Grant all, or refuse all with a reason (the button says which)."""

    reason = TextAreaField(_l("意见"), [Length(max=2000)], description=_l("不同意时必须写明理由。"))

    @property
    def refused(self) -> bool:
        return request.form.get("decision") == "refuse"

    def validate_reason(self, field: TextAreaField) -> None:
        if self.refused and not (field.data or "").strip():
            raise ValidationError(_("不同意延期，请写明理由。"))
