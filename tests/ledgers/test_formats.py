"""The same ledger as another program saves it, in every format we take, says the same."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.ledgers.ledger_world import read, told, workbook
from tracker.ledgers.reading import Reading

HEADER = [
    ["序号", "编号", "问题描述", "问题来源", "问题类别", "县市区", "责任落实", "", "整改", "", "涉及金额（万元）"],
    ["", "", "", "", "", "", "牵头领导", "责任单位", "整改时限", "整改状态", ""],
]
ROWS = [
    [1, "SX-001", "龙溪铺镇饮水工程未通水，\n群众“吃水难”", "省考核", "安全饮水", "新邵县", "副县长 李志强", "县水利局、县财政局",
     date(2019, 8, 31), "整改中", 361.6],
    [2, "SX-002", "沙坪村卫生室无村医", "第三方评估", "村卫生室空白村", "武冈市", "王建国", "市卫生健康局", "2019年6月底前", "已销号", ""],
    [3, "SX-003", "小额信贷逾期", "审计", "小额贷款", "同上", "刘芳", "市扶贫办", "立行立改", "已交办", 12],
    [4, "SX-004", "-50万元资金滞留；㙍田村、䲤塘村未拨", "群众举报", "资金项目管理", "城步苗族自治县", "陈涛", "县财政局", "长期坚持", "待验收", 0.5],
]  # fmt: skip
#: LibreOffice's filter for each format; 76 is UTF-8, 85 is GB18030 (which GBK is part of) in its list of encodings.
FORMATS = {
    "xls": "xls",
    "ods": "ods",
    "xlsx": "xlsx",
    "utf-8.csv": "csv:Text - txt - csv (StarCalc):44,34,76",
    "gb18030.csv": "csv:Text - txt - csv (StarCalc):44,34,85",
    "semicolon.csv": "csv:Text - txt - csv (StarCalc):59,34,76",
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = workbook(
        {"台账": [["新邵县问题整改台账（截至2019年8月5日）"], *HEADER, *ROWS]},
        {"台账": ["A1:K1", "G2:H2", "I2:J2", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3", "F2:F3", "K2:K3"]},
    )
    path = tmp_path_factory.mktemp("ours") / "台账.xlsx"
    book.save(path)
    return path


def saved_again(ours: Path, soffice: str, name: str, folder: Path) -> bytes:
    """What LibreOffice writes when it saves our file in that format."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [soffice, profile, "--headless", "--convert-to", FORMATS[name], "--outdir", str(folder), str(ours)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / f"台账.{name.rsplit('.')[-1]}").read_bytes()


def said(reading: Reading) -> list[dict[str, Any]]:
    """Each row without its addresses: a csv file has no sheet, and is named after the file."""
    return [
        {name: value for name, value in row.as_json().items() if name not in ("cells", "sheet")} for row in reading.rows
    ]


def test_the_ledger_itself_is_understood(ours: Path) -> None:
    rows = read(ours.read_bytes()).rows
    assert [row.number for row in rows] == ["SX-001", "SX-002", "SX-003", "SX-004"]
    assert [str(row.deadline) for row in rows] == ["2019-08-31", "2019-06-30", "None", "None"]
    assert [row.county for row in rows] == ["新邵县", "武冈市", "武冈市", "城步苗族自治县"]
    assert [row.amount for row in rows] == [3_616_000, None, 120_000, 5_000]


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_the_same_as_ours(ours: Path, soffice: str, name: str, tmp_path: Path) -> None:
    again = read(saved_again(ours, soffice, name, tmp_path), f"台账.{name}")
    assert again.kind == name.rsplit(".")[-1]
    expected = read(ours.read_bytes())
    assert said(again) == said(expected)
    assert [problem.code for problem in again.errors + again.asks] == [p.code for p in expected.errors + expected.asks]
    assert again.ledger_date == date(2019, 8, 5)


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xls", "ods"])
def test_what_is_hidden_is_told_and_not_taken_in_every_format(soffice: str, name: str, tmp_path: Path) -> None:
    header = ["序号", "问题描述", "问题来源", "问题类别", "县市区", "责任单位", "整改时限", "整改状态", "内部意见"]
    row = ["审计", "安全饮水", "新邵县", "县水利局", "2019-8-31", "整改中", "密"]
    book = workbook({"台账": [header, [1, "可见的", *row], [2, "隐藏的", *row]], "底稿": [header, [1, "草稿", *row]]})
    book["台账"].column_dimensions["I"].hidden = True
    book["台账"].row_dimensions[3].hidden = True
    book["底稿"].sheet_state = "hidden"
    book.save(tmp_path / "台账.xlsx")
    for data, kind in (
        ((tmp_path / "台账.xlsx").read_bytes(), "xlsx"),
        (saved_again(tmp_path / "台账.xlsx", soffice, name, tmp_path), name),
    ):
        found = read(data, f"台账.{kind}")
        assert [item.title for item in found.rows] == ["可见的"]
        assert told(found) == {
            ("底稿", "hidden_sheet", "warning"),
            ("台账!I1", "hidden_column", "warning"),
            ("台账!A3", "hidden_rows", "ask"),
        }
