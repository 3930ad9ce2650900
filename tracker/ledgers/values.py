"""One cell's text → one value: tables of words and small readers, one for each kind of field.

Each reader returns what it understood and the faults it found; it never fills in what is not written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property

from tracker.ledgers.problems import Fault, fault

# ---- what the installation knows ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Category:
    code: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """What a person put right on the import page, or what this office's ledger was found to mean last time.

    header_rows: sheet → first and last row of the header. columns: header as written → field code, "" to leave out.
    answers: cell address → text to read in place of what stands there. The rest holds for rows that do not say.
    """

    header_rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    ledger_date: date | None = None
    source: str | None = None
    category: str | None = None
    county: str | None = None
    take_hidden: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """Names to match against, the calendar of working days, and what people corrected.

    ``root`` is the city itself (its own level counts as a county: 市本级). ``add_workdays(day, n)`` is the n-th working
    day after ``day``.
    """

    categories: Sequence[Category]
    counties: Sequence[Place]
    add_workdays: Callable[[date, int], date]
    root: Place | None = None
    correction: Correction = field(default_factory=Correction)

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Every name a county goes by → its full name: aliases, and short names that only one county has."""
        names: dict[str, str] = {}
        for place in (*self.counties, *([self.root] if self.root else [])):
            for name in (place.name, *place.aliases):
                names[plain(name)] = place.name
        stems: dict[str, set[str]] = {}
        for place in (*self.counties, *([self.root] if self.root else [])):
            for name in (place.name, *place.aliases):
                stems.setdefault(stem(name), set()).add(place.name)
        for short, owners in stems.items():
            if len(owners) == 1 and len(short) >= 2:
                owner = next(iter(owners))
                for ending in ("", "县", "市", "区"):
                    names.setdefault(short + ending, owner)
        return names

    @cached_property
    def place_pattern(self) -> re.Pattern[str]:
        names = sorted((name for name in self.places if len(name) > 2), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, names)) or r"(?!)")

    @property
    def county_names(self) -> str:
        return "、".join(place.name for place in self.counties)

    @property
    def category_names(self) -> str:
        return "、".join(category.name for category in self.categories)


