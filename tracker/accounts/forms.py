"""The shape of what is typed about people, passwords and posts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length, Optional

from tracker.accounts.rules import LONGEST_EMAIL, MAX_PASSWORD
from tracker.base.web import BoxesField

_NEEDED = _l("请填写这一项。")


def _strip(text: str | None) -> str:
    return (text or "").strip()


class LoginForm(FlaskForm):
    account = StringField(_l("账号"), [DataRequired(_l("请输入账号。"))], [_strip])
    password = PasswordField(_l("密码"), [InputRequired(_l("请输入密码。"))])
    next = HiddenField()


class PasswordForm(FlaskForm):
    current = PasswordField(_l("现在的密码"), [InputRequired(_NEEDED)])
    new = PasswordField(
        _l("新密码"),
        [InputRequired(_NEEDED), Length(max=MAX_PASSWORD, message=_l("新密码太长。"))],
        description=_l("至少 10 个字符；用几个互不相关的词连起来，好记也难猜。"),
    )
    again = PasswordField(_l("再输一遍新密码"), [EqualTo("new", _l("两次输入的新密码不一样。"))])


class PersonForm(FlaskForm):
    name = StringField(
        _l("姓名"), [DataRequired(_NEEDED), Length(max=60, message=_l("姓名不能超过 60 个字。"))], [_strip]
    )
    title = StringField(_l("职务"), [Optional(), Length(max=60, message=_l("职务不能超过 60 个字。"))], [_strip])
    unit = StringField(
        _l("单位"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("输入两三个字，从提示中选择。"),
    )
    account = StringField(
        _l("账号"),
        [Optional(), Length(max=40, message=_l("账号不能超过 40 个字。"))],
        [_strip],
        description=_l("要登录的人才填；会得到一张一次性密码单。"),
    )


class NameForm(FlaskForm):
    name = StringField(
        _l("姓名"), [DataRequired(_NEEDED), Length(max=60, message=_l("姓名不能超过 60 个字。"))], [_strip]
    )
    title = StringField(_l("职务"), [Optional(), Length(max=60, message=_l("职务不能超过 60 个字。"))], [_strip])
    email = EmailField(
        _l("邮箱"),
        [Optional(), Length(max=LONGEST_EMAIL, message=_l("邮箱不能超过 120 个字。"))],
        [_strip],
        description=_l("填了才会收到邮件提醒；本人也可以在“消息设置”里修改。"),
    )


class AccountForm(FlaskForm):
    account = StringField(
        _l("账号"),
        [DataRequired(_NEEDED), Length(max=40, message=_l("账号不能超过 40 个字。"))],
        [_strip],
        description=_l("字母、数字或汉字；登录时用，以后不改。"),
    )


class CountiesForm(FlaskForm):
    """联系县."""

    counties = BoxesField(_l("联系县"), [Optional()], coerce=int)


class GrantForm(FlaskForm):
    role = SelectField(_l("岗位"))
    region = StringField(
        _l("区划"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("管到这个区划及其以下；重名的写上级，如“新邵县/龙溪铺镇”。"),
    )
    category = SelectField(_l("类别"), description=_l("只有督查和领导可以限定一个类别。"))


class OwnStandInForm(FlaskForm):
    """Who does one's duties, from when to when."""

    person = StringField(
        _l("代理人"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("输入两三个字，从提示中选择；重名的写明单位，如“王建国（新邵县水利局）”。"),
    )
    begins = DateField(_l("开始日期"), [InputRequired(_NEEDED)])
    ends = DateField(_l("结束日期"), [InputRequired(_NEEDED)], description=_l("这一天结束后代理自动终止。"))


class StandInForm(OwnStandInForm):
    """The same for somebody of the region."""

    absent = StringField(
        _l("谁不在岗"),
        [DataRequired(_NEEDED), Length(max=200)],
        [_strip],
        description=_l("您职责范围内的人员，包括还不能登录系统的。"),
    )


class UserFileForm(FlaskForm):
    file = FileField(_l("文件"), [FileRequired(_l("请选择文件。"))])
