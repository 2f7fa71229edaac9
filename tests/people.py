"""People who do not exist, and what they would type: complete answers, drafts, pictures, entries."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from PIL import Image

from h5app.domain.answers import Terms
from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Campaign, Path
from h5app.domain.nomination import Draft, Nomination, Route
from h5app.domain.questions import Kind, Topic, questions_of
from h5app.services.drafting import begin, save
from h5app.services.nominating import nominate
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

ID_NUMBER = "410811199012120019"  # computed: 解放区, 12 December 1990, a man
PHONE = "13800001234"
NAME = "李建国"
DEEDS = "每天第一个到站点，最后一个离开。\n\n冬天送老人回家。"
PERSON = {
    "category": "快递员",
    "experience": "满 2 年",
    "union_member": "是",
    "name": NAME,
    "id_number": ID_NUMBER,
    "native_place": "河南修武",
    "ethnicity": "汉族",
    "political_status": "群众",
    "phone": PHONE,
    "unit_and_post": "焦作市顺达速运有限公司塔南路营业部 快递员",
    "region": "解放区",
    "union_name": "顺达速运工会",
    "education": "大专",
    "professional_title": "无",
    "skill_level": "快递员三级",
    "honours": "2022年 焦作市五一劳动奖章\n2023年 最美快递员提名",
    "deeds": DEEDS,
}
NOMINATORS = {
    Route.SELF: {},
    Route.PEER: {"nominator_name": "王秀英", "nominator_phone": "13900005678", "relation": "同事"},
    Route.UNIT: {
        "unit_name": "焦作市顺达速运有限公司",
        "unit_code": "91350100M000100Y43",  # the example of GB 32100
        "unit_contact": "赵敏",
        "unit_phone": "0391-3999920",
    },
}


def agreements(campaign: Campaign, route: Route) -> dict[str, str]:
    """Every box of a route ticked."""
    terms = Terms(campaign, route, on=date(2026, 11, 22))
    asked = [question for question in questions_of(route) if question.kind is Kind.AGREEMENT]
    return {question.name: terms.agreement_mark(question) for question in asked}


def typed(campaign: Campaign, route: Route = Route.SELF, **changes: str) -> dict[str, str]:
    """Everything a person types on a route; keywords replace answers."""
    terms = Terms(campaign, route, on=date(2026, 11, 22))
    asked = {question.name for question in questions_of(route) if terms.is_asked(question)}
    everything = PERSON | NOMINATORS[route] | agreements(campaign, route)
    return {name: text for name, text in everything.items() if name in asked} | changes


def typed_on(campaign: Campaign, route: Route, topic: Topic) -> dict[str, str]:
    """What a person types on one page."""
    everything = typed(campaign, route)
    return {q.name: everything[q.name] for q in questions_of(route, topic) if q.name in everything}


def checked_self(campaign: Campaign, **changes: str) -> dict[str, str]:
    """The answers of a 个人自荐 as kept after checking."""
    return {
        **typed(campaign),
        "sex": "男",
        "birth_month": "1990-12",
        **changes,
    }


def jpeg(width: int = 60, height: int = 84, colour: tuple[int, int, int] = (200, 30, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", quality=90)
    return out.getvalue()


def with_photo(
    stores: Stores, files: FileStore, draft: Draft, *, now: datetime, slot: Slot = Slot.PORTRAIT, number: int = 1
) -> Attachment:
    """A photo stored as the service stores it, without the cost of decoding one."""
    photo = Attachment(
        id=f"{draft.id[:16]}{slot.value:_>12}{number:04d}",
        draft_id=draft.id,
        slot=slot,
        press_file=files.put(jpeg(120, 168)),
        mail_file=files.put(jpeg(60, 84)),
        width_px=120,
        height_px=168,
        added_at=now,
    )
    stores.attachments.add(photo)
    return photo


def complete_draft(
    stores: Stores,
    files: FileStore,
    campaign: Campaign,
    *,
    now: datetime,
    route: Route = Route.SELF,
    **changes: str,
) -> Draft:
    """A draft that only waits to be submitted."""
    draft, _token = begin(stores, route=route, channel="K7WM", now=now)
    draft = save(stores, draft, typed(campaign, route, **changes), now=now)
    with_photo(stores, files, draft, now=now)
    return draft


def submitted(
    stores: Stores,
    files: FileStore,
    campaign: Campaign,
    *,
    now: datetime,
    route: Route = Route.SELF,
    **changes: str,
) -> Nomination:
    """An entry with its queued letter."""
    draft = complete_draft(stores, files, campaign, now=now, route=route, **changes)
    receipt = nominate(stores, draft, campaign=campaign, now=now)
    entry = stores.nominations.by_reference(receipt.reference)
    assert entry is not None
    return entry


def with_social(campaign: Campaign, **changes: object) -> Campaign:
    """The campaign with its scan-and-fill path changed."""
    return replace(campaign, paths={**campaign.paths, "social": replace(social(campaign), **changes)})


def social(campaign: Campaign) -> Path:
    return campaign.paths["social"]


def without(answers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: text for name, text in answers.items() if name not in names}
