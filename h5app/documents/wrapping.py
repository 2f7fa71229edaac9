"""How text falls into lines of a column, estimated: one em a Chinese character, 0.55 a digit, letters by their width.

Rather too wide than too narrow, and estimated because the fonts that Word will find are not known here. A run of
Latin stays whole where it fits a line; a closing mark never begins a line, an opening one never ends it.
"""

import re
import unicodedata
from collections.abc import Iterator

_DIGIT_EM, _PICTURE_EM, _OTHER_SCRIPT_EM = 0.55, 1.4, 1.05
# Measured in Noto Serif SC and Times, the wider of the two.
_LATIN_EM = dict.fromkeys("&ACDGHKNOQRUVXYw", 0.85) | dict.fromkeys("%@MWm", 1.05)
_NARROW_EM = 0.65
_LATIN_END = 0x250
# A run that nothing may break but its own length.
_NARROW_RUN = re.compile(r"[^\s\u1100-\uffff\U00020000-\U0003ffff]+")
_CLOSING = "，。、；：？！）》”’〉」』】…%"
_TOKEN = re.compile(rf"[!-~]+[{_CLOSING}]*|[（《“‘〈「『【]*.[{_CLOSING}]*", re.DOTALL)
# What belongs to the character before it; after a joiner so does whatever follows.
_MARKS = frozenset({"Mn", "Me", "Cf"})
_JOINER = "\u200d"

_SENTENCE_END = re.compile(r"[。！？；…!?;]+[”’」』）》】]*")
_CLAUSE_END = re.compile(r"[，、：,:]+[”’」』）》】]*|\s")
# How far back from the last letter that fits a better place to part is looked for, in lines.
_NEAR_LINES = 3


def line_count(text: str, *, width_em: float, indent_em: float = 0, gap_em: float = 0) -> int:
    """Lines that `text` takes in a column of `width_em` characters.

    Args:
        indent_em: indent of each of the text's own lines.
        gap_em: space that is set between Chinese and Latin.

    >>> line_count("一二三四五，六", width_em=5)
    2
    """
    rows = text.split("\n")
    return sum(1 + max(line for _, line in _placed(row, width_em, indent_em, gap_em)) for row in rows)


def breakable(text: str, *, width_em: float) -> str:
    """Let a run without spaces that is wider than the column break anywhere, by zero-width spaces.

    Word does so by itself; Typst would run it over the cell's edge. Whatever fits stays as it was
    typed, so that a copied ID number is just that.
    """
    return _NARROW_RUN.sub(lambda run: _broken(run[0], width_em), text)


def parted(text: str, *, lines: int, width_em: float, indent_em: float = 0, gap_em: float = 0) -> tuple[str, str, str]:
    r"""Part a text that takes more than `lines` lines: what stands before, what parts it, what goes on.

    The three joined are the text. It is parted at the end of a line of its own, else after a sentence, else after a
    clause or a word, where there is one near; else between two characters. The parting is "\n" or "".

    >>> parted("一二三。四五六。七八九。", lines=2, width_em=4)
    ('一二三。四五六。', '', '七八九。')
    >>> parted("一二\n三四\n五六", lines=2, width_em=4)
    ('一二\n三四', '\n', '五六')
    """
    most = _fitting(text, lines, width_em, indent_em, gap_em)
    least = _fitting(text, max(lines - _NEAR_LINES, 0), width_em, indent_em, gap_em)
    for place in (text.rfind("\n", least + 1, most + 1), _last_end(_SENTENCE_END, text, least, most)):
        if place > least:
            return _cut(text, place)
    nearer = _fitting(text, max(lines - 1, 0), width_em, indent_em, gap_em)
    clause = _last_end(_CLAUSE_END, text, nearer, most)
    return _cut(text, clause if clause > nearer else _between_characters(text, most))


def _cut(text: str, place: int) -> tuple[str, str, str]:
    parting = "\n" if text[place : place + 1] == "\n" else ""
    return text[:place], parting, text[place + len(parting) :]


def _last_end(pattern: re.Pattern[str], text: str, least: int, most: int) -> int:
    """Where the last match between two places ends; -1 without one."""
    ends = [found.end() for found in pattern.finditer(text, least, most)]
    return ends[-1] if ends else -1


def _between_characters(text: str, place: int) -> int:
    while 0 < place < len(text) and (_is_mark(text[place]) or text[place - 1] == _JOINER):
        place -= 1
    return place


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in _MARKS


def _fitting(text: str, lines: int, width_em: float, indent_em: float, gap_em: float) -> int:
    """How many characters stand on the first `lines` lines."""
    start, left = 0, lines
    for row in text.split("\n"):
        took = 0
        for offset, line in _placed(row, width_em, indent_em, gap_em):
            if line >= left:
                return max(start + offset - (1 if offset == 0 and start else 0), 0)
            took = line
        left -= took + 1
        start += len(row) + 1
    return len(text)


def _placed(row: str, width_em: float, indent_em: float, gap_em: float) -> Iterator[tuple[int, int]]:
    """Where in a row something begins that is not broken, and the number of the line it begins on, from 0."""
    yield 0, 0
    line, used, offset = 0, indent_em, 0
    for token in _TOKEN.findall(row):
        width = width_em_of(token) + (2 * gap_em if token[0].isascii() else 0)
        if used + width <= width_em:
            used += width
            yield offset, line
        elif width <= width_em:
            line, used = line + 1, width
            yield offset, line
        else:
            line, used = (line + 1, 0.0) if offset else (0, indent_em)
            for index, character in enumerate(token):
                own = _character_em(character)
                if used + own > width_em:
                    line, used = line + 1, 0.0
                used += own
                yield offset + index, line
        offset += len(token)


def width_em_of(text: str) -> float:
    """Width of a text on one line."""
    return sum(map(_character_em, text))


def _broken(run: str, width_em: float) -> str:
    return run if width_em_of(run) <= width_em else "\u200b".join(run)


def _character_em(character: str) -> float:
    if _is_mark(character):
        return 0
    if 0x1F000 <= ord(character) < 0x20000:
        return _PICTURE_EM
    if unicodedata.east_asian_width(character) in "WFA" or ord(character) >= 0x20000:
        return 1
    if character.isdigit():
        return _DIGIT_EM
    if ord(character) >= _LATIN_END and character.isalpha():
        return _OTHER_SCRIPT_EM
    return _LATIN_EM.get(character, _NARROW_EM)
