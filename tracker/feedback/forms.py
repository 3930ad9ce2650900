"""The shape of a document brought in, and of what a person puts right in an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.web import VersionedForm, stripped
from tracker.feedback.rules import (
    LONGEST_DEADLINE,
    LONGEST_NAMES,
    LONGEST_REMARK,
    LONGEST_TITLE,
    NAME_FIELDS,
    Doubt,
    replaced,
    several_in,
    was_due,
    with_line,
)
from tracker.inspections.rules import LONGEST_CLAUSE
from tracker.issues.workflow import KIND_NAMES
from tracker.org.models import Region
from tracker.settings.models import Category


def _whole(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class BringForm(FlaskForm):
    """A file, or its words pasted."""

    file = FileField(
        _l("反馈文件"), [Optional()], description=_l("Word（.docx）或纯文本（.txt）。旧版 .doc 请先另存为 .docx。")
    )
    text = TextAreaField(
        _l("或者粘贴正文"), [Optional(), Length(max=500_000)], description=_l("整篇粘贴即可，标题和落款会自动分开。")
    )
    county = SelectField(_l("没写明的都属于"), [Optional()], coerce=_whole)

    def offer(self, counties: Iterable[Region]) -> None:
        self.county.choices = [("", _("没有指明")), *((region.id, region.name) for region in counties)]

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not (self.text.data or "").strip() and not (self.file.data and self.file.data.filename):
            self.file.errors = [*self.file.errors, _("请选择文件，或粘贴正文。")]
            return False
        return fine


LEFT_OUT = "out"  # of those who were not chosen
#: What a person puts right of an entry as text.
TYPED = ("clause", "title", *NAME_FIELDS, "kind", "deadline_written", "remark")


class EntryForm(VersionedForm):
    """What was recognised in one entry; the wording may only be parted."""

    wording = TextAreaField(
        _l("反馈原文"), [DataRequired(_l("原文不能删空；不是问题的请移出。"))],
        description=_l("原文不能改字。一段里有几个问题的，在要拆开的地方空一行，再按“拆开”。"),
    )  # fmt: skip
    clause = StringField(_l("条款"), [Optional(), Length(max=LONGEST_CLAUSE)], filters=[stripped])
    title = StringField(_l("列单时的标题"), [Optional(), Length(max=LONGEST_TITLE)], filters=[stripped])
    county = SelectField(_l("县市区"), [Optional()], coerce=_whole)
    category = SelectField(_l("类别"), [Optional()], coerce=_whole)
    lead_official = StringField(
        _l("牵头领导"),
        [Optional(), Length(max=LONGEST_NAMES)],
        filters=[stripped],
        description=_l("只能有一位；文件没写的，留空。"),
    )
    lead_unit = StringField(_l("牵头单位"), [Optional(), Length(max=LONGEST_NAMES)], filters=[stripped])
    units = StringField(
        _l("责任单位"), [Optional(), Length(max=2000)], filters=[stripped], description=_l("几个单位用顿号分开。")
    )
    responsible_person = StringField(
        _l("责任人"),
        [Optional(), Length(max=LONGEST_NAMES)],
        filters=[stripped],
        description=_l("只能有一位；文件没写的，留空。"),
    )
    kind = SelectField(_l("整改类型"), [Optional()])
    deadline_written = StringField(
        _l("整改时限"), [Optional(), Length(max=LONGEST_DEADLINE)], filters=[stripped],
        description=_l("照文件写法填，例如：2019年9月底前、立行立改、长期坚持。"),
    )  # fmt: skip

    remark = TextAreaField(
        _l("备注"),
        [Optional(), Length(max=LONGEST_REMARK)],
        filters=[stripped],
        description=_l("交办时和反馈件的要求一起显示。"),
    )

    def offer(self, counties: Iterable[Region], categories: Iterable[Category]) -> None:
        self.county.choices = [("", _("没有指明")), *((region.id, region.name) for region in counties)]
        self.category.choices = [("", _("列单时再定")), *((one.id, _(one.name)) for one in categories)]
        kinds = ((kind.value, _(name)) for kind, name in KIND_NAMES.items())
        self.kind.choices = [("", _("文件没写，按整改时限定")), *kinds]

    def chooses(self, answers: Mapping[str, str], offered: Collection[str]) -> None:
        """Of several names for what there is one of, take the one somebody chose; the others go into the remark, unless
        somebody said to leave them out. Of a deadline without a last day, take what was chosen of those ``offered``; the
        document's own words go into the remark."""
        if (term := answers.get("term", "")) in offered:
            self.remark.data = with_line(self.remark.data or "", was_due(self.deadline_written.data or ""))
            self.deadline_written.data = term
        for several in several_in(self.names):
            if (chosen := answers.get(several.answer, "")) in several.names:
                self[several.field].data = chosen
                if answers.get("others") != LEFT_OUT:
                    self.remark.data = with_line(self.remark.data or "", several.others(chosen))

    def settles(self, doubts: Iterable[Doubt], answers: Mapping[str, str]) -> None:
        """Put who is meant in the place of a name in doubt, where somebody said so."""
        for doubt in doubts:
            if meant := answers.get(doubt.answer, "").strip():
                self[doubt.field].data = replaced(self[doubt.field].data or "", doubt.name, meant)

    @property
    def names(self) -> dict[str, str]:
        return {code: self[code].data or "" for code in NAME_FIELDS}

    def recognised(self) -> dict[str, Any]:
        """The columns as typed."""
        return {name: self[name].data or "" for name in TYPED} | {
            "county_id": self.county.data,
            "category_id": self.category.data,
        }


class ConfirmForm(VersionedForm):
    """登记: a button that knows what was looked at."""