def plain(text: str) -> str:
    """One width and no white space: for comparing, never for keeping."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


_PEOPLES = "苗族|侗族|瑶族|土家族|回族|壮族|白族|彝族|布依族|各族|满族|蒙古族|藏族|维吾尔|哈萨克|羌族|傣族|黎族|仡佬族|水族|畲族|拉祜族|佤族|哈尼族"


def stem(name: str) -> str:
    """城步苗族自治县 → 城步, 邵东市 → 邵东."""
    return re.sub(rf"(?:(?:{_PEOPLES})+自治)?(?:县|市|区|旗)$", "", plain(name))


_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "没有",
        "～",
        "~",
        "_",
        "／",
        "－",
        "空",
        "N/A",
        "n/a",
        "不涉及",
    }
)


def is_nothing(text: str) -> bool:
    """Marks people write for "none"."""
    return len(text) <= 8 and plain(text) in _NOTHING


# ---- source ------------------------------------------------------------------------------------------------------

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
        (r"省.{0,8}(?:考核|考评|考)|考核.{0,4}省", "provincial_assessment"),
        (
            r"省.{0,12}(?:巡视|督查|督察|检查|暗访|督导|巡查|明察)|省(?:委|政府|级)?(?:巡视|督查)|常态化督查",
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


# ---- category ----------------------------------------------------------------------------------------------------

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


# ---- county ------------------------------------------------------------------------------------------------------

_WHOLE_CITY = re.compile(r"全市|市本级|市级|市直.*|各县\(?[、市区]*\)?.*|\d+个县.*|全部县.*|本级")


@dataclass(frozen=True)
class Where:
    county: str | None = None
    rest: str = ""  # township or village written behind the county


def county_of(text: str, vocabulary: Vocabulary) -> tuple[Where, tuple[Fault, ...]]:
    """The full name: exact, by alias, by short name; 邵阳市双清区 and 新邵县潭府乡 too. Several are asked about."""
    bare = plain(text)
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
            r"(?:人民)?(?:县委)?政府|本级|县直", rest
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


# ---- kind and state ----------------------------------------------------------------------------------------------

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
        (r"不予列单|不再列单|已?撤销|已?合并|移交其他|不属实|不予受理|dismissed", "dismissed"),
        (
            r"(?:未|没有|尚未|暂未|不)(?:提出|提交|报送|上报)?(?:申请|提交|上报|报送)|(?:拟|准备|计划|即将)(?:申请|提请|报请)?(?:销号|验收)",
            "open",
        ),
        (r"部分(?:销号|销案|验收)|基本销号", "rectifying"),
        (
            r"申请.{0,4}(?:销号|验收)|(?:上报|报请|提请|申报|报送|提交).{0,4}(?:销号|验收)|销号申请|待(?:销号|验收|审核|核查|复查|复核|审批|核实|"
            r"认定|销案)|(?:销号|验收)(?:审核|审批|审查)?中|销号审核|正在(?:验收|审核|销号)|拟销号|审核中|reviewing",
            "reviewing",
        ),
        (
            r"(?:未|没有?|尚未|不|暂不|不予|不能|无法|暂未|待)(?:予以|能|经|通过|同意|准予)?(?:销号|销案|核销|验收)",
            "open",
        ),
        (r"销号|销案|核销|清零|已验收$|验收(?:合格|通过)|(?:通过|经)验收|cleared", "cleared"),
        (
            r"(?:未|没有|尚未|还未|暂未)(?:开始|启动|整改|开展|动工|落实|实施|推进|交办|签收)(?!到位|完成|完毕|结束)|没有落实|待整改|待启动|assigned",
            "assigned",
        ),
        (r"已列单|待交办|listed", "listed"),
        (
            r"^(?!.*(?:推进|实施|落实中|整改中|按方案)).*(?:(?:制定|制订|编制|拟定|研究|完善|起草).{0,6}方案|方案.{0,4}(?:制定|制订|编制|报批|审批|待批)|planning)",
            "planning",
        ),
        (r"已?交办|已?转办|已下达|已签收|待签收|已派单|未开工", "assigned"),
        (
            r"未完成|未(?:全部|按期|如期|按时|达到|整改|有效|彻底)|没有完成|尚未|部分|基本|正在|推进|整改中|办理中|进行中|实施中|处理中|序时|持续|"
            r"阶段性|长期|初见成效|取得.{0,6}(?:成效|进展)|正常|按计划|有序|(?<!\d)\d{1,2}(?:\.\d+)?%|rectifying|落实中|在办|在改|在建|初步|逾期|超期|超时|滞后|建设中|施工",
            "rectifying",
        ),
        (
            r"完成|已整改|整改到位|办结|已解决|已落实|已到位|整改完毕|已整治|已改|100%|完毕|^是$|到位|√|✓|已归还|已纠正|已兑现",
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


# ---- units -------------------------------------------------------------------------------------------------------

_UNIT_ENDING = (
    r"(?:局|委|办|部|厅|院|校|站|所|中心|政府|办公室|委员会|公司|银行|联社|社|协会|联合会|妇联|残联|工会|团委|总队|支队|大队|中队|队|组|村|社区|"
    r"街道|镇|乡|县|区|市|学|场|专班|指挥部|办事处|分局|分行|支行|集团|党委|党组|支部|科|处|室|股|单位|部门|馆|园|法院|检察院|县\(市、区\))"
)
_MARK = re.compile(
    r"[(\[【](?:[^()\[\]【】]{0,4})?(牵头|主责|主办|负总责|配合|协办|协助|责任|落实|参与|主管|承办)(?:单位|部门)?[)\]】]|^\d{1,2}[.、)]"
)
_LABEL = re.compile(r"(牵头|主责|主办|责任|配合|协办|协助|参与|落实|承办|实施|整改责任|主管)(?:单位|部门)?[::]")
_SPLIT = re.compile(r"[、,;/|\n\r\t。]+")
_LEADS = frozenset({"牵头", "主责", "主办", "负总责", "主管"})
_ENDS_AS_UNIT = re.compile(_UNIT_ENDING + "$")


@dataclass(frozen=True)
class Units:
    names: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()  # those marked as leading


def units_of(text: str) -> Units:
    """Every unit named, in order, marks removed; the leading one where a mark or label says so."""
    text = unicodedata.normalize("NFKC", re.sub(r"[①-⑳]", "\n", text.replace("\u3000", " ")))
    names: list[str] = []
    lead: list[str] = []
    leading = False
    for piece in _pieces(text):
        if label := _LABEL.match(piece):
            leading = label[1] in _LEADS
            piece = piece[label.end() :]
        marks = {match[1] for match in _MARK.finditer(piece) if match[1]}
        name = re.sub(r"\s+", "", _MARK.sub("", piece)).strip(".:·")
        name = re.sub(r"(?<=.{3})等(?:单位|部门)?$", "", name)
        if not name or is_nothing(name):
            continue
        if name not in names:
            names.append(name)
        if (leading or marks & _LEADS) and name not in lead:
            lead.append(name)
    return Units(tuple(names), tuple(lead))


def _pieces(text: str) -> list[str]:
    """Split at marks outside brackets, at spaces between whole units, and at 和 after a whole unit."""
    shielded = re.sub(r"[(\[【][^()\[\]【】]*[)\]】]", lambda match: _SPLIT.sub("\x00", match[0]), text)
    shielded = _LABEL.sub(lambda match: "\n" + match[0], shielded)
    pieces: list[str] = []
    for part in _SPLIT.split(shielded):
        words = part.split()
        whole = all(_ENDS_AS_UNIT.search(_MARK.sub("", word)) and len(word) > 2 for word in words)
        for word in words if whole else [part]:
            pieces.extend(_split_at_and(word))
    return [piece.replace("\x00", "、").strip() for piece in pieces if piece.strip()]


def _split_at_and(text: str) -> list[str]:
    """县水利局和扶贫办 are two; 发展和改革局 is one: the left side must be a whole unit of its own."""
    for match in re.finditer(r"以及|会同|和|及|与", text):
        left, right = text[: match.start()].strip(), text[match.end() :].strip()
        if len(left) > 2 and len(right) > 2 and _ENDS_AS_UNIT.search(left) and _ENDS_AS_UNIT.search(right):
            return [left, *_split_at_and(right)]
    return [text]


# ---- people ------------------------------------------------------------------------------------------------------

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁"
    "杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程"
    "嵇邢滑裴陆荣翁荀羊惠甄曲家封芮储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶"
    "郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充"
    "慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾沙养鞠须丰关蒯相"
    "查后荆红游竺权盖益桓公肖闫涂代粟佘仝苟雒阳银覃龙付兰车祝"
)
_POST = (
    r"(?:[一-龥]{0,14}?(?:县|市|区|镇|乡|省|州|村|党|委|局|办|部|院|校|站|所|中心|政府|人大|政协|组|总工|街道|社区|司|处|科|室|监察|公司|常务|副|第一|驻村|支|工作)?"
    r"(?:书记|副?市长|副?县长|副?区长|副?镇长|副?乡长|副?局长|副?主任|副?部长|副?主席|常委|委员|副?秘书长|副?组长|副?队长|副?院长|副?校长|副?站长|副?所长|"
    r"副?主任委员|副?会长|副?科长|副?处长|副?股长|副?厅长|副?省长|专员|副?巡视员|调研员|副?指挥长|村主任|支书|党组成员|副?经理|董事长|副?总经理|副?行长|"
    r"专干|干部|总工程师|政委|检察长|主委|工作人员|负责人|四级调研员|同志|副?司长|副?主办|网格长|馆长|园长|总干事))"
)
_ONLY_POST = re.compile(rf"(?:{_POST})+")
_NO_NAME = re.compile(
    r"(?:局|办|委|厅|处|政府|中心|办公室|公司|委员会|街道|银行|单位|部门|全体|各.*)$|^各|^全体|负责|按|见"
)
_NAME = re.compile(r"[一-龥]{2,4}|[一-龥]{1,6}(?:[·.•][一-龥]{1,6})+")
_PHONE = re.compile(r"(?:\+?86)?[-\s]?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}|0\d{2,3}[-\s]?\d{7,8}|\d{7,11}")
_PEOPLE_SPLIT = re.compile(r"[、,;/|\n\r]+|(?<=[一-龥])(?:和|及)(?=[一-龥]{2,4}$)")


@dataclass(frozen=True)
class Person:
    name: str
    post: str = ""
    phone: str = ""


@dataclass(frozen=True)
class People:
    people: tuple[Person, ...] = ()
    unread: str = ""  # text that names nobody

    @property
    def names(self) -> list[str]:
        return [person.name for person in self.people]


def people_of(text: str) -> People:
    """Names with the posts written beside them: 副市长 李志强, 李志强（副市长）, 县委常委、副县长李志强."""
    cleaned = re.sub(r"^[^::]{2,8}[::]", "", unicodedata.normalize("NFKC", text.replace("\u3000", " ")).strip())
    people: list[Person] = []
    posts: list[str] = []
    for piece in _people_pieces(cleaned):
        person = _person(piece)
        if person is None:
            if _is_post(piece):
                posts.append(re.sub(r"\s+", "", piece))
                continue
            return People((), text)
        if posts:
            person = Person(person.name, "、".join(filter(None, [*posts, person.post])), person.phone)
            posts = []
        people.append(person)
    if posts and people:
        last = people.pop()
        people.append(Person(last.name, "、".join(filter(None, [last.post, *posts])), last.phone))
    elif posts:
        return People((), text)
    return People(tuple(dict.fromkeys(people)))


def _people_pieces(text: str) -> list[str]:
    shielded = re.sub(r"[(\[][^()\[\]]*[)\]]", lambda match: re.sub(r"[、,;/]", "\x00", match[0]), text)
    pieces: list[str] = []
    for part in _PEOPLE_SPLIT.split(shielded):
        words = part.split()
        names = [word for word in words if len(word) > 1 and _plain_name(word)]
        pieces.extend(words if len(names) > 1 and len(names) == len(words) else [part])
    return [piece.replace("\x00", "、").strip() for piece in pieces if piece.strip()]


def _is_post(text: str) -> bool:
    return bool(_ONLY_POST.fullmatch(re.sub(r"\s+", "", text)))


def _plain_name(text: str) -> bool:
    if not _NAME.fullmatch(text) or _is_post(text) or _NO_NAME.search(text):
        return False
    return len(text) <= 2 or text[0] in _SURNAMES or not _ENDS_AS_UNIT.search(text)


def _person(text: str) -> Person | None:
    asides = [aside.strip() for aside in re.findall(r"[(\[]([^()\[\]]*)[)\]]", text)]
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]", " ", text)
    phones = _PHONE.findall(text)
    bare = _PHONE.sub(" ", bare).strip(" :.")
    notes = [aside for aside in asides if not _PHONE.fullmatch(aside)]
    name, post = _name_and_post(bare.split())
    if not name and len(notes) == 1 and _plain_name(notes[0]):
        name, post, notes = notes[0], re.sub(r"\s+", "", bare), []  # 副市长（李志强）
    if not name:
        return None
    return Person(name, "、".join(filter(None, [post, *notes])), phones[0].strip() if phones else "")


def _name_and_post(words: list[str]) -> tuple[str, str]:
    """The name and the post among words: 李　明, 副市长 李志强, 李志强副市长, 副县长李志强."""
    if len(words) >= 2 and all(len(word) == 1 for word in words) and len(words) <= 4:
        return "".join(words), ""
    joined = _join_single(words)
    names = [word for word in joined if _plain_name(word)]
    if len(names) == 1:
        return names[0], "".join(word for word in joined if word != names[0])
    if len(names) > 1:
        likely = [word for word in names if word[0] in _SURNAMES and len(word) <= 3]
        return (likely[0], "".join(w for w in joined if w != likely[0])) if len(likely) == 1 else ("", "")
    return _cut_name("".join(joined))


def _join_single(words: list[str]) -> list[str]:
    """副市长 李 明 → 副市长, 李明."""
    joined: list[str] = []
    for word in words:
        if joined and len(word) == 1 and len(joined[-1]) == 1:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _cut_name(text: str) -> tuple[str, str]:
    """A name written together with a post: of the cuts whose rest is a post, the one that leaves a likely name."""
    for size in (3, 2, 4):
        head, tail = text[:size], text[size:]
        if tail and head[:1] in _SURNAMES and _is_post(tail) and not _is_post(head):
            return head, tail
    for size in (3, 2, 4):
        head, tail = text[:-size], text[-size:]
        if head and tail[:1] in _SURNAMES and _is_post(head) and not _is_post(tail):
            return tail, head
    return "", ""


def units_and_people(text: str) -> tuple[Units, People]:
    """A cell that holds both: 新邵县财政局 李志强；潭府乡人民政府 王建国."""
    units: list[str] = []
    lead: list[str] = []
    people: list[Person] = []
    for piece in re.split(r"[、,;|\n\r/]+", unicodedata.normalize("NFKC", text.replace("\u3000", " "))):
        words = piece.replace(":", " ").replace("(", " ").replace(")", " ").split()
        for word in _join_single(words):
            if _plain_name(word) and not _ENDS_AS_UNIT.search(word):
                people.append(Person(word))
            elif _is_post(word) and people:
                people[-1] = Person(people[-1].name, word)
            elif not _PHONE.fullmatch(word):
                found = units_of(word)
                units.extend(name for name in found.names if name not in units)
                lead.extend(found.lead)
    return Units(tuple(units), tuple(lead)), People(tuple(dict.fromkeys(people)))


# ---- amounts -----------------------------------------------------------------------------------------------------

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


# ---- numbers -----------------------------------------------------------------------------------------------------


def serial_of(text: str) -> str:
    """５, 5., （5） and 5.0 are 5; anything else as written."""
    bare = plain(text)
    match = re.fullmatch(r"[(第]?(\d{1,9})(?:\.0+)?[)、.号条项]*", bare)
    return str(int(match[1])) if match else bare
