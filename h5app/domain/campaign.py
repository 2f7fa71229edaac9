"""One campaign as its file describes it: wording, paths, limits. Nothing of a notice stands in code."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, ConfigDict, Field, TypeAdapter, ValidationError

from h5app.domain.attachment import Slot
from h5app.domain.errors import CampaignError, PathClosedError
from h5app.domain.nomination import Route

_STRICT = ConfigDict(extra="forbid", strict=True)
_Words = Annotated[str, Field(min_length=1)]
_Count = Annotated[int, Field(ge=0, le=20)]
_Mailbox = Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+\.[^@\s]+)?$")]
_SetMailbox = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


@dataclass(frozen=True)
class Organiser:
    """Who invites, and whom to telephone."""

    __pydantic_config__ = _STRICT
    name: _Words
    department: str
    contact: str
    telephone: _Words
    icp_record: str = ""
    police_record: str = ""


@dataclass(frozen=True)
class Material:
    """How many photos of one slot an entry needs and may have."""

    __pydantic_config__ = _STRICT
    least: _Count
    most: _Count


@dataclass(frozen=True)
class Limits:
    """Sizes: deeds as Word counts them, a whole encoded mail in MB (10⁶ bytes).

    A photo too, as pages say it and the phone counts it; the service takes as many MiB, so never less than was said.
    """

    __pydantic_config__ = _STRICT
    deeds_chars: Annotated[int, Field(ge=50, le=5000)] = 500
    deeds_max_chars: Annotated[int, Field(ge=50, le=10000)] = 800
    photo_mb: Annotated[int, Field(ge=1, le=50)] = 12
    mail_mb: Annotated[int, Field(ge=1, le=50)] = 20

    @property
    def mail_bytes(self) -> int:
        return self.mail_mb * 1_000_000


class MailMode(StrEnum):
    """What a path's mailbox is sent of an entry."""

    ATTACHMENTS = "attachments"  # forms and photos, a file each
    ZIP = "zip"  # all in one package
    SEALED_ZIP = "sealed_zip"  # the same, encrypted with the office's pass phrase
    LINK = "link"  # neither form nor photo, name masked: a link that asks to sign in

    @property
    def is_masked(self) -> bool:
        """Whether others might read the letter: of a person it says no more than the first character of the name."""
        return self in {MailMode.SEALED_ZIP, MailMode.LINK}


@dataclass(frozen=True)
class Mailing:
    """How a path's entries are mailed.

    Args:
        file_names: what forms and packages are called; see `FILE_NAME_PARTS`.
        digest_at: when the day's entries go out in one letter, by the campaign's clocks; None: each at once, alone.
        most_letters: into how many messages an entry is split at most; what needs more is sent as a link.
        ascii_names: for a mailbox that garbles Chinese file names: files are called after number and kind only.
    """

    __pydantic_config__ = _STRICT
    mode: MailMode = MailMode.ATTACHMENTS
    file_names: _Words = "{姓名}_{受理编号}"
    digest_at: time | None = None
    most_letters: Annotated[int, Field(ge=1, le=9)] = 4
    ascii_names: bool = False


FILE_NAME_PARTS = ("序号", "姓名", "类别", "受理编号", "单位", "推荐方式", "地区", "日期")
"""What may stand in braces in `Mailing.file_names`."""


@dataclass(frozen=True)
class Report:
    """The daily letter to the admins: what was received, mailed, held.

    Args:
        mailboxes: whom it is for; () for nobody.
        at: when it is written, by the campaign's clocks; it is about the day before.
    """

    __pydantic_config__ = _STRICT
    mailboxes: tuple[_SetMailbox, ...] = ()
    at: time = time(8)


