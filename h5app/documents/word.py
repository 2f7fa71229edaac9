"""推荐表 as Word: the office's own kind of file, filled from its own form or from the shipped one.

Rule: whatever is wrong with the office's form, a 推荐表 comes out. docs/paper.md says what a form may be changed in.
"""

import logging
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.word_filling import fill
from h5app.documents.word_template import check_template
from h5app.domain.errors import UnreadablePhotoError
from h5app.domain.sheet import Sheet

_SHIPPED_TEMPLATE = Path(__file__).parents[2] / "templates" / "documents" / "recommendation.docx"
_FELL_BACK = "单位自己的 Word 模板用不了，这份用的是自带的模板："
_UNTOLD = "这份推荐表填不进去，请用 flask doctor 检查模板"
_log = logging.getLogger("h5app.documents")


@dataclass(frozen=True)
class PrintedWord:
    """A Word form, and what the staff must know of how it was made, a sentence each."""

    data: bytes = field(repr=False)
    notes: tuple[str, ...] = ()


def recommendation_docx(sheet: Sheet, stationery: Stationery = SHIPPED) -> bytes:
    """Fill the Word form with `sheet`; the same sheet gives the same bytes.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
    """
    return print_word(sheet, stationery).data


def print_word(sheet: Sheet, stationery: Stationery = SHIPPED) -> PrintedWord:
    """Fill the office's form, or the shipped one where that cannot be done; the notes say so.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
    """
    template = stationery.word_template
    if template is None:
        return PrintedWord(fill(shipped_template(), sheet))
    if troubles := check_template(template):
        return PrintedWord(fill(shipped_template(), sheet), (f"{_FELL_BACK}{troubles[0]}",))
    try:
        return PrintedWord(fill(template, sheet))
    except UnreadablePhotoError:
        raise
    except Exception as error:  # noqa: BLE001 -- a template is somebody else's; no mail is lost by it
        # Only what kind of error it is: its words may repeat what somebody typed.
        _log.error("the office's Word form failed: %s", type(error).__name__)
        return PrintedWord(fill(shipped_template(), sheet), (f"{_FELL_BACK}{_UNTOLD}",))


@cache
def shipped_template() -> bytes:
    """The form that comes with the service, to begin from as well."""
    return _SHIPPED_TEMPLATE.read_bytes()
