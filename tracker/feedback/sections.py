"""Which parts of a document are problems: beside them stand praise, demands, arrangements and bare headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tracker.feedback.entries import Context, title_of
from tracker.feedback.outline import HEADING, Node
from tracker.feedback.terms import label_in, terms_of
from tracker.ledgers.vocabulary import plain

LONGEST_HEADING = 40  # of what is shown above an entry
_LACKING = re.compile(
    r"不(?!断|懈|折不扣|愁|忘|仅|但|得|准|要|能只|留死角|漏)|未|没|无(?!论)|缺|差|弱|薄|低|慢|滞|迟|违|闲置|空白|流于|超|错|漏|假|挪|截留|套取|浪费|"
    r"问题(?!整改|清单|销号)|短板|不足|困难|隐患|雷同|弄虚|拖|欠|逾期|损|死亡|渗|停产|反弹|重复|粗|偏|乱"
)
_OTHERS = re.compile(
    r"(?:整改|工作|有关|相关|几点|下一步|下步|具体|落实)?(?:整改)?(?:工作)?(?:要求|建议|意见|安排|打算|措施|对策|部署)(?:和(?:要求|建议|意见|措施))?$|"
    r"^(?:主要|工作|整改|取得的?|总体)*(?:成效|成绩|做法|亮点|经验|进展|特点)(?!不|未|差|方面)|(?:基本|总体|检查|督查|督察|工作|巡视|评估|审计|调研)(?:工作)?(?:的)?(?:情况|概况|评价)$|工作(?:开展|推进|进展|完成)情况$|"
    r"^(?:检查|督查|评估|调查|考核|抽样|填报|有关|情况)?(?:说明|备注|附注)$|组织(?:领导|实施|保障)|保障措施|指导思想|总体要求|基本原则|(?:发展|总体|主要|工作)目标|方法步骤|时间安排|抓好(?:整改|落实)"
)
PROBLEM_SECTION = re.compile(
    r"(?:存在|发现|反馈|查出|突出|主要|具体|需(?:要)?整改|移交|指出|巡视|督查|审计)[^。]{0,8}问题|问题(?:清单|及|和|$)"
)
_DEMAND = re.compile(
    r"^(?:请(?![示客假托吃])|要(?![素求])|须|务必|应当?|必须|希望|建议|望|各(?:级|县|地|部门|单位|乡|责任|有关|相关|市)|你(?:市|县|区|单位|局)|对.{0,24}?[，,]?(?:要(?!求)|将|严肃)|认真|切实|进一步|加强|"
    r"强化|严格|加快|加大|压实|提高|坚持|深入|扎实|健全|完善|建立|抓好|抓实|做好|举一反三|高度重视|严肃|确保|及时报送|按(?:时|期|要求)|(?:以上|上述)问题|"
    r"对(?:以上|上述|照))"
)
_ORDER = re.compile(
    r"(?:(?:本次|此次)?(?:督察|督查|督导|巡视|巡察|会议|检查|考核|评估|审计|反馈)|[^。，；：]{0,14}组(?:组长|副组长)?)(?:还|并|同时|最后)?"
    r"(?:要求|强调|建议|指示|提出了?[^。；：:]{0,8}(?:要求|意见|建议))[，,：:]|"
    r"请(?![示客假托吃])|(?:以上|上述|对以上|对上述)|对[^。；]{0,24}[，,]?(?:将(?!近)|严肃|要(?!求))(?!.{0,6}(?:不|未|没))"
)


_PRAISE = re.compile(r"表扬|表彰|嘉奖|激励|典型(?:经验|做法)|先进(?:集体|个人|单位)")


def praises(title: str) -> bool:
    """关于对…典型经验做法给予表扬的通报: none of what it counts up is a problem, however it is numbered."""
    return bool(_PRAISE.search(title)) and not re.search(r"问题|批评|不力|约谈", title)


def problem_sections(nodes: Sequence[Node]) -> frozenset[int]:
    """Where some part calls itself the problems found, the others are something else."""
    return frozenset(
        id(node)
        for node in nodes
        if node.children and is_heading(node) and len(words := own_words(node)) <= 20 and PROBLEM_SECTION.search(words)
    )


def tells_lacks(node: Node) -> bool:
    """Whether what stands in a part reads like problems all the same: 三、干部作风方面 beside 二、存在的主要问题."""
    told = [path[-1].wording for path in leaves((node,)) if not path[-1].children]
    return sum(bool(_LACKING.search(words)) and not is_demand(words) for words in told) * 2 >= len(told)


def own_words(node: Node) -> str:
    """A heading's words; of a paragraph that announces a list, what it says last (…长足进步。还存在以下问题：)."""
    words = plain(node.text).rstrip("。：:")
    return re.split(r"[。；，,;]", words)[-1] if node.kind == HEADING and plain(node.text).endswith(":") else words


