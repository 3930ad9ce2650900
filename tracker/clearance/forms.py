"""The shape of an application to strike off and of one level's review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import DateField, Form, FormField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.web import BoxesField, VersionedForm
from tracker.clearance.rules import EVIDENCED, STANDARD_NAMES, Answer, Site, Standard
from tracker.progress.models import Evidence


class StandardForm(Form):
    """One standard: how it is met, and what that rests on."""

    text = TextAreaField(_l("说明"), [DataRequired(_l("请说明这条标准怎样达到的。")), Length(max=5000)])
    evidence = BoxesField(_l("用已有的佐证材料"), [Optional()], coerce=int)
    files = MultipleFileField(_l("上传新的佐证材料"), [Optional()])

    def answer(self) -> Answer:
        return Answer(
            self.text.data or "",
            tuple(self.evidence.data or ()),
            [file for file in self.files.data or () if getattr(file, "filename", "")],
        )


class ApplyForm(VersionedForm):
    measures = FormField(StandardForm)
    violations = FormField(StandardForm)
    effect = FormField(StandardForm)
    similar = FormField(StandardForm)
    mechanism = FormField(StandardForm)

    def offer(self, evidence: Sequence[Evidence]) -> None:
        """The files the issue has already."""
        for standard in Standard:
            self[standard.value].form.evidence.choices = [(each.id, each.name) for each in evidence]

    def standards(self) -> list[tuple[Standard, Any, str, bool]]:
        """For the page: standard, its form, its name, whether it must rest on evidence."""
        return [(each, self[each.value].form, _(STANDARD_NAMES[each]), each in EVIDENCED) for each in Standard]

    def answers(self) -> dict[Standard, Answer]:
        return {each: self[each.value].form.answer() for each in Standard}


class ReviewForm(VersionedForm):
    """Pass or return (the button says which); the site record where the level asks for one."""

    opinion = TextAreaField(_l("审核意见"), [DataRequired(_l("请填写审核意见。")), Length(max=2000)])
    site_on = DateField(_l("核查日期"), [Optional()])
    site_place = StringField(_l("核查地点"), [Optional(), Length(max=120)])
    site_people = StringField(_l("参加人员"), [Optional(), Length(max=200)])
    site_seen = TextAreaField(_l("看到什么"), [Optional(), Length(max=5000)])

    def site(self) -> Site | None:
        """The site record, when anything of it was written."""
        words = [self.site_place.data or "", self.site_people.data or "", self.site_seen.data or ""]
        if self.site_on.data is None:
            return None
        return Site(self.site_on.data, *words)