@dataclass(frozen=True)
class Path:
    """One way into the selection, with dates, mailbox and materials of its own.

    An absent opening or closing time means that none has been announced; `dates_note` says so.

    Args:
        nominee_confirms: 他人举荐 waits until the nominee himself has said yes (`required`), or the nominator
            declares that he does (`declared`).
        confirm_days: after so many days staff are asked to telephone a nominee who has not answered; as long
            he may still answer after the path has closed.
        correct_days: as long an entry that was returned may be corrected, even after the path has closed.
    """

    __pydantic_config__ = _STRICT
    key: str
    name: _Words
    note: str
    routes: tuple[Route, ...]
    mailbox: _Mailbox
    stamped: bool
    materials: Mapping[Slot, Material]
    dates_note: str = ""
    opens_at: AwareDatetime | None = None
    closes_at: AwareDatetime | None = None
    id_number_required: tuple[Route, ...] = ()
    nominee_confirms: Literal["required", "declared"] = "declared"
    confirm_days: Annotated[int, Field(ge=1, le=60)] = 3
    correct_days: Annotated[int, Field(ge=1, le=60)] = 5
    limits: Limits = field(default_factory=Limits)
    mail: Mailing = field(default_factory=Mailing)

    def material(self, slot: Slot) -> Material:
        return self.materials.get(slot, Material(least=0, most=0))

    def waits_for_nominee(self, route: Route) -> bool:
        """Whether an entry of this route is the office's only once the nominee himself has said yes."""
        return route is Route.PEER and self.nominee_confirms == "required"

    def check_open(self, now: datetime, *, started_at: datetime | None = None, grace_s: int = 600) -> None:
        """Raise PathClosedError outside the path's dates; a draft begun in time has `grace_s` more.

        Args:
            now: the server's clock.
            started_at: when the person began, if he has.
        """
        if self.opens_at and now < self.opens_at:
            raise PathClosedError(f"推荐从 {local_time(self.opens_at)} 开始，请到时候再来")
        if not self.closes_at or now <= self.closes_at:
            return
        in_time = started_at is not None and started_at <= self.closes_at
        if not in_time or (now - self.closes_at).total_seconds() > grace_s:
            raise PathClosedError(f"推荐已于 {local_time(self.closes_at)} 截止。有疑问请打电话问工会")


