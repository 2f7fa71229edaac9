"""What people edit for posters: `qr/posters.toml`, read into frozen data. A wrong line is named with what to do."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import ConfigDict, Field, Strict, StringConstraints, TypeAdapter, ValidationError, with_config

from h5app.domain.channel import Channel
from h5app.domain.channel_code import CODE_LETTERS, corrected, is_code
from h5app.domain.errors import PosterError
from h5app.posters.code import Level
from h5app.posters.emblem import emblem_svg
from h5app.posters.product import design_named, product_named

CAMPAIGN_TEXTS = "campaign"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]
TitleLines = Annotated[tuple[Text, ...], Field(min_length=1, max_length=3)]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class PosterTexts:
    """The words of one poster: tag and call above the title, scan under the code, three steps in one line each."""

    tag: Tag
    call: Text
    scan: Text
    steps: tuple[Text, Text, Text]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class ProductTexts:
    """What one product says instead of a poster's usual words; None: the usual ones."""

    call: Text | None = None
    scan: Text | None = None
    steps: tuple[Text, Text, Text] | None = None


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Usual:
    """What is made where nobody says more: names of products and designs."""

    products: Names = ("a4",)
    designs: Names = ("red",)


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class PosterBook:
    """Everything in `posters.toml`.

    Args:
        title_lines: the campaign's title as it breaks into lines; joined they are the title, character by character.
        texts: "campaign", "self", "peer" and "unit" → the words of their posters.
        channels: every poster there is, in the order of the file.
        usual: what is made where nobody says more.
        products: name of a product → words of its own.
        emblem: picture beside the organiser's name; a path in the file's folder, absolute once loaded.
        logo: whether the emblem stands in the middle of the code, too.
    """

    title_lines: TitleLines
    texts: Mapping[str, PosterTexts]
    channels: tuple[Channel, ...]
    usual: Usual = Usual()
    products: Mapping[str, ProductTexts] = field(default_factory=dict)
    emblem: Path | None = None
    logo: Annotated[bool, Strict()] = False

    @property
    def level(self) -> Level:
        """How much of a code may be covered or worn: a quarter where a logo lies on it."""
        return "Q" if self.logo else "M"

    def texts_for(self, channel: Channel, product: str) -> PosterTexts:
        """The words of this channel's poster, made as this product."""
        own = asdict(self.products.get(product, ProductTexts()))
        usual = self.texts[channel.route or CAMPAIGN_TEXTS]
        return replace(usual, **{name: words for name, words in own.items() if words is not None})


_BOOK = TypeAdapter(PosterBook)
_WHAT_TO_DO = {
    "missing": "还没有写，请补上",
    "extra_forbidden": "是多出来的，请检查是不是拼错了，或者删掉",
    "unexpected_keyword_argument": "是多出来的，请检查是不是拼错了，或者删掉",
    "string_type": "要写成文字，两边加英文引号",
    "string_too_short": "还空着，请写上文字",
    "string_too_long": "太长，最多 6 个字",
    "string_pattern_mismatch": f"要写成 4 到 6 个字符，只能用 {CODE_LETTERS}（不含容易看错的字）",
    "enum": '只能写 "self"（个人自荐）、"peer"（他人举荐）、"unit"（单位推荐），通用海报不写这一行',
    "bool_type": "要写成 true 或 false，不加引号",
    "too_short": "写少了：标题 1 到 3 行，步骤 3 条",
    "too_long": "写多了：标题 1 到 3 行，步骤 3 条",
}
_NO_NAMES = '写法不对，请照这样写，至少写一种：products = ["a4", "a3"]，designs = ["red"]'
_ANYTHING_ELSE = "写法不对，请照文件里原来的样子写"


def load_poster_book(path: Path) -> PosterBook:
    """Read and check `posters.toml`.

    Raises:
        PosterError: the file is missing, is no TOML, or says something that no poster can be made from; the message
            names the line or the key and what to do.
    """
    try:
        book = _BOOK.validate_python(_toml(path))
    except ValidationError as error:
        raise PosterError("；".join(_sentences(path, error))) from error
    _check_texts(path, book)
    _check_codes(path, book.channels)
    _check_names(path, book)
    return replace(book, emblem=_picture(path, book))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise PosterError(f"找不到 {path}。请把仓库里的 qr/posters.toml 放回原处") from error
    except UnicodeDecodeError as error:
        raise PosterError(f"{path.name} 不是 UTF-8 编码。请用编辑器另存为 UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        where = f"第 {place[1]} 行" if place else "最后一行"
        raise PosterError(f"{path.name} {where}写法不对，请检查引号、等号和方括号是不是成对") from error


def _sentences(path: Path, error: ValidationError) -> Iterable[str]:
    for problem in error.errors(include_url=False):
        cure = _WHAT_TO_DO.get(problem["type"], _ANYTHING_ELSE)
        yield f"{path.name} 的 {_key(problem['loc'])} {_NO_NAMES if problem['loc'][0] == 'usual' else cure}"


def _key(location: tuple[int | str, ...]) -> str:
    """A key as people count: `channels` 第 2 个的 `code` reads `channels[2].code`."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).lstrip(".")


def _check_texts(path: Path, book: PosterBook) -> None:
    used = {channel.route or CAMPAIGN_TEXTS for channel in book.channels}
    for name in sorted(used - set(book.texts)):
        raise PosterError(f"{path.name} 的 texts.{name} 还没有写，请补上")
    for name in sorted(set(book.texts) - {CAMPAIGN_TEXTS, "self", "peer", "unit"}):
        raise PosterError(f"{path.name} 的 texts.{name} {_WHAT_TO_DO['extra_forbidden']}")


def _check_codes(path: Path, channels: tuple[Channel, ...]) -> None:
    if not channels:
        raise PosterError(f"{path.name} 的 channels 还空着，请至少写一张海报")
    for code, times in Counter(channel.code for channel in channels).items():
        if times > 1:
            raise PosterError(f"{path.name} 的 channels 里有 {times} 张海报用了同一个 code {code}，请各用一个")
        if not is_code(code):
            raise PosterError(f"{path.name} 里 code {code} 的最后一个字符是核对用的，应写成 {corrected(code)}")


def _check_names(path: Path, book: PosterBook) -> None:
    try:
        for name in (*book.usual.products, *book.products):
            product_named(name)
        for name in book.usual.designs:
            design_named(name)
    except PosterError as error:
        raise PosterError(f"{path.name} 里{error}") from error


def _picture(path: Path, book: PosterBook) -> Path | None:
    """Where the emblem is, once it is known to be a picture that can be printed."""
    if book.emblem is None:
        if book.logo:
            raise PosterError(f"{path.name} 里写了 logo = true，还要用 emblem 写出标志的图片，如 assets/emblem.svg")
        return None
    folder = path.parent.resolve()
    try:
        picture = (folder / book.emblem).resolve()
    except ValueError:  # a character that no file's name can have
        picture = folder
    if folder not in picture.parents:
        raise PosterError(f"{path.name} 的 emblem 要写 qr 目录里的图片，如 assets/emblem.svg")
    emblem_svg(picture)
    return picture
