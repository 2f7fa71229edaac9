"""Characters beyond the basic plane get runs with fonts that have them: 仿宋 has none, and Word may draw a box.

Rule: afterwards, on what was filled, whatever the template; nothing of the text changes.
"""

import re
from copy import deepcopy

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

# Source: Windows' fonts as Microsoft lists them; SimSun-ExtB has Extension B (on newer systems C to F as well),
# SimSun-ExtG what came later. WPS asks Windows. Where a font is missing, Word looks for another by itself.
_FONTS = (
    ("SimSun-ExtG", "\U0002ebf0-\U0002ee5d\U00030000-\U0003ffff"),
    ("SimSun-ExtB", "\U00020000-\U0002ebe0\U0002f800-\U0002fa1f"),
    ("Segoe UI Emoji", "\U0001f000-\U0001faff\ufe0f\u200d"),
)
_PIECES = re.compile("|".join(f"([{characters}]+)" for _, characters in _FONTS))
_SCRIPTS = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")


def name_rare_fonts(document: Document) -> None:
    """Split runs at such characters, in the body and in headers and footers."""
    roots = [document.element.body]
    for section in document.sections:
        roots += [part._element for part in (section.header, section.footer) if not part.is_linked_to_previous]  # noqa: SLF001
    for root in roots:
        for text in list(root.iter(qn("w:t"))):
            if _PIECES.search(text.text or ""):
                _split(text)


def _split(text: BaseOxmlElement) -> None:
    """Leave the run before, and put a run each for what follows behind it, the rest of the run's content last."""
    run = text.getparent()
    if run is None or run.tag != qn("w:r"):
        return
    rest = list(text.itersiblings())
    last = run
    for piece, font in _pieces(text.text or ""):
        last = _add_run(run, after=last, piece=piece, font=font)
    run.remove(text)
    if rest:
        tail = _empty_like(run)
        tail.extend(rest)
        last.addnext(tail)
    if all(child.tag == qn("w:rPr") for child in run):
        run.getparent().remove(run)


def _pieces(text: str) -> list[tuple[str, str]]:
    """The text in order, each piece with the font it needs; "" for what needs none."""
    pieces, start = [], 0
    for found in _PIECES.finditer(text):
        pieces.append((text[start : found.start()], ""))
        pieces.append((found[0], _FONTS[(found.lastindex or 1) - 1][0]))
        start = found.end()
    return [(piece, font) for piece, font in [*pieces, (text[start:], "")] if piece]


def _add_run(run: BaseOxmlElement, *, after: BaseOxmlElement, piece: str, font: str) -> BaseOxmlElement:
    made = _empty_like(run)
    if font:
        _name_font(made, font)
    text = OxmlElement("w:t")
    text.text = piece
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    made.append(text)
    after.addnext(made)
    return made


def _empty_like(run: BaseOxmlElement) -> BaseOxmlElement:
    made = OxmlElement("w:r")
    properties = run.find(qn("w:rPr"))
    if properties is not None:
        made.append(deepcopy(properties))
    return made


def _name_font(run: BaseOxmlElement, font: str) -> None:
    properties = run.find(qn("w:rPr"))
    if properties is None:
        properties = OxmlElement("w:rPr")
        run.insert(0, properties)
    old = properties.find(qn("w:rFonts"))
    if old is not None:
        properties.remove(old)
    fonts = OxmlElement("w:rFonts")
    for script in _SCRIPTS:
        fonts.set(qn(script), font)
    fonts.set(qn("w:hint"), "eastAsia")
    style = properties.find(qn("w:rStyle"))
    properties.insert(0 if style is None else 1, fonts)
