"""One cell's text → one value: tables of words and small readers, one for each kind of field.

Each reader returns what it understood and the faults it found; it never fills in what is not written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tracker.ledgers.problems import Fault, fault
from tracker.ledgers.vocabulary import Vocabulary, is_nothing, plain

# The first that matches wins, so the narrower word stands before the wider one.
_SOURCES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"审计", "audit"),
        (r"民主党派|农工|民革|民盟|民建|民进|九三|致公党|台盟|党派|民主监督", "party_survey"),
        (r"第三方|三方评估|抽查评估|评估(?!考核)", "third_party_evaluation"),
        (r"纪检|纪委|监委|监察", "discipline"),
        (r"媒体|曝光|新闻|舆情|电视台|报社|网络反映", "media"),
        (r"群众|举报|信访|来信|来访|投诉|热线|12317|12345|市长信箱|留言", "public_report"),
        (r"自查|自纠|自检|自评|自排|排查|摸排|自我检查", "self_inspection"),
        (r"(?:中央|党中央|中共中央|国家|国务院|中巡|中纪).*", "central_inspection"),
        (r"省(?:.{0,8}考|[^、,;。]{0,16}(?:考核|考评))|考核.{0,4}省", "provincial_assessment"),
        (
            r"省.{0,12}(?:巡视|督查|督察|检查|暗访|督导|巡查|明察)|省(?:委|政府|级)?(?:巡视|督查)|常态化督查|^省巡",
            "provincial_inspection",
        ),
        (r"^巡视|^专项巡视", "?巡视"),
        (r"^(?:成效|年度|脱贫攻坚)?.{0,6}考核", "?考核"),
        (r"^(?:其他|其它|other)", "other"),
    )
)
_CODES = frozenset(code for _, code in _SOURCES if code[0] != "?") | {"other"}


def source_of(text: str) -> tuple[str | None, tuple[Fault, ...]]:
    """The code of DOMAIN's table; a word that is no known source is asked about."""
    bare = plain(text)
    if bare in _CODES:
        return bare, ()
    parts = [part for part in re.split(r"[、,;/+]|和|及(?!时)|与", re.sub(r"\([^)]*\)", "", bare)) if part]
    codes = {code for part in parts if (code := source_word(part))}
    if len(codes) == 1:
        return codes.pop(), ()
    if len(codes) > 1:
        whole = source_word(bare)
        same_kind = len(parts) == 1 and whole
        return (whole, ()) if same_kind else (None, (fault("several_sources", phrase=text),))
    return None, (fault("unknown_source", phrase=text[:40]),)


def source_word(text: str) -> str | None:
    for pattern, code in _SOURCES:
        if pattern.search(text):
            return None if code[0] == "?" else code
    return None


def source_in(text: str) -> str | None:
    """The one source a title or section row names; category names (群众认可度) and mere 排查 say nothing about it."""
    bare = re.sub(r"群众(?:认可度|满意度)|(?:涉贫)?信访舆情|排查|摸排", "", plain(text))
    codes = {code for pattern, code in _SOURCES[:-1] if code[0] != "?" and pattern.search(bare)}
    return codes.pop() if len(codes) == 1 else None


_SOMEBODY_FOUND = re.compile(
    r"^(?P<who>[^,;。]{2,20}?)(?:中)?(?:反馈|指出|发现|查出|通报|曝光|交办|移交)(?:意见)?的?[^,;。]{0,8}问题"
)
_NOBODY = re.compile(
    r"(?:本次|此次|这次|该|上述|以上|前期|近期|专项|常规)*(?:巡视|巡察|督查|督察|考核|检查|评估|审计|调研)?(?:组|工作|过程)?(?:中|所)?|"
    r".*(?:方面|领域|环节|上)"
)


def somebody_in(text: str, vocabulary: Vocabulary) -> str | None:
    """Who found the problems below a section row (市人大代表视察发现的问题), whether or not that is a source we know; a
    theme or a county with problems is nobody."""
    bare = re.sub(r"^(?:第?[(]?[一二三四五六七八九十\d]{1,3}[)、.]?)+", "", plain(text))
    found = _SOMEBODY_FOUND.match(bare)
    if found is None or _NOBODY.fullmatch(found["who"]):
        return None
    about = found["who"] in vocabulary.places or categories_in(found["who"], vocabulary)
    return None if about else found["who"]


