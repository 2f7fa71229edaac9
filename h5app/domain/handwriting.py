"""What people write into a form on paper → what the catalogue calls it.

Rule: only the spelling changes. What cannot be told for certain stays as written, and the catalogue's checks say so.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.identity import parse_phone
from h5app.domain.questions import EDUCATIONS, ETHNICITIES, NONE_WORD, POLITICAL_STATUSES, SEXES, Kind, Question

_CHOICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"sex": SEXES, "ethnicity": ETHNICITIES, "political_status": POLITICAL_STATUSES, "education": EDUCATIONS}
)
# Choice → what people write for it, without spaces and brackets.
_SPELLINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sex": {"男": "男性 先生", "女": "女性 女士"},
        "ethnicity": {"维吾尔族": "维族", "哈萨克族": "哈族", "蒙古族": "蒙族", "朝鲜族": "鲜族"},
        "political_status": {
            "群众": "普通群众 一般群众 公民 普通公民",
            "中共党员": "党员 共产党员 中国共产党党员 中国共产党 中共 正式党员 中共正式党员",
            "中共预备党员": "预备党员 中国共产党预备党员",
            "共青团员": "团员 共青团 中国共青团员 中国共产主义青年团团员 共青",
            "民革党员": "民革 民革会员",
            "民盟盟员": "民盟 民盟会员",
            "民建会员": "民建",
            "民进会员": "民进",
            "农工党党员": "农工党",
            "致公党党员": "致公党",
            "九三学社社员": "九三 九三学社",
            "台盟盟员": "台盟",
            "无党派人士": "无党派",
        },
        "education": {
            "小学": "小学毕业",
            "初中": "初中毕业 初级中学",
            "高中": "高中毕业 普通高中 高级中学",
            "中专": "中等专科 中等专业学校 中专毕业 中师",
            "职高": "职业高中 职业中学 职高毕业",
            "技校": "技工学校 中技 技校毕业 技工",
            "大专": "大学专科 专科 高职 大专毕业 高职高专 高专",
            "本科": "大学本科 大学 大本 学士 本科毕业 大学毕业",
            "硕士研究生": "硕士 研究生硕士",
            "博士研究生": "博士 研究生博士",
        },
    }
)
_NOTHING = frozenset(
    {"", "无", "没有", "暂无", "无。", "/", "\\", "-", "—", "——", "－", "--", "···", "…", "N/A", "n/a"}
)
_TICK = "☑☒■√✓✔●"
_TICKED = re.compile(rf"[{_TICK}]\s*([^\s□○{_TICK}]+)|([^\s□○{_TICK}]+?)\s*[√✓✔]")
_ADDED = re.compile(r"(?:全日制|在职|函授|成人|自考|电大|网络教育|学历|毕业|教育)")
_IN_BRACKETS = re.compile(r"\(.*?\)")
_UNFINISHED = re.compile("在读|肄业|结业")
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TENS = re.compile(r"(?<!\d)十(\d?)(?=月|日|$|\D)")
_MONTHS = (
    re.compile(r"(\d{4})\D{1,3}(\d{1,2})(?:\D.*)?"),
    re.compile(r"(\d{4})(\d{2})(?:\d{2})?"),
    re.compile(r"(\d{2})\D{1,3}(\d{1,2})(?:\D.*)?"),
)
_YOUNGEST = 16
_LONGEST = 500
_BETWEEN_PHONES = re.compile(r"[/、,，;；\n]|\s{2,}|或")


def as_answer(question: Question, written: str, *, on: date) -> str:
    """What would be typed on our pages for what stands in a form; as written where that is not certain.

    >>> from h5app.domain.questions import BY_NAME
    >>> as_answer(BY_NAME["political_status"], "党员", on=date(2026, 1, 1))
    '中共党员'
    >>> as_answer(BY_NAME["birth_month"], "85.3", on=date(2026, 1, 1))
    '1985-03'
    """
    text = written.strip()
    if question.kind is not Kind.LINES and len(text) > _LONGEST:
        return " ".join(text.split())  # no answer at all, and the patterns below are for short ones
    if re.sub(r"\s", "", text) in _NOTHING:
        return NONE_WORD if text and question.none_word else ""
    if question.name in _CHOICES:
        return _choice(question.name, text)
    match question.kind:
        case Kind.MONTH:
            return _month(text, on=on)
        case Kind.ID_NUMBER:
            return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
        case Kind.PHONE:
            return _phone(text)
        case Kind.LINES:
            return text
        case _:
            return " ".join(text.split())


def _choice(name: str, text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    ticked = [first or second for first, second in _TICKED.findall(plain)]
    if len(ticked) == 1:
        plain = ticked[0]
    bare = re.sub(r"[\s。,.;:]", "", _IN_BRACKETS.sub("", plain))
    candidates = [] if _UNFINISHED.search(plain) else [bare, _ADDED.sub("", bare), f"{bare}族"]
    spelled = _spelled(name)
    return next((spelled[each] for each in candidates if each in spelled), " ".join(text.split()))


def _spelled(name: str) -> Mapping[str, str]:
    others = {word: choice for choice, words in _SPELLINGS[name].items() for word in words.split()}
    return others | {choice: choice for choice in _CHOICES[name]}


def _month(text: str, *, on: date) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().translate(_DIGITS)
    plain = _TENS.sub(lambda tens: f"1{tens[1] or 0}", plain)
    for pattern in _MONTHS:
        if found := pattern.fullmatch(plain):
            year, month = int(found[1]), int(found[2])
            if len(found[1]) == 2:
                year += 2000 if 2000 + year <= on.year - _YOUNGEST else 1900
            if 1 <= month <= 12:
                return f"{year:04d}-{month:02d}"
    return text


def _phone(text: str) -> str:
    """The first number of several, as written where none is one."""
    for part in (text, *_BETWEEN_PHONES.split(text)):
        bare = re.sub(r"^[^\d+(（]*|[（(][^\d]*[)）]$", "", part.strip())
        try:
            return parse_phone(bare)
        except InvalidAnswerError:
            continue
    return " ".join(text.split())


def only_one_in(text: str, words: Iterable[str]) -> str:
    """The one of some words that stands in a text; "" where none or several do.

    >>> only_one_in("焦作市顺达速运 快递员", ("货车司机", "快递员"))
    '快递员'
    """
    found = [word for word in words if word in text]
    return found[0] if len(found) == 1 else ""
