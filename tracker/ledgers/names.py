"""Units and people as cells name them: 县水利局（牵头）、县财政局; 副市长 李志强; and cells that hold both.

Nothing is looked up here: whether such a unit or person is known is the matching's business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tracker.ledgers.vocabulary import is_nothing

_UNIT_ENDING = (
    r"(?:局|委|办|部|厅|院|校|站|所|中心|政府|办公室|委员会|公司|银行|联社|社|协会|联合会|妇联|残联|工会|团委|总队|支队|大队|中队|队|组|村|社区|"
    r"街道|镇|乡|县|区|市|学|场|专班|指挥部|办事处|分局|分行|支行|集团|党委|党组|支部|科|处|室|股|单位|部门|馆|园|法院|检察院|县\(市、区\))"
)
_MARK = re.compile(
    r"[(\[【](?:[^()\[\]【】]{0,4})?(牵头|主责|主办|负总责|配合|协办|协助|责任|落实|参与|主管|承办)(?:单位|部门)?[)\]】]|^\d{1,2}[.、)]"
)
_BRACKETED = r"[(\[【](?:牵头|主责|主办|配合|协办|协助)(?:单位|部门)?[)\]】]"
_LABEL = re.compile(r"(牵头|主责|主办|责任|配合|协办|协助|参与|落实|承办|实施|整改责任|主管)(?:单位|部门)?[::]")
# 县水利局牵头，县财政局配合; 由县水利局负责
_ROLE_BEHIND = re.compile(
    rf"^由?(?P<name>.*{_UNIT_ENDING})(?:作?为)?(?:按照?(?:各自)?职责(?:分工)?)?(?:分别|具体|共同|全权)?(?P<role>牵头|主责|主办|负总责|负责|配合|协办|协助|参与|落实|承办)"
    r"(?:单位|部门|负责|落实|整改|实施|办理)*$"
)
_ITEM = re.compile(r"(?<![\d第.])\d{1,2}[、.)](?=[一-龥])")  # 1、县水利局2、县财政局
_SPLIT = re.compile(r"[、,;/|\n\r\t。]+")
_MEASURED_IN = frozenset({"元", "万元", "千元", "亿元", "万", "户", "人", "个", "处", "笔", "件"})  # 单位 beside 金额
_LEADS = frozenset({"牵头", "主责", "主办", "负总责", "主管"})
_SEAT = re.compile(r"(.*[县市区乡镇])(?:党?委|党工委)$")
_AGENCY = re.compile(
    r"(?:局|办|委|部|厅|院|校|站|所|中心|政府|办公室|委员会|公司|银行|联社|办事处|村委会|居委会|大队|支队)$"
)
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
        if behind := _ROLE_BEHIND.match(piece):
            marks, piece = marks | {behind["role"]}, behind["name"]
        name = re.sub(r"\s+", "", _MARK.sub("", piece)).strip(".:·")
        name = re.sub(r"(?<=.{3})等(?:单位|部门)?$", "", name)
        if not name and names and marks & _LEADS and names[-1] not in lead:
            lead.append(names[-1])  # a mark in a line of its own
        if not name or is_nothing(name) or name in _MEASURED_IN:
            continue
        if name in ("政府", "人民政府") and names and (seat := _SEAT.match(names[-1])):
            name = seat[1] + name  # 塘渡口镇党委、政府
        if name not in names:
            names.append(name)
        if (leading or marks & _LEADS) and name not in lead:
            lead.append(name)
    return Units(tuple(names), tuple(lead))


def _pieces(text: str) -> list[str]:
    """Split at marks outside brackets, at spaces between whole units, and at 和 after a whole unit."""
    shielded = re.sub(r"[(\[【][^()\[\]【】]*[)\]】]", lambda match: _SPLIT.sub("\x00", match[0]), text)
    shielded = _ITEM.sub("\n", shielded)
    shielded = re.sub(rf"({_BRACKETED})(?=[一-龥])", r"\1\n", shielded)  # 县水利局（牵头）县财政局（配合）
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
    r"(?:局|办|委|厅|处|政府|中心|办公室|公司|委员会|街道|银行|单位|部门|全体|各.*)$|^各|^全体|^[省市县区州乡镇村]|负责|按|见|^(?:待定|未定|暂缺|空缺|待明确|待补充|同上)$"
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
    cleaned = re.sub(r"^[^::()]{2,8}[::]", "", unicodedata.normalize("NFKC", text.replace("\u3000", " ")).strip())
    people: list[Person] = []
    posts: list[str] = []
    for piece in _people_pieces(cleaned):
        if _PHONE.fullmatch(piece) and people:
            people[-1] = Person(people[-1].name, people[-1].post, people[-1].phone or piece)
            continue
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
    bare = re.sub(r"(?<=[一-龥]{2})等(?:\d+人)?$", "", _PHONE.sub(" ", bare).strip(" :."))
    asides = [re.sub(r"^(?:联系)?(?:电话|手机号?码?|方式):?", "", aside) for aside in asides]
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


_UNITS_PERSON = re.compile(r"(?P<unit>[一-龥]{3,})[:：]\s*(?P<name>[一-龥]{2,4})(?=\s*(?:[、,，;；。\n\d]|$))")


def names_people_too(text: str) -> bool:
    """县水利局：钱进 in a column of units; no 牵头：县水利局."""
    return any(
        _ENDS_AS_UNIT.search(found["unit"]) and _plain_name(found["name"]) and not _ENDS_AS_UNIT.search(found["name"])
        and found["name"][0] in _SURNAMES and not _LABEL.match(found[0])
        for found in _UNITS_PERSON.finditer(text)
    )  # fmt: skip


def _unit_and_name(word: str) -> tuple[str, str]:
    """县财政局李志强, written together."""
    for size in (3, 2):
        unit, name = word[:-size], word[-size:]
        if len(unit) > 2 and _AGENCY.search(unit) and name[0] in _SURNAMES and not _ENDS_AS_UNIT.search(name):
            return unit, name
    return word, ""


def _unit_of_post(post: str) -> str:
    """县财政局局长 is of 县财政局."""
    cuts = (post[:end] for end in range(len(post) - 2, 3, -1))
    return next((unit for unit in cuts if _AGENCY.search(unit) and _is_post(post[len(unit) :])), "")


def units_and_people(text: str) -> tuple[Units, People]:
    """A cell that holds both: 新邵县财政局 李志强；潭府乡人民政府 王建国."""
    units: list[str] = []
    lead: list[str] = []
    people: list[Person] = []
    posts: list[str] = []  # 县委常委、副县长 before a name
    for piece in re.split(r"[、,;|\n\r/]+", unicodedata.normalize("NFKC", text.replace("\u3000", " "))):
        leads = any(match[1] in _LEADS for match in _MARK.finditer(piece))
        words = _MARK.sub(" ", piece).replace(":", " ").replace("(", " ").replace(")", " ").split()
        before = len(people)
        for word in _join_single(words):
            only_post = _is_post(word)  # 常务副市长 begins like a name
            name, post = (word, "") if only_post or _plain_name(word) else _cut_name(word)
            if name and not only_post and not _ENDS_AS_UNIT.search(word):
                people.append(Person(name, "、".join(filter(None, [*posts, post]))))
                posts = []
            elif _is_post(word) and len(people) > before and not people[-1].post:
                people[-1] = Person(people[-1].name, word)
            elif _is_post(word):
                posts.append(word)
            elif not _PHONE.fullmatch(word):
                word, name = _unit_and_name(word)
                people += [Person(name, "、".join(posts))] if name else []
                posts = [] if name else posts
                found = units_of(word)
                units.extend(name for name in found.names if name not in units)
                lead.extend(found.lead)
        if leads and units and units[-1] not in lead:
            lead.append(units[-1])
    units += posts  # of nobody named
    if not units:
        units = list(dict.fromkeys(unit for one in people if (unit := _unit_of_post(one.post))))
    return Units(tuple(units), tuple(lead)), People(tuple(dict.fromkeys(people)))
