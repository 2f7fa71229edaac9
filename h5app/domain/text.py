"""The one edge through which typed text enters: what no form, mail or table may carry is gone after it."""

import re
import unicodedata

from h5app.domain.errors import InvalidAnswerError

# NEL, LINE SEPARATOR and PARAGRAPH SEPARATOR break lines in mail subjects and file names (S9).
_LINE_BREAKS = str.maketrans({"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"})
# Joiners that emoji and some scripts need; every other format character hides or reorders text (S7).
_KEPT_FORMAT = frozenset("\u200d")

# Chinese, Japanese and Korean characters and full-width marks, with the quotation marks, dashes and dots that Chinese
# shares with Latin; by ranges, because static/build/writing.js counts by the same ones.
_WIDE = (
    "\u00b7\u1100-\u11ff\u2014\u2018\u2019\u201c\u201d\u2026\u2e80-\u2fff\u3001-\ua4cf\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
)
_UNCOUNTED = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_WIDE_RUN = re.compile(f"[{_WIDE}]+")
_NARROW_RUN = re.compile(rf"[^\s{_WIDE}]+")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=\S)")


def clean_text(raw: str, *, lines: bool = False) -> str:
    """Typed text without control, bidi, zero-width and surrogate characters, trimmed.

    Characters that Python's tables do not know yet (CJK Extensions H and I) stay. Nothing is
    normalised: NFC would replace compatibility ideographs that stand in people's names.

    Args:
        raw: as it came from the browser.
        lines: keep line breaks (as "\\n", at most one blank line in a row); else they become spaces.

    Raises:
        InvalidAnswerError: a private-use character, which only the sender's own device can show.

    >>> clean_text("  张\\u202e三\\u200b ")
    '张三'
    """
    text = raw.replace("\r\n", "\n").translate(_LINE_BREAKS)
    if not text.replace("\n", "").isprintable():
        text = _printable(text)
    rows = [" ".join(row.split()) for row in text.split("\n")]
    if not lines:
        return " ".join(row for row in rows if row)
    return _without_blank_runs(rows)


def _printable(text: str) -> str:
    kept = "".join(char for char in text if char == "\n" or _is_printable(char))
    for char in kept:
        if unicodedata.category(char) == "Co":
            raise InvalidAnswerError(f"有一个字（U+{ord(char):04X}）别人的手机显示不出来，请换一种输入法再打一次")
    return kept


def _is_printable(char: str) -> bool:
    code = ord(char)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:  # noncharacters, not allowed in XML
        return False
    if char == "\t":
        return True
    category = unicodedata.category(char)
    return category not in {"Cc", "Cs"} and (category != "Cf" or char in _KEPT_FORMAT)


def _without_blank_runs(rows: list[str]) -> str:
    kept: list[str] = []
    for row in rows:
        if row or (kept and kept[-1]):
            kept.append(row)
    return "\n".join(kept).strip("\n")


def letters(text: str) -> int:
    """How many code points a person would count: line breaks are not letters.

    >>> letters("两行\\n𰻞")
    3
    """
    return len(text.replace("\n", ""))


def word_count(text: str) -> int:
    """字数 as Word counts it: one a Chinese character or full-width mark, one a run of letters and digits.

    >>> word_count("2023年，他送了 12,000 件。")
    9
    """
    counted = _UNCOUNTED.sub("", text)
    return sum(map(len, _WIDE_RUN.findall(counted))) + len(_NARROW_RUN.findall(counted))


def with_units(text: str) -> str:
    """A text of ours whose numbers no narrow screen parts from their units.

    >>> with_units("没有提交的，7 天后删除")
    '没有提交的，7\\xa0天后删除'
    """
    return _BEFORE_UNIT.sub("\u00a0", text)
