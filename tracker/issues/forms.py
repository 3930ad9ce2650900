"""The shape of what is typed to list, hand out, hand over, correct and dismiss an issue.

People, units and places are typed by name, with suggestions; the words must mean exactly one. What they mean stands
in ``meant`` of the field after validation, and an answer that is refused keeps every word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from tracker.accounts.models import User
from tracker.base.access import Role, holds
from tracker.base.web import BoxesField, VersionedForm, stripped
from tracker.groups.models import WorkGroup
from tracker.inspections.models import Proposal
from tracker.inspections.rules import SOURCE_NAMES, Source
from tracker.issues.actions import Duty
from tracker.issues.models import Issue
from tracker.issues.queries import (
    people_meant,
    regions_in_words,
    regions_meant,
    units_in_words,
    units_meant,
)
from tracker.issues.rules import LARGEST_AMOUNT
from tracker.issues.workflow import KIND_NAMES, Kind
from tracker.org.models import Region, Unit
from tracker.settings.models import Category

#: Rows shown for units and members before "one more" is pressed.
UNIT_ROWS = 3
MEMBER_ROWS = 2
MOST_NAMED = 5  # candidates in a sentence
_AMOUNT = [
    Optional(),
    NumberRange(min=0, max=LARGEST_AMOUNT, message=_l("请填写不小于 0 的金额，单位为元。")),
]


def person_words(user: User) -> str:
    """How a person is written in a form, so that the words mean nobody else."""
    return f"{user.name}（{user.unit.name}）"


def _whole(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class NamedField(StringField):
    """Words that must mean exactly one person, unit or place; ``meant`` is that one, or None when nothing was typed."""

    meant: Any = None

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[stripped], **kwargs)

    def candidates(self, words: str) -> list[Any]:
        raise NotImplementedError

    def in_words(self, found: list[Any]) -> list[str]:
        raise NotImplementedError

    def unknown(self, words: str) -> str:
        raise NotImplementedError

    def pre_validate(self, form: Any) -> None:
        self.meant = None
        if not self.data:
            return
        found = self.candidates(self.data)
        if not found:
            raise ValidationError(self.unknown(self.data))
        if len(found) > 1:
            raise ValidationError(_several(self.data, self.in_words(found[:MOST_NAMED]), len(found)))
        self.meant = found[0]


def _several(words: str, named: list[str], number: int) -> str:
    return str(
        _(
            "“%(words)s”有 %(number)s 个，请写成下面的一种：%(named)s%(more)s。",
            words=words,
            number=number,
            named=_("、").join(named),
            more=_("等") if number > len(named) else "",
        )
    )


class PersonField(NamedField):
    """A person in service. ``role``: with several of one name, whoever holds a post of this role is meant."""

    def __init__(self, label: Any = None, validators: Any = None, *, role: Role | None = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.role = role

    def candidates(self, words: str) -> list[User]:
        found = people_meant(words)
        fitting = [user for user in found if self.role is not None and holds(user, self.role)]
        return fitting if len(fitting) == 1 else found

    def in_words(self, found: list[Any]) -> list[str]:
        return [person_words(user) for user in found]

    def unknown(self, words: str) -> str:
        return str(_("没有名叫“%(words)s”的在职人员。请写全名，或请系统管理员先登记此人。", words=words))


class UnitField(NamedField):
    def candidates(self, words: str) -> list[Unit]:
        return units_meant(words)

    def in_words(self, found: list[Any]) -> list[str]:
        return [f"{unit.name}（{unit.region.name}）" for unit in found]

    def unknown(self, words: str) -> str:
        return str(_("没有名为“%(words)s”的单位。请写单位全称，或请系统管理员先登记该单位。", words=words))


class RegionField(NamedField):
    """A place below ``inside`` (a region id), which the form sets before it validates."""

    inside: int | None = None

    def candidates(self, words: str) -> list[Region]:
        return regions_meant(words, self.inside)

    def in_words(self, found: list[Any]) -> list[str]:
        return list(regions_in_words(found).values())

    def unknown(self, words: str) -> str:
        return str(_("所选县市区里没有名为“%(words)s”的乡镇或村。请检查写法，或先选对县市区。", words=words))


# --- forms ----------------------------------------------------------------------------------------------------


class ReasonForm(VersionedForm):
    """Decline (退回)."""

    reason = TextAreaField(_l("理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)], filters=[stripped])


class BreakDownForm(VersionedForm):
    """Break down (细化分解): which regions, and what holds for all of them."""

    regions = BoxesField(_l("分解到"), [DataRequired(_l("请选择要分解到的地区。"))], coerce=int)
    deadline = DateField(_l("整改时限"), [Optional()])
    requirement = TextAreaField(_l("整改要求"), [Optional(), Length(max=5000)], filters=[stripped])

    def offer(self, regions: Iterable[Region]) -> None:
        self.regions.choices = [(region.id, region.name) for region in regions]


class DismissForm(ReasonForm):
    document = StringField(
        _l("依据文件"),
        [DataRequired(_l("请写明依据文件。")), Length(max=200)],
        filters=[stripped],
        description=_l("文件名称和文号；合并处理的写明并入哪个问题。"),
    )


class LeadForm(VersionedForm):
    """Who leads, and who is in the task force: of one issue, or of a standing work group."""

    lead_official = PersonField(
        _l("牵头领导"), [Optional()], role=Role.LEADER, description=_l("须有领导岗位，由其批准整改方案。")
    )
    lead_unit = UnitField(_l("牵头部门"), [Optional()])
    members = FieldList(PersonField(_l("专班成员"), [Optional()]), _l("专班成员"), min_entries=MEMBER_ROWS)

    def validate_lead_official(self, field: PersonField) -> None:
        if field.meant is not None and not holds(field.meant, Role.LEADER):
            raise ValidationError(
                _(
                    "%(name)s没有领导岗位，不能批准整改方案。请另选一位，或请安全管理员先配置岗位。",
                    name=field.meant.name,
                )
            )

    def validate_members(self, field: FieldList[Any]) -> None:
        _once(field)

    @property
    def member_ids(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(entry.meant.id for entry in self.members if entry.meant))

    def shows_group(self, group: WorkGroup) -> None:
        """Fill in who leads by the group; who cannot any more is left out."""
        official, unit = group.lead_official, group.lead_unit
        self.lead_official.data = person_words(official) if holds(official, Role.LEADER) else ""
        self.lead_unit.data = units_in_words([unit])[unit.id] if unit.active else ""
        _fill(self.members, [person_words(row.user) for row in group.members if row.user.active], MEMBER_ROWS)


class DutyForm(LeadForm):
    """The duty chain; ``duty()`` after validation."""

    units = FieldList(UnitField(_l("责任单位"), [Optional()]), _l("责任单位"), min_entries=UNIT_ROWS)
    responsible_person = PersonField(_l("责任人"), [Optional()])
    task_force = StringField(_l("专班"), [Optional(), Length(max=120)], filters=[stripped])

    def validate_units(self, field: FieldList[Any]) -> None:
        _once(field)

    def shows_duty(self, issue: Issue) -> None:
        """Fill in the present duty chain."""
        for field, person in (
            (self.lead_official, issue.lead_official),
            (self.responsible_person, issue.responsible_person),
        ):
            field.data = person_words(person) if person else ""
        named = [row.unit for row in issue.units] + ([issue.lead_unit] if issue.lead_unit else [])
        words = units_in_words(named)
        self.lead_unit.data = words[issue.lead_unit.id] if issue.lead_unit else ""
        self.task_force.data = issue.task_force or ""
        _fill(self.units, [words[row.unit_id] for row in issue.units], UNIT_ROWS)
        _fill(self.members, [person_words(row.user) for row in issue.members], MEMBER_ROWS)

    def duty(self) -> Duty:
        """What was typed, as one value; parts left empty are missing."""
        return Duty(
            lead_official_id=_id(self.lead_official.meant),
            lead_unit_id=_id(self.lead_unit.meant),
            unit_ids=tuple(entry.meant.id for entry in self.units if entry.meant),
            responsible_person_id=_id(self.responsible_person.meant),
            task_force=self.task_force.data or None,
            member_ids=self.member_ids,
        )


def _id(entity: Any) -> int | None:
    return entity.id if entity is not None else None


def _fill(rows: FieldList[Any], words: list[str], least: int) -> None:
    while rows.entries:
        rows.pop_entry()
    for word in [*words, *[""] * max(1, least - len(words))]:
        rows.append_entry(word)


def _once(rows: FieldList[Any]) -> None:
    """Nobody stands in a list twice."""
    seen: set[int] = set()
    for entry in rows:
        if entry.meant is not None and entry.meant.id in seen:
            entry.errors = [*entry.errors, _("“%(words)s”写了两遍，请删去一个。", words=entry.data)]
            raise ValidationError(_("有重复的名称。"))
        seen |= {entry.meant.id} if entry.meant is not None else set()


class WholeLeadForm(LeadForm):
    """Nobody missing who leads."""

    lead_official = PersonField(
        _l("牵头领导"),
        [DataRequired(_l("请填写牵头领导。"))],
        role=Role.LEADER,
        description=_l("须有领导岗位，由其批准整改方案。"),
    )
    lead_unit = UnitField(_l("牵头部门"), [DataRequired(_l("请填写牵头部门。"))])


class WholeDutyForm(WholeLeadForm, DutyForm):
    """A duty chain that must be whole: hand out, hand over."""

    def validate_units(self, field: FieldList[Any]) -> None:
        if not any(entry.data for entry in field):
            raise ValidationError(_("请至少填写一个责任单位，第一个为主责。"))
        _once(field)


class ReassignForm(WholeDutyForm):
    reason = TextAreaField(_l("转办理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)], filters=[stripped])


class ReplaceDutyForm(DutyForm):
    """转办 of many issues at once: only what is filled in is replaced."""

    reason = TextAreaField(_l("转办理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)], filters=[stripped])

    def validate_reason(self, field: TextAreaField) -> None:
        if not any((self.lead_official.data, self.lead_unit.data, *(entry.data for entry in self.units))):
            raise ValidationError(_("请至少填写牵头领导、牵头部门、责任单位中的一项。"))


def _whole_number(most: int) -> list[Any]:
    return [Optional(), NumberRange(min=1, max=most, message=_l("请填写大于 0 的整数。"))]


class AssignForm(WholeDutyForm):
    requirement = TextAreaField(
        _l("整改要求"), [DataRequired(_l("请填写整改要求。")), Length(max=5000)], filters=[stripped]
    )
    deadline = DateField(_l("整改时限"), [Optional()])
    review_on = DateField(_l("下次检视日期"), [Optional()])
    quantity_total = IntegerField(_l("量化指标总数"), _whole_number(10_000_000))
    quantity_unit = StringField(
        _l("计量单位"), [Optional(), Length(max=20)], filters=[stripped], description=_l("例如：个村、户、万元。")
    )

    def validate_quantity_unit(self, field: StringField) -> None:
        if field.data and self.quantity_total.data is None and not self.quantity_total.errors:
            raise ValidationError(_("填了计量单位，请同时填写总数。"))
        if self.quantity_total.data and not field.data:
            raise ValidationError(_("请填写计量单位，例如：个村。"))

    def quantity(self) -> tuple[str, int] | None:
        if self.quantity_total.data is None:
            return None
        return (self.quantity_unit.data or "", self.quantity_total.data)

    def asked(self, proposal: Proposal) -> None:
        """Fill in what the document asks, in its own names; whatever is not known here is told when it is sent."""
        for name in ("lead_official", "lead_unit", "responsible_person"):
            self[name].data = getattr(proposal, name) or self[name].data
        self.requirement.data = self.requirement.data or proposal.stages
        if not any(entry.data for entry in self.units):
            _fill(self.units, proposal.unit_names, UNIT_ROWS)
        self.deadline.data = self.deadline.data or proposal.deadline

    def proposes(self, group: WorkGroup) -> None:
        """Fill in the standing group's people, for somebody to look at."""
        self.shows_group(group)
        self.task_force.data = group.name


