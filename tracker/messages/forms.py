"""The shape of what is typed about the ways out of the house."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional

from tracker.accounts.rules import LONGEST_EMAIL

_NEEDED = _l("请填写这一项。")


def _strip(text: str | None) -> str:
    return (text or "").strip()


class OutletForm(FlaskForm):
    name = StringField(
        _l("名称"),
        [DataRequired(_NEEDED), Length(max=60, message=_l("名称不能超过 60 个字。"))],
        [_strip],
        description=_l("让人认得出是哪个群，如“新邵县整改工作群”。"),
    )
    kind = SelectField(_l("种类"))
    region = StringField(
        _l("区划"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("这个区划及其以下的问题逾期升级时，消息发到这里；重名的写上级，如“新邵县/龙溪铺镇”。"),
    )
    address = StringField(
        _l("地址"),
        [Optional(), Length(max=300, message=_l("地址不能超过 300 个字。"))],
        [_strip],
        description=_l("群机器人：从群设置里整段复制机器人的地址。接口：对方系统接收消息的 https:// 地址。"),
    )
    secret = PasswordField(
        _l("签名密钥"),
        [Optional(), Length(max=200, message=_l("签名密钥不能超过 200 个字。"))],
        description=_l("钉钉、飞书机器人开启“加签”或“签名校验”时才填。"),
    )


def _hour(written: Any) -> int | None:
    """An hour of the day, None for none."""
    return int(written) if written not in ("", None) else None


def _hours(*hours: int) -> list[tuple[str, str]]:
    return [(str(hour), f"{hour:02}:00") for hour in hours]


class MailForm(FlaskForm):
    email = EmailField(
        _l("邮箱"),
        [Optional(), Length(max=LONGEST_EMAIL, message=_l("邮箱不能超过 120 个字。"))],
        [_strip],
        description=_l("不填就不发邮件；站内消息不受影响。"),
    )
    urgent = BooleanField(_l("逾期升级时立即发邮件"))
    digest = BooleanField(_l("不急的提醒（即将到期、等待签收、审批结果、交办事项）每个工作日早上合成一封"))
    quiet_from = SelectField(_l("夜间从"), coerce=_hour, description=_l("夜间只发督查催办和文书，其余的等到早上。"))
    quiet_until = SelectField(_l("到早上"), coerce=_hour)

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.quiet_from.choices = [("", _("不分昼夜")), *_hours(*range(18, 24))]
        self.quiet_until.choices = _hours(*range(5, 11))

    @property
    def night(self) -> tuple[int, int] | None:
        """From when until when; None where the person has no night."""
        begins, ends = self.quiet_from.data, self.quiet_until.data
        return None if begins is None or ends is None else (begins, ends)
