"""The catalogue of everything that is asked: one entry a field, in the order it is asked.

Form, check page, Word, PDF, table and export derive from it or are tested against it.
"""

from dataclasses import dataclass
from enum import StrEnum

from h5app.domain.nomination import Route

EVERYBODY = frozenset(Route)
FOR_SOMEBODY = frozenset({Route.PEER, Route.UNIT})

SEXES = ("男", "女")
# GB/T 3304, with the two groups that registration offices write as well.
ETHNICITIES = tuple(
    "汉族 蒙古族 回族 藏族 维吾尔族 苗族 彝族 壮族 布依族 朝鲜族 满族 侗族 "
    "瑶族 白族 土家族 哈尼族 哈萨克族 傣族 黎族 傈僳族 佤族 畲族 高山族 拉祜族 "
    "水族 东乡族 纳西族 景颇族 柯尔克孜族 土族 达斡尔族 仫佬族 羌族 布朗族 撒拉族 毛南族 "
    "仡佬族 锡伯族 阿昌族 普米族 塔吉克族 怒族 乌孜别克族 俄罗斯族 鄂温克族 德昂族 保安族 裕固族 "
    "京族 塔塔尔族 独龙族 鄂伦春族 赫哲族 门巴族 珞巴族 基诺族 穿青人 其他".split()
)
# GB/T 4762, the commonest first.
POLITICAL_STATUSES = tuple(
    "群众 中共党员 中共预备党员 共青团员 民革党员 民盟盟员 民建会员 民进会员 "
    "农工党党员 致公党党员 九三学社社员 台盟盟员 无党派人士".split()
)
# GB/T 4658 in the words people use of themselves.
EDUCATIONS = tuple("小学 初中 高中 中专 职高 技校 大专 本科 硕士研究生 博士研究生 其他".split())
RELATIONS = ("同事", "亲友", "服务过的顾客", "站点或车队负责人", "邻居或社区工作人员", "其他")

NONE_WORD = "无"
YES, NO = "是", "否"
# What may be answered of somebody else; he will be asked himself, or the staff find out.
NOT_SURE = "不清楚"


class Kind(StrEnum):
    """How an answer is typed and read."""

    LINE = "line"
    LINES = "lines"
    CHOICE = "choice"
    MONTH = "month"
    NAME = "name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    UNIT_CODE = "unit_code"
    AGREEMENT = "agreement"


class Topic(StrEnum):
    """One page of the form; the value is the last part of its address."""

    ELIGIBILITY = "eligibility"
    CONSENT = "consent"
    NOMINATOR = "nominator"
    PERSON = "person"
    WORK = "work"
    STORY = "story"
    PHOTOS = "photos"

    @property
    def heading(self) -> str:
        return {
            "eligibility": "参选资格",
            "consent": "知情同意",
            "nominator": "推荐人信息",
            "person": "基本信息",
            "work": "工作和学历",
            "story": "荣誉和事迹",
            "photos": "照片",
        }[self.value]


@dataclass(frozen=True)
class Question:
    """One field.

    Args:
        name: key of the answer everywhere.
        label: as printed on the 推荐表 where it is a cell there.
        choices: what may be chosen; `from_campaign` names the campaign's list instead.
        required: an empty answer is refused. `id_number` decides by the path; sex and birth month are
            asked for only without it.
        none_word: “无” can be answered in one tap.
        unsure_of_others: whoever fills in for somebody else may answer “不清楚”.
        autocomplete: HTML's token, where the browser may help and the person types of himself.
    """

    name: str
    label: str
    kind: Kind
    topic: Topic
    routes: frozenset[Route] = EVERYBODY
    required: bool = True
    max_chars: int = 60
    choices: tuple[str, ...] = ()
    from_campaign: str = ""
    none_word: bool = False
    unsure_of_others: bool = False
    hint: str = ""
    autocomplete: str = "off"
    label_for_staff: str = ""

    @property
    def office_label(self) -> str:
        """The label where somebody else reads it: in console, table and mail “您的姓名” would be the reader's."""
        return self.label_for_staff or self.label


_PEER, _UNIT = frozenset({Route.PEER}), frozenset({Route.UNIT})