class GroupForm(WholeLeadForm):
    """专项工作组."""

    name = StringField(
        _l("名称"),
        [DataRequired(_l("请填写名称。")), Length(max=120)],
        filters=[stripped],
        description=_l("交办时作为专班名称，例如：安全饮水专项工作组。"),
    )


class SubjectForm(VersionedForm):
    """What the problem is and where: shared by listing and correcting."""

    title = StringField(
        _l("标题"),
        [DataRequired(_l("请填写标题。")), Length(max=200, message=_l("标题最多 200 字。"))],
        filters=[stripped],
    )
    wording = TextAreaField(
        _l("问题原文"),
        [DataRequired(_l("请填写问题原文。")), Length(max=5000)],
        filters=[stripped],
        description=_l("照录反馈件的原话。"),
    )
    category = SelectField(_l("类别"), [InputRequired(_l("请选择类别。"))], coerce=_whole)
    county = SelectField(_l("县市区"), [InputRequired(_l("请选择县市区。"))], coerce=_whole)
    region = RegionField(_l("乡镇、村"), [Optional()], description=_l("知道到哪一级就写到哪一级；留空即整个县市区。"))
    kind = RadioField(_l("整改类型"), [InputRequired(_l("请选择整改类型。"))])
    amount = DecimalField(_l("涉及金额（元）"), _AMOUNT)

    def offer(self, counties: Iterable[Region], categories: Iterable[Category]) -> None:
        """Fill the choices with what this person may list in."""
        nothing = ("", _("请选择"))
        self.county.choices = [nothing, *((region.id, region.name) for region in counties)]
        self.category.choices = [nothing, *((category.id, _(category.name)) for category in categories)]
        self.kind.choices = [(kind.value, _(name)) for kind, name in KIND_NAMES.items()]

    def validate(self, extra_validators: Any = None) -> bool:
        self.region.inside = self.county.data
        return bool(super().validate(extra_validators))

    @property
    def region_id(self) -> int:
        """As far down as was said: the place typed, else the county."""
        return int(self.region.meant.id if self.region.meant else self.county.data)


