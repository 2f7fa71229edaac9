"""The 推荐表 of 附件1 as data: which cells it has and the text in each, for Word, PDF and screen alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from h5app.domain.code import PrintedCode

# Cells in the order of the grid: question name → label as printed. Source: 附件1 of the notice.
CELLS: Mapping[str, str] = MappingProxyType(
    {
        "name": "姓名",
        "sex": "性别",
        "birth_month": "出生年月",
        "native_place": "籍贯",
        "ethnicity": "民族",
        "political_status": "政治面貌",
        "id_number": "身份证号",
        "unit_and_post": "单位及职务",
        "education": "学历",
        "professional_title": "职称",
        "skill_level": "技术等级",
        "phone": "联系方式",
        "honours": "曾获主要荣誉",
        "deeds": "主要事迹",
    }
)


@dataclass(frozen=True)
class Sheet:
    """One filled 推荐表.

    Args:
        title: heading above the grid, such as 焦作“最美新就业形态劳动者”推荐表.
        texts: cell name (a key of `CELLS`) → text as printed; every key is present, "" prints an empty cell.
        portrait: JPEG bytes of the portrait, or None for an empty photo cell.
        reference: 受理编号, eight characters.
        stamped: whether the opinion cell and the 推荐单位 line ask for a seal (社会化推荐 needs none).
        unit: 推荐单位, or "" to leave it to be filled in by hand.
        deeds_chars: how many characters the deeds' label asks for.
        code: the 受理编号 to scan, printed in a corner; None for none.
    """

    title: str
    texts: Mapping[str, str]
    portrait: bytes | None
    reference: str
    stamped: bool
    unit: str
    deeds_chars: int
    code: PrintedCode | None = None
