"""Word forms as people make them: the grid of 附件1 by hand, and pieces of a Word file that Word itself writes."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping

import docx
from docx.document import Document
from docx.shared import Mm

FILLED = {
    "name": "李建国",
    "sex": "男",
    "birth_month": "1990.12",
    "native_place": "河南修武",
    "ethnicity": "汉",
    "political_status": "党员",
    "id_number": "410811199012120019",
    "unit_and_post": "焦作市顺达速运有限公司塔南路营业部 快递员",
    "education": "大学专科",
    "professional_title": "无",
    "skill_level": "快递员三级",
    "phone": "138-0000-1234",
    "honours": "2022年 焦作市五一劳动奖章\n2023年 最美快递员提名",
    "deeds": "每天第一个到站点，最后一个离开。\n冬天送老人回家。",
}
LABELS = {
    "name": "姓　名",
    "sex": "性 别",
    "birth_month": "出生年月",
    "native_place": "籍　贯",
    "ethnicity": "民　族",
    "political_status": "政治面貌",
    "id_number": "身份证号",
    "unit_and_post": "单位及职务",
    "education": "学 历",
    "professional_title": "职 称",
    "skill_level": "技术等级",
    "phone": "联系方式",
    "honours": "曾获\n主要荣誉",
    "deeds": "主要事迹\n（500字）",
}
PHOTO = "正面免冠彩色近照（1寸）"


def notice_form(texts: Mapping[str, str] = FILLED, *, portrait: bytes | None = None, **labels: str) -> Document:
    """附件1 of the notice as somebody draws it: the photo over three rows, the opinion below."""
    document = docx.Document()
    document.add_paragraph("附件1")
    document.add_paragraph("焦作“最美新就业形态劳动者”推荐表")
    table = document.add_table(rows=8, cols=7)
    written = LABELS | labels
    for row, names in enumerate(
        [("name", "sex", "birth_month"), ("native_place", "ethnicity", "political_status"), ("id_number",)]
    ):
        for place, name in enumerate(names):
            table.cell(row, 2 * place).text = written[name]
            table.cell(row, 2 * place + 1).text = texts[name]
    table.cell(2, 1).merge(table.cell(2, 5))
    photo = table.cell(0, 6).merge(table.cell(2, 6))
    if portrait:
        photo.paragraphs[0].add_run().add_picture(io.BytesIO(portrait), width=Mm(25), height=Mm(35))
    else:
        photo.text = PHOTO
    for name, row, label_column, first, last in (
        ("unit_and_post", 3, 0, 1, 3),
        ("education", 3, 4, 5, 6),
        ("professional_title", 4, 0, 1, 1),
        ("skill_level", 4, 2, 3, 3),
        ("phone", 4, 4, 5, 6),
        ("honours", 5, 0, 1, 6),
        ("deeds", 6, 0, 1, 6),
    ):
        table.cell(row, label_column).text = written[name]
        table.cell(row, first).merge(table.cell(row, last)).text = texts[name]
    table.cell(7, 0).text = "申报单位\n意见"
    table.cell(7, 1).merge(table.cell(7, 6)).text = "（盖章）\n2024年　月　日"
    document.add_paragraph("推荐单位：（盖章）")
    document.add_paragraph("日期：　年　月　日")
    return document


def saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The file with one of its parts rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            old = source.read(name)
            target.writestr(name, change(old.decode()).encode() if name == part else old)
    return out.getvalue()


def with_runs(data: bytes, text: str, runs: str) -> bytes:
    """The file in which the run that says `text` is replaced by other XML."""

    def change(xml: str) -> str:
        found = re.findall(rf"<w:r>(?:(?!</w:r>).)*{re.escape(text)}(?:(?!</w:r>).)*</w:r>", xml, re.DOTALL)
        assert found, text
        return xml.replace(found[0], runs, 1)

    return changed(data, "word/document.xml", change)
