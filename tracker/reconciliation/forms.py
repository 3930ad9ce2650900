"""The shape of a hand-over, of its entries, and of what becomes of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from tracker.base.web import stripped
from tracker.inspections.rules import LONGEST_CLAUSE, LONGEST_WORDING, SOURCE_NAMES, Entry
from tracker.org.models import Region


def _whole(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class HeadForm(FlaskForm):
    """What a hand-over is called, and when it came."""

    title = StringField(_l("检查名称"), [DataRequired(_l("请填写检查名称。")), Length(max=200)], filters=[stripped])
    document_number = StringField(_l("文号"), [Optional(), Length(max=80)], filters=[stripped])
    received_on = DateField(_l("收到日期"), [InputRequired(_l("请填写收到日期。"))])
    began_on = DateField(_l("检查开始日期"), [Optional()])
    ended_on = DateField(_l("检查结束日期"), [Optional()])
    letter = FileField(_l("反馈件"), [Optional()], description=_l("来函或通报的扫描件、PDF 或 Word，供核对原文。"))


class CorrectionForm(HeadForm):
    """The same put right; a file chosen replaces the letter."""

    reason = StringField(_l("更正理由"), [DataRequired(_l("请写明更正的理由。")), Length(max=500)])


class InspectionForm(HeadForm):
    """One hand-over: who handed over what to whom, and when."""

    source = SelectField(_l("问题来源"), [InputRequired(_l("请选择问题来源。"))])
    region = SelectField(_l("交给哪个地区"), [InputRequired(_l("请选择地区。"))], coerce=_whole)

    def offer(self, regions: Iterable[Region]) -> None:
        self.source.choices = [("", _("请选择")), *((source.value, _(name)) for source, name in SOURCE_NAMES.items())]
        self.region.choices = [(region.id, region.name) for region in regions]


class FindingForm(FlaskForm):
    """One entry."""

    clause = StringField(
        _l("条款"), [Optional(), Length(max=LONGEST_CLAUSE)], filters=[stripped], description=_l("例如：第 3 条。")
    )
    wording = TextAreaField(
        _l("反馈原文"), [DataRequired(_l("请照录反馈原文。")), Length(max=LONGEST_WORDING)], filters=[stripped]
    )

    county = SelectField(_l("指明的县市区"), [Optional()], coerce=_whole)

    def offer(self, counties: Iterable[Region]) -> None:
        self.county.choices = [("", _("没有指明")), *((region.id, region.name) for region in counties)]

    def entries(self) -> list[Entry]:
        return [Entry(self.clause.data or None, self.wording.data or "")]


class MergeForm(FlaskForm):
    number = StringField(_l("问题编号"), [DataRequired(_l("请填写问题编号。")), Length(max=40)], filters=[stripped])
    reason = TextAreaField(_l("说明"), [Optional(), Length(max=2000)], filters=[stripped])


class DeclineForm(FlaskForm):
    reason = TextAreaField(_l("理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)], filters=[stripped])
