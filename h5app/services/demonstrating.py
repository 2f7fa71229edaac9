"""Demonstrating: synthetic entries made through the same services as real ones."""

import io
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from PIL import Image, ImageDraw

from h5app.domain.answers import Terms
from h5app.domain.attachment import Slot
from h5app.domain.campaign import Campaign
from h5app.domain.errors import SettingsError
from h5app.domain.identity import id_number_with_check
from h5app.domain.nomination import Route
from h5app.domain.questions import (
    EDUCATIONS,
    ETHNICITIES,
    NONE_WORD,
    POLITICAL_STATUSES,
    RELATIONS,
    YES,
    Kind,
    questions_of,
)
from h5app.services.drafting import begin
from h5app.services.nominating import nominate
from h5app.services.picturing import attach
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_DEEDS = (
    "从业以来风雨无阻，每天第一个到站点，最后一个离开。去年冬天送件途中遇到老人摔倒，"
    "停车扶起并送到医院，垫付了检查费，等到家属赶来才离开。\n"
    "工作六年没有一次投诉，站里新来的同事都由他带着跑第一周。"
)
_AGREE_TO_BEING_SHOWN = 0.8
_SKIN, _HAIR, _PAPER = (236, 205, 180), (45, 40, 38), (70, 120, 190)


def demonstrate(
    stores: Stores, files: FileStore, campaign: Campaign, *, count: int, now: datetime, seed: int = 1
) -> Iterator[int]:
    """Add `count` entries one by one, yielding how many there are; the same seed gives the same people.

    Raises:
        SettingsError: some path has a mailbox, so the entries would be mailed to real people.
    """
    if any(path.mailbox for path in campaign.paths.values()):
        raise SettingsError("活动文件里已经填了报送邮箱，示例会寄给真人。请先把 mailbox 清空，或换一个活动文件")
    dice = random.Random(seed)  # noqa: S311 -- synthetic people, not secrets
    portrait, work = drawn_portrait(), drawn_work_photo()
    for done in range(1, count + 1):
        route = dice.choice(list(Route))
        today = campaign.local(now).date()
        answers = answers_for(campaign, route, dice, on=today)
        draft, _token = begin(stores, answers, route=route, channel="", now=now, counted_on=today)
        path = campaign.path_of(route)
        attach(stores, files, draft, slot=Slot.PORTRAIT, data=portrait, path=path, now=now)
        if path.material(Slot.WORK).most:
            attach(stores, files, draft, slot=Slot.WORK, data=work, path=path, now=now)
        nominate(stores, draft, campaign=campaign, now=now)
        yield done


def answers_for(campaign: Campaign, route: Route, dice: random.Random, *, on: date) -> dict[str, str]:
    """A complete set of answers of somebody who does not exist."""
    terms = Terms(campaign, route, on=on)
    birth = date(1970, 1, 1) + timedelta(days=dice.randrange(12_000))
    name = dice.choice(_SURNAMES) + "示例" + dice.choice("甲乙丙丁戊己庚辛")
    answers = {
        "category": dice.choice(campaign.categories),
        "region": dice.choice(campaign.regions),
        "experience": campaign.experiences[0],
        "union_member": YES,
        "union_name": "示例网点工会",
        "nominator_name": "示例推荐人",
        "nominator_phone": _phone(dice),
        "relation": dice.choice(RELATIONS),
        "unit_name": "示例运输有限公司",
        "unit_contact": "示例联系人",
        "unit_phone": _phone(dice),
        "name": name,
        "id_number": id_number_with_check(f"410811{birth:%Y%m%d}{dice.randrange(1000):03d}"),
        "native_place": "河南武陟",
        "ethnicity": dice.choice(ETHNICITIES[:12]),
        "political_status": dice.choice(POLITICAL_STATUSES[:4]),
        "phone": _phone(dice),
        "unit_and_post": "示例速递有限公司示例网点 快递员",
        "education": dice.choice(EDUCATIONS[1:8]),
        "professional_title": NONE_WORD,
        "skill_level": dice.choice((NONE_WORD, "中级工")),
        "honours": dice.choice((NONE_WORD, "2023年示例公司服务之星\n2024年示例区五一劳动奖章")),
        "deeds": _DEEDS,
    }
    for question in questions_of(route):
        if question.kind is Kind.AGREEMENT:
            agreed = question.required or dice.random() < _AGREE_TO_BEING_SHOWN
            answers[question.name] = terms.agreement_mark(question) if agreed else ""
    asked = {question.name for question in questions_of(route)}
    return {key: text for key, text in answers.items() if key in asked}


def _phone(dice: random.Random) -> str:
    return f"139{dice.randrange(10**8):08d}"


def drawn_portrait() -> bytes:
    """Somebody who does not exist, as a JPEG of 750 × 1050 px."""
    picture = Image.new("RGB", (750, 1050), _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((120, 760, 630, 1400), fill=(40, 50, 70))
    pen.ellipse((235, 190, 515, 600), fill=_HAIR)
    pen.ellipse((250, 270, 500, 640), fill=_SKIN)
    pen.rectangle((325, 600, 425, 780), fill=_SKIN)
    return _jpeg(picture)


def drawn_work_photo() -> bytes:
    """A lorry on a road, as a JPEG of 2400 × 1600 px."""
    picture = Image.new("RGB", (2400, 1600), (150, 190, 225))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 1050, 2400, 1600), fill=(95, 95, 100))
    for left in range(100, 2400, 400):
        pen.rectangle((left, 1310, left + 220, 1335), fill=(240, 240, 240))
    pen.rectangle((700, 600, 1500, 1100), fill=(200, 16, 46))
    pen.polygon([(1500, 750), (1720, 750), (1840, 930), (1840, 1100), (1500, 1100)], fill=(230, 230, 230))
    for centre in (900, 1640):
        pen.ellipse((centre - 110, 1010, centre + 110, 1230), fill=_HAIR)
    return _jpeg(picture)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()
