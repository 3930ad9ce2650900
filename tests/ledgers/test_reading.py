"""Ledgers as offices keep them, each different: what they say must come out, and what they do not say be asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.ledgers.ledger_world import read, saved, told, workbook
from tracker.ledgers.vocabulary import word_key


def test_units_before_the_problem_and_a_header_merged_both_ways() -> None:
    rows = [
        ["新邵县纪检监察发现扶贫领域问题整改清单"],
        ["填报单位：新邵县纪委监委", None, None, None, None, None, "填报日期：2019.8.2"],
        ["责任分工", None, None, "问题", None, "整改", None, None, "序号"],
        ["责任单位", "责任人", None, "类别", "具体内容", "措施", "完成时间", "结果", None],
        [None, "姓名", "职务", None, None, None, None, None, None],
        ["县水利局和扶贫办", "李　明", "局长", "饮水安全", "坪上镇供水站\n未消毒", "更换设备", 43708, "已整改", 1],
        [
            "县民政局；坪上镇人民政府",
            "王建国",
            "副镇长",
            "低保兜底",
            "死亡人员领低保",
            "追缴",
            "8月底前",
            "正在整改",
            2,
        ],
    ]
    merges = [
        "A1:I1",
        "A3:C3",
        "D3:E3",
        "F3:H3",
        "A4:A5",
        "B4:C4",
        "D4:D5",
        "E4:E5",
        "F4:F5",
        "G4:G5",
        "H4:H5",
        "I3:I5",
    ]
    reading = read(workbook({"清单": rows}, {"清单": merges}))
    first, second = reading.rows
    assert reading.sheets[0].header == (3, 5)
    assert reading.ledger_date == date(2019, 8, 2)
    assert reading.owner == "新邵县纪委监委"
    assert (first.title, first.county, first.source) == ("坪上镇供水站未消毒", "新邵县", "discipline")
    assert first.responsible_units == ("县水利局", "扶贫办")
    assert (first.responsible_person, first.responsible_people[0].post) == ("李明", "局长")
    assert (first.category, first.deadline, first.state) == ("安全饮水", date(2019, 8, 31), "rectifying")
    assert (second.deadline, second.state, second.serial) == (date(2019, 8, 31), "rectifying", "2")
    assert told(reading) == {
        ("清单!G6", "date_from_serial", "warning"),
        ("清单!H6", "done_not_struck_off", "warning"),
        ("清单!D7", "unknown_category", "error"),
    }


def test_a_gbk_csv_with_semicolons_whose_title_says_audit() -> None:
    text = (
        "大祥区扶贫资金审计发现问题整改台账（截至2019年6月30日）;;;;;;;\r\n"
        "项次;整改期限;审计发现的问题;金额（元）;问题类型;整改结果;牵头部门;配合部门\r\n"
        '1;7月底前;"未按规定公示;涉及3个村";"1,234,567.80";资金项目;已整改;区财政局;区扶贫办、罗市镇政府\r\n'
        "2;交办后30日内;结余资金未上缴;—;项目资金管理;未整改;区发改局;\r\n"
        "3;长期坚持;管护制度不健全;20万元;饮水;持续整改;区水利局;无\r\n"
        "合计;;3个;;;;;\r\n"
        "填表人：张三;;;审核人：李四;;;;\r\n"
    )
    reading = read(text.encode("gb18030"), "审计.csv")
    one, two, three = reading.rows
    assert [row.source for row in reading.rows] == ["audit"] * 3
    assert [row.county for row in reading.rows] == ["大祥区"] * 3
    assert [row.state for row in reading.rows] == ["cleared", "assigned", "rectifying"]
    assert (one.amount, two.amount, three.amount) == (Decimal("1234567.80"), None, Decimal("200000.00"))
    assert (one.title, one.deadline, one.row) == ("未按规定公示;涉及3个村", date(2019, 7, 31), 3)
    assert one.lead_unit == "区财政局"
    assert one.responsible_units == ("区财政局", "区扶贫办", "罗市镇政府")
    assert three.kind == "long_term"
    assert told(reading) == {("审计!B4", "hand_over_missing", "ask")}


def test_one_sheet_for_each_county_named_only_by_the_sheet() -> None:
    header = ["问题编号", "问题描述", "问题来源", "问题分类", "整改时限", "责任部门", "目前进展", "是否销号"]
    sheets = {
        "说明": [
            ["全市问题整改台账"],
            ["统计日期：2019年9月10日"],
            ["注：责任部门排在第一位的为牵头部门，未注明年份的均为2019年。"],
        ],
        "邵东": [
            header,
            ["SD01", "水质不达标", "中央第八巡视组", "安全饮水", "九月底", "市水利局，市财政局", "尚未启动", "否"],
        ],
        "城步县": [
            header,
            ["CB01", "旧房未拆", "省扶贫考核", "易地搬迁", "2019.12.31前", "县发改局", "已完成", "是"],
            ["CB02", "村医空缺", "同上", "卫生室", "同上", "县卫健局", "", "已申请销号"],
        ],
        "Sheet4": [],
    }
    reading = read(workbook(sheets))
    assert [row.county for row in reading.rows] == ["邵东市", "城步苗族自治县", "城步苗族自治县"]
    assert [row.source for row in reading.rows] == [
        "central_inspection",
        "provincial_assessment",
        "provincial_assessment",
    ]
    assert [row.state for row in reading.rows] == ["assigned", "cleared", "reviewing"]
    assert [row.lead_unit for row in reading.rows] == ["市水利局", "县发改局", "县卫健局"]
    assert [row.deadline for row in reading.rows] == [date(2019, 9, 30), date(2019, 12, 31), date(2019, 12, 31)]
    assert reading.rows[2].deadline_written == "同上"
    assert reading.title == "全市问题整改台账"
    assert reading.ledger_date == date(2019, 9, 10)
    assert reading.sheets_without_table == ("说明", "Sheet4")
    assert told(reading) == set()


def test_sections_by_source_and_county_with_serials_that_restart() -> None:
    rows = [
        ["脱贫攻坚问题销号台账"],
        ["（2019年8月31日）"],
        ["序号", "问题类别", "存在的主要问题", "责任领导", "责任单位", "完成时限", "整改情况", "备注"],
        ["1", "2", "3", "4", "5", "6", "7", "8"],
        ["一、中央脱贫攻坚专项巡视反馈问题（2个）"],
        ["（一）新邵县（1个）"],
        [1, "小额信贷", "贷款户贷企用", "县委常委、副县长李志强", "县金融办", "10月底", "已制定方案，正在推进", ""],
        ["（二）隆回县（1个）"],
        [1, "两不愁、三保障", "危房未改造", "王 伟（副县长）", "县住建局", "年底前", "已销号", ""],
        ["二、自查发现问题"],
        ["洞口县"],
        [1, "信访", "来信未答复", "", "县信访局", "立即整改", "", ""],
        ["小计", "", "3", "", "", "", "", ""],
        ["注：1.本表一式两份。"],
        ["2.由各县市区填报。"],
        ["审核人：", "", "", "", "填表人："],
    ]
    reading = read(workbook({"Sheet1": rows}, {"Sheet1": ["A1:H1", "A5:H5", "A6:H6"]}))
    assert [row.county for row in reading.rows] == ["新邵县", "隆回县", "洞口县"]
    assert [row.source for row in reading.rows] == ["central_inspection", "central_inspection", "self_inspection"]
    assert [row.state for row in reading.rows] == ["rectifying", "cleared", "assigned"]
    assert [row.kind for row in reading.rows] == ["time_limited", "time_limited", "immediate"]
    assert [row.lead_official for row in reading.rows] == ["李志强", "王伟", None]
    assert reading.rows[0].lead_official_post == "县委常委、副县长"
    assert [row.deadline for row in reading.rows] == [date(2019, 10, 31), date(2019, 12, 31), None]
    assert reading.rows[2].proposed_deadline == date(2019, 9, 13)
    assert reading.title == "脱贫攻坚问题销号台账"
    assert {passed.row for passed in reading.sheets[0].passed} == {4, 5, 6, 8, 10, 11, 13, 14, 15, 16}
    assert told(reading) == {("Sheet1!G12", "missing_state", "warning")}


def test_one_problem_over_several_rows_is_one_problem_with_stages() -> None:
    rows = [
        ["序号", "县市区", "问题来源", "问题类别", "问题描述", "整改措施", "责任单位", "整改时限", "整改状态"],
        [1, "武冈市", "省委巡视", "安全饮水", "管网漏损", "完成设计", "市水利局", "2019年8月底前", "已完成"],
        [None, None, None, None, None, "完成施工", "市财政局", "2019年12月底前", "正在推进"],
        [2, "武冈市", "省委巡视", "安全饮水", "水源干枯", "打井", "市水利局", "2019年10月", "未启动"],
    ]
    merges = ["A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:E3"]
    reading = read(workbook({"表": rows}, {"表": merges}))
    first, second = reading.rows
    assert first.responsible_units == ("市水利局", "市财政局")
    assert [(item.due, item.text) for item in first.milestones] == [
        (date(2019, 8, 31), "完成设计"),
        (date(2019, 12, 31), "完成施工"),
    ]
    assert (first.deadline, first.state) == (date(2019, 12, 31), "rectifying")
    assert (second.title, second.state) == ("水源干枯", "assigned")


def test_no_merges_at_all_groups_spread_and_blanks_mean_as_above() -> None:
    rows = [
        ["序号", "区县", "来源", "类别", "问题表述", "责任", "", "", "整改期限", "状态"],
        ["", "", "", "", "", "领导", "单位", "责任人", "", ""],
        ["1", "绥宁", "第三方评估", "致贫返贫", "监测不及时", "高明县长", "县扶贫办", "张三", "9.30前", "整改中"],
        ["2", "", "", "", "帮扶责任人未落实", "〃", "县扶贫办", "李四13800138000", "十月十五日", "待验收"],
        [
            "3",
            "新宁",
            "媒体",
            "饮水",
            "供水中断",
            "周明",
            "县水利局",
            "各乡镇主要负责人",
            "自发文之日起20日内",
            "整改中",
        ],
        ["4", "", "", "小额信贷", "逾期未收", "周明", "县金融办", "", "11月中旬", "部分完成"],
    ]
    reading = read(workbook({"2019年8月1日": rows}))
    assert [row.county for row in reading.rows] == ["绥宁县", "绥宁县", "新宁县", "新宁县"]
    assert [row.source for row in reading.rows] == ["third_party_evaluation"] * 2 + ["media"] * 2
    assert [row.lead_official for row in reading.rows] == ["高明", "高明", "周明", "周明"]
    assert reading.rows[1].responsible_people[0].phone == "13800138000"
    codes = {(cell.split("!")[1], code) for cell, code, _ in told(reading)}
    assert {("B4", "taken_from_above"), ("C4", "taken_from_above"), ("B6", "taken_from_above")} <= codes
    assert ("H5", "unreadable_person") in codes
    assert ("I5", "counted_from_what") in codes
    assert ("I3", "year_missing") in codes


def test_hidden_rows_and_columns_are_told_and_not_taken() -> None:
    rows = [
        ["编号", "问题", "来源", "类别", "县区", "责任单位", "时限", "领导批示", "整改状态"],
        ["A1", "水管破裂", "审计", "安全饮水", "北塔区", "区水利局", "2019-10-01", "机密", "整改中"],
        ["A2", "水池开裂", "审计", "安全饮水", "北塔区", "区水利局", "2019-10-02", "机密", "整改中"],
        ["A3", "水泵停用", "审计", "安全饮水", "北塔区", "区水利局", "2019-10-03", "机密", "整改中"],
    ]
    book = workbook({"问题": rows, "草稿": rows})
    book["问题"].column_dimensions["H"].hidden = True
    book["问题"].row_dimensions[3].hidden = True
    book["草稿"].sheet_state = "hidden"
    reading = read(book)
    assert [row.number for row in reading.rows] == ["A1", "A3"]
    assert "机密" not in str(reading.as_json())
    assert told(reading) == {
        ("问题!H1", "hidden_column", "warning"),
        ("问题!A3", "hidden_rows", "ask"),
        ("草稿", "hidden_sheet", "warning"),
    }
    assert len(read(book, take_hidden=True).rows) == 6


def test_two_tables_below_each_other_each_with_its_own_header() -> None:
    header = ["序号", "存在问题", "类别", "来源", "责任单位", "整改时限", "状态"]
    rows = [
        ["双清区问题清单"],
        header,
        [1, "路灯不亮", "资金项目", "群众举报", "区住建局", "2019年9月", "整改中"],
        [],
        ["北塔区问题清单"],
        ["序号", "责任单位", "存在问题", "类别", "来源", "状态", "整改时限"],
        [1, "区水利局", "井水浑浊", "饮水", "自查", "已销号", "2019/9/1"],
    ]
    reading = read(workbook({"清单": rows}))
    assert [(row.title, row.county, row.deadline) for row in reading.rows] == [
        ("路灯不亮", "双清区", date(2019, 9, 30)),
        ("井水浑浊", "北塔区", date(2019, 9, 1)),
    ]
    assert [sheet.header for sheet in reading.sheets] == [(2, 2), (6, 6)]


def test_a_relative_deadline_is_counted_from_each_rows_own_hand_over() -> None:
    rows = [
        [
            "问题编号",
            "交办时间",
            "反馈问题",
            "问题类别",
            "问题来源",
            "县市区",
            "主责单位",
            "配合单位",
            "整改时限",
            "整改类型",
            "办理状态",
        ],
        [
            "T1",
            date(2019, 7, 8),
            "甲",
            "安全饮水",
            "审计",
            "隆回县",
            "县水利局",
            "",
            "接到交办单后15个工作日内",
            "限期整改",
            "办理中",
        ],
        [
            "T2",
            "2019年7月10日",
            "乙",
            "安全饮水",
            "审计",
            "隆回县",
            "县水利局",
            "县财政局",
            "同上",
            "限期整改",
            "已办结",
        ],
        ["T3", "2019/7/12", "丙", "安全饮水", "审计", "隆回县", "县水利局", "", "", "立行立改", "已交办"],
        ["T4", "", "丁", "安全饮水", "审计", "隆回县", "县水利局", "", "交办后两个月内", "", "制定方案"],
        ["T5", "", "戊", "安全饮水", "审计", "隆回县", "县水利局", "", "长期坚持", "限期整改", "整改中"],
    ]
    reading = read(workbook({"表": rows}))
    assert [row.deadline for row in reading.rows] == [date(2019, 7, 29), date(2019, 7, 31), None, None, None]
    assert reading.rows[2].proposed_deadline == date(2019, 7, 26)
    assert [row.state for row in reading.rows] == ["rectifying", "rectifying", "assigned", "planning", "rectifying"]
    assert reading.rows[1].responsible_units == ("县水利局", "县财政局")
    assert told(reading) == {
        ("表!K3", "done_not_struck_off", "warning"),
        ("表!I5", "hand_over_missing", "ask"),
        ("表!J6", "kind_conflict", "ask"),
    }


def test_what_is_not_said_is_asked_once_for_the_table_or_for_the_cell() -> None:
    rows = [
        ["序号", "问题描述", "县市区", "责任单位", "整改时限"],
        [1, "某问题", "新邵县、隆回县", "县水利局", "2019年9月底"],
        [2, "另一问题", "", "隆回县水利局", "2019年9月底"],
        [3, "第三个问题", "", "市水利局", "每季度末"],
    ]
    reading = read(workbook({"Sheet1": rows}))
    assert reading.rows[1].county == "隆回县"
    assert told(reading) == {
        ("Sheet1!A1", "no_source_column", "ask"),
        ("Sheet1!A1", "no_category_column", "ask"),
        ("Sheet1!A1", "no_state_column", "warning"),
        ("Sheet1!C2", "several_counties", "ask"),
        ("Sheet1!C3", "county_from_units", "warning"),
        ("Sheet1!C4", "missing_county", "ask"),
        ("Sheet1!E4", "recurring_deadline", "ask"),
    }


def test_a_sheet_of_figures_beside_the_ledger_is_no_ledger() -> None:
    sheets = {
        "汇总": [["序号", "县市区", "问题类别", "数量", "备注"], [1, "大祥区", "安全饮水", 3, ""]],
        "大祥区": [
            ["序号", "问题描述", "问题来源", "问题类别", "整改时限", "整改状态"],
            [1, "漏水", "审计", "饮水", "2019-9-1", "整改中"],
        ],
    }
    reading = read(workbook(sheets))
    assert [row.title for row in reading.rows] == ["漏水"]
    assert told(reading) == {("汇总!A1", "table_without_problems", "warning")}


TITLE = "新邵县省考核反馈安全饮水问题整改台账（截至2024年9月30日）"


def test_states_ticked_in_columns_side_by_side() -> None:
    body = [
        [1, "甲", "10月底", "√", None, None],
        [2, "乙", "10月底", None, "✓", None],
        [3, "丙", "10月底", None, None, "●"],
    ]
    grouped = [
        [TITLE],
        ["序号", "存在问题", "整改时限", "整改状态", None, None],
        [None, None, None, "已销号", "正在整改", "未启动"],
        *body,
    ]
    flat = [[TITLE], ["序号", "存在问题", "整改时限", "已销号", "正在整改", "未启动"], *body]
    for book in (workbook({"S": grouped}, {"S": ["D2:F2", "A2:A3", "B2:B3", "C2:C3"]}), workbook({"S": flat})):
        assert [(row.title, row.state) for row in read(book).rows] == [
            ("甲", "cleared"),
            ("乙", "rectifying"),
            ("丙", "assigned"),
        ]


def test_columns_named_after_a_state_that_hold_more_than_ticks_are_no_states() -> None:
    rows = [
        [TITLE],
        ["序号", "存在问题", "整改状态", "已整改", "未整改"],
        [1, "甲", "已销号", "3处", ""],
        [2, "乙", "整改中", "", "2处"],
    ]
    assert [row.state for row in read(workbook({"S": rows})).rows] == ["cleared", "rectifying"]


def test_two_tables_beside_each_other_are_refused_and_not_halved() -> None:
    head = ["序号", "存在问题", "责任单位", "整改时限"]
    rows = [[TITLE], [*head, None, *head], [1, "甲", "县水利局", "10月底", None, 2, "乙", "县水利局", "11月底"]]
    assert ("S!G2", "tables_side_by_side", "error") in told(read(workbook({"S": rows})))
    merged = workbook(
        {"S": [[TITLE], ["序号", "存在问题", None, "整改时限"], [1, "甲", None, "10月底"]]}, {"S": ["B2:C2", "B3:C3"]}
    )
    assert "tables_side_by_side" not in {code for _, code, _ in told(read(merged))}


def test_a_granted_extension_in_a_column_of_its_own_holds() -> None:
    rows = [
        [TITLE],
        ["序号", "存在问题", "原整改时限", "延期后时限"],
        [1, "甲", "8月底", "2024年11月底"],
        [2, "乙", "10月底", "/"],
    ]
    found = read(workbook({"S": rows})).rows
    assert [(row.deadline, row.deadline_remark) for row in found] == [
        (date(2024, 11, 30), "原时限：8月底"),
        (date(2024, 10, 31), ""),
    ]


def test_a_label_and_its_day_in_two_cells_and_a_unit_of_money_in_a_column_of_its_own() -> None:
    rows = [
        ["隆回县审计整改台账"],
        ["交办日期", "2025年3月1日"],
        ["序号", "检查存在问题及隐患", "金额", "单位", "整改责任单位", "整改时限"],
        [1, "甲", "12.5", "万元", "县财政局", "15日内"],
    ]
    row = read(workbook({"S": rows})).rows[0]
    assert (row.title, row.deadline, row.responsible_units) == ("甲", date(2025, 3, 16), ("县财政局",))


def test_a_row_with_nothing_but_a_wording_is_asked_about_and_stands_when_confirmed() -> None:
    rows = [
        ["新宁县问题整改台账"],
        ["序号", "问题", "责任单位", "整改时限"],
        [1, "合作社带动", "县农业农村局", "2019年8月底"],
        [None, "能力弱"],
        [2, "无"],
        [None, "以上问题由县整改办汇总"],
    ]
    book = workbook({"新宁": rows})
    assert ("新宁!B4", "only_wording", "ask") in told(read(book))
    confirmed = read(book, answers={"新宁!B4": "能力弱"})
    assert [row.title for row in confirmed.rows] == ["合作社带动", "能力弱"]
    assert "only_wording" not in {code for _, code, _ in told(confirmed)}


def test_a_persons_answers_are_read_in_place_of_the_cells() -> None:
    rows = [
        ["序号", "描述一下", "县市区", "问题来源", "问题类别", "责任单位", "整改时限", "整改状态"],
        [1, "某问题", "大东区", "县委组织部座谈会", "安全饮水", "县水利局", "8月底", "整改中"],
    ]
    book = workbook({"Sheet1": rows})
    asked = {code for _, code, _ in told(read(book))}
    assert asked == {"no_title_column", "unknown_county", "unknown_source", "year_missing"}
    reading = read(
        book,
        columns={"描述一下": "title"},
        answers={"Sheet1!C2": "大祥区", "Sheet1!D2": "其他"},
        ledger_date=date(2019, 7, 1),
    )
    assert told(reading) == set()
    row = reading.rows[0]
    assert (row.title, row.county, row.source, row.deadline) == ("某问题", "大祥区", "other", date(2019, 8, 31))


def test_the_dry_run_form_holds_everything_as_plain_values() -> None:
    rows = [
        [
            "序号",
            "问题描述",
            "县市区",
            "问题来源",
            "问题类别",
            "责任单位",
            "责任人",
            "整改时限",
            "整改状态",
            "联络员意见",
        ],
        [
            1,
            "某问题",
            "大祥区",
            "审计",
            "安全饮水",
            "县水利局",
            "李四",
            "8月底完成初稿，12月底完成终稿",
            "整改中",
            "加快",
        ],
    ]
    form = read(saved(workbook({"Sheet1": [["截至2019年7月31日"], *rows]}))).as_json()
    issue = form["issues"][0]
    assert form["rows"] == 1
    assert form["ledger_date"] == "2019-07-31"
    assert issue["milestones"] == [
        {"due": "2019-08-31", "text": "完成初稿"},
        {"due": "2019-12-31", "text": "完成终稿"},
    ]
    assert issue["deadline"] == "2019-12-31"
    assert issue["others"] == {"联络员意见": "加快"}
    assert issue["cells"]["deadline"] == "Sheet1!H3"
    assert form["persons"] == [{"name": "李四", "post": "", "unit": "县水利局", "cell": "Sheet1!G3"}]


def test_columns_that_are_known_but_have_no_field_in_an_issue_stay_with_the_problem() -> None:
    rows = [
        [
            "序号",
            "问题描述",
            "县市区",
            "问题来源",
            "问题类别",
            "责任单位",
            "整改时限",
            "问题性质",
            "反馈时间",
            "联系电话",
        ],
        [1, "某问题", "大祥区", "审计", "安全饮水", "县水利局", "2019-08-31", "作风", "2019-06-03", "0739-5360000"],
    ]
    (row,) = read(saved(workbook({"Sheet1": rows}))).rows
    assert row.others == (("问题性质", "作风"), ("反馈时间", "2019-06-03"), ("联系电话", "0739-5360000"))


def test_a_merged_cell_stands_where_its_block_begins_and_every_other_in_its_own_row() -> None:
    rows = [
        ["序号", "问题描述", "县市区", "问题来源", "问题类别", "责任单位", "整改时限"],
        [1, "某问题", "大祥区", "审计", "安全饮水", "县水利局", "2019-08-31"],
        [2, "另一问题", None, "审计", "安全饮水", "县水利局", "2019-08-31"],
        [3, "第三个问题", "北塔区", "审计", "安全饮水", "县水利局", "2019-08-31"],
    ]
    found = read(saved(workbook({"表": rows}, {"表": ["C2:C3"]}))).rows
    assert [row.cells["county"] for row in found] == ["表!C2", "表!C2", "表!C4"]
    assert [row.cells["title"] for row in found] == ["表!B2", "表!B3", "表!B4"]


def _in_sections(*sections: str) -> list[list[str | None]]:
    """A ledger whose title names the central inspection, with a problem in each section."""
    rows: list[list[str | None]] = [
        ["新邵县中央巡视反馈问题整改清单（2019年8月1日）"],
        ["序号", "问题描述", "问题类别", "责任单位", "整改时限", "整改状态"],
    ]
    for number, section in enumerate(sections, 1):
        rows += [[section], ["1", f"问题{number}", "安全饮水", "新邵县水利局", "2019年9月底", "整改中"]]
    return rows


def test_a_section_of_other_finders_is_not_given_the_titles_source() -> None:
    sections = (
        "一、中央第八巡视组反馈问题",
        "二、省2018年度脱贫攻坚成效考核反馈问题",
        "三、市人大代表视察发现的问题（1个）",
    )
    reading = read(workbook({"清单": _in_sections(*sections)}))
    assert [row.source for row in reading.rows] == ["central_inspection", "provincial_assessment", None]
    assert told(reading) == {("清单!A7", "unknown_section_source", "ask")}


def test_a_section_by_theme_or_county_has_the_titles_source() -> None:
    sections = "一、责任落实方面发现的问题", "二、安全饮水反馈问题", "三、新邵县发现的问题", "四、本次巡视发现的问题"
    reading = read(workbook({"清单": _in_sections(*sections)}))
    assert {row.source for row in reading.rows} == {"central_inspection"}


def test_whoever_says_who_found_a_section_answers_all_its_rows() -> None:
    section = "一、市人大代表视察发现的问题（1个）"
    book = saved(workbook({"清单": _in_sections(section)}))
    for correction in (
        {"words": {"source": {word_key(section): "媒体曝光"}}},
        {"answers": {"清单!A3": "媒体曝光"}},
        {"source": "media"},
    ):
        reading = read(book, **correction)
        assert ([row.source for row in reading.rows], told(reading)) == (["media"], set())


def test_posts_beside_names_and_the_units_own_people() -> None:
    """姓名 and 职务 below one head, the post of nobody named kept as it stands, and 牵头单位（负责人）."""
    rows = [
        ["新邵县省考核反馈安全饮水问题整改台账（2019年8月1日）"],
        ["序号", "存在的隐患", "包案领导", None, "牵头单位（负责人）", "职务", "配合单位", "整改时限", "整改状态"],
        [None, None, "姓名", "职务", None, None, None, None, None],
        [1, "管道漏水", "李志强", "县委副书记", "县水利局（钱进）", "站长", "酿溪镇党委、政府", "9月底", "整改中"],
    ]
    merges = ["C2:D2", *(f"{column}2:{column}3" for column in "ABEFGHI")]
    (row,) = read(workbook({"台账": rows}, {"台账": merges})).rows
    assert (row.title, row.lead_official, row.lead_official_post) == ("管道漏水", "李志强", "县委副书记")
    assert (row.lead_unit, row.responsible_person, row.responsible_people[0].post) == ("县水利局", "钱进", "站长")
    assert row.responsible_units == ("县水利局", "酿溪镇党委", "酿溪镇政府")


def test_a_post_without_a_person_is_kept() -> None:
    rows = [["序号", "问题描述", "责任单位", "职务", "整改时限"], [1, "漏水", "县水利局", "站长", "2019年9月底"]]
    (row,) = read(workbook({"台账": rows})).rows
    assert dict(row.others) == {"职务": "站长"}


def test_a_wide_gap_parts_a_line_of_the_letterhead() -> None:
    rows = [
        ["新邵县审计发现资金项目管理问题整改台账"],
        ["单位：新邵县扶贫办（盖章）　　　　2019年8月1日　　　　　　单位：万元"],
        ["序号", "问题描述", "涉及金额", "审计处理意见", "化解措施", "责任单位", "整改时限", "整改状态"],
        [1, "资金闲置", 1.5, "收回", "上缴", "县财政局", "月底前", "整改中"],
    ]
    reading = read(workbook({"台账": rows}))
    (row,) = reading.rows
    assert (reading.owner, reading.ledger_date) == ("新邵县扶贫办", date(2019, 8, 1))
    assert (row.amount, row.requirement, row.measures) == (Decimal("15000.00"), "收回", "上缴")
    assert row.deadline == date(2019, 8, 31)


def test_a_column_of_what_the_problem_looks_like_is_its_detail() -> None:
    heads = ["序号", "反馈问题", "具体表现", "责任单位", "整改时限"]
    (row,) = read(workbook({"台账": [heads, [1, "作风不实", "代签代填", "县水利局", "2019年9月底"]]})).rows
    assert (row.title, row.detail) == ("作风不实", "代签代填")
    (alone,) = read(workbook({"台账": [heads[:1] + heads[2:], [1, "代签代填", "县水利局", "2019年9月底"]]})).rows
    assert (alone.title, alone.detail) == ("代签代填", "")


WATER = "新邵县省考核反馈安全饮水问题整改台账"


def test_units_ticked_in_columns_of_their_own() -> None:
    rows = [
        [WATER],
        ["序号", "存在问题", "责任单位", None, None, "整改时限"],
        [None, None, "县水利局", "县财政局", "酿溪镇", None],
        [1, "漏水", "√", None, None, "2019年9月底"],
        [2, "缺水", None, "√", "√", "2019年9月底"],
    ]
    reading = read(workbook({"台账": rows}, {"台账": ["C2:E2", "A2:A3", "B2:B3", "F2:F3"]}))
    assert [row.responsible_units for row in reading.rows] == [("县水利局",), ("县财政局", "酿溪镇")]


def test_heads_may_name_the_year_and_say_that_the_first_leads() -> None:
    heads = ["序号", "存在问题", "责任单位\n（排第一位的为牵头单位）", "整改时限（2020年）"]
    (row,) = read(workbook({"台账": [[WATER], heads, [1, "漏水", "县水利局、县财政局", "9月底"]]})).rows
    assert (row.lead_unit, row.deadline) == ("县水利局", date(2020, 9, 30))


def test_a_column_of_measures_that_names_the_deadline_holds_it() -> None:
    measures = "1.更换管道（2019年9月底前）；2.建立管护制度（2019年11月底前）。"
    rows = [[WATER], ["序号", "存在问题", "整改措施及完成时限", "责任单位"], [1, "漏水", measures, "县水利局"]]
    (row,) = read(workbook({"台账": rows})).rows
    assert (row.measures, row.deadline) == (measures, date(2019, 11, 30))
    assert [one.due for one in row.milestones] == [date(2019, 9, 30), date(2019, 11, 30)]


def test_a_deadline_above_the_table_holds_where_there_is_no_column() -> None:
    above = ["交办时间：2019年9月2日", None, "整改时限：交办之日起60日内"]
    rows = [[WATER], above, ["序号", "存在问题", "责任单位", "责任人"], [1, "漏水", "县水利局", "钱进"]]
    (row,) = read(workbook({"台账": rows})).rows
    assert (row.deadline, row.deadline_written) == (date(2019, 11, 1), "交办之日起60日内")


def test_a_section_of_immediate_or_long_term_work_holds_for_rows_that_say_nothing() -> None:
    rows = [
        [WATER],
        ["序号", "存在问题", "责任单位", "整改时限"],
        ["一、立行立改类（2019年9月底前完成）"],
        [1, "漏水", "县水利局", ""],
        [2, "停水", "县水利局", "2019年8月20日"],
        ["二、长期坚持类"],
        [3, "管护机制不全", "县水利局", ""],
        ["三、其他问题"],
        [4, "缺水", "县水利局", ""],
    ]
    reading = read(workbook({"台账": rows}))
    assert [(row.kind, row.deadline) for row in reading.rows] == [
        ("immediate", date(2019, 9, 30)), ("time_limited", date(2019, 8, 20)), ("long_term", None), ("time_limited", None),
    ]  # fmt: skip
    assert reading.rows[0].deadline_written == "一、立行立改类（2019年9月底前完成）"
    assert ("台账!D9", "missing_deadline", "warning") in told(reading)


def test_a_number_with_numbers_below_it_is_a_heading() -> None:
    rows = [
        [WATER],
        ["序号", "存在问题", "责任单位", "整改时限"],
        ["1", "供水管护不到位", None, None],
        ["1.1", "甲村水池渗漏", "县水利局", "2019年9月底"],
        ["1.2", "乙村水泵损坏", "县水利局", "2019年9月底"],
        ["2", "水质不达标", None, None],
    ]
    assert [row.serial for row in read(workbook({"台账": rows})).rows] == ["1.1", "1.2", "2"]


def test_what_further_rows_of_a_problem_say_is_kept() -> None:
    rows = [
        [WATER],
        ["序号", "反馈问题", "具体表现", "牵头领导", "整改措施", "整改时限", "验收人"],
        [1, "作风不实", "走访少", "李志强", "补走访", "2019年9月底", "甲"],
        [None, None, "手册代签", "王建国", "重填", "2019年10月底", "乙"],
    ]
    (row,) = read(workbook({"台账": rows}, {"台账": ["A3:A4", "B3:B4"]})).rows
    assert (row.detail, row.measures) == ("走访少\n手册代签", "补走访\n重填")
    assert dict(row.others) == {"牵头领导": "李志强\n王建国", "验收人": "甲\n乙"}


def test_a_source_named_above_the_table_holds_for_its_rows() -> None:
    rows = [
        ["新邵县安全饮水问题整改台账"],
        ["来源：市纪委监委　　　　　2019年7月"],
        ["序号", "问题", "整改时限"],
        [1, "漏水", "2019年9月底"],
    ]
    assert [row.source for row in read(workbook({"台账": rows})).rows] == ["discipline"]


def test_a_column_of_kinds_with_categories_in_it_is_the_category() -> None:
    heads = ["序号", "问题", "整改类别", "整改时限"]
    rows = [heads, [1, "漏水", "安全饮水", "2019年9月底"], [2, "滞留", "资金项目管理", "2019年9月底"]]
    assert [row.category for row in read(workbook({"台账": rows})).rows] == ["安全饮水", "资金项目管理"]
    kinds = [heads, [1, "漏水", "立行立改", "2019年9月底"], [2, "滞留", "资金项目管理", "2019年9月底"]]
    reading = read(workbook({"台账": kinds}))
    assert [row.kind for row in reading.rows] == ["immediate", "time_limited"]
    assert ("台账!C3", "unknown_kind", "ask") in told(reading)