class SourcedSubjectForm(SubjectForm):
    """The same with its source; a finding's is its inspection's, and not asked."""

    source = SelectField(_l("问题来源"), [InputRequired(_l("请选择问题来源。"))])
    source_note = StringField(
        _l("来源说明"), [Optional(), Length(max=200)], filters=[stripped], description=_l("来源为“其他”时必填。")
    )

    def offer(self, counties: Iterable[Region], categories: Iterable[Category]) -> None:
        super().offer(counties, categories)
        self.source.choices = [("", _("请选择")), *((source.value, _(name)) for source, name in SOURCE_NAMES.items())]


class ListForm(SourcedSubjectForm):
    """列单: the problem, and either a bare source or the finding it answers."""

    inspection = StringField(
        _l("检查（批次）名称"),
        [Optional(), Length(max=200)],
        filters=[stripped],
        description=_l("来自某次检查的反馈件时填写，原文将作为反馈问题存档。"),
    )
    document_number = StringField(_l("文号"), [Optional(), Length(max=80)], filters=[stripped])
    clause = StringField(
        _l("条款"), [Optional(), Length(max=60)], filters=[stripped], description=_l("例如：第 3 条。")
    )
    received_on = DateField(_l("收到日期"), [Optional()])

    def validate_inspection(self, field: StringField) -> None:
        if not field.data and (self.document_number.data or self.clause.data):
            raise ValidationError(_("填了文号或条款，请同时填写检查名称。"))

    def validate_source_note(self, field: StringField) -> None:
        if self.source.data == Source.OTHER.value and not field.data and not self.inspection.data:
            raise ValidationError(_("来源为“其他”时，请写明具体来源。"))


