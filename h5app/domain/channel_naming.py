"""A channel's name and code as staff type them: one judgement for its form and for lists of many."""

import re
import unicodedata

from h5app.domain.channel_code import CODE_LETTERS, Spelling, corrected, read_code
from h5app.domain.errors import ChannelError, InvalidAnswerError
from h5app.domain.text import clean_text, letters

NAME_MOST = 40
"""Characters of a name; a region with its category is shorter."""


def channel_name(typed: str) -> str:
    """The name, cleaned.

    Raises:
        ChannelError: it is empty, too long, or has a character that others cannot see.
    """
    try:
        name = clean_text(typed)
    except InvalidAnswerError as error:
        raise ChannelError(f"名称：{error}") from error
    if not name:
        raise ChannelError("名称还空着，请写上，比如“中通示例站”")
    if letters(name) > NAME_MOST:
        raise ChannelError(f"名称有 {letters(name)} 个字，请缩短到 {NAME_MOST} 个字以内")
    return name


def identity(name: str, region: str) -> tuple[str, str]:
    """Two channels of one name in one region are taken for one, however their spaces and brackets are typed.

    >>> identity("中通 示例站", "解放区") == identity("中通示例站。", "解放区"), identity("+", "") == identity("-", "")
    (True, False)
    """
    return bare(name).casefold() or name, region


def bare(text: str) -> str:
    """Letters and digits only, full-width ones as usual ones."""
    return "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text)))


def channel_code(typed: str) -> str:
    """The code in capitals; "" where nothing is typed.

    Raises:
        ChannelError: no poster's code is spelt so; the message says what would be.
    """
    if not typed.strip():
        return ""
    reading = read_code(typed)
    if reading.spelling is Spelling.WELL:
        return reading.code
    if right := corrected(reading.code):
        raise ChannelError(f"编码 {reading.code} 的最后一个字符是核对用的，应写成 {right}。或者空着，由系统给一个")
    raise ChannelError(
        f"编码“{in_short(typed)}”要写成 4 到 6 个字符，只能用 {CODE_LETTERS}。请核对，或者空着，由系统给一个"
    )


def in_short(typed: str) -> str:
    """What was typed, as a sentence can show it: on one line, in its order, not too long."""
    shown = "".join(letter for letter in typed if letter.isprintable())
    return shown if len(shown) <= NAME_MOST else f"{shown[:NAME_MOST]}…"