_CATEGORY_WORDS: Mapping[str, str] = {
    "两不愁三保障": r"两不愁|三保障|义务教育|控辍保学|基本医疗|医疗保障|住房安全|危房|住房保障|教育保障",
    "易地扶贫搬迁": r"[易异]地.{0,4}搬迁|搬迁",
    "安全饮水": r"饮水|供水",
    "村卫生室空白村": r"卫生室|村医",
    "小额贷款": r"小额(?:信贷|贷款)|信贷|贷款",
    "资金项目管理": r"资金|项目",
    "致贫返贫": r"返贫|致贫",
    "涉贫信访舆情": r"信访|舆情",
    "群众认可度": r"认可度|满意度",
}


def category_of(text: str, vocabulary: Vocabulary) -> tuple[str | None, tuple[Fault, ...]]:
    """The category's full name."""
    bare = re.sub(r"^[(（]?(?:第?[一二三四五六七八九十\d]{1,2}类?)[)）、.:]+", "", plain(text)).rstrip("类。")
    found = categories_in(bare, vocabulary)
    if len(found) == 1:
        return found[0], ()
    key = "several_categories" if found else "unknown_category"
    return None, (fault(key, phrase=text[:40], categories=vocabulary.category_names),)


def categories_in(text: str, vocabulary: Vocabulary) -> list[str]:
    """Categories named in a text; a full name or code hides mere words."""
    bare = re.sub(r"[、“”\"]", "", plain(text))
    exact = [
        item.name for item in vocabulary.categories if bare in (item.code, plain(item.name), *map(plain, item.aliases))
    ]
    if exact:
        return exact
    named = [
        item.name for item in vocabulary.categories if any(plain(name) in bare for name in (item.name, *item.aliases))
    ]
    if named:
        return named
    return [
        item.name
        for item in vocabulary.categories
        if (pattern := _CATEGORY_WORDS.get(item.name)) and re.search(pattern, bare)
    ]


_WHOLE_CITY = re.compile(r"全市|市本级|市级|市直.*|各县\(?[、市区]*\)?.*|\d+个县.*|全部县.*|本级")


@dataclass(frozen=True)
class Where:
    county: str | None = None
    rest: str = ""  # township or village written behind the county


def county_of(text: str, vocabulary: Vocabulary) -> tuple[Where, tuple[Fault, ...]]:
    """The full name: exact, by alias, by short name; 邵阳市双清区 and 新邵县潭府乡 too. Several are asked about."""
    bare = re.sub(r"^\(?\d{1,2}[.、)]+|\(?\d+个(?:问题)?\)?$", "", plain(text))  # 1.新邵县（3个）
    if found := vocabulary.places.get(bare):
        return Where(found), ()
    if vocabulary.root and _WHOLE_CITY.fullmatch(bare):
        return Where(vocabulary.root.name), ()
    parts = [part for part in re.split(r"[、,;/和及]", bare) if part]
    if len(parts) > 1:
        names = {vocabulary.places.get(part) for part in parts}
        if None not in names and len(names) == 1:
            return Where(names.pop()), ()
        key = "several_counties" if any(names) else "unknown_county"
        return Where(), (fault(key, phrase=text[:40], counties=vocabulary.county_names),)
    without_city = _without_city(bare, vocabulary)
    if found := vocabulary.places.get(without_city):
        return Where(found), ()
    if match := vocabulary.place_pattern.match(without_city):
        rest = without_city[match.end() :]
        if re.search(r"(?:乡|镇|街道|村|社区|办事处|场)", rest) or re.fullmatch(
            r"(?:人民)?(?:县委)?政府|\(?(?:[县市区]?本级|[县市区]直(?:单位|部门)?)\)?", rest
        ):
            return Where(vocabulary.places[match[0]], rest), ()
    return Where(), (fault("unknown_county", phrase=text[:40], counties=vocabulary.county_names),)


def _without_city(text: str, vocabulary: Vocabulary) -> str:
    text = re.sub(r"^[一-龥]{2,3}省", "", text)
    root = plain(vocabulary.root.name) if vocabulary.root else ""
    if root and text.startswith(root) and len(text) > len(root):
        return text[len(root) :]
    return text


