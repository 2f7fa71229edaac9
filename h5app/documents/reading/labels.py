"""What the columns of a 推荐表 are called: by us, by 附件1, and by whoever made a form of his own."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from h5app.domain.sheet import CELLS

# Question name → spellings besides the sheet's own label. Two of one name stand for parts of one answer.
_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "name": "姓名 名字",
        "sex": "性别",
        "birth_month": "出生年月 出生日期 出生年月日 出生时间 生日",
        "native_place": "籍贯",
        "ethnicity": "民族",
        "political_status": "政治面貌 政治面目 党派",
        "id_number": "身份证号 身份证号码 身份证 公民身份号码 公民身份证号码 居民身份证号 居民身份证号码 证件号码",
        "unit_and_post": (
            "单位及职务 单位职务 单位和职务 工作单位及职务 工作单位和职务 工作单位职务 所在单位及职务 单位及岗位 "
            "工作单位及岗位 工作单位及工作岗位 单位全称及职务 工作单位 所在单位 单位 职务 岗位 工作岗位 职务岗位"
        ),
        "education": "学历 文化程度 最高学历 教育程度",
        "professional_title": "职称 专业技术职称 技术职称 专业技术职务",
        "skill_level": "技术等级 技能等级 职业技能等级 技术级别 职业资格 职业资格等级",
        "phone": "联系方式 联系电话 手机 手机号 手机号码 电话 电话号码 移动电话",
        "honours": (
            "曾获主要荣誉 主要荣誉 曾获荣誉 所获荣誉 获得荣誉 曾获得荣誉 曾获得主要荣誉 荣誉 获奖情况 荣誉情况 "
            "曾获荣誉情况 曾获主要荣誉情况 何时何地受过何种奖励"
        ),
        "deeds": "主要事迹 事迹 先进事迹 主要先进事迹 事迹材料 主要事迹材料 事迹简介 主要事迹简介 简要事迹",
        "category": "所属类别 类别 推荐类别 申报类别",
        "region": "工作所在地 所在县区 所在县市区",
        "union_name": "所在工会",
    }
)
_OF_NO_ANSWER = (
    "申报单位意见 推荐单位意见 所在单位意见 单位意见 基层工会意见 工会意见 推荐意见 审核意见 审批意见 推荐单位 "
    "申报单位 日期 备注 序号 年龄 健康状况 邮编 邮箱 电子邮箱 通讯地址 通信地址 家庭住址 住址 参加工作时间 "
    "入党时间 入职时间 从业年限 是否工会会员 毕业院校 专业 毕业院校及专业 个人简历 工作简历 简历 紧急联系人 附页"
)
_OF_PHOTO = (
    "正面免冠彩色近照 免冠彩色近照 正面免冠近照 免冠近照 近照 照片 相片 近期照片 近期免冠照片 一寸照片 寸照 彩色照片 "
    "一寸免冠照片 贴照片处 照片粘贴处"
)
_PREFIXES = ("本人", "个人", "被推荐人", "推荐人选", "推荐对象", "申报人", "候选人", "参选人")
_DROPPED = re.compile(r"[\s:;,.、，。；：*★_\-—]+")
_IN_BRACKETS = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_OPEN_BRACKET = re.compile(r"[(\[【〔].*")
_HOW_LONG = re.compile(r"(?:限|约|不超过|不少于)?\d+字.*")
_NUMBERED = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,2})[、.)]")
# A label with everything that may stand in it is never longer.
_LONGEST = 80
PHOTO, NOTHING = "photo", ""


@dataclass(frozen=True)
class Said:
    """A label with its answer behind it in one text: “姓名：张三”."""

    name: str
    label: str
    text: str


def label_of(text: str) -> str | None:
    """The question a text is the label of: a name, `PHOTO`, `NOTHING` for a label we do not read; None for no label.

    >>> label_of("单位及职务\\n（填单位全称，具体到工作岗位）"), label_of("姓　名："), label_of("张三")
    ('unit_and_post', 'name', None)
    """
    if not text or len(text) > _LONGEST:
        return None
    return _spellings().get(_bare(text))


def said_in(text: str) -> Iterator[Said]:
    """Labels and answers in running text; an answer ends where the next label begins."""
    found = [match for match in _label_pattern().finditer(text) if _stands_free(text, match)]
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        name = _spellings().get(_bare(match.group()))
        if name not in {None, NOTHING, PHOTO}:
            yield Said(str(name), match.group().strip(), text[match.end() : end].strip())


def headed(text: str) -> Said | None:
    """A label on lines of its own with its answer under it in the same cell."""
    lines = text.split("\n")
    for count in range(1, min(4, len(lines))):
        head, rest = "\n".join(lines[:count]), "\n".join(lines[count:]).strip()
        name = label_of(head)
        if rest and name not in {None, NOTHING, PHOTO}:
            return Said(str(name), head, rest)
    return None


def _bare(text: str) -> str:
    """A label without spaces, marks, brackets, numbers and hints."""
    bare = unicodedata.normalize("NFKC", text)
    bare = _NUMBERED.sub("", bare.strip())
    bare = _OPEN_BRACKET.sub("", _IN_BRACKETS.sub("", bare))
    bare = _HOW_LONG.sub("", _DROPPED.sub("", bare)) or _DROPPED.sub("", bare)
    for prefix in _PREFIXES:
        if len(bare) > len(prefix) + 1:
            bare = bare.removeprefix(prefix)
    return bare


@cache
def _spellings() -> Mapping[str, str]:
    spelled = {_bare(word): NOTHING for word in _OF_NO_ANSWER.split()}
    spelled |= {_bare(word): PHOTO for word in _OF_PHOTO.split()}
    for name, words in _OTHERS.items():
        spelled |= {_bare(word): name for word in words.split()}
    return spelled | {_bare(label): name for name, label in CELLS.items()}


@cache
def _label_pattern() -> re.Pattern[str]:
    """Any label in running text, its characters apart or not, with a colon behind it."""
    words = sorted({*_spellings(), *CELLS.values()}, key=len, reverse=True)
    any_word = "|".join("[ \t\u3000]*".join(map(re.escape, word)) for word in words)
    return re.compile(rf"(?:{any_word})[ \t\u3000]*(?:[（(][^（）()\n]{{0,40}}[）)][ \t\u3000]*)?[：:]")


def _stands_free(text: str, match: re.Match[str]) -> bool:
    """Whether a label begins a line or stands behind a gap: “他的电话：” in a sentence is none."""
    return match.start() == 0 or text[match.start() - 1] in " \t\u3000\n；;，,"
