"""The office's own Word form: which placeholders there are, and what is wrong with a changed one, in its own words.

Rule: a form is used only if nothing is wrong with it. One that lacks a cell would print an official form without it.
"""

import difflib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType

import docx
from docx.opc.constants import CONTENT_TYPE
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from PIL import Image

from h5app.documents.plan import BODY_CELLS, SHORT_ROWS
from h5app.documents.word_filling import fill, sandbox
from h5app.domain.sheet import CELLS, Sheet

_SHORT = tuple(cell.name for row in SHORT_ROWS for cell in row.cells)
_BODY = tuple(cell.name for cell in BODY_CELLS)
REQUIRED: Mapping[str, str] = MappingProxyType(
    {"title": "表的标题"}
    | {f"texts.{name}": CELLS[name] for name in _SHORT}
    | {f"lines.{name}": f"{CELLS[name]}，一段一段地印" for name in _BODY}
    | {"portrait": "近照", "reference": "受理编号"}
)
"""What every form must print: placeholder → what it prints."""
OPTIONAL: Mapping[str, str] = MappingProxyType(
    {
        "unit": "推荐单位一行",
        "stamped": "是否要盖章（只用在 if 里）",
        "deeds_chars": "事迹要求的字数",
        "continues": "有没有附页（只用在 if 里）",
        "code": "受理编号的二维码",
    }
)
"""What a form may print besides."""

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MOST_BYTES = 20_000_000
_CONDITIONS = frozenset({"portrait", "reference", "stamped", "continues", "code", "unit"})
_LEFT_OVER = re.compile(r"\{\{|\{%|%\}|\}\}|｛｛|｛%|｝｝|｛％")


@lru_cache(maxsize=4)
def check_template(template: bytes) -> tuple[str, ...]:
    """What is wrong with a Word form, a plain sentence each; () where it can be used.

    Args:
        template: the file's bytes, whatever it is.
    """
    if trouble := _no_word_file(template):
        return (trouble,)
    try:
        sources = _sources(template)
    except Exception:  # noqa: BLE001 -- whatever a damaged file makes the readers raise, it cannot be used
        return ("这个 Word 文件打不开，可能没有存完整。请在 Word 里重新另存为 .docx",)
    found = _Found()
    for source in sources:
        found.read(source)
    return tuple(dict.fromkeys([*found.troubles, *_missing(found)])) or _trial(template)


def _no_word_file(template: bytes) -> str:
    if template.startswith(_OLD_WORD):
        return "这不是 .docx：是老的 .doc，或者加了密码。请在 Word 里另存为 .docx，不加密码"
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as parts:
            names, size = set(parts.namelist()), sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile:
        return "这不是 Word 文件（.docx）。请在 Word 里另存为 .docx"
    if "word/document.xml" not in names:
        return "这不是 Word 文件（.docx），里面没有正文。请在 Word 里另存为 .docx"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "这个 Word 文件带宏。请在 Word 里另存为不带宏的 .docx"
    if size > _MOST_BYTES:
        return f"这个 Word 文件太大（展开后超过 {_MOST_BYTES // 1_000_000} MB）。请去掉里面的大图片"
    return ""


def _sources(template: bytes) -> list[str]:
    """Every text of the form that docxtpl renders, as jinja will read it: body, headers, footers, footnotes,
    properties."""
    form = DocxTemplate(io.BytesIO(template))
    form.render_init()
    sources = [form.patch_xml(form.get_xml())]
    for kind in (form.HEADER_URI, form.FOOTER_URI):
        sources += [form.patch_xml(form.get_part_xml(part)) for _, part in form.get_headers_footers(kind)]
    opened = form.get_docx()
    footnotes = [part for part in opened.part.package.iter_parts() if part.content_type == CONTENT_TYPE.WML_FOOTNOTES]
    sources += [form.patch_xml(part.blob.decode()) for part in footnotes]
    properties = opened.core_properties
    sources += [getattr(properties, name) or "" for name in ("author", "comments", "identifier", "language", "subject")]
    sources.append(properties.title or "")
    return sources


