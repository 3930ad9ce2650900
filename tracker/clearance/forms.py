"""The shape of an application to strike off and of one level's review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, FieldList, Form, FormField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.access import ROLE_NAMES, Role
from tracker.base.web import BoxesField, VersionedForm
from tracker.clearance.models import ReviewChain
from tracker.clearance.rules import EVIDENCED, MOST_LEVELS, SEATS, STANDARD_NAMES, Answer, Seat, Site, Standard
from tracker.org.rules import Level
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
    measures = FormField(StandardForm, _l(STANDARD_NAMES[Standard.MEASURES]))
    violations = FormField(StandardForm, _l(STANDARD_NAMES[Standard.VIOLATIONS]))
    effect = FormField(StandardForm, _l(STANDARD_NAMES[Standard.EFFECT]))
    similar = FormField(StandardForm, _l(STANDARD_NAMES[Standard.SIMILAR]))
    mechanism = FormField(StandardForm, _l(STANDARD_NAMES[Standard.MECHANISM]))

    def offer(self, evidence: Sequence[Evidence], *, since: datetime | None = None) -> None:
        """The files the issue has already; those from before a relapse (``since``) last, and said to be."""
        old = [each for each in evidence if since is not None and each.at <= since]
        choices = [(each.id, each.name) for each in evidence if each not in old]
        choices += [(each.id, _("%(name)s（反弹以前的）", name=each.name)) for each in old]
        for standard in Standard:
            self[standard.value].form.evidence.choices = choices

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

    site_files = MultipleFileField(_l("现场照片"), [Optional()])

    def site(self) -> Site | None:
        """The site record, when anything of it was written."""
        if self.site_on.data is None:
            return None
        place, people, seen = (field.data or "" for field in (self.site_place, self.site_people, self.site_seen))
        return Site(self.site_on.data, place, people, seen, self.site_files.data or ())


class LevelForm(Form):
    """One level of a chain; a row without a name is no level."""

    name = StringField(_l("名称"), [Optional(), Length(max=80)])
    role = SelectField(_l("谁审核"))
    seat = SelectField(_l("在哪一级"))
    site_record = BooleanField(_l("要现场核查"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [(role.value, _(ROLE_NAMES[role])) for role in (Role.SUPERVISOR, Role.LEADER)]
        self.seat.choices = [(seat or "", _(name)) for seat, name in SEATS.items()]


class ChainForm(FlaskForm):
    """A review chain: up to four levels, from below to above."""

    name = StringField(_l("审核链名称"), [DataRequired(_l("请写明审核链的名称。")), Length(max=80)])
    levels = FieldList(FormField(LevelForm), _l("审核级次"), min_entries=MOST_LEVELS, max_entries=MOST_LEVELS)

    def shows(self, chain: ReviewChain) -> None:
        self.name.data = chain.name
        for row, level in zip(self.levels, chain.levels, strict=False):
            row.form.name.data, row.form.role.data = level.name, level.role.value
            row.form.seat.data, row.form.site_record.data = level.region_level or "", level.site_record

    def seats(self) -> list[Seat]:
        """The rows that have a name, in order."""
        rows = [row.form for row in self.levels if (row.form.name.data or "").strip()]
        return [
            Seat(str(form.name.data), Role(form.role.data), Level(form.seat.data) if form.seat.data else None,
                 form.site_record.data)
            for form in rows
        ]  # fmt: skip