def counties_in(text: str, vocabulary: Vocabulary) -> list[str]:
    """Counties (not the city itself) named anywhere in a text, by names of three characters and more."""
    bare = plain(text)
    root = vocabulary.root.name if vocabulary.root else None
    found = (vocabulary.places[name] for name in vocabulary.place_pattern.findall(bare))
    return [name for name in dict.fromkeys(found) if name != root]


_KINDS = (
    (re.compile(r"立行立改|立即|即知即改|立整立改|立查立改|即改|边.改|马上|immediate"), "immediate"),
    (re.compile(r"长期|常态|持续|体制机制|long_term"), "long_term"),
    (re.compile(r"限期|限时|期限|按期|分阶段|阶段性|定期|time_limited|短期|中期"), "time_limited"),
)


def kind_of(text: str) -> tuple[str | None, tuple[Fault, ...]]:
    found = [code for pattern, code in _KINDS if pattern.search(plain(text))]
    if len(found) == 1:
        return found[0], ()
    return None, (fault("unknown_kind", phrase=text[:30]),)


DONE = "done"  # finished by own account: no state of the workflow, what it means depends on the ledger
_STATES = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (
            r"不予列单|不再列单|已?撤销|已?合并|并案|并入|^重复(?:件|交办|反映|举报|问题)|移交其他|不属实|不予受理|dismissed",
            "dismissed",
        ),
        (
            r"(?:未|没有|尚未|暂未|不)(?:提出|提交|报送|上报)?(?:申请|提交|上报|报送)|(?:拟|准备|计划|即将|预计)[^,;。]{0,8}?(?:申请|提请|报请)?(?:销号|验收)",
            "open",
        ),
        (r"部分(?:销号|销案|验收)|基本销号", "rectifying"),
        # what is still to come: 10月底前销号, 预计年底完成
        (
            r"^(?!.*已).*(?:[年月]底前?|旬前?|\d[日号]前|月前|季度前?|预计|(?<!按)计划|力争|争取|确保|即将|接近|将[于在]|有望|暂缓)[^,;。]{0,6}"
            r"(?:完成|办结|到位|销号|销案|清零|验收|解决|完毕)",
            "rectifying",
        ),
        (
            r"申请.{0,4}(?:销号|验收)|(?:上报|报请|提请|申报|报送|提交).{0,4}(?:销号|验收)|销号申请|待(?:[省市县区乡镇]级?)?(?:销号|验收|审核|核查|复查|复核|审批|核实|"
            r"认定|销案)|(?:销号|验收)(?:审核|审批|审查)?中|销号审核|正在(?:验收|审核|销号)|拟销号|审核中|reviewing",
            "reviewing",
        ),
        (
            r"(?:未|没有?|尚未|不|暂不|不予|不能|无法|暂未|待)(?:予以|能|经|通过|同意|准予)?(?:销号|销案|核销|验收|清零)",
            "open",
        ),
        (r"销号|销案|核销|清零|已验收$|验收(?:合格|通过)|(?:通过|经)验收|cleared", "cleared"),
        (
            r"(?:未|没有|尚未|还未|暂未)(?:开始|启动|整改|开展|动工|落实|实施|推进|交办|签收)(?!到位|完成|完毕|结束)|没有落实|待整改|待启动|待办|未受理|未处理|未办(?!结|理完)|assigned",
            "assigned",
        ),
        (r"已列单|待交办|listed", "listed"),
        (
            r"^(?!.*(?:推进|实施|落实中|整改中|按方案)).*(?:(?:制定|制订|编制|拟定|研究|完善|起草).{0,6}方案|方案.{0,4}(?:制定|制订|编制|报批|审批|待批)|planning)",
            "planning",
        ),
        (r"已?交办|已?转办|已下达|已签收|待签收|已派单|未开工", "assigned"),
        (
            r"未完成|未办结|未了结|剩余|余下|尚有|还有|一半|过半|大部分?|多数|已启动|已开工|(?:完成|整改)\D{0,2}(\d+)/(?!\1(?!\d))\d+(?![/\d])|"
            r"完成(?:了)?(?:整改)?(?:方案|招投?标|立项|设计|选址|前期|征地|摸排|排查|调查|登记|初步|初验|主体|基础|可研|预算|评审|勘[测察]|[一二]期)|"
            r"未(?:全部|按期|如期|按时|达到|整改|有效|彻底)|没有完成|尚未|部分|基本|正在|推进|整改中|办理中|进行中|实施中|处理中|序时|持续|"
            r"阶段性|长期|初见成效|取得.{0,6}(?:成效|进展)|正常|按计划|有序|(?<!\d)\d{1,2}(?:\.\d+)?%|rectifying|落实中|在办|在改|在建|初步|逾期|超期|超时|滞后|建设中|施工",
            "rectifying",
        ),
        (
            r"完成|已整改|整改到位|办结|已(?:化解|消除|处置)|息[诉访]|已解决|已落实|已到位|整改完毕|已整治|已改|100%|完毕|^是$|到位|√|✓|已归还|已纠正|已兑现",
            DONE,
        ),
        (r"^否$|^×$|^未$", "rectifying"),
    )
)
_STRUCK_OFF = re.compile(r"^(?:是|√|✓|✔|已|同意|准予|准予销号|通过|合格|已通过|同意销号|已完成|完成|Y|y|yes)$")
_NOT_STRUCK_OFF = re.compile(r"^(?:否|×|✗|未|不|不同意|未通过|不合格|N|n|no|未完成|未申请)$")