class _Found:
    """What the form's texts print, and what is wrong with them."""

    def __init__(self) -> None:
        self.printed: set[str] = set()
        self.troubles: list[str] = []
        self.was_read = True

    def read(self, source: str) -> None:
        try:
            tree = sandbox().parse(source)
        except TemplateSyntaxError as error:
            self.troubles.append(_unfinished(error))
            self.was_read = False
            return
        for node in tree.body:
            self._walk(node, loops={})

    def _walk(self, node: nodes.Node, *, loops: Mapping[str, str]) -> None:
        match node:
            case nodes.Output():
                for printed in node.nodes:
                    if not isinstance(printed, nodes.TemplateData):
                        self._print(printed, loops)
            case nodes.For():
                self._loop(node, loops)
            case nodes.If():
                self._condition(node.test)
                for child in [*node.body, *node.elif_, *node.else_]:
                    self._walk(child, loops=loops)
            case _:
                self._refuse()

    def _print(self, node: nodes.Node, loops: Mapping[str, str]) -> None:
        name = _name_of(node)
        if name is None:
            self._refuse()
        elif name in loops:
            self.printed.add(loops[name])
        elif name.startswith("lines.") and name in REQUIRED:
            self.troubles.append(f"{{{{ {name} }}}} 要一段一段地印：{_loop_text(name)}")
        elif name in REQUIRED or name in OPTIONAL:
            self.printed.add(name)
        else:
            self.troubles.append(_unknown(name))

    def _loop(self, node: nodes.For, loops: Mapping[str, str]) -> None:
        name, target = _name_of(node.iter), node.target
        # One inside another would multiply: a form with six of them takes for ever on a text of twenty lines.
        is_odd = loops or node.test or node.recursive or node.else_
        if name is None or not isinstance(target, nodes.Name) or is_odd:
            self._refuse()
            return
        if not name.startswith("lines.") or name not in REQUIRED:
            self.troubles.append(_unknown(name))
        for child in node.body:
            self._walk(child, loops={**loops, target.name: name})

    def _condition(self, node: nodes.Node) -> None:
        match node:
            case nodes.Not():
                self._condition(node.node)
            case nodes.And() | nodes.Or():
                self._condition(node.left)
                self._condition(node.right)
            case _:
                name = _name_of(node)
                if name is None:
                    self._refuse()
                elif name not in _CONDITIONS and not (name.startswith("texts.") and name in REQUIRED):
                    self.troubles.append(_unknown(name))

    def _refuse(self) -> None:
        self.troubles.append(
            "有一处写法不能用：花括号里只能是说明里列出的占位符、for 和 if，不能计算，也不能调用别的东西"
        )


def _name_of(node: nodes.Node) -> str | None:
    """`title` or `texts.name`; None for anything that is more than a name."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr(node=nodes.Name(name=owner), attr=attribute):
            return f"{owner}.{attribute}"
        case _:
            return None


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, [*REQUIRED, *OPTIONAL], n=1, cutoff=0.7)
    return f"不认识占位符 {name}" + (f"，是不是想写 {near[0]}？" if near else "，请删去，或改成说明里列出的名字")


def _loop_text(name: str) -> str:
    return f"{{%p for line in {name} %}}、{{{{ line }}}}、{{%p endfor %}} 各占一段"


def _unfinished(error: TemplateSyntaxError) -> str:
    said = error.message or ""
    if "endfor" in said or "'for'" in said:
        return "{%p for … %} 和 {%p endfor %} 没有配成对：可能删掉了其中一个，请补上"
    if "endif" in said or "'if'" in said or "'else'" in said:
        return "{%p if … %} 和 {%p endif %} 没有配成对：可能删掉了其中一个，请补上"
    return "有一处花括号没有写完整，如 {{ 少了 }}，或里面写错了。请对照说明逐个核对"


def _missing(found: _Found) -> Iterator[str]:
    if not found.was_read:
        return  # nothing can be said of what it prints
    for name, label in REQUIRED.items():
        if name not in found.printed:
            shown = _loop_text(name) if name.startswith("lines.") else f"{{{{ {name} }}}}"
            where = "的位置" if name == "portrait" else ""
            yield f"缺少“{label.split('，')[0]}”{where}：请补上 {shown}"


def _trial(template: bytes) -> tuple[str, ...]:
    """Fill it once, with a picture and without, and look whether Word could open what comes out."""
    for portrait in (_sample_portrait(), None):
        try:
            filled = docx.Document(io.BytesIO(fill(template, _sample(portrait))))
        except Exception:  # noqa: BLE001 -- as above
            return ("按这个模板做不出推荐表：可能在 {%p … %} 外面删掉了段落或单元格。请从原来的模板重新改",)
        body = filled.element.body
        if any(len(cell) == 0 or cell[-1].tag != qn("w:p") for cell in body.iter(qn("w:tc"))):
            return ("有一个单元格填好以后是空的，Word 会打不开。请在那个单元格里留一个空段落",)
        text = "".join(node.text or "" for node in body.iter(qn("w:t")))
        if _LEFT_OVER.search(text):
            return ("有花括号没有被填上：是不是用了全角的｛｛ ｝｝？请改成半角的 {{ }}",)
        if lost := [label for name, label in CELLS.items() if f"样{name}样" not in text]:
            return (f"填好以后找不到“{'”“'.join(lost)}”。请从原来的模板重新改",)
    return ()


def _sample_portrait() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (25, 35)).save(made, "JPEG")
    return made.getvalue()


def _sample(portrait: bytes | None) -> Sheet:
    return Sheet(
        title="推荐表",
        texts={name: f"样{name}样" for name in CELLS},
        portrait=portrait,
        reference="8PK4W2QM",
        stamped=True,
        unit="单位",
        deeds_chars=500,
    )