class CorrectForm(SourcedSubjectForm, DutyForm):
    """更正: every field as it stands; only what differs is changed."""

    requirement = TextAreaField(_l("整改要求"), [Optional(), Length(max=5000)], filters=[stripped])
    amount_done = DecimalField(_l("已整改金额（元）"), _AMOUNT)
    deadline = DateField(_l("整改时限"), [Optional()], description=_l("只能补填或改早；要改晚须申请延期。"))
    review_on = DateField(_l("下次检视日期"), [Optional()])
    quantity_total = IntegerField(_l("量化指标总数"), _whole_number(10_000_000))
    quantity_unit = StringField(_l("计量单位"), [Optional(), Length(max=20)], filters=[stripped])
    reason = TextAreaField(_l("更正理由"), [DataRequired(_l("请写明理由。")), Length(max=2000)], filters=[stripped])

    def shows_subject(self, issue: Issue) -> None:
        """Fill in what the issue says now."""
        for name in (
            "title",
            "wording",
            "amount",
            "amount_done",
            "source_note",
            "requirement",
            "deadline",
            "review_on",
            "quantity_total",
            "quantity_unit",
        ):
            self[name].data = getattr(issue, name)
        self.category.data, self.county.data = issue.category_id, issue.county_id
        self.kind.data, self.source.data = issue.kind.value, issue.source.value
        below = issue.region if issue.region_id != issue.county_id else None
        self.region.data = regions_in_words([below])[below.id] if below else ""

    def changes(self, issue: Issue) -> dict[str, Any]:
        """The columns whose value differs from the issue's."""
        values: dict[str, Any] = {
            "title": self.title.data,
            "wording": self.wording.data,
            "category_id": self.category.data,
            "region_id": self.region_id,
            "kind": Kind(self.kind.data),
            "source": Source(self.source.data),
            "source_note": self.source_note.data or None,
            "amount": self.amount.data,
            "amount_done": self.amount_done.data,
            "requirement": self.requirement.data or "",
            "deadline": self.deadline.data,
            "review_on": self.review_on.data,
            "quantity_total": self.quantity_total.data,
            "quantity_unit": self.quantity_unit.data or None,
        }
        return {name: value for name, value in values.items() if value != getattr(issue, name)}


class AcceptForm(VersionedForm):
    """签收: a button."""


# --- moving a person ------------------------------------------------------------------------------------------


class MoveForm(FlaskForm):
    """调动: to which unit."""

    unit = UnitField(_l("调到"), [DataRequired(_l("请选择调到哪个单位。"))])
