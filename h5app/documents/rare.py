"""How a character that cannot be printed is told to people: its code, its block, and how a dictionary finds it."""

import lzma
import unicodedata
from pathlib import Path

_TABLE = Path(__file__).with_name("radicals.txt.xz")
_KANGXI_RADICALS = 0x2F00
# Source: Blocks.txt of Unicode 17; Python 3.11 knows neither H nor I nor J.
_BLOCKS = (
    (0x3400, 0x4DBF, "扩展A区"),
    (0x20000, 0x2A6DF, "扩展B区"),
    (0x2A700, 0x2B73F, "扩展C区"),
    (0x2B740, 0x2B81F, "扩展D区"),
    (0x2B820, 0x2CEAF, "扩展E区"),
    (0x2CEB0, 0x2EBEF, "扩展F区"),
    (0x2EBF0, 0x2EE5F, "扩展I区"),
    (0x2F800, 0x2FA1F, "兼容补充区"),
    (0x30000, 0x3134F, "扩展G区"),
    (0x31350, 0x323AF, "扩展H区"),
    (0x323B0, 0x3347F, "扩展J区"),
    (0x1F000, 0x1FAFF, "表情符号"),
    (0xE000, 0xF8FF, "自造字"),
    (0xF0000, 0x10FFFF, "自造字"),
)


def described(character: str) -> str:
    """Name one character, for somebody whose screen may not show it.

    >>> described("𠮷")
    '𠮷（U+20BB7，扩展B区，部首“口”加 3 画）'
    >>> described("😀")
    '😀（U+1F600，表情符号）'
    """
    return f"{character}（{description(character)}）"


def description(character: str) -> str:
    """The same without the character: code, block, and how a dictionary finds it."""
    code = ord(character)
    said = [f"U+{code:04X}", *(name for first, last, name in _BLOCKS if first <= code <= last)]
    if found := radical_and_strokes(character):
        radical, strokes = found
        said.append(f"部首“{radical}”加 {strokes} 画")
    return "，".join(said)


def radical_and_strokes(character: str) -> tuple[str, int] | None:
    """The radical, and how many strokes the rest has; None for what is no Chinese character beyond the basic plane.

    Read anew each time: it is asked for once in a thousand forms, and the table would stay in memory.
    Source: kRSUnicode, Unihan 15.0; templates/documents/build_radicals.py.
    """
    found: list[str] = []
    for line in lzma.decompress(_TABLE.read_bytes()).decode("ascii").splitlines():
        start, *entry = line.split()
        if int(start, 16) > ord(character):
            break
        found = entry
    if not found:
        return None
    radical, strokes = map(int, found)
    return unicodedata.normalize("NFKC", chr(_KANGXI_RADICALS + radical - 1)), strokes