@dataclass(frozen=True)
class Consents:
    """What a person is told, line by line, and the texts he then agrees to, each in a box of its own.

    Args:
        publication: may be left unticked.
        nominee: for whoever fills in for somebody else.
    """

    __pydantic_config__ = _STRICT
    collector: _Words
    collected: _Words
    purpose: _Words
    receiver: _Words
    retention: _Words
    rights: _Words
    rules: _Words
    personal: _Words
    mailing: _Words
    publication: _Words
    nominee: _Words

    @property
    def notice(self) -> Mapping[str, str]:
        """The list above the boxes: what a line is about → its text."""
        return {
            "谁来收集": self.collector,
            "收集什么": self.collected,
            "用来做什么": self.purpose,
            "谁会收到": self.receiver,
            "保存多久": self.retention,
            "您的权利": self.rights,
        }

    @property
    def version(self) -> str:
        """Eight digits that change with any word of the list or of a box."""
        return self.mark("\n".join((self.rules, self.personal, self.mailing, self.publication, self.nominee)))[:8]

    def mark(self, text: str) -> str:
        """What a ticked box sends: the hash of the list and of the box's own text; a change of either asks again."""
        notice = "\n".join(f"{about}：{words}" for about, words in self.notice.items())
        return hashlib.sha256(f"{notice}\n\n{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Prompt:
    """A question that helps to write, and how an answer may begin."""

    __pydantic_config__ = _STRICT
    ask: _Words
    begin: _Words


@dataclass(frozen=True)
class Writing:
    """Help for whoever does not know how to write the deeds: questions, and a short example."""

    __pydantic_config__ = _STRICT
    prompts: Annotated[tuple[Prompt, ...], Field(max_length=8)] = ()
    example: str = ""


@dataclass(frozen=True)
class Paper:
    """What is printed besides the content.

    Args:
        code: the 受理编号 as a small code in a corner of the 推荐表, to find the entry of a signed copy.
        watermark: over copies of honours that leave the house, "" for none.
    """

    __pydantic_config__ = _STRICT
    code: bool = False
    watermark: Annotated[str, Field(max_length=40)] = ""


@dataclass(frozen=True)
class Campaign:
    """The whole file."""

    __pydantic_config__ = _STRICT
    zone: ZoneInfo
    title: _Words
    form_title: _Words
    table_title: _Words
    summary: _Words
    who_may: _Words
    preferred: str
    steps: Annotated[tuple[_Words, ...], Field(min_length=1, max_length=5)]
    after: Annotated[tuple[_Words, ...], Field(min_length=1)]
    join_union: Annotated[tuple[_Words, ...], Field(min_length=1, max_length=5)]
    min_years: Annotated[int, Field(ge=0, le=50)]
    categories: Annotated[tuple[_Words, ...], Field(min_length=1)]
    regions: Annotated[tuple[_Words, ...], Field(min_length=1)]
    organiser: Organiser
    consents: Consents
    paths: Mapping[str, Path]
    writing: Writing = field(default_factory=Writing)
    report: Report = field(default_factory=Report)
    paper: Paper = field(default_factory=Paper)

    @property
    def experiences(self) -> tuple[str, str]:
        """The answers to 从业年限: long enough, and not."""
        return f"满 {self.min_years} 年", f"不满 {self.min_years} 年"

    def local(self, moment: datetime) -> datetime:
        """An instant by the campaign's clocks."""
        return moment.astimezone(self.zone)

    def path_of(self, route: Route) -> Path:
        """The path a route belongs to; the file is refused where a route has none or two."""
        return next(path for path in self.paths.values() if route in path.routes)

    def home_of(self, key: str, route: Route) -> Path:
        """The path an entry came by; its route's where the file has no such path any more.

        For what is shown and when it may be changed. Mail asks `paths` itself: what was meant for one mailbox
        must not go to another.
        """
        return self.paths.get(key) or self.path_of(route)


def local_time(moment: datetime) -> str:
    """A time as people read it, in the zone the campaign file gives it.

    >>> from datetime import timezone, timedelta
    >>> local_time(datetime(2024, 3, 26, 18, tzinfo=timezone(timedelta(hours=8))))
    '2024年3月26日 18:00'
    """
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def short_time(moment: datetime) -> str:
    """Day and time without the year, for lists of one campaign.

    >>> from datetime import timezone, timedelta
    >>> short_time(datetime(2024, 3, 26, 18, tzinfo=timezone(timedelta(hours=8))))
    '3月26日 18:00'
    """
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


_BRACED = re.compile(r"\{([^{}]*)\}")
_READER = TypeAdapter(Campaign)
_SENTENCES = {
    "missing": "缺少 {key}，请补上",
    "unexpected_keyword_argument": "不认识 {key}，请删去或改成正确的名字",
    "string_type": "{key} 应是加引号的文字",
    "string_too_short": "{key} 不能空着",
    "string_pattern_mismatch": "{key} 应是一个邮箱地址，或留空",
    "int_type": "{key} 应是整数，不加引号",
    "bool_type": "{key} 应是 true 或 false",
    "tuple_type": "{key} 应是方括号里的一列",
    "too_short": "{key} 至少要有 {min_length} 项",
    "too_long": "{key} 至多 {max_length} 项",
    "datetime_type": "{key} 应是时间，如 2026-03-26T18:00:00+08:00，不加引号",
    "datetime_parsing": "{key} 应是时间，如 2026-03-26T18:00:00+08:00，不加引号",
    "datetime_from_date_parsing": "{key} 应是时间，如 2026-03-26T18:00:00+08:00，不加引号",
    "timezone_aware": "{key} 要写明时区，如 2026-03-26T18:00:00+08:00",
    "zoneinfo_str": "{key} 应是时区的名字，如 Asia/Shanghai",
    "time_parsing": "{key} 应是时刻，如 18:00:00，不加引号",
    "enum": "{key} 只能是 {expected} 之一",
    "literal_error": "{key} 只能是 {expected} 之一",
    "greater_than_equal": "{key} 太小，至少 {ge}",
    "less_than_equal": "{key} 太大，至多 {le}",
}


def parse_campaign(text: str, *, source: str) -> Campaign:
    """Read and check a campaign file.

    Args:
        text: TOML.
        source: the file's name, for the message.

    Raises:
        CampaignError: one sentence that names file, line and key.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CampaignError(f"{source} 写法有误：{error}。请改正后再启动") from None
    paths = data.get("paths")
    for key, path in paths.items() if isinstance(paths, dict) else ():
        if isinstance(path, dict):
            path["key"] = key
    try:
        # Strict JSON mode: numbers in quotes are refused, yet tables may become dataclasses and words enums.
        campaign = _READER.validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise _first_error(text, source=source, error=error) from None
    _check_whole(campaign, text=text, source=source)
    return replace(campaign, paths={key: _by_local_clocks(path, campaign) for key, path in campaign.paths.items()})


def _by_local_clocks(path: Path, campaign: Campaign) -> Path:
    """The path with its times in the campaign's zone: a deadline written in UTC must not be shown eight hours early."""
    return replace(
        path,
        opens_at=path.opens_at and campaign.local(path.opens_at),
        closes_at=path.closes_at and campaign.local(path.closes_at),
    )


def _first_error(text: str, *, source: str, error: ValidationError) -> CampaignError:
    first = error.errors(include_url=False)[0]
    keys = [str(part) for part in first["loc"]]
    sentence = _SENTENCES.get(first["type"], "{key} 写得不对：" + first["msg"])
    return _wrong(text, source, keys, sentence.format(key=".".join(keys), **first.get("ctx", {})))


def _wrong(text: str, source: str, keys: list[str], sentence: str) -> CampaignError:
    return CampaignError(f"{source} 第 {line_of(text, keys)} 行：{sentence}。改好后再启动")


def _check_whole(campaign: Campaign, *, text: str, source: str) -> None:
    """What one key cannot say alone."""
    for route in Route:
        homes = [key for key, path in campaign.paths.items() if route in path.routes]
        if len(homes) != 1:
            keys = ["paths", homes[-1], "routes"] if homes else ["paths"]
            raise _wrong(text, source, keys, f"{route.label}（{route}）应当写在一个、也只写在一个 routes 里")
    for key, path in campaign.paths.items():
        if path.opens_at and path.closes_at and path.opens_at >= path.closes_at:
            raise _wrong(text, source, ["paths", key, "closes_at"], f"paths.{key} 的截止时间应晚于开始时间")
        if path.limits.deeds_max_chars < path.limits.deeds_chars:
            keys = ["paths", key, "limits", "deeds_max_chars"]
            raise _wrong(text, source, keys, "deeds_max_chars 不能小于 deeds_chars")
        unknown = set(_BRACED.findall(path.mail.file_names)) - set(FILE_NAME_PARTS)
        if unknown or set(_BRACED.sub("", path.mail.file_names)) & set("{}"):
            can = "、".join(f"{{{part}}}" for part in FILE_NAME_PARTS)
            keys = ["paths", key, "mail", "file_names"]
            raise _wrong(text, source, keys, f"file_names 的花括号里只能写 {can}")
        for slot, material in path.materials.items():
            if material.most < material.least:
                keys = ["paths", key, "materials", slot.value]
                raise _wrong(text, source, keys, f"{slot.label}的 most 不能小于 least")


def line_of(text: str, keys: list[str]) -> int:
    """The line on which a key of a TOML text stands; its nearest table's where the key is missing.

    The text is read in ever longer pieces by the real parser: a key belongs to the first piece that
    has it. Only a wrong file pays for this.

    >>> line_of('a = 1\\n[t]\\nb = 2\\n', ["t", "b"])
    3
    """
    for depth in range(len(keys), 0, -1):
        start = 1
        for line, data in _growing(text):
            if _has(data, keys[:depth]):
                return start
            start = line + 1
    return 1


def _growing(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    lines = text.splitlines()
    for end, last in enumerate(lines, start=1):
        try:
            data = tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
        if last.strip():
            yield end, data
        else:
            yield end, {}


def _has(data: Any, keys: list[str]) -> bool:  # noqa: ANN401 -- whatever TOML holds
    for key in keys:
        if isinstance(data, dict) and key in data:
            data = data[key]
        elif isinstance(data, list) and key.isdigit() and int(key) < len(data):
            data = data[int(key)]
        else:
            return False
    return True