QUESTIONS: tuple[Question, ...] = (
    Question("category", "所属类别", Kind.CHOICE, Topic.ELIGIBILITY, from_campaign="categories"),
    Question(
        "experience",
        "从业年限",
        Kind.CHOICE,
        Topic.ELIGIBILITY,
        from_campaign="experiences",
        unsure_of_others=True,
        hint="干这一行，前后加起来",
    ),
    Question("union_member", "是否工会会员", Kind.CHOICE, Topic.ELIGIBILITY, choices=(YES, NO), unsure_of_others=True),
    Question("consent_rules", "选树规则", Kind.AGREEMENT, Topic.CONSENT),
    Question("consent_personal", "身份证号和照片", Kind.AGREEMENT, Topic.CONSENT),
    Question("consent_mailing", "邮件发送", Kind.AGREEMENT, Topic.CONSENT),
    Question("consent_publication", "公示和宣传", Kind.AGREEMENT, Topic.CONSENT, required=False),
    Question(
        "nominator_name",
        "您的姓名",
        Kind.NAME,
        Topic.NOMINATOR,
        routes=_PEER,
        autocomplete="name",
        label_for_staff="推荐人姓名",
    ),
    Question(
        "nominator_phone",
        "您的电话",
        Kind.PHONE,
        Topic.NOMINATOR,
        routes=_PEER,
        hint="工会需要核实时打给您",
        autocomplete="tel",
        label_for_staff="推荐人电话",
    ),
    Question(
        "relation",
        "您和被推荐人的关系",
        Kind.CHOICE,
        Topic.NOMINATOR,
        routes=_PEER,
        choices=RELATIONS,
        label_for_staff="与被推荐人的关系",
    ),
    Question("unit_name", "推荐单位全称", Kind.LINE, Topic.NOMINATOR, routes=_UNIT, autocomplete="organization"),
    Question(
        "unit_code",
        "统一社会信用代码",
        Kind.UNIT_CODE,
        Topic.NOMINATOR,
        routes=_UNIT,
        required=False,
        hint="营业执照上的 18 位；不清楚可以不填",
    ),
    Question("unit_contact", "单位联系人", Kind.NAME, Topic.NOMINATOR, routes=_UNIT, autocomplete="name"),
    Question("unit_phone", "联系人电话", Kind.PHONE, Topic.NOMINATOR, routes=_UNIT, autocomplete="tel"),
    Question("consent_nominee", "被推荐人同意", Kind.AGREEMENT, Topic.NOMINATOR, routes=FOR_SOMEBODY),
    Question("name", "姓名", Kind.NAME, Topic.PERSON, max_chars=50, hint="与身份证一致，生僻字可直接输入"),
    Question(
        "id_number",
        "身份证号",
        Kind.ID_NUMBER,
        Topic.PERSON,
        hint="用于核对身份，只给选树工作人员看；性别和出生年月由它得出",
    ),
    Question("sex", "性别", Kind.CHOICE, Topic.PERSON, choices=SEXES),
    Question("birth_month", "出生年月", Kind.MONTH, Topic.PERSON),
    Question("native_place", "籍贯", Kind.LINE, Topic.PERSON, max_chars=30, hint="填到县，如：河南武陟"),
    Question("ethnicity", "民族", Kind.CHOICE, Topic.PERSON, choices=ETHNICITIES),
    Question("political_status", "政治面貌", Kind.CHOICE, Topic.PERSON, choices=POLITICAL_STATUSES),
    Question("phone", "联系方式", Kind.PHONE, Topic.PERSON, hint="手机号，工会联系本人用"),
    Question("unit_and_post", "单位及职务", Kind.LINE, Topic.WORK, max_chars=80, hint="填单位全称，具体到工作岗位"),
    Question("region", "工作所在地", Kind.CHOICE, Topic.WORK, from_campaign="regions"),
    Question(
        "union_name",
        "所在工会",
        Kind.LINE,
        Topic.WORK,
        required=False,
        hint="如：某某公司工会；不清楚可以不填",
    ),
    Question("education", "学历", Kind.CHOICE, Topic.WORK, choices=EDUCATIONS),
    Question(
        "professional_title",
        "职称",
        Kind.LINE,
        Topic.WORK,
        max_chars=30,
        none_word=True,
        hint="如：助理工程师",
    ),
    Question(
        "skill_level",
        "技术等级",
        Kind.LINE,
        Topic.WORK,
        max_chars=30,
        none_word=True,
        hint="如：中级工、快递员四级",
    ),
    Question(
        "honours",
        "曾获主要荣誉",
        Kind.LINES,
        Topic.STORY,
        max_chars=300,
        none_word=True,
        hint="一行一项，写明年份和颁发单位",
    ),
    Question(
        "deeds",
        "主要事迹",
        Kind.LINES,
        Topic.STORY,
        hint="做了什么、帮了谁、别人怎么说。大白话就好，也可以用手机语音输入",
    ),
)

BY_NAME = {question.name: question for question in QUESTIONS}
LAST_TOPIC = Topic.PHOTOS


def questions_of(route: Route, topic: Topic | None = None) -> tuple[Question, ...]:
    """The questions of a route, or of one of its pages, in order."""
    return tuple(q for q in QUESTIONS if route in q.routes and topic in (None, q.topic))


def topics_of(route: Route) -> tuple[Topic, ...]:
    """The pages of a route in order; the photos come last and have no questions."""
    return tuple(topic for topic in Topic if topic is LAST_TOPIC or questions_of(route, topic))
