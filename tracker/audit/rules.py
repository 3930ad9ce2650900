"""The journal's verbs and subjects in words, what an auditor may ask for, and a history played again. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tracker.base.access import N_
from tracker.issues.workflow import VERB_NAMES as ISSUE_VERBS

SUBJECT_NAMES: dict[str, str] = {
    "issue": N_("问题"),
    "evidence": N_("佐证材料"),
    "inspection": N_("检查"),
    "finding": N_("反馈问题"),
    "ledger_import": N_("台账导入"),
    "register": N_("问题清单"),
    "person": N_("人员"),
    "unit": N_("单位"),
    "region": N_("行政区划"),
    "workdays": N_("工作日"),
    "clocks": N_("时限规则"),
    "page": N_("页面"),
    "review_chain": N_("审核链"),
    "work_group": N_("专项工作组"),
    "look_back_draw": N_("回头看抽查"),
    "look_backs": N_("回头看的安排"),
    "calendar": N_("日历订阅"),
    "paper": N_("文书"),
    "paper_template": N_("文书模板"),
    "ledger_template": N_("台账模板"),
    "outlet": N_("外发渠道"),
    "delivery": N_("外发消息"),
    "task": N_("交办事项"),
    "self_check": N_("举一反三自查"),
    "meeting": N_("会议"),
}

VERB_NAMES: dict[str, str] = {verb.value: name for verb, name in ISSUE_VERBS.items()} | {
    "overdue": N_("开立逾期"),
    "escalated": N_("逾期升级"),
    "delayed": N_("环节超时"),
    "review_due": N_("到检视日期"),
    "answer_standards": N_("补充销号标准"),
    "ask_site_check": N_("要求现场核查"),
    "ask_withdrawal": N_("提出撤下佐证"),
    "withdraw_evidence": N_("撤下佐证"),
    "keep_evidence": N_("佐证不撤下"),
    "look_back": N_("回头看"),
    "look_back_due": N_("该回头看了"),
    "look_back_drawn": N_("抽到回头看"),
    "draw_look_backs": N_("抽取回头看"),
    "issue_paper": N_("签发文书"),
    "paper_issued": N_("列入文书"),
    "withdraw_paper": N_("撤回文书"),
    "receive_paper": N_("签收文书"),
    "set_paper_office": N_("修改发文机关"),
    "set_paper_template": N_("更换文书模板"),
    "remove_paper_template": N_("改用内置模板"),
    "set_ledger_template": N_("保存台账模板"),
    "remove_ledger_template": N_("删除台账模板"),
    "set_look_backs": N_("修改回头看的安排"),
    "set_chain": N_("修改审核链"),
    "set_clocks": N_("修改时限规则"),
    "remove_chain": N_("删除审核链"),
    "set_group": N_("设立专项工作组"),
    "remove_group": N_("撤销专项工作组"),
    "record_inspection": N_("登记检查"),
    "correct_inspection": N_("更正检查登记"),
    "record_finding": N_("登记反馈问题"),
    "attach_document": N_("上传反馈文件"),
    "detach_document": N_("移除反馈文件"),
    "merge_finding": N_("并入反馈问题"),
    "decline_finding": N_("不采纳反馈问题"),
    "reopen_finding": N_("重新处理反馈问题"),
    "import": N_("导入"),
    "undo": N_("撤销导入"),
    "export": N_("导出"),
    "download": N_("下载"),
    "deny": N_("拒绝访问"),
    "sign_in": N_("登录"),
    "sign_in_failed": N_("登录失败"),
    "sign_out": N_("退出登录"),
    "prove_password": N_("核对密码"),
    "prove_password_failed": N_("核对密码失败"),
    "change_password": N_("修改密码"),
    "give_account": N_("开通账号"),
    "give_one_time_password": N_("发一次性密码"),
    "unlock": N_("解锁"),
    "add": N_("新增"),
    "add_person": N_("新增人员"),
    "edit_person": N_("修改人员"),
    "move": N_("调动"),
    "deactivate": N_("停用"),
    "reactivate": N_("恢复"),
    "grant_post": N_("授予岗位"),
    "end_post": N_("收回岗位"),
    "link_counties": N_("指定联系县"),
    "name_stand_in": N_("指定代理人"),
    "end_stand_in": N_("结束代理"),
    "add_unit": N_("新增单位"),
    "change_unit": N_("修改单位"),
    "import_units": N_("导入单位"),
    "deactivate_unit": N_("停用单位"),
    "reactivate_unit": N_("恢复单位"),
    "add_region": N_("新增行政区划"),
    "rename_region": N_("更名"),
    "alias_region": N_("修改别名"),
    "end_region": N_("撤销行政区划"),
    "import_regions": N_("导入行政区划"),
    "make_calendar_address": N_("生成日历订阅地址"),
    "revoke_calendar_address": N_("作废日历订阅地址"),
    "ask_task": N_("交办事项"),
    "answer_task": N_("答复交办事项"),
    "accept_task": N_("验收交办事项"),
    "return_task": N_("退回交办事项"),
    "withdraw_task": N_("撤销交办事项"),
    "ask_self_check": N_("请各单位自查"),
    "self_check_asked": N_("据此开展举一反三自查"),
    "instructed": N_("批示"),
    "instruction_answered": N_("答复批示"),
    "instruction_settled": N_("办结批示"),
    "instruction_returned": N_("批示退回再办"),
    "instruction_withdrawn": N_("撤销批示"),
    "plan_meeting": N_("安排会议"),
    "change_meeting": N_("修改会议"),
    "set_talk_rule": N_("修改约谈规则"),
    "seed_workdays": N_("写入公布的工作日"),
    "import_workdays": N_("导入工作日"),
    "change_workdays": N_("修改工作日"),
    "confirm_workdays": N_("确认工作日"),
    "set_outlet": N_("设置外发渠道"),
    "open_outlet": N_("启用外发渠道"),
    "close_outlet": N_("停用外发渠道"),
    "retry_delivery": N_("重发消息"),
}

#: Before and after are the auditor's to see here; of issues only that something was done (DOMAIN §2).
DETAILED = frozenset(
    {
        "person",
        "unit",
        "region",
        "workdays",
        "page",
        "register",
        "review_chain",
        "work_group",
        "clocks",
        "outlet",
        "paper_template",
        "look_backs",
    }
)


@dataclass(frozen=True)
class Asked:
    """What the auditor asks for; empty: everything."""

    verb: str = ""
    subject: str = ""
    person: str = ""
    number: str = ""
    address: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """From an address's parameters; what makes no sense is left out."""
        words = {name: given.get(name, "").strip()[:60] for name in ("person", "number", "address")}
        verb, subject = given.get("verb", ""), given.get("subject", "")
        return cls(
            verb=verb if verb in VERB_NAMES else "",
            subject=subject if subject in SUBJECT_NAMES else "",
            since=_day(given.get("since")),
            until=_day(given.get("until")),
            **words,
        )

    def query(self) -> str:
        """``verb=…&person=…``, only what is asked."""
        return urlencode({name: str(value) for name, value in vars(self).items() if value})


def _day(word: str | None) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError:
        return None


# --- a history played again -----------------------------------------------------------------------------------


@dataclass
class Replayed:
    """What the events alone say of one issue: its state, and each column that an event changed, as last written."""

    state: str | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def replay(events: Iterable[tuple[int, Mapping[str, Any]]]) -> dict[int, Replayed]:
    """(issue id, data) of every event in order -> what the issues must look like now.

    An event whose "from" or "before" is not what the events before it left behind is noted as broken.
    """
    found: dict[int, Replayed] = {}
    for issue, data in events:
        played = found.setdefault(issue, Replayed())
        if "to" in data:
            if played.state is not None and data.get("from") not in (None, played.state):
                played.broken.append("state")
            played.state = data["to"]
        for name, (before, after) in data.get("changed", {}).items():
            if isinstance(before, dict) or isinstance(after, dict):
                continue  # free text: each event refers to its own copy
            if name in played.columns and played.columns[name] != before:
                played.broken.append(name)
            played.columns[name] = after
    return found
