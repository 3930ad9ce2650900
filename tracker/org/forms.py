"""The shape of what is typed about regions and units."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from tracker.org.rules import LEVEL_NAMES

_NEEDED = _l("请填写这一项。")


def _strip(text: str | None) -> str:
    return (text or "").strip()


class RegionForm(FlaskForm):
    name = StringField(
        _l("名称"), [DataRequired(_NEEDED), Length(max=80, message=_l("名称不能超过 80 个字。"))], [_strip]
    )
    level = SelectField(_l("级别"), validate_choice=True)
    code = StringField(_l("代码"), [Optional(), Length(max=20, message=_l("代码不能超过 20 位。"))], [_strip])

    def offer(self, levels: list[tuple[str, str]]) -> None:
        self.level.choices = levels


class RegionNamesForm(FlaskForm):
    name = StringField(
        _l("名称"),
        [DataRequired(_NEEDED), Length(max=80, message=_l("名称不能超过 80 个字。"))],
        [_strip],
        description=_l("改名后，原名称自动成为别名。"),
    )
    aliases = TextAreaField(
        _l("别名"),
        [Optional(), Length(max=1000)],
        description=_l("台账里的简称、旧称，用顿号或换行隔开；导入时按它们认出这个区划。"),
    )


class UnitForm(FlaskForm):
    name = StringField(
        _l("单位名称"), [DataRequired(_NEEDED), Length(max=120, message=_l("名称不能超过 120 个字。"))], [_strip]
    )
    region = StringField(
        _l("所属区划"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("写名称或代码；重名的写上级，如“新邵县/龙溪铺镇”。"),
    )
    aliases = TextAreaField(
        _l("别名"), [Optional(), Length(max=1000)], description=_l("简称、曾用名，用顿号或换行隔开。")
    )


class UnitNamesForm(FlaskForm):
    name = StringField(
        _l("单位名称"),
        [DataRequired(_NEEDED), Length(max=120, message=_l("名称不能超过 120 个字。"))],
        [_strip],
        description=_l("改名后，原名称自动成为别名。"),
    )
    aliases = TextAreaField(
        _l("别名"), [Optional(), Length(max=1000)], description=_l("简称、曾用名，用顿号或换行隔开。")
    )


class FileForm(FlaskForm):
    file = FileField(_l("文件"), [FileRequired(_l("请选择文件。"))])


LEVELS = [(level.value, name) for level, name in LEVEL_NAMES.items()]
