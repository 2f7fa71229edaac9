"""What may reach paper: text that no XML, font engine or table chokes on, with the person's lines kept."""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTED_CATEGORIES = frozenset({"Cc", "Cs"})


def printable(text: str) -> str:
    r"""Drop what cannot be printed; lines stay lines, and a tab becomes a space.

    Cleaning at the edge has normally been here before. This is the last door: a control character or
    half a surrogate pair makes the whole Word file unreadable, so none may pass whatever the caller did.

    >>> printable("第一行\r\n第二行\x00\ud800")
    '第一行\n第二行'
    """
    lines = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return "".join(character for character in lines if character == "\n" or _is_printable(character))


def _is_printable(character: str) -> bool:
    if character in _BIDI_CONTROLS or _is_noncharacter(ord(character)):
        return False
    return unicodedata.category(character) not in _UNPRINTED_CATEGORIES


def _is_noncharacter(code_point: int) -> bool:
    """Whether Unicode promises never to use it; XML 1.0 refuses U+FFFE and U+FFFF."""
    return 0xFDD0 <= code_point <= 0xFDEF or code_point & 0xFFFE == 0xFFFE
