# ruff: noqa: INP001 (a script beside what it makes, not a package)
"""Makes NotoSerifCJKsc-Black-GB2312.otf, the heavy face of the posters, out of Noto Serif CJK's collection.

    apt-get download fonts-noto-cjk-extra && dpkg -x fonts-noto-cjk-extra_*.deb noto     (Debian 12)
    python -m venv subsetting && subsetting/bin/pip install fonttools==4.60.1
    subsetting/bin/python subset.py noto/usr/share/fonts/opentype/noto/NotoSerifCJK-Black.ttc

All of GB 2312 (6,763 characters, 2 MB), so that staff may write any title: its first level alone (1.1 MB)
lacks the first character of 沁阳 and the last of 武陟. A character beyond it is drawn in the regular weight of
Noto Serif SC.
"""

import sys
from pathlib import Path

from fontTools import subset

SIMPLIFIED_CHINESE = 2  # its place in the collection, after Japanese and Korean
PUNCTUATION = "·—…‘’“”、。《》〈〉「」『』【】（）！，：；？－～％＋×→"


def gb2312() -> str:
    """Every character of GB 2312, levels 1 and 2: rows 16 to 87."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(cell.decode("gb2312", errors="ignore") for cell in cells)


def main(collection: str) -> None:
    """Write the subset beside this script."""
    options = subset.Options(font_number=SIMPLIFIED_CHINESE, layout_features=["kern", "halt"], hinting=False)
    font = subset.load_font(collection, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=gb2312() + PUNCTUATION + "".join(map(chr, range(0x20, 0x7F))))
    subsetter.subset(font)
    subset.save_font(font, str(Path(__file__).with_name("NotoSerifCJKsc-Black-GB2312.otf")), options)


if __name__ == "__main__":
    main(sys.argv[1])
