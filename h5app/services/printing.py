"""Printing: chosen channels × products × designs, one file after another, for the console and the command line.

Rule: whether there may be anything but samples, and whether there are such products, is settled before the first file;
after that a poster that cannot be made is told with its reason and keeps no other from being made.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from h5app.documents.archive import Folder, archive_stream
from h5app.documents.names import clean_file_name, cut_bytes
from h5app.documents.package import MEMBER_BYTES, PackageFile
from h5app.domain.channel import Channel, ChannelState, KeptChannel, whom
from h5app.domain.errors import PosterError
from h5app.posters.product import Design, Form, Product, design_named, form_named, product_named
from h5app.services.postering import PosterPress

NOTE_NAME = "说明.txt"
NO_REGION = "不分地区"
# So that after the longest folder there is room for what tells one file from another, and for some of its name.
_FOLDER_BYTES = 30
# What products and designs are called in names of files; 90×54 mm and the like are no part of a name.
_SHORT = {
    "a4": "A4海报",
    "a3": "A3海报",
    "rollup": "易拉宝",
    "sticker": "不干胶贴",
    "tearoff": "手撕条",
    "wechat": "微信群图片",
    "red": "红色",
    "plain": "白底",
    "dark": "深色",
}
# What one file weighs, in KB, and how long it takes to make, in ms: measured with the shipped texts on two cores.
_COSTS: Mapping[tuple[str, Form], tuple[int, int]] = {
    ("a4", "pdf"): (41, 20),
    ("a4", "png"): (470, 200),
    ("a3", "pdf"): (41, 25),
    ("a3", "png"): (720, 300),
    ("rollup", "pdf"): (42, 20),
    ("rollup", "png"): (740, 400),
    ("sticker", "pdf"): (25, 15),
    ("sticker", "png"): (115, 25),
    ("tearoff", "pdf"): (44, 25),
    ("tearoff", "png"): (700, 150),
    ("wechat", "png"): (240, 45),
    ("wechat", "jpg"): (400, 70),
}
_REVOKED = "这个渠道已停用，没有做。还要用就先在它的页面里恢复使用"


@dataclass(frozen=True)
class Print:
    """One product as one type of file."""

    product: Product
    form: Form


@dataclass(frozen=True)
class Order:
    """What is to be made; see `order`, which checks it.

    Args:
        sample: 样张 lies across every page.
    """

    channels: tuple[KeptChannel, ...]
    prints: tuple[Print, ...]
    designs: tuple[Design, ...]
    sample: bool

    @property
    def count(self) -> int:
        """How many files it comes to."""
        return len(self.channels) * len(self.prints) * len(self.designs)


@dataclass(frozen=True)
class Costs:
    """About how large the files of an order are together, and how long they take."""

    size_mb: float
    seconds: float


@dataclass(frozen=True)
class PosterFile:
    """One file of an order, made; or, without `data`, why it could not be (`problem`)."""

    channel: Channel
    made_as: Print
    design: Design
    sample: bool = False
    data: bytes = field(default=b"", repr=False)
    problem: str = ""

    @property
    def folder(self) -> str:
        """The region, as a folder that every system takes."""
        return clean_file_name(self.channel.region or NO_REGION, max_bytes=_FOLDER_BYTES + 2)

    @property
    def name(self) -> str:
        """Such as 中通示例站_A4海报_红色_K7WM.pdf; with its folder at most 80 bytes, and unlike every other's.

        A sample says so, lest it take the place of the poster itself.
        """
        product, design = (_SHORT.get(each.name, each.name) for each in (self.made_as.product, self.design))
        kind = f"{product}_{design}_样张" if self.sample else f"{product}_{design}"
        ending = f"_{kind}_{self.channel.code}.{self.made_as.form}"
        room = MEMBER_BYTES - len(f"{self.folder}/{ending}".encode())
        stem = cut_bytes(clean_file_name(self.channel.name, max_bytes=MEMBER_BYTES), room).rstrip(" .-_")
        return clean_file_name(f"{stem}{ending}", max_bytes=MEMBER_BYTES)

    @property
    def what(self) -> str:
        """In words, for whoever is told that it could not be made."""
        return f"{self.channel.name}（{self.channel.code}）的{self.made_as.product.label}，{self.design.label}"


def order(
    press: PosterPress,
    channels: Iterable[KeptChannel],
    *,
    prints: Iterable[tuple[str, str]],
    designs: Iterable[str],
    sample: bool = False,
) -> Order:
    """What is to be made, checked.

    Args:
        prints: names of products and forms.
        designs: names of designs.

    Raises:
        PosterError: nothing is to be made, there is no such thing, or only samples may be made and these are none.
    """
    if press.why_sample and not sample:
        raise PosterError(only_samples(press))
    made_as = tuple(dict.fromkeys(_print(product, form) for product, form in prints))
    looks = tuple(dict.fromkeys(design_named(design) for design in designs))
    made = Order(tuple(channels), made_as, looks, sample)
    if not made.count:
        raise PosterError("还没有选齐：请至少选一个渠道、一种海报和一种样子")
    return made


def only_samples(press: PosterPress) -> str:
    """Why nothing but samples can be made, and what to do."""
    return f"{press.why_sample}。现在只能做样张，设好以后才能印"


def costs(wanted: Order) -> Costs:
    """What to expect of an order before it is begun."""
    times = len(wanted.channels) * len(wanted.designs)
    each = [_COSTS[one.product.name, one.form] for one in wanted.prints]
    return Costs(times * sum(kb for kb, _ms in each) / 1000, times * sum(ms for _kb, ms in each) / 1000)


def made(press: PosterPress, wanted: Order) -> Iterator[PosterFile]:
    """Every poster of an order, channel by channel, each made when it is asked for."""
    for kept in wanted.channels:
        for each in wanted.prints:
            for design in wanted.designs:
                yield _make(press, kept, each, design, sample=wanted.sample)


def posters_zip(
    press: PosterPress, wanted: Order, posters: Iterable[PosterFile], *, modified_at: datetime
) -> Iterator[bytes]:
    """Stream posters as they come, a folder a region, and 说明.txt after them, which says what could not be made.

    Args:
        posters: `made` of the same order, or what passes it on.
        modified_at: as a clock on the wall shows it.
    """
    problems: list[PosterFile] = []

    def folders() -> Iterator[Folder]:
        for poster in posters:
            if poster.problem:
                problems.append(poster)
            else:
                yield Folder(poster.folder, (PackageFile(poster.name, poster.data),), modified_at)
        note = PackageFile(NOTE_NAME, _note(press, wanted, problems))
        yield Folder("", (note,), modified_at)

    return archive_stream(folders())


def _print(product: str, form: str) -> Print:
    named = product_named(product)
    return Print(named, form_named(form, named))


def _make(press: PosterPress, kept: KeptChannel, made_as: Print, design: Design, *, sample: bool) -> PosterFile:
    channel = kept.channel
    if kept.state is ChannelState.REVOKED:
        return PosterFile(channel, made_as, design, sample=sample, problem=_REVOKED)
    try:
        data = press.make(channel, product=made_as.product.name, design=design.name, form=made_as.form, sample=sample)
    except PosterError as error:
        return PosterFile(channel, made_as, design, sample=sample, problem=str(error))
    return PosterFile(channel, made_as, design, sample=sample, data=data)


def _note(press: PosterPress, wanted: Order, problems: Sequence[PosterFile]) -> bytes:
    """With a byte order mark and CR LF for Windows' own editor."""
    lines = [f"海报：{wanted.count - len(problems)} 个文件"]
    if wanted.sample:
        lines.append("这些都是样张，只能看样子，请不要印出来张贴。")
    lines += ["PDF 用来印刷，四周各多 3 毫米出血，印刷店会裁掉；PNG 和 JPG 用来发微信群、放在屏幕上。", ""]
    if problems:
        lines.append(f"有 {len(problems)} 个没有做成：")
        lines += [f"{poster.what}：{poster.problem}" for poster in problems]
        lines.append("")
    lines.append("编码\t名称\t推荐方式\t地区\t类别\t扫码打开的网址")
    lines += [_channel_line(press, kept.channel) for kept in wanted.channels]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _channel_line(press: PosterPress, channel: Channel) -> str:
    return "\t".join((channel.code, channel.name, *whom(channel), press.url(channel)))
