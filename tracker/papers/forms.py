"""The shape of a paper's draft, of many talks' notices, of a withdrawal, of an uploaded template."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from tracker.base.web import BoxesField, stripped
from tracker.issues.queries import units_meant
from tracker.org.models import Unit
from tracker.papers.models import PaperOffice
from tracker.papers.rules import Draft, Outline, PaperKind


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) if value else value


class UnitsField(StringField):
    """Units by name, one after the other; ``meant`` are those units."""

    meant: Sequence[Unit] = ()

    def pre_validate(self, form: Any) -> None:
        found = []
        for words in filter(None, re.split(r"[、，,;；\s]+", self.data or "")):
            units = units_meant(words)
            if not units:
                raise ValidationError(
                    _("没有名为“%(words)s”的单位。请写单位全称，或请系统管理员先登记该单位。", words=words)
                )
            if len(units) > 1:
                names = _("、").join(f"{unit.name}（{unit.region.name}）" for unit in units[:5])
                raise ValidationError(_("“%(words)s”有几个单位叫这个名字：%(names)s。请照括号里的写法写清楚。",
                                        words=words, names=names))  # fmt: skip
            found += units
        self.meant = found


class _SignedForm(FlaskForm):
    """How the office signs; ``key``: sent twice, a paper is issued once."""

    key = HiddenField(default=lambda: secrets.token_hex(16), validators=[Regexp(r"^[0-9a-f]{32}$")])
    letterhead = StringField(
        _l("红头"), [DataRequired(_l("请填写红头上的机关名称。")), Length(max=60)], filters=[_one_line]
    )
    signer = StringField(_l("落款"), [DataRequired(_l("请填写落款的机关名称。")), Length(max=60)], filters=[_one_line])
    code = StringField(
        _l("机关代字"),
        [
            DataRequired(_l("请填写机关代字。")),
            Length(max=40),
            Regexp(r"^[^〔〕\s]*$", message=_l("机关代字里不要写年份和空格。")),
        ],
        filters=[stripped],
        description=_l("文号开头的几个字，年份和序号由系统编。"),
    )


class PaperForm(_SignedForm):
    """Everything about a paper that a person may change before it is issued."""

    title = StringField(_l("标题"), [DataRequired(_l("请填写标题。")), Length(max=200)], filters=[_one_line])
    units = BoxesField(_l("主送单位"), [Optional()], coerce=int)
    others = UnitsField(
        _l("其他主送单位"), [Optional(), Length(max=500)], description=_l("写单位全称，几个单位用顿号隔开。")
    )
    opening = TextAreaField(
        _l("正文开头"),
        [Optional(), Length(max=5000)],
        filters=[stripped],
        description=_l("列问题以前的话，一行一段。"),
    )
    talk_time = StringField(_l("约谈时间"), [Optional(), Length(max=60)], filters=[_one_line])
    talk_place = StringField(_l("约谈地点"), [Optional(), Length(max=120)], filters=[_one_line])
    talk_people = StringField(_l("约谈对象"), [Optional(), Length(max=500)], filters=[_one_line])
    closing = TextAreaField(
        _l("正文结尾"),
        [Optional(), Length(max=5000)],
        filters=[stripped],
        description=_l("列问题以后的话，一行一段。"),
    )
    reply_by = DateField(_l("答复期限"), [Optional()], description=_l("填进正文里写“〔答复期限〕”的地方。"))
    copies = StringField(_l("抄送"), [Optional(), Length(max=300)], filters=[_one_line])

    def offer(self, units: Mapping[int, tuple[str, bool]]) -> None:
        """The units this paper may go to."""
        self.units.choices = [(unit, name) for unit, (name, _chosen) in units.items()]

    def propose(
        self, outline: Outline, office: PaperOffice, units: Mapping[int, tuple[str, bool]], **more: Any
    ) -> None:
        """Fill in all that can be known."""
        self.title.data, self.opening.data, self.closing.data = outline.title, outline.opening, outline.closing
        self.code.data, self.letterhead.data, self.signer.data = office.code, office.letterhead, office.signer
        self.units.data = [unit for unit, (_name, chosen) in units.items() if chosen]
        for name, value in more.items():
            self[name].data = value

    def draft(self, kind: PaperKind, issue_ids: Sequence[int], application_id: int | None) -> Draft:
        return Draft(
            kind=kind,
            issue_ids=tuple(issue_ids),
            unit_ids=tuple(dict.fromkeys([*(self.units.data or ()), *(unit.id for unit in self.others.meant)])),
            title=self.title.data or "",
            opening=self.opening.data or "",
            closing=self.closing.data or "",
            letterhead=self.letterhead.data or "",
            code=self.code.data or "",
            signer=self.signer.data or "",
            reply_by=self.reply_by.data,
            copies=(self.copies.data or "").rstrip("。"),
            talk_time=self.talk_time.data or "",
            talk_place=self.talk_place.data or "",
            talk_people=self.talk_people.data or "",
            application_id=application_id,
        )


class TalksForm(_SignedForm):
    """What the notices of several talks have in common."""

    talks = BoxesField(_l("约谈谁"), [DataRequired(_l("还没有勾选要约谈的人。"))])
    talk_time = StringField(_l("约谈时间"), [DataRequired(_l("请填写约谈时间。")), Length(max=60)], filters=[_one_line])
    talk_place = StringField(
        _l("约谈地点"), [DataRequired(_l("请填写约谈地点。")), Length(max=120)], filters=[_one_line]
    )
    reply_by = DateField(_l("答复期限"), [InputRequired(_l("请填写这一项。"))])

    def draft(self, issue_ids: Sequence[int], unit_ids: Sequence[int], people: str, outline: Outline) -> Draft:
        return Draft(
            kind=PaperKind.TALK,
            issue_ids=tuple(issue_ids),
            unit_ids=tuple(unit_ids),
            title=outline.title,
            opening=outline.opening,
            closing=outline.closing,
            letterhead=self.letterhead.data or "",
            code=self.code.data or "",
            signer=self.signer.data or "",
            reply_by=self.reply_by.data,
            talk_time=self.talk_time.data or "",
            talk_place=self.talk_place.data or "",
            talk_people=people,
        )


class WithdrawForm(FlaskForm):
    reason = TextAreaField(_l("理由"), [DataRequired(_l("请写明撤回的理由。")), Length(max=2000)], filters=[stripped])


class TemplateForm(FlaskForm):
    file = FileField(
        _l("Word 模板"),
        [FileRequired(_l("请选择文件。"))],
        description=_l("只收 .docx。先下载现在用的模板，在 Word 或 WPS 里改好再传上来。"),
    )
