"""Which parts of a document are problems: rules of the reader, each with the smallest document that shows it."""

from __future__ import annotations

import pytest

from tests.feedback.test_reading import read


def titles(text: str) -> list[str]:
    return [one.title for one in read(text).entries]


def test_of_two_lists_announced_by_a_line_each_only_the_problems_are_entries() -> None:
    text = (
        "会议认为，工作取得长足进步。会议指出，还存在以下问题：\n（一）学位供给不足。\n（二）教师缺编。\n"
        "会议提出以下审议意见：\n（一）加大投入力度。\n（二）补齐缺口。\n"
    )
    found = read(text).entries
    assert [(one.clause, one.title) for one in found] == [("（一）", "学位供给不足。"), ("（二）", "教师缺编。")]
    assert {one.section for one in found} == {"会议认为，工作取得长足进步。会议指出，还存在以下问题："}


@pytest.mark.parametrize(
    "below",
    [
        "督察要求，我市要深入学习，坚决抓好整改。",
        "督察组还对发现的问题线索进行了梳理，已按有关规定移交。",
        "责任编辑：管理员",
        "扫一扫在手机打开当前页",
        "附件2",
        "报：市委、市政府领导。发：各县市区人民政府。",
    ],
)
def test_what_stands_below_the_last_problem_is_none_of_its_words(below: str) -> None:
    text = f"一、河道采砂整治不彻底。\n二、矿山修复滞后，两家锰矿未复绿。（牵头单位：市自然资源局）\n{below}\n"
    assert titles(text) == ["河道采砂整治不彻底。", "矿山修复滞后，两家锰矿未复绿。"]
    assert any(below[:6] in one.text for one in read(text).passed)


def test_a_lack_of_what_was_advised_is_a_problem_and_no_advice() -> None:
    assert titles("1.审计建议落实不到位，3条未办结。\n2.督查要求未传达到村。\n") == [
        "审计建议落实不到位，3条未办结。", "督查要求未传达到村。",
    ]  # fmt: skip


def test_causes_and_demands_beside_a_problem_are_not_its_title() -> None:
    text = (
        "督查专报\n农村敬老院改造\n存在问题：6个敬老院尚未开工。\n原因分析：资金未到位。\n工作要求：加快进度。\n"
        "农村公路安防工程\n存在问题：新邵县完成率仅31%。\n原因分析：反复流标。\n"
    )
    assert titles(text) == ["6个敬老院尚未开工。", "新邵县完成率仅31%。"]
    assert "原因分析：资金未到位。" in read(text).entries[0].wording  # verbatim all the same


def test_problems_listed_in_one_sentence_are_parted() -> None:
    text = "据新华社消息：巡视组作了反馈。\n全市取得新的成绩。巡视发现了一些问题，主要是：税收偏低；债务新增；班子不团结。同时，还收到问题线索。\n"
    assert titles(text) == ["税收偏低；", "债务新增；", "班子不团结。"]


def test_every_cell_of_a_form_is_shown_somewhere() -> None:
    rows = "信访编号\t2024-1\t领导批示\t请速办\n反映问题\t某村断水\t责任单位\t新邵县水利局\n"
    found = read(rows)
    assert [one.wording for one in found.entries] == ["信访编号：2024-1\n反映问题：某村断水\n责任单位：新邵县水利局"]
    assert [one.text for one in found.passed] == ["领导批示：请速办"]


def test_a_comma_at_a_lines_end_stays_where_nothing_was_taken_out() -> None:
    (found,) = read("1.未按图施工，\n减少长度1.8公里。（责任单位：新邵县水利局）\n").entries
    assert found.title == "未按图施工，减少长度1.8公里。"


def test_the_rule_that_the_first_named_leads_holds_from_where_it_is_said() -> None:
    text = "（括号内为责任单位，排在第一位的为牵头单位，下同）\n1.新邵县断水。（县水利局、长乐乡人民政府，2019年10月底前）\n"
    assert [one.lead_unit for one in read(text).entries] == ["县水利局"]


def test_a_line_that_announces_problems_is_none() -> None:
    assert titles("督导中发现以下问题：\n第一，3户应享未享低保。\n第二，手册代签。\n") == [
        "3户应享未享低保。",
        "手册代签。",
    ]


def test_a_demand_to_all_below_the_last_problem_is_no_part_of_it() -> None:
    found = read("1.项目未公示。\n2.资金滞留300万元。\n请于2019年10月15日前整改到位。\n")
    assert [(one.title, one.deadline) for one in found.entries] == [("项目未公示。", None), ("资金滞留300万元。", None)]
    assert [one.text for one in found.passed] == ["请于2019年10月15日前整改到位。"]


def test_parts_of_one_sum_are_one_problem() -> None:
    assert titles("1.项目未公示。\n2.资金滞留300万元，其中：\n（1）产业200万元；\n（2）饮水100万元。\n") == [
        "项目未公示。", "资金滞留300万元，其中：（1）产业200万元；（2）饮水100万元。",
    ]  # fmt: skip


def test_a_unit_and_a_colon_on_a_line_head_its_problems() -> None:
    text = "市扶贫办：\n1.对县指导不够。\n2.数据比对不及时。\n市教育局：\n1.台账不准。\n2.控辍保学不力。\n"
    assert titles(text) == ["对县指导不够。", "数据比对不及时。", "台账不准。", "控辍保学不力。"]
    assert read(text).entries[-1].section == "市教育局："


def test_below_a_title_lines_without_numbers_are_a_problem_each() -> None:
    lines = ["小沙江镇分红未兑现", "六都寨镇管网破损", "北山镇3户危房未改造"]
    assert titles("隆回县扶贫领域问题清单：\n" + "\n".join(lines)) == lines


def test_a_line_with_nothing_but_a_number_is_none() -> None:
    assert titles("关于转办举报问题的函\n编号：2019-118\n举报人反映：新邵县某村支书侵占低保资金。\n") == [
        "举报人反映：新邵县某村支书侵占低保资金。"
    ]


def test_columns_a_finding_has_no_place_for_are_shown_beside_it() -> None:
    heads, row = "序号\t反馈问题\t具体表现\t责任单位\t整改措施", "1\t作风不实\t手册代签\t新邵县扶贫办\t重新填写"
    found = read(f"问题清单\n{heads}\n{row}\n")
    assert [(one.title, one.wording) for one in found.entries] == [("作风不实", "作风不实\n手册代签")]
    assert "整改措施：重新填写" in [one.text for one in found.passed]


def test_what_a_paper_of_praise_counts_up_is_no_problem() -> None:
    listed = "1.新邵县推行“一窗办理”。（新邵县政务服务中心）\n2.武冈市不折不扣落实健康扶贫政策。\n"
    praise = "关于对脱贫攻坚督查\n发现的典型做法给予表扬的通报\n邵脱指〔2019〕9号\n各县市区人民政府：\n" + listed
    assert titles(praise) == []
    assert [one.text for one in read(praise).passed][-2:] == [
        "新邵县推行“一窗办理”。（新邵县政务服务中心）",
        "武冈市不折不扣落实健康扶贫政策。",
    ]
    assert len(titles(praise.replace("给予表扬的通报", "给予表扬和对存在问题给予批评的通报"))) == 2
