"""The columns of a file of people. Touches no database."""

from __future__ import annotations

from tracker.accounts.rules import check_email
from tracker.base.access import N_, Refused
from tracker.base.sheets import SheetRefused
from tracker.base.sheets_in import read_workbook
from tracker.base.sheets_list import Column, Record, records
from tracker.org.rules import FileRefused, Slip

USER_COLUMNS = (
    Column("name", ("姓名", "name"), required=True),
    Column("unit", ("单位", "单位名称", "工作单位", "unit"), required=True),
    Column("title", ("职务", "title")),
    Column("account", ("账号", "帐号", "account")),
    Column("email", ("邮箱", "电子邮箱", "邮件地址", "email")),
    Column("role", ("岗位", "角色", "role")),
    Column("region", ("岗位区划", "region")),
    Column("category", ("岗位类别", "类别", "category")),
)


def read_users(data: bytes, filename: str) -> list[Record]:
    """Rows of a file of people. Raises FileRefused when it is no such file."""
    try:
        return records(read_workbook(data, filename), USER_COLUMNS)
    except SheetRefused as refusal:
        slip = Slip(refusal.cell or filename, refusal.problem_msgid, refusal.mend_msgid, refusal.params)
        raise FileRefused([slip]) from refusal


def row_slips(row: Record) -> list[Slip]:
    """What is wrong with a row by itself."""
    slips = []
    if not 0 < len(row.text("name")) <= 60:
        slips.append(Slip(row.cell("name"), N_("姓名是空的或超过 60 个字。"), N_("请填写姓名。")))
    if len(row.text("title")) > 60:
        slips.append(Slip(row.cell("title"), N_("职务超过 60 个字。"), N_("请缩短。")))
    try:
        if row.text("email"):
            check_email(row.text("email"))
    except Refused as refusal:
        slips.append(Slip(row.cell("email"), refusal.msgid, "", refusal.params))
    if not row.text("role") and (row.text("region") or row.text("category")):
        slips.append(
            Slip(row.cell("role"), N_("写了岗位区划或类别，但没有写岗位。"), N_("请补上岗位，或清空区划和类别。"))
        )
    return slips