def state_of(text: str) -> str | None:
    """A state, ``DONE``, ``open`` (said to be not struck off) or None where no word is known."""
    bare = plain(text)
    for pattern, code in _STATES:
        if pattern.search(bare):
            return code
    return None


def strike_off_of(text: str) -> str | None:
    """What a column about striking off says: cleared, reviewing, open, or None."""
    bare = plain(text)
    if _STRUCK_OFF.match(bare):
        return "cleared"
    if _NOT_STRUCK_OFF.match(bare):
        return "open"
    found = state_of(bare)
    return "open" if found in ("rectifying", "assigned", "planning", "listed") else found


_SCALE = {
    "元": 1,
    "万元": 10_000,
    "亿元": 100_000_000,
    "万": 10_000,
    "亿": 100_000_000,
    "千元": 1_000,
    "百万元": 1_000_000,
}
_AMOUNT = re.compile(
    r"(?:约|共计?|合计|涉及|人民币|¥|￥)*(-?\d+(?:\.\d+)?)(?:余|多)?(亿元|百万元|万元|千元|亿|万|元)?(?:左右|余|整)?"
)


def unit_of_amount(header: str) -> str | None:
    """元, 万元 or 亿元 as a header or a line above the table says it."""
    match = re.search(r"[(\[/:](?:单位:?)?(亿元|百万元|万元|千元|元)[)\]]?|^(亿元|万元|元)$", plain(header))
    return (match[1] or match[2]) if match else None


def scale_of_amount(header: str) -> int | None:
    """How many yuan one of the header's units is; None where it says none."""
    return _SCALE[unit] if (unit := unit_of_amount(header)) else None


def amount_of(text: str, unit: str | None) -> tuple[Decimal | None, tuple[Fault, ...]]:
    """Yuan. Thousands separators, — for none; the cell's own unit before the header's; no unit at all is asked about."""
    if is_nothing(text):
        return None, ()
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))
    match = _AMOUNT.fullmatch(bare)
    if match is None:
        return None, (fault("unreadable_amount", phrase=text[:30]),)
    own = match[2] or unit
    if own is None:
        return None, (fault("amount_unit_missing", phrase=text[:30]),)
    try:
        yuan = Decimal(match[1]) * _SCALE[own]
    except InvalidOperation:
        return None, (fault("unreadable_amount", phrase=text[:30]),)
    return yuan.quantize(Decimal("0.01")), ()


def whole_of(text: str) -> int | None:
    """93, ９３, 1,204 and 93.0; None for anything else."""
    if not text:
        return None
    bare = re.sub(r"(?<=\d),(?=\d{3})", "", plain(text))
    match = re.fullmatch(r"(\d{1,9})(?:\.0+)?", bare)
    return int(match[1]) if match else None


def serial_of(text: str) -> str:
    """５, 5., （5） and 5.0 are 5; anything else as written."""
    if text.isascii() and text.isdecimal() and len(text) <= 9:
        return str(int(text))
    bare = plain(text)
    match = re.fullmatch(r"[(第]?(\d{1,9})(?:\.0+)?[)、.号条项]*", bare)
    return str(int(match[1])) if match else bare
