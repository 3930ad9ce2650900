"""The shape of a plan and of what is decided about it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, Form, FormField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from tracker.base.web import VersionedForm, stripped
from tracker.plans.models import Measure, Plan

ROWS = 3  # measures offered before "one more" is pressed


class MeasureForm(Form):
    """One measure; a row left empty is no measure."""

    text = StringField(_l("措施"), [Optional(), Length(max=2000)], filters=[stripped])
    owner = StringField(_l("责任人"), [Optional(), Length(max=80)], filters=[stripped])
    due = DateField(_l("完成日期"), [Optional()])

    @property
    def is_empty(self) -> bool:
        return not any((self.text.data, self.owner.data, self.due.data, self.due.errors))

    def validate_due(self, field: DateField) -> None:
        if not field.data and (self.text.data or self.owner.data):
            raise ValidationError(_("请填写这条措施的完成日期。"))

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if self.text.data or self.is_empty:
            return good
        self.text.errors = [*self.text.errors, _("请写明这条措施做什么。")]
        return False


class PlanForm(VersionedForm):
    goals = TextAreaField(
        _l("整改目标"),
        [DataRequired(_l("请填写整改目标。")), Length(max=5000)],
        filters=[stripped],
        description=_l("做到什么程度算改好了。"),
    )
    measures = FieldList(FormField(MeasureForm), _l("整改措施"), min_entries=ROWS)
    task_force = StringField(_l("专班"), [Optional(), Length(max=120)], filters=[stripped])

    def validate_measures(self, field: FieldList[Any]) -> None:
        if not self.rows() and not any(entry.errors for entry in field):
            raise ValidationError(_("至少要有一条整改措施，写明做什么、何时完成。"))

    def validate_due_dates(self, deadline: date | None) -> bool:
        """Mark each measure that is due after the deadline."""
        late = [
            entry.form for entry in self.measures if deadline and entry.form.due.data and entry.form.due.data > deadline
        ]
        for row in late:
            row.due.errors = [_("完成日期不能晚于整改时限 %(deadline)s。", deadline=deadline)]
        return not late

    def rows(self) -> list[tuple[str, str, date]]:
        """What was typed: what, by whom, due; empty rows left out."""
        return [
            (entry.form.text.data or "", entry.form.owner.data or "", entry.form.due.data)
            for entry in self.measures
            if not entry.form.is_empty and entry.form.due.data
        ]

    def starts_from(self, plan: Plan | None) -> None:
        """Begin with an earlier version, as one that came back is mended, not written anew."""
        if plan is None:
            return
        self.goals.data = plan.goals
        while self.measures.entries:
            self.measures.pop_entry()
        for measure in plan.measures:
            self._append(measure)
        while len(self.measures.entries) < ROWS:
            self.measures.append_entry()

    def _append(self, measure: Measure) -> None:
        self.measures.append_entry({"text": measure.text, "owner": measure.owner, "due": measure.due})


class DecideForm(VersionedForm):
    """Approve, or return with a reason (the button says which)."""

    reason = TextAreaField(_l("退回理由"), [Optional(), Length(max=2000)], filters=[stripped])
