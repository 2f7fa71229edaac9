"""The 附页 behind a form, and how its parts go back to the answers they were parted from.

Our own forms mark the place (documents/word_appendix.py): （下转附页） on a line of its own stands for the person's
line break, at the end of a line for none. Without the mark somebody has made the 附页 by hand: a line break it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from h5app.documents.plan import CONTINUED_MARK
from h5app.documents.reading import labels

_HEADING = re.compile(
    r"\s*附\s*页\s*\d?\s*[（(:：]?\s*续?\s*[:：]?\s*([^（）()]*?(?:[（(][^（）()]*[）)])?)\s*[)）]?\s*"
)
_PERSON = re.compile(r"\s*姓\s*名\s*[:：].*")
# What a 附页 continues that does not say so.
_USUAL = "deeds"
_HEADING_MOST = 40


@dataclass(frozen=True)
class Rest:
    """What a 附页 says of one answer."""

    name: str
    text: str


def without_appendices(text: str) -> tuple[str, list[Rest]]:
    """The text before the first 附页, and what each of them says."""
    before: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for line in text.split("\n"):
        if name := _heading(line):
            parts.append((name, []))
        elif parts:
            parts[-1][1].append(line)
        else:
            before.append(line)
    return "\n".join(before), [Rest(name, "\n".join(_without_person(lines))) for name, lines in parts]


def joined(text: str, rest: str) -> str:
    """An answer and what the 附页 says more of it.

    >>> joined("第一句。（下转附页）", "第二句。"), joined("第一行\\n（下转附页）", "第二行"), joined("", "全部")
    ('第一句。第二句。', '第一行\\n第二行', '全部')
    """
    begun = text.rstrip()
    if not begun.endswith(CONTINUED_MARK):
        return f"{text}\n{rest}" if text else rest
    begun = begun.removesuffix(CONTINUED_MARK)
    return f"{begun}{rest}"


def _heading(line: str) -> str | None:
    """The answer that a heading says is continued."""
    if "页" not in line or len(line) > _HEADING_MOST:
        return None
    found = _HEADING.fullmatch(line)
    if found is None:
        return None
    return (labels.label_of(found[1]) or None) if found[1].strip() else _USUAL


def _without_person(lines: list[str]) -> Iterator[str]:
    """Whose 附页 it is stands in its first line."""
    yield from lines[1:] if lines and _PERSON.fullmatch(lines[0]) else lines
