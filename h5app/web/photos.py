"""Photos of a draft: each is sent, rebuilt and kept by itself, and shown only to who sent it."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.attachment import Slot
from h5app.domain.errors import NotFoundError, PhotoError, PhotosBusyError, StoreFullError
from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic
from h5app.photos.limits import MIB, size_refusal
from h5app.services.nominating import lacking_photos
from h5app.services.picturing import attach, crop, detach, move_forward
from h5app.services.resuming import resume_code
from h5app.web.context import campaign, parts, terms, utc_now
from h5app.web.corrections import banner
from h5app.web.notices import late_notice
from h5app.web.own import WORKER, is_submitted, seated_draft
from h5app.web.saving import go_on, too_late
from h5app.web.slots import slots_of
from h5app.web.steps import place, worker_place

bp = Blueprint("photos", __name__)

# `route` is whose seat it is: “worker” gives photos to the draft that his unit fills in.
_PHOTOS = f"/apply/<any(self, peer, unit, {WORKER}):route>/photos"
_SLOT = "<any(portrait, work, honour):slot>"
_STATUSES: Mapping[type[Exception], int] = MappingProxyType({PhotosBusyError: 503, StoreFullError: 507})
# Beyond any photo; what is longer is a film, and may be cut off.
_READ_ON_MOST = 64 * MIB


@bp.route(_PHOTOS, methods=["GET", "POST"])
def photos_page(route: str) -> ResponseReturnValue:
    draft = seated_draft(route)
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=route), code=303)
    if request.method == "GET":
        return _page(draft, {})
    missing = lacking_photos(parts().stores, draft, terms(draft.route))
    if missing:
        return _page(draft, missing), 422
    return go_on(url_for("handing.done_page") if route == WORKER else url_for("nominate.check_page", route=route))


def photos_again(route: str) -> ResponseReturnValue:
    """The page as it stands, whatever was posted to it."""
    draft = seated_draft(route)
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=route), code=303)
    return _page(draft, {})


@bp.post(f"{_PHOTOS}/{_SLOT}")
def upload(route: str, slot: str) -> ResponseReturnValue:
    draft = seated_draft(route)
    try:
        _check_in_time(draft)
        picture = request.files.get("photo")
        attach(
            parts().stores,
            parts().files,
            draft,
            slot=Slot(slot),
            data=picture.read() if picture else b"",
            path=campaign().path_of(draft.route),
            now=utc_now(),
            replaces=request.form.get("replaces", ""),
        )
    except (PhotoError, StoreFullError) as error:
        return make_response(_answer(draft, {slot: str(error)}, slot), _STATUSES.get(type(error), 422))
    return _answer(draft, {}, slot)


def _check_in_time(draft: Draft) -> None:
    if late := too_late(draft):
        raise PhotoError(late)


@bp.post(f"{_PHOTOS}/<attachment_id>/delete")
def remove(route: str, attachment_id: str) -> ResponseReturnValue:
    draft = seated_draft(route)
    slot = _slot_of(draft, attachment_id)
    detach(parts().stores, parts().files, draft, attachment_id, now=utc_now())
    return _answer(draft, {}, slot)


@bp.post(f"{_PHOTOS}/<attachment_id>/forward")
def forward(route: str, attachment_id: str) -> ResponseReturnValue:
    draft = seated_draft(route)
    move_forward(parts().stores, draft, attachment_id, now=utc_now())
    return _answer(draft, {}, _slot_of(draft, attachment_id))


@bp.post(f"{_PHOTOS}/<attachment_id>/crop")
def choose_part(route: str, attachment_id: str) -> ResponseReturnValue:
    """Which part of a portrait goes onto paper: `left`, `top` and `width` as parts of the picture."""
    draft = seated_draft(route)
    slot = _slot_of(draft, attachment_id)
    try:
        crop(
            parts().stores,
            parts().files,
            draft,
            attachment_id,
            left=_number("left"),
            top=_number("top"),
            width=_number("width"),
            now=utc_now(),
        )
    except (PhotoError, StoreFullError) as error:
        return make_response(_answer(draft, {slot: str(error)}, slot), _STATUSES.get(type(error), 422))
    return _answer(draft, {}, slot)


@bp.get(f"{_PHOTOS}/<attachment_id>/<any(thumb, mail):size>.jpg")
def picture(route: str, attachment_id: str, size: str) -> Response:
    draft = seated_draft(route)
    for photo in parts().stores.attachments.of_draft(draft.id):
        if photo.id == attachment_id:
            name = photo.thumb_file if size == "thumb" else ""
            return Response(parts().files.get(name or photo.mail_file), mimetype="image/jpeg")
    raise NotFoundError("这张照片已经删除了")


def _slot_of(draft: Draft, attachment_id: str) -> str:
    """The slot a photo lies in; "" where it lies in none (any more)."""
    photos = parts().stores.attachments.of_draft(draft.id)
    return next((photo.slot.value for photo in photos if photo.id == attachment_id), "")


def _number(name: str) -> float:
    """What is no number is none that means a part of a picture."""
    try:
        return float(request.form.get(name, ""))
    except ValueError:
        return math.nan


def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue | None:
    """The slot again, with a sentence, for an upload beyond the limit; None for other requests."""
    if request.endpoint != "photos.upload":
        return None
    read_on()
    args = request.view_args or {}
    draft = seated_draft(args["route"])
    sentence = size_refusal(_photo_mb(draft))
    return make_response(_answer(draft, {args["slot"]: sentence}, args["slot"]), error.code or 413)


def read_on() -> None:
    """Let the rest of a refused upload arrive: closing while a browser sends resets the line, and it shows no page."""
    stream, left = request.environ["wsgi.input"], _READ_ON_MOST
    while left > 0 and (chunk := stream.read(min(left, MIB))):
        left -= len(chunk)


def _answer(draft: Draft, problems: Mapping[str, str], slot: str) -> str | BaseResponse:
    """The slot alone for the page's script; for a plain form, or without a slot, the whole page, or back to it."""
    if slot and request.headers.get("X-Requested-With") == "fetch":
        item = next(item for item in slots_of(draft, problems, seat=_seat()) if item["slot"] == slot)
        return render_template("nominate/_slot.html", item=item, photo_mb=_photo_mb(draft))
    if problems:
        return _page(draft, problems)
    return redirect(url_for(".photos_page", route=_seat()), code=303)


def _seat() -> str:
    """Who gives photos here, as the address says."""
    return str((request.view_args or {})["route"])


def _page(draft: Draft, problems: Mapping[str, str]) -> str:
    """The whole page; whoever has only come to give photos sees nothing else of the draft."""
    is_worker = _seat() == WORKER
    return render_template(
        "nominate/photos.html",
        **(worker_place(draft) if is_worker else place(draft.route, Topic.PHOTOS)),
        is_own=is_worker or draft.route is Route.SELF,
        is_worker=is_worker,
        banner="" if is_worker else banner(draft),
        nominee_completes=terms(draft.route).nominee_completes,
        notice=late_notice(too_late(draft)),
        slots=slots_of(draft, problems, seat=_seat()),
        photo_mb=_photo_mb(draft),
        code="" if is_worker else resume_code(draft),
        summary=[(f"slot-{slot}", sentence) for slot, sentence in problems.items()],
    )


def _photo_mb(draft: Draft) -> int:
    return campaign().path_of(draft.route).limits.photo_mb