def of_others(node: Node) -> bool:
    """A part whose short title says demands, praise or arrangements, and nothing of a lack."""
    words = own_words(node) if node.kind == HEADING else re.split(r"[。：:]", plain(node.text))[0]
    words = re.split(r"[。：:]", words)[0]
    if not words or len(words) > 24 or (_LACKING.search(words) and not re.search(r"(?:要求|建议|意见)$", words)):
        return False
    if PROBLEM_SECTION.search(words) and (
        re.search(r"问题[及和与、]", words) or not re.search(r"(?:要求|建议)$", words)
    ):
        return False
    return bool(_OTHERS.search(words) or (node.children and is_demand(words)))


def is_demand(text: str) -> bool:
    first = re.split(r"[，。；\n]", text.strip())[0]
    return is_order(text) or (bool(_DEMAND.match(text.strip())) and not _LACKING.search(first))


def is_order(text: str) -> bool:
    """Plainly said to somebody: 请…, 以上问题…, 对整改不力的，要严肃问责."""
    return bool(_ORDER.match(text.strip()))


def is_heading(node: Node) -> bool:
    return node.kind == HEADING or node.heading is not None or node.kind in ("part", "chinese", "chinese_bracket")


def is_only_heading(node: Node, lines: Sequence[str]) -> bool:
    """A title without anything below it: no sentence, and nothing lacking said."""
    text = plain(lines[0])
    if len(lines) == 1 and text.endswith(":") and len(text) <= 30 and PROBLEM_SECTION.search(text.rstrip(":")):
        return not re.search(r"[。；]", text)  # 监督中发现的问题：
    return (
        len([line for line in lines if line]) == 1
        and is_heading(node)
        and len(text) <= 20
        and not re.search(r"[。；，]", text)
        and (not _LACKING.search(text) or bool(PROBLEM_SECTION.search(text)))
    )


def leaves(path: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    if path[-1].wording:
        yield path
    for child in path[-1].children:
        yield from leaves((*path, child))


def clause_of(path: Sequence[Node]) -> str | None:
    """The numbers from the outermost inwards: 二（一）3; 1.2.1 says all of it by itself."""
    said = ""
    for node in path:
        own = node.label
        if own.startswith(said) and node.kind.startswith("dotted"):
            said = ""
        said += own
    return said or None


def headings_above(path: Sequence[Node]) -> str:
    """The headings an entry stands under."""
    return " › ".join(text for node in path if (text := _short(node)[:LONGEST_HEADING]))


def _short(node: Node) -> str:
    announces = node.kind == HEADING and plain(node.text).endswith(":") and len(node.text) > LONGEST_HEADING
    return own_words(node) if announces else title_of(re.split(r"\n", node.text)[0])


def has_terms(node: Node, context: Context) -> bool:
    return terms_of(node.wording, context.written).any or any(has_terms(child, context) for child in node.children)


def has_units(node: Node, context: Context) -> bool:
    """Whether somebody is named to do something about it: then it is asked to be listed, whatever its part is called."""
    terms = terms_of(node.wording, context.written)
    return bool(terms.units or terms.lead) or any(has_units(child, context) for child in node.children)


def are_parts(children: Sequence[Node]) -> bool:
    """（1）…；（2）…；（3）…。 are parts of one sentence."""
    return len(children) > 1 and all(child.wording.rstrip().endswith(("；", ";")) for child in children[:-1])


def terms_trail(node: Node, context: Context) -> bool:
    """Parts of one sentence, and the terms of the whole below the last of them."""
    *others, last = node.children
    return are_parts(node.children) and has_terms(last, context) and not any(has_terms(one, context) for one in others)


def groups_of(lines: Sequence[str], context: Context) -> list[str]:
    """Lines gathered into entries: one with nothing but terms in it goes with the line before. A first line that is a
    title stays with what follows it."""
    groups: list[list[str]] = []
    for line in lines:
        label = label_in(line)
        only_terms = bool(label and label[1] <= 1 and label[0] != "title") or (
            bool(line) and (terms := terms_of(line, context.written)).any and len(plain(terms.bare)) < 4
        )
        valued = bool(groups) and re.search(r"[:：]\s*$", groups[-1][-1]) and label_in(groups[-1][-1]) is not None
        if groups and (only_terms or valued):
            groups[-1].append(line)
        elif line:
            groups.append([line])
    return ["\n".join(group) for group in groups]


_LISTED = re.compile(
    r"(?P<before>.*?(?:发现|存在|指出)[^。：:]{0,20}问题[^。：:]{0,12}[：:])(?P<listed>[^。]+；[^。]+。)(?P<after>.*)",
    re.S,
)


def listed_in(text: str) -> tuple[str, list[str], str] | None:
    """…取得成绩。发现一些问题，主要是：甲；乙；丙。同时，…: what stands before, the problems, what stands behind."""
    if (found := _LISTED.fullmatch(text)) is None:
        return None
    return found["before"].strip(), re.findall(r"[^；]+；?", found["listed"]), found["after"].strip()
